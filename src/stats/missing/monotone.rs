//! Multiple imputation when subjects leave and do not return.

use super::super::Undefined;
use super::super::mixed::square::{Square, dot};
use super::random::Stream;
use super::table::{SINGULAR, Standardised};

/// Complete data sets drawn for a monotone pattern: a value is missing only if all later ones of its subject are.
///
/// # Method
/// Rubin 1987, section 5: each column is regressed on those before it among the subjects that have it; for each imputation
/// the error variance is drawn from the residual sum of squares over a chi-square, the coefficients from their normal
/// distribution given it, and the values given both. Missing at random, with the usual vague prior of each regression.
///
/// # Input
/// A row for each subject, all of the same length, columns in the order of time; `seed`, from which every imputation has a
/// stream of its own, so that a longer run begins with the shorter one.
///
/// # Not estimable
/// `NoData` without subjects or when a column was never observed; `TooFew` when a column has no more observations than the
/// regression on those before it has coefficients; `ZeroVariance` for a constant column and one that those before it
/// determine; `NotEstimable` when columns before are combinations of one another; `OutOfRange` for rows of different
/// lengths, values that are not finite and a value after a missing one.
///
/// # Agrees with
/// The closed forms of mean and variance of the predictive distribution, within the error of simulation: cases in
/// `fixtures/reference/missing`. The model is that of SAS `PROC MI; MONOTONE REG` and R `mice.impute.norm` without ridge.
pub fn impute_monotone(
    rows: &[Vec<Option<f64>>],
    imputations: u32,
    seed: u64,
) -> Result<Vec<Vec<Vec<f64>>>, Undefined> {
    let table = Standardised::new(rows)?;
    if rows.iter().any(|row| row.windows(2).any(|pair| pair[0].is_none() && pair[1].is_some())) {
        return Err(Undefined::OutOfRange);
    }
    let regressions: Vec<Regression> =
        (0..table.width()).map(|column| Regression::new(&table.rows, column)).collect::<Result<_, _>>()?;
    let imputation = |number: u32| {
        let mut stream = Stream::new(seed, u64::from(number));
        let mut completed: Vec<Vec<f64>> = vec![Vec::new(); rows.len()];
        for (column, regression) in regressions.iter().enumerate() {
            let (coefficients, deviation) = regression.drawn(&mut stream);
            for (own, filled) in table.rows.iter().zip(&mut completed) {
                let value = own[column]
                    .unwrap_or_else(|| coefficients[0] + dot(&coefficients[1..], filled) + deviation * stream.normal());
                filled.push(value);
            }
        }
        table.restored(rows, &completed)
    };
    (0..imputations).map(imputation).collect()
}

/// A column regressed on a constant and the columns before it.
struct Regression {
    /// Triangle of the products of the regressors.
    triangle: Square,
    coefficients: Vec<f64>,
    residual: f64,
    df: usize,
}

impl Regression {
    fn new(rows: &[Vec<Option<f64>>], column: usize) -> Result<Self, Undefined> {
        let used: Vec<(Vec<f64>, f64)> = rows
            .iter()
            .filter_map(|row| {
                let before: Option<Vec<f64>> = row[..column].iter().copied().collect();
                Some((std::iter::once(1.0).chain(before?).collect(), row[column]?))
            })
            .collect();
        let size = column + 1;
        let df = used.len().checked_sub(size).filter(|df| *df > 0).ok_or(Undefined::TooFew)?;
        let mut products = Square::zero(size);
        let mut right = vec![0.0; size];
        for (regressors, value) in &used {
            for (row, one) in regressors.iter().enumerate() {
                right[row] += one * value;
                for (place, two) in regressors.iter().enumerate() {
                    products.entries[row * size + place] += one * two;
                }
            }
        }
        let triangle = products.cholesky().ok_or(Undefined::NotEstimable)?;
        for place in 0..size {
            let pivot = triangle.at(place, place);
            if pivot * pivot <= SINGULAR * products.at(place, place) {
                return Err(Undefined::NotEstimable);
            }
        }
        let coefficients = triangle.backward(&triangle.forward(&right));
        let error = |(regressors, value): &(Vec<f64>, f64)| value - dot(regressors, &coefficients);
        let residual = used.iter().map(error).map(|own| own * own).sum::<f64>();
        let total: f64 = used.iter().map(|(_, value)| value * value).sum();
        if residual <= SINGULAR * SINGULAR * total {
            return Err(Undefined::ZeroVariance);
        }
        Ok(Self { triangle, coefficients, residual, df })
    }

