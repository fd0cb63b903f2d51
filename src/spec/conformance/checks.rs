//! What the kinds of checks of a rule ask for.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::spec::text::RuleText;

/// Values that are allowed.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ValuesCheck {
    /// The variables; those that are not text are not looked at.
    pub of: Vec<String>,
    /// The values; a missing one is always allowed.
    pub are: Vec<String>,
}

/// A variable that is constant in each group.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ConstantCheck {
    /// The variable.
    pub of: String,
    /// Whether units that a shipped conversion leads into each other count as one.
    #[serde(default)]
    pub convertible: bool,
}

/// A variable that repeats another of a certain record of the group.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct EqualsCheck {
    /// The variable that repeats.
    pub of: String,
    /// The variable that is repeated.
    pub to: String,
    /// The record of the group in which it is repeated.
    pub at: RuleText,
}

/// A date, the text it was collected as, and the flag of what was imputed.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct DateTextCheck {
    /// The text, ISO 8601, perhaps partial.
    pub text: String,
    /// The date.
    pub date: String,
    /// The flag: `D` if the day was imputed, `M` if month and day, `Y` if all.
    #[serde(default)]
    pub flag: Option<String>,
}

/// What is asked of the declaration of variables.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DeclaredCheck {
    /// Names of variables and datasets have at most 8 characters.
    NameLength,
    /// Names begin with a letter, and hold capital letters, digits and underscores.
    NameForm,
    /// Variables have labels; datasets without any label are of a format that has none.
    Labelled,
    /// Labels have at most 40 characters.
    LabelLength,
    /// Texts have at most 200 bytes.
    TextLength,
    /// Every variable has a value somewhere.
    Empty,
    /// The dataset has a record.
    Records,
    /// A variable named by `each` holds dates.
    Dates,
    /// A text variable named by `each` holds ISO 8601 dates, complete or partial.
    IsoDates,
    /// A variable named by `each` holds numbers.
    Numbers,
}

/// What a text should not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum TextCheck {
    /// Control characters, line ends and tabulators included.
    Control,
    /// Characters that turn the direction of writing, or are not seen.
    Bidirectional,
    /// The replacement character or the traces of a wrong encoding.
    Misread,
    /// Anything outside ASCII.
    NonAscii,
    /// Blanks at the beginning.
    Blanks,
    /// A beginning that a spreadsheet takes for a formula.
    Formula,
}

/// Limits beyond which a value is taken for a mistake.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct PlausibleCheck {
    /// The variable of the parameter's code.
    pub parameter: String,
    /// The variable of the value.
    pub value: String,
    /// The variable of the unit.
    pub unit: String,
    /// The limits.
    pub limits: Vec<Limits>,
}

/// Limits of a parameter.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Limits {
    /// The codes of the parameter.
    pub codes: Vec<String>,
    /// The unit of the limits.
    pub unit: String,
    /// The shipped conversion that leads to it.
    pub conversion: String,
    /// A value below this is a mistake.
    #[serde(default)]
    pub low: Option<f64>,
    /// A value above this is a mistake.
    #[serde(default)]
    pub high: Option<f64>,
    /// Where the limits come from.
    pub source: String,
}

/// Which arm is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum WhichArm {
    /// As randomised.
    Planned,
    /// As treated.
    Actual,
}

/// Arms of the data against those of the specification.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ArmCheck {
    /// Which arm.
    pub of: WhichArm,
    /// Words of the data for no arm.
    pub none: Vec<String>,
}
