#![expect(clippy::disallowed_methods, reason = "the one place where data files are opened")]

//! The gate: data files are read once, hashed, parsed from the same bytes, and held against the lock.
//!
//! Everything that is wrong with any of the files is told at once. Nothing passes that is not byte for byte what was
//! locked; what else differs is said so that a person can see what happened to the file.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{ErrorKind, Read};

use rayon::prelude::*;
use sha2::{Digest, Sha256};

use super::canonical::{Canonical, canonical, hexadecimal};
use super::{Lock, LockEntry, LockedVariable};
use crate::data::format::parse;
use crate::data::{Dataset, DatasetFile, LockedData, MAX_BYTES};
use crate::error::{Error, Finding, Place, Stage, nearest};

/// Locks data files: reads them all and notes what they are. `subject` is the variable that names the subjects, `date`
/// the day of the lock, `YYYY-MM-DD`.
///
/// # Errors
/// [`Stage::Lock`] with everything that is wrong with the files; [`Stage::Files`] if all that is wrong is that the
/// operating system would not hand them over.
pub fn lock(files: &[DatasetFile], subject: &str, date: &str) -> Result<Lock, Error> {
    let empty = Lock::new(date, Vec::new())?;
    let mut trouble = Trouble::default();
    trouble.findings(duplicates(files));
    let datasets = read_all(files, subject, None, &mut trouble);
    trouble.result()?;
    let entry = |(file, dataset): (&DatasetFile, Option<Dataset>)| dataset.map(|dataset| entry(file, &dataset));
    Ok(Lock { dataset: files.iter().zip(datasets).filter_map(entry).collect(), ..empty })
}

/// Opens locked data files: reads them all, and lets them through only if each is what the lock says.
///
/// # Errors
/// As [`lock`], and [`Stage::Lock`] for every difference from the lock.
pub fn open(files: &[DatasetFile], subject: &str, lock: &Lock) -> Result<LockedData, Error> {
    let mut trouble = Trouble::default();
    trouble.findings(duplicates(files));
    trouble.findings(roll_call(files, lock));
    let datasets = read_all(files, subject, Some(lock), &mut trouble);
    for (file, dataset) in files.iter().zip(&datasets) {
        if let (Some(locked), Some(dataset)) = (lock.entry(&file.name), dataset) {
            trouble.findings(differences(file, locked, &entry(file, dataset)));
        }
    }
    trouble.result()?;
    let datasets: BTreeMap<String, Dataset> =
        datasets.into_iter().flatten().map(|dataset| (dataset.name.clone(), dataset)).collect();
    Ok(LockedData { lock: lock.clone(), datasets, cut: None })
}

/// What went wrong so far.
#[derive(Default)]
struct Trouble {
    findings: Vec<Finding>,
    /// How many of them are refusals of the operating system.
    refusals: usize,
}

impl Trouble {
    fn findings(&mut self, findings: Vec<Finding>) {
        self.findings.extend(findings);
    }

    fn result(self) -> Result<(), Error> {
        let stage = if self.findings.len() == self.refusals { Stage::Files } else { Stage::Lock };
        Error::unless_clean(stage, self.findings).map(|_| ())
    }
}

/// Why there is no dataset.
enum Unread {
    /// The operating system would not hand the file over.
    Refused(Box<Finding>),
    Unreadable(Vec<Finding>),
}

/// Reads all files, one task for each; the datasets stand where their files stand.
fn read_all(files: &[DatasetFile], subject: &str, lock: Option<&Lock>, trouble: &mut Trouble) -> Vec<Option<Dataset>> {
    let read: Vec<Result<Dataset, Unread>> = files.par_iter().map(|file| dataset(file, subject, lock)).collect();
    let sorted = read.into_iter().map(|read| match read {
        Ok(dataset) => Some(dataset),
        Err(Unread::Refused(finding)) => {
            trouble.refusals += 1;
            trouble.findings.push(*finding);
            None
        }
        Err(Unread::Unreadable(findings)) => {
            trouble.findings.extend(findings);
            None
        }
    });
    sorted.collect()
}

/// One file: read once, hashed, parsed from the same bytes, put in order.
fn dataset(file: &DatasetFile, subject: &str, lock: Option<&Lock>) -> Result<Dataset, Unread> {
    let locked = lock.and_then(|lock| lock.entry(&file.name));
    digested(file, subject, contents(file)?, locked).map_err(Unread::Unreadable)
}

/// The dataset in the bytes of a file. If they are the locked bytes, their content was digested when they were locked.
pub(in crate::data) fn digested(
    file: &DatasetFile,
    subject: &str,
    bytes: Vec<u8>,
    locked: Option<&LockEntry>,
) -> Result<Dataset, Vec<Finding>> {
    let sha256 = hexadecimal(&Sha256::digest(&bytes));
    let size = bytes.len() as u64;
    let table = parse(file, &bytes)?;
    drop(bytes);
    let findings = table.findings(file, subject);
    if !findings.is_empty() {
        return Err(findings);
    }
    let (variables, label) = (table.variables.clone(), table.label.clone());
    let known = locked.filter(|locked| locked.sha256 == sha256).map(|locked| locked.content.as_str());
    let Canonical { frame, special_missing, content } = canonical(table, subject, known);
    Ok(Dataset { name: file.name.clone(), label, frame, variables, special_missing, sha256, bytes: size, content })
}

