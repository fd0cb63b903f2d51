//! The gate: data files are read once, hashed, parsed from the same bytes, and held against the lock.
//!
//! Everything that is wrong with any of the files is told at once. Nothing passes that is not byte for byte what was
//! locked; what else differs is said so that a person can see what happened to the file.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use rayon::prelude::*;
use sha2::{Digest, Sha256};

use super::canonical::{Canonical, canonical, hexadecimal};
use super::differences::{differences, file_differences, roll_call};
use super::digest::{Digests, digests};
use super::folder::{Contents, Folder, Unread};
use super::reading::folded;
use super::records::{DatasetRecords, Records, sha256};
use super::{Delivery, Lock, LockEntry, LockHead, LockedFile, LockedVariable, PlainFile};
use crate::data::format::parse;
use crate::data::select::selected;
use crate::data::{Dataset, DatasetFile, LockedData, MAX_FINDINGS};
use crate::error::{Error, Finding, Place, Severity, Stage, nearest};

/// A lock that was just made, with what goes beside it.
#[derive(Clone, Debug)]
pub struct Locked {
    /// The manifest.
    pub lock: Lock,
    /// The text of the side file of the digests of records.
    pub records: String,
    /// What a person should know of the files.
    pub warnings: Vec<Finding>,
}

/// Locks what was delivered: reads all files and notes what they are. The subject variable of `head` is that of the
/// delivery.
///
/// # Errors
/// [`Stage::Lock`] with everything that is wrong with the files; [`Stage::Files`] if all that is wrong is that the
/// operating system would not hand them over.
pub fn lock(delivery: &Delivery, head: LockHead) -> Result<Locked, Error> {
    let head = LockHead { subject: delivery.subject.clone(), ..head };
    head.check()?;
    // Whatever a study keeps of a file, the whole of it is locked.
    let delivery = &whole(delivery);
    let read = Read::of(delivery, None);
    let mut trouble = read.trouble;
    trouble.strays(&read.folder, delivery, "the specification does not name it");
    let mut records = Records::default();
    let mut dataset = Vec::new();
    for (file, read) in delivery.datasets.iter().zip(read.datasets) {
        let Some(found) = read else { continue };
        let digests = digests(&found, &delivery.subject);
        if !found.keys.is_empty() && digests.repeated > 0 {
            let message = format!("{} records have the key of another one", digests.repeated);
            let hint = format!("the keys are {}", found.keys.join(", "));
            trouble.findings.push(Finding::warning(file.here(), message).hint(hint));
        }
        dataset.push(entry(file, &found, Some(&digests)));
        records.datasets.push(recorded(&found, &delivery.subject, digests));
    }
    let file = delivery.files.iter().zip(&read.files);
    let file = file.filter_map(|(file, bytes)| bytes.as_ref().map(|bytes| locked_file(file, bytes))).collect();
    let warnings = trouble.result()?;
    let records = records.text();
    Ok(Locked { lock: Lock { head, digests: sha256(&records), dataset, file }, records, warnings })
}

/// Opens what was locked: reads all files, and lets them through only if each is what the lock says.
///
/// # Errors
/// As [`lock`], and [`Stage::Lock`] for every difference from the lock.
pub fn open(delivery: &Delivery, lock: &Lock) -> Result<LockedData, Error> {
    let read = Read::of(delivery, Some(lock));
    held_against(delivery, lock, read, |locked, found| locked.sha256 != found.sha256).map(|(data, _)| data)
}

