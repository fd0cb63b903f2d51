//! The shift between two samples.

use super::super::describe::{QuantileRule, quantile};
use super::super::{Interval, Undefined, real, size, tail};
use super::count;

/// The shift of the first sample against the second.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shift {
    /// Median of all differences of a value of the first sample and one of the second.
    pub estimate: f64,
    /// Its limits; none when the samples are too small for the level.
    pub limits: Option<ShiftLimits>,
}

/// Distribution-free limits of a shift.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ShiftLimits {
    /// Two of the differences.
    pub interval: Interval,
    /// The probability with which they hold the shift, at least the level asked for: the distribution has steps.
    pub coverage: f64,
}

/// Pairs of a value of either sample: more would take longer than about a second.
const PAIRS: u64 = 1_000_000;

/// A cumulative probability that misses the error of the level only by rounding counts as reaching it.
const ROUNDING: f64 = 1e-12;

/// Hodges and Lehmann's estimate of a shift with Moses' limits.
///
/// # Method
/// Hodges and Lehmann 1963, Annals of Mathematical Statistics 34:598; limits by inverting the exact rank-sum test
/// (Lehmann 1975, Nonparametrics, chapter 2): the differences whose places are the quantiles of the distribution of U.
/// With ties that distribution remains the one without, and the closed interval covers the shift with at least the same
/// probability.
///
/// # Input
/// Finite values; `level` strictly between 0 and 1.
///
/// # Not estimable
/// `NoData` when a sample is empty; `TooLarge` for more than a million pairs; `OutOfRange` when a value is not finite,
/// a difference exceeds the range of a double or the level is not a probability.
///
/// # Agrees with
/// R `wilcox.test(a, b, exact = TRUE, conf.int = TRUE, conf.level = level)` without ties, except that R gives the two
/// outermost differences when no limits reach the level; cases in `fixtures/reference/hodges-lehmann`.
pub fn hodges_lehmann(a: &[f64], b: &[f64], level: f64) -> Result<Shift, Undefined> {
    let outside = tail(level)?;
    if a.is_empty() || b.is_empty() {
        return Err(Undefined::NoData);
    }
    if count(a).saturating_mul(count(b)) > PAIRS {
        return Err(Undefined::TooLarge);
    }
    let mut differences: Vec<f64> = a.iter().flat_map(|a| b.iter().map(move |b| a - b)).collect();
    let estimate = quantile(&differences, 0.5, QuantileRule::AveragedSteps)?;
    differences.sort_unstable_by(f64::total_cmp);
    // How many differences lie outside on each side, and with what probability fewer do.
    let (mut beyond, mut cumulative) = (0, 0.0);
    let [shorter, longer] = if a.len() < b.len() { [a, b] } else { [b, a] };
    for probability in lower_half(shorter, longer) {
        if cumulative + probability >= outside * (1.0 - ROUNDING) {
            break;
        }
        cumulative += probability;
        beyond += 1;
    }
    let limits = (beyond > 0).then(|| ShiftLimits {
        interval: Interval { lower: differences[beyond - 1], upper: differences[differences.len() - beyond] },
        coverage: 1.0 - 2.0 * cumulative,
    });
    Ok(Shift { estimate, limits })
}

/// Probabilities of Mann and Whitney's U without ties, from 0 to its middle.
///
/// The counts of U for samples of m and n are the coefficients of the Gaussian polynomial, the product over i up to m
/// of (1 − q^(n + i)) / (1 − q^i). After each factor the sequence is symmetric and rises to its middle; up to there the
/// numerator takes a smaller coefficient from a larger one and the denominator only adds, so no digits are lost, and
/// what is above the middle is copied.
fn lower_half(shorter: &[f64], longer: &[f64]) -> Vec<f64> {
    let (m, n) = (shorter.len(), longer.len());
    let mut probabilities = vec![0.0; m * n / 2 + 1];
    probabilities[0] = 1.0;
    for (i, number) in (1..=m).zip((1..).map(real)) {
        let middle = i * n / 2;
        for place in (n + i..=middle).rev() {
            probabilities[place] -= probabilities[place - n - i];
        }
        for place in i..=middle {
            probabilities[place] += probabilities[place - i];
        }
        let scale = number / (size(longer) + number);
        probabilities[..=middle].iter_mut().for_each(|probability| *probability *= scale);
        for place in middle + 1..=(i * n).min(m * n / 2) {
            probabilities[place] = probabilities[i * n - place];
        }
    }
    probabilities
}

