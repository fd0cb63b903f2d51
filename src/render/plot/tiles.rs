//! Plots with axes of their own: in rows of one or two, over pages if need be, below one legend.

use super::legend::{self, Entry};
use super::{Frame, LABEL, Sheet, boxes, left_of, titled};
use crate::display::Panel;
use crate::render::fonts::Face;
use crate::render::palette::INK;
use crate::render::pen::{Anchor, At, Lettering, Pen};
use crate::render::sheet::{Turn, small};
use crate::render::text;

/// Between plots of a row, and between rows.
const GAP: f64 = 18.0;
const ROW_GAP: f64 = 13.0;
/// From line to line of a title, as a share of the size; and below it.
const PITCH: f64 = 1.3;
const BELOW_TITLE: f64 = 1.0;
/// Below the legend.
const LEGEND_GAP: f64 = 7.0;
/// Best height of a field as a share of its width.
const SHAPE: f64 = 0.6;
/// A field is not flatter than this share of the best height, nor lower than that.
const FLATTER: f64 = 0.72;
const LOWEST: f64 = 64.0;

/// Plots laid out.
pub struct Tiles<'a> {
    width: f64,
    legend: Vec<Entry<'a>>,
    legend_height: f64,
    plots: Vec<Tile<'a>>,
    columns: usize,
    /// One or several.
    pub pages: Vec<Page>,
}

/// The part that stands on one page.
#[derive(Clone, Debug, PartialEq)]
pub struct Page {
    /// Width and height of its canvas.
    pub canvas: At,
    /// Its tiles, and the upper left corner of each plot.
    tiles: Vec<(usize, At)>,
}

/// A plot below its title.
struct Tile<'a> {
    title: Vec<String>,
    sheet: Sheet<'a>,
}

/// Whether these plots can stand side by side on the same axes.
pub fn are_alike(panels: &[Panel]) -> bool {
    let alike = |pair: &[Panel]| {
        let (one, other) = (&pair[0].plot, &pair[1].plot);
        one.x == other.x && one.y == other.y && one.under_head == other.under_head
    };
    panels.len() <= super::panels::MOST && panels.windows(2).all(alike)
}

/// The plots in the way that shows them best, in the room of the first page and that of those that follow, and how the
/// paper lies; none when a page has no room for a row of them.
pub fn choose(panels: &[Panel], first: impl Fn(Turn) -> At, next: impl Fn(Turn) -> At) -> Option<(Tiles<'_>, Turn)> {
    let abreast = panels.len().clamp(1, 2);
    let ways = [(Turn::Portrait, abreast), (Turn::Portrait, 1), (Turn::Landscape, abreast), (Turn::Landscape, 1)];
    let mut laid: Vec<_> = ways
        .into_iter()
        .filter_map(|(turn, columns)| Some((Tiles::lay_out(panels, columns, SHAPE, first(turn), next(turn).1)?, turn)))
        .collect();
    let best = laid.iter().position(|(tiles, _)| !tiles.is_crowded()).unwrap_or(0);
    (best < laid.len()).then(|| laid.swap_remove(best))
}

impl<'a> Tiles<'a> {
    /// Lays the plots out, so many abreast, in the width of `first`, over as many pages as they need: the first as high
    /// as `first`, those that follow as high as `next`. `shape` is the best height of a field as a share of its width.
    /// None when a page has no room for a row.
    pub fn lay_out(panels: &'a [Panel], columns: usize, shape: f64, first: At, next: f64) -> Option<Self> {
        let width = (first.0 - small(columns - 1) * GAP) / small(columns);
        let named = legend::named(panels.iter().flat_map(|panel| &panel.plot.series));
        let (legend, legend_height) = legend::lay_out(named, 0.0, first.0);
        // What stands around the fields is known with a first guess of their height.
        let guess = (width * 0.8 * shape).max(LOWEST);
        let tiles = Self::tiles(panels, columns, width, guess);
        let field = tiles.iter().map(|tile| tile.sheet.field.width).fold(width, f64::min);
        let best = (field * shape).max(LOWEST);
        let mut sheet = Self { width: first.0, legend, legend_height, plots: tiles, columns, pages: Vec::new() };
        let rows = sheet.plots.len().div_ceil(columns);
        let fixed = sheet.height(0..rows) - guess * small(rows);
        let each = (first.1 - fixed) / small(rows.max(1));
        let one_page = each.min(best);
        let height = if one_page >= (best * FLATTER).max(LOWEST) { one_page } else { (best * 0.85).max(LOWEST) };
        sheet.plots = Self::tiles(panels, columns, width, height.floor());
        sheet.paged(first.1, next)
    }

