//! Studies whose measurements are graded: a subject a case, its values as records, and the grades read from a listing.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::made::Ran;
use super::small::{self, Subject};
use crate::support::{Record, field, listing};

/// The study day of the graded records.
pub const DAY: i32 = 29;

/// A parameter of the data.
pub struct Parameter {
    pub code: String,
    pub unit: String,
    /// What gradings call it; ungraded if empty.
    pub analyte: String,
    pub plausible: Option<[f64; 2]>,
}

impl Parameter {
    pub fn new(code: &str, unit: &str, analyte: &str) -> Self {
        Self { code: code.to_owned(), unit: unit.to_owned(), analyte: analyte.to_owned(), plausible: None }
    }
}

/// A case: a subject, and a cell of the listing of its record of [`DAY`].
pub struct Case {
    pub id: String,
    why: String,
    code: String,
    records: Vec<[String; 4]>,
    baseline: String,
    sex: String,
    expected: Vec<(String, String)>,
}

impl Case {
    /// A value with its reference limits; nothing where there is none.
    pub fn new(id: &str, why: &str, code: &str, value: &str, [low, high]: [&str; 2]) -> Self {
        Self {
            id: id.to_owned(),
            why: why.to_owned(),
            code: code.to_owned(),
            records: vec![[code, value, low, high].map(str::to_owned)],
            baseline: String::new(),
            sex: String::new(),
            expected: Vec::new(),
        }
    }

    /// The baseline value.
    pub fn from(mut self, baseline: &str) -> Self {
        baseline.clone_into(&mut self.baseline);
        self
    }

    pub fn sex(mut self, sex: &str) -> Self {
        sex.clone_into(&mut self.sex);
        self
    }

    /// What a column of the listing must show; nothing where there must be no value.
    pub fn shows(mut self, column: &str, expected: &dyn ToString) -> Self {
        self.expected.push((column.to_owned(), expected.to_string()));
        self
    }

    fn subject(&self) -> Subject {
        let mut subject = Subject::new(&self.id, &self.why).is("SEX", &self.sex);
        for [code, value, low, high] in &self.records {
            if !self.baseline.is_empty() {
                subject = subject.record_within(code, -1, &self.baseline, [low, high]);
            }
            subject = subject.record_within(code, DAY, value, [low, high]);
        }
        subject
    }
}

/// The specification of records with gradings, by the name of the grade and the instrument; and a listing of all columns.
fn study(gradings: &[(&str, &str)], parameters: &[Parameter]) -> String {
    let of: Vec<String> = gradings.iter().map(|(grade, name)| format!("{grade} = \"{name}\"")).collect();
    let mut text = format!(
        "\n[records.findings]\nlabel = \"Measurements\"\ndataset = \"RECORDS\"\n[records.findings.findings]\n\
         parameter = \"PARAMCD\"\nvalue = \"AVAL\"\ntext = \"AVALC\"\ndate = \"ADT\"\nlow = \"LOW\"\nhigh = \"HIGH\"\n\
         sex = \"SEX\"\ngrades = {{ {} }}\n",
        of.join(", ")
    );
    for parameter in parameters {
        let Parameter { code, unit, analyte, plausible } = parameter;
        let _ = write!(
            text,
            "[[records.findings.findings.parameters]]\ncode = \"{code}\"\nlabel = \"{code}\"\nunit = \"{unit}\"\n"
        );
        if !analyte.is_empty() {
            let _ = writeln!(text, "analyte = \"{analyte}\"");
        }
        if let Some([least, most]) = plausible {
            let _ = writeln!(text, "plausible = [{least:?}, {most:?}]");
        }
    }
    let grades = gradings.iter().flat_map(|(grade, _)| [format!("{grade}_low"), format!("{grade}_high")]);
    let columns: Vec<String> = ["parameter", "day", "value"]
        .map(str::to_owned)
        .into_iter()
        .chain(grades)
        .map(|name| format!("{{ variable = \"{name}\", label = \"{name}\" }}"))
        .collect();
    let _ = write!(
        text,
        "\n[[display]]\nid = \"graded\"\nnumber = \"Listing 1\"\nsection = \"1\"\ntitle = \"Grades\"\n\
         [display.listing]\nrecords = \"findings\"\nanalysis-set = \"all\"\ncolumns = [{}]\n",
        columns.join(", ")
    );
    text
}

/// Grades the cases in one study: the number of cells looked at. Ends the test unless every cell was as expected.
pub fn check(gradings: &[(&str, &str)], parameters: &[Parameter], cases: &[Case]) -> (usize, Ran) {
    let subjects: Vec<Subject> = cases.iter().map(Case::subject).collect();
    let ran = small::run(&study(gradings, parameters), &subjects);
    let lines = listing(&ran.package(), "graded");
    let of: BTreeMap<(&str, &str), &Record> = lines
        .iter()
        .filter(|line| field(line, "day") == DAY.to_string())
        .map(|line| ((field(line, "USUBJID"), field(line, "parameter")), line))
        .collect();
    let mut complaints = Vec::new();
    let mut cells = 0;
    for case in cases {
        assert!(!case.expected.is_empty(), "{} expects nothing", case.id);
        let line = of.get(&(case.id.as_str(), case.code.as_str()));
        let line = line.unwrap_or_else(|| panic!("{} has no line in the listing", case.id));
        for (column, expected) in &case.expected {
            cells += 1;
            let found = field(line, column);
            if found != expected {
                complaints.push(format!(
                    "{}: {column} is {found:?} and must be {expected:?}: {} from {:?} ({})",
                    case.id,
                    case.records[0].join(" "),
                    case.baseline,
                    case.why
                ));
            }
        }
    }
    assert!(complaints.is_empty(), "{} of {cells} cells are wrong:\n{}", complaints.len(), complaints.join("\n"));
    (cells, ran)
}
