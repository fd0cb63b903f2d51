//! One column: “Column Metadata” of the standard, and what its types mean here.

use serde_json::{Map, Value};

use super::DatasetFile;
use super::metadata::Attributes;
use crate::data::{Kind, Variable};
use crate::error::Finding;

/// What the values of a column are: “Supported Column Data Type Combinations”.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Holds {
    /// `string` and `URI`.
    Text,
    /// `date` without target: ISO text, perhaps partial. It stays text even where every date is complete, as in the
    /// variables of CDISC whose names end in `DTC`.
    DateText,
    /// `datetime` without target.
    DateTimeText,
    /// `time` without target.
    TimeText,
    /// `integer`: a number without fraction.
    Integer,
    /// `float` and `double`.
    Float,
    /// `decimal`: a number that stands as text.
    Decimal,
    /// `boolean`: 1 for true and 0 for false.
    Boolean,
    /// `date` with target `integer`: a numeric date.
    Date,
    /// `datetime` with target `integer`.
    DateTime,
    /// `time` with target `integer`: seconds since midnight.
    Time,
}

impl Holds {
    /// The meaning of a type and its target; none if the standard does not have the pair.
    pub(super) fn of(data_type: &str, target: Option<&str>) -> Option<Self> {
        Some(match (data_type, target) {
            ("string" | "URI", None) => Self::Text,
            ("date", None) => Self::DateText,
            ("datetime", None) => Self::DateTimeText,
            ("time", None) => Self::TimeText,
            ("integer", None) => Self::Integer,
            ("float" | "double", None) => Self::Float,
            ("decimal", None | Some("decimal")) => Self::Decimal,
            ("boolean", None) => Self::Boolean,
            ("date", Some("integer")) => Self::Date,
            ("datetime", Some("integer")) => Self::DateTime,
            ("time", Some("integer")) => Self::Time,
            _ => return None,
        })
    }

    pub(super) const fn kind(self) -> Kind {
        match self {
            Self::Text | Self::DateText | Self::DateTimeText | Self::TimeText => Kind::Text,
            Self::Integer | Self::Float | Self::Decimal | Self::Boolean | Self::Time => Kind::Number,
            Self::Date => Kind::Date,
            Self::DateTime => Kind::DateTime,
        }
    }
}

/// A column as the metadata describe it.
#[derive(Clone, Debug)]
pub(super) struct Column {
    pub(super) variable: Variable,
    pub(super) holds: Holds,
    /// Its place among the key variables.
    pub(super) key: Option<u64>,
    /// Whether its values are kept.
    pub(super) kept: bool,
}

const TYPES: [&str; 10] =
    ["string", "integer", "decimal", "float", "double", "boolean", "datetime", "date", "time", "URI"];
const KNOWN: [&str; 8] =
    ["itemOID", "name", "label", "dataType", "targetDataType", "length", "displayFormat", "keySequence"];

impl Column {
    /// Checks the description of a column. None where its type is not known.
    pub(super) fn read(
        file: &DatasetFile,
        object: &Map<String, Value>,
        index: usize,
        findings: &mut Vec<Finding>,
    ) -> Option<Self> {
        let named = object.get("name").and_then(Value::as_str).map(str::to_owned);
        let name = named.unwrap_or_else(|| format!("column {}", index + 1));
        let mut column = Attributes { object, place: file.here().variable(&name), findings };
        column.known(&KNOWN);
        column.text("name", true);
        if column.text("itemOID", true) == Some("") {
            column.flaw("itemOID is empty".into());
        }
        let label = column.text("label", true).unwrap_or_default().trim_end().to_owned();
        let format = column.text("displayFormat", false).filter(|format| !format.is_empty()).map(str::to_owned);
        let length = column.whole("length", false, 1);
        let key = column.whole("keySequence", false, 1);
        let target = column.text("targetDataType", false);
        let data_type = column.text("dataType", true)?;
        let Some(holds) = Holds::of(data_type, target) else {
            column.flaw(match target {
                Some(target) if TYPES.contains(&data_type) => {
                    format!("the dataType {data_type} cannot have the targetDataType {target}")
                }
                _ => format!("the dataType {data_type:?} is none of {}", TYPES.join(", ")),
            });
            return None;
        };
        // An integer that the specification declares to be any number is not held to be one.
        let number = file.reading.kinds.get(&name) == Some(&Kind::Number);
        let holds = if number && holds == Holds::Integer { Holds::Float } else { holds };
        let kept = file.reading.needs(&name);
        let variable = Variable {
            name,
            label,
            kind: holds.kind(),
            format,
            length: length.map(|length| u32::try_from(length).unwrap_or(u32::MAX)),
            declared: Some(data_type.to_owned()),
        };
        Some(Self { variable, holds, key, kept })
    }
}
