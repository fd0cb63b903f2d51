//! Apache Parquet files, by polars' eager reader and writer.
//!
//! `thrift` reads the encoding of footer and page headers, `footer` and `pages` check and seal what polars does not,
//! `labels` has what columns mean, `statistics` what the footer says of their values, `values` turns decoded columns
//! into values, `write` writes a table. The types are those of the Parquet schema; the Arrow schema that writers embed
//! is read for labels only, so that a dictionary of text is text. Types without a plain meaning here (lists, bytes, truth
//! values, time zones) are refused by name. Of variables and records that are not kept, nothing is decoded that the
//! choice does not need. No I/O.

use std::io::Cursor;
use std::sync::Arc;

use polars::prelude::{ArrowDataType, BooleanChunked, Column, NewChunkedArray, PolarsError, PolarsResult};
use polars_io::SerReader;
use polars_io::parquet::read::FileMetadata;
use polars_io::prelude::{ParallelStrategy, ParquetReader};
use rayon::prelude::*;

use super::{DatasetFile, capped, guarded, shape_findings, unfit_selection};
use crate::data::Variable;
use crate::data::select::{choose, compact, not_text};
use crate::data::table::{Table, Values};
use crate::error::Finding;
use footer::Footer;

mod footer;
mod labels;
mod pages;
mod statistics;
#[cfg(test)]
mod tests;
mod thrift;
mod values;
mod write;

pub(in crate::data) use write::write;

/// Reads a Parquet file.
pub(super) fn read(file: &DatasetFile, bytes: &[u8]) -> Result<Table, Vec<Finding>> {
    let refuse = |message: &str| vec![Finding::error(file.here(), message)];
    envelope(bytes).map_err(refuse)?;
    // polars checks less of a Parquet file than it indexes by.
    guarded(file, || {
        let mut footer = Footer::read(bytes).map_err(refuse)?;
        let intact = footer.is_intact(bytes);
        if intact == Some(false) {
            return Err(refuse("the Parquet file is damaged: it does not match its checksum"));
        }
        let words = labels::read(file, bytes, &footer)?;
        let source = Source::open(file, bytes, &mut footer)?;
        let Decoded { columns, kept, records } = source.decode()?;
        let scale = |column: &Column| footer.scales.get(column.name().as_str()).copied();
        let read: PolarsResult<Vec<_>> = columns
            .into_par_iter()
            .map(|column| {
                let scale = scale(&column);
                values::values(column, scale)
            })
            .collect();
        let read = read.map_err(|error| damaged(file, &error))?;
        let mut table = Table {
            records,
            variables: Vec::with_capacity(read.len()),
            values: Vec::with_capacity(read.len()),
            selected: true,
            ..Table::default()
        };
        for (name, values, problems) in read {
            table.variables.push(Variable::new(name, values.kind()));
            table.values.push(values);
            table.problems.extend(problems);
        }
        words.tell(file, &mut table, intact == Some(true), kept.as_deref())?;
        Ok(table)
    })
}

/// The magic numbers at both ends and the footer between them; a file that was cut off has lost its footer.
fn envelope(bytes: &[u8]) -> Result<(), &'static str> {
    match (bytes.first_chunk::<4>(), bytes.last_chunk::<8>()) {
        (Some(b"PARE"), _) => Err("the file is encrypted"),
        (Some(b"PAR1"), Some([a, b, c, d, b'P', b'A', b'R', b'1'])) => {
            let footer = u32::from_le_bytes([*a, *b, *c, *d]) as usize;
            if footer.saturating_add(12) > bytes.len() {
                Err("the footer of the Parquet file is damaged")
            } else {
                Ok(())
            }
        }
        (Some(b"PAR1"), _) => Err("the Parquet file is cut off: it does not end with a footer"),
        _ => Err("the file is not a Parquet file"),
    }
}

fn damaged(file: &DatasetFile, error: &PolarsError) -> Vec<Finding> {
    vec![Finding::error(file.here(), format!("the Parquet file is damaged: {error}"))]
}

/// The checksum of gzip and PNG, which Parquet has for its pages too.
fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = flate2::Crc::new();
    crc.update(bytes);
    crc.sum()
}

/// A file whose structure is known to hold together.
struct Source<'a> {
    file: &'a DatasetFile,
    bytes: &'a [u8],
    metadata: Arc<FileMetadata>,
    /// The columns by number, those that are kept.
    keep: Vec<usize>,
    /// Those by which records are chosen.
    by: Vec<usize>,
    names: Vec<String>,
}

/// The columns that are kept.
struct Decoded {
    columns: Vec<Column>,
    /// Which records of the file they hold; all if none.
    kept: Option<Vec<bool>>,
    records: usize,
}

