//! The fit: Newton's method with exact derivatives, from uncorrelated visits.

use std::sync::OnceLock;

use super::super::linear::Contrast;
use super::super::{Undefined, real, size};
use super::likelihood::{Evaluation, evaluate};
use super::observations::{Observations, Prepared};
use super::square::{Square, dot};
use super::structure::Structure;

/// Which likelihood is maximised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Likelihood {
    /// That of contrasts free of the fixed effects (REML).
    Restricted,
    /// That of all observations (ML).
    Full,
}

/// Steps of Newton's method; a regular likelihood takes ten.
const STEPS: usize = 200;
/// A step that promises less than this is the last: Newton's method squares its error.
const ENOUGH: f64 = 1e-14;
/// No parameter moves further in one step.
const STRIDE: f64 = 2.0;
/// Beyond this a correlation is 1 or a variance 0 as far as the data can tell.
const FARTHEST: f64 = 1e3;

/// A fitted model of repeated measurements.
#[derive(Clone, Debug)]
pub struct MixedModel {
    pub(super) data: Prepared,
    pub(super) structure: Structure,
    pub(super) restricted: bool,
    pub(super) theta: Vec<f64>,
    pub(super) at: Evaluation,
    /// The covariance of the estimated parameters: twice the inverse of the second derivatives.
    pub(super) parameter_covariance: Square,
    /// The covariance of the coefficients adjusted for small samples, once it has been asked for.
    pub(super) adjusted: OnceLock<Result<Square, Undefined>>,
    /// The same without second derivatives.
    pub(super) adjusted_linear: OnceLock<Result<Square, Undefined>>,
    /// Number of observations.
    pub observations: usize,
    /// Number of subjects.
    pub subjects: usize,
    /// Number of parameters of the covariance.
    pub parameters: usize,
    /// Steps of Newton's method.
    pub steps: usize,
}

impl MixedModel {
    /// Fits a model of repeated measurements.
    ///
    /// # Method
    /// Patterson and Thompson 1971 (REML); Newton's method with exact second derivatives, damped where the likelihood is
    /// not concave. Parameters as in [`Structure`].
    ///
    /// # Input
    /// See [`Observations`]. A response that is missing is left out by the caller.
    ///
    /// # Not estimable
    /// `NoData` without observations; `TooFew` when the design leaves no degrees of freedom; `ZeroVariance` when it
    /// explains everything; `OutOfRange` for inputs outside their domain, two observations of a subject at a visit, or
    /// a subject in two groups; `NotConverged` when the likelihood has no maximum inside the structure (too few
    /// observations for its parameters, a correlation of 1), or its second derivatives there are not those of one.
    ///
    /// # Agrees with
    /// R `mmrm::mmrm(…, reml = TRUE or FALSE)` 0.3.16 and `nlme::gls`; cases in `fixtures/reference/mixed`.
    pub fn fit(data: &Observations<'_>, structure: Structure, likelihood: Likelihood) -> Result<Self, Undefined> {
        let data = Prepared::new(data)?;
        let restricted = likelihood == Likelihood::Restricted;
        let each = structure.parameters(data.visits);
        if data.patterns.iter().all(|pattern| pattern.visits.len() < 2) && each > structure.deviations(data.visits) {
            return Err(Undefined::NotConverged);
        }
        let mut parameters = start(&data, structure);
        let evaluated = |parameters: &[f64]| evaluate(&data, structure, restricted, parameters);
        let mut at = evaluated(&parameters).ok_or(Undefined::NotConverged)?;
        let mut steps = 0;
        loop {
            let (step, promise, proper) = newton(&at).ok_or(Undefined::NotConverged)?;
            // Half of what a proper step promises is what it brings; rounding hides less than this share of the value.
            let small = ENOUGH * (1.0 + libm::fabs(at.value));
            let last = proper && promise < small;
            let mut factor =
                1.0_f64.min(STRIDE / step.iter().fold(f64::MIN_POSITIVE, |most, s| most.max(libm::fabs(*s))));
            let accepted = loop {
                let tried: Vec<f64> = parameters.iter().zip(&step).map(|(own, step)| own + factor * step).collect();
                if let Some(there) = evaluated(&tried)
                    && (there.value <= at.value - 1e-4 * factor * promise || last)
                {
                    break Some((tried, there));
                }
                factor /= 2.0;
                if factor < 1e-10 {
                    break None;
                }
            };
            let Some((tried, there)) = accepted else {
                // No better place can be told from this one.
                if proper && promise < 1e-7 * (1.0 + libm::fabs(at.value)) {
                    break;
                }
                return Err(Undefined::NotConverged);
            };
            (parameters, at) = (tried, there);
            steps += 1;
            if last {
                break;
            }
            if steps == STEPS || parameters.iter().any(|own| libm::fabs(*own) > FARTHEST) {
                return Err(Undefined::NotConverged);
            }
        }
        let (mut parameter_covariance, _) = at.hessian.cholesky().ok_or(Undefined::NotConverged)?.inverse_of_product();
        parameter_covariance.entries.iter_mut().for_each(|entry| *entry *= 2.0);
        Ok(Self {
            observations: data.observations,
            subjects: data.subjects.len(),
            parameters: parameters.len(),
            steps,
            data,
            structure,
            restricted,
            theta: parameters,
            at,
            parameter_covariance,
            adjusted: OnceLock::new(),
            adjusted_linear: OnceLock::new(),
        })
    }

