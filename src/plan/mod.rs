//! Binds a specification to locked data: every reference resolved, every rule parsed and typed, all findings at once.
//! What leaves this stage can be run without looking anything up.

mod bind;
mod schema;

pub use bind::bind;

use std::collections::BTreeMap;

use crate::data::evaluate::Options;
use crate::data::rule::Rule;
use crate::data::vector::Type;
use crate::error::Place;
use crate::results::Method;
use crate::spec::design::{ArmBasis, Tie};
use crate::spec::endpoint::LevelSpec;
use crate::spec::instrument::{Conversion, DoseInstrument};
use crate::spec::text::RuleText;

/// What will be done.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The subjects' dataset and the variable that identifies the subject.
    pub subjects: String,
    /// The variable that identifies the subject in every dataset.
    pub subject: String,
    /// Every rule of the specification.
    pub rules: Vec<BoundRule>,
    /// The arms, in order.
    pub arms: Vec<BoundArm>,
    /// The arm the others are compared with.
    pub reference_arm: usize,
    /// The analysis sets.
    pub sets: Vec<BoundSet>,
    /// The date of study day 1.
    pub day_one: Option<RuleId>,
    /// Which of two equally near records counts.
    pub tie: Tie,
    /// The visits, in order.
    pub visits: Vec<BoundVisit>,
    /// Frames, by name.
    pub frames: BTreeMap<String, BoundFrame>,
    /// Variables of the subject that come from frames: name, frame, visit, variable.
    pub subject_variables: Vec<BoundSubjectVariable>,
    /// The options in the main analysis.
    pub options: Options,
    /// Options of each variant.
    pub variants: Vec<BoundVariant>,
    /// The analyses, in the order of the results.
    pub jobs: Vec<Job>,
}

/// The position of a rule in [`Plan::rules`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RuleId(pub usize);

/// A parsed and typed rule.
#[derive(Clone, Debug)]
pub struct BoundRule {
    /// The rule.
    pub rule: Rule,
    /// Its text with its place in the file.
    pub text: RuleText,
    /// Where it begins.
    pub place: Place,
    /// What it defines, in words.
    pub defines: String,
    /// What its rows are.
    pub scope: Scope,
}

/// What the rows of a rule are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// The subjects.
    Subjects,
    /// The subjects, before variables from frames are added (arms, study day 1).
    SubjectRecords,
    /// Subjects and visits of a frame.
    Frame(String),
    /// The records of a dataset.
    Dataset(String),
}

/// An arm.
#[derive(Clone, Debug)]
pub struct BoundArm {
    /// Identifier.
    pub id: String,
    /// Who was randomised to it.
    pub planned: RuleId,
    /// Who was treated with it.
    pub actual: RuleId,
    /// Its dose.
    pub dose: Option<f64>,
}

/// An analysis set.
#[derive(Clone, Debug)]
pub struct BoundSet {
    /// Identifier.
    pub id: String,
    /// Who belongs to it.
    pub rule: RuleId,
    /// By which arm they count.
    pub basis: ArmBasis,
}

/// A visit.
#[derive(Clone, Debug)]
pub struct BoundVisit {
    /// Identifier.
    pub id: String,
    /// Nominal day.
    pub day: i32,
    /// Reach of the window.
    pub within: i32,
    /// Reach where the window is empty.
    pub when_empty: Option<i32>,
}

/// A frame.
#[derive(Clone, Debug)]
pub struct BoundFrame {
    /// Its measures.
    pub measures: Vec<BoundMeasure>,
    /// Its doses.
    pub doses: Vec<BoundDose>,
    /// Its events.
    pub events: Vec<BoundEvent>,
    /// Variables of the subjects' dataset that its derivations name.
    pub subject_columns: Vec<String>,
    /// Its derivations, in order.
    pub derivations: Vec<BoundDerivation>,
}

