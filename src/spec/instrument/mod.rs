//! Instruments: clinical knowledge as data, shipped inside the binary. Their bytes are hashed into the provenance.
//!
//! `units.toml` has the conversions; `doses/`, `scores/`, `rules/`, `grades/`, `checklists/` and `conformance/` have one
//! instrument a file.

mod checklist;
mod conformance;
mod dose;
mod grades;
mod rules;
mod score;

pub use checklist::{CheckName, ChecklistFact, ChecklistInstrument, ChecklistItem, ItemKind, MachineCheck, checklist};
pub use conformance::{ConformanceInstrument, conformance};
pub use dose::{DoseInstrument, dose};
pub use grades::{Analyte, Direction, Grade, GradeInstrument, grades};
pub use rules::{Parameter, RuleDerivation, RuleInstrument, expanded, rules};
pub use score::{Against, Counted, Move, ScoreInstrument, ScoreItem, Step, Total, score};

use std::collections::BTreeMap;

use include_dir::{Dir, include_dir};
use serde::Deserialize;

/// The folder of instrument files.
static FOLDER: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/src/instruments");

/// The kinds of instruments: the folders of their files.
pub const DOSES: &str = "doses";
/// Instruments of several items.
pub const SCORES: &str = "scores";
/// Derivations to be used by name.
pub const RULES: &str = "rules";

/// Gradings of measurements.
pub const GRADES: &str = "grades";
/// Checklists of reporting guidelines.
pub const CHECKLISTS: &str = "checklists";
/// Rules that data must hold.
pub const CONFORMANCE: &str = "conformance";

/// The files shipped: their paths without ending, in order, and their texts.
#[must_use]
pub fn shipped() -> Vec<(String, &'static str)> {
    let folders =
        [DOSES, SCORES, RULES, GRADES, CHECKLISTS, CONFORMANCE].into_iter().filter_map(|kind| FOLDER.get_dir(kind));
    let mut files: Vec<(String, &str)> = std::iter::once(&FOLDER)
        .chain(folders)
        .flat_map(Dir::files)
        .filter_map(|file| Some((file.path().with_extension("").to_str()?.replace('\\', "/"), file.contents_utf8()?)))
        .collect();
    files.sort();
    files
}

/// The text of an instrument.
fn text(kind: &str, name: &str) -> Option<&'static str> {
    let path = format!("{kind}/{name}");
    shipped().into_iter().find(|(shipped, _)| *shipped == path).map(|(_, text)| text)
}

/// Names of the instruments of a kind.
#[must_use]
pub fn names(kind: &str) -> Vec<String> {
    let start = format!("{kind}/");
    shipped().iter().filter_map(|(name, _)| name.strip_prefix(&start).map(str::to_owned)).collect()
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

/// The shipped conversions.
///
/// # Panics
/// Never for a build whose tests pass: the shipped file is read by one of them.
#[must_use]
pub fn units() -> Units {
    let files = shipped();
    let text = files.iter().find(|(name, _)| name == "units").map_or("", |(_, text)| *text);
    toml::from_str(text).expect("the shipped conversions are valid")
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
        for kind in [DOSES, SCORES, RULES, GRADES, CHECKLISTS, CONFORMANCE] {
            assert!(!names(kind).is_empty(), "{kind}");
        }
        assert!(names(DOSES).iter().all(|name| dose(name).is_some()));
        assert!(names(SCORES).iter().all(|name| score(name).is_some()));
        assert!(names(RULES).iter().all(|name| rules(name).is_some()));
        assert!(names(CHECKLISTS).iter().all(|name| checklist(name).is_some()));
        assert!(names(CONFORMANCE).iter().all(|name| conformance(name).is_some()));
        assert!(names(GRADES).iter().all(|name| grades(name).is_some()));
    }
}
