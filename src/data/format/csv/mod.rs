//! Comma-separated values: RFC 4180, UTF-8, with a header.
//!
//! `split` cuts the text, `cells` collects a column and tells its kind, `field` reads a value, `write` writes a table;
//! `columns` has the file beside a CSV file that says what its header cannot. What an undeclared column holds is decided
//! by all of its fields together. No I/O.

use super::{DatasetFile, absent, shape_findings, unfit_selection};
use crate::data::select::not_text;
use crate::data::table::{Table, Values};
use crate::data::{Kind, MAX_FINDINGS, MAX_VARIABLES, Variable};
use crate::error::{Finding, Place};
use cells::Cells;
use split::{Flaws, Splitter};

mod cells;
mod columns;
mod field;
mod split;
mod write;

pub use columns::Columns;
pub(in crate::data) use write::{formulas, write};

/// A field above this is refused.
const MAX_FIELD: usize = 1 << 30;

/// Reads a CSV file.
pub(super) fn read(file: &DatasetFile, bytes: &[u8]) -> Result<Table, Vec<Finding>> {
    let text = characters(file, bytes)?;
    let mut splitter = Splitter::new(file, text);
    if !splitter.next() {
        return Err(vec![Finding::error(file.here(), "the file is empty: not even a header")]);
    }
    let names: Vec<String> = splitter.fields().map(|(name, _)| name.to_owned()).collect();
    header_findings(file, &names, splitter.count, &mut splitter.flaws);
    if !splitter.flaws.is_empty() {
        return Err(splitter.flaws.into_findings());
    }

    let mut columns: Vec<Column> = names.into_iter().map(|name| Column::new(file, name)).collect();
    let mut lines = Lines::default();
    while splitter.next() {
        record(&mut splitter, &mut columns, &mut lines);
    }
    let mut flaws = splitter.finish();
    flaws.extend(shape_findings(file, columns.iter().map(|column| column.name.as_str()), lines.records));
    table(columns, &lines, flaws)
}

/// One column of the file.
struct Column<'a> {
    name: String,
    cells: Cells,
    /// Whether its values are kept.
    keep: bool,
    /// The values by which records are chosen.
    admitted: Option<&'a std::collections::BTreeSet<String>>,
}

impl<'a> Column<'a> {
    fn new(file: &'a DatasetFile, name: String) -> Self {
        let reading = &file.reading;
        let told = reading.columns.as_ref().and_then(|columns| columns.variable(&name)).map(|variable| variable.kind);
        let text = reading.text.contains(&name).then_some(Kind::Text);
        let described = reading.described.get(&name).copied();
        let declared = reading.kinds.get(&name).copied().or(text).or(told).or(described);
        let keep = reading.keep.as_ref().is_none_or(|keep| keep.contains(&name));
        Self { cells: Cells::new(&name, declared), keep, admitted: reading.rows.get(&name), name }
    }

    /// The field as it counts: without trailing blanks, and empty where an unquoted word stands for a missing value.
    fn value<'f>(file: &DatasetFile, (field, quoted): (&'f str, bool)) -> &'f str {
        let field = field.trim_end_matches(' ');
        let missing = !quoted && file.reading.missing.iter().any(|word| word == field);
        if missing { "" } else { field }
    }
}

/// The lines on which records begin: only where a line is not the next one, it is noted.
#[derive(Default)]
struct Lines {
    records: usize,
    jumps: Vec<(usize, usize)>,
    next: usize,
}

impl Lines {
    fn push(&mut self, line: usize) {
        if line != self.next || self.records == 0 {
            self.jumps.push((self.records, line));
        }
        self.records += 1;
        self.next = line + 1;
    }

    fn of(&self, record: usize) -> Option<usize> {
        let before = self.jumps.partition_point(|(first, _)| *first <= record).checked_sub(1)?;
        self.jumps.get(before).map(|(first, line)| line + (record - first))
    }
}

/// Takes over the record that was read last.
fn record(splitter: &mut Splitter, columns: &mut [Column], lines: &mut Lines) {
    let (line, count, wanted) = (splitter.record_line, splitter.count, columns.len());
    if count != wanted {
        let plural = if count == 1 { "" } else { "s" };
        splitter.flaws.line(line, || format!("{count} field{plural} instead of {wanted}"));
        return;
    }
    if splitter.is_blank() {
        splitter.flaws.add(|file| {
            let place = Place { line: Some(line), ..file.here() };
            let finding = Finding::error(place, "the line is empty");
            finding.hint("a missing value that stands alone on its line is written \"\"")
        });
        return;
    }
    if splitter.fields().any(|(field, _)| field.len() > MAX_FIELD) {
        splitter.flaws.line(line, || "a field is larger than 1 GiB".into());
        return;
    }
    let file = splitter.flaws.file;
    let mut chosen = true;
    for (column, field) in columns.iter_mut().zip(splitter.fields()) {
        if column.keep || column.admitted.is_some() {
            let value = Column::value(file, field);
            column.cells.see(value);
            chosen &= column.admitted.is_none_or(|admitted| admitted.contains(value));
        }
    }
    if chosen {
        lines.push(line);
        for (column, field) in columns.iter_mut().zip(splitter.fields()) {
            if column.keep {
                column.cells.push(Column::value(file, field));
            }
        }
    }
}

