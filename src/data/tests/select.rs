//! The part of a file that is kept is the same in every format, and the same as what is left of the whole.

use std::collections::{BTreeMap, BTreeSet};

use super::*;

fn keeping(format: Format, keep: Option<&[&str]>, rows: &[(&str, &[&str])]) -> DatasetFile {
    let names = |names: &[&str]| -> BTreeSet<String> { names.iter().map(|name| (*name).to_owned()).collect() };
    let mut file = file(format);
    file.reading.keep = keep.map(names);
    file.reading.rows =
        rows.iter().map(|(name, admitted)| ((*name).to_owned(), names(admitted))).collect::<BTreeMap<_, _>>();
    file
}

#[test]
fn what_is_kept_is_the_same_in_every_format() {
    for (keep, rows, height, width) in [
        (Some(&["USUBJID", "AGE"][..]), &[][..], 6, 2),
        (None, &[("USUBJID", &["S-01", "S-10"][..])][..], 5, 5),
        (Some(&["USUBJID", "TRTSDTM"]), &[("NOTE", &["007"])], 2, 2),
        (Some(&["AGE"]), &[("USUBJID", &["S-99"])], 0, 1),
        (None, &[("USUBJID", &["S-01"]), ("NOTE", &["007"])], 2, 5),
    ] {
        let read: Vec<Dataset> = FORMATS
            .iter()
            .map(|format| {
                let bytes = written(*format, &sample());
                read_as(&keeping(*format, keep, rows), bytes).unwrap_or_else(|told| panic!("{format:?} {told:?}"))
            })
            .collect();
        for other in &read {
            assert_eq!((other.frame.height(), other.frame.width()), (height, width));
            assert_eq!(other.variables.len(), width);
            assert!(other.frame.equals_missing(&read[0].frame));
            assert_eq!(other.content, read[0].content);
        }
    }
}

#[test]
fn a_kind_does_not_depend_on_the_records_that_are_kept() {
    let text = "USUBJID,V\nS-1,1\nS-2,x\n";
    let part = read_as(&keeping(Format::Csv, None, &[("USUBJID", &["S-1"])]), text.into()).expect("a sound file");
    assert_eq!(part.variables, read(Format::Csv, text.into()).expect("a sound file").variables);
}

#[test]
fn what_cannot_be_kept_or_chosen_by_is_told() {
    for format in FORMATS {
        let bytes = written(format, &sample());
        let told = shown(read_as(&keeping(format, Some(&["USUBJD"]), &[]), bytes.clone()));
        assert!(told.contains("column USUBJD, to be kept, is not in data/adxx"), "{told}");
        assert!(told.contains("did you mean USUBJID?"), "{told}");
        let told = shown(read_as(&keeping(format, None, &[("NOTES", &["x"])]), bytes.clone()));
        assert!(told.contains("column NOTES, by which records are kept, is not in data/adxx"), "{told}");
        let told = shown(read_as(&keeping(format, None, &[("AGE", &["63.5"])]), bytes));
        assert!(told.contains("ADXX.AGE: error: records can be chosen by text only"), "{told}");
    }
}

#[test]
fn special_missing_values_go_with_their_records() {
    let mut records = sample();
    for (at, letter) in [(0, 'Z'), (2, 'A'), (3, '_')] {
        records[at].age = None;
        records[at].special = Some(letter);
    }
    let bytes = written(Format::Xpt, &records);
    let part = read_as(&keeping(Format::Xpt, None, &[("USUBJID", &["S-10", "S-02"])]), bytes).expect("a sound file");
    assert_eq!(part.special_missing["AGE"], [(0, 'Z'), (1, '_')]);
}
