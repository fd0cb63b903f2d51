//! `vitals_pcs.json`: vital signs of potential clinical significance, categories of blood pressure, CTCAE grades of
//! pressure and fever, and plausible values, through findings.

use serde_json::Value as Json;

use super::graded::{Case, Parameter, check};
use super::json::{cases, shown, text};

const GRADINGS: [(&str, &str); 3] =
    [("pcs", "pcs-vital-signs"), ("ctc", "ctcae-5-vital-signs"), ("fda", "fda-blood-pressure")];

/// Code, unit in the data, what the instruments call it, and what is plausible.
const PARAMETERS: [(&str, &str, &str, [f64; 2]); 6] = [
    ("SYSBP", "mmHg", "systolic-pressure", [50.0, 400.0]),
    ("DIABP", "mmHg", "diastolic-pressure", [25.0, 370.0]),
    ("PULSE", "beats/min", "pulse", [10.0, 600.0]),
    ("RESP", "breaths/min", "respiration", [3.0, 90.0]),
    ("TEMP", "C", "temperature", [10.0, 50.0]),
    ("WEIGHT", "kg", "weight", [1.0, 500.0]),
];

fn parameters() -> Vec<Parameter> {
    PARAMETERS
        .iter()
        .map(|(code, unit, analyte, plausible)| Parameter {
            plausible: Some(*plausible),
            ..Parameter::new(code, unit, analyte)
        })
        .collect()
}

fn case(vector: &Json, code: &str, value: &str) -> Case {
    let note = vector["note"].as_str().unwrap_or("as the vector says");
    Case::new(text(&vector["id"]), note, code, value, ["", ""])
}

/// The categories of a value in the words of the vectors, as the grades that say them.
fn categories(code: &str, words: &[&str]) -> [usize; 2] {
    let limits: &[&str] = match code {
        "SYSBP" => &[">=90", ">=120", ">=140", ">=160", ">=180"],
        "DIABP" => &[">=60", ">=80", ">=90", ">=110", ">=120"],
        other => panic!("{other} has no categories"),
    };
    let (low, high): (Vec<&str>, Vec<&str>) = words.iter().partition(|word| word.starts_with('<'));
    assert_eq!(high, limits[..high.len()], "categories are cumulative");
    [low.len(), high.len()]
}

#[test]
fn all_62_vectors_of_vital_signs_come_out_as_written() {
    let Some(vectors) = cases("vitals_pcs.json") else { return };
    assert_eq!(vectors.len(), 62, "vectors were lost or added");
    let mut all = Vec::new();
    let mut warned = 0;
    for vector in &vectors {
        let code = vector["param"].as_str().unwrap_or_default();
        let value = shown(&vector["value"]);
        match text(&vector["kind"]) {
            "pcs" => {
                let grades = match vector["expected"].as_str() {
                    Some("LOW") => ["1", "0"],
                    Some("HIGH") => ["0", "1"],
                    Some("NONE") => ["0", "0"],
                    // Without baseline neither direction is known.
                    None => ["", ""],
                    Some(other) => panic!("no place for {other}"),
                };
                let case = case(vector, code, &value).from(&shown(&vector["baseline"])).shows("pcs_high", &grades[1]);
                // Temperature has no low limit.
                all.push(if code == "TEMP" { case } else { case.shows("pcs_low", &grades[0]) });
            }
            "fda_category_cumulative" => {
                let words: Vec<&str> = vector["expected"].as_array().expect("categories").iter().map(text).collect();
                let [low, high] = categories(code, &words);
                all.push(case(vector, code, &value).shows("fda_low", &low).shows("fda_high", &high));
            }
            "ctcae_v5_fever" => {
                let grade = shown(&vector["expected_grade"]);
                all.push(case(vector, "TEMP", &shown(&vector["value_c"])).shows("ctc_high", &grade));
            }
            "ctcae_v5_hypertension_numeric_part" => {
                // The grade is the worse of two measurements: each is the other's lower bound, and one of them reaches it.
                let expected = vector["expected_grade"].as_u64().expect("a grade");
                let [systolic, diastolic] = ["sbp", "dbp"].map(|name| vector[name].as_u64().expect("a pressure"));
                let parts = [
                    [120, 140, 160].iter().filter(|limit| systolic >= **limit).count(),
                    [80, 90, 100].iter().filter(|limit| diastolic >= **limit).count(),
                ];
                assert_eq!(parts.iter().max().map(|most| *most as u64), Some(expected), "{vector}");
                for ((code, value), grade) in [("SYSBP", systolic), ("DIABP", diastolic)].into_iter().zip(parts) {
                    let id = format!("{} {code}", text(&vector["id"]));
                    let part = Case::new(&id, "a part of the pressure", code, &value.to_string(), ["", ""]);
                    all.push(part.shows("ctc_high", &grade));
                }
            }
            "plausibility_fda_table60" => {
                let plausible = vector["expected_plausible"] == true;
                warned += usize::from(!plausible);
                all.push(case(vector, code, &value).shows("value", &if plausible { value.as_str() } else { "" }));
            }
            other => panic!("no place for vectors of {other}"),
        }
    }
    let (cells, ran) = check(&GRADINGS, &parameters(), &all);
    eprintln!("{} vectors of vital signs executed, {cells} cells looked at", vectors.len());
    // 33 of significance with both directions but for 4 temperatures, 7 of categories with both, 6 of fever, 8 of
    // pressure with two parts, 8 of plausibility.
    assert_eq!(cells, 33 * 2 - 4 + 7 * 2 + 6 + 8 * 2 + 8, "cells were lost or added");
    let warnings = ran.said.lines().filter(|line| line.contains("is not plausible")).count();
    assert_eq!(warnings, 4, "{warned} implausible values of four parameters are named:\n{}", ran.said);
}
