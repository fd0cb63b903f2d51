//! The binding of frames: measures, scores, doses, events, and the derivations over them.

use crate::data::vector::Type;
use crate::error::Finding;
use crate::plan::bind::Binding;
use crate::plan::schema::Schema;
use crate::plan::{
    BoundCase, BoundDerivation, BoundDose, BoundEvent, BoundFrame, BoundMeasure, BoundScore, DerivationForm, RuleId,
    Scope, Source,
};
use crate::spec::derivation::{Across, Derivation, Dose, Event, Frame, Measure, Score};
use crate::spec::instrument::{self, ScoreInstrument};
use crate::spec::text::{Name, RuleText};

impl Binding<'_> {
    pub(super) fn frame(&mut self, name: &str, frame: &Frame) -> BoundFrame {
        let study = self.study;
        let mut schema = Schema::new(format!("frame {name}"), Vec::new()).with_options(&self.options);
        schema.add("visit_date", Type::Date);
        schema.add("visit_day", Type::Number);
        schema.add("visit_week", Type::Number);
        let mut bound = BoundFrame {
            measures: Vec::new(),
            scores: Vec::new(),
            dated_by: frame.dated_by.iter().map(ToString::to_string).collect(),
            doses: Vec::new(),
            events: Vec::new(),
            subject_columns: Vec::new(),
            named: std::collections::BTreeSet::new(),
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
        for score_name in &frame.scores {
            let Some(score) = study.score.get(&**score_name) else { continue };
            let Some(instrument) = instrument::score(&score.instrument) else { continue };
            for (column, words) in instrument.columns(score_name) {
                schema.add(column, if words { Type::Text } else { Type::Number });
            }
            schema.add(format!("{score_name}_date"), Type::Date);
            bound.scores.extend(self.score(score_name, score, instrument));
        }
        for dose_name in &frame.doses {
            if let Some(dose) = study.dose.get(&**dose_name) {
                dose.columns(dose_name).into_iter().for_each(|column| schema.add(column, Type::Number));
                bound.doses.extend(self.dose(dose_name, dose));
            }
        }
        for event_name in &frame.events {
            if let Some(event) = study.event.get(&**event_name) {
                schema.add(format!("{event_name}_before"), Type::Truth);
                schema.add(format!("{event_name}_date"), Type::Date);
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
            let form = self.derivation(&Scope::Frame(name.to_owned()), derivation);
            let across = derivation.across;
            bound.derivations.push(BoundDerivation { id: derivation.id.to_string(), form, across, within: None });
        }
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

    fn score(&mut self, name: &str, asked: &Score, instrument: ScoreInstrument) -> Option<BoundScore> {
        let dataset = &asked.dataset;
        let scope = Scope::Dataset(dataset.to_string());
        self.variable(dataset, &asked.item, &[Type::Text])?;
        // Numbers may be written as words, where the study says what the words mean.
        let kinds: &[Type] = match (instrument.words, asked.values.is_empty()) {
            (true, _) => &[Type::Text],
            (false, true) => &[Type::Number],
            (false, false) => &[Type::Number, Type::Text],
        };
        self.variable(dataset, &asked.value, kinds)?;
        self.variable(dataset, &asked.date, &[Type::Date])?;
        let select = asked.r#where.as_ref().map(|rule| self.truth(rule, scope.clone(), &format!("records of {name}")));
        let what = format!("preference among records of {name}");
        let prefer = asked.prefer.iter().filter_map(|rule| self.compile(rule, scope.clone(), None, &what)).collect();
        let code = |item: &instrument::ScoreItem| asked.codes.get(&item.id).unwrap_or(&item.code).clone();
        let total = |id: &String| instrument.total.iter().position(|total| total.id == *id);
        Some(BoundScore {
            name: name.to_owned(),
            dataset: dataset.to_string(),
            select,
            item: asked.item.to_string(),
            value: asked.value.to_string(),
            date: asked.date.to_string(),
            prefer,
            values: asked.values.clone(),
            codes: instrument.item.iter().map(code).collect(),
            recorded: asked.recorded.iter().filter_map(|(id, code)| Some((total(id)?, code.clone()))).collect(),
            instrument,
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
            pulse: dose.pulse.clone(),
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

    /// A derivation of a frame, or of records.
    pub(super) fn derivation(&mut self, scope: &Scope, derivation: &Derivation) -> DerivationForm {
        let frame: &str = &derivation.frame;
        let id = &derivation.id;
        if self.frames.get(frame).is_some_and(|schema| schema.has(id)) {
            let what = if matches!(scope, Scope::Records(_)) { "records" } else { "frame" };
            let message = format!("{what} {frame} already has a column {id}");
            self.findings.push(Finding::error(self.study.origin.place(id.span.start), message));
        }
        let (kind, form) = if let Some(rule) = &derivation.rule {
            let of_truth = matches!(derivation.across, Some(Across::Ever | Across::Any | Across::First));
            let id = self.compile(rule, scope.clone(), of_truth.then_some(Type::Truth), &derivation.label);
            let kind = match derivation.across {
                Some(Across::First) => Some(Type::Date),
                _ => id.map(|id| self.rules[id.0].kind),
            };
            (kind, DerivationForm::Rule(id.unwrap_or(RuleId(0))))
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
}
