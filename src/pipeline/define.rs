//! The define.xml of a study: read before the data, whose types it may declare, and held against them.

use rayon::prelude::*;

use crate::data::define::{self, Define};
use crate::data::{Format, LockedData, Reading};
use crate::error::{Error, Finding, Stage};

/// What a define.xml says; `shown` is its name in the specification.
///
/// # Errors
/// It is no sound define.xml.
pub(super) fn parsed(bytes: &[u8], shown: &str) -> Result<Define, Error> {
    define::read(bytes, shown).map_err(|findings| Error { stage: Stage::Lock, findings })
}

/// Adds to how a file is read what define.xml declares and the format does not say.
pub(super) fn declare(define: Option<&Define>, dataset: &str, format: Format, reading: Reading) -> Reading {
    let Some(define) = define.filter(|_| format == Format::Csv) else { return reading };
    Reading { described: define.declared(dataset), ..reading }
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
