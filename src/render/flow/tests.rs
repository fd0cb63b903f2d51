//! Diagrams of one to six arms: nothing overlaps, no text is clipped, arrows end at boxes.

use super::*;
use crate::display::{FlowLine, FlowStage};

fn part(headline: &str, reasons: &[&str]) -> FlowBox {
    let line = |indent: u8, text: &str| FlowLine { indent, text: text.to_owned(), keys: Vec::new() };
    FlowBox { lines: std::iter::once(line(0, headline)).chain(reasons.iter().map(|text| line(1, text))).collect() }
}

fn flow(arms: usize, reasons: usize) -> Flow {
    let long: Vec<String> = (0..reasons)
        .map(|n| format!("Reason number {n} which is rather long and/or hyphenated-as-reasons-are (n = {n})"))
        .collect();
    let mut all: Vec<&str> = long.iter().map(String::as_str).collect();
    all.push("Unbreakablewordthatiswiderthananycolumnofsixarmscouldeverbeandmore (n = 1)");
    let arm = |n: usize| {
        vec![
            part("Allocated to drug A 10 mg/kg plus standard therapy (n = 20)", &all[..n % 2 * all.len()]),
            part("Followed up (n = 19)", &all),
            part("Analysed (n = 20)", &["Excluded from analysis (n = 0)"]),
        ]
    };
    let stage = |headline, side| FlowStage { main: part(headline, &[]), side };
    Flow {
        trunk: vec![
            stage("Assessed for eligibility (n = 52)", Some(part("Excluded (n = 12)", &all))),
            stage("Randomised (n = 40)", None),
        ],
        arms: (0..arms).map(arm).collect(),
        bands: ["Enrolment", "Allocation", "Follow-up", "Analysis"].map(str::to_owned).to_vec(),
        alt: "Flow".to_owned(),
    }
}

fn check(diagram: &Diagram) {
    const SLACK: f64 = 1e-6;
    let (width, height) = diagram.canvas;
    // Half the stroke of an outline lies outside its box.
    let on_canvas = |at: At| at.0 >= 0.35 && at.1 >= 0.35 && at.0 <= width - 0.35 && at.1 <= height - 0.35;
    for one in &diagram.boxes {
        let far = (one.corner.0 + one.size.0, one.corner.1 + one.size.1);
        assert!(on_canvas(one.corner) && on_canvas(far), "a box leaves the canvas: {one:?}");
        assert!(one.dots.iter().all(|dot| dot.0 > one.corner.0 && dot.0 < far.0));
        for words in &one.lines {
            assert!(
                words.at.0 >= one.corner.0 && words.at.0 + words.width <= far.0,
                "words leave their box: {words:?}"
            );
            assert!(
                words.at.1 - diagram.letter * ASCENT >= one.corner.1 && words.at.1 + diagram.letter * DESCENT <= far.1
            );
        }
    }
    let areas: Vec<(At, At)> = diagram
        .boxes
        .iter()
        .map(|one| (one.corner, one.size))
        .chain(diagram.bands.iter().map(|band| (band.corner, band.size)))
        .collect();
    for (index, (corner, size)) in areas.iter().enumerate() {
        for (other, reach) in &areas[index + 1..] {
            let apart = corner.0 + size.0 <= other.0 + SLACK
                || other.0 + reach.0 <= corner.0 + SLACK
                || corner.1 + size.1 <= other.1 + SLACK
                || other.1 + reach.1 <= corner.1 + SLACK;
            assert!(apart, "two boxes overlap: {corner:?} {size:?} and {other:?} {reach:?}");
        }
    }
    for wire in &diagram.wires {
        assert!(wire.points.iter().all(|&at| on_canvas(at)));
        if wire.arrow {
            let tip = *wire.points.last().unwrap();
            let on_edge = diagram.boxes.iter().any(|one| {
                let across = tip.0 >= one.corner.0 - SLACK && tip.0 <= one.corner.0 + one.size.0 + SLACK;
                let down = tip.1 >= one.corner.1 - SLACK && tip.1 <= one.corner.1 + one.size.1 + SLACK;
                across && (tip.1 - one.corner.1).abs() < SLACK || down && (tip.0 - one.corner.0).abs() < SLACK
            });
            assert!(on_edge, "an arrow ends in the air at {tip:?}");
        }
    }
    for band in &diagram.bands {
        for name in &band.lines {
            assert!(Fonts::get().width(Face::SansBold, diagram.letter, name) <= band.size.1);
        }
    }
}

#[test]
fn nothing_overlaps_and_no_text_is_clipped() {
    for arms in 1..=6 {
        for reasons in [0, 3, 15] {
            let flow = flow(arms, reasons);
            for letter in LETTERS {
                for width in [470.0, 717.0] {
                    for side in [Side::Below, Side::Beside] {
                        check(&lay_out(&flow, width, letter, side).0);
                    }
                }
            }
            let room = |turn: Turn| (turn.width(), turn.height() - 90.0);
            let (diagram, turn, shrink) = choose(&flow, room);
            check(&diagram);
            assert!(diagram.canvas.1 * shrink <= room(turn).1 + 1e-6, "{arms} arms, {reasons} reasons do not fit");
        }
    }
}

/// Other trunks: none, one that divides at once, one with boxes at the side of each of its boxes, the last one too; and no
/// names of bands.
#[test]
fn trunks_of_any_length_hold_together() {
    let long = flow(3, 6);
    let side = || Some(part("In screening (n = 3)", &["Screening failures (n = 12)", "Not meeting criteria (n = 11)"]));
    let stage = |side| FlowStage { main: part("Signed consent (n = 77)", &[]), side };
    let trunks = [
        Vec::new(),
        vec![stage(None)],
        vec![stage(side())],
        vec![stage(side()), stage(side())],
        vec![stage(None), stage(side()), stage(None)],
    ];
    for trunk in trunks {
        for arms in [1, 2, 4] {
            for bands in [long.bands.clone(), Vec::new(), vec![String::new(); 4]] {
                let flow = Flow { trunk: trunk.clone(), arms: flow(arms, 2).arms, bands, alt: String::new() };
                for side in [Side::Below, Side::Beside] {
                    check(&lay_out(&flow, 470.0, 7.5, side).0);
                }
            }
        }
    }
}

#[test]
fn boxes_of_a_band_share_height_and_upper_edge() {
    let (diagram, _) = lay_out(&flow(4, 3), 717.0, 7.0, Side::Below);
    for row in diagram.boxes[3..].chunks(4) {
        assert!(row.windows(2).all(|pair| pair[0].corner.1.to_bits() == pair[1].corner.1.to_bits()));
        assert!(row.windows(2).all(|pair| pair[0].size.1.to_bits() == pair[1].size.1.to_bits()));
    }
}

#[test]
fn a_small_diagram_stays_upright_in_large_type() {
    let room = |turn: Turn| (turn.width(), turn.height() - 90.0);
    let (diagram, turn, shrink) = choose(&flow(2, 2), room);
    assert!(turn == Turn::Portrait && diagram.letter > 8.0 && shrink > 0.999, "{turn:?} {}", diagram.letter);
}
