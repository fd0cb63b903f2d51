//! Whether the odds ratio is the same in all strata.

use super::super::describe::compensated;
use super::super::distribution::chi_square_sf;
use super::super::proportion::Stratum;
use super::super::{Undefined, real, size};
use super::ChiSquare;

/// The test of equal odds ratios, as Breslow and Day gave it and with Tarone's correction.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Homogeneity {
    /// The common odds ratio of Mantel and Haenszel.
    pub odds_ratio: f64,
    /// The test of Breslow and Day.
    pub breslow_day: ChiSquare,
    /// The same with the correction of Tarone, which makes it efficient.
    pub tarone: ChiSquare,
}

/// Test that the odds ratio of two groups is the same in all strata.
///
/// # Method
/// Breslow and Day 1980, IARC Scientific Publications 32, 4.4: squared deviations of the first group's successes from
/// those fitted with the common odds ratio of Mantel and Haenszel, over their asymptotic variances.
/// Tarone 1985, Biometrika 72:91, takes from it the squared sum of the deviations over the sum of the variances.
///
/// # Input
/// The strata in any order. Those that lack a group, successes or failures tell nothing and count for no degree of
/// freedom.
///
/// # Not estimable
/// `NoData` without subjects; `TooFew` when fewer than two strata tell something; `ZeroMargin` when the common odds
/// ratio is 0 or infinite; `OutOfRange` when a count exceeds its total.
///
/// # Agrees with
/// R `DescTools::BreslowDayTest(tables)` and `correct = TRUE`, which fails on strata without successes; SAS `PROC FREQ`
/// with `CMH(BDT)`; cases in `fixtures/reference/breslow-day`.
pub fn breslow_day(strata: &[Stratum]) -> Result<Homogeneity, Undefined> {
    if strata.iter().any(|own| own.x1 > own.n1 || own.x2 > own.n2) {
        return Err(Undefined::OutOfRange);
    }
    if strata.iter().all(|own| own.n1 == 0 && own.n2 == 0) {
        return Err(Undefined::NoData);
    }
    let telling = |own: &&Stratum| {
        let none = own.x1 == 0 && own.x2 == 0;
        let all = own.x1 == own.n1 && own.x2 == own.n2;
        own.n1 > 0 && own.n2 > 0 && !none && !all
    };
    let strata: Vec<[f64; 4]> =
        strata.iter().filter(telling).map(|own| [own.x1, own.n1, own.x2, own.n2].map(real)).collect();
    if strata.len() < 2 {
        return Err(Undefined::TooFew);
    }
    let above = compensated(strata.iter().map(|[x1, n1, x2, n2]| x1 * ((n2 - x2) / (n1 + n2))));
    let below = compensated(strata.iter().map(|[x1, n1, x2, n2]| x2 * ((n1 - x1) / (n1 + n2))));
    if above <= 0.0 || below <= 0.0 {
        return Err(Undefined::ZeroMargin);
    }
    let odds_ratio = above / below;
    let parts: Vec<[f64; 2]> = strata.iter().map(|stratum| deviation(*stratum, odds_ratio)).collect();
    let statistic = compensated(parts.iter().map(|[deviation, variance]| deviation * deviation / variance));
    let sum = compensated(parts.iter().map(|[deviation, _]| *deviation));
    let variance = compensated(parts.iter().map(|[_, variance]| *variance));
    let df = size(&parts) - 1.0;
    let test = |statistic: f64| Ok(ChiSquare { statistic, df, p: chi_square_sf(statistic, df)? });
    Ok(Homogeneity {
        odds_ratio,
        breslow_day: test(statistic)?,
        tarone: test((statistic - sum * (sum / variance)).max(0.0))?,
    })
}

