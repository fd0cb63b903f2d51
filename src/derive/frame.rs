//! A frame: measures, scores, doses and events of one subject at one visit side by side, and the derivations over them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use polars::prelude::DataFrame;

use crate::data::evaluate::Options;
use crate::data::sheet::Sheet;
use crate::data::vector::{Texts, TextsBuilder, Truth, Vector};
use crate::derive::Notes;
use crate::derive::across::over_visits;
use crate::derive::calendar::Calendar;
use crate::derive::records::SubjectIndex;
use crate::derive::{dose, event, measure, score};
use crate::plan::{BoundCase, BoundFrame, BoundRule, DerivationForm, Plan, RuleId, Scope, Source};

/// What frames are built from.
pub(crate) struct Sources<'a> {
    pub(crate) sheets: &'a BTreeMap<String, Sheet>,
    pub(crate) frame_of: &'a dyn Fn(&str) -> Option<&'a DataFrame>,
    pub(crate) index: &'a SubjectIndex,
    pub(crate) day_one: &'a [Option<i32>],
    pub(crate) subject_sheet: &'a Sheet,
}

/// The values of a frame: one row a subject and visit, visits of a subject together and baseline behind them.
#[derive(Debug)]
pub struct FrameValues {
    /// Rows of a subject: one more than there are visits.
    visits: usize,
    /// The derived values of the main analysis.
    sheet: Sheet,
    /// The value of every rule the analyses read, by rule and set of derived values: the main analysis under none,
    /// variants with other options under their position.
    rules: BTreeMap<(RuleId, Option<usize>), Arc<Vector>>,
}

impl FrameValues {
    /// A variable at one visit, one value a subject.
    #[must_use]
    pub fn at_visit(&self, visit: usize, variable: &str) -> Option<Vector> {
        let subjects = self.sheet.rows() / self.visits.max(1);
        let rows: Vec<Option<usize>> = (0..subjects).map(|subject| Some(subject * self.visits + visit)).collect();
        Some(self.sheet.column(variable)?.gather(&rows))
    }

    /// The truth of a rule for a subject at a visit.
    #[must_use]
    pub fn truth(&self, rule: RuleId, derivation_set: Option<usize>, subject: usize, visit: usize) -> Truth {
        match self.rules.get(&(rule, derivation_set)).map(|vector| &**vector) {
            Some(Vector::Truth(truths)) => truths.get(subject * self.visits + visit).copied().unwrap_or_default(),
            _ => Truth::Unknown,
        }
    }

    /// The value of a rule, and the row of a subject at a visit in it.
    #[must_use]
    pub fn value(&self, rule: RuleId, subject: usize, visit: usize) -> Option<(&Vector, usize)> {
        self.value_in(rule, None, subject, visit)
    }

    /// The same in a set of derived values.
    #[must_use]
    pub fn value_in(
        &self,
        rule: RuleId,
        derivation_set: Option<usize>,
        subject: usize,
        visit: usize,
    ) -> Option<(&Vector, usize)> {
        self.rules.get(&(rule, derivation_set)).map(|vector| (&**vector, subject * self.visits + visit))
    }

    /// The study day of a subject's visit.
    #[must_use]
    pub fn day(&self, subject: usize, visit: usize) -> Option<i32> {
        match self.sheet.column("visit_day").as_deref() {
            Some(Vector::Number(days)) => {
                let day = days.get(subject * self.visits + visit)?.value()?;
                #[expect(clippy::cast_possible_truncation, reason = "a whole number of days")]
                Some(day as i32)
            }
            _ => None,
        }
    }

    /// A date of a column for a subject at a visit.
    #[must_use]
    pub fn date(&self, column: &str, subject: usize, visit: usize) -> Option<i32> {
        match self.sheet.column(column).as_deref() {
            Some(Vector::Date(dates)) => dates.get(subject * self.visits + visit).copied().flatten(),
            _ => None,
        }
    }
}

/// Builds a frame with its derivations, for the main analysis and for each variant with other options.
pub(crate) fn build(plan: &Plan, name: &str, sources: &Sources<'_>, notes: &mut Notes<'_>) -> FrameValues {
    let visits = plan.visits.len() + 1;
    let mut building = Building { plan, name, visits, index: sources.index, rules: BTreeMap::new() };
    let mut sheet = Sheet::new(format!("frame {name}"), sources.index.len() * visits);
    for (column, vector) in base_columns(plan, name, sources, notes) {
        sheet.insert(column, vector);
    }
    building.derive(&mut sheet, &plan.options, None, notes);
    building.values_of_rules(&sheet, notes);
    for (position, variant) in plan.variants.iter().enumerate().filter(|(_, variant)| variant.rederives) {
        building.variant(position, &variant.options, &sheet, notes);
    }
    FrameValues { visits, rules: building.rules, sheet }
}

