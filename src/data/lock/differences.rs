//! How what was read differs from what was locked, in words.

use std::collections::BTreeSet;

use super::{Delivery, Lock, LockEntry, LockedFile, LockedVariable, PlainFile};
use crate::data::DatasetFile;
use crate::error::{Finding, Place, nearest};

/// Datasets and files of the specification that are not in the lock, and the reverse.
pub(super) fn roll_call(delivery: &Delivery, lock: &Lock) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in delivery.datasets.iter().filter(|file| lock.entry(&file.name).is_none()) {
        let place = Place { dataset: Some(file.name.clone()), ..file.place.clone() };
        let near = nearest(&file.name, lock.dataset.iter().map(|entry| entry.name.as_str()));
        findings.push(unlocked("dataset", place, near));
    }
    for file in delivery.files.iter().filter(|file| !lock.file.iter().any(|locked| locked.name == file.name)) {
        let near = nearest(&file.name, lock.file.iter().map(|locked| locked.name.as_str()));
        findings.push(unlocked("file", file.place.clone(), near));
    }
    for entry in lock.dataset.iter().filter(|entry| !delivery.datasets.iter().any(|file| file.name == entry.name)) {
        let message = format!("the lock has this dataset ({}), the specification has not", entry.file);
        findings.push(Finding::error(Place::dataset(&entry.name), message));
    }
    for locked in lock.file.iter().filter(|locked| !delivery.files.iter().any(|file| file.name == locked.name)) {
        let message = format!("the lock has this file ({}), the specification has not", locked.name);
        findings.push(Finding::error(Place::file(&locked.file), message));
    }
    if lock.head.subject != delivery.subject {
        let (was, is) = (&lock.head.subject, &delivery.subject);
        let message = format!("the lock names the subjects by {was}, the specification by {is}");
        findings.push(Finding::error(Place::default(), message).hint("lock the data again"));
    }
    findings
}

fn unlocked(what: &str, place: Place, near: Option<&str>) -> Finding {
    let finding = Finding::error(place, format!("the {what} is not in the lock"));
    match near {
        Some(near) => finding.hint(format!("the lock has {near}")),
        None => finding.hint("lock the data again if it belongs to them"),
    }
}

/// Every way in which a dataset is not what was locked; with `digests`, what they say too.
pub(super) fn differences(file: &DatasetFile, locked: &LockEntry, found: &LockEntry, digests: bool) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut differs = |message: String| findings.push(Finding::error(file.here(), message));
    let whole = file.reading.is_whole();
    if locked.file != found.file || locked.format != found.format {
        let (was, is) = (locked.format.word(), found.format.word());
        differs(format!("the lock is of {} ({was}), the specification names {} ({is})", locked.file, found.file));
    }
    if locked.encoding != found.encoding {
        differs(format!("its texts are read as {:?}, and were locked as {:?}", found.encoding, locked.encoding));
    }
    if locked.keys != found.keys {
        let shown = |keys: &[String]| if keys.is_empty() { "none".to_owned() } else { keys.join(", ") };
        differs(format!("the keys are {} instead of {}", shown(&found.keys), shown(&locked.keys)));
    }
    if locked.sha256 != found.sha256 {
        let same = if locked.content == found.content { "; the values in it are the same" } else { "" };
        differs(other_bytes((&locked.sha256, locked.bytes), (&found.sha256, found.bytes)) + same);
    } else if locked.bytes != found.bytes || (whole && locked.content != found.content) {
        differs("the file is the locked one, but the lock says other things of it: the lock was altered, or written by another version".into());
    }
    if whole && locked.records != found.records {
        differs(format!("{} records instead of {}", found.records, locked.records));
    }
    if digests && locked.subjects != found.subjects {
        differs(format!("{} subjects instead of {}", found.subjects, locked.subjects));
    }
    let kept = |variable: &&LockedVariable| file.reading.keep.as_ref().is_none_or(|keep| keep.contains(&variable.name));
    let was: Vec<&LockedVariable> = locked.variables.iter().filter(kept).collect();
    // Among other records each value of a key is another one, and that is said already.
    let values = digests && locked.keys == found.keys;
    variable_differences(&was, &found.variables, values, &mut differs);
    findings
}

/// That a file beside the datasets is not what was locked.
pub(super) fn file_differences(file: &PlainFile, locked: &LockedFile, found: &LockedFile) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut differs = |message: String| findings.push(Finding::error(Place::file(&file.shown), message));
    if locked.file != found.file {
        differs(format!("the lock is of {}, the specification names {}", locked.file, found.file));
    }
    if locked.sha256 != found.sha256 {
        differs(other_bytes((&locked.sha256, locked.bytes), (&found.sha256, found.bytes)));
    } else if locked.bytes != found.bytes {
        differs("the file is the locked one, but the lock says another size of it: the lock was altered".into());
    }
    findings
}

fn other_bytes(was: (&str, u64), is: (&str, u64)) -> String {
    let size = if was.1 == is.1 { String::new() } else { format!(", {} bytes instead of {}", is.1, was.1) };
    let short = |digest: &str| digest.chars().take(16).collect::<String>();
    format!("the file is not the locked one: SHA-256 {}… instead of {}…{size}", short(is.0), short(was.0))
}

fn variable_differences(
    locked: &[&LockedVariable],
    found: &[LockedVariable],
    values: bool,
    differs: &mut impl FnMut(String),
) {
    for was in locked {
        let name = &was.name;
        let Some(is) = found.iter().find(|is| is.name == *name) else {
            differs(format!("variable {name} is missing"));
            continue;
        };
        let none = || "none".to_owned();
        if is.kind != was.kind {
            differs(format!("variable {name} is {} instead of {}", is.kind.word(), was.kind.word()));
        } else if is.label != was.label {
            differs(format!("variable {name} is labelled {:?} instead of {:?}", is.label, was.label));
        } else if is.format != was.format {
            let (is, was) = (is.format.clone().unwrap_or_else(none), was.format.clone().unwrap_or_else(none));
            differs(format!("variable {name} has the format {is} instead of {was}"));
        } else if is.length != was.length {
            let shown = |length: Option<u32>| length.map_or_else(none, |length| length.to_string());
            differs(format!("variable {name} has the length {} instead of {}", shown(is.length), shown(was.length)));
        } else if values && is.missing != was.missing {
            differs(format!("variable {name} has {} missing values instead of {}", is.missing, was.missing));
        } else if values && is.content != was.content {
            differs(format!("variable {name} has other values"));
        }
    }
    let before: BTreeSet<&str> = locked.iter().map(|was| was.name.as_str()).collect();
    for is in found.iter().filter(|is| !before.contains(is.name.as_str())) {
        differs(format!("variable {} is new", is.name));
    }
    let now: BTreeSet<&str> = found.iter().map(|is| is.name.as_str()).collect();
    if before == now && locked.iter().zip(found).any(|(was, is)| was.name != is.name) {
        differs("the variables stand in another order".into());
    }
}
