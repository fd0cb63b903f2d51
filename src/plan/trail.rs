//! What an analysis draws on: its rules and datasets, for provenance; and which rules nothing can do without.

use std::collections::BTreeSet;

use crate::plan::{
    BoundDerivation, BoundFrame, BoundItem, BoundRule, BoundTime, DerivationForm, ItemKind, Job, JobKind,
    ParameterSource, Plan, RuleId, Scope, Source,
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
                JobKind::Summary(_)
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
        let frames = self.frames_of(job).into_iter().filter_map(|name| self.frames.get(name));
        names.extend(frames.flat_map(BoundFrame::datasets));
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
            JobKind::Flow(_) | JobKind::Summary(_) | JobKind::Ancova(_) => Vec::new(),
        };
        // Rules over subjects may name variables that come from frames.
        let own = self.own_rules(job);
        let named: BTreeSet<&str> = own
            .iter()
            .map(|rule| self.rule(*rule))
            .filter(|rule| rule.scope == Scope::Subjects)
            .flat_map(|rule| rule.rule.columns().into_iter().map(|(name, _)| name))
            .collect();
        let variables = self.subject_variables.iter().filter(|variable| named.contains(variable.name.as_str()));
        frames.extend(variables.map(|variable| variable.frame.as_str()));
        frames.sort_unstable();
        frames.dedup();
        frames
    }

    /// All rules a job uses: its own, those of its analysis set and arms, and those its frames are derived by.
    #[must_use]
    pub fn rules_of(&self, job: &Job) -> Vec<RuleId> {
        let mut rules = self.own_rules(job);
        for frame in self.frames_of(job).into_iter().filter_map(|name| self.frames.get(name)) {
            rules.extend(self.day_one);
            rules.extend(frame.rules());
        }
        let mut seen = BTreeSet::new();
        rules.retain(|rule| seen.insert(*rule));
        rules
    }

    /// The rules of a job itself, and those of its analysis set and arms.
    fn own_rules(&self, job: &Job) -> Vec<RuleId> {
        let mut rules = vec![self.sets[job.set].rule];
        for arm in &self.arms {
            rules.push(match self.sets[job.set].basis {
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
            }
            JobKind::Continuous(continuous) => {
                rules.extend([continuous.value, continuous.base]);
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
    const fn rules(&self) -> [RuleId; 3] {
        [self.start, self.event, self.assessed]
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
