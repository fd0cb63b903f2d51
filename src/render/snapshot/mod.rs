//! A page of large numbers: cards in columns, in groups, below a legend of the arms. Geometry in points; [`draw()`] puts it
//! on paper. No text leaves its card: long labels are broken into lines, long numbers set smaller.

mod draw;

pub use draw::draw;

use super::fonts::{Face, Fonts};
use super::pen::At;
use super::sheet::{Turn, small};
use super::text;
use crate::display::{Card, Snapshot};

/// Sizes of the heading of a group, of a label, of the largest number, of what stands below it, and of arms.
const HEADING: f64 = 9.6;
const LABEL: f64 = 8.2;
const NUMBER: f64 = 23.0;
const BELOW: f64 = 8.2;
const ARM: f64 = 7.8;
/// From line to line, as a share of the size.
const PITCH: f64 = 1.32;
/// Between cards, inside them, and above a group.
const GAP: f64 = 9.0;
const PAD: f64 = 9.0;
const GROUP_GAP: f64 = 15.0;
/// From the heading of a group to its cards.
const BELOW_HEADING: f64 = 7.0;
/// Half the width of the symbol of an arm, and from its middle to the text.
const SYMBOL: f64 = 2.7;
const AFTER_SYMBOL: f64 = 9.0;
/// Between entries of the legend.
const ENTRY_GAP: f64 = 18.0;
/// Columns on paper upright and on its side.
const COLUMNS: [(Turn, usize); 3] = [(Turn::Portrait, 3), (Turn::Portrait, 4), (Turn::Landscape, 5)];

/// A text with its baseline.
#[derive(Clone, Debug)]
struct Words {
    at: At,
    size: f64,
    text: String,
    look: Look,
}

/// What a text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Look {
    Heading,
    Label,
    Number,
    Below,
    /// Of an arm, whose symbol stands before it.
    Arm(usize),
}

/// A page laid out.
#[derive(Clone, Debug)]
pub struct Sheet {
    /// Width and height of the canvas.
    pub canvas: At,
    /// Corners and sizes of the cards.
    cards: Vec<(At, At)>,
    /// Rules below headings: from, and length.
    rules: Vec<(At, f64)>,
    words: Vec<Words>,
}

/// The page in the way that shows it best, how the paper lies, and by how much it must be shrunk.
pub fn choose(snapshot: &Snapshot, room: impl Fn(Turn) -> At) -> (Sheet, Turn, f64) {
    let way = |(turn, columns): (Turn, usize)| {
        let sheet = lay_out(snapshot, columns, room(turn).0);
        let share = (room(turn).1 / sheet.canvas.1).min(1.0);
        (sheet, turn, share)
    };
    let mut best = way(COLUMNS[0]);
    for next in COLUMNS.into_iter().skip(1) {
        if best.2 >= 1.0 {
            break;
        }
        let other = way(next);
        if other.2 > best.2 {
            best = other;
        }
    }
    best
}

fn lay_out(snapshot: &Snapshot, columns: usize, width: f64) -> Sheet {
    let mut sheet = Sheet { canvas: (width, 0.0), cards: Vec::new(), rules: Vec::new(), words: Vec::new() };
    let mut top = legend(snapshot, width, &mut sheet);
    let card_width = (width - small(columns - 1) * GAP - 1.0) / small(columns);
    for group in &snapshot.groups {
        let title = text::line(&group.title);
        if !title.trim().is_empty() {
            top += if top > 0.0 { GROUP_GAP } else { 0.0 };
            for line in text::wrap(Face::SansBold, HEADING, &title, width) {
                top += HEADING * 1.1;
                sheet.words.push(Words { at: (0.5, top), size: HEADING, text: line, look: Look::Heading });
            }
            sheet.rules.push(((0.5, top + 3.5), width - 1.0));
            top += 3.5 + BELOW_HEADING;
        }
        for row in group.cards.chunks(columns) {
            let height = row.iter().map(|card| inside(card, card_width, None)).fold(0.0, f64::max);
            for (column, card) in row.iter().enumerate() {
                let corner = (0.5 + small(column) * (card_width + GAP), top);
                sheet.cards.push((corner, (card_width, height)));
                inside(card, card_width, Some((corner, &mut sheet.words)));
            }
            top += height + GAP;
        }
        top -= GAP;
    }
    sheet.canvas.1 = top.max(1.0) + 1.0;
    sheet
}

/// The arms above the cards; hands back how far down they reach.
fn legend(snapshot: &Snapshot, width: f64, sheet: &mut Sheet) -> f64 {
    if snapshot.arms.is_empty() {
        return 0.0;
    }
    let (mut across, mut baseline) = (0.5, LABEL);
    for (position, label) in snapshot.arms.iter().enumerate() {
        let label = text::line(label);
        let room = width - AFTER_SYMBOL - 2.0;
        let label = text::elide(Face::Sans, LABEL, &label, room).into_owned();
        let wide = AFTER_SYMBOL + Fonts::get().width(Face::Sans, LABEL, &label);
        if across > 1.0 && across + wide > width {
            (across, baseline) = (0.5, baseline + LABEL * PITCH);
        }
        sheet.words.push(Words { at: (across, baseline), size: LABEL, text: label, look: Look::Arm(position) });
        across += wide + ENTRY_GAP;
    }
    baseline + 3.0
}

