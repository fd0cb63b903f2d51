//! Analysis of covariance of arms: least-squares means, their differences and a trend over doses.

use super::linear::{Contrast, LeastSquares};
use super::{Undefined, describe, size};

/// A fitted analysis of covariance, without interactions.
#[derive(Clone, Debug)]
pub struct Ancova {
    fit: LeastSquares,
    response: Vec<f64>,
    arm: Vec<usize>,
    arms: usize,
    /// The columns beside intercept and arm: indicators of the factors, then covariates about their means.
    others: Vec<Vec<f64>>,
    /// The weights of those columns at the point where arms are compared.
    balance: Vec<f64>,
    /// Their means over the observations.
    margins: Vec<f64>,
}

impl Ancova {
    /// Fits the response by arm, factors and covariates.
    ///
    /// # Method
    /// Least squares with the first arm and the first level of each factor as reference, which changes no result.
    /// Arms are compared where all levels of each factor that occur have equal weight and covariates have the mean of
    /// the observations: the least-squares means of SAS `LSMEANS` and of R `emmeans`, Searle, Speed and Milliken 1980,
    /// The American Statistician 34:216.
    ///
    /// # Input
    /// Everything in the order of the observations: a finite response; the number of the arm below `arms`; for each
    /// factor the number of its level; for each covariate a finite value. Observations with a missing value are left
    /// out before. Arms and levels need not all occur.
    ///
    /// # Not estimable
    /// `NoData` without observations; `OutOfRange` when lengths differ, an arm is not below `arms` or a value is not
    /// finite.
    ///
    /// # Agrees with
    /// R `lm(response ~ arm + factors + covariates)`; cases in `fixtures/reference/ancova`.
    pub fn fit(
        response: &[f64],
        arm: &[usize],
        arms: usize,
        factors: &[Vec<usize>],
        covariates: &[Vec<f64>],
    ) -> Result<Self, Undefined> {
        let n = response.len();
        let lengths = factors.iter().map(Vec::len).chain(covariates.iter().map(Vec::len));
        if lengths.chain([arm.len()]).any(|length| length != n) || arm.iter().any(|arm| *arm >= arms) {
            return Err(Undefined::OutOfRange);
        }
        let mut others = Vec::new();
        let mut balance = Vec::new();
        let mut margins = Vec::new();
        for factor in factors {
            let mut levels = factor.clone();
            levels.sort_unstable();
            levels.dedup();
            for level in levels.iter().skip(1) {
                let column = indicator(factor, *level);
                balance.push(1.0 / size(&levels));
                margins.push(describe::mean(&column)?);
                others.push(column);
            }
        }
        for covariate in covariates {
            let mean = describe::mean(covariate)?;
            others.push(covariate.iter().map(|value| value - mean).collect());
            balance.push(0.0);
            margins.push(0.0);
        }
        let mut columns = vec![vec![1.0; n]];
        columns.extend((1..arms).map(|level| indicator(arm, level)));
        columns.extend(others.iter().cloned());
        Ok(Self {
            fit: LeastSquares::fit(&columns, response)?,
            response: response.to_vec(),
            arm: arm.to_vec(),
            arms,
            others,
            balance,
            margins,
        })
    }

    /// The mean response of an arm at the point where arms are compared, with the test that it is zero.
    ///
    /// # Method
    /// See `fit`.
    ///
    /// # Input
    /// The number of an arm; `level` strictly between 0 and 1.
    ///
    /// # Not estimable
    /// `NotEstimable` when the arm does not occur, or only in levels of a factor that no chain of other arms connects;
    /// `TooFew` without residual degrees of freedom; `ZeroVariance` when the fit is perfect; `OutOfRange` when there is
    /// no such arm or the level is not a probability.
    ///
    /// # Agrees with
    /// R `emmeans(model, ~ arm)`; cases in `fixtures/reference/ancova`.
    pub fn least_squares_mean(&self, arm: usize, level: f64) -> Result<Contrast, Undefined> {
        let weights = self.at(arm, &self.balance)?;
        self.fit.contrast(&weights, level)
    }

    /// The mean response of an arm where levels of factors are as frequent as in all observations together.
    ///
    /// # Method
    /// As `least_squares_mean`, but each factor with its observed margins in the place of equal weights. The difference
    /// of two arms is the same.
    ///
    /// # Input
    /// The number of an arm; `level` strictly between 0 and 1.
    ///
    /// # Not estimable
    /// As `least_squares_mean`.
    ///
    /// # Agrees with
    /// R `emmeans(model, ~ arm, weights = "proportional")`, SAS `LSMEANS` with `OBSMARGINS`; cases in
    /// `fixtures/reference/ancova`.
    pub fn least_squares_mean_observed(&self, arm: usize, level: f64) -> Result<Contrast, Undefined> {
        let weights = self.at(arm, &self.margins)?;
        self.fit.contrast(&weights, level)
    }

