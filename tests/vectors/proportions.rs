//! `two_proportions.json`: proportions with their intervals, differences and tests, from subjects who respond or not.

use std::fmt::Write as _;

use serde_json::Value as Json;

use super::json::{cases, number};
use super::small::{Subject, run};
use crate::support::{Record, field, results_csv};

const FRAME: &str = r#"
[measure.seen]
label = "Seen"
dataset = "RECORDS"
where = "PARAMCD = 'SEEN'"
value = "AVAL"
date = "ADT"

[frame.vectors]
label = "Response"
measures = ["seen"]
"#;

/// An endpoint and an analysis set a case: those whose variable `R1`, `R2` … says whether they respond.
fn study(cases: usize) -> String {
    let mut study = FRAME.to_owned();
    for case in 1..=cases {
        let _ = write!(
            study,
            r#"
[[analysis-set]]
id = "set{case}"
label = "Set {case}"
rule = "INCLUDED = 'Y' AND R{case} IS NOT NULL"

[[endpoint]]
id = "case{case}"
label = "Case {case}"
role = "exploratory"
analysis-set = "set{case}"
[endpoint.binary]
frame = "vectors"
at = ["W24"]
response = "R{case} = 'Y'"
methods = ["clopper-pearson", "wilson", "miettinen-nurminen", "newcombe", "chi-square", "fisher", "boschloo"]
"#
        );
    }
    study
}

/// Subjects of both arms: the first so many of an arm are in a case, and the first so many of those respond.
fn subjects(vectors: &[Json]) -> Vec<Subject> {
    let count = |case: &Json, key: &str| case[key].as_u64().unwrap_or_else(|| panic!("{key} is no count"));
    let mut subjects = Vec::new();
    for (arm, x, n) in [("FIRST", "x1", "n1"), ("SECOND", "x2", "n2")] {
        let largest = vectors.iter().map(|case| count(case, n)).max().unwrap_or_default();
        for position in 0..largest {
            let subject = Subject::new(&format!("{arm}-{position}"), "").is("ARM", arm).record("SEEN", 169, "1");
            subjects.push(vectors.iter().enumerate().fold(subject, |subject, (at, case)| {
                let answer = if position >= count(case, n) {
                    ""
                } else if position < count(case, x) {
                    "Y"
                } else {
                    "N"
                };
                subject.is(&format!("R{}", at + 1), answer)
            }));
        }
    }
    subjects
}

/// The row of a statistic of a case; the arm is none for the comparison.
fn row<'a>(rows: &'a [Record], case: usize, arm: &str, method: &str, statistic: &str) -> &'a Record {
    let contrast = if arm.is_empty() { "first - second" } else { "" };
    let wanted = [("arm", arm), ("contrast", contrast), ("method", method), ("statistic", statistic), ("at", "W24")];
    let analysis = format!("case{case}");
    let found: Vec<&Record> = rows
        .iter()
        .filter(|row| field(row, "analysis") == analysis)
        .filter(|row| wanted.iter().all(|(column, value)| field(row, column) == *value))
        .collect();
    assert_eq!(found.len(), 1, "{analysis} has one {arm} {method} {statistic}");
    found[0]
}

/// Compares a number of a row; nothing where there must be none.
fn differs(row: &Record, expected: &Json, tolerance: f64) -> Option<String> {
    let found = field(row, "value");
    let agrees = match (found.parse::<f64>(), expected.as_f64()) {
        (Ok(found), Some(expected)) => (found - expected).abs() <= tolerance,
        (Err(_), None) => found.is_empty() && !field(row, "not_estimable").is_empty(),
        _ => false,
    };
    let [analysis, method, statistic] = ["analysis", "method", "statistic"].map(|column| field(row, column));
    (!agrees).then(|| format!("{analysis}: {statistic} of {method} is {found:?} and must be {expected}"))
}

#[test]
fn all_13_vectors_of_two_proportions_come_out_as_computed() {
    let Some(vectors) = cases("two_proportions.json") else { return };
    let rows = results_csv(&run(&study(vectors.len()), &subjects(&vectors)).package());
    let (mut complaints, mut compared) = (Vec::new(), 0);
    for (at, case) in vectors.iter().enumerate() {
        let case_number = at + 1;
        let mut compare = |arm: &str, method: &str, statistic: &str, expected: &Json, tolerance: f64| {
            compared += 1;
            complaints.extend(differs(row(&rows, case_number, arm, method, statistic), expected, tolerance));
        };
        for (arm, x, n) in [("first", "x1", "n1"), ("second", "x2", "n2")] {
            let share = row(&rows, case_number, arm, "", "share");
            let counted = [field(share, "value"), field(share, "of")].map(str::to_owned);
            assert_eq!(counted, [&case[x], &case[n]].map(ToString::to_string), "case {case_number}, arm {arm}");
        }
        for (arm, own) in [("first", "1"), ("second", "2")] {
            for (method, key) in [("wilson", "wilson"), ("clopper-pearson", "clopper")] {
                let limits = &case[format!("{key}{own}").as_str()];
                // Doubles of another program: a limit may differ in its last digits, by exact beta quantiles in more.
                compare(arm, method, "share-lower", &limits[0], 1e-12);
                compare(arm, method, "share-upper", &limits[1], 1e-12);
            }
        }
        for (method, key) in [("newcombe", "newcombe"), ("miettinen-nurminen", "miettinen_nurminen")] {
            compare("", method, "difference", &case["diff"], 1e-15);
            // The limits of the vectors come from a search that stops.
            compare("", method, "difference-lower", &case[key][0], 1e-9);
            compare("", method, "difference-upper", &case[key][1], 1e-9);
        }
        compare("", "fisher", "p-value", &case["fisher_two_sided"], 1e-12);
        // Without a single response there is nothing to compare by chi-square: the vectors write 1 for it, we write that
        // the margin is empty. By Boschloo every table is as extreme as that one: the vectors write nothing, we write 1.
        let nobody = number(&case["x1"]) + number(&case["x2"]) < 0.5;
        let (pearson, boschloo) = if nobody {
            assert_eq!((&case["pearson_p"], &case["boschloo_two_sided_central"]), (&Json::from(1.0), &Json::Null));
            (Json::Null, Json::from(1.0))
        } else {
            (case["pearson_p"].clone(), case["boschloo_two_sided_central"].clone())
        };
        compare("", "chi-square", "p-value", &pearson, 1e-12);
        // The vectors' supremum comes from a search over a grid.
        compare("", "boschloo", "p-value", &boschloo, 1e-9);
    }
    eprintln!("{} vectors of two proportions executed, {compared} numbers compared", vectors.len());
    assert_eq!(vectors.len(), 13, "vectors were lost or added");
    assert_eq!(compared, 13 * 17, "numbers were lost or added");
    assert!(complaints.is_empty(), "{} of {compared} numbers are wrong:\n{}", complaints.len(), complaints.join("\n"));
}
