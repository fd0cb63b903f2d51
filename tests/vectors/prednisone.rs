//! `prednisone.json`, all of it: conversions, means over windows, cumulative doses and targets, through `glucocorticoid`
//! and `glucocorticoid-targets`. (The test of the flagship study runs those its own window can show.)
//!
//! A window that leaves out the visit day is the window of an assessment the day before, and that is how it is run: a
//! dose always counts the day it ends on. The vectors count a day 0; there is none here, so that every day up to it is
//! moved one back.

use serde_json::Value as Json;

use super::json::{cases, number, text};
use super::small::{Subject, check};

const STUDY: &str = r#"
[measure.seen]
label = "Seen"
dataset = "RECORDS"
where = "PARAMCD = 'SEEN'"
value = "AVAL"
date = "ADT"

[dose.pred]
label = "Mean of 7 days"
instrument = "glucocorticoid"
dataset = "COURSES"
where = "DRUG IS NOT NULL"
drug = "DRUG"
amount = "AMOUNT"
unit = "UNIT"
frequency = "FREQUENCY"
route = "ROUTE"
start = { date = "ASTDT" }
end = { date = "AENDT" }
days = 7
baseline-days = [-7, -1]
pulse = { from = 250, routes = ["IV"] }

[dose.month]
label = "Mean of 28 days"
instrument = "glucocorticoid"
dataset = "COURSES"
where = "DRUG IS NOT NULL"
drug = "DRUG"
amount = "AMOUNT"
unit = "UNIT"
frequency = "FREQUENCY"
route = "ROUTE"
start = { date = "ASTDT" }
end = { date = "AENDT" }
days = 28
baseline-days = [-7, -1]

[frame.vectors]
label = "Dose"
measures = ["seen"]
doses = ["pred", "month"]

[[derivation]]
id = "mean_day"
label = "Mean dose from study day 1"
frame = "vectors"
rule = "pred_cumulative / visit_day"

[[derivation]]
id = "gc"
label = "Change (%)"
frame = "vectors"
instrument = "glucocorticoid-targets"
with = { dose = "pred" }
"#;

/// A study day of the vectors, which have a day 0, as one of the calendar, which has none.
fn without_day_zero(day: i32) -> i32 {
    if day > 0 { day } else { day - 1 }
}

fn day(value: &Json) -> i32 {
    value.as_i64().and_then(|day| i32::try_from(day).ok()).unwrap_or_else(|| panic!("{value} is no day"))
}

/// The courses of a vector; whether its days count a day 0 is told by its visit.
fn courses(subject: Subject, case: &Json, with_day_zero: bool) -> Subject {
    let calendar = |value: &Json| if with_day_zero { without_day_zero(day(value)) } else { day(value) };
    let records = case["records"].as_array().expect("the vector has records");
    records.iter().fold(subject, |subject, record| {
        let last = (!record["end"].is_null()).then(|| calendar(&record["end"]));
        let amount = record["mg"].to_string();
        let words = [text(&record["drug"]), amount.as_str(), text(&record["freq"]), text(&record["route"])];
        subject.takes(words, calendar(&record["start"]), last)
    })
}

fn subject(case: &Json) -> Subject {
    let subject = Subject::of(case);
    let dose = |subject: Subject, amount: &str, drug: &str, route: &str| {
        subject.takes([drug, amount, "QD", route], -30, None).record("SEEN", 169, "1")
    };
    match text(&case["kind"]) {
        "conversion" => {
            let subject = dose(subject, &case["mg"].to_string(), text(&case["drug"]), text(&case["route"]));
            subject.shows("W24", "pred", number(&case["expected_mg"])).shows(
                "W24",
                "month",
                number(&case["expected_mg"]),
            )
        }
        "average_window" => {
            let (visit, expected) = (day(&case["visit_day"]), number(&case["expected_mg_day"]));
            let subject = courses(subject, case, visit == 0);
            let seen = if case["include_visit_day"] == true { visit } else { visit - 1 };
            let variable = match (day(&case["window_days"]), visit) {
                (7, 0) => return subject.shows("W24", "pred_base", expected),
                (7, _) => "pred",
                (28, _) => "month",
                (other, _) => panic!("no dose over {other} days"),
            };
            let week = if visit == 57 { "W8" } else { "W24" };
            subject.record("SEEN", seen, "1").shows(week, "visit_day", seen).shows(week, variable, expected)
        }
        "cumulative" => {
            assert_eq!(day(&case["from_day"]), 1, "doses are added from study day 1");
            let last = day(&case["to_day"]);
            courses(subject, case, false)
                .record("SEEN", last, "1")
                .shows("W24", "pred_cumulative", number(&case["expected_mg"]))
                .shows("W24", "mean_day", number(&case["expected_mean_mg_day"]))
        }
        "target_flags" => {
            let expected = &case["expected"];
            let flags = [("gc_le_10", "le10"), ("gc_le_7_5", "le7_5"), ("gc_le_5", "le5")];
            let subject = dose(subject, &case["mg_day"].to_string(), "prednisone", "oral");
            flags.iter().fold(subject, |subject, (variable, key)| subject.shows("W24", variable, &expected[*key]))
        }
        other => panic!("no place for vectors of {other}"),
    }
}

