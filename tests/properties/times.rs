//! Cumulative incidences, competing events and what is left are everybody, at every time of every arm.

use std::collections::BTreeMap;

use super::{ARMS, Package, packages};
use crate::support::field;

/// Rounding of sums of a few hundred terms.
const CLOSE: f64 = 1e-12;

/// How many had the event, a competing event or were censored on each day: the codes of `CNSR`.
fn ends(package: &Package, parameter: &str, arm: &str) -> BTreeMap<u32, [f64; 3]> {
    let mut ends: BTreeMap<u32, [f64; 3]> = BTreeMap::new();
    for record in &package.times {
        if field(record, "PARAMCD") == parameter && field(record, "ARMCD") == arm {
            let day = field(record, "AVAL").parse().expect("a time is a number of days");
            let code: usize = field(record, "CNSR").parse().expect("the end is a code");
            ends.entry(day).or_default()[code] += 1.0;
        }
    }
    ends
}

#[test]
fn incidence_competing_events_and_the_rest_are_everybody() {
    let mut checked = 0;
    for (study, package) in packages() {
        for (endpoint, parameter) in [("tt_or", "TTOR"), ("tt_cr", "TTCR")] {
            for arm in ARMS {
                let n = package.count(&[("analysis", endpoint), ("arm", arm), ("statistic", "n")]);
                let n = u32::try_from(n).map(f64::from).expect("a small number");
                let ends = ends(package, parameter, arm);
                // What is left is computed here, from the exported times: the product over the days.
                let (mut past, mut left, mut before) = (0.0, 1.0, [0.0, 0.0]);
                for (day, [event, censored, competing]) in &ends {
                    let day = day.to_string();
                    let row = |statistic: &str| {
                        let method = "aalen-johansen";
                        let own = [("arm", arm), ("level", &*day), ("method", method), ("statistic", statistic)];
                        let words = [&[("analysis", endpoint)], &own[..]].concat();
                        let value = package.value(&words);
                        value["count"].as_f64().or(value["number"].as_f64())
                    };
                    let what = format!("{study}: {endpoint} in {arm} on day {day}");
                    let is = |statistic: &str, expected: f64| {
                        let found = row(statistic).unwrap_or_else(|| panic!("{what}: no {statistic}"));
                        assert!((found - expected).abs() < CLOSE, "{what}: {statistic} is {found}, not {expected}");
                    };
                    is("at-risk", n - past);
                    is("count", *event);
                    is("censored", *censored);
                    left *= 1.0 - (event + competing) / (n - past);
                    let now = ["incidence", "competing-incidence"].map(|name| row(name).expect("an incidence"));
                    let sum = now[0] + now[1] + left;
                    assert!((sum - 1.0).abs() < CLOSE, "{what}: the sum is {sum}");
                    assert!(now.iter().zip(before).all(|(now, before)| *now >= before), "{what}: an incidence falls");
                    let limits =
                        ["incidence-lower", "incidence-upper"].map(|own| limit(package, endpoint, arm, &day, own));
                    if let [Some(lower), Some(upper)] = limits {
                        assert!(
                            0.0 <= lower && lower <= now[0] && now[0] <= upper && upper <= 1.0,
                            "{what}: {} is not within {lower} and {upper}",
                            now[0]
                        );
                    }
                    past += event + censored + competing;
                    before = now;
                    checked += 1;
                }
                assert!((past - n).abs() < CLOSE, "{study}: {past} of {n} times of {endpoint} in {arm}");
                let curve =
                    [("analysis", endpoint), ("arm", arm), ("method", "aalen-johansen"), ("statistic", "at-risk")];
                let days = package.having(&curve).filter(|(key, _)| key.contains_key("level")).count();
                assert_eq!(days, ends.len(), "{study}: days of the curve of {endpoint} in {arm}");
                totals(package, endpoint, arm, &ends);
            }
        }
    }
    eprintln!("{checked} times of cumulative incidences checked");
    assert!(checked > 100, "only {checked} times");
}

fn limit(package: &Package, endpoint: &str, arm: &str, day: &str, statistic: &str) -> Option<f64> {
    package.number(&[
        ("analysis", endpoint),
        ("arm", arm),
        ("level", day),
        ("method", "aalen-johansen"),
        ("statistic", statistic),
        ("conf_level", "950"),
    ])
}

/// The three ends are those of the times, and the steps at visits those of the curve before them.
fn totals(package: &Package, endpoint: &str, arm: &str, ends: &BTreeMap<u32, [f64; 3]>) {
    for (code, variable) in ["event", "censored", "competing"].into_iter().enumerate() {
        let words = [("analysis", endpoint), ("arm", arm), ("variable", variable), ("statistic", "count")];
        let counted = u32::try_from(package.count(&words)).map(f64::from).expect("a small number");
        let expected: f64 = ends.values().map(|ends| ends[code]).sum();
        assert!((counted - expected).abs() < CLOSE, "{endpoint} in {arm}: {counted} {variable}, not {expected}");
    }
    // By the last day of a visit's window what it can show is known; the last visit closes with the time itself.
    for (visit, closing) in [("W4", 36), ("W8", 64), ("W16", 120), ("W20", 148), ("W24", 183)] {
        let words = [("analysis", endpoint), ("arm", arm), ("at", visit), ("method", "aalen-johansen")];
        let risk = package.count(&[&words[..], &[("statistic", "at-risk")]].concat());
        let expected: f64 = ends.range(closing..).map(|(_, ends)| ends.iter().sum::<f64>()).sum();
        let risk = u32::try_from(risk).map(f64::from).expect("a small number");
        assert!((risk - expected).abs() < CLOSE, "{endpoint} in {arm} at {visit}: {risk} at risk, not {expected}");
        let at_visit = package.number(&[&words[..], &[("statistic", "incidence")]].concat());
        let last = ends.range(..=closing).next_back().map(|(day, _)| day.to_string());
        let on_day = last.map_or(Some(0.0), |day| {
            package.number(&[
                ("analysis", endpoint),
                ("arm", arm),
                ("level", &*day),
                ("method", "aalen-johansen"),
                ("statistic", "incidence"),
            ])
        });
        assert_eq!(at_visit, on_day, "{endpoint} in {arm} at {visit}: the incidence is not that of the last step");
    }
}
