//! Items, totals, new grades and the global assessment, worked out from the recorded forms.

use std::collections::BTreeMap;

use super::raw::{day_number, iso, study_day};
use super::{Findings, VISITS, exports, raw};
use crate::support::{Record, field};

/// Items of SLEDAI-2K in the order of the form: group, codes, weight.
const GROUPS: [(&str, &[&str], f64); 9] = [
    ("SLEDCNS", &["SLSEIZ", "SLPSYC", "SLOBS", "SLVISU", "SLCRAN", "SLHEAD", "SLCVA"], 8.0),
    ("SLEDVASC", &["SLVASC"], 8.0),
    ("SLEDMUSC", &["SLARTH", "SLMYOS"], 4.0),
    ("SLEDREN", &["SLCAST", "SLHEMA", "SLPROT", "SLPYUR"], 4.0),
    ("SLEDMUCO", &["SLRASH", "SLALOP", "SLULC"], 2.0),
    ("SLEDSERO", &["SLPLEU", "SLPERI"], 2.0),
    ("SLEDIMMU", &["SLLOWC", "SLDNA"], 2.0),
    ("SLEDCONS", &["SLFEVR"], 1.0),
    ("SLEDHAEM", &["SLTHRO", "SLLEUK"], 1.0),
];
const SYSTEMS: [&str; 9] = ["BICONS", "BIMUCO", "BINEUR", "BIMUSC", "BICARD", "BIGAST", "BIOPHT", "BIRENA", "BIHAEM"];

/// What was recorded on one day, by code; text for grades.
type Form<'a> = BTreeMap<&'a str, &'a Record>;

/// The forms of a subject by day, of those with any value.
fn forms<'a>(records: impl Iterator<Item = &'a Record>, value: &str) -> BTreeMap<i64, Form<'a>> {
    let mut forms: BTreeMap<i64, Form> = BTreeMap::new();
    for record in records {
        if !["", "NOT DONE"].contains(&field(record, value)) {
            forms.entry(day_number(field(record, "ADT"))).or_default().insert(field(record, "PARAMCD"), record);
        }
    }
    forms
}

/// The day that counts at a visit: the nearest within a week, the later of two; at the last visit within two weeks if there
/// is none. At baseline the last on or before study day 1.
fn chosen(days: &[i64], reference: i64, visit: &str, nominal: i64) -> Option<i64> {
    if visit == "BL" {
        return days.iter().copied().filter(|day| *day <= reference).max();
    }
    let within = |reach: i64| {
        let after = days.iter().copied().filter(|day| *day > reference);
        let off = |day: i64| (study_day(day, reference) - nominal).abs();
        after.filter(|day| off(*day) <= reach).min_by_key(|day| (off(*day), -day))
    };
    within(7).or_else(|| if visit == "W24" { within(14) } else { None })
}

/// What must be exported of a subject at a visit: numbers by code, and grades.
#[derive(Default)]
struct Expected {
    numbers: BTreeMap<String, Option<f64>>,
    grades: BTreeMap<String, String>,
}

fn expected(sledai: Option<&Form>, bilag: Option<&Form>, assessment: Option<f64>) -> Expected {
    let mut expected = Expected::default();
    let item = |code: &str| {
        sledai.and_then(|form| form.get(code)).and_then(|record| field(record, "AVAL").parse::<f64>().ok())
    };
    let sum = |groups: &dyn Fn(&str) -> bool| {
        let items = GROUPS
            .iter()
            .filter(|(group, ..)| groups(group))
            .flat_map(|(_, codes, weight)| codes.iter().map(move |code| item(code).map(|present| present * weight)));
        items.sum::<Option<f64>>()
    };
    for (group, codes, _) in GROUPS {
        expected.numbers.insert(group.to_owned(), sum(&|own| own == group));
        expected.numbers.extend(codes.iter().map(|code| ((*code).to_owned(), item(code))));
    }
    let total = sum(&|_| true);
    expected.numbers.insert("SLEDTOT".to_owned(), total);
    expected.numbers.insert("SLEDCLIN".to_owned(), sum(&|group| group != "SLEDIMMU"));
    let rest = total.and_then(|_| sum(&|group| group != "SLEDREN"));
    expected.numbers.insert("SLEDNREN".to_owned(), rest);
    let grade = |code: &str| bilag.and_then(|form| form.get(code)).map(|record| field(record, "AVALC"));
    let points = |grade: &str| match grade {
        "A" => 12.0,
        "B" => 8.0,
        "C" => 1.0,
        _ => 0.0,
    };
    let total = SYSTEMS.iter().map(|code| grade(code).map(points)).sum::<Option<f64>>();
    expected.numbers.insert("BILTOT".to_owned(), total);
    for (code, letter) in [("BILNA", "A"), ("BILNB", "B"), ("BILNC", "C")] {
        let number = SYSTEMS.iter().filter(|system| grade(system) == Some(letter)).count();
        let number = bilag.map(|_| f64::from(u32::try_from(number).expect("nine systems")));
        expected.numbers.insert(code.to_owned(), number);
    }
    expected.grades.extend(SYSTEMS.iter().map(|code| ((*code).to_owned(), grade(code).unwrap_or_default().to_owned())));
    expected.numbers.insert("PGA".to_owned(), assessment);
    expected
}

