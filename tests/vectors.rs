//! The renal response of the flagship study, case by case: decision-table vectors and cases worked out by hand become
//! locked datasets, go through `trialpress run`, and are read from the listings of the package.
//!
//! The rules under test are the text of `fixtures/studies/ln-msc-il2/study.toml`. Only where the data lie, the default of
//! an option, and which displays there are is changed here.
//!
//! The vectors of the instruments and methods have studies of their own (`small`), a file of vectors a module.

mod bilag;
mod by_hand;
mod ctcae;
mod definitions;
mod egfr;
mod graded;
mod hys_law;
mod json;
pub mod made;
mod more;
mod outliers;
mod prednisone;
mod proportions;
mod scores;
mod sledai;
pub mod small;
mod sri;
mod times;
mod vitals_pcs;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::Value as Json;
use toml::Value;

use crate::support::{
    Record, argument, field, read, results_csv, scratch, shared, succeed, trialpress, write, write_specification,
};
use made::{Case, Ran, assert_no_complaints, datasets, date, lock, outcome, run, study};

#[test]
fn study_days_are_the_dates_the_cases_rely_on() {
    for (day, expected) in
        [(1, "2024-01-15"), (-1, "2024-01-14"), (-15, "2023-12-31"), (17, "2024-01-31"), (169, "2024-07-01")]
    {
        assert_eq!(date(day), expected, "study day {day}");
    }
}

// ---- the 65 vectors of the specification ------------------------------------------------------------------------------

/// The decision-table vectors as cases; none if the file is not there.
fn vectors() -> Option<Vec<(Case, Json)>> {
    let path = shared("vectors/cr_pr.json")?;
    let document: Json =
        serde_json::from_str(&read(&path)).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let cases = document["cases"].as_array().unwrap_or_else(|| panic!("{} holds no cases", path.display()));
    Some(cases.iter().map(|vector| (vector_case(vector), vector.clone())).collect())
}

fn vector_case(vector: &Json) -> Case {
    let text = |value: &Json| value.as_str().unwrap_or_else(|| panic!("{value} is not a text")).to_owned();
    let mut case = Case::new(&text(&vector["id"]), &text(&vector["note"]));
    let ice = |name: &str| vector["ice"][name].as_bool() == Some(true);
    // Who died before the week-24 window has values of the wide window before it.
    let at_visit = if ice("death") { 158 } else { 169 };
    for (side, day) in [("baseline", 1), ("visit", at_visit)] {
        for (name, code) in [("scr", "CREAT"), ("upcr", "UPCR"), ("p24", "UPROT24")] {
            let quantity = &vector[side][name];
            if quantity.is_object() {
                let mut words = format!("{} {}", quantity["value"], text(&quantity["unit"]));
                let limit = &vector["baseline"]["scr_uln"];
                if code == "CREAT" && limit.is_object() {
                    assert_eq!(limit["unit"], quantity["unit"], "the upper limit is in the unit of the result");
                    let _ = write!(words, " uln={}", limit["value"]);
                }
                case = case.lab(code, day, &words);
            }
        }
    }
    let visit = &vector["visit"];
    if visit.is_object() {
        case = match visit["other_deterioration"].as_bool() {
            Some(worse) => case.flag(at_visit, if worse { "Y" } else { "N" }),
            None => case,
        };
        case = match &visit["pred_eq_mg_day"] {
            Json::Null => case.takes("PREDNISONE ? QD ORAL", "-30", ""),
            dose if dose.as_f64() == Some(0.0) => case,
            dose => case.takes(&format!("PREDNISONE {dose} QD ORAL"), "-30", ""),
        };
    }
    case.death = ice("death").then_some(160);
    case.left = ice("withdrawn").then_some(63);
    case.stopped = ice("treatment_discontinued").then_some(58);
    if ice("rescue") {
        case = case.rescued("METHYLPREDNISOLONE 500 ONCE INTRAVENOUS", "71");
    }
    let config = vector["config"].as_object().unwrap_or_else(|| panic!("{} has no config", case.id));
    for (name, value) in config {
        let (option, value) = option_of(name, value);
        case.options.insert(option.to_owned(), value);
    }
    let expected = &vector["expected"];
    let atoms: String = ["A", "B", "C", "CR", "PR"].iter().map(|atom| text(&expected[atom])).collect();
    let rest = ["branch", "raw_category", "final_category", "reason"].map(|name| text(&expected[name]));
    case.gives(&format!("{atoms} {}", rest.join(" ")))
}

