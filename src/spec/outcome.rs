//! Outcomes over the visits of a frame: a number with its change from baseline, and a time to an event; and subgroups.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::results::Method;
use crate::spec::endpoint::{LevelSpec, ninety_five};
use crate::spec::method::{Attempt, Limits};
use crate::spec::text::{Name, RuleText};

/// A number by visit: its value and its change from baseline, described and compared.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Continuous {
    /// The frame.
    pub frame: Name,
    /// The value.
    pub value: RuleText,
    /// Its baseline.
    pub base: RuleText,
    /// The visits after baseline; the value is described at baseline too.
    pub at: Vec<Name>,
    /// The visits at which the change is compared between arms.
    #[serde(default)]
    pub compare_at: Vec<Name>,
    /// Methods of the comparison: `ancova` (of the change, with the baseline as covariate), `mmrm`, `rank-ancova`,
    /// `wilcoxon`, `hodges-lehmann` and others; `trialpress spec` lists all.
    #[serde(default)]
    pub methods: Vec<Method>,
    /// For `mmrm`: what is tried, in this order. Unstructured, heterogeneous Toeplitz, heterogeneous autoregressive (all
    /// with Kenward and Roger's inference) and compound symmetry with empirical errors if absent.
    #[serde(default)]
    pub mmrm: Vec<Attempt>,
    /// For `delta-adjusted`: by how much imputed values outside the reference arm are made worse.
    #[serde(default)]
    pub deltas: Vec<f64>,
    /// Texts of the subject that divide it into strata, for `van-elteren`.
    #[serde(default)]
    pub strata: Vec<RuleText>,
    /// For `wilcoxon-worst-rank`: who has the worst outcome of all, at a visit of the frame.
    #[serde(default)]
    pub worst: Option<RuleText>,
    /// Whether a higher value is worse.
    #[serde(default = "yes")]
    pub higher_is_worse: bool,
    /// Unit of the value.
    #[serde(default)]
    pub unit: Option<String>,
    /// Decimals the value is recorded with.
    #[serde(default)]
    pub decimals: u8,
    /// Confidence level of intervals.
    #[serde(default = "ninety_five")]
    pub conf_level: f64,
}

const fn yes() -> bool {
    true
}

/// The time from a date to the first visit at which a condition holds, in days, the first day counting as 1.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Time {
    /// The frame.
    pub frame: Name,
    /// The date time runs from, for each subject.
    pub start: RuleText,
    /// The condition; the date of the first visit at which it holds ends the time.
    pub event: RuleText,
    /// At which visits the condition was assessed: without event, time is censored at the last of them.
    pub assessed: RuleText,
    /// Events of the frame that end the time without the condition. One on the day of the visit comes first.
    #[serde(default)]
    pub competing: Vec<Name>,
    /// The last day observed; later events do not count.
    pub last_day: i32,
    /// Texts of the subject that divide it into strata, for the methods over strata.
    #[serde(default)]
    pub strata: Vec<RuleText>,
    /// The scale on which limits of Kaplan and Meier's estimate are symmetric.
    #[serde(default)]
    pub limits: Limits,
    /// Methods: curves, tests, hazard ratios, mean times, such as `aalen-johansen`, `kaplan-meier`, `log-rank`, `gray`,
    /// `cox`, `grouped-hazards`; `trialpress spec` lists all.
    pub methods: Vec<Method>,
    /// Confidence level of intervals.
    #[serde(default = "ninety_five")]
    pub conf_level: f64,
}

/// A way to divide the subjects for descriptive analyses.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Subgroup {
    /// Identifier.
    pub id: Name,
    /// Label.
    pub label: String,
    /// The level of each subject.
    pub category: RuleText,
    /// The levels, in order.
    pub levels: Vec<LevelSpec>,
}
