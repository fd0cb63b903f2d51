//! Instruments: clinical knowledge as data, shipped inside the binary. Their bytes are hashed into the provenance.

use std::collections::BTreeMap;

use include_dir::{Dir, include_dir};
use serde::Deserialize;

/// The folder of instrument files.
static FOLDER: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/src/instruments");

/// The name of the file with the conversions of units; all others are instruments.
const UNITS: &str = "units";

/// The files shipped, by name: name and text.
#[must_use]
pub fn shipped() -> Vec<(String, &'static str)> {
    let mut files: Vec<(String, &str)> = FOLDER
        .files()
        .filter_map(|file| Some((file.path().file_stem()?.to_str()?.to_owned(), file.contents_utf8()?)))
        .collect();
    files.sort();
    files
}

/// Names of the instruments for doses.
#[must_use]
pub fn dose_names() -> Vec<String> {
    shipped().into_iter().map(|(name, _)| name).filter(|name| name != UNITS).collect()
}

/// Conversions of units.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Units {
    /// Conversions by name.
    pub conversion: BTreeMap<String, Conversion>,
}

/// One conversion.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Conversion {
    /// Where the factors come from.
    pub source: String,
    /// How many of each unit make the same quantity.
    pub units: BTreeMap<String, f64>,
}

impl Conversion {
    /// The factor that turns a value in `from` into one in `to`.
    #[must_use]
    pub fn factor(&self, from: &str, to: &str) -> Option<f64> {
        Some(self.units.get(to)? / self.units.get(from)?)
    }
}

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

/// The shipped conversions.
///
/// # Panics
/// Never for a build whose tests pass: the shipped file is read by one of them.
#[must_use]
pub fn units() -> Units {
    let files = shipped();
    let text = files.iter().find(|(name, _)| name == UNITS).map_or("", |(_, text)| *text);
    toml::from_str(text).expect("the shipped conversions are valid")
}

/// The shipped dose instrument of this name.
#[must_use]
pub fn dose(name: &str) -> Option<DoseInstrument> {
    let files = shipped();
    let (_, text) = files.iter().find(|(shipped, _)| shipped == name && name != UNITS)?;
    toml::from_str(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_instruments_are_valid() {
        let units = units();
        assert!(!units.conversion.is_empty());
        for (name, conversion) in &units.conversion {
            assert!(conversion.units.values().all(|factor| *factor > 0.0), "{name}");
            for unit in conversion.units.keys() {
                assert_eq!(conversion.factor(unit, unit), Some(1.0));
            }
        }
        assert!(!dose_names().is_empty());
        for name in dose_names() {
            assert!(dose(&name).is_some(), "{name}");
        }
    }
}