/// The bytes of a file, of which no more are taken than are allowed, should it grow meanwhile.
fn contents(file: &DatasetFile) -> Result<Vec<u8>, Unread> {
    let named = Place { dataset: Some(file.name.clone()), ..file.place.clone() };
    let refused = |error: &std::io::Error| match error.kind() {
        ErrorKind::NotFound | ErrorKind::NotADirectory => {
            let message = format!("the data file {} is missing", file.shown);
            Unread::Unreadable(vec![Finding::error(named.clone(), message)])
        }
        _ => {
            let message = format!("{} cannot be read: {error}", file.shown);
            Unread::Refused(Box::new(Finding::error(named.clone(), message)))
        }
    };
    let unfit = |message: String| Unread::Unreadable(vec![Finding::error(named.clone(), message)]);
    // Asked before opening: opening a pipe would wait for a writer.
    let metadata = std::fs::metadata(&file.path).map_err(|error| refused(&error))?;
    if !metadata.is_file() {
        return Err(unfit(format!("{} is not a file", file.shown)));
    }
    if metadata.len() > MAX_BYTES {
        return Err(unfit(format!("{} is too large: {} bytes", file.shown, metadata.len())));
    }
    let mut bytes = Vec::with_capacity(usize::try_from(metadata.len()).unwrap_or(0) + 1);
    let opened = File::open(&file.path).map_err(|error| refused(&error))?;
    opened.take(MAX_BYTES + 1).read_to_end(&mut bytes).map_err(|error| refused(&error))?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(unfit(format!("{} is too large: it grew while it was read", file.shown)));
    }
    Ok(bytes)
}

/// What the lock says of a dataset.
fn entry(file: &DatasetFile, dataset: &Dataset) -> LockEntry {
    let variables = dataset.variables.iter().map(|variable| LockedVariable {
        name: variable.name.clone(),
        kind: variable.kind,
        label: variable.label.clone(),
    });
    LockEntry {
        name: file.name.clone(),
        file: file.shown.clone(),
        format: file.format,
        sha256: dataset.sha256.clone(),
        content: dataset.content.clone(),
        bytes: dataset.bytes,
        records: dataset.frame.height() as u64,
        variables: variables.collect(),
    }
}

fn duplicates(files: &[DatasetFile]) -> Vec<Finding> {
    let twice = files
        .iter()
        .enumerate()
        .filter(|(at, file)| files[..*at].iter().any(|other| other.name.eq_ignore_ascii_case(&file.name)));
    twice.map(|(_, file)| Finding::error(file.place.clone(), format!("dataset {} is named twice", file.name))).collect()
}

/// Datasets of the specification that are not in the lock, and the reverse.
fn roll_call(files: &[DatasetFile], lock: &Lock) -> Vec<Finding> {
    let unlocked = files.iter().filter(|file| lock.entry(&file.name).is_none()).map(|file| {
        let place = Place { dataset: Some(file.name.clone()), ..file.place.clone() };
        let finding = Finding::error(place, "the dataset is not in the lock");
        match nearest(&file.name, lock.dataset.iter().map(|entry| entry.name.as_str())) {
            Some(near) => finding.hint(format!("the lock has {near}")),
            None => finding.hint("lock the data again if it belongs to them"),
        }
    });
    let unnamed = lock.dataset.iter().filter(|entry| !files.iter().any(|file| file.name == entry.name)).map(|entry| {
        let message = format!("the lock has this dataset ({}), the specification has not", entry.file);
        Finding::error(Place::dataset(&entry.name), message)
    });
    unlocked.chain(unnamed).collect()
}

/// Every way in which a file is not what was locked.
fn differences(file: &DatasetFile, locked: &LockEntry, found: &LockEntry) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut differs = |message: String| findings.push(Finding::error(file.here(), message));
    if locked.file != found.file || locked.format != found.format {
        let (was, is) = (locked.format.word(), found.format.word());
        differs(format!("the lock is of {} ({was}), the specification names {} ({is})", locked.file, found.file));
    }
    if locked.sha256 != found.sha256 {
        let size = match (locked.bytes, found.bytes) {
            (was, is) if was == is => String::new(),
            (was, is) => format!(", {is} bytes instead of {was}"),
        };
        let same = if locked.content == found.content { "; the values in it are the same" } else { "" };
        let (was, is) = (&locked.sha256[..16], &found.sha256[..16]);
        differs(format!("the file is not the locked one: SHA-256 {is}… instead of {was}…{size}{same}"));
    } else if locked.bytes != found.bytes || locked.content != found.content {
        differs("the file is the locked one, but the lock says other things of it: the lock was altered, or written by another version".into());
    }
    if locked.records != found.records {
        differs(format!("{} records instead of {}", found.records, locked.records));
    }
    variable_differences(&locked.variables, &found.variables, &mut differs);
    findings
}

fn variable_differences(locked: &[LockedVariable], found: &[LockedVariable], differs: &mut impl FnMut(String)) {
    let of = |variables: &'_ [LockedVariable], name: &str| variables.iter().find(|v| v.name == name).cloned();
    for was in locked {
        match of(found, &was.name) {
            None => differs(format!("variable {} is missing", was.name)),
            Some(is) if is.kind != was.kind => {
                differs(format!("variable {} is {} instead of {}", was.name, is.kind.word(), was.kind.word()));
            }
            Some(is) if is.label != was.label => {
                differs(format!("variable {} is labelled {:?} instead of {:?}", was.name, is.label, was.label));
            }
            Some(_) => {}
        }
    }
    for is in found.iter().filter(|is| of(locked, &is.name).is_none()) {
        differs(format!("variable {} is new", is.name));
    }
    let same_names = locked.len() == found.len() && locked.iter().all(|was| of(found, &was.name).is_some());
    if same_names && locked.iter().zip(found).any(|(was, is)| was.name != is.name) {
        differs("the variables stand in another order".into());
    }
}
