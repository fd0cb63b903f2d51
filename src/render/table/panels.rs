//! Tables too wide for a page, in parts: each repeats the stub and shows some of the columns.

use super::columns::Wish;
use crate::display::{Spanner, Table};

/// The table in as few parts as have their least widths within `width`, of about the same width; columns below one
/// spanner stay together where they can.
pub fn split(table: &Table, wishes: &[Wish], width: f64) -> Vec<Table> {
    let room = width - wishes[0].least;
    let least = |column: usize| wishes[column + 1].least;
    let units = units(table, |from, to| (from..to).map(least).sum::<f64>() <= room);
    let wide = |unit: &(usize, usize)| (unit.0..unit.1).map(least).sum::<f64>();
    let parts = |cap: f64| {
        let mut parts: Vec<(usize, usize)> = Vec::new();
        let mut used = 0.0;
        for unit in &units {
            match parts.last_mut() {
                Some(open) if used + wide(unit) <= cap => {
                    open.1 = unit.1;
                    used += wide(unit);
                }
                _ => {
                    parts.push(*unit);
                    used = wide(unit);
                }
            }
        }
        parts
    };
    let fewest = parts(room).len();
    let total: f64 = units.iter().map(wide).sum();
    let mut cap = total / crate::render::sheet::small(fewest.max(1));
    while cap < room && parts(cap).len() > fewest {
        cap *= 1.02;
    }
    parts(cap.min(room)).into_iter().map(|(from, to)| part(table, from, to)).collect()
}

/// Columns that should stay together, as first and after the last.
fn units(table: &Table, fits: impl Fn(usize, usize) -> bool) -> Vec<(usize, usize)> {
    let count = table.columns.len();
    let mut out = Vec::new();
    let mut from = 0;
    while from < count {
        // As far as any spanner reaches that begins within.
        let mut to = from + 1;
        let mut column = from;
        while column < to {
            let ends = table.spanners.iter().filter(|one| one.first == column).map(|one| one.first + one.columns);
            to = ends.fold(to, usize::max).min(count);
            column += 1;
        }
        if fits(from, to) {
            out.push((from, to));
        } else {
            out.extend((from..to).map(|column| (column, column + 1)));
        }
        from = to;
    }
    out
}

/// The stub with the columns from one to before another.
fn part(table: &Table, from: usize, to: usize) -> Table {
    let spanners = table.spanners.iter().filter_map(|one| {
        let (first, end) = (one.first.max(from), (one.first + one.columns).min(to));
        (first < end).then(|| Spanner { text: one.text.clone(), first: first - from, columns: end - first })
    });
    let rows = table.rows.iter().map(|row| {
        let mut row = row.clone();
        row.cells = if row.cells.is_empty() { Vec::new() } else { row.cells[from..to].to_vec() };
        row
    });
    Table {
        stub_head: table.stub_head.clone(),
        columns: table.columns[from..to].to_vec(),
        spanners: spanners.collect(),
        rows: rows.collect(),
    }
}
