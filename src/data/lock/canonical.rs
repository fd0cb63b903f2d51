//! The canonical order of records, and the digest of what a dataset says.
//!
//! Records have no order of their own, yet floating-point sums depend on one. So each dataset is sorted by its subject
//! variable and then by a hash of the whole record, which any order of records and variables and any file format
//! gives alike. The digest is taken over the result. polars, sha2 and rayon; no I/O.

use std::collections::HashMap;

use polars::prelude::{ChunkedArray, DataFrame, IdxCa, PolarsNumericType, StringChunked};
use rayon::prelude::*;
use sha2::{Digest, Sha256};

use crate::data::SpecialMissing;
use crate::data::table::{Table, Values};

/// A dataset in canonical order.
pub(in crate::data) struct Canonical {
    pub frame: DataFrame,
    pub special_missing: SpecialMissing,
    /// SHA-256 in hexadecimal.
    pub content: String,
}

/// Sorts the records of a table by `subject` (bytes of text; null first) and hash of the record, and digests it.
///
/// Two different records of one subject with the same 64-bit hash would keep the order of the file: one chance in
/// 10^19 for each pair. The hash only orders; what tells two datasets apart is the SHA-256.
///
/// `known` is the digest if it is known already: the bytes of the file are those that were locked, and what they say
/// was digested then. It takes about a third of the time of reading, so it is not taken twice.
pub(in crate::data) fn canonical(table: Table, subject: &str, known: Option<&str>) -> Canonical {
    let Table { records, variables, values, special_missing, .. } = table;
    let mut by_name: Vec<usize> = (0..variables.len()).collect();
    by_name.sort_by(|a, b| variables[*a].name.cmp(&variables[*b].name));

    let mut hashes = vec![0_u64; records];
    for &at in &by_name {
        mix_values(&values[at], &mut hashes);
    }
    // Only a tie-break: formats without special missing values must give the same order.
    let mut marks = vec![0_u64; if special_missing.is_empty() { 0 } else { records }];
    for (at, (_, letters)) in special_missing.iter().enumerate() {
        for (row, letter) in letters {
            let mark = &mut marks[*row as usize];
            *mark = mix(*mark, (at as u64) << 32 | u64::from(u32::from(*letter)));
        }
    }
    let ranks = variables
        .iter()
        .position(|variable| variable.name == subject)
        .map_or_else(|| vec![0; records], |at| ranks(&values[at]));
    let order = order(&ranks, hashes, &marks);
    drop(ranks);

    let special_missing = if special_missing.is_empty() { special_missing } else { moved(special_missing, &order) };
    let order = IdxCa::from_vec("order".into(), order);
    let values: Vec<Values> = values.into_par_iter().map(|values| values.taken(&order)).collect();
    drop(order);

    let content = known.map_or_else(
        || {
            let columns: Vec<[u8; 32]> = by_name
                .par_iter()
                .map(|&at| {
                    let name = &variables[at].name;
                    column_digest(name, &values[at], special_missing.get(name).map_or(&[], Vec::as_slice))
                })
                .collect();
            let mut content = Sha256::new();
            content.update(b"trialpress content 1\n");
            content.update((records as u64).to_le_bytes());
            for column in &columns {
                content.update(column);
            }
            hexadecimal(&content.finalize())
        },
        str::to_owned,
    );
    let columns = values.into_iter().map(Values::into_column).collect();
    let frame = DataFrame::new(records, columns).expect("readers hand over columns of equal length with unique names");
    Canonical { frame, special_missing, content }
}

/// Lower-case hexadecimal.
pub(in crate::data) fn hexadecimal(bytes: &[u8]) -> String {
    const DIGITS: [char; 16] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'];
    bytes.iter().flat_map(|byte| [DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]]).collect()
}

/// One step of the hash: the folded product of `wyhash`, which depends neither on the machine nor on the run.
#[expect(clippy::cast_possible_truncation, reason = "the two halves of the product are what is folded")]
fn mix(hash: u64, value: u64) -> u64 {
    let product = u128::from(hash ^ 0xa076_1d64_78bd_642f) * u128::from(value ^ 0xe703_7ed1_a0b4_28db);
    (product as u64) ^ ((product >> 64) as u64)
}

/// What a null contributes: no number has these bits, and no text this length.
const NULL: u64 = 0x7ff8_dead_0000_0001;

fn mix_values(values: &Values, hashes: &mut [u64]) {
    match values {
        // Adding zero turns -0.0 into 0.0.
        Values::Number(values) => mix_numbers(values, hashes, |value| (value + 0.0).to_bits()),
        Values::Date(values) => mix_numbers(values, hashes, |value| u64::from(value.cast_unsigned())),
        Values::DateTime(values) => mix_numbers(values, hashes, i64::cast_unsigned),
        Values::Text(values) => mix_text(values, hashes),
    }
}

