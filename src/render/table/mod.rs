//! A table on paper: widths of its columns, size of its type, how the paper lies, and where its pages end.
//!
//! All is measured here with the real fonts, so that Typst need not try: texts are broken into lines, columns and rows
//! have fixed sizes, and each page is a table of its own. The air between columns is gutter, the air between rows
//! belongs to the lines of text. Numbers never wrap; stubs and words do, and words wider than their column break
//! anywhere. A table too wide for the widest page in type that can be read is shown in parts with the same stub.

mod breaks;
mod columns;
mod lines;
mod panels;

use std::borrow::Cow;

use serde_json::{Value, json};

use super::fonts::{Face, Fonts};
use super::notes::Notes;
use super::sheet::{self, Turn};
use super::targets::Targets;
use super::text;
use crate::display::{Align, Cell, Display, Spanner, Table};
use breaks::{Page, Piece};
use columns::{share_out, squeeze, wishes};
use lines::{Broken, slice};

/// What is tried, in this order: large type before small, upright before on its side.
const WAYS: [(Turn, f64); 8] = [
    (Turn::Portrait, 8.2),
    (Turn::Portrait, 7.8),
    (Turn::Landscape, 8.2),
    (Turn::Landscape, 7.8),
    (Turn::Portrait, 7.2),
    (Turn::Landscape, 7.2),
    (Turn::Landscape, 6.6),
    (Turn::Landscape, 6.3),
];
/// What is tried for a table of many words, whose lines are short then.
const CROWDED: [(Turn, f64); 2] = [(Turn::Landscape, 7.2), (Turn::Landscape, 6.6)];
/// Size of a table in parts.
const IN_PARTS: f64 = 7.8;
/// Upright sizes that are tried for a table that would need several pages.
const SMALL_UPRIGHT: [f64; 3] = [7.2, 6.9, 6.6];
/// Sizes of a table that must stay upright.
const UPRIGHT: [f64; 4] = [7.8, 7.2, 6.6, 6.0];
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
/// Behind a stub that is repeated.
const CONTINUED: &str = " (continued)";

/// A table laid out.
struct Sheet {
    turn: Turn,
    size: f64,
    /// Above and below the text of a cell.
    air: f64,
    widths: Vec<f64>,
    left: Vec<f64>,
    /// The texts of the rows, line by line.
    rows: Vec<Broken>,
}

/// A table with its title and notes on as many pages as it needs: how the paper lies, and what the templates read.
/// `section` is the title of the section that it opens.
pub fn pages(display: &Display, table: &Table, section: Option<&str>, targets: &Targets) -> (Turn, Value) {
    let around = |turn: Turn| (sheet::height_above(display, section, turn), sheet::height_below(display, turn));
    let parts = match Sheet::choose(table, around) {
        Some(sheet) => vec![(Cow::Borrowed(table), sheet)],
        None => in_parts(table),
    };
    let turn = parts[0].1.turn;
    let notes = Notes::of(display, turn);
    let used = notes.used(table);
    let count = parts.len();
    let parts: Vec<Value> = (parts.into_iter().enumerate())
        .map(|(index, (part, sheet))| {
            let above = if index == 0 { around(turn).0 } else { 0.0 };
            let pages = sheet.paginate(&part, above, &notes, (&used, index + 1 == count));
            let mut out = sheet.as_json(&part);
            if count > 1 {
                out["part"] = json!(format!("part {} of {count}", index + 1));
            }
            out["pages"] = pages.iter().map(|page| sheet.page(&part, page, targets)).collect();
            out
        })
        .collect();
    (turn, json!({ "parts": parts }))
}

/// A table that follows other things on an upright page, which may end within it anywhere between rows.
pub fn flowing(table: &Table, targets: &Targets) -> Value {
    let turn = Turn::Portrait;
    let fitting = UPRIGHT.into_iter().find_map(|size| Sheet::fitting(table, turn, size));
    let sheet = fitting.unwrap_or_else(|| Sheet::squeezed(table, turn, UPRIGHT[UPRIGHT.len() - 1]));
    let pieces = sheet.pieces();
    let mut out = sheet.as_json(table);
    out["page"] = sheet.page(table, &Page { pieces, over: Vec::new(), notes: Vec::new(), last: false }, targets);
    out
}

