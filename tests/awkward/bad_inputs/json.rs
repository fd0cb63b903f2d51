//! 76 to 84: Dataset-JSON, as one document, as lines, and compressed.

use super::make::{JSON_COLUMNS, JSON_ROWS, LINES, deflated, json, ndjson};
use super::{Bad, readable, unreadable};

/// Rows with the dose of the first written so.
fn dosed(dose: &str) -> String {
    JSON_ROWS.replacen("5.5", dose, 1)
}

pub(super) fn cases() -> Vec<Bad> {
    let mut all = Vec::new();
    // The same harm in the three editions.
    let mut each = |number: usize, what: &str, says: &[&str], records: &str, columns: &str, rows: &[&str]| {
        let lines = ndjson(records, columns, rows);
        all.push(unreadable(number, what, "adcm.json", says, json(records, columns, &rows.join(","))));
        all.push(unreadable(number, &format!("{what} (lines)"), "adcm.ndjson", says, lines.clone()));
        all.push(unreadable(number, &format!("{what} (compressed)"), "adcm.dsjc", says, deflated(lines.as_bytes())));
    };
    let [first, second] = LINES;
    each(76, "more records announced than rows", &["3"], "3", JSON_COLUMNS, &LINES);
    each(76, "fewer records announced than rows", &["1"], "1", JSON_COLUMNS, &LINES);
    each(77, "a row too short", &[], "2", JSON_COLUMNS, &[first, r#"["S-02",6]"#]);
    each(77, "a row too long", &[], "2", JSON_COLUMNS, &[first, r#"["S-02",6,2,"2024-01-02",1]"#]);
    each(77, "a row that is no list", &[], "2", JSON_COLUMNS, &[first, r#"{"USUBJID":"S-02"}"#]);
    each(78, "an unknown type", &["CMDOSE"], "2", &JSON_COLUMNS.replace("double", "quaternion"), &LINES);
    each(
        79,
        "a key twice",
        &["label"],
        "2",
        &JSON_COLUMNS.replace(r#""label":"Dose""#, r#""label":"Dose","label":"D""#),
        &LINES,
    );
    each(80, "a number too large for a double", &[], "2", JSON_COLUMNS, &[r#"["S-01",1e400,1,null]"#, second]);
    each(
        80,
        "a whole number above 2⁵³",
        &["CMSEQ"],
        "2",
        JSON_COLUMNS,
        &[r#"["S-01",1,9007199254740993,null]"#, second],
    );
    each(
        80,
        "a fraction in a column of whole numbers",
        &["CMSEQ"],
        "2",
        JSON_COLUMNS,
        &[r#"["S-01",1,1.5,null]"#, second],
    );
    each(82, "a lone surrogate", &[], "2", JSON_COLUMNS, &[r#"["S-\ud800",1,1,null]"#, second]);
    each(84, "text where a number belongs", &["CMDOSE"], "2", JSON_COLUMNS, &[r#"["S-01","5.5",1,null]"#, second]);
    each(84, "a number where text belongs", &["USUBJID"], "2", JSON_COLUMNS, &["[1,5.5,1,null]", second]);
    each(
        84,
        "a time in a column of dates",
        &["ASTDT"],
        "2",
        JSON_COLUMNS,
        &[r#"["S-01",1,1,"2024-01-01T10:00:00"]"#, second],
    );
    each(84, "30 February", &["ASTDT"], "2", JSON_COLUMNS, &[r#"["S-01",1,1,"2024-02-30"]"#, second]);
    each(84, "a truth value", &["CMDOSE"], "2", JSON_COLUMNS, &[r#"["S-01",true,1,null]"#, second]);
    let document = |rows: &str| json("2", JSON_COLUMNS, rows);
    let mut one = |number: usize, what: &str, says: &[&str], bytes: String| {
        all.push(unreadable(number, what, "adcm.json", says, bytes));
    };
    one(78, "an unknown version", &["9.9"], document(JSON_ROWS).replace("1.1.0", "9.9.0"));
    one(78, "no version", &["datasetJSONVersion"], document(JSON_ROWS).replace(r#""datasetJSONVersion":"1.1.0","#, ""));
    one(79, "rows twice", &["rows"], document(JSON_ROWS).replace(r#","rows":["#, r#","rows":[],"rows":["#));
    one(80, "NaN", &[], document(&dosed("NaN")));
    one(80, "Infinity", &[], document(&dosed("Infinity")));
    one(81, "100,000 lists within lists", &[], document(&"[".repeat(100_000)));
    one(81, "100,000 objects within objects", &[], r#"{"a":"#.repeat(100_000));
    one(83, "the document cut off", &[], document(JSON_ROWS)[..300].to_owned());
    one(83, "text behind the document", &[], document(JSON_ROWS) + "{}");
    let lines = ndjson("2", JSON_COLUMNS, &LINES);
    let mut line = |number: usize, what: &str, bytes: String| {
        all.push(unreadable(number, what, "adcm.ndjson", &[], bytes));
    };
    line(83, "a line cut off", lines[..lines.len() - 9].to_owned());
    line(83, "an empty line", lines.replacen('\n', "\n\n", 1));
    line(83, "the head alone", lines.lines().next().unwrap_or_default().to_owned() + "\n");
    all.push(unreadable(4, "zeros without end, compressed", "adcm.dsjc", &[], deflated(&vec![b' '; 300_000_000])));
    all.push(unreadable(83, "a compressed stream cut off", "adcm.dsjc", &[], {
        let whole = deflated(lines.as_bytes());
        whole[..whole.len() - 6].to_vec()
    }));
    all.push(unreadable(83, "bytes behind a compressed stream", "adcm.dsjc", &[], {
        [deflated(lines.as_bytes()), b"more".to_vec()].concat()
    }));
    all.push(readable(84, "a decimal as text", "adcm.json", {
        let columns =
            JSON_COLUMNS.replace(r#""dataType":"double""#, r#""dataType":"decimal","targetDataType":"decimal""#);
        json("2", &columns, &JSON_ROWS.replacen("5.5", "\"5.50\"", 1))
    }));
    all
}
