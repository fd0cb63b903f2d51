//! `sri4.json`: SRI-4 and BICLA with their components, through `sri`, `bicla`, `treatment-failure`, `sledai-2k` (as a
//! recorded total) and `bilag-2004` (as recorded grades); non-responder imputation as the flagship study writes it.

use std::fmt::Write as _;

use serde_json::Value as Json;

use super::json::{cases, shown, text};
use super::small::{Checked, Subject, check};
use crate::support::specification;

const STUDY: &str = r#"
[score.sledai]
label = "SLEDAI-2K"
instrument = "sledai-2k"
dataset = "RECORDS"
item = "PARAMCD"
value = "AVAL"
date = "ADT"
recorded = { total = "SLEDAI" }

[score.bilag]
label = "BILAG-2004"
instrument = "bilag-2004"
dataset = "RECORDS"
item = "PARAMCD"
value = "AVALC"
date = "ADT"
codes = { constitutional = "constitutional", mucocutaneous = "mucocutaneous", neuropsychiatric = "neuropsychiatric", musculoskeletal = "musculoskeletal", cardiorespiratory = "cardiorespiratory", gastrointestinal = "gastrointestinal", ophthalmic = "ophthalmic", renal = "renal", haematological = "haematological" }

[measure.pga]
label = "Physician's global assessment"
dataset = "RECORDS"
where = "PARAMCD = 'PGA'"
value = "AVAL"
date = "ADT"

[dose.pred]
label = "Prednisone-equivalent dose"
instrument = "glucocorticoid"
dataset = "COURSES"
where = "DRUG IS NOT NULL"
drug = "DRUG"
amount = "AMOUNT"
unit = "UNIT"
frequency = "FREQUENCY"
route = "ROUTE"
start = { date = "ASTDT" }
end = { date = "AENDT" }
days = 7
baseline-days = [-7, -1]
pulse = { from = 250, routes = ["IV"] }

[event.death]
label = "Death"
dataset = "ADSL"
date = "DEATH"

[event.left]
label = "Withdrawal"
dataset = "ADSL"
date = "LEFT"

[event.rescue]
label = "Prohibited treatment"
dataset = "ADSL"
date = "RESCUE"

[frame.vectors]
label = "Activity"
measures = ["pga"]
scores = ["sledai", "bilag"]
doses = ["pred"]
events = ["death", "left", "rescue"]

[[derivation]]
id = "failed"
label = "Treatment failure"
frame = "vectors"
instrument = "treatment-failure"
with = { medicine = "rescue_before", dose = "pred" }

[[derivation]]
id = "change"
label = "Change of SLEDAI-2K"
frame = "vectors"
rule = "sledai - sledai_base"
"#;

/// The indices by the numbers they are given: their identifiers, the fall of SLEDAI-2K, and the scale of the assessment.
const CONFIGURATIONS: [(&str, u8, u8); 4] = [("4_3", 4, 3), ("5_3", 5, 3), ("4_10", 4, 10), ("4_100", 4, 100)];

/// SRI and BICLA by each configuration, each with the responders after imputation.
fn study() -> String {
    let mut study = STUDY.to_owned();
    for (name, drop, scale) in CONFIGURATIONS {
        let _ = write!(
            study,
            r#"
[[derivation]]
id = "sri{name}"
label = "SRI"
frame = "vectors"
instrument = "sri"
with = {{ sledai = "sledai", bilag = "bilag", pga = "pga", pga_scale = "{scale}", drop = "{drop}", failure = "failed" }}

[[derivation]]
id = "bicla{name}"
label = "BICLA"
frame = "vectors"
instrument = "bicla"
with = {{ sledai = "sledai", bilag = "bilag", pga = "pga", pga_scale = "{scale}", failure = "failed" }}
"#
        );
        study.push_str(&imputed("sri4_response", "sri4", &format!("sri{name}")));
        study.push_str(&imputed("bicla_response", "bicla", &format!("bicla{name}")));
    }
    study
}

/// A derivation of the flagship study, of an index with another name.
fn imputed(id: &str, index: &str, name: &str) -> String {
    let study = specification("ln-msc-il2");
    let derivations = study["derivation"].as_array().expect("the study has derivations");
    let found = derivations.iter().find(|derivation| derivation["id"].as_str() == Some(id));
    let derivation = found.unwrap_or_else(|| panic!("the flagship study has no {id}"));
    let text = toml::to_string(derivation)
        .expect("a derivation is TOML")
        .replace("frame = \"activity\"", "frame = \"vectors\"");
    format!("\n[[derivation]]\n{}\n", text.replace("[[cases]]", "[[derivation.cases]]").replace(index, name))
}

