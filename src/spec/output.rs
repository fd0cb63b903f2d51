//! What is printed: sections and displays.

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer};

use crate::spec::accrual::{AccrualLayout, AccrualTableLayout};
use crate::spec::attendance::{AttendanceLayout, AttendanceMapLayout, CurrencyLayout, SourcesLayout};
use crate::spec::board::{BenefitRiskLayout, SnapshotLayout};
use crate::spec::event_narrative::NarrativesLayout;
use crate::spec::figure::{
    BoundsLayout, ByVisitLayout, ChangeLayout, ForestLayout, HeatMapLayout, HypothesesLayout, IncidenceLayout,
    IndividualLayout, MeansLayout, ShiftLayout, TimeLayout, TippingPointLayout,
};
use crate::spec::looks::{
    BoundaryLayout, ConditionalPowerLayout, LooksLayout, SafetyBoundaryLayout, SafetyRulesLayout, WhatIfLayout,
};
use crate::spec::narrative::{ChecklistLayout, ConformanceLayout, DataQualityLayout, RoundingLayout, StatementsLayout};
use crate::spec::report::{Edition, only_final};
use crate::spec::safety_figure::{
    BoxesLayout, DotsLayout, GradeShiftLayout, KaplanMeierLayout, MeanCumulativeLayout, OccurrenceLayout,
    ParametersLayout, ProfileLayout, ScatterLayout, SwimmerLayout, WaterfallLayout,
};
use crate::spec::status::StatusLayout;
use crate::spec::text::{Name, RuleText};

/// A section of the report. ICH E3 numbers are the custom; any will do.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct SectionSpec {
    /// Number.
    pub number: Name,
    /// Title.
    pub title: String,
    /// The reports it stands in; only the final one if absent. What is for `dsmb-closed` stands in `dsmb-closed-unmasked` and
    /// `interim`, too.
    #[serde(default = "only_final")]
    pub reports: Vec<Edition>,
}

