//! How current the data are: what is expected, received and overdue of each form, and the last record of each source.

use crate::display::assemble::{Assembly, aligned, data_row, heading, note, plain};
use crate::display::layout::attendance::{
    as_of, day, difference, difference_cell, difference_head, difference_note, key, of, visits,
};
use crate::display::layout::{Laid, contrasts};
use crate::display::number::Style;
use crate::display::report::{Align, Body, Cell, Column, Spanner, Table};
use crate::results::{Key, Statistic};
use crate::spec::attendance::{Attendance, CurrencyLayout, Form, SourcesLayout};
use crate::spec::design::Arm;

pub(super) fn table(layout: &CurrencyLayout, assembly: &mut Assembly<'_>) -> Option<Laid> {
    let study = assembly.study;
    let own = of(study, &layout.of)?;
    let compared = contrasts(study);
    let shows_difference = difference(own).is_some() && !compared.is_empty();
    let (columns, spanners) = columns(own, shows_difference, assembly);
    let found = layout.forms.iter().filter_map(|name| own.forms.iter().find(|form| form.id == *name));
    let forms: Vec<&Form> = if layout.forms.is_empty() { own.forms.iter().collect() } else { found.collect() };
    let mut rows = Vec::new();
    for form in forms {
        rows.push(heading(0, form.label.clone()));
        let row = Line { own, form, compared: if shows_difference { &compared } else { &[] } };
        for (visit, label) in visits(own, study) {
            rows.push(data_row(1, label, row.cells(Some(visit), assembly)));
        }
        if own.at.len() > 1 {
            rows.push(data_row(1, "All visits", row.cells(None, assembly)));
        }
    }
    let mut footnotes = vec![
        as_of(own, assembly),
        note(
            "Expected: forms of visits that were done or missed, and any that is there. Overdue: expected and not received; \
             days since the visit, or since the last day of its window where nothing was recorded: median (longest).",
        ),
    ];
    footnotes.extend(difference_note(own, study).filter(|_| shows_difference));
    let table = Table { stub_head: "Form".to_owned(), columns, spanners, rows };
    Some(Laid { body: Body::Table(aligned(table)), footnotes, analyses: vec![own.id.to_string()] })
}

/// The columns of all together, and what is overdue in each arm where there are several.
fn columns(own: &Attendance, shows_difference: bool, assembly: &mut Assembly<'_>) -> (Vec<Column>, Vec<Spanner>) {
    let study = assembly.study;
    let column =
        |head: &[&str]| Column { head: head.iter().map(|line| (*line).to_owned()).collect(), align: Align::Decimal };
    let mut columns: Vec<Column> =
        [&["Expected", "n"], &["Received", "n (%)"], &["Overdue", "n (%)"], &["Overdue", "days"]]
            .map(|head| column(head))
            .to_vec();
    let number = assembly.counted(&Key::new(&*own.id, Statistic::N));
    let mut spanners =
        vec![Spanner { text: format!("All participants (N = {number})"), first: 0, columns: columns.len() }];
    if study.compares() {
        let first = columns.len();
        for arm in &study.arm {
            let head = assembly.head(&arm.label, &Key::new(&*own.id, Statistic::N).arm(&arm.id));
            columns.push(Column { head: head.head.into_iter().chain(["n/N (%)".to_owned()]).collect(), ..head });
        }
        if shows_difference {
            let compared = contrasts(study);
            for (arm, reference) in &compared {
                let versus = format!("{} − {}", arm.label, reference.label);
                columns.push(difference_head(own, if compared.len() > 1 { &versus } else { "Difference" }));
            }
        }
        spanners.push(Spanner { text: "Overdue".to_owned(), first, columns: columns.len() - first });
    }
    (columns, spanners)
}

/// A form, of which a visit or all together have a line.
struct Line<'a> {
    own: &'a Attendance,
    form: &'a Form,
    compared: &'a [(&'a Arm, &'a Arm)],
}

impl Line<'_> {
    fn cells(&self, at: Option<&str>, assembly: &mut Assembly<'_>) -> Vec<Cell> {
        let study = assembly.study;
        let style = Style::recorded(0);
        let of = |level: &str, s: Statistic| key(self.own, &self.form.id, at, level, s);
        let days = "{median:0} ({max:0})";
        let mut cells = Vec::new();
        for (format, level) in
            [("{count}", "expected"), ("{count} ({share})", "received"), ("{count} ({share})", "overdue")]
        {
            cells.push(assembly.cell(format, style, &|s| of(level, s)));
        }
        // Where nothing is overdue there are no days, and that is no gap to be explained.
        let overdue = assembly.count(&of("overdue", Statistic::Count)) > 0;
        cells.push(if overdue { assembly.cell(days, style, &|s| of("overdue", s)) } else { plain("") });
        if study.compares() {
            for arm in &study.arm {
                let expected = assembly.counted(&of("expected", Statistic::Count).arm(&arm.id));
                let format = format!("{{count}}/{expected} ({{share}})");
                cells.push(assembly.cell(&format, style, &|s| of("overdue", s).arm(&arm.id)));
            }
        }
        for arms in self.compared {
            cells.push(at.map_or_else(
                || plain(""),
                |visit| difference_cell(self.own, *arms, (&self.form.id, visit, "overdue"), assembly),
            ));
        }
        cells
    }
}

pub(super) fn sources(layout: &SourcesLayout, assembly: &mut Assembly<'_>) -> Option<Laid> {
    let study = assembly.study;
    let own = of(study, &layout.of)?;
    let lagged = own.sources.iter().any(|source| source.entered.is_some());
    let column =
        |head: &[&str], align: Align| Column { head: head.iter().map(|line| (*line).to_owned()).collect(), align };
    let mut columns = vec![column(&["Records", "n"], Align::Decimal), column(&["Last date", "recorded"], Align::Left)];
    if lagged {
        columns.push(column(&["Lag of entry, days", "median (longest)"], Align::Decimal));
    }
    let mut rows = Vec::new();
    for source in &own.sources {
        let base = |s: Statistic| Key::new(&*own.id, s).variable(&source.id);
        let style = Style::recorded(0);
        let mut cells =
            vec![assembly.cell("{events}", style, &base), assembly.cell("{max}", style, &|s| base(s).level("last"))];
        if lagged {
            cells.push(match source.entered {
                Some(_) => assembly.cell("{median:0} ({max:0})", style, &|s| base(s).level("lag")),
                None => plain(""),
            });
        }
        rows.push(data_row(0, source.label.clone(), cells));
    }
    let day = day(own, assembly);
    let mut words = format!(
        "As of {day}. Records of the participants of the analysis set; the last date recorded stands for that of the last transfer."
    );
    if lagged {
        words.push_str(" Lag of entry: days from the date of a record to that of its entry.");
    }
    let table = Table { stub_head: "Source".to_owned(), columns, spanners: Vec::new(), rows };
    Some(Laid { body: Body::Table(aligned(table)), footnotes: vec![note(words)], analyses: vec![own.id.to_string()] })
}
