//! `ctcae.json`: grades of laboratory values by `ctcae-5`, through findings; the same in other units; and limits in the
//! units and of the analytes the vectors do not have.

use serde_json::Value as Json;

use super::graded::{Case, Parameter, check};
use super::json::{cases, number, shown, text};

/// What the instrument calls the analytes of the vectors, by unit where that makes a difference.
fn analyte(code: &str, unit: &str) -> &'static str {
    match (code, unit) {
        ("HGB", _) => "haemoglobin",
        ("WBC", _) => "leukocytes",
        ("NEUT", _) => "neutrophils",
        ("LYM", _) => "lymphocytes",
        ("PLAT", _) => "platelets",
        ("ALT", _) => "alanine-aminotransferase",
        ("AST", _) => "aspartate-aminotransferase",
        ("ALP", _) => "alkaline-phosphatase",
        ("GGT", _) => "gamma-glutamyltransferase",
        ("BILI", _) => "bilirubin",
        ("CREAT", _) => "creatinine",
        ("ALB", _) => "albumin",
        ("K", _) => "potassium",
        ("NA", _) => "sodium",
        ("CA", _) => "calcium",
        ("MG", _) => "magnesium",
        ("GLUC", "mg/dL") => "glucose-us",
        ("GLUC", _) => "glucose",
        ("GLUCF_V4", _) => "glucose-fasting",
        ("CK", _) => "creatine-kinase",
        ("LDH", _) => "lactate-dehydrogenase",
        ("CHOL", _) => "cholesterol",
        ("TRIG", _) => "triglycerides",
        ("APTT", _) => "activated-partial-thromboplastin-time",
        _ => panic!("no analyte for {code} in {unit}"),
    }
}

fn side(vector: &Json) -> &'static str {
    match text(&vector["direction"]) {
        "L" => "ctc_low",
        "H" => "ctc_high",
        other => panic!("no direction {other}"),
    }
}

/// The parameters of the vectors, a code for each analyte and unit.
fn parameters<'a>(of: impl Iterator<Item = (&'a str, &'a str, &'a str)>) -> Vec<Parameter> {
    let mut found: Vec<Parameter> = Vec::new();
    for (code, unit, analyte) in of {
        if !found.iter().any(|own| own.code == code) {
            found.push(Parameter::new(code, unit, analyte));
        }
    }
    found
}

#[test]
fn all_274_vectors_of_ctcae_come_out_as_written() {
    let Some(vectors) = cases("ctcae.json") else { return };
    let code = |vector: &Json| format!("{} {}", text(&vector["analyte"]), text(&vector["unit"]));
    let codes: Vec<String> = vectors.iter().map(code).collect();
    let parameters = parameters(vectors.iter().zip(&codes).map(|(vector, code)| {
        let unit = text(&vector["unit"]);
        (code.as_str(), unit, analyte(text(&vector["analyte"]), unit))
    }));
    let cases: Vec<Case> = vectors
        .iter()
        .zip(&codes)
        .map(|(vector, code)| {
            let limits = ["lln", "uln"].map(|name| shown(&vector[name]));
            let limits = [limits[0].as_str(), limits[1].as_str()];
            Case::new(text(&vector["id"]), text(&vector["note"]), code, &shown(&vector["value"]), limits)
                .from(&shown(&vector["baseline"]))
                .shows(side(vector), &shown(&vector["expected_grade"]))
        })
        .collect();
    let (cells, _) = check(&[("ctc", "ctcae-5")], &parameters, &cases);
    eprintln!("{cells} vectors of CTCAE executed");
    assert_eq!(cells, 274, "vectors were lost or added");
}

/// Values and limits in another unit of the same quantity have the same grade, at the limits too.
#[test]
fn other_units_do_not_change_a_grade() {
    let Some(vectors) = cases("ctcae.json") else { return };
    let other = |code: &str, unit: &str| match (unit, code) {
        ("g/L", _) => Some(("g/dL", 0.1)),
        ("10^9/L", _) => Some(("/uL", 1000.0)),
        // The constants of the specification.
        ("mmol/L", "GLUC" | "GLUCF_V4") => Some(("mg/dL", 18.016)),
        ("mmol/L", "CHOL") => Some(("mg/dL", 38.67)),
        ("mmol/L", "TRIG") => Some(("mg/dL", 88.57)),
        ("mmol/L", "CA") => Some(("mg/dL", 4.008)),
        ("mmol/L", "MG") => Some(("mg/dL", 2.431)),
        _ => None,
    };
    let mut parameters: Vec<Parameter> = Vec::new();
    let mut cases = Vec::new();
    for vector in &vectors {
        let (code, unit) = (text(&vector["analyte"]), text(&vector["unit"]));
        let Some((to, factor)) = other(code, unit) else { continue };
        let parameter = format!("{code} {to}");
        if !parameters.iter().any(|own| own.code == parameter) {
            parameters.push(Parameter::new(&parameter, to, analyte(code, unit)));
        }
        let scaled = |name: &str| {
            let value = &vector[name];
            if value.is_null() { String::new() } else { (number(value) * factor).to_string() }
        };
        let (value, low, high) = (scaled("value"), scaled("lln"), scaled("uln"));
        cases.push(
            Case::new(text(&vector["id"]), text(&vector["note"]), &parameter, &value, [&low, &high])
                .from(&scaled("baseline"))
                .shows(side(vector), &shown(&vector["expected_grade"])),
        );
    }
    let (cells, _) = check(&[("ctc", "ctcae-5")], &parameters, &cases);
    eprintln!("{cells} vectors of CTCAE executed in other units");
    assert!(cells >= 120, "vectors were lost: {cells}");
}

