//! Variables of every format, and records of Parquet files, in another order: neither leaves a trace. Records of the other
//! formats are put in another order by `determinism`.

use std::fs;
use std::io::Cursor;

use polars::prelude::{IdxCa, IdxSize};
use polars_io::SerReader;
use polars_io::parquet::write::ParquetWriter;
use polars_io::prelude::ParquetReader;

use super::Stream;
use crate::awkward::{tree, tree_differences};
use crate::simulation::simulate::{Format, Settings, encode, simulate};
use crate::support::{argument, fixture_study, read, scratch, succeed};

fn shuffle<T>(items: &mut [T], stream: &mut Stream) {
    for last in (1..items.len()).rev() {
        items.swap(last, stream.below(last + 1));
    }
}

/// A Parquet file with its records in another order.
fn shuffled(bytes: Vec<u8>, stream: &mut Stream) -> Vec<u8> {
    let frame = ParquetReader::new(Cursor::new(bytes)).finish().expect("the generator writes Parquet");
    let rows = IdxSize::try_from(frame.height()).expect("few records");
    let mut order: Vec<IdxSize> = (0..rows).collect();
    shuffle(&mut order, stream);
    let mut frame = frame.take(&IdxCa::from_vec("order".into(), order)).expect("the rows are those of the frame");
    let mut bytes = Vec::new();
    ParquetWriter::new(&mut bytes).finish(&mut frame).expect("a frame can be written");
    bytes
}

#[test]
fn the_order_of_variables_and_of_parquet_records_leaves_no_trace() {
    let folder = scratch();
    let study = fixture_study("ln-msc-il2");
    succeed(folder.path(), &["run", argument(&study), "--out", "original", "--quiet"]);
    let moved = folder.path().join("study");
    fs::create_dir_all(moved.join("data")).expect("the scratch folder takes folders");
    for name in ["study.toml", "monitoring.ledger"] {
        fs::copy(study.join(name), moved.join(name)).expect("the fixture has its files");
    }
    let mut stream = Stream::new(3);
    let mut formats = Vec::new();
    for mut table in simulate(&Settings::default()).datasets {
        shuffle(&mut table.columns, &mut stream);
        let bytes = encode(&table).unwrap_or_else(|error| panic!("{}: {error}", table.file_name()));
        let bytes = if table.format == Format::Parquet { shuffled(bytes, &mut stream) } else { bytes };
        let committed = fs::read(study.join("data").join(table.file_name())).expect("the fixture has its files");
        assert_ne!(bytes, committed, "{} is in the same order", table.file_name());
        fs::write(moved.join("data").join(table.file_name()), bytes).expect("the scratch folder takes files");
        formats.push(table.format.extension());
    }
    formats.sort_unstable();
    formats.dedup();
    assert_eq!(formats, ["csv", "parquet", "xpt"], "every format is among them");
    let lock = read(&study.join("data.lock"));
    let date = lock.lines().find_map(|line| line.strip_prefix("locked = ")).expect("the lock has its date");
    succeed(folder.path(), &["lock", "study", "--date", date.trim_matches('"'), "--quiet"]);
    let contents = |lock: &str| -> Vec<String> {
        lock.lines().filter(|line| line.starts_with("content = ")).map(str::to_owned).collect()
    };
    assert_eq!(contents(&lock), contents(&read(&moved.join("data.lock"))), "the lock sees other content");
    succeed(folder.path(), &["run", "study", "--out", "again", "--quiet"]);
    let [original, again] = ["original", "again"].map(|package| {
        let mut files = tree(&folder.path().join(package));
        // Only the lock, which holds the bytes of the files, may know of their order.
        for file in ["data.lock", "provenance.json", "SHA256SUMS"] {
            assert!(files.remove(file).is_some(), "{package} has no {file}");
        }
        files
    });
    let differences = tree_differences(&original, &again);
    assert!(differences.is_empty(), "in another order:{differences}");
    eprintln!("{} files of the package are the same", original.len());
}
