//! What proportional hazards models report: hazard ratios, tests and limits.

use super::super::contingency::ChiSquare;
use super::super::describe;
use super::super::distribution::{chi_square_sf, normal_sf};
use super::super::symmetric::{Factors, Matrix};
use super::super::{Interval, Undefined, finite, size};
use super::curve::normal_limit;
use super::discrete::DiscreteLikelihood;
use super::firth::PenalisedLikelihood;
use super::grouped::GroupedLikelihood;
use super::maximum::{Evaluation, Likelihood, Maximum, independent, maximum};
use super::partial::PartialLikelihood;

/// Where a search for a limit ends. No covariate is further than 1 from its mean, so the hazard ratio between the two is
/// then beyond e^300.
const FARTHEST: f64 = 300.0;

/// The stride of that search does not grow beyond this.
const STRIDE: f64 = 16.0;

/// Steps of Newton's method towards a limit; it doubles the digits each time.
const STEPS: usize = 100;

/// A fitted proportional hazards model.
#[derive(Clone, Debug)]
pub struct ProportionalHazards {
    /// For each covariate its effect; `Separated` when the likelihood has no maximum, `OutOfRange` when a hazard ratio
    /// or a limit of it is beyond the range of a double.
    pub effects: Vec<Result<HazardRatio, Undefined>>,
    /// Log-likelihood without effects.
    pub log_likelihood_null: f64,
    /// Log-likelihood at the estimates; without a maximum what it approaches.
    pub log_likelihood: f64,
    /// Likelihood-ratio test that no covariate has an effect.
    pub likelihood_ratio: ChiSquare,
    /// Score test that no covariate has an effect.
    pub score: ChiSquare,
    /// Wald test that no covariate has an effect; `Separated` when the likelihood has no maximum.
    pub wald: Result<ChiSquare, Undefined>,
    model: Model,
    pub(super) scales: Vec<f64>,
    without: Evaluation,
    maximum: Maximum,
}

/// The effect of one unit of a covariate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HazardRatio {
    /// The logarithm of the hazard ratio.
    pub coefficient: f64,
    /// Its standard error.
    pub standard_error: f64,
    /// The hazard ratio.
    pub hazard_ratio: f64,
    /// Its limits, of Wald's kind.
    pub interval: Interval,
    /// Coefficient over standard error.
    pub z: f64,
    /// Two-sided p-value of no effect, of Wald's kind.
    pub p: f64,
}

/// Limits of a hazard ratio that may be open: without a lower limit it may be anything above 0, without an upper limit
/// there is no bound.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ProfileLimits {
    /// Lower limit.
    pub lower: Option<f64>,
    /// Upper limit.
    pub upper: Option<f64>,
}

/// The likelihoods there are.
#[derive(Clone, Debug)]
pub(super) enum Model {
    Partial(PartialLikelihood),
    Discrete(DiscreteLikelihood),
    Penalised(PenalisedLikelihood),
    Grouped(GroupedLikelihood),
}

impl Likelihood for Model {
    fn null(&self) -> Vec<f64> {
        match self {
            Self::Partial(likelihood) => likelihood.null(),
            Self::Discrete(likelihood) => likelihood.null(),
            Self::Penalised(likelihood) => likelihood.null(),
            Self::Grouped(likelihood) => likelihood.null(),
        }
    }

    fn at(&self, parameters: &[f64]) -> Evaluation {
        match self {
            Self::Partial(likelihood) => likelihood.at(parameters),
            Self::Discrete(likelihood) => likelihood.at(parameters),
            Self::Penalised(likelihood) => likelihood.at(parameters),
            Self::Grouped(likelihood) => likelihood.at(parameters),
        }
    }

    fn expected_information(&self, parameters: &[f64], here: &Evaluation) -> Matrix {
        match self {
            Self::Partial(likelihood) => likelihood.expected_information(parameters, here),
            Self::Discrete(likelihood) => likelihood.expected_information(parameters, here),
            Self::Penalised(likelihood) => likelihood.expected_information(parameters, here),
            Self::Grouped(likelihood) => likelihood.expected_information(parameters, here),
        }
    }
}

