//! The rank-sum test within strata.

use super::super::{Undefined, real};
use super::wilcoxon::two_sided;
use super::{Ranked, count};

/// Van Elteren's test of two samples in strata.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct VanElteren {
    /// Positive when values of the first sample are larger.
    pub z: f64,
    /// Its square, a chi-square statistic with one degree of freedom.
    pub chi_square: f64,
    /// Two-sided p-value.
    pub p: f64,
}

/// Van Elteren's stratified rank-sum test, without continuity correction.
///
/// # Method
/// Van Elteren 1960, Bulletin of the International Statistical Institute 37:351: rank sums within strata, weighted by
/// 1 / (stratum size + 1), which is the most powerful choice when the shift is the same everywhere (Lehmann 1975,
/// Nonparametrics, chapter 3). Variances are those given the ties.
///
/// # Input
/// For each stratum the values of the first and of the second sample, finite. Values that should be tied must be equal.
/// A stratum with values of one sample only, or with equal values only, adds nothing.
///
/// # Not estimable
/// `NoData` without values; `NotEstimable` when no stratum has values of both samples; `ZeroVariance` when the values
/// of each such stratum are equal; `TooLarge` for more than 2^20 values in a stratum; `OutOfRange` when a value is not
/// finite.
///
/// # Agrees with
/// SAS `PROC FREQ` with `CMH2 SCORES=MODRIDIT` (row mean scores); cases in `fixtures/reference/wilcoxon`.
pub fn van_elteren(strata: &[[&[f64]; 2]]) -> Result<VanElteren, Undefined> {
    let (mut excesses, mut variances) = (Vec::new(), Vec::new());
    let mut reason = Undefined::NoData;
    for [a, b] in strata {
        let ranked = match Ranked::new(a, b) {
            Err(Undefined::NoData) => {
                if !(a.is_empty() && b.is_empty()) {
                    reason = Undefined::NotEstimable;
                }
                continue;
            }
            ranked => ranked?,
        };
        let weight = 1.0 / real(count(a) + count(b) + 1);
        excesses.push(ranked.excess() * weight);
        variances.push(ranked.variance() * weight * weight);
    }
    if excesses.is_empty() {
        return Err(reason);
    }
    let variance = sorted_sum(variances);
    if variance <= 0.0 {
        return Err(Undefined::ZeroVariance);
    }
    let z = sorted_sum(excesses) / variance.sqrt();
    Ok(VanElteren { z, chi_square: z * z, p: two_sided(z)? })
}

/// The sum in ascending order, the same in whatever order the strata come.
fn sorted_sum(mut terms: Vec<f64>) -> f64 {
    terms.sort_unstable_by(f64::total_cmp);
    terms.iter().sum()
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
    fn two_strata_on_paper() {
        // 4 of ranks 3, 4 (excess 2, variance 5/3, weight 1/5); 3 with rank 2 of the first (excess 0, variance 2/3,
        // weight 1/4): z = (2/5) / √(1/15 + 1/24).
        let strata: [[&[f64]; 2]; 2] = [[&[3.0, 4.0], &[1.0, 2.0]], [&[20.0], &[10.0, 30.0]]];
        let test = van_elteren(&strata).unwrap();
        assert_close(test.z, 0.4 / libm::sqrt(1.0 / 15.0 + 1.0 / 24.0));
        assert_close(test.chi_square, test.z * test.z);
        assert_close(test.p, libm::erfc(test.z / 2.0_f64.sqrt()));
    }

    #[test]
    fn one_stratum_is_the_rank_sum_test() {
        let (a, b) = ([3.0, 1.0, 4.0, 1.0], [5.0, 9.0, 2.0]);
        let test = van_elteren(&[[&a, &b]]).unwrap();
        assert_close(test.z, wilcoxon_rank_sum(&a, &b).unwrap().z);
    }

    #[test]
    fn strata_in_any_order_at_any_level_and_those_that_add_nothing() {
        let one: [&[f64]; 2] = [&[3.0, 4.5, 7.0], &[1.0, 2.0]];
        let two: [&[f64]; 2] = [&[120.0], &[110.0, 130.0, 115.0]];
        let here = van_elteren(&[one, two]).unwrap();
        assert_eq!(van_elteren(&[two, one]), Ok(here));
        assert_eq!(van_elteren(&[two, [&[5.0], &[]], one, [&[], &[]], [&[2.0], &[2.0]]]), Ok(here));
        assert_close(van_elteren(&[[one[1], one[0]], [two[1], two[0]]]).unwrap().z, -here.z);
    }

    #[test]
    fn what_cannot_be_compared() {
        assert_eq!(van_elteren(&[]), Err(Undefined::NoData));
        assert_eq!(van_elteren(&[[&[], &[]]]), Err(Undefined::NoData));
        assert_eq!(van_elteren(&[[&[1.0], &[]], [&[], &[2.0]]]), Err(Undefined::NotEstimable));
        assert_eq!(van_elteren(&[[&[1.0], &[1.0]]]), Err(Undefined::ZeroVariance));
        assert_eq!(van_elteren(&[[&[1.0], &[f64::NAN]]]), Err(Undefined::OutOfRange));
    }
}
