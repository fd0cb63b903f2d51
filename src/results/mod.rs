//! The waist: every number of the report is a [`Row`]; records of listings are [`Extract`]s. Nothing else crosses from
//! the analyses to the displays, and both round-trip through files.

mod catalogue;
mod family;
mod method;
mod of_arms;
mod provenance;
mod row;
pub mod store;

pub use catalogue::{Decimals, Reason, Statistic};
pub use family::Family;
pub use method::Method;
pub use provenance::{
    AnalysisSource, Built, ConformanceAcceptance, ConformanceRow, CutGiven, CutSource, DataCut, DataQuality,
    DataSource, EditionShown, Provenance, RuleSource,
};
pub use row::{Key, Row, Value, conf_level_key};

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The level that stands for a missing one in the counts of a shift.
pub const MISSING_LEVEL: &str = "MISSING";

/// The numbers of responders among so many imputed for which completions are analysed: all of them up to a dozen, and
/// of more a dozen even steps from none to all. The ends, worst and best case, are always among them.
#[must_use]
pub fn completions(imputed: u64) -> Vec<u64> {
    const STEPS: u64 = 12;
    if imputed <= STEPS {
        return (0..=imputed).collect();
    }
    (0..=STEPS).map(|step| (imputed * step + STEPS / 2) / STEPS).collect()
}

/// All results of a run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Results {
    /// The numbers, in the order of the specification.
    pub rows: Vec<Row>,
    /// The records of listings.
    pub extracts: Vec<Extract>,
    /// Derived values as datasets. They are no part of the results file: they can be as large as the data.
    #[serde(skip)]
    pub datasets: Vec<Dataset>,
}

/// A dataset of derived values, as its file will hold it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dataset {
    /// Its name.
    pub name: String,
    /// Comma-separated values with a header.
    pub csv: String,
}

impl Dataset {
    /// Adds a line of fields.
    pub fn push<'a>(&mut self, fields: impl Iterator<Item = &'a str>) {
        for (position, field) in fields.enumerate() {
            if position > 0 {
                self.csv.push(',');
            }
            store::quote_into(&mut self.csv, field);
        }
        self.csv.push('\n');
    }
}

/// Records of a listing: columns and lines of plain text, in a fixed order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Extract {
    /// The display it belongs to.
    pub id: String,
    /// Names of the columns.
    pub columns: Vec<String>,
    /// The lines, one text a column; empty where there is no value.
    pub lines: Vec<Vec<String>>,
}

/// Results that can be looked up by key.
#[derive(Debug)]
pub struct Lookup<'a> {
    rows: &'a [Row],
    by_key: BTreeMap<&'a Key, &'a Row>,
    examples: bool,
}

impl<'a> Lookup<'a> {
    /// The rows of `results` by key.
    #[must_use]
    pub fn new(results: &'a Results) -> Self {
        let by_key = results.rows.iter().map(|row| (&row.key, row)).collect();
        Self { rows: &results.rows, by_key, examples: false }
    }

    /// Rows that only give examples of keys: there are no data, and every other row is missing without harm.
    #[must_use]
    pub fn examples(results: &'a Results) -> Self {
        Self { examples: true, ..Self::new(results) }
    }

    /// Whether the rows are examples.
    #[must_use]
    pub const fn is_of_examples(&self) -> bool {
        self.examples
    }

    /// All keys, in the order of the results.
    pub fn keys(&self) -> impl Iterator<Item = &'a Key> {
        self.rows.iter().map(|row| &row.key)
    }

    /// The row of this key.
    #[must_use]
    pub fn get(&self, key: &Key) -> Option<&'a Row> {
        self.by_key.get(key).copied()
    }
}

impl Results {
    /// Keys that stand on more than one row. Always empty; the pipeline refuses to go on otherwise.
    #[must_use]
    pub fn repeated_keys(&self) -> Vec<&Key> {
        let mut seen = std::collections::BTreeSet::new();
        self.rows.iter().map(|row| &row.key).filter(|key| !seen.insert(*key)).collect()
    }

    /// How many results have no value.
    #[must_use]
    pub fn not_estimable(&self) -> usize {
        self.rows.iter().filter(|row| matches!(row.value, Value::NotEstimable(_))).count()
    }

    /// The extract of a display.
    #[must_use]
    pub fn extract(&self, id: &str) -> Option<&Extract> {
        self.extracts.iter().find(|extract| extract.id == id)
    }
}

#[cfg(test)]
mod tests {
    use super::completions;

    #[test]
    fn completions_are_all_or_even_steps_with_both_ends() {
        assert_eq!(completions(0), [0]);
        assert_eq!(completions(3), [0, 1, 2, 3]);
        assert_eq!(completions(24), [0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24]);
        assert_eq!((completions(1000).len(), completions(1000).last()), (13, Some(&1000)));
    }
}
