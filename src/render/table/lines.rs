//! The texts of a table broken into lines, with the real fonts, so that the height of every row is known.

use std::borrow::Cow;
use std::fmt::Write as _;

use super::{IN_HAND, MARK, Sheet};
use crate::display::{Cell, Table, TableRow};
use crate::render::fonts::{Face, Fonts};
use crate::render::text;

/// A page number that is not known yet is as wide as this one.
const PAGE: &str = "000";

/// The texts of a row, line by line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Broken {
    /// Lines of the stub, separated by line ends.
    pub stub: String,
    /// Lines of each cell, separated by line ends.
    pub cells: Vec<String>,
    /// The most lines that one of them has.
    pub lines: usize,
}

/// What stands in a cell, with room for page numbers.
pub fn words(cell: &Cell) -> Cow<'_, str> {
    if cell.pages_of.is_empty() {
        return text::line(&cell.text);
    }
    let mut out = text::line(&cell.text).into_owned();
    for (index, _) in cell.pages_of.iter().enumerate() {
        let before = match (index, out.is_empty()) {
            (0, true) => "p.\u{A0}",
            (0, false) => " p.\u{A0}",
            _ => ", ",
        };
        let _ = write!(out, "{before}{PAGE}");
    }
    Cow::Owned(out)
}

/// Width of the marks behind a cell.
pub fn marks_width(cell: &Cell, size: f64) -> f64 {
    if cell.marks.is_empty() {
        return 0.0;
    }
    Fonts::get().width(Face::Sans, size * MARK, &cell.marks.join(",")) + 0.5
}

/// The lines of a text within this width, the last with `kept` points to spare, and how many they are.
fn broken(face: Face, size: f64, words: &str, width: f64, kept: f64) -> (String, usize) {
    // Most texts fit at once: no need to break them to know it.
    if Fonts::get().width(face, size, words) + kept <= width {
        return (words.to_owned(), 1);
    }
    let mut lines = text::wrap(face, size, words, width);
    if kept > 0.0 && lines.last().is_some_and(|last| Fonts::get().width(face, size, last) + kept > width) {
        lines = text::wrap(face, size, words, (width - kept).max(size));
    }
    (lines.join("\n"), lines.len())
}

impl Sheet {
    /// Breaks the texts of every row.
    pub fn break_lines(&mut self, table: &Table) {
        self.rows = table.rows.iter().map(|row| self.broken(row)).collect();
    }

    fn broken(&self, row: &TableRow) -> Broken {
        let face = if row.heading { Face::SansBold } else { Face::Sans };
        let (stub, mut most) = broken(face, self.size, &text::line(&row.stub), self.stub_room(row) - IN_HAND, 0.0);
        let mut cells = Vec::with_capacity(row.cells.len());
        for (index, cell) in row.cells.iter().enumerate() {
            let (words, kept) = (words(cell), marks_width(cell, self.size));
            let room = self.room(index + 1) - IN_HAND;
            let (lines, count) = broken(Face::Sans, self.size, &words, room, kept);
            most = most.max(count);
            // Page numbers are not known here; Typst breaks such a text, into no more lines than were foreseen.
            cells.push(if cell.pages_of.is_empty() {
                lines
            } else {
                text::breakable(Face::Sans, self.size, &text::line(&cell.text), room).into_owned()
            });
        }
        Broken { stub, cells, lines: most }
    }
}

/// Some of the lines of a text.
pub fn slice(lines: &str, from: usize, to: usize) -> Cow<'_, str> {
    if from == 0 && !lines.contains('\n') {
        return Cow::Borrowed(lines);
    }
    let some: Vec<&str> = lines.split('\n').skip(from).take(to - from).collect();
    Cow::Owned(some.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn page_numbers_have_room() {
        let pages_of = vec!["title".to_owned(), "methods".to_owned()];
        let cell = Cell { text: "Methods".to_owned(), pages_of: pages_of.clone(), ..Cell::default() };
        assert_eq!(words(&cell), "Methods p.\u{A0}000, 000");
        assert_eq!(words(&Cell { pages_of, ..Cell::default() }), "p.\u{A0}000, 000");
    }

    #[test]
    fn lines_of_a_text_are_taken_from_it() {
        assert_eq!(slice("a\nb\nc", 1, 3), "b\nc");
        assert_eq!(slice("a\nb\nc", 3, 5), "");
        assert_eq!(slice("a", 0, 2), "a");
        assert_eq!(slice("a", 1, 2), "");
    }
}
