//! What differs between two data sets that should be one: a cut of a later lock, and the data as they were locked on that
//! day. Whatever differs was corrected meanwhile, or the cut did not restate it.

use std::collections::{BTreeMap, BTreeSet};

use crate::data::table::Values;
use crate::data::{Dataset, LockedData};

/// Pairs of differing records of one subject that are looked at; beyond, records are paired in their order.
const MOST_PAIRS: usize = 250_000;

/// A difference between two states of the data.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Correction {
    /// The dataset.
    pub dataset: String,
    /// The subject; empty where the record, or the dataset, has none.
    pub subject: String,
    /// What differs.
    pub what: Difference,
}

/// What differs in a dataset.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Difference {
    /// A variable that only one of them has, or that is of another kind.
    Variable(String),
    /// A value of a record, with what it was and is; none is missing.
    Value {
        /// The variable.
        variable: String,
        /// As it was.
        was: Option<String>,
        /// As it is.
        is: Option<String>,
    },
    /// A record that only the older state has.
    Removed,
    /// A record that only the newer state has.
    Added,
    /// The whole dataset, which only one of them has.
    Dataset,
}

/// What differs between an older and a newer state of the same data, by dataset, subject and variable, in that order.
///
/// Datasets of equal digests are equal and not looked at. Elsewhere, records of a subject that both states have are set
/// aside, and what is left is paired, fewest differing values first: a corrected record is named by the values that
/// were corrected, without keys. Records that find no partner that agrees in half of the variables were removed or added.
#[must_use]
pub fn corrections(old: &LockedData, new: &LockedData, subject: &str) -> Vec<Correction> {
    let names: BTreeSet<&String> = old.datasets.keys().chain(new.datasets.keys()).collect();
    let mut corrections = Vec::new();
    for name in names {
        match (old.datasets.get(name), new.datasets.get(name)) {
            (Some(old), Some(new)) if old.content == new.content => {}
            (Some(old), Some(new)) => corrections.extend(of_dataset(old, new, subject)),
            _ => {
                let what = Difference::Dataset;
                corrections.push(Correction { dataset: name.clone(), subject: String::new(), what });
            }
        }
    }
    corrections.sort();
    corrections
}

/// A record: its values as a person writes them.
type Record = Vec<Option<String>>;

fn of_dataset(old: &Dataset, new: &Dataset, subject: &str) -> Vec<Correction> {
    let correction = |subject: &str, what| Correction { dataset: old.name.clone(), subject: subject.to_owned(), what };
    let kinds = |own: &Dataset| -> BTreeSet<(String, &'static str)> {
        own.variables.iter().map(|variable| (variable.name.clone(), variable.kind.word())).collect()
    };
    let (before, after) = (kinds(old), kinds(new));
    let unlike: BTreeSet<&String> = before.symmetric_difference(&after).map(|(name, _)| name).collect();
    let mut corrections: Vec<Correction> =
        unlike.into_iter().map(|name| correction("", Difference::Variable(name.clone()))).collect();
    let shared: Vec<&str> = before.intersection(&after).map(|(name, _)| name.as_str()).collect();
    let (mut before, mut after) = (by_subject(old, subject, &shared), by_subject(new, subject, &shared));
    let subjects: BTreeSet<String> = before.keys().chain(after.keys()).cloned().collect();
    for subject in subjects {
        let was = before.remove(&subject).unwrap_or_default();
        let is = after.remove(&subject).unwrap_or_default();
        let (was, is) = without_common(was, is);
        for (was, is) in paired(was, is) {
            let what = match (was, is) {
                (Some(_), None) => vec![Difference::Removed],
                (None, Some(_)) => vec![Difference::Added],
                (was, is) => values(&shared, &was.unwrap_or_default(), &is.unwrap_or_default()),
            };
            corrections.extend(what.into_iter().map(|what| correction(&subject, what)));
        }
    }
    corrections
}

/// The records of each subject, with the shared variables only.
fn by_subject(dataset: &Dataset, subject: &str, shared: &[&str]) -> BTreeMap<String, Vec<Record>> {
    let of = |name: &str| dataset.frame.column(name).ok().and_then(Values::of);
    let columns: Vec<Option<Values>> = shared.iter().map(|name| of(name)).collect();
    let subjects = of(subject);
    let mut records: BTreeMap<String, Vec<Record>> = BTreeMap::new();
    for row in 0..dataset.frame.height() {
        let shown = |values: &Option<Values>| values.as_ref().and_then(|values| values.shown(row));
        let record = columns.iter().map(shown).collect();
        records.entry(shown(&subjects).unwrap_or_default()).or_default().push(record);
    }
    records
}

/// Both lists without the records that stand in both, each as often as it does.
fn without_common(was: Vec<Record>, is: Vec<Record>) -> (Vec<Record>, Vec<Record>) {
    let mut balance: BTreeMap<Record, (usize, usize)> = BTreeMap::new();
    for record in was {
        balance.entry(record).or_default().0 += 1;
    }
    for record in is {
        balance.entry(record).or_default().1 += 1;
    }
    let (mut only_was, mut only_is) = (Vec::new(), Vec::new());
    for (record, (old, new)) in balance {
        only_was.extend(std::iter::repeat_n(record.clone(), old.saturating_sub(new)));
        only_is.extend(std::iter::repeat_n(record, new.saturating_sub(old)));
    }
    (only_was, only_is)
}

/// Records with their partners: those that differ least first.
fn paired(was: Vec<Record>, is: Vec<Record>) -> Vec<(Option<Record>, Option<Record>)> {
    let distance = |a: &Record, b: &Record| a.iter().zip(b).filter(|(a, b)| a != b).count();
    let mut pairs: Vec<(usize, usize, usize)> = Vec::new();
    if was.len().saturating_mul(is.len()) <= MOST_PAIRS {
        for (i, old) in was.iter().enumerate() {
            pairs.extend(is.iter().enumerate().map(|(j, new)| (distance(old, new), i, j)));
        }
    } else {
        pairs.extend(was.iter().zip(&is).enumerate().map(|(at, (old, new))| (distance(old, new), at, at)));
    }
    pairs.sort_unstable();
    let mut was: Vec<Option<Record>> = was.into_iter().map(Some).collect();
    let mut is: Vec<Option<Record>> = is.into_iter().map(Some).collect();
    let mut partners = Vec::new();
    for (differing, i, j) in pairs {
        let variables = was[i].as_ref().map_or(0, Vec::len);
        // More than half of the values: it is another record.
        if differing * 2 <= variables && was[i].is_some() && is[j].is_some() {
            partners.push((was[i].take(), is[j].take()));
        }
    }
    partners.extend(was.into_iter().flatten().map(|record| (Some(record), None)));
    partners.extend(is.into_iter().flatten().map(|record| (None, Some(record))));
    partners
}

fn values(shared: &[&str], was: &Record, is: &Record) -> Vec<Difference> {
    let differing = shared.iter().zip(was.iter().zip(is)).filter(|(_, (was, is))| was != is);
    let difference = |(variable, (was, is)): (&&str, (&Option<String>, &Option<String>))| Difference::Value {
        variable: (*variable).to_owned(),
        was: was.clone(),
        is: is.clone(),
    };
    differing.map(difference).collect()
}
