//! The cut-off of the studies of the fixtures, against counts of their records as locked.

use std::collections::BTreeSet;
use std::path::Path;

use super::*;
use crate::data::cut::cut as taken;
use crate::data::sheet::{Sheet, dates, numbers, texts};
use crate::data::{DatasetFile, Format, Reading};
use crate::plan;

const FLAGSHIP: [&str; 2] = ["ln-msc-il2", include_str!("../../../fixtures/studies/ln-msc-il2/study.toml")];
const SECOND: [&str; 2] = ["sle-three-arm", include_str!("../../../fixtures/studies/sle-three-arm/study.toml")];

fn opened([name, text]: [&str; 2]) -> (Study, LockedData) {
    let study = Study::parse(text, "study.toml").expect("a sound specification");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/studies").join(name).join(&study.data.folder);
    let file = |(name, entry): (&String, &crate::spec::design::DatasetEntry)| DatasetFile {
        name: name.clone(),
        path: folder.join(&*entry.file),
        shown: entry.file.to_string(),
        format: Format::of(Path::new(&*entry.file)).expect("a known ending"),
        reading: Reading { text: entry.text.clone(), ..Reading::default() },
        place: study.origin.place(entry.file.span.start),
    };
    let files: Vec<DatasetFile> = study.data.datasets.iter().map(file).collect();
    let data = LockedData::of_files(&folder, files, &study.data.subject, "2026-11-20");
    (study, data)
}

fn day(text: &str) -> i32 {
    date::parse(text).expect("a day of the calendar")
}

/// A variable of dates of a dataset as locked, by subject and record.
fn dated(data: &LockedData, dataset: &str, subject: &str, variable: &str) -> Vec<(String, Option<i32>)> {
    let sheet = Sheet::of_dataset(dataset, &data.datasets[dataset].frame);
    let subjects = texts(&sheet, subject).expect("subjects are texts");
    let days = dates(&sheet, variable);
    days.into_iter().enumerate().map(|(row, day)| (subjects.get(row).unwrap_or_default().to_owned(), day)).collect()
}

/// Holds what is left of each dataset with one date against the records whose date is not later, and whose subject was
/// enrolled by then.
fn left_of(study: [&str; 2], cutoff: &str, enrolled: &[&str], datasets: &[(&str, &str)]) -> LockedData {
    let (study, data) = opened(study);
    let order = cut(&study, &data, day(cutoff)).expect("a sound cut-off");
    let (left, findings) = taken(&data, &order);
    assert_eq!(findings, [], "a later date was left behind");
    plan::bind(&study, &left).expect("the specification fits what is left");
    let later = |day_of: &Option<i32>| day_of.is_some_and(|own| own > day(cutoff));
    let subjects: Vec<(String, Option<i32>)> =
        enrolled.iter().flat_map(|variable| dated(&data, &order.subjects, &order.subject, variable)).collect();
    let gone: BTreeSet<&str> = subjects.iter().filter(|(_, day)| later(day)).map(|(name, _)| name.as_str()).collect();
    assert_eq!(left.cut.as_ref().map(|cut| cut.subjects), Some(gone.len()));
    assert!(!gone.is_empty() && gone.len() < subjects.len() / 2, "a day in the middle of enrolment");
    for (name, variable) in datasets {
        let own = dated(&data, name, &order.subject, variable);
        let stays = own.iter().filter(|(subject, day)| !later(day) && !gone.contains(subject.as_str())).count();
        let counts = &left.cut.as_ref().expect("the data are cut").datasets[*name];
        let excluded: usize = counts.excluded.iter().map(|(_, count)| count).sum();
        assert_eq!(left.datasets[*name].frame.height(), stays, "{name}");
        assert_eq!((counts.before, counts.before - excluded - counts.with_subject), (own.len(), stays), "{name}");
        assert_ne!(left.datasets[*name].content, data.datasets[*name].content, "{name}");
    }
    left
}