/// A frame on its way.
struct Building<'a> {
    plan: &'a Plan,
    name: &'a str,
    visits: usize,
    index: &'a SubjectIndex,
    rules: BTreeMap<(RuleId, Option<usize>), Arc<Vector>>,
}

/// What a variant changes: options, and the columns that follow from them.
#[derive(Default)]
struct Changed<'a> {
    options: BTreeSet<&'a str>,
    columns: BTreeSet<String>,
}

impl Changed<'_> {
    fn touches(&self, rule: &BoundRule) -> bool {
        rule.rule.options().iter().any(|(name, _)| self.options.contains(name))
            || rule.rule.columns().iter().any(|(name, _)| self.columns.contains(*name))
    }
}

impl Building<'_> {
    fn who(&self) -> impl Fn(usize) -> String {
        let (index, visits) = (self.index, self.visits);
        move |row| index.id(row / visits)
    }

    /// Adds the derivations to a sheet. With what a variant changes, only those that follow from it are derived; the
    /// others are those of the main analysis.
    fn derive(
        &self,
        sheet: &mut Sheet,
        options: &Options,
        main: Option<(&Sheet, &mut Changed<'_>)>,
        notes: &mut Notes<'_>,
    ) {
        let who = self.who();
        let mut main = main;
        for derivation in &self.plan.frames[self.name].derivations {
            let reason = format!("{}_reason", derivation.id);
            if let Some((main, changed)) = &mut main {
                if !derivation.rules().into_iter().any(|rule| changed.touches(self.plan.rule(rule))) {
                    for column in [&derivation.id, &reason] {
                        if let Some(vector) = main.column(column) {
                            sheet.share(column.clone(), vector);
                        }
                    }
                    continue;
                }
                changed.columns.extend([derivation.id.clone(), reason.clone()]);
            }
            match &derivation.form {
                DerivationForm::Rule(rule) => {
                    let vector = notes.evaluate(*rule, sheet, options, &who);
                    let vector = match derivation.across {
                        Some(across) => over_visits(&vector, self.visits, across),
                        None => vector,
                    };
                    sheet.insert(derivation.id.clone(), vector);
                }
                DerivationForm::Cases(cases) => {
                    let (value, code) = decide(cases, sheet, options, notes, &who);
                    sheet.insert(derivation.id.clone(), Vector::Text(value));
                    sheet.insert(reason, Vector::Text(code));
                }
            }
        }
    }

    /// The value of a rule; a column by itself is shared, not copied.
    fn value(&self, id: RuleId, sheet: &Sheet, options: &Options, notes: &mut Notes<'_>) -> Arc<Vector> {
        let bound = self.plan.rule(id);
        let column = bound.rule.as_column().and_then(|name| sheet.column(name));
        match column.filter(|column| column.kind() == bound.kind) {
            Some(column) => column,
            None => Arc::new(notes.evaluate(id, sheet, options, &self.who())),
        }
    }

    /// The values of all rules over the frame that are no derivations, in the main analysis.
    fn values_of_rules(&mut self, sheet: &Sheet, notes: &mut Notes<'_>) {
        let derived: BTreeSet<RuleId> = self.plan.frames[self.name].derivation_rules().into_iter().collect();
        let scope = Scope::Frame(self.name.to_owned());
        for (position, bound) in self.plan.rules.iter().enumerate() {
            let id = RuleId(position);
            if bound.scope == scope && !derived.contains(&id) {
                let value = self.value(id, sheet, &self.plan.options, notes);
                self.rules.insert((id, None), value);
            }
        }
    }

    /// The values of the rules that a variant's analyses read.
    fn variant(&mut self, position: usize, options: &Options, main: &Sheet, notes: &mut Notes<'_>) {
        let scope = Scope::Frame(self.name.to_owned());
        let under = self.plan.rules_under(position).into_iter().filter(|id| self.plan.rule(*id).scope == scope);
        let under: Vec<RuleId> = under.collect();
        if under.is_empty() {
            return;
        }
        let mut changed = Changed::default();
        changed.options.extend(
            options
                .iter()
                .filter(|(name, value)| self.plan.options.get(*name) != Some(value))
                .map(|(name, _)| name.as_str()),
        );
        let mut sheet = Sheet::new(main.owner(), main.rows());
        for (column, _) in main.types() {
            if let Some(vector) = main.column(column) {
                sheet.share(column.clone(), vector);
            }
        }
        self.derive(&mut sheet, options, Some((main, &mut changed)), notes);
        for id in under {
            let of_main = self.rules.get(&(id, None)).filter(|_| !changed.touches(self.plan.rule(id))).cloned();
            let value = of_main.unwrap_or_else(|| self.value(id, &sheet, options, notes));
            self.rules.insert((id, Some(position)), value);
        }
    }
}

