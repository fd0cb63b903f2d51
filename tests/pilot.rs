//! CDISC Pilot 01: the printed cells of nine tables against what the published study report prints.
//!
//! The expected values are strings of the report, each with its table, rows and statistic; what is compared is the string
//! that the page shows, not a number behind it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::Value as Json;
use toml::Value;

use crate::support::{
    Record, argument, displays, field, fixture_study, read, records, repository, results_csv, scratch, shared,
    specification, succeed, write_specification,
};

/// How many values the tables have: all that are expected.
const VALUES: usize = 273;

/// Values that do not agree, with the reason. A value that is not listed must agree; a listed one must not.
const DIFFERENCES: [(&str, &str); 3] = [
    (
        "LB-541",
        "published with the normal distribution (estimate − 1.96 SE); ours is the limit of the t distribution of the model",
    ),
    (
        "LB-542",
        "published with the normal distribution (estimate + 1.96 SE); ours is the limit of the t distribution of the model",
    ),
    ("LB-543", "the root mean square error, with n as divisor, is no result of ours"),
];

/// Tables of the report by the display that shows them again.
const TABLES: [(&str, &str); 9] = [
    ("CSR T14-1.01", "Table 14-1.01"),
    ("CSR T14-1.02", "Table 14-1.02"),
    ("CSR T14-2.01", "Table 14-2.01"),
    ("CSR T14-3.01", "Table 14-3.01"),
    ("CSR T14-3.02", "Table 14-3.02"),
    ("CSR T14-3.03", "Table 14-3.03"),
    ("CSR T14-3.05", "Table 14-3.05"),
    ("CSR T14-4.01", "Table 14-4.01"),
    ("RConsortium pilot1/3 T14-3.02", "Table R-3.02"),
];

/// A table as printed.
struct Printed {
    /// First lines of the column heads, without the stub.
    columns: Vec<String>,
    rows: Vec<PrintedRow>,
}

struct PrintedRow {
    /// The heading it stands under; its own stub if it is one.
    heading: String,
    stub: String,
    cells: Vec<String>,
}

impl Printed {
    fn new(display: &Json) -> Self {
        let body = &display["body"];
        let list = |value: &Json| value.as_array().cloned().unwrap_or_default();
        let text = |value: &Json| value.as_str().unwrap_or_default().to_owned();
        let head = list(&body["head"]);
        assert_eq!(head.len(), 1, "{} has one line of column heads", display["number"]);
        let columns = list(&head[0]).iter().skip(1).map(|cell| text(&cell["lines"][0])).collect();
        let mut heading = String::new();
        let mut rows = Vec::new();
        for row in list(&body["rows"]) {
            let stub = text(&row["stub"]);
            if row["opens"] == true || row["indent"].is_null() {
                heading.clone_from(&stub);
            }
            let cells = list(&row["cells"]).iter().map(text).collect();
            rows.push(PrintedRow { heading: heading.clone(), stub, cells });
        }
        Self { columns, rows }
    }

    /// The string of a part of a cell, as printed but for padding and the minus sign.
    fn part(&self, cell: &Wanted) -> Result<String, String> {
        let column = self.columns.iter().position(|name| *name == cell.column);
        let column = column.ok_or_else(|| format!("there is no column {}, only {:?}", cell.column, self.columns))?;
        let heading = cell.heading.as_deref().unwrap_or(&cell.stub);
        let mut block = self.rows.iter().filter(|row| row.heading == heading);
        if let Some(after) = &cell.after {
            block.find(|row| row.stub == *after).ok_or_else(|| format!("there is no row {after} under {heading}"))?;
        }
        let filled = |row: &PrintedRow| row.cells.get(column).is_some_and(|cell| !cell.is_empty());
        let row = match cell.stub.as_str() {
            "" => {
                let rows: Vec<&PrintedRow> = block.filter(|row| filled(row)).collect();
                match rows[..] {
                    [row] => Some(row),
                    _ => return Err(format!("{} cells of {} under {heading} are filled", rows.len(), cell.column)),
                }
            }
            stub => block.find(|row| row.stub == stub),
        };
        let row = row.ok_or_else(|| format!("there is no row {} under {heading}", cell.stub))?;
        let text = row.cells.get(column).map_or("", String::as_str);
        let plain = text.replace(['\u{2007}', '\u{a0}'], " ").replace('\u{2212}', "-");
        let parts: Vec<&str> = plain.split([' ', '(', ')', ',']).filter(|part| !part.is_empty()).collect();
        parts
            .get(cell.part)
            .map(|part| (*part).to_owned())
            .ok_or_else(|| format!("the cell {text:?} has no part {}", cell.part))
    }
}

