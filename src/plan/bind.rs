//! The binding itself: a walk over the specification that compiles each rule against the columns it may name.

use std::collections::BTreeMap;

use crate::data::LockedData;
use crate::data::evaluate::Options;
use crate::data::rule::{Mistake, Rule};
use crate::data::sheet::Sheet;
use crate::data::typing;
use crate::data::vector::Type;
use crate::error::{Error, Finding, Stage, nearest};
use crate::plan::schema::{Schema, option_value};
use crate::plan::{
    BoundArm, BoundCase, BoundDerivation, BoundDose, BoundEvent, BoundFrame, BoundMeasure, BoundRule, BoundSet,
    BoundSubjectVariable, BoundVariant, BoundVisit, DerivationForm, Plan, RuleId, Scope, Source,
};
use crate::spec::Study;
use crate::spec::derivation::{Derivation, Dose, Event, Frame, Measure};
use crate::spec::design::Tie;
use crate::spec::instrument;
use crate::spec::text::{Name, RuleText};

/// Binds a specification to locked data.
///
/// # Errors
/// All findings: rules that are not rules, names that do not exist, types that clash (stage binding).
pub fn bind(study: &Study, data: &LockedData) -> Result<Plan, Error> {
    let mut binding = Binding::new(study, data);
    let plan = binding.plan();
    Error::unless_clean(Stage::Binding, binding.findings).map(|_| plan)
}

/// A walk over the specification.
pub(super) struct Binding<'a> {
    pub(super) study: &'a Study,
    datasets: BTreeMap<String, Schema>,
    options: Options,
    rules: Vec<BoundRule>,
    findings: Vec<Finding>,
    /// Columns of each frame, derivations included.
    frames: BTreeMap<String, Schema>,
    /// The subjects' dataset with the variables that come from frames.
    subjects: Schema,
}

impl<'a> Binding<'a> {
    fn new(study: &'a Study, data: &LockedData) -> Self {
        let options: Options =
            study.option.iter().map(|(name, option)| (name.clone(), option_value(&option.default))).collect();
        let datasets: BTreeMap<String, Schema> = data
            .datasets
            .iter()
            .map(|(name, dataset)| {
                let sheet = Sheet::of_dataset(name, &dataset.frame);
                let mut schema = Schema::new(name, sheet.types().to_vec()).with_options(&options);
                for column in sheet.empty_texts() {
                    schema.add_untyped(column);
                }
                (name.clone(), schema)
            })
            .collect();
        let subjects = datasets.get(&*study.data.subjects).cloned().unwrap_or_else(|| Schema::new("", Vec::new()));
        Self { study, datasets, options, rules: Vec::new(), findings: Vec::new(), frames: BTreeMap::new(), subjects }
    }

