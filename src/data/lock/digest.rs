//! The digests of variables and of records, by which two locks are compared without the data of the first.
//!
//! The digest of a variable is taken over pairs of key and value, so that it does not change when another variable does:
//! in the order of the keys, and among records of the same key in the order of the values. Where no keys are declared,
//! the subject stands for them. The digest of a record is taken over names and values of its variables, sorted by name;
//! what is missing is left out. Both are the same for any format and any order of records and variables.

use rayon::prelude::*;
use sha2::{Digest, Sha256};

use super::canonical::{Ink, hexadecimal, narrow, ranks};
use super::records::RecordDigest;
use crate::data::Dataset;
use crate::data::table::Values;

/// What the lock says of the variables and the records of a dataset.
pub(super) struct Digests {
    /// How many subjects have a record.
    pub(super) subjects: u64,
    /// Missing values and digest of each variable, in the order of the file.
    pub(super) variables: Vec<(u64, String)>,
    /// In the order of the keys.
    pub(super) records: Vec<RecordDigest>,
    /// The rows of the frame in which those records stand.
    pub(super) rows: Vec<u32>,
    /// How many records have the key of one before.
    pub(super) repeated: usize,
}

/// One variable with what is needed to write its values down.
pub(super) struct Cells<'a> {
    pub(super) name: &'a str,
    pub(super) values: Values,
    /// Special missing values, in the order of their rows.
    letters: &'a [(u32, char)],
}

impl<'a> Cells<'a> {
    /// The variables of a dataset, in the order of the file.
    pub(super) fn of(dataset: &'a Dataset) -> Vec<Self> {
        let columns = dataset.frame.columns().iter().zip(&dataset.variables);
        columns
            .map(|(column, variable)| Self {
                name: &variable.name,
                values: Values::of(column).expect("datasets hold the kinds that readers hand over"),
                letters: dataset.special_missing.get(&variable.name).map_or(&[], Vec::as_slice),
            })
            .collect()
    }

    fn letter(&self, row: usize) -> Option<char> {
        let at = self.letters.binary_search_by_key(&narrow(row), |(row, _)| *row).ok()?;
        Some(self.letters[at].1)
    }

    /// The value as a person names it; `.A` is a special missing value, and nothing is nothing.
    pub(super) fn shown(&self, row: usize) -> Option<String> {
        self.values.shown(row).or_else(|| self.letter(row).map(|letter| format!(".{letter}")))
    }

    /// Appends a value: what sort it is, and its bytes. Says whether there was any.
    fn put(&self, row: usize, out: &mut Vec<u8>) -> bool {
        let found = match &self.values {
            Values::Number(values) => values.get(row).map(|value| {
                out.push(1);
                out.extend_from_slice(&(value + 0.0).to_bits().to_le_bytes());
            }),
            Values::Text(values) => values.get(row).map(|value| {
                out.push(2);
                out.extend_from_slice(&(value.len() as u64).to_le_bytes());
                out.extend_from_slice(value.as_bytes());
            }),
            Values::Date(values) => values.get(row).map(|value| {
                out.push(3);
                out.extend_from_slice(&value.to_le_bytes());
            }),
            Values::DateTime(values) => values.get(row).map(|value| {
                out.push(4);
                out.extend_from_slice(&value.to_le_bytes());
            }),
        };
        let special = || {
            self.letter(row).map(|letter| {
                out.push(5);
                out.extend_from_slice(&u32::from(letter).to_le_bytes());
            })
        };
        found.or_else(special).is_some()
    }

    fn missing(&self) -> u64 {
        let nulls = match &self.values {
            Values::Number(values) => values.null_count(),
            Values::Text(values) => values.null_count(),
            Values::Date(values) => values.null_count(),
            Values::DateTime(values) => values.null_count(),
        };
        nulls as u64
    }
}

