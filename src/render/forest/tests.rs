//! Forests: every mark is drawn, nothing overlaps, long ones go on over pages.

use super::*;
use crate::display::Axis;
use crate::render::palette::{ACCENT, INK};
use crate::render::rows::TOGETHER;
use crate::render::tests::drawn::Drawn;

fn cell(text: &str) -> Cell {
    Cell { text: text.to_owned(), ..Cell::default() }
}

/// Every seventh row is a heading, the first a main analysis, the sixth not estimable, the third beyond the axis.
fn forest(rows: usize, stub: &str) -> Forest {
    let column =
        |head: &[&str], align: Align| Column { head: head.iter().map(|one| (*one).to_owned()).collect(), align };
    let row = |index: usize| {
        let heading = index % 7 == 4;
        let mark = match index {
            5 => None,
            2 => Some((1.0, (-9.0, f64::INFINITY))),
            _ => Some((-0.5, (-2.0, 1.0))),
        };
        let mut estimate = cell("−0.5 (−2.0 to \u{2007}1.0)");
        estimate.marks = if index == 1 { vec!["a".to_owned(), "b".to_owned()] } else { Vec::new() };
        ForestRow {
            indent: u8::from(index > 4 && !heading),
            stub: if heading { format!("Group {index}") } else { format!("{stub} {index}") },
            heading,
            main: index == 0,
            cells: if heading { Vec::new() } else { vec![cell("38/40"), estimate, cell("as randomised")] },
            mark: mark.filter(|_| !heading),
            keys: Vec::new(),
        }
    };
    Forest {
        stub_head: "Analysis".to_owned(),
        columns: vec![
            column(&["n/N"], Align::Decimal),
            column(&["Difference in means", "(95 % confidence interval)"], Align::Decimal),
            column(&["Set"], Align::Left),
        ],
        rows: (0..rows).map(row).collect(),
        axis: Axis {
            log: false,
            title: "Difference in mean change (points)".to_owned(),
            from: -4.0,
            to: 4.0,
            ticks: [-4.0, -2.0, 0.0, 2.0, 4.0].map(|at| (at, at.to_string())).to_vec(),
        },
        reference: 0.0,
        sides: Some(("favours active".to_owned(), "favours control".to_owned())),
        alt: "Forest".to_owned(),
    }
}

fn room(turn: Turn) -> At {
    (turn.width(), turn.height() - 110.0)
}

fn next(turn: Turn) -> At {
    (turn.width(), turn.height() - 50.0)
}

fn set(forest: &Forest) -> Sheet<'_> {
    assert_eq!(faults(forest), Vec::<String>::new());
    choose(forest, room, next).expect("it fits")
}

#[test]
fn every_mark_is_drawn_and_every_text_can_be_read() {
    for (rows, stub) in
        [(1, "Main"), (9, "Analysis"), (45, "Analysis"), (45, "Analysis under an assumption of some length")]
    {
        let forest = forest(rows, stub);
        let sheet = set(&forest);
        assert_eq!(sheet.pages.len(), 1, "{rows} rows are not on one page");
        let page = &sheet.pages[0];
        assert!(page.canvas.1 <= room(sheet.turn).1 && sheet.size >= EASY);
        let drawn = Drawn::of(page.canvas, |pen| sheet.draw(page, pen));
        drawn.assert_legible(&["a,b"]);
        let marks = forest.rows.iter().filter(|row| row.mark.is_some()).count();
        let filled = |colour: &str| drawn.count("rect", &[("fill", colour)]);
        assert_eq!((filled(&ACCENT.hex()), filled("#FFFFFF")), (1, marks - 1));
        // The line of each interval and a cap at each end; two arrows instead where it leaves the axis.
        let beyond = usize::from(rows > 2);
        let lines =
            drawn.lines(ACCENT, 1.4).len() + drawn.lines(INK, 0.9).iter().filter(|corners| **corners == 2).count();
        // The rule above the head and the axis are as wide as a line of an interval.
        assert_eq!(lines, 3 * marks - 2 * beyond + 2);
        // With the arrows at the words below.
        assert_eq!(drawn.count("polygon", &[]), 2 * beyond + 2);
        for row in &forest.rows {
            let stub = row.stub.split(' ').next_back().unwrap_or_default();
            assert!(drawn.words().iter().any(|one| one.text.ends_with(stub)), "{} is missing", row.stub);
        }
    }
}

#[test]
fn a_long_forest_goes_on_over_pages_below_its_headings() {
    for rows in [60, 76, 90, 120, 200] {
        let forest = forest(rows, "Analysis under an assumption about what is missing, of some length");
        let sheet = set(&forest);
        assert!(sheet.pages.len() > 1);
        let mut seen: Vec<usize> = Vec::new();
        for (index, page) in sheet.pages.iter().enumerate() {
            let height = if index == 0 { room(sheet.turn).1 } else { next(sheet.turn).1 };
            assert!(page.canvas.1 <= height + 1e-6, "page {index} of {rows} rows needs {:?}", page.canvas);
            let own: Vec<usize> =
                page.rows.iter().copied().filter(|row| seen.last().is_none_or(|last| row > last)).collect();
            assert!(page.rows.iter().all(|row| own.contains(row) || forest.rows[*row].heading));
            assert!(own.len() >= TOGETHER, "{own:?} stand alone on page {index} of {rows} rows");
            assert!(!forest.rows[own[own.len() - 1]].heading, "a heading ends page {index}");
            assert!(own[0] < 5 || forest.rows[page.rows[0]].heading, "page {index} does not say whose its rows are");
            seen.extend(own);
            Drawn::of(page.canvas, |pen| sheet.draw(page, pen)).assert_legible(&["a,b"]);
        }
        assert_eq!(seen, (0..rows).collect::<Vec<_>>());
    }
}

#[test]
fn words_at_the_sides_stay_on_the_canvas() {
    for reference in [-4.0, -3.9, 0.0, 3.9, 4.0] {
        let mut forest = forest(5, "Analysis");
        forest.reference = reference;
        for (left, right) in [("", "favours control"), ("favours the active treatment by far", "favours the control")] {
            forest.sides = Some((left.to_owned(), right.to_owned()));
            let sheet = set(&forest);
            Drawn::of(sheet.pages[0].canvas, |pen| sheet.draw(&sheet.pages[0], pen)).assert_legible(&["a,b"]);
        }
    }
}

#[test]
fn columns_wider_than_paper_are_refused() {
    let mut forest = forest(5, "Analysis");
    forest.rows[0].cells[1].text = "1234567890 ".repeat(30);
    assert!(choose(&forest, room, next).is_none());
}

#[test]
fn what_cannot_be_drawn_is_said() {
    let mut forest = forest(6, "Analysis");
    forest.rows[0].mark = Some((-5.0, (1.0, f64::NAN)));
    forest.rows[1].cells.pop();
    forest.rows[4].mark = Some((0.0, (0.0, 0.0)));
    forest.reference = 7.0;
    let said = faults(&forest).join("; ");
    for expected in
        ["reference at 7", "mark of row 1 at -5", "interval of row 1", "row 2 has 2 cells", "row 5 is a heading"]
    {
        assert!(said.contains(expected), "{said}");
    }
    forest.rows.clear();
    assert!(faults(&forest).join("; ").contains("no rows"));
}
