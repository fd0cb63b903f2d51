//! The analyses of a plan: one kind each, with nothing left to look up.

use crate::error::Place;
use crate::plan::RuleId;
use crate::results::Method;
use crate::spec::endpoint::LevelSpec;

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
    /// Analyses a yes-or-no outcome.
    Binary(BoundBinary),
    /// Compares a number by analysis of covariance.
    Ancova(BoundAncova),
    /// Counts the participant flow.
    Flow(BoundFlow),
    /// Lists a frame at a visit.
    Listing(BoundListing),
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
    /// A test of the arms.
    pub test: Option<Method>,
}

/// What an item describes.
#[derive(Clone, Debug)]
pub enum ItemKind {
    /// A number.
    Number(RuleId),
    /// A text with its levels; those of the data if none are listed.
    Category(RuleId, Vec<LevelSpec>),
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
    /// Methods.
    pub methods: Vec<Method>,
    /// Confidence level.
    pub conf_level: f64,
    /// Variants: position in [`Plan::variants`], who is left out, another analysis set.
    pub variants: Vec<(usize, Option<RuleId>, Option<usize>)>,
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
    /// Position of the visit.
    pub visit: usize,
    /// Variables of the frame.
    pub columns: Vec<String>,
}
