//! The flagship study against `truth.toml`: what became of each planted subject, all outcomes of the second program, and
//! who stands in which set and box of the flow diagram.
//!
//! The study runs as it is committed. Where its displays do not show what the truth names (an atom, a visit's day, another
//! option), a copy of it with other listings over the same locked data is asked.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use tempfile::TempDir;
use toml::{Table, Value};

use crate::safety_truth::PLANTED;
use crate::support::{
    OVER_RECORDS, Record, WORDS, argument, displays, field, fixture_study, listing, read, records, results_csv,
    scratch, specification, succeed, write, write_specification,
};
use crate::vectors::made::{VISITS, everything, outcome, set_options, show_everything};

fn flagship() -> PathBuf {
    fixture_study("ln-msc-il2")
}

fn truth() -> Table {
    let path = flagship().join("truth.toml");
    toml::from_str(&read(&path)).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The package of the study as it is committed.
fn committed() -> TempDir {
    let folder = scratch();
    succeed(folder.path(), &["run", argument(&flagship()), "--out", "package", "--quiet"]);
    folder
}

/// The package of a copy that lists every atom and value at these visits, with options of other values.
fn listed(options: &BTreeMap<String, Value>, visits: &[&str]) -> TempDir {
    let folder = scratch();
    let mut study = specification("ln-msc-il2");
    set_options(&mut study, options);
    show_everything(&mut study, visits);
    write_specification(&folder.path().join("study.toml"), &study);
    let data = flagship().join("data");
    succeed(folder.path(), &["lock", ".", "--data", argument(&data), "--date", "2026-01-31", "--quiet"]);
    succeed(folder.path(), &["run", ".", "--data", argument(&data), "--out", "package", "--quiet"]);
    folder
}

// ---- reading the truth ------------------------------------------------------------------------------------------------

fn tables<'a>(truth: &'a Table, name: &str) -> Vec<&'a Table> {
    let list = truth.get(name).and_then(Value::as_array).unwrap_or_else(|| panic!("the truth has no {name}"));
    list.iter().map(|entry| entry.as_table().unwrap_or_else(|| panic!("an entry of {name} is no table"))).collect()
}

fn table<'a>(within: &'a Table, name: &str) -> &'a Table {
    within.get(name).and_then(Value::as_table).unwrap_or_else(|| panic!("the truth has no {name}"))
}

fn text<'a>(within: &'a Table, name: &str) -> &'a str {
    within.get(name).and_then(Value::as_str).unwrap_or_else(|| panic!("there is no text {name} in {within:?}"))
}

fn whole(within: &Table, name: &str) -> usize {
    let number = within.get(name).and_then(Value::as_integer).and_then(|number| usize::try_from(number).ok());
    number.unwrap_or_else(|| panic!("there is no count {name} in {within:?}"))
}

/// A value of the truth as a listing shows it.
fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Integer(number) => number.to_string(),
        Value::Float(number) => number.to_string(),
        other => panic!("{other} is neither text nor number"),
    }
}

/// Whether a cell shows a value; numbers but for the last digits.
fn same(found: &str, expected: &str) -> bool {
    match (found.parse::<f64>(), expected.parse::<f64>()) {
        (Ok(found), Ok(expected)) => (found - expected).abs() <= 1e-9 * expected.abs().max(1.0),
        _ => found == expected,
    }
}

/// Complaints, and how much was looked at.
#[derive(Default)]
struct Findings {
    checked: usize,
    complaints: Vec<String>,
}

impl Findings {
    fn check(&mut self, what: &str, found: &str, expected: &str) {
        self.checked += 1;
        if !same(found, expected) {
            self.complaints.push(format!("{what} is {found:?}, and in truth {expected:?}"));
        }
    }

    fn member(&mut self, what: &str, members: &BTreeSet<String>, subject: &str, expected: bool) {
        let word = |is: bool| if is { "in" } else { "not in" };
        self.check(&format!("{subject}: {what}"), word(members.contains(subject)), word(expected));
    }

