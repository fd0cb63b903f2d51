//! `report`: the pages again, and packages that are not what they were.

use std::fs;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use super::{with_package, with_study};
use crate::awkward::{call, copy_folder, digest, tree, tree_differences};
use crate::support::{program, read, repository, scratch, succeed, trialpress, write};

#[test]
fn report_gives_the_same_bytes_without_the_data() {
    let folder = with_package();
    let outcome = succeed(folder.path(), &["report", "out", "--out", "again"]);
    assert_eq!(outcome.stdout, "again/LN-MSC-IL2.pdf\n");
    let differences = tree_differences(&tree(&folder.path().join("out")), &tree(&folder.path().join("again")));
    assert!(differences.is_empty(), "the report made again differs:{differences}");
    // Onto itself, and from elsewhere.
    succeed(folder.path(), &["report", "out", "--out", "out"]);
    succeed(&folder.path().join("again"), &["report", ".", "--out", "../third"]);
    for other in ["out", "third"] {
        let differences = tree_differences(&tree(&folder.path().join("again")), &tree(&folder.path().join(other)));
        assert!(differences.is_empty(), "the report made again in {other} differs:{differences}");
    }
}

/// Packages that were changed, and what `report` makes of them.
struct Changed {
    original: TempDir,
    faults: Vec<String>,
}

impl Changed {
    fn new() -> Self {
        Self { original: with_package(), faults: Vec::new() }
    }

    /// A file of the unchanged package.
    fn text(&self, file: &str) -> String {
        read(&self.original.path().join("out").join(file))
    }

    /// Changes a copy of the package; `report` must refuse it with one of these exit numbers.
    fn refuse(&mut self, name: &str, says: &str, exits: &[i32], change: impl FnOnce(&Path)) {
        self.refuse_all(name, &[says.to_owned()], exits, change);
    }

    /// The same of several changes at once, of which each must be told.
    fn refuse_all(&mut self, name: &str, says: &[String], exits: &[i32], change: impl FnOnce(&Path)) {
        let folder = scratch();
        copy_folder(&self.original.path().join("out"), &folder.path().join("out"));
        change(&folder.path().join("out"));
        let before = tree(folder.path());
        let outcome =
            call(Command::new(program()).args(["report", "out", "--out", "again"]).current_dir(folder.path()));
        let changed = tree_differences(&before, &tree(folder.path()));
        let panicked = outcome.stderr.contains("panicked");
        let silent: Vec<&String> = says.iter().filter(|says| !outcome.stderr.contains(*says)).collect();
        if outcome.exit == 0 {
            self.faults.push(format!("{name}: is accepted"));
        } else if panicked || !exits.contains(&outcome.exit) || !silent.is_empty() || !changed.is_empty() {
            let said: String = outcome.stderr.chars().take(300).collect();
            self.faults.push(format!(
                "{name}: exit {}, which must be of {exits:?}, and does not say {silent:?}:{changed}\n    {said}",
                outcome.exit
            ));
        }
    }

    fn told(&self) {
        let faults = &self.faults;
        assert!(
            faults.is_empty(),
            "{} changes are not refused as they should be:\n{}",
            faults.len(),
            faults.join("\n")
        );
    }
}

