//! The comparison of the changes at one visit, by each method asked for.

use crate::analysis::continuous::{Cases, Of, change, tied};
use crate::analysis::{Work, count, reason, value};
use crate::derive::FrameValues;
use crate::plan::BoundContinuous;
use crate::results::{Family, Key, Method, Statistic, Value};
use crate::stats::ancova::Ancova;
use crate::stats::linear::Contrast;
use crate::stats::rank::{
    hodges_lehmann, jonckheere_terpstra, kruskal_wallis, rank_ancova, sign_test, signed_rank, signed_rank_exact,
    van_elteren, wilcoxon_exact, wilcoxon_rank_sum,
};
use crate::stats::sample::{
    dunnett, permutation_exact, permutation_monte_carlo, t_test_pooled, t_test_single, t_test_welch,
};
use crate::stats::{Interval, Undefined};

/// The rows of a statistic of a change by a method.
type KeyOf<'a> = &'a dyn Fn(&Work<'_>, Statistic) -> Key;

impl Work<'_> {
    pub(super) fn compare_changes(
        &mut self,
        continuous: &BoundContinuous,
        frame: &FrameValues,
        visit: usize,
        cases: &Cases,
        method: Method,
    ) {
        match method.family() {
            Family::Within => self.within(continuous, visit, cases, method),
            Family::ChangeOfAll => self.all_arms(visit, cases, method),
            Family::Change => match method {
                Method::Ancova => self.change_ancova(continuous, visit, cases),
                Method::Dunnett => self.dunnett(continuous, visit, cases),
                _ => self.two_arms(continuous, frame, visit, cases, method),
            },
            _ => {}
        }
    }

    /// A least-squares mean with its limits.
    pub(super) fn least_squares_mean(
        &mut self,
        mean: Result<Contrast, Undefined>,
        unit: Option<&str>,
        level: f64,
        key: KeyOf<'_>,
    ) {
        let limit = |this: &Self, statistic| key(this, statistic).conf_level(level);
        self.push(key(self, Statistic::LsMean), value(mean.map(|mean| mean.estimate)), unit);
        self.push(key(self, Statistic::LsMeanSe), value(mean.map(|mean| mean.standard_error)), unit);
        self.push(limit(self, Statistic::LsMeanLower), value(mean.map(|mean| mean.interval.lower)), unit);
        self.push(limit(self, Statistic::LsMeanUpper), value(mean.map(|mean| mean.interval.upper)), unit);
    }

    /// A difference with its standard error, limits and p-value.
    pub(super) fn contrast(
        &mut self,
        contrast: Result<Contrast, Undefined>,
        unit: Option<&str>,
        level: f64,
        key: KeyOf<'_>,
    ) {
        let difference = contrast.map(|contrast| (contrast.estimate, contrast.standard_error, contrast.interval));
        self.mean_difference(difference, contrast.map(|contrast| contrast.p), unit, level, key);
    }

    fn mean_difference(
        &mut self,
        difference: Result<(f64, f64, Interval), Undefined>,
        p: Result<f64, Undefined>,
        unit: Option<&str>,
        level: f64,
        key: KeyOf<'_>,
    ) {
        let limit = |this: &Self, statistic| key(this, statistic).conf_level(level);
        self.push(key(self, Statistic::Difference), value(difference.map(|own| own.0)), unit);
        self.push(key(self, Statistic::DifferenceSe), value(difference.map(|own| own.1)), unit);
        self.push(limit(self, Statistic::DifferenceLower), value(difference.map(|own| own.2.lower)), unit);
        self.push(limit(self, Statistic::DifferenceUpper), value(difference.map(|own| own.2.upper)), unit);
        self.push(key(self, Statistic::PValue), value(p), None);
    }

    /// The change by arm with the baseline as covariate.
    fn change_ancova(&mut self, continuous: &BoundContinuous, visit: usize, cases: &Cases) {
        let (unit, level) = (continuous.unit.as_deref(), continuous.conf_level);
        let fit = Ancova::fit(&cases.change, &cases.arm, self.plan.arms.len(), &[], std::slice::from_ref(&cases.base));
        let fit = fit.as_ref().map_err(|undefined| *undefined);
        let key = |this: &Work<'_>, statistic| this.outcome_key(Of::Change, visit, statistic).method(Method::Ancova);
        for arm in 0..self.plan.arms.len() {
            let id = self.plan.arms[arm].id.clone();
            let here: Vec<usize> =
                cases.subject.iter().zip(&cases.arm).filter(|(_, own)| **own == arm).map(|(own, _)| *own).collect();
            self.push_count(key(self, Statistic::N).arm(&id), Value::Count(count(&here)), &here);
            let mean = fit.and_then(|fit| fit.least_squares_mean(arm, level));
            self.least_squares_mean(mean, unit, level, &|this, statistic| key(this, statistic).arm(&id));
        }
        for (arm, reference) in self.contrasts() {
            let [first, second] = self.arm_ids((arm, reference));
            let contrast = fit.and_then(|fit| fit.difference(arm, reference, level));
            self.contrast(contrast, unit, level, &|this, statistic| key(this, statistic).contrast(&first, &second));
        }
    }

    /// Whether the change within each arm is zero.
    fn within(&mut self, continuous: &BoundContinuous, visit: usize, cases: &Cases, method: Method) {
        for arm in 0..self.plan.arms.len() {
            let id = self.plan.arms[arm].id.clone();
            let own = cases.of_arm(arm);
            let key = |this: &Self, statistic| this.outcome_key(Of::Change, visit, statistic).method(method).arm(&id);
            let p = match method {
                Method::PairedT => {
                    let test = t_test_single(&own, 0.0, continuous.conf_level);
                    let limit = |this: &Self, statistic| key(this, statistic).conf_level(continuous.conf_level);
                    let unit = continuous.unit.as_deref();
                    self.push(key(self, Statistic::Mean), value(test.map(|test| test.estimate)), unit);
                    self.push(limit(self, Statistic::MeanLower), value(test.map(|test| test.interval.lower)), unit);
                    self.push(limit(self, Statistic::MeanUpper), value(test.map(|test| test.interval.upper)), unit);
                    test.map(|test| test.p)
                }
                Method::Sign => sign_test(&own).map(|test| test.p),
                _ => match signed_rank_exact(&own) {
                    Err(Undefined::TooLarge) => signed_rank(&own).map(|test| test.p_corrected),
                    exact => exact.map(|test| test.p),
                },
            };
            self.push(key(self, Statistic::PValue), value(p), None);
        }
    }

    /// Tests of all arms at once.
    fn all_arms(&mut self, visit: usize, cases: &Cases, method: Method) {
        let key = |this: &Self, statistic| this.outcome_key(Of::Change, visit, statistic).method(method);
        // In the order of the doses where the order counts.
        let mut order: Vec<usize> = (0..self.plan.arms.len()).collect();
        if method == Method::Jonckheere {
            let dose = |arm: &usize| self.plan.arms[*arm].dose.unwrap_or(0.0);
            order.sort_by(|one, two| dose(one).total_cmp(&dose(two)));
        }
        let groups: Vec<Vec<f64>> = order.iter().map(|arm| cases.of_arm(*arm)).collect();
        let groups: Vec<&[f64]> = groups.iter().map(Vec::as_slice).collect();
        let (statistic, p) = if method == Method::Jonckheere {
            let test = jonckheere_terpstra(&groups);
            (test.map(|test| test.z), test.map(|test| test.p))
        } else {
            let test = kruskal_wallis(&groups);
            (test.map(|test| test.statistic), test.map(|test| test.p))
        };
        self.push(key(self, Statistic::TestStatistic), value(statistic), None);
        self.push(key(self, Statistic::PValue), value(p), None);
    }

    /// All arms against the reference.
    fn dunnett(&mut self, continuous: &BoundContinuous, visit: usize, cases: &Cases) {
        let contrasts = self.contrasts();
        let control = cases.of_arm(self.plan.reference_arm);
        let groups: Vec<Vec<f64>> = contrasts.iter().map(|(arm, _)| cases.of_arm(*arm)).collect();
        let groups: Vec<&[f64]> = groups.iter().map(Vec::as_slice).collect();
        let tests = dunnett(&control, &groups);
        for (place, arms) in contrasts.into_iter().enumerate() {
            let [first, second] = self.arm_ids(arms);
            let test = tests.as_ref().map_err(|undefined| *undefined).map(|tests| tests[place]);
            let key = |statistic| {
                self.outcome_key(Of::Change, visit, statistic).contrast(&first, &second).method(Method::Dunnett)
            };
            let [difference, error, p] = [Statistic::Difference, Statistic::DifferenceSe, Statistic::PValue].map(key);
            let unit = continuous.unit.as_deref();
            self.push(difference, value(test.map(|test| test.estimate)), unit);
            self.push(error, value(test.map(|test| test.standard_error)), unit);
            self.push(p, value(test.map(|test| test.p)), None);
        }
    }

    /// Each arm with the reference.
    fn two_arms(
        &mut self,
        continuous: &BoundContinuous,
        frame: &FrameValues,
        visit: usize,
        cases: &Cases,
        method: Method,
    ) {
        let (unit, level) = (continuous.unit.as_deref(), continuous.conf_level);
        for (arm, reference) in self.contrasts() {
            let [first, second] = self.arm_ids((arm, reference));
            let key = |this: &Work<'_>, statistic| {
                this.outcome_key(Of::Change, visit, statistic).contrast(&first, &second).method(method)
            };
            let (a, b) = (cases.of_arm(arm), cases.of_arm(reference));
            let p = match method {
                Method::HodgesLehmann => {
                    let shift = hodges_lehmann(&a, &b, level);
                    self.push(key(self, Statistic::Difference), value(shift.map(|shift| shift.estimate)), unit);
                    let limits = shift.and_then(|shift| shift.limits.ok_or(Undefined::TooFew));
                    let limit = |this: &Self, statistic| key(this, statistic).conf_level(level);
                    let [lower, upper] =
                        [Statistic::DifferenceLower, Statistic::DifferenceUpper].map(|own| limit(self, own));
                    self.push(lower, value(limits.map(|limits| limits.interval.lower)), unit);
                    self.push(upper, value(limits.map(|limits| limits.interval.upper)), unit);
                    continue;
                }
                Method::TTest | Method::Welch => {
                    let test = if method == Method::Welch {
                        t_test_welch(&a, &b, level)
                    } else {
                        t_test_pooled(&a, &b, level)
                    };
                    let difference = test.map(|test| (test.estimate, test.standard_error, test.interval));
                    self.mean_difference(difference, test.map(|test| test.p), unit, level, &key);
                    continue;
                }
                Method::Permutation => self.permuted(&a, &b, &key),
                Method::RankAncova => value(rank_ancova_of(cases, arm, reference)),
                Method::VanElteren => self.van_elteren(continuous, cases, (arm, reference)),
                Method::WilcoxonWorstRank => {
                    let worst = worst_value(&cases.change, continuous.higher_is_worse);
                    let of_arm = |arm: usize| self.with_worst(continuous, frame, visit, arm, worst);
                    wilcoxon(&of_arm(arm), &of_arm(reference))
                }
                _ => wilcoxon(&a, &b),
            };
            self.push(key(self, Statistic::PValue), p, None);
        }
    }

    /// Over all allocations, or over a sample of them whose number is told.
    fn permuted(&mut self, a: &[f64], b: &[f64], key: KeyOf<'_>) -> Value {
        match permutation_exact(a, b) {
            Err(Undefined::TooLarge) => {
                let random = self.plan.random;
                let sampled = key(self, Statistic::Sampled);
                self.push(sampled, Value::Count(u64::from(random.allocations)), None);
                value(permutation_monte_carlo(a, b, u64::from(random.allocations), random.seed))
            }
            exact => value(exact.map(|test| test.p)),
        }
    }

    fn van_elteren(&self, continuous: &BoundContinuous, cases: &Cases, arms: (usize, usize)) -> Value {
        let stratum_of = self.stratum_of(&continuous.strata);
        let strata = stratum_of.iter().max().map_or(0, |last| last + 1);
        let of = |arm: usize, stratum: usize| -> Vec<f64> {
            let rows = (0..cases.change.len()).filter(|row| cases.arm[*row] == arm);
            rows.filter(|row| stratum_of[cases.subject[*row]] == stratum).map(|row| cases.change[row]).collect()
        };
        let pairs: Vec<[Vec<f64>; 2]> = (0..strata).map(|stratum| [of(arms.0, stratum), of(arms.1, stratum)]).collect();
        let pairs: Vec<[&[f64]; 2]> = pairs.iter().map(|[a, b]| [a.as_slice(), b.as_slice()]).collect();
        value(van_elteren(&pairs).map(|test| test.p))
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

fn rank_ancova_of(cases: &Cases, arm: usize, reference: usize) -> Result<f64, Undefined> {
    let here: Vec<usize> = (0..cases.arm.len()).filter(|case| [arm, reference].contains(&cases.arm[*case])).collect();
    let pick = |values: &[f64]| here.iter().map(|case| values[*case]).collect::<Vec<f64>>();
    let group: Vec<usize> = here.iter().map(|case| usize::from(cases.arm[*case] == reference)).collect();
    rank_ancova(&pick(&cases.change), &pick(&cases.base), &group, 2).map(|test| test.p)
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
