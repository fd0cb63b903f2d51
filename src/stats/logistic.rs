//! Logistic regression.

use super::contingency::ChiSquare;
use super::describe::compensated;
use super::distribution::{chi_square_sf, normal_quantile, normal_sf};
use super::symmetric::{Factors, Matrix};
use super::{Interval, Undefined, finite, size, tail};

/// Newton steps before the fit is given up; fewer than ten are usual.
const STEPS: usize = 100;

/// Steps after which a direction in which the likelihood rises for ever is looked for.
const PATIENCE: usize = 8;

/// A pivot below this share of its diagonal is what rounding leaves of 0.
const SINGULAR: f64 = 1e-11;

/// The fit has converged when a step changes no linear predictor by more.
const CONVERGED: f64 = 1e-12;

/// Disagreements of a direction with an outcome below this share of its largest agreement are rounding.
const ROUNDING: f64 = 1e-7;

/// A fitted logistic regression.
#[derive(Clone, Debug, PartialEq)]
pub struct Logistic {
    /// The effect of each column, in their order.
    pub effects: Vec<LogOdds>,
    /// Log-likelihood at the estimates.
    pub log_likelihood: f64,
}

/// The effect of one unit of a column on the logarithm of the odds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LogOdds {
    /// The logarithm of the odds ratio.
    pub coefficient: f64,
    /// Its standard error.
    pub standard_error: f64,
    /// Coefficient over standard error.
    pub z: f64,
    /// Two-sided p-value of no effect, of Wald's kind.
    pub p: f64,
    /// Limits of the logarithm of the odds ratio, of Wald's kind.
    pub interval: Interval,
}

/// Logistic regression by maximum likelihood, with Wald limits.
///
/// # Method
/// Cox 1958, JRSS B 20:215: Newton's method from 0, a step halved while the likelihood falls; the covariance is the
/// inverse information. When steps do not end, one that agrees with every outcome shows that the likelihood rises for
/// ever along it (Albert and Anderson 1984, Biometrika 71:1): that is separation, complete or not.
///
/// # Input
/// `columns` of the design, an intercept included as a column of ones; `outcomes`; `level` strictly between 0 and 1.
///
/// # Not estimable
/// `Separated` when the likelihood has no maximum; `NotEstimable` when columns depend on each other; `NoData` without
/// columns or subjects; `OutOfRange` when columns differ in length, a value is not finite or the level is not a
/// probability; `NotConverged` if the search does not end.
///
/// # Agrees with
/// R `glm(y ~ x, binomial)` with `confint.default`, which reports separated data as converged; cases in
/// `fixtures/reference/logistic`.
pub fn logistic(columns: &[Vec<f64>], outcomes: &[bool], level: f64) -> Result<Logistic, Undefined> {
    let z = -normal_quantile(tail(level)?)?;
    let (fit, covariance) = Fit::new(columns, outcomes)?;
    let effects = fit.estimates.iter().enumerate().map(|(place, coefficient)| {
        let standard_error = finite(covariance[place][place].sqrt())?;
        let ratio = finite(coefficient / standard_error)?;
        let half = z * standard_error;
        Ok(LogOdds {
            coefficient: *coefficient,
            standard_error,
            z: ratio,
            p: (2.0 * normal_sf(libm::fabs(ratio))?).min(1.0),
            interval: Interval { lower: coefficient - half, upper: coefficient + half },
        })
    });
    Ok(Logistic { effects: effects.collect::<Result<_, _>>()?, log_likelihood: fit.log_likelihood })
}

/// Likelihood-ratio test that some columns of a logistic regression have no effect.
///
/// # Method
/// Wilks 1938: twice the difference of the log-likelihoods with all columns and with the first `kept` only.
///
/// # Input
/// As `logistic`; at least one column kept and one left out.
///
/// # Not estimable
/// As `logistic`, of either model; `OutOfRange` when `kept` is 0 or leaves nothing out.
///
/// # Agrees with
/// R `drop1(glm(y ~ x, binomial), test = "LRT")`; cases in `fixtures/reference/logistic`.
pub fn logistic_likelihood_ratio(columns: &[Vec<f64>], outcomes: &[bool], kept: usize) -> Result<ChiSquare, Undefined> {
    if kept == 0 || kept >= columns.len() {
        return Err(if columns.is_empty() { Undefined::NoData } else { Undefined::OutOfRange });
    }
    let (full, _) = Fit::new(columns, outcomes)?;
    let (reduced, _) = Fit::new(&columns[..kept], outcomes)?;
    let statistic = (2.0 * (full.log_likelihood - reduced.log_likelihood)).max(0.0);
    let df = size(&columns[kept..]);
    Ok(ChiSquare { statistic, df, p: chi_square_sf(statistic, df)? })
}

