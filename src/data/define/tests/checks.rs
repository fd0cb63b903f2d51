//! Each rule about data, kept and broken.

use super::super::cells::selected;
use super::super::values::fits;
use super::{WhereClause, check, sample, shown, sound};
use crate::data::{Dataset, DatasetFile, Format, Kind, Reading, lock};
use crate::error::{Place, Severity};

const HEADER: &str = "USUBJID,PARAMCD,AVISITN,ADT,DTC,AVAL\n";
const SOUND: &str = "S-1,SCORE,0,2026-01-02,2026-01,1\nS-1,TIME,8,,2026-01-02T10:00,1.5\nS-2,SCORE2,-1,,,0.5\n";

/// A dataset of CSV text, with labels as a format with labels would have them.
fn dataset(text: &str) -> Dataset {
    let file = DatasetFile {
        name: "ADXX".into(),
        path: "adxx.csv".into(),
        shown: "adxx.csv".into(),
        format: Format::Csv,
        reading: Reading { text: vec!["DTC".into()], ..Reading::default() },
        place: Place::default(),
    };
    let read = lock::digested(&file, "USUBJID", text.as_bytes().to_vec(), None);
    read.unwrap_or_else(|findings| panic!("{}", shown(&findings)))
}

fn labelled(mut dataset: Dataset) -> Dataset {
    dataset.label = "Scores & times".into();
    for variable in &mut dataset.variables {
        let label = [("USUBJID", "Subject"), ("PARAMCD", "Parameter"), ("AVISITN", "Visit"), ("AVAL", "Value")];
        let found = label.iter().find(|(name, _)| *name == variable.name);
        variable.label = found.map_or("", |(_, label)| label).into();
    }
    dataset
}

fn told(dataset: &Dataset) -> String {
    shown(&check(&sound(&sample("2.1")), dataset, "USUBJID"))
}

fn told_of(header: &str, records: &str) -> String {
    told(&dataset(&format!("{header}{records}")))
}

#[test]
fn a_dataset_as_described_passes() {
    let sound = dataset(&format!("{HEADER}{SOUND}"));
    assert_eq!(told(&sound), "");
    assert_eq!(told(&labelled(sound)), "");
}

#[test]
fn each_rule_about_values_is_broken_by_some() {
    let record = |record: &str| told_of(HEADER, &format!("{SOUND}{record}\n"));
    for (broken, wanted) in [
        ("S-3,SCORE,0.5,,,1", "ADXX.AVISITN, subject S-3: error [DEF-017]: not a whole number in 1 record: “0.5”"),
        ("S-3,SCORE,0.5,,,1", "warning [DEF-019]: not in the code list “Visits” in 1 record: “0.5”"),
        ("S-333,SCORE,0,,,1", "ADXX.USUBJID, subject S-333: warning [DEF-018]: longer than 4 characters"),
        ("S-3,PLACE,0,,,1", "ADXX.PARAMCD, subject S-3: warning [DEF-019]: not in the code list “Parameters”"),
        (
            "S-3,SCORE,0,,,3",
            "ADXX.AVAL, subject S-3: warning [DEF-020]: not in the code list “Scores” in 1 record: “3”",
        ),
        ("S-3,SCORE,0,,,1.5", "warning [DEF-020]: not a whole number in 1 record: “1.5”, where “PARAMCD IN SCORE"),
        ("S-3,SCORE,0,,,", "warning [DEF-020]: missing, and mandatory in 1 record, where"),
        ("S-1,TIME,8,,,2", "ADXX, subject S-1: error [DEF-021]: 2 records share 1 keys, such as USUBJID “S-1”"),
        ("S-3,,0,,,1", "ADXX.PARAMCD, subject S-3: error [DEF-022]: missing, and mandatory in 1 record"),
        ("S-3,SCORE,0,,02JAN2026,1", "ADXX.DTC, subject S-3: warning [DEF-023]: not ISO 8601 in 1 record: “02JAN2026”"),
    ] {
        let told = record(broken);
        assert!(told.contains(wanted), "{broken}: {told}");
    }
    // Characters are counted, not bytes; the value list speaks of its records only.
    assert_eq!(record("Sµµ3,SCORE,0,,,1"), "");
    assert_eq!(record("S-3,SCORE,-1,,,7.5"), "");
}

