//! A legend of samples and words: one after the other on as many lines as they need, above what it explains.

use super::fonts::{Face, Fonts};
use super::palette::INK;
use super::pen::{Anchor, At, Lettering, Pen};
use super::sheet::small;
use super::text;

/// Size of the words.
const SIZE: f64 = 8.0;
/// From line to line, as a share of the size; and from entry line to entry line.
const PITCH: f64 = 1.25;
const LINE: f64 = 1.7;
/// From the sample to its words, and from entry to entry.
const AWAY: f64 = 5.0;
const ENTRY_GAP: f64 = 16.0;

/// A legend laid out.
pub struct Legend {
    entries: Vec<Entry>,
    /// Height of the whole; none without entries.
    pub height: f64,
}

/// Where a sample stands, its width, and the words behind it.
struct Entry {
    /// Position in the list of what is explained.
    index: usize,
    at: At,
    sample: f64,
    lines: Vec<String>,
}

impl Legend {
    /// Lays out samples of these widths with their words; what has no words has no entry.
    pub fn lay_out(entries: &[(f64, &str)], width: f64) -> Self {
        let mut legend = Self { entries: Vec::new(), height: 0.0 };
        let (mut at, mut deepest): (At, usize) = ((0.0, 0.0), 1);
        for (index, (sample, words)) in entries.iter().enumerate() {
            if words.trim().is_empty() {
                continue;
            }
            let lead = sample + AWAY;
            let lines = text::wrap(Face::Sans, SIZE, &text::glued(&text::line(words)), width - lead);
            let wide = lead + lines.iter().map(|one| Fonts::get().width(Face::Sans, SIZE, one)).fold(0.0, f64::max);
            if at.0 > 0.0 && at.0 + wide > width {
                at = (0.0, at.1 + SIZE * (LINE + PITCH * small(deepest - 1)));
                deepest = 1;
            }
            deepest = deepest.max(lines.len());
            legend.entries.push(Entry { index, at, sample: *sample, lines });
            legend.height = at.1 + SIZE * (LINE + PITCH * small(deepest - 1));
            at.0 += wide + ENTRY_GAP;
        }
        legend
    }

    /// Draws it from the upper left corner; `sample` draws the sample of an entry around its middle.
    pub fn draw(&self, pen: &mut Pen, sample: impl Fn(&mut Pen, usize, At)) {
        for entry in &self.entries {
            let middle = entry.at.1 + SIZE * 0.8;
            sample(pen, entry.index, (entry.at.0 + entry.sample / 2.0, middle));
            for (line, words) in entry.lines.iter().enumerate() {
                let at = (entry.at.0 + entry.sample + AWAY, middle + SIZE * (0.36 + PITCH * small(line)));
                pen.text(words, at, Anchor::Start, Lettering { size: SIZE, bold: false, colour: INK });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::tests::drawn::Drawn;

    #[test]
    fn entries_keep_to_their_width_and_empty_ones_are_left_out() {
        let long = "a kind with a name that is rather long, and goes on for more than a line";
        let words = ["first", "", long, "third", "fourth kind", long];
        let legend = Legend::lay_out(&words.map(|one| (12.0, one)), 180.0);
        assert_eq!(legend.entries.iter().map(|entry| entry.index).collect::<Vec<_>>(), [0, 2, 3, 4, 5]);
        Drawn::of((180.0, legend.height), |pen| legend.draw(pen, |_, _, _| {})).assert_legible(&[]);
        assert!(Legend::lay_out(&[(12.0, " ")], 100.0).height == 0.0);
    }
}