    /// The least-squares mean of arm `a` minus that of arm `b`, with the test of no difference.
    ///
    /// # Method
    /// See `fit`; the p-value is not adjusted for the number of comparisons.
    ///
    /// # Input
    /// The numbers of two arms; `level` strictly between 0 and 1.
    ///
    /// # Not estimable
    /// As `least_squares_mean`, for either arm; `ZeroVariance` also for an arm with itself.
    ///
    /// # Agrees with
    /// R `pairs(emmeans(model, ~ arm), adjust = "none")`; cases in `fixtures/reference/ancova`.
    pub fn difference(&self, a: usize, b: usize, level: f64) -> Result<Contrast, Undefined> {
        let (a, b) = (self.at(a, &self.balance)?, self.at(b, &self.balance)?);
        let weights: Vec<f64> = a.iter().zip(&b).map(|(a, b)| a - b).collect();
        self.fit.contrast(&weights, level)
    }

    /// The change of the response by one unit of dose, with the test of no dose response.
    ///
    /// # Method
    /// The model fitted again with one column of doses in the place of the arms.
    ///
    /// # Input
    /// The dose of each arm; `level` strictly between 0 and 1.
    ///
    /// # Not estimable
    /// `NotEstimable` when all observations have the same dose, or doses follow a factor or covariate; `TooFew`
    /// without residual degrees of freedom; `ZeroVariance` when the fit is perfect; `OutOfRange` when the number of
    /// doses is not that of the arms, a dose is not finite or the level is not a probability.
    ///
    /// # Agrees with
    /// R `lm(response ~ dose + factors + covariates)`; cases in `fixtures/reference/ancova`.
    pub fn trend(&self, dose: &[f64], level: f64) -> Result<Contrast, Undefined> {
        if dose.len() != self.arms {
            return Err(Undefined::OutOfRange);
        }
        let mut columns = vec![vec![1.0; self.arm.len()], self.arm.iter().map(|arm| dose[*arm]).collect()];
        columns.extend(self.others.iter().cloned());
        let mut weights = vec![0.0; columns.len()];
        weights[1] = 1.0;
        LeastSquares::fit(&columns, &self.response)?.contrast(&weights, level)
    }

    /// The weights of all columns for the mean of an arm, given those of the columns beside intercept and arm.
    fn at(&self, arm: usize, others: &[f64]) -> Result<Vec<f64>, Undefined> {
        if arm >= self.arms {
            return Err(Undefined::OutOfRange);
        }
        let indicators = (1..self.arms).map(|level| if level == arm { 1.0 } else { 0.0 });
        Ok([1.0].into_iter().chain(indicators).chain(others.iter().copied()).collect())
    }
}