/// The option of the study for a configuration of the vectors.
fn option_of(name: &str, value: &Json) -> (&'static str, Value) {
    let words = |text: &str| Value::String(text.to_owned());
    match (name, value.as_str()) {
        ("cr_protein_rule", Some("upcr_first")) => ("cr_protein", words("upcr first")),
        ("cr_protein_rule", Some("p24_first")) => ("cr_protein", words("24 h first")),
        ("cr_protein_rule", Some(rule @ ("any" | "all"))) => ("cr_protein", words(rule)),
        ("pr_protein_rule", Some("upcr_first")) => ("pr_protein", words("upcr first")),
        ("pr_protein_rule", Some("p24_first")) => ("pr_protein", words("24 h first")),
        ("pr_protein_rule", Some(rule @ ("any" | "all"))) => ("pr_protein", words(rule)),
        ("deterioration_scope", Some("first_branch_only")) => ("deterioration", words("first branch")),
        ("scr_abnormal_rule", Some("gt_uln")) => ("creat_abnormal", words("above ULN")),
        ("pr_cr_except_steroid", None) if value.is_boolean() => {
            ("except_steroid", Value::Boolean(value.as_bool() == Some(true)))
        }
        _ => panic!("no option for {name} = {value}"),
    }
}

#[test]
fn all_65_vectors_come_out_as_written() {
    let Some(vectors) = vectors() else { return };
    let cases: Vec<Case> = vectors.into_iter().map(|(case, _)| case).collect();
    let (complaints, _) = run(&cases);
    eprintln!("{} vectors executed", cases.len());
    assert_eq!(cases.len(), 65, "vectors were lost or added");
    assert!(cases.iter().all(|case| case.outcome.is_some()), "a vector without outcome tests nothing");
    assert_no_complaints(&complaints, cases.len());
}

#[test]
fn the_vectors_count_in_the_results_as_they_should() {
    let Some(vectors) = vectors() else { return };
    let (cases, expected): (Vec<Case>, Vec<Json>) =
        vectors.into_iter().filter(|(case, _)| case.options.is_empty()).unzip();
    let ran = Ran::new(&study(&BTreeMap::new()), &datasets(&cases));
    for (analysis, name) in [("cr_w24", "cr_responder"), ("rr_w24", "overall_responder")] {
        let should = expected.iter().filter(|vector| vector["expected"][name] == true).count();
        let rows = results_csv(&ran.package());
        let shares: Vec<&Record> = rows
            .iter()
            .filter(|row| field(row, "analysis") == analysis && field(row, "statistic") == "share")
            .filter(|row| {
                field(row, "variant").is_empty() && !field(row, "arm").is_empty() && field(row, "at") == "W24"
            })
            .collect();
        let sum = |column: &str| -> usize {
            shares.iter().map(|row| field(row, column).parse::<usize>().expect("a count is a whole number")).sum()
        };
        assert_eq!(shares.len(), 2, "{analysis} has a share for each arm: {shares:?}");
        assert_eq!(sum("value"), should, "responders of {analysis}, both arms together");
        assert_eq!(sum("of"), cases.len() + 2, "the denominator of {analysis} is everybody randomised");
    }
}

/// The same quantities in other units are the same case (boundaries included: 0.5 g/g is 56.56 mg/mmol).
#[test]
fn units_do_not_change_a_category() {
    let Some(vectors) = vectors() else { return };
    let mut cases = Vec::new();
    for (creatinine, ratio, protein) in [
        ("umol/L", "mg/mmol", "mg/24h"),
        ("umol/L", "mg/g", "g/24h"),
        ("mg/dL", "mg/mmol", "g/24h"),
        ("mg/dL", "g/g", "mg/24h"),
    ] {
        for (case, _) in vectors.iter().filter(|(case, _)| case.options.is_empty()) {
            let mut case = case.clone();
            let _ = write!(case.id, " {creatinine} {ratio} {protein}");
            case.id = case.id.replace('/', "-");
            for lab in &mut case.labs {
                let to = match lab.code.as_str() {
                    "CREAT" => creatinine,
                    "UPCR" => ratio,
                    _ => protein,
                };
                let value: f64 = lab.value.parse().expect("a vector's quantity is a number");
                lab.value = (value / per(&lab.unit) * per(to)).to_string();
                to.clone_into(&mut lab.unit);
            }
            cases.push(case);
        }
    }
    let (complaints, _) = run(&cases);
    eprintln!("{} vectors executed in other units", cases.len());
    assert!(cases.len() >= 4 * 56, "vectors were lost");
    assert_no_complaints(&complaints, cases.len());
}

