//! Standard errors of Cox regression that do not rely on the model.

use super::super::contingency::ChiSquare;
use super::super::distribution::chi_square_sf;
use super::super::symmetric::{Factors, Matrix};
use super::super::{Undefined, finite, size};
use super::curve::normal_limit;
use super::partial::PartialLikelihood;
use super::regression::{HazardRatio, ProportionalHazards};

/// A variance below this share of that of the model is rounding.
const NONE: f64 = 1e-20;

/// Effects with standard errors from what the clusters contribute.
#[derive(Clone, Debug, PartialEq)]
pub struct ClusteredEffects {
    /// For each covariate its effect; `ZeroVariance` when no cluster has any influence on it, `OutOfRange` when a limit
    /// is beyond the range of a double.
    pub effects: Vec<Result<HazardRatio, Undefined>>,
    /// Wald test that no covariate has an effect; `TooFew` when clusters are not more than covariates, `ZeroVariance`
    /// when their influence leaves a combination of effects without variance.
    pub wald: Result<ChiSquare, Undefined>,
}

impl ProportionalHazards {
    /// The effects of Cox regression with robust standard errors, for rows in clusters.
    ///
    /// # Method
    /// Lin and Wei 1989, Journal of the American Statistical Association 84:1074, and Lee, Wei and Amato 1992, in
    /// Survival Analysis: State of the Art, 237: the inverse information times the score residuals is the influence of a
    /// row on the estimates; influences are added up by cluster, then squared. Score residuals follow the treatment of
    /// ties. No correction for a small number of clusters, so limits are too narrow with few.
    ///
    /// # Input
    /// For each row, in the order of the fit, the number of its cluster: of the subject when subjects have more than one
    /// row, a number of its own for each row otherwise; `level` strictly between 0 and 1.
    ///
    /// # Not estimable
    /// `Separated` when the likelihood has no maximum; `TooFew` with one cluster; `OutOfRange` when lengths differ, the
    /// level is not a probability, or the model is not one of `cox`, `stratified_cox` or `counting_process_cox`.
    ///
    /// # Agrees with
    /// R `coxph(…, robust = TRUE)` and `coxph(… + cluster(id))`, the latter by its definition, the derivative of the
    /// estimates by the weights of rows; cases in `fixtures/reference/cox-robust`.
    pub fn clustered_effects(&self, clusters: &[usize], level: f64) -> Result<ClusteredEffects, Undefined> {
        let z = normal_limit(level)?;
        let (likelihood, coefficients, information) = self.estimated()?;
        if clusters.len() != likelihood.subjects.len() {
            return Err(Undefined::OutOfRange);
        }
        let residuals = score_residuals(likelihood, coefficients);
        let influences = |place: usize| information.solve(&residuals[place]);
        // By cluster, then in the order of the likelihood, which does not depend on that of the input.
        let mut order: Vec<(usize, usize)> =
            likelihood.subjects.iter().enumerate().map(|(place, subject)| (clusters[subject.place], place)).collect();
        order.sort_unstable();
        let mut covariance: Matrix = vec![vec![0.0; coefficients.len()]; coefficients.len()];
        let mut number = 0_u32;
        for cluster in order.chunk_by(|one, two| one.0 == two.0) {
            let mut influence = vec![0.0; coefficients.len()];
            for (_, place) in cluster {
                for (sum, own) in influence.iter_mut().zip(influences(*place)) {
                    *sum += own;
                }
            }
            for (row, one) in covariance.iter_mut().zip(&influence) {
                for (entry, two) in row.iter_mut().zip(&influence) {
                    *entry += one * two;
                }
            }
            number = number.saturating_add(1);
        }
        if number < 2 {
            return Err(Undefined::TooFew);
        }
        let model = information.inverse();
        let effect = |place: usize| {
            let variance = covariance[place][place];
            if variance <= NONE * model[place][place] {
                return Err(Undefined::ZeroVariance);
            }
            let scale = self.scales[place];
            HazardRatio::new(coefficients[place] / scale, variance.sqrt() / scale, z)
        };
        // Influences of all clusters add up to nothing, so they span one dimension less than there are.
        let wald = if f64::from(number) > size(coefficients) {
            wald(&covariance, coefficients)
        } else {
            Err(Undefined::TooFew)
        };
        Ok(ClusteredEffects { effects: (0..coefficients.len()).map(effect).collect(), wald })
    }
}

