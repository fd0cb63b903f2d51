//! The page headers of Parquet files, checked before polars follows them.
//!
//! polars takes the counts in page headers as they are: a negative one becomes an allocation that ends the process,
//! where no panic could be caught, and checksums are not looked at. So the headers are walked here first, in Thrift's
//! compact encoding, and each page must fit its column, its file and its checksum. No I/O.

use std::ops::Range;

use super::crc32;
use super::thrift::Thrift;

/// A page above this, decompressed, is refused.
const MAX_PAGE: u64 = 1 << 30;

/// All pages together may not inflate to more than this, and more than so many times the size of the file.
const MAX_INFLATED: u64 = 256 << 20;
const MAX_RATIO: u64 = 200;

/// Whether pages of this size together are more than a file of that size should hold: a bomb, or not of data.
pub(super) fn is_beyond_reason(inflated: u64, file: usize) -> bool {
    inflated > MAX_INFLATED && inflated > MAX_RATIO.saturating_mul(file as u64)
}

/// Checks the pages of one column in one part of the file: `range` of the bytes, `rows` values. Gives their size when
/// decompressed, as their headers say it.
pub(super) fn check(bytes: &[u8], range: Range<u64>, rows: usize) -> Result<u64, &'static str> {
    let range = usize::try_from(range.start).ok().zip(usize::try_from(range.end).ok());
    let chunk = range.and_then(|(start, end)| bytes.get(start..end)).ok_or("a column lies outside the file")?;
    let rows = rows as u64;
    let mut thrift = Thrift { rest: chunk };
    let mut seen = 0;
    let mut total = 0_u64;
    let mut first = true;
    // Pages without values may follow, and nothing else.
    while seen < rows || !thrift.rest.is_empty() {
        let header = thrift.page_header(0).ok_or("a page header is damaged")?;
        let page = header.compressed.and_then(|size| thrift.take(size)).ok_or("a page is cut off")?;
        let inflated = header.uncompressed.filter(|size| *size <= MAX_PAGE).ok_or("a page is too large")?;
        if header.checksum.is_some_and(|checksum| checksum != crc32(page)) {
            return Err("a page does not match its checksum");
        }
        total = total.saturating_add(inflated);
        let values = header.values.ok_or("a page does not say how many values it holds")?;
        match header.kind {
            Some(DATA) if values <= rows - seen => seen += values,
            Some(DATA_2)
                if values <= rows - seen && header.levels.is_some_and(|levels| levels <= page.len() as u64) =>
            {
                seen += values;
            }
            // Each value of a dictionary takes a byte at least.
            Some(DICTIONARY) if first && values <= inflated => {}
            _ => return Err("a page holds more values than its column"),
        }
        first = false;
    }
    Ok(total)
}

const DATA: u64 = 0;
const DICTIONARY: u64 = 2;
const DATA_2: u64 = 3;

/// What is used of a page header. A negative number is none.
#[derive(Default)]
struct PageHeader {
    kind: Option<u64>,
    uncompressed: Option<u64>,
    compressed: Option<u64>,
    checksum: Option<u32>,
    values: Option<u64>,
    /// Bytes of the definition and repetition levels that stand before the values in version 2.
    levels: Option<u64>,
}

impl Thrift<'_> {
    /// A number that must not be negative; `Some(None)` when it is.
    #[expect(clippy::option_option, reason = "a negative number is read, and is none")]
    fn count(&mut self) -> Option<Option<u64>> {
        self.signed().map(|value| u64::try_from(value).ok())
    }

    fn page_header(&mut self, depth: u32) -> Option<PageHeader> {
        let mut header = PageHeader::default();
        let mut last = 0;
        while let Some((field, kind)) = self.field(last)? {
            match (field, kind) {
                (1, 5) => header.kind = self.count()?,
                (2, 5) => header.uncompressed = self.count()?,
                (3, 5) => header.compressed = self.count()?,
                #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "32 bits, stored signed")]
                (4, 5) => header.checksum = Some(self.signed()? as u32),
                (5 | 7, 12) => header.values = self.inner_header(depth)?.0,
                (8, 12) => (header.values, header.levels) = self.inner_header(depth)?,
                _ => self.skip(kind, depth)?,
            }
            last = field;
        }
        Some(header)
    }

    /// Values, and the size of the levels, of the header for a sort of page.
    fn inner_header(&mut self, depth: u32) -> Option<(Option<u64>, Option<u64>)> {
        let (mut values, mut nulls, mut levels) = (None, Some(0), Some(0_u64));
        let mut last = 0;
        while let Some((field, kind)) = self.field(last)? {
            match (field, kind) {
                (1, 5) => values = self.count()?,
                // The nulls of version 2; in version 1 this is the encoding, which is as small.
                (2, 5) => nulls = self.count()?,
                (5 | 6, 5) => levels = levels.zip(self.count()?).and_then(|(sum, size)| sum.checked_add(size)),
                _ => self.skip(kind, depth + 1)?,
            }
            last = field;
        }
        Some((values.filter(|_| nulls.is_some()), levels))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_is_that_of_the_standard() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
    }

    #[test]
    fn pages_may_not_inflate_beyond_reason() {
        // kind 0, 2 GiB, 0 bytes: more than any page.
        let bytes = [0x15, 0, 0x15, 0x80, 0x80, 0x80, 0x80, 0x10, 0x15, 0, 0x2c, 0x15, 2, 0, 0];
        assert_eq!(check(&bytes, 0..15, 1), Err("a page is too large"));
        assert!(is_beyond_reason(400 << 20, 217_922));
        assert!(!is_beyond_reason(400 << 20, 52 << 20));
        assert!(!is_beyond_reason(10 << 20, 100));
    }

    #[test]
    fn a_header_is_read_and_a_negative_count_is_none() {
        // kind 0, 10 bytes, 3 bytes, then the header of a data page: -1 values, encoding 0.
        let bytes = [0x15, 0, 0x15, 20, 0x15, 6, 0x2c, 0x15, 1, 0x15, 0, 0, 0];
        let header = Thrift { rest: &bytes }.page_header(0).expect("a header");
        assert_eq!((header.kind, header.uncompressed, header.compressed), (Some(0), Some(10), Some(3)));
        assert_eq!((header.values, header.checksum), (None, None));
        assert!(Thrift { rest: &bytes[..9] }.page_header(0).is_none());
        assert_eq!(check(&bytes, 0..13, 5), Err("a page is cut off"));
        assert_eq!(check(&bytes, 0..99, 5), Err("a column lies outside the file"));
    }
}
