//! What an analysis draws on: its rules and datasets, for provenance; and which rules nothing can do without.

use std::collections::BTreeSet;

use crate::plan::{
    BoundDerivation, BoundFrame, BoundItem, BoundRecords, BoundRule, BoundTime, DerivationForm, ItemKind, Job, JobKind,
    ParameterSource, Plan, RuleId, Scope, Source, VariableSource,
};
use crate::spec::design::ArmBasis;

impl Plan {
    /// A rule.
    #[must_use]
    pub fn rule(&self, id: RuleId) -> &BoundRule {
        &self.rules[id.0]
    }

    /// Rules that must be decidable for somebody: without them there is no arm, no set, no record to analyse. A flag that
    /// is blank for everybody is an ordinary thing elsewhere (nobody died), and only worth a warning.
    #[must_use]
    pub fn essential(&self) -> BTreeSet<RuleId> {
        let mut rules: BTreeSet<RuleId> = self.sets.iter().map(|set| set.rule).collect();
        rules.extend(self.arms.iter().flat_map(|arm| [arm.planned, arm.actual]));
        for frame in self.frames.values() {
            rules.extend(frame.measures.iter().map(|measure| measure.select));
            rules.extend(frame.scores.iter().filter_map(|score| score.select));
            rules.extend(frame.doses.iter().map(|dose| dose.select));
        }
        for job in &self.jobs {
            match &job.kind {
                JobKind::Flow(flow) => rules.extend([flow.assessed, flow.randomised, flow.received, flow.analysed]),
                JobKind::Ancova(ancova) => rules.extend([ancova.select, ancova.response]),
                JobKind::Binary(binary) => rules.extend([binary.response]),
                JobKind::Continuous(continuous) => rules.extend([continuous.value]),
                JobKind::Time(time) => rules.extend([time.start, time.event, time.assessed]),
                JobKind::Survival(survival) => rules.extend([survival.days, survival.event]),
                JobKind::Status(status) => rules.extend(status.boxes.first().map(|own| own.held.rule)),
                JobKind::Summary(_)
                | JobKind::Accrual(_)
                | JobKind::Occurrence(_)
                | JobKind::Parameters(_)
                | JobKind::GradeShift(_)
                | JobKind::SafetyRule(_)
                | JobKind::Attendance(_)
                | JobKind::RecordListing(_)
                | JobKind::Points(_)
                | JobKind::Waterfall(_)
                | JobKind::Lanes(_)
                | JobKind::Profile(_)
                | JobKind::FrameSummary(_)
                | JobKind::Listing(_)
                | JobKind::Individual(_)
                | JobKind::Export(_) => {}
            }
        }
        rules
    }

    /// The rules that analyses read under a variant.
    #[must_use]
    pub fn rules_under(&self, variant: usize) -> BTreeSet<RuleId> {
        let mut rules = BTreeSet::new();
        for job in &self.jobs {
            let JobKind::Binary(binary) = &job.kind else { continue };
            for own in binary.variants.iter().filter(|own| own.variant == variant) {
                rules.insert(binary.response);
                rules.extend([binary.observed, binary.imputed, binary.reason, own.exclude].into_iter().flatten());
                rules.extend(&binary.covariates);
            }
        }
        rules
    }

    /// The position of a variant's set of derived values: none for the main analysis.
    #[must_use]
    pub fn derivation_set(&self, variant: Option<usize>) -> Option<usize> {
        variant.filter(|variant| self.variants[*variant].rederives)
    }

    /// Datasets a job draws on, in order of name.
    #[must_use]
    pub fn datasets_of(&self, job: &Job) -> Vec<String> {
        let mut names = BTreeSet::from([self.subjects.clone()]);
        if let JobKind::Ancova(ancova) = &job.kind {
            names.insert(ancova.dataset.clone());
        }
        for name in self.frames_of(job) {
            names.extend(self.frames.get(name).into_iter().flat_map(BoundFrame::datasets));
            names.extend(self.records.get(name).map(|records| records.dataset.clone()));
        }
        names.into_iter().collect()
    }

