//! What can be wrong with what we were given, and how it is told to the person who must act.
//!
//! One error type for the crate. An [`Error`] is a stage and all its findings; a [`Finding`] is one thing that is
//! wrong, with its place. A statistic without value is not an error (see `results::Reason`), and a broken invariant
//! of ours is a panic. Sees nothing of ours.

use std::fmt;

use serde::Serialize;

/// The stage that refused, and with it the exit number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// The command line asks for something that does not exist.
    Usage,
    /// `study.toml` is not a valid specification.
    Specification,
    /// The data are not as locked, or cannot be read as the format they claim.
    Lock,
    /// The data contradict the specification.
    Binding,
    /// A template or the typesetting failed.
    Typesetting,
    /// A file could not be read or written.
    Files,
    /// Two things that should be the same are not.
    Comparison,
    /// Words were found that may occur nowhere.
    Found,
}

/// The exit numbers, as `--help` prints them.
pub const EXIT_NUMBERS: &str = "\
Exit numbers:
  0  done
  1  a bug in trialpress (please report it)
  2  the command line is wrong
  3  the specification is invalid
  4  the data are not as locked
  5  the data contradict the specification
  6  a template or the typesetting failed
  7  a file could not be read or written
  8  a comparison found differences
  9  words were found that may not occur
Of several studies that fail, the largest of their numbers.";

impl Stage {
    /// The exit number of the process, one of [`EXIT_NUMBERS`].
    #[must_use]
    pub const fn exit_number(self) -> u8 {
        match self {
            Self::Usage => 2,
            Self::Specification => 3,
            Self::Lock => 4,
            Self::Binding => 5,
            Self::Typesetting => 6,
            Self::Files => 7,
            Self::Comparison => 8,
            Self::Found => 9,
        }
    }
}

/// How much a finding matters: an error stops, a warning is shown (and stops under `--strict`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Nothing is written while one of these stands.
    Error,
    /// Something a person should know; the run goes on.
    Warning,
}

/// Where something is wrong: a line of a file, or a variable and subject of a dataset. Lines and columns count from 1.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Place {
    /// The file as the user named it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// Line in that file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
    /// Column in that line, in characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<usize>,
    /// Dataset name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dataset: Option<String>,
    /// Variable of that dataset.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub variable: Option<String>,
    /// The subjects concerned, at most a handful.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub subjects: Vec<String>,
}

impl Place {
    /// A file as a whole.
    #[must_use]
    pub fn file(file: impl Into<String>) -> Self {
        Self { file: Some(file.into()), ..Self::default() }
    }

    /// A position in a file.
    #[must_use]
    pub fn at(file: impl Into<String>, line: usize, column: usize) -> Self {
        Self { file: Some(file.into()), line: Some(line), column: Some(column), ..Self::default() }
    }

    /// A dataset as a whole.
    #[must_use]
    pub fn dataset(dataset: impl Into<String>) -> Self {
        Self { dataset: Some(dataset.into()), ..Self::default() }
    }

    /// The same place with the file named by the last part of its path: what a package says of a place does not depend on
    /// how the study was named.
    #[must_use]
    pub fn nearby(&self) -> Self {
        let last = |path: &String| {
            let name = std::path::Path::new(path).file_name();
            name.map_or_else(|| path.clone(), |name| name.to_string_lossy().into_owned())
        };
        Self { file: self.file.as_ref().map(last), ..self.clone() }
    }

    /// Adds the variable.
    #[must_use]
    pub fn variable(mut self, variable: impl Into<String>) -> Self {
        self.variable = Some(variable.into());
        self
    }

    /// Adds the subjects concerned, naming the first few and counting the rest.
    #[must_use]
    pub fn subjects<S: Into<String>>(mut self, subjects: impl IntoIterator<Item = S>) -> Self {
        const NAMED: usize = 8;
        let mut all: Vec<String> = subjects.into_iter().map(Into::into).collect();
        if all.len() > NAMED {
            let rest = all.len() - NAMED;
            all.truncate(NAMED);
            all.push(format!("and {rest} more"));
        }
        self.subjects = all;
        self
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts = Vec::new();
        if let Some(file) = &self.file {
            parts.push(match (self.line, self.column) {
                (Some(line), Some(column)) => format!("{file}:{line}:{column}"),
                (Some(line), None) => format!("{file}:{line}"),
                _ => file.clone(),
            });
        }
        match (&self.dataset, &self.variable) {
            (Some(dataset), Some(variable)) => parts.push(format!("{dataset}.{variable}")),
            (Some(dataset), None) => parts.push(dataset.clone()),
            (None, Some(variable)) => parts.push(variable.clone()),
            (None, None) => {}
        }
        if !self.subjects.is_empty() {
            parts.push(format!("subject {}", self.subjects.join(", ")));
        }
        f.write_str(&parts.join(", "))
    }
}

/// One thing that is wrong in what we were given.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Finding {
    /// Whether it stops the run.
    pub severity: Severity,
    /// Where.
    pub place: Place,
    /// What is wrong, in lower case, without a final stop.
    pub message: String,
    /// The rule that was broken, such as `DEF-001`, where there is a catalogue of rules.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}

impl Finding {
    /// A finding that stops the run.
    #[must_use]
    pub fn error(place: Place, message: impl Into<String>) -> Self {
        Self { severity: Severity::Error, place, message: message.into(), rule: None, hint: None }
    }

