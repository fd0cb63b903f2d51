//! SAS transport files, version 5, 8 and 9. No I/O.
//!
//! The reader takes the file for what its headers say, and refuses it where they and the bytes disagree: a reader that
//! follows the end of the file takes a cut-off file for a short one. Text is in the declared encoding, UTF-8 (of which
//! ASCII is a part) if none is.

use polars::prelude::{ChunkedArray, Float64Chunked, NewChunkedArray, PolarsNumericType, StringChunkedBuilder};

use self::header::{Described, Header, opening, trimmed};
use self::number::Cell;
use super::{DatasetFile, Encoding, capped, shape_findings, unfit_selection};
use crate::data::table::{Problem, Table, Values};
use crate::data::{Kind, Variable};
use crate::error::Finding;

mod format;
mod header;
mod number;
#[cfg(test)]
mod tests;
mod write;

pub(in crate::data) use format::kind_of;
pub(in crate::data) use header::Version;
pub(in crate::data) use write::write;

/// Headers and data come in lines of this many bytes.
const LINE: usize = 80;

/// Reads the one dataset of a transport file: all its variables, or those to be kept.
pub(super) fn read(file: &DatasetFile, bytes: &[u8]) -> Result<Table, Vec<Finding>> {
    if !bytes.starts_with(b"HEADER RECORD*******LIB") {
        return Err(vec![strange(file, bytes)]);
    }
    let header = header::read(file, bytes)?;
    let data = &bytes[header.start..];
    one_member(data).map_err(|message| {
        vec![Finding::error(file.here(), message).hint("write each dataset to a file of its own")]
    })?;
    let width = layout(file, &header)?;
    let records = records(data, width, header.records).map_err(|message| {
        vec![Finding::error(file.here(), message).hint("get the file again: it was cut off or altered on its way")]
    })?;
    let names: Vec<&str> = header.variables.iter().map(|described| described.name.as_str()).collect();
    let mut findings = shape_findings(file, names.iter().copied(), records);
    findings.extend(unfit_selection(file, &names));
    if !findings.is_empty() {
        return Err(capped(file, findings));
    }

    let data = &data[..records * width];
    let mut table = Table { label: header.label, records, ..Table::default() };
    for described in header.variables {
        if !file.reading.needs(&described.name) {
            continue;
        }
        let Described { name, label, format, numeric, length, position } = described;
        let kind = match format.as_deref() {
            Some(format) if numeric => format::kind_of(format),
            _ if numeric => Kind::Number,
            _ => Kind::Text,
        };
        let variable = Variable { name, label, kind, format, length: u32::try_from(length).ok(), declared: None };
        let cells = data.chunks_exact(width).map(|record| &record[position..position + length]);
        let values = match kind {
            Kind::Text => text(&variable.name, cells, file.reading.encoding, &mut table.problems),
            _ => numbers(&variable, cells, &mut table),
        };
        table.values.push(values);
        table.variables.push(variable);
    }
    Ok(table)
}

/// What a file is that does not begin as a transport file does.
fn strange(file: &DatasetFile, bytes: &[u8]) -> Finding {
    let (message, hint) = if bytes.starts_with(b"**COMPRESSED**") {
        (
            "the file was written by PROC CPORT, not as a transport file for the XPORT engine",
            "write it by the XPORT engine of SAS, or by the macro %loc2xpt",
        )
    } else {
        ("the file is not a SAS transport file", "look whether it is complete, and of the format it is declared to be")
    };
    Finding::error(file.here(), message).hint(hint)
}

/// Checks that the cells lie one behind the other, in whatever order, and gives the width of a record.
///
/// Overlapping or shifted cells would read as other values, without any sign of it.
fn layout(file: &DatasetFile, header: &Header) -> Result<usize, Vec<Finding>> {
    let (_, longest) = header.version.limits();
    let mut findings = Vec::new();
    let mut cells: Vec<&Described> = header.variables.iter().collect();
    cells.sort_by_key(|cell| cell.position);
    let mut width = 0;
    for &Described { ref name, numeric, length, position, .. } in cells {
        let mut finding = |message: String, hint: &str| {
            findings.push(Finding::error(file.here().variable(name), message).hint(hint));
        };
        if numeric && !(2..=8).contains(&length) || length == 0 {
            let sort = if numeric { "numeric" } else { "text" };
            finding(format!("a {sort} variable cannot be {length} bytes long"), "get the file again: it is damaged");
        } else if !numeric && length > longest {
            let message = format!("its text of {length} bytes is longer than {longest}, the limit of this version");
            finding(message, "write the file as version 8");
        }
        if position != width {
            let message = format!("its cell is said to begin at byte {position}, not {width}");
            finding(message, "get the file again: it is damaged, or its writer errs");
        }
        width += length;
    }
    if findings.is_empty() { Ok(width) } else { Err(capped(file, findings)) }
}