/// A maximum of the likelihood.
struct Fit {
    estimates: Vec<f64>,
    log_likelihood: f64,
}

impl Fit {
    /// The fit and its covariance.
    fn new(columns: &[Vec<f64>], outcomes: &[bool]) -> Result<(Self, Matrix), Undefined> {
        if columns.is_empty() || outcomes.is_empty() {
            return Err(Undefined::NoData);
        }
        if columns.iter().any(|own| own.len() != outcomes.len() || own.iter().any(|value| !value.is_finite())) {
            return Err(Undefined::OutOfRange);
        }
        let predictors = |estimates: &[f64]| -> Vec<f64> {
            let row = |subject: usize| columns.iter().zip(estimates).map(|(own, b)| own[subject] * b).sum();
            (0..outcomes.len()).map(row).collect()
        };
        let mut estimates = vec![0.0; columns.len()];
        let mut value = log_likelihood(&predictors(&estimates), outcomes);
        for step in 0..STEPS {
            let linear = predictors(&estimates);
            let information = information(columns, &linear);
            let bounds: Vec<f64> = (0..columns.len()).map(|place| information[place][place] * SINGULAR).collect();
            let Some(factors) = Factors::new(&information, &bounds) else {
                return Err(if step == 0 { Undefined::NotEstimable } else { Undefined::Separated });
            };
            let residuals: Vec<f64> = linear.iter().zip(outcomes).map(|(eta, y)| residual(*eta, *y)).collect();
            let gradient: Vec<f64> =
                columns.iter().map(|own| compensated(own.iter().zip(&residuals).map(|(x, r)| x * r))).collect();
            let direction = factors.solve(&gradient);
            let changes = predictors(&direction);
            if changes.iter().all(|change| libm::fabs(*change) <= CONVERGED) {
                // The last step is taken too: it doubles the digits.
                let estimates = estimates.iter().zip(&direction).map(|(own, step)| own + step).collect();
                return Ok((Self { estimates, log_likelihood: value }, factors.inverse()));
            }
            if step >= PATIENCE && agrees(&changes, outcomes) {
                return Err(Undefined::Separated);
            }
            let mut share = 1.0;
            loop {
                let next: Vec<f64> = estimates.iter().zip(&direction).map(|(own, step)| own + share * step).collect();
                let better = log_likelihood(&predictors(&next), outcomes);
                // At the maximum rounding may take a little from the likelihood.
                if better >= value - 1e-12 * libm::fabs(value) {
                    (estimates, value) = (next, better);
                    break;
                }
                share /= 2.0;
                if share < 1e-10 {
                    return Err(Undefined::NotConverged);
                }
            }
        }
        Err(Undefined::NotConverged)
    }
}

/// Outcome less its probability.
fn residual(eta: f64, outcome: bool) -> f64 {
    if outcome { 1.0 / (1.0 + libm::exp(eta)) } else { -1.0 / (1.0 + libm::exp(-eta)) }
}

fn log_likelihood(linear: &[f64], outcomes: &[bool]) -> f64 {
    compensated(linear.iter().zip(outcomes).map(|(eta, outcome)| {
        let against = if *outcome { -eta } else { *eta };
        -(against.max(0.0) + libm::log1p(libm::exp(-libm::fabs(against))))
    }))
}

fn information(columns: &[Vec<f64>], linear: &[f64]) -> Matrix {
    let weights: Vec<f64> = linear.iter().map(|eta| residual(*eta, true) * -residual(*eta, false)).collect();
    let entry = |one: &[f64], two: &[f64]| {
        compensated(one.iter().zip(two).zip(&weights).map(|((one, two), weight)| one * two * weight))
    };
    columns.iter().map(|one| columns.iter().map(|two| entry(one, two)).collect()).collect()
}