/// Analytes without vectors, and limits printed in US units: grades just inside, at and just beyond each limit.
/// Analyte, unit, reference limits, direction, limits of the grades, smallest step.
type Scale<'a> = (&'a str, &'a str, [&'a str; 2], bool, [Option<f64>; 4], f64);

#[test]
fn limits_of_analytes_without_vectors() {
    // Analyte, unit, reference limits, direction; the limits of grades 1 to 4 (nothing where there is none) and the
    // smallest step.
    #[rustfmt::skip]
    let scales: [Scale; 16] = [
        ("calcium-us", "mg/dL", ["8.4", "10.2"], true, [Some(8.4), Some(8.0), Some(7.0), Some(6.0)], 0.1),
        ("calcium-us", "mg/dL", ["8.4", "10.2"], false, [Some(10.2), Some(11.5), Some(12.5), Some(13.5)], 0.1),
        ("magnesium-us", "mg/dL", ["1.7", "2.4"], true, [Some(1.7), Some(1.2), Some(0.9), Some(0.7)], 0.1),
        ("magnesium-us", "mg/dL", ["1.7", "2.4"], false, [Some(2.4), None, Some(3.0), Some(8.0)], 0.1),
        ("glucose-us", "mg/dL", ["70", "99"], true, [Some(70.0), Some(55.0), Some(40.0), Some(30.0)], 1.0),
        ("glucose-fasting-us", "mg/dL", ["70", "99"], false, [Some(99.0), Some(160.0), Some(250.0), Some(500.0)], 1.0),
        ("glucose-fasting-us", "mg/dL", ["70", "99"], true, [Some(70.0), Some(55.0), Some(40.0), Some(30.0)], 1.0),
        ("glucose-fasting", "mmol/L", ["3.9", "5.5"], true, [Some(3.9), Some(3.0), Some(2.2), Some(1.7)], 0.1),
        ("cholesterol-us", "mg/dL", ["", "200"], false, [Some(200.0), Some(300.0), Some(400.0), Some(500.0)], 1.0),
        ("triglycerides-us", "mg/dL", ["", ""], false, [Some(150.0), Some(300.0), Some(500.0), Some(1000.0)], 1.0),
        ("international-normalised-ratio", "1", ["", ""], false, [Some(1.2), Some(1.5), Some(2.5), None], 0.1),
        ("amylase", "U/L", ["", "100"], false, [Some(100.0), Some(150.0), Some(500.0), None], 1.0),
        ("lipase", "U/L", ["", "60"], false, [Some(60.0), Some(90.0), Some(300.0), None], 1.0),
        ("uric-acid", "umol/L", ["", "420"], false, [Some(420.0), None, None, None], 1.0),
        ("lactate-dehydrogenase", "U/L", ["", "250"], false, [Some(250.0), None, None, None], 1.0),
        ("creatine-kinase", "U/L", ["", "200"], false, [Some(200.0), Some(500.0), Some(1000.0), Some(2000.0)], 1.0),
    ];
    let mut parameters: Vec<Parameter> = Vec::new();
    let mut cases = Vec::new();
    for (analyte, unit, limits, low, grades, step) in scales {
        if !parameters.iter().any(|own| own.code == analyte) {
            parameters.push(Parameter::new(analyte, unit, analyte));
        }
        let (side, sign) = if low { ("ctc_low", -1.0) } else { ("ctc_high", 1.0) };
        let mut before = 0;
        for (position, limit) in grades.into_iter().enumerate() {
            let Some(limit) = limit else { continue };
            for (beyond, grade) in [(0.0, before), (step, position + 1)] {
                let value = (limit + sign * beyond).to_string();
                let id = format!("{analyte} {side} {value}");
                cases.push(
                    Case::new(&id, "a limit is not passed at itself", analyte, &value, limits).shows(side, &grade),
                );
            }
            before = position + 1;
        }
    }
    // 24-hour protein: limits are in the worse grade.
    parameters.push(Parameter::new("protein-24h", "mg/24h", "protein-24h"));
    for (value, grade) in [("149", "0"), ("150", "1"), ("999", "1"), ("1000", "2"), ("3499", "2"), ("3500", "3")] {
        let id = format!("protein {value}");
        cases.push(Case::new(&id, "24-hour protein", "protein-24h", value, ["", "150"]).shows("ctc_high", &grade));
    }
    let (cells, _) = check(&[("ctc", "ctcae-5")], &parameters, &cases);
    eprintln!("{cells} limits looked at");
    assert!(cells >= 100, "limits were lost: {cells}");
}
