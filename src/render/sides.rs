//! The words at the sides of no difference, below a scale, with arrows.

use super::fonts::{Face, Fonts};
use super::palette::INK;
use super::pen::{Anchor, At, Lettering, Pen};
use super::sheet::small;
use super::text;

/// Size of the words, and from line to line as a share of it.
const SIZE: f64 = 8.0;
const PITCH: f64 = 1.45;

/// The words laid out.
pub struct Sides {
    sides: Vec<Side>,
}

/// Words at a side of the reference: where they begin, on which line.
struct Side {
    left: f64,
    line: usize,
    words: String,
    /// The arrow, from its foot to its tip.
    arrow: (f64, f64),
}

impl Sides {
    /// Where the words stand: beside the reference, between two ends, and on two lines where one is too short.
    pub fn lay_out(sides: Option<&(String, String)>, reference: f64, (from, to): (f64, f64)) -> Self {
        const ARROW: f64 = 11.0;
        const AWAY: f64 = 7.0;
        const BETWEEN: f64 = 4.0;
        let Some(sides) = sides else { return Self { sides: Vec::new() } };
        let room = to - from - ARROW - BETWEEN;
        let words = |words: &str| text::elide(Face::Sans, SIZE, &text::line(words), room).into_owned();
        let (left, right) = (words(&sides.0), words(&sides.1));
        let wide = |words: &str| Fonts::get().width(Face::Sans, SIZE, words);
        // Each stands against the reference if there is room, else as near as it can.
        let left_end = (reference - AWAY).max(from + ARROW + BETWEEN + wide(&left));
        let right_start = (reference + AWAY).min(to - ARROW - BETWEEN - wide(&right));
        let line = usize::from(right_start - left_end < BETWEEN && !left.is_empty());
        let left_start = left_end - wide(&left);
        let right_end = right_start + wide(&right);
        let mut out = Vec::new();
        if !left.trim().is_empty() {
            let arrow = (left_start - BETWEEN, left_start - BETWEEN - ARROW);
            out.push(Side { left: left_start, line: 0, words: left, arrow });
        }
        if !right.trim().is_empty() {
            let arrow = (right_end + BETWEEN, right_end + BETWEEN + ARROW);
            out.push(Side { left: right_start, line, words: right, arrow });
        }
        Self { sides: out }
    }

    /// Height of the words.
    pub fn height(&self) -> f64 {
        small(self.sides.iter().map(|side| side.line + 1).max().unwrap_or(0)) * SIZE * PITCH
    }

    /// Draws them below `top`.
    pub fn draw(&self, pen: &mut Pen, top: f64) {
        let look = Lettering { size: SIZE, bold: false, colour: INK };
        for side in &self.sides {
            let baseline = top + SIZE * (1.0 + PITCH * small(side.line));
            pen.text(&side.words, (side.left, baseline), Anchor::Start, look);
            let (foot, tip) = side.arrow;
            let height = baseline - SIZE * 0.3;
            let points: [At; 2] = [(foot, height), (tip, height)];
            pen.path(&points, INK, 0.8);
            pen.arrow_head(points[1], ((tip - foot).signum(), 0.0), INK);
        }
    }
}