    /// The logarithm of the maximised likelihood, with all its constants.
    #[must_use]
    pub fn log_likelihood(&self) -> f64 {
        let taken = if self.restricted { self.data.rank } else { 0 };
        let free = real(self.data.observations as u64) - real(taken as u64);
        // The orthonormal design has determinant 1; that of the user's design belongs to the restricted likelihood.
        let design = if self.restricted { self.data.triangle.log_determinant() } else { 0.0 };
        let constant = free * (libm::log(2.0 * std::f64::consts::PI) + 2.0 * libm::log(self.data.scale));
        -0.5 * (self.at.value + constant - self.data.log_weights + design)
    }

    /// The estimated covariance between the visits of a group, row by row.
    #[must_use]
    pub fn visit_covariance(&self, group: usize) -> Vec<Vec<f64>> {
        let each = self.structure.parameters(self.data.visits);
        let Some(own) = self.theta.chunks_exact(each).nth(group) else { return Vec::new() };
        let squared = self.data.scale * self.data.scale;
        let entries: Vec<f64> =
            self.structure.covariance(self.data.visits, own).iter().map(|jet| jet.value * squared).collect();
        entries.chunks_exact(self.data.visits).map(<[f64]>::to_vec).collect()
    }

    /// The weights of a combination in the orthonormal basis.
    pub(super) fn direction(&self, weights: &[f64]) -> Result<Vec<f64>, Undefined> {
        if weights.len() != self.data.within.len() || weights.iter().any(|weight| !weight.is_finite()) {
            return Err(Undefined::OutOfRange);
        }
        self.data.triangle.direction(weights)
    }

    /// The combination of coefficients in this direction.
    pub(super) fn estimate(&self, direction: &[f64]) -> f64 {
        dot(direction, &self.data.origin) + self.data.scale * dot(direction, &self.at.coefficients)
    }

    /// A test of a combination from its variance in units of the scale and its degrees of freedom.
    pub(super) fn contrast_of(
        &self,
        direction: &[f64],
        variance: f64,
        df: f64,
        level: f64,
    ) -> Result<Contrast, Undefined> {
        Contrast::of(self.estimate(direction), self.data.scale * libm::sqrt(variance), df, level)
    }
}

/// Standard deviations of the residuals at each visit, or of all; no correlations.
fn start(data: &Prepared, structure: Structure) -> Vec<f64> {
    let each = structure.parameters(data.visits);
    let mut parameters = vec![structure.uncorrelated(data.visits); each * data.groups];
    for (group, own) in parameters.chunks_exact_mut(each).enumerate() {
        let deviations = structure.deviations(data.visits);
        for (visit, parameter) in own[..deviations].iter_mut().enumerate() {
            let residuals: Vec<f64> = data
                .subjects
                .iter()
                .filter(|subject| subject.group == group)
                .flat_map(|subject| subject.visits.iter().zip(&subject.residuals))
                .filter(|(at, _)| deviations == 1 || **at == visit)
                .map(|(_, residual)| *residual)
                .collect();
            let mean_square = dot(&residuals, &residuals) / size(&residuals).max(1.0);
            *parameter = 0.5 * libm::log(mean_square.max(1e-6));
        }
    }
    parameters
}

/// The step of Newton's method, twice what it promises to take off the value, and whether the second derivatives are those
/// of a minimum; where they are not, they are made so.
fn newton(at: &Evaluation) -> Option<(Vec<f64>, f64, bool)> {
    let places = at.gradient.len();
    let mut damping = 0.0;
    let most = (0..places).map(|k| libm::fabs(at.hessian.at(k, k))).fold(0.0, f64::max).max(1e-300);
    for attempt in 0..60 {
        let mut matrix = at.hessian.clone();
        for k in 0..places {
            matrix.entries[k * places + k] += damping;
        }
        if let Some(lower) = matrix.cholesky() {
            let step: Vec<f64> = lower.backward(&lower.forward(&at.gradient)).into_iter().map(|s| -s).collect();
            let promise = -dot(&step, &at.gradient);
            return promise.is_finite().then_some((step, promise, attempt == 0));
        }
        damping = if attempt == 0 { 1e-4 * most } else { damping * 3.0 };
    }
    None
}
