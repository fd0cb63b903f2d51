//! What must be refused, and in which words.

use super::*;
use crate::data::SpecialMissing;

/// The metadata of two variables, with the attributes of the second.
fn head(records: usize, second: &str) -> String {
    format!(
        "{{\"datasetJSONCreationDateTime\":\"2024-01-01T00:00:00\",\"datasetJSONVersion\":\"1.1.0\",\
         \"itemGroupOID\":\"IG.A\",\"records\":{records},\"name\":\"ADXX\",\"label\":\"\",\"columns\":[\
         {{\"itemOID\":\"IT.A\",\"name\":\"USUBJID\",\"label\":\"\",\"dataType\":\"string\",\"length\":4}},\
         {{\"itemOID\":\"IT.B\",\"name\":\"X\",\"label\":\"\",{second}}}]}}"
    )
}

fn lines(second: &str, values: &[&str]) -> String {
    let mut lines = vec![head(values.len(), second)];
    lines.extend(values.iter().map(|value| format!("[\"S-1\",{value}]")));
    lines.join("\n") + "\n"
}

#[test]
fn values_are_held_against_the_type_of_their_column() {
    let date = "\"dataType\":\"date\",\"targetDataType\":\"integer\"";
    let moment = "\"dataType\":\"datetime\",\"targetDataType\":\"integer\"";
    let time = "\"dataType\":\"time\",\"targetDataType\":\"integer\"";
    for (second, value, expected) in [
        ("\"dataType\":\"integer\"", "1.5", "the number has a fraction"),
        ("\"dataType\":\"integer\"", "9007199254740993", "too large to be held exactly"),
        ("\"dataType\":\"integer\"", "-9007199254740993", "too large to be held exactly"),
        ("\"dataType\":\"integer\"", "1e17", "too large to be held exactly"),
        ("\"dataType\":\"integer\"", "\"1\"", "it is no number"),
        ("\"dataType\":\"float\"", "\"\"", "it is no number"),
        ("\"dataType\":\"float\"", "true", "it is no number"),
        ("\"dataType\":\"string\"", "1", "it is a number or a truth value"),
        ("\"dataType\":\"string\"", "\"a\\u0000\"", "holds a NUL character"),
        ("\"dataType\":\"string\",\"length\":2", "\"abc\"", "more characters than the length of its column"),
        ("\"dataType\":\"decimal\"", "1.5", "it is no text, though its column is declared decimal"),
        ("\"dataType\":\"decimal\"", "\"1,5\"", "not a decimal number with a point"),
        ("\"dataType\":\"decimal\"", "\"9007199254740993\"", "more digits than a double holds"),
        ("\"dataType\":\"boolean\"", "\"Y\"", "neither true nor false"),
        ("\"dataType\":\"boolean\"", "1", "neither true nor false"),
        ("\"dataType\":\"date\"", "\"2024-02-30\"", "not an ISO 8601 date"),
        ("\"dataType\":\"date\"", "\"2024-02-03T10:00\"", "not an ISO 8601 date"),
        ("\"dataType\":\"datetime\"", "\"2024-02-03T25:00\"", "not an ISO 8601 date and time"),
        ("\"dataType\":\"time\"", "\"10:61\"", "not an ISO 8601 time"),
        (date, "\"2024-02\"", "not a complete date"),
        (date, "\"2024-02-30\"", "not a complete date"),
        (date, "19000", "it is a number or a truth value"),
        (moment, "\"2024-02-03\"", "not a complete date and time"),
        (moment, "\"2024-02-03T10:00:00Z\"", "not a complete date and time"),
        (moment, "\"2024-02-03T10:00:00.0001\"", "not a complete date and time"),
        (time, "\"24:00:00\"", "not a time hh:mm:ss"),
    ] {
        let text = lines(second, &["null", value]);
        let refused = told(text.as_bytes(), Edition::Ndjson);
        assert!(refused.contains("ADXX.X, subject S-1: error: ") && refused.contains(expected), "{value}: {refused}");
    }
    for (second, value) in [
        ("\"dataType\":\"integer\"", "-0.0"),
        ("\"dataType\":\"integer\"", "2.0e1"),
        ("\"dataType\":\"string\",\"length\":2", "\"µµ  \""),
        ("\"dataType\":\"decimal\",\"targetDataType\":\"decimal\"", "\"\""),
        ("\"dataType\":\"date\"", "\"2024-01/2024-03-05\""),
        ("\"dataType\":\"datetime\"", "\"2024-02-03T-:30+01:00\""),
        ("\"dataType\":\"date\"", "\"--12-15\""),
        (moment, "\"2024-02-03T10:00:00.1230\""),
        ("\"dataType\":\"URI\"", "\"https://example.org\""),
    ] {
        assert_eq!(told(lines(second, &[value]).as_bytes(), Edition::Ndjson), "", "{value}");
    }
}

