//! Risks standardised to the covariates of all subjects.

use super::super::describe::compensated;
use super::super::distribution::normal_quantile;
use super::super::proportion::AdjustedDifference;
use super::super::{Interval, Undefined, finite, size, tail};
use super::model::{Model, Penalty, predictors, probability};

/// Mean risks if all subjects were in the one group and in the other, and their difference.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StandardisedRisks {
    /// Mean risk with all in the first group.
    pub first: f64,
    /// Mean risk with all in the second group.
    pub second: f64,
    /// The first less the second.
    pub difference: AdjustedDifference,
}

/// Standardised difference of risks from a logistic regression (g-computation).
///
/// # Method
/// Ge, Durham, Meyer, Xie and Thomas 2011, Drug Information Journal 45:481: the mean over all subjects of the fitted
/// risks with the group set to the first, less that with the second; the delta method on the covariance of the
/// coefficients, so that the covariates are taken as given. Limits of the normal approximation, cut at −1 and 1.
///
/// # Input
/// As `logistic`; `designs` holds the columns again as they are with all subjects in the first and in the second group,
/// products with the group included.
///
/// # Not estimable
/// As `logistic`, `Separated` included; `OutOfRange` when a design differs in its shape or has a value that is not
/// finite; `ZeroVariance` when the designs are the same.
///
/// # Agrees with
/// SAS `%Margins`, R `marginaleffects::avg_comparisons(glm(y ~ arm + x, binomial))` by its method, not run here: cases in
/// `fixtures/reference/standardised-risks` are solved with 50 digits and derivatives by differences. Without covariates
/// it is `wald_difference`.
pub fn standardised_risks(
    columns: &[Vec<f64>],
    outcomes: &[bool],
    designs: [&[Vec<f64>]; 2],
    level: f64,
) -> Result<StandardisedRisks, Undefined> {
    let z = -normal_quantile(tail(level)?)?;
    let model = Model::new(columns, outcomes, Penalty::None)?;
    let fits = |own: &Vec<f64>| own.len() == outcomes.len() && own.iter().all(|value| value.is_finite());
    if designs.iter().any(|design| design.len() != columns.len() || !design.iter().all(fits)) {
        return Err(Undefined::OutOfRange);
    }
    let fit = model.maximum()?;
    let subjects = size(outcomes);
    let [(first, slopes1), (second, slopes2)] = designs.map(|design| {
        let linear = predictors(design, &fit.estimates, outcomes.len());
        let risk = compensated(linear.iter().map(|eta| probability(*eta))) / subjects;
        let slope = |own: &Vec<f64>| {
            let terms = own.iter().zip(&linear).map(|(x, eta)| x * probability(*eta) * probability(-eta));
            compensated(terms) / subjects
        };
        (risk, design.iter().map(slope).collect::<Vec<f64>>())
    });
    let slopes: Vec<f64> = slopes1.iter().zip(&slopes2).map(|(one, two)| one - two).collect();
    let products = slopes.iter().zip(&fit.covariance).flat_map(|(one, row)| {
        let terms = row.iter().zip(&slopes).map(move |(covariance, two)| one * covariance * two);
        terms.collect::<Vec<f64>>()
    });
    let variance = finite(compensated(products))?;
    if variance <= 0.0 {
        return Err(Undefined::ZeroVariance);
    }
    let (estimate, standard_error) = (first - second, variance.sqrt());
    let half = z * standard_error;
    let interval = Interval { lower: (estimate - half).max(-1.0), upper: (estimate + half).min(1.0) };
    Ok(StandardisedRisks { first, second, difference: AdjustedDifference { estimate, standard_error, interval } })
}

#[cfg(test)]
mod tests {
    use super::super::super::proportion::wald_difference;
    use super::super::tests::arms;
    use super::*;

    /// The columns with all subjects in one arm.
    fn all(columns: &[Vec<f64>], arm: f64) -> Vec<Vec<f64>> {
        vec![columns[0].clone(), vec![arm; columns[0].len()]]
    }

    #[test]
    fn without_covariates_it_is_the_difference() {
        let (columns, outcomes) = arms(15, 20, 8, 25);
        let designs = [1.0, 0.0].map(|arm| all(&columns, arm));
        let found = standardised_risks(&columns, &outcomes, [&designs[0], &designs[1]], 0.95).unwrap();
        let plain = wald_difference(15, 20, 8, 25, 0.95).unwrap();
        assert!(libm::fabs(found.first - 0.75) < 1e-14 && libm::fabs(found.second - 0.32) < 1e-14);
        assert!(libm::fabs(found.difference.estimate - plain.estimate) < 1e-14);
        assert!(libm::fabs(found.difference.interval.lower - plain.interval.lower) < 1e-13);
        let turned = standardised_risks(&columns, &outcomes, [&designs[1], &designs[0]], 0.95).unwrap();
        assert!(libm::fabs(turned.difference.interval.lower + found.difference.interval.upper) < 1e-15);
    }

    #[test]
    fn what_has_no_standardised_risk() {
        let (columns, outcomes) = arms(6, 6, 2, 6);
        let designs = [1.0, 0.0].map(|arm| all(&columns, arm));
        let of = |outcomes: &[bool], one: &[Vec<f64>], two: &[Vec<f64>], level: f64| {
            standardised_risks(&columns, outcomes, [one, two], level)
        };
        assert_eq!(of(&outcomes, &designs[0], &designs[1], 0.95), Err(Undefined::Separated));
        assert_eq!(of(&outcomes, &designs[0], &designs[1][1..], 0.95), Err(Undefined::OutOfRange));
        assert_eq!(of(&outcomes, &designs[0], &all(&columns, f64::NAN), 0.95), Err(Undefined::OutOfRange));
        assert_eq!(of(&outcomes, &designs[0], &designs[1], 1.0), Err(Undefined::OutOfRange));
        assert_eq!(of(&[], &designs[0], &designs[1], 0.95), Err(Undefined::NoData));
        let (_, other) = arms(4, 6, 2, 6);
        assert_eq!(of(&other, &designs[0], &designs[0], 0.95), Err(Undefined::ZeroVariance));
    }
}
