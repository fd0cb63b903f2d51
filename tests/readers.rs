//! The readers against genuine files: CDISC Pilot 01 as SAS transport, Parquet, CSV and Dataset-JSON.
//!
//! The files are not in this repository; where the folder beside it is missing, the tests say so and pass.

use std::path::{Path, PathBuf};

use trialpress::data::{
    Dataset, DatasetFile, Delivery, Format, Kind, LockHead, Locked, LockedData, Reading, lock, open,
};
use trialpress::error::Place;

/// The folder of the genuine files, if it is there.
fn pilot() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/cdisc_pilot01");
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!("SKIPPED: the genuine files are not at {}", folder.display());
    None
}

fn file(folder: &Path, path: &str, text: &[&str]) -> DatasetFile {
    DatasetFile {
        name: path.to_owned(),
        shown: path.to_owned(),
        format: Format::of(Path::new(path)).expect("a known extension"),
        reading: Reading { text: text.iter().map(|name| (*name).to_owned()).collect(), ..Reading::default() },
        place: Place::file("study.toml"),
        path: folder.join(path),
    }
}

/// These files of a folder in which others may lie.
fn delivery(files: &[DatasetFile]) -> Delivery {
    let root = pilot().expect("whoever has files has their folder");
    let folders = ["adam_csv/", "adam_datasetjson/", "adam_parquet/", "adam_xpt/", "adam_xpt_reencoded/", "expected/"];
    Delivery {
        root,
        subject: "USUBJID".to_owned(),
        datasets: files.to_vec(),
        files: Vec::new(),
        extra: folders.iter().chain(&["README.md"]).map(|name| (*name).to_owned()).collect(),
    }
}

fn head() -> LockHead {
    LockHead { locked: "2026-01-31".to_owned(), ..LockHead::default() }
}

/// The datasets of these files, locked and opened.
fn opened(files: &[DatasetFile]) -> Vec<Dataset> {
    let delivery = delivery(files);
    let Locked { lock, .. } = lock(&delivery, head()).unwrap_or_else(|error| panic!("{error}"));
    let LockedData { mut datasets, .. } = open(&delivery, &lock).unwrap_or_else(|error| panic!("{error}"));
    files.iter().map(|file| datasets.remove(&file.name).expect("every file is a dataset")).collect()
}

#[test]
fn genuine_transport_and_parquet_files_are_the_same_datasets() {
    let Some(folder) = pilot() else { return };
    for (xpt, name, records) in [
        ("adam_xpt/adsl.xpt", "adsl", 254),
        ("adam_xpt/adtte.xpt", "adtte", 254),
        ("adam_xpt/adae.xpt", "adae", 1191),
        ("adam_xpt/adcibc.xpt", "adcibc", 730),
        ("adam_xpt_reencoded/adadas.xpt", "adadas", 12_463),
    ] {
        let parquet = format!("adam_parquet/{name}.parquet");
        let [xpt, parquet] = [xpt, &parquet].map(|path| file(&folder, path, &[]));
        let read = opened(&[xpt, parquet]);
        assert_eq!(read[0].frame.height(), records, "{name}");
        assert_eq!(read[0].content, read[1].content, "{name}");
        assert!(read[0].frame.equals_missing(&read[1].frame), "{name}");
        assert!(read[0].variables.iter().all(|variable| !variable.label.is_empty()), "{name}");
    }
}

#[test]
fn genuine_dataset_json_is_the_same_in_every_edition() {
    let Some(folder) = pilot() else { return };
    for (name, editions) in [
        ("adsl", &["json", "ndjson", "dsjc"][..]),
        ("adtte", &["json", "ndjson", "dsjc"]),
        ("adae", &["json", "dsjc"]),
        ("adcibc", &["json", "dsjc"]),
        ("adlbc", &["dsjc"]),
        ("advs", &["dsjc"]),
    ] {
        let mut files = vec![file(&folder, &format!("adam_parquet/{name}.parquet"), &[])];
        files.extend(editions.iter().map(|edition| file(&folder, &format!("adam_datasetjson/{name}.{edition}"), &[])));
        let read = opened(&files);
        for (dataset, edition) in read[1..].iter().zip(editions) {
            assert_eq!(dataset.content, read[0].content, "{name}.{edition}");
            assert!(dataset.frame.equals_missing(&read[0].frame), "{name}.{edition}");
            assert!(!dataset.label.is_empty() && dataset.variables.iter().all(|v| v.declared.is_some()), "{name}");
        }
    }
}

