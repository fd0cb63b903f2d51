//! What differs between two locks, as data.
//!
//! Where the data of both are there, records are compared value by value; else by the digests of the records, which say
//! that a record changed and not how; else by the digests of the variables. Which of these it was is part of the
//! difference. A record is the same record in both if its key is: where keys repeat, equal records are taken away first,
//! and what is left is one changed record, or added and removed ones. No I/O.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::digest::{Cells, digests};
use super::records::{RecordDigest, Records};
use super::{Lock, LockEntry, LockHead, LockedVariable};
use crate::data::{Dataset, LockedData};

/// One of the two locks, and what is known beside it.
#[derive(Clone, Debug)]
pub struct Side {
    /// What it is called in messages.
    pub name: String,
    /// The lock.
    pub lock: Lock,
    /// The digests of its records, if they are there and those of the lock.
    pub records: Option<Records>,
    /// Its data, if they are there and those of the lock.
    pub data: Option<LockedData>,
}

/// By what two datasets were compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Basis {
    /// Value by value: the data of both are there.
    Values,
    /// By the digests of the records: which of them changed is known, and not how.
    Records,
    /// By the digests of the variables alone.
    Variables,
}

/// What became of a dataset, a variable or a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Change {
    /// Only in the new lock.
    Added,
    /// Only in the old lock.
    Removed,
    /// In both, and not the same.
    Changed,
}

/// What differs between two locks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LockDiff {
    /// The first lock.
    pub old: String,
    /// The second lock.
    pub new: String,
    /// What the heads say otherwise.
    pub head: Vec<Other>,
    /// The datasets that differ; those that do not are not listed.
    pub datasets: Vec<DatasetDiff>,
    /// The files beside the datasets that differ.
    pub files: Vec<Named>,
}

/// Something said in two ways.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Other {
    /// What: a key of the lock, or a property of a variable, or a variable of a record.
    pub what: String,
    /// How the first says it; none if it says nothing.
    pub old: Option<String>,
    /// How the second says it.
    pub new: Option<String>,
}

/// Something with a name that was added, removed or changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Named {
    /// Its name.
    pub name: String,
    /// What became of it.
    pub change: Change,
}

/// How a dataset differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DatasetDiff {
    /// The dataset.
    pub name: String,
    /// What became of it.
    pub change: Change,
    /// By what its records were compared.
    pub basis: Basis,
    /// Whether the data say the same, so that only the file differs.
    pub same_content: bool,
    /// Records in the first lock.
    pub old_records: u64,
    /// Records in the second.
    pub new_records: u64,
    /// The variables whose values are the key of a record.
    pub keys: Vec<String>,
    /// What else is said otherwise, such as file and format.
    pub head: Vec<Other>,
    /// Variables that differ.
    pub variables: Vec<VariableDiff>,
    /// Keys of the records that are new.
    pub added: Vec<String>,
    /// Keys of the records that are gone.
    pub removed: Vec<String>,
    /// The records that changed.
    pub changed: Vec<RecordDiff>,
}

/// How a variable differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct VariableDiff {
    /// The variable.
    pub name: String,
    /// What became of it.
    pub change: Change,
    /// Whether values of it differ; none where keys differ, so that nobody can say without the data.
    pub values: Option<bool>,
    /// What else differs: kind, label, format, length, missing.
    pub properties: Vec<Other>,
}

/// A record that changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RecordDiff {
    /// Its key: the values of the keys with tabs between.
    pub key: String,
    /// The values that changed; none if only digests could be compared.
    pub values: Vec<Other>,
}

impl LockDiff {
    /// Whether the two locks are of the same data, whatever else their heads say.
    #[must_use]
    pub fn is_same(&self) -> bool {
        self.datasets.iter().all(|dataset| dataset.same_content && dataset.variables.is_empty())
            && self.files.is_empty()
    }
}

/// Compares two locks.
#[must_use]
pub fn diff(old: &Side, new: &Side) -> LockDiff {
    let names: BTreeSet<&str> =
        old.lock.dataset.iter().chain(&new.lock.dataset).map(|entry| entry.name.as_str()).collect();
    let files: BTreeSet<&str> = old.lock.file.iter().chain(&new.lock.file).map(|file| file.name.as_str()).collect();
    let file = |side: &Side, name: &str| side.lock.file.iter().find(|file| file.name == name).cloned();
    let files = files.into_iter().filter_map(|name| {
        let (was, is) = (file(old, name), file(new, name));
        let same = was.as_ref().map(|file| &file.sha256) == is.as_ref().map(|file| &file.sha256);
        (!same).then(|| Named { name: name.to_owned(), change: change(was.is_some(), is.is_some()) })
    });
    LockDiff {
        old: old.name.clone(),
        new: new.name.clone(),
        head: heads(&old.lock.head, &new.lock.head),
        files: files.collect(),
        datasets: names.into_iter().filter_map(|name| dataset(name, old, new)).collect(),
    }
}

const fn change(was: bool, is: bool) -> Change {
    match (was, is) {
        (false, _) => Change::Added,
        (_, false) => Change::Removed,
        _ => Change::Changed,
    }
}

