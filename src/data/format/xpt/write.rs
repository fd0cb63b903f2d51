//! Writes a table as a transport file. The same table gives the same bytes: the dates of the headers are fixed.
//!
//! Nothing is cut or rounded in silence: what the version of the format, the encoding or an IBM number cannot hold is a
//! finding, and nothing is written.

use std::collections::BTreeSet;

use super::format::{self, Format};
use super::header::{NO_NUMBERS, Version, opening};
use super::{LINE, one_member, records};
use crate::data::format::Encoding;
use crate::data::table::{Table, Values};
use crate::data::{Kind, MAX_BYTES, MAX_VARIABLES, Variable};
use crate::error::{Finding, Place};

/// The date in the headers, where SAS puts the time of writing.
const WRITTEN: &str = "01JAN60:00:00:00";
/// Bytes of one description of a variable.
const NAMESTR: usize = 140;
/// Bytes of a label in a description, and of the label of a dataset; longer ones of variables stand behind.
const LABEL: usize = 40;
/// Bytes of a label in SAS.
const LONGEST_LABEL: usize = 256;
/// Bytes of the name of a format in a description.
const FORMAT: usize = 8;
/// Bytes of the name of a format in SAS.
const LONGEST_FORMAT: usize = 32;

/// A variable as it is written.
struct Field<'a> {
    variable: &'a Variable,
    values: &'a Values,
    name: Vec<u8>,
    label: Vec<u8>,
    format: Format,
    length: usize,
    position: usize,
}

/// Writes a table under a name, such as that of the dataset.
///
/// A text variable is as long as declared or as its longest value needs, whatever is more; a number has 8 bytes or the
/// declared length, if all values are exact in it. Dates without a format get `DATE9.`, date-times `E8601DT23.3`.
///
/// # Errors
/// Names, labels, texts and formats beyond the limits of the version, characters that the encoding lacks, numbers beyond
/// the range of IBM numbers, and records at the end that version 5 could not tell from padding.
pub(in crate::data) fn write(
    table: &Table,
    name: &str,
    version: Version,
    encoding: Encoding,
) -> Result<Vec<u8>, Vec<Finding>> {
    let mut writer = Writer { name, version, encoding, records: table.records, findings: Vec::new() };
    let mut fields: Vec<Field<'_>> =
        table.variables.iter().zip(&table.values).map(|(variable, values)| writer.field(variable, values)).collect();
    let mut width = 0;
    for field in &mut fields {
        field.position = width;
        width += field.length;
    }
    let label = writer.dataset(table);
    let size = (width as u64).saturating_mul(table.records as u64);
    if size > MAX_BYTES {
        let message = format!("{} records of {width} bytes are more than can be written", table.records);
        writer.findings.push(Finding::error(writer.here(), message).hint("write the dataset as Parquet"));
    }
    if !writer.findings.is_empty() {
        return Err(writer.findings);
    }

    let mut bytes = writer.headers(&label, &fields);
    let start = bytes.len();
    bytes.resize(start + width * table.records, b' ');
    for field in &fields {
        writer.cells(field, table, &mut bytes[start..], width);
    }
    pad(&mut bytes);
    let count = (version == Version::Eight).then_some(table.records);
    if writer.findings.is_empty() && records(&bytes[start..], width, count) != Ok(table.records) {
        let message = "the last records are blank, and would be taken for the padding behind the records";
        writer.findings.push(Finding::error(writer.here(), message).hint("write version 8, which tells their number"));
    }
    if let Err(message) = one_member(&bytes[start..]) {
        writer.findings.push(Finding::error(writer.here(), message).hint("write the dataset in another format"));
    }
    if writer.findings.is_empty() { Ok(bytes) } else { Err(writer.findings) }
}

struct Writer<'a> {
    name: &'a str,
    version: Version,
    encoding: Encoding,
    records: usize,
    findings: Vec<Finding>,
}

