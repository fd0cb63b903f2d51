//! Where the participants of a running trial are.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::spec::design::FlowReason;
use crate::spec::text::{Name, RuleText};

/// Where the subjects of a running trial are: boxes in boxes. No two boxes in the same box hold the same subject; a subject
/// in two of them is a finding. All rules see the subjects' dataset and the subject variables.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Status {
    /// Identifier of the analysis.
    pub id: Name,
    /// The boxes. The first holds all others; each stands behind the one it is in.
    pub boxes: Vec<StatusBox>,
}

/// A box.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct StatusBox {
    /// Identifier.
    pub id: Name,
    /// Label.
    pub label: String,
    /// The box it is in; only the first has none.
    #[serde(default)]
    pub r#in: Option<Name>,
    /// Which of the subjects in that box.
    pub rule: RuleText,
    /// Whether this box, and what is in it, is told for each arm (as randomised). One box at most.
    #[serde(default)]
    pub by_arm: bool,
    /// Whether everybody here is in one of the boxes in it; who is in none is a finding.
    #[serde(default)]
    pub complete: bool,
    /// Why subjects are here; every one of them must meet exactly one rule.
    #[serde(default)]
    pub reasons: Vec<FlowReason>,
    /// Why: a text whose values are the reasons, the most frequent of all arms first.
    #[serde(default)]
    pub by: Option<RuleText>,
    /// What stands beside the box that is opened here, running upward: "Follow-up". Nothing if empty.
    #[serde(default)]
    pub band: String,
}

/// A diagram of boxes.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct StatusLayout {
    /// The status.
    pub of: Name,
}

impl Status {
    /// The box of this name.
    #[must_use]
    pub fn of(&self, id: &str) -> Option<&StatusBox> {
        self.boxes.iter().find(|own| &*own.id == id)
    }

    /// The boxes in a box, in order.
    pub fn inside(&self, of: &Name) -> impl Iterator<Item = &StatusBox> {
        self.boxes.iter().filter(move |own| own.r#in.as_ref() == Some(of))
    }
}
