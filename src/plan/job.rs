//! The analyses of a plan: one kind each, with nothing left to look up.

use crate::error::Place;
use crate::plan::{
    BoundAccrual, BoundAttendance, BoundGradeShift, BoundLanes, BoundOccurrence, BoundParameters, BoundPoints,
    BoundProfile, BoundRecordListing, BoundSafetyRule, BoundStatus, BoundSurvival, BoundWaterfall, RuleId,
};
use crate::results::{Method, Statistic};
use crate::spec::derivation::Imputation;
use crate::spec::endpoint::LevelSpec;
use crate::spec::method::{Attempt, Limits, Margins};
use crate::spec::output::OrderBy;

/// One analysis.
#[derive(Clone, Debug)]
pub struct Job {
    /// Its name in results.
    pub analysis: String,
    /// Where the specification asks for it.
    pub place: Place,
    /// Position of its analysis set.
    pub set: usize,
    /// What is done.
    pub kind: JobKind,
}

/// What an analysis does.
#[derive(Clone, Debug)]
pub enum JobKind {
    /// Describes subjects.
    Summary(Vec<BoundItem>),
    /// Describes subjects at the visits of a frame.
    FrameSummary(BoundFrameSummary),
    /// Analyses a yes-or-no outcome.
    Binary(BoundBinary),
    /// Describes and compares a number by visit.
    Continuous(BoundContinuous),
    /// Analyses a time to an event.
    Time(BoundTime),
    /// Compares a number by analysis of covariance.
    Ancova(BoundAncova),
    /// Counts the participant flow.
    Flow(BoundFlow),
    /// Follows accrual.
    Accrual(BoundAccrual),
    /// Counts where participants are.
    Status(BoundStatus),
    /// Lists a frame at visits.
    Listing(BoundListing),
    /// Gives the values of each subject for a figure of lines.
    Individual(BoundIndividual),
    /// Counts occurrences of records.
    Occurrence(BoundOccurrence),
    /// Describes parameters by visit.
    Parameters(BoundParameters),
    /// Counts shifts of grades.
    GradeShift(BoundGradeShift),
    /// Counts who came to which visit, and what has been received.
    Attendance(BoundAttendance),
    /// Analyses a time known in days.
    Survival(BoundSurvival),
    /// Holds the events of single arms against a boundary.
    SafetyRule(BoundSafetyRule),
    /// Lists records.
    RecordListing(BoundRecordListing),
    /// Gives a point for each subject.
    Points(BoundPoints),
    /// Gives a bar for each subject.
    Waterfall(BoundWaterfall),
    /// Gives a lane for each subject.
    Lanes(BoundLanes),
    /// Gives the pages of single subjects.
    Profile(BoundProfile),
    /// Writes derived values as a dataset.
    Export(BoundExport),
}

/// An item of a summary.
#[derive(Clone, Debug)]
pub struct BoundItem {
    /// Identifier.
    pub id: String,
    /// What it describes.
    pub kind: ItemKind,
    /// Only these subjects.
    pub among: Option<RuleId>,
    /// Another analysis set.
    pub set: Option<usize>,
    /// Unit.
    pub unit: Option<String>,
    /// Further statistics of a number.
    pub more: Vec<Statistic>,
    /// A test of the arms.
    pub test: Option<Method>,
}

/// What an item describes.
#[derive(Clone, Debug)]
pub enum ItemKind {
    /// A number.
    Number(RuleId),
    /// A text with its levels (those of the data if none are listed), and the same text at baseline for its shift.
    Category(RuleId, Vec<LevelSpec>, Option<RuleId>),
    /// A condition.
    Count(RuleId),
    /// Nothing: a heading.
    Heading,
}

/// A binary endpoint, with its variants.
#[derive(Clone, Debug)]
pub struct BoundBinary {
    /// The frame.
    pub frame: String,
    /// Positions of the visits.
    pub visits: Vec<usize>,
    /// Who responds.
    pub response: RuleId,
    /// Who was observed.
    pub observed: Option<RuleId>,
    /// Why somebody responds or does not.
    pub reason: Option<RuleId>,
    /// Whose response is imputed.
    pub imputed: Option<RuleId>,
    /// Whether all completions of imputed responses are analysed.
    pub tipping_point: bool,
    /// Subgroups.
    pub subgroups: Vec<BoundSubgroup>,
    /// What divides the subjects into strata.
    pub strata: Vec<RuleId>,
    /// The difference that a test of a margin tests.
    pub margin: Option<f64>,
    /// Covariates of models.
    pub covariates: Vec<RuleId>,
    /// Methods.
    pub methods: Vec<Method>,
    /// Confidence level.
    pub conf_level: f64,
    /// Variants.
    pub variants: Vec<BoundBinaryVariant>,
}

/// A variant of a binary endpoint.
#[derive(Clone, Debug)]
pub struct BoundBinaryVariant {
    /// Position in [`crate::plan::Plan::variants`].
    pub variant: usize,
    /// Who is left out.
    pub exclude: Option<RuleId>,
    /// Another analysis set.
    pub set: Option<usize>,
    /// Another completion of imputed responses.
    pub impute: Option<Imputation>,
}

/// A subgroup.
#[derive(Clone, Debug)]
pub struct BoundSubgroup {
    /// Identifier.
    pub id: String,
    /// The level of each subject.
    pub category: RuleId,
    /// The levels.
    pub levels: Vec<String>,
}

