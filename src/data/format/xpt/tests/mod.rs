//! Transport files read and written: round trips of random tables, damaged headers, and files of others.

mod headers;
mod peers;
mod tables;

use std::collections::BTreeSet;

use polars::prelude::{Float64Chunked, NewChunkedArray, StringChunked};
use proptest::prelude::*;
use serde_json::{Value, json};

use self::tables::table;
use super::header::Version;
use super::write::{raw, write};
use crate::data::format::{DatasetFile, Encoding, Format, Reading};
use crate::data::table::{Table, Values};
use crate::data::{Kind, Variable};
use crate::error::{Finding, Place};

fn file(encoding: Encoding) -> DatasetFile {
    DatasetFile {
        name: "ADXX".into(),
        path: "adxx.xpt".into(),
        shown: "adxx.xpt".into(),
        format: Format::Xpt,
        reading: Reading { encoding, ..Reading::default() },
        place: Place::default(),
    }
}

fn read(bytes: &[u8], encoding: Encoding) -> Result<Table, Vec<Finding>> {
    let file = file(encoding);
    let table = super::read(&file, bytes)?;
    let findings = table.findings(&file, "V1");
    if findings.is_empty() { Ok(table) } else { Err(findings) }
}

fn told(findings: &[Finding]) -> String {
    findings.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

/// Everything in a table, numbers as the bits of what stands in the file: equal dumps are equal tables.
fn dump(table: &Table) -> Value {
    let variables = table.variables.iter().zip(&table.values).map(|(variable, values)| {
        let mut marks = table.special_missing.get(&variable.name).into_iter().flatten().peekable();
        let cells = (0..table.records).map(|row| {
            if let Some((_, letter)) = marks.next_if(|(at, _)| *at as usize == row) {
                return json!({ "missing": letter.to_string() });
            }
            match values {
                Values::Text(values) => values.get(row).map(Value::from),
                _ => raw(values, row).map(|value| format!("{:016x}", value.to_bits()).into()),
            }
            .unwrap_or_default()
        });
        let cells: Vec<Value> = cells.collect();
        json!({
            "name": variable.name, "label": variable.label, "kind": variable.kind.word(), "format": variable.format,
            "length": variable.length, "cells": cells,
        })
    });
    let variables: Vec<Value> = variables.collect();
    json!({ "label": table.label, "records": table.records, "variables": variables })
}

fn any_table() -> impl Strategy<Value = (Version, Encoding, Table)> {
    let versions = prop_oneof![Just(Version::Five), Just(Version::Eight)];
    let encodings = prop_oneof![Just(Encoding::Utf8), Just(Encoding::Windows1252), Just(Encoding::Gb18030)];
    (versions, encodings).prop_flat_map(|(version, encoding)| (Just(version), Just(encoding), table(version, encoding)))
}

/// The bytes of a table; none if its last records are blank, which version 5 cannot hold.
fn written(table: &Table, version: Version, encoding: Encoding) -> Option<Vec<u8>> {
    match write(table, "ADXX", version, encoding) {
        Ok(bytes) => Some(bytes),
        Err(findings) => {
            assert!(told(&findings).contains("the last records are blank"), "{}", told(&findings));
            assert_eq!(version, Version::Five);
            None
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(600) })]

    #[test]
    fn a_table_that_is_written_is_read_as_it_was((version, encoding, table) in any_table()) {
        if let Some(bytes) = written(&table, version, encoding) {
            prop_assert_eq!(bytes.len() % 80, 0);
            let read = read(&bytes, encoding).map_err(|findings| TestCaseError::fail(told(&findings)))?;
            prop_assert_eq!(dump(&read), dump(&table));
        }
    }

    #[test]
    fn what_is_not_kept_is_read_past((version, encoding, table) in any_table(), which in any::<prop::sample::Index>()) {
        if let Some(bytes) = written(&table, version, encoding) {
            let kept = which.get(&table.variables).name.clone();
            let mut file = file(encoding);
            file.reading.keep = Some(BTreeSet::from([kept.clone()]));
            let read = super::read(&file, &bytes).map_err(|findings| TestCaseError::fail(told(&findings)))?;
            let mut expected = dump(&table);
            if let Some(variables) = expected["variables"].as_array_mut() {
                variables.retain(|variable| variable["name"] == kept.as_str());
            }
            prop_assert_eq!(dump(&read), expected);
        }
    }
}

/// A table of one variable.
fn single(variable: Variable, values: Values) -> Table {
    let records = match &values {
        Values::Number(values) => values.len(),
        Values::Text(values) => values.len(),
        Values::Date(values) => values.len(),
        Values::DateTime(values) => values.len(),
    };
    Table { records, variables: vec![variable], values: vec![values], ..Table::default() }
}

