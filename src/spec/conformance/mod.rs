//! What the data must hold before a number is computed: rules of an instrument or of the study, and the findings that
//! a person has accepted.

mod checks;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer};

use crate::spec::text::{Name, RuleText};
pub use checks::{
    ArmCheck, ConstantCheck, DateTextCheck, DeclaredCheck, EqualsCheck, Limits, PlausibleCheck, TextCheck, ValuesCheck,
    WhichArm,
};

/// The gate of rules. It is on in every study; what it finds is mended in the data or accepted here with a reason.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ConformanceSpec {
    /// The instruments of rules; `adam` if absent.
    #[serde(default = "shipped")]
    pub rules: Vec<Name>,
    /// The last day the data may know of, `YYYY-MM-DD`: the cut-off of the lock. Without it no date is too late.
    #[serde(default)]
    pub cut_off: Option<Name>,
    /// For a standard name, the names this study gives the variable; the first that a dataset has is taken.
    #[serde(default, deserialize_with = "named_lists")]
    #[schemars(with = "BTreeMap<String, Vec<String>>")]
    pub names: BTreeMap<String, Vec<String>>,
    /// Findings that are accepted, with the reason.
    #[serde(default)]
    pub accept: Vec<Acceptance>,
    /// Rules of this study, written as those of an instrument.
    #[serde(default)]
    pub rule: Vec<ConformanceRule>,
}

impl Default for ConformanceSpec {
    fn default() -> Self {
        Self { rules: shipped(), cut_off: None, names: BTreeMap::new(), accept: Vec::new(), rule: Vec::new() }
    }
}

fn shipped() -> Vec<Name> {
    vec![Name::new("adam", 0..0)]
}

/// Findings that are accepted: printed as accepted, and no longer in the way.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Acceptance {
    /// The rule.
    pub rule: Name,
    /// The dataset; all if absent.
    #[serde(default)]
    pub dataset: Option<Name>,
    /// The variable; all if absent.
    #[serde(default)]
    pub variable: Option<Name>,
    /// The subjects; all if absent.
    #[serde(default)]
    pub subjects: Vec<String>,
    /// The records: those for which this holds; all if absent.
    #[serde(default)]
    pub r#where: Option<RuleText>,
    /// Why it is accepted.
    pub reason: String,
    /// Who accepted it.
    pub by: String,
}

/// How much a rule matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// Nothing is computed while a finding stands.
    Error,
    /// A person should know; `--strict` refuses.
    Warning,
    /// Counted in the table of conformance, and no more.
    Note,
}

impl Level {
    /// The word for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}

/// A rule: who it is, which records it looks at, and exactly one check.
///
/// Names of variables may hold one `*`, which stands for any characters and for the same ones in all names of a rule;
/// `{subject}` is the variable that names the subject. A dataset that lacks a variable is not looked at, unless the name
/// ends in `?`: then the rule does without it.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ConformanceRule {
    /// Identifier: letters for the family, a number.
    pub id: Name,
    /// How much it matters.
    pub severity: Level,
    /// What is asked.
    pub title: String,
    /// What is wrong where it does not hold, in lower case, without a final stop; `{subjects}` is the dataset of subjects.
    pub finding: String,
    /// What to do about it.
    pub action: String,
    /// Where the rule comes from.
    #[serde(default)]
    pub source: Option<String>,
    /// The datasets: `all`, `subjects`, `records` (all but that of the subjects), or names, in which `*` stands for any
    /// characters.
    #[serde(default = "all", deserialize_with = "one_or_more")]
    #[schemars(with = "Vec<String>")]
    pub datasets: Vec<String>,
    /// Datasets with one of these variables are not looked at.
    #[serde(default)]
    pub absent: Vec<String>,
    /// The records looked at; all if absent. Variables of the subject that the dataset has not are those of the subject.
    #[serde(default)]
    pub r#where: Option<RuleText>,
    /// The variables that make groups of records.
    #[serde(default)]
    pub within: Vec<String>,
    /// The variables of which one is written `{each}` in the other parts of the rule.
    #[serde(default, deserialize_with = "one_or_more")]
    #[schemars(with = "Vec<String>")]
    pub each: Vec<String>,
    /// Variables that a `*` does not stand for.
    #[serde(default)]
    pub except: Vec<String>,
    /// The variable that findings name; the first of the rule if absent.
    #[serde(default)]
    pub variable: Option<String>,

