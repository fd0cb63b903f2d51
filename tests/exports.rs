//! The exported datasets of the flagship study against a second program: what they hold is worked out again here from the
//! recorded data and from one another, with nothing of the pipeline.
//!
//! - `raw`: the recorded data, and days.
//! - `activity`: scores and the global assessment, from the recorded items.
//! - `dose`: daily doses, from the medication records.
//! - `times`: times to response, from the exported responses and the recorded events.
//!
//! The committed data are what the generator makes (`simulation` tests it), so they are taken from there in memory.

mod activity;
mod dose;
mod raw;
mod times;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use crate::support::{Record, argument, field, fixture_study, records, results_csv, scratch, succeed};
use raw::{Raw, day_number, iso, reference, study_day};

const VISITS: [(&str, i64); 6] = [("BL", 1), ("W4", 29), ("W8", 57), ("W16", 113), ("W20", 141), ("W24", 169)];

/// What has a value at visits without assessment: responses with missing as no response, and treatment failure, which
/// medication alone shows.
const WITHOUT_DATE: [&str; 9] =
    ["CRW24", "RRW24", "RENCAT", "RENRAW", "KDIGO", "AURORA", "SRI4W24", "SRI4T", "BICLAW24"];

struct Exports {
    raw: Raw,
    datasets: BTreeMap<&'static str, Vec<Record>>,
    results: Vec<Record>,
}

/// The exports of the study as it is committed, made once.
fn exports() -> &'static Exports {
    static EXPORTS: OnceLock<Exports> = OnceLock::new();
    EXPORTS.get_or_init(|| {
        let folder = scratch();
        succeed(folder.path(), &["run", argument(&fixture_study("ln-msc-il2")), "--out", "out", "--quiet"]);
        let package = folder.path().join("out");
        let datasets = ["ADRS", "ADTTE", "ADQSEFF", "ADGC"]
            .map(|name| (name, records(&package.join(format!("datasets/{name}.csv")))));
        Exports { raw: Raw::new(), datasets: datasets.into_iter().collect(), results: results_csv(&package) }
    })
}

/// Differences between what is exported and what was worked out.
#[derive(Default)]
struct Findings {
    compared: usize,
    faults: Vec<String>,
}

impl Findings {
    fn text(&mut self, what: &str, found: &str, expected: &str) {
        self.compared += 1;
        if found != expected {
            self.faults.push(format!("{what} is {found:?}, and worked out {expected:?}"));
        }
    }

    fn number(&mut self, what: &str, found: &str, expected: Option<f64>) {
        self.compared += 1;
        let same = match (found.parse::<f64>().ok(), expected) {
            (Some(found), Some(expected)) => (found - expected).abs() <= 1e-9 * expected.abs().max(1.0),
            (found, expected) => found.is_none() && expected.is_none(),
        };
        if !same {
            self.faults.push(format!("{what} is {found:?}, and worked out {expected:?}"));
        }
    }

    fn conclude(self, what: &str) {
        eprintln!("{what}: {} values compared", self.compared);
        let faults = &self.faults;
        assert!(faults.is_empty(), "{} of {} values:\n{}", faults.len(), self.compared, faults.join("\n"));
    }
}

impl Exports {
    /// The records of a dataset, by subject, parameter and visit.
    fn index(&self, dataset: &str) -> BTreeMap<(&str, &str, &str), &Record> {
        let own = |record| (field(record, "USUBJID"), field(record, "PARAMCD"), field(record, "AVISIT"));
        self.datasets[dataset].iter().map(|record| (own(record), record)).collect()
    }
}

