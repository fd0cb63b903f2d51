//! The participant flow diagram on paper: draws what was laid out.

use super::Diagram;
use crate::render::palette::{ACCENT, INK, PAPER, SOFT, Symbol, TINT, arm};
use crate::render::pen::{Anchor, Lettering, Pen};
use crate::render::sheet::small;

/// Draws the diagram.
pub fn draw(diagram: &Diagram, pen: &mut Pen) {
    let letter = diagram.letter;
    for wire in &diagram.wires {
        pen.path(&wire.points, SOFT, 0.8);
        if let ([.., before, tip], true) = (wire.points.as_slice(), wire.arrow) {
            let direction = ((tip.0 - before.0).signum() * f64::from(u8::from(tip.0 - before.0 != 0.0)), {
                (tip.1 - before.1).signum() * f64::from(u8::from(tip.1 - before.1 != 0.0))
            });
            pen.arrow_head(*tip, direction, SOFT);
        }
    }
    for band in &diagram.bands {
        pen.block(band.corner, band.size, ACCENT);
        let middle = band.corner.1 + band.size.1 / 2.0;
        for (index, name) in band.lines.iter().enumerate() {
            // Capitals are 0.71 em high: their middle stands in the middle of the block.
            let baseline = band.corner.0 + band.size.0 / 2.0 + letter * (0.355 + small(index) * 1.2);
            pen.text_upward(
                name,
                (baseline, middle),
                Anchor::Middle,
                Lettering { size: letter, bold: true, colour: PAPER },
            );
        }
    }
    for one in &diagram.boxes {
        pen.block(one.corner, one.size, if one.arm.is_some() { PAPER } else { TINT });
        pen.outline(one.corner, one.size, SOFT, 0.7);
        if let Some(position) = one.arm {
            let height = letter * 0.32;
            pen.block(one.corner, (one.size.0, height), arm(position).colour);
        }
        for dot in &one.dots {
            pen.symbol(Symbol::Disc, *dot, letter * 0.11, SOFT);
        }
        for words in &one.lines {
            let look = Lettering { size: letter, bold: words.bold, colour: INK };
            pen.text(&words.text, words.at, Anchor::Start, look);
        }
    }
}