/// Where a value stands.
#[derive(Debug)]
struct Wanted {
    /// The heading above the row; the row itself if absent.
    heading: Option<String>,
    /// A row under the same heading that comes before it.
    after: Option<String>,
    /// The row; empty where the block under the heading has one such value, in whatever row it is printed.
    stub: String,
    column: String,
    /// Which of the numbers in the cell.
    part: usize,
}

/// Where the value of this record stands in our table.
fn wanted(record: &Record) -> Option<Wanted> {
    let [source, filter, statistic, group] = ["source", "filter", "statistic", "group"].map(|name| field(record, name));
    let column = match group {
        "Placebo (0)" | "Placebo" | "model" => "Placebo",
        "Xan Low (54)" | "Low - Placebo" => "Xanomeline low dose",
        "Xan High (81)" | "Xan High" | "High - Placebo" | "High - Low" | "slope" => "Xanomeline high dose",
        "3 groups" => "p-value",
        _ => return None,
    };
    let at = |heading: Option<&str>, stub: &str, part: usize| Wanted {
        heading: heading.map(str::to_owned),
        after: None,
        stub: stub.to_owned(),
        column: column.to_owned(),
        part,
    };
    match source {
        "CSR T14-1.01" => population(filter).map(|stub| at(None, stub, 0)),
        "CSR T14-1.02" => disposition(filter, statistic).map(|(heading, stub)| at(heading, stub, 0)),
        "CSR T14-2.01" => demographic(filter, statistic).map(|(heading, stub, part)| at(Some(heading), stub, part)),
        "CSR T14-4.01" => exposure(statistic).map(|(heading, stub, part)| at(Some(heading), stub, part)),
        "CSR T14-3.01" | "CSR T14-3.02" | "CSR T14-3.03" | "CSR T14-3.05" | "RConsortium pilot1/3 T14-3.02" => {
            if let Some((heading, stub, part)) = described(filter, statistic) {
                return Some(at(Some(heading), stub, part));
            }
            let of_mean = match statistic {
                "glucose LS mean CHG" => Some(("LS mean (SE)", 0)),
                "LS mean 95% CI lower" => Some(("LS mean, 95 % CI", 0)),
                "LS mean 95% CI upper" => Some(("LS mean, 95 % CI", 1)),
                _ => None,
            };
            if let Some((stub, part)) = of_mean {
                return Some(at(Some("Analysis of covariance"), stub, part));
            }
            let (stub, part) = modelled(statistic)?;
            let difference = match group {
                "slope" => return Some(at(Some("Analysis of covariance"), "p-value, dose response", 0)),
                "High - Low" => "Difference from Xanomeline low dose (SE)",
                _ => "Difference from Placebo (SE)",
            };
            let mut wanted = at(Some("Analysis of covariance"), stub.unwrap_or(difference), part);
            wanted.after = stub.is_some().then(|| difference.to_owned());
            Some(wanted)
        }
        _ => None,
    }
}

fn exposure(statistic: &str) -> Option<(&'static str, &'static str, usize)> {
    let (variable, what) = statistic.split_once(' ')?;
    let heading = match variable {
        "AVGDD" => "Average daily dose (mg)",
        "CUMDOSE" => "Cumulative dose at end of study (mg)",
        _ => return None,
    };
    Some(match what {
        "mean" => (heading, "Mean (SD)", 0),
        "SD" => (heading, "Mean (SD)", 1),
        "median" => (heading, "Median", 0),
        _ => return None,
    })
}

fn population(filter: &str) -> Option<&'static str> {
    Some(match filter {
        "ITTFL='Y'" => "Intention-to-treat, n (%)",
        "SAFFL='Y'" => "Safety, n (%)",
        "EFFFL='Y'" => "Efficacy, n (%)",
        "COMP24FL='Y'" => "Complete week 24, n (%)",
        "DCDECOD='COMPLETED'" => "Complete study, n (%)",
        _ => return None,
    })
}

fn disposition(filter: &str, statistic: &str) -> Option<(Option<&'static str>, &'static str)> {
    if statistic == "p-value completion status" {
        return Some((None, "Completed week 24, n (%)"));
    }
    let reason = filter.split("DCSREAS='").nth(1)?.trim_end_matches('\'');
    let stub = match reason {
        "Adverse Event" => "Adverse event, n (%)",
        "Death" => "Death, n (%)",
        "Lack of Efficacy" => "Lack of efficacy, n (%)",
        "Lost to Follow-up" => "Lost to follow-up, n (%)",
        "Withdrew Consent" => "Withdrew consent, n (%)",
        "Physician Decision" => "Physician decision, n (%)",
        "I/E Not Met" => "Inclusion or exclusion criterion not met, n (%)",
        "Protocol Violation" => "Protocol violation, n (%)",
        "Sponsor Decision" => "Sponsor decision, n (%)",
        _ => return None,
    };
    Some((Some("Reason for early termination before week 24"), stub))
}

