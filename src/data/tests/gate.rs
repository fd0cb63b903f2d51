#![expect(clippy::disallowed_methods, reason = "the tests make the files that the gate reads")]

//! Files on disk against the lock.

use std::path::Path;

use super::super::{Delivery, Lock, LockHead, lock, open};
use super::*;
use crate::error::{Error, Stage};

/// ADXX in three formats, on disk.
fn study(folder: &Path) -> Delivery {
    let place = |(line, format): (usize, &Format)| {
        let name = format!("AD{}", format.word().to_uppercase());
        let path = folder.join(format!("adxx.{}", format.word()));
        std::fs::write(&path, written(*format, &sample())).expect("a scratch file");
        let shown = format!("adxx.{}", format.word());
        DatasetFile {
            name,
            path,
            shown,
            format: *format,
            reading: crate::data::Reading::default(),
            place: Place::at("study.toml", line + 5, 1),
        }
    };
    Delivery {
        root: folder.to_owned(),
        subject: "USUBJID".into(),
        datasets: FORMATS.iter().enumerate().map(place).collect(),
        ..Delivery::default()
    }
}

fn head() -> LockHead {
    let text = |text: &str| text.to_owned();
    LockHead {
        study: text("ABC-1"),
        id: text("ABC-1 final 1"),
        kind: text("final"),
        locked: text("2026-01-31"),
        program: text("trialpress 0"),
        subject: text("USUBJID"),
        ..LockHead::default()
    }
}

fn told(result: Result<impl Sized, Error>) -> (Stage, String) {
    let error = result.err().expect("the gate should have stayed shut");
    (error.stage, error.to_string())
}

fn locked(delivery: &Delivery) -> Lock {
    lock(delivery, head()).expect("sound files").lock
}

#[test]
fn what_was_locked_opens() {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let files = study(folder.path());
    let lock = locked(&files);
    let data = open(&files, &lock).expect("the locked files");
    assert_eq!(data.datasets.keys().collect::<Vec<_>>(), ["ADCSV", "ADPARQUET", "ADXPT"]);
    assert_eq!(
        lock.dataset.iter().map(|entry| entry.name.as_str()).collect::<Vec<_>>(),
        ["ADXPT", "ADPARQUET", "ADCSV"]
    );
    assert!(lock.dataset.iter().all(|entry| entry.content == lock.dataset[0].content && entry.records == 6));
    assert_eq!(data.datasets["ADXPT"].sha256, lock.dataset[0].sha256);
}

#[test]
fn the_text_of_a_lock_is_stable_and_reads_back() {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let mut lock = locked(&study(folder.path()));
    lock.head.reason = Some("database lock 1, \"final\"\nsecond line".into());
    lock.head.dictionaries.insert("MedDRA".into(), "27.0".into());
    lock.head.previous = Some("0".repeat(64));
    let text = lock.text();
    assert_eq!(Lock::parse(&text, "data.lock"), Ok(lock.clone()));
    assert_eq!(text, lock.text());
    assert!(
        text.contains(
            "\n  { name = \"AGE\", kind = \"number\", label = \"Label of AGE\", length = 8, missing = 1, content = "
        ),
        "{text}"
    );
    assert!(text.contains("\nversion = 2\nstudy = \"ABC-1\"\n"), "{text}");
}

#[test]
fn every_difference_from_the_lock_is_told() {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let files = study(folder.path());
    let lock = locked(&files);
    let mut reversed = sample();
    reversed.reverse();
    std::fs::write(&files.datasets[0].path, written(Format::Xpt, &reversed)).expect("a scratch file");
    std::fs::write(
        &files.datasets[1].path,
        parquet(frame(&sample()[1..]).select(["AGE", "USUBJID", "NOTE"]).expect("columns")),
    )
    .expect("a scratch file");
    std::fs::write(&files.datasets[2].path, csv(&sample()).replace("TRTSDT,", "TRTSDTC,")).expect("a scratch file");
    let (stage, told) = told(open(&files, &lock));
    assert_eq!(stage, Stage::Lock);
    for expected in [
        "adxx.xpt, ADXPT: error: the file is not the locked one: SHA-256 ",
        "; the values in it are the same",
        "adxx.parquet, ADPARQUET: error: 5 records instead of 6",
        "adxx.parquet, ADPARQUET: error: variable TRTSDT is missing",
        "adxx.csv, ADCSV: error: variable TRTSDTC is new",
        "bytes instead of",
    ] {
        assert!(told.contains(expected), "{expected}\n{told}");
    }
    let order = frame(&sample()).select(["NOTE", "USUBJID", "AGE", "TRTSDT", "TRTSDTM"]).expect("columns");
    std::fs::write(&files.datasets[1].path, parquet(order)).expect("a scratch file");
    assert!(self::told(open(&files, &lock)).1.contains("the variables stand in another order"));
}

#[test]
fn an_altered_lock_does_not_open_the_locked_files() {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let files = study(folder.path());
    let mut altered = locked(&files);
    altered.dataset[0].records = 7;
    altered.dataset[1].variables[1].label = "x".into();
    altered.dataset[2].variables[1].kind = super::super::Kind::Text;
    altered.dataset[1].file = "old.parquet".into();
    let (_, told) = told(open(&files, &altered));
    for expected in [
        "6 records instead of 7",
        "variable AGE is labelled \"\" instead of \"x\"",
        "variable AGE is number instead of text",
        "the lock is of old.parquet (parquet), the specification names adxx.parquet (parquet)",
    ] {
        assert!(told.contains(expected), "{expected}\n{told}");
    }
}

#[test]
fn missing_unnamed_and_unlocked_datasets_are_told_together() {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let mut files = study(folder.path());
    let lock = locked(&files);
    std::fs::remove_file(&files.datasets[0].path).expect("the scratch file");
    files.datasets[1].name = "ADPARKET".into();
    std::fs::write(&files.datasets[2].path, "A,B\n1\n").expect("a scratch file");
    let (stage, told) = told(open(&files, &lock));
    assert_eq!(stage, Stage::Lock);
    for expected in [
        "study.toml:5:1, ADXPT: error: the data file adxx.xpt is missing",
        "study.toml:6:1, ADPARKET: error: the dataset is not in the lock\n    hint: the lock has ADPARQUET",
        "ADPARQUET: error: the lock has this dataset (adxx.parquet), the specification has not",
        "adxx.csv:2, ADCSV: error: 1 field instead of 2",
    ] {
        assert!(told.contains(expected), "{expected}\n{told}");
    }
    files.datasets[1].name = "adxpt".into();
    assert!(self::told(open(&files, &lock)).1.contains("dataset adxpt is named twice"));
}

#[test]
fn what_the_operating_system_refuses_is_another_stage() {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let mut files = study(folder.path());
    let lock = locked(&files);
    // A name that no file system takes; permissions do not stop the tests of a superuser.
    files.datasets[0].path = folder.path().join("x".repeat(5_000));
    let (stage, refused) = told(open(&files, &lock));
    assert_eq!(stage, Stage::Files);
    assert!(refused.contains("study.toml:5:1, ADXPT: error: adxx.xpt cannot be read"), "{refused}");
    std::fs::remove_file(&files.datasets[1].path).expect("the scratch file");
    std::fs::create_dir(&files.datasets[1].path).expect("a scratch folder");
    let (stage, folder) = told(open(&files, &lock));
    assert_eq!(stage, Stage::Lock);
    assert!(folder.contains("adxx.parquet is not a file: it is a folder"), "{folder}");
}
