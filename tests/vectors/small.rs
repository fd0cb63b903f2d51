//! Studies made for one file of vectors: a subject a vector, what was recorded of it in one long dataset, and listings of
//! exactly the variables some vector says something about.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::PathBuf;

use serde_json::Value as Json;
use toml::Table;

use super::json::text;
use super::made::{Datasets, Ran, date};
use crate::support::{Record, field, listing};

/// What every one of these studies begins with. All rules under test stand in the files that use it.
const HEAD: &str = r#"
[study]
id = "VECTORS"
title = "Vectors"
kind = "Test"
status = "Test"
simulated = true

[data]
folder = "data"
subjects = "ADSL"
[data.datasets]
ADSL = { file = "adsl.csv" }
RECORDS = { file = "records.csv", text = ["PARAMCD", "AVALC"] }
COURSES = { file = "courses.csv" }

[[arm]]
id = "first"
label = "First"
planned = "ARM = 'FIRST'"
actual = "ARM = 'FIRST'"

[[arm]]
id = "second"
label = "Second"
planned = "ARM = 'SECOND'"
actual = "ARM = 'SECOND'"
reference = true

[[analysis-set]]
id = "all"
label = "All"
rule = "INCLUDED = 'Y'"

[visits]
reference = "DAYONE"
baseline = { id = "BL", label = "Baseline" }
schedule = [
  { id = "W4", label = "Week 4", day = 29, within = 7 },
  { id = "W8", label = "Week 8", day = 57, within = 7 },
  { id = "W16", label = "Week 16", day = 113, within = 7 },
  { id = "W20", label = "Week 20", day = 141, within = 7 },
  { id = "W24", label = "Week 24", day = 169, within = 7, when-empty = 14 },
]

[[section]]
number = "1"
title = "Listings"
"#;

/// The frame of these studies.
const FRAME: &str = "vectors";

/// How many variables a page holds side by side.
const BESIDE: usize = 7;

/// A subject, and what must come of what was recorded.
#[derive(Clone, Debug, Default)]
pub struct Subject {
    pub id: String,
    why: String,
    /// Its variables beyond those every subject has.
    variables: BTreeMap<String, String>,
    records: Vec<[String; 6]>,
    courses: Vec<String>,
    /// Visit, variable, and what the listing must show.
    cells: Vec<(&'static str, String, String)>,
}

impl Subject {
    pub fn new(id: &str, why: &str) -> Self {
        Self { id: id.to_owned(), why: why.to_owned(), ..Self::default() }
    }

    /// A subject for a case of a vector file.
    pub fn of(case: &Json) -> Self {
        Self::new(text(&case["id"]), case["note"].as_str().unwrap_or("as the vector says"))
    }

    /// A variable of the subject.
    pub fn is(mut self, variable: &str, value: &str) -> Self {
        self.variables.insert(variable.to_owned(), value.to_owned());
        self
    }

    /// A record: a number, a limit such as `<0.5`, or a word.
    pub fn record(self, code: &str, day: i32, value: &str) -> Self {
        self.record_within(code, day, value, ["", ""])
    }

    /// A record with its reference limits.
    pub fn record_within(mut self, code: &str, day: i32, value: &str, [low, high]: [&str; 2]) -> Self {
        let number = if value.parse::<f64>().is_ok() { value } else { "" };
        self.records.push([code, number, value, &date(day), low, high].map(str::to_owned));
        self
    }

    /// A course: drug, amount in mg, frequency and route; first and last study day, no last day while it goes on.
    pub fn takes(mut self, words: [&str; 4], first: i32, last: Option<i32>) -> Self {
        let [drug, amount, frequency, route] = words;
        let last = last.map(date).unwrap_or_default();
        self.courses.push(format!("{drug},{amount},mg,{frequency},{route},{},{last}", date(first)));
        self
    }

    /// What a listing must show; nothing where there must be no value.
    pub fn shows(mut self, visit: &'static str, variable: &str, value: impl ToString + Copy) -> Self {
        self.cells.push((visit, variable.to_owned(), value.to_string()));
        self
    }
}

/// A study that was run, and what was wrong with its listings.
pub struct Checked {
    pub complaints: Vec<String>,
    /// How many cells were looked at.
    pub cells: usize,
    /// What the run said.
    pub said: String,
    ran: Ran,
}

impl Checked {
    pub fn package(&self) -> PathBuf {
        self.ran.package()
    }

    /// Ends the test unless every cell was as expected.
    pub fn passes(&self) {
        let complaints = &self.complaints;
        let all = complaints.join("\n");
        assert!(complaints.is_empty(), "{} of {} cells are wrong:\n{all}", complaints.len(), self.cells);
        eprintln!("{} cells looked at", self.cells);
    }

