//! The score interval of the odds ratio of two groups.

use super::super::distribution::normal_quantile;
use super::super::proportion::{RATIOS, Ratio, RatioInterval, counts, crossing};
use super::super::{Undefined, tail};

/// The sample odds ratio with limits from the score test.
///
/// # Method
/// Miettinen and Nurminen 1985, Statistics in Medicine 4:213: the odds ratios that the score test does not reject, its
/// variance taken at the constrained maximum of the likelihood (a quadratic equation) and multiplied by N / (N − 1), as
/// for the difference and the ratio of proportions. The limits are bisected until no double lies between.
///
/// # Input
/// `x1` successes among `n1` and `x2` among `n2`; `level` strictly between 0 and 1. At the least possible number of
/// successes of the first group the estimate and the lower limit are 0, at the largest the estimate and the upper limit
/// are infinite.
///
/// # Not estimable
/// `ZeroMargin` without successes or without failures; `NoData` when a group is empty; `OutOfRange` when a count exceeds
/// its total or the level is not a probability.
///
/// # Agrees with
/// R `ratesci::scoreci(x1, n1, x2, n2, contrast = "OR", skew = FALSE, bcf = TRUE, ORbias = FALSE)` by its
/// method; with its default it is `odds_ratio_score_debiased`. Cases in `fixtures/reference/odds-ratio` are bisected with
/// 50 digits.
pub fn odds_ratio_score(x1: u64, n1: u64, x2: u64, n2: u64, level: f64) -> Result<Ratio, Undefined> {
    let table = Margins::new([x1, n1], [x2, n2])?;
    let [(a, first), (c, second)] = table.pair;
    table.limits(Some(a / (first - a) / (c / (second - c))), level, false)
}

/// The odds ratio by a score whose bias is corrected, with its limits.
///
/// # Method
/// Laud 2018, Pharmaceutical Statistics 17:334: as `odds_ratio_score`, but from the score of the odds ratio its bias of first
/// order is taken, the difference of the constrained proportions over the sum of their binomial
/// variances. The estimate is where the corrected score is 0, closer to 1 than the quotient of the odds.
///
/// # Input
/// As `odds_ratio_score`.
///
/// # Not estimable
/// As `odds_ratio_score`.
///
/// # Agrees with
/// R `ratesci::scoreci(x1, n1, x2, n2, contrast = "OR", skew = FALSE, bcf = TRUE)`, where `ORbias = TRUE` is the default;
/// cases in `fixtures/reference/odds-ratio`.
pub fn odds_ratio_score_debiased(x1: u64, n1: u64, x2: u64, n2: u64, level: f64) -> Result<Ratio, Undefined> {
    let table = Margins::new([x1, n1], [x2, n2])?;
    let [low, high] = RATIOS;
    let estimate = (!table.least && !table.largest).then(|| crossing(low, high, |odds| table.score(odds, true) > 0.0));
    table.limits(estimate, level, true)
}

/// Two groups as (successes, total), and whether the first has as few and as many successes as their sum allows.
struct Margins {
    pair: [(f64, f64); 2],
    least: bool,
    largest: bool,
}

impl Margins {
    fn new([x1, n1]: [u64; 2], [x2, n2]: [u64; 2]) -> Result<Self, Undefined> {
        let pair = [counts(x1, n1)?, counts(x2, n2)?];
        if (x1 == 0 && x2 == 0) || (x1 == n1 && x2 == n2) {
            return Err(Undefined::ZeroMargin);
        }
        Ok(Self { pair, least: x1 == 0 || x2 == n2, largest: x2 == 0 || x1 == n1 })
    }

    /// An estimate, where the margins do not fix it, with its limits.
    fn limits(&self, estimate: Option<f64>, level: f64, debiased: bool) -> Result<Ratio, Undefined> {
        let z = -normal_quantile(tail(level)?)?;
        let [low, high] = RATIOS;
        let estimate = if self.least { Some(0.0) } else { estimate.filter(|_| !self.largest) };
        let find = |low: f64, high: f64, z: f64| crossing(low, high, |odds| self.score(odds, debiased) > z);
        let lower = if self.least { 0.0 } else { find(low, estimate.unwrap_or(high), z) };
        let upper = estimate.filter(|_| !self.largest).map(|estimate| find(estimate.max(low), high, -z));
        Ok(Ratio { estimate, interval: RatioInterval { lower, upper } })
    }

