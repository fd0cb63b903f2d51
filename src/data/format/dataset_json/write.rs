//! Writing a dataset, in the order of attributes that the standard recommends.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::ZlibEncoder;
use serde_json::{Map, Value};

use super::column::Holds;
use super::metadata::is_moment;
use super::{EXACT, Edition, iso};
use crate::data::table::{Table, Values};
use crate::data::{Kind, Variable, date};
use crate::error::{Finding, Place};

/// What the writer cannot know from the table.
#[derive(Clone, Debug)]
pub(in crate::data) struct Options {
    /// When the file is made: `YYYY-MM-DDThh:mm:ss`, perhaps with decimals and a time zone. The writer has no clock.
    pub(in crate::data) created: String,
    /// Whether special missing values may become plain ones. Dataset-JSON 1.1 has one missing value, `null`, and its
    /// schema allows no attribute of ours to say which.
    pub(in crate::data) drop_special_missing: bool,
}

impl Default for Options {
    /// A fixed time, so that equal tables give equal bytes; nothing is dropped.
    fn default() -> Self {
        Self { created: "1970-01-01T00:00:00".to_owned(), drop_special_missing: false }
    }
}

/// The bytes of a dataset of that name. The same table and options give the same bytes.
///
/// Numbers have the fewest digits that read back as the same double. A number without declared type is `integer` if
/// all of its values are whole, else `float`, the word that Define-XML knows; a declared type is kept where the values
/// allow it. Object identifiers are `IG.` and `IT.` with the names, as in CDISC's examples. The length of a column is
/// a number of characters, so a length in bytes of binary numbers is not written.
///
/// # Errors
/// Special missing values (unless they may be dropped), texts longer than their column, a name that is empty, or a time
/// of creation that is none.
pub(in crate::data) fn write(
    table: &Table,
    name: &str,
    edition: Edition,
    options: &Options,
) -> Result<Vec<u8>, Vec<Finding>> {
    let findings = refusals(table, name, options);
    if !findings.is_empty() {
        return Err(findings);
    }
    let types: Vec<Type> = table.variables.iter().zip(&table.values).map(|(v, values)| Type::of(v, values)).collect();
    let header = Value::Object(header(table, name, &types, options)).to_string();
    let mut out = Vec::new();
    match edition {
        Edition::Json => {
            out.extend_from_slice(header.strip_suffix('}').unwrap_or(&header).as_bytes());
            out.extend_from_slice(b",\"rows\":[");
            rows(table, &types, &mut out, |row| if row == 0 { "\n" } else { ",\n" }, "");
            out.extend_from_slice(b"\n]}\n");
        }
        Edition::Ndjson | Edition::Compressed => {
            out.extend_from_slice(header.as_bytes());
            out.push(b'\n');
            rows(table, &types, &mut out, |_| "", "\n");
        }
    }
    if edition != Edition::Compressed {
        return Ok(out);
    }
    let mut stream = ZlibEncoder::new(Vec::new(), Compression::best());
    let written = stream.write_all(&out).and_then(|()| stream.finish());
    written.map_err(|error| vec![Finding::error(Place::dataset(name), format!("it cannot be compressed: {error}"))])
}

fn refusals(table: &Table, name: &str, options: &Options) -> Vec<Finding> {
    let here = Place::dataset(name);
    let mut findings = Vec::new();
    if name.is_empty() {
        findings.push(Finding::error(here.clone(), "the dataset has no name"));
    }
    if !is_moment(&options.created) {
        let message = format!("the time of creation is not YYYY-MM-DDThh:mm:ss: {}", options.created);
        findings.push(Finding::error(here.clone(), message));
    }
    for (variable, marks) in &table.special_missing {
        if !options.drop_special_missing && !marks.is_empty() {
            let message = format!("Dataset-JSON cannot say which of its missing values are special ({})", marks.len());
            let finding = Finding::error(here.clone().variable(variable), message);
            findings.push(finding.hint("write SAS transport or CSV, or ask for plain missing values"));
        }
    }
    for (variable, values) in table.variables.iter().zip(&table.values) {
        if let (Values::Text(values), Some(length @ 1..)) = (values, variable.length) {
            let length = length as usize;
            let long = |text: &str| text.len() > length && text.chars().count() > length;
            let count = values.iter().flatten().filter(|text| long(text)).count();
            if count > 0 {
                let message = format!("{count} texts have more characters than the length of the variable, {length}");
                findings.push(Finding::error(here.clone().variable(&variable.name), message));
            }
        }
    }
    findings
}

/// The type of a column in the file.
struct Type {
    holds: Holds,
    word: &'static str,
}