/// Opens what was locked as [`open`] does, and computes again every digest that the lock holds; `records` is the side
/// file of the digests of records, if it is there.
///
/// # Errors
/// As [`open`].
pub fn verify(delivery: &Delivery, lock: &Lock, records: Option<&str>) -> Result<LockedData, Error> {
    let mut findings = Vec::new();
    match records {
        Some(records) if sha256(records) != lock.digests => {
            let message = "the digests of the records are not those that were locked";
            let finding = Finding::error(Place::file(SIDE_FILE), message);
            findings.push(finding.hint("restore the file, or lock the data again"));
        }
        Some(_) => {}
        None => {
            let finding = Finding::warning(Place::file(SIDE_FILE), "the file of the digests of the records is missing");
            findings.push(finding.hint("without it a later lock can be compared by variables only"));
        }
    }
    let delivery = &whole(delivery);
    let read = Read::of(delivery, None);
    match held_against(delivery, lock, read, |_, _| true) {
        Ok((mut data, found)) => {
            if sha256(&found.text()) != lock.digests {
                let message = "the data are the locked ones, but the lock says other digests of their records";
                findings.push(Finding::error(Place::default(), message).hint("the lock was altered"));
            }
            data.warnings.extend(Error::unless_clean(Stage::Lock, findings)?);
            Ok(data)
        }
        Err(error) => {
            findings.extend(error.findings);
            Error::unless_clean(error.stage, findings).and(Err(Error { stage: error.stage, findings: Vec::new() }))
        }
    }
}

/// What messages call the side file of the digests of records.
const SIDE_FILE: &str = "data.records";

/// What was read, against the lock. `deeply` says of which datasets the digests of variables and records are computed.
fn held_against(
    delivery: &Delivery,
    lock: &Lock,
    read: Read,
    deeply: impl Fn(&LockEntry, &Dataset) -> bool,
) -> Result<(LockedData, Records), Error> {
    let mut trouble = read.trouble;
    trouble.findings.extend(roll_call(delivery, lock));
    trouble.strays(&read.folder, delivery, "it is not in the lock");
    let mut records = Records::default();
    for (file, found) in delivery.datasets.iter().zip(&read.datasets) {
        let (Some(locked), Some(found)) = (lock.entry(&file.name), found) else { continue };
        let deeply = file.reading.is_whole() && deeply(locked, found);
        let digests = deeply.then(|| digests(found, &delivery.subject));
        trouble.findings.extend(differences(file, locked, &entry(file, found, digests.as_ref()), digests.is_some()));
        records.datasets.extend(digests.map(|digests| recorded(found, &delivery.subject, digests)));
    }
    for (file, bytes) in delivery.files.iter().zip(&read.files) {
        let locked = lock.file.iter().find(|locked| locked.name == file.name);
        if let (Some(locked), Some(bytes)) = (locked, bytes) {
            trouble.findings.extend(file_differences(file, locked, &locked_file(file, bytes)));
        }
    }
    let warnings = trouble.result()?;
    let datasets = read.datasets.into_iter().flatten().map(|dataset| (dataset.name.clone(), dataset)).collect();
    let files = delivery.files.iter().zip(read.files);
    let files = files.filter_map(|(file, bytes)| Some((file.name.clone(), bytes?))).collect();
    Ok((LockedData { lock: lock.clone(), datasets, files, warnings, cut: None }, records))
}

/// The bytes of a document in the data folder that says how datasets are to be read. `shown` is its path as the
/// specification wrote it, `place` where it did.
///
/// # Errors
/// [`Stage::Lock`] if the file is missing, none, a link or too large; [`Stage::Files`] if it would not be handed over.
pub fn document(root: &Path, shown: &str, place: &Place) -> Result<Vec<u8>, Error> {
    match Folder::open(root).read(&root.join(shown), shown, place) {
        Ok(Contents { bytes, .. }) => Ok(bytes),
        Err(Unread::Refused(finding)) => Err(Error::one(Stage::Files, *finding)),
        Err(Unread::Unfit(finding)) => Err(Error::one(Stage::Lock, *finding)),
    }
}

/// The same delivery, of which everything is kept.
fn whole(delivery: &Delivery) -> Delivery {
    let mut delivery = delivery.clone();
    for file in &mut delivery.datasets {
        file.reading.keep = None;
        file.reading.rows.clear();
    }
    delivery
}

/// What went wrong so far.
#[derive(Default)]
struct Trouble {
    findings: Vec<Finding>,
    /// How many of them are refusals of the operating system.
    refusals: usize,
}

impl Trouble {
    fn unread(&mut self, unread: Unread) {
        match unread {
            Unread::Refused(finding) => {
                self.refusals += 1;
                self.findings.push(*finding);
            }
            Unread::Unfit(finding) => self.findings.push(*finding),
        }
    }

