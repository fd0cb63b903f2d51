//! The probability to cross a bound at each look.

use super::super::Undefined;
use super::density::Density;
use super::increasing;

/// Probabilities to cross for the first time, look by look.
#[derive(Clone, Debug, PartialEq)]
pub struct Crossing {
    /// Above the upper bound.
    pub upper: Vec<f64>,
    /// Below the lower bound.
    pub lower: Vec<f64>,
}

impl Crossing {
    /// The expected information at the end of the trial, which stops at the last look in any case.
    #[must_use]
    pub fn expected_information(&self, information: &[f64]) -> f64 {
        let (mut going, mut sum) = (1.0, 0.0);
        for (look, own) in information.iter().enumerate() {
            let stops = if look + 1 == information.len() { going } else { self.upper[look] + self.lower[look] };
            sum += stops * own;
            going -= stops;
        }
        sum
    }
}

/// The probabilities to cross bounds on Z when the drift is `drift` for each unit of information.
///
/// # Method
/// Recursive integration of Armitage, `McPherson` and Rowe 1969, with Gauss and Legendre's rule on panels narrower than the
/// increments.
///
/// # Input
/// Increasing information; a bound for each look, none where there is no stop.
///
/// # Not estimable
/// `NoData` without looks; `OutOfRange` when information does not increase (by at least a ten-thousandth), a bound or the
/// drift is not finite, lengths differ or a lower bound is above its upper one.
///
/// # Agrees with
/// R `gsDesign::gsProbability`; high-precision integration; cases in `fixtures/reference/sequential`.
pub fn crossing(
    information: &[f64],
    lower: &[Option<f64>],
    upper: &[Option<f64>],
    drift: f64,
) -> Result<Crossing, Undefined> {
    increasing(information)?;
    let lengths = lower.len() == information.len() && upper.len() == information.len();
    let finite = lower.iter().chain(upper).flatten().all(|bound| bound.is_finite()) && drift.is_finite();
    let ordered = lower.iter().zip(upper).all(|(low, high)| low.zip(*high).is_none_or(|(low, high)| low <= high));
    if !(lengths && finite && ordered) {
        return Err(Undefined::OutOfRange);
    }
    let mut density = Density::start();
    let mut found = Crossing { upper: Vec::new(), lower: Vec::new() };
    for (look, own) in information.iter().enumerate() {
        let above = upper[look].map_or(Ok(0.0), |bound| density.above(bound, *own, drift))?;
        let below = lower[look].map_or(Ok(0.0), |bound| density.below(bound, *own, drift))?;
        found.upper.push(above);
        found.lower.push(below);
        if let Some(next) = information.get(look + 1) {
            density = density.advanced((lower[look], upper[look]), *own, *next, drift);
        }
    }
    Ok(found)
}
