//! What we write, as other programs read it: 200 files of 40 made-up tables, in five formats.
//!
//! `tests/peers/sample.py` reads them with pyreadstat, pandas, pyarrow and Python's own modules and compares every cell.
//! Where Python or one of them is absent the test says so loudly and proves nothing. The other scripts of that folder made
//! thousands of tables by hand, in both directions; they say how.

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use crate::support::{Stream, argument, repository, scratch, succeed, write};

const TABLES: u64 = 40;

/// Characters of texts: all that is easily lost, within what all formats hold.
const LETTERS: [&str; 12] = ["a", "Z", "0", " ", ",", "\"", "'", "é", "µ", "中", "-", "="];

/// A CSV file of a text, a number, a whole number and a date, with a columns file that says so.
fn table(folder: &Path, number: u64) {
    let mut stream = Stream(number.wrapping_mul(7_919));
    let mut csv = "USUBJID,AVAL,VISITNUM,ADT\n".to_owned();
    for record in 0..=stream.below(30) {
        let text: String = (0..stream.below(12)).map(|_| LETTERS[stream.below(LETTERS.len())]).collect();
        // Trailing blanks and empty texts are no values in SAS.
        let text = format!("S{record:03}{text}x");
        let value = match stream.below(5) {
            0 => String::new(),
            1 => format!("{}", stream.below(100)),
            2 => format!("-0.{:06}1", stream.below(1_000_000)),
            3 => format!("{}.5", stream.below(1 << 30)),
            _ => format!("1.{}e-{}", 1 + stream.below(99_999), 1 + stream.below(30)),
        };
        let visit = if stream.below(6) == 0 { String::new() } else { stream.below(1_000).to_string() };
        let (month, day) = (1 + stream.below(12), 1 + stream.below(28));
        let date = if stream.below(6) == 0 {
            String::new()
        } else {
            format!("{}-{month:02}-{day:02}", 1961 + stream.below(90))
        };
        _ = writeln!(csv, "\"{}\",{value},{visit},{date}", text.replace('"', "\"\""));
    }
    write(&folder.join(format!("t{number}.csv")), &csv);
    let columns = r#"{"name":"T","label":"A table","columns":[
{"name":"USUBJID","label":"Subject","dataType":"string"},
{"name":"AVAL","label":"Value","dataType":"double"},
{"name":"VISITNUM","label":"Visit","dataType":"integer"},
{"name":"ADT","label":"Date","dataType":"date","targetDataType":"integer","displayFormat":"DATE9."}]}"#;
    write(&folder.join(format!("t{number}.columns.json")), columns);
}

#[test]
fn two_hundred_files_read_the_same_in_other_programs() {
    let folder = scratch();
    for number in 0..TABLES {
        table(folder.path(), number);
        for out in ["xpt", "v8.xpt", "parquet", "ndjson", "dsjc"] {
            let (from, to) = (format!("t{number}.csv"), format!("t{number}.{out}"));
            let mut arguments = vec!["--quiet", "convert", &from, "--out", &to, "--name", "T"];
            arguments.extend((out == "v8.xpt").then_some("--v8"));
            succeed(folder.path(), &arguments);
        }
    }
    let script = repository().join("tests/peers/sample.py");
    let Ok(output) = Command::new("python3").args([argument(&script), argument(folder.path())]).output() else {
        eprintln!("**** SKIPPED, NOTHING TESTED: python3 is absent ****");
        return;
    };
    let said = String::from_utf8_lossy(&output.stdout);
    eprintln!("{said}");
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
}
