//! The sign test.

use super::super::distribution::beta_lower;
use super::super::{Undefined, real};

/// The sign test of paired differences.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SignTest {
    /// Differences above 0.
    pub positive: u64,
    /// Differences below 0.
    pub negative: u64,
    /// Two-sided p-value.
    pub p: f64,
    /// Against differences above 0.
    pub p_greater: f64,
    /// Against differences below 0.
    pub p_less: f64,
}

/// Exact sign test that positive and negative differences are as probable.
///
/// # Method
/// Binomial probabilities at one half; differences of 0 are left out (Dixon and Mood 1946, JASA 41:557).
///
/// # Input
/// Finite differences.
///
/// # Not estimable
/// `NoData` without differences; `ZeroVariance` when all are 0; `OutOfRange` when one is not finite.
///
/// # Agrees with
/// R `binom.test(sum(d > 0), sum(d != 0))`, SAS `PROC UNIVARIATE` (its M is half of positive less negative); cases in
/// `fixtures/reference/signed-rank`.
pub fn sign_test(differences: &[f64]) -> Result<SignTest, Undefined> {
    if differences.iter().any(|value| !value.is_finite()) {
        return Err(Undefined::OutOfRange);
    }
    if differences.is_empty() {
        return Err(Undefined::NoData);
    }
    let count = |holds: fn(&f64) -> bool| differences.iter().filter(|value| holds(value)).count() as u64;
    let (positive, negative) = (count(|value| *value > 0.0), count(|value| *value < 0.0));
    if positive + negative == 0 {
        return Err(Undefined::ZeroVariance);
    }
    let at_least = |number: u64| {
        let rest = positive + negative - number;
        if number == 0 { Ok(1.0) } else { beta_lower(0.5, real(number), real(rest + 1)) }
    };
    let (p_greater, p_less) = (at_least(positive)?, at_least(negative)?);
    Ok(SignTest { positive, negative, p: (2.0 * p_greater.min(p_less)).min(1.0), p_greater, p_less })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_differences_on_paper() {
        let test = sign_test(&[1.0, 0.5, 0.0, -2.0, 3.0, -0.0]).unwrap();
        assert_eq!((test.positive, test.negative), (3, 1));
        for (value, expected) in [(test.p, 10.0 / 16.0), (test.p_greater, 5.0 / 16.0), (test.p_less, 15.0 / 16.0)] {
            assert!(libm::fabs(value - expected) < 1e-15);
        }
        assert!(libm::fabs(sign_test(&[1.0, -1.0]).unwrap().p - 1.0) < 1e-15);
    }

    #[test]
    fn what_has_no_sign() {
        assert_eq!(sign_test(&[]), Err(Undefined::NoData));
        assert_eq!(sign_test(&[0.0, -0.0]), Err(Undefined::ZeroVariance));
        assert_eq!(sign_test(&[1.0, f64::NAN]), Err(Undefined::OutOfRange));
    }
}
