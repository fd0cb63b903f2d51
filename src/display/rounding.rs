//! The cells whose text depends on the rounding rule. The report is arranged under both rules, and what differs is told
//! with the number behind it.

use crate::display::assemble::{data_row, heading, plain};
use crate::display::number;
use crate::display::report::{Align, Body, Cell, Column, Display, Plot, Report, Table};
use crate::display::shell;
use crate::results::{Extract, Key, Lookup, Results, Value};
use crate::spec::Study;
use crate::spec::design::Rounding;

/// A cell that shows another text under the other rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Difference {
    /// Number of the display.
    display: String,
    /// The stub, with those of the headings above it.
    row: String,
    /// The head of the column.
    column: String,
    /// The numbers that lie halfway, in full.
    values: String,
    /// The text of the cell.
    printed: String,
    /// What the other rule would print.
    other: String,
}

/// A cell and where it stands.
struct Spot<'a> {
    row: String,
    column: String,
    text: String,
    keys: &'a [Key],
}

/// Fills the tables of such cells in a report: `other` is the same report, arranged under the other rule.
pub(super) fn fill(study: &Study, results: &Results, report: &mut Report, other: &Report) {
    let lookup = Lookup::new(results);
    let twins = other.sections.iter().flat_map(|section| &section.displays);
    let all: Vec<Difference> = report
        .sections
        .iter()
        .flat_map(|section| &section.displays)
        .zip(twins)
        .filter(|(own, _)| !is_rounding(study, own))
        .flat_map(|(own, twin)| differences(own, twin, &lookup, results.extract(&own.id)))
        .collect();
    put(study, report, &all);
}

/// Fills them in a report without data.
pub(super) fn example(study: &Study, report: &mut Report) {
    let words = || shell::WORDS.to_owned();
    let one = Difference {
        display: words(),
        row: words(),
        column: words(),
        values: words(),
        printed: words(),
        other: words(),
    };
    put(study, report, &[one]);
}

fn put(study: &Study, report: &mut Report, differences: &[Difference]) {
    for display in report.sections.iter_mut().flat_map(|section| &mut section.displays) {
        if is_rounding(study, display) {
            display.body = table(differences, study.study.rounding);
        }
    }
}

fn is_rounding(study: &Study, display: &Display) -> bool {
    study.display.iter().any(|spec| spec.rounding.is_some() && *spec.id == *display.id)
}

/// The cells of a display that its twin shows otherwise.
fn differences(own: &Display, twin: &Display, lookup: &Lookup<'_>, extract: Option<&Extract>) -> Vec<Difference> {
    let (cells, others) = (spots(&own.body), spots(&twin.body));
    let differ = cells.iter().zip(&others).filter(|(cell, other)| cell.text != other.text);
    differ
        .map(|(cell, other)| Difference {
            display: own.number.clone(),
            row: cell.row.clone(),
            column: cell.column.clone(),
            values: behind(cell, &other.text, lookup, extract).join(", "),
            printed: cell.text.clone(),
            other: other.text.clone(),
        })
        .collect()
}

/// The numbers behind a cell that lie halfway, in full: results, else values of the listing.
fn behind(cell: &Spot<'_>, other: &str, lookup: &Lookup<'_>, extract: Option<&Extract>) -> Vec<String> {
    let mut values = Vec::new();
    let mut add = |value: &Value| {
        if let Some(full) = halfway(value, &cell.text, other)
            && !values.contains(&full)
        {
            values.push(full);
        }
    };
    for row in cell.keys.iter().filter_map(|key| lookup.get(key)) {
        add(&row.value);
    }
    if cell.keys.is_empty() {
        let texts = extract.iter().flat_map(|extract| &extract.lines).flatten();
        texts.filter_map(|text| text.parse().ok()).filter(|value: &f64| value.is_finite()).for_each(|value| {
            add(&Value::Number(value));
        });
    }
    values
}

