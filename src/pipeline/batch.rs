//! Several studies at once, a package each. They run side by side; one that fails does not stop the others. A package of
//! a batch has the bytes that it has when its study runs alone.

use std::path::{Path, PathBuf};

use rayon::prelude::*;

use crate::error::{Error, Finding, Place, Stage};
use crate::pipeline::{self, StudyFile, package};
use crate::spec::report::Edition;

/// A study of a batch.
#[derive(Clone, Debug)]
pub struct Member {
    /// Its identifier; the path of its file where the specification cannot be read.
    pub name: String,
    /// Its file.
    pub file: StudyFile,
    /// The folder of its package; none where it has no identifier.
    pub target: Option<PathBuf>,
}

/// What became of a study.
#[derive(Debug)]
pub struct Outcome {
    /// Its name.
    pub name: String,
    /// What was made, or why not.
    pub made: Result<Made, Error>,
}

/// A package that was written.
#[derive(Debug)]
pub struct Made {
    /// Its folder.
    pub package: PathBuf,
    /// Its PDF.
    pub pdf: PathBuf,
    /// Number of pages.
    pub pages: usize,
    /// Number of results.
    pub results: usize,
    /// How many of them have no value.
    pub not_estimable: usize,
    /// Warnings of all stages.
    pub warnings: Vec<Finding>,
}

impl Outcome {
    /// Warnings of a study that was done, all findings of one that failed.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        match &self.made {
            Ok(made) => &made.warnings,
            Err(error) => &error.findings,
        }
    }

    /// 0, or the number of the stage that refused.
    #[must_use]
    pub fn exit_number(&self) -> u8 {
        self.made.as_ref().map_or_else(Error::exit_number, |_| 0)
    }
}

/// The studies of a batch, each with the folder of its package: `out`, and in it the identifier in lower case.
///
/// A specification that cannot be read is no error here: it fails by itself when it is run.
///
/// # Errors
/// Two studies would write the same package, or `out` is the package of a single study.
pub fn members(files: Vec<StudyFile>, out: &Path) -> Result<Vec<Member>, Error> {
    if package::is_package(out) {
        let place = Place::file(out.display().to_string());
        let finding = Finding::error(place, "the target of several studies is the package of a single one");
        return Err(Error::one(Stage::Usage, finding.hint("name the folder above the packages")));
    }
    let member = |file: StudyFile| match pipeline::read_study(&file) {
        Ok((study, _)) => {
            let edition = file.asked.edition;
            let report = if edition == Edition::Final { String::new() } else { format!(" {}", edition.name()) };
            let folder = format!("{}{}", package::file_name(&study.study.id), report.replace(' ', "-"));
            let target = out.join(folder.to_lowercase());
            Member { name: study.study.id + &report, file, target: Some(target) }
        }
        Err(_) => Member { name: file.path.display().to_string(), file, target: None },
    };
    let members: Vec<Member> = files.into_iter().map(member).collect();
    let mut findings = Vec::new();
    for (position, one) in members.iter().enumerate() {
        let Some(target) = &one.target else { continue };
        if let Some(other) = members[..position].iter().find(|other| other.target.as_ref() == Some(target)) {
            let place = Place::file(one.file.path.display().to_string());
            let message = format!(
                "the study {} would be written to {}, as that of {}",
                one.name,
                target.display(),
                other.file.path.display()
            );
            let hint = "run them apart, or give each study an identifier of its own";
            findings.push(Finding::error(place, message).hint(hint));
        }
    }
    Error::unless_clean(Stage::Usage, findings).map(|_| members)
}

/// Runs all studies and writes their packages, in parallel; outcomes stand in the order of the studies.
///
/// `today` is the day of looks that are taken, for the ledger. `watch` is told the position of a study and the stage it begins, from any thread.
#[must_use]
pub fn run(
    members: &[Member],
    template: Option<&str>,
    strict: bool,
    today: &str,
    watch: &(dyn Fn(usize, &str) + Sync),
) -> Vec<Outcome> {
    let one = |(position, member): (usize, &Member)| Outcome {
        name: member.name.clone(),
        made: make(member, template, strict, today, &|stage| watch(position, stage)),
    };
    members.par_iter().enumerate().map(one).collect()
}

/// Runs a study and writes its package. The pages are gone when it returns: of many studies only few are held at once.
fn make(
    member: &Member,
    template: Option<&str>,
    strict: bool,
    today: &str,
    progress: pipeline::Progress<'_>,
) -> Result<Made, Error> {
    let claimed = member.target.as_ref().map(|target| pipeline::claim(&member.file, target)).transpose()?;
    let template = template.unwrap_or_else(|| member.file.asked.edition.template());
    let run = pipeline::run(&member.file, template, strict, progress)?;
    let (Some(target), Some(claimed)) = (&member.target, claimed) else {
        // It could not be read when the batch was put together, and now it can: somebody is still writing it.
        let place = Place::file(member.file.path.display().to_string());
        return Err(Error::one(Stage::Files, Finding::error(place, "the specification changed while it was read")));
    };
    progress("package");
    // What shows the results of a look is never there without the look being remembered.
    pipeline::record(&member.file, &run.taken, today)?;
    let mut warnings = run.warnings;
    warnings.extend(claimed.publish(&run.package.files)?);
    Ok(Made {
        package: target.clone(),
        pdf: target.join(&run.package.pdf),
        pages: run.pages.text.len(),
        results: run.results.rows.len(),
        not_estimable: run.results.not_estimable(),
        warnings,
    })
}
