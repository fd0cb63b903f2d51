//! The gate of rules, between the data and the plan.

use crate::conformance::{self, Conformance};
use crate::data::LockedData;
use crate::error::{Error, Finding, Severity, Stage};
use crate::pipeline::Checked;
use crate::spec::Study;

/// Holds the data against the rules, and gives what was found.
pub(super) fn gate(study: &Study, data: &LockedData) -> (Conformance, Vec<Finding>) {
    let conformance = conformance::gate(study, data, data.end());
    let findings = conformance.findings();
    (conformance, findings)
}

/// What the stages after the gate gave, unless a rule refuses the data.
///
/// # Errors
/// The findings of the rules, if one of them is an error, and those of the later stages about other variables; or those of
/// the later stages.
pub(super) fn together<T>(found: &[Finding], later: Result<T, Error>) -> Result<T, Error> {
    if found.iter().all(|finding| finding.severity != Severity::Error) {
        return later;
    }
    // A later stage says the same of the same variable in other words.
    let known = |own: &Finding| {
        let same =
            |other: &Finding| other.place.dataset == own.place.dataset && other.place.variable == own.place.variable;
        own.place.dataset.is_some() && found.iter().any(same)
    };
    let later = later.err().map(|error| error.findings).unwrap_or_default();
    let findings = found.iter().cloned().chain(later.into_iter().filter(|own| !known(own))).collect();
    Err(Error::unless_clean(Stage::Binding, findings).expect_err("a rule refuses the data"))
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