    fn conclude(self, what: &str) -> usize {
        eprintln!("{what}: {} facts checked", self.checked);
        assert!(
            self.complaints.is_empty(),
            "{} of {} facts:\n{}",
            self.complaints.len(),
            self.checked,
            self.complaints.join("\n")
        );
        self.checked
    }
}

fn by_subject(lines: Vec<Record>) -> BTreeMap<String, Record> {
    lines.into_iter().map(|line| (field(&line, "USUBJID").to_owned(), line)).collect()
}

fn line<'a>(lines: &'a BTreeMap<String, Record>, subject: &str) -> &'a Record {
    lines.get(subject).unwrap_or_else(|| panic!("{subject} is not listed"))
}

// ---- who is counted: `explain` -----------------------------------------------------------------------------------------

/// The participants behind the counts of an analysis.
struct Explained {
    rows: Vec<(Record, BTreeSet<String>)>,
}

impl Explained {
    fn new(analysis: &str) -> Self {
        const NAMES: [&str; 8] = ["variant", "arm", "contrast", "variable", "level", "at", "method", "statistic"];
        let folder = scratch();
        let printed = succeed(folder.path(), &["explain", argument(&flagship()), analysis, "--quiet"]).stdout;
        let mut rows: Vec<(Record, BTreeSet<String>)> = Vec::new();
        let after = printed.lines().skip_while(|line| line.trim() != "rows:").skip(1);
        for line in after.map(str::trim).filter(|line| !line.is_empty()) {
            if line.starts_with("not counted") {
                continue;
            }
            let counted = line
                .strip_prefix("subjects: ")
                .or_else(|| line.strip_prefix("counted")?.split_once(": ").map(|(_, who)| who));
            if let Some(subjects) = counted {
                let (_, found) = rows.last_mut().unwrap_or_else(|| panic!("subjects before any row of {analysis}"));
                found.extend(subjects.split(' ').map(str::to_owned));
                continue;
            }
            let (key, value) = line.rsplit_once(" = ").unwrap_or_else(|| panic!("{line} is no row of {analysis}"));
            let mut row = Record::from([("value".to_owned(), value.to_owned())]);
            let mut name = "";
            // Values may hold blanks: a word without a known name before it belongs to the value before.
            for word in key.split(' ') {
                match word.split_once('=') {
                    Some((known, value)) if NAMES.contains(&known) => {
                        name = known;
                        row.insert(known.to_owned(), value.to_owned());
                    }
                    _ => {
                        let _ = write!(row.entry(name.to_owned()).or_default(), " {word}");
                    }
                }
            }
            rows.push((row, BTreeSet::new()));
        }
        assert!(!rows.is_empty(), "{analysis} has no rows:\n{printed}");
        Self { rows }
    }

    /// Whom the count of this row counts; all arms where none is named. The names it lists are as many as it counts.
    fn who(&self, arm: &str, variable: &str, level: &str) -> &BTreeSet<String> {
        let is = |row: &Record, name: &str, value: &str| row.get(name).map_or("", String::as_str) == value;
        let mut found = self.rows.iter().filter(|(row, _)| {
            is(row, "arm", arm)
                && is(row, "variable", variable)
                && is(row, "level", level)
                && is(row, "statistic", "count")
        });
        let (row, subjects) = found.next().unwrap_or_else(|| panic!("there is no count of {arm} {variable} {level}"));
        assert_eq!(field(row, "value"), subjects.len().to_string(), "participants listed under {row:?}");
        subjects
    }

    /// The same, where a level nobody has may have no row.
    fn who_if_any(&self, arm: &str, variable: &str, level: &str) -> BTreeSet<String> {
        let listed = self.rows.iter().any(|(row, _)| {
            row.get("variable").is_some_and(|name| name == variable)
                && row.get("level").is_some_and(|name| name == level)
        });
        if listed { self.who(arm, variable, level).clone() } else { BTreeSet::new() }
    }
}

