//! Fisher's exact test for tables of any shape.

use super::super::describe::Sum;
use super::super::{Undefined, finite, real, size};
use super::Table;
use super::half_table::{HalfTable, Limits, Weight};

/// Half tables kept in memory, and half tables looked up among them: together about a second of work.
const KEPT: usize = 4_000_000;
const VISITS: usize = 6_000_000;

/// Ways to fill single columns, before the improbable ones are passed over.
const WAYS: f64 = 5e6;

/// Columns with observations. The search is as deep as half of them, and with more it would end at `VISITS` anyway.
const COLUMNS: usize = 200;

/// Half tables less probable than the observed table by this factor are passed over. All tables they belong to are
/// together no more probable than they are, so ten million of them change the p-value by a share of 1e-17.
const NEGLIGIBLE: f64 = 1e-24;

/// Tables more probable than the observed one by this share still count, as in R: in truth their probabilities are
/// often equal, and differ only by rounding.
const TIE: f64 = 1e-7;

/// Fisher's exact test of independence, two-sided: its p-value.
///
/// # Method
/// Freeman and Halton 1951, Biometrika 38:141: the probability, given the margins, of all tables not more probable than
/// the observed one. The columns are split in two halves. The half tables of one are kept, sorted by probability within
/// their row totals; each half table of the other is looked up there. That is work for the square root of the number of
/// tables.
///
/// # Input
/// Rows of equal length. A table with a single row or column of observations has no alternative, and the p-value 1.
///
/// # Not estimable
/// `NoData` without observations; `TooLarge` when it would take longer than about a second; `OutOfRange` when rows
/// differ in length or the total exceeds 2^53.
///
/// # Agrees with
/// R `fisher.test(table)$p.value`; cases in `fixtures/reference/fisher`.
pub fn fisher_exact(table: &[Vec<u64>]) -> Result<f64, Undefined> {
    let table = lying(Table::new(table)?);
    if table.rows.len() < 2 {
        return Ok(1.0);
    }
    if table.columns.len() > COLUMNS || ways(&table) > WAYS {
        return Err(Undefined::TooLarge);
    }
    let weights: Vec<Weight> = table.columns.iter().map(|column| Weight::new(*column, &table)).collect();
    let observed: f64 = weights
        .iter()
        .enumerate()
        .map(|(column, weight)| weight.of(table.cells.iter().map(|row| row[column])))
        .product();
    let limits = Limits::new(&table.rows, observed * NEGLIGIBLE)?;
    let columns = weights.iter().map(|weight| weight.half_tables(&limits)).collect();
    let [visited, kept] = halves(columns);
    let mut search = Search {
        kept: Kept::new(&kept, &limits)?,
        limits,
        extreme: observed * (1.0 + TIE),
        visits: 0,
        p: Sum::default(),
        all: Sum::default(),
    };
    search.visit(&visited, HalfTable::NONE)?;
    finite(search.p.value() / search.all.value()).map(|p| p.min(1.0))
}

/// How many ways there are to fill the columns one by one, or a little more.
fn ways(table: &Table) -> f64 {
    let of_column = |column: &u64| {
        let free = &table.rows[..table.rows.len() - 1];
        let bounded = free.iter().map(|row| real(*row.min(column)) + 1.0);
        let whole = (1_u32..).zip(free).map(|(i, _)| real(*column) / f64::from(i) + 1.0);
        bounded.product::<f64>().min(whole.product())
    };
    table.columns.iter().map(of_column).sum()
}

/// The table with no more rows than columns and the largest row last: what a half table must remember are the totals of
/// all rows but one.
fn lying(table: Table) -> Table {
    let mut table = if table.rows.len() <= table.columns.len() {
        table
    } else {
        Table {
            cells: (0..table.columns.len()).map(|column| table.cells.iter().map(|row| row[column]).collect()).collect(),
            rows: table.columns,
            columns: table.rows,
            total: table.total,
        }
    };
    table.cells.sort_by_key(|row| row.iter().sum::<u64>());
    table.rows.sort_unstable();
    table
}

/// The columns in two halves of similarly many half tables, the smaller one last.
fn halves(mut columns: Vec<Vec<HalfTable>>) -> [Vec<Vec<HalfTable>>; 2] {
    columns.sort_by_key(|column| std::cmp::Reverse(column.len()));
    let mut halves = [(1.0, Vec::new()), (1.0, Vec::new())];
    for column in columns {
        let smaller = usize::from(halves[0].0 > halves[1].0);
        halves[smaller].0 *= size(&column);
        halves[smaller].1.push(column);
    }
    halves.sort_by(|one, two| two.0.total_cmp(&one.0));
    halves.map(|(_, columns)| columns)
}

/// The half tables of one half by row totals and probability, with running sums within the same row totals.
struct Kept {
    probabilities: Vec<f64>,
    sums: Vec<f64>,
    /// Row totals and the place of the first half table that has them.
    groups: Vec<(u64, usize)>,
}

impl Kept {
    fn new(columns: &[Vec<HalfTable>], limits: &Limits) -> Result<Self, Undefined> {
        let mut tables = vec![HalfTable::NONE];
        for column in columns {
            let mut next = Vec::new();
            for table in &tables {
                let longer = column.iter().map(|cells| table.beside(*cells));
                next.extend(longer.filter(|table| limits.allow(*table)));
                if next.len() > KEPT {
                    return Err(Undefined::TooLarge);
                }
            }
            tables = next;
        }
        // The bits of positive doubles are in the order of the doubles.
        tables.sort_unstable_by_key(|table| (table.rows, table.probability.to_bits()));
        let mut kept = Self {
            probabilities: tables.iter().map(|table| table.probability).collect(),
            sums: Vec::with_capacity(tables.len()),
            groups: Vec::new(),
        };
        let mut sum = Sum::default();
        for (place, table) in tables.iter().enumerate() {
            if kept.groups.last().is_none_or(|(rows, _)| *rows != table.rows) {
                kept.groups.push((table.rows, place));
                sum = Sum::default();
            }
            sum.add(table.probability);
            kept.sums.push(sum.value());
        }
        Ok(kept)
    }

