//! The participant flow diagram: where its boxes, lines and words stand.
//!
//! Geometry only, in points; [`super::diagram`] puts it on paper. Boxes are as high as their text in the real font;
//! in a band they are equally high and share their upper edge. The largest type that fits is chosen, upright paper
//! before paper on its side.

use super::fonts::{Face, Fonts};
use super::pen::At;
use super::sheet::{Turn, small};
use super::text;
use crate::display::{Flow, FlowBox};

/// A box with its words.
#[derive(Clone, Debug)]
pub struct Placed {
    /// Upper left corner.
    pub corner: At,
    /// Width and height.
    pub size: At,
    /// Its lines of words.
    pub lines: Vec<Words>,
    /// Centres of the dots before the items of its lists.
    pub dots: Vec<At>,
    /// The arm it belongs to.
    pub arm: Option<usize>,
}

/// A line of words in a box.
#[derive(Clone, Debug)]
pub struct Words {
    /// Where its baseline begins.
    pub at: At,
    /// How wide it is.
    pub width: f64,
    /// The words.
    pub text: String,
    /// Whether they are bold.
    pub bold: bool,
}

/// The name of a band, running upward at the left.
#[derive(Clone, Debug)]
pub struct Band {
    /// Upper left corner.
    pub corner: At,
    /// Width and height.
    pub size: At,
    /// The name, a line each.
    pub lines: Vec<String>,
}

/// A line from box to box.
#[derive(Clone, Debug)]
pub struct Wire {
    /// Its corners.
    pub points: Vec<At>,
    /// Whether it ends in an arrow head.
    pub arrow: bool,
}

/// A diagram laid out.
#[derive(Clone, Debug)]
pub struct Diagram {
    /// Width and height of the canvas.
    pub canvas: At,
    /// Size of the words.
    pub letter: f64,
    /// Boxes.
    pub boxes: Vec<Placed>,
    /// Lines between them.
    pub wires: Vec<Wire>,
    /// Names of bands.
    pub bands: Vec<Band>,
}

/// Sizes of type that are tried, from the largest.
const LETTERS: [f64; 9] = [8.5, 8.0, 7.5, 7.0, 6.5, 6.0, 5.5, 5.0, 4.5];
/// A column narrower than this many em makes ragged lists; the next way is tried first.
const NARROWEST: f64 = 10.3;
/// A column wider than this many em is hard to read and looks empty.
const WIDEST: f64 = 30.0;
/// Baselines are apart by this share of the size.
const PITCH: f64 = 1.34;
/// Ascent and descent, as shares of the size.
const ASCENT: f64 = 0.78;
const DESCENT: f64 = 0.24;
/// Kerning may set letters a little apart; so many points are kept in hand.
const IN_HAND: f64 = 0.6;

/// The diagram in the largest type that fits, how the paper lies, and by how much it must be shrunk (1 unless even the
/// smallest type is too large).
pub fn choose(flow: &Flow, room: impl Fn(Turn) -> At) -> (Diagram, Turn, f64) {
    let mut closest: Option<(Diagram, Turn, f64)> = None;
    let ways = [
        (Turn::Portrait, Side::Below),
        (Turn::Portrait, Side::Beside),
        (Turn::Landscape, Side::Below),
        (Turn::Landscape, Side::Beside),
    ];
    for letter in LETTERS {
        for (turn, side) in ways {
            let (width, height) = room(turn);
            let (diagram, column) = lay_out(flow, width, letter, side);
            if column < NARROWEST * letter {
                continue;
            }
            let share = height / diagram.canvas.1;
            if share >= 1.0 {
                return (diagram, turn, 1.0);
            }
            if closest.as_ref().is_none_or(|(_, _, best)| share * letter > *best) {
                closest = Some((diagram, turn, share * letter));
            }
        }
    }
    let (diagram, turn, best) = closest.unwrap_or_else(|| {
        // More arms than paper is wide for: the smallest type on paper on its side, shrunk.
        let (letter, turn) = (LETTERS[LETTERS.len() - 1], Turn::Landscape);
        let (diagram, _) = lay_out(flow, room(turn).0, letter, Side::Below);
        let share = (room(turn).1 / diagram.canvas.1).min(1.0);
        (diagram, turn, share * letter)
    });
    let share = best / diagram.letter;
    (diagram, turn, share)
}

/// Where the box of the excluded stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Between the boxes of the assessed and the randomised, as CONSORT draws it.
    Below,
    /// Further up, beside the box of the assessed; saves height where height is short.
    Beside,
}

