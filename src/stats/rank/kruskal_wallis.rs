//! The rank-sum test of several samples.

use super::super::distribution::chi_square_sf;
use super::super::{Undefined, real};
use super::{count, doubled_midranks};

/// Kruskal and Wallis' test.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct KruskalWallis {
    /// H, corrected for ties.
    pub statistic: f64,
    /// Groups less one.
    pub df: f64,
    /// Probability of a chi-square variable at least as large.
    pub p: f64,
}

/// Kruskal and Wallis' test of equal distributions in two or more groups.
///
/// # Method
/// Kruskal and Wallis 1952, JASA 47:583, corrected for ties, by its chi-square approximation.
///
/// # Input
/// Finite values; groups without values are left out. Values that should be tied must be equal.
///
/// # Not estimable
/// `NoData` without values; `TooFew` with fewer than two groups; `ZeroVariance` when all values are equal; `TooLarge`
/// for more than 2^20 values; `OutOfRange` when a value is not finite.
///
/// # Agrees with
/// R `kruskal.test(list(…))`, SAS `PROC NPAR1WAY` with `WILCOXON`; cases in `fixtures/reference/kruskal-wallis`.
pub fn kruskal_wallis(groups: &[&[f64]]) -> Result<KruskalWallis, Undefined> {
    let (ranks, ties) = doubled_midranks(&groups.concat())?;
    let n = count(&ranks);
    if n == 0 {
        return Err(Undefined::NoData);
    }
    let mut rest = ranks.as_slice();
    let mut parts = Vec::new();
    for group in groups.iter().filter(|group| !group.is_empty()) {
        let (own, others) = rest.split_at(group.len());
        rest = others;
        // Twice the distance of the rank sum from its expectation, a whole number.
        let distance = real(own.iter().sum::<u64>().abs_diff(count(group) * (n + 1)));
        parts.push(distance * distance / real(count(group)));
    }
    if parts.len() < 2 {
        return Err(Undefined::TooFew);
    }
    let cubes = n * n * n - n;
    if ties == cubes {
        return Err(Undefined::ZeroVariance);
    }
    let df = real(count(&parts)) - 1.0;
    // In ascending order: the same in whatever order the groups come.
    parts.sort_unstable_by(f64::total_cmp);
    let statistic = 3.0 * parts.iter().sum::<f64>() * real(n - 1) / real(cubes - ties);
    Ok(KruskalWallis { statistic, df, p: chi_square_sf(statistic, df)? })
}

#[cfg(test)]
mod tests {
    use super::super::wilcoxon_rank_sum;
    use super::*;

    #[track_caller]
    fn assert_close(value: f64, expected: f64) {
        assert!(libm::fabs(value - expected) <= 1e-14 * (1.0 + libm::fabs(expected)), "{value} is not {expected}");
    }

    #[test]
    fn three_groups_on_paper() {
        // Rank sums 3, 7, 11 of expectation 7: 12/42 · (8 + 0 + 8) = 32/7; p = exp(−16/7).
        let test = kruskal_wallis(&[&[1.0, 2.0], &[3.0, 4.0], &[5.0, 6.0]]).unwrap();
        assert_close(test.statistic, 32.0 / 7.0);
        assert_close(test.p, libm::exp(-16.0 / 7.0));
        assert_eq!(kruskal_wallis(&[&[6.0, 5.0], &[], &[1.0, 2.0], &[4.0, 3.0]]), Ok(test));
    }

    #[test]
    fn two_groups_are_the_rank_sum_test() {
        let (a, b) = ([3.0, 1.0, 4.0, 1.0], [5.0, 9.0, 2.0, 4.0, 4.0]);
        let (several, two) = (kruskal_wallis(&[&a, &b]).unwrap(), wilcoxon_rank_sum(&a, &b).unwrap());
        assert_close(several.statistic, two.z * two.z);
        assert_close(several.p, two.p);
    }

    #[test]
    fn what_cannot_be_compared() {
        assert_eq!(kruskal_wallis(&[]), Err(Undefined::NoData));
        assert_eq!(kruskal_wallis(&[&[], &[]]), Err(Undefined::NoData));
        assert_eq!(kruskal_wallis(&[&[1.0, 2.0], &[]]), Err(Undefined::TooFew));
        assert_eq!(kruskal_wallis(&[&[0.1; 7], &[0.1; 3]]), Err(Undefined::ZeroVariance));
        assert_eq!(kruskal_wallis(&[&[1.0, f64::NAN], &[2.0]]), Err(Undefined::OutOfRange));
    }
}
