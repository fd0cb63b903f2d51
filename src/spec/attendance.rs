//! Whether participants came to their visits, and whether what was recorded there has arrived: attendance by the windows of
//! the visits, forms expected and received, and the last record of each source, all as of the day of the data.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::results::Method;
use crate::spec::endpoint::ninety_five;
use crate::spec::text::{Name, RuleText};

/// The attendance of visits. A visit of a participant is in one state. *Done*: something of the frame was recorded at it,
/// in its window or in the wider one that is looked at where the window is empty. *Not expected*: nothing was recorded and
/// the participant had left before its window opened. *Not yet due*: nothing was recorded, and its window has not closed by
/// the day of the data. *Missed*: nothing was recorded, and it has. Those done or missed are *due*; those due, not yet due
/// and not expected are all participants.
///
/// The day of the data is that at which they were cut, else the last day of which the lock says that they tell, else the day
/// of the lock.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Attendance {
    /// Identifier; the name of its analysis in the results.
    pub id: Name,
    /// What is attended, in the plural: "Visits".
    pub label: String,
    /// Who is expected.
    pub analysis_set: Name,
    /// The frame whose date of the visit says that it took place.
    pub frame: Name,
    /// The visits, baseline included where it is named.
    pub at: Vec<Name>,
    /// The last day on which a participant was in the study, a date over subjects; none for who still is. A date on the day
    /// of the data or later is taken as still being there, for it is often that day itself.
    #[serde(default)]
    pub until: Option<RuleText>,
    /// What is expected at each visit, the most important first.
    #[serde(default)]
    pub forms: Vec<Form>,
    /// Where records come from.
    #[serde(default)]
    pub sources: Vec<RecordSource>,
    /// Methods of the comparison of arms by what is missing of what is due: an interval for the difference of proportions,
    /// tests. The first difference is shown.
    #[serde(default)]
    pub methods: Vec<Method>,
    /// Confidence level of intervals.
    #[serde(default = "ninety_five")]
    pub conf_level: f64,
}

/// Something expected at each visit that takes place, and at each that was missed: a measure or a score of a frame, or
/// what a rule says. It is overdue from the day of the visit, or from the last day of its window.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Form {
    /// Identifier.
    pub id: Name,
    /// Label.
    pub label: String,
    /// The frame; that of the attendance if absent.
    #[serde(default)]
    pub frame: Option<Name>,
    /// The measure or the score of the frame that must have a value.
    #[serde(default)]
    pub of: Option<Name>,
    /// Or when it has been received: a rule over the frame.
    #[serde(default)]
    pub received: Option<RuleText>,
}

/// A source of records, of which the last record tells when it was transferred last.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct RecordSource {
    /// Identifier.
    pub id: Name,
    /// Label.
    pub label: String,
    /// The records.
    pub records: Name,
    /// The date of a record.
    pub date: RuleText,
    /// The date on which it was entered, where the data have it: the days from the one to the other are the lag of entry.
    #[serde(default)]
    pub entered: Option<RuleText>,
}

/// A table of attendance, a line a visit; with several arms a line an arm under each.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct AttendanceLayout {
    /// The attendance.
    pub of: Name,
}

/// A heat map of attendance: a panel an arm, the visits across; the percentage done, that of each form received, and the
/// numbers due, not yet due and not expected.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct AttendanceMapLayout {
    /// The attendance.
    pub of: Name,
}

/// A table of what is expected, received and overdue: a block a form, a line a visit.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct CurrencyLayout {
    /// The attendance.
    pub of: Name,
    /// Only these forms, in this order; all if absent.
    #[serde(default)]
    pub forms: Vec<Name>,
}

/// A table of the sources of records: how many there are, and of when the last is.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct SourcesLayout {
    /// The attendance.
    pub of: Name,
}
