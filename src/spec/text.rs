//! Texts of `study.toml` that remember where they stand: rules, and names that others refer to.

use std::borrow::Cow;
use std::fmt;
use std::ops::{Deref, Range};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer};
use toml::Spanned;

use crate::error::Place;

/// An SQL rule as written, not yet trusted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleText {
    /// The text.
    pub sql: String,
    /// Where it stands in the file, in bytes, quotes included.
    pub span: Range<usize>,
    /// The instrument it comes from; it then stands where that is used.
    pub instrument: Option<String>,
}

impl<'de> Deserialize<'de> for RuleText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let spanned = Spanned::<String>::deserialize(deserializer)?;
        let span = spanned.span();
        Ok(Self { sql: spanned.into_inner(), span, instrument: None })
    }
}

impl JsonSchema for RuleText {
    fn schema_name() -> Cow<'static, str> {
        "Rule".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "description": "An SQL expression over one row." })
    }

    fn inline_schema() -> bool {
        true
    }
}

/// A text that remembers where it stands: a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prose {
    /// The text.
    pub text: String,
    /// Where it stands in the file, in bytes, quotes included.
    pub span: Range<usize>,
}

impl<'de> Deserialize<'de> for Prose {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let spanned = Spanned::<String>::deserialize(deserializer)?;
        let span = spanned.span();
        Ok(Self { text: spanned.into_inner(), span })
    }
}

impl JsonSchema for Prose {
    fn schema_name() -> Cow<'static, str> {
        "Template".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "description": "A text; a tera template." })
    }

    fn inline_schema() -> bool {
        true
    }
}

/// A name that remembers where it stands: an identifier, or a reference to one.
#[derive(Clone, Debug)]
pub struct Name {
    text: String,
    /// Where it stands in the file, in bytes.
    pub span: Range<usize>,
}

impl Name {
    /// A name that stands at this place.
    #[must_use]
    pub fn new(text: impl Into<String>, span: Range<usize>) -> Self {
        Self { text: text.into(), span }
    }
}

impl Deref for Name {
    type Target = str;
    fn deref(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl PartialEq for Name {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let spanned = Spanned::<String>::deserialize(deserializer)?;
        let span = spanned.span();
        Ok(Self { text: spanned.into_inner(), span })
    }
}

impl JsonSchema for Name {
    fn schema_name() -> Cow<'static, str> {
        "Name".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string" })
    }

    fn inline_schema() -> bool {
        true
    }
}

/// The file a specification was read from, for places in messages.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// The file as the user named it.
    pub file: String,
    text: String,
}

impl Origin {
    /// The origin of `text`, read from `file`.
    #[must_use]
    pub fn new(file: impl Into<String>, text: impl Into<String>) -> Self {
        Self { file: file.into(), text: text.into() }
    }

    /// The whole text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The place of a byte of the text.
    #[must_use]
    pub fn place(&self, byte: usize) -> Place {
        let (line, column) = self.line_and_column(byte);
        Place::at(self.file.clone(), line, column)
    }

    fn line_and_column(&self, byte: usize) -> (usize, usize) {
        let mut byte = byte.min(self.text.len());
        while !self.text.is_char_boundary(byte) {
            byte -= 1;
        }
        let before = &self.text[..byte];
        let line = before.matches('\n').count() + 1;
        let start = before.rfind('\n').map_or(0, |newline| newline + 1);
        (line, before[start..].chars().count() + 1)
    }

    /// The place of a position inside a rule (line and column of its text, from 1), whatever way the text is quoted.
    #[must_use]
    pub fn place_in_rule(&self, rule: &RuleText, line: usize, column: usize) -> Place {
        if rule.instrument.is_some() {
            return self.place(rule.span.start);
        }
        self.place_in(&rule.span, line, column)
    }

    /// The place of a position inside a text (line and column, from 1) that stands here, quotes included.
    #[must_use]
    pub fn place_in(&self, span: &Range<usize>, line: usize, column: usize) -> Place {
        let raw = self.text.get(span.clone()).unwrap_or("");
        self.place(span.start + offset_in_literal(raw, line, column))
    }
}

/// The byte of a TOML string literal, quotes included, at which a character of its value is written.
fn offset_in_literal(raw: &str, line: usize, column: usize) -> usize {
    let quotes = if raw.starts_with("\"\"\"") || raw.starts_with("'''") { 3 } else { 1 };
    let escapes = raw.starts_with('"');
    let mut at = quotes;
    // A line end right behind the opening quotes of a long string is not part of the text.
    if quotes == 3 {
        at += ["\r\n", "\n"].iter().find(|end| raw[at..].starts_with(**end)).map_or(0, |end| end.len());
    }
    let end = raw.len().saturating_sub(quotes);
    let (mut here_line, mut here_column) = (1, 1);
    while at < end {
        let (length, value) = one_character(&raw[at..end], escapes);
        match value {
            // A backslash at the end of a line swallows what is blank behind it.
            None => {}
            Some(_) if (here_line, here_column) >= (line, column) => break,
            Some('\n') => (here_line, here_column) = (here_line + 1, 1),
            Some(_) => here_column += 1,
        }
        at += length;
    }
    at
}

/// How long the next character of a literal is written, and which it is; none for a joined line.
fn one_character(rest: &str, escapes: bool) -> (usize, Option<char>) {
    let Some(first) = rest.chars().next() else { return (1, None) };
    if first != '\\' || !escapes {
        return if rest.starts_with("\r\n") { (2, Some('\n')) } else { (first.len_utf8(), Some(first)) };
    }
    match rest[1..].chars().next() {
        Some('n') => (2, Some('\n')),
        Some('x') => (4, Some('x')),
        Some('u') => (6, Some('u')),
        Some('U') => (10, Some('U')),
        Some(blank) if blank.is_whitespace() => {
            let behind = rest[1..].trim_start_matches(char::is_whitespace);
            (rest.len() - behind.len(), None)
        }
        Some(other) => (1 + other.len_utf8(), Some(other)),
        None => (1, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_survive_every_way_of_quoting() {
        assert_eq!(offset_in_literal("\"ab = c\"", 1, 6), 6);
        assert_eq!(offset_in_literal("\"\\\"a\\\" c\"", 1, 5), 7);
        assert_eq!(offset_in_literal("\"\"\"\na\n  c\"\"\"", 2, 3), 8);
        assert_eq!(offset_in_literal("'a c'", 1, 3), 3);
        assert_eq!(offset_in_literal("\"\"\"a \\\n   c\"\"\"", 1, 3), 10);
    }
}
