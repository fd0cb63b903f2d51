//! What an analysis draws on: its rules and datasets, for provenance; and which rules nothing can do without.

use std::collections::BTreeSet;

use crate::plan::{BoundFrame, BoundRule, DerivationForm, ItemKind, Job, JobKind, Plan, RuleId, Source};
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
            rules.extend(frame.doses.iter().map(|dose| dose.select));
        }
        for job in &self.jobs {
            match &job.kind {
                JobKind::Flow(flow) => rules.extend([flow.assessed, flow.randomised, flow.received, flow.analysed]),
                JobKind::Ancova(ancova) => rules.extend([ancova.select, ancova.response]),
                JobKind::Binary(binary) => rules.extend([binary.response]),
                JobKind::Summary(_) | JobKind::Listing(_) => {}
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
        let frame = match &job.kind {
            JobKind::Binary(binary) => self.frames.get(&binary.frame),
            JobKind::Listing(listing) => self.frames.get(&listing.frame),
            JobKind::Ancova(ancova) => {
                names.insert(ancova.dataset.clone());
                None
            }
            JobKind::Flow(_) => {
                for variable in &self.subject_variables {
                    names.extend(self.frames.get(&variable.frame).into_iter().flat_map(BoundFrame::datasets));
                }
                None
            }
            JobKind::Summary(_) => None,
        };
        names.extend(frame.into_iter().flat_map(BoundFrame::datasets));
        names.into_iter().collect()
    }

    /// All rules a job uses: its own, those of its analysis set and arms, and those its frame is derived by.
    #[must_use]
    pub fn rules_of(&self, job: &Job) -> Vec<RuleId> {
        let mut rules = vec![self.sets[job.set].rule];
        for arm in &self.arms {
            rules.push(match self.sets[job.set].basis {
                ArmBasis::Planned => arm.planned,
                ArmBasis::Actual => arm.actual,
            });
        }
        let mut frames: Vec<&str> = Vec::new();
        match &job.kind {
            JobKind::Summary(items) => {
                for item in items {
                    rules.extend(item.among);
                    match &item.kind {
                        ItemKind::Number(rule) | ItemKind::Category(rule, _) | ItemKind::Count(rule) => {
                            rules.push(*rule);
                        }
                        ItemKind::Heading => {}
                    }
                }
            }
            JobKind::Binary(binary) => {
                rules.push(binary.response);
                rules.extend(binary.observed);
                rules.extend(binary.variants.iter().filter_map(|(_, exclude, _)| *exclude));
                frames.push(&binary.frame);
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
                frames.extend(self.subject_variables.iter().map(|variable| variable.frame.as_str()));
            }
            JobKind::Listing(listing) => frames.push(&listing.frame),
        }
        frames.sort_unstable();
        frames.dedup();
        for frame in frames.iter().filter_map(|name| self.frames.get(*name)) {
            rules.extend(self.day_one);
            rules.extend(frame.rules());
        }
        let mut seen = BTreeSet::new();
        rules.retain(|rule| seen.insert(*rule));
        rules
    }
}

impl BoundFrame {
    fn datasets(&self) -> Vec<String> {
        let measures = self.measures.iter().map(|measure| measure.dataset.clone());
        let doses = self.doses.iter().map(|dose| dose.dataset.clone());
        let events = self.events.iter().map(|event| event.dataset.clone());
        measures.chain(doses).chain(events).collect()
    }

    fn rules(&self) -> Vec<RuleId> {
        let mut rules: Vec<RuleId> = Vec::new();
        for measure in &self.measures {
            rules.push(measure.select);
            rules.extend(&measure.prefer);
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
        let mut rules: Vec<RuleId> = Vec::new();
        for derivation in &self.derivations {
            match &derivation.form {
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
        }
        rules
    }
}
