//! Looks at the data of a group-sequential design, and rules for safety, bound.

use crate::plan::RuleId;
use crate::spec::monitoring::StopRule;

/// The looks of a design that were taken, and the one that this run is.
///
/// A final report names its last planned look as the one that is now.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Looks {
    /// Those taken, in their order.
    pub past: Vec<PastLook>,
    /// The one that is now, if this run is one.
    pub now: Option<LookNumber>,
    /// Whether arms are coded, so that nobody knows which one is tested: what the bounds say is then told for both signs
    /// of Z.
    pub coded: bool,
}

/// Which look of a design one is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LookNumber {
    /// A planned one, counted from 1.
    Planned(usize),
    /// One that was not planned.
    Unplanned,
}

impl LookNumber {
    /// The number of a planned one.
    #[must_use]
    pub const fn planned(self) -> Option<usize> {
        match self {
            Self::Planned(number) => Some(number),
            Self::Unplanned => None,
        }
    }
}

/// A look that was taken.
#[derive(Clone, Debug, PartialEq)]
pub struct PastLook {
    /// Which one.
    pub number: LookNumber,
    /// The information there was, in the unit of the design.
    pub information: f64,
    /// The day, as an ISO date.
    pub date: String,
    /// The day of its data, likewise.
    pub cutoff: String,
    /// What the board decided after it, in one word, where that is recorded.
    pub decision: Option<String>,
}

/// A rule for the safety of single arms.
#[derive(Clone, Debug)]
pub struct BoundSafetyRule {
    /// The records that are events; the rule is one over subjects if absent.
    pub records: Option<String>,
    /// Which records, or which subjects; all records if absent.
    pub event: Option<RuleId>,
    /// Subjects of an arm at the end.
    pub planned: u64,
    /// When it is too frequent.
    pub stop: StopRule,
}