fn in_parts(table: &Table) -> Vec<(Cow<'_, Table>, Sheet)> {
    let turn = Turn::Landscape;
    let parts = panels::split(table, &wishes(table, IN_PARTS, turn.width()), turn.width());
    let lay_out = |part: Table| {
        let fitting = Sheet::fitting(&part, turn, IN_PARTS);
        let sheet = fitting.unwrap_or_else(|| Sheet::squeezed(&part, turn, IN_PARTS));
        (Cow::Owned(part), sheet)
    };
    parts.into_iter().map(lay_out).collect()
}

impl Sheet {
    /// The table in this size, if it fits on a page so wide.
    fn fitting(table: &Table, turn: Turn, size: f64) -> Option<Self> {
        let wishes = wishes(table, size, turn.width());
        let fits = wishes.iter().map(|wish| wish.least).sum::<f64>() <= turn.width();
        fits.then(|| Self::of(table, turn, size, share_out(table, &wishes, turn.width())))
    }

    /// The table in this size with columns narrower than they would like.
    fn squeezed(table: &Table, turn: Turn, size: f64) -> Self {
        Self::of(table, turn, size, squeeze(&wishes(table, size, turn.width()), turn.width()))
    }

    /// Lays the table out; none if it fits on no page without torn words.
    fn lay_out(table: &Table) -> Option<Self> {
        let crowded = || {
            CROWDED.into_iter().find_map(|(turn, size)| {
                let hard: f64 = wishes(table, size, turn.width()).iter().map(|wish| wish.hard).sum();
                (hard <= turn.width()).then(|| Self::squeezed(table, turn, size))
            })
        };
        WAYS.into_iter().find_map(|(turn, size)| Self::fitting(table, turn, size)).or_else(crowded)
    }

    /// Lays the table out, upright in smaller type where one page is enough then. `around` is what stands
    /// above the table on its first page, and what follows it.
    fn choose(table: &Table, around: impl Fn(Turn) -> (f64, f64)) -> Option<Self> {
        let mut usual = Self::lay_out(table)?;
        let (above, below) = around(usual.turn);
        // No row is lower than a line; a long listing need not be tried.
        let hopeless = table.rows.len() > 200;
        if hopeless || usual.is_on_one_page(table, above, below) {
            return Some(usual);
        }
        let turn = Turn::Portrait;
        let (above, below) = around(turn);
        let upright = SMALL_UPRIGHT.into_iter().filter_map(|size| Self::fitting(table, turn, size));
        let upright =
            upright.into_iter().find_map(|mut sheet| sheet.is_on_one_page(table, above, below).then_some(sheet));
        Some(upright.unwrap_or(usual))
    }

