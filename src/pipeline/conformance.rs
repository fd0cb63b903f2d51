//! The gate of rules, between the data and the plan.

use crate::conformance::{self, Conformance};
use crate::data::LockedData;
use crate::error::{Error, Finding, Stage};
use crate::pipeline::Checked;
use crate::spec::Study;

/// Holds the data against the rules; the warnings with what was found.
///
/// # Errors
/// All findings, if one of them is an error.
pub(super) fn gate(study: &Study, data: &LockedData) -> Result<(Conformance, Vec<Finding>), Error> {
    let conformance = conformance::gate(study, data, data.cut.as_ref().map(|cut| cut.day));
    let warnings = Error::unless_clean(Stage::Binding, conformance.findings())?;
    Ok((conformance, warnings))
}

/// What the gate says in a line, for `check` to show.
#[must_use]
pub fn summary(checked: &Checked) -> String {
    let rules = &checked.conformance.rules;
    let applicable = rules.iter().filter(|rule| !rule.datasets.is_empty()).count();
    let accepted: usize = rules.iter().map(|rule| rule.accepted).sum();
    let notes = checked.conformance.notes().len();
    let all = rules.len();
    format!("{applicable} of {all} rules of conformance apply: {accepted} findings accepted, {notes} noted")
}
