//! `tte_example.json`: a time to response at visits with competing deaths, from the responses of 24 subjects at each visit.
//!
//! The vectors also have Cox models with the ties of Breslow and of the exact partial likelihood; a study cannot ask for
//! those, and `fixtures/reference` has them.

use serde_json::Value as Json;

use super::json::{document, number, text};
use super::small::{Subject, run};
use crate::support::{Record, field, results_csv};

const STUDY: &str = r#"
[measure.response]
label = "Response"
dataset = "RECORDS"
where = "PARAMCD = 'RESPONSE'"
value = "AVALC"
words = ["Y", "N"]
date = "ADT"

[event.death]
label = "Death or rescue"
dataset = "ADSL"
date = "DEATH"

[frame.vectors]
label = "Response"
measures = ["response"]
events = ["death"]

[[endpoint]]
id = "time"
label = "Time to response"
role = "secondary"
analysis-set = "all"
[endpoint.time]
frame = "vectors"
start = "DAYONE"
event = "response = 'Y'"
assessed = "response IS NOT NULL"
competing = ["death"]
last-day = 169
methods = ["aalen-johansen", "kaplan-meier", "log-rank", "cox", "cox-profile", "grouped-hazards"]
"#;

const VISITS: [i32; 5] = [29, 57, 113, 141, 169];

/// A subject of the example: no response at the visits before its time, and at its time a response, a last assessment
/// without response, or death.
fn subject(own: &Json) -> Subject {
    let time = i32::try_from(own["time"].as_i64().expect("a time is whole")).expect("a time is a day");
    let arm = if own["arm"] == "MSC" { "FIRST" } else { "SECOND" };
    let subject = Subject::new(&format!("TTE-{}", own["id"]), "").is("ARM", arm);
    let before = VISITS.iter().filter(|visit| **visit < time);
    let subject = before.fold(subject, |subject, visit| subject.record("RESPONSE", *visit, "N"));
    match own["status"].as_i64() {
        Some(0) => subject.record("RESPONSE", time, "N"),
        // Seen once more after the response, and no longer a responder: the first response counts.
        Some(1) if time < 169 => subject.record("RESPONSE", time, "Y").record("RESPONSE", 169, "N"),
        Some(1) => subject.record("RESPONSE", time, "Y"),
        Some(2) => subject.is("DEATH", &super::made::date(time)),
        other => panic!("no place for the status {other:?}"),
    }
}

/// Numbers compared, and what is wrong with them.
struct Comparison {
    rows: Vec<Record>,
    compared: usize,
    complaints: Vec<String>,
}

impl Comparison {
    /// The value of a row by its columns.
    fn value(&self, wanted: &[(&str, &str)]) -> f64 {
        let is = |row: &&Record| {
            ["arm", "contrast", "variable", "levels", "at", "method", "statistic"].iter().all(|column| {
                let value = wanted.iter().find(|(name, _)| name == column).map_or("", |(_, value)| *value);
                field(row, column) == value
            })
        };
        let found: Vec<&Record> = self.rows.iter().filter(is).collect();
        assert_eq!(found.len(), 1, "there is one row {wanted:?}");
        let value = field(found[0], "value");
        value.parse().unwrap_or_else(|_| panic!("{wanted:?} has no number: {:?}", found[0]))
    }

    /// Compares a value with one that is given with about eleven digits. Those in grouped time are of a program that stops
    /// when the deviance changes by less than 1e-8 of itself; the maximum itself has 5.220686240179354 as upper limit.
    fn compare(&mut self, wanted: &[(&str, &str)], expected: f64) {
        let found = self.value(wanted);
        let tolerance = if wanted.contains(&("method", "grouped-hazards")) { 1e-8 } else { 1e-9 };
        self.compared += 1;
        if (found - expected).abs() > tolerance * expected.abs().max(1.0) {
            self.complaints.push(format!("{wanted:?} is {found} and must be {expected}"));
        }
    }

    /// A hazard ratio with its limits.
    fn ratio(&mut self, variable: &str, method: &str, [ratio, lower, upper]: [f64; 3]) {
        for (statistic, expected) in [("ratio", ratio), ("ratio-lower", lower), ("ratio-upper", upper)] {
            let contrast = ("contrast", "first - second");
            self.compare(&[("variable", variable), contrast, ("method", method), ("statistic", statistic)], expected);
        }
    }

    fn test(&mut self, variable: &str, method: &str, statistic: &str, expected: f64) {
        let contrast = ("contrast", "first - second");
        self.compare(&[("variable", variable), contrast, ("method", method), ("statistic", statistic)], expected);
    }
}

/// The arm of a curve of the vectors: `arm=MSC`.
fn arm(step: &Json) -> &'static str {
    if text(&step["arm"]).ends_with("MSC") { "first" } else { "second" }
}

/// Two-sided p-value of a coefficient.
fn wald(own: &Json) -> f64 {
    libm::erfc((number(&own["beta"]) / number(&own["se"])).abs() / 2.0_f64.sqrt())
}