#[test]
fn records_are_one_a_subject_parameter_and_visit_in_order_and_in_the_form_of_the_field() {
    let exports = exports();
    let mut findings = Findings::default();
    for (dataset, records) in &exports.datasets {
        let own = |record: &Record| ["USUBJID", "PARAMCD", "AVISIT"].map(|column| field(record, column).to_owned());
        let keys: BTreeSet<[String; 3]> = records.iter().map(own).collect();
        findings.text(&format!("{dataset}: keys"), &keys.len().to_string(), &records.len().to_string());
        // In the order of subjects, of parameters as the subject with the most of them has them, and of visits.
        let mut of_subjects: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for record in records {
            let own = of_subjects.entry(field(record, "USUBJID")).or_default();
            if !own.contains(&field(record, "PARAMCD")) {
                own.push(field(record, "PARAMCD"));
            }
        }
        let parameters = of_subjects.values().max_by_key(|own| own.len()).expect("there are subjects").clone();
        let mut labels: BTreeMap<&str, &str> = BTreeMap::new();
        for record in records {
            let label = labels.entry(field(record, "PARAMCD")).or_insert(field(record, "PARAM"));
            findings.text(&format!("{dataset}: label of {}", field(record, "PARAMCD")), field(record, "PARAM"), label);
        }
        let distinct: BTreeSet<&str> = labels.values().copied().collect();
        assert_eq!(distinct.len(), labels.len(), "{dataset}: parameters share a label");
        assert!(labels.keys().all(|code| (1..=8).contains(&code.len())), "{dataset}: a code is too long: {labels:?}");
        let place = |record: &Record| {
            let code = parameters.iter().position(|known| *known == field(record, "PARAMCD"));
            let visit = VISITS.iter().position(|(visit, _)| *visit == field(record, "AVISIT"));
            (field(record, "USUBJID").to_owned(), code, visit)
        };
        assert!(records.iter().all(|record| place(record).1.is_some()), "{dataset}: nobody has all parameters");
        assert!(records.windows(2).all(|pair| place(&pair[0]) < place(&pair[1])), "{dataset} is not in order");
        for record in records {
            let what = format!("{dataset}: {:?}", own(record));
            let subject = exports.raw.subject(field(record, "USUBJID"));
            findings.text(&format!("{what} arm"), field(record, "ARMCD"), &field(subject, "TRT01P").to_lowercase());
            findings.text(&format!("{what} in the set"), field(subject, "RANDFL"), "Y");
            let date = field(record, "ADT");
            if *dataset == "ADTTE" {
                findings.text(&format!("{what} visit"), field(record, "AVISIT"), "");
                continue;
            }
            let nominal = VISITS.iter().find(|(visit, _)| *visit == field(record, "AVISIT"));
            let nominal = nominal.map_or_else(String::new, |(_, day)| day.to_string());
            findings.text(&format!("{what} nominal day"), field(record, "AVISITN"), &nominal);
            if date.is_empty() {
                assert!(WITHOUT_DATE.contains(&field(record, "PARAMCD")), "{what} has no date");
                findings.text(&format!("{what} day"), field(record, "ADY"), "");
            } else {
                let day = study_day(day_number(date), reference(subject));
                findings.text(&format!("{what} date"), date, &iso(day_number(date)));
                findings.text(&format!("{what} day"), field(record, "ADY"), &day.to_string());
            }
            let [value, base, change] = ["AVAL", "BASE", "CHG"].map(|column| field(record, column).parse::<f64>().ok());
            let baseline = field(record, "AVISIT") == "BL";
            let expected = value.zip(base).filter(|_| !baseline).map(|(value, base)| value - base);
            findings.number(&format!("{what} change"), field(record, "CHG"), expected);
            assert!(!baseline || change.is_none(), "{what} has a change");
        }
    }
    findings.conclude("form of the exported datasets");
}

/// Whether all conditions hold, of exported texts: not if one does not, unknown if one is.
fn all_of(conditions: &[&str]) -> Option<bool> {
    if conditions.contains(&"N") {
        Some(false)
    } else if conditions.contains(&"") {
        None
    } else {
        Some(true)
    }
}

/// What the results count for an arm at a visit.
fn counted(results: &[Record], analysis: &str, arm: &str, visit: &str) -> String {
    let words = [("analysis", analysis), ("arm", arm), ("at", visit), ("statistic", "count")];
    let mut found = results.iter().filter(|row| {
        let empty = ["variant", "variable", "levels", "contrast"].iter().all(|column| field(row, column).is_empty());
        empty && words.iter().all(|(column, value)| field(row, column) == *value)
    });
    let row = found.next().unwrap_or_else(|| panic!("nothing is counted of {words:?}"));
    field(row, "value").to_owned()
}