/// The diagram in this width and size of type, and the width of the column of an arm.
pub fn lay_out(flow: &Flow, width: f64, letter: f64, side: Side) -> (Diagram, f64) {
    let arms = flow.arms.len().max(1);
    let gap = letter * 1.5;
    let drop = letter * 2.3;
    let band_width = letter * 2.0;
    let left = band_width + letter * 1.2;
    let inner = width - left - 0.5;
    let column = ((inner - small(arms - 1) * gap) / small(arms)).min(WIDEST * letter);
    let used = (column * small(arms) + small(arms - 1) * gap).max((inner * 0.8).min(46.0 * letter));
    let centre = left + inner / 2.0;
    let mut diagram = Diagram { canvas: (width, 0.0), letter, boxes: Vec::new(), wires: Vec::new(), bands: Vec::new() };

    // Enrolment: assessed above, excluded at the side of the line that leads down to randomised.
    let head_width = |part: &FlowBox| -> f64 {
        let words =
            part.lines.iter().map(|line| Fonts::get().width(Face::SansBold, letter, &line.text)).fold(0.0, f64::max);
        (words + 2.2 * letter + 1.0).clamp(12.0 * letter, used * 0.62)
    };
    let assessed_width = head_width(&flow.assessed);
    let top = Setter { letter }.place(&flow.assessed, (centre - assessed_width / 2.0, 0.5), assessed_width, None);
    let assessed_foot = top.corner.1 + top.size.1;
    let side_left = match side {
        Side::Below => centre + drop,
        Side::Beside => centre + assessed_width / 2.0 + gap,
    };
    let side_width = (left + inner - side_left).min(WIDEST * letter);
    let mut side_box =
        Setter { letter }.place(&flow.excluded, (side_left, assessed_foot + drop * 0.7), side_width, None);
    let mut middle = side_box.corner.1 + side_box.size.1 / 2.0;
    if side == Side::Beside {
        middle = assessed_foot + drop * 0.6;
        let head = (middle - side_box.size.1 / 2.0).max(0.5);
        side_box = Setter { letter }.place(&flow.excluded, (side_left, head), side_width, None);
    }
    let mut randomised_head = (side_box.corner.1 + side_box.size.1 + drop * 0.7).max(middle + drop * 0.7);
    // The name of the band must fit beside it.
    randomised_head = randomised_head.max(band_length(&flow.bands[0], letter) + drop * 0.5);
    let randomised_width = head_width(&flow.randomised);
    let randomised = Setter { letter }.place(
        &flow.randomised,
        (centre - randomised_width / 2.0, randomised_head),
        randomised_width,
        None,
    );
    diagram.wires.push(Wire { points: vec![(centre, assessed_foot), (centre, randomised_head)], arrow: true });
    diagram.wires.push(Wire { points: vec![(centre, middle), (side_left, middle)], arrow: true });
    diagram.bands.push(band(&flow.bands[0], letter, 0.5, randomised_head - drop * 0.5 - 0.5));
    let mut foot = randomised.corner.1 + randomised.size.1;
    diagram.boxes.extend([top, side_box, randomised]);

    // One column an arm; in each band equal heights.
    let first = centre - f64::midpoint(column * small(arms), gap * small(arms - 1));
    let middle_of = |arm: usize| first + small(arm) * (column + gap) + column / 2.0;
    let parts: [fn(&crate::display::FlowArm) -> &FlowBox; 3] =
        [|arm| &arm.allocation, |arm| &arm.follow_up, |arm| &arm.analysis];
    for (row, part) in parts.into_iter().enumerate() {
        let head = foot + if row == 0 { drop * 1.35 } else { drop };
        if row == 0 && !flow.arms.is_empty() {
            let bus = foot + drop * 0.55;
            if flow.arms.len() > 1 {
                diagram.wires.push(Wire { points: vec![(centre, foot), (centre, bus)], arrow: false });
                diagram
                    .wires
                    .push(Wire { points: vec![(middle_of(0), bus), (middle_of(arms - 1), bus)], arrow: false });
            }
            for arm in 0..flow.arms.len() {
                let from = if flow.arms.len() > 1 { bus } else { foot };
                diagram.wires.push(Wire { points: vec![(middle_of(arm), from), (middle_of(arm), head)], arrow: true });
            }
        }
        let mut placed: Vec<Placed> = flow
            .arms
            .iter()
            .enumerate()
            .map(|(arm, boxes)| {
                Setter { letter }.place(part(boxes), (middle_of(arm) - column / 2.0, head), column, Some(arm))
            })
            .collect();
        let height = placed.iter().map(|one| one.size.1).fold(band_length(&flow.bands[row + 1], letter), f64::max);
        for one in &mut placed {
            one.size.1 = height;
        }
        if row > 0 {
            for arm in 0..flow.arms.len() {
                diagram.wires.push(Wire { points: vec![(middle_of(arm), foot), (middle_of(arm), head)], arrow: true });
            }
        }
        if !placed.is_empty() {
            diagram.bands.push(band(&flow.bands[row + 1], letter, head, height));
            foot = head + height;
        }
        diagram.boxes.extend(placed);
    }
    diagram.canvas.1 = foot + 0.5;
    (diagram, column)
}