/// How many of a unit make one mg/dL, g/g or g in 24 hours.
fn per(unit: &str) -> f64 {
    match unit {
        "mg/dL" | "g/g" | "g/24h" => 1.0,
        "umol/L" => 88.4,
        "mg/mmol" => 113.12,
        "mg/g" | "mg/24h" => 1000.0,
        _ => panic!("the test does not know the unit {unit}"),
    }
}

// ---- cases of our own -------------------------------------------------------------------------------------------------

#[test]
fn cases_worked_out_by_hand() {
    let cases = by_hand::all();
    let (complaints, said) = run(&cases);
    eprintln!("{} cases of our own executed", cases.len());
    assert!(cases.iter().all(|case| case.outcome.is_some() || !case.cells.is_empty()), "a case expects something");
    assert!(
        said.lines().any(|line| line.contains("HEMOLYZED") && said.contains("UPCR unreadable")),
        "the unreadable result is named with its participant, but the run said:\n{said}"
    );
    assert_no_complaints(&complaints, cases.len());
}

/// The prednisone vectors that a frame can show: conversions, means over the seven days, and the limit of 10 mg.
#[test]
fn doses_of_the_prednisone_vectors() {
    let Some(path) = shared("vectors/prednisone.json") else { return };
    let document: Json =
        serde_json::from_str(&read(&path)).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let upper = |value: &Json| value.as_str().unwrap_or_default().to_uppercase();
    let mut cases = Vec::new();
    let mut left_out = Vec::new();
    for vector in document["cases"].as_array().expect("the file holds cases") {
        let id = vector["id"].as_str().expect("a vector has a name");
        let note = vector["note"].as_str().unwrap_or("conversion");
        let case = match vector["kind"].as_str() {
            Some("conversion") => {
                let course = format!("{} {} QD {}", upper(&vector["drug"]), vector["mg"], upper(&vector["route"]));
                Case::dosed(id, note, &[(&course, "-30", "")]).shows("W24", "pred", &vector["expected_mg"].to_string())
            }
            Some("average_window")
                if vector["window_days"] == 7 && vector["include_visit_day"] == true && id != "PRED-030" =>
            {
                let (visit, day) = if vector["visit_day"] == 57 { ("W8", 57) } else { ("W24", 169) };
                let case = Case::new(id, note).lab("CREAT", day, "0.8");
                let records = vector["records"].as_array().expect("the vector holds records").iter();
                let case = records.fold(case, |case, record| {
                    let words = [&record["drug"], &record["freq"], &record["route"]].map(upper);
                    let end = if record["end"].is_null() { String::new() } else { record["end"].to_string() };
                    let course = format!("{} {} {} {}", words[0], record["mg"], words[1], words[2]);
                    case.takes(&course, &record["start"].to_string(), &end)
                });
                case.shows(visit, "pred", &vector["expected_mg_day"].to_string())
            }
            Some("target_flags") => {
                let met = if vector["expected"]["le10"] == true { "true" } else { "false" };
                let course = format!("PREDNISONE {} QD ORAL", vector["mg_day"]);
                Case::dosed(id, "the limit of 10 mg/day", &[(&course, "-30", "")]).shows("W24", "cr_steroid", met)
            }
            _ => {
                left_out.push(id);
                continue;
            }
        };
        cases.push(case);
    }
    let (complaints, _) = run(&cases);
    eprintln!("{} prednisone vectors executed, left out (another window, or cumulative): {left_out:?}", cases.len());
    // Other windows than the study's (021, 029), a window moved by a day (030), and cumulative doses.
    assert_eq!(left_out, ["PRED-021", "PRED-029", "PRED-030", "PRED-031", "PRED-032", "PRED-033"]);
    assert_eq!(cases.len(), 34, "vectors were lost or added");
    assert_no_complaints(&complaints, cases.len());
}

// ---- what is refused ----------------------------------------------------------------------------------------------------

/// A word the instruments do not know is never taken as zero or as one: the run ends, and names the participant.
#[test]
fn unknown_units_and_drugs_are_refused() {
    let concentration = Case::typical("CONCENTRATION", "g/L is no amount").lab("UPROT24", 169, "0.4 g/L");
    let drug = Case::dosed("UNKNOWN-DRUG", "", &[("PREDNISOLON 5 QD ORAL", "-30", "")]);
    let frequency = Case::dosed("UNKNOWN-FREQUENCY", "", &[("PREDNISONE 5 PRN ORAL", "-30", "")]);
    for (case, word) in [(concentration, "g/L"), (drug, "PREDNISOLON"), (frequency, "PRN")] {
        let folder = scratch();
        lock(folder.path(), &study(&BTreeMap::new()), &datasets(std::slice::from_ref(&case)));
        let outcome = trialpress(folder.path(), &["run", ".", "--out", "package"]);
        assert_eq!(outcome.exit, 5, "{word} contradicts the specification, but the run said:\n{}", outcome.stderr);
        for expected in [word, case.id.as_str()] {
            assert!(outcome.stderr.contains(expected), "{expected} is not named:\n{}", outcome.stderr);
        }
        assert!(!folder.path().join("package").exists(), "a refused run writes nothing");
    }
}

