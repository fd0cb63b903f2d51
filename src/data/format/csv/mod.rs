//! Comma-separated values: RFC 4180, UTF-8, with a header.
//!
//! The splitter is ours and strict: one that forgives a stray quote or a short line turns damage into other data. What
//! a column holds is decided by all of its fields together. No I/O.

use polars::prelude::{Float64Chunked, Int32Chunked, Int64Chunked, NewChunkedArray, StringChunkedBuilder};

use super::{DatasetFile, capped, shape_findings};
use crate::data::table::{Table, Values};
use crate::data::{Kind, Variable, date};
use crate::error::{Finding, Place};

/// Reads a CSV file.
pub(super) fn read(file: &DatasetFile, bytes: &[u8]) -> Result<Table, Vec<Finding>> {
    let text = characters(file, bytes)?;
    let mut splitter = Splitter { file, text, at: 0, line: 1, record: Record::default(), findings: Vec::new() };
    if !splitter.next() {
        return Err(vec![Finding::error(file.here(), "the file is empty: not even a header")]);
    }
    let names: Vec<String> = splitter.record.fields().map(str::to_owned).collect();
    header_findings(file, &names, &mut splitter.findings);
    if !splitter.findings.is_empty() {
        return Err(capped(file, splitter.findings));
    }

    let mut columns: Vec<Cells> = names.iter().map(|_| Cells::default()).collect();
    let mut lines = Vec::new();
    while splitter.next() {
        let fields = splitter.record.ends.len();
        if fields == columns.len() {
            lines.push(splitter.record.line);
            for (column, field) in columns.iter_mut().zip(splitter.record.fields()) {
                column.push(field);
            }
        } else {
            let what = format!("{fields} field{} instead of {}", if fields == 1 { "" } else { "s" }, columns.len());
            splitter.flaw(splitter.record.line, &what);
        }
    }
    let mut findings = splitter.findings;
    if !text.ends_with('\n') {
        let finding = Finding::error(file.here(), "the last line does not end: the file may be cut off");
        findings.push(finding.hint("add a line break after the last record if the file is complete"));
    }
    findings.extend(shape_findings(file, names.iter().map(String::as_str), lines.len()));

    let mut table = Table {
        records: lines.len(),
        variables: Vec::with_capacity(names.len()),
        values: Vec::with_capacity(names.len()),
        ..Table::default()
    };
    for (name, cells) in names.into_iter().zip(columns) {
        let kind = if file.reading.text.contains(&name) { Kind::Text } else { kind(&name, &cells) };
        table.values.push(values(&name, kind, &cells, |row, message| {
            let place = Place { line: lines.get(row).copied(), ..file.here().variable(&name) };
            let finding = Finding::error(place, message);
            findings.push(finding.hint(format!("list {name} among the text columns of {} if it is text", file.name)));
        }));
        table.variables.push(Variable::new(name, kind));
    }
    if findings.is_empty() { Ok(table) } else { Err(capped(file, findings)) }
}

/// The bytes as text, without a byte order mark.
fn characters<'a>(file: &DatasetFile, bytes: &'a [u8]) -> Result<&'a str, Vec<Finding>> {
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err(vec![Finding::error(file.here(), "the file is UTF-16").hint("write it as UTF-8")]);
    }
    let text = std::str::from_utf8(bytes).ok().filter(|_| !bytes.contains(&0));
    text.map(|text| text.strip_prefix('\u{feff}').unwrap_or(text)).ok_or_else(|| {
        let findings = bytes.split(|byte| *byte == b'\n').enumerate().filter_map(|(index, line)| {
            let place = Place { line: Some(index + 1), ..file.here() };
            match std::str::from_utf8(line) {
                Err(_) => Some(Finding::error(place, "the line is not UTF-8").hint("write the file as UTF-8")),
                Ok(_) if line.contains(&0) => Some(Finding::error(place, "the line holds a NUL character")),
                Ok(_) => None,
            }
        });
        capped(file, findings.collect())
    })
}

fn header_findings(file: &DatasetFile, names: &[String], findings: &mut Vec<Finding>) {
    findings.extend(shape_findings(file, names.iter().map(String::as_str), 0));
    if let [name] = names
        && let Some(separator) = [';', '\t', '|'].into_iter().find(|separator| name.contains(*separator))
    {
        let finding = Finding::error(file.here(), format!("the fields seem to be separated by {separator:?}"));
        findings.push(finding.hint("write the file with commas"));
    }
    for name in file.reading.text.iter().filter(|name| !names.contains(name)) {
        let place = Place { dataset: Some(file.name.clone()), ..file.place.clone() };
        let finding = Finding::error(place, format!("column {name}, to be read as text, is not in {}", file.shown));
        findings.push(match crate::error::nearest(name, names.iter().map(String::as_str)) {
            Some(near) => finding.hint(format!("did you mean {near}?")),
            None => finding,
        });
    }
}

