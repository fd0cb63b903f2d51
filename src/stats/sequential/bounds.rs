//! Bounds on Z that keep the error.

use super::super::Undefined;
use super::super::distribution::{normal_sf, t_quantile};
use super::density::Density;
use super::{increasing, root};

/// Bounds are sought up to here; the tail beyond is below the smallest double.
pub(super) const FARTHEST: f64 = 38.0;
/// An error below this cannot be told from none: there is no stop at that look.
pub(super) const NOTHING: f64 = 1e-300;

/// The sides of a test.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sides {
    /// The upper side.
    One,
    /// Both, with bounds that mirror each other; errors are those of one tail.
    Two,
}

impl Sides {
    pub(super) const fn lower(self, upper: Option<f64>) -> Option<f64> {
        match (self, upper) {
            (Self::Two, Some(bound)) => Some(-bound),
            _ => None,
        }
    }
}

/// Bounds at which the error spent is what a spending function says; none at a look where nothing is spent.
///
/// # Method
/// Lan and `DeMets` 1983: each bound from those before it and the actual information, under no drift.
///
/// # Input
/// Increasing information, actual or as shares; the error of one tail spent up to each look, not decreasing, below one half.
///
/// # Not estimable
/// `NoData` without looks; `OutOfRange` when lengths differ, information does not increase or spent error decreases.
///
/// # Agrees with
/// High-precision recursive integration to 1e-9; R `rpact` and `gsDesign` to what their tolerances leave; cases in
/// `fixtures/reference/sequential`.
pub fn spending_bounds(information: &[f64], spent: &[f64], sides: Sides) -> Result<Vec<Option<f64>>, Undefined> {
    increasing(information)?;
    let rising = spent.windows(2).all(|pair| pair[1] >= pair[0]);
    let sensible = spent.iter().all(|error| *error >= 0.0 && *error < 0.5);
    if spent.len() != information.len() || !rising || !sensible {
        return Err(Undefined::OutOfRange);
    }
    let mut density = Density::start();
    let mut bounds = Vec::with_capacity(information.len());
    let mut before = 0.0;
    for (look, own) in information.iter().enumerate() {
        let error = spent[look] - before;
        before = spent[look];
        let bound = if error > NOTHING {
            Some(root(-FARTHEST, FARTHEST, |bound| Ok(density.above(bound, *own, 0.0)? <= error))?)
        } else {
            None
        };
        bounds.push(bound);
        if let Some(next) = information.get(look + 1) {
            density = density.advanced((sides.lower(bound), bound), *own, *next, 0.0);
        }
    }
    Ok(bounds)
}

/// The shape of bounds that are fixed up to a constant.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Shape {
    /// The same at all looks.
    Pocock,
    /// Falling with the root of the information.
    ObrienFleming,
    /// The information to the power of Δ − ½: Pocock's for ½, O'Brien and Fleming's for 0.
    WangTsiatis(f64),
}

/// Bounds of a shape that together keep the error of one tail.
///
/// # Method
/// Pocock 1977; O'Brien and Fleming 1979; Wang and Tsiatis 1987.
///
/// # Not estimable
/// As [`spending_bounds`].
///
/// # Agrees with
/// Jennison and Turnbull 2000, tables 2.1, 2.3 and 2.9; cases in `fixtures/reference/sequential`.
pub fn shaped_bounds(information: &[f64], alpha: f64, shape: Shape, sides: Sides) -> Result<Vec<f64>, Undefined> {
    increasing(information)?;
    let power = match shape {
        Shape::Pocock => 0.0,
        Shape::ObrienFleming => -0.5,
        Shape::WangTsiatis(delta) => delta - 0.5,
    };
    if !(alpha > 0.0 && alpha < 0.5 && power.is_finite()) {
        return Err(Undefined::OutOfRange);
    }
    let all = information[information.len() - 1];
    let shaped =
        |constant: f64| -> Vec<f64> { information.iter().map(|own| constant * libm::pow(own / all, power)).collect() };
    let constant = root(0.0, FARTHEST / 2.0, |constant| {
        let bounds: Vec<Option<f64>> = shaped(constant).into_iter().map(|bound| Some(bound.min(FARTHEST))).collect();
        let lower: Vec<Option<f64>> = bounds.iter().map(|bound| sides.lower(*bound)).collect();
        Ok(super::crossing(information, &lower, &bounds, 0.0)?.upper.iter().sum::<f64>() <= alpha)
    })?;
    Ok(shaped(constant))
}

/// The bound of the last look that keeps the error of one tail when those before it are given, such as 3 at every look.
///
/// # Method
/// Haybittle 1971, Peto 1976; with none before it the bound of a single look.
///
/// # Not estimable
/// `OutOfRange` when the bounds before it have spent the error already; else as [`spending_bounds`].
///
/// # Agrees with
/// R `ldbounds` (Haybittle-Peto); cases in `fixtures/reference/sequential`.
pub fn last_bound(information: &[f64], before: &[Option<f64>], alpha: f64, sides: Sides) -> Result<f64, Undefined> {
    increasing(information)?;
    if before.len() + 1 != information.len() || !(alpha > 0.0 && alpha < 0.5) {
        return Err(Undefined::OutOfRange);
    }
    let (mut density, mut spent) = (Density::start(), 0.0);
    for (look, bound) in before.iter().enumerate() {
        if let Some(bound) = bound {
            spent += density.above(*bound, information[look], 0.0)?;
        }
        density = density.advanced((sides.lower(*bound), *bound), information[look], information[look + 1], 0.0);
    }
    let rest = alpha - spent;
    if rest <= NOTHING {
        return Err(Undefined::OutOfRange);
    }
    root(-FARTHEST, FARTHEST, |bound| Ok(density.above(bound, information[before.len()], 0.0)? <= rest))
}

/// Lower bounds for harm that spend their own error under no drift, whatever the upper bounds: negative Z that stop.
///
/// # Method
/// As [`spending_bounds`], mirrored; the upper bounds are left out, so that they may be overruled.
///
/// # Not estimable
/// As [`spending_bounds`].
///
/// # Agrees with
/// The mirror image of [`spending_bounds`]; cases in `fixtures/reference/sequential`.
pub fn harm_bounds(information: &[f64], spent: &[f64]) -> Result<Vec<Option<f64>>, Undefined> {
    let mirrored = spending_bounds(information, spent, Sides::One)?;
    Ok(mirrored.into_iter().map(|bound| bound.map(|bound| -bound)).collect())
}

/// The bound of a t statistic that has the nominal level of a bound on Z: what a small trial compares its t with.
///
/// # Not estimable
/// `OutOfRange` when the bound is not finite or the degrees of freedom are not above 0.
///
/// # Agrees with
/// R `qt(pnorm(bound, lower = FALSE), df, lower = FALSE)`; cases in `fixtures/reference/sequential`.
pub fn t_bound(bound: f64, df: f64) -> Result<f64, Undefined> {
    let level = normal_sf(libm::fabs(bound))?;
    Ok(libm::copysign(-t_quantile(level, df)?, bound))
}