/// Sets a card in this width, if it has a corner and a list for its words; hands back its height.
fn inside(card: &Card, width: f64, place: Option<(At, &mut Vec<Words>)>) -> f64 {
    let room = width - 2.0 * PAD;
    let mut set: Vec<(f64, f64, String, Look)> = Vec::new();
    let mut down = PAD - 1.0;
    let label = text::line(&card.label);
    for line in text::wrap(Face::Sans, LABEL, &text::glued(&label), room) {
        down += LABEL * PITCH;
        set.push((down, LABEL, line, Look::Label));
    }
    let number = text::line(&card.number);
    let wide = Fonts::get().width(Face::SansBold, NUMBER, &number);
    let size = if wide > room { NUMBER * room / wide } else { NUMBER };
    // All numbers of a row stand on one line, whatever their size.
    down += NUMBER * 1.12;
    set.push((down, size, number.into_owned(), Look::Number));
    let below = text::line(&card.below);
    if !below.trim().is_empty() {
        for line in text::wrap(Face::Sans, BELOW, &text::glued(&below), room) {
            down += BELOW * PITCH + 1.0;
            set.push((down, BELOW, line, Look::Below));
        }
    }
    down += if card.arms.is_empty() { 0.0 } else { 4.0 };
    for (arm, words) in &card.arms {
        down += ARM * PITCH;
        let words = text::line(words);
        set.push((down, ARM, text::elide(Face::Sans, ARM, &words, room - AFTER_SYMBOL).into_owned(), Look::Arm(*arm)));
    }
    if let Some((corner, words)) = place {
        let placed = set.into_iter().map(|(down, size, text, look)| Words {
            at: (corner.0 + PAD, corner.1 + down),
            size,
            text,
            look,
        });
        words.extend(placed);
    }
    down + PAD - 1.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::display::CardGroup;

    fn snapshot(arms: usize, groups: usize, cards: usize) -> Snapshot {
        let long = "An unbreakablelabelthatiswiderthananycardcouldeverbe and some more words that go on";
        let card = |index: usize| Card {
            label: if index.is_multiple_of(3) { long.to_owned() } else { "Randomised".to_owned() },
            number: if index.is_multiple_of(4) { "2025-12-31 to 2026-12-31".to_owned() } else { index.to_string() },
            below: if index.is_multiple_of(2) { "of 42 (57.1 %)".to_owned() } else { String::new() },
            arms: (0..arms).map(|arm| (arm, "14/21 (66.7 %)".to_owned())).collect(),
            keys: Vec::new(),
        };
        Snapshot {
            arms: (0..arms).map(|arm| format!("Arm {arm} {}", if arm == 1 { long } else { "" })).collect(),
            groups: (0..groups)
                .map(|group| CardGroup { title: format!("Group {group}"), cards: (0..cards).map(card).collect() })
                .collect(),
            alt: "Numbers".to_owned(),
        }
    }

    #[test]
    fn nothing_overlaps_and_no_text_is_clipped() {
        let room = |turn: Turn| (turn.width(), turn.height() - 90.0);
        for arms in [0, 2, 3, 6] {
            for (groups, cards) in [(1, 1), (2, 4), (3, 5), (5, 6)] {
                let (sheet, turn, share) = choose(&snapshot(arms, groups, cards), room);
                assert!(sheet.canvas.1 * share <= room(turn).1 + 1e-6);
                for (index, (corner, size)) in sheet.cards.iter().enumerate() {
                    assert!(corner.0 >= 0.4 && corner.0 + size.0 <= sheet.canvas.0 - 0.4);
                    assert!(corner.1 + size.1 <= sheet.canvas.1);
                    for (other, reach) in &sheet.cards[index + 1..] {
                        let apart = corner.0 + size.0 <= other.0
                            || other.0 + reach.0 <= corner.0
                            || corner.1 + size.1 <= other.1
                            || other.1 + reach.1 <= corner.1;
                        assert!(apart, "cards overlap");
                    }
                }
                for words in &sheet.words {
                    let bold = matches!(words.look, Look::Heading | Look::Number);
                    let face = if bold { Face::SansBold } else { Face::Sans };
                    let symbol = if matches!(words.look, Look::Arm(_)) { AFTER_SYMBOL } else { 0.0 };
                    let right = words.at.0 + symbol + Fonts::get().width(face, words.size, &words.text);
                    let holds = |(corner, size): &&(At, At)| {
                        words.at.0 >= corner.0
                            && words.at.0 <= corner.0 + size.0
                            && words.at.1 >= corner.1
                            && words.at.1 <= corner.1 + size.1
                    };
                    let edge =
                        sheet.cards.iter().find(holds).map_or(sheet.canvas.0, |(corner, size)| corner.0 + size.0);
                    assert!(right <= edge + 1e-6, "{words:?} ends at {right}, its card at {edge}");
                }
            }
        }
    }

    #[test]
    fn a_dozen_numbers_stand_upright_at_full_size() {
        let room = |turn: Turn| (turn.width(), turn.height() - 90.0);
        let (_, turn, share) = choose(&snapshot(3, 3, 4), room);
        assert!(turn == Turn::Portrait && share >= 1.0, "{turn:?} {share}");
    }
}
