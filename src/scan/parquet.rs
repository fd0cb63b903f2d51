//! Parquet files: the pages of every column, unpacked. What is written beside them (names, statistics, footer) is found in
//! the bytes of the file. Values that are stored as differences from the value before are not text, which is told.

use std::collections::BTreeMap;

use flate2::read::MultiGzDecoder;

use super::container;
use super::hunt::Hunt;

/// Searches the pages.
pub(super) fn search(hunt: &mut Hunt<'_>, bytes: &[u8]) {
    let Some(chunks) = chunks(bytes) else {
        hunt.unread("Parquet footer", "the footer is damaged");
        return;
    };
    for (number, chunk) in chunks.iter().enumerate() {
        let channel = format!("column chunk {}", number + 1);
        if pages(hunt, &channel, bytes, chunk).is_none() {
            hunt.unread(&channel, "the pages are damaged");
        }
    }
}

/// Where the pages of a column begin, how long they are together, how they are packed, and in which encodings.
struct Chunk {
    start: usize,
    size: usize,
    codec: i64,
    encodings: Vec<i64>,
}

/// Values of these encodings are stored as differences: of lengths only, and of the texts themselves.
const DELTA_BYTE_ARRAY: i64 = 7;

fn chunks(bytes: &[u8]) -> Option<Vec<Chunk>> {
    let tail = bytes.len().checked_sub(8)?;
    let length = u32::from_le_bytes(bytes[tail..tail + 4].try_into().ok()?);
    let start = tail.checked_sub(usize::try_from(length).ok()?)?;
    let footer = Reader { bytes: &bytes[start..tail], at: 0 }.structure(0)?;
    let mut chunks = Vec::new();
    for group in footer.get(&4)?.list()? {
        for column in group.fields()?.get(&1)?.list()? {
            let data = column.fields()?.get(&3)?.fields()?;
            let whole = |field: i16| data.get(&field).and_then(Thrift::whole);
            let first = [whole(9), whole(11)].into_iter().flatten().filter(|at| *at > 0).min()?;
            let encodings = data.get(&2)?.list()?.iter().filter_map(Thrift::whole).collect();
            let size = usize::try_from(whole(7)?).ok()?;
            chunks.push(Chunk { start: usize::try_from(first).ok()?, size, codec: whole(4)?, encodings });
        }
    }
    Some(chunks)
}

fn pages(hunt: &mut Hunt<'_>, channel: &str, bytes: &[u8], chunk: &Chunk) -> Option<()> {
    if chunk.encodings.contains(&DELTA_BYTE_ARRAY) {
        hunt.unread(channel, "texts are stored as differences (DELTA_BYTE_ARRAY)");
    }
    let all = bytes.get(chunk.start..chunk.start.checked_add(chunk.size)?)?;
    let mut at = 0;
    while at < all.len() {
        let mut reader = Reader { bytes: all, at };
        let header = reader.structure(0)?;
        let whole = |field: i16| header.get(&field).and_then(Thrift::whole).and_then(|size| usize::try_from(size).ok());
        let (unpacked, packed) = (whole(2)?, whole(3)?);
        let content = all.get(reader.at..reader.at.checked_add(packed)?)?;
        at = reader.at + packed;
        // Levels of the second version of pages stand before the packed values.
        let of_second = header.get(&8).and_then(Thrift::fields);
        let level = |field| of_second.and_then(|of| of.get(&field)).and_then(Thrift::whole).unwrap_or(0);
        let levels = usize::try_from(level(5) + level(6)).ok()?;
        let is_packed = of_second.and_then(|of| of.get(&7)).is_none_or(|flag| flag.whole() != Some(0));
        let values = content.get(levels..)?;
        let codec = if is_packed { chunk.codec } else { 0 };
        let limit = hunt.left().min(unpacked);
        let (values, whole) = match codec {
            0 => continue,
            _ if unpacked > hunt.left() => (Vec::new(), false),
            1 => match snap::raw::decompress_len(values) {
                Ok(length) if length <= limit => {
                    snap::raw::Decoder::new().decompress_vec(values).map_or_else(|_| (Vec::new(), false), |v| (v, true))
                }
                _ => (Vec::new(), false),
            },
            2 => container::read(MultiGzDecoder::new(values), limit),
            6 => zstd::stream::read::Decoder::new(values)
                .map_or_else(|_| (Vec::new(), false), |decoder| container::read(decoder, limit)),
            codec => {
                hunt.unread(channel, format!("pages are packed by codec {codec}, which is not undone"));
                return Some(());
            }
        };
        if !whole {
            hunt.unread(channel, "a page is damaged or too large");
        }
        hunt.unpacked(values.len());
        hunt.bytes(&format!("page of {channel}"), &values);
    }
    Some(())
}

/// A value of Thrift’s compact protocol, as far as it is needed here.
enum Thrift {
    Whole(i64),
    List(Vec<Thrift>),
    Fields(BTreeMap<i16, Thrift>),
    Other,
}

impl Thrift {
    const fn whole(&self) -> Option<i64> {
        if let Self::Whole(value) = self { Some(*value) } else { None }
    }

    fn list(&self) -> Option<&[Self]> {
        if let Self::List(values) = self { Some(values) } else { None }
    }

    const fn fields(&self) -> Option<&BTreeMap<i16, Self>> {
        if let Self::Fields(fields) = self { Some(fields) } else { None }
    }
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn byte(&mut self) -> Option<u8> {
        let byte = *self.bytes.get(self.at)?;
        self.at += 1;
        Some(byte)
    }

    fn varint(&mut self) -> Option<u64> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Some(value);
            }
        }
        None
    }

    fn zigzag(&mut self) -> Option<i64> {
        let value = self.varint()?;
        let half = i64::try_from(value >> 1).ok()?;
        Some(if value & 1 == 0 { half } else { -half - 1 })
    }

    fn structure(&mut self, depth: usize) -> Option<BTreeMap<i16, Thrift>> {
        let mut fields = BTreeMap::new();
        let mut id = 0_i16;
        loop {
            let head = self.byte()?;
            if head == 0 {
                return Some(fields);
            }
            let step = i16::from(head >> 4);
            id = if step == 0 { i16::try_from(self.zigzag()?).ok()? } else { id.checked_add(step)? };
            let value = match head & 0xf {
                1 => Thrift::Whole(1),
                2 => Thrift::Whole(0),
                kind => self.value(kind, depth)?,
            };
            fields.insert(id, value);
        }
    }

    fn value(&mut self, kind: u8, depth: usize) -> Option<Thrift> {
        if depth > 32 {
            return None;
        }
        Some(match kind {
            1..=3 => Thrift::Whole(i64::from(self.byte()?)),
            4..=6 => Thrift::Whole(self.zigzag()?),
            7 => self.skip(8)?,
            8 => {
                let length = usize::try_from(self.varint()?).ok()?;
                self.skip(length)?
            }
            9 | 10 => {
                let head = self.byte()?;
                let count = if head >> 4 == 15 { self.varint()? } else { u64::from(head >> 4) };
                Thrift::List((0..count).map(|_| self.value(head & 0xf, depth + 1)).collect::<Option<_>>()?)
            }
            12 => Thrift::Fields(self.structure(depth + 1)?),
            _ => return None,
        })
    }

    fn skip(&mut self, length: usize) -> Option<Thrift> {
        self.at = self.at.checked_add(length).filter(|at| *at <= self.bytes.len())?;
        Some(Thrift::Other)
    }
}
