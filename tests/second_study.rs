//! The second study (three arms, other visits, codes, units and limits, CSV only): the instruments serve it by
//! configuration alone. Its outcomes are compared with a second program, `independent.py`, and with what was worked out by
//! hand for the planted participants.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use tempfile::TempDir;
use toml::{Table, Value};

use crate::support::{Record, argument, field, fixture_study, read, records, results_csv, scratch, succeed};

const STUDY: &str = "sle-three-arm";

/// Keys of the truth that are no `PARAMCD`.
const OTHER_KEYS: [&str; 9] = ["SUBJID", "AVISIT", "ARMCD", "fact", "DAY", "KDAY", "WHY", "DAYS", "CNSR"];

fn package() -> TempDir {
    let folder = scratch();
    succeed(folder.path(), &["run", argument(&fixture_study(STUDY)), "--out", "package", "--quiet"]);
    folder
}

/// The final report quotes the look that the ledger has, and its last bound follows from it: error is spent as
/// O’Brien and Fleming would, at half of the information and at the 36 of 42 that there are in the end. The bounds are those
/// of rpact 3.3.4: `getDesignGroupSequential(kMax = 2, alpha = 0.025, sided = 1, typeOfDesign = "asUser", userAlphaSpending =
/// c(0.00152532, 0.025), informationRates = c(21 / 36, 1))`.
#[test]
fn the_final_report_quotes_the_look() {
    let package = package();
    let rows = results_csv(&package.path().join("package"));
    let of = |variable: &str, level: &str, statistic: &str| {
        let is_it = |row: &&Record| {
            field(row, "analysis") == "plan"
                && field(row, "variable") == variable
                && field(row, "levels") == level
                && field(row, "method") == "group-sequential"
                && field(row, "statistic") == statistic
        };
        let row = rows.iter().find(is_it).unwrap_or_else(|| panic!("no {statistic} of look {level}"));
        field(row, "value").to_owned()
    };
    for (variable, word) in [("date", "2025-10-02"), ("cutoff", "2025-09-18"), ("decision", "continue"), ("", "taken")]
    {
        assert_eq!(of(variable, "1", "status"), word);
    }
    assert_eq!(of("", "2", "status"), "now");
    let number = |level: &str, statistic: &str| of("", level, statistic).parse::<f64>().expect("a number");
    for (level, statistic, expected) in [
        ("1", "available-information", 21.0),
        ("1", "bound", 2.962_588),
        ("2", "available-information", 36.0),
        ("2", "bound", 1.965_837),
    ] {
        let found = number(level, statistic);
        assert!((found - expected).abs() < 5e-6, "{statistic} of look {level} is {found}");
    }
    let texts: String = files(&package.path().join("package/typst/data")).collect();
    assert!(texts.contains("1 look before the end planned, 1 taken, on 2025-10-02; the trial was not stopped"));
}

/// What the files of a folder say.
fn files(folder: &Path) -> impl Iterator<Item = String> {
    let mut paths: Vec<_> = std::fs::read_dir(folder).expect("a folder").flatten().map(|entry| entry.path()).collect();
    paths.sort();
    paths.into_iter().filter(|path| path.is_file()).map(|path| read(&path))
}

/// A list of a file beside the study: lines of texts.
fn lines(file: &str, list: &str) -> Vec<BTreeMap<String, String>> {
    let content: Table = toml::from_str(&read(&fixture_study(STUDY).join(file))).expect("the truth is TOML");
    let entries = content.get(list).and_then(Value::as_array).unwrap_or_else(|| panic!("{file} has no {list}"));
    let texts = |entry: &Value| -> BTreeMap<String, String> {
        let entry = entry.as_table().unwrap_or_else(|| panic!("{list}: {entry} is no table"));
        let text = |value: &Value| value.as_str().unwrap_or_else(|| panic!("{list}: {value} is no text")).to_owned();
        entry.iter().map(|(key, value)| (key.clone(), text(value))).collect()
    };
    entries.iter().map(texts).collect()
}

/// The datasets exported: records by participant, parameter and visit.
struct Exports {
    of: BTreeMap<[String; 3], Record>,
}

impl Exports {
    fn of(package: &Path) -> Self {
        let mut of = BTreeMap::new();
        for dataset in ["ADLUPUS", "ADKIDNEY", "ADTIME"] {
            for record in records(&package.join("datasets").join(format!("{dataset}.csv"))) {
                let key = ["SUBJID", "PARAMCD", "AVISIT"].map(|column| field(&record, column).to_owned());
                assert!(of.insert(key.clone(), record).is_none(), "{key:?} was exported twice");
            }
        }
        Self { of }
    }

    fn cell(&self, subject: &str, parameter: &str, visit: &str, column: &str) -> &str {
        let key = [subject, parameter, visit].map(str::to_owned);
        self.of.get(&key).map_or("", |record| field(record, column))
    }

    /// What the exports say of a participant at a visit, by a key of the truth; empty where there is nothing.
    fn found(&self, subject: &str, visit: &str, key: &str) -> &str {
        // A response is exported for every visit, assessed or not; at baseline there is none.
        let (lupus, kidney) = if visit == "V0" { ("SLEDTOT", "CREAT") } else { ("SRIRESP", "KDIGO") };
        match key {
            "ARMCD" => self.cell(subject, "TTSRI", "", "ARMCD"),
            "DAY" => self.cell(subject, lupus, visit, "ADY"),
            "KDAY" => self.cell(subject, kidney, visit, "ADY"),
            "WHY" => self.cell(subject, "SRIRESP", visit, "AVALREAS"),
            "DAYS" => self.cell(subject, "TTSRI", "", "AVAL"),
            "CNSR" => self.cell(subject, "TTSRI", "", "CNSR"),
            parameter => {
                let text = self.cell(subject, parameter, visit, "AVALC");
                if text.is_empty() { self.cell(subject, parameter, visit, "AVAL") } else { text }
            }
        }
    }
}

