//! Cox's proportional hazards model.

use super::super::Undefined;
use super::partial::{Histories, PartialLikelihood};
use super::regression::{Model, ProportionalHazards};

/// How events at the same time enter the partial likelihood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ties {
    /// Those who have had the event leave the others at risk little by little: the default of R.
    Efron,
    /// All are at risk until the last: the default of SAS.
    Breslow,
}

/// Cox regression.
///
/// # Method
/// Cox 1972, Journal of the Royal Statistical Society B 34:187; ties by Efron 1977, Journal of the American Statistical
/// Association 72:557, or Breslow 1974, Biometrics 30:89. Newton's method on covariates centred and scaled; means and
/// squares at risk are accumulated backwards in time.
///
/// # Input
/// For each subject a time from 0 and whether it ended in the event; for each covariate a finite value for each subject;
/// `level` strictly between 0 and 1. At the same time events come before censorings.
///
/// # Not estimable
/// `NoData` without subjects; `NoEvents` without events; `NotEstimable` when a covariate is constant or follows the
/// others among those at risk at events; `OutOfRange` when lengths differ, there is no covariate, a time is negative or
/// a value not finite, or the level is not a probability; `NotConverged` after too many steps. When the likelihood has
/// no maximum (only one arm has events) the effects and the Wald test are `Separated`; score and likelihood-ratio tests
/// and profile limits remain.
///
/// # Agrees with
/// R `coxph(Surv(time, event) ~ covariates, ties = ties)`; cases in `fixtures/reference/cox`.
pub fn cox(
    time: &[f64],
    event: &[bool],
    covariates: &[Vec<f64>],
    ties: Ties,
    level: f64,
) -> Result<ProportionalHazards, Undefined> {
    fit(Histories { start: None, stop: time, event, covariates, strata: None }, ties, level)
}

/// Cox regression with a baseline hazard of its own for each stratum.
///
/// # Method
/// As `cox`; the likelihood is the product of those of the strata, so only subjects of the same stratum are compared. A
/// stratum without events, or with one subject, contributes nothing.
///
/// # Input
/// As `cox`, with the stratum of each subject, any number.
///
/// # Not estimable
/// As `cox`; `NotEstimable` also when a covariate does not vary within strata.
///
/// # Agrees with
/// R `coxph(Surv(time, event) ~ covariates + strata(stratum), ties = ties)`; cases in `fixtures/reference/cox-strata`.
pub fn stratified_cox(
    time: &[f64],
    event: &[bool],
    covariates: &[Vec<f64>],
    strata: &[usize],
    ties: Ties,
    level: f64,
) -> Result<ProportionalHazards, Undefined> {
    fit(Histories { start: None, stop: time, event, covariates, strata: Some(strata) }, ties, level)
}

/// Cox regression of rows that are at risk after a start until a stop: late entry (left truncation), covariates that
/// change with time, and events that come again.
///
/// # Method
/// As `stratified_cox`, after Andersen and Gill 1982, The Annals of Statistics 10:1100. A row is at risk at the events of
/// its stratum after `start`, up to and including `stop`. Who is at risk is added up by halves of the events, without
/// subtractions. Standard errors assume that rows of a subject are independent given the covariates; without that, see
/// `robust_effects`.
///
/// # Input
/// For each row a start from 0, a later stop, whether it ended in the event, and its stratum (the same number for all
/// without strata); the rest as `cox`. Rows of a subject must not overlap; that is not checked.
///
/// # Not estimable
/// As `stratified_cox`; `OutOfRange` also when a start is negative, or not before its stop.
///
/// # Agrees with
/// R `coxph(Surv(start, stop, event) ~ covariates + strata(stratum), ties = ties)` by its definition: an own script of
/// high precision; cases in `fixtures/reference/cox-late`.
pub fn counting_process_cox(
    start: &[f64],
    stop: &[f64],
    event: &[bool],
    covariates: &[Vec<f64>],
    strata: &[usize],
    ties: Ties,
    level: f64,
) -> Result<ProportionalHazards, Undefined> {
    fit(Histories { start: Some(start), stop, event, covariates, strata: Some(strata) }, ties, level)
}

