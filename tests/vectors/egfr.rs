//! `egfr.json`: eGFR by CKD-EPI 2021 from creatinine in either unit, age and sex, through `ckd-epi-2021`; and with
//! creatinine known only as a limit.

use super::json::{cases, number, text};
use super::small::{Subject, check};

const STUDY: &str = r#"
[measure.creat]
label = "Creatinine"
dataset = "RECORDS"
where = "PARAMCD IN ('mg/dL', 'umol/L')"
value = "AVAL"
text = "AVALC"
unit = { variable = "PARAMCD", to = "mg/dL", conversion = "creatinine" }
date = "ADT"

[frame.vectors]
label = "Function"
measures = ["creat"]

[[derivation]]
id = "egfr"
label = "eGFR"
frame = "vectors"
instrument = "ckd-epi-2021"
with = { creat = "creat", age = "AGE", female = "SEX = 'F'" }

[[derivation]]
id = "near"
label = "eGFR is that of the vector, which has six decimals"
frame = "vectors"
rule = "ABS(egfr - EXPECTED) < 0.00000051"

[[derivation]]
id = "above_60"
label = "eGFR above 60"
frame = "vectors"
rule = "egfr > 60"
"#;

#[test]
fn all_9_egfr_vectors_come_out_as_written() {
    let Some(vectors) = cases("egfr.json") else { return };
    let mut subjects = Vec::new();
    for (position, vector) in vectors.iter().enumerate() {
        let creatinine = number(&vector["scr_mgdl"]);
        for (unit, value) in [("mg/dL", creatinine), ("umol/L", creatinine * 88.4)] {
            let id = format!("EGFR-{}-{}", position + 1, unit.replace('/', "-"));
            subjects.push(
                Subject::new(&id, "CKD-EPI 2021")
                    .is("AGE", &vector["age"].to_string())
                    .is("SEX", text(&vector["sex"]))
                    .is("EXPECTED", &vector["egfr"].to_string())
                    .record(unit, 169, &value.to_string())
                    .shows("W24", "near", true),
            );
        }
    }
    assert_eq!(vectors.len(), 9, "vectors were lost or added");
    assert_eq!(subjects.len(), 18, "each vector in both units");
    let checked = check(STUDY, &subjects);
    eprintln!("{} eGFR vectors executed, in two units each", vectors.len());
    checked.passes();
}

/// eGFR falls as creatinine rises, so that a limit of one is a limit of the other.
#[test]
fn egfr_of_creatinine_known_only_as_a_limit() {
    let woman = |id: &str, why: &str| Subject::new(id, why).is("AGE", "30").is("SEX", "F").is("EXPECTED", "0");
    let subjects = [
        woman("below 0.5", "at 0.5 it is 129, below 0.5 higher")
            .record("mg/dL", 169, "<0.5")
            .shows("W24", "above_60", true),
        woman("above 2.0", "at 2.0 it is below 34, above 2.0 lower")
            .record("mg/dL", 169, ">2.0")
            .shows("W24", "above_60", false),
        woman("below 1.3", "at 1.3 it is below 60, at 0.7 it is 119: open")
            .record("mg/dL", 169, "<1.3")
            .shows("W24", "above_60", ""),
        woman("not measured", "no creatinine, no eGFR").shows("W24", "above_60", "").shows("W24", "egfr", ""),
        Subject::new("no sex", "without sex there is no formula")
            .is("AGE", "30")
            .record("mg/dL", 169, "0.8")
            .shows("W24", "egfr", ""),
        Subject::new("no age", "without age there is no eGFR")
            .is("SEX", "M")
            .record("mg/dL", 169, "0.8")
            .shows("W24", "egfr", ""),
    ];
    check(STUDY, &subjects).passes();
}