/// Whether two texts say the same; numbers but for the last digits.
fn same(found: &str, expected: &str) -> bool {
    match (found.parse::<f64>(), expected.parse::<f64>()) {
        (Ok(found), Ok(expected)) => (found - expected).abs() <= 1e-9 * expected.abs().max(1.0),
        _ => found == expected,
    }
}

/// How much was compared, and what differs.
#[derive(Default)]
struct Comparison {
    compared: usize,
    faults: Vec<String>,
}

impl Comparison {
    fn check(&mut self, what: &str, found: &str, expected: &str) {
        self.compared += 1;
        if !same(found, expected) {
            self.faults.push(format!("{what} is {found:?}, and in truth {expected:?}"));
        }
    }

    fn conclude(self, what: &str, expected: usize) {
        eprintln!("second study: {} {what} compared", self.compared);
        assert!(self.faults.is_empty(), "{} of {}:\n{}", self.faults.len(), self.compared, self.faults.join("\n"));
        assert_eq!(self.compared, expected, "{what} were lost or added");
    }
}

#[test]
fn every_participant_at_every_visit_is_as_the_second_program_has_it() {
    let folder = package();
    let exports = Exports::of(&folder.path().join("package"));
    let truth = lines("truth.toml", "visit");
    let mut comparison = Comparison::default();
    let (mut parameters, mut looked_at) = (BTreeSet::new(), BTreeSet::new());
    for line in &truth {
        let (subject, visit) = (line["SUBJID"].as_str(), line["AVISIT"].as_str());
        for (key, expected) in line {
            if ["SUBJID", "AVISIT"].contains(&key.as_str()) {
                continue;
            }
            let found = exports.found(subject, visit, key);
            comparison.check(&format!("{subject} {visit} {key}"), found, expected);
            if !OTHER_KEYS.contains(&key.as_str()) {
                parameters.insert(key.clone());
                looked_at.insert([subject, key, visit].map(str::to_owned));
            }
        }
    }
    assert_eq!(truth.len(), 42 * 5, "42 participants at baseline and four visits");
    // No record of these parameters was left unseen.
    let unseen: Vec<&[String; 3]> =
        exports.of.keys().filter(|key| parameters.contains(&key[1]) && !looked_at.contains(*key)).collect();
    assert!(unseen.is_empty(), "exported, and not in the truth: {unseen:?}");
    // At baseline 11 values, at each visit 21.
    comparison.conclude("values of participants at visits", 42 * (11 + 4 * 21));
}

#[test]
fn every_time_to_response_is_as_the_second_program_has_it() {
    let folder = package();
    let exports = Exports::of(&folder.path().join("package"));
    let mut comparison = Comparison::default();
    for line in lines("truth.toml", "time") {
        let subject = &line["SUBJID"];
        comparison.check(&format!("{subject}: days"), exports.found(subject, "", "DAYS"), &line["AVAL"]);
        comparison.check(&format!("{subject}: end"), exports.found(subject, "", "CNSR"), &line["CNSR"]);
    }
    comparison.conclude("times", 42 * 2);
}

#[test]
fn what_was_planted_comes_out_as_worked_out_by_hand() {
    let folder = package();
    let exports = Exports::of(&folder.path().join("package"));
    let planted = lines("planted.toml", "planted");
    let mut comparison = Comparison::default();
    for line in &planted {
        let (subject, visit, fact) = (&line["SUBJID"], &line["AVISIT"], &line["fact"]);
        for (key, expected) in line.iter().filter(|(key, _)| !["SUBJID", "AVISIT", "fact"].contains(&key.as_str())) {
            let found = exports.found(subject, visit, key);
            comparison.check(&format!("{subject} {visit} ({fact}): {key}"), found, expected);
        }
    }
    let subjects: BTreeSet<&String> = planted.iter().map(|line| &line["SUBJID"]).collect();
    assert_eq!((planted.len(), subjects.len()), (49, 37), "facts and participants");
    comparison.conclude("planted values", 102);
}

/// Counts, differences of proportions, exact tests, means and the analyses of covariance, by arm and contrast.
#[test]
fn the_results_by_arm_are_those_of_the_second_program() {
    const KEY: [&str; 9] =
        ["analysis", "variant", "arm", "contrast", "variable", "levels", "at", "method", "statistic"];
    let folder = package();
    let mut rows: BTreeMap<[String; 9], Vec<String>> = BTreeMap::new();
    for row in results_csv(&folder.path().join("package")) {
        rows.entry(KEY.map(|column| field(&row, column).to_owned())).or_default().push(field(&row, "value").to_owned());
    }
    let mut comparison = Comparison::default();
    let (mut analyses, mut arms) = (BTreeSet::new(), BTreeSet::new());
    for line in lines("truth.toml", "result") {
        let key = KEY.map(|column| line.get(column).cloned().unwrap_or_default());
        let found = rows.get(&key).map_or(&[][..], Vec::as_slice);
        assert_eq!(found.len(), 1, "rows of {key:?}: {found:?}");
        comparison.check(&format!("{key:?}"), &found[0], &line["value"]);
        analyses.insert(key[0].clone());
        arms.insert(format!("{}{}", key[2], key[3]));
    }
    let contrasts = ["high", "high - placebo", "low", "low - placebo", "placebo"];
    assert_eq!(arms.iter().map(String::as_str).collect::<Vec<_>>(), contrasts, "three arms, two contrasts");
    assert_eq!(analyses.len(), 16, "analyses compared: {analyses:?}");
    comparison.conclude("results by arm", 556);
}
