//! What is analysed: endpoints with their estimands, and descriptive summaries.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::results::{Method, Statistic};
use crate::spec::method::Margins;
use crate::spec::occurrence::Survival;
use crate::spec::outcome::{Continuous, Time};
use crate::spec::text::{Name, RuleText};

/// An endpoint. Its kind is the table written under it: `[endpoint.binary]`, `[endpoint.continuous]`, `[endpoint.time]`,
/// `[endpoint.survival]` or `[endpoint.ancova]`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Endpoint {
    /// Identifier; the name of its analysis in the results.
    pub id: Name,
    /// Label.
    pub label: String,
    /// Its role in the trial.
    pub role: Role,
    /// Who is analysed.
    pub analysis_set: Name,
    /// A yes-or-no outcome.
    #[serde(default)]
    pub binary: Option<Binary>,
    /// A number by visit, with its change from baseline.
    #[serde(default)]
    pub continuous: Option<Continuous>,
    /// A time to an event, with competing events.
    #[serde(default)]
    pub time: Option<Time>,
    /// A time to an event that is known as a number of days.
    #[serde(default)]
    pub survival: Option<Survival>,
    /// A number of a dataset compared by analysis of covariance.
    #[serde(default)]
    pub ancova: Option<AncovaSpec>,
    /// The estimand (ICH E9(R1)), attribute by attribute.
    #[serde(default)]
    pub estimand: Option<Estimand>,
}

impl Endpoint {
    /// The methods it names.
    #[must_use]
    pub fn methods(&self) -> Vec<Method> {
        let binary = self.binary.iter().flat_map(|own| &own.methods);
        let continuous = self.continuous.iter().flat_map(|own| &own.methods);
        let time = self.time.iter().flat_map(|own| &own.methods);
        let survival = self.survival.iter().flat_map(|own| &own.methods);
        let named = binary.chain(continuous).chain(time).chain(survival).copied();
        let ancova = self
            .ancova
            .iter()
            .flat_map(|own| [Method::Ancova].into_iter().chain(own.trend.then_some(Method::AncovaTrend)));
        named.chain(ancova).collect()
    }
}

/// Role of an endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Primary.
    Primary,
    /// Key secondary.
    KeySecondary,
    /// Secondary.
    Secondary,
    /// Exploratory.
    Exploratory,
}

impl Role {
    /// As printed.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Primary => "Primary",
            Self::KeySecondary => "Key secondary",
            Self::Secondary => "Secondary",
            Self::Exploratory => "Exploratory",
        }
    }
}

/// A yes-or-no outcome at one or more visits of a frame.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Binary {
    /// The frame.
    pub frame: Name,
    /// The visits.
    pub at: Vec<Name>,
    /// Who responds. A rule that cannot be decided counts as non-response; handle missing values in the derivation.
    pub response: RuleText,
    /// Who was observed, for the count of participants with data.
    #[serde(default)]
    pub observed: Option<RuleText>,
    /// A code that says why somebody responds or does not: `explain` lists the subjects under it.
    #[serde(default)]
    pub reason: Option<RuleText>,
    /// Whose response is not known but imputed: their number, and what all its completions would give, can be shown.
    #[serde(default)]
    pub imputed: Option<RuleText>,
    /// Whether every completion of the imputed responses is analysed (the tipping points).
    #[serde(default)]
    pub tipping_point: bool,
    /// Subgroups, by name.
    #[serde(default)]
    pub subgroups: Vec<Name>,
    /// Texts of the subject that divide it into strata, for the methods over strata.
    #[serde(default)]
    pub strata: Vec<RuleText>,
    /// For `farrington-manning`: the difference that is tested, such as −0.1.
    #[serde(default)]
    pub margin: Option<f64>,
    /// Numbers of the frame at the visit that enter the models beside the arm.
    #[serde(default)]
    pub covariates: Vec<RuleText>,
    /// Methods: an interval for the proportion, intervals for the difference and the ratios, tests, methods over strata,
    /// models. The first of a kind is the main one.
    pub methods: Vec<Method>,
    /// Confidence level of intervals.
    #[serde(default = "ninety_five")]
    pub conf_level: f64,
}

pub(super) fn ninety_five() -> f64 {
    0.95
}

/// A number compared between arms by analysis of covariance, one record a subject.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct AncovaSpec {
    /// The dataset.
    pub dataset: Name,
    /// The records analysed: at most one a subject.
    pub r#where: RuleText,
    /// The response.
    pub response: RuleText,
    /// Unit of the response.
    #[serde(default)]
    pub unit: Option<String>,
    /// Decimals the response is recorded with.
    #[serde(default)]
    pub decimals: u8,
    /// Variables that enter the model as factors.
    #[serde(default)]
    pub factors: Vec<Name>,
    /// Variables that enter the model as numbers.
    #[serde(default)]
    pub covariates: Vec<Name>,
    /// How levels of factors count in least-squares means.
    #[serde(default)]
    pub margins: Margins,
    /// Whether the dose response is tested, with the `dose` of the arms.
    #[serde(default)]
    pub trend: bool,
    /// Variables described beside the model, each from its own records.
    #[serde(default)]
    pub describe: Vec<Described>,
    /// Confidence level of intervals.
    #[serde(default = "ninety_five")]
    pub conf_level: f64,
}

