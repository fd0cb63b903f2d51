//! The odds ratio of two groups.

use super::super::distribution::normal_quantile;
use super::super::proportion::{RATIOS, Ratio, RatioInterval, about, counts, crossing};
use super::super::{Undefined, real, tail};

/// The largest total for which the exact limits take less than about a second: each sum has as many terms as there are
/// likely tables, in proportion to the square root of the total.
const TOTAL: f64 = 1e8;

/// Terms below this share of their sum leave no trace in it.
const NEGLIGIBLE: f64 = 1e-20;

/// Conditional maximum-likelihood estimate of the odds ratio with exact limits.
///
/// # Method
/// Given both margins the successes of the first group have Fisher's noncentral hypergeometric distribution. The
/// estimate makes their expectation the observed number; each limit leaves half the error in one tail (Cornfield 1956;
/// Gart 1970, Biometrika 57:471). Both are bisected until no double lies between.
///
/// # Input
/// `x1` successes among `n1` and `x2` among `n2`; `level` strictly between 0 and 1. At the least possible number of
/// successes the estimate and the lower limit are 0, at the largest the estimate and the upper limit are infinite.
///
/// # Not estimable
/// `ZeroMargin` without successes or without failures; `NoData` when a group is empty; `TooLarge` for more than 1e8
/// subjects; `OutOfRange` when a count exceeds its total or the level is not a probability.
///
/// # Agrees with
/// `scipy.stats.contingency.odds_ratio(table)`, and R `fisher.test(table, conf.level = level)` up to its search, which
/// stops about 1e-4 from the odds ratio or its reciprocal; cases in `fixtures/reference/odds-ratio`.
pub fn odds_ratio_exact(x1: u64, n1: u64, x2: u64, n2: u64, level: f64) -> Result<Ratio, Undefined> {
    let outside = tail(level)?;
    let (first, second) = (counts(x1, n1)?, counts(x2, n2)?);
    if no_alternative(x1, n1, x2, n2) {
        return Err(Undefined::ZeroMargin);
    }
    if first.1 + second.1 > TOTAL {
        return Err(Undefined::TooLarge);
    }
    let tables = Tables { a: x1, b: n1 - x1, c: x2, d: n2 - x2 };
    let (least, largest) = (tables.a.min(tables.d) == 0, tables.b.min(tables.c) == 0);
    let [low, high] = RATIOS;
    // Each condition holds for a smaller odds ratio than the one sought.
    let estimate = || {
        crossing(low, high, |odds| {
            let [above, below] = tables.sums(odds, real);
            above < below
        })
    };
    let lower = || {
        crossing(low, high, |odds| {
            let [above, below] = tables.sums(odds, |_| 1.0);
            (1.0 - outside) * (1.0 + above) < outside * below
        })
    };
    let upper = || {
        crossing(low, high, |odds| {
            let [above, below] = tables.sums(odds, |_| 1.0);
            outside * above < (1.0 - outside) * (1.0 + below)
        })
    };
    Ok(Ratio {
        estimate: if least { Some(0.0) } else { (!largest).then(estimate) },
        interval: RatioInterval { lower: if least { 0.0 } else { lower() }, upper: (!largest).then(upper) },
    })
}

/// The sample odds ratio with limits from the normal approximation of its logarithm.
///
/// # Method
/// Woolf 1955, Annals of Human Genetics 19:251: the logarithm of the cross product and the square root of the sum of
/// the reciprocal counts. No count is altered.
///
/// # Input
/// `x1` successes among `n1` and `x2` among `n2`; `level` strictly between 0 and 1.
///
/// # Not estimable
/// `ZeroMargin` without successes or without failures; `Separated` when any other cell is empty; `NoData` when a group is
/// empty; `OutOfRange` when a count exceeds its total or the level is not a probability.
///
/// # Agrees with
/// SAS `PROC FREQ` with `OR(CL=WALD)` and R `DescTools::OddsRatio(table, method = "wald")`; cases in
/// `fixtures/reference/odds-ratio`.
pub fn odds_ratio_wald(x1: u64, n1: u64, x2: u64, n2: u64, level: f64) -> Result<Ratio, Undefined> {
    let z = -normal_quantile(tail(level)?)?;
    counts(x1, n1)?;
    counts(x2, n2)?;
    if no_alternative(x1, n1, x2, n2) {
        return Err(Undefined::ZeroMargin);
    }
    let cells = [x1, n1 - x1, x2, n2 - x2];
    if cells.contains(&0) {
        return Err(Undefined::Separated);
    }
    let [success1, failure1, success2, failure2] = cells.map(real);
    let variance: f64 = cells.iter().map(|cell| 1.0 / real(*cell)).sum();
    Ok(about(success1 / failure1 / (success2 / failure2), z * variance.sqrt()))
}

/// Whether the margins leave only one table.
fn no_alternative(x1: u64, n1: u64, x2: u64, n2: u64) -> bool {
    (x1 == 0 && x2 == 0) || (x1 == n1 && x2 == n2)
}

/// The tables with the margins of the observed one, which has the cells a and b above c and d.
struct Tables {
    a: u64,
    b: u64,
    c: u64,
    d: u64,
}

impl Tables {
    /// Sums over the tables with more and with less successes in the first group, as multiples of the probability of
    /// the observed table: of a weight that depends on the distance from it.
    ///
    /// Probabilities follow from their neighbours by four counts and the odds ratio, so no digits are lost in
    /// logarithms of factorials. They have one mode, so on one side of the observed table they fall from the start: one
    /// sum at most is beyond the range of a double, and as infinity still the larger.
    fn sums(&self, odds: f64, weight: impl Fn(u64) -> f64) -> [f64; 2] {
        [
            side([self.b, self.c], [self.a, self.d], odds, &weight),
            side([self.a, self.d], [self.b, self.c], 1.0 / odds, &weight),
        ]
    }
}

