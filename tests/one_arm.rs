//! Studies with one arm: every layout without comparisons, columns of all arms together, legends of one entry, or a word of
//! methods that compare. The pooled report of a board is made of it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde_json::Value as Json;
use toml::{Table, Value};
use trialpress::results::Method;

use crate::awkward::copy_folder;
use crate::support::{
    argument, displays, field, fixture_study, read, remove_words, repository, results_csv, scratch, specification,
    succeed, trialpress, write_specification,
};

/// Layouts that show comparisons and nothing else.
const COMPARE: [&str; 4] = ["forest", "tipping-point", "hypotheses", "benefit-risk"];

/// A fixture study, with more written behind it, of one arm; without the displays that only compare and the words about
/// its arms, unless they shall stay.
fn of_one_arm(name: &str, more: &str, keep: bool) -> Table {
    let mut study = specification(name);
    if !more.is_empty() {
        let more: Table = toml::from_str(more).expect("the endpoints are TOML");
        for (key, value) in more {
            match (study.get_mut(&key), value) {
                (Some(Value::Array(list)), Value::Array(own)) => list.extend(own),
                (Some(Value::Table(table)), Value::Table(own)) => table.extend(own),
                (_, value) => drop(study.insert(key, value)),
            }
        }
    }
    let arm = "id = \"all\"\nlabel = \"All participants\"\nplanned = \"TRUE\"\nactual = \"TRUE\"";
    study.insert("arm".to_owned(), Value::Array(vec![Value::Table(toml::from_str(arm).expect("an arm"))]));
    remove_words(&mut study);
    if !keep {
        study.remove("multiplicity");
        let displays = study.get_mut("display").and_then(Value::as_array_mut).expect("displays");
        let undescribed = |display: &Value| {
            display.get("change").is_some_and(|change| change.get("describe").and_then(Value::as_bool) == Some(false))
                || display.get("ancova").is_some_and(|own| own["of"].as_str() == Some("m_ancova"))
        };
        displays.retain(|display| COMPARE.iter().all(|layout| display.get(layout).is_none()) && !undescribed(display));
    }
    study
}

/// A copy of a fixture study with another specification: its folder.
fn put(folder: &Path, name: &str, study: &Table) -> PathBuf {
    let copy = folder.join("study");
    copy_folder(&fixture_study(name), &copy);
    // The ledger is that of the study with its arms.
    std::fs::remove_file(copy.join("monitoring.ledger")).expect("the study has a ledger");
    write_specification(&copy.join("study.toml"), study);
    copy
}

fn texts<'a>(value: &'a Json, into: &mut Vec<&'a str>) {
    match value {
        Json::String(text) => into.push(text),
        Json::Array(list) => list.iter().for_each(|value| texts(value, into)),
        Json::Object(object) => object.values().for_each(|value| texts(value, into)),
        _ => {}
    }
}

/// What a report of one arm says that only a report of several can mean.
fn faults(study: &Table, package: &Path) -> Vec<String> {
    let mut faults = Vec::new();
    let rows = results_csv(package);
    for row in &rows {
        if !field(row, "contrast").is_empty() {
            faults.push(format!("a contrast: {row:?}"));
        }
        let method = Method::named(field(row, "method"));
        if method.is_some_and(Method::compares_arms) {
            faults.push(format!("a method that compares: {row:?}"));
        }
    }
    let asked = study["display"].as_array().expect("displays");
    for display in displays(package) {
        let own = asked.iter().find(|own| own["number"].as_str() == display["number"].as_str());
        let own = own.expect("a display of the specification");
        let id = own["id"].as_str().unwrap_or_default();
        let mut words = Vec::new();
        // What the specification says itself is its own matter.
        texts(&display["body"], &mut words);
        let said: BTreeSet<&str> =
            own.get("footnotes").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
        let notes = display["notes"].as_array().into_iter().flatten().filter_map(|note| note["text"].as_str());
        words.extend(notes.filter(|note| !said.iter().any(|own| own.contains(note) || note.contains(own))));
        for word in words {
            for wrong in [
                "Difference",
                "favours",
                "more in ",
                "Hazard ratio",
                "of the arm",
                "in each arm",
                "all arms",
                "some arm",
                "by arm",
                "Arm",
                "All (N",
            ] {
                if word.contains(wrong) {
                    faults.push(format!("{id} says {wrong:?} in {word:?}"));
                }
            }
        }
    }
    let methods = read(&package.join("typst/data/methods.json"));
    for wrong in
        ["are compared with the", "arm as factor", "Differences are the arm", "hazards are compared", "two arms"]
    {
        if methods.contains(wrong) {
            faults.push(format!("the methods say {wrong:?}"));
        }
    }
    faults
}

#[test]
fn a_study_of_one_arm_is_described_and_not_compared() {
    let more = read(&repository().join("tests/methods/endpoints.toml"));
    let mut all = Vec::new();
    for (name, more) in [("sle-three-arm", more.as_str()), ("ln-msc-il2", "")] {
        let folder = scratch();
        let study = of_one_arm(name, more, false);
        let copy = put(folder.path(), name, &study);
        succeed(folder.path(), &["run", argument(&copy), "--out", "package", "--quiet"]);
        let package = folder.path().join("package");
        let faults = faults(&study, &package);
        all.extend(faults.into_iter().map(|fault| format!("{name}: {fault}")));
        let figures = std::fs::read_dir(package.join("figures")).expect("figures");
        for figure in figures.filter_map(Result::ok) {
            // The label of the arm beside a sample of its colour; under a plot and above a panel it stands with numbers.
            let svg = read(&figure.path());
            let colours = ["#0B5C9E", "#B8450B"].iter().filter(|colour| svg.contains(**colour)).count();
            if colours > 0 {
                all.push(format!("{name}: {} has the colour of an arm", figure.path().display()));
            }
        }
    }
    assert!(all.is_empty(), "{} faults:\n{}", all.len(), all.join("\n"));
}

#[test]
fn a_display_that_only_compares_is_refused_for_one_arm() {
    let folder = scratch();
    let copy = put(folder.path(), "sle-three-arm", &of_one_arm("sle-three-arm", "", true));
    let outcome = trialpress(folder.path(), &["check", argument(&copy)]);
    assert_eq!(outcome.exit, 3, "{}", outcome.stderr);
    assert!(outcome.stderr.contains("compares arms, and the study has one"), "{}", outcome.stderr);
}