impl ProportionalHazards {
    /// Fits the model. Its last parameters are those of the covariates, which `standardise` has scaled.
    pub(super) fn fit(model: Model, scales: Vec<f64>, level: f64) -> Result<Self, Undefined> {
        let z = normal_limit(level)?;
        let null = model.null();
        let nuisance = null.len() - scales.len();
        let without = model.at(&null);
        let information = independent(&model.expected_information(&null, &without))?;
        let df = size(&scales);
        let test = |statistic: f64| {
            let statistic = finite(statistic)?.max(0.0);
            Ok(ChiSquare { statistic, df, p: chi_square_sf(statistic, df)? })
        };
        let score = test(information.quadratic(&without.gradient))?;
        let maximum = maximum(&model, &without, null, None)?;
        let mut effects = vec![Err(Undefined::Separated); scales.len()];
        let mut wald = Err(Undefined::Separated);
        if maximum.attained {
            let estimates = &maximum.parameters[nuisance..];
            let information = model.expected_information(&maximum.parameters, &maximum.here);
            let covariance = independent(&information)?.inverse();
            let covariance: Matrix = covariance[nuisance..].iter().map(|row| row[nuisance..].to_vec()).collect();
            for (place, effect) in effects.iter_mut().enumerate() {
                let scale = scales[place];
                *effect = HazardRatio::new(estimates[place] / scale, covariance[place][place].sqrt() / scale, z);
            }
            let factors = Factors::new(&covariance, &vec![0.0; scales.len()]).ok_or(Undefined::NotConverged)?;
            wald = test(factors.quadratic(estimates));
        }
        Ok(Self {
            effects,
            log_likelihood_null: without.value,
            log_likelihood: maximum.value,
            likelihood_ratio: test(2.0 * (maximum.value - without.value))?,
            score,
            wald,
            model,
            scales,
            without,
            maximum,
        })
    }

    /// Cox's partial likelihood and the estimates, in units of its covariates, for what is computed from them.
    pub(super) fn estimated(&self) -> Result<(&PartialLikelihood, &[f64], Factors), Undefined> {
        let Model::Partial(likelihood) = &self.model else {
            return Err(Undefined::OutOfRange);
        };
        if !self.maximum.attained {
            return Err(Undefined::Separated);
        }
        Ok((likelihood, &self.maximum.parameters, independent(&self.maximum.here.information)?))
    }

    /// Profile-likelihood limits of the hazard ratio of a covariate, by its place.
    ///
    /// # Method
    /// Venzon and Moolgavkar 1988, Applied Statistics 37:87: the values that the likelihood-ratio test does not reject,
    /// the other parameters at their maximum for each value. The likelihood is concave, so Newton's method approaches a
    /// limit from outside. A limit is open where the likelihood never falls far enough, as on one side when only one
    /// arm has events: Heinze and Schemper 2001, Biometrics 57:114. A limit beyond e^±300 is taken as open.
    ///
    /// # Input
    /// The place of a covariate; `level` strictly between 0 and 1.
    ///
    /// # Not estimable
    /// `OutOfRange` when there is no such covariate, the level is not a probability or a limit is beyond the range of a
    /// double; `NotConverged` if the maximum is not found on the way.
    ///
    /// # Agrees with
    /// The likelihood of Python `statsmodels` `PHReg`, inverted; cases in `fixtures/reference/cox` and
    /// `grouped-proportional-hazards`.
    pub fn profile_limits(&self, covariate: usize, level: f64) -> Result<ProfileLimits, Undefined> {
        let z = normal_limit(level)?;
        let scale = *self.scales.get(covariate).ok_or(Undefined::OutOfRange)?;
        let place = self.maximum.parameters.len() - self.scales.len() + covariate;
        let least = self.maximum.value - z * z / 2.0;
        let ratio = |end: Option<f64>| end.map(|end| finite(libm::exp(end / scale))).transpose();
        Ok(ProfileLimits {
            lower: ratio(self.profile_end(place, -1.0, least)?)?,
            upper: ratio(self.profile_end(place, 1.0, least)?)?,
        })
    }