/// A summary over a frame.
#[derive(Clone, Debug)]
pub struct BoundFrameSummary {
    /// The frame.
    pub frame: String,
    /// Rows of the visits.
    pub visits: Vec<usize>,
    /// What is described.
    pub items: Vec<BoundItem>,
}

/// A number by visit.
#[derive(Clone, Debug)]
pub struct BoundContinuous {
    /// The frame.
    pub frame: String,
    /// The value.
    pub value: RuleId,
    /// Its baseline.
    pub base: RuleId,
    /// Rows of the visits.
    pub visits: Vec<usize>,
    /// Those at which the change is compared.
    pub compare_at: Vec<usize>,
    /// Methods of the comparison.
    pub methods: Vec<Method>,
    /// What a model for repeated measurements tries.
    pub attempts: Vec<Attempt>,
    /// By how much imputed values are made worse.
    pub deltas: Vec<f64>,
    /// What divides the subjects into strata.
    pub strata: Vec<RuleId>,
    /// Who has the worst outcome of all.
    pub worst: Option<RuleId>,
    /// Whether a higher value is worse.
    pub higher_is_worse: bool,
    /// Unit.
    pub unit: Option<String>,
    /// Confidence level.
    pub conf_level: f64,
}

/// A time to an event.
#[derive(Clone, Debug)]
pub struct BoundTime {
    /// The frame.
    pub frame: String,
    /// The date time runs from.
    pub start: RuleId,
    /// The event, at a visit.
    pub event: RuleId,
    /// Whether it was assessed, at a visit.
    pub assessed: RuleId,
    /// Competing events of the frame, by name.
    pub competing: Vec<String>,
    /// The last day observed.
    pub last_day: i32,
    /// By which day each visit's window has closed: position of the visit, and day.
    pub closing_days: Vec<(usize, i32)>,
    /// What divides the subjects into strata.
    pub strata: Vec<RuleId>,
    /// The scale of limits.
    pub limits: Limits,
    /// Methods.
    pub methods: Vec<Method>,
    /// Confidence level.
    pub conf_level: f64,
}

/// An analysis of covariance.
#[derive(Clone, Debug)]
pub struct BoundAncova {
    /// The dataset.
    pub dataset: String,
    /// The records.
    pub select: RuleId,
    /// The response.
    pub response: RuleId,
    /// Unit of the response.
    pub unit: Option<String>,
    /// Factors.
    pub factors: Vec<String>,
    /// Covariates.
    pub covariates: Vec<String>,
    /// How levels of factors count in least-squares means.
    pub margins: Margins,
    /// Whether the dose response is tested.
    pub trend: bool,
    /// Described variables: identifier, records, value.
    pub describe: Vec<(String, RuleId, RuleId)>,
    /// Confidence level.
    pub conf_level: f64,
}

/// The participant flow.
#[derive(Clone, Debug)]
pub struct BoundFlow {
    /// Assessed.
    pub assessed: RuleId,
    /// Excluded.
    pub excluded: BoundLoss,
    /// Randomised.
    pub randomised: RuleId,
    /// Received.
    pub received: RuleId,
    /// Did not receive: label and rule.
    pub not_received: Vec<(String, RuleId)>,
    /// Discontinued.
    pub discontinued: BoundLoss,
    /// Lost for the primary outcome.
    pub lost: BoundLoss,
    /// Analysed.
    pub analysed: RuleId,
    /// Not analysed: label and rule.
    pub not_analysed: Vec<(String, RuleId)>,
}

/// A loss with its reasons.
#[derive(Clone, Debug)]
pub struct BoundLoss {
    /// Who.
    pub rule: RuleId,
    /// Listed reasons: label and rule.
    pub reasons: Vec<(String, RuleId)>,
    /// Reasons by the value of a text.
    pub by: Option<RuleId>,
}

/// A listing.
#[derive(Clone, Debug)]
pub struct BoundListing {
    /// The frame.
    pub frame: String,
    /// Rows of the visits.
    pub visits: Vec<usize>,
    /// Only the lines for which this holds.
    pub select: Option<RuleId>,
    /// Whether arms or subjects come first.
    pub order_by: OrderBy,
    /// Variables of the frame.
    pub columns: Vec<String>,
}

/// The values of each subject over the visits.
#[derive(Clone, Debug)]
pub struct BoundIndividual {
    /// The frame.
    pub frame: String,
    /// Rows of the visits, baseline first.
    pub visits: Vec<usize>,
    /// The value.
    pub value: RuleId,
}

/// A dataset of derived values.
#[derive(Clone, Debug)]
pub struct BoundExport {
    /// Its parameters.
    pub parameters: Vec<BoundParameter>,
}

/// A parameter of a dataset of derived values.
#[derive(Clone, Debug)]
pub struct BoundParameter {
    /// Code.
    pub code: String,
    /// Label.
    pub label: String,
    /// Where its values come from.
    pub source: ParameterSource,
}

/// Where the values of a parameter come from.
#[derive(Clone, Debug)]
pub enum ParameterSource {
    /// A frame.
    Frame {
        /// The frame.
        frame: String,
        /// Rows of the visits.
        visits: Vec<usize>,
        /// The value.
        value: RuleId,
        /// Its baseline.
        base: Option<RuleId>,
        /// The reason of the value.
        reason: Option<RuleId>,
    },
    /// A time to an event.
    Time(BoundTime),
}
