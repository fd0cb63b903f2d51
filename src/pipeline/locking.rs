//! The lock of a study: made, opened, verified, compared. Files beside the study file:
//!
//! - `data.lock`, the manifest, and `data.lock.sig`, its signature, if it is signed;
//! - `data.records`, the digests of the records;
//! - `data.lock.1`, `data.records.1`, `data.lock.sig.1` and on: the locks before, the oldest first. Each lock holds the
//!   SHA-256 of the one before it.

use std::path::{Path, PathBuf};

use crate::data::define::Define;
use crate::data::lock::diff::{LockDiff, Side, diff};
use crate::data::lock::records::{Records, sha256};
use crate::data::lock::signature::{self, Trust};
use crate::data::mask::Sealed;
use crate::data::{self, Lock, LockHead};
use crate::error::{Error, Finding, Place, Stage};
use crate::pipeline::files::Files;
use crate::pipeline::{PROGRAM, StudyFile, define, package, publish, read_study};
use crate::spec::Study;

const LOCK: &str = "data.lock";
const SIGNATURE: &str = "data.lock.sig";
const RECORDS: &str = "data.records";

/// What a person says of a lock.
#[derive(Clone, Debug, Default)]
pub struct LockOrder {
    /// The day of the lock, `YYYY-MM-DD`.
    pub date: String,
    /// What the lock is called; study, kind and day if absent.
    pub id: Option<String>,
    /// `final` if absent.
    pub kind: Option<String>,
    /// The last day of which the data tell.
    pub cutoff: Option<String>,
    /// Who locks.
    pub by: Option<String>,
    /// Why.
    pub reason: Option<String>,
    /// Coding dictionaries and their versions, beside those of the specification.
    pub dictionaries: Vec<(String, String)>,
    /// The private key to sign with.
    pub key: Option<PathBuf>,
}

impl LockOrder {
    /// A lock of that day of which nothing else is said.
    #[must_use]
    pub fn on(date: impl Into<String>) -> Self {
        Self { date: date.into(), ..Self::default() }
    }
}

/// A lock that stands now.
#[derive(Clone, Debug)]
pub struct LockMade {
    /// The lock.
    pub lock: Lock,
    /// Whether the same lock stood there before.
    pub is_same: bool,
    /// What a person should know of the files.
    pub warnings: Vec<Finding>,
}

/// Locks the data of a study: reads every file and writes `data.lock` and `data.records` beside the study file. A lock
/// that stands there is kept under a number; if it says the same it stays as it is.
///
/// # Errors
/// The specification is invalid, a file cannot be read or does not belong there, or the lock cannot be written.
pub fn lock(file: &StudyFile, order: &LockOrder) -> Result<LockMade, Error> {
    let (study, _) = read_study(file)?;
    let Files { delivery, .. } = files(&study, file)?;
    // Before anything is written: a key that cannot sign must not leave an unsigned lock.
    let key = order.key.as_ref().map(|path| Ok::<_, Error>((package::read_text(path)?, path.display().to_string())));
    let key = key.transpose()?;
    let path = file.lock_path();
    let before = if path.exists() { Some(package::read_text(&path)?) } else { None };
    let mut made = data::lock(&delivery, head(&study, order))?;
    let shown = path.display().to_string();
    let old = before.as_deref().and_then(|text| Lock::parse(text, &shown).ok());
    made.lock.head.previous = old.and_then(|old| old.head.previous);
    let is_same = before.as_ref() == Some(&made.lock.text());
    if let Some(before) = before.filter(|_| !is_same) {
        made.lock.head.previous = Some(sha256(&before));
    }
    let text = made.lock.text();
    let signed = key.map(|(key, origin)| signature::sign(&text, &key, &origin)).transpose()?;
    let number = if !is_same && path.exists() { Some(keep(file)?) } else { None };
    publish::write_file(&file.beside(RECORDS), made.records.as_bytes())?;
    if !is_same {
        publish::write_file(&path, text.as_bytes())?;
    }
    let signature = file.beside(SIGNATURE);
    if let Some(signed) = signed {
        publish::write_file(&signature, signed.as_bytes())?;
    } else if let Some(number) = number.filter(|_| signature.exists()) {
        // The new lock must not stand beside the signature of the one before.
        publish::move_file(&signature, &file.beside(&format!("{SIGNATURE}.{number}")))?;
    }
    Ok(LockMade { lock: made.lock, is_same, warnings: made.warnings })
}

fn head(study: &Study, order: &LockOrder) -> LockHead {
    let kind = order.kind.clone().unwrap_or_else(|| "final".to_owned());
    let mut dictionaries = study.data.dictionaries.clone();
    dictionaries.extend(order.dictionaries.iter().cloned());
    LockHead {
        study: study.study.id.clone(),
        id: order.id.clone().unwrap_or_else(|| format!("{} {kind} {}", study.study.id, order.date)),
        kind,
        locked: order.date.clone(),
        cutoff: order.cutoff.clone(),
        by: order.by.clone(),
        reason: order.reason.clone(),
        program: PROGRAM.to_owned(),
        subject: study.data.subject.clone(),
        previous: None,
        dictionaries,
    }
}

