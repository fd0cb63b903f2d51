//! Widths, spanners, repeated headings and last pages of tables.

use super::*;
use crate::display::{Column, TableRow};

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

fn laid(table: &Table) -> Sheet {
    Sheet::lay_out(table).expect("the table fits on a page")
}

#[test]
fn numbers_get_the_room_they_need() {
    for columns in 1..=8 {
        let table =
            table(columns, 3, "A stub with several words in it, long enough to wrap", "\u{2007}12.3 (4.56, 7.89)");
        let sheet = laid(&table);
        let needed = Fonts::get().width(Face::Sans, sheet.size, "\u{2007}12.3 (4.56, 7.89)");
        for column in 1..=columns {
            assert!(sheet.room(column) >= needed, "{columns} columns: {} for {needed}", sheet.room(column));
        }
        assert!(sheet.widths.iter().sum::<f64>() <= sheet.turn.width() + 1e-6);
    }
}

#[test]
fn wide_tables_lie_on_their_side_and_wider_ones_are_shown_in_parts() {
    assert_eq!(laid(&table(2, 3, "Age", "12 (30.0)")).turn, Turn::Portrait);
    assert_eq!(laid(&table(8, 3, "Age", "12.3 (4.56, 78.9)")).turn, Turn::Landscape);
    let mut wide = table(40, 3, "Age", "12.3 (4.56, 78.9)");
    wide.spanners = vec![Spanner { text: "Six".to_owned(), first: 4, columns: 6 }];
    assert!(Sheet::lay_out(&wide).is_none());
    let parts = in_parts(&wide);
    assert!(parts.len() > 2);
    assert_eq!(parts.iter().map(|(part, _)| part.columns.len()).sum::<usize>(), 40);
    let few = parts.iter().map(|(part, _)| part.columns.len()).min();
    assert!(few >= Some(40 / parts.len() / 2), "a part has {few:?} columns");
    for (part, sheet) in &parts {
        assert!(sheet.widths.iter().sum::<f64>() <= sheet.turn.width() + 1e-6);
        assert!(part.rows.iter().all(|row| row.stub == "Age" && row.cells.len() == part.columns.len()));
    }
    let spanned: Vec<usize> = parts.iter().flat_map(|(part, _)| &part.spanners).map(|one| one.columns).collect();
    assert_eq!(spanned, [6]);
}

/// The rows of each page, below what is 80 points high.
fn pages(table: &Table) -> Vec<Vec<usize>> {
    let notes = Notes::none(40.0);
    let pages = laid(table).paginate(table, 80.0, &notes, (&[], true));
    pages.iter().map(|page| page.pieces.iter().map(|piece| piece.row).collect()).collect()
}

#[test]
fn no_page_ends_or_begins_with_a_forgotten_row() {
    for rows in 30..160 {
        let mut table = table(3, rows, "Row", "1");
        let plain = pages(&table);
        assert!(plain.iter().all(|rows| rows.len() >= 3), "{rows} rows: {plain:?}");
        assert!(plain.concat().into_iter().eq(0..rows));
        if rows % 8 != 0 {
            continue;
        }
        // Groups of eight: none is torn to save so few rows.
        for row in table.rows.iter_mut().step_by(8) {
            row.opens_group = true;
        }
        let grouped = pages(&table);
        assert!(grouped[..grouped.len() - 1].iter().all(|rows| rows.len() % 8 == 0), "{rows} rows: {grouped:?}");
    }
}

#[test]
fn stubs_of_groups_that_go_on_are_repeated_and_no_page_ends_with_one() {
    let mut table = table(3, 150, "Row", "1");
    for (at, row) in table.rows.iter_mut().enumerate() {
        row.indent = if at % 50 == 0 { 0 } else { 1 + u8::from(at % 5 != 1) };
        row.heading = at % 50 == 0;
        if row.heading {
            row.cells.clear();
        }
    }
    let sheet = laid(&table);
    let pages = sheet.paginate(&table, 80.0, &Notes::none(40.0), (&[], true));
    assert!(pages.len() > 1);
    for page in &pages {
        let first = page.pieces[0].row;
        let expected: Vec<usize> = match first % 50 {
            0 => vec![],
            rest if rest % 5 == 1 => vec![first - rest],
            rest => vec![first - rest, first - (rest - 1) % 5],
        };
        assert_eq!(page.over, expected, "above row {first}");
        let last = page.pieces[page.pieces.len() - 1].row;
        assert!(
            last == 149 || table.rows[last].indent >= table.rows[last + 1].indent,
            "row {last} heads the next page"
        );
    }
}

#[test]
fn a_row_higher_than_a_page_goes_on_over_pages() {
    let mut table = table(2, 3, "Row", "1");
    table.columns[1].align = Align::Left;
    table.rows[1].cells[1].text = "many words of all kinds ".repeat(600);
    let pages = pages(&table);
    assert!(pages.len() > 1 && pages[1][0] == 1, "{pages:?}");
}

#[test]
fn nested_spanners_stand_above_each_other() {
    let mut table = table(4, 1, "Row", "1");
    let spanner = |text: &str, first, columns| Spanner { text: text.to_owned(), first, columns };
    table.spanners = vec![spanner("All", 0, 3), spanner("First two", 0, 2)];
    let head = laid(&table).head(&table);
    let rows = head.as_array().map(Vec::as_slice).unwrap_or_default();
    assert_eq!(rows.len(), 3);
    let cells = |row: usize| rows[row].as_array().map_or(0, Vec::len);
    // Stub, spanner, the column outside; spanner and the third column; the first two columns.
    assert_eq!([cells(0), cells(1), cells(2)], [3, 2, 2]);
}
