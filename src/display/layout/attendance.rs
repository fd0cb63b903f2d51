//! The attendance of visits: a table of the states of each visit, and a heat map that is read at a glance.

use crate::display::assemble::{Assembly, aligned, data_row, heading, note, plain};
use crate::display::layout::response::level_text;
use crate::display::layout::{Laid, contrasts};
use crate::display::number::Style;
use crate::display::report::{Align, Body, Cell, Column, Footnote, Grid, GridCell, GridPanel, GridRow, Table};
use crate::results::{Family, Key, Method, Reason, Statistic, Value};
use crate::spec::Study;
use crate::spec::attendance::{Attendance, AttendanceLayout, AttendanceMapLayout};
use crate::spec::design::Arm;
use crate::spec::text::Name;

/// The name of the visits themselves beside their forms, and of the day of the data, in the results.
const VISIT: &str = "visit";
const AS_OF: &str = "as-of";

/// The attendance of this name.
pub(super) fn of<'a>(study: &'a Study, name: &Name) -> Option<&'a Attendance> {
    study.attendance.iter().find(|own| own.id == *name)
}

/// The first method of a difference that was asked for.
pub(super) fn difference(own: &Attendance) -> Option<Method> {
    own.methods.iter().copied().find(|method| method.family() == Family::ShareDifference)
}

/// The key of a count of a visit, or of a form at it.
pub(super) fn key(own: &Attendance, variable: &str, at: Option<&str>, level: &str, statistic: Statistic) -> Key {
    let key = Key::new(&*own.id, statistic).variable(variable).level(level);
    Key { at: at.map(str::to_owned), ..key }
}

/// The difference of what is missing, of an arm from the reference, where one was asked for: under a head of its own.
pub(super) fn difference_cell(
    own: &Attendance,
    arms: (&Arm, &Arm),
    (variable, at, level): (&str, &str, &str),
    assembly: &mut Assembly<'_>,
) -> Cell {
    let Some(method) = difference(own) else { return Cell::default() };
    let style = Style { points: true, ..Style::recorded(0) };
    assembly.cell("{difference} ({difference-lower}, {difference-upper})", style, &|s| {
        key(own, variable, Some(at), level, s).contrast(&arms.0.id, &arms.1.id).method(method).limited(own.conf_level)
    })
}

/// The head of a difference of what is missing.
pub(super) fn difference_head(own: &Attendance, first: &str) -> Column {
    let interval = format!("({} % CI)", level_text(own.conf_level));
    Column { head: vec![first.to_owned(), "% points".to_owned(), interval], align: Align::Decimal }
}

/// What the difference is, in words.
pub(super) fn difference_note(own: &Attendance, study: &Study) -> Option<Footnote> {
    let method = difference(own).filter(|_| study.compares())?;
    let reference = &study.arm[study.reference_arm()].label;
    Some(note(format!(
        "Difference: what is missing of what is due, minus {reference}; CI: confidence interval ({}).",
        method.label()
    )))
}

/// The day of the data.
pub(super) fn day(own: &Attendance, assembly: &mut Assembly<'_>) -> String {
    assembly.text(&Key::new(&*own.id, Statistic::Until).variable(AS_OF), Style::recorded(0))
}

/// The day of the data, in words; and which visits are due by then.
pub(super) fn as_of(own: &Attendance, assembly: &mut Assembly<'_>) -> Footnote {
    let day = day(own, assembly);
    let left = if own.until.is_some() { "; not expected: left the study before the window opened" } else { "" };
    note(format!(
        "As of {day}. Done: something was recorded in the window of the visit or in the wider one; missed: nothing was, and \
         the window has closed; due: done or missed; not yet due: the window has not closed{left}."
    ))
}

/// The visits with their labels.
pub(super) fn visits<'a>(own: &'a Attendance, study: &'a Study) -> Vec<(&'a str, &'a str)> {
    own.at.iter().map(|visit| (&**visit, study.visit_label(visit).unwrap_or(visit))).collect()
}

/// The columns of the table: their heads, the format of their cells, and the state.
const COLUMNS: [(&[&str], &str, &str); 6] = [
    (&["Due", "n"], "{count}", "due"),
    (&["Done", "n (%)"], "{count} ({share})", "done"),
    (&["Outside the", "window, n"], "{count}", "outside"),
    (&["Missed", "n (%)"], "{count} ({share})", "missed"),
    (&["Not yet", "due, n"], "{count}", "not-due"),
    (&["Not", "expected, n"], "{count}", "not-expected"),
];

