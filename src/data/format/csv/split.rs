//! Text into records and records into fields, as RFC 4180 has them and not otherwise.
//!
//! A splitter that forgives a stray quote or a short line turns damage into other data, so nothing is forgiven. Fields
//! are slices of the file wherever they can be: a field may be as large as the file.

use super::{DatasetFile, MAX_FINDINGS, MAX_VARIABLES};
use crate::error::{Finding, Place};

/// Findings of one file: the first are kept, the others counted, so that a file of nothing but mistakes takes no more
/// memory than one of a few.
pub(super) struct Flaws<'a> {
    pub(super) file: &'a DatasetFile,
    found: Vec<Finding>,
    more: usize,
}

impl<'a> Flaws<'a> {
    pub(super) const fn new(file: &'a DatasetFile) -> Self {
        Self { file, found: Vec::new(), more: 0 }
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// Adds a finding, which is made only if it is kept.
    pub(super) fn add(&mut self, finding: impl FnOnce(&DatasetFile) -> Finding) {
        if self.found.len() < MAX_FINDINGS {
            self.found.push(finding(self.file));
        } else {
            self.more += 1;
        }
    }

    pub(super) fn extend(&mut self, findings: Vec<Finding>) {
        for finding in findings {
            self.add(|_| finding);
        }
    }

    /// Adds what is wrong in a line.
    pub(super) fn line(&mut self, line: usize, message: impl FnOnce() -> String) {
        self.add(|file| Finding::error(Place { line: Some(line), ..file.here() }, message()));
    }

    pub(super) fn into_findings(mut self) -> Vec<Finding> {
        if self.more > 0 {
            // At the place of the last one, so that it is told last.
            let place = self.found.last().map_or_else(|| self.file.here(), |last| last.place.clone());
            self.found.push(Finding::error(place, format!("… and {} more findings in this file", self.more)));
        }
        self.found
    }
}

/// A field of the record that was read last.
struct Field {
    start: usize,
    end: usize,
    quoted: bool,
    /// Whether it lies in the file, or unescaped beside it.
    in_file: bool,
}

/// How a line ends.
#[derive(Clone, Copy, PartialEq, Eq)]
enum LineEnd {
    Feed,
    ReturnAndFeed,
}

impl LineEnd {
    const fn word(self) -> &'static str {
        match self {
            Self::Feed => "LF",
            Self::ReturnAndFeed => "CR LF",
        }
    }
}

/// Splits text into records.
pub(super) struct Splitter<'a> {
    text: &'a str,
    at: usize,
    /// The line of `at`, from 1.
    line: usize,
    /// The line on which the record begins that was read last.
    pub(super) record_line: usize,
    fields: Vec<Field>,
    /// The number of its fields, of which no more are kept than a dataset can have variables.
    pub(super) count: usize,
    /// Fields with quotes in them, without their escapes.
    unescaped: String,
    /// The end of the first line.
    end: Option<LineEnd>,
    /// The first line with another end, that end, and the number of such lines.
    other_ends: Option<(usize, LineEnd, usize)>,
    pub(super) flaws: Flaws<'a>,
}

impl<'a> Splitter<'a> {
    pub(super) const fn new(file: &'a DatasetFile, text: &'a str) -> Self {
        Self {
            text,
            at: 0,
            line: 1,
            record_line: 1,
            fields: Vec::new(),
            count: 0,
            unescaped: String::new(),
            end: None,
            other_ends: None,
            flaws: Flaws::new(file),
        }
    }

    /// The fields of the record that was read last, and whether they stand in quotes.
    pub(super) fn fields(&self) -> impl Iterator<Item = (&str, bool)> {
        self.fields.iter().map(|field| {
            let text = if field.in_file { self.text } else { &self.unescaped };
            (&text[field.start..field.end], field.quoted)
        })
    }

    /// Whether the record that was read last is an empty line.
    pub(super) fn is_blank(&self) -> bool {
        self.count == 1 && self.fields.first().is_some_and(|field| field.start == field.end && !field.quoted)
    }

    fn byte(&self, at: usize) -> Option<u8> {
        self.text.as_bytes().get(at).copied()
    }

