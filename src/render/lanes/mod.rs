//! Lanes over time on paper: labels at the left, stretches and symbols over one axis, a legend above.
//!
//! The largest type that fits on one page is chosen, down to what is read with ease; many lanes go on over pages, each
//! with the legend and the axis. A kind of stretch has its fill, a kind of mark its shape; a stretch of a kind that
//! meets an earlier kind in some lane is narrower, so that both are seen.

mod draw;
mod faults;

pub use faults::faults;

use super::fonts::{Face, Fonts};
use super::legend::Legend;
use super::palette::{self, Symbol};
use super::pen::At;
use super::rows::{Row, Rows, lines_high};
use super::scale::Scale;
use super::sheet::Turn;
use super::text;
use super::ticks;
use crate::display::{Lane, Lanes};

/// Sizes of type that are tried, heights of a lane as shares of them, and those of lanes over several pages.
const SIZES: [f64; 3] = [8.0, 7.4, 6.8];
const AIRS: [f64; 4] = [2.0, 1.8, 1.6, 1.45];
const PAGED: (f64, f64) = (7.4, 1.7);
/// From line to line of one label, as a share of the size.
const PITCH: f64 = 1.25;
/// More room above a group, as a share of the size.
const GROUP: f64 = 0.6;
/// Size of the title of the axis.
const LABEL: f64 = 8.0;
/// From the edge of the field to the ends of the axis; the tips of arrows lie there.
const INSET: f64 = 9.0;
/// Labels have at most this share of the width.
const LABELS_MOST: f64 = 0.34;
/// Between labels and the field, and below the legend.
const AWAY: f64 = 6.0;
const LEGEND_GAP: f64 = 7.0;
/// Width of the samples of stretches and of marks in the legend.
const STRETCH: f64 = 20.0;
const MARK: f64 = 7.0;

/// Lanes laid out.
pub struct Sheet<'a> {
    lanes: &'a Lanes,
    size: f64,
    width: f64,
    /// Left edge and width of the field.
    field: (f64, f64),
    scale: Scale,
    lines: Vec<Line<'a>>,
    rows: Rows,
    /// For each kind of stretch how many kinds it may lie over.
    levels: Vec<usize>,
    legend: Legend,
    ticks: ticks::Row,
    title: Vec<String>,
    /// One or several.
    pub pages: Vec<Page>,
}

/// The part that stands on one page.
#[derive(Clone, Debug, PartialEq)]
pub struct Page {
    /// Width and height of its canvas.
    pub canvas: At,
    /// Its rows, with the headings that are repeated.
    rows: Vec<usize>,
}

/// A heading, or a lane with its label.
struct Line<'a> {
    words: Vec<String>,
    /// Where the words begin.
    indent: f64,
    lane: Option<&'a Lane>,
}

/// The lanes on upright paper, in the room of the first page and that of those that follow; none when a lane is higher
/// than a page.
pub fn choose(lanes: &Lanes, first: impl Fn(Turn) -> At, next: impl Fn(Turn) -> At) -> Option<(Sheet<'_>, Turn)> {
    Some((Sheet::lay_out(lanes, first(Turn::Portrait), next(Turn::Portrait).1)?, Turn::Portrait))
}

impl<'a> Sheet<'a> {
    /// Lays the lanes out in the width of `first`, over as many pages as they need: the first as high as `first`, those
    /// that follow as high as `next`. None when a lane is higher than a page.
    pub fn lay_out(lanes: &'a Lanes, first: At, next: f64) -> Option<Self> {
        for size in SIZES {
            let tried = AIRS.into_iter().filter_map(|air| Self::set(lanes, size, air, first.0).paged(first.1, next));
            if let Some(sheet) = tried.into_iter().find(|sheet| sheet.pages.len() == 1) {
                return Some(sheet);
            }
        }
        Self::set(lanes, PAGED.0, PAGED.1, first.0).paged(first.1, next)
    }

