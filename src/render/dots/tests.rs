//! Shares and differences: every mark is drawn, nothing overlaps, long figures go on over pages.

use super::*;
use crate::render::palette::{ACCENT, GRID, INK, PAPER};
use crate::render::tests::drawn::Drawn;

fn axis(title: &str, ticks: &[f64]) -> Axis {
    Axis {
        title: title.to_owned(),
        from: ticks[0],
        to: ticks[ticks.len() - 1],
        ticks: ticks.iter().map(|at| (*at, at.to_string())).collect(),
        log: false,
    }
}

/// Every eighth row is a heading; row 2 has a share that cannot be estimated and no difference, row 3 an interval beyond
/// the axis.
fn dots(rows: usize, arms: usize, stub: &str) -> Dots {
    let row = |index: usize| {
        let heading = index.is_multiple_of(8);
        let of =
            |arm: usize| (arm != 1 || index != 2).then(|| 10.0 * f64::from(u32::try_from(arm % 2).unwrap_or(0)) + 20.0);
        let upper = if index == 3 { f64::INFINITY } else { 18.0 };
        let compared = if heading || index == 2 { 0 } else { arms - 1 };
        DotRow {
            indent: u8::from(!heading),
            stub: if heading { format!("Class {index}") } else { format!("{stub} {index}") },
            heading,
            shares: if heading { Vec::new() } else { (0..arms).map(of).collect() },
            grades: Vec::new(),
            differences: (0..compared).map(|arm| (arm, -4.0, (-12.0, upper))).collect(),
            keys: Vec::new(),
        }
    };
    Dots {
        stub_head: "Class / term".to_owned(),
        arms: (0..arms).map(|arm| format!("Arm {arm} (N = 20)")).collect(),
        grades: Vec::new(),
        shares: axis("Participants (%)", &[0.0, 10.0, 20.0, 30.0, 40.0]),
        differences: Some(axis(
            "Difference, percentage points (95 % confidence interval)",
            &[-20.0, -10.0, 0.0, 10.0, 20.0],
        )),
        sides: Some(("more with control".to_owned(), "more with active".to_owned())),
        rows: (0..rows).map(row).collect(),
        alt: "Dots".to_owned(),
    }
}

fn room(turn: Turn) -> At {
    (turn.width(), turn.height() - 110.0)
}

fn next(turn: Turn) -> At {
    (turn.width(), turn.height() - 50.0)
}

#[test]
fn every_mark_is_drawn_and_every_text_can_be_read() {
    for (rows, stub) in [(3, "Term"), (24, "Term"), (24, "A term with a name that is rather long, and goes on")] {
        let dots = dots(rows, 2, stub);
        assert_eq!(faults(&dots), Vec::<String>::new());
        let (sheet, turn) = choose(&dots, room, next).expect("it fits");
        let [page] = sheet.pages.as_slice() else { panic!("{rows} rows are not on one page") };
        assert!(page.canvas.1 <= room(turn).1);
        let drawn = Drawn::of(page.canvas, |pen| sheet.draw(page, pen));
        drawn.assert_legible(&[]);
        let own = || dots.rows.iter().filter(|row| !row.heading);
        let shares = |arm: usize| own().filter(|row| row.shares[arm].is_some()).count();
        assert_eq!(drawn.count("circle", &[("fill", &super::super::palette::arm(0).colour.hex())]), shares(0) + 1);
        assert_eq!(drawn.count("rect", &[("fill", &super::super::palette::arm(1).colour.hex())]), shares(1) + 1);
        let differences = own().map(|row| row.differences.len()).sum::<usize>();
        // Each difference: the paper of its square and the outline, a line and two ends, one of them an arrow.
        assert_eq!(drawn.count("rect", &[("fill", &PAPER.hex())]), differences + shares(1));
        let beyond = usize::from(rows > 3);
        let lines = drawn.lines(INK, 0.9);
        assert_eq!(lines.iter().filter(|corners| **corners == 6).count(), differences);
        assert_eq!(lines.iter().filter(|corners| **corners == 2).count(), 3 * differences - beyond + 2);
        assert_eq!(drawn.count("polygon", &[]), beyond + 2);
        assert_eq!(drawn.lines(GRID, 0.5).len(), 10);
    }
}

#[test]
fn several_comparisons_have_the_symbols_of_their_arms() {
    let dots = dots(10, 3, "Term");
    let (sheet, _) = choose(&dots, room, next).expect("it fits");
    let drawn = Drawn::of(sheet.pages[0].canvas, |pen| sheet.draw(&sheet.pages[0], pen));
    drawn.assert_legible(&[]);
    // Eight rows: a share each, a difference in seven, the legend.
    assert_eq!(drawn.count("circle", &[("fill", &super::super::palette::arm(0).colour.hex())]), 8 + 7 + 1);
}

