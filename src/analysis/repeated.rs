//! Changes at all visits together: a linear model for repeated measurements, by the first of the declared covariances that
//! converges.

use crate::analysis::continuous::{Of, change, number, tied};
use crate::analysis::{Work, count, reason, value};
use crate::derive::FrameValues;
use crate::plan::BoundContinuous;
use crate::results::{Method, Statistic, Value};
use crate::spec::method::{Attempt, Covariance, Inference};
use crate::stats::linear::Contrast;
use crate::stats::mixed::{Degrees, Likelihood, MixedModel, Observations, Sandwich, Structure};
use crate::stats::{Undefined, describe};

/// The observations: one a subject and visit, in the order of arms, subjects and visits.
#[derive(Default)]
struct Long {
    subject: Vec<usize>,
    arm: Vec<usize>,
    visit: Vec<usize>,
    base: Vec<f64>,
    change: Vec<f64>,
}

/// A model that converged, and what it takes to ask it.
struct Fitted {
    model: MixedModel,
    inference: Inference,
    /// The mean baseline of the observations.
    base: f64,
}

/// Arm, visit, their interaction, baseline, and baseline by visit, as cell means: a column for each arm at each visit and a
/// slope for each visit. The same space as the usual terms, and each least-squares mean is two coefficients.
struct Design {
    arms: usize,
    visits: usize,
}

impl Design {
    const fn cell(&self, arm: usize, visit: usize) -> usize {
        arm * self.visits + visit
    }

    const fn slope(&self, visit: usize) -> usize {
        self.arms * self.visits + visit
    }

    fn columns(&self, long: &Long) -> Vec<Vec<f64>> {
        let mut columns = vec![vec![0.0; long.change.len()]; (self.arms + 1) * self.visits];
        for row in 0..long.change.len() {
            columns[self.cell(long.arm[row], long.visit[row])][row] = 1.0;
            columns[self.slope(long.visit[row])][row] = long.base[row];
        }
        columns
    }

    /// The weights of a least-squares mean at a baseline.
    fn mean(&self, arm: usize, visit: usize, base: f64) -> Vec<f64> {
        let mut weights = vec![0.0; (self.arms + 1) * self.visits];
        weights[self.cell(arm, visit)] = 1.0;
        weights[self.slope(visit)] = base;
        weights
    }

    fn difference(&self, first: usize, second: usize, visit: usize) -> Vec<f64> {
        let mut weights = vec![0.0; (self.arms + 1) * self.visits];
        weights[self.cell(first, visit)] = 1.0;
        weights[self.cell(second, visit)] = -1.0;
        weights
    }
}

impl Fitted {
    fn contrast(&self, weights: &[f64], level: f64) -> Result<Contrast, Undefined> {
        let degrees = match self.inference {
            Inference::Sandwich => return self.model.robust_effect(weights, Sandwich::BiasReduced, level),
            Inference::KenwardRoger => Degrees::KenwardRoger,
            Inference::KenwardRogerLinear => Degrees::KenwardRogerLinear,
            Inference::Satterthwaite => Degrees::Satterthwaite,
            Inference::BetweenWithin => Degrees::BetweenWithin,
            Inference::Residual => Degrees::Residual,
        };
        self.model.fixed_effect(weights, degrees, level)
    }
}

