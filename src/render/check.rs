//! What is looked at before any ink is spent: that every text can be printed and every display holds together.
//!
//! All findings at once, each naming the display and the place in it, instead of an exporter's message about glyphs.

use super::fonts::Fonts;
use super::targets::Targets;
use super::{dots, forest, grid, lanes, plot, text};
use crate::display::{
    Axis, Body, Cell, Column, Display, Dots, Fact, FlowBox, Forest, Grid, Lanes, Plot, Profile, Report, SectionText,
    Table,
};
use crate::error::{Error, Finding, Place, Stage};

/// Refuses what cannot be printed.
///
/// # Errors
/// Every text with a character that no font has, and every display whose parts contradict each other.
pub fn report(report: &Report) -> Result<(), Error> {
    let mut inspector = Inspector { targets: Targets::of(report), findings: Vec::new() };
    inspector.front(report);
    for section in &report.sections {
        let place = format!("section {}", section.number);
        inspector.text(&place, "number", &section.number);
        inspector.text(&place, "title", &section.title);
        inspector.texts(&section.texts);
        for display in &section.displays {
            inspector.display(display);
        }
    }
    inspector.back(report);
    Error::unless_clean(Stage::Typesetting, inspector.findings).map(|_| ())
}

struct Inspector {
    targets: Targets,
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
            "the fonts of the report hold Latin, Greek and Cyrillic letters; give a font that has this one with --font FILE, \
             or write the text in one of these in the data or in study.toml"
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

