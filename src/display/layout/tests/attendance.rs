//! The attendance of visits and the currency of the data, laid out from small results made by hand.

use super::{laid_of, notes};
use crate::display::layout::Laid;
use crate::display::report::{Body, Table};
use crate::results::{Key, Method, Reason, Results, Row, Statistic, Value};

const ARM: &str = r#"
[[arm]]
id = "ID"
label = "LABEL"
planned = "TRUE"
actual = "TRUE"
"#;

const STUDY: &str = r#"
[study]
id = "T"
title = "Test"
kind = "Test"
status = "Test"
[data]
subjects = "DM"
datasets = { DM = { file = "dm.csv" }, LB = { file = "lb.csv" } }
[[analysis-set]]
id = "all"
label = "Everybody"
rule = "TRUE"
[visits]
reference = "DAY1"
baseline = { id = "BL", label = "Baseline" }
schedule = [{ id = "W4", label = "Week 4", day = 29, within = 7 }, { id = "W8", label = "Week 8", day = 57, within = 7 }]
[measure.weight]
label = "Weight"
dataset = "LB"
where = "TRUE"
value = "AVAL"
date = "ADT"
[frame.f]
label = "Frame"
measures = ["weight"]
[records.lb]
label = "Laboratory"
dataset = "LB"
[[attendance]]
id = "v"
label = "Visits"
analysis-set = "all"
frame = "f"
at = ["W4", "W8"]
until = "LASTDAY"
forms = [{ id = "weight", label = "Weight", of = "weight" }]
sources = [{ id = "lab", label = "Laboratory", records = "lb", date = "ADT", entered = "EDT" }, { id = "other", label = "Other", records = "lb", date = "ADT" }]
methods = ["newcombe"]
[[section]]
number = "1"
title = "One"
[[display]]
id = "shown"
number = "Table 1"
section = "1"
title = "Shown"
"#;

const ARMS: [&str; 3] = ["a", "b", "c"];

fn study(arms: usize) -> String {
    let arm = |id: &&str| ARM.replace("ID", id).replace("LABEL", &format!("Arm {}", id.to_uppercase()));
    let others: String = ARMS[..arms].iter().map(arm).collect();
    format!("{others}reference = true\n{STUDY}")
}

/// Ten participants in each arm. At week 4 nine are due, of whom one missed; at week 8 none is due.
fn results(arms: usize) -> Results {
    let mut results = Results::default();
    let mut push = |key: Key, value: Value| results.rows.push(Row { key, value, unit: None, subjects: None });
    push(Key::new("v", Statistic::Until).variable("as-of"), Value::Text("2024-05-31".to_owned()));
    let groups: Vec<Option<&str>> = ARMS[..arms].iter().copied().map(Some).chain([None]).collect();
    for group in groups {
        let times = if group.is_some() { 1 } else { arms as u64 };
        let of = |key: Key| group.map_or(key.clone(), |arm| key.arm(arm));
        push(of(Key::new("v", Statistic::N)), Value::Count(10 * times));
        for (visit, states) in [("W4", [9, 8, 7, 1, 1, 0, 1]), ("W8", [0, 0, 0, 0, 0, 8, 2])] {
            let names = ["due", "done", "in-window", "outside", "missed", "not-due", "not-expected"];
            for (name, count) in names.into_iter().zip(states) {
                let key = |s| of(Key::new("v", s)).variable("visit").at(visit).level(name);
                push(key(Statistic::Count), Value::Count(count * times));
                push(key(Statistic::Share), Value::share(count * times, states[0] * times));
            }
        }
        for (at, [expected, received, overdue]) in [(Some("W4"), [9, 7, 2]), (Some("W8"), [0, 0, 0]), (None, [9, 7, 2])]
        {
            for (name, count) in [("expected", expected), ("received", received), ("overdue", overdue)] {
                let key = |s| Key { at: at.map(str::to_owned), ..of(Key::new("v", s)).variable("weight").level(name) };
                push(key(Statistic::Count), Value::Count(count * times));
                push(key(Statistic::Share), Value::share(count * times, expected * times));
                if name == "overdue" {
                    let days =
                        |days: f64| if count > 0 { Value::Number(days) } else { Value::NotEstimable(Reason::NoData) };
                    push(key(Statistic::Median), days(12.0));
                    push(key(Statistic::Max), days(20.0));
                }
            }
        }
    }
    for arm in &ARMS[..arms - 1] {
        for (variable, level) in [("visit", "missed"), ("weight", "overdue")] {
            for (visit, known) in [("W4", true), ("W8", false)] {
                for (statistic, value) in [
                    (Statistic::Difference, 0.0),
                    (Statistic::DifferenceLower, -0.25),
                    (Statistic::DifferenceUpper, 0.25),
                ] {
                    let key = Key::new("v", statistic).variable(variable).at(visit).level(level);
                    let key = key.contrast(arm, ARMS[arms - 1]).method(Method::Newcombe).limited(0.95);
                    push(key, if known { Value::Number(value) } else { Value::NotEstimable(Reason::NoData) });
                }
            }
        }
    }
    push(Key::new("v", Statistic::Events).variable("lab"), Value::Count(120));
    push(Key::new("v", Statistic::Max).variable("lab").level("last"), Value::Text("2024-05-28".to_owned()));
    push(Key::new("v", Statistic::Median).variable("lab").level("lag"), Value::Number(3.0));
    push(Key::new("v", Statistic::Max).variable("lab").level("lag"), Value::Number(41.0));
    push(Key::new("v", Statistic::Events).variable("other"), Value::Count(0));
    push(Key::new("v", Statistic::Max).variable("other").level("last"), Value::NotEstimable(Reason::NoData));
    results
}

