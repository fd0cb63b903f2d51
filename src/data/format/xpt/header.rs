//! The headers of a transport file: what they say of the dataset and its variables.
//!
//! Version 5 as in SAS technical note TS-140, version 8 and 9 as in “Record Layout for a SAS Version 8 or 9 Data Set in
//! SAS Transport Format”, with what neither says and SAS does: the counts stand where its macro `%XPT2LOC` reads them.

use std::collections::BTreeMap;

use super::format::Format;
use super::{LINE, blank};
use crate::data::MAX_VARIABLES;
use crate::data::format::{DatasetFile, Encoding, capped};
use crate::error::Finding;

/// The versions of the format. 9 is version 8 with long names of formats.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::data) enum Version {
    /// Names of 8 bytes, labels of 40, text of 200.
    Five,
    /// Names of 32 bytes, labels of 256, text of 32,767; the number of records is told.
    Eight,
}

impl Version {
    /// The names of header lines: library, member, descriptor, variables, records.
    pub(super) const fn names(self) -> [&'static str; 5] {
        match self {
            Self::Five => ["LIBRARY", "MEMBER", "DSCRPTR", "NAMESTR", "OBS"],
            Self::Eight => ["LIBV8", "MEMBV8", "DSCPTV8", "NAMSTV8", "OBSV8"],
        }
    }

    /// The most bytes of a name and of a text.
    pub(super) const fn limits(self) -> (usize, usize) {
        match self {
            Self::Five => (8, 200),
            Self::Eight => (32, 32_767),
        }
    }
}

/// What the headers say.
#[derive(Debug)]
pub(super) struct Header {
    pub(super) version: Version,
    pub(super) label: String,
    pub(super) variables: Vec<Described>,
    /// The number of records, where the file says it.
    pub(super) records: Option<usize>,
    /// Where the records begin.
    pub(super) start: usize,
}

/// What the headers say of one variable.
#[derive(Debug)]
pub(super) struct Described {
    pub(super) name: String,
    pub(super) label: String,
    pub(super) format: Option<String>,
    pub(super) numeric: bool,
    pub(super) length: usize,
    pub(super) position: usize,
}

/// The line that opens a part of the headers, up to its numbers.
pub(super) fn opening(name: &str) -> String {
    format!("HEADER RECORD*******{name:<8}HEADER RECORD!!!!!!!")
}

/// Thirty zeros and two blanks: the numbers of a line that has none.
pub(super) const NO_NUMBERS: &str = "000000000000000000000000000000  ";

/// Reads the headers of a file.
pub(super) fn read(file: &DatasetFile, bytes: &[u8]) -> Result<Header, Vec<Finding>> {
    let mut reader = Reader { bytes, at: 0, encoding: file.reading.encoding, doubts: Vec::new() };
    match reader.header() {
        Ok(header) if reader.doubts.is_empty() => Ok(header),
        Ok(_) => {
            let finding = |(variable, message): (Option<String>, String)| {
                let place = variable.map_or_else(|| file.here(), |name| file.here().variable(name));
                Finding::error(place, message)
            };
            Err(capped(file, reader.doubts.into_iter().map(finding).collect()))
        }
        Err(reason) => {
            let message = format!("the header of the transport file is damaged or cut off: {reason}");
            let hint = "get the file again, or write it again from where it came";
            Err(vec![Finding::error(file.here(), message).hint(hint)])
        }
    }
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    encoding: Encoding,
    /// What is wrong with some field, of a variable or of the whole; the structure holds nevertheless.
    doubts: Vec<(Option<String>, String)>,
}

