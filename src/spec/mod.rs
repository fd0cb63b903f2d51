//! What the study asks: `study.toml` as typed data. Rule text is kept as text with its place; nothing here knows the
//! data. Reading collects all mistakes: one for each element of the file, not one for the whole.

pub mod accrual;
pub mod alone;
pub mod attendance;
pub mod board;
pub mod check;
pub mod conformance;
pub mod cut;
pub mod derivation;
pub mod design;
pub mod endpoint;
pub mod event_narrative;
mod expand;
pub mod export;
pub mod figure;
pub mod instrument;
pub mod looks;
pub mod method;
pub mod monitoring;
pub mod narrative;
pub mod narrow;
pub mod occurrence;
pub mod outcome;
pub mod output;
pub mod records;
pub mod reference;
pub mod report;
pub mod safety_figure;
pub mod status;
pub mod template;
pub mod text;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::{DeTable, DeValue, ValueDeserializer};

use crate::error::{Error, Finding, Stage, nearest};
use accrual::Accrual;
use attendance::Attendance;
use conformance::ConformanceSpec;
use derivation::{Derivation, Dose, Event, Frame, Measure, OptionSpec, Score, SubjectVariable, Variant};
use design::{AnalysisSet, Arm, DataSection, FlowSpec, Masking, StudyHead, Visits};
use endpoint::{Endpoint, Summary};
use export::Export;
use method::{Multiplicity, Random};
use monitoring::{Monitoring, SafetyRule};
use narrative::{Checklist, Statement, TextSpec};
use occurrence::{GradeShift, Occurrence, ParameterSummary};
use outcome::Subgroup;
use output::{DisplaySpec, SectionSpec};
use records::Records;
use report::ReportSpec;
use status::Status;
use text::Origin;

/// A study as its `study.toml` says it.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(rename_all = "kebab-case")]
pub struct Study {
    /// What the study is.
    pub study: StudyHead,
    /// Where the locked data lie.
    pub data: DataSection,
    /// What the data must hold before a number is computed.
    pub conformance: ConformanceSpec,
    /// What reveals a participant's arm.
    pub masking: Option<Masking>,
    /// The title pages of reports other than the final one, by name.
    pub report: BTreeMap<String, ReportSpec>,
    /// The arms, in the order of all tables and figures.
    pub arm: Vec<Arm>,
    /// The analysis sets.
    pub analysis_set: Vec<AnalysisSet>,
    /// Study days, visits and their windows; needed by frames.
    pub visits: Option<Visits>,
    /// Measurements, by the name they get in frames.
    pub measure: BTreeMap<String, Measure>,
    /// Assessments by an instrument of items, by the name they get in frames.
    pub score: BTreeMap<String, Score>,
    /// Daily doses, by the name they get in frames.
    pub dose: BTreeMap<String, Dose>,
    /// Events, by the name they get in frames.
    pub event: BTreeMap<String, Event>,
    /// Frames, by name.
    pub frame: BTreeMap<String, Frame>,
    /// Options, by name.
    pub option: BTreeMap<String, OptionSpec>,
    /// Derivations, in order: each sees those before it.
    pub derivation: Vec<Derivation>,
    /// Variables of the subject that come from frames, by name.
    pub subject_variable: BTreeMap<String, SubjectVariable>,
    /// Subgroups.
    pub subgroup: Vec<Subgroup>,
    /// Records of datasets, by name.
    pub records: BTreeMap<String, Records>,
    /// Seeds and numbers of draws.
    pub random: Random,
    /// Endpoints.
    pub endpoint: Vec<Endpoint>,
    /// Families of hypotheses.
    pub multiplicity: Vec<Multiplicity>,
    /// Group-sequential designs.
    pub monitoring: Vec<Monitoring>,
    /// Rules for the safety of single arms.
    pub safety_rule: Vec<SafetyRule>,
    /// Sensitivity and supplementary analyses.
    pub variant: Vec<Variant>,
    /// Descriptive summaries.
    pub summary: Vec<Summary>,
    /// Occurrences of records.
    pub occurrence: Vec<Occurrence>,
    /// Parameters by visit.
    pub parameter_summary: Vec<ParameterSummary>,
    /// Shifts of grades.
    pub grade_shift: Vec<GradeShift>,
    /// Attendance of visits, and how current the data are.
    pub attendance: Vec<Attendance>,
    /// Datasets of derived values.
    pub export: Vec<Export>,
    /// Accrual against its plan.
    pub accrual: Vec<Accrual>,
    /// Where the participants of a running trial are.
    pub status: Vec<Status>,
    /// Participant flow.
    pub flow: Option<FlowSpec>,
    /// Texts of the report.
    pub text: Vec<TextSpec>,
    /// Statements a person must know of or sign.
    pub statement: Vec<Statement>,
    /// The reporting checklist.
    pub checklist: Option<Checklist>,
    /// Sections of the report.
    pub section: Vec<SectionSpec>,
    /// Displays, in order within their section.
    pub display: Vec<DisplaySpec>,
    /// The file it was read from.
    #[schemars(skip)]
    pub origin: Origin,
}

