//! Shares and differences on paper: draws what was laid out.

use super::{APART, AWAY, BARS_APART, Field, INSET, LABEL, LEGEND_GAP, PITCH, Page, SAMPLE, Sheet, indent};
use crate::display::{Axis, DotRow, POOLED};
use crate::render::palette::{ArmStyle, GRID, INK, PAPER, RULE, SOFT, TINT, arm, shade};
use crate::render::pen::{Anchor, Lettering, Pen};
use crate::render::sheet::small;

/// Radius of a symbol, and half the side of the square of a difference.
const RADIUS: f64 = 2.4;
const SQUARE: f64 = 2.1;
/// Height of a bar, and depth of the shade of the lowest grade.
const BAR: f64 = 5.0;
const LIGHTEST: usize = 12;

impl Sheet<'_> {
    /// Draws one page.
    pub fn draw(&self, page: &Page, pen: &mut Pen) {
        let head = self.head_height();
        let foot = page.canvas.1 - self.foot_height();
        self.head(pen, head);
        let places = self.rows.places(&page.rows, head);
        // Every second row has a ground, which leads the eye from the stub to the marks.
        for (row, top) in places.iter().filter(|(row, _)| !self.dots.rows[*row].heading).skip(1).step_by(2) {
            pen.block((0.0, *top), (page.canvas.0, self.rows.height_of(*row)), TINT);
        }
        for (field, axis) in self.fields() {
            for (at, _) in &axis.ticks {
                let across = field.across(*at);
                pen.path(&[(across, head), (across, foot)], GRID, 0.5);
            }
        }
        pen.path(&[(0.0, head), (page.canvas.0, head)], INK, 0.5);
        if let Some(differences) = &self.differences {
            let zero = differences.across(0.0);
            pen.path(&[(zero, head), (zero, foot)], SOFT, 0.9);
        }
        for (row, top) in places {
            self.row(pen, row, top);
        }
        self.foot(pen, foot);
    }

    /// The scales with their axes, the shares first.
    fn fields(&self) -> impl Iterator<Item = (&Field, &Axis)> {
        std::iter::once((&self.shares, &self.dots.shares)).chain(self.differences.iter().zip(&self.dots.differences))
    }

    /// The look of an arm; one alone has nothing to be told from.
    const fn look(&self, of: usize) -> ArmStyle {
        arm(if self.dots.arms.len() == 1 { POOLED } else { of })
    }

    fn head(&self, pen: &mut Pen, height: f64) {
        let left = self.shares.left;
        let top = (height - self.legend.height - LEGEND_GAP).max(0.0);
        pen.at_corner((left + INSET, top), |pen| {
            self.legend.draw(pen, |pen, index, at| match index.checked_sub(self.dots.arms.len()) {
                None => pen.symbol(self.look(index).symbol, at, RADIUS, self.look(index).colour),
                Some(grade) => {
                    self.part(pen, (at.0 - SAMPLE / 2.0, at.1 - BAR / 2.0), SAMPLE, grade);
                }
            });
        });
        for (line, words) in self.head.iter().enumerate() {
            let after = small(self.head.len() - 1 - line);
            let look = Lettering { size: self.size, bold: true, colour: INK };
            pen.text(words, (0.0, height - self.size * (0.55 + PITCH * after)), Anchor::Start, look);
        }
    }

    fn row(&self, pen: &mut Pen, index: usize, top: f64) {
        let (row, lines) = (&self.dots.rows[index], &self.stubs[index]);
        let middle = top + self.rows.height_of(index) / 2.0;
        let first = middle - self.size * PITCH * small(lines.len() - 1) / 2.0;
        for (line, words) in lines.iter().enumerate() {
            let baseline = first + self.size * (0.357 + PITCH * small(line));
            let look = Lettering { size: self.size, bold: row.heading, colour: INK };
            pen.text(words, (indent(row, self.size), baseline), Anchor::Start, look);
        }
        if !self.dots.grades.is_empty() {
            self.bars(pen, row, middle);
        }
        // Each arm stands a little below the one before, so that equal shares are seen.
        let aside = |turn: usize, of: usize| (small(turn) - small(of.max(1) - 1) / 2.0) * APART;
        let symbols = if self.dots.grades.is_empty() { row.shares.as_slice() } else { &[] };
        for (of, share) in symbols.iter().enumerate() {
            let Some(share) = share else { continue };
            let at = (self.shares.across(*share), middle + aside(of, self.dots.arms.len()));
            pen.mark(self.look(of).symbol, at, RADIUS, self.look(of).colour);
        }
        self.differences(pen, row, middle, aside);
    }

    /// A bar for each arm behind its symbol, the highest grade first.
    fn bars(&self, pen: &mut Pen, row: &DotRow, middle: f64) {
        for (of, grades) in row.grades.iter().enumerate() {
            let down = middle + (small(of) - small(self.dots.arms.len() - 1) / 2.0) * BARS_APART;
            pen.mark(self.look(of).symbol, (self.shares.left + INSET / 2.0 - 0.5, down), RADIUS, self.look(of).colour);
            let mut from = 0.0;
            for (grade, share) in grades.iter().enumerate().rev().filter(|(_, share)| **share > 0.0) {
                let left = self.shares.across(from);
                from += share;
                self.part(pen, (left, down - BAR / 2.0), self.shares.across(from) - left, grade);
            }
        }
    }

    /// The part of a bar that is of a grade: the higher it is, the darker.
    fn part(&self, pen: &mut Pen, corner: (f64, f64), width: f64, grade: usize) {
        let last = self.dots.grades.len().max(2) - 1;
        let depth = LIGHTEST + (100 - LIGHTEST) * grade / last;
        pen.block(corner, (width, BAR), shade(u8::try_from(depth).unwrap_or(100)));
        pen.outline(corner, (width, BAR), SOFT, 0.35);
    }

    fn differences(&self, pen: &mut Pen, row: &DotRow, middle: f64, aside: impl Fn(usize, usize) -> f64) {
        let (Some(axis), Some(field)) = (&self.dots.differences, &self.differences) else { return };
        let Field { left, width, .. } = field;
        for (of, estimate, (lower, upper)) in &row.differences {
            let turn = self.compared.iter().position(|one| one == of).unwrap_or(0);
            let down = middle + aside(turn, self.compared.len());
            // One comparison needs no telling apart.
            let several = self.compared.len() > 1;
            let colour = if several { arm(*of).colour } else { INK };
            // Beyond the axis an arrow says that the interval goes on.
            let (off_left, off_right) = (*lower < axis.from, *upper > axis.to);
            let end = |at: f64| field.across(at.clamp(axis.from, axis.to));
            let from = if off_left { left + 1.0 } else { end(*lower) };
            let to = if off_right { left + width - 1.0 } else { end(*upper) };
            pen.path(&[(from, down), (to, down)], colour, 0.9);
            for (off, tip, direction) in [(off_left, from, -1.0), (off_right, to, 1.0)] {
                if off {
                    pen.arrow_head((tip, down), (direction, 0.0), colour);
                } else {
                    pen.path(&[(tip, down - 1.5), (tip, down + 1.5)], colour, 0.9);
                }
            }
            let across = field.across(*estimate);
            if several {
                pen.mark(arm(*of).symbol, (across, down), RADIUS, colour);
            } else {
                let (corner, size) = ((across - SQUARE, down - SQUARE), (2.0 * SQUARE, 2.0 * SQUARE));
                pen.block(corner, size, PAPER);
                pen.outline(corner, size, colour, 0.9);
            }
        }
    }

    fn foot(&self, pen: &mut Pen, top: f64) {
        pen.path(&[(0.0, top), (self.shares.left - AWAY, top)], RULE, 0.5);
        for (field, axis) in self.fields() {
            pen.path(&[(field.left, top), (field.left + field.width, top)], INK, 0.9);
            for (at, _) in &axis.ticks {
                let across = field.across(*at);
                pen.path(&[(across, top), (across, top + 3.5)], INK, 0.8);
            }
            field.ticks.draw(pen, top + 5.0, INK);
        }
        let below = |field: &Field| top + 6.0 + field.ticks.height();
        if let Some(differences) = &self.differences {
            self.sides.draw(pen, below(differences));
        }
        for (turn, (field, _)) in self.fields().enumerate() {
            let room = if turn == 0 { 0.0 } else { self.sides.height() };
            for (index, words) in field.title.iter().enumerate() {
                let look = Lettering { size: LABEL, bold: false, colour: SOFT };
                let baseline = below(field) + room + LABEL * (1.0 + 1.35 * small(index));
                pen.text(words, (field.left + field.width / 2.0, baseline), Anchor::Middle, look);
            }
        }
    }
}
