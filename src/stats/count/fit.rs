//! Maximum likelihood of counts when the dispersion is given.

use super::super::describe::compensated;
use super::super::distribution::{ln_gamma, normal_quantile};
use super::super::symmetric::{Factors, Matrix};
use super::super::{LogEffect, Undefined, finite, real, tail};
use super::CountErrors;

/// Newton steps before the fit is given up; fewer than ten are usual.
const STEPS: usize = 100;

/// Steps after which a direction in which the likelihood rises for ever is looked for.
const PATIENCE: usize = 8;

/// Halvings of a step before the fit is given up.
const HALVINGS: usize = 60;

/// A pivot below this share of its diagonal is what rounding leaves of 0.
const SINGULAR: f64 = 1e-11;

/// The step is the last that changes no linear predictor by more: the error left is about its square.
const CONVERGED: f64 = 1e-10;

/// Changes of a direction below this share of its largest are rounding.
const ROUNDING: f64 = 1e-7;

/// What the likelihood may lose by rounding, as a share of its sum of absolute terms.
const LOSS: f64 = 1e-14;

/// Residuals of this share of the fitted means, squared, are rounding and not variation.
const PERFECT: f64 = 1e-22;

/// Counts with their design, checked.
pub(super) struct Counts<'a> {
    columns: &'a [Vec<f64>],
    pub(super) observed: Vec<f64>,
    /// Logarithms of the times at risk.
    offset: Vec<f64>,
}

impl<'a> Counts<'a> {
    pub(super) fn new(columns: &'a [Vec<f64>], counts: &[u64], exposure: &[f64]) -> Result<Self, Undefined> {
        if columns.is_empty() || counts.is_empty() {
            return Err(Undefined::NoData);
        }
        let short = columns.iter().any(|column| column.len() != counts.len()) || exposure.len() != counts.len();
        let odd = columns.iter().flatten().any(|value| !value.is_finite());
        if short || odd || exposure.iter().any(|time| !(*time > 0.0 && time.is_finite())) {
            return Err(Undefined::OutOfRange);
        }
        if counts.iter().all(|count| *count == 0) {
            return Err(Undefined::NoEvents);
        }
        Ok(Self {
            columns,
            observed: counts.iter().map(|count| real(*count)).collect(),
            offset: exposure.iter().map(|time| libm::log(*time)).collect(),
        })
    }

    /// The coefficients of highest likelihood, from a start.
    pub(super) fn maximise(&self, dispersion: f64, start: Vec<f64>) -> Result<Vec<f64>, Undefined> {
        let mut estimates = start;
        let mut value = self.log_likelihood(dispersion, &self.linear(&estimates));
        for step in 0..STEPS {
            let linear = self.linear(&estimates);
            let means: Vec<f64> = linear.iter().map(|own| libm::exp(*own)).collect();
            let weight = |(mean, count): (&f64, &f64)| {
                let share = 1.0 / (1.0 + dispersion * mean);
                mean * share * ((1.0 + dispersion * count) * share)
            };
            let weights: Vec<f64> = means.iter().zip(&self.observed).map(weight).collect();
            // Without information left the likelihood has risen as far as doubles go.
            let factors = self.factors(&weights).ok_or(Undefined::Separated)?;
            let residuals = self.residuals(dispersion, &means);
            let gradient: Vec<f64> = self.columns.iter().map(|own| product(own, &residuals)).collect();
            let direction = factors.solve(&gradient);
            let changes = self.combined(&direction);
            if changes.iter().all(|change| libm::fabs(*change) <= CONVERGED) {
                return Ok(estimates.iter().zip(&direction).map(|(own, step)| own + step).collect());
            }
            if step >= PATIENCE && self.for_ever(&changes) {
                return Err(Undefined::Separated);
            }
            let mut share = 1.0;
            let mut next = None;
            for _ in 0..HALVINGS {
                let there: Vec<f64> = estimates.iter().zip(&direction).map(|(own, step)| own + share * step).collect();
                let better = self.log_likelihood(dispersion, &self.linear(&there));
                if better.0.is_finite() && better.0 >= value.0 - LOSS * value.1 {
                    next = Some((there, better));
                    break;
                }
                share /= 2.0;
            }
            (estimates, value) = next.ok_or(Undefined::NotConverged)?;
        }
        Err(Undefined::NotConverged)
    }

    /// Where to begin: weighted least squares of the logarithms of the counts and a half.
    pub(super) fn start(&self) -> Result<Vec<f64>, Undefined> {
        let weights: Vec<f64> = self.observed.iter().map(|count| count + 0.5).collect();
        let factors = self.factors(&weights).ok_or(Undefined::NotEstimable)?;
        let terms = weights.iter().zip(&self.offset).map(|(weight, offset)| weight * (libm::log(*weight) - offset));
        let terms: Vec<f64> = terms.collect();
        Ok(factors.solve(&self.columns.iter().map(|own| product(own, &terms)).collect::<Vec<f64>>()))
    }

