//! Trend of a proportion over ordered groups.

use super::super::describe::compensated;
use super::super::distribution::normal_sf;
use super::super::proportion::counts;
use super::super::{Undefined, real};
use super::LARGEST;

/// Test of a linear trend of proportions.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ProportionTrend {
    /// The statistic, above 0 when the proportion rises with the score.
    pub z: f64,
    /// Two-sided p-value.
    pub p: f64,
    /// Against a rise.
    pub p_greater: f64,
    /// Against a fall.
    pub p_less: f64,
}

/// Test of a linear trend of proportions over groups with scores (doses).
///
/// # Method
/// Cochran 1954, Biometrics 10:417; Armitage 1955, Biometrics 11:375: the covariance of score and success over its
/// binomial standard error without a trend (N, not N − 1, in the denominator). No continuity correction.
///
/// # Input
/// For each group the successes, the total and a finite score. Empty groups are left out.
///
/// # Not estimable
/// `NoData` without subjects; `ZeroMargin` without successes or without failures; `ZeroVariance` when the scores do not
/// differ; `OutOfRange` when the columns differ in length, a count exceeds its total, the total exceeds 2^53 or a score
/// is not finite.
///
/// # Agrees with
/// R `DescTools::CochranArmitageTest(table)` and SAS `PROC FREQ` with `TREND`, for scores 1, 2, … and up to the sign;
/// cases in `fixtures/reference/cochran-armitage`.
pub fn cochran_armitage(successes: &[u64], totals: &[u64], scores: &[f64]) -> Result<ProportionTrend, Undefined> {
    if successes.len() != totals.len() || scores.len() != totals.len() || scores.iter().any(|own| !own.is_finite()) {
        return Err(Undefined::OutOfRange);
    }
    let sum = |counts: &[u64]| counts.iter().try_fold(0_u64, |sum, own| sum.checked_add(*own));
    let total = sum(totals).filter(|total| *total <= LARGEST).ok_or(Undefined::OutOfRange)?;
    if successes.iter().zip(totals).any(|(x, n)| x > n) {
        return Err(Undefined::OutOfRange);
    }
    let all = sum(successes).ok_or(Undefined::OutOfRange)?;
    let (x, n) = counts(all, total)?;
    if all == 0 || all == total {
        return Err(Undefined::ZeroMargin);
    }
    let groups = || successes.iter().zip(totals).zip(scores).map(|((x, n), score)| (real(*x), real(*n), *score));
    let mean = compensated(groups().map(|(_, n, score)| n * score)) / n;
    let squares = compensated(groups().map(|(_, n, score)| n * (score - mean) * (score - mean)));
    let mut occupied = groups().filter(|(_, n, _)| *n > 0.0).map(|(_, _, score)| score);
    let first = occupied.next();
    let same = occupied.all(|score| Some(score) == first);
    if same {
        return Err(Undefined::ZeroVariance);
    }
    if !(squares > 0.0 && squares.is_finite()) {
        return Err(Undefined::OutOfRange);
    }
    let share = x / n;
    let deviation = compensated(groups().map(|(x, n, score)| (x - n * share) * (score - mean)));
    let z = deviation / (share * ((n - x) / n) * squares).sqrt();
    let (p_greater, p_less) = (normal_sf(z)?, normal_sf(-z)?);
    Ok(ProportionTrend { z, p: (2.0 * p_greater.min(p_less)).min(1.0), p_greater, p_less })
}

#[cfg(test)]
mod tests {
    use super::super::pearson_chi_square;
    use super::*;

    #[test]
    fn with_two_groups_its_square_is_pearsons() {
        let z = cochran_armitage(&[15, 8], &[20, 20], &[0.0, 1.0]).unwrap().z;
        let chi = pearson_chi_square(&[vec![15, 5], vec![8, 12]]).unwrap().statistic;
        assert!(z < 0.0 && libm::fabs(z * z - chi) < 1e-13);
    }

    #[test]
    fn orders_units_and_empty_groups() {
        let here = cochran_armitage(&[1, 4, 6], &[10, 12, 9], &[1.0, 2.0, 4.0]).unwrap();
        let there = cochran_armitage(&[6, 0, 1, 4], &[9, 0, 10, 12], &[-40.0, 7.0, -10.0, -20.0]).unwrap();
        let failures = cochran_armitage(&[9, 8, 3], &[10, 12, 9], &[1.0, 2.0, 4.0]).unwrap();
        for turned in [there, failures] {
            assert!(here.z > 0.0 && libm::fabs(here.z + turned.z) < 1e-13);
            assert!(libm::fabs(here.p_greater - turned.p_less) < 1e-14 && libm::fabs(here.p - turned.p) < 1e-14);
        }
    }

    #[test]
    fn what_has_no_trend() {
        assert_eq!(cochran_armitage(&[], &[], &[]), Err(Undefined::NoData));
        assert_eq!(cochran_armitage(&[0, 0], &[4, 5], &[1.0, 2.0]), Err(Undefined::ZeroMargin));
        assert_eq!(cochran_armitage(&[4, 5], &[4, 5], &[1.0, 2.0]), Err(Undefined::ZeroMargin));
        assert_eq!(cochran_armitage(&[1, 2], &[4, 5], &[0.1, 0.1]), Err(Undefined::ZeroVariance));
        assert_eq!(cochran_armitage(&[5, 2], &[4, 5], &[1.0, 2.0]), Err(Undefined::OutOfRange));
        assert_eq!(cochran_armitage(&[1, 2], &[4, 5], &[1.0, f64::INFINITY]), Err(Undefined::OutOfRange));
        assert_eq!(cochran_armitage(&[1, 2], &[4, 5], &[1.0]), Err(Undefined::OutOfRange));
        assert_eq!(cochran_armitage(&[1, 2], &[4, u64::MAX], &[1.0, 2.0]), Err(Undefined::OutOfRange));
    }
}
