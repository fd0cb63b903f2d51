//! Both directions of `tests/peers/xpt.py`, by hand: tables of ours for others to read, tables of others for us.
#![expect(
    clippy::disallowed_methods,
    reason = "tests run by hand, over a folder that another program reads and writes"
)]

use std::fs;
use std::path::{Path, PathBuf};

use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use super::*;

/// Tables in each version and encoding.
const TABLES: usize = 400;

/// A folder below `target/peers/xpt` of the crate that is tested.
fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("target/peers/xpt").join(name)
}

fn put(path: &Path, bytes: &[u8]) {
    fs::create_dir_all(path.parent().expect("a folder")).expect("a folder that can be made");
    fs::write(path, bytes).expect("a file that can be written");
}

#[test]
#[ignore = "by hand, before `tests/peers/xpt.py compare`"]
fn tables_of_ours_are_written_for_others() {
    let mut runner = TestRunner::deterministic();
    for version in [Version::Five, Version::Eight] {
        for encoding in [Encoding::Utf8, Encoding::Windows1252, Encoding::Gb18030] {
            for number in 0..TABLES {
                let table = table(version, encoding).new_tree(&mut runner).expect("a table").current();
                let Some(bytes) = written(&table, version, encoding) else { continue };
                let path = folder("ours").join(format!("{version:?}-{}-{number}.xpt", encoding.word()));
                let mut said = dump(&table);
                said["encoding"] = encoding.word().into();
                put(&path, &bytes);
                put(&path.with_extension("json"), said.to_string().as_bytes());
            }
        }
    }
}

#[test]
#[ignore = "by hand, before `tests/peers/xpt.py compare`: real files, as we read them"]
fn real_files_are_read_for_others() {
    let files = fs::read_to_string(folder("real.txt")).expect("a list of files, one a line");
    for (number, path) in files.lines().enumerate() {
        let bytes = fs::read(path).expect("a file of the list");
        let mut said =
            dump(&read(&bytes, Encoding::Utf8).unwrap_or_else(|findings| panic!("{path}: {}", told(&findings))));
        said["encoding"] = Encoding::Utf8.word().into();
        said["path"] = path.into();
        put(&folder("real").join(format!("{number}.json")), said.to_string().as_bytes());
    }
}

#[test]
#[ignore = "by hand, after `tests/peers/xpt.py make`"]
fn tables_of_others_are_read_as_they_say() {
    let mut differing = Vec::new();
    let mut read_files = 0;
    for entry in fs::read_dir(folder("theirs")).expect("the folder that xpt.py writes") {
        let path = entry.expect("an entry").path();
        if path.extension().is_none_or(|extension| extension != "xpt") {
            continue;
        }
        let said = fs::read_to_string(path.with_extension("json")).expect("what the file holds");
        let said: Value = serde_json::from_str(&said).expect("JSON");
        let encoding = [Encoding::Utf8, Encoding::Windows1252, Encoding::Gb18030];
        let encoding = encoding.into_iter().find(|it| said["encoding"] == it.word()).expect("an encoding");
        read_files += 1;
        let ours = match read(&fs::read(&path).expect("a file"), encoding) {
            Ok(table) => dump(&table),
            Err(findings) => told(&findings).into(),
        };
        let same = ["label", "records", "variables"].iter().all(|key| ours[key] == said[key]);
        if !same {
            differing.push(format!("{}\n  ours:   {ours}\n  theirs: {said}", path.display()));
        }
    }
    let shown = &differing[..differing.len().min(5)];
    assert!(differing.is_empty(), "{} of {read_files} differ:\n{}", differing.len(), shown.join("\n"));
    assert!(read_files > 0, "no file");
}
