//! Standard errors of least squares when the errors have unequal variances.

use super::super::describe::compensated;
use super::super::{Undefined, size};
use super::{Contrast, LeastSquares};

/// How squared residuals are enlarged for what the fit takes away from them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leverage {
    /// HC0: not at all (White 1980, Econometrica 48:817).
    None,
    /// HC1: all by n / (n − rank) (Hinkley 1977).
    Overall,
    /// HC2: by 1 / (1 − h), h the leverage of the observation; unbiased when variances are equal.
    Once,
    /// HC3: by 1 / (1 − h)², about the jackknife (`MacKinnon` and White 1985, Journal of Econometrics 29:305).
    Twice,
}

/// An observation whose leverage misses 1 by less than this has a parameter of its own.
const OWN: f64 = 1e-10;

/// A linear combination of the coefficients with a standard error that holds when variances are unequal.
///
/// # Method
/// The sandwich of Huber 1967 and White 1980: squared residuals, enlarged by `leverage`, in the place of the residual
/// variance. t test with the residual degrees of freedom.
///
/// # Input
/// As for `LeastSquares::fit`, with a weight for each column; `level` strictly between 0 and 1.
///
/// # Not estimable
/// As `LeastSquares::fit` and `contrast`; `NotEstimable` also for HC2 and HC3 when an observation has a parameter of its
/// own, so that its residual says nothing; `ZeroVariance` also when the residuals behind the combination are all 0.
///
/// # Agrees with
/// R `sandwich::vcovHC(model, type = "HC0")` to `"HC3"`, SAS `PROC REG` with `HCCMETHOD`; cases in
/// `fixtures/reference/sandwich`.
pub fn sandwich_contrast(
    columns: &[Vec<f64>],
    y: &[f64],
    weights: &[f64],
    leverage: Leverage,
    level: f64,
) -> Result<Contrast, Undefined> {
    let fit = LeastSquares::fit(columns, y)?;
    // With all the checks of the usual test.
    let usual = fit.contrast(weights, level)?;
    let combination = fit.direction(weights)?;
    let mut terms = Vec::with_capacity(y.len());
    for (place, response) in y.iter().enumerate() {
        let row: Vec<f64> = columns.iter().map(|column| column[place]).collect();
        let own = fit.direction(&row)?;
        let fitted = row.iter().zip(fit.coefficients()).map(|(entry, value)| -entry * value.unwrap_or(0.0));
        let residual = compensated([*response].into_iter().chain(fitted));
        let rest = 1.0 - compensated(own.iter().map(|value| value * value));
        let divisor = match leverage {
            Leverage::None | Leverage::Overall => 1.0,
            _ if rest < OWN => return Err(Undefined::NotEstimable),
            Leverage::Once => rest.sqrt(),
            Leverage::Twice => rest,
        };
        let influence: f64 = compensated(own.iter().zip(&combination).map(|(one, two)| one * two));
        let term = influence * residual / divisor;
        terms.push(term * term);
    }
    let scale = if leverage == Leverage::Overall { size(y) / usual.df } else { 1.0 };
    let standard_error = (compensated(terms.into_iter()) * scale).sqrt();
    if standard_error == 0.0 {
        return Err(Undefined::ZeroVariance);
    }
    Contrast::of(usual.estimate, standard_error, usual.df, level)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn indicators() -> Vec<Vec<f64>> {
        vec![vec![1.0; 5], vec![1.0, 1.0, 1.0, 0.0, 0.0]]
    }

    #[test]
    fn two_groups_on_paper() {
        // Residuals −1, 0, 1 and −1, 1; leverages 1/3 and 1/2: Σ e² / n² is 2/9 + 2/4.
        let y = [1.0, 2.0, 3.0, 5.0, 7.0];
        for (leverage, variance) in [
            (Leverage::None, 2.0 / 9.0 + 0.5),
            (Leverage::Overall, (2.0 / 9.0 + 0.5) * 5.0 / 3.0),
            (Leverage::Once, 1.0 / 3.0 + 1.0),
            (Leverage::Twice, 0.5 + 2.0),
        ] {
            let found = sandwich_contrast(&indicators(), &y, &[0.0, 1.0], leverage, 0.95).unwrap();
            assert!(libm::fabs(found.estimate + 4.0) < 1e-14);
            assert!(libm::fabs(found.standard_error - libm::sqrt(variance)) < 1e-14, "{leverage:?} {found:?}");
            assert!(libm::fabs(found.df - 3.0) < 1e-15);
            let turned = sandwich_contrast(&indicators(), &y, &[0.0, -1.0], leverage, 0.95).unwrap();
            assert!(libm::fabs(turned.t + found.t) < 1e-14);
        }
    }

    #[test]
    fn what_has_no_sandwich() {
        let reason = |columns: &[Vec<f64>], y: &[f64], weights: &[f64], leverage| {
            sandwich_contrast(columns, y, weights, leverage, 0.95).err()
        };
        let y = [1.0, 2.0, 3.0, 5.0, 7.0];
        let own = [vec![1.0; 5], vec![0.0, 0.0, 0.0, 0.0, 1.0]];
        assert_eq!(reason(&own, &y, &[0.0, 1.0], Leverage::Twice), Some(Undefined::NotEstimable));
        assert_eq!(reason(&own, &y, &[0.0, 1.0], Leverage::None), None);
        assert_eq!(
            reason(&indicators(), &[1.0, 1.0, 1.0, 2.0, 2.0], &[0.0, 1.0], Leverage::None),
            Some(Undefined::ZeroVariance)
        );
        assert_eq!(reason(&indicators(), &[], &[0.0, 1.0], Leverage::None), Some(Undefined::NoData));
        assert_eq!(reason(&indicators(), &y, &[1.0], Leverage::None), Some(Undefined::OutOfRange));
        let twice = [vec![1.0; 5], vec![1.0; 5]];
        assert_eq!(reason(&twice, &y, &[0.0, 1.0], Leverage::None), Some(Undefined::NotEstimable));
        assert_eq!(reason(&indicators()[..1], &[1.0], &[1.0], Leverage::None), Some(Undefined::OutOfRange));
    }
}
