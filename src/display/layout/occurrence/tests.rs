//! Tables and figures over records, from small results made by hand.

use crate::display::assemble::Assembly;
use crate::display::layout::{Laid, lay_out};
use crate::display::report::{Body, Table};
use crate::results::{Extract, Key, Lookup, MISSING_LEVEL, Method, Results, Row, Statistic, Value};
use crate::spec::Study;

const STUDY: &str = r#"
[study]
id = "T"
title = "Test"
kind = "Test"
status = "Test"
[data]
subjects = "DM"
datasets = { DM = { file = "dm.csv" }, EV = { file = "ev.csv" } }
[[arm]]
id = "a"
label = "Active"
planned = "ARM = 'A'"
actual = "ARM = 'A'"
[[arm]]
id = "c"
label = "Control"
planned = "ARM = 'C'"
actual = "ARM = 'C'"
reference = true
[[analysis-set]]
id = "all"
label = "Everybody"
rule = "TRUE"
[records.event]
label = "Events"
dataset = "EV"
[records.finding]
label = "Findings"
dataset = "EV"
[records.finding.findings]
parameter = "CODE"
value = "VALUE"
date = "DATE"
parameters = [{ code = "P", label = "Pressure", unit = "kPa" }, { code = "Q", label = "Quotient" }]
[[occurrence]]
id = "o"
label = "Events"
records = "event"
analysis-set = "all"
levels = ["ORGAN", "TERM"]
grade = "GRADE"
grades = [{ value = "1", label = "Mild" }, { value = "2", label = "Grave" }]
methods = ["newcombe"]
[[grade-shift]]
id = "s"
label = "Shift"
records = "finding"
analysis-set = "all"
from = "BEFORE"
to = "THEN"
where = "after"
levels = [{ value = "0", label = "None" }, { value = "1", label = "Some" }]
[[section]]
number = "1"
title = "One"
[[display]]
id = "shown"
number = "Table 1"
section = "1"
title = "Shown"
"#;

fn laid(layout: &str, results: &Results) -> Result<Laid, String> {
    let study = Study::parse(&format!("{STUDY}{layout}"), "study.toml").map_err(|error| error.to_string())?;
    let lookup = Lookup::new(results);
    let mut assembly = Assembly::new(&study, &lookup, "shown");
    let laid = lay_out(&study.display[0], results, &mut assembly).ok_or("nothing to show")?;
    assembly.finish().map_err(|error| error.to_string())?;
    Ok(laid)
}

fn table(laid: &Laid) -> &Table {
    let Body::Table(table) = &laid.body else { panic!("no table") };
    table
}

/// A line a row: its stub behind a dot for each level, and its cells.
fn lines(laid: &Laid) -> Vec<String> {
    let row = |row: &crate::display::report::TableRow| {
        let cells = row.cells.iter().map(|cell| cell.text.replace('\u{2007}', ""));
        let dots = ".".repeat(usize::from(row.indent));
        std::iter::once(format!("{dots}{}", row.stub)).chain(cells).collect::<Vec<_>>().join(" | ")
    };
    table(laid).rows.iter().map(row).collect()
}

fn notes(laid: &Laid) -> String {
    laid.footnotes.iter().map(|note| note.text.as_str()).collect::<Vec<_>>().join(" ")
}

fn push(results: &mut Results, key: Key, value: Value) {
    results.rows.push(Row { key, value, unit: None, subjects: None });
}

/// Whose number is larger in which arm must not be told by the order of the rows.
#[test]
fn arms_that_change_places_leave_the_order_of_rows_as_it_was() {
    let stubs = |counted: &[(&str, u64, u64)], layout: &str| -> Vec<String> {
        let laid = laid(layout, &counts(counted)).unwrap();
        match &laid.body {
            Body::Table(table) => table.rows.iter().map(|row| row.stub.clone()).collect(),
            Body::Dots(dots) => dots.rows.iter().map(|row| row.stub.clone()).collect(),
            _ => panic!("neither table nor dots"),
        }
    };
    let turned: Vec<(&str, u64, u64)> =
        COUNTED.iter().map(|(path, active, control)| (*path, *control, *active)).collect();
    for layout in [
        "[display.occurrence]\nof = \"o\"\nany = \"Any\"\nshow = [\"difference\"]\n",
        "[display.occurrence]\nof = \"o\"\nat-least = 15\n",
        "[display.dots]\nof = \"o\"\n",
    ] {
        let rows = stubs(COUNTED, layout);
        assert!(rows.len() > 2, "{layout}: {rows:?}");
        assert_eq!(stubs(&turned, layout), rows, "{layout}");
    }
}