impl Work<'_> {
    /// The model of all visits, read at those at which arms are compared.
    pub(super) fn repeated(&mut self, continuous: &BoundContinuous, frame: &FrameValues) {
        let long = self.long(continuous, frame);
        let design = Design { arms: self.plan.arms.len(), visits: continuous.visits.len() };
        let columns = design.columns(&long);
        let mut fitted = Err(Undefined::NoData);
        for attempt in &continuous.attempts {
            let outcome = fit(&long, &columns, *attempt);
            let key = self.key(Statistic::Structure).variable(Of::Change.name()).method(Method::Mmrm);
            let words = format!("{}, {}", attempt.structure.label(), attempt.inference.label());
            let told = match &outcome {
                Ok(_) => Value::Text(words.clone()),
                Err(undefined) => Value::NotEstimable(reason(*undefined)),
            };
            self.push(key.level(&words), told, None);
            fitted = outcome;
            // Another covariance helps where this one has no maximum, and nowhere else.
            if !matches!(fitted, Err(Undefined::NotConverged | Undefined::NotEstimable)) {
                break;
            }
        }
        let fitted = fitted.as_ref().map_err(|undefined| *undefined);
        for visit in &continuous.compare_at {
            let Some(place) = continuous.visits.iter().position(|own| own == visit) else { continue };
            self.repeated_at(continuous, &long, &design, fitted, (*visit, place));
        }
    }

    fn repeated_at(
        &mut self,
        continuous: &BoundContinuous,
        long: &Long,
        design: &Design,
        fitted: Result<&Fitted, Undefined>,
        (visit, place): (usize, usize),
    ) {
        let (unit, level) = (continuous.unit.as_deref(), continuous.conf_level);
        let key = |this: &Work<'_>, statistic| this.outcome_key(Of::Change, visit, statistic).method(Method::Mmrm);
        for arm in 0..self.plan.arms.len() {
            let id = self.plan.arms[arm].id.clone();
            let rows = (0..long.change.len()).filter(|row| long.arm[*row] == arm && long.visit[*row] == place);
            let here: Vec<usize> = rows.map(|row| long.subject[row]).collect();
            self.push_count(key(self, Statistic::N).arm(&id), Value::Count(count(&here)), &here);
            let mean = match fitted {
                Ok(_) if here.is_empty() => Err(Undefined::NoData),
                Ok(fitted) => fitted.contrast(&design.mean(arm, place, fitted.base), level),
                Err(undefined) => Err(undefined),
            };
            self.least_squares_mean(mean, unit, level, &|this, statistic| key(this, statistic).arm(&id));
        }
        for (arm, reference) in self.contrasts() {
            let [first, second] = self.arm_ids((arm, reference));
            let contrast = fitted.and_then(|fitted| fitted.contrast(&design.difference(arm, reference, place), level));
            let of = |this: &Work<'_>, statistic: Statistic| key(this, statistic).contrast(&first, &second);
            let df = of(self, Statistic::Df);
            self.contrast(contrast, unit, level, &of);
            self.push(df, value(contrast.map(|contrast| contrast.df)), None);
        }
    }

    fn long(&self, continuous: &BoundContinuous, frame: &FrameValues) -> Long {
        let mut long = Long::default();
        for arm in 0..self.plan.arms.len() {
            for subject in self.members(self.job.set, Some(arm)) {
                for (place, visit) in continuous.visits.iter().enumerate() {
                    let base = number(frame, continuous.base, subject, *visit).value();
                    let own = change(frame, continuous, subject, *visit).value();
                    if let (Some(change), Some(base)) = (own, base) {
                        long.subject.push(subject);
                        long.arm.push(arm);
                        long.visit.push(place);
                        long.base.push(base);
                        long.change.push(tied(change));
                    }
                }
            }
        }
        long
    }
}

fn fit(long: &Long, columns: &[Vec<f64>], attempt: Attempt) -> Result<Fitted, Undefined> {
    let observations = Observations {
        subjects: &long.subject,
        visits: &long.visit,
        groups: None,
        response: &long.change,
        columns,
        weights: None,
    };
    let structure = match attempt.structure {
        Covariance::Unstructured => Structure::Unstructured,
        Covariance::HeterogeneousToeplitz => Structure::HeterogeneousToeplitz,
        Covariance::Toeplitz => Structure::Toeplitz,
        Covariance::HeterogeneousAntedependence => Structure::HeterogeneousAntedependence,
        Covariance::Antedependence => Structure::Antedependence,
        Covariance::HeterogeneousAutoregressive => Structure::HeterogeneousAutoregressive,
        Covariance::Autoregressive => Structure::Autoregressive,
        Covariance::HeterogeneousCompoundSymmetry => Structure::HeterogeneousCompoundSymmetry,
        Covariance::CompoundSymmetry => Structure::CompoundSymmetry,
    };
    let model = MixedModel::fit(&observations, structure, Likelihood::Restricted)?;
    // Over observations, as the least-squares means of other software have it.
    let base = describe::mean(&long.base)?;
    let fitted = Fitted { model, inference: attempt.inference, base };
    // Degrees of freedom need second derivatives that a fit at the edge of its structure does not have.
    let last = columns.len().saturating_sub(1);
    let mut weights = vec![0.0; columns.len()];
    weights[last] = 1.0;
    match fitted.contrast(&weights, 0.95) {
        Err(Undefined::NotConverged) => Err(Undefined::NotConverged),
        _ => Ok(fitted),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cell_means_and_slopes_are_the_weights() {
        let design = Design { arms: 2, visits: 3 };
        assert_eq!(design.mean(1, 2, 4.5), [0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 4.5]);
        assert_eq!(design.difference(1, 0, 0), [-1.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0]);
        let long = Long {
            subject: vec![0, 0, 1],
            arm: vec![0, 0, 1],
            visit: vec![0, 2, 1],
            base: vec![8.0, 8.0, 3.0],
            change: vec![-1.0, -2.0, 0.0],
        };
        let columns = design.columns(&long);
        assert_eq!(columns[design.cell(0, 2)], [0.0, 1.0, 0.0]);
        assert_eq!(columns[design.slope(1)], [0.0, 0.0, 3.0]);
    }
}
