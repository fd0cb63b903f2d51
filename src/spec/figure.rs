//! Layouts of outcomes over visits and of their comparisons.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::results::Method;
use crate::spec::output::{RowFormat, four};
use crate::spec::text::Name;

/// A forest of differences of proportions from the reference arm.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ForestLayout {
    /// The binary endpoints, each under its label, at their last visit.
    pub of: Vec<Name>,
    /// Show these variants of each endpoint under its main analysis.
    #[serde(default)]
    pub variants: Vec<Name>,
    /// Show these subgroups of each endpoint under it.
    #[serde(default)]
    pub subgroups: Vec<Name>,
}

/// A grid of all completions of the imputed responses of a binary endpoint, for each arm against the reference.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct TippingPointLayout {
    /// The endpoint.
    pub of: Name,
}

/// A table of the bounds of group-sequential designs.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct BoundsLayout {
    /// The designs, in order.
    pub of: Vec<Name>,
}

/// A table of families of hypotheses: the p-value of each as it is, and adjusted for their number.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct HypothesesLayout {
    /// The families, in order.
    pub of: Vec<Name>,
    /// Decimals of p-values.
    #[serde(default = "four")]
    pub p_decimals: u8,
}

/// A table of a continuous endpoint: value and change by visit, and the comparison of the change.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ChangeLayout {
    /// The endpoint.
    pub of: Name,
    /// What describes a number, a column each under every arm.
    #[serde(default = "number_columns")]
    pub number_rows: Vec<RowFormat>,
    /// Whether value and change are described, above the comparisons.
    #[serde(default = "yes")]
    pub describe: bool,
    /// Decimals of p-values.
    #[serde(default = "four")]
    pub p_decimals: u8,
}

fn number_columns() -> Vec<RowFormat> {
    [
        ("n", "{n}"),
        ("Mean (SD)", "{mean} ({sd})"),
        ("Median (Q1, Q3)", "{median} ({q1}, {q3})"),
        ("Min, max", "{min}, {max}"),
    ]
    .map(|(label, show)| RowFormat { label: label.to_owned(), show: show.to_owned() })
    .to_vec()
}

/// A figure of the means of a continuous endpoint by visit, with their intervals.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct MeansLayout {
    /// The endpoint.
    pub of: Name,
    /// Whether the change from baseline is shown instead of the value.
    #[serde(default)]
    pub change: bool,
    /// Show the least-squares means of this model at the visits at which arms are compared, instead of the means of each
    /// visit by itself; with `change`.
    #[serde(default)]
    pub model: Option<Method>,
    /// Title of the vertical axis.
    pub y_title: String,
}

/// A figure of one line a participant, a panel an arm.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct IndividualLayout {
    /// The continuous endpoint.
    pub of: Name,
    /// Title of the vertical axis.
    pub y_title: String,
}

/// A table of a time to an event.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct TimeLayout {
    /// The endpoints, in order.
    pub of: Vec<Name>,
    /// Decimals of p-values.
    #[serde(default = "four")]
    pub p_decimals: u8,
}

/// A figure of the cumulative incidence of an event, with the numbers at risk below.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct IncidenceLayout {
    /// The endpoint.
    pub of: Name,
    /// Title of the vertical axis.
    pub y_title: String,
}

/// A table of a summary over a frame: each item heads its visits.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ByVisitLayout {
    /// The summary.
    pub of: Name,
    /// Only these items, in this order; all if absent.
    #[serde(default)]
    pub items: Vec<Name>,
    /// How a count is shown.
    #[serde(default = "count_of")]
    pub count: String,
    /// How a number is shown, on one line.
    #[serde(default = "number_line")]
    pub number: String,
}

fn count_of() -> String {
    "{count}/{n} ({share})".to_owned()
}

fn number_line() -> String {
    "{mean} ({sd})".to_owned()
}

/// A heat map of the conditions of a summary over a frame: rows are items, columns visits, panels arms.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct HeatMapLayout {
    /// The summary.
    pub of: Name,
}

/// A table of shifts from baseline to visits.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ShiftLayout {
    /// The summary.
    pub of: Name,
    /// The visits, a block each.
    pub at: Vec<Name>,
    /// Only these items, in this order; all that have `from` if absent.
    #[serde(default)]
    pub items: Vec<Name>,
}

const fn yes() -> bool {
    true
}