// ---- planted subjects ----------------------------------------------------------------------------------------------------

#[test]
fn the_category_of_every_planted_subject() {
    let truth = truth();
    let (committed, listed) = (committed(), listed(&BTreeMap::new(), &["W24"]));
    let lines = by_subject(listing(&committed.path().join("package"), "l-16-2-6"));
    let all = everything(&listed.path().join("package"));
    let mut findings = Findings::default();
    let mut subjects = 0;
    for planted in tables(&truth, "subject") {
        let Some(outcome) = planted.get("week24").and_then(Value::as_table) else { continue };
        subjects += 1;
        let [id, fact] = ["usubjid", "fact"].map(|name| text(planted, name));
        let shown_line = line(&lines, id);
        let full = line(&all["W24"], id);
        let mut check = |what: &str, found: &str, expected: &str| {
            findings.check(&format!("{id} ({fact}): {what}"), found, expected);
        };
        check("the arm", field(shown_line, "arm"), &text(planted, "arm").to_lowercase());
        for (name, column) in
            [("category", "renal_response"), ("raw", "renal_raw"), ("reason", "renal_response_reason")]
        {
            check(name, field(shown_line, column), text(outcome, name));
        }
        // Values that the truth leaves out are not there.
        for (name, column) in [("creat", "creat"), ("upcr", "upcr"), ("prednisone", "pred")] {
            check(name, field(shown_line, column), &outcome.get(name).map(shown).unwrap_or_default());
        }
        for (name, column) in [("p24", "uprot"), ("day", "visit_day")] {
            check(name, field(full, column), &outcome.get(name).map(shown).unwrap_or_default());
        }
        let known = ["category", "raw", "reason", "creat", "upcr", "prednisone", "p24", "day"];
        let unknown: Vec<&String> = outcome.keys().filter(|key| !known.contains(&key.as_str())).collect();
        assert!(unknown.is_empty(), "{id}: the test does not look at {unknown:?}");
    }
    eprintln!("{subjects} planted outcomes");
    assert_eq!(subjects, 35, "planted outcomes were lost or added");
    assert_eq!(findings.conclude("planted outcomes"), subjects * 9);
}

