//! Rubin's rules.

use super::super::linear::Contrast;
use super::super::{Undefined, finite, size};

/// An estimate pooled over imputations.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pooled {
    /// Estimate, standard error, degrees of freedom, t test against 0 and limits.
    pub contrast: Contrast,
    /// Mean of the variances within the imputations.
    pub within: f64,
    /// Variance of the estimates between the imputations.
    pub between: f64,
    /// Relative increase in variance because values are missing.
    pub increase: f64,
    /// Share of the information that is missing, degrees of freedom taken into account.
    pub missing_information: f64,
}

/// Estimates of several imputations pooled by Rubin's rules.
///
/// # Method
/// Rubin 1987: the mean of the estimates; its variance is the mean of theirs plus (1 + 1/m) times the variance between
/// them. Degrees of freedom of Barnard and Rubin 1999, Biometrika 86:948, where those of the complete data are given, else
/// those of Rubin 1987.
///
/// # Input
/// An estimate and its variance (standard error squared) for each imputation, at least 2; `complete_df` above 0, the
/// degrees of freedom had nothing been missing; `level` strictly between 0 and 1.
///
/// # Not estimable
/// `NoData` without imputations, `TooFew` with one; `ZeroVariance` when all variances are 0, and when the estimates are
/// equal and no `complete_df` is given (the degrees of freedom are then infinite); `OutOfRange` for columns of different
/// lengths, values that are not finite, negative variances, degrees of freedom not above 0, or a level that is no
/// probability.
///
/// # Agrees with
/// R `mice::pool.scalar(estimates, variances, n, k)`, whose share of missing information is at least 1e-4, which moves its
/// degrees of freedom when all estimates are equal; cases in `fixtures/reference/missing`.
pub fn rubin(estimates: &[f64], variances: &[f64], complete_df: Option<f64>, level: f64) -> Result<Pooled, Undefined> {
    if estimates.len() != variances.len() || variances.iter().any(|own| !(*own >= 0.0 && own.is_finite())) {
        return Err(Undefined::OutOfRange);
    }
    if complete_df.is_some_and(|df| !(df > 0.0 && df.is_finite())) {
        return Err(Undefined::OutOfRange);
    }
    match estimates.len() {
        0 => return Err(Undefined::NoData),
        1 => return Err(Undefined::TooFew),
        _ => {}
    }
    let number = size(estimates);
    // Of equal estimates the differences from the first are 0, their variance exactly so.
    let first = estimates[0];
    let shift = estimates.iter().map(|own| own - first).sum::<f64>() / number;
    let squares = |own: &f64| (own - first - shift) * (own - first - shift);
    let between = finite(estimates.iter().map(squares).sum::<f64>() / (number - 1.0))?;
    let within = finite(variances.iter().sum::<f64>() / number)?;
    let added = (1.0 + 1.0 / number) * between;
    let total = finite(within + added)?;
    if total <= 0.0 {
        return Err(Undefined::ZeroVariance);
    }
    let share = added / total;
    let per_imputation = share * share / (number - 1.0);
    let inverse = match complete_df {
        Some(df) if within > 0.0 => per_imputation + 1.0 / ((df + 1.0) / (df + 3.0) * df * (within / total)),
        Some(_) => return Err(Undefined::ZeroVariance),
        None => per_imputation,
    };
    if inverse <= 0.0 {
        return Err(Undefined::ZeroVariance);
    }
    let df = finite(1.0 / inverse)?;
    Ok(Pooled {
        contrast: Contrast::of(finite(first + shift)?, libm::sqrt(total), df, level)?,
        within,
        between,
        increase: if within > 0.0 { finite(added / within)? } else { return Err(Undefined::ZeroVariance) },
        missing_information: share + 2.0 / (df + 3.0) * (within / total),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_imputations_on_paper() {
        // Within 1, between 1/2, total 7/4; the missing share is 3/7 and the degrees of freedom are 49/9.
        let pooled = rubin(&[1.0, 2.0], &[0.5, 1.5], None, 0.95).unwrap();
        assert!(libm::fabs(pooled.contrast.estimate - 1.5) < 1e-15);
        assert!(libm::fabs(pooled.contrast.standard_error - libm::sqrt(1.75)) < 1e-15);
        assert!(libm::fabs(pooled.contrast.df - 49.0 / 9.0) < 1e-14);
        assert!(libm::fabs(pooled.between - 0.5) < 1e-15 && libm::fabs(pooled.increase - 0.75) < 1e-15);
    }

    #[test]
    fn the_sign_turns_with_the_arms() {
        let (here, there) = (
            rubin(&[1.0, 2.5, 1.2], &[0.5; 3], Some(20.0), 0.9),
            rubin(&[-1.0, -2.5, -1.2], &[0.5; 3], Some(20.0), 0.9),
        );
        let (here, there) = (here.unwrap().contrast, there.unwrap().contrast);
        assert!(libm::fabs(here.estimate + there.estimate) < 1e-15 && libm::fabs(here.p - there.p) < 1e-15);
        assert!(libm::fabs(here.interval.lower + there.interval.upper) < 1e-15);
    }

    #[test]
    fn what_cannot_be_pooled() {
        assert_eq!(rubin(&[], &[], None, 0.95), Err(Undefined::NoData));
        assert_eq!(rubin(&[1.0], &[1.0], None, 0.95), Err(Undefined::TooFew));
        assert_eq!(rubin(&[1.0, 1.0], &[0.1, 0.1], None, 0.95), Err(Undefined::ZeroVariance));
        assert_eq!(rubin(&[1.0, 1.0], &[0.0, 0.0], Some(9.0), 0.95), Err(Undefined::ZeroVariance));
        assert_eq!(rubin(&[1.0, 2.0], &[0.0, 0.0], Some(9.0), 0.95), Err(Undefined::ZeroVariance));
        assert_eq!(rubin(&[1.0, 2.0], &[0.0, 0.0], None, 0.95), Err(Undefined::ZeroVariance));
        for (estimates, variances, df, level) in [
            (vec![1.0, 2.0], vec![1.0], None, 0.95),
            (vec![1.0, f64::NAN], vec![1.0, 1.0], None, 0.95),
            (vec![1.0, f64::INFINITY], vec![1.0, 1.0], None, 0.95),
            (vec![1.0, 2.0], vec![1.0, -1.0], None, 0.95),
            (vec![1.0, 2.0], vec![1.0, 1.0], Some(0.0), 0.95),
            (vec![1.0, 2.0], vec![1.0, 1.0], None, 1.0),
        ] {
            assert_eq!(rubin(&estimates, &variances, df, level), Err(Undefined::OutOfRange));
        }
    }
}
