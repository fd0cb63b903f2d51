//! Shapes with a meaning: the marks of arms and kinds, and the fills of boxes and bars.
//!
//! Fills differ in pattern as well as in colour, so that they stay apart in grey print.

use super::palette::{Colour, Fill, PAPER, Symbol, pale};
use super::pen::{At, Pen, stroke};

/// From line to line of a hatch, and the width of its lines.
const HATCH: f64 = 3.2;
const HATCH_LINE: f64 = 0.5;
/// Width of the outline of what is filled.
const OUTLINE: f64 = 0.8;
/// Width of the strokes of marks that are not filled.
const STROKE: f64 = 1.3;

impl Pen<'_> {
    /// A mark.
    pub fn symbol(&mut self, symbol: Symbol, at: At, radius: f64, colour: Colour) {
        let (x, y) = at;
        let line = stroke(colour, 1.1);
        match symbol {
            Symbol::Disc => self.circle(at, radius, stroke(colour, 0.1), true),
            Symbol::Ring => {
                self.circle(at, radius * 0.95, stroke(PAPER, 0.1), true);
                self.circle(at, radius * 0.95, line, false);
            }
            Symbol::Square => {
                let half = radius * 0.9;
                self.block((x - half, y - half), (2.0 * half, 2.0 * half), colour);
            }
            Symbol::Diamond => {
                let half = radius * 1.3;
                self.area(&[(x, y - half), (x + half, y), (x, y + half), (x - half, y)], colour);
            }
            Symbol::Triangle => {
                let reach = radius * 1.2;
                self.area(&[(x, y - reach), (x + reach, y + reach * 0.8), (x - reach, y + reach * 0.8)], colour);
            }
            Symbol::OpenTriangle => {
                let reach = radius * 1.15;
                let corners = [(x, y + reach), (x + reach, y - reach * 0.8), (x - reach, y - reach * 0.8)];
                self.area(&corners, PAPER);
                self.path(&[corners[0], corners[1], corners[2], corners[0], corners[1]], colour, 1.1);
            }
            Symbol::Tip => {
                let reach = radius * 1.2;
                self.area(&[(x, y + reach), (x + reach, y - reach * 0.8), (x - reach, y - reach * 0.8)], colour);
            }
            Symbol::OpenSquare => {
                let half = radius * 0.85;
                self.block((x - half, y - half), (2.0 * half, 2.0 * half), PAPER);
                self.outline((x - half, y - half), (2.0 * half, 2.0 * half), colour, 1.1);
            }
            Symbol::OpenDiamond => {
                let half = radius * 1.2;
                let corners = [(x, y - half), (x + half, y), (x, y + half), (x - half, y)];
                self.area(&corners, PAPER);
                self.path(&[corners[0], corners[1], corners[2], corners[3], corners[0], corners[1]], colour, 1.1);
            }
            Symbol::Plus => {
                self.strokes(&[[(x - radius, y), (x + radius, y)], [(x, y - radius), (x, y + radius)]], colour)
            }
            Symbol::Cross => {
                let half = radius * 0.8;
                let rising = [(x - half, y + half), (x + half, y - half)];
                self.strokes(&[[(x - half, y - half), (x + half, y + half)], rising], colour);
            }
        }
    }

    fn strokes(&mut self, lines: &[[At; 2]], colour: Colour) {
        for line in lines {
            self.path(line, colour, STROKE);
        }
    }

    /// A mark with paper around it, which keeps it apart from what lies behind it.
    pub fn mark(&mut self, symbol: Symbol, at: At, radius: f64, colour: Colour) {
        match symbol {
            Symbol::Plus | Symbol::Cross => {
                let far = radius + 0.6;
                self.block((at.0 - far, at.1 - far), (2.0 * far, 2.0 * far), PAPER);
            }
            _ => self.symbol(symbol, at, radius + 0.7, PAPER),
        }
        self.symbol(symbol, at, radius, colour);
    }

    /// A rectangle in a fill, with its outline; one without width or height is a line.
    pub fn filled(&mut self, corner: At, size: At, fill: Fill, colour: Colour) {
        let ground = match fill {
            Fill::Pale => pale(colour),
            Fill::Full => colour,
            _ => PAPER,
        };
        self.block(corner, size, ground);
        for line in hatch(corner, size, fill) {
            self.path(&line, colour, HATCH_LINE);
        }
        self.outline(corner, size, colour, OUTLINE);
    }
}

/// The lines of a hatch inside a rectangle.
fn hatch((left, top): At, (width, height): At, fill: Fill) -> Vec<[At; 2]> {
    // Lines on which the sum of both coordinates is the same rise; mirrored they fall.
    let slanted = |rising: bool| {
        let mut lines = Vec::new();
        let mut sum = HATCH;
        while sum < width + height {
            let from = (sum.min(width), (sum - width).max(0.0));
            let to = ((sum - height).max(0.0), sum.min(height));
            let mirrored = |at: At| if rising { at } else { (width - at.0, at.1) };
            lines.push([from, to].map(|at| (left + mirrored(at).0, top + mirrored(at).1)));
            sum += HATCH * std::f64::consts::SQRT_2;
        }
        lines
    };
    let straight = |upright: bool| {
        let (along, across) = if upright { (height, width) } else { (width, height) };
        let mut lines = Vec::new();
        let mut far = HATCH * 0.5;
        while far < across {
            let ends = if upright { [(far, 0.0), (far, along)] } else { [(0.0, far), (along, far)] };
            lines.push(ends.map(|at| (left + at.0, top + at.1)));
            far += HATCH * 0.75;
        }
        lines
    };
    match fill {
        Fill::Pale | Fill::Full | Fill::Paper => Vec::new(),
        Fill::Rising => slanted(true),
        Fill::Falling => slanted(false),
        Fill::Crossed => [slanted(true), slanted(false)].concat(),
        Fill::Level => straight(false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hatch_stays_inside_its_rectangle() {
        for fill in [Fill::Rising, Fill::Falling, Fill::Crossed, Fill::Level] {
            for size in [(40.0, 9.0), (6.0, 80.0), (1.0, 1.0), (0.0, 5.0)] {
                let lines = hatch((10.0, 20.0), size, fill);
                let inside = |at: &At| {
                    at.0 >= 10.0 - 1e-9
                        && at.0 <= 10.0 + size.0 + 1e-9
                        && at.1 >= 20.0 - 1e-9
                        && at.1 <= 20.0 + size.1 + 1e-9
                };
                assert!(lines.iter().flatten().all(inside), "{fill:?} {size:?}");
                assert!(!lines.is_empty() || size.0 < 2.0);
            }
        }
    }
}
