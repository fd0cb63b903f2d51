//! Wall time, processor time and peak memory of reading a laboratory dataset of five million records, whole and in part.
//!
//! `cargo bench --bench tables` runs it; each figure is of a process of its own, so that the peaks do not mix. The files
//! are made once and kept under `target/bench/tables`.

#![expect(clippy::print_stdout, clippy::disallowed_methods, reason = "a benchmark reads the clock and prints")]

mod cost;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use polars::prelude::{DataFrame, IntoColumn, NamedFrom, Series};
use polars_io::prelude::ParquetWriter;
use trialpress::data::{DatasetFile, Delivery, Format, Kind, LockHead, Reading, lock, open};
use trialpress::error::Place;

use cost::{peak_memory, processor_time};

const RECORDS: usize = 5_000_000;
const PARAMETERS: usize = 50;

fn main() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/bench/tables");
    let named: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with("--")).collect();
    if let [format, part] = named.as_slice() {
        return measure(&folder, format, part);
    }
    make(&folder);
    println!("{RECORDS} laboratory records");
    println!("  {:<8} {:<12} {:>9} {:>9} {:>9}", "format", "part", "wall ms", "CPU ms", "peak MiB");
    for format in ["parquet", "csv"] {
        for part in ["whole", "keep", "keep+rows"] {
            let program = std::env::current_exe().expect("this program has a path");
            let status = Command::new(program).args([format, part]).status();
            assert!(status.is_ok_and(|status| status.success()), "{format} {part}");
        }
    }
}

/// The file of a format as it is to be read.
fn file(folder: &Path, format: &str, part: &str) -> DatasetFile {
    let path: PathBuf = folder.join(format!("adlb.{format}"));
    let mut reading = Reading::default();
    if format == "csv" {
        reading.kinds = [("AVAL".to_owned(), Kind::Number)].into();
    }
    if part != "whole" {
        reading.keep = Some(["USUBJID", "PARAMCD", "AVAL"].map(str::to_owned).into());
    }
    if part == "keep+rows" {
        reading.rows = [("PARAMCD".to_owned(), ["P007".to_owned(), "P011".to_owned()].into())].into();
    }
    DatasetFile {
        name: "ADLB".into(),
        shown: path.display().to_string(),
        format: Format::of(&path).expect("a known ending"),
        reading,
        place: Place::file("study.toml"),
        path,
    }
}

/// One file of a folder in which others may lie.
fn delivery(folder: &Path, file: DatasetFile) -> Delivery {
    let beside = ["adlb.parquet", "adlb.csv", "parquet.lock", "csv.lock"];
    Delivery {
        root: folder.to_owned(),
        subject: "USUBJID".to_owned(),
        datasets: vec![file],
        files: Vec::new(),
        extra: beside.map(str::to_owned).to_vec(),
    }
}

/// Opens the locked file and prints what it took.
fn measure(folder: &Path, format: &str, part: &str) {
    let file = file(folder, format, part);
    let text = std::fs::read_to_string(folder.join(format!("{format}.lock"))).expect("the lock is there");
    let locked = trialpress::data::Lock::parse(&text, "data.lock").unwrap_or_else(|error| panic!("{error}"));
    let start = Instant::now();
    let data = open(&delivery(folder, file), &locked).unwrap_or_else(|error| panic!("{error}"));
    let wall = start.elapsed().as_millis();
    assert!(data.datasets["ADLB"].frame.height() > 0, "records were kept");
    println!("  {format:<8} {part:<12} {wall:>9} {:>9} {:>9}", processor_time(), peak_memory());
}

/// The files and their locks, if they are not there yet.
fn make(folder: &Path) {
    std::fs::create_dir_all(folder).expect("target is writable");
    if !folder.join("adlb.parquet").exists() {
        let mut frame = laboratory();
        let to = std::fs::File::create(folder.join("adlb.parquet")).expect("target is writable");
        ParquetWriter::new(to).finish(&mut frame).expect("a frame that can be written");
        drop(frame);
        let to = std::fs::File::create(folder.join("adlb.csv")).expect("target is writable");
        text(&mut std::io::BufWriter::new(to)).expect("target is writable");
    }
    for format in ["parquet", "csv"] {
        let path = folder.join(format!("{format}.lock"));
        if !path.exists() {
            let head = LockHead { locked: "2026-11-20".to_owned(), ..LockHead::default() };
            let locked = lock(&delivery(folder, file(folder, format, "whole")), head);
            let locked = locked.unwrap_or_else(|error| panic!("{error}"));
            std::fs::write(path, locked.lock.text()).expect("target is writable");
        }
    }
}

/// Words of a record that repeat, in the order of the variables.
fn words(row: usize) -> [String; 6] {
    let (subject, parameter, visit) = (row / 1_000, row % PARAMETERS, row / PARAMETERS % 20);
    [
        "STUDY-0001".to_owned(),
        format!("STUDY-0001-SITE-{subject:05}"),
        format!("P{parameter:03}"),
        format!("Measurement number {parameter:03} (unit)"),
        format!("Visit {visit}"),
        format!("Arm {}", subject % 3),
    ]
}

const WORDS: [&str; 6] = ["STUDYID", "USUBJID", "PARAMCD", "PARAM", "AVISIT", "TRTP"];
const NUMBERS: [&str; 6] = ["AVAL", "BASE", "CHG", "ANRLO", "ANRHI", "AVISITN"];

#[expect(clippy::cast_precision_loss, reason = "numbers below 1000")]
fn number(row: usize, variable: usize) -> Option<f64> {
    let noise = (row + variable).wrapping_mul(2_654_435_761) % 100_003;
    (!row.is_multiple_of(97)).then_some(noise as f64 / 128.0)
}

fn laboratory() -> DataFrame {
    let words = WORDS.iter().enumerate().map(|(at, name)| {
        let values: Vec<String> = (0..RECORDS).map(|row| std::mem::take(&mut words(row)[at])).collect();
        Series::new((*name).into(), values).into_column()
    });
    let numbers = NUMBERS.iter().enumerate().map(|(at, name)| {
        let values: Vec<Option<f64>> = (0..RECORDS).map(|row| number(row, at)).collect();
        Series::new((*name).into(), values).into_column()
    });
    DataFrame::new(RECORDS, words.chain(numbers).collect()).expect("columns of one length")
}

fn text(to: &mut impl std::io::Write) -> std::io::Result<()> {
    writeln!(to, "{},{}", WORDS.join(","), NUMBERS.join(","))?;
    for row in 0..RECORDS {
        let mut line = words(row).join(",");
        for at in 0..NUMBERS.len() {
            let value = number(row, at).map(|value| value.to_string()).unwrap_or_default();
            write!(line, ",{value}").map_err(std::io::Error::other)?;
        }
        writeln!(to, "{line}")?;
    }
    to.flush()
}