    fn texts(&mut self, texts: &[SectionText]) {
        for one in texts {
            let place = format!("text {}", one.id);
            self.text(&place, "heading", &one.heading);
            for (index, words) in one.paragraphs.iter().enumerate() {
                self.text(&place, &format!("paragraph {}", index + 1), words);
            }
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
                self.plot(&name, plot);
                for fault in plot::faults(plot) {
                    self.fault(&name, &fault);
                }
            }
            Body::Panels(panels) | Body::Stack(panels) => {
                for (index, panel) in panels.iter().enumerate() {
                    let place = format!("{name}, panel {}", index + 1);
                    self.text(&place, "title", &panel.title);
                    self.plot(&place, &panel.plot);
                }
                let is_stack = matches!(display.body, Body::Stack(_));
                for fault in if is_stack { plot::stack_faults(panels) } else { plot::panel_faults(panels) } {
                    self.fault(&name, &fault);
                }
            }
            Body::Forest(forest) => self.forest(&name, forest),
            Body::Grid(grid) => self.grid(&name, grid),
            Body::Lanes(lanes) => self.lanes(&name, lanes),
            Body::Dots(dots) => self.dots(&name, dots),
            Body::Snapshot(snapshot) => {
                for label in &snapshot.arms {
                    self.text(&name, "label of an arm", label);
                }
                for group in &snapshot.groups {
                    self.text(&name, "heading", &group.title);
                    for card in &group.cards {
                        let arms = card.arms.iter().map(|(_, text)| text);
                        for text in [&card.label, &card.number, &card.below].into_iter().chain(arms) {
                            self.text(&name, &format!("number of {}", card.label), text);
                        }
                        if card.arms.iter().any(|(arm, _)| *arm >= snapshot.arms.len()) {
                            self.fault(&name, &format!("a number of {} is of no arm of the legend", card.label));
                        }
                    }
                }
                self.text(&name, "description", &snapshot.alt);
                self.described(&name, &snapshot.alt);
            }
            Body::Profiles(profiles) => {
                for one in profiles {
                    self.profile(&name, one);
                }
            }
            Body::Flow(flow) => {
                for words in &flow.bands {
                    self.text(&name, "name of a band", words);
                }
                self.text(&name, "description", &flow.alt);
                for (place, part) in flow.boxes() {
                    self.flow_box(&name, &place, part);
                }
                if flow.arms.windows(2).any(|pair| pair[0].len() != pair[1].len()) {
                    self.fault(&name, "the columns of arms have different numbers of boxes");
                }
                self.described(&name, &flow.alt);
            }
        }
    }

    fn profile(&mut self, name: &str, profile: &Profile) {
        let name = &format!("{name}, {}", text::line(&profile.title));
        self.text(name, "title", &profile.title);
        self.facts(name, "facts", &profile.facts);
        for (index, words) in profile.paragraphs.iter().enumerate() {
            self.text(name, &format!("paragraph {}", index + 1), words);
        }
        if let Some(lanes) = &profile.lanes {
            self.lanes(name, lanes);
        }
        for panel in &profile.plots {
            self.text(name, "title of a plot", &panel.title);
            self.plot(name, &panel.plot);
            for fault in plot::faults(&panel.plot) {
                self.fault(name, &fault);
            }
        }
        for (title, table) in &profile.tables {
            self.text(name, "title of a listing", title);
            self.table(name, table);
        }
    }

    fn axis(&mut self, name: &str, place: &str, axis: &Axis) {
        self.text(name, place, &axis.title);
        for (_, label) in &axis.ticks {
            self.text(name, &format!("{place}, tick"), label);
        }
    }

    fn plot(&mut self, name: &str, plot: &Plot) {
        self.axis(name, "horizontal axis", &plot.x);
        self.axis(name, "vertical axis", &plot.y);
        for series in &plot.series {
            self.text(name, "legend", &series.label);
            for label in series.marks.iter().filter_map(|mark| mark.label.as_ref()) {
                self.text(name, "label of a mark", label);
            }
        }
        self.text(name, "heading of the rows below", &plot.under_head);
        for (index, row) in plot.under.iter().enumerate() {
            self.text(name, &format!("row {} below the plot", index + 1), &row.label);
            self.cells(name, &format!("row {} below the plot", index + 1), &row.cells);
        }
        self.text(name, "description", &plot.alt);
        self.described(name, &plot.alt);
    }

    fn columns(&mut self, name: &str, stub_head: &str, columns: &[Column]) {
        self.text(name, "head of the stub", stub_head);
        for (index, column) in columns.iter().enumerate() {
            for words in &column.head {
                self.text(name, &format!("head of column {}", index + 1), words);
            }
        }
    }

    fn forest(&mut self, name: &str, forest: &Forest) {
        self.columns(name, &forest.stub_head, &forest.columns);
        self.axis(name, "axis", &forest.axis);
        for words in forest.sides.iter().flat_map(|(left, right)| [left, right]) {
            self.text(name, "words at the sides of the reference", words);
        }
        for (index, row) in forest.rows.iter().enumerate() {
            let place = format!("row {}", index + 1);
            self.text(name, &format!("{place}, stub"), &row.stub);
            self.cells(name, &place, &row.cells);
        }
        self.text(name, "description", &forest.alt);
        self.described(name, &forest.alt);
        for fault in forest::faults(forest) {
            self.fault(name, &fault);
        }
    }

    fn dots(&mut self, name: &str, dots: &Dots) {
        self.text(name, "head of the stub", &dots.stub_head);
        self.axis(name, "axis of shares", &dots.shares);
        dots.differences.iter().for_each(|axis| self.axis(name, "axis of differences", axis));
        for label in dots.arms.iter().chain(&dots.grades) {
            self.text(name, "legend", label);
        }
        for words in dots.sides.iter().flat_map(|(left, right)| [left, right]) {
            self.text(name, "words at the sides of no difference", words);
        }
        for (index, row) in dots.rows.iter().enumerate() {
            self.text(name, &format!("row {}, stub", index + 1), &row.stub);
        }
        self.text(name, "description", &dots.alt);
        self.described(name, &dots.alt);
        for fault in dots::faults(dots) {
            self.fault(name, &fault);
        }
    }

    fn lanes(&mut self, name: &str, lanes: &Lanes) {
        self.axis(name, "time axis", &lanes.x);
        let kinds = lanes.segments.iter().map(|(label, _)| label).chain(&lanes.marks);
        for label in kinds {
            self.text(name, "legend", label);
        }
        for group in &lanes.groups {
            self.text(name, "heading of lanes", &group.title);
            for lane in &group.lanes {
                self.text(name, "label of a lane", &lane.label);
            }
        }
        self.text(name, "description", &lanes.alt);
        self.described(name, &lanes.alt);
        for fault in lanes::faults(lanes) {
            self.fault(name, &fault);
        }
    }

    fn grid(&mut self, name: &str, grid: &Grid) {
        for (index, panel) in grid.panels.iter().enumerate() {
            let place = format!("{name}, panel {}", index + 1);
            for (what, words) in [
                ("title", &panel.title),
                ("title of the columns", &panel.x_title),
                ("title of the rows", &panel.y_title),
            ] {
                self.text(&place, what, words);
            }
            for (index, label) in panel.columns.iter().enumerate() {
                self.text(&place, &format!("label of column {}", index + 1), label);
            }
            for (index, row) in panel.rows.iter().enumerate() {
                self.text(&place, &format!("label of row {}", index + 1), &row.label);
                for (column, cell) in row.cells.iter().enumerate() {
                    self.text(&place, &format!("row {}, column {}", index + 1, column + 1), &cell.text);
                }
            }
        }
        for (cell, words) in &grid.legend {
            self.text(name, "legend", &cell.text);
            self.text(name, "legend", words);
        }
        self.text(name, "description", &grid.alt);
        self.described(name, &grid.alt);
        for fault in grid::faults(grid) {
            self.fault(name, &fault);
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
            for target in cell.pages_of.iter().filter(|target| self.targets.label(target).is_none()) {
                let message =
                    format!("{name}, {place}, column {}: there is no {target} whose pages could be told", index + 1);
                let hint = "name a display or a text of a section by its identifier, a section like “section 14.1”, title, \
                            methods or provenance";
                self.findings.push(Finding::error(Place::default(), message).hint(hint));
            }
        }
    }

    fn table(&mut self, name: &str, table: &Table) {
        self.columns(name, &table.stub_head, &table.columns);
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