#[test]
fn report_refuses_a_package_that_was_changed() {
    let mut changed = Changed::new();
    let package = tree(&changed.original.path().join("out"));
    let files: Vec<(&String, &Vec<u8>)> = package.iter().filter(|(file, _)| *file != "SHA256SUMS").collect();
    // What is at the top each by itself, the others some at a time: each of them must be named.
    let (beneath, top): (Vec<_>, Vec<_>) = files.into_iter().partition(|(file, _)| file.contains('/'));
    for own in top.chunks(1).chain(beneath.chunks(20)) {
        let says = |(file, _): &(&String, &Vec<u8>)| format!("out/{file}: error: the file has changed");
        let says: Vec<String> = own.iter().map(says).collect();
        changed.refuse_all(&format!("a byte of {} and others is changed", own[0].0), &says, &[7], |out| {
            for (file, bytes) in own {
                let mut spoiled = (*bytes).clone();
                let middle = spoiled.len() / 2;
                spoiled[middle] ^= 1;
                fs::write(out.join(file), spoiled).expect("the scratch folder takes files");
            }
        });
    }
    let remove = |path: &Path| fs::remove_file(path).expect("the file is there");
    changed.refuse("a file is missing", "out/results.csv", &[7], |out| remove(&out.join("results.csv")));
    changed.refuse("two files are missing", "2 findings", &[7], |out| {
        remove(&out.join("results.csv"));
        remove(&out.join("listings/l-16-2-6.csv"));
    });
    changed.refuse("the sums are missing", "SHA256SUMS", &[7], |out| remove(&out.join("SHA256SUMS")));
    changed.refuse("the sums are empty", "SHA256SUMS", &[7], |out| write(&out.join("SHA256SUMS"), ""));
    changed.refuse("the sums do not name the results, which were changed", "results.json", &[7], |out| {
        let sums = read(&out.join("SHA256SUMS"));
        let kept: Vec<&str> = sums.lines().filter(|line| !line.ends_with("results.json")).collect();
        write(&out.join("SHA256SUMS"), &format!("{}\n", kept.join("\n")));
        let results = read(&out.join("results.json"));
        write(&out.join("results.json"), &results.replace("{\"count\":15}", "{\"count\":19}"));
    });
    changed.refuse("a file was added", "stranger.csv", &[7], |out| write(&out.join("listings/stranger.csv"), "a\n"));
    changed.told();
}

/// A change by somebody who knows the sums: no proof against it, but no bug of ours either.
#[test]
fn report_survives_a_package_that_was_changed_with_its_sums() {
    fn put(out: &Path, file: &str, text: &str) {
        write(&out.join(file), text);
        let sum = |(path, bytes): (&String, &Vec<u8>)| format!("{}  {path}\n", digest(bytes));
        let lines: Vec<String> = tree(out).iter().filter(|(path, _)| *path != "SHA256SUMS").map(sum).collect();
        write(&out.join("SHA256SUMS"), &lines.concat());
    }
    let mut changed = Changed::new();
    let results = changed.text("results.json");
    let first = results.lines().nth(1).unwrap_or_default();
    let others: Vec<&str> = results.lines().filter(|line| !line.contains("\"rr_w24\"")).collect();
    for (name, text) in [
        ("the results are cut off", results[..results.len() / 2].to_owned()),
        ("the results have a row twice", results.replacen(first, &format!("{first}\n{first}"), 1)),
        ("the results lack rows", others.join("\n")),
        (
            "the results have a statistic nobody knows",
            results.replacen("\"statistic\":\"count\"", "\"statistic\":\"kount\"", 1),
        ),
        ("the results have a count below zero", results.replacen("{\"count\":52}", "{\"count\":-52}", 1)),
        ("the results are of another thing", "[]".to_owned()),
        ("the results are empty", String::new()),
    ] {
        changed.refuse(name, "error: ", &[3, 7], |out| put(out, "results.json", &text));
    }
    let small = read(&repository().join("tests/awkward/small/study.toml"));
    changed.refuse("the study is another one", "error: ", &[3, 7], |out| put(out, "study.toml", &small));
    let spoiled = changed.text("study.toml").replacen("label = ", "labl = ", 1);
    changed.refuse("the study is spoiled", "study.toml:", &[3, 7], |out| put(out, "study.toml", &spoiled));
    let empty = "{}";
    changed.refuse("the provenance is empty", "provenance.json", &[3, 7], |out| put(out, "provenance.json", empty));
    changed.told();
}

#[test]
fn report_of_what_is_no_package_says_so() {
    let folder = with_study();
    for argument in ["study", "study/study.toml", "nowhere"] {
        let outcome = trialpress(folder.path(), &["report", argument, "--out", "out"]);
        assert_eq!(outcome.exit, 7, "report {argument}: {}", outcome.stderr);
        assert!(
            outcome.stderr.contains("hint: name the folder that `run` wrote"),
            "report {argument}: {}",
            outcome.stderr
        );
        assert!(!folder.path().join("out").exists(), "report {argument} writes a package");
    }
}