fn base_columns(plan: &Plan, name: &str, sources: &Sources<'_>, notes: &mut Notes<'_>) -> Vec<(String, Vector)> {
    let frame = &plan.frames[name];
    let visits = plan.visits.len() + 1;
    let rows = sources.index.len() * visits;
    // Baselines, and variables of the subject, are repeated at each visit.
    let baseline: Vec<Option<usize>> = (0..rows).map(|row| Some(row - row % visits + visits - 1)).collect();
    let mut columns = Vec::new();
    let mut assessed: Vec<Option<i32>> = vec![None; rows];
    let mut date_by = |name: &String, dates: &[Option<i32>]| {
        if frame.dated_by.is_empty() || frame.dated_by.contains(name) {
            for (row, date) in dates.iter().enumerate() {
                assessed[row] = assessed[row].max(*date);
            }
        }
    };
    for bound in &frame.measures {
        let placed = measure::place(plan, bound, sources, notes);
        date_by(&bound.name, &placed.date);
        columns.push((format!("{}_base", bound.name), placed.value.gather(&baseline)));
        columns.push((bound.name.clone(), placed.value));
        columns.push((format!("{}_date", bound.name), Vector::Date(placed.date)));
        for (other, value) in placed.beside {
            columns.push((format!("{other}_base"), value.gather(&baseline)));
            columns.push((other, value));
        }
    }
    for bound in &frame.scores {
        let scored = score::place(plan, bound, &frame.named, sources, notes);
        date_by(&bound.name, &scored.date);
        columns.extend(scored.columns);
        columns.push((format!("{}_date", bound.name), Vector::Date(scored.date)));
    }
    let calendar = Calendar { plan, sources, visits, assessed: assessed.clone() };
    for bound in &frame.doses {
        let courses = dose::courses(plan, bound, sources, notes);
        columns.extend(calendar.dose(bound, &courses, &frame.named));
        let at_baseline = calendar.dose_at_baseline(bound, &courses);
        columns.push((format!("{}_base", bound.name), at_baseline.gather(&baseline)));
    }
    for bound in &frame.events {
        let first = event::first_dates(plan, bound, sources, notes);
        columns.push((format!("{}_before", bound.name), calendar.before(&first)));
        let dates = (0..rows).map(|row| first[row / visits]).collect();
        columns.push((format!("{}_date", bound.name), Vector::Date(dates)));
    }
    columns.push(("visit_day".to_owned(), calendar.days()));
    columns.push(("visit_week".to_owned(), calendar.weeks()));
    columns.push(("visit_date".to_owned(), Vector::Date(assessed)));
    let of_subject: Vec<Option<usize>> = (0..rows).map(|row| Some(row / visits)).collect();
    for column in &frame.subject_columns {
        if let Some(vector) = sources.subject_sheet.column(column) {
            columns.push((column.clone(), vector.gather(&of_subject)));
        }
    }
    columns.retain(|(column, _)| {
        frame.named.contains(column) || ALWAYS.contains(&column.as_str()) || is_date(frame, column)
    });
    columns
}

/// Columns that analyses read without a rule that names them.
const ALWAYS: [&str; 2] = ["visit_date", "visit_day"];

/// Whether a column is the date of an event: times to an event read it.
fn is_date(frame: &BoundFrame, column: &str) -> bool {
    frame.events.iter().any(|event| column == format!("{}_date", event.name))
}

/// The first case that holds decides; a case that cannot be decided is passed over, as SQL's CASE does.
pub(crate) fn decide(
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