/// The sum over one side: two cells shrink, two grow.
fn side(shrinking: [u64; 2], growing: [u64; 2], odds: f64, weight: impl Fn(u64) -> f64) -> f64 {
    let (mut sum, mut term) = (0.0, 1.0);
    for distance in 1..=shrinking[0].min(shrinking[1]) {
        let left = |cell: u64| real(cell - (distance - 1));
        let right = |cell: u64| real(cell + distance);
        let factor = left(shrinking[0]) / right(growing[0]) * (left(shrinking[1]) / right(growing[1])) * odds;
        term *= factor;
        let share = term * weight(distance);
        sum += share;
        // Once they fall they fall ever faster: what is left is less than this geometric series.
        if sum == f64::INFINITY || (factor < 1.0 && share < sum * NEGLIGIBLE * (1.0 - factor)) {
            break;
        }
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::super::super::distribution::normal_sf;
    use super::*;

    type TwoGroups = fn(u64, u64, u64, u64, f64) -> Result<Ratio, Undefined>;

    #[track_caller]
    fn assert_close(value: f64, expected: f64) {
        assert!(libm::fabs(value - expected) <= 1e-13 * expected, "{value:e} is not {expected:e}");
    }

    #[test]
    fn two_subjects_on_paper() {
        // One success in all, of the first subject or of the second: probability ψ / (1 + ψ).
        let sure = odds_ratio_exact(1, 1, 0, 1, 0.95).unwrap();
        assert_eq!((sure.estimate, sure.interval.upper), (None, None));
        assert_close(sure.interval.lower, 0.025 / 0.975);
        let other = odds_ratio_exact(0, 1, 1, 1, 0.95).unwrap();
        assert_eq!((other.estimate, other.interval.lower.to_bits()), (Some(0.0), 0));
        assert_close(other.interval.upper.unwrap(), 39.0);
    }

    #[test]
    fn two_successes_on_paper() {
        // Margins 2, 2 and 2, 2: probabilities 1, 4ψ, ψ² over their sum. The expectation is 1 at ψ = 1; at the lower
        // limit 0.975 (4ψ + ψ²) = 0.025.
        let ratio = odds_ratio_exact(1, 2, 1, 2, 0.95).unwrap();
        assert_close(ratio.estimate.unwrap(), 1.0);
        let lower = (4.0_f64 + 1.0 / 39.0).sqrt() - 2.0;
        assert!(libm::fabs(ratio.interval.lower - lower) < 1e-15);
        assert_close(ratio.interval.upper.unwrap(), 1.0 / ratio.interval.lower);
    }

    #[test]
    fn the_wald_interval_on_paper() {
        // 4/4 against 2/6: ratio 3, variance 1/4 + 1/4 + 1/2 + 1/6 = 7/6.
        let level = 1.0 - 2.0 * normal_sf(1.0).unwrap();
        let ratio = odds_ratio_wald(4, 8, 2, 8, level).unwrap();
        assert_close(ratio.estimate.unwrap(), 3.0);
        assert_close(ratio.interval.lower, 3.0 * libm::exp(-libm::sqrt(7.0 / 6.0)));
        assert_close(ratio.interval.upper.unwrap(), 3.0 * libm::exp(libm::sqrt(7.0 / 6.0)));
    }

    #[test]
    fn exchanging_groups_or_outcomes_inverts_the_interval() {
        for [x1, n1, x2, n2] in [[15, 20, 8, 20], [1, 20, 7, 30], [7, 2500, 19, 2400], [4000, 10_000, 4100, 9000]] {
            for ratio in [odds_ratio_exact as TwoGroups, odds_ratio_wald] {
                let here = ratio(x1, n1, x2, n2, 0.95).unwrap();
                for there in [ratio(x2, n2, x1, n1, 0.95), ratio(n1 - x1, n1, n2 - x2, n2, 0.95)] {
                    let there = there.unwrap();
                    assert_close(here.estimate.unwrap(), 1.0 / there.estimate.unwrap());
                    assert_close(here.interval.lower, 1.0 / there.interval.upper.unwrap());
                    assert_close(here.interval.upper.unwrap(), 1.0 / there.interval.lower);
                }
            }
        }
    }

    #[test]
    fn large_groups_are_like_the_wald_interval() {
        let (x, n) = (10_000_000, 50_000_000);
        let (exact, wald) = (odds_ratio_exact(x, n, x, n, 0.95).unwrap(), odds_ratio_wald(x, n, x, n, 0.95).unwrap());
        assert!(libm::fabs(exact.interval.lower - wald.interval.lower) < 1e-6);
        assert_eq!(odds_ratio_exact(x, n, x, n + 1, 0.95), Err(Undefined::TooLarge));
    }

    #[test]
    fn what_has_no_odds_ratio() {
        for ratio in [odds_ratio_exact as TwoGroups, odds_ratio_wald] {
            assert_eq!(ratio(0, 5, 0, 5, 0.95), Err(Undefined::ZeroMargin));
            assert_eq!(ratio(5, 5, 4, 4, 0.95), Err(Undefined::ZeroMargin));
            assert_eq!(ratio(1, 5, 0, 0, 0.95), Err(Undefined::NoData));
            assert_eq!(ratio(6, 5, 1, 5, 0.95), Err(Undefined::OutOfRange));
            assert_eq!(ratio(1, 5, 1, 5, f64::NAN), Err(Undefined::OutOfRange));
        }
        assert_eq!(odds_ratio_wald(0, 5, 1, 5, 0.95), Err(Undefined::Separated));
        assert_eq!(odds_ratio_wald(1, 5, 5, 5, 0.95), Err(Undefined::Separated));
    }
}
