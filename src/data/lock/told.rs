//! The difference of two locks in words, for a terminal. The whole of it is the data type; here long lists are cut.

use std::fmt::{self, Display, Formatter};

use super::diff::{Basis, Change, DatasetDiff, LockDiff, Other, RecordDiff, VariableDiff};
use crate::error::harmless;

/// Records listed of each sort.
const LISTED: usize = 20;
/// Values listed of one record.
const VALUES: usize = 8;

impl Display for LockDiff {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(f, "old: {}\nnew: {}", harmless(&self.old), harmless(&self.new))?;
        for other in &self.head {
            writeln!(f, "{}", said(other))?;
        }
        for file in &self.files {
            writeln!(f, "file {}: {}", harmless(&file.name), word(file.change))?;
        }
        for dataset in &self.datasets {
            write!(f, "\n{}", Told(dataset))?;
        }
        if self.is_same() {
            writeln!(f, "the data are the same")?;
        }
        Ok(())
    }
}

struct Told<'a>(&'a DatasetDiff);

impl Display for Told<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let DatasetDiff { name, change, basis, same_content, old_records, new_records, .. } = self.0;
        let name = harmless(name);
        match change {
            Change::Added => return writeln!(f, "{name}: added, {new_records} records"),
            Change::Removed => return writeln!(f, "{name}: removed, {old_records} records"),
            Change::Changed if *same_content => writeln!(f, "{name}: the same data in another file")?,
            Change::Changed => {
                writeln!(f, "{name}: {old_records} records, now {new_records}; {}", by(*basis))?;
            }
        }
        for other in &self.0.head {
            writeln!(f, "  {}", said(other))?;
        }
        for VariableDiff { name, change, values, properties } in &self.0.variables {
            let what = match (change, values) {
                (Change::Changed, Some(true)) => "other values",
                (Change::Changed, Some(false)) => "the same values",
                (Change::Changed, None) => "values that cannot be compared, since the keys differ",
                (change, _) => word(*change),
            };
            let properties = std::iter::once(what.to_owned()).chain(properties.iter().map(said)).collect::<Vec<_>>();
            writeln!(f, "  variable {}: {}", harmless(name), properties.join("; "))?;
        }
        let keys = |key: &str| {
            let values = key.split('\t').zip(&self.0.keys);
            values.map(|(value, key)| harmless(&format!("{key}={value}"))).collect::<Vec<_>>().join(" ")
        };
        for (what, records) in [("added", &self.0.added), ("removed", &self.0.removed)] {
            for key in records.iter().take(LISTED) {
                writeln!(f, "  {what}: {}", keys(key))?;
            }
            rest(f, what, records.len(), LISTED)?;
        }
        for RecordDiff { key, values } in self.0.changed.iter().take(LISTED) {
            let told: Vec<String> = values.iter().take(VALUES).map(said).collect();
            let more =
                if values.len() > VALUES { format!(", and {} more", values.len() - VALUES) } else { String::new() };
            let colon = if told.is_empty() { "" } else { ": " };
            writeln!(f, "  changed: {}{colon}{}{more}", keys(key), told.join(", "))?;
        }
        rest(f, "changed", self.0.changed.len(), LISTED)
    }
}

fn rest(f: &mut Formatter<'_>, what: &str, number: usize, listed: usize) -> fmt::Result {
    if number > listed { writeln!(f, "  … and {} more {what}", number - listed) } else { Ok(()) }
}

fn said(Other { what, old, new }: &Other) -> String {
    let shown = |value: &Option<String>| value.as_ref().map_or_else(|| "nothing".to_owned(), |value| short(value));
    harmless(&format!("{what} {} -> {}", shown(old), shown(new)))
}

/// Long texts cut, so that one value does not fill the terminal.
fn short(value: &str) -> String {
    const MOST: usize = 60;
    let mut characters = value.chars();
    let start: String = characters.by_ref().take(MOST).collect();
    if characters.next().is_some() { format!("{start:?}…") } else { format!("{start:?}") }
}

const fn word(change: Change) -> &'static str {
    match change {
        Change::Added => "added",
        Change::Removed => "removed",
        Change::Changed => "changed",
    }
}

const fn by(basis: Basis) -> &'static str {
    match basis {
        Basis::Values => "compared value by value",
        Basis::Records => "compared by the digests of the records",
        Basis::Variables => "compared by the digests of the variables alone",
    }
}
