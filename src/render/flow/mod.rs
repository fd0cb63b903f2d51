//! The participant flow diagram: where its boxes, lines and words stand.
//!
//! Geometry only, in points; [`draw()`] puts it on paper. Boxes are as high as their text in the real font;
//! in a band they are equally high and share their upper edge. The largest type that fits is chosen, upright paper
//! before paper on its side.

mod draw;

pub use draw::draw;

use super::fonts::{Face, Fonts};
use super::pen::At;
use super::sheet::{Turn, small};
use super::text;
use crate::display::{Flow, FlowBox, POOLED};

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
    /// How wide it is; what the tests of the geometry need.
    #[cfg(test)]
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
    let named = flow.bands.iter().any(|name| !name.trim().is_empty());
    let left = if named { band_width + letter * 1.2 } else { 0.5 };
    let inner = width - left - 0.5;
    let column = ((inner - small(arms - 1) * gap) / small(arms)).min(WIDEST * letter);
    let used = (column * small(arms) + small(arms - 1) * gap).max((inner * 0.8).min(46.0 * letter));
    let centre = left + inner / 2.0;
    let mut diagram = Diagram { canvas: (width, 0.0), letter, boxes: Vec::new(), wires: Vec::new(), bands: Vec::new() };

    let room = Room { left, inner, used, centre };
    let (foot, reach) = trunk(flow, &mut diagram, room, side);
    let setter = Setter { letter };

    // One column an arm; in each band equal heights.
    let first = centre - f64::midpoint(column * small(arms), gap * small(arms - 1));
    // One arm has nothing to be told from.
    let look = |arm: usize| if arms == 1 { POOLED } else { arm };
    let middle_of = |arm: usize| first + small(arm) * (column + gap) + column / 2.0;
    // Below the trunk the line divides; without a trunk the columns begin at the top.
    let rows = flow.arms.first().map_or(0, Vec::len);
    let mut above = foot;
    let mut below = reach;
    for row in 0..rows {
        let head = match row {
            0 if flow.trunk.is_empty() => 0.5,
            0 => below + drop * 1.35,
            _ => below + drop,
        };
        if row == 0 && !flow.trunk.is_empty() {
            let bus = below + drop * 0.55;
            if flow.arms.len() > 1 {
                diagram.wires.push(Wire { points: vec![(centre, above), (centre, bus)], arrow: false });
                diagram
                    .wires
                    .push(Wire { points: vec![(middle_of(0), bus), (middle_of(arms - 1), bus)], arrow: false });
            }
            for arm in 0..flow.arms.len() {
                let from = if flow.arms.len() > 1 { bus } else { above };
                diagram.wires.push(Wire { points: vec![(middle_of(arm), from), (middle_of(arm), head)], arrow: true });
            }
        }
        let mut placed: Vec<Placed> = flow
            .arms
            .iter()
            .enumerate()
            .filter_map(|(arm, boxes)| {
                Some(setter.place(boxes.get(row)?, (middle_of(arm) - column / 2.0, head), column, Some(look(arm))))
            })
            .collect();
        let name = flow.bands.get(row + 1);
        let height = placed.iter().map(|one| one.size.1).fold(band_length(name, letter), f64::max);
        for one in &mut placed {
            one.size.1 = height;
        }
        if row > 0 {
            for arm in 0..flow.arms.len() {
                diagram.wires.push(Wire { points: vec![(middle_of(arm), above), (middle_of(arm), head)], arrow: true });
            }
        }
        diagram.bands.extend(name.and_then(|name| band(name, letter, head, height)));
        above = head + height;
        below = above;
        diagram.boxes.extend(placed);
    }
    let foot = below;
    diagram.canvas.1 = foot + 0.5;
    (diagram, column)
}

/// Between which edges the boxes of all participants stand.
#[derive(Clone, Copy)]
struct Room {
    left: f64,
    inner: f64,
    /// How wide what stands below is.
    used: f64,
    centre: f64,
}

