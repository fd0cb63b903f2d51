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

[[display]]
id = "profiles"
number = "Figure 1"
section = "1"
title = "Subjects"
[display.profile]
analysis-set = "all"
where = "INCLUDED = 'Y'"
days = [1, 100]
facts = [
  { id = "quadrant", label = "Quadrant", value = """
CASE
  WHEN peak_transaminase IS NULL OR peak_bilirubin IS NULL THEN 'NOT_EVALUABLE'
  WHEN peak_transaminase >= 3 AND peak_bilirubin >= 2 THEN 'HYS_LAW_RANGE'
  WHEN peak_bilirubin >= 2 THEN 'CHOLESTASIS'
  WHEN peak_transaminase >= 3 THEN 'TEMPLES_COROLLARY'
  ELSE 'NORMAL_OR_NEAR'
END""" },
  { id = "follows", label = "Bilirubin follows the aminotransferase", value = "sequence" },
  { id = "candidate", label = "Candidate", value = "sequence AND NOT cholestatic" },
]
"#;

/// The facts of the subjects: id, fact, and what it must be.
type Facts = Vec<(String, &'static str, String)>;

/// Runs the study over the subjects and compares its facts.
fn check(subjects: &[Subject], facts: &Facts) {
    let ran = small::run(STUDY, subjects);
    let lines = listing(&ran.package(), "profiles");
    assert_eq!(lines.len(), subjects.len(), "a profile each");
    let mut complaints = Vec::new();
    for (id, fact, expected) in facts {
        let line = lines.iter().find(|line| field(line, "USUBJID") == id);
        let found = field(line.unwrap_or_else(|| panic!("{id} has no profile")), fact);
        if found != expected {
            complaints.push(format!("{id}: {fact} is {found:?} and must be {expected:?}"));
        }
    }
    assert!(
        complaints.is_empty(),
        "{} of {} facts are wrong:\n{}",
        complaints.len(),
        facts.len(),
        complaints.join("\n")
    );
}

#[test]
fn all_9_vectors_of_hys_law_come_out_as_written() {
    let Some(vectors) = cases("hys_law.json") else { return };
    let (mut subjects, mut facts) = (Vec::new(), Facts::new());
    for vector in &vectors {
        // Records before treatment that would be a case by themselves: they do not count.
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
        for (fact, name) in
            [("quadrant", "edish_quadrant"), ("follows", "tb_within_window"), ("candidate", "potential_hys_law")]
        {
            facts.push((subject.id.clone(), fact, shown(&vector["expected"][name])));
        }
        subjects.push(subject);
    }
    assert_eq!((vectors.len(), facts.len()), (9, 27), "vectors were lost or added");
    check(&subjects, &facts);
    eprintln!("{} vectors of Hy's law executed", vectors.len());
}

/// The window has 30 days, both ends counted; the peaks and the sequence say different things.
#[test]
fn the_window_ends_after_thirty_days() {
    let (mut subjects, mut facts) = (Vec::new(), Facts::new());
    for (id, day, follows) in
        [("same day", 29, true), ("30 days", 59, true), ("31 days", 60, false), ("the day before", 28, false)]
    {
        let subject = Subject::new(id, "bilirubin this long after the aminotransferase of day 29");
        subjects.push(subject.record_within("ALT", 29, "3", ["", "1"]).record_within("BILI", day, "2", ["", "1"]));
        facts.push((id.to_owned(), "follows", follows.to_string()));
        facts.push((id.to_owned(), "quadrant", "HYS_LAW_RANGE".to_owned()));
    }
    check(&subjects, &facts);
}

/// Alkaline phosphatase excludes a candidate by its value on the day of the first such aminotransferase, and on no other.
#[test]
fn alkaline_phosphatase_counts_on_the_first_day() {
    let subject = |id: &str, first: &str, later: &str| {
        Subject::new(id, "alkaline phosphatase on both days")
            .record_within("AST", 29, "4", ["", "1"])
            .record_within("ALP", 29, first, ["", "1"])
            .record_within("AST", 43, "5", ["", "1"])
            .record_within("ALP", 43, later, ["", "1"])
            .record_within("BILI", 43, "2.1", ["", "1"])
    };
    let subjects = [subject("first day", "2", "1"), subject("later day", "1.9", "3")];
    let fact = |id: &str, candidate: bool| (id.to_owned(), "candidate", candidate.to_string());
    check(&subjects, &vec![fact("first day", false), fact("later day", true)]);
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
    let ran = small::run(&study, &[subject, Subject::new("B", "nothing measured")]);
    let lines = listing(&ran.package(), "liver");
    let days: Vec<&str> = lines.iter().map(|line| field(line, "day")).collect();
    assert_eq!(days, ["29", "43"]);
    assert!(lines.iter().all(|line| field(line, "transaminase_first") == super::made::date(29)), "{lines:?}");
}