    /// Where, in a direction, the profile falls to a value; nowhere if it does not.
    fn profile_end(&self, place: usize, direction: f64, least: f64) -> Result<Option<f64>, Undefined> {
        let mut outside = self.maximum.clone();
        let mut stride = 1.0;
        while outside.value >= least {
            if libm::fabs(outside.parameters[place]) > FARTHEST {
                return Ok(None);
            }
            outside.parameters[place] += direction * stride;
            outside = maximum(&self.model, &self.without, outside.parameters, Some(place))?;
            stride = (stride * 2.0).min(STRIDE);
        }
        for _ in 0..STEPS {
            let slope = self.model.at(&outside.parameters).gradient[place];
            let step = finite((least - outside.value) / slope)?;
            outside.parameters[place] += step;
            outside = maximum(&self.model, &self.without, outside.parameters, Some(place))?;
            let near = libm::fabs(step) <= 1e-13 * (1.0 + libm::fabs(outside.parameters[place]));
            // Inside by no more than rounding; a penalised likelihood may bend and let a step go further.
            if near || (outside.value >= least && outside.value - least <= 1e-10 * (1.0 + libm::fabs(least))) {
                return Ok(Some(outside.parameters[place]));
            }
        }
        Err(Undefined::NotConverged)
    }
}

impl HazardRatio {
    pub(super) fn new(coefficient: f64, standard_error: f64, z: f64) -> Result<Self, Undefined> {
        let ratio = |coefficient: f64| finite(libm::exp(coefficient));
        let statistic = coefficient / standard_error;
        Ok(Self {
            coefficient: finite(coefficient)?,
            standard_error: finite(standard_error)?,
            hazard_ratio: ratio(coefficient)?,
            interval: Interval {
                lower: ratio(coefficient - z * standard_error)?,
                upper: ratio(coefficient + z * standard_error)?,
            },
            z: finite(statistic)?,
            p: 2.0 * normal_sf(libm::fabs(statistic))?,
        })
    }
}

/// Covariates by subject: centred at their mean and divided by their largest distance from it, which is returned.
pub(super) fn standardise(subjects: &mut [&mut Vec<f64>]) -> Result<Vec<f64>, Undefined> {
    let covariates = subjects.first().map_or(0, |subject| subject.len());
    let mut scales = Vec::with_capacity(covariates);
    for place in 0..covariates {
        let column: Vec<f64> = subjects.iter().map(|subject| subject[place]).collect();
        let mean = describe::mean(&column)?;
        let scale = column.iter().fold(0.0_f64, |most, value| most.max(libm::fabs(value - mean)));
        if scale <= 0.0 {
            return Err(Undefined::NotEstimable);
        }
        finite(scale)?;
        for subject in subjects.iter_mut() {
            subject[place] = (subject[place] - mean) / scale;
        }
        scales.push(scale);
    }
    if scales.is_empty() { Err(Undefined::OutOfRange) } else { Ok(scales) }
}

/// The covariates of each subject, if there is a finite value for all.
pub(super) fn by_subject(covariates: &[Vec<f64>], subjects: usize) -> Result<Vec<Vec<f64>>, Undefined> {
    let complete = |column: &Vec<f64>| column.len() == subjects && column.iter().all(|value| value.is_finite());
    if covariates.is_empty() || !covariates.iter().all(complete) {
        return Err(Undefined::OutOfRange);
    }
    // Adding zero makes a negative zero positive, so that equal values sort as equal.
    Ok((0..subjects).map(|subject| covariates.iter().map(|column| column[subject] + 0.0).collect()).collect())
}

/// An order of covariates in which the order of the input leaves no trace.
pub(super) fn compare(one: &[f64], two: &[f64]) -> std::cmp::Ordering {
    let mut pairs = one.iter().zip(two).map(|(one, two)| one.total_cmp(two));
    pairs.find(|order| order.is_ne()).unwrap_or(std::cmp::Ordering::Equal)
}
