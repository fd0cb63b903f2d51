//! Cox regression with Firth's penalty, for few events.

use super::super::Undefined;
use super::super::size;
use super::super::symmetric::{Factors, Matrix};
use super::cox::Ties;
use super::maximum::{Evaluation, Likelihood};
use super::partial::{Histories, PartialLikelihood};
use super::regression::{Model, ProportionalHazards};

/// Cox regression with Firth's penalty: estimates where only one arm has events, and less bias with few.
///
/// # Method
/// Heinze and Schemper 2001, Biometrics 57:114, after Firth 1993, Biometrika 80:27: the partial likelihood times the root
/// of the determinant of its information. Standard errors from the information without the penalty. Likelihood-ratio test
/// and `profile_limits` are those of the penalised likelihood; prefer them to Wald's, as it is far from symmetric with
/// few events. The score test is that of the penalised score. Work grows with the square of the number of subjects.
///
/// # Input
/// As `cox`.
///
/// # Not estimable
/// As `cox`, but never `Separated` because an arm has no events.
///
/// # Agrees with
/// R `coxphf::coxphf`, which knows the ties of Breslow only, by its definition: an own script of high precision; cases in
/// `fixtures/reference/firth-cox`.
pub fn firth_cox(
    time: &[f64],
    event: &[bool],
    covariates: &[Vec<f64>],
    ties: Ties,
    level: f64,
) -> Result<ProportionalHazards, Undefined> {
    let histories = Histories { start: None, stop: time, event, covariates, strata: None };
    let (partial, scales) = PartialLikelihood::new(histories, ties)?;
    // The penalty in the units of the input.
    let units = scales.iter().map(|scale| libm::log(*scale)).sum();
    ProportionalHazards::fit(Model::Penalised(PenalisedLikelihood { partial, units }), scales, level)
}

/// The curvature of the penalised likelihood over the information: between 1 with many events and 2 with one. Steps are
/// then at most a third too long or too short, and each leaves a third of the distance.
const CURVATURE: f64 = 1.5;

/// The partial likelihood with half the logarithm of the determinant of its information.
#[derive(Clone, Debug)]
pub(super) struct PenalisedLikelihood {
    partial: PartialLikelihood,
    units: f64,
}

impl Likelihood for PenalisedLikelihood {
    fn null(&self) -> Vec<f64> {
        self.partial.null()
    }

    fn at(&self, coefficients: &[f64]) -> Evaluation {
        let mut found = self.partial.at(coefficients);
        let Some(factors) = Factors::new(&found.information, &vec![0.0; coefficients.len()]) else {
            found.value = f64::NEG_INFINITY;
            return found;
        };
        found.value += self.units + factors.pivots().iter().map(|pivot| libm::log(*pivot)).sum::<f64>() / 2.0;
        let penalty = self.penalty(coefficients, &factors.inverse());
        for (slope, penalty) in found.gradient.iter_mut().zip(penalty) {
            *slope += penalty;
        }
        for entry in found.information.iter_mut().flatten() {
            *entry *= CURVATURE;
        }
        found
    }

    /// That without the penalty.
    fn expected_information(&self, coefficients: &[f64], _: &Evaluation) -> Matrix {
        self.partial.at(coefficients).information
    }
}

impl PenalisedLikelihood {
    /// The derivative of the penalty: half the trace of the inverse information times the third moments at risk.
    fn penalty(&self, coefficients: &[f64], inverse: &Matrix) -> Vec<f64> {
        let subjects = &self.partial.subjects;
        let risks = self.partial.risks(coefficients);
        let mut slopes = vec![0.0; coefficients.len()];
        let mut end = 0;
        for moment in subjects.chunk_by(|one, two| one.time.total_cmp(&two.time).is_eq()) {
            end += moment.len();
            let failing = moment.iter().filter(|subject| subject.event).count();
            let first = end - failing;
            let highest = risks[..end].iter().fold(f64::NEG_INFINITY, |most, risk| most.max(*risk));
            let mut weights: Vec<f64> = risks[..end].iter().map(|risk| libm::exp(risk - highest)).collect();
            let own = weights[first..].to_vec();
            for gone in 0..failing {
                if self.partial.ties == Ties::Efron {
                    // Those who fail leave the others little by little.
                    let left = size(&own[gone..]) / size(&own);
                    for (weight, own) in weights[first..].iter_mut().zip(&own) {
                        *weight = own * left;
                    }
                }
                self.add(&mut slopes, &weights, inverse);
            }
        }
        slopes
    }