fn laid(arms: usize, layout: &str) -> Laid {
    let layout = format!("{layout} = {{ of = \"v\" }}\n");
    laid_of(&study(arms), &layout, &results(arms)).unwrap_or_else(|error| panic!("{error}"))
}

fn table(laid: &Laid) -> &Table {
    let Body::Table(table) = &laid.body else { panic!("no table") };
    table
}

fn heads(laid: &Laid) -> Vec<String> {
    table(laid).columns.iter().map(|column| column.head.join(" ")).collect()
}

fn lines(laid: &Laid) -> Vec<String> {
    let row = |row: &crate::display::report::TableRow| {
        let cells = row.cells.iter().map(|cell| cell.text.trim_matches([' ', '\u{2007}', '\u{2008}']));
        std::iter::once(row.stub.as_str()).chain(cells).collect::<Vec<_>>().join(" | ")
    };
    table(laid).rows.iter().map(row).collect()
}

#[test]
fn the_states_of_a_visit_stand_on_its_line() {
    let one = laid(1, "attendance");
    assert_eq!(table(&one).stub_head, "Visits (N = 10)");
    let expected =
        ["Due n", "Done n (%)", "Outside the window, n", "Missed n (%)", "Not yet due, n", "Not expected, n"];
    assert_eq!(heads(&one), expected);
    assert_eq!(lines(&one), ["Week 4 | 9 | 8 (88.9) | 1 | 1 (11.1) | 0 | 1", "Week 8 | 0 | 0 (–) | 0 | 0 (–) | 8 | 2"]);
    assert!(notes(&one)[0].starts_with("As of 2024-05-31. Done:"), "{:?}", notes(&one));
    assert!(!notes(&one).iter().any(|note| note.contains("Difference")));
}

#[test]
fn several_arms_stand_under_the_visit_with_their_difference_from_the_reference() {
    for arms in [2, 3] {
        let several = laid(arms, "attendance");
        assert_eq!(heads(&several).last().map(String::as_str), Some("Missed: difference % points (95 % CI)"));
        let lines = lines(&several);
        assert_eq!(lines.len(), 2 * (1 + arms));
        assert_eq!(lines[..2], ["Week 4", "Arm A (N = 10) | 9 | 8 (88.9) | 1 | 1 (11.1) | 0 | 1 | 0.0 (−25.0, 25.0)"]);
        assert!(lines[arms].ends_with("| 1 | "), "the reference has no difference: {}", lines[arms]);
        let reference = format!("minus Arm {}; CI", ARMS[arms - 1].to_uppercase());
        assert!(notes(&several).iter().any(|note| note.contains(&reference)), "{:?}", notes(&several));
    }
}

#[test]
fn what_is_overdue_is_told_with_its_days() {
    let one = laid(1, "currency");
    assert_eq!(heads(&one), ["Expected n", "Received n (%)", "Overdue n (%)", "Overdue days"]);
    assert_eq!(
        lines(&one),
        [
            "Weight",
            "Week 4 | 9 | 7 (77.8) | 2 (22.2) | 12 (20)",
            "Week 8 | 0 | 0 (–) | 0 (–) | ",
            "All visits | 9 | 7 (77.8) | 2 (22.2) | 12 (20)"
        ]
    );
    let two = laid(2, "currency");
    assert_eq!(heads(&two)[4..], ["Arm A (N = 10) n/N (%)", "Arm B (N = 10) n/N (%)", "Difference % points (95 % CI)"]);
    let line = "Week 4 | 18 | 14 (77.8) | 4 (22.2) | 12 (20) | 2/9 (22.2) | 2/9 (22.2) | 0.0 (−25.0, 25.0)";
    assert_eq!(lines(&two)[1], line);
    assert_eq!(heads(&laid(3, "currency")).len(), 4 + 3 + 2);
}

#[test]
fn sources_tell_their_last_record_and_the_lag_of_entry() {
    let laid = laid(1, "sources");
    assert_eq!(heads(&laid), ["Records n", "Last date recorded", "Lag of entry, days median (longest)"]);
    assert_eq!(lines(&laid), ["Laboratory | 120 | 2024-05-28 | 3 (41)", "Other | 0 | – | "]);
}

#[test]
fn the_map_has_a_panel_an_arm_and_is_as_dark_as_it_says() {
    for arms in [1, 3] {
        let laid = laid(arms, "attendance-map");
        let Body::Grid(grid) = &laid.body else { panic!("no grid") };
        assert_eq!(grid.panels.len(), arms);
        let panel = &grid.panels[0];
        assert_eq!(panel.title, "Arm A (N = 10)");
        let rows: Vec<(&str, Vec<(&str, u8)>)> = panel
            .rows
            .iter()
            .map(|row| (row.label.as_str(), row.cells.iter().map(|cell| (cell.text.as_str(), cell.shade)).collect()))
            .collect();
        assert_eq!(rows[0], ("Visit done", vec![("89", 89), ("–", 0)]));
        assert_eq!(rows[1], ("Weight", vec![("78", 78), ("–", 0)]));
        assert_eq!(rows[4], ("Not expected, n", vec![("1", 0), ("2", 0)]));
        assert!(grid.alt.contains("Arm A: Visit done, Week 4 89 %"), "{}", grid.alt);
    }
}