    /// The sums over the half tables with these row totals: those not above `limit` once multiplied by `other`, and all.
    fn sums(&self, rows: u64, other: f64, limit: f64) -> (f64, f64) {
        let Ok(group) = self.groups.binary_search_by_key(&rows, |(rows, _)| *rows) else {
            return (0.0, 0.0);
        };
        let start = self.groups[group].1;
        let end = self.groups.get(group + 1).map_or(self.sums.len(), |(_, start)| *start);
        let within = self.probabilities[start..end].partition_point(|own| own * other <= limit);
        let extreme = if within == 0 { 0.0 } else { self.sums[start + within - 1] };
        (extreme, self.sums[end - 1])
    }
}

/// The other half, met with the kept one.
struct Search {
    kept: Kept,
    limits: Limits,
    /// The largest probability that still counts.
    extreme: f64,
    visits: usize,
    p: Sum,
    all: Sum,
}

impl Search {
    fn visit(&mut self, columns: &[Vec<HalfTable>], table: HalfTable) -> Result<(), Undefined> {
        self.visits += 1;
        if self.visits > VISITS {
            return Err(Undefined::TooLarge);
        }
        let Some((column, rest)) = columns.split_first() else {
            let missing = self.limits.packed - table.rows;
            let (p, all) = self.kept.sums(missing, table.probability, self.extreme);
            self.p.add(table.probability * p);
            self.all.add(table.probability * all);
            return Ok(());
        };
        for cells in column {
            let longer = table.beside(*cells);
            if self.limits.allow(longer) {
                self.visit(rest, longer)?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn assert_p(table: &[Vec<u64>], expected: f64) {
        let p = fisher_exact(table).unwrap();
        assert!(libm::fabs(p - expected) <= 1e-13 * expected, "{p:e} is not {expected:e}");
    }

    #[test]
    fn tea_with_milk() {
        // Of 70 ways to choose four cups, 1 + 16 + 16 + 1 are not more probable than three right.
        assert_p(&[vec![3, 1], vec![1, 3]], 34.0 / 70.0);
        assert_p(&[vec![4, 0], vec![0, 4]], 2.0 / 70.0);
        assert_p(&[vec![2, 2], vec![2, 2]], 1.0);
    }

    #[test]
    fn two_by_three_on_paper() {
        // Margins 3, 3 and 3, 2, 1: six tables of probability 1, 6, 3, 3, 6, 1 twentieths.
        assert_p(&[vec![3, 0, 0], vec![0, 2, 1]], 2.0 / 20.0);
        assert_p(&[vec![2, 0, 1], vec![1, 2, 0]], 8.0 / 20.0);
        assert_p(&[vec![2, 1, 0], vec![1, 1, 1]], 1.0);
    }

    #[test]
    fn three_by_three_on_paper() {
        // Margins 1, 1, 1: six permutations, all as probable. Margins 2, 1, 1: five tables of probability 1/6 and two,
        // with the 2 in one cell, of 1/12.
        let identity = [vec![1, 0, 0], vec![0, 1, 0], vec![0, 0, 1]];
        assert_p(&identity, 1.0);
        assert_p(&[vec![2, 0, 0], vec![0, 1, 0], vec![0, 0, 1]], 2.0 / 12.0);
    }

    #[test]
    fn rows_columns_and_their_roles_can_be_exchanged() {
        let table = [vec![29, 7, 7], vec![13, 7, 21]];
        let p = fisher_exact(&table).unwrap();
        assert_p(&[table[1].clone(), table[0].clone()], p);
        assert_p(&[vec![7, 29, 7], vec![7, 13, 21]], p);
        assert_p(&[vec![29, 13], vec![7, 7], vec![7, 21]], p);
        assert_p(&[vec![29, 0, 7, 7], vec![0; 4], vec![13, 0, 7, 21]], p);
    }

    #[test]
    fn a_table_without_alternatives() {
        assert_p(&[vec![0, 20], vec![0, 20]], 1.0);
        assert_p(&[vec![4, 5, 6]], 1.0);
        assert_eq!(fisher_exact(&[vec![0, 0], vec![0, 0]]), Err(Undefined::NoData));
    }

    #[test]
    fn large_tables_are_done_or_refused() {
        let wide = [vec![50, 55, 45, 40, 60, 50], vec![50, 45, 55, 60, 40, 50]];
        let p = fisher_exact(&wide).unwrap();
        // Pearson's test of the same table gives 0.0752.
        assert!(p > 0.074 && p < 0.076, "{p}");
        assert_eq!(
            fisher_exact(&[vec![500, 600, 700, 800], vec![600, 500, 400, 700], vec![1, 2, 3, 400]]),
            Err(Undefined::TooLarge)
        );
        assert_eq!(fisher_exact(&[vec![1 << 40, 1 << 39], vec![1 << 41, 1 << 40]]), Err(Undefined::TooLarge));
        assert_eq!(fisher_exact(&vec![vec![1; 40]; 40]), Err(Undefined::TooLarge));
    }
}
