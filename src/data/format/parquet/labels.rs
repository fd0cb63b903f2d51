//! What a Parquet file says of its columns beside their values: labels, formats, keys, special missing values.
//!
//! We write one text of JSON under the key `trialpress`. Of what others write, the member `label` of a field of the
//! embedded Arrow schema is read, and `label` of the file, as pyarrow and the files of CDISC's pilot have them; what R
//! serialises under the key `r` is not.

use std::collections::BTreeMap;

use polars_io::SerReader;
use polars_io::parquet::read::ParquetReader;
use serde::{Deserialize, Serialize};

use super::footer::Footer;
use crate::data::table::{Table, Values};
use crate::data::{DatasetFile, SpecialMissing, Variable};
use crate::error::Finding;

/// The key of our text.
pub(super) const KEY: &str = "trialpress";

/// Our text.
#[derive(Default, Deserialize, Serialize)]
pub(super) struct Words {
    #[serde(default)]
    pub(super) label: String,
    #[serde(default)]
    pub(super) keys: Vec<String>,
    #[serde(default)]
    records: usize,
    #[serde(default)]
    variables: Vec<About>,
}

#[derive(Deserialize, Serialize)]
struct About {
    name: String,
    #[serde(default)]
    label: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    format: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    length: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    declared: Option<String>,
    /// Rows and letters.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    special: Vec<(u32, char)>,
}

/// The text for a table.
pub(super) fn written(table: &Table) -> String {
    let variables = table.variables.iter().map(|variable| About {
        name: variable.name.clone(),
        label: variable.label.clone(),
        format: variable.format.clone(),
        length: variable.length,
        declared: variable.declared.clone(),
        special: table.special_missing.get(&variable.name).cloned().unwrap_or_default(),
    });
    let words = Words {
        label: table.label.clone(),
        keys: table.keys.clone(),
        records: table.records,
        variables: variables.collect(),
    };
    serde_json::to_string(&words).expect("texts and numbers are JSON")
}

/// What the file says.
pub(super) fn read(file: &DatasetFile, bytes: &[u8], footer: &Footer) -> Result<Words, Vec<Finding>> {
    if let Some(text) = footer.text(KEY) {
        return serde_json::from_str(text).map_err(|error| {
            vec![Finding::error(
                file.here(),
                format!("the Parquet file is damaged: its words on the variables: {error}"),
            )]
        });
    }
    let mut words = Words { label: footer.text("label").unwrap_or_default().to_owned(), ..Words::default() };
    if footer.text("ARROW:schema").is_some() {
        let schema = ParquetReader::new(std::io::Cursor::new(bytes)).schema().map_err(|error| {
            vec![Finding::error(file.here(), format!("the Parquet file is damaged: its Arrow schema: {error}"))]
        })?;
        words.variables = schema
            .iter_values()
            .filter_map(|field| {
                let label = field.metadata.as_ref()?.get("label")?.to_string();
                let name = field.name.to_string();
                Some(About { name, label, format: None, length: None, declared: None, special: Vec::new() })
            })
            .collect();
    }
    Ok(words)
}

impl Words {
    /// Tells the table what its columns mean. `intact` says whether the file is as we wrote it: otherwise its records may
    /// have been moved, and nobody knows where the special missing values belong. `kept` are the records that are left.
    pub(super) fn tell(
        self,
        file: &DatasetFile,
        table: &mut Table,
        intact: bool,
        kept: Option<&[bool]>,
    ) -> Result<(), Vec<Finding>> {
        table.label = self.label;
        table.keys = self.keys;
        let records = kept.map_or(table.records, <[bool]>::len);
        let about: BTreeMap<&str, &About> = self.variables.iter().map(|about| (about.name.as_str(), about)).collect();
        let mut findings = Vec::new();
        let mut special = SpecialMissing::new();
        for variable in &mut table.variables {
            let Some(about) = about.get(variable.name.as_str()) else { continue };
            *variable = Variable {
                name: variable.name.clone(),
                kind: variable.kind,
                label: about.label.clone(),
                format: about.format.clone(),
                length: about.length,
                declared: about.declared.clone(),
            };
            if about.special.is_empty() {
                continue;
            }
            let sound = |(row, letter): &(u32, char)| {
                (*row as usize) < records && (letter.is_ascii_uppercase() || *letter == '_')
            };
            if intact && self.records == records && about.special.is_sorted() && about.special.iter().all(sound) {
                special.insert(variable.name.clone(), about.special.clone());
            } else {
                let message = "the special missing values that the footer names are of another state of the file";
                let finding = Finding::error(file.here().variable(&variable.name), message);
                findings
                    .push(finding.hint(format!("write the file again, without the key {KEY} if they are not needed")));
            }
        }
        if let Some(kept) = kept {
            special = crate::data::select::chosen_marks(special, kept);
        }
        for (variable, values) in table.variables.iter().zip(&table.values) {
            let Some(marks) = special.get(&variable.name) else { continue };
            let null = |row: &u32| matches!(values, Values::Number(values) if values.get(*row as usize).is_none());
            if !marks.iter().all(|(row, _)| null(row)) {
                let message = "the footer names special missing values where there are values";
                findings.push(Finding::error(file.here().variable(&variable.name), message));
            }
        }
        table.special_missing = special;
        if findings.is_empty() { Ok(()) } else { Err(findings) }
    }
}