    /// The frames a job reads, in order of name.
    fn frames_of<'a>(&'a self, job: &'a Job) -> Vec<&'a str> {
        let mut frames: Vec<&str> = match &job.kind {
            JobKind::Binary(binary) => vec![&binary.frame],
            JobKind::Continuous(continuous) => vec![&continuous.frame],
            JobKind::Time(time) => vec![&time.frame],
            JobKind::FrameSummary(summary) => vec![&summary.frame],
            JobKind::Listing(listing) => vec![&listing.frame],
            JobKind::Individual(individual) => vec![&individual.frame],
            JobKind::Export(export) => {
                let sources = export.parameters.iter().map(|parameter| &parameter.source);
                let frame = |source: &'a ParameterSource| match source {
                    ParameterSource::Frame { frame, .. } => frame.as_str(),
                    ParameterSource::Time(time) => time.frame.as_str(),
                };
                sources.map(frame).collect()
            }
            JobKind::RecordListing(listing) => vec![&listing.records],
            JobKind::Occurrence(occurrence) => vec![&occurrence.records],
            JobKind::SafetyRule(rule) => rule.records.iter().map(String::as_str).collect(),
            JobKind::Parameters(parameters) => vec![&parameters.records],
            JobKind::GradeShift(shift) => vec![&shift.records],
            JobKind::Attendance(own) => own.frames(),
            JobKind::Lanes(lanes) => lanes.records(),
            JobKind::Profile(profile) => profile.records(),
            JobKind::Flow(_)
            | JobKind::Accrual(_)
            | JobKind::Status(_)
            | JobKind::Summary(_)
            | JobKind::Ancova(_)
            | JobKind::Survival(_)
            | JobKind::Points(_)
            | JobKind::Waterfall(_) => Vec::new(),
        };
        // Rules over subjects may name variables that come from frames or records.
        let own = self.own_rules(job);
        let named: BTreeSet<&str> = own
            .iter()
            .map(|rule| self.rule(*rule))
            .filter(|rule| rule.scope == Scope::Subjects)
            .flat_map(|rule| rule.rule.columns().into_iter().map(|(name, _)| name))
            .collect();
        let variables = self.subject_variables.iter().filter(|variable| named.contains(variable.name.as_str()));
        frames.extend(variables.map(|variable| variable.source.owner()));
        frames.sort_unstable();
        frames.dedup();
        frames
    }

    /// All rules a job uses: its own, those of its analysis set and arms, and those its frames are derived by.
    #[must_use]
    pub fn rules_of(&self, job: &Job) -> Vec<RuleId> {
        let mut rules = self.own_rules(job);
        for name in self.frames_of(job) {
            rules.extend(self.day_one);
            rules.extend(self.frames.get(name).into_iter().flat_map(BoundFrame::rules));
            rules.extend(self.records.get(name).into_iter().flat_map(BoundRecords::rules));
            let taken = self.subject_variables.iter().filter(|variable| variable.source.owner() == name);
            rules.extend(taken.filter_map(|variable| variable.source.select()));
        }
        let mut seen = BTreeSet::new();
        rules.retain(|rule| seen.insert(*rule));
        rules
    }

    /// The rules of a job itself, and those of its analysis set and arms.
    fn own_rules(&self, job: &Job) -> Vec<RuleId> {
        // The participant flow is of all subjects, and may stand alone.
        let set = self.sets.get(job.set);
        let mut rules: Vec<RuleId> = set.iter().map(|set| set.rule).collect();
        for arm in &self.arms {
            rules.push(match set.map_or(ArmBasis::Planned, |set| set.basis) {
                ArmBasis::Planned => arm.planned,
                ArmBasis::Actual => arm.actual,
            });
        }
        match &job.kind {
            JobKind::Summary(items) => rules.extend(items.iter().flat_map(BoundItem::rules)),
            JobKind::FrameSummary(summary) => rules.extend(summary.items.iter().flat_map(BoundItem::rules)),
            JobKind::Binary(binary) => {
                rules.push(binary.response);
                rules.extend(binary.observed);
                rules.extend(binary.reason);
                rules.extend(binary.imputed);
                rules.extend(binary.subgroups.iter().map(|subgroup| subgroup.category));
                rules.extend(binary.variants.iter().filter_map(|variant| variant.exclude));
                rules.extend(binary.strata.iter().chain(&binary.covariates));
            }
            JobKind::Continuous(continuous) => {
                rules.extend([continuous.value, continuous.base]);
                rules.extend(&continuous.strata);
                rules.extend(continuous.worst);
            }
            JobKind::Time(time) => rules.extend(time.rules()),
            JobKind::Individual(individual) => rules.push(individual.value),
            JobKind::Export(export) => {
                for parameter in &export.parameters {
                    match &parameter.source {
                        ParameterSource::Frame { value, base, reason, .. } => {
                            rules.push(*value);
                            rules.extend(base.iter().chain(reason));
                        }
                        ParameterSource::Time(time) => rules.extend(time.rules()),
                    }
                }
            }
            JobKind::Ancova(ancova) => {
                rules.extend([ancova.select, ancova.response]);
                rules.extend(ancova.describe.iter().flat_map(|(_, select, value)| [*select, *value]));
            }
            JobKind::Flow(flow) => {
                rules.extend([flow.assessed, flow.randomised, flow.received, flow.analysed]);
                for loss in [&flow.excluded, &flow.discontinued, &flow.lost] {
                    rules.push(loss.rule);
                    rules.extend(loss.reasons.iter().map(|(_, rule)| *rule));
                    rules.extend(loss.by);
                }
                rules.extend(flow.not_received.iter().chain(&flow.not_analysed).map(|(_, rule)| *rule));
            }
            JobKind::Accrual(accrual) => rules.extend(accrual.rules()),
            JobKind::Status(status) => rules.extend(status.rules()),
            JobKind::Occurrence(occurrence) => rules.extend(occurrence.rules()),
            JobKind::Parameters(own) => rules.extend(own.select.into_iter().chain([own.value, own.change])),
            JobKind::Attendance(own) => rules.extend(own.rules()),
            JobKind::GradeShift(shift) => rules.extend([shift.from, shift.to, shift.select]),
            JobKind::Survival(own) => {
                rules.extend([own.days, own.event].into_iter().chain(own.competing).chain(own.strata.iter().copied()));
            }
            JobKind::SafetyRule(rule) => rules.extend(rule.event),
            JobKind::RecordListing(listing) => rules.extend(listing.select),
            JobKind::Points(points) => {
                rules.extend(points.panels.iter().flat_map(|(x, y)| [*x, *y]));
                rules.extend(points.name);
            }
            JobKind::Waterfall(waterfall) => rules.push(waterfall.value),
            JobKind::Lanes(lanes) => rules.extend(lanes.rules()),
            JobKind::Profile(profile) => rules.extend(profile.rules()),
            JobKind::Listing(listing) => rules.extend(listing.select),
        }
        rules
    }
}

