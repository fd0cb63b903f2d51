//! A frame: measures, doses and events of one subject at one visit side by side, and the derivations over them.

use std::collections::BTreeMap;

use polars::prelude::DataFrame;

use crate::data::evaluate::Options;
use crate::data::sheet::Sheet;
use crate::data::vector::{Measure, Texts, TextsBuilder, Truth, Vector};
use crate::derive::Notes;
use crate::derive::records::SubjectIndex;
use crate::derive::{dose, event, measure};
use crate::plan::{BoundCase, DerivationForm, Plan, RuleId, Scope, Source};

/// What frames are built from.
pub(crate) struct Sources<'a> {
    pub(crate) sheets: &'a BTreeMap<String, Sheet>,
    pub(crate) frame_of: &'a dyn Fn(&str) -> Option<&'a DataFrame>,
    pub(crate) index: &'a SubjectIndex,
    pub(crate) day_one: &'a [Option<i32>],
    pub(crate) subject_sheet: &'a Sheet,
}

/// The values of a frame: one row a subject and visit, visits of a subject together.
#[derive(Debug)]
pub struct FrameValues {
    visits: usize,
    /// The derived values; the main analysis under none, variants with other options under their position.
    sheets: BTreeMap<Option<usize>, Sheet>,
    /// The value of every rule the analyses read, by rule and set of derived values.
    rules: BTreeMap<(RuleId, Option<usize>), Vec<Truth>>,
}

impl FrameValues {
    /// A variable at one visit, one value a subject.
    #[must_use]
    pub fn at_visit(&self, derivation_set: Option<usize>, visit: usize, variable: &str) -> Option<Vector> {
        let sheet = self.sheets.get(&derivation_set)?;
        let subjects = sheet.rows() / self.visits.max(1);
        let rows: Vec<Option<usize>> = (0..subjects).map(|subject| Some(subject * self.visits + visit)).collect();
        Some(sheet.column(variable)?.gather(&rows))
    }

    /// The truth of a rule for a subject at a visit.
    #[must_use]
    pub fn truth(&self, rule: RuleId, derivation_set: Option<usize>, subject: usize, visit: usize) -> Truth {
        self.rules
            .get(&(rule, derivation_set))
            .and_then(|truths| truths.get(subject * self.visits + visit))
            .copied()
            .unwrap_or_default()
    }
}

/// Builds a frame with its derivations, for the main analysis and for each variant with other options.
pub(crate) fn build(plan: &Plan, name: &str, sources: &Sources<'_>, notes: &mut Notes<'_>) -> FrameValues {
    let base = base_columns(plan, name, sources, notes);
    let rows = sources.index.len() * plan.visits.len();
    let mut values = FrameValues { visits: plan.visits.len(), sheets: BTreeMap::new(), rules: BTreeMap::new() };
    let variants = plan.variants.iter().enumerate().filter(|(_, variant)| variant.rederives);
    let sets = std::iter::once((None, &plan.options)).chain(variants.map(|(at, variant)| (Some(at), &variant.options)));
    for (set, options) in sets {
        let mut sheet = Sheet::new(format!("frame {name}"), rows);
        for (column, vector) in &base {
            sheet.insert(column.clone(), vector.clone());
        }
        derive(plan, name, &mut sheet, options, sources, notes);
        let derived = plan.frames[name].derivation_rules();
        for (position, bound) in plan.rules.iter().enumerate() {
            let id = RuleId(position);
            if bound.scope == Scope::Frame(name.to_owned()) && !derived.contains(&id) {
                let who = |row: usize| sources.index.id(row / plan.visits.len().max(1));
                values.rules.insert((id, set), notes.truths(id, &sheet, options, &who));
            }
        }
        values.sheets.insert(set, sheet);
    }
    values
}

