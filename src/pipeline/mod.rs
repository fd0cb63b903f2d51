//! The straight line, from a study file to a package, in which the whole program can be read.
//!
//! The stages are pure; this module reads the study file, hands the data to their reader, and publishes the package: into
//! a folder of its own beside the target, which replaces the target only when it is complete.

pub mod batch;
mod build;
mod conformance;
mod convert;
mod cut;
mod define;
mod differences;
mod edition;
mod files;
mod fonts;
mod judgement;
mod key;
mod locking;
mod looks;
mod package;
mod papers;
mod provenance;
mod publish;
mod report;
mod reproduce;
mod scan;
mod source_date;
mod trace;

use std::path::{Path, PathBuf};

use crate::analysis::{self, Trace};
use crate::conformance::Conformance;
use crate::data::LockedData;
use crate::derive::{self, Frames};
use crate::display;
use crate::error::{Error, Finding, Place, Stage};
use crate::plan::{self, Plan};
use crate::render::{self, Pages, Stamp, Templates};
use crate::results::{CutGiven, EditionShown, Provenance, Results};
use crate::spec::Study;
use crate::spec::narrow::Narrowed;
use crate::spec::report::Edition;
pub use conformance::summary as conformance_summary;
pub use convert::{Conversion, convert};
pub use edition::Asked;
pub use fonts::use_fonts;
pub use key::{KeyOrder, new_key};
pub use locking::{LockMade, LockOrder, Verified, lock, lock_diff, verify};
pub use looks::{Remark, Taken, record, remark, verify_ledger};
pub use package::Package;
pub use papers::key_letter;
pub use publish::Target;
pub use report::report;
pub use reproduce::{Reproduction, reproduce};
pub use scan::{Scan, ScanOrder, scan, scan_as, word_list};
pub use source_date::{LAST_SECOND, use_source_date};
pub use trace::{Explanation, explain};

/// Name and version of the program, as printed and as written into the PDF.
pub const PROGRAM: &str = concat!("trialpress ", env!("CARGO_PKG_VERSION"));

/// What a run is told about its progress: the name of the stage that begins.
pub type Progress<'a> = &'a (dyn Fn(&str) + Sync);

/// A study file and where its data are.
#[derive(Clone, Debug)]
pub struct StudyFile {
    /// The study file as the user named it.
    pub path: PathBuf,
    /// The folder of the data, if not the one of the specification.
    pub data: Option<PathBuf>,
    /// The last day of the data, in days since 1970-01-01, if not what the specification says.
    pub cutoff: Option<i32>,
    /// Which report is made of it.
    pub asked: Asked,
    /// The displays or analyses that are asked for; all if none.
    pub only: Vec<String>,
}

impl StudyFile {
    /// The study file of a path: a folder stands for the `study.toml` in it.
    #[must_use]
    pub fn at(path: &Path, data: Option<PathBuf>) -> Self {
        let path = if path.is_dir() { path.join("study.toml") } else { path.to_path_buf() };
        Self { path, data, cutoff: None, asked: Asked::default(), only: Vec::new() }
    }

    /// The same with the data as of a day; none leaves that to the specification.
    #[must_use]
    pub fn as_of(self, cutoff: Option<i32>) -> Self {
        Self { cutoff, ..self }
    }

    /// The same for a report.
    #[must_use]
    pub fn asked(self, asked: Asked) -> Self {
        Self { asked, ..self }
    }

    fn folder(&self) -> PathBuf {
        self.path.parent().map_or_else(PathBuf::new, Path::to_path_buf)
    }

    /// The folder of the data.
    fn data_folder(&self, study: &Study) -> PathBuf {
        self.data.clone().unwrap_or_else(|| self.folder().join(&study.data.folder))
    }

    /// Where the lock stands.
    #[must_use]
    pub fn lock_path(&self) -> PathBuf {
        self.beside("data.lock")
    }

    /// A file beside the study file.
    fn beside(&self, name: &str) -> PathBuf {
        self.folder().join(name)
    }
}

