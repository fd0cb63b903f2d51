//! Barnard's unconditional exact test of two proportions.

use super::super::Undefined;
use super::super::proportion::counts;
use super::unconditional::{SUBJECTS, supremum, weights};

/// Barnard's test of equal proportions.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Barnard {
    /// Two-sided p-value, of tables whose statistic is as far from 0.
    pub p: f64,
    /// Against a higher proportion in the first group.
    pub p_greater: f64,
    /// Against a lower proportion in the first group.
    pub p_less: f64,
}

/// Barnard's unconditional exact test of two proportions, ordered by the pooled score statistic.
///
/// # Method
/// Barnard 1947, Biometrika 34:123, with the statistic of Suissa and Shuster 1985, JRSS A 148:317: the difference over
/// its standard error under equal proportions. The p-value is the largest probability, over the common proportion, of
/// tables with a statistic at least as extreme. Statistics are compared in whole numbers, so ties are ties. The
/// probability is a polynomial; as for `boschloo` its coefficients in Bernstein's basis bound it, so the supremum is
/// certain, not only the best of a grid.
///
/// # Input
/// `x1` successes among `n1` and `x2` among `n2`. Without successes, or without failures, the p-values are 1.
///
/// # Not estimable
/// `NoData` when a group is empty; `TooLarge` for more than 4000 subjects; `OutOfRange` when a count exceeds its total;
/// `NotConverged` if the search does not end.
///
/// # Agrees with
/// R `Exact::exact.test(table, method = "z-pooled")` and `scipy.stats.barnard_exact(pooled = True)` where their grids
/// find the supremum; cases in `fixtures/reference/barnard`.
pub fn barnard(x1: u64, n1: u64, x2: u64, n2: u64) -> Result<Barnard, Undefined> {
    counts(x1, n1)?;
    counts(x2, n2)?;
    if n1.saturating_add(n2) > SUBJECTS {
        return Err(Undefined::TooLarge);
    }
    let observed = Score::new([x1, n1], [x2, n2]);
    Ok(Barnard {
        p: supremum(coefficients(n1, n2, |score| score.magnitude().reaches(observed.magnitude())))?,
        p_greater: supremum(coefficients(n1, n2, |score| score.reaches(observed)))?,
        p_less: supremum(coefficients(n1, n2, |score| observed.reaches(score)))?,
    })
}

/// The square of the pooled statistic with the sign of the difference, as a fraction but for a common factor.
#[derive(Clone, Copy)]
struct Score {
    square: i128,
    spread: i128,
}

impl Score {
    fn new([x1, n1]: [u64; 2], [x2, n2]: [u64; 2]) -> Self {
        let difference = i128::from(x1 * n2) - i128::from(x2 * n1);
        let (successes, total) = (x1 + x2, n1 + n2);
        let spread = i128::from(successes * (total - successes));
        // Without spread there is no difference either.
        Self { square: difference * difference.abs(), spread: spread.max(1) }
    }

    fn magnitude(self) -> Self {
        Self { square: self.square.abs(), spread: self.spread }
    }

    fn reaches(self, other: Self) -> bool {
        self.square * other.spread >= other.square * self.spread
    }
}

/// For each number of successes in all, the probability of the tables that count, given that number.
fn coefficients(n1: u64, n2: u64, counts: impl Fn(Score) -> bool) -> Vec<f64> {
    let of_total = |total: u64| {
        let weights = weights(n1, n2, total);
        let largest = total.min(n1);
        let (mut within, mut all) = (0.0, 0.0);
        for (k, weight) in (0..=largest).rev().zip(&weights) {
            all += weight;
            if counts(Score::new([k, n1], [total - k, n2])) {
                within += weight;
            }
        }
        within / all
    };
    (0..=n1 + n2).map(of_total).collect()
}

#[cfg(test)]
mod tests {
    use super::super::super::real;
    use super::*;

    #[track_caller]
    fn assert_close(value: f64, expected: f64) {
        assert!(libm::fabs(value - expected) <= 1e-12 * expected, "{value:e} is not {expected:e}");
    }

    #[test]
    fn all_against_none_on_paper() {
        // Only this table, and its mirror image: 2 (π(1 − π))³ at 1/2.
        let test = barnard(3, 3, 0, 3).unwrap();
        assert_close(test.p, 2.0 / 64.0);
        assert_close(test.p_greater, 1.0 / 64.0);
        // 2 of 2 against 0 of 1: π²(1 − π) at 2/3; with the mirror image π(1 − π) at 1/2.
        assert_close(barnard(2, 2, 0, 1).unwrap().p_greater, 4.0 / 27.0);
        assert_close(barnard(2, 2, 0, 1).unwrap().p, 0.25);
    }

    #[test]
    fn neither_the_order_of_groups_nor_that_of_outcomes_matters() {
        for [x1, n1, x2, n2] in [[15, 20, 8, 20], [3, 7, 1, 9], [5, 56, 0, 29], [56, 70, 48, 80]] {
            let here = barnard(x1, n1, x2, n2).unwrap();
            for there in [barnard(x2, n2, x1, n1), barnard(n1 - x1, n1, n2 - x2, n2)] {
                let there = there.unwrap();
                assert_close(there.p, here.p);
                assert_close(there.p_greater, here.p_less);
            }
        }
    }

    #[test]
    fn the_test_holds_its_size() {
        // Rejecting at p ≤ 0.05: at every common proportion of a grid the probability is at most 0.05.
        let (n1, n2) = (6, 8);
        let mut rejected = Vec::new();
        for (x1, x2) in (0..=n1).flat_map(|x1| (0..=n2).map(move |x2| (x1, x2))) {
            if barnard(x1, n1, x2, n2).unwrap().p <= 0.05 {
                rejected.push((x1, x2));
            }
        }
        let choose = |n: u64, k: u64| (0..k).map(|i| real(n - i) / real(i + 1)).product::<f64>();
        for step in 1..100_u32 {
            let p = f64::from(step) / 100.0;
            let power = |base: f64, count: u64| (0..count).map(|_| base).product::<f64>();
            let size: f64 = rejected
                .iter()
                .map(|(x1, x2)| {
                    choose(n1, *x1) * choose(n2, *x2) * power(p, x1 + x2) * power(1.0 - p, n1 + n2 - x1 - x2)
                })
                .sum();
            assert!(size <= 0.05);
        }
        assert!(!rejected.is_empty());
    }

    #[test]
    fn a_table_without_alternatives_and_what_is_no_table() {
        for x in [0, 20] {
            assert_eq!(barnard(x, 20, x, 20), Ok(Barnard { p: 1.0, p_greater: 1.0, p_less: 1.0 }));
        }
        assert!(barnard(550, 1000, 500, 1000).is_ok_and(|test| test.p > 0.02 && test.p < 0.03));
        assert_eq!(barnard(1100, 2000, 1000, 2001), Err(Undefined::TooLarge));
        assert_eq!(barnard(1, 5, 0, 0), Err(Undefined::NoData));
        assert_eq!(barnard(6, 5, 1, 5), Err(Undefined::OutOfRange));
    }
}
