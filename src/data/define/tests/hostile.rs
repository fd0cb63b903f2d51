//! Files made to harm, and files that were harmed: refused or read, never a panic, and in bounded time and memory.

use std::fmt::Write as _;

use proptest::prelude::{Rng, RngExt};
use proptest::test_runner::{RngAlgorithm, TestRng};

use super::{read, sample, shown};

fn refusal(text: &str) -> String {
    shown(&read(text.as_bytes(), "define.xml").expect_err("it should have been refused"))
}

#[test]
fn entities_and_document_types_are_refused() {
    let laughs = r#"<!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>"#;
    let external = r#"<!DOCTYPE ODM [<!ENTITY x SYSTEM "file:///etc/passwd">]>"#;
    for head in [laughs, external, "<!DOCTYPE ODM>"] {
        let text = sample("2.1").replacen("<ODM", &format!("{head}\n<ODM"), 1);
        let told = refusal(&text);
        assert!(told.contains("define.xml:2: error [DEF-001]: the file has a document type declaration"), "{told}");
    }
    let undefined = sample("2.1").replace("&amp;", "&x;");
    assert!(refusal(&undefined).contains("error [DEF-001]"));
}

#[test]
fn depth_attributes_and_namespaces_are_bounded() {
    let deep = "<a>".repeat(100_000);
    assert!(refusal(&deep).contains("nested more than 64 deep"));
    let mut many = String::from("<a");
    let mut spaces = String::from("<a");
    for at in 0..100_000 {
        _ = write!(many, " a{at}=''");
        _ = write!(spaces, "><b xmlns:n{at}='u{at}'/");
    }
    assert!(refusal(&format!("{many}/>")).contains("more than 256 attributes"));
    assert!(refusal(&format!("{spaces}></a>")).contains("declarations of namespaces"));
    let huge = sample("2.1").replace("A study", &"x".repeat(10 << 20)).replace("STUDY-1", &"y".repeat(10 << 20));
    assert_eq!(read(huge.as_bytes(), "define.xml").expect("long, and sound").study.len(), 10 << 20);
    let large = vec![b' '; (64 << 20) + 1];
    assert!(shown(&read(&large, "define.xml").expect_err("too large")).contains("too large"));
}

#[test]
fn many_references_to_one_long_text_are_refused() {
    let mut references = String::new();
    for _ in 0..40_000 {
        references.push_str("<ItemRef ItemOID=\"IT.USUBJID\" Mandatory=\"No\"/>");
    }
    let text =
        sample("2.1").replace("Unique", &"long ".repeat(20_000)).replace("<def:leaf ", &(references + "<def:leaf "));
    let told = refusal(&text);
    assert!(told.contains("references yield more than can be held"), "{}", &told[..1000]);
    assert!(told.contains("more findings of this rule"));
}

#[test]
fn other_encodings_are_refused() {
    let latin = [sample("2.1").replace("A study", "A st").into_bytes(), vec![0xe9]].concat();
    assert!(shown(&read(&latin, "define.xml").expect_err("Latin-1")).contains("the line is not UTF-8"));
    assert!(read(b"", "define.xml").is_err());
    assert!(read(format!("\u{feff}{}", sample("2.0")).as_bytes(), "define.xml").is_ok());
}

/// Flips, cuts, copies and words of the format put in at random; the number of mutants that were still read.
fn mutants(count: u64) -> u64 {
    const WORDS: [&str; 12] = [
        "<",
        ">",
        "\"",
        "&",
        "</ItemDef>",
        "<ItemRef ItemOID=\"IT.AVAL\" Mandatory=\"No\"/>",
        "OID=\"IT.AVAL\"",
        "]]>",
        "<![CDATA[",
        "<!--",
        "99999999999999999999",
        "xmlns:def=\"x\"",
    ];
    let originals = [sample("2.0").into_bytes(), sample("2.1").into_bytes()];
    let mut passed = 0;
    for seed in 0..count {
        let mut bytes = [0_u8; 32];
        bytes[..8].copy_from_slice(&seed.to_le_bytes());
        let mut random = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
        let mut text = originals[usize::from(seed % 2 == 1)].clone();
        for _ in 0..=random.next_u32() % 4 {
            let (a, b) = (random.random_range(0..text.len()), random.random_range(0..text.len()));
            let (a, b) = (a.min(b), a.max(b));
            match random.next_u32() % 6 {
                0 => text[a] ^= 1 << (random.next_u32() % 8),
                1 => text.truncate(b.max(1)),
                2 => drop(text.drain(a..b.min(a + 200))),
                3 => {
                    let copied = text[a..b.min(a + 500)].to_vec();
                    drop(text.splice(b..b, copied));
                }
                4 => text[a] = random.next_u32().to_le_bytes()[0],
                _ => {
                    let word = WORDS[random.random_range(0..WORDS.len())];
                    drop(text.splice(a..a, word.bytes()));
                }
            }
            if text.is_empty() {
                text.push(b'<');
            }
        }
        match read(&text, "define.xml") {
            Ok(_) => passed += 1,
            Err(findings) => assert!(!findings.is_empty() && findings.len() < 200, "seed {seed}"),
        }
    }
    passed
}

#[test]
fn a_thousand_mutants_are_read_or_refused() {
    assert!(mutants(1_000) < 1_000);
}

#[test]
#[ignore = "by hand: 20,000 mutants"]
fn twenty_thousand_mutants_are_read_or_refused() {
    assert!(mutants(20_000) < 20_000);
}
