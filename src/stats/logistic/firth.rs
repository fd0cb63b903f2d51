//! Logistic regression with the penalised likelihood of Firth.

use super::super::contingency::ChiSquare;
use super::super::distribution::{chi_square_sf, normal_quantile};
use super::super::{Interval, Undefined, finite, tail};
use super::model::{Model, Penalty};

/// A logistic regression fitted by penalised likelihood.
#[derive(Clone, Debug, PartialEq)]
pub struct FirthLogistic {
    /// The effect of each column, in their order.
    pub effects: Vec<FirthEffect>,
    /// Penalised log-likelihood at the estimates.
    pub log_likelihood: f64,
}

/// The effect of one unit of a column on the logarithm of the odds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FirthEffect {
    /// The logarithm of the odds ratio.
    pub coefficient: f64,
    /// Its standard error, from the information at the estimates. Not what the test and the limits rest on.
    pub standard_error: f64,
    /// Penalised likelihood-ratio test of no effect.
    pub test: ChiSquare,
    /// Profile limits of the penalised likelihood.
    pub interval: Interval,
}

/// Logistic regression by the penalised likelihood of Firth, which has a maximum even where data are separated.
///
/// # Method
/// Firth 1993, Biometrika 80:27: half the logarithm of the determinant of the information is added to the
/// log-likelihood, which takes the first term of the bias from the estimates. Tests and limits by Heinze and Schemper
/// 2002, Statistics in Medicine 21:2409: the penalised likelihood, with the information of all columns, at its maximum
/// with one coefficient held.
///
/// # Input
/// As `logistic`.
///
/// # Not estimable
/// `NotEstimable` when columns depend on each other; `NoData` without columns or subjects; `OutOfRange` when columns
/// differ in length, a value is not finite or the level is not a probability; `NotConverged` if a search does not end.
///
/// # Agrees with
/// R `logistf::logistf(y ~ x, pl = TRUE)` by its method, not run here: cases in `fixtures/reference/firth-logistic` are
/// solved with 50 digits, and with two groups it is the table with one half added to each cell.
pub fn firth_logistic(columns: &[Vec<f64>], outcomes: &[bool], level: f64) -> Result<FirthLogistic, Undefined> {
    let z = -normal_quantile(tail(level)?)?;
    let model = Model::new(columns, outcomes, Penalty::Jeffreys)?;
    let fit = model.maximum()?;
    let effects = fit.estimates.iter().enumerate().map(|(place, coefficient)| {
        let without = model.held(&fit, &fit.estimates, place, 0.0)?;
        let statistic = finite(2.0 * (fit.value - without.value))?.max(0.0);
        Ok(FirthEffect {
            coefficient: *coefficient,
            standard_error: finite(fit.covariance[place][place].sqrt())?,
            test: ChiSquare { statistic, df: 1.0, p: chi_square_sf(statistic, 1.0)? },
            interval: model.limits(&fit, place, z * z / 2.0)?,
        })
    });
    Ok(FirthLogistic { effects: effects.collect::<Result<_, _>>()?, log_likelihood: fit.value })
}

#[cfg(test)]
mod tests {
    use super::super::super::real;
    use super::super::tests::arms;
    use super::*;

