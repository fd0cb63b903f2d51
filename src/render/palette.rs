//! The colours of tables, figures and pages, and how an arm looks in every figure.
//!
//! One accent, one warning colour, greys. Arms differ in colour, symbol and line style at once, so that they stay
//! apart for colour-blind readers and in grey print; all six colours carry text on white (contrast above 4.5). Simulated
//! for the three kinds of colour blindness (Machado 2009), any two of them differ by 20 in CIE Lab or more.

use crate::display::POOLED;

/// A colour of the screen, red, green and blue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Colour(pub u8, pub u8, pub u8);

impl Colour {
    /// As style sheets write it: `#1F4E79`.
    pub fn hex(self) -> String {
        format!("#{:02X}{:02X}{:02X}", self.0, self.1, self.2)
    }
}

/// Text and strong rules.
pub const INK: Colour = Colour(0x1B, 0x1F, 0x24);
/// Text that steps back: labels, sources, running heads.
pub const SOFT: Colour = Colour(0x55, 0x5E, 0x68);
/// Light rules.
pub const RULE: Colour = Colour(0xC6, 0xCC, 0xD2);
/// The grid behind marks.
pub const GRID: Colour = Colour(0xE1, 0xE5, 0xE9);
/// The one accent.
pub const ACCENT: Colour = Colour(0x17, 0x4A, 0x6E);
/// A ground so light that it prints as paper.
pub const TINT: Colour = Colour(0xF1, 0xF4, 0xF7);
/// What must not be overlooked.
pub const WARN: Colour = Colour(0xA8, 0x1E, 0x1E);
/// The ground behind a warning.
pub const WARN_TINT: Colour = Colour(0xFB, 0xEE, 0xEC);
/// Paper.
pub const PAPER: Colour = Colour(0xFF, 0xFF, 0xFF);

/// Text on a light shade.
pub const BLACK: Colour = Colour(0x00, 0x00, 0x00);

/// From here on a shade carries text in the colour of paper: the better contrast, never below 4.6, changes hands.
const DARK: u8 = 75;

/// A shade of the one ramp, from paper (0) to the accent (100): one hue, so that grey print keeps the order.
pub fn shade(depth: u8) -> Colour {
    mixed(PAPER, ACCENT, depth)
}

/// The colour in which text is best read on a shade.
pub const fn on_shade(depth: u8) -> Colour {
    if depth < DARK { BLACK } else { PAPER }
}

/// The colour, paler, as if it covered paper only in part.
pub fn pale(colour: Colour) -> Colour {
    mixed(PAPER, colour, 55)
}

/// So many hundredths of the way from one colour to another.
fn mixed(from: Colour, to: Colour, hundredths: u8) -> Colour {
    let far = u16::from(hundredths.min(100));
    let part = |from: u8, to: u8| {
        let sum = u16::from(from) * (100 - far) + u16::from(to) * far + 50;
        u8::try_from(sum / 100).unwrap_or(u8::MAX)
    };
    Colour(part(from.0, to.0), part(from.1, to.1), part(from.2, to.2))
}

/// The shape of a mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Symbol {
    /// A disc.
    Disc,
    /// A filled square.
    Square,
    /// A filled triangle on its base.
    Triangle,
    /// A filled square on its corner.
    Diamond,
    /// A circle that shows the paper.
    Ring,
    /// A triangle on its tip that shows the paper.
    OpenTriangle,
    /// A filled triangle on its tip.
    Tip,
    /// A square that shows the paper.
    OpenSquare,
    /// A square on its corner that shows the paper.
    OpenDiamond,
    /// An upright and a level stroke.
    Plus,
    /// Two slanted strokes.
    Cross,
}

/// How an area is filled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fill {
    /// The colour, paler.
    Pale,
    /// The colour.
    Full,
    /// Nothing.
    Paper,
    /// Lines that rise.
    Rising,
    /// Lines that fall.
    Falling,
    /// Both.
    Crossed,
    /// Level lines.
    Level,
}

/// The symbols of kinds of marks: neighbours differ most. Beyond them, looks repeat.
const KINDS: [Symbol; 11] = [
    Symbol::Disc,
    Symbol::OpenTriangle,
    Symbol::Cross,
    Symbol::Square,
    Symbol::OpenDiamond,
    Symbol::Plus,
    Symbol::Triangle,
    Symbol::Ring,
    Symbol::Diamond,
    Symbol::OpenSquare,
    Symbol::Tip,
];

/// The symbol of the kind of mark at this position.
pub const fn kind(position: usize) -> Symbol {
    KINDS[position % KINDS.len()]
}

/// The fills of kinds of stretches.
const STRETCHES: [Fill; 7] =
    [Fill::Pale, Fill::Rising, Fill::Full, Fill::Crossed, Fill::Paper, Fill::Level, Fill::Falling];

/// The fill and, where it is no arm's, the colour of the kind of stretch at this position.
pub fn stretch(position: usize, of: Option<usize>) -> (Fill, Colour) {
    let own = if (position / STRETCHES.len()).is_multiple_of(2) { SOFT } else { ACCENT };
    (STRETCHES[position % STRETCHES.len()], of.map_or(own, |of| arm(of).colour))
}

