//! The plan of a trial that looks at its data before the end: when, with which bounds, and what is monitored.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::results::Method;
use crate::spec::text::{Name, RuleText};

/// A group-sequential design: looks and bounds on the standardised effect Z.
///
/// Z is positive where the effect is a benefit: of the arm compared, in the direction that [`Monitored::favours`] names.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Monitoring {
    /// Identifier; the name of its analysis in the results.
    pub id: Name,
    /// Label.
    pub label: String,
    /// The information at the looks, rising: shares of the full information of which the last is 1, or, with `planned`,
    /// amounts of which the last is the planned one.
    pub looks: Vec<f64>,
    /// Whether an effect of either sign stops.
    #[serde(default)]
    pub sides: TestSides,
    /// The error of the first kind, of all looks and sides together.
    pub alpha: f64,
    /// The bounds for efficacy.
    pub bounds: BoundRule,
    /// Planned looks, counted from 1, at which there is no bound for efficacy and nothing is spent; never the last.
    #[serde(default)]
    pub skip: Vec<usize>,
    /// The share of the error that may be spent at each planned look, where it does not follow the information: spending
    /// by the calendar, or as planned whatever the information is. Bounds still use the actual information for the
    /// correlation of the looks, so that they are those of neither scale alone.
    #[serde(default)]
    pub spending_time: Option<Vec<f64>>,
    /// Bounds for futility; those that spend only of a one-sided test.
    #[serde(default)]
    pub futility: Option<FutilityRule>,
    /// A lower bound for harm, with an error of its own; only of a one-sided test.
    #[serde(default)]
    pub harm: Option<HarmRule>,
    /// The effect assumed, as the expectation of Z at the full information: probabilities to stop are given for it too.
    #[serde(default)]
    pub drift: Option<f64>,
    /// What is monitored; a plan without is a design only.
    #[serde(default)]
    pub monitored: Option<Monitored>,
    /// How information is counted; needed for looks that are recorded.
    #[serde(default)]
    pub information: Option<InformationRule>,
    /// The information at the planned end, in its own unit (participants, events, 1/SE²).
    #[serde(default)]
    pub planned: Option<f64>,
    /// Whether bounds on Z are carried to the t distribution by their nominal levels, with the degrees of freedom of the
    /// analysis: for small trials.
    #[serde(default)]
    pub t: bool,
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

/// Which bounds. “O’Brien and Fleming” means three things, which have three names.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum BoundRule {
    /// Lan and `DeMets`' spending function of O'Brien and Fleming's kind, for the error of one tail.
    SpendingObrienFleming,
    /// The same function for the error of both tails, of which each tail spends half; only of a two-sided test.
    SpendingObrienFlemingHalved,
    /// Lan and `DeMets`' spending function of Pocock's kind.
    SpendingPocock,
    /// Hwang, Shih and De Cani's spending functions, with their parameter.
    HwangShihDeCani(f64),
    /// Spending by a power of the information.
    Power(f64),
    /// O'Brien and Fleming's bounds: a constant over the root of the share of the information.
    ObrienFleming,
    /// Pocock's bounds.
    Pocock,
    /// Wang and Tsiatis' bounds, with their parameter.
    WangTsiatis(f64),
    /// The same high bound at all looks but the last, which takes what is left.
    HaybittlePeto(f64),
    /// The error of one tail spent up to each planned look; on straight lines between them.
    Custom(Vec<f64>),
    /// No stop before the end: all of the error is spent there.
    None,
}

impl BoundRule {
    /// Whether an error is spent, so that bounds exist for any information: of looks that come early, late or unplanned.
    #[must_use]
    pub const fn spends(&self) -> bool {
        !matches!(self, Self::ObrienFleming | Self::Pocock | Self::WangTsiatis(_) | Self::HaybittlePeto(_))
    }

