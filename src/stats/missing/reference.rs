//! Imputation from a reference arm.

use super::super::Undefined;
use super::super::mixed::square::{Square, dot};
use super::random::Stream;

/// Mean and covariance of the visits of an arm.
#[derive(Clone, Copy, Debug)]
pub struct Normal<'a> {
    /// Mean at each visit.
    pub mean: &'a [f64],
    /// Rows of the covariance.
    pub covariance: &'a [Vec<f64>],
}

/// What is taken to happen after a subject has left the trial.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReferenceRule {
    /// As in the own arm.
    MissingAtRandom,
    /// The mean is that of the reference from then on.
    JumpToReference,
    /// The mean has been that of the reference from the beginning.
    CopyReference,
    /// The mean changes from the last visit on as that of the reference does.
    CopyIncrement,
}

/// The distribution of the visits after the last one observed, given those observed.
#[derive(Clone, Debug, PartialEq)]
pub struct Conditional {
    /// Means of the missing visits.
    pub mean: Vec<f64>,
    /// Rows of their covariance.
    pub covariance: Vec<Vec<f64>>,
}

/// The distribution of what is missing under a reference-based rule.
///
/// # Method
/// Carpenter, Roger and Kenward 2013, Journal of Biopharmaceutical Statistics 23:1352: a joint normal distribution is built
/// of the mean by the rule, the own covariance of the observed visits, and the regression of the later visits on them and
/// the residual covariance of the reference arm; then it is conditioned on what was observed. Without any observed visit
/// the increments start from nothing, and all three rules give the reference.
///
/// # Input
/// The parameters of both arms (of a fit, or a draw of them), for the same visits; `observed`, the values of the first
/// visits. A gap before the last observed visit is to be filled in first, missing at random.
///
/// # Not estimable
/// `NoData` without visits; `OutOfRange` for lengths that differ, more values than visits and what is not finite;
/// `NotEstimable` when the covariance is not positive definite.
///
/// # Agrees with
/// The joint distribution of the paper, built and conditioned in `NumPy`; cases in `fixtures/reference/missing`.
pub fn reference_conditional(
    own: Normal<'_>,
    reference: Normal<'_>,
    observed: &[f64],
    rule: ReferenceRule,
) -> Result<Conditional, Undefined> {
    let visits = own.mean.len();
    if visits == 0 {
        return Err(Undefined::NoData);
    }
    let known = observed.len();
    if known > visits || reference.mean.len() != visits || observed.iter().any(|value| !value.is_finite()) {
        return Err(Undefined::OutOfRange);
    }
    let (own_triangle, reference_triangle) = (triangle(own)?, triangle(reference)?);
    let triangle = if rule == ReferenceRule::MissingAtRandom { own_triangle } else { reference_triangle };
    let mean = expected(own.mean, reference.mean, known, rule);
    // Values are mean + triangle z: the observed ones determine the first z.
    let mut z: Vec<f64> = Vec::with_capacity(known);
    for (visit, value) in observed.iter().enumerate() {
        let explained = mean[visit] + dot(&triangle.row(visit)[..visit], &z);
        z.push((value - explained) / triangle.at(visit, visit));
    }
    let later = |visit: usize| &triangle.row(visit)[known..];
    Ok(Conditional {
        mean: (known..visits).map(|visit| mean[visit] + dot(&triangle.row(visit)[..known], &z)).collect(),
        covariance: (known..visits)
            .map(|one| (known..visits).map(|two| dot(later(one), later(two))).collect())
            .collect(),
    })
}

/// The means by a rule, of all visits, when the first `known` are observed.
pub(super) fn expected(own: &[f64], reference: &[f64], known: usize, rule: ReferenceRule) -> Vec<f64> {
    let mean = |visit: usize| match rule {
        ReferenceRule::MissingAtRandom => own[visit],
        ReferenceRule::CopyReference => reference[visit],
        _ if visit < known => own[visit],
        ReferenceRule::CopyIncrement if known > 0 => own[known - 1] + (reference[visit] - reference[known - 1]),
        _ => reference[visit],
    };
    (0..own.len()).map(mean).collect()
}

/// A draw of what is missing.
///
/// # Method
/// The mean plus the triangle of the covariance times standard normals of the stream `number` of the `seed`.
///
/// # Input
/// The distribution by [`reference_conditional`]; numbers tell subjects and imputations apart.
///
/// # Not estimable
/// `OutOfRange` for lengths that differ or what is not finite; `NotEstimable` when the covariance is not positive
/// definite.
///
/// # Agrees with
/// The moments of the distribution, within the error of simulation; cases in `fixtures/reference/missing`.
pub fn conditional_draw(conditional: &Conditional, seed: u64, number: u64) -> Result<Vec<f64>, Undefined> {
    let triangle = triangle(Normal { mean: &conditional.mean, covariance: &conditional.covariance })?;
    let z = Stream::new(seed, number).normals(conditional.mean.len());
    let rows = conditional.mean.iter().enumerate();
    Ok(rows.map(|(visit, mean)| mean + dot(&triangle.row(visit)[..=visit], &z)).collect())
}

