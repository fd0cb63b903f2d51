//! What a board reads of a running trial: accrual and status of a small study, worked out by hand.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::support::{argument, displays, field, results_csv, scratch, succeed, trialpress, write};

/// Ten were screened: one is in screening, two failed, seven were randomised. Accrual opened on 1 January and the data are as
/// of 31 March 2025, day 90.
const SUBJECTS: &str = "\
ID,SITE,CONSENT,RAND,FIRST,ARM,FAILED,STATE,WHY
01,A,2024-12-20,2025-01-10,2025-01-11,X,,DONE,
02,A,2025-01-02,2025-01-12,2025-01-12,Y,,ON,
03,A,2025-01-20,2025-02-09,2025-02-10,X,,ON,
04,B,2025-02-01,2025-02-09,2025-02-11,Y,,LEFT,MOVED
05,B,2025-02-10,2025-03-01,2025-03-02,X,,LEFT,MOVED
06,A,2025-03-01,2025-03-15,2025-03-16,Y,,LEFT,ADVERSE EVENT
07,A,2025-03-10,2025-03-30,,X,,WAITS,
08,B,2025-02-20,,,,AGE,,
09,C,2025-03-05,,,,REFUSED,,
10,A,2025-03-20,,,,,,
";

const STUDY: &str = r#"
[study]
id = "SMALL"
title = "A small running trial"
kind = "Report"
status = "Running"
[data]
folder = "data"
subjects = "DM"
subject = "ID"
datasets = { DM = { file = "dm.csv", text = ["ID"] } }
[[arm]]
id = "x"
label = "Active"
planned = "ARM = 'X'"
actual = "ARM = 'X'"
[[arm]]
id = "y"
label = "Control"
planned = "ARM = 'Y'"
actual = "ARM = 'Y'"
reference = true
[[analysis-set]]
id = "randomised"
label = "Randomised"
rule = "RAND IS NOT NULL"
[[accrual]]
id = "accrual"
label = "Randomised participants"
analysis-set = "randomised"
date = "RAND"
planned = 20
opened = "2025-01-01"
target = [{ date = "2024-12-31", participants = 0 }, { date = "2025-01-31", participants = 4 }, { date = "2025-05-01", participants = 20 }]
site = "SITE"
since = { label = "Days from consent", date = "CONSENT" }
[[status]]
id = "status"
boxes = [
  { id = "all", label = "Signed consent", rule = "TRUE", complete = true },
  { id = "screening", label = "In screening", in = "all", rule = "RAND IS NULL AND FAILED IS NULL" },
  { id = "failed", label = "Screening failures", in = "all", rule = "FAILED IS NOT NULL", by = "FAILED" },
  { id = "in", label = "Randomised", in = "all", rule = "RAND IS NOT NULL", by-arm = true, complete = true },
  { id = "waits", label = "Not yet treated", in = "in", rule = "FIRST IS NULL" },
  { id = "treated", label = "Treated", in = "in", rule = "FIRST IS NOT NULL", complete = true },
  { id = "on", label = "On treatment", in = "treated", rule = "STATE = 'ON'" },
  { id = "done", label = "Completed", in = "treated", rule = "STATE = 'DONE'" },
  { id = "left", label = "Left the trial", in = "treated", rule = "STATE = 'LEFT'", by = "WHY" },
]
[[section]]
number = "1"
title = "One"
[[display]]
id = "flow"
number = "Figure 1"
section = "1"
title = "Status"
status = { of = "status" }
[[display]]
id = "course"
number = "Figure 2"
section = "1"
title = "Accrual"
accrual = { of = "accrual" }
[[display]]
id = "sites"
number = "Table 1"
section = "1"
title = "Sites"
accrual-table = { of = "accrual" }
"#;

/// The study with one text replaced in it, and one in its subjects; locked on the day of the data.
fn study(folder: &Path, (from, to): (&str, &str), (own, other): (&str, &str)) -> PathBuf {
    assert!(STUDY.contains(from) && SUBJECTS.contains(own));
    let study = folder.join("study");
    write(&study.join("study.toml"), &STUDY.replacen(from, to, 1));
    write(&study.join("data/dm.csv"), &SUBJECTS.replacen(own, other, 1));
    succeed(folder, &["lock", argument(&study), "--date", "2025-03-31"]);
    study
}

