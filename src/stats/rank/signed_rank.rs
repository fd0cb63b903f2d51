//! The signed-rank test of paired differences.

use super::super::{Undefined, real};
use super::wilcoxon::two_sided;
use super::{count, doubled_midranks};

/// Wilcoxon's signed-rank test by its normal approximation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SignedRank {
    /// Sum of the midranks of the positive differences (V of R).
    pub rank_sum: f64,
    /// Distance of the sum from its expectation in standard deviations; positive when differences are above 0.
    pub z: f64,
    /// Two-sided p-value of `z`.
    pub p: f64,
    /// The same with the sum moved towards its expectation by one half.
    pub z_corrected: f64,
    /// Two-sided p-value of `z_corrected`.
    pub p_corrected: f64,
}

/// Exact p-values of Wilcoxon's signed-rank test.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ExactSignedRank {
    /// Sum of the midranks of the positive differences.
    pub rank_sum: f64,
    /// Two-sided: of a sum at least as far from its expectation.
    pub p: f64,
    /// Against differences above 0.
    pub p_greater: f64,
    /// Against differences below 0.
    pub p_less: f64,
}

/// Differences whose exact distribution takes less than about half a second.
const MOST: usize = 1_000;

/// Wilcoxon's signed-rank test by its normal approximation, with and without continuity correction.
///
/// # Method
/// Wilcoxon 1945, Biometrics Bulletin 1:80. Differences of 0 are left out before ranking; variance given the ties,
/// Lehmann 1975, Nonparametrics, chapter 3.
///
/// # Input
/// Finite differences. Absolute differences that should be tied must be equal: round computed ones before.
///
/// # Not estimable
/// `NoData` without differences; `ZeroVariance` when all are 0; `TooLarge` for more than 2^20; `OutOfRange` when one is
/// not finite.
///
/// # Agrees with
/// R `wilcox.test(d, exact = FALSE, correct = TRUE)` and `correct = FALSE`; cases in `fixtures/reference/signed-rank`.
pub fn signed_rank(differences: &[f64]) -> Result<SignedRank, Undefined> {
    let Signed { positive, all, ties } = Signed::new(differences)?;
    let n = count(&all);
    // In quarters: twice the doubled sum less its expectation n (n + 1) / 4.
    let excess = 0.25 * (real(2 * positive) - real(n * (n + 1)));
    let deviation = ((real(2 * n * (n + 1) * (2 * n + 1)) - real(ties)) / 48.0).sqrt();
    let z = excess / deviation;
    let z_corrected = libm::copysign((libm::fabs(excess) - 0.5).max(0.0) / deviation, excess);
    Ok(SignedRank {
        rank_sum: 0.5 * real(positive),
        z,
        p: two_sided(z)?,
        z_corrected,
        p_corrected: two_sided(z_corrected)?,
    })
}

/// Wilcoxon's signed-rank test by its exact distribution, with or without ties.
///
/// # Method
/// All signs of the observed midranks are as probable; their sums are counted one rank after the other. Differences of
/// 0 are left out before ranking. The distribution is symmetric, so the two-sided p-value is twice the smaller one.
///
/// # Input
/// Finite differences. Absolute differences that should be tied must be equal: round computed ones before.
///
/// # Not estimable
/// `NoData` without differences; `ZeroVariance` when all are 0; `TooLarge` for more than a thousand; `OutOfRange` when
/// one is not finite.
///
/// # Agrees with
/// R `exactRankTests::wilcox.exact(d)`, without ties also `wilcox.test(d, exact = TRUE)`; SAS `PROC UNIVARIATE` up to
/// 20 differences (its S is the sum less its expectation); cases in `fixtures/reference/signed-rank`.
pub fn signed_rank_exact(differences: &[f64]) -> Result<ExactSignedRank, Undefined> {
    let Signed { positive, all, .. } = Signed::new(differences)?;
    if all.len() > MOST {
        return Err(Undefined::TooLarge);
    }
    let probabilities = sums(&all);
    let total: u64 = all.iter().sum();
    // From the thin end, so that a small tail keeps its digits.
    let up_to = |sum: u64| -> f64 { (0..=sum).zip(&probabilities).map(|(_, own)| own).sum::<f64>().min(1.0) };
    let (p_less, p_greater) = (up_to(positive), up_to(total - positive));
    Ok(ExactSignedRank { rank_sum: 0.5 * real(positive), p: (2.0 * p_less.min(p_greater)).min(1.0), p_greater, p_less })
}

