//! The readers and writers of tables against pandas and pyarrow: `tests/peers/tabular.py` is the other half.
//!
//! By hand: `TABULAR=FOLDER cargo test --release --lib -- --ignored peers::write`, `python3 tests/peers/tabular.py FOLDER`,
//! and the same with `peers::read`. Each half writes its tables as Parquet and CSV with a JSON of what is in them.
#![expect(clippy::disallowed_methods, reason = "a peer works on files")]

use std::path::{Path, PathBuf};

use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Value, json};

use super::super::Kind;
use super::super::format::{Columns, csv, parquet, parse};
use super::super::table::{Table, Values};
use super::tables::{difference, tables};
use super::{DatasetFile, Format, file};

/// Tables of either half.
const TABLES: usize = 2_000;

fn folder() -> PathBuf {
    std::env::var("TABULAR").expect("the folder in TABULAR").into()
}

/// What is in a table: numbers as their bits, days and milliseconds as whole numbers.
fn dump(table: &Table) -> Value {
    let columns = table.variables.iter().zip(&table.values).map(|(variable, values)| {
        let values: Vec<Value> = match values {
            Values::Number(values) => {
                values.iter().map(|value| json!(value.map(|value| format!("{:016x}", value.to_bits())))).collect()
            }
            Values::Text(values) => values.iter().map(|value| json!(value)).collect(),
            Values::Date(values) => values.iter().map(|value| json!(value)).collect(),
            Values::DateTime(values) => values.iter().map(|value| json!(value)).collect(),
        };
        json!({"name": variable.name, "kind": variable.kind.word(), "label": variable.label, "values": values})
    });
    json!({"columns": columns.collect::<Vec<_>>()})
}

#[test]
#[ignore = "by hand, with tests/peers/tabular.py"]
fn write() {
    let ours = folder().join("ours");
    std::fs::create_dir_all(&ours).expect("a folder");
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    for at in 0..TABLES {
        let table = tables().new_tree(&mut runner).expect("a table").current();
        let put =
            |ending: &str, bytes: &[u8]| std::fs::write(ours.join(format!("{at}.{ending}")), bytes).expect("a file");
        put("parquet", &parquet::write(&table).expect("a table that can be written"));
        put("csv", &csv::write(&table).expect("a table that can be written"));
        put("columns.json", &Columns::of("T", &table).write());
        put("json", dump(&table).to_string().as_bytes());
    }
}

#[test]
#[ignore = "by hand, with tests/peers/tabular.py"]
fn read() {
    let theirs = folder().join("theirs");
    let (mut tables, mut wrong) = (0, Vec::new());
    while let Ok(text) = std::fs::read_to_string(theirs.join(format!("{tables}.json"))) {
        let expected: Value = serde_json::from_str(&text).expect("a dump");
        for format in [Format::Parquet, Format::Csv] {
            let bytes = std::fs::read(theirs.join(format!("{tables}.{}", format.word()))).expect("a file");
            let file = asked(format, &expected);
            match parse(&file, &bytes) {
                Ok(table) if table.problems.is_empty() => {
                    let mut found = dump(&table);
                    let mut expected = expected.clone();
                    if format == Format::Csv {
                        unlabelled(&mut found);
                        unlabelled(&mut expected);
                    }
                    if found != expected {
                        wrong.push(format!("{tables} {format:?}\n  {found}\n  {expected}"));
                    }
                }
                Ok(table) => wrong.push(format!("{tables} {format:?} {:?}", table.problems)),
                Err(findings) => wrong.push(format!("{tables} {format:?} {findings:?}")),
            }
        }
        tables += 1;
    }
    assert!(wrong.is_empty(), "{} of {tables}\n{}", wrong.len(), wrong[..wrong.len().min(5)].join("\n"));
    assert!(tables >= TABLES, "only {tables} tables");
}

fn asked(format: Format, expected: &Value) -> DatasetFile {
    let mut file = file(format);
    if format == Format::Csv {
        let columns = expected["columns"].as_array().into_iter().flatten();
        file.reading.kinds = columns
            .map(|column| {
                let kind = serde_json::from_value::<Kind>(column["kind"].clone()).expect("a kind");
                (column["name"].as_str().unwrap_or_default().to_owned(), kind)
            })
            .collect();
    }
    file
}

fn unlabelled(dump: &mut Value) {
    for column in dump["columns"].as_array_mut().into_iter().flatten() {
        column["label"] = json!("");
    }
}

/// Every genuine file beside the repository is read, written in either format and read again.
#[test]
#[ignore = "by hand: the genuine files are not in the repository"]
fn genuine() {
    let pilot = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().find_map(|folder| {
        let pilot = folder.join("shared/data/cdisc_pilot01");
        pilot.is_dir().then_some(pilot)
    });
    let Some(pilot) = pilot else { return };
    let mut files = 0;
    for (part, format) in [("adam_parquet", Format::Parquet), ("adam_csv", Format::Csv), ("adam_xpt", Format::Xpt)] {
        for entry in std::fs::read_dir(pilot.join(part)).expect("a folder") {
            let path = entry.expect("an entry").path();
            if Format::of(&path) != Some(format) {
                continue;
            }
            let bytes = std::fs::read(&path).expect("a file");
            let table = parse(&file(format), &bytes).unwrap_or_else(|told| panic!("{} {told:?}", path.display()));
            assert!(format == Format::Csv || table.variables.iter().all(|variable| !variable.label.is_empty()));
            assert!(table.problems.is_empty());
            let again = parse(&file(Format::Parquet), &parquet::write(&table).expect("it can be written"));
            assert_eq!(difference(&table, &again.expect("a sound file")), None, "{}", path.display());
            let mut as_csv = file(Format::Csv);
            let columns = Columns::of("T", &table).write();
            as_csv.reading.columns = Some(Columns::read("c", &columns).expect("a columns file"));
            let again = parse(&as_csv, &csv::write(&table).expect("it can be written"));
            assert_eq!(difference(&table, &again.expect("a sound file")), None, "{}", path.display());
            files += 1;
        }
    }
    assert_eq!(files, 20, "files");
}
