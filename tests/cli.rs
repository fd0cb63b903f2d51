//! The command line as an interface: what each verb prints where, its exit number, and that help tells the truth.

#![expect(clippy::disallowed_methods, reason = "these tests write studies and spoil packages")]

mod batch;
mod explain;
mod help;
mod package;
mod reference;
mod report;
mod reproduce;
mod scan;

use std::fs;

use tempfile::TempDir;

use crate::awkward::copy_folder;
use crate::support::{Outcome, fixture_study, scratch, succeed};

/// The verbs, as `--help` lists them.
const VERBS: [&str; 14] = [
    "lock",
    "verify",
    "check",
    "run",
    "shells",
    "report",
    "reproduce",
    "explain",
    "dsmb",
    "ledger",
    "key",
    "convert",
    "scan",
    "spec",
];
/// The flagship study.
const FLAGSHIP: &str = "ln-msc-il2";

/// A folder with a copy of the flagship study in `study`.
fn with_study() -> TempDir {
    let folder = scratch();
    let source = fixture_study(FLAGSHIP);
    copy_folder(&source.join("data"), &folder.path().join("study/data"));
    for name in ["study.toml", "data.lock", "monitoring.ledger"] {
        fs::copy(source.join(name), folder.path().join("study").join(name)).expect("the fixture has its files");
    }
    folder
}

/// A folder with the package of the flagship study in `out`, and nothing else.
fn with_package() -> TempDir {
    static PACKAGE: std::sync::OnceLock<TempDir> = std::sync::OnceLock::new();
    let made = PACKAGE.get_or_init(|| {
        let folder = with_study();
        succeed(folder.path(), &["run", "study", "--out", "out"]);
        folder
    });
    let folder = scratch();
    copy_folder(&made.path().join("out"), &folder.path().join("out"));
    folder
}

fn no_panic(outcome: &Outcome, what: &str) {
    assert!(!outcome.stderr.contains("panicked"), "{what} panics: {}", outcome.stderr);
}
