//! `fda-outliers`: every limit of the guide, just not passed and just passed, through findings.

use super::graded::{Case, Parameter, check};

/// Analyte, unit of the data and of the guide, direction, limits of levels 1 to 3 (NaN where there is none), whether a
/// value at the limit is in the level, and the smallest step.
type Scale = (&'static str, &'static str, bool, [f64; 3], bool, f64);

const NO: f64 = f64::NAN;

/// Limits as numbers.
#[rustfmt::skip]
const ABSOLUTE: [Scale; 30] = [
    ("sodium", "mmol/L", true, [132.0, 130.0, 125.0], false, 1.0),
    ("sodium", "mmol/L", false, [150.0, 155.0, 160.0], false, 1.0),
    ("potassium", "mmol/L", true, [3.6, 3.4, 3.0], false, 0.1),
    ("potassium", "mmol/L", false, [5.5, 6.0, 6.5], false, 0.1),
    ("chloride", "mmol/L", true, [95.0, 88.0, 80.0], false, 1.0),
    ("chloride", "mmol/L", false, [108.0, 112.0, 115.0], false, 1.0),
    ("bicarbonate", "mmol/L", true, [20.0, 18.0, 15.0], false, 1.0),
    ("bicarbonate", "mmol/L", false, [NO, NO, 30.0], false, 1.0),
    ("urea-nitrogen", "mg/dL", false, [23.0, 27.0, 31.0], false, 1.0),
    ("glucose", "mg/dL", true, [70.0, 54.0, NO], false, 1.0),
    ("glucose", "mg/dL", false, [NO, 200.0, NO], true, 1.0),
    ("glucose-fasting", "mg/dL", true, [70.0, 54.0, NO], false, 1.0),
    ("glucose-fasting", "mg/dL", false, [100.0, 126.0, NO], true, 1.0),
    ("calcium", "mg/dL", true, [8.4, 8.0, 7.5], false, 0.1),
    ("calcium", "mg/dL", false, [10.5, 11.0, 12.0], false, 0.1),
    ("magnesium", "mg/dL", true, [1.5, 1.2, 0.9], false, 0.1),
    ("magnesium", "mg/dL", false, [2.3, 4.0, 7.0], false, 0.1),
    ("phosphate", "mg/dL", true, [2.5, 2.0, 1.4], false, 0.1),
    ("total-protein", "g/dL", true, [6.0, 5.4, 5.0], false, 0.1),
    ("albumin", "g/dL", true, [3.1, 2.5, 2.0], false, 0.1),
    ("cholesterol", "mg/dL", false, [200.0, 240.0, 300.0], false, 1.0),
    ("ldl-cholesterol", "mg/dL", false, [130.0, 160.0, 190.0], false, 1.0),
    ("triglycerides", "mg/dL", false, [150.0, 300.0, 500.0], false, 1.0),
    ("leukocytes", "10^9/L", true, [3.5, 3.0, 1.0], false, 0.1),
    ("leukocytes", "10^9/L", false, [10.8, 13.0, 15.0], false, 0.1),
    ("platelets", "10^9/L", true, [140.0, 125.0, 100.0], false, 1.0),
    ("lymphocytes", "10^9/L", true, [1.0, 0.75, 0.5], false, 0.01),
    ("lymphocytes", "10^9/L", false, [4.0, 10.0, 20.0], false, 0.1),
    ("neutrophils", "10^9/L", true, [2.0, 1.0, 0.5], false, 0.1),
    ("eosinophils", "10^9/L", false, [0.65, 1.5, 5.0], false, 0.01),
];

