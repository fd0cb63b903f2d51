//! What is looked at before any ink is spent: that every text can be printed and every display holds together.
//!
//! All findings at once, each naming the display and the place in it, instead of an exporter's message about glyphs.

use super::fonts::Fonts;
use super::{plot, text};
use crate::display::{Body, Cell, Display, Fact, FlowBox, Report, Table};
use crate::error::{Error, Finding, Place, Stage};

/// Refuses what cannot be printed.
///
/// # Errors
/// Every text with a character that no font has, and every display whose parts contradict each other.
pub fn report(report: &Report) -> Result<(), Error> {
    let mut inspector = Inspector { findings: Vec::new() };
    inspector.front(report);
    for section in &report.sections {
        let place = format!("section {}", section.number);
        inspector.text(&place, "number", &section.number);
        inspector.text(&place, "title", &section.title);
        for display in &section.displays {
            inspector.display(display);
        }
    }
    inspector.back(report);
    Error::unless_clean(Stage::Typesetting, inspector.findings).map(|_| ())
}

struct Inspector {
    findings: Vec<Finding>,
}

impl Inspector {
    fn text(&mut self, display: &str, place: &str, words: &str) {
        if words.bytes().all(|byte| (0x20..0x7F).contains(&byte)) {
            return;
        }
        let Some(c) = Fonts::get().unprintable(&text::lines(words).replace('\n', " ")) else { return };
        let shown = if c.is_alphanumeric() { format!(" “{c}”") } else { String::new() };
        let message = format!("{display}, {place}: the character U+{:04X}{shown} cannot be printed", c as u32);
        let hint = if c.is_alphanumeric() {
            "the fonts of the report hold Latin, Greek and Cyrillic letters; write the text in one of these in the data \
             or in study.toml"
        } else {
            "remove the character from the text in the data or in study.toml"
        };
        self.findings.push(Finding::error(Place::default(), message).hint(hint));
    }

    fn fault(&mut self, display: &str, message: &str) {
        let hint = "this is a display that does not hold together; please report it as a bug of trialpress";
        self.findings.push(Finding::error(Place::default(), format!("{display}: {message}")).hint(hint));
    }

    fn facts(&mut self, display: &str, place: &str, facts: &[Fact]) {
        for fact in facts {
            self.text(display, &format!("{place}, label"), &fact.label);
            self.text(display, &format!("{place} “{}”", text::line(&fact.label)), &fact.text);
        }
    }

    fn front(&mut self, report: &Report) {
        let front = &report.front;
        for (place, words) in [
            ("title", &front.title),
            ("kind", &front.kind),
            ("study", &front.study),
            ("status", &front.status),
            ("lock date", &front.lock_date),
            ("fingerprint", &front.fingerprint),
        ] {
            self.text("title page", place, words);
        }
        self.facts("title page", "facts", &front.facts);
    }

    fn back(&mut self, report: &Report) {
        for paragraph in &report.methods {
            let place = format!("methods “{}”", text::line(&paragraph.heading));
            self.text(&place, "heading", &paragraph.heading);
            for (index, words) in paragraph.paragraphs.iter().enumerate() {
                self.text(&place, &format!("paragraph {}", index + 1), words);
            }
            self.facts(&place, "rule", &paragraph.rules);
        }
        let provenance = &report.provenance;
        self.facts("provenance", "facts", &provenance.facts);
        for dataset in &provenance.datasets {
            for words in [&dataset.name, &dataset.file, &dataset.records, &dataset.variables, &dataset.sha256] {
                self.text("provenance", &format!("dataset {}", text::line(&dataset.name)), words);
            }
        }
        for (index, words) in provenance.warnings.iter().enumerate() {
            self.text("provenance", &format!("warning {}", index + 1), words);
        }
    }

