//! Multiple imputation of a normal vector with gaps anywhere.

use super::super::mixed::square::{Square, dot};
use super::super::{Undefined, size};
use super::random::Stream;
use super::table::{SINGULAR, Standardised};

/// How long a chain runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChainLength {
    /// Cycles before the first imputation is taken.
    pub burn_in: u32,
    /// Cycles from one imputation to the next, at least 1.
    pub between: u32,
}

/// Complete data sets drawn for a multivariate normal vector, whatever is missing where.
///
/// # Method
/// Data augmentation, Schafer 1997, chapter 5: in turn the missing values are drawn given mean and covariance and what the
/// subject has, and mean and covariance given the completed data under the prior of Jeffreys: the covariance from an inverse
/// Wishart distribution with n − 1 degrees of freedom, the mean from its normal distribution given it. One chain, begun at
/// the observed means and no correlation. Missing at random.
///
/// # Input
/// A row for each subject, all of the same length; a subject may have nothing. Imputations are taken after `length.burn_in`
/// cycles and then every `length.between`.
///
/// # Not estimable
/// `NoData` without subjects or when a column was never observed; `TooFew` unless more subjects are complete than there are
/// columns; `ZeroVariance` for a constant column; `NotEstimable` when columns are combinations of one another;
/// `OutOfRange` for rows of different lengths, values that are not finite and no cycle between imputations.
///
/// # Agrees with
/// The closed forms of the predictive distribution where the pattern is monotone, and a sampler in `SciPy` where it is not,
/// within the error of simulation: cases in `fixtures/reference/missing`. The model is that of SAS `PROC MI; MCMC`.
pub fn impute_chain(
    rows: &[Vec<Option<f64>>],
    imputations: u32,
    length: ChainLength,
    seed: u64,
) -> Result<Vec<Vec<Vec<f64>>>, Undefined> {
    let table = Standardised::new(rows)?;
    let complete: Vec<Vec<f64>> = table.rows.iter().filter_map(|row| row.iter().copied().collect()).collect();
    if complete.len() <= table.width() {
        return Err(Undefined::TooFew);
    }
    if length.between == 0 {
        return Err(Undefined::OutOfRange);
    }
    regular(&complete)?;
    let mut stream = Stream::new(seed, 0);
    let mut mean = vec![0.0; table.width()];
    let mut covariance = Square::zero(table.width());
    for place in 0..table.width() {
        covariance.entries[place * table.width() + place] = 1.0;
    }
    let mut found = Vec::new();
    let mut wait = u64::from(length.burn_in) + 1;
    while found.len() < imputations as usize {
        let completed = filled(&table.rows, &mean, &covariance, &mut stream)?;
        wait -= 1;
        if wait == 0 {
            found.push(table.restored(rows, &completed)?);
            wait = u64::from(length.between);
        }
        (mean, covariance) = parameters(&completed, &mut stream)?;
    }
    Ok(found)
}

/// Whether the complete subjects alone determine a covariance.
fn regular(complete: &[Vec<f64>]) -> Result<(), Undefined> {
    let (_, products) = moments(complete);
    let triangle = products.cholesky().ok_or(Undefined::NotEstimable)?;
    let pivots = (0..products.size).map(|place| (triangle.at(place, place), products.at(place, place)));
    if pivots.into_iter().all(|(pivot, own)| pivot * pivot > SINGULAR * own) {
        Ok(())
    } else {
        Err(Undefined::NotEstimable)
    }
}

/// Means, and the products of the deviations from them.
fn moments(rows: &[Vec<f64>]) -> (Vec<f64>, Square) {
    let width = rows[0].len();
    let mean: Vec<f64> = (0..width).map(|place| rows.iter().map(|row| row[place]).sum::<f64>() / size(rows)).collect();
    let mut products = Square::zero(width);
    for row in rows {
        let deviations: Vec<f64> = row.iter().zip(&mean).map(|(own, mean)| own - mean).collect();
        for (one, entries) in deviations.iter().zip(products.entries.chunks_mut(width)) {
            for (two, entry) in deviations.iter().zip(entries) {
                *entry += one * two;
            }
        }
    }
    (mean, products)
}

/// Mean and covariance from their distribution given complete data.
fn parameters(rows: &[Vec<f64>], stream: &mut Stream) -> Result<(Vec<f64>, Square), Undefined> {
    let (mut mean, products) = moments(rows);
    let width = products.size;
    let triangle = products.cholesky().ok_or(Undefined::NotEstimable)?;
    // Bartlett 1933: the triangle of a Wishart matrix with n − 1 degrees of freedom.
    let mut wishart = Square::zero(width);
    for row in 0..width {
        for column in 0..row {
            wishart.entries[row * width + column] = stream.normal();
        }
        wishart.entries[row * width + row] = libm::sqrt(stream.chi_square(rows.len() - 1 - row));
    }
    let factor: Vec<Vec<f64>> = (0..width).map(|row| wishart.forward(triangle.row(row))).collect();
    let step = stream.normals(width);
    for (own, row) in mean.iter_mut().zip(&factor) {
        *own += dot(row, &step) / libm::sqrt(size(rows));
    }
    let entries = factor.iter().flat_map(|one| factor.iter().map(move |two| dot(one, two))).collect();
    Ok((mean, Square { size: width, entries }))
}

