//! SAS transport files, version 5 and 8.
//!
//! The crate `sas_xport` reads the headers and converts IBM numbers. The records are ours: fixed-width slices of the
//! same bytes, because a reader that follows the end of the file takes a cut-off file for a short one. Text must be
//! UTF-8 (ASCII in most submissions). No I/O.

use std::io::Cursor;

use polars::prelude::{ChunkedArray, Float64Chunked, NewChunkedArray, PolarsNumericType, StringChunkedBuilder};
use sas_xport::sas::xport::{XportReader, XportSchema};
use sas_xport::sas::{SasFloat64, SasVariableType};

use super::{DatasetFile, capped, guarded, shape_findings};
use crate::data::table::{Problem, Table, Values};
use crate::data::{FIRST_DAY, Kind, LAST_DAY, Variable};
use crate::error::Finding;

/// Headers and data come in lines of this many bytes.
const LINE: usize = 80;
/// Days and milliseconds from the SAS epoch, 1960-01-01, to 1970-01-01.
const EPOCH_DAYS: f64 = 3_653.0;
const EPOCH_MILLISECONDS: f64 = 3_653.0 * 86_400_000.0;

/// Reads the one dataset of a transport file.
pub(super) fn read(file: &DatasetFile, bytes: &[u8]) -> Result<Table, Vec<Finding>> {
    let (schema, start) = header(file, bytes)?;
    let columns = layout(file, &schema)?;
    let width = columns.iter().map(|column| column.length).sum();
    let data = &bytes[start..];
    one_member(file, data)?;
    let records = records(data, width, schema.record_count()).map_err(|message| {
        vec![Finding::error(file.here(), message).hint("get the file again: it was cut off or altered on its way")]
    })?;
    let findings = shape_findings(file, columns.iter().map(|column| column.variable.name.as_str()), records);
    if !findings.is_empty() {
        return Err(capped(file, findings));
    }

    let data = &data[..records * width];
    let mut table = Table {
        records,
        variables: Vec::with_capacity(columns.len()),
        values: Vec::with_capacity(columns.len()),
        ..Table::default()
    };
    for column in columns {
        let cells = data.chunks_exact(width).map(|record| &record[column.offset..column.offset + column.length]);
        let values = match column.variable.kind {
            Kind::Text => text(&column.variable.name, cells, &mut table.problems),
            _ => numbers(&column.variable, cells, &mut table),
        };
        table.values.push(values);
        table.variables.push(column.variable);
    }
    Ok(table)
}

/// The description of the dataset and where its records begin.
fn header(file: &DatasetFile, bytes: &[u8]) -> Result<(XportSchema, usize), Vec<Finding>> {
    let refuse = |message: String| vec![Finding::error(file.here(), message)];
    if !bytes.starts_with(b"HEADER RECORD*******LIB") {
        let message = if bytes.starts_with(b"**COMPRESSED**") {
            "the file was written by PROC CPORT, not as a transport file for the XPORT engine"
        } else {
            "the file is not a SAS transport file"
        };
        return Err(refuse(message.into()));
    }
    // The one size in the headers that sas_xport takes on trust and then slices by.
    if !matches!(bytes.get(3 * LINE + 74..3 * LINE + 78), Some(b"0140" | b"0136")) {
        return Err(refuse("the header of the transport file is damaged or cut off".into()));
    }
    let mut cursor = Cursor::new(bytes);
    let schema = guarded(file, || {
        XportReader::from_reader(&mut cursor)
            .and_then(XportReader::next_dataset)
            .map(|dataset| dataset.map(|dataset| dataset.schema().clone()))
            .map_err(|error| {
                let reason = error.message().trim_end_matches('.');
                refuse(format!("the header of the transport file is damaged or cut off: {reason}"))
            })
    })?
    .ok_or_else(|| refuse("the transport file holds no dataset".into()))?;
    let start = usize::try_from(cursor.position()).unwrap_or(bytes.len()).min(bytes.len());
    Ok((schema, start))
}

