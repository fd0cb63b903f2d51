//! Where everything came from: digests of specification, instruments and data, and what was counted of the data.

use sha2::{Digest, Sha256};

use crate::analysis;
use crate::data::{self, Dataset};
use crate::error::{Finding, Place};
use crate::pipeline::{Checked, PROGRAM, cut, fonts, hex};
use crate::results::{AnalysisSource, DataQuality, DataSource, Provenance};
use crate::spec::instrument;
use crate::spec::report::{Audience, Edition};

/// Provenance of checked data: by content, not by file, so that the same data give the same report in any format and
/// order of rows. The bytes of the files stand in `data.lock`, which is part of the package; its digest is noted, and is no
/// part of the fingerprint nor of the pages.
pub(super) fn of(checked: &Checked) -> Provenance {
    let specification = hex(&Sha256::digest(checked.text.as_bytes()));
    let instruments = instruments();
    let contents: Vec<&str> = checked.data.datasets.values().map(|dataset| dataset.content.as_str()).collect();
    let content = digest(&contents);
    let mut inputs = vec![PROGRAM, &specification, &instruments, &content, &checked.data.lock.head.locked];
    inputs.extend(fonts::given().iter().map(String::as_str));
    let cut = cut::provenance(checked);
    inputs.extend(cut.iter().map(|cut| cut.date.as_str()));
    inputs.extend(checked.edition.iter().flat_map(|own| [own.report.as_str(), own.key.as_deref().unwrap_or_default()]));
    inputs.extend(checked.ledger.as_deref());
    let fingerprint = digest(&inputs);
    // It takes a look at every value: only for a report that shows it.
    let counted = checked.study.display.iter().any(|display| display.data_quality.is_some());
    let data = checked
        .data
        .datasets
        .values()
        .map(|dataset| DataSource {
            name: dataset.name.clone(),
            file: checked.data.lock.entry(&dataset.name).map_or_else(String::new, |entry| entry.file.clone()),
            content: dataset.content.clone(),
            records: dataset.frame.height(),
            variables: dataset.variables.len(),
            quality: counted.then(|| quality(dataset, &checked.study.data.subject)),
            cut: cut::source(&checked.data, &dataset.name),
        })
        .collect();
    Provenance {
        program: PROGRAM.to_owned(),
        specification,
        instruments,
        edition: checked.edition.clone(),
        lock_date: checked.data.lock.head.locked.clone(),
        lock: checked.lock_text.as_ref().map_or_else(String::new, |text| hex(&Sha256::digest(text.as_bytes()))),
        cut,
        ledger: checked.ledger.clone(),
        content,
        fingerprint: fingerprint.chars().take(16).collect(),
        data,
        analyses: sources(checked),
        fonts: fonts::given().to_vec(),
        conformance: checked.conformance.rows(),
        warnings: checked
            .warnings
            .iter()
            .map(|finding| Finding { place: placed(checked, &finding.place), ..finding.clone() }.to_string())
            .collect(),
        ..Provenance::default()
    }
}

/// Where the analyses came from.
fn sources(checked: &Checked) -> Vec<AnalysisSource> {
    let mut sources = analysis::sources(&checked.plan, &checked.frames);
    if is_masked(checked) {
        let file = |place: &mut String| *place = place.split(':').next().unwrap_or_default().to_owned();
        for source in &mut sources {
            file(&mut source.place);
            source.rules.iter_mut().for_each(|rule| file(&mut rule.place));
        }
    }
    sources
}

/// Whether the report may not tell of treatment.
fn is_masked(checked: &Checked) -> bool {
    let edition = checked.edition.as_ref().and_then(|own| Edition::named(&own.report)).unwrap_or_default();
    edition.audience() != Audience::Unmasked
}

/// A place as the provenance names it. That of a masked report names the file alone: lines and columns of the whole
/// specification depend on what the arms are called.
fn placed(checked: &Checked, place: &Place) -> Place {
    let near = place.nearby();
    if is_masked(checked) { Place { line: None, column: None, ..near } } else { near }
}

/// Provenance of a specification before there are data.
pub(super) fn of_specification(text: &str) -> Provenance {
    let specification = hex(&Sha256::digest(text.as_bytes()));
    let instruments = instruments();
    let fingerprint = digest(&[PROGRAM, &specification, &instruments]).chars().take(16).collect();
    Provenance { program: PROGRAM.to_owned(), specification, instruments, fingerprint, ..Provenance::default() }
}

/// What is missing or odd in a dataset.
fn quality(dataset: &Dataset, subject: &str) -> DataQuality {
    let data::quality::Quality { subjects, empty, undated, partial_dates, limits, repeated } =
        data::quality::of(dataset, subject);
    DataQuality { subjects, empty, undated, partial_dates, limits, repeated }
}

/// Digest of all instrument files together.
fn instruments() -> String {
    digest(&instrument::shipped().iter().map(|(_, text)| *text).collect::<Vec<_>>())
}

/// Digest of texts, each with its length.
fn digest(parts: &[&str]) -> String {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(part.len().to_le_bytes());
        hasher.update(part.as_bytes());
    }
    hex(&hasher.finalize())
}
