//! CSV: what is declared of it, what is written, and how large it may be.

use super::super::format::{Columns, csv as format, parse};
use super::super::{Kind, MAX_FINDINGS};
use super::tables::{difference, tables};
use super::*;
use proptest::prelude::*;

fn kinds(pairs: &[(&str, Kind)]) -> DatasetFile {
    let mut file = file(Format::Csv);
    file.reading.kinds = pairs.iter().map(|(name, kind)| ((*name).to_owned(), *kind)).collect();
    file
}

#[test]
fn declared_types_are_read_and_what_is_not_of_them_is_told() {
    let file = kinds(&[("A", Kind::Number), ("B", Kind::Text), ("C", Kind::Date), ("D", Kind::DateTime)]);
    let text = "A,B,C,D\n007,1,2024-02-29,2024-02-29 10:00:00\n.5,2,,\n+1.,3,,2024-02-29T10:00:00.250\n";
    let table = parse(&file, text.as_bytes()).expect("a sound file");
    let found: Vec<Kind> = table.variables.iter().map(|variable| variable.kind).collect();
    assert_eq!(found, [Kind::Number, Kind::Text, Kind::Date, Kind::DateTime]);
    assert_eq!([0, 1, 2].map(|row| table.values[0].shown(row)), ["7", "0.5", "1"].map(|n| Some(n.to_owned())));
    let told = shown(read_as(&file, "A,B,C,D\nx,1,2024-02-30,2024-02-29\ninf,,20240229,\n1e400,,,\n".into()));
    for expected in [
        "data/adxx.csv:2, ADXX.A: error: x is not a number",
        "A is declared number; if the word stands for a missing value, list it among the missing words of ADXX",
        "data/adxx.csv:3, ADXX.A: error: inf is not a number",
        "data/adxx.csv:4, ADXX.A: error: 1e400 is not a finite number",
        "data/adxx.csv:2, ADXX.C: error: 2024-02-30 is not a day of the calendar",
        "data/adxx.csv:3, ADXX.C: error: 20240229 is not a day of the calendar",
        "data/adxx.csv:2, ADXX.D: error: 2024-02-29 is not a time of the calendar and the clock",
    ] {
        assert!(told.contains(expected), "{expected}\n{told}");
    }
    let told = shown(read_as(&file, "A,B,C,D\n9007199254740993,,,\n".into()));
    assert!(told.contains("9007199254740993 is not a number that can be held exactly"), "{told}");
    let told = shown(read_as(&kinds(&[("E", Kind::Date)]), "A,B\n1,2\n".into()));
    assert!(told.contains("column E, of a declared type, is not in data/adxx.csv"), "{told}");
}

#[test]
fn missing_words_count_where_they_are_not_in_quotes() {
    let mut file = kinds(&[("B", Kind::Number)]);
    file.reading.missing = vec!["NA".into(), ".".into()];
    let table = parse(&file, b"A,B,C\n1,.,x\nNA,.A,\"NA\"\n3,._,NA\n").expect("a sound file");
    assert_eq!(table.variables[0].kind, Kind::Number);
    assert_eq!(table.values[0].shown(1), None);
    assert_eq!(table.special_missing["B"], [(1, 'A'), (2, '_')]);
    assert_eq!([0, 1, 2].map(|row| table.values[2].shown(row)), [Some("x".into()), Some("NA".into()), None]);
    let told = shown(read(Format::Csv, "A\n2024-01-01\n2024-13-01\n".into()));
    assert!(told.contains("list A among the text columns of ADXX if it is text"), "{told}");
    // Undeclared, `.A` is a word like any other.
    assert_eq!(parse(&self::file(Format::Csv), b"B\n1\n.A\n").expect("text").variables[0].kind, Kind::Text);
}

#[test]
fn lines_end_alike_and_are_not_empty() {
    for (text, expected) in [
        ("A,B\r\n1,2\n3,4\r\n", "data/adxx.csv:2, ADXX: error: the line ends with LF instead of CR LF"),
        ("A,B\n1,2\r\n3,4\r\n", "data/adxx.csv:2, ADXX: error: the line ends with CR LF instead of LF (2 lines)"),
        ("A\n1\n\n2\n", "data/adxx.csv:3, ADXX: error: the line is empty"),
        ("A\u{a0}B,C\n1,2\n", "variable 1 has an unusable name"),
        ("A\u{200b},C\n1,2\n", "variable 1 has an unusable name"),
        ("\u{a0}A,C\n1,2\n", "variable 1 has an unusable name"),
    ] {
        let told = flaws(text);
        assert!(told.contains(expected), "{text:?}\n{told}");
    }
    let alone = read(Format::Csv, "A\n1\n\"\"\n2\n".into()).expect("a sound file");
    assert_eq!(alone.frame.height(), 3);
    let inside = parse(&file(Format::Csv), b"A\n\"x\r\ny\"\n\"a\"\"b\"\n").expect("a sound file");
    assert_eq!(inside.values[0].shown(0).as_deref(), Some("x\r\ny"));
    assert_eq!(inside.values[0].shown(1).as_deref(), Some("a\"b"));
}

