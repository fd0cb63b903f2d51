//! Accrual against its plan.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::spec::endpoint::ninety_five;
use crate::spec::text::{Name, RuleText};

/// How fast participants come in, against the plan: their number day by day, what was expected, and when the last of them
/// is to be expected at the rate so far. All arms together.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Accrual {
    /// Identifier; the name of its analysis in the results.
    pub id: Name,
    /// Who is counted, in the plural: "Randomised participants".
    pub label: String,
    /// Who is counted.
    pub analysis_set: Name,
    /// The date from which a subject counts: a rule over subjects. Who has none, or one after the day of the data, is not
    /// counted yet.
    pub date: RuleText,
    /// How many are planned.
    pub planned: u64,
    /// The day on which accrual opened, `YYYY-MM-DD`: rates run from it. That of the first subject if absent.
    #[serde(default)]
    pub opened: Option<Name>,
    /// The plan: how many there should be by the end of some days, in order; between them evenly.
    #[serde(default)]
    pub target: Vec<AccrualTarget>,
    /// The site of a subject, a text: a rule over subjects.
    #[serde(default)]
    pub site: Option<RuleText>,
    /// An earlier date, such as that of consent, from which days are counted.
    #[serde(default)]
    pub since: Option<AccrualSince>,
    /// Confidence level of the projection.
    #[serde(default = "ninety_five")]
    pub conf_level: f64,
}

/// How many there should be by the end of a day.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct AccrualTarget {
    /// The day, `YYYY-MM-DD`.
    pub date: Name,
    /// How many.
    pub participants: u64,
}

/// An earlier date of a subject.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct AccrualSince {
    /// What the days are: "Days from consent to randomisation".
    pub label: String,
    /// The date: a rule over subjects. A site is open from the first of them.
    pub date: RuleText,
}

/// A figure of accrual: participants so far, the plan and the projection; below, how many came in each month.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct AccrualLayout {
    /// The accrual.
    pub of: Name,
}

/// A table of accrual by site and in all.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct AccrualTableLayout {
    /// The accrual.
    pub of: Name,
}
