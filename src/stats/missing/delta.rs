//! How far imputed values can be shifted before a conclusion tips.

use super::super::{Interval, Undefined};

/// Completed values of a subject with a shift at those that were imputed.
///
/// # Method
/// Each imputed value plus the shift of its visit; observed values stay.
///
/// # Input
/// Completed values, which of them were imputed, and a shift for each visit.
///
/// # Not estimable
/// `NoData` without visits; `OutOfRange` for columns of different lengths and for what is not finite.
///
/// # Agrees with
/// `NumPy`; cases in `fixtures/reference/missing`.
pub fn delta_adjusted(values: &[f64], imputed: &[bool], shifts: &[f64]) -> Result<Vec<f64>, Undefined> {
    if values.is_empty() {
        return Err(Undefined::NoData);
    }
    if values.len() != imputed.len() || values.len() != shifts.len() {
        return Err(Undefined::OutOfRange);
    }
    let cells = values.iter().zip(imputed.iter().zip(shifts));
    cells.map(|(own, (imputed, shift))| super::super::finite(if *imputed { own + shift } else { *own })).collect()
}

/// The least shift of a range at which a p-value is no longer at most `alpha`; none when it stays so.
///
/// # Method
/// The range is searched from its lower end in equal `steps`, so that a p-value that returns is not missed at their width;
/// between the last shift below and the first above the crossing is halved until no double lies between. Search from
/// the other side by shifts of the other sign.
///
/// # Input
/// A range of shifts, `steps` at least 1, `alpha` strictly between 0 and 1, and the analysis: imputation with a shift (by
/// [`delta_adjusted`], with the same draws for all), analysis and pooling to a p-value.
///
/// # Not estimable
/// `ZeroMargin` when the p-value exceeds `alpha` at the lower end already: there is nothing to tip; `OutOfRange` for a range
/// without width, no steps or an `alpha` that is no probability; whatever the analysis cannot estimate.
///
/// # Agrees with
/// The closed form for a z test, and for Rubin's rules a root by `SciPy` `brentq`; cases in `fixtures/reference/missing`.
pub fn tipping_point(
    range: Interval,
    steps: u32,
    alpha: f64,
    mut p: impl FnMut(f64) -> Result<f64, Undefined>,
) -> Result<Option<f64>, Undefined> {
    let width = range.upper - range.lower;
    if !(width > 0.0 && width.is_finite() && steps > 0 && alpha > 0.0 && alpha < 1.0) {
        return Err(Undefined::OutOfRange);
    }
    if p(range.lower)? > alpha {
        return Err(Undefined::ZeroMargin);
    }
    let mut low = range.lower;
    for step in 1..=steps {
        let mut high =
            if step == steps { range.upper } else { range.lower + width * (f64::from(step) / f64::from(steps)) };
        if p(high)? > alpha {
            loop {
                let middle = f64::midpoint(low, high);
                if middle <= low || middle >= high {
                    return Ok(Some(high));
                }
                if p(middle)? > alpha {
                    high = middle;
                } else {
                    low = middle;
                }
            }
        }
        low = high;
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_imputed_values_are_shifted() {
        let found = delta_adjusted(&[1.0, 2.0, 3.0], &[false, true, true], &[9.0, 0.5, 1.0]);
        assert_eq!(found, Ok(vec![1.0, 2.5, 4.0]));
        assert_eq!(delta_adjusted(&[], &[], &[]), Err(Undefined::NoData));
        assert_eq!(delta_adjusted(&[1.0], &[true], &[]), Err(Undefined::OutOfRange));
        assert_eq!(delta_adjusted(&[1.0], &[true], &[f64::NAN]), Err(Undefined::OutOfRange));
    }

    #[test]
    fn the_crossing_is_found_and_its_absence_told() {
        let range = Interval { lower: 0.0, upper: 10.0 };
        let found = tipping_point(range, 10, 0.05, |shift| Ok(0.01 * shift)).unwrap().unwrap();
        assert!(libm::fabs(found - 5.0) < 1e-14);
        assert_eq!(tipping_point(range, 10, 0.2, |shift| Ok(0.01 * shift)), Ok(None));
        // A p-value that rises above and returns is seen where the steps are fine enough.
        let hump = |shift: f64| Ok(if shift > 3.2 && shift < 4.4 { 0.5 } else { 0.0 });
        assert!(libm::fabs(tipping_point(range, 10, 0.05, hump).unwrap().unwrap() - 3.2) < 1e-14);
    }

    #[test]
    fn what_cannot_tip() {
        let range = Interval { lower: 0.0, upper: 10.0 };
        assert_eq!(tipping_point(range, 5, 0.05, |_| Ok(0.5)), Err(Undefined::ZeroMargin));
        assert_eq!(tipping_point(range, 5, 0.05, |_| Err(Undefined::TooFew)), Err(Undefined::TooFew));
        assert_eq!(tipping_point(range, 0, 0.05, |_| Ok(0.0)), Err(Undefined::OutOfRange));
        assert_eq!(tipping_point(range, 5, 1.0, |_| Ok(0.0)), Err(Undefined::OutOfRange));
        let none = Interval { lower: 1.0, upper: 1.0 };
        assert_eq!(tipping_point(none, 5, 0.05, |_| Ok(0.0)), Err(Undefined::OutOfRange));
    }
}