    fn display(&mut self, display: &Display) {
        let name = format!("display {}", display.id);
        for (place, words) in [
            ("number", &display.number),
            ("title", &display.title),
            ("subtitle", &display.subtitle),
            ("source", &display.source),
        ] {
            self.text(&name, place, words);
        }
        self.facts(&name, "estimand", &display.estimand);
        for (index, note) in display.footnotes.iter().enumerate() {
            self.text(&name, &format!("footnote {}", index + 1), &note.text);
            self.text(&name, &format!("mark of footnote {}", index + 1), note.mark.as_deref().unwrap_or_default());
        }
        match &display.body {
            Body::Table(table) => self.table(&name, table),
            Body::Plot(plot) => {
                for (place, words) in [
                    ("horizontal axis", &plot.x.title),
                    ("vertical axis", &plot.y.title),
                    ("heading of the rows below", &plot.under_head),
                    ("description", &plot.alt),
                ] {
                    self.text(&name, place, words);
                }
                for (place, axis) in [("horizontal axis", &plot.x), ("vertical axis", &plot.y)] {
                    for (_, label) in &axis.ticks {
                        self.text(&name, &format!("{place}, tick"), label);
                    }
                }
                for series in &plot.series {
                    self.text(&name, "legend", &series.label);
                }
                for (index, row) in plot.under.iter().enumerate() {
                    self.text(&name, &format!("row {} below the plot", index + 1), &row.label);
                    self.cells(&name, &format!("row {} below the plot", index + 1), &row.cells);
                }
                for fault in plot::faults(plot) {
                    self.fault(&name, &fault);
                }
                self.described(&name, &plot.alt);
            }
            Body::Flow(flow) => {
                for words in &flow.bands {
                    self.text(&name, "name of a band", words);
                }
                self.text(&name, "description", &flow.alt);
                for (place, part) in
                    [("assessed", &flow.assessed), ("excluded", &flow.excluded), ("randomised", &flow.randomised)]
                {
                    self.flow_box(&name, place, part);
                }
                for (index, arm) in flow.arms.iter().enumerate() {
                    for (place, part) in
                        [("allocation", &arm.allocation), ("follow-up", &arm.follow_up), ("analysis", &arm.analysis)]
                    {
                        self.flow_box(&name, &format!("arm {}, {place}", index + 1), part);
                    }
                }
                self.described(&name, &flow.alt);
            }
        }
    }

    fn described(&mut self, name: &str, alt: &str) {
        if alt.trim().is_empty() {
            self.fault(name, "the figure has no description for those who cannot see it");
        }
    }

    fn flow_box(&mut self, name: &str, place: &str, part: &FlowBox) {
        for (index, line) in part.lines.iter().enumerate() {
            self.text(name, &format!("box {place}, line {}", index + 1), &line.text);
        }
    }

    fn cells(&mut self, name: &str, place: &str, cells: &[Cell]) {
        for (index, cell) in cells.iter().enumerate() {
            self.text(name, &format!("{place}, column {}", index + 1), &cell.text);
            for mark in &cell.marks {
                self.text(name, &format!("{place}, column {}, mark", index + 1), mark);
            }
        }
    }

    fn table(&mut self, name: &str, table: &Table) {
        self.text(name, "head of the stub", &table.stub_head);
        for (index, column) in table.columns.iter().enumerate() {
            for words in &column.head {
                self.text(name, &format!("head of column {}", index + 1), words);
            }
        }
        for spanner in &table.spanners {
            self.text(name, "spanner", &spanner.text);
            if spanner.columns == 0 || spanner.first + spanner.columns > table.columns.len() {
                let (first, columns, all) = (spanner.first, spanner.columns, table.columns.len());
                self.fault(
                    name,
                    &format!("the spanner “{}” spans {columns} columns from {first} of {all}", spanner.text),
                );
            }
        }
        for (index, row) in table.rows.iter().enumerate() {
            let place = format!("row {}", index + 1);
            self.text(name, &format!("{place}, stub"), &row.stub);
            self.cells(name, &place, &row.cells);
            let expected = if row.heading { 0 } else { table.columns.len() };
            if row.cells.len() != expected {
                self.fault(name, &format!("row {} has {} cells for {expected} columns", index + 1, row.cells.len()));
            }
        }
    }
}