/// The columns that are kept, as values.
fn table(columns: Vec<Column>, lines: &Lines, mut flaws: Flaws) -> Result<Table, Vec<Finding>> {
    let file = flaws.file;
    let mut table = Table { records: lines.records, selected: true, ..Table::default() };
    if let Some(told) = &file.reading.columns {
        table.label.clone_from(&told.label);
        table.keys.clone_from(&told.keys);
    }
    for Column { name, cells, keep, admitted } in columns {
        let kind = cells.kind();
        if admitted.is_some() && kind != Kind::Text {
            flaws.add(|file| not_text(file, &name));
        }
        if !keep {
            continue;
        }
        let hint = hint(file, &name, cells.declared);
        let (values, specials) = cells.values(&name, &mut |row, field, what| {
            flaws.add(|file| {
                let place = Place { line: lines.of(row), ..file.here().variable(&name) };
                Finding::error(place, format!("{} is not {what}", shortened(field))).hint(hint.clone())
            });
        });
        drop(cells);
        if !specials.is_empty() {
            table.special_missing.insert(name.clone(), specials);
        }
        let told = file.reading.columns.as_ref().and_then(|columns| columns.variable(&name));
        if let (Values::Number(numbers), Some("integer")) =
            (&values, told.and_then(|variable| variable.declared.as_deref()))
        {
            let fractions = numbers.iter().enumerate().filter_map(|(row, value)| Some((row, value?)));
            for (row, value) in fractions.filter(|(_, value)| value.fract() != 0.0) {
                flaws.add(|file| {
                    let place = Place { line: lines.of(row), ..file.here().variable(&name) };
                    let finding = Finding::error(place, format!("{value} is not a whole number"));
                    finding.hint("the columns file declares the variable integer; declare it double if it is not")
                });
            }
        }
        table.variables.push(Variable { kind, ..told.cloned().unwrap_or_else(|| Variable::new(name, kind)) });
        table.values.push(values);
    }
    if flaws.is_empty() { Ok(table) } else { Err(flaws.into_findings()) }
}

/// What to do about a value that is not of the kind of its column.
fn hint(file: &DatasetFile, name: &str, declared: Option<Kind>) -> String {
    match declared {
        None => format!("list {name} among the text columns of {} if it is text", file.name),
        Some(kind) => format!(
            "{name} is declared {}; if the word stands for a missing value, list it among the missing words of {}",
            kind.word(),
            file.name
        ),
    }
}

/// The beginning of a field, so that a finding is not as large as the file.
fn shortened(field: &str) -> String {
    const SHOWN: usize = 60;
    match field.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &field[..end]),
        None => field.to_owned(),
    }
}

/// The bytes as text, without a byte order mark.
fn characters<'a>(file: &DatasetFile, bytes: &'a [u8]) -> Result<&'a str, Vec<Finding>> {
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err(vec![Finding::error(file.here(), "the file is UTF-16").hint("write it as UTF-8")]);
    }
    let text = std::str::from_utf8(bytes).ok().filter(|_| !bytes.contains(&0));
    text.map(|text| text.strip_prefix('\u{feff}').unwrap_or(text)).ok_or_else(|| {
        let mut flaws = Flaws::new(file);
        for (index, line) in bytes.split(|byte| *byte == b'\n').enumerate() {
            let place = || Place { line: Some(index + 1), ..file.here() };
            match std::str::from_utf8(line) {
                Err(_) => {
                    flaws.add(|_| Finding::error(place(), "the line is not UTF-8").hint("write the file as UTF-8"));
                }
                Ok(_) if line.contains(&0) => flaws.line(index + 1, || "the line holds a NUL character".into()),
                Ok(_) => {}
            }
        }
        flaws.into_findings()
    })
}

fn header_findings(file: &DatasetFile, names: &[String], count: usize, flaws: &mut Flaws) {
    if count > MAX_VARIABLES {
        return flaws.add(|file| {
            Finding::error(file.here(), format!("{count} variables are more than can be read ({MAX_VARIABLES})"))
        });
    }
    flaws.extend(shape_findings(file, names.iter().map(String::as_str), 0));
    if let [name] = names
        && let Some(separator) = [';', '\t', '|'].into_iter().find(|separator| name.contains(*separator))
    {
        let finding = Finding::error(file.here(), format!("the fields seem to be separated by {separator:?}"));
        flaws.add(|_| finding.hint("write the file with commas"));
    }
    let reading = &file.reading;
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    flaws.extend(absent(file, &names, reading.text.iter(), "to be read as text"));
    flaws.extend(absent(file, &names, reading.kinds.keys(), "of a declared type"));
    flaws.extend(unfit_selection(file, &names));
    if let Some(columns) = &reading.columns {
        let told: Vec<&str> = columns.variables.iter().map(|variable| variable.name.as_str()).collect();
        flaws.extend(absent(file, &names, columns.variables.iter().map(|v| &v.name), "of the columns file"));
        for name in names.iter().filter(|name| !told.contains(name)) {
            flaws.add(|file| {
                Finding::error(file.here().variable(*name), "the columns file does not have this variable")
            });
        }
    }
}