/// Keeps the lock that stands, with what goes beside it, under the next number, and gives the number.
fn keep(file: &StudyFile) -> Result<usize, Error> {
    let next = earlier(file).len() + 1;
    for name in [LOCK, RECORDS, SIGNATURE] {
        let from = file.beside(name);
        if from.exists() {
            publish::write_file(&file.beside(&format!("{name}.{next}")), &package::read_bytes(&from)?)?;
        }
    }
    Ok(next)
}

/// The locks before the one that stands, the oldest first.
fn earlier(file: &StudyFile) -> Vec<PathBuf> {
    let numbered = (1_u32..).map(|number| file.beside(&format!("{LOCK}.{number}")));
    numbered.take_while(|path| path.exists()).collect()
}

/// The files of a study. Those of ours may lie in the same folder.
fn files(study: &Study, file: &StudyFile) -> Result<Files, Error> {
    let mut ours: Vec<String> = file.path.file_name().iter().map(|name| name.to_string_lossy().into_owned()).collect();
    ours.extend([LOCK, SIGNATURE, RECORDS].map(str::to_owned));
    for number in 1..=earlier(file).len() {
        ours.extend([LOCK, SIGNATURE, RECORDS].map(|name| format!("{name}.{number}")));
    }
    ours.extend(study.data.signature.iter().map(|signature| signature.signers.to_string()));
    Files::of(study, file, ours)
}

/// The text of the lock of a study, or where to get one.
fn lock_text(file: &StudyFile) -> Result<String, Error> {
    package::read_text(&file.lock_path()).map_err(|mut error| {
        let hint = "lock the data first: trialpress lock STUDY";
        error.findings.iter_mut().for_each(|finding| finding.hint = Some(hint.to_owned()));
        error
    })
}

/// Opens the locked data of a study and hands them over under seal, with the define.xml they are held against when the seal is
/// gone: what may not be known cannot be found in them then. And the text of the lock, which must be signed if the
/// specification says by whom.
///
/// # Errors
/// There is no lock, it is not valid or not signed as it must be, or the data are not as locked.
pub(super) fn opened(study: &Study, file: &StudyFile) -> Result<(Sealed, Option<Define>, String), Error> {
    let files = files(study, file)?;
    let text = lock_text(file)?;
    let lock = Lock::parse(&text, &file.lock_path().display().to_string())?;
    if let Some(trust) = trust(study, file)? {
        signature::verify(&text, signature_text(file)?.as_deref(), &trust, &lock.head.locked)?;
    }
    let data = data::open(&files.delivery, &lock)?;
    files.unchanged(&data)?;
    Ok((Sealed::new(data), files.define, text))
}

/// Whose signature the specification asks for.
fn trust(study: &Study, file: &StudyFile) -> Result<Option<Trust>, Error> {
    let Some(asked) = &study.data.signature else { return Ok(None) };
    trusted(&file.beside(&asked.signers), &asked.identity).map(Some)
}

fn trusted(signers: &Path, identity: &str) -> Result<Trust, Error> {
    let origin = signers.display().to_string();
    Ok(Trust { signers: package::read_text(signers)?, origin, identity: identity.to_owned() })
}

fn signature_text(file: &StudyFile) -> Result<Option<String>, Error> {
    let path = file.beside(SIGNATURE);
    if path.exists() { package::read_text(&path).map(Some) } else { Ok(None) }
}

/// A lock that was verified.
#[derive(Clone, Debug)]
pub struct Verified {
    /// The lock.
    pub lock: Lock,
    /// SHA-256 of the lock itself.
    pub sha256: String,
    /// Who signed it, if that was asked for.
    pub signed_by: Option<String>,
    /// What a person should know of the files.
    pub warnings: Vec<Finding>,
}