impl Type {
    /// The declared type where every value is of it, else the plainest one that fits.
    fn of(variable: &Variable, values: &Values) -> Self {
        let declared = variable.declared.as_deref().unwrap_or_default();
        let of = |holds, word| Self { holds, word };
        match values {
            Values::Date(_) => of(Holds::Date, "date"),
            Values::DateTime(_) => of(Holds::DateTime, "datetime"),
            Values::Text(values) => {
                let all = |is: fn(&str) -> bool| values.iter().flatten().all(is);
                match declared {
                    "date" if all(iso::is_date) => of(Holds::DateText, "date"),
                    "datetime" if all(iso::is_datetime) => of(Holds::DateTimeText, "datetime"),
                    "time" if all(iso::is_time) => of(Holds::TimeText, "time"),
                    "URI" => of(Holds::Text, "URI"),
                    _ => of(Holds::Text, "string"),
                }
            }
            Values::Number(values) => {
                let all = |is: fn(f64) -> bool| values.iter().flatten().all(is);
                match declared {
                    "decimal" => of(Holds::Decimal, "decimal"),
                    "float" => of(Holds::Float, "float"),
                    "double" => of(Holds::Float, "double"),
                    "time" if all(|value| time_text(value).is_some()) => of(Holds::Time, "time"),
                    "boolean" if all(|value| value.to_bits() == 0 || value.to_bits() == 1.0_f64.to_bits()) => {
                        of(Holds::Boolean, "boolean")
                    }
                    "integer" if all(whole) => of(Holds::Integer, "integer"),
                    _ if all(whole) && values.null_count() < values.len() => of(Holds::Integer, "integer"),
                    _ => of(Holds::Float, "float"),
                }
            }
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "a power of two")]
fn whole(value: f64) -> bool {
    value.fract() == 0.0 && value.abs() <= EXACT as f64
}

fn header(table: &Table, name: &str, types: &[Type], options: &Options) -> Map<String, Value> {
    let columns = table.variables.iter().zip(types).map(|(variable, column)| {
        let mut object = Map::new();
        object.insert("itemOID".into(), format!("IT.{name}.{}", variable.name).into());
        object.insert("name".into(), variable.name.as_str().into());
        object.insert("label".into(), variable.label.as_str().into());
        object.insert("dataType".into(), column.word.into());
        let target = match column.holds {
            Holds::Date | Holds::DateTime | Holds::Time => Some("integer"),
            Holds::Decimal => Some("decimal"),
            _ => None,
        };
        object.extend(target.map(|target| ("targetDataType".to_owned(), target.into())));
        let characters = column.holds.kind() == Kind::Text || variable.declared.is_some();
        let length = variable.length.filter(|length| *length > 0 && characters);
        object.extend(length.map(|length| ("length".to_owned(), length.into())));
        object.extend(variable.format.as_deref().map(|format| ("displayFormat".to_owned(), format.into())));
        let key = table.keys.iter().position(|key| *key == variable.name);
        object.extend(key.map(|key| ("keySequence".to_owned(), (key + 1).into())));
        Value::Object(object)
    });
    let columns: Vec<Value> = columns.collect();
    let mut object = Map::new();
    object.insert("datasetJSONCreationDateTime".into(), options.created.as_str().into());
    object.insert("datasetJSONVersion".into(), "1.1.0".into());
    object.insert("itemGroupOID".into(), format!("IG.{name}").into());
    object.insert("records".into(), table.records.into());
    object.insert("name".into(), name.into());
    object.insert("label".into(), table.label.as_str().into());
    object.insert("columns".into(), columns.into());
    object
}

/// All rows, each between what stands before and behind it.
fn rows(table: &Table, types: &[Type], out: &mut Vec<u8>, before: impl Fn(usize) -> &'static str, behind: &str) {
    for row in 0..table.records {
        out.extend_from_slice(before(row).as_bytes());
        out.push(b'[');
        for (at, (values, column)) in table.values.iter().zip(types).enumerate() {
            if at > 0 {
                out.push(b',');
            }
            match value(values, column, row) {
                Some(value) => out.extend_from_slice(value.as_bytes()),
                None => out.extend_from_slice(b"null"),
            }
        }
        out.push(b']');
        out.extend_from_slice(behind.as_bytes());
    }
}

/// A value as JSON; none when it is missing.
fn value(values: &Values, column: &Type, row: usize) -> Option<String> {
    let quoted = |text: &str| Value::from(text).to_string();
    match values {
        Values::Text(values) => values.get(row).map(quoted),
        Values::Date(values) => values.get(row).map(|day| format!("\"{}\"", date::text(day))),
        Values::DateTime(values) => Some(format!("\"{}\"", moment_text(values.get(row)?)?)),
        Values::Number(values) => {
            let value = values.get(row)? + 0.0;
            Some(match column.holds {
                Holds::Boolean => (value != 0.0).to_string(),
                Holds::Decimal => format!("\"{value}\""),
                Holds::Time => format!("\"{}\"", time_text(value)?),
                _ if whole(value) => value.to_string(),
                _ => Value::from(value).to_string(),
            })
        }
    }
}

/// `YYYY-MM-DDThh:mm:ss` of milliseconds since 1970, with three decimals if the second is not whole.
fn moment_text(moment: i64) -> Option<String> {
    let (seconds, milliseconds) = (moment.div_euclid(1000), moment.rem_euclid(1000));
    let day = date::text(i32::try_from(seconds.div_euclid(86_400)).ok()?);
    let clock = clock_text(seconds.rem_euclid(86_400));
    let decimals = if milliseconds == 0 { String::new() } else { format!(".{milliseconds:03}") };
    Some(format!("{day}T{clock}{decimals}"))
}

/// `hh:mm:ss` of seconds since midnight, with as many decimals as it takes to read the same number again; none for what
/// no clock shows.
fn time_text(seconds: f64) -> Option<String> {
    if !(0.0..86_400.0).contains(&seconds) {
        return None;
    }
    let shown = (seconds + 0.0).to_string();
    let (whole, decimals) = shown.split_once('.').map_or((shown.as_str(), None), |(w, d)| (w, Some(d)));
    let clock = clock_text(whole.parse().ok()?);
    Some(decimals.map_or(clock.clone(), |decimals| format!("{clock}.{decimals}")))
}

fn clock_text(seconds: i64) -> String {
    format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}