    #[test]
    fn two_arms_are_the_table_with_one_half_in_each_cell() {
        for (n1, n2) in [(1, 1), (1, 9), (6, 6), (12, 5)] {
            for (x1, x2) in (0..=n1).flat_map(|x1| (0..=n2).map(move |x2| (x1, x2))) {
                let (columns, outcomes) = arms(x1, n1, x2, n2);
                let found =
                    firth_logistic(&columns, &outcomes, 0.95).unwrap_or_else(|r| panic!("{x1} {n1} {x2} {n2} {r:?}"));
                let [x1, n1, x2, n2] = [x1, n1, x2, n2].map(|own| real(own.try_into().unwrap()));
                let cells = [x1 + 0.5, n1 - x1 + 0.5, x2 + 0.5, n2 - x2 + 0.5];
                let odds_ratio = cells[0] / cells[1] / (cells[2] / cells[3]);
                let effect = found.effects[1];
                assert!(libm::fabs(effect.coefficient - libm::log(odds_ratio)) < 1e-12);
                let variance = |one: f64, other: f64, n: f64| (n + 1.0) * (n + 1.0) / (n * one * other);
                let variance = variance(cells[0], cells[1], n1) + variance(cells[2], cells[3], n2);
                assert!(libm::fabs(effect.standard_error / variance.sqrt() - 1.0) < 1e-12);
                // Likelihood ratio of the enlarged table.
                let xlx = |x: f64| x * libm::log(x);
                let [a, b, c, d] = cells;
                let deviance = 2.0
                    * (cells.map(xlx).iter().sum::<f64>() + xlx(a + b + c + d)
                        - [a + b, c + d, a + c, b + d].map(xlx).iter().sum::<f64>());
                assert!(libm::fabs(effect.test.statistic - deviance) < 1e-11, "{cells:?}");
                assert!(effect.interval.lower < effect.coefficient && effect.coefficient < effect.interval.upper);
            }
        }
    }

    #[test]
    fn separation_has_estimates_and_turned_covariates_turn_them() {
        let ones = vec![1.0; 8];
        let dose: Vec<f64> = (0..8_u32).map(f64::from).collect();
        let outcomes: Vec<bool> = (0..8).map(|own| own >= 4).collect();
        let here = firth_logistic(&[ones.clone(), dose.clone()], &outcomes, 0.95).unwrap().effects[1];
        assert!(here.coefficient > 0.0 && here.interval.lower > 0.0 && here.test.p < 0.05);
        let turned = dose.iter().map(|own| -own).collect();
        let there = firth_logistic(&[ones, turned], &outcomes, 0.95).unwrap().effects[1];
        for (one, two) in [
            (here.coefficient, -there.coefficient),
            (here.interval.lower, -there.interval.upper),
            (here.interval.upper, -there.interval.lower),
            (here.test.statistic, there.test.statistic),
        ] {
            assert!(libm::fabs(one - two) < 1e-11);
        }
    }

    #[test]
    fn limits_are_where_the_test_has_its_level() {
        // The offset of the limit moves into a held coefficient: the fall of the value is half the square of z.
        let (columns, outcomes) = arms(6, 6, 2, 7);
        let model = Model::new(&columns, &outcomes, Penalty::Jeffreys).unwrap();
        let fit = model.maximum().unwrap();
        let limits = firth_logistic(&columns, &outcomes, 0.9).unwrap().effects[1].interval;
        for limit in [limits.lower, limits.upper] {
            let held = model.held(&fit, &fit.estimates, 1, limit).unwrap();
            assert!(libm::fabs(chi_square_sf(2.0 * (fit.value - held.value), 1.0).unwrap() - 0.1) < 1e-12);
        }
    }

    #[test]
    fn what_cannot_be_fitted() {
        let (mut columns, outcomes) = arms(4, 8, 2, 8);
        assert_eq!(firth_logistic(&[], &outcomes, 0.95), Err(Undefined::NoData));
        assert_eq!(firth_logistic(&columns, &outcomes[1..], 0.95), Err(Undefined::OutOfRange));
        assert_eq!(firth_logistic(&columns, &outcomes, 1.0), Err(Undefined::OutOfRange));
        columns.push(columns[1].iter().map(|own| 1.0 - own).collect());
        assert_eq!(firth_logistic(&columns, &outcomes, 0.95), Err(Undefined::NotEstimable));
        // One subject for two columns.
        assert_eq!(firth_logistic(&[vec![1.0], vec![2.0]], &[true], 0.95), Err(Undefined::NotEstimable));
    }
}