/// A value in full, if with some number of decimals it is what one cell shows by one rule and the other by the other.
fn halfway(value: &Value, own: &str, other: &str) -> Option<String> {
    const DECIMALS: std::ops::RangeInclusive<u8> = 0..=9;
    let apart = |make: &dyn Fn(Rounding) -> String| {
        let (away, even) = (make(Rounding::HalfAwayFromZero), make(Rounding::HalfEven));
        let shown = |first: &str, second: &str| own.contains(first) && other.contains(second);
        away != even && (shown(&away, &even) || shown(&even, &away))
    };
    match value {
        Value::Share { part, whole } => DECIMALS
            .into_iter()
            .any(|places| apart(&|rule| number::percent(*part, *whole, places, rule)))
            .then(|| format!("{part}/{whole}")),
        Value::Number(value) => DECIMALS
            .into_iter()
            .any(|places| {
                apart(&|rule| number::decimal(*value, places, rule))
                    || apart(&|rule| number::percent_of_number(*value, places, rule))
            })
            .then(|| number::shortest(*value)),
        _ => None,
    }
}

/// The table of all differences.
pub(super) fn table(differences: &[Difference], rule: Rounding) -> Body {
    let heads = ["Column", "Value", "Printed", name(rule.other())];
    let columns = heads.map(|head| Column { head: vec![head.to_owned()], align: Align::Left }).to_vec();
    let mut rows = Vec::new();
    let mut latest = "";
    for one in differences {
        if latest != one.display {
            rows.push(heading(0, one.display.clone()));
            latest = &one.display;
        }
        let cells = [&one.column, &one.values, &one.printed, &one.other].map(|text| plain(text.as_str())).to_vec();
        rows.push(data_row(1, one.row.clone(), cells));
    }
    if rows.is_empty() {
        rows.push(data_row(0, "None", heads.iter().map(|_| plain("")).collect()));
    }
    Body::Table(Table { stub_head: "Row".to_owned(), columns, spanners: Vec::new(), rows })
}

/// A rule, as the head of a column.
const fn name(rule: Rounding) -> &'static str {
    match rule {
        Rounding::HalfAwayFromZero => "Half away from zero",
        Rounding::HalfEven => "Half to even",
    }
}

/// Every cell with text of a display.
fn spots(body: &Body) -> Vec<Spot<'_>> {
    let mut all = Vec::new();
    match body {
        Body::Table(table) => of_table("", table, &mut all),
        Body::Plot(plot) => of_plot("", plot, &mut all),
        Body::Panels(panels) | Body::Stack(panels) => {
            for panel in panels {
                of_plot(&panel.title, &panel.plot, &mut all);
            }
        }
        Body::Forest(forest) => {
            let mut above: Vec<(u8, &str)> = Vec::new();
            for row in &forest.rows {
                let stub = path("", &mut above, row.indent, &row.stub);
                of_cells(&stub, &forest.columns, &row.cells, &mut all);
            }
        }
        Body::Grid(grid) => {
            for panel in &grid.panels {
                for row in &panel.rows {
                    for (column, cell) in panel.columns.iter().zip(&row.cells) {
                        let (row, column) = (joined(&panel.title, &row.label), column.clone());
                        all.push(Spot { row, column, text: cell.text.clone(), keys: &cell.keys });
                    }
                }
            }
        }
        Body::Profiles(profiles) => {
            for profile in profiles {
                for (title, table) in &profile.tables {
                    of_table(&joined(&profile.title, title), table, &mut all);
                }
            }
        }
        Body::Snapshot(snapshot) => {
            for card in snapshot.groups.iter().flat_map(|group| &group.cards) {
                let texts = [("Number", &card.number), ("Share", &card.below)].into_iter();
                for (column, text) in
                    texts.chain(card.arms.iter().map(|(arm, text)| (snapshot.arms[*arm].as_str(), text)))
                {
                    let (row, column) = (card.label.clone(), column.to_owned());
                    all.push(Spot { row, column, text: text.clone(), keys: &card.keys });
                }
            }
        }
        // Their texts are counts, words and labels.
        Body::Flow(_) | Body::Lanes(_) | Body::Dots(_) => {}
    }
    all
}

fn of_table<'a>(title: &str, table: &'a Table, all: &mut Vec<Spot<'a>>) {
    let mut above: Vec<(u8, &str)> = Vec::new();
    for row in &table.rows {
        let stub = path(title, &mut above, row.indent, &row.stub);
        of_cells(&stub, &table.columns, &row.cells, all);
    }
}

fn of_cells<'a>(stub: &str, columns: &[Column], cells: &'a [Cell], all: &mut Vec<Spot<'a>>) {
    for (column, cell) in columns.iter().zip(cells) {
        let head: Vec<&str> = column.head.iter().map(String::as_str).filter(|line| !line.starts_with("(N =")).collect();
        all.push(Spot { row: stub.to_owned(), column: head.join(" "), text: bare(&cell.text), keys: &cell.keys });
    }
}