#[test]
fn responses_are_those_of_their_conditions_and_of_the_results() {
    let exports = exports();
    let mut findings = Findings::default();
    let index = exports.index("ADRS");
    let (activity, doses) = (exports.index("ADQSEFF"), exports.index("ADGC"));
    let at =
        |id: &str, code: &str, visit: &str| index.get(&(id, code, visit)).map_or("", |record| field(record, "AVALC"));
    for subject in exports.raw.randomised() {
        let id = field(subject, "USUBJID");
        for (visit, _) in &VISITS[1..] {
            let what = format!("{id} at {visit}:");
            let [raw, a, b, c] = ["RENRAW", "RENA", "RENB", "RENC"].map(|code| at(id, code, visit));
            findings.text(
                &format!("{what} complete"),
                &(raw == "CR").to_string(),
                &([a, b, c] == ["Y"; 3]).to_string(),
            );
            let dose = doses.get(&(id, "PREDVIS", *visit)).and_then(|record| field(record, "AVAL").parse::<f64>().ok());
            let steroid = dose.map_or("", |dose| if dose <= 10.0 + 1e-8 { "Y" } else { "N" });
            findings.text(&format!("{what} glucocorticoid"), c, steroid);
            let change = |code: &str| {
                activity.get(&(id, code, *visit)).and_then(|record| field(record, "CHG").parse::<f64>().ok())
            };
            let word = |met: Option<bool>| met.map_or("", |met| if met { "Y" } else { "N" });
            let fell = change("SLEDTOT").map(|change| change <= -4.0);
            findings.text(&format!("{what} SLEDAI of SRI-4"), at(id, "SRI4S", visit), word(fell));
            let steady = change("PGA").map(|change| change < 0.3 - 1e-9);
            findings.text(&format!("{what} assessment of SRI-4"), at(id, "SRI4P", visit), word(steady));
            // All four, false if one is.
            let parts = ["SRI4S", "SRI4B", "SRI4P", "SRI4T"].map(|code| at(id, code, visit));
            findings.text(&format!("{what} SRI-4"), at(id, "SRI4", visit), word(all_of(&parts)));
        }
        let category = at(id, "RENCAT", "W24");
        let yes = |is: bool| if is { "Y" } else { "N" };
        findings.text(&format!("{id} CRW24"), at(id, "CRW24", "W24"), yes(category == "CR"));
        findings.text(&format!("{id} RRW24"), at(id, "RRW24", "W24"), yes(category != "NR"));
        for (code, raw) in [("RENCAT", "RENRAW"), ("CRW24", "RENRAW"), ("SRI4W24", "SRI4")] {
            let record = index[&(id, code, "W24")];
            let reason = field(record, "AVALREAS");
            if reason == "NRI_MISSING" || reason == "ICE_WITHDRAWN" {
                let raw = at(id, raw, "W24");
                assert!(raw == "MISSING" || raw.is_empty(), "{id}: {code} is missing, and observed {raw}");
            }
        }
    }
    let count = |arm: &str, code: &str, visit: &str, values: &[&str]| {
        let own = |record: &&Record| {
            field(record, "ARMCD") == arm
                && field(record, "PARAMCD") == code
                && field(record, "AVISIT") == visit
                && values.contains(&field(record, "AVALC"))
        };
        exports.datasets["ADRS"].iter().filter(own).count().to_string()
    };
    for arm in ["msc", "il2"] {
        let mut compare = |analysis: &str, code: &str, visit: &str, values: &[&str]| {
            let what = format!("{analysis} in {arm} at {visit}");
            findings.text(&what, &counted(&exports.results, analysis, arm, visit), &count(arm, code, visit, values));
        };
        compare("cr_w24", "CRW24", "W24", &["Y"]);
        compare("rr_w24", "RRW24", "W24", &["Y"]);
        compare("pr_w24", "RENCAT", "W24", &["PR"]);
        compare("sri4_w24", "SRI4W24", "W24", &["Y"]);
        compare("bicla_w24", "BICLAW24", "W24", &["Y"]);
        for (visit, _) in &VISITS[1..] {
            compare("cr_by_visit", "RENCAT", visit, &["CR"]);
            compare("rr_by_visit", "RENCAT", visit, &["CR", "PR"]);
        }
    }
    findings.conclude("responses");
}
