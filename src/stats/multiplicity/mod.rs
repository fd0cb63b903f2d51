//! P-values adjusted for several hypotheses: an adjusted value at most α rejects its hypothesis while the chance to reject
//! any true one stays at most α.

mod adjusted;
mod graph;
mod ordered;

pub use adjusted::{bonferroni, hochberg, holm, hommel};
pub use graph::graphical;
pub use ordered::{fallback, fixed_sequence};

use super::Undefined;

/// Weights may exceed a sum of 1 by the rounding of decimals such as thirds.
const ROUNDING: f64 = 1e-12;

/// At least one p-value, each from 0 to 1.
fn checked(p: &[f64]) -> Result<(), Undefined> {
    if p.is_empty() {
        return Err(Undefined::NoData);
    }
    if p.iter().all(|own| (0.0..=1.0).contains(own)) { Ok(()) } else { Err(Undefined::OutOfRange) }
}

/// Shares from 0 to 1 that share out no more than there is.
fn shares(shares: &[f64]) -> Result<(), Undefined> {
    let within = shares.iter().all(|own| (0.0..=1.0).contains(own));
    if within && shares.iter().sum::<f64>() <= 1.0 + ROUNDING { Ok(()) } else { Err(Undefined::OutOfRange) }
}
