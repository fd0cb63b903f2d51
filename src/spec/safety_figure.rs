//! Layouts over records: occurrences, parameters, grades, single subjects.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::spec::output::{ListingColumn, OrderBy, RowFormat, four, number_rows};
use crate::spec::template::Template;
use crate::spec::text::{Name, RuleText};

/// A table of occurrences, arms side by side.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct OccurrenceLayout {
    /// The occurrences.
    pub of: Name,
    /// Whether a column for all arms together stands last of the arms.
    #[serde(default)]
    pub total: bool,
    /// The cell of an arm: `count`, `share`, `events`, `n`.
    #[serde(default = "count_share")]
    pub count: String,
    /// Which columns compare each arm with the reference, or tell rates.
    #[serde(default)]
    pub show: Vec<OccurrenceColumn>,
    /// The order of levels: by falling number of subjects of all arms, then by name; or by name.
    #[serde(default)]
    pub sort: Sort,
    /// Only innermost levels that so many percent of the subjects of some arm have.
    #[serde(default)]
    pub at_least: Option<f64>,
    /// Only the outermost so many levels; all if absent.
    #[serde(default)]
    pub depth: Option<usize>,
    /// The row over all levels: its label; no such row if empty.
    #[serde(default)]
    pub any: String,
    /// Show the grades as rows under each level, or as columns under each arm.
    #[serde(default)]
    pub grades: Option<GradesAs>,
    /// Show the levels of this subgroup as columns instead of the arms, or beside them.
    #[serde(default)]
    pub subgroup: Option<Name>,
    /// What the stub holds, such as "System organ class / preferred term".
    #[serde(default)]
    pub stub: String,
    /// Decimals of p-values.
    #[serde(default = "four")]
    pub p_decimals: u8,
}

fn count_share() -> String {
    "{count} ({share})".to_owned()
}

/// A further column of a table of occurrences.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum OccurrenceColumn {
    /// Difference of proportions from the reference arm with its interval.
    Difference,
    /// p-value against the reference arm.
    PValue,
    /// Subjects with a first record per 100 years at risk, with the interval; a column each arm.
    SubjectRate,
    /// Records per 100 years, with the interval; a column each arm.
    RecordRate,
    /// The rates compared with the reference arm: a column for each method of the occurrences for it.
    RateContrasts,
}

/// The order of levels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Sort {
    /// By falling number of subjects in all arms together, then by name.
    #[default]
    Frequency,
    /// By name.
    Name,
}

/// How grades are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum GradesAs {
    /// A row each under its level.
    Rows,
    /// A column each under the arm.
    Columns,
}

/// A figure of occurrences: the share in each arm, and the difference with its interval, a line each innermost level.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct DotsLayout {
    /// The occurrences, with a method for the difference.
    pub of: Name,
    /// Only innermost levels that so many percent of the subjects of some arm have.
    #[serde(default)]
    pub at_least: Option<f64>,
    /// Show the outermost levels instead of the innermost.
    #[serde(default)]
    pub outermost: bool,
    /// Bars in place of symbols, divided by the highest grade of each subject.
    #[serde(default)]
    pub grades: bool,
}

/// A table of parameters: value and change by visit.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ParametersLayout {
    /// The parameter summary.
    pub of: Name,
    /// Only these parameters; all if absent.
    #[serde(default)]
    pub parameters: Vec<Name>,
    /// The rows of a number.
    #[serde(default = "number_rows")]
    pub number_rows: Vec<RowFormat>,
    /// Whether the change from baseline is shown beside the value.
    #[serde(default = "yes")]
    pub change: bool,
}

const fn yes() -> bool {
    true
}

/// Box plots of a parameter by visit, arms beside each other; several parameters are panels.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct BoxesLayout {
    /// The parameter summary.
    pub of: Name,
    /// The parameters, a panel each.
    pub parameters: Vec<Name>,
    /// Whether the change from baseline is shown instead of the value.
    #[serde(default)]
    pub change: bool,
}

/// A table of shifts of grades: baseline by worst value, a block each parameter.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct GradeShiftLayout {
    /// The shift.
    pub of: Name,
    /// Only these parameters; all if absent.
    #[serde(default)]
    pub parameters: Vec<Name>,
    /// Whether only the worst grade is shown, without the baseline.
    #[serde(default)]
    pub worst_only: bool,
}

/// A figure of the curve of a time to an event, with the numbers at risk below.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct KaplanMeierLayout {
    /// The endpoint: `survival`, or `time` with `kaplan-meier`.
    pub of: Name,
    /// Title of the vertical axis.
    pub y_title: String,
    /// Whether the probability of the event is shown instead of that of being without.
    #[serde(default)]
    pub rising: bool,
}

