//! From records to variables: who is in which arm and set, visit windows, baselines, doses, events, derivations; and
//! the value of every rule the analyses will read. After this stage no rule is evaluated any more.
//!
//! Data can contradict a specification only when they are looked at, so this stage has findings too: a subject that
//! is not in the subjects' dataset, a unit without conversion, a division by zero, a rule undecided for everybody.

mod across;
mod calendar;
mod conservation;
mod dose;
mod event;
mod frame;
mod measure;
mod record;
mod records;
mod score;
mod subjects;
mod window;

pub use frame::FrameValues;
pub use record::RecordValues;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::data::LockedData;
use crate::data::evaluate::{Options, Trouble, evaluate_where};
use crate::data::sheet::Sheet;
use crate::data::vector::{Truth, Vector};
use crate::error::{Error, Finding, Place, Stage};
use crate::plan::{ItemKind, JobKind, Plan, RuleId, Scope, VariableSource};
use records::SubjectIndex;

/// The variables of the study.
#[derive(Debug)]
pub struct Frames {
    /// The subjects, by identifier, in canonical order.
    pub subjects: Vec<String>,
    /// The arm of each subject as randomised, by position.
    pub planned: Vec<Option<usize>>,
    /// The arm of each subject as treated, by position.
    pub actual: Vec<Option<usize>>,
    /// The date of study day 1 of each subject, in days since 1970-01-01.
    pub day_one: Vec<Option<i32>>,
    /// Membership of each analysis set.
    pub sets: Vec<Vec<bool>>,
    /// The value, for each subject, of every rule over subjects.
    pub rules: BTreeMap<RuleId, Arc<Vector>>,
    /// Frames by name.
    pub frames: BTreeMap<String, FrameValues>,
    /// Records by name.
    pub records: BTreeMap<String, RecordValues>,
    /// Values of analyses of covariance by the rule that gives them, one a subject: see [`ancova_values`].
    pub columns: BTreeMap<(String, RuleId, String), Arc<Vector>>,
    /// How many rows of each dataset or subject rule could not be decided.
    pub nulls: BTreeMap<RuleId, usize>,
    /// Which of those rules select: true or false, and undecided means not selected.
    pub selects: BTreeSet<RuleId>,
}

/// Derives all variables.
///
/// # Errors
/// All findings of severity error; the warnings come with the frames.
pub fn frames(plan: &Plan, data: &LockedData) -> Result<(Frames, Vec<Finding>), Error> {
    let mut notes = Notes {
        plan,
        findings: Vec::new(),
        nulls: BTreeMap::new(),
        selects: BTreeSet::new(),
        essential: plan.essential(),
    };
    let frame_of = |name: &str| data.datasets.get(name).map(|dataset| &dataset.frame);
    let sheets: BTreeMap<String, Sheet> =
        data.datasets.iter().map(|(name, dataset)| (name.clone(), Sheet::of_dataset(name, &dataset.frame))).collect();
    let Some(subject_sheet) = sheets.get(&plan.subjects) else {
        let place = Place::dataset(plan.subjects.clone());
        return Err(Error::one(Stage::Binding, Finding::error(place, "the subjects’ dataset is not among the data")));
    };
    let index = SubjectIndex::new(plan, &sheets, &mut notes.findings);
    let planned = subjects::arms(plan, subject_sheet, &index, |arm| arm.planned, &mut notes);
    let actual = subjects::arms(plan, subject_sheet, &index, |arm| arm.actual, &mut notes);
    let day_one: Vec<Option<i32>> = match plan.day_one {
        Some(rule) => match notes.evaluate(rule, subject_sheet, &plan.options, &|row| index.id(row)) {
            Vector::Date(dates) => dates,
            _ => vec![None; index.len()],
        },
        None => vec![None; index.len()],
    };

    let mut values = BTreeMap::new();
    let source =
        frame::Sources { sheets: &sheets, frame_of: &frame_of, index: &index, day_one: &day_one, subject_sheet };
    for name in plan.frames.keys() {
        values.insert(name.clone(), frame::build(plan, name, &source, &mut notes));
    }

    // The records that are the subjects themselves come last: they see what subjects take from the others.
    let mut records = BTreeMap::new();
    let (last, first): (Vec<&String>, Vec<&String>) =
        plan.records.keys().partition(|name| plan.records[*name].dataset == plan.subjects);
    for name in first {
        records.insert(name.clone(), record::build(plan, name, &source, &mut notes));
    }
    let with_variables = subject_sheet_with_variables(plan, subject_sheet, &values, &records, index.len());
    let source = frame::Sources { subject_sheet: &with_variables, ..source };
    for name in last {
        records.insert(name.clone(), record::build(plan, name, &source, &mut notes));
    }
    let mut rules = BTreeMap::new();
    for (position, bound) in plan.rules.iter().enumerate() {
        let id = RuleId(position);
        if bound.scope == Scope::Subjects {
            let vector = notes.evaluate(id, &with_variables, &plan.options, &|row| index.id(row));
            rules.insert(id, Arc::new(vector));
        } else if bound.scope == Scope::SubjectRecords && Some(id) != plan.day_one {
            let vector = notes.evaluate(id, subject_sheet, &plan.options, &|row| index.id(row));
            rules.insert(id, Arc::new(vector));
        }
    }
    let sets = subjects::sets(plan, &rules, &planned, &actual, &index, data.cut.is_some(), &mut notes);
    let columns = ancova_values(plan, &sheets, &index, &mut notes);
    conservation::check(plan, &rules, &planned, &index, &mut notes);
    listed_levels(plan, &rules, &index, &mut notes);
    let frames = Frames {
        subjects: index.ids().to_vec(),
        planned,
        actual,
        day_one,
        sets,
        rules,
        frames: values,
        records,
        columns,
        nulls: std::mem::take(&mut notes.nulls),
        selects: std::mem::take(&mut notes.selects),
    };
    let warnings = Error::unless_clean(Stage::Binding, notes.findings)?;
    Ok((frames, warnings))
}

