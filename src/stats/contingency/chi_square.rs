//! Chi-square tests of independence: Pearson's and that of the likelihood ratio.

use super::super::describe::compensated;
use super::super::distribution::{chi_square_sf, deviance};
use super::super::{Undefined, real, size};
use super::{Table, wide};

/// A test by the distribution of chi-square.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ChiSquare {
    /// The statistic, 0 or more: for Pearson's test the sum of squared deviations over expected counts.
    pub statistic: f64,
    /// Degrees of freedom.
    pub df: f64,
    /// Probability of a statistic at least as large.
    pub p: f64,
}

/// Pearson's chi-square test of independence, without continuity correction.
///
/// # Method
/// Agresti 2013, Categorical Data Analysis, 3.2.1. Deviations from expectation are taken in whole numbers.
///
/// # Input
/// Rows of equal length. Rows and columns without observations are left out.
///
/// # Not estimable
/// `NoData` without observations; `ZeroMargin` when fewer than two rows or columns have any; `OutOfRange` when rows
/// differ in length or the total exceeds 2^53.
///
/// # Agrees with
/// R `chisq.test(table, correct = FALSE)`; cases in `fixtures/reference/chi-square`.
pub fn pearson_chi_square(table: &[Vec<u64>]) -> Result<ChiSquare, Undefined> {
    let table = Table::new(table)?;
    if table.rows.len() < 2 || table.columns.len() < 2 {
        return Err(Undefined::ZeroMargin);
    }
    let cells = table.cells.iter().zip(&table.rows).flat_map(|(cells, row)| {
        let columns = cells.iter().zip(&table.columns);
        columns.map(move |(cell, column)| (*cell, *row, *column))
    });
    let statistic = compensated(cells.map(|(cell, row, column)| {
        let expected = u128::from(row) * u128::from(column);
        let deviation = (u128::from(cell) * u128::from(table.total)).abs_diff(expected);
        wide(deviation) / wide(expected) * wide(deviation) / real(table.total)
    }));
    let df = (size(&table.rows) - 1.0) * (size(&table.columns) - 1.0);
    Ok(ChiSquare { statistic, df, p: chi_square_sf(statistic, df)? })
}

/// Likelihood-ratio test of independence (G).
///
/// # Method
/// Wilks 1935, Annals of Mathematical Statistics 6:190: twice the sum of observed counts times the logarithm of observed
/// over expected. Each cell's share is written with its deviation, so that nothing cancels when a table is nearly
/// independent.
///
/// # Input
/// Rows of equal length. Rows and columns without observations are left out; an empty cell adds nothing to the sum.
///
/// # Not estimable
/// `NoData` without observations; `ZeroMargin` when fewer than two rows or columns have any; `OutOfRange` when rows
/// differ in length or the total exceeds 2^53.
///
/// # Agrees with
/// R `DescTools::GTest(table)`, whose p-value is 1 less the distribution function and has few digits when small, and SAS
/// `PROC FREQ` with `CHISQ`; cases in `fixtures/reference/chi-square`.
pub fn likelihood_ratio_chi_square(table: &[Vec<u64>]) -> Result<ChiSquare, Undefined> {
    let table = Table::new(table)?;
    if table.rows.len() < 2 || table.columns.len() < 2 {
        return Err(Undefined::ZeroMargin);
    }
    let cells = table.cells.iter().zip(&table.rows).flat_map(|(cells, row)| {
        let columns = cells.iter().zip(&table.columns);
        columns.map(move |(cell, column)| (*cell, u128::from(*row) * u128::from(*column)))
    });
    let statistic = 2.0
        * compensated(cells.map(|(cell, product)| {
            let expected = wide(product) / real(table.total);
            let observed = u128::from(cell) * u128::from(table.total);
            let distance = wide(observed.abs_diff(product)) / real(table.total);
            // Over all cells the deviations, which this form adds, sum to 0.
            match cell {
                0 => expected,
                _ => deviance(real(cell), expected, if observed < product { distance } else { -distance }),
            }
        }));
    let df = (size(&table.rows) - 1.0) * (size(&table.columns) - 1.0);
    Ok(ChiSquare { statistic, df, p: chi_square_sf(statistic, df)? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn assert_test(table: &[Vec<u64>], statistic: f64, df: f64, p: f64) {
        let found = pearson_chi_square(table).unwrap();
        for (value, expected) in [(found.statistic, statistic), (found.df, df), (found.p, p)] {
            assert!(libm::fabs(value - expected) <= 1e-14 * (1.0 + expected), "{found:?}");
        }
    }

    #[test]
    fn two_by_two_on_paper() {
        // n (ad − bc)² / (r1 r2 c1 c2) = 40 · 140² / (20 · 20 · 23 · 17); with df 1 the p-value is erfc √(x/2).
        let statistic: f64 = 40.0 * 19_600.0 / 156_400.0;
        let p = libm::erfc((statistic / 2.0).sqrt());
        assert_test(&[vec![15, 5], vec![8, 12]], statistic, 1.0, p);
        assert_test(&[vec![8, 12], vec![15, 5]], statistic, 1.0, p);
    }

    #[test]
    fn two_by_three_on_paper() {
        // Expected 2, 4, 4 in both rows; deviations ±1, 0, ±1: 1/2 + 1/4 twice; with df 2 the p-value is exp(−x/2).
        let p = libm::exp(-0.75);
        assert_test(&[vec![1, 4, 5], vec![3, 4, 3]], 1.5, 2.0, p);
        assert_test(&[vec![1, 0, 4, 5], vec![0; 4], vec![3, 0, 4, 3]], 1.5, 2.0, p);
    }

    #[test]
    fn likelihood_ratio_on_paper() {
        // Expected 2 everywhere: 2 (2 · 3 ln 3/2 + 2 · 1 ln 1/2) = 12 ln 3/2 − 4 ln 2; and 2 · 8 ln 2 for a diagonal.
        let of = |cells: [u64; 4]| likelihood_ratio_chi_square(&[cells[..2].to_vec(), cells[2..].to_vec()]);
        let found = of([3, 1, 1, 3]).unwrap();
        assert!(libm::fabs(found.statistic - (12.0 * libm::log(1.5) - 4.0 * libm::log(2.0))) < 1e-14);
        assert!(libm::fabs(of([4, 0, 0, 4]).unwrap().statistic - 16.0 * libm::log(2.0)) < 1e-14);
        assert_eq!(of([1, 2, 10, 20]).unwrap().statistic.to_bits(), 0);
        assert_eq!(of([1, 0, 10, 0]), Err(Undefined::ZeroMargin));
        assert_eq!(of([0, 0, 0, 0]), Err(Undefined::NoData));
        assert_eq!(likelihood_ratio_chi_square(&[vec![1], vec![1, 2]]), Err(Undefined::OutOfRange));
    }

    #[test]
    fn proportional_rows_do_not_differ() {
        assert_test(&[vec![1, 2, 3], vec![10, 20, 30]], 0.0, 2.0, 1.0);
    }

    #[test]
    fn a_single_margin_cannot_be_tested() {
        for table in [vec![vec![0, 20], vec![0, 20]], vec![vec![3, 4], vec![0, 0]], vec![vec![5]]] {
            assert_eq!(pearson_chi_square(&table), Err(Undefined::ZeroMargin));
        }
        assert_eq!(pearson_chi_square(&[]), Err(Undefined::NoData));
    }
}
