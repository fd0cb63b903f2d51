//! Analyses of a running trial, bound.

use crate::plan::{BoundLoss, RuleId};

/// Accrual.
#[derive(Clone, Debug)]
pub struct BoundAccrual {
    /// The date of a subject.
    pub date: RuleId,
    /// How many are planned.
    pub planned: u64,
    /// The day on which accrual opened.
    pub opened: Option<i32>,
    /// The plan: how many by the end of some days, which rise.
    pub target: Vec<(i32, u64)>,
    /// The site of a subject.
    pub site: Option<RuleId>,
    /// An earlier date.
    pub since: Option<RuleId>,
    /// The day of the data.
    pub as_of: i32,
    /// Confidence level.
    pub conf_level: f64,
}

/// Where subjects are.
#[derive(Clone, Debug)]
pub struct BoundStatus {
    /// The boxes, each behind the one it is in.
    pub boxes: Vec<BoundStatusBox>,
}

/// A box.
#[derive(Clone, Debug)]
pub struct BoundStatusBox {
    /// Identifier.
    pub id: String,
    /// Label.
    pub label: String,
    /// Position of the box it is in.
    pub outer: Option<usize>,
    /// Whom it holds, and why.
    pub held: BoundLoss,
    /// Whether it is told by arm: itself, or because it is in such a box.
    pub by_arm: bool,
    /// Whether the boxes in it hold everybody.
    pub complete: bool,
}

impl BoundAccrual {
    /// Its rules.
    pub fn rules(&self) -> impl Iterator<Item = RuleId> {
        [self.date].into_iter().chain(self.site).chain(self.since)
    }
}

impl BoundStatus {
    /// Its rules.
    #[must_use]
    pub fn rules(&self) -> Vec<RuleId> {
        let of_box = |own: &BoundStatusBox| {
            let reasons = own.held.reasons.iter().map(|(_, rule)| *rule);
            std::iter::once(own.held.rule).chain(reasons).chain(own.held.by).collect::<Vec<_>>()
        };
        self.boxes.iter().flat_map(of_box).collect()
    }

    /// Positions of the boxes in a box.
    pub fn inside(&self, outer: usize) -> impl Iterator<Item = usize> {
        (0..self.boxes.len()).filter(move |inner| self.boxes[*inner].outer == Some(outer))
    }
}
