//! The rank-sum test by the permutation distribution.

use super::super::{Undefined, finite, real, size};
use super::{Ranked, count};

/// Exact p-values of Wilcoxon's rank-sum test.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ExactRankSum {
    /// Two-sided: of a sum at least as far from its expectation.
    pub p: f64,
    /// Against larger values in the first sample.
    pub p_greater: f64,
    /// Against smaller values in the first sample.
    pub p_less: f64,
}

/// Additions, about half a second of them: two samples of 110 with ties, of 140 without.
const ADDITIONS: f64 = 1e9;

/// Wilcoxon's rank-sum test by the permutation distribution, with or without ties.
///
/// # Method
/// All divisions of the observed midranks into samples of the observed sizes are as probable (Lehmann 1975,
/// Nonparametrics, chapter 1). Subsets of the smaller size are counted by their sums, one value after the other (the
/// shift algorithm of Streitberg and Röhmel 1986). Two-sided by distance from the expectation, which with ties is not
/// always twice the smaller one-sided p-value.
///
/// # Input
/// Finite values. Values that should be tied must be equal: round computed ones before. When all values are equal the
/// p-values are 1.
///
/// # Not estimable
/// `NoData` when a sample is empty; `TooLarge` when it would take longer than about half a second; `OutOfRange` when a
/// value is not finite.
///
/// # Agrees with
/// R `coin::wilcox_test(y ~ g, distribution = "exact")`, without ties also `wilcox.test(a, b, exact = TRUE)`, and SAS
/// `PROC NPAR1WAY` with `EXACT WILCOXON`; cases in `fixtures/reference/wilcoxon`.
pub fn wilcoxon_exact(a: &[f64], b: &[f64]) -> Result<ExactRankSum, Undefined> {
    let Ranked { first, second, .. } = Ranked::new(a, b)?;
    divisions(&first, &second)
}

/// The p-values of the sum of the first scores among all divisions of the scores into samples of these sizes.
pub(in super::super) fn divisions(first: &[u64], second: &[u64]) -> Result<ExactRankSum, Undefined> {
    let mut all = [first, second].concat();
    all.sort_unstable();
    // Sums of a fixed number of ranks keep their order when all ranks lose the smallest and their common divisor.
    let least = all[0];
    let unit = all.iter().fold(0, |divisor, rank| common_divisor(divisor, rank - least)).max(1);
    let scores = |ranks: &[u64]| ranks.iter().map(|rank| (rank - least) / unit).collect::<Vec<u64>>();
    let turned = first.len() > second.len();
    let sample = scores(if turned { second } else { first });
    let all = scores(&all);
    let (n, k) = (size(&all), size(&sample));
    let range: u64 = all.iter().rev().take(sample.len()).sum();
    if n * k * (real(range) + 1.0) > ADDITIONS {
        return Err(Undefined::TooLarge);
    }
    let counts = subsets(&all, sample.len(), range)?;
    let observed: u64 = sample.iter().sum();
    // The expectation is this fraction of n; in whole numbers equal distances are equal.
    let expected = all.iter().sum::<u64>() * count(&sample);
    let distance = |sum: u64| (sum * count(&all)).abs_diff(expected);
    let sums = || (0..).zip(&counts);
    let total = finite(counts.iter().sum()).map_err(|_| Undefined::TooLarge)?;
    let share = |holds: &dyn Fn(u64) -> bool| {
        let extreme: f64 = sums().filter(|(sum, _)| holds(*sum)).map(|(_, count)| count).sum();
        (extreme / total).min(1.0)
    };
    let (high, low) = (share(&|sum| sum >= observed), share(&|sum| sum <= observed));
    Ok(ExactRankSum {
        p: share(&|sum| distance(sum) >= distance(observed)),
        p_greater: if turned { low } else { high },
        p_less: if turned { high } else { low },
    })
}

