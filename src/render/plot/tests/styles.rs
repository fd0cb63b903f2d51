//! Boxes, bars, single symbols, logarithmic axes, lines across, and plots with axes of their own: all marks are drawn.

use crate::display::{Axis, Mark, Panel, Plot, ReferenceLine, Series, SeriesStyle};
use crate::render::palette::{SOFT, arm};
use crate::render::pen::At;
use crate::render::plot::boxes::{MEDIAN, ZERO};
use crate::render::plot::field::REFERENCE_LINE;
use crate::render::plot::{Sheet, choose_tiles, faults};
use crate::render::sheet::Turn;
use crate::render::tests::drawn::{Drawn, Words};

fn count(n: u32) -> f64 {
    f64::from(n)
}

fn axis(title: &str, ticks: &[f64]) -> Axis {
    Axis {
        title: title.to_owned(),
        from: ticks[0],
        to: ticks[ticks.len() - 1],
        ticks: ticks.iter().map(|at| (*at, at.to_string())).collect(),
        log: false,
    }
}

fn plot(x: Axis, y: Axis, series: Vec<Series>) -> Plot {
    Plot { x, y, series, alt: "Alt".to_owned(), ..Plot::default() }
}

/// Boxes of so many arms at six visits, the third without value, the last of one value; an outlier a box of each arm.
fn boxes(arms: usize) -> Plot {
    let visits = [0.0, 4.0, 8.0, 12.0, 24.0, 36.0];
    let mark = |(index, x): (usize, &f64)| Mark {
        x: *x,
        y: (index != 2).then_some(20.0),
        quartiles: (index != 2 && index != 5).then_some((10.0, 35.0)),
        interval: (index != 2 && index != 5).then_some((5.0, 60.0)),
        ..Mark::default()
    };
    let outlier = |x: &f64| Mark { x: *x, y: Some(85.0), ..Mark::default() };
    let mut series = Vec::new();
    for arm in 0..arms {
        let marks = visits.iter().enumerate().map(mark).collect();
        series.push(Series { label: format!("Arm {arm}"), arm, style: SeriesStyle::Boxes, marks, ..Series::default() });
        let marks = visits.iter().take(2).map(outlier).collect();
        series.push(Series { arm, style: SeriesStyle::Scatter, marks, ..Series::default() });
    }
    plot(axis("Week", &visits), axis("Value (U/L)", &[0.0, 25.0, 50.0, 75.0, 100.0]), series)
}

/// A waterfall: bars of two arms, one a subject, below and above zero, one of them zero.
fn waterfall(subjects: u32) -> Plot {
    let of = |arm: usize| {
        let marks = (0..subjects).filter(|index| index % 2 == u32::from(arm == 1)).map(|index| {
            let y = if index == 4 { 0.0 } else { 40.0 - 130.0 * count(index) / count(subjects) };
            Mark { x: count(index) + 1.0, y: Some(y), ..Mark::default() }
        });
        Series {
            label: format!("Arm {arm}"),
            arm,
            style: SeriesStyle::Bars,
            marks: marks.collect(),
            ..Series::default()
        }
    };
    let mut x = axis("Participants", &[1.0, count(subjects)]);
    x.ticks.clear();
    let mut plot = plot(x, axis("Change (%)", &[-100.0, -50.0, 0.0, 50.0]), vec![of(0), of(1)]);
    plot.lines = vec![ReferenceLine::Horizontal(-50.0)];
    plot
}

/// Symbols of two arms on logarithmic axes, crowded near one corner, all of them named.
fn scatter(marks: u32) -> Plot {
    let of = |arm: usize| {
        let marks = (0..marks).map(|index| Mark {
            x: 0.3 + 0.04 * count(index * index % 17) * count(1 + index % 3),
            y: Some(0.4 + 0.09 * count(index * 7 % 11) + 0.2 * count(u32::from(arm == 1))),
            label: Some(format!("{}-{index:03}", 100 + arm)),
            ..Mark::default()
        });
        Series {
            label: format!("Arm {arm}"),
            arm,
            style: SeriesStyle::Scatter,
            marks: marks.collect(),
            ..Series::default()
        }
    };
    let logarithmic = |title: &str| Axis { log: true, ..axis(title, &[0.1, 1.0, 10.0, 100.0]) };
    let mut plot = plot(logarithmic("Peak A (× limit)"), logarithmic("Peak B (× limit)"), vec![of(0), of(1)]);
    plot.lines = vec![ReferenceLine::Vertical(3.0), ReferenceLine::Horizontal(2.0), ReferenceLine::Diagonal];
    plot
}

