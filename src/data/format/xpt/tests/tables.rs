//! Random tables that a transport file can hold.

use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::string::string_regex;

use super::super::{number, write::raw};
use super::*;

/// Text of up to `longest` characters that the encoding has, as a file holds it: no blank at the end, null if empty.
fn text(encoding: Encoding, longest: usize) -> impl Strategy<Value = Option<String>> + use<> {
    let characters = match encoding {
        Encoding::Utf8 => "[ -~\n\u{a0}-\u{3000}\u{1f600}-\u{1f640}]",
        Encoding::Windows1252 => "[ -~\n\u{a0}-\u{ff}€–“”]",
        Encoding::Gb18030 => "[ -~\n\u{4e00}-\u{9fa5}é€\u{1f600}]",
    };
    let any = string_regex(&format!("{characters}{{0,{longest}}}")).expect("a pattern");
    let kept = |text: String| Some(text.trim_end_matches(' ').to_owned()).filter(|text| !text.is_empty());
    prop_oneof![3 => string_regex("[ -~]{0,12}").expect("a pattern"), 1 => any].prop_map(kept)
}

/// Numbers over the whole range of the format, and those of every day.
fn double() -> impl Strategy<Value = f64> {
    let wide = (any::<u64>(), 763_u64..1274)
        .prop_map(|(bits, exponent)| f64::from_bits(bits & !(0x7ff << 52) | exponent << 52));
    let decimals = (-1_000_000..1_000_000, select(&[1.0, 10.0, 100.0, 1000.0][..]))
        .prop_map(|(digits, one)| f64::from(digits) / one);
    prop_oneof![wide, decimals, (-5..1000).prop_map(f64::from), Just(0.0)]
}

/// What one cell may hold, whatever the kind of its variable turns out to be.
#[derive(Clone, Debug)]
struct Cell {
    text: Option<String>,
    number: Option<f64>,
    day: Option<i32>,
    time: Option<i64>,
    letter: Option<char>,
}

fn cell(encoding: Encoding) -> impl Strategy<Value = Cell> {
    let day = prop_oneof![-719_162..=2_932_896, 10_000..20_000];
    let time = prop_oneof![-62_135_596_800_000_i64..=253_402_300_799_999, 0_i64..2_000_000_000_000];
    let often = |strategy| proptest::option::weighted(0.8, strategy);
    let letter = select(('A'..='Z').chain(['_']).collect::<Vec<_>>());
    (
        text(encoding, 40),
        proptest::option::weighted(0.8, double()),
        often(day.boxed()),
        proptest::option::weighted(0.8, time),
        proptest::option::weighted(0.2, letter),
    )
        .prop_map(|(text, number, day, time, letter)| Cell { text, number, day, time, letter })
}

/// What is said of a variable, with its cells.
#[derive(Clone, Debug)]
struct Column {
    kind: Kind,
    format: Index,
    stem: String,
    label: Option<String>,
    more: usize,
    cells: Vec<Cell>,
}

fn column(records: usize, version: Version, encoding: Encoding) -> impl Strategy<Value = Column> {
    let kinds = [Kind::Number, Kind::Text, Kind::Number, Kind::Text, Kind::Date, Kind::DateTime];
    let stem = string_regex(&format!("[A-Z_][A-Z0-9_]{{0,{}}}", version.limits().0 - 3)).expect("a pattern");
    let cells = proptest::collection::vec(cell(encoding), records);
    (select(kinds.to_vec()), any::<Index>(), stem, text(encoding, 60), 0_usize..30, cells)
        .prop_map(|(kind, format, stem, label, more, cells)| Column { kind, format, stem, label, more, cells })
}

/// Tables that a file of this version and encoding can hold.
pub(super) fn table(version: Version, encoding: Encoding) -> impl Strategy<Value = Table> {
    (1_usize..7, 0_usize..13).prop_flat_map(move |(variables, records)| {
        let columns = proptest::collection::vec(column(records, version, encoding), variables);
        (columns, text(encoding, 10)).prop_map(move |(columns, label)| {
            let label = label.filter(|label| !label.contains('\n')).unwrap_or_default();
            let mut table = Table { label, records, ..Table::default() };
            for (at, column) in columns.into_iter().enumerate() {
                add(&mut table, column, at, version, encoding);
            }
            table
        })
    })
}

fn add(table: &mut Table, column: Column, at: usize, version: Version, encoding: Encoding) {
    let Column { kind, format, stem, label, more, cells } = column;
    let size = |text: &String| encoding.encode(text).map_or(usize::MAX, |bytes| bytes.len());
    let most = if version == Version::Five { 40 } else { 256 };
    // The number behind the stem makes the name unlike the others.
    let name = if at == 0 { "V1".to_owned() } else { format!("{stem}_{at}") };
    let values = match kind {
        Kind::Text => Values::Text(cells.iter().map(|cell| cell.text.as_deref()).collect()),
        Kind::Number => Values::Number(cells.iter().map(|cell| cell.number).collect()),
        Kind::Date => Values::Date(cells.iter().map(|cell| cell.day).collect()),
        Kind::DateTime => Values::DateTime(cells.iter().map(|cell| cell.time).collect()),
    };
    let length = if kind == Kind::Text {
        let needed = cells.iter().filter_map(|cell| cell.text.as_ref().map(size)).max().unwrap_or(1);
        (needed + more).min(200)
    } else {
        let exact = (0..cells.len()).filter_map(|row| raw(&values, row).and_then(number::encode));
        exact.map(number::sufficient).max().unwrap_or(2).max(more % 7 + 2)
    };
    let length = u32::try_from(length).ok();
    let formats: &[&str] = match kind {
        Kind::Text => &["", "$.", "$20."],
        Kind::Number => &["", "8.2", "BEST12.", "TIME8.", "Z5."],
        Kind::Date => &["DATE9.", "YYMMDD10.", "E8601DA."],
        Kind::DateTime => &["E8601DT23.3", "DATETIME20."],
    };
    let format = Some((*format.get(formats)).to_owned()).filter(|format| !format.is_empty());
    let label = label.filter(|label| size(label) <= most && !label.contains('\n')).unwrap_or_default();
    let missing = |row: u32| kind != Kind::Text && values.shown(row as usize).is_none();
    let marks: Vec<(u32, char)> = (0..)
        .zip(&cells)
        .filter(|(row, _)| missing(*row))
        .filter_map(|(row, cell)| Some((row, cell.letter?)))
        .collect();
    if !marks.is_empty() {
        table.special_missing.insert(name.clone(), marks);
    }
    table.variables.push(Variable { name, label, kind, format, length, declared: None });
    table.values.push(values);
}
