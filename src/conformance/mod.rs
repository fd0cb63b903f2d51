//! What the data must hold before a number is computed: the gate of rules.
//!
//! The kinds of checks are here, the rules are data: instruments shipped with the program and rules of the study (see
//! `spec::conformance`). Every rule looks at every dataset that has its variables, and everything that is found is told
//! at once, with dataset, variable, record and value. A finding that a person has accepted in the specification, with
//! the reason, is counted as accepted and no longer in the way. Rules of method: `reliability.md`, section 4.2.

mod check;
mod dates;
mod declared;
mod design;
mod groups;
mod outcome;
mod pattern;
mod records;
mod texts;
mod view;
mod within;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use rayon::prelude::*;

use crate::data::rule::Rule;
use crate::data::vector::Truth;
use crate::data::{LockedData, date};
use crate::error::{Finding, nearest};
use crate::results::ConformanceAcceptance;
use crate::spec::Study;
use crate::spec::conformance::{Acceptance, ConformanceRule};
use crate::spec::instrument::{self, Units};
use crate::spec::text::RuleText;
pub use outcome::{Conformance, RuleOutcome};

use check::{Look, look};
use outcome::{Accepting, AtDataset};
use view::{Subjects, View};

/// Holds all datasets against all rules. `cut_off` is the last day the data may know of, in days since 1970-01-01; the
/// one that the section of conformance states comes first.
#[must_use]
pub fn gate(study: &Study, data: &LockedData, cut_off: Option<i32>) -> Conformance {
    let spec = &study.conformance;
    let instruments: Vec<_> = spec.rules.iter().filter_map(|name| instrument::conformance(name)).collect();
    let keys: Vec<String> = instruments.iter().flat_map(|instrument| instrument.record.clone()).collect();
    let rules: Vec<&ConformanceRule> =
        instruments.iter().flat_map(|instrument| &instrument.rule).chain(&spec.rule).collect();
    let cut_off = spec.cut_off.as_ref().and_then(|day| date::parse(day)).or(cut_off);
    let subjects = Subjects::of(study, data);
    let views: Vec<View<'_>> = data.datasets.values().map(|dataset| View::new(dataset, study, &subjects)).collect();
    let units = instrument::units();
    let gate = Gate { study, views: &views, keys: &keys, units: &units, cut_off };
    // Collected in the order of the rules, whatever the number of threads.
    let outcomes: Vec<(RuleOutcome, BTreeMap<usize, usize>)> =
        rules.par_iter().map(|rule| gate.outcome(rule)).collect();
    let mut own = unparsed(study);
    if let Some(day) = spec.cut_off.as_ref().filter(|day| date::parse(day).is_none()) {
        let message = format!("{day} is no date");
        own.push(Finding::error(study.origin.place(day.span.start), message).hint("write YYYY-MM-DD"));
    }
    own.extend(unused(study, &rules, &outcomes));
    Conformance { rules: outcomes.into_iter().map(|(outcome, _)| outcome).collect(), own }
}

struct Gate<'a> {
    study: &'a Study,
    views: &'a [View<'a>],
    keys: &'a [String],
    units: &'a Units,
    cut_off: Option<i32>,
}

