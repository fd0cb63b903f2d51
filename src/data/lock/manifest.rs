//! The manifest `data.lock`: what each data file was when the data were locked.
//!
//! A TOML file that a person can read and a version-control system can compare. Written with stable bytes, read
//! without trust. Parsing tells everything that is wrong with it; holding files against it is [`super::gate`]. No I/O.

use std::fmt::Write as _;
use std::ops::Range;

use serde::{Deserialize, Serialize};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::data::{Format, Kind, date};
use crate::error::{Error, Finding, Place, Stage};

/// The version of the file format that is written and read.
const VERSION: u32 = 1;

/// What the data were on the day they were locked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Lock {
    /// Version of the file format.
    pub version: u32,
    /// The day of the lock, `YYYY-MM-DD`.
    pub locked: String,
    /// What a person noted about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// One entry per dataset, in the order of the specification.
    pub dataset: Vec<LockEntry>,
}

/// One locked dataset.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LockEntry {
    /// As the specification names it.
    pub name: String,
    /// The path as the specification wrote it.
    pub file: String,
    /// How the file is written.
    pub format: Format,
    /// SHA-256 of the bytes of the file, 64 hexadecimal digits.
    pub sha256: String,
    /// SHA-256 of what the dataset says, whatever the order of records and variables and the format.
    pub content: String,
    /// Size of the file.
    pub bytes: u64,
    /// Number of records.
    pub records: u64,
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
}

impl Lock {
    /// A lock of these datasets, made on that day.
    ///
    /// # Errors
    /// When `locked` is not a day of the calendar.
    pub fn new(locked: &str, dataset: Vec<LockEntry>) -> Result<Self, Error> {
        if date::parse(locked).is_none() {
            let message = format!("the date of the lock is not a day of the calendar: {locked}");
            return Err(Error::one(Stage::Lock, Finding::error(Place::default(), message)));
        }
        Ok(Self { version: VERSION, locked: locked.to_owned(), note: None, dataset })
    }

    /// The entry of that dataset.
    #[must_use]
    pub fn entry(&self, name: &str) -> Option<&LockEntry> {
        self.dataset.iter().find(|entry| entry.name == name)
    }

    /// Reads the text of a `data.lock`; `origin` is the name that messages give it.
    ///
    /// # Errors
    /// Everything that is wrong with it: all faults of syntax, or else every entry and key that is unknown, missing
    /// or nonsense.
    pub fn parse(text: &str, origin: &str) -> Result<Self, Error> {
        let mut reader = Reader { text, origin, findings: Vec::new() };
        let (document, faults) = DeTable::parse_recoverable(text);
        for fault in &faults {
            reader.fault(fault.span(), fault.message());
        }
        let lock = if faults.is_empty() { reader.lock(document) } else { None };
        Error::unless_clean(Stage::Lock, reader.findings)?;
        let incomplete = || Finding::error(Place::file(origin), "the lock is incomplete");
        lock.ok_or_else(|| Error::one(Stage::Lock, incomplete()))
    }

    /// The text of the file: the same bytes for the same lock.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text =
            String::from("# The locked data of this study. Written by `trialpress lock`; not to be edited.\n");
        let quoted = |text: &str| toml::Value::from(text).to_string();
        let mut line = |key: &str, value: String| _ = writeln!(text, "{key} = {value}");
        line("version", self.version.to_string());
        line("locked", quoted(&self.locked));
        if let Some(note) = &self.note {
            line("note", quoted(note));
        }
        for entry in &self.dataset {
            let mut line = |key: &str, value: String| _ = writeln!(text, "{key} = {value}");
            line("\n[[dataset]]\nname", quoted(&entry.name));
            line("file", quoted(&entry.file));
            line("format", quoted(entry.format.word()));
            line("sha256", quoted(&entry.sha256));
            line("content", quoted(&entry.content));
            line("bytes", entry.bytes.to_string());
            line("records", entry.records.to_string());
            text.push_str("variables = [\n");
            for LockedVariable { name, kind, label } in &entry.variables {
                let label = if label.is_empty() { String::new() } else { format!(", label = {}", quoted(label)) };
                _ = writeln!(text, "  {{ name = {}, kind = \"{}\"{label} }},", quoted(name), kind.word());
            }
            text.push_str("]\n");
        }
        text
    }
}

/// Reads a document part by part, so that one mistake does not hide the next.
struct Reader<'a> {
    text: &'a str,
    origin: &'a str,
    findings: Vec<Finding>,
}

impl Reader<'_> {
    fn fault(&mut self, span: Option<Range<usize>>, message: &str) {
        let place = span.and_then(|span| self.text.get(..span.start)).map_or_else(
            || Place::file(self.origin),
            |before| {
                let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
                let line = 1 + before.bytes().filter(|byte| *byte == b'\n').count();
                Place::at(self.origin, line, 1 + before[line_start..].chars().count())
            },
        );
        self.findings.push(Finding::error(place, message.trim_end().replace('\n', ", ")));
    }

    /// A value as a type of ours.
    fn value<T: for<'de> Deserialize<'de>>(&mut self, value: Spanned<DeValue<'_>>) -> Option<T> {
        let span = value.span();
        let read = T::deserialize(toml::de::ValueDeserializer::from(value));
        read.map_err(|error| self.fault(error.span().or(Some(span)), error.message())).ok()
    }

    fn lock(&mut self, document: Spanned<DeTable<'_>>) -> Option<Lock> {
        let (mut version, mut locked, mut note, mut dataset) = (None, None, None, Vec::new());
        for (key, value) in document.into_inner() {
            let (at, value_at) = (key.span(), value.span());
            match key.get_ref().as_ref() {
                "version" => {
                    version = self.value::<u32>(value);
                    if version.is_some_and(|version| version != VERSION) {
                        self.fault(Some(value_at), "this version of the lock file cannot be read");
                    }
                }
                "locked" => {
                    locked = self.value::<String>(value);
                    if locked.as_deref().is_some_and(|day| date::parse(day).is_none()) {
                        self.fault(Some(value_at), "not a day of the calendar, YYYY-MM-DD");
                    }
                }
                "note" => note = self.value::<String>(value),
                "dataset" => match value.into_inner() {
                    DeValue::Array(entries) => {
                        for entry in entries {
                            let at = entry.span();
                            if let Some(entry) = self.value::<LockEntry>(entry) {
                                self.check(&entry, &dataset, at);
                                dataset.push(entry);
                            }
                        }
                    }
                    _ => self.fault(Some(value_at), "expected [[dataset]] entries"),
                },
                unknown => self.fault(Some(at), &format!("unknown key {unknown}")),
            }
        }
        for (key, missing) in [("version", version.is_none()), ("locked", locked.is_none())] {
            if missing && self.findings.is_empty() {
                self.fault(None, &format!("the key {key} is missing"));
            }
        }
        Some(Lock { version: version?, locked: locked?, note, dataset })
    }

    /// What the types cannot say about an entry.
    fn check(&mut self, entry: &LockEntry, before: &[LockEntry], at: Range<usize>) {
        let name = &entry.name;
        if before.iter().any(|other| other.name.eq_ignore_ascii_case(name)) {
            self.fault(Some(at.clone()), &format!("dataset {name} stands twice in the lock"));
        }
        for (key, digest) in [("sha256", &entry.sha256), ("content", &entry.content)] {
            if digest.len() != 64 || !digest.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')) {
                let message = format!("dataset {name}: {key} is not 64 hexadecimal digits in lower case");
                self.fault(Some(at.clone()), &message);
            }
        }
    }
}