/// One record: its fields one after the other, without quotes.
#[derive(Default)]
struct Record {
    line: usize,
    text: String,
    ends: Vec<usize>,
}

impl Record {
    fn fields(&self) -> impl Iterator<Item = &str> {
        let mut start = 0;
        self.ends.iter().map(move |end| &self.text[std::mem::replace(&mut start, *end)..*end])
    }
}

/// Splits text into records.
struct Splitter<'a> {
    file: &'a DatasetFile,
    text: &'a str,
    at: usize,
    /// The line of `at`, from 1.
    line: usize,
    record: Record,
    findings: Vec<Finding>,
}

impl Splitter<'_> {
    fn flaw(&mut self, line: usize, message: &str) {
        self.findings.push(Finding::error(Place { line: Some(line), ..self.file.here() }, message));
    }

    fn byte(&self, at: usize) -> Option<u8> {
        self.text.as_bytes().get(at).copied()
    }

    /// Reads the next record; false at the end of the file.
    fn next(&mut self) -> bool {
        self.record.line = self.line;
        self.record.text.clear();
        self.record.ends.clear();
        if self.at == self.text.len() {
            return false;
        }
        loop {
            if self.byte(self.at) == Some(b'"') {
                self.quoted();
            } else {
                self.plain();
            }
            self.record.ends.push(self.record.text.len());
            let separator = self.byte(self.at);
            self.at += usize::from(separator.is_some());
            if separator == Some(b',') {
                continue;
            }
            if separator == Some(b'\r') {
                if self.byte(self.at) == Some(b'\n') {
                    self.at += 1;
                } else {
                    self.flaw(self.line, "the line ends with a carriage return alone");
                }
            }
            self.line += 1;
            return true;
        }
    }

    /// A field without quotes, up to the separator behind it.
    fn plain(&mut self) {
        let rest = &self.text[self.at..];
        let end = rest.bytes().position(|byte| matches!(byte, b',' | b'\n' | b'\r')).unwrap_or(rest.len());
        let field = &rest[..end];
        self.record.text.push_str(field);
        self.at += end;
        if field.contains('"') {
            self.flaw(self.line, "a quote stands in a field that does not begin with one");
        }
    }

    /// A field in quotes, up to the separator behind it.
    fn quoted(&mut self) {
        let opened = self.line;
        self.at += 1;
        loop {
            let rest = &self.text[self.at..];
            let end = rest.find('"').unwrap_or(rest.len());
            self.record.text.push_str(&rest[..end]);
            self.line += rest[..end].bytes().filter(|byte| *byte == b'\n').count();
            self.at += end;
            if end == rest.len() {
                return self.flaw(opened, "a quoted field is not closed");
            }
            self.at += 1;
            if self.byte(self.at) != Some(b'"') {
                break;
            }
            self.record.text.push('"');
            self.at += 1;
        }
        if !matches!(self.byte(self.at), None | Some(b',' | b'\n' | b'\r')) {
            self.flaw(self.line, "text stands between a closing quote and the comma");
            self.plain();
        }
    }
}

/// The fields of one column, without trailing blanks.
#[derive(Default)]
struct Cells {
    text: String,
    ends: Vec<usize>,
}

impl Cells {
    fn push(&mut self, field: &str) {
        self.text.push_str(field.trim_end_matches(' '));
        self.ends.push(self.text.len());
    }

    /// All fields in order; none for the empty ones.
    fn iter(&self) -> impl Iterator<Item = Option<&str>> {
        let mut start = 0;
        self.ends.iter().map(move |end| {
            let field = &self.text[std::mem::replace(&mut start, *end)..*end];
            (!field.is_empty()).then_some(field)
        })
    }
}

/// What a column holds: numbers, dates or times if every field that is not empty is one, otherwise text.
///
/// Names in `DTC` are the dates of CDISC that may be partial, so they stay text even where all are complete.
fn kind(name: &str, cells: &Cells) -> Kind {
    let all = |is: fn(&str) -> bool| cells.iter().flatten().all(is);
    let dates_allowed = !name.to_ascii_uppercase().ends_with("DTC");
    if cells.text.is_empty() {
        Kind::Text
    } else if all(is_number) {
        Kind::Number
    } else if dates_allowed && all(|field| is_day(field.as_bytes())) {
        Kind::Date
    } else if dates_allowed && all(|field| is_moment(field.as_bytes())) {
        Kind::DateTime
    } else {
        Kind::Text
    }
}

