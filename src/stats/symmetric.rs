//! Positive definite matrices: information and covariances.

/// Rows of a symmetric matrix.
pub(super) type Matrix = Vec<Vec<f64>>;

/// The Cholesky factors of a symmetric matrix: a triangle with ones on its diagonal and the pivots.
pub(super) struct Factors {
    /// Below the diagonal.
    triangle: Matrix,
    pivots: Vec<f64>,
}

impl Factors {
    /// The factors of a matrix, unless a pivot is not above its bound.
    ///
    /// A pivot is what a parameter adds to those before it.
    pub(super) fn new(matrix: &Matrix, bounds: &[f64]) -> Option<Self> {
        let mut factors = Self { triangle: Vec::new(), pivots: Vec::new() };
        for (row, bound) in matrix.iter().zip(bounds) {
            let place = factors.pivots.len();
            let mut line: Vec<f64> = Vec::new();
            let mut pivot = row[place];
            for (column, own) in factors.pivots.iter().enumerate() {
                let known: f64 = (0..column).map(|k| line[k] * factors.pivots[k] * factors.triangle[column][k]).sum();
                let entry = (row[column] - known) / own;
                pivot -= entry * entry * own;
                line.push(entry);
            }
            // An unordered comparison fails, so what is not a number is refused too.
            if !(pivot > *bound && pivot.is_finite()) {
                return None;
            }
            factors.triangle.push(line);
            factors.pivots.push(pivot);
        }
        Some(factors)
    }

    pub(super) fn pivots(&self) -> &[f64] {
        &self.pivots
    }

    /// The solution of the linear equations with this right side.
    pub(super) fn solve(&self, right: &[f64]) -> Vec<f64> {
        let mut solution = right.to_vec();
        for (place, line) in self.triangle.iter().enumerate() {
            let known: f64 = line.iter().zip(&solution).map(|(entry, value)| entry * value).sum();
            solution[place] -= known;
        }
        for (value, pivot) in solution.iter_mut().zip(&self.pivots) {
            *value /= pivot;
        }
        for (place, line) in self.triangle.iter().enumerate().rev() {
            let value = solution[place];
            for (earlier, entry) in solution.iter_mut().zip(line) {
                *earlier -= entry * value;
            }
        }
        solution
    }

    /// The inverse of the matrix.
    pub(super) fn inverse(&self) -> Matrix {
        let places = self.pivots.len();
        let unit = |place: usize| (0..places).map(|own| if own == place { 1.0 } else { 0.0 }).collect::<Vec<f64>>();
        (0..places).map(|place| self.solve(&unit(place))).collect()
    }

    /// The vector times the inverse times the vector.
    pub(super) fn quadratic(&self, vector: &[f64]) -> f64 {
        self.solve(vector).iter().zip(vector).map(|(one, two)| one * two).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matrix() -> Matrix {
        vec![vec![4.0, 2.0, 0.0], vec![2.0, 5.0, 2.0], vec![0.0, 2.0, 5.0]]
    }

    #[test]
    fn three_equations_on_paper() {
        // L = (1; 1/2 1; 0 1/2 1) with pivots 4, 4, 4.
        let factors = Factors::new(&matrix(), &[0.0; 3]).unwrap();
        assert_eq!(factors.pivots(), [4.0, 4.0, 4.0]);
        assert_eq!(factors.solve(&[8.0, 18.0, 19.0]), [1.0, 2.0, 3.0]);
        assert!(libm::fabs(factors.quadratic(&[8.0, 18.0, 19.0]) - 101.0) < 1e-13);
        let inverse = factors.inverse();
        for (row, line) in matrix().iter().zip(0..3) {
            for column in 0..3 {
                let entry: f64 = row.iter().zip(&inverse).map(|(one, two)| one * two[column]).sum();
                let unit = if column == line { 1.0 } else { 0.0 };
                assert!(libm::fabs(entry - unit) < 1e-15);
            }
        }
    }

    #[test]
    fn small_pivots_and_nonsense_are_refused() {
        assert!(Factors::new(&matrix(), &[0.0, 0.0, 4.0]).is_none());
        assert!(Factors::new(&vec![vec![1.0, 1.0], vec![1.0, 1.0]], &[0.0; 2]).is_none());
        assert!(Factors::new(&vec![vec![f64::NAN]], &[0.0]).is_none());
    }
}