#[test]
fn all_40_vectors_of_prednisone_come_out_as_written() {
    let Some(vectors) = cases("prednisone.json") else { return };
    let subjects: Vec<Subject> = vectors.iter().map(subject).collect();
    let kinds = ["conversion", "average_window", "cumulative", "target_flags"];
    let counts = kinds.map(|kind| vectors.iter().filter(|case| case["kind"] == kind).count());
    let checked = check(STUDY, &subjects);
    eprintln!("{} vectors of prednisone executed", subjects.len());
    assert_eq!(counts, [18, 12, 3, 7], "vectors were lost or added");
    assert_eq!(subjects.len(), 40, "vectors were lost or added");
    // Both windows; the mean and its day but for the baseline; the sum and its mean; three targets.
    assert_eq!(checked.cells, 18 * 2 + 11 * 2 + 1 + 3 * 2 + 7 * 3, "cells were lost or added");
    checked.passes();
}

/// Changes since baseline, which no vector has.
#[test]
fn changes_of_dose_worked_out_by_hand() {
    let from = |id: &str, why: &str, before: &str, now: &str, expected: [&str; 4]| {
        let subject = Subject::new(id, why).record("SEEN", 169, "1");
        let subject = subject.takes(["PREDNISONE", before, "QD", "ORAL"], -30, Some(1));
        let subject = subject.takes(["PREDNISONE", now, "QD", "ORAL"], 2, None);
        let variables = ["gc", "gc_fell_25", "gc_fell_50", "gc_rose"];
        variables.iter().zip(expected).fold(subject, |subject, (variable, value)| subject.shows("W24", variable, value))
    };
    let subjects = [
        from("20 to 15", "exactly 25 % less", "20", "15", ["-25", "true", "false", "false"]),
        from("20 to 15.1", "24.5 % less", "20", "15.1", ["-24.5", "false", "false", "false"]),
        from("20 to 10", "exactly half", "20", "10", ["-50", "true", "true", "false"]),
        from("20 to 0", "stopped", "20", "0", ["-100", "true", "true", "false"]),
        from("10 to 10", "unchanged", "10", "10", ["0", "false", "false", "false"]),
        from("10 to 12", "more", "10", "12", ["20", "false", "false", "true"]),
        from("0 to 5", "a share of nothing is nothing", "0", "5", ["", "false", "false", "true"]),
        from("0 to 0", "no dose cannot fall", "0", "0", ["", "false", "false", "false"]),
    ];
    check(STUDY, &subjects).passes();
}

/// What was given as pulses, told apart from the rest.
#[test]
fn pulses_worked_out_by_hand() {
    let background = |id: &str, why: &str| {
        let subject = Subject::new(id, why).record("SEEN", 57, "1").record("SEEN", 169, "1");
        subject.takes(["PREDNISONE", "10", "QD", "ORAL"], -30, None)
    };
    let shows = |subject: Subject, visit: &'static str, expected: [&str; 5]| {
        let names = ["pred", "pred_without_pulses", "pred_pulses", "pred_pulse_dose", "pred_cumulative"];
        names.iter().zip(expected).fold(subject, |subject, (name, value)| subject.shows(visit, name, value))
    };
    let methylprednisolone = |amount: &'static str, frequency: &'static str, route: &'static str| {
        ["METHYLPREDNISOLONE", amount, frequency, route]
    };
    let none = background("no pulse", "57 and 169 days of 10 mg");
    let three = background("three pulses", "625 mg a day on days 1 to 3, counted from then on").takes(
        methylprednisolone("500", "QD", "IV"),
        1,
        Some(3),
    );
    let late = background("pulse before the visit", "one of the seven days: (7 x 10 + 625) / 7").takes(
        methylprednisolone("500", "ONCE", "IV"),
        166,
        Some(166),
    );
    let before = background("pulse before day 1", "not from study day 1 on").takes(
        methylprednisolone("500", "QD", "IV"),
        -3,
        Some(-1),
    );
    let oral = background("as much by mouth", "625 mg by mouth are no pulse").takes(
        methylprednisolone("500", "QD", "ORAL"),
        1,
        Some(3),
    );
    let small = background("less by vein", "249 mg are no pulse").takes(["PREDNISONE", "249", "QD", "IV"], 1, Some(3));
    let least = background("just a pulse", "250 mg are one").takes(["PREDNISONE", "250", "QD", "IV"], 1, Some(3));
    let subjects = [
        shows(shows(none, "W8", ["10", "10", "0", "0", "570"]), "W24", ["10", "10", "0", "0", "1690"]),
        shows(shows(three, "W8", ["10", "10", "3", "1875", "2445"]), "W24", ["10", "10", "3", "1875", "3565"]),
        shows(shows(late, "W8", ["10", "10", "0", "0", "570"]), "W24", ["99.28571428571429", "10", "1", "625", "2315"]),
        shows(before, "W24", ["10", "10", "0", "0", "1690"]),
        shows(oral, "W24", ["10", "10", "0", "0", "3565"]),
        shows(small, "W24", ["10", "10", "0", "0", "2437"]),
        shows(least, "W24", ["10", "10", "3", "750", "2440"]),
    ];
    check(STUDY, &subjects).passes();
}
