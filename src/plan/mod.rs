//! Binds a specification to locked data: every reference resolved, every rule parsed and typed, all findings at once.
//! What leaves this stage can be run without looking anything up.

mod attendance;
mod bind;
mod bind_frame;
mod bind_jobs;
mod bind_outcomes;
mod bind_records;
mod bind_running;
mod bind_safety;
mod cut;
mod job;
mod looks;
mod mask;
mod records;
mod running;
mod safety;
mod schema;
mod trail;

pub use attendance::{BoundAttendance, BoundForm, BoundRecordSource};
pub use bind::bind;
pub use cut::cut;
pub use job::{
    BoundAncova, BoundBinary, BoundBinaryVariant, BoundContinuous, BoundExport, BoundFlow, BoundFrameSummary,
    BoundIndividual, BoundItem, BoundListing, BoundLoss, BoundParameter, BoundSubgroup, BoundTime, ItemKind, Job,
    JobKind, ParameterSource,
};
pub use looks::{BoundSafetyRule, LookNumber, Looks, PastLook};
pub use mask::{Shown, mask};
pub use records::{BoundFinding, BoundFindings, BoundGrade, BoundRecords, BoundSubjectVariable, VariableSource};
pub use running::{BoundAccrual, BoundStatus, BoundStatusBox};
pub use safety::{
    BoundAtRisk, BoundGradeShift, BoundLaneItem, BoundLanes, BoundOccurrence, BoundOccurrenceItem, BoundParameters,
    BoundPoints, BoundProfile, BoundProfileListing, BoundRecordListing, BoundSurvival, BoundWaterfall, Node,
};

use std::collections::{BTreeMap, BTreeSet};

use crate::data::evaluate::Options;
use crate::data::rule::Rule;
use crate::data::vector::Type;
use crate::error::Place;
use crate::spec::derivation::{Across, Pulse};
use crate::spec::design::{ArmBasis, Quantiles, Tie};
use crate::spec::instrument::{Conversion, DoseInstrument, ScoreInstrument};
use crate::spec::method::{Multiplicity, Random};
use crate::spec::monitoring::Monitoring;
use crate::spec::text::RuleText;

/// What will be done.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The subjects' dataset and the variable that identifies the subject.
    pub subjects: String,
    /// The variable that identifies the subject in every dataset.
    pub subject: String,
    /// Every rule of the specification.
    pub rules: Vec<BoundRule>,
    /// The arms, in order.
    pub arms: Vec<BoundArm>,
    /// The arm the others are compared with.
    pub reference_arm: usize,
    /// The analysis sets.
    pub sets: Vec<BoundSet>,
    /// The date of study day 1.
    pub day_one: Option<RuleId>,
    /// The day of the data, in days since 1970-01-01: what is due is due by then.
    pub as_of: Option<i32>,
    /// Which of two equally near records counts.
    pub tie: Tie,
    /// The definition of quantiles.
    pub quantiles: Quantiles,
    /// Seeds and numbers of draws.
    pub random: Random,
    /// Families of hypotheses.
    pub multiplicity: Vec<Multiplicity>,
    /// Group-sequential designs.
    pub monitoring: Vec<Monitoring>,
    /// Who counts as information of a design, by the identifier of the design: rules over subjects.
    pub information: BTreeMap<String, RuleId>,
    /// Looks that were taken, and the one that this run is, by the identifier of the design. None after binding: the
    /// ledger says which.
    pub looks: BTreeMap<String, Looks>,
    /// The visits, in order. A frame has a row for each, and one more, the last, for baseline.
    pub visits: Vec<BoundVisit>,
    /// Identifier of baseline.
    pub baseline: String,
    /// Frames, by name.
    pub frames: BTreeMap<String, BoundFrame>,
    /// Records, by name.
    pub records: BTreeMap<String, BoundRecords>,
    /// Variables of the subject that come from frames or records.
    pub subject_variables: Vec<BoundSubjectVariable>,
    /// The options in the main analysis.
    pub options: Options,
    /// Options of each variant.
    pub variants: Vec<BoundVariant>,
    /// The analyses, in the order of the results.
    pub jobs: Vec<Job>,
}

/// The position of a rule in [`Plan::rules`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RuleId(pub usize);

/// A parsed and typed rule.
#[derive(Clone, Debug)]
pub struct BoundRule {
    /// The rule.
    pub rule: Rule,
    /// Its text with its place in the file.
    pub text: RuleText,
    /// Where it begins.
    pub place: Place,
    /// What it defines, in words.
    pub defines: String,
    /// What its rows are.
    pub scope: Scope,
    /// The type of its value.
    pub kind: Type,
}

/// What the rows of a rule are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// The subjects.
    Subjects,
    /// The subjects, before variables from frames are added (arms, study day 1).
    SubjectRecords,
    /// Subjects and visits of a frame.
    Frame(String),
    /// The records of a dataset.
    Dataset(String),
    /// Records with their derived columns.
    Records(String),
    /// One measurement with its limits and baseline, as gradings see it.
    Grading,
}

/// An arm.
#[derive(Clone, Debug)]
pub struct BoundArm {
    /// Identifier.
    pub id: String,
    /// Who was randomised to it.
    pub planned: RuleId,
    /// Who was treated with it.
    pub actual: RuleId,
    /// Its dose.
    pub dose: Option<f64>,
}

/// An analysis set.
#[derive(Clone, Debug)]
pub struct BoundSet {
    /// Identifier.
    pub id: String,
    /// Who belongs to it.
    pub rule: RuleId,
    /// By which arm they count.
    pub basis: ArmBasis,
}

