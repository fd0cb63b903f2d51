//! From variables to rows: one file a kind of analysis. Parallel over jobs and nothing inside a job; rows come back in
//! the order of the plan. Nothing fails here: a statistic that cannot be had is a row with its reason.

mod accrual;
mod ancova;
mod attendance;
mod binary;
mod change;
mod comparison;
mod continuous;
mod curves;
mod export;
mod flow;
mod frame_summary;
mod imputed;
mod listing;
mod mean_cumulative;
mod monitoring;
mod multiplicity;
mod occurrence;
mod parameters;
mod rates;
mod record_extracts;
mod repeated;
mod safety_rule;
mod status;
mod strata;
mod summary;
mod time;
mod time_comparison;
mod times;

pub use monitoring::{Design, DesignLook, When, information};

use std::collections::BTreeSet;

use rayon::iter::{IntoParallelRefIterator, ParallelIterator};

use crate::derive::Frames;
use crate::plan::{Job, JobKind, Plan};
use crate::results::{AnalysisSource, Dataset, Extract, Key, Reason, Results, Row, RuleSource, Statistic, Value};
use crate::spec::design::ArmBasis;
use crate::stats::Undefined;

/// Whether each row keeps the subjects it counts, for `explain`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trace {
    /// Keep them.
    On,
    /// Do not.
    Off,
}

/// Runs every analysis of the plan.
#[must_use]
pub fn run(plan: &Plan, frames: &Frames, trace: Trace) -> Results {
    let parts: Vec<(Vec<Row>, Records)> = plan
        .jobs
        .par_iter()
        .map(|job| {
            let mut work = Work { plan, frames, job, trace, rows: Vec::new() };
            let records = work.run();
            (work.rows, records)
        })
        .collect();
    let mut results = Results::default();
    for (rows, records) in parts {
        results.rows.extend(rows);
        match records {
            Records::None => {}
            Records::Extracts(extracts) => results.extracts.extend(extracts),
            Records::Dataset(dataset) => results.datasets.push(dataset),
        }
    }
    let families = multiplicity::rows(plan, &results);
    let looks = monitoring::rows(plan, frames, &results);
    results.rows.extend(looks);
    results.rows.extend(families);
    results
}

/// What an analysis yields beside rows.
enum Records {
    None,
    Extracts(Vec<Extract>),
    Dataset(Dataset),
}

/// Where each analysis came from: its place, datasets and rules.
#[must_use]
pub fn sources(plan: &Plan, frames: &Frames) -> Vec<AnalysisSource> {
    let mut sources: Vec<AnalysisSource> = plan
        .jobs
        .iter()
        .map(|job| AnalysisSource {
            analysis: job.analysis.clone(),
            place: job.place.nearby().to_string(),
            datasets: plan.datasets_of(job),
            rules: plan
                .rules_of(job)
                .into_iter()
                .map(|id| {
                    let rule = plan.rule(id);
                    RuleSource {
                        defines: rule.defines.clone(),
                        text: rule.rule.text.split_whitespace().collect::<Vec<_>>().join(" "),
                        place: rule.place.nearby().to_string(),
                        nulls: frames.nulls.get(&id).copied(),
                    }
                })
                .collect(),
        })
        .collect();
    // A family draws on what its endpoints draw on.
    for family in &plan.multiplicity {
        let is_meant = |own: &&AnalysisSource| family.hypotheses.iter().any(|of| *of.endpoint == *own.analysis);
        let of: Vec<&AnalysisSource> = sources.iter().filter(is_meant).collect();
        let datasets: BTreeSet<String> = of.iter().flat_map(|own| own.datasets.iter().cloned()).collect();
        let place = of.first().map_or_else(String::new, |own| own.place.clone());
        let rules = of.iter().flat_map(|own| own.rules.iter().cloned()).collect();
        let analysis = family.id.to_string();
        sources.push(AnalysisSource { analysis, place, datasets: datasets.into_iter().collect(), rules });
    }
    sources
}

/// The work on one job.
struct Work<'a> {
    plan: &'a Plan,
    frames: &'a Frames,
    job: &'a Job,
    trace: Trace,
    rows: Vec<Row>,
}

