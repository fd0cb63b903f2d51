//! A plot on paper: axes, light grid, marks with their intervals, legend above, rows of text below.
//!
//! All measures in points. The legend and the rows below lie outside the field of marks, so nothing can be hidden.

mod draw;

use super::fonts::{Face, Fonts};
use super::pen::At;
use super::sheet::small;
use super::text;
use crate::display::{Axis, Plot};

/// Size of axis titles and the legend.
const LABEL: f64 = 8.2;
/// Size of tick labels and of the rows below.
const TICK: f64 = 7.8;
/// Smallest size to which crowded labels shrink before they are staggered.
const TICK_LEAST: f64 = 6.2;
/// From the end of a sample line to its label, and from entry to entry.
const SAMPLE: f64 = 26.0;
const ENTRY_GAP: f64 = 20.0;
/// From the axis to the outermost tick.
const INSET: f64 = 16.0;
/// Radius of a mark, half the width of the cap of an interval.
const RADIUS: f64 = 2.7;
const CAP: f64 = 2.6;
/// Labels beside each other are at least so far apart.
const APART: f64 = 5.0;

/// A plot laid out.
pub struct Sheet<'a> {
    plot: &'a Plot,
    /// Width and height of the canvas.
    pub canvas: At,
    field: Field,
    legend: Vec<(At, Vec<String>)>,
    ticks: Row,
    under: Vec<Under>,
    under_head: f64,
    x_title: (f64, Vec<String>),
    y_title: Vec<String>,
}

/// The field of marks and its two scales.
#[derive(Clone, Copy, Debug)]
struct Field {
    left: f64,
    top: f64,
    width: f64,
    height: f64,
    x: (f64, f64),
    y: (f64, f64),
}

impl Field {
    fn across(&self, x: f64) -> f64 {
        self.left + INSET + (x - self.x.0) / (self.x.1 - self.x.0) * (self.width - 2.0 * INSET)
    }

    fn down(&self, y: f64) -> f64 {
        self.top + self.height * (1.0 - (y - self.y.0) / (self.y.1 - self.y.0))
    }
}

/// Texts centred under ticks, in one size, on as many lines as keep them apart.
struct Row {
    size: f64,
    places: Vec<(f64, usize, String)>,
    lines: usize,
}

impl Row {
    fn set(entries: &[(f64, String)]) -> Self {
        let mut size = TICK;
        loop {
            let row = Self::level(entries, size);
            if row.lines <= 1 || size <= TICK_LEAST {
                return row;
            }
            size -= 0.4;
        }
    }

    fn level(entries: &[(f64, String)], size: f64) -> Self {
        let mut ends: Vec<f64> = Vec::new();
        let places: Vec<_> = entries
            .iter()
            .map(|(at, words)| {
                let half = Fonts::get().width(Face::Sans, size, words) / 2.0;
                let line = ends.iter().position(|end| at - half >= end + APART).unwrap_or(ends.len());
                if line == ends.len() {
                    ends.push(0.0);
                }
                ends[line] = at + half;
                (*at, line, words.clone())
            })
            .collect();
        Self { size, places, lines: ends.len().max(1) }
    }

    fn height(&self) -> f64 {
        small(self.lines) * self.size * 1.35
    }
}

/// A row below the plot.
struct Under {
    arm: usize,
    label: String,
    row: Row,
}

/// The lines of the title of an axis; none for an empty one.
fn titled(title: &str, width: f64) -> Vec<String> {
    if title.trim().is_empty() { Vec::new() } else { text::wrap(Face::Sans, LABEL, title, width) }
}

/// Width of the labels of the vertical axis.
fn tick_width(plot: &Plot) -> f64 {
    plot.y.ticks.iter().map(|(_, label)| Fonts::get().width(Face::Sans, TICK, label)).fold(0.0, f64::max)
}

/// Where the plot ends at the left: room for tick labels, the title of the axis, or the labels of the rows below.
fn left_of(plot: &Plot, width: f64, titles: usize) -> (f64, bool) {
    let widest = |size: f64, words: &mut dyn Iterator<Item = &String>| {
        words.map(|word| Fonts::get().width(Face::Sans, size, word)).fold(0.0, f64::max)
    };
    let axis = tick_width(plot) + 12.0 + small(titles) * LABEL * 1.35;
    let first = widest(TICK, &mut plot.under.iter().filter_map(|row| row.cells.first()).map(|cell| &cell.text));
    let rows = widest(TICK, &mut plot.under.iter().map(|row| &row.label)) + 8.0 + first / 2.0 - INSET;
    // Long labels of rows stand above their rows instead.
    let beside = rows <= width * 0.26;
    (if beside { axis.max(rows) } else { axis }, beside)
}

/// The legend: where each entry stands, with the lines of its label; and its height. Entries follow each other, or
/// stand in columns where one line does not hold them.
fn legend(plot: &Plot, left: f64, width: f64) -> (Vec<(At, Vec<String>)>, f64) {
    let labels: Vec<Vec<String>> = plot
        .series
        .iter()
        .map(|series| text::wrap(Face::Sans, LABEL, &text::glued(&text::line(&series.label)), width - SAMPLE - 6.0))
        .collect();
    let wide = |lines: &Vec<String>| {
        SAMPLE + 6.0 + lines.iter().map(|one| Fonts::get().width(Face::Sans, LABEL, one)).fold(0.0, f64::max)
    };
    let widest = labels.iter().map(wide).fold(1.0, f64::max);
    let one_line = labels.iter().map(wide).sum::<f64>() + small(labels.len().saturating_sub(1)) * ENTRY_GAP <= width;
    let columns = (1..=labels.len()).rev().find(|n| small(*n) * (widest + ENTRY_GAP) - ENTRY_GAP <= width).unwrap_or(1);
    let mut entries = Vec::new();
    let mut pen = (left, 0.0);
    for row in labels.chunks(if one_line { labels.len().max(1) } else { columns }) {
        let lines = row.iter().map(Vec::len).max().unwrap_or(1);
        for label in row {
            entries.push((pen, label.clone()));
            pen.0 += if one_line { wide(label) } else { widest } + ENTRY_GAP;
        }
        pen = (left, pen.1 + LABEL * (1.5 + 1.25 * small(lines - 1)));
    }
    (entries, pen.1)
}

