//! The legend of one plot, or of several on the same axes: above the field, so that it hides nothing.

use super::field::{EDGE, LINE, PLANNED, REFERENCE, THIN, censored};
use super::{LABEL, RADIUS, boxes};
use crate::display::{Series, SeriesStyle};
use crate::render::fonts::{Face, Fonts};
use crate::render::palette::{INK, SOFT, Symbol, arm, pale};
use crate::render::pen::{Anchor, At, Lettering, Pen};
use crate::render::sheet::small;
use crate::render::text;

/// From the end of a sample line to its label, and from entry to entry.
pub(super) const SAMPLE: f64 = 26.0;
const ENTRY_GAP: f64 = 20.0;

/// A series, where its entry stands, and the lines of its label.
pub(super) struct Entry<'a> {
    pub(super) series: &'a Series,
    pub(super) at: At,
    pub(super) lines: Vec<String>,
}

/// The series that a legend names; of several that look and are called the same, the one that shows most.
pub(super) fn named<'a>(series: impl Iterator<Item = &'a Series>) -> Vec<&'a Series> {
    let shows = |one: &Series| (!one.censored.is_empty(), one.marks.iter().any(|mark| mark.interval.is_some()));
    let mut out: Vec<&Series> = Vec::new();
    for one in series.filter(|series| !series.label.trim().is_empty()) {
        let alike = |other: &&mut &Series| other.label == one.label && other.arm == one.arm && other.style == one.style;
        match out.iter_mut().find(alike) {
            Some(other) if shows(other) < shows(one) => *other = one,
            Some(_) => {}
            None => out.push(one),
        }
    }
    out
}

/// The entries and their height. They follow each other, or stand in columns where one line does not hold them.
pub(super) fn lay_out(series: Vec<&Series>, left: f64, width: f64) -> (Vec<Entry<'_>>, f64) {
    let wrapped =
        |series: &Series| text::wrap(Face::Sans, LABEL, &text::glued(&text::line(&series.label)), width - SAMPLE - 6.0);
    let labels: Vec<(&Series, Vec<String>)> = series.into_iter().map(|one| (one, wrapped(one))).collect();
    let wide = |lines: &Vec<String>| {
        SAMPLE + 6.0 + lines.iter().map(|one| Fonts::get().width(Face::Sans, LABEL, one)).fold(0.0, f64::max)
    };
    let widest = labels.iter().map(|label| wide(&label.1)).fold(1.0, f64::max);
    let gaps = small(labels.len().saturating_sub(1)) * ENTRY_GAP;
    let one_line = labels.iter().map(|label| wide(&label.1)).sum::<f64>() + gaps <= width;
    let columns = (1..=labels.len()).rev().find(|n| small(*n) * (widest + ENTRY_GAP) - ENTRY_GAP <= width).unwrap_or(1);
    let mut entries = Vec::new();
    let mut pen = (left, 0.0);
    for row in labels.chunks(if one_line { labels.len().max(1) } else { columns }) {
        let deepest = row.iter().map(|label| label.1.len()).max().unwrap_or(1);
        for (series, lines) in row {
            entries.push(Entry { series, at: pen, lines: lines.clone() });
            pen.0 += if one_line { wide(lines) } else { widest } + ENTRY_GAP;
        }
        pen = (left, pen.1 + LABEL * (1.5 + 1.25 * small(deepest - 1)));
    }
    (entries, pen.1)
}

impl Entry<'_> {
    pub(super) fn draw(&self, pen: &mut Pen) {
        let style = arm(self.series.arm);
        let (left, right) = (self.at.0, self.at.0 + SAMPLE);
        let middle = self.at.1 + LABEL * 0.75;
        match self.series.style {
            SeriesStyle::Scatter => pen.symbol(style.symbol, (left + SAMPLE / 2.0, middle), RADIUS, style.colour),
            SeriesStyle::Boxes => {
                let (corner, size) = ((left + 6.0, middle - LABEL * 0.5), (SAMPLE - 12.0, LABEL));
                pen.filled(corner, size, style.fill, style.colour);
                boxes::median(pen, (corner.0, middle), size.0, style.colour);
            }
            SeriesStyle::Bars => {
                let (corner, size) = ((left + 6.0, middle - LABEL * 0.45), (SAMPLE - 12.0, LABEL * 0.9));
                pen.filled(corner, size, style.fill, style.colour);
            }
            SeriesStyle::Points | SeriesStyle::Joined => {
                pen.dashed(&[(left, middle), (right, middle)], style.dashes, style.colour, LINE);
                pen.symbol(style.symbol, (left + SAMPLE / 2.0, middle), RADIUS, style.colour);
            }
            SeriesStyle::Steps => {
                if self.series.marks.iter().any(|mark| mark.interval.is_some()) {
                    let (head, foot) = (middle - LABEL * 0.45, middle + LABEL * 0.45);
                    pen.veil(&[(left, head), (right, head), (right, foot), (left, foot)], style.colour);
                    for edge in [head, foot] {
                        pen.path(&[(left, edge), (right, edge)], pale(style.colour), EDGE);
                    }
                }
                pen.dashed(&[(left, middle), (right, middle)], style.dashes, style.colour, LINE);
                if !self.series.censored.is_empty() {
                    censored(pen, (left + SAMPLE / 2.0, middle), style.colour);
                }
            }
            SeriesStyle::Fan => {
                let (head, foot) = (middle - LABEL * 0.45, middle + LABEL * 0.45);
                pen.veil(&[(left, middle), (right, head), (right, foot)], style.colour);
                pen.dashed(&[(left, middle), (right, middle)], &REFERENCE, style.colour, LINE);
            }
            SeriesStyle::Planned => {
                pen.path(&[(left, middle), (right, middle)], SOFT, PLANNED);
                pen.mark(Symbol::OpenDiamond, (left + SAMPLE / 2.0, middle), RADIUS, SOFT);
            }
            SeriesStyle::Thin => pen.path(&[(left, middle), (right, middle)], pale(style.colour), THIN),
        }
        for (index, line) in self.lines.iter().enumerate() {
            let baseline = middle + LABEL * (0.36 + 1.25 * small(index));
            let look = Lettering { size: LABEL, bold: false, colour: INK };
            pen.text(line, (right + 6.0, baseline), Anchor::Start, look);
        }
    }
}
