//! `run` with several studies: one that fails does not stop the others, and a package is what it is alone.

use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;

use crate::awkward::{copy_folder, tree, tree_differences};
use crate::support::{Outcome, read, repository, scratch, succeed, trialpress, write};

/// Copies of the small study, locked, each in a folder with its identifier.
fn studies(ids: &[(&str, &str)]) -> TempDir {
    let desk = scratch();
    for (folder, id) in ids {
        let study = desk.path().join(folder);
        copy_folder(&repository().join("tests/awkward/small"), &study);
        let text = read(&study.join("study.toml"));
        let own = text.lines().find(|line| line.starts_with("id = ")).expect("the study has an identifier").to_owned();
        write(&study.join("study.toml"), &text.replacen(&own, &format!("id = \"{id}\""), 1));
        succeed(desk.path(), &["lock", folder, "--date", "2024-06-30"]);
    }
    desk
}

fn spoil(study: &Path, from: &str, to: &str) {
    let text = read(&study.join("study.toml"));
    assert!(text.contains(from), "the study has no {from}");
    write(&study.join("study.toml"), &text.replacen(from, to, 1));
}

/// The packages are those of single runs, byte for byte.
fn as_alone(desk: &Path, packages: &[(&str, &str)]) {
    for (study, package) in packages {
        let alone = format!("alone/{package}");
        succeed(desk, &["run", study, "--out", &alone]);
        let differences = tree_differences(&tree(&desk.join(alone)), &tree(&desk.join("out").join(package)));
        assert!(differences.is_empty(), "the package of {study} differs from that of a single run:{differences}");
    }
}

/// The line of the table for a study.
fn line<'a>(outcome: &'a Outcome, study: &str) -> Vec<&'a str> {
    let table = outcome.stderr.lines().skip_while(|line| !line.starts_with("study ")).skip(1);
    let mut lines = table.map(|line| line.split_whitespace().collect::<Vec<_>>());
    lines
        .find(|words| words.first() == Some(&study))
        .unwrap_or_else(|| panic!("no line of {study}: {}", outcome.stderr))
}

#[test]
fn one_that_fails_does_not_stop_the_others() {
    let desk = studies(&[("one", "Study 1"), ("two", "TWO"), ("three", "Three/3")]);
    spoil(&desk.path().join("two"), "RANDFL = 'Y'", "RANDFLX = 'Y'");
    let arguments = ["run", "one", "two/study.toml", "three", "--out", "out", "--log", "log.jsonl"];
    let outcome = trialpress(desk.path(), &arguments);
    assert_eq!(outcome.exit, 5, "{}", outcome.stderr);
    assert_eq!(outcome.stdout, "out/study_1/Study_1.pdf\nout/three_3/Three_3.pdf\n");
    as_alone(desk.path(), &[("one", "study_1"), ("three", "three_3")]);
    assert!(!desk.path().join("out/two").exists(), "the study that fails leaves something behind");
    let told = outcome.stderr.split_once("== TWO\n").expect("findings stand under the name of their study").1;
    assert!(told.starts_with("two/study.toml:") && told.contains("nothing was written"), "{}", outcome.stderr);
    assert!(outcome.stderr.contains("failed (5)"), "{}", outcome.stderr);
    assert_eq!(line(&outcome, "Three/3")[1], "done");
    assert_eq!(line(&outcome, "Three/3").last(), Some(&"out/three_3"));
    let log = read(&desk.path().join("log.jsonl"));
    let of = |line: &str| serde_json::from_str::<Value>(line).expect("a line of the log is JSON")["study"].clone();
    assert!(log.lines().any(|line| of(line) == "TWO"), "the log names the study: {log}");
}

#[test]
fn the_exit_number_is_that_of_the_worst() {
    let desk = studies(&[("one", "ONE"), ("two", "TWO"), ("three", "THREE")]);
    spoil(&desk.path().join("one"), "[study]", "[study");
    spoil(&desk.path().join("two"), "RANDFL = 'Y'", "RANDFLX = 'Y'");
    let outcome = trialpress(desk.path(), &["run", "one", "two", "three", "--out", "out", "--quiet"]);
    assert_eq!((outcome.exit, outcome.stdout.as_str()), (5, "out/three/THREE.pdf\n"), "{}", outcome.stderr);
    // A specification that cannot be read has no identifier: its file stands for it.
    assert!(outcome.stderr.contains("== one/study.toml\n"), "{}", outcome.stderr);
    let outcome = trialpress(desk.path(), &["run", "one", "three", "--out", "out"]);
    assert_eq!(outcome.exit, 3, "{}", outcome.stderr);
    let outcome = trialpress(desk.path(), &["run", "one", "nowhere", "--out", "out"]);
    assert_eq!((outcome.exit, outcome.stdout.as_str()), (7, ""), "{}", outcome.stderr);
}

#[test]
fn a_batch_that_cannot_be_is_refused_before_anything_runs() {
    let desk = studies(&[("one", "Study 1"), ("two", "study-2"), ("three", "STUDY_1")]);
    for (arguments, says) in [
        (["run", "one", "two", "three", "--out", "out"].as_slice(), "three/study.toml: error: the study STUDY_1"),
        (&["run", "one", "one", "--out", "out"], "as that of one/study.toml"),
        (&["run", "one", "two", "--out", "out", "--data", "one/data"], "--data names the folder of a single study"),
    ] {
        let outcome = trialpress(desk.path(), arguments);
        assert_eq!((outcome.exit, outcome.stdout.as_str()), (2, ""), "{arguments:?}: {}", outcome.stderr);
        assert!(outcome.stderr.contains(says), "{arguments:?} must say “{says}”: {}", outcome.stderr);
        assert!(!desk.path().join("out").exists(), "{arguments:?} writes something");
    }
    // A package of one study takes no others in.
    succeed(desk.path(), &["run", "one", "--out", "out"]);
    let before = tree(&desk.path().join("out"));
    let outcome = trialpress(desk.path(), &["run", "one", "two", "--out", "out"]);
    assert_eq!(outcome.exit, 2, "{}", outcome.stderr);
    assert!(tree_differences(&before, &tree(&desk.path().join("out"))).is_empty());
}
