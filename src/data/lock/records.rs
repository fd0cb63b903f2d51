//! The side file `data.records`: the digest of every record, by its key.
//!
//! A line for each dataset, with the names of its keys, then a line for each record in the order of the keys: the values
//! of the keys, and the digest, with tabs between. It lets two locks be compared record by record when the data of the
//! first are gone. Its own SHA-256 stands in `data.lock`. It holds the keys of all subjects, so it stays with the data
//! and is never part of a package. No I/O.

use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use super::canonical::hexadecimal;
use crate::error::{Error, Finding, Place, Stage};

/// The first line.
const HEAD: &str = "trialpress records 1";

/// One record: which it is, and what it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordDigest {
    /// The values of the keys with tabs between; `\u{9}` stands for a tab in a value.
    pub key: String,
    /// Of names and values of all variables, whatever their order.
    pub digest: [u8; 16],
}

/// The records of one dataset, in the order of their keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DatasetRecords {
    /// The dataset.
    pub name: String,
    /// The variables whose values are the key; the subject where no keys are declared.
    pub keys: Vec<String>,
    /// Its records.
    pub records: Vec<RecordDigest>,
}

/// The digests of all records of a lock.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Records {
    /// In the order of the lock.
    pub datasets: Vec<DatasetRecords>,
}

impl Records {
    /// The records of that dataset.
    #[must_use]
    pub fn dataset(&self, name: &str) -> Option<&DatasetRecords> {
        self.datasets.iter().find(|dataset| dataset.name == name)
    }

    /// The text of the file: the same bytes for the same records.
    #[must_use]
    pub fn text(&self) -> String {
        let records: usize = self.datasets.iter().map(|dataset| dataset.records.len()).sum();
        let mut text = String::with_capacity(64 * (records + 1));
        text.push_str(HEAD);
        text.push('\n');
        for DatasetRecords { name, keys, records } in &self.datasets {
            _ = writeln!(text, "dataset\t{name}\t{}\t{}", records.len(), keys.join("\t"));
            for RecordDigest { key, digest } in records {
                _ = writeln!(text, "{key}\t{}", hexadecimal(digest));
            }
        }
        text
    }

    /// Reads the text of a `data.records`; `origin` is the name that messages give it.
    ///
    /// # Errors
    /// The first line that is not what it should be: after it nothing can be trusted.
    pub fn parse(text: &str, origin: &str) -> Result<Self, Error> {
        let fault = |line: usize, message: &str| {
            let finding = Finding::error(Place::at(origin, line, 1), message);
            Error::one(Stage::Lock, finding.hint("verify the study, or lock its data again"))
        };
        let mut lines = text.lines().enumerate().map(|(at, line)| (at + 1, line));
        if lines.next().map(|(_, line)| line) != Some(HEAD) {
            return Err(fault(1, "this is not a file of record digests, or of another version"));
        }
        let mut datasets = Vec::new();
        while let Some((at, line)) = lines.next() {
            let mut fields = line.split('\t');
            let (word, name, records) = (fields.next(), fields.next(), fields.next());
            let count = records.and_then(|records| records.parse::<usize>().ok());
            let (Some("dataset"), Some(name), Some(count)) = (word, name, count) else {
                return Err(fault(at, "expected the name of a dataset and the number of its records"));
            };
            let keys = fields.filter(|key| !key.is_empty()).map(str::to_owned).collect();
            let mut records = Vec::new();
            for _ in 0..count {
                let (at, line) =
                    lines.next().ok_or_else(|| fault(at, "the dataset has fewer records than this says"))?;
                let read = line.rsplit_once('\t').and_then(|(key, digest)| Some((key, bytes(digest)?)));
                let (key, digest) = read.ok_or_else(|| fault(at, "expected the key of a record and its digest"))?;
                records.push(RecordDigest { key: key.to_owned(), digest });
            }
            datasets.push(DatasetRecords { name: name.to_owned(), keys, records });
        }
        Ok(Self { datasets })
    }
}

/// SHA-256 of a text, in hexadecimal.
#[must_use]
pub fn sha256(text: &str) -> String {
    hexadecimal(&Sha256::digest(text.as_bytes()))
}

/// The 16 bytes of 32 hexadecimal digits in lower case.
fn bytes(text: &str) -> Option<[u8; 16]> {
    let digits = text.as_bytes();
    if digits.len() != 32 || !digits.iter().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f')) {
        return None;
    }
    u128::from_str_radix(text, 16).ok().map(u128::to_be_bytes)
}
