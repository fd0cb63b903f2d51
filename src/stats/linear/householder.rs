//! Orthogonal transformation of a design to a triangle, without exchange of columns.

use super::super::describe::compensated;
use super::super::{Undefined, finite};

/// A column that keeps less than this share of its length beside the earlier columns depends on them.
///
/// Exact dependence (indicators that add up to another column) leaves about 1e-16. R asks for 1e-7, which drops the last
/// column of NIST's Filip polynomial; that one keeps 5e-8.
const INDEPENDENT: f64 = 1e-10;

/// How far the weights of a contrast may miss the space of the rows, relative to the weights.
const ESTIMABLE: f64 = 1e-8;

/// The upper triangle: for each column of the design its coordinates in the orthogonal basis of those before it and
/// itself. A column that brings a new direction is one longer than the rank before it.
#[derive(Clone, Debug)]
pub(in super::super) struct Triangle {
    columns: Vec<Vec<f64>>,
}

impl Triangle {
    /// The triangle of a design, and the reflections that lead to it.
    pub(in super::super) fn new(columns: &[Vec<f64>]) -> Result<(Self, Vec<Reflection>), Undefined> {
        let mut reflections: Vec<Reflection> = Vec::new();
        let mut triangle = Vec::with_capacity(columns.len());
        for column in columns {
            let least = INDEPENDENT * representable(column)?;
            let mut turned = turn(column, &reflections);
            let rank = reflections.len();
            if let Some(reflection) = Reflection::new(&turned[rank..], least) {
                turned[rank] = reflection.result;
                turned.truncate(rank + 1);
                reflections.push(reflection);
            } else {
                turned.truncate(rank);
            }
            triangle.push(turned);
        }
        Ok((Self { columns: triangle }, reflections))
    }

    /// Whether each column is independent of those before it.
    fn independent(&self) -> Vec<bool> {
        let mut rank = 0;
        let grows = |column: &Vec<f64>| {
            let grows = column.len() > rank;
            rank += usize::from(grows);
            grows
        };
        self.columns.iter().map(grows).collect()
    }

    /// The logarithm of the determinant of the cross-products of the independent columns.
    pub(in super::super) fn log_determinant(&self) -> f64 {
        let diagonals = self.columns.iter().zip(self.independent()).filter(|(_, independent)| *independent);
        diagonals.map(|(column, _)| 2.0 * libm::log(libm::fabs(column[column.len() - 1]))).sum()
    }

    /// Coefficients of the independent columns whose combination has these coordinates.
    pub(super) fn solve(&self, coordinates: &[f64]) -> Result<Vec<Option<f64>>, Undefined> {
        let mut rest = coordinates.to_vec();
        let mut solution = vec![None; self.columns.len()];
        for (place, independent) in self.independent().into_iter().enumerate().rev() {
            if !independent {
                continue;
            }
            let Some((diagonal, above)) = self.columns[place].split_last() else {
                continue;
            };
            let value = finite(rest[above.len()] / diagonal)?;
            for (rest, entry) in rest.iter_mut().zip(above) {
                *rest -= value * entry;
            }
            solution[place] = Some(value);
        }
        Ok(solution)
    }

    /// The coordinates of the combination with the given weights; its squared length is the variance in units of the
    /// residual variance.
    pub(in super::super) fn direction(&self, weights: &[f64]) -> Result<Vec<f64>, Undefined> {
        let mut direction: Vec<f64> = Vec::new();
        let mut size_of_weights: f64 = 0.0;
        for ((column, weight), independent) in self.columns.iter().zip(weights).zip(self.independent()) {
            let known: f64 = column.iter().zip(&direction).map(|(entry, value)| entry * value).sum();
            size_of_weights = size_of_weights.max(libm::fabs(*weight));
            if independent {
                direction.push(finite((weight - known) / column[column.len() - 1])?);
            } else if libm::fabs(weight - known) > ESTIMABLE * size_of_weights {
                return Err(Undefined::NotEstimable);
            }
        }
        Ok(direction)
    }
}

/// A reflection that turns a vector from a row on into one with a single entry.
pub(in super::super) struct Reflection {
    normal: Vec<f64>,
    /// Half the squared length of the normal.
    scale: f64,
    result: f64,
}

impl Reflection {
    /// None when the vector is not longer than `least`.
    fn new(vector: &[f64], least: f64) -> Option<Self> {
        let length = length(vector);
        let (first, _) = vector.split_first().filter(|_| length > least)?;
        // The sign that adds, so that nothing cancels.
        let result = if *first > 0.0 { -length } else { length };
        let mut normal = vector.to_vec();
        normal[0] -= result;
        Some(Self { scale: -normal[0] * result, normal, result })
    }

    fn apply(&self, vector: &mut [f64]) {
        let products = self.normal.iter().zip(vector.iter()).map(|(one, two)| one * two);
        let factor = compensated(products) / self.scale;
        for (value, normal) in vector.iter_mut().zip(&self.normal) {
            *value -= factor * normal;
        }
    }
}

/// The vector after all reflections.
pub(in super::super) fn turn(vector: &[f64], reflections: &[Reflection]) -> Vec<f64> {
    let mut turned = vector.to_vec();
    for (row, reflection) in reflections.iter().enumerate() {
        reflection.apply(&mut turned[row..]);
    }
    turned
}

/// The length of a vector, if squares of its entries and of their rounding errors are within the range of a double.
pub(super) fn representable(vector: &[f64]) -> Result<f64, Undefined> {
    let length = length(vector);
    let zero = vector.iter().all(|value| *value == 0.0);
    if zero || (1e-140..1e140).contains(&length) { Ok(length) } else { Err(Undefined::OutOfRange) }
}

pub(super) fn length(vector: &[f64]) -> f64 {
    compensated(vector.iter().map(|value| value * value)).sqrt()
}
