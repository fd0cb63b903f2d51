//! Tests of fixed effects with their degrees of freedom.

use super::super::distribution::f_sf;
use super::super::linear::Contrast;
use super::super::{Undefined, finite, real};
use super::fit::MixedModel;
use super::likelihood::locals;
use super::square::{Square, dot};

/// The definition of the degrees of freedom of a test of fixed effects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Degrees {
    /// From the uncertainty of the estimated variance; Fai and Cornelius 1996 for several contrasts at once.
    Satterthwaite,
    /// Kenward and Roger 1997: the covariance of the coefficients is adjusted for small samples, with second derivatives of
    /// the covariance in its parameters.
    KenwardRoger,
    /// The same without second derivatives; what SAS has for an unstructured covariance.
    KenwardRogerLinear,
    /// Subjects less effects between them, or observations less subjects less effects within them.
    BetweenWithin,
    /// Observations less coefficients.
    Residual,
}

/// A test that several combinations of coefficients are all zero.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FTest {
    /// The statistic.
    pub f: f64,
    /// Number of independent combinations.
    pub numerator_df: f64,
    /// Degrees of freedom of the error.
    pub denominator_df: f64,
    /// Its p-value.
    pub p: f64,
}

impl MixedModel {
    /// A linear combination of the coefficients, such as a difference of adjusted means at a visit.
    ///
    /// # Method
    /// t test; see [`Degrees`]. Satterthwaite as in Giesbrecht and Burns 1985; Kenward and Roger 1997, Biometrics 53:983;
    /// between-within as in Schluchter and Elashoff 1990: the fewest degrees of freedom of the coefficients involved,
    /// where an intercept counts as within.
    ///
    /// # Input
    /// A weight for each column of the design; `level` strictly between 0 and 1.
    ///
    /// # Not estimable
    /// `NotEstimable` when the combination is not the same for all solutions; `OutOfRange` for weights that are not
    /// finite or not one a column; `TooFew` without degrees of freedom; `ZeroVariance` when all weights are 0.
    ///
    /// # Agrees with
    /// R `mmrm::df_1d`, `emmeans::contrast`; cases in `fixtures/reference/mixed`.
    pub fn fixed_effect(&self, weights: &[f64], degrees: Degrees, level: f64) -> Result<Contrast, Undefined> {
        let direction = self.direction(weights)?;
        let plain = dot(&direction, &self.at.covariance.applied(&direction));
        if plain <= 0.0 {
            return Err(Undefined::ZeroVariance);
        }
        match degrees {
            Degrees::Satterthwaite => {
                let df = self.satterthwaite(&direction, plain)?;
                self.contrast_of(&direction, plain, df, level)
            }
            Degrees::KenwardRoger | Degrees::KenwardRogerLinear => {
                let adjusted = self.adjusted(degrees == Degrees::KenwardRoger)?;
                let (df, _) = self.kenward_roger(std::slice::from_ref(&direction))?;
                self.contrast_of(&direction, dot(&direction, &adjusted.applied(&direction)), df, level)
            }
            Degrees::BetweenWithin => {
                let df = self.between_within(weights)?;
                self.contrast_of(&direction, plain, df, level)
            }
            Degrees::Residual => self.contrast_of(&direction, plain, self.residual_df(), level),
        }
    }

    /// A test that several combinations are zero together, such as an interaction.
    ///
    /// # Method
    /// Wald's F; Kenward and Roger 1997 scale it and give its degrees of freedom, Fai and Cornelius 1996 for
    /// [`Degrees::Satterthwaite`].
    ///
    /// # Input
    /// Weights of the combinations, which must be independent.
    ///
    /// # Not estimable
    /// As [`MixedModel::fixed_effect`]; `NotEstimable` when the combinations depend on each other.
    ///
    /// # Agrees with
    /// R `mmrm::df_md`; cases in `fixtures/reference/mixed`.
    pub fn joint_test(&self, combinations: &[Vec<f64>], degrees: Degrees) -> Result<FTest, Undefined> {
        let directions: Vec<Vec<f64>> =
            combinations.iter().map(|weights| self.direction(weights)).collect::<Result<_, _>>()?;
        if directions.is_empty() {
            return Err(Undefined::NoData);
        }
        let count = real(directions.len() as u64);
        let covariance = match degrees {
            Degrees::KenwardRoger | Degrees::KenwardRogerLinear => self.adjusted(degrees == Degrees::KenwardRoger)?,
            _ => &self.at.covariance,
        };
        let middle = sandwiched(&directions, covariance);
        let (inverse, _) = middle.cholesky().ok_or(Undefined::NotEstimable)?.inverse_of_product();
        let estimates: Vec<f64> =
            directions.iter().map(|direction| self.estimate(direction) / self.data.scale).collect();
        let wald = dot(&estimates, &inverse.applied(&estimates)) / count;
        let (df, scale) = match degrees {
            Degrees::KenwardRoger | Degrees::KenwardRogerLinear => self.kenward_roger(&directions)?,
            Degrees::Satterthwaite => (self.fai_cornelius(&directions, &middle)?, 1.0),
            Degrees::Residual => (self.residual_df(), 1.0),
            Degrees::BetweenWithin => {
                let each = combinations.iter().map(|weights| self.between_within(weights));
                (each.collect::<Result<Vec<f64>, _>>()?.into_iter().fold(f64::INFINITY, f64::min), 1.0)
            }
        };
        let f = finite(wald * scale)?;
        Ok(FTest { f, numerator_df: count, denominator_df: df, p: f_sf(f, count, df)? })
    }

