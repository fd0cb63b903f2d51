//! Procedures that test hypotheses in an order laid down before.

use super::super::Undefined;
use super::{checked, shares};

/// Adjusted p-values of hypotheses tested one after another, each at the full level, until one is not rejected.
///
/// # Method
/// Maurer, Hothorn and Lehmacher 1995: the largest p-value so far. Holds under any dependence.
///
/// # Input
/// P-values from 0 to 1, in the order of the tests.
///
/// # Not estimable
/// `NoData` without p-values; `OutOfRange` when one is not from 0 to 1.
///
/// # Agrees with
/// The procedure itself, run in fractions at every level that can matter; cases in `fixtures/reference/multiplicity`.
pub fn fixed_sequence(p: &[f64]) -> Result<Vec<f64>, Undefined> {
    checked(p)?;
    let largest = |so_far: &mut f64, own: &f64| {
        *so_far = so_far.max(*own);
        Some(*so_far)
    };
    Ok(p.iter().scan(0.0, largest).collect())
}

/// Adjusted p-values of the fall-back procedure: hypotheses in order, each with a part of the level of its own, to which
/// the one before adds its whole level when it is rejected.
///
/// # Method
/// Wiens 2003, Pharmaceutical Statistics 2:211. A hypothesis is rejected at the level of the parts of an unbroken run of
/// rejected ones up to it, so its value is the least over the starts of such runs of the largest p-value over its level
/// within the run. Holds under any dependence.
///
/// # Input
/// P-values from 0 to 1 in the order of the tests, and the `weights` of the hypotheses, of a sum of at most 1.
///
/// # Not estimable
/// `NoData` without p-values; `OutOfRange` for p-values or weights outside 0 to 1, for a sum above 1 and for lengths that
/// differ.
///
/// # Agrees with
/// The procedure itself, run in fractions at every level that can matter; cases in `fixtures/reference/multiplicity`.
pub fn fallback(p: &[f64], weights: &[f64]) -> Result<Vec<f64>, Undefined> {
    checked(p)?;
    shares(weights)?;
    if weights.len() != p.len() {
        return Err(Undefined::OutOfRange);
    }
    let from = |first: usize, last: usize| {
        let mut weight = 0.0;
        p[first..=last].iter().zip(&weights[first..=last]).fold(0.0_f64, |largest, (own, share)| {
            weight += share;
            largest.max(if weight > 0.0 { own / weight } else { 1.0 })
        })
    };
    Ok((0..p.len()).map(|last| (0..=last).map(|first| from(first, last)).fold(1.0, f64::min)).collect())
}

#[cfg(test)]
mod tests {
    use super::super::graphical;
    use super::*;

    #[test]
    fn the_largest_so_far() {
        assert_eq!(fixed_sequence(&[0.02, 0.01, 0.2, 0.03]), Ok(vec![0.02, 0.02, 0.2, 0.2]));
        assert_eq!(fallback(&[0.02, 0.01, 0.2], &[1.0, 0.0, 0.0]), Ok(vec![0.02, 0.02, 0.2]));
    }

    #[test]
    fn a_part_of_its_own_saves_a_later_hypothesis() {
        // The first fails; the second has half the level; the third gets that half and no part of its own.
        assert_eq!(fallback(&[0.9, 0.02, 0.03], &[0.5, 0.5, 0.0]), Ok(vec![1.0, 0.04, 0.06]));
        // A hypothesis without any level is never rejected.
        assert_eq!(fallback(&[0.0, 0.0], &[0.0, 1.0]), Ok(vec![1.0, 0.0]));
    }

    #[test]
    fn the_fall_back_is_a_graph_that_hands_on_to_the_next() {
        let weights = [0.4, 0.1, 0.3, 0.2];
        let row = |from: usize| (0..4).map(|to| if to == from + 1 { 1.0 } else { 0.0 }).collect::<Vec<f64>>();
        let transitions: Vec<Vec<f64>> = (0..4).map(row).collect();
        for seed in 0..300_u32 {
            let p: Vec<f64> =
                (1..=4_u32).map(|place| f64::from((seed * place * 53 + place * 7) % 97) / 970.0).collect();
            let graph = graphical(&p, &weights, &transitions).unwrap();
            for (own, other) in fallback(&p, &weights).unwrap().iter().zip(graph) {
                assert!(libm::fabs(own - other) < 1e-14, "{p:?}");
            }
        }
    }

    #[test]
    fn no_values_and_values_that_are_none() {
        assert_eq!(fixed_sequence(&[]), Err(Undefined::NoData));
        assert_eq!(fallback(&[], &[]), Err(Undefined::NoData));
        assert_eq!(fixed_sequence(&[f64::NAN]), Err(Undefined::OutOfRange));
        assert_eq!(fallback(&[0.1], &[1.1]), Err(Undefined::OutOfRange));
        assert_eq!(fallback(&[0.1], &[0.5, 0.5]), Err(Undefined::OutOfRange));
    }
}