#[test]
fn bars_are_divided_by_grade_from_the_highest() {
    for (rows, arms) in [(10, 2), (24, 3), (60, 6)] {
        let mut dots = dots(rows, arms, "Term");
        dots.grades = ["Grade missing", "Mild", "Moderate", "Severe"].map(str::to_owned).to_vec();
        for row in dots.rows.iter_mut().filter(|row| !row.heading) {
            // Nobody is moderate; the rest is shared out as one to one to two.
            let of = |share: &Option<f64>| share.map_or(vec![0.0; 4], |own| vec![own / 4.0, own / 4.0, 0.0, own / 2.0]);
            row.grades = row.shares.iter().map(of).collect();
        }
        assert_eq!(faults(&dots), Vec::<String>::new());
        let (sheet, _) = choose(&dots, room, next).expect("it fits");
        let (mut parts, mut drawn_rows) = (0, 0);
        for page in &sheet.pages {
            let drawn = Drawn::of(page.canvas, |pen| sheet.draw(page, pen));
            drawn.assert_legible(&[]);
            // The legend has one of each; the highest grade is the accent itself.
            parts += drawn.count("rect", &[("fill", &ACCENT.hex())]) - 1;
            drawn_rows += page.rows.iter().filter(|row| !dots.rows[**row].heading).count();
        }
        let without = usize::from(arms > 1);
        assert_eq!(parts, drawn_rows * arms - without, "{rows} rows");
    }
    let mut dots = dots(3, 2, "Term");
    dots.grades = vec!["Mild".to_owned()];
    dots.rows[1].grades = vec![vec![20.0], vec![20.0]];
    let said = faults(&dots).join("; ");
    assert!(said.contains("somebody in row 2 has a grade that is not listed"), "{said}");
    assert!(said.contains("the bars of row 3 are not divided by 1 grades of 2 arms"), "{said}");
}

#[test]
fn a_long_figure_goes_on_over_pages_with_its_axes_and_headings() {
    for (rows, arms) in [(70, 2), (83, 2), (150, 2), (120, 6)] {
        let dots = dots(rows, arms, "A term with a name that is rather long, and goes on");
        let (sheet, turn) = choose(&dots, room, next).expect("it fits");
        assert!(sheet.pages.len() > 1);
        let mut circles = 0;
        let mut seen = Vec::new();
        for (index, page) in sheet.pages.iter().enumerate() {
            let height = if index == 0 { room(turn).1 } else { next(turn).1 };
            assert!(page.canvas.1 <= height + 1e-6);
            assert!(page.rows.last().is_some_and(|row| !dots.rows[*row].heading), "a heading ends page {index}");
            assert!(dots.rows[page.rows[0]].heading, "page {index} does not say whose its rows are");
            let drawn = Drawn::of(page.canvas, |pen| sheet.draw(page, pen));
            drawn.assert_legible(&[]);
            for expected in ["Participants (%)", "more with active", "Class / term", "40", "Arm 1 (N\u{A0}=\u{A0}20)"] {
                assert!(drawn.words().iter().any(|one| one.text == expected), "{expected} is missing on page {index}");
            }
            if arms == 2 {
                circles += drawn.count("circle", &[("fill", &super::super::palette::arm(0).colour.hex())]) - 1;
            }
            seen.extend(page.rows.iter().copied().filter(|row| !dots.rows[*row].heading));
        }
        let own: Vec<usize> = (0..rows).filter(|row| !dots.rows[*row].heading).collect();
        assert_eq!(seen, own);
        assert!(arms > 2 || circles == own.len());
    }
}

#[test]
fn what_cannot_be_drawn_is_said() {
    let mut dots = dots(8, 2, "Term");
    dots.rows[0].shares = vec![None];
    dots.rows[1].shares[0] = Some(90.0);
    dots.rows[3].differences[0] = (4, 90.0, (3.0, f64::NAN));
    dots.differences.as_mut().expect("two arms are compared").from = 1.0;
    let said = faults(&dots).join("; ");
    for expected in [
        "row 1 has 1 shares for 0 arms",
        "a share of row 2, 90, is off",
        "arm 5 of 2",
        "a difference of row 4, 90, is off",
        "an interval of row 4",
        "no difference is off",
    ] {
        assert!(said.contains(expected), "{said}");
    }
}
