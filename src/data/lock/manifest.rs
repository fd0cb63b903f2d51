//! The manifest `data.lock`: what each data file was when the data were locked.
//!
//! A TOML file that a person can read and a version-control system can compare, written with stable bytes. Reading it is
//! [`super::reading`]; holding files against it is [`super::gate`]. No I/O.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

use super::reading;
use crate::data::{Encoding, Format, Kind, date};
use crate::error::{Error, Finding, Place, Stage};

/// The version of the file format that is written and read.
pub(super) const VERSION: u32 = 2;

/// What the data were on the day they were locked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Lock {
    /// Which lock it is.
    pub head: LockHead,
    /// SHA-256 of the side file of the digests of records, 64 hexadecimal digits.
    pub digests: String,
    /// One entry per dataset, in the order of the specification.
    pub dataset: Vec<LockEntry>,
    /// One entry per file beside the datasets.
    pub file: Vec<LockedFile>,
}

/// Which lock it is, who made it, and why.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct LockHead {
    /// The study.
    pub study: String,
    /// What people call this lock.
    pub id: String,
    /// `final`, `interim`, `dsmb`, or what else the study calls it.
    pub kind: String,
    /// The day of the lock, `YYYY-MM-DD`.
    pub locked: String,
    /// The last day of which the data tell, `YYYY-MM-DD`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cutoff: Option<String>,
    /// Who locked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The program that wrote it.
    pub program: String,
    /// The variable that names the subjects.
    pub subject: String,
    /// SHA-256 of the lock before this one: with it the locks of a study are a chain.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub previous: Option<String>,
    /// Coding dictionaries, with their versions.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub dictionaries: BTreeMap<String, String>,
}

/// One locked dataset.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LockEntry {
    /// As the specification names it.
    pub name: String,
    /// The path as the specification wrote it, relative to the data folder.
    #[serde(deserialize_with = "reading::path")]
    pub file: String,
    /// How the file is written.
    pub format: Format,
    /// In which encoding its texts were read.
    pub encoding: Encoding,
    /// SHA-256 of the bytes of the file, 64 hexadecimal digits.
    #[serde(deserialize_with = "reading::sha256")]
    pub sha256: String,
    /// SHA-256 of what the dataset says, whatever the order of records and variables and the format.
    #[serde(deserialize_with = "reading::content")]
    pub content: String,
    /// Size of the file.
    pub bytes: u64,
    /// Number of records.
    pub records: u64,
    /// Number of subjects that have a record.
    pub subjects: u64,
    /// The variables whose values together identify a record; none if nobody declared any.
    pub keys: Vec<String>,
    /// The variables in the order of the file.
    pub variables: Vec<LockedVariable>,
}

/// One variable of a locked dataset.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LockedVariable {
    /// As in the file.
    pub name: String,
    /// What sort of values it holds.
    pub kind: Kind,
    /// What it means; empty when the format has no labels.
    #[serde(default)]
    pub label: String,
    /// The SAS format, where the file has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<String>,
    /// Bytes of a value, where the file declares them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub length: Option<u32>,
    /// Records without a value.
    pub missing: u64,
    /// SHA-256 over pairs of key and value; it does not change when another variable does.
    #[serde(deserialize_with = "reading::content")]
    pub content: String,
}

/// One locked file beside the datasets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LockedFile {
    /// As the specification names it.
    pub name: String,
    /// The path as the specification wrote it, relative to the data folder.
    #[serde(deserialize_with = "reading::path")]
    pub file: String,
    /// SHA-256 of its bytes, 64 hexadecimal digits.
    #[serde(deserialize_with = "reading::sha256")]
    pub sha256: String,
    /// Its size.
    pub bytes: u64,
}

impl LockHead {
    /// That its dates are days of the calendar, in their order.
    ///
    /// # Errors
    /// When they are not.
    pub(super) fn check(&self) -> Result<(), Error> {
        let findings = [("date of the lock", Some(&self.locked)), ("cut-off date", self.cutoff.as_ref())]
            .into_iter()
            .filter_map(|(what, day)| day.filter(|day| date::parse(day).is_none()).map(|day| (what, day)))
            .map(|(what, day)| format!("the {what} is not a day of the calendar: {day}"))
            .map(|message| Finding::error(Place::default(), message).hint("write it as YYYY-MM-DD"));
        Error::unless_clean(Stage::Lock, findings.collect()).map(|_| ())
    }
}

