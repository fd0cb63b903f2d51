//! Standard errors that hold when the structure of the covariance is wrong.

use super::super::Undefined;
use super::super::linear::Contrast;
use super::fit::MixedModel;
use super::observations::Subject;
use super::square::{Square, dot};

/// The empirical covariance of the coefficients.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sandwich {
    /// Of the residuals as they are; Liang and Zeger 1986.
    Empirical,
    /// Of residuals corrected for the fit, by the root of their leverage; Bell and `McCaffrey` 2002 (CR2).
    BiasReduced,
    /// Of residuals of fits without the subject; Mancl and `DeRouen` 2001 (CR3).
    Jackknife,
}

/// A subject in coordinates where its observations are independent.
struct Standard {
    rows: Vec<Vec<f64>>,
    residuals: Vec<f64>,
}

impl MixedModel {
    /// A linear combination of the coefficients with an empirical standard error.
    ///
    /// # Method
    /// Subjects are the clusters; degrees of freedom by Bell and `McCaffrey` 2002, Survey Methodology 28:169, with the
    /// fitted covariance as working model.
    ///
    /// # Input
    /// As [`MixedModel::fixed_effect`].
    ///
    /// # Not estimable
    /// As [`MixedModel::fixed_effect`]; `NotEstimable` when a subject alone carries an effect, so that no fit without it has
    /// one.
    ///
    /// # Agrees with
    /// R `mmrm::mmrm(…, vcov = "Empirical")` and its variants; cases in `fixtures/reference/mixed`.
    pub fn robust_effect(&self, weights: &[f64], kind: Sandwich, level: f64) -> Result<Contrast, Undefined> {
        let direction = self.direction(weights)?;
        let spread = self.at.covariance.applied(&direction);
        let rank = self.data.rank;
        let (mut variance, mut diagonal, mut gathered) = (0.0, Vec::new(), Square::zero(rank));
        let mut leverages = Vec::new();
        for subject in &self.data.subjects {
            let standard = self.standard(subject)?;
            let corrected = self.correction(&standard, kind)?;
            let carried: Vec<f64> = standard.rows.iter().map(|row| dot(row, &spread)).collect();
            let carried = corrected.applied(&carried);
            let pull = dot(&carried, &standard.residuals);
            variance += pull * pull;
            let mut back = vec![0.0; rank];
            for (entry, row) in carried.iter().zip(&standard.rows) {
                for (sum, value) in back.iter_mut().zip(row) {
                    *sum += entry * value;
                }
            }
            let taken = dot(&back, &self.at.covariance.applied(&back));
            diagonal.push(dot(&carried, &carried));
            leverages.push(taken);
            for (line, one) in gathered.entries.chunks_exact_mut(rank).zip(&back) {
                for (sum, two) in line.iter_mut().zip(&back) {
                    *sum += one * two;
                }
            }
        }
        let trace: f64 = diagonal.iter().zip(&leverages).map(|(own, taken)| own - taken).sum();
        let spread = self.at.covariance.times(&gathered);
        // The sum of the squares of all entries: diagonal − taken on the diagonal, products of pulls beside it.
        let all = spread.inner(&spread.transposed());
        let own: f64 = diagonal.iter().zip(&leverages).map(|(own, taken)| own * own - 2.0 * own * taken).sum();
        let df = trace * trace / (all + own);
        if variance <= 0.0 {
            return Err(Undefined::ZeroVariance);
        }
        if !(df > 0.0 && df.is_finite()) {
            return Err(Undefined::TooFew);
        }
        self.contrast_of(&direction, variance, df, level)
    }

    fn standard(&self, subject: &Subject) -> Result<Standard, Undefined> {
        let each = self.structure.parameters(self.data.visits);
        let own = &self.theta[subject.group * each..(subject.group + 1) * each];
        let covariance = self.structure.covariance(self.data.visits, own);
        let seen = &subject.visits;
        let entry = |(a, b): (&usize, &usize)| covariance[a * self.data.visits + b].value;
        let pairs = seen.iter().flat_map(|a| seen.iter().map(move |b| (a, b)));
        let matrix = Square { size: seen.len(), entries: pairs.map(entry).collect() };
        let lower = matrix.cholesky().ok_or(Undefined::NotConverged)?;
        let residuals: Vec<f64> = subject
            .residuals
            .iter()
            .zip(&subject.rows)
            .map(|(residual, row)| residual - dot(row, &self.at.coefficients))
            .collect();
        let columns: Vec<Vec<f64>> = (0..self.data.rank)
            .map(|column| lower.forward(&subject.rows.iter().map(|row| row[column]).collect::<Vec<f64>>()))
            .collect();
        let rows = (0..seen.len()).map(|at| columns.iter().map(|column| column[at]).collect()).collect();
        Ok(Standard { rows, residuals: lower.forward(&residuals) })
    }

    /// What residuals are multiplied by: 1, (1 − H)^−½ or (1 − H)^−1.
    fn correction(&self, standard: &Standard, kind: Sandwich) -> Result<Square, Undefined> {
        let size = standard.rows.len();
        let mut rest = Square::zero(size);
        for (a, row) in standard.rows.iter().enumerate() {
            rest.entries[a * size + a] = 1.0;
            if kind != Sandwich::Empirical {
                let applied = self.at.covariance.applied(row);
                for (b, other) in standard.rows.iter().enumerate() {
                    rest.entries[a * size + b] -= dot(&applied, other);
                }
            }
        }
        if kind == Sandwich::Empirical {
            return Ok(rest);
        }
        let (values, vectors) = rest.eigen();
        let mut corrected = Square::zero(size);
        for (at, value) in values.iter().enumerate() {
            if *value < 1e-10 {
                return Err(Undefined::NotEstimable);
            }
            let factor = if kind == Sandwich::Jackknife { 1.0 / value } else { 1.0 / libm::sqrt(*value) };
            for a in 0..size {
                for b in 0..size {
                    corrected.entries[a * size + b] += factor * vectors.at(at, a) * vectors.at(at, b);
                }
            }
        }
        Ok(corrected)
    }
}