    fn of(table: &Table, turn: Turn, size: f64, widths: Vec<f64>) -> Self {
        let mut left = vec![0.0];
        for (index, column) in table.columns.iter().enumerate() {
            let block = match column.align {
                Align::Left => 0.0,
                Align::Decimal => cells_of(table, index)
                    .map(|cell| Fonts::get().width(Face::Sans, size, &lines::words(cell)))
                    .filter(|width| *width <= NUMBER_AT_MOST)
                    .fold(0.0, f64::max),
            };
            let centred = (widths[index + 1] - block) / 2.0;
            left.push(if block > 0.0 { centred.clamp(1.0, f64::MAX) } else { PAD });
        }
        let mut sheet = Self { turn, size, air: ROOM * size, widths, left, rows: Vec::new() };
        sheet.break_lines(table);
        let several = sheet.rows.iter().filter(|row| row.lines > 1).count();
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

    fn stub_room(&self, row: &crate::display::TableRow) -> f64 {
        let whole = if row.heading { self.widths.iter().sum() } else { self.widths[0] };
        (whole - PAD - self.indent(row.indent)).max(self.size)
    }

    fn indent(&self, level: u8) -> f64 {
        f64::from(level.min(8)) * INDENT * self.size
    }

    /// What the templates read, but for the rows.
    fn as_json(&self, table: &Table) -> Value {
        json!({
            "size": self.size,
            "widths": (0..self.widths.len()).map(|column| self.room(column)).collect::<Vec<_>>(),
            "gutters": self.gutters(),
            "left": self.left,
            "pad": PAD,
            "air": self.air / self.size,
            "mark": MARK,
            "head": self.head(table),
        })
    }

    /// One page.
    fn page(&self, table: &Table, page: &Page, targets: &Targets) -> Value {
        let over = page.over.iter().map(|at| self.repeated(table, *at));
        let own = page.pieces.iter().map(|piece| self.row(table, *piece, targets));
        let mut rows: Vec<Value> = over.chain(own).collect();
        // Typst bears no header below which nothing follows.
        for row in rows.iter_mut().rev().take_while(|row| row["cells"].is_null()) {
            row["alone"] = json!(true);
        }
        json!({ "rows": rows, "notes": page.notes, "last": page.last })
    }

    /// The stub of a row whose group goes on, in one line.
    fn repeated(&self, table: &Table, at: usize) -> Value {
        let row = &table.rows[at];
        let indent = self.indent(row.indent);
        let face = if row.heading { Face::SansBold } else { Face::Sans };
        let room = self.widths.iter().sum::<f64>() - PAD - IN_HAND - indent;
        let room = room - Fonts::get().width(Face::Sans, self.size, CONTINUED);
        let stub = text::line(&row.stub);
        let stub = text::elide(face, self.size, &stub, room.max(self.size));
        json!({
            "stub": stub, "continued": CONTINUED, "strong": row.heading, "indent": indent, "height": self.height_of(1),
            "level": u32::from(row.indent) + 2,
        })
    }

    fn row(&self, table: &Table, piece: Piece, targets: &Targets) -> Value {
        let (row, broken) = (&table.rows[piece.row], &self.rows[piece.row]);
        let ends = piece.to >= broken.lines;
        let gap = if ends { self.gap_below(table, piece.row) } else { 0.0 };
        let mut out = json!({
            "stub": slice(&broken.stub, piece.from, piece.to),
            "height": self.height_of(piece.to - piece.from) + gap,
        });
        if row.indent > 0 {
            out["indent"] = json!(self.indent(row.indent));
        }
        if piece.from > 0 {
            out["rest"] = json!(true);
        }
        if row.heading {
            out["strong"] = json!(true);
            out["level"] = json!(u32::from(row.indent) + 2);
            return out;
        }
        let mut special = false;
        let cells = row.cells.iter().zip(&broken.cells).map(|(cell, lines)| {
            let pages: Vec<&str> = cell.pages_of.iter().filter_map(|name| targets.label(name)).collect();
            let whole = !pages.is_empty();
            let words = match (whole, piece.from) {
                (false, _) => slice(lines, piece.from, piece.to),
                (true, 0) => Cow::Borrowed(lines.as_str()),
                (true, _) => Cow::Borrowed(""),
            };
            let mut one = json!({ "text": words });
            if whole && piece.from == 0 {
                one["pages"] = json!(pages);
            }
            if ends && !cell.marks.is_empty() {
                one["marks"] = json!(cell.marks.join(","));
            }
            if one.as_object().is_some_and(|one| one.len() == 1) {
                return one["text"].take();
            }
            special = true;
            one
        });
        out["cells"] = cells.collect();
        if special {
            out["special"] = json!(true);
        }
        out
    }

    /// The gap before a group hangs below the row above it: at the head of a page there is none.
    fn gap_below(&self, table: &Table, at: usize) -> f64 {
        if table.rows.get(at + 1).is_some_and(|next| next.opens_group) { GROUP * self.size } else { 0.0 }
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
