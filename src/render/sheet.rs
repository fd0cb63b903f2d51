//! The page: its measures and type sizes, and how high the parts around a display are.
//!
//! One statement of the geometry. The templates read it from `/data/sheet.json`, the tables and figures measure with
//! it here. All lengths are points.

use serde_json::{Value, json};

use super::fonts::{self, Face, Fonts};
use super::notes::Notes;
use super::{palette, text};
use crate::display::{Display, Fact};

/// Short and long side of A4.
const PAPER: (f64, f64) = (595.276, 841.89);
/// Left and right margin.
const SIDE: f64 = 62.4;
/// Top margin; holds the running head and the line that continues a title.
const TOP: f64 = 76.0;
/// Bottom margin; holds the foot.
const BOTTOM: f64 = 58.0;

/// Size of prose.
pub const PROSE: f64 = 10.5;
/// Number of a display, above its title.
const NUMBER: f64 = 8.5;
/// Title of a display.
const TITLE: f64 = 14.0;
/// Who is analysed.
const SUBTITLE: f64 = 10.5;
/// Title of a section.
const SECTION: f64 = 19.0;
/// Estimand block.
const SMALL: f64 = 7.6;
/// Footnotes and the source.
pub const NOTE: f64 = 7.4;
/// Running head and foot.
const RUNNING: f64 = 7.5;

/// Share of the size by which lines of text are apart, from the foot of one to the head of the next.
const LEADING: f64 = 0.58;

/// Gaps: below the number, the title, the subtitle, the estimand block; above the footnotes; between them.
pub const GAPS: [f64; 6] = [6.0, 7.0, 12.0, 12.0, 9.0, 4.0];
/// Room that a section title takes with what separates it from the display.
const SECTION_GAP: f64 = 22.0;
/// Padding of the estimand block, the width of its labels, what separates them from the texts, and the gap between its
/// rows.
const ESTIMAND: [f64; 4] = [6.5, 84.0, 8.0, 4.2];

/// Kept free on a page with a figure, because heights of texts are estimates.
const KEPT_BACK: f64 = 14.0;

/// A way to turn the paper.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// Upright.
    Portrait,
    /// On its side.
    Landscape,
}

impl Turn {
    /// Width between the margins.
    pub const fn width(self) -> f64 {
        match self {
            Self::Portrait => PAPER.0 - 2.0 * SIDE,
            Self::Landscape => PAPER.1 - 2.0 * SIDE,
        }
    }

    /// Height between the margins.
    pub const fn height(self) -> f64 {
        match self {
            Self::Portrait => PAPER.1 - TOP - BOTTOM,
            Self::Landscape => PAPER.0 - TOP - BOTTOM,
        }
    }
}

/// What the templates read.
pub fn as_json() -> Value {
    let mut out = json!({
        "side": SIDE, "top": TOP, "bottom": BOTTOM,
        "prose": PROSE, "number": NUMBER, "title": TITLE, "subtitle": SUBTITLE, "section": SECTION,
        "small": SMALL, "note": NOTE, "running": RUNNING,
        "leading": LEADING, "gaps": GAPS, "section-gap": SECTION_GAP, "estimand": ESTIMAND,
        "colours": {
            "ink": palette::INK.hex(), "soft": palette::SOFT.hex(), "rule": palette::RULE.hex(),
            "accent": palette::ACCENT.hex(), "tint": palette::TINT.hex(),
            "warn": palette::WARN.hex(), "warn-tint": palette::WARN_TINT.hex(),
        },
    });
    let added = fonts::added();
    if !added.is_empty() {
        out["fonts"] = json!(added);
    }
    out
}

/// Height of so many lines of one face and size.
pub fn lines_height(face: Face, lines: usize, size: f64) -> f64 {
    let lines = small(lines);
    lines * Fonts::get().capitals(face) * size + (lines - 1.0).max(0.0) * LEADING * size
}

/// A count as a length factor.
#[expect(clippy::cast_precision_loss, reason = "counts of lines, rows and arms are far below 2^52")]
pub const fn small(count: usize) -> f64 {
    count as f64
}

/// Height of a text of this face and size within a width.
pub fn text_height(face: Face, size: f64, words: &str, width: f64) -> f64 {
    lines_height(face, text::wrap(face, size, words, width).len(), size)
}

/// Height of what stands above the body of a display: section title if it opens one, number, title, subtitle,
/// estimand.
pub fn height_above(display: &Display, section: Option<&str>, turn: Turn) -> f64 {
    let width = turn.width();
    let mut height = 0.0;
    if let Some(title) = section {
        height += text_height(Face::SerifBold, SECTION, title, width - 60.0) + SECTION_GAP;
    }
    height += lines_height(Face::SansBold, 1, NUMBER) + GAPS[0];
    height += text_height(Face::SerifBold, TITLE, &display.title, width) + GAPS[1];
    if !display.subtitle.is_empty() {
        height += text_height(Face::SerifItalic, SUBTITLE, &display.subtitle, width);
    }
    height += GAPS[2];
    if !display.estimand.is_empty() {
        let lines = |fact: &Fact| fact.text.lines().map(|line| lines_of_estimand(line, turn)).sum::<usize>().max(1);
        let rows = display.estimand.iter().map(|fact| lines_height(Face::Sans, lines(fact), SMALL));
        height += rows.sum::<f64>() + small(display.estimand.len() - 1) * ESTIMAND[3] + 2.0 * ESTIMAND[0] + GAPS[3];
    }
    height
}

/// Width of the texts of the estimand block.
pub fn estimand_width(turn: Turn) -> f64 {
    turn.width() - 2.0 * ESTIMAND[0] - ESTIMAND[1] - ESTIMAND[2]
}

fn lines_of_estimand(line: &str, turn: Turn) -> usize {
    text::wrap(Face::Sans, SMALL, line, estimand_width(turn)).len()
}

/// Height of the footnotes and the source line.
pub fn height_below(display: &Display, turn: Turn) -> f64 {
    let notes = Notes::of(display, turn);
    notes.height(&(0..display.footnotes.len()).collect::<Vec<_>>(), true)
}

/// Room for a figure on the page of its display.
pub fn figure_room(display: &Display, section: Option<&str>, turn: Turn) -> (f64, f64) {
    let height = turn.height() - height_above(display, section, turn) - height_below(display, turn) - KEPT_BACK;
    (turn.width(), height.max(160.0))
}

/// Room for the parts of a figure on the pages that follow its first: they hold nothing else, the last one its notes.
pub fn following_room(display: &Display, turn: Turn) -> (f64, f64) {
    (turn.width(), (turn.height() - height_below(display, turn) - KEPT_BACK).max(160.0))
}

/// The number and title of a display as following pages repeat them: one line.
pub fn running_title(display: &Display, turn: Turn) -> String {
    let room = turn.width() - Fonts::get().width(Face::SansBold, RUNNING + 0.5, &display.number) - 125.0;
    text::elide(Face::Sans, RUNNING + 0.5, &display.title, room.max(40.0)).into_owned()
}
