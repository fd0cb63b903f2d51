//! Quantiles of one sample.

use super::{Undefined, size};

/// How a quantile that falls between two observations is chosen: the nine types of Hyndman and Fan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QuantileRule {
    /// The steps of the empirical distribution function, averaged where it is flat at the wanted height: the default
    /// of SAS (`PCTLDEF = 5`), type 2 of R.
    AveragedSteps,
    /// Linear interpolation between order statistics: the default of R (type 7).
    Interpolated,
    /// The steps of the empirical distribution function, the lower end where it is flat: type 1 of R, `PCTLDEF = 3`.
    Steps,
    /// The nearest observation, the one with an even number of two: type 3 of R, `PCTLDEF = 2`.
    Nearest,
    /// Linear interpolation of the empirical distribution function: type 4 of R, `PCTLDEF = 1`.
    InterpolatedSteps,
    /// Linear interpolation with the steps halved, as hydrologists do: type 5 of R.
    Hazen,
    /// Linear interpolation of the expected positions of a uniform sample: type 6 of R, `PCTLDEF = 4`, SPSS.
    Weibull,
    /// Linear interpolation, about median-unbiased for any distribution: type 8 of R.
    MedianUnbiased,
    /// Linear interpolation, about unbiased for a normal distribution: type 9 of R.
    NormalUnbiased,
}

/// The value below which a share `p` of the sample lies; the median is the quantile at one half by `AveragedSteps`.
///
/// # Method
/// Types 1 to 9 of Hyndman and Fan 1996, The American Statistician 50:361. A position that misses a whole number only
/// by the rounding of `p` counts as whole.
///
/// # Input
/// Finite values in any order; `p` in [0, 1].
///
/// # Not estimable
/// `NoData` without values; `OutOfRange` when a value is not finite or `p` outside [0, 1].
///
/// # Agrees with
/// R `quantile(x, p, type = 1)` to `type = 9`; cases in `fixtures/reference/describe` and `quantile`.
pub fn quantile(values: &[f64], p: f64, rule: QuantileRule) -> Result<f64, Undefined> {
    if values.is_empty() {
        return Err(Undefined::NoData);
    }
    if !(0.0..=1.0).contains(&p) || values.iter().any(|value| !value.is_finite()) {
        return Err(Undefined::OutOfRange);
    }
    // Adding zero turns a negative zero into zero and keeps everything else.
    let mut ordered: Vec<f64> = values.iter().map(|value| value + 0.0).collect();
    ordered.sort_unstable_by(f64::total_cmp);
    let n = size(values);
    // For the steps the number of observations below, for the others the place counted from 0.
    let position = match rule {
        QuantileRule::AveragedSteps | QuantileRule::Steps => n * p,
        QuantileRule::Nearest | QuantileRule::Hazen => n * p - 0.5,
        QuantileRule::InterpolatedSteps => n * p - 1.0,
        QuantileRule::Interpolated => (n - 1.0) * p,
        QuantileRule::Weibull => (n + 1.0) * p - 1.0,
        QuantileRule::MedianUnbiased => ((3.0 * n + 1.0) * p - 2.0) / 3.0,
        QuantileRule::NormalUnbiased => ((4.0 * n + 1.0) * p - 2.5) / 4.0,
    };
    let nearest = position.round();
    let whole = libm::fabs(position - nearest) <= 4.0 * f64::EPSILON * position.max(1.0);
    let below = if whole { nearest } else { position.floor() };
    Ok(match rule {
        QuantileRule::AveragedSteps if whole => f64::midpoint(at(&ordered, below - 1.0), at(&ordered, below)),
        QuantileRule::Steps if whole => at(&ordered, below - 1.0),
        QuantileRule::Nearest if whole && libm::fmod(below, 2.0) == 0.0 => at(&ordered, below - 1.0),
        QuantileRule::AveragedSteps | QuantileRule::Steps | QuantileRule::Nearest => at(&ordered, below),
        _ if whole => at(&ordered, below),
        _ => {
            let share = position - below;
            (1.0 - share) * at(&ordered, below) + share * at(&ordered, below + 1.0)
        }
    })
}

/// The ordered value at a position counted from 0; positions outside mean the first and the last value.
fn at(ordered: &[f64], position: f64) -> f64 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a whole number of at least 0 and at most the length"
    )]
    let index = position.max(0.0) as usize;
    ordered[index.min(ordered.len() - 1)]
}

#[cfg(test)]
mod tests {
    use super::QuantileRule::{
        AveragedSteps, Hazen, Interpolated, InterpolatedSteps, MedianUnbiased, Nearest, NormalUnbiased, Steps, Weibull,
    };
    use super::*;

    const EIGHT: [f64; 8] = [2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0];

    #[track_caller]
    fn assert_close(value: Result<f64, Undefined>, expected: f64) {
        let value = value.unwrap();
        let error = libm::fabs(value - expected);
        assert!(error <= 1e-15 * libm::fabs(expected), "{value:e} is not {expected:e}");
    }

    #[test]
    fn quantiles_by_both_rules() {
        // Positions 8p: 2, 4, 6 are whole, 0.8 is not. Positions 7p: 1.75, 3.5, 5.25, 0.7.
        for (p, steps, interpolated) in
            [(0.0, 2.0, 2.0), (0.1, 2.0, 3.4), (0.25, 4.0, 4.0), (0.5, 4.5, 4.5), (0.75, 6.0, 5.5), (1.0, 9.0, 9.0)]
        {
            assert_close(quantile(&EIGHT, p, AveragedSteps), steps);
            assert_close(quantile(&EIGHT, p, Interpolated), interpolated);
        }
    }

    #[test]
    fn four_values_by_nine_rules_on_paper() {
        // A quarter of 4 is 1: positions (from 1) 1 of 1 and 4, 1.25 of 6, 1.5 of 5, 1.75 of 7, 17/12 and 23/16.
        for (rule, expected) in [
            (Steps, 10.0),
            (AveragedSteps, 15.0),
            (Nearest, 10.0),
            (InterpolatedSteps, 10.0),
            (Hazen, 15.0),
            (Weibull, 12.5),
            (Interpolated, 17.5),
            (MedianUnbiased, 10.0 + 50.0 / 12.0),
            (NormalUnbiased, 10.0 + 70.0 / 16.0),
        ] {
            assert_close(quantile(&[40.0, 10.0, 30.0, 20.0], 0.25, rule), expected);
            assert_close(quantile(&[7.0], 0.25, rule), 7.0);
            assert_close(quantile(&EIGHT, 0.0, rule), 2.0);
            assert_close(quantile(&EIGHT, 1.0, rule), 9.0);
        }
        // Halfway between the first and the second, and between the second and the third: the even one.
        assert_close(quantile(&[10.0, 20.0, 30.0, 40.0], 0.375, Nearest), 20.0);
        assert_close(quantile(&[10.0, 20.0, 30.0, 40.0], 0.625, Nearest), 20.0);
    }

    #[test]
    fn a_position_spoiled_by_rounding_is_whole() {
        // 0.07 × 100 is 7.000000000000001 in doubles.
        let hundred: Vec<f64> = (1..=100).map(f64::from).collect();
        assert_close(quantile(&hundred, 0.07, AveragedSteps), 7.5);
    }
}
