//! The attendance of visits and the currency of the data, by the files of the second study: every participant is in one
//! state at each visit, whatever the day of the data; arms add up to all; and the numbers are those counted here from the
//! data files.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::awkward::copy_folder;
use crate::support::{
    Record, argument, field, fixture_study, read, records, repository, results_csv, scratch, succeed, write,
};

const VISITS: [(&str, i64, i64, i64); 4] = [("W2", 15, 3, 3), ("W6", 43, 5, 5), ("W12", 85, 7, 7), ("W18", 127, 7, 12)];
const ARMS: [&str; 4] = ["low", "high", "placebo", ""];

/// The rows of the second study with the endpoints of `tests/methods`, as of a day.
fn rows(folder: &Path, cutoff: Option<&str>) -> Vec<Record> {
    let study = folder.join("study");
    copy_folder(&fixture_study("sle-three-arm"), &study);
    let own = read(&study.join("study.toml"));
    let more = read(&repository().join("tests/methods/endpoints.toml"));
    write(&study.join("study.toml"), &format!("{own}\n{more}"));
    let mut arguments = vec!["run", argument(&study), "--out", "package", "--quiet"];
    arguments.extend(cutoff.iter().flat_map(|day| ["--cutoff", day]));
    succeed(folder, &arguments);
    results_csv(&folder.join("package"))
}

/// The counts of the attendance: by variable, visit, arm and level.
fn counts(rows: &[Record]) -> BTreeMap<[String; 4], u64> {
    let of = rows.iter().filter(|row| field(row, "analysis") == "m_visits" && field(row, "statistic") == "count");
    let key = |row: &Record| ["variable", "at", "arm", "levels"].map(|column| field(row, column).to_owned());
    of.map(|row| (key(row), field(row, "value").parse().expect("a count"))).collect()
}

/// Days since 1970-01-01 of a date as the files write it.
fn day(text: &str) -> Option<i64> {
    let mut parts = text.split('-').map(str::parse::<i64>);
    let (Some(Ok(year)), Some(Ok(month)), Some(Ok(day))) = (parts.next(), parts.next(), parts.next()) else {
        return None;
    };
    // Hinnant's days from civil.
    let year = if month <= 2 { year - 1 } else { year };
    let (era, of_year) = (year.div_euclid(400), (153 * ((month + 9) % 12) + 2) / 5 + day - 1);
    let of_era = year.rem_euclid(400) * 365 + year.rem_euclid(400) / 4 - year.rem_euclid(400) / 100 + of_year;
    Some(era * 146_097 + of_era - 719_468)
}

#[test]
fn every_participant_is_in_one_state_at_each_visit() {
    for (cutoff, early) in [(None, false), (Some("2025-07-15"), true)] {
        let folder = scratch();
        let rows = rows(folder.path(), cutoff);
        let counts = counts(&rows);
        let number = |arm: &str| -> u64 {
            let is_meant = |row: &&Record| {
                [("analysis", "m_visits"), ("statistic", "n"), ("arm", arm), ("variable", ""), ("at", "")]
                    .iter()
                    .all(|(column, wanted)| field(row, column) == *wanted)
            };
            let found = rows.iter().find(is_meant).expect("the number of the arm");
            field(found, "value").parse().expect("a count")
        };
        let get = |variable: &str, visit: &str, arm: &str, level: &str| {
            let key = [variable, visit, arm, level].map(str::to_owned);
            *counts.get(&key).unwrap_or_else(|| panic!("no count of {key:?}"))
        };
        let mut open = 0;
        for visit in ["V0", "W2", "W6", "W12", "W18"] {
            for arm in ARMS {
                let state = |level: &str| get("visit", visit, arm, level);
                let what = format!("{cutoff:?} {visit} {arm}");
                assert_eq!(state("due") + state("not-due") + state("not-expected"), number(arm), "{what}");
                assert_eq!(state("done") + state("missed"), state("due"), "{what}");
                assert_eq!(state("in-window") + state("outside"), state("done"), "{what}");
                open += state("not-due");
                for form in ["sledai", "pga", "kidney"] {
                    let of = |level: &str| get(form, visit, arm, level);
                    assert_eq!(of("received") + of("overdue"), of("expected"), "{what} {form}");
                    assert!(of("expected") >= state("due"), "{what} {form}: what is due is expected");
                }
            }
            for ([variable, at, arm, level], count) in
                counts.iter().filter(|(key, _)| key[1] == visit && key[2].is_empty())
            {
                let arms: u64 = ARMS[..3].iter().map(|arm| get(variable, at, arm, level)).sum();
                assert_eq!(arms, *count, "{variable} {at} {level}{arm}: the arms and all");
            }
        }
        assert_eq!(open > 0, early, "{cutoff:?}: {open} visits not yet due");
    }
}

