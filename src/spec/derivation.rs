//! From records to variables: measures, doses, events, frames, options, derivations and variants.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::spec::records::Take;
use crate::spec::text::{Name, RuleText};

/// A measurement: where it is found and in which unit it is wanted. In a frame it gives its value at the visit under
/// its own name, its baseline under `name_base`, and the date of the value under `name_date`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Measure {
    /// Label.
    pub label: String,
    /// Dataset.
    pub dataset: Name,
    /// Which records.
    pub r#where: RuleText,
    /// The variable that holds the value: a number, or a text.
    pub value: Name,
    /// For numbers: the variable with the result as text, read where the value is missing. "<0.5" is the interval from
    /// 0 to below 0.5.
    #[serde(default)]
    pub text: Option<Name>,
    /// Unit of the value. Values in a unit that is not listed in the conversion are refused.
    #[serde(default)]
    pub unit: Option<Unit>,
    /// The variable with the date of the measurement.
    pub date: Name,
    /// Of several records on the same day: rules or variables in order of importance; true before false, the larger
    /// before the smaller, the later text before the earlier.
    #[serde(default)]
    pub prefer: Vec<RuleText>,
    /// Smallest and largest plausible number, in the unit wanted. A value outside is a warning, and counts as missing.
    #[serde(default)]
    pub plausible: Option<[f64; 2]>,
    /// The words a text may be. Another word is a warning, and counts as missing; any word if absent.
    #[serde(default)]
    pub words: Vec<String>,
    /// Further numeric variables of the same record, converted with it, by the name they get in a frame.
    #[serde(default)]
    pub beside: BTreeMap<String, Name>,
}

/// A unit of measurement.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Unit {
    /// The variable that holds the unit of each record.
    pub variable: Name,
    /// The unit wanted.
    pub to: String,
    /// The conversion, one of the instrument `units`.
    pub conversion: Name,
}

/// An assessment by an instrument of several items, one record an item. All items of a visit come from one day: the day
/// of assessment nearest to the nominal day. In a frame it gives each total of the instrument (`name` the first one,
/// `name_total` the others) with bounds `name_low` and `name_high` where items are missing, each item (`name_item`), how
/// many items have a listed grade, each of these with its baseline (`…_base`), how many items made a listed move since
/// baseline (`name_move`, and `name_move_open` for those that cannot be told), the number of items without a value
/// (`name_missing`) and the date (`name_date`).
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Score {
    /// Label.
    pub label: String,
    /// The instrument with items, totals and moves.
    pub instrument: Name,
    /// Dataset.
    pub dataset: Name,
    /// Which records; those with a code of the instrument if absent.
    #[serde(default)]
    pub r#where: Option<RuleText>,
    /// The variable with the code of the item.
    pub item: Name,
    /// The variable with the value: a number or a text.
    pub value: Name,
    /// The variable with the date of the assessment.
    pub date: Name,
    /// Of several records of an item on the same day: as for a measure.
    #[serde(default)]
    pub prefer: Vec<RuleText>,
    /// The codes of items in these data, by item; those of the instrument where an item is not named.
    #[serde(default)]
    pub codes: BTreeMap<String, String>,
    /// What the values of these data mean, where they are not those of the instrument: `{ "8" = "1", "Y" = "1" }`.
    #[serde(default)]
    pub values: BTreeMap<String, String>,
    /// The code of a total recorded beside the items, by total. Where it differs from that of the items, that is a
    /// warning and the items win; where there are no items at all it is taken.
    #[serde(default)]
    pub recorded: BTreeMap<String, String>,
}

/// A daily dose from medication records. In a frame it gives the mean daily dose over the days that end on the visit
/// day under its own name, the baseline dose under `name_base`, the dose from study day 1 to the visit day under
/// `name_cumulative`, and with `pulse` also the number of days at or above it (`name_pulses`), what was given on those
/// days (`name_pulse_dose`), and the mean without those days' records (`name_without_pulses`).
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Dose {
    /// Label.
    pub label: String,
    /// The instrument with equivalents, frequencies and routes.
    pub instrument: Name,
    /// Dataset.
    pub dataset: Name,
    /// Which records.
    pub r#where: RuleText,
    /// The variable with the drug.
    pub drug: Name,
    /// The variable with the amount per intake.
    pub amount: Name,
    /// The variable with the unit of the amount.
    pub unit: Name,
    /// The variable with the frequency.
    pub frequency: Name,
    /// The variable with the route.
    pub route: Name,
    /// First day.
    pub start: PartialDateVariable,
    /// Last day, itself included.
    pub end: PartialDateVariable,
    /// Which records have no end.
    #[serde(default)]
    pub ongoing: Option<RuleText>,
    /// Number of days the mean is taken over.
    pub days: i32,
    /// First and last study day of the baseline mean.
    pub baseline_days: [i32; 2],
    /// The dose a day, of one record by a vein or a muscle, from which it is a pulse.
    #[serde(default)]
    pub pulse: Option<Pulse>,
}

