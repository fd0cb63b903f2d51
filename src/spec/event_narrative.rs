//! Narratives of events: a page for each record that deserves one.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::spec::output::OrderBy;
use crate::spec::template::Template;
use crate::spec::text::{Name, RuleText};

/// A page for each of some records, such as a serious event or a death: what is known of it, and paragraphs that a person
/// completes. (Pages of subjects with all that happened to them are a `profile`.)
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct NarrativesLayout {
    /// The records.
    pub records: Name,
    /// Of whom.
    pub analysis_set: Name,
    /// Which records have a page.
    #[serde(default)]
    pub r#where: Option<RuleText>,
    /// The order of the records of a subject, by these variables; that of the data if absent.
    #[serde(default)]
    pub order: Vec<Name>,
    /// Whether subjects or arms come first.
    #[serde(default = "by_subject")]
    pub order_by: OrderBy,
    /// What stands in the title behind the subject: a tera template over the facts.
    pub title: Template,
    /// Facts about the record and its subject.
    pub facts: Vec<NarrativeFact>,
    /// Paragraphs, tera templates over the facts by their identifier (with `_` for `-`), as those of a `profile`.
    #[serde(default)]
    pub narrative: Vec<Template>,
}

const fn by_subject() -> OrderBy {
    OrderBy::Subject
}

/// A fact about a record, for the head of its page and for its narrative.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct NarrativeFact {
    /// Identifier, for narratives.
    pub id: Name,
    /// Label.
    pub label: String,
    /// The variable of the records; those of the subject are among them.
    pub variable: Name,
    /// Unit.
    #[serde(default)]
    pub unit: Option<String>,
}
