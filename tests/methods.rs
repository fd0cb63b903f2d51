//! A specification that names every method of the catalogue: each has its rows in the results and its sentence in the
//! methods section of the report.

#![expect(clippy::disallowed_methods, reason = "the study is files")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use tempfile::TempDir;
use trialpress::results::Method;

use crate::support::{argument, field, fixture_study, read, repository, results_csv, scratch, succeed, write};

/// The second study with the endpoints of `tests/methods/endpoints.toml`, run.
fn package() -> TempDir {
    let folder = scratch();
    let study = folder.path().join("study");
    let own = fixture_study("sle-three-arm");
    copy(&own, &study);
    let more = read(&repository().join("tests/methods/endpoints.toml"));
    let text = format!("{}\n{more}", read(&own.join("study.toml")));
    write(&study.join("study.toml"), &text);
    succeed(folder.path(), &["run", argument(&study), "--out", "package", "--quiet"]);
    folder
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder of a scratch");
    for entry in fs::read_dir(from).expect("the study is a folder") {
        let entry = entry.expect("an entry");
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).expect("a file is copied");
        }
    }
}

/// The texts of the pages, one after the other.
fn sources(folder: &Path) -> String {
    let mut paths: Vec<_> =
        fs::read_dir(folder).expect("the pages").map(|entry| entry.expect("a page").path()).collect();
    paths.sort();
    paths.iter().map(|path| if path.is_dir() { sources(path) } else { read(path) }).collect()
}

#[test]
fn every_method_is_named_computed_and_explained() {
    let folder = package();
    let package = folder.path().join("package");
    let rows = results_csv(&package);
    let mut numbers: BTreeMap<String, usize> = BTreeMap::new();
    for row in &rows {
        let method = field(row, "method");
        let value = field(row, "value");
        if !method.is_empty() && !value.is_empty() {
            *numbers.entry(method.to_owned()).or_default() += 1;
        }
    }
    let report = sources(&package.join("typst"));
    let mut faults = Vec::new();
    for method in Method::ALL {
        if !numbers.contains_key(method.name()) {
            faults.push(format!("{}: no number in the results", method.name()));
        }
        if !report.contains(method.sentence()) {
            faults.push(format!("{}: its sentence is not in the report", method.name()));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    let known: BTreeSet<&str> = Method::ALL.iter().map(|method| method.name()).collect();
    assert!(numbers.keys().all(|name| known.contains(name.as_str())));
}