/// Deviation of the first group's successes from the fitted, and its variance.
fn deviation([x1, n1, x2, n2]: [f64; 4], odds_ratio: f64) -> [f64; 2] {
    let successes = x1 + x2;
    // (1 − r) a² + q a − r n1 s = 0, its only root within the margins, in the form in which nothing cancels.
    let linear = n2 - successes + odds_ratio * (n1 + successes);
    let constant = odds_ratio * n1 * successes;
    let root = (linear * linear + 4.0 * (1.0 - odds_ratio) * constant).max(0.0).sqrt();
    let fitted =
        if linear > 0.0 { 2.0 * constant / (linear + root) } else { (root - linear) / (2.0 * (1.0 - odds_ratio)) };
    let cells = [fitted, n1 - fitted, successes - fitted, n2 - successes + fitted];
    [x1 - fitted, 1.0 / cells.iter().map(|cell| 1.0 / cell).sum::<f64>()]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strata(rows: &[[u64; 4]]) -> Vec<Stratum> {
        rows.iter().map(|[x1, n1, x2, n2]| Stratum { x1: *x1, n1: *n1, x2: *x2, n2: *n2 }).collect()
    }

    #[test]
    fn opposite_strata_on_paper() {
        // Common odds ratio 1: fitted 4 of 8 and 4 of 8 in both, deviations 2 and −2, variances 1.
        let found = breslow_day(&strata(&[[6, 8, 2, 8], [2, 8, 6, 8]])).unwrap();
        assert!(libm::fabs(found.odds_ratio - 1.0) < 1e-15);
        assert!(libm::fabs(found.breslow_day.statistic - 8.0) < 1e-13);
        assert!(libm::fabs(found.tarone.statistic - 8.0) < 1e-13);
        assert!(libm::fabs(found.tarone.df - 1.0) < 1e-15);
    }

    #[test]
    fn groups_and_outcomes_may_be_exchanged_and_silent_strata_left_out() {
        let rows = [[8, 12, 1, 11], [5, 10, 3, 10], [9, 10, 2, 3]];
        let here = breslow_day(&strata(&rows)).unwrap();
        let turned = rows.map(|[x1, n1, x2, n2]| [x2, n2, x1, n1]);
        let failures = rows.map(|[x1, n1, x2, n2]| [n1 - x1, n1, n2 - x2, n2]);
        let mut silent = rows.to_vec();
        silent.extend([[0, 5, 0, 6], [3, 3, 4, 4], [1, 4, 0, 0]]);
        for (rows, turned) in [(turned.to_vec(), true), (failures.to_vec(), true), (silent, false)] {
            let there = breslow_day(&strata(&rows)).unwrap();
            let ratio = if turned { 1.0 / there.odds_ratio } else { there.odds_ratio };
            assert!(libm::fabs(here.odds_ratio / ratio - 1.0) < 1e-13);
            assert!(libm::fabs(here.breslow_day.statistic - there.breslow_day.statistic) < 1e-12);
            assert!(libm::fabs(here.tarone.statistic - there.tarone.statistic) < 1e-12);
        }
    }

    #[test]
    fn all_small_tables_have_a_value_or_a_reason() {
        let cells = || (0..=3).flat_map(|x1| (0..=3).map(move |x2| [x1, 3, x2, 3]));
        for (first, second) in cells().flat_map(|first| cells().map(move |second| (first, second))) {
            match breslow_day(&strata(&[first, second])) {
                Ok(found) => assert!(found.breslow_day.statistic >= found.tarone.statistic - 1e-12),
                Err(reason) => assert!(reason == Undefined::TooFew || reason == Undefined::ZeroMargin),
            }
        }
    }

    #[test]
    fn what_cannot_be_compared() {
        assert_eq!(breslow_day(&[]), Err(Undefined::NoData));
        assert_eq!(breslow_day(&strata(&[[1, 5, 2, 5]])), Err(Undefined::TooFew));
        assert_eq!(breslow_day(&strata(&[[1, 5, 2, 5], [0, 5, 0, 5]])), Err(Undefined::TooFew));
        assert_eq!(breslow_day(&strata(&[[0, 5, 2, 5], [0, 5, 1, 5]])), Err(Undefined::ZeroMargin));
        assert_eq!(breslow_day(&strata(&[[6, 5, 2, 5], [0, 5, 1, 5]])), Err(Undefined::OutOfRange));
    }
}