/// Assessments that date a visit lie in its window, or in the wider one where that is empty; who had left before a window
/// opened is not expected; the rest is missed. Counted from the files, without anything of the program.
#[test]
fn the_states_are_those_counted_from_the_files() {
    let folder = scratch();
    let rows = rows(folder.path(), None);
    let counts = counts(&rows);
    let data = fixture_study("sle-three-arm").join("data");
    let mut assessed: BTreeMap<String, BTreeSet<i64>> = BTreeMap::new();
    for record in records(&data.join("qs.csv")) {
        let counted = ["SLEDAI", "BILAG"].contains(&field(&record, "QSCAT")) || field(&record, "QSTESTCD") == "PGA";
        let empty = field(&record, "QSSTRESN").is_empty() && field(&record, "QSORRES").is_empty();
        if let (true, false, Some(day)) = (counted, empty, day(field(&record, "QSDT"))) {
            assessed.entry(field(&record, "SUBJID").to_owned()).or_default().insert(day);
        }
    }
    let mut expected: BTreeMap<[String; 2], u64> = BTreeMap::new();
    for subject in records(&data.join("dm.csv")).iter().filter(|record| !field(record, "RANDDT").is_empty()) {
        let first = day(field(subject, "FIRSTDT")).or_else(|| day(field(subject, "RANDDT"))).expect("study day 1");
        let left = if field(subject, "ENDSTAT") == "DISCONTINUED" {
            field(subject, "ENDDT")
        } else {
            field(subject, "DEATHDT")
        };
        let days = assessed.get(field(subject, "SUBJID")).cloned().unwrap_or_default();
        for (visit, nominal, within, wide) in VISITS {
            let is_within =
                |reach: i64| days.iter().any(|day| *day > first && (day - first + 1 - nominal).abs() <= reach);
            let state = if is_within(within) {
                "in-window"
            } else if is_within(wide) {
                "outside"
            } else if day(left).is_some_and(|left| left < first + nominal - 1 - within) {
                "not-expected"
            } else {
                "missed"
            };
            *expected.entry([visit, state].map(str::to_owned)).or_default() += 1;
        }
    }
    for (visit, ..) in VISITS {
        for state in ["in-window", "outside", "not-expected", "missed"] {
            let found = counts[&["visit", visit, "", state].map(str::to_owned)];
            let counted = expected.get(&[visit, state].map(str::to_owned)).copied().unwrap_or(0);
            assert_eq!(found, counted, "{visit}: {state}");
        }
    }
    let total: u64 = expected.values().sum();
    assert_eq!(total, 42 * 4);
    assert!(
        ["in-window", "outside", "not-expected", "missed"]
            .iter()
            .all(|state| expected.keys().any(|key| key[1] == *state))
    );
}

#[test]
fn sources_tell_the_last_date_of_their_files() {
    let folder = scratch();
    let rows = rows(folder.path(), None);
    let data = fixture_study("sle-three-arm").join("data");
    let randomised: BTreeSet<String> = records(&data.join("dm.csv"))
        .iter()
        .filter(|record| !field(record, "RANDDT").is_empty())
        .map(|record| field(record, "SUBJID").to_owned())
        .collect();
    for (source, file, date) in [("assessments", "qs.csv", "QSDT"), ("medications", "cm.csv", "CMSTDT")] {
        let own: Vec<Record> = records(&data.join(file))
            .into_iter()
            .filter(|record| randomised.contains(field(record, "SUBJID")))
            .collect();
        let last = own.iter().map(|record| field(record, date)).max().expect("records");
        let value = |statistic: &str, level: &str| {
            let is_meant = |row: &&Record| {
                [("analysis", "m_visits"), ("variable", source), ("statistic", statistic), ("levels", level)]
                    .iter()
                    .all(|(column, wanted)| field(row, column) == *wanted)
            };
            field(rows.iter().find(is_meant).expect("a row"), "value").to_owned()
        };
        assert_eq!(value("max", "last"), last, "{source}");
        assert_eq!(value("events", ""), own.len().to_string(), "{source}");
    }
}
