//! A number by visit: its value and its change from baseline, described at each visit and compared between arms.

use crate::analysis::summary::Numbers;
use crate::analysis::{Work, value};
use crate::data::vector::{Measure, Vector};
use crate::derive::FrameValues;
use crate::plan::{BoundContinuous, RuleId};
use crate::results::{Key, Method, Reason, Statistic, Value};
use crate::spec::endpoint::NUMBER_STATISTICS;
use crate::stats::describe;
use crate::stats::distribution::t_quantile;
use crate::stats::{Interval, Undefined};

/// What is described: the value itself, or its change from baseline.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Of {
    Value,
    Change,
}

impl Of {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Value => "value",
            Self::Change => "change",
        }
    }
}

/// The subjects with a change at a visit.
#[derive(Default)]
pub(super) struct Cases {
    pub(super) subject: Vec<usize>,
    pub(super) arm: Vec<usize>,
    pub(super) change: Vec<f64>,
    pub(super) base: Vec<f64>,
}

impl Cases {
    pub(super) fn of_arm(&self, arm: usize) -> Vec<f64> {
        self.change.iter().zip(&self.arm).filter(|(_, own)| **own == arm).map(|(change, _)| *change).collect()
    }
}

impl Work<'_> {
    pub(super) fn continuous(&mut self, continuous: &BoundContinuous) {
        self.denominators(self.job.set);
        let Some(frame) = self.frames.frames.get(&continuous.frame) else { return };
        let baseline = self.plan.visits.len();
        self.outcome(continuous, frame, Of::Value, baseline);
        for visit in &continuous.visits {
            self.outcome(continuous, frame, Of::Value, *visit);
            self.outcome(continuous, frame, Of::Change, *visit);
        }
        for visit in &continuous.compare_at {
            let cases = self.change_cases(continuous, frame, *visit);
            for method in &continuous.methods {
                self.compare_changes(continuous, frame, *visit, &cases, *method);
            }
        }
        if continuous.methods.contains(&Method::Mmrm) {
            self.repeated(continuous, frame);
        }
        self.imputed(continuous, frame);
    }

    pub(super) fn outcome_key(&self, of: Of, visit: usize, statistic: Statistic) -> Key {
        self.key(statistic).variable(of.name()).at(self.visit_id(visit))
    }

    fn outcome(&mut self, continuous: &BoundContinuous, frame: &FrameValues, of: Of, visit: usize) {
        let unit = continuous.unit.as_deref();
        for group in self.groups() {
            let members = self.members(self.job.set, group);
            let own = |subject: &usize| match of {
                Of::Value => number(frame, continuous.value, *subject, visit),
                Of::Change => change(frame, continuous, *subject, visit),
            };
            let numbers = Numbers::collect(members.iter().map(own));
            let at = self.in_group(self.outcome_key(of, visit, Statistic::N), group);
            let key = |statistic| Key { statistic, ..at.clone() };
            for statistic in NUMBER_STATISTICS {
                let value = numbers.statistic(*statistic, self.plan.quantiles);
                if matches!(statistic, Statistic::N) {
                    let with: Vec<usize> =
                        members.iter().copied().filter(|subject| !own(subject).is_missing()).collect();
                    self.push_count(key(*statistic), value, &with);
                } else {
                    self.push(key(*statistic), value, unit);
                }
            }
            if group.is_none() {
                continue;
            }
            let limit = |statistic| key(statistic).method(Method::TInterval).conf_level(continuous.conf_level);
            let (lower, upper) = (limit(Statistic::MeanLower), limit(Statistic::MeanUpper));
            let interval = mean_interval(&numbers.exact, continuous.conf_level);
            let bounded = matches!(
                numbers.statistic(Statistic::Mean, self.plan.quantiles),
                Value::NotEstimable(Reason::OnlyBounds)
            );
            let shown = |limit: Result<f64, Undefined>| {
                if bounded { Value::NotEstimable(Reason::OnlyBounds) } else { value(limit) }
            };
            self.push(lower, shown(interval.map(|i| i.lower)), unit);
            self.push(upper, shown(interval.map(|i| i.upper)), unit);
        }
    }

    /// The subjects whose change at a visit is known exactly, by arm in canonical order.
    fn change_cases(&self, continuous: &BoundContinuous, frame: &FrameValues, visit: usize) -> Cases {
        let mut cases = Cases::default();
        for arm in 0..self.plan.arms.len() {
            for subject in self.members(self.job.set, Some(arm)) {
                let base = number(frame, continuous.base, subject, visit).value();
                if let (Some(change), Some(base)) = (change(frame, continuous, subject, visit).value(), base) {
                    cases.subject.push(subject);
                    cases.arm.push(arm);
                    cases.change.push(tied(change));
                    cases.base.push(base);
                }
            }
        }
        cases
    }
}

pub(super) fn number(frame: &FrameValues, rule: RuleId, subject: usize, visit: usize) -> Measure {
    match frame.value(rule, subject, visit) {
        Some((Vector::Number(values), row)) => values[row],
        _ => Measure::MISSING,
    }
}

pub(super) fn change(frame: &FrameValues, continuous: &BoundContinuous, subject: usize, visit: usize) -> Measure {
    let (value, base) =
        (number(frame, continuous.value, subject, visit), number(frame, continuous.base, subject, visit));
    if value.is_missing() || base.is_missing() { Measure::MISSING } else { value.less(base) }
}

/// A change without the dust of binary arithmetic, so that equal changes have equal ranks.
pub(super) fn tied(change: f64) -> f64 {
    (change * 1e9).round() / 1e9
}

fn mean_interval(values: &[f64], level: f64) -> Result<Interval, Undefined> {
    let mean = describe::mean(values)?;
    let deviation = describe::standard_deviation(values)?;
    #[expect(clippy::cast_precision_loss, reason = "a number of subjects")]
    let n = values.len() as f64;
    let half = t_quantile(1.0 - (1.0 - level) / 2.0, n - 1.0)? * deviation / n.sqrt();
    Ok(Interval { lower: mean - half, upper: mean + half })
}
