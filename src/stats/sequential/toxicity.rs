//! Boundaries for the number of subjects of an arm with an event.

use super::super::Undefined;
use super::super::distribution::beta_lower;
use super::super::real;
use super::binomial::{BinomialLook, beta_exceedance, binomial_crossing};

/// A probability that is the error itself keeps it: by so much more the arithmetic may err.
const SLACK: f64 = 1.0 + 1e-12;

/// The most subjects an arm is monitored over.
const MOST: u64 = 500;

/// The fewest events so many or more of which are improbable at a rate; none where even events in all are not.
///
/// # Method
/// The exact binomial tail of this number of subjects alone: P(X ≥ k) ≤ error. Repeated looks add up.
///
/// # Not estimable
/// `NoData` without subjects; `OutOfRange` for a rate or an error outside 0 to 1.
///
/// # Agrees with
/// Enumeration in exact rational arithmetic; cases in `fixtures/reference/sequential`.
pub fn binomial_boundary(subjects: u64, rate: f64, error: f64) -> Result<Option<u64>, Undefined> {
    if subjects == 0 {
        return Err(Undefined::NoData);
    }
    if !(open(rate) && open(error)) {
        return Err(Undefined::OutOfRange);
    }
    first(subjects, |events| Ok(tail(events, subjects, rate)? <= error * SLACK))
}

/// The fewest events at which the posterior probability that the rate exceeds an acceptable one is above a value; none
/// where it is not even with events in all.
///
/// # Method
/// As [`beta_exceedance`].
///
/// # Not estimable
/// As [`beta_exceedance`]; `NoData` without subjects; `OutOfRange` for a probability outside 0 to 1.
///
/// # Agrees with
/// Enumeration in exact rational arithmetic; cases in `fixtures/reference/sequential`.
pub fn posterior_boundary(subjects: u64, rate: f64, above: f64, prior: (f64, f64)) -> Result<Option<u64>, Undefined> {
    if subjects == 0 {
        return Err(Undefined::NoData);
    }
    if !(open(rate) && open(above)) {
        return Err(Undefined::OutOfRange);
    }
    if beta_exceedance(0, subjects, rate, prior)? > above {
        return Ok(Some(0));
    }
    first(subjects, |events| Ok(beta_exceedance(events, subjects, rate, prior)? > above))
}

/// A boundary for monitoring after every subject.
#[derive(Clone, Debug, PartialEq)]
pub struct ToxicityBoundary {
    /// The number of events that stops after 1, 2, 3 … subjects; none where no number does.
    pub events: Vec<Option<u64>>,
    /// The probability ever to stop at the acceptable rate: at most the error asked for.
    pub error: f64,
    /// The largest probability of as many events or more at any number of subjects: that of the boundary.
    pub level: f64,
}

/// The boundary of Pocock's type for monitoring after every subject: the same nominal probability at each, the largest for
/// which the probability ever to stop at an acceptable rate is at most the error.
///
/// # Method
/// Ivanova, Qaqish and Schell 2005, Biometrics 61:540: the boundary after n subjects is the fewest events whose exact
/// binomial tail is at most a level; the level is the largest of all binomial tails that keeps the error, by exact
/// enumeration of paths.
///
/// # Not estimable
/// `NoData` without subjects; `TooLarge` above 500; `OutOfRange` for a rate or an error outside 0 to 1.
///
/// # Agrees with
/// Enumeration in exact rational arithmetic; cases in `fixtures/reference/sequential`.
pub fn toxicity_boundary(subjects: u64, rate: f64, error: f64) -> Result<ToxicityBoundary, Undefined> {
    if subjects == 0 {
        return Err(Undefined::NoData);
    }
    if subjects > MOST {
        return Err(Undefined::TooLarge);
    }
    if !(open(rate) && open(error)) {
        return Err(Undefined::OutOfRange);
    }
    let mut tails: Vec<Vec<f64>> = Vec::new();
    for n in 1..=subjects {
        tails.push((1..=n).map(|events| tail(events, n, rate)).collect::<Result<_, _>>()?);
    }
    let mut levels: Vec<f64> = tails.iter().flatten().copied().filter(|level| *level <= error * SLACK).collect();
    levels.sort_by(f64::total_cmp);
    levels.dedup();
    let at = |level: f64| -> Result<ToxicityBoundary, Undefined> {
        let least =
            |row: &Vec<f64>| (1..).zip(row).find(|(_, tail)| **tail <= level).map(|(events, _): (u64, _)| events);
        let events: Vec<Option<u64>> = tails.iter().map(least).collect();
        let looks: Vec<BinomialLook> =
            (1..).zip(&events).map(|(subjects, upper)| BinomialLook { subjects, upper: *upper, lower: None }).collect();
        let error = binomial_crossing(&looks, rate)?.iter().map(|(above, _)| above).sum();
        Ok(ToxicityBoundary { events, error, level })
    };
    // Of the levels in their order those that keep the error come first.
    let (mut kept, mut beyond) = (0, levels.len());
    while kept < beyond {
        let middle = usize::midpoint(kept, beyond);
        if at(levels[middle])?.error <= error * SLACK {
            kept = middle + 1;
        } else {
            beyond = middle;
        }
    }
    match kept.checked_sub(1) {
        Some(last) => at(levels[last]),
        None => at(0.0),
    }
}

fn open(share: f64) -> bool {
    share > 0.0 && share < 1.0
}

/// The fewest events, from one, for which something holds.
fn first(subjects: u64, holds: impl Fn(u64) -> Result<bool, Undefined>) -> Result<Option<u64>, Undefined> {
    for events in 1..=subjects {
        if holds(events)? {
            return Ok(Some(events));
        }
    }
    Ok(None)
}

/// The probability of so many events or more.
fn tail(events: u64, subjects: u64, rate: f64) -> Result<f64, Undefined> {
    beta_lower(rate, real(events), real(subjects - events + 1))
}
