//! Tables of counts: rows are the groups compared, columns what was observed.

mod agreement;
mod barnard;
mod breslow_day;
mod chi_square;
mod cmh;
mod fisher;
mod half_table;
mod odds_ratio;
mod odds_ratio_score;
mod paired;
mod trend;
mod unconditional;

pub use agreement::{Kappa, kappa};
pub use barnard::{Barnard, barnard};
pub use breslow_day::{Homogeneity, breslow_day};
pub use chi_square::{ChiSquare, likelihood_ratio_chi_square, pearson_chi_square};
pub use cmh::{cmh_correlation, cmh_general_association, cmh_row_means};
pub use fisher::fisher_exact;
pub use odds_ratio::{odds_ratio_exact, odds_ratio_wald};
pub use odds_ratio_score::{odds_ratio_score, odds_ratio_score_debiased};
pub use paired::{McNemar, mcnemar};
pub use trend::{ProportionTrend, cochran_armitage};
pub use unconditional::{Boschloo, boschloo};

use super::Undefined;

/// Largest total whose counts are exact as doubles.
const LARGEST: u64 = 1 << f64::MANTISSA_DIGITS;

/// A product of counts as a number.
#[expect(clippy::cast_precision_loss, reason = "rounded once, after the exact difference")]
fn wide(product: u128) -> f64 {
    product as f64
}

/// A checked table without empty rows and columns, with its margins.
struct Table {
    cells: Vec<Vec<u64>>,
    rows: Vec<u64>,
    columns: Vec<u64>,
    total: u64,
}

impl Table {
    fn new(cells: &[Vec<u64>]) -> Result<Self, Undefined> {
        let width = cells.first().map_or(0, Vec::len);
        if cells.iter().any(|row| row.len() != width) {
            return Err(Undefined::OutOfRange);
        }
        let columns =
            (0..width).map(|column| margin(cells.iter().map(|row| row[column]))).collect::<Result<Vec<u64>, _>>()?;
        let total = margin(columns.iter().copied())?;
        if total == 0 {
            return Err(Undefined::NoData);
        }
        let cells: Vec<Vec<u64>> = cells
            .iter()
            .filter(|row| row.iter().any(|cell| *cell > 0))
            .map(|row| {
                let filled = row.iter().zip(&columns).filter(|(_, column)| **column > 0);
                filled.map(|(cell, _)| *cell).collect()
            })
            .collect();
        Ok(Self {
            rows: cells.iter().map(|row| row.iter().sum()).collect(),
            columns: columns.into_iter().filter(|column| *column > 0).collect(),
            cells,
            total,
        })
    }
}

fn margin(mut cells: impl Iterator<Item = u64>) -> Result<u64, Undefined> {
    cells.try_fold(0, u64::checked_add).filter(|sum| *sum <= LARGEST).ok_or(Undefined::OutOfRange)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_rows_and_columns_leave_no_trace() {
        let table = Table::new(&[vec![1, 0, 2], vec![0, 0, 0], vec![3, 0, 4]]).unwrap();
        assert_eq!(table.cells, [[1, 2], [3, 4]]);
        assert_eq!(table.rows, [3, 7]);
        assert_eq!(table.columns, [4, 6]);
        assert_eq!(table.total, 10);
    }

    #[test]
    fn what_is_no_table() {
        let reason = |cells: &[Vec<u64>]| Table::new(cells).err();
        assert_eq!(reason(&[]), Some(Undefined::NoData));
        assert_eq!(reason(&[vec![], vec![]]), Some(Undefined::NoData));
        assert_eq!(reason(&[vec![0, 0]]), Some(Undefined::NoData));
        assert_eq!(reason(&[vec![1], vec![1, 2]]), Some(Undefined::OutOfRange));
        assert_eq!(reason(&[vec![u64::MAX], vec![1]]), Some(Undefined::OutOfRange));
    }
}
