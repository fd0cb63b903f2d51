//! Drawings read back: what is on them, and that all of it can be read.

use crate::render::fonts::{Face, Fonts};
use crate::render::palette::Colour;
use crate::render::pen::{self, At};

/// A drawing read back.
pub struct Drawn {
    size: At,
    svg: String,
}

/// A text, its size, and the box of its letters.
#[derive(Debug)]
pub struct Words {
    pub text: String,
    pub size: f64,
    from: At,
    to: At,
}

fn attribute<'a>(tag: &'a str, name: &str) -> &'a str {
    let start = format!(" {name}=\"");
    tag.split_once(&start).and_then(|(_, rest)| rest.split_once('"')).map_or("", |(value, _)| value)
}

fn number(tag: &str, name: &str) -> f64 {
    attribute(tag, name).parse::<f64>().expect("it is a number") / 10.0
}

impl Drawn {
    /// What these strokes draw on a canvas of this size.
    pub fn of(size: At, strokes: impl FnOnce(&mut pen::Pen)) -> Self {
        Self { size, svg: pen::draw(size, "", "", strokes).expect("it can be drawn") }
    }

    /// The tags of this kind.
    pub fn tags<'a>(&'a self, kind: &str) -> Vec<&'a str> {
        let start = format!("<{kind} ");
        self.svg
            .match_indices(&start)
            .map(|(at, _)| self.svg[at..].split_once('>').map_or("", |(tag, _)| tag))
            .collect()
    }

    /// How many tags of this kind have these attributes.
    pub fn count(&self, kind: &str, attributes: &[(&str, &str)]) -> usize {
        let has = |tag: &&str| attributes.iter().all(|(name, value)| attribute(tag, name) == *value);
        self.tags(kind).into_iter().filter(has).count()
    }

    /// The numbers of corners of the lines of this colour and width, in points.
    pub fn lines(&self, colour: Colour, width: f64) -> Vec<usize> {
        let width = format!("{:.0}", width * 10.0);
        let is = |tag: &&str| attribute(tag, "stroke") == colour.hex() && attribute(tag, "stroke-width") == width;
        let corners = |tag: &str| attribute(tag, "points").split_whitespace().count();
        self.tags("polyline").into_iter().filter(is).map(corners).collect()
    }

    /// All texts.
    pub fn words(&self) -> Vec<Words> {
        self.svg.split("<text ").skip(1).map(Self::text).collect()
    }

    fn text(part: &str) -> Words {
        let (tag, rest) = part.split_once('>').expect("a tag ends");
        let tag = &format!(" {tag}");
        let words = rest.split_once("</text>").map_or("", |(words, _)| words).trim_matches('\n');
        let text = words.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
        let (x, y, size) = (number(tag, "x"), number(tag, "y"), number(tag, "font-size"));
        let face = if attribute(tag, "font-weight") == "bold" { Face::SansBold } else { Face::Sans };
        let width = Fonts::get().width(face, size, &text);
        let shift = match attribute(tag, "text-anchor") {
            "middle" => width / 2.0,
            "end" => width,
            _ => 0.0,
        };
        let (above, below) = ((0.76 - 0.71) * size, (0.76 + 0.2) * size);
        let (from, to) = if attribute(tag, "transform").contains("rotate(270") {
            ((x + above, y + shift - width), (x + below, y + shift))
        } else {
            ((x - shift, y + above), (x - shift + width, y + below))
        };
        Words { text, size, from, to }
    }

    /// That every text and every corner is on the canvas, no text is over another, and none is smaller than 6 points
    /// but the marks of footnotes.
    pub fn assert_legible(&self, marks: &[&str]) {
        let words = self.words();
        let on_canvas = |at: At| at.0 >= -0.3 && at.1 >= -0.3 && at.0 <= self.size.0 + 0.3 && at.1 <= self.size.1 + 0.3;
        for (index, one) in words.iter().enumerate() {
            assert!(on_canvas(one.from) && on_canvas(one.to), "a text leaves the canvas {:?}: {one:?}", self.size);
            assert!(one.size >= 5.95 || marks.contains(&one.text.as_str()), "too small: {one:?}");
            for other in &words[index + 1..] {
                let apart = one.to.0 <= other.from.0 + 0.3
                    || other.to.0 <= one.from.0 + 0.3
                    || one.to.1 <= other.from.1 + 0.3
                    || other.to.1 <= one.from.1 + 0.3;
                assert!(apart, "two texts overlap: {one:?} and {other:?}");
            }
        }
        for tag in self.tags("polyline").into_iter().chain(self.tags("polygon")) {
            for corner in attribute(tag, "points").split_whitespace() {
                let (x, y) = corner.split_once(',').expect("a corner has two numbers");
                let at = (x.parse::<f64>().unwrap_or(f64::NAN) / 10.0, y.parse::<f64>().unwrap_or(f64::NAN) / 10.0);
                assert!(on_canvas(at), "a line leaves the canvas {:?}: {tag}", self.size);
            }
        }
    }
}