impl Lock {
    /// The entry of that dataset.
    #[must_use]
    pub fn entry(&self, name: &str) -> Option<&LockEntry> {
        self.dataset.iter().find(|entry| entry.name == name)
    }

    /// Reads the text of a `data.lock`; `origin` is the name that messages give it.
    ///
    /// # Errors
    /// Everything that is wrong with it: all faults of syntax, or else every entry and key that is unknown, missing
    /// or nonsense; of a file of another version that alone.
    pub fn parse(text: &str, origin: &str) -> Result<Self, Error> {
        reading::lock(text, origin)
    }

    /// The text of the file: the same bytes for the same lock.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text =
            String::from("# The locked data of this study. Written by `trialpress lock`; not to be edited.\n");
        let mut line = |key: &str, value: String| _ = writeln!(text, "{key} = {value}");
        line("version", VERSION.to_string());
        let head = &self.head;
        line("study", quoted(&head.study));
        line("id", quoted(&head.id));
        line("kind", quoted(&head.kind));
        line("locked", quoted(&head.locked));
        let optional = [("cutoff", &head.cutoff), ("by", &head.by), ("reason", &head.reason)];
        for (key, value) in optional {
            if let Some(value) = value {
                line(key, quoted(value));
            }
        }
        line("program", quoted(&head.program));
        line("subject", quoted(&head.subject));
        if let Some(previous) = &head.previous {
            line("previous", quoted(previous));
        }
        if !head.dictionaries.is_empty() {
            let versions =
                head.dictionaries.iter().map(|(name, version)| format!("{} = {}", quoted(name), quoted(version)));
            line("dictionaries", format!("{{ {} }}", versions.collect::<Vec<_>>().join(", ")));
        }
        line("digests", quoted(&self.digests));
        for entry in &self.dataset {
            write_dataset(&mut text, entry);
        }
        for LockedFile { name, file, sha256, bytes } in &self.file {
            let mut line = |key: &str, value: String| _ = writeln!(text, "{key} = {value}");
            line("\n[[file]]\nname", quoted(name));
            line("file", quoted(file));
            line("sha256", quoted(sha256));
            line("bytes", bytes.to_string());
        }
        text
    }
}

fn quoted(text: &str) -> String {
    toml::Value::from(text).to_string()
}

fn write_dataset(text: &mut String, entry: &LockEntry) {
    let mut line = |key: &str, value: String| _ = writeln!(text, "{key} = {value}");
    line("\n[[dataset]]\nname", quoted(&entry.name));
    line("file", quoted(&entry.file));
    line("format", quoted(entry.format.word()));
    line("encoding", toml::Value::try_from(entry.encoding).map_or_else(|_| quoted("utf-8"), |word| word.to_string()));
    line("sha256", quoted(&entry.sha256));
    line("content", quoted(&entry.content));
    line("bytes", entry.bytes.to_string());
    line("records", entry.records.to_string());
    line("subjects", entry.subjects.to_string());
    line("keys", format!("[{}]", entry.keys.iter().map(|key| quoted(key)).collect::<Vec<_>>().join(", ")));
    text.push_str("variables = [\n");
    for LockedVariable { name, kind, label, format, length, missing, content } in &entry.variables {
        _ = write!(text, "  {{ name = {}, kind = \"{}\"", quoted(name), kind.word());
        if !label.is_empty() {
            _ = write!(text, ", label = {}", quoted(label));
        }
        if let Some(format) = format {
            _ = write!(text, ", format = {}", quoted(format));
        }
        if let Some(length) = length {
            _ = write!(text, ", length = {length}");
        }
        _ = writeln!(text, ", missing = {missing}, content = {} }},", quoted(content));
    }
    text.push_str("]\n");
}