fn mix_numbers<T: PolarsNumericType>(
    values: &ChunkedArray<T>,
    mut hashes: &mut [u64],
    bits: impl Fn(T::Native) -> u64,
) {
    for chunk in values.downcast_iter() {
        let (here, later) = hashes.split_at_mut(chunk.len());
        hashes = later;
        if chunk.validity().is_none() {
            for (hash, value) in here.iter_mut().zip(chunk.values().iter()) {
                *hash = mix(*hash, bits(*value));
            }
        } else {
            for (hash, value) in here.iter_mut().zip(chunk.iter()) {
                *hash = mix(*hash, value.map_or(NULL, |value| bits(*value)));
            }
        }
    }
}

#[expect(clippy::cast_possible_truncation, reason = "the two halves of a view are mixed one after the other")]
fn mix_text(values: &StringChunked, mut hashes: &mut [u64]) {
    for chunk in values.downcast_iter() {
        let (here, later) = hashes.split_at_mut(chunk.len());
        hashes = later;
        for ((hash, view), value) in here.iter_mut().zip(chunk.views().iter()).zip(chunk.iter()) {
            let Some(value) = value else {
                *hash = mix(*hash, NULL);
                continue;
            };
            *hash = if view.is_inline() {
                // Up to 12 bytes stand in the view itself, padded with zeros: its 16 bytes are the text.
                let bits = view.as_u128();
                mix(mix(*hash, bits as u64), (bits >> 64) as u64)
            } else {
                let (words, rest) = value.as_bytes().as_chunks::<8>();
                let mut last = [0; 8];
                last[..rest.len()].copy_from_slice(rest);
                let begun = mix(*hash, u64::from(view.length));
                let hash = words.iter().fold(begun, |hash, word| mix(hash, u64::from_le_bytes(*word)));
                mix(hash, u64::from_le_bytes(last))
            };
        }
    }
}

/// The rank of each record's value among the values; 0 is null.
pub(super) fn ranks(subjects: &Values) -> Vec<u32> {
    match subjects {
        Values::Text(values) => ranked(values.iter(), values.len()),
        // Order-preserving keys: the sign bit is flipped, and all bits of negative numbers.
        Values::Number(values) => ranked(values.iter().map(|value| value.map(ordered_bits)), values.len()),
        Values::Date(values) => ranked(values.iter(), values.len()),
        Values::DateTime(values) => ranked(values.iter(), values.len()),
    }
}

fn ordered_bits(value: f64) -> u64 {
    let bits = (value + 0.0).to_bits();
    if bits >> 63 == 0 { bits | 1 << 63 } else { !bits }
}

/// Ranks by sorting the distinct values. Most data come sorted by subject, so the value before is looked at first.
fn ranked<T: Copy + Ord + std::hash::Hash>(values: impl Iterator<Item = Option<T>>, records: usize) -> Vec<u32> {
    let mut ordinals: HashMap<T, u32> = HashMap::new();
    let mut distinct: Vec<T> = Vec::new();
    let mut ranks = Vec::with_capacity(records);
    let mut last: Option<(T, u32)> = None;
    for value in values {
        let Some(value) = value else {
            ranks.push(0);
            continue;
        };
        let ordinal = match last {
            Some((before, ordinal)) if before == value => ordinal,
            _ => *ordinals.entry(value).or_insert_with(|| {
                distinct.push(value);
                narrow(distinct.len())
            }),
        };
        last = Some((value, ordinal));
        ranks.push(ordinal);
    }
    if !distinct.is_sorted() {
        let mut sorted: Vec<usize> = (0..distinct.len()).collect();
        sorted.sort_unstable_by_key(|at| distinct[*at]);
        let mut rank_of = vec![0; distinct.len() + 1];
        for (rank, at) in sorted.into_iter().enumerate() {
            rank_of[at + 1] = narrow(rank + 1);
        }
        for rank in &mut ranks {
            *rank = rank_of[*rank as usize];
        }
    }
    ranks
}

/// Row numbers in canonical order: a counting sort by rank, then each subject's records by hash, and by their marks
/// where there are any.
fn order(ranks: &[u32], hashes: Vec<u64>, marks: &[u64]) -> Vec<u32> {
    let subjects = ranks.iter().copied().max().map_or(0, |rank| rank as usize + 1);
    let mut starts = vec![0_usize; subjects + 1];
    for rank in ranks {
        starts[*rank as usize + 1] += 1;
    }
    for at in 1..starts.len() {
        starts[at] += starts[at - 1];
    }
    let mut next = starts.clone();
    let mut keyed = vec![(0_u64, 0_u32); hashes.len()];
    for (row, (rank, hash)) in ranks.iter().zip(hashes).enumerate() {
        let slot = &mut next[*rank as usize];
        keyed[*slot] = (hash, narrow(row));
        *slot += 1;
    }
    for pair in starts.windows(2) {
        let records = &mut keyed[pair[0]..pair[1]];
        if marks.is_empty() {
            records.sort_unstable();
        } else {
            records.sort_unstable_by_key(|(hash, row)| (*hash, marks[*row as usize], *row));
        }
    }
    keyed.into_iter().map(|(_, row)| row).collect()
}