#[test]
fn every_other_planted_fact() {
    let truth = truth();
    let listed = listed(&BTreeMap::new(), &VISITS);
    let all = everything(&listed.path().join("package"));
    let (sets, disposition) = (Explained::new("sets"), Explained::new("disposition"));
    let probes = Probes::new(&truth);
    let mut findings = Findings::default();
    let mut variants: BTreeMap<String, BTreeMap<String, Record>> = BTreeMap::new();
    for planted in tables(&truth, "subject") {
        let id = text(planted, "usubjid");
        for (name, value) in planted {
            match name.as_str() {
                "itt" => findings.check(
                    &format!("{id}: ITT arm"),
                    field(line(&all["W24"], id), "arm"),
                    &shown(value).to_lowercase(),
                ),
                "safety" => {
                    for arm in ["msc", "il2"] {
                        let expected = shown(value).to_lowercase() == arm;
                        findings.member(&format!("safety set of {arm}"), sets.who(arm, "safety", ""), id, expected);
                    }
                }
                "per-protocol" => {
                    findings.member("per-protocol set", sets.who("", "pp", ""), id, value.as_bool() == Some(true));
                }
                "usubjid" | "arm" | "fact" | "planted" | "week24" | "checks" => {}
                other => panic!("{id}: the test does not look at {other}"),
            }
        }
        let Some(checks) = planted.get("checks").and_then(Value::as_table) else { continue };
        for (name, value) in checks {
            match name.as_str() {
                "baseline-upcr" | "baseline-creat" => {
                    let column = if name == "baseline-upcr" { "upcr_base" } else { "creat_base" };
                    findings.check(&format!("{id}: {name}"), field(line(&all["W24"], id), column), &shown(value));
                }
                "prednisone-baseline" => {
                    findings.check(&format!("{id}: {name}"), field(line(&all["W24"], id), "pred_base"), &shown(value));
                }
                "prednisone-on-day" | "prednisone-on-day-across" => {
                    let [day, dose] = pair(value);
                    findings.check(&format!("{id}: dose up to day {day}"), probes.cell(id, &day, "pred"), &dose);
                }
                "death-day" => {
                    let day: i32 = shown(value).parse().expect("a study day is a whole number");
                    for (day, dead) in [(day - 1, "false"), (day, "true")] {
                        findings.check(
                            &format!("{id}: dead by day {day}"),
                            probes.cell(id, &day.to_string(), "death_before"),
                            dead,
                        );
                    }
                }
                "visit-of-day" => {
                    let [day, visit] = pair(value);
                    let found: Vec<&str> =
                        VISITS.into_iter().filter(|at| field(line(&all[at], id), "visit_day") == day).collect();
                    findings.check(&format!("{id}: visits of day {day}"), &found.join(" "), &visit);
                }
                "end-of-study" => {
                    let completed = shown(value) == "COMPLETED";
                    findings.member("completed the study", disposition.who("", "completed", ""), id, completed);
                    findings.member("left the study", disposition.who("", "left", ""), id, !completed);
                }
                "end-of-treatment" => {
                    let stopped = shown(value) == "DISCONTINUED";
                    findings.member("stopped treatment", disposition.who("", "stopped", ""), id, stopped);
                }
                "reason" => {
                    findings.member(&shown(value), &disposition.who_if_any("", "left_reason", &shown(value)), id, true);
                }
                "reason-of-treatment-end" => {
                    findings.member(
                        &shown(value),
                        &disposition.who_if_any("", "stopped_reason", &shown(value)),
                        id,
                        true,
                    );
                }
                "variants" => {
                    for (variant, category) in value.as_table().expect("variants are a table") {
                        let lines = variants.entry(variant.clone()).or_insert_with(|| week_24_with(variant));
                        let found = field(line(lines, id), "renal_response");
                        findings.check(&format!("{id} with {variant}"), found, &shown(category));
                    }
                }
                "sri4" | "sri4-parts" | "bilag-total-baseline" | "bilag-total-w24" => {} // in `activity`
                other => {
                    // Those about safety are looked at in `safety_truth`.
                    assert!(PLANTED.contains(&other), "{id}: the test does not look at {other}");
                }
            }
        }
    }
    assert_eq!(findings.conclude("planted facts"), FACTS, "facts were lost or added");
}

/// How many single facts [`every_other_planted_fact`] looks at.
const FACTS: usize = 45;

fn pair(value: &Value) -> [String; 2] {
    match value.as_array().map(Vec::as_slice) {
        Some([first, second]) => [shown(first), shown(second)],
        _ => panic!("{value} is not a pair"),
    }
}

/// The outcomes at week 24 with the option of a variant.
fn week_24_with(variant: &str) -> BTreeMap<String, Record> {
    let (option, value): (&str, Value) = match variant {
        "all" => ("cr_protein", "all".into()),
        "upcr-first" => ("cr_protein", "upcr first".into()),
        "p24-first" => ("cr_protein", "24 h first".into()),
        "first-branch" => ("deterioration", "first branch".into()),
        "steroid-closure" => ("except_steroid", true.into()),
        other => panic!("no option for the variant {other}"),
    };
    let package = listed(&BTreeMap::from([(option.to_owned(), value)]), &["W24"]);
    everything(&package.path().join("package")).remove("W24").expect("week 24 is listed")
}

/// The study asked about single days: a dataset of our own has a record on each, so that the day is a visit.
struct Probes {
    lines: BTreeMap<(String, String), Record>,
}

