//! The reports of a study: which there are, who may read them, and what stands on their title pages.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::spec::design::FactText;

/// A report that can be made of a study. All are made from the same specification; they differ in who may read them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Edition {
    /// The final report, after unmasking.
    #[default]
    Final,
    /// The interim study report: what the closed session sees, and the efficacy pages; only at a planned look.
    Interim,
    /// The open session of a data and safety monitoring board: all arms together, nothing that depends on treatment.
    DsmbOpen,
    /// Its closed session, with codes in place of the arms.
    DsmbClosed,
    /// Its closed session, with the arms.
    DsmbClosedUnmasked,
}

/// What a reader of a report may know of treatment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// Nothing: neither who had which treatment, nor what differs between the arms.
    Open,
    /// Who is together in an arm, not which arm it is.
    Coded,
    /// Everything.
    Unmasked,
}

impl Edition {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Final, Self::Interim, Self::DsmbOpen, Self::DsmbClosed, Self::DsmbClosedUnmasked];

    /// The name, as the command line and `study.toml` have it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Final => "final",
            Self::Interim => "interim",
            Self::DsmbOpen => "dsmb-open",
            Self::DsmbClosed => "dsmb-closed",
            Self::DsmbClosedUnmasked => "dsmb-closed-unmasked",
        }
    }

    /// The one of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|edition| edition.name() == name)
    }

    /// What its readers may know.
    #[must_use]
    pub const fn audience(self) -> Audience {
        match self {
            Self::DsmbOpen => Audience::Open,
            Self::DsmbClosed => Audience::Coded,
            Self::Final | Self::Interim | Self::DsmbClosedUnmasked => Audience::Unmasked,
        }
    }

    /// The session in which it is read, as every page of it says; none outside a board.
    #[must_use]
    pub const fn session(self) -> Option<&'static str> {
        match self {
            Self::Final => None,
            Self::Interim => Some("Interim report – confidential"),
            Self::DsmbOpen => Some("Open session"),
            Self::DsmbClosed => Some("Closed session – arms coded – confidential"),
            Self::DsmbClosedUnmasked => Some("Closed session – unmasked – confidential"),
        }
    }

    /// The folder of its templates.
    #[must_use]
    pub const fn template(self) -> &'static str {
        match self {
            Self::Final => "final",
            Self::Interim => "interim",
            Self::DsmbOpen => "dsmb-open",
            Self::DsmbClosed | Self::DsmbClosedUnmasked => "dsmb-closed",
        }
    }

    /// Whether what belongs to these reports stands in it. What is for the closed session is for it with real arms, too,
    /// and for the interim report.
    #[must_use]
    pub fn shows(self, reports: &[Self]) -> bool {
        let closed = matches!(self, Self::DsmbClosedUnmasked | Self::Interim);
        reports.contains(&self) || closed && reports.contains(&Self::DsmbClosed)
    }

    /// Whether what it shows of efficacy depends on a look of the monitoring plan.
    #[must_use]
    pub const fn is_before_the_end(self) -> bool {
        !matches!(self, Self::Final)
    }
}

/// The title page of a report other than the final one, whose title page is that of `[study]`. What is absent is taken from
/// there, but for lines of the title page: `facts` of `[study]` may name treatments.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ReportSpec {
    /// The title of the study in this report, where that of `[study]` names a treatment.
    #[serde(default)]
    pub title: Option<String>,
    /// What kind of report this is, such as "Report to the data and safety monitoring board".
    pub kind: String,
    /// Its status in words.
    #[serde(default)]
    pub status: String,
    /// Whether every page says that it is a draft.
    #[serde(default)]
    pub draft: bool,
    /// Lines of the title page.
    #[serde(default)]
    pub facts: Vec<FactText>,
}

/// The reports in which a section stands that names none.
pub(super) fn only_final() -> Vec<Edition> {
    vec![Edition::Final]
}