/// What is known before numbers are computed: stages 1 to 4.
#[derive(Debug)]
pub struct Checked {
    /// The specification as the report needs it.
    pub study: Study,
    /// Its text.
    pub text: String,
    /// The locked data as the readers of the report may know them.
    pub data: LockedData,
    /// The text of their lock; none where it would tell of what is masked.
    pub lock_text: Option<String>,
    /// The report, where it is not the final one.
    pub edition: Option<EditionShown>,
    /// Words that would tell of treatment in a masked report.
    pub words: Vec<String>,
    /// What the data were held against.
    pub conformance: Conformance,
    /// Who gave the day at which they were cut, if they were.
    pub cut_given: Option<CutGiven>,
    /// What will be done.
    pub plan: Plan,
    /// The variables.
    pub frames: Frames,
    /// What the ledger will remember of it.
    pub taken: Taken,
    /// The digest of the last line of the ledger, for a final report that quotes it.
    pub ledger: Option<String>,
    /// Warnings of all stages.
    pub warnings: Vec<Finding>,
}

/// Reads and checks the specification alone.
///
/// # Errors
/// The file cannot be read, or is not a valid specification.
pub fn read_study(file: &StudyFile) -> Result<(Study, String), Error> {
    let text = package::read_text(&file.path)?;
    let study = Study::parse(&text, &file.path.display().to_string())?;
    Ok((study, text))
}

/// Claims the target of a run before anything is computed: no other run can write it until this value is gone. It may not
/// lie within the folder of the data, where nothing may be but what was locked.
///
/// # Errors
/// The specification is invalid, or see [`Target::claim`].
pub fn claim(file: &StudyFile, out: &Path) -> Result<Target, Error> {
    let (study, _) = read_study(file)?;
    let data = file.data_folder(&study);
    // Data beside the study file share its folder with all that belongs to the study.
    let apart: Vec<PathBuf> = if publish::is_same(&data, &file.folder()) { Vec::new() } else { vec![data] };
    package::claim(out, &apart, &package::pdf_names(&study.study.id, file.asked.edition))
}

/// Claims the target of a report made again; it may not lie within the package that is read.
///
/// # Errors
/// See [`Target::claim`].
pub fn claim_again(package: &Path, out: &Path) -> Result<Target, Error> {
    package::claim(out, &[package.to_path_buf()], package::main_pdf(package).as_slice())
}

/// Stages 1 to 4: specification, data, plan, variables. No statistic is computed.
///
/// # Errors
/// All findings of the first stage that refuses.
pub fn check(file: &StudyFile, progress: Progress<'_>) -> Result<Checked, Error> {
    progress("specification");
    let (whole, _) = read_study(file)?;
    progress("data");
    let edition::Admitted { narrowed, without_look, data, described, lock_text, lock, shown, words } =
        edition::admit(&whole, file)?;
    let mut ready = Ready::of(narrowed, &data, file, progress)?;
    // Whether the run is a look is told by the information that is there.
    let day = ready.data.cut.as_ref().map(|cut| cut.day);
    let is_dry = shown.as_ref().is_some_and(|own| own.dummy);
    let looking = looks::looking((&whole, &ready.study), file, (&ready.plan, &ready.frames), &lock, (day, is_dry))?;
    if let Some(narrowed) = without_look.filter(|_| !looking.is_look) {
        ready = Ready::of(narrowed, &data, file, progress)?;
    }
    let Ready { study, text, data, cut_given, conformance, mut plan, frames, warnings } = ready;
    plan.looks = looking.looks.into_iter().collect();
    let warnings = [data.warnings.clone(), described, warnings, looking.warnings].concat();
    Ok(Checked {
        study,
        text,
        data,
        lock_text,
        edition: shown,
        words,
        conformance,
        cut_given,
        plan,
        frames,
        taken: looking.taken,
        ledger: looking.head,
        warnings,
    })
}

/// A specification and its data, up to the variables.
struct Ready {
    study: Study,
    text: String,
    data: LockedData,
    cut_given: Option<CutGiven>,
    conformance: Conformance,
    plan: Plan,
    frames: Frames,
    warnings: Vec<Finding>,
}

