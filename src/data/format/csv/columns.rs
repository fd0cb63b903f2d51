//! The file beside a CSV file that says what its header cannot: labels, types, formats, lengths and keys.
//!
//! It is the metadata object of Dataset-JSON 1.1 (CDISC, section "Dataset Metadata") without the rows, so that it can be
//! taken from a Dataset-JSON file by deleting them, and other programs know its words. Members that are not of the
//! variables, such as OIDs, are read past.

use serde::{Deserialize, Serialize};

use crate::data::table::Table;
use crate::data::{Kind, Variable};
use crate::error::{Finding, Place};

/// What a columns file says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Columns {
    /// The name of the dataset.
    pub name: String,
    /// What the dataset is.
    pub label: String,
    /// The variables whose values together identify a record, in their order.
    pub keys: Vec<String>,
    /// The variables in the order of the file.
    pub variables: Vec<Variable>,
}

#[derive(Deserialize, Serialize)]
struct Metadata {
    name: String,
    #[serde(default)]
    label: String,
    columns: Vec<Entry>,
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    name: String,
    #[serde(default)]
    label: String,
    data_type: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    target_data_type: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    length: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    display_format: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    key_sequence: Option<u32>,
}

impl Columns {
    /// Reads a columns file, `shown` in messages.
    ///
    /// # Errors
    /// The bytes are not such a file, a variable stands twice in it or is of an unknown type.
    pub fn read(shown: &str, bytes: &[u8]) -> Result<Self, Vec<Finding>> {
        let metadata: Metadata = serde_json::from_slice(bytes).map_err(|error| {
            let place = Place::at(shown, error.line(), error.column());
            let finding = Finding::error(place, format!("this is not a columns file: {error}"));
            vec![finding.hint("write the metadata of Dataset-JSON 1.1: name, label, columns")]
        })?;
        let mut findings = Vec::new();
        let mut keys: Vec<(u32, String)> = Vec::new();
        let mut columns = Self { name: metadata.name, label: metadata.label, ..Self::default() };
        for entry in metadata.columns {
            let mut finding = |message: String| {
                findings.push(Finding::error(Place::file(shown).variable(&entry.name), message));
            };
            if columns.variable(&entry.name).is_some() {
                finding("the variable stands twice in the columns file".into());
            }
            let Some(kind) = kind(&entry.data_type, entry.target_data_type.as_deref()) else {
                finding(format!("{} is not a type of Dataset-JSON that can be read", entry.data_type));
                continue;
            };
            keys.extend(entry.key_sequence.map(|at| (at, entry.name.clone())));
            columns.variables.push(Variable {
                name: entry.name,
                label: entry.label,
                kind,
                format: entry.display_format,
                length: entry.length,
                declared: Some(entry.data_type),
            });
        }
        keys.sort();
        columns.keys = keys.into_iter().map(|(_, name)| name).collect();
        if findings.is_empty() { Ok(columns) } else { Err(findings) }
    }

    /// What there is to say of a table that becomes a CSV file.
    pub(in crate::data) fn of(name: &str, table: &Table) -> Self {
        Self {
            name: name.to_owned(),
            label: table.label.clone(),
            keys: table.keys.clone(),
            variables: table.variables.clone(),
        }
    }

    /// The columns file.
    #[must_use]
    pub fn write(&self) -> Vec<u8> {
        let columns = self.variables.iter().map(|variable| {
            let (data_type, target) = words(variable);
            Entry {
                name: variable.name.clone(),
                label: variable.label.clone(),
                data_type: data_type.to_owned(),
                target_data_type: target.map(str::to_owned),
                length: variable.length,
                display_format: variable.format.clone(),
                key_sequence: (1..).zip(&self.keys).find(|(_, key)| **key == variable.name).map(|(at, _)| at),
            }
        });
        let metadata = Metadata { name: self.name.clone(), label: self.label.clone(), columns: columns.collect() };
        let mut bytes = serde_json::to_vec_pretty(&metadata).expect("texts and numbers are JSON");
        bytes.push(b'\n');
        bytes
    }

    /// The variable of that exact name.
    #[must_use]
    pub fn variable(&self, name: &str) -> Option<&Variable> {
        self.variables.iter().find(|variable| variable.name == name)
    }
}

/// What the two words for a type mean. Dates without the target of a number are text, since they may be partial.
fn kind(data_type: &str, target: Option<&str>) -> Option<Kind> {
    Some(match (data_type, target) {
        ("integer" | "float" | "double" | "decimal", _) | ("time", Some("integer")) => Kind::Number,
        ("date", Some("integer")) => Kind::Date,
        ("datetime", Some("integer")) => Kind::DateTime,
        ("string" | "URI" | "date" | "datetime" | "time", _) => Kind::Text,
        _ => return None,
    })
}

/// The two words for the type of a variable: its own where it has one that means its kind.
fn words(variable: &Variable) -> (&str, Option<&'static str>) {
    let target = matches!(variable.kind, Kind::Date | Kind::DateTime).then_some("integer");
    let own = variable.declared.as_deref().filter(|word| kind(word, target) == Some(variable.kind));
    let usual = match variable.kind {
        Kind::Number => "double",
        Kind::Text => "string",
        Kind::Date => "date",
        Kind::DateTime => "datetime",
    };
    (own.unwrap_or(usual), target)
}