/// 1 where the level occurs, otherwise 0.
fn indicator(factor: &[usize], level: usize) -> Vec<f64> {
    factor.iter().map(|own| if *own == level { 1.0 } else { 0.0 }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEVEL: f64 = 0.95;

    #[track_caller]
    fn assert_close(value: f64, expected: f64) {
        let error = libm::fabs(value - expected);
        assert!(error <= 1e-13 * (1.0 + libm::fabs(expected)), "{value:e} is not {expected:e}");
    }

    /// Two arms, a covariate with slope 2 within both, residuals ±1 in a pattern that is orthogonal to it.
    fn two_arms() -> Ancova {
        let covariate = vec![0.0, 1.0, 2.0, 3.0, 2.0, 3.0, 4.0, 5.0];
        let response = [1.0, 1.0, 3.0, 7.0, 9.0, 9.0, 11.0, 15.0];
        Ancova::fit(&response, &[0, 0, 0, 0, 1, 1, 1, 1], 2, &[], &[covariate]).unwrap()
    }

    #[test]
    fn a_covariate_on_paper() {
        // Within arms Sxx = 2 · 5 and Sxy = 2 · 10: slope 2.
        // Means 3 and 11 at covariates 3/2 and 7/2, so at the overall 5/2 they are 5 and 9.
        let ancova = two_arms();
        assert_close(ancova.least_squares_mean(0, LEVEL).unwrap().estimate, 5.0);
        assert_close(ancova.least_squares_mean(1, LEVEL).unwrap().estimate, 9.0);
        let difference = ancova.difference(1, 0, LEVEL).unwrap();
        assert_close(difference.estimate, 4.0);
        // Residual variance 8/5; variance factor 1/4 + 1/4 + 2²/10.
        assert_close(difference.df, 5.0);
        assert_close(difference.standard_error, libm::sqrt(8.0 / 5.0 * 9.0 / 10.0));
    }

    #[test]
    fn exchanging_the_arms_turns_the_sign() {
        let ancova = two_arms();
        let (one, two) = (ancova.difference(1, 0, LEVEL).unwrap(), ancova.difference(0, 1, LEVEL).unwrap());
        assert_close(one.estimate, -two.estimate);
        assert_close(one.p, two.p);
        assert_close(one.interval.lower, -two.interval.upper);
    }

    #[test]
    fn levels_of_a_factor_weigh_the_same() {
        // Additive cells: arm adds 4, the rare level 1 adds 10. Least-squares means are 0 + 10/2 and 4 + 10/2.
        let arm = [0, 0, 0, 0, 1, 1, 1, 1, 0, 1];
        let factor = vec![7, 7, 7, 7, 7, 7, 7, 7, 9, 9];
        let noise = [1.0, -1.0, 1.0, -1.0, 1.0, -1.0, 1.0, -1.0, 0.0, 0.0];
        let response: Vec<f64> = (0..10)
            .map(|row| noise[row] + if arm[row] == 1 { 4.0 } else { 0.0 } + if factor[row] == 9 { 10.0 } else { 0.0 })
            .collect();
        let ancova = Ancova::fit(&response, &arm, 2, &[factor], &[]).unwrap();
        assert_close(ancova.least_squares_mean(0, LEVEL).unwrap().estimate, 5.0);
        assert_close(ancova.least_squares_mean(1, LEVEL).unwrap().estimate, 9.0);
        assert_close(ancova.difference(1, 0, LEVEL).unwrap().standard_error, libm::sqrt(8.0 / 7.0 * 0.4));
    }

    #[test]
    fn two_doses_trend_like_their_difference() {
        let ancova = two_arms();
        let trend = ancova.trend(&[0.0, 54.0], LEVEL).unwrap();
        let difference = ancova.difference(1, 0, LEVEL).unwrap();
        assert_close(trend.estimate * 54.0, difference.estimate);
        assert_close(trend.p, difference.p);
    }

    #[test]
    fn three_doses_on_paper() {
        // Doses 0, 1, 2 with means 1, 2, 6 of two each: slope 5/2.
        let response = [0.0, 2.0, 1.0, 3.0, 5.0, 7.0];
        let ancova = Ancova::fit(&response, &[0, 0, 1, 1, 2, 2], 3, &[], &[]).unwrap();
        assert_close(ancova.trend(&[0.0, 1.0, 2.0], LEVEL).unwrap().estimate, 2.5);
        assert_close(ancova.trend(&[2.0, 1.0, 0.0], LEVEL).unwrap().estimate, -2.5);
        assert_eq!(ancova.trend(&[3.0; 3], LEVEL), Err(Undefined::NotEstimable));
        assert_eq!(ancova.trend(&[0.0, 1.0], LEVEL), Err(Undefined::OutOfRange));
    }

    #[test]
    fn an_arm_without_observations_spoils_only_itself() {
        let response = [1.0, 2.0, 5.0, 6.0];
        for (arm, empty) in [([0, 0, 1, 1], 2), ([1, 1, 2, 2], 0), ([0, 0, 2, 2], 1)] {
            let ancova = Ancova::fit(&response, &arm, 3, &[], &[]).unwrap();
            let difference = ancova.difference(arm[2], arm[0], LEVEL).unwrap();
            assert_close(difference.estimate, 4.0);
            assert_close(difference.df, 2.0);
            assert_eq!(ancova.least_squares_mean(empty, LEVEL), Err(Undefined::NotEstimable));
            assert_eq!(ancova.difference(empty, arm[0], LEVEL), Err(Undefined::NotEstimable));
        }
    }

    #[test]
    fn arms_in_different_levels_cannot_be_compared() {
        let factor = vec![0, 0, 1, 1];
        let ancova = Ancova::fit(&[1.0, 2.0, 5.0, 6.0], &[0, 0, 1, 1], 2, &[factor], &[]).unwrap();
        assert_eq!(ancova.difference(1, 0, LEVEL), Err(Undefined::NotEstimable));
        assert_eq!(ancova.trend(&[0.0, 1.0], LEVEL), Err(Undefined::NotEstimable));
    }

    #[test]
    fn nothing_and_nonsense() {
        let reason = |response: &[f64], arm: &[usize], covariate: &[f64]| {
            Ancova::fit(response, arm, 2, &[], &[covariate.to_vec()]).err()
        };
        assert_eq!(reason(&[], &[], &[]), Some(Undefined::NoData));
        assert_eq!(reason(&[1.0], &[2], &[1.0]), Some(Undefined::OutOfRange));
        assert_eq!(reason(&[1.0], &[0, 1], &[1.0]), Some(Undefined::OutOfRange));
        assert_eq!(reason(&[1.0], &[0], &[f64::NAN]), Some(Undefined::OutOfRange));
        assert_eq!(reason(&[f64::NAN], &[0], &[1.0]), Some(Undefined::OutOfRange));
        let ancova = two_arms();
        assert_eq!(ancova.difference(0, 2, LEVEL), Err(Undefined::OutOfRange));
        assert_eq!(ancova.difference(1, 1, LEVEL), Err(Undefined::ZeroVariance));
        let single = Ancova::fit(&[1.0, 2.0], &[0, 1], 2, &[], &[]).unwrap();
        assert_eq!(single.difference(1, 0, LEVEL), Err(Undefined::TooFew));
    }
}