impl Probes {
    fn new(truth: &Table) -> Self {
        let mut asked: Vec<(String, i32)> = Vec::new();
        for planted in tables(truth, "subject") {
            let Some(checks) = planted.get("checks").and_then(Value::as_table) else { continue };
            let id = text(planted, "usubjid").to_owned();
            for name in ["prednisone-on-day", "prednisone-on-day-across"] {
                let day = checks.get(name).map(|value| pair(value)[0].parse().expect("a study day is a whole number"));
                asked.extend(day.map(|day| (id.clone(), day)));
            }
            if let Some(day) = checks.get("death-day").map(|day| shown(day).parse::<i32>().expect("a study day")) {
                asked.extend([(id.clone(), day - 1), (id, day)]);
            }
        }
        assert!(asked.len() >= 5, "the truth asks about days: {asked:?}");
        let folder = scratch();
        let data = flagship().join("data");
        for entry in fs::read_dir(&data).unwrap_or_else(|error| panic!("{}: {error}", data.display())) {
            let path = entry.unwrap_or_else(|error| panic!("{}: {error}", data.display())).path();
            let name = path.file_name().unwrap_or_else(|| panic!("{} has no name", path.display()));
            let copy = folder.path().join("data").join(name);
            fs::create_dir_all(folder.path().join("data"))
                .and_then(|()| fs::copy(&path, copy))
                .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        }
        // Day 1 by the first dose given; the truth's own dates agree with it.
        let mut first: BTreeMap<String, String> = BTreeMap::new();
        for dose in records(&data.join("adex.csv")).iter().filter(|dose| field(dose, "EXOCCUR") == "Y") {
            let given = field(dose, "ASTDT").to_owned();
            let earliest = first.entry(field(dose, "USUBJID").to_owned()).or_insert_with(|| given.clone());
            *earliest = given.min(earliest.clone());
        }
        let mut probes = String::from("USUBJID,PARAMCD,AVAL,ADT\n");
        for (id, day) in &asked {
            let _ = writeln!(probes, "{id},PROBE,1,{}", later(&first[id], day - 1));
        }
        write(&folder.path().join("data/probe.csv"), &probes);
        let days: BTreeSet<i32> = asked.iter().map(|(_, day)| *day).collect();
        write_specification(&folder.path().join("study.toml"), &probing(&days));
        succeed(folder.path(), &["lock", ".", "--date", "2026-01-31", "--quiet"]);
        succeed(folder.path(), &["run", ".", "--out", "package", "--quiet"]);
        let package = folder.path().join("package");
        let lines = days
            .iter()
            .flat_map(|day| {
                by_subject(listing(&package, &format!("p-{day}")))
                    .into_iter()
                    .map(move |(id, line)| ((id, day.to_string()), line))
            })
            .collect();
        Self { lines }
    }

    fn cell(&self, id: &str, day: &str, column: &str) -> &str {
        let key = (id.to_owned(), day.to_owned());
        let line = self.lines.get(&key).unwrap_or_else(|| panic!("{id} was not asked about day {day}"));
        assert_eq!(field(line, "visit_day"), day, "{id}: the probe stands on its day");
        field(line, column)
    }
}

