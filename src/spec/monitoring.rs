//! The plan of a trial that looks at its data before the end: when, and with which bounds.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::spec::text::Name;

/// A group-sequential design: looks and bounds on the standardised effect Z.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Monitoring {
    /// Identifier; the name of its analysis in the results.
    pub id: Name,
    /// Label.
    pub label: String,
    /// The shares of the full information at the looks, rising; the last is 1.
    pub looks: Vec<f64>,
    /// Whether an effect of either sign stops.
    #[serde(default)]
    pub sides: TestSides,
    /// The error of the first kind, of all looks and sides together.
    pub alpha: f64,
    /// The bounds for efficacy.
    pub bounds: BoundRule,
    /// Bounds for futility; only of a one-sided test.
    #[serde(default)]
    pub futility: Option<FutilityRule>,
    /// The effect assumed, as the expectation of Z at the full information: probabilities to stop are given for it too.
    #[serde(default)]
    pub drift: Option<f64>,
}

/// Whether an effect of either sign stops.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum TestSides {
    /// Only a positive one.
    One,
    /// Either.
    #[default]
    Two,
}

/// Which bounds.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum BoundRule {
    /// Lan and `DeMets`' spending function of O'Brien and Fleming's kind.
    SpendingObrienFleming,
    /// Lan and `DeMets`' spending function of Pocock's kind.
    SpendingPocock,
    /// Hwang, Shih and De Cani's spending functions, with their parameter.
    HwangShihDeCani(f64),
    /// Spending by a power of the information.
    Power(f64),
    /// O'Brien and Fleming's bounds.
    ObrienFleming,
    /// Pocock's bounds.
    Pocock,
    /// Wang and Tsiatis' bounds, with their parameter.
    WangTsiatis(f64),
    /// The same high bound at all looks but the last, which takes what is left.
    HaybittlePeto(f64),
    /// The error of one tail spent up to each look.
    Custom(Vec<f64>),
}

/// Bounds below which a trial may stop for futility.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct FutilityRule {
    /// The error of the second kind at the assumed drift.
    pub beta: f64,
    /// How it is spent: by a spending function.
    pub bounds: BoundRule,
    /// Whether the bounds for efficacy count on a stop for futility.
    #[serde(default)]
    pub binding: bool,
}