fn package(folder: &Path, (from, to): (&str, &str)) -> PathBuf {
    let study = study(folder, (from, to), ("", ""));
    succeed(folder, &["run", argument(&study), "--out", "package", "--quiet"]);
    folder.join("package")
}

/// A result: of an analysis, an arm, an item, a level, a statistic.
fn result(package: &Path, of: [&str; 5]) -> String {
    let columns = ["analysis", "arm", "variable", "levels", "statistic"];
    let rows = results_csv(package);
    let found: Vec<_> =
        rows.iter().filter(|row| columns.iter().zip(of).all(|(column, wanted)| field(row, column) == wanted)).collect();
    assert_eq!(found.len(), 1, "{of:?}");
    field(found[0], "value").to_owned()
}

fn is_near(text: &str, expected: f64) {
    let found: f64 = text.parse().unwrap_or_else(|_| panic!("{text} is no number"));
    assert!((found - expected).abs() < 1e-9, "{found} is not {expected}");
}

#[test]
fn accrual_is_that_worked_out_by_hand() {
    let folder = scratch();
    let package = package(folder.path(), ("", ""));
    let of = |item: &str, level: &str, statistic: &str| result(&package, ["accrual", "", item, level, statistic]);
    assert_eq!((of("", "", "n"), of("", "", "missing")), ("7".to_owned(), "0".to_owned()));
    // The axis begins on 31 December, when the plan does; 31 March is its day 91, and January ends on its day 32.
    assert_eq!(of("as-of", "", "date"), "2025-03-31");
    is_near(&of("as-of", "", "day"), 91.0);
    is_near(&of("ends", "2025-01", "day"), 32.0);
    // The plan: 4 by 31 January, 16 more in the 90 days to 1 May.
    is_near(&of("", "", "expected"), 4.0 + 16.0 * 59.0 / 90.0);
    is_near(&of("", "", "deficit"), 4.0 + 16.0 * 59.0 / 90.0 - 7.0);
    // Seven were planned for 3 sixteenths of the way after day 32.
    is_near(&of("", "", "delay"), 91.0 - (32.0 + 90.0 * 3.0 / 16.0));
    for (month, number, by_end) in [("2025-01", "2", "2"), ("2025-02", "2", "4"), ("2025-03", "3", "7")] {
        assert_eq!((of("month", month, "count"), of("by-end", month, "count")), (number.to_owned(), by_end.to_owned()));
    }
    is_near(&of("by-end", "2025-02", "expected"), 4.0 + 16.0 * 28.0 / 90.0);
    // Two on one day are one step, at the end of the 41st day of the axis.
    assert_eq!(of("course", "41", "count"), "4");
    // Seven in 90 days; none of the 91 of late lies before the opening.
    is_near(&of("all", "", "monthly-rate"), 7.0 / 90.0 * 365.25 / 12.0);
    assert_eq!(of("all", "", "monthly-rate"), of("late", "", "monthly-rate"));
    // 13 more at that rate take 167.14 days: the 168th after the day of the data.
    assert_eq!(of("all", "", "date"), "2025-09-15");
    assert!(of("all", "", "date-lower") < of("all", "", "date") && of("all", "", "date") < of("all", "", "date-upper"));
    // Site A is active from 20 December on, 102 days; days from consent 21, 10, 20, 14, 20.
    assert_eq!(of("site", "A", "count"), "5");
    is_near(&of("site", "A", "months"), 102.0 / (365.25 / 12.0));
    is_near(&of("site", "A", "median"), 20.0);
    // Site C has screened only.
    assert_eq!(of("site", "C", "count"), "0");
    is_near(&of("site", "C", "months"), 27.0 / (365.25 / 12.0));
    is_near(&of("site", "", "months"), (102.0 + 59.0 + 27.0) / (365.25 / 12.0));
}

