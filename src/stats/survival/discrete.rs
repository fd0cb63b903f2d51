//! Cox's discrete model: events at the same time did happen at the same time.

use super::super::Undefined;
use super::super::symmetric::Matrix;
use super::cox::Ties;
use super::maximum::{Evaluation, Likelihood};
use super::moments::{Moments, mirror};
use super::partial::{Histories, PartialLikelihood};
use super::regression::{Model, ProportionalHazards};

/// More subjects at risk times events of the same time, added up over the times, are not worth the wait.
const WORK: usize = 20_000_000;

/// Cox's discrete logistic model, the "exact" treatment of ties.
///
/// # Method
/// Cox 1972, Journal of the Royal Statistical Society B 34:187, section 6: at each time the probability that just these
/// of all at risk have the event, given how many, by the recursion over subjects of Gail, Lubin and Rubinstein 1981,
/// Biometrika 68:703. Means and covariances of the sets are carried along, without subtractions. The effect is the
/// logarithm of an odds ratio of the event at a time; without ties it is that of `cox`. In other words: conditional
/// logistic regression of the subjects at risk, one set for each time.
///
/// # Input
/// As `stratified_cox`; the same stratum for all if there are none.
///
/// # Not estimable
/// As `stratified_cox`; `NotEstimable` also when all who are at risk have the event, at each time; `TooLarge` when more
/// than 20 million pairs of a subject at risk and an event would be visited at times with more than one event.
///
/// # Agrees with
/// R `coxph(Surv(time, event) ~ covariates + strata(stratum), ties = "exact")`; cases in
/// `fixtures/reference/cox-discrete`.
pub fn discrete_cox(
    time: &[f64],
    event: &[bool],
    covariates: &[Vec<f64>],
    strata: &[usize],
    level: f64,
) -> Result<ProportionalHazards, Undefined> {
    let histories = Histories { start: None, stop: time, event, covariates, strata: Some(strata) };
    let (partial, scales) = PartialLikelihood::new(histories, Ties::Breslow)?;
    let mut work = 0_usize;
    for stratum in partial.strata() {
        for failing in partial.occasions(stratum.clone()) {
            let pairs = if failing.len() > 1 { (failing.end - stratum.start).saturating_mul(failing.len()) } else { 0 };
            work = work.saturating_add(pairs);
        }
    }
    if work > WORK {
        return Err(Undefined::TooLarge);
    }
    ProportionalHazards::fit(Model::Discrete(DiscreteLikelihood { partial }), scales, level)
}

/// The likelihood of the sets of subjects with events.
#[derive(Clone, Debug)]
pub(super) struct DiscreteLikelihood {
    partial: PartialLikelihood,
}

impl Likelihood for DiscreteLikelihood {
    fn null(&self) -> Vec<f64> {
        self.partial.null()
    }

    fn at(&self, coefficients: &[f64]) -> Evaluation {
        let risks = self.partial.risks(coefficients);
        let mut sums = Evaluation::zero(coefficients.len());
        for stratum in self.partial.strata() {
            let mut single = Moments::none(coefficients.len());
            let mut added = stratum.start;
            for failing in self.partial.occasions(stratum.clone()) {
                for (place, risk) in risks.iter().enumerate().take(failing.end).skip(added) {
                    single.add(*risk, self.partial.covariates(place));
                }
                added = failing.end;
                let sets = if failing.len() > 1 {
                    self.sets(stratum.start..failing.end, failing.len(), &risks)
                } else {
                    single.clone()
                };
                sums.value += sets.log_share(risks[failing.clone()].iter().sum());
                for place in failing {
                    for (slope, own) in sums.gradient.iter_mut().zip(self.partial.covariates(place)) {
                        *slope += own;
                    }
                }
                for (slope, mean) in sums.gradient.iter_mut().zip(&sets.mean) {
                    *slope -= mean;
                }
                sets.add_covariance(1.0, &mut sums.information);
            }
        }
        mirror(&mut sums.information);
        sums
    }

    fn expected_information(&self, _: &[f64], here: &Evaluation) -> Matrix {
        here.information.clone()
    }
}

impl DiscreteLikelihood {
    /// All sets of so many of those at risk: a set weighs the product of its hazards, and lies at the sum of its
    /// covariates.
    fn sets(&self, at_risk: std::ops::Range<usize>, events: usize, risks: &[f64]) -> Moments {
        let width = self.partial.null().len();
        // By size of the set; the empty one is at 0 with weight 1.
        let mut sets = vec![Moments::none(width); events + 1];
        sets[0].add(0.0, &vec![0.0; width]);
        for place in at_risk {
            for size in (1..=events).rev() {
                let (smaller, larger) = sets.split_at_mut(size);
                larger[0].join_moved(&smaller[size - 1], risks[place], self.partial.covariates(place));
            }
        }
        sets.swap_remove(events)
    }
}