pub(super) fn table(layout: &AttendanceLayout, assembly: &mut Assembly<'_>) -> Option<Laid> {
    let study = assembly.study;
    let own = of(study, &layout.of)?;
    // Who never leaves is always expected.
    let shown = COLUMNS.iter().filter(|(.., state)| *state != "not-expected" || own.until.is_some());
    let shown: Vec<&(&[&str], &str, &str)> = shown.collect();
    let head = |(head, ..): &&(&[&str], &str, &str)| Column {
        head: head.iter().map(|line| (*line).to_owned()).collect(),
        align: Align::Decimal,
    };
    let mut columns: Vec<Column> = shown.iter().map(head).collect();
    let compared = if difference(own).is_some() { contrasts(study) } else { Vec::new() };
    if !compared.is_empty() {
        columns.push(difference_head(own, "Missed: difference"));
    }
    let mut numbers = Vec::new();
    for arm in &study.arm {
        numbers.push(assembly.counted(&Key::new(&*own.id, Statistic::N).arm(&arm.id)));
    }
    let mut rows = Vec::new();
    for (visit, label) in visits(own, study) {
        if study.compares() {
            rows.push(heading(0, label));
        }
        for (arm, number) in study.arm.iter().zip(&numbers) {
            let cell = |(_, format, state): &&(&[&str], &str, &str), assembly: &mut Assembly<'_>| {
                assembly.cell(format, Style::recorded(0), &|s| key(own, VISIT, Some(visit), state, s).arm(&arm.id))
            };
            let mut cells: Vec<Cell> = shown.iter().map(|column| cell(column, assembly)).collect();
            if !compared.is_empty() {
                let contrast = compared.iter().find(|(first, _)| first.id == arm.id);
                cells.push(
                    contrast.map_or_else(
                        || plain(""),
                        |arms| difference_cell(own, *arms, (VISIT, visit, "missed"), assembly),
                    ),
                );
            }
            let (indent, stub) =
                if study.compares() { (1, format!("{} (N = {number})", arm.label)) } else { (0, label.to_owned()) };
            rows.push(data_row(indent, stub, cells));
        }
    }
    let stub_head = match numbers.as_slice() {
        [number] => format!("{} (N = {number})", own.label),
        _ => own.label.clone(),
    };
    let mut footnotes = vec![as_of(own, assembly), note("n (%): number, and percentage of those due.")];
    footnotes.extend(difference_note(own, study).filter(|_| !compared.is_empty()));
    let table = Table { stub_head, columns, spanners: Vec::new(), rows };
    Some(Laid { body: Body::Table(aligned(table)), footnotes, analyses: vec![own.id.to_string()] })
}

pub(super) fn map(layout: &AttendanceMapLayout, assembly: &mut Assembly<'_>) -> Option<Laid> {
    let study = assembly.study;
    let own = of(study, &layout.of)?;
    let visits = visits(own, study);
    let mut panels = Vec::new();
    let mut alt = vec!["Heat map of the percentage done and received by visit.".to_owned()];
    for arm in &study.arm {
        let map = Map { own, arm, visits: &visits };
        let number = assembly.counted(&Key::new(&*own.id, Statistic::N).arm(&arm.id));
        let mut rows = vec![map.shares("Visit done", VISIT, "done", assembly)];
        rows.extend(own.forms.iter().map(|form| map.shares(&form.label, &form.id, "received", assembly)));
        if let Some(first) = rows.get_mut(1) {
            first.opens_group = true;
        }
        let words: Vec<String> = rows.iter().map(|row| map.words(row)).collect();
        alt.push(format!("{}: {}.", arm.label, words.join("; ")));
        for (label, state) in [("Due, n", "due"), ("Not yet due, n", "not-due"), ("Not expected, n", "not-expected")] {
            if state != "not-expected" || own.until.is_some() {
                rows.push(map.counts(label, state, assembly));
            }
        }
        panels.push(GridPanel {
            title: format!("{} (N = {number})", arm.label),
            x_title: String::new(),
            y_title: String::new(),
            columns: visits.iter().map(|(_, label)| (*label).to_owned()).collect(),
            rows,
        });
    }
    let example = GridCell { text: "50".to_owned(), shade: 50, ..GridCell::default() };
    let grid = Grid { panels, legend: vec![(example, "percent; darker: more".to_owned())], alt: alt.join(" ") };
    let mut footnotes = vec![as_of(own, assembly)];
    let of = if own.forms.is_empty() { "" } else { "; of forms, received of those expected" };
    footnotes.push(note(format!("Percentages, in whole numbers: visits done of those due{of}.")));
    Some(Laid { body: Body::Grid(grid), footnotes, analyses: vec![own.id.to_string()] })
}

/// The panel of an arm.
struct Map<'a> {
    own: &'a Attendance,
    arm: &'a Arm,
    visits: &'a [(&'a str, &'a str)],
}

impl Map<'_> {
    /// The percentages of a row.
    fn shares(&self, label: &str, variable: &str, level: &str, assembly: &mut Assembly<'_>) -> GridRow {
        let whole = Style { explicit: Some(0), ..Style::recorded(0) };
        let cells = self.visits.iter().map(|(visit, _)| {
            let key = key(self.own, variable, Some(visit), level, Statistic::Share).arm(&self.arm.id);
            let text = match assembly.row(&key).map(|row| &row.value) {
                Some(Value::NotEstimable(reason)) => reason.abbreviation().to_owned(),
                Some(value) => assembly.shown(key.statistic, value, whole),
                None if assembly.is_shell() => assembly.text(&key, whole),
                None => Reason::NoData.abbreviation().to_owned(),
            };
            // As dark as the number in it says.
            let shade = text.parse().unwrap_or(0);
            GridCell { text, shade, outlined: false, keys: vec![key] }
        });
        GridRow { label: label.to_owned(), opens_group: false, cells: cells.collect() }
    }

    fn counts(&self, label: &str, state: &str, assembly: &mut Assembly<'_>) -> GridRow {
        let cells = self.visits.iter().map(|(visit, _)| {
            let key = key(self.own, VISIT, Some(visit), state, Statistic::Count).arm(&self.arm.id);
            GridCell { text: assembly.counted(&key), keys: vec![key], ..GridCell::default() }
        });
        GridRow { label: label.to_owned(), opens_group: state == "due", cells: cells.collect() }
    }

    fn words(&self, row: &GridRow) -> String {
        let cells = row.cells.iter().zip(self.visits).map(|(cell, (_, label))| format!("{label} {} %", cell.text));
        format!("{}, {}", row.label, cells.collect::<Vec<_>>().join(", "))
    }
}
