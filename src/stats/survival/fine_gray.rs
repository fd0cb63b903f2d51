//! Regression of the cumulative incidence of a cause among others.

use super::super::Undefined;
use super::super::contingency::ChiSquare;
use super::curve::normal_limit;
use super::maximum::{Likelihood, independent, maximum};
use super::regression::HazardRatio;
use super::sandwich::wald;
use super::subdistribution::Subdistribution;

/// Which subjects could have been censored at a time at which others had events, and what standard errors include.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CensoringTies {
    /// All at risk, as in the paper of Fine and Gray; standard errors include that the distribution of censoring is
    /// estimated. R `cmprsk::crr`.
    Together,
    /// Those left after the events, as everywhere else in this module; standard errors take the distribution of censoring
    /// as known. R `survival::finegray` with `coxph(…, ties = "breslow")`.
    AfterEvents,
}

/// Effects on the hazard of the subdistribution of a cause.
#[derive(Clone, Debug, PartialEq)]
pub struct SubdistributionHazards {
    /// For each covariate its effect, with a robust standard error; a ratio above 1 means a higher cumulative incidence.
    /// `Separated` when the likelihood has no maximum, `ZeroVariance` when no subject has any influence, `OutOfRange`
    /// when a limit is beyond the range of a double.
    pub effects: Vec<Result<HazardRatio, Undefined>>,
    /// Logarithm of the weighted partial likelihood without effects.
    pub log_likelihood_null: f64,
    /// The same at the estimates; without a maximum what it approaches.
    pub log_likelihood: f64,
    /// Wald test that no covariate has an effect, with the robust covariance.
    pub wald: Result<ChiSquare, Undefined>,
}

/// Fine and Gray's regression of the subdistribution hazard of a cause.
///
/// # Method
/// Fine and Gray 1999, Journal of the American Statistical Association 94:496. Who had another cause stays at risk with
/// the probability of not having been censored since, by Kaplan and Meier; ties as Breslow. Robust standard errors of
/// section 5 of the paper, or without their part for the censoring, by `CensoringTies`.
///
/// # Input
/// For each subject a time from 0 and its cause from 1, or 0 when censored; the cause of interest, from 1; for each
/// covariate a finite value for each subject; `level` strictly between 0 and 1. Censoring must not depend on covariates.
///
/// # Not estimable
/// `NoData` without subjects; `NoEvents` without events of the cause; `NotEstimable` when a covariate is constant or
/// follows the others among those at risk at events; `OutOfRange` when lengths differ, there is no covariate, a time is
/// negative or a value not finite, the cause is 0 or the level is not a probability; `NotConverged` after too many steps.
/// The effects are `Separated` when the likelihood has no maximum (only one arm has events of the cause), where R reports
/// a huge effect with a small standard error.
///
/// # Agrees with
/// R `cmprsk::crr` and `survival::finegray`; cases in `fixtures/reference/fine-gray`.
pub fn fine_gray(
    time: &[f64],
    cause: &[usize],
    interest: usize,
    covariates: &[Vec<f64>],
    ties: CensoringTies,
    level: f64,
) -> Result<SubdistributionHazards, Undefined> {
    let z = normal_limit(level)?;
    let (likelihood, scales) = Subdistribution::new(time, cause, interest, covariates, ties)?;
    let without = likelihood.at(&likelihood.null());
    independent(&without.information)?;
    let found = maximum(&likelihood, &without, likelihood.null(), None)?;
    let mut fit = SubdistributionHazards {
        effects: vec![Err(Undefined::Separated); scales.len()],
        log_likelihood_null: without.value,
        log_likelihood: found.value,
        wald: Err(Undefined::Separated),
    };
    if found.attained {
        let information = independent(&found.here.information)?;
        let covariance = likelihood.covariance(&found.parameters, &information);
        let model = information.inverse();
        for (place, effect) in fit.effects.iter_mut().enumerate() {
            let (variance, scale) = (covariance[place][place], scales[place]);
            *effect = if variance > 1e-20 * model[place][place] {
                HazardRatio::new(found.parameters[place] / scale, variance.sqrt() / scale, z)
            } else {
                Err(Undefined::ZeroVariance)
            };
        }
        fit.wald = wald(&covariance, &found.parameters);
    }
    Ok(fit)
}

#[cfg(test)]
mod tests {
    use super::super::cox::{Ties, cox};
    use super::*;

    const BOTH: [CensoringTies; 2] = [CensoringTies::Together, CensoringTies::AfterEvents];

    /// A trial of 30 with ties, two causes, an arm and another covariate.
    fn trial() -> (Vec<f64>, Vec<usize>, Vec<Vec<f64>>) {
        let time = (0..30).map(|i| f64::from(i * i % 11)).collect();
        let arm = (0..30).map(|i| f64::from(i * 5 / 3 % 2)).collect();
        let age = (0..30).map(|i| 40.0 + f64::from(i * 7 % 19)).collect();
        (time, (0..30).map(|i| i * i * 5 / 3 % 3).collect(), vec![arm, age])
    }

