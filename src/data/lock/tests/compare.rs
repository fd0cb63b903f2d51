//! The difference of two locks, with the data and without.

use super::super::diff::{Basis, Change, LockDiff, Other, Side, diff};
use super::super::open;
use super::super::records::Records;
use super::*;

const CHANGED: &str =
    "USUBJID,VISIT,AVAL,UNIT\nS-01,1,5.5,mg\nS-01,2,6.5,mg\nS-02,1,7.25,mg\nS-02,2,9,kg\nS-04,1,8,g\n";

/// What is known of a lock.
#[derive(Clone, Copy)]
enum Known {
    Data,
    Records,
    Lock,
}

fn side(study: &Study, name: &str, known: Known) -> Side {
    let locked = study.locked();
    let data = matches!(known, Known::Data).then(|| open(&study.delivery, &locked.lock).expect("the locked files"));
    let records =
        matches!(known, Known::Records).then(|| Records::parse(&locked.records, "data.records").expect("our text"));
    Side { name: name.into(), lock: locked.lock, records, data }
}

fn compared(old: &Study, new: &Study, known: Known) -> LockDiff {
    diff(&side(old, "old", known), &side(new, "new", known))
}

fn other(what: &str, old: Option<&str>, new: Option<&str>) -> Other {
    Other { what: what.into(), old: old.map(str::to_owned), new: new.map(str::to_owned) }
}

#[test]
fn the_same_data_do_not_differ() {
    for known in [Known::Data, Known::Records, Known::Lock] {
        let diff = compared(&Study::new(), &Study::new(), known);
        assert!(diff.is_same());
        assert_eq!((diff.datasets, diff.files, diff.head), (vec![], vec![], vec![]));
    }
}

#[test]
fn with_the_data_changed_records_are_told_by_variable_with_both_values() {
    let diff = compared(&Study::new(), &Study::with(SUBJECTS, CHANGED), Known::Data);
    assert!(!diff.is_same());
    let [dataset] = diff.datasets.as_slice() else { panic!("{diff:?}") };
    assert_eq!((dataset.name.as_str(), dataset.change, dataset.basis), ("ADXX", Change::Changed, Basis::Values));
    assert_eq!((&dataset.added, &dataset.removed), (&vec!["S-04\t1".to_owned()], &vec!["S-03\t1".to_owned()]));
    let changed: Vec<_> = dataset.changed.iter().map(|record| (record.key.as_str(), record.values.clone())).collect();
    assert_eq!(
        changed,
        [
            ("S-01\t2", vec![other("AVAL", Some("6"), Some("6.5"))]),
            ("S-02\t2", vec![other("AVAL", None, Some("9")), other("UNIT", Some("mg"), Some("kg"))]),
        ]
    );
    let told = diff.to_string();
    for line in [
        "ADXX: 5 records, now 5; compared value by value",
        "  added: USUBJID=S-04 VISIT=1",
        "  removed: USUBJID=S-03 VISIT=1",
        "  changed: USUBJID=S-01 VISIT=2: AVAL \"6\" -> \"6.5\"",
        "  changed: USUBJID=S-02 VISIT=2: AVAL nothing -> \"9\", UNIT \"mg\" -> \"kg\"",
        "  variable AVAL: other values; missing \"1\" -> \"0\"",
    ] {
        assert!(told.lines().any(|found| found == line), "{line}\n{told}");
    }
}

#[test]
fn without_the_data_records_are_told_by_their_digests_and_then_variables_alone() {
    let (old, new) = (Study::new(), Study::with(SUBJECTS, CHANGED));
    let by_records = compared(&old, &new, Known::Records);
    let dataset = &by_records.datasets[0];
    assert_eq!(dataset.basis, Basis::Records);
    assert_eq!((dataset.added.len(), dataset.removed.len()), (1, 1));
    let changed: Vec<_> = dataset.changed.iter().map(|record| (record.key.as_str(), record.values.len())).collect();
    assert_eq!(changed, [("S-01\t2", 0), ("S-02\t2", 0)]);
    assert!(by_records.to_string().contains("compared by the digests of the records\n"), "{by_records}");
    let by_variables = compared(&old, &new, Known::Lock);
    let dataset = &by_variables.datasets[0];
    assert_eq!((dataset.basis, dataset.changed.len()), (Basis::Variables, 0));
    let names: Vec<&str> = dataset.variables.iter().map(|variable| variable.name.as_str()).collect();
    assert_eq!(names, ["USUBJID", "VISIT", "AVAL", "UNIT"], "every pair of key and value has another key");
    // The data of one side and the digests of the other do as well as the digests of both.
    let mixed = diff(&side(&old, "old", Known::Records), &side(&new, "new", Known::Data));
    assert_eq!(mixed.datasets[0].changed, by_records.datasets[0].changed);
}