    fn residual_df(&self) -> f64 {
        real(self.data.observations as u64) - real(self.data.rank as u64)
    }

    fn satterthwaite(&self, direction: &[f64], variance: f64) -> Result<f64, Undefined> {
        let spread = self.at.covariance.applied(direction);
        let slopes: Vec<f64> = self.at.slopes.iter().map(|slope| -dot(&spread, &slope.applied(&spread))).collect();
        let uncertainty = dot(&slopes, &self.parameter_covariance.applied(&slopes));
        positive(2.0 * variance * variance / uncertainty)
    }

    /// Independent combinations of the contrasts, each with its degrees of freedom, joined.
    fn fai_cornelius(&self, directions: &[Vec<f64>], middle: &Square) -> Result<f64, Undefined> {
        let (values, vectors) = middle.eigen();
        let mut each = Vec::with_capacity(values.len());
        for (at, value) in values.iter().enumerate() {
            let rank = self.data.rank;
            let mut direction = vec![0.0; rank];
            for (weight, own) in vectors.row(at).iter().zip(directions) {
                for (sum, entry) in direction.iter_mut().zip(own) {
                    *sum += weight * entry;
                }
            }
            each.push(self.satterthwaite(&direction, *value)?);
        }
        if let [only] = each[..] {
            return Ok(only);
        }
        if each.iter().all(|df| libm::fabs(df - each[0]) < 1e-8) {
            return Ok(each[0]);
        }
        let expected: f64 = each.iter().filter(|df| **df > 2.0).map(|df| df / (df - 2.0)).sum();
        let count = real(each.len() as u64);
        if expected > count { positive(2.0 * expected / (expected - count)) } else { Err(Undefined::TooFew) }
    }

    /// The covariance of the coefficients adjusted for small samples; computed once, all tests share it.
    fn adjusted(&self, second_order: bool) -> Result<&Square, Undefined> {
        let known = if second_order { &self.adjusted } else { &self.adjusted_linear };
        known.get_or_init(|| self.adjust(second_order)).as_ref().map_err(|reason| *reason)
    }

    fn adjust(&self, second_order: bool) -> Result<Square, Undefined> {
        let rank = self.data.rank;
        let covariance = &self.at.covariance;
        let doubt = &self.parameter_covariance;
        let locals = locals(&self.data, self.structure, &self.theta).ok_or(Undefined::NotConverged)?;
        let mut sum = Square::zero(rank);
        for local in &locals {
            let weight = &local.weight;
            let turned: Vec<Square> = local.first.iter().map(|change| weight.times(change).times(weight)).collect();
            let by_weight: Vec<Square> = local.first.iter().map(|change| change.times(weight)).collect();
            // Sums over the second parameter first: a product of matrices for each parameter, not for each pair.
            let mut inner = Square::zero(weight.size);
            let mut curved = Square::zero(weight.size);
            for (one, left) in turned.iter().enumerate() {
                let mut right = Square::zero(weight.size);
                for (two, other) in by_weight.iter().enumerate() {
                    let factor = doubt.at(local.offset + one, local.offset + two);
                    right.add(factor, other);
                    if second_order {
                        curved.add(factor, local.second(one, two));
                    }
                }
                inner.add(1.0, &left.times(&right));
            }
            inner.add(-0.25, &weight.times(&curved).times(weight));
            sum.add(1.0, &local.rows(&inner, rank));
        }
        for (one, slope) in self.at.slopes.iter().enumerate() {
            let mut right = Square::zero(rank);
            for (two, other) in self.at.slopes.iter().enumerate() {
                right.add(doubt.at(one, two), other);
            }
            sum.add(-1.0, &slope.times(covariance).times(&right));
        }
        let mut adjusted = covariance.times(&sum).times(covariance);
        adjusted.entries.iter_mut().for_each(|entry| *entry *= 2.0);
        adjusted.add(1.0, covariance);
        // Rounding leaves it a little lopsided.
        let other = adjusted.transposed();
        adjusted.add(1.0, &other);
        adjusted.entries.iter_mut().for_each(|entry| *entry *= 0.5);
        Ok(adjusted)
    }