/// A table, figure or listing. Its layout is the table written under it: `[display.summary]` and so on.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct DisplaySpec {
    /// Identifier.
    pub id: Name,
    /// Number as printed, such as "Table 14.1.1".
    pub number: String,
    /// The section it stands in.
    pub section: Name,
    /// Title.
    pub title: String,
    /// Only in these of the reports of its section; in all of them if absent.
    #[serde(default)]
    pub reports: Vec<Edition>,
    /// Only at a look of the monitoring plan: efficacy and futility.
    #[serde(default)]
    pub at_look: bool,
    /// Why it tells which arm is which, such as "route of administration": with coded arms it is withheld, and a line says
    /// so.
    #[serde(default)]
    pub identifies_arm: Option<String>,
    /// The endpoints whose estimands are printed above the display; a single one may stand without brackets.
    #[serde(default, deserialize_with = "one_or_more")]
    #[schemars(with = "Vec<String>")]
    pub estimand: Vec<Name>,
    /// Footnotes of the whole display, in order.
    #[serde(default)]
    pub footnotes: Vec<String>,
    /// The participant flow diagram.
    #[serde(default)]
    pub flow: Option<FlowLayout>,
    /// A page of large numbers.
    #[serde(default)]
    pub snapshot: Option<SnapshotLayout>,
    /// A figure of benefits and harms on one axis.
    #[serde(default)]
    pub benefit_risk: Option<BenefitRiskLayout>,
    /// A diagram of where the participants of a running trial are.
    #[serde(default)]
    pub status: Option<StatusLayout>,
    /// A figure of accrual.
    #[serde(default)]
    pub accrual: Option<AccrualLayout>,
    /// A table of accrual by site.
    #[serde(default)]
    pub accrual_table: Option<AccrualTableLayout>,
    /// A table of a summary.
    #[serde(default)]
    pub summary: Option<SummaryLayout>,
    /// A table of binary endpoints.
    #[serde(default)]
    pub response: Option<ResponseLayout>,
    /// A figure of a binary endpoint by visit.
    #[serde(default)]
    pub response_by_visit: Option<ResponseByVisitLayout>,
    /// A table of an analysis of covariance.
    #[serde(default)]
    pub ancova: Option<AncovaLayout>,
    /// A forest of differences: main analyses, variants and subgroups of binary endpoints.
    #[serde(default)]
    pub forest: Option<ForestLayout>,
    /// A grid of all completions of the imputed responses of a binary endpoint.
    #[serde(default)]
    pub tipping_point: Option<TippingPointLayout>,
    /// A table of the p-values of families of hypotheses, as they are and adjusted.
    #[serde(default)]
    pub hypotheses: Option<HypothesesLayout>,
    /// A table of the bounds of group-sequential designs.
    #[serde(default)]
    pub bounds: Option<BoundsLayout>,
    /// A table of the looks of a monitoring plan.
    #[serde(default)]
    pub looks: Option<LooksLayout>,
    /// A figure of the bounds of a monitoring plan.
    #[serde(default)]
    pub boundary: Option<BoundaryLayout>,
    /// A table of conditional and predictive power.
    #[serde(default)]
    pub conditional_power: Option<ConditionalPowerLayout>,
    /// A table of results that the next look may have.
    #[serde(default)]
    pub what_if: Option<WhatIfLayout>,
    /// A table of rules for safety.
    #[serde(default)]
    pub safety_rules: Option<SafetyRulesLayout>,
    /// A figure of a rule for safety.
    #[serde(default)]
    pub safety_boundary: Option<SafetyBoundaryLayout>,
    /// A table of a continuous endpoint by visit.
    #[serde(default)]
    pub change: Option<ChangeLayout>,
    /// A figure of the means of a continuous endpoint by visit.
    #[serde(default)]
    pub means: Option<MeansLayout>,
    /// A figure of one line a participant, a panel an arm.
    #[serde(default)]
    pub individual: Option<IndividualLayout>,
    /// A table of a time to an event.
    #[serde(default)]
    pub time: Option<TimeLayout>,
    /// A figure of the cumulative incidence of an event, with the numbers at risk below.
    #[serde(default)]
    pub incidence: Option<IncidenceLayout>,
    /// A table of a summary over a frame: a line a visit.
    #[serde(default)]
    pub by_visit: Option<ByVisitLayout>,
    /// A heat map of the conditions of a summary over a frame: a cell a visit.
    #[serde(default)]
    pub heat_map: Option<HeatMapLayout>,
    /// A table of shifts from baseline: categories with `from` of a summary over a frame.
    #[serde(default)]
    pub shift: Option<ShiftLayout>,
    /// A table of occurrences of records.
    #[serde(default)]
    pub occurrence: Option<OccurrenceLayout>,
    /// A figure of the shares and differences of occurrences.
    #[serde(default)]
    pub dots: Option<DotsLayout>,
    /// A table of parameters by visit.
    #[serde(default)]
    pub parameters: Option<ParametersLayout>,
    /// Box plots of parameters by visit.
    #[serde(default)]
    pub boxes: Option<BoxesLayout>,
    /// A table of shifts of grades.
    #[serde(default)]
    pub grade_shift: Option<GradeShiftLayout>,
    /// A figure of the curve of a time to an event.
    #[serde(default)]
    pub kaplan_meier: Option<KaplanMeierLayout>,
    /// A figure of the mean number of records of a subject over time.
    #[serde(default)]
    pub mean_cumulative: Option<MeanCumulativeLayout>,
    /// A figure of one symbol a subject.
    #[serde(default)]
    pub scatter: Option<ScatterLayout>,
    /// A figure of one bar a subject.
    #[serde(default)]
    pub waterfall: Option<WaterfallLayout>,
    /// A figure of one lane a subject.
    #[serde(default)]
    pub swimmer: Option<SwimmerLayout>,
    /// Pages of single subjects.
    #[serde(default)]
    pub profile: Option<ProfileLayout>,
    /// A table of statements.
    #[serde(default)]
    pub statements: Option<StatementsLayout>,
    /// The reporting checklist.
    #[serde(default)]
    pub checklist: Option<ChecklistLayout>,
    /// A table of the locked data.
    #[serde(default)]
    pub data_quality: Option<DataQualityLayout>,
    /// A table of the rules that the data were held against.
    #[serde(default)]
    pub conformance: Option<ConformanceLayout>,
    /// A table of cells that depend on the rounding rule.
    #[serde(default)]
    pub rounding: Option<RoundingLayout>,
    /// A listing of a frame, a line a participant and visit; or of records, a line each.
    #[serde(default)]
    pub listing: Option<ListingLayout>,
    /// Pages of single records, with a narrative to be completed.
    #[serde(default)]
    pub narratives: Option<NarrativesLayout>,
    /// A table of the attendance of visits.
    #[serde(default)]
    pub attendance: Option<AttendanceLayout>,
    /// A heat map of the attendance of visits.
    #[serde(default)]
    pub attendance_map: Option<AttendanceMapLayout>,
    /// A table of what is expected, received and overdue.
    #[serde(default)]
    pub currency: Option<CurrencyLayout>,
    /// A table of the sources of records.
    #[serde(default)]
    pub sources: Option<SourcesLayout>,
}

/// The participant flow diagram has nothing to choose.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct FlowLayout {}

/// A table of a summary, arms side by side.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct SummaryLayout {
    /// The summary.
    pub of: Name,
    /// Only these items, in this order; all if absent.
    #[serde(default)]
    pub items: Vec<Name>,
    /// Whether a column for all arms together stands last.
    #[serde(default)]
    pub total: bool,
    /// Whether a column of p-values stands last.
    #[serde(default)]
    pub p_values: bool,
    /// Decimals of p-values.
    #[serde(default = "four")]
    pub p_decimals: u8,
    /// The rows of a number.
    #[serde(default = "number_rows")]
    pub number_rows: Vec<RowFormat>,
    /// How a count and its percentage are shown.
    #[serde(default = "count_format")]
    pub count: String,
}

