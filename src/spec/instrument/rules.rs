//! Derivations to be used by name: rules with parameters, which a study fills with its own columns and numbers.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::spec::derivation::{Across, Case, Choice, Derivation};
use crate::spec::text::{Name, RuleText};

/// Rules with parameters.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct RuleInstrument {
    /// Label.
    pub label: String,
    /// Where the rules come from.
    pub source: String,
    /// What a study fills in, by name. In rules `{name}`.
    pub parameter: BTreeMap<String, Parameter>,
    /// The derivations, in order. `{self}` is the identifier of the derivation that uses the instrument; the last one has
    /// it as its own.
    pub derivation: Vec<RuleDerivation>,
}

/// A parameter.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Parameter {
    /// What is to be filled in.
    pub what: String,
    /// What stands there if a study says nothing; without it a study must say.
    #[serde(default)]
    pub default: Option<String>,
}

/// A derivation of an instrument.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct RuleDerivation {
    /// Identifier.
    pub id: String,
    /// Label.
    pub label: String,
    /// Its rule.
    #[serde(default)]
    pub rule: Option<String>,
    /// What of it is taken over the visits.
    #[serde(default)]
    pub across: Option<Across>,
    /// Its cases: when (none in the last) and then.
    #[serde(default)]
    pub cases: Vec<RuleCase>,
}

/// A case of a derivation of an instrument.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct RuleCase {
    /// When it applies.
    #[serde(default)]
    pub when: Option<String>,
    /// The text it gives.
    pub then: String,
    /// The reason code it leaves.
    #[serde(default)]
    pub reason: Option<String>,
}

/// The shipped rules of this name.
#[must_use]
pub fn rules(name: &str) -> Option<RuleInstrument> {
    toml::from_str(super::text(super::RULES, name)?).ok()
}

/// The derivations of a study, with each that uses an instrument replaced by those of the instrument. One whose
/// instrument does not exist stays, for the checks to refuse.
#[must_use]
pub fn expanded(derivations: Vec<Derivation>) -> Vec<Derivation> {
    let mut all = Vec::with_capacity(derivations.len());
    for derivation in derivations {
        match derivation.instrument.as_ref().and_then(|name| rules(name)) {
            Some(instrument) => all.extend(instrument.used_by(&derivation)),
            None => all.push(derivation),
        }
    }
    all
}

impl RuleInstrument {
    fn used_by(&self, user: &Derivation) -> Vec<Derivation> {
        let filled = |text: &str| {
            let mut text = text.replace("{self}", &user.id);
            for (name, parameter) in &self.parameter {
                let value = user.with.get(name).map(Choice::in_rule).or_else(|| parameter.default.clone());
                if let Some(value) = value {
                    text = text.replace(&format!("{{{name}}}"), &value);
                }
            }
            text
        };
        let rule = |text: &str| RuleText {
            sql: filled(text),
            span: user.id.span.clone(),
            instrument: user.instrument.as_ref().map(ToString::to_string),
        };
        let last = self.derivation.len().saturating_sub(1);
        let own = |(position, derivation): (usize, &RuleDerivation)| Derivation {
            id: Name::new(filled(&derivation.id), user.id.span.clone()),
            label: if position == last { user.label.clone() } else { filled(&derivation.label) },
            frame: user.frame.clone(),
            rule: derivation.rule.as_deref().map(rule),
            across: derivation.across,
            within: None,
            cases: derivation
                .cases
                .iter()
                .map(|case| Case {
                    when: case.when.as_deref().map(rule),
                    then: Some(case.then.clone()),
                    then_rule: None,
                    reason: case.reason.clone(),
                    reason_rule: None,
                })
                .collect(),
            // Kept where something is wrong with it, for the checks to say.
            instrument: (position == last && !self.fits(user)).then(|| user.instrument.clone()).flatten(),
            with: if position == last && !self.fits(user) { user.with.clone() } else { BTreeMap::new() },
            source: (position == last).then(|| format!("{}: {}", self.label, self.source)),
        };
        self.derivation.iter().enumerate().map(own).collect()
    }

    /// Whether a study fills in all parameters that have no default, and no others.
    #[must_use]
    pub fn fits(&self, user: &Derivation) -> bool {
        self.lacking(user).is_empty() && self.foreign(user).is_empty()
    }

    /// Parameters that must be filled in and are not.
    #[must_use]
    pub fn lacking(&self, user: &Derivation) -> Vec<&str> {
        let open = self.parameter.iter().filter(|(name, own)| own.default.is_none() && !user.with.contains_key(*name));
        open.map(|(name, _)| name.as_str()).collect()
    }

    /// What is filled in and is no parameter.
    #[must_use]
    pub fn foreign<'d>(&self, user: &'d Derivation) -> Vec<&'d str> {
        user.with.keys().filter(|name| !self.parameter.contains_key(*name)).map(String::as_str).collect()
    }
}