    /// What lies in the folder and should not, and names that some file systems take for one.
    fn strays(&mut self, folder: &Folder, delivery: &Delivery, why: &str) {
        let named = |path: &str| delivery.datasets.iter().any(|file| file.shown == path);
        let named = |path: &str| named(path) || delivery.files.iter().any(|file| file.shown == path);
        let paths =
            delivery.datasets.iter().map(|file| &file.shown).chain(delivery.files.iter().map(|file| &file.shown));
        let paths: Vec<&String> = paths.chain(&delivery.extra).collect();
        let descend = |inner: &str| {
            !delivery.extra.iter().any(|extra| extra == inner) && paths.iter().any(|path| path.starts_with(inner))
        };
        let found = match folder.list(&descend) {
            Ok(found) => found,
            Err(message) => {
                self.findings.push(Finding::error(Place::default(), message));
                return;
            }
        };
        let mut seen: BTreeMap<String, &str> = BTreeMap::new();
        let mut strays = Vec::new();
        for found in &found {
            let place = Place::file(&found.path);
            if let Some(before) = seen.insert(folded(&found.path), &found.path) {
                let message = format!("{before} and {} differ in letter case or Unicode form only", found.path);
                strays.push(Finding::error(place.clone(), message).hint("keep one of them"));
            }
            if !named(&found.path) && !delivery.extra.contains(&found.path) {
                let message = format!("this {} lies in the data folder, and {why}", found.what);
                let hint = "take it away, lock it with the data, or name it in [data] extra if it may lie there";
                strays.push(Finding::error(place, message).hint(hint));
            }
        }
        if strays.len() > MAX_FINDINGS {
            let message = format!("… and {} more in the data folder", strays.len() - MAX_FINDINGS);
            strays.truncate(MAX_FINDINGS);
            let place = strays.last().map(|last| last.place.clone()).unwrap_or_default();
            strays.push(Finding::error(place, message));
        }
        self.findings.extend(strays);
    }

    /// The warnings, if there is nothing else.
    fn result(self) -> Result<Vec<Finding>, Error> {
        let errors = self.findings.iter().filter(|finding| finding.severity == Severity::Error).count();
        let stage = if errors == self.refusals { Stage::Files } else { Stage::Lock };
        Error::unless_clean(stage, self.findings)
    }
}

/// What was read, at the place of the file that it was read from.
struct Read {
    folder: Folder,
    datasets: Vec<Option<Dataset>>,
    files: Vec<Option<Vec<u8>>>,
    trouble: Trouble,
}

impl Read {
    /// Reads all files, one task for each.
    fn of(delivery: &Delivery, lock: Option<&Lock>) -> Self {
        let folder = Folder::open(&delivery.root);
        let mut trouble = Trouble { findings: duplicates(delivery), refusals: 0 };
        let read: Vec<_> = delivery.datasets.par_iter().map(|file| dataset(&folder, file, delivery, lock)).collect();
        let mut datasets = Vec::with_capacity(read.len());
        for (read, warnings) in read {
            trouble.findings.extend(warnings);
            datasets.push(match read {
                Ok(Ok(dataset)) => Some(dataset),
                Ok(Err(findings)) => {
                    trouble.findings.extend(findings);
                    None
                }
                Err(unread) => {
                    trouble.unread(unread);
                    None
                }
            });
        }
        let mut files = Vec::with_capacity(delivery.files.len());
        for file in &delivery.files {
            let path = delivery.root.join(&file.shown);
            files.push(match folder.read(&path, &file.shown, &file.place) {
                Ok(Contents { bytes, warnings }) => {
                    trouble.findings.extend(warnings);
                    Some(bytes)
                }
                Err(unread) => {
                    trouble.unread(unread);
                    None
                }
            });
        }
        Self { folder, datasets, files, trouble }
    }
}

/// A dataset, or what is wrong with its file, or why the file was not read; and the warnings.
type Attempt = (Result<Result<Dataset, Vec<Finding>>, Unread>, Vec<Finding>);

