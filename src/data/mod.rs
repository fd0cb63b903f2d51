//! What was locked: the only part that reads data files.
//!
//! A file is read once, hashed, and parsed from the same bytes. Whatever its format, a dataset becomes a frame of four
//! kinds of variable in the canonical order of its records, so that nothing after this module can tell XPT from
//! Parquet from CSV. `format` has a reader and a writer for each format, `table` what they hand over; `lock` has the
//! manifest, the canonical order with its digests, and the gate that holds files against the manifest; `define` says what define.xml says and
//! holds the data against it; `rule` and what follows it is the language of rules. May use `error` and nothing else of ours.
//! manifest, the canonical order with its digests, and the gate that holds files against the manifest; `cut` gives the
//! data as of a day; `rule` and what follows it is the language of rules. May use `error` and nothing else of ours.

use std::collections::BTreeMap;

use polars::prelude::DataFrame;
use serde::{Deserialize, Serialize};

use crate::error::Finding;

mod convert;
pub mod cut;
pub mod date;
pub mod define;
pub mod evaluate;
pub mod format;
pub mod interval;
pub mod lock;
pub mod quality;
pub mod rule;
pub mod sheet;
pub mod typing;
pub mod vector;

mod lower;
mod select;
mod table;

#[cfg(test)]
mod tests;

pub use convert::{Converted, Target, convert};
pub use cut::{Cut, CutCounts};
pub use format::{Columns, DatasetFile, Encoding, Format, Reading};
pub use lock::{
    Delivery, Lock, LockEntry, LockHead, Locked, LockedFile, LockedVariable, PlainFile, document, lock, open, verify,
};

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

/// A dataset of these bytes, for the tests of modules that work on datasets.
///
/// # Errors
/// Everything that is wrong with the file.
#[cfg(test)]
pub(crate) fn sample(file: &DatasetFile, subject: &str, bytes: Vec<u8>) -> Result<Dataset, Vec<crate::error::Finding>> {
    lock::digested(file, subject, bytes, None)
}

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
    /// Bytes of a value, as the file declares them; none in formats that do not.
    pub length: Option<u32>,
    /// The type in the words of the file, such as `integer` or `decimal`, where its format has more types than kinds.
    pub declared: Option<String>,
}

impl Variable {
    /// A variable of which only name and kind are known.
    #[must_use]
    pub fn new(name: impl Into<String>, kind: Kind) -> Self {
        Self { name: name.into(), label: String::new(), kind, format: None, length: None, declared: None }
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
    /// What the file says it is; empty in formats without labels.
    pub label: String,
    /// One chunk per column, columns in the order of the file, records in canonical order.
    pub frame: DataFrame,
    /// One for each column of the frame.
    pub variables: Vec<Variable>,
    /// What SAS remembers about why a number is missing; the frame holds null there.
    pub special_missing: SpecialMissing,
    /// The variables whose values together identify a record; none if neither specification nor file says so.
    pub keys: Vec<String>,
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
    /// The bytes of the files beside the datasets, by the name the specification gives them.
    pub files: BTreeMap<String, Vec<u8>>,
    /// What a person should know of the files.
    pub warnings: Vec<Finding>,
    /// The cut-off they were cut at; none if they are whole.
    pub cut: Option<Cut>,
}

impl LockedData {
    /// The day of the data, in days since 1970-01-01: that of the cut, else the cut-off of the lock, else the day of the lock.
    /// What is due or done is so as of this day.
    #[must_use]
    pub fn as_of(&self) -> Option<i32> {
        let head = &self.lock.head;
        let told = || head.cutoff.as_deref().and_then(date::parse).or_else(|| date::parse(&head.locked));
        self.cut.as_ref().map(|cut| cut.day).or_else(told)
    }
}

#[cfg(test)]
impl LockedData {
    /// Datasets of which nobody made a lock, for the tests of what comes after.
    pub(crate) fn unlocked(datasets: impl IntoIterator<Item = Dataset>, day: &str) -> Self {
        let head = LockHead { locked: day.to_owned(), ..LockHead::default() };
        let lock = Lock { head, digests: String::new(), dataset: Vec::new(), file: Vec::new() };
        let datasets = datasets.into_iter().map(|dataset| (dataset.name.clone(), dataset)).collect();
        Self { lock, datasets, files: BTreeMap::new(), cut: None, warnings: Vec::new() }
    }

    /// These files as they are, locked on that day.
    pub(crate) fn of_files(root: &std::path::Path, datasets: Vec<DatasetFile>, subject: &str, day: &str) -> Self {
        let head = LockHead { locked: day.to_owned(), subject: subject.to_owned(), ..LockHead::default() };
        let extra = vec!["./".to_owned()];
        let (root, subject) = (root.to_owned(), subject.to_owned());
        let delivery = Delivery { root, subject, datasets, files: Vec::new(), extra };
        let locked = lock(&delivery, head).unwrap_or_else(|error| panic!("{error}"));
        open(&delivery, &locked.lock).unwrap_or_else(|error| panic!("{error}"))
    }
}