    /// The warnings of the run that hold these words.
    pub fn warnings(&self, words: &str) -> Vec<&str> {
        self.said.lines().filter(|line| line.contains("warning") && line.contains(words)).collect()
    }
}

/// Runs a study over the subjects and compares what it lists. `specification` has the frame `vectors` with what it needs.
pub fn check(specification: &str, subjects: &[Subject]) -> Checked {
    let ids: BTreeSet<&str> = subjects.iter().map(|subject| subject.id.as_str()).collect();
    assert_eq!(ids.len(), subjects.len(), "every subject has a name of its own");
    let (listings, columns) = listings(subjects);
    let ran = Ran::new(&parsed(&format!("{specification}{listings}")), &datasets(subjects));
    let lines = lines(&ran, &columns);
    let mut complaints = Vec::new();
    for subject in subjects {
        for (visit, variable, expected) in &subject.cells {
            let record = &lines[&(*visit, subject.id.clone())];
            let found = field(record, variable);
            if !same(found, expected) {
                let Subject { id, why, .. } = subject;
                complaints.push(format!("{id}: {variable} at {visit} is {found:?} and must be {expected:?} ({why})"));
            }
        }
    }
    let cells = subjects.iter().map(|subject| subject.cells.len()).sum();
    assert!(subjects.iter().all(|subject| !subject.cells.is_empty()), "a subject without cells tests nothing");
    Checked { complaints, cells, said: ran.said.clone(), ran }
}

/// Runs a study over the subjects without listings.
pub fn run(specification: &str, subjects: &[Subject]) -> Ran {
    Ran::new(&parsed(specification), &datasets(subjects))
}

fn parsed(specification: &str) -> Table {
    let text = format!("{HEAD}{specification}");
    toml::from_str(&text).unwrap_or_else(|error| panic!("the specification is no TOML: {error}\n{text}"))
}

/// Whether a cell shows a value; numbers but for the last digits.
fn same(found: &str, expected: &str) -> bool {
    match (found.parse::<f64>(), expected.parse::<f64>()) {
        (Ok(found), Ok(expected)) => (found - expected).abs() <= 1e-9 * expected.abs().max(1.0),
        _ => found == expected,
    }
}

type Columns = BTreeMap<&'static str, Vec<String>>;

/// Listings of the variables that some subject says something about, and those variables by visit.
fn listings(subjects: &[Subject]) -> (String, Columns) {
    let mut columns: Columns = BTreeMap::new();
    for (visit, variable, _) in subjects.iter().flat_map(|subject| &subject.cells) {
        let known = columns.entry(*visit).or_default();
        if !known.contains(variable) {
            known.push(variable.clone());
        }
    }
    let mut text = String::new();
    for (visit, variables) in &columns {
        for (part, variables) in variables.chunks(BESIDE).enumerate() {
            let shown: Vec<String> = variables
                .iter()
                .enumerate()
                .map(|(position, name)| format!("{{ variable = \"{name}\", label = \"{position}\" }}"))
                .collect();
            let _ = write!(
                text,
                "\n[[display]]\nid = \"{visit}-{part}\"\nnumber = \"Listing {visit}.{part}\"\nsection = \"1\"\n\
                 title = \"{visit}, part {part}\"\n[display.listing]\nframe = \"{FRAME}\"\nat = \"{visit}\"\n\
                 analysis-set = \"all\"\ncolumns = [{}]\n",
                shown.join(", ")
            );
        }
    }
    (text, columns)
}

/// The lines of all listings, by visit and subject.
fn lines(ran: &Ran, columns: &Columns) -> BTreeMap<(&'static str, String), Record> {
    let mut lines: BTreeMap<(&'static str, String), Record> = BTreeMap::new();
    for (visit, variables) in columns {
        for part in 0..variables.len().div_ceil(BESIDE) {
            for record in listing(&ran.package(), &format!("{visit}-{part}")) {
                let id = field(&record, "USUBJID").to_owned();
                lines.entry((*visit, id)).or_default().extend(record);
            }
        }
    }
    lines
}

fn datasets(subjects: &[Subject]) -> Datasets {
    // One who is in no set carries a value of every variable, so that none is without a type.
    let mut carrier = Subject::new("CARRIER", "").record_within("CARRIER", 1, "1", ["1", "1"]);
    carrier = carrier.record("CARRIER", 2, "a word").takes(["PREDNISONE", "0", "QD", "ORAL"], 1, Some(1));
    carrier = carrier.is("DEATH", &date(1)).is("LEFT", &date(1)).is("RESCUE", &date(1)).is("INCLUDED", "N");
    let names: BTreeSet<&String> = subjects.iter().flat_map(|subject| subject.variables.keys()).collect();
    let names: Vec<&String> = names
        .into_iter()
        .filter(|name| !["DEATH", "LEFT", "RESCUE", "INCLUDED", "ARM"].contains(&name.as_str()))
        .collect();
    let header = names
        .iter()
        .fold("USUBJID,ARM,INCLUDED,DAYONE,DEATH,LEFT,RESCUE".to_owned(), |header, name| format!("{header},{name}"));
    let (mut adsl, mut records, mut courses) = (Vec::new(), Vec::new(), Vec::new());
    for (position, subject) in std::iter::once(&carrier).chain(subjects).enumerate() {
        let id = &subject.id;
        let own =
            |name: &str, otherwise: &str| subject.variables.get(name).map_or(otherwise, String::as_str).to_owned();
        let arm = own("ARM", if position % 2 == 1 { "FIRST" } else { "SECOND" });
        let rest = names.iter().fold(String::new(), |rest, name| rest + "," + &own(name, ""));
        let [death, left, rescue] = ["DEATH", "LEFT", "RESCUE"].map(|name| own(name, ""));
        let included = own("INCLUDED", "Y");
        adsl.push(format!("{id},{arm},{included},{},{death},{left},{rescue}{rest}", date(1)));
        records.extend(subject.records.iter().map(|record| format!("{id},{}", record.join(","))));
        courses.extend(subject.courses.iter().map(|course| format!("{id},{course}")));
    }
    // Headers live as long as the tests do.
    let header: &'static str = Box::leak(header.into_boxed_str());
    BTreeMap::from([
        ("adsl.csv", (header, adsl)),
        ("records.csv", ("USUBJID,PARAMCD,AVAL,AVALC,ADT,LOW,HIGH", records)),
        ("courses.csv", ("USUBJID,DRUG,AMOUNT,UNIT,FREQUENCY,ROUTE,ASTDT,AENDT", courses)),
    ])
}
