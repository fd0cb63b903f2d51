//! define.xml: what the sponsor says of the datasets, used to check and to label them.
//!
//! Define-XML 2.0 and 2.1 (CDISC Define-XML Specification, an extension of ODM 1.3.2), of which that part is read
//! which says something of values: datasets with their keys, variables with type, length, label and code list, value
//! lists with their where clauses, code lists, names of study and standards. Results metadata and documents are read
//! past. Bytes in, values out; no I/O.

use std::collections::{BTreeMap, BTreeSet};

use super::Kind;
use super::format::kind_of_sas_format;

mod bounds;
mod cells;
mod check;
mod elements;
mod key;
mod read;
mod rules;
mod values;

#[cfg(test)]
mod tests;

pub use check::check;
pub use read::read;
pub use rules::{RULES, Rule};

use crate::error::Finding;

/// A define.xml, with every reference resolved that values depend on.
#[derive(Clone, Debug)]
pub struct Define {
    /// The file as the specification names it.
    pub file: String,
    /// SHA-256 of its bytes, in hexadecimal.
    pub sha256: String,
    /// Its size.
    pub bytes: u64,
    /// `def:DefineVersion`, such as `2.1.0`.
    pub version: String,
    /// `StudyName`.
    pub study: String,
    /// `ProtocolName`; empty if absent.
    pub protocol: String,
    /// `Name` of the `MetaDataVersion`.
    pub metadata: String,
    /// The standards it was written to: those of `def:Standards` (2.1), or the one of `def:StandardName` (2.0).
    pub standards: Vec<Standard>,
    /// The datasets by name.
    pub datasets: BTreeMap<String, DefinedDataset>,
    /// The code lists by `OID`.
    pub code_lists: BTreeMap<String, CodeList>,
    /// What is odd in it and does not hinder its use.
    pub warnings: Vec<Finding>,
}

/// A standard that define.xml names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standard {
    /// Its name, such as `ADaMIG`.
    pub name: String,
    /// Its version, or the date of a package of terminology.
    pub version: String,
    /// `IG` or `CT`; empty in 2.0.
    pub sort: String,
}

/// A dataset: `ItemGroupDef`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DefinedDataset {
    /// Its name.
    pub name: String,
    /// Its description.
    pub label: String,
    /// What one record is, in words; empty if absent.
    pub structure: String,
    /// Its class in the words of the standard; empty if absent.
    pub class: String,
    /// The file that its archive location names.
    pub archive: Option<String>,
    /// Names of the variables that identify a record, in the order of `KeySequence`.
    pub keys: Vec<String>,
    /// Its variables in the order of `OrderNumber`.
    pub variables: Vec<DefinedVariable>,
    /// Line of the element.
    pub line: usize,
}

impl DefinedDataset {
    /// The variable of that exact name.
    #[must_use]
    pub fn variable(&self, name: &str) -> Option<&DefinedVariable> {
        self.variables.iter().find(|variable| variable.item.name == name)
    }
}

/// A variable of a dataset: `ItemRef` with its `ItemDef`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DefinedVariable {
    /// What it is.
    pub item: Item,
    /// Whether it has a value in every record.
    pub mandatory: bool,
    /// The method of its derivation in words, if any.
    pub method: Option<String>,
    /// What it is in the records of each where clause: the value list.
    pub values: Vec<DefinedValue>,
}

/// What a variable or a value of it is: `ItemDef`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// Its name.
    pub name: String,
    /// Its type in the words of the standard.
    pub data_type: DataType,
    /// Characters of a text; of a number its digits or its bytes, for which files differ, so that it is not checked.
    pub length: Option<u32>,
    /// Decimal places of a float.
    pub significant_digits: Option<u32>,
    /// The SAS format for display, such as `DATE9.`.
    pub display_format: Option<String>,
    /// Its description; empty if absent.
    pub label: String,
    /// The `OID` of its code list.
    pub code_list: Option<String>,
    /// Where it comes from: `Derived`, `Assigned`, `Predecessor`, …
    pub origin: Option<String>,
    /// The comment in words, if any.
    pub comment: Option<String>,
    /// Line of the element.
    pub line: usize,
}

impl Item {
    /// The kind of variable that holds it in a file of data. Numbers with a SAS format of dates are dates; what the
    /// standard calls a date is text in ISO 8601 (Define-XML 2.1, `ItemDef` data types).
    #[must_use]
    pub fn kind(&self) -> Kind {
        match self.data_type {
            DataType::Integer | DataType::Float => {
                self.display_format.as_deref().map_or(Kind::Number, kind_of_sas_format)
            }
            DataType::Text | DataType::Iso8601 => Kind::Text,
        }
    }
}

/// The types of define.xml, as far as they differ for values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DataType {
    /// `text`.
    Text,
    /// `integer`.
    Integer,
    /// `float`.
    Float,
    /// `date`, `time`, `datetime` and their partial and incomplete forms, durations and intervals: text in ISO 8601.
    Iso8601,
}

