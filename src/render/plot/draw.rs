//! The plot on paper: draws what was laid out.

use super::{LABEL, PITCH, Sheet, Under, tick_width};
use crate::display::Plot;
use crate::render::palette::{Colour, INK, RULE, SOFT, arm};
use crate::render::pen::{Anchor, At, Lettering, Pen};
use crate::render::plot::field::Field;
use crate::render::sheet::small;
use crate::render::ticks::TICK;

/// Of the titles of axes.
const TITLE: Lettering = Lettering { size: LABEL, bold: false, colour: SOFT };

impl Sheet<'_> {
    /// Draws it.
    pub fn draw(&self, pen: &mut Pen) {
        self.field.grid(pen, self.plot, true);
        self.ticks.draw(pen, self.field.top + self.field.height + 5.0, INK);
        x_title(pen, &self.x_title.1, (self.field.left + self.field.width / 2.0, self.x_title.0));
        y_title(pen, &self.y_title, self.plot, &self.field);
        for entry in &self.legend {
            entry.draw(pen);
        }
        self.field.series(pen, &self.plot.series);
        self.field.scattered(pen, self.plot);
        if !self.under.is_empty() {
            let top = under_head(pen, &self.under_head.1, (0.0, self.under_head.0), self.canvas.0);
            under_rows(pen, &self.under, (0.0, top), self.beside, |arm_of| arm(arm_of).colour);
        }
    }
}

/// The title of the horizontal axis, centred below `at`.
pub(super) fn x_title(pen: &mut Pen, lines: &[String], at: At) {
    for (index, line) in lines.iter().enumerate() {
        pen.text(line, (at.0, at.1 + LABEL * (1.0 + PITCH * small(index))), Anchor::Middle, TITLE);
    }
}

/// The title of the vertical axis, left of its labels.
pub(super) fn y_title(pen: &mut Pen, lines: &[String], plot: &Plot, field: &Field) {
    for (index, line) in lines.iter().enumerate() {
        let lines_after = small(lines.len() - 1 - index);
        let baseline = field.left - tick_width(plot) - 12.0 - lines_after * LABEL * PITCH;
        pen.text_upward(line, (baseline, field.top + field.height / 2.0), Anchor::Middle, TITLE);
    }
}

/// The heading of the rows below, from the baseline at `at`, with a rule; hands back where the rows begin.
pub(super) fn under_head(pen: &mut Pen, lines: &[String], at: At, width: f64) -> f64 {
    let mut baseline = at.1;
    for (index, line) in lines.iter().enumerate() {
        baseline = at.1 + TICK * PITCH * small(index);
        pen.text(line, (at.0, baseline), Anchor::Start, Lettering { size: TICK, bold: true, colour: INK });
    }
    pen.path(&[(at.0, baseline + 4.0), (at.0 + width, baseline + 4.0)], RULE, 0.5);
    baseline + TICK * 0.85
}

/// The rows below, their labels at the left beside or above them.
pub(super) fn under_rows(pen: &mut Pen, rows: &[Under], at: At, beside: bool, colour: impl Fn(usize) -> Colour) {
    let mut top = at.1;
    for under in rows {
        let look = Lettering { size: TICK, bold: false, colour: colour(under.arm) };
        pen.text(&under.label, (at.0, top + TICK * 0.9), Anchor::Start, look);
        if !beside && !under.label.trim().is_empty() {
            top += TICK * PITCH;
        }
        under.row.draw(pen, top, INK);
        top += under.row.height() + super::UNDER_GAP;
    }
}