    fn plan(&mut self) -> Plan {
        let study = self.study;
        for (name, schema) in &self.datasets {
            if !schema.has(&study.data.subject) {
                let place = crate::error::Place::dataset(name.clone());
                let message =
                    format!("the variable {} that identifies the subject is not in {name}", study.data.subject);
                self.findings.push(Finding::error(place, message));
            }
        }
        for name in study.masking.iter().flat_map(|masking| &masking.variables) {
            if !self.datasets.values().any(|schema| schema.has(name)) {
                let place = study.origin.place(name.span.start);
                let message = format!("variable {name} of [masking] is in no dataset, and would mask nothing");
                let mut finding = Finding::error(place, message);
                let columns: Vec<String> = self.datasets.values().flat_map(typing::Names::columns).collect();
                finding.hint =
                    nearest(name, columns.iter().map(String::as_str)).map(|near| format!("did you mean {near}?"));
                self.findings.push(finding);
            }
        }
        let arms = self.arms();
        let day_one = study
            .visits
            .as_ref()
            .and_then(|visits| self.compile(&visits.reference, Scope::SubjectRecords, Some(Type::Date), "study day 1"));
        let frames: BTreeMap<String, BoundFrame> =
            study.frame.iter().map(|(name, frame)| (name.clone(), self.frame(name, frame))).collect();
        let subject_variables = self.subject_variables();
        let sets = study
            .analysis_set
            .iter()
            .map(|set| BoundSet {
                id: set.id.to_string(),
                rule: self.truth(&set.rule, Scope::Subjects, &set.label),
                basis: set.arm,
            })
            .collect();
        let variants = study
            .variant
            .iter()
            .map(|variant| {
                let mut options = self.options.clone();
                options.extend(variant.option.iter().map(|(name, choice)| (name.clone(), option_value(choice))));
                BoundVariant { id: variant.id.to_string(), rederives: options != self.options, options }
            })
            .collect();
        let jobs = self.jobs();
        let visits = study.visits.iter().flat_map(|visits| &visits.schedule);
        Plan {
            subjects: study.data.subjects.to_string(),
            subject: study.data.subject.clone(),
            rules: std::mem::take(&mut self.rules),
            arms,
            reference_arm: study.reference_arm(),
            sets,
            day_one,
            tie: study.visits.as_ref().map_or(Tie::Later, |visits| visits.tie),
            visits: visits
                .map(|visit| BoundVisit {
                    id: visit.id.to_string(),
                    day: visit.day,
                    within: visit.within,
                    when_empty: visit.when_empty,
                })
                .collect(),
            frames,
            subject_variables,
            options: self.options.clone(),
            variants,
            jobs,
        }
    }

    /// Compiles a rule; a mistake becomes a finding and the rule a placeholder, so that the walk goes on.
    pub(super) fn compile(
        &mut self,
        text: &RuleText,
        scope: Scope,
        wanted: Option<Type>,
        defines: &str,
    ) -> Option<RuleId> {
        let origin = &self.study.origin;
        let place = origin.place_in_rule(text, 1, 1);
        let mut report = |mistakes: Vec<Mistake>| {
            for mistake in mistakes {
                let place = origin.place_in_rule(text, mistake.position.line, mistake.position.column);
                let mut finding = Finding::error(place, mistake.message);
                finding.hint = mistake.hint;
                self.findings.push(finding);
            }
        };
        let rule = match Rule::parse(&text.sql) {
            Ok(rule) => rule,
            Err(mistakes) => {
                report(mistakes);
                return None;
            }
        };
        let schema = match &scope {
            Scope::Subjects => Some(&self.subjects),
            Scope::SubjectRecords => self.datasets.get(&*self.study.data.subjects),
            Scope::Frame(name) => self.frames.get(name),
            Scope::Dataset(name) => self.datasets.get(name),
        }?;
        let kind = match typing::check(&rule, schema) {
            Err(mistakes) => {
                report(mistakes);
                return None;
            }
            Ok(found) => {
                if let (Some(wanted), Some(found)) = (wanted, found)
                    && wanted != found
                {
                    let message = format!("the rule must give {}, and gives {}", wanted.name(), found.name());
                    self.findings.push(Finding::error(place, message));
                    return None;
                }
                found.or(wanted).unwrap_or(Type::Truth)
            }
        };
        let id = RuleId(self.rules.len());
        self.rules.push(BoundRule { rule, text: text.clone(), place, defines: defines.to_owned(), scope, kind });
        Some(id)
    }

    /// A rule that is true or false. After a mistake the plan is thrown away, so any number will do.
    pub(super) fn truth(&mut self, text: &RuleText, scope: Scope, defines: &str) -> RuleId {
        self.compile(text, scope, Some(Type::Truth), defines).unwrap_or(RuleId(0))
    }

    pub(super) fn value(&mut self, text: &RuleText, scope: Scope, wanted: Type, defines: &str) -> RuleId {
        self.compile(text, scope, Some(wanted), defines).unwrap_or(RuleId(0))
    }

