//! The reader and the writer against each other and against what must be refused.

mod damage;
mod refusals;

use polars::prelude::{
    Float64Chunked, Int32Chunked, Int64Chunked, NewChunkedArray, StringChunked, StringChunkedBuilder,
};
use proptest::prelude::*;

use super::*;
use crate::data::table::Values;
use crate::data::{FIRST_DAY, Format, Kind, LAST_DAY, Reading, Variable};

const EDITIONS: [Edition; 3] = [Edition::Json, Edition::Ndjson, Edition::Compressed];

fn file() -> DatasetFile {
    DatasetFile {
        name: "ADXX".into(),
        path: "adxx.json".into(),
        shown: "data/adxx.json".into(),
        format: Format::DatasetJson,
        reading: Reading::default(),
        place: Place::at("study.toml", 7, 1),
    }
}

/// What is wrong with a file, as a person reads it.
fn told(bytes: &[u8], edition: Edition) -> String {
    let findings = match read(&file(), bytes, edition) {
        Ok(table) => table.findings(&file(), "USUBJID"),
        Err(findings) => findings,
    };
    findings.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

/// What is held of a table, except the types that the writer chose.
fn held(table: &Table) -> String {
    assert!(table.problems.is_empty(), "{:?}", table.problems);
    let columns: Vec<_> = table
        .variables
        .iter()
        .zip(&table.values)
        .map(|(variable, values)| {
            let bits: Vec<Option<String>> = match values {
                Values::Number(values) => values.iter().map(|v| v.map(|v| format!("{:x}", v.to_bits()))).collect(),
                other => (0..table.records).map(|row| other.shown(row)).collect(),
            };
            (Variable { declared: None, ..variable.clone() }, bits)
        })
        .collect();
    format!("{} {:?} {} {columns:#?}", table.label, table.keys, table.records)
}

fn written(table: &Table, edition: Edition) -> Vec<u8> {
    write(table, "ADXX", edition, &Options::default()).expect("a table that can be written")
}

/// A table with everything that is easily lost.
fn sample() -> Table {
    let text = |name: &str, values: &[Option<&str>]| {
        let mut builder = StringChunkedBuilder::new(name.into(), values.len());
        for value in values {
            builder.append_option(*value);
        }
        Values::Text(builder.finish())
    };
    let number =
        |values: [Option<f64>; 3]| Values::Number(Float64Chunked::from_iter_options("N".into(), values.into_iter()));
    let day = Int32Chunked::from_iter_options("D".into(), [Some(FIRST_DAY), None, Some(LAST_DAY)].into_iter());
    let moment = [Some(-1), None, Some(253_402_300_799_999)];
    let moment = Int64Chunked::from_iter_options("M".into(), moment.into_iter());
    let columns = [
        (text("S", &[Some("S-1"), Some("S-2"), Some("S-2")]), "USUBJID", "string"),
        (text("T", &[Some(" µ → \"quote\" \\ \n\u{1b}\u{7f}\u{2028}"), None, Some("😀")]), "NOTE", "string"),
        (text("T", &[Some("2024---15"), Some("2024"), None]), "ADTC", "date"),
        (number([Some(1.0), Some(-9_007_199_254_740_992.0), None]), "N", "integer"),
        (number([Some(0.1), Some(5e-324), Some(1.797_693_134_862_315_7e308)]), "AVAL", "float"),
        (number([Some(1e300), Some(-2.5e-9), None]), "DEC", "decimal"),
        (number([Some(0.0), Some(86_399.999), Some(36_000.1)]), "ATM", "time"),
        (number([Some(1.0), Some(0.0), None]), "FL", "boolean"),
        (Values::Date(day), "ADT", "date"),
        (Values::DateTime(moment), "ADTM", "datetime"),
    ];
    let mut table =
        Table { label: "A \"label\"".into(), keys: vec!["N".into(), "USUBJID".into()], records: 3, ..Table::default() };
    for (values, name, declared) in columns {
        let variable = Variable::new(name, values.kind());
        table.variables.push(Variable {
            label: format!("Label of {name}"),
            format: (values.kind() == Kind::Date).then(|| "DATE9.".to_owned()),
            length: (name == "USUBJID").then_some(12),
            declared: Some(declared.to_owned()),
            ..variable
        });
        table.values.push(values);
    }
    table
}

#[test]
fn what_is_written_is_read_again_with_its_types() {
    let table = sample();
    for edition in EDITIONS {
        let bytes = written(&table, edition);
        assert_eq!(bytes, written(&table, edition), "the same bytes each time");
        let again = read(&file(), &bytes, edition).expect("a sound file");
        assert_eq!(held(&again), held(&table));
        assert_eq!(again.variables, table.variables, "declared types as well");
    }
}

#[test]
fn the_text_of_a_file_is_that_of_the_standard() {
    let mut table = sample();
    table.variables.truncate(3);
    table.values.truncate(3);
    let text = String::from_utf8(written(&table, Edition::Ndjson)).expect("UTF-8");
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(
        lines[0],
        "{\"datasetJSONCreationDateTime\":\"1970-01-01T00:00:00\",\"datasetJSONVersion\":\"1.1.0\",\
         \"itemGroupOID\":\"IG.ADXX\",\"records\":3,\"name\":\"ADXX\",\"label\":\"A \\\"label\\\"\",\"columns\":[\
         {\"itemOID\":\"IT.ADXX.USUBJID\",\"name\":\"USUBJID\",\"label\":\"Label of USUBJID\",\"dataType\":\"string\",\
         \"length\":12,\"keySequence\":2},\
         {\"itemOID\":\"IT.ADXX.NOTE\",\"name\":\"NOTE\",\"label\":\"Label of NOTE\",\"dataType\":\"string\"},\
         {\"itemOID\":\"IT.ADXX.ADTC\",\"name\":\"ADTC\",\"label\":\"Label of ADTC\",\"dataType\":\"date\"}]}"
    );
    assert_eq!(lines[2], "[\"S-2\",null,\"2024\"]");
    assert_eq!(written(&table, Edition::Compressed)[0], 0x78, "a stream of zlib");
}

#[test]
fn rows_may_come_before_what_describes_them() {
    let text = String::from_utf8(written(&sample(), Edition::Json)).expect("UTF-8");
    let (head, rows) = text.split_once(",\"rows\":").expect("rows");
    let rows = rows.trim_end().strip_suffix('}').expect("the end of the object");
    let turned = format!("{{\"rows\":{rows},{}}}", &head[1..]);
    assert_eq!(held(&read(&file(), turned.as_bytes(), Edition::Json).expect("a sound file")), held(&sample()));
}

#[test]
fn other_writers_use_gzip_blanks_and_both_line_ends() {
    let lines = String::from_utf8(written(&sample(), Edition::Ndjson)).expect("UTF-8");
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut gzip, lines.as_bytes()).expect("a sound stream");
    let gzip = gzip.finish().expect("a sound stream");
    let windows = format!("\u{feff}{}", lines.replace('\n', "\r\n").replace(",\"", " ,\t\""));
    let cut = lines.trim_end();
    for (bytes, edition) in [
        (gzip.as_slice(), Edition::Compressed),
        (windows.as_bytes(), Edition::Ndjson),
        (cut.as_bytes(), Edition::Ndjson),
    ] {
        assert_eq!(held(&read(&file(), bytes, edition).expect("a sound file")), held(&sample()));
    }
}