/// What a variable is in some records: `ItemRef` of a `def:ValueListDef`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DefinedValue {
    /// What it is there.
    pub item: Item,
    /// Whether it has a value in each of these records.
    pub mandatory: bool,
    /// The records: those that fulfil one of these.
    pub clauses: Vec<WhereClause>,
}

/// Records that fulfil all of these checks: `def:WhereClauseDef`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WhereClause {
    /// The checks.
    pub checks: Vec<RangeCheck>,
}

/// A variable held against values: `RangeCheck`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RangeCheck {
    /// The variable, of the dataset of the value list; none if it is one of another dataset, whose records cannot be
    /// told by those of this one.
    pub variable: Option<String>,
    /// How.
    pub comparator: Comparator,
    /// The values; one for all comparators but `IN` and `NOTIN`.
    pub values: Vec<String>,
}

/// How a value is held against others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparator {
    /// Equal.
    Eq,
    /// Not equal.
    Ne,
    /// One of them.
    In,
    /// None of them.
    NotIn,
    /// Less.
    Lt,
    /// Less or equal.
    Le,
    /// Greater.
    Gt,
    /// Greater or equal.
    Ge,
}

impl Comparator {
    const ALL: [(&'static str, Self); 8] = [
        ("EQ", Self::Eq),
        ("NE", Self::Ne),
        ("IN", Self::In),
        ("NOTIN", Self::NotIn),
        ("LT", Self::Lt),
        ("LE", Self::Le),
        ("GT", Self::Gt),
        ("GE", Self::Ge),
    ];

    fn of(word: &str) -> Option<Self> {
        Self::ALL.iter().find(|(known, _)| *known == word).map(|(_, comparator)| *comparator)
    }

    fn word(self) -> &'static str {
        Self::ALL.iter().find(|(_, comparator)| *comparator == self).map_or("", |(word, _)| word)
    }
}

/// A code list: `CodeList`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeList {
    /// Its name.
    pub name: String,
    /// The type of its values.
    pub data_type: DataType,
    /// Coded values with what they stand for, where that is said.
    pub values: BTreeMap<String, Option<String>>,
    /// The dictionary that it is instead, which is not in the file.
    pub external: Option<Dictionary>,
}

/// A dictionary kept elsewhere: `ExternalCodeList`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dictionary {
    /// Its name, such as `MedDRA`.
    pub name: String,
    /// Its version; empty if absent.
    pub version: String,
}

impl Define {
    /// The dataset of that name, in any letter case if there is none of that exact name.
    #[must_use]
    pub fn dataset(&self, name: &str) -> Option<&DefinedDataset> {
        let alike = || self.datasets.values().find(|dataset| dataset.name.eq_ignore_ascii_case(name));
        self.datasets.get(name).or_else(alike)
    }

    /// The kinds of the variables of a dataset, for formats that do not know them; none for an unknown dataset.
    #[must_use]
    pub fn declared(&self, dataset: &str) -> BTreeMap<String, Kind> {
        let variables = self.dataset(dataset).map(|dataset| dataset.variables.as_slice()).unwrap_or_default();
        variables.iter().map(|variable| (variable.item.name.clone(), variable.item.kind())).collect()
    }

    /// The label of a variable, if it has one.
    #[must_use]
    pub fn label(&self, dataset: &str, variable: &str) -> Option<&str> {
        let label = self.dataset(dataset)?.variable(variable)?.item.label.as_str();
        Some(label).filter(|label| !label.is_empty())
    }

    /// The same without what may not be known of: these datasets, these variables, and whatever is said of records that are
    /// told by them. Keys with one of them would no longer be keys.
    #[must_use]
    pub fn without(&self, datasets: &BTreeSet<String>, variables: &BTreeSet<String>) -> Self {
        let mut own = self.clone();
        let has = |names: &BTreeSet<String>, name: &str| names.iter().any(|other| other.eq_ignore_ascii_case(name));
        own.datasets.retain(|name, _| !has(datasets, name));
        for dataset in own.datasets.values_mut() {
            dataset.variables.retain(|variable| !has(variables, &variable.item.name));
            if dataset.keys.iter().any(|key| has(variables, key)) {
                dataset.keys.clear();
            }
            let told = |check: &RangeCheck| check.variable.as_ref().is_none_or(|name| has(variables, name));
            for variable in &mut dataset.variables {
                variable.values.retain(|value| !value.clauses.iter().flat_map(|clause| &clause.checks).any(told));
            }
        }
        let hides = |finding: &Finding| {
            let place = &finding.place;
            place.dataset.as_ref().is_some_and(|name| has(datasets, name))
                || place.variable.as_ref().is_some_and(|name| has(variables, name))
        };
        own.warnings.retain(|finding| !hides(finding));
        own
    }

    /// The dictionaries that its code lists name, with their versions.
    #[must_use]
    pub fn dictionaries(&self) -> Vec<&Dictionary> {
        let mut all: Vec<&Dictionary> = self.code_lists.values().filter_map(|list| list.external.as_ref()).collect();
        all.sort_by_key(|dictionary| (&dictionary.name, &dictionary.version));
        all.dedup();
        all
    }
}
