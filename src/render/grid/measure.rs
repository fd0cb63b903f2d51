//! How large the cells of a grid are, and how much room its labels take.

use super::{EDGE, GAP, PITCH, Way};
use crate::display::{Grid, GridCell, GridPanel};
use crate::render::fonts::{Face, Fonts};
use crate::render::sheet::small;
use crate::render::text;

/// Labels of rows wrap beyond this share of the width, labels of columns that run upward beyond this length.
const LABELS_MOST: f64 = 0.3;
const UPWARD_MOST: f64 = 120.0;
/// From the labels of the rows to the cells.
const AWAY: f64 = 5.0;
/// The widest cell, and the narrowest, in em.
const WIDEST: f64 = 6.5;
const NARROWEST: f64 = 1.9;
/// Free at either side of the text of a cell, and of the label of a column, in em.
const PAD: f64 = 0.4;
const LABEL_PAD: f64 = 0.2;

/// Measures of a grid.
pub(super) struct Cells {
    /// Width of a cell.
    pub(super) width: f64,
    /// From the left edge of a panel to its cells.
    pub(super) lead: f64,
    /// Width in which labels of rows are set.
    labels: f64,
    /// Height of the labels of columns.
    pub(super) labels_above: f64,
    /// Whether all panels have the same rows, so that those of a line are labelled once.
    pub(super) shared: bool,
    upward: bool,
}

impl Cells {
    /// The measures with so many panels abreast; none when they do not fit in the width.
    pub(super) fn of(grid: &Grid, way: Way, width: f64) -> Option<Self> {
        let size = way.size;
        let wide = |words: &str| Fonts::get().width(Face::Sans, size, &text::line(words));
        let rows = || grid.panels.iter().flat_map(|panel| &panel.rows);
        let columns = || grid.panels.iter().flat_map(|panel| &panel.columns);

        let labels = rows().map(|row| wide(&row.label)).fold(0.0, f64::max).min(width * LABELS_MOST) + 0.5;
        let titles = grid.panels.iter().map(|panel| y_title(panel, way).len()).max().unwrap_or(0);
        let title = if titles == 0 { 0.0 } else { size * (0.45 + PITCH * small(titles)) };
        let lead = title + labels + AWAY;
        let shared = grid.panels.windows(2).all(|pair| same_rows(&pair[0], &pair[1]));

        let texts = rows().flat_map(|row| &row.cells).map(|cell| wide(&cell.text) + 2.0 * PAD * size);
        let mut least = texts.fold(NARROWEST * size, f64::max);
        for label in columns() {
            let label = text::line(label);
            least = least.max(if way.upward {
                small(text::wrap(Face::Sans, size, &label, UPWARD_MOST).len()) * PITCH * size
            } else {
                text::longest_word(Face::Sans, size, &text::glued(&label)) + 2.0 * LABEL_PAD * size
            });
        }
        // The line with most columns decides for all.
        let cells = |line: &[GridPanel]| line.iter().map(|panel| panel.columns.len()).sum::<usize>();
        let fixed = |line: &[GridPanel]| {
            let leads = if shared { 1 } else { line.len() };
            small(leads) * lead + small(line.len().max(1) - 1) * GAP + EDGE
        };
        let room = |line: &[GridPanel]| (width - fixed(line)) / small(cells(line).max(1));
        let most = grid.panels.chunks(way.abreast).map(room).fold(WIDEST * size, f64::min);
        if most < least {
            return None;
        }
        let mut measured = Self { width: most, lead, labels, labels_above: 0.0, shared, upward: way.upward };
        measured.labels_above = columns().map(|label| measured.label_height(label, size)).fold(0.0, f64::max);
        Some(measured)
    }

    /// The lines of the label of a row.
    pub(super) fn row_label(&self, label: &str, size: f64) -> Vec<String> {
        text::wrap(Face::Sans, size, &text::line(label), self.labels)
    }

    /// The lines of the label of a column.
    pub(super) fn column_label(&self, label: &str, size: f64) -> Vec<String> {
        let label = text::line(label);
        let room = if self.upward { UPWARD_MOST } else { self.width - 2.0 * LABEL_PAD * size };
        text::wrap(Face::Sans, size, &text::glued(&label), room)
    }

    fn label_height(&self, label: &str, size: f64) -> f64 {
        let lines = self.column_label(label, size);
        if self.upward {
            lines.iter().map(|line| Fonts::get().width(Face::Sans, size, line)).fold(0.0, f64::max)
        } else {
            small(lines.len()) * PITCH * size
        }
    }

    /// Whether labels of columns run upward.
    pub(super) const fn upward(&self) -> bool {
        self.upward
    }

    /// Width of an example of a cell in the legend.
    pub(super) fn sample(&self, cell: &GridCell, size: f64) -> f64 {
        let words = Fonts::get().width(Face::Sans, size, &text::line(&cell.text)) + 2.0 * PAD * size;
        words.max((2.4 * size).min(self.width))
    }
}

/// The lines of the title of the rows, which runs upward beside them.
pub(super) fn y_title(panel: &GridPanel, way: Way) -> Vec<String> {
    let title = text::line(&panel.y_title);
    if title.trim().is_empty() {
        return Vec::new();
    }
    text::wrap(Face::Sans, way.size, &title, small(panel.rows.len()) * way.size * way.air)
}

fn same_rows(one: &GridPanel, other: &GridPanel) -> bool {
    let pairs = || one.rows.iter().zip(&other.rows);
    one.y_title == other.y_title
        && one.rows.len() == other.rows.len()
        && pairs().all(|(one, other)| one.label == other.label && one.opens_group == other.opens_group)
}