impl Dose {
    /// The columns it gives in a frame, all numbers.
    #[must_use]
    pub fn columns(&self, name: &str) -> Vec<String> {
        let mut columns = vec![name.to_owned(), format!("{name}_base"), format!("{name}_cumulative")];
        if self.pulse.is_some() {
            columns.extend(["pulses", "pulse_dose", "without_pulses"].map(|part| format!("{name}_{part}")));
        }
        columns
    }
}

/// What counts as a pulse.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Pulse {
    /// The smallest dose a day, in the unit of the instrument.
    pub from: f64,
    /// The routes, in the words of the data; any if empty.
    #[serde(default)]
    pub routes: Vec<String>,
}

/// A date that may be partial.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct PartialDateVariable {
    /// The variable with the complete date.
    pub date: Name,
    /// The variable with the date as text (`2024-03`), read where the date is missing. An unknown first day is taken
    /// as the first it may be, or study day 1 if that is later and still possible; an unknown last day as the last it
    /// may be.
    #[serde(default)]
    pub text: Option<Name>,
}

/// An event with a date; the first one counts. In a frame it gives `name_before`: the event is on or before the date
/// of the visit, or before the visit's window; for a visit without any value, on or before the last day of its window.
/// Its first date is `name_date`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Event {
    /// Label.
    pub label: String,
    /// Dataset.
    pub dataset: Name,
    /// Which records; all that have a date if absent.
    #[serde(default)]
    pub r#where: Option<RuleText>,
    /// The variable with the date.
    pub date: Name,
    /// The variable with the date as text (`2024-03`), read where the date is missing; the first day it may be counts.
    #[serde(default)]
    pub text: Option<Name>,
}

/// The measures, scores, doses and events of one subject at one visit, side by side: one row a subject and visit, and
/// one for baseline, where each value is its baseline. It also has `visit_date` (the latest date of the measures and
/// scores that date the visit), `visit_day` and `visit_week` (weeks of the schedule).
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Frame {
    /// Label.
    pub label: String,
    /// Measures, by name.
    #[serde(default)]
    pub measures: Vec<Name>,
    /// Scores, by name.
    #[serde(default)]
    pub scores: Vec<Name>,
    /// The measures and scores whose dates date the visit; all of them if absent.
    #[serde(default)]
    pub dated_by: Vec<Name>,
    /// Doses, by name.
    #[serde(default)]
    pub doses: Vec<Name>,
    /// Events, by name.
    #[serde(default)]
    pub events: Vec<Name>,
}

/// A free choice of a definition. Rules write it `:name`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct OptionSpec {
    /// What is chosen.
    pub label: Name,
    /// The values it may take, all of one type.
    pub values: Vec<Choice>,
    /// The value in force unless a variant changes it.
    pub default: Choice,
}

/// A value of an option.
#[derive(Clone, Debug, PartialEq, JsonSchema)]
#[schemars(untagged)]
pub enum Choice {
    /// Yes or no.
    Truth(bool),
    /// A number.
    Number(f64),
    /// A word.
    Text(String),
}

impl std::fmt::Display for Choice {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Truth(truth) => write!(f, "{}", if *truth { "yes" } else { "no" }),
            Self::Number(number) => write!(f, "{number}"),
            Self::Text(text) => f.write_str(text),
        }
    }
}

impl Choice {
    /// As it stands in a rule: a text is an expression.
    #[must_use]
    pub fn in_rule(&self) -> String {
        match self {
            Self::Truth(truth) => if *truth { "TRUE" } else { "FALSE" }.to_owned(),
            Self::Number(number) => number.to_string(),
            Self::Text(text) => text.clone(),
        }
    }
}

