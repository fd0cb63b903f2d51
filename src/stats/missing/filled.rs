//! Single values in the place of missing ones.

use super::super::Undefined;

/// Non-responder imputation: who has no outcome did not respond.
///
/// # Method
/// A missing response is taken as none.
///
/// # Input
/// Responses of the subjects in any order.
///
/// # Not estimable
/// `NoData` without subjects.
///
/// # Agrees with
/// Worked cases in `fixtures/reference/missing`.
pub fn non_responder(responses: &[Option<bool>]) -> Result<Vec<bool>, Undefined> {
    some(responses)?;
    Ok(responses.iter().map(|own| own.unwrap_or(false)).collect())
}

/// Last observation carried forward.
///
/// # Method
/// A missing value is the last one observed before it; before the first there is none.
///
/// # Input
/// Values of a subject in the order of time.
///
/// # Not estimable
/// `NoData` without visits; `OutOfRange` for a value that is not finite.
///
/// # Agrees with
/// `NumPy` (`maximum.accumulate` of the places observed); cases in `fixtures/reference/missing`.
pub fn last_carried(values: &[Option<f64>]) -> Result<Vec<Option<f64>>, Undefined> {
    some(values)?;
    ordinary(values)?;
    let carry = |last: &mut Option<f64>, own: &Option<f64>| {
        *last = own.or(*last);
        Some(*last)
    };
    Ok(values.iter().scan(None, carry).collect())
}

/// Baseline observation carried forward.
///
/// # Method
/// A missing value is the baseline.
///
/// # Input
/// The baseline and the values after it of a subject.
///
/// # Not estimable
/// `NoData` without visits; `OutOfRange` for a value that is not finite.
///
/// # Agrees with
/// `NumPy` `where`; cases in `fixtures/reference/missing`.
pub fn baseline_carried(baseline: f64, values: &[Option<f64>]) -> Result<Vec<f64>, Undefined> {
    some(values)?;
    ordinary(values)?;
    ordinary(&[Some(baseline)])?;
    Ok(values.iter().map(|own| own.unwrap_or(baseline)).collect())
}

/// Worst-best imputation: the case against the treatment, or with the values exchanged the case for it.
///
/// # Method
/// A missing value is `worst` in the treated arm and `best` in the other.
///
/// # Input
/// Values and arms of the subjects; responses as 0 and 1.
///
/// # Not estimable
/// `NoData` without subjects; `OutOfRange` for columns of different lengths or a value that is not finite.
///
/// # Agrees with
/// `NumPy` `where`; cases in `fixtures/reference/missing`.
pub fn worst_best(values: &[Option<f64>], treated: &[bool], worst: f64, best: f64) -> Result<Vec<f64>, Undefined> {
    some(values)?;
    ordinary(values)?;
    ordinary(&[Some(worst), Some(best)])?;
    if values.len() != treated.len() {
        return Err(Undefined::OutOfRange);
    }
    let fill = |(own, treated): (&Option<f64>, &bool)| own.unwrap_or(if *treated { worst } else { best });
    Ok(values.iter().zip(treated).map(fill).collect())
}

fn some<T>(values: &[T]) -> Result<(), Undefined> {
    if values.is_empty() { Err(Undefined::NoData) } else { Ok(()) }
}

fn ordinary(values: &[Option<f64>]) -> Result<(), Undefined> {
    if values.iter().flatten().all(|own| own.is_finite()) { Ok(()) } else { Err(Undefined::OutOfRange) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_at_both_ends_and_between() {
        let values = [None, Some(3.0), None, None, Some(5.0), None];
        assert_eq!(last_carried(&values), Ok(vec![None, Some(3.0), Some(3.0), Some(3.0), Some(5.0), Some(5.0)]));
        assert_eq!(baseline_carried(2.0, &values), Ok(vec![2.0, 3.0, 2.0, 2.0, 5.0, 2.0]));
        assert_eq!(non_responder(&[Some(true), None, Some(false)]), Ok(vec![true, false, false]));
        let arms = [true, true, false, false];
        let responses = [None, Some(1.0), None, Some(0.0)];
        assert_eq!(worst_best(&responses, &arms, 0.0, 1.0), Ok(vec![0.0, 1.0, 1.0, 0.0]));
        assert_eq!(worst_best(&responses, &arms, 1.0, 0.0), Ok(vec![1.0, 1.0, 0.0, 0.0]));
    }

    #[test]
    fn nothing_and_what_is_no_number() {
        assert_eq!(non_responder(&[]), Err(Undefined::NoData));
        assert_eq!(last_carried(&[]), Err(Undefined::NoData));
        assert_eq!(baseline_carried(1.0, &[]), Err(Undefined::NoData));
        assert_eq!(worst_best(&[], &[], 0.0, 1.0), Err(Undefined::NoData));
        assert_eq!(last_carried(&[Some(f64::NAN)]), Err(Undefined::OutOfRange));
        assert_eq!(baseline_carried(f64::NAN, &[None]), Err(Undefined::OutOfRange));
        assert_eq!(worst_best(&[None], &[true], f64::INFINITY, 1.0), Err(Undefined::OutOfRange));
        assert_eq!(worst_best(&[None], &[], 0.0, 1.0), Err(Undefined::OutOfRange));
    }
}
