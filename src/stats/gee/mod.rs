//! Generalised estimating equations: repeated outcomes of the same subjects.

mod clusters;

use super::describe::compensated;
use super::distribution::normal_quantile;
use super::{LogEffect, Undefined, finite, size, tail};
use clusters::Clusters;

/// Rounds of effects and correlation before the fit is given up; about ten are usual.
const ROUNDS: usize = 200;

/// The fit has converged when a round changes no linear predictor and no correlation by more.
const CONVERGED: f64 = 1e-11;

/// Variances of this share of what independent residuals would give are rounding.
const PERFECT: f64 = 1e-22;

/// The correlation of two outcomes of a subject that the equations work with. The errors hold whatever it really is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WorkingCorrelation {
    /// None.
    Independence,
    /// The same for any two, estimated.
    Exchangeable,
}

/// Standard errors between subjects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GeeErrors {
    /// The sandwich; too small when there are few subjects.
    Robust,
    /// The sandwich with residuals enlarged by their leverage (Mancl and `DeRouen` 2001, Biometrics 57:126).
    BiasReduced,
}

/// Fitted equations.
#[derive(Clone, Debug, PartialEq)]
pub struct BinaryGee {
    /// The effect of each column, in their order.
    pub effects: Vec<LogEffect>,
    /// The working correlation; 0 under independence.
    pub correlation: f64,
    /// Sum of squared standardised residuals over their degrees of freedom; near 1 for binary outcomes.
    pub scale: f64,
}

/// Logistic model of the marginal probabilities of repeated binary outcomes.
///
/// # Method
/// Liang and Zeger 1986, Biometrika 73:13: scoring steps for the effects in turn with the moment estimate of the
/// correlation, products of standardised residuals over the number of pairs less that of columns, divided by the scale.
/// It begins with the logistic regression of all outcomes. Wald tests and limits by the normal distribution.
///
/// # Input
/// `columns` of the design, an intercept included as a column of ones, with a row for each outcome; `outcomes`; the
/// `subjects` they are of, in any order; missing outcomes have no row. `level` strictly between 0 and 1.
///
/// # Not estimable
/// `Separated` when the logistic regression has no maximum; `NotEstimable` when columns depend on each other, or a
/// subject has a parameter of its own, so that its residuals say nothing; `TooFew` when there are no more subjects than
/// columns, or, exchangeable, no more pairs of outcomes than columns; `ZeroVariance` when no residual tells of an effect;
/// `NoData` without columns or outcomes; `OutOfRange` when columns differ in length, a value is not finite or the level
/// is not a probability; `NotConverged` when the correlation leaves the range of correlations, or rounds do not end.
///
/// # Agrees with
/// `statsmodels` `GEE` with `Binomial()` and `cov_type` `"robust"` or `"bias_reduced"`; SAS `PROC GENMOD` with `REPEATED`
/// and R `gee` have the same estimate of the correlation, R `geepack` another. Cases in `fixtures/reference/gee`.
pub fn gee_binary(
    columns: &[Vec<f64>],
    outcomes: &[bool],
    subjects: &[usize],
    working: WorkingCorrelation,
    errors: GeeErrors,
    level: f64,
) -> Result<BinaryGee, Undefined> {
    let half = -normal_quantile(tail(level)?)?;
    let data = Clusters::new(columns, outcomes, subjects)?;
    let (mut estimates, mut correlation) = (data.logistic()?, 0.0);
    if working == WorkingCorrelation::Exchangeable {
        (estimates, correlation) = exchangeable(&data, estimates)?;
    }
    let variances = data.sandwich(&estimates, correlation, errors == GeeErrors::BiasReduced)?;
    let effect = |(coefficient, (variance, usual)): (&f64, &(f64, f64))| {
        if *variance <= PERFECT * usual {
            return Err(Undefined::ZeroVariance);
        }
        LogEffect::of(*coefficient, *variance, half)
    };
    let residuals = data.standardised(&estimates);
    let squares = compensated(residuals.iter().flatten().map(|own| own * own));
    Ok(BinaryGee {
        effects: estimates.iter().zip(&variances).map(effect).collect::<Result<_, _>>()?,
        correlation,
        scale: finite(squares / (size(outcomes) - size(columns)))?,
    })
}

