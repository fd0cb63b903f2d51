//! Analyses over records, bound.

use crate::plan::{BoundSubgroup, RuleId};
use crate::results::Method;
use crate::spec::method::Limits;
use crate::spec::output::OrderBy;

/// Occurrences.
#[derive(Clone, Debug)]
pub struct BoundOccurrence {
    /// The records.
    pub records: String,
    /// Which count.
    pub select: Option<RuleId>,
    /// Conditions.
    pub items: Vec<BoundOccurrenceItem>,
    /// The levels of the hierarchy.
    pub levels: Vec<RuleId>,
    /// The grade of a record, and the grades listed.
    pub grade: Option<(RuleId, Vec<String>)>,
    /// Which records say that a subject was assessed.
    pub assessed: Option<RuleId>,
    /// Time at risk.
    pub at_risk: Option<BoundAtRisk>,
    /// Days at risk at which the mean number of records is read.
    pub at: Vec<i32>,
    /// What divides the subjects into strata.
    pub strata: Vec<RuleId>,
    /// Methods of the comparison.
    pub methods: Vec<Method>,
    /// Subgroups.
    pub subgroups: Vec<BoundSubgroup>,
    /// Confidence level.
    pub conf_level: f64,
}

/// Time at risk: first and last date of a subject, and the date of a record.
#[derive(Clone, Copy, Debug)]
pub struct BoundAtRisk {
    /// First date.
    pub from: RuleId,
    /// Last date.
    pub to: RuleId,
    /// Date of a record.
    pub date: RuleId,
}

/// A condition.
#[derive(Clone, Debug)]
pub struct BoundOccurrenceItem {
    /// Identifier.
    pub id: String,
    /// On what.
    pub node: Node,
}

/// What an item counts.
#[derive(Clone, Copy, Debug)]
pub enum Node {
    /// Records, those of a rule or all.
    Records(Option<RuleId>),
    /// Subjects.
    Subjects(RuleId),
}

/// Parameters by visit.
#[derive(Clone, Debug)]
pub struct BoundParameters {
    /// The records.
    pub records: String,
    /// Visits: identifiers.
    pub visits: Vec<String>,
    /// Codes.
    pub parameters: Vec<String>,
    /// Only these records.
    pub select: Option<RuleId>,
    /// Parameter and visit of a record.
    pub placed: (RuleId, RuleId),
    /// Values.
    pub value: RuleId,
    /// Changes.
    pub change: RuleId,
    /// Displays that show single points outside the whiskers: identifier, parameters, whether the change is shown.
    pub outliers: Vec<(String, Vec<String>, bool)>,
}

/// Shifts of grades.
#[derive(Clone, Debug)]
pub struct BoundGradeShift {
    /// The records.
    pub records: String,
    /// Parameter and visit of a record.
    pub placed: (RuleId, RuleId),
    /// The number at baseline.
    pub from: RuleId,
    /// The number of a record.
    pub to: RuleId,
    /// Which records count.
    pub select: RuleId,
    /// Visits: identifiers; over all records if empty.
    pub visits: Vec<String>,
    /// Codes.
    pub parameters: Vec<String>,
    /// The numbers shown.
    pub levels: Vec<String>,
}

/// A time known in days.
#[derive(Clone, Debug)]
pub struct BoundSurvival {
    /// Days.
    pub days: RuleId,
    /// Whether it ended with the event.
    pub event: RuleId,
    /// Whether with a competing one.
    pub competing: Option<RuleId>,
    /// Days at which the curve is read.
    pub at: Vec<i32>,
    /// Only those without event by this day, from it.
    pub landmark: Option<i32>,
    /// The scale of limits.
    pub limits: Limits,
    /// What divides the subjects into strata.
    pub strata: Vec<RuleId>,
    /// Methods.
    pub methods: Vec<Method>,
    /// Confidence level.
    pub conf_level: f64,
}

/// A listing of records.
#[derive(Clone, Debug)]
pub struct BoundRecordListing {
    /// The records.
    pub records: String,
    /// Which.
    pub select: Option<RuleId>,
    /// In which order those of a subject stand.
    pub order: Vec<String>,
    /// Whether arms or subjects come first.
    pub order_by: OrderBy,
    /// The columns.
    pub columns: Vec<String>,
}

