//! What was locked: the only part that reads data files.
//!
//! A file is read once, hashed, and parsed from the same bytes. Whatever its format, a dataset becomes a frame of four
//! kinds of variable in the canonical order of its records, so that nothing after this module can tell XPT from
//! Parquet from CSV. One file per format (`xpt`, `parquet` with its `pages`, `delimited`); `canonical` orders and
//! digests; `lock` is the manifest, `gate` holds the files against it. May use `error` and nothing else of ours.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use polars::prelude::{
    Column, DataFrame, Float64Chunked, Int32Chunked, Int64Chunked, IntoColumn, StringChunked, TimeUnit,
};
use serde::{Deserialize, Serialize};

use crate::error::{Finding, Place};

pub mod date;
pub mod evaluate;
pub mod interval;
pub mod quality;
pub mod rule;
pub mod sheet;
pub mod typing;
pub mod vector;

mod canonical;
mod delimited;
mod gate;
mod lock;
mod lower;
mod pages;
mod parquet;
mod xpt;

#[cfg(test)]
mod tests;

pub use gate::{lock, open};
pub use lock::{Lock, LockEntry, LockedVariable};

/// A file above this is refused before it is read into memory.
const MAX_BYTES: u64 = 8 << 30;
/// Records of one dataset; row numbers are 32 bits wide.
const MAX_RECORDS: usize = 200_000_000;
/// Variables of one dataset, the limit of a SAS transport file.
const MAX_VARIABLES: usize = 32_767;
/// Records times variables: a small Parquet file can claim any number of values, and a failed allocation is an abort.
const MAX_CELLS: usize = 1 << 29;
/// The days 0001-01-01 and 9999-12-31, counted from 1970-01-01: what four digits of a year can say.
const FIRST_DAY: i32 = -719_162;
const LAST_DAY: i32 = 2_932_896;
/// Findings of one sort shown for one file; the rest is counted.
const MAX_FINDINGS: usize = 20;

/// What sort of values a variable holds; decides its type in the frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Any number: `Float64`, finite or null. SAS times of day are numbers of seconds.
    Number,
    /// Text: `String`, without trailing blanks, null when nothing is left.
    Text,
    /// A calendar day of the years 1 to 9999: `Date`.
    Date,
    /// A day and time to the millisecond, without time zone: `Datetime(Milliseconds)`.
    DateTime,
}

impl Kind {
    /// The word for it, as `data.lock` has it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Number => "number",
            Self::Text => "text",
            Self::Date => "date",
            Self::DateTime => "datetime",
        }
    }
}

/// One variable of a dataset, in the order of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variable {
    /// As in the file; unique in the dataset whatever the letter case.
    pub name: String,
    /// What it means; empty in formats without labels.
    pub label: String,
    /// What sort of values it holds.
    pub kind: Kind,
    /// The SAS format, such as `DATE9.`, where the file has one.
    pub format: Option<String>,
}

/// The formats of data files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Format {
    /// SAS transport, version 5 or 8.
    Xpt,
    /// Apache Parquet.
    Parquet,
    /// Comma-separated values, RFC 4180, UTF-8, with a header.
    Csv,
}

impl Format {
    /// The format that a file's extension names, in any letter case.
    #[must_use]
    pub fn of(path: &Path) -> Option<Self> {
        let extension = path.extension()?.to_str()?.to_ascii_lowercase();
        [Self::Xpt, Self::Parquet, Self::Csv].into_iter().find(|format| format.word() == extension)
    }

    /// The word for it, as `study.toml` and `data.lock` have it; also the usual extension.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Xpt => "xpt",
            Self::Parquet => "parquet",
            Self::Csv => "csv",
        }
    }
}

/// A data file as the specification names it.
#[derive(Clone, Debug)]
pub struct DatasetFile {
    /// The dataset, such as `ADSL`.
    pub name: String,
    /// Where the file is.
    pub path: PathBuf,
    /// The path as the specification wrote it; what messages and `data.lock` say.
    pub shown: String,
    /// How it is written.
    pub format: Format,
    /// Columns of a CSV file to be read as text whatever they look like, such as identifiers of digits.
    pub text: Vec<String>,
    /// Where the specification names it.
    pub place: Place,
}

impl DatasetFile {
    /// The file as a whole, as the place of a finding.
    fn here(&self) -> Place {
        Place { file: Some(self.shown.clone()), dataset: Some(self.name.clone()), ..Place::default() }
    }
}

/// Special missing values of numeric variables: for each variable that has any, rows and letters (`A` to `Z`, `_`),
/// in the order of the rows.
pub type SpecialMissing = BTreeMap<String, Vec<(u32, char)>>;

/// One dataset, read and in canonical order.
#[derive(Clone, Debug)]
pub struct Dataset {
    /// As the specification names it.
    pub name: String,
    /// One chunk per column, columns in the order of the file, records in canonical order.
    pub frame: DataFrame,
    /// One for each column of the frame.
    pub variables: Vec<Variable>,
    /// What SAS remembers about why a number is missing; the frame holds null there.
    pub special_missing: SpecialMissing,
    /// SHA-256 of the bytes of the file, in hexadecimal.
    pub sha256: String,
    /// Size of the file.
    pub bytes: u64,
    /// SHA-256 of what the dataset says, in hexadecimal: equal for any order of records and variables, and any format.
    pub content: String,
}

impl Dataset {
    /// The variable of that exact name.
    #[must_use]
    pub fn variable(&self, name: &str) -> Option<&Variable> {
        self.variables.iter().find(|variable| variable.name == name)
    }
}

/// All datasets of a study, proven to be the locked ones.
#[derive(Clone, Debug)]
pub struct LockedData {
    /// The manifest they were held against.
    pub lock: Lock,
    /// By the name the specification gives them.
    pub datasets: BTreeMap<String, Dataset>,
}

