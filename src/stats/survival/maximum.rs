//! The maximum of a concave log-likelihood, and whether it has one.

use super::super::Undefined;
use super::super::symmetric::{Factors, Matrix};

/// A parameter that adds less than this share of its own information to the others depends on them.
const INDEPENDENT: f64 = 1e-10;

/// Information that has fallen to this share of that without effects shows a likelihood that rises without end. At a
/// maximum it would take hazard ratios of about 1e12, which need as many subjects.
const COLLAPSED: f64 = 1e-12;

/// A step is the last when it promises less than this gain: then it is shorter than 1e-9 standard errors, and the next
/// one would be its square.
const LAST: f64 = 1e-18;

/// The part of the gain promised that a step must make good, Armijo 1966, Pacific Journal of Mathematics 16:1.
const KEPT: f64 = 1e-4;

/// The sum of changes of parameters beyond which a step is shortened at first; covariates are within [−1, 1]. It doubles
/// with each step that keeps half of what the second derivatives promise. A longer one could leap over the maximum to
/// where there is no information left.
const LONGEST: f64 = 5.0;

/// How far a log-likelihood may fall by rounding, as a share of itself and 1.
const ROUNDING: f64 = 1e-12;

const STEPS: usize = 300;
const HALVINGS: usize = 40;

/// A concave log-likelihood.
pub(super) trait Likelihood {
    /// The parameters at its maximum without effects.
    fn null(&self) -> Vec<f64>;

    /// Value and derivatives; the value is not finite where parameters are beyond all bounds.
    fn at(&self, parameters: &[f64]) -> Evaluation;

    /// The expectation of the information; the evaluation is that at the parameters.
    fn expected_information(&self, parameters: &[f64], here: &Evaluation) -> Matrix;
}

/// A log-likelihood at a point.
#[derive(Clone, Debug)]
pub(super) struct Evaluation {
    pub(super) value: f64,
    /// First derivatives.
    pub(super) gradient: Vec<f64>,
    /// Second derivatives, with the sign changed.
    pub(super) information: Matrix,
}

impl Evaluation {
    pub(super) fn zero(parameters: usize) -> Self {
        Self { value: 0.0, gradient: vec![0.0; parameters], information: vec![vec![0.0; parameters]; parameters] }
    }
}

/// The maximum, or what the log-likelihood approaches when it has none.
#[derive(Clone, Debug)]
pub(super) struct Maximum {
    pub(super) parameters: Vec<f64>,
    pub(super) value: f64,
    /// The log-likelihood there.
    pub(super) here: Evaluation,
    /// Whether there is a maximum; otherwise the parameters are a point on the way to infinity.
    pub(super) attained: bool,
}

/// Maximises over all parameters but one that may be held where it is; `null` is the log-likelihood without effects.
///
/// Newton's method with step halving. Without a maximum it walks on, each step about one unit further, until hardly any
/// information is left; the gain still to be had is then that of the next step, because the likelihood approaches its
/// limit exponentially.
pub(super) fn maximum(
    likelihood: &impl Likelihood,
    null: &Evaluation,
    start: Vec<f64>,
    held: Option<usize>,
) -> Result<Maximum, Undefined> {
    let free: Vec<usize> = (0..start.len()).filter(|place| Some(*place) != held).collect();
    let vector = |full: &[f64]| free.iter().map(|place| full[*place]).collect::<Vec<f64>>();
    let matrix = |full: &Matrix| free.iter().map(|place| vector(&full[*place])).collect::<Matrix>();
    let without = independent(&matrix(&null.information))?;
    let least: Vec<f64> = without.pivots().iter().map(|pivot| pivot * COLLAPSED).collect();
    let mut parameters = start;
    let mut here = if parameters == likelihood.null() { null.clone() } else { likelihood.at(&parameters) };
    if !here.value.is_finite() {
        return Err(Undefined::OutOfRange);
    }
    let mut longest = LONGEST;
    for _ in 0..STEPS {
        let (gradient, information) = (vector(&here.gradient), matrix(&here.information));
        let Some(factors) = Factors::new(&information, &least) else {
            let rest = Factors::new(&information, &vec![0.0; free.len()]);
            let gain = rest.map_or(0.0, |factors| factors.quadratic(&gradient));
            let value = here.value + gain;
            return Ok(Maximum { parameters, value, here, attained: false });
        };
        let step = factors.solve(&gradient);
        let gain: f64 = step.iter().zip(&gradient).map(|(step, slope)| step * slope).sum();
        let rounding = ROUNDING * (1.0 + libm::fabs(here.value));
        let enough = |promised: f64| here.value + KEPT * promised - rounding;
        let length: f64 = step.iter().map(|step| libm::fabs(*step)).sum();
        let mut share = if length > longest { longest / length } else { 1.0 };
        let mut next = None;
        for _ in 0..HALVINGS {
            let mut moved = parameters.clone();
            for (place, step) in free.iter().zip(&step) {
                moved[*place] += share * step;
            }
            let there = likelihood.at(&moved);
            if there.value.is_finite() && there.value >= enough(share * gain) {
                next = Some((moved, there));
                break;
            }
            share /= 2.0;
        }
        let (moved, there) = next.ok_or(Undefined::NotConverged)?;
        if there.value - here.value >= 0.5 * share * (1.0 - share / 2.0) * gain {
            longest *= 2.0;
        }
        (parameters, here) = (moved, there);
        if gain <= LAST {
            return Ok(Maximum { parameters, value: here.value, here, attained: true });
        }
    }
    Err(Undefined::NotConverged)
}

