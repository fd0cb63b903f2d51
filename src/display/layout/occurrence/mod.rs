//! A table of occurrences: how many subjects have a record, in all, for each condition, or at each level of a hierarchy;
//! arms side by side, with grades, rates and comparisons where they are asked for.

mod columns;
mod nodes;
mod notes;

pub(super) use columns::{GRADE, compared, difference_method};
pub(super) use nodes::{Choice, Node, nodes, real};

use crate::display::assemble::{Assembly, aligned, data_row, plain};
use crate::display::layout::Laid;
use crate::display::report::{Body, TableRow};
use crate::results::MISSING_LEVEL;
use crate::spec::safety_figure::{GradesAs, OccurrenceLayout};
use columns::{Columns, Table};

pub(super) fn table(layout: &OccurrenceLayout, assembly: &mut Assembly<'_>) -> Option<Laid> {
    let study = assembly.study;
    let occurrence = study.occurrence.iter().find(|occurrence| occurrence.id == layout.of)?;
    let of = Table { layout, occurrence };
    let choice = Choice { sort: layout.sort, at_least: layout.at_least, depth: layout.depth };
    let below = nodes(occurrence, choice, assembly);
    // Without items and levels the whole is all there is.
    let bare = occurrence.items.is_empty() && occurrence.levels.is_empty();
    let label = if bare && layout.any.is_empty() { &occurrence.label } else { &layout.any };
    let nothing = below.is_empty() && !bare;
    let whole = (occurrence.items.is_empty() && !label.is_empty()).then(|| Node::whole(label));
    let all: Vec<Node> = whole.into_iter().chain(below).collect();
    let columns = of.columns(&all, assembly);
    let mut rows = Vec::new();
    let mut left_out = false;
    for node in &all {
        left_out |= of.rows(node, &columns, assembly, &mut rows);
    }
    if nothing {
        rows.push(data_row(0, notes::none(of, assembly), columns.places.iter().map(|_| plain("")).collect()));
    }
    let footnotes = of.notes(&all, left_out, assembly);
    let Columns { heads: columns, spanners, .. } = columns;
    let table = crate::display::report::Table { stub_head: layout.stub.clone(), columns, spanners, rows };
    Some(Laid { body: Body::Table(aligned(table)), footnotes, analyses: vec![occurrence.id.to_string()] })
}

impl Table<'_> {
    /// The row of a node, and those of its grades below it; whether a grade that nobody has was left out.
    fn rows(self, node: &Node, columns: &Columns, assembly: &mut Assembly<'_>, rows: &mut Vec<TableRow>) -> bool {
        let mut push = |indent, label: &str, opens_group, grade: Option<&str>, assembly: &mut Assembly<'_>| {
            let cells = columns.places.iter().map(|place| self.cell(node, grade, place, assembly)).collect();
            rows.push(TableRow { opens_group, ..data_row(indent, label, cells) });
        };
        let as_rows = self.layout.grades == Some(GradesAs::Rows) && self.occurrence.grade.is_some();
        let opens_group = node.opens_group || as_rows && node.indent == 0;
        push(node.indent, &node.label, opens_group, None, assembly);
        if !as_rows || node.of_subjects {
            return false;
        }
        // Grades of an outer level stand deeper than the levels below it, so that they are not taken for them.
        let indent = node.indent + if self.occurrence.levels.len() > 1 { 2 } else { 1 };
        let mut left_out = false;
        for grade in &self.occurrence.grades {
            if self.has_grade(node, &grade.value, assembly) {
                push(indent, &grade.label, false, Some(&grade.value), assembly);
            } else {
                left_out = true;
            }
        }
        if self.has_unknown_grade(node, assembly) {
            push(indent, "Missing", false, Some(MISSING_LEVEL), assembly);
        }
        left_out
    }
}

#[cfg(test)]
mod tests;
