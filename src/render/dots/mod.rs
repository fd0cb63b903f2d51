//! Shares of each arm and their differences on paper: stubs at the left, two scales beside each other.
//!
//! Like a forest: the largest type that fits on one page is chosen, down to what is read with ease, and a longer figure
//! goes on over pages, each with its head, its legend and its two axes.

mod draw;
mod faults;

pub use faults::faults;

use super::fonts::{Face, Fonts};
use super::legend::Legend;
use super::pen::At;
use super::rows::{Row, Rows, lines_high};
use super::scale::Scale;
use super::sheet::{Turn, small};
use super::sides::Sides;
use super::text;
use super::ticks;
use crate::display::{Axis, DotRow, Dots};

/// What is tried: sizes of type, heights of a row as shares of them; and those of a figure over several pages.
const SIZES: [f64; 3] = [8.0, 7.4, 6.8];
const AIRS: [f64; 3] = [2.1, 1.8, 1.55];
const PAGED: (f64, f64) = (7.4, 1.8);
/// From line to line of one stub, as a share of the size.
const PITCH: f64 = 1.25;
/// Indent of a level of the stub, and more room above a group, as shares of the size.
const INDENT: f64 = 1.15;
const GROUP: f64 = 0.5;
/// Size of the titles of the axes.
const LABEL: f64 = 8.0;
/// From the edge of a scale to its outermost tick; the tips of arrows lie there.
const INSET: f64 = 8.0;
/// Between stubs and scales, between the two scales, and below the legend.
const AWAY: f64 = 8.0;
const BETWEEN: f64 = 16.0;
const LEGEND_GAP: f64 = 1.5;
/// Stubs have at most this share of the width.
const STUBS_MOST: f64 = 0.4;
/// Of the room of both scales, the share of the first.
const SHARES: f64 = 0.46;
/// Symbols of one row are so far apart.
const APART: f64 = 4.6;
/// Bars of one row are so far apart.
const BARS_APART: f64 = 6.4;
/// Width of a sample in the legend.
const SAMPLE: f64 = 7.0;

/// Shares and differences laid out.
pub struct Sheet<'a> {
    dots: &'a Dots,
    size: f64,
    width: f64,
    /// What stands above the stubs.
    head: Vec<String>,
    stubs: Vec<Vec<String>>,
    rows: Rows,
    shares: Field,
    /// None where no arms are compared: the shares have all the room.
    differences: Option<Field>,
    sides: Sides,
    legend: Legend,
    /// The arms that have differences, in the order of the arms.
    compared: Vec<usize>,
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

/// One of the two scales.
struct Field {
    left: f64,
    width: f64,
    scale: Scale,
    ticks: ticks::Row,
    title: Vec<String>,
}

impl Field {
    fn of(axis: &Axis, left: f64, width: f64) -> Self {
        let scale = Scale::of(axis);
        let across = |at: f64| left + INSET + scale.share(at) * (width - 2.0 * INSET);
        let labels = axis.ticks.iter().map(|(at, label)| (across(*at), text::line(label).into_owned()));
        let ticks = ticks::Row::set(&labels.collect::<Vec<_>>());
        let title = text::line(&axis.title);
        let title = if title.trim().is_empty() { Vec::new() } else { text::wrap(Face::Sans, LABEL, &title, width) };
        Self { left, width, scale, ticks, title }
    }

    fn across(&self, at: f64) -> f64 {
        self.left + INSET + self.scale.share(at) * (self.width - 2.0 * INSET)
    }
}

/// The figure in the largest type that fits, in the room of its first page and that of those that follow, and how the
/// paper lies; none when a row is higher than a page.
pub fn choose(dots: &Dots, first: impl Fn(Turn) -> At, next: impl Fn(Turn) -> At) -> Option<(Sheet<'_>, Turn)> {
    let turn = Turn::Portrait;
    let (first, next) = (first(turn), next(turn).1);
    for size in SIZES {
        let tried = AIRS.into_iter().filter_map(|air| Sheet::set(dots, size, air, first.0).paged(first.1, next));
        if let Some(sheet) = tried.into_iter().find(|sheet| sheet.pages.len() == 1) {
            return Some((sheet, turn));
        }
    }
    Some((Sheet::set(dots, PAGED.0, PAGED.1, first.0).paged(first.1, next)?, turn))
}