    /// Coefficients and standard deviation from their distribution given the data.
    fn drawn(&self, stream: &mut Stream) -> (Vec<f64>, f64) {
        let deviation = libm::sqrt(self.residual / stream.chi_square(self.df));
        let moved = self.triangle.backward(&stream.normals(self.coefficients.len()));
        let coefficients = self.coefficients.iter().zip(moved).map(|(own, step)| own + deviation * step).collect();
        (coefficients, deviation)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows() -> Vec<Vec<Option<f64>>> {
        let pair = |place: u32| {
            let x = f64::from(place * 7 % 11);
            vec![Some(x), (!place.is_multiple_of(4)).then(|| 2.0 * x + f64::from(place * 5 % 7))]
        };
        (0..24).map(pair).collect()
    }

    #[test]
    fn what_was_observed_keeps_its_bits_and_a_longer_run_begins_with_the_shorter() {
        let (few, many) = (impute_monotone(&rows(), 3, 11).unwrap(), impute_monotone(&rows(), 5, 11).unwrap());
        assert_eq!(few, many[..3]);
        for completed in &many {
            for (own, filled) in rows().iter().zip(completed) {
                assert!(
                    own.iter().zip(filled).all(|(own, filled)| own.is_none_or(|own| own.to_bits() == filled.to_bits()))
                );
            }
        }
        assert_ne!(many[0], many[1]);
        assert_ne!(many, impute_monotone(&rows(), 5, 12).unwrap());
    }

    #[test]
    fn units_do_not_matter() {
        let scaled: Vec<Vec<Option<f64>>> =
            rows().iter().map(|row| vec![row[0].map(|x| 100.0 * x - 3.0), row[1].map(|y| 0.01 * y + 5.0)]).collect();
        let (one, two) = (impute_monotone(&rows(), 2, 5).unwrap(), impute_monotone(&scaled, 2, 5).unwrap());
        for (one, two) in one.iter().flatten().zip(two.iter().flatten()) {
            assert!(libm::fabs(0.01 * one[1] + 5.0 - two[1]) < 1e-12);
        }
    }

    #[test]
    fn what_cannot_be_drawn() {
        let with = |place: usize, row: Vec<Option<f64>>| {
            let mut rows = rows();
            rows[place] = row;
            impute_monotone(&rows, 1, 0).map(|_| ())
        };
        assert_eq!(with(0, vec![None, Some(1.0)]), Err(Undefined::OutOfRange));
        assert_eq!(with(0, vec![Some(1.0)]), Err(Undefined::OutOfRange));
        assert_eq!(with(0, vec![Some(f64::NAN), None]), Err(Undefined::OutOfRange));
        let of = |rows: &[Vec<Option<f64>>]| impute_monotone(rows, 1, 0).map(|_| ());
        assert_eq!(of(&[]), Err(Undefined::NoData));
        assert_eq!(of(&[vec![Some(1.0), None], vec![Some(2.0), None]]), Err(Undefined::NoData));
        assert_eq!(of(&[vec![Some(1.0), Some(3.0)], vec![Some(2.0), Some(1.0)]]), Err(Undefined::TooFew));
        assert_eq!(of(&vec![vec![Some(4.0)]; 5]), Err(Undefined::ZeroVariance));
        let copied: Vec<Vec<Option<f64>>> = rows().iter().map(|row| vec![row[0], row[0]]).collect();
        assert_eq!(of(&copied), Err(Undefined::ZeroVariance));
    }
}
