//! Procedures that treat all hypotheses alike.

use super::super::{Undefined, size};
use super::checked;

/// Bonferroni's adjustment.
///
/// # Method
/// Each p-value times their number, at most 1. Holds under any dependence.
///
/// # Input
/// P-values from 0 to 1, in any order. What is missing is left out by the caller, as R leaves it out.
///
/// # Not estimable
/// `NoData` without p-values; `OutOfRange` when one is not from 0 to 1.
///
/// # Agrees with
/// R `p.adjust(p, "bonferroni")`; cases in `fixtures/reference/multiplicity`.
pub fn bonferroni(p: &[f64]) -> Result<Vec<f64>, Undefined> {
    checked(p)?;
    Ok(p.iter().map(|own| (own * size(p)).min(1.0)).collect())
}

/// Holm's step-down adjustment.
///
/// # Method
/// Holm 1979, Scandinavian Journal of Statistics 6:65: from the smallest upwards, each p-value times the number of those
/// not smaller, never below the value before. Holds under any dependence.
///
/// # Input
/// As [`bonferroni`].
///
/// # Not estimable
/// As [`bonferroni`].
///
/// # Agrees with
/// R `p.adjust(p, "holm")`; cases in `fixtures/reference/multiplicity`.
pub fn holm(p: &[f64]) -> Result<Vec<f64>, Undefined> {
    checked(p)?;
    let order = ascending(p);
    let mut adjusted = vec![0.0; p.len()];
    let (mut least, mut left) = (0.0_f64, size(p));
    for place in order {
        least = least.max((left * p[place]).min(1.0));
        adjusted[place] = least;
        left -= 1.0;
    }
    Ok(adjusted)
}

/// Hochberg's step-up adjustment.
///
/// # Method
/// Hochberg 1988, Biometrika 75:800: from the largest downwards, each p-value times the number of those not smaller, never
/// above the value before. Holds for independent tests and for those with a positive dependence for which Simes' test
/// holds.
///
/// # Input
/// As [`bonferroni`].
///
/// # Not estimable
/// As [`bonferroni`].
///
/// # Agrees with
/// R `p.adjust(p, "hochberg")`; cases in `fixtures/reference/multiplicity`.
pub fn hochberg(p: &[f64]) -> Result<Vec<f64>, Undefined> {
    checked(p)?;
    let mut adjusted = vec![0.0; p.len()];
    let (mut most, mut above) = (1.0_f64, 1.0);
    for place in ascending(p).into_iter().rev() {
        most = most.min(above * p[place]);
        adjusted[place] = most;
        above += 1.0;
    }
    Ok(adjusted)
}

/// Hommel's adjustment: the closed test with Simes' test of each intersection.
///
/// # Method
/// Hommel 1988, Biometrika 75:383, by the algorithm of Wright 1992, Biometrics 48:1005. Rejects whatever
/// [`hochberg`] rejects; holds where that one holds.
///
/// # Input
/// As [`bonferroni`].
///
/// # Not estimable
/// As [`bonferroni`].
///
/// # Agrees with
/// R `p.adjust(p, "hommel")`; the closure itself in fractions; cases in `fixtures/reference/multiplicity`.
pub fn hommel(p: &[f64]) -> Result<Vec<f64>, Undefined> {
    checked(p)?;
    let order = ascending(p);
    let sorted: Vec<f64> = order.iter().map(|place| p[*place]).collect();
    let mut found = sorted.clone();
    let mut members = size(p);
    for first in 0..sorted.len() {
        // Intersections of as many hypotheses as remain from here: the larger p-values of the worst of them are the last.
        let (smaller, larger) = sorted.split_at(first + 1);
        let ranks = std::iter::successors(Some(2.0), |rank| Some(rank + 1.0));
        let simes = larger.iter().zip(ranks).map(|(own, rank)| members * own / rank).fold(f64::INFINITY, f64::min);
        let at = |own: f64| (members * own).min(simes);
        for (place, value) in found.iter_mut().enumerate() {
            *value = value.max(at(smaller[place.min(first)]));
        }
        members -= 1.0;
    }
    let mut adjusted = vec![0.0; p.len()];
    for (place, value) in order.into_iter().zip(found) {
        adjusted[place] = value.min(1.0);
    }
    Ok(adjusted)
}

/// Places from the smallest p-value to the largest; equal ones in the order given.
fn ascending(p: &[f64]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..p.len()).collect();
    order.sort_by(|one, two| p[*one].total_cmp(&p[*two]));
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    type Adjustment = fn(&[f64]) -> Result<Vec<f64>, Undefined>;
    const ALL: [Adjustment; 4] = [bonferroni, holm, hochberg, hommel];

    #[test]
    fn one_hypothesis_keeps_its_value() {
        for adjustment in ALL {
            assert_eq!(adjustment(&[0.03]), Ok(vec![0.03]));
            assert_eq!(adjustment(&[0.0, 1.0]), Ok(vec![0.0, 1.0]));
        }
    }

    #[test]
    fn each_is_at_least_as_good_as_the_one_before() {
        for seed in 0..200_u32 {
            let p: Vec<f64> =
                (1..=5_u32).map(|place| f64::from((seed * place * 37 + place * 11) % 101) / 1000.0).collect();
            let found: Vec<Vec<f64>> = ALL.iter().map(|adjustment| adjustment(&p).unwrap()).collect();
            for place in 0..p.len() {
                for pair in found.windows(2) {
                    assert!(pair[0][place] >= pair[1][place] - 1e-15, "{p:?}: {pair:?}");
                }
                assert!(found[3][place] >= p[place]);
            }
        }
    }

    #[test]
    fn the_order_of_the_hypotheses_does_not_matter() {
        let (p, turned) = ([0.01, 0.02, 0.022, 0.09], [0.09, 0.022, 0.02, 0.01]);
        for adjustment in ALL {
            let mut back = adjustment(&turned).unwrap();
            back.reverse();
            assert_eq!(adjustment(&p).unwrap(), back);
        }
    }

    #[test]
    fn no_values_and_values_that_are_none() {
        for adjustment in ALL {
            assert_eq!(adjustment(&[]), Err(Undefined::NoData));
            for wrong in [-0.01, 1.01, f64::NAN, f64::INFINITY] {
                assert_eq!(adjustment(&[0.5, wrong]), Err(Undefined::OutOfRange));
            }
        }
    }
}