/// Limits as multiples: of the upper limit of normal, or of baseline.
#[rustfmt::skip]
const MULTIPLES: [Scale; 11] = [
    ("creatine-kinase", "U/L", false, [3.0, 5.0, 10.0], false, 0.01),
    ("amylase", "U/L", false, [1.1, 1.5, 3.0], false, 0.01),
    ("lipase", "U/L", false, [1.1, 1.5, 3.0], false, 0.01),
    ("alkaline-phosphatase", "U/L", false, [1.5, 2.0, 3.0], false, 0.01),
    ("alanine-aminotransferase", "U/L", false, [3.0, 5.0, 10.0], false, 0.01),
    ("aspartate-aminotransferase", "U/L", false, [3.0, 5.0, 10.0], false, 0.01),
    ("bilirubin", "umol/L", false, [1.5, 2.0, 3.0], false, 0.01),
    ("prothrombin-time", "s", false, [1.1, 1.3, 1.5], false, 0.01),
    ("activated-partial-thromboplastin-time", "s", false, [1.0, 1.21, 1.41], false, 0.01),
    ("creatinine", "mg/dL", false, [1.5, 2.0, 3.0], true, 0.01),
    ("egfr", "mL/min/1.73m2", true, [0.75, 0.5, 0.25], true, 0.01),
];

/// The parameter of an analyte, once.
fn listed(parameters: &mut Vec<Parameter>, analyte: &str, unit: &str) {
    if !parameters.iter().any(|own| own.code == analyte) {
        parameters.push(Parameter::new(analyte, unit, analyte));
    }
}

/// The values on both sides of each limit, with their levels.
fn around((_, _, low, limits, at_limit, step): Scale) -> Vec<(f64, usize)> {
    let outwards = if low { -step } else { step };
    let mut before = 0;
    let mut found = Vec::new();
    for (position, limit) in limits.into_iter().enumerate().filter(|(_, limit)| !limit.is_nan()) {
        let level = position + 1;
        found.extend(if at_limit {
            [(limit - outwards, before), (limit, level)]
        } else {
            [(limit, before), (limit + outwards, level)]
        });
        before = level;
    }
    found
}

fn side(low: bool) -> &'static str {
    if low { "fda_low" } else { "fda_high" }
}

#[test]
fn every_outlier_level_begins_where_the_guide_says() {
    let mut parameters = Vec::new();
    let mut cases = Vec::new();
    for scale in ABSOLUTE {
        let (analyte, unit, low, ..) = scale;
        listed(&mut parameters, analyte, unit);
        for (value, level) in around(scale) {
            let id = format!("{analyte} {value} {}", side(low));
            cases.push(
                Case::new(&id, "the limits of the guide", analyte, &value.to_string(), ["", ""])
                    .shows(side(low), &level),
            );
        }
    }
    for scale in MULTIPLES {
        let (analyte, unit, low, _, by_baseline, _) = scale;
        listed(&mut parameters, analyte, unit);
        for (multiple, level) in around(scale) {
            // The upper limit of normal is 40; so is the baseline of what is compared with it.
            let value = (40.0 * multiple).to_string();
            let id = format!("{analyte} times {multiple}");
            let case =
                Case::new(&id, "the multiples of the guide", analyte, &value, ["", "40"]).shows(side(low), &level);
            cases.push(if by_baseline { case.from("40") } else { case });
        }
    }
    assert_eq!(cases.len(), 2 * (30 * 3 - 7 + 11 * 3), "limits were lost");
    let (cells, _) = check(&[("fda", "fda-outliers")], &parameters, &cases);
    eprintln!("{cells} limits of outlier levels looked at");
}

