//! Texts centred under the ticks of an axis: in one size, on as many lines as keep them apart.

use super::fonts::{Face, Fonts};
use super::palette::Colour;
use super::pen::{Anchor, Lettering, Pen};
use super::sheet::small;

/// Size of the labels of ticks and of the rows below a plot.
pub const TICK: f64 = 7.8;
/// Smallest size to which crowded labels shrink before they are staggered.
pub const TICK_LEAST: f64 = 6.2;
/// Labels beside each other are at least so far apart.
pub const APART: f64 = 5.0;
/// From line to line, as a share of the size.
const PITCH: f64 = 1.35;

/// A row of texts, each centred at its place.
#[derive(Clone)]
pub struct Row {
    /// Size of the texts.
    pub size: f64,
    /// Place, line from above, text.
    pub places: Vec<(f64, usize, String)>,
    /// Number of lines.
    pub lines: usize,
}

impl Row {
    /// Sets the texts in the largest size in which they stand on one line, or else in the smallest on several.
    pub fn set(entries: &[(f64, String)]) -> Self {
        let mut size = TICK;
        loop {
            let row = Self::level(entries, size);
            if row.lines <= 1 || size <= TICK_LEAST {
                return row;
            }
            size -= 0.4;
        }
    }

    fn level(entries: &[(f64, String)], size: f64) -> Self {
        let mut ends: Vec<f64> = Vec::new();
        let places: Vec<_> = entries
            .iter()
            .map(|(at, words)| {
                let half = Fonts::get().width(Face::Sans, size, words) / 2.0;
                let line = ends.iter().position(|end| at - half >= end + APART).unwrap_or(ends.len());
                if line == ends.len() {
                    ends.push(0.0);
                }
                ends[line] = at + half;
                (*at, line, words.clone())
            })
            .collect();
        Self { size, places, lines: ends.len().max(1) }
    }

    /// Height of all lines.
    pub fn height(&self) -> f64 {
        small(self.lines) * self.size * PITCH
    }

    /// Draws the row below `top`.
    pub fn draw(&self, pen: &mut Pen, top: f64, colour: Colour) {
        for (at, line, words) in &self.places {
            let baseline = top + self.size * (0.9 + PITCH * small(*line));
            pen.text(words, (*at, baseline), Anchor::Middle, Lettering { size: self.size, bold: false, colour });
        }
    }
}
