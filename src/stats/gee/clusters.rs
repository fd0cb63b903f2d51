//! Outcomes by subject, and what the equations need of them.

use std::cmp::Ordering;

use super::super::describe::compensated;
use super::super::symmetric::{Factors, Matrix};
use super::super::{Undefined, size};

/// Newton steps of the logistic regression before it is given up; fewer than ten are usual.
const STEPS: usize = 100;

/// Steps after which a direction in which the likelihood rises for ever is looked for.
const PATIENCE: usize = 8;

/// Halvings of a step before the fit is given up.
const HALVINGS: usize = 60;

/// A pivot below this share of its diagonal is what rounding leaves of 0.
const SINGULAR: f64 = 1e-11;

/// The step is the last that changes no linear predictor by more: the error left is about its square.
const CONVERGED: f64 = 1e-10;

/// Changes against an outcome below this share of the largest in favour are rounding.
const ROUNDING: f64 = 1e-7;

/// What the likelihood may lose by rounding, as a share of itself.
const LOSS: f64 = 1e-14;

/// A residual that keeps less than this share beside the parameters has one of its own.
const OWN: f64 = 1e-9;

/// The outcomes of one subject.
struct Cluster {
    /// A row of the design for each outcome.
    rows: Vec<Vec<f64>>,
    outcomes: Vec<bool>,
}

/// All subjects, in the order of their numbers.
pub(super) struct Clusters {
    clusters: Vec<Cluster>,
    places: usize,
}

/// A subject at given effects.
struct Fitted {
    /// Rows of the design times the standard deviation of their outcomes.
    rows: Vec<Vec<f64>>,
    /// Standardised residuals.
    residuals: Vec<f64>,
}

impl Clusters {
    pub(super) fn new(columns: &[Vec<f64>], outcomes: &[bool], subjects: &[usize]) -> Result<Self, Undefined> {
        if columns.is_empty() || outcomes.is_empty() {
            return Err(Undefined::NoData);
        }
        let short = columns.iter().any(|column| column.len() != outcomes.len()) || subjects.len() != outcomes.len();
        if short || columns.iter().flatten().any(|value| !value.is_finite()) {
            return Err(Undefined::OutOfRange);
        }
        let mut order: Vec<usize> = (0..outcomes.len()).collect();
        order.sort_by_key(|row| subjects[*row]);
        let cluster = |rows: &[usize]| Cluster {
            rows: rows.iter().map(|row| columns.iter().map(|column| column[*row]).collect()).collect(),
            outcomes: rows.iter().map(|row| outcomes[*row]).collect(),
        };
        let clusters: Vec<Cluster> = order.chunk_by(|one, two| subjects[*one] == subjects[*two]).map(cluster).collect();
        let places = columns.len();
        if clusters.len() <= places { Err(Undefined::TooFew) } else { Ok(Self { clusters, places }) }
    }

    /// The effects of the logistic regression of all outcomes.
    pub(super) fn logistic(&self) -> Result<Vec<f64>, Undefined> {
        let mut estimates = vec![0.0; self.places];
        let mut value = self.log_likelihood(&estimates);
        for step in 0..STEPS {
            let Some((direction, changes)) = self.scoring(&estimates, 0.0) else {
                return Err(if step == 0 { Undefined::NotEstimable } else { Undefined::Separated });
            };
            if changes.iter().all(|change| libm::fabs(*change) <= CONVERGED) {
                return Ok(moved(&estimates, &direction, 1.0));
            }
            if step >= PATIENCE && self.for_ever(&changes) {
                return Err(Undefined::Separated);
            }
            let mut share = 1.0;
            let mut next = None;
            for _ in 0..HALVINGS {
                let there = moved(&estimates, &direction, share);
                let better = self.log_likelihood(&there);
                if better >= value - LOSS * libm::fabs(value) {
                    next = Some((there, better));
                    break;
                }
                share /= 2.0;
            }
            (estimates, value) = next.ok_or(Undefined::NotConverged)?;
        }
        Err(Undefined::NotConverged)
    }

    /// A scoring step and the most it changes a linear predictor.
    pub(super) fn step(&self, estimates: &[f64], correlation: f64) -> Result<(Vec<f64>, f64), Undefined> {
        let (direction, changes) = self.scoring(estimates, correlation).ok_or(Undefined::NotConverged)?;
        let most = changes.iter().fold(0.0_f64, |most, change| most.max(libm::fabs(*change)));
        Ok((moved(estimates, &direction, 1.0), most))
    }