/// How many subsets of `chosen` of the ascending scores have each sum up to `range`.
fn subsets(scores: &[u64], chosen: usize, range: u64) -> Result<Vec<f64>, Undefined> {
    let place = |sum: u64| usize::try_from(sum).map_err(|_| Undefined::TooLarge);
    // By the number of scores chosen so far.
    let mut counts = vec![vec![0.0; place(range)? + 1]; chosen + 1];
    counts[0][0] = 1.0;
    for (before, score) in scores.iter().enumerate() {
        let score = place(*score)?;
        for number in (0..chosen.min(before + 1)).rev() {
            let (fewer, more) = counts.split_at_mut(number + 1);
            for (count, added) in more[0].iter_mut().skip(score).zip(&fewer[number]) {
                *count += added;
            }
        }
    }
    counts.pop().ok_or(Undefined::NoData)
}

fn common_divisor(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { common_divisor(b, a % b) }
}

#[cfg(test)]
mod tests {
    use super::super::wilcoxon_rank_sum;
    use super::*;

    #[track_caller]
    fn assert_p(a: &[f64], b: &[f64], [p, p_greater, p_less]: [f64; 3]) {
        let test = wilcoxon_exact(a, b).unwrap();
        for (value, expected) in [(test.p, p), (test.p_greater, p_greater), (test.p_less, p_less)] {
            assert!(libm::fabs(value - expected) <= 1e-15, "{test:?}");
        }
    }

    #[test]
    fn two_against_three_on_paper() {
        // Ranks 4 and 5: one of ten pairs has this sum, one the opposite.
        assert_p(&[0.4, 0.5], &[0.1, 0.2, 0.3], [0.2, 0.1, 1.0]);
        assert_p(&[0.1, 0.2, 0.3], &[0.4, 0.5], [0.2, 1.0, 0.1]);
    }

    #[test]
    fn ties_on_paper() {
        // Midranks 1½, 1½, 3, 4: sums of pairs 3, 4½, 4½, 5½, 5½, 7 about 5.
        assert_p(&[1.0, 1.0], &[2.0, 3.0], [2.0 / 6.0, 1.0, 1.0 / 6.0]);
        assert_p(&[1.0, 2.0], &[1.0, 3.0], [1.0, 5.0 / 6.0, 3.0 / 6.0]);
        // Midranks 2, 2, 2, 4: one of four single values is 4. Its distance 3/2 is not matched on the other side.
        assert_p(&[9.0], &[1.0, 1.0, 1.0], [0.25, 0.25, 1.0]);
    }

    #[test]
    fn equal_values_have_no_alternative() {
        assert_p(&[2.0; 3], &[2.0; 4], [1.0; 3]);
    }

    #[test]
    fn large_samples_are_like_the_normal_approximation_or_refused() {
        let a: Vec<f64> = (0..100).map(|place| f64::from(place * 7 % 101)).collect();
        let b: Vec<f64> = (0..100).map(|place| f64::from(place * 11 % 103) + 12.0).collect();
        let (exact, normal) = (wilcoxon_exact(&a, &b).unwrap(), wilcoxon_rank_sum(&a, &b).unwrap());
        assert!(libm::fabs(exact.p - normal.p_corrected) < 2e-4, "{exact:?} {normal:?}");
        assert_eq!(wilcoxon_exact(&a.repeat(2), &b.repeat(2)), Err(Undefined::TooLarge));
        let halves: Vec<f64> = (0..650).map(|place| f64::from(place % 2)).collect();
        assert_eq!(wilcoxon_exact(&halves, &halves), Err(Undefined::TooLarge));
    }

    #[test]
    fn what_cannot_be_compared() {
        assert_eq!(wilcoxon_exact(&[], &[1.0]), Err(Undefined::NoData));
        assert_eq!(wilcoxon_exact(&[f64::INFINITY], &[1.0]), Err(Undefined::OutOfRange));
    }
}
