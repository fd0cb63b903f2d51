//! One number of the report: its key, its value, and where it came from.

use serde::{Deserialize, Serialize};

use crate::results::{Method, Reason, Statistic};

/// What tells one result from every other. Keys are unique within a set of results.
///
/// Names are identifiers of the specification (arm, visit and level identifiers, never their labels).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Key {
    /// The analysis, as named in the specification.
    pub analysis: String,
    /// The named sensitivity analysis, if it is not the main one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variant: Option<String>,
    /// What the result is split by, and the level: `("arm", "active")`. Empty for the total.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<(String, String)>,
    /// The two arms compared, first minus (or over) second.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contrast: Option<(String, String)>,
    /// The item of the analysis.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variable: Option<String>,
    /// The level of a categorical item; two for a shift.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub levels: Vec<String>,
    /// The visit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
    /// The method that gave it, where an analysis has several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<Method>,
    /// Which statistic.
    pub statistic: Statistic,
    /// Confidence level of a limit, in tenths of a percent (950 is 95 %).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conf_level: Option<u16>,
}

impl Key {
    /// The key of `statistic` in `analysis`, with nothing else said.
    #[must_use]
    pub fn new(analysis: impl Into<String>, statistic: Statistic) -> Self {
        Self {
            analysis: analysis.into(),
            variant: None,
            groups: Vec::new(),
            contrast: None,
            variable: None,
            levels: Vec::new(),
            at: None,
            method: None,
            statistic,
            conf_level: None,
        }
    }

    /// For one arm.
    #[must_use]
    pub fn arm(mut self, arm: &str) -> Self {
        self.groups.push(("arm".to_owned(), arm.to_owned()));
        self
    }

    /// For the first arm against the second.
    #[must_use]
    pub fn contrast(mut self, first: &str, second: &str) -> Self {
        self.contrast = Some((first.to_owned(), second.to_owned()));
        self
    }

    /// For one item of the analysis.
    #[must_use]
    pub fn variable(mut self, variable: &str) -> Self {
        self.variable = Some(variable.to_owned());
        self
    }

    /// For one level of the item.
    #[must_use]
    pub fn level(mut self, level: &str) -> Self {
        self.levels.push(level.to_owned());
        self
    }

    /// At one visit.
    #[must_use]
    pub fn at(mut self, visit: &str) -> Self {
        self.at = Some(visit.to_owned());
        self
    }

    /// By one method.
    #[must_use]
    pub const fn method(mut self, method: Method) -> Self {
        self.method = Some(method);
        self
    }

    /// Of one named sensitivity analysis.
    #[must_use]
    pub fn variant(mut self, variant: Option<&str>) -> Self {
        self.variant = variant.map(str::to_owned);
        self
    }

    /// At one confidence level, if it is the key of a limit.
    #[must_use]
    pub fn limited(self, level: f64) -> Self {
        if self.statistic.is_limit() { self.conf_level(level) } else { self }
    }

    /// At one confidence level, a fraction such as 0.95.
    #[must_use]
    pub fn conf_level(mut self, level: f64) -> Self {
        self.conf_level = Some(conf_level_key(level));
        self
    }
}

/// A confidence level as keys hold it: tenths of a percent.
#[must_use]
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "levels lie strictly between 0 and 1")]
pub fn conf_level_key(level: f64) -> u16 {
    (level * 1000.0).round() as u16
}

/// The value of a result.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Value {
    /// A number of subjects, records or events.
    Count(u64),
    /// Two counts whose quotient is meant, kept as integers so that a percentage is rounded without a float between.
    Share {
        /// How many of them.
        part: u64,
        /// Of how many; never zero (a share of nobody is [`Value::NotEstimable`]).
        whole: u64,
    },
    /// A finite number.
    Number(f64),
    /// A word, such as a date.
    Text(String),
    /// The data are fine and the statistic has no value; the reason prints as a footnote.
    NotEstimable(Reason),
}

impl Value {
    /// A number, or not estimable where it would not be finite.
    #[must_use]
    pub const fn number(value: f64) -> Self {
        if value.is_finite() { Self::Number(value) } else { Self::NotEstimable(Reason::NotFinite) }
    }

    /// `part` of `whole`, or not estimable for nobody.
    #[must_use]
    pub const fn share(part: u64, whole: u64) -> Self {
        if whole == 0 { Self::NotEstimable(Reason::NoData) } else { Self::Share { part, whole } }
    }
}

/// One result.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// What it is.
    pub key: Key,
    /// What it amounts to.
    pub value: Value,
    /// Its unit, if it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// The subjects counted, by position in the list of subjects; kept only while tracing, never written.
    #[serde(skip)]
    pub subjects: Option<Vec<u32>>,
}
