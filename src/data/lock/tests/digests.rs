//! What the digests of variables and records depend on, and what not.

use super::super::Locked;
use super::super::records::Records;
use super::*;

fn locked(subjects: &str, values: &str) -> Locked {
    Study::with(subjects, values).locked()
}

/// The digests of the variables of ADXX, by name.
fn variables(locked: &Locked) -> Vec<(&str, &str)> {
    let entry = locked.lock.entry("ADXX").expect("the dataset");
    let mut named: Vec<_> = entry.variables.iter().map(|variable| (&*variable.name, &*variable.content)).collect();
    named.sort_unstable();
    named
}

/// The names of the variables whose digests differ.
fn differing(one: &Locked, other: &Locked) -> Vec<String> {
    let pairs = variables(one).into_iter().zip(variables(other));
    pairs.filter(|(a, b)| a != b).map(|(a, _)| a.0.to_owned()).collect()
}

/// The text with its records and variables in another order.
fn shuffled(text: &str) -> String {
    let mut lines: Vec<Vec<&str>> = text.lines().map(|line| line.split(',').rev().collect()).collect();
    lines[1..].reverse();
    lines.iter().map(|line| line.join(",") + "\n").collect()
}

#[test]
fn the_order_of_records_and_variables_changes_no_digest() {
    let (one, other) = (locked(SUBJECTS, VALUES), locked(&shuffled(SUBJECTS), &shuffled(VALUES)));
    assert_eq!(variables(&one), variables(&other));
    assert_eq!(one.records, other.records);
    assert_eq!(one.lock.digests, other.lock.digests);
    assert_ne!(one.lock.dataset[1].sha256, other.lock.dataset[1].sha256);
}

#[test]
fn a_changed_value_changes_its_variable_and_its_record_alone() {
    let one = locked(SUBJECTS, VALUES);
    for (old, new, variable, key) in [
        ("S-02,1,7.25,mg", "S-02,1,7.26,mg", "AVAL", "S-02\t1"),
        ("S-02,2,,mg", "S-02,2,0,mg", "AVAL", "S-02\t2"),
        ("S-03,1,8,g", "S-03,1,8,kg", "UNIT", "S-03\t1"),
        ("S-03,1,8,g", "S-03,1,8,", "UNIT", "S-03\t1"),
    ] {
        let other = locked(SUBJECTS, &VALUES.replace(old, new));
        assert_eq!(differing(&one, &other), [variable], "{new}");
        let [was, is] = [&one, &other].map(|locked| Records::parse(&locked.records, "data.records").expect("our text"));
        let [was, is] = [&was, &is].map(|records| &records.dataset("ADXX").expect("the dataset").records);
        let differ: Vec<&str> = was.iter().zip(is).filter(|(a, b)| a != b).map(|(a, _)| a.key.as_str()).collect();
        assert_eq!(differ, [key], "{new}");
    }
}

#[test]
fn without_unique_keys_a_variable_does_not_depend_on_another_either() {
    let repeat = |text: &str| Study::with(SUBJECTS, text).keyless();
    let one = repeat(VALUES);
    let other = repeat(&VALUES.replace("S-01,2,6,mg", "S-01,2,6,kg"));
    assert_eq!(differing(&one, &other), ["UNIT"]);
    assert_eq!(variables(&one), variables(&repeat(&shuffled(VALUES))));
    // Two values of one subject exchanged are the same pairs of subject and value.
    let exchanged = repeat(&VALUES.replace("S-01,1,5.5,mg\nS-01,2,6,mg", "S-01,1,6,mg\nS-01,2,5.5,mg"));
    assert_eq!(differing(&one, &exchanged), Vec::<String>::new());
    assert_ne!(one.lock.entry("ADXX"), exchanged.lock.entry("ADXX"), "the content of the dataset differs");
    assert_ne!(one.records, exchanged.records);
}

impl Study {
    fn keyless(mut self) -> Locked {
        self.delivery.datasets[1].reading.keys.clear();
        self.locked()
    }
}

#[test]
fn a_number_is_not_the_text_of_it_and_minus_zero_is_zero() {
    let one = locked(SUBJECTS, VALUES);
    let mut study = Study::new();
    study.delivery.datasets[1].reading.text = vec!["VISIT".into()];
    let texts = study.locked();
    assert!(differing(&one, &texts).contains(&"VISIT".to_owned()));
    assert_ne!(one.lock.digests, texts.lock.digests);
    let zero = locked(SUBJECTS, &VALUES.replace("5.5", "0"));
    let minus = locked(SUBJECTS, &VALUES.replace("5.5", "-0"));
    assert_eq!(variables(&zero), variables(&minus));
    assert_eq!(zero.lock.digests, minus.lock.digests);
}

#[test]
fn keys_with_tabs_and_line_ends_stay_on_their_line() {
    let subjects = "USUBJID,AGE,SEX\n\"S\t1\\\",40,F\n\"S\n2\",41,M\n,42,M\n";
    let locked = locked(subjects, VALUES);
    let records = Records::parse(&locked.records, "data.records").expect("our text");
    let keys: Vec<&str> = records.datasets[0].records.iter().map(|record| record.key.as_str()).collect();
    assert_eq!(keys, ["", "S\\u{9}1\\u{5c}", "S\\u{a}2"]);
    assert_eq!(records.text(), locked.records);
}

#[test]
fn a_file_of_digests_that_is_none_is_refused_with_its_line() {
    let text = Study::new().locked().records;
    for (broken, line) in [
        (text.replacen("records 1", "records 2", 1), 1),
        (text.replacen("dataset\tADSL\t3", "dataset\tADSL\tx", 1), 2),
        (text.replacen("dataset\tADXX\t5", "dataset\tADXX\t6", 1), 6),
        (text.replacen("S-01\t", "S-01\tA", 1), 3),
        (text.replacen("dataset\tADSL\t3", "dataset\tADSL\t18446744073709551615", 1), 6),
        (String::new(), 1),
    ] {
        let told = refused(Records::parse(&broken, "data.records"));
        assert!(told.starts_with(&format!("data.records:{line}:1: error: ")), "{told}\n{broken}");
    }
}
