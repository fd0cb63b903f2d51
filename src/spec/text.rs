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
}

impl<'de> Deserialize<'de> for RuleText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let spanned = Spanned::<String>::deserialize(deserializer)?;
        let span = spanned.span();
        Ok(Self { sql: spanned.into_inner(), span })
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

/// A name that remembers where it stands: an identifier, or a reference to one.
#[derive(Clone, Debug)]
pub struct Name {
    text: String,
    /// Where it stands in the file, in bytes.
    pub span: Range<usize>,
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

    /// The place of a position inside a rule (line and column of its text, from 1).
    #[must_use]
    pub fn place_in_rule(&self, rule: &RuleText, line: usize, column: usize) -> Place {
        let raw = self.text.get(rule.span.clone()).unwrap_or("");
        let quotes = if raw.starts_with("\"\"\"") || raw.starts_with("'''") { 3 } else { 1 };
        // A newline right behind the opening quotes is not part of the text.
        let newline = usize::from(quotes == 3 && raw[quotes.min(raw.len())..].starts_with('\n'));
        let (first_line, first_column) = self.line_and_column(rule.span.start + quotes + newline);
        if line <= 1 {
            Place::at(self.file.clone(), first_line, first_column + column.saturating_sub(1))
        } else {
            Place::at(self.file.clone(), first_line + line - 1, column)
        }
    }
}
