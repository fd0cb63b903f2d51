//! The edition of lines: the metadata on the first, a row on each further one.

use std::io::{BufRead, Read};

use serde::de::DeserializeSeed;
use serde_json::Value;

use super::rows::{Rows, table};
use super::value::Distinct;
use super::{DatasetFile, damage, metadata};
use crate::data::MAX_FINDINGS;
use crate::data::table::Table;
use crate::error::{Finding, Place};

/// A line above this is refused before it is held.
const MAX_LINE: u64 = 256 << 20;

/// Reads the lines of a dataset. A file whose last line does not end is complete if it holds the records it announces.
pub(super) fn read(file: &DatasetFile, source: &mut dyn BufRead) -> Result<Table, Vec<Finding>> {
    let mut lines = Lines { source, text: Vec::new(), number: 0 };
    let failed = |finding: Finding| vec![finding];
    let Some(first) = lines.next(file).map_err(failed)? else {
        return Err(vec![Finding::error(file.here(), "the file is empty")]);
    };
    let first = first.strip_prefix('\u{feff}').unwrap_or(first);
    let attributes = match serde_json::from_str(first).map_err(|error| vec![damage(file, &error, 1)])? {
        Distinct(Value::Object(attributes)) => attributes,
        Distinct(_) => return Err(vec![Finding::error(at(file, 1), "the first line is not an object of metadata")]),
    };
    let metadata = metadata::read(file, &attributes, false)?;
    let mut rows = Rows::new(&metadata.columns);
    let mut findings = Vec::new();
    while findings.len() <= MAX_FINDINGS {
        let number = lines.number + 1;
        match lines.next(file) {
            Ok(None) => break,
            Ok(Some(line)) => {
                if let Err(finding) = row(file, &mut rows, line, number) {
                    findings.push(finding);
                }
            }
            Err(finding) => {
                let ends = finding.place.line.is_none();
                findings.push(finding);
                if ends {
                    break;
                }
            }
        }
    }
    if findings.is_empty() { table(file, metadata, rows, Some(2)) } else { Err(findings) }
}

/// Takes the row on a line, which must be all that stands there.
fn row(file: &DatasetFile, rows: &mut Rows, line: &str, number: usize) -> Result<(), Finding> {
    if line.trim().is_empty() {
        let finding = Finding::error(at(file, number), "the line is blank");
        return Err(finding.hint("remove it, if no record is missing there"));
    }
    let mut json = serde_json::Deserializer::from_str(line);
    rows.deserialize(&mut json).and_then(|()| json.end()).map_err(|error| damage(file, &error, number))
}

fn at(file: &DatasetFile, line: usize) -> Place {
    Place { line: Some(line), ..file.here() }
}

/// The lines of a source, one at a time.
struct Lines<'a> {
    source: &'a mut dyn BufRead,
    text: Vec<u8>,
    /// How many were read.
    number: usize,
}

impl Lines<'_> {
    /// The next line without its end; none behind the last one. A finding without a line ends the reading.
    fn next(&mut self, file: &DatasetFile) -> Result<Option<&str>, Finding> {
        self.text.clear();
        let size = self
            .source
            .take(MAX_LINE)
            .read_until(b'\n', &mut self.text)
            .map_err(|error| Finding::error(file.here(), error.to_string()).hint("get the file again"))?;
        if size == 0 {
            return Ok(None);
        }
        self.number += 1;
        if size as u64 == MAX_LINE {
            return Err(Finding::error(file.here(), format!("line {} is longer than can be read", self.number)));
        }
        let line = self.text.strip_suffix(b"\n").unwrap_or(&self.text);
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let number = self.number;
        std::str::from_utf8(line)
            .map(Some)
            .map_err(|_| Finding::error(at(file, number), "the line is not UTF-8").hint("write the file as UTF-8"))
    }
}
