//! Instruments of several items: what the items are, what their values amount to, and which totals, counts and moves
//! are made of them.

use std::collections::BTreeMap;

use serde::Deserialize;

/// An instrument of several items.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ScoreInstrument {
    /// Label.
    pub label: String,
    /// Where items, weights and rules come from.
    pub source: String,
    /// The values an item may have, and how many points each is worth before the weight of the item. A value written as
    /// a number is compared as a number.
    pub values: BTreeMap<String, f64>,
    /// Whether values are words (grades) rather than numbers.
    #[serde(default)]
    pub words: bool,
    /// Values that mean that an item was not assessed.
    #[serde(default)]
    pub missing: Vec<String>,
    /// The items, in order.
    pub item: Vec<ScoreItem>,
    /// The totals; the first carries the name of the score.
    pub total: Vec<Total>,
    /// Counts of items by value.
    #[serde(default)]
    pub count: Vec<Counted>,
    /// Counts of items by how their value moved.
    #[serde(default)]
    pub r#move: Vec<Move>,
}

/// An item.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ScoreItem {
    /// Identifier.
    pub id: String,
    /// Its code in data, unless the study says otherwise.
    pub code: String,
    /// Label.
    pub label: String,
    /// Its group.
    #[serde(default)]
    pub group: String,
    /// What its points are multiplied by.
    #[serde(default = "one")]
    pub weight: f64,
}

const fn one() -> f64 {
    1.0
}

/// A total: the sum of the points of some items; missing if one of them is.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Total {
    /// Identifier.
    pub id: String,
    /// Its code in exported data.
    pub code: String,
    /// Label.
    pub label: String,
    /// Only items of these groups; all if empty.
    #[serde(default)]
    pub groups: Vec<String>,
    /// Without the items of these groups.
    #[serde(default)]
    pub without: Vec<String>,
}

impl Total {
    /// Whether an item enters.
    #[must_use]
    pub fn has(&self, item: &ScoreItem) -> bool {
        (self.groups.is_empty() || self.groups.contains(&item.group)) && !self.without.contains(&item.group)
    }
}

/// How many items have one of some values.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Counted {
    /// Identifier.
    pub id: String,
    /// Its code in exported data.
    pub code: String,
    /// Label.
    pub label: String,
    /// The values.
    pub values: Vec<String>,
}

/// How many items moved from one of some values to one of some others. An item without value at the visit cannot be
/// told; nor can one whose value at the visit would be a move, where the earlier value is missing.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Move {
    /// Identifier.
    pub id: String,
    /// Label.
    pub label: String,
    /// The earlier value.
    pub against: Against,
    /// The moves counted.
    pub steps: Vec<Step>,
    /// Whether such a move contradicts the instrument: it is a warning, by subject.
    #[serde(default)]
    pub query: bool,
}

/// The earlier value of a move.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Against {
    /// That at baseline.
    Baseline,
    /// The last earlier one, baseline included.
    Previous,
}

/// From one of some values to one of others.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Step {
    /// The earlier value is one of these.
    pub from: Vec<String>,
    /// The value is one of these.
    pub to: Vec<String>,
}

impl ScoreInstrument {
    /// The columns a score of this instrument gives in a frame, and whether they hold texts.
    #[must_use]
    pub fn columns(&self, name: &str) -> Vec<(String, bool)> {
        let mut all = Vec::new();
        let mut pair = |column: String, words: bool| {
            let base = format!("{column}_base");
            all.extend([(column, words), (base, words)]);
        };
        for (position, total) in self.total.iter().enumerate() {
            pair(Self::total_column(name, position, total), false);
        }
        for bound in ["low", "high", "missing"] {
            pair(format!("{name}_{bound}"), false);
        }
        for count in &self.count {
            pair(format!("{name}_{}", count.id), false);
        }
        for item in &self.item {
            pair(format!("{name}_{}", item.id), self.words);
        }
        for own in &self.r#move {
            all.extend([(format!("{name}_{}", own.id), false), (format!("{name}_{}_open", own.id), false)]);
        }
        all
    }

    /// The column of a total: the first one carries the name of the score.
    #[must_use]
    pub fn total_column(name: &str, position: usize, total: &Total) -> String {
        if position == 0 { name.to_owned() } else { format!("{name}_{}", total.id) }
    }
}

/// The shipped score instrument of this name.
#[must_use]
pub fn score(name: &str) -> Option<ScoreInstrument> {
    toml::from_str(super::text(super::SCORES, name)?).ok()
}