/// The flagship specification reduced to doses and deaths on these study days.
fn probing(days: &BTreeSet<i32>) -> Table {
    let mut study = specification("ln-msc-il2");
    let without = [
        "masking",
        "summary",
        "flow",
        "subject-variable",
        "subgroup",
        "endpoint",
        "variant",
        "derivation",
        "option",
        "score",
        "export",
    ];
    for part in without.into_iter().chain(OVER_RECORDS).chain(WORDS) {
        study.remove(part);
    }
    let mut ours = String::from(
        "section = [{ number = '1', title = 'Days' }]\n\
         [measure.probe]\nlabel = 'Probe'\ndataset = 'PROBE'\nwhere = \"PARAMCD = 'PROBE'\"\nvalue = 'AVAL'\ndate = 'ADT'\n\
         [frame.probe]\nlabel = 'Probe'\nmeasures = ['probe']\ndoses = ['pred']\nevents = ['death']\n",
    );
    for day in days {
        let _ = writeln!(
            ours,
            "[[visits.schedule]]\nid = 'D{day}'\nlabel = 'Day {day}'\nday = {day}\nwithin = 0\n\
             [[display]]\nid = 'p-{day}'\nnumber = 'Listing {day}'\nsection = '1'\ntitle = 'Day {day}'\n\
             [display.listing]\nframe = 'probe'\nat = 'D{day}'\nanalysis-set = 'itt'\ncolumns = [\
             {{ variable = 'pred', label = 'dose' }}, {{ variable = 'visit_day', label = 'day' }}, \
             {{ variable = 'death_before', label = 'dead' }}]"
        );
    }
    let ours: Table = toml::from_str(&ours).unwrap_or_else(|error| panic!("the probes are no specification: {error}"));
    let data = study.get_mut("data").and_then(Value::as_table_mut).expect("the study has data");
    let datasets = data.get_mut("datasets").and_then(Value::as_table_mut).expect("the study has datasets");
    datasets.insert("PROBE".to_owned(), Value::Table(Table::from_iter([("file".to_owned(), "probe.csv".into())])));
    let schedule = table(&ours, "visits")["schedule"].clone();
    study
        .get_mut("visits")
        .and_then(Value::as_table_mut)
        .expect("the study has visits")
        .insert("schedule".to_owned(), schedule);
    for name in ["section", "display", "frame", "measure"] {
        study.insert(name.to_owned(), ours[name].clone());
    }
    study
}

/// The date so many days later.
fn later(date: &str, days: i32) -> String {
    let mut parts = date.split('-').map(|part| part.parse::<i32>().expect("a date is made of numbers"));
    let mut next = || parts.next().expect("a date has three parts");
    let (mut year, mut month, first) = (next(), next(), next());
    let mut day = first + days;
    loop {
        let length = match month {
            2 if year % 4 == 0 => 29,
            2 => 28,
            4 | 6 | 9 | 11 => 30,
            _ => 31,
        };
        if day <= length {
            return format!("{year:04}-{month:02}-{day:02}");
        }
        day -= length;
        (year, month) = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
    }
}

#[test]
fn later_counts_days_of_the_calendar() {
    assert_eq!(later("2024-12-05", 57), "2025-01-31", "study day 58, as the truth says");
    assert_eq!(later("2024-12-05", 60), "2025-02-03", "study day 61, as the truth says");
    assert_eq!(later("2024-02-28", 1), "2024-02-29", "a leap day");
}

// ---- the second program ---------------------------------------------------------------------------------------------------

