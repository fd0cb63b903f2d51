//! Records of datasets, bound: what their columns are made of.

use std::collections::BTreeSet;

use crate::plan::{BoundDerivation, RuleId};
use crate::spec::instrument::Conversion;
use crate::spec::records::Take;

/// Records.
#[derive(Clone, Debug)]
pub struct BoundRecords {
    /// Dataset.
    pub dataset: String,
    /// Which records.
    pub select: Option<RuleId>,
    /// First day: date, date as text.
    pub start: Option<(String, Option<String>)>,
    /// Last day.
    pub end: Option<(String, Option<String>)>,
    /// Measurements.
    pub findings: Option<BoundFindings>,
    /// Variables of the subjects' dataset that rules name.
    pub subject_columns: Vec<String>,
    /// All columns that somebody names.
    pub named: BTreeSet<String>,
    /// Derivations, in order.
    pub derivations: Vec<BoundDerivation>,
}

/// Measurements.
#[derive(Clone, Debug)]
pub struct BoundFindings {
    /// The variable with the code of the parameter.
    pub parameter: String,
    /// The value.
    pub value: String,
    /// The result as text.
    pub text: Option<String>,
    /// The unit.
    pub unit: Option<String>,
    /// The date.
    pub date: String,
    /// The reference range.
    pub low: Option<String>,
    /// Its upper limit.
    pub high: Option<String>,
    /// Age and sex in the subjects' dataset.
    pub age: Option<String>,
    /// Sex.
    pub sex: Option<String>,
    /// Which records may be the baseline.
    pub baseline: Option<RuleId>,
    /// Which records may stand for a visit.
    pub visits: Option<RuleId>,
    /// The visit of each record.
    pub at: Option<RuleId>,
    /// Order of records of one day.
    pub prefer: Vec<RuleId>,
    /// The parameters.
    pub parameters: Vec<BoundFinding>,
    /// Names of the gradings.
    pub gradings: Vec<String>,
}

/// A parameter.
#[derive(Clone, Debug)]
pub struct BoundFinding {
    /// Code.
    pub code: String,
    /// Unit wanted.
    pub unit: Option<String>,
    /// How other units are converted to it.
    pub conversion: Option<Conversion>,
    /// Smallest and largest plausible value.
    pub plausible: Option<[f64; 2]>,
    /// Its grades.
    pub grades: Vec<BoundGrade>,
}

/// A grade of a parameter in one direction.
#[derive(Clone, Debug)]
pub struct BoundGrade {
    /// The column it gives, such as `grade_low`.
    pub column: String,
    /// Its rule.
    pub rule: RuleId,
    /// The factor from the unit wanted to that of the grading.
    pub factor: f64,
}

/// A variable of the subject.
#[derive(Clone, Debug)]
pub struct BoundSubjectVariable {
    /// Its name.
    pub name: String,
    /// Where it comes from.
    pub source: VariableSource,
}

/// Where a variable of the subject comes from.
#[derive(Clone, Debug)]
pub enum VariableSource {
    /// A frame at one visit.
    Frame {
        /// The frame.
        frame: String,
        /// Position of the visit.
        visit: usize,
        /// The variable of the frame.
        variable: String,
    },
    /// The records of the subject.
    Records {
        /// The records.
        records: String,
        /// What is taken.
        take: Take,
        /// The variable.
        variable: Option<String>,
        /// Which records.
        select: Option<RuleId>,
    },
}