/// What is noted while rules are evaluated: findings and undecided rows.
pub(crate) struct Notes<'a> {
    plan: &'a Plan,
    pub(crate) findings: Vec<Finding>,
    nulls: BTreeMap<RuleId, usize>,
    selects: BTreeSet<RuleId>,
    essential: BTreeSet<RuleId>,
}

impl Notes<'_> {
    /// Evaluates a rule and notes its troubles by subject. A rule over records that is undecided for every row is an
    /// error: a variable is empty, or a comparison can never hold.
    pub(crate) fn evaluate(
        &mut self,
        rule: RuleId,
        sheet: &Sheet,
        options: &Options,
        subject: &dyn Fn(usize) -> String,
    ) -> Vector {
        let active = vec![true; sheet.rows()];
        self.evaluate_where(rule, sheet, options, &active, subject)
    }

    /// The same, where only the active rows matter.
    pub(crate) fn evaluate_where(
        &mut self,
        rule: RuleId,
        sheet: &Sheet,
        options: &Options,
        active: &[bool],
        subject: &dyn Fn(usize) -> String,
    ) -> Vector {
        let bound = self.plan.rule(rule);
        let mut troubles = Vec::new();
        let mut vector = evaluate_where(&bound.rule, sheet, options, active, &mut troubles);
        if vector.kind() != bound.kind {
            // Nulls have no type of their own: the place of the rule gives them one.
            vector = Vector::missing(bound.kind, sheet.rows());
        }
        self.troubles(rule, &troubles, subject);
        let sparse = matches!(bound.scope, Scope::Frame(_) | Scope::Records(_) | Scope::Grading);
        if !sparse || self.essential.contains(&rule) {
            let nulls = vector.nulls();
            if matches!(vector, Vector::Truth(_)) {
                self.selects.insert(rule);
            }
            if nulls > 0 && nulls == vector.len() && troubles.is_empty() {
                let what = if self.selects.contains(&rule) { "cannot be decided" } else { "has no value" };
                let message = format!("the rule for “{}” {what} for any row of {}", bound.defines, sheet.owner());
                let essential = self.essential.contains(&rule);
                let finding = if essential { Finding::error } else { Finding::warning };
                let finding = finding(bound.place.clone(), message);
                self.findings
                    .push(finding.hint("is a variable empty, or compared with NULL? COALESCE says what a blank means"));
            }
            self.nulls.insert(rule, nulls);
        }
        vector
    }

    fn troubles(&mut self, rule: RuleId, troubles: &[Trouble], subject: &dyn Fn(usize) -> String) {
        if troubles.is_empty() {
            return;
        }
        let bound = self.plan.rule(rule);
        let mut who: Vec<String> = troubles.iter().map(|trouble| subject(trouble.row)).collect();
        who.sort();
        who.dedup();
        let place = bound.place.clone().subjects(who);
        let message = format!("the rule for “{}” divides by zero or leaves the range of numbers", bound.defines);
        let finding = Finding::error(place, message);
        self.findings.push(finding.hint("guard it: CASE WHEN x <> 0 THEN … / x END"));
    }

    /// The records a rule selects. That it selects none is a warning: what follows is empty.
    pub(crate) fn selection(
        &mut self,
        rule: RuleId,
        sheet: &Sheet,
        options: &Options,
        subject: &dyn Fn(usize) -> String,
    ) -> Vec<Truth> {
        let truths = self.truths(rule, sheet, options, subject);
        if !truths.iter().any(|truth| truth.holds()) {
            let bound = self.plan.rule(rule);
            let message = format!("the rule for “{}” selects no record of {}", bound.defines, sheet.owner());
            self.findings.push(Finding::warning(bound.place.clone(), message));
        }
        truths
    }

    pub(crate) fn truths(
        &mut self,
        rule: RuleId,
        sheet: &Sheet,
        options: &Options,
        subject: &dyn Fn(usize) -> String,
    ) -> Vec<Truth> {
        match self.evaluate(rule, sheet, options, subject) {
            Vector::Truth(truths) => truths,
            _ => vec![Truth::Unknown; sheet.rows()],
        }
    }
}

