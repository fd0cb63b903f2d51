//! The attributes of the dataset: “Top-level Metadata Attributes” of the standard.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::super::{shape_findings, unfit_selection};
use super::column::Column;
use super::{DatasetFile, iso};
use crate::data::MAX_VARIABLES;
use crate::error::{Finding, Place, nearest};

/// What a file says of its dataset, as far as it has a place here. The other attributes are checked and not kept.
#[derive(Debug)]
pub(super) struct Metadata {
    pub(super) label: String,
    /// The number of records it announces.
    pub(super) records: u64,
    pub(super) columns: Vec<Column>,
    /// Names of the key variables, in their order.
    pub(super) keys: Vec<String>,
}

/// The attributes in the order of the standard. `isReferenceData` is one of version 1.0 that tools still write.
const KNOWN: [&str; 16] = [
    "datasetJSONCreationDateTime",
    "datasetJSONVersion",
    "fileOID",
    "dbLastModifiedDateTime",
    "originator",
    "sourceSystem",
    "studyOID",
    "metaDataVersionOID",
    "metaDataRef",
    "itemGroupOID",
    "isReferenceData",
    "records",
    "name",
    "label",
    "columns",
    "rows",
];

/// Checks the attributes of a dataset; `rows` may be among them in the edition of one object only.
pub(super) fn read(file: &DatasetFile, object: &Map<String, Value>, rows: bool) -> Result<Metadata, Vec<Finding>> {
    let mut findings = Vec::new();
    let mut dataset = Attributes { object, place: file.here(), findings: &mut findings };
    dataset.known(&KNOWN[..KNOWN.len() - usize::from(!rows)]);
    for name in ["datasetJSONCreationDateTime", "dbLastModifiedDateTime"] {
        if let Some(time) = dataset.text(name, name.starts_with("dataset"))
            && !is_moment(time)
        {
            dataset.flaw(format!("{name} is not a date and time: {time}"));
        }
    }
    if let Some(version) = dataset.text("datasetJSONVersion", true)
        && !is_version(version)
    {
        dataset.flaw(format!("the file is of version {version} of Dataset-JSON, not 1.1"));
    }
    for name in ["fileOID", "originator", "studyOID", "metaDataVersionOID", "metaDataRef"] {
        dataset.text(name, false);
    }
    for name in ["itemGroupOID", "name"] {
        if dataset.text(name, true) == Some("") {
            dataset.flaw(format!("{name} is empty"));
        }
    }
    if object.get("isReferenceData").is_some_and(|value| !value.is_boolean() && !value.is_string()) {
        dataset.flaw("isReferenceData is neither true nor false".into());
    }
    let label = dataset.text("label", true).unwrap_or_default().trim_end().to_owned();
    let records = dataset.whole("records", true, 0).unwrap_or(0);
    source_system(file, object, &mut findings);

    let columns = columns(file, object, &mut findings);
    let keys = keys(file, &columns, &mut findings);
    if findings.is_empty() { Ok(Metadata { label, records, columns, keys }) } else { Err(findings) }
}

fn source_system(file: &DatasetFile, object: &Map<String, Value>, findings: &mut Vec<Finding>) {
    match object.get("sourceSystem") {
        None => {}
        Some(Value::Object(system)) => {
            let mut system = Attributes { object: system, place: file.here(), findings };
            system.known(&["name", "version"]);
            system.text("name", true);
            system.text("version", true);
        }
        Some(_) => findings.push(Finding::error(file.here(), "sourceSystem is not an object")),
    }
}