#[cfg(test)]
mod tests {
    use super::super::cox::stratified_cox;
    use super::*;

    #[track_caller]
    fn assert_close(value: f64, expected: f64) {
        let error = libm::fabs(value - expected);
        assert!(error < 1e-11 * (1.0 + libm::fabs(expected)), "{value:e} is not {expected:e}");
    }

    #[test]
    fn two_of_four_on_paper() {
        // One of two fails in each arm: h / (1 + 4h + h²) is largest at h = 1, with −log 6 there.
        let arm = [vec![1.0, 0.0, 1.0, 0.0]];
        let (time, event) = ([1.0, 1.0, 2.0, 2.0], [true, true, false, false]);
        let fit = discrete_cox(&time, &event, &arm, &[0; 4], 0.95).unwrap();
        assert_close(fit.effects[0].unwrap().hazard_ratio, 1.0);
        assert_close(fit.log_likelihood, -libm::log(6.0));
        // The number of arm 1 among the two: 0, 1, 2 with weights 1, 4, 1, so a variance of 1/3.
        assert_close(fit.effects[0].unwrap().standard_error, libm::sqrt(3.0));
    }

    #[test]
    fn without_ties_it_is_cox() {
        let time: Vec<f64> = (0..24).map(|i| f64::from(i * 7 % 25)).collect();
        let event: Vec<bool> = (0..24).map(|i| i % 3 != 0).collect();
        let strata: Vec<usize> = (0..24).map(|i| i / 2 % 2).collect();
        let columns = [(0..24).map(|i| f64::from(i % 2)).collect(), (0..24).map(|i| f64::from(i * i % 13)).collect()];
        let one = discrete_cox(&time, &event, &columns, &strata, 0.95).unwrap();
        let two = stratified_cox(&time, &event, &columns, &strata, Ties::Efron, 0.95).unwrap();
        for (one, two) in one.effects.iter().zip(&two.effects) {
            assert_close(one.unwrap().coefficient, two.unwrap().coefficient);
            assert_close(one.unwrap().standard_error, two.unwrap().standard_error);
        }
        assert_close(one.log_likelihood, two.log_likelihood);
    }

    #[test]
    fn many_sets_and_too_many() {
        // 1000 of 2000 fail at once, half of them of each arm: more sets than a double can count, yet no effect.
        let arm: Vec<f64> = (0..2000).map(|i| f64::from(i % 2)).collect();
        let time: Vec<f64> = (0..2000).map(|i| if i < 1000 { 1.0 } else { 2.0 }).collect();
        let event: Vec<bool> = (0..2000).map(|i| i < 1000).collect();
        let fit = discrete_cox(&time, &event, &[arm], &[0; 2000], 0.95).unwrap();
        assert_close(fit.effects[0].unwrap().coefficient, 0.0);
        // The number of one arm among those who fail is hypergeometric: 1000 · 1000 · 1000 · 1000 / (2000² · 1999).
        assert_close(fit.effects[0].unwrap().standard_error, libm::sqrt(4.0 * 1999.0 / 1e6));
        let arm: Vec<f64> = (0..10_000).map(|i| f64::from(i % 2)).collect();
        let found = discrete_cox(&vec![1.0; 10_000], &vec![true; 10_000], &[arm], &vec![0; 10_000], 0.95);
        assert_eq!(found.err(), Some(Undefined::TooLarge));
    }

    #[test]
    fn nothing_to_compare() {
        let reason = |time: &[f64], event: &[bool], arm: &[f64], strata: &[usize]| {
            discrete_cox(time, event, &[arm.to_vec()], strata, 0.95).err()
        };
        assert_eq!(reason(&[], &[], &[], &[]), Some(Undefined::NoData));
        assert_eq!(reason(&[1.0; 2], &[false; 2], &[0.0, 1.0], &[0; 2]), Some(Undefined::NoEvents));
        // All at risk fail.
        assert_eq!(reason(&[1.0; 2], &[true; 2], &[0.0, 1.0], &[0; 2]), Some(Undefined::NotEstimable));
        // No stratum has both arms.
        assert_eq!(reason(&[1.0, 2.0], &[true; 2], &[0.0, 1.0], &[0, 1]), Some(Undefined::NotEstimable));
        assert_eq!(reason(&[1.0, 2.0], &[true; 2], &[0.0, 1.0], &[0]), Some(Undefined::OutOfRange));
        let fit = discrete_cox(
            &[1.0, 1.0, 2.0, 2.0],
            &[true, true, false, false],
            &[vec![1.0, 1.0, 0.0, 0.0]],
            &[0; 4],
            0.95,
        );
        assert_eq!(fit.unwrap().effects[0], Err(Undefined::Separated));
    }
}