#[test]
fn all_outcomes_of_the_second_program() {
    let truth = truth();
    let (committed, listed) = (committed(), listed(&BTreeMap::new(), &["W24"]));
    let committed = by_subject(listing(&committed.path().join("package"), "l-16-2-6"));
    let all = everything(&listed.path().join("package"));
    let outcomes = tables(table(&truth, "computed"), "outcomes");
    let mut findings = Findings::default();
    for expected in &outcomes {
        let id = text(expected, "usubjid");
        let (line, full) = (line(&committed, id), line(&all["W24"], id));
        let names = ["branch", "raw", "category", "reason"].map(|name| text(expected, name));
        findings.check(&format!("{id}: the arm"), field(line, "arm"), &text(expected, "arm").to_lowercase());
        findings.check(&format!("{id}: category"), field(line, "renal_response"), text(expected, "category"));
        findings.check(&format!("{id}: reason"), field(line, "renal_response_reason"), text(expected, "reason"));
        let whole = format!("{} {}", text(expected, "atoms"), names.join(" "));
        findings.check(&format!("{id}: atoms, branch, categories, reason"), &outcome(full), &whole);
        for (side, columns) in
            [("base", ["creat_base", "upcr_base", "uprot_base"]), ("week24", ["creat", "upcr", "uprot"])]
        {
            let values = expected.get(side).and_then(Value::as_array).unwrap_or_else(|| panic!("{id} has no {side}"));
            for (value, column) in values.iter().zip(columns) {
                findings.check(&format!("{id}: {column}"), field(full, column), &converted(&shown(value)));
            }
        }
        let known = |name: &str, none: f64| {
            let value = shown(&expected[name]);
            if value.parse() == Ok(none) { String::new() } else { value }
        };
        findings.check(&format!("{id}: day"), field(full, "visit_day"), &known("day", 0.0));
        findings.check(&format!("{id}: dose"), field(full, "pred"), &known("pred", -1.0));
    }
    let ids: BTreeSet<&str> = outcomes.iter().map(|outcome| text(outcome, "usubjid")).collect();
    assert_eq!(ids.len(), 40, "outcomes of the second program");
    assert_eq!(committed.len(), 40, "lines of the listing");
    eprintln!("{} outcomes of the second program", outcomes.len());
    assert_eq!(findings.conclude("outcomes of the second program"), 40 * 12);
}

/// A result as reported, `56 mg/mmol`, in the unit of the study, limits included.
fn converted(reported: &str) -> String {
    let Some((value, unit)) = reported.split_once(' ') else { return String::new() };
    let per = match unit {
        "mg/dL" | "g/g" | "g/24h" => 1.0,
        "umol/L" => 88.4,
        "mg/mmol" => 113.12,
        "mg/g" | "mg/24h" => 1000.0,
        other => panic!("the test does not know the unit {other}"),
    };
    let (sign, digits) = value.strip_prefix('<').map_or(("", value), |digits| ("<", digits));
    let number: f64 = digits.parse().unwrap_or_else(|_| panic!("{reported} is no result"));
    format!("{sign}{}", number / per)
}