impl<'a> Source<'a> {
    /// Checks everything that can be checked before decoding.
    fn open(file: &'a DatasetFile, bytes: &'a [u8], footer: &mut Footer) -> Result<Self, Vec<Finding>> {
        let refuse = |message: String| vec![Finding::error(file.here(), message)];
        let simplified = footer.simplified();
        let mut reader = ParquetReader::new(Cursor::new(&simplified));
        let metadata = reader.get_metadata().map_err(|error| damaged(file, &error))?.clone();
        let records = metadata.num_rows;
        let groups = metadata.row_groups.iter().fold(0_usize, |sum, group| sum.saturating_add(group.num_rows()));
        if groups != records {
            return Err(refuse(format!("the footer announces {records} records, its parts {groups}")));
        }
        let fields = metadata.schema_descr.fields();
        let names: Vec<String> = fields.iter().map(|field| field.get_field_info().name.to_string()).collect();
        let mut findings = shape_findings(file, names.iter().map(String::as_str), records);
        findings.extend(unfit_selection(file, &names.iter().map(String::as_str).collect::<Vec<_>>()));
        if !findings.is_empty() {
            return Err(capped(file, findings));
        }
        let schema = reader.schema().map_err(|error| damaged(file, &error))?;
        let needed = schema.iter_values().filter(|field| file.reading.needs(&field.name));
        let refused = needed.filter_map(|field| {
            if footer.scales.contains_key(field.name.as_str()) {
                return file.reading.rows.contains_key(field.name.as_str()).then(|| not_text(file, &field.name));
            }
            if file.reading.rows.contains_key(field.name.as_str()) && field.dtype != ArrowDataType::Utf8View {
                return Some(not_text(file, &field.name));
            }
            let (what, hint) = refusal(&field.dtype)?;
            Some(Finding::error(file.here().variable(field.name.as_str()), what).hint(hint))
        });
        let refused: Vec<Finding> = refused.collect();
        if !refused.is_empty() {
            return Err(capped(file, refused));
        }
        let mut inflated = 0_u64;
        for group in &metadata.row_groups {
            for column in group.parquet_columns() {
                let size = pages::check(bytes, column.byte_range(), group.num_rows()).map_err(|message| {
                    let name = column.descriptor().path_in_schema.join(".");
                    refuse(format!("the Parquet file is damaged: {message} (column {name})"))
                })?;
                inflated = inflated.saturating_add(size);
            }
        }
        if pages::is_beyond_reason(inflated, bytes.len()) {
            let message = format!("the file of {} bytes would inflate to {inflated}", bytes.len());
            return Err(refuse(message));
        }
        let numbers = |wanted: &dyn Fn(&str) -> bool| -> Vec<usize> {
            names.iter().enumerate().filter(|(_, name)| wanted(name)).map(|(at, _)| at).collect()
        };
        let keep = numbers(&|name| file.reading.keep.as_ref().is_none_or(|keep| keep.contains(name)));
        let by = numbers(&|name| file.reading.rows.contains_key(name));
        Ok(Self { file, bytes, metadata, keep, by, names })
    }

    /// The columns that are kept, of the records that are kept.
    fn decode(&self) -> Result<Decoded, Vec<Finding>> {
        let records = self.metadata.num_rows;
        if self.by.is_empty() {
            let columns = self.columns(&self.keep, (0, usize::MAX), ParallelStrategy::Auto)?;
            let mut start = 0;
            for (group, part) in self.metadata.row_groups.iter().enumerate() {
                let rows = part.num_rows();
                let slice = |column: &Column| column.slice(i64::try_from(start).unwrap_or(i64::MAX), rows);
                self.agree(group, &columns.iter().map(slice).collect::<Vec<_>>())?;
                start += rows;
            }
            return Ok(Decoded { columns, kept: None, records });
        }
        let mut start = 0;
        let starts = self.metadata.row_groups.iter().map(|group| {
            start += group.num_rows();
            start - group.num_rows()
        });
        let starts: Vec<(usize, usize)> = starts.enumerate().collect();
        let parts: Vec<Result<_, _>> = starts.into_par_iter().map(|(group, start)| self.part(group, start)).collect();
        // Of no part, nothing: the types of the columns are those of a table without records.
        let mut columns = self.columns(&self.keep, (0, 0), ParallelStrategy::None)?;
        let mut kept = Vec::with_capacity(records);
        for part in parts {
            let (part, mask) = part?;
            kept.extend(mask);
            for (column, more) in columns.iter_mut().zip(part) {
                column.append(&more).map_err(|error| damaged(self.file, &error))?;
            }
        }
        let records = kept.iter().filter(|kept| **kept).count();
        Ok(Decoded { columns, kept: Some(kept), records })
    }

