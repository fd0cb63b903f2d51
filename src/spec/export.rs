//! Derived data as datasets, so that a second programmer can check them.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::spec::text::{Name, RuleText};

/// A dataset of derived values in the form of the basic data structure of `ADaM`: one record a subject, parameter and visit.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Export {
    /// Name of the dataset, and of its file.
    pub dataset: Name,
    /// Label.
    pub label: String,
    /// Who is in it.
    pub analysis_set: Name,
    /// Its parameters, in order.
    pub parameters: Vec<Parameter>,
}

/// A parameter: values of a frame at some visits, all items and totals of a score, or the times of an endpoint.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Parameter {
    /// Its code (`PARAMCD`); not written for a score, whose instrument has codes.
    #[serde(default)]
    pub code: Option<Name>,
    /// Its label (`PARAM`).
    #[serde(default)]
    pub label: String,
    /// The frame.
    #[serde(default)]
    pub frame: Option<Name>,
    /// The visits, baseline included where it is named.
    #[serde(default)]
    pub at: Vec<Name>,
    /// The value: a number goes to `AVAL`, a text to `AVALC`, a condition to both as 1 and Y, 0 and N.
    #[serde(default)]
    pub value: Option<RuleText>,
    /// The baseline of a number (`BASE`; the change is `CHG`).
    #[serde(default)]
    pub base: Option<RuleText>,
    /// The reason code of the value (`AVALREAS`).
    #[serde(default)]
    pub reason: Option<RuleText>,
    /// Or all items and totals of this score of the frame.
    #[serde(default)]
    pub score: Option<Name>,
    /// Or the times of this endpoint.
    #[serde(default)]
    pub endpoint: Option<Name>,
}