    /// The fitted means.
    pub(super) fn means(&self, estimates: &[f64]) -> Vec<f64> {
        self.linear(estimates).iter().map(|own| libm::exp(*own)).collect()
    }

    /// The log-likelihood.
    pub(super) fn likelihood(&self, dispersion: f64, estimates: &[f64]) -> Result<f64, Undefined> {
        let constants = self.observed.iter().map(|count| {
            let own = if dispersion == 0.0 { 0.0 } else { rising(*count, dispersion) };
            Ok(own - ln_gamma(count + 1.0)?)
        });
        let constants = constants.collect::<Result<Vec<f64>, Undefined>>()?;
        let (varying, _) = self.log_likelihood(dispersion, &self.linear(estimates));
        finite(compensated(constants.into_iter().chain([varying])))
    }

    /// The effects with their errors by the expected information, or robust.
    pub(super) fn effects(
        &self,
        dispersion: f64,
        estimates: &[f64],
        errors: CountErrors,
        level: f64,
    ) -> Result<Vec<LogEffect>, Undefined> {
        let half = -normal_quantile(tail(level)?)?;
        let means = self.means(estimates);
        let weights: Vec<f64> = means.iter().map(|mean| mean / (1.0 + dispersion * mean)).collect();
        let covariance = self.factors(&weights).ok_or(Undefined::NotConverged)?.inverse();
        let residuals = self.residuals(dispersion, &means);
        let effect = |(place, coefficient): (usize, &f64)| {
            let variance = match errors {
                CountErrors::Model => covariance[place][place],
                CountErrors::Robust => {
                    let influence = self.combined(&covariance[place]);
                    let squares = |own: &[f64]| compensated(influence.iter().zip(own).map(|(a, b)| (a * b) * (a * b)));
                    let variance = squares(&residuals);
                    if variance <= PERFECT * squares(&means) {
                        return Err(Undefined::ZeroVariance);
                    }
                    variance
                }
            };
            LogEffect::of(*coefficient, variance, half)
        };
        estimates.iter().enumerate().map(effect).collect()
    }

    /// What the likelihood has of the linear predictors, and the sum of its absolute terms.
    fn log_likelihood(&self, dispersion: f64, linear: &[f64]) -> (f64, f64) {
        let terms = |(own, count): (&f64, &f64)| {
            let mean = libm::exp(*own);
            if dispersion == 0.0 {
                return [count * own, -mean];
            }
            [count * own, -(count + 1.0 / dispersion) * libm::log1p(dispersion * mean)]
        };
        let terms: Vec<f64> = linear.iter().zip(&self.observed).flat_map(terms).collect();
        (compensated(terms.iter().copied()), compensated(terms.iter().map(|own| libm::fabs(*own))))
    }

    /// Derivatives of the likelihood by the linear predictors.
    fn residuals(&self, dispersion: f64, means: &[f64]) -> Vec<f64> {
        means.iter().zip(&self.observed).map(|(mean, count)| (count - mean) / (1.0 + dispersion * mean)).collect()
    }

    fn factors(&self, weights: &[f64]) -> Option<Factors> {
        let weighted = |own: &[f64]| own.iter().zip(weights).map(|(own, weight)| own * weight).collect::<Vec<f64>>();
        let row = |own: &Vec<f64>| {
            let own = weighted(own);
            self.columns.iter().map(|other| product(other, &own)).collect::<Vec<f64>>()
        };
        let information: Matrix = self.columns.iter().map(row).collect();
        let bounds: Vec<f64> = information.iter().enumerate().map(|(place, row)| row[place] * SINGULAR).collect();
        Factors::new(&information, &bounds)
    }

    fn linear(&self, estimates: &[f64]) -> Vec<f64> {
        self.combined(estimates).iter().zip(&self.offset).map(|(own, offset)| own + offset).collect()
    }

    /// A combination of the columns.
    fn combined(&self, weights: &[f64]) -> Vec<f64> {
        let row = |subject: usize| self.columns.iter().zip(weights).map(|(own, weight)| own[subject] * weight).sum();
        (0..self.observed.len()).map(row).collect()
    }

    /// Whether a direction lowers only means of counts of 0 and changes no other one: the likelihood rises along it
    /// without end.
    fn for_ever(&self, changes: &[f64]) -> bool {
        let most = changes.iter().fold(0.0_f64, |most, change| most.max(-change));
        let harmless = |(change, count): (&f64, &f64)| {
            *change <= ROUNDING * most && (*count == 0.0 || *change >= -ROUNDING * most)
        };
        most > 0.0 && changes.iter().zip(&self.observed).all(harmless)
    }
}

/// The logarithm of the product of 1 + dispersion · j over the whole numbers j below the count.
fn rising(count: f64, dispersion: f64) -> f64 {
    let mut below = 0.0;
    compensated(std::iter::from_fn(|| {
        let own = (below < count).then(|| libm::log1p(dispersion * below));
        below += 1.0;
        own
    }))
}

fn product(one: &[f64], two: &[f64]) -> f64 {
    compensated(one.iter().zip(two).map(|(one, two)| one * two))
}