    #[test]
    fn without_another_cause_it_is_cox() {
        let (time, cause, columns) = trial();
        let event: Vec<bool> = cause.iter().map(|cause| *cause > 0).collect();
        let one_cause: Vec<usize> = cause.iter().map(|cause| (*cause).min(1)).collect();
        let other = cox(&time, &event, &columns, Ties::Breslow, 0.95).unwrap();
        let robust = other.clustered_effects(&(0..30).collect::<Vec<usize>>(), 0.95).unwrap();
        for ties in BOTH {
            let fit = fine_gray(&time, &one_cause, 1, &columns, ties, 0.95).unwrap();
            assert!(libm::fabs(fit.log_likelihood - other.log_likelihood) < 1e-12);
            for (one, two) in fit.effects.iter().zip(&robust.effects) {
                assert!(libm::fabs(one.unwrap().coefficient - two.unwrap().coefficient) < 1e-12);
                assert!(libm::fabs(one.unwrap().standard_error - two.unwrap().standard_error) < 1e-12);
            }
        }
    }

    #[test]
    fn without_censoring_the_others_never_leave() {
        // Who had another cause is then as if at risk until after the last event.
        let (time, _, columns) = trial();
        let cause: Vec<usize> = (0..30).map(|i| 1 + i % 2).collect();
        let kept: Vec<f64> = time.iter().zip(&cause).map(|(t, cause)| if *cause == 1 { *t } else { 99.0 }).collect();
        let event: Vec<bool> = cause.iter().map(|cause| *cause == 1).collect();
        let other = cox(&kept, &event, &columns, Ties::Breslow, 0.95).unwrap();
        for ties in BOTH {
            let fit = fine_gray(&time, &cause, 1, &columns, ties, 0.95).unwrap();
            for (one, two) in fit.effects.iter().zip(&other.effects) {
                assert!(libm::fabs(one.unwrap().coefficient - two.unwrap().coefficient) < 1e-12);
            }
        }
    }

    #[test]
    fn order_units_and_direction_do_not_matter() {
        let (time, cause, columns) = trial();
        for ties in BOTH {
            let fit = fine_gray(&time, &cause, 2, &columns, ties, 0.95).unwrap();
            let back = |values: &[f64]| values.iter().rev().copied().collect::<Vec<f64>>();
            let reversed: Vec<Vec<f64>> = columns.iter().map(|column| back(column)).collect();
            let late: Vec<usize> = cause.iter().rev().copied().collect();
            assert_eq!(fine_gray(&back(&time), &late, 2, &reversed, ties, 0.95).unwrap(), fit);
            let weeks: Vec<f64> = time.iter().map(|time| time / 7.0).collect();
            let turned = vec![columns[0].iter().map(|arm| 1.0 - arm).collect(), columns[1].clone()];
            let other = fine_gray(&weeks, &cause, 2, &turned, ties, 0.95).unwrap();
            let (here, there) = (fit.effects[0].unwrap(), other.effects[0].unwrap());
            assert!(libm::fabs(here.coefficient + there.coefficient) < 1e-12);
            assert!(libm::fabs(here.standard_error - there.standard_error) < 1e-12);
        }
    }

    #[test]
    fn nothing_to_compare_and_nonsense() {
        let (time, cause, columns) = trial();
        let reason = |time: &[f64], cause: &[usize], interest: usize, columns: &[Vec<f64>]| {
            fine_gray(time, cause, interest, columns, CensoringTies::Together, 0.95).err()
        };
        assert_eq!(reason(&[], &[], 1, &[vec![]]), Some(Undefined::NoData));
        assert_eq!(reason(&time, &cause, 3, &columns), Some(Undefined::NoEvents));
        assert_eq!(reason(&time, &cause, 0, &columns), Some(Undefined::OutOfRange));
        assert_eq!(reason(&time, &cause, 1, &[]), Some(Undefined::OutOfRange));
        assert_eq!(reason(&time, &cause[1..], 1, &columns), Some(Undefined::OutOfRange));
        assert_eq!(reason(&[f64::NAN; 30], &cause, 1, &columns), Some(Undefined::OutOfRange));
        assert_eq!(reason(&time, &cause, 1, &[vec![3.0; 30]]), Some(Undefined::NotEstimable));
        let nobody: Vec<usize> = cause
            .iter()
            .zip(&columns[0])
            .map(|(cause, arm)| if *arm > 0.5 { *cause } else { 2 * (cause / 2) })
            .collect();
        for ties in BOTH {
            let fit = fine_gray(&time, &nobody, 1, &columns, ties, 0.95).unwrap();
            assert_eq!(fit.effects, [Err(Undefined::Separated); 2]);
            assert_eq!(fit.wald, Err(Undefined::Separated));
            assert!(fit.log_likelihood > fit.log_likelihood_null);
        }
    }
}
