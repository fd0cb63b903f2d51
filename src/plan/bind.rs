//! The binding itself: a walk over the specification that compiles each rule against the columns it may name.

use std::collections::{BTreeMap, BTreeSet};

use crate::data::LockedData;
use crate::data::evaluate::Options;
use crate::data::rule::{Mistake, Rule};
use crate::data::sheet::Sheet;
use crate::data::typing;
use crate::data::vector::Type;
use crate::error::{Error, Finding, Stage, nearest};
use crate::plan::bind_records::GRADED;
use crate::plan::schema::{Schema, option_value};
use crate::plan::{
    BoundArm, BoundFrame, BoundRecords, BoundRule, BoundSet, BoundSubjectVariable, BoundVariant, BoundVisit, Plan,
    RuleId, Scope, VariableSource,
};
use crate::spec::Study;
use crate::spec::design::Tie;
use crate::spec::records::Records;
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
    pub(super) datasets: BTreeMap<String, Schema>,
    pub(super) options: Options,
    pub(super) rules: Vec<BoundRule>,
    pub(super) findings: Vec<Finding>,
    /// The day of the data.
    pub(super) as_of: Option<i32>,
    /// What gradings see.
    graded: Schema,
    /// Columns of each frame and of records, derivations included.
    pub(super) frames: BTreeMap<String, Schema>,
    /// Columns of frames that something other than a rule names.
    named: BTreeMap<String, BTreeSet<String>>,
    /// The subjects' dataset with the variables that come from frames and records.
    pub(super) subjects: Schema,
}

impl<'a> Binding<'a> {
    pub(super) fn new(study: &'a Study, data: &LockedData) -> Self {
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
        Self {
            study,
            datasets,
            options,
            rules: Vec::new(),
            findings: Vec::new(),
            as_of: data.as_of(),
            graded: Schema::new("gradings", GRADED.map(|(name, kind)| (name.to_owned(), kind)).to_vec()),
            frames: BTreeMap::new(),
            named: BTreeMap::new(),
            subjects,
        }
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
        self.masked_variables();
        let arms = self.arms();
        let day_one = study
            .visits
            .as_ref()
            .and_then(|visits| self.compile(&visits.reference, Scope::SubjectRecords, Some(Type::Date), "study day 1"));
        let frames: BTreeMap<String, BoundFrame> =
            study.frame.iter().map(|(name, frame)| (name.clone(), self.frame(name, frame))).collect();
        // Subjects take variables from records; the records that are the subjects themselves see them all.
        let of_subjects = |records: &Records| records.dataset == study.data.subjects;
        let (last, first): (Vec<_>, Vec<_>) = study.records.iter().partition(|(_, records)| of_subjects(records));
        let mut records: BTreeMap<String, BoundRecords> =
            first.into_iter().map(|(name, own)| (name.clone(), self.records(name, own))).collect();
        let subject_variables = self.subject_variables();
        records.extend(last.into_iter().map(|(name, own)| (name.clone(), self.records(name, own))));
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
        let information = self.information();
        let mut frames = frames;
        self.keep_named(&mut frames, &mut records);
        let visits = study.visits.iter().flat_map(|visits| &visits.schedule);
        Plan {
            subjects: study.data.subjects.to_string(),
            subject: study.data.subject.clone(),
            rules: std::mem::take(&mut self.rules),
            arms,
            reference_arm: study.reference_arm(),
            sets,
            day_one,
            as_of: self.as_of,
            quantiles: study.study.quantiles,
            random: study.random,
            multiplicity: study.multiplicity.clone(),
            monitoring: study.monitoring.clone(),
            information,
            looks: BTreeMap::new(),
            tie: study.visits.as_ref().map_or(Tie::Later, |visits| visits.tie),
            visits: visits
                .map(|visit| BoundVisit {
                    id: visit.id.to_string(),
                    day: visit.day,
                    within: visit.within,
                    when_empty: visit.when_empty,
                })
                .collect(),
            baseline: study.visits.as_ref().map_or_else(String::new, |visits| visits.baseline.id.clone()),
            frames,
            records,
            subject_variables,
            options: self.options.clone(),
            variants,
            jobs,
        }
    }

    /// Variables that would mask nothing.
    pub(super) fn masked_variables(&mut self) {
        let study = self.study;
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
        self.masking_of_arms();
    }

