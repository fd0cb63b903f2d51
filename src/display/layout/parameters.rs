//! A table of parameters: a block each, a line a visit, with the statistics of the value and of its change beside each
//! other. Few columns stand under each arm; where that would be too many, the arms stand below each other at each visit.

use crate::display::assemble::{Assembly, aligned, data_row, heading, note, plain};
use crate::display::layout::{Laid, arm_columns};
use crate::display::number::Style;
use crate::display::report::{Align, Body, Cell, Column, Footnote, Spanner, Table, TableRow};
use crate::results::{Key, Statistic};
use crate::spec::Study;
use crate::spec::occurrence::ParameterSummary;
use crate::spec::output::RowFormat;
use crate::spec::records::FindingParameter;
use crate::spec::safety_figure::ParametersLayout;
use crate::spec::text::Name;

/// So many columns can stand beside each other and be read.
const MOST: usize = 8;

pub(super) fn table(layout: &ParametersLayout, assembly: &mut Assembly<'_>) -> Option<Laid> {
    let study = assembly.study;
    let summary = study.parameter_summary.iter().find(|summary| summary.id == layout.of)?;
    // A single arm needs no column that names it.
    let beside =
        !study.compares() || study.arm.len() * layout.number_rows.len() * (1 + usize::from(layout.change)) <= MOST;
    let of = Blocks { layout, summary, beside };
    let (columns, spanners) = of.columns(assembly);
    let mut rows = Vec::new();
    let mut group = None;
    for parameter in chosen(study, &summary.records, [&summary.parameters, &layout.parameters]) {
        if parameter.group != group {
            group.clone_from(&parameter.group);
            rows.extend(group.iter().map(|group| heading(0, group)));
        }
        of.block(parameter, u8::from(group.is_some()), assembly, &mut rows);
    }
    let table = Table { stub_head: "Visit".to_owned(), columns, spanners, rows };
    let footnotes = of.footnotes(assembly);
    Some(Laid { body: Body::Table(aligned(table)), footnotes, analyses: vec![summary.id.to_string()] })
}

/// The parameters of findings that an analysis has and a display chooses, in the order last said.
pub(super) fn chosen<'a>(study: &'a Study, records: &str, choices: [&[Name]; 2]) -> Vec<&'a FindingParameter> {
    let findings = study.records.get(records).and_then(|records| records.findings.as_ref());
    let mut all: Vec<&FindingParameter> = findings.into_iter().flat_map(|findings| &findings.parameters).collect();
    for names in choices.into_iter().filter(|names| !names.is_empty()) {
        all = names.iter().filter_map(|name| all.iter().copied().find(|one| one.code == *name)).collect();
    }
    all
}

/// The label of a parameter with its unit.
pub(super) fn label(parameter: &FindingParameter) -> String {
    match &parameter.unit {
        Some(unit) => format!("{} ({unit})", parameter.label),
        None => parameter.label.clone(),
    }
}

/// The key of a statistic of a parameter at a visit; `level` is "value" or "change".
pub(super) fn key(summary: &ParameterSummary, code: &str, visit: &str, level: &str, statistic: Statistic) -> Key {
    Key::new(&*summary.id, statistic).variable(code).at(visit).level(level)
}

/// Whether a visit is baseline, which has no change.
pub(super) fn is_baseline(study: &Study, visit: &str) -> bool {
    study.visits.as_ref().is_some_and(|visits| *visits.baseline.id == *visit)
}

#[derive(Clone, Copy)]
struct Blocks<'a> {
    layout: &'a ParametersLayout,
    summary: &'a ParameterSummary,
    /// Whether the arms stand beside each other.
    beside: bool,
}