fn demographic(filter: &str, statistic: &str) -> Option<(&'static str, &'static str, usize)> {
    let headings = BTreeMap::from([
        ("AGE", "Age (years)"),
        ("MMSETOT", "Mini-mental state score"),
        ("DURDIS", "Duration of disease (months)"),
        ("EDUCLVL", "Years of education"),
        ("WEIGHTBL", "Weight at baseline (kg)"),
        ("HEIGHTBL", "Height at baseline (cm)"),
        ("BMIBL", "Body mass index (kg/m²)"),
        ("AGEGR1", "Age group, n (%)"),
        ("SEX", "Sex, n (%)"),
        ("BMIBLGR1", "Body mass index (kg/m²), n (%)"),
        ("DURDSGR1", "Duration of disease, n (%)"),
        ("race/origin", "Race or origin, n (%)"),
    ]);
    if statistic == "count subjects" {
        let (variable, level) = filter.split(" & ").nth(1)?.split_once('=')?;
        let stub = match (variable, level.trim_matches('\'')) {
            ("AGEGR1", "<65") => "Under 65 years",
            ("AGEGR1", "65-80") => "65 to 80 years",
            ("AGEGR1", ">80") => "Over 80 years",
            ("SEX", "M") => "Male",
            ("SEX", "F") => "Female",
            ("BMIBLGR1", "<25") => "Under 25",
            ("BMIBLGR1", "25-<30") => "25 to under 30",
            ("BMIBLGR1", ">=30") => "30 or more",
            ("DURDSGR1", "<12") => "Under 12 months",
            ("DURDSGR1", ">=12") => "12 months or more",
            _ => return None,
        };
        return Some((headings.get(variable)?, stub, 0));
    }
    let (variable, what) = statistic.split_once(' ')?;
    let heading = headings.get(variable)?;
    Some(match what {
        "mean" => (heading, "Mean (SD)", 0),
        "SD" => (heading, "Mean (SD)", 1),
        "median" => (heading, "Median", 0),
        "p-value" => (heading, "", 0),
        _ => return None,
    })
}

fn described(filter: &str, statistic: &str) -> Option<(&'static str, &'static str, usize)> {
    let (variable, what) = statistic.split_once(' ')?;
    let heading = match variable {
        "AVAL" if filter.ends_with("AVISITN=0") => "Baseline",
        "AVAL" => "Week 24",
        "CHG" => "Change from baseline",
        _ => return None,
    };
    Some(match what {
        "mean" => (heading, "Mean (SD)", 0),
        "SD" => (heading, "Mean (SD)", 1),
        "median" => (heading, "Median (min, max)", 0),
        _ => return None,
    })
}

/// The row below the difference, or the row of the difference itself, and the part of its cell.
fn modelled(statistic: &str) -> Option<(Option<&'static str>, usize)> {
    Some(match statistic {
        "p-value dose response" | "p-value pairwise" | "p-value" => (Some("p-value"), 0),
        "LS mean difference" => (None, 0),
        "root mean square error" => (Some("Root mean square error"), 0),
        "SE of difference" => (None, 1),
        "95% CI lower" => (Some("95 % CI"), 0),
        "95% CI upper" => (Some("95 % CI"), 1),
        _ => return None,
    })
}

/// The folder of the data, or a loud word that it is not there.
fn data() -> Option<PathBuf> {
    shared("data/cdisc_pilot01/expected/expected_values.csv")?;
    shared("data/cdisc_pilot01")
}

/// The tables of a package by number.
fn tables(package: &Path) -> BTreeMap<String, Printed> {
    let number = |display: &Json| display["number"].as_str().unwrap_or_default().to_owned();
    let all = displays(package);
    let compared = all.iter().filter(|display| TABLES.iter().any(|(_, table)| number(display) == *table));
    compared.map(|display| (number(display), Printed::new(display))).collect()
}