/// A measure.
#[derive(Clone, Debug)]
pub struct BoundMeasure {
    /// Name in frames.
    pub name: String,
    /// Dataset.
    pub dataset: String,
    /// Which records.
    pub select: RuleId,
    /// The value.
    pub value: String,
    /// Whether the value is a number or a text.
    pub kind: Type,
    /// The result as text.
    pub text: Option<String>,
    /// Variable with the unit, unit wanted, conversion.
    pub unit: Option<(String, String, Conversion)>,
    /// The date.
    pub date: String,
    /// Order of records of one day.
    pub prefer: Vec<RuleId>,
    /// Further variables: name in the frame, variable.
    pub beside: Vec<(String, String)>,
    /// Where the specification defines it.
    pub place: Place,
}

/// A dose.
#[derive(Clone, Debug)]
pub struct BoundDose {
    /// Name in frames.
    pub name: String,
    /// Dataset.
    pub dataset: String,
    /// Which records.
    pub select: RuleId,
    /// How records become daily doses.
    pub instrument: DoseInstrument,
    /// Variables: drug, amount, unit, frequency, route.
    pub drug: String,
    /// Amount per intake.
    pub amount: String,
    /// Unit of the amount.
    pub unit: String,
    /// Frequency.
    pub frequency: String,
    /// Route.
    pub route: String,
    /// First day: date, date as text.
    pub start: (String, Option<String>),
    /// Last day: date, date as text.
    pub end: (String, Option<String>),
    /// Which records have no end.
    pub ongoing: Option<RuleId>,
    /// Days averaged at a visit.
    pub days: i32,
    /// First and last study day of the baseline.
    pub baseline_days: [i32; 2],
}

/// An event.
#[derive(Clone, Debug)]
pub struct BoundEvent {
    /// Name; in frames `name_before`.
    pub name: String,
    /// Dataset.
    pub dataset: String,
    /// Which records.
    pub select: Option<RuleId>,
    /// The date.
    pub date: String,
}

/// A derivation.
#[derive(Clone, Debug)]
pub struct BoundDerivation {
    /// Name of the variable.
    pub id: String,
    /// How it is derived.
    pub form: DerivationForm,
}

/// How a variable is derived.
#[derive(Clone, Debug)]
pub enum DerivationForm {
    /// By a rule.
    Rule(RuleId),
    /// By the first case that holds.
    Cases(Vec<BoundCase>),
}

/// A case.
#[derive(Clone, Debug)]
pub struct BoundCase {
    /// When; none in the last case.
    pub when: Option<RuleId>,
    /// What it gives.
    pub then: Source,
    /// Its reason code.
    pub reason: Option<Source>,
}

/// A text written in the specification, or one that a rule gives.
#[derive(Clone, Debug)]
pub enum Source {
    /// Written.
    Text(String),
    /// By a rule.
    Rule(RuleId),
}

/// A variable of the subject that comes from a frame.
#[derive(Clone, Debug)]
pub struct BoundSubjectVariable {
    /// Its name.
    pub name: String,
    /// The frame.
    pub frame: String,
    /// Position of the visit.
    pub visit: usize,
    /// The variable of the frame.
    pub variable: String,
}

/// A variant.
#[derive(Clone, Debug)]
pub struct BoundVariant {
    /// Identifier.
    pub id: String,
    /// Its options; those of the main analysis where it changes none.
    pub options: Options,
    /// Whether options differ from the main analysis.
    pub rederives: bool,
}

/// One analysis.
#[derive(Clone, Debug)]
pub struct Job {
    /// Its name in results.
    pub analysis: String,
    /// Where the specification asks for it.
    pub place: Place,
    /// Position of its analysis set.
    pub set: usize,
    /// What is done.
    pub kind: JobKind,
}

/// What an analysis does.
#[derive(Clone, Debug)]
pub enum JobKind {
    /// Describes subjects.
    Summary(Vec<BoundItem>),
    /// Analyses a yes-or-no outcome.
    Binary(BoundBinary),
    /// Compares a number by analysis of covariance.
    Ancova(BoundAncova),
    /// Counts the participant flow.
    Flow(BoundFlow),
    /// Lists a frame at a visit.
    Listing(BoundListing),
}

