//! Analyses of complete data sets, pooled.

use super::super::ancova::Ancova;
use super::super::{Interval, Undefined};
use super::delta::{delta_adjusted, tipping_point};
use super::pooled::{Pooled, rubin};
use super::visits::{Imputation, Visits, impute_visits};

/// Which arms are compared, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Compared {
    /// The visit, counted from 0.
    pub visit: usize,
    /// The arm whose mean is taken.
    pub arm: usize,
    /// The arm whose mean is subtracted.
    pub against: usize,
}

/// A difference of arms by analysis of covariance, after multiple imputation.
///
/// # Method
/// [`impute_visits`], then [`pooled_ancova`].
///
/// # Input
/// As both; at least 2 imputations.
///
/// # Not estimable
/// As either.
///
/// # Agrees with
/// Without missing values the analysis of covariance itself; otherwise, within the error of simulation, the analysis of the
/// expected values, which are known where the pattern is monotone: cases in `fixtures/reference/missing`.
pub fn imputed_ancova(
    data: Visits<'_>,
    how: Imputation<'_>,
    compared: Compared,
    level: f64,
) -> Result<Pooled, Undefined> {
    pooled_ancova(data, &impute_visits(data, how)?, compared, level)
}

/// A difference of arms by analysis of covariance of complete data sets, pooled.
///
/// # Method
/// The values of the visit by arm, factors and covariates ([`Ancova`]); the differences of the least-squares means pooled
/// by [`rubin`] with the residual degrees of freedom, which are those of complete data.
///
/// # Input
/// The trial; complete data sets of the same subjects, at least 2; `level` strictly between 0 and 1.
///
/// # Not estimable
/// As [`Ancova::difference`] and [`rubin`]; `OutOfRange` when a set has other subjects or no such visit.
///
/// # Agrees with
/// Least squares and Rubin's rules in `NumPy`; cases in `fixtures/reference/missing`.
pub fn pooled_ancova(
    data: Visits<'_>,
    sets: &[Vec<Vec<f64>>],
    compared: Compared,
    level: f64,
) -> Result<Pooled, Undefined> {
    let mut estimates = Vec::with_capacity(sets.len());
    let mut variances = Vec::with_capacity(sets.len());
    let mut complete_df = None;
    for set in sets {
        let response: Option<Vec<f64>> = set.iter().map(|row| row.get(compared.visit).copied()).collect();
        let response = response.ok_or(Undefined::OutOfRange)?;
        let fit = Ancova::fit(&response, data.arm, data.arms, data.factors, data.covariates)?;
        let found = fit.difference(compared.arm, compared.against, level)?;
        estimates.push(found.estimate);
        variances.push(found.standard_error * found.standard_error);
        complete_df = Some(found.df);
    }
    rubin(&estimates, &variances, complete_df, level)
}

/// Complete data sets with a shift at all values that were imputed.
///
/// # Method
/// [`delta_adjusted`] for each subject, with the shifts of its arm.
///
/// # Input
/// The trial, complete data sets of the same subjects, and shifts by arm and visit.
///
/// # Not estimable
/// As [`delta_adjusted`]; `OutOfRange` when a set has other subjects or an arm has no shifts.
///
/// # Agrees with
/// `NumPy`; cases in `fixtures/reference/missing`.
pub fn delta_shifted(
    data: Visits<'_>,
    sets: &[Vec<Vec<f64>>],
    shifts: &[Vec<f64>],
) -> Result<Vec<Vec<Vec<f64>>>, Undefined> {
    if data.arm.len() != data.values.len() || sets.iter().any(|set| set.len() != data.values.len()) {
        return Err(Undefined::OutOfRange);
    }
    let own: Vec<(Vec<bool>, &Vec<f64>)> = data
        .values
        .iter()
        .zip(data.arm)
        .map(|(row, arm)| {
            Ok((row.iter().map(Option::is_none).collect(), shifts.get(*arm).ok_or(Undefined::OutOfRange)?))
        })
        .collect::<Result<_, Undefined>>()?;
    let shifted =
        |(values, (imputed, shifts)): (&Vec<f64>, &(Vec<bool>, &Vec<f64>))| delta_adjusted(values, imputed, shifts);
    sets.iter().map(|set| set.iter().zip(&own).map(shifted).collect()).collect()
}

/// The least multiple of a shift at which the pooled p-value is no longer at most `alpha`; none when it stays so.
///
/// # Method
/// [`tipping_point`] of the p-value of [`pooled_ancova`] after [`delta_shifted`]: the same draws at all shifts, so that the
/// p-value is a smooth function of the multiple.
///
/// # Input
/// The trial, complete data sets, `direction` (the shifts by arm and visit that are multiplied), the range of the multiple
/// and its `steps`, `alpha` strictly between 0 and 1.
///
/// # Not estimable
/// As the three; `ZeroMargin` when the p-value exceeds `alpha` at the lower end already.
///
/// # Agrees with
/// Least squares and Rubin's rules in `NumPy` with a root by `SciPy` `brentq`; cases in `fixtures/reference/missing`.
pub fn tipping_ancova(
    data: Visits<'_>,
    sets: &[Vec<Vec<f64>>],
    compared: Compared,
    direction: &[Vec<f64>],
    (range, steps): (Interval, u32),
    alpha: f64,
) -> Result<Option<f64>, Undefined> {
    tipping_point(range, steps, alpha, |multiple| {
        let shifts: Vec<Vec<f64>> =
            direction.iter().map(|own| own.iter().map(|shift| multiple * shift).collect()).collect();
        let moved = delta_shifted(data, sets, &shifts)?;
        pooled_ancova(data, &moved, compared, 1.0 - alpha).map(|pooled| pooled.contrast.p)
    })
}