impl Ready {
    fn of(narrowed: Narrowed, data: &LockedData, file: &StudyFile, progress: Progress<'_>) -> Result<Self, Error> {
        let Narrowed { study, text } = narrowed;
        display::check_texts(&study)?;
        let cut::AsOf { data, given, warnings: of_cut } = cut::as_of(&study, data.clone(), file)?;
        progress("conformance");
        let (conformance, of_conformance) = conformance::gate(&study, &data);
        progress("plan");
        let bound = plan::bind(&study, &data);
        progress("variables");
        let derived = bound.and_then(|plan| derive::frames(&plan, &data).map(|(frames, told)| (plan, frames, told)));
        // What the rules refuse stops here, together with what could not be bound or derived: all is told at once.
        let (plan, frames, of_frames) = conformance::together(&of_conformance, derived)?;
        let warnings = [of_cut, of_conformance, of_frames].concat();
        Ok(Self { study, text, data, cut_given: given, conformance, plan, frames, warnings })
    }
}

/// Everything a run yields.
#[derive(Debug)]
pub struct Run {
    /// The specification.
    pub study: Study,
    /// The results.
    pub results: Results,
    /// Where they came from.
    pub provenance: Provenance,
    /// The pages.
    pub pages: Pages,
    /// The files, ready to be written.
    pub package: Package,
    /// What the ledger will remember of it, when the package is written.
    pub taken: Taken,
    /// Warnings of all stages.
    pub warnings: Vec<Finding>,
}

/// All stages up to the package, which is not written yet.
///
/// # Errors
/// All findings of the first stage that refuses; with `strict`, warnings too.
pub fn run(file: &StudyFile, template: &str, strict: bool, progress: Progress<'_>) -> Result<Run, Error> {
    run_dated(file, template, strict, source_date::given(), progress)
}

/// The same with the moment that the PDF bears, in seconds since the beginning of 1970; none for the date of the lock.
fn run_dated(
    file: &StudyFile,
    template: &str,
    strict: bool,
    date: Option<u64>,
    progress: Progress<'_>,
) -> Result<Run, Error> {
    // The program reads itself while the data are read.
    rayon::spawn(|| _ = build::this());
    let checked = check(file, progress)?;
    refuse_warnings(&checked.warnings, strict)?;
    progress("analyses");
    let results = analysis::run(&checked.plan, &checked.frames, Trace::Off);
    let mut provenance = provenance::of(&checked);
    provenance.built = Some(build::this().clone());
    provenance.source_date = date;
    let Checked { study, text, lock_text, mut warnings, words, taken, .. } = checked;
    if let Some(previous) = &file.asked.previous {
        warnings.extend(judgement::changes(previous, (&study, &results, &provenance))?);
    }
    template.clone_into(&mut provenance.template);
    let made = Made { study, text, lock: lock_text, results, provenance, warnings };
    finish(made, &words, progress).map(|run| Run { taken, ..run })
}

/// Shells: the pages of the report before there are data.
#[derive(Debug)]
pub struct Shells {
    /// How many displays there are.
    pub displays: usize,
    /// The pages.
    pub pages: Pages,
    /// The files, ready to be written.
    pub package: Package,
}

/// Makes shells from the specification alone: neither data nor lock are read.
///
/// # Errors
/// The specification is invalid, or the pages cannot be set.
pub fn shells(file: &StudyFile, template: &str, progress: Progress<'_>) -> Result<Shells, Error> {
    progress("specification");
    let (whole, _) = read_study(file)?;
    let Narrowed { study, text } = whole.narrowed(file.asked.edition, true, &key::example(&whole))?;
    let mut known = provenance::of_specification(&text);
    known.edition = edition::shown(&file.asked, None);
    progress("displays");
    let report = display::shells(&study, &known)?;
    progress("pages");
    let moment = source_date::given().map(source_date::moment);
    let stamp = Stamp { ident: known.fingerprint, creator: PROGRAM.to_owned(), moment };
    let pages = render::typeset(&report, &templates(template)?, &stamp)?;
    let package = Package::shells(&study, &text, &pages);
    Ok(Shells { displays: study.display.len(), pages, package })
}