impl<'a> Sheet<'a> {
    /// Lays the plot out in this width and at most this height.
    pub fn lay_out(plot: &'a Plot, room: At) -> Self {
        let (width, _) = room;
        let fonts = Fonts::get();

        // The title of the vertical axis may take two lines; its length decides before the height is known.
        let y_words = text::line(&plot.y.title);
        let y_title = titled(&y_words, (room.1 * 0.6).max(90.0));
        let (left, beside) = left_of(plot, width, y_title.len());
        let last_label = plot.x.ticks.last().map_or(0.0, |(_, label)| fonts.width(Face::Sans, TICK, label) / 2.0);
        let right = (last_label - INSET).max(0.0) + 2.0;
        let mut field = Field {
            left,
            top: 0.0,
            width: width - left - right,
            height: 0.0,
            x: (plot.x.from, plot.x.to),
            y: (plot.y.from, plot.y.to),
        };

        let (legend, legend_height) = legend(plot, left, width - left);
        field.top = legend_height + 8.0;

        let centred = |texts: Vec<String>| {
            let at: Vec<f64> = plot.x.ticks.iter().map(|(x, _)| field.across(*x)).collect();
            Row::set(&at.into_iter().zip(texts).collect::<Vec<_>>())
        };
        let ticks = centred(plot.x.ticks.iter().map(|(_, label)| text::line(label).into_owned()).collect());
        let under: Vec<Under> = plot
            .under
            .iter()
            .map(|row| Under {
                arm: row.arm,
                label: text::line(&row.label).into_owned(),
                row: centred(row.cells.iter().map(|cell| text::line(&cell.text).into_owned()).collect()),
            })
            .collect();
        let x_title = titled(&text::line(&plot.x.title), field.width);

        let x_title_top = 6.0 + ticks.height() + 3.0;
        let x_title_height = small(x_title.len()) * LABEL * 1.35;
        let under_height = if under.is_empty() {
            0.0
        } else {
            let labels = if beside { 0.0 } else { small(under.len()) * TICK * 1.35 };
            14.0 + TICK * 0.85 + under.iter().map(|row| row.row.height() + 2.5).sum::<f64>() + labels
        };
        let below = x_title_top + x_title_height + under_height;
        // As high as differences need to be read, never higher than two thirds of the width.
        field.height = (room.1 - field.top - below).min(width * 0.66).max(110.0);
        let under_head = field.top + field.height + x_title_top + x_title_height + 14.0;
        Self {
            plot,
            canvas: (width, field.top + field.height + below),
            field,
            legend,
            ticks,
            under,
            under_head,
            x_title: (field.top + field.height + x_title_top, x_title),
            y_title,
        }
    }

    /// Whether the intervals of neighbouring arms run into each other in this width.
    pub fn is_crowded(&self) -> bool {
        self.step(self.plot.series.len()) < 1.5 * CAP
    }

    /// How far the marks of a series stand from their tick, so that intervals lie beside each other.
    fn dodge(&self, index: usize, count: usize) -> f64 {
        (small(index) - small(count.saturating_sub(1)) / 2.0) * self.step(count)
    }

    fn step(&self, count: usize) -> f64 {
        let mut at: Vec<f64> = self.plot.series.iter().flat_map(|series| &series.marks).map(|mark| mark.x).collect();
        at.sort_by(f64::total_cmp);
        at.dedup_by(|a, b| a.to_bits() == b.to_bits());
        let nearest = at
            .windows(2)
            .map(|pair| self.field.across(pair[1]) - self.field.across(pair[0]))
            .fold(self.field.width, f64::min);
        (nearest * 0.72 / small(count.max(1))).min(2.4 * CAP)
    }
}

/// What makes a plot impossible to draw; empty when it can be.
pub fn faults(plot: &Plot) -> Vec<String> {
    let mut out = Vec::new();
    let axes = [("horizontal", &plot.x), ("vertical", &plot.y)];
    for (name, axis) in axes {
        let Axis { from, to, .. } = *axis;
        if !(from.is_finite() && to.is_finite() && from < to) {
            out.push(format!("the {name} axis runs from {from} to {to}"));
        }
        out.extend(
            axis.ticks
                .iter()
                .filter(|(at, _)| !(*at >= from && *at <= to))
                .map(|(at, label)| format!("the tick “{label}” at {at} is off the {name} axis ({from} to {to})")),
        );
    }
    for series in &plot.series {
        for mark in &series.marks {
            let ends = mark.interval.map_or([None, None], |(lower, upper)| [Some(lower), Some(upper)]);
            let within = |axis: &Axis, at: f64| at >= axis.from && at <= axis.to;
            if !within(&plot.x, mark.x)
                || [mark.y, ends[0], ends[1]].into_iter().flatten().any(|at| !within(&plot.y, at))
            {
                out.push(format!("a mark of “{}” at {} is off the axes", series.label, mark.x));
            }
        }
    }
    for row in &plot.under {
        if row.cells.len() != plot.x.ticks.len() {
            let (cells, ticks) = (row.cells.len(), plot.x.ticks.len());
            out.push(format!("the row “{}” below the plot has {cells} entries for {ticks} ticks", row.label));
        }
    }
    out
}

#[cfg(test)]
mod tests;
