//! The tests of Cochran, Mantel and Haenszel over strata.

use super::super::describe::compensated;
use super::super::distribution::chi_square_sf;
use super::super::symmetric::{Factors, Matrix};
use super::super::{Undefined, real, size};
use super::{ChiSquare, Table};

/// A pivot below this share of its diagonal is what rounding leaves of 0.
const SINGULAR: f64 = 1e-10;

/// Test of independence of rows and columns within strata.
///
/// # Method
/// Landis, Heyman and Koch 1978, International Statistical Review 46:237, general association: the sum over the strata
/// of the deviations of cells from expectation against their hypergeometric covariance. No continuity correction.
///
/// # Input
/// Tables of the same shape, one for each stratum. Rows and columns without observations in all strata are left out;
/// strata with fewer than two subjects tell nothing.
///
/// # Not estimable
/// `NoData` without observations; `ZeroMargin` when fewer than two rows or columns have any; `ZeroVariance` when no
/// stratum has two rows and two columns; `NotEstimable` when the strata do not connect all rows and columns;
/// `OutOfRange` when tables differ in shape or a total exceeds 2^53.
///
/// # Agrees with
/// R `mantelhaen.test(tables, correct = FALSE)` and SAS `PROC FREQ` with `CMH`; cases in `fixtures/reference/cmh`.
pub fn cmh_general_association(strata: &[Vec<Vec<u64>>]) -> Result<ChiSquare, Undefined> {
    let tables = Strata::new(strata)?;
    let (rows, columns) = (tables.rows - 1, tables.columns - 1);
    let place = |cell: usize| (cell / columns, cell % columns);
    let share =
        |one: usize, two: usize, own: f64, other: f64| if one == two { own - own * other } else { -own * other };
    tables.test(rows * columns, |stratum, first, second| {
        let ((i, j), total) = (place(first), stratum.total);
        let deviation = stratum.cells[i][j] - stratum.rows[i] * (stratum.columns[j] / total);
        let (k, l) = place(second);
        let of_rows = share(i, k, stratum.rows[i] / total, stratum.rows[k] / total);
        let of_columns = share(j, l, stratum.columns[j] / total, stratum.columns[l] / total);
        (deviation, total * total / (total - 1.0) * of_rows * of_columns)
    })
}

/// Test of equal mean scores of the rows within strata.
///
/// # Method
/// Landis, Heyman and Koch 1978, row mean scores: the columns are ordered by `scores`, the rows are groups. With ranks
/// as scores and one stratum it is the test of Kruskal and Wallis.
///
/// # Input
/// As `cmh_general_association`; a finite score for each column.
///
/// # Not estimable
/// As `cmh_general_association`, and `ZeroVariance` when the scores do not differ in any stratum; `OutOfRange` when a
/// score is missing or not finite.
///
/// # Agrees with
/// R `vcdExtra::CMHtest(table)`, row `rmeans`, and SAS `PROC FREQ` with `CMH`; cases in `fixtures/reference/cmh`.
pub fn cmh_row_means(strata: &[Vec<Vec<u64>>], scores: &[f64]) -> Result<ChiSquare, Undefined> {
    let tables = Strata::new(strata)?;
    let scores = Strata::scores(scores, &tables.kept_columns)?;
    tables.test(tables.rows - 1, |stratum, i, k| {
        let total = stratum.total;
        let (mean, squares) = moments(&stratum.columns, &scores, total);
        let deviation = compensated(stratum.cells[i].iter().zip(&scores).map(|(cell, score)| cell * (score - mean)));
        let own = if i == k { stratum.rows[i] } else { 0.0 };
        (deviation, (own - stratum.rows[i] * (stratum.rows[k] / total)) * squares / (total - 1.0))
    })
}

/// Test of linear association of row and column scores within strata.
///
/// # Method
/// Mantel 1963, JASA 58:690; Landis, Heyman and Koch 1978, correlation. With one stratum it is (N − 1) r².
///
/// # Input
/// As `cmh_general_association`; a finite score for each row and for each column.
///
/// # Not estimable
/// As `cmh_row_means`.
///
/// # Agrees with
/// R `vcdExtra::CMHtest(table)`, row `cor`, and SAS `PROC FREQ` with `CMH`; cases in `fixtures/reference/cmh`.
pub fn cmh_correlation(
    strata: &[Vec<Vec<u64>>],
    row_scores: &[f64],
    column_scores: &[f64],
) -> Result<ChiSquare, Undefined> {
    let tables = Strata::new(strata)?;
    let rows = Strata::scores(row_scores, &tables.kept_rows)?;
    let columns = Strata::scores(column_scores, &tables.kept_columns)?;
    tables.test(1, |stratum, _, _| {
        let total = stratum.total;
        let (row_mean, row_squares) = moments(&stratum.rows, &rows, total);
        let (column_mean, column_squares) = moments(&stratum.columns, &columns, total);
        let products = stratum.cells.iter().zip(&rows).flat_map(|(cells, row)| {
            let cells = cells.iter().zip(&columns);
            cells.map(move |(cell, column)| cell * (row - row_mean) * (column - column_mean))
        });
        (compensated(products), row_squares / (total - 1.0) * column_squares)
    })
}