/// Verifies the lock of a study: reads everything again, and computes every digest again. `signer` is the file of allowed
/// signers and the name of who must have signed, if not those of the specification.
///
/// # Errors
/// Everything that is not as it was locked.
pub fn verify(file: &StudyFile, signer: Option<(&Path, &str)>) -> Result<Verified, Error> {
    let (study, _) = read_study(file)?;
    let Files { delivery, .. } = files(&study, file)?;
    let text = lock_text(file)?;
    let lock = Lock::parse(&text, &file.lock_path().display().to_string())?;
    let trust = match signer {
        Some((signers, identity)) => Some(trusted(signers, identity)?),
        None => trust(&study, file)?,
    };
    let signature = signature_text(file)?;
    let mut findings = Vec::new();
    if let Some(trust) = &trust {
        let verified = signature::verify(&text, signature.as_deref(), trust, &lock.head.locked);
        findings.extend(verified.err().into_iter().flat_map(|error| error.findings));
    } else if signature.is_some() {
        let finding = Finding::warning(Place::file(SIGNATURE), "the lock is signed, and nobody said who may sign");
        findings.push(finding.hint("name the allowed signers: --signers FILE --identity WHO, or [data.signature]"));
    }
    findings.extend(chain(file, &lock));
    let side = file.beside(RECORDS);
    let records = if side.exists() { Some(package::read_text(&side)?) } else { None };
    let mut stage = Stage::Lock;
    match data::verify(&delivery, &lock, records.as_deref()) {
        Ok(data) => findings.extend(data.warnings),
        Err(error) => {
            stage = if findings.is_empty() { error.stage } else { stage };
            findings.extend(error.findings);
        }
    }
    let warnings = Error::unless_clean(stage, findings)?;
    Ok(Verified { lock, sha256: sha256(&text), signed_by: trust.map(|trust| trust.identity), warnings })
}

/// Whether the locks before this one are there, as each says of the one before it.
fn chain(file: &StudyFile, lock: &Lock) -> Option<Finding> {
    let kept: Vec<String> = earlier(file).iter().filter_map(|path| package::read_text(path).ok()).collect();
    let mut previous = lock.head.previous.clone();
    for text in kept.iter().rev() {
        // One that stands there twice, since writing the next was stopped half-way, breaks nothing.
        if previous.as_ref() == Some(&sha256(text)) {
            // Where one of an earlier version cannot be read any more, the chain is known to end.
            previous = Lock::parse(text, LOCK).ok().and_then(|lock| lock.head.previous);
        }
    }
    let missing = previous?;
    let message = format!("the lock before it, SHA-256 {}…, is not here", missing.chars().take(16).collect::<String>());
    Some(Finding::warning(Place::file(LOCK), message).hint("restore it as data.lock.1, data.lock.2 and on"))
}

/// Compares two locks: files `data.lock`, folders of studies, or packages. Also gives what kept it from comparing more
/// closely.
///
/// # Errors
/// One of them is no lock.
pub fn lock_diff(old: &Path, new: &Path) -> Result<(LockDiff, Vec<Finding>), Error> {
    let (old, mut warnings) = side(old)?;
    let (new, of_new) = side(new)?;
    warnings.extend(of_new);
    Ok((diff(&old, &new), warnings))
}

fn side(path: &Path) -> Result<(Side, Vec<Finding>), Error> {
    let is_package = path.is_dir() && package::is_package(path);
    let is_study = path.extension().is_some_and(|extension| extension == "toml");
    let lock_path = match (path.is_dir(), is_study) {
        (true, _) => path.join(LOCK),
        (false, true) => path.with_file_name(LOCK),
        (false, false) => path.to_path_buf(),
    };
    let name = lock_path.display().to_string();
    let text = package::read_text(&lock_path)?;
    let mut side = Side { lock: Lock::parse(&text, &name)?, name, records: None, data: None };
    let mut warnings = Vec::new();
    if is_package {
        return Ok((side, warnings));
    }
    let file_name = lock_path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    if let Some(number) = file_name.strip_prefix(LOCK) {
        let (records, finding) = records(&lock_path.with_file_name(format!("{RECORDS}{number}")), &side.lock);
        side.records = records;
        warnings.extend(finding);
    }
    let study_path = if is_study { path.to_path_buf() } else { lock_path.with_file_name("study.toml") };
    if file_name == LOCK && study_path.exists() {
        let file = StudyFile::at(&study_path, None);
        let held = |study: &Study| {
            let (sealed, own, _) = opened(study, &file)?;
            let mut data = sealed.opened();
            define::hold(own.as_ref(), &mut data, &study.data.subject).map(|_| data)
        };
        match read_study(&file).and_then(|(study, _)| held(&study)) {
            Ok(data) => side.data = Some(data),
            Err(error) => {
                let message =
                    format!("its data are not as locked ({} findings), and are not compared", error.findings.len());
                warnings.push(Finding::warning(Place::file(&side.name), message).hint("trialpress verify STUDY"));
            }
        }
    }
    Ok((side, warnings))
}

/// The digests of records beside a lock, if they are those of the lock.
fn records(path: &Path, lock: &Lock) -> (Option<Records>, Option<Finding>) {
    if !path.exists() {
        return (None, None);
    }
    let shown = path.display().to_string();
    let read = package::read_text(path).and_then(|text| {
        let finding = || Finding::error(Place::file(&shown), "these are not the digests of the records of the lock");
        if sha256(&text) == lock.digests {
            Records::parse(&text, &shown)
        } else {
            Err(Error::one(Stage::Lock, finding()))
        }
    });
    match read {
        Ok(records) => (Some(records), None),
        Err(error) => (
            None,
            error
                .findings
                .into_iter()
                .next()
                .map(|finding| Finding { severity: crate::error::Severity::Warning, ..finding }),
        ),
    }
}