/// Wald's test that all coefficients are 0.
pub(super) fn wald(covariance: &Matrix, coefficients: &[f64]) -> Result<ChiSquare, Undefined> {
    let bounds: Vec<f64> = covariance.iter().enumerate().map(|(place, row)| row[place] * 1e-10).collect();
    let factors = Factors::new(covariance, &bounds).ok_or(Undefined::ZeroVariance)?;
    let statistic = finite(factors.quadratic(coefficients))?.max(0.0);
    let df = size(coefficients);
    Ok(ChiSquare { statistic, df, p: chi_square_sf(statistic, df)? })
}

/// Sums over the events of one time.
#[derive(Clone)]
struct Total {
    /// What the baseline hazard gains, and the same times the mean at risk.
    hazard: f64,
    moved: Vec<f64>,
    /// The same for those who have the event then, who leave little by little.
    own_hazard: f64,
    own_moved: Vec<f64>,
    /// The mean at risk, over the events.
    mean: Vec<f64>,
}

/// For each row, in the order of the likelihood, its part in the score: Therneau, Grambsch and Fleming 1990, Biometrika
/// 77:147, with the ties of the fit.
fn score_residuals(likelihood: &PartialLikelihood, coefficients: &[f64]) -> Vec<Vec<f64>> {
    let width = coefficients.len();
    let none = || vec![0.0; width];
    let nothing = Total { hazard: 0.0, moved: none(), own_hazard: 0.0, own_moved: none(), mean: none() };
    let mut totals: Vec<(usize, Total)> = Vec::new();
    likelihood.visit(coefficients, &mut |happening| {
        if totals.last().is_none_or(|(first, _)| *first != happening.failing.start) {
            totals.push((happening.failing.start, nothing.clone()));
        }
        let Some((_, total)) = totals.last_mut() else { return };
        let hazard = libm::exp(-happening.all.log_weight());
        total.hazard += hazard;
        total.own_hazard += happening.left * hazard;
        for (place, mean) in happening.all.mean.iter().enumerate() {
            total.moved[place] += hazard * mean;
            total.own_moved[place] += happening.left * hazard * mean;
            total.mean[place] += mean / happening.events;
        }
    });
    let risks = likelihood.risks(coefficients);
    let mut residuals = Vec::with_capacity(risks.len());
    let mut first = 0;
    for stratum in likelihood.strata() {
        let occasions = likelihood.occasions(stratum.clone());
        let own = &totals[first..first + occasions.len()];
        first += occasions.len();
        // Of an occasion and all before it; the occasions run backwards.
        let mut until = vec![(0.0, none()); own.len() + 1];
        for place in (0..own.len()).rev() {
            let (hazard, moved) = until[place + 1].clone();
            let sums = moved.iter().zip(&own[place].1.moved).map(|(sum, own)| sum + own);
            until[place] = (hazard + own[place].1.hazard, sums.collect());
        }
        for place in stratum {
            let subject = &likelihood.subjects[place];
            let span = likelihood.span(subject, &occasions);
            let before = span.start.checked_sub(1).filter(|_| subject.event);
            let failed = before.and_then(|occasion| own.get(occasion)).map(|(_, total)| total);
            let risk = libm::exp(risks[place]);
            let hazard = until[span.start].0 - until[span.end].0 + failed.map_or(0.0, |total| total.own_hazard);
            let covariates = likelihood.covariates(place).iter().enumerate();
            let residual = covariates.map(|(column, own)| {
                let gone = failed.map_or(0.0, |total| total.own_moved[column]);
                let moved = until[span.start].1[column] - until[span.end].1[column] + gone;
                failed.map_or(0.0, |total| own - total.mean[column]) - risk * (own * hazard - moved)
            });
            residuals.push(residual.collect());
        }
    }
    residuals
}

#[cfg(test)]
mod tests {
    use super::super::cox::{Ties, counting_process_cox, cox};
    use super::super::{firth_cox, grouped_proportional_hazards};
    use super::*;

    fn trial() -> (Vec<f64>, Vec<bool>, Vec<Vec<f64>>) {
        let time = (0..24).map(|i| f64::from(i * i % 11 + 1)).collect();
        let arm = (0..24).map(|i| f64::from(i * 5 / 3 % 2)).collect();
        let age = (0..24).map(|i| 40.0 + f64::from(i * 7 % 19)).collect();
        (time, (0..24).map(|i| i % 3 != 0).collect(), vec![arm, age])
    }