#[test]
fn the_flagship_study_as_of_the_middle_of_enrolment() {
    let single = [("ADLB", "ADT"), ("ADVS", "ADT"), ("ADQS", "ADT"), ("ADDV", "ASTDT")];
    let left = left_of(FLAGSHIP, "2024-06-30", &["RFICDT"], &single);
    let (_, data) = opened(FLAGSHIP);
    let cutoff = day("2024-06-30");

    // Injections that were not given count on the day they were planned for.
    let first: Vec<(String, Option<i32>)> = dated(&data, "ADSL", "USUBJID", "TRTSDT");
    let first_of = |subject: &str| first.iter().find(|(name, _)| name == subject).and_then(|(_, day)| *day);
    let sheet = Sheet::of_dataset("ADEX", &data.datasets["ADEX"].frame);
    let planned = numbers(&sheet, "EXPLDY");
    let stays = dated(&data, "ADEX", "USUBJID", "ASTDT").into_iter().enumerate().filter(|(row, (subject, given))| {
        let days = planned[*row].value().expect("every injection was planned");
        let due = first_of(subject).map(|first| f64::from(first) + days - 1.0);
        given.map_or_else(|| due.is_none_or(|due| due <= f64::from(cutoff)), |given| given <= cutoff)
    });
    assert_eq!(left.datasets["ADEX"].frame.height(), stays.count());

    // Who was in the study on that day is still in it, and nobody was followed beyond.
    let adsl = Sheet::of_dataset("ADSL", &left.datasets["ADSL"].frame);
    let states = texts(&adsl, "EOSSTT").expect("states are texts");
    let ongoing = (0..adsl.rows()).filter(|row| states.get(*row) == Some("ONGOING")).count();
    let (randomised, ended) = (dated(&data, "ADSL", "USUBJID", "RANDDT"), dated(&data, "ADSL", "USUBJID", "EOSDT"));
    let in_it = randomised.iter().zip(&ended).filter(|((_, begun), (_, ended))| {
        begun.is_some_and(|day| day <= cutoff) && ended.is_some_and(|day| day > cutoff)
    });
    assert_eq!(ongoing, in_it.count());
    assert!(ongoing > 3, "only {ongoing} are in the study on a day in its middle");
    assert_eq!(dates(&adsl, "EOSDT").into_iter().flatten().max(), Some(cutoff));
}

#[test]
fn the_example_of_three_arms_as_of_the_middle_of_enrolment() {
    left_of(SECOND, "2025-07-10", &["RANDDT"], &[("DM", "RANDDT"), ("LB", "LBDT"), ("QS", "QSDT")]);
}

#[test]
fn a_day_after_all_records_leaves_everything_as_it_was() {
    for fixture in [FLAGSHIP, SECOND] {
        let (study, data) = opened(fixture);
        let order = cut(&study, &data, day(&data.lock.head.locked)).expect("a sound cut-off");
        let (left, findings) = taken(&data, &order);
        assert_eq!(findings, []);
        for (name, own) in &data.datasets {
            assert_eq!(left.datasets[name].content, own.content, "{name}");
        }
    }
}

#[test]
fn what_the_data_do_not_have_is_told_at_once() {
    let section = "[data.cut-off.datasets.ADDV]\ndate = [\"ASTDT\"]\n";
    let broken = "[data.cut-off.datasets.ADDV]\ndate = [\"ASTTD\", \"DVSEQ\"]\nexclude = \"DVSEQ\"\n\
                  restate = [{ after = \"ASTDT\", blank = [\"USUBJID\"], set = { DVTERM = \"1\", DVSEQ = \"LATER\" } }]\n";
    let text = FLAGSHIP[1].replace(section, broken);
    let (study, data) = opened([FLAGSHIP[0], &text]);
    let error = cut(&study, &data, day("2024-06-30")).expect_err("a cut-off that does not fit the data");
    let told = error.to_string();
    assert_eq!(error.stage, Stage::Binding);
    for wanted in [
        "did you mean ASTDT?",
        "variable DVSEQ of ADDV must be a date or a text, and is a number",
        "the rule must give true or false, and gives a number",
        "USUBJID says whose the record is",
        "the rule must give a text, and gives a number",
        "column LATER is not in ADDV",
    ] {
        assert!(told.contains(wanted), "“{wanted}” is not told:\n{told}");
    }
    let (sound, _) = opened(FLAGSHIP);
    let late = cut(&sound, &data, day("2027-01-01")).expect_err("a day after the lock").to_string();
    assert!(late.contains("the cut-off 2027-01-01 lies after the lock of 2026-11-20"), "{late}");
    let mut silent = sound;
    silent.data.cut_off = None;
    let refused = cut(&silent, &data, day("2024-06-30")).expect_err("nothing says how the data are cut");
    assert_eq!(refused.stage, Stage::Specification);
}
