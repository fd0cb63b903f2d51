//! `reproduce`: whether a package can be made again, and if not, where it first differs.

use std::path::Path;

use crate::cli::terminal::{Terminal, print};
use crate::error::{Error, Finding, Stage};
use crate::pipeline::{self, Reproduction, StudyFile};

/// Makes a package again in memory and compares it; gives what the two builds differ in, as warnings.
///
/// # Errors
/// The package is not as it was written, the study does not run, or the two differ: then the finding that names the first
/// display cell that differs comes before that with the first byte.
pub(super) fn reproduce(package: &Path, study: &StudyFile, terminal: &Terminal) -> Result<Vec<Finding>, Error> {
    let Reproduction { of_build, differences, files, fingerprint } =
        pipeline::reproduce(package, study, &|stage| terminal.stage(stage))?;
    terminal.done();
    if !differences.is_empty() {
        let findings = of_build.into_iter().chain(differences).collect();
        return Err(Error { stage: Stage::Comparison, findings });
    }
    print(&format!("identical: {files} files, fingerprint {fingerprint}\n"))?;
    Ok(of_build)
}