/// Counts and shares of ten in each arm: of the whole, or of levels written "A/B".
fn counts(counted: &[(&str, u64, u64)]) -> Results {
    let mut results = Results::default();
    for (arm, whole) in [(Some("a"), 10), (Some("c"), 10), (None, 20)] {
        let of = |key: Key| arm.map_or(key.clone(), |arm| key.arm(arm));
        push(&mut results, of(Key::new("o", Statistic::N)), Value::Count(whole));
        for (path, active, control) in counted {
            let count = match arm {
                Some("a") => *active,
                Some(_) => *control,
                None => active + control,
            };
            let key = |statistic| {
                let key = path.split('/').filter(|level| !level.is_empty());
                of(key.fold(Key::new("o", statistic), Key::level))
            };
            push(&mut results, key(Statistic::Count), Value::Count(count));
            push(&mut results, key(Statistic::Share), Value::share(count, whole));
            for grade in ["1", "2", MISSING_LEVEL] {
                let graded = |statistic| {
                    let mut key = key(statistic);
                    key.groups.push(("grade".to_owned(), grade.to_owned()));
                    key
                };
                let count = if grade == "2" { count } else { 0 };
                push(&mut results, graded(Statistic::Count), Value::Count(count));
                push(&mut results, graded(Statistic::Share), Value::share(count, whole));
            }
        }
    }
    for (path, active, control) in counted {
        let levels = path.split('/').filter(|level| !level.is_empty());
        let key = levels.fold(Key::new("o", Statistic::N), Key::level).contrast("a", "c").method(Method::Newcombe);
        let difference = (super::real(*active) - super::real(*control)) / 10.0;
        for (statistic, add) in
            [(Statistic::Difference, 0.0), (Statistic::DifferenceLower, -0.25), (Statistic::DifferenceUpper, 0.25)]
        {
            let key = Key { statistic, ..key.clone() };
            let key = if statistic == Statistic::Difference { key } else { key.conf_level(0.95) };
            push(&mut results, key, Value::Number(difference + add));
        }
    }
    results
}

const COUNTED: &[(&str, u64, u64)] = &[
    ("", 5, 4),
    ("EYES", 1, 1),
    ("EYES/RED EYES", 1, 1),
    ("MISSING", 3, 3),
    ("MISSING/MISSING", 3, 3),
    ("HEAD", 2, 3),
    ("HEAD/ACHE", 1, 1),
    ("HEAD/DIZZINESS", 0, 2),
    ("HEAD/ACNE", 1, 1),
];

#[test]
fn levels_stand_by_frequency_then_by_name_and_those_not_coded_last() {
    let results = counts(COUNTED);
    let laid = laid("[display.occurrence]\nof = \"o\"\nany = \"Any\"\ntotal = true\n", &results).unwrap();
    assert_eq!(
        lines(&laid),
        [
            "Any | 5 (50.0) | 4 (40.0) | 9 (45.0)",
            "Head | 2 (20.0) | 3 (30.0) | 5 (25.0)",
            ".Ache | 1 (10.0) | 1 (10.0) | 2 (10.0)",
            ".Acne | 1 (10.0) | 1 (10.0) | 2 (10.0)",
            ".Dizziness | 0 (0.0) | 2 (20.0) | 2 (10.0)",
            "Eyes | 1 (10.0) | 1 (10.0) | 2 (10.0)",
            ".Red eyes | 1 (10.0) | 1 (10.0) | 2 (10.0)",
            "Not coded | 3 (30.0) | 3 (30.0) | 6 (30.0)",
            ".Not coded | 3 (30.0) | 3 (30.0) | 6 (30.0)",
        ]
    );
    assert_eq!(table(&laid).columns[0].head, ["Active", "(N = 10)", "n (%)"]);
    assert!(notes(&laid).contains("Not coded"));
    assert!(!notes(&laid).contains("p-value"));
}

