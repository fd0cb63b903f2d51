//! Safety of the flagship study against a second program: every row of `truth-safety.csv`, which has the keys of the
//! results and comes from the data alone, and the planted facts of `truth.toml` that are about safety.
//!
//! A copy of the study with further listings over the same locked data is run, because no display lists every record.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use tempfile::TempDir;
use toml::{Table, Value};

use crate::support::{
    Record, argument, field, fixture_study, listing, read, records, results_csv, scratch, specification, succeed,
    write_specification,
};

/// The parts of a key in both files.
const KEY: [&str; 8] = ["analysis", "arm", "contrast", "variable", "levels", "at", "method", "statistic"];

/// Listings added to the copy: display, records, analysis set, variables.
const LISTINGS: [(&str, &str, &str, &[&str]); 4] = [
    ("all-ae", "ae", "itt", &["AESEQ", "AEPTCD", "te", "related", "ATOXGR"]),
    ("all-lab", "lab", "safety", &["parameter", "after", "ctcae_low", "ctcae_high", "lab_significant"]),
    ("all-vital", "vital", "safety", &["parameter", "VISIT", "base", "value", "pcs_low", "pcs_high", "pcs"]),
    ("all-subjects", "subjects", "safety", &["at_peak", "tb_peak", "hys_law", "doses_planned", "doses_given"]),
];

/// The package of the copy.
fn package() -> &'static std::path::Path {
    static PLACE: OnceLock<std::path::PathBuf> = OnceLock::new();
    static PACKAGE: OnceLock<TempDir> = OnceLock::new();
    let folder = PACKAGE.get_or_init(|| {
        let folder = scratch();
        let mut study = specification("ln-msc-il2");
        let displays = study.get_mut("display").and_then(Value::as_array_mut).expect("the study has displays");
        displays.extend(LISTINGS.map(|(id, records, set, variables)| added(id, records, set, variables)));
        write_specification(&folder.path().join("study.toml"), &study);
        let data = fixture_study("ln-msc-il2").join("data");
        succeed(folder.path(), &["lock", ".", "--data", argument(&data), "--date", "2026-01-31", "--quiet"]);
        succeed(folder.path(), &["run", ".", "--data", argument(&data), "--out", "package", "--quiet"]);
        folder
    });
    PLACE.get_or_init(|| folder.path().join("package"))
}

fn added(id: &str, records: &str, set: &str, variables: &[&str]) -> Value {
    let text = |text: &str| Value::String(text.to_owned());
    let column = |name: &&str| {
        Value::Table(Table::from_iter([("variable".to_owned(), text(name)), ("label".to_owned(), text(name))]))
    };
    let layout = Table::from_iter([
        ("records".to_owned(), text(records)),
        ("analysis-set".to_owned(), text(set)),
        ("columns".to_owned(), Value::Array(variables.iter().map(column).collect())),
    ]);
    Value::Table(Table::from_iter([
        ("id".to_owned(), text(id)),
        ("number".to_owned(), text(&format!("Listing {id}"))),
        ("section".to_owned(), text("16.2")),
        ("title".to_owned(), text(id)),
        ("listing".to_owned(), Value::Table(layout)),
    ]))
}

fn truth() -> Vec<Record> {
    records(&fixture_study("ln-msc-il2").join("truth-safety.csv"))
}

fn key(record: &Record) -> Vec<String> {
    KEY.iter().map(|part| field(record, part).to_owned()).collect()
}

/// Whether two fields are the same number, or the same text.
fn same(found: &str, expected: &str) -> bool {
    match (found.parse::<f64>(), expected.parse::<f64>()) {
        // Limits of intervals are roots, found to ten digits by either program.
        (Ok(found), Ok(expected)) => (found - expected).abs() <= 1e-8 * expected.abs().max(1.0),
        _ => found == expected,
    }
}

fn conclude(what: &str, checked: usize, complaints: &[String]) {
    eprintln!("{what}: {checked} checked");
    let shown: Vec<&str> = complaints.iter().take(40).map(String::as_str).collect();
    assert!(complaints.is_empty(), "{} of {checked} {what}:\n{}", complaints.len(), shown.join("\n"));
}

#[test]
fn every_count_rate_and_interval_is_that_of_the_second_program() {
    let mut found: BTreeMap<Vec<String>, Record> = BTreeMap::new();
    for row in results_csv(package()) {
        if field(&row, "variant").is_empty() {
            found.insert(key(&row), row);
        }
    }
    let (mut checked, mut complaints) = (0, Vec::new());
    for row in truth().iter().filter(|row| field(row, "statistic") != "subject") {
        checked += 1;
        let key = key(row);
        let Some(own) = found.get(&key) else {
            complaints.push(format!("{} is not in the results", key.join(" | ")));
            continue;
        };
        for part in ["value", "of"] {
            let (own, expected) = (field(own, part), field(row, part));
            if !same(own, expected) {
                complaints.push(format!("{}: {part} is {own:?}, and in truth {expected:?}", key.join(" | ")));
            }
        }
    }
    conclude("results on safety", checked, &complaints);
    assert!(checked > 4000, "the truth has only {checked} rows");
}

