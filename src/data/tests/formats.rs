//! The same data in three formats are the same dataset.

use polars::prelude::{BooleanChunked, DataType, StringChunked};
use proptest::prelude::*;

use super::super::Kind;
use super::*;

#[test]
fn three_formats_give_one_dataset() {
    let read: Vec<Dataset> =
        FORMATS.iter().map(|format| read(*format, written(*format, &sample())).expect("a sound file")).collect();
    let kinds: Vec<Kind> = read[0].variables.iter().map(|variable| variable.kind).collect();
    assert_eq!(kinds, [Kind::Text, Kind::Number, Kind::Date, Kind::DateTime, Kind::Text]);
    let types = [
        DataType::String,
        DataType::Float64,
        DataType::Date,
        DataType::Datetime(TimeUnit::Milliseconds, None),
        DataType::String,
    ];
    assert_eq!(read[0].frame.dtypes(), types);
    for other in &read[1..] {
        assert_eq!(other.frame.schema(), read[0].frame.schema());
        assert!(other.frame.equals_missing(&read[0].frame));
        assert_eq!(other.content, read[0].content);
    }
    assert!(read[0].frame.columns().iter().all(|column| column.n_chunks() == 1));
    let subjects = read[0].frame.column("USUBJID").and_then(Column::str).expect("text");
    let subjects: Vec<&str> = subjects.iter().flatten().collect();
    assert_eq!(subjects, ["S-01", "S-01", "S-01", "S-01", "S-02", "S-10"]);
}

#[test]
fn labels_and_formats_come_from_xpt() {
    for version in [XportFileVersion::V5, XportFileVersion::V8] {
        let read = read(Format::Xpt, xpt(&sample(), version)).expect("a sound file");
        assert_eq!(read.content, self::read(Format::Csv, csv(&sample()).into()).expect("a sound file").content);
        let start = read.variable("TRTSDT").expect("the variable");
        assert_eq!((start.label.as_str(), start.format.as_deref()), ("Label of TRTSDT", Some("DATE9.")));
        assert_eq!(read.variable("TRTSDTM").and_then(|seen| seen.format.as_deref()), Some("E8601DT23.3"));
        assert_eq!(read.variable("AGE").and_then(|age| age.format.as_deref()), None);
        assert_eq!(read.frame.height(), sample().len());
    }
}

#[test]
fn special_missing_values_are_remembered_where_their_records_went() {
    let mut records = sample();
    for (at, letter) in [(0, 'Z'), (2, 'A'), (3, '_')] {
        records[at].age = None;
        records[at].special = Some(letter);
    }
    let special = read(Format::Xpt, written(Format::Xpt, &records)).expect("a sound file");
    let marks = &special.special_missing["AGE"];
    assert_eq!(marks.len(), 3);
    let subjects = special.frame.column("USUBJID").and_then(Column::str).expect("text");
    let ages = special.frame.column("AGE").and_then(Column::f64).expect("numbers");
    let named: Vec<_> = marks.iter().map(|(row, letter)| (subjects.get(*row as usize), *letter)).collect();
    assert_eq!(named, [(Some("S-01"), 'A'), (Some("S-02"), 'Z'), (Some("S-10"), '_')]);
    assert!(marks.iter().all(|(row, _)| ages.get(*row as usize).is_none()));
    records.reverse();
    let reversed = read(Format::Xpt, written(Format::Xpt, &records)).expect("a sound file");
    assert_eq!((&reversed.special_missing, &reversed.content), (&special.special_missing, &special.content));
    let plain = read(Format::Parquet, written(Format::Parquet, &records)).expect("a sound file");
    assert!(plain.frame.equals_missing(&special.frame), "the order must not depend on the letters, which only XPT has");
    assert_ne!(plain.content, special.content);
}

