//! Values with their first and second derivatives: the entries of a covariance as functions of its parameters.

use std::ops::{Add, Mul};

/// A number with its derivatives in every parameter.
#[derive(Clone, Debug)]
pub(super) struct Jet {
    pub(super) value: f64,
    pub(super) first: Vec<f64>,
    /// Row by row; symmetric.
    pub(super) second: Vec<f64>,
}

impl Jet {
    /// A number that depends on none of so many parameters.
    pub(super) fn constant(value: f64, parameters: usize) -> Self {
        Self { value, first: vec![0.0; parameters], second: vec![0.0; parameters * parameters] }
    }

    /// The parameter itself.
    pub(super) fn parameter(at: usize, parameters: &[f64]) -> Self {
        let mut jet = Self::constant(parameters[at], parameters.len());
        jet.first[at] = 1.0;
        jet
    }

    /// A function of this, from its value and its first two derivatives here.
    fn chain(&self, value: f64, slope: f64, curvature: f64) -> Self {
        let places = self.first.len();
        let mut second: Vec<f64> = self.second.iter().map(|entry| entry * slope).collect();
        for (one, row) in self.first.iter().zip(second.chunks_exact_mut(places.max(1))) {
            if *one != 0.0 {
                for (entry, two) in row.iter_mut().zip(&self.first) {
                    *entry += curvature * one * two;
                }
            }
        }
        Self { value, first: self.first.iter().map(|entry| entry * slope).collect(), second }
    }

    /// e to the power of this.
    pub(super) fn exp(&self) -> Self {
        let value = libm::exp(self.value);
        self.chain(value, value, value)
    }

    /// x / √(1 + x²), which maps the line to the correlations.
    pub(super) fn correlation(&self) -> Self {
        let x = self.value;
        let inner = 1.0 + x * x;
        let root = libm::sqrt(inner);
        self.chain(x / root, 1.0 / (inner * root), -3.0 * x / (inner * inner * root))
    }

    /// The logistic function of this, stretched from (0, 1) to (low, 1).
    pub(super) fn logistic_above(&self, low: f64) -> Self {
        let share = 1.0 / (1.0 + libm::exp(-self.value));
        let slope = (1.0 - low) * share * (1.0 - share);
        self.chain(low + (1.0 - low) * share, slope, slope * (1.0 - 2.0 * share))
    }
}

impl Mul for &Jet {
    type Output = Jet;

    fn mul(self, other: &Jet) -> Jet {
        let places = self.first.len();
        let first = self.first.iter().zip(&other.first).map(|(a, b)| a * other.value + b * self.value).collect();
        let mut second: Vec<f64> =
            self.second.iter().zip(&other.second).map(|(a, b)| a * other.value + b * self.value).collect();
        for (row, (a, b)) in second.chunks_exact_mut(places.max(1)).zip(self.first.iter().zip(&other.first)) {
            if *a != 0.0 || *b != 0.0 {
                for (entry, (c, d)) in row.iter_mut().zip(self.first.iter().zip(&other.first)) {
                    *entry += a * d + b * c;
                }
            }
        }
        Jet { value: self.value * other.value, first, second }
    }
}

impl Add<&Jet> for Jet {
    type Output = Self;

    fn add(mut self, other: &Jet) -> Self {
        self.value += other.value;
        for (mine, theirs) in self.first.iter_mut().zip(&other.first) {
            *mine += theirs;
        }
        for (mine, theirs) in self.second.iter_mut().zip(&other.second) {
            *mine += theirs;
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// f(x, y) = exp(x) · c(y) + x², against its derivatives on paper.
    #[test]
    fn derivatives_are_those_on_paper() {
        let parameters = [0.3, -0.7];
        let [x, y] = [0, 1].map(|at| Jet::parameter(at, &parameters));
        let jet = &x.exp() * &y.correlation() + &(&x * &x);
        let (e, inner) = (libm::exp(0.3), 1.49);
        let (root, c) = (libm::sqrt(inner), -0.7 / libm::sqrt(inner));
        let expected = [
            (jet.value, e * c + 0.09),
            (jet.first[0], e * c + 0.6),
            (jet.first[1], e / (inner * root)),
            (jet.second[0], e * c + 2.0),
            (jet.second[1], e / (inner * root)),
            (jet.second[2], e / (inner * root)),
            (jet.second[3], e * 2.1 / (inner * inner * root)),
        ];
        for (found, wanted) in expected {
            assert!(libm::fabs(found - wanted) < 1e-15, "{found} is not {wanted}");
        }
    }
}