/// Missing values from their distribution given what the subject has.
fn filled(
    rows: &[Vec<Option<f64>>],
    mean: &[f64],
    covariance: &Square,
    stream: &mut Stream,
) -> Result<Vec<Vec<f64>>, Undefined> {
    let mut known: Vec<(Vec<bool>, Pattern)> = Vec::new();
    let mut completed = Vec::with_capacity(rows.len());
    for row in rows {
        let gaps: Vec<bool> = row.iter().map(Option::is_none).collect();
        if !known.iter().any(|(own, _)| *own == gaps) {
            known.push((gaps.clone(), Pattern::new(&gaps, covariance)?));
        }
        let pattern = known.iter().find_map(|(own, pattern)| (*own == gaps).then_some(pattern));
        completed.push(pattern.map_or_else(Vec::new, |pattern| pattern.filled(row, mean, stream)));
    }
    Ok(completed)
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

    const SHORT: ChainLength = ChainLength { burn_in: 5, between: 2 };

    fn rows() -> Vec<Vec<Option<f64>>> {
        let row = |place: u32| {
            let x = f64::from(place * 7 % 11);
            vec![
                (!place.is_multiple_of(5)).then_some(x),
                (!place.is_multiple_of(4)).then(|| 2.0 * x + f64::from(place * 5 % 7)),
            ]
        };
        (0..24).map(row).collect()
    }

    #[test]
    fn what_was_observed_keeps_its_bits_and_a_longer_run_begins_with_the_shorter() {
        let (few, many) = (impute_chain(&rows(), 2, SHORT, 3).unwrap(), impute_chain(&rows(), 4, SHORT, 3).unwrap());
        assert_eq!(few, many[..2]);
        for completed in &many {
            for (own, filled) in rows().iter().zip(completed) {
                assert!(
                    own.iter().zip(filled).all(|(own, filled)| own.is_none_or(|own| own.to_bits() == filled.to_bits()))
                );
            }
        }
        assert_ne!(many[0], many[1]);
    }

    #[test]
    fn covariances_of_complete_data_have_their_mean() {
        // An inverse Wishart matrix with n − 1 degrees of freedom has the mean S / (n − 1 − p − 1).
        let data = [[1.0, 2.0], [2.0, 1.0], [3.0, 5.0], [4.0, 4.0], [5.0, 9.0], [6.0, 5.0], [7.0, 8.0], [8.0, 14.0]];
        let rows: Vec<Vec<f64>> = (0..40).map(|place| data[place % 8].to_vec()).collect();
        let (mean, products) = moments(&rows);
        let mut stream = Stream::new(2, 0);
        let draws: Vec<(Vec<f64>, Square)> = (0..20_000).map(|_| parameters(&rows, &mut stream).unwrap()).collect();
        for place in 0..4 {
            let found = draws.iter().map(|(_, own)| own.entries[place]).sum::<f64>() / 2e4;
            let expected = products.entries[place] / 36.0;
            assert!(libm::fabs(found / expected - 1.0) < 0.01, "{found} {expected}");
        }
        for place in 0..2 {
            let found = draws.iter().map(|(own, _)| own[place]).sum::<f64>() / 2e4;
            assert!(libm::fabs(found - mean[place]) < 5.0 * libm::sqrt(products.at(place, place) / 36.0 / 40.0 / 2e4));
        }
    }

    #[test]
    fn what_cannot_be_drawn() {
        let of = |rows: &[Vec<Option<f64>>], length| impute_chain(rows, 1, length, 0).map(|_| ());
        assert_eq!(of(&[], SHORT), Err(Undefined::NoData));
        assert_eq!(of(&rows(), ChainLength { burn_in: 5, between: 0 }), Err(Undefined::OutOfRange));
        assert_eq!(of(&[vec![Some(1.0), Some(3.0)], vec![Some(2.0), Some(1.0)]], SHORT), Err(Undefined::TooFew));
        let copied: Vec<Vec<Option<f64>>> = rows().iter().map(|row| vec![row[0], row[0]]).collect();
        assert_eq!(of(&copied, SHORT), Err(Undefined::NotEstimable));
        assert_eq!(of(&vec![vec![Some(4.0)]; 5], SHORT), Err(Undefined::ZeroVariance));
        let ragged = [vec![Some(4.0)], vec![Some(1.0), None]];
        assert_eq!(of(&ragged, SHORT), Err(Undefined::OutOfRange));
    }
}
