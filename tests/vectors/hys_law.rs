//! `hys_law.json`: peaks, quadrants and candidates of Hy's law, by derivations over findings.

use super::json::{cases, shown};
use super::small::{self, Subject};
use crate::support::{field, listing};

/// Values are multiples of the upper limit of normal: their upper limit is 1. The limits are those of the specification.
const STUDY: &str = r#"
[records.liver]
label = "Liver"
dataset = "RECORDS"
[records.liver.findings]
parameter = "PARAMCD"
value = "AVAL"
date = "ADT"
high = "HIGH"
parameters = [
  { code = "ALT", label = "ALT" },
  { code = "AST", label = "AST" },
  { code = "BILI", label = "Bilirubin" },
  { code = "ALP", label = "Alkaline phosphatase" },
]

[[derivation]]
id = "times"
label = "Multiple of the upper limit of normal"
frame = "liver"
rule = "value / high"

[[derivation]]
id = "transaminase"
label = "Aminotransferase at least three times the upper limit"
frame = "liver"
rule = "after AND parameter IN ('ALT', 'AST') AND times >= 3"

[[derivation]]
id = "transaminase_before"
label = "Such an aminotransferase on the same day or within 30 days before"
frame = "liver"
rule = "transaminase"
across = "any"
within = [-30, 0]

[[derivation]]
id = "transaminase_first"
label = "First day of such an aminotransferase"
frame = "liver"
rule = "transaminase"
across = "first"

[subject-variable.peak_transaminase]
frame = "liver"
take = "max"
variable = "times"
where = "after AND parameter IN ('ALT', 'AST')"

[subject-variable.peak_bilirubin]
frame = "liver"
take = "max"
variable = "times"
where = "after AND parameter = 'BILI'"

[subject-variable.sequence]
frame = "liver"
take = "any"
where = "after AND parameter = 'BILI' AND times >= 2 AND transaminase_before"

[subject-variable.cholestatic]
frame = "liver"
take = "any"
where = "after AND parameter = 'ALP' AND times >= 2 AND ADT = transaminase_first"

[frame.vectors]
label = "Liver"
measures = ["alt"]

[measure.alt]
label = "ALT"
dataset = "RECORDS"
where = "PARAMCD = 'ALT'"
value = "AVAL"
date = "ADT"

[[derivation]]
id = "quadrant"
label = "Quadrant of the peaks"
frame = "vectors"
cases = [
  { when = "peak_transaminase IS NULL OR peak_bilirubin IS NULL", then = "NOT_EVALUABLE" },
  { when = "peak_transaminase >= 3 AND peak_bilirubin >= 2", then = "HYS_LAW_RANGE" },
  { when = "peak_bilirubin >= 2", then = "CHOLESTASIS" },
  { when = "peak_transaminase >= 3", then = "TEMPLES_COROLLARY" },
  { then = "NORMAL_OR_NEAR" },
]

[[derivation]]
id = "within_window"
label = "Bilirubin follows the aminotransferase"
frame = "vectors"
rule = "sequence"

[[derivation]]
id = "candidate"
label = "Candidate"
frame = "vectors"
rule = "sequence AND NOT cholestatic"
"#;

#[test]
fn all_9_vectors_of_hys_law_come_out_as_written() {
    let Some(vectors) = cases("hys_law.json") else { return };
    let mut subjects = Vec::new();
    for vector in &vectors {
        // A record before treatment that would be a case by itself: it does not count.
        let mut subject = Subject::of(vector).record_within("ALT", -3, "9", ["", "1"]);
        subject = subject.record_within("BILI", -3, "9", ["", "1"]);
        for row in vector["rows"].as_array().expect("a vector has rows") {
            let day = row["day"].as_i64().and_then(|day| i32::try_from(day).ok()).expect("a day");
            for (code, name) in [("ALT", "alt_x"), ("AST", "ast_x"), ("BILI", "tb_x"), ("ALP", "alp_x")] {
                let value = shown(&row[name]);
                if !value.is_empty() {
                    subject = subject.record_within(code, day, &value, ["", "1"]);
                }
            }
        }
        let expected = &vector["expected"];
        for (variable, name) in
            [("quadrant", "edish_quadrant"), ("within_window", "tb_within_window"), ("candidate", "potential_hys_law")]
        {
            subject = subject.shows("W4", variable, shown(&expected[name]).as_str());
        }
        subjects.push(subject);
    }
    assert_eq!(vectors.len(), 9, "vectors were lost or added");
    let checked = small::check(STUDY, &subjects);
    assert_eq!(checked.cells, 27, "cells were lost or added");
    eprintln!("{} vectors of Hy's law executed", vectors.len());
    checked.passes();
}

/// The window has 30 days, both ends counted; the peaks and the sequence say different things.
#[test]
fn the_window_ends_after_thirty_days() {
    let subject = |id: &str, day: i32, within: bool| {
        Subject::new(id, "bilirubin this long after the aminotransferase of day 29")
            .record_within("ALT", 29, "3", ["", "1"])
            .record_within("BILI", day, "2", ["", "1"])
            .shows("W4", "within_window", within)
            .shows("W4", "quadrant", "HYS_LAW_RANGE")
    };
    let subjects = [
        subject("same day", 29, true),
        subject("30 days", 59, true),
        subject("31 days", 60, false),
        subject("the day before", 28, false),
    ];
    small::check(STUDY, &subjects).passes();
}

#[test]
fn records_show_what_was_derived_of_them() {
    let study = format!(
        "{STUDY}\n[[display]]\nid = \"liver\"\nnumber = \"Listing 9\"\nsection = \"1\"\ntitle = \"Liver\"\n\
         [display.listing]\nrecords = \"liver\"\nanalysis-set = \"all\"\norder = [\"day\"]\n\
         where = \"transaminase\"\ncolumns = [{{ variable = \"day\", label = \"Day\" }}, \
         {{ variable = \"transaminase_first\", label = \"First\" }}]\n"
    );
    let subject = Subject::new("A", "")
        .record_within("AST", 43, "3", ["", "1"])
        .record_within("ALT", 29, "3.5", ["", "1"])
        .record_within("ALT", 57, "2.9", ["", "1"]);
    let ran = small::run(&study, &[subject]);
    let lines = listing(&ran.package(), "liver");
    let days: Vec<&str> = lines.iter().map(|line| field(line, "day")).collect();
    assert_eq!(days, ["29", "43"]);
    assert!(lines.iter().all(|line| field(line, "transaminase_first") == super::made::date(29)), "{lines:?}");
}
