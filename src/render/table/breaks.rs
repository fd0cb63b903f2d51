//! Where the pages of a table end.
//!
//! Every text is broken into lines before, so every height is known and each page is set as a table of its own: its
//! head, the groups it continues, its rows, the footnotes whose marks stand on it. Groups are not torn where that costs
//! little, no page ends with a heading, and none holds a forgotten row.

use std::ops::Range;

use super::{PAD, ROOM, Sheet, levels};
use crate::display::{Table, TableRow};
use crate::render::fonts::Face;
use crate::render::notes::Notes;
use crate::render::sheet::{lines_height, small};
use crate::render::text;

/// Room above and below the text of a cell that is tried where a table nearly fits on a page.
const TIGHTER: [f64; 5] = [0.42, 0.39, 0.36, 0.33, 0.3];
/// A page with fewer rows of a group, or of the table, looks torn.
const TOGETHER: usize = 3;
/// So many rows are moved to the next page at most, and no more than this share of a page.
const MOVED: usize = 8;
const MOVED_SHARE: f64 = 0.3;
/// Heights are foreseen to so many points.
const EXACT: f64 = 3.0;
/// A row higher than this share of a page may be torn between lines; notes higher than the second one may stand alone.
const HIGH: f64 = 0.3;
const HIGH_NOTES: f64 = 0.6;

/// Some lines of a row, all of them in nearly every case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece {
    /// Position of the row.
    pub row: usize,
    /// The first line, and the one after the last.
    pub from: usize,
    pub to: usize,
}

/// A page of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// What stands on it.
    pub pieces: Vec<Piece>,
    /// Rows above it whose group goes on: their stubs are repeated.
    pub over: Vec<usize>,
    /// Positions of its footnotes.
    pub notes: Vec<usize>,
    /// Whether it is the last one, with the source.
    pub last: bool,
}

impl Sheet {
    /// Height of so many lines as a row.
    pub fn height_of(&self, lines: usize) -> f64 {
        lines_height(Face::Sans, lines, self.size) + 2.0 * self.air
    }

    /// Height of the head of the table.
    pub fn head_height(&self, table: &Table) -> f64 {
        let (placed, depth) = levels(table);
        let high = |lines: &[String], width: f64| {
            let lines: usize =
                lines.iter().map(|line| text::wrap(Face::SansBold, self.size, line, width - PAD).len()).sum();
            lines_height(Face::SansBold, lines, self.size) + 2.0 * self.air
        };
        let columns =
            table.columns.iter().enumerate().map(|(index, column)| high(&column.head, self.widths[index + 1]));
        // A spanner that wraps makes its level higher.
        let level = |at: usize| {
            let own = placed.iter().filter(|(level, _)| *level == at).map(|(_, spanner)| {
                let width = self.widths[spanner.first + 1..=spanner.first + spanner.columns].iter().sum::<f64>() - PAD;
                high(std::slice::from_ref(&spanner.text), width)
            });
            own.fold(0.0, f64::max)
        };
        let spanners: f64 = (0..depth).map(level).sum();
        columns.fold(high(std::slice::from_ref(&table.stub_head), self.widths[0]) - spanners, f64::max) + spanners
    }

    /// Whether the table fits on one page with what stands above and below it; its rows get the most air with which it
    /// does.
    pub fn is_on_one_page(&mut self, table: &Table, above: f64, below: f64) -> bool {
        let usual = self.air;
        for air in [usual / self.size, ROOM].into_iter().chain(TIGHTER) {
            self.air = usual.min(air * self.size);
            let mut left = self.turn.height() - above - self.head_height(table) - below - EXACT;
            let fits = (0..table.rows.len()).all(|at| {
                left -= self.height_of(self.rows[at].lines) + self.gap_below(table, at);
                left >= 0.0
            });
            if fits && left >= 0.0 {
                return true;
            }
        }
        self.air = usual;
        false
    }

    /// Rows as pieces: whole, but for those that fill a good part of a page.
    pub fn pieces(&self) -> Vec<Piece> {
        let limit = self.turn.height() * HIGH;
        let mut out = Vec::with_capacity(self.rows.len());
        for (row, broken) in self.rows.iter().enumerate() {
            let mut parts = 1;
            while parts < broken.lines && self.height_of(broken.lines.div_ceil(parts)) > limit {
                parts += 1;
            }
            let each = broken.lines.div_ceil(parts).max(1);
            let starts = (0..broken.lines.max(1)).step_by(each);
            out.extend(starts.map(|from| Piece { row, from, to: (from + each).min(broken.lines.max(1)) }));
        }
        out
    }

    /// The pages of the table, the first one below what is `above` high. `used` tells which notes have their marks
    /// somewhere in the table; the others and the source follow it if it `ends` the display.
    pub fn paginate(&self, table: &Table, above: f64, notes: &Notes, (used, ends): (&[bool], bool)) -> Vec<Page> {
        let paper = Paper {
            sheet: self,
            table,
            notes,
            pieces: self.pieces(),
            parents: parents(&table.rows),
            head: self.head_height(table),
        };
        let mut pages = Vec::new();
        let mut first = 0;
        loop {
            let over = if first == 0 { Vec::new() } else { paper.over(first) };
            let repeated = small(over.len()) * self.height_of(1);
            let room = self.turn.height() - if first == 0 { above } else { 0.0 } - paper.head - repeated - EXACT;
            let (end, rest) = paper.fill(first, room);
            let all = end == paper.pieces.len();
            let last_notes = notes.on(paper.rows(first..end), used, ends);
            let below = notes.height(&last_notes, ends);
            if all && rest + below <= room {
                pages.push(paper.page(first..end, over, last_notes, ends));
                return pages;
            }
            if all && (below > self.turn.height() * HIGH_NOTES || end <= first + 1) {
                // Notes that need most of a page have one of their own.
                let own = notes.on(paper.rows(first..end), used, false);
                pages.push(paper.page(first..end, over, own, false));
                pages.push(paper.page(end..end, Vec::new(), last_notes, ends));
                return pages;
            }
            let next = paper.turn_at(first, if all { end - 1 } else { end });
            let own = notes.on(paper.rows(first..next), used, false);
            pages.push(paper.page(first..next, over, own, false));
            first = next;
        }
    }
}