/// An item of a summary.
#[derive(Clone, Debug)]
pub struct BoundItem {
    /// Identifier.
    pub id: String,
    /// What it describes.
    pub kind: ItemKind,
    /// Only these subjects.
    pub among: Option<RuleId>,
    /// Another analysis set.
    pub set: Option<usize>,
    /// Unit.
    pub unit: Option<String>,
    /// A test of the arms.
    pub test: Option<Method>,
}

/// What an item describes.
#[derive(Clone, Debug)]
pub enum ItemKind {
    /// A number.
    Number(RuleId),
    /// A text with its levels; those of the data if none are listed.
    Category(RuleId, Vec<LevelSpec>),
    /// A condition.
    Count(RuleId),
    /// Nothing: a heading.
    Heading,
}

/// A binary endpoint, with its variants.
#[derive(Clone, Debug)]
pub struct BoundBinary {
    /// The frame.
    pub frame: String,
    /// Positions of the visits.
    pub visits: Vec<usize>,
    /// Who responds.
    pub response: RuleId,
    /// Who was observed.
    pub observed: Option<RuleId>,
    /// Methods.
    pub methods: Vec<Method>,
    /// Confidence level.
    pub conf_level: f64,
    /// Variants: position in [`Plan::variants`], who is left out, another analysis set.
    pub variants: Vec<(usize, Option<RuleId>, Option<usize>)>,
}

/// An analysis of covariance.
#[derive(Clone, Debug)]
pub struct BoundAncova {
    /// The dataset.
    pub dataset: String,
    /// The records.
    pub select: RuleId,
    /// The response.
    pub response: RuleId,
    /// Unit of the response.
    pub unit: Option<String>,
    /// Factors.
    pub factors: Vec<String>,
    /// Covariates.
    pub covariates: Vec<String>,
    /// Whether the dose response is tested.
    pub trend: bool,
    /// Described variables: identifier, records, value.
    pub describe: Vec<(String, RuleId, RuleId)>,
    /// Confidence level.
    pub conf_level: f64,
}

/// The participant flow.
#[derive(Clone, Debug)]
pub struct BoundFlow {
    /// Assessed.
    pub assessed: RuleId,
    /// Excluded.
    pub excluded: BoundLoss,
    /// Randomised.
    pub randomised: RuleId,
    /// Received.
    pub received: RuleId,
    /// Did not receive: label and rule.
    pub not_received: Vec<(String, RuleId)>,
    /// Discontinued.
    pub discontinued: BoundLoss,
    /// Lost for the primary outcome.
    pub lost: BoundLoss,
    /// Analysed.
    pub analysed: RuleId,
    /// Not analysed: label and rule.
    pub not_analysed: Vec<(String, RuleId)>,
}

/// A loss with its reasons.
#[derive(Clone, Debug)]
pub struct BoundLoss {
    /// Who.
    pub rule: RuleId,
    /// Listed reasons: label and rule.
    pub reasons: Vec<(String, RuleId)>,
    /// Reasons by the value of a text.
    pub by: Option<RuleId>,
}

/// A listing.
#[derive(Clone, Debug)]
pub struct BoundListing {
    /// The frame.
    pub frame: String,
    /// Position of the visit.
    pub visit: usize,
    /// Variables of the frame.
    pub columns: Vec<String>,
}

impl Plan {
    /// A rule.
    #[must_use]
    pub fn rule(&self, id: RuleId) -> &BoundRule {
        &self.rules[id.0]
    }

    /// Rules that must be decidable for somebody: without them there is no arm, no set, no record to analyse. A flag that
    /// is blank for everybody is an ordinary thing elsewhere (nobody died), and only worth a warning.
    #[must_use]
    pub fn essential(&self) -> std::collections::BTreeSet<RuleId> {
        let mut rules: std::collections::BTreeSet<RuleId> = self.sets.iter().map(|set| set.rule).collect();
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
        let mut names = std::collections::BTreeSet::from([self.subjects.clone()]);
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
        let mut seen = std::collections::BTreeSet::new();
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
