//! A number by visit: its value and its change from baseline, described at each visit and compared between arms.

use crate::analysis::summary::Numbers;
use crate::analysis::{Work, count, reason, value};
use crate::data::vector::{Measure, Vector};
use crate::derive::FrameValues;
use crate::plan::{BoundContinuous, RuleId};
use crate::results::{Key, Method, Reason, Statistic, Value};
use crate::spec::endpoint::NUMBER_STATISTICS;
use crate::stats::ancova::Ancova;
use crate::stats::describe;
use crate::stats::distribution::t_quantile;
use crate::stats::rank::{hodges_lehmann, rank_ancova, wilcoxon_exact, wilcoxon_rank_sum};
use crate::stats::{Interval, Undefined};

/// What is described: the value itself, or its change from baseline.
#[derive(Clone, Copy, PartialEq)]
enum Of {
    Value,
    Change,
}

impl Of {
    const fn name(self) -> &'static str {
        match self {
            Self::Value => "value",
            Self::Change => "change",
        }
    }
}

/// The subjects with a change at a visit.
#[derive(Default)]
struct Cases {
    subject: Vec<usize>,
    arm: Vec<usize>,
    change: Vec<f64>,
    base: Vec<f64>,
}

impl Cases {
    fn of_arm(&self, arm: usize) -> Vec<f64> {
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
                match method {
                    Method::Ancova => self.change_ancova(continuous, *visit, &cases),
                    _ => self.ranks(continuous, frame, *visit, &cases, *method),
                }
            }
        }
    }

    fn outcome_key(&self, of: Of, visit: usize, statistic: Statistic) -> Key {
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

    /// The change by arm with the baseline as covariate.
    fn change_ancova(&mut self, continuous: &BoundContinuous, visit: usize, cases: &Cases) {
        let unit = continuous.unit.as_deref();
        let level = continuous.conf_level;
        let fit = Ancova::fit(&cases.change, &cases.arm, self.plan.arms.len(), &[], std::slice::from_ref(&cases.base));
        let fit = fit.as_ref().map_err(|undefined| *undefined);
        let key = |this: &Self, statistic| this.outcome_key(Of::Change, visit, statistic).method(Method::Ancova);
        for arm in 0..self.plan.arms.len() {
            let id = self.plan.arms[arm].id.clone();
            let here: Vec<usize> =
                cases.subject.iter().zip(&cases.arm).filter(|(_, own)| **own == arm).map(|(own, _)| *own).collect();
            self.push_count(key(self, Statistic::N).arm(&id), Value::Count(count(&here)), &here);
            let mean = fit.and_then(|fit| fit.least_squares_mean(arm, level));
            let limit = |this: &Self, statistic| key(this, statistic).arm(&id).conf_level(level);
            self.push(key(self, Statistic::LsMean).arm(&id), value(mean.map(|mean| mean.estimate)), unit);
            self.push(key(self, Statistic::LsMeanSe).arm(&id), value(mean.map(|mean| mean.standard_error)), unit);
            self.push(limit(self, Statistic::LsMeanLower), value(mean.map(|mean| mean.interval.lower)), unit);
            self.push(limit(self, Statistic::LsMeanUpper), value(mean.map(|mean| mean.interval.upper)), unit);
        }
        for (arm, reference) in self.contrasts() {
            let [first, second] = self.arm_ids((arm, reference));
            let contrast = fit.and_then(|fit| fit.difference(arm, reference, level));
            let of = |this: &Self, statistic| key(this, statistic).contrast(&first, &second);
            let limit = |this: &Self, statistic| of(this, statistic).conf_level(level);
            self.push(of(self, Statistic::Difference), value(contrast.map(|c| c.estimate)), unit);
            self.push(of(self, Statistic::DifferenceSe), value(contrast.map(|c| c.standard_error)), unit);
            self.push(limit(self, Statistic::DifferenceLower), value(contrast.map(|c| c.interval.lower)), unit);
            self.push(limit(self, Statistic::DifferenceUpper), value(contrast.map(|c| c.interval.upper)), unit);
            self.push(of(self, Statistic::PValue), value(contrast.map(|c| c.p)), None);
        }
    }

    /// The comparisons by ranks: each arm with the reference.
    fn ranks(
        &mut self,
        continuous: &BoundContinuous,
        frame: &FrameValues,
        visit: usize,
        cases: &Cases,
        method: Method,
    ) {
        let unit = continuous.unit.as_deref();
        for (arm, reference) in self.contrasts() {
            let [first, second] = self.arm_ids((arm, reference));
            let key = |this: &Self, statistic| {
                this.outcome_key(Of::Change, visit, statistic).contrast(&first, &second).method(method)
            };
            let (a, b) = (cases.of_arm(arm), cases.of_arm(reference));
            match method {
                Method::HodgesLehmann => {
                    let shift = hodges_lehmann(&a, &b, continuous.conf_level);
                    self.push(key(self, Statistic::Difference), value(shift.map(|shift| shift.estimate)), unit);
                    let limits = shift.and_then(|shift| shift.limits.ok_or(Undefined::TooFew));
                    for (statistic, limit) in [
                        (Statistic::DifferenceLower, limits.map(|limits| limits.interval.lower)),
                        (Statistic::DifferenceUpper, limits.map(|limits| limits.interval.upper)),
                    ] {
                        let key = key(self, statistic).conf_level(continuous.conf_level);
                        self.push(key, value(limit), unit);
                    }
                }
                Method::RankAncova => {
                    let here: Vec<usize> =
                        (0..cases.arm.len()).filter(|case| [arm, reference].contains(&cases.arm[*case])).collect();
                    let pick = |values: &[f64]| here.iter().map(|case| values[*case]).collect::<Vec<f64>>();
                    let group: Vec<usize> =
                        here.iter().map(|case| usize::from(cases.arm[*case] == reference)).collect();
                    let test = rank_ancova(&pick(&cases.change), &pick(&cases.base), &group, 2);
                    self.push(key(self, Statistic::PValue), value(test.map(|test| test.p)), None);
                }
                Method::WilcoxonWorstRank => {
                    let worst = worst_value(&cases.change, continuous.higher_is_worse);
                    let of_arm = |arm: usize| self.with_worst(continuous, frame, visit, arm, worst);
                    let p = wilcoxon(&of_arm(arm), &of_arm(reference));
                    self.push(key(self, Statistic::PValue), p, None);
                }
                _ => self.push(key(self, Statistic::PValue), wilcoxon(&a, &b), None),
            }
        }
    }

    /// The changes of an arm, with the worst of all for those with an intercurrent event.
    fn with_worst(
        &self,
        continuous: &BoundContinuous,
        frame: &FrameValues,
        visit: usize,
        arm: usize,
        worst: f64,
    ) -> Vec<f64> {
        let is_worst =
            |subject: usize| continuous.worst.is_some_and(|rule| frame.truth(rule, None, subject, visit).holds());
        let members = self.members(self.job.set, Some(arm)).into_iter();
        let own = |subject: usize| {
            if is_worst(subject) { Some(worst) } else { change(frame, continuous, subject, visit).value().map(tied) }
        };
        members.filter_map(own).collect()
    }
}

