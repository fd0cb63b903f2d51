//! The probability to succeed in the end, given what was seen so far.

use super::super::distribution::{normal_cdf, normal_quantile};
use super::super::{Undefined, finite};
use super::crossing::{Crossing, crossing};

/// What is believed of the drift before the trial: a normal distribution.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Prior {
    /// Every drift alike.
    Flat,
    /// Normal, with this mean and standard deviation on the scale of the drift.
    Normal {
        /// Its mean.
        mean: f64,
        /// Its standard deviation.
        deviation: f64,
    },
}

/// The probability that Z exceeds a critical value at the end, given Z now and a drift.
///
/// # Method
/// B-values, Lan and Wittes 1988: Φ((B + θ(1 − t) − c) / √(1 − t)) with B = Z √t. The drift is that at the full information:
/// 0 for the null hypothesis, Z / √t for the current trend.
///
/// # Input
/// The share of the information that is there, strictly between 0 and 1.
///
/// # Not estimable
/// `OutOfRange` for a share outside 0 to 1 or values that are not finite.
///
/// # Agrees with
/// Closed form in R; cases in `fixtures/reference/sequential`.
pub fn conditional_power(z: f64, share: f64, critical: f64, drift: f64) -> Result<f64, Undefined> {
    let rest = remaining(share, &[z, critical, drift])?;
    normal_cdf((z * libm::sqrt(share) + drift * rest - critical) / libm::sqrt(rest))
}

/// Conditional power averaged over what is believed of the drift after what was seen.
///
/// # Method
/// Spiegelhalter, Freedman and Blackburn 1986; the drift is normal given the data, with the prior's precision added to the
/// information.
///
/// # Not estimable
/// As [`conditional_power`]; `OutOfRange` for a prior without a positive deviation.
///
/// # Agrees with
/// Integration in R; `gsDesign::gsPP` for a normal prior; cases in `fixtures/reference/sequential`.
pub fn predictive_power(z: f64, share: f64, critical: f64, prior: Prior) -> Result<f64, Undefined> {
    let rest = remaining(share, &[z, critical])?;
    let score = z * libm::sqrt(share);
    let (precision, weighted) = weights(prior)?;
    let variance = 1.0 / (share + precision);
    let mean = variance * (score + weighted);
    normal_cdf((score + mean * rest - critical) / libm::sqrt(rest + rest * rest * variance))
}

/// The Z at which [`conditional_power`] is a value: below it a trial may stop for futility.
///
/// # Method
/// The closed form of conditional power solved for Z; without drift, under the current trend.
///
/// # Not estimable
/// `OutOfRange` for a power or a share outside 0 to 1 or values that are not finite.
///
/// # Agrees with
/// Its own inverse in high precision; cases in `fixtures/reference/sequential`.
pub fn conditional_power_bound(power: f64, share: f64, critical: f64, drift: Option<f64>) -> Result<f64, Undefined> {
    let rest = remaining(share, &[critical, drift.unwrap_or_default()])?;
    let needed = critical + normal_quantile(power)? * libm::sqrt(rest);
    let root = libm::sqrt(share);
    // Under the trend the score at the end is expected to be Z / √t.
    finite(drift.map_or(needed * root, |drift| (needed - drift * rest) / root))
}

/// The Z at which [`predictive_power`] is a value.
///
/// # Method
/// The closed form of predictive power solved for Z.
///
/// # Not estimable
/// As [`predictive_power`]; `OutOfRange` for a power outside 0 to 1.
///
/// # Agrees with
/// Its own inverse in high precision; cases in `fixtures/reference/sequential`.
pub fn predictive_power_bound(power: f64, share: f64, critical: f64, prior: Prior) -> Result<f64, Undefined> {
    let rest = remaining(share, &[critical])?;
    let (precision, weighted) = weights(prior)?;
    let variance = 1.0 / (share + precision);
    let needed = critical + normal_quantile(power)? * libm::sqrt(rest + rest * rest * variance);
    finite((needed - variance * weighted * rest) / (1.0 + variance * rest) / libm::sqrt(share))
}

/// The precision of a prior, and its mean weighted by it.
fn weights(prior: Prior) -> Result<(f64, f64), Undefined> {
    match prior {
        Prior::Flat => Ok((0.0, 0.0)),
        Prior::Normal { mean, deviation } if deviation > 0.0 && deviation.is_finite() && mean.is_finite() => {
            Ok((1.0 / (deviation * deviation), mean / (deviation * deviation)))
        }
        Prior::Normal { .. } => Err(Undefined::OutOfRange),
    }
}

/// The probabilities to cross the bounds of the looks that remain, given Z at a look.
///
/// # Method
/// What remains is a trial of its own that starts at the score seen: its bounds are moved by it.
///
/// # Input
/// Information and upper bounds of all looks; `look` counts from 0 and is not the last; the drift is per unit of information.
///
/// # Not estimable
/// `OutOfRange` when there is no look left; else as [`crossing`].
///
/// # Agrees with
/// R `gsDesign::gsCP`; cases in `fixtures/reference/sequential`.
pub fn conditional_power_through(
    information: &[f64],
    upper: &[Option<f64>],
    look: usize,
    z: f64,
    drift: f64,
) -> Result<Crossing, Undefined> {
    let seen = *information.get(look).ok_or(Undefined::OutOfRange)?;
    let later = information.get(look + 1..).filter(|later| !later.is_empty()).ok_or(Undefined::OutOfRange)?;
    let score = z * libm::sqrt(seen);
    let rest: Vec<f64> = later.iter().map(|own| own - seen).collect();
    let bounds = upper.get(look + 1..).unwrap_or(&[]).iter().zip(later.iter().zip(&rest));
    let moved: Vec<Option<f64>> = bounds
        .map(|(bound, (own, rest))| bound.map(|bound| (bound * libm::sqrt(*own) - score) / libm::sqrt(*rest)))
        .collect();
    crossing(&rest, &vec![None; rest.len()], &moved, drift)
}

/// The share of the information that is still to come.
fn remaining(share: f64, values: &[f64]) -> Result<f64, Undefined> {
    let finite = values.iter().all(|value| value.is_finite());
    if share > 0.0 && share < 1.0 && finite { Ok(1.0 - share) } else { Err(Undefined::OutOfRange) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_look_left_is_the_closed_form() {
        let through = conditional_power_through(&[0.5, 1.0], &[Some(3.0), Some(1.96)], 0, 1.0, 2.0).unwrap();
        let closed = conditional_power(1.0, 0.5, 1.96, 2.0).unwrap();
        assert!(libm::fabs(through.upper[0] - closed) < 1e-15);
        // A prior that knows the drift gives the power at it.
        let known = Prior::Normal { mean: 2.0, deviation: 1e-9 };
        assert!(libm::fabs(predictive_power(1.0, 0.5, 1.96, known).unwrap() - closed) < 1e-12);
        assert_eq!(conditional_power(f64::NAN, 0.5, 2.0, 0.0), Err(Undefined::OutOfRange));
    }
}
