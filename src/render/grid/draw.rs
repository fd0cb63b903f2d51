//! The grid on paper: draws what was laid out.

use super::measure::y_title;
use super::{PITCH, Page, Placed, Sheet};
use crate::display::{GridCell, GridPanel};
use crate::render::palette::{INK, PAPER, RULE, SOFT, on_shade, shade};
use crate::render::pen::{Anchor, At, Lettering, Pen};
use crate::render::sheet::small;
use crate::render::text;

/// Capitals are 0.71 em high: so far below the middle is the baseline, in em.
const HALF: f64 = 0.357;
/// Width of a heavy outline.
const HEAVY: f64 = 1.7;

impl Sheet<'_> {
    /// Draws one page of it.
    pub fn draw(&self, page: &Page, pen: &mut Pen) {
        for placed in &page.panels {
            self.panel(pen, *placed);
        }
        let Some(top) = page.legend else { return };
        for (entry, (cell, _)) in self.entries.iter().zip(&self.grid.legend) {
            let size = self.way.size;
            let corner = (entry.at.0, entry.at.1 + top);
            let sample = (self.cells.sample(cell, size), size * 1.7);
            self.cell(pen, cell, corner, sample);
            outline(pen, cell, corner, sample);
            for (index, words) in entry.lines.iter().enumerate() {
                let baseline = corner.1 + sample.1 / 2.0 + size * (HALF + PITCH * small(index));
                pen.text(words, (corner.0 + sample.0 + 5.0, baseline), Anchor::Start, self.look(false));
            }
        }
    }

    const fn look(&self, bold: bool) -> Lettering {
        Lettering { size: self.way.size, bold, colour: INK }
    }

    fn panel(&self, pen: &mut Pen, placed: Placed) {
        let panel = &self.grid.panels[placed.panel];
        let (left, top) = placed.corner;
        self.above(pen, panel, placed.corner);
        if placed.labelled {
            self.beside(pen, panel, placed.corner);
        }
        let at = |row: usize, column: usize| (left + small(column) * self.cells.width, top + self.row_top(panel, row));
        let each =
            || {
                panel.rows.iter().enumerate().flat_map(|(row, cells)| {
                    cells.cells.iter().enumerate().map(move |(column, cell)| (row, column, cell))
                })
            };
        for (row, column, cell) in each() {
            self.cell(pen, cell, at(row, column), (self.cells.width, self.row_height(panel, row)));
        }
        // Over all grounds, or a neighbour would hide half of them.
        for (row, column, cell) in each() {
            outline(pen, cell, at(row, column), (self.cells.width, self.row_height(panel, row)));
        }
    }

    /// Title, title of the columns, and their labels: upward from the cells.
    fn above(&self, pen: &mut Pen, panel: &GridPanel, corner: At) {
        let size = self.way.size;
        for (column, label) in panel.columns.iter().enumerate() {
            let middle = corner.0 + (small(column) + 0.5) * self.cells.width;
            let lines = self.cells.column_label(label, size);
            for (index, words) in lines.iter().enumerate() {
                if self.cells.upward() {
                    let across = middle + size * (HALF + PITCH * (small(index) - small(lines.len() - 1) / 2.0));
                    pen.text_upward(words, (across, corner.1 - 4.0), Anchor::Start, self.look(false));
                } else {
                    let baseline = corner.1 - 4.0 - size * PITCH * small(lines.len() - 1 - index);
                    pen.text(words, (middle, baseline), Anchor::Middle, self.look(false));
                }
            }
        }
        let mut foot = corner.1 - 3.0 - self.cells.labels_above;
        let middle = corner.0 + small(panel.columns.len()) * self.cells.width / 2.0;
        let x_title = self.x_title(panel);
        let soft = Lettering { colour: SOFT, ..self.look(false) };
        for (index, words) in x_title.iter().enumerate() {
            let after = small(x_title.len() - 1 - index);
            pen.text(words, (middle, foot - 3.0 - size * (0.25 + PITCH * after)), Anchor::Middle, soft);
        }
        if !x_title.is_empty() {
            foot -= 3.0 + size * PITCH * small(x_title.len());
        }
        let title = self.title(panel);
        for (index, words) in title.iter().enumerate() {
            let after = small(title.len() - 1 - index);
            pen.text(words, (middle, foot - 4.0 - size * (0.25 + PITCH * after)), Anchor::Middle, self.look(true));
        }
    }

    fn beside(&self, pen: &mut Pen, panel: &GridPanel, corner: At) {
        let size = self.way.size;
        for (row, one) in panel.rows.iter().enumerate() {
            let lines = self.cells.row_label(&one.label, size);
            let middle = corner.1 + self.row_top(panel, row) + self.row_height(panel, row) / 2.0;
            for (index, words) in lines.iter().enumerate() {
                let line = small(index) - small(lines.len() - 1) / 2.0;
                pen.text(words, (corner.0 - 5.0, middle + size * (HALF + PITCH * line)), Anchor::End, self.look(false));
            }
        }
        let middle = corner.1 + self.body_height(panel) / 2.0;
        for (index, words) in y_title(panel, self.way).iter().enumerate() {
            let across = corner.0 - self.cells.lead + size * (0.9 + PITCH * small(index));
            pen.text_upward(words, (across, middle), Anchor::Middle, Lettering { colour: SOFT, ..self.look(false) });
        }
    }

    fn cell(&self, pen: &mut Pen, cell: &GridCell, corner: At, size: At) {
        pen.block(corner, size, shade(cell.shade));
        pen.outline(corner, size, RULE, 0.4);
        let look = Lettering { size: self.way.size, bold: false, colour: on_shade(cell.shade) };
        let at = (corner.0 + size.0 / 2.0, corner.1 + size.1 / 2.0 + look.size * HALF);
        pen.text(&text::line(&cell.text), at, Anchor::Middle, look);
    }
}

/// The heavy outline of a cell that has one, with a light line inside where the shade is dark.
fn outline(pen: &mut Pen, cell: &GridCell, corner: At, size: At) {
    if !cell.outlined {
        return;
    }
    if on_shade(cell.shade) == PAPER {
        let inner = HEAVY / 2.0 + 0.3;
        let far = (size.0 - 2.0 * inner, size.1 - 2.0 * inner);
        pen.outline((corner.0 + inner, corner.1 + inner), far, PAPER, 0.6);
    }
    pen.outline(corner, size, INK, HEAVY);
}
