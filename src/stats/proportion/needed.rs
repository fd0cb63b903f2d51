//! The number needed to treat.

use super::super::Undefined;
use super::difference::Difference;

/// Subjects to be treated for one success more, or one less, than without treatment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NumberNeeded {
    /// One over the difference: above 0 to benefit, below 0 to harm; none without a difference.
    pub estimate: Option<f64>,
    /// Numbers needed to benefit that the data allow; none when they rule out benefit.
    pub benefit: Option<Needed>,
    /// Numbers needed to harm that the data allow, counted from 1 up; none when they rule out harm.
    pub harm: Option<Needed>,
}

/// A range of numbers needed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Needed {
    /// The smallest.
    pub least: f64,
    /// The largest; none when it is infinite.
    pub most: Option<f64>,
}

/// Number needed to treat from a difference of proportions and its limits.
///
/// # Method
/// Altman 1998, BMJ 317:1309: the reciprocals of the difference and its limits. Limits on both sides of 0 mean two
/// ranges that meet at infinity, from a number needed to benefit up and from a number needed to harm up, never one
/// interval from a negative to a positive number.
///
/// # Input
/// A difference of proportions of success, treated minus control, by any method with limits within [−1, 1].
///
/// # Not estimable
/// `OutOfRange` when a number is not within [−1, 1], or the lower limit is above the upper.
///
/// # Agrees with
/// The reciprocals of R `DescTools::BinomDiffCI(x1, n1, x2, n2, method = "score")`; cases in
/// `fixtures/reference/number-needed`.
pub fn number_needed(difference: Difference) -> Result<NumberNeeded, Undefined> {
    let Difference { estimate, interval } = difference;
    let scale = -1.0..=1.0;
    if ![estimate, interval.lower, interval.upper].iter().all(|own| scale.contains(own))
        || interval.lower > interval.upper
    {
        return Err(Undefined::OutOfRange);
    }
    let range =
        |near: f64, far: f64| (far > 0.0).then(|| Needed { least: 1.0 / far, most: (near > 0.0).then(|| 1.0 / near) });
    Ok(NumberNeeded {
        estimate: (estimate != 0.0).then(|| 1.0 / estimate),
        benefit: range(interval.lower, interval.upper),
        harm: range(-interval.upper, -interval.lower),
    })
}

#[cfg(test)]
mod tests {
    use super::super::super::Interval;
    use super::*;

    fn needed(estimate: f64, lower: f64, upper: f64) -> Result<NumberNeeded, Undefined> {
        number_needed(Difference { estimate, interval: Interval { lower, upper } })
    }

    #[test]
    fn one_side_both_sides_and_none() {
        let sure =
            NumberNeeded { estimate: Some(4.0), benefit: Some(Needed { least: 2.0, most: Some(8.0) }), harm: None };
        assert_eq!(needed(0.25, 0.125, 0.5), Ok(sure));
        let harmful = needed(-0.25, -0.5, -0.125).unwrap();
        assert_eq!((harmful.estimate, harmful.benefit, harmful.harm), (Some(-4.0), None, sure.benefit));
        let open = needed(0.25, -0.25, 0.5).unwrap();
        assert_eq!(open.benefit, Some(Needed { least: 2.0, most: None }));
        assert_eq!(open.harm, Some(Needed { least: 4.0, most: None }));
        let none = needed(0.0, 0.0, 0.0).unwrap();
        assert_eq!((none.estimate, none.benefit, none.harm), (None, None, None));
    }

    #[test]
    fn what_is_no_difference() {
        for [estimate, lower, upper] in [[2.0, 0.0, 1.0], [0.0, 0.5, 0.0], [f64::NAN, 0.0, 1.0], [0.0, 0.0, f64::NAN]] {
            assert_eq!(needed(estimate, lower, upper), Err(Undefined::OutOfRange));
        }
    }
}
