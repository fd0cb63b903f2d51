//! The footer of a Parquet file as a tree: what polars does not tell of it, and what polars must be told otherwise.
//!
//! Field numbers are those of `parquet.thrift` (Apache Parquet format 2.12). No I/O.

use std::collections::BTreeMap;

use super::thrift::{Thrift, Tree};

/// A footer above this is refused: it is one of many thousand parts, and as a tree takes ten times its size.
const MAX_FOOTER: usize = 64 << 20;
/// The key of the checksum over the whole file.
const SEAL: &str = "trialpress.crc32";
/// Who wrote the file, if it was us.
const WRITER: &str = "trialpress";

/// Fields of the metadata of a file.
pub(super) const SCHEMA: i64 = 2;
pub(super) const ROW_GROUPS: i64 = 4;
const KEY_VALUES: i64 = 5;
const CREATED_BY: i64 = 6;
const ENCRYPTION: i64 = 8;

/// A footer.
pub(super) struct Footer<'a> {
    pub(super) tree: Tree<'a>,
    /// For each decimal column, how many of its digits stand behind the point.
    pub(super) scales: BTreeMap<String, u32>,
}

impl<'a> Footer<'a> {
    /// Reads the footer of a file with a sound envelope.
    pub(super) fn read(bytes: &'a [u8]) -> Result<Self, &'static str> {
        const DAMAGED: &str = "the footer of the Parquet file is damaged";
        let footer = range(bytes).and_then(|range| bytes.get(range)).ok_or(DAMAGED)?;
        if footer.len() > MAX_FOOTER {
            return Err("the footer of the Parquet file is too large");
        }
        let tree = Thrift { rest: footer }.tree(12, 0).ok_or(DAMAGED)?;
        if tree.get(ENCRYPTION).is_some() {
            return Err("columns of the Parquet file are encrypted");
        }
        let elsewhere =
            tree.list(ROW_GROUPS).iter().flat_map(|group| group.list(1)).any(|chunk| chunk.get(1).is_some());
        if elsewhere {
            return Err("columns of the Parquet file lie in other files");
        }
        Ok(Self { tree, scales: BTreeMap::new() })
    }

    /// A text that the file carries beside its columns.
    pub(super) fn text(&self, key: &str) -> Option<&str> {
        let pair = self.tree.list(KEY_VALUES).iter().find(|pair| pair.string(1) == Some(key))?;
        pair.string(2)
    }

    /// Whether the file is as we wrote it; none if another program wrote it.
    pub(super) fn is_intact(&self, bytes: &[u8]) -> Option<bool> {
        let seal = self.text(SEAL).filter(|_| self.tree.string(CREATED_BY) == Some(WRITER))?;
        Some(sum(bytes).is_some_and(|(_, sum)| sum == seal))
    }

    /// Writes plain whole numbers for those of 8 and 16 bits, and for decimals, whose scales are kept: polars has no type
    /// for them here. The result is a Parquet file of a footer alone.
    pub(super) fn simplified(&mut self) -> Vec<u8> {
        const TYPE: i64 = 1;
        const CONVERTED: i64 = 6;
        const SCALE: i64 = 7;
        const PRECISION: i64 = 8;
        const LOGICAL: i64 = 10;
        for element in self.tree.list_mut(SCHEMA) {
            let logical = element.get(LOGICAL);
            let decimal = logical.and_then(|logical| logical.get(5));
            let width = logical.and_then(|logical| logical.get(10)).and_then(|integer| integer.whole(1));
            let converted = element.whole(CONVERTED);
            // 1, 2 and 7 are whole numbers of 32 and 64 bits, and of a fixed number of bytes.
            if (decimal.is_some() || converted == Some(5)) && matches!(element.whole(TYPE), Some(1 | 2 | 7)) {
                let scale = decimal.and_then(|decimal| decimal.whole(1)).or(element.whole(SCALE)).unwrap_or(0);
                let scale = u32::try_from(scale).ok().filter(|scale| *scale <= 38);
                let Some((name, scale)) = element.string(4).map(str::to_owned).zip(scale) else { continue };
                self.scales.insert(name, scale);
                for field in [CONVERTED, SCALE, PRECISION, LOGICAL] {
                    element.set(field, None);
                }
            } else if matches!(width, Some(8 | 16)) || matches!(converted, Some(11 | 12 | 15 | 16)) {
                element.set(CONVERTED, None);
                element.set(LOGICAL, None);
            }
        }
        self.tree.set(KEY_VALUES, None);
        let mut bytes = b"PAR1".to_vec();
        self.append(&mut bytes);
        bytes
    }

    /// Says what the file carries beside its columns, and that we wrote it.
    pub(super) fn sign(&mut self, texts: &[(&str, &str)]) {
        let pair = |key: &str, value: &str| Tree::Struct(vec![(1, Tree::text(key)), (2, Tree::text(value))]);
        let mut pairs: Vec<Tree> = texts.iter().map(|(key, value)| pair(key, value)).collect();
        pairs.push(pair(SEAL, "00000000"));
        self.tree.set(KEY_VALUES, Some(Tree::List(12, pairs)));
        self.tree.set(CREATED_BY, Some(Tree::text(WRITER)));
    }

    /// Ends a file with this footer.
    pub(super) fn append(&self, bytes: &mut Vec<u8>) {
        let start = bytes.len();
        self.tree.write(bytes);
        let size = u32::try_from(bytes.len() - start).expect("a footer is far below 4 GiB");
        bytes.extend_from_slice(&size.to_le_bytes());
        bytes.extend_from_slice(b"PAR1");
    }
}

/// Puts the checksum into the place that the footer keeps for it.
pub(super) fn seal(bytes: &mut [u8]) {
    if let Some((place, sum)) = sum(bytes) {
        bytes[place..place + 8].copy_from_slice(sum.as_bytes());
    }
}

/// Where the footer lies.
fn range(bytes: &[u8]) -> Option<std::ops::Range<usize>> {
    let end = bytes.len().checked_sub(8)?;
    let size = bytes.get(end..end + 4)?.try_into().ok().map(u32::from_le_bytes)?;
    Some(end.checked_sub(size as usize)?..end)
}

/// Where the checksum stands, and what it should be: that of the whole file with zeros in its place.
fn sum(bytes: &[u8]) -> Option<(usize, String)> {
    let footer = range(bytes)?;
    let key = SEAL.as_bytes();
    let found = bytes[footer.clone()].windows(key.len()).rposition(|window| window == key)?;
    // The key, then type and size of the value.
    let place = footer.start + found + key.len() + 2;
    let rest = bytes.get(place + 8..)?;
    let mut crc = flate2::Crc::new();
    for part in [&bytes[..place], b"00000000", rest] {
        crc.update(part);
    }
    Some((place, format!("{:08x}", crc.sum())))
}