impl<'a> Reader<'a> {
    fn header(&mut self) -> Result<Header, String> {
        let version = if self.bytes.starts_with(opening("LIBV8").as_bytes()) { Version::Eight } else { Version::Five };
        let [library, member, descriptor, variables, _] = version.names();
        self.fixed(library)?;
        let (created, modified) = (self.take(LINE)?, self.take(LINE)?);
        printable(created, "the first lines")?;
        printable(modified, "the first lines")?;
        let size = match self.numbers(member)? {
            b"000000000000000001600000000140  " => 140,
            b"000000000000000001600000000136  " => 136,
            _ => return Err("the size of the descriptions of variables is neither 140 nor 136 bytes".into()),
        };
        self.fixed(descriptor)?;
        let (named, labelled) = (self.take(LINE)?, self.take(LINE)?);
        printable(named, "the lines that name the dataset")?;
        printable(&labelled[..32], "the lines that name the dataset")?;
        printable(&labelled[72..], "the lines that name the dataset")?;
        let label = self.text(&labelled[32..72], None, "the label of the dataset");
        let numbers = self.numbers(variables)?;
        let count =
            whole(&numbers[4..10]).filter(|_| &numbers[..4] == b"0000" && numbers[10..] == *b"00000000000000000000  ");
        let count = count.ok_or("the number of variables is not a number")?;
        if count > MAX_VARIABLES {
            return Err(format!("{count} variables are more than a transport file can have"));
        }
        let block = self.take(count * size).map_err(|_| format!("{count} variables do not fit into the file"))?;
        let mut described = Vec::with_capacity(count);
        for (at, namestr) in block.chunks_exact(size).enumerate() {
            described.push(self.variable(namestr, at + 1, version)?);
        }
        self.padding()?;
        let records = self.records(version, &mut described)?;
        for (variable, namestr) in described.iter_mut().zip(block.chunks_exact(size)) {
            // Of a long label the description has the first bytes only, which may end within a character.
            if variable.label.is_empty() {
                variable.label = self.text(&namestr[16..56], Some(&variable.name), "the label");
            }
        }
        Ok(Header { version, label, variables: described, records, start: self.at })
    }

    /// One description of a variable, `struct NAMESTR`.
    fn variable(&mut self, namestr: &[u8], number: usize, version: Version) -> Result<Described, String> {
        let short = |at: usize| u16::from_be_bytes([namestr[at], namestr[at + 1]]);
        let numeric = match short(0) {
            1 => true,
            2 => false,
            other => return Err(format!("variable {number} is of the type {other}, neither numeric (1) nor text (2)")),
        };
        let long = (version == Version::Eight).then(|| &namestr[88..120]).filter(|name| !blank(name));
        let here = format!("variable {number}");
        let name = self.text(long.unwrap_or(&namestr[8..16]), None, &format!("the name of {here}"));
        let format = Format {
            name: self.text(&namestr[56..64], Some(&name), "the format"),
            width: short(64),
            decimals: short(66),
        };
        // Bytes 68 to 84 are justification and informat: how a value was once written, which matters to nobody now.
        let position = u32::from_be_bytes([namestr[84], namestr[85], namestr[86], namestr[87]]);
        let position = usize::try_from(position).unwrap_or(usize::MAX);
        Ok(Described {
            name,
            label: String::new(),
            format: format.shown(),
            numeric,
            length: usize::from(short(4)),
            position,
        })
    }

    /// Long labels and formats if there are any, and the line that opens the records.
    fn records(&mut self, version: Version, described: &mut [Described]) -> Result<Option<usize>, String> {
        let records = version.names()[4];
        if version == Version::Five {
            return self.fixed(records).map(|()| None);
        }
        for (name, formats) in [("LABELV8", false), ("LABELV9", true)] {
            if self.rest().starts_with(opening(name).as_bytes()) {
                let numbers = self.numbers(name)?;
                let count = first(numbers).ok_or("the number of long labels is not a number")?;
                self.labels(count, formats, described)?;
                self.padding()?;
                break;
            }
        }
        let numbers = self.numbers(records)?;
        // Zeros are what some writers put there who do not know, as `%XPT2LOC` has it too.
        if numbers[..15] == *b"000000000000000" || blank(&numbers[..15]) {
            return Ok(None);
        }
        whole(&numbers[..15]).map(Some).ok_or_else(|| "the number of records is not a number".into())
    }