/// Whether a direction raises the probability of no outcome's opposite.
fn agrees(changes: &[f64], outcomes: &[bool]) -> bool {
    let signed = || changes.iter().zip(outcomes).map(|(change, outcome)| if *outcome { *change } else { -change });
    let most = signed().fold(0.0, f64::max);
    most > 0.0 && signed().all(|own| own >= -ROUNDING * most)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Subjects of two arms as columns and outcomes.
    fn arms(x1: usize, n1: usize, x2: usize, n2: usize) -> (Vec<Vec<f64>>, Vec<bool>) {
        let arm = (0..n1).map(|_| 1.0).chain((0..n2).map(|_| 0.0)).collect();
        let outcomes = (0..n1).map(|own| own < x1).chain((0..n2).map(|own| own < x2)).collect();
        (vec![vec![1.0; n1 + n2], arm], outcomes)
    }

    #[test]
    fn two_arms_on_paper() {
        // The odds ratio is that of the table, its variance the sum of the reciprocal counts.
        let (columns, outcomes) = arms(4, 8, 2, 8);
        let found = logistic(&columns, &outcomes, 0.95).unwrap();
        assert!(libm::fabs(found.effects[1].coefficient - libm::log(3.0)) < 1e-14);
        assert!(libm::fabs(found.effects[1].standard_error - libm::sqrt(7.0 / 6.0)) < 1e-13);
        assert!(libm::fabs(found.effects[0].coefficient + libm::log(3.0)) < 1e-14);
        let test = logistic_likelihood_ratio(&columns, &outcomes, 1).unwrap();
        let xlx = |x: f64| x * libm::log(x);
        let deviance = 2.0 * (2.0 * xlx(4.0) + xlx(2.0) + xlx(6.0) - 2.0 * xlx(8.0) - xlx(6.0) - xlx(10.0) + xlx(16.0));
        assert!(libm::fabs(test.statistic - deviance) < 1e-12);
    }

    #[test]
    fn every_small_table_has_a_value_or_is_separated() {
        for (x1, x2) in (0..=6).flat_map(|x1| (0..=6).map(move |x2| (x1, x2))) {
            let (columns, outcomes) = arms(x1, 6, x2, 6);
            let whole = [x1, x2].iter().any(|x| *x == 0 || *x == 6);
            let (turned, other) = arms(x2, 6, x1, 6);
            match logistic(&columns, &outcomes, 0.95) {
                Ok(found) => {
                    let there = logistic(&turned, &other, 0.95).unwrap().effects[1].coefficient;
                    assert!(!whole && libm::fabs(found.effects[1].coefficient + there) < 1e-12);
                }
                Err(reason) => assert!(whole && reason == Undefined::Separated, "{x1} {x2} {reason:?}"),
            }
        }
    }

    #[test]
    fn separation_by_a_measurement_complete_and_not() {
        let ones = vec![1.0; 6];
        let dose = vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
        let fit = |dose: &[f64], outcomes: [bool; 6]| logistic(&[ones.clone(), dose.to_vec()], &outcomes, 0.95);
        assert_eq!(fit(&dose, [false, false, false, true, true, true]), Err(Undefined::Separated));
        let tied = [1.0, 2.0, 3.0, 3.0, 5.0, 600.0];
        assert_eq!(fit(&tied, [false, false, false, true, true, true]), Err(Undefined::Separated));
        assert!(fit(&dose, [false, false, true, false, true, true]).is_ok());
        // One subject far away is no separation.
        assert!(fit(&[1.0, 2.0, 3.0, 4.0, 5.0, 600.0], [false, true, false, true, false, true]).is_ok());
    }

    #[test]
    fn what_cannot_be_fitted() {
        let (mut columns, outcomes) = arms(4, 8, 2, 8);
        assert_eq!(logistic(&[], &outcomes, 0.95), Err(Undefined::NoData));
        assert_eq!(logistic(&columns, &outcomes[1..], 0.95), Err(Undefined::OutOfRange));
        assert_eq!(logistic(&columns, &outcomes, 1.0), Err(Undefined::OutOfRange));
        assert_eq!(logistic_likelihood_ratio(&columns, &outcomes, 2), Err(Undefined::OutOfRange));
        columns.push(columns[1].iter().map(|own| 1.0 - own).collect());
        assert_eq!(logistic(&columns, &outcomes, 0.95), Err(Undefined::NotEstimable));
        columns[1][0] = f64::NAN;
        assert_eq!(logistic(&columns, &outcomes, 0.95), Err(Undefined::OutOfRange));
    }
}
