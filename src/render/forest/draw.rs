//! The forest on paper: draws what was laid out.

use super::{LABEL, PITCH, Page, Sheet};
use crate::display::{Align, ForestRow};
use crate::render::fonts::{Face, Fonts};
use crate::render::palette::{ACCENT, Colour, GRID, INK, PAPER, RULE, SOFT, TINT};
use crate::render::pen::{Anchor, Lettering, Pen};
use crate::render::sheet::small;
use crate::render::table::MARK;
use crate::render::text;

/// Half the side of the square of a main analysis, and of the others, as shares of the size of the type.
const MAIN: f64 = 0.42;
const OTHER: f64 = 0.29;

impl Sheet<'_> {
    /// Draws one page of it.
    pub fn draw(&self, page: &Page, pen: &mut Pen) {
        let head = self.head_height();
        let foot = page.canvas.1 - self.foot_height();
        let places = self.shared.places(&page.rows, head);
        // Every second row has a ground, which leads the eye from the stub to the mark.
        for (row, top) in places.iter().filter(|(row, _)| !self.forest.rows[*row].heading).skip(1).step_by(2) {
            pen.block((0.0, *top), (page.canvas.0, self.shared.height_of(*row)), TINT);
        }
        self.scale(pen, head, foot);
        self.head(pen, head, page.canvas.0);
        for (row, top) in places {
            self.row(pen, row, top);
        }
        self.foot(pen, foot);
    }

    fn look(&self, bold: bool, colour: Colour) -> Lettering {
        Lettering { size: self.size, bold, colour }
    }

    fn head(&self, pen: &mut Pen, height: f64, width: f64) {
        pen.path(&[(0.0, 0.5), (width, 0.5)], INK, 0.9);
        pen.path(&[(0.0, height), (width, height)], INK, 0.5);
        for (index, lines) in self.head.iter().enumerate() {
            let column = index.checked_sub(1).map(|column| (column, self.forest.columns[column].align));
            let (at, anchor) = match column {
                None => (0.0, Anchor::Start),
                Some((column, Align::Left)) => (self.widths.begin_and_middle(column).0, Anchor::Start),
                Some((column, Align::Decimal)) => (self.widths.begin_and_middle(column).1, Anchor::Middle),
            };
            // As many of the lines are bold as the first line of the head was broken into.
            let plain = column.map_or(0, |(column, _)| self.plain_lines(column));
            for (turn, words) in lines.iter().enumerate() {
                let after = small(lines.len() - 1 - turn);
                let baseline = height - self.size * (0.55 + PITCH * after);
                pen.text(words, (at, baseline), anchor, self.look(turn + plain < lines.len(), INK));
            }
        }
    }

    fn plain_lines(&self, column: usize) -> usize {
        let mut later = self.forest.columns[column].clone();
        later.head.truncate(1);
        self.head[column + 1].len() - super::head(&later, self.size, self.widths.room(column)).len()
    }

    fn scale(&self, pen: &mut Pen, head: f64, foot: f64) {
        for (at, _) in &self.forest.axis.ticks {
            let across = self.across(*at);
            pen.path(&[(across, head), (across, foot)], GRID, 0.5);
        }
        let reference = self.across(self.forest.reference);
        pen.path(&[(reference, head), (reference, foot)], SOFT, 0.9);
    }

    fn row(&self, pen: &mut Pen, index: usize, top: f64) {
        let (row, lines) = (&self.forest.rows[index], &self.rows[index]);
        let middle = top + self.size * self.air / 2.0;
        let baseline = |line: usize| middle + self.size * (0.357 + PITCH * small(line));
        for (line, words) in lines.stub.iter().enumerate() {
            pen.text(words, (self.widths.indent(row), baseline(line)), Anchor::Start, self.look(row.heading, INK));
        }
        for (column, (cell, texts)) in row.cells.iter().zip(&lines.cells).enumerate() {
            let (begin, _) = self.widths.begin_and_middle(column);
            for (line, words) in texts.iter().enumerate() {
                pen.text(words, (begin, baseline(line)), Anchor::Start, self.look(false, INK));
            }
            if let (Some(last), false) = (texts.last(), cell.marks.is_empty()) {
                let at = begin + Fonts::get().width(Face::Sans, self.size, last) + 0.5;
                let raised = baseline(texts.len() - 1) - self.size * 0.36;
                let look = Lettering { size: self.size * MARK, bold: false, colour: INK };
                pen.text(&text::line(&cell.marks.join(",")), (at, raised), Anchor::Start, look);
            }
        }
        self.mark(pen, row, middle);
    }

    fn mark(&self, pen: &mut Pen, row: &ForestRow, middle: f64) {
        let Some((estimate, (lower, upper))) = row.mark else { return };
        let axis = &self.forest.axis;
        let (left, width) = self.widths.field;
        let (colour, line) = if row.main { (ACCENT, 1.4) } else { (INK, 0.9) };
        // Beyond the axis an arrow says that the interval goes on.
        let (off_left, off_right) = (lower < axis.from, upper > axis.to);
        let end = |off: bool, tip: f64, at: f64| if off { tip } else { self.across(at.clamp(axis.from, axis.to)) };
        let (from, to) = (end(off_left, left + 1.0, lower), end(off_right, left + width - 1.0, upper));
        pen.path(&[(from, middle), (to, middle)], colour, line);
        for (off, tip, direction) in [(off_left, from, -1.0), (off_right, to, 1.0)] {
            if off {
                pen.arrow_head((tip, middle), (direction, 0.0), colour);
            } else {
                pen.path(&[(tip, middle - 1.6), (tip, middle + 1.6)], colour, line);
            }
        }
        let half = self.size * if row.main { MAIN } else { OTHER };
        let corner = (self.across(estimate) - half, middle - half);
        pen.block(corner, (2.0 * half, 2.0 * half), if row.main { colour } else { PAPER });
        pen.outline(corner, (2.0 * half, 2.0 * half), colour, 0.9);
    }

    fn foot(&self, pen: &mut Pen, top: f64) {
        let (left, width) = self.widths.field;
        pen.path(&[(0.0, top), (left, top)], RULE, 0.5);
        pen.path(&[(left, top), (left + width, top)], INK, 0.9);
        for (at, _) in &self.forest.axis.ticks {
            let across = self.across(*at);
            pen.path(&[(across, top), (across, top + 3.5)], INK, 0.8);
        }
        self.ticks.draw(pen, top + 5.0, INK);
        let mut below = top + 6.0 + self.ticks.height();
        self.sides.draw(pen, below);
        below += self.sides.height();
        for (index, words) in self.title.iter().enumerate() {
            let look = Lettering { size: LABEL, bold: false, colour: SOFT };
            let baseline = below + LABEL * (1.0 + 1.35 * small(index));
            pen.text(words, (left + width / 2.0, baseline), Anchor::Middle, look);
        }
    }
}
