//! Drawing on a canvas measured in points, over plotters' SVG back-end.
//!
//! The back-end knows whole numbers only, so its canvas has ten units to the point. Text stays text, in the family the
//! pages use; it is placed by its baseline, which every viewer reads alike.

use plotters::prelude::{DrawingBackend, SVGBackend};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color as _, FontDesc, FontFamily, FontStyle, FontTransform, RGBColor, ShapeStyle, TextStyle};

use super::fonts::{Fonts, SANS};
use super::palette::Colour;

/// Units of the canvas to the point.
const UNITS: f64 = 10.0;
/// What plotters divides a text size by before it writes it.
const PLOTTERS_TEXT: f64 = 1.24;
/// What the back-end moves text of the upper anchor down by, in em.
const BACKEND_SHIFT: f64 = 0.76;

/// A point, from the upper left corner, in points.
pub type At = (f64, f64);

/// Where a text stands relative to its point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    /// Begins there.
    Start,
    /// Is centred there.
    Middle,
    /// Ends there.
    End,
}

/// How a text looks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lettering {
    /// Size in points.
    pub size: f64,
    /// Whether it is bold.
    pub bold: bool,
    /// Its colour.
    pub colour: Colour,
}

/// A canvas being drawn on.
pub struct Pen<'a> {
    backend: SVGBackend<'a>,
    /// Where the points drawn are counted from.
    origin: At,
    failure: Option<String>,
}

#[expect(clippy::cast_possible_truncation, reason = "a canvas is some ten thousand units wide")]
fn units(points: f64) -> i32 {
    (points * UNITS).round() as i32
}

fn rgb(colour: Colour) -> RGBColor {
    RGBColor(colour.0, colour.1, colour.2)
}

pub(super) fn stroke(colour: Colour, width: f64) -> ShapeStyle {
    ShapeStyle { color: rgb(colour).to_rgba(), filled: false, stroke_width: units(width).unsigned_abs().max(1) }
}

/// Draws a figure of this size and hands back the SVG, with its title and description inside.
///
/// # Errors
/// What the back-end refused; nothing in a report should make it.
pub fn draw(size: At, title: &str, description: &str, strokes: impl FnOnce(&mut Pen)) -> Result<String, String> {
    Fonts::get();
    let mut body = String::new();
    let mut pen = Pen {
        backend: SVGBackend::with_string(&mut body, (units(size.0).unsigned_abs(), units(size.1).unsigned_abs())),
        origin: (0.0, 0.0),
        failure: None,
    };
    strokes(&mut pen);
    if let Err(error) = pen.backend.present() {
        pen.failure.get_or_insert_with(|| error.to_string());
    }
    let failure = pen.failure.take();
    drop(pen);
    if let Some(failure) = failure {
        return Err(failure);
    }
    // The back-end writes its units as pixels: a figure two metres wide. Say what is meant, and what is shown.
    let inside = body.split_once('>').map_or("", |(_, inside)| inside);
    // Viewers without Noto Sans take a narrower face, so that text still stays within its box.
    let inside = inside
        .replace(&format!("font-family=\"{SANS}\""), &format!("font-family=\"{SANS}, Arial, Helvetica, sans-serif\""));
    Ok(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" width=\"{:.1}pt\" height=\"{:.1}pt\" viewBox=\"0 0 {} {}\">\n\
         <title>{}</title>\n<desc>{}</desc>{inside}",
        size.0,
        size.1,
        units(size.0),
        units(size.1),
        escaped(title),
        escaped(description),
    ))
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&apos;")
}