const ROOM: At = (470.0, 520.0);

fn drawn(plot: &Plot) -> Drawn {
    assert_eq!(faults(plot), Vec::<String>::new());
    let sheet = Sheet::lay_out(plot, ROOM);
    let drawn = Drawn::of(sheet.canvas, |pen| sheet.draw(pen));
    drawn.assert_legible(&[]);
    drawn
}

#[test]
fn every_box_whisker_and_outlier_is_drawn() {
    for arms in [1, 2, 4] {
        let plot = boxes(arms);
        let drawn = drawn(&plot);
        for position in 0..arms {
            let colour = arm(position).colour;
            // Five medians of six, four boxes; each and a box in the legend.
            assert_eq!(drawn.lines(colour, MEDIAN), [2; 5 + 1]);
            assert_eq!(drawn.lines(colour, 0.8).iter().filter(|corners| **corners == 6).count(), 4 + 1);
            // Two whiskers each with its cap.
            assert_eq!(drawn.lines(colour, 0.9), [2; 4 * 4]);
        }
        assert_eq!(drawn.count("circle", &[("fill", &arm(0).colour.hex())]), 2, "two values beyond the whiskers");
        // Boxes of a visit stand beside each other, inside the field.
        let sheet = Sheet::lay_out(&plot, ROOM);
        let slots = super::super::boxes::Slots::of(&sheet.field, &plot.series, SeriesStyle::Boxes);
        let first = sheet.field.across(0.0) + slots.aside(0) - slots.width / 2.0;
        let last = sheet.field.across(36.0) + slots.aside(arms - 1) + slots.width / 2.0;
        assert!(first >= sheet.field.left - 1e-6 && last <= sheet.field.left + sheet.field.width + 1e-6);
        let next = sheet.field.across(4.0) + slots.aside(0) - slots.width / 2.0;
        assert!(sheet.field.across(0.0) + slots.aside(arms - 1) + slots.width / 2.0 <= next);
    }
}

#[test]
fn every_bar_is_drawn_from_zero() {
    for subjects in [8, 40] {
        let plot = waterfall(subjects);
        let drawn = drawn(&plot);
        let each = usize::try_from(subjects).unwrap_or(0) / 2;
        for position in 0..2 {
            let outlined = drawn.lines(arm(position).colour, 0.8).iter().filter(|corners| **corners == 6).count();
            let zero = usize::from(position == 0);
            assert_eq!(outlined, each - zero + 1);
            assert_eq!(drawn.lines(arm(position).colour, ZERO), vec![2; zero]);
        }
        let sheet = Sheet::lay_out(&plot, ROOM);
        let zero = format!(",{:.0}", sheet.field.down(0.0) * 10.0);
        let outline = |tag: &&&str| tag.contains(&arm(0).colour.hex()) && tag.contains("stroke-width=\"8\"");
        let at_zero = drawn.tags("polyline").iter().filter(outline).filter(|tag| tag.contains(&zero)).count();
        assert_eq!(at_zero, each - 1, "a bar does not begin at zero");
    }
}

/// What is joined stands where it is, though another series has a symbol there; arms stand a little beside each other.
#[test]
fn joined_symbols_stand_where_they_are() {
    for (style, there) in [(SeriesStyle::Joined, true), (SeriesStyle::Points, false)] {
        let marks = || [50.0, 100.0].map(|x| Mark { x, y: Some(x / 10.0), ..Mark::default() }).to_vec();
        let of = |arm: usize| Series { label: format!("Bound {arm}"), arm, style, marks: marks(), ..Series::default() };
        let plot = plot(axis("Share", &[0.0, 50.0, 100.0]), axis("Z", &[0.0, 5.0, 10.0]), vec![of(0), of(1)]);
        let drawn = drawn(&plot);
        let sheet = Sheet::lay_out(&plot, ROOM);
        let start = format!("points=\"{:.0},", sheet.field.across(50.0) * 10.0);
        let at_home = drawn.tags("polyline").iter().filter(|tag| tag.contains(&start)).count();
        assert_eq!(at_home >= 2, there, "{style:?}");
    }
}

