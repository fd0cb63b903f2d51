//! Group-sequential methods: spending of the error, bounds, crossing probabilities, conditional power, and inference after
//! a trial has looked at its data more than once.
//!
//! A test statistic Z with information I at each look; the score Z √I is a Brownian motion with drift θ in the time I.
//! Information is in any unit in which θ is per unit; where only ratios matter, shares of the planned one do.

mod binomial;
mod bounds;
mod conditional;
mod crossing;
mod density;
mod design;
mod inference;
mod spending;
mod toxicity;

pub use binomial::{BinomialLook, beta_exceedance, binomial_crossing};
pub use bounds::{Shape, Sides, harm_bounds, last_bound, shaped_bounds, spending_bounds, t_bound};
pub use conditional::{
    Prior, conditional_power, conditional_power_bound, conditional_power_through, predictive_power,
    predictive_power_bound,
};
pub use crossing::{Crossing, crossing};
pub use design::{Bounds, Futility, FutilityDesign, futility_bounds, futility_design};
pub use inference::{drift_limits, repeated_interval, stagewise_p};
pub use spending::Spending;
pub use toxicity::{ToxicityBoundary, binomial_boundary, posterior_boundary, toxicity_boundary};

use super::Undefined;

/// The information of the looks, each more than the one before.
fn increasing(information: &[f64]) -> Result<(), Undefined> {
    let first = *information.first().ok_or(Undefined::NoData)?;
    let grows = information.windows(2).all(|pair| pair[1] > pair[0]);
    // Two looks closer than this would need a grid that nobody waits for.
    let apart = information.windows(2).all(|pair| pair[1] - pair[0] >= 1e-4 * pair[1]);
    let finite = information.iter().all(|value| value.is_finite());
    if first > 0.0 && grows && apart && finite { Ok(()) } else { Err(Undefined::OutOfRange) }
}

/// Where an increasing function changes its sign, to the last bit; both ends of the bracket are finite.
fn root(mut low: f64, mut high: f64, above: impl Fn(f64) -> Result<bool, Undefined>) -> Result<f64, Undefined> {
    if above(low)? || !above(high)? {
        return Err(Undefined::OutOfRange);
    }
    loop {
        let middle = 0.5 * (low + high);
        if middle <= low || middle >= high {
            return Ok(high);
        }
        if above(middle)? {
            high = middle;
        } else {
            low = middle;
        }
    }
}