/// A table on its way to pages.
struct Paper<'a> {
    sheet: &'a Sheet,
    table: &'a Table,
    notes: &'a Notes,
    pieces: Vec<Piece>,
    parents: Vec<Option<usize>>,
    head: f64,
}

impl Paper<'_> {
    fn height(&self, at: usize) -> f64 {
        let piece = self.pieces[at];
        let ends = self.pieces.get(at + 1).is_none_or(|next| next.row != piece.row);
        let gap = if ends { self.sheet.gap_below(self.table, piece.row) } else { 0.0 };
        self.sheet.height_of(piece.to - piece.from) + gap
    }

    /// The rows of these pieces.
    fn rows(&self, pieces: Range<usize>) -> &[TableRow] {
        if pieces.is_empty() {
            return &[];
        }
        &self.table.rows[self.pieces[pieces.start].row..=self.pieces[pieces.end - 1].row]
    }

    /// The first piece that does not fit in `room` any more with the notes of those before, and the height of those.
    fn fill(&self, first: usize, room: f64) -> (usize, f64) {
        let mut used = 0.0;
        let mut tally = self.notes.tally();
        let mut end = first;
        while end < self.pieces.len() {
            let more = used + self.height(end);
            let below = tally.with(&self.table.rows[self.pieces[end].row]);
            if end > first && more + below > room {
                break;
            }
            used = more;
            end += 1;
        }
        (end, used)
    }

    /// Where the page ends that begins with `first` and has no room for `end`.
    fn turn_at(&self, first: usize, end: usize) -> usize {
        let limit = self.sheet.turn.height() * MOVED_SHARE;
        let mut moved = 0.0;
        let mut lowest = end;
        while lowest > first + TOGETHER && end - lowest < MOVED && moved + self.height(lowest - 1) <= limit {
            lowest -= 1;
            moved += self.height(lowest);
        }
        let candidates = || (lowest.max(first + 1)..=end).rev();
        let good = |at: &usize| self.is_good_break(*at);
        let whole = candidates().find(|at| opens(&self.table.rows[self.pieces[*at].row]) && good(at));
        if let Some(next) = whole.or_else(|| candidates().find(good)) {
            return next;
        }
        // No good place: where the page is full. What heads the next row goes on to the next page with it.
        (first + 1..=end).rev().find(|at| !self.heads(*at)).unwrap_or(end)
    }

    /// Whether the piece before this one heads it.
    fn heads(&self, at: usize) -> bool {
        let (before, row) = (self.pieces[at - 1].row, self.pieces[at].row);
        before != row && (self.table.rows[before].heading || self.parents[row] == Some(before))
    }

    /// Whether a page may begin with this piece: where a group begins, or well within a long one, and not with the last
    /// rows.
    fn is_good_break(&self, at: usize) -> bool {
        let (rows, piece) = (&self.table.rows, self.pieces[at]);
        let row = piece.row;
        if piece.from > 0 || row == 0 || rows.len() - row < TOGETHER || self.heads(at) {
            return false;
        }
        let closed = |near: &[TableRow]| !near.iter().any(opens);
        opens(&rows[row])
            || row >= TOGETHER
                && closed(&rows[row + 1 - TOGETHER..row])
                && closed(&rows[row..(row + TOGETHER).min(rows.len())])
    }

    /// The rows whose stubs are repeated above this piece at the head of a page, from the outermost.
    fn over(&self, at: usize) -> Vec<usize> {
        let piece = self.pieces[at];
        let mut out = Vec::new();
        if piece.from > 0 {
            out.push(piece.row);
        }
        let mut row = piece.row;
        while let Some(parent) = self.parents[row] {
            out.push(parent);
            row = parent;
        }
        out.reverse();
        out
    }

    fn page(&self, pieces: Range<usize>, over: Vec<usize>, notes: Vec<usize>, last: bool) -> Page {
        let mut own: Vec<Piece> = Vec::with_capacity(pieces.len());
        for piece in &self.pieces[pieces] {
            // Pieces of one row on one page are one again.
            match own.last_mut() {
                Some(before) if before.row == piece.row => before.to = piece.to,
                _ => own.push(*piece),
            }
        }
        Page { pieces: own, over, notes, last }
    }
}

fn opens(row: &TableRow) -> bool {
    row.heading || row.opens_group
}

/// For each row the nearest one above that is less deep: what it belongs to.
fn parents(rows: &[TableRow]) -> Vec<Option<usize>> {
    let mut chain: Vec<usize> = Vec::new();
    let mut out = Vec::with_capacity(rows.len());
    for (at, row) in rows.iter().enumerate() {
        while chain.last().is_some_and(|last| rows[*last].indent >= row.indent) {
            chain.pop();
        }
        out.push(chain.last().copied());
        chain.push(at);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_belong_to_the_nearest_less_deep_one() {
        let row = |indent: u8| TableRow {
            indent,
            stub: String::new(),
            heading: false,
            opens_group: false,
            cells: Vec::new(),
        };
        let rows = [row(0), row(1), row(2), row(1), row(0), row(2), row(1)];
        assert_eq!(parents(&rows), [None, Some(0), Some(1), Some(0), None, Some(4), Some(4)]);
    }
}