fn templates(name: &str) -> Result<Templates, Error> {
    Templates::built_in(name).ok_or_else(|| {
        Error::one(Stage::Usage, Finding::error(Place::default(), format!("there is no report template {name}")))
    })
}

/// What the first stages made.
struct Made {
    study: Study,
    text: String,
    lock: Option<String>,
    results: Results,
    provenance: Provenance,
    warnings: Vec<Finding>,
}

/// Stages 6 and 7, and the package. `words` are those that tell of treatment in a masked report.
fn finish(made: Made, words: &[String], progress: Progress<'_>) -> Result<Run, Error> {
    let Made { study, text, lock, results, mut provenance, mut warnings } = made;
    let repeated = results.repeated_keys();
    assert!(repeated.is_empty(), "keys of results are unique, but these are not: {repeated:?}");
    progress("displays");
    let mut report = display::arrange(&study, &results, &provenance)?;
    // The report says itself what a person has to look at.
    for finding in judgement::words(&report, &text, words) {
        report.provenance.warnings.push(finding.to_string());
        provenance.warnings.push(finding.to_string());
        warnings.push(finding);
    }
    progress("pages");
    // The numbers are those of the run, the pages those of the fonts of today.
    let ident =
        std::iter::once(&provenance.fingerprint).chain(&provenance.fonts).cloned().collect::<Vec<_>>().join(" ");
    let moment = provenance.source_date.map(source_date::moment);
    let stamp = Stamp { ident, creator: PROGRAM.to_owned(), moment };
    let pages = render::typeset(&report, &templates(&provenance.template)?, &stamp)?;
    let edition = provenance.edition.as_ref().and_then(|own| Edition::named(&own.report)).unwrap_or_default();
    let mut beside: Vec<(String, Vec<u8>)> =
        lock.into_iter().map(|text| ("data.lock".to_owned(), text.into_bytes())).collect();
    if matches!(edition, Edition::DsmbClosed | Edition::DsmbClosedUnmasked) {
        progress("papers");
        beside.push((papers::FORM.to_owned(), papers::form(&report, &provenance.fingerprint)?));
    }
    let package = Package::new(&study, &text, beside, &results, &provenance, &pages);
    Ok(Run { study, results, provenance, pages, package, taken: Taken::default(), warnings })
}

fn refuse_warnings(warnings: &[Finding], strict: bool) -> Result<(), Error> {
    if strict && !warnings.is_empty() {
        return Err(Error { stage: Stage::Binding, findings: warnings.to_vec() });
    }
    Ok(())
}

/// A line for each rule over subjects or records that cannot be decided for some rows, for `check` to show.
#[must_use]
pub fn undecided(checked: &Checked) -> Vec<String> {
    let of_truths = |id: &crate::plan::RuleId| checked.frames.selects.contains(id);
    let nulls = checked.frames.nulls.iter().filter(|(id, nulls)| **nulls > 0 && of_truths(id));
    nulls
        .map(|(id, nulls)| {
            let rule = checked.plan.rule(*id);
            format!("{}: undecided for {nulls} rows, which are not selected: {}", rule.place, rule.defines)
        })
        .collect()
}

/// Findings for the log, of the study that is named if there are several.
#[derive(Clone, Debug)]
pub struct LogOf {
    /// The name of the study in a batch.
    pub study: Option<String>,
    /// Its findings.
    pub findings: Vec<Finding>,
}

/// Writes findings as JSON lines; those of a batch name their study.
///
/// # Errors
/// The file cannot be written.
pub fn write_log(path: &Path, log: &[LogOf]) -> Result<(), Error> {
    let mut lines = String::new();
    for LogOf { study, findings } in log {
        for finding in findings {
            let mut value = serde_json::to_value(finding).unwrap_or_default();
            if let (Some(study), Some(fields)) = (study, value.as_object_mut()) {
                fields.insert("study".to_owned(), study.as_str().into());
            }
            lines.push_str(&format!("{value}\n"));
        }
    }
    publish::write_file(path, lines.as_bytes())
}

/// Hexadecimal text of a digest.
fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