/// The configuration of a vector, as the derivations are named.
fn configuration(case: &Json) -> &'static str {
    let config = case["config"].as_object().expect("a vector has a configuration");
    let known = |name: &&String| ["sledai_drop", "pga_scale_max"].contains(&name.as_str());
    assert!(config.keys().all(|name| known(&name)), "no place for {config:?}");
    let drop = config.get("sledai_drop").map_or(4.0, super::json::number);
    let scale = config.get("pga_scale_max").map_or(3.0, super::json::number);
    let is = |own: &&(&str, u8, u8)| (f64::from(own.1) - drop).abs() < 0.5 && (f64::from(own.2) - scale).abs() < 0.5;
    CONFIGURATIONS.iter().find(is).unwrap_or_else(|| panic!("no configuration for {config:?}")).0
}

/// What was assessed on a day: the total, the global assessment, and the grades; a system not done is not recorded in one
/// half of the vectors and recorded as not done in the other.
fn assessed(mut subject: Subject, day: i32, side: &Json, position: usize) -> Subject {
    for (code, name) in [("SLEDAI", "sledai"), ("PGA", "pga")] {
        if !side[name].is_null() {
            subject = subject.record(code, day, &side[name].to_string());
        }
    }
    for (system, grade) in side["bilag"].as_object().into_iter().flatten() {
        subject = match grade.as_str() {
            Some(grade) => subject.record(system, day, grade),
            None if position.is_multiple_of(2) => subject.record(system, day, "NOT DONE"),
            None => subject,
        };
    }
    subject
}

fn subject(position: usize, case: &Json) -> Subject {
    let name = configuration(case);
    let ice = |name: &str| case["ice"][name].as_bool() == Some(true);
    // Who died before the window of week 24 was seen in the wide window before it.
    let day = if ice("death") { 158 } else { 169 };
    let mut subject = assessed(Subject::of(case), 1, &case["baseline"], position);
    subject = assessed(subject, day, &case["visit"], position);
    if ice("death") {
        subject = subject.is("DEATH", &super::made::date(160));
    }
    if case["visit"]["treatment_failure"] == true {
        subject = subject.takes(["METHYLPREDNISOLONE", "500", "ONCE", "IV"], 60, Some(60));
    }
    assert!(!ice("rescue") && !ice("withdrawn"), "{}: no place for its event", text(&case["id"]));
    let expected = &case["expected"];
    let nothing = case["visit"].is_null();
    // Without a visit nothing moved that could be told; all nine systems are open.
    let open = if nothing { "9" } else { "" };
    if nothing {
        subject = subject.shows("W24", "bilag_new_a_open", open);
    }
    let responds = |key: &str| if expected[key] == true { "R" } else { "NR" };
    let bicla = &expected["bicla"];
    let applicable = bicla != "NA";
    let as_observed = if applicable { shown(bicla) } else { String::new() };
    subject
        .shows("W24", "change", &shown(&expected["delta_sledai"]))
        .shows("W24", "bilag_new_a", &shown(&expected["new_a"]))
        .shows("W24", "bilag_new_b", &shown(&expected["new_b"]))
        .shows("W24", &format!("sri{name}_sledai"), &shown(&expected["sledai_ok"]))
        .shows("W24", &format!("sri{name}_bilag"), &shown(&expected["bilag_ok"]))
        .shows("W24", &format!("sri{name}_pga"), &shown(&expected["pga_ok"]))
        .shows("W24", &format!("sri{name}_treatment"), &shown(&expected["treatment_ok"]))
        .shows("W24", &format!("sri{name}"), &shown(&expected["sri4"]))
        .shows("W24", &format!("sri{name}_response"), responds("sri4_responder_nri"))
        .shows("W24", &format!("bicla{name}_applicable"), applicable)
        .shows("W24", &format!("bicla{name}"), &as_observed)
        .shows("W24", &format!("bicla{name}_response"), responds("bicla_responder_nri"))
}

#[test]
fn all_32_vectors_of_sri_and_bicla_come_out_as_written() {
    let Some(vectors) = cases("sri4.json") else { return };
    let subjects: Vec<Subject> = vectors.iter().enumerate().map(|(at, case)| subject(at, case)).collect();
    let checked: Checked = check(&study(), &subjects);
    eprintln!("{} vectors of SRI and BICLA executed", subjects.len());
    assert_eq!(subjects.len(), 32, "vectors were lost or added");
    // Twelve cells each, and the open moves of the one without visit.
    assert_eq!(checked.cells, 32 * 12 + 1, "cells were lost or added");
    checked.passes();
}