impl Pen<'_> {
    fn tell<E: std::fmt::Display>(&mut self, outcome: Result<(), E>) {
        if let Err(error) = outcome {
            self.failure.get_or_insert_with(|| error.to_string());
        }
    }

    /// Where a point lies on the canvas, in its units.
    fn place(&self, at: At) -> (i32, i32) {
        (units(self.origin.0 + at.0), units(self.origin.1 + at.1))
    }

    /// Draws with points counted from this corner: a figure inside a figure.
    pub fn at_corner(&mut self, corner: At, strokes: impl FnOnce(&mut Self)) {
        let before = self.origin;
        self.origin = (before.0 + corner.0, before.1 + corner.1);
        strokes(self);
        self.origin = before;
    }

    /// A line through these points.
    pub fn path(&mut self, points: &[At], colour: Colour, width: f64) {
        let points: Vec<_> = points.iter().map(|&at| self.place(at)).collect();
        let outcome = self.backend.draw_path(points, &stroke(colour, width));
        self.tell(outcome);
    }

    /// A line through these points, drawn and skipped in turn; solid when `dashes` is empty.
    pub fn dashed(&mut self, points: &[At], dashes: &[f64], colour: Colour, width: f64) {
        if dashes.is_empty() {
            self.path(points, colour, width);
            return;
        }
        for dash in cut(points, dashes) {
            self.path(&dash, colour, width);
        }
    }

    /// A filled polygon.
    pub fn area(&mut self, corners: &[At], colour: Colour) {
        let corners: Vec<_> = corners.iter().map(|&at| self.place(at)).collect();
        let outcome = self.backend.fill_polygon(corners, &stroke(colour, 0.1));
        self.tell(outcome);
    }

    /// A filled polygon through which what lies below is seen.
    pub fn veil(&mut self, corners: &[At], colour: Colour) {
        const COVERS: f64 = 0.16;
        let style = ShapeStyle { color: rgb(colour).mix(COVERS), filled: true, stroke_width: 1 };
        let corners: Vec<_> = corners.iter().map(|&at| self.place(at)).collect();
        let outcome = self.backend.fill_polygon(corners, &style);
        self.tell(outcome);
    }

    /// A filled rectangle.
    pub fn block(&mut self, corner: At, size: At, colour: Colour) {
        let far = self.place((corner.0 + size.0, corner.1 + size.1));
        let outcome = self.backend.draw_rect(self.place(corner), far, &stroke(colour, 0.1), true);
        self.tell(outcome);
    }

    /// The outline of a rectangle.
    pub fn outline(&mut self, corner: At, size: At, colour: Colour, width: f64) {
        let (left, top) = corner;
        let (right, bottom) = (left + size.0, top + size.1);
        // Closed over the first side, or the first corner would be cut off.
        let corners = [(left, top), (right, top), (right, bottom), (left, bottom), (left, top), (right, top)];
        self.path(&corners, colour, width);
    }

    /// A circle in this style.
    pub(super) fn circle(&mut self, centre: At, radius: f64, style: ShapeStyle, fill: bool) {
        let outcome = self.backend.draw_circle(self.place(centre), units(radius).unsigned_abs(), &style, fill);
        self.tell(outcome);
    }

    /// An arrow head at `tip`, pointing along `direction` (one of the four ways).
    pub fn arrow_head(&mut self, tip: At, direction: At, colour: Colour) {
        const LENGTH: f64 = 4.6;
        const HALF: f64 = 2.1;
        let foot = (tip.0 - direction.0 * LENGTH, tip.1 - direction.1 * LENGTH);
        let side = (direction.1 * HALF, direction.0 * HALF);
        self.area(&[tip, (foot.0 + side.0, foot.1 + side.1), (foot.0 - side.0, foot.1 - side.1)], colour);
    }

    /// A text whose baseline passes through the point.
    pub fn text(&mut self, words: &str, at: At, anchor: Anchor, look: Lettering) {
        self.write(words, (at.0, at.1 - BACKEND_SHIFT * look.size), anchor, look, FontTransform::None);
    }

    /// A text that runs upward; its baseline passes through the point.
    pub fn text_upward(&mut self, words: &str, at: At, anchor: Anchor, look: Lettering) {
        self.write(words, (at.0 - BACKEND_SHIFT * look.size, at.1), anchor, look, FontTransform::Rotate270);
    }

    fn write(&mut self, words: &str, at: At, anchor: Anchor, look: Lettering, transform: FontTransform) {
        if words.trim().is_empty() {
            return;
        }
        let style = if look.bold { FontStyle::Bold } else { FontStyle::Normal };
        let font = FontDesc::new(FontFamily::Name(SANS), look.size * UNITS * PLOTTERS_TEXT, style).transform(transform);
        let h_pos = match anchor {
            Anchor::Start => HPos::Left,
            Anchor::Middle => HPos::Center,
            Anchor::End => HPos::Right,
        };
        let colour = rgb(look.colour);
        let style = TextStyle::from(font).color(&colour).pos(Pos::new(h_pos, VPos::Top));
        let outcome = self.backend.draw_text(words, &style, self.place(at));
        self.tell(outcome);
    }
}

/// The dashes of a line through these points.
fn cut(points: &[At], dashes: &[f64]) -> Vec<Vec<At>> {
    let mut out = Vec::new();
    let mut current: Vec<At> = points.first().copied().into_iter().collect();
    let mut turn = 0;
    let mut left = dashes[0];
    for pair in points.windows(2) {
        let [from, to] = [pair[0], pair[1]];
        let (across, down) = (to.0 - from.0, to.1 - from.1);
        let length = (across * across + down * down).sqrt();
        let mut done = 0.0;
        while length - done >= left {
            done += left;
            let share = done / length;
            let at = (from.0 + (to.0 - from.0) * share, from.1 + (to.1 - from.1) * share);
            if turn % 2 == 0 {
                current.push(at);
                out.push(std::mem::take(&mut current));
            } else {
                current = vec![at];
            }
            turn += 1;
            left = dashes[turn % dashes.len()];
        }
        left -= length - done;
        if turn % 2 == 0 && done < length {
            current.push(to);
        }
    }
    if turn % 2 == 0 && current.len() > 1 {
        out.push(current);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::palette::INK;

    #[test]
    fn dashes_cover_what_they_should() {
        let dashes = cut(&[(0.0, 0.0), (10.0, 0.0), (10.0, 5.0)], &[4.0, 2.0]);
        let drawn: f64 = dashes
            .iter()
            .flat_map(|dash| dash.windows(2).map(|pair| (pair[1].0 - pair[0].0).abs() + (pair[1].1 - pair[0].1).abs()))
            .sum();
        assert!((drawn - 11.0).abs() < 1e-9, "{drawn} of 15 points are drawn");
        assert_eq!(dashes.len(), 3);
        // The second dash turns the corner.
        assert_eq!(dashes[1], [(6.0, 0.0), (10.0, 0.0)]);
    }

    #[test]
    fn text_is_kept_as_text_and_escaped() {
        let svg = draw((100.0, 50.0), "<Title>", "a & b", |pen| {
            pen.text("5 < 6 & \"x\"", (10.0, 20.0), Anchor::Start, Lettering { size: 8.0, bold: true, colour: INK });
        });
        let svg = svg.unwrap_or_default();
        assert!(svg.contains("5 &lt; 6 &amp; &quot;x&quot;"), "{svg}");
        assert!(
            svg.contains("font-family=\"Noto Sans, Arial, Helvetica, sans-serif\"")
                && svg.contains("<title>&lt;Title&gt;</title>")
        );
        assert!(svg.contains("width=\"100.0pt\"") && svg.ends_with("</svg>\n"), "{svg}");
    }
}