pub(super) fn number_rows() -> Vec<RowFormat> {
    [("n", "{n}"), ("Mean (SD)", "{mean} ({sd})"), ("Median", "{median}"), ("Min, max", "{min}, {max}")]
        .map(|(label, show)| RowFormat { label: label.to_owned(), show: show.to_owned() })
        .to_vec()
}

pub(super) const fn four() -> u8 {
    4
}

fn count_format() -> String {
    "{count} ({share})".to_owned()
}

/// A row of a table: its stub, and how its cells are made of statistics. `{mean}` prints a statistic with the decimals
/// it is due; `{mean:2}` with two decimals.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct RowFormat {
    /// The stub.
    pub label: String,
    /// The cell.
    pub show: String,
}

/// A table of binary endpoints, arms side by side, with their comparison.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ResponseLayout {
    /// The endpoints, in order.
    pub of: Vec<Name>,
    /// Show these variants of each endpoint under the main analysis, a line each.
    #[serde(default)]
    pub variants: Vec<Name>,
    /// Decimals of p-values.
    #[serde(default = "four")]
    pub p_decimals: u8,
}

/// A figure of a binary endpoint by visit: proportion and confidence interval by arm, with the counts below.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ResponseByVisitLayout {
    /// The endpoint.
    pub of: Name,
    /// Title of the vertical axis.
    pub y_title: String,
}

/// A table of an analysis of covariance.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct AncovaLayout {
    /// The endpoint.
    pub of: Name,
    /// Decimals of p-values.
    #[serde(default = "four")]
    pub p_decimals: u8,
    /// The rows of a described variable.
    #[serde(default = "number_rows")]
    pub number_rows: Vec<RowFormat>,
}

/// A listing of a frame, or of records.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ListingLayout {
    /// The frame; or `records`.
    #[serde(default)]
    pub frame: Option<Name>,
    /// The visits of the frame; a single one may stand without brackets.
    #[serde(default, deserialize_with = "one_or_more")]
    #[schemars(with = "Vec<String>")]
    pub at: Vec<Name>,
    /// The records, a line each.
    #[serde(default)]
    pub records: Option<Name>,
    /// The order of the records of a subject, by these variables; that of the data if absent.
    #[serde(default)]
    pub order: Vec<Name>,
    /// Whether arms or subjects come first.
    #[serde(default)]
    pub order_by: OrderBy,
    /// Who is listed.
    pub analysis_set: Name,
    /// Only the lines for which this holds.
    #[serde(default)]
    pub r#where: Option<RuleText>,
    /// The columns.
    pub columns: Vec<ListingColumn>,
}

/// What single subjects are listed by. For a board they are listed by subject: an order by arm, and a page that breaks where
/// the arm does, tell the arm of a line to whoever sees two of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum OrderBy {
    /// Arm by arm, each under its label.
    #[default]
    Arm,
    /// By the identifier of the subject, with the arm as a column where there are several.
    Subject,
}

impl DisplaySpec {
    /// Whether it tells of the looks of a monitoring plan.
    #[must_use]
    pub fn tells_of(&self, plan: &Name) -> bool {
        let table = self.looks.as_ref().map(|layout| &layout.of);
        let figure = self.boundary.as_ref().map(|layout| &layout.of);
        let power = self.conditional_power.as_ref().map(|layout| &layout.of);
        let what_if = self.what_if.as_ref().map(|layout| &layout.of);
        let groups = self.snapshot.iter().flat_map(|layout| &layout.groups);
        let cells = groups.flat_map(|group| &group.cells).map(|cell| &cell.of);
        [table, figure, power, what_if].into_iter().flatten().chain(cells).any(|own| own == plan)
    }
}

/// A name, or a list of names.
fn one_or_more<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Name>, D::Error> {
    use toml::{Spanned, Value};
    let spanned = Spanned::<Value>::deserialize(deserializer)?;
    let span = spanned.span();
    let name = |value: &Value| value.as_str().map(|text| Name::new(text, span.clone()));
    let names: Option<Vec<Name>> = match spanned.get_ref() {
        Value::Array(list) => list.iter().map(name).collect(),
        value => name(value).map(|name| vec![name]),
    };
    names.filter(|names| !names.is_empty()).ok_or_else(|| serde::de::Error::custom("must be a name or a list of names"))
}

/// A column of a listing.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ListingColumn {
    /// The variable of the frame.
    pub variable: Name,
    /// Its heading.
    pub label: String,
    /// Decimals of a number; as recorded if absent.
    #[serde(default)]
    pub decimals: Option<u8>,
}