#[test]
fn a_table_without_records_needs_no_rows() {
    let text = String::from_utf8(written(&sample(), Edition::Json)).expect("UTF-8");
    let (head, _) = text.split_once(",\"rows\":").expect("rows");
    let empty = format!("{}}}", head.replace("\"records\":3", "\"records\":0"));
    let table = read(&file(), empty.as_bytes(), Edition::Json).expect("a sound file");
    assert_eq!((table.records, table.values.len()), (0, 10));
    let refused = told(format!("{head}}}").as_bytes(), Edition::Json);
    assert!(refused.contains("the file holds 0 records, not the 3 it announces"), "{refused}");
}

#[test]
fn only_the_variables_asked_for_are_kept() {
    let mut asked = file();
    asked.reading.keep = Some(["NOTE".to_owned(), "ADT".to_owned()].into());
    for edition in EDITIONS {
        let table = read(&asked, &written(&sample(), edition), edition).expect("a sound file");
        let names: Vec<&str> = table.variables.iter().map(|variable| variable.name.as_str()).collect();
        assert_eq!((names.as_slice(), table.records), (&["NOTE", "ADT"][..], 3));
    }
    let broken = String::from_utf8(written(&sample(), Edition::Ndjson)).expect("UTF-8").replace("\"S-1\"", "[]");
    assert!(read(&asked, broken.as_bytes(), Edition::Ndjson).is_err(), "the structure of the others counts");
}

