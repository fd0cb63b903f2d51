//! Cox's proportional hazards model.

use super::super::symmetric::Matrix;
use super::super::{Undefined, size};
use super::maximum::{Evaluation, Likelihood};
use super::moments::Moments;
use super::regression::{Model, ProportionalHazards, by_subject, compare, standardise};

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
    let (likelihood, scales) = partial_likelihood(time, event, covariates, ties)?;
    ProportionalHazards::fit(Model::Partial(likelihood), scales, level)
}

/// The partial likelihood of centred and scaled covariates, with their scales.
pub(super) fn partial_likelihood(
    time: &[f64],
    event: &[bool],
    covariates: &[Vec<f64>],
    ties: Ties,
) -> Result<(PartialLikelihood, Vec<f64>), Undefined> {
    if event.len() != time.len() || time.iter().any(|time| !(time.is_finite() && *time >= 0.0)) {
        return Err(Undefined::OutOfRange);
    }
    let covariates = by_subject(covariates, time.len())?;
    if time.is_empty() {
        return Err(Undefined::NoData);
    }
    if event.iter().all(|event| !event) {
        return Err(Undefined::NoEvents);
    }
    let facts = time.iter().zip(event).zip(covariates);
    let mut subjects: Vec<Subject> =
        facts.map(|((time, event), covariates)| Subject { time: time + 0.0, event: *event, covariates }).collect();
    subjects.sort_by(|one, two| {
        let later = two.time.total_cmp(&one.time);
        later.then(one.event.cmp(&two.event)).then_with(|| compare(&one.covariates, &two.covariates))
    });
    let mut rows: Vec<&mut Vec<f64>> = subjects.iter_mut().map(|subject| &mut subject.covariates).collect();
    let scales = standardise(&mut rows)?;
    Ok((PartialLikelihood { subjects, ties }, scales))
}

/// Cox's partial likelihood.
#[derive(Clone, Debug)]
pub(super) struct PartialLikelihood {
    /// The last time first; at the same time the censored first.
    pub(super) subjects: Vec<Subject>,
    pub(super) ties: Ties,
}

#[derive(Clone, Debug)]
pub(super) struct Subject {
    pub(super) time: f64,
    pub(super) event: bool,
    pub(super) covariates: Vec<f64>,
}

impl Subject {
    /// The logarithm of the hazard in units of the baseline.
    pub(super) fn risk(&self, coefficients: &[f64]) -> f64 {
        self.covariates.iter().zip(coefficients).map(|(value, coefficient)| value * coefficient).sum()
    }
}

impl Likelihood for PartialLikelihood {
    fn null(&self) -> Vec<f64> {
        vec![0.0; self.subjects.first().map_or(0, |subject| subject.covariates.len())]
    }

    fn at(&self, coefficients: &[f64]) -> Evaluation {
        let mut sums = Evaluation::zero(coefficients.len());
        let mut at_risk = Moments::none(coefficients.len());
        for moment in self.subjects.chunk_by(|one, two| one.time.total_cmp(&two.time).is_eq()) {
            let (censored, failing) = moment.split_at(moment.partition_point(|subject| !subject.event));
            for subject in censored {
                at_risk.add(subject.risk(coefficients), &subject.covariates);
            }
            let mut leaving = Moments::none(coefficients.len());
            for subject in failing {
                leaving.add(subject.risk(coefficients), &subject.covariates);
            }
            let mut all = at_risk.clone();
            all.join(&leaving, 1.0);
            let mut left = size(failing);
            for subject in failing {
                if self.ties == Ties::Efron {
                    all = at_risk.clone();
                    all.join(&leaving, left / size(failing));
                    left -= 1.0;
                }
                compare_with(&mut sums, subject, subject.risk(coefficients), &all);
            }
            at_risk.join(&leaving, 1.0);
        }
        sums
    }

    fn expected_information(&self, coefficients: &[f64]) -> Matrix {
        self.at(coefficients).information
    }
}

/// Adds the logarithm of the share of a subject in the hazard of all, with its derivatives.
fn compare_with(sums: &mut Evaluation, subject: &Subject, risk: f64, all: &Moments) {
    sums.value += all.log_share(risk);
    for ((slope, own), mean) in sums.gradient.iter_mut().zip(&subject.covariates).zip(&all.mean) {
        *slope += own - mean;
    }
    for (row, covariances) in sums.information.iter_mut().zip(all.covariance()) {
        for (entry, covariance) in row.iter_mut().zip(covariances) {
            *entry += covariance;
        }
    }
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
}