    /// The type of a variable of a dataset; a finding if there is none of this name, or not of a wanted type.
    pub(super) fn variable(&mut self, dataset: &Name, name: &Name, wanted: &[Type]) -> Option<Type> {
        use crate::data::typing::Names;
        let schema = self.datasets.get(&**dataset)?;
        let place = self.study.origin.place(name.span.start);
        if schema.is_untyped(name) {
            return wanted.first().copied();
        }
        match schema.column(name) {
            None => {
                let mut finding = Finding::error(place, format!("variable {name} is not in {dataset}"));
                let columns = schema.columns();
                finding.hint =
                    nearest(name, columns.iter().map(String::as_str)).map(|near| format!("did you mean {near}?"));
                self.findings.push(finding);
                None
            }
            Some(found) if !wanted.contains(&found) => {
                let wanted: Vec<&str> = wanted.iter().map(|kind| kind.name()).collect();
                let message =
                    format!("variable {name} of {dataset} must be {}, and is {}", wanted.join(" or "), found.name());
                self.findings.push(Finding::error(place, message));
                None
            }
            Some(found) => Some(found),
        }
    }

    fn arms(&mut self) -> Vec<BoundArm> {
        let study = self.study;
        study
            .arm
            .iter()
            .map(|arm| BoundArm {
                id: arm.id.to_string(),
                planned: self.truth(&arm.planned, Scope::SubjectRecords, &format!("{}, as randomised", arm.label)),
                actual: self.truth(&arm.actual, Scope::SubjectRecords, &format!("{}, as treated", arm.label)),
                dose: arm.dose,
            })
            .collect()
    }

    fn frame(&mut self, name: &str, frame: &Frame) -> BoundFrame {
        let study = self.study;
        let mut schema = Schema::new(format!("frame {name}"), Vec::new()).with_options(&self.options);
        schema.add("visit_date", Type::Date);
        schema.add("visit_day", Type::Number);
        let mut bound = BoundFrame {
            measures: Vec::new(),
            dated_by: frame.dated_by.iter().map(ToString::to_string).collect(),
            doses: Vec::new(),
            events: Vec::new(),
            subject_columns: Vec::new(),
            derivations: Vec::new(),
        };
        for measure_name in &frame.measures {
            let Some(measure) = study.measure.get(&**measure_name) else { continue };
            if let Some(measure) = self.measure(measure_name, measure, &mut schema) {
                bound.measures.push(measure);
            } else {
                for other in std::iter::once(&**measure_name).chain(measure.beside.keys().map(String::as_str)) {
                    schema.add_untyped(other);
                    schema.add_untyped(format!("{other}_base"));
                }
                schema.add_untyped(format!("{measure_name}_date"));
            }
        }
        for dose_name in &frame.doses {
            if let Some(dose) = study.dose.get(&**dose_name) {
                schema.add(dose_name.to_string(), Type::Number);
                schema.add(format!("{dose_name}_base"), Type::Number);
                bound.doses.extend(self.dose(dose_name, dose));
            }
        }
        for event_name in &frame.events {
            if let Some(event) = study.event.get(&**event_name) {
                schema.add(format!("{event_name}_before"), Type::Truth);
                bound.events.push(self.event(event_name, event));
            }
        }
        if let Some(subjects) = self.datasets.get(&*study.data.subjects) {
            use crate::data::typing::Names;
            for column in subjects.columns() {
                if let (false, Some(kind)) = (schema.has(&column), subjects.column(&column)) {
                    if subjects.is_untyped(&column) {
                        schema.add_untyped(column.clone());
                    } else {
                        schema.add(column.clone(), kind);
                    }
                    bound.subject_columns.push(column);
                }
            }
        }
        self.frames.insert(name.to_owned(), schema);
        for derivation in study.derivation.iter().filter(|derivation| &*derivation.frame == name) {
            let form = self.derivation(name, derivation);
            bound.derivations.push(BoundDerivation { id: derivation.id.to_string(), form });
        }
        let named: std::collections::BTreeSet<String> = self
            .rules
            .iter()
            .filter(|rule| rule.scope == Scope::Frame(name.to_owned()))
            .flat_map(|rule| rule.rule.columns().into_iter().map(|(column, _)| column.to_owned()).collect::<Vec<_>>())
            .collect();
        bound.subject_columns.retain(|column| named.contains(column));
        bound
    }