    #[test]
    fn score_residuals_add_up_to_the_score() {
        let (time, event, columns) = trial();
        let start: Vec<f64> = time.iter().map(|time| (time - 4.0).max(0.0)).collect();
        for ties in [Ties::Efron, Ties::Breslow] {
            for fit in [
                cox(&time, &event, &columns, ties, 0.95).unwrap(),
                counting_process_cox(&start, &time, &event, &columns, &[0; 24], ties, 0.95).unwrap(),
            ] {
                let (likelihood, coefficients, _) = fit.estimated().unwrap();
                for at in [coefficients.to_vec(), vec![0.4, -1.0]] {
                    let slopes = super::super::maximum::Likelihood::at(likelihood, &at).gradient;
                    let residuals = score_residuals(likelihood, &at);
                    for (place, slope) in slopes.iter().enumerate() {
                        let sum: f64 = residuals.iter().map(|own| own[place]).sum();
                        assert!(libm::fabs(sum - slope) < 1e-12);
                    }
                }
            }
        }
    }

    #[test]
    fn order_and_names_of_clusters_do_not_matter() {
        let (time, event, columns) = trial();
        let clusters: Vec<usize> = (0..24).map(|i| i / 3).collect();
        let fit = cox(&time, &event, &columns, Ties::Efron, 0.95).unwrap();
        let found = fit.clustered_effects(&clusters, 0.95).unwrap();
        let reversed: Vec<Vec<f64>> = columns.iter().map(|column| column.iter().rev().copied().collect()).collect();
        let (time, event): (Vec<f64>, Vec<bool>) = time.into_iter().zip(event).rev().unzip();
        let other = cox(&time, &event, &reversed, Ties::Efron, 0.95).unwrap();
        let clusters: Vec<usize> = clusters.into_iter().rev().collect();
        assert_eq!(other.clustered_effects(&clusters, 0.95).unwrap(), found);
        let renamed: Vec<usize> = clusters.iter().map(|own| 100 - own).collect();
        let again = other.clustered_effects(&renamed, 0.95).unwrap();
        for (one, two) in again.effects.iter().zip(&found.effects) {
            assert!(libm::fabs(one.unwrap().standard_error - two.unwrap().standard_error) < 1e-14);
        }
    }

    #[test]
    fn too_few_clusters_and_other_models() {
        let (time, event, columns) = trial();
        let fit = cox(&time, &event, &columns, Ties::Efron, 0.95).unwrap();
        assert_eq!(fit.clustered_effects(&[5; 24], 0.95), Err(Undefined::TooFew));
        assert_eq!(fit.clustered_effects(&[5; 23], 0.95), Err(Undefined::OutOfRange));
        assert_eq!(fit.clustered_effects(&[5; 24], 1.0), Err(Undefined::OutOfRange));
        let two: Vec<usize> = (0..24).map(|i| i % 2).collect();
        let found = fit.clustered_effects(&two, 0.95).unwrap();
        assert_eq!(found.wald, Err(Undefined::TooFew));
        assert!(found.effects.iter().all(Result::is_ok));
        // Both clusters hold the same: neither pulls the estimate.
        let twice = |values: &[f64]| [values, values].concat();
        let doubled: Vec<Vec<f64>> = columns.iter().map(|column| twice(column)).collect();
        let copies =
            cox(&twice(&time), &[event.clone(), event.clone()].concat(), &doubled, Ties::Breslow, 0.95).unwrap();
        let halves: Vec<usize> = (0..48).map(|i| i / 24).collect();
        let found = copies.clustered_effects(&halves, 0.95).unwrap();
        assert_eq!(found.effects, [Err(Undefined::ZeroVariance); 2]);
        let own: Vec<usize> = (0..24).collect();
        let firth = firth_cox(&time, &event, &columns, Ties::Efron, 0.95).unwrap();
        assert_eq!(firth.clustered_effects(&own, 0.95), Err(Undefined::OutOfRange));
        let grouped = grouped_proportional_hazards(&[0; 24], &event, &columns, 0.95).unwrap();
        assert_eq!(grouped.clustered_effects(&own, 0.95), Err(Undefined::OutOfRange));
        let one_arm: Vec<bool> = event.iter().zip(&columns[0]).map(|(event, arm)| *event && *arm > 0.5).collect();
        let separated = cox(&time, &one_arm, &columns, Ties::Efron, 0.95).unwrap();
        assert_eq!(separated.clustered_effects(&own, 0.95), Err(Undefined::Separated));
    }
}