/// A variable and where its cell lies in a record.
struct Layout {
    variable: Variable,
    offset: usize,
    length: usize,
}

fn layout(file: &DatasetFile, schema: &XportSchema) -> Result<Vec<Layout>, Vec<Finding>> {
    let mut findings = Vec::new();
    let mut columns = Vec::with_capacity(schema.variables().len());
    let mut offset = 0;
    for variable in schema.variables() {
        let name = variable.full_name().to_owned();
        let length = usize::from(variable.value_length());
        let numeric = variable.value_type() == SasVariableType::Numeric;
        let mut finding = |message: String| {
            findings.push(Finding::error(file.here().variable(&name), message));
        };
        if numeric && !(2..=8).contains(&length) || length == 0 {
            finding(format!("a {} variable cannot be {length} bytes long", if numeric { "numeric" } else { "text" }));
        }
        // Overlapping or shifted cells would read as other values, without any sign of it.
        if variable.position() as usize != offset {
            finding(format!("its cell is said to begin at byte {}, not {offset}", variable.position()));
        }
        let format = format_name(variable.full_format(), variable.format_length(), variable.format_precision());
        let kind = if numeric { format.as_deref().map_or(Kind::Number, kind_of) } else { Kind::Text };
        let label = variable.full_label().to_owned();
        columns.push(Layout {
            variable: Variable {
                name,
                label,
                kind,
                format,
                length: Some(u32::from(variable.value_length())),
                declared: None,
            },
            offset,
            length,
        });
        offset += length;
    }
    if findings.is_empty() { Ok(columns) } else { Err(capped(file, findings)) }
}

/// `DATE9.`, `8.3`, `$20.`; none when no format is attached.
fn format_name(name: &str, width: u16, decimals: u16) -> Option<String> {
    let number = |value: u16| if value == 0 { String::new() } else { value.to_string() };
    match (name, width) {
        ("", 0) => None,
        (name, _) if name.ends_with('.') => Some(name.to_owned()),
        (name, width) => Some(format!("{name}{}.{}", number(width), number(decimals))),
    }
}

/// Formats whose values are days, whatever part of the day they show; those in `SEPARATED` also with a letter for the
/// separator (`YYMMDDN8.`).
const DAYS: [&str; 38] = [
    "DATE", "DAY", "DOWNAME", "JULDAY", "JULIAN", "MONNAME", "MONTH", "MONYY", "PDJULG", "PDJULI", "QTR", "QTRR",
    "WEEKDATE", "WEEKDATX", "WEEKDAY", "WEEKU", "WEEKV", "WEEKW", "WORDDATE", "WORDDATX", "YEAR", "YYMON", "E8601DA",
    "B8601DA", "IS8601DA", "ND8601DA", "NENGO", "MINGUO", "EURDFDD", "EURDFDE", "EURDFDN", "EURDFDWN", "EURDFMN",
    "EURDFMY", "EURDFWDX", "EURDFWKX", "HDATE", "HEBDATE",
];
const SEPARATED: [&str; 7] = ["DDMMYY", "MMDDYY", "YYMMDD", "MMYY", "YYMM", "YYQ", "YYQR"];
/// Formats whose values are seconds since 1960.
const SECONDS: [&str; 14] = [
    "DATETIME", "DATEAMPM", "MDYAMPM", "DTDATE", "DTMONYY", "DTWKDATX", "DTYEAR", "DTYYQC", "E8601DT", "B8601DT",
    "IS8601DT", "ND8601DT", "E8601DN", "B8601DN",
];

/// What a numeric variable holds, by its format. Times of day (`TIME8.`) stay numbers of seconds.
pub(in crate::data) fn kind_of(format: &str) -> Kind {
    let name = format.split('.').next().unwrap_or_default();
    let name = name.trim_end_matches(|letter: char| letter.is_ascii_digit()).to_ascii_uppercase();
    let plain = name.strip_suffix(['B', 'C', 'D', 'N', 'P', 'S']).unwrap_or(&name);
    if SECONDS.contains(&name.as_str()) {
        Kind::DateTime
    } else if DAYS.contains(&name.as_str()) || SEPARATED.contains(&name.as_str()) || SEPARATED.contains(&plain) {
        Kind::Date
    } else {
        Kind::Number
    }
}