impl Gate<'_> {
    /// One rule at all datasets, and how much each acceptance accepted.
    fn outcome(&self, rule: &ConformanceRule) -> (RuleOutcome, BTreeMap<usize, usize>) {
        let found: Vec<AtDataset> = self
            .views
            .iter()
            .filter_map(|view| {
                let hits = look(rule, view, self.units, self.cut_off)?;
                Some(outcome::sorted(rule, view, self.keys, &hits, &self.accepting(rule, view)))
            })
            .collect();
        let mut used: BTreeMap<usize, usize> = BTreeMap::new();
        for (at, count) in found.iter().flat_map(|at| &at.accepted) {
            *used.entry(*at).or_default() += count;
        }
        let acceptance = |(at, findings): (&usize, &usize)| {
            let own = self.study.conformance.accept.get(*at)?;
            let (reason, by) = (own.reason.clone(), own.by.clone());
            Some(ConformanceAcceptance { findings: *findings, reason, by })
        };
        let outcome = RuleOutcome {
            id: rule.id.to_string(),
            title: rule.title.clone(),
            severity: rule.severity,
            datasets: found.iter().map(|at| at.dataset.clone()).collect(),
            records: found.iter().map(|at| at.records).sum(),
            found: found.iter().map(|at| at.found).sum(),
            accepted: used.values().sum(),
            findings: found.into_iter().flat_map(|at| at.findings).collect(),
            acceptances: used.iter().filter_map(acceptance).collect(),
        };
        (outcome, used)
    }

    /// The acceptances of a rule that are about this dataset.
    fn accepting<'s>(&'s self, rule: &ConformanceRule, view: &View<'_>) -> Vec<Accepting<'s>> {
        let of = |own: &Acceptance| {
            own.rule == rule.id && own.dataset.as_ref().is_none_or(|name| **name == *view.dataset.name)
        };
        let own = self.study.conformance.accept.iter().enumerate().filter(|(_, acceptance)| of(acceptance));
        own.filter_map(|(at, acceptance)| {
            let records = match &acceptance.r#where {
                // A condition that cannot be decided accepts nothing, and is then told as unused.
                Some(condition) => Some(self.condition(rule, view, condition)?),
                None => None,
            };
            let variable = acceptance.variable.as_deref();
            Some(Accepting { at, variable, subjects: &acceptance.subjects, records })
        })
        .collect()
    }

    fn condition(&self, rule: &ConformanceRule, view: &View<'_>, condition: &RuleText) -> Option<Vec<Truth>> {
        let look = Look::new(rule, view, self.units, self.cut_off);
        look.truths(&condition.sql)?.ok().map(|(truths, _)| truths)
    }
}

/// Rules and conditions of the study that are no expressions.
fn unparsed(study: &Study) -> Vec<Finding> {
    let spec = &study.conformance;
    let rules = spec
        .rule
        .iter()
        .flat_map(|rule| rule.holds.iter().chain(&rule.r#where).chain(rule.equals.as_ref().map(|equals| &equals.at)));
    let mut findings = Vec::new();
    for text in rules.chain(spec.accept.iter().filter_map(|own| own.r#where.as_ref())) {
        // What stands for a name or a date parses as one.
        let sql = text.sql.replace("{each}", "X_each").replace("{subject}", "X_subjct");
        let sql = sql.replace("{cut-off}", "X_cutoff");
        for mistake in Rule::parse(&sql).err().into_iter().flatten() {
            let place = study.origin.place_in_rule(text, mistake.position.line, mistake.position.column);
            let mut finding = Finding::error(place, mistake.message);
            finding.hint = mistake.hint;
            findings.push(finding);
        }
    }
    findings
}

/// Acceptances of rules that do not exist, and those that accepted nothing: what they were about is gone, or was never
/// what they say.
fn unused(
    study: &Study,
    rules: &[&ConformanceRule],
    outcomes: &[(RuleOutcome, BTreeMap<usize, usize>)],
) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (at, acceptance) in study.conformance.accept.iter().enumerate() {
        let place = || study.origin.place(acceptance.rule.span.start);
        if !rules.iter().any(|rule| rule.id == acceptance.rule) {
            let near = nearest(&acceptance.rule, rules.iter().map(|rule| &*rule.id));
            let mut finding = Finding::error(place(), format!("there is no rule {}", acceptance.rule));
            finding.hint = near.map(|near| format!("did you mean {near}?"));
            findings.push(finding);
        } else if !outcomes.iter().any(|(_, used)| used.contains_key(&at)) {
            let message = format!("nothing that {} finds is accepted by this", acceptance.rule);
            findings.push(Finding::warning(place(), message).hint("remove it, or say which findings are meant"));
        }
    }
    findings
}