fn fit(histories: Histories, ties: Ties, level: f64) -> Result<ProportionalHazards, Undefined> {
    let (likelihood, scales) = PartialLikelihood::new(histories, ties)?;
    ProportionalHazards::fit(Model::Partial(likelihood), scales, level)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOTH: [Ties; 2] = [Ties::Efron, Ties::Breslow];

    #[track_caller]
    fn assert_close(value: f64, expected: f64) {
        let error = libm::fabs(value - expected);
        assert!(error < 1e-11 * (1.0 + libm::fabs(expected)), "{value:e} is not {expected:e}");
    }

    fn arm(arm: &[f64]) -> Vec<Vec<f64>> {
        vec![arm.to_vec()]
    }

    #[test]
    fn four_subjects_on_paper() {
        // Arms 1, 0, 1, 0 fail in this order, with likelihood h / (2 + 2h) · 1 / (2 + h) · h / (1 + h).
        let fit = cox(&[1.0, 2.0, 3.0, 4.0], &[true; 4], &arm(&[1.0, 0.0, 1.0, 0.0]), Ties::Efron, 0.95).unwrap();
        let effect = fit.effects[0].unwrap();
        let h = effect.hazard_ratio;
        let likelihood = |h: f64| libm::log(h / (2.0 + 2.0 * h) / (2.0 + h) * h / (1.0 + h));
        assert_close(fit.log_likelihood, likelihood(h));
        assert_close(fit.log_likelihood_null, libm::log(1.0 / 24.0));
        // The score in h: 2/h − 2/(1 + h) − 1/(2 + h) = 0, so h² − h − 4 = 0.
        assert_close(h, f64::midpoint(1.0, libm::sqrt(17.0)));
        let information = 2.0 * h / (1.0 + h) / (1.0 + h) + 2.0 * h / (2.0 + h) / (2.0 + h);
        assert_close(effect.standard_error, 1.0 / libm::sqrt(information));
        assert_close(fit.score.statistic, (2.0 - 1.0 - 1.0 / 3.0) * (2.0 / 3.0) / (0.5 + 2.0 / 9.0));
        assert_close(fit.wald.unwrap().statistic, effect.z * effect.z);
        assert_close(fit.wald.unwrap().p, effect.p);
        // The profile of a single covariate is the likelihood itself.
        let limits = fit.profile_limits(0, 0.95).unwrap();
        for limit in [limits.lower.unwrap(), limits.upper.unwrap()] {
            assert_close(likelihood(h) - likelihood(limit), 1.959_963_984_540_054 * 1.959_963_984_540_054 / 2.0);
        }
    }

    #[test]
    fn ties_on_paper() {
        // Two of three fail together, one of each arm; the third is in arm 1.
        let covariate = arm(&[0.0, 1.0, 1.0]);
        let fit = |ties| cox(&[1.0, 1.0, 2.0], &[true, true, false], &covariate, ties, 0.95).unwrap();
        assert_close(fit(Ties::Breslow).log_likelihood_null, -2.0 * libm::log(3.0));
        assert_close(fit(Ties::Efron).log_likelihood_null, -libm::log(3.0) - libm::log(2.0));
        // h / (1 + 2h)² is largest at h = 1/2; h / ((1 + 2h) (1/2 + 3h/2)) where h² = 1/6.
        assert_close(fit(Ties::Breslow).effects[0].unwrap().hazard_ratio, 0.5);
        assert_close(fit(Ties::Efron).effects[0].unwrap().hazard_ratio, libm::sqrt(1.0 / 6.0));
    }

    /// A trial of 24 with ties, an arm and another covariate.
    fn trial() -> (Vec<f64>, Vec<bool>, Vec<Vec<f64>>) {
        let time = (0..24).map(|i| f64::from(i * i % 11)).collect();
        let arm = (0..24).map(|i| f64::from(i * 5 / 3 % 2)).collect();
        let age = (0..24).map(|i| 40.0 + f64::from(i * 7 % 19)).collect();
        (time, (0..24).map(|i| i % 3 != 0).collect(), vec![arm, age])
    }

    #[test]
    fn order_units_and_direction_do_not_matter() {
        let (time, event, covariates) = trial();
        for ties in BOTH {
            let fit = cox(&time, &event, &covariates, ties, 0.95).unwrap();
            let back = |values: &[f64]| values.iter().rev().copied().collect::<Vec<f64>>();
            let reversed: Vec<Vec<f64>> = covariates.iter().map(|column| back(column)).collect();
            let late: Vec<bool> = event.iter().rev().copied().collect();
            let same = cox(&back(&time), &late, &reversed, ties, 0.95).unwrap();
            assert_eq!(same.effects, fit.effects);
            let turned = vec![
                covariates[0].iter().map(|arm| 1.0 - arm).collect(),
                covariates[1].iter().map(|age| 365.25 * age - 1e6).collect(),
            ];
            let other = cox(&time, &event, &turned, ties, 0.95).unwrap();
            let (here, there) = (fit.effects[0].unwrap(), other.effects[0].unwrap());
            assert_close(there.coefficient, -here.coefficient);
            assert_close(there.interval.lower, 1.0 / here.interval.upper);
            assert_close(other.effects[1].unwrap().coefficient * 365.25, fit.effects[1].unwrap().coefficient);
            assert_close(other.log_likelihood, fit.log_likelihood);
            let (one, two) = (fit.profile_limits(0, 0.9).unwrap(), other.profile_limits(0, 0.9).unwrap());
            assert_close(one.lower.unwrap() * two.upper.unwrap(), 1.0);
        }
    }

    #[test]
    fn an_arm_without_events_separates() {
        let (time, mut event, covariates) = trial();
        for (event, arm) in event.iter_mut().zip(&covariates[0]) {
            *event &= *arm < 0.5;
        }
        for ties in BOTH {
            let fit = cox(&time, &event, &covariates, ties, 0.95).unwrap();
            assert_eq!(fit.effects, [Err(Undefined::Separated); 2]);
            assert_eq!(fit.wald, Err(Undefined::Separated));
            assert!(fit.likelihood_ratio.p < 0.05 && fit.score.p < 0.1);
            let limits = fit.profile_limits(0, 0.95).unwrap();
            assert_eq!(limits.lower, None);
            assert!(limits.upper.unwrap() < 1.0);
            // The other covariate has limits on both sides.
            let limits = fit.profile_limits(1, 0.95).unwrap();
            assert!(limits.lower.unwrap() < limits.upper.unwrap());
        }
    }

    #[test]
    fn nothing_to_compare_and_nonsense() {
        let (time, event, covariates) = trial();
        let reason = |time: &[f64], event: &[bool], covariates: &[Vec<f64>]| {
            cox(time, event, covariates, Ties::Efron, 0.95).err()
        };
        assert_eq!(reason(&[], &[], &[vec![]]), Some(Undefined::NoData));
        assert_eq!(reason(&time, &[false; 24], &covariates), Some(Undefined::NoEvents));
        assert_eq!(reason(&time, &event, &[vec![3.0; 24]]), Some(Undefined::NotEstimable));
        let twice = [covariates[0].clone(), covariates[0].iter().map(|arm| 5.0 - 2.0 * arm).collect()];
        assert_eq!(reason(&time, &event, &twice), Some(Undefined::NotEstimable));
        // Nobody of the other arm is left at the only event.
        assert_eq!(reason(&[1.0, 2.0], &[false, true], &arm(&[0.0, 1.0])), Some(Undefined::NotEstimable));
        assert_eq!(reason(&time, &event, &[]), Some(Undefined::OutOfRange));
        assert_eq!(reason(&time, &event, &arm(&[1.0])), Some(Undefined::OutOfRange));
        assert_eq!(reason(&[1.0], &[true; 2], &arm(&[1.0])), Some(Undefined::OutOfRange));
        assert_eq!(reason(&[f64::NAN; 2], &[true; 2], &arm(&[0.0, 1.0])), Some(Undefined::OutOfRange));
        assert_eq!(reason(&[1.0, 2.0], &[true; 2], &arm(&[0.0, f64::NAN])), Some(Undefined::OutOfRange));
        let fit = cox(&time, &event, &covariates, Ties::Efron, 0.95).unwrap();
        assert_eq!(fit.profile_limits(2, 0.95), Err(Undefined::OutOfRange));
        assert_eq!(fit.profile_limits(0, 1.0), Err(Undefined::OutOfRange));
    }

    #[test]
    fn strata_are_compared_within() {
        // One against one in each stratum, and arm 1 fails in two of three: h² / (1 + h)³ is largest at h = 2.
        let time = [1.0, 2.0].repeat(3);
        let (event, strata) = ([true, false].repeat(3), [7, 7, 0, 0, 3, 3]);
        let fit = stratified_cox(&time, &event, &arm(&[1.0, 0.0, 1.0, 0.0, 0.0, 1.0]), &strata, Ties::Efron, 0.95);
        let effect = fit.unwrap().effects[0].unwrap();
        assert_close(effect.hazard_ratio, 2.0);
        assert_close(effect.standard_error, libm::sqrt(1.0 / (3.0 * 2.0 / 9.0)));
        let apart = stratified_cox(&[1.0, 2.0], &[true; 2], &arm(&[0.0, 1.0]), &[0, 1], Ties::Efron, 0.95);
        assert_eq!(apart.err(), Some(Undefined::NotEstimable));
        let lengths = stratified_cox(&[1.0, 2.0], &[true; 2], &arm(&[0.0, 1.0]), &[0], Ties::Efron, 0.95);
        assert_eq!(lengths.err(), Some(Undefined::OutOfRange));
    }

    #[test]
    fn rows_of_a_subject_are_one_subject() {
        let (time, event, covariates) = trial();
        let time: Vec<f64> = time.iter().map(|time| time + 1.0).collect();
        let zero = [0; 24];
        for ties in BOTH {
            let whole = cox(&time, &event, &covariates, ties, 0.95).unwrap();
            let same = counting_process_cox(&[0.0; 24], &time, &event, &covariates, &zero, ties, 0.95).unwrap();
            // Cut in two at 3.5, where nobody has the event.
            let mut rows: Vec<(f64, f64, bool, usize)> = Vec::new();
            for (place, (time, event)) in time.iter().zip(&event).enumerate() {
                if *time > 3.5 {
                    rows.push((0.0, 3.5, false, place));
                }
                rows.push((if *time > 3.5 { 3.5 } else { 0.0 }, *time, *event, place));
            }
            let columns: Vec<Vec<f64>> =
                covariates.iter().map(|column| rows.iter().map(|row| column[row.3]).collect()).collect();
            let start: Vec<f64> = rows.iter().map(|row| row.0).collect();
            let stop: Vec<f64> = rows.iter().map(|row| row.1).collect();
            let ended: Vec<bool> = rows.iter().map(|row| row.2).collect();
            let cut = counting_process_cox(&start, &stop, &ended, &columns, &vec![0; rows.len()], ties, 0.95).unwrap();
            for other in [same, cut] {
                assert_close(other.log_likelihood, whole.log_likelihood);
                assert_close(other.score.statistic, whole.score.statistic);
                for (one, two) in other.effects.iter().zip(&whole.effects) {
                    assert_close(one.unwrap().coefficient, two.unwrap().coefficient);
                    assert_close(one.unwrap().standard_error, two.unwrap().standard_error);
                }
            }
        }
    }

    #[test]
    fn rows_that_end_before_they_start() {
        let reason = |start: &[f64], stop: &[f64]| {
            counting_process_cox(start, stop, &[true; 2], &arm(&[0.0, 1.0]), &[0; 2], Ties::Efron, 0.95).err()
        };
        assert_eq!(reason(&[1.0, 0.0], &[1.0, 2.0]), Some(Undefined::OutOfRange));
        assert_eq!(reason(&[-1.0, 0.0], &[1.0, 2.0]), Some(Undefined::OutOfRange));
        assert_eq!(reason(&[0.0], &[1.0, 2.0]), Some(Undefined::OutOfRange));
        assert_eq!(reason(&[f64::NAN, 0.0], &[1.0, 2.0]), Some(Undefined::OutOfRange));
        // They are never at risk together.
        assert_eq!(reason(&[0.0, 1.0], &[1.0, 2.0]), Some(Undefined::NotEstimable));
    }
}
