//! The design of a study: what it is, where its data lie, its arms, analysis sets, visits and participant flow.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::spec::cut::CutOff;
use crate::spec::text::{Name, RuleText};

/// What the study is and how its report begins.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct StudyHead {
    /// Identifier, printed on every page.
    pub id: String,
    /// Full title.
    pub title: String,
    /// What kind of report this is, such as "Final report".
    pub kind: String,
    /// Its status in words, such as "Final analysis after database lock".
    pub status: String,
    /// Whether the data are simulated; then every page says so.
    #[serde(default)]
    pub simulated: bool,
    /// Whether every page says that it is a draft.
    #[serde(default)]
    pub draft: bool,
    /// Language of the text, a BCP 47 tag.
    #[serde(default = "english")]
    pub language: String,
    /// How a number that lies halfway between two printed ones is rounded.
    #[serde(default)]
    pub rounding: Rounding,
    /// The definition of medians and quartiles.
    #[serde(default)]
    pub quantiles: Quantiles,
    /// Lines of the title page.
    #[serde(default)]
    pub facts: Vec<FactText>,
}

/// How a number that lies halfway between two printed ones is rounded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Rounding {
    /// Away from zero: 0.25 is 0.3, −0.25 is −0.3 (SAS).
    #[default]
    HalfAwayFromZero,
    /// To the even digit: 0.25 is 0.2, 0.35 is 0.4 (IEC 60559).
    HalfEven,
}

impl Rounding {
    /// The rule that this one is not.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::HalfAwayFromZero => Self::HalfEven,
            Self::HalfEven => Self::HalfAwayFromZero,
        }
    }
}

/// The definition of quantiles.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Quantiles {
    /// The empirical distribution with averages at its steps (SAS's default, R's type 2).
    #[default]
    AveragedSteps,
    /// Linear interpolation between the order statistics (R's default, type 7).
    Linear,
    /// The empirical distribution, the lower value at its steps (R type 1, SAS definition 3).
    Steps,
    /// The nearest value, the one with an even number of two (R type 3, SAS definition 2).
    Nearest,
    /// Linear interpolation of the empirical distribution (R type 4, SAS definition 1).
    InterpolatedSteps,
    /// The same with halved steps (R type 5).
    Hazen,
    /// Linear interpolation of expected positions (R type 6, SAS definition 4, SPSS).
    Weibull,
    /// About median-unbiased for any distribution (R type 8).
    MedianUnbiased,
    /// About unbiased for a normal distribution (R type 9).
    NormalUnbiased,
}

fn english() -> String {
    "en-GB".to_owned()
}

/// A label and what it says.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct FactText {
    /// The label.
    pub label: String,
    /// The text.
    pub text: String,
}

/// Where the locked data lie.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct DataSection {
    /// Folder of the data files, relative to `study.toml`; `--data` moves it.
    #[serde(default = "here")]
    pub folder: String,
    /// The dataset with one record a subject.
    pub subjects: Name,
    /// The variable that identifies the subject in every dataset.
    #[serde(default = "usubjid")]
    pub subject: String,
    /// The define.xml (Define-XML 2.0 or 2.1) of the data, relative to the folder: the data are held against it, and where
    /// their format has no types or labels they are those of define.xml.
    #[serde(default)]
    pub define: Option<Name>,
    /// The datasets by name.
    pub datasets: BTreeMap<String, DatasetEntry>,
    /// How the data are cut off for interim work.
    #[serde(default)]
    pub cut_off: Option<CutOff>,
    /// Files beside the datasets that are locked with them, by name: `define.xml` and the like; relative to the folder.
    #[serde(default)]
    pub files: BTreeMap<String, Name>,
    /// What may lie in the folder without being locked: names of files relative to it, or of folders, ended by `/`, with
    /// all that is in them. Everything else that is not named is refused.
    #[serde(default)]
    pub extra: Vec<String>,
    /// Coding dictionaries with their versions, as the lock notes them.
    #[serde(default)]
    pub dictionaries: BTreeMap<String, String>,
    /// Who must have signed the lock; without it a lock need not be signed.
    #[serde(default)]
    pub signature: Option<SignatureEntry>,
}