fn columns(file: &DatasetFile, object: &Map<String, Value>, findings: &mut Vec<Finding>) -> Vec<Column> {
    let Some(Value::Array(described)) = object.get("columns") else {
        let message = if object.contains_key("columns") { "columns is not a list" } else { "columns is missing" };
        findings.push(Finding::error(file.here(), message));
        return Vec::new();
    };
    let names: Vec<&str> = described.iter().filter_map(|column| column.get("name")?.as_str()).collect();
    findings.extend(shape_findings(file, names.iter().copied(), 0));
    findings.extend(unfit_selection(file, &names));
    if described.len() > MAX_VARIABLES {
        findings.push(Finding::error(file.here(), format!("{} variables are more than can be read", described.len())));
        return Vec::new();
    }
    let mut oids = BTreeMap::new();
    let mut columns = Vec::with_capacity(described.len());
    for (index, described) in described.iter().enumerate() {
        let Value::Object(described) = described else {
            findings.push(Finding::error(file.here(), format!("column {} is not an object", index + 1)));
            continue;
        };
        columns.extend(Column::read(file, described, index, findings));
        if let Some(oid) = described.get("itemOID").and_then(Value::as_str)
            && let Some(first) = oids.insert(oid, index)
        {
            let message = format!("columns {} and {} have the same itemOID {oid}", first + 1, index + 1);
            findings.push(Finding::error(file.here(), message));
        }
    }
    columns
}

/// The key variables in the order of their numbers, of which each may stand once.
fn keys(file: &DatasetFile, columns: &[Column], findings: &mut Vec<Finding>) -> Vec<String> {
    let mut keys: BTreeMap<u64, &str> = BTreeMap::new();
    for column in columns {
        if let Some(number) = column.key
            && let Some(other) = keys.insert(number, &column.variable.name)
        {
            let message = format!("{other} and {} both have the keySequence {number}", column.variable.name);
            findings.push(Finding::error(file.here(), message));
        }
    }
    keys.into_values().map(str::to_owned).collect()
}

/// `1.1`, `1.1.0`, `1.1.12`: the pattern of the schema.
fn is_version(text: &str) -> bool {
    text == "1.1"
        || text.strip_prefix("1.1.").is_some_and(|patch| {
            patch == "0" || !patch.starts_with('0') && !patch.is_empty() && patch.bytes().all(|b| b.is_ascii_digit())
        })
}

/// The pattern of the schema for times of files: complete, perhaps with decimals and a time zone.
pub(super) fn is_moment(text: &str) -> bool {
    text.get(..19).is_some_and(|start| iso::moment(start).is_some()) && iso::is_datetime(text)
}

/// The attributes of one object, with what is wrong with them.
pub(super) struct Attributes<'a> {
    pub(super) object: &'a Map<String, Value>,
    pub(super) place: Place,
    pub(super) findings: &'a mut Vec<Finding>,
}

impl<'a> Attributes<'a> {
    pub(super) fn flaw(&mut self, message: String) {
        self.findings.push(Finding::error(self.place.clone(), message));
    }

    /// Refuses attributes that the standard does not have: one that is misspelt would be one that is missing.
    pub(super) fn known(&mut self, known: &[&str]) {
        for name in self.object.keys().filter(|name| !known.contains(&name.as_str())) {
            let finding =
                Finding::error(self.place.clone(), format!("Dataset-JSON 1.1 has no attribute {name:?} here"));
            self.findings.push(match nearest(name, known.iter().copied()) {
                Some(near) => finding.hint(format!("did you mean {near}?")),
                None => finding.hint("remove it: what a table needs has an attribute of its own"),
            });
        }
    }

    /// An attribute that is a text.
    pub(super) fn text(&mut self, name: &str, required: bool) -> Option<&'a str> {
        let object = self.object;
        match object.get(name) {
            Some(Value::String(text)) => return Some(text),
            Some(_) => self.flaw(format!("{name} is not a text")),
            None if required => self.flaw(format!("{name} is missing")),
            None => {}
        }
        None
    }

    /// An attribute that is a whole number of at least so much.
    pub(super) fn whole(&mut self, name: &str, required: bool, least: u64) -> Option<u64> {
        match self.object.get(name) {
            Some(value) => {
                let number = value.as_u64().filter(|number| *number >= least);
                if number.is_none() {
                    self.flaw(format!("{name} is not a whole number of at least {least}: {value}"));
                }
                return number;
            }
            None if required => self.flaw(format!("{name} is missing")),
            None => {}
        }
        None
    }
}