#[test]
fn a_file_of_nothing_but_mistakes_gives_a_handful_of_findings() {
    let lines = format!("A,B\n{}", "\n".repeat(2_000_000));
    let told = flaws(&lines);
    assert_eq!(told.lines().count(), MAX_FINDINGS + 1);
    assert!(told.ends_with("… and 1999980 more findings in this file"), "{told}");
    let header = format!("A{}\n", ",".repeat(1_000_000));
    assert!(flaws(&header).contains("1000001 variables are more than can be read (32767)"));
    let long = format!("A,B\n1,2024-02-30\n2,2024-01-01\n3,\"{}\"\n", "x".repeat(1_000_000));
    assert_eq!(read(Format::Csv, long.into()).expect("a sound file").frame.height(), 3);
    let mut file = kinds(&[("A", Kind::Number)]);
    file.reading.text = vec!["B".into()];
    let told = shown(read_as(&file, format!("A,B\n{},2\n", "x".repeat(1_000_000)).into()));
    assert!(told.len() < 1000, "a finding must not be as large as a field");
}

#[test]
fn a_columns_file_is_the_metadata_of_dataset_json() {
    let text = r#"{"datasetJSONVersion": "1.1.0", "name": "ADXX", "label": "Example", "columns": [
        {"itemOID": "I.1", "name": "USUBJID", "label": "Subject", "dataType": "string", "length": 4, "keySequence": 2},
        {"itemOID": "I.2", "name": "ADT", "label": "Day", "dataType": "date", "targetDataType": "integer",
         "displayFormat": "DATE9.", "keySequence": 1},
        {"itemOID": "I.3", "name": "ADTC", "label": "", "dataType": "date"},
        {"itemOID": "I.4", "name": "N", "label": "", "dataType": "integer"}]}"#;
    let columns = Columns::read("adxx.columns.json", text.as_bytes()).expect("a columns file");
    assert_eq!((columns.label.as_str(), columns.keys.join(" ")), ("Example", "ADT USUBJID".to_owned()));
    assert_eq!(Columns::read("again", &columns.write()), Ok(columns.clone()));
    let mut file = file(Format::Csv);
    file.reading.columns = Some(columns);
    let csv = "USUBJID,ADT,ADTC,N\n001,2024-02-29,2024,1\n002,,,\n";
    let read = read_as(&file, csv.into()).expect("a sound file");
    let kinds: Vec<Kind> = read.variables.iter().map(|variable| variable.kind).collect();
    assert_eq!(kinds, [Kind::Text, Kind::Date, Kind::Text, Kind::Number]);
    let day = &read.variables[1];
    assert_eq!((day.label.as_str(), day.format.as_deref(), read.label.as_str()), ("Day", Some("DATE9."), "Example"));
    let told = shown(read_as(&file, csv.replace(",1\n", ",1.5\n").into()));
    assert!(told.contains("data/adxx.csv:2, ADXX.N: error: 1.5 is not a whole number"), "{told}");
    let told = shown(read_as(&file, "USUBJID,ADT,X\n1,,\n".into()));
    assert!(told.contains("column N, of the columns file, is not in data/adxx.csv"), "{told}");
    assert!(told.contains("ADXX.X: error: the columns file does not have this variable"), "{told}");
    let refused = |text: &str| Columns::read("c.json", text.as_bytes()).expect_err("not one")[0].to_string();
    assert!(refused("{").starts_with("c.json:1:1: error: this is not a columns file"), "{}", refused("{"));
    let odd = r#"{"name": "A", "columns": [{"name": "F", "dataType": "boolean"}]}"#;
    assert!(refused(odd).contains("c.json, F: error: boolean is not a type"), "{}", refused(odd));
    let twice =
        r#"{"name": "A", "columns": [{"name": "F", "dataType": "string"}, {"name": "F", "dataType": "string"}]}"#;
    assert!(refused(twice).contains("stands twice"), "{}", refused(twice));
}

#[test]
fn texts_that_a_spreadsheet_would_calculate_are_told_and_kept() {
    let table = parse(&file(Format::Csv), b"A,B\n=1+1,-5\nx,\"@SUM(A1)\"\n+1,2\n").expect("a sound file");
    let told: Vec<String> = format::formulas(&table, "a.csv").iter().map(ToString::to_string).collect();
    assert_eq!(told.len(), 2);
    assert!(told[0].starts_with("a.csv, A: warning: a spreadsheet would take texts of this variable"), "{}", told[0]);
    assert!(told[0].contains("(1 records)") && told[1].contains("(1 records)"), "{told:?}");
    let written = format::write(&table).expect("a table that can be written");
    assert_eq!(written, b"A,B\n=1+1,-5\nx,@SUM(A1)\n+1,2\n");
}

#[test]
fn a_table_of_one_variable_with_a_missing_value_reads_back() {
    let table = parse(&file(Format::Csv), b"A\nx\n\"\"\n").expect("a sound file");
    assert_eq!(format::write(&table).expect("a table that can be written"), b"A\nx\n\"\"\n");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(256) })]

    #[test]
    fn any_table_reads_back_from_csv_with_its_columns_file(table in tables()) {
        let bytes = format::write(&table).expect("a table that can be written");
        let columns = Columns::of("ADXX", &table).write();
        let mut file = file(Format::Csv);
        file.reading.columns = Some(Columns::read("c.json", &columns).expect("a columns file"));
        let read = parse(&file, &bytes).expect("a sound file");
        prop_assert_eq!(difference(&table, &read), None);
    }
}
