//! CDISC Dataset-JSON 1.1, in its three editions.
//!
//! One object with the rows in it (`.json`); the same object without rows on the first line and a row on each further
//! line (`.ndjson`); and the second one compressed (`.dsjc`). Rows go straight into columns and are never held as JSON.
//! The standard: “CDISC Dataset-JSON v1.1”, “Representing Dataset-JSON as NDJSON” and “Compressed Dataset-JSON v1.1”,
//! with the JSON Schema beside them, all in the repository cdisc-org/DataExchange-DatasetJson. No I/O.

mod cells;
mod column;
mod inflate;
mod iso;
mod lines;
mod metadata;
mod rows;
mod value;
mod write;

#[cfg(test)]
mod tests;

use super::{DatasetFile, capped};
use crate::data::table::Table;
use crate::error::{Finding, Place};

pub(in crate::data) use write::{Options, write};

/// How the one content of a dataset is laid out in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::data) enum Edition {
    /// One JSON object, rows included.
    Json,
    /// An object and then a row on each line.
    Ndjson,
    /// [`Edition::Ndjson`] in a zlib stream.
    Compressed,
}

/// Whole numbers up to here are exact in a `Float64`.
const EXACT: u64 = 1 << 53;

/// Reads a dataset. Values that contradict the type of their column are problems of the table; whatever breaks the
/// structure (JSON itself, a missing attribute, a row of another length) is a finding about the file.
pub(super) fn read(file: &DatasetFile, bytes: &[u8], edition: Edition) -> Result<Table, Vec<Finding>> {
    if bytes.is_empty() {
        return Err(vec![Finding::error(file.here(), "the file is empty")]);
    }
    match edition {
        Edition::Json => rows::document(file, bytes),
        Edition::Ndjson => {
            let mut bytes = bytes;
            lines::read(file, &mut bytes)
        }
        Edition::Compressed => inflate::read(file, bytes),
    }
    .map_err(|findings| capped(file, findings))
}

/// What `serde_json` says of a text that is no JSON, or not the JSON that stands here; `line` is where it begins.
fn damage(file: &DatasetFile, error: &serde_json::Error, line: usize) -> Finding {
    let shown = error.to_string();
    let reason = shown.rsplit_once(" at line ").map_or(shown.as_str(), |(reason, _)| reason);
    let place =
        Place { line: Some(line + error.line().saturating_sub(1)), column: Some(error.column()), ..file.here() };
    let message = if error.is_data() { reason.to_owned() } else { format!("the text is not JSON: {reason}") };
    let finding = Finding::error(place, message);
    if error.is_eof() { finding.hint("get the file again: it was cut off on its way") } else { finding }
}
