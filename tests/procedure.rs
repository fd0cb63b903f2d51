//! From the key to the meeting: what people do wrong on the way is refused before anything is shown, and what is made can be
//! made again.

#![expect(clippy::disallowed_methods, reason = "these tests look into ledgers and packages")]

use std::fs;
use std::path::Path;

use tempfile::TempDir;

use crate::awkward::{copy_folder, tree};
use crate::support::{Outcome, displays, fixture_study, read, scratch, succeed, trialpress, write};

const FLAGSHIP: &str = "ln-msc-il2";
const THREE: &str = "sle-three-arm";

/// The day of the first look of each.
fn look(study: &str) -> &'static str {
    if study == FLAGSHIP { "2024-12-28" } else { "2025-09-18" }
}

/// A folder with a study and a key of it, without a ledger.
fn desk(study: &str) -> TempDir {
    let folder = scratch();
    copy_folder(&fixture_study(study), &folder.path().join("study"));
    fs::remove_file(folder.path().join("study/monitoring.ledger")).expect("the fixture has its ledger");
    succeed(folder.path(), &["key", "new", "study", "--out", "board.key", "--quiet"]);
    folder
}

/// Changes the specification.
fn edit(desk: &Path, from: &str, to: &str) {
    let path = desk.join("study/study.toml");
    let text = read(&path);
    assert!(text.contains(from), "“{from}” is not in the specification");
    write(&path, &text.replacen(from, to, 1));
}

/// Runs what must be refused, and leaves everything as it was.
fn refused(desk: &Path, arguments: &[&str], says: &str) -> Outcome {
    let before = tree(desk);
    let outcome = trialpress(desk, arguments);
    let told = outcome.stderr.replace('\n', " ");
    assert!(outcome.exit != 0 && outcome.exit != 101, "{arguments:?}: exit {}: {told}", outcome.exit);
    assert!(told.contains(says), "{arguments:?} must say “{says}”: {told}");
    let after = tree(desk);
    assert!(before == after, "{arguments:?}: something was written");
    outcome
}

#[test]
fn results_of_a_look_are_not_shown_without_its_record() {
    let folder = desk(THREE);
    let desk = folder.path();
    let interim = ["run", "study", "--report", "interim", "--out", "out"];
    let with = |more: &[&'static str]| [interim.as_slice(), more].concat();
    refused(desk, &interim, "give it: --cutoff DATE");
    let cut = ["--cutoff", look(THREE), "--date", "2025-10-02"];
    refused(desk, &[with(&cut).as_slice(), &["--ledger", "nowhere/monitoring.ledger"]].concat(), "nowhere");
    refused(desk, &with(&["--cutoff", look(THREE), "--date", "2025-09-01"]), "cannot have data as of 2025-09-18");
    let explain = ["explain", "study", "t-7-1", "--report", "interim", "--cutoff", look(THREE)];
    refused(desk, &explain, "not in the ledger");
    succeed(desk, &with(&cut));
    assert!(succeed(desk, &explain).stdout.contains("statistic=z = "), "a look that was taken is explained");
    // The board is asked once, and what it says after a stop is nothing.
    let decide = |day: &'static str, word: &'static str| {
        ["ledger", "decide", "study", "--plan", "plan", "--look", "1", "--date", day, "--decision", word]
    };
    succeed(desk, &decide("2025-10-09", "modify"));
    refused(desk, &decide("2025-10-05", "continue"), "decided “modify” on 2025-10-09 already");
    succeed(desk, &decide("2025-10-10", "stop"));
    refused(desk, &decide("2025-10-11", "continue"), "stopped the trial on 2025-10-10");
    let met = ["ledger", "met", "study", "--date", "2025-10-09", "--reported", "2025-10-08"];
    refused(desk, &met, "a board reports after it met");
}

#[test]
fn a_ledger_of_another_study_is_not_written_to() {
    let folder = desk(THREE);
    let desk = folder.path();
    fs::copy(fixture_study(FLAGSHIP).join("monitoring.ledger"), desk.join("other.ledger")).expect("it has a ledger");
    let of_other = "the ledger is of the study LN-MSC-IL2";
    for verb in [
        ["ledger", "verify", "study"].as_slice(),
        &["ledger", "met", "study", "--date", "2026-01-01"],
        &[
            "ledger",
            "decide",
            "study",
            "--plan",
            "look_plan",
            "--look",
            "1",
            "--decision",
            "stop",
            "--date",
            "2026-01-01",
        ],
    ] {
        refused(desk, &[verb, &["--ledger", "other.ledger"]].concat(), of_other);
    }
}

/// A look that was not planned has more columns than the plan has looks; the final report quotes it.
#[test]
fn a_look_that_was_not_planned_is_shown_and_quoted() {
    let folder = desk(THREE);
    let desk = folder.path();
    for (cut, day, more) in [
        (look(THREE), "2025-10-02", [].as_slice()),
        ("2025-10-20", "2025-11-01", &["--unplanned", "request of an authority"]),
    ] {
        let run = ["run", "study", "--report", "interim", "--out", "out", "--cutoff", cut, "--date", day];
        succeed(desk, &[run.as_slice(), more].concat());
    }
    let lines = read(&desk.join("study/monitoring.ledger")).lines().count();
    assert_eq!(lines, 3, "the opening and two looks");
    succeed(desk, &["run", "study", "--out", "final"]);
    let shown = displays(&desk.join("final"));
    let looks = shown.iter().find(|display| display["number"] == "Table 7.1").expect("the table of looks is there");
    assert!(looks.to_string().contains("not planned"), "the look is taken for one that was planned: {looks}");
}

#[test]
fn a_dry_run_knows_no_arms() {
    let folder = desk(FLAGSHIP);
    let desk = folder.path();
    succeed(desk, &["key", "new", "study", "--dummy", "--out", "dummy.key", "--quiet"]);
    for report in ["dsmb-closed-unmasked", "interim"] {
        let run =
            ["run", "study", "--report", report, "--cutoff", look(FLAGSHIP), "--key", "dummy.key", "--out", "out"];
        refused(desk, &run, "has dummy codes");
    }
}

#[test]
fn a_report_does_not_take_the_place_of_another() {
    let folder = desk(THREE);
    let desk = folder.path();
    let run = |report: &'static str| {
        let cut = look(THREE);
        [
            "run",
            "study",
            "--report",
            report,
            "--cutoff",
            cut,
            "--date",
            "2025-10-02",
            "--key",
            "board.key",
            "--out",
            "out",
        ]
    };
    succeed(desk, &run("dsmb-open"));
    let closed = run("dsmb-closed-unmasked");
    // The look is remembered by a run whose package stands; this one is refused before.
    refused(desk, &closed, "the package of another report stands here: EXA-SLE-2-dsmb-open.pdf");
    succeed(desk, &run("dsmb-open"));
}

