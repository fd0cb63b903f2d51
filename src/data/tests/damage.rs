//! Damaged, hostile and merely wrong files are findings, never panics and never other data.

use std::fmt::Write as _;

use proptest::prelude::*;

use super::*;

/// Sound files of all formats, XPT in both versions.
fn sound() -> Vec<(Format, Vec<u8>)> {
    let mut files: Vec<_> = FORMATS.iter().map(|format| (*format, written(*format, &sample()))).collect();
    files.push((Format::Xpt, xpt(&sample(), XportFileVersion::V8)));
    files
}

#[test]
fn a_file_cut_off_anywhere_is_refused() {
    for (format, bytes) in sound() {
        let whole = read(format, bytes.clone()).expect("a sound file").content;
        for length in 0..bytes.len() {
            let cut = read(format, bytes[..length].to_vec());
            // A cut that leaves whole records is for the lock to find.
            let undetectable = match format {
                Format::Csv => bytes[..length].ends_with(b"\n"),
                Format::Xpt => length % 80 == 0 && bytes.starts_with(b"HEADER RECORD*******LIBRARY"),
                Format::Parquet | Format::DatasetJson | Format::DatasetNdjson | Format::CompressedDatasetJson => false,
            };
            match cut {
                Ok(short) => assert!(undetectable && short.content != whole, "{format:?} cut to {length} bytes"),
                Err(findings) => assert!(!findings.is_empty()),
            }
        }
    }
}

#[test]
fn a_cut_xpt_names_the_record() {
    let bytes = written(Format::Xpt, &sample());
    let data = bytes.len() - sample().len() * 144 - 16;
    assert_eq!(data % 80, 0, "headers come in whole lines");
    let refused = shown(read(Format::Xpt, bytes[..data + 400].to_vec()));
    assert!(refused.contains("the file ends in the middle of record 3 (144 bytes a record)"), "{refused}");
    let refused = shown(read(Format::Xpt, bytes[..data + 401].to_vec()));
    assert!(refused.contains("the file ends in the middle of record 3"), "{refused}");
    let eight = xpt(&sample(), XportFileVersion::V8);
    let refused = shown(read(Format::Xpt, eight[..eight.len() - 240].to_vec()));
    assert!(refused.contains("the file ends in the middle of record 5 of 6"), "{refused}");
    let longer = [eight, vec![b'x'; 144]].concat();
    assert!(shown(read(Format::Xpt, longer)).contains("the file goes on after the 6 records"));
}

#[test]
fn xpt_without_records_and_with_blanks_at_the_end_is_sound() {
    assert_eq!(read(Format::Xpt, written(Format::Xpt, &[])).expect("no records").frame.height(), 0);
    // Missing values at the end are no blanks, so the record stays.
    let last = Record { subject: Some("S-99".into()), ..Record::default() };
    let records = [sample(), vec![last]].concat();
    assert_eq!(read(Format::Xpt, written(Format::Xpt, &records)).expect("a sound file").frame.height(), 7);
}

#[test]
fn xpt_of_two_datasets_or_of_another_sort_is_refused() {
    let bytes = written(Format::Xpt, &sample());
    let member = bytes[240..].to_vec();
    let refused = shown(read(Format::Xpt, [bytes, member].concat()));
    assert!(refused.contains("the file holds 2 datasets instead of one"), "{refused}");
    assert!(shown(read(Format::Xpt, b"**COMPRESSED** ...".to_vec())).contains("PROC CPORT"));
    assert!(shown(read(Format::Xpt, b"PAR1".to_vec())).contains("not a SAS transport file"));
    assert!(shown(read(Format::Parquet, b"USUBJID,AGE\n".to_vec())).contains("not a Parquet file"));
    assert!(shown(read(Format::Csv, written(Format::Parquet, &sample()))).contains("is not UTF-8"));
}

#[test]
fn values_that_no_format_may_hold_are_told_with_their_subjects() {
    let mut bytes = written(Format::Xpt, &sample());
    let data = bytes.len() - sample().len() * 144 - 16;
    let mut set = |record: usize, offset: usize, value: &[u8]| {
        let at = data + record * 144 + offset;
        bytes[at..at + value.len()].copy_from_slice(value);
    };
    set(0, 60, &[0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]);
    set(3, 60, &[0x21, 0, 0, 0, 0, 0, 0, 0]);
    set(1, 68, &[0x41, 0x18, 0, 0, 0, 0, 0, 0]);
    set(0, 84, &[0xb5]);
    let refused = shown(read(Format::Xpt, bytes));
    for expected in [
        "ADXX.AGE, subject S-02: error: the value is infinite",
        "ADXX.AGE, subject S-10: error: the value is neither a number nor a missing value",
        "ADXX.TRTSDT, subject S-01: error: the value is not a date of the years 1 to 9999",
        "ADXX.NOTE, subject S-02: error: the text is not UTF-8",
    ] {
        assert!(refused.contains(expected), "{expected}\n{refused}");
    }

    let infinite = Series::new("AVAL".into(), [f64::INFINITY, 1.0, f64::NEG_INFINITY]).into_column();
    let large = Series::new("ID".into(), [1_i64 << 60, 1, 2]).into_column();
    let nul = Series::new("C".into(), ["a\0b", "x ", "y"]).into_column();
    let day = Int32Chunked::from_iter_options("DT".into(), [Some(i32::MAX), None, Some(0)].into_iter());
    let time = Int64Chunked::from_iter_options("DTM".into(), [Some(1_500), None, Some(1_000)].into_iter());
    let subjects = Series::new("USUBJID".into(), ["S-1", "S-2", "S-3"]).into_column();
    let time = time.into_datetime(TimeUnit::Microseconds, None).into_column();
    let columns = vec![subjects, infinite, large, nul, day.into_date().into_column(), time];
    let refused = shown(read(Format::Parquet, parquet(DataFrame::new(3, columns).expect("columns"))));
    for expected in [
        "ADXX.AVAL, subject S-1, S-3: error: the value is infinite (2 records)",
        "ADXX.ID, subject S-1: error: the whole number is too large to be held exactly",
        "ADXX.C, subject S-1: error: the text holds a NUL character",
        "ADXX.DT, subject S-1: error: the date is not in the years 1 to 9999",
        "ADXX.DTM, subject S-1: error: the time has a part of a millisecond",
    ] {
        assert!(refused.contains(expected), "{expected}\n{refused}");
    }
}