fn number(frame: &FrameValues, rule: RuleId, subject: usize, visit: usize) -> Measure {
    match frame.value(rule, subject, visit) {
        Some((Vector::Number(values), row)) => values[row],
        _ => Measure::MISSING,
    }
}

fn change(frame: &FrameValues, continuous: &BoundContinuous, subject: usize, visit: usize) -> Measure {
    let (value, base) =
        (number(frame, continuous.value, subject, visit), number(frame, continuous.base, subject, visit));
    if value.is_missing() || base.is_missing() { Measure::MISSING } else { value.less(base) }
}

/// A change without the dust of binary arithmetic, so that equal changes have equal ranks.
fn tied(change: f64) -> f64 {
    (change * 1e9).round() / 1e9
}

/// A change beyond all others on the worse side.
fn worst_value(changes: &[f64], higher_is_worse: bool) -> f64 {
    let beyond = changes.iter().fold(0.0_f64, |most, change| most.max(change.abs())) + 1.0;
    if higher_is_worse { beyond } else { -beyond }
}

/// Exact where the computation ends, by the normal approximation with correction otherwise.
fn wilcoxon(a: &[f64], b: &[f64]) -> Value {
    let p = match wilcoxon_exact(a, b) {
        Err(Undefined::TooLarge) => wilcoxon_rank_sum(a, b).map(|test| test.p_corrected),
        exact => exact.map(|test| test.p),
    };
    p.map_or_else(|undefined| Value::NotEstimable(reason(undefined)), Value::number)
}

fn mean_interval(values: &[f64], level: f64) -> Result<Interval, Undefined> {
    let mean = describe::mean(values)?;
    let deviation = describe::standard_deviation(values)?;
    #[expect(clippy::cast_precision_loss, reason = "a number of subjects")]
    let n = values.len() as f64;
    let half = t_quantile(1.0 - (1.0 - level) / 2.0, n - 1.0)? * deviation / n.sqrt();
    Ok(Interval { lower: mean - half, upper: mean + half })
}