/// What is said otherwise.
fn others<const N: usize>(said: [(&str, Option<String>, Option<String>); N]) -> Vec<Other> {
    let said = said.into_iter().filter(|(_, old, new)| old != new);
    said.map(|(what, old, new)| Other { what: what.to_owned(), old, new }).collect()
}

fn heads(old: &LockHead, new: &LockHead) -> Vec<Other> {
    let dictionaries = |head: &LockHead| {
        let versions: Vec<String> =
            head.dictionaries.iter().map(|(name, version)| format!("{name} {version}")).collect();
        (!versions.is_empty()).then(|| versions.join(", "))
    };
    let some = |text: &String| Some(text.clone());
    others([
        ("study", some(&old.study), some(&new.study)),
        ("id", some(&old.id), some(&new.id)),
        ("kind", some(&old.kind), some(&new.kind)),
        ("locked", some(&old.locked), some(&new.locked)),
        ("cutoff", old.cutoff.clone(), new.cutoff.clone()),
        ("by", old.by.clone(), new.by.clone()),
        ("reason", old.reason.clone(), new.reason.clone()),
        ("program", some(&old.program), some(&new.program)),
        ("subject", some(&old.subject), some(&new.subject)),
        ("dictionaries", dictionaries(old), dictionaries(new)),
    ])
}

fn dataset(name: &str, old: &Side, new: &Side) -> Option<DatasetDiff> {
    let (was, is) = (old.lock.entry(name), new.lock.entry(name));
    let entry = is.or(was)?;
    let (was_records, is_records) = (was.map_or(0, |entry| entry.records), is.map_or(0, |entry| entry.records));
    let keys = if entry.keys.is_empty() { vec![new.lock.head.subject.clone()] } else { entry.keys.clone() };
    let mut diff = DatasetDiff {
        name: name.to_owned(),
        change: change(was.is_some(), is.is_some()),
        basis: Basis::Variables,
        same_content: false,
        old_records: was_records,
        new_records: is_records,
        keys,
        head: Vec::new(),
        variables: Vec::new(),
        added: Vec::new(),
        removed: Vec::new(),
        changed: Vec::new(),
    };
    let (Some(was), Some(is)) = (was, is) else { return Some(diff) };
    diff.same_content = was.content == is.content;
    diff.head = properties_of_files(was, is);
    diff.variables = variables(was, is);
    if !diff.same_content {
        let subjects_agree = old.lock.head.subject == new.lock.head.subject;
        if was.keys == is.keys && subjects_agree {
            compare_records(&mut diff, old, new);
        }
    }
    let differs = !diff.same_content || !diff.head.is_empty() || !diff.variables.is_empty();
    differs.then_some(diff)
}

fn properties_of_files(was: &LockEntry, is: &LockEntry) -> Vec<Other> {
    let keys = |entry: &LockEntry| (!entry.keys.is_empty()).then(|| entry.keys.join(", "));
    let text = |text: &str| Some(text.to_owned());
    others([
        ("file", text(&was.file), text(&is.file)),
        ("format", text(was.format.word()), text(is.format.word())),
        ("sha256", text(&was.sha256), text(&is.sha256)),
        ("bytes", Some(was.bytes.to_string()), Some(is.bytes.to_string())),
        ("records", Some(was.records.to_string()), Some(is.records.to_string())),
        ("subjects", Some(was.subjects.to_string()), Some(is.subjects.to_string())),
        ("keys", keys(was), keys(is)),
    ])
}

fn variables(was: &LockEntry, is: &LockEntry) -> Vec<VariableDiff> {
    let comparable = was.keys == is.keys;
    let variable_of =
        |entry: &LockEntry, name: &str| entry.variables.iter().find(|variable| variable.name == name).cloned();
    let mut names: Vec<&str> = is.variables.iter().map(|variable| variable.name.as_str()).collect();
    names.extend(
        was.variables.iter().map(|variable| variable.name.as_str()).filter(|name| variable_of(is, name).is_none()),
    );
    let differ = names.into_iter().filter_map(|name| {
        let (before, after) = (variable_of(was, name), variable_of(is, name));
        let (Some(before), Some(after)) = (&before, &after) else {
            let change = change(before.is_some(), after.is_some());
            return Some(VariableDiff { name: name.to_owned(), change, values: None, properties: Vec::new() });
        };
        let values = if comparable {
            Some(before.content != after.content)
        } else {
            (was.content == is.content).then_some(false)
        };
        let properties = properties(before, after);
        let differs = values == Some(true) || !properties.is_empty();
        differs.then(|| VariableDiff { name: name.to_owned(), change: Change::Changed, values, properties })
    });
    differ.collect()
}

fn properties(was: &LockedVariable, is: &LockedVariable) -> Vec<Other> {
    let label = |variable: &LockedVariable| (!variable.label.is_empty()).then(|| variable.label.clone());
    let length = |variable: &LockedVariable| variable.length.map(|length| length.to_string());
    others([
        ("kind", Some(was.kind.word().to_owned()), Some(is.kind.word().to_owned())),
        ("label", label(was), label(is)),
        ("format", was.format.clone(), is.format.clone()),
        ("length", length(was), length(is)),
        ("missing", Some(was.missing.to_string()), Some(is.missing.to_string())),
    ])
}