/// A further member begins on a line of its own.
fn one_member(data: &[u8]) -> Result<(), String> {
    let members = [Version::Five, Version::Eight].map(|version| opening(version.names()[1]));
    let begins = |line: &&[u8]| members.iter().any(|member| line.starts_with(member.as_bytes()));
    let further = data.chunks_exact(LINE).filter(begins).count();
    if further == 0 { Ok(()) } else { Err(format!("the file holds {} datasets instead of one", further + 1)) }
}

/// How many records the data hold, or where the file ends too early or too late.
///
/// Version 5 has no count: the records are followed by blanks up to a whole line, so the last record is the one that
/// leaves less than a line of blanks. Records of blanks only, shorter than a line, at the very end, cannot be told
/// from these blanks and are not read. Version 8 has a count. Some writers pad with NUL; these are no records only if
/// they cannot be one.
fn records(data: &[u8], width: usize, count: Option<usize>) -> Result<usize, String> {
    if width == 0 {
        return Ok(0);
    }
    let whole = data.len() / width;
    let cut = |record: usize| Err(format!("the file ends in the middle of record {record} ({width} bytes a record)"));
    if let Some(count) = count {
        if count > whole {
            return Err(format!("the file ends in the middle of record {} of {count}", whole + 1));
        }
        let rest = &data[count * width..];
        if rest.len() >= LINE || !(blank(rest) || nul(rest)) {
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
    let rest = &data[whole * width..];
    if !rest.is_empty() && nul(rest) {
        // All that is NUL lies behind the last whole record, or there would be several ways to read the file.
        let clear = whole == least || whole > 0 && !nul(&data[(whole - 1) * width..]);
        return if clear { Ok(whole) } else { Err("the file ends in NULs that may be records or none".into()) };
    }
    let written = data.iter().rposition(|byte| *byte != b' ').map_or(0, |last| last + 1).div_ceil(width);
    let records = least.max(written);
    if records > whole { cut(whole + 1) } else { Ok(records) }
}

fn blank(bytes: &[u8]) -> bool {
    bytes.iter().all(|byte| *byte == b' ')
}

fn nul(bytes: &[u8]) -> bool {
    bytes.iter().all(|byte| *byte == 0)
}

fn text<'a>(
    name: &str,
    cells: impl ExactSizeIterator<Item = &'a [u8]>,
    encoding: Encoding,
    problems: &mut Vec<Problem>,
) -> Values {
    let mut builder = StringChunkedBuilder::new(name.into(), cells.len());
    let (mut foreign, mut nul) = (Vec::new(), Vec::new());
    for (row, cell) in cells.enumerate() {
        let cell = trimmed(cell);
        if cell.contains(&0) {
            nul.push(row);
        }
        match encoding.decode(cell) {
            Some(text) if text.is_empty() => builder.append_null(),
            Some(text) => builder.append_value(text),
            None => {
                foreign.push(row);
                builder.append_null();
            }
        }
    }
    push_problem(problems, name, encoding.refusal(), foreign);
    push_problem(problems, name, "the text holds a NUL character", nul);
    Values::Text(builder.finish())
}

fn push_problem(problems: &mut Vec<Problem>, variable: &str, message: &'static str, rows: Vec<usize>) {
    if !rows.is_empty() {
        problems.push(Problem { variable: variable.to_owned(), message, rows });
    }
}

fn numbers<'a>(variable: &Variable, cells: impl ExactSizeIterator<Item = &'a [u8]>, table: &mut Table) -> Values {
    let mut marks = Vec::new();
    let (mut largest, mut nonsense) = (Vec::new(), Vec::new());
    let values: Vec<Option<f64>> = cells
        .enumerate()
        .map(|(row, bytes)| {
            match number::decode(bytes) {
                Cell::Number(value) => return Some(value),
                Cell::Missing => {}
                Cell::Special(letter) => marks.extend(u32::try_from(row).ok().map(|row| (row, letter))),
                Cell::Largest => largest.push(row),
                Cell::Nonsense => nonsense.push(row),
            }
            None
        })
        .collect();
    let name = variable.name.as_str();
    if !marks.is_empty() {
        table.special_missing.insert(name.to_owned(), marks);
    }
    let problems = &mut table.problems;
    push_problem(problems, name, "the value is infinite (the largest number of the format stands for it)", largest);
    push_problem(problems, name, "the value is neither a number nor a missing value", nonsense);
    match variable.kind {
        Kind::Date => Values::Date(dated(name, &values, problems, format::days)),
        Kind::DateTime => Values::DateTime(dated(name, &values, problems, format::milliseconds)),
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