#[cfg(test)]
mod tests {
    use super::super::chain::ChainLength;
    use super::super::reference::ReferenceRule;
    use super::super::visits::Covariances;
    use super::*;

    const ARM: [usize; 16] = [0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1];
    const LAST: Compared = Compared { visit: 1, arm: 1, against: 0 };
    const RANGE: (Interval, u32) = (Interval { lower: 0.0, upper: 50.0 }, 50);

    fn values() -> Vec<Vec<Option<f64>>> {
        let row = |place: u32| {
            let first = f64::from(place * 5 % 7);
            let second = first + f64::from(place * 3 % 4) + 9.0 * f64::from(place % 2);
            vec![Some(first), (place % 6 != 3).then_some(second)]
        };
        (0..16).map(row).collect()
    }

    fn how() -> Imputation<'static> {
        Imputation {
            rule: ReferenceRule::MissingAtRandom,
            reference: 0,
            covariances: Covariances::Common,
            shifts: &[],
            imputations: 10,
            length: ChainLength { burn_in: 20, between: 5 },
            seed: 4,
        }
    }

    #[test]
    fn the_whole_is_its_parts_and_turns_with_the_arms() {
        let values = values();
        let data = Visits { arm: &ARM, arms: 2, factors: &[], covariates: &[], values: &values };
        let whole = imputed_ancova(data, how(), LAST, 0.95).unwrap();
        let sets = impute_visits(data, how()).unwrap();
        assert_eq!(Ok(whole), pooled_ancova(data, &sets, LAST, 0.95));
        let turned = pooled_ancova(data, &sets, Compared { visit: 1, arm: 0, against: 1 }, 0.95).unwrap();
        assert!(libm::fabs(whole.contrast.estimate + turned.contrast.estimate) < 1e-12);
        assert!(libm::fabs(whole.contrast.p - turned.contrast.p) < 1e-12);
    }

    #[test]
    fn just_before_the_tipping_point_the_difference_is_significant() {
        let values = values();
        let data = Visits { arm: &ARM, arms: 2, factors: &[], covariates: &[], values: &values };
        let sets = impute_visits(data, how()).unwrap();
        let direction = [vec![0.0, 0.0], vec![0.0, -1.0]];
        let point = tipping_ancova(data, &sets, LAST, &direction, RANGE, 0.05).unwrap().unwrap();
        let p = |multiple: f64| {
            let shifts = [vec![0.0, 0.0], vec![0.0, -multiple]];
            imputed_ancova(data, Imputation { shifts: &shifts, ..how() }, LAST, 0.95).unwrap().contrast.p
        };
        assert!(p(point) > 0.05 && p(point - 1e-9) <= 0.05 && libm::fabs(p(point) - 0.05) < 1e-12);
        let apart = [vec![0.0, 0.0], vec![0.0, 1.0]];
        assert_eq!(tipping_ancova(data, &sets, LAST, &apart, (Interval { lower: 0.0, upper: 0.5 }, 5), 0.05), Ok(None));
        let first = Compared { visit: 0, ..LAST };
        assert_eq!(tipping_ancova(data, &sets, first, &direction, RANGE, 0.05), Err(Undefined::ZeroMargin));
    }

    #[test]
    fn what_cannot_be_analysed() {
        let values = values();
        let data = Visits { arm: &ARM, arms: 2, factors: &[], covariates: &[], values: &values };
        let sets = impute_visits(data, how()).unwrap();
        let of = |sets: &[Vec<Vec<f64>>], compared| pooled_ancova(data, sets, compared, 0.95).err();
        assert_eq!(of(&[], LAST), Some(Undefined::NoData));
        assert_eq!(of(&sets[..1], LAST), Some(Undefined::TooFew));
        assert_eq!(of(&sets, Compared { visit: 2, ..LAST }), Some(Undefined::OutOfRange));
        assert_eq!(of(&sets, Compared { arm: 2, ..LAST }), Some(Undefined::OutOfRange));
        assert_eq!(of(&vec![vec![vec![1.0, 2.0]]; 2], LAST), Some(Undefined::OutOfRange));
        assert_eq!(
            delta_shifted(data, &[vec![vec![1.0, 2.0]]], &[vec![0.0; 2], vec![0.0; 2]]),
            Err(Undefined::OutOfRange)
        );
        assert_eq!(delta_shifted(data, &sets, &[vec![0.0; 2]]), Err(Undefined::OutOfRange));
        assert_eq!(delta_shifted(data, &sets, &[vec![0.0], vec![0.0]]), Err(Undefined::OutOfRange));
    }
}
