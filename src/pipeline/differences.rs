//! Where two reports first differ, in the words of a reader: display, row, column, and both values.

use std::collections::BTreeMap;

use super::trace::{key_text, shown_keys, value_text};
use crate::display::report::{Body, Cell, Display, Table};
use crate::results::{Key, Results, Row};

/// The first display that differs, and in it the first cell; nothing if all displays show the same.
pub(super) fn first_of_displays(
    before: &[&Display],
    now: &[&Display],
    results_before: &Results,
    results_now: &Results,
) -> Option<String> {
    let known: BTreeMap<&str, &Display> = now.iter().map(|display| (display.id.as_str(), *display)).collect();
    for one in before {
        let name = format!("{} ({})", one.id, one.number);
        match known.get(one.id.as_str()) {
            None => return Some(format!("{name} is in the package, and is not made now")),
            Some(other) if other != one => {
                let told = of_words(one, other)
                    .or_else(|| match (&one.body, &other.body) {
                        (Body::Table(one), Body::Table(other)) => of_tables(one, other),
                        _ => None,
                    })
                    .or_else(|| of_results(&shown_keys(one), results_before, results_now));
                // A listing or a curve may differ in what no result holds.
                return Some(format!("{name}, {}", told.unwrap_or_else(|| "what it shows differs".to_owned())));
            }
            Some(_) => {}
        }
    }
    let more = now.iter().find(|display| !before.iter().any(|one| one.id == display.id))?;
    Some(format!("{} ({}) is made now, and is not in the package", more.id, more.number))
}

/// Both values, as all differences are told.
fn both(what: &str, before: &str, now: &str) -> String {
    format!("{what}: “{before}” in the package, “{now}” now")
}

/// What stands around a display.
fn of_words(one: &Display, other: &Display) -> Option<String> {
    let notes = |display: &Display| -> String {
        display.footnotes.iter().map(|note| note.text.as_str()).collect::<Vec<_>>().join(" ")
    };
    [
        ("number", one.number.clone(), other.number.clone()),
        ("title", one.title.clone(), other.title.clone()),
        ("subtitle", one.subtitle.clone(), other.subtitle.clone()),
        ("footnotes", notes(one), notes(other)),
    ]
    .into_iter()
    // Footnotes follow from the cells: they are told only where the body is the same.
    .filter(|(what, ..)| *what != "footnotes" || one.body == other.body)
    .find(|(_, before, now)| before != now)
    .map(|(what, before, now)| both(what, &before, &now))
}

/// The first cell in which two tables differ.
fn of_tables(one: &Table, other: &Table) -> Option<String> {
    for (number, (before, now)) in one.columns.iter().zip(&other.columns).enumerate() {
        if before.head != now.head {
            return Some(both(&format!("head of column {}", number + 1), &before.head.join(" "), &now.head.join(" ")));
        }
    }
    if one.columns.len() != other.columns.len() {
        return Some(both("number of columns", &one.columns.len().to_string(), &other.columns.len().to_string()));
    }
    for (number, (before, now)) in one.rows.iter().zip(&other.rows).enumerate() {
        if before.stub != now.stub {
            return Some(both(&format!("row {}", number + 1), before.stub.trim(), now.stub.trim()));
        }
        for (column, (a, b)) in before.cells.iter().zip(&now.cells).enumerate() {
            let marked = |cell: &Cell| format!("{} {}", cell.text, cell.marks.join(" "));
            if (&a.text, &a.marks) != (&b.text, &b.marks) {
                let head = one.columns.get(column).map(|column| column.head.join(" ")).unwrap_or_default();
                let place = format!("row {} “{}”, column {} “{head}”", number + 1, before.stub.trim(), column + 1);
                return Some(both(&place, marked(a).trim(), marked(b).trim()));
            }
        }
    }
    (one.rows.len() != other.rows.len())
        .then(|| both("number of rows", &one.rows.len().to_string(), &other.rows.len().to_string()))
}

/// The first result that differs.
pub(super) fn first_of_rows(before: &Results, now: &Results) -> Option<String> {
    let keys: Vec<Key> = before.rows.iter().chain(&now.rows).map(|row| row.key.clone()).collect();
    of_results(&keys, before, now)
}

/// The first of these results that differs.
fn of_results(keys: &[Key], before: &Results, now: &Results) -> Option<String> {
    fn by_key(results: &Results) -> BTreeMap<&Key, &Row> {
        results.rows.iter().map(|row| (&row.key, row)).collect()
    }
    let (before, now) = (by_key(before), by_key(now));
    let value = |row: Option<&&Row>| row.map_or_else(|| "no such result".to_owned(), |row| value_text(row));
    keys.iter().find_map(|key| {
        let (one, other) = (before.get(key), now.get(key));
        let same = one.map(|row| (&row.value, &row.unit)) == other.map(|row| (&row.value, &row.unit));
        let name = || format!("result {} {}", key.analysis, key_text(key));
        (!same).then(|| both(&name(), &value(one), &value(other)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::display::report::{Align, Column, TableRow};
    use crate::results::{Statistic, Value};

    fn display(cell: &str, stub: &str) -> Display {
        let columns = vec![Column { head: vec!["Active".to_owned(), "(N = 20)".to_owned()], align: Align::Decimal }];
        let cells = vec![Cell { text: cell.to_owned(), ..Cell::default() }];
        let row = TableRow { indent: 0, stub: stub.to_owned(), heading: false, opens_group: false, cells };
        let table = Table { stub_head: String::new(), columns, spanners: Vec::new(), rows: vec![row] };
        Display {
            id: "t-1".to_owned(),
            number: "Table 1".to_owned(),
            title: "Responders".to_owned(),
            subtitle: String::new(),
            estimand: Vec::new(),
            body: Body::Table(table),
            footnotes: Vec::new(),
            source: String::new(),
        }
    }

    #[test]
    fn the_first_cell_is_named_with_row_column_and_both_values() {
        let results = Results::default();
        let first = |a: &[&Display], b: &[&Display]| first_of_displays(a, b, &results, &results);
        let (one, other, third) = (display("12", "Yes"), display("13", "Yes"), display("13", "No"));
        assert_eq!(first(&[&one], &[&one.clone()]), None);
        assert_eq!(
            first(&[&one], &[&other]).unwrap(),
            "t-1 (Table 1), row 1 “Yes”, column 1 “Active (N = 20)”: “12” in the package, “13” now"
        );
        assert!(first(&[&one], &[&third]).unwrap().contains("row 1: “Yes” in the package, “No” now"));
        assert!(first(&[&one], &[]).unwrap().ends_with("is not made now"));
        assert!(first(&[], &[&one]).unwrap().ends_with("is not in the package"));
    }

    #[test]
    fn the_first_result_is_named_where_no_cell_is() {
        let of = |count| Results {
            rows: vec![Row {
                key: Key::new("response", Statistic::Count).arm("active"),
                value: Value::Count(count),
                unit: None,
                subjects: None,
            }],
            ..Results::default()
        };
        assert_eq!(first_of_rows(&of(3), &of(3)), None);
        let told = first_of_rows(&of(3), &of(4)).unwrap();
        assert!(
            told.starts_with("result response arm=active") && told.contains("“3” in the package, “4” now"),
            "{told}"
        );
        assert!(first_of_rows(&of(3), &Results::default()).unwrap().contains("“no such result” now"));
    }
}
