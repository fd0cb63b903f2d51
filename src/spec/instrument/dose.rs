//! How medication records become daily doses.

use std::collections::BTreeMap;

use serde::Deserialize;

/// How medication records become daily doses.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct DoseInstrument {
    /// Label.
    pub label: String,
    /// Unit of the daily dose.
    pub unit: String,
    /// Where the equivalents come from.
    pub source: String,
    /// The amount of the drug in whose terms doses are given, that the amounts in `drugs` equal.
    pub equals: f64,
    /// Drugs, in capital letters, and the amount of each that equals `equals`.
    pub drugs: BTreeMap<String, f64>,
    /// How many of each unit make one unit of the amounts in `drugs`.
    pub amount_units: BTreeMap<String, f64>,
    /// Intakes a day, by frequency code.
    pub frequencies: BTreeMap<String, f64>,
    /// Frequency codes of a single intake.
    pub once: Vec<String>,
    /// Routes that count.
    pub systemic: Vec<String>,
    /// Routes that count as zero.
    pub local: Vec<String>,
}

/// The shipped dose instrument of this name.
#[must_use]
pub fn dose(name: &str) -> Option<DoseInstrument> {
    toml::from_str(super::text(super::DOSES, name)?).ok()
}