    fn measure(&mut self, name: &str, measure: &Measure, schema: &mut Schema) -> Option<BoundMeasure> {
        let dataset = &measure.dataset;
        let scope = Scope::Dataset(dataset.to_string());
        let kind = self.variable(dataset, &measure.value, &[Type::Number, Type::Text])?;
        self.variable(dataset, &measure.date, &[Type::Date])?;
        if let Some(text) = &measure.text {
            self.variable(dataset, text, &[Type::Text])?;
        }
        let conversions = instrument::units().conversion;
        let unit = match &measure.unit {
            None => None,
            Some(unit) => {
                self.variable(dataset, &unit.variable, &[Type::Text])?;
                let conversion = conversions.get(&*unit.conversion)?.clone();
                Some((unit.variable.to_string(), unit.to.clone(), conversion))
            }
        };
        schema.add(name, kind);
        schema.add(format!("{name}_base"), kind);
        schema.add(format!("{name}_date"), Type::Date);
        let mut beside = Vec::new();
        for (other, variable) in &measure.beside {
            self.variable(dataset, variable, &[Type::Number])?;
            schema.add(other.clone(), Type::Number);
            schema.add(format!("{other}_base"), Type::Number);
            beside.push((other.clone(), variable.to_string()));
        }
        Some(BoundMeasure {
            name: name.to_owned(),
            dataset: dataset.to_string(),
            select: self.truth(&measure.r#where, scope.clone(), &format!("records of {name}")),
            value: measure.value.to_string(),
            kind,
            text: measure.text.as_ref().map(ToString::to_string),
            unit,
            date: measure.date.to_string(),
            prefer: measure
                .prefer
                .iter()
                .filter_map(|rule| {
                    self.compile(rule, scope.clone(), None, &format!("preference among records of {name}"))
                })
                .collect(),
            beside,
            plausible: measure.plausible,
            words: measure.words.clone(),
        })
    }

    fn dose(&mut self, name: &str, dose: &Dose) -> Option<BoundDose> {
        let dataset = &dose.dataset;
        let scope = Scope::Dataset(dataset.to_string());
        for text in [&dose.drug, &dose.unit, &dose.frequency, &dose.route] {
            self.variable(dataset, text, &[Type::Text])?;
        }
        self.variable(dataset, &dose.amount, &[Type::Number])?;
        for date in [&dose.start, &dose.end] {
            self.variable(dataset, &date.date, &[Type::Date])?;
            if let Some(text) = &date.text {
                self.variable(dataset, text, &[Type::Text])?;
            }
        }
        let text = |name: &Option<Name>| name.as_ref().map(ToString::to_string);
        Some(BoundDose {
            name: name.to_owned(),
            dataset: dataset.to_string(),
            select: self.truth(&dose.r#where, scope.clone(), &format!("records of {name}")),
            instrument: instrument::dose(&dose.instrument)?,
            drug: dose.drug.to_string(),
            amount: dose.amount.to_string(),
            unit: dose.unit.to_string(),
            frequency: dose.frequency.to_string(),
            route: dose.route.to_string(),
            start: (dose.start.date.to_string(), text(&dose.start.text)),
            end: (dose.end.date.to_string(), text(&dose.end.text)),
            ongoing: dose.ongoing.as_ref().map(|rule| self.truth(rule, scope, &format!("ongoing records of {name}"))),
            days: dose.days,
            baseline_days: dose.baseline_days,
        })
    }

    fn event(&mut self, name: &str, event: &Event) -> BoundEvent {
        self.variable(&event.dataset, &event.date, &[Type::Date]);
        if let Some(text) = &event.text {
            self.variable(&event.dataset, text, &[Type::Text]);
        }
        BoundEvent {
            name: name.to_owned(),
            dataset: event.dataset.to_string(),
            select: event
                .r#where
                .as_ref()
                .map(|rule| self.truth(rule, Scope::Dataset(event.dataset.to_string()), &event.label)),
            date: event.date.to_string(),
            text: event.text.as_ref().map(ToString::to_string),
        }
    }

    fn derivation(&mut self, frame: &str, derivation: &Derivation) -> DerivationForm {
        let scope = Scope::Frame(frame.to_owned());
        let id = &derivation.id;
        if self.frames.get(frame).is_some_and(|schema| schema.has(id)) {
            let message = format!("frame {frame} already has a column {id}");
            self.findings.push(Finding::error(self.study.origin.place(id.span.start), message));
        }
        let (kind, form) = if let Some(rule) = &derivation.rule {
            let id = self.compile(rule, scope.clone(), None, &derivation.label);
            (id.map(|id| self.rules[id.0].kind), DerivationForm::Rule(id.unwrap_or(RuleId(0))))
        } else {
            let mut cases = Vec::new();
            for case in &derivation.cases {
                let when = case.when.as_ref().map(|rule| self.truth(rule, scope.clone(), &derivation.label));
                let mut source = |text: &Option<String>, rule: &Option<RuleText>| match (text, rule) {
                    (Some(text), _) => Some(Source::Text(text.clone())),
                    (None, Some(rule)) => {
                        Some(Source::Rule(self.value(rule, scope.clone(), Type::Text, &derivation.label)))
                    }
                    (None, None) => None,
                };
                let then = source(&case.then, &case.then_rule).unwrap_or(Source::Text(String::new()));
                let reason = source(&case.reason, &case.reason_rule);
                cases.push(BoundCase { when, then, reason });
            }
            (Some(Type::Text), DerivationForm::Cases(cases))
        };
        if let Some(schema) = self.frames.get_mut(frame) {
            match kind {
                Some(kind) => schema.add(id.to_string(), kind),
                None => schema.add_untyped(id.to_string()),
            }
            if !derivation.cases.is_empty() {
                schema.add(format!("{id}_reason"), Type::Text);
            }
        }
        form
    }

    pub(super) fn visit(&self, id: &str) -> usize {
        let schedule = self.study.visits.iter().flat_map(|visits| &visits.schedule);
        schedule.into_iter().position(|visit| &*visit.id == id).unwrap_or(0)
    }

    pub(super) fn set(&self, id: &str) -> usize {
        self.study.analysis_set.iter().position(|set| &*set.id == id).unwrap_or(0)
    }

    pub(super) fn frame_column(&mut self, frame: &Name, variable: &Name) -> Option<Type> {
        use crate::data::typing::Names;
        let schema = self.frames.get(&**frame)?;
        let found = schema.column(variable);
        if found.is_none() && !schema.is_untyped(variable) {
            let place = self.study.origin.place(variable.span.start);
            let columns = schema.columns();
            let mut finding = Finding::error(place, format!("variable {variable} is not in frame {frame}"));
            finding.hint =
                nearest(variable, columns.iter().map(String::as_str)).map(|near| format!("did you mean {near}?"));
            self.findings.push(finding);
        }
        found
    }

    fn subject_variables(&mut self) -> Vec<BoundSubjectVariable> {
        let mut bound = Vec::new();
        for (name, variable) in &self.study.subject_variable {
            let Some(kind) = self.frame_column(&variable.frame, &variable.variable) else {
                self.subjects.add_untyped(name.clone());
                continue;
            };
            if self.subjects.has(name) {
                let place = self.study.origin.place(variable.variable.span.start);
                self.findings
                    .push(Finding::error(place, format!("{} already has a variable {name}", self.study.data.subjects)));
            }
            self.subjects.add(name.clone(), kind);
            bound.push(BoundSubjectVariable {
                name: name.clone(),
                frame: variable.frame.to_string(),
                visit: self.visit(&variable.at),
                variable: variable.variable.to_string(),
            });
        }
        bound
    }
}