/// The digests of the records of a dataset of one side, and their rows if the data are there.
struct Recorded<'a> {
    records: Vec<RecordDigest>,
    data: Option<(&'a Dataset, Vec<u32>)>,
}

impl<'a> Recorded<'a> {
    fn of(side: &'a Side, name: &str, by_values: bool) -> Option<Self> {
        let data = side.data.as_ref().and_then(|data| data.datasets.get(name));
        let known = side.records.as_ref().and_then(|records| records.dataset(name));
        match (data, known) {
            (_, Some(known)) if !by_values => Some(Self { records: known.records.clone(), data: None }),
            (Some(data), _) => {
                let digests = digests(data, &side.lock.head.subject);
                Some(Self { records: digests.records, data: Some((data, digests.rows)) })
            }
            _ => None,
        }
    }
}

fn compare_records(diff: &mut DatasetDiff, old: &Side, new: &Side) {
    let name = diff.name.clone();
    let has_data = |side: &Side| side.data.as_ref().is_some_and(|data| data.datasets.contains_key(&name));
    let by_values = has_data(old) && has_data(new);
    let (Some(was), Some(is)) = (Recorded::of(old, &name, by_values), Recorded::of(new, &name, by_values)) else {
        return;
    };
    let values = match (&was.data, &is.data) {
        (Some(was), Some(is)) => Some(Values::of(was, is)),
        _ => None,
    };
    diff.basis = if values.is_some() { Basis::Values } else { Basis::Records };
    let mut by_key: BTreeMap<&str, (Vec<usize>, Vec<usize>)> = BTreeMap::new();
    for (at, record) in was.records.iter().enumerate() {
        by_key.entry(&record.key).or_default().0.push(at);
    }
    for (at, record) in is.records.iter().enumerate() {
        by_key.entry(&record.key).or_default().1.push(at);
    }
    for (key, (before, after)) in by_key {
        let (before, after) = unequal(before, after, &was.records, &is.records);
        if let ([before], [after]) = (before.as_slice(), after.as_slice()) {
            let values = values.as_ref().map_or_else(Vec::new, |values| values.compare(*before, *after));
            // With other variables every digest is another one; a record changed if a value did.
            if diff.basis == Basis::Records || !values.is_empty() {
                diff.changed.push(RecordDiff { key: key.to_owned(), values });
            }
            continue;
        }
        diff.removed.extend(before.iter().map(|_| key.to_owned()));
        diff.added.extend(after.iter().map(|_| key.to_owned()));
    }
}

/// The records of one key without those that are equal in both.
fn unequal(
    before: Vec<usize>,
    after: Vec<usize>,
    was: &[RecordDigest],
    is: &[RecordDigest],
) -> (Vec<usize>, Vec<usize>) {
    let mut counts: BTreeMap<[u8; 16], usize> = BTreeMap::new();
    for at in &after {
        *counts.entry(is[*at].digest).or_default() += 1;
    }
    let mut taken: BTreeMap<[u8; 16], usize> = BTreeMap::new();
    let mut take = |digest: [u8; 16]| match counts.get_mut(&digest) {
        Some(count) if *count > 0 => {
            *count -= 1;
            *taken.entry(digest).or_default() += 1;
            true
        }
        _ => false,
    };
    let before: Vec<usize> = before.into_iter().filter(|at| !take(was[*at].digest)).collect();
    let mut leave = |digest: [u8; 16]| match taken.get_mut(&digest) {
        Some(count) if *count > 0 => {
            *count -= 1;
            true
        }
        _ => false,
    };
    let after = after.into_iter().filter(|at| !leave(is[*at].digest)).collect();
    (before, after)
}

/// The values of the variables that both datasets have.
struct Values<'a> {
    common: Vec<(Cells<'a>, Cells<'a>)>,
    was: &'a [u32],
    is: &'a [u32],
}

impl<'a> Values<'a> {
    fn of(was: &'a (&'a Dataset, Vec<u32>), is: &'a (&'a Dataset, Vec<u32>)) -> Self {
        let mut before = Cells::of(was.0);
        let common = Cells::of(is.0).into_iter().filter_map(|after| {
            let at = before.iter().position(|before| before.name == after.name)?;
            Some((before.swap_remove(at), after))
        });
        Self { common: common.collect(), was: &was.1, is: &is.1 }
    }

    /// The values that differ between a record of the first and one of the second.
    fn compare(&self, before: usize, after: usize) -> Vec<Other> {
        let (before, after) = (self.was[before] as usize, self.is[after] as usize);
        let shown = self.common.iter().map(|(was, is)| (is.name, was.shown(before), is.shown(after)));
        let differ = shown.filter(|(_, old, new)| old != new);
        differ.map(|(name, old, new)| Other { what: name.to_owned(), old, new }).collect()
    }
}
