//! How many subjects a comparison of two proportions needs.

use super::super::distribution::normal_quantile;
use super::super::{Undefined, finite};

/// Subjects in each of two arms of equal size.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ArmSize {
    /// The solution of the equation, not a whole number.
    pub exact: f64,
    /// The next whole number above it, as a number.
    pub subjects: f64,
}

/// Subjects an arm needs for a two-sided test of two proportions, the variance under the null hypothesis pooled.
///
/// # Method
/// Normal approximation without continuity correction, Fleiss, Levin and Paik 2003, Statistical Methods for Rates and
/// Proportions, formula 4.14: both errors with their own variance, that of the error of the first kind at the mean of
/// the proportions. The other side of the test is neglected.
///
/// # Input
/// Proportions `p1` and `p2` strictly between 0 and 1 and different; `alpha` two-sided and `power`, both strictly
/// between 0 and 1, the power above half of `alpha`.
///
/// # Not estimable
/// `ZeroVariance` when the proportions are equal: no number is enough; `OutOfRange` outside these.
///
/// # Agrees with
/// R `power.prop.test(p1 = , p2 = , sig.level = , power = )`; cases in `fixtures/reference/rate`.
pub fn two_proportion_size_pooled(p1: f64, p2: f64, alpha: f64, power: f64) -> Result<ArmSize, Undefined> {
    let mean = f64::midpoint(p1, p2);
    size(p1, p2, alpha, power, 2.0 * mean * (1.0 - mean))
}

/// Subjects an arm needs for a two-sided test of two proportions, the variance at the proportions assumed throughout.
///
/// # Method
/// Normal approximation without continuity correction, Chow, Shao and Wang 2008, Sample Size Calculations in Clinical
/// Research, section 4.2. The other side of the test is neglected.
///
/// # Input
/// As `two_proportion_size_pooled`.
///
/// # Not estimable
/// As `two_proportion_size_pooled`.
///
/// # Agrees with
/// `statsmodels.stats.power.NormalIndPower` with the standardised difference; cases in `fixtures/reference/rate`.
pub fn two_proportion_size_unpooled(p1: f64, p2: f64, alpha: f64, power: f64) -> Result<ArmSize, Undefined> {
    size(p1, p2, alpha, power, p1 * (1.0 - p1) + p2 * (1.0 - p2))
}

/// The size at a variance under the null hypothesis.
fn size(p1: f64, p2: f64, alpha: f64, power: f64, null_variance: f64) -> Result<ArmSize, Undefined> {
    let inside = |share: f64| share > 0.0 && share < 1.0;
    if ![p1, p2, alpha, power].into_iter().all(inside) || power <= alpha / 2.0 {
        return Err(Undefined::OutOfRange);
    }
    let difference = p1 - p2;
    if difference == 0.0 {
        return Err(Undefined::ZeroVariance);
    }
    let variance = p1 * (1.0 - p1) + p2 * (1.0 - p2);
    let distance = normal_quantile(power)? * variance.sqrt() - normal_quantile(alpha / 2.0)? * null_variance.sqrt();
    let root = distance / difference;
    let exact = finite(root * root)?;
    Ok(ArmSize { exact, subjects: exact.ceil().max(1.0) })
}

#[cfg(test)]
mod tests {
    use super::*;

    type Size = fn(f64, f64, f64, f64) -> Result<ArmSize, Undefined>;
    const SIZES: [Size; 2] = [two_proportion_size_pooled, two_proportion_size_unpooled];

    #[test]
    fn published_examples() {
        let of = |size: Size, p1, p2| size(p1, p2, 0.05, 0.8).unwrap().subjects.to_bits();
        assert_eq!(of(two_proportion_size_unpooled, 0.65, 0.85), 70.0_f64.to_bits());
        assert_eq!(of(two_proportion_size_pooled, 0.7, 0.4), 42.0_f64.to_bits());
    }

    #[test]
    fn half_the_power_needs_only_the_first_error() {
        // At a power of one half its quantile is 0: z² · 2 · ¼ / ¼ with proportions that are ¼ and ¾.
        let z = normal_quantile(0.975).unwrap();
        let found = two_proportion_size_pooled(0.25, 0.75, 0.05, 0.5).unwrap().exact;
        assert!(libm::fabs(found - 2.0 * z * z) < 1e-12);
    }

    #[test]
    fn arms_and_outcomes_are_exchangeable_and_pooling_never_needs_less() {
        for (p1, p2) in [(0.1, 0.3), (0.5, 0.8), (0.02, 0.97)] {
            for size in SIZES {
                let here = size(p1, p2, 0.05, 0.9).unwrap().exact;
                for there in [size(p2, p1, 0.05, 0.9), size(1.0 - p1, 1.0 - p2, 0.05, 0.9)] {
                    assert!(libm::fabs(there.unwrap().exact - here) < 1e-9 * here);
                }
            }
            let [pooled, unpooled] = SIZES.map(|size| size(p1, p2, 0.05, 0.9).unwrap().exact);
            assert!(pooled >= unpooled);
        }
    }

    #[test]
    fn what_no_number_of_subjects_answers() {
        for size in SIZES {
            assert_eq!(size(0.3, 0.3, 0.05, 0.8), Err(Undefined::ZeroVariance));
            for (p1, p2, alpha, power) in [
                (0.0, 0.5, 0.05, 0.8),
                (0.5, 1.0, 0.05, 0.8),
                (0.4, 0.5, 0.0, 0.8),
                (0.4, 0.5, 0.05, 1.0),
                (0.4, 0.5, 0.05, 0.02),
                (f64::NAN, 0.5, 0.05, 0.8),
            ] {
                assert_eq!(size(p1, p2, alpha, power), Err(Undefined::OutOfRange));
            }
        }
    }
}
