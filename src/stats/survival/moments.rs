//! Weighted mean and scatter of covariates, by additions that keep their digits when weights differ by powers of ten.

use super::super::symmetric::Matrix;

/// Total weight, weighted mean, and weighted squares and products about the mean.
///
/// Weights are given as logarithms and kept in units of the largest, so that none vanishes because others are large.
#[derive(Clone, Debug)]
pub(super) struct Moments {
    /// The logarithm of the largest weight.
    unit: f64,
    weight: f64,
    pub(super) mean: Vec<f64>,
    scatter: Matrix,
}

impl Moments {
    /// Of nobody.
    pub(super) fn none(covariates: usize) -> Self {
        Self {
            unit: f64::NEG_INFINITY,
            weight: 0.0,
            mean: vec![0.0; covariates],
            scatter: vec![vec![0.0; covariates]; covariates],
        }
    }

    /// Adds one point.
    pub(super) fn add(&mut self, log_weight: f64, point: &[f64]) {
        self.rise(log_weight);
        self.shift(libm::exp(log_weight - self.unit), point);
    }

    /// Adds others, each with a share of its weight; Chan, Golub and `LeVeque` 1983, The American Statistician 37:242.
    pub(super) fn join(&mut self, others: &Self, share: f64) {
        if others.weight <= 0.0 {
            return;
        }
        self.rise(others.unit);
        let share = share * libm::exp(others.unit - self.unit);
        for (row, other) in self.scatter.iter_mut().zip(&others.scatter) {
            for (entry, other) in row.iter_mut().zip(other) {
                *entry += share * other;
            }
        }
        self.shift(share * others.weight, &others.mean);
    }

    /// The logarithm of a weight as a share of all.
    pub(super) fn log_share(&self, log_weight: f64) -> f64 {
        // In this order, because a share of nearly 1 is what a likelihood without maximum ends in.
        log_weight - self.unit - libm::log(self.weight)
    }

    /// Rows of the weighted covariance.
    pub(super) fn covariance(&self) -> impl Iterator<Item = impl Iterator<Item = f64>> {
        self.scatter.iter().map(|row| row.iter().map(|entry| entry / self.weight))
    }

    /// Measures weights in a larger unit, if it is one.
    fn rise(&mut self, unit: f64) {
        if unit > self.unit {
            let factor = libm::exp(self.unit - unit);
            self.unit = unit;
            self.weight *= factor;
            for entry in self.scatter.iter_mut().flatten() {
                *entry *= factor;
            }
        }
    }

    /// Adds the weight of a point to total and mean, and what the two means lie apart to the scatter.
    fn shift(&mut self, weight: f64, point: &[f64]) {
        let total = self.weight + weight;
        let share = weight / total;
        let apart: Vec<f64> = point.iter().zip(&self.mean).map(|(point, mean)| point - mean).collect();
        for ((row, one), mean) in self.scatter.iter_mut().zip(&apart).zip(&mut self.mean) {
            for (entry, two) in row.iter_mut().zip(&apart) {
                *entry += self.weight * share * one * two;
            }
            *mean += share * one;
        }
        self.weight = total;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn assert_close(value: f64, expected: f64) {
        let error = libm::fabs(value - expected);
        assert!(error < 1e-15 * (1.0 + libm::fabs(expected)), "{value:e} is not {expected:e}");
    }

    #[test]
    fn points_and_halves_on_paper() {
        // 0 and 4 with weights 1 and 3: mean 3, squares 9 + 3.
        let mut moments = Moments::none(2);
        moments.add(0.0, &[0.0, 1.0]);
        moments.add(libm::log(3.0), &[4.0, 0.0]);
        assert_close(libm::exp(moments.log_share(0.0)), 0.25);
        assert_close(moments.mean[0], 3.0);
        assert_close(moments.mean[1], 0.25);
        let covariance: Vec<f64> = moments.covariance().flatten().collect();
        for (found, expected) in covariance.iter().zip([3.0, -0.75, -0.75, 0.1875]) {
            assert_close(*found, expected);
        }
        // Half of it beside a point of weight 2 at 0: mean 3/2, squares 6 + 2 · 2 · (9/4) of weight 4.
        let mut half = Moments::none(2);
        half.add(libm::log(2.0), &[0.0, 0.25]);
        half.join(&moments, 0.5);
        half.join(&Moments::none(2), 0.5);
        assert_close(half.mean[0], 1.5);
        assert_close(half.covariance().flatten().next().unwrap(), 15.0 / 4.0);
    }

    #[test]
    fn weights_of_any_size() {
        for (first, second) in [(0.0, -46.0), (-46.0, 0.0), (900.0, 854.0), (-2000.0, -1954.0)] {
            let mut moments = Moments::none(1);
            moments.add(first, &[if first > second { 0.0 } else { 1.0 }]);
            moments.add(second, &[if first > second { 1.0 } else { 0.0 }]);
            let variance = moments.covariance().flatten().next().unwrap();
            assert!(libm::fabs(variance / libm::exp(-46.0) - 1.0) < 1e-12);
            assert_close(moments.log_share(first.max(second)), 0.0);
        }
    }
}