/// Probabilities of the sums of ranks, each taken with probability one half.
pub(super) fn sums(ranks: &[u64]) -> Vec<f64> {
    let mut probabilities = vec![1.0];
    for rank in ranks {
        let shift = usize::try_from(*rank).unwrap_or(usize::MAX);
        let mut next = vec![0.0; probabilities.len() + shift];
        for (place, probability) in probabilities.iter().enumerate() {
            next[place] += 0.5 * probability;
            next[place + shift] += 0.5 * probability;
        }
        probabilities = next;
    }
    probabilities
}

/// Differences other than 0, ranked by their size.
struct Signed {
    /// Twice the sum of the midranks of those above 0.
    positive: u64,
    /// Twice the midranks.
    all: Vec<u64>,
    /// Σ (t³ − t) over the groups of t equal sizes.
    ties: u64,
}

impl Signed {
    fn new(differences: &[f64]) -> Result<Self, Undefined> {
        if differences.iter().any(|value| !value.is_finite()) {
            return Err(Undefined::OutOfRange);
        }
        if differences.is_empty() {
            return Err(Undefined::NoData);
        }
        let kept: Vec<f64> = differences.iter().copied().filter(|value| *value != 0.0).collect();
        if kept.is_empty() {
            return Err(Undefined::ZeroVariance);
        }
        let (all, ties) = doubled_midranks(&kept.iter().map(|value| libm::fabs(*value)).collect::<Vec<f64>>())?;
        let positive = kept.iter().zip(&all).filter(|(value, _)| **value > 0.0).map(|(_, rank)| rank).sum();
        Ok(Self { positive, all, ties })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn assert_close(value: f64, expected: f64) {
        assert!(libm::fabs(value - expected) <= 1e-15 * (1.0 + libm::fabs(expected)), "{value} is not {expected}");
    }

    #[test]
    fn three_differences_on_paper() {
        // Ranks 1, 2, 3 with the first negative: 5 of expectation 3, variance 3 · 4 · 7 / 24; 5 or 6 in 2 of 8 signs.
        let test = signed_rank(&[-0.5, 2.0, 0.0, 1.0]).unwrap();
        assert_close(test.rank_sum, 5.0);
        assert_close(test.z, 2.0 / 3.5_f64.sqrt());
        assert_close(test.z_corrected, 1.5 / 3.5_f64.sqrt());
        let exact = signed_rank_exact(&[-0.5, 2.0, 0.0, 1.0]).unwrap();
        for (value, expected) in [(exact.p, 0.5), (exact.p_greater, 0.25), (exact.p_less, 7.0 / 8.0)] {
            assert_close(value, expected);
        }
    }

    #[test]
    fn ties_on_paper() {
        // Midranks 1½, 1½, 3: sums 0, 1½ twice, 3 twice, 4½ twice, 6.
        let exact = signed_rank_exact(&[1.0, -1.0, 2.0]).unwrap();
        assert_close(exact.rank_sum, 4.5);
        assert_close(exact.p_greater, 3.0 / 8.0);
        assert_close(exact.p_less, 7.0 / 8.0);
        // Variance 3.5 − 6/48.
        assert_close(signed_rank(&[1.0, -1.0, 2.0]).unwrap().z, 1.5 / 3.375_f64.sqrt());
    }

    #[test]
    fn turning_signs_turns_the_result() {
        let differences = [1.0, -2.5, 3.0, 3.0, -0.5, 7.0, 0.0];
        let (here, there) = (signed_rank(&differences).unwrap(), signed_rank(&differences.map(|d| -d)).unwrap());
        assert_close(here.z, -there.z);
        assert_close(here.p_corrected, there.p_corrected);
        let exact = signed_rank_exact(&differences).unwrap();
        assert_close(exact.p_greater, signed_rank_exact(&differences.map(|d| -d)).unwrap().p_less);
        assert_eq!(signed_rank_exact(&[0.0, 7.0, -0.5, 3.0, 3.0, -2.5, 1.0]), Ok(exact));
    }

    #[test]
    fn what_has_no_sign() {
        assert_eq!(signed_rank(&[]), Err(Undefined::NoData));
        assert_eq!(signed_rank(&[0.0, -0.0]), Err(Undefined::ZeroVariance));
        assert_eq!(signed_rank(&[1.0, f64::NAN]), Err(Undefined::OutOfRange));
        assert_eq!(signed_rank_exact(&[]), Err(Undefined::NoData));
        assert_eq!(signed_rank_exact(&[0.0]), Err(Undefined::ZeroVariance));
        assert_eq!(signed_rank_exact(&[1.0; 1001]), Err(Undefined::TooLarge));
    }
}