    /// Labels of more than 40 bytes, and in the form of version 9 names of formats of more than 8.
    fn labels(&mut self, count: usize, formats: bool, described: &mut [Described]) -> Result<(), String> {
        if count > described.len() {
            return Err(format!("{count} long labels are more than there are variables"));
        }
        let names: BTreeMap<String, usize> =
            described.iter().enumerate().map(|(at, variable)| (variable.name.clone(), at)).collect();
        for _ in 0..count {
            let sizes = self.take(if formats { 10 } else { 6 })?;
            let size = |at: usize| usize::from(u16::from_be_bytes([sizes[at], sizes[at + 1]]));
            let name = self.take(size(2))?;
            let label = self.take(size(4))?;
            let (format, _informat) =
                if formats { (self.take(size(6))?, self.take(size(8))?) } else { (&sizes[..0], &sizes[..0]) };
            let name = self.text(name, None, "the name beside a long label");
            let Some(at) = names.get(&name) else {
                return Err(format!("a long label belongs to {name:?}, which is no variable of the file"));
            };
            if !label.is_empty() {
                described[*at].label = self.text(label, Some(&name), "the label");
            }
            let format = self.text(format, Some(&name), "the format");
            if !format.is_empty() {
                let parsed = Format::parse(&format);
                described[*at].format = parsed.as_ref().and_then(Format::shown);
                if parsed.is_none() {
                    self.doubts.push((Some(name), format!("{format:?} is no SAS format")));
                }
            }
        }
        Ok(())
    }

    fn rest(&self) -> &'a [u8] {
        &self.bytes[self.at..]
    }

    fn take(&mut self, size: usize) -> Result<&'a [u8], String> {
        let taken = self.rest().get(..size).ok_or("the file ends in it")?;
        self.at += size;
        Ok(taken)
    }

    /// The line of this name; gives its numbers, the last 32 bytes.
    fn numbers(&mut self, name: &str) -> Result<&'a [u8], String> {
        let at = self.at;
        let line = self.take(LINE)?;
        let wrong = || format!("the line at byte {at} is not the header line {name}");
        line.strip_prefix(opening(name).as_bytes()).ok_or_else(wrong)
    }

    /// A line of this name without numbers.
    fn fixed(&mut self, name: &str) -> Result<(), String> {
        let numbers = self.numbers(name)?;
        let same = numbers == NO_NUMBERS.as_bytes();
        same.then_some(()).ok_or_else(|| format!("the header line {name} does not end in zeros"))
    }

    /// The blanks up to a whole line.
    fn padding(&mut self) -> Result<(), String> {
        let size = self.at.next_multiple_of(LINE) - self.at;
        let padding = self.take(size)?;
        let end = self.at;
        blank(padding).then_some(()).ok_or_else(|| format!("something other than blanks stands before byte {end}"))
    }

    /// A field of text, without the blanks or NULs behind it.
    fn text(&mut self, field: &[u8], variable: Option<&str>, what: &str) -> String {
        let field = trimmed(field);
        let shown = match self.encoding.decode(field) {
            Some(text) if !text.chars().any(char::is_control) => return text.into_owned(),
            Some(_) => format!("{what} holds control characters: {:?}", String::from_utf8_lossy(field)),
            None => format!("{what}: {}", self.encoding.refusal()),
        };
        self.doubts.push((variable.map(str::to_owned), shown));
        String::from_utf8_lossy(field).into_owned()
    }
}

/// Checks fields of which nothing is kept: they may hold anything but control characters.
fn printable(field: &[u8], what: &str) -> Result<(), String> {
    let control = field.iter().any(|byte| *byte != 0 && byte.is_ascii_control());
    if control { Err(format!("{what} hold control characters")) } else { Ok(()) }
}

/// A cell or field of text without its padding. Some writers pad with NUL.
pub(super) fn trimmed(field: &[u8]) -> &[u8] {
    &field[..field.iter().rposition(|byte| !matches!(byte, b' ' | 0)).map_or(0, |last| last + 1)]
}

/// A number in ASCII digits, with blanks around it.
fn whole(digits: &[u8]) -> Option<usize> {
    let digits = digits.trim_ascii();
    let plain = !digits.is_empty() && digits.iter().all(u8::is_ascii_digit);
    plain.then(|| std::str::from_utf8(digits).ok()?.parse().ok()).flatten()
}

/// The first number of a line: a line of digits has numbers of five, else blanks stand between them.
fn first(numbers: &[u8]) -> Option<usize> {
    if numbers[..30].iter().all(u8::is_ascii_digit) {
        return whole(&numbers[..5]);
    }
    whole(numbers.trim_ascii_start().split(|byte| *byte == b' ').next()?)
}