#[test]
fn each_rule_about_variables_is_broken_by_some() {
    let narrow = told_of("USUBJID,PARAMCD,AVISITN,ADT,DTC\n", "S-1,TIME,8,,\n");
    assert!(narrow.contains("ADXX.AVAL: error [DEF-011]"), "{narrow}");
    let wide = told_of("USUBJID,PARAMCD,AVISITN,ADT,DTC,AVAL,NEW\n", "S-1,TIME,8,,,1,x\n");
    assert!(wide.contains("ADXX.NEW: warning [DEF-012]"), "{wide}");
    let mixed = told_of("PARAMCD,USUBJID,AVISITN,ADT,DTC,AVAL\n", "TIME,S-1,8,,,1\n");
    assert!(mixed.contains("warning [DEF-013]: PARAMCD stands where define.xml has USUBJID"), "{mixed}");
    let kind = told_of(HEADER, "S-1,TIME,8,20,,x\n");
    assert!(kind.contains("ADXX.ADT: error [DEF-016]: the values are number, declared as date"), "{kind}");
    assert!(kind.contains("ADXX.AVAL: error [DEF-016]: the values are text, declared as number"), "{kind}");
    let mut other = labelled(dataset(&format!("{HEADER}{SOUND}")));
    other.label = "Scores".into();
    other.variables[0].label = "subject".into();
    let labels = told(&other);
    assert!(
        labels.contains("ADXX: warning [DEF-015]: the label is “Scores”, in define.xml “Scores & times”"),
        "{labels}"
    );
    assert!(labels.contains("ADXX.USUBJID: warning [DEF-014]: the label is “subject”"), "{labels}");
    other.name = "ADYX".into();
    let unknown = check(&sound(&sample("2.1")), &other, "USUBJID");
    assert_eq!((unknown.len(), unknown[0].severity), (1, Severity::Warning));
    assert_eq!(unknown[0].hint.as_deref(), Some("it describes ADXX"));
}

#[test]
fn what_the_standard_calls_a_date_may_be_text_or_a_date() {
    let define = sound(&sample("2.1"));
    let item = |name: &str| &define.datasets["ADXX"].variable(name).expect("the variable").item;
    let kinds = [Kind::Text, Kind::Date, Kind::DateTime, Kind::Number];
    assert_eq!(kinds.map(|kind| fits(item("DTC"), kind)), [true, true, true, false]);
    assert_eq!(kinds.map(|kind| fits(item("ADT"), kind)), [false, true, false, false]);
    assert_eq!(kinds.map(|kind| fits(item("PARAMCD"), kind)), [true, false, false, false]);
}

#[test]
fn comparators_select_their_records() {
    let data = dataset(&format!("{HEADER}{SOUND}"));
    for (comparator, value, wanted) in [
        ("EQ", "0", 1),
        ("NE", "0", 2),
        ("IN", "8", 1),
        ("NOTIN", "8", 2),
        ("LT", "0", 1),
        ("LE", "0", 2),
        ("GT", "0", 1),
        ("GE", "0", 2),
    ] {
        let check = format!("Comparator=\"{comparator}\"><CheckValue>{value}<");
        let text = sample("2.1").replace("Comparator=\"GE\"><CheckValue>0<", &check);
        let define = sound(&text);
        let clause = &define.datasets["ADXX"].variable("AVAL").expect("the value").values[0].clauses[0];
        let of_visit = WhereClause { checks: vec![clause.checks[1].clone()] };
        let rows = selected(&data, &[of_visit]).expect("a clause of this dataset");
        assert_eq!(rows.len(), wanted, "{comparator}");
    }
}