    /// A finding that is shown and does not stop the run.
    #[must_use]
    pub fn warning(place: Place, message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, place, message: message.into(), rule: None, hint: None }
    }

    /// Names the rule that was broken.
    #[must_use]
    pub fn rule(mut self, rule: impl Into<String>) -> Self {
        self.rule = Some(rule.into());
        self
    }

    /// Adds what to do.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let severity = match self.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        let place = harmless(&self.place.to_string());
        let message = harmless(&self.message);
        let rule = self.rule.as_ref().map(|rule| format!(" [{}]", harmless(rule))).unwrap_or_default();
        if place.is_empty() {
            write!(f, "{severity}{rule}: {message}")?;
        } else {
            write!(f, "{place}: {severity}{rule}: {message}")?;
        }
        match &self.hint {
            Some(hint) => write!(f, "\n    hint: {}", harmless(hint)),
            None => Ok(()),
        }
    }
}

/// A text without the characters on which a terminal acts or which turn text round: they are written as `U+001B`. Words
/// of the data stand in findings, and data may hold anything.
#[must_use]
pub fn harmless(text: &str) -> String {
    let acts = |c: char| {
        (c.is_control() && c != '\n' && c != '\t')
            || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
    };
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if acts(c) {
            out.push_str(&format!("U+{:04X}", u32::from(c)));
        } else {
            out.push(c);
        }
    }
    out
}

/// A stage that could not be passed, with everything that stood in its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// The stage that refused.
    pub stage: Stage,
    /// All findings, in the order of their places.
    pub findings: Vec<Finding>,
}

impl Error {
    /// An error of one finding.
    #[must_use]
    pub fn one(stage: Stage, finding: Finding) -> Self {
        Self { stage, findings: vec![finding] }
    }

    /// `Err` if any finding is an error, else the warnings.
    ///
    /// # Errors
    /// All findings, when at least one of them is of severity error.
    pub fn unless_clean(stage: Stage, mut findings: Vec<Finding>) -> Result<Vec<Finding>, Self> {
        findings.sort();
        findings.dedup();
        // Order of places is the order a person reads a file in; datasets come after the specification.
        findings.sort_by(|a, b| reading_order(a).cmp(&reading_order(b)));
        if findings.iter().any(|finding| finding.severity == Severity::Error) {
            Err(Self { stage, findings })
        } else {
            Ok(findings)
        }
    }

    /// The exit number of the process.
    #[must_use]
    pub const fn exit_number(&self) -> u8 {
        self.stage.exit_number()
    }
}

fn reading_order(finding: &Finding) -> (bool, &Option<String>, Option<usize>, Option<usize>) {
    (finding.place.file.is_none(), &finding.place.file, finding.place.line, finding.place.column)
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, finding) in self.findings.iter().enumerate() {
            if index > 0 {
                writeln!(f)?;
            }
            write!(f, "{finding}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {}

/// The candidate nearest to a misspelt name, for a "did you mean" hint.
///
/// Nearness is the number of single-character edits, letter case ignored; nothing is offered beyond a third of the
/// name's length.
#[must_use]
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wanted: Vec<char> = name.to_lowercase().chars().collect();
    let limit = wanted.len().div_ceil(3).max(1);
    candidates
        .into_iter()
        .map(|candidate| (edits(&wanted, &candidate.to_lowercase().chars().collect::<Vec<_>>()), candidate))
        .filter(|(distance, _)| *distance <= limit)
        .min()
        .map(|(_, candidate)| candidate)
}

/// Levenshtein distance.
fn edits(a: &[char], b: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let substitution = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = substitution.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_offered_and_a_far_one_is_not() {
        assert_eq!(nearest("CNSRR", ["AVAL", "CNSR", "PARAMCD"]), Some("CNSR"));
        assert_eq!(nearest("saffl", ["SAFFL", "ITTFL"]), Some("SAFFL"));
        assert_eq!(nearest("WEIGHT", ["AVAL", "CNSR"]), None);
    }

    #[test]
    fn a_place_reads_as_an_editor_expects() {
        let finding =
            Finding::error(Place::at("study.toml", 41, 8), "column CNSRR is not in ADTTE").hint("did you mean CNSR?");
        assert_eq!(
            finding.to_string(),
            "study.toml:41:8: error: column CNSRR is not in ADTTE\n    hint: did you mean CNSR?"
        );
        let place = Place::dataset("ADLB").variable("AVAL").subjects(["001", "002"]);
        assert_eq!(place.to_string(), "ADLB.AVAL, subject 001, 002");
    }

    #[test]
    fn the_rule_stands_after_the_severity_and_sorts_after_the_message() {
        let finding = |message: &str, rule: &str| Finding::error(Place::dataset("ADSL"), message).rule(rule);
        assert_eq!(finding("no key", "DEF-001").to_string(), "ADSL: error [DEF-001]: no key");
        assert_eq!(serde_json::to_value(finding("no key", "DEF-001")).unwrap()["rule"], "DEF-001");
        let mut findings = [finding("b", "DEF-001"), finding("a", "DEF-003"), finding("a", "DEF-002")];
        findings.sort();
        assert_eq!(findings.map(|finding| finding.rule.unwrap()), ["DEF-002", "DEF-003", "DEF-001"]);
    }

    #[test]
    fn what_acts_on_a_terminal_is_shown_and_not_sent() {
        let finding = Finding::error(Place::default(), "the level “\u{1b}[31m\u{202e}x”").to_string();
        assert_eq!(finding, "error: the level “U+001B[31mU+202Ex”");
    }

    #[test]
    fn warnings_alone_do_not_stop() {
        let warning = Finding::warning(Place::default(), "one record was dropped");
        assert_eq!(Error::unless_clean(Stage::Binding, vec![warning.clone()]), Ok(vec![warning]));
    }
}