#[test]
fn printed_cells_are_those_of_the_published_report() {
    let Some(folder) = data() else { return };
    let scratch = scratch();
    let package = scratch.path().join("package");
    let study = fixture_study("cdisc-pilot01");
    succeed(
        scratch.path(),
        &["run", argument(&study), "--data", argument(&folder), "--out", argument(&package), "--quiet"],
    );
    let tables = tables(&package);
    let reasons = BTreeMap::from(DIFFERENCES);

    let mut agreeing = 0;
    let mut leading_zero = Vec::new();
    let mut wrong = Vec::new();
    let mut attempted = 0;
    for record in records(&folder.join("expected/expected_values.csv")) {
        let Some((_, number)) = TABLES.iter().find(|(source, _)| *source == field(&record, "source")) else { continue };
        attempted += 1;
        let [id, expected] = ["id", "printed_value"].map(|name| field(&record, name));
        let found = wanted(&record)
            .ok_or_else(|| format!("the test does not know where {record:?} stands"))
            .and_then(|wanted| tables.get(*number).ok_or_else(|| format!("no {number}")).map(|table| (table, wanted)))
            .and_then(|(table, wanted)| table.part(&wanted));
        let differs = match &found {
            Ok(found) if found == expected => None,
            Ok(found) if expected.starts_with("<.") && *found == expected.replacen("<.", "<0.", 1) => {
                leading_zero.push(id.to_owned());
                None
            }
            Ok(found) => Some(format!("{id}: printed {found:?}, published {expected:?}")),
            Err(problem) => Some(format!("{id}: {problem}")),
        };
        match (differs, reasons.get(id)) {
            (None, None) => agreeing += 1,
            (Some(difference), None) => wrong.push(difference),
            (Some(difference), Some(reason)) => eprintln!("known difference, {difference}: {reason}"),
            (None, Some(reason)) => wrong.push(format!("{id} agrees now, and is listed as different: {reason}")),
        }
    }
    eprintln!(
        "{attempted} printed values attempted, {agreeing} agree; differs only by the leading zero: {}",
        leading_zero.join(", ")
    );
    assert!(wrong.is_empty(), "{} of {attempted} values:\n{}", wrong.len(), wrong.join("\n"));
    assert_eq!(attempted, VALUES, "values of the tables");
    assert_eq!(agreeing, VALUES - DIFFERENCES.len(), "values that agree");
}

/// A study is configuration: nothing in the source is about this one.
#[test]
fn no_source_file_knows_the_pilot() {
    fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
        let entries = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
        for entry in entries {
            let path = entry.unwrap_or_else(|error| panic!("{}: {error}", folder.display())).path();
            if path.is_dir() {
                sources(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    let mut files = Vec::new();
    sources(&repository().join("src"), &mut files);
    assert!(files.len() > 30, "only {} source files were found", files.len());
    let mut knowing = Vec::new();
    for file in files {
        let text = read(&file).to_lowercase();
        let words = ["xanomeline", "adas", "placebo"].into_iter().filter(|word| text.contains(word));
        knowing.extend(words.map(|word| format!("{}: {word}", file.display())));
    }
    assert!(knowing.is_empty(), "the source names what only a study may name:\n{}", knowing.join("\n"));
}

/// The same data with two arms of other names, in the other order: only the study file changes.
#[test]
fn another_number_of_arms_with_other_names_needs_no_rust() {
    let Some(folder) = data() else { return };
    let mut study = specification("cdisc-pilot01");
    let arm = |id: &str, label: &str, rule: &str, reference: bool, dose: i64| {
        let [planned, actual] = ["TRT01P", "TRT01A"].map(|variable| rule.replace('_', variable));
        let entries: [(&str, Value); 6] = [
            ("id", id.into()),
            ("label", label.into()),
            ("planned", planned.into()),
            ("actual", actual.into()),
            ("reference", reference.into()),
            ("dose", dose.into()),
        ];
        Value::Table(entries.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
    };
    let arms =
        vec![arm("any", "Any dose", "_ <> 'Placebo'", false, 1), arm("none", "Nothing", "_ = 'Placebo'", true, 0)];
    study.insert("arm".to_owned(), Value::Array(arms));
    let scratch = scratch();
    write_specification(&scratch.path().join("study.toml"), &study);
    succeed(scratch.path(), &["lock", ".", "--data", argument(&folder), "--date", "2026-01-31", "--quiet"]);
    succeed(scratch.path(), &["run", ".", "--data", argument(&folder), "--out", "package", "--quiet"]);
    let package = scratch.path().join("package");
    for (number, table) in tables(&package) {
        let arms: Vec<&str> = table.columns.iter().take(2).map(String::as_str).collect();
        assert_eq!(arms, ["Any dose", "Nothing"], "the columns of {number} are the arms as listed");
    }
    let counts: Vec<(String, String)> = results_csv(&package)
        .iter()
        .filter(|row| field(row, "analysis") == "populations" && field(row, "variable") == "itt")
        .filter(|row| field(row, "statistic") == "count")
        .map(|row| (field(row, "arm").to_owned(), field(row, "value").to_owned()))
        .collect();
    let expected = [("any", "168"), ("none", "86"), ("", "254")].map(|(arm, count)| (arm.to_owned(), count.to_owned()));
    assert_eq!(counts, expected, "the intention-to-treat set by arm, and all");
}
