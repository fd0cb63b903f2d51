//! Sequentially rejective procedures drawn as graphs.

use super::super::Undefined;
use super::{checked, shares};

/// Below this the share of a cycle that remains for others is rounding.
const CLOSED: f64 = 1e-12;

/// Adjusted p-values of a graphical procedure: weights of the hypotheses, and how a rejected one hands on its weight.
///
/// # Method
/// Bretz, Maurer, Brannath and Posch 2009, Statistics in Medicine 28:586, algorithm 2: the hypothesis with the least p-value
/// over its weight is rejected next, its weight goes along the transitions, and the transitions that went through it are
/// joined. It is the shortcut of the closed test with weighted Bonferroni tests, and contains [`super::holm`],
/// [`super::fixed_sequence`], [`super::fallback`] and gatekeeping. Holds under any dependence. A hypothesis that can never
/// get any weight has the value 1.
///
/// # Input
/// P-values from 0 to 1; `weights` of a sum of at most 1; `transitions`, a row for each hypothesis with the shares of its
/// weight that the others get, at most 1 in all and none for itself.
///
/// # Not estimable
/// `NoData` without p-values; `OutOfRange` for p-values, weights or shares outside 0 to 1, for sums above 1, for a share
/// that stays where it is, and for lengths that differ.
///
/// # Agrees with
/// The closure over all intersections in fractions, and R `p.adjust(p, "holm")` for equal weights and shares; cases in
/// `fixtures/reference/multiplicity`.
pub fn graphical(p: &[f64], weights: &[f64], transitions: &[Vec<f64>]) -> Result<Vec<f64>, Undefined> {
    checked(p)?;
    shares(weights)?;
    let square = transitions.len() == p.len() && transitions.iter().all(|row| row.len() == p.len());
    if weights.len() != p.len() || !square {
        return Err(Undefined::OutOfRange);
    }
    for (place, row) in transitions.iter().enumerate() {
        shares(row)?;
        if row[place] > 0.0 {
            return Err(Undefined::OutOfRange);
        }
    }
    let (mut weights, mut transitions) = (weights.to_vec(), transitions.to_vec());
    let mut adjusted = vec![1.0; p.len()];
    let mut left: Vec<usize> = (0..p.len()).collect();
    let mut least = 0.0_f64;
    while let Some(next) = next(p, &weights, &left) {
        least = least.max((p[next] / weights[next]).min(1.0));
        adjusted[next] = least;
        left.retain(|place| *place != next);
        remove(next, &left, &mut weights, &mut transitions);
    }
    Ok(adjusted)
}

/// The hypothesis with the least p-value over its weight; of equal ones the first.
fn next(p: &[f64], weights: &[f64], left: &[usize]) -> Option<usize> {
    let weighted = left.iter().copied().filter(|place| weights[*place] > 0.0);
    weighted.min_by(|one, two| (p[*one] / weights[*one]).total_cmp(&(p[*two] / weights[*two])))
}

/// Hands on the weight of a rejected hypothesis and joins the transitions through it.
fn remove(gone: usize, left: &[usize], weights: &mut [f64], transitions: &mut [Vec<f64>]) {
    let onward = transitions[gone].clone();
    for place in left {
        weights[*place] += weights[gone] * onward[*place];
    }
    for from in left {
        let into = transitions[*from][gone];
        let rest = 1.0 - into * onward[*from];
        for to in left.iter().filter(|to| *to != from) {
            let share = transitions[*from][*to] + into * onward[*to];
            transitions[*from][*to] = if rest > CLOSED { share / rest } else { 0.0 };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all_to_all(count: u32) -> (Vec<f64>, Vec<Vec<f64>>) {
        let share = 1.0 / f64::from(count - 1);
        let row = |own: u32| (0..count).map(|to| if to == own { 0.0 } else { share }).collect();
        (vec![1.0 / f64::from(count); count as usize], (0..count).map(row).collect())
    }

    #[test]
    fn equal_weights_and_shares_are_holm() {
        let (weights, transitions) = all_to_all(4);
        let p = [0.03, 0.001, 0.2, 0.012];
        let holm = super::super::holm(&p).unwrap();
        for (own, expected) in graphical(&p, &weights, &transitions).unwrap().iter().zip(holm) {
            assert!(libm::fabs(own - expected) < 1e-15);
        }
    }

    #[test]
    fn a_hypothesis_without_weight_waits_for_its_gatekeeper() {
        // The second is tested only after the first, at the full level.
        let transitions = [vec![0.0, 1.0], vec![0.0, 0.0]];
        assert_eq!(graphical(&[0.03, 0.01], &[1.0, 0.0], &transitions), Ok(vec![0.03, 0.03]));
        assert_eq!(graphical(&[0.03, 0.04], &[1.0, 0.0], &transitions), Ok(vec![0.03, 0.04]));
        // One that nothing leads to is never rejected.
        let nowhere = [vec![0.0, 0.0], vec![0.0, 0.0]];
        assert_eq!(graphical(&[0.03, 0.0], &[1.0, 0.0], &nowhere), Ok(vec![0.03, 1.0]));
    }

    #[test]
    fn a_closed_cycle_keeps_its_weight() {
        let cycle = [vec![0.0, 1.0, 0.0], vec![1.0, 0.0, 0.0], vec![0.5, 0.5, 0.0]];
        let found = graphical(&[0.01, 0.012, 0.0], &[0.5, 0.5, 0.0], &cycle).unwrap();
        assert_eq!(found, [0.02, 0.02, 1.0]);
    }

    #[test]
    fn what_is_no_graph() {
        let (weights, transitions) = all_to_all(2);
        assert_eq!(graphical(&[], &[], &[]), Err(Undefined::NoData));
        for (p, weights) in [
            (vec![0.1, f64::NAN], weights.clone()),
            (vec![0.1, 0.2], vec![0.6, 0.5]),
            (vec![0.1, 0.2], vec![-0.1, 0.5]),
            (vec![0.1, 0.2], vec![1.0]),
            (vec![0.1, 0.2, 0.3], vec![0.2; 3]),
        ] {
            assert_eq!(graphical(&p, &weights, &transitions), Err(Undefined::OutOfRange));
        }
        for transitions in [[vec![0.5, 0.5], vec![1.0, 0.0]], [vec![0.0, 1.1], vec![1.0, 0.0]], [vec![0.0], vec![1.0]]]
        {
            assert_eq!(graphical(&[0.1, 0.2], &weights, &transitions), Err(Undefined::OutOfRange));
        }
    }
}
