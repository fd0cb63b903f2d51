//! A table of shifts: for each visit and item, how many went from which level at baseline to which at the visit.

use crate::display::assemble::{Assembly, aligned, data_row, heading, note, plain};
use crate::display::layout::by_visit::{chosen, levels};
use crate::display::layout::{Laid, arm_columns};
use crate::display::number::Style;
use crate::display::report::{Align, Body, Cell, Column, Spanner, Table, TableRow};
use crate::results::{Key, MISSING_LEVEL, Method, Statistic};
use crate::spec::design::Arm;
use crate::spec::endpoint::{Item, Summary};
use crate::spec::figure::ShiftLayout;

pub(super) fn table(layout: &ShiftLayout, assembly: &mut Assembly<'_>) -> Option<Laid> {
    let study = assembly.study;
    let summary = study.summary.iter().find(|summary| summary.id == layout.of)?;
    let items: Vec<(&Item, Levels)> = chosen(summary, &layout.items)
        .into_iter()
        .filter(|item| item.from.is_some())
        .map(|item| (item, with_missing(levels(summary, item, assembly))))
        .collect();
    let mut shifts = Shifts { summary, to: common(&items), omitted: false, indent: 0 };
    // A column of nobody says nothing.
    if !shifts.any_missing(layout, &items, assembly) {
        shifts.to.retain(|(level, _)| level != MISSING_LEVEL);
    }
    let label = |visit: &str| study.visit_label(visit).unwrap_or(visit).to_owned();
    let several = layout.at.len() > 1;
    shifts.indent = u8::from(several);
    let mut rows = Vec::new();
    for visit in &layout.at {
        if several {
            rows.push(heading(0, label(visit)));
        }
        for (item, levels) in &items {
            shifts.item(item, levels, visit, assembly, &mut rows);
        }
    }
    let mut columns = Vec::new();
    let mut spanners = Vec::new();
    let arms = arm_columns(&summary.id, assembly);
    let at = match layout.at.as_slice() {
        [only] => format!("At {}", label(only)),
        _ => "At the visit".to_owned(),
    };
    spanners.push(Spanner { text: at, first: 0, columns: arms.len() * shifts.to.len() });
    for head in arms {
        spanners.push(Spanner { text: head.head.join(" "), first: columns.len(), columns: shifts.to.len() });
        let heads = shifts.to.iter().map(|(_, label)| Column { head: vec![label.clone()], align: Align::Decimal });
        columns.extend(heads);
    }
    let mut text = "Numbers of participants: rows are their levels at baseline, columns those at the visit.".to_owned();
    if shifts.omitted {
        text.push_str(" Levels at baseline that nobody had are left out.");
    }
    let table = Table { stub_head: "Baseline".to_owned(), columns, spanners, rows };
    let analyses = vec![summary.id.to_string()];
    Some(Laid { body: Body::Table(aligned(table)), footnotes: vec![note(text)], analyses })
}

/// Levels with their labels.
type Levels = Vec<(String, String)>;

fn with_missing(mut levels: Levels) -> Levels {
    levels.push((MISSING_LEVEL.to_owned(), "Missing".to_owned()));
    levels
}

/// The levels of all items, each once, those without one last.
fn common(items: &[(&Item, Levels)]) -> Levels {
    let mut all: Levels = Vec::new();
    for level in items.iter().flat_map(|(_, levels)| levels) {
        if level.0 != MISSING_LEVEL && !all.iter().any(|(known, _)| *known == level.0) {
            all.push(level.clone());
        }
    }
    with_missing(all)
}

struct Shifts<'a> {
    summary: &'a Summary,
    /// The levels at a visit, a column each under every arm.
    to: Levels,
    /// Whether a level at baseline was left out.
    omitted: bool,
    /// Depth of the items.
    indent: u8,
}

impl Shifts<'_> {
    fn key(&self, item: &Item, visit: &str, arm: &Arm, (from, to): (&str, &str)) -> Key {
        Key::new(&*self.summary.id, Statistic::Count).arm(&arm.id).variable(&item.id).at(visit).level(from).level(to)
    }

    /// Whether anybody has no level at one of the visits.
    fn any_missing(&self, layout: &ShiftLayout, items: &[(&Item, Levels)], assembly: &mut Assembly<'_>) -> bool {
        let study = assembly.study;
        layout.at.iter().any(|visit| {
            items.iter().any(|(item, levels)| {
                levels.iter().any(|(from, _)| {
                    study.arm.iter().any(|arm| assembly.count(&self.key(item, visit, arm, (from, MISSING_LEVEL))) > 0)
                })
            })
        })
    }

    /// The rows of an item at a visit: a row a level that somebody had at baseline.
    fn item(
        &mut self,
        item: &Item,
        levels: &Levels,
        visit: &str,
        assembly: &mut Assembly<'_>,
        rows: &mut Vec<TableRow>,
    ) {
        let study = assembly.study;
        rows.push(heading(self.indent, item.label.clone()));
        for (from, label) in levels {
            let mut cells = Vec::new();
            let mut sum = 0;
            for arm in &study.arm {
                for (to, _) in &self.to {
                    // Another item's level.
                    if !levels.iter().any(|(own, _)| own == to) {
                        cells.push(plain(""));
                        continue;
                    }
                    let key = self.key(item, visit, arm, (from, to));
                    sum += assembly.count(&key);
                    let text = assembly.text(&key, Style::recorded(0));
                    cells.push(Cell { pages_of: Vec::new(), text, marks: Vec::new(), keys: vec![key] });
                }
            }
            if sum > 0 {
                rows.push(data_row(self.indent + 1, label, cells));
            } else if from != MISSING_LEVEL {
                self.omitted = true;
            }
        }
        if let Some(method) = item.test.filter(|_| !rows.last().is_some_and(|row| row.heading)) {
            rows.push(data_row(self.indent + 1, method.label(), self.tested(item, visit, method, assembly)));
        }
        // An item without any row has no heading either.
        if rows.last().is_some_and(|row| row.heading) {
            rows.pop();
        }
    }

    /// The test of an item in each arm, in the first of its columns.
    fn tested(&self, item: &Item, visit: &str, method: Method, assembly: &mut Assembly<'_>) -> Vec<Cell> {
        let study = assembly.study;
        let format = if method == Method::Kappa { "{kappa} ({kappa-lower}, {kappa-upper})" } else { "p = {p-value}" };
        let mut cells = Vec::new();
        for arm in &study.arm {
            let key = |s: Statistic| {
                let key = Key::new(&*self.summary.id, s).arm(&arm.id).variable(&item.id).at(visit).method(method);
                key.limited(0.95)
            };
            cells.push(assembly.cell(format, Style::recorded(0), &key));
            cells.extend(std::iter::repeat_with(|| plain("")).take(self.to.len().saturating_sub(1)));
        }
        cells
    }
}