    /// Denominator degrees of freedom and the scale of the F statistic; Kenward and Roger 1997, section 2.
    fn kenward_roger(&self, directions: &[Vec<f64>]) -> Result<(f64, f64), Undefined> {
        let covariance = &self.at.covariance;
        let count = real(directions.len() as u64);
        let (inverse, _) =
            sandwiched(directions, covariance).cholesky().ok_or(Undefined::NotEstimable)?.inverse_of_product();
        let mut theta = Square::zero(self.data.rank);
        for (one, left) in directions.iter().enumerate() {
            for (two, right) in directions.iter().enumerate() {
                for (line, entry) in theta.entries.chunks_exact_mut(self.data.rank).zip(left) {
                    for (sum, other) in line.iter_mut().zip(right) {
                        *sum += entry * inverse.at(one, two) * other;
                    }
                }
            }
        }
        let before = theta.times(covariance);
        let spread: Vec<Square> = self.at.slopes.iter().map(|slope| before.times(slope).times(covariance)).collect();
        let turned: Vec<Square> = spread.iter().map(Square::transposed).collect();
        let traces: Vec<f64> = spread.iter().map(|own| (0..own.size).map(|at| own.at(at, at)).sum()).collect();
        let (mut one, mut two) = (0.0, 0.0);
        for (i, left) in spread.iter().enumerate() {
            for (j, right) in turned.iter().enumerate() {
                let doubt = self.parameter_covariance.at(i, j);
                one += doubt * traces[i] * traces[j];
                two += doubt * left.inner(right);
            }
        }
        let b = (one + 6.0 * two) / (2.0 * count);
        let g = ((count + 1.0) * one - (count + 4.0) * two) / ((count + 2.0) * two);
        let below = 3.0 * count + 2.0 * (1.0 - g);
        let (c1, c2, c3) = (g / below, (count - g) / below, (count + 2.0 - g) / below);
        let expected = 1.0 / (1.0 - two / count);
        let variance = 2.0 / count * (1.0 + c1 * b) / ((1.0 - c2 * b) * (1.0 - c2 * b) * (1.0 - c3 * b));
        let rho = variance / (2.0 * expected * expected);
        let df = positive(4.0 + (count + 2.0) / (count * rho - 1.0))?;
        Ok((df, finite(df / (expected * (df - 2.0)))?))
    }

    fn between_within(&self, weights: &[f64]) -> Result<f64, Undefined> {
        let kind = |at: usize| (self.data.within[at], self.data.constant[at]);
        let between = (0..weights.len()).filter(|at| kind(*at) == (false, false)).count();
        let within = (0..weights.len()).filter(|at| kind(*at).0).count();
        let subjects = real(self.data.subjects.len() as u64);
        let fewest = weights.iter().enumerate().filter(|(_, weight)| **weight != 0.0).map(|(at, _)| match kind(at) {
            (false, false) => subjects - real(between as u64) - 1.0,
            _ => real(self.data.observations as u64) - subjects - real(within as u64),
        });
        positive(fewest.fold(f64::INFINITY, f64::min))
    }
}

/// Directions, the matrix, directions.
fn sandwiched(directions: &[Vec<f64>], matrix: &Square) -> Square {
    let applied: Vec<Vec<f64>> = directions.iter().map(|direction| matrix.applied(direction)).collect();
    let entries = directions.iter().flat_map(|one| applied.iter().map(move |two| dot(one, two))).collect();
    Square { size: directions.len(), entries }
}

fn positive(df: f64) -> Result<f64, Undefined> {
    if df > 0.0 && df.is_finite() { Ok(df) } else { Err(Undefined::TooFew) }
}
