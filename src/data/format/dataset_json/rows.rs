//! Rows, taken from JSON straight into columns.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use super::cells::Cells;
use super::column::Column;
use super::metadata::{self, Metadata};
use super::value::{Distinct, put, twice};
use super::{DatasetFile, damage};
use crate::data::table::Table;
use crate::data::{MAX_CELLS, MAX_FINDINGS, MAX_RECORDS};
use crate::error::{Finding, Place};

/// The rows read so far.
pub(super) struct Rows {
    cells: Vec<Cells>,
    records: usize,
    /// Rows that are shorter or longer than there are columns: the row, and its values.
    uneven: Vec<(usize, usize)>,
}

impl Rows {
    pub(super) fn new(columns: &[Column]) -> Self {
        Self { cells: columns.iter().map(Cells::new).collect(), records: 0, uneven: Vec::new() }
    }
}

/// What metadata and rows come to; `line` is where the first row stands, in the edition of lines.
pub(super) fn table(
    file: &DatasetFile,
    metadata: Metadata,
    rows: Rows,
    line: Option<usize>,
) -> Result<Table, Vec<Finding>> {
    let columns = rows.cells.len();
    let told = rows.uneven.iter().take(MAX_FINDINGS).map(|(row, values)| {
        let place = Place { line: line.map(|first| first + row), ..file.here() };
        Finding::error(place, format!("record {} has {values} values instead of {columns}", row + 1))
    });
    let mut findings: Vec<Finding> = told.collect();
    if rows.uneven.len() > MAX_FINDINGS {
        let rest = rows.uneven.len() - MAX_FINDINGS;
        findings.push(Finding::error(file.here(), format!("… and {rest} more records of another length")));
    }
    if metadata.records != rows.records as u64 {
        let message = format!("the file holds {} records, not the {} it announces", rows.records, metadata.records);
        let finding = Finding::error(file.here(), message);
        findings.push(finding.hint("get the file again: it was cut off or altered on its way"));
    }
    if !findings.is_empty() {
        return Err(findings);
    }
    let Metadata { label, keys, .. } = metadata;
    let mut table = Table { label, keys, records: rows.records, ..Table::default() };
    for (variable, values, problems) in rows.cells.into_iter().filter_map(Cells::finish) {
        table.variables.push(variable);
        table.values.push(values);
        table.problems.extend(problems);
    }
    Ok(table)
}

/// Reads the edition of one object.
///
/// The standard recommends that `rows` comes last; where it comes before what describes it, the text is read twice.
pub(super) fn document(file: &DatasetFile, bytes: &[u8]) -> Result<Table, Vec<Finding>> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let line = bytes[..error.valid_up_to()].split(|byte| *byte == b'\n').count();
        let place = Place { line: Some(line), ..file.here() };
        vec![Finding::error(place, "the text is not UTF-8").hint("write the file as UTF-8")]
    })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let parse = |columns: Option<Vec<Column>>| {
        let mut json = serde_json::Deserializer::from_str(text);
        let visitor = Document { file, columns, attributes: Map::new(), rows: None, deferred: false };
        let read = json.deserialize_map(visitor).and_then(|read| json.end().map(|()| read));
        read.map_err(|error| vec![damage(file, &error, 1)])
    };
    let read = parse(None)?;
    let metadata = metadata::read(file, &read.attributes, true)?;
    let rows = if read.deferred { parse(Some(metadata.columns.clone()))?.rows } else { read.rows };
    let rows = rows.unwrap_or_else(|| Rows::new(&metadata.columns));
    table(file, metadata, rows, None)
}

/// The object with all attributes, and what was read of it.
struct Document<'a> {
    file: &'a DatasetFile,
    /// The columns, when the text is read for the second time.
    columns: Option<Vec<Column>>,
    attributes: Map<String, Value>,
    rows: Option<Rows>,
    /// The rows came before what describes them, or what describes them is wrong.
    deferred: bool,
}

impl Document<'_> {
    /// The columns, if they are known and sound when the rows come.
    fn described(&self) -> Option<Rows> {
        if let Some(columns) = &self.columns {
            return Some(Rows::new(columns));
        }
        let metadata = metadata::read(self.file, &self.attributes, true).ok()?;
        Some(Rows::new(&metadata.columns))
    }
}

impl<'de> Visitor<'de> for Document<'_> {
    type Value = Self;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with the attributes of a dataset")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<Self, A::Error> {
        while let Some(name) = map.next_key::<String>()? {
            if name == "rows" {
                if self.rows.is_some() || self.deferred {
                    return Err(twice(&name));
                }
                if let Some(mut rows) = self.described() {
                    map.next_value_seed(All(&mut rows))?;
                    self.rows = Some(rows);
                } else {
                    map.next_value::<IgnoredAny>()?;
                    self.deferred = true;
                }
            } else {
                let Distinct(value) = map.next_value()?;
                put(&mut self.attributes, name, value)?;
            }
        }
        Ok(self)
    }
}

/// The list of all rows.
struct All<'a>(&'a mut Rows);

impl<'de> DeserializeSeed<'de> for All<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for All<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the list of rows")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while list.next_element_seed(&mut *self.0)?.is_some() {}
        Ok(())
    }
}

/// One row.
impl<'de> DeserializeSeed<'de> for &mut Rows {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for &mut Rows {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a row, which is a list of values")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        let row = self.records;
        if row >= MAX_RECORDS || (row + 1).saturating_mul(self.cells.len()) > MAX_CELLS {
            return Err(A::Error::custom(format!("more than {row} records of {} variables", self.cells.len())));
        }
        let mut values = 0;
        for cells in &mut self.cells {
            if list.next_element_seed(Cell { cells, row })?.is_none() {
                break;
            }
            values += 1;
        }
        if values == self.cells.len() {
            while list.next_element::<IgnoredAny>()?.is_some() {
                values += 1;
            }
        }
        // What is too short must not shift the rows behind it.
        self.cells.iter_mut().skip(values).for_each(Cells::missing);
        if values != self.cells.len() {
            self.uneven.push((row, values));
        }
        self.records += 1;
        Ok(())
    }
}

/// One value of a row.
struct Cell<'a> {
    cells: &'a mut Cells,
    row: usize,
}

impl<'de> DeserializeSeed<'de> for Cell<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl Visitor<'_> for Cell<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text, a number, true, false or null")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        self.cells.missing();
        Ok(())
    }

    fn visit_bool<E>(self, value: bool) -> Result<(), E> {
        self.cells.truth(self.row, value);
        Ok(())
    }

    #[expect(clippy::cast_precision_loss, reason = "told where it happens")]
    fn visit_u64<E>(self, value: u64) -> Result<(), E> {
        self.cells.whole(self.row, value, value as f64);
        Ok(())
    }

    #[expect(clippy::cast_precision_loss, reason = "told where it happens")]
    fn visit_i64<E>(self, value: i64) -> Result<(), E> {
        self.cells.whole(self.row, value.unsigned_abs(), value as f64);
        Ok(())
    }

    fn visit_f64<E>(self, value: f64) -> Result<(), E> {
        self.cells.number(self.row, value);
        Ok(())
    }

    fn visit_str<E>(self, value: &str) -> Result<(), E> {
        self.cells.text(self.row, value);
        Ok(())
    }
}
