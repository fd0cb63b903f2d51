//! Inference that remembers the looks.

use super::super::{Interval, Undefined, tail};
use super::crossing::crossing;
use super::{increasing, root};

/// The interval of the effect at a look that holds at all looks together.
///
/// # Method
/// Jennison and Turnbull 1984: estimate ∓ bound × standard error, where the bound is that of the look.
///
/// # Not estimable
/// `OutOfRange` for values that are not finite, or a standard error or bound that is not above 0.
///
/// # Agrees with
/// R `rpact::getAnalysisResults` (means, known variance); cases in `fixtures/reference/sequential`.
pub fn repeated_interval(estimate: f64, standard_error: f64, bound: f64) -> Result<Interval, Undefined> {
    let sensible = [estimate, standard_error, bound].iter().all(|value| value.is_finite());
    if !(sensible && standard_error > 0.0 && bound > 0.0) {
        return Err(Undefined::OutOfRange);
    }
    Ok(Interval { lower: estimate - bound * standard_error, upper: estimate + bound * standard_error })
}

/// The one-sided p-value of a trial that stopped at the last of these looks with this Z, by the order of its looks: any
/// earlier stop counts as more extreme.
///
/// # Method
/// Stage-wise ordering, Tsiatis, Rosner and Mehta 1984; the probability under `drift` (0 for the p-value).
///
/// # Input
/// Information of the looks up to the one of the stop; upper bounds of those before it.
///
/// # Not estimable
/// As [`crossing`].
///
/// # Agrees with
/// R `rpact` (final p-values); cases in `fixtures/reference/sequential`.
pub fn stagewise_p(information: &[f64], before: &[Option<f64>], z: f64, drift: f64) -> Result<f64, Undefined> {
    increasing(information)?;
    if before.len() + 1 != information.len() || !z.is_finite() {
        return Err(Undefined::OutOfRange);
    }
    let upper: Vec<Option<f64>> = before.iter().copied().chain([Some(z)]).collect();
    Ok(crossing(information, &vec![None; upper.len()], &upper, drift)?.upper.iter().sum())
}

/// The median-unbiased drift and its limits, by the order of the looks.
///
/// # Method
/// The drifts under which the stage-wise p-value is ½ and the tails of the level; see [`stagewise_p`].
///
/// # Input
/// As [`stagewise_p`]; `level` strictly between 0 and 1. The first value is the median.
///
/// # Not estimable
/// As [`stagewise_p`]; `OutOfRange` when a limit is further than a hundred standard errors.
///
/// # Agrees with
/// R `ldbounds::ldBounds` (interval on its own scale); cases in `fixtures/reference/sequential`.
pub fn drift_limits(
    information: &[f64],
    before: &[Option<f64>],
    z: f64,
    level: f64,
) -> Result<(f64, Interval), Undefined> {
    let outside = tail(level)?;
    increasing(information)?;
    let reach = 100.0 / libm::sqrt(information[0]);
    let at = |p: f64| root(-reach, reach, |drift| Ok(stagewise_p(information, before, z, drift)? >= p));
    Ok((at(0.5)?, Interval { lower: at(outside)?, upper: at(1.0 - outside)? }))
}
