//! The formats of data files: one folder each, with a reader and a writer. No I/O: bytes in, a table out, and back.
//!
//! A reader tells everything that is wrong with a file at once and never repairs.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use self::dataset_json::Edition;
use super::table::Table;
use super::{Kind, MAX_CELLS, MAX_FINDINGS, MAX_RECORDS, MAX_VARIABLES};
use crate::error::{Finding, Place, nearest};

pub(in crate::data) mod csv;
pub(in crate::data) mod dataset_json;
mod encoding;
pub(in crate::data) mod parquet;
pub(in crate::data) mod xpt;

pub use csv::Columns;
pub(in crate::data) use xpt::kind_of as kind_of_sas_format;

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
    /// CDISC Dataset-JSON 1.1 as one object.
    #[serde(rename = "json")]
    DatasetJson,
    /// CDISC Dataset-JSON 1.1 as lines: the metadata, then a row on each.
    #[serde(rename = "ndjson")]
    DatasetNdjson,
    /// The lines of Dataset-JSON, compressed.
    #[serde(rename = "dsjc")]
    CompressedDatasetJson,
}

impl Format {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Xpt, Self::Parquet, Self::Csv, Self::DatasetJson, Self::DatasetNdjson, Self::CompressedDatasetJson];

    /// The format that a file's extension names, in any letter case.
    #[must_use]
    pub fn of(path: &Path) -> Option<Self> {
        let extension = path.extension()?.to_str()?.to_ascii_lowercase();
        Self::ALL.into_iter().find(|format| format.word() == extension)
    }

    /// The word for it, as `study.toml` and `data.lock` have it; also the usual extension.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Xpt => "xpt",
            Self::Parquet => "parquet",
            Self::Csv => "csv",
            Self::DatasetJson => "json",
            Self::DatasetNdjson => "ndjson",
            Self::CompressedDatasetJson => "dsjc",
        }
    }
}

/// The encodings of text that can be declared for a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Encoding {
    /// UTF-8, of which ASCII is a part.
    #[default]
    #[serde(rename = "utf-8")]
    Utf8,
    /// Windows-1252, the Western European code page of SAS sessions (`wlatin1`), of which Latin-1 is all but a part.
    #[serde(rename = "windows-1252")]
    Windows1252,
    /// GB18030, the Chinese national standard, of which GBK (`euc-cn`) is a part.
    #[serde(rename = "gb18030")]
    Gb18030,
}

/// What must be known to read a file and does not stand in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// Columns of a CSV file to be read as text whatever they look like, such as identifiers of digits.
    pub text: Vec<String>,
    /// Declared kinds of variables of a CSV file; the others are told by their values.
    pub kinds: BTreeMap<String, Kind>,
    /// What define.xml says of the kinds of variables of a CSV file, where nothing else declares them. That one is absent
    /// is told by those who hold the data against it.
    pub described: BTreeMap<String, Kind>,
    /// Words that stand for a missing value in a CSV file, beside the empty field.
    pub missing: Vec<String>,
    /// The encoding of text in a SAS transport file.
    pub encoding: Encoding,
    /// What a columns file says of the variables of a CSV file.
    pub columns: Option<Columns>,
    /// The variables to be kept; all if none. The others are read past, and their values are held by nobody.
    pub keep: Option<BTreeSet<String>>,
    /// The values that a record must have to be kept, by text variable; all records if empty. A missing value is none of
    /// them. The variables need not be among those to be kept.
    pub rows: BTreeMap<String, BTreeSet<String>>,
    /// The variables whose values together identify a record; those that the file declares if none.
    pub keys: Vec<String>,
}

impl Reading {
    /// Whether all variables of all records are kept.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.keep.is_none() && self.rows.is_empty()
    }

    /// Whether the values of a variable must be held until the records are chosen: it is kept, or chosen by.
    pub(super) fn needs(&self, name: &str) -> bool {
        self.keep.as_ref().is_none_or(|keep| keep.contains(name)) || self.rows.contains_key(name)
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
    /// What must be known to read it and does not stand in it.
    pub reading: Reading,
    /// Where the specification names it.
    pub place: Place,
}