/// The digests of a dataset, whose keys are among its variables.
pub(super) fn digests(dataset: &Dataset, subject: &str) -> Digests {
    let cells = Cells::of(dataset);
    let named = |name: &str| cells.iter().find(|cells| cells.name == name);
    let keys: Vec<&Cells> = if dataset.keys.is_empty() {
        named(subject).into_iter().collect()
    } else {
        dataset.keys.iter().filter_map(|key| named(key)).collect()
    };
    let key_ranks: Vec<Vec<u32>> = keys.par_iter().map(|cells| ranks(&cells.values)).collect();
    let key_of = |row: u32| key_ranks.iter().map(move |ranks| ranks[row as usize]);
    let mut rows: Vec<u32> = (0..narrow(dataset.frame.height())).collect();
    // Stable: records of one key stay in canonical order, which is the same for any format.
    rows.par_sort_by(|a, b| key_of(*a).cmp(key_of(*b)));
    let groups: Vec<&[u32]> = rows.chunk_by(|a, b| key_of(*a).eq(key_of(*b))).collect();

    let named_groups: Vec<[u8; 32]> = groups
        .par_iter()
        .map(|group| {
            let mut key = Vec::new();
            for cells in &keys {
                if !cells.put(group[0] as usize, &mut key) {
                    key.push(0);
                }
            }
            Sha256::digest(&key).into()
        })
        .collect();
    let variables = cells
        .par_iter()
        .map(|cells| (cells.missing(), hexadecimal(&variable(cells, &groups, &named_groups))))
        .collect();

    let mut by_name: Vec<&Cells> = cells.iter().collect();
    by_name.sort_by_key(|cells| cells.name);
    let records = rows
        .par_iter()
        .map_init(Vec::new, |buffer, row| {
            let row = *row as usize;
            RecordDigest { key: key_text(&keys, row), digest: record(&by_name, row, buffer) }
        })
        .collect();
    let subjects = named(subject).map_or(0, |cells| ranks(&cells.values).into_iter().max().unwrap_or(0));
    let repeated = rows.len() - groups.len();
    Digests { subjects: u64::from(subjects), variables, records, rows, repeated }
}

/// Digest of one variable over pairs of key and value.
fn variable(cells: &Cells, groups: &[&[u32]], names: &[[u8; 32]]) -> [u8; 32] {
    let mut ink = Ink::new();
    ink.bytes(b"trialpress variable 1\n");
    ink.text(cells.name);
    ink.text(cells.values.kind().word());
    let mut pair = Vec::new();
    let mut values: Vec<Vec<u8>> = Vec::new();
    for (group, name) in groups.iter().zip(names) {
        if let [row] = group {
            pair.clear();
            pair.extend_from_slice(&name[..16]);
            cells.put(*row as usize, &mut pair);
            ink.bytes(&pair);
            continue;
        }
        values.clear();
        values.extend(group.iter().map(|row| {
            let mut value = name[..16].to_vec();
            cells.put(*row as usize, &mut value);
            value
        }));
        values.sort_unstable();
        for value in &values {
            ink.bytes(value);
        }
    }
    ink.finish()
}

/// The first 16 bytes of the SHA-256 of a record.
fn record(by_name: &[&Cells], row: usize, buffer: &mut Vec<u8>) -> [u8; 16] {
    buffer.clear();
    for cells in by_name {
        let start = buffer.len();
        buffer.extend_from_slice(&(cells.name.len() as u64).to_le_bytes()[..2]);
        buffer.extend_from_slice(cells.name.as_bytes());
        if !cells.put(row, buffer) {
            buffer.truncate(start);
        }
    }
    let mut digest = [0; 16];
    digest.copy_from_slice(&Sha256::digest(&buffer)[..16]);
    digest
}

/// The values of the keys with tabs between, control characters and backslashes escaped.
fn key_text(keys: &[&Cells], row: usize) -> String {
    let values: Vec<String> = keys
        .iter()
        .map(|cells| cells.shown(row).unwrap_or_default())
        .map(
            |value| {
                if value.contains(['\\', '\t']) || value.contains(char::is_control) { escaped(&value) } else { value }
            },
        )
        .collect();
    values.join("\t")
}

fn escaped(value: &str) -> String {
    value
        .chars()
        .map(|c| if c == '\\' || c.is_control() { format!("\\u{{{:x}}}", u32::from(c)) } else { c.to_string() })
        .collect()
}
