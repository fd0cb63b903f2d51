//! Data files made byte by byte, so that a case can spoil any byte of them.

use polars::prelude::DataFrame;
use polars_io::prelude::ParquetWriter;

/// A variable of a transport file: name, whether it holds numbers, bytes of a cell, SAS format.
pub(super) type Column<'a> = (&'a str, bool, i16, &'a str);

/// The variables of [`transport`].
pub(super) const COLUMNS: [Column<'_>; 3] =
    [("USUBJID", false, 8, ""), ("CMDOSE", true, 8, ""), ("ASTDT", true, 8, "DATE")];
/// Where the descriptions of variables begin, and how long each is.
pub(super) const NAMESTRS: usize = 8 * 80;
pub(super) const NAMESTR: usize = 140;
/// Where in a description the length, the name and the position stand.
pub(super) const LENGTH_AT: usize = 4;
pub(super) const NAME_AT: usize = 8;
pub(super) const POSITION_AT: usize = 84;

/// A whole number below 2²⁴ as an IBM double.
pub(super) fn ibm(number: u32) -> [u8; 8] {
    let digits = (32 - number.leading_zeros()).div_ceil(4);
    let mut bytes = (u64::from(number) << (56 - 4 * digits)).to_be_bytes();
    bytes[0] = if number == 0 { 0 } else { 0x40 + u8::try_from(digits).expect("at most six digits") };
    bytes
}

fn field(text: &str, width: usize) -> Vec<u8> {
    let mut bytes = text.as_bytes().to_vec();
    bytes.resize(width, b' ');
    bytes
}

fn header(word: &str, numbers: &str) -> Vec<u8> {
    field(&format!("HEADER RECORD*******{word:<8}HEADER RECORD!!!!!!!{numbers}"), 80)
}

fn padded(mut bytes: Vec<u8>) -> Vec<u8> {
    bytes.resize(bytes.len().div_ceil(80) * 80, b' ');
    bytes
}

/// A transport file of version 5 with these variables and these records, each a row of cells one after the other.
pub(super) fn transport_of(columns: &[Column<'_>], records: &[u8]) -> Vec<u8> {
    let zeros = "0".repeat(30);
    let stamp = "01JAN24:00:00:00";
    let mut file = header("LIBRARY", &zeros);
    file.extend(field(&format!("SAS     SAS     SASLIB  9.4     X64_10PR{:24}{stamp}", ""), 80));
    file.extend(field(stamp, 80));
    file.extend(header("MEMBER", "000000000000000001600000000140"));
    file.extend(header("DSCRPTR", &zeros));
    file.extend(field(&format!("SAS     ADCM    SASDATA 9.4     X64_10PR{:24}{stamp}", ""), 80));
    file.extend(field(stamp, 80));
    file.extend(header("NAMESTR", &format!("000000{:04}{}", columns.len(), "0".repeat(20))));
    let mut position = 0_i32;
    let mut described = Vec::new();
    for (number, (name, numeric, length, format)) in (1_i16..).zip(columns) {
        let mut one = Vec::new();
        for short in [if *numeric { 1 } else { 2 }, 0, *length, number] {
            one.extend(i16::to_be_bytes(short));
        }
        one.extend(field(name, 8));
        one.extend(field("", 40));
        one.extend(field(format, 8));
        one.extend([0, if format.is_empty() { 0 } else { 9 }, 0, 0, 0, 0, 0, 0]);
        one.extend(field("", 8));
        one.extend([0; 4]);
        one.extend(position.to_be_bytes());
        one.resize(NAMESTR, 0);
        described.extend(one);
        position += i32::from(*length);
    }
    file.extend(padded(described));
    file.extend(header("OBS", &zeros));
    file.extend(padded(records.to_vec()));
    file
}

/// A sound transport file of twelve records.
pub(super) fn transport() -> Vec<u8> {
    let records: Vec<u8> = (0..12).flat_map(|n| record(&format!("S-{n:02}"), ibm(n + 1), ibm(23_376 + n))).collect();
    transport_of(&COLUMNS, &records)
}

/// A record of [`transport`].
pub(super) fn record(subject: &str, dose: [u8; 8], start: [u8; 8]) -> Vec<u8> {
    [&field(subject, 8)[..], &dose, &start].concat()
}

/// Where the first record of [`transport`] begins.
pub(super) fn first_record() -> usize {
    NAMESTRS + (3 * NAMESTR).div_ceil(80) * 80 + 80
}

/// The bytes of a Parquet file with this frame.
pub(super) fn parquet(mut frame: DataFrame) -> Vec<u8> {
    let mut bytes = Vec::new();
    ParquetWriter::new(&mut bytes).set_parallel(false).finish(&mut frame).expect("a frame that can be written");
    bytes
}

/// A sound Parquet file.
pub(super) fn sound_parquet() -> Vec<u8> {
    let subjects: Vec<String> = (0..12).map(|n| format!("S-{n:02}")).collect();
    let doses: Vec<f64> = (0..12).map(f64::from).collect();
    parquet(polars::df!("USUBJID" => subjects, "CMDOSE" => doses).expect("columns of one length"))
}

/// Columns and rows of a Dataset-JSON file.
pub(super) const JSON_COLUMNS: &str = r#"[{"itemOID":"IT.USUBJID","name":"USUBJID","label":"Subject","dataType":"string","length":8},
{"itemOID":"IT.CMDOSE","name":"CMDOSE","label":"Dose","dataType":"double"},
{"itemOID":"IT.CMSEQ","name":"CMSEQ","label":"Number","dataType":"integer"},
{"itemOID":"IT.ASTDT","name":"ASTDT","label":"Start","dataType":"date","targetDataType":"integer","displayFormat":"DATE9."}]"#;
pub(super) const JSON_ROWS: &str = r#"["S-01",5.5,1,"2024-01-01"],["S-02",null,2,"2024-01-02"]"#;

/// A Dataset-JSON file of these columns and rows, which says that it has so many records.
pub(super) fn json(records: &str, columns: &str, rows: &str) -> String {
    format!(
        r#"{{"datasetJSONCreationDateTime":"2024-01-01T00:00:00","datasetJSONVersion":"1.1.0","itemGroupOID":"IG.ADCM","records":{records},"name":"ADCM","label":"Medication","columns":{columns},"rows":[{rows}]}}"#
    )
}

/// The same as lines of NDJSON.
pub(super) fn ndjson(records: &str, columns: &str, rows: &[&str]) -> String {
    let head = json(records, columns, "").replace(r#","rows":[]"#, "").replace('\n', "");
    let mut text = head + "\n";
    for row in rows {
        text.push_str(row);
        text.push('\n');
    }
    text
}

/// Two sound rows, a line each.
pub(super) const LINES: [&str; 2] = [r#"["S-01",5.5,1,"2024-01-01"]"#, r#"["S-02",null,2,"2024-01-02"]"#];

/// The compressed edition.
pub(super) fn deflated(bytes: &[u8]) -> Vec<u8> {
    use std::io::Write;
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).and_then(|()| encoder.finish()).expect("memory takes bytes")
}
