//! Regression of counts of events in time at risk.

mod fit;
mod negative_binomial;
mod poisson;

pub use negative_binomial::negative_binomial_regression;
pub use poisson::poisson_regression;

use super::LogEffect;

/// What the standard errors of effects stand on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CountErrors {
    /// The variance of the model.
    Model,
    /// The squared distances of the counts from their fitted means (HC0).
    Robust,
}

/// A fitted regression of counts.
#[derive(Clone, Debug, PartialEq)]
pub struct CountRegression {
    /// The effect of each column, in their order.
    pub effects: Vec<LogEffect>,
    /// Log-likelihood at the estimates.
    pub log_likelihood: f64,
    /// The variance of a count is its mean plus this times the square of its mean; 0 for a Poisson regression.
    pub dispersion: f64,
    /// Standard error of the dispersion; none when it is 0.
    pub dispersion_error: Option<f64>,
}