    /// Adds what one event contributes.
    fn add(&self, slopes: &mut [f64], weights: &[f64], inverse: &Matrix) {
        let all: f64 = weights.iter().sum();
        let weighted = || (0..weights.len()).map(|subject| self.partial.covariates(subject)).zip(weights);
        let mean: Vec<f64> = (0..slopes.len())
            .map(|place| weighted().map(|(covariates, weight)| weight * covariates[place]).sum::<f64>() / all)
            .collect();
        for (covariates, weight) in weighted() {
            let away: Vec<f64> = covariates.iter().zip(&mean).map(|(own, mean)| own - mean).collect();
            let distance: f64 = inverse
                .iter()
                .zip(&away)
                .map(|(row, one)| one * row.iter().zip(&away).map(|(entry, two)| entry * two).sum::<f64>())
                .sum();
            for (slope, away) in slopes.iter_mut().zip(&away) {
                *slope += weight / all * distance * away / 2.0;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_event_on_paper() {
        // One of two has the event: the likelihood is p, the information p (1 − p), so p √(p (1 − p)) is largest at 3/4.
        let arm = [vec![1.0, 0.0]];
        let fit = firth_cox(&[1.0, 2.0], &[true, false], &arm, Ties::Efron, 0.95).unwrap();
        let effect = fit.effects[0].unwrap();
        assert!(libm::fabs(effect.hazard_ratio - 3.0) < 1e-8);
        assert!(libm::fabs(effect.standard_error - libm::sqrt(16.0 / 3.0)) < 1e-8);
        let most = libm::log(0.75 * libm::sqrt(3.0 / 16.0));
        assert!(libm::fabs(fit.log_likelihood - most) < 1e-14);
        assert!(libm::fabs(fit.log_likelihood_null - libm::log(0.25)) < 1e-14);
    }

    #[test]
    fn slopes_are_those_of_the_likelihood() {
        let time: Vec<f64> = (0..20).map(|i| f64::from(i * 7 % 11)).collect();
        let event: Vec<bool> = (0..20).map(|i| i % 3 != 0).collect();
        let covariates =
            [(0..20).map(|i| f64::from(i % 2)).collect(), (0..20).map(|i| f64::from(i * i % 13)).collect()];
        for ties in [Ties::Efron, Ties::Breslow] {
            let histories =
                Histories { start: None, stop: &time, event: &event, covariates: &covariates, strata: None };
            let (partial, _) = PartialLikelihood::new(histories, ties).unwrap();
            let likelihood = PenalisedLikelihood { partial, units: 0.0 };
            let value = |one: f64, two: f64| likelihood.at(&[one, two]).value;
            let step = 1e-5;
            let slopes = likelihood.at(&[0.3, -0.8]).gradient;
            let along = (value(0.3 + step, -0.8) - value(0.3 - step, -0.8)) / (2.0 * step);
            assert!(libm::fabs(slopes[0] - along) < 1e-7);
            let across = (value(0.3, -0.8 + step) - value(0.3, -0.8 - step)) / (2.0 * step);
            assert!(libm::fabs(slopes[1] - across) < 1e-7);
        }
    }

    #[test]
    fn nothing_to_estimate() {
        let reason = |time: &[f64], event: &[bool], covariate: &[f64]| {
            firth_cox(time, event, &[covariate.to_vec()], Ties::Breslow, 0.95).err()
        };
        assert_eq!(reason(&[], &[], &[]), Some(Undefined::NoData));
        assert_eq!(reason(&[1.0, 2.0], &[false; 2], &[0.0, 1.0]), Some(Undefined::NoEvents));
        assert_eq!(reason(&[1.0, 2.0], &[true; 2], &[1.0, 1.0]), Some(Undefined::NotEstimable));
        assert_eq!(reason(&[1.0, 2.0], &[false, true], &[0.0, 1.0]), Some(Undefined::NotEstimable));
        assert_eq!(reason(&[1.0], &[true; 2], &[0.0, 1.0]), Some(Undefined::OutOfRange));
        assert_eq!(reason(&[f64::NAN, 1.0], &[true; 2], &[0.0, 1.0]), Some(Undefined::OutOfRange));
    }
}
