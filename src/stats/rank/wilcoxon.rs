//! The rank-sum test by its normal approximation.

use super::super::distribution::normal_sf;
use super::super::{Undefined, real};
use super::Ranked;

/// Wilcoxon's rank-sum test of two samples.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RankSum {
    /// Sum of the midranks of the first sample.
    pub rank_sum: f64,
    /// Pairs in which the value of the first sample is the larger, equal ones by half (Mann and Whitney's U).
    pub u: f64,
    /// Distance of the sum from its expectation in standard deviations.
    pub z: f64,
    /// Two-sided p-value of `z`.
    pub p: f64,
    /// The same with the sum moved towards its expectation by one half.
    pub z_corrected: f64,
    /// Two-sided p-value of `z_corrected`: what SAS and R print by default when the p-value is not exact.
    pub p_corrected: f64,
}

/// Wilcoxon's rank-sum test by its normal approximation, with and without continuity correction.
///
/// # Method
/// Wilcoxon 1945, Biometrics Bulletin 1:80; Mann and Whitney 1947, Annals of Mathematical Statistics 18:50; variance
/// given the ties, Lehmann 1975, Nonparametrics, chapter 1. Positive `z` means larger values in the first sample.
///
/// # Input
/// Finite values. Values that should be tied must be equal: round computed ones before.
///
/// # Not estimable
/// `NoData` when a sample is empty; `ZeroVariance` when all values are equal; `TooLarge` for more than 2^20 values;
/// `OutOfRange` when a value is not finite.
///
/// # Agrees with
/// R `wilcox.test(a, b, exact = FALSE, correct = TRUE)` and `correct = FALSE` (`u` is its `W`), SAS `PROC NPAR1WAY`
/// with `WILCOXON` (`rank_sum` is its statistic); cases in `fixtures/reference/wilcoxon`.
pub fn wilcoxon_rank_sum(a: &[f64], b: &[f64]) -> Result<RankSum, Undefined> {
    let ranked = Ranked::new(a, b)?;
    let variance = ranked.variance();
    if variance <= 0.0 {
        return Err(Undefined::ZeroVariance);
    }
    let [n1, n2] = ranked.sizes();
    let (excess, deviation) = (ranked.excess(), variance.sqrt());
    let z = excess / deviation;
    let z_corrected = libm::copysign((libm::fabs(excess) - 0.5).max(0.0) / deviation, excess);
    Ok(RankSum {
        rank_sum: excess + 0.5 * real(n1 * (n1 + n2 + 1)),
        u: excess + 0.5 * real(n1 * n2),
        z,
        p: two_sided(z)?,
        z_corrected,
        p_corrected: two_sided(z_corrected)?,
    })
}

/// Probability of a standard normal variable at least as far from 0.
pub(super) fn two_sided(z: f64) -> Result<f64, Undefined> {
    normal_sf(libm::fabs(z)).map(|p| 2.0 * p)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn assert_close(value: f64, expected: f64) {
        assert!(libm::fabs(value - expected) <= 1e-15 * (1.0 + libm::fabs(expected)), "{value} is not {expected}");
    }

    #[test]
    fn two_against_three_on_paper() {
        // Ranks 4 and 5 of 5: sum 9, expected 6, variance 3.
        let test = wilcoxon_rank_sum(&[0.4, 0.5], &[0.1, 0.2, 0.3]).unwrap();
        assert_close(test.rank_sum, 9.0);
        assert_close(test.u, 6.0);
        assert_close(test.z, 3.0_f64.sqrt());
        assert_close(test.z_corrected, 2.5 / 3.0_f64.sqrt());
        assert_close(test.p, libm::erfc(1.5_f64.sqrt()));
    }

    #[test]
    fn ties_on_paper() {
        // Midranks 1½, 3½ against 1½, 3½, 5: sum 5, expected 6, variance 6/12 · (6 − 12/20) = 27/10.
        let test = wilcoxon_rank_sum(&[1.0, 2.0], &[1.0, 2.0, 3.0]).unwrap();
        assert_close(test.rank_sum, 5.0);
        assert_close(test.u, 2.0);
        assert_close(test.z, -1.0 / 2.7_f64.sqrt());
        assert_close(test.z_corrected, -0.5 / 2.7_f64.sqrt());
    }

    #[test]
    fn exchanging_the_samples_turns_the_sign_and_order_does_not_matter() {
        let (a, b) = ([3.0, 1.5, 9.0, 2.0], [2.0, 0.5, 1.0]);
        let here = wilcoxon_rank_sum(&a, &b).unwrap();
        let there = wilcoxon_rank_sum(&b, &a).unwrap();
        assert_close(here.z, -there.z);
        assert_close(here.p_corrected, there.p_corrected);
        assert_close(here.u + there.u, 12.0);
        assert_eq!(wilcoxon_rank_sum(&[9.0, 3.0, 2.0, 1.5], &[0.5, 1.0, 2.0]), Ok(here));
    }

    #[test]
    fn at_the_expectation_nothing_is_corrected() {
        let test = wilcoxon_rank_sum(&[1.0, 4.0], &[2.0, 3.0]).unwrap();
        assert_close(test.p, 1.0);
        assert_close(test.p_corrected, 1.0);
        // One half away from it the correction takes it there, not beyond.
        let test = wilcoxon_rank_sum(&[1.0, 4.0], &[2.0, 4.0]).unwrap();
        assert_close(test.p_corrected, 1.0);
    }

    #[test]
    fn what_cannot_be_compared() {
        assert_eq!(wilcoxon_rank_sum(&[], &[1.0]), Err(Undefined::NoData));
        assert_eq!(wilcoxon_rank_sum(&[1.0], &[]), Err(Undefined::NoData));
        assert_eq!(wilcoxon_rank_sum(&[2.0; 3], &[2.0; 4]), Err(Undefined::ZeroVariance));
        assert_eq!(wilcoxon_rank_sum(&[2.0, f64::NAN], &[2.0]), Err(Undefined::OutOfRange));
    }
}