#[test]
fn outlier_levels_by_sex_and_by_change() {
    let hdl = |value: &str, sex: &str, level: &str| {
        Case::new(&format!("HDL {value} of {sex}."), "by sex", "hdl-cholesterol", value, ["", ""])
            .sex(sex)
            .shows("fda_low", &level)
    };
    let haemoglobin = |value: &str, base: &str, sex: &str, low: &str, high: &str| {
        let id = format!("Hb {value} from {base} of {sex}.");
        let case = Case::new(&id, "by sex and by change", "haemoglobin", value, ["", ""]).from(base).sex(sex);
        case.shows("fda_low", &low).shows("fda_high", &high)
    };
    let creatinine = |base: &str, level: &str| {
        let id = format!("creatinine from {base}.");
        Case::new(&id, "by baseline alone", "creatinine", "3", ["", "1"]).from(base).shows("fda_high", &level)
    };
    let cases = [
        hdl("40", "M", "0"),
        hdl("39", "M", "1"),
        hdl("30", "M", "1"),
        hdl("29", "M", "2"),
        hdl("20", "M", "2"),
        hdl("19", "M", "3"),
        hdl("50", "F", "0"),
        hdl("49", "F", "1"),
        hdl("40", "F", "1"),
        hdl("39", "F", "2"),
        hdl("20", "F", "2"),
        hdl("19", "F", "3"),
        // Whoever it is, these are certain; between them the sex decides.
        hdl("50", "", "0"),
        hdl("19", "", "3"),
        hdl("45", "", ""),
        // The limits for the sex, without change.
        haemoglobin("13.6", "13.6", "M", "0", "0"),
        haemoglobin("13.5", "13.5", "M", "1", "0"),
        haemoglobin("12.5", "12.5", "M", "1", "0"),
        haemoglobin("12.4", "12.4", "M", "2", "0"),
        haemoglobin("10.5", "10.5", "M", "2", "0"),
        haemoglobin("10.4", "10.4", "M", "3", "0"),
        haemoglobin("12.1", "12.1", "F", "0", "0"),
        haemoglobin("12.0", "12.0", "F", "1", "0"),
        haemoglobin("11.0", "11.0", "F", "1", "0"),
        haemoglobin("10.9", "10.9", "F", "2", "0"),
        haemoglobin("9.5", "9.5", "F", "2", "0"),
        haemoglobin("9.4", "9.4", "F", "3", "0"),
        // Fall and rise within the normal range.
        haemoglobin("15.0", "16.5", "M", "0", "0"),
        haemoglobin("14.9", "16.5", "M", "2", "0"),
        haemoglobin("14.5", "16.5", "M", "2", "0"),
        haemoglobin("14.4", "16.5", "M", "3", "0"),
        haemoglobin("16.0", "14.0", "M", "0", "0"),
        haemoglobin("16.1", "14.0", "M", "0", "2"),
        haemoglobin("17.0", "14.0", "M", "0", "2"),
        haemoglobin("17.1", "14.0", "M", "0", "3"),
        // Without baseline the limit for the sex remains; a rise is unknown.
        haemoglobin("12.4", "", "M", "2", ""),
        haemoglobin("14.0", "", "M", "0", ""),
        creatinine("1", "3"),
        creatinine("1.6", "1"),
        creatinine("", ""),
    ];
    let parameters = [
        Parameter::new("hdl-cholesterol", "mg/dL", "hdl-cholesterol"),
        Parameter::new("haemoglobin", "g/dL", "haemoglobin"),
        Parameter::new("creatinine", "mg/dL", "creatinine"),
    ];
    check(&[("fda", "fda-outliers")], &parameters, &cases);
}

/// Data in SI units meet limits in US units.
#[test]
fn outlier_levels_of_values_in_si_units() {
    let case = |code: &str, value: f64, side: &str, level: &str| {
        Case::new(&format!("{code} {value}"), "converted", code, &value.to_string(), ["", ""]).shows(side, &level)
    };
    let parameters = [
        Parameter::new("urea", "mmol/L", "urea-nitrogen"),
        Parameter::new("albumin", "g/L", "albumin"),
        Parameter::new("phosphate", "mmol/L", "phosphate"),
        Parameter::new("leukocytes", "/uL", "leukocytes"),
        Parameter::new("sodium", "mEq/L", "sodium"),
    ];
    let cases = [
        case("urea", 23.0 / 2.801, "fda_high", "0"),
        case("urea", 23.1 / 2.801, "fda_high", "1"),
        case("albumin", 31.0, "fda_low", "0"),
        case("albumin", 30.9, "fda_low", "1"),
        case("phosphate", 1.4 / 3.097, "fda_low", "2"),
        case("phosphate", 1.3 / 3.097, "fda_low", "3"),
        case("leukocytes", 1000.0, "fda_low", "2"),
        case("leukocytes", 999.0, "fda_low", "3"),
        case("sodium", 124.0, "fda_low", "3"),
    ];
    check(&[("fda", "fda-outliers")], &parameters, &cases);
}