    /// The plots with fields of this height; those of a column begin at the same place.
    fn tiles(panels: &'a [Panel], columns: usize, width: f64, height: f64) -> Vec<Tile<'a>> {
        let left = |panel: &Panel| {
            let title = titled(&text::line(&panel.plot.y.title), height);
            left_of(&panel.plot, width, title.len()).0
        };
        let of_column = |column: usize| panels.iter().skip(column).step_by(columns).map(left).fold(0.0, f64::max);
        let lefts: Vec<f64> = (0..columns).map(of_column).collect();
        let tile = |(index, panel): (usize, &'a Panel)| {
            let title = text::line(&panel.title);
            let left = lefts[index % columns];
            let room = width - left.min(width / 2.0);
            let title =
                if title.trim().is_empty() { Vec::new() } else { text::wrap(Face::SansBold, LABEL, &title, room) };
            Tile { title, sheet: Sheet::framed(&panel.plot, (width, height), Some(Frame { left })) }
        };
        panels.iter().enumerate().map(tile).collect()
    }

    fn row(&self, row: usize) -> &[Tile<'a>] {
        let from = row * self.columns;
        &self.plots[from..(from + self.columns).min(self.plots.len())]
    }

    fn title_height(&self, row: usize) -> f64 {
        let lines = self.row(row).iter().map(|tile| tile.title.len()).max().unwrap_or(0);
        if lines == 0 { 0.0 } else { small(lines) * LABEL * PITCH + BELOW_TITLE }
    }

    fn row_height(&self, row: usize) -> f64 {
        self.title_height(row) + self.row(row).iter().map(|tile| tile.sheet.canvas.1).fold(0.0, f64::max)
    }

    /// Height of a page with these rows.
    fn height(&self, rows: std::ops::Range<usize>) -> f64 {
        let gaps = small(rows.len().max(1) - 1) * ROW_GAP;
        self.legend_height + LEGEND_GAP + rows.map(|row| self.row_height(row)).sum::<f64>() + gaps
    }

    fn paged(mut self, first: f64, next: f64) -> Option<Self> {
        let rows = self.plots.len().div_ceil(self.columns);
        let (mut at, mut room) = (0, first);
        while at < rows {
            let mut end = at;
            while end < rows && self.height(at..end + 1) <= room + 1e-6 {
                end += 1;
            }
            if end == at {
                return None;
            }
            let mut page = Page { canvas: (self.width, self.height(at..end)), tiles: Vec::new() };
            let mut top = self.legend_height + LEGEND_GAP;
            for row in at..end {
                let width = (self.width - small(self.columns - 1) * GAP) / small(self.columns);
                for column in 0..self.row(row).len() {
                    let corner = (small(column) * (width + GAP), top + self.title_height(row));
                    page.tiles.push((row * self.columns + column, corner));
                }
                top += self.row_height(row) + ROW_GAP;
            }
            self.pages.push(page);
            (at, room) = (end, next);
        }
        Some(self)
    }

    fn is_crowded(&self) -> bool {
        let crowded = |Tile { sheet, .. }: &Tile| {
            sheet.ticks.lines > 1
                || sheet.under.iter().any(|under| under.row.lines > 1)
                || sheet.field.step(&sheet.plot.series) < 1.5 * super::CAP
                || boxes::are_crowded(&sheet.field, &sheet.plot.series)
        };
        self.plots.iter().any(crowded)
    }

    /// Draws one page.
    pub fn draw(&self, page: &Page, pen: &mut Pen) {
        for entry in &self.legend {
            entry.draw(pen);
        }
        for (index, corner) in &page.tiles {
            let tile = &self.plots[*index];
            for (line, words) in tile.title.iter().enumerate() {
                let after = small(tile.title.len() - 1 - line);
                let baseline = corner.1 - BELOW_TITLE - LABEL * (0.3 + PITCH * after);
                let look = Lettering { size: LABEL, bold: true, colour: INK };
                pen.text(words, (corner.0 + tile.sheet.field.left, baseline), Anchor::Start, look);
            }
            pen.at_corner(*corner, |pen| tile.sheet.draw(pen));
        }
    }
}
