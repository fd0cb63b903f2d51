//! A plot on paper: axes, light grid, series of marks, legend above, rows of text below. Alone, several side by side on
//! the same axes, or several with axes of their own.
//!
//! All measures in points. The legend and the rows below lie outside the field of marks, so nothing can be hidden.
//! Points of neighbouring arms stand a little beside each other; steps and thin lines stand where they are.

mod boxes;
mod draw;
mod faults;
mod field;
mod legend;
mod panels;
mod scatter;
pub mod stack;
pub mod tiles;

pub use faults::{axis as axis_faults, faults, of_panels as panel_faults, of_stack as stack_faults};
pub use panels::choose as choose_panels;
pub use tiles::{are_alike, choose as choose_tiles};

use super::fonts::{Face, Fonts};
use super::pen::At;
use super::scale::Scale;
use super::sheet::small;
use super::text;
use super::ticks::{Row, TICK};
use crate::display::{Plot, ReferenceLine, SeriesStyle, UnderRow};
use field::Field;
use legend::Entry;

/// Size of axis titles and the legend.
const LABEL: f64 = 8.2;
/// From the axis to the outermost tick.
const INSET: f64 = 16.0;
/// Radius of a mark, half the width of the cap of an interval.
const RADIUS: f64 = 2.7;
const CAP: f64 = 2.6;
/// From line to line, as a share of the size.
const PITCH: f64 = 1.35;

/// A plot laid out.
pub struct Sheet<'a> {
    plot: &'a Plot,
    /// Width and height of the canvas.
    pub canvas: At,
    field: Field,
    legend: Vec<Entry<'a>>,
    ticks: Row,
    under: Vec<Under>,
    /// Whether the labels of the rows below stand beside them, not above.
    beside: bool,
    under_head: (f64, Vec<String>),
    x_title: (f64, Vec<String>),
    y_title: Vec<String>,
}

/// A row below the plot.
struct Under {
    arm: usize,
    label: String,
    row: Row,
}

/// What a plot inside a figure is told.
#[derive(Clone, Copy, Debug)]
struct Frame {
    /// Its field begins there, or further right.
    left: f64,
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

/// The lines of the heading of the rows below; none without rows.
fn under_heading(plot: &Plot, width: f64) -> Vec<String> {
    let words = text::line(&plot.under_head);
    if words.trim().is_empty() { Vec::new() } else { text::wrap(Face::SansBold, TICK, &words, width) }
}

/// Height of rows below a plot, with their heading.
fn under_height(under: &[Under], head: usize, beside: bool) -> f64 {
    if under.is_empty() {
        return 0.0;
    }
    let labelled = under.iter().filter(|row| !beside && !row.label.trim().is_empty()).count();
    let rows = under.iter().map(|row| row.row.height() + UNDER_GAP).sum::<f64>();
    UNDER_HEAD + small(head.saturating_sub(1)) * TICK * PITCH + rows + small(labelled) * TICK * PITCH
}

/// Below the titles of a plot to the baseline of the heading of its rows; with what follows to the first of them.
const UNDER_TOP: f64 = 14.0;
const UNDER_HEAD: f64 = UNDER_TOP + TICK * 0.85;
/// Between rows below a plot.
const UNDER_GAP: f64 = 2.5;

impl<'a> Sheet<'a> {
    /// Lays the plot out in this width and at most this height.
    pub fn lay_out(plot: &'a Plot, room: At) -> Self {
        Self::framed(plot, room, None)
    }

    /// Lays the plot out in this room; in a frame without a legend of its own, its field as high as the room.
    fn framed(plot: &'a Plot, room: At, frame: Option<Frame>) -> Self {
        let (width, _) = room;
        let fonts = Fonts::get();

        // The title of the vertical axis may take two lines; its length decides before the height is known.
        let y_words = text::line(&plot.y.title);
        let length = if frame.is_some() { room.1 } else { (room.1 * 0.6).max(90.0) };
        let y_title = titled(&y_words, length);
        let (left, beside) = left_of(plot, width, y_title.len());
        let left = frame.map_or(left, |frame| left.max(frame.left));
        let last_label = plot.x.ticks.last().map_or(0.0, |(_, label)| fonts.width(Face::Sans, TICK, label) / 2.0);
        let right = (last_label - INSET).max(0.0) + 2.0;
        let mut field = Field {
            left,
            top: 0.0,
            width: width - left - right,
            height: 0.0,
            inset: boxes::inset(plot, INSET, width - left - right),
            x: Scale::of(&plot.x),
            y: Scale::of(&plot.y),
        };

        let named = if frame.is_some() { Vec::new() } else { legend::named(plot.series.iter()) };
        let (legend, legend_height) = legend::lay_out(named, left, width - left);
        field.top = legend_height + 8.0;

        let ticks = field.under_ticks(&plot.x, plot.x.ticks.iter().map(|(_, label)| label.as_str()));
        let under = under(plot, &field);
        let x_title = titled(&text::line(&plot.x.title), field.width);

        let x_title_top = 6.0 + ticks.height() + 3.0;
        let x_title_height = small(x_title.len()) * LABEL * PITCH;
        let under_head = under_heading(plot, width);
        let below = x_title_top + x_title_height + under_height(&under, under_head.len(), beside);
        // As high as differences need to be read, never higher than two thirds of the width; or square, where positions
        // on both axes are compared.
        let highest = if plot.lines.contains(&ReferenceLine::Diagonal) { field.width } else { width * 0.66 };
        let height = (room.1 - field.top - below).min(highest).max(110.0);
        field.height = if frame.is_some() { room.1 } else { height };
        let under_top = field.top + field.height + x_title_top + x_title_height + UNDER_TOP;
        Self {
            plot,
            canvas: (width, field.top + field.height + below),
            field,
            legend,
            ticks,
            under,
            beside,
            under_head: (under_top, under_head),
            x_title: (field.top + field.height + x_title_top, x_title),
            y_title,
        }
    }

    /// The same with other distances from the edges of the field to the ends of its axis.
    fn inset(&mut self, inset: f64) {
        self.field.inset = inset;
        let plot = self.plot;
        self.ticks = self.field.under_ticks(&plot.x, plot.x.ticks.iter().map(|(_, label)| label.as_str()));
        self.under = under(plot, &self.field);
    }

    /// Whether the intervals of neighbouring arms run into each other in this width, or the counts below a step
    /// function do.
    pub fn is_crowded(&self) -> bool {
        let stairs = self.plot.series.iter().any(|series| series.style == SeriesStyle::Steps);
        self.field.step(&self.plot.series) < 1.5 * CAP
            || boxes::are_crowded(&self.field, &self.plot.series)
            || stairs && self.under.iter().any(|under| under.row.lines > 1)
    }
}

/// The rows below a plot whose field this is.
fn under(plot: &Plot, field: &Field) -> Vec<Under> {
    let one = |row: &UnderRow| Under {
        arm: row.arm,
        label: text::line(&row.label).into_owned(),
        row: field.under_ticks(&plot.x, row.cells.iter().map(|cell| cell.text.as_str())),
    };
    plot.under.iter().map(one).collect()
}

#[cfg(test)]
mod tests;