/// A decimal number as programs write it: no leading zeros, which make an identifier, no thousands separators, and an
/// exponent only with a sign of it or a decimal point before it, so that a code such as `12E4` is none. Whole numbers
/// that a `Float64` cannot hold are identifiers too.
fn is_number(field: &str) -> bool {
    let (mantissa, exponent) = field.split_once(['e', 'E']).map_or((field, None), |(m, e)| (m, Some(e)));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let unsigned = mantissa.strip_prefix('-').unwrap_or(mantissa);
    let (whole, fraction) = unsigned.split_once('.').map_or((unsigned, None), |(w, f)| (w, Some(f)));
    digits(whole)
        && (whole == "0" || !whole.starts_with('0'))
        && fraction.is_none_or(digits)
        && exponent.is_none_or(|exponent| match exponent.strip_prefix(['+', '-']) {
            Some(exponent) => digits(exponent),
            None => fraction.is_some() && digits(exponent),
        })
        && (fraction.is_some() || exponent.is_some() || whole.parse::<u64>().is_ok_and(|whole| whole <= 1 << 53))
}

/// The shape `YYYY-MM-DD`.
fn is_day(field: &[u8]) -> bool {
    field.len() == 10
        && field
            .iter()
            .enumerate()
            .all(|(at, byte)| if matches!(at, 4 | 7) { *byte == b'-' } else { byte.is_ascii_digit() })
}

/// The shape `YYYY-MM-DDThh:mm:ss`, perhaps with decimals of the second, of which those behind the third are zeros.
fn is_moment(field: &[u8]) -> bool {
    let Some((day, time)) = field.split_at_checked(10) else { return false };
    let Some((clock, decimals)) = time.split_at_checked(9) else { return false };
    is_day(day)
        && clock
            .iter()
            .zip(b"T00:00:00")
            .all(|(byte, like)| if *like == b'0' { byte.is_ascii_digit() } else { byte == like })
        && match decimals {
            [] => true,
            [b'.', decimals @ ..] => {
                !decimals.is_empty()
                    && decimals.iter().all(u8::is_ascii_digit)
                    && decimals.iter().skip(3).all(|byte| *byte == b'0')
            }
            _ => false,
        }
}

/// Milliseconds since 1970 of what [`is_moment`] found to be one; none for an hour 24 or a second 60.
fn moment(field: &str) -> Option<i64> {
    let day = date::parse(field.get(..10)?)?;
    let number = |at: std::ops::Range<usize>| field.get(at).and_then(|text| text.parse::<i64>().ok());
    let (hour, minute, second) = (number(11..13)?, number(14..16)?, number(17..19)?);
    let decimals = format!("{:0<3.3}", field.get(20..).unwrap_or_default()).parse::<i64>().ok()?;
    let real = hour < 24 && minute < 60 && second < 60;
    real.then(|| (((i64::from(day) * 24 + hour) * 60 + minute) * 60 + second) * 1000 + decimals)
}

/// The values of a column of a known kind; a finding with its line for each date that is none.
fn values(name: &str, kind: Kind, cells: &Cells, mut flaw: impl FnMut(usize, String)) -> Values {
    let mut note = |row: usize, field: &str, what: &str| flaw(row, format!("{field} is not {what}"));
    match kind {
        Kind::Text => {
            let mut builder = StringChunkedBuilder::new(name.into(), cells.ends.len());
            cells.iter().for_each(|field| builder.append_option(field));
            Values::Text(builder.finish())
        }
        Kind::Number => {
            let numbers = cells.iter().enumerate().map(|(row, field)| {
                let number = field.and_then(|field| field.parse::<f64>().ok())?;
                if number.is_infinite() {
                    note(row, field.unwrap_or_default(), "a finite number");
                }
                Some(number + 0.0)
            });
            Values::Number(Float64Chunked::from_iter_options(name.into(), numbers))
        }
        Kind::Date => {
            let days = cells.iter().enumerate().map(|(row, field)| {
                let day = date::parse(field?);
                if day.is_none() {
                    note(row, field.unwrap_or_default(), "a day of the calendar");
                }
                day
            });
            Values::Date(Int32Chunked::from_iter_options(name.into(), days))
        }
        Kind::DateTime => {
            let moments = cells.iter().enumerate().map(|(row, field)| {
                let moment = moment(field?);
                if moment.is_none() {
                    note(row, field.unwrap_or_default(), "a time of the calendar and the clock");
                }
                moment
            });
            Values::DateTime(Int64Chunked::from_iter_options(name.into(), moments))
        }
    }
}
