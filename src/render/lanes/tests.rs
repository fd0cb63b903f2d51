//! Lanes: every stretch and every mark is drawn, long figures go on over pages, what cannot be drawn is said.

use super::*;
use crate::display::{Axis, LaneGroup, Segment};
use crate::render::palette::{Fill, INK, arm, stretch};
use crate::render::tests::drawn::Drawn;

/// Groups of lanes: each lane has a stretch of its group's arm, one over it, and marks, two of them at one place.
fn lanes(groups: usize, per_group: usize, label: &str) -> Lanes {
    let lane = |group: usize, index: usize| {
        let end = 120.0 + 20.0 * f64::from(u32::try_from(index % 10).unwrap_or(0));
        Lane {
            label: format!("{label} {group}-{index:03}"),
            segments: vec![
                Segment { from: 0.0, to: end, kind: group % 2, open_start: false, open_end: index.is_multiple_of(3) },
                Segment { from: 1.0, to: 90.0, kind: 2, open_start: index.is_multiple_of(4), open_end: false },
            ],
            marks: vec![(30.0, 0), (30.0, 1), (100.0, 2)],
        }
    };
    Lanes {
        x: Axis {
            title: "Days since first dose".to_owned(),
            from: -28.0,
            to: 364.0,
            ticks: [-28.0, 0.0, 84.0, 168.0, 252.0, 364.0].map(|at| (at, at.to_string())).to_vec(),
            log: false,
        },
        groups: (0..groups)
            .map(|group| LaneGroup {
                title: format!("Arm {group}"),
                lanes: (0..per_group).map(|index| lane(group, index)).collect(),
            })
            .collect(),
        segments: vec![
            ("Observed, active".to_owned(), Some(0)),
            ("Observed, control".to_owned(), Some(1)),
            ("On treatment".to_owned(), None),
        ],
        marks: vec!["Dose".to_owned(), "Event".to_owned(), "Withdrawal".to_owned()],
        alt: "Lanes".to_owned(),
    }
}

const ROOM: At = (470.0, 560.0);
const NEXT: f64 = 640.0;

/// Marks of the kinds on a drawing: discs, open triangles (two polygons with their paper), crosses.
fn discs(drawn: &Drawn) -> usize {
    drawn.count("circle", &[("fill", &INK.hex())])
}

#[test]
fn every_stretch_and_every_mark_is_drawn() {
    let lanes = lanes(2, 12, "Subject");
    assert_eq!(faults(&lanes), Vec::<String>::new());
    let sheet = Sheet::lay_out(&lanes, ROOM, NEXT).expect("it fits");
    let [page] = sheet.pages.as_slice() else { panic!("24 lanes are not on one page") };
    assert!(page.canvas.1 <= ROOM.1);
    let drawn = Drawn::of(page.canvas, |pen| sheet.draw(page, pen));
    drawn.assert_legible(&[]);
    // A disc and a cross each lane and one in the legend; a cross has two strokes.
    assert_eq!(discs(&drawn), 24 + 1);
    assert_eq!(drawn.lines(INK, 1.3), vec![2; 2 * (24 + 1)]);
    let outlined = |colour| drawn.lines(colour, 0.8).iter().filter(|corners| **corners == 6).count();
    assert_eq!(outlined(arm(0).colour), 12 + 1);
    assert_eq!(outlined(arm(1).colour), 12 + 1);
    let (fill, own) = stretch(2, None);
    assert_eq!((fill, outlined(own)), (Fill::Full, 24 + 1));
    // Arrows: every third lane goes on, every fourth began before.
    let heads = |colour: crate::render::palette::Colour| drawn.count("polygon", &[("fill", &colour.hex())]);
    assert_eq!((heads(arm(0).colour), heads(arm(1).colour), heads(own)), (4, 4, 2 * 3));
    for words in ["Arm 0", "Arm 1", "Subject 1-011", "On treatment", "Withdrawal", "364", "Days since first dose"] {
        assert!(drawn.words().iter().any(|one| one.text == words), "{words} is missing");
    }
}

#[test]
fn a_stretch_over_another_is_narrower() {
    let lanes = lanes(2, 2, "Subject");
    assert_eq!(levels(&lanes), [0, 0, 1]);
}

#[test]
fn many_lanes_go_on_over_pages_with_axis_legend_and_heading() {
    for (groups, per_group) in [(1, 60), (2, 45), (3, 70), (40, 3)] {
        let lanes =
            lanes(groups, per_group, "A subject with an identifier that needs more than one line of its label,");
        let sheet = Sheet::lay_out(&lanes, ROOM, NEXT).expect("it fits");
        assert!(sheet.pages.len() > 1);
        let mut labels = Vec::new();
        let mut dots = 0;
        for (index, page) in sheet.pages.iter().enumerate() {
            assert!(page.canvas.1 <= if index == 0 { ROOM.1 } else { NEXT } + 1e-6);
            let drawn = Drawn::of(page.canvas, |pen| sheet.draw(page, pen));
            drawn.assert_legible(&[]);
            let words = drawn.words();
            for expected in ["Days since first dose", "364", "On treatment"] {
                assert!(words.iter().any(|one| one.text == expected), "{expected} is missing on page {index}");
            }
            assert!(sheet.lines[page.rows[0]].lane.is_none(), "page {index} does not say whose its lanes are");
            assert!(
                page.rows.last().is_some_and(|row| sheet.lines[*row].lane.is_some()),
                "a heading ends page {index}"
            );
            labels.extend(page.rows.iter().filter(|row| sheet.lines[**row].lane.is_some()).copied());
            dots += discs(&drawn) - 1;
        }
        assert_eq!(dots, groups * per_group);
        assert!(labels.windows(2).all(|pair| pair[0] < pair[1]) && labels.len() == groups * per_group);
    }
}

#[test]
fn what_cannot_be_drawn_is_said() {
    let mut lanes = lanes(1, 3, "Subject");
    lanes.groups[0].lanes[0].segments[0].to = 900.0;
    lanes.groups[0].lanes[0].segments[1].from = f64::NAN;
    lanes.groups[0].lanes[1].segments[0].kind = 7;
    lanes.groups[0].lanes[1].marks[0] = (-90.0, 5);
    lanes.groups.push(LaneGroup { title: "Nobody".to_owned(), lanes: Vec::new() });
    let said = faults(&lanes).join("; ");
    for expected in
        ["from 0 to 900", "from NaN", "of kind 8 of 3", "at -90 is off", "of kind 6 of 3", "“Nobody” has no lanes"]
    {
        assert!(said.contains(expected), "{said}");
    }
    lanes.groups.clear();
    assert!(faults(&lanes).join("; ").contains("no lanes"));
}
