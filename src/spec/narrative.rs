//! What is said in words: text with numbers from the results, statements to be signed, and the reporting checklist.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::spec::text::{Name, Prose};

/// A text of the report: a tera template, in which no number needs to be typed.
///
/// `{{ value(analysis = "…", arm = "…", statistic = "count") }}` prints a result as tables print it, and a statistic
/// that cannot be estimated in words. Further arguments name the rest of its key: `variant`, `contrast = "first-second"`
/// (or `first` and `second`), `variable`, `level` or `levels = […]`, `at`, `method`, `conf_level`, `group = "name=level"`
/// (`"grade=3"`); `at`, `method` and `conf_level` may be left out where only one row fits. `decimals` changes the
/// decimals, `relation = true` writes "= 0.03" or "< 0.0001".
///
/// `number(…)` is the number of the same result for conditions (a share is a fraction), none where it cannot be
/// estimated; `estimable(…)` says whether it can. `label(arm = "…")` prints the label of an `arm`, `set`, `visit`,
/// `endpoint`, `variant`, `subgroup`, `occurrence` or `statement`, and the number of a `display`; `study(name = "…")` the
/// `id`, `title`, `kind`, `status`, `lock-date`, `program`, `fingerprint`, number of `arms`, or a line of the title page
/// by its label; `estimand(of = "…", part = "…")` a part of an estimand; `confidence(of = "…")` the confidence level of
/// an endpoint or of occurrences, in percent; `looks(of = "…")` how many looks of a monitoring plan were planned and taken,
/// on which days, and whether the trial was stopped.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct TextSpec {
    /// Identifier.
    pub id: Name,
    /// The section it stands in, before the displays.
    pub section: Name,
    /// Heading; none if empty.
    #[serde(default)]
    pub heading: String,
    /// The template; an empty line ends a paragraph.
    pub text: Prose,
}

/// A statement of the report that a person must know of or decide: an anomaly of the record, a definition to sign.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Statement {
    /// Its key, such as "D1".
    pub id: Name,
    /// The list it belongs to.
    pub list: Name,
    /// What was found, or what is to be decided.
    pub what: String,
    /// How it is handled, or the default in force.
    pub handling: String,
    /// Where it is in force: options, endpoints, displays by identifier; their labels are printed.
    #[serde(default)]
    pub r#in: Vec<Name>,
}

/// A table of the statements of a list.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct StatementsLayout {
    /// The list.
    pub of: Name,
    /// Headings of the columns: key, what, handling.
    pub heads: [String; 3],
    /// Whether columns for name, date and signature stand last.
    #[serde(default)]
    pub sign: bool,
}

/// The reporting checklist of the study: answers to the items of an instrument.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Checklist {
    /// The instrument with the items.
    pub instrument: Name,
    /// Answers, by item.
    pub item: BTreeMap<String, Answer>,
    /// Facts for the machine checks, by name, as templates; the file of the instrument lists them.
    #[serde(default)]
    pub facts: BTreeMap<String, Prose>,
}

/// The answer to an item of a checklist.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Answer {
    /// Displays, texts or sections (`section 14.1`), or `title`, `methods`, `provenance`: where the report answers it.
    #[serde(default)]
    pub at: Vec<Name>,
    /// What the specification says about it: a template.
    #[serde(default)]
    pub text: Option<Prose>,
    /// What a person has still to write.
    #[serde(default)]
    pub author: Option<String>,
    /// Why it does not apply.
    #[serde(default)]
    pub not_applicable: Option<String>,
}

/// A table of the reporting checklist, with pages and machine checks.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ChecklistLayout {
    /// Instead: the list of what a person has still to write.
    #[serde(default)]
    pub open: bool,
}

/// A table of the locked data: records, subjects, missing values, warnings of the run.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct DataQualityLayout {}

/// A table of the rules that the data were held against: where each applies, what it found, what was accepted and why.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ConformanceLayout {
    /// Only rules that found something, accepted or not; the others are counted in a footnote.
    #[serde(default)]
    pub found: bool,
}

/// A table of the cells whose printed value depends on the rounding rule.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct RoundingLayout {}