/// One file: read once, hashed, parsed from the same bytes, put in order.
pub(super) fn dataset(folder: &Folder, file: &DatasetFile, delivery: &Delivery, lock: Option<&Lock>) -> Attempt {
    let place = Place { dataset: Some(file.name.clone()), ..file.place.clone() };
    match folder.read(&file.path, &file.shown, &place) {
        Ok(Contents { bytes, warnings }) => {
            let locked = lock.and_then(|lock| lock.entry(&file.name));
            (Ok(digested(file, &delivery.subject, bytes, locked)), warnings)
        }
        Err(unread) => (Err(unread), Vec::new()),
    }
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
    let names: BTreeSet<&str> = table.variables.iter().map(|variable| variable.name.as_str()).collect();
    let keys = if file.reading.keys.is_empty() { table.keys.clone() } else { file.reading.keys.clone() };
    let mut findings = table.findings(file, subject);
    // Of a part of the variables nobody can say that a key is missing.
    if file.reading.keep.is_none() {
        findings.extend(keys.iter().filter(|key| !names.contains(key.as_str())).map(|key| {
            let finding = Finding::error(file.here(), format!("the key {key} is not a variable of the dataset"));
            let near = nearest(key, names.iter().copied()).map(|near| format!("did you mean {near}?"));
            Finding { hint: near, ..finding }
        }));
    }
    if !findings.is_empty() {
        return Err(findings);
    }
    let table = selected(table, file)?;
    let (variables, label) = (table.variables.clone(), table.label.clone());
    // The lock is of the whole file: of a part of it, it says nothing.
    let known = locked
        .filter(|locked| locked.sha256 == sha256 && file.reading.is_whole())
        .map(|locked| locked.content.as_str());
    let Canonical { frame, special_missing, content } = canonical(table, subject, known);
    let name = file.name.clone();
    Ok(Dataset { name, label, frame, variables, special_missing, keys, sha256, bytes: size, content })
}

/// What the lock says of a dataset; without digests nothing of what they say.
fn entry(file: &DatasetFile, dataset: &Dataset, digests: Option<&Digests>) -> LockEntry {
    let variables = dataset.variables.iter().enumerate().map(|(at, variable)| {
        let (missing, content) = digests.map(|digests| digests.variables[at].clone()).unwrap_or_default();
        LockedVariable {
            name: variable.name.clone(),
            kind: variable.kind,
            label: variable.label.clone(),
            format: variable.format.clone(),
            length: variable.length,
            missing,
            content,
        }
    });
    LockEntry {
        name: file.name.clone(),
        file: file.shown.clone(),
        format: file.format,
        encoding: file.reading.encoding,
        sha256: dataset.sha256.clone(),
        content: dataset.content.clone(),
        bytes: dataset.bytes,
        records: dataset.frame.height() as u64,
        subjects: digests.map_or(0, |digests| digests.subjects),
        keys: dataset.keys.clone(),
        variables: variables.collect(),
    }
}

fn recorded(dataset: &Dataset, subject: &str, digests: Digests) -> DatasetRecords {
    let keys = if dataset.keys.is_empty() { vec![subject.to_owned()] } else { dataset.keys.clone() };
    DatasetRecords { name: dataset.name.clone(), keys, records: digests.records }
}

fn locked_file(file: &PlainFile, bytes: &[u8]) -> LockedFile {
    let sha256 = hexadecimal(&Sha256::digest(bytes));
    LockedFile { name: file.name.clone(), file: file.shown.clone(), sha256, bytes: bytes.len() as u64 }
}

/// Datasets, files and paths that the specification names twice.
fn duplicates(delivery: &Delivery) -> Vec<Finding> {
    let datasets = delivery.datasets.iter().map(|file| ("dataset", &file.name, &file.place));
    let plain = delivery.files.iter().map(|file| ("file", &file.name, &file.place));
    let paths = delivery.datasets.iter().map(|file| ("path", &file.shown, &file.place));
    let paths = paths.chain(delivery.files.iter().map(|file| ("path", &file.shown, &file.place)));
    let mut seen: BTreeSet<(&str, String)> = BTreeSet::new();
    datasets
        .chain(plain)
        .chain(paths)
        .filter(|(what, name, _)| !seen.insert((what, folded(name))))
        .map(|(what, name, place)| Finding::error(place.clone(), format!("{what} {name} is named twice")))
        .collect()
}
