//! Widths, spanners, repeated headings and last pages of tables.

use super::*;
use crate::display::Column;

fn table(columns: usize, rows: usize, stub: &str, cell: &str) -> Table {
    Table {
        stub_head: "Characteristic".to_owned(),
        columns: (0..columns)
            .map(|arm| Column { head: vec![format!("Treatment {arm}"), "(N = 20)".to_owned()], align: Align::Decimal })
            .collect(),
        spanners: Vec::new(),
        rows: (0..rows)
            .map(|_| TableRow {
                indent: 0,
                stub: stub.to_owned(),
                heading: false,
                opens_group: false,
                cells: vec![Cell { text: cell.to_owned(), ..Cell::default() }; columns],
            })
            .collect(),
    }
}

#[test]
fn numbers_get_the_room_they_need() {
    for columns in 1..=8 {
        let table =
            table(columns, 3, "A stub with several words in it, long enough to wrap", "\u{2007}12.3 (4.56, 7.89)");
        let sheet = Sheet::lay_out(&table);
        let needed = Fonts::get().width(Face::Sans, sheet.size, "\u{2007}12.3 (4.56, 7.89)");
        for column in 1..=columns {
            assert!(sheet.room(column) >= needed, "{columns} columns: {} for {needed}", sheet.room(column));
        }
        assert!(sheet.widths.iter().sum::<f64>() <= sheet.turn.width() + 1e-6);
    }
}

#[test]
fn wide_tables_lie_on_their_side_and_no_table_overflows() {
    assert_eq!(Sheet::lay_out(&table(2, 3, "Age", "12 (30.0)")).turn, Turn::Portrait);
    assert_eq!(Sheet::lay_out(&table(8, 3, "Age", "12.3 (4.56, 78.9)")).turn, Turn::Landscape);
    let sheet = Sheet::lay_out(&table(40, 3, "Age", "12.3 (4.56, 78.9)"));
    assert!(sheet.widths.iter().sum::<f64>() <= sheet.turn.width() + 1e-6);
}

/// Number of rows on each page, by the rule of Typst: a page ends before the first row that does not fit.
fn pages(sheet: &Sheet, table: &Table, above: f64) -> Vec<usize> {
    let head = sheet.head_height(table);
    let mut left = sheet.turn.height() - above - head;
    let mut pages = vec![0];
    for (at, row) in table.rows.iter().enumerate() {
        let height = sheet.row_height(row) + sheet.gap_below(table, at) + sheet.more.get(at).copied().unwrap_or(0.0);
        if height > left {
            pages.push(0);
            left = sheet.turn.height() - head;
        }
        left -= height;
        if let Some(last) = pages.last_mut() {
            *last += 1;
        }
    }
    pages
}

#[test]
fn no_page_ends_or_begins_with_a_forgotten_row() {
    for rows in 30..160 {
        let mut table = table(3, rows, "Row", "1");
        let mut sheet = Sheet::lay_out(&table);
        sheet.settle(&table, 80.0, 40.0);
        let plain = pages(&sheet, &table, 80.0);
        assert!(plain.iter().all(|rows| *rows >= 3), "{rows} rows: {plain:?}");
        if rows % 8 != 0 {
            continue;
        }
        // Groups of eight: none is torn to save so few rows.
        for row in table.rows.iter_mut().step_by(8) {
            row.opens_group = true;
        }
        let mut sheet = Sheet::lay_out(&table);
        sheet.settle(&table, 80.0, 40.0);
        let grouped = pages(&sheet, &table, 80.0);
        assert!(grouped[..grouped.len() - 1].iter().all(|rows| rows % 8 == 0), "{rows} rows: {grouped:?}");
    }
}

#[test]
fn only_headings_of_closed_groups_are_repeated() {
    let row = |indent: u8, heading: bool| TableRow {
        indent,
        stub: String::new(),
        heading,
        opens_group: false,
        cells: Vec::new(),
    };
    let rows = [
        row(0, true),
        row(1, false),
        row(0, true),
        row(1, true),
        row(2, false),
        row(0, false),
        row(0, true),
        row(1, false),
    ];
    assert_eq!(repeats(&rows), [true, false, false, false, false, false, true, false]);
}

#[test]
fn nested_spanners_stand_above_each_other() {
    let mut table = table(4, 1, "Row", "1");
    let spanner = |text: &str, first, columns| Spanner { text: text.to_owned(), first, columns };
    table.spanners = vec![spanner("All", 0, 3), spanner("First two", 0, 2)];
    let head = Sheet::lay_out(&table).head(&table);
    let rows = head.as_array().map(Vec::as_slice).unwrap_or_default();
    assert_eq!(rows.len(), 3);
    let cells = |row: usize| rows[row].as_array().map_or(0, Vec::len);
    // Stub, spanner, the column outside; spanner and the third column; the first two columns.
    assert_eq!([cells(0), cells(1), cells(2)], [3, 2, 2]);
}
