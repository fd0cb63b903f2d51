//! Times to response, worked out from the exported responses and from recorded deaths and rescue therapy.

use std::collections::BTreeMap;

use super::raw::{day_number, iso};
use super::{Findings, VISITS, all_of, exports};
use crate::support::field;

#[test]
fn times_to_response_are_those_of_the_exported_responses() {
    const LAST_DAY: i64 = 183;
    let exports = exports();
    let mut findings = Findings::default();
    let responses = exports.index("ADRS");
    let times = exports.index("ADTTE");
    let subjects = exports.raw.randomised();
    assert_eq!(times.len(), 2 * subjects.len(), "two times a subject");
    let mut ends: BTreeMap<String, usize> = BTreeMap::new();
    for (subject, parameter, counting) in subjects
        .iter()
        .flat_map(|subject| [("TTOR", &["CR", "PR"][..]), ("TTCR", &["CR"])].map(|(code, of)| (*subject, code, of)))
    {
        let id = field(subject, "USUBJID");
        let start = day_number(field(subject, "RANDDT"));
        let day = |date: i64| date - start + 1;
        let death = (!field(subject, "DTHDT").is_empty()).then(|| (day_number(field(subject, "DTHDT")), "death"));
        let rescues = exports.raw.of("ADCM", id).filter(|record| field(record, "CMCAT") == "RESCUE");
        let rescue = rescues.map(|record| (day_number(field(record, "ASTDT")), "rescue")).min();
        let competing = [death, rescue].into_iter().flatten().min().filter(|(date, _)| day(*date) <= LAST_DAY);
        let (mut last, mut event, mut completed) = (None, None, false);
        for (visit, _) in &VISITS[1..] {
            let record = responses[&(id, "RENRAW", *visit)];
            if field(record, "ADT").is_empty() {
                continue;
            }
            let date = day_number(field(record, "ADT"));
            if day(date) > LAST_DAY || competing.is_some_and(|(before, _)| before <= date) {
                break;
            }
            let category = field(record, "AVALC");
            if counting.contains(&category) {
                event = Some((date, *visit));
                break;
            }
            // Each response is judged by its own conditions: complete response may be unknown where partial is certain.
            let conditions = ["RENA", "RENB", "RENC"].map(|code| field(responses[&(id, code, *visit)], "AVALC"));
            let known = if parameter == "TTCR" { all_of(&conditions).is_some() } else { category != "MISSING" };
            if known {
                last = Some(date);
                completed = *visit == "W24";
            }
        }
        let (date, code, words) = match (event, competing) {
            (Some((date, visit)), _) => (date, "0", format!("EVENT AT {visit}")),
            (None, Some((date, word))) => (date, "2", format!("COMPETING: {word}")),
            // Who was assessed at the last visit was observed to the last day.
            (None, None) if completed => (start + LAST_DAY - 1, "1", "CENSORED".to_owned()),
            (None, None) => (last.unwrap_or(start), "1", "CENSORED".to_owned()),
        };
        let record = times[&(id, parameter, "")];
        let mut is = |column: &str, expected: &str| {
            findings.text(&format!("{id} {parameter} {column}"), field(record, column), expected);
        };
        is("STARTDT", field(subject, "RANDDT"));
        is("ADT", &iso(date));
        is("AVAL", &day(date).to_string());
        is("CNSR", code);
        is("EVNTDESC", &words);
        is("LEFT", &last.map_or_else(String::new, |date| day(date).to_string()));
        is("RIGHT", &event.map_or_else(String::new, |(date, _)| day(date).to_string()));
        *ends.entry(code.to_owned()).or_default() += 1;
    }
    assert_eq!(ends.len(), 3, "events, censored and competing times are among them: {ends:?}");
    findings.conclude("times to response");
}
