//! Disease activity of the flagship study against its independent program: the composite index with its components, and
//! both scores, participant by participant.

use std::collections::BTreeMap;

use toml::{Table, Value};

use crate::support::{Record, argument, field, fixture_study, listing, read, records, scratch, succeed};

/// T, F or U of an exported condition; a visit without assessment has no record and is unknown.
fn letter(record: Option<&Record>) -> char {
    match record.map(|record| field(record, "AVALC")) {
        Some("Y") => 'T',
        Some("N") => 'F',
        _ => 'U',
    }
}

#[test]
fn the_index_its_components_and_the_scores_are_those_of_the_independent_program() {
    let folder = scratch();
    let study = fixture_study("ln-msc-il2");
    succeed(folder.path(), &["run", argument(&study), "--out", "package", "--quiet"]);
    let package = folder.path().join("package");
    let responses: BTreeMap<(String, String), Record> = records(&package.join("datasets/ADRS.csv"))
        .into_iter()
        .filter(|record| field(record, "AVISIT") == "W24")
        .map(|record| ((field(&record, "USUBJID").to_owned(), field(&record, "PARAMCD").to_owned()), record))
        .collect();
    let scores = listing(&package, "l-16-2-6-5");
    let score = |subject: &str, visit: &str| {
        let found = scores.iter().find(|line| field(line, "USUBJID") == subject && field(line, "visit") == visit);
        found.map_or("", |line| field(line, "sledai")).to_owned()
    };
    let truth: Table = toml::from_str(&read(&study.join("truth.toml"))).expect("the truth is TOML");
    let outcomes = truth["computed"]["outcomes"].as_array().expect("the truth has outcomes");
    let (mut compared, mut faults) = (0, Vec::new());
    let mut check = |what: String, found: &str, expected: &str| {
        compared += 1;
        if found != expected {
            faults.push(format!("{what} is {found:?}, and in truth {expected:?}"));
        }
    };
    for outcome in outcomes {
        let text = |name: &str| outcome.get(name).and_then(Value::as_str).expect("a text of the truth");
        let subject = text("usubjid");
        let of = |parameter: &str| responses.get(&(subject.to_owned(), parameter.to_owned()));
        let response = of("SRI4W24").map_or("", |record| field(record, "AVALC"));
        check(format!("{subject}: SRI-4"), if response == "Y" { "R" } else { "NR" }, text("sri4"));
        let parts: String =
            ["SRI4S", "SRI4B", "SRI4P", "SRI4T"].map(|parameter| letter(of(parameter))).iter().collect();
        check(format!("{subject}: components"), &parts, text("sri4-parts"));
        let expected = outcome["sledai"].as_array().expect("two scores");
        for (visit, expected) in ["BL", "W24"].into_iter().zip(expected) {
            let expected =
                expected.as_integer().filter(|score| *score >= 0).map_or(String::new(), |score| score.to_string());
            check(format!("{subject}: score at {visit}"), &score(subject, visit), &expected);
        }
    }
    eprintln!("{compared} facts of disease activity compared");
    assert!(faults.is_empty(), "{} of {compared}:\n{}", faults.len(), faults.join("\n"));
    assert_eq!(compared, 4 * 40, "participants were lost or added");
}

#[test]
fn a_system_that_was_not_done_leaves_the_total_missing() {
    let folder = scratch();
    succeed(folder.path(), &["run", argument(&fixture_study("ln-msc-il2")), "--out", "package", "--quiet"]);
    let totals = listing(&folder.path().join("package"), "l-16-2-6-7");
    let total = |subject: &str, visit: &str| {
        let found = totals.iter().find(|line| field(line, "USUBJID") == subject && field(line, "visit") == visit);
        field(found.expect("the participant is listed"), "bilag").to_owned()
    };
    assert_eq!(total("LN01-042", "W24"), "", "a system was not done at week 24");
    assert_ne!(total("LN01-042", "W20"), "");
    assert_eq!(total("LN01-046", "BL"), "", "a system was not done on day 1");
    assert_ne!(total("LN01-046", "W24"), "");
}
