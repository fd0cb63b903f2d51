//! How a data file is to be read, as its entry in the specification says.

use std::collections::BTreeSet;

use crate::data::{Kind, Reading};
use crate::error::{Finding, Place};
use crate::spec::design::{DatasetEntry, ValueType};

/// What must be known to read the file. The variable of the subject is kept whatever else is.
pub(super) fn of(entry: &DatasetEntry, subject: &str) -> Reading {
    let kind = |of: ValueType| match of {
        ValueType::Number => Kind::Number,
        ValueType::Text => Kind::Text,
        ValueType::Date => Kind::Date,
        ValueType::DateTime => Kind::DateTime,
    };
    let subject = std::iter::once(subject.to_owned());
    Reading {
        text: entry.text.clone(),
        kinds: entry.types.iter().map(|(name, of)| (name.clone(), kind(*of))).collect(),
        missing: entry.missing.clone(),
        keep: entry.keep.as_ref().map(|keep| keep.iter().cloned().chain(subject).collect::<BTreeSet<_>>()),
        rows: entry.rows.iter().map(|(name, values)| (name.clone(), values.iter().cloned().collect())).collect(),
        ..Reading::default()
    }
}

/// What the entry of a file of another format says for CSV files only: it would have no effect.
pub(super) fn idle(entry: &DatasetEntry, place: &Place) -> Vec<Finding> {
    let said = [("types", entry.types.is_empty()), ("missing", entry.missing.is_empty())];
    let idle = said.iter().filter(|(_, absent)| !absent).map(|(key, _)| {
        let finding = Finding::error(place.clone(), format!("{key} is for CSV files only"));
        finding.hint("take it out: the file itself says of what types its variables are")
    });
    idle.collect()
}
