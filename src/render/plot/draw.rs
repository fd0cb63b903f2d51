//! The plot on paper: draws what was laid out.

use super::{CAP, LABEL, RADIUS, Row, SAMPLE, Sheet, TICK, left_of, tick_width};
use crate::display::{Series, SeriesStyle};
use crate::render::palette::{GRID, INK, PAPER, RULE, SOFT, arm};
use crate::render::pen::{Anchor, At, Lettering, Pen};
use crate::render::sheet::small;
use crate::render::text;

impl Row {
    fn draw(&self, pen: &mut Pen, top: f64, look: impl Fn(f64) -> Lettering) {
        for (at, line, words) in &self.places {
            let baseline = top + self.size * (0.9 + 1.35 * small(*line));
            pen.text(words, (*at, baseline), Anchor::Middle, look(self.size));
        }
    }
}

impl Sheet<'_> {
    /// Draws it.
    pub fn draw(&self, pen: &mut Pen) {
        self.grid(pen);
        self.titles(pen);
        for (series, (at, lines)) in self.plot.series.iter().zip(&self.legend) {
            let style = arm(series.arm);
            let middle = at.1 + LABEL * 0.75;
            pen.dashed(&[(at.0, middle), (at.0 + SAMPLE, middle)], style.dashes, style.colour, 1.3);
            pen.symbol(style.symbol, (at.0 + SAMPLE / 2.0, middle), RADIUS, style.colour);
            for (index, line) in lines.iter().enumerate() {
                let baseline = middle + LABEL * (0.36 + 1.25 * small(index));
                let look = Lettering { size: LABEL, bold: false, colour: INK };
                pen.text(line, (at.0 + SAMPLE + 6.0, baseline), Anchor::Start, look);
            }
        }
        let count = self.plot.series.len();
        // Lines first, marks above them.
        for (index, series) in self.plot.series.iter().enumerate() {
            self.lines(pen, series, self.dodge(index, count));
        }
        for (index, series) in self.plot.series.iter().enumerate() {
            self.marks(pen, series, self.dodge(index, count));
        }
        self.rows(pen);
    }

    fn grid(&self, pen: &mut Pen) {
        let field = &self.field;
        let (right, foot) = (field.left + field.width, field.top + field.height);
        for (y, label) in &self.plot.y.ticks {
            let at = field.down(*y);
            let zero = *y == 0.0 && field.y.0 < 0.0 && field.y.1 > 0.0;
            pen.path(&[(field.left, at), (right, at)], if zero { SOFT } else { GRID }, if zero { 0.8 } else { 0.6 });
            let look = Lettering { size: TICK, bold: false, colour: INK };
            pen.text(&text::line(label), (field.left - 5.0, at + TICK * 0.36), Anchor::End, look);
        }
        pen.path(&[(field.left, foot), (right, foot)], INK, 0.9);
        for (x, _) in &self.plot.x.ticks {
            let at = field.across(*x);
            pen.path(&[(at, foot), (at, foot + 3.5)], INK, 0.8);
        }
        self.ticks.draw(pen, foot + 5.0, |size| Lettering { size, bold: false, colour: INK });
    }

    fn titles(&self, pen: &mut Pen) {
        let field = &self.field;
        let look = Lettering { size: LABEL, bold: false, colour: SOFT };
        for (index, line) in self.x_title.1.iter().enumerate() {
            let baseline = self.x_title.0 + LABEL * (1.0 + 1.35 * small(index));
            pen.text(line, (field.left + field.width / 2.0, baseline), Anchor::Middle, look);
        }
        for (index, line) in self.y_title.iter().enumerate() {
            let lines_after = small(self.y_title.len() - 1 - index);
            let baseline = field.left - tick_width(self.plot) - 12.0 - lines_after * LABEL * 1.35;
            pen.text_upward(line, (baseline, field.top + field.height / 2.0), Anchor::Middle, look);
        }
    }

    fn lines(&self, pen: &mut Pen, series: &Series, dodge: f64) {
        let SeriesStyle::Points = series.style;
        let style = arm(series.arm);
        // A statistic that cannot be estimated leaves a gap.
        for run in series.marks.split(|mark| mark.y.is_none()) {
            let points: Vec<At> = run
                .iter()
                .filter_map(|mark| Some((self.field.across(mark.x) + dodge, self.field.down(mark.y?))))
                .collect();
            if points.len() > 1 {
                pen.dashed(&points, style.dashes, style.colour, 1.3);
            }
        }
    }

    fn marks(&self, pen: &mut Pen, series: &Series, dodge: f64) {
        let style = arm(series.arm);
        for mark in &series.marks {
            let Some(y) = mark.y else { continue };
            let across = self.field.across(mark.x) + dodge;
            if let Some((lower, upper)) = mark.interval {
                let (foot, head) = (self.field.down(lower), self.field.down(upper));
                pen.path(&[(across, foot), (across, head)], style.colour, 0.9);
                for end in [foot, head] {
                    pen.path(&[(across - CAP, end), (across + CAP, end)], style.colour, 0.9);
                }
            }
            // Paper around the mark keeps it apart from lines that pass behind it.
            pen.symbol(style.symbol, (across, self.field.down(y)), RADIUS + 0.7, PAPER);
            pen.symbol(style.symbol, (across, self.field.down(y)), RADIUS, style.colour);
        }
    }

    fn rows(&self, pen: &mut Pen) {
        if self.under.is_empty() {
            return;
        }
        let beside = left_of(self.plot, self.canvas.0, self.y_title.len()).1;
        let head = Lettering { size: TICK, bold: true, colour: INK };
        let mut top = self.under_head;
        pen.text(&text::line(&self.plot.under_head), (0.0, top), Anchor::Start, head);
        pen.path(&[(0.0, top + 4.0), (self.canvas.0, top + 4.0)], RULE, 0.5);
        top += TICK * 0.85;
        for under in &self.under {
            let colour = arm(under.arm).colour;
            let look = Lettering { size: TICK, bold: false, colour };
            pen.text(&under.label, (0.0, top + TICK * 0.9), Anchor::Start, look);
            if !beside {
                top += TICK * 1.35;
            }
            under.row.draw(pen, top, |size| Lettering { size, bold: false, colour: INK });
            top += under.row.height() + 2.5;
        }
    }
}
