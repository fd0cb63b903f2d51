//! Data augmentation for a multivariate regression with gaps in the responses.

use super::super::Undefined;
use super::super::mixed::square::{Square, dot};
use super::random::Stream;
use super::table::SINGULAR;

/// A chain whose steps are the missing responses given the parameters, and the parameters given all responses: Schafer
/// 1997, chapter 5, with regressors.
pub(super) struct Augmentation<'a> {
    rows: Vec<&'a [Option<f64>]>,
    regressors: Vec<Vec<f64>>,
    /// Triangle of the products of the regressors.
    triangle: Square,
    /// The coefficients of each response.
    pub(super) coefficients: Vec<Vec<f64>>,
    /// Covariance of the responses about their means.
    pub(super) covariance: Square,
}

impl<'a> Augmentation<'a> {
    /// Begins where nothing is explained: responses are standardised.
    pub(super) fn new(rows: Vec<&'a [Option<f64>]>, regressors: Vec<Vec<f64>>) -> Result<Self, Undefined> {
        let width = rows.first().ok_or(Undefined::NoData)?.len();
        let number = regressors[0].len();
        let complete = |row: &&[Option<f64>]| row.iter().copied().collect::<Option<Vec<f64>>>();
        let pairs = rows.iter().zip(&regressors).filter_map(|(row, own)| Some((complete(row)?, own.clone())));
        let (complete, beside): (Vec<Vec<f64>>, Vec<Vec<f64>>) = pairs.unzip();
        if complete.len() < width + number {
            return Err(Undefined::TooFew);
        }
        // Whether the complete subjects alone determine everything: then no parameter drifts without end.
        let (_, residual) = fitted(&complete, &beside, &regular(&products(&beside, number))?);
        for place in 0..width {
            let total: f64 = complete.iter().map(|row| row[place] * row[place]).sum();
            if residual.at(place, place) <= SINGULAR * SINGULAR * total {
                return Err(Undefined::ZeroVariance);
            }
        }
        regular(&residual)?;
        let mut covariance = Square::zero(width);
        for place in 0..width {
            covariance.entries[place * width + place] = 1.0;
        }
        let triangle = regular(&products(&regressors, number))?;
        Ok(Self { rows, regressors, triangle, coefficients: vec![vec![0.0; number]; width], covariance })
    }

    /// The responses with the missing ones drawn given the parameters.
    pub(super) fn filled(&self, stream: &mut Stream) -> Result<Vec<Vec<f64>>, Undefined> {
        let mut known: Vec<(Vec<bool>, Pattern)> = Vec::new();
        let mut completed = Vec::with_capacity(self.rows.len());
        for (row, regressors) in self.rows.iter().zip(&self.regressors) {
            let gaps: Vec<bool> = row.iter().map(Option::is_none).collect();
            if !known.iter().any(|(own, _)| *own == gaps) {
                known.push((gaps.clone(), Pattern::new(&gaps, &self.covariance)?));
            }
            let pattern = known.iter().find_map(|(own, pattern)| (*own == gaps).then_some(pattern));
            let mean = self.means(regressors);
            completed.push(pattern.map_or_else(Vec::new, |pattern| pattern.filled(row, &mean, stream)));
        }
        Ok(completed)
    }

    /// The mean of each response at a point.
    pub(super) fn means(&self, regressors: &[f64]) -> Vec<f64> {
        self.coefficients.iter().map(|own| dot(own, regressors)).collect()
    }

    /// Draws the parameters given all responses, under the prior of Jeffreys.
    pub(super) fn renew(&mut self, completed: &[Vec<f64>], stream: &mut Stream) -> Result<(), Undefined> {
        let (coefficients, residual) = fitted(completed, &self.regressors, &self.triangle);
        let (width, number) = (residual.size, self.triangle.size);
        let triangle = residual.cholesky().ok_or(Undefined::NotEstimable)?;
        // Bartlett 1933: the triangle of a Wishart matrix with n − k degrees of freedom.
        let mut wishart = Square::zero(width);
        for row in 0..width {
            for column in 0..row {
                wishart.entries[row * width + column] = stream.normal();
            }
            wishart.entries[row * width + row] = libm::sqrt(stream.chi_square(completed.len() - number - row));
        }
        let factor: Vec<Vec<f64>> = (0..width).map(|row| wishart.forward(triangle.row(row))).collect();
        let steps: Vec<Vec<f64>> = (0..number).map(|_| stream.normals(width)).collect();
        self.coefficients = coefficients;
        for (own, row) in self.coefficients.iter_mut().zip(&factor) {
            let step: Vec<f64> = steps.iter().map(|step| dot(row, step)).collect();
            for (own, step) in own.iter_mut().zip(self.triangle.backward(&step)) {
                *own += step;
            }
        }
        let entries = factor.iter().flat_map(|one| factor.iter().map(move |two| dot(one, two))).collect();
        self.covariance = Square { size: width, entries };
        Ok(())
    }
}

