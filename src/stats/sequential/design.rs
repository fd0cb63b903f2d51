//! Designs that may stop for futility.

use super::super::Undefined;
use super::super::distribution::normal_quantile;
use super::bounds::{FARTHEST, NOTHING};
use super::density::Density;
use super::{increasing, root};

/// Whether the upper bounds count on a stop for futility.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Futility {
    /// The error is kept only if every stop for futility is obeyed.
    Binding,
    /// The error is kept whether it is obeyed or not.
    NonBinding,
}

/// Bounds of a design, and how much more information it needs than a trial with one look.
#[derive(Clone, Debug, PartialEq)]
pub struct FutilityDesign {
    /// Upper bounds on Z; none where nothing is spent.
    pub upper: Vec<Option<f64>>,
    /// Lower bounds on Z; at the last look the upper one.
    pub lower: Vec<Option<f64>>,
    /// Information at each look, in units where the drift is per unit.
    pub information: Vec<f64>,
}

/// What each look spends in each tail.
type Spent<'a> = (&'a [f64], &'a [f64]);

/// Upper and lower bounds; none where nothing is spent.
pub type Bounds = (Vec<Option<f64>>, Vec<Option<f64>>);

/// Lower bounds that spend the error of the second kind at a drift, beside upper bounds that spend that of the first kind;
/// the last look has no lower bound of its own.
///
/// # Method
/// Pampallona, Tsiatis and Kim 2001: the probability to fall below a lower bound for the first time, at the drift of the
/// alternative, is what its spending function says. A lower bound above the upper one is moved to it.
///
/// # Input
/// Actual information, and errors spent up to each look.
///
/// # Not estimable
/// `NoData` without looks; `OutOfRange` for lengths that differ, information that does not increase, or errors outside 0 to 1.
///
/// # Agrees with
/// R `gsDesign::gsDesign(test.type = 3 and 4)`; cases in `fixtures/reference/sequential`.
pub fn futility_bounds(
    information: &[f64],
    spent: (&[f64], &[f64]),
    drift: f64,
    futility: Futility,
) -> Result<Bounds, Undefined> {
    let (upper, lower, _) = bounds(information, spent, drift, futility)?;
    Ok((upper, lower))
}

/// The design whose bounds meet at the last look: it has the power that the errors promise.
///
/// # Method
/// The information is scaled until the lower bound of the last look is the upper one; see [`futility_bounds`].
///
/// # Input
/// `timing` are shares of the information, the last of which is 1; `drift` is the effect per unit of information.
///
/// # Not estimable
/// As [`futility_bounds`].
///
/// # Agrees with
/// R `gsDesign::gsDesign(test.type = 3 and 4)`; cases in `fixtures/reference/sequential`.
pub fn futility_design(
    timing: &[f64],
    spent: (&[f64], &[f64]),
    drift: f64,
    futility: Futility,
) -> Result<FutilityDesign, Undefined> {
    if !(drift > 0.0 && drift.is_finite()) {
        return Err(Undefined::OutOfRange);
    }
    increasing(timing)?;
    let scaled = |scale: f64| -> Vec<f64> { timing.iter().map(|share| share * scale).collect() };
    let met = |scale: f64| Ok(bounds(&scaled(scale), spent, drift, futility)?.2 >= 0.0);
    let total = |errors: &[f64]| errors.last().copied().filter(|error| *error > 0.0).ok_or(Undefined::OutOfRange);
    let distance = normal_quantile(total(spent.0)?)? + normal_quantile(total(spent.1)?)?;
    // From what a single look needs upwards: far beyond the answer the bounds would cross at the first look.
    let low = 0.5 * (distance / drift) * (distance / drift);
    let mut high = 2.0 * low;
    while !met(high)? {
        high *= 1.05;
        if high > 100.0 * low {
            return Err(Undefined::OutOfRange);
        }
    }
    let scale = root(low, high, met)?;
    let information = scaled(scale);
    let (upper, mut lower, _) = bounds(&information, spent, drift, futility)?;
    let last = lower.len() - 1;
    lower[last] = upper[last];
    Ok(FutilityDesign { upper, lower, information })
}

type Found = (Vec<Option<f64>>, Vec<Option<f64>>, f64);

/// The bounds, and by how much the lower one of the last look would lie above the upper one.
fn bounds(information: &[f64], (alpha, beta): Spent<'_>, drift: f64, futility: Futility) -> Result<Found, Undefined> {
    increasing(information)?;
    let proper = |spent: &[f64]| {
        spent.len() == information.len()
            && spent.windows(2).all(|pair| pair[1] >= pair[0])
            && spent.iter().all(|error| (0.0..1.0).contains(error))
    };
    if !proper(alpha) || !proper(beta) {
        return Err(Undefined::OutOfRange);
    }
    let (mut null, mut alternative) = (Density::start(), Density::start());
    let (mut upper, mut lower) = (Vec::new(), Vec::new());
    let (mut alpha_before, mut beta_before) = (0.0, 0.0);
    for (look, own) in information.iter().enumerate() {
        let (first, second) = (alpha[look] - alpha_before, beta[look] - beta_before);
        (alpha_before, beta_before) = (alpha[look], beta[look]);
        let high = (first > NOTHING)
            .then(|| root(-FARTHEST, FARTHEST, |bound| Ok(null.above(bound, *own, 0.0)? <= first)))
            .transpose()?;
        let low = (second > NOTHING)
            .then(|| root(-FARTHEST, FARTHEST, |bound| Ok(alternative.below(bound, *own, drift)? >= second)))
            .transpose()?;
        if look + 1 == information.len() {
            let gap = low.zip(high).map_or(-FARTHEST, |(low, high)| low - high);
            upper.push(high);
            lower.push(None);
            return Ok((upper, lower, gap));
        }
        let low = low.map(|low| high.map_or(low, |high| low.min(high)));
        let next = information[look + 1];
        let obeyed = if futility == Futility::Binding { low } else { None };
        null = null.advanced((obeyed, high), *own, next, 0.0);
        alternative = alternative.advanced((low, high), *own, next, drift);
        upper.push(high);
        lower.push(low);
    }
    Err(Undefined::NoData)
}