/// How high a band must be for its name.
fn band_length(name: &str, letter: f64) -> f64 {
    Fonts::get().width(Face::SansBold, letter, &text::line(name)).min(16.0 * letter) + letter * 1.2
}

fn band(name: &str, letter: f64, head: f64, height: f64) -> Band {
    let name = text::line(name);
    // Two lines at most have room across; a longer name is shortened rather than drawn over the boxes.
    let mut lines = text::wrap(Face::SansBold, letter, &name, height - letter * 0.6);
    if lines.len() > 1 {
        lines = vec![text::elide(Face::SansBold, letter, &name, height - letter * 0.6).into_owned()];
    }
    Band { corner: (0.5, head), size: (letter * 2.0, height), lines }
}

/// Whether a list ends after this line, or two items stand on the first level beside each other.
fn turn_of_list(part: &FlowBox, index: usize) -> bool {
    part.lines.get(index + 1).is_some_and(|next| next.indent == 0)
}

/// Sets the words of boxes in one size.
#[derive(Clone, Copy)]
struct Setter {
    letter: f64,
}

impl Setter {
    fn place(self, part: &FlowBox, corner: At, width: f64, arm: Option<usize>) -> Placed {
        let letter = self.letter;
        let pad = (letter * 0.9, letter * 0.75);
        let alone = part.lines.len() <= 1;
        let mut lines: Vec<Words> = Vec::new();
        let mut dots: Vec<At> = Vec::new();
        let mut baseline = corner.1 + pad.1 + ASCENT * letter;
        for (index, line) in part.lines.iter().enumerate() {
            let bold = index == 0;
            let face = if bold { Face::SansBold } else { Face::Sans };
            let indent = f64::from(line.indent.min(6)) * letter * 1.1;
            let words = text::line(&line.text);
            let room = (width - 2.0 * pad.0 - indent - IN_HAND).max(letter * 2.0);
            for (turn, one) in text::wrap(face, letter, &text::glued(&words), room).into_iter().enumerate() {
                let long = Fonts::get().width(face, letter, &one);
                let x = if alone { corner.0 + (width - long) / 2.0 } else { corner.0 + pad.0 + indent };
                if turn == 0 && line.indent > 0 {
                    dots.push((x - letter * 0.5, baseline - letter * 0.27));
                }
                lines.push(Words { at: (x, baseline), width: long, text: one.replace('\u{A0}', " "), bold });
                baseline += PITCH * letter;
            }
            if bold || turn_of_list(part, index) {
                baseline += letter * 0.3;
            }
        }
        let last = lines.last().map_or(corner.1 + pad.1 + ASCENT * letter, |words| words.at.1);
        Placed { corner, size: (width, last - corner.1 + DESCENT * letter + pad.1), lines, dots, arm }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::display::{FlowArm, FlowLine};

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
        let arm = |n: usize| FlowArm {
            allocation: part(
                "Allocated to belimumab 10 mg/kg plus standard therapy (n = 20)",
                &all[..n % 2 * all.len()],
            ),
            follow_up: part("Followed up (n = 19)", &all),
            analysis: part("Analysed (n = 20)", &["Excluded from analysis (n = 0)"]),
        };
        Flow {
            assessed: part("Assessed for eligibility (n = 52)", &[]),
            excluded: part("Excluded (n = 12)", &all),
            randomised: part("Randomised (n = 40)", &[]),
            arms: (0..arms).map(arm).collect(),
            bands: ["Enrolment", "Allocation", "Follow-up", "Analysis"].map(str::to_owned),
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
                    words.at.1 - diagram.letter * ASCENT >= one.corner.1
                        && words.at.1 + diagram.letter * DESCENT <= far.1
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
}
