//! Reads the manifest without trust: what is not exactly what `lock` writes is refused, with its place.
//!
//! Keys that are unknown or stand twice, digests of another length or in upper case, paths that lead out of the data
//! folder, names that differ in letter case or Unicode form only: a parser that takes the last of two keys, or a file
//! system that takes two names for one, would let a person read something else than the program. No I/O.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use toml::Spanned;
use toml::de::{DeTable, DeValue};
use unicode_normalization::UnicodeNormalization;

use super::folder::is_beneath;
use super::manifest::VERSION;
use super::{Lock, LockEntry, LockHead, LockedFile};
use crate::data::date;
use crate::error::{Error, Finding, Place, Stage, nearest};

/// The keys of the head, and what follows it.
const KEYS: [&str; 15] = [
    "version",
    "study",
    "id",
    "kind",
    "locked",
    "cutoff",
    "by",
    "reason",
    "program",
    "subject",
    "previous",
    "dictionaries",
    "digests",
    "dataset",
    "file",
];

/// What two names must not have in common: letter case and Unicode form are taken away.
pub(super) fn folded(name: &str) -> String {
    name.nfkc().flat_map(char::to_lowercase).nfkc().collect()
}

fn is_digest(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

fn digest<'de, D: Deserializer<'de>>(deserializer: D, key: &str) -> Result<String, D::Error> {
    let text = String::deserialize(deserializer)?;
    if is_digest(&text) {
        return Ok(text);
    }
    Err(D::Error::custom(format!("{key} is not 64 hexadecimal digits in lower case")))
}

/// A digest of bytes.
pub(super) fn sha256<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    digest(deserializer, "sha256")
}

/// A digest of what data say.
pub(super) fn content<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    digest(deserializer, "content")
}

/// A path that stays in the data folder.
pub(super) fn path<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let text = String::deserialize(deserializer)?;
    if is_beneath(Path::new(&text)) && !text.contains(char::is_control) {
        return Ok(text);
    }
    Err(D::Error::custom(format!("{text:?} does not lie in the data folder")))
}

/// Reads a lock; see [`Lock::parse`].
pub(super) fn lock(text: &str, origin: &str) -> Result<Lock, Error> {
    let mut reader = Reader { text, origin, findings: Vec::new() };
    let (document, faults) = DeTable::parse_recoverable(text);
    for fault in &faults {
        reader.fault(fault.span(), fault.message());
    }
    let lock = if faults.is_empty() { reader.lock(document.into_inner()) } else { None };
    Error::unless_clean(Stage::Lock, reader.findings)?;
    let incomplete = || Finding::error(Place::file(origin), "the lock is incomplete");
    lock.ok_or_else(|| Error::one(Stage::Lock, incomplete()))
}

/// Reads a document part by part, so that one mistake does not hide the next.
struct Reader<'a> {
    text: &'a str,
    origin: &'a str,
    findings: Vec<Finding>,
}

