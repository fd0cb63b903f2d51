//! Tables of shaded cells on paper: a heat map, or the outcomes of all completions of missing data.
//!
//! Panels stand side by side where they fit, with the labels of the rows once where all have the same; else below each
//! other, over pages if need be. All cells are equally large. The type is the largest that fits.

mod draw;
mod measure;

use super::fonts::{Face, Fonts};
use super::pen::At;
use super::sheet::{Turn, small};
use super::text;
use crate::display::{Grid, GridCell, GridPanel};
use measure::Cells;

/// What is tried, in this order: large type before small, upright before on its side.
const WAYS: [(Turn, f64); 9] = [
    (Turn::Portrait, 7.8),
    (Turn::Portrait, 7.2),
    (Turn::Landscape, 7.8),
    (Turn::Landscape, 7.2),
    (Turn::Portrait, 6.6),
    (Turn::Landscape, 6.6),
    (Turn::Portrait, 6.2),
    (Turn::Portrait, 6.0),
    (Turn::Landscape, 6.0),
];
/// Heights of a row that are tried, as shares of the size.
const AIRS: [f64; 3] = [2.3, 1.9, 1.6];
/// Rather panels below each other than side by side in smaller type than this.
const EASY: f64 = 6.6;
/// From line to line of one text, as a share of the size.
const PITCH: f64 = 1.25;
/// More room above a group, as a share of the size.
const GROUP: f64 = 0.7;
/// Between panels, and between lines of panels.
const GAP: f64 = 18.0;
const LINE_GAP: f64 = 18.0;
/// Above the legend.
const LEGEND_GAP: f64 = 12.0;
/// Half the heavy outline of a cell, which may lie at the edge of the canvas.
const EDGE: f64 = 1.0;

/// How a grid is set.
#[derive(Clone, Copy, Debug)]
struct Way {
    turn: Turn,
    size: f64,
    air: f64,
    /// Whether labels of columns run upward.
    upward: bool,
    /// Panels in a line.
    abreast: usize,
}

/// A grid laid out.
pub struct Sheet<'a> {
    grid: &'a Grid,
    /// How the paper lies.
    pub turn: Turn,
    way: Way,
    cells: Cells,
    entries: Vec<Entry>,
    /// One or several.
    pub pages: Vec<Page>,
}

/// What stands on one page.
#[derive(Clone, Debug, PartialEq)]
pub struct Page {
    /// Width and height of its canvas.
    pub canvas: At,
    /// Panels and where the upper left corners of their cells are.
    panels: Vec<Placed>,
    /// Where the legend begins, if it stands here.
    legend: Option<f64>,
}

/// A panel in its place.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Placed {
    panel: usize,
    /// Upper left corner of the first cell.
    corner: At,
    /// Whether the labels of its rows stand beside it.
    labelled: bool,
}

/// An entry of the legend: its place from the upper left of the legend, and the lines of its words.
struct Entry {
    at: At,
    lines: Vec<String>,
}

/// The grid in the largest type that fits, in the room of its first page and that of those that follow; none when no
/// type that can be read fits.
pub fn choose(grid: &Grid, first: impl Fn(Turn) -> At, next: impl Fn(Turn) -> At) -> Option<Sheet<'_>> {
    let set = |way: Way| Sheet::lay_out(grid, way, first(way.turn), next(way.turn));
    let ways = |abreast: usize, upward: bool| {
        let airs = move |(turn, size)| AIRS.into_iter().map(move |air| Way { turn, size, air, upward, abreast });
        WAYS.into_iter().flat_map(airs)
    };
    let count = grid.panels.len().max(1);
    let whole = |sheet: &Sheet| sheet.pages.len() == 1;
    // All side by side in type that is read with ease; then on fewer lines before more; then over pages.
    for abreast in (1..=count).rev() {
        let least = if abreast == 1 { 0.0 } else { EASY };
        for upward in [false, true] {
            let easy = ways(abreast, upward).filter(|way| way.size >= least);
            if let Some(sheet) = easy.filter_map(set).find(whole) {
                return Some(sheet);
            }
        }
    }
    (1..=count)
        .rev()
        .find_map(|abreast| [false, true].into_iter().find_map(|upward| ways(abreast, upward).find_map(set)))
}

impl<'a> Sheet<'a> {
    fn lay_out(grid: &'a Grid, way: Way, first: At, next: At) -> Option<Self> {
        let cells = Cells::of(grid, way, first.0)?;
        let (entries, legend) = legend(grid, &cells, way.size, first.0);
        let mut sheet = Self { grid, turn: way.turn, way, cells, entries, pages: Vec::new() };
        sheet.place(first, next, legend)?;
        Some(sheet)
    }

