//! The readers against files that the crates' own writers made in memory.

mod big;
mod csv;
mod damage;
mod formats;
mod gate;
mod peers;
mod select;
pub(in crate::data) mod tables;

use std::io::Cursor;

use polars::prelude::{
    Column, DataFrame, Float64Chunked, Int32Chunked, Int64Chunked, IntoColumn, NamedFrom, NewChunkedArray, Series,
    TimeUnit,
};
use polars_io::prelude::ParquetWriter;
use sas_xport::sas::xport::{
    XportDatasetVersion, XportFileVersion, XportMetadata, XportSchema, XportValue, XportVariable, XportVariableBuilder,
    XportWriter,
};
use sas_xport::sas::{SasFloat64, SasVariableType};

use super::format::dataset_json::{self, Edition};
use super::format::parse;
use super::{Dataset, DatasetFile, Format};
use crate::error::{Finding, Place};

const FORMATS: [Format; 3] = [Format::Xpt, Format::Parquet, Format::Csv];

/// One record of the dataset that the tests write in every format.
#[derive(Clone, Debug, Default)]
pub(in crate::data) struct Record {
    subject: Option<String>,
    age: Option<f64>,
    start: Option<i32>,
    seen: Option<i64>,
    note: Option<String>,
    /// Why `age` is missing; XPT only.
    special: Option<char>,
}

/// Its variables with their SAS formats, in the order of the file.
const NAMES: [(&str, &str); 5] =
    [("USUBJID", "$"), ("AGE", ""), ("TRTSDT", "DATE9"), ("TRTSDTM", "E8601DT23.3"), ("NOTE", "$")];

/// A handful of records with everything that is easily lost.
pub(in crate::data) fn sample() -> Vec<Record> {
    let record = |subject: &str, age, start, seen, note: Option<&str>| Record {
        subject: Some(subject.to_owned()),
        age,
        start,
        seen,
        note: note.map(str::to_owned),
        special: None,
    };
    vec![
        record("S-02", Some(63.5), Some(16_437), Some(1_420_210_845_250), Some("comma, \"quote\" and\nline")),
        record("S-01", Some(-0.1), Some(-3_653), Some(0), Some("µ in a text of more than twelve bytes")),
        record("S-01", None, None, None, None),
        record("S-10", Some(1e-5), Some(0), Some(-1), Some(" leading blank")),
        record("S-01", Some(9_007_199_254_740_992.0), Some(2_932_896), Some(253_402_300_799_999), Some("007")),
        record("S-01", Some(0.0), Some(-719_162), Some(1), Some("007")),
    ]
}

pub(in crate::data) fn file(format: Format) -> DatasetFile {
    DatasetFile {
        name: "ADXX".into(),
        path: format!("adxx.{}", format.word()).into(),
        shown: format!("data/adxx.{}", format.word()),
        format,
        reading: super::Reading::default(),
        place: Place::at("study.toml", 7, 1),
    }
}

fn read(format: Format, bytes: Vec<u8>) -> Result<Dataset, Vec<Finding>> {
    read_as(&file(format), bytes)
}

fn read_as(file: &DatasetFile, bytes: Vec<u8>) -> Result<Dataset, Vec<Finding>> {
    super::lock::digested(file, "USUBJID", bytes, None)
}

/// What is wrong with a CSV text.
fn flaws(text: &str) -> String {
    shown(read(Format::Csv, text.into()))
}

