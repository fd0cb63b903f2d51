//! Lanes, dots and named symbols in a whole report: their texts are on the pages, their faults are told.

use super::*;
use crate::display::{DotRow, Dots, Lane, LaneGroup, Lanes, ReferenceLine, Segment};

fn axis(title: &str) -> Axis {
    Axis {
        title: words(title),
        from: 0.0,
        to: 100.0,
        ticks: vec![(0.0, words("none")), (100.0, words("all"))],
        log: false,
    }
}

fn lanes(words_of: &str, count: usize) -> Lanes {
    let lane = |index: usize| Lane {
        label: format!("{words_of} Lane-{index}-of-{count}."),
        segments: vec![Segment { from: 1.0, to: 50.0, kind: 0, open_end: true, ..Segment::default() }],
        marks: vec![(20.0, 0)],
    };
    Lanes {
        x: axis("Days <since>"),
        groups: vec![LaneGroup { title: format!("Group {words_of}"), lanes: (0..count).map(lane).collect() }],
        segments: vec![(format!("Observed {words_of}"), Some(0))],
        marks: vec![format!("Event {words_of}")],
        alt: words("All were observed for fifty days."),
    }
}

fn dots(words_of: &str, count: usize) -> Dots {
    let row = |index: usize| DotRow {
        indent: u8::from(index > 0),
        stub: format!("{words_of} Dot-{index}-of-{count}."),
        heading: index == 0,
        shares: if index == 0 { Vec::new() } else { vec![Some(5.0), Some(10.0)] },
        grades: Vec::new(),
        differences: if index == 0 { Vec::new() } else { vec![(0, 5.0, (1.0, 9.0))] },
        keys: Vec::new(),
    };
    Dots {
        stub_head: format!("Term {words_of}"),
        arms: vec![format!("Left {words_of}"), words("Right")],
        grades: Vec::new(),
        shares: axis("Share (%)"),
        differences: Some(axis("Points more")),
        sides: Some((words("less"), format!("more {words_of}"))),
        rows: (0..count).map(row).collect(),
        alt: words("Five more in a hundred."),
    }
}

/// A plot of single symbols with labels.
fn scatter(words_of: &str) -> Plot {
    let mark = |x: f64| Mark { x, y: Some(x), label: Some(format!("{words_of}{x}")), ..Mark::default() };
    let marks = vec![mark(7.0), mark(3.0)];
    let series = Series { label: words("Someone"), style: SeriesStyle::Scatter, marks, ..Series::default() };
    Plot {
        x: axis("One"),
        y: axis("Other"),
        series: vec![series],
        lines: vec![ReferenceLine::Diagonal],
        alt: words("Two symbols."),
        ..Plot::default()
    }
}

#[test]
fn every_text_of_lanes_dots_and_symbols_is_on_the_pages() {
    let own = "#f <i> $x$ & y";
    let mut small = plot();
    small.y.to = 50.0;
    small.series[0].marks[0].interval = None;
    small.series[0].marks[1].interval = None;
    small.y.ticks.truncate(1);
    let unlike =
        vec![Panel { title: words("Own axes"), plot: small }, Panel { title: words("Others"), plot: scatter("b") }];
    let pages = pages(&report(vec![
        display("f-1", "Figure 1", "Lanes", Body::Lanes(lanes(own, 90))),
        display("f-2", "Figure 2", "Dots", Body::Dots(dots(own, 90))),
        display("f-3", "Figure 3", "Symbols", Body::Plot(scatter(own))),
        display("f-4", "Figure 4", "Plots", Body::Panels(unlike)),
    ]));
    let text = packed(&pages.text.join("\n"));
    for expected in [
        "Days<since>",
        "Group#f<i>$x$&y",
        "Observed#f<i>$x$&y",
        "Event#f<i>$x$&y",
        "Allwereobservedforfiftydays.",
        "Term#f<i>$x$&y",
        "Left#f<i>$x$&y",
        "more#f<i>$x$&y",
        "Share(%)",
        "Pointsmore",
        "Fivemoreinahundred.",
        "#f<i>$x$&y7",
        "#f<i>$x$&y3",
        "Ownaxes",
        "Others",
    ] {
        assert!(text.contains(expected), "{expected} is not on the pages");
    }
    for line in 0..90 {
        assert!(text.matches(&format!("Lane-{line}-of-90.")).count() == 1, "lane {line}");
        let times = text.matches(&format!("Dot-{line}-of-90.")).count();
        assert!(times == 1 || line == 0 && times > 1, "row {line} is there {times} times");
    }
    let own: Vec<&String> = pages.text.iter().filter(|page| page.contains("-of-90.")).collect();
    assert!(own.iter().filter(|page| page.contains("(continued)")).count() >= 2);
    assert_eq!(pages.figures.iter().filter(|(id, _)| !id.contains("part")).count(), 4);
}

#[test]
fn faults_and_unprintable_texts_of_lanes_and_dots_are_told() {
    let bad = "\u{5E9}";
    let mut off = lanes("a", 3);
    off.groups[0].lanes[0].marks[0].0 = 400.0;
    let mut short = dots("a", 3);
    short.rows[1].shares.pop();
    short.alt.clear();
    let error = set(&report(vec![
        display("f-1", "Figure 1", "Lanes", Body::Lanes(lanes(bad, 1))),
        display("f-2", "Figure 2", "Dots", Body::Dots(dots(bad, 1))),
        display("f-3", "Figure 3", "Symbols", Body::Plot(scatter(bad))),
        display("f-4", "Figure 4", "Lanes", Body::Lanes(off)),
        display("f-5", "Figure 5", "Dots", Body::Dots(short)),
    ]));
    let text = error.map_or_else(|error| error.to_string(), |_| words("not refused"));
    for expected in [
        "f-1, legend",
        "f-1, heading of lanes",
        "f-1, label of a lane",
        "f-2, head of the stub",
        "f-2, legend",
        "f-2, words at the sides",
        "f-2, row 1, stub",
        "f-3, label of a mark",
        "f-4: a mark of the lane",
        "f-5: row 2 has 1 shares for 2 arms",
        "f-5: the figure has no description",
    ] {
        assert!(text.contains(expected), "{expected}: {text}");
    }
}
