//! What is read as text: titles and texts of sections, and the methods.

use serde_json::{Value, json};

use super::document::long;
use super::fonts::Face;
use super::sheet::{PROSE, Turn};
use super::{targets, text};
use crate::display::{MethodsParagraph, Report, Section, SectionText};

/// Size of rules.
const RULE: f64 = 7.6;

/// The title of the section at this position.
pub fn section(section: &Section, at: usize) -> Value {
    json!({
        "number": text::line(&section.number),
        "title": long(Face::SerifBold, 19.0, &section.title, 380.0),
        "label": targets::section(at),
    })
}

/// The section at this position with its texts.
pub fn texts(of: &Section, at: usize) -> Value {
    let one = |(position, text): (usize, &SectionText)| {
        json!({
            "label": targets::text(at, position),
            "heading": long(Face::SerifBold, 12.5, &text.heading, Turn::Portrait.width()),
            "paragraphs": paragraphs(&text.paragraphs),
        })
    };
    json!({ "section": section(of, at), "texts": of.texts.iter().enumerate().map(one).collect::<Vec<_>>() })
}

/// How the statistics were done.
pub fn methods(report: &Report) -> Value {
    let width = Turn::Portrait.width();
    let one = |paragraph: &MethodsParagraph| {
        let rules = paragraph.rules.iter().map(|rule| {
            let lines: Vec<String> = text::lines(&rule.text)
                .trim_end()
                .split('\n')
                .map(|line| text::breakable(Face::Mono, RULE, line, width - 20.0).into_owned())
                .collect();
            json!({ "label": long(Face::SansBold, 8.0, &rule.label, width), "text": lines.join("\n") })
        });
        json!({
            "heading": text::line(&paragraph.heading),
            "paragraphs": paragraphs(&paragraph.paragraphs),
            "rules": rules.collect::<Vec<_>>(),
        })
    };
    report.methods.iter().map(one).collect()
}

/// Paragraphs of prose over the width of a page.
pub fn paragraphs(paragraphs: &[String]) -> Vec<String> {
    paragraphs.iter().map(|words| long(Face::Serif, PROSE, words, Turn::Portrait.width())).collect()
}
