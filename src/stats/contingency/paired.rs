//! Two outcomes of the same subjects.

use super::super::distribution::{beta_lower, chi_square_sf, ln_odds_quantile};
use super::super::proportion::{Ratio, RatioInterval};
use super::super::{Undefined, real, tail};

/// The largest number of discordant pairs.
const PAIRS: u64 = 1 << 52;

/// `McNemar`'s test, asymptotic and exact, with the odds ratio of the discordant pairs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct McNemar {
    /// Squared difference of the discordant counts over their sum.
    pub statistic: f64,
    /// Its p-value, of a chi-square with one degree of freedom.
    pub p: f64,
    /// The same with continuity correction.
    pub statistic_corrected: f64,
    /// Its p-value.
    pub p_corrected: f64,
    /// Two-sided exact p-value: twice the smaller binomial tail, at most 1.
    pub p_exact: f64,
    /// Conditional odds ratio, the first discordant count over the second, with exact limits.
    pub odds_ratio: Ratio,
}

/// `McNemar`'s test of equal proportions in matched pairs.
///
/// # Method
/// `McNemar` 1947, Psychometrika 12:153; with the continuity correction of Edwards 1948; exact by the binomial
/// distribution with one half, and exact limits of the odds ratio from those of Clopper and Pearson.
///
/// # Input
/// `first` pairs with success in the first outcome only and `second` with success in the second only; `level` strictly
/// between 0 and 1. The correction is never larger than the difference.
///
/// # Not estimable
/// `ZeroVariance` without discordant pairs; `OutOfRange` when the level is not a probability or there are more than
/// 2^52 pairs; `NotConverged` beyond about 1e9 pairs.
///
/// # Agrees with
/// R `mcnemar.test(table, correct = FALSE)`, `mcnemar.test(table)` and `exact2x2::mcnemar.exact(table)`; cases in
/// `fixtures/reference/mcnemar`.
pub fn mcnemar(first: u64, second: u64, level: f64) -> Result<McNemar, Undefined> {
    let outside = tail(level)?;
    if first > PAIRS || second > PAIRS {
        return Err(Undefined::OutOfRange);
    }
    if first == 0 && second == 0 {
        return Err(Undefined::ZeroVariance);
    }
    let (b, c) = (real(first), real(second));
    let difference = real(first.abs_diff(second));
    let statistic = |distance: f64| distance * distance / (b + c);
    let [plain, corrected] = [statistic(difference), statistic((difference - 1.0).max(0.0))];
    let (fewer, more) = (b.min(c), b.max(c));
    // At most `fewer` of all: the upper end of a beta distribution.
    let lower_tail = beta_lower(0.5, more, fewer + 1.0)?;
    let lower = if first == 0 { 0.0 } else { libm::exp(ln_odds_quantile([outside, 1.0 - outside], b, c + 1.0)?) };
    let upper = || ln_odds_quantile([1.0 - outside, outside], b + 1.0, c).map(libm::exp);
    let odds_ratio = Ratio {
        estimate: (second > 0).then(|| b / c),
        interval: RatioInterval { lower, upper: if second == 0 { None } else { Some(upper()?) } },
    };
    Ok(McNemar {
        statistic: plain,
        p: chi_square_sf(plain, 1.0)?,
        statistic_corrected: corrected,
        p_corrected: chi_square_sf(corrected, 1.0)?,
        p_exact: (2.0 * lower_tail).min(1.0),
        odds_ratio,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_to_none_on_paper() {
        let found = mcnemar(4, 0, 0.95).unwrap();
        assert!(libm::fabs(found.statistic - 4.0) < 1e-15 && libm::fabs(found.statistic_corrected - 2.25) < 1e-15);
        assert!(libm::fabs(found.p_exact - 0.125) < 1e-15);
        let quarter = libm::sqrt(libm::sqrt(0.025));
        assert!(libm::fabs(found.odds_ratio.interval.lower - quarter / (1.0 - quarter)) < 1e-13);
        assert_eq!((found.odds_ratio.estimate, found.odds_ratio.interval.upper), (None, None));
    }

    #[test]
    fn exchanging_the_outcomes_inverts_the_odds_ratio() {
        for (first, second) in (1..=15).flat_map(|first| (1..=15).map(move |second| (first, second))) {
            let (here, there) = (mcnemar(first, second, 0.9).unwrap(), mcnemar(second, first, 0.9).unwrap());
            assert!(libm::fabs(here.p_exact - there.p_exact) < 1e-14 && here.p_exact <= 1.0);
            let (here, there) = (here.odds_ratio.interval, there.odds_ratio.interval);
            assert!(libm::fabs(here.lower * there.upper.unwrap() - 1.0) < 1e-12);
        }
    }

    #[test]
    fn equal_counts_and_none() {
        let equal = mcnemar(3, 3, 0.95).unwrap();
        assert!(libm::fabs(equal.p - 1.0) < 1e-15 && libm::fabs(equal.p_exact - 1.0) < 1e-15);
        assert!(libm::fabs(equal.p_corrected - 1.0) < 1e-15);
        assert_eq!(mcnemar(0, 0, 0.95), Err(Undefined::ZeroVariance));
        assert_eq!(mcnemar(1, 2, 1.0), Err(Undefined::OutOfRange));
        assert_eq!(mcnemar(u64::MAX, 2, 0.95), Err(Undefined::OutOfRange));
    }
}