/// A figure of the mean number of records of a subject over its time at risk, with the numbers followed below.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct MeanCumulativeLayout {
    /// The occurrences, with `at-risk` and the method `mean-cumulative`.
    pub of: Name,
    /// The condition; needed where the occurrences have some.
    #[serde(default)]
    pub item: Option<Name>,
    /// Title of the vertical axis.
    pub y_title: String,
}

/// A figure of one symbol a subject.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ScatterLayout {
    /// Who is shown.
    pub analysis_set: Name,
    /// The panels.
    pub panels: Vec<ScatterPanel>,
    /// Title of the horizontal axis.
    pub x_title: String,
    /// Title of the vertical axis.
    pub y_title: String,
    /// Whether both axes are logarithmic.
    #[serde(default)]
    pub log: bool,
    /// Whether the line of equal values is drawn.
    #[serde(default)]
    pub diagonal: bool,
    /// Positions of vertical lines.
    #[serde(default)]
    pub x_lines: Vec<f64>,
    /// Positions of horizontal lines.
    #[serde(default)]
    pub y_lines: Vec<f64>,
    /// Which subjects are named beside their symbol: a rule over subjects.
    #[serde(default)]
    pub name: Option<RuleText>,
}

/// A panel of a scatter plot.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ScatterPanel {
    /// Title.
    #[serde(default)]
    pub title: String,
    /// Horizontal position: a number over subjects.
    pub x: RuleText,
    /// Vertical position: a number over subjects.
    pub y: RuleText,
}

/// A figure of one bar a subject, by rising value.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct WaterfallLayout {
    /// Who is shown.
    pub analysis_set: Name,
    /// The height of the bar: a number over subjects.
    pub value: RuleText,
    /// Title of the vertical axis.
    pub y_title: String,
    /// Positions of horizontal lines.
    #[serde(default)]
    pub y_lines: Vec<f64>,
}

/// A figure of one lane a subject: how long it was observed, and what happened when.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct SwimmerLayout {
    /// Who is shown.
    pub analysis_set: Name,
    /// First study day of the lane: a number over subjects.
    pub from: RuleText,
    /// Last study day of the lane: a number over subjects.
    pub to: RuleText,
    /// Stretches in the lane.
    #[serde(default)]
    pub segments: Vec<LaneItem>,
    /// Symbols in the lane.
    #[serde(default)]
    pub marks: Vec<LaneItem>,
}

/// What stands in a lane: one for each record, or one for the subject.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct LaneItem {
    /// Its label in the legend; in a profile, the heading of its lanes.
    pub label: String,
    /// The records; the subject itself if absent.
    #[serde(default)]
    pub records: Option<Name>,
    /// Which records, or which subjects.
    #[serde(default)]
    pub r#where: Option<RuleText>,
    /// The study day it begins (or stands on).
    pub from: RuleText,
    /// The study day it ends; for stretches. Where it is missing the stretch is open.
    #[serde(default)]
    pub to: Option<RuleText>,
    /// In a profile: the text of its lane.
    #[serde(default)]
    pub text: Option<RuleText>,
}

/// A page or more for each of some subjects: facts, what happened when, values over time, and listings.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ProfileLayout {
    /// Of whom.
    pub analysis_set: Name,
    /// Who has a page: a rule over subjects.
    pub r#where: RuleText,
    /// Whether arms or subjects come first.
    #[serde(default)]
    pub order_by: OrderBy,
    /// Facts about the subject: label, and a rule over subjects.
    pub facts: Vec<ProfileFact>,
    /// First and last study day of the time axis.
    pub days: [i32; 2],
    /// Lanes over time, a heading each.
    #[serde(default)]
    pub lanes: Vec<LaneItem>,
    /// Findings over time, a small plot each.
    #[serde(default)]
    pub findings: Vec<ProfileFindings>,
    /// Listings of records.
    #[serde(default)]
    pub listings: Vec<ProfileListing>,
    /// Paragraphs, tera templates over the facts by their identifier (with `_` for `-`): a narrative that a person
    /// completes. `{{ id }}` prints a fact, and “[to be completed]” where it is missing; `{% if id %}` asks whether it is
    /// there. A paragraph that comes out empty is left out.
    #[serde(default)]
    pub narrative: Vec<Template>,
}

/// A fact about a subject.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ProfileFact {
    /// Identifier, for narratives.
    pub id: Name,
    /// Label.
    pub label: String,
    /// Its value: a rule over subjects.
    pub value: RuleText,
    /// Unit.
    #[serde(default)]
    pub unit: Option<String>,
}

/// Findings over time in a profile.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ProfileFindings {
    /// The records.
    pub records: Name,
    /// The parameters, a small plot each.
    pub parameters: Vec<Name>,
}

/// Records listed in a profile.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ProfileListing {
    /// Title.
    pub title: String,
    /// The records.
    pub records: Name,
    /// Which records.
    #[serde(default)]
    pub r#where: Option<RuleText>,
    /// The columns.
    pub columns: Vec<ListingColumn>,
}