/// Whose signature of `data.lock` is asked for.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct SignatureEntry {
    /// The file of allowed signers as OpenSSH writes it, relative to `study.toml`.
    pub signers: Name,
    /// Who must have signed, as the file of allowed signers names the person.
    pub identity: String,
}

fn here() -> String {
    ".".to_owned()
}

fn usubjid() -> String {
    "USUBJID".to_owned()
}

/// One data file.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct DatasetEntry {
    /// File name, relative to the data folder.
    pub file: Name,
    /// Format; told by the ending of the file name if absent.
    #[serde(default)]
    pub format: Option<FileFormat>,
    /// SAS transport only: the encoding of text, labels and names; UTF-8, of which ASCII is a part, if absent.
    #[serde(default)]
    pub encoding: Option<TextEncoding>,
    /// CSV only: variables that are text even where all their values look like numbers or dates.
    #[serde(default)]
    pub text: Vec<String>,
    /// The variables whose values together identify a record; those that the file itself declares if absent.
    #[serde(default)]
    pub keys: Vec<String>,
    /// CSV only: a file with what is known of its variables, relative to the folder: the metadata of Dataset-JSON 1.1
    /// without rows, as `convert` writes it beside a CSV file.
    #[serde(default)]
    pub columns: Option<Name>,
    /// CSV only: the types of variables, where their values shall not tell them. In numbers so declared, `.A` to `.Z` and
    /// `._` are special missing values.
    #[serde(default)]
    pub types: BTreeMap<String, ValueType>,
    /// CSV only: words that stand for a missing value where they are not in quotes, such as `NA`.
    #[serde(default)]
    pub missing: Vec<String>,
    /// The variables that the study uses; all if absent. The others are not held in memory. The variable of the subject is
    /// always kept.
    #[serde(default)]
    pub keep: Option<Vec<String>>,
    /// The records that the study uses: for text variables, the values that a record must have. All if absent.
    #[serde(default)]
    pub rows: BTreeMap<String, Vec<String>>,
}

/// What sort of values a variable of a CSV file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ValueType {
    /// Any number.
    Number,
    /// Text.
    Text,
    /// A day, `YYYY-MM-DD`.
    Date,
    /// A day and time, `YYYY-MM-DDThh:mm:ss`.
    DateTime,
}

/// A format of data files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum FileFormat {
    /// SAS transport file, version 5, 8 or 9.
    Xpt,
    /// Apache Parquet.
    Parquet,
    /// Comma-separated values, UTF-8, with a header line.
    Csv,
    /// CDISC Dataset-JSON 1.1.
    Json,
    /// CDISC Dataset-JSON 1.1, a row on each line.
    Ndjson,
    /// Compressed Dataset-JSON 1.1.
    Dsjc,
}

/// An encoding of text in data files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
pub enum TextEncoding {
    /// UTF-8.
    #[serde(rename = "utf-8")]
    Utf8,
    /// Windows-1252, the Western European encoding of SAS sessions (`wlatin1`, and `latin1` but for control characters).
    #[serde(rename = "windows-1252")]
    Windows1252,
    /// GB18030, the Chinese national standard, of which GBK (`euc-cn`) is a part.
    #[serde(rename = "gb18030")]
    Gb18030,
}

/// What reveals a participant's arm. In masked editions it is removed or coded before anything else runs.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Masking {
    /// Variables, in whatever dataset they occur.
    #[serde(default)]
    pub variables: Vec<Name>,
    /// Whole datasets.
    #[serde(default)]
    pub datasets: Vec<Name>,
    /// Records that reveal an arm, such as measurements right after a treatment that only one arm has: by dataset, which.
    #[serde(default)]
    pub records: BTreeMap<String, RuleText>,
    /// Analysis sets that depend on the treatment received.
    #[serde(default)]
    pub analysis_sets: Vec<Name>,
    /// Words that would reveal an arm in running text.
    #[serde(default)]
    pub words: Vec<String>,
}

