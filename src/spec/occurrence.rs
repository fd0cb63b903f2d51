//! What is counted and described over records: occurrences, parameters by visit, shifts of grades; and times to an
//! event that the data hold as days.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::results::Method;
use crate::spec::endpoint::{LevelSpec, ninety_five};
use crate::spec::method::Limits;
use crate::spec::text::{Name, RuleText};

/// How many subjects have a record, and how many records there are: in all, for each condition, or at each level of a
/// hierarchy, where a subject counts once a level.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Occurrence {
    /// Identifier; the name of its analysis in the results.
    pub id: Name,
    /// What a record is, in the plural: "Treatment-emergent adverse events".
    pub label: String,
    /// The records.
    pub records: Name,
    /// Who is counted.
    pub analysis_set: Name,
    /// Which records count; all if absent.
    #[serde(default)]
    pub r#where: Option<RuleText>,
    /// Conditions, a row each; not together with levels.
    #[serde(default)]
    pub items: Vec<OccurrenceItem>,
    /// The levels of the hierarchy, the outer first: texts of the record.
    #[serde(default)]
    pub levels: Vec<RuleText>,
    /// The grade of a record, a number. At each level a subject counts under the highest grade; a missing one is below all.
    #[serde(default)]
    pub grade: Option<RuleText>,
    /// The grades shown; a missing grade is shown where it occurs.
    #[serde(default)]
    pub grades: Vec<LevelSpec>,
    /// Which records say that a subject was assessed: only those with one (at the level) are the denominator. Everybody
    /// in the analysis set if absent.
    #[serde(default)]
    pub assessed: Option<RuleText>,
    /// First and last date of each subject's time at risk, for rates per 100 years: subjects by the time to their first
    /// record, and records by all the time.
    #[serde(default)]
    pub at_risk: Option<AtRisk>,
    /// Days at risk at which the mean number of records is read, and figures tell who is followed; for `mean-cumulative`.
    #[serde(default)]
    pub at: Vec<i32>,
    /// Texts of the subject that divide it into strata, for the methods over strata.
    #[serde(default)]
    pub strata: Vec<RuleText>,
    /// Methods of the comparison with the reference arm: an interval for the difference of proportions, a test; with
    /// `at-risk` also those of rates.
    #[serde(default)]
    pub methods: Vec<Method>,
    /// Subgroups, by name: the same within each of their levels, without rates.
    #[serde(default)]
    pub subgroups: Vec<Name>,
    /// Confidence level of intervals.
    #[serde(default = "ninety_five")]
    pub conf_level: f64,
}

/// The time a subject is at risk.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct AtRisk {
    /// First date: a rule over subjects.
    pub from: RuleText,
    /// Last date: a rule over subjects.
    pub to: RuleText,
    /// The date of a record: a rule over the records.
    pub date: RuleText,
}

/// A condition on records, or on subjects.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct OccurrenceItem {
    /// Identifier.
    pub id: Name,
    /// Label.
    pub label: String,
    /// Depth under the item before, from 0.
    #[serde(default)]
    pub indent: u8,
    /// Which records; all if absent.
    #[serde(default)]
    pub r#where: Option<RuleText>,
    /// Instead of records: which subjects. Such an item counts no events.
    #[serde(default)]
    pub subjects: Option<RuleText>,
}

/// Values and changes from baseline of parameters by visit.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ParameterSummary {
    /// Identifier; the name of its analysis in the results.
    pub id: Name,
    /// Label.
    pub label: String,
    /// The records: findings.
    pub records: Name,
    /// Who is described.
    pub analysis_set: Name,
    /// The visits, baseline included where it is named.
    pub at: Vec<Name>,
    /// Only these parameters, in this order; all if absent.
    #[serde(default)]
    pub parameters: Vec<Name>,
    /// Only these records.
    #[serde(default)]
    pub r#where: Option<RuleText>,
}

/// A grade at baseline against the worst one after it, for each parameter.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct GradeShift {
    /// Identifier; the name of its analysis in the results.
    pub id: Name,
    /// Label.
    pub label: String,
    /// The records: findings.
    pub records: Name,
    /// Who is described.
    pub analysis_set: Name,
    /// The number at baseline, in any record of the parameter.
    pub from: RuleText,
    /// The number of a record; the largest of a subject counts.
    pub to: RuleText,
    /// Which records count after baseline.
    pub r#where: RuleText,
    /// The visits, a block each; over all records that count if absent.
    #[serde(default)]
    pub at: Vec<Name>,
    /// Only these parameters, in this order; all if absent.
    #[serde(default)]
    pub parameters: Vec<Name>,
    /// The numbers shown, the mildest first.
    pub levels: Vec<LevelSpec>,
}

/// A time to an event that is known as a number of days for each subject.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Survival {
    /// Days to the event, or to the end of observation: a rule over subjects. Who has none is not analysed.
    pub days: RuleText,
    /// Whether it ended with the event: a rule over subjects.
    pub event: RuleText,
    /// Whether it ended with a competing event.
    #[serde(default)]
    pub competing: Option<RuleText>,
    /// Days at which the curve is read, and at which figures tell the numbers at risk; counted from the landmark, if there
    /// is one.
    pub at: Vec<i32>,
    /// Texts of the subject that divide it into strata, for the methods over strata.
    #[serde(default)]
    pub strata: Vec<RuleText>,
    /// The scale on which limits of Kaplan and Meier's estimate are symmetric.
    #[serde(default)]
    pub limits: Limits,
    /// Only those without event or end of observation by this day are analysed, and their time is counted from it.
    #[serde(default)]
    pub landmark: Option<i32>,
    /// Methods: those of a time of visits, without `grouped-hazards` and `turnbull`.
    pub methods: Vec<Method>,
    /// Confidence level of intervals.
    #[serde(default = "ninety_five")]
    pub conf_level: f64,
}