    fn set(lanes: &'a Lanes, size: f64, air: f64, width: f64) -> Self {
        let fonts = Fonts::get();
        let labels = || lanes.groups.iter().flat_map(|group| group.lanes.iter().map(move |lane| (group, lane)));
        let indent = |titled: bool| if titled { size } else { 0.0 };
        let titled = |title: &str| !title.trim().is_empty();
        let widest = labels()
            .map(|(group, lane)| {
                indent(titled(&group.title)) + fonts.width(Face::Sans, size, &text::line(&lane.label)) + 0.5
            })
            .fold(0.0, f64::max)
            .min(width * LABELS_MOST);
        let mut lines = Vec::new();
        let mut rows = Vec::new();
        for group in &lanes.groups {
            let titled = titled(&group.title);
            if titled {
                let words = text::wrap(Face::SansBold, size, &text::glued(&text::line(&group.title)), width);
                let height = lines_high(size, 1.8, PITCH, words.len());
                rows.push(Row { indent: 0, heading: true, height });
                lines.push(Line { words, indent: 0.0, lane: None });
            }
            for lane in &group.lanes {
                let indent = indent(titled);
                let words = text::wrap(Face::Sans, size, &text::glued(&text::line(&lane.label)), widest - indent);
                let height = lines_high(size, air, PITCH, words.len());
                rows.push(Row { indent: u8::from(titled), heading: false, height });
                lines.push(Line { words, indent, lane: Some(lane) });
            }
        }
        let last = lanes.x.ticks.last().map_or(0.0, |(_, label)| fonts.width(Face::Sans, ticks::TICK, label) / 2.0);
        let left = widest + AWAY;
        let field = (left, width - left - (last - INSET).max(0.0) - 1.0);
        let scale = Scale::of(&lanes.x);
        let across = |at: f64| field.0 + INSET + scale.share(at) * (field.1 - 2.0 * INSET);
        let labels = lanes.x.ticks.iter().map(|(at, label)| (across(*at), text::line(label).into_owned()));
        let title = text::line(&lanes.x.title);
        let stretches = lanes.segments.iter().map(|(label, _)| (STRETCH, label.as_str()));
        let marks = lanes.marks.iter().map(|label| (MARK, label.as_str()));
        Self {
            lanes,
            size,
            width,
            field,
            scale,
            lines,
            rows: Rows::new(rows, GROUP * size),
            levels: levels(lanes),
            legend: Legend::lay_out(&stretches.chain(marks).collect::<Vec<_>>(), width),
            ticks: ticks::Row::set(&labels.collect::<Vec<_>>()),
            title: if title.trim().is_empty() { Vec::new() } else { text::wrap(Face::Sans, LABEL, &title, field.1) },
            pages: Vec::new(),
        }
    }

    fn paged(mut self, first: f64, next: f64) -> Option<Self> {
        let around = self.head_height() + self.foot_height();
        let pages = self.rows.paged(first - around, next - around)?;
        let page = |rows: Vec<usize>| Page { canvas: (self.width, around + self.rows.height(&rows)), rows };
        self.pages = pages.into_iter().map(page).collect();
        Some(self)
    }

    fn across(&self, at: f64) -> f64 {
        self.field.0 + INSET + self.scale.share(at) * (self.field.1 - 2.0 * INSET)
    }

    fn head_height(&self) -> f64 {
        if self.legend.height > 0.0 { self.legend.height + LEGEND_GAP } else { 1.0 }
    }

    fn foot_height(&self) -> f64 {
        8.0 + self.ticks.height() + super::sheet::small(self.title.len()) * LABEL * 1.35 + 2.0
    }
}

/// For each kind of stretch how many kinds it may lie over: one more than any earlier kind it shares a lane with.
fn levels(lanes: &Lanes) -> Vec<usize> {
    let mut levels: Vec<usize> = Vec::new();
    let all = || lanes.groups.iter().flat_map(|group| &group.lanes);
    for kind in 0..lanes.segments.len() {
        let has = |lane: &Lane, kind: usize| lane.segments.iter().any(|segment| segment.kind == kind);
        let below = (0..kind).filter(|other| all().any(|lane| has(lane, kind) && has(lane, *other)));
        let level = below.map(|other| levels[other] + 1).max().unwrap_or(0);
        levels.push(level);
    }
    levels
}

/// The shape of a kind of mark.
fn shape(kind: usize) -> Symbol {
    palette::kind(kind)
}

#[cfg(test)]
mod tests;
