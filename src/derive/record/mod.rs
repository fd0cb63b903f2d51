//! Records one row each: their dates, findings with gradings, derivations; and what subjects take from them.

mod dates;
mod findings;
mod grades;
mod over;
mod taken;

pub(crate) use taken::take;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::data::sheet::Sheet;
use crate::data::vector::{Truth, Vector};
use crate::derive::Notes;
use crate::derive::frame::{Sources, decide};
use crate::derive::records::selected;
use crate::plan::{BoundRecords, DerivationForm, Plan, RuleId, Scope};

/// The values of records: the rows of a dataset that belong to subjects and were selected, in its canonical order.
#[derive(Debug)]
pub struct RecordValues {
    sheet: Sheet,
    /// The subject of each row.
    subject_of: Vec<usize>,
    /// The rows of each subject, in order.
    of_subject: Vec<Vec<usize>>,
    /// The value of every rule over them that is no derivation.
    rules: BTreeMap<RuleId, Arc<Vector>>,
}

impl RecordValues {
    /// Number of records.
    #[must_use]
    pub fn len(&self) -> usize {
        self.subject_of.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.subject_of.is_empty()
    }

    /// The records of a subject, in canonical order.
    #[must_use]
    pub fn of(&self, subject: usize) -> &[usize] {
        self.of_subject.get(subject).map_or(&[], Vec::as_slice)
    }

    /// A column.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<Arc<Vector>> {
        self.sheet.column(name)
    }

    /// The value of a rule, one a record.
    #[must_use]
    pub fn rule(&self, rule: RuleId) -> Option<&Vector> {
        self.rules.get(&rule).map(|vector| &**vector)
    }

    /// Whether a rule holds for a record; without rule every record is meant.
    #[must_use]
    pub fn holds(&self, rule: Option<RuleId>, record: usize) -> bool {
        match rule {
            None => true,
            Some(rule) => matches!(self.rule(rule), Some(Vector::Truth(truths)) if truths[record].holds()),
        }
    }
}

/// Builds records with their columns and derivations.
pub(crate) fn build(plan: &Plan, name: &str, sources: &Sources<'_>, notes: &mut Notes<'_>) -> RecordValues {
    let bound = &plan.records[name];
    let (records, subject_of) = chosen(plan, bound, sources, notes);
    let mut of_subject: Vec<Vec<usize>> = vec![Vec::new(); sources.index.len()];
    for (row, subject) in subject_of.iter().enumerate() {
        of_subject[*subject].push(row);
    }
    let mut sheet = Sheet::new(format!("records {name}"), subject_of.len());
    let who = |row: usize| subject_of.get(row).map_or_else(String::new, |subject| sources.index.id(*subject));
    let day_one: Vec<Option<i32>> = subject_of.iter().map(|subject| sources.day_one[*subject]).collect();
    for (what, span) in [("start", &bound.start), ("end", &bound.end)] {
        if let Some(span) = span {
            dates::insert(&mut sheet, what, &records, span, &day_one);
        }
    }
    let rows: Vec<Option<usize>> = subject_of.iter().map(|subject| Some(*subject)).collect();
    if let Some(own) = &bound.findings {
        let place = findings::Place { plan, name, dataset: &bound.dataset, records: &records, of_subject: &of_subject };
        findings::insert(&mut sheet, own, &place, &rows, sources, notes);
    }
    for (column, _) in records.types().to_vec() {
        if let (None, Some(vector)) = (sheet.type_of(&column), records.column(&column)) {
            sheet.share(column, vector);
        }
    }
    for column in &bound.subject_columns {
        if let (None, Some(vector)) = (sheet.type_of(column), sources.subject_sheet.column(column)) {
            sheet.insert(column.clone(), vector.gather(&rows));
        }
    }
    for derivation in &bound.derivations {
        match &derivation.form {
            DerivationForm::Rule(rule) => {
                let vector = notes.evaluate(*rule, &sheet, &plan.options, &who);
                let vector = match derivation.across {
                    Some(across) => over::over_records(&vector, &sheet, bound, &of_subject, across, derivation.within),
                    None => vector,
                };
                sheet.insert(derivation.id.clone(), vector);
            }
            DerivationForm::Cases(cases) => {
                let (value, code) = decide(cases, &sheet, &plan.options, notes, &who);
                sheet.insert(derivation.id.clone(), Vector::Text(value));
                sheet.insert(format!("{}_reason", derivation.id), Vector::Text(code));
            }
        }
    }
    let derived = bound.derivation_rules();
    let scope = Scope::Records(name.to_owned());
    let mut rules = BTreeMap::new();
    for (position, rule) in plan.rules.iter().enumerate() {
        let id = RuleId(position);
        if rule.scope == scope && !derived.contains(&id) {
            let column = rule.rule.as_column().and_then(|name| sheet.column(name));
            let value = column.filter(|column| column.kind() == rule.kind);
            let value = value.unwrap_or_else(|| Arc::new(notes.evaluate(id, &sheet, &plan.options, &who)));
            rules.insert(id, value);
        }
    }
    RecordValues { sheet, subject_of, of_subject, rules }
}

/// The selected records of subjects, with the columns somebody names, and the subject of each.
fn chosen(plan: &Plan, bound: &BoundRecords, sources: &Sources<'_>, notes: &mut Notes<'_>) -> (Sheet, Vec<usize>) {
    let sheet = &sources.sheets[&bound.dataset];
    let frame = (sources.frame_of)(&bound.dataset).expect("the plan names datasets that exist");
    let of_row = sources.index.of_rows(sheet);
    let who = |row: usize| sources.index.id_of_row(&of_row, row);
    let mut condition = match bound.select {
        Some(rule) => notes.selection(rule, sheet, &plan.options, &who),
        None => vec![Truth::True; sheet.rows()],
    };
    if let Some(findings) = &bound.findings {
        findings::only_listed(&mut condition, sheet, findings);
    }
    for (truth, subject) in condition.iter_mut().zip(&of_row) {
        if subject.is_none() {
            *truth = Truth::False;
        }
    }
    let mut columns: Vec<&str> = vec![&plan.subject];
    let has = |name: &str| sheet.type_of(name).is_some();
    columns.extend(bound.named.iter().map(String::as_str).filter(|name| has(name)));
    for (date, text) in [&bound.start, &bound.end].into_iter().flatten() {
        columns.extend(std::iter::once(date.as_str()).chain(text.as_deref()));
    }
    if let Some(findings) = &bound.findings {
        columns.extend(findings::columns(findings));
        let rules =
            [findings.baseline, findings.visits, findings.at].into_iter().flatten().chain(findings.prefer.clone());
        columns.extend(rules.flat_map(|rule| plan.rule(rule).rule.columns()).map(|(name, _)| name));
    }
    let records = selected(&bound.dataset, frame, &condition, &columns);
    let subject_of = sources.index.of_rows(&records).into_iter().flatten().collect();
    (records, subject_of)
}
