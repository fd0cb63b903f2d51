//! Small square matrices, row by row.

/// A square matrix.
#[derive(Clone, Debug, PartialEq)]
pub(in super::super) struct Square {
    pub(in super::super) size: usize,
    pub(in super::super) entries: Vec<f64>,
}

impl Square {
    pub(in super::super) fn zero(size: usize) -> Self {
        Self { size, entries: vec![0.0; size * size] }
    }

    pub(in super::super) fn at(&self, row: usize, column: usize) -> f64 {
        self.entries[row * self.size + column]
    }

    pub(in super::super) fn row(&self, row: usize) -> &[f64] {
        &self.entries[row * self.size..(row + 1) * self.size]
    }

    /// Adds a multiple of another matrix.
    pub(in super::super) fn add(&mut self, factor: f64, other: &Self) {
        for (mine, theirs) in self.entries.iter_mut().zip(&other.entries) {
            *mine += factor * theirs;
        }
    }

    pub(in super::super) fn times(&self, other: &Self) -> Self {
        let mut product = Self::zero(self.size);
        for row in 0..self.size {
            let target = &mut product.entries[row * self.size..(row + 1) * self.size];
            for (inner, entry) in self.row(row).iter().enumerate() {
                if *entry != 0.0 {
                    for (sum, value) in target.iter_mut().zip(other.row(inner)) {
                        *sum += entry * value;
                    }
                }
            }
        }
        product
    }

    pub(in super::super) fn applied(&self, vector: &[f64]) -> Vec<f64> {
        (0..self.size).map(|row| dot(self.row(row), vector)).collect()
    }

    /// The sum of the products of entries that stand at the same place: the trace of one times the other transposed.
    pub(in super::super) fn inner(&self, other: &Self) -> f64 {
        dot(&self.entries, &other.entries)
    }

    pub(in super::super) fn transposed(&self) -> Self {
        let entries = (0..self.size).flat_map(|row| (0..self.size).map(move |column| self.at(column, row))).collect();
        Self { size: self.size, entries }
    }

    /// The lower triangle whose product with its transpose is this matrix; none unless it is positive definite.
    pub(in super::super) fn cholesky(&self) -> Option<Self> {
        let mut lower = Self::zero(self.size);
        for row in 0..self.size {
            for column in 0..=row {
                let known = dot(&lower.row(row)[..column], &lower.row(column)[..column]);
                let rest = self.at(row, column) - known;
                let entry = if row == column {
                    if !(rest > 0.0 && rest.is_finite()) {
                        return None;
                    }
                    libm::sqrt(rest)
                } else {
                    rest / lower.at(column, column)
                };
                lower.entries[row * self.size + column] = entry;
            }
        }
        Some(lower)
    }

    /// The solution of the equations with this lower triangle.
    pub(in super::super) fn forward(&self, right: &[f64]) -> Vec<f64> {
        let mut solution: Vec<f64> = Vec::with_capacity(self.size);
        for (row, value) in right.iter().enumerate() {
            let known = dot(&self.row(row)[..row], &solution);
            solution.push((value - known) / self.at(row, row));
        }
        solution
    }

    /// The solution of the equations with this lower triangle transposed.
    pub(in super::super) fn backward(&self, right: &[f64]) -> Vec<f64> {
        let mut solution = right.to_vec();
        for row in (0..self.size).rev() {
            let value = solution[row] / self.at(row, row);
            solution[row] = value;
            for (earlier, entry) in solution[..row].iter_mut().zip(self.row(row)) {
                *earlier -= entry * value;
            }
        }
        solution
    }