/// The keys a `study.toml` may have at its top.
const KEYS: &[&str] = &[
    "study",
    "data",
    "conformance",
    "masking",
    "report",
    "arm",
    "analysis-set",
    "visits",
    "measure",
    "score",
    "dose",
    "event",
    "frame",
    "option",
    "derivation",
    "subject-variable",
    "records",
    "subgroup",
    "random",
    "endpoint",
    "multiplicity",
    "monitoring",
    "safety-rule",
    "variant",
    "summary",
    "occurrence",
    "parameter-summary",
    "grade-shift",
    "attendance",
    "export",
    "accrual",
    "status",
    "flow",
    "text",
    "statement",
    "checklist",
    "section",
    "display",
];

/// The largest study file, in bytes.
const LARGEST: usize = 1 << 20;
/// Beyond so many findings a file is not a specification with mistakes, but something else.
const MOST_FINDINGS: usize = 100;

impl Study {
    /// Reads a specification.
    ///
    /// `file` is the name used in messages.
    ///
    /// # Errors
    /// All mistakes of syntax, keys, types and references (stage specification).
    pub fn parse(text: &str, file: &str) -> Result<Self, Error> {
        // A byte order mark is not part of the text.
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut reading = Reading { origin: Origin::new(file, text), findings: Vec::new() };
        if text.len() > LARGEST {
            let message = format!("the file has {} bytes, more than a specification can have ({LARGEST})", text.len());
            let finding = Finding::error(reading.origin.place(0), message).hint("is this a study.toml?");
            return Err(Error::one(Stage::Specification, finding));
        }
        let (document, errors) = DeTable::parse_recoverable(text);
        for error in errors.iter().take(MOST_FINDINGS) {
            reading.report(error, 0);
        }
        if !errors.is_empty() {
            return Err(Error { stage: Stage::Specification, findings: reading.findings });
        }
        let study = reading.study(document.into_inner());
        let mut findings = reading.findings;
        if let Some(study) = study {
            // References are checked only on a file that could be read whole: half a file would give false alarms.
            if findings.is_empty() {
                findings = check::findings(&study);
            }
            Error::unless_clean(Stage::Specification, findings).map(|_| study)
        } else {
            Err(Error { stage: Stage::Specification, findings })
        }
    }

    /// Whether there is more than one arm, so that something can be compared.
    #[must_use]
    pub const fn compares(&self) -> bool {
        self.arm.len() != 1
    }

    /// The arm the others are compared with: the one marked as reference, else the last.
    #[must_use]
    pub fn reference_arm(&self) -> usize {
        self.arm.iter().position(|arm| arm.reference).unwrap_or(self.arm.len().saturating_sub(1))
    }

    /// The analysis set of this name.
    #[must_use]
    pub fn set(&self, id: &str) -> Option<&AnalysisSet> {
        self.analysis_set.iter().find(|set| &*set.id == id)
    }

    /// The endpoint of this name.
    #[must_use]
    pub fn endpoint(&self, id: &str) -> Option<&Endpoint> {
        self.endpoint.iter().find(|endpoint| &*endpoint.id == id)
    }

    /// The label of a visit, baseline included.
    #[must_use]
    pub fn visit_label(&self, id: &str) -> Option<&str> {
        let visits = self.visits.as_ref()?;
        if visits.baseline.id == id {
            return Some(&visits.baseline.label);
        }
        visits.schedule.iter().find(|visit| &*visit.id == id).map(|visit| visit.label.as_str())
    }
}

struct Reading {
    origin: Origin,
    findings: Vec<Finding>,
}

impl Reading {
    fn report(&mut self, error: &toml::de::Error, fallback: usize) {
        let at = error.span().map_or(fallback, |span| span.start);
        let message = error.message().trim_end();
        let mut lines = message.lines();
        let mut finding = Finding::error(self.origin.place(at), lines.next().unwrap_or("cannot be read"));
        // "unknown field `labl`, expected one of `id`, `label`": offer the nearest.
        if let Some((unknown, expected)) = message.split_once(", expected") {
            let quoted = |text: &str| text.split('`').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>();
            if let (Some(name), known) = (quoted(unknown).first(), quoted(expected))
                && let Some(near) = nearest(name, known.iter().map(String::as_str))
            {
                finding = finding.hint(format!("did you mean {near}?"));
            }
        } else if let Some(rest) = lines.next() {
            finding = finding.hint(rest.to_owned());
        }
        self.findings.push(finding);
    }

    fn element<T: DeserializeOwned>(&mut self, value: Spanned<DeValue<'_>>) -> Option<T> {
        let start = value.span().start;
        match T::deserialize(ValueDeserializer::from(value)) {
            Ok(element) => Some(element),
            Err(error) => {
                self.report(&error, start);
                None
            }
        }
    }

    fn list<T: DeserializeOwned>(&mut self, key: &str, value: Option<Spanned<DeValue<'_>>>) -> Vec<T> {
        let Some(value) = value else { return Vec::new() };
        let at = value.span().start;
        if let DeValue::Array(array) = value.into_inner() {
            return array.into_iter().filter_map(|element| self.element(element)).collect();
        }
        self.findings.push(Finding::error(self.origin.place(at), format!("{key} is written [[{key}]], once for each")));
        Vec::new()
    }

