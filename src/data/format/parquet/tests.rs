//! Parquet: what is written reads back, and what contradicts itself is found.

use polars::prelude::{DataFrame, DataType, IntoColumn, NamedFrom, Series};
use proptest::prelude::*;

use super::footer::{Footer, ROW_GROUPS, SCHEMA};
use super::thrift::Tree;
use super::*;
use crate::data::Format;
use crate::data::tests::tables::{difference, tables};
use crate::data::tests::{file, frame, parquet, sample};

fn table(bytes: &[u8]) -> Result<Table, String> {
    let told = |findings: Vec<Finding>| findings.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
    read(&file(Format::Parquet), bytes).map_err(told)
}

/// The same file with an altered footer.
fn altered(bytes: &[u8], alter: impl Fn(&mut Tree)) -> Vec<u8> {
    let mut footer = Footer::read(bytes).expect("a sound footer");
    alter(&mut footer.tree);
    let size = u32::from_le_bytes(bytes[bytes.len() - 8..bytes.len() - 4].try_into().expect("four bytes"));
    let mut out = bytes[..bytes.len() - 8 - size as usize].to_vec();
    footer.append(&mut out);
    out
}

fn of(column: Series) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut frame = DataFrame::new(column.len(), vec![column.into_column()]).expect("one column");
    polars_io::prelude::ParquetWriter::new(&mut bytes).finish(&mut frame).expect("a frame that can be written");
    bytes
}

fn numbers(bytes: &[u8]) -> Vec<Option<String>> {
    let table = table(bytes).unwrap_or_else(|told| panic!("{told}"));
    (0..table.records).map(|row| table.values[0].shown(row)).collect()
}

#[test]
fn decimals_and_small_whole_numbers_are_numbers() {
    let cents = of(Series::new("A".into(), [Some(12_345_i64), None, Some(-5)]));
    let decimal = altered(&cents, |tree| {
        let element = &mut tree.list_mut(SCHEMA)[1];
        for (field, value) in [(6, 5), (7, 2), (8, 18)] {
            element.set(field, Some(Tree::Whole(5, value)));
        }
    });
    assert_eq!(numbers(&decimal), [Some("123.45".into()), None, Some("-0.05".into())]);
    let long = of(Series::new("A".into(), [123_456_789_012_345_678_i64]));
    let long = altered(&long, |tree| {
        let scale = Tree::Struct(vec![(1, Tree::Whole(5, 2)), (2, Tree::Whole(5, 18))]);
        tree.list_mut(SCHEMA)[1].set(10, Some(Tree::Struct(vec![(5, scale)])));
    });
    let problems = table(&long).expect("values with a problem").problems;
    assert_eq!(problems[0].message, "the decimal has more digits than a number can hold");
    let small = of(Series::new("A".into(), [Some(7_i32), None, Some(255)]));
    let small = altered(&small, |tree| tree.list_mut(SCHEMA)[1].set(6, Some(Tree::Whole(5, 11))));
    assert_eq!(numbers(&small), [Some("7".into()), None, Some("255".into())]);
}

#[test]
fn truth_values_are_refused_unless_they_are_not_kept() {
    let columns = vec![
        Series::new("A".into(), [1.0, 2.0]).into_column(),
        Series::new("F".into(), [true, false]).cast(&DataType::Boolean).expect("it is").into_column(),
    ];
    let bytes = parquet(DataFrame::new(2, columns).expect("columns"));
    assert!(table(&bytes).expect_err("refused").contains("ADXX.F: error: it is a truth value"));
    let mut file = file(Format::Parquet);
    file.reading.keep = Some(["A".to_owned()].into());
    assert_eq!(read(&file, &bytes).expect("a sound file").variables.len(), 1);
}

#[test]
fn statistics_that_contradict_the_values_are_found() {
    let bytes = parquet(frame(&sample()));
    assert!(table(&bytes).is_ok());
    let told = |column: usize, field: i64, value: Tree<'static>| {
        let altered = altered(&bytes, |tree| {
            let chunk = &mut tree.list_mut(ROW_GROUPS)[1].list_mut(1)[column];
            let statistics = chunk.inner_mut(3).and_then(|metadata| metadata.inner_mut(12)).expect("statistics");
            statistics.set(field, Some(value.clone()));
        });
        table(&altered).expect_err("refused")
    };
    let least = told(0, 6, Tree::text("T"));
    assert!(least.contains("the least and greatest value that its footer names for column USUBJID are not"), "{least}");
    let nulls = told(1, 3, Tree::Whole(6, 0));
    assert!(nulls.contains("the number of missing values that its footer names for column AGE"), "{nulls}");
}

