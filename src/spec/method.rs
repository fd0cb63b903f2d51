//! What a method needs beside the data: seeds and numbers of draws, the sequence of covariances of a model, families of
//! hypotheses.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::results::Method;
use crate::spec::text::Name;

/// `[random]`: what methods that draw begin with, and how often they draw. The same seed gives the same report.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Random {
    /// The seed of all draws, as the statistical analysis plan fixes it.
    #[serde(default = "one")]
    pub seed: u64,
    /// Allocations sampled by a permutation test whose allocations are too many to be counted.
    #[serde(default = "ten_thousand")]
    pub allocations: u32,
    /// Completed sets of multiple imputation.
    #[serde(default = "hundred")]
    pub imputations: u32,
}

const fn one() -> u64 {
    1
}

const fn ten_thousand() -> u32 {
    10_000
}

const fn hundred() -> u32 {
    100
}

impl Default for Random {
    fn default() -> Self {
        Self { seed: one(), allocations: ten_thousand(), imputations: hundred() }
    }
}

/// One attempt of a model for repeated measurements: the first of the sequence that converges is reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Attempt {
    /// The covariance of the visits.
    pub structure: Covariance,
    /// Where standard errors and degrees of freedom come from.
    #[serde(default)]
    pub inference: Inference,
}

/// The covariance of the visits of a participant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Covariance {
    /// A variance for each visit, a covariance for each pair.
    Unstructured,
    /// A variance for each visit, a correlation for each distance.
    HeterogeneousToeplitz,
    /// One variance, a correlation for each distance.
    Toeplitz,
    /// A variance for each visit, a correlation for each pair of neighbours.
    HeterogeneousAntedependence,
    /// One variance, a correlation for each pair of neighbours.
    Antedependence,
    /// A variance for each visit, a correlation to the power of the distance.
    HeterogeneousAutoregressive,
    /// One variance, a correlation to the power of the distance.
    Autoregressive,
    /// A variance for each visit, one correlation.
    HeterogeneousCompoundSymmetry,
    /// One variance, one correlation.
    CompoundSymmetry,
}

impl Covariance {
    /// As printed.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Unstructured => "unstructured",
            Self::HeterogeneousToeplitz => "heterogeneous Toeplitz",
            Self::Toeplitz => "Toeplitz",
            Self::HeterogeneousAntedependence => "heterogeneous antedependence",
            Self::Antedependence => "antedependence",
            Self::HeterogeneousAutoregressive => "heterogeneous autoregressive",
            Self::Autoregressive => "autoregressive",
            Self::HeterogeneousCompoundSymmetry => "heterogeneous compound symmetry",
            Self::CompoundSymmetry => "compound symmetry",
        }
    }
}

/// Where standard errors and degrees of freedom of a model come from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Inference {
    /// Kenward and Roger 1997.
    #[default]
    KenwardRoger,
    /// The same without second derivatives of the covariance.
    KenwardRogerLinear,
    /// Satterthwaite.
    Satterthwaite,
    /// Between and within participants.
    BetweenWithin,
    /// Observations less coefficients.
    Residual,
    /// Empirical standard errors corrected for the fit (CR2), degrees of freedom by Bell and `McCaffrey`.
    Sandwich,
}

impl Inference {
    /// As printed.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::KenwardRoger => "Kenward–Roger",
            Self::KenwardRogerLinear => "Kenward–Roger, linear",
            Self::Satterthwaite => "Satterthwaite",
            Self::BetweenWithin => "between–within",
            Self::Residual => "residual degrees of freedom",
            Self::Sandwich => "bias-reduced sandwich",
        }
    }
}

/// The scale on which limits of Kaplan and Meier's estimate are symmetric.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Limits {
    /// The logarithm of the negative logarithm (SAS's default).
    #[default]
    LogLog,
    /// The share itself.
    Plain,
    /// Its logarithm (R's default).
    Log,
    /// The logarithm of its odds.
    Logit,
    /// The arc sine of its root.
    ArcSine,
}

impl Limits {
    /// As printed.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::LogLog => "log(−log)",
            Self::Plain => "plain",
            Self::Log => "logarithmic",
            Self::Logit => "logit",
            Self::ArcSine => "arc-sine root",
        }
    }
}

/// At which levels of the factors a least-squares mean is taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Margins {
    /// Each level counts alike (SAS's default, R's emmeans).
    #[default]
    Balanced,
    /// Each level counts as often as it was observed (SAS `OM`).
    Observed,
}

/// The sequence tried where an endpoint declares none: the richest covariance first, empirical errors last.
pub const ATTEMPTS: [Attempt; 4] = [
    Attempt { structure: Covariance::Unstructured, inference: Inference::KenwardRoger },
    Attempt { structure: Covariance::HeterogeneousToeplitz, inference: Inference::KenwardRoger },
    Attempt { structure: Covariance::HeterogeneousAutoregressive, inference: Inference::KenwardRoger },
    Attempt { structure: Covariance::CompoundSymmetry, inference: Inference::Sandwich },
];

/// A family of hypotheses whose p-values are adjusted for their number.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Multiplicity {
    /// Identifier; the name of its analysis in the results.
    pub id: Name,
    /// Label.
    pub label: String,
    /// How: `bonferroni`, `holm`, `hochberg`, `hommel`, `fixed-sequence`, `fall-back` or `graphical`.
    pub method: Method,
    /// The hypotheses; for `fixed-sequence` and `fall-back` in the order they are tested.
    pub hypotheses: Vec<Hypothesis>,
}

/// A hypothesis: a p-value of an endpoint.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Hypothesis {
    /// Identifier.
    pub id: Name,
    /// The endpoint.
    pub endpoint: Name,
    /// The method whose p-value counts.
    pub method: Method,
    /// The visit, where the endpoint has several.
    #[serde(default)]
    pub at: Option<Name>,
    /// The arm compared with the reference, where there are several.
    #[serde(default)]
    pub arm: Option<Name>,
    /// Its share of the error, for `fall-back` and `graphical`; the shares sum to at most 1.
    #[serde(default)]
    pub weight: Option<f64>,
    /// For `graphical`: which part of its share goes to which hypothesis once it is rejected.
    #[serde(default)]
    pub passes: Vec<Pass>,
}

/// Where the share of a rejected hypothesis goes.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Pass {
    /// The hypothesis.
    pub to: Name,
    /// The part, between 0 and 1.
    pub part: f64,
}