impl Blocks<'_> {
    /// What is shown of a parameter, with its heading.
    fn levels(self) -> impl Iterator<Item = (&'static str, &'static str)> {
        let shown = if self.layout.change { 2 } else { 1 };
        [("value", "Value"), ("change", "Change from baseline")].into_iter().take(shown)
    }

    fn columns(self, assembly: &mut Assembly<'_>) -> (Vec<Column>, Vec<Spanner>) {
        let mut columns = Vec::new();
        let mut spanners = Vec::new();
        let head = |format: &RowFormat| Column { head: vec![format.label.clone()], align: Align::Decimal };
        let statistics = |columns: &mut Vec<Column>, spanners: &mut Vec<Spanner>| {
            for (_, text) in self.levels() {
                if self.layout.change {
                    let (text, first) = (text.to_owned(), columns.len());
                    spanners.push(Spanner { text, first, columns: self.layout.number_rows.len() });
                }
                columns.extend(self.layout.number_rows.iter().map(head));
            }
        };
        if self.beside {
            for arm in arm_columns(&self.summary.id, assembly) {
                let (first, at) = (columns.len(), spanners.len());
                statistics(&mut columns, &mut spanners);
                let text = arm.head.join(" ");
                spanners.insert(at, Spanner { text, first, columns: columns.len() - first });
            }
        } else {
            columns.push(Column { head: vec!["Arm".to_owned()], align: Align::Left });
            statistics(&mut columns, &mut spanners);
        }
        (columns, spanners)
    }

    /// The rows of a parameter.
    fn block(self, parameter: &FindingParameter, indent: u8, assembly: &mut Assembly<'_>, rows: &mut Vec<TableRow>) {
        let study = assembly.study;
        rows.push(heading(indent, label(parameter)));
        for visit in &self.summary.at {
            let name = study.visit_label(visit).unwrap_or(visit);
            if self.beside {
                let arms = study.arm.iter().flat_map(|arm| self.cells(parameter, visit, &arm.id, assembly));
                let cells = arms.collect();
                rows.push(data_row(indent + 1, name, cells));
                continue;
            }
            for (position, arm) in study.arm.iter().enumerate() {
                let mut cells = vec![plain(&arm.label)];
                cells.extend(self.cells(parameter, visit, &arm.id, assembly));
                let row = data_row(indent + 1, if position == 0 { name } else { "" }, cells);
                rows.push(TableRow { opens_group: position == 0, ..row });
            }
        }
    }

    fn cells(self, parameter: &FindingParameter, visit: &str, arm: &str, assembly: &mut Assembly<'_>) -> Vec<Cell> {
        let style = Style::recorded(parameter.decimals);
        let mut cells = Vec::new();
        for (level, _) in self.levels() {
            for format in &self.layout.number_rows {
                cells.push(if level == "change" && is_baseline(assembly.study, visit) {
                    plain("")
                } else {
                    let of = |s| key(self.summary, &parameter.code, visit, level, s).arm(arm);
                    assembly.cell(&format.show, style, &of)
                });
            }
        }
        cells
    }

    fn footnotes(self, assembly: &mut Assembly<'_>) -> Vec<Footnote> {
        let mut sentences = Vec::new();
        if !self.beside {
            let study = assembly.study;
            let arms = study.arm.iter().map(|arm| {
                let number = assembly.counted(&Key::new(&*self.summary.id, Statistic::N).arm(&arm.id));
                format!("{} N = {number}", arm.label)
            });
            sentences.push(format!("{}.", arms.collect::<Vec<_>>().join(", ")));
        }
        if self.layout.change {
            sentences.push("Change: value at the visit minus baseline, in those who have both.".to_owned());
        }
        let shows = |field: &str| self.layout.number_rows.iter().any(|format| format.show.contains(field));
        let terms = [
            (shows("{n}"), "n: participants with a value"),
            (shows("{sd"), "SD: standard deviation"),
            (shows("{q1") || shows("{q3"), "Q1, Q3: quartiles"),
        ];
        let terms: Vec<&str> = terms.into_iter().filter(|(used, _)| *used).map(|(_, term)| term).collect();
        if !terms.is_empty() {
            sentences.push(format!("{}.", terms.join("; ")));
        }
        if sentences.is_empty() { Vec::new() } else { vec![note(sentences.join(" "))] }
    }
}