impl BoundDerivation {
    /// Its rules, in order.
    #[must_use]
    pub fn rules(&self) -> Vec<RuleId> {
        let mut rules: Vec<RuleId> = Vec::new();
        match &self.form {
            DerivationForm::Rule(rule) => rules.push(*rule),
            DerivationForm::Cases(cases) => {
                for case in cases {
                    rules.extend(case.when);
                    for source in std::iter::once(&case.then).chain(case.reason.as_ref()) {
                        if let Source::Rule(rule) = source {
                            rules.push(*rule);
                        }
                    }
                }
            }
        }
        rules
    }
}

impl BoundItem {
    fn rules(&self) -> Vec<RuleId> {
        let mut rules: Vec<RuleId> = self.among.into_iter().collect();
        match &self.kind {
            ItemKind::Number(rule) | ItemKind::Count(rule) => rules.push(*rule),
            ItemKind::Category(rule, _, from) => {
                rules.push(*rule);
                rules.extend(*from);
            }
            ItemKind::Heading => {}
        }
        rules
    }
}

impl BoundTime {
    fn rules(&self) -> impl Iterator<Item = RuleId> {
        [self.start, self.event, self.assessed].into_iter().chain(self.strata.iter().copied())
    }
}

impl BoundRecords {
    fn rules(&self) -> Vec<RuleId> {
        let mut rules: Vec<RuleId> = self.select.into_iter().collect();
        if let Some(findings) = &self.findings {
            rules.extend([findings.baseline, findings.visits, findings.at].into_iter().flatten());
            rules.extend(&findings.prefer);
            rules.extend(findings.parameters.iter().flat_map(|own| &own.grades).map(|grade| grade.rule));
        }
        rules.extend(self.derivation_rules());
        rules
    }

    /// The rules of its derivations, in order.
    #[must_use]
    pub fn derivation_rules(&self) -> Vec<RuleId> {
        self.derivations.iter().flat_map(BoundDerivation::rules).collect()
    }
}

impl VariableSource {
    /// The frame or the records it is taken from.
    #[must_use]
    pub fn owner(&self) -> &str {
        match self {
            Self::Frame { frame, .. } => frame,
            Self::Records { records, .. } => records,
        }
    }

    const fn select(&self) -> Option<RuleId> {
        match self {
            Self::Frame { .. } => None,
            Self::Records { select, .. } => *select,
        }
    }
}

impl BoundFrame {
    fn datasets(&self) -> Vec<String> {
        let measures = self.measures.iter().map(|measure| measure.dataset.clone());
        let scores = self.scores.iter().map(|score| score.dataset.clone());
        let doses = self.doses.iter().map(|dose| dose.dataset.clone());
        let events = self.events.iter().map(|event| event.dataset.clone());
        measures.chain(scores).chain(doses).chain(events).collect()
    }

    fn rules(&self) -> Vec<RuleId> {
        let mut rules: Vec<RuleId> = Vec::new();
        for measure in &self.measures {
            rules.push(measure.select);
            rules.extend(&measure.prefer);
        }
        for score in &self.scores {
            rules.extend(score.select);
            rules.extend(&score.prefer);
        }
        for dose in &self.doses {
            rules.push(dose.select);
            rules.extend(dose.ongoing);
        }
        rules.extend(self.events.iter().filter_map(|event| event.select));
        rules.extend(self.derivation_rules());
        rules
    }

    /// The rules of its derivations, in order.
    #[must_use]
    pub fn derivation_rules(&self) -> Vec<RuleId> {
        self.derivations.iter().flat_map(BoundDerivation::rules).collect()
    }
}
