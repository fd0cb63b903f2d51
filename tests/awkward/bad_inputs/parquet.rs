//! 65 to 75: Parquet.

use polars::prelude::{DataType, IntoColumn, NamedFrom, Series, TimeUnit};

use super::make::{parquet, sound_parquet};
use super::{Bad, When, bad, edit, held_by, unreadable};

/// The sound file with something done to it.
fn spoiled(harm: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
    let mut bytes = sound_parquet();
    harm(&mut bytes);
    bytes
}

/// The sound file with another size of its footer.
fn footer(size: u32) -> Vec<u8> {
    spoiled(|bytes| {
        let at = bytes.len() - 8;
        bytes[at..at + 4].copy_from_slice(&size.to_le_bytes());
    })
}

/// A file of one variable of this sort beside the subject.
fn of_type(series: Series) -> Vec<u8> {
    let subjects = Series::new("USUBJID".into(), ["S-01", "S-02"]).into_column();
    let frame = polars::prelude::DataFrame::new(2, vec![subjects, series.into_column()]).expect("two columns of two");
    parquet(frame)
}

pub(super) fn cases() -> Vec<Bad> {
    const FILE: &str = "adcm.parquet";
    let wrong = |number, what: &str, says: &[&str], bytes: Vec<u8>| unreadable(number, what, FILE, says, bytes);
    let whole = |values: [i64; 2]| Series::new("X".into(), values);
    let cast = |kind: DataType| whole([1, 2]).cast(&kind).expect("small whole numbers become anything");
    let mut all = vec![
        wrong(65, "a footer longer than the file", &["footer"], footer(1 << 24)),
        wrong(65, "a footer of a negative length", &["footer"], footer(u32::MAX)),
        wrong(65, "a footer of no length", &[], footer(0)),
        wrong(65, "no footer", &["cut off"], spoiled(|bytes| bytes.truncate(bytes.len() - 8))),
        wrong(66, "a footer of structures within structures", &[], {
            let depth = vec![0x1c; 100_000];
            let size = u32::try_from(depth.len()).expect("a small number").to_le_bytes();
            [&b"PAR1"[..], &depth, &size, b"PAR1"].concat()
        }),
        wrong(66, "a footer with a list of two thousand million", &[], {
            // A schema list of 2³¹ − 1 elements that are structures.
            let list = [0x15, 2, 0x29, 0xfc, 0xff, 0xff, 0xff, 0xff, 0x07];
            let size = u32::try_from(list.len()).expect("a small number").to_le_bytes();
            [&b"PAR1"[..], &list, &size, b"PAR1"].concat()
        }),
        wrong(72, "an encrypted file", &["encrypted"], spoiled(|bytes| bytes[..4].copy_from_slice(b"PARE"))),
        wrong(73, "a list", &["X"], {
            of_type(Series::new("X".into(), [Series::new("".into(), [1_i64]), Series::new("".into(), [2_i64, 3])]))
        }),
        wrong(73, "truth values", &["X", "hint"], of_type(Series::new("X".into(), [true, false]))),
        wrong(73, "a whole number above 2⁵³", &["X", "exactly"], of_type(whole([1, (1 << 53) + 1]))),
        wrong(73, "a part of a millisecond", &["X", "millisecond"], {
            of_type(whole([1, 2]).cast(&DataType::Datetime(TimeUnit::Microseconds, None)).expect("a time"))
        }),
        wrong(
            73,
            "a date outside of the calendar",
            &["X", "years"],
            of_type(Series::new("X".into(), [1_i32, 100_000_000]).cast(&DataType::Date).expect("a date")),
        ),
        wrong(73, "an infinite number", &["X", "infinite"], of_type(Series::new("X".into(), [1.0, f64::INFINITY]))),
    ];
    for (what, at) in [("first page header", 4), ("middle of the pages", 40)] {
        all.push(wrong(68, &format!("damage in the {what}"), &[], spoiled(|bytes| bytes[at..at + 6].fill(0xff))));
    }
    all.push(super::readable(73, "unsigned whole numbers", FILE, of_type(cast(DataType::UInt32))));
    all.push(held_by(
        67,
        "a page that claims to inflate beyond reason",
        "src/data/format/parquet/pages.rs",
        "pages_may_not_inflate_beyond_reason",
    ));
    all.push(held_by(
        69,
        "damage anywhere, indexes of dictionaries among it",
        "src/data/tests/damage.rs",
        "changed_bytes_give_findings_or_a_dataset_and_never_a_panic",
    ));
    all.push(wrong(70, "rows of the parts differ from those of the footer", &[], {
        // Records stand in the footer as a zigzag number, 12 as 24, in field 3 of the file and of its part.
        spoiled(|bytes| {
            let footer = bytes.len()
                - 8
                - usize::try_from(u32::from_le_bytes(
                    bytes[bytes.len() - 8..bytes.len() - 4].try_into().expect("four bytes"),
                ))
                .expect("a small number");
            let at =
                footer + bytes[footer..].windows(2).rposition(|pair| pair == [0x16, 24]).expect("a count of records");
            bytes[at + 1] = 26;
        })
    }));
    all.push(held_by(
        71,
        "a wrong checksum of a page",
        "src/data/format/parquet/tests.rs",
        "a_flipped_bit_in_a_page_is_found_by_the_checksum_of_the_page",
    ));
    all.push(held_by(
        74,
        "statistics that contradict the data",
        "src/data/format/parquet/tests.rs",
        "statistics_that_contradict_the_values_are_found",
    ));
    for name in ["ads[l]*.parquet", "*.parquet", "http://host/adcm.parquet"] {
        all.push(bad(75, &format!("a name that is a pattern: {name}"), When::Locking, 4, &["missing"], move |desk| {
            edit(desk, "study.toml", "adcm.csv", name);
        }));
    }
    all
}