    /// Gives every panel its page and place; none when a line of panels is higher than a page.
    fn place(&mut self, first: At, next: At, legend: At) -> Option<()> {
        let mut page = Page { canvas: (legend.0, 0.0), panels: Vec::new(), legend: None };
        let mut room = first.1;
        let mut top = 0.0;
        for (index, line) in self.grid.panels.chunks(self.way.abreast).enumerate() {
            let head = line.iter().map(|panel| self.head_height(panel)).fold(0.0, f64::max);
            let body = line.iter().map(|panel| self.body_height(panel)).fold(0.0, f64::max) + EDGE;
            if top > 0.0 && top + head + body > room {
                self.pages.push(std::mem::replace(
                    &mut page,
                    Page { canvas: (legend.0, 0.0), panels: Vec::new(), legend: None },
                ));
                (room, top) = (next.1, 0.0);
            }
            if top + head + body > room {
                return None;
            }
            let mut left = 0.0;
            for (turn, panel) in line.iter().enumerate() {
                let labelled = turn == 0 || !self.cells.shared;
                left += if labelled { self.cells.lead } else { 0.0 };
                let panel_index = index * self.way.abreast + turn;
                page.panels.push(Placed { panel: panel_index, corner: (left, top + head), labelled });
                left += small(panel.columns.len()) * self.cells.width;
                page.canvas.0 = page.canvas.0.max(left + EDGE);
                left += GAP;
            }
            page.canvas.1 = top + head + body;
            top = page.canvas.1 + LINE_GAP;
        }
        if legend.1 > 0.0 {
            let begin = page.canvas.1 + LEGEND_GAP;
            if begin + legend.1 > room {
                self.pages
                    .push(std::mem::replace(&mut page, Page { canvas: legend, panels: Vec::new(), legend: Some(0.0) }));
            } else {
                page.legend = Some(begin);
                page.canvas.1 = begin + legend.1;
            }
        }
        self.pages.push(page);
        Some(())
    }

    /// Height of what stands above the cells of a panel.
    fn head_height(&self, panel: &GridPanel) -> f64 {
        let lines = |count: usize| small(count) * self.way.size * PITCH;
        let title = lines(self.title(panel).len()) + if panel.title.trim().is_empty() { 0.0 } else { 4.0 };
        let x_title = lines(self.x_title(panel).len()) + if panel.x_title.trim().is_empty() { 0.0 } else { 3.0 };
        title + x_title + self.cells.labels_above + 3.0
    }

    fn title(&self, panel: &GridPanel) -> Vec<String> {
        self.across(Face::SansBold, &panel.title, panel)
    }

    fn x_title(&self, panel: &GridPanel) -> Vec<String> {
        self.across(Face::Sans, &panel.x_title, panel)
    }

    /// The lines of a text over the columns of a panel.
    fn across(&self, face: Face, words: &str, panel: &GridPanel) -> Vec<String> {
        let words = text::line(words);
        if words.trim().is_empty() {
            return Vec::new();
        }
        text::wrap(face, self.way.size, &words, small(panel.columns.len()) * self.cells.width)
    }

    fn row_height(&self, panel: &GridPanel, row: usize) -> f64 {
        let lines = small(self.cells.row_label(&panel.rows[row].label, self.way.size).len());
        self.way.size * self.way.air.max(PITCH * lines + 0.3)
    }

    /// Where a row begins below the first.
    fn row_top(&self, panel: &GridPanel, row: usize) -> f64 {
        let gap = |at: usize| if at > 0 && panel.rows[at].opens_group { GROUP * self.way.size } else { 0.0 };
        (0..row).map(|at| self.row_height(panel, at) + gap(at)).sum::<f64>() + gap(row)
    }

    fn body_height(&self, panel: &GridPanel) -> f64 {
        panel.rows.len().checked_sub(1).map_or(0.0, |last| self.row_top(panel, last) + self.row_height(panel, last))
    }
}

/// The entries of the legend, one after the other on as many lines as they need; and the size of the whole.
fn legend(grid: &Grid, cells: &Cells, size: f64, width: f64) -> (Vec<Entry>, At) {
    const ENTRY_GAP: f64 = 16.0;
    const AWAY: f64 = 5.0;
    let line_height = size * 2.1;
    let (mut at, mut deepest, mut reach) = ((EDGE, EDGE), 1, 0.0_f64);
    let mut entries = Vec::new();
    for (cell, words) in &grid.legend {
        let lead = cells.sample(cell, size) + AWAY;
        let words = text::line(words);
        let lines = text::wrap(Face::Sans, size, &text::glued(&words), width - lead - 2.0 * EDGE);
        let wide = lead + lines.iter().map(|one| Fonts::get().width(Face::Sans, size, one)).fold(0.0, f64::max);
        if at.0 > EDGE && at.0 + wide > width - EDGE {
            at = (EDGE, at.1 + line_height + small(deepest - 1) * size * PITCH);
            deepest = 1;
        }
        reach = reach.max(at.0 + wide + EDGE);
        deepest = deepest.max(lines.len());
        entries.push(Entry { at, lines });
        at.0 += wide + ENTRY_GAP;
    }
    let height = if entries.is_empty() { 0.0 } else { at.1 + line_height + small(deepest - 1) * size * PITCH };
    (entries, (reach, height))
}

/// What makes a grid impossible to draw; empty when it can be.
pub fn faults(grid: &Grid) -> Vec<String> {
    let mut out = Vec::new();
    if grid.panels.is_empty() {
        out.push("the grid has no panels".to_owned());
    }
    let shade = |place: &str, cell: &GridCell| {
        (cell.shade > 100).then(|| format!("{place} has the shade {}, of 100 at most", cell.shade))
    };
    for (index, panel) in grid.panels.iter().enumerate() {
        let place = format!("panel {}", index + 1);
        if panel.rows.is_empty() || panel.columns.is_empty() {
            out.push(format!("{place} has no cells"));
        }
        for (index, row) in panel.rows.iter().enumerate() {
            if row.cells.len() != panel.columns.len() {
                let (cells, columns) = (row.cells.len(), panel.columns.len());
                out.push(format!("{place}, row {} has {cells} cells for {columns} columns", index + 1));
            }
            out.extend(row.cells.iter().filter_map(|cell| shade(&format!("{place}, row {}: a cell", index + 1), cell)));
        }
    }
    out.extend(grid.legend.iter().filter_map(|(cell, _)| shade("the legend: a cell", cell)));
    out
}

#[cfg(test)]
mod tests;