/// What the copy lists of each participant, and a fact in it.
type Facts = BTreeSet<(String, Vec<String>, String)>;

/// The facts of the second program about single participants.
fn expected(analysis: &str) -> Facts {
    let rows = truth();
    let own = rows.iter().filter(|row| field(row, "statistic") == "subject" && field(row, "analysis") == analysis);
    own.map(|row| {
        let levels = field(row, "levels").split("; ").filter(|part| !part.is_empty()).map(str::to_owned).collect();
        (field(row, "variable").to_owned(), levels, field(row, "value").to_owned())
    })
    .collect()
}

fn lines(display: &str) -> Vec<Record> {
    listing(package(), display)
}

fn fact(line: &Record, levels: &[&str], value: &str) -> (String, Vec<String>, String) {
    (field(line, "USUBJID").to_owned(), levels.iter().map(ToString::to_string).collect(), value.to_owned())
}

fn assert_same(what: &str, found: &Facts) {
    let expected = expected(what);
    let complaints: Vec<String> = found
        .difference(&expected)
        .map(|fact| format!("only here: {fact:?}"))
        .chain(expected.difference(found).map(|fact| format!("only in truth: {fact:?}")))
        .collect();
    assert!(!expected.is_empty(), "the truth says nothing of {what}");
    conclude(what, expected.len(), &complaints);
}

#[test]
fn every_event_is_emergent_or_not_as_in_truth() {
    let word = |line: &Record| if field(line, "te") == "true" { "Y" } else { "N" };
    assert_same("teae", &lines("all-ae").iter().map(|line| fact(line, &[field(line, "AESEQ")], word(line))).collect());
}

#[test]
fn worst_grades_and_significant_changes_of_each_participant() {
    let (mut worst, mut significant) = (BTreeMap::new(), Facts::new());
    for line in lines("all-lab").iter().filter(|line| field(line, "after") == "true") {
        let code = field(line, "parameter");
        for side in ["low", "high"] {
            if let Ok(grade) = field(line, &format!("ctcae_{side}")).parse::<f64>() {
                let known = worst.entry(fact(line, &[code, side], "")).or_insert(grade);
                *known = known.max(grade);
            }
        }
        if field(line, "lab_significant") == "true" {
            significant.insert(fact(line, &[code], "Y"));
        }
    }
    assert_same("grade", &worst.into_iter().map(|((id, of, _), grade)| (id, of, grade.to_string())).collect());
    assert_same("significant", &significant);
}

#[test]
fn significant_vital_signs_of_each_participant() {
    let mut found = Facts::new();
    for line in lines("all-vital").iter().filter(|line| field(line, "pcs") == "true") {
        for side in ["low", "high"] {
            if field(line, &format!("pcs_{side}")) == "1" {
                found.insert(fact(line, &[field(line, "parameter"), side], "Y"));
            }
        }
    }
    assert_same("pcs", &found);
}

#[test]
fn quadrants_and_doses_of_each_participant() {
    let (mut quadrants, mut doses) = (Facts::new(), Facts::new());
    for line in &lines("all-subjects") {
        doses.insert(fact(line, &["given"], field(line, "doses_given")));
        doses.insert(fact(line, &["planned"], field(line, "doses_planned")));
        // Without a value of both there is no quadrant.
        if ["at_peak", "tb_peak"].iter().any(|name| field(line, name).is_empty()) {
            continue;
        }
        let peak = |name: &str| field(line, name).parse::<f64>().unwrap_or(0.0);
        let quadrant = match (peak("at_peak") >= 3.0, peak("tb_peak") >= 2.0) {
            (true, true) => "HYS_LAW_RANGE",
            (true, false) => "TEMPLES_COROLLARY",
            (false, true) => "CHOLESTASIS",
            (false, false) => "NORMAL_OR_NEAR",
        };
        quadrants.insert(fact(line, &[], quadrant));
    }
    assert_same("edish", &quadrants);
    assert_same("exposure", &doses);
}

/// Checks of `truth.toml` that are about safety.
pub const PLANTED: [&str; 13] = [
    "baseline-sbp",
    "deaths-listed",
    "edish",
    "grade",
    "injections-given",
    "injections-planned",
    "leading-to-discontinuation",
    "pcs-high",
    "post-dose-pcs-low",
    "potential-hys-law",
    "related",
    "treatment-emergent",
    "treatment-emergent-by-record",
];

