//! What counts as the same word.

use super::words;
use crate::scan::{Word, Words, of_list};

fn finds(word: &str, text: &str) -> bool {
    !words(&[word]).in_text(text).is_empty()
}

#[test]
fn letter_case_accents_ligatures_and_unseen_characters_do_not_matter() {
    for (word, text) in [
        ("Quorvane", "QUORVANE"),
        ("affix", "the a\u{fb03}x"),
        ("Élan 5 mg", "E\u{301}LAN 5\u{a0}MG daily"),
        ("Straße", "STRASSE"),
        ("Quorvane", "Quor\u{ad}vane"),
        ("Quorvane", "Quo\u{200b}r\u{2060}vane"),
        ("Quorvane", "\u{ff31}\u{ff35}\u{ff2f}\u{ff32}\u{ff36}\u{ff21}\u{ff2e}\u{ff25}"),
        ("Quorvane", "\u{1d410}\u{1d42e}\u{1d428}\u{1d42b}\u{1d42f}\u{1d41a}\u{1d427}\u{1d41e}"),
        ("KIT-0417", "kit\u{2011}0417"),
        ("Quorvane", "\u{e0051}\u{e0075}\u{e006f}\u{e0072}\u{e0076}\u{e0061}\u{e006e}\u{e0065}"),
        ("5 mg", "5 m\u{2009}g"),
        ("\u{5d0}\u{5d1}\u{5d2}\u{5d3}", "x \u{5d3}\u{5d2}\u{5d1}\u{5d0}"),
    ] {
        assert!(finds(word, text), "{word} is not found in {text:?}");
    }
}

#[test]
fn phrases_are_found_across_line_ends_and_in_names_of_things() {
    for text in [
        "low\n  dose Quorvane",
        "tbl-low-dose-quorvane-x",
        "LOW_DOSE_QUORVANE",
        "(low dose) Quorvane",
        "low-\ndose quor-\nvane",
    ] {
        assert!(finds("low dose Quorvane", text), "not found in {text:?}");
    }
    assert!(finds("Quorvane", "semiquor-\n   vanes"), "a word that is broken within a longer one");
    assert!(finds("Quorvane", "Q u o r v a n e"), "letters set apart");
}

#[test]
fn letters_of_neighbouring_words_are_no_word() {
    for (word, text) in [("msc", "forms can"), ("arm a", "pharmacy"), ("market", "coma rk etc")] {
        assert!(!finds(word, text), "{word} is found in {text:?}");
    }
}

#[test]
fn exact_words_stand_alone_and_may_be_short() {
    let word = |text: &str| vec![Word { text: text.to_owned(), origin: String::new() }];
    let exact = Words::new(word("B"), true).expect("a short word");
    assert!(!exact.in_text("arm B, n").is_empty());
    assert!(exact.in_text("Both arms").is_empty());
    for text in ["B", "QX", "--", "  "] {
        assert!(Words::new(word(text), false).is_err(), "{text:?} is searched for");
    }
    assert!(Words::new(Vec::new(), false).is_err(), "nothing is searched for");
    assert!(Words::new(word("--"), true).is_err(), "a word without a letter is searched for");
}

#[test]
fn a_list_has_a_word_a_line_with_its_number() {
    let list = of_list("\u{feff}# arms\nQuorvane 5 mg\r\n\n  Silentia\n#end", "arms.txt");
    let told: Vec<(&str, &str)> = list.iter().map(|word| (word.text.as_str(), word.origin.as_str())).collect();
    assert_eq!(told, [("Quorvane 5 mg", "line 2 of arms.txt"), ("Silentia", "line 4 of arms.txt")]);
}
