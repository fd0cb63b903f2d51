//! Grids: every cell is drawn, its text is within it, panels keep to their room.

use super::*;
use crate::display::GridRow;
use crate::render::palette::{INK, PAPER, on_shade, shade};
use crate::render::tests::drawn::Drawn;

/// Panels of so many rows and columns; shades run from 0 to 100, the diagonal is outlined.
fn grid(panels: usize, rows: usize, columns: usize, text: &str) -> Grid {
    let cell = |row: usize, column: usize| GridCell {
        text: text.to_owned(),
        shade: u8::try_from((row * columns + column) * 100 / (rows * columns)).unwrap_or(100),
        outlined: row == column,
        keys: Vec::new(),
    };
    let row = |row: usize| GridRow {
        label: format!("Item {row} of an instrument"),
        opens_group: row.is_multiple_of(6),
        cells: (0..columns).map(|column| cell(row, column)).collect(),
    };
    let panel = |panel: usize| GridPanel {
        title: format!("Arm {panel} (N = 20)"),
        x_title: "Visit".to_owned(),
        y_title: "Items of the instrument".to_owned(),
        columns: (0..columns).map(|column| format!("Week {column}")).collect(),
        rows: (0..rows).map(row).collect(),
    };
    Grid {
        panels: (0..panels).map(panel).collect(),
        legend: vec![
            (cell(0, 0), "no participant, and outlined because it is on the diagonal".to_owned()),
            (GridCell { shade: 100, ..cell(0, 1) }, "all participants".to_owned()),
        ],
        alt: "Grid".to_owned(),
    }
}

fn room(turn: Turn) -> At {
    (turn.width(), turn.height() - 110.0)
}

fn next(turn: Turn) -> At {
    (turn.width(), turn.height() - 50.0)
}

fn set(grid: &Grid) -> Sheet<'_> {
    assert_eq!(faults(grid), Vec::<String>::new());
    choose(grid, room, next).expect("it fits")
}

#[test]
fn every_cell_is_drawn_and_every_text_can_be_read() {
    for (panels, rows, columns, text) in [
        (1, 1, 1, "0"),
        (1, 12, 12, "+12.5"),
        (2, 24, 6, "35"),
        (4, 24, 8, "100"),
        (6, 24, 6, "35"),
        (3, 12, 12, "−12.5"),
    ] {
        let grid = grid(panels, rows, columns, text);
        let sheet = set(&grid);
        let (mut cells, mut words, mut heavy) = (0, 0, 0);
        for (index, page) in sheet.pages.iter().enumerate() {
            let height = if index == 0 { room(sheet.turn).1 } else { next(sheet.turn).1 };
            assert!(page.canvas.1 <= height + 1e-6 && page.canvas.0 <= sheet.turn.width() + 1e-6, "{:?}", page.canvas);
            let drawn = Drawn::of(page.canvas, |pen| sheet.draw(page, pen));
            drawn.assert_legible(&[]);
            cells += drawn.tags("rect").len();
            words += drawn.words().iter().filter(|one| one.text == text).count();
            heavy += drawn.lines(INK, 1.7).len();
        }
        // With the two examples and the one outlined of them.
        assert_eq!((cells, heavy), (panels * rows * columns + 2, panels * rows.min(columns) + 1));
        assert!(words >= cells, "{words} texts in {cells} cells");
        let wide = Fonts::get().width(Face::Sans, sheet.way.size, text);
        assert!(wide + 2.0 <= sheet.cells.width, "a text of {wide} in a cell of {}", sheet.cells.width);
    }
}

#[test]
fn panels_stand_side_by_side_and_share_their_labels() {
    let mut two = grid(2, 24, 6, "35");
    let sheet = set(&two);
    let corners: Vec<At> = sheet.pages[0].panels.iter().map(|placed| placed.corner).collect();
    assert!(corners.len() == 2 && corners[0].1.to_bits() == corners[1].1.to_bits() && corners[0].0 < corners[1].0);
    let times = |grid: &Grid| {
        let sheet = set(grid);
        let drawn = Drawn::of(sheet.pages[0].canvas, |pen| sheet.draw(&sheet.pages[0], pen));
        drawn.words().iter().filter(|one| one.text == "Item 3 of an instrument").count()
    };
    assert_eq!(times(&two), 1);
    // Where rows are not the same, each panel says what its own are.
    two.panels[1].rows[0].label.push_str(" or another");
    assert_eq!(times(&two), 2);
}

#[test]
fn shades_are_those_of_the_cells() {
    let grid = grid(1, 5, 5, "1");
    let sheet = set(&grid);
    let drawn = Drawn::of(sheet.pages[0].canvas, |pen| sheet.draw(&sheet.pages[0], pen));
    for cell in grid.panels[0].rows.iter().flat_map(|row| &row.cells) {
        assert!(drawn.count("rect", &[("fill", &shade(cell.shade).hex())]) >= 1);
        assert!(drawn.count("text", &[("fill", &on_shade(cell.shade).hex())]) >= 1);
    }
    assert!(drawn.lines(PAPER, 0.6).len() == 1, "an outline in the dark has no light line");
}

#[test]
fn a_grid_too_large_for_paper_is_refused() {
    assert!(choose(&grid(1, 12, 60, "+12.5"), room, next).is_none());
    assert!(choose(&grid(1, 90, 6, "35"), room, next).is_none());
}

#[test]
fn what_cannot_be_drawn_is_said() {
    let mut broken = grid(2, 3, 3, "1");
    broken.panels[0].rows[1].cells.pop();
    broken.panels[0].rows[2].cells[0].shade = 101;
    broken.legend[0].0.shade = 200;
    broken.panels[1].rows.clear();
    let said = faults(&broken).join("; ");
    for expected in ["row 2 has 2 cells for 3 columns", "shade 101", "shade 200", "panel 2 has no cells"] {
        assert!(said.contains(expected), "{said}");
    }
    broken.panels.clear();
    assert!(faults(&broken).join("; ").contains("no panels"));
}