#[test]
fn every_planted_fact_about_safety() {
    let text = read(&fixture_study("ln-msc-il2").join("truth.toml"));
    let truth: Table = toml::from_str(&text).unwrap_or_else(|error| panic!("truth.toml: {error}"));
    let planted = truth.get("subject").and_then(Value::as_array).expect("the truth has participants");
    let (mut seen, mut complaints) = (BTreeSet::new(), Vec::new());
    for subject in planted.iter().filter_map(Value::as_table) {
        let id = subject.get("usubjid").and_then(Value::as_str).expect("a participant has an identifier");
        let fact = subject.get("fact").and_then(Value::as_str).unwrap_or_default();
        for (name, value) in subject.get("checks").and_then(Value::as_table).into_iter().flatten() {
            if PLANTED.contains(&name.as_str()) {
                seen.insert(name.clone());
                let found = found(id, fact, name, value);
                if found != *value {
                    complaints.push(format!("{id}: {name} is {found}, and in truth {value}"));
                }
            }
        }
    }
    assert_eq!(seen.iter().map(String::as_str).collect::<Vec<_>>(), PLANTED, "facts about safety in truth.toml");
    conclude("planted facts about safety", seen.len(), &complaints);
}

/// What the study says, in the form of the truth.
fn found(id: &str, fact: &str, name: &str, truth: &Value) -> Value {
    let own = |display: &str| -> Vec<Record> {
        lines(display).into_iter().filter(|line| field(line, "USUBJID") == id).collect()
    };
    let count = |lines: usize| Value::Integer(i64::try_from(lines).expect("few lines"));
    let word = |line: &Record| Value::String(if field(line, "te") == "true" { "Y" } else { "N" }.to_owned());
    let number = |text: &str| Value::Integer(text.parse().unwrap_or_else(|_| panic!("{text} is no whole number")));
    let mut ae = own("all-ae");
    ae.sort_by_key(|line| field(line, "AESEQ").parse::<u32>().unwrap_or(0));
    let subject = |name: &str| own("all-subjects").first().map(|line| field(line, name).to_owned()).unwrap_or_default();
    let coded = |code: &str| ae.iter().filter(|line| field(line, "AEPTCD") == code).cloned().collect::<Vec<_>>();
    match name {
        "deaths-listed" => count(own("l-14-3-2-1").len()),
        "leading-to-discontinuation" => count(own("l-14-3-2-3").len()),
        "edish" => {
            let quadrant = |peak: &str, limit: f64| subject(peak).parse::<f64>().is_ok_and(|peak| peak >= limit);
            let in_range = quadrant("at_peak", 3.0) && quadrant("tb_peak", 2.0);
            Value::String(if in_range { "HYS_LAW_RANGE" } else { "NOT" }.to_owned())
        }
        "potential-hys-law" => Value::Boolean(subject("hys_law") == "true"),
        "injections-given" => number(&subject("doses_given")),
        "injections-planned" => number(&subject("doses_planned")),
        "treatment-emergent" => {
            // The planted record of a code is the one the truth speaks of: the first of that code.
            let keys = truth.as_table().expect("codes with their answers").keys();
            Value::Table(keys.filter_map(|code| Some((code.clone(), word(coded(code).first()?)))).collect())
        }
        "treatment-emergent-by-record" => Value::Array(coded("D16").iter().map(word).collect()),
        "related" => Value::Boolean(coded("D17").iter().all(|line| field(line, "related") == "true")),
        "grade" => Value::String(coded("D17").first().map(|line| field(line, "ATOXGR").to_owned()).unwrap_or_default()),
        "pcs-high" => {
            let vital = own("all-vital");
            let high =
                vital.iter().filter(|line| field(line, "pcs_high") == "1" && field(line, "VISIT") != "POST-DOSE");
            let mut names: Vec<&str> = high.map(|line| field(line, "parameter")).collect();
            // In the order of the truth, which is that of the form.
            let place = |code: &str| truth.as_array()?.iter().position(|own| own.as_str() == Some(code));
            names.sort_by_key(|name| place(name));
            Value::Array(names.into_iter().map(Value::from).collect())
        }
        "post-dose-pcs-low" | "baseline-sbp" => {
            let low = own("all-vital").into_iter().find(|line| field(line, "pcs_low") == "1");
            let line = low.unwrap_or_else(|| panic!("{id} ({fact}): no low sign after the dose"));
            if name == "baseline-sbp" {
                number(field(&line, "base"))
            } else {
                let parameter = Value::String(field(&line, "parameter").to_owned());
                Value::Array(vec![parameter, number(field(&line, "value"))])
            }
        }
        other => panic!("{id}: the test does not look at {other}"),
    }
}
