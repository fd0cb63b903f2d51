//! Rules that data must hold, shipped by name.

use serde::Deserialize;

use crate::spec::conformance::ConformanceRule;

/// A set of rules about data.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ConformanceInstrument {
    /// Label.
    pub label: String,
    /// Where the rules come from.
    pub source: String,
    /// The variables that tell a person which record of a subject is meant, where a dataset has them.
    pub record: Vec<String>,
    /// The rules.
    pub rule: Vec<ConformanceRule>,
}

/// The shipped set of this name.
#[must_use]
pub fn conformance(name: &str) -> Option<ConformanceInstrument> {
    toml::from_str(super::text(super::CONFORMANCE, name)?).ok()
}

#[cfg(test)]
mod tests {
    use super::super::{CONFORMANCE, names, text};
    use super::ConformanceInstrument;

    #[test]
    fn shipped_rules_are_named_once_and_check_one_thing_each() {
        for name in names(CONFORMANCE) {
            let read = toml::from_str::<ConformanceInstrument>(text(CONFORMANCE, &name).unwrap_or_default());
            let instrument = read.unwrap_or_else(|error| panic!("{name}: {error}"));
            let mut seen = std::collections::BTreeSet::new();
            for rule in &instrument.rule {
                assert!(seen.insert(rule.id.to_string()), "{} stands twice", rule.id);
                assert_eq!(rule.checks(), 1, "{}", rule.id);
                assert!(rule.finding.starts_with(|c: char| !c.is_uppercase()) && !rule.finding.ends_with('.'));
                assert!(!rule.action.is_empty() && rule.title.ends_with(|c: char| c != '.'), "{}", rule.id);
            }
        }
    }
}
