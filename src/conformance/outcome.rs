//! What the gate found, as findings for a person and as counts for the report.

use std::collections::BTreeMap;

use crate::conformance::check::{Hit, Hits};
use crate::conformance::view::View;
use crate::data::vector::Truth;
use crate::error::{Finding, Place};
use crate::results::{ConformanceAcceptance, ConformanceRow};
use crate::spec::conformance::{ConformanceRule, Level};

/// Findings of one rule shown for one dataset; the others are counted.
const SHOWN: usize = 20;
/// Characters of a value that are shown.
const LONGEST: usize = 60;

/// What the gate found.
#[derive(Clone, Debug, Default)]
pub struct Conformance {
    /// One for each rule, in the order of the instruments and of the study.
    pub rules: Vec<RuleOutcome>,
    /// What is wrong with rules and acceptances themselves.
    pub own: Vec<Finding>,
}

/// What a rule found.
#[derive(Clone, Debug)]
pub struct RuleOutcome {
    /// Identifier.
    pub id: String,
    /// What is asked.
    pub title: String,
    /// How much it matters.
    pub severity: Level,
    /// The datasets it applies to, in the order of their names.
    pub datasets: Vec<String>,
    /// Records of those datasets.
    pub records: usize,
    /// What was found and not accepted.
    pub found: usize,
    /// What was found and accepted.
    pub accepted: usize,
    /// The first findings of each dataset, with the number of the others.
    pub findings: Vec<Finding>,
    /// The acceptances that were used, with what each accepted.
    pub acceptances: Vec<ConformanceAcceptance>,
}

impl Conformance {
    /// Errors and warnings: what stands in the way, and what a person should know. Notes are in the table only.
    #[must_use]
    pub fn findings(&self) -> Vec<Finding> {
        let told = self.rules.iter().filter(|rule| rule.severity != Level::Note);
        self.own.iter().chain(told.flat_map(|rule| &rule.findings)).cloned().collect()
    }

    /// The findings of rules that only note.
    #[must_use]
    pub fn notes(&self) -> Vec<Finding> {
        let notes = self.rules.iter().filter(|rule| rule.severity == Level::Note);
        notes.flat_map(|rule| &rule.findings).cloned().collect()
    }

    /// A row for each rule, for the report.
    #[must_use]
    pub fn rows(&self) -> Vec<ConformanceRow> {
        let row = |rule: &RuleOutcome| ConformanceRow {
            rule: rule.id.clone(),
            title: rule.title.clone(),
            severity: rule.severity.word().to_owned(),
            datasets: rule.datasets.clone(),
            records: rule.records,
            findings: rule.found,
            accepted: rule.accepted,
            acceptances: rule.acceptances.clone(),
        };
        self.rules.iter().map(row).collect()
    }
}

/// An acceptance at one dataset: which records it is about.
pub(super) struct Accepting<'a> {
    /// Its position in the specification.
    pub(super) at: usize,
    pub(super) variable: Option<&'a str>,
    pub(super) subjects: &'a [String],
    /// None if it is about all records.
    pub(super) records: Option<Vec<Truth>>,
}

impl Accepting<'_> {
    fn covers(&self, variable: Option<&str>, hit: &Hit, subject: &str) -> bool {
        let of_variable = self.variable.is_none() || self.variable == variable;
        let of_subject = self.subjects.is_empty() || self.subjects.iter().any(|own| own == subject);
        let of_record = match (&self.records, hit.row) {
            (None, _) => true,
            (Some(truths), Some(row)) => truths[row].holds(),
            (Some(_), None) => false,
        };
        of_variable && of_subject && of_record
    }
}

/// What a rule found in one dataset, after what was accepted.
pub(super) struct AtDataset {
    pub(super) dataset: String,
    pub(super) records: usize,
    pub(super) found: usize,
    /// By position of the acceptance.
    pub(super) accepted: BTreeMap<usize, usize>,
    pub(super) findings: Vec<Finding>,
}

/// Sorts what a rule found into findings and accepted ones.
pub(super) fn sorted(
    rule: &ConformanceRule,
    view: &View<'_>,
    keys: &[String],
    found: &[Hits],
    accepting: &[Accepting<'_>],
) -> AtDataset {
    let mut out = AtDataset {
        dataset: view.dataset.name.clone(),
        records: view.rows(),
        found: 0,
        accepted: BTreeMap::new(),
        findings: Vec::new(),
    };
    for hits in found {
        for hit in &hits.list {
            let subject = || hit.row.map_or_else(String::new, |row| view.subject(row));
            let cover = |own: &&Accepting<'_>| own.covers(hits.variable.as_deref(), hit, &subject());
            if let Some(acceptance) = accepting.iter().find(cover) {
                *out.accepted.entry(acceptance.at).or_default() += 1;
                continue;
            }
            out.found += 1;
            if out.found <= SHOWN {
                out.findings.push(finding(rule, view, keys, hits, hit));
            }
        }
    }
    if out.found > SHOWN {
        let message = format!("… and {} more findings of this rule", out.found - SHOWN);
        let place = Place::dataset(&view.dataset.name);
        out.findings.push(levelled(rule, place, message));
    }
    out
}

fn levelled(rule: &ConformanceRule, place: Place, message: String) -> Finding {
    match rule.severity {
        Level::Error => Finding::error(place, message),
        Level::Warning | Level::Note => Finding::warning(place, message),
    }
    .rule(&*rule.id)
    .hint(rule.action.clone())
}

fn finding(rule: &ConformanceRule, view: &View<'_>, keys: &[String], hits: &Hits, hit: &Hit) -> Finding {
    let mut place = Place::dataset(&view.dataset.name);
    place.variable.clone_from(&hits.variable);
    let mut parts = Vec::new();
    let mut message = rule.finding.replace("{subjects}", &view.study.data.subjects);
    if let Some(row) = hit.row {
        place = place.subjects([view.subject(row)]);
        let value = |name: &String| {
            let column = view.column(name)?;
            let value = if column.is_null(row) { "missing".to_owned() } else { shortened(&column.show(row)) };
            Some(format!("{name} {value}"))
        };
        let subject = &view.study.data.subject;
        parts.extend(hits.shown.iter().filter(|name| *name != subject).filter_map(value));
        let key = |name: &&String| !hits.shown.contains(name) && view.has_own(name);
        let keys: Vec<String> =
            keys.iter().filter(key).filter(|name| filled(view, name, row)).filter_map(value).collect();
        if !keys.is_empty() {
            parts.push(format!("record {}", keys.join(", ")));
        }
    }
    if !parts.is_empty() {
        message.push_str(&format!(": {}", parts.join("; ")));
    }
    if !hit.detail.is_empty() {
        message.push_str(&format!(" ({})", hit.detail));
    }
    levelled(rule, place, message)
}

fn filled(view: &View<'_>, name: &str, row: usize) -> bool {
    view.own(name).is_some_and(|column| !column.is_null(row))
}

/// The beginning of a long value.
pub(super) fn shortened(text: &str) -> String {
    if text.chars().nth(LONGEST).is_none() {
        return text.to_owned();
    }
    text.chars().take(LONGEST).chain(['…']).collect()
}