    /// The moment estimate of the correlation of two outcomes of a subject.
    pub(super) fn correlation(&self, estimates: &[f64]) -> Result<f64, Undefined> {
        let residuals = self.standardised(estimates);
        let squares = |own: &[f64]| compensated(own.iter().map(|value| value * value));
        let products = compensated(residuals.iter().map(|own| {
            let sum = compensated(own.iter().copied());
            0.5 * (sum * sum - squares(own))
        }));
        let all: f64 = residuals.iter().map(|own| size(own)).sum();
        let pairs = residuals.iter().map(|own| 0.5 * size(own) * (size(own) - 1.0)).sum::<f64>();
        let columns = self.estimated();
        if all <= columns || pairs <= columns {
            return Err(Undefined::TooFew);
        }
        let scale = compensated(residuals.iter().map(|own| squares(own))) / (all - columns);
        let correlation = products / (pairs - columns) / scale;
        let longest = residuals.iter().map(|own| size(own)).fold(1.0, f64::max);
        // Where the working correlations are a positive definite matrix; what is not a number is refused too.
        if correlation < 1.0 && 1.0 + (longest - 1.0) * correlation > 0.0 {
            Ok(correlation)
        } else {
            Err(Undefined::NotConverged)
        }
    }

    /// Standardised residuals by subject.
    pub(super) fn standardised(&self, estimates: &[f64]) -> Vec<Vec<f64>> {
        self.clusters.iter().map(|cluster| cluster.fitted(estimates).residuals).collect()
    }

    /// For each effect its variance between subjects, and what it would be by the sizes of the residuals alone.
    pub(super) fn sandwich(
        &self,
        estimates: &[f64],
        correlation: f64,
        reduced: bool,
    ) -> Result<Vec<(f64, f64)>, Undefined> {
        let fitted: Vec<Fitted> = self.clusters.iter().map(|cluster| cluster.fitted(estimates)).collect();
        let inverse = self.factors(&fitted, correlation).ok_or(Undefined::NotConverged)?.inverse();
        let mut parts: Vec<Vec<(f64, f64)>> = vec![Vec::new(); self.places];
        for own in &fitted {
            let enlarged = own.enlarged(&inverse, correlation)?;
            let residuals = weighted(if reduced { &enlarged } else { &own.residuals }, correlation);
            for (place, parts) in parts.iter_mut().enumerate() {
                let terms = own.rows.iter().zip(&residuals).map(|(row, e)| product(&inverse[place], row) * e);
                let terms: Vec<f64> = terms.collect();
                let sum = compensated(terms.iter().copied());
                parts.push((sum * sum, compensated(terms.iter().map(|term| term * term))));
            }
        }
        let sums = parts.iter().map(|own| {
            (compensated(own.iter().map(|(part, _)| *part)), compensated(own.iter().map(|(_, usual)| *usual)))
        });
        Ok(sums.collect())
    }

    /// The direction of a scoring step, and what it changes of the linear predictors.
    fn scoring(&self, estimates: &[f64], correlation: f64) -> Option<(Vec<f64>, Vec<f64>)> {
        let fitted: Vec<Fitted> = self.clusters.iter().map(|cluster| cluster.fitted(estimates)).collect();
        let factors = self.factors(&fitted, correlation)?;
        let score: Vec<f64> = (0..self.places)
            .map(|place| {
                let of_subject = |own: &Fitted| {
                    let residuals = weighted(&own.residuals, correlation);
                    compensated(own.rows.iter().zip(&residuals).map(|(row, residual)| row[place] * residual))
                };
                compensated(fitted.iter().map(of_subject))
            })
            .collect();
        let direction = factors.solve(&score);
        let rows = self.clusters.iter().flat_map(|cluster| &cluster.rows);
        let changes = rows.map(|row| product(row, &direction)).collect();
        Some((direction, changes))
    }

    fn factors(&self, fitted: &[Fitted], correlation: f64) -> Option<Factors> {
        let mut information: Matrix = vec![vec![0.0; self.places]; self.places];
        for own in fitted {
            for (place, line) in information.iter_mut().enumerate() {
                let column: Vec<f64> = own.rows.iter().map(|row| row[place]).collect();
                let column = weighted(&column, correlation);
                for (other, entry) in line.iter_mut().enumerate() {
                    *entry += compensated(own.rows.iter().zip(&column).map(|(row, value)| row[other] * value));
                }
            }
        }
        let bounds: Vec<f64> = information.iter().enumerate().map(|(place, row)| row[place] * SINGULAR).collect();
        Factors::new(&information, &bounds)
    }

    fn log_likelihood(&self, estimates: &[f64]) -> f64 {
        compensated(self.clusters.iter().flat_map(|cluster| {
            cluster.rows.iter().zip(&cluster.outcomes).map(|(row, outcome)| {
                let linear = product(row, estimates);
                let against = if *outcome { -linear } else { linear };
                -(against.max(0.0) + libm::log1p(libm::exp(-libm::fabs(against))))
            })
        }))
    }

    /// Whether a direction raises the probability of no outcome's opposite.
    fn for_ever(&self, changes: &[f64]) -> bool {
        let outcomes = self.clusters.iter().flat_map(|cluster| &cluster.outcomes);
        let signed: Vec<f64> =
            changes.iter().zip(outcomes).map(|(change, outcome)| if *outcome { *change } else { -change }).collect();
        let most = signed.iter().copied().fold(0.0, f64::max);
        most > 0.0 && signed.iter().all(|own| *own >= -ROUNDING * most)
    }

