//! Doses in terms of prednisone, day by day, worked out from the medication records.

use super::raw::{day_number, month_end};
use super::{Findings, VISITS, exports, raw};
use crate::support::{Record, field};

/// Milligrams that are worth 5 mg of prednisone.
const EQUIVALENT: [(&str, f64); 9] = [
    ("PREDNISONE", 5.0),
    ("PREDNISOLONE", 5.0),
    ("METHYLPREDNISOLONE", 4.0),
    ("TRIAMCINOLONE", 4.0),
    ("HYDROCORTISONE", 20.0),
    ("CORTISONE", 25.0),
    ("DEXAMETHASONE", 0.75),
    ("BETAMETHASONE", 0.75),
    ("DEFLAZACORT", 6.0),
];
const TIMES: [(&str, f64); 6] = [("QD", 1.0), ("BID", 2.0), ("TID", 3.0), ("QID", 4.0), ("QOD", 0.5), ("ONCE", 1.0)];

struct Course {
    first: i64,
    last: i64,
    /// Milligrams a day, if they are recorded.
    daily: Option<f64>,
    vein: bool,
}

fn course(record: &Record, reference: i64) -> Option<Course> {
    let [drug, frequency, route] = ["CMTRT", "CMDOSFRQ", "CMROUTE"].map(|column| field(record, column));
    let of = |list: &[(&str, f64)], name: &str| list.iter().find(|(own, _)| *own == name).map(|(_, number)| *number);
    let equivalent = of(&EQUIVALENT, drug)?;
    if !["ORAL", "INTRAVENOUS", "INTRAMUSCULAR", "SUBCUTANEOUS"].contains(&route) {
        return None;
    }
    let [start, end] = [("ASTDT", "ASTDTC"), ("AENDT", "AENDTC")].map(|(date, text)| {
        let date = field(record, date);
        if date.is_empty() { field(record, text) } else { date }
    });
    // A month is its first day, or study day 1 in it; the last month its last day.
    let first = if start.len() == 7 {
        let first = day_number(&format!("{start}-01"));
        if (first..=month_end(start)).contains(&reference) { reference } else { first }
    } else {
        day_number(start)
    };
    let last = match end {
        _ if field(record, "CMENRTPT") == "ONGOING" => i64::MAX,
        end if end.len() == 7 => month_end(end),
        end => day_number(end),
    };
    let times = of(&TIMES, frequency).unwrap_or_else(|| panic!("{frequency} is no frequency"));
    let daily = field(record, "CMDOSE").parse::<f64>().ok().map(|dose| dose * times * 5.0 / equivalent);
    Some(Course { first, last, daily, vein: route == "INTRAVENOUS" })
}

/// A pulse is a day with at least 250 mg of one drug into a vein.
fn is_pulse(course: &Course) -> bool {
    course.vein && course.daily.is_some_and(|daily| daily >= 250.0)
}

/// What is given over some days, unknown if one dose is.
fn sum(courses: &[&Course], first: i64, last: i64) -> Option<f64> {
    let on = |day: i64| courses.iter().filter(move |course| (course.first..=course.last).contains(&day));
    (first..=last).flat_map(on).map(|course| course.daily).sum()
}

#[test]
fn doses_are_those_of_the_medication_records() {
    let exports = exports();
    let exported = exports.index("ADGC");
    let mut findings = Findings::default();
    let mut pulses = 0;
    for subject in exports.raw.randomised() {
        let id = field(subject, "USUBJID");
        let reference = raw::reference(subject);
        let records = exports.raw.of("ADCM", id);
        let records = records.filter(|record| ["GLUCOCORTICOID", "RESCUE"].contains(&field(record, "CMCAT")));
        let courses: Vec<Course> = records.filter_map(|record| course(record, reference)).collect();
        let all: Vec<&Course> = courses.iter().collect();
        let without: Vec<&Course> = courses.iter().filter(|course| !is_pulse(course)).collect();
        let mut base = None;
        for (visit, _) in VISITS {
            let Some(record) = exported.get(&(id, "PREDVIS", visit)) else { continue };
            let day = day_number(field(record, "ADT"));
            let week = |courses: &[&Course], last: i64| sum(courses, last - 6, last).map(|sum| sum / 7.0);
            // Baseline is the week before study day 1.
            let dose = week(&all, if visit == "BL" { reference - 1 } else { day });
            if visit == "BL" {
                base = dose;
            }
            let mut is = |code: &str, column: &str, expected: Option<f64>| {
                let found = exported.get(&(id, code, visit)).map_or("", |record| field(record, column));
                findings.number(&format!("{id} {code} at {visit}: {column}"), found, expected);
            };
            is("PREDVIS", "AVAL", dose);
            is("PREDVIS", "BASE", base);
            for (code, limit) in [("LE10", 10.0), ("LE75", 7.5), ("LE5", 5.0)] {
                is(code, "AVAL", dose.map(|dose| if dose <= limit + 1e-8 { 1.0 } else { 0.0 }));
            }
            if visit != "BL" {
                is("PREDNOP", "AVAL", week(&without, day));
                is("PREDCUM", "AVAL", sum(&all, reference, day));
                let days = (reference..=day)
                    .filter(|day| courses.iter().any(|own| is_pulse(own) && (own.first..=own.last).contains(day)));
                let days = f64::from(u32::try_from(days.count()).expect("a small number"));
                let known = field(exported[&(id, "PREDPULS", visit)], "AVAL");
                // With a dose unknown it is not known whether it was a pulse.
                if !known.is_empty() || sum(&all, reference, day).is_some() {
                    is("PREDPULS", "AVAL", Some(days));
                }
                pulses += usize::from(days > 0.0);
            }
        }
    }
    eprintln!("{pulses} visits after a pulse");
    findings.conclude("doses");
}
