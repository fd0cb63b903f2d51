//! A table as a Parquet file that any reader takes and that shows its own damage.
//!
//! polars writes the pages; they get their checksums here, since polars leaves them out, and the file one of its own
//! under the key `trialpress.crc32`. The Arrow schema is left out, so that text is text to every reader; labels and the
//! like stand under the key `trialpress`.

use polars::prelude::DataFrame;
use polars_io::prelude::ParquetWriter;

use super::footer::{Footer, ROW_GROUPS, seal};
use super::thrift::{Thrift, Tree};
use super::{crc32, labels};
use crate::data::table::Table;
use crate::error::{Finding, Place};

/// Records of one part: few enough that a reader can pass over parts, many enough that they compress well.
const PART: usize = 131_072;

/// Writes a table.
///
/// # Errors
/// The table has no variables, or polars will not write it.
pub(in crate::data) fn write(table: &Table) -> Result<Vec<u8>, Vec<Finding>> {
    let failed = |message: String| vec![Finding::error(Place::default(), message)];
    let columns = table.variables.iter().zip(&table.values).map(|(variable, values)| {
        let mut column = values.clone().into_column();
        column.rename(variable.name.as_str().into());
        column
    });
    let bytes = DataFrame::new(table.records, columns.collect()).and_then(|mut frame| {
        let mut bytes = Vec::new();
        ParquetWriter::new(&mut bytes).with_row_group_size(Some(PART)).finish(&mut frame)?;
        Ok(bytes)
    });
    let bytes = bytes.map_err(|error| failed(format!("the table cannot be written: {error}")))?;
    let words = labels::written(table);
    sealed(&bytes, &[("label", &table.label), (labels::KEY, &words)])
        .ok_or_else(|| failed("the table cannot be written: polars wrote no sound Parquet file".into()))
}

/// The same file with checksums in its pages, without indexes of them, and with these texts in its footer.
fn sealed(bytes: &[u8], texts: &[(&str, &str)]) -> Option<Vec<u8>> {
    const TOTAL: i64 = 2;
    const OFFSET: i64 = 5;
    const COMPRESSED: i64 = 6;
    let mut footer = Footer::read(bytes).ok()?;
    let mut out = Vec::with_capacity(bytes.len() + bytes.len() / 64);
    out.extend_from_slice(b"PAR1");
    for group in footer.tree.list_mut(ROW_GROUPS) {
        let start = out.len();
        let mut total = 0;
        for chunk in group.list_mut(1) {
            // The offset of the chunk is of no use to readers; places and sizes of two indexes.
            chunk.set(2, Some(Tree::Whole(6, 0)));
            (4..=7).for_each(|field| chunk.set(field, None));
            total += column(bytes, chunk.inner_mut(3)?, &mut out)?;
        }
        let size = i64::try_from(out.len() - start).ok()?;
        group.set(TOTAL, Some(Tree::Whole(6, total)));
        for (field, value) in [(OFFSET, i64::try_from(start).ok()?), (COMPRESSED, size)] {
            if group.get(field).is_some() {
                group.set(field, Some(Tree::Whole(6, value)));
            }
        }
    }
    footer.sign(texts);
    footer.append(&mut out);
    seal(&mut out);
    Some(out)
}

/// Adds the pages of one column with their checksums, and tells its metadata where they lie now and how large they are.
/// Returns their size before compression.
fn column(bytes: &[u8], metadata: &mut Tree, out: &mut Vec<u8>) -> Option<i64> {
    const UNCOMPRESSED: i64 = 6;
    const COMPRESSED: i64 = 7;
    const DATA: i64 = 9;
    const DICTIONARY: i64 = 11;
    let dictionary = metadata.whole(DICTIONARY);
    let first = usize::try_from(dictionary.unwrap_or(i64::MAX).min(metadata.whole(DATA)?)).ok()?;
    let size = usize::try_from(metadata.whole(COMPRESSED)?).ok()?;
    let mut thrift = Thrift { rest: bytes.get(first..first.checked_add(size)?)? };
    let (start, mut total) = (out.len(), 0);
    let mut data = None;
    while !thrift.rest.is_empty() {
        let mut header = thrift.tree(12, 0)?;
        let page = thrift.take(u64::try_from(header.whole(3)?).ok()?)?;
        header.set(4, Some(Tree::Whole(5, i64::from(crc32(page).cast_signed()))));
        let place = out.len();
        // 2 is a dictionary.
        if header.whole(1) != Some(2) {
            data.get_or_insert(place);
        }
        header.write(out);
        total += header.whole(2)? + i64::try_from(out.len() - place).ok()?;
        out.extend_from_slice(page);
    }
    metadata.set(UNCOMPRESSED, Some(Tree::Whole(6, total)));
    metadata.set(COMPRESSED, Some(Tree::Whole(6, i64::try_from(out.len() - start).ok()?)));
    metadata.set(DATA, Some(Tree::Whole(6, i64::try_from(data?).ok()?)));
    if dictionary.is_some() {
        metadata.set(DICTIONARY, Some(Tree::Whole(6, i64::try_from(start).ok()?)));
    }
    Some(total)
}