impl Reader<'_> {
    fn place(&self, span: Option<Range<usize>>) -> Place {
        span.and_then(|span| self.text.get(..span.start)).map_or_else(
            || Place::file(self.origin),
            |before| {
                let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
                let line = 1 + before.bytes().filter(|byte| *byte == b'\n').count();
                Place::at(self.origin, line, 1 + before[line_start..].chars().count())
            },
        )
    }

    fn fault(&mut self, span: Option<Range<usize>>, message: &str) {
        let place = self.place(span);
        self.findings.push(Finding::error(place, message.trim_end().replace('\n', ", ")));
    }

    /// A value as a type of ours.
    fn value<T: for<'de> Deserialize<'de>>(&mut self, value: Spanned<DeValue<'_>>) -> Option<T> {
        let span = value.span();
        let read = T::deserialize(toml::de::ValueDeserializer::from(value));
        read.map_err(|error| self.fault(error.span().or(Some(span)), error.message())).ok()
    }

    fn lock(&mut self, document: DeTable<'_>) -> Option<Lock> {
        let mut parts: BTreeMap<&str, Spanned<DeValue<'_>>> = BTreeMap::new();
        for (key, value) in document {
            let at = key.span();
            let name = key.into_inner();
            if let Some(known) = KEYS.iter().find(|known| **known == name) {
                parts.insert(known, value);
            } else {
                let finding = Finding::error(self.place(Some(at)), format!("unknown key {name}"));
                let near = nearest(&name, KEYS).map(|near| format!("did you mean {near}?"));
                self.findings.push(Finding { hint: near, ..finding });
            }
        }
        self.version(parts.remove("version"))?;
        let optional = |this: &mut Self, key: &str, parts: &mut BTreeMap<&str, Spanned<DeValue<'_>>>| {
            parts.remove(key).and_then(|value| this.value::<String>(value))
        };
        let cutoff_at = parts.get("cutoff").map(Spanned::span);
        let previous_at = parts.get("previous").map(Spanned::span);
        let cutoff = optional(self, "cutoff", &mut parts);
        let (by, reason) = (optional(self, "by", &mut parts), optional(self, "reason", &mut parts));
        let previous = optional(self, "previous", &mut parts);
        let dictionaries = parts.remove("dictionaries").and_then(|value| self.value(value)).unwrap_or_default();
        let dataset: Vec<(LockEntry, Range<usize>)> = self.list("dataset", parts.remove("dataset"));
        let file: Vec<(LockedFile, Range<usize>)> = self.list("file", parts.remove("file"));
        let (locked_at, digests_at) = (parts.get("locked").map(Spanned::span), parts.get("digests").map(Spanned::span));
        let mut required = |this: &mut Self, key: &str| {
            if !parts.contains_key(key) {
                this.fault(None, &format!("the key {key} is missing"));
            }
            parts.remove(key).and_then(|value| this.value::<String>(value))
        };
        let (study, id, kind) = (required(self, "study"), required(self, "id"), required(self, "kind"));
        let (locked, program) = (required(self, "locked"), required(self, "program"));
        let (subject, digests) = (required(self, "subject"), required(self, "digests"));
        for (day, at) in [(&locked, locked_at), (&cutoff, cutoff_at)] {
            if day.as_deref().is_some_and(|day| date::parse(day).is_none()) {
                self.fault(at, "not a day of the calendar, YYYY-MM-DD");
            }
        }
        for (key, digest, at) in [("digests", &digests, digests_at), ("previous", &previous, previous_at)] {
            if digest.as_deref().is_some_and(|digest| !is_digest(digest)) {
                self.fault(at, &format!("{key} is not 64 hexadecimal digits in lower case"));
            }
        }
        self.names(&dataset, &file);
        let (study, id, kind, locked) = (study?, id?, kind?, locked?);
        let (program, subject, digests) = (program?, subject?, digests?);
        let head = LockHead { study, id, kind, locked, cutoff, by, reason, program, subject, previous, dictionaries };
        let dataset = dataset.into_iter().map(|(entry, _)| entry).collect();
        Some(Lock { head, digests, dataset, file: file.into_iter().map(|(entry, _)| entry).collect() })
    }

    /// Of a file of another version nothing else is said: its keys mean other things.
    fn version(&mut self, value: Option<Spanned<DeValue<'_>>>) -> Option<()> {
        let Some(value) = value else {
            self.fault(None, "the key version is missing");
            return None;
        };
        let at = value.span();
        let version = self.value::<u32>(value)?;
        if version != VERSION {
            let message = format!("this is version {version} of the lock file, and only version {VERSION} is read");
            self.findings =
                vec![Finding::error(self.place(Some(at)), message).hint("lock the data again: trialpress lock STUDY")];
            return None;
        }
        Some(())
    }

    fn list<T: for<'de> Deserialize<'de>>(
        &mut self,
        key: &str,
        value: Option<Spanned<DeValue<'_>>>,
    ) -> Vec<(T, Range<usize>)> {
        let Some(value) = value else { return Vec::new() };
        let at = value.span();
        let DeValue::Array(entries) = value.into_inner() else {
            self.fault(Some(at), &format!("expected [[{key}]] entries"));
            return Vec::new();
        };
        let entries = entries.into_iter().map(|entry| (entry.span(), entry));
        entries.filter_map(|(at, entry)| self.value(entry).map(|entry| (entry, at))).collect()
    }

    /// What the types cannot say: nothing stands twice, whatever its letter case.
    fn names(&mut self, dataset: &[(LockEntry, Range<usize>)], file: &[(LockedFile, Range<usize>)]) {
        let datasets = dataset.iter().map(|(entry, at)| ("dataset", &entry.name, at));
        let plain = file.iter().map(|(entry, at)| ("file", &entry.name, at));
        let paths = dataset.iter().map(|(entry, at)| ("path", &entry.file, at));
        let paths = paths.chain(file.iter().map(|(entry, at)| ("path", &entry.file, at)));
        let mut seen: BTreeMap<(&str, String), &str> = BTreeMap::new();
        for (what, name, at) in datasets.chain(plain).chain(paths) {
            if let Some(before) = seen.insert((what, folded(name)), name) {
                self.fault(Some(at.clone()), &twice(what, before, name));
            }
        }
        for (entry, at) in dataset {
            let mut seen: BTreeMap<String, &str> = BTreeMap::new();
            for variable in &entry.variables {
                if let Some(before) = seen.insert(folded(&variable.name), &variable.name) {
                    let message = format!("{}: {}", entry.name, twice("variable", before, &variable.name));
                    self.fault(Some(at.clone()), &message);
                }
            }
            for key in entry.keys.iter().filter(|key| !entry.variables.iter().any(|variable| variable.name == **key)) {
                self.fault(Some(at.clone()), &format!("{}: the key {key} is not a variable", entry.name));
            }
        }
    }
}

fn twice(what: &str, before: &str, name: &str) -> String {
    if before == name {
        format!("{what} {name} stands twice in the lock")
    } else {
        format!("{what} {name} stands twice in the lock: {before} differs in letter case or Unicode form only")
    }
}