#[test]
fn an_integer_that_the_specification_calls_a_number_may_have_fractions() {
    let mut table = sample();
    table.variables[4].declared = Some("integer".into());
    let text = String::from_utf8(written(&table, Edition::Ndjson)).expect("UTF-8");
    let text = text.replace("\"dataType\":\"float\"", "\"dataType\":\"integer\"");
    let refused = told(text.as_bytes(), Edition::Ndjson);
    assert!(
        refused.contains(
            "ADXX.AVAL, subject S-1, S-2: error: the number has a fraction, though its column is declared integer"
        ),
        "{refused}"
    );
    let mut declared = file();
    declared.reading.kinds.insert("AVAL".into(), Kind::Number);
    let read = read(&declared, text.as_bytes(), Edition::Ndjson).expect("a sound file");
    assert!(read.problems.is_empty());
}

/// Tables of all kinds, with and without declared types.
fn tables() -> impl Strategy<Value = Table> {
    let text = "[ -~µ→\u{0}-\u{1f}\u{7f}😀\u{2028}]{0,12}";
    let text = text.prop_map(|text| text.replace('\0', "").trim_end_matches(' ').to_owned());
    let number = prop_oneof![
        any::<f64>().prop_filter("finite", |value| value.is_finite()),
        any::<i32>().prop_map(f64::from),
        (0_u32..86_400_000).prop_map(|value| f64::from(value) / 1000.0),
        Just(0.0),
        Just(1.0),
    ];
    let day = FIRST_DAY..=LAST_DAY;
    let moment = i64::from(FIRST_DAY) * 86_400_000..i64::from(LAST_DAY) * 86_400_000;
    let record = (
        proptest::option::weighted(0.8, text),
        proptest::collection::vec(proptest::option::weighted(0.8, number), 3),
        proptest::option::weighted(0.8, day),
        proptest::option::weighted(0.8, moment),
    );
    let declared = vec!["integer", "float", "double", "decimal", "boolean", "time", "string", "nonsense"];
    let declared = proptest::option::of(proptest::sample::select(declared));
    let records = proptest::collection::vec(record, 0..20);
    (records, proptest::collection::vec(declared, 3), "[ -~é]{0,20}").prop_map(|(records, declared, label)| {
        let mut table = Table { label: label.trim_end().to_owned(), records: records.len(), ..Table::default() };
        let mut add = |name: &str, declared: Option<&str>, values: Values| {
            let variable = Variable { declared: declared.map(str::to_owned), ..Variable::new(name, values.kind()) };
            table.variables.push(variable);
            table.values.push(values);
        };
        let texts: StringChunked = records.iter().map(|record| record.0.as_deref().filter(|t| !t.is_empty())).collect();
        add("T", None, Values::Text(texts));
        for (at, declared) in declared.into_iter().enumerate() {
            let numbers = records.iter().map(|record| record.1[at].map(|value| value + 0.0));
            let numbers = Float64Chunked::from_iter_options("N".into(), numbers);
            add(["A", "B", "C"][at], declared, Values::Number(numbers));
        }
        let days = Int32Chunked::from_iter_options("D".into(), records.iter().map(|record| record.2));
        add("D", None, Values::Date(days));
        let moments = Int64Chunked::from_iter_options("M".into(), records.iter().map(|record| record.3));
        add("M", None, Values::DateTime(moments));
        table.keys = vec!["B".into(), "T".into()];
        table
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(400) })]

    #[test]
    fn any_table_comes_back_as_it_was(table in tables(), edition in 0_usize..3) {
        let bytes = written(&table, EDITIONS[edition]);
        let again = read(&file(), &bytes, EDITIONS[edition]).expect("a sound file");
        prop_assert_eq!(held(&again), held(&table));
    }
}
