//! Records of a dataset, one row each: events, medications, findings; and what is taken from them for a subject.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::spec::derivation::PartialDateVariable;
use crate::spec::text::{Name, RuleText};

/// The records of a dataset, one row each. Rules over them name the variables of the dataset, those of the subjects'
/// dataset, the dates below, the columns of findings, and the derivations written for them before.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Records {
    /// Label.
    pub label: String,
    /// Dataset.
    pub dataset: Name,
    /// Which records; all if absent.
    #[serde(default)]
    pub r#where: Option<RuleText>,
    /// First day. It gives `start` (where the day is unknown, the first it may be, or study day 1 if that is later and
    /// still possible), its study day `start_day`, and the first and last day it may be, `start_first` and `start_last`.
    #[serde(default)]
    pub start: Option<PartialDateVariable>,
    /// Last day: `end` (where unknown, the last it may be), `end_day`, `end_first`, `end_last`.
    #[serde(default)]
    pub end: Option<PartialDateVariable>,
    /// The records are measurements: a value of a parameter on a day.
    #[serde(default)]
    pub findings: Option<Findings>,
}

/// Measurements of parameters, one record each. They give `parameter` (its code), `value` (in the unit wanted), `low`
/// and `high` (the reference range), `range` ("L", "N" or "H"), `day` (study day), `visit` (the visit the record stands
/// for, empty if another record does), `baseline` (whether it is the baseline record), `base` (the baseline value),
/// `base_low`, `base_high` and `base_range`, `change` (from baseline), `after` (whether it comes after baseline), and for
/// each grading its grades `NAME_low` and `NAME_high` with those of the baseline record, `NAME_low_base` and
/// `NAME_high_base`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Findings {
    /// The variable with the code of the parameter.
    pub parameter: Name,
    /// The variable with the value: a number.
    pub value: Name,
    /// The variable with the result as text, read where the value is missing ("<0.5").
    #[serde(default)]
    pub text: Option<Name>,
    /// The variable with the unit.
    #[serde(default)]
    pub unit: Option<Name>,
    /// The variable with the date.
    pub date: Name,
    /// The variable with the lower limit of the reference range, in the unit of the record.
    #[serde(default)]
    pub low: Option<Name>,
    /// The variable with the upper limit of the reference range.
    #[serde(default)]
    pub high: Option<Name>,
    /// Which records may be the baseline: the last of them on or before study day 1 is. All if absent.
    #[serde(default)]
    pub baseline: Option<RuleText>,
    /// Which records may stand for a visit; all if absent. Every record after baseline counts for the worst value.
    #[serde(default)]
    pub visits: Option<RuleText>,
    /// The visit of each record, where the data say it: the identifier of a visit or of baseline. By windows if absent.
    #[serde(default)]
    pub at: Option<RuleText>,
    /// Of several records on the same day: as for a measure.
    #[serde(default)]
    pub prefer: Vec<RuleText>,
    /// Variables of the subjects’ dataset with age in years and sex ("F" or "M"), for gradings that ask for them.
    #[serde(default)]
    pub age: Option<Name>,
    /// Sex.
    #[serde(default)]
    pub sex: Option<Name>,
    /// Instruments that grade the values, by the name of the grade.
    #[serde(default)]
    pub grades: BTreeMap<String, Name>,
    /// The parameters, in the order of tables.
    pub parameters: Vec<FindingParameter>,
}

/// A parameter of findings.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct FindingParameter {
    /// Its code in the data.
    pub code: Name,
    /// Label, without unit.
    pub label: String,
    /// The unit wanted.
    #[serde(default)]
    pub unit: Option<String>,
    /// The conversion, one of the instrument `units`; without it all records must have the unit wanted.
    #[serde(default)]
    pub conversion: Option<Name>,
    /// What gradings call it; ungraded if absent.
    #[serde(default)]
    pub analyte: Option<Name>,
    /// Decimals its values are recorded with, in the unit wanted.
    #[serde(default)]
    pub decimals: u8,
    /// Smallest and largest plausible value. One outside is a warning, and counts as missing.
    #[serde(default)]
    pub plausible: Option<[f64; 2]>,
    /// The group it stands in, such as "Haematology".
    #[serde(default)]
    pub group: Option<String>,
}

/// What is taken from the records of a subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Take {
    /// Whether there is a record.
    Any,
    /// How many records there are.
    Count,
    /// The smallest value of the variable: a number or a date.
    Min,
    /// The largest value of the variable: a number or a date.
    Max,
    /// The sum of the variable.
    Sum,
    /// The value of the variable in the first record by date that has one.
    First,
    /// The value of the variable in the last record by date that has one.
    Last,
}