fn subject_sheet_with_variables(
    plan: &Plan,
    subject_sheet: &Sheet,
    frames: &BTreeMap<String, FrameValues>,
    records: &BTreeMap<String, RecordValues>,
    subjects: usize,
) -> Sheet {
    let mut sheet = Sheet::new(plan.subjects.clone(), subjects);
    let mut named: Vec<&str> = Vec::new();
    for bound in plan.rules.iter().filter(|bound| bound.scope == Scope::Subjects) {
        named.extend(bound.rule.columns().into_iter().map(|(name, _)| name));
    }
    named.sort_unstable();
    named.dedup();
    for name in named {
        if let Some(vector) = subject_sheet.column(name) {
            sheet.insert(name, (*vector).clone());
        }
    }
    for variable in &plan.subject_variables {
        let vector = match &variable.source {
            VariableSource::Frame { frame, visit, variable } => {
                frames.get(frame).and_then(|frame| frame.at_visit(*visit, variable))
            }
            VariableSource::Records { records: name, take, variable, select } => {
                records.get(name).map(|own| record::take(own, subjects, *take, variable.as_deref(), *select))
            }
        };
        if let Some(vector) = vector {
            sheet.insert(variable.name.clone(), vector);
        }
    }
    sheet
}

/// A category whose levels are listed may have no other level in the data.
fn listed_levels(plan: &Plan, rules: &BTreeMap<RuleId, Arc<Vector>>, index: &SubjectIndex, notes: &mut Notes<'_>) {
    let items = plan.jobs.iter().flat_map(|job| match &job.kind {
        JobKind::Summary(items) => items.as_slice(),
        _ => &[],
    });
    for item in items {
        let ItemKind::Category(rule, levels, _) = &item.kind else { continue };
        let Some(Vector::Text(texts)) = rules.get(rule).map(|vector| &**vector) else { continue };
        if levels.is_empty() {
            continue;
        }
        for word in texts.words.iter().filter(|word| !levels.iter().any(|level| level.value == ***word)) {
            let who = (0..index.len()).filter(|row| texts.get(*row) == Some(word)).map(|row| index.id(row));
            let bound = plan.rule(*rule);
            let message = format!("the level “{word}” of “{}” is not listed", bound.defines);
            notes.findings.push(
                Finding::error(bound.place.clone().subjects(who), message).hint("add it to `levels`, with its label"),
            );
        }
    }
}

/// The values an analysis of covariance reads, one a subject: response, described values, factors and covariates.
/// A second record of a subject is an error.
fn ancova_values(
    plan: &Plan,
    sheets: &BTreeMap<String, Sheet>,
    index: &SubjectIndex,
    notes: &mut Notes<'_>,
) -> BTreeMap<(String, RuleId, String), Arc<Vector>> {
    let mut columns = BTreeMap::new();
    for job in &plan.jobs {
        let JobKind::Ancova(ancova) = &job.kind else { continue };
        let Some(sheet) = sheets.get(&ancova.dataset) else { continue };
        let of_row = index.of_rows(sheet);
        let who = |row: usize| index.id_of_row(&of_row, row);
        let one_each = |select: RuleId, notes: &mut Notes<'_>| {
            let mask = notes.selection(select, sheet, &plan.options, &who);
            let mut rows: Vec<Option<usize>> = vec![None; index.len()];
            let mut twice = Vec::new();
            for (row, holds) in mask.iter().enumerate() {
                if let (true, Some(subject)) = (holds.holds(), of_row[row])
                    && rows[subject].replace(row).is_some()
                {
                    twice.push(index.id(subject));
                }
            }
            if !twice.is_empty() {
                let bound = plan.rule(select);
                let place = bound.place.clone().subjects(twice);
                let message = format!("“{}” selects more than one record of a subject", bound.defines);
                notes.findings.push(Finding::error(place, message));
            }
            rows
        };
        let rows = one_each(ancova.select, notes);
        let response = notes.evaluate(ancova.response, sheet, &plan.options, &who);
        let key = |rule: RuleId, name: &str| (job.analysis.clone(), rule, name.to_owned());
        columns.insert(key(ancova.response, ""), Arc::new(response.gather(&rows)));
        for name in ancova.factors.iter().chain(&ancova.covariates) {
            if let Some(vector) = sheet.column(name) {
                columns.insert(key(ancova.response, name), Arc::new(vector.gather(&rows)));
            }
        }
        for (_, select, value) in &ancova.describe {
            let rows = one_each(*select, notes);
            let vector = notes.evaluate(*value, sheet, &plan.options, &who);
            columns.insert(key(*value, ""), Arc::new(vector.gather(&rows)));
        }
    }
    columns
}