/// Effects and correlation in turn until both stay.
fn exchangeable(data: &Clusters, start: Vec<f64>) -> Result<(Vec<f64>, f64), Undefined> {
    let mut estimates = start;
    let mut correlation = data.correlation(&estimates)?;
    for _ in 0..ROUNDS {
        let (next, change) = data.step(&estimates, correlation)?;
        let there = data.correlation(&next)?;
        let moved = change.max(libm::fabs(there - correlation));
        (estimates, correlation) = (next, there);
        if moved <= CONVERGED {
            return Ok((estimates, correlation));
        }
    }
    Err(Undefined::NotConverged)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOTH: [WorkingCorrelation; 2] = [WorkingCorrelation::Independence, WorkingCorrelation::Exchangeable];

    /// Two arms of four subjects with three outcomes each.
    fn arms() -> (Vec<Vec<f64>>, Vec<bool>, Vec<usize>) {
        let outcomes = [0b111, 0b110, 0b010, 0b000, 0b100, 0b000, 0b001, 0b011_u8];
        let subjects: Vec<usize> = (0..24).map(|row| row / 3).collect();
        let arm = subjects.iter().map(|own| if *own < 4 { 1.0 } else { 0.0 }).collect();
        let outcomes = subjects.iter().zip((0..3).cycle()).map(|(own, at)| outcomes[*own] >> at & 1 == 1).collect();
        (vec![vec![1.0; 24], arm], outcomes, subjects)
    }

    #[track_caller]
    fn assert_close(value: f64, expected: f64) {
        assert!(libm::fabs(value - expected) <= 1e-11 * (1.0 + libm::fabs(expected)), "{value} is not {expected}");
    }

    #[test]
    fn two_balanced_arms_on_paper() {
        // 6 of 12 against 4 of 12, whatever the correlation. Sums of the subjects miss 1.5 by 1.5, 0.5, −0.5, −1.5 and
        // 4/3 · … = 1 by 0, −1, 0, 1: the variance is 5 / 3² + 2 / (12 · 2/9)².
        let (columns, outcomes, subjects) = arms();
        for working in BOTH {
            let found = gee_binary(&columns, &outcomes, &subjects, working, GeeErrors::Robust, 0.95).unwrap();
            assert_close(found.effects[1].coefficient, libm::log(2.0));
            assert_close(found.effects[1].standard_error, libm::sqrt(5.0 / 9.0 + 2.0 / (64.0 / 9.0)));
            // With the leverage of a quarter of an arm residuals are 4/3 as large.
            let reduced = gee_binary(&columns, &outcomes, &subjects, working, GeeErrors::BiasReduced, 0.95).unwrap();
            assert_close(reduced.effects[1].standard_error, 4.0 / 3.0 * found.effects[1].standard_error);
            // Standardised residuals have squares 12 + 12 over 22; pairs: ((5 · 4 − 12) + (2 · 4.5 − 12)) / 2 over 22.
            assert_close(found.scale, 24.0 / 22.0);
            let pairs = 0.5 * ((5.0 * 4.0 - 12.0) + (2.0 * 4.5 - 12.0)) / 22.0;
            let expected = if working == WorkingCorrelation::Independence { 0.0 } else { pairs / found.scale };
            assert_close(found.correlation, expected);
        }
    }

    #[test]
    fn neither_rows_nor_names_of_subjects_matter() {
        let (columns, outcomes, subjects) = arms();
        for working in BOTH {
            let fit = |columns: &[Vec<f64>], outcomes: &[bool], subjects: &[usize]| {
                gee_binary(columns, outcomes, subjects, working, GeeErrors::BiasReduced, 0.95).unwrap()
            };
            let here = fit(&columns, &outcomes, &subjects);
            let turned: Vec<Vec<f64>> = columns.iter().map(|own| own.iter().rev().copied().collect()).collect();
            let backwards: Vec<bool> = outcomes.iter().rev().copied().collect();
            let names: Vec<usize> = subjects.iter().rev().map(|own| 1000 - 7 * own).collect();
            let there = fit(&turned, &backwards, &names);
            assert_close(there.effects[1].standard_error, here.effects[1].standard_error);
            assert_close(there.correlation, here.correlation);
            // Arms exchanged, and outcomes: the sign turns each time.
            let other = vec![columns[0].clone(), columns[1].iter().map(|arm| 1.0 - arm).collect()];
            assert_close(fit(&other, &outcomes, &subjects).effects[1].z, -here.effects[1].z);
            let failures: Vec<bool> = outcomes.iter().map(|own| !own).collect();
            assert_close(fit(&columns, &failures, &subjects).effects[1].z, -here.effects[1].z);
        }
    }

    #[test]
    fn what_cannot_be_fitted() {
        let (columns, outcomes, subjects) = arms();
        for working in BOTH {
            let reason = |columns: &[Vec<f64>], outcomes: &[bool], subjects: &[usize], level| {
                gee_binary(columns, outcomes, subjects, working, GeeErrors::Robust, level).err()
            };
            assert_eq!(reason(&[], &outcomes, &subjects, 0.95), Some(Undefined::NoData));
            assert_eq!(reason(&[vec![]], &[], &[], 0.95), Some(Undefined::NoData));
            assert_eq!(reason(&columns, &outcomes, &subjects, 0.0), Some(Undefined::OutOfRange));
            assert_eq!(reason(&columns, &outcomes[1..], &subjects, 0.95), Some(Undefined::OutOfRange));
            assert_eq!(reason(&columns, &outcomes, &subjects[1..], 0.95), Some(Undefined::OutOfRange));
            assert_eq!(reason(&[vec![f64::NAN; 24]], &outcomes, &subjects, 0.95), Some(Undefined::OutOfRange));
            assert_eq!(reason(&columns, &[true; 24], &subjects, 0.95), Some(Undefined::Separated));
            let none: Vec<bool> = outcomes.iter().zip(&subjects).map(|(own, subject)| *own && *subject < 4).collect();
            assert_eq!(reason(&columns, &none, &subjects, 0.95), Some(Undefined::Separated));
            let twice = [columns[0].clone(), columns[1].clone(), columns[1].clone()];
            assert_eq!(reason(&twice, &outcomes, &subjects, 0.95), Some(Undefined::NotEstimable));
            assert_eq!(reason(&columns, &outcomes, &[3; 24], 0.95), Some(Undefined::TooFew));
            // The first arm is a single subject.
            let merged: Vec<usize> = subjects.iter().map(|own| (*own).max(3)).collect();
            assert_eq!(reason(&columns, &outcomes, &merged, 0.95), Some(Undefined::NotEstimable));
            let each = (0..24).collect::<Vec<usize>>();
            let expected = (working == WorkingCorrelation::Exchangeable).then_some(Undefined::TooFew);
            assert_eq!(reason(&columns, &outcomes, &each, 0.95), expected);
        }
    }

    #[test]
    fn a_correlation_that_is_none() {
        // Each subject has the same outcome twice: 20 pairs over 19, and a scale of 40/39.
        let subjects: Vec<usize> = (0..40).map(|row| row / 2).collect();
        let outcomes: Vec<bool> = subjects.iter().map(|own| own % 2 == 0).collect();
        let columns = vec![vec![1.0; 40]];
        let fit = gee_binary(&columns, &outcomes, &subjects, WorkingCorrelation::Exchangeable, GeeErrors::Robust, 0.95);
        assert_eq!(fit, Err(Undefined::NotConverged));
    }
}
