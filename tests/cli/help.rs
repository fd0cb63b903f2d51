//! Help, version and usage.

use std::collections::BTreeSet;

use super::{VERBS, no_panic, with_study};
use crate::awkward::{tree, tree_differences};
use crate::support::{read, repository, scratch, succeed, trialpress};

#[test]
fn help_lists_every_verb_and_every_exit_number() {
    let folder = scratch();
    let help = succeed(folder.path(), &["--help"]).stdout;
    for verb in VERBS {
        assert!(help.contains(&format!("\n  {verb} ")), "--help does not list {verb}:\n{help}");
    }
    let listed = help.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    let names: BTreeSet<&str> =
        listed.filter(|line| !line.starts_with("   ")).filter_map(|line| line.split_whitespace().next()).collect();
    let known: BTreeSet<&str> = VERBS.into_iter().chain(["help"]).collect();
    assert_eq!(names, known, "the verbs of this test are not those of --help");
    for number in 0..=9 {
        assert!(help.contains(&format!("\n  {number}  ")), "--help does not explain the exit number {number}:\n{help}");
    }
}

#[test]
fn the_help_of_each_verb_has_an_example_and_the_exit_numbers() {
    let folder = scratch();
    let mut faults = Vec::new();
    for verb in VERBS {
        let help = succeed(folder.path(), &[verb, "--help"]).stdout;
        if !help.lines().any(|line| line.starts_with(&format!("  trialpress {verb}"))) {
            faults.push(format!("{verb} --help has no example"));
        }
        let missing: Vec<String> = (0..=9)
            .filter(|number| !help.contains(&format!("\n  {number}  ")))
            .map(|number| number.to_string())
            .collect();
        if !missing.is_empty() {
            faults.push(format!("{verb} --help does not explain the exit numbers {}", missing.join(", ")));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// An example that the program itself does not understand helps nobody.
#[test]
fn the_examples_of_help_are_understood() {
    let folder = scratch();
    let mut number = 0;
    for page in VERBS.map(Some).into_iter().chain([None]) {
        let arguments: Vec<&str> = page.into_iter().chain(["--help"]).collect();
        for line in succeed(folder.path(), &arguments).stdout.lines() {
            let Some(example) = line.strip_prefix("  trialpress ") else { continue };
            let example = example.split(" > ").next().unwrap_or(example);
            let words: Vec<&str> = example.split_whitespace().collect();
            let outcome = trialpress(folder.path(), &words);
            number += 1;
            // The studies and datasets of the examples do not exist here: 7 and 4 are as far as they get.
            assert!([0, 4, 7].contains(&outcome.exit), "the example “{example}” is not understood: {}", outcome.stderr);
        }
    }
    assert!(number >= 2 * VERBS.len(), "only {number} examples were found in the help");
}

#[test]
fn the_version_is_that_of_the_manifest() {
    let folder = scratch();
    let manifest: toml::Table = toml::from_str(&read(&repository().join("Cargo.toml"))).expect("Cargo.toml is TOML");
    let version = manifest["package"]["version"].as_str().expect("the package has a version");
    assert_eq!(succeed(folder.path(), &["--version"]).stdout, format!("trialpress {version}\n"));
    assert_eq!(succeed(folder.path(), &["-V"]).stdout, format!("trialpress {version}\n"));
}

#[test]
fn mistakes_of_the_command_line_exit_with_2() {
    let folder = with_study();
    let mut faults = Vec::new();
    for arguments in [
        &[] as &[&str],
        &["rnu"],
        &["run"],
        &["run", "study"],
        &["run", "--out", "out"],
        &["run", "study", "--out"],
        &["run", "study", "--out", "out", "--out", "again"],
        &["run", "study", "more", "--out", "out", "--data", "study"],
        &["run", "study", "--out", "out", "--fast"],
        &["run", "study", "--out", "out", "--template", "letter"],
        &["check"],
        &["check", "study", "--threads", "many"],
        &["check", "study", "--threads", "-1"],
        &["check", "study", "--log"],
        &["lock", "study", "--date"],
        &["lock", "study", "--date", "2026-02-30"],
        &["lock", "study", "--date", "11.06.2026"],
        &["report", "out"],
        &["explain", "study"],
        &["explain", "study", "nothing-of-this-name"],
        &["explain", "study", "t-14-2-1", "arm"],
        &["explain", "study", "t-14-2-1", "colour=red"],
        &["spec", "--format", "html"],
    ] {
        let before = tree(folder.path());
        let outcome = trialpress(folder.path(), arguments);
        no_panic(&outcome, &arguments.join(" "));
        if outcome.exit != 2 || !outcome.stdout.is_empty() || outcome.stderr.is_empty() {
            faults.push(format!(
                "“{}”: exit {}, standard output “{}”: {}",
                arguments.join(" "),
                outcome.exit,
                outcome.stdout,
                outcome.stderr
            ));
        }
        let changed = tree_differences(&before, &tree(folder.path()));
        if !changed.is_empty() {
            faults.push(format!("“{}” changes files:{changed}", arguments.join(" ")));
        }
    }
    assert!(faults.is_empty(), "these do not exit with 2:\n{}", faults.join("\n"));
}