    /// One part of the file: first the columns to choose by, and only where there is something to keep the others.
    fn part(&self, group: usize, start: usize) -> Result<(Vec<Column>, Vec<bool>), Vec<Finding>> {
        let damaged = |error: PolarsError| damaged(self.file, &error);
        let rows = self.metadata.row_groups[group].num_rows();
        let mut kept = vec![true; rows];
        let by = self.columns(&self.by, (start, rows), ParallelStrategy::None)?;
        self.agree(group, &by)?;
        for column in by {
            let admitted = &self.file.reading.rows[column.name().as_str()];
            match values::values(column, None).map_err(damaged)? {
                (_, Values::Text(texts), _) => choose(&texts, admitted, &mut kept),
                (name, ..) => return Err(vec![not_text(self.file, &name)]),
            }
        }
        if !kept.contains(&true) {
            return Ok((Vec::new(), kept));
        }
        let columns = self.columns(&self.keep, (start, rows), ParallelStrategy::None)?;
        self.agree(group, &columns)?;
        let mask = BooleanChunked::from_slice("kept".into(), &kept);
        let columns = columns.into_iter().map(|column| {
            let column = column.filter(&mask)?;
            Ok(match column.str() {
                Ok(texts) => compact(Values::Text(texts.clone())).into_column(),
                Err(_) => column,
            })
        });
        Ok((columns.collect::<PolarsResult<_>>().map_err(damaged)?, kept))
    }

    /// These columns of these records (first and number).
    fn columns(
        &self,
        columns: &[usize],
        slice: (usize, usize),
        parallel: ParallelStrategy,
    ) -> Result<Vec<Column>, Vec<Finding>> {
        let mut reader = ParquetReader::new(Cursor::new(self.bytes));
        reader.set_metadata(self.metadata.clone());
        let reader = reader.with_projection(Some(columns.to_vec())).with_slice(Some(slice)).read_parallel(parallel);
        let frame = reader.finish().map_err(|error| damaged(self.file, &error))?;
        let wanted = slice.1.min(self.metadata.num_rows);
        let wrong = frame.columns().iter().find(|column| column.len() != wanted);
        if let Some(column) = wrong {
            let message = format!(
                "the Parquet file is damaged: column {} holds {} values instead of {wanted}",
                column.name(),
                column.len()
            );
            return Err(vec![Finding::error(self.file.here(), message)]);
        }
        if frame.width() != columns.len() {
            let missing = columns.iter().find(|at| frame.column(&self.names[**at]).is_err());
            let name = missing.map_or("", |at| self.names[*at].as_str());
            return Err(vec![Finding::error(
                self.file.here(),
                format!("the Parquet file is damaged: no column {name}"),
            )]);
        }
        Ok(frame.columns().to_vec())
    }

    /// The statistics of one part of the file against its columns.
    fn agree(&self, group: usize, columns: &[Column]) -> Result<(), Vec<Finding>> {
        let found = statistics::contradiction(&self.metadata, group, columns);
        match found {
            None => Ok(()),
            Some(message) => {
                let message = format!("the Parquet file contradicts itself: {message}");
                Err(vec![Finding::error(self.file.here(), message)])
            }
        }
    }
}

/// Why a type is refused, and what to write instead; none for the types that are read.
fn refusal(dtype: &ArrowDataType) -> Option<(&'static str, &'static str)> {
    use ArrowDataType as Type;
    match dtype {
        Type::Utf8View
        | Type::Utf8
        | Type::LargeUtf8
        | Type::Null
        | Type::Date32
        | Type::Timestamp(_, None)
        | Type::Int32
        | Type::Int64
        | Type::UInt32
        | Type::UInt64
        | Type::Float32
        | Type::Float64 => None,
        Type::Timestamp(_, Some(_)) => {
            Some(("it is a time of a time zone", "write the local time without a zone, or text"))
        }
        Type::Boolean => Some(("it is a truth value", "write 'Y' and 'N', as CDISC flags are")),
        Type::Decimal(..) | Type::Decimal32(..) | Type::Decimal64(..) | Type::Decimal256(..) => {
            Some(("it is a fixed-point decimal", "write doubles"))
        }
        Type::Time32(_) | Type::Time64(_) => Some(("it is a time of day", "write seconds as a number, or text")),
        Type::BinaryView | Type::Binary | Type::LargeBinary | Type::FixedSizeBinary(_) => {
            Some(("it holds bytes that are not declared as text", "write strings"))
        }
        _ => Some(("its type has no plain meaning in a table", "write numbers, text, dates or timestamps")),
    }
}