#[test]
fn fractions_that_a_genuine_file_declares_integers_are_told_and_can_be_declared_numbers() {
    let Some(folder) = pilot() else { return };
    let mut files = ["adam_parquet/adadas.parquet", "adam_datasetjson/adadas.json", "adam_datasetjson/adadas.dsjc"]
        .map(|path| file(&folder, path, &[]));
    let refused = lock(&delivery(&files), head()).expect_err("integers with fractions").to_string();
    assert!(refused.contains("the number has a fraction, though its column is declared integer"), "{refused}");
    for file in &mut files {
        file.reading.kinds = ["AVAL", "BASE", "CHG", "PCHG"].map(|name| (name.to_owned(), Kind::Number)).into();
    }
    let read = opened(&files);
    assert!(read[1..].iter().all(|dataset| dataset.content == read[0].content));
}

#[test]
fn genuine_csv_files_are_the_same_but_for_columns_without_values() {
    let Some(folder) = pilot() else { return };
    for (name, text, empty) in [
        ("adsl", &["SITEID", "SITEGR1", "SUBJID"][..], &[][..]),
        ("adtte", &["SITEID"], &[]),
        ("adae", &["SITEID"], &["AELLTCD", "AEPTCD", "AEHLTCD", "AEHLGTCD", "AESOCCD"]),
        ("adcibc", &["SITEID", "SITEGR1"], &[]),
        ("adadas", &["SITEID", "SITEGR1"], &[]),
    ] {
        let parquet = file(&folder, &format!("adam_parquet/{name}.parquet"), &[]);
        let read = opened(&[parquet, file(&folder, &format!("adam_csv/{name}.csv"), text)]);
        let mut untyped = Vec::new();
        for variable in &read[0].variables {
            let other = read[1].variable(&variable.name).expect("the same variables");
            let [left, right] = [0, 1].map(|at: usize| read[at].frame.column(&variable.name).expect("its column"));
            if variable.kind == other.kind {
                assert!(left.equals_missing(right), "{name}.{}", variable.name);
            } else {
                assert_eq!((other.kind, right.null_count()), (Kind::Text, right.len()), "{name}.{}", variable.name);
                untyped.push(variable.name.as_str());
            }
        }
        assert_eq!(untyped, empty, "{name}: numbers of which a CSV file shows none");
        assert_eq!(read[0].content == read[1].content, empty.is_empty(), "{name}");
    }
}

/// The Parquet edition of ADLBHY was made from decimals of 12 digits, the transport file holds doubles.
#[test]
fn the_two_editions_of_adlbhy_differ_in_the_last_digits_only() {
    let Some(folder) = pilot() else { return };
    let paths = ["adam_xpt/adlbhy.xpt", "adam_parquet/adlbhy.parquet"];
    let read = opened(&paths.map(|path| file(&folder, path, &[])));
    assert_ne!(read[0].content, read[1].content);
    assert_eq!(read[0].frame.schema(), read[1].frame.schema());
    let mut rounded = Vec::new();
    for variable in read[0].variables.iter().filter(|variable| variable.kind == Kind::Number) {
        let [left, right] = [0, 1].map(|at: usize| {
            let column = read[at].frame.column(&variable.name).and_then(|column| column.f64()).expect("numbers");
            let mut values: Vec<f64> = column.iter().flatten().collect();
            values.sort_by(f64::total_cmp);
            values
        });
        if left != right {
            rounded.push(variable.name.as_str());
            assert_eq!(left.len(), right.len(), "{}", variable.name);
            let close = left.iter().zip(&right).all(|(a, b)| (a - b).abs() <= 1e-11 * a.abs().max(1.0));
            assert!(close, "{}", variable.name);
        }
    }
    assert_eq!(rounded, ["AVAL", "BASE", "R2A1LO", "R2A1HI", "BR2A1LO", "BR2A1HI"]);
}