#[expect(clippy::cast_possible_truncation, reason = "the readers refuse more than MAX_RECORDS records")]
pub(super) fn narrow(row: usize) -> u32 {
    row as u32
}

/// The special missing values at the places where their records went.
fn moved(special_missing: SpecialMissing, order: &[u32]) -> SpecialMissing {
    let mut place_of = vec![0_u32; order.len()];
    for (place, row) in order.iter().enumerate() {
        place_of[*row as usize] = narrow(place);
    }
    special_missing
        .into_iter()
        .map(|(variable, mut marks)| {
            for (row, _) in &mut marks {
                *row = place_of[*row as usize];
            }
            marks.sort_unstable();
            (variable, marks)
        })
        .collect()
}

/// SHA-256 of one variable: name, kind, rows of nulls, values, special missing values; each part preceded by its size.
fn column_digest(name: &str, values: &Values, special_missing: &[(u32, char)]) -> [u8; 32] {
    let mut ink = Ink::new();
    ink.text(name);
    ink.text(values.kind().word());
    match values {
        Values::Number(values) => ink.numbers(values, |value| (value + 0.0).to_bits().to_le_bytes()),
        Values::Date(values) => ink.numbers(values, i32::to_le_bytes),
        Values::DateTime(values) => ink.numbers(values, i64::to_le_bytes),
        Values::Text(values) => {
            ink.nulls(values.len(), values.null_count(), values.iter().map(|value| value.is_none()));
            ink.runs(values.iter().flatten());
        }
    }
    ink.bytes(&(special_missing.len() as u64).to_le_bytes());
    for (row, letter) in special_missing {
        ink.bytes(&row.to_le_bytes());
        ink.bytes(&u32::from(*letter).to_le_bytes());
    }
    ink.finish()
}

/// Bytes on their way into a digest: SHA-256 wants them in large pieces.
pub(super) struct Ink {
    digest: Sha256,
    buffer: Vec<u8>,
}

impl Ink {
    const FULL: usize = 1 << 14;

    pub(super) fn new() -> Self {
        Self { digest: Sha256::new(), buffer: Vec::with_capacity(Self::FULL + 64) }
    }

    pub(super) fn finish(mut self) -> [u8; 32] {
        self.digest.update(&self.buffer);
        self.digest.finalize().into()
    }

    pub(super) fn bytes(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
        if self.buffer.len() >= Self::FULL {
            self.digest.update(&self.buffer);
            self.buffer.clear();
        }
    }

    pub(super) fn text(&mut self, text: &str) {
        self.bytes(&(text.len() as u64).to_le_bytes()[..4]);
        self.bytes(text.as_bytes());
    }

    /// Texts as runs of equal ones: once a dataset is sorted, much of it repeats.
    fn runs<'a>(&mut self, mut texts: impl Iterator<Item = &'a str>) {
        let mut next = texts.next();
        while let Some(text) = next {
            let mut run = 1_u64;
            next = texts.by_ref().find(|other| {
                run += u64::from(*other == text);
                *other != text
            });
            self.bytes(&run.to_le_bytes());
            self.text(text);
        }
    }

    fn nulls(&mut self, length: usize, count: usize, is_null: impl Iterator<Item = bool>) {
        self.bytes(&(length as u64).to_le_bytes());
        self.bytes(&(count as u64).to_le_bytes());
        if count > 0 {
            for (row, _) in is_null.enumerate().filter(|(_, null)| *null) {
                self.bytes(&narrow(row).to_le_bytes());
            }
        }
    }

    fn numbers<T: PolarsNumericType, const N: usize>(
        &mut self,
        values: &ChunkedArray<T>,
        bytes: impl Fn(T::Native) -> [u8; N],
    ) {
        self.nulls(values.len(), values.null_count(), values.iter().map(|value| value.is_none()));
        for chunk in values.downcast_iter() {
            if chunk.validity().is_none() {
                for value in chunk.values().iter() {
                    self.bytes(&bytes(*value));
                }
            } else {
                for value in chunk.iter().flatten() {
                    self.bytes(&bytes(*value));
                }
            }
        }
    }
}