    fn named<T: DeserializeOwned>(&mut self, key: &str, value: Option<Spanned<DeValue<'_>>>) -> BTreeMap<String, T> {
        let mut named = BTreeMap::new();
        let Some(value) = value else { return named };
        let at = value.span().start;
        let DeValue::Table(table) = value.into_inner() else {
            let message = format!("{key} is written [{key}.NAME], once for each");
            self.findings.push(Finding::error(self.origin.place(at), message));
            return named;
        };
        for (name, element) in table {
            if let Some(element) = self.element(element) {
                named.insert(name.into_inner().into_owned(), element);
            }
        }
        named
    }

    fn required<T: DeserializeOwned>(&mut self, key: &str, value: Option<Spanned<DeValue<'_>>>) -> Option<T> {
        if value.is_none() {
            self.findings.push(Finding::error(self.origin.place(0), format!("the section [{key}] is missing")));
        }
        value.and_then(|value| self.element(value))
    }

    fn study(&mut self, document: DeTable<'_>) -> Option<Study> {
        let mut parts: BTreeMap<&str, Spanned<DeValue<'_>>> = BTreeMap::new();
        for (key, value) in document {
            let at = key.span().start;
            let name = key.into_inner();
            if let Some(known) = KEYS.iter().find(|known| **known == name) {
                parts.insert(known, value);
            } else if self.findings.len() < MOST_FINDINGS {
                let mut finding = Finding::error(self.origin.place(at), format!("unknown section {name}"));
                if let Some(near) = nearest(&name, KEYS.iter().copied()) {
                    finding = finding.hint(format!("did you mean {near}?"));
                }
                self.findings.push(finding);
            }
        }
        let head = self.required("study", parts.remove("study"));
        let data = self.required("data", parts.remove("data"));
        let optional =
            |this: &mut Self, value: Option<Spanned<DeValue<'_>>>| value.and_then(|value| this.element(value));
        let conformance = parts.remove("conformance").and_then(|value| self.element(value)).unwrap_or_default();
        let masking = optional(self, parts.remove("masking"));
        let report = self.named("report", parts.remove("report"));
        let visits = parts.remove("visits").and_then(|value| self.element(value));
        let flow = parts.remove("flow").and_then(|value| self.element(value));
        let arm = self.list("arm", parts.remove("arm"));
        let analysis_set = self.list("analysis-set", parts.remove("analysis-set"));
        let measure = self.named("measure", parts.remove("measure"));
        let score = self.named("score", parts.remove("score"));
        let dose = self.named("dose", parts.remove("dose"));
        let event = self.named("event", parts.remove("event"));
        let frame = self.named("frame", parts.remove("frame"));
        let option = self.named("option", parts.remove("option"));
        let derivation = self.list("derivation", parts.remove("derivation"));
        let subject_variable = self.named("subject-variable", parts.remove("subject-variable"));
        let subgroup = self.list("subgroup", parts.remove("subgroup"));
        let random = parts.remove("random").and_then(|value| self.element(value)).unwrap_or_default();
        let endpoint = self.list("endpoint", parts.remove("endpoint"));
        let multiplicity = self.list("multiplicity", parts.remove("multiplicity"));
        let monitoring = self.list("monitoring", parts.remove("monitoring"));
        let safety_rule = self.list("safety-rule", parts.remove("safety-rule"));
        let variant = self.list("variant", parts.remove("variant"));
        let summary = self.list("summary", parts.remove("summary"));
        let records = self.named("records", parts.remove("records"));
        let occurrence = self.list("occurrence", parts.remove("occurrence"));
        let parameter_summary = self.list("parameter-summary", parts.remove("parameter-summary"));
        let grade_shift = self.list("grade-shift", parts.remove("grade-shift"));
        let attendance = self.list("attendance", parts.remove("attendance"));
        let text = self.list("text", parts.remove("text"));
        let statement = self.list("statement", parts.remove("statement"));
        let checklist = parts.remove("checklist").and_then(|value| self.element(value));
        let export = self.list("export", parts.remove("export"));
        let accrual = self.list("accrual", parts.remove("accrual"));
        let status = self.list("status", parts.remove("status"));
        let section = self.list("section", parts.remove("section"));
        let display = self.list("display", parts.remove("display"));
        let mut study = Study {
            study: head?,
            data: data?,
            conformance,
            masking,
            report,
            arm,
            analysis_set,
            visits,
            measure,
            score,
            dose,
            event,
            frame,
            option,
            derivation: instrument::expanded(derivation),
            subject_variable,
            records,
            subgroup,
            random,
            endpoint,
            multiplicity,
            monitoring,
            safety_rule,
            variant,
            summary,
            occurrence,
            parameter_summary,
            grade_shift,
            attendance,
            export,
            accrual,
            status,
            flow,
            text,
            statement,
            checklist,
            section,
            display,
            origin: self.origin.clone(),
        };
        expand::score_items(&mut study);
        alone::without_comparisons(&mut study);
        Some(study)
    }
}