#[test]
fn every_symbol_and_its_label_is_drawn_on_logarithmic_axes() {
    for marks in [1, 12, 30] {
        let plot = scatter(marks);
        let drawn = drawn(&plot);
        let each = usize::try_from(marks).unwrap_or(0);
        assert_eq!(drawn.count("circle", &[("fill", &arm(0).colour.hex())]), each + 1);
        assert_eq!(drawn.count("rect", &[("fill", &arm(1).colour.hex())]), each + 1);
        let named = |one: &&Words| one.text.starts_with("100-") || one.text.starts_with("101-");
        assert_eq!(drawn.words().iter().filter(named).count(), 2 * each);
        assert!(drawn.lines(SOFT, REFERENCE_LINE).len() > 100, "the three lines are dashed");
    }
    let plot = scatter(1);
    let field = Sheet::lay_out(&plot, ROOM).field;
    let (one, ten) = (field.across(1.0), field.across(10.0));
    assert!((ten - one - (one - field.across(0.1))).abs() < 1e-9, "factors of ten are equally far apart");
}

#[test]
fn what_would_mislead_is_said() {
    let mut plot = boxes(1);
    plot.series[0].marks[0].quartiles = Some((25.0, 35.0));
    plot.series[0].marks[1].interval = Some((12.0, 60.0));
    plot.series[1].marks[0].quartiles = Some((85.0, 85.0));
    plot.series[0].marks[3].label = Some("x".to_owned());
    plot.lines = vec![ReferenceLine::Vertical(60.0), ReferenceLine::Horizontal(f64::NAN)];
    let mut bars = waterfall(8);
    bars.y.from = 10.0;
    let mut log = scatter(3);
    log.x.from = 0.0;
    log.series[0].marks[0].y = Some(-1.0);
    (log.y.from, log.y.to) = (200.0, 300.0);
    let said = [faults(&plot), faults(&bars), faults(&log)].concat().join("; ");
    for expected in [
        "at 0 has a median, quartiles and whiskers",
        "at 4 has a median, quartiles and whiskers",
        "is no box",
        "has a label, which",
        "upright line at 60",
        "level line at NaN",
        "the bars of “Arm 0” begin at 0",
        "horizontal axis is logarithmic and begins at 0",
        "is off the axes",
        "line of equal values",
    ] {
        assert!(said.contains(expected), "{expected}: {said}");
    }
    assert_eq!(faults(&boxes(2)), Vec::<String>::new());
}

/// So many parameters, each on a scale of its own.
fn parameters(number: u32) -> Vec<Panel> {
    let panel = |index: u32| {
        let mut plot = boxes(2);
        let factor = [1.0, 10.0, 1000.0][usize::try_from(index % 3).unwrap_or(0)];
        for (at, label) in &mut plot.y.ticks {
            *at *= factor;
            *label = at.to_string();
        }
        plot.y.to *= factor;
        plot.y.title = format!("Parameter {index} with its unit (U/L)");
        Panel { title: format!("Parameter {index} with a name of some length"), plot }
    };
    (0..number).map(panel).collect()
}

#[test]
fn plots_with_axes_of_their_own_are_drawn_over_pages() {
    let room = |turn: Turn| (turn.width(), turn.height() - 110.0);
    let next = |turn: Turn| (turn.width(), turn.height() - 50.0);
    for (number, pages) in [(1, 1), (2, 1), (3, 1), (6, 1), (9, 2), (20, 3)] {
        let panels = parameters(number);
        let (tiles, turn) = choose_tiles(&panels, room, next).expect("they fit");
        assert_eq!(tiles.pages.len(), pages, "{number} plots");
        let (mut heads, mut boxes) = (0, 0);
        for (index, page) in tiles.pages.iter().enumerate() {
            let height = if index == 0 { room(turn).1 } else { next(turn).1 };
            assert!(page.canvas.1 <= height + 1e-6 && page.canvas.0 <= room(turn).0);
            let drawn = Drawn::of(page.canvas, |pen| tiles.draw(page, pen));
            drawn.assert_legible(&[]);
            heads += drawn.words().iter().filter(|one| one.text.contains("with a name")).count();
            boxes += drawn.lines(arm(0).colour, MEDIAN).len() - 1;
            assert_eq!(drawn.words().iter().filter(|one| one.text == "Arm 1").count(), 1, "one legend a page");
        }
        assert_eq!((heads, boxes), (panels.len(), panels.len() * 5));
    }
    let small = |turn: Turn| (turn.width(), 90.0);
    assert!(choose_tiles(&parameters(2), small, small).is_none());
}
