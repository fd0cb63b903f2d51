//! Where results came from: the locked data, the rules with their places, and the program.

use serde::{Deserialize, Serialize};

/// Provenance of a whole run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Provenance {
    /// Name and version of the program.
    pub program: String,
    /// SHA-256 of `study.toml`.
    pub specification: String,
    /// SHA-256 of all instrument files together.
    pub instruments: String,
    /// The report, where it is not the final one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edition: Option<EditionShown>,
    /// Date of the lock.
    pub lock_date: String,
    /// SHA-256 of `data.lock`; nothing before there are data.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub lock: String,
    /// The cut-off the data were cut at; none if they are whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cut: Option<DataCut>,
    /// The digest of the last line of the ledger of looks, which a final report quotes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ledger: Option<String>,
    /// Digest of the content of all data, as they were cut; the same for the same data in another format or row order.
    pub content: String,
    /// Short fingerprint of specification, instruments and content, as printed on every page.
    pub fingerprint: String,
    /// The locked datasets.
    pub data: Vec<DataSource>,
    /// The analyses.
    pub analyses: Vec<AnalysisSource>,
    /// SHA-256 of each font that was given for the pages.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fonts: Vec<String>,
    /// The report template.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub template: String,
    /// The moment that the PDF bears in place of the date of the lock, in seconds since the beginning of 1970, UTC, as
    /// `SOURCE_DATE_EPOCH` gave it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_date: Option<u64>,
    /// The build that computed the numbers. It is shown on no page: two builds of one version set the same pages.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub built: Option<Built>,
    /// The build that set the pages, where it is another one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub set_by: Option<Built>,
    /// Warnings of the run.
    pub warnings: Vec<String>,
    /// The rules that the data were held against; none before there are data.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub conformance: Vec<ConformanceRow>,
}

/// Which report of a study it is, of those that are not the final one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EditionShown {
    /// Its name, such as `dsmb-open`.
    pub report: String,
    /// The session in which it is read, as its pages say it.
    pub session: String,
    /// The salted digest of the key of its codes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// Whether the codes are those of a dry run, drawn without regard to the arms.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub dummy: bool,
}

/// What a rule about the data found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConformanceRow {
    /// Identifier of the rule.
    pub rule: String,
    /// What it asks.
    pub title: String,
    /// `error`, `warning` or `note`.
    pub severity: String,
    /// The datasets it applies to; none where the data have not its variables.
    pub datasets: Vec<String>,
    /// Records of those datasets.
    pub records: usize,
    /// What was found and not accepted.
    pub findings: usize,
    /// What was found and accepted.
    pub accepted: usize,
    /// Why.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub acceptances: Vec<ConformanceAcceptance>,
}

/// Findings of a rule that a person has accepted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConformanceAcceptance {
    /// How many.
    pub findings: usize,
    /// Why.
    pub reason: String,
    /// Who accepted them.
    pub by: String,
}

/// A build of the program.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Built {
    /// Version of the program.
    pub version: String,
    /// Commit of its source, with `+` behind it if the source was changed since.
    pub commit: String,
    /// What it was built for, such as `x86_64-unknown-linux-gnu`.
    pub target: String,
    /// Processor features that the compiler was allowed to use.
    pub features: Vec<String>,
    /// Profile of the build: `release` or `dist`.
    pub profile: String,
    /// The compiler.
    pub compiler: String,
    /// SHA-256 of the executable, where the system shows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub executable: Option<String>,
}

/// The cut-off that the data of a run were cut at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DataCut {
    /// The last day of the data, `YYYY-MM-DD`.
    pub date: String,
    /// Who gave the day.
    pub given: CutGiven,
    /// Subjects excluded as a whole.
    pub subjects: usize,
}

/// Who gave the day of a cut-off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CutGiven {
    /// `study.toml`.
    Specification,
    /// The command line, which comes before `study.toml`.
    CommandLine,
}

/// One locked dataset.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DataSource {
    /// Name.
    pub name: String,
    /// File.
    pub file: String,
    /// SHA-256 of its content, as it was cut, independent of format and of row and column order.
    pub content: String,
    /// Records, as it was cut.
    pub records: usize,
    /// Variables.
    pub variables: usize,
    /// What is missing or odd in it; counted where the report shows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quality: Option<DataQuality>,
    /// What the cut-off took of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cut: Option<CutSource>,
}

/// What a cut-off took of a dataset.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CutSource {
    /// Records as locked.
    pub before: usize,
    /// Records excluded by each date and by the rule; a record counts at the first of them.
    pub excluded: Vec<(String, usize)>,
    /// Records excluded only because their subject is.
    pub with_subject: usize,
    /// Records kept although no date of theirs is known.
    pub undated: usize,
    /// Values of kept records that were taken away.
    pub blanked: usize,
    /// Values of kept records that are others as of the day.
    pub restated: usize,
}

/// What is missing or odd in a locked dataset.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DataQuality {
    /// Subjects with a record.
    pub subjects: usize,
    /// Empty values of all variables.
    pub empty: usize,
    /// Records without any date; none in a dataset without variables of dates.
    pub undated: Option<usize>,
    /// Dates that lack day or month, in variables of dates as text.
    pub partial_dates: usize,
    /// Results that are a limit, such as "<0.5".
    pub limits: usize,
    /// Records that equal another one in every variable.
    pub repeated: usize,
}

/// One analysis: which rules it used, on which data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnalysisSource {
    /// The analysis.
    pub analysis: String,
    /// Its place in the specification, `file:line:column`.
    pub place: String,
    /// Datasets it draws on.
    pub datasets: Vec<String>,
    /// The rules it used.
    pub rules: Vec<RuleSource>,
}

/// A rule that an analysis used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleSource {
    /// What it defines.
    pub defines: String,
    /// Its text.
    pub text: String,
    /// Its place, `file:line:column`.
    pub place: String,
    /// For how many rows it could not be decided; none for rules of derived frames, whose gaps the derivation handles.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nulls: Option<usize>,
}