    /// What exactly it is, as printed under a table of bounds. α is the error of one tail.
    #[must_use]
    pub fn meaning(&self) -> String {
        match self {
            Self::SpendingObrienFleming => "Lan–DeMets spending of O’Brien–Fleming’s kind, each tail by itself: \
                 twice the normal tail beyond z/(root of t), where z has half the error of one tail beyond it"
                .to_owned(),
            Self::SpendingObrienFlemingHalved => "Lan–DeMets spending of O’Brien–Fleming’s kind for both tails \
                 together, half of it in each: the normal tail beyond z/(root of t), where z has the error of one tail beyond it"
                .to_owned(),
            Self::SpendingPocock => "Lan–DeMets spending of Pocock’s kind: α ln(1 + (e − 1)t)".to_owned(),
            Self::HwangShihDeCani(gamma) => {
                format!("Hwang–Shih–DeCani spending with γ = {gamma}: α(1 − exp(−γt))/(1 − exp(−γ))")
            }
            Self::Power(rho) => format!("power spending with ρ = {rho}: αt^ρ"),
            Self::ObrienFleming => "O’Brien and Fleming’s own bounds: a constant over the root of t".to_owned(),
            Self::Pocock => "Pocock’s own bounds: the same constant at all looks".to_owned(),
            Self::WangTsiatis(delta) => {
                format!("Wang and Tsiatis’ bounds with Δ = {delta}: a constant times t^(Δ − ½)")
            }
            Self::HaybittlePeto(bound) => {
                format!("Haybittle–Peto: {bound} at every look but the last, which takes what is left")
            }
            Self::Custom(_) => "errors as listed for the planned looks, on straight lines between them".to_owned(),
            Self::None => "no stop for efficacy before the end, where all of the error is spent".to_owned(),
        }
    }
}

/// When a trial may stop for futility: by bounds that spend an error, by predictive power, or by conditional power; one of
/// the three. The two powers never bind, and are those of an upper Z at the end beyond its bound.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct FutilityRule {
    /// The error of the second kind at the assumed drift; with `bounds`.
    #[serde(default)]
    pub beta: Option<f64>,
    /// How it is spent: by a spending function.
    #[serde(default)]
    pub bounds: Option<BoundRule>,
    /// Whether the bounds for efficacy count on a stop for futility; only of bounds that spend.
    #[serde(default)]
    pub binding: bool,
    /// Stop where predictive power is below a value.
    #[serde(default)]
    pub predictive_power: Option<PredictiveRule>,
    /// Stop where conditional power is below a value.
    #[serde(default)]
    pub conditional_power: Option<ConditionalRule>,
}

/// Conditional power below which a trial may stop.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ConditionalRule {
    /// The effect from here on.
    pub under: Assumed,
    /// Below this.
    pub below: f64,
}

/// Predictive power below which a trial may stop.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct PredictiveRule {
    /// Below this.
    pub below: f64,
    /// What is believed of the effect before the trial.
    #[serde(default)]
    pub prior: PriorRule,
}

/// The effect that holds from a look on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Assumed {
    /// That of the design: the drift.
    Design,
    /// That seen so far.
    Trend,
    /// None.
    Null,
}

impl Assumed {
    /// All of them, in the order printed.
    pub const ALL: [Self; 3] = [Self::Design, Self::Trend, Self::Null];

    /// The name in result files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Design => "design",
            Self::Trend => "trend",
            Self::Null => "null",
        }
    }

    /// As printed.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Design => "effect of the design",
            Self::Trend => "current trend",
            Self::Null => "no effect",
        }
    }
}

/// A lower bound on Z beyond which a trial stops for harm: spent by itself under no effect, whatever the other bounds.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct HarmRule {
    /// The error of that tail.
    pub alpha: f64,
    /// How it is spent: by a spending function.
    pub bounds: BoundRule,
}

/// The result that is monitored: its two-sided p-value gives the size of Z, its estimate the sign.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Monitored {
    /// The endpoint.
    pub endpoint: Name,
    /// The visit, where the endpoint has several.
    #[serde(default)]
    pub at: Option<Name>,
    /// The arm compared with the reference, where there are several.
    #[serde(default)]
    pub arm: Option<Name>,
    /// The method whose two-sided p-value counts.
    pub method: Method,
    /// The method whose difference or ratio is the effect, where it is another one.
    #[serde(default)]
    pub effect: Option<Method>,
    /// Which direction is a benefit: a difference above 0 (a ratio above 1), or below.
    pub favours: Favours,
}

impl Monitored {
    /// The method whose difference or ratio is the effect.
    #[must_use]
    pub fn effect(&self) -> Method {
        self.effect.unwrap_or(self.method)
    }
}

/// Which direction of an effect is a benefit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Favours {
    /// More, longer, later.
    Higher,
    /// Less, shorter, earlier.
    Lower,
}

/// How information is counted, over all arms together.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum InformationRule {
    /// Subjects for whom this holds: those who can be evaluated.
    Subjects(RuleText),
    /// Subjects of the endpoint's analysis set with its event: of a time to an event.
    Events,
    /// One over the square of the standard error of the effect.
    Statistical,
}

impl InformationRule {
    /// The unit, as printed.
    #[must_use]
    pub const fn unit(&self) -> &'static str {
        match self {
            Self::Subjects(_) => "participants",
            Self::Events => "events",
            Self::Statistical => "1/SE²",
        }
    }
}

