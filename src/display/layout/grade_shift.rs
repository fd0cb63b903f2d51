//! A table of shifts of grades: for each parameter, how many went from which grade at baseline to which worst one
//! after it; or the worst one alone.

use crate::display::assemble::{Assembly, aligned, data_row, heading, note, plain};
use crate::display::layout::parameters::chosen;
use crate::display::layout::{Laid, arm_columns};
use crate::display::number::Style;
use crate::display::report::{Align, Body, Cell, Column, Footnote, Spanner, Table, TableRow};
use crate::results::{Key, MISSING_LEVEL, Statistic};
use crate::spec::occurrence::GradeShift;
use crate::spec::records::FindingParameter;
use crate::spec::safety_figure::GradeShiftLayout;

pub(super) fn table(layout: &GradeShiftLayout, assembly: &mut Assembly<'_>) -> Option<Laid> {
    let study = assembly.study;
    let shift = study.grade_shift.iter().find(|shift| shift.id == layout.of)?;
    let mut of = Shifts { layout, shift, omitted: false };
    let mut rows = Vec::new();
    let mut nobody = Vec::new();
    let mut group = None;
    for parameter in chosen(study, &shift.records, [&shift.parameters, &layout.parameters]) {
        if !of.is_assessed(parameter, assembly) {
            nobody.push(parameter.label.as_str());
            continue;
        }
        if parameter.group != group {
            group.clone_from(&parameter.group);
            rows.extend(group.iter().map(|group| heading(0, group)));
        }
        of.block(parameter, u8::from(group.is_some()), assembly, &mut rows);
    }
    let (columns, spanners) = of.columns(assembly);
    if rows.is_empty() {
        rows.push(data_row(0, "None", columns.iter().map(|_| plain("")).collect()));
    }
    let stub_head = if layout.worst_only { of.worst_words() } else { "At baseline".to_owned() };
    let table = Table { stub_head, columns, spanners, rows };
    let footnotes = of.footnotes(&nobody);
    Some(Laid { body: Body::Table(aligned(table)), footnotes, analyses: vec![shift.id.to_string()] })
}

struct Shifts<'a> {
    layout: &'a GradeShiftLayout,
    shift: &'a GradeShift,
    /// Whether a grade at baseline was left out.
    omitted: bool,
}

