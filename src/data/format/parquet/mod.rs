//! Apache Parquet files, by polars' eager reader.
//!
//! The types are those of the Parquet schema; the Arrow schema that writers embed is not looked at, so that a
//! dictionary of text is text. Types without a plain meaning here (lists, bytes, truth values, time zones) are refused
//! by name. No I/O.

mod pages;

use std::io::Cursor;
use std::sync::Arc;

use polars::prelude::{
    ArrowDataType, ChunkFullNull, ChunkedArray, Column, DataType, Float64Chunked, NewChunkedArray, PolarsError,
    PolarsNumericType, PolarsResult, StringChunked, StringChunkedBuilder, TimeUnit,
};
use polars_io::SerReader;
use polars_io::prelude::ParquetReader;
use rayon::prelude::*;

use super::{DatasetFile, capped, guarded, shape_findings};
use crate::data::table::{Problem, Table, Values};
use crate::data::{FIRST_DAY, LAST_DAY, Variable};
use crate::error::Finding;

/// Whole numbers up to here are exact in a `Float64`.
const EXACT: u64 = 1 << 53;

/// Reads a Parquet file.
pub(super) fn read(file: &DatasetFile, bytes: &[u8]) -> Result<Table, Vec<Finding>> {
    envelope(bytes).map_err(|message| vec![Finding::error(file.here(), message)])?;
    // polars checks less of a Parquet file than it indexes by.
    guarded(file, || {
        let columns = columns(file, bytes)?;
        let records = columns.first().map_or(0, Column::len);
        let read: PolarsResult<Vec<_>> = columns.into_par_iter().map(values).collect();
        let read = read.map_err(|error| damaged(file, &error))?;
        let mut table = Table {
            records,
            variables: Vec::with_capacity(read.len()),
            values: Vec::with_capacity(read.len()),
            ..Table::default()
        };
        for (name, values, problems) in read {
            let kind = values.kind();
            table.variables.push(Variable::new(name, kind));
            table.values.push(values);
            table.problems.extend(problems);
        }
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

/// The columns as polars decodes them, after everything that can be checked before decoding.
fn columns(file: &DatasetFile, bytes: &[u8]) -> Result<Vec<Column>, Vec<Finding>> {
    let refuse = |message: String| vec![Finding::error(file.here(), message)];
    let damaged = |error: PolarsError| damaged(file, &error);
    let mut reader = ParquetReader::new(Cursor::new(bytes));
    let mut metadata = reader.get_metadata().map_err(damaged)?.as_ref().clone();
    metadata.key_value_metadata = None;

    let records = metadata.num_rows;
    let groups = metadata.row_groups.iter().fold(0_usize, |sum, group| sum.saturating_add(group.num_rows()));
    if groups != records {
        return Err(refuse(format!("the footer announces {records} records, its parts {groups}")));
    }
    let names = metadata.schema_descr.fields().iter().map(|field| field.get_field_info().name.as_str());
    let findings = shape_findings(file, names, records);
    if !findings.is_empty() {
        return Err(capped(file, findings));
    }
    let metadata = Arc::new(metadata);
    reader.set_metadata(metadata.clone());
    let schema = reader.schema().map_err(damaged)?;
    let findings: Vec<Finding> = schema
        .iter_values()
        .filter_map(|field| {
            let (what, hint) = refusal(&field.dtype)?;
            Some(Finding::error(file.here().variable(field.name.as_str()), what).hint(hint))
        })
        .collect();
    if !findings.is_empty() {
        return Err(capped(file, findings));
    }
    for group in &metadata.row_groups {
        for column in group.parquet_columns() {
            pages::check(bytes, column.byte_range(), group.num_rows()).map_err(|message| {
                let name = column.descriptor().path_in_schema.join(".");
                refuse(format!("the Parquet file is damaged: {message} (column {name})"))
            })?;
        }
    }
    let frame = reader.finish().map_err(damaged)?;
    let columns = frame.columns().to_vec();
    if let Some(column) = columns.iter().find(|column| column.len() != records) {
        let message = format!("column {} holds {} values instead of {records}", column.name(), column.len());
        return Err(refuse(format!("the Parquet file is damaged: {message}")));
    }
    Ok(columns)
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
        Type::Int8 | Type::Int16 | Type::UInt8 | Type::UInt16 => {
            Some(("it is a whole number of 8 or 16 bits", "write 32-bit integers or doubles"))
        }
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

/// A decoded column as values of one of our kinds, with what is wrong in them.
fn values(column: Column) -> PolarsResult<(String, Values, Vec<Problem>)> {
    let name = column.name().to_string();
    let mut problems = Problems { variable: &name, found: Vec::new() };
    let series = column.take_materialized_series();
    let values = match series.dtype() {
        DataType::String => Values::Text(text(series.str()?, &mut problems)),
        DataType::Null => Values::Text(StringChunked::full_null(name.as_str().into(), series.len())),
        DataType::Date => {
            let days = series.date()?.physical();
            Values::Date(converted(days, &mut problems, OUTSIDE, |day| calendar(i64::from(day)).then_some(day)))
        }
        DataType::Datetime(unit, _) => {
            let per_millisecond = match unit {
                TimeUnit::Milliseconds => 1,
                TimeUnit::Microseconds => 1_000,
                TimeUnit::Nanoseconds => 1_000_000,
            };
            let times = series.datetime()?.physical();
            let fraction = "the time has a part of a millisecond";
            let whole = converted(times, &mut problems, fraction, |time| {
                (time % per_millisecond == 0).then(|| time / per_millisecond)
            });
            Values::DateTime(converted(&whole, &mut problems, OUTSIDE, |time| {
                calendar(time.div_euclid(86_400_000)).then_some(time)
            }))
        }
        whole @ (DataType::Int64 | DataType::UInt64) => {
            if *whole == DataType::Int64 {
                note_inexact(series.i64()?, &mut problems, |value| value.unsigned_abs() <= EXACT);
            } else {
                note_inexact(series.u64()?, &mut problems, |value| value <= EXACT);
            }
            Values::Number(numbers(series.cast(&DataType::Float64)?.f64()?, &mut problems))
        }
        _ => Values::Number(numbers(series.cast(&DataType::Float64)?.f64()?, &mut problems)),
    };
    let found = problems.found;
    Ok((name, values, found))
}

const OUTSIDE: &str = "the date is not in the years 1 to 9999";

fn calendar(day: i64) -> bool {
    (i64::from(FIRST_DAY)..=i64::from(LAST_DAY)).contains(&day)
}

/// The problems of one variable.
struct Problems<'a> {
    variable: &'a str,
    found: Vec<Problem>,
}

impl Problems<'_> {
    fn add(&mut self, message: &'static str, rows: Vec<usize>) {
        if !rows.is_empty() {
            self.found.push(Problem { variable: self.variable.to_owned(), message, rows });
        }
    }
}

/// Text without trailing blanks. Most files have none, and then the column is taken as it is.
fn text(values: &StringChunked, problems: &mut Problems) -> StringChunked {
    let plain = |text: &str| !text.is_empty() && !text.ends_with(' ') && !text.as_bytes().contains(&0);
    if values.downcast_iter().all(|chunk| chunk.iter().flatten().all(plain)) {
        return values.clone();
    }
    let mut nul = Vec::new();
    let mut builder = StringChunkedBuilder::new(values.name().clone(), values.len());
    for (row, value) in values.iter().enumerate() {
        match value.map(|text| text.trim_end_matches(' ')) {
            None | Some("") => builder.append_null(),
            Some(text) => {
                if text.as_bytes().contains(&0) {
                    nul.push(row);
                }
                builder.append_value(text);
            }
        }
    }
    problems.add("the text holds a NUL character", nul);
    builder.finish()
}

/// Numbers without NaN (null), infinity (a problem) and negative zero (zero).
fn numbers(values: &Float64Chunked, problems: &mut Problems) -> Float64Chunked {
    let plain = |value: &f64| value.is_finite() && value.to_bits() != 1 << 63;
    if values.downcast_iter().all(|chunk| chunk.values().iter().all(plain)) {
        return values.clone();
    }
    let numbers: Vec<Option<f64>> = values.iter().map(|value| value.filter(|value| !value.is_nan())).collect();
    let infinite = |value: &Option<f64>| value.is_some_and(f64::is_infinite);
    problems.add("the value is infinite", rows_where(numbers.iter().map(infinite)));
    let finite = numbers.into_iter().map(|value| value.filter(|value| value.is_finite()).map(|value| value + 0.0));
    Float64Chunked::from_iter_options(values.name().clone(), finite)
}

fn rows_where(wrong: impl Iterator<Item = bool>) -> Vec<usize> {
    wrong.enumerate().filter(|(_, wrong)| *wrong).map(|(row, _)| row).collect()
}

fn note_inexact<T: PolarsNumericType>(
    values: &ChunkedArray<T>,
    problems: &mut Problems,
    exact: impl Fn(T::Native) -> bool,
) {
    let wrong = values.iter().map(|value| value.is_some_and(|value| !exact(value)));
    problems.add("the whole number is too large to be held exactly", rows_where(wrong));
}

/// Each value as the closure has it; a problem where it gives none. The column itself when nothing changes.
fn converted<T: PolarsNumericType>(
    values: &ChunkedArray<T>,
    problems: &mut Problems,
    message: &'static str,
    convert: impl Fn(T::Native) -> Option<T::Native>,
) -> ChunkedArray<T>
where
    ChunkedArray<T>: NewChunkedArray<T, T::Native>,
{
    let same = |value: &T::Native| convert(*value) == Some(*value);
    if values.downcast_iter().all(|chunk| chunk.values().iter().all(same)) {
        return values.clone();
    }
    let wrong = values.iter().map(|value| value.is_some_and(|value| convert(value).is_none()));
    problems.add(message, rows_where(wrong));
    ChunkedArray::from_iter_options(values.name().clone(), values.iter().map(|value| value.and_then(&convert)))
}