/// How many systems have this grade now and had a better one at baseline; none if a grade is not known.
fn new(now: &Expected, base: &Expected, letter: &str) -> Option<f64> {
    let mut number = 0.0;
    for system in SYSTEMS {
        let [now, base] = [now, base].map(|of| of.grades[system].as_str());
        if now.is_empty() || base.is_empty() {
            return None;
        }
        if now == letter && base > letter {
            number += 1.0;
        }
    }
    Some(number)
}

#[test]
fn scores_are_those_of_the_recorded_items() {
    let exports = exports();
    let exported = exports.index("ADQSEFF");
    let mut findings = Findings::default();
    let mut dated = 0;
    for subject in exports.raw.randomised() {
        let id = field(subject, "USUBJID");
        let reference = raw::reference(subject);
        let own = |category: &'static str| {
            exports.raw.of("ADQS", id).filter(move |record| field(record, "QSCAT") == category)
        };
        let sledai = forms(own("SLEDAI-2K"), "AVAL");
        let bilag = forms(own("BILAG-2004"), "AVALC");
        let pga = forms(exports.raw.of("ADQS", id).filter(|record| field(record, "PARAMCD") == "PGA"), "AVAL");
        let mut baseline: Option<Expected> = None;
        for (visit, nominal) in VISITS {
            let day = |forms: &BTreeMap<i64, Form>| {
                let days: Vec<i64> = forms.keys().copied().collect();
                chosen(&days, reference, visit, nominal)
            };
            let days = [day(&sledai), day(&bilag), day(&pga)];
            let assessment = days[2].and_then(|day| field(pga[&day]["PGA"], "AVAL").parse::<f64>().ok());
            let assessment = assessment.filter(|value| (0.0..=3.0).contains(value));
            let now = expected(days[0].map(|day| &sledai[&day]), days[1].map(|day| &bilag[&day]), assessment);
            let date = days.iter().flatten().max().map_or_else(String::new, |day| iso(*day));
            dated += usize::from(!date.is_empty());
            for (code, value) in &now.numbers {
                let what = format!("{id} {code} at {visit}");
                let Some(record) = exported.get(&(id, code.as_str(), visit)) else {
                    findings.text(&format!("{what}, not exported"), "", &date);
                    continue;
                };
                findings.text(&format!("{what}: date"), field(record, "ADT"), &date);
                findings.number(&what, field(record, "AVAL"), *value);
                let base = baseline.as_ref().map_or(*value, |base| base.numbers[code]);
                findings.number(&format!("{what}: baseline"), field(record, "BASE"), base);
            }
            for (code, grade) in &now.grades {
                let record = exported.get(&(id, code.as_str(), visit));
                findings.text(
                    &format!("{id} {code} at {visit}"),
                    record.map_or("", |record| field(record, "AVALC")),
                    grade,
                );
            }
            if let (Some(base), Some(_)) = (&baseline, days[1]) {
                for (code, letter) in [("BILNEWA", "A"), ("BILNEWB", "B")] {
                    let Some(number) = new(&now, base, letter) else { continue };
                    let record = exported[&(id, code, visit)];
                    findings.number(&format!("{id} {code} at {visit}"), field(record, "AVAL"), Some(number));
                }
            }
            baseline.get_or_insert(now);
        }
    }
    let totals = exports.datasets["ADQSEFF"].iter().filter(|record| field(record, "PARAMCD") == "SLEDTOT").count();
    assert_eq!(totals, dated, "as many records as assessments");
    findings.conclude("activity scores");
}
