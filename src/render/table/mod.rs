//! A table on paper: widths of its columns, size of its type, how the paper lies, and where its pages end.
//!
//! All is measured here with the real fonts, so that Typst need not try: with columns and rows fixed and no padding
//! around cells it sets a table in a fraction of the time. So the air between columns is gutter, the air between rows
//! belongs to the lines of text, and only rows whose text wraps are left for Typst to measure. Numbers never wrap;
//! stubs and words do, and words wider than their column break anywhere.

mod breaks;
mod columns;

use serde_json::{Value, json};

use super::fonts::{Face, Fonts};
use super::sheet::{Turn, lines_height};
use super::text;
use crate::display::{Align, Cell, Spanner, Table, TableRow};
use breaks::{empty_row, repeats};
use columns::{share_out, wishes};

/// What is tried, in this order: large type before small, upright before on its side.
const WAYS: [(Turn, f64); 8] = [
    (Turn::Portrait, 8.2),
    (Turn::Portrait, 7.8),
    (Turn::Landscape, 8.2),
    (Turn::Landscape, 7.8),
    (Turn::Portrait, 7.2),
    (Turn::Landscape, 7.2),
    (Turn::Landscape, 6.6),
    (Turn::Landscape, 6.0),
];
/// Upright sizes that are tried for a table that would need several pages.
const SMALL_UPRIGHT: [f64; 3] = [7.2, 6.9, 6.6];
/// Room at either side of a cell.
const PAD: f64 = 4.5;
/// Room above and below the text of a cell, as a share of the size; more where rows of several lines must be told apart.
const ROOM: f64 = 0.45;
const ROOM_OF_WORDS: f64 = 0.66;
/// More room above a row that opens a group.
const GROUP: f64 = 0.6;
/// Indent of a level of the stub.
const INDENT: f64 = 1.15;
/// Beyond this a cell of a column of numbers counts as words and may wrap.
const NUMBER_AT_MOST: f64 = 150.0;
/// Letters are drawn together and apart by kerning; this much is kept in hand, in points.
const IN_HAND: f64 = 0.8;
/// Marks of footnotes, as a share of the size.
pub const MARK: f64 = 0.68;

/// A table laid out.
#[derive(Clone)]
pub struct Sheet {
    /// How the paper lies.
    pub turn: Turn,
    size: f64,
    /// Above and below the text of a cell.
    air: f64,
    /// Left free below a row, so that the next one begins a page; empty where Typst breaks by itself.
    more: Vec<f64>,
    widths: Vec<f64>,
    left: Vec<f64>,
}

impl Sheet {
    /// Lays the table out.
    pub fn lay_out(table: &Table) -> Self {
        for (turn, size) in WAYS {
            let wishes = wishes(table, size, turn.width());
            if wishes.iter().map(|wish| wish.least).sum::<f64>() <= turn.width() {
                return Self::of(table, turn, size, share_out(table, &wishes, turn.width()));
            }
        }
        let (turn, size) = WAYS[WAYS.len() - 1];
        let wishes = wishes(table, size, turn.width());
        let scale = turn.width() / wishes.iter().map(|wish| wish.least).sum::<f64>();
        Self::of(table, turn, size, wishes.iter().map(|wish| wish.least * scale).collect())
    }

    /// Lays the table out, upright in smaller type where one page is enough then. `around` is what stands
    /// above the table on its first page, and what follows it.
    pub fn choose(table: &Table, around: impl Fn(Turn) -> (f64, f64)) -> Self {
        let usual = Self::lay_out(table);
        if usual.clone().is_on_one_page(table, around(usual.turn)) {
            return usual;
        }
        let turn = Turn::Portrait;
        let upright = SMALL_UPRIGHT.into_iter().filter_map(|size| {
            let wishes = wishes(table, size, turn.width());
            let fits = wishes.iter().map(|wish| wish.least).sum::<f64>() <= turn.width();
            fits.then(|| Self::of(table, turn, size, share_out(table, &wishes, turn.width())))
        });
        upright.into_iter().find(|sheet| sheet.clone().is_on_one_page(table, around(turn))).unwrap_or(usual)
    }

