//! The regressors of an imputation.

use super::super::Undefined;
use super::table::centre_and_scale;
use super::visits::{Covariances, Visits};

/// What the visits are regressed on.
pub(super) struct Design {
    /// Arms with an indicator of their own.
    indicators: Vec<usize>,
    /// Whether all arms are in one regression.
    common: bool,
    /// For each subject the indicators of factors and the covariates.
    others: Vec<Vec<f64>>,
}

impl Design {
    pub(super) fn new(data: Visits<'_>, occurs: &[usize], covariances: Covariances) -> Result<Self, Undefined> {
        let mut others = vec![Vec::new(); data.arm.len()];
        for factor in data.factors {
            let mut levels = factor.clone();
            levels.sort_unstable();
            levels.dedup();
            for (own, level) in others.iter_mut().zip(factor) {
                own.extend(levels.iter().skip(1).map(|other| if other == level { 1.0 } else { 0.0 }));
            }
        }
        for covariate in data.covariates {
            if covariate.iter().any(|value| !value.is_finite()) {
                return Err(Undefined::OutOfRange);
            }
            let (centre, scale) = centre_and_scale(covariate)?;
            for (own, value) in others.iter_mut().zip(covariate) {
                own.push((value - centre) / scale);
            }
        }
        let common = covariances == Covariances::Common;
        let indicators = if common { occurs[1..].to_vec() } else { Vec::new() };
        Ok(Self { indicators, common, others })
    }

    /// The arms of each regression.
    pub(super) fn groups(&self, arm: &[usize], occurs: &[usize]) -> Vec<Vec<usize>> {
        let groups = if self.common { vec![occurs.to_vec()] } else { occurs.iter().map(|arm| vec![*arm]).collect() };
        groups.into_iter().filter(|group| arm.iter().any(|arm| group.contains(arm))).collect()
    }

    /// The regressors of a subject, were it in an arm.
    pub(super) fn point(&self, subject: usize, arm: usize) -> Vec<f64> {
        let indicators = self.indicators.iter().map(|own| if *own == arm { 1.0 } else { 0.0 });
        [1.0].into_iter().chain(indicators).chain(self.others[subject].iter().copied()).collect()
    }
}
