//! Pages that a board reads first: the numbers of a trial at one glance, and benefits against harms.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::spec::report::Edition;
use crate::spec::text::Name;

/// A page of large numbers with their labels, in groups; by arm below each where there are several arms.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct SnapshotLayout {
    /// The groups, in order.
    pub groups: Vec<SnapshotGroup>,
}

/// Numbers under one heading; a report that shows none of them has not the heading either.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct SnapshotGroup {
    /// The heading.
    pub title: String,
    /// The numbers, in order.
    pub cells: Vec<SnapshotCell>,
}

/// A number.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct SnapshotCell {
    /// What it is.
    pub label: String,
    /// The analysis: a status, an accrual, a summary of subjects, or occurrences. Or a safety rule, or a monitoring plan at a
    /// look, which tell whether a boundary is reached and how near it is.
    pub of: Name,
    /// The box of the status, or the item of the summary or of the occurrences. Of an accrual `all` or `late`: the rate by
    /// which the last participant is projected; none for how many there are.
    #[serde(default)]
    pub item: Option<Name>,
    /// The level of a category.
    #[serde(default)]
    pub level: Option<String>,
    /// What is shown, such as `{count}`, `{events}`, `{median}`, `{n}` or `{date}`.
    #[serde(default = "count")]
    pub show: String,
    /// How many are planned in all, to be told behind the number.
    #[serde(default)]
    pub planned: Option<u64>,
    /// Only in these of the reports that show the page; in all of them if absent.
    #[serde(default)]
    pub reports: Vec<Edition>,
    /// Only at a look of the monitoring plan.
    #[serde(default)]
    pub at_look: bool,
}

impl SnapshotCell {
    /// What is shown if nothing is said.
    pub const COUNT: &str = "{count}";
}

fn count() -> String {
    SnapshotCell::COUNT.to_owned()
}

/// A page of benefits and harms: differences of proportions from the reference arm on one axis, on which right is always
/// better for the arm that is compared.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct BenefitRiskLayout {
    /// What is better the more have it.
    pub benefits: Vec<EffectOf>,
    /// What is better the fewer have it.
    pub harms: Vec<EffectOf>,
}

/// A difference of proportions that an analysis has.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct EffectOf {
    /// A binary endpoint, or occurrences, with a method for the difference.
    pub of: Name,
    /// The visit of an endpoint; the last one if absent.
    #[serde(default)]
    pub at: Option<Name>,
    /// The item of occurrences.
    #[serde(default)]
    pub item: Option<Name>,
    /// The path of levels of occurrences, the outer first; all of them if neither item nor levels are named.
    #[serde(default)]
    pub levels: Vec<String>,
    /// Its label, if not that of the analysis or the item.
    #[serde(default)]
    pub label: Option<String>,
}
