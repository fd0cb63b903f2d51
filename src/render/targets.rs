//! What page numbers can be told of: the names a cell may give, and the labels that stand for them on the pages.
//!
//! Labels are positions, never identifiers of the study, because Typst keeps every name for good.

use std::collections::BTreeMap;

use crate::display::Report;

/// The label of a display, counted from 1 over the report.
pub fn display(index: usize) -> String {
    format!("display-{index}")
}

/// The label of the section at this position.
pub fn section(at: usize) -> String {
    format!("section-{at}")
}

/// The label of a text: the position of its section, and its own there.
pub fn text(section: usize, position: usize) -> String {
    format!("text-{section}-{position}")
}

/// The label of a subject's profile: its display, and its position there.
pub fn profile(index: usize, position: usize) -> String {
    format!("profile-{index}-{position}")
}

/// Label by name. Where a name is given twice, the first has it.
pub struct Targets(BTreeMap<String, String>);

impl Targets {
    /// The targets of a report: `title`, `methods`, `provenance`, sections as `section 14.1`, texts and displays by their
    /// identifiers.
    pub fn of(report: &Report) -> Self {
        let mut labels: BTreeMap<String, String> =
            ["title", "methods", "provenance"].map(|name| (name.to_owned(), name.to_owned())).into();
        let mut index = 0;
        for (at, one) in report.sections.iter().enumerate() {
            labels.entry(format!("section {}", one.number)).or_insert_with(|| section(at));
            for (position, one) in one.texts.iter().enumerate() {
                labels.entry(one.id.clone()).or_insert_with(|| text(at, position));
            }
            for one in &one.displays {
                index += 1;
                labels.entry(one.id.clone()).or_insert_with(|| display(index));
            }
        }
        Self(labels)
    }

    /// The label of a name.
    pub fn label(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }
}
