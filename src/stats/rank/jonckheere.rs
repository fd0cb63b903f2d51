//! The rank test of ordered samples.

use super::super::distribution::normal_sf;
use super::super::{Undefined, real};
use super::wilcoxon::two_sided;
use super::{Ranked, count, doubled_midranks};

/// Jonckheere and Terpstra's test.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Jonckheere {
    /// Pairs of values from two groups of which the one of the later group is the larger, equal ones by half.
    pub statistic: f64,
    /// Its distance from its expectation in standard deviations; positive when values rise with the groups.
    pub z: f64,
    /// Two-sided p-value.
    pub p: f64,
    /// Against values that rise with the groups.
    pub p_greater: f64,
    /// Against values that fall with the groups.
    pub p_less: f64,
}

/// Jonckheere and Terpstra's test of equal distributions against an order of the groups.
///
/// # Method
/// Jonckheere 1954, Biometrika 41:133, by its normal approximation without continuity correction; variance given the
/// ties, Hollander, Wolfe and Chicken 2014, Nonparametric Statistical Methods, 6.2.
///
/// # Input
/// Finite values, the groups in their order; groups without values are left out. Values that should be tied must be
/// equal.
///
/// # Not estimable
/// `NoData` without values; `TooFew` with fewer than two groups; `ZeroVariance` when all values are equal; `TooLarge`
/// for more than 2^20 values; `OutOfRange` when a value is not finite.
///
/// # Agrees with
/// SAS `PROC FREQ` with `JT`, R `clinfun::jonckheere.test` when there are ties; cases in
/// `fixtures/reference/jonckheere`.
pub fn jonckheere_terpstra(groups: &[&[f64]]) -> Result<Jonckheere, Undefined> {
    let all = groups.concat();
    let (ranks, _) = doubled_midranks(&all)?;
    if all.is_empty() {
        return Err(Undefined::NoData);
    }
    let groups: Vec<&[f64]> = groups.iter().copied().filter(|group| !group.is_empty()).collect();
    if groups.len() < 2 {
        return Err(Undefined::TooFew);
    }
    // Each group against all before it together.
    let (mut excess, mut pairs, mut before) = (0.0, 0, groups[0].to_vec());
    for group in &groups[1..] {
        excess += Ranked::new(group, &before)?.excess();
        pairs += count(group) * count(&before);
        before.extend_from_slice(group);
    }
    let mut sorted = ranks;
    sorted.sort_unstable();
    let tied: Vec<u64> = sorted.chunk_by(|one, two| one == two).map(count).collect();
    let sizes: Vec<u64> = groups.iter().map(|group| count(group)).collect();
    let variance = variance(count(&all), &sizes, &tied);
    if tied.len() == 1 {
        return Err(Undefined::ZeroVariance);
    }
    let z = excess / variance.sqrt();
    Ok(Jonckheere {
        statistic: excess + 0.5 * real(pairs),
        z,
        p: two_sided(z)?,
        p_greater: normal_sf(z)?,
        p_less: normal_sf(-z)?,
    })
}

/// The variance of the statistic when all groups have the same distribution, given the ties.
fn variance(n: u64, sizes: &[u64], tied: &[u64]) -> f64 {
    // Products of up to three numbers below 2^20 are exact, their sums too.
    let sum = |counts: &[u64], term: fn(u64) -> u64| real(counts.iter().map(|own| term(*own)).sum());
    let fifth = |own: u64| own * (own - 1) * (2 * own + 5);
    let third = |own: u64| own * (own - 1) * own.saturating_sub(2);
    let second = |own: u64| own * (own - 1);
    let first = (real(fifth(n)) - sum(sizes, fifth) - sum(tied, fifth)) / 72.0;
    let middle = if n > 2 { sum(sizes, third) * sum(tied, third) / (36.0 * real(third(n))) } else { 0.0 };
    first + middle + sum(sizes, second) * sum(tied, second) / (8.0 * real(second(n)))
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
        // All 12 pairs rise, 6 expected; variance (6 · 5 · 17 − 3 · 2 · 1 · 9) / 72 = 456/72.
        let test = jonckheere_terpstra(&[&[1.0, 2.0], &[3.0, 4.0], &[5.0, 6.0]]).unwrap();
        assert_close(test.statistic, 12.0);
        assert_close(test.z, 6.0 / libm::sqrt(456.0 / 72.0));
        let turned = jonckheere_terpstra(&[&[5.0, 6.0], &[], &[3.0, 4.0], &[1.0, 2.0]]).unwrap();
        assert_close(turned.z, -test.z);
        assert_close(turned.p_less, test.p_greater);
        assert_close(turned.statistic, 0.0);
    }

    #[test]
    fn two_groups_are_the_rank_sum_test() {
        let (a, b) = ([3.0, 1.0, 4.0, 1.0], [5.0, 9.0, 2.0, 4.0, 4.0]);
        let (ordered, two) = (jonckheere_terpstra(&[&a, &b]).unwrap(), wilcoxon_rank_sum(&b, &a).unwrap());
        assert_close(ordered.z, two.z);
        assert_close(ordered.statistic, two.u);
        assert_close(jonckheere_terpstra(&[&[1.0], &[2.0]]).unwrap().z, 1.0);
    }

    #[test]
    fn what_cannot_be_compared() {
        assert_eq!(jonckheere_terpstra(&[]), Err(Undefined::NoData));
        assert_eq!(jonckheere_terpstra(&[&[], &[]]), Err(Undefined::NoData));
        assert_eq!(jonckheere_terpstra(&[&[1.0, 2.0], &[]]), Err(Undefined::TooFew));
        assert_eq!(jonckheere_terpstra(&[&[0.1; 7], &[0.1; 3]]), Err(Undefined::ZeroVariance));
        assert_eq!(jonckheere_terpstra(&[&[1.0, f64::NAN], &[2.0]]), Err(Undefined::OutOfRange));
    }
}
