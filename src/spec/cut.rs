//! The data as of a day: which records of each dataset are left out, and what of the others is restated.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::spec::text::{Name, RuleText};

/// How the data are cut off, for interim work: as they stood at the end of a day. Nothing is cut without a date.
///
/// Records after the day are excluded, and of the records that are kept, what became known later is restated. Subjects
/// whose record is excluded from the dataset of subjects are excluded everywhere, with all their records. Every dataset
/// must be named here, since one that is forgotten would let later data through.
///
/// A cut is made of what stands in the data and computes no variable again. Whatever was derived from later records must
/// be restated here, or it tells of the future: end-of-study and end-of-treatment status, death, analysis sets that depend
/// on follow-up, flags of the worst or the last record, values carried forward, totals and averages, end dates with
/// their study days and durations. Study days and baselines of kept records are right as they are, because the reference
/// day and the baseline lie before them. A date after the cut-off that is still there is a warning that names it; a number or a
/// word that tells of the future cannot be found out.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct CutOff {
    /// The last day of the data, `YYYY-MM-DD`; `--cutoff` comes before it.
    #[serde(default)]
    pub date: Option<Name>,
    /// What is done with each dataset, by name.
    #[serde(default)]
    pub datasets: BTreeMap<String, DatasetCut>,
}

/// What a cut-off does with a dataset. Its rules name the variables of the dataset, those of the subjects’ dataset as
/// they were locked, and the day as `:cutoff`.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct DatasetCut {
    /// No record is excluded, and why that is right.
    #[serde(default)]
    pub whole: Option<Name>,
    /// Records are excluded if one of these dates lies after the cut-off. A partial date as text lies after it only if the
    /// first day it may be does. Records without any of these dates are kept and counted.
    #[serde(default)]
    pub date: Vec<Name>,
    /// Records for which this holds are excluded as well; where it cannot be decided, the record is kept.
    #[serde(default)]
    pub exclude: Option<RuleText>,
    /// What is restated in records that are kept, in order. All rules see the values as locked.
    #[serde(default)]
    pub restate: Vec<Restate>,
}

/// What became known after the cut-off, in records that began before it: an ongoing event has no end yet, and a time to
/// an event that came later is censored at the cut-off.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Restate {
    /// In records where this date lies after the cut-off.
    #[serde(default)]
    pub after: Option<Name>,
    /// In records for which this holds; with `after`, for which both hold.
    #[serde(default)]
    pub r#where: Option<RuleText>,
    /// Variables that lose their value.
    #[serde(default)]
    pub blank: Vec<Name>,
    /// Variables that get another value, each with the rule that gives it: `"'ONGOING'"`, `":cutoff - BEGUN + 1"`.
    #[serde(default)]
    pub set: BTreeMap<String, RuleText>,
}