    fn of(table: &Table, turn: Turn, size: f64, widths: Vec<f64>) -> Self {
        let mut left = vec![0.0];
        for (index, column) in table.columns.iter().enumerate() {
            let block = match column.align {
                Align::Left => 0.0,
                Align::Decimal => cells_of(table, index)
                    .map(|cell| Fonts::get().width(Face::Sans, size, &cell.text))
                    .filter(|width| *width <= NUMBER_AT_MOST)
                    .fold(0.0, f64::max),
            };
            let centred = (widths[index + 1] - block) / 2.0;
            left.push(if block > 0.0 { centred.clamp(1.0, f64::MAX) } else { PAD });
        }
        let mut sheet = Self { turn, size, air: ROOM * size, more: Vec::new(), widths, left };
        let single = sheet.row_height(&empty_row());
        let several = table.rows.iter().filter(|row| sheet.row_height(row) > single + size).count();
        if several * 4 > table.rows.len() {
            sheet.air = ROOM_OF_WORDS * size;
        }
        sheet
    }

    /// Width that the text of a column has.
    fn room(&self, column: usize) -> f64 {
        (self.widths[column] - self.left[column] - self.right(column)).max(self.size)
    }

    /// Kept free at the right of a column. A block of numbers is centred, so that it has room there already.
    fn right(&self, column: usize) -> f64 {
        if column == 0 || column + 1 < self.widths.len() && self.left[column] <= PAD { PAD } else { 0.0 }
    }

    /// Free from the text of the column before to that of this one.
    fn gutters(&self) -> Vec<f64> {
        (1..self.widths.len()).map(|column| self.right(column - 1) + self.left[column]).collect()
    }

    fn stub_room(&self, row: &TableRow) -> f64 {
        let whole = if row.heading { self.widths.iter().sum() } else { self.widths[0] };
        (whole - PAD - self.indent(row)).max(self.size)
    }

    fn indent(&self, row: &TableRow) -> f64 {
        f64::from(row.indent.min(8)) * INDENT * self.size
    }

    /// What the templates read. `above` is what stands above the table on its first page, `below` what follows it.
    pub fn into_json(mut self, table: &Table, above: f64, below: f64) -> Value {
        self.settle(table, above, below);
        let repeats = repeats(&table.rows);
        let rows: Vec<Value> = (0..table.rows.len()).map(|at| self.row(table, at, repeats[at])).collect();
        json!({
            "size": self.size,
            "widths": (0..self.widths.len()).map(|column| self.room(column)).collect::<Vec<_>>(),
            "gutters": self.gutters(),
            "left": self.left,
            "pad": PAD,
            "air": self.air / self.size,
            "mark": MARK,
            "head": self.head(table),
            "rows": rows,
        })
    }

    fn row(&self, table: &Table, at: usize, repeat: bool) -> Value {
        let row = &table.rows[at];
        let stub = text::line(&row.stub);
        let stub = text::breakable(Face::Sans, self.size, &stub, self.stub_room(row) - IN_HAND);
        let mut out = json!({ "stub": stub });
        if row.indent > 0 {
            out["indent"] = json!(self.indent(row));
        }
        let gap = self.gap_below(table, at) + self.more.get(at).copied().unwrap_or(0.0);
        if self.is_one_line(row) {
            out["height"] = json!(self.line_height() + gap);
        } else {
            out["gap"] = json!(gap);
        }
        if row.heading {
            out["level"] = json!(u32::from(row.indent) + 2);
            out["repeat"] = json!(repeat);
            return out;
        }
        if self.row_height(row) > self.turn.height() * 0.3 {
            out["long"] = json!(true);
        }
        let cells = row.cells.iter().enumerate().map(|(index, cell)| {
            let words = text::line(&cell.text);
            let words = text::breakable(Face::Sans, self.size, &words, self.room(index + 1) - IN_HAND);
            if cell.marks.is_empty() { json!(words) } else { json!([words, cell.marks.join(",")]) }
        });
        out["cells"] = cells.collect();
        if row.cells.iter().any(|cell| !cell.marks.is_empty()) {
            out["marks"] = json!(true);
        }
        out
    }

