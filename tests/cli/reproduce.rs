//! `reproduce`: a package made again and compared.

use std::fs;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use super::with_study;
use crate::awkward::{call, digest, tree, tree_differences};
use crate::support::{Outcome, json, program, read, succeed, trialpress, write};

const PDF: &str = "out/LN-MSC-IL2.pdf";

/// The study and its package.
fn with_both() -> TempDir {
    let folder = with_study();
    succeed(folder.path(), &["run", "study", "--out", "out"]);
    folder
}

fn reproduce(folder: &Path) -> Outcome {
    trialpress(folder, &["reproduce", "out", "--study", "study"])
}

/// Writes the sums of a package anew, as somebody would who wants a change to go unnoticed.
fn sum_up(out: &Path) {
    let sum = |(path, bytes): (&String, &Vec<u8>)| format!("{}  {path}\n", digest(bytes));
    let lines: Vec<String> = tree(out).iter().filter(|(path, _)| *path != "SHA256SUMS").map(sum).collect();
    write(&out.join("SHA256SUMS"), &lines.concat());
}

#[test]
fn a_package_is_made_again_to_the_byte_and_nothing_is_written() {
    let folder = with_both();
    let before = tree(folder.path());
    let outcome = reproduce(folder.path());
    assert_eq!(outcome.exit, 0, "{}", outcome.stderr);
    assert!(outcome.stdout.starts_with("identical: ") && outcome.stdout.contains(" files, fingerprint "));
    assert!(!outcome.stderr.contains("warning: the package was written by another build"), "{}", outcome.stderr);
    assert_eq!(tree_differences(&before, &tree(folder.path())), "");
    let built = &json(&folder.path().join("out"), "provenance.json")["built"];
    assert_eq!(built["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(built["executable"], digest(&fs::read(program()).expect("the program can be read")));
}

#[test]
fn the_first_cell_and_the_first_byte_that_differ_are_named() {
    let folder = with_both();
    let results = folder.path().join("out/results.json");
    let text = read(&results);
    write(&results, &text.replace("{\"count\":15}", "{\"count\":19}"));
    assert_ne!(read(&results), text, "there is no count to change");
    sum_up(&folder.path().join("out"));
    let outcome = reproduce(folder.path());
    assert_eq!((outcome.exit, outcome.stdout.as_str()), (8, ""), "{}", outcome.stderr);
    let said = &outcome.stderr;
    assert!(said.contains("19") && said.contains("” in the package, “") && said.contains("15"), "{said}");
    assert!(said.contains("results.json: error: byte "), "{said}");
}

#[test]
fn a_byte_of_the_pdf_is_named() {
    let folder = with_both();
    let mut bytes = fs::read(folder.path().join(PDF)).expect("the package has a PDF");
    bytes[1000] ^= 1;
    fs::write(folder.path().join(PDF), &bytes).expect("the scratch folder takes files");
    // The sums prove it, before anything is computed.
    let outcome = reproduce(folder.path());
    assert_eq!(outcome.exit, 7, "{}", outcome.stderr);
    sum_up(&folder.path().join("out"));
    let outcome = reproduce(folder.path());
    assert_eq!(outcome.exit, 8, "{}", outcome.stderr);
    assert!(outcome.stderr.contains("LN-MSC-IL2.pdf: error: byte 1000 differs"), "{}", outcome.stderr);
}

#[test]
fn another_specification_and_other_data_are_named_first() {
    let folder = with_both();
    let study = folder.path().join("study/study.toml");
    write(&study, &format!("# another line\n{}", read(&study)));
    let outcome = reproduce(folder.path());
    assert_eq!(outcome.exit, 8, "{}", outcome.stderr);
    assert!(outcome.stderr.contains("study.toml:1:1: error: the specification of the study is another one"));
    let data = folder.path().join("study/data/adqs.csv");
    write(&data, &format!("{}\n", read(&data)));
    let outcome = reproduce(folder.path());
    assert_eq!(outcome.exit, 4, "{}", outcome.stderr);
}

/// The PDF bears the moment of `SOURCE_DATE_EPOCH`, the provenance says so, and the package can be made again without it.
#[test]
fn the_source_date_is_heeded_and_told() {
    let folder = with_study();
    let run = |value: &str| {
        let mut command = Command::new(program());
        command.args(["run", "study", "--out", "out"]).env("SOURCE_DATE_EPOCH", value).current_dir(folder.path());
        call(&mut command)
    };
    for wrong in ["", "yesterday", "-1", "+1", "99999999999999"] {
        let outcome = run(wrong);
        assert_eq!(outcome.exit, 2, "{wrong}: {}", outcome.stderr);
        assert!(
            outcome.stderr.contains("SOURCE_DATE_EPOCH") && outcome.stderr.contains("hint: "),
            "{}",
            outcome.stderr
        );
    }
    assert_eq!(run("1700000000").exit, 0);
    let pdf = fs::read(folder.path().join(PDF)).expect("the package has a PDF");
    assert!(String::from_utf8_lossy(&pdf).contains("2023-11-14T22:13:20"), "the PDF bears another date");
    assert_eq!(json(&folder.path().join("out"), "provenance.json")["source_date"], 1_700_000_000);
    let outcome = reproduce(folder.path());
    assert_eq!(outcome.exit, 0, "{}", outcome.stderr);
}
