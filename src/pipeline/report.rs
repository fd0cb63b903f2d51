//! The report again, from the package of an earlier run.

use std::path::Path;

use super::{Made, Progress, Run, build, fonts, package, source_date};
use crate::error::{Error, Finding, Place, Stage};
use crate::results::{Provenance, Results, store};
use crate::spec::Study;
use crate::spec::report::{Audience, Edition};

/// What a package holds from which its report can be made again.
pub(super) struct Earlier {
    pub(super) study: Study,
    text: String,
    pub(super) results: Results,
    pub(super) provenance: Provenance,
    lock: Option<String>,
}

/// Reads an earlier package, whose sums have been verified.
///
/// # Errors
/// A file of it cannot be read, or is not what a run writes.
pub(super) fn earlier(folder: &Path) -> Result<Earlier, Error> {
    let shown = |name: &str| folder.join(name).display().to_string();
    let text = package::read_text(&folder.join("study.toml"))?;
    let provenance =
        store::provenance_from_json(&package::read_text(&folder.join("provenance.json"))?, &shown("provenance.json"))?;
    let edition = provenance.edition.as_ref().and_then(|own| Edition::named(&own.report)).unwrap_or_default();
    let mut study = Study::parse(&text, "study.toml")?;
    // The final report has the whole specification with it, every other one what it needs of it.
    if edition == Edition::Final {
        study = study.narrowed(edition, false, &[])?.study;
    }
    let mut results = store::from_json(&package::read_text(&folder.join("results.json"))?, &shown("results.json"))?;
    for export in &study.export {
        results.datasets.push(package::dataset(folder, &export.dataset)?);
    }
    if let Some(key) = results.repeated_keys().first() {
        let message = format!("a result stands twice in it: {}", serde_json::to_string(key).unwrap_or_default());
        return Err(Error::one(Stage::Files, Finding::error(Place::file(shown("results.json")), message)));
    }
    // A masked report has none: it would tell of what is masked.
    let has_lock = edition.audience() == Audience::Unmasked;
    let lock = has_lock.then(|| package::read_text(&folder.join("data.lock"))).transpose()?;
    Ok(Earlier { study, text, results, provenance, lock })
}

/// The report again, from the package of an earlier run and without the data.
///
/// # Errors
/// The folder holds no package, or its files are not what they were when it was written.
pub fn report(folder: &Path, template: Option<&str>, progress: Progress<'_>) -> Result<Run, Error> {
    progress("results");
    package::verify(folder)?;
    let Earlier { study, text, results, mut provenance, lock } = earlier(folder)?;
    provenance.fonts = fonts::given().to_vec();
    provenance.source_date = source_date::given().or(provenance.source_date);
    let this = build::this();
    provenance.set_by = (provenance.built.as_ref() != Some(this)).then(|| this.clone());
    if let Some(template) = template {
        template.clone_into(&mut provenance.template);
    }
    super::finish(Made { study, text, lock, results, provenance, warnings: Vec::new() }, &[], progress)
}
