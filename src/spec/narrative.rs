//! What is said in words: text with numbers from the results, statements to be signed, and the reporting checklist.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::spec::text::Name;

/// A text of the report: a tera template. `{{ value(analysis = "cr_w24", arm = "msc", statistic = "count") }}` prints a
/// result as tables print it; conditions may compare results (`number(…)`).
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct TextSpec {
    /// Identifier.
    pub id: Name,
    /// The section it stands in, before the displays.
    pub section: Name,
    /// Heading; none if empty.
    #[serde(default)]
    pub heading: String,
    /// The template; an empty line ends a paragraph.
    pub text: String,
}

/// A statement of the report that a person must know of or decide: an anomaly of the record, a definition to sign.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Statement {
    /// Its key, such as "D1".
    pub id: Name,
    /// The list it belongs to.
    pub list: Name,
    /// What was found, or what is to be decided.
    pub what: String,
    /// How it is handled, or the default in force.
    pub handling: String,
    /// Where it is in force: options, endpoints, displays by identifier; their labels are printed.
    #[serde(default)]
    pub r#in: Vec<Name>,
}

/// A table of the statements of a list.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct StatementsLayout {
    /// The list.
    pub of: Name,
    /// Headings of the columns: key, what, handling.
    pub heads: [String; 3],
    /// Whether columns for name, date and signature stand last.
    #[serde(default)]
    pub sign: bool,
}

/// The reporting checklist of the study: answers to the items of an instrument.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Checklist {
    /// The instrument with the items.
    pub instrument: Name,
    /// Answers, by item.
    pub item: BTreeMap<String, Answer>,
    /// Facts for the machine checks, by name; the reference of the checks lists them.
    #[serde(default)]
    pub facts: BTreeMap<String, String>,
}

/// The answer to an item of a checklist.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Answer {
    /// Displays, texts or sections (`section 14.1`), or `title`, `methods`, `provenance`: where the report answers it.
    #[serde(default)]
    pub at: Vec<Name>,
    /// What the specification says about it.
    #[serde(default)]
    pub text: Option<String>,
    /// What a person has still to write.
    #[serde(default)]
    pub author: Option<String>,
    /// Why it does not apply.
    #[serde(default)]
    pub not_applicable: Option<String>,
}

/// A table of the reporting checklist, with pages, machine checks, and the list of what a person has still to write.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ChecklistLayout {}

/// A table of the locked data: records, subjects, missing values, warnings of the run.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct DataQualityLayout {}

/// A table of the cells whose printed value depends on the rounding rule.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct RoundingLayout {}