#[test]
fn the_order_of_columns_does_not_matter_to_the_content() {
    let frame = frame(&sample());
    let turned = frame.select(["NOTE", "TRTSDTM", "AGE", "USUBJID", "TRTSDT"]).expect("the same columns");
    let (straight, turned) = (read(Format::Parquet, parquet(frame)), read(Format::Parquet, parquet(turned)));
    let (straight, turned) = (straight.expect("a sound file"), turned.expect("a sound file"));
    assert_eq!(turned.content, straight.content);
    assert_eq!(turned.variables[0].name, "NOTE");
    assert!(turned.frame.column("AGE").expect("it").equals_missing(straight.frame.column("AGE").expect("it")));
}

#[test]
fn what_a_csv_column_holds_is_decided_by_all_its_fields() {
    let kind = |fields: &[&str]| {
        let lines = ["USUBJID,V"].iter().chain(fields).copied().collect::<Vec<_>>().join("\nS,");
        read(Format::Csv, format!("{lines}\n").into()).expect("a sound file").variables[1].kind
    };
    for fields in [&["1", "-2.50", ""][..], &["1e-05", "0.1E+10", "1.0E20"], &["0"], &["9007199254740992"], &["5 "]] {
        assert_eq!(kind(fields), Kind::Number, "{fields:?}");
    }
    for fields in [
        &["1", "007"][..],
        &["NaN"],
        &["inf"],
        &["1", "."],
        &["\"1,000\""],
        &["12E4"],
        &["+1"],
        &["1."],
        &[".5"],
        &["0x1F"],
        &["9007199254740993"],
        &[" 1"],
        &["-"],
        &["TRUE"],
        &["2024-01"],
        &["2024-01-01", "1"],
        &["2024-01-01", "2024-01-01T00:00:00"],
        &["2024-01-01T10:00"],
        &["2024-01-01T10:00:00Z"],
        &["2024-01-01 10:00:00"],
        &["2024-01-01T10:00:00.1234"],
        &["", ""],
    ] {
        assert_eq!(kind(fields), Kind::Text, "{fields:?}");
    }
    assert_eq!(kind(&["2024-02-29", ""]), Kind::Date);
    assert_eq!(kind(&["2024-02-29T23:59:59", "2024-02-29T00:00:00.5", "2024-02-29T00:00:00.123000"]), Kind::DateTime);
}

#[test]
fn text_columns_and_dtc_names_stay_text() {
    let mut file = file(Format::Csv);
    file.reading.text = vec!["USUBJID".into()];
    let text = "USUBJID,ASTDTC,AGE\n001,2024-01-01,1\n002,2024-01-02,2\n";
    let read = read_as(&file, text.into()).expect("a sound file");
    let kinds: Vec<Kind> = read.variables.iter().map(|variable| variable.kind).collect();
    assert_eq!(kinds, [Kind::Text, Kind::Text, Kind::Number]);
    file.reading.text = vec!["USUBJD".into()];
    let refused = shown(read_as(&file, text.into()));
    assert!(refused.contains("column USUBJD, to be read as text, is not in data/adxx.csv"), "{refused}");
    assert!(refused.contains("did you mean USUBJID?"), "{refused}");
}

#[test]
fn csv_with_a_byte_order_mark_and_either_line_end_reads_the_same() {
    let contents: Vec<String> = ["A,B\n1,x\n", "\u{feff}A,B\r\n1,x\r\n", "\"A\",\"B\"\r\n\"1\",\"x  \"\r\n"]
        .iter()
        .map(|text| read(Format::Csv, (*text).into()).expect("a sound file").content)
        .collect();
    assert_eq!(contents[0], contents[1]);
    assert_eq!(contents[0], contents[2]);
}

