//! Parts of a table that consist of whole columns, for the exact test.

use super::super::distribution::{deviance, stirling_error};
use super::super::{Undefined, real};
use super::Table;

/// One or more columns of a table: the totals of its rows so far, packed in one number, and its probability.
#[derive(Clone, Copy)]
pub(super) struct HalfTable {
    pub(super) rows: u64,
    pub(super) probability: f64,
}

impl HalfTable {
    pub(super) const NONE: Self = Self { rows: 0, probability: 1.0 };

    pub(super) fn beside(self, other: Self) -> Self {
        Self { rows: self.rows + other.rows, probability: self.probability * other.probability }
    }
}

/// What a half table must keep to: the totals of the rows, those of all but the last packed with a spare bit above each
/// (a total that is exceeded uses it up), and a probability worth looking at.
pub(super) struct Limits {
    rows: Vec<u64>,
    shifts: Vec<u32>,
    pub(super) packed: u64,
    spare: u64,
    negligible: f64,
}

impl Limits {
    pub(super) fn new(rows: &[u64], negligible: f64) -> Result<Self, Undefined> {
        let mut limits =
            Self { rows: rows.to_vec(), shifts: Vec::with_capacity(rows.len()), packed: 0, spare: 0, negligible };
        let mut shift = 0;
        for row in &rows[..rows.len() - 1] {
            let bits = u64::BITS - row.leading_zeros();
            if shift + bits >= u64::BITS {
                return Err(Undefined::TooLarge);
            }
            limits.shifts.push(shift);
            limits.packed |= row << shift;
            limits.spare |= 1 << (shift + bits);
            shift += bits + 1;
        }
        Ok(limits)
    }

    pub(super) fn allow(&self, table: HalfTable) -> bool {
        table.probability >= self.negligible && ((self.packed | self.spare) - table.rows) & self.spare == self.spare
    }
}

/// Probabilities of one column when its observations fall on the rows in proportion to their totals.
///
/// Given the margins, the product over the columns is the probability of the table times a constant. Single columns
/// have probabilities of ordinary size, so no digits are lost in differences of large logarithms of factorials.
pub(super) struct Weight {
    column: u64,
    means: Vec<f64>,
    constant: f64,
}

impl Weight {
    pub(super) fn new(column: u64, table: &Table) -> Self {
        let count = real(column);
        let rows = table.rows.iter();
        Self {
            column,
            means: rows.map(|row| count / real(table.total) * real(*row)).collect(),
            constant: stirling_error(count) + half_ln(count),
        }
    }

    pub(super) fn of(&self, cells: impl Iterator<Item = u64>) -> f64 {
        let terms = cells.zip(&self.means).map(|(cell, mean)| Self::term(cell, *mean));
        libm::exp(self.constant - terms.sum::<f64>())
    }

    /// What one cell takes from the exponent of a multinomial probability in saddle-point form (Loader 2000).
    fn term(cell: u64, mean: f64) -> f64 {
        if cell == 0 {
            return mean;
        }
        let count = real(cell);
        stirling_error(count) + half_ln(count) + deviance(count, mean, mean - count)
    }

    /// All ways to fill the column within the limits.
    pub(super) fn half_tables(&self, limits: &Limits) -> Vec<HalfTable> {
        let mut found = Vec::new();
        self.fill(limits, (0, 0), self.column, self.constant, &mut found);
        found
    }

    /// Fills the rows from `row` on with the `rest` of the column; `rows` and `exponent` hold those before.
    fn fill(&self, limits: &Limits, (row, rows): (usize, u64), rest: u64, exponent: f64, found: &mut Vec<HalfTable>) {
        let last = row == limits.shifts.len();
        let smallest = if last { rest } else { 0 };
        for cell in smallest..=rest.min(limits.rows[row]) {
            let exponent = exponent - Self::term(cell, self.means[row]);
            if last {
                let probability = libm::exp(exponent);
                let table = HalfTable { rows, probability };
                found.extend(limits.allow(table).then_some(table));
            } else {
                let rows = rows + (cell << limits.shifts[row]);
                self.fill(limits, (row + 1, rows), rest - cell, exponent, found);
            }
        }
    }
}

/// ½ ln(2πx).
fn half_ln(x: f64) -> f64 {
    0.5 * libm::log(std::f64::consts::TAU * x)
}
