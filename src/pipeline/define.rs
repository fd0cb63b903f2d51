//! The define.xml of a study: read before the data, whose types it may declare, and held against them.

use std::path::Path;

use rayon::prelude::*;

use super::StudyFile;
use crate::data::define::{self, Define};
use crate::data::{Format, LockedData, Reading, lock};
use crate::error::{Error, Finding, Stage};
use crate::spec::Study;

/// The define.xml that a specification names, if it names one: hashed and parsed from one read.
///
/// # Errors
/// The file lies outside the data folder, cannot be read, or is no sound define.xml.
pub(super) fn read(study: &Study, file: &StudyFile) -> Result<Option<Define>, Error> {
    let Some(name) = &study.data.define else { return Ok(None) };
    let place = study.origin.place(name.span.start);
    let path = Path::new(&**name);
    if super::escapes(path) {
        return Err(Error::one(Stage::Specification, super::outside(place, name)));
    }
    let bytes = lock::document(&file.data_folder(study).join(path), name, &place)?;
    define::read(&bytes, name).map(Some).map_err(|findings| Error { stage: Stage::Lock, findings })
}

/// Adds to how a file is read what define.xml declares and the format does not say. What the specification calls text
/// is text.
pub(super) fn declare(define: Option<&Define>, dataset: &str, format: Format, reading: Reading) -> Reading {
    let Some(define) = define.filter(|_| format == Format::Csv) else { return reading };
    let mut kinds = define.declared(dataset);
    kinds.retain(|name, _| !reading.text.contains(name));
    Reading { kinds, ..reading }
}

/// Holds the data against define.xml, and labels the variables of formats that have no labels.
///
/// # Errors
/// All findings, if one of them is an error.
pub(super) fn hold(define: Option<&Define>, data: &mut LockedData, subject: &str) -> Result<Vec<Finding>, Error> {
    let Some(define) = define else { return Ok(Vec::new()) };
    let datasets: Vec<_> = data.datasets.values().collect();
    let checked: Vec<Vec<Finding>> =
        datasets.into_par_iter().map(|dataset| define::check(define, dataset, subject)).collect();
    for (name, dataset) in &mut data.datasets {
        for variable in dataset.variables.iter_mut().filter(|variable| variable.label.is_empty()) {
            variable.label = define.label(name, &variable.name).unwrap_or_default().to_owned();
        }
    }
    let findings = define.warnings.iter().cloned().chain(checked.into_iter().flatten()).collect();
    Error::unless_clean(Stage::Binding, findings)
}