#[cfg(test)]
mod tests {
    use super::super::wilcoxon_exact;
    use super::*;

    #[track_caller]
    fn assert_close(value: f64, expected: f64) {
        assert!(libm::fabs(value - expected) <= 1e-14 * (1.0 + libm::fabs(expected)), "{value} is not {expected}");
    }

    #[test]
    fn two_against_two_on_paper() {
        // U is 0, 1, 2, 3, 4 in 1, 1, 2, 1, 1 of 6 cases. Differences 1, 2, 5, 6.
        let (a, b) = ([3.0, 7.0], [1.0, 2.0]);
        let shift = hodges_lehmann(&a, &b, 0.6).unwrap();
        assert_close(shift.estimate, 3.5);
        let limits = shift.limits.unwrap();
        assert_close(limits.interval.lower, 1.0);
        assert_close(limits.interval.upper, 6.0);
        assert_close(limits.coverage, 4.0 / 6.0);
        let inner = hodges_lehmann(&a, &b, 0.3).unwrap().limits.unwrap();
        assert_close(inner.interval.lower, 2.0);
        assert_close(inner.interval.upper, 5.0);
        assert_close(inner.coverage, 2.0 / 6.0);
        assert_eq!(hodges_lehmann(&a, &b, 0.95).unwrap().limits, None);
    }

    #[test]
    fn the_distribution_is_that_of_the_exact_test() {
        // Four values of which the last moves down through the other sample: U from 0 to 7.
        let longer = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0];
        let mut cumulative = 0.0;
        for (below, probability) in (0_u8..=7).zip(lower_half(&[0.0; 4], &longer)) {
            cumulative += probability;
            let test = wilcoxon_exact(&[0.1, 0.2, 0.3, f64::from(below) + 0.5], &longer).unwrap();
            assert_close(test.p_less, cumulative);
        }
    }

    #[test]
    fn half_the_probability_is_on_either_side() {
        for (m, n) in [(1, 1), (1, 8), (3, 5), (4, 6), (20, 20), (100, 150)] {
            let half = lower_half(&vec![0.0; m], &vec![0.0; n]);
            let middle = if m * n % 2 == 0 { half[m * n / 2] } else { 0.0 };
            assert_close(2.0 * half.iter().sum::<f64>() - middle, 1.0);
        }
    }

    #[test]
    fn units_origins_and_the_order_of_samples() {
        let (a, b) = ([5.0, 1.0, 8.0, 2.5, 9.0], [4.0, 3.0, 0.5, 7.0]);
        let here = hodges_lehmann(&a, &b, 0.9).unwrap();
        let there = hodges_lehmann(&b, &a, 0.9).unwrap();
        assert_close(here.estimate, -there.estimate);
        assert_close(here.limits.unwrap().interval.lower, -there.limits.unwrap().interval.upper);
        let moved = hodges_lehmann(&a.map(|value| 2.0 * value + 100.0), &b.map(|value| 2.0 * value), 0.9).unwrap();
        assert_close(moved.estimate, 2.0 * here.estimate + 100.0);
        assert_close(moved.limits.unwrap().interval.upper, 2.0 * here.limits.unwrap().interval.upper + 100.0);
    }

    #[test]
    fn equal_values_have_no_width() {
        let shift = hodges_lehmann(&[2.0; 6], &[2.0; 6], 0.95).unwrap();
        let interval = shift.limits.unwrap().interval;
        assert_close(libm::fabs(shift.estimate) + libm::fabs(interval.lower) + libm::fabs(interval.upper), 0.0);
    }

    #[test]
    fn large_samples_are_done_or_refused() {
        let values: Vec<f64> = (0..1000).map(f64::from).collect();
        assert_close(hodges_lehmann(&values, &values, 0.95).unwrap().estimate, 0.0);
        assert_eq!(hodges_lehmann(&values, &values.repeat(2), 0.95), Err(Undefined::TooLarge));
    }

    #[test]
    fn what_cannot_be_compared() {
        assert_eq!(hodges_lehmann(&[], &[1.0], 0.95), Err(Undefined::NoData));
        assert_eq!(hodges_lehmann(&[f64::NAN], &[1.0], 0.95), Err(Undefined::OutOfRange));
        assert_eq!(hodges_lehmann(&[1e308], &[-1e308], 0.95), Err(Undefined::OutOfRange));
        assert_eq!(hodges_lehmann(&[1.0], &[1.0], 1.0), Err(Undefined::OutOfRange));
    }
}