/// The factors of an information in which each parameter says something new.
pub(super) fn independent(information: &Matrix) -> Result<Factors, Undefined> {
    let bounds: Vec<f64> = information.iter().enumerate().map(|(place, row)| row[place] * INDEPENDENT).collect();
    Factors::new(information, &bounds).ok_or(Undefined::NotEstimable)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One proportion on the logit scale: successes and failures.
    struct Logit(f64, f64);

    impl Likelihood for Logit {
        fn null(&self) -> Vec<f64> {
            vec![0.0]
        }

        fn at(&self, parameters: &[f64]) -> Evaluation {
            let odds = libm::exp(parameters[0]);
            let (p, n) = (odds / (1.0 + odds), self.0 + self.1);
            Evaluation {
                value: self.0 * parameters[0] - n * libm::log1p(odds),
                gradient: vec![self.0 - n * p],
                information: vec![vec![n * odds / (1.0 + odds) / (1.0 + odds)]],
            }
        }

        fn expected_information(&self, _: &[f64], here: &Evaluation) -> Matrix {
            here.information.clone()
        }
    }

    fn search(likelihood: &Logit, start: f64, held: Option<usize>) -> Result<Maximum, Undefined> {
        maximum(likelihood, &likelihood.at(&[0.0]), vec![start], held)
    }

    #[test]
    fn a_maximum_is_found_from_afar() {
        for (successes, failures) in [(3.0, 1.0), (1.0, 1e6), (5.0, 5.0)] {
            for start in [-5.0, 0.0, 5.0] {
                let found = search(&Logit(successes, failures), start, None).unwrap();
                assert!(found.attained);
                assert!(libm::fabs(found.parameters[0] - libm::log(successes / failures)) < 1e-13);
            }
        }
    }

    #[test]
    fn without_a_maximum_the_limit_is_approached() {
        let found = search(&Logit(7.0, 0.0), 0.0, None).unwrap();
        assert!(!found.attained);
        assert!(libm::fabs(found.value) < 1e-12);
        assert!(found.parameters[0] > 20.0);
        let other = search(&Logit(0.0, 7.0), 0.0, None).unwrap();
        assert!(!other.attained && other.parameters[0] < -20.0);
    }

    #[test]
    fn a_parameter_that_is_held_stays() {
        let found = search(&Logit(3.0, 1.0), 0.5, Some(0)).unwrap();
        assert_eq!(found.parameters, [0.5]);
        assert!(libm::fabs(found.value - (1.5 - 4.0 * libm::log1p(libm::exp(0.5)))) < 1e-15);
    }

    #[test]
    fn no_information_at_all() {
        assert_eq!(search(&Logit(0.0, 0.0), 0.0, None).err(), Some(Undefined::NotEstimable));
    }
}