#[test]
fn a_broken_structure_is_told_with_its_line() {
    let sound = lines("\"dataType\":\"float\"", &["1", "2"]);
    for (from, to, expected) in [
        ("[\"S-1\",2]", "[\"S-1\"]", "adxx.json:3, ADXX: error: record 2 has 1 values instead of 2"),
        ("[\"S-1\",2]", "[\"S-1\",2,null]", "adxx.json:3, ADXX: error: record 2 has 3 values instead of 2"),
        ("[\"S-1\",2]", "[\"S-1\",2", "adxx.json:3:8, ADXX: error: the text is not JSON: EOF while parsing a list"),
        ("[\"S-1\",2]", "[\"S-1\",NaN]", "adxx.json:3:8, ADXX: error: the text is not JSON: expected value"),
        ("[\"S-1\",2]", "[\"S-1\",-Infinity]", "the text is not JSON: invalid number"),
        ("[\"S-1\",2]", "[\"S-1\",1e400]", "the text is not JSON: number out of range"),
        ("[\"S-1\",2]", "[\"\\ud800\",2]", "the text is not JSON: unexpected end of hex escape"),
        ("[\"S-1\",2]", "[\"S-1\",2] x", "the text is not JSON: trailing characters"),
        ("[\"S-1\",2]", "[\"S-1\",[2]]", "invalid type: sequence, expected a text, a number, true, false or null"),
        ("[\"S-1\",2]", "{\"X\":2}", "invalid type: map, expected a row, which is a list of values"),
        ("[\"S-1\",2]", "", "adxx.json:3, ADXX: error: the line is blank"),
        ("[\"S-1\",2]\n", "", "the file holds 1 records, not the 2 it announces"),
        ("\"records\":2", "\"records\":\"2\"", "records is not a whole number of at least 0"),
        ("\"records\":2", "\"record\":2", "no attribute \"record\" here\n    hint: did you mean records?"),
        ("\"records\":2", "\"records\":2,\"records\":2", "the attribute records stands twice in one object"),
        ("\"records\":2", "\"records\":2,\"rows\":[]", "no attribute \"rows\" here"),
        ("\"1.1.0\"", "\"1.0.0\"", "version 1.0.0 of Dataset-JSON, not 1.1"),
        ("\"1.1.0\"", "\"1.1.01\"", "version 1.1.01 of Dataset-JSON, not 1.1"),
        ("\"2024-01-01T00:00:00\"", "\"2024-01-01\"", "datasetJSONCreationDateTime is not a date and time"),
        ("\"itemGroupOID\":\"IG.A\",", "", "itemGroupOID is missing"),
        ("\"float\"", "\"number\"", "ADXX.X: error: the dataType \"number\" is none of string"),
        ("\"float\"", "\"float\",\"targetDataType\":\"integer\"", "float cannot have the targetDataType integer"),
        ("\"float\"", "\"float\",\"dataType\":\"float\"", "the attribute dataType stands twice"),
        ("\"float\"", "\"float\",\"keySequence\":0", "keySequence is not a whole number of at least 1: 0"),
        ("\"length\":4", "\"lenght\":4", "did you mean length?"),
        ("\"length\":4", "\"length\":2", "more characters than the length of its column (2 records)"),
        ("\"IT.B\"", "\"IT.A\"", "columns 1 and 2 have the same itemOID IT.A"),
        ("\"name\":\"X\"", "\"name\":\"usubjid\"", "differ in letter case only"),
        ("\"name\":\"X\",", "", "name is missing"),
    ] {
        assert!(sound.contains(from), "{from}");
        let at = sound.rfind(from).expect("it is there");
        let broken = format!("{}{to}{}", &sound[..at], &sound[at + from.len()..]);
        let refused = told(broken.as_bytes(), Edition::Ndjson);
        assert!(refused.contains(expected), "{to}\n{expected}\n{refused}");
    }
}

#[test]
fn other_files_are_not_taken_for_datasets() {
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let columns = head(0, "\"dataType\":\"float\"");
    let empty = format!("{},\"columns\":[]}}", columns.split_once(",\"columns\"").expect("columns").0);
    for (text, edition, expected) in [
        ("", Edition::Json, "the file is empty"),
        ("[1]", Edition::Json, "expected an object with the attributes of a dataset"),
        ("[1]", Edition::Ndjson, "the first line is not an object of metadata"),
        ("{}", Edition::Json, "columns is missing"),
        (&deep, Edition::Json, "expected an object"),
        (&deep, Edition::Ndjson, "recursion limit exceeded"),
        (&empty, Edition::Json, "the file has no variables"),
        ("PAR1", Edition::Compressed, "neither zlib nor gzip"),
        (&columns, Edition::Compressed, "it begins as JSON does"),
    ] {
        let refused = told(text.as_bytes(), edition);
        assert!(refused.contains(expected), "{expected}\n{refused}");
    }
    let nested = columns.replace("\"label\":\"\",\"columns\"", &format!("\"label\":{deep},\"columns\""));
    assert!(told(nested.as_bytes(), Edition::Json).contains("recursion limit exceeded"));
    let rows = format!("{},\"rows\":[[\"S-1\",{deep}]]}}", columns.strip_suffix('}').expect("an object"));
    assert!(told(rows.as_bytes(), Edition::Json).contains("invalid type: sequence"));
    assert!(told(b"{\"a\":\n\"\xff\"}", Edition::Json).contains("adxx.json:2, ADXX: error: the text is not UTF-8"));
    assert!(told(&[columns.as_bytes(), b"\n\xff\n"].concat(), Edition::Ndjson).contains("the line is not UTF-8"));
}

#[test]
fn the_writer_refuses_what_the_format_cannot_hold() {
    let mut table = sample();
    table.special_missing = SpecialMissing::from([("N".to_owned(), vec![(2, 'A')])]);
    table.variables[0].length = Some(2);
    let options = Options { created: "yesterday".into(), ..Options::default() };
    let refused = write(&table, "ADXX", Edition::Json, &options).expect_err("much is wrong");
    let refused: Vec<String> = refused.iter().map(|finding| finding.message.clone()).collect();
    assert_eq!(
        refused,
        [
            "the time of creation is not YYYY-MM-DDThh:mm:ss: yesterday",
            "Dataset-JSON cannot say which of its missing values are special (1)",
            "3 texts have more characters than the length of the variable, 2",
        ]
    );
    table.variables[0].length = None;
    let options = Options { drop_special_missing: true, ..Options::default() };
    assert!(write(&table, "ADXX", Edition::Json, &options).is_ok());
}