impl<'a> Sheet<'a> {
    fn set(dots: &'a Dots, size: f64, air: f64, width: f64) -> Self {
        let wide = |row: &DotRow| {
            let face = if row.heading { Face::SansBold } else { Face::Sans };
            Fonts::get().width(face, size, &text::line(&row.stub)) + indent(row, size) + 0.5
        };
        let stubs = dots.rows.iter().filter(|row| !row.heading).map(wide).fold(0.0, f64::max);
        let stub = stubs.clamp(width * 0.12, width * STUBS_MOST);
        let first_left = stub + AWAY;
        let (shares, differences) = fields(dots, first_left, width);
        let lines = |row: &DotRow| {
            let (face, room) = if row.heading { (Face::SansBold, width) } else { (Face::Sans, stub) };
            text::wrap(face, size, &text::glued(&text::line(&row.stub)), room - indent(row, size))
        };
        let stubs: Vec<Vec<String>> = dots.rows.iter().map(lines).collect();
        let mut compared: Vec<usize> = dots.rows.iter().flat_map(|row| &row.differences).map(|one| one.0).collect();
        compared.sort_unstable();
        compared.dedup();
        // Symbols beside each other need their room, whatever the type.
        let apart = if dots.grades.is_empty() { APART } else { BARS_APART };
        let least = (apart * small(dots.arms.len())).max(APART * small(compared.len())) + 3.0;
        let rows = dots.rows.iter().zip(&stubs).map(|(row, lines)| {
            let height = lines_high(size, air, PITCH, lines.len());
            Row {
                indent: row.indent,
                heading: row.heading,
                height: if row.heading { height } else { height.max(least) },
            }
        });
        let rows = Rows::new(rows.collect(), GROUP * size);
        let sides = differences.as_ref().map_or_else(
            || Sides::lay_out(None, 0.0, (0.0, width)),
            |field| Sides::lay_out(dots.sides.as_ref(), field.across(0.0), (field.left - BETWEEN / 2.0, width)),
        );
        let labels: Vec<(f64, &str)> =
            dots.arms.iter().chain(&dots.grades).map(|label| (SAMPLE, label.as_str())).collect();
        let head = text::line(&dots.stub_head);
        Self {
            dots,
            size,
            width,
            head: if head.trim().is_empty() { Vec::new() } else { text::wrap(Face::SansBold, size, &head, stub) },
            stubs,
            rows,
            sides,
            shares,
            differences,
            legend: Legend::lay_out(&labels, width - first_left),
            compared,
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

    /// Above the rows: the legend over the scales, the head of the stubs beside it.
    fn head_height(&self) -> f64 {
        let head = self.size * (0.9 + PITCH * small(self.head.len()));
        let legend = if self.legend.height > 0.0 { self.legend.height + LEGEND_GAP } else { 0.0 };
        head.max(legend)
    }

    fn foot_height(&self) -> f64 {
        let title = |field: &Field| field.ticks.height() + small(field.title.len()) * LABEL * 1.35;
        let right = self.differences.as_ref().map_or(0.0, |field| title(field) + self.sides.height());
        10.0 + title(&self.shares).max(right)
    }
}

/// The scales beside each other, from here to the right edge; the shares alone where there are no differences.
fn fields(dots: &Dots, left: f64, width: f64) -> (Field, Option<Field>) {
    let Some(differences) = &dots.differences else {
        return (Field::of(&dots.shares, left, width - left - overhang(&dots.shares)), None);
    };
    let free = width - left - BETWEEN - overhang(differences);
    let right = Field::of(differences, left + free * SHARES + BETWEEN, free * (1.0 - SHARES));
    (Field::of(&dots.shares, left, free * SHARES), Some(right))
}

/// How far the label of the last tick reaches beyond its scale.
fn overhang(axis: &Axis) -> f64 {
    let label = axis.ticks.last().map_or(0.0, |(_, label)| Fonts::get().width(Face::Sans, ticks::TICK, label));
    (label / 2.0 - INSET).max(0.0) + 1.0
}

fn indent(row: &DotRow, size: f64) -> f64 {
    f64::from(row.indent.min(8)) * INDENT * size
}

#[cfg(test)]
mod tests;