/// A further member begins on a line of its own.
fn one_member(file: &DatasetFile, data: &[u8]) -> Result<(), Vec<Finding>> {
    let further = data.chunks_exact(LINE).filter(|line| line.starts_with(b"HEADER RECORD*******MEMB")).count();
    if further == 0 {
        return Ok(());
    }
    let message = format!("the file holds {} datasets instead of one", further + 1);
    Err(vec![Finding::error(file.here(), message).hint("write each dataset to a file of its own")])
}

/// How many records the data hold, or where the file ends too early or too late.
///
/// Version 5 has no count: the records are followed by blanks up to a whole line, so the last record is the one that
/// leaves less than a line of blanks. Records of blanks only, shorter than a line, at the very end, cannot be told
/// from these blanks and are not read. Version 8 has a count.
fn records(data: &[u8], width: usize, count: Option<u64>) -> Result<usize, String> {
    if width == 0 {
        return Ok(0);
    }
    let whole = data.len() / width;
    let cut = |record: usize| Err(format!("the file ends in the middle of record {record} ({width} bytes a record)"));
    if let Some(count) = count {
        let count = usize::try_from(count).unwrap_or(usize::MAX);
        if count > whole {
            return Err(format!("the file ends in the middle of record {} of {count}", whole + 1));
        }
        let rest = &data[count * width..];
        if rest.len() >= LINE || !blank(rest) {
            return Err(format!("the file goes on after the {count} records that its header announces"));
        }
        if !data.len().is_multiple_of(LINE) {
            return Err(format!("the file ends in the middle of the blanks behind record {count}"));
        }
        return Ok(count);
    }
    if !data.len().is_multiple_of(LINE) {
        return cut(whole + 1);
    }
    let least = data.len().saturating_sub(LINE - 1).div_ceil(width);
    let written = data.iter().rposition(|byte| *byte != b' ').map_or(0, |last| last + 1).div_ceil(width);
    let records = least.max(written);
    if records > whole { cut(whole + 1) } else { Ok(records) }
}

fn blank(bytes: &[u8]) -> bool {
    bytes.iter().all(|byte| *byte == b' ')
}

fn text<'a>(name: &str, cells: impl ExactSizeIterator<Item = &'a [u8]>, problems: &mut Vec<Problem>) -> Values {
    let mut builder = StringChunkedBuilder::new(name.into(), cells.len());
    let (mut foreign, mut nul) = (Vec::new(), Vec::new());
    for (row, cell) in cells.enumerate() {
        // Some writers pad with NUL.
        let length = cell.iter().rposition(|byte| !matches!(byte, b' ' | 0)).map_or(0, |last| last + 1);
        match std::str::from_utf8(&cell[..length]) {
            Ok("") => builder.append_null(),
            Ok(text) => {
                if text.as_bytes().contains(&0) {
                    nul.push(row);
                }
                builder.append_value(text);
            }
            Err(_) => {
                foreign.push(row);
                builder.append_null();
            }
        }
    }
    push_problem(problems, name, "the text is not UTF-8 (write the file in UTF-8 or ASCII)", foreign);
    push_problem(problems, name, "the text holds a NUL character", nul);
    Values::Text(builder.finish())
}

fn push_problem(problems: &mut Vec<Problem>, variable: &str, message: &'static str, rows: Vec<usize>) {
    if !rows.is_empty() {
        problems.push(Problem { variable: variable.to_owned(), message, rows });
    }
}

/// A cell of a numeric variable.
enum Cell {
    Number(f64),
    Missing,
    /// `.A` to `.Z`, `._`.
    Special(char),
    Nonsense,
}