// By hand, because serde's untagged enums lose the place of a mistake.
impl<'de> Deserialize<'de> for Choice {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl serde::de::Visitor<'_> for Visitor {
            type Value = Choice;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("true or false, a number, or a text")
            }
            fn visit_bool<E>(self, value: bool) -> Result<Choice, E> {
                Ok(Choice::Truth(value))
            }
            #[expect(clippy::cast_precision_loss, reason = "options are small numbers")]
            fn visit_i64<E>(self, value: i64) -> Result<Choice, E> {
                Ok(Choice::Number(value as f64))
            }
            fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Choice, E> {
                if value.is_finite() { Ok(Choice::Number(value)) } else { Err(E::custom("must be finite")) }
            }
            fn visit_str<E>(self, value: &str) -> Result<Choice, E> {
                Ok(Choice::Text(value.to_owned()))
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}

/// A variable derived row by row in a frame: by a rule, or by the first case that holds. Derivations see the columns of
/// the frame, all variables of the subjects' dataset, and the derivations written before them.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Derivation {
    /// Identifier, and name of the variable.
    pub id: Name,
    /// Label.
    pub label: String,
    /// The frame, or the records.
    pub frame: Name,
    /// Its rule.
    #[serde(default)]
    pub rule: Option<RuleText>,
    /// What of the rule's value over the visits of a subject is taken; that of the visit itself if absent.
    #[serde(default)]
    pub across: Option<Across>,
    /// With `across = "any"`: the first and last day, counted from the date of this record; `[-30, 0]` is the 30 days before.
    #[serde(default)]
    pub within: Option<[i32; 2]>,
    /// Its cases; the first that holds decides, and leaves its reason code in the variable `id_reason`.
    #[serde(default)]
    pub cases: Vec<Case>,
    /// Or an instrument of rules, whose parameters `with` fills in.
    #[serde(default)]
    pub instrument: Option<Name>,
    /// The parameters of the instrument: columns of the frame, numbers, or expressions.
    #[serde(default)]
    pub with: BTreeMap<String, Choice>,
    /// Where the rules of an instrument come from, once they stand here.
    #[serde(skip)]
    #[schemars(skip)]
    pub source: Option<String>,
}

/// What of a rule's value over the visits of a subject is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Across {
    /// The value at the last earlier visit that has one, baseline included.
    Previous,
    /// The value at the next visit of the schedule.
    Next,
    /// For a condition: whether it held at this visit or an earlier one after baseline.
    Ever,
    /// For a condition over records: the date of the subject's first record at which it holds.
    First,
    /// For a condition over records: whether it holds for some record of the subject, or, with `within`, for one dated so
    /// many days from this one.
    Any,
}

/// A case of a derivation. The last has no `when`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Case {
    /// When it applies; absent in the last case, which applies otherwise.
    #[serde(default)]
    pub when: Option<RuleText>,
    /// The text it gives.
    #[serde(default)]
    pub then: Option<String>,
    /// Or a rule for the text it gives.
    #[serde(default)]
    pub then_rule: Option<RuleText>,
    /// The reason code it leaves.
    #[serde(default)]
    pub reason: Option<String>,
    /// Or a rule for the reason code.
    #[serde(default)]
    pub reason_rule: Option<RuleText>,
}

/// A variable of the subject, taken from a frame at one visit, or from records.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct SubjectVariable {
    /// The frame, or the records.
    pub frame: Name,
    /// The visit of the frame.
    #[serde(default)]
    pub at: Option<Name>,
    /// The variable; not for `any` and `count` of records.
    #[serde(default)]
    pub variable: Option<Name>,
    /// What is taken from records.
    #[serde(default)]
    pub take: Option<Take>,
    /// Which records; all if absent.
    #[serde(default)]
    pub r#where: Option<RuleText>,
}

/// A sensitivity or supplementary analysis: the same endpoints with named changes.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Variant {
    /// Identifier.
    pub id: Name,
    /// Label.
    pub label: String,
    /// The endpoints it applies to.
    pub of: Vec<Name>,
    /// Options with other values than their default.
    #[serde(default)]
    pub option: BTreeMap<String, Choice>,
    /// Who is left out: a rule over the endpoint's frame at its visit.
    #[serde(default)]
    pub exclude: Option<RuleText>,
    /// Another analysis set.
    #[serde(default)]
    pub analysis_set: Option<Name>,
    /// Another completion of the responses that the endpoint says are imputed.
    #[serde(default)]
    pub impute: Option<Imputation>,
}

/// How imputed responses are completed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Imputation {
    /// Response in the arm the others are compared with, non-response in the others: the worst for them.
    WorstBest,
    /// Non-response in the arm the others are compared with, response in the others: the best for them.
    BestWorst,
}