#[test]
fn parquet_numbers_of_any_width_and_times_of_any_unit_are_read() {
    let whole = |name: &str, kind: DataType| {
        Series::new(name.into(), [Some(1_i64), None, Some(3)]).cast(&kind).expect("small numbers").into_column()
    };
    let time = |name: &str, unit, per| {
        let times = Int64Chunked::from_iter_options(
            name.into(),
            [Some(-1), None, Some(5)].map(|t| t.map(|t: i64| t * per)).into_iter(),
        );
        times.into_datetime(unit, None).into_column()
    };
    let columns = vec![
        whole("I32", DataType::Int32),
        whole("U64", DataType::UInt64),
        whole("F32", DataType::Float32),
        time("US", TimeUnit::Microseconds, 1_000),
        time("NS", TimeUnit::Nanoseconds, 1_000_000),
        Series::new("NAN".into(), [f64::NAN, -0.0, 2.0]).into_column(),
        Series::new("TEXT".into(), ["x ", "  ", ""]).into_column(),
    ];
    let read = read(Format::Parquet, parquet(DataFrame::new(3, columns).expect("columns"))).expect("a sound file");
    for name in ["I32", "U64", "F32"] {
        assert_eq!(read.frame.column(name).expect("it").null_count(), 1);
        assert_eq!(read.variable(name).map(|variable| variable.kind), Some(Kind::Number));
    }
    let times = read.frame.column("US").and_then(Column::datetime).expect("times").physical().clone();
    assert_eq!(times.iter().flatten().sum::<i64>(), 4);
    assert!(
        read.frame
            .column("US")
            .expect("it")
            .equals_missing(&read.frame.column("NS").expect("it").clone().with_name("US".into()))
    );
    let numbers = read.frame.column("NAN").and_then(Column::f64).expect("numbers");
    assert_eq!(numbers.iter().map(|value| value.map(f64::to_bits)).max(), Some(Some(2.0_f64.to_bits())));
    assert_eq!(numbers.null_count(), 1);
    let text: &StringChunked = read.frame.column("TEXT").and_then(Column::str).expect("text");
    assert_eq!((text.null_count(), text.iter().flatten().next()), (2, Some("x")));
}

#[test]
fn parquet_types_without_a_plain_meaning_are_refused_by_name() {
    let flags = BooleanChunked::from_iter_options("SAFFL".into(), [Some(true), None].into_iter()).into_column();
    let bytes = Series::new("RAW".into(), [&b"x"[..], b"y"]).into_column();
    let frame = DataFrame::new(2, vec![flags, bytes]).expect("columns");
    let refused = shown(read(Format::Parquet, parquet(frame)));
    assert!(refused.contains("ADXX.SAFFL: error: it is a truth value\n    hint: write 'Y' and 'N'"), "{refused}");
    assert!(refused.contains("ADXX.RAW: error: it holds bytes that are not declared as text"), "{refused}");
}

fn records() -> impl Strategy<Value = Vec<Record>> {
    let text = "[ -~µ→]{0,20}[!-~é]";
    let number = prop_oneof![
        any::<i32>().prop_map(f64::from),
        (-1e9..1e9_f64),
        (-1e-30..1e-30_f64),
        (1e20..1e30_f64),
        Just(0.0),
    ];
    let record = (
        proptest::option::weighted(0.9, "S-[0-9]{2}"),
        proptest::option::weighted(0.8, number),
        proptest::option::weighted(0.8, -719_162..2_932_896_i32),
        proptest::option::weighted(0.8, -2_000_000_000_000..4_000_000_000_000_i64),
        proptest::option::weighted(0.8, text),
    );
    let record =
        record.prop_map(|(subject, age, start, seen, note)| Record { subject, age, start, seen, note, special: None });
    proptest::collection::vec(record, 0..40)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(64) })]

    #[test]
    fn any_records_in_any_order_and_format_are_one_dataset(
        records in records(), turn in 0_usize..40, format in 0_usize..Format::ALL.len(),
    ) {
        // One complete record, so that a CSV column is never empty.
        let records = [sample()[..1].to_vec(), records].concat();
        let first = read(Format::Parquet, written(Format::Parquet, &records)).expect("a sound file");
        let mut turned = records.clone();
        turned.rotate_left(turn % records.len());
        let mut file = file(Format::ALL[format]);
        if file.format == Format::Csv {
            file.reading.text = vec!["NOTE".into(), "USUBJID".into()];
        }
        let second = read_as(&file, written(file.format, &turned)).expect("a sound file");
        prop_assert!(second.frame.equals_missing(&first.frame));
        prop_assert_eq!(second.content, first.content);
    }
}