impl Work<'_> {
    fn run(&mut self) -> Records {
        match &self.job.kind {
            JobKind::Summary(items) => self.summary(items),
            JobKind::FrameSummary(summary) => self.frame_summary(summary),
            JobKind::Binary(binary) => self.binary(binary),
            JobKind::Continuous(continuous) => self.continuous(continuous),
            JobKind::Time(time) => self.time(time),
            JobKind::Ancova(ancova) => self.ancova(ancova),
            JobKind::Flow(flow) => self.flow(flow),
            JobKind::Accrual(accrual) => self.accrual(accrual),
            JobKind::Status(status) => self.status(status),
            JobKind::Listing(listing) => return Records::Extracts(vec![self.listing(listing)]),
            JobKind::Individual(individual) => return Records::Extracts(vec![self.individual(individual)]),
            JobKind::Export(export) => return Records::Dataset(self.export(export)),
            JobKind::Occurrence(occurrence) => self.occurrence(occurrence),
            JobKind::Parameters(summary) => return Records::Extracts(self.parameters(summary)),
            JobKind::GradeShift(shift) => self.grade_shift(shift),
            JobKind::Attendance(own) => self.attendance(own),
            JobKind::Survival(survival) => self.survival(survival),
            JobKind::SafetyRule(rule) => self.safety_rule(rule),
            JobKind::RecordListing(listing) => return Records::Extracts(vec![self.record_listing(listing)]),
            JobKind::Points(points) => return Records::Extracts(vec![self.points(points)]),
            JobKind::Waterfall(waterfall) => return Records::Extracts(vec![self.waterfall(*waterfall)]),
            JobKind::Lanes(lanes) => return Records::Extracts(vec![self.lanes(lanes)]),
            JobKind::Profile(profile) => return Records::Extracts(self.profile(profile)),
        }
        Records::None
    }

    fn key(&self, statistic: Statistic) -> Key {
        Key::new(self.job.analysis.clone(), statistic)
    }

    fn push(&mut self, key: Key, value: Value, unit: Option<&str>) {
        self.rows.push(Row { key, value, unit: unit.map(str::to_owned), subjects: None });
    }

    /// A row that counts subjects, and remembers which while tracing.
    fn push_count(&mut self, key: Key, value: Value, subjects: &[usize]) {
        let subjects = (self.trace == Trace::On)
            .then(|| subjects.iter().map(|subject| u32::try_from(*subject).unwrap_or(u32::MAX)).collect());
        self.rows.push(Row { key, value, unit: None, subjects });
    }

    /// The members of an analysis set in an arm, or in all arms, in canonical order.
    fn members(&self, set: usize, arm: Option<usize>) -> Vec<usize> {
        (0..self.frames.subjects.len())
            .filter(|subject| {
                self.frames.sets[set][*subject] && arm.is_none_or(|arm| self.arm_of(set, *subject) == Some(arm))
            })
            .collect()
    }

    /// The arm in which a subject counts in an analysis set.
    fn arm_of(&self, set: usize, subject: usize) -> Option<usize> {
        match self.plan.sets[set].basis {
            ArmBasis::Planned => self.frames.planned[subject],
            ArmBasis::Actual => self.frames.actual[subject],
        }
    }

    /// The identifier of a row of a frame: a visit, or baseline.
    fn visit_id(&self, visit: usize) -> &str {
        self.plan.visits.get(visit).map_or(&self.plan.baseline, |visit| &visit.id)
    }

    /// Each arm with the reference, the reference itself left out.
    fn contrasts(&self) -> Vec<(usize, usize)> {
        let reference = self.plan.reference_arm;
        (0..self.plan.arms.len()).filter(|arm| *arm != reference).map(|arm| (arm, reference)).collect()
    }

    fn arm_ids(&self, (first, second): (usize, usize)) -> [String; 2] {
        [first, second].map(|arm| self.plan.arms[arm].id.clone())
    }

    /// The arms, and then all of them together (which has no arm in its keys).
    fn groups(&self) -> Vec<Option<usize>> {
        (0..self.plan.arms.len()).map(Some).chain([None]).collect()
    }

    /// A key with its arm, if it has one.
    fn in_group(&self, key: Key, group: Option<usize>) -> Key {
        match group {
            Some(arm) => key.arm(&self.plan.arms[arm].id),
            None => key,
        }
    }

    /// Number of subjects in each arm and in all: the "N =" of the heads.
    fn denominators(&mut self, set: usize) {
        for group in self.groups() {
            let members = self.members(set, group);
            let key = self.in_group(self.key(Statistic::N), group);
            self.push_count(key, Value::Count(count(&members)), &members);
        }
    }
}

/// Number of subjects.
fn count(subjects: &[usize]) -> u64 {
    subjects.len() as u64
}

/// The value of a statistic, or why there is none.
fn value(result: Result<f64, Undefined>) -> Value {
    result.map_or_else(|undefined| Value::NotEstimable(reason(undefined)), Value::number)
}

/// The reason of the results for the reason of a statistic.
const fn reason(undefined: Undefined) -> Reason {
    match undefined {
        Undefined::NoData => Reason::NoData,
        Undefined::TooFew => Reason::TooFew,
        Undefined::ZeroVariance => Reason::NoVariance,
        Undefined::ZeroMargin => Reason::EmptyMargin,
        Undefined::NotEstimable => Reason::NotIdentified,
        Undefined::NotConverged => Reason::NotConverged,
        Undefined::TooLarge => Reason::TooLarge,
        Undefined::NoEvents => Reason::NoEvents,
        Undefined::Separated => Reason::Unbounded,
        Undefined::OutOfRange => Reason::NotFinite,
    }
}
