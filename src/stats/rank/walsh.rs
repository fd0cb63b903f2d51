//! The centre of paired differences.

use super::super::Interval;
use super::super::describe::{QuantileRule, quantile};
use super::super::{Undefined, tail};
use super::signed_rank::sums;
use super::{Shift, ShiftLimits, count};

/// Differences whose means of pairs are still ordered within about a second.
const MOST: u64 = 1_000;

/// A cumulative probability that misses the error of the level only by rounding counts as reaching it.
const ROUNDING: f64 = 1e-12;

/// Hodges and Lehmann's estimate of the centre of differences with Tukey's limits.
///
/// # Method
/// Hodges and Lehmann 1963, Annals of Mathematical Statistics 34:598: the median of the means of all pairs of
/// differences, each with itself too; limits by inverting the exact signed-rank test (Lehmann 1975, Nonparametrics,
/// chapter 4). With ties and differences of 0 the distribution remains the one without, and the closed interval covers
/// the centre of a symmetric distribution with at least the same probability.
///
/// # Input
/// Finite differences, those of 0 included; `level` strictly between 0 and 1.
///
/// # Not estimable
/// `NoData` without differences; `TooLarge` for more than a thousand; `OutOfRange` when one is not finite or the level
/// is not a probability.
///
/// # Agrees with
/// R `wilcox.test(d, exact = TRUE, conf.int = TRUE, conf.level = level)` without ties and zeros, except that R gives
/// the two outermost means when no limits reach the level; cases in `fixtures/reference/signed-rank`.
pub fn pseudomedian(differences: &[f64], level: f64) -> Result<Shift, Undefined> {
    let outside = tail(level)?;
    if count(differences) > MOST {
        return Err(Undefined::TooLarge);
    }
    let pairs = differences.iter().enumerate();
    let mut means: Vec<f64> =
        pairs.flat_map(|(place, one)| differences[place..].iter().map(move |two| f64::midpoint(*one, *two))).collect();
    let estimate = quantile(&means, 0.5, QuantileRule::AveragedSteps)?;
    means.sort_unstable_by(f64::total_cmp);
    let (mut beyond, mut cumulative) = (0, 0.0);
    for probability in sums(&(1..=count(differences)).collect::<Vec<u64>>()) {
        if cumulative + probability >= outside * (1.0 - ROUNDING) {
            break;
        }
        cumulative += probability;
        beyond += 1;
    }
    let limits = (beyond > 0).then(|| ShiftLimits {
        interval: Interval { lower: means[beyond - 1], upper: means[means.len() - beyond] },
        coverage: 1.0 - 2.0 * cumulative,
    });
    Ok(Shift { estimate, limits })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_differences_on_paper() {
        // Means 1, 1½, 2½, 4½, 2, 3, 5, 4, 6, 8 of 1, 2, 4, 8: the median 3½. Sums 0 and 1 have 1/16 each.
        let found = pseudomedian(&[4.0, 1.0, 8.0, 2.0], 0.8).unwrap();
        assert!(libm::fabs(found.estimate - 3.5) < 1e-15);
        let limits = found.limits.unwrap();
        assert_eq!(limits.interval, Interval { lower: 1.0, upper: 8.0 });
        assert!(libm::fabs(limits.coverage - 14.0 / 16.0) < 1e-15);
        assert_eq!(pseudomedian(&[4.0, 1.0, 8.0, 2.0], 0.9).unwrap().limits, None);
        let turned = pseudomedian(&[-4.0, -1.0, -8.0, -2.0], 0.8).unwrap();
        assert!(libm::fabs(turned.estimate + 3.5) < 1e-15);
        assert_eq!(turned.limits.unwrap().interval, Interval { lower: -8.0, upper: -1.0 });
    }

    #[test]
    fn what_has_no_centre() {
        assert_eq!(pseudomedian(&[], 0.9), Err(Undefined::NoData));
        assert_eq!(pseudomedian(&[1.0, f64::NAN], 0.9), Err(Undefined::OutOfRange));
        assert_eq!(pseudomedian(&[1.0], 1.0), Err(Undefined::OutOfRange));
        assert_eq!(pseudomedian(&[1.0; 1001], 0.9), Err(Undefined::TooLarge));
        assert!(libm::fabs(pseudomedian(&[2.0; 9], 0.95).unwrap().limits.unwrap().interval.upper - 2.0) < 1e-15);
    }
}
