//! The unconditional exact test of two proportions.

use super::super::proportion::counts;
use super::super::{Undefined, real};

/// Boschloo's test of equal proportions.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Boschloo {
    /// Two-sided p-value: twice the smaller one-sided, at most 1.
    pub p: f64,
    /// Against a higher proportion in the first group.
    pub p_greater: f64,
    /// Against a lower proportion in the first group.
    pub p_less: f64,
}

/// Subjects of both groups, about half a second; the time grows with the square.
pub(super) const SUBJECTS: u64 = 4000;

/// One-sided p-values of Fisher's test that are larger than the observed one by this share still count: in truth they
/// are often equal, as those of a table and of its mirror image, and are computed to a few parts in 1e-14 per hundred
/// subjects. Different ones so close together would have to be a coincidence.
const TIE: f64 = 1e-10;

/// How far, as a share of it, the p-value may lie below the true supremum.
const PRECISION: f64 = 1e-14;

/// Parts of the unit interval looked at; fewer than a hundred are usual.
const INTERVALS: usize = 20_000;

/// Boschloo's unconditional exact test of two proportions.
///
/// # Method
/// Boschloo 1970, Statistica Neerlandica 24:1: the statistic is the one-sided p-value of Fisher's test, and the p-value
/// the largest probability, over the common proportion π, of tables where it is not above the observed. Two-sided by
/// the central convention (twice the smaller one-sided p-value), not by the order of Fisher's two-sided p-value.
///
/// Given s successes in all, these tables have the largest one-sided Fisher p-value that s allows and that is not above
/// the observed. So the probability is a polynomial in π whose coefficients in Bernstein's basis are these p-values.
/// Its coefficients for part of the unit interval (de Casteljau's subdivision) bound it there, and parts that cannot
/// hold a larger value are put aside until none is left: the supremum is certain, not only the best of a grid.
///
/// # Input
/// `x1` successes among `n1` and `x2` among `n2`. Without successes, or without failures, the p-values are 1.
///
/// # Not estimable
/// `NoData` when a group is empty; `TooLarge` for more than 4000 subjects; `OutOfRange` when a count exceeds its total;
/// `NotConverged` if the search does not end.
///
/// # Agrees with
/// `scipy.stats.boschloo_exact` of the table with groups as columns; cases in `fixtures/reference/boschloo`. R
/// `exact2x2::boschloo(x1, n1, x2, n2, tsmethod = "central")` searches a grid only.
pub fn boschloo(x1: u64, n1: u64, x2: u64, n2: u64) -> Result<Boschloo, Undefined> {
    counts(x1, n1)?;
    counts(x2, n2)?;
    if n1.saturating_add(n2) > SUBJECTS {
        return Err(Undefined::TooLarge);
    }
    let p_greater = supremum(coefficients([x1, n1], [x2, n2]))?;
    let p_less = supremum(coefficients([x2, n2], [x1, n1]))?;
    Ok(Boschloo { p: (2.0 * p_greater.min(p_less)).min(1.0), p_greater, p_less })
}

/// For each number of successes in all, the largest one-sided p-value of Fisher's test for a higher proportion in the
/// first group that is not above that of the observed table.
fn coefficients([x1, n1]: [u64; 2], [x2, n2]: [u64; 2]) -> Vec<f64> {
    let observed = upper_tails(n1, n2, x1 + x2);
    let least = (x1 + x2).saturating_sub(n2);
    let limit = observed.iter().nth_back((x1 - least).try_into().unwrap_or(usize::MAX)).unwrap_or(&1.0) * (1.0 + TIE);
    let of_total = |total: u64| {
        let tails = upper_tails(n1, n2, total);
        let within = tails.partition_point(|tail| *tail <= limit);
        if within == 0 { 0.0 } else { tails[within - 1] }
    };
    (0..=n1 + n2).map(of_total).collect()
}

/// Probabilities of at least k successes in the first group when there are `total` in all, from the largest k down.
///
/// Sums begin with the smallest.
fn upper_tails(n1: u64, n2: u64, total: u64) -> Vec<f64> {
    let mut sum = 0.0;
    let mut tails: Vec<f64> = weights(n1, n2, total)
        .into_iter()
        .map(|probability| {
            sum += probability;
            sum
        })
        .collect();
    for tail in &mut tails {
        *tail /= sum;
    }
    tails
}

/// Probabilities of k successes in the first group when there are `total` in all, from the largest k down, as multiples
/// of the largest.
///
/// From the mode outwards each probability follows from its neighbour by four counts.
pub(super) fn weights(n1: u64, n2: u64, total: u64) -> Vec<f64> {
    let (least, largest) = (total.saturating_sub(n2), total.min(n1));
    let mode = ((n1 + 1) * (total + 1) / (n1 + n2 + 2)).clamp(least, largest);
    // The probability of k + 1 successes over that of k.
    let step = |k: u64| real((n1 - k) * (total - k)) / real((k + 1) * (n2 + k + 1 - total));
    let mut above = vec![1.0];
    for k in mode..largest {
        above.push(above[above.len() - 1] * step(k));
    }
    let mut probability = 1.0;
    above.reverse();
    for k in (least..mode).rev() {
        probability /= step(k);
        above.push(probability);
    }
    above
}