    /// The inverse of the matrix of which this is the lower triangle, and the logarithm of its determinant.
    pub(in super::super) fn inverse_of_product(&self) -> (Self, f64) {
        let mut inverse = Self::zero(self.size);
        for column in 0..self.size {
            let unit: Vec<f64> = (0..self.size).map(|row| if row == column { 1.0 } else { 0.0 }).collect();
            for (row, value) in self.backward(&self.forward(&unit)).into_iter().enumerate() {
                inverse.entries[row * self.size + column] = value;
            }
        }
        let logarithm = (0..self.size).map(|at| libm::log(self.at(at, at))).sum::<f64>() * 2.0;
        (inverse, logarithm)
    }

    /// Values and vectors (as rows) of a symmetric matrix, by Jacobi's rotations; Golub and Van Loan 2013, 8.5.
    pub(in super::super) fn eigen(&self) -> (Vec<f64>, Self) {
        const SWEEPS: usize = 60;
        let width = self.size;
        let mut matrix = self.clone();
        let mut vectors = Self::zero(width);
        for at in 0..width {
            vectors.entries[at * width + at] = 1.0;
        }
        for _ in 0..SWEEPS {
            let mut rotated = false;
            for p in 0..width {
                for q in p + 1..width {
                    let (first, second, beside) = (matrix.at(p, p), matrix.at(q, q), matrix.at(p, q));
                    if libm::fabs(beside) <= 1e-17 * libm::sqrt(libm::fabs(first * second)) {
                        continue;
                    }
                    rotated = true;
                    let ratio = (second - first) / (2.0 * beside);
                    let root = libm::sqrt(ratio * ratio + 1.0);
                    let slope = if ratio >= 0.0 { 1.0 / (ratio + root) } else { 1.0 / (ratio - root) };
                    let cosine = 1.0 / libm::sqrt(slope * slope + 1.0);
                    let sine = slope * cosine;
                    for k in 0..width {
                        let (one, two) = (matrix.at(k, p), matrix.at(k, q));
                        matrix.entries[k * width + p] = cosine * one - sine * two;
                        matrix.entries[k * width + q] = sine * one + cosine * two;
                    }
                    for k in 0..width {
                        let (one, two) = (matrix.at(p, k), matrix.at(q, k));
                        matrix.entries[p * width + k] = cosine * one - sine * two;
                        matrix.entries[q * width + k] = sine * one + cosine * two;
                        let (one, two) = (vectors.at(p, k), vectors.at(q, k));
                        vectors.entries[p * width + k] = cosine * one - sine * two;
                        vectors.entries[q * width + k] = sine * one + cosine * two;
                    }
                }
            }
            if !rotated {
                break;
            }
        }
        ((0..width).map(|at| matrix.at(at, at)).collect(), vectors)
    }
}

/// The sum of products.
pub(in super::super) fn dot(one: &[f64], two: &[f64]) -> f64 {
    one.iter().zip(two).map(|(a, b)| a * b).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matrix() -> Square {
        Square { size: 3, entries: vec![4.0, 2.0, 0.0, 2.0, 5.0, 2.0, 0.0, 2.0, 5.0] }
    }

    #[test]
    fn a_matrix_times_its_inverse_is_one() {
        let (inverse, logarithm) = matrix().cholesky().expect("positive definite").inverse_of_product();
        let product = matrix().times(&inverse);
        for at in 0..9 {
            let unit = if at % 4 == 0 { 1.0 } else { 0.0 };
            assert!(libm::fabs(product.entries[at] - unit) < 1e-15);
        }
        assert!(libm::fabs(logarithm - libm::log(64.0)) < 1e-14);
        assert!(Square { size: 2, entries: vec![1.0, 2.0, 2.0, 1.0] }.cholesky().is_none());
    }

    #[test]
    fn vectors_rebuild_their_matrix() {
        let (values, vectors) = matrix().eigen();
        for row in 0..3 {
            for column in 0..3 {
                let rebuilt: f64 = (0..3).map(|k| values[k] * vectors.at(k, row) * vectors.at(k, column)).sum();
                assert!(libm::fabs(rebuilt - matrix().at(row, column)) < 1e-14);
            }
        }
    }
}
