//! Logistic regression.

mod firth;
mod model;
mod profile;
mod standardised;

pub use firth::{FirthEffect, FirthLogistic, firth_logistic};
pub use profile::logistic_profile_limits;
pub use standardised::{StandardisedRisks, standardised_risks};

use super::contingency::ChiSquare;
use super::distribution::{chi_square_sf, normal_quantile};
use super::{LogEffect, Undefined, size, tail};
use model::{Model, Penalty};

/// A fitted logistic regression.
#[derive(Clone, Debug, PartialEq)]
pub struct Logistic {
    /// The effect of each column, in their order.
    pub effects: Vec<LogEffect>,
    /// Log-likelihood at the estimates.
    pub log_likelihood: f64,
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
    let fit = Model::new(columns, outcomes, Penalty::None)?.maximum()?;
    let effects = fit.estimates.iter().enumerate();
    let effects = effects.map(|(place, coefficient)| LogEffect::of(*coefficient, fit.covariance[place][place], z));
    Ok(Logistic { effects: effects.collect::<Result<_, _>>()?, log_likelihood: fit.value })
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
    let value = |columns: &[Vec<f64>]| Model::new(columns, outcomes, Penalty::None)?.maximum().map(|fit| fit.value);
    let statistic = (2.0 * (value(columns)? - value(&columns[..kept])?)).max(0.0);
    let df = size(&columns[kept..]);
    Ok(ChiSquare { statistic, df, p: chi_square_sf(statistic, df)? })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Subjects of two arms as columns and outcomes.
    pub(super) fn arms(x1: usize, n1: usize, x2: usize, n2: usize) -> (Vec<Vec<f64>>, Vec<bool>) {
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