/// Every report is made again from its package, and from its study.
#[test]
fn every_edition_is_made_again() {
    for study in [FLAGSHIP, THREE] {
        let folder = desk(study);
        let desk = folder.path();
        let day = if study == FLAGSHIP { "2025-01-13" } else { "2025-10-02" };
        for report in ["dsmb-open", "dsmb-closed", "dsmb-closed-unmasked", "interim"] {
            let key = if report == "interim" { [].as_slice() } else { &["--key", "board.key"] };
            let run = ["run", "study", "--report", report, "--cutoff", look(study), "--date", day, "--out", report];
            succeed(desk, &[run.as_slice(), key].concat());
            let key = if report == "dsmb-closed" { key } else { &[] };
            let again = succeed(desk, &[["reproduce", report, "--study", "study"].as_slice(), key].concat());
            assert!(again.stdout.contains("identical"), "{study}, {report}: {}{}", again.stdout, again.stderr);
            succeed(desk, &["report", report, "--out", "again"]);
            assert!(tree(&desk.join(report)) == tree(&desk.join("again")), "{study}, {report}: other files");
            fs::remove_dir_all(desk.join("again")).expect("it was written");
        }
    }
}

/// A board meets first for safety, long before a look; an arm may have nobody yet, and no event has ended.
#[test]
fn a_first_meeting_has_its_reports() {
    let folder = desk(FLAGSHIP);
    let desk = folder.path();
    for cut in ["2023-05-10", "2023-07-12"] {
        let mut run = vec!["run", "study", "--cutoff", cut, "--key", "board.key", "--out", "out"];
        for report in ["dsmb-open", "dsmb-closed", "dsmb-closed-unmasked"] {
            run.extend(["--report", report]);
        }
        succeed(desk, &run);
    }
    assert!(!desk.join("study/monitoring.ledger").exists(), "no look was taken");
}

#[test]
fn what_masking_forgets_is_told() {
    let folder = desk(FLAGSHIP);
    let desk = folder.path();
    let open = ["run", "study", "--report", "dsmb-open", "--cutoff", look(FLAGSHIP), "--out", "out"];
    let original = read(&desk.join("study/study.toml"));
    for (from, to, says) in [
        ("  \"TRT01P\", \"TRT01PN\",", "  \"TRT01PN\",", "TRT01P tells the arm of a participant"),
        ("\"VISIT = 'POST-DOSE'\" }", "\"TRT01P = 'MSC'\" }", "which records of ADVS are left would tell of TRT01P"),
        ("records = { ADVS", "records = { ADSL = \"SEX = 'F'\", ADVS", "none of its records can be masked"),
    ] {
        edit(desk, from, to);
        let outcome = refused(desk, &open, says);
        assert!(!outcome.stderr.contains("subject LN01"), "a participant is named: {}", outcome.stderr);
        write(&desk.join("study/study.toml"), &original);
    }
    // With codes, neither a method that needs to know the reference nor an arm by its name.
    let closed =
        ["run", "study", "--report", "dsmb-closed", "--cutoff", look(FLAGSHIP), "--key", "board.key", "--out", "out"];
    let text = original.replacen(
        "methods = [\"miettinen-nurminen\", \"chi-square\"]",
        "methods = [\"miettinen-nurminen\", \"chi-square\", \"farrington-manning\"]\nmargin = -0.1",
        1,
    );
    assert_ne!(text, original);
    write(&desk.join("study/study.toml"), &text);
    refused(desk, &closed, "monitored_w24 tests a margin on one side");
}