impl Writer<'_> {
    fn here(&self) -> Place {
        Place::dataset(self.name)
    }

    /// What is wrong with a variable, and what to do about it.
    fn refuse(&mut self, variable: &str, message: String, hint: &str) {
        self.findings.push(Finding::error(self.here().variable(variable), message).hint(hint));
    }

    /// The hint for what the other version could hold.
    const fn longer(&self) -> &'static str {
        match self.version {
            Version::Five => "write version 8, which holds longer ones",
            Version::Eight => "shorten it, or write the dataset as Parquet",
        }
    }

    /// Checks name, label and number of variables of the dataset; gives the bytes of its label.
    fn dataset(&mut self, table: &Table) -> Vec<u8> {
        let (longest, _) = self.version.limits();
        if !plain(self.name, longest) {
            let message = format!("{:?} is no name of a dataset: up to {longest} letters, digits and _", self.name);
            self.findings.push(Finding::error(self.here(), message).hint("give it another name"));
        }
        if table.variables.is_empty() || table.variables.len() > MAX_VARIABLES {
            let message = format!("a transport file cannot hold {} variables", table.variables.len());
            self.findings.push(Finding::error(self.here(), message).hint("write the dataset as Parquet"));
        }
        let mut seen = BTreeSet::new();
        for variable in &table.variables {
            if !seen.insert(variable.name.to_lowercase()) {
                let message = "another variable has this name, in whatever letter case".to_owned();
                self.refuse(&variable.name, message, "give it another name");
            }
        }
        self.label(&table.label, LABEL).unwrap_or_else(|| {
            let message =
                format!("the label of the dataset does not fit into {LABEL} bytes of {}", self.encoding.word());
            self.findings.push(Finding::error(self.here(), message).hint("shorten it"));
            Vec::new()
        })
    }

    /// A label in bytes; none if it has too many, or characters that cannot be written.
    fn label(&self, label: &str, most: usize) -> Option<Vec<u8>> {
        let label = label.trim_end_matches(' ');
        let bytes = self.encoding.encode(label).filter(|_| !label.contains(char::is_control))?;
        (bytes.len() <= most).then(|| bytes.into_owned())
    }

    /// Checks what is said of a variable, and finds its length.
    fn field<'a>(&mut self, variable: &'a Variable, values: &'a Values) -> Field<'a> {
        let name = variable.name.as_str();
        let (longest, longest_text) = self.version.limits();
        let encoded = self.encoding.encode(name).unwrap_or_default().into_owned();
        let fits = match self.version {
            Version::Five => plain(name, longest),
            Version::Eight => (1..=longest).contains(&encoded.len()) && !name.ends_with([' ', '\0']),
        };
        if !fits {
            let message = format!("its name is not one of up to {longest} bytes that this version can hold");
            self.refuse(name, message, self.longer());
        }
        let most = if self.version == Version::Five { LABEL } else { LONGEST_LABEL };
        let label = self.label(&variable.label, most);
        if label.is_none() {
            let message = format!("its label does not fit into {most} bytes of {}", self.encoding.word());
            self.refuse(name, message, self.longer());
        }
        let format = self.format(variable, values.kind());
        let declared = variable.length.and_then(|length| usize::try_from(length).ok()).unwrap_or_default();
        let length = match values {
            Values::Text(texts) => {
                let size = |text: &str| self.encoding.encode(text).map_or(0, |bytes| bytes.len());
                texts.iter().flatten().map(size).max().unwrap_or_default().max(declared).max(1)
            }
            _ if (2..8).contains(&declared) => {
                let cells = (0..self.records).filter_map(|row| super::number::encode(raw(values, row)?));
                cells.map(super::number::sufficient).max().unwrap_or(2).max(declared)
            }
            _ => 8,
        };
        if length > longest_text {
            let message = format!("its text needs {length} bytes, more than the {longest_text} of this version");
            self.refuse(name, message, self.longer());
        }
        Field {
            variable,
            values,
            name: encoded,
            label: label.unwrap_or_default(),
            format,
            length: length.min(longest_text),
            position: 0,
        }
    }

    fn format(&mut self, variable: &Variable, kind: Kind) -> Format {
        let usual = match kind {
            Kind::Date => "DATE9.",
            Kind::DateTime => "E8601DT23.3",
            Kind::Number | Kind::Text => "",
        };
        let text = variable.format.as_deref().unwrap_or(usual);
        if text.is_empty() {
            return Format::default();
        }
        let format = Format::parse(text);
        let longest = if self.version == Version::Five { FORMAT } else { LONGEST_FORMAT };
        if format.as_ref().is_none_or(|format| format.name.len() > longest || !format.name.is_ascii()) {
            let message = format!("{text:?} is no format of up to {longest} letters that this version can hold");
            self.refuse(&variable.name, message, "give it another format, or none");
        } else if kind != Kind::Text && format::kind_of(text) != kind {
            let message = format!("the format {text} would make its values other than {}", kind.word());
            self.refuse(&variable.name, message, "give it another format, or none");
        }
        format.unwrap_or_default()
    }

    fn headers(&self, label: &[u8], fields: &[Field<'_>]) -> Vec<u8> {
        let [library, member, descriptor, variables, observations] = self.version.names();
        let (longest, _) = self.version.limits();
        let name = self.name;
        let mut bytes = Vec::with_capacity((fields.len() * NAMESTR).next_multiple_of(LINE) + 12 * LINE);
        let mut line = |text: String| {
            bytes.extend_from_slice(text.as_bytes());
            pad(&mut bytes);
        };
        line(format!("{}{NO_NUMBERS}", opening(library)));
        line(format!("{:<8}{:<8}{:<8}{:<8}{:<32}{WRITTEN}", "SAS", "SAS", "SASLIB", "9.4", ""));
        line(WRITTEN.to_owned());
        line(format!("{}000000000000000001600000000{NAMESTR}", opening(member)));
        line(format!("{}{NO_NUMBERS}", opening(descriptor)));
        let system = 40 - longest;
        line(format!("{:<8}{name:<longest$}{:<8}{:<8}{:<system$}{WRITTEN}", "SAS", "SASDATA", "9.4", ""));
        let label = [WRITTEN.as_bytes(), &[b' '; 16], label].concat();
        bytes.extend_from_slice(&label);
        pad(&mut bytes);
        let count = format!("{}{:010}{:020}", opening(variables), fields.len(), 0);
        bytes.extend_from_slice(count.as_bytes());
        pad(&mut bytes);
        for (field, number) in fields.iter().zip(1_u16..) {
            self.namestr(field, number, &mut bytes);
        }
        pad(&mut bytes);
        if self.version == Version::Eight {
            long_labels(fields, &mut bytes);
        }
        let count = match self.version {
            Version::Five => NO_NUMBERS.to_owned(),
            Version::Eight => format!("{:>15}", self.records),
        };
        bytes.extend_from_slice(format!("{}{count}", opening(observations)).as_bytes());
        pad(&mut bytes);
        bytes
    }

    /// One description of a variable, `struct NAMESTR`.
    #[expect(clippy::cast_possible_truncation, reason = "lengths and positions were checked against the limits")]
    fn namestr(&self, field: &Field<'_>, number: u16, bytes: &mut Vec<u8>) {
        let Format { name: format, width, decimals } = &field.format;
        let sort: u16 = if matches!(field.values, Values::Text(_)) { 2 } else { 1 };
        let begin = bytes.len();
        for short in [sort, 0, field.length as u16, number] {
            bytes.extend_from_slice(&short.to_be_bytes());
        }
        bytes.extend_from_slice(&self.padded(&field.name, 8));
        bytes.extend_from_slice(&self.padded(&field.label, LABEL));
        bytes.extend_from_slice(&self.padded(format.as_bytes(), FORMAT));
        for short in [*width, *decimals, 0, 0] {
            bytes.extend_from_slice(&short.to_be_bytes());
        }
        // No informat.
        bytes.extend_from_slice(&[b' '; 8]);
        bytes.extend_from_slice(&[0; 4]);
        bytes.extend_from_slice(&(field.position as u32).to_be_bytes());
        if self.version == Version::Eight {
            bytes.extend_from_slice(&self.padded(&field.name, 32));
            bytes.extend_from_slice(&(field.label.len() as u16).to_be_bytes());
        }
        bytes.resize(begin + NAMESTR, 0);
    }

    /// The field filled with blanks, or cut between two characters where the whole stands elsewhere.
    fn padded(&self, text: &[u8], size: usize) -> Vec<u8> {
        let whole = |size: &usize| self.encoding.decode(&text[..*size]).is_some();
        let end = (0..=text.len().min(size)).rev().find(whole).unwrap_or_default();
        let mut field = text[..end].to_vec();
        field.resize(size, b' ');
        field
    }

    /// Writes the values of a variable into their cells.
    fn cells(&mut self, field: &Field<'_>, table: &Table, data: &mut [u8], width: usize) {
        let name = field.variable.name.as_str();
        let mut marks = table.special_missing.get(name).map_or(&[][..], Vec::as_slice);
        let (mut foreign, mut beyond) = (Vec::new(), Vec::new());
        for (row, record) in data.chunks_exact_mut(width).enumerate() {
            let cell = &mut record[field.position..field.position + field.length];
            if let Values::Text(texts) = field.values {
                let Some(text) = texts.get(row) else { continue };
                match self.encoding.encode(text) {
                    Some(bytes) if !text.ends_with(' ') && !text.contains('\0') => {
                        cell[..bytes.len()].copy_from_slice(&bytes);
                    }
                    _ => foreign.push(row),
                }
                continue;
            }
            let mut mark = None;
            if let Some(((at, letter), rest)) = marks.split_first()
                && *at as usize == row
            {
                (mark, marks) = (Some(*letter), rest);
            }
            let number = match raw(field.values, row) {
                Some(value) => super::number::encode(value),
                None => super::number::missing(mark),
            };
            match number {
                Some(number) => cell.copy_from_slice(&number[..field.length]),
                None => beyond.push(row),
            }
        }
        self.cells_refused(
            name,
            &foreign,
            &format!("the text has characters that {} lacks, a NUL, or a blank at its end", self.encoding.word()),
        );
        self.cells_refused(name, &beyond, "the number is beyond the range of transport files, 5.4e-79 to 7.2e75");
    }

    fn cells_refused(&mut self, name: &str, rows: &[usize], message: &str) {
        if let Some(first) = rows.first() {
            let count = if rows.len() == 1 { String::new() } else { format!(" and {} others", rows.len() - 1) };
            let message = format!("{message} (record {}{count})", first + 1);
            self.refuse(name, message, "write the dataset in another encoding or format");
        }
    }
}