/// One point a subject.
#[derive(Clone, Debug)]
pub struct BoundPoints {
    /// Horizontal and vertical position, a panel each.
    pub panels: Vec<(RuleId, RuleId)>,
    /// Who is named.
    pub name: Option<RuleId>,
}

/// One bar a subject.
#[derive(Clone, Copy, Debug)]
pub struct BoundWaterfall {
    /// Its height.
    pub value: RuleId,
}

/// One lane a subject.
#[derive(Clone, Debug)]
pub struct BoundLanes {
    /// First and last day of the lane.
    pub from: RuleId,
    /// Last day.
    pub to: RuleId,
    /// Stretches.
    pub segments: Vec<BoundLaneItem>,
    /// Symbols.
    pub marks: Vec<BoundLaneItem>,
}

/// What stands in a lane.
#[derive(Clone, Debug)]
pub struct BoundLaneItem {
    /// The records; the subject itself if none.
    pub records: Option<String>,
    /// Which.
    pub select: Option<RuleId>,
    /// The day it begins.
    pub from: RuleId,
    /// The day it ends.
    pub to: Option<RuleId>,
    /// Its text.
    pub text: Option<RuleId>,
}

/// Pages of single subjects.
#[derive(Clone, Debug)]
pub struct BoundProfile {
    /// Who.
    pub select: RuleId,
    /// Whether arms or subjects come first.
    pub order_by: OrderBy,
    /// Facts: identifier and value.
    pub facts: Vec<(String, RuleId)>,
    /// Lanes.
    pub lanes: Vec<BoundLaneItem>,
    /// Findings: records and codes.
    pub findings: Vec<(String, Vec<String>)>,
    /// Listings.
    pub listings: Vec<BoundProfileListing>,
}

/// A listing in a profile.
#[derive(Clone, Debug)]
pub struct BoundProfileListing {
    /// The records.
    pub records: String,
    /// Which.
    pub select: Option<RuleId>,
    /// The columns.
    pub columns: Vec<String>,
}

impl BoundOccurrence {
    /// Its rules.
    #[must_use]
    pub fn rules(&self) -> Vec<RuleId> {
        let mut rules: Vec<RuleId> = self.select.into_iter().chain(self.assessed).collect();
        rules.extend(self.items.iter().filter_map(|item| match item.node {
            Node::Records(rule) => rule,
            Node::Subjects(rule) => Some(rule),
        }));
        rules.extend(&self.levels);
        rules.extend(self.grade.iter().map(|(rule, _)| *rule));
        rules.extend(self.at_risk.iter().flat_map(|own| [own.from, own.to, own.date]));
        rules.extend(self.subgroups.iter().map(|subgroup| subgroup.category));
        rules
    }
}

impl BoundLaneItem {
    fn rules(&self) -> impl Iterator<Item = RuleId> {
        self.select.into_iter().chain([self.from]).chain(self.to).chain(self.text)
    }
}

impl BoundLanes {
    /// Its rules.
    #[must_use]
    pub fn rules(&self) -> Vec<RuleId> {
        let items = self.segments.iter().chain(&self.marks);
        [self.from, self.to].into_iter().chain(items.flat_map(BoundLaneItem::rules)).collect()
    }

    /// The records it reads.
    #[must_use]
    pub fn records(&self) -> Vec<&str> {
        self.segments.iter().chain(&self.marks).filter_map(|item| item.records.as_deref()).collect()
    }
}

impl BoundProfile {
    /// Its rules.
    #[must_use]
    pub fn rules(&self) -> Vec<RuleId> {
        let lanes = self.lanes.iter().flat_map(BoundLaneItem::rules);
        let listings = self.listings.iter().filter_map(|listing| listing.select);
        let facts = self.facts.iter().map(|(_, rule)| *rule);
        [self.select].into_iter().chain(facts).chain(lanes).chain(listings).collect()
    }

    /// The records it reads.
    #[must_use]
    pub fn records(&self) -> Vec<&str> {
        let lanes = self.lanes.iter().filter_map(|item| item.records.as_deref());
        let findings = self.findings.iter().map(|(records, _)| records.as_str());
        lanes.chain(findings).chain(self.listings.iter().map(|listing| listing.records.as_str())).collect()
    }
}