    /// The check: no two records agree in these variables. Records without one of them are not looked at.
    #[serde(default)]
    pub unique: Option<Vec<String>>,
    /// The check: every subject of the dataset is in the dataset of subjects.
    #[serde(default)]
    pub known_subject: bool,
    /// The check: the dataset has these variables.
    #[serde(default)]
    pub required: Option<Vec<String>>,
    /// The check: these variables have a value in every record.
    #[serde(default)]
    pub filled: Option<Vec<String>>,
    /// The check: these variables say what the record of the subject says.
    #[serde(default)]
    pub copied: Option<Vec<String>>,
    /// The check: each value of the first variable goes with one value of the second, and the reverse.
    #[serde(default)]
    pub pairs: Option<[String; 2]>,
    /// The check: values are among those listed.
    #[serde(default)]
    pub values: Option<ValuesCheck>,
    /// The check: this does not fail for any record. A record for which it cannot be decided passes.
    #[serde(default)]
    pub holds: Option<RuleText>,
    /// The check: a variable has one value in each group.
    #[serde(default)]
    pub constant: Option<ConstantCheck>,
    /// The check: there is at most one of the records in each group.
    #[serde(default)]
    pub at_most_one: bool,
    /// The check: a variable says what another says in the one record of the group for which a condition holds.
    #[serde(default)]
    pub equals: Option<EqualsCheck>,
    /// The check: a date says what its text says, as far as that goes, and a flag says what was imputed.
    #[serde(default)]
    pub date_text: Option<DateTextCheck>,
    /// The check: no record repeats another in all variables.
    #[serde(default)]
    pub repeated: bool,
    /// The check: names, labels, lengths and types of variables.
    #[serde(default)]
    pub declared: Option<DeclaredCheck>,
    /// The check: no text holds what is named.
    #[serde(default)]
    pub text: Option<TextCheck>,
    /// The check: values of parameters lie within these limits.
    #[serde(default)]
    pub plausible: Option<PlausibleCheck>,
    /// The check: the values are visits of the specification, by identifier or label, letter case aside.
    #[serde(default)]
    pub visits: Option<Vec<String>>,
    /// The check: every subject with a treatment is in exactly one arm of the specification.
    #[serde(default)]
    pub arm: Option<ArmCheck>,
}

fn all() -> Vec<String> {
    vec!["all".to_owned()]
}

impl ConformanceRule {
    /// The checks it names; a rule has exactly one.
    #[must_use]
    pub fn checks(&self) -> usize {
        [
            self.unique.is_some(),
            self.known_subject,
            self.required.is_some(),
            self.filled.is_some(),
            self.copied.is_some(),
            self.pairs.is_some(),
            self.values.is_some(),
            self.holds.is_some(),
            self.constant.is_some(),
            self.at_most_one,
            self.equals.is_some(),
            self.date_text.is_some(),
            self.repeated,
            self.declared.is_some(),
            self.text.is_some(),
            self.plausible.is_some(),
            self.visits.is_some(),
            self.arm.is_some(),
        ]
        .into_iter()
        .filter(|named| *named)
        .count()
    }
}

/// A text, or a list of texts.
#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMore {
    One(String),
    More(Vec<String>),
}

impl OneOrMore {
    fn list(self) -> Vec<String> {
        match self {
            Self::One(text) => vec![text],
            Self::More(list) => list,
        }
    }
}

fn one_or_more<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    OneOrMore::deserialize(deserializer).map(OneOrMore::list)
}

fn named_lists<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeMap<String, Vec<String>>, D::Error> {
    let named = BTreeMap::<String, OneOrMore>::deserialize(deserializer)?;
    Ok(named.into_iter().map(|(name, list)| (name, list.list())).collect())
}
