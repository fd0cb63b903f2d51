//! Agreement of two ratings of the same subjects.

use super::super::describe::compensated;
use super::super::distribution::normal_quantile;
use super::super::{Interval, Undefined, real, tail};
use super::{Table, wide};

/// Cohen's kappa with its standard error and limits.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Kappa {
    /// Agreement beyond chance as a share of what is possible beyond chance.
    pub estimate: f64,
    /// Its asymptotic standard error, not under the hypothesis of chance agreement.
    pub standard_error: f64,
    /// Limits of the normal approximation, not cut at 1.
    pub interval: Interval,
}

/// Cohen's kappa, unweighted.
///
/// # Method
/// Cohen 1960, Educational and Psychological Measurement 20:37, with the asymptotic variance of Fleiss, Cohen and
/// Everitt 1969, Psychological Bulletin 72:323, here in the equal form of a variance over the subjects of [agreed] − (1
/// − kappa) (share of the first rating in the second + share of the second in the first). Complete agreement has kappa
/// 1 and standard error 0.
///
/// # Input
/// A square table: rows are the categories of one rating, columns in the same order those of the other. Categories need
/// not occur; `level` strictly between 0 and 1.
///
/// # Not estimable
/// `NoData` without subjects; `ZeroMargin` when one of the ratings is the same for all; `OutOfRange` when the table is
/// not square, the total exceeds 2^53 or the level is not a probability.
///
/// # Agrees with
/// R `DescTools::CohenKappa(table, conf.level = level)` and SAS `PROC FREQ` with `AGREE`; cases in
/// `fixtures/reference/kappa`.
pub fn kappa(table: &[Vec<u64>], level: f64) -> Result<Kappa, Undefined> {
    let z = -normal_quantile(tail(level)?)?;
    if table.iter().any(|row| row.len() != table.len()) {
        return Err(Undefined::OutOfRange);
    }
    let checked = Table::new(table)?;
    if checked.rows.len() < 2 || checked.columns.len() < 2 {
        return Err(Undefined::ZeroMargin);
    }
    let rows: Vec<u64> = table.iter().map(|row| row.iter().sum()).collect();
    let columns: Vec<u64> = (0..table.len()).map(|column| table.iter().map(|row| row[column]).sum()).collect();
    let agreed: u64 = table.iter().enumerate().map(|(place, row)| row[place]).sum();
    let total = checked.total;
    // All in whole numbers of pairs of subjects: differences are exact.
    let chance: u128 = rows.iter().zip(&columns).map(|(row, column)| u128::from(*row) * u128::from(*column)).sum();
    let observed = u128::from(total) * u128::from(agreed);
    let possible = wide(u128::from(total) * u128::from(total) - chance);
    let beyond = wide(observed.abs_diff(chance)) / possible;
    let estimate = if observed < chance { -beyond } else { beyond };
    let disagreement = real(total) * real(total - agreed) / possible;
    let influence = |row: usize, column: usize| {
        let diagonal = if row == column { 1.0 } else { 0.0 };
        diagonal - disagreement * real(columns[row] + rows[column]) / real(total)
    };
    let places = || (0..table.len()).flat_map(|row| (0..table.len()).map(move |column| (row, column)));
    let share = |row: usize, column: usize| real(table[row][column]) / real(total);
    let mean = compensated(places().map(|(row, column)| share(row, column) * influence(row, column)));
    let variance = compensated(places().map(|(row, column)| {
        let distance = influence(row, column) - mean;
        share(row, column) * distance * distance
    }));
    let scale = possible / real(total) / real(total);
    let standard_error = variance.sqrt() / scale / real(total).sqrt();
    let interval = Interval { lower: estimate - z * standard_error, upper: estimate + z * standard_error };
    Ok(Kappa { estimate, standard_error, interval })
}

#[cfg(test)]
mod tests {
    use super::super::super::distribution::normal_sf;
    use super::*;

    #[track_caller]
    fn assert_close(value: f64, expected: f64) {
        assert!(libm::fabs(value - expected) <= 1e-14, "{value} is not {expected}");
    }

    #[test]
    fn two_categories_on_paper() {
        // 35 of 50 agree, 25 by chance: kappa 2/5.
        let level = 1.0 - 2.0 * normal_sf(1.0).unwrap();
        let found = kappa(&[vec![20, 5], vec![10, 15]], level).unwrap();
        assert_close(found.estimate, 0.4);
        // Columns have shares 0.6 and 0.4, rows 0.5 and 0.5: sums 1.1 in the first row, 0.9 in the second.
        let influence = [(20.0, 1.0 - 0.6 * 1.1), (5.0, -0.6 * 1.1), (10.0, -0.6 * 0.9), (15.0, 1.0 - 0.6 * 0.9)];
        let mean: f64 = influence.iter().map(|(n, value)| n / 50.0 * value).sum();
        let variance: f64 = influence.iter().map(|(n, value)| n / 50.0 * (value - mean) * (value - mean)).sum();
        let error = (variance / 50.0).sqrt() / 0.5;
        assert_close(found.standard_error, error);
        assert_close(found.interval.lower, 0.4 - error);
    }

    #[test]
    fn agreement_complete_and_none() {
        let found = kappa(&[vec![7, 0], vec![0, 5]], 0.95).unwrap();
        assert_close(found.estimate, 1.0);
        assert_close(found.standard_error, 0.0);
        assert_close(kappa(&[vec![0, 6], vec![6, 0]], 0.95).unwrap().estimate, -1.0);
        assert_close(kappa(&[vec![2, 4], vec![3, 6]], 0.95).unwrap().estimate, 0.0);
    }

    #[test]
    fn neither_the_order_of_raters_nor_that_of_categories_nor_unused_ones_matter() {
        let here = kappa(&[vec![44, 7, 9], vec![5, 20, 5], vec![1, 3, 6]], 0.95).unwrap();
        let others = [
            vec![vec![44, 5, 1], vec![7, 20, 3], vec![9, 5, 6]],
            vec![vec![6, 3, 1], vec![5, 20, 5], vec![9, 7, 44]],
            vec![vec![44, 0, 7, 9], vec![0; 4], vec![5, 0, 20, 5], vec![1, 0, 3, 6]],
        ];
        for there in others {
            let there = kappa(&there, 0.95).unwrap();
            assert_close(there.estimate, here.estimate);
            assert_close(there.standard_error, here.standard_error);
        }
    }

    #[test]
    fn what_has_no_kappa() {
        let reason = |table: &[Vec<u64>]| kappa(table, 0.95).err();
        assert_eq!(reason(&[]), Some(Undefined::NoData));
        assert_eq!(reason(&[vec![0, 0], vec![0, 0]]), Some(Undefined::NoData));
        assert_eq!(reason(&[vec![9, 0], vec![0, 0]]), Some(Undefined::ZeroMargin));
        assert_eq!(reason(&[vec![9, 3], vec![0, 0]]), Some(Undefined::ZeroMargin));
        assert_eq!(reason(&[vec![9, 3, 1], vec![0, 0, 1]]), Some(Undefined::OutOfRange));
        assert_eq!(kappa(&[vec![1, 2], vec![3, 4]], 95.0), Err(Undefined::OutOfRange));
    }
}
