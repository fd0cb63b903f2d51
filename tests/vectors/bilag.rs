//! `bilag_numeric.json`: numeric totals, counts, change and forbidden moves of recorded BILAG-2004 grades, through
//! `bilag-2004`; and the renal grade by laboratory results, through `bilag-renal`.

use std::fmt::Write as _;

use serde_json::Value as Json;

use super::json::{cases, shown, text};
use super::small::{Subject, check};

const SYSTEMS: [&str; 9] = [
    "constitutional",
    "mucocutaneous",
    "neuropsychiatric",
    "musculoskeletal",
    "cardiorespiratory",
    "gastrointestinal",
    "ophthalmic",
    "renal",
    "haematological",
];

/// Numbers of the renal rules, as the vectors and `bilag-renal` name them.
const NUMBERS: [(&str, &str); 8] = [
    ("upcr", "upcr"),
    ("uacr", "uacr"),
    ("p24", "protein_24h"),
    ("dip", "dipstick"),
    ("scr", "creat"),
    ("gfr", "gfr"),
    ("sbp", "systolic"),
    ("dbp", "diastolic"),
];
/// Conditions of the renal rules, the same.
const CONDITIONS: [(&str, &str); 5] = [
    ("accelerated_hypertension", "hypertension"),
    ("active_sediment", "sediment"),
    ("active_nephritis_3m", "histology"),
    ("nephrotic_syndrome", "nephrotic"),
    ("ever_involved", "involved"),
];

/// Codes in these data are the names of systems and inputs.
fn study() -> String {
    let mut study = String::new();
    for (code, _) in NUMBERS {
        let _ = write!(
            study,
            "\n[measure.{code}]\nlabel = \"{code}\"\ndataset = \"RECORDS\"\nwhere = \"PARAMCD = '{code}'\"\n\
             value = \"AVAL\"\ntext = \"AVALC\"\ndate = \"ADT\"\n"
        );
    }
    for (code, _) in CONDITIONS {
        let _ = write!(
            study,
            "\n[measure.{code}]\nlabel = \"{code}\"\ndataset = \"RECORDS\"\nwhere = \"PARAMCD = '{code}'\"\n\
             value = \"AVALC\"\nwords = [\"Y\", \"N\"]\ndate = \"ADT\"\n"
        );
    }
    let codes: Vec<String> = SYSTEMS.iter().map(|system| format!("{system} = \"{system}\"")).collect();
    let measures = NUMBERS.iter().chain(&CONDITIONS).map(|(code, _)| format!("\"{code}\""));
    let measures: Vec<String> = measures.collect();
    let _ = write!(
        study,
        r#"
[score.bilag]
label = "BILAG-2004"
instrument = "bilag-2004"
dataset = "RECORDS"
item = "PARAMCD"
value = "AVALC"
date = "ADT"
codes = {{ {} }}

[frame.vectors]
label = "Activity"
measures = [{}]
scores = ["bilag"]

[[derivation]]
id = "change"
label = "Change of the numeric total"
frame = "vectors"
rule = "bilag - bilag_base"

[[derivation]]
id = "active"
label = "An A, or two B"
frame = "vectors"
rule = "bilag_n_a >= 1 OR bilag_n_b >= 2"

[[derivation]]
id = "worst"
label = "Worst grade"
frame = "vectors"
rule = """CASE {} END"""

[[derivation]]
id = "grade"
label = "Renal grade by laboratory results"
frame = "vectors"
instrument = "bilag-renal"
[derivation.with]
"#,
        codes.join(", "),
        measures.join(", "),
        worst()
    );
    for (code, parameter) in NUMBERS {
        let _ = writeln!(study, "{parameter} = \"{code}\"");
    }
    for (code, parameter) in CONDITIONS {
        let _ = writeln!(study, "{parameter} = \"COALESCE({code} = 'Y', FALSE)\"");
    }
    study
}

/// The first grade that some system has.
fn worst() -> String {
    let grades = ["A", "B", "C", "D", "E"].map(|grade| {
        let some: Vec<String> =
            SYSTEMS.iter().map(|system| format!("COALESCE(bilag_{system} = '{grade}', FALSE)")).collect();
        format!("WHEN {} THEN '{grade}'", some.join(" OR "))
    });
    grades.join(" ")
}