fn base_columns(plan: &Plan, name: &str, sources: &Sources<'_>, notes: &mut Notes<'_>) -> Vec<(String, Vector)> {
    let frame = &plan.frames[name];
    let visits = plan.visits.len();
    let subjects = sources.index.len();
    let rows = subjects * visits;
    // Baselines, and variables of the subject, are repeated at each visit.
    let spread: Vec<Option<usize>> = (0..rows).map(|row| Some(row / visits)).collect();
    let mut columns = Vec::new();
    let mut assessed: Vec<Option<i32>> = vec![None; rows];
    for bound in &frame.measures {
        let placed = measure::place(plan, bound, sources, notes);
        if frame.dated_by.is_empty() || frame.dated_by.contains(&bound.name) {
            for (row, date) in placed.date.iter().enumerate() {
                assessed[row] = assessed[row].max(*date);
            }
        }
        columns.push((bound.name.clone(), placed.value));
        columns.push((format!("{}_base", bound.name), placed.base.gather(&spread)));
        columns.push((format!("{}_date", bound.name), Vector::Date(placed.date)));
        for (other, value, base) in placed.beside {
            columns.push((other.clone(), value));
            columns.push((format!("{other}_base"), base.gather(&spread)));
        }
    }
    for bound in &frame.doses {
        let courses = dose::courses(plan, bound, sources, notes);
        let at_visit = (0..rows)
            .map(|row| assessed[row].map_or(Measure::MISSING, |last| courses.mean(row / visits, last, bound.days)))
            .collect();
        let [first, last] = bound.baseline_days;
        // There is no day 0: day −1 is the day before day 1.
        let shift = |day: i32| if day > 0 { day - 1 } else { day };
        let base: Vec<Measure> = (0..subjects)
            .map(|subject| {
                sources.day_one[subject].map_or(Measure::MISSING, |day_one| {
                    courses.mean(subject, day_one + shift(last), shift(last) - shift(first) + 1)
                })
            })
            .collect();
        columns.push((bound.name.clone(), Vector::Number(at_visit)));
        columns.push((format!("{}_base", bound.name), Vector::Number(base).gather(&spread)));
    }
    for bound in &frame.events {
        let first = event::first_dates(plan, bound, sources, notes);
        let before = (0..rows)
            .map(|row| {
                let (subject, visit) = (row / visits, &plan.visits[row % visits]);
                Truth::of(event::before(first[subject], assessed[row], sources.day_one[subject], visit))
            })
            .collect();
        columns.push((format!("{}_before", bound.name), Vector::Truth(before)));
    }
    let days = (0..rows)
        .map(|row| match (assessed[row], sources.day_one[row / visits]) {
            (Some(date), Some(day_one)) => {
                let day = if date >= day_one { date - day_one + 1 } else { date - day_one };
                Measure::exact(f64::from(day))
            }
            _ => Measure::MISSING,
        })
        .collect();
    columns.push(("visit_day".to_owned(), Vector::Number(days)));
    columns.push(("visit_date".to_owned(), Vector::Date(assessed)));
    for column in &frame.subject_columns {
        if let Some(vector) = sources.subject_sheet.column(column) {
            columns.push((column.clone(), vector.gather(&spread)));
        }
    }
    columns
}

fn derive(plan: &Plan, name: &str, sheet: &mut Sheet, options: &Options, sources: &Sources<'_>, notes: &mut Notes<'_>) {
    let visits = plan.visits.len().max(1);
    let who = |row: usize| sources.index.id(row / visits);
    for derivation in &plan.frames[name].derivations {
        match &derivation.form {
            DerivationForm::Rule(rule) => {
                let vector = notes.evaluate(*rule, sheet, options, &who);
                sheet.insert(derivation.id.clone(), vector);
            }
            DerivationForm::Cases(cases) => {
                let (value, reason) = decide(cases, sheet, options, notes, &who);
                sheet.insert(derivation.id.clone(), Vector::Text(value));
                sheet.insert(format!("{}_reason", derivation.id), Vector::Text(reason));
            }
        }
    }
}

/// The first case that holds decides; a case that cannot be decided is passed over, as SQL's CASE does.
fn decide(
    cases: &[BoundCase],
    sheet: &Sheet,
    options: &Options,
    notes: &mut Notes<'_>,
    who: &dyn Fn(usize) -> String,
) -> (Texts, Texts) {
    let rows = sheet.rows();
    let mut chosen = vec![cases.len().saturating_sub(1); rows];
    let mut open = vec![true; rows];
    for (position, case) in cases.iter().enumerate() {
        if let Some(when) = case.when {
            // Rows that an earlier case has decided do not depend on this one.
            let Vector::Truth(truths) = notes.evaluate_where(when, sheet, options, &open, who) else { continue };
            for (row, truth) in truths.iter().enumerate() {
                if open[row] && truth.holds() {
                    open[row] = false;
                    chosen[row] = position;
                }
            }
        }
    }
    let mut texts_of = |position: usize, source: Option<&Source>| match source {
        None => None,
        Some(Source::Text(text)) => Some(Texts::constant(text, 1)),
        Some(Source::Rule(rule)) => {
            let here: Vec<bool> = chosen.iter().map(|case| *case == position).collect();
            match notes.evaluate_where(*rule, sheet, options, &here, who) {
                Vector::Text(texts) => Some(texts),
                _ => None,
            }
        }
    };
    let values: Vec<Option<Texts>> =
        cases.iter().enumerate().map(|(position, case)| texts_of(position, Some(&case.then))).collect();
    let reasons: Vec<Option<Texts>> =
        cases.iter().enumerate().map(|(position, case)| texts_of(position, case.reason.as_ref())).collect();
    let collect = |sources: Vec<Option<Texts>>| {
        let mut texts = TextsBuilder::default();
        for (row, case) in chosen.iter().enumerate() {
            texts.push(
                sources[*case].as_ref().and_then(|source| source.get(if source.codes.len() == 1 { 0 } else { row })),
            );
        }
        texts.finish()
    };
    (collect(values), collect(reasons))
}