/// The mean score and the sum of squares about it.
fn moments(counts: &[f64], scores: &[f64], total: f64) -> (f64, f64) {
    let pairs = || counts.iter().zip(scores);
    let mean = compensated(pairs().map(|(count, score)| count * score)) / total;
    (mean, compensated(pairs().map(|(count, score)| count * (score - mean) * (score - mean))))
}

/// A stratum with its margins, as numbers.
struct Counts {
    cells: Vec<Vec<f64>>,
    rows: Vec<f64>,
    columns: Vec<f64>,
    total: f64,
}

/// Strata of at least two subjects, without the rows and columns that are empty in all.
struct Strata {
    tables: Vec<Counts>,
    rows: usize,
    columns: usize,
    kept_rows: Vec<bool>,
    kept_columns: Vec<bool>,
}

impl Strata {
    fn new(strata: &[Vec<Vec<u64>>]) -> Result<Self, Undefined> {
        let (height, width) = strata.first().map_or((0, 0), |table| (table.len(), table.first().map_or(0, Vec::len)));
        if strata.iter().any(|table| table.len() != height || table.iter().any(|row| row.len() != width)) {
            return Err(Undefined::OutOfRange);
        }
        // Side by side the strata are one table, whose check is theirs.
        let beside: Vec<Vec<u64>> =
            (0..height).map(|row| strata.iter().flat_map(|table| table[row].iter().copied()).collect()).collect();
        Table::new(&beside)?;
        let kept_rows: Vec<bool> = beside.iter().map(|row| row.iter().any(|cell| *cell > 0)).collect();
        let kept_columns: Vec<bool> =
            (0..width).map(|column| strata.iter().flatten().any(|row| row[column] > 0)).collect();
        let [rows, columns] = [&kept_rows, &kept_columns].map(|kept| kept.iter().filter(|own| **own).count());
        if rows < 2 || columns < 2 {
            return Err(Undefined::ZeroMargin);
        }
        let tables = strata
            .iter()
            .map(|table| {
                let cells: Vec<Vec<f64>> = kept(table, &kept_rows)
                    .map(|row| kept(row, &kept_columns).map(|cell| real(*cell)).collect())
                    .collect();
                let rows: Vec<f64> = cells.iter().map(|row| row.iter().sum()).collect();
                let columns = (0..columns).map(|column| cells.iter().map(|row| row[column]).sum()).collect();
                Counts { total: rows.iter().sum(), cells, rows, columns }
            })
            .filter(|stratum| stratum.total > 1.0)
            .collect();
        Ok(Self { tables, rows, columns, kept_rows, kept_columns })
    }

    /// The scores of the rows or columns kept.
    fn scores(scores: &[f64], places: &[bool]) -> Result<Vec<f64>, Undefined> {
        if scores.len() != places.len() || scores.iter().any(|score| !score.is_finite()) {
            return Err(Undefined::OutOfRange);
        }
        Ok(kept(scores, places).copied().collect())
    }

    /// The quadratic form of the deviations, summed over the strata, in the inverse of their covariance; `of` gives the
    /// deviation in its first place and its covariance with the second.
    fn test(&self, places: usize, of: impl Fn(&Counts, usize, usize) -> (f64, f64)) -> Result<ChiSquare, Undefined> {
        let sum = |first: usize, second: usize| compensated(self.tables.iter().map(|own| of(own, first, second).1));
        let deviations: Vec<f64> =
            (0..places).map(|place| compensated(self.tables.iter().map(|own| of(own, place, place).0))).collect();
        let covariance: Matrix =
            (0..places).map(|first| (0..places).map(|second| sum(first, second)).collect()).collect();
        let diagonal: Vec<f64> = (0..places).map(|place| covariance[place][place]).collect();
        if diagonal.iter().all(|variance| *variance <= 0.0) {
            return Err(Undefined::ZeroVariance);
        }
        let bounds: Vec<f64> = diagonal.iter().map(|variance| variance * SINGULAR).collect();
        let factors = Factors::new(&covariance, &bounds).ok_or(Undefined::NotEstimable)?;
        let statistic = factors.quadratic(&deviations).max(0.0);
        let df = size(&deviations);
        Ok(ChiSquare { statistic, df, p: chi_square_sf(statistic, df)? })
    }
}

