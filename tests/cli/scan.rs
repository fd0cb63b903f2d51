//! `scan`: words that may occur nowhere, in the report of the flagship, in folders, and in files that cannot be read.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use super::{with_package, with_study};
use crate::support::{Outcome, scratch, succeed, trialpress, write};

const PDF: &str = "out/LN-MSC-IL2.pdf";

fn scan(folder: &Path, arguments: &[&str]) -> Outcome {
    trialpress(folder, &[&["scan"], arguments].concat())
}

/// The labels of the arms, as the specification has them.
fn arms(folder: &Path) -> Vec<String> {
    let study: toml::Table =
        toml::from_str(&fs::read_to_string(folder.join("out/study.toml")).expect("the package has the specification"))
            .expect("the specification is TOML");
    let arms = study["arm"].as_array().expect("the study has arms");
    arms.iter().map(|arm| arm["label"].as_str().expect("an arm has a label").to_owned()).collect()
}

#[test]
fn every_arm_is_found_in_the_final_report_and_other_words_are_not() {
    let folder = with_package();
    let labels = arms(folder.path());
    assert!(labels.len() > 1, "the flagship has arms: {labels:?}");
    write(&folder.path().join("arms.txt"), &format!("# arms\n{}\nQuorvane 5 mg\nSilentia\n", labels.join("\n")));
    let outcome = scan(folder.path(), &[PDF, "--words", "arms.txt"]);
    assert_eq!(outcome.exit, 9, "{}", outcome.stderr);
    for (line, label) in (2..).zip(&labels) {
        let told = format!("“{label}” (line {line} of arms.txt): text of page ");
        assert!(outcome.stderr.contains(&told), "{told} is not told:\n{}", outcome.stderr);
    }
    assert!(!outcome.stderr.contains("Quorvane") && !outcome.stderr.contains("Silentia"), "{}", outcome.stderr);
    assert!(!outcome.stderr.contains("not read"), "{}", outcome.stderr);
    let clean = succeed(folder.path(), &["scan", "out/results.csv", "--word", "Quorvane 5 mg", "--word", "Silentia"]);
    assert!(
        clean.stdout.ends_with(" searched; nothing found\n") && clean.stderr.is_empty(),
        "{} {}",
        clean.stdout,
        clean.stderr
    );
}

#[test]
fn redacted_findings_hold_no_word() {
    let folder = scratch();
    fs::create_dir(folder.path().join("report")).expect("a folder can be made");
    write(&folder.path().join("report/quorvane.csv"), "id,arm\n1,Quorvane\n");
    write(&folder.path().join("list"), "\nQuorvane\n");
    let arguments = ["report", "--words", "list", "--redact", "--log", "log.jsonl"];
    let outcome = scan(folder.path(), &arguments);
    assert_eq!((outcome.exit, outcome.stdout.as_str()), (9, "1 file, 0 objects, 0 streams searched; 2 found\n"));
    assert!(outcome.stderr.contains("the word of line 2 of list: the file (at byte 9)"), "{}", outcome.stderr);
    let log = fs::read_to_string(folder.path().join("log.jsonl")).expect("the log is written");
    for told in [&outcome.stderr, &log] {
        assert!(!told.to_lowercase().contains("quorvane"), "{told}");
    }
}

#[test]
fn names_links_and_what_cannot_be_read_are_told() {
    let folder = scratch();
    let inside = folder.path().join("open/arm-Quorvane");
    fs::create_dir_all(&inside).expect("a folder can be made");
    write(&inside.join("a.csv"), "1\n");
    symlink("../../Quorvane.csv", inside.join("b.csv")).expect("a link can be made");
    let outcome = scan(folder.path(), &["open", "--word", "Quorvane"]);
    assert_eq!(outcome.exit, 9, "{}", outcome.stderr);
    assert!(outcome.stderr.contains("name of the folder"), "{}", outcome.stderr);
    assert!(outcome.stderr.contains("target of the link"), "{}", outcome.stderr);
    assert!(outcome.stderr.contains("not read: the file: it is a link"), "{}", outcome.stderr);
    let unread = scan(folder.path(), &["open", "absent", "--word", "Silentia"]);
    assert_eq!(unread.exit, 7, "{}", unread.stderr);
    assert!(
        unread.stdout.contains("1 file, ") && unread.stdout.contains("nothing found; 2 not read"),
        "{}",
        unread.stdout
    );
}

#[test]
fn values_of_data_are_found_in_every_format() {
    let folder = with_study();
    let data = "study/data/adex.csv";
    let text = fs::read_to_string(folder.path().join(data)).expect("the flagship has doses");
    let word =
        text.lines().nth(1).and_then(|line| line.split(',').nth(1)).expect("a subject has an id").trim_matches('"');
    for file in ["a.parquet", "a.xpt", "a.dsjc", "a.json"] {
        succeed(folder.path(), &["convert", data, "--out", file]);
        let outcome = scan(folder.path(), &[file, "--word", word]);
        assert_eq!(outcome.exit, 9, "{word} is not found in {file}: {}{}", outcome.stdout, outcome.stderr);
        assert!(!outcome.stderr.contains("not read"), "{}", outcome.stderr);
        let clean = scan(folder.path(), &[file, "--word", "Silentia"]);
        assert_eq!(clean.exit, 0, "{file}: {}", clean.stderr);
    }
}

#[test]
fn words_that_chance_would_find_are_refused() {
    let folder = scratch();
    write(&folder.path().join("a.txt"), "arm B, n = 20; Both\n");
    write(&folder.path().join("empty"), "# none\n");
    for (arguments, told) in [
        (&["a.txt", "--word", "B"][..], "occurs everywhere by chance"),
        (&["a.txt"], "no word to search for"),
        (&["a.txt", "--words", "empty"], "no word to search for"),
    ] {
        let outcome = scan(folder.path(), arguments);
        assert_eq!(outcome.exit, 2, "{}", outcome.stderr);
        assert!(outcome.stderr.contains(told), "{}", outcome.stderr);
    }
    let exact = scan(folder.path(), &["a.txt", "--word", "B", "--exact"]);
    assert_eq!(exact.exit, 9, "{}", exact.stderr);
    assert!(!exact.stderr.contains(" times"), "“Both” is not B: {}", exact.stderr);
}