    /// What tells the arms is masked, and what is masked tells nothing of what is left.
    fn masking_of_arms(&mut self) {
        let study = self.study;
        let Some(masking) = &study.masking else { return };
        let is_masked = |name: &str| masking.variables.iter().any(|own| **own == *name);
        let mut told: BTreeSet<String> = BTreeSet::new();
        for text in study.arm.iter().flat_map(|arm| [&arm.planned, &arm.actual]) {
            let Ok(rule) = Rule::parse(&text.sql) else { continue };
            for (name, position) in rule.columns() {
                if !is_masked(name) && told.insert(name.to_owned()) {
                    let place = study.origin.place_in_rule(text, position.line, position.column);
                    let message = format!("{name} tells the arm of a participant, and [masking] does not take it away");
                    self.findings.push(Finding::error(place, message).hint(format!("variables = [\"{name}\", …]")));
                }
            }
        }
        // What is printed of words in a masked report may not depend on the labels, so the words must be theirs.
        for arm in &study.arm {
            let label = arm.label.to_lowercase();
            if !masking.words.iter().any(|word| label.contains(&word.to_lowercase())) {
                let place = study.origin.place(arm.id.span.start);
                let message = format!("no word of [masking] stands in the label “{}”", arm.label);
                self.findings.push(Finding::warning(place, message).hint("words = [\"…\"]: what names a treatment"));
            }
        }
        for (dataset, text) in &masking.records {
            let Ok(rule) = Rule::parse(&text.sql) else { continue };
            for (name, position) in rule.columns().into_iter().filter(|(name, _)| is_masked(name)) {
                let place = study.origin.place_in_rule(text, position.line, position.column);
                let message = format!("which records of {dataset} are left would tell of {name}, which is masked");
                let hint = "choose records by what is not masked, or mask the dataset";
                self.findings.push(Finding::error(place, message).hint(hint));
            }
            if **dataset == *study.data.subjects {
                let place = study.origin.place_in_rule(text, 1, 1);
                let message = format!("{dataset} says who the subjects are: none of its records can be masked");
                self.findings.push(Finding::error(place, message).hint("choose participants by an analysis set"));
            }
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
            Scope::Frame(name) | Scope::Records(name) => self.frames.get(name),
            Scope::Grading => Some(&self.graded),
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
        let defines = match &text.instrument {
            Some(instrument) => format!("{defines} (instrument {instrument})"),
            None => defines.to_owned(),
        };
        self.rules.push(BoundRule { rule, text: text.clone(), place, defines, scope, kind });
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

    /// The row of a visit in frames; baseline follows the visits.
    pub(super) fn visit(&self, id: &str) -> usize {
        let Some(visits) = &self.study.visits else { return 0 };
        let scheduled = visits.schedule.iter().position(|visit| &*visit.id == id);
        scheduled.unwrap_or(if visits.baseline.id == id { visits.schedule.len() } else { 0 })
    }

    pub(super) fn visits(&self, ids: &[Name]) -> Vec<usize> {
        ids.iter().map(|id| self.visit(id)).collect()
    }

    pub(super) fn set(&self, id: &str) -> usize {
        self.study.analysis_set.iter().position(|set| &*set.id == id).unwrap_or(0)
    }

    pub(super) fn frame_column(&mut self, frame: &Name, variable: &Name) -> Option<Type> {
        use crate::data::typing::Names;
        self.named.entry(frame.to_string()).or_default().insert(variable.to_string());
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

    /// The columns of each frame that somebody names.
    fn keep_named(&mut self, frames: &mut BTreeMap<String, BoundFrame>, records: &mut BTreeMap<String, BoundRecords>) {
        for (name, frame) in frames.iter_mut() {
            let scope = Scope::Frame(name.clone());
            let of_rules = self.rules.iter().filter(|rule| rule.scope == scope);
            let columns = of_rules.flat_map(|rule| rule.rule.columns()).map(|(column, _)| column.to_owned());
            frame.named = columns.chain(self.named.remove(name).unwrap_or_default()).collect();
            frame.subject_columns.retain(|column| frame.named.contains(column));
        }
        for (name, own) in records.iter_mut() {
            let scope = Scope::Records(name.clone());
            let of_rules = self.rules.iter().filter(|rule| rule.scope == scope);
            let columns = of_rules.flat_map(|rule| rule.rule.columns()).map(|(column, _)| column.to_owned());
            own.named = columns.chain(self.named.remove(name).unwrap_or_default()).collect();
            own.subject_columns.retain(|column| own.named.contains(column));
        }
    }

    /// Adds a variable to the subjects, unless they have one of this name.
    pub(super) fn add_subject_variable(&mut self, name: &str, kind: Type, at: usize) {
        if self.subjects.has(name) {
            let message = format!("{} already has a variable {name}", self.study.data.subjects);
            self.findings.push(Finding::error(self.study.origin.place(at), message));
        }
        self.subjects.add(name, kind);
    }

    fn subject_variables(&mut self) -> Vec<BoundSubjectVariable> {
        let mut bound = Vec::new();
        for (name, taken) in &self.study.subject_variable {
            let variable = match (taken.take, &taken.variable, &taken.at) {
                (Some(take), _, _) => self.taken(name, taken, take),
                (None, Some(variable), Some(at)) => self.frame_column(&taken.frame, variable).map(|kind| {
                    self.add_subject_variable(name, kind, variable.span.start);
                    let (frame, variable) = (taken.frame.to_string(), variable.to_string());
                    let source = VariableSource::Frame { frame, visit: self.visit(at), variable };
                    BoundSubjectVariable { name: name.clone(), source }
                }),
                _ => None,
            };
            match variable {
                Some(variable) => bound.push(variable),
                None => self.subjects.add_untyped(name.clone()),
            }
        }
        bound
    }
}