#[test]
fn a_variable_that_is_new_makes_no_record_changed_where_the_data_are_there() {
    let wider = VALUES.replace("UNIT\n", "UNIT,NOTE\n").replace("g\n", "g,x\n");
    let (old, new) = (Study::new(), Study::with(SUBJECTS, &wider));
    let diff = compared(&old, &new, Known::Data);
    let dataset = &diff.datasets[0];
    assert_eq!((dataset.changed.len(), dataset.added.len(), dataset.removed.len()), (0, 0, 0));
    let [variable] = dataset.variables.as_slice() else { panic!("{dataset:?}") };
    assert_eq!((variable.name.as_str(), variable.change), ("NOTE", Change::Added));
    let by_records = compared(&old, &new, Known::Records);
    assert_eq!(by_records.datasets[0].changed.len(), 5, "without them nobody can say");
}

#[test]
fn records_of_one_key_are_matched_by_what_they_say() {
    let study = |values: &str| {
        let mut study = Study::with(SUBJECTS, values);
        study.delivery.datasets[1].reading.keys.clear();
        study
    };
    let old = study(VALUES);
    let corrected = study(&VALUES.replace("S-01,2,6,mg", "S-01,2,7,mg"));
    for known in [Known::Data, Known::Records] {
        let diff = compared(&old, &corrected, known);
        let keys: Vec<&str> = diff.datasets[0].changed.iter().map(|record| record.key.as_str()).collect();
        assert_eq!(keys, ["S-01"]);
        assert_eq!((diff.datasets[0].added.len(), diff.datasets[0].removed.len()), (0, 0));
    }
    let fewer = study(&VALUES.replace("S-01,2,6,mg\n", ""));
    let diff = compared(&old, &fewer, Known::Data);
    assert_eq!((diff.datasets[0].removed.as_slice(), diff.datasets[0].changed.len()), (&["S-01".to_owned()][..], 0));
    let doubled = study(&VALUES.replace("S-01,2,6,mg\n", "S-01,2,6,mg\nS-01,2,6,mg\n"));
    assert_eq!(compared(&old, &doubled, Known::Records).datasets[0].added, ["S-01"]);
    let keyed = compared(&old, &Study::new(), Known::Data);
    assert!(keyed.datasets[0].head.iter().any(|other| other.what == "keys"), "{keyed:?}");
    assert!(keyed.is_same(), "the data are the same under other keys: {keyed}");
}

#[test]
fn datasets_files_and_heads_that_differ_are_told() {
    let old = Study::new();
    let mut new = Study::new();
    new.delivery.datasets[0].name = "ADSM".into();
    new.write("define.xml", "<odm/>");
    let (was, mut is) = (side(&old, "old", Known::Lock), side(&new, "new", Known::Lock));
    is.lock.head.cutoff = Some("2026-01-01".into());
    is.lock.head.dictionaries.insert("MedDRA".into(), "27.0".into());
    is.lock.head.by = Some("\u{1b}[31mred".into());
    let diff = diff(&was, &is);
    let told = diff.to_string();
    for line in [
        "ADSL: removed, 3 records",
        "ADSM: added, 3 records",
        "file define: changed",
        "cutoff nothing -> \"2026-01-01\"",
        "dictionaries nothing -> \"MedDRA 27.0\"",
    ] {
        assert!(told.lines().any(|found| found == line), "{line}\n{told}");
    }
    assert!(!told.contains('\u{1b}'), "{told:?}");
    assert!(!diff.is_same());
}

#[test]
fn long_lists_are_cut_on_the_terminal_and_whole_as_data() {
    let values = (0..50).map(|at| format!("S-{at:02},1,{at},mg\n")).collect::<Vec<_>>().concat();
    let diff =
        compared(&Study::new(), &Study::with(SUBJECTS, &format!("USUBJID,VISIT,AVAL,UNIT\n{values}")), Known::Data);
    let dataset = diff.datasets.iter().find(|dataset| dataset.name == "ADXX").expect("the dataset");
    assert_eq!(dataset.added.len(), 47, "{:?}", dataset.added);
    assert!(diff.to_string().contains("  … and 27 more added\n"), "{diff}");
}