/// A visit.
#[derive(Clone, Debug)]
pub struct BoundVisit {
    /// Identifier.
    pub id: String,
    /// Nominal day.
    pub day: i32,
    /// Reach of the window.
    pub within: i32,
    /// Reach where the window is empty.
    pub when_empty: Option<i32>,
}

/// A frame.
#[derive(Clone, Debug)]
pub struct BoundFrame {
    /// Its measures.
    pub measures: Vec<BoundMeasure>,
    /// Its scores.
    pub scores: Vec<BoundScore>,
    /// Which of them date the visit.
    pub dated_by: Vec<String>,
    /// Its doses.
    pub doses: Vec<BoundDose>,
    /// Its events.
    pub events: Vec<BoundEvent>,
    /// Variables of the subjects' dataset that its derivations name.
    pub subject_columns: Vec<String>,
    /// All columns that a rule, a listing or a variable of the subject names: no others are kept.
    pub named: BTreeSet<String>,
    /// Its derivations, in order.
    pub derivations: Vec<BoundDerivation>,
}

/// A measure.
#[derive(Clone, Debug)]
pub struct BoundMeasure {
    /// Name in frames.
    pub name: String,
    /// Dataset.
    pub dataset: String,
    /// Which records.
    pub select: RuleId,
    /// The value.
    pub value: String,
    /// Whether the value is a number or a text.
    pub kind: Type,
    /// The result as text.
    pub text: Option<String>,
    /// Variable with the unit, unit wanted, conversion.
    pub unit: Option<(String, String, Conversion)>,
    /// The date.
    pub date: String,
    /// Order of records of one day.
    pub prefer: Vec<RuleId>,
    /// Further variables: name in the frame, variable.
    pub beside: Vec<(String, String)>,
    /// Smallest and largest plausible number.
    pub plausible: Option<[f64; 2]>,
    /// The words a text may be; any if empty.
    pub words: Vec<String>,
}

/// A score.
#[derive(Clone, Debug)]
pub struct BoundScore {
    /// Name in frames.
    pub name: String,
    /// Dataset.
    pub dataset: String,
    /// Which records; those with a code of the instrument if absent.
    pub select: Option<RuleId>,
    /// Items, totals and moves.
    pub instrument: ScoreInstrument,
    /// The variable with the code of the item.
    pub item: String,
    /// The value.
    pub value: String,
    /// The date.
    pub date: String,
    /// Order of records of one item and day.
    pub prefer: Vec<RuleId>,
    /// The code of each item, in the order of the instrument.
    pub codes: Vec<String>,
    /// What values of the data mean, where they are not those of the instrument.
    pub values: BTreeMap<String, String>,
    /// Totals recorded beside the items: position of the total, code.
    pub recorded: Vec<(usize, String)>,
}

/// A dose.
#[derive(Clone, Debug)]
pub struct BoundDose {
    /// Name in frames.
    pub name: String,
    /// Dataset.
    pub dataset: String,
    /// Which records.
    pub select: RuleId,
    /// How records become daily doses.
    pub instrument: DoseInstrument,
    /// Variables: drug, amount, unit, frequency, route.
    pub drug: String,
    /// Amount per intake.
    pub amount: String,
    /// Unit of the amount.
    pub unit: String,
    /// Frequency.
    pub frequency: String,
    /// Route.
    pub route: String,
    /// First day: date, date as text.
    pub start: (String, Option<String>),
    /// Last day: date, date as text.
    pub end: (String, Option<String>),
    /// Which records have no end.
    pub ongoing: Option<RuleId>,
    /// Days averaged at a visit.
    pub days: i32,
    /// First and last study day of the baseline.
    pub baseline_days: [i32; 2],
    /// What counts as a pulse.
    pub pulse: Option<Pulse>,
}

/// An event.
#[derive(Clone, Debug)]
pub struct BoundEvent {
    /// Name; in frames `name_before`.
    pub name: String,
    /// Dataset.
    pub dataset: String,
    /// Which records.
    pub select: Option<RuleId>,
    /// The date.
    pub date: String,
    /// The date as text, where it is partial.
    pub text: Option<String>,
}

/// A derivation.
#[derive(Clone, Debug)]
pub struct BoundDerivation {
    /// Name of the variable.
    pub id: String,
    /// How it is derived.
    pub form: DerivationForm,
    /// What of its rule is taken over the visits, or over the records of the subject.
    pub across: Option<Across>,
    /// First and last day from the date of the record.
    pub within: Option<[i32; 2]>,
}

/// How a variable is derived.
#[derive(Clone, Debug)]
pub enum DerivationForm {
    /// By a rule.
    Rule(RuleId),
    /// By the first case that holds.
    Cases(Vec<BoundCase>),
}

/// A case.
#[derive(Clone, Debug)]
pub struct BoundCase {
    /// When; none in the last case.
    pub when: Option<RuleId>,
    /// What it gives.
    pub then: Source,
    /// Its reason code.
    pub reason: Option<Source>,
}

/// A text written in the specification, or one that a rule gives.
#[derive(Clone, Debug)]
pub enum Source {
    /// Written.
    Text(String),
    /// By a rule.
    Rule(RuleId),
}

/// A variant.
#[derive(Clone, Debug)]
pub struct BoundVariant {
    /// Identifier.
    pub id: String,
    /// Its options; those of the main analysis where it changes none.
    pub options: Options,
    /// Whether options differ from the main analysis.
    pub rederives: bool,
}
