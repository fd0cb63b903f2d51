//! Checklists of reporting guidelines: what each item asks, who can answer it, and how a machine can check it.

use serde::Deserialize;

/// A checklist.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ChecklistInstrument {
    /// Label.
    pub label: String,
    /// Where the items come from.
    pub source: String,
    /// The extension on harms that `harms` of the items refers to.
    pub extension: String,
    /// The items, in order.
    pub item: Vec<ChecklistItem>,
    /// The facts that the checks read, where neither specification nor data hold them.
    pub fact: Vec<ChecklistFact>,
}

/// An item.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ChecklistItem {
    /// Its number in the guideline.
    pub id: String,
    /// The part of the guideline it stands in.
    pub section: String,
    /// Its subject.
    pub subject: String,
    /// What it asks.
    pub asks: String,
    /// Who can answer it.
    pub kind: ItemKind,
    /// What the extension on harms adds to it.
    #[serde(default)]
    pub harms: Option<String>,
    /// Its machine check.
    #[serde(default)]
    pub check: Option<MachineCheck>,
    /// Why there is none.
    #[serde(default)]
    pub unchecked: Option<String>,
}

/// Who can answer an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ItemKind {
    /// The report itself.
    Auto,
    /// The specification; a person confirms it.
    Draft,
    /// Only a person.
    Author,
}

/// A machine check with what it needs to know.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct MachineCheck {
    /// Which.
    pub name: CheckName,
    /// Words one of which must be there.
    #[serde(default)]
    pub words: Vec<String>,
    /// Forms one of which must fit: `#` is a digit, `@` a capital letter.
    #[serde(default)]
    pub patterns: Vec<String>,
    /// Facts that must be given.
    #[serde(default)]
    pub facts: Vec<String>,
}

/// The machine checks there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CheckName {
    /// The title has one of the words.
    TitleWords,
    /// The texts that answer the item have no number that was typed by hand.
    Numerals,
    /// The number of the registration has a known form, and its date is not after the first randomisation.
    Registration,
    /// The analysis plan is older than the lock.
    PlanDate,
    /// The facts are given.
    Facts,
    /// The facts are given for each arm.
    ArmFacts,
    /// The item is answered.
    Answered,
    /// Harms are counted.
    HarmsCounted,
    /// The arms have the sizes of the planned ratio.
    AllocationRatio,
    /// There are as many sites in the data as stated.
    Sites,
    /// Outcomes have all attributes and a time point.
    Outcomes,
    /// The gradings stated are those used, and the facts are given.
    Gradings,
    /// The recomputed number of participants is the planned one.
    SampleSize,
    /// The number of interim analyses is stated.
    Interim,
    /// The strata exist in the data.
    Strata,
    /// Each endpoint has a method.
    Methods,
    /// Each analysis set is described.
    Sets,
    /// Each estimand says how missing values are handled.
    MissingData,
    /// Analyses that were not planned are named.
    PostHoc,
    /// Those analysed by the flow are those analysed for the primary outcomes.
    FlowAnalysed,
    /// Reasons add up.
    FlowReasons,
    /// Dates are in order, before the lock, and as planned.
    Dates,
    /// Fewer participants than planned are explained.
    EarlyEnd,
    /// Baseline tables have no tests, and the number with a value.
    Baseline,
    /// Binary primary outcomes have absolute and relative effects, and both numbers of participants.
    Effects,
    /// Harms have a line in each arm, zero or not.
    HarmsZero,
}

/// A fact that the checks read.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ChecklistFact {
    /// Its name in `[checklist.facts]`.
    pub name: String,
    /// What it is.
    pub what: String,
    /// Whether it is given for each arm, as `NAME-ARM`.
    #[serde(default)]
    pub by_arm: bool,
}

/// The shipped checklist of this name.
#[must_use]
pub fn checklist(name: &str) -> Option<ChecklistInstrument> {
    toml::from_str(super::text(super::CHECKLISTS, name)?).ok()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{CheckName, ItemKind, checklist};
    use crate::spec::instrument;

    #[test]
    fn items_have_a_check_or_say_why_not_and_facts_are_known() {
        for name in instrument::names(instrument::CHECKLISTS) {
            let own = checklist(&name).expect("it can be read");
            let ids: BTreeSet<&str> = own.item.iter().map(|item| item.id.as_str()).collect();
            assert_eq!(ids.len(), own.item.len(), "{name}: items are there once");
            let facts: BTreeSet<&str> = own.fact.iter().map(|fact| fact.name.as_str()).collect();
            assert_eq!(facts.len(), own.fact.len(), "{name}: facts are there once");
            for item in &own.item {
                assert_ne!(item.check.is_some(), item.unchecked.is_some(), "{name} {}", item.id);
                let wanted: Vec<&String> = item.check.iter().flat_map(|check| &check.facts).collect();
                assert!(wanted.iter().all(|fact| facts.contains(fact.as_str())), "{name} {}: {wanted:?}", item.id);
                if item.kind == ItemKind::Author {
                    assert_eq!(item.check.as_ref().map(|check| check.name), Some(CheckName::Answered), "{}", item.id);
                }
            }
        }
    }

    #[test]
    fn the_guideline_has_all_its_items() {
        let own = checklist("consort-2025").expect("it is shipped");
        let mut numbers: Vec<&str> =
            own.item.iter().map(|item| item.id.trim_end_matches(char::is_alphabetic)).collect();
        numbers.dedup();
        assert_eq!((own.item.len(), numbers.len()), (42, 30));
    }
}