/// What is believed of the effect before the trial: of the drift, the expectation of Z at the full information.
#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum PriorRule {
    /// Every drift alike.
    #[default]
    Flat,
    /// Normal.
    Normal {
        /// Its mean.
        mean: f64,
        /// Its standard deviation.
        deviation: f64,
    },
}

impl PriorRule {
    /// As printed.
    #[must_use]
    pub fn label(self) -> String {
        match self {
            Self::Flat => "flat prior".to_owned(),
            Self::Normal { mean, deviation } => {
                format!("normal prior of the expectation of Z at the end, mean {mean}, SD {deviation}")
            }
        }
    }
}

impl Monitoring {
    /// Whether the looks are shares of the full information, not amounts.
    #[must_use]
    pub fn in_shares(&self) -> bool {
        self.looks.last().is_some_and(|last| (last - 1.0).abs() < 1e-12)
    }

    /// The planned looks as shares of the full information.
    #[must_use]
    pub fn shares(&self) -> Vec<f64> {
        let all = if self.in_shares() { 1.0 } else { self.planned.unwrap_or(1.0) };
        self.looks.iter().map(|own| own / all).collect()
    }

    /// What is believed of the effect, for predictive power: the prior of its rule for futility, else a flat one.
    #[must_use]
    pub fn prior(&self) -> PriorRule {
        let rule = self.futility.as_ref().and_then(|futility| futility.predictive_power);
        rule.map_or(PriorRule::Flat, |rule| rule.prior)
    }

    /// The error of one tail.
    #[must_use]
    pub const fn tail(&self) -> f64 {
        match self.sides {
            TestSides::One => self.alpha,
            TestSides::Two => self.alpha / 2.0,
        }
    }
}

/// A rule for the safety of an arm: an event of single subjects, and when it is too frequent.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct SafetyRule {
    /// Identifier; the name of its analysis in the results.
    pub id: Name,
    /// What the event is.
    pub label: String,
    /// Who is counted.
    pub analysis_set: Name,
    /// Who has the event: a rule over subjects; or `records`.
    #[serde(default)]
    pub subjects: Option<RuleText>,
    /// Records that are events: whoever has one has the event.
    #[serde(default)]
    pub records: Option<Name>,
    /// Which of the records; all if absent.
    #[serde(default)]
    pub r#where: Option<RuleText>,
    /// How many subjects an arm will have at the end: the boundary is given up to it.
    pub planned: u64,
    /// When the event is too frequent.
    pub stop: StopRule,
}

/// When an event is too frequent in an arm.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum StopRule {
    /// So many events that as many or more are improbable at an acceptable rate: the probability, of that number of
    /// subjects alone, is at most `error`. Repeated looks add up.
    ExactBinomial {
        /// The rate that is acceptable.
        rate: f64,
        /// The probability.
        error: f64,
    },
    /// The posterior probability that the rate exceeds an acceptable one is above a value.
    Posterior {
        /// The rate that is acceptable.
        rate: f64,
        /// The posterior probability that stops.
        above: f64,
        /// The parameters of the beta prior.
        prior: [f64; 2],
    },
    /// Monitoring after every subject: the same probability at each, such that the probability ever to stop at an
    /// acceptable rate is at most `error` (Ivanova, Qaqish and Schell 2005).
    Pocock {
        /// The rate that is acceptable.
        rate: f64,
        /// The probability ever to stop.
        error: f64,
    },
}

impl StopRule {
    /// The acceptable rate.
    #[must_use]
    pub const fn rate(self) -> f64 {
        match self {
            Self::ExactBinomial { rate, .. } | Self::Posterior { rate, .. } | Self::Pocock { rate, .. } => rate,
        }
    }

    /// The method of its results.
    #[must_use]
    pub const fn method(self) -> Method {
        match self {
            Self::ExactBinomial { .. } => Method::BinomialRule,
            Self::Posterior { .. } => Method::PosteriorRule,
            Self::Pocock { .. } => Method::ToxicityRule,
        }
    }

    /// As printed.
    #[must_use]
    pub fn label(self) -> String {
        match self {
            Self::ExactBinomial { rate, error } => {
                format!(
                    "exact binomial: so many events or more have a probability of at most {error} at a rate of {rate}"
                )
            }
            Self::Posterior { rate, above, prior: [a, b] } => {
                format!("P(rate > {rate} | data) > {above} with the prior Beta({a}, {b})")
            }
            Self::Pocock { rate, error } => format!(
                "Pocock-type boundary after every participant: the probability ever to reach it is at most {error} at a \
                 rate of {rate}"
            ),
        }
    }
}