    /// The signed root of the score statistic for a true odds ratio.
    fn score(&self, ratio: f64, debiased: bool) -> f64 {
        let [(x1, n1), (x2, n2)] = self.pair;
        let (successes, failures) = (x1 + x2, n1 + n2 - x1 - x2);
        // The odds o of the second group of highest likelihood: r f o² + (r (n1 − s) + n2 − s) o − s = 0, its positive
        // root in the form in which nothing cancels.
        let linear = ratio * (n1 - successes) + (n2 - successes);
        let root = (linear * linear + 4.0 * ratio * failures * successes).sqrt();
        let odds =
            if linear > 0.0 { 2.0 * successes / (linear + root) } else { (root - linear) / (2.0 * ratio * failures) };
        let ([first, rest], [second, others]) = (share(ratio * odds), share(odds));
        let (variance1, variance2) = (n1 * first * rest, n2 * second * others);
        // The deviations of the four cells are the same but for the sign. That of the smallest cell holds most digits, and
        // all of them when the cell is empty.
        let cells = [
            (x1, x1 - n1 * first),
            (n1 - x1, n1 * rest - (n1 - x1)),
            (x2, n2 * second - x2),
            (n2 - x2, n2 - x2 - n2 * others),
        ];
        let (_, deviation) = cells.into_iter().fold(cells[0], |least, own| if own.0 < least.0 { own } else { least });
        let information = 1.0 / (1.0 / variance1 + 1.0 / variance2);
        let scale = (information * ((n1 + n2) / (n1 + n2 - 1.0))).sqrt();
        if scale <= 0.0 {
            // Nothing is left to vary: any distance is beyond all limits.
            return deviation * f64::MAX;
        }
        let bias = if debiased { (first - second) / (variance1 + variance2) * information } else { 0.0 };
        (deviation - bias) / scale
    }
}

/// The probability with these odds, and its complement.
fn share(odds: f64) -> [f64; 2] {
    if odds > 1.0 {
        let [complement, own] = share(1.0 / odds);
        return [own, complement];
    }
    [odds / (1.0 + odds), 1.0 / (1.0 + odds)]
}

#[cfg(test)]
mod tests {
    use super::super::super::distribution::chi_square_sf;
    use super::super::pearson_chi_square;
    use super::*;

    #[test]
    fn the_limit_is_one_where_the_test_says_so() {
        let statistic = pearson_chi_square(&[vec![15, 5], vec![8, 12]]).unwrap().statistic * 39.0 / 40.0;
        let level = 1.0 - chi_square_sf(statistic, 1.0).unwrap();
        let lower = odds_ratio_score(15, 20, 8, 20, level).unwrap().interval.lower;
        assert!(libm::fabs(lower - 1.0) < 1e-13);
    }

    #[test]
    fn empty_cells_leave_one_side_open_and_turn() {
        let none = odds_ratio_score(0, 20, 5, 20, 0.95).unwrap();
        assert_eq!((none.estimate, none.interval.lower.to_bits()), (Some(0.0), 0));
        let turned = odds_ratio_score(5, 20, 0, 20, 0.95).unwrap();
        assert_eq!((turned.estimate, turned.interval.upper), (None, None));
        assert!(libm::fabs(turned.interval.lower * none.interval.upper.unwrap() - 1.0) < 1e-13);
        let all = odds_ratio_score(20, 20, 15, 20, 0.95).unwrap();
        assert!(libm::fabs(all.interval.lower / turned.interval.lower - 1.0) < 1e-13);
    }

    #[test]
    fn without_bias_the_estimate_is_nearer_to_one() {
        for [x1, n1, x2, n2] in [[15, 20, 8, 20], [3, 7, 1, 9], [1, 4, 3, 4]] {
            let here = odds_ratio_score_debiased(x1, n1, x2, n2, 0.9).unwrap();
            let there = odds_ratio_score_debiased(x2, n2, x1, n1, 0.9).unwrap();
            let plain = odds_ratio_score(x1, n1, x2, n2, 0.9).unwrap().estimate.unwrap();
            let estimate = here.estimate.unwrap();
            assert!(libm::fabs(libm::log(estimate)) < libm::fabs(libm::log(plain)));
            assert!(here.interval.lower < estimate && estimate < here.interval.upper.unwrap());
            assert!(libm::fabs(here.interval.lower * there.interval.upper.unwrap() - 1.0) < 1e-12);
            assert!(libm::fabs(estimate * there.estimate.unwrap() - 1.0) < 1e-12);
        }
    }

    #[test]
    fn what_has_no_ratio() {
        for of in [odds_ratio_score, odds_ratio_score_debiased] {
            assert_eq!(of(0, 5, 0, 5, 0.95), Err(Undefined::ZeroMargin));
            assert_eq!(of(5, 5, 5, 5, 0.95), Err(Undefined::ZeroMargin));
            assert_eq!(of(1, 5, 0, 0, 0.95), Err(Undefined::NoData));
            assert_eq!(of(6, 5, 1, 5, 0.95), Err(Undefined::OutOfRange));
            assert_eq!(of(1, 5, 1, 5, 1.0), Err(Undefined::OutOfRange));
        }
        let huge = odds_ratio_score(1, u64::MAX, u64::MAX - 1, u64::MAX, 0.95).unwrap();
        assert!(huge.interval.lower >= 0.0 && huge.interval.upper.unwrap() < 1.0);
    }
}
