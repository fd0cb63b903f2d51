//! Profile-likelihood limits of a logistic regression.

use super::super::distribution::normal_quantile;
use super::super::{Interval, Undefined, tail};
use super::model::{Model, Penalty};

/// Profile-likelihood limits of the logarithm of an odds ratio.
///
/// # Method
/// Venzon and Moolgavkar 1988, Applied Statistics 37:87: the values of a coefficient that the likelihood-ratio test with
/// one degree of freedom does not reject, the others at their maximum for each value. Newton's method on the profile.
///
/// # Input
/// As `logistic`; the `place` of a column.
///
/// # Not estimable
/// As `logistic`, `Separated` included: the limit on the other side may then exist, and `firth_logistic` has both.
/// `OutOfRange` when there is no such column.
///
/// # Agrees with
/// R `confint(glm(y ~ x, binomial))` to the digits of its interpolation, and SAS `PROC LOGISTIC` with `CLPARM=PL`; cases
/// in `fixtures/reference/logistic`.
pub fn logistic_profile_limits(
    columns: &[Vec<f64>],
    outcomes: &[bool],
    place: usize,
    level: f64,
) -> Result<Interval, Undefined> {
    let z = -normal_quantile(tail(level)?)?;
    let model = Model::new(columns, outcomes, Penalty::None)?;
    if place >= columns.len() {
        return Err(Undefined::OutOfRange);
    }
    model.limits(&model.maximum()?, place, z * z / 2.0)
}

#[cfg(test)]
mod tests {
    use super::super::logistic_likelihood_ratio;
    use super::super::tests::arms;
    use super::*;

    #[test]
    fn the_limit_is_none_where_the_test_says_so() {
        let (columns, outcomes) = arms(15, 20, 8, 20);
        let p = logistic_likelihood_ratio(&columns, &outcomes, 1).unwrap().p;
        let limits = logistic_profile_limits(&columns, &outcomes, 1, 1.0 - p).unwrap();
        assert!(libm::fabs(limits.lower) < 1e-12, "{limits:?}");
    }

    #[test]
    fn one_column_has_no_others() {
        // The limits of one proportion on the scale of the logarithm of the odds.
        let outcomes: Vec<bool> = (0..20).map(|own| own < 7).collect();
        let limits = logistic_profile_limits(&[vec![1.0; 20]], &outcomes, 0, 0.9).unwrap();
        let there = super::super::super::proportion::likelihood_proportion(7, 20, 0.9).unwrap();
        for (here, p) in [(limits.lower, there.lower), (limits.upper, there.upper)] {
            assert!(libm::fabs(here - libm::log(p / (1.0 - p))) < 1e-12);
        }
    }

    #[test]
    fn limits_turn_with_the_arms_and_hold_the_estimate() {
        for (x1, x2) in (1..=5).flat_map(|x1| (1..=7).map(move |x2| (x1, x2))) {
            let ((here, outcomes), (there, other)) = (arms(x1, 6, x2, 8), arms(x2, 8, x1, 6));
            let here = logistic_profile_limits(&here, &outcomes, 1, 0.95).unwrap();
            let there = logistic_profile_limits(&there, &other, 1, 0.95).unwrap();
            assert!(libm::fabs(here.lower + there.upper) < 1e-11 && libm::fabs(here.upper + there.lower) < 1e-11);
            let [x1, x2] = [x1, x2].map(|own| f64::from(u32::try_from(own).unwrap()));
            let estimate = libm::log(x1 / (6.0 - x1) / (x2 / (8.0 - x2)));
            assert!(here.lower < estimate && estimate < here.upper);
        }
    }

    #[test]
    fn what_has_no_limits() {
        let (columns, outcomes) = arms(6, 6, 2, 6);
        assert_eq!(logistic_profile_limits(&columns, &outcomes, 1, 0.95), Err(Undefined::Separated));
        assert_eq!(logistic_profile_limits(&columns, &outcomes, 2, 0.95), Err(Undefined::OutOfRange));
        assert_eq!(logistic_profile_limits(&columns, &outcomes, 1, 0.0), Err(Undefined::OutOfRange));
        assert_eq!(logistic_profile_limits(&[], &outcomes, 0, 0.95), Err(Undefined::NoData));
    }
}