impl DatasetFile {
    /// The file as a whole, as the place of a finding.
    pub(super) fn here(&self) -> Place {
        Place { file: Some(self.shown.clone()), dataset: Some(self.name.clone()), ..Place::default() }
    }
}

/// Parses bytes that were hashed already. The findings are about the file as a whole; see also [`Table::findings`].
pub(super) fn parse(file: &DatasetFile, bytes: &[u8]) -> Result<Table, Vec<Finding>> {
    match file.format {
        Format::Xpt => xpt::read(file, bytes),
        Format::Parquet => parquet::read(file, bytes),
        Format::Csv => csv::read(file, bytes),
        Format::DatasetJson => dataset_json::read(file, bytes, Edition::Json),
        Format::DatasetNdjson => dataset_json::read(file, bytes, Edition::Ndjson),
        Format::CompressedDatasetJson => dataset_json::read(file, bytes, Edition::Compressed),
    }
}

/// Runs a parser that is not ours. Its panic on a damaged file is a finding about that file, not a bug of ours: the
/// run must go on to name what is wrong with the other files.
pub(super) fn guarded<T>(
    file: &DatasetFile,
    parser: impl FnOnce() -> Result<T, Vec<Finding>>,
) -> Result<T, Vec<Finding>> {
    catch_unwind(AssertUnwindSafe(parser)).unwrap_or_else(|_| {
        let message = format!("the file is damaged: its {} structure does not hold together", file.format.word());
        Err(vec![Finding::error(file.here(), message)])
    })
}

/// What is wrong with the names and the size of a dataset, before any value is looked at.
pub(super) fn shape_findings<'a>(
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
        } else if name.trim() != name || name.chars().any(unseen) || name.len() > 256 {
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

/// Characters by which two names differ that look alike: controls, blanks other than the plain one, and those without
/// width.
fn unseen(character: char) -> bool {
    character.is_control()
        || (character.is_whitespace() && character != ' ')
        || matches!(character, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')
}

/// A finding for each wanted variable that a file has not. `purpose` is what it is wanted for, such as `to be kept`.
pub(super) fn absent<'a>(
    file: &DatasetFile,
    names: &[&str],
    wanted: impl Iterator<Item = &'a String>,
    purpose: &str,
) -> Vec<Finding> {
    let missing = wanted.filter(|name| !names.contains(&name.as_str())).map(|name| {
        let place = Place { dataset: Some(file.name.clone()), ..file.place.clone() };
        let finding = Finding::error(place, format!("column {name}, {purpose}, is not in {}", file.shown));
        match nearest(name, names.iter().copied()) {
            Some(near) => finding.hint(format!("did you mean {near}?")),
            None => finding,
        }
    });
    missing.collect()
}

/// What a reading asks of the variables of a file that is not there.
pub(super) fn unfit_selection(file: &DatasetFile, names: &[&str]) -> Vec<Finding> {
    let mut findings = absent(file, names, file.reading.keep.iter().flatten(), "to be kept");
    findings.extend(absent(file, names, file.reading.rows.keys(), "by which records are kept"));
    findings
}

/// At most [`MAX_FINDINGS`] of these, with the number of the others.
pub(super) fn capped(file: &DatasetFile, mut findings: Vec<Finding>) -> Vec<Finding> {
    if findings.len() > MAX_FINDINGS {
        let rest = findings.len() - MAX_FINDINGS;
        findings.truncate(MAX_FINDINGS);
        // At the place of the last one, so that it is told last.
        let place = findings.last().map_or_else(|| file.here(), |last| last.place.clone());
        findings.push(Finding::error(place, format!("… and {rest} more findings in this file")));
    }
    findings
}