/// SAS numbers may be cut to fewer than 8 bytes; what is cut off were zeros.
fn cell(bytes: &[u8]) -> Cell {
    let mut number = [0; 8];
    number[..bytes.len()].copy_from_slice(bytes);
    if number[1..] == [0; 7] {
        return match number[0] {
            0 | 0x80 => Cell::Number(0.0),
            b'.' => Cell::Missing,
            letter @ (b'A'..=b'Z' | b'_') => Cell::Special(char::from(letter)),
            _ => Cell::Nonsense,
        };
    }
    Cell::Number(f64::from(SasFloat64::from_be_bytes(number)))
}

fn numbers<'a>(variable: &Variable, cells: impl ExactSizeIterator<Item = &'a [u8]>, table: &mut Table) -> Values {
    let mut marks = Vec::new();
    let (mut infinite, mut nonsense) = (Vec::new(), Vec::new());
    let values: Vec<Option<f64>> = cells
        .enumerate()
        .map(|(row, bytes)| match cell(bytes) {
            Cell::Number(value) if value.is_finite() => Some(value),
            Cell::Number(_) => {
                infinite.push(row);
                None
            }
            Cell::Missing => None,
            Cell::Special(letter) => {
                marks.extend(u32::try_from(row).ok().map(|row| (row, letter)));
                None
            }
            Cell::Nonsense => {
                nonsense.push(row);
                None
            }
        })
        .collect();
    let name = variable.name.as_str();
    if !marks.is_empty() {
        table.special_missing.insert(name.to_owned(), marks);
    }
    let problems = &mut table.problems;
    push_problem(problems, name, "the value is infinite", infinite);
    push_problem(problems, name, "the value is neither a number nor a missing value", nonsense);
    match variable.kind {
        Kind::Date => Values::Date(dated(name, &values, problems, days)),
        Kind::DateTime => Values::DateTime(dated(name, &values, problems, milliseconds)),
        _ => Values::Number(Float64Chunked::from_iter_options(name.into(), values.into_iter())),
    }
}

fn dated<T: PolarsNumericType>(
    name: &str,
    values: &[Option<f64>],
    problems: &mut Vec<Problem>,
    date: impl Fn(f64) -> Option<T::Native>,
) -> ChunkedArray<T>
where
    ChunkedArray<T>: NewChunkedArray<T, T::Native>,
{
    let mut impossible = Vec::new();
    let dates: Vec<Option<T::Native>> = values
        .iter()
        .enumerate()
        .map(|(row, value)| {
            let date = value.map(&date);
            if date.as_ref().is_some_and(Option::is_none) {
                impossible.push(row);
            }
            date.flatten()
        })
        .collect();
    push_problem(
        problems,
        name,
        "the value is not a date of the years 1 to 9999, though its format is one",
        impossible,
    );
    ChunkedArray::<T>::from_iter_options(name.into(), dates.into_iter())
}

/// Days since 1970 of a SAS date; none for a part of a day.
#[expect(clippy::cast_possible_truncation, clippy::float_cmp, reason = "whole and within the calendar, as checked")]
fn days(value: f64) -> Option<i32> {
    let days = value - EPOCH_DAYS;
    let calendar = f64::from(FIRST_DAY)..=f64::from(LAST_DAY);
    (days.trunc() == days && calendar.contains(&days)).then_some(days as i32)
}

/// Milliseconds since 1970 of a SAS date and time, a binary number of seconds that decimals of a second only approach.
#[expect(clippy::cast_possible_truncation, reason = "whole and within the calendar, as checked")]
fn milliseconds(value: f64) -> Option<i64> {
    let exact = value * 1000.0;
    let whole = exact.round();
    let milliseconds = whole - EPOCH_MILLISECONDS;
    let day = (milliseconds / 86_400_000.0).floor();
    let calendar = f64::from(FIRST_DAY)..=f64::from(LAST_DAY);
    ((exact - whole).abs() < 0.01 && calendar.contains(&day)).then_some(milliseconds as i64)
}