/// A variable described by arm beside a model.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Described {
    /// Identifier.
    pub id: Name,
    /// Label.
    pub label: String,
    /// The records: at most one a subject.
    pub r#where: RuleText,
    /// The value.
    pub value: RuleText,
}

/// The attributes of an estimand, in words; printed with the display that shows its estimate.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Estimand {
    /// Treatment conditions compared.
    pub treatment: String,
    /// Population.
    pub population: String,
    /// Variable.
    pub variable: String,
    /// Intercurrent events and the strategy for each.
    #[serde(default)]
    pub intercurrent: Vec<Intercurrent>,
    /// How missing values without intercurrent event are handled.
    #[serde(default)]
    pub missing: Option<String>,
    /// Population-level summary.
    pub summary: String,
}

/// An intercurrent event and its strategy.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Intercurrent {
    /// The event.
    pub event: String,
    /// The strategy.
    pub strategy: String,
}

/// A descriptive summary of subjects by arm; with a frame, at each of its visits.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Summary {
    /// Identifier; the name of its analysis in the results.
    pub id: Name,
    /// Who is described.
    pub analysis_set: Name,
    /// The frame whose variables the rules name; the subjects' dataset if absent.
    #[serde(default)]
    pub frame: Option<Name>,
    /// The visits, baseline included where it is named; with a frame.
    #[serde(default)]
    pub at: Vec<Name>,
    /// A score of the frame whose items are described, each among those for whom it was assessed: how many have an item
    /// that is present or absent, and the grades of an item that has grades, with their shift from baseline.
    #[serde(default)]
    pub score: Option<Name>,
    /// Further statistics of its numbers: `se`, `cv`, `geometric-mean`, `geometric-cv`.
    #[serde(default)]
    pub more: Vec<Statistic>,
    /// What is described, in order; after the items of a score.
    #[serde(default)]
    pub items: Vec<Item>,
}

/// One item of a summary: a `number`, a `category`, a `count`, or a `heading`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Item {
    /// Identifier.
    pub id: Name,
    /// Label.
    pub label: String,
    /// A number, described by its moments and quantiles.
    #[serde(default)]
    pub number: Option<RuleText>,
    /// A text, described by the count of each of its levels.
    #[serde(default)]
    pub category: Option<RuleText>,
    /// For a category of a frame: the same text at baseline, for the counts of each pair of levels (a shift).
    #[serde(default)]
    pub from: Option<RuleText>,
    /// A condition, described by how many meet it.
    #[serde(default)]
    pub count: Option<RuleText>,
    /// Only a heading over the items that follow.
    #[serde(default)]
    pub heading: bool,
    /// Unit of a number.
    #[serde(default)]
    pub unit: Option<String>,
    /// Decimals a number is recorded with.
    #[serde(default)]
    pub decimals: u8,
    /// Levels of a category in the order shown; those found in the data, sorted, if absent. A level found in the data and not listed is refused.
    #[serde(default)]
    pub levels: Vec<LevelSpec>,
    /// Only these subjects; they are also the denominator.
    #[serde(default)]
    pub among: Option<RuleText>,
    /// Another analysis set than that of the summary, with its own way to count arms.
    #[serde(default)]
    pub set: Option<Name>,
    /// A test of the arms: `anova` for a number, `chi-square` or `fisher` for a category or a count;
    /// `cmh-row-means`, and with doses `cmh-correlation`, for a category with its levels in order; of a shift in each arm
    /// `mcnemar` (two levels) or `kappa`.
    #[serde(default)]
    pub test: Option<Method>,
}

/// A level of a category.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct LevelSpec {
    /// The value in the data.
    pub value: String,
    /// Its label.
    pub label: String,
}

/// The statistics a summary of numbers gives where it is asked for more.
pub const MORE_STATISTICS: &[Statistic] =
    &[Statistic::Se, Statistic::Cv, Statistic::GeometricMean, Statistic::GeometricCv];

/// The statistics a summary of numbers gives.
pub const NUMBER_STATISTICS: &[Statistic] = &[
    Statistic::N,
    Statistic::Missing,
    Statistic::Mean,
    Statistic::Sd,
    Statistic::Median,
    Statistic::Q1,
    Statistic::Q3,
    Statistic::Min,
    Statistic::Max,
];
