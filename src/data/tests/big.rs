//! A laboratory dataset of five million records, whole and in part: wall time and peak memory, by hand.
//!
//! `BIG=FOLDER cargo test --release --lib -- --ignored --nocapture big::make`, then one process a figure:
//! `BIG=FOLDER WHAT=parquet-part … big::measure`, where `WHAT` is `parquet`, `csv` or `xpt`, `-keep` or `-part`.
#![expect(clippy::disallowed_methods, clippy::print_stdout, reason = "a measurement reads the clock and prints")]

use std::fmt::Write as _;
use std::path::PathBuf;
use std::time::Instant;

use polars::prelude::{NewChunkedArray, StringChunked};

use super::super::format::{csv, parquet};
use super::super::lock::digested;
use super::super::table::{Table, Values};
use super::super::{Kind, Variable};
use super::{DatasetFile, Float64Chunked, Format, Int32Chunked, file};

const RECORDS: usize = 5_000_000;
const PARAMETERS: usize = 50;

fn folder() -> PathBuf {
    std::env::var("BIG").expect("the folder in BIG").into()
}

/// Twenty variables of a laboratory dataset: words that repeat, numbers that do not.
fn laboratory() -> Table {
    let mut table = Table { records: RECORDS, ..Table::default() };
    let mut add = |name: &str, values: Values| {
        table.variables.push(Variable::new(name, values.kind()));
        table.values.push(values);
    };
    let text = |name: &str, of: &dyn Fn(usize) -> String| {
        Values::Text(StringChunked::from_iter_options(name.into(), (0..RECORDS).map(|row| Some(of(row)))))
    };
    #[expect(clippy::cast_precision_loss, reason = "small numbers")]
    let number = |name: &str, of: &dyn Fn(usize) -> usize| {
        let values = (0..RECORDS).map(|row| (row % 97 != 0).then(|| of(row) as f64 / 128.0));
        Values::Number(Float64Chunked::from_iter_options(name.into(), values))
    };
    let subject = |row: usize| row / 1_000;
    let parameter = |row: usize| row % PARAMETERS;
    let noise = |row: usize| row.wrapping_mul(2_654_435_761) % 100_003;
    add("STUDYID", text("STUDYID", &|_| "STUDY-0001".into()));
    add("USUBJID", text("USUBJID", &|row| format!("STUDY-0001-SITE-{:05}", subject(row))));
    add("PARAMCD", text("PARAMCD", &|row| format!("P{:03}", parameter(row))));
    add("PARAM", text("PARAM", &|row| format!("Measurement number {:03} (unit)", parameter(row))));
    for name in ["AVISIT", "TRTP", "TRTA", "SAFFL", "ANRIND"] {
        add(name, text(name, &|row| format!("{name} {}", row / PARAMETERS % 20)));
    }
    for (at, name) in ["AVAL", "BASE", "CHG", "PCHG", "ANRLO", "ANRHI", "LBSEQ", "AVISITN", "TRTPN"].iter().enumerate()
    {
        add(name, number(name, &|row| noise(row + at)));
    }
    for name in ["ADT", "TRTSDT"] {
        let days = (0..RECORDS).map(|row| i32::try_from(18_000 + noise(row) % 1_000).ok());
        add(name, Values::Date(Int32Chunked::from_iter_options(name.into(), days)));
    }
    table
}

#[test]
#[ignore = "by hand: five million records"]
fn make() {
    let table = laboratory();
    let put = |name: &str, bytes: Vec<u8>| {
        println!("{name}: {} MB", bytes.len() / 1_000_000);
        std::fs::write(folder().join(name), bytes).expect("a file");
    };
    put("adlb.parquet", parquet::write(&table).expect("a table that can be written"));
    put("adlb.csv", csv::write(&table).expect("a table that can be written"));
}

fn asked(what: &str) -> DatasetFile {
    let (format, part) = what.split_once('-').unwrap_or((what, ""));
    let format = [Format::Parquet, Format::Csv, Format::Xpt].into_iter().find(|own| own.word() == format);
    let mut file = file(format.expect("a format"));
    if !part.is_empty() {
        file.reading.keep = Some(["USUBJID", "PARAMCD", "AVAL", "ADT"].map(str::to_owned).into());
    }
    if part == "part" {
        file.reading.rows = [("PARAMCD".to_owned(), ["P007".to_owned(), "P011".to_owned()].into())].into();
    }
    if file.format == Format::Csv {
        file.reading.kinds = [("AVAL".to_owned(), Kind::Number), ("ADT".to_owned(), Kind::Date)].into();
    }
    file
}

#[test]
#[ignore = "by hand: five million records"]
fn measure() {
    let what = std::env::var("WHAT").expect("what to measure in WHAT");
    let file = asked(&what);
    let bytes = std::fs::read(folder().join(format!("adlb.{}", file.format.word()))).expect("a file");
    let (size, start) = (bytes.len() >> 20, Instant::now());
    let dataset = digested(&file, "USUBJID", bytes, None).unwrap_or_else(|told| panic!("{told:?}"));
    let mut line = format!("{what}: {} records of {} variables", dataset.frame.height(), dataset.frame.width());
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap_or_default();
    let peak: u64 = peak.split_whitespace().nth(1).and_then(|field| field.parse().ok()).unwrap_or(0);
    _ = write!(line, ", {} ms, peak {} MiB, of which the file {size}", start.elapsed().as_millis(), peak / 1024);
    println!("{line}");
}

/// One field of 100 MB, with an escaped quote and without.
#[test]
#[ignore = "by hand: 100 MB"]
fn large_field() {
    let start = Instant::now();
    let inside = if std::env::var("WHAT").is_ok_and(|what| what == "quoted") { "\"\"" } else { "" };
    let bytes = format!("A,B\n1,\"{}{inside}\"\n", "x".repeat(100_000_000)).into_bytes();
    let dataset = digested(&file(Format::Csv), "A", bytes, None).expect("a sound file");
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap_or_default();
    println!("{} record, {} ms, {peak}", dataset.frame.height(), start.elapsed().as_millis());
}

/// A hundred million empty lines.
#[test]
#[ignore = "by hand: 100 MB"]
fn empty_lines() {
    let start = Instant::now();
    let bytes = format!("A,B\n{}", "\n".repeat(100_000_000)).into_bytes();
    let findings = digested(&file(Format::Csv), "A", bytes, None).expect_err("refused");
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap_or_default();
    println!("{} findings, {} ms, {peak}", findings.len(), start.elapsed().as_millis());
}