    /// The number of columns.
    fn estimated(&self) -> f64 {
        size(&vec![(); self.places])
    }
}

impl Cluster {
    fn fitted(&self, estimates: &[f64]) -> Fitted {
        let mut fitted = Fitted { rows: Vec::new(), residuals: Vec::new() };
        for (row, outcome) in self.rows.iter().zip(&self.outcomes) {
            let linear = product(row, estimates);
            // Root of the odds against what happened: no digit is lost where a probability is near 0 or 1.
            let odds = libm::exp(0.5 * if *outcome { -linear } else { linear });
            let deviation = odds / (1.0 + odds * odds);
            fitted.rows.push(row.iter().map(|value| deviation * value).collect());
            fitted.residuals.push(if *outcome { odds } else { -odds });
        }
        fitted
    }
}

impl Fitted {
    /// Residuals divided by one minus their leverage, as a matrix.
    fn enlarged(&self, inverse: &Matrix, correlation: f64) -> Result<Vec<f64>, Undefined> {
        let column = |place: usize| {
            let unit: Vec<f64> = (0..self.rows.len()).map(|own| if own == place { 1.0 } else { 0.0 }).collect();
            weighted(&unit, correlation)
        };
        let correlated: Matrix = (0..self.rows.len()).map(column).collect();
        let line = |(place, row): (usize, &Vec<f64>)| {
            let direction: Vec<f64> = inverse.iter().map(|own| product(own, row)).collect();
            let influence: Vec<f64> = self.rows.iter().map(|other| product(other, &direction)).collect();
            let entry = |(column, weights): (usize, &Vec<f64>)| {
                let unit = if column == place { 1.0 } else { 0.0 };
                unit - product(&influence, weights)
            };
            correlated.iter().enumerate().map(entry).collect::<Vec<f64>>()
        };
        solution(self.rows.iter().enumerate().map(line).collect(), &self.residuals).ok_or(Undefined::NotEstimable)
    }
}

/// The vector times the inverse of the matrix with ones on its diagonal and the correlation elsewhere.
fn weighted(vector: &[f64], correlation: f64) -> Vec<f64> {
    let sum = compensated(vector.iter().copied());
    let common = correlation * sum / (1.0 + (size(vector) - 1.0) * correlation);
    vector.iter().map(|value| (value - common) / (1.0 - correlation)).collect()
}

/// The solution of linear equations by elimination with exchange of rows.
fn solution(mut matrix: Matrix, right: &[f64]) -> Option<Vec<f64>> {
    let mut rest = right.to_vec();
    for place in 0..rest.len() {
        let best = (place..rest.len()).reduce(|one, two| {
            if libm::fabs(matrix[two][place]) > libm::fabs(matrix[one][place]) { two } else { one }
        })?;
        matrix.swap(place, best);
        rest.swap(place, best);
        let above = matrix[place].clone();
        // What is not a number is refused too.
        if libm::fabs(above[place]).partial_cmp(&OWN) != Some(Ordering::Greater) {
            return None;
        }
        let known = rest[place];
        for (line, value) in matrix.iter_mut().zip(&mut rest).skip(place + 1) {
            let share = line[place] / above[place];
            for (entry, above) in line.iter_mut().zip(&above).skip(place) {
                *entry -= share * above;
            }
            *value -= share * known;
        }
    }
    for place in (0..rest.len()).rev() {
        let known = product(&matrix[place][place + 1..], &rest[place + 1..]);
        rest[place] = (rest[place] - known) / matrix[place][place];
    }
    Some(rest)
}

fn product(one: &[f64], two: &[f64]) -> f64 {
    one.iter().zip(two).map(|(one, two)| one * two).sum()
}

fn moved(estimates: &[f64], direction: &[f64], share: f64) -> Vec<f64> {
    estimates.iter().zip(direction).map(|(own, step)| own + share * step).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equations_that_need_an_exchange() {
        let matrix = vec![vec![0.0, 2.0, 1.0], vec![1.0, 0.0, 3.0], vec![2.0, 1.0, 0.0]];
        assert_eq!(solution(matrix, &[7.0, 10.0, 4.0]), Some(vec![1.0, 2.0, 3.0]));
        assert_eq!(solution(vec![vec![1.0, 1.0], vec![1.0, 1.0]], &[1.0, 2.0]), None);
        assert_eq!(solution(vec![vec![f64::NAN]], &[1.0]), None);
    }

    #[test]
    fn a_common_correlation_undone() {
        // The matrix (1, 1/2; 1/2, 1) has the inverse (4/3, −2/3; −2/3, 4/3).
        let found = weighted(&[3.0, 0.0], 0.5);
        assert!(libm::fabs(found[0] - 4.0) < 1e-15 && libm::fabs(found[1] + 2.0) < 1e-15);
    }
}
