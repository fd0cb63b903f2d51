//! How much of the error may have been spent when a share of the information is there.

use super::super::distribution::{normal_quantile, normal_sf};
use super::super::{Undefined, finite};

/// A spending function.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Spending {
    /// Of O'Brien and Fleming's kind: 2 − 2 Φ(z₁₋α⸝₂ / √t).
    ObrienFleming,
    /// Of Pocock's kind: α ln(1 + (e − 1) t).
    Pocock,
    /// α (1 − e^−γt) / (1 − e^−γ); α t for γ = 0.
    HwangShihDeCani(f64),
    /// α t^ρ.
    Power(f64),
}

impl Spending {
    /// The error that may have been spent at a share of the information; all of it from 1 on.
    ///
    /// # Method
    /// Lan and `DeMets` 1983, Biometrika 70:659; Hwang, Shih and De Cani 1990; Kim and `DeMets` 1987 (powers). `alpha` is the
    /// error of the tail that is spent: for a two-sided test, of one tail.
    ///
    /// # Not estimable
    /// `OutOfRange` for an error outside 0 to 1, a share that is not above 0, or a parameter that is not finite (for
    /// powers, not above 0).
    ///
    /// # Agrees with
    /// R `gsDesign::sfLDOF`, `sfLDPocock`, `sfHSD`, `sfPower`; cases in `fixtures/reference/sequential`.
    pub fn spent(self, alpha: f64, share: f64) -> Result<f64, Undefined> {
        let sensible = match self {
            Self::HwangShihDeCani(gamma) => gamma.is_finite(),
            Self::Power(rho) => rho.is_finite() && rho > 0.0,
            Self::ObrienFleming | Self::Pocock => true,
        };
        if !(alpha > 0.0 && alpha < 1.0 && share > 0.0 && sensible) {
            return Err(Undefined::OutOfRange);
        }
        let share = share.min(1.0);
        finite(match self {
            Self::ObrienFleming => 2.0 * normal_sf(-normal_quantile(alpha / 2.0)? / libm::sqrt(share))?,
            Self::Pocock => alpha * libm::log1p((std::f64::consts::E - 1.0) * share),
            Self::HwangShihDeCani(0.0) => alpha * share,
            Self::HwangShihDeCani(gamma) => alpha * libm::expm1(-gamma * share) / libm::expm1(-gamma),
            Self::Power(rho) => alpha * libm::pow(share, rho),
        })
    }
}