// ---- what must not matter, and what must not happen -----------------------------------------------------------------------

/// Numbers without a pattern, the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from((self.0 >> 33) % limit as u64).expect("a number below a small one")
    }

    fn one_of<'a>(&mut self, values: &[&'a str]) -> &'a str {
        values[self.below(values.len())]
    }

    fn shuffle<T>(&mut self, values: &mut [T]) {
        for position in (1..values.len()).rev() {
            values.swap(position, self.below(position + 1));
        }
    }
}

/// The order of records and of columns is nothing the results may depend on.
#[test]
fn permuted_rows_and_columns_give_the_same_results() {
    let cases: Vec<Case> = by_hand::all().into_iter().filter(|case| case.options.is_empty()).collect();
    let plain = datasets(&cases);
    let first = Ran::new(&study(&BTreeMap::new()), &plain);
    for seed in 1..=3 {
        let mut dice = Dice(seed);
        let headers: BTreeMap<&str, (String, Vec<String>)> = plain
            .iter()
            .map(|(file, (header, records))| {
                let mut order: Vec<usize> = (0..header.split(',').count()).collect();
                dice.shuffle(&mut order);
                let permuted = |line: &str| {
                    let fields: Vec<&str> = line.split(',').collect();
                    order.iter().map(|column| fields[*column]).collect::<Vec<_>>().join(",")
                };
                let mut records: Vec<String> = records.iter().map(|record| permuted(record)).collect();
                dice.shuffle(&mut records);
                (*file, (permuted(header), records))
            })
            .collect();
        let folder = scratch();
        write_specification(&folder.path().join("study.toml"), &study(&BTreeMap::new()));
        for (file, (header, records)) in &headers {
            write(&folder.path().join("data").join(file), &format!("{header}\n{}\n", records.join("\n")));
        }
        succeed(folder.path(), &["lock", ".", "--date", "2026-01-31", "--quiet"]);
        let package = folder.path().join("package");
        succeed(folder.path(), &["run", ".", "--out", argument(&package), "--quiet"]);
        for file in
            ["results.json", "results.csv", "listings/o-W24.csv", "listings/v-W24.csv", "typst/data/display-1.json"]
        {
            let same = read(&first.package().join(file)) == read(&package.join(file));
            assert!(same, "{file} depends on the order of rows or columns (seed {seed})");
        }
    }
}

