//! The text of a finished page, for tests and for scans of what a report gives away.
//!
//! Everything a reader or a screen reader can get at: running heads, tables, words inside figures, descriptions of
//! figures. Parts on one baseline follow each other; a new baseline begins a new line. Spaces that only keep a line
//! together read as spaces.

use typst::layout::{Abs, Frame, FrameItem, Point};
use typst::visualize::ImageKind;

use super::text::ZERO_WIDTH_SPACE;

/// The text of a page.
pub fn of(frame: &Frame) -> String {
    let mut reader = Reader { out: String::new(), last: None };
    reader.frame(frame, Point::zero());
    reader.out.replace(ZERO_WIDTH_SPACE, "").replace('\u{A0}', " ")
}

struct Reader {
    out: String,
    /// Where the last part ended.
    last: Option<Point>,
}

impl Reader {
    fn frame(&mut self, frame: &Frame, origin: Point) {
        for (offset, item) in frame.items() {
            let at = origin + *offset;
            match item {
                // Nothing in the templates rotates or scales, so that places simply add up.
                FrameItem::Group(group) => {
                    self.frame(&group.frame, at + Point::new(group.transform.tx, group.transform.ty));
                }
                FrameItem::Text(text) => {
                    self.part(&text.text, at, text.size);
                    self.last = Some(at + Point::with_x(text.width()));
                }
                FrameItem::Image(image, _, _) => {
                    self.line(image.alt().unwrap_or_default());
                    if let ImageKind::Svg(svg) = image.kind() {
                        for words in svg_text(svg.data()) {
                            self.line(&words);
                        }
                    }
                }
                FrameItem::Shape(..) | FrameItem::Link(..) | FrameItem::Tag(_) => {}
            }
        }
    }

    fn line(&mut self, words: &str) {
        if !self.out.is_empty() && !self.out.ends_with('\n') {
            self.out.push('\n');
        }
        self.out.push_str(words);
        self.out.push('\n');
        self.last = None;
    }

    fn part(&mut self, words: &str, at: Point, size: Abs) {
        if let Some(last) = self.last {
            let shift = (at.y - last.y).abs();
            let gap = at.x - last.x;
            if shift > size * 0.6 || gap < -size {
                self.out.push('\n');
            } else if gap > size * 0.1 {
                self.out.push(' ');
            }
        }
        self.out.push_str(words);
    }
}

/// The texts of a drawing of ours.
fn svg_text(svg: &[u8]) -> Vec<String> {
    let svg = String::from_utf8_lossy(svg);
    let parts = svg.split("<text ").skip(1).filter_map(|part| part.split_once('>')?.1.split_once("</text>"));
    parts
        .map(|(words, _)| {
            let words = words.trim_matches('\n');
            words
                .replace("&lt;", "<")
                .replace("&gt;", ">")
                .replace("&quot;", "\"")
                .replace("&apos;", "'")
                .replace("&amp;", "&")
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_a_drawing_are_read_back() {
        let svg = "<svg><text x=\"1\" y=\"2\">\na &lt; b &amp; &quot;c&quot;\n</text>\n<rect/><text x=\"3\">\n52\n</text></svg>";
        assert_eq!(svg_text(svg.as_bytes()), ["a < b & \"c\"", "52"]);
    }
}