/// How an arm looks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ArmStyle {
    /// Of lines, symbols and labels.
    pub colour: Colour,
    /// Of marks.
    pub symbol: Symbol,
    /// Lengths in points, drawn and skipped in turn; empty for a solid line.
    pub dashes: &'static [f64],
    /// Of boxes and bars; a line of the colour is seen on it.
    pub fill: Fill,
}

const ARMS: [ArmStyle; 6] = [
    ArmStyle { colour: Colour(0x0B, 0x5C, 0x9E), symbol: Symbol::Disc, dashes: &[], fill: Fill::Pale },
    ArmStyle { colour: Colour(0xB8, 0x45, 0x0B), symbol: Symbol::Square, dashes: &[6.0, 2.5], fill: Fill::Rising },
    ArmStyle { colour: Colour(0x15, 0x20, 0x2B), symbol: Symbol::Triangle, dashes: &[1.6, 2.2], fill: Fill::Paper },
    ArmStyle {
        colour: Colour(0x7A, 0x2B, 0xD0),
        symbol: Symbol::Diamond,
        dashes: &[7.0, 2.2, 1.6, 2.2],
        fill: Fill::Crossed,
    },
    ArmStyle { colour: Colour(0x84, 0x5B, 0x66), symbol: Symbol::Ring, dashes: &[3.6, 2.2], fill: Fill::Level },
    ArmStyle {
        colour: Colour(0x55, 0x11, 0x11),
        symbol: Symbol::OpenTriangle,
        dashes: &[9.0, 2.0, 1.4, 2.0, 1.4, 2.0],
        fill: Fill::Falling,
    },
];

/// The look of all participants together: neutral, so that nobody takes it for that of an arm.
const TOGETHER: ArmStyle = ArmStyle { colour: SOFT, symbol: Symbol::Disc, dashes: &[], fill: Fill::Pale };

/// The look of the arm at this position, or of all together. Beyond six, looks repeat.
pub const fn arm(position: usize) -> ArmStyle {
    if position == POOLED { TOGETHER } else { ARMS[position % ARMS.len()] }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn luminance(colour: Colour) -> f64 {
        // The piecewise sRGB curve, replaced by its quadratic approximation: good to a percent, enough for a bound.
        let part = |value: u8| (f64::from(value) / 255.0) * (f64::from(value) / 255.0);
        0.2126 * part(colour.0) + 0.7152 * part(colour.1) + 0.0722 * part(colour.2)
    }

    #[test]
    fn every_colour_of_text_can_be_read_on_paper() {
        for colour in ARMS.iter().map(|arm| arm.colour).chain([INK, SOFT, ACCENT, WARN]) {
            let contrast = (luminance(PAPER) + 0.05) / (luminance(colour) + 0.05);
            assert!(contrast > 4.5, "{} has contrast {contrast}", colour.hex());
        }
    }

    /// The curve of sRGB: x^2.4 taken as x^2 · x^(13/32), which is a hundredth off where it is dark.
    fn linear(value: u8) -> f64 {
        let share = f64::from(value) / 255.0;
        if share <= 0.040_45 {
            return share / 12.92;
        }
        let x = (share + 0.055) / 1.055;
        let fourth = x.sqrt().sqrt();
        let eighth = fourth.sqrt();
        x * x * fourth * eighth * eighth.sqrt().sqrt()
    }

    #[test]
    fn text_on_every_shade_can_be_read_and_shades_keep_their_order() {
        let bright = |colour: Colour| 0.2126 * linear(colour.0) + 0.7152 * linear(colour.1) + 0.0722 * linear(colour.2);
        for depth in 0..=100 {
            let (one, other) = (bright(shade(depth)) + 0.05, bright(on_shade(depth)) + 0.05);
            let contrast = one.max(other) / one.min(other);
            assert!(contrast > 4.5, "text on shade {depth} has contrast {contrast}");
            assert!(depth == 0 || bright(shade(depth)) < bright(shade(depth - 1)), "shade {depth} is no darker");
        }
        assert_eq!((shade(0), shade(100), shade(255)), (PAPER, ACCENT, ACCENT));
    }

    #[test]
    fn kinds_differ_in_more_than_colour() {
        for one in 0..KINDS.len() {
            assert!((0..one).all(|other| kind(one) != kind(other)));
        }
        for one in 0..2 * STRETCHES.len() {
            assert!((0..one).all(|other| stretch(one, None) != stretch(other, None)));
        }
        assert_eq!(stretch(0, Some(1)).1, arm(1).colour);
    }

    #[test]
    fn arms_differ_in_more_than_colour() {
        for (index, one) in ARMS.iter().enumerate() {
            for other in &ARMS[index + 1..] {
                assert!(one.symbol != other.symbol && one.dashes != other.dashes && one.colour != other.colour);
                assert!(one.fill != other.fill);
            }
        }
    }
}