#[test]
fn counts_by_arm_sets_and_flow() {
    let truth = truth();
    let committed = committed();
    let rows = results_csv(&committed.path().join("package"));
    let count = |analysis: &str, arm: &str, variable: &str, level: &str, statistic: &str| -> String {
        let found: Vec<&Record> = rows
            .iter()
            .filter(|row| {
                [
                    ("analysis", analysis),
                    ("arm", arm),
                    ("variable", variable),
                    ("levels", level),
                    ("statistic", statistic),
                ]
                .iter()
                .all(|(column, value)| field(row, column) == *value)
            })
            .filter(|row| field(row, "variant").is_empty() && ["", "W24"].contains(&field(row, "at")))
            .collect();
        assert_eq!(found.len(), 1, "rows of {analysis} {arm} {variable} {level} {statistic}: {found:?}");
        field(found[0], "value").to_owned()
    };
    let mut findings = Findings::default();
    let study = specification("ln-msc-il2");
    let flow = table(&study, "flow");
    let label = |within: &Table, list: &str, rule: &str| -> String {
        let reason = tables(within, list).into_iter().find(|reason| text(reason, "rule").contains(rule));
        text(reason.unwrap_or_else(|| panic!("no reason of {list} has a rule with {rule}")), "label").to_owned()
    };

    let head = table(&truth, "study");
    findings.check("screened", &count("flow", "", "assessed", "", "count"), &whole(head, "screened").to_string());
    let failures = table(head, "screen-failures");
    let mut total = 0;
    for reason in failures.keys() {
        total += whole(failures, reason);
        let label = label(table(flow, "excluded"), "reasons", &format!("'{reason}'"));
        let found = count("flow", "", "excluded", &label, "count");
        findings.check(&format!("excluded, {reason}"), &found, &whole(failures, reason).to_string());
    }
    findings.check("excluded", &count("flow", "", "excluded", "", "count"), &total.to_string());
    let schedule: Vec<&str> =
        tables(table(&study, "visits"), "schedule").iter().map(|visit| text(visit, "id")).collect();
    let visits: Vec<String> = head["visits"].as_array().expect("the truth lists visits").iter().map(shown).collect();
    findings.check("visits", &schedule.join(" "), &visits.join(" "));

    for (name, arm) in [("MSC", "msc"), ("IL2", "il2")] {
        let by_hand = table(table(&truth, "arms"), name);
        let other = label(flow, "not-received", "TRT01A <> TRT01P");
        let never = label(flow, "not-received", "SAFFL <> 'Y'");
        for (fact, found) in [
            ("randomised", count("flow", arm, "allocated", "", "count")),
            ("received-as-randomised", count("flow", arm, "received", "", "count")),
            ("received-other-arm", count("flow", arm, "not-received", &other, "count")),
            ("never-treated", count("flow", arm, "not-received", &never, "count")),
            ("safety", count("sets", arm, "safety", "", "count")),
        ] {
            findings.check(&format!("{name}, {fact}"), &found, &whole(by_hand, fact).to_string());
        }
        let computed = table(table(&truth, "computed"), name);
        for (fact, found) in [
            ("randomised", count("sets", arm, "itt", "", "count")),
            ("safety", count("sets", arm, "safety", "", "count")),
            ("per-protocol", count("sets", arm, "pp", "", "count")),
            ("completed-study", count("disposition", arm, "completed", "", "count")),
            ("discontinued-study", count("disposition", arm, "left", "", "count")),
            ("died", count("disposition", arm, "died", "", "count")),
            ("complete-response", count("cr_w24", arm, "", "", "count")),
            ("overall-response", count("rr_w24", arm, "", "", "count")),
            ("raw-missing", count("rr_w24", arm, "", "", "missing")),
            ("raw-missing", count("flow", arm, "lost", "", "count")),
            ("randomised", count("flow", arm, "analysed", "", "count")),
        ] {
            findings.check(&format!("{name}, {fact}, second program"), &found, &whole(computed, fact).to_string());
        }
    }
    assert_eq!(findings.conclude("counts"), 38, "counts were lost or added");
}

/// The page shows the same counts: what is printed for the primary outcome is what the truth says.
#[test]
fn printed_responders_are_those_of_the_truth() {
    let truth = truth();
    let committed = committed();
    let package = committed.path().join("package");
    let printed: Vec<String> = displays(&package)
        .iter()
        .filter(|display| display["number"] == "Table 14.2.1")
        .flat_map(|display| display["body"]["rows"].as_array().cloned().unwrap_or_default())
        .filter(|row| row["stub"].as_str().is_some_and(|stub| stub.starts_with("Responders")))
        .map(|row| {
            let cells = row["cells"].as_array().cloned().unwrap_or_default();
            let text = cells.iter().filter_map(|cell| cell.as_str()).collect::<Vec<_>>().join(" | ");
            text.replace('\u{2007}', "").trim().to_owned()
        })
        .collect();
    let of = |arm: &str, name: &str| whole(table(table(&truth, "computed"), arm), name);
    // Of 20 in each arm one is five per cent.
    let cell = |count: usize| format!("{count} ({}.0)", count * 5);
    let expected: Vec<String> = [
        ["MSC", "IL2"].map(|arm| of(arm, "complete-response")),
        ["MSC", "IL2"].map(|arm| of(arm, "overall-response") - of(arm, "complete-response")),
        ["MSC", "IL2"].map(|arm| of(arm, "overall-response")),
    ]
    .iter()
    .map(|counts| counts.map(cell).join(" | "))
    .collect();
    assert_eq!(printed, expected, "responders of Table 14.2.1: complete, partial, overall; UC-MSC and IL-2");
}