fn kept<'a, T>(all: &'a [T], places: &'a [bool]) -> impl Iterator<Item = &'a T> {
    all.iter().zip(places).filter(|(_, kept)| **kept).map(|(own, _)| own)
}

#[cfg(test)]
mod tests {
    use super::super::pearson_chi_square;
    use super::*;

    #[track_caller]
    fn assert_close(value: f64, expected: f64) {
        assert!(libm::fabs(value - expected) <= 1e-12 * expected, "{value:e} is not {expected:e}");
    }

    #[test]
    fn one_stratum_is_pearsons_test_but_for_one_subject() {
        let table = vec![vec![4, 7, 2], vec![5, 1, 6], vec![2, 8, 3]];
        let here = cmh_general_association(std::slice::from_ref(&table)).unwrap();
        let pearson = pearson_chi_square(&table).unwrap();
        assert_close(here.statistic, pearson.statistic * 37.0 / 38.0);
        assert_close(here.df, 4.0);
    }

    #[test]
    fn with_two_rows_and_columns_all_three_are_one() {
        let strata = [vec![vec![8, 4], vec![4, 7]], vec![vec![5, 5], vec![3, 7]], vec![vec![1, 0], vec![0, 0]]];
        let general = cmh_general_association(&strata).unwrap().statistic;
        assert_close(cmh_row_means(&strata, &[0.0, 1.0]).unwrap().statistic, general);
        assert_close(cmh_correlation(&strata, &[1.0, 2.0], &[-3.0, 5.0]).unwrap().statistic, general);
    }

    #[test]
    fn neither_order_nor_units_nor_empty_categories_matter() {
        let here = [vec![vec![4, 7, 2], vec![5, 1, 6]], vec![vec![3, 0, 2], vec![1, 4, 4]]];
        let there = [vec![vec![1, 0, 4, 4], vec![3, 0, 0, 2]], vec![vec![5, 0, 1, 6], vec![4, 0, 7, 2]]];
        let (plain, scaled) = ([1.0, 2.0, 4.0], [10.0, 0.0, 20.0, 40.0]);
        assert_close(
            cmh_general_association(&there).unwrap().statistic,
            cmh_general_association(&here).unwrap().statistic,
        );
        assert_close(
            cmh_row_means(&there, &scaled).unwrap().statistic,
            cmh_row_means(&here, &plain).unwrap().statistic,
        );
        assert_close(
            cmh_correlation(&there, &[7.0, 5.0], &scaled).unwrap().statistic,
            cmh_correlation(&here, &[0.0, 1.0], &plain).unwrap().statistic,
        );
    }

    #[test]
    fn what_cannot_be_tested() {
        let reason = |strata: &[Vec<Vec<u64>>]| cmh_general_association(strata).err();
        assert_eq!(reason(&[]), Some(Undefined::NoData));
        assert_eq!(reason(&[vec![vec![0, 0], vec![0, 0]]]), Some(Undefined::NoData));
        assert_eq!(reason(&[vec![vec![3, 4], vec![0, 0]]]), Some(Undefined::ZeroMargin));
        assert_eq!(
            reason(&[vec![vec![3, 4], vec![0, 0]], vec![vec![0, 0], vec![2, 5]]]),
            Some(Undefined::ZeroVariance)
        );
        assert_eq!(reason(&[vec![vec![3, 4]], vec![vec![1, 2], vec![3, 4]]]), Some(Undefined::OutOfRange));
        // The first two rows only meet in the first stratum, the others only in the second.
        let apart = [
            vec![vec![3, 4], vec![4, 3], vec![0, 0], vec![0, 0]],
            vec![vec![0, 0], vec![0, 0], vec![5, 2], vec![1, 6]],
        ];
        assert_eq!(reason(&apart), Some(Undefined::NotEstimable));
        let table = [vec![vec![3, 4], vec![4, 3]]];
        assert_eq!(cmh_row_means(&table, &[1.0, 1.0]), Err(Undefined::ZeroVariance));
        assert_eq!(cmh_row_means(&table, &[1.0]), Err(Undefined::OutOfRange));
        assert_eq!(cmh_correlation(&table, &[1.0, f64::NAN], &[0.0, 1.0]), Err(Undefined::OutOfRange));
    }
}