/// With the baseline fixed, a worse value at week 24 never gives a better category.
#[test]
fn worse_at_week_24_is_never_better() {
    const PAIRS: usize = 600;
    let scale = |name: &str| -> &[&str] {
        match name {
            "CREAT" => &["0.6", "0.8", "1.0", "1.2", "1.25", "1.4", "1.5", "2.0"],
            "UPROT24" => &["0.2", "0.4", "0.49", "0.5", "0.9", "1.5", "2.5", "4.0"],
            "UPCR" => &["0.2", "<0.3", "0.4", "0.49", "0.5", "0.9", "1.5", "2.5"],
            "dose" => &["0", "5", "7.5", "10", "10.5", "12.5", "15", "20"],
            _ => &["N", "Y"],
        }
    };
    let mut dice = Dice(20_261_123);
    let mut cases = Vec::new();
    for pair in 0..PAIRS {
        let base: Vec<(&str, &str)> = ["CREAT", "UPCR", "UPROT24"]
            .into_iter()
            .filter_map(|code| {
                let value = dice.one_of(match code {
                    "CREAT" => &["", "0.6", "0.8", "1.1", "1.5", "2.0"],
                    _ => &["", "0.3", "0.6", "1.1", "2.4", "4.0"],
                });
                (!value.is_empty()).then_some((code, value))
            })
            .collect();
        let names = ["CREAT", "UPCR", "UPROT24", "dose", "flag"];
        let at_visit = names.map(|name| dice.below(scale(name).len()));
        // 24-hour protein is often not there, in both of the pair.
        let no_urine = dice.below(2) == 0;
        let worsened = loop {
            let name = dice.below(names.len());
            if at_visit[name] + 1 < scale(names[name]).len() {
                break name;
            }
            if names.iter().zip(at_visit).all(|(name, at)| at + 1 == scale(name).len()) {
                break names.len();
            }
        };
        for (twin, step) in [("a", 0), ("b", 1)] {
            let mut case = Case::new(&format!("{pair:04}-{twin}"), "");
            case = base.iter().fold(case, |case, (code, value)| case.lab(code, 1, value));
            for (position, name) in names.into_iter().enumerate() {
                let value = scale(name)[at_visit[position] + if position == worsened { step } else { 0 }];
                case = match name {
                    "UPROT24" if no_urine => case,
                    "dose" => case.takes(&format!("PREDNISONE {value} QD ORAL"), "-30", ""),
                    "flag" => case.flag(169, value),
                    code => case.lab(code, 169, value),
                };
            }
            cases.push(case);
        }
    }
    let ran = Ran::new(&study(&BTreeMap::new()), &datasets(&cases));
    let lines = &ran.everything()["W24"];
    let rank = |id: &str, column: &str| match field(&lines[id], column) {
        "CR" => 3,
        "PR" => 2,
        // Missing may turn into either when a value gets worse; as a response it counts with NR.
        "NR" | "MISSING" => 1,
        other => panic!("{id}: {column} is {other:?}"),
    };
    let mut better = Vec::new();
    let mut changed = 0;
    for pair in 0..PAIRS {
        let [before, after] = ["a", "b"].map(|twin| rank(&format!("{pair:04}-{twin}"), "renal_response"));
        changed += usize::from(after < before);
        if after > before {
            let [a, b] = ["a", "b"].map(|twin| outcome(&lines[&format!("{pair:04}-{twin}")]));
            better.push(format!("{pair:04}: {a}, worsened: {b}"));
        }
    }
    eprintln!("{PAIRS} pairs compared, {changed} got worse");
    assert!(changed > PAIRS / 50, "too few pairs tell anything: {changed}");
    assert!(better.is_empty(), "{} of {PAIRS} pairs got better by worse values:\n{}", better.len(), better.join("\n"));
}

/// Arms exchanged: differences change their sign, p-values and the counts of the report as a whole stay.
#[test]
fn exchanged_arms_change_the_sign_only() {
    let Some(vectors) = vectors() else { return };
    let cases: Vec<Case> = vectors.into_iter().map(|(case, _)| case).filter(|case| case.options.is_empty()).collect();
    let data = datasets(&cases);
    let plain = study(&BTreeMap::new());
    let mut exchanged = plain.clone();
    for arm in exchanged.get_mut("arm").and_then(Value::as_array_mut).expect("the study has arms") {
        let arm = arm.as_table_mut().expect("an arm is a table");
        let other = if arm["id"].as_str() == Some("msc") { "IL2" } else { "MSC" };
        arm.insert("planned".to_owned(), Value::String(format!("TRT01P = '{other}'")));
        arm.insert("actual".to_owned(), Value::String(format!("TRT01A = '{other}'")));
    }
    let rows = [&plain, &exchanged].map(|study| results_csv(&Ran::new(study, &data).package()));
    let value = |rows: &[Record], analysis: &str, statistic: &str| -> f64 {
        // The first interval and the first test of the study.
        let method = if statistic == "p-value" { "fisher" } else { "miettinen-nurminen" };
        let found: Vec<&Record> = rows
            .iter()
            .filter(|row| field(row, "analysis") == analysis && field(row, "statistic") == statistic)
            .filter(|row| field(row, "variant").is_empty() && field(row, "method") == method)
            .collect();
        assert_eq!(found.len(), 1, "{analysis} has one {statistic}");
        field(found[0], "value")
            .parse()
            .unwrap_or_else(|_| panic!("{analysis} {statistic} is no number: {:?}", found[0]))
    };
    let close = |a: f64, b: f64| (a - b).abs() <= 1e-9;
    for analysis in ["cr_w24", "rr_w24"] {
        let [a, b] = [0, 1].map(|at: usize| {
            ["difference", "difference-lower", "difference-upper", "p-value"]
                .map(|name| value(&rows[at], analysis, name))
        });
        assert!(close(a[0], -b[0]), "{analysis}: the difference is {} and exchanged {}", a[0], b[0]);
        assert!(close(a[1], -b[2]) && close(a[2], -b[1]), "{analysis}: the limits {a:?} are not mirrored by {b:?}");
        assert!(close(a[3], b[3]), "{analysis}: the p-value is {} and exchanged {}", a[3], b[3]);
        assert!(a[0].abs() > 1e-6, "{analysis}: a difference of zero tells nothing");
    }
}