/// The triangle of products, when no column is a combination of the others.
fn regular(products: &Square) -> Result<Square, Undefined> {
    let triangle = products.cholesky().ok_or(Undefined::NotEstimable)?;
    let pivots = (0..products.size).map(|place| (triangle.at(place, place), products.at(place, place)));
    if pivots.into_iter().all(|(pivot, own)| pivot * pivot > SINGULAR * own) {
        Ok(triangle)
    } else {
        Err(Undefined::NotEstimable)
    }
}

/// Sums of the products of columns.
fn products(rows: &[Vec<f64>], width: usize) -> Square {
    let mut products = Square::zero(width);
    for row in rows {
        for (one, entries) in row.iter().zip(products.entries.chunks_mut(width)) {
            for (two, entry) in row.iter().zip(entries) {
                *entry += one * two;
            }
        }
    }
    products
}

/// Least-squares coefficients of each response, and the products of the residuals.
fn fitted(rows: &[Vec<f64>], regressors: &[Vec<f64>], triangle: &Square) -> (Vec<Vec<f64>>, Square) {
    let width = rows[0].len();
    let mut right = vec![vec![0.0; triangle.size]; width];
    for (row, own) in rows.iter().zip(regressors) {
        for (value, sums) in row.iter().zip(&mut right) {
            for (sum, regressor) in sums.iter_mut().zip(own) {
                *sum += value * regressor;
            }
        }
    }
    let coefficients: Vec<Vec<f64>> = right.iter().map(|own| triangle.backward(&triangle.forward(own))).collect();
    let residual = |(row, own): (&Vec<f64>, &Vec<f64>)| {
        row.iter().zip(&coefficients).map(|(value, coefficients)| value - dot(coefficients, own)).collect()
    };
    let residuals: Vec<Vec<f64>> = rows.iter().zip(regressors).map(residual).collect();
    (coefficients, products(&residuals, width))
}

/// The covariance with the observed columns first: its triangle gives the draws of the missing ones.
struct Pattern {
    order: Vec<usize>,
    observed: usize,
    triangle: Square,
}

impl Pattern {
    fn new(gaps: &[bool], covariance: &Square) -> Result<Self, Undefined> {
        let (missing, mut order): (Vec<usize>, Vec<usize>) = (0..gaps.len()).partition(|place| gaps[*place]);
        let observed = order.len();
        order.extend(missing);
        let entries = order.iter().flat_map(|row| order.iter().map(|column| covariance.at(*row, *column))).collect();
        let triangle = Square { size: gaps.len(), entries }.cholesky().ok_or(Undefined::NotEstimable)?;
        Ok(Self { order, observed, triangle })
    }

    /// With values x = mean + triangle z, the observed ones determine the first z and the others are drawn.
    fn filled(&self, row: &[Option<f64>], mean: &[f64], stream: &mut Stream) -> Vec<f64> {
        let mut values = vec![0.0; row.len()];
        let mut z: Vec<f64> = Vec::with_capacity(row.len());
        for (line, place) in self.order.iter().enumerate() {
            let known = mean[*place] + dot(&self.triangle.row(line)[..line], &z);
            let own = self.triangle.at(line, line);
            match row[*place] {
                Some(value) if line < self.observed => {
                    values[*place] = value;
                    z.push((value - known) / own);
                }
                _ => {
                    z.push(stream.normal());
                    values[*place] = known + own * z[line];
                }
            }
        }
        values
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_of_complete_data_have_their_mean() {
        // An inverse Wishart matrix with n − k degrees of freedom has the mean S / (n − k − p − 1).
        let data = [[1.0, 2.0], [2.0, 1.0], [3.0, 5.0], [4.0, 4.0], [5.0, 9.0], [6.0, 5.0], [7.0, 8.0], [8.0, 14.0]];
        let completed: Vec<Vec<f64>> = (0..40).map(|place| data[place % 8].to_vec()).collect();
        let gapless: Vec<Vec<Option<f64>>> =
            completed.iter().map(|row| row.iter().copied().map(Some).collect()).collect();
        let regressors: Vec<Vec<f64>> =
            (0..40).map(|place| vec![1.0, if place % 3 == 0 { 1.0 } else { 0.0 }]).collect();
        let rows = gapless.iter().map(Vec::as_slice).collect();
        let mut chain = Augmentation::new(rows, regressors.clone()).unwrap();
        let (expected, squares) = fitted(&completed, &regressors, &chain.triangle);
        let mut stream = Stream::new(2, 0);
        let (mut sums, mut means) = ([0.0; 4], [0.0; 4]);
        for _ in 0..20_000 {
            chain.renew(&completed, &mut stream).unwrap();
            for (sum, own) in sums.iter_mut().zip(&chain.covariance.entries) {
                *sum += own / 2e4;
            }
            for (mean, own) in means.iter_mut().zip(chain.coefficients.iter().flatten()) {
                *mean += own / 2e4;
            }
        }
        for (found, own) in sums.iter().zip(&squares.entries) {
            assert!(libm::fabs(found / (own / 35.0) - 1.0) < 0.01, "{found} {own}");
        }
        for (found, own) in means.iter().zip(expected.iter().flatten()) {
            // Standard errors are below 1.3 over the square root of 20 000.
            assert!(libm::fabs(found - own) < 0.05, "{found} {own}");
        }
    }
}