/// The values of one variable as a reader hands them over.
#[derive(Clone, Debug)]
enum Values {
    Number(Float64Chunked),
    Text(StringChunked),
    /// Days since 1970-01-01.
    Date(Int32Chunked),
    /// Milliseconds since 1970-01-01 00:00.
    DateTime(Int64Chunked),
}

impl Values {
    const fn kind(&self) -> Kind {
        match self {
            Self::Number(_) => Kind::Number,
            Self::Text(_) => Kind::Text,
            Self::Date(_) => Kind::Date,
            Self::DateTime(_) => Kind::DateTime,
        }
    }

    fn into_column(self) -> Column {
        match self {
            Self::Number(values) => values.into_column(),
            Self::Text(values) => values.into_column(),
            Self::Date(values) => values.into_date().into_column(),
            Self::DateTime(values) => values.into_datetime(TimeUnit::Milliseconds, None).into_column(),
        }
    }

    /// The value as a person names it; none when it is null.
    fn shown(&self, row: usize) -> Option<String> {
        match self {
            Self::Number(values) => values.get(row).map(|value| value.to_string()),
            Self::Text(values) => values.get(row).map(str::to_owned),
            Self::Date(values) => values.get(row).map(date::text),
            Self::DateTime(values) => values.get(row).map(|value| value.to_string()),
        }
    }
}

/// Values of one variable that cannot be what they should, in the rows where they stand.
#[derive(Debug)]
struct Problem {
    variable: String,
    message: &'static str,
    rows: Vec<usize>,
}

/// What a reader makes of a file: columns in the order of the file, records in the order of the file.
#[derive(Debug)]
struct Table {
    records: usize,
    variables: Vec<Variable>,
    values: Vec<Values>,
    special_missing: SpecialMissing,
    problems: Vec<Problem>,
}

impl Table {
    /// The problems as findings, with the subjects concerned.
    fn findings(&self, file: &DatasetFile, subject: &str) -> Vec<Finding> {
        let subjects = self.variables.iter().position(|variable| variable.name == subject).map(|at| &self.values[at]);
        let named = |row: usize| {
            subjects.and_then(|values| values.shown(row)).unwrap_or_else(|| format!("unknown in record {}", row + 1))
        };
        self.problems
            .iter()
            .map(|problem| {
                let mut seen = BTreeSet::new();
                let who = problem.rows.iter().map(|row| named(*row)).filter(|who| seen.insert(who.clone()));
                let place = Place::dataset(&file.name).variable(&problem.variable).subjects(who);
                let records = problem.rows.len();
                let count = if records == 1 { String::new() } else { format!(" ({records} records)") };
                Finding::error(Place { file: Some(file.shown.clone()), ..place }, format!("{}{count}", problem.message))
            })
            .collect()
    }
}

/// Parses bytes that were hashed already. The findings are about the file as a whole; see also [`Table::findings`].
fn parse(file: &DatasetFile, bytes: &[u8]) -> Result<Table, Vec<Finding>> {
    match file.format {
        Format::Xpt => xpt::read(file, bytes),
        Format::Parquet => parquet::read(file, bytes),
        Format::Csv => delimited::read(file, bytes),
    }
}

/// Runs a parser that is not ours. Its panic on a damaged file is a finding about that file, not a bug of ours: the
/// run must go on to name what is wrong with the other files.
fn guarded<T>(file: &DatasetFile, parser: impl FnOnce() -> Result<T, Vec<Finding>>) -> Result<T, Vec<Finding>> {
    catch_unwind(AssertUnwindSafe(parser)).unwrap_or_else(|_| {
        let message = format!("the file is damaged: its {} structure does not hold together", file.format.word());
        Err(vec![Finding::error(file.here(), message)])
    })
}

/// What is wrong with the names and the size of a dataset, before any value is looked at.
fn shape_findings<'a>(
    file: &DatasetFile,
    names: impl ExactSizeIterator<Item = &'a str>,
    records: usize,
) -> Vec<Finding> {
    let variables = names.len();
    let mut findings = Vec::new();
    let mut finding = |message: String| findings.push(Finding::error(file.here(), message));
    if variables == 0 {
        finding("the file has no variables".into());
    }
    if variables > MAX_VARIABLES || records > MAX_RECORDS || records.saturating_mul(variables) > MAX_CELLS {
        finding(format!("{records} records of {variables} variables are more than can be read"));
    }
    let mut seen: BTreeMap<String, &str> = BTreeMap::new();
    for (index, name) in names.enumerate().take(MAX_VARIABLES) {
        if name.is_empty() {
            finding(format!("variable {} has no name", index + 1));
        } else if name.trim() != name || name.chars().any(char::is_control) || name.len() > 256 {
            finding(format!("variable {} has an unusable name: {name:?}", index + 1));
        } else if let Some(first) = seen.insert(name.to_lowercase(), name) {
            finding(if first == name {
                format!("variable {name} stands twice in the file")
            } else {
                format!("variables {first} and {name} differ in letter case only")
            });
        }
    }
    findings
}

/// At most [`MAX_FINDINGS`] of these, with the number of the others.
fn capped(file: &DatasetFile, mut findings: Vec<Finding>) -> Vec<Finding> {
    if findings.len() > MAX_FINDINGS {
        let rest = findings.len() - MAX_FINDINGS;
        findings.truncate(MAX_FINDINGS);
        // At the place of the last one, so that it is told last.
        let place = findings.last().map_or_else(|| file.here(), |last| last.place.clone());
        findings.push(Finding::error(place, format!("… and {rest} more findings in this file")));
    }
    findings
}