    /// Reads the next record; false at the end of the file.
    pub(super) fn next(&mut self) -> bool {
        /// Beyond this, what one record needed is not kept for the next.
        const LARGE: usize = 1 << 16;
        self.record_line = self.line;
        self.fields.clear();
        self.unescaped.clear();
        self.unescaped.shrink_to(LARGE);
        self.count = 0;
        if self.at == self.text.len() {
            return false;
        }
        loop {
            let field = if self.byte(self.at) == Some(b'"') { self.quoted() } else { self.plain() };
            self.count += 1;
            if self.count <= MAX_VARIABLES + 1 {
                self.fields.push(field);
            }
            let separator = self.byte(self.at);
            self.at += usize::from(separator.is_some());
            match separator {
                Some(b',') => continue,
                Some(b'\r') if self.byte(self.at) == Some(b'\n') => {
                    self.at += 1;
                    self.ended(LineEnd::ReturnAndFeed);
                }
                Some(b'\r') => {
                    self.flaws.line(self.line, || "the line ends with a carriage return alone".into());
                }
                Some(_) => self.ended(LineEnd::Feed),
                None => {}
            }
            self.line += 1;
            return true;
        }
    }

    fn ended(&mut self, end: LineEnd) {
        if *self.end.get_or_insert(end) != end {
            self.other_ends.get_or_insert((self.line, end, 0)).2 += 1;
        }
    }

    /// What can be told only of the whole file: whether its lines end alike, and whether the last one ends.
    pub(super) fn finish(mut self) -> Flaws<'a> {
        if let (Some(first), Some((line, end, lines))) = (self.end, self.other_ends) {
            let count = if lines == 1 { String::new() } else { format!(" ({lines} lines)") };
            let message = format!("the line ends with {} instead of {}{count}", end.word(), first.word());
            self.flaws.add(|file| {
                let finding = Finding::error(Place { line: Some(line), ..file.here() }, message);
                finding.hint("a line break was lost or added on the way; write all lines with the same end")
            });
        }
        if !self.text.ends_with('\n') {
            self.flaws.add(|file| {
                let finding = Finding::error(file.here(), "the last line does not end: the file may be cut off");
                finding.hint("add a line break after the last record if the file is complete")
            });
        }
        self.flaws
    }

    /// A field without quotes, up to the separator behind it.
    fn plain(&mut self) -> Field {
        let rest = &self.text[self.at..];
        let end = rest.bytes().position(|byte| matches!(byte, b',' | b'\n' | b'\r')).unwrap_or(rest.len());
        if rest[..end].contains('"') {
            self.flaws.line(self.line, || "a quote stands in a field that does not begin with one".into());
        }
        let start = self.at;
        self.at += end;
        Field { start, end: self.at, quoted: false, in_file: true }
    }

    /// A field in quotes, up to the separator behind it.
    fn quoted(&mut self) -> Field {
        let opened = self.line;
        self.at += 1;
        let (start, in_unescaped) = (self.at, self.unescaped.len());
        let mut escapes = false;
        let end = loop {
            let rest = &self.text[self.at..];
            let end = rest.find('"').unwrap_or(rest.len());
            self.line += rest[..end].bytes().filter(|byte| *byte == b'\n').count();
            let piece = &rest[..end];
            self.at += end;
            if end == rest.len() {
                self.flaws.line(opened, || "a quoted field is not closed".into());
                break self.at;
            }
            let doubled = self.byte(self.at + 1) == Some(b'"');
            if doubled || escapes {
                self.unescaped.push_str(piece);
            }
            if !doubled {
                self.at += 1;
                break self.at - 1;
            }
            escapes = true;
            self.unescaped.push('"');
            self.at += 2;
        };
        if !matches!(self.byte(self.at), None | Some(b',' | b'\n' | b'\r')) {
            self.flaws.line(self.line, || "text stands between a closing quote and the comma".into());
            self.plain();
        }
        if escapes {
            Field { start: in_unescaped, end: self.unescaped.len(), quoted: true, in_file: false }
        } else {
            Field { start, end, quoted: true, in_file: true }
        }
    }
}
