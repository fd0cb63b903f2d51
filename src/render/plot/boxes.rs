//! Boxes and bars: how wide they are, how those of several arms stand beside each other, and their ink.

use super::field::Field;
use crate::display::{Mark, Plot, Series, SeriesStyle};
use crate::render::palette::{Colour, PAPER, arm};
use crate::render::pen::{At, Pen};
use crate::render::scale::Scale;
use crate::render::sheet::small;

/// Of the distance to the next position, the share that those at one position have together.
const SHARE: f64 = 0.8;
/// The widest slot of a box and of a bar, and how narrow they may be before a figure is crowded.
const BOX: (f64, f64) = (24.0, 5.0);
const BAR: (f64, f64) = (28.0, 2.0);
/// Width of a box or a bar as a share of its slot.
const BOX_FILLS: f64 = 0.76;
const BAR_FILLS: f64 = 0.86;
/// Width of the line of a median, and half the width of the cap of a whisker as a share of the slot.
pub(super) const MEDIAN: f64 = 1.6;
const CAP: f64 = 0.2;
/// How thick the bar of a value is that is zero or nearly so.
pub(super) const ZERO: f64 = 2.2;

/// Where boxes or bars of several series stand at one position.
#[derive(Clone, Copy, Debug)]
pub(super) struct Slots {
    /// Width of one.
    pub(super) width: f64,
    count: usize,
}

impl Slots {
    /// The slots of the series of this style.
    pub(super) fn of(field: &Field, series: &[Series], style: SeriesStyle) -> Self {
        let (positions, count) = positions(series, style, field.x);
        let wide = field.width - 2.0 * field.inset;
        let nearest = nearest(&positions) * wide;
        Self { width: (nearest * SHARE / small(count.max(1))).min(limits(style).0), count }
    }

    /// How far aside the one of this series of the style stands.
    pub(super) fn aside(&self, index: usize) -> f64 {
        if self.count <= 1 { 0.0 } else { (small(index) - small(self.count - 1) / 2.0) * self.width }
    }
}

const fn limits(style: SeriesStyle) -> (f64, f64) {
    if matches!(style, SeriesStyle::Boxes) { BOX } else { BAR }
}

/// The positions along the axis that have boxes or bars, and how many stand at one: as many as there are series if any
/// two share a position.
fn positions(series: &[Series], style: SeriesStyle, scale: Scale) -> (Vec<f64>, usize) {
    let own = || series.iter().filter(move |series| series.style == style);
    let mut all: Vec<f64> = own().flat_map(|series| &series.marks).map(|mark| mark.x).collect();
    let count = all.len();
    all.sort_by(f64::total_cmp);
    all.dedup_by(|a, b| a.to_bits() == b.to_bits());
    let together = if all.len() < count { own().count() } else { 1 };
    (all.into_iter().map(|x| scale.share(x)).collect(), together)
}

/// The least distance between neighbours, as a share of the axis.
fn nearest(positions: &[f64]) -> f64 {
    positions.windows(2).map(|pair| pair[1] - pair[0]).fold(0.5, f64::min)
}

/// From the edge of a field of this width to the ends of its axis: as far as boxes and bars at the ends reach.
pub(super) fn inset(plot: &Plot, least: f64, width: f64) -> f64 {
    let of = |style: SeriesStyle| {
        let (positions, count) = positions(&plot.series, style, Scale::of(&plot.x));
        let (Some(begin), Some(end)) = (positions.first(), positions.last()) else { return least };
        // The half of those at one position, less what the axis leaves beyond the outermost, as shares of the axis.
        let beyond = nearest(&positions) * SHARE / 2.0 - begin.min(1.0 - end);
        let widest = small(count) * limits(style).0 / 2.0;
        ((beyond * width + 3.0) / (1.0 + 2.0 * beyond.max(0.0))).min(widest + 3.0)
    };
    of(SeriesStyle::Boxes).max(of(SeriesStyle::Bars)).max(least)
}

/// Whether boxes or bars are too narrow to be told apart.
pub(super) fn are_crowded(field: &Field, series: &[Series]) -> bool {
    let narrow = |style: SeriesStyle| {
        series.iter().any(|series| series.style == style) && Slots::of(field, series, style).width < limits(style).1
    };
    narrow(SeriesStyle::Boxes) || narrow(SeriesStyle::Bars)
}

/// Draws the series of this style.
pub(super) fn draw(field: &Field, pen: &mut Pen, series: &[Series], style: SeriesStyle) {
    let slots = Slots::of(field, series, style);
    for (index, one) in series.iter().filter(|series| series.style == style).enumerate() {
        for mark in &one.marks {
            let across = field.across(mark.x) + slots.aside(index);
            match style {
                SeriesStyle::Boxes => one_box(field, pen, (one.arm, mark), across, slots.width),
                _ => bar(field, pen, (one.arm, mark), across, slots.width),
            }
        }
    }
}

fn one_box(field: &Field, pen: &mut Pen, (of, mark): (usize, &Mark), across: f64, slot: f64) {
    let Some(y) = mark.y else { return };
    let style = arm(of);
    let wide = slot * BOX_FILLS;
    let (lower, upper) = mark.quartiles.unwrap_or((y, y));
    if let Some((least, most)) = mark.interval {
        for (end, edge) in [(least, lower), (most, upper)] {
            let (end, edge) = (field.down(end), field.down(edge));
            pen.path(&[(across, edge), (across, end)], style.colour, 0.9);
            pen.path(&[(across - slot * CAP, end), (across + slot * CAP, end)], style.colour, 0.9);
        }
    }
    if mark.quartiles.is_some() {
        let (head, foot) = (field.down(upper), field.down(lower));
        pen.filled((across - wide / 2.0, head), (wide, foot - head), style.fill, style.colour);
    }
    median(pen, (across - wide / 2.0, field.down(y)), wide, style.colour);
}

/// The line of a median, from its left end; paper around it keeps it apart from a hatch.
pub(super) fn median(pen: &mut Pen, (left, down): At, wide: f64, colour: Colour) {
    const EDGE: f64 = 0.6;
    pen.path(&[(left + EDGE, down), (left + wide - EDGE, down)], PAPER, MEDIAN + 1.4);
    pen.path(&[(left, down), (left + wide, down)], colour, MEDIAN);
}

fn bar(field: &Field, pen: &mut Pen, (of, mark): (usize, &Mark), across: f64, slot: f64) {
    let Some(y) = mark.y else { return };
    let style = arm(of);
    let wide = slot * BAR_FILLS;
    let (zero, end) = (field.down(0.0), field.down(y));
    let high = (zero - end).abs();
    if high < ZERO / 2.0 {
        // Zero is shown as 0, not as nothing.
        pen.path(&[(across - wide / 2.0, zero), (across + wide / 2.0, zero)], style.colour, ZERO);
    } else {
        pen.filled((across - wide / 2.0, zero.min(end)), (wide, high), style.fill, style.colour);
    }
    if let Some(ends) = mark.interval {
        field.interval(pen, across, ends, style.colour);
    }
}