#[test]
fn flaws_of_csv_are_told_with_their_lines() {
    for (text, expected) in [
        ("", "not even a header"),
        ("A,\n1,2\n", "variable 2 has no name"),
        ("A,A\n1,2\n", "variable A stands twice in the file"),
        ("A,a\n1,2\n", "variables A and a differ in letter case only"),
        ("A,B \n1,2\n", "variable 2 has an unusable name: \"B \""),
        ("A;B\n1;2\n", "the fields seem to be separated by ';'"),
        ("A,B\n1,2\n3\n", "data/adxx.csv:3, ADXX: error: 1 field instead of 2"),
        ("A,B\n1,2\n\n", "data/adxx.csv:3, ADXX: error: 1 field instead of 2"),
        ("A,B\n1,2,3\n", "data/adxx.csv:2, ADXX: error: 3 fields instead of 2"),
        ("A,B\n1,2", "the last line does not end"),
        ("A,B\n\"1\n2\",x\n3\n", "data/adxx.csv:4, ADXX: error: 1 field instead of 2"),
        ("A,B\n1,\"x\n2,y\n", "data/adxx.csv:2, ADXX: error: a quoted field is not closed"),
        ("A,B\n1,x\"y\n", "data/adxx.csv:2, ADXX: error: a quote stands in a field that does not begin with one"),
        ("A,B\n1,\"x\"y\n", "data/adxx.csv:2, ADXX: error: text stands between a closing quote and the comma"),
        ("A,B\r1,2\r", "the line ends with a carriage return alone"),
        ("A,B\n1,x\0\n", "data/adxx.csv:2, ADXX: error: the line holds a NUL character"),
        ("A,B\n1,2024-02-30\n", "data/adxx.csv:2, ADXX.B: error: 2024-02-30 is not a day of the calendar"),
        ("A,B\n1,2024-02-29T24:00:00\n", "2024-02-29T24:00:00 is not a time of the calendar and the clock"),
        ("A,B\n1,1e+400\n", "data/adxx.csv:2, ADXX.B: error: 1e+400 is not a finite number"),
    ] {
        let told = flaws(text);
        assert!(told.contains(expected), "{text:?}\n{told}");
    }
    let latin = shown(read(Format::Csv, b"A,B\n1,x\n2,\xb5g\n".to_vec()));
    assert!(latin.contains("data/adxx.csv:3, ADXX: error: the line is not UTF-8"), "{latin}");
    assert!(shown(read(Format::Csv, b"\xff\xfeA\0".to_vec())).contains("the file is UTF-16"));
    let mut many = String::from("A,B\n");
    for _ in 0..100 {
        _ = writeln!(many, "1");
    }
    assert_eq!(flaws(&many).lines().count(), super::super::MAX_FINDINGS + 1);
    assert!(flaws(&many).ends_with("… and 80 more findings in this file"));
}

/// Bytes as a hostile or faulty disk might leave them.
fn damaged(mut bytes: Vec<u8>, blows: &[(prop::sample::Index, u8)]) -> Vec<u8> {
    for (at, blow) in blows {
        let at = at.index(bytes.len());
        bytes[at] = match blow {
            0..=7 => bytes[at] ^ 1 << blow,
            value => *value,
        };
    }
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1500) })]

    #[test]
    fn changed_bytes_give_findings_or_a_dataset_and_never_a_panic(
        which in 0_usize..4,
        blows in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let (format, bytes) = sound().swap_remove(which);
        match read(format, damaged(bytes, &blows)) {
            Ok(dataset) => prop_assert!(dataset.frame.columns().iter().all(|c| c.len() == dataset.frame.height())),
            Err(findings) => prop_assert!(!findings.is_empty()),
        }
    }

    #[test]
    fn any_bytes_and_any_text_are_no_dataset_or_a_sound_one(
        bytes in proptest::collection::vec(any::<u8>(), 0..400), text in "[AB1,\"\r\n .-]{0,60}", which in 0_usize..3,
    ) {
        prop_assert!(read(Format::Xpt, bytes.clone()).is_err());
        prop_assert!(read(Format::Parquet, bytes.clone()).is_err());
        let start = written(FORMATS[which], &sample())[..24].to_vec();
        prop_assert!(read(FORMATS[which], [start, bytes].concat()).is_err());
        _ = read(Format::Csv, text.into());
    }
}