fn texts(texts: &[Option<&str>]) -> Values {
    Values::Text(StringChunked::from_iter_options("V1".into(), texts.iter().copied()))
}

fn numbers(numbers: &[Option<f64>]) -> Values {
    Values::Number(Float64Chunked::from_iter_options("V1".into(), numbers.iter().copied()))
}

#[test]
fn what_a_version_cannot_hold_is_refused_with_the_way_out() {
    let five = |variable: Variable, values: Values| {
        let refused = write(&single(variable, values), "ADXX", Version::Five, Encoding::Utf8);
        told(&refused.expect_err("beyond the limits of version 5"))
    };
    let text = |name: &str| Variable::new(name, Kind::Text);
    let long = "x".repeat(201);
    for (refused, expected) in [
        (five(text("V23456789"), texts(&[Some("a")])), "ADXX.V23456789: error: its name is not one of up to 8 bytes"),
        (five(text("Größe"), texts(&[Some("a")])), "its name is not one of"),
        (five(text("V1"), texts(&[Some(&long)])), "its text needs 201 bytes, more than the 200 of this version"),
        (five(Variable { label: "l".repeat(41), ..text("V1") }, texts(&[])), "its label does not fit into 40 bytes"),
        (five(text("V1"), texts(&[Some("a"), None])), "the last records are blank"),
    ] {
        assert!(refused.contains(expected), "{refused}");
        assert!(refused.contains("hint: write version 8"), "{refused}");
    }
    let number = |format: &str| Variable { format: Some(format.into()), ..Variable::new("V1", Kind::Number) };
    for (format, value, expected) in [
        ("8.", 1e76, "the number is beyond the range of transport files, 5.4e-79 to 7.2e75 (record 1)"),
        ("8.", 1e-90, "the number is beyond the range"),
        ("DATE9.", 1.0, "the format DATE9. would make its values other than number"),
        ("FORMATOFMORE9.", 1.0, "is no format of up to 8 letters"),
    ] {
        let refused = five(number(format), numbers(&[Some(value)]));
        assert!(refused.contains(expected), "{refused}");
    }
    let western = write(&single(text("V1"), texts(&[Some("中")])), "ADXX", Version::Eight, Encoding::Windows1252);
    assert!(told(&western.expect_err("no such character")).contains("characters that windows-1252 lacks"));
    let named = write(&single(text("V1"), texts(&[Some("a")])), "AD-XX", Version::Eight, Encoding::Utf8);
    assert!(told(&named.expect_err("no such name")).contains("\"AD-XX\" is no name of a dataset"));
}

#[test]
fn lengths_are_those_declared_or_what_the_values_need() {
    let length = |variable: Variable, values: Values| {
        let bytes = write(&single(variable, values), "ADXX", Version::Five, Encoding::Utf8).expect("within the limits");
        read(&bytes, Encoding::Utf8).expect("a sound file").variables[0].length
    };
    let number = |length| Variable { length, ..Variable::new("V1", Kind::Number) };
    let text = |length| Variable { length, ..Variable::new("V1", Kind::Text) };
    assert_eq!(length(number(None), numbers(&[Some(1.0)])), Some(8));
    assert_eq!(length(number(Some(3)), numbers(&[Some(1.0)])), Some(3));
    assert_eq!(length(number(Some(3)), numbers(&[Some(0.1)])), Some(8));
    assert_eq!(length(number(Some(3)), numbers(&[Some(65_537.0)])), Some(4));
    assert_eq!(length(number(Some(20)), numbers(&[None])), Some(8));
    assert_eq!(length(text(None), texts(&[Some("µg")])), Some(3));
    assert_eq!(length(text(Some(2)), texts(&[Some("µg")])), Some(3));
    assert_eq!(length(text(Some(20)), texts(&[Some("µg")])), Some(20));
    assert_eq!(length(text(None), texts(&[])), Some(1));
}

#[test]
fn long_names_labels_and_formats_are_kept() {
    let variable = Variable {
        name: "A_NAME_OF_THIRTY_TWO_CHARACTERS_".into(),
        label: "a label of more than forty characters, which stands behind the descriptions".into(),
        format: Some("A_FORMAT_OF_MANY_LETTERS8.2".into()),
        ..Variable::new("", Kind::Number)
    };
    for format in [variable.format.clone(), None] {
        let table = single(Variable { format, length: Some(8), ..variable.clone() }, numbers(&[Some(1.5)]));
        let bytes = write(&table, "A_DATASET", Version::Eight, Encoding::Utf8).expect("within the limits");
        assert_eq!(dump(&read(&bytes, Encoding::Utf8).expect("a sound file")), dump(&table));
        let section = if table.variables[0].format.is_some() { "LABELV9" } else { "LABELV8" };
        assert!(String::from_utf8_lossy(&bytes).contains(section));
    }
}