#[test]
fn a_limit_keeps_what_some_arm_has_and_what_stands_above_it() {
    let layout = "[display.occurrence]\nof = \"o\"\nat-least = 20\nshow = [\"difference\"]\n";
    let laid = laid(layout, &counts(COUNTED)).unwrap();
    assert_eq!(
        lines(&laid),
        [
            "Head | 2 (20.0) | 3 (30.0) | −10.0 (−35.0, 15.0)",
            ".Dizziness | 0 (0.0) | 2 (20.0) | −20.0 (−45.0, 5.0)",
            "Not coded | 3 (30.0) | 3 (30.0) | 0.0 (−25.0, 25.0)",
            ".Not coded | 3 (30.0) | 3 (30.0) | 0.0 (−25.0, 25.0)",
        ]
    );
    assert!(notes(&laid).contains("20 % or more"));
    let none = laid_none("at-least = 60\n", COUNTED);
    assert_eq!(none, ["None in 60 % or more |  | "]);
}

fn laid_none(more: &str, counted: &[(&str, u64, u64)]) -> Vec<String> {
    lines(&laid(&format!("[display.occurrence]\nof = \"o\"\n{more}"), &counts(counted)).unwrap())
}

#[test]
fn where_nobody_has_a_record_it_says_so() {
    assert_eq!(laid_none("", &[("", 0, 0)]), ["None |  | "]);
}

#[test]
fn grades_are_rows_where_they_occur_or_columns() {
    let rows = laid("[display.occurrence]\nof = \"o\"\ndepth = 1\ngrades = \"rows\"\n", &counts(COUNTED)).unwrap();
    assert_eq!(lines(&rows)[..2], ["Head | 2 (20.0) | 3 (30.0)", "..Grave | 2 (20.0) | 3 (30.0)"]);
    assert!(notes(&rows).contains("left out"));
    let columns =
        laid("[display.occurrence]\nof = \"o\"\ndepth = 1\ngrades = \"columns\"\n", &counts(COUNTED)).unwrap();
    let head = "Head | 0 (0.0) | 2 (20.0) | 2 (20.0) | 0 (0.0) | 3 (30.0) | 3 (30.0)";
    assert_eq!(lines(&columns)[0], head);
    assert_eq!(table(&columns).spanners[1].text, "Control (N = 10)");
}

#[test]
fn a_result_that_is_not_there_refuses_the_table() {
    let error = laid("[display.occurrence]\nof = \"o\"\nshow = [\"subject-rate\"]\n", &counts(COUNTED)).err();
    assert!(error.is_some_and(|error| error.contains("no row")));
}

#[test]
fn dots_stand_at_the_numbers_the_alternative_text_tells() {
    let laid = laid("[display.dots]\nof = \"o\"\n", &counts(COUNTED)).unwrap();
    let Body::Dots(dots) = &laid.body else { panic!("no dots") };
    let stubs: Vec<&str> = dots.rows.iter().map(|row| row.stub.as_str()).collect();
    assert_eq!(stubs, ["Ache", "Acne", "Dizziness", "Red eyes", "Not coded"]);
    assert_eq!(dots.rows[2].shares, [Some(0.0), Some(20.0)]);
    let (arm, at, (lower, upper)) = dots.rows[2].differences[0];
    assert_eq!(arm, 0);
    assert!([(at, -20.0), (lower, -45.0), (upper, 5.0)].iter().all(|(one, other)| (one - other).abs() < 1e-9));
    assert!(dots.alt.contains("Dizziness: Active 0.0 %, Control 20.0 %, difference −20.0 (−45.0, 5.0)"));
}