/// Grades recorded on a day; a system not done is recorded as such.
fn graded(subject: Subject, day: i32, grades: &Json) -> Subject {
    let grades = grades.as_object().expect("the vector has grades");
    assert_eq!(grades.len(), SYSTEMS.len(), "all systems are named");
    grades.iter().fold(subject, |subject, (system, grade)| subject.record(system, day, grade.as_str().unwrap_or("ND")))
}

/// Inputs of the renal rules on a day.
fn measured(mut subject: Subject, day: i32, inputs: &Json) -> Subject {
    for (code, value) in inputs.as_object().into_iter().flatten() {
        subject = if let Some(truth) = value.as_bool() {
            assert!(CONDITIONS.iter().any(|(known, _)| known == code), "no place for {code}");
            subject.record(code, day, if truth { "Y" } else { "N" })
        } else {
            assert!(NUMBERS.iter().any(|(known, _)| known == code), "no place for {code}");
            subject.record(code, day, &value.to_string())
        };
    }
    subject
}

fn numeric(case: &Json) -> Subject {
    let expected = &case["expected"];
    let counts = [("bilag", "total"), ("bilag_n_a", "n_a"), ("bilag_n_b", "n_b"), ("bilag_n_c", "n_c")];
    let rest = [("bilag_missing", "missing"), ("worst", "worst"), ("active", "active_A_or_2B")];
    let subject = graded(Subject::of(case), 169, &case["grades"]);
    counts.iter().chain(&rest).fold(subject, |subject, (variable, key)| {
        // A word here is a grade, and never a truth.
        let value = expected[*key].as_str().map_or_else(|| shown(&expected[*key]), str::to_owned);
        subject.shows("W24", variable, &value)
    })
}

fn moved(case: &Json) -> Subject {
    graded(graded(Subject::of(case), 1, &case["grades_baseline"]), 169, &case["grades_visit"])
}

/// The previous values of a renal vector stand at week 20, or at baseline: the rules take the last that there is.
fn renal(case: &Json) -> Vec<Subject> {
    let (input, grade) = (&case["input"], text(&case["expected"]["renal_grade"]));
    let own = text(&case["id"]);
    let at = |id: &str, day: i32| {
        let subject = Subject::new(id, text(&case["note"]));
        measured(measured(subject, day, &input["prev"]), 169, &input["cur"]).shows("W24", "grade", grade)
    };
    let mut subjects = vec![at(own, 141)];
    if !input["prev"].is_null() {
        subjects.push(at(&format!("{own} since baseline"), 1));
    }
    subjects
}

#[test]
fn all_35_vectors_of_bilag_come_out_as_written() {
    let Some(vectors) = cases("bilag_numeric.json") else { return };
    let mut subjects = Vec::new();
    let mut executed = [0; 4];
    // Who must be named in the warning, and who must not.
    let (mut illegal, mut legal) = (Vec::new(), Vec::new());
    for case in &vectors {
        let expected = &case["expected"];
        let kind = match text(&case["kind"]) {
            "numeric" => {
                subjects.push(numeric(case));
                0
            }
            "change" => {
                let variables = [("bilag_base", "baseline"), ("bilag", "visit"), ("change", "change")];
                let subject = variables.iter().fold(moved(case), |subject, (variable, key)| {
                    subject.shows("W24", variable, &shown(&expected[*key]))
                });
                subjects.push(subject);
                1
            }
            "validity" => {
                let systems = expected["illegal_systems"].as_array().expect("the vector lists systems");
                subjects.push(moved(case).shows("W24", "bilag_back_to_e", systems.len()));
                if systems.is_empty() {
                    legal.push(text(&case["id"]));
                } else {
                    illegal.push(text(&case["id"]));
                }
                2
            }
            "renal_derivation_QC" => {
                subjects.extend(renal(case));
                3
            }
            other => panic!("no place for vectors of {other}"),
        };
        executed[kind] += 1;
    }
    let checked = check(&study(), &subjects);
    eprintln!("{executed:?} vectors of BILAG-2004 executed: numeric, change, validity, renal grade");
    assert_eq!(executed, [9, 3, 2, 21], "vectors were lost or added");
    // 19 of the renal vectors have previous values, and stand twice.
    assert_eq!(checked.cells, 9 * 7 + 3 * 3 + 2 + 21 + 19, "cells were lost or added");
    checked.passes();

    let warnings = checked.warnings("E after A, B, C or D");
    assert_eq!(warnings.len(), 1, "one warning tells all of whom it is true:\n{}", checked.said);
    for id in &illegal {
        assert!(warnings[0].contains(id), "{id} is not named: {}", warnings[0]);
    }
    for id in &legal {
        assert!(!warnings[0].contains(id), "{id} is named and did nothing wrong: {}", warnings[0]);
    }
    assert_eq!((illegal.len(), legal.len()), (1, 1), "one vector of each");
}