fn shown(read: Result<Dataset, Vec<Finding>>) -> String {
    let findings = read.expect_err("the file should have been refused");
    findings.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

fn written(format: Format, records: &[Record]) -> Vec<u8> {
    match format {
        Format::Xpt => xpt(records, XportFileVersion::V5),
        Format::Parquet => parquet(frame(records)),
        Format::Csv => csv(records).into_bytes(),
        Format::DatasetJson => dataset_json(records, Edition::Json),
        Format::DatasetNdjson => dataset_json(records, Edition::Ndjson),
        Format::CompressedDatasetJson => dataset_json(records, Edition::Compressed),
    }
}

fn dataset_json(records: &[Record], edition: Edition) -> Vec<u8> {
    let table = parse(&file(Format::Parquet), &parquet(frame(records))).expect("a sound table");
    dataset_json::write(&table, "ADXX", edition, &dataset_json::Options::default())
        .expect("a table that can be written")
}

fn xpt(records: &[Record], version: XportFileVersion) -> Vec<u8> {
    let mut schema = XportSchema::builder();
    schema.dataset_name("ADXX");
    if version == XportFileVersion::V8 {
        schema.xport_dataset_version(XportDatasetVersion::V8);
    }
    for (name, format) in NAMES {
        schema.add_variable(variable(name, format));
    }
    let metadata = XportMetadata::builder().xport_file_version(version).build();
    let mut writer = XportWriter::from_writer(Cursor::new(Vec::new()), metadata)
        .and_then(|writer| writer.write_schema(schema.try_build()?))
        .expect("a schema that can be written");
    for record in records {
        let missing = f64::from(SasFloat64::from_be_bytes([b'.', 0, 0, 0, 0, 0, 0, 0]));
        let special = |letter: char| {
            let letter = u8::try_from(letter).expect("an ASCII letter");
            f64::from(SasFloat64::from_be_bytes([letter, 0, 0, 0, 0, 0, 0, 0]))
        };
        #[expect(clippy::cast_precision_loss, reason = "milliseconds of the calendar are exact in a double")]
        let seconds = |time: i64| time as f64 / 1000.0 + 315_619_200.0;
        let values = [
            XportValue::from(record.subject.as_deref().unwrap_or_default()),
            XportValue::from(record.age.unwrap_or_else(|| record.special.map_or(missing, special))),
            XportValue::from(record.start.map_or(missing, |day| f64::from(day) + 3_653.0)),
            XportValue::from(record.seen.map_or(missing, seconds)),
            XportValue::from(record.note.as_deref().unwrap_or_default()),
        ];
        writer.write_record(&values).expect("a record that can be written");
    }
    writer.set_count_and_finish().expect("a file that can be finished").into_inner()
}

/// A variable whose format is written as `DATE9` or `E8601DT23.3`; `$` makes it text.
fn variable(name: &str, format: &str) -> XportVariableBuilder {
    let mut variable = XportVariable::builder();
    variable.full_name(name).short_name(name).short_label(format!("Label of {name}"));
    if format == "$" {
        variable.value_type(SasVariableType::Character).value_length(60);
    } else {
        variable.value_type(SasVariableType::Numeric).value_length(8);
        let (left, decimals) = format.split_once('.').unwrap_or((format, "0"));
        let word = left.trim_end_matches(|letter: char| letter.is_ascii_digit());
        variable.short_format(word);
        variable.format_length(left[word.len()..].parse().unwrap_or(0));
        variable.format_precision(decimals.parse().unwrap_or(0));
    }
    variable
}

pub(in crate::data) fn frame(records: &[Record]) -> DataFrame {
    let text = |name: &str, of: fn(&Record) -> Option<&str>| {
        Series::new(name.into(), records.iter().map(of).collect::<Vec<_>>()).into_column()
    };
    let age = Float64Chunked::from_iter_options("AGE".into(), records.iter().map(|record| record.age));
    let start = Int32Chunked::from_iter_options("TRTSDT".into(), records.iter().map(|record| record.start));
    let seen = Int64Chunked::from_iter_options("TRTSDTM".into(), records.iter().map(|record| record.seen));
    let columns: Vec<Column> = vec![
        text("USUBJID", |record| record.subject.as_deref()),
        age.into_column(),
        start.into_date().into_column(),
        seen.into_datetime(TimeUnit::Milliseconds, None).into_column(),
        text("NOTE", |record| record.note.as_deref()),
    ];
    DataFrame::new(records.len(), columns).expect("columns of one length")
}

pub(in crate::data) fn parquet(mut frame: DataFrame) -> Vec<u8> {
    let mut bytes = Vec::new();
    // Parts of two records, so that columns come in several chunks.
    let writer = ParquetWriter::new(&mut bytes).with_row_group_size(Some(2)).set_parallel(false);
    writer.finish(&mut frame).expect("a frame that can be written");
    bytes
}

fn csv(records: &[Record]) -> String {
    let quoted = |text: &Option<String>| match text {
        Some(text) => format!("\"{}\"", text.replace('"', "\"\"")),
        None => String::new(),
    };
    let number = |value: f64| {
        let scientific = format!("{value:e}");
        let signed = if scientific.contains("e-") { scientific } else { scientific.replace('e', "e+") };
        if value == 0.0 || (1e-4..1e16).contains(&value.abs()) { value.to_string() } else { signed }
    };
    let mut text = NAMES.map(|(name, _)| name).join(",") + "\r\n";
    for record in records {
        let seen = record.seen.map(|time| {
            let (day, rest) = (time.div_euclid(86_400_000), time.rem_euclid(86_400_000));
            let (hour, minute, second) = (rest / 3_600_000, rest / 60_000 % 60, rest / 1000 % 60);
            let day = super::date::text(i32::try_from(day).expect("a day of the calendar"));
            format!("{day}T{hour:02}:{minute:02}:{second:02}.{:03}", rest % 1000)
        });
        let fields = [
            quoted(&record.subject),
            record.age.map(number).unwrap_or_default(),
            record.start.map(super::date::text).unwrap_or_default(),
            seen.unwrap_or_default(),
            quoted(&record.note),
        ];
        text.push_str(&fields.join(","));
        text.push_str("\r\n");
    }
    text
}
