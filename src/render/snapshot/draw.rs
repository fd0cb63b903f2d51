//! A page of large numbers on paper: draws what was laid out.

use super::{AFTER_SYMBOL, Look, SYMBOL, Sheet};
use crate::render::palette::{ACCENT, INK, RULE, SOFT, TINT, arm};
use crate::render::pen::{Anchor, Lettering, Pen};

/// Width of the stripe at the left of a card.
const STRIPE: f64 = 2.2;

/// Draws the page.
pub fn draw(sheet: &Sheet, pen: &mut Pen) {
    for (corner, size) in &sheet.cards {
        pen.block(*corner, *size, TINT);
        pen.block(*corner, (STRIPE, size.1), ACCENT);
    }
    for (from, length) in &sheet.rules {
        pen.path(&[*from, (from.0 + length, from.1)], RULE, 0.6);
    }
    for words in &sheet.words {
        let (bold, colour) = match words.look {
            Look::Heading => (true, INK),
            Look::Label => (false, SOFT),
            Look::Number => (true, ACCENT),
            Look::Below | Look::Arm(_) => (false, INK),
        };
        let mut at = words.at;
        if let Look::Arm(position) = words.look {
            let style = arm(position);
            pen.symbol(style.symbol, (at.0 + SYMBOL, at.1 - words.size * 0.34), SYMBOL, style.colour);
            at.0 += AFTER_SYMBOL;
        }
        pen.text(&words.text, at, Anchor::Start, Lettering { size: words.size, bold, colour });
    }
}