fn of_plot<'a>(title: &str, plot: &'a Plot, all: &mut Vec<Spot<'a>>) {
    for row in &plot.under {
        for (tick, cell) in plot.x.ticks.iter().zip(&row.cells) {
            let row = joined(title, &row.label);
            all.push(Spot { row, column: tick.1.clone(), text: bare(&cell.text), keys: &cell.keys });
        }
    }
}

/// A stub behind those above it that have less indent.
fn path<'a>(title: &str, above: &mut Vec<(u8, &'a str)>, indent: u8, stub: &'a str) -> String {
    above.retain(|(other, _)| *other < indent);
    above.push((indent, stub));
    let stubs: Vec<&str> = above.iter().map(|(_, stub)| *stub).collect();
    joined(title, &stubs.join(", "))
}

fn joined(title: &str, rest: &str) -> String {
    if title.is_empty() { rest.to_owned() } else { format!("{title}, {rest}") }
}

/// The text of a cell without the blanks that align it.
fn bare(text: &str) -> String {
    text.replace('\u{2007}', "")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::display::report::TableRow;
    use crate::results::{Row, Statistic};

    fn display(cells: [&str; 2]) -> Display {
        let key = Key::new("a", Statistic::Mean);
        let cell = |text: &str| Cell { text: text.to_owned(), keys: vec![key.clone()], ..Cell::default() };
        let column = |head: &str| Column { head: vec![head.to_owned(), "(N = 3)".to_owned()], align: Align::Decimal };
        let rows: Vec<TableRow> = vec![heading(0, "Age"), data_row(1, "Mean", cells.map(cell).to_vec())];
        let columns = vec![column("New"), column("Old")];
        let table = Table { stub_head: String::new(), columns, spanners: Vec::new(), rows };
        Display {
            id: "t".to_owned(),
            number: "Table 1".to_owned(),
            title: String::new(),
            subtitle: String::new(),
            estimand: Vec::new(),
            body: Body::Table(table),
            footnotes: Vec::new(),
            source: String::new(),
        }
    }

    #[test]
    fn a_cell_that_differs_is_told_with_its_number_and_padding_is_not_a_difference() {
        let row = Row { key: Key::new("a", Statistic::Mean), value: Value::Number(0.25), unit: None, subjects: None };
        let results = Results { rows: vec![row], ..Results::default() };
        let (own, twin) = (display(["0.3 (1)", "\u{2007}0.4"]), display(["0.2 (1)", "0.4"]));
        let found = differences(&own, &twin, &Lookup::new(&results), None);
        let [one] = found.as_slice() else { panic!("one cell differs, not {found:?}") };
        assert_eq!((one.row.as_str(), one.column.as_str()), ("Age, Mean", "New"));
        assert_eq!((one.values.as_str(), one.other.as_str()), ("0.25", "0.2 (1)"));
        let Body::Table(table) = table(&found, Rounding::HalfAwayFromZero) else { panic!("it is a table") };
        let texts: Vec<&str> = table.rows[1].cells.iter().map(|cell| cell.text.as_str()).collect();
        assert_eq!(texts, ["New", "0.25", "0.3 (1)", "0.2 (1)"]);
        assert_eq!(table.columns[3].head, ["Half to even"]);
    }

    #[test]
    fn the_number_behind_a_cell_is_the_one_that_lies_halfway() {
        let share = |part, whole| Value::Share { part, whole };
        assert_eq!(halfway(&share(1, 16), "1 (6.3)", "1 (6.2)").as_deref(), Some("1/16"));
        assert_eq!(halfway(&share(1, 8), "1 (12.5)", "1 (12.5)"), None);
        assert_eq!(halfway(&Value::Number(-1.25), "−1.3", "−1.2").as_deref(), Some("−1.25"));
        assert_eq!(halfway(&Value::Number(-1.15), "−1.3", "−1.2"), None);
        assert_eq!(halfway(&Value::Number(0.35), "0.4", "0.4"), None);
    }

    #[test]
    fn without_a_difference_the_table_says_none() {
        let Body::Table(table) = table(&[], Rounding::HalfEven) else { panic!("it is a table") };
        assert_eq!((table.rows.len(), table.rows[0].stub.as_str()), (1, "None"));
    }
}