/// The largest value on [0, 1] of a polynomial with non-negative coefficients in Bernstein's basis.
pub(super) fn supremum(coefficients: Vec<f64>) -> Result<f64, Undefined> {
    let ends = |part: &[f64]| part[0].max(part[part.len() - 1]);
    let bound = |part: &[f64]| part.iter().copied().fold(0.0, f64::max);
    let mut best = ends(&coefficients);
    let mut parts = vec![coefficients];
    for _ in 0..INTERVALS {
        let Some(part) = parts.pop() else {
            return Ok(best.min(1.0));
        };
        if bound(&part) <= best * (1.0 + PRECISION) {
            continue;
        }
        let (left, right) = halves(part);
        best = best.max(ends(&left)).max(ends(&right));
        // The half with the higher bound is looked at first, so that good values are found early.
        let (first, second) = if bound(&left) > bound(&right) { (right, left) } else { (left, right) };
        parts.extend([first, second]);
    }
    Err(Undefined::NotConverged)
}

/// The coefficients of the same polynomial for the two halves of its interval.
fn halves(mut part: Vec<f64>) -> (Vec<f64>, Vec<f64>) {
    let mut left = Vec::with_capacity(part.len());
    for last in (0..part.len()).rev() {
        left.push(part[0]);
        for place in 0..last {
            part[place] = f64::midpoint(part[place], part[place + 1]);
        }
    }
    (left, part)
}

#[cfg(test)]
mod tests {
    use super::super::fisher_exact;
    use super::*;

    #[track_caller]
    fn assert_close(value: f64, expected: f64) {
        assert!(libm::fabs(value - expected) <= 1e-12 * expected, "{value:e} is not {expected:e}");
    }

    #[test]
    fn one_subject_in_each_group_on_paper() {
        // Fisher's p-value is 1/2 for this table only, whose probability π(1 − π) is largest at 1/2.
        let test = boschloo(1, 1, 0, 1).unwrap();
        assert_close(test.p_greater, 0.25);
        assert_close(test.p_less, 1.0);
        assert_close(test.p, 0.5);
    }

    #[test]
    fn all_against_none_on_paper() {
        // Only this table is as extreme: (π(1 − π))³ at 1/2.
        assert_close(boschloo(3, 3, 0, 3).unwrap().p, 2.0 / 64.0);
    }

    #[test]
    fn a_maximum_away_from_one_half_on_paper() {
        // 2 of 2 against 0 of 1: Fisher's p-value is 1/3, and no other table has one as small. π²(1 − π) is largest at
        // 2/3.
        assert_close(boschloo(2, 2, 0, 1).unwrap().p_greater, 4.0 / 27.0);
    }

    #[test]
    fn neither_the_order_of_groups_nor_that_of_outcomes_matters() {
        for [x1, n1, x2, n2] in [[15, 20, 8, 20], [3, 7, 1, 9], [5, 56, 0, 29], [56, 70, 48, 80]] {
            let here = boschloo(x1, n1, x2, n2).unwrap();
            for there in [boschloo(x2, n2, x1, n1), boschloo(n1 - x1, n1, n2 - x2, n2)] {
                let there = there.unwrap();
                assert_close(there.p, here.p);
                assert_close(there.p_greater, here.p_less);
            }
        }
    }

    #[test]
    fn never_above_twice_the_smaller_one_sided_p_of_fisher() {
        for (x1, x2) in (0..=7).flat_map(|x1| (0..=7).map(move |x2| (x1, x2))) {
            let test = boschloo(x1, 7, x2, 7).unwrap();
            // Equal groups: the two-sided p-value of Fisher is twice the one-sided.
            assert!(test.p <= fisher_exact(&[vec![x1, 7 - x1], vec![x2, 7 - x2]]).unwrap() * (1.0 + 1e-9));
        }
    }

    #[test]
    fn a_table_without_alternatives() {
        for x in [0, 20] {
            assert_eq!(boschloo(x, 20, x, 20), Ok(Boschloo { p: 1.0, p_greater: 1.0, p_less: 1.0 }));
        }
    }

    #[test]
    fn large_groups_are_done_or_refused() {
        assert!(boschloo(550, 1000, 500, 1000).is_ok_and(|test| test.p > 0.02 && test.p < 0.03));
        assert!(boschloo(1000, 1000, 0, 1000).is_ok_and(|test| test.p < 1e-200));
        assert_eq!(boschloo(1100, 2000, 1000, 2001), Err(Undefined::TooLarge));
        assert_eq!(boschloo(1, u64::MAX, 1, u64::MAX), Err(Undefined::TooLarge));
    }

    #[test]
    fn no_subjects_and_too_many_successes() {
        assert_eq!(boschloo(1, 5, 0, 0), Err(Undefined::NoData));
        assert_eq!(boschloo(6, 5, 1, 5), Err(Undefined::OutOfRange));
    }
}
