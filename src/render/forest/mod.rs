//! A forest on paper: stubs and columns of text at the left, estimates with their intervals on one scale at the right.
//!
//! The largest type that fits on one page is chosen, down to what is read with ease; a longer forest goes on over
//! pages, each with its head and its scale. Numbers never wrap, stubs and words do.

mod draw;
mod measure;

use super::fonts::{Face, Fonts};
use super::pen::At;
use super::rows::{self, Rows, lines_high};
use super::scale::Scale;
use super::sheet::{Turn, small};
use super::sides::Sides;
use super::text;
use super::ticks::Row;
use super::{plot, table};
use crate::display::{Align, Cell, Column, Forest, ForestRow};
use measure::Widths;

/// What is tried, in this order: large type before small, upright before on its side.
const WAYS: [(Turn, f64); 9] = [
    (Turn::Portrait, 8.0),
    (Turn::Portrait, 7.4),
    (Turn::Landscape, 8.0),
    (Turn::Landscape, 7.4),
    (Turn::Portrait, 6.8),
    (Turn::Landscape, 6.8),
    (Turn::Portrait, 6.2),
    (Turn::Landscape, 6.2),
    (Turn::Landscape, 6.0),
];
/// Rather a second page than smaller type than this; and more pages than smaller type than that.
const EASY: f64 = 6.8;
const EASY_ON_PAGES: f64 = 7.4;
/// Heights of a row that are tried, as shares of the size.
const AIRS: [f64; 3] = [2.1, 1.8, 1.55];
/// The height of the rows of a forest of several pages.
const AIR_OF_PAGES: f64 = 1.8;
/// From line to line of one text, as a share of the size.
const PITCH: f64 = 1.25;
/// More room above a group, as a share of the size.
const GROUP: f64 = 0.5;
/// Size of the title of the axis and of the words at its sides.
const LABEL: f64 = 8.0;
/// From the axis to the outermost tick; the tips of arrows lie there.
const INSET: f64 = 7.0;

/// A forest laid out.
pub struct Sheet<'a> {
    forest: &'a Forest,
    /// How the paper lies.
    pub turn: Turn,
    size: f64,
    air: f64,
    widths: Widths,
    rows: Vec<Line>,
    shared: Rows,
    head: Vec<Vec<String>>,
    ticks: Row,
    title: Vec<String>,
    sides: Sides,
    /// One or several.
    pub pages: Vec<Page>,
}

/// The part of a forest that stands on one page.
#[derive(Clone, Debug, PartialEq)]
pub struct Page {
    /// Width and height of its canvas.
    pub canvas: At,
    /// Its rows, with the headings that are repeated.
    rows: Vec<usize>,
}

/// The texts of a row, a line each.
struct Line {
    stub: Vec<String>,
    cells: Vec<Vec<String>>,
}

/// The forest in the largest type that fits, in the room of its first page and that of those that follow; none when
/// its columns are wider than the paper.
pub fn choose(forest: &Forest, first: impl Fn(Turn) -> At, next: impl Fn(Turn) -> At) -> Option<Sheet<'_>> {
    let ways = || WAYS.into_iter().filter_map(|way| Some((way, Widths::of(forest, way.1, first(way.0).0)?)));
    let set = |((turn, size), widths): ((Turn, f64), Widths), air: f64| {
        Sheet::lay_out(forest, turn, size, air, widths).paged(first(turn).1, next(turn).1)
    };
    for way in ways().filter(|way| way.0.1 >= EASY) {
        let tried = AIRS.into_iter().filter_map(|air| set(way.clone(), air));
        if let Some(sheet) = tried.into_iter().find(|sheet| sheet.pages.len() == 1) {
            return Some(sheet);
        }
    }
    let paged = |least: f64| {
        let sheets = ways().filter(|way| way.0.1 >= least).filter_map(|way| set(way, AIR_OF_PAGES));
        // Of equally many pages the first is the one in the largest type.
        sheets.min_by_key(|sheet| sheet.pages.len())
    };
    paged(EASY_ON_PAGES).or_else(|| ways().find_map(|way| set(way, AIR_OF_PAGES)))
}

