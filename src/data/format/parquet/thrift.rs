//! Thrift's compact encoding, in which Parquet writes its footer and the headers of its pages.
//!
//! Read step by step where only a few numbers are wanted, or as a tree that can be altered and written again. Nothing is
//! allocated on the word of the file: every element takes a byte of it at least. No I/O.

use std::borrow::Cow;

/// Structures within structures; real ones have about six.
const MAX_DEPTH: u32 = 16;

/// Reads Thrift's compact encoding; none at anything that is not it.
pub(super) struct Thrift<'a> {
    pub(super) rest: &'a [u8],
}

impl<'a> Thrift<'a> {
    pub(super) fn take(&mut self, size: u64) -> Option<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(usize::try_from(size).ok()?)?;
        self.rest = rest;
        Some(taken)
    }

    pub(super) fn byte(&mut self) -> Option<u8> {
        self.take(1).map(|taken| taken[0])
    }

    pub(super) fn varint(&mut self) -> Option<u64> {
        let mut value = 0_u64;
        for shift in (0..63).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(value);
            }
        }
        None
    }

    /// A signed number, stored with its sign in the lowest bit.
    pub(super) fn signed(&mut self) -> Option<i64> {
        let value = self.varint()?;
        Some((value >> 1).cast_signed() ^ -(value & 1).cast_signed())
    }

    /// The number and type of the next field; `Some(None)` at the end of the structure.
    #[expect(clippy::option_option, reason = "the end of a structure is not the end of the bytes")]
    pub(super) fn field(&mut self, last: i64) -> Option<Option<(i64, u8)>> {
        let byte = self.byte()?;
        let kind = byte & 0x0f;
        Some(match (byte >> 4, kind) {
            (_, 0) => None,
            (0, _) => Some((self.signed()?, kind)),
            (delta, _) => Some((last.checked_add(i64::from(delta))?, kind)),
        })
    }

    pub(super) fn skip(&mut self, kind: u8, depth: u32) -> Option<()> {
        if depth > MAX_DEPTH {
            return None;
        }
        match kind {
            1 | 2 => {}
            3 => _ = self.byte()?,
            4..=6 => _ = self.varint()?,
            7 => _ = self.take(8)?,
            8 => {
                let size = self.varint()?;
                self.take(size)?;
            }
            9 | 10 => {
                let byte = self.byte()?;
                let size = if byte >> 4 == 15 { self.varint()? } else { u64::from(byte >> 4) };
                // Truth values take a byte each in a list.
                let kind = if matches!(byte & 0x0f, 1 | 2) { 3 } else { byte & 0x0f };
                for _ in 0..size {
                    self.skip(kind, depth + 1)?;
                }
            }
            12 => {
                let mut last = 0;
                while let Some((field, kind)) = self.field(last)? {
                    self.skip(kind, depth + 1)?;
                    last = field;
                }
            }
            _ => return None,
        }
        Some(())
    }

    /// The value of this type as a tree.
    pub(super) fn tree(&mut self, kind: u8, depth: u32) -> Option<Tree<'a>> {
        if depth > MAX_DEPTH {
            return None;
        }
        Some(match kind {
            1 | 2 => Tree::Truth(kind == 1),
            3 => Tree::Byte(self.byte()?),
            4..=6 => Tree::Whole(kind, self.signed()?),
            7 => Tree::Double(self.take(8)?),
            8 => {
                let size = self.varint()?;
                Tree::Bytes(Cow::Borrowed(self.take(size)?))
            }
            9 => {
                let byte = self.byte()?;
                let size = if byte >> 4 == 15 { self.varint()? } else { u64::from(byte >> 4) };
                let kind = byte & 0x0f;
                if size > self.rest.len() as u64 {
                    return None;
                }
                let items = (0..size).map(|_| match kind {
                    // Truth values take a byte each in a list.
                    1 | 2 => self.byte().map(|byte| Tree::Truth(byte == 1)),
                    _ => self.tree(kind, depth + 1),
                });
                Tree::List(kind, items.collect::<Option<Vec<_>>>()?)
            }
            12 => {
                let mut fields = Vec::new();
                let mut last = 0;
                while let Some((field, kind)) = self.field(last)? {
                    fields.push((field, self.tree(kind, depth + 1)?));
                    last = field;
                }
                Tree::Struct(fields)
            }
            _ => return None,
        })
    }
}