/// A responder by the vectors' first case, to be changed.
fn responder(id: &str, why: &str) -> Subject {
    let subject = Subject::new(id, why).record("SLEDAI", 1, "14").record("PGA", 1, "2.0").record("PGA", 169, "0.8");
    let grades = |subject: Subject, day: i32, renal: &str| {
        let rest = ["constitutional", "mucocutaneous", "neuropsychiatric", "musculoskeletal"];
        let more = ["cardiorespiratory", "gastrointestinal", "ophthalmic", "haematological"];
        let subject = rest.iter().chain(&more).fold(subject, |subject, system| subject.record(system, day, "D"));
        subject.record("renal", day, renal)
    };
    grades(grades(subject, 1, "A"), 169, "C").record("SLEDAI", 169, "6")
}

/// What the vectors say nothing of: parts of treatment failure, and events that are not death.
#[test]
fn treatment_failure_and_events_worked_out_by_hand() {
    let failing = |subject: Subject| subject.shows("W24", "sri4_3_treatment", false).shows("W24", "sri4_3", false);
    let fine = |subject: Subject| {
        let subject = subject.shows("W24", "sri4_3_treatment", true).shows("W24", "sri4_3", true);
        subject.shows("W24", "sri4_3_response", "R")
    };
    let oral = |amount: &'static str| ["PREDNISONE", amount, "QD", "ORAL"];
    let pulse = ["METHYLPREDNISOLONE", "500", "ONCE", "IV"];
    let mut subjects =
        vec![
            fine(responder("responder", "all components met, no medicine")),
            fine(responder("pulse after the visit", "a pulse on the day after the visit is no failure by the visit"))
                .takes(pulse, 170, Some(170)),
            failing(responder("pulse on the visit day", "the day of the visit is by the visit")).takes(
                pulse,
                169,
                Some(169),
            ),
            fine(responder("pulse before day 1", "not after the start of treatment")).takes(pulse, -3, Some(-3)),
            fine(responder("240 mg by vein", "192 mg of methylprednisolone are 240 of prednisone, below 250")).takes(
                ["METHYLPREDNISOLONE", "192", "ONCE", "IV"],
                60,
                Some(60),
            ),
            failing(responder("250 mg by vein", "200 mg of methylprednisolone are 250 of prednisone: a pulse")).takes(
                ["METHYLPREDNISOLONE", "200", "ONCE", "IV"],
                60,
                Some(60),
            ),
            fine(responder("250 mg by mouth", "a pulse is given by vein")).takes(
                ["PREDNISONE", "250", "ONCE", "ORAL"],
                60,
                Some(60),
            ),
            fine(responder("5 mg more", "10 to 15 mg: not more than 5 mg above baseline"))
                .takes(oral("10"), -30, Some(140))
                .takes(oral("15"), 141, None),
            failing(responder("6 mg more", "10 to 16 mg: more than 5 mg, and more than a quarter above baseline"))
                .takes(oral("10"), -30, Some(140))
                .takes(oral("16"), 141, None),
            fine(responder("10 mg more of 40", "40 to 50 mg: not more than a quarter above baseline"))
                .takes(oral("40"), -30, Some(140))
                .takes(oral("50"), 141, None),
            failing(responder("11 mg more of 40", "40 to 51 mg: more than a quarter above baseline"))
                .takes(oral("40"), -30, Some(140))
                .takes(oral("51"), 141, None),
            failing(responder("more at week 8 only", "10 to 20 mg at week 8, assessed there, and back: it has failed"))
                .record("PGA", 57, "1.0")
                .takes(oral("10"), -30, Some(49))
                .takes(oral("20"), 50, Some(60))
                .takes(oral("10"), 61, None),
            fine(responder("more at week 4 only", "a dose above baseline counts from week 8 on"))
                .record("PGA", 29, "1.0")
                .takes(oral("10"), -30, Some(20))
                .takes(oral("20"), 21, Some(40))
                .takes(oral("10"), 41, None),
            failing(responder("prohibited treatment", "given by the visit"))
                .is("RESCUE", &super::made::date(100))
                .shows("W24", "sri4_3_response_reason", "ICE_RESCUE"),
            fine(responder("withdrawn afterwards", "the data of week 24 stand")).is("LEFT", &super::made::date(175)),
        ];
    subjects.push(
        Subject::new("withdrawn before", "nothing at week 24, and withdrawn")
            .record("SLEDAI", 1, "14")
            .is("LEFT", &super::made::date(100))
            .shows("W24", "sri4_3", "")
            .shows("W24", "sri4_3_response", "NR")
            .shows("W24", "sri4_3_response_reason", "ICE_WITHDRAWN"),
    );
    check(&study(), &subjects).passes();
}