impl Shifts<'_> {
    /// The visits, a block each; none where all records count together.
    fn visits(&self) -> Vec<Option<&str>> {
        if self.shift.at.is_empty() { vec![None] } else { self.shift.at.iter().map(|visit| Some(&**visit)).collect() }
    }

    /// What the worst ones are: "Worst after baseline".
    fn worst_words(&self) -> String {
        format!("Worst {}", self.when())
    }

    fn when(&self) -> &'static str {
        if self.shift.at.is_empty() { "after baseline" } else { "at the visit" }
    }

    fn key(&self, parameter: &FindingParameter, visit: Option<&str>, arm: &str, statistic: Statistic) -> Key {
        let key = Key::new(&*self.shift.id, statistic).arm(arm).variable(&parameter.code);
        Key { at: visit.map(str::to_owned), ..key }
    }

    /// Whether anybody has a grade of a parameter after baseline.
    fn is_assessed(&self, parameter: &FindingParameter, assembly: &mut Assembly<'_>) -> bool {
        let study = assembly.study;
        let visits = self.visits();
        let mut any = study.arm.iter().flat_map(|arm| visits.iter().map(move |visit| (arm, *visit)));
        any.any(|(arm, visit)| assembly.count(&self.key(parameter, visit, &arm.id, Statistic::N)) > 0)
    }

    fn columns(&self, assembly: &mut Assembly<'_>) -> (Vec<Column>, Vec<Spanner>) {
        let arms = arm_columns(&self.shift.id, assembly);
        if self.layout.worst_only {
            let cells = |mut column: Column| {
                column.head.push("n (%)".to_owned());
                column
            };
            return (arms.into_iter().map(cells).collect(), Vec::new());
        }
        let mut columns = Vec::new();
        let mut spanners = Vec::new();
        let each = self.shift.levels.len() + 1;
        let text = self.worst_words();
        spanners.push(Spanner { text, first: 0, columns: arms.len() * each });
        let column = |text: &str| Column { head: vec![text.to_owned()], align: Align::Decimal };
        for arm in arms {
            spanners.push(Spanner { text: arm.head.join(" "), first: columns.len(), columns: each });
            columns.extend(self.shift.levels.iter().map(|level| column(&level.label)));
            columns.push(column("n"));
        }
        (columns, spanners)
    }

    fn block(
        &mut self,
        parameter: &FindingParameter,
        indent: u8,
        assembly: &mut Assembly<'_>,
        rows: &mut Vec<TableRow>,
    ) {
        rows.push(heading(indent, &parameter.label));
        let visits: Vec<Option<String>> = self.visits().into_iter().map(|visit| visit.map(str::to_owned)).collect();
        for visit in &visits {
            let visit = visit.as_deref();
            let mut indent = indent + 1;
            if let Some(visit) = visit {
                let label = assembly.study.visit_label(visit).unwrap_or(visit);
                rows.push(TableRow { opens_group: false, ..heading(indent, label) });
                indent += 1;
            }
            if self.layout.worst_only {
                self.worst(parameter, visit, indent, assembly, rows);
            } else {
                self.matrix(parameter, visit, indent, assembly, rows);
            }
        }
    }

    /// A row each grade, the arms beside each other.
    fn worst(
        &self,
        parameter: &FindingParameter,
        visit: Option<&str>,
        indent: u8,
        assembly: &mut Assembly<'_>,
        rows: &mut Vec<TableRow>,
    ) {
        let study = assembly.study;
        let row = |format: &str, level: Option<&str>, assembly: &mut Assembly<'_>| -> Vec<Cell> {
            let cell = |arm: &str, assembly: &mut Assembly<'_>| {
                let key = |s| {
                    let key = self.key(parameter, visit, arm, s);
                    level.map_or(key.clone(), |level| key.level(level))
                };
                assembly.cell(format, Style::recorded(0), &key)
            };
            study.arm.iter().map(|arm| cell(&arm.id, assembly)).collect()
        };
        rows.push(data_row(indent, "Assessed, n", row("{n}", None, assembly)));
        for level in &self.shift.levels {
            let cells = row("{count} ({share})", Some(&level.value), assembly);
            rows.push(data_row(indent, &level.label, cells));
        }
    }

    /// A row each grade at baseline that somebody had, and one of all; the worst grades beside each other under each
    /// arm.
    fn matrix(
        &mut self,
        parameter: &FindingParameter,
        visit: Option<&str>,
        indent: u8,
        assembly: &mut Assembly<'_>,
        rows: &mut Vec<TableRow>,
    ) {
        let study = assembly.study;
        let levels = self.shift.levels.iter().map(|level| (level.value.as_str(), level.label.as_str()));
        let levels: Vec<(&str, &str)> = levels.chain([(MISSING_LEVEL, "Missing")]).collect();
        for (from, label) in levels {
            let mut cells = Vec::new();
            let mut sum = 0;
            for arm in &study.arm {
                for to in &self.shift.levels {
                    let key = self.key(parameter, visit, &arm.id, Statistic::Count).level(from).level(&to.value);
                    sum += assembly.count(&key);
                    cells.push(count(key, assembly));
                }
                cells.push(plain(""));
            }
            if sum > 0 {
                rows.push(data_row(indent, label, cells));
            } else if from != MISSING_LEVEL {
                self.omitted = true;
            }
        }
        let mut cells = Vec::new();
        for arm in &study.arm {
            for to in &self.shift.levels {
                cells.push(count(self.key(parameter, visit, &arm.id, Statistic::Count).level(&to.value), assembly));
            }
            cells.push(count(self.key(parameter, visit, &arm.id, Statistic::N), assembly));
        }
        rows.push(data_row(indent, "All", cells));
    }

    fn footnotes(&self, nobody: &[&str]) -> Vec<Footnote> {
        let when = self.when();
        let mut text = if self.layout.worst_only {
            format!("n (%): participants by their worst level {when}, and their percentage of those assessed.")
        } else {
            format!(
                "Numbers of participants: rows are their levels at baseline, columns their worst ones {when}. n: \
                 participants assessed {when}."
            )
        };
        if self.omitted {
            text.push_str(" Levels at baseline that nobody had are left out.");
        }
        if !nobody.is_empty() {
            text.push_str(&format!(" Nobody was assessed for: {}.", nobody.join(", ")));
        }
        vec![note(text)]
    }
}

/// A cell of one number.
fn count(key: Key, assembly: &mut Assembly<'_>) -> Cell {
    let text = assembly.text(&key, Style::recorded(0));
    Cell { text, keys: vec![key], ..Cell::default() }
}