fn triangle(normal: Normal<'_>) -> Result<Square, Undefined> {
    let size = normal.mean.len();
    let square = normal.covariance.len() == size && normal.covariance.iter().all(|row| row.len() == size);
    let mut numbers = normal.mean.iter().chain(normal.covariance.iter().flatten());
    if !square || numbers.any(|number| !number.is_finite()) {
        return Err(Undefined::OutOfRange);
    }
    let entries = normal.covariance.iter().flatten().copied().collect();
    Square { size, entries }.cholesky().ok_or(Undefined::NotEstimable)
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULES: [ReferenceRule; 4] = [
        ReferenceRule::MissingAtRandom,
        ReferenceRule::JumpToReference,
        ReferenceRule::CopyReference,
        ReferenceRule::CopyIncrement,
    ];

    fn means(observed: &[f64]) -> Vec<Vec<f64>> {
        let covariance = [vec![4.0, 2.0, 2.0], vec![2.0, 4.0, 2.0], vec![2.0, 2.0, 4.0]];
        let own = Normal { mean: &[10.0, 8.0, 6.0], covariance: &covariance };
        let reference = Normal { mean: &[10.0, 10.0, 9.0], covariance: &covariance };
        RULES.iter().map(|rule| reference_conditional(own, reference, observed, *rule).unwrap().mean).collect()
    }

    #[test]
    fn means_on_paper() {
        // One visit, 2 above the own mean: half of it is kept at each later visit.
        assert_eq!(means(&[12.0]), [[9.0, 7.0], [11.0, 10.0], [11.0, 10.0], [11.0, 10.0]]);
        // Two visits at the own mean; of the reference the second is 2 below, and a third of the sum is kept.
        let found = means(&[10.0, 8.0]);
        assert_eq!([0, 1, 3].map(|rule: usize| found[rule].clone()), [[6.0], [9.0], [7.0]]);
        assert!(libm::fabs(found[2][0] - (9.0 - 2.0 / 3.0)) < 1e-15);
    }

    #[test]
    fn nothing_observed_and_nothing_missing() {
        assert_eq!(means(&[]), [[10.0, 8.0, 6.0], [10.0, 10.0, 9.0], [10.0, 10.0, 9.0], [10.0, 10.0, 9.0]]);
        assert!(means(&[1.0, 2.0, 3.0]).iter().all(Vec::is_empty));
    }

    #[test]
    fn equal_arms_make_all_rules_one() {
        let covariance = [vec![2.0, 1.0], vec![1.0, 3.0]];
        let arm = Normal { mean: &[1.0, 2.0], covariance: &covariance };
        let found = RULES.map(|rule| reference_conditional(arm, arm, &[0.5], rule).unwrap());
        assert!(found.iter().all(|own| *own == found[0]));
    }

    #[test]
    fn what_is_no_distribution() {
        let covariance = [vec![2.0, 1.0], vec![1.0, 3.0]];
        let arm = Normal { mean: &[1.0, 2.0], covariance: &covariance };
        let singular = [vec![1.0, 1.0], vec![1.0, 1.0]];
        let of = |own, reference, observed: &[f64]| {
            reference_conditional(own, reference, observed, ReferenceRule::CopyReference).map(|_| ())
        };
        assert_eq!(of(arm, arm, &[1.0, 2.0, 3.0]), Err(Undefined::OutOfRange));
        assert_eq!(of(arm, arm, &[f64::NAN]), Err(Undefined::OutOfRange));
        let narrow = [vec![1.0]];
        assert_eq!(of(arm, Normal { mean: &[1.0], covariance: &narrow }, &[]), Err(Undefined::OutOfRange));
        assert_eq!(of(arm, Normal { mean: &[1.0, 2.0], covariance: &singular }, &[]), Err(Undefined::NotEstimable));
        let nothing = Normal { mean: &[], covariance: &[] };
        assert_eq!(of(nothing, nothing, &[]), Err(Undefined::NoData));
        let wrong = Conditional { mean: vec![1.0], covariance: vec![vec![1.0, 2.0]] };
        assert_eq!(conditional_draw(&wrong, 1, 1), Err(Undefined::OutOfRange));
    }
}