#[test]
fn bars_tell_the_highest_grades_of_each_arm() {
    let laid = laid("[display.dots]\nof = \"o\"\ngrades = true\n", &counts(COUNTED)).unwrap();
    let Body::Dots(dots) = &laid.body else { panic!("no dots") };
    // Nobody’s grade is missing.
    assert_eq!(dots.grades, ["Mild", "Grave"]);
    assert_eq!(dots.rows[2].grades, [[0.0, 0.0], [0.0, 20.0]]);
    assert!(dots.alt.contains("Dizziness: Active 0.0 %, Control 20.0 % (Grave 20.0 %), difference"), "{}", dots.alt);
    assert!(notes(&laid).contains("with that grade or a higher one"));
    let mut results = counts(COUNTED);
    let missing = |row: &&mut Row| row.key.groups.iter().any(|(_, grade)| grade == MISSING_LEVEL);
    let of_control = |row: &&mut Row| {
        row.key.groups.contains(&("arm".to_owned(), "c".to_owned())) && row.key.statistic == Statistic::Count
    };
    let own = results.rows.iter_mut().filter(missing).filter(of_control).find(|row| row.key.levels.len() == 2);
    own.expect("there is such a row").value = Value::Count(1);
    let laid = self::laid("[display.dots]\nof = \"o\"\ngrades = true\n", &results).unwrap();
    let Body::Dots(dots) = &laid.body else { panic!("no dots") };
    assert_eq!(dots.grades, ["Grade missing", "Mild", "Grave"]);
    let ungraded = STUDY.replace("grade = \"GRADE\"\n", "");
    let text = format!("{ungraded}[display.dots]\nof = \"o\"\ngrades = true\n");
    let said = Study::parse(&text, "study.toml").map(|_| ()).expect_err("it has no grade").to_string();
    assert!(said.contains("o has no grade to divide bars by"), "{said}");
}

/// Of parameter P: two assessed in the active arm, one of them without baseline; nobody of Q.
fn shifts() -> Results {
    let mut results = Results::default();
    for arm in ["a", "c"] {
        push(&mut results, Key::new("s", Statistic::N).arm(arm), Value::Count(3));
        for code in ["P", "Q"] {
            let n = if (arm, code) == ("a", "P") { 2 } else { 0 };
            let key = |statistic| Key::new("s", statistic).arm(arm).variable(code);
            push(&mut results, key(Statistic::N), Value::Count(n));
            for to in ["0", "1"] {
                let count = if to == "1" { n } else { 0 };
                push(&mut results, key(Statistic::Count).level(to), Value::Count(count));
                push(&mut results, key(Statistic::Share).level(to), Value::share(count, n));
                for from in ["0", "1", MISSING_LEVEL] {
                    let count = u64::from(to == "1" && n > 0 && from != "1");
                    push(&mut results, key(Statistic::Count).level(from).level(to), Value::Count(count));
                }
            }
        }
    }
    results
}

#[test]
fn shifts_show_who_had_no_baseline_and_name_what_nobody_was_assessed_for() {
    let laid = laid("[display.grade-shift]\nof = \"s\"\n", &shifts()).unwrap();
    assert_eq!(
        lines(&laid),
        ["Pressure", ".None | 0 | 1 |  | 0 | 0 | ", ".Missing | 0 | 1 |  | 0 | 0 | ", ".All | 0 | 2 | 2 | 0 | 0 | 0"]
    );
    assert!(notes(&laid).contains("left out"));
    assert!(notes(&laid).contains("Nobody was assessed for: Quotient."));
}

#[test]
fn the_worst_alone_is_a_share_of_those_assessed() {
    let laid = laid("[display.grade-shift]\nof = \"s\"\nworst-only = true\n", &shifts()).unwrap();
    assert_eq!(
        lines(&laid),
        ["Pressure", ".Assessed, n | 2 | 0", ".None | 0 (0.0) | 0 (–)", ".Some | 2 (100.0) | 0 (–)"]
    );
}

#[test]
fn records_of_a_participant_stand_together() {
    let layout = "[display.listing]\nrecords = \"event\"\nanalysis-set = \"all\"\n\
                  columns = [{ variable = \"TERM\", label = \"Term\" }]\n";
    let lines_of = |texts: &[&str]| texts.iter().map(|text| text.split(',').map(str::to_owned).collect()).collect();
    let lines_of = lines_of(&["a,1,X", "a,1,Y", "a,2,"]);
    let extract = Extract { id: "shown".to_owned(), columns: Vec::new(), lines: lines_of };
    let results = Results { extracts: vec![extract], ..Results::default() };
    let laid = laid(layout, &results).unwrap();
    assert_eq!(lines(&laid), ["Active", ".1 | X", ".1 | Y", ".2 | –", "Control", ".None | "]);
    let opens: Vec<bool> = table(&laid).rows.iter().map(|row| row.opens_group).collect();
    assert_eq!(opens, [true, false, false, true, true, false]);
}