/// Labels of more than 40 bytes, and formats with names of more than 8: then all in the form of version 9.
fn long_labels(fields: &[Field<'_>], bytes: &mut Vec<u8>) {
    let formats = fields.iter().any(|field| field.format.name.len() > FORMAT);
    let long: Vec<(&Field<'_>, u16)> = fields
        .iter()
        .zip(1..)
        .filter(|(field, _)| field.label.len() > LABEL || field.format.name.len() > FORMAT)
        .collect();
    if long.is_empty() {
        return;
    }
    let name = if formats { "LABELV9" } else { "LABELV8" };
    bytes.extend_from_slice(format!("{}{}", opening(name), long.len()).as_bytes());
    pad(bytes);
    for (field, number) in long {
        let format = if formats { field.format.shown().unwrap_or_default() } else { String::new() };
        let mut parts = vec![field.name.as_slice(), field.label.as_slice()];
        if formats {
            parts.extend([format.as_bytes(), &[]]);
        }
        bytes.extend_from_slice(&number.to_be_bytes());
        for part in &parts {
            bytes.extend_from_slice(&u16::try_from(part.len()).unwrap_or_default().to_be_bytes());
        }
        bytes.extend(parts.concat());
    }
    pad(bytes);
}

/// The number that stands for a value in a transport file; none for a missing one and for text.
pub(super) fn raw(values: &Values, row: usize) -> Option<f64> {
    match values {
        Values::Number(values) => values.get(row),
        Values::Date(values) => values.get(row).map(format::sas_days),
        Values::DateTime(values) => values.get(row).map(format::sas_seconds),
        Values::Text(_) => None,
    }
}

/// Whether this is a SAS name: letters, digits and `_`, no digit first.
fn plain(name: &str, longest: usize) -> bool {
    (1..=longest).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        && !name.starts_with(|first: char| first.is_ascii_digit())
}

/// Blanks up to a whole line.
fn pad(bytes: &mut Vec<u8>) {
    bytes.resize(bytes.len().next_multiple_of(LINE), b' ');
}
