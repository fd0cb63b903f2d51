//! Weighted mean and scatter of covariates, by additions that keep their digits when weights differ by powers of ten.

use super::super::symmetric::Matrix;

/// A total weight that is to be measured in a larger unit.
const MANY: f64 = 1e100;

/// Total weight, weighted mean, and weighted squares and products about the mean.
///
/// Weights are given as logarithms and kept in units of the largest, so that none vanishes because others are large.
#[derive(Clone, Debug)]
pub(super) struct Moments {
    /// The logarithm of the largest weight.
    unit: f64,
    weight: f64,
    pub(super) mean: Vec<f64>,
    /// The rows of the lower triangle after each other.
    scatter: Vec<f64>,
    /// Room for a difference of means, so that a point takes no memory.
    apart: Vec<f64>,
}

impl Moments {
    /// Of nobody.
    pub(super) fn none(covariates: usize) -> Self {
        Self {
            unit: f64::NEG_INFINITY,
            weight: 0.0,
            mean: vec![0.0; covariates],
            scatter: vec![0.0; covariates * (covariates + 1) / 2],
            apart: vec![0.0; covariates],
        }
    }

    /// Becomes those of nobody again.
    pub(super) fn clear(&mut self) {
        (self.unit, self.weight) = (f64::NEG_INFINITY, 0.0);
        self.mean.fill(0.0);
        self.scatter.fill(0.0);
    }

    /// Becomes those of others.
    pub(super) fn copy(&mut self, others: &Self) {
        (self.unit, self.weight) = (others.unit, others.weight);
        self.mean.clone_from(&others.mean);
        self.scatter.clone_from(&others.scatter);
    }

    /// Adds one point.
    pub(super) fn add(&mut self, log_weight: f64, point: &[f64]) {
        self.rise(log_weight);
        self.shift(libm::exp(log_weight - self.unit), point.iter().copied());
    }

    /// Adds others, each with a share of its weight; Chan, Golub and `LeVeque` 1983, The American Statistician 37:242.
    pub(super) fn join(&mut self, others: &Self, share: f64) {
        if others.weight <= 0.0 {
            return;
        }
        self.rise(others.unit);
        let share = share * libm::exp(others.unit - self.unit);
        for (entry, other) in self.scatter.iter_mut().zip(&others.scatter) {
            *entry += share * other;
        }
        self.shift(share * others.weight, others.mean.iter().copied());
    }

    /// Adds others, each moved by the same and its weight multiplied.
    pub(super) fn join_moved(&mut self, others: &Self, log_factor: f64, by: &[f64]) {
        if others.weight <= 0.0 {
            return;
        }
        let unit = others.unit + log_factor;
        self.rise(unit);
        let share = libm::exp(unit - self.unit);
        for (entry, other) in self.scatter.iter_mut().zip(&others.scatter) {
            *entry += share * other;
        }
        self.shift(share * others.weight, others.mean.iter().zip(by).map(|(mean, by)| mean + by));
        // There may be more sets of subjects than a double can count.
        if self.weight > MANY {
            self.unit = self.log_weight();
            for entry in &mut self.scatter {
                *entry /= self.weight;
            }
            self.weight = 1.0;
        }
    }

    /// The logarithm of the total weight.
    pub(super) fn log_weight(&self) -> f64 {
        self.unit + libm::log(self.weight)
    }

    /// The logarithm of a weight as a share of all.
    pub(super) fn log_share(&self, log_weight: f64) -> f64 {
        // In this order, because a share of nearly 1 is what a likelihood without maximum ends in.
        log_weight - self.unit - libm::log(self.weight)
    }

    /// Adds the weighted covariance, `factor` times, to the lower triangle of a matrix.
    pub(super) fn add_covariance(&self, factor: f64, matrix: &mut Matrix) {
        let share = factor / self.weight;
        let mut entries = self.scatter.iter();
        for (place, row) in matrix.iter_mut().enumerate() {
            for (sum, entry) in row[..=place].iter_mut().zip(&mut entries) {
                *sum += share * entry;
            }
        }
    }

    /// Measures weights in a larger unit, if it is one.
    fn rise(&mut self, unit: f64) {
        if unit > self.unit {
            let factor = libm::exp(self.unit - unit);
            self.unit = unit;
            self.weight *= factor;
            for entry in &mut self.scatter {
                *entry *= factor;
            }
        }
    }

    /// Adds the weight of a point to total and mean, and what the two means lie apart to the scatter.
    fn shift(&mut self, weight: f64, point: impl Iterator<Item = f64>) {
        let total = self.weight + weight;
        let share = weight / total;
        let factor = self.weight * share;
        for ((apart, point), mean) in self.apart.iter_mut().zip(point).zip(&mut self.mean) {
            *apart = point - *mean;
            *mean += share * *apart;
        }
        let mut entries = self.scatter.iter_mut();
        for (place, one) in self.apart.iter().enumerate() {
            // The shorter side first: it must not take an entry of the next row.
            for (two, entry) in self.apart[..=place].iter().zip(&mut entries) {
                *entry += factor * one * two;
            }
        }
        self.weight = total;
    }
}

/// Completes a symmetric matrix of which the lower triangle is known.
pub(super) fn mirror(matrix: &mut Matrix) {
    for place in 1..matrix.len() {
        let (before, from) = matrix.split_at_mut(place);
        for (row, entry) in before.iter_mut().zip(&from[0]) {
            row[place] = *entry;
        }
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
        let covariance = |moments: &Moments| {
            let mut matrix = vec![vec![0.0; moments.mean.len()]; moments.mean.len()];
            moments.add_covariance(1.0, &mut matrix);
            mirror(&mut matrix);
            matrix.concat()
        };
        for (found, expected) in covariance(&moments).iter().zip([3.0, -0.75, -0.75, 0.1875]) {
            assert_close(*found, expected);
        }
        // Half of it beside a point of weight 2 at 0: mean 3/2, squares 6 + 2 · 2 · (9/4) of weight 4.
        let mut half = Moments::none(2);
        half.add(libm::log(2.0), &[0.0, 0.25]);
        half.join(&moments, 0.5);
        half.join(&Moments::none(2), 0.5);
        assert_close(half.mean[0], 1.5);
        assert_close(covariance(&half)[0], 15.0 / 4.0);
        moments.copy(&half);
        assert_eq!(covariance(&moments), covariance(&half));
        moments.clear();
        moments.add(0.5, &[7.0, -1.0]);
        assert_eq!((moments.mean.as_slice(), moments.log_weight()), ([7.0, -1.0].as_slice(), 0.5));
    }

    #[test]
    fn weights_of_any_size() {
        for (first, second) in [(0.0, -46.0), (-46.0, 0.0), (900.0, 854.0), (-2000.0, -1954.0)] {
            let mut moments = Moments::none(1);
            moments.add(first, &[if first > second { 0.0 } else { 1.0 }]);
            moments.add(second, &[if first > second { 1.0 } else { 0.0 }]);
            let mut variance = vec![vec![0.0]];
            moments.add_covariance(1.0, &mut variance);
            assert!(libm::fabs(variance[0][0] / libm::exp(-46.0) - 1.0) < 1e-12);
            assert_close(moments.log_share(first.max(second)), 0.0);
        }
    }
}