/// An arm. The order of the arms is their order everywhere.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Arm {
    /// Identifier.
    pub id: Name,
    /// Label in tables and figures.
    pub label: String,
    /// Which subjects were randomised to it.
    pub planned: RuleText,
    /// Which subjects received its treatment.
    pub actual: RuleText,
    /// Whether the others are compared with it.
    #[serde(default)]
    pub reference: bool,
    /// Its dose as a number, for tests of dose response.
    #[serde(default)]
    pub dose: Option<f64>,
}

/// Whether a subject counts in the arm randomised to or in that of the treatment received.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ArmBasis {
    /// As randomised.
    #[default]
    Planned,
    /// As treated.
    Actual,
}

/// An analysis set.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct AnalysisSet {
    /// Identifier.
    pub id: Name,
    /// Label.
    pub label: String,
    /// Definition in words, for the methods section.
    #[serde(default)]
    pub description: String,
    /// Which subjects belong to it.
    pub rule: RuleText,
    /// By which arm they are counted.
    #[serde(default)]
    pub arm: ArmBasis,
}

/// Study days, visits and their windows.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Visits {
    /// The date of study day 1, for each subject. There is no day 0: the day before is day −1.
    pub reference: RuleText,
    /// The baseline: the last value on or before study day 1.
    pub baseline: BaselineVisit,
    /// Which of two records equally far from the nominal day counts.
    #[serde(default)]
    pub tie: Tie,
    /// The visits after baseline, in order.
    pub schedule: Vec<Visit>,
}

impl Visits {
    /// The last day of each visit's window: what a visit can show is known by then. The last visit of a time that is
    /// observed to a last day closes with it; visits beyond that day are left out. Position of the visit, and day.
    #[must_use]
    pub fn closing_days(&self, last_day: i32) -> Vec<(usize, i32)> {
        let within = self.schedule.iter().enumerate().filter(|(_, visit)| visit.day <= last_day);
        let mut days: Vec<(usize, i32)> =
            within.map(|(position, visit)| (position, (visit.day + visit.within).min(last_day))).collect();
        if let Some((_, day)) = days.last_mut() {
            *day = last_day;
        }
        days
    }
}

/// The baseline visit.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct BaselineVisit {
    /// Identifier.
    pub id: String,
    /// Label.
    pub label: String,
}

/// Which of two records equally far from the nominal day counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Tie {
    /// The later one.
    #[default]
    Later,
    /// The earlier one.
    Earlier,
}

/// A visit with its window.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Visit {
    /// Identifier.
    pub id: Name,
    /// Label.
    pub label: String,
    /// Nominal study day.
    pub day: i32,
    /// Days before and after the nominal day that belong to the visit.
    pub within: i32,
    /// Wider reach, used for a measure only if it has no value within the window.
    #[serde(default)]
    pub when_empty: Option<i32>,
}

/// Participant flow in the form of CONSORT 2025. All rules see the subjects' dataset and the subject variables.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct FlowSpec {
    /// Identifier of the analysis.
    pub id: Name,
    /// Who was assessed for eligibility.
    pub assessed: RuleText,
    /// Who was excluded before randomisation, and why.
    pub excluded: Loss,
    /// Who was randomised.
    pub randomised: RuleText,
    /// Who received the intervention randomised to.
    pub received: RuleText,
    /// Why the others did not; every one of them must meet exactly one rule.
    pub not_received: Vec<FlowReason>,
    /// Who discontinued the intervention, and why.
    pub discontinued: Loss,
    /// Who was lost for the primary outcome, and why.
    pub lost: Loss,
    /// Who was analysed for the primary outcome.
    pub analysed: RuleText,
    /// Why the others were not.
    pub not_analysed: Vec<FlowReason>,
}

/// A line of the flow diagram with its reasons: either listed with a rule each, or the values of a text variable.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Loss {
    /// Who.
    pub rule: RuleText,
    /// Why; every one of them must meet exactly one rule.
    #[serde(default)]
    pub reasons: Vec<FlowReason>,
    /// Why: a variable whose values are the reasons, most frequent first.
    #[serde(default)]
    pub by: Option<RuleText>,
}

/// A reason with its rule.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct FlowReason {
    /// Label.
    pub label: String,
    /// Whom it applies to.
    pub rule: RuleText,
}