/// All participants: one box below the other, who left at the side of the line that leads down. Hands back the foot of the
/// last box, and how far down it and what stands at its side reach.
fn trunk(flow: &Flow, diagram: &mut Diagram, room: Room, side: Side) -> (f64, f64) {
    let letter = diagram.letter;
    let (gap, drop, setter) = (letter * 1.5, letter * 2.3, Setter { letter });
    let Room { left, inner, used, centre } = room;
    let head_width = |part: &FlowBox| -> f64 {
        let words =
            part.lines.iter().map(|line| Fonts::get().width(Face::SansBold, letter, &line.text)).fold(0.0, f64::max);
        (words + 2.2 * letter + 1.0).clamp(12.0 * letter, used * 0.62)
    };
    let mut head = 0.5;
    // Where the line to the next box begins, and how far down this one and what stands at its side reach.
    let (mut foot, mut reach) = (0.0, 0.5);
    let mut branch: Option<Wire> = None;
    for (row, stage) in flow.trunk.iter().enumerate() {
        let is_last = row + 1 == flow.trunk.len();
        if row > 0 && is_last {
            // The name of the band must fit beside it.
            head = f64::max(head, band_length(flow.bands.first(), letter) + drop * 0.5);
        }
        let main_width = head_width(&stage.main);
        let main = setter.place(&stage.main, (centre - main_width / 2.0, head), main_width, None);
        if row > 0 {
            diagram.wires.push(Wire { points: vec![(centre, foot), (centre, head)], arrow: true });
        }
        diagram.wires.extend(branch.take());
        if is_last && row > 0 {
            let name = flow.bands.first();
            diagram.bands.extend(name.and_then(|name| band(name, letter, 0.5, head - drop * 0.5 - 0.5)));
        }
        foot = main.corner.1 + main.size.1;
        (head, reach) = (foot + drop, foot);
        diagram.boxes.push(main);
        let Some(side_box) = &stage.side else { continue };
        let side_left = match side {
            Side::Below => centre + drop,
            Side::Beside => centre + main_width / 2.0 + gap,
        };
        let side_width = (left + inner - side_left).min(WIDEST * letter);
        let mut placed = setter.place(side_box, (side_left, foot + drop * 0.7), side_width, None);
        let mut middle = placed.corner.1 + placed.size.1 / 2.0;
        if side == Side::Beside {
            middle = foot + drop * 0.6;
            let before = if row > 0 { foot } else { 0.5 };
            placed = setter.place(side_box, (side_left, (middle - placed.size.1 / 2.0).max(before)), side_width, None);
        }
        branch = Some(Wire { points: vec![(centre, middle), (side_left, middle)], arrow: true });
        reach = (placed.corner.1 + placed.size.1).max(middle);
        head = (placed.corner.1 + placed.size.1 + drop * 0.7).max(middle + drop * 0.7);
        diagram.boxes.push(placed);
    }
    diagram.wires.extend(branch);
    // A single box may be too low for the name.
    let name = flow.bands.first().filter(|_| flow.trunk.len() == 1);
    if band_length(name, letter) <= reach - 0.5 {
        diagram.bands.extend(name.and_then(|name| band(name, letter, 0.5, reach - 0.5)));
    }
    (foot, reach)
}

/// How high a band must be for its name.
fn band_length(name: Option<&String>, letter: f64) -> f64 {
    let Some(name) = name.filter(|name| !name.trim().is_empty()) else { return 0.0 };
    Fonts::get().width(Face::SansBold, letter, &text::line(name)).min(16.0 * letter) + letter * 1.2
}

fn band(name: &str, letter: f64, head: f64, height: f64) -> Option<Band> {
    if name.trim().is_empty() {
        return None;
    }
    let name = text::line(name);
    // Two lines at most have room across; a longer name is shortened rather than drawn over the boxes.
    let mut lines = text::wrap(Face::SansBold, letter, &name, height - letter * 0.6);
    if lines.len() > 1 {
        lines = vec![text::elide(Face::SansBold, letter, &name, height - letter * 0.6).into_owned()];
    }
    Some(Band { corner: (0.5, head), size: (letter * 2.0, height), lines })
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
                lines.push(Words {
                    at: (x, baseline),
                    #[cfg(test)]
                    width: long,
                    text: one.replace('\u{A0}', " "),
                    bold,
                });
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
mod tests;
