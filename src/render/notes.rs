//! Footnotes of a table: how high they are, and which of them stand on which page.
//!
//! A note with a mark stands on every page where its mark does; all others, and the source, on the last page.

use super::fonts::Face;
use super::sheet::{GAPS, NOTE, Turn, text_height};
use crate::display::{Display, Table, TableRow};

/// The footnotes of a display.
pub struct Notes {
    /// Mark and height of each.
    notes: Vec<(Option<String>, f64)>,
    source: f64,
}

impl Notes {
    /// The footnotes of this display on paper that lies so.
    pub fn of(display: &Display, turn: Turn) -> Self {
        let width = turn.width();
        let height = |words: &str, width: f64| text_height(Face::Sans, NOTE, words, width) + GAPS[5];
        let one = |note: &crate::display::Footnote| (note.mark.clone(), height(&note.text, width - 9.0));
        Self { notes: display.footnotes.iter().map(one).collect(), source: height(&display.source, width - 40.0) }
    }

    /// No notes, and a source so high.
    #[cfg(test)]
    pub const fn none(source: f64) -> Self {
        Self { notes: Vec::new(), source }
    }

    /// Height of some of them, and of the source on the last page.
    pub fn height(&self, some: &[usize], last: bool) -> f64 {
        if some.is_empty() && !last {
            return 0.0;
        }
        GAPS[4] + some.iter().map(|at| self.notes[*at].1).sum::<f64>() + if last { self.source } else { 0.0 }
    }

    fn has(&self, at: usize, row: &TableRow) -> bool {
        self.notes[at].0.as_ref().is_some_and(|mark| row.cells.iter().any(|cell| cell.marks.contains(mark)))
    }

    /// For each note whether its mark stands in the table.
    pub fn used(&self, table: &Table) -> Vec<bool> {
        (0..self.notes.len()).map(|at| table.rows.iter().any(|row| self.has(at, row))).collect()
    }

    /// The notes below these rows of the table.
    pub fn on(&self, rows: &[TableRow], used: &[bool], last: bool) -> Vec<usize> {
        let here = |at: &usize| if used[*at] { rows.iter().any(|row| self.has(*at, row)) } else { last };
        (0..self.notes.len()).filter(here).collect()
    }

    /// A page that is being filled.
    pub fn tally(&self) -> Tally<'_> {
        Tally { notes: self, here: Vec::new() }
    }
}

/// The notes of a page that is being filled.
pub struct Tally<'a> {
    notes: &'a Notes,
    here: Vec<usize>,
}

impl Tally<'_> {
    /// Height of the notes with this row on the page.
    pub fn with(&mut self, row: &TableRow) -> f64 {
        if row.cells.iter().any(|cell| !cell.marks.is_empty()) {
            let new = (0..self.notes.notes.len()).filter(|at| self.notes.has(*at, row) && !self.here.contains(at));
            self.here.extend(new.collect::<Vec<_>>());
        }
        self.notes.height(&self.here, false)
    }
}