#[test]
fn the_worked_example_of_time_to_response_comes_out_as_computed() {
    let Some(vectors) = document("tte_example.json") else { return };
    let list = |key: &str| vectors[key].as_array().unwrap_or_else(|| panic!("there is no list {key}")).clone();
    let subjects: Vec<Subject> = list("data").iter().map(subject).collect();
    let rows = results_csv(&run(STUDY, &subjects).package());
    let mut comparison = Comparison { rows, compared: 0, complaints: Vec::new() };
    let kept = (list("km").len(), list("aalen_johansen").len(), list("cox").len(), subjects.len());
    assert_eq!(kept, (8, 12, 3, 24), "vectors were lost or added");

    for step in list("km") {
        let (arm, day) = (arm(&step), step["time"].to_string());
        let of =
            |method, statistic| [("arm", arm), ("levels", day.as_str()), ("method", method), ("statistic", statistic)];
        comparison.compare(&of("aalen-johansen", "at-risk"), number(&step["n_risk"]));
        comparison.compare(&of("aalen-johansen", "count"), number(&step["n_event"]));
        let (survival, error) = (number(&step["surv"]), number(&step["se"]));
        comparison.compare(&of("kaplan-meier", "survival"), survival);
        // The standard error shows in the limits, which are symmetric on the log(−log) scale.
        let spread = libm::exp(1.959_963_984_540_054 * error / (survival * libm::log(survival).abs()));
        comparison.compare(&of("kaplan-meier", "survival-lower"), libm::pow(survival, spread));
        comparison.compare(&of("kaplan-meier", "survival-upper"), libm::pow(survival, spread.recip()));
    }
    for (arm, key) in [("first", "MSC"), ("second", "IL2")] {
        let median = [("arm", arm), ("method", "kaplan-meier"), ("statistic", "median")];
        comparison.compare(&median, number(&vectors["km_median"][key]));
    }
    for step in list("aalen_johansen") {
        let (arm, day) = (arm(&step), number(&step["time"]));
        // The curve has the days on which something happened in the arm; before the next one it stays as it is.
        let days = comparison.rows.iter().filter(|row| {
            field(row, "arm") == arm
                && field(row, "method") == "aalen-johansen"
                && field(row, "statistic") == "incidence"
        });
        let days = days.filter_map(|row| field(row, "levels").parse::<f64>().ok()).filter(|own| *own <= day);
        let passed = days.fold(f64::NEG_INFINITY, f64::max).to_string();
        let of = |statistic| {
            [("arm", arm), ("levels", passed.as_str()), ("method", "aalen-johansen"), ("statistic", statistic)]
        };
        comparison.compare(&of("incidence"), number(&step["cif_response"]));
        comparison.compare(&of("competing-incidence"), number(&step["cif_competing"]));
    }
    let (censored, at_risk) = ("competing-censored", "competing-at-risk");
    let log_rank = &vectors["logrank_censoring_competing"];
    comparison.test(censored, "log-rank", "test-statistic", number(&log_rank["chisq"]));
    comparison.test(censored, "log-rank", "p-value", number(&log_rank["p"]));
    let ratio = |own: &Json, key: &str| [&own[key], &own["lower"], &own["upper"]].map(number);
    let efron = list("cox").into_iter().find(|own| own["ties"] == "efron").expect("one of the models is Efron's");
    comparison.ratio(censored, "cox", ratio(&efron, "hr"));
    comparison.test(censored, "cox", "p-value", wald(&efron));
    let horizon = &vectors["horizon_variant"];
    comparison.test(at_risk, "log-rank", "test-statistic", number(&horizon["logrank_chisq"]));
    comparison.test(at_risk, "log-rank", "p-value", number(&horizon["logrank_p"]));
    comparison.ratio(at_risk, "cox", ratio(horizon, "cox_efron_hr"));
    let grouped = &vectors["grouped_cloglog"];
    comparison.ratio(at_risk, "grouped-hazards", ratio(grouped, "hr"));
    comparison.test(at_risk, "grouped-hazards", "p-value", wald(grouped));

    let Comparison { compared, complaints, .. } = comparison;
    eprintln!("{} subjects of the worked example executed, {compared} numbers compared", subjects.len());
    // Curves, medians, Aalen–Johansen; log-rank and Cox twice, grouped hazards once.
    assert_eq!(compared, 8 * 5 + 2 + 12 * 2 + 2 + 4 + 2 + 3 + 4, "numbers were lost or added");
    assert!(complaints.is_empty(), "{} of {compared} numbers are wrong:\n{}", complaints.len(), complaints.join("\n"));
}

/// How the times of the example end, arm by arm.
#[test]
fn the_worked_example_is_counted_as_it_stands() {
    let Some(vectors) = document("tte_example.json") else { return };
    let data = vectors["data"].as_array().expect("the example has subjects");
    let subjects: Vec<Subject> = data.iter().map(subject).collect();
    let rows = results_csv(&run(STUDY, &subjects).package());
    let comparison = Comparison { rows, compared: 0, complaints: Vec::new() };
    for (arm, name) in [("first", "MSC"), ("second", "IL2")] {
        for (variable, status) in [("event", 1), ("competing", 2), ("censored", 0)] {
            let expected = data.iter().filter(|own| own["arm"] == name && own["status"] == status).count();
            let found = comparison.value(&[("arm", arm), ("variable", variable), ("statistic", "count")]);
            assert_eq!(found.to_string(), expected.to_string(), "{variable} in {arm}");
        }
    }
}