    /// The gap before a group hangs below the row above it: at the head of a page there is none.
    fn gap_below(&self, table: &Table, at: usize) -> f64 {
        if table.rows.get(at + 1).is_some_and(|next| next.opens_group) { GROUP * self.size } else { 0.0 }
    }

    fn line_height(&self) -> f64 {
        lines_height(Face::Sans, 1, self.size) + 2.0 * self.air
    }

    /// Whether no text of the row can wrap, so that its height is known for certain.
    fn is_one_line(&self, row: &TableRow) -> bool {
        let fits = |face: Face, words: &str, room: f64| Fonts::get().width(face, self.size, words) + IN_HAND <= room;
        let face = if row.heading { Face::SansBold } else { Face::Sans };
        fits(face, &row.stub, self.stub_room(row))
            && row.cells.iter().enumerate().all(|(index, cell)| {
                let marks = Fonts::get().width(Face::Sans, self.size * MARK, &cell.marks.join(","));
                fits(Face::Sans, &cell.text, self.room(index + 1) - marks)
            })
    }

    /// The head, a list of rows of cells.
    fn head(&self, table: &Table) -> Value {
        let (placed, depth) = levels(table);
        let cell = |lines: &[String], width: f64| -> Value {
            let lines = lines.iter().map(|line| {
                let line = text::line(line);
                let line = text::glued(&line);
                text::breakable(Face::SansBold, self.size, &line, width - PAD - IN_HAND).into_owned()
            });
            json!({ "lines": lines.collect::<Vec<_>>() })
        };
        let mut rows: Vec<Vec<Value>> = Vec::new();
        for level in 0..=depth {
            let mut row = Vec::new();
            if level == 0 {
                let mut stub = cell(std::slice::from_ref(&table.stub_head), self.widths[0]);
                stub["rowspan"] = json!(depth + 1);
                stub["stub"] = json!(true);
                row.push(stub);
            }
            let mut index = 0;
            while index < table.columns.len() {
                // Cells begin where the text of their column does; heads reach over the whole column.
                let reach = self.left[index + 1];
                let spanner = placed.iter().find(|(at, spanner)| *at == level && spanner.first == index);
                // The first level below every spanner of this column is where its own head begins.
                let under = placed
                    .iter()
                    .filter(|(_, spanner)| (spanner.first..spanner.first + spanner.columns).contains(&index))
                    .map(|(at, _)| at + 1)
                    .max()
                    .unwrap_or(0);
                if let Some((_, spanner)) = spanner {
                    let width = self.widths[index + 1..=index + spanner.columns].iter().sum();
                    let mut one = cell(std::slice::from_ref(&spanner.text), width);
                    one["colspan"] = json!(spanner.columns);
                    one["spanner"] = json!(reach - PAD);
                    row.push(one);
                    index += spanner.columns;
                    continue;
                }
                if level == under {
                    let column = &table.columns[index];
                    let mut one = cell(&column.head, self.widths[index + 1]);
                    one["rowspan"] = json!(depth + 1 - level);
                    if column.align == Align::Decimal {
                        one["reach"] = json!(reach);
                    }
                    row.push(one);
                } else if level < under {
                    row.push(json!({ "lines": [], "reach": 0 }));
                }
                index += 1;
            }
            rows.push(row);
        }
        json!(rows)
    }
}

fn cells_of(table: &Table, column: usize) -> impl Iterator<Item = &Cell> {
    table.rows.iter().filter_map(move |row| row.cells.get(column))
}

/// Where each spanner stands, from the top, and how many levels there are.
fn levels(table: &Table) -> (Vec<(usize, &Spanner)>, usize) {
    let mut placed: Vec<(usize, &Spanner)> = Vec::new();
    for spanner in &table.spanners {
        let overlaps = |other: &Spanner| {
            spanner.first < other.first + other.columns && other.first < spanner.first + spanner.columns
        };
        let level = placed.iter().filter(|(_, other)| overlaps(other)).map(|(level, _)| level + 1).max().unwrap_or(0);
        placed.push((level, spanner));
    }
    let depth = placed.iter().map(|(level, _)| level + 1).max().unwrap_or(0);
    (placed, depth)
}

#[cfg(test)]
mod tests;