impl<'a> Sheet<'a> {
    fn lay_out(forest: &'a Forest, turn: Turn, size: f64, air: f64, widths: Widths) -> Self {
        let row = |row: &ForestRow| {
            let face = if row.heading { Face::SansBold } else { Face::Sans };
            let stub = text::line(&row.stub);
            let stub = text::wrap(face, size, &text::glued(&stub), widths.stub_room(forest, row));
            let cells = row.cells.iter().zip(&forest.columns).enumerate();
            let cells = cells.map(|(index, (cell, column))| match column.align {
                Align::Decimal => vec![text::line(&cell.text).into_owned()],
                Align::Left => {
                    text::wrap(Face::Sans, size, &text::line(&cell.text), widths.room(index) - marks(cell, size))
                }
            });
            Line { stub, cells: cells.collect() }
        };
        let rows: Vec<Line> = forest.rows.iter().map(row).collect();
        let shared = forest.rows.iter().zip(&rows).map(|(row, lines)| {
            let most = lines.cells.iter().map(Vec::len).fold(lines.stub.len(), usize::max);
            rows::Row { indent: row.indent, heading: row.heading, height: lines_high(size, air, PITCH, most) }
        });
        let shared = shared.collect();
        let head = forest.columns.iter().enumerate().map(|(index, column)| head(column, size, widths.room(index)));
        let stub_head = text::wrap(Face::SansBold, size, &text::line(&forest.stub_head), widths.stub);
        let (from, to) = (widths.field.0 + INSET, widths.field.0 + widths.field.1 - INSET);
        let scale = Scale::of(&forest.axis);
        let across = |at: f64| from + scale.share(at) * (to - from);
        let labels = forest.axis.ticks.iter().map(|(at, label)| (across(*at), text::line(label).into_owned()));
        let title = text::line(&forest.axis.title);
        let title =
            if title.trim().is_empty() { Vec::new() } else { text::wrap(Face::Sans, LABEL, &title, widths.field.1) };
        Self {
            forest,
            turn,
            size,
            air,
            shared: Rows::new(shared, GROUP * size),
            rows,
            head: std::iter::once(stub_head).chain(head).collect(),
            ticks: Row::set(&labels.collect::<Vec<_>>()),
            title,
            sides: Sides::lay_out(forest.sides.as_ref(), across(forest.reference), (0.0, widths.width)),
            pages: Vec::new(),
            widths,
        }
    }

    fn across(&self, at: f64) -> f64 {
        let (left, width) = self.widths.field;
        left + INSET + Scale::of(&self.forest.axis).share(at) * (width - 2.0 * INSET)
    }

    fn head_height(&self) -> f64 {
        let most = self.head.iter().map(Vec::len).max().unwrap_or(1);
        self.size * (0.9 + PITCH * small(most))
    }

    fn foot_height(&self) -> f64 {
        8.0 + self.ticks.height() + self.sides.height() + small(self.title.len()) * LABEL * 1.35
    }

    /// Shares the rows out over pages of these heights; none when a page has no room for a row.
    fn paged(mut self, first: f64, next: f64) -> Option<Self> {
        let around = self.head_height() + self.foot_height();
        let pages = self.shared.paged(first - around, next - around)?;
        let page = |rows: Vec<usize>| Page { canvas: (self.widths.width, around + self.shared.height(&rows)), rows };
        self.pages = pages.into_iter().map(page).collect();
        Some(self)
    }
}

/// The lines of the head of a column; the first of its lines is bold.
fn head(column: &Column, size: f64, room: f64) -> Vec<String> {
    let wrap = |(index, words): (usize, &String)| {
        let face = if index == 0 { Face::SansBold } else { Face::Sans };
        text::wrap(face, size, &text::glued(&text::line(words)), room)
    };
    column.head.iter().enumerate().flat_map(wrap).collect()
}

/// Width of the marks of footnotes behind a cell.
fn marks(cell: &Cell, size: f64) -> f64 {
    if cell.marks.is_empty() {
        0.0
    } else {
        Fonts::get().width(Face::Sans, size * table::MARK, &cell.marks.join(",")) + 0.5
    }
}

/// What makes a forest impossible to draw; empty when it can be.
pub fn faults(forest: &Forest) -> Vec<String> {
    let axis = &forest.axis;
    let mut out = plot::axis_faults("horizontal", axis);
    let within = |at: f64| at >= axis.from && at <= axis.to;
    if !within(forest.reference) {
        out.push(format!("the reference at {} is off the axis", forest.reference));
    }
    for (index, row) in forest.rows.iter().enumerate() {
        let place = format!("row {}", index + 1);
        let expected = if row.heading { 0 } else { forest.columns.len() };
        if row.cells.len() != expected {
            out.push(format!("{place} has {} cells for {expected} columns", row.cells.len()));
        }
        if row.heading && row.mark.is_some() {
            out.push(format!("{place} is a heading and has a mark"));
        }
        if let Some((estimate, (lower, upper))) = row.mark {
            if !within(estimate) {
                out.push(format!("the mark of {place} at {estimate} is off the axis"));
            }
            // An end may lie beyond the axis, even without end: an arrow says so.
            if lower.is_nan() || upper.is_nan() || lower > upper {
                out.push(format!("the interval of {place} runs from {lower} to {upper}"));
            }
        }
    }
    if forest.rows.is_empty() {
        out.push("the forest has no rows".to_owned());
    }
    out
}

#[cfg(test)]
mod tests;
