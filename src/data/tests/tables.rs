//! Any table: what a file of any format can hold at most, for round trips.

use std::collections::BTreeMap;

use polars::prelude::{NewChunkedArray, StringChunked};
use proptest::prelude::*;

use super::super::table::{Table, Values};
use super::super::{FIRST_DAY, Kind, LAST_DAY, SpecialMissing, Variable};
use super::{Float64Chunked, Int32Chunked, Int64Chunked};

/// One variable before the number of records is known: it is drawn for the most records there are.
#[derive(Clone, Debug)]
struct Drawn {
    kind: Kind,
    label: String,
    format: Option<String>,
    length: Option<u32>,
    numbers: Vec<Option<f64>>,
    /// Where a number is missing.
    letters: Vec<Option<char>>,
    texts: Vec<Option<String>>,
    days: Vec<Option<i32>>,
    times: Vec<Option<i64>>,
}

const MOST: usize = 24;

fn column<T: Clone + std::fmt::Debug>(value: impl Strategy<Value = T>) -> impl Strategy<Value = Vec<Option<T>>> {
    proptest::collection::vec(proptest::option::weighted(0.8, value), MOST)
}

fn drawn() -> impl Strategy<Value = Drawn> {
    let number = prop_oneof![
        any::<i32>().prop_map(f64::from),
        any::<f64>().prop_filter("numbers are finite", |value| value.is_finite()),
        Just(0.1 + 0.2),
        Just(9_007_199_254_740_993.0),
        Just(0.0),
    ];
    let text = prop_oneof![
        "[A-Z]{1,8}",
        "[ \"',;\\n\\r\\t=+@.0-9A-Zµ末-]{1,30}",
        "\\PC{1,20}",
        Just(".A".to_owned()),
        Just("007".to_owned()),
        Just("NA".to_owned()),
    ];
    let text = text
        .prop_map(|text| text.trim_end_matches(' ').to_owned())
        .prop_map(|text| if text.is_empty() { "x".to_owned() } else { text });
    let kind = prop_oneof![Just(Kind::Number), Just(Kind::Text), Just(Kind::Date), Just(Kind::DateTime)];
    let letter = prop_oneof![Just('A'), Just('Z'), Just('_')];
    let times = i64::from(FIRST_DAY) * 86_400_000..i64::from(LAST_DAY) * 86_400_000;
    (
        (
            kind,
            "[a-zA-Z µ,\"]{0,40}",
            proptest::option::of("[A-Z]{1,8}[0-9]{0,2}\\."),
            proptest::option::of(1_u32..200),
        ),
        (column(number), proptest::collection::vec(proptest::option::weighted(0.3, letter), MOST)),
        column(text),
        column(FIRST_DAY..=LAST_DAY),
        column(times),
    )
        .prop_map(|((kind, label, format, length), (numbers, letters), texts, days, times)| Drawn {
            kind,
            label: label.trim().to_owned(),
            format,
            length,
            numbers: numbers.into_iter().map(|value| value.map(|value| value + 0.0)).collect(),
            letters,
            texts,
            days,
            times,
        })
}

/// A table of up to six variables and up to 24 records.
pub(in crate::data) fn tables() -> impl Strategy<Value = Table> {
    (proptest::collection::vec(drawn(), 1..6), 0..=MOST, "[a-zA-Z µ]{0,30}", 0_usize..3).prop_map(
        |(drawn, records, label, keys)| {
            let mut table = Table { label: label.trim().to_owned(), records, ..Table::default() };
            let mut special = SpecialMissing::new();
            for (at, one) in drawn.into_iter().enumerate() {
                let name = format!("V{at}");
                let values = match one.kind {
                    Kind::Number => {
                        let missing = (0_u32..).zip(one.numbers.iter().zip(&one.letters)).take(records);
                        let marks: Vec<(u32, char)> = missing
                            .filter_map(|(row, (number, letter))| letter.filter(|_| number.is_none()).map(|l| (row, l)))
                            .collect();
                        if !marks.is_empty() {
                            special.insert(name.clone(), marks);
                        }
                        let numbers = one.numbers.into_iter().take(records);
                        Values::Number(Float64Chunked::from_iter_options(name.as_str().into(), numbers))
                    }
                    Kind::Text => {
                        let texts = one.texts.into_iter().take(records);
                        Values::Text(StringChunked::from_iter_options(name.as_str().into(), texts))
                    }
                    Kind::Date => {
                        let days = one.days.into_iter().take(records);
                        Values::Date(Int32Chunked::from_iter_options(name.as_str().into(), days))
                    }
                    Kind::DateTime => {
                        let times = one.times.into_iter().take(records);
                        Values::DateTime(Int64Chunked::from_iter_options(name.as_str().into(), times))
                    }
                };
                table.variables.push(Variable {
                    label: one.label,
                    format: one.format,
                    length: one.length,
                    ..Variable::new(name, one.kind)
                });
                table.values.push(values);
            }
            table.special_missing = special;
            table.keys = table.variables.iter().take(keys).map(|variable| variable.name.clone()).collect();
            table
        },
    )
}

/// What differs between two tables, if anything; the words that files have for types are left out.
pub(in crate::data) fn difference(left: &Table, right: &Table) -> Option<String> {
    let plain = |table: &Table| -> Vec<Variable> {
        let plain = |variable: &Variable| Variable { declared: None, ..variable.clone() };
        table.variables.iter().map(plain).collect()
    };
    if (&left.label, &left.keys, left.records) != (&right.label, &right.keys, right.records) {
        return Some(format!("{:?} {:?} {}", right.label, right.keys, right.records));
    }
    if plain(left) != plain(right) {
        return Some(format!("{:?}", plain(right)));
    }
    if left.special_missing != right.special_missing {
        return Some(format!("{:?}", right.special_missing));
    }
    let columns: BTreeMap<&str, _> = left.variables.iter().map(|v| v.name.as_str()).zip(&left.values).collect();
    let other = right.variables.iter().zip(&right.values).find(|(variable, values)| {
        let (one, other) = (columns[variable.name.as_str()].clone().into_column(), (*values).clone().into_column());
        one.dtype() != other.dtype() || !one.equals_missing(&other)
    });
    other.map(|(variable, values)| format!("{}: {values:?}", variable.name))
}