#[test]
fn a_footer_that_does_not_fit_is_refused() {
    let bytes = parquet(frame(&sample()));
    let elsewhere = altered(&bytes, |tree| {
        tree.list_mut(ROW_GROUPS)[0].list_mut(1)[0].set(1, Some(Tree::text("/etc/passwd")));
    });
    assert!(table(&elsewhere).expect_err("refused").contains("lie in other files"));
    let encrypted = altered(&bytes, |tree| tree.set(8, Some(Tree::Struct(Vec::new()))));
    assert!(table(&encrypted).expect_err("refused").contains("are encrypted"));
    let longer = altered(&bytes, |tree| {
        let chunk = &mut tree.list_mut(ROW_GROUPS)[0].list_mut(1)[0];
        let metadata = chunk.inner_mut(3).expect("metadata");
        let size = metadata.whole(7).expect("a size");
        metadata.set(7, Some(Tree::Whole(6, size + 3)));
    });
    assert!(table(&longer).expect_err("refused").contains("the Parquet file is damaged: a page"));
}

#[test]
fn a_bit_that_flips_anywhere_is_found() {
    let Ok(sound) = table(&parquet(frame(&sample()))) else { panic!("a sound file") };
    let mut bytes = write(&sound).expect("a table that can be written");
    assert_eq!(table(&bytes).map(|again| difference(&sound, &again)), Ok(None));
    for at in 0..bytes.len() {
        let bit = 1 << (at % 8);
        bytes[at] ^= bit;
        let found = table(&bytes);
        // A change of the name of the writer takes the checksum its force, and changes no value.
        match found {
            Err(told) => assert!(!told.is_empty()),
            Ok(again) => assert_eq!(difference(&sound, &again), None, "bit {bit} of byte {at}"),
        }
        bytes[at] ^= bit;
    }
}

#[test]
fn a_flipped_bit_in_a_page_is_found_by_the_checksum_of_the_page() {
    let Ok(sound) = table(&parquet(frame(&sample()))) else { panic!("a sound file") };
    let bytes = write(&sound).expect("a table that can be written");
    // Without our name, the checksum of the file has no force.
    let bytes = altered(&bytes, |tree| tree.set(6, Some(Tree::text("another"))));
    let footer = Footer::read(&bytes).expect("a sound footer");
    let chunk = footer.tree.list(ROW_GROUPS)[0].list(1)[4].get(3).expect("metadata").clone();
    let end = chunk.whole(11).or(chunk.whole(9)).and_then(|start| Some(start + chunk.whole(7)?)).expect("a place");
    let mut flipped = bytes.clone();
    flipped[usize::try_from(end).expect("a place") - 1] ^= 4;
    let told = table(&flipped).expect_err("refused");
    assert!(told.contains("a page does not match its checksum (column NOTE)"), "{told}");
}

#[test]
fn special_missing_values_of_a_changed_file_are_refused() {
    let mut sound = table(&of(Series::new("A".into(), [Some(1.0), None, None]))).expect("a sound file");
    sound.special_missing.insert("A".into(), vec![(1, 'A'), (2, '_')]);
    let bytes = write(&sound).expect("a table that can be written");
    let again = table(&bytes).expect("a sound file");
    assert_eq!(difference(&sound, &again), None);
    let changed = altered(&bytes, |tree| tree.set(6, Some(Tree::text("parquet-cpp-arrow version 26.0.1"))));
    let told = table(&changed).expect_err("refused");
    assert!(told.contains("ADXX.A: error: the special missing values that the footer names are of another state"));
}

#[test]
fn records_are_chosen_in_parts_and_keep_their_special_missing_values() {
    let rows: i32 = 300_000;
    let numbers =
        Series::new("N".into(), (0..rows).map(|row| (row % 1000 != 0).then(|| f64::from(row))).collect::<Vec<_>>());
    let texts =
        Series::new("T".into(), (0..rows).map(|row| format!("a word of group {}", row / 100_000)).collect::<Vec<_>>());
    let columns = vec![numbers.into_column(), texts.into_column()];
    let mut whole = table(&parquet_of(DataFrame::new(300_000, columns).expect("columns"))).expect("a sound file");
    whole.special_missing.insert("N".into(), (0..300).map(|at| (at * 1000, 'B')).collect());
    let bytes = write(&whole).expect("a table that can be written");
    let mut file = file(Format::Parquet);
    file.reading.keep = Some(["N".to_owned()].into());
    file.reading.rows = [("T".to_owned(), ["a word of group 2".to_owned()].into())].into();
    let part = read(&file, &bytes).expect("a sound file");
    assert_eq!((part.records, part.variables.len()), (100_000, 1));
    assert_eq!(part.values[0].shown(1).as_deref(), Some("200001"));
    assert_eq!(part.special_missing["N"].len(), 100);
    assert_eq!(part.special_missing["N"][1], (1000, 'B'));
}

fn parquet_of(mut frame: DataFrame) -> Vec<u8> {
    let mut bytes = Vec::new();
    polars_io::prelude::ParquetWriter::new(&mut bytes).finish(&mut frame).expect("a frame that can be written");
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(128) })]

    #[test]
    fn any_table_reads_back(table in tables()) {
        let bytes = write(&table).expect("a table that can be written");
        let again = self::table(&bytes).expect("a sound file");
        prop_assert_eq!(difference(&table, &again), None);
    }
}