/// A value of the compact encoding.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Tree<'a> {
    Truth(bool),
    Byte(u8),
    /// A whole number with its type: 4, 5 and 6 have 16, 32 and 64 bits.
    Whole(u8, i64),
    Double(&'a [u8]),
    Bytes(Cow<'a, [u8]>),
    /// Values with their type.
    List(u8, Vec<Tree<'a>>),
    /// Values by the number of the field.
    Struct(Vec<(i64, Tree<'a>)>),
}

impl Tree<'_> {
    pub(super) fn text(text: &str) -> Self {
        Self::Bytes(Cow::Owned(text.as_bytes().to_vec()))
    }

    /// A field of a structure.
    pub(super) fn get(&self, field: i64) -> Option<&Self> {
        let Self::Struct(fields) = self else { return None };
        fields.iter().find(|(number, _)| *number == field).map(|(_, value)| value)
    }

    /// Puts a field into a structure, in place of the one it has, or takes it out.
    pub(super) fn set(&mut self, field: i64, value: Option<Self>) {
        if let Self::Struct(fields) = self {
            fields.retain(|(number, _)| *number != field);
            let at = fields.partition_point(|(number, _)| *number < field);
            fields.splice(at..at, value.map(|value| (field, value)));
        }
    }

    /// A list of a structure; empty if there is none.
    pub(super) fn list(&self, field: i64) -> &[Self] {
        match self.get(field) {
            Some(Self::List(_, items)) => items,
            _ => &[],
        }
    }

    pub(super) fn list_mut(&mut self, field: i64) -> &mut [Self] {
        let Self::Struct(fields) = self else { return &mut [] };
        match fields.iter_mut().find(|(number, _)| *number == field) {
            Some((_, Self::List(_, items))) => items,
            _ => &mut [],
        }
    }

    /// A structure of a structure.
    pub(super) fn inner_mut(&mut self, field: i64) -> Option<&mut Self> {
        let Self::Struct(fields) = self else { return None };
        fields.iter_mut().find(|(number, _)| *number == field).map(|(_, value)| value)
    }

    /// A whole number of a structure.
    pub(super) fn whole(&self, field: i64) -> Option<i64> {
        match self.get(field)? {
            Self::Whole(_, value) => Some(*value),
            Self::Byte(value) => Some(i64::from(*value)),
            _ => None,
        }
    }

    /// A text of a structure.
    pub(super) fn string(&self, field: i64) -> Option<&str> {
        match self.get(field)? {
            Self::Bytes(bytes) => std::str::from_utf8(bytes).ok(),
            _ => None,
        }
    }

    fn kind(&self) -> u8 {
        match self {
            Self::Truth(true) => 1,
            Self::Truth(false) => 2,
            Self::Byte(_) => 3,
            Self::Whole(kind, _) => *kind,
            Self::Double(_) => 7,
            Self::Bytes(_) => 8,
            Self::List(..) => 9,
            Self::Struct(_) => 12,
        }
    }

    /// Adds the value to these bytes.
    pub(super) fn write(&self, bytes: &mut Vec<u8>) {
        match self {
            // In a structure, the type is the value.
            Self::Truth(_) => {}
            Self::Byte(value) => bytes.push(*value),
            Self::Whole(_, value) => write_signed(bytes, *value),
            Self::Double(value) => bytes.extend_from_slice(value),
            Self::Bytes(value) => {
                write_varint(bytes, value.len() as u64);
                bytes.extend_from_slice(value);
            }
            Self::List(kind, items) => {
                if let Ok(few @ 0..15) = u8::try_from(items.len()) {
                    bytes.push(few << 4 | kind);
                } else {
                    bytes.push(0xf0 | kind);
                    write_varint(bytes, items.len() as u64);
                }
                for item in items {
                    match item {
                        Self::Truth(value) => bytes.push(if *value { 1 } else { 2 }),
                        other => other.write(bytes),
                    }
                }
            }
            Self::Struct(fields) => {
                let mut last = 0;
                for (field, value) in fields {
                    if let Ok(step @ 1..=15) = u8::try_from(field - last) {
                        bytes.push(step << 4 | value.kind());
                    } else {
                        bytes.push(value.kind());
                        write_signed(bytes, *field);
                    }
                    value.write(bytes);
                    last = *field;
                }
                bytes.push(0);
            }
        }
    }
}

fn write_varint(bytes: &mut Vec<u8>, mut value: u64) {
    while value > 0x7f {
        bytes.push(value.to_le_bytes()[0] | 0x80);
        value >>= 7;
    }
    bytes.push(value.to_le_bytes()[0]);
}

fn write_signed(bytes: &mut Vec<u8>, value: i64) {
    write_varint(bytes, (value << 1 ^ value >> 63).cast_unsigned());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_is_written_as_it_was_read() {
        let tree = Tree::Struct(vec![
            (1, Tree::Whole(5, -7)),
            (2, Tree::Truth(true)),
            (20, Tree::List(8, (0..20).map(|at| Tree::text(&at.to_string())).collect())),
            (21, Tree::Struct(vec![(3, Tree::Byte(9)), (5, Tree::Whole(6, i64::MAX >> 2))])),
            (22, Tree::List(1, vec![Tree::Truth(false), Tree::Truth(true)])),
        ]);
        let mut bytes = Vec::new();
        tree.write(&mut bytes);
        let mut thrift = Thrift { rest: &bytes };
        assert_eq!(thrift.tree(12, 0), Some(tree));
        assert!(thrift.rest.is_empty());
        for end in 0..bytes.len() {
            assert_eq!(Thrift { rest: &bytes[..end] }.tree(12, 0), None);
        }
    }

    #[test]
    fn a_list_is_not_larger_than_the_bytes_that_are_left() {
        assert_eq!(Thrift { rest: &[0xf3, 0xff, 0xff, 0xff, 0x7f, 0] }.tree(9, 0), None);
    }
}