#[test]
fn status_is_that_worked_out_by_hand_and_stands_in_its_boxes() {
    let folder = scratch();
    let package = package(folder.path(), ("", ""));
    let of = |arm: &str, item: &str, level: &str| result(&package, ["status", arm, item, level, "count"]);
    for (arm, item, level, number) in [
        ("", "all", "", "10"),
        ("", "screening", "", "1"),
        ("", "failed", "", "2"),
        ("", "failed", "AGE", "1"),
        ("", "in", "", "7"),
        ("x", "in", "", "4"),
        ("x", "waits", "", "1"),
        ("x", "treated", "", "3"),
        ("y", "treated", "", "3"),
        ("", "left", "MOVED", "2"),
        // The reasons of all arms are told of each.
        ("x", "left", "ADVERSE EVENT", "0"),
        ("y", "left", "MOVED", "1"),
    ] {
        assert_eq!(of(arm, item, level), number, "{arm} {item} {level}");
    }
    let all = displays(&package);
    let alt = all.iter().map(|display| display["body"]["parts"][0]["alt"].as_str().unwrap_or_default());
    let alt: Vec<&str> = alt.filter(|alt| alt.starts_with("Diagram of participants")).collect();
    assert_eq!(
        alt,
        [
            "Diagram of participants. All: Signed consent (n = 10). Of these: In screening (n = 1); Screening failures (n = 2); \
          AGE (n = 1); Refused (n = 1). All: Randomised (n = 7). Active: Active (n = 4); Not yet treated (n = 1); Treated \
          (n = 3). Active: Treated (n = 3); On treatment (n = 1); Completed (n = 1); Left the trial (n = 1); Moved (n = 1); \
          Adverse event (n = 0). Control: Control (n = 3); Not yet treated (n = 0); Treated (n = 3). Control: Treated (n = \
          3); On treatment (n = 1); Completed (n = 0); Left the trial (n = 2); Moved (n = 1); Adverse event (n = 1)."
        ]
    );
}

#[test]
fn whoever_is_in_two_boxes_or_in_none_is_named() {
    for (change, message) in [
        (
            ("rule = \"STATE = 'ON'\"", "rule = \"STATE IN ('ON', 'DONE')\""),
            "nobody in “Treated” is in two of the boxes in it",
        ),
        (
            ("rule = \"STATE = 'ON'\"", "rule = \"STATE = 'OFF'\""),
            "everybody in “Treated” is in one of the boxes in it",
        ),
        (("by = \"WHY\"", "by = \"FAILED\""), "everybody in “Left the trial” has a reason"),
    ] {
        let folder = scratch();
        let study = study(folder.path(), change, ("", ""));
        let outcome = trialpress(folder.path(), &["check", argument(&study)]);
        assert!(outcome.exit != 0 && outcome.stderr.contains(message), "{message}:\n{}", outcome.stderr);
    }
}

/// Nobody yet, one alone, all of them: the page is set, and says so.
#[test]
fn accrual_has_a_page_from_the_first_day_to_the_last() {
    let texts = |package: &Path| {
        let all = displays(package);
        let notes = all.iter().flat_map(|display| display["notes"].as_array().into_iter().flatten().cloned());
        notes.filter_map(|note: Value| note["text"].as_str().map(str::to_owned)).collect::<Vec<_>>()
    };
    for (change, words) in [
        (("date = \"RAND\"", "date = \"CASE WHEN ID = '99' THEN RAND END\""), "0 of 20 planned"),
        (("date = \"RAND\"", "date = \"CASE WHEN ID = '03' THEN RAND END\""), "1 of 20 planned"),
        (("planned = 20", "planned = 7"), "The number planned was reached on 2025-03-30."),
        (("planned = 20", "planned = 6"), "The number planned was reached on 2025-03-15."),
        (("site = \"SITE\"\n", ""), "Months since accrual opened."),
        (("opened = \"2025-01-01\"\n", ""), "since 2025-01-10"),
    ] {
        let folder = scratch();
        let package = package(folder.path(), change);
        let told = texts(&package);
        assert!(told.iter().any(|text| text.contains(words)), "{words} is not in {told:#?}");
    }
}
