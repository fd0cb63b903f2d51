//! Monitoring of events of single subjects in one arm: exact binomial bounds and posterior probabilities.

use super::super::distribution::beta_lower;
use super::super::{Undefined, finite, real};

/// A look at one arm: how many subjects there are, and the counts of events that stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BinomialLook {
    /// Subjects so far.
    pub subjects: u64,
    /// Stop when so many events or more.
    pub upper: Option<u64>,
    /// Stop when so many events or fewer.
    pub lower: Option<u64>,
}

/// The probabilities to stop at each look, upper then lower, when each subject has the event with probability `p`.
///
/// # Method
/// Exact enumeration of the binomial paths, Schultz and others 1973.
///
/// # Input
/// Looks with increasing numbers of subjects, 5,000 at most.
///
/// # Not estimable
/// `NoData` without looks; `OutOfRange` for a probability outside 0 to 1 or numbers that do not increase; `TooLarge` above
/// 5,000 subjects.
///
/// # Agrees with
/// R `gsDesign::gsBinomialExact`; cases in `fixtures/reference/sequential`.
pub fn binomial_crossing(looks: &[BinomialLook], p: f64) -> Result<Vec<(f64, f64)>, Undefined> {
    let last = looks.last().ok_or(Undefined::NoData)?.subjects;
    let grows = looks[0].subjects > 0 && looks.windows(2).all(|pair| pair[1].subjects > pair[0].subjects);
    if !((0.0..=1.0).contains(&p) && grows) {
        return Err(Undefined::OutOfRange);
    }
    if last > 5_000 {
        return Err(Undefined::TooLarge);
    }
    // The probability of each count of events, of paths that have not stopped.
    let mut counts = vec![1.0];
    let mut seen = 0;
    let mut found = Vec::with_capacity(looks.len());
    for look in looks {
        for _ in seen..look.subjects {
            counts.resize(counts.len() + 1, 0.0);
            for at in (0..counts.len()).rev() {
                let from_below = if at > 0 { counts[at - 1] * p } else { 0.0 };
                counts[at] = counts[at] * (1.0 - p) + from_below;
            }
        }
        seen = look.subjects;
        let (mut above, mut below) = (0.0, 0.0);
        for (events, probability) in (0_u64..).zip(&mut counts) {
            let sum = if look.upper.is_some_and(|bound| events >= bound) {
                &mut above
            } else if look.lower.is_some_and(|bound| events <= bound) {
                &mut below
            } else {
                continue;
            };
            *sum += *probability;
            *probability = 0.0;
        }
        found.push((above, below));
    }
    Ok(found)
}

/// The posterior probability that the probability of an event exceeds a threshold, with a beta prior.
///
/// # Method
/// Beta-binomial: events and non-events are added to the parameters of the prior.
///
/// # Not estimable
/// `OutOfRange` for more events than subjects, a threshold outside 0 to 1 or a prior without positive parameters.
///
/// # Agrees with
/// R `pbeta(threshold, a + events, b + n - events, lower.tail = FALSE)`; cases in `fixtures/reference/sequential`.
pub fn beta_exceedance(events: u64, subjects: u64, threshold: f64, prior: (f64, f64)) -> Result<f64, Undefined> {
    let others = subjects.checked_sub(events).ok_or(Undefined::OutOfRange)?;
    if !((0.0..=1.0).contains(&threshold) && prior.0 > 0.0 && prior.1 > 0.0) {
        return Err(Undefined::OutOfRange);
    }
    // The upper tail is the lower one of the other beta.
    finite(beta_lower(1.0 - threshold, prior.1 + real(others), prior.0 + real(events))?)
}
