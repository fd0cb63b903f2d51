//! The rules that define.xml and the data are held against, each with the number that findings carry.

use crate::error::{Finding, Place, Severity};

/// A rule of the catalogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Its number, never used again for another rule.
    pub id: &'static str,
    /// What it costs to break it.
    pub severity: Severity,
    /// What holds where it is kept.
    pub summary: &'static str,
    /// What to do where it is broken.
    pub help: &'static str,
}

impl Rule {
    /// A finding of this rule, with its severity and its help as the hint.
    pub(super) fn finding(&self, place: Place, message: impl Into<String>) -> Finding {
        let finding = match self.severity {
            Severity::Error => Finding::error(place, message),
            Severity::Warning => Finding::warning(place, message),
        };
        finding.rule(self.id).hint(self.help)
    }
}

/// Declares the rules as constants and as the list of them.
macro_rules! rules {
    ($($name:ident, $id:literal, $severity:ident, $summary:literal, $help:literal;)+) => {
        $(pub(super) const $name: Rule =
            Rule { id: $id, severity: Severity::$severity, summary: $summary, help: $help };)+
        /// All rules of define.xml, in the order of their numbers.
        pub const RULES: &[Rule] = &[$($name),+];
    };
}

rules! {
    XML, "DEF-001", Error,
        "define.xml is well-formed XML without a document type, of ordinary size and depth",
        "have the program that made define.xml write it again";
    VERSION, "DEF-002", Error,
        "define.xml is of Define-XML 2.0 or 2.1",
        "give a define.xml of version 2.0 or 2.1, or leave it out of the specification";
    REQUIRED, "DEF-003", Error,
        "every element of define.xml has what the standard requires of it",
        "complete the element in define.xml";
    WORD, "DEF-004", Error,
        "attributes of define.xml have values that the standard knows",
        "correct the value in define.xml";
    UNIQUE, "DEF-005", Error,
        "identifiers, names and coded values stand once in define.xml",
        "remove or rename one of the two in define.xml";
    REFERENCE, "DEF-006", Error,
        "references of define.xml lead to an element that is there",
        "add the element to define.xml or correct the reference";
    LOOSE, "DEF-007", Warning,
        "methods, comments and archive locations named in define.xml are there",
        "add the element to define.xml or remove the reference";
    DATASET, "DEF-010", Warning,
        "every dataset is described in define.xml",
        "describe the dataset in define.xml, or name it as define.xml does";
    ABSENT, "DEF-011", Error,
        "every variable that define.xml describes is in the data",
        "deliver the variable, or remove it from define.xml";
    EXTRA, "DEF-012", Warning,
        "every variable of the data is described in define.xml",
        "describe the variable in define.xml, or leave it out of the data";
    ORDER, "DEF-013", Warning,
        "variables stand in the order of define.xml",
        "write the variables in the order of define.xml";
    LABEL, "DEF-014", Warning,
        "labels of variables are those of define.xml, letter for letter",
        "let the label of the data and the description in define.xml agree";
    DATASET_LABEL, "DEF-015", Warning,
        "labels of datasets are those of define.xml, letter for letter",
        "let the label of the data and the description in define.xml agree";
    KIND, "DEF-016", Error,
        "values are of the type that define.xml declares",
        "correct the data type or the display format in define.xml, or the type in the data";
    INTEGER, "DEF-017", Error,
        "variables declared integer hold whole numbers",
        "correct the values, or declare the variable as float in define.xml";
    LENGTH, "DEF-018", Warning,
        "text is not longer than define.xml declares",
        "correct the length in define.xml";
    CODE, "DEF-019", Warning,
        "values are in the code list that define.xml names",
        "correct the values, or add them to the code list in define.xml";
    VALUE_LEVEL, "DEF-020", Warning,
        "values are as the value list of define.xml describes them for their records",
        "correct the values, or their description in the value list of define.xml";
    KEY, "DEF-021", Error,
        "the key variables of define.xml identify each record",
        "remove the duplicates, or complete the key sequence in define.xml";
    MANDATORY, "DEF-022", Error,
        "variables that define.xml calls mandatory have a value in every record",
        "complete the values, or correct Mandatory in define.xml";
    ISO, "DEF-023", Warning,
        "text declared as date or time is ISO 8601",
        "correct the values, or declare the variable as text in define.xml";
}
