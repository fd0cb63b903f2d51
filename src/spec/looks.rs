//! Layouts of looks at the data before the end, and of rules for safety.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::spec::text::Name;

/// A table of the looks of a monitoring plan, a column each: information, error spent, bounds on every scale; and of the
/// look that is now the result and what the bounds say of it.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct LooksLayout {
    /// The plan.
    pub of: Name,
    /// Only the looks that were taken, as the ledger has them, and what was decided after each: for a final report.
    #[serde(default)]
    pub taken: bool,
}

/// A figure of the bounds of a monitoring plan on the scale of Z over the information, with the result now.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct BoundaryLayout {
    /// The plan.
    pub of: Name,
}

/// A table of conditional and predictive power at the bounds, and at the result now.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ConditionalPowerLayout {
    /// The plan.
    pub of: Name,
}

/// A table of results that the next look may have, and what the bounds would say of each.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct WhatIfLayout {
    /// The plan.
    pub of: Name,
}

/// A table of rules for safety: of each arm the participants, the events, and the boundary.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct SafetyRulesLayout {
    /// The rules, in order.
    pub of: Vec<Name>,
    /// Print the rules and their boundaries, and nothing of the data.
    #[serde(default)]
    pub rule_only: bool,
}

/// A figure of the events of each arm over its participants, with the boundary of a rule for safety.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct SafetyBoundaryLayout {
    /// The rule.
    pub of: Name,
}
