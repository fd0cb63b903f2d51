#![expect(clippy::disallowed_methods, reason = "the tests make the files that are locked")]

//! Small studies of CSV files in a scratch folder.

mod compare;
mod digests;
mod doors;
mod manifest;
mod signing;
mod swap;

use std::path::Path;

use tempfile::TempDir;

use super::{Delivery, Lock, LockHead, Locked, PlainFile, lock};
use crate::data::{DatasetFile, Encoding, Format, Reading};
use crate::error::{Error, Place, Stage};

const SUBJECTS: &str = "USUBJID,AGE,SEX\nS-01,40,F\nS-02,41,M\nS-03,,F\n";
const VALUES: &str = "USUBJID,VISIT,AVAL,UNIT\nS-01,1,5.5,mg\nS-01,2,6,mg\nS-02,1,7.25,mg\nS-02,2,,mg\nS-03,1,8,g\n";

/// A scratch folder with two datasets and a file beside them.
struct Study {
    folder: TempDir,
    delivery: Delivery,
}

impl Study {
    fn new() -> Self {
        Self::with(SUBJECTS, VALUES)
    }

    fn with(subjects: &str, values: &str) -> Self {
        let folder = tempfile::tempdir().expect("a scratch folder");
        let root = folder.path();
        std::fs::write(root.join("adsl.csv"), subjects).expect("a scratch file");
        std::fs::create_dir(root.join("bds")).expect("a scratch folder");
        std::fs::write(root.join("bds/adxx.csv"), values).expect("a scratch file");
        std::fs::write(root.join("define.xml"), "<ODM/>").expect("a scratch file");
        let delivery = Delivery {
            root: root.to_owned(),
            subject: "USUBJID".into(),
            datasets: vec![
                dataset(root, "ADSL", "adsl.csv", &["USUBJID"]),
                dataset(root, "ADXX", "bds/adxx.csv", &["USUBJID", "VISIT"]),
            ],
            files: vec![PlainFile {
                name: "define".into(),
                shown: "define.xml".into(),
                place: Place::at("study.toml", 9, 1),
            }],
            extra: Vec::new(),
        };
        Self { folder, delivery }
    }

    fn root(&self) -> &Path {
        self.folder.path()
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.root().join(name), text).expect("a scratch file");
    }

    fn locked(&self) -> Locked {
        lock(&self.delivery, head()).expect("sound files")
    }

    fn lock(&self) -> Lock {
        self.locked().lock
    }
}

fn dataset(root: &Path, name: &str, shown: &str, keys: &[&str]) -> DatasetFile {
    let keys = keys.iter().map(|key| (*key).to_owned()).collect();
    DatasetFile {
        name: name.into(),
        path: root.join(shown),
        shown: shown.into(),
        format: Format::Csv,
        reading: Reading { keys, encoding: Encoding::Utf8, ..Reading::default() },
        place: Place::at("study.toml", 7, 1),
    }
}

fn head() -> LockHead {
    LockHead {
        study: "ABC-1".into(),
        id: "ABC-1 final".into(),
        kind: "final".into(),
        locked: "2026-01-31".into(),
        program: "trialpress 0".into(),
        ..LockHead::default()
    }
}

/// What is told when something is refused as not locked.
fn refused<T>(result: Result<T, Error>) -> String {
    let error = result.err().expect("this should have been refused");
    assert_eq!(error.stage, Stage::Lock, "{error}");
    error.to_string()
}