/// Parts of the renal rules that no vector reaches.
#[test]
fn renal_grades_worked_out_by_hand() {
    let case = |id: &str, why: &str, before: &[(&str, &str)], now: &[(&str, &str)], grade: &str| {
        let subject = Subject::new(id, why).record("ever_involved", 169, "Y");
        let subject = before.iter().fold(subject, |subject, (code, value)| subject.record(code, 141, value));
        let subject = now.iter().fold(subject, |subject, (code, value)| subject.record(code, 169, value));
        subject.shows("W24", "grade", grade)
    };
    let subjects = [
        case("p24 1.0", "1 g is not above 1 g, but at least 0.5 g", &[("p24", "1.0")], &[("p24", "1.0")], "B"),
        case(
            "p24 and sediment",
            "above 1 g, not improved, with sediment: two features",
            &[],
            &[("p24", "1.1"), ("active_sediment", "Y")],
            "A",
        ),
        case(
            "p24 fell by a quarter",
            "2.0 to 1.5 g is an improvement; above 0.25 g",
            &[("p24", "2.0")],
            &[("p24", "1.5")],
            "C",
        ),
        case("p24 0.25", "0.25 g is not above 0.25 g", &[], &[("p24", "0.25")], "D"),
        case("uacr 101", "above 100 at the first visit, and alone", &[], &[("uacr", "101")], "B"),
        case("uacr 30", "above 25", &[("uacr", "30")], &[("uacr", "30")], "C"),
        case("gfr 45 from 60", "below 50, and was above", &[("gfr", "60")], &[("gfr", "45"), ("upcr", "10")], "B"),
        case(
            "gfr 45 from 48",
            "below 50 before, and not below two thirds",
            &[("gfr", "48")],
            &[("gfr", "45"), ("upcr", "10")],
            "D",
        ),
        case(
            "gfr 79 from 120",
            "below 80, and below 67 % of 120 (80.4)",
            &[("gfr", "120")],
            &[("gfr", "79"), ("upcr", "10")],
            "B",
        ),
        case(
            "gfr 79 from 117",
            "below 80, and not below 67 % of 117 (78.39)",
            &[("gfr", "117")],
            &[("gfr", "79"), ("upcr", "10")],
            "D",
        ),
        case("gfr first", "below 50 without an earlier value", &[], &[("gfr", "45"), ("upcr", "10")], "B"),
        case(
            "function without leading feature",
            "hypertension and function: two features, none leads",
            &[("gfr", "60")],
            &[("gfr", "45"), ("upcr", "10"), ("accelerated_hypertension", "Y")],
            "B",
        ),
        case(
            "creatinine up by 30 %",
            "143 from 110 is 130 %, not above: not a feature, but at least 115 %",
            &[("scr", "110")],
            &[("scr", "143"), ("upcr", "10")],
            "B",
        ),
        case(
            "pressure diastolic only",
            "both must rise and be high",
            &[("sbp", "150"), ("dbp", "80")],
            &[("sbp", "155"), ("dbp", "100"), ("upcr", "10")],
            "D",
        ),
        case("dipstick 1 to 2", "a rise by one to two plus", &[("dip", "1")], &[("dip", "2")], "B"),
        case("dipstick 1", "one plus, unchanged", &[("dip", "1")], &[("dip", "1")], "C"),
        case("upcr below 20", "every value below 20 is at most 25", &[], &[("upcr", "<20")], "D"),
        case(
            "upcr above 800",
            "every value above 800 is above 100, and it did not fall",
            &[("upcr", "700")],
            &[("upcr", ">800")],
            "B",
        ),
        case("upcr from zero", "nothing before to improve from", &[("upcr", "0")], &[("upcr", "120")], "B"),
        case("nothing measured", "no measure of protein, no feature: nothing is said", &[], &[], "NOT CHECKED"),
        case("sediment alone", "no measure of protein, but a feature decides", &[], &[("active_sediment", "Y")], "B"),
    ];
    check(&study(), &subjects).passes();
}
