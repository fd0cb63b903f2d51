//! 40 to 64: comma-separated values.

use super::{Bad, When, bad, edit, legal, put, readable, unreadable};

pub(super) fn cases() -> Vec<Bad> {
    const FILE: &str = "adcm.csv";
    let wrong = |number, what: &str, says: &[&str], bytes: &[u8]| unreadable(number, what, FILE, says, bytes);
    let sound = |number, what: &str, bytes: &[u8]| readable(number, what, FILE, bytes);
    let mut all = vec![
        sound(40, "a header alone", b"USUBJID,CMDOSE\n"),
        wrong(41, "UTF-16, little end first", &["UTF-16", "hint"], b"\xff\xfeU\0S\0U\0B\0"),
        wrong(41, "UTF-16, big end first", &["UTF-16", "hint"], b"\xfe\xff\0U\0S\0U\0B"),
        sound(42, "UTF-8 with a byte order mark", b"\xef\xbb\xbfUSUBJID,CMDOSE\nS-01,5\n"),
        wrong(44, "NUL within a field", &["adcm.csv:2", "NUL"], b"USUBJID,CMTRT\nS-01,A\0B\n"),
        wrong(45, "carriage returns alone", &["carriage return"], b"USUBJID,CMDOSE\rS-01,5\rS-02,6\r"),
        wrong(47, "a short row", &["adcm.csv:3", "1 field instead of 2"], b"USUBJID,CMDOSE\nS-01,5\nS-02\n"),
        wrong(47, "an empty line between rows", &["adcm.csv:3"], b"USUBJID,CMDOSE\nS-01,5\n\nS-02,6\n"),
        wrong(48, "a long row", &["adcm.csv:2", "3 fields instead of 2"], b"USUBJID,CMDOSE\nS-01,5,6\n"),
        wrong(49, "a name twice", &["CMDOSE stands twice"], b"USUBJID,CMDOSE,CMDOSE\nS-01,5,6\n"),
        wrong(50, "a name with a blank behind it", &["unusable name"], b"USUBJID,CMDOSE \nS-01,5\n"),
        wrong(
            50,
            "a name with a hard blank behind it",
            &["unusable name"],
            "USUBJID,CMDOSE\u{a0}\nS-01,5\n".as_bytes(),
        ),
        wrong(50, "names that differ in case", &["letter case"], b"USUBJID,CMDOSE,CmDose\nS-01,5,6\n"),
        wrong(50, "a column without a name", &["no name"], b"USUBJID,\nS-01,5\n"),
        wrong(51, "an unclosed quote", &["adcm.csv:2", "not closed"], b"USUBJID,CMTRT\nS-01,\"A\nS-02,B\n"),
        wrong(52, "a quote within a field", &["adcm.csv:2", "quote"], b"USUBJID,CMTRT\nS-01,A\"B\n"),
        wrong(52, "text behind a closing quote", &["adcm.csv:2", "quote"], b"USUBJID,CMTRT\nS-01,\"A\"B\n"),
        sound(53, "a line break in quotes", b"USUBJID,CMTRT\nS-01,\"A\nB\"\n"),
        wrong(54, "semicolons and decimal commas", &["separated by", "hint"], b"USUBJID;CMDOSE\nS-01;5,5\n"),
        wrong(54, "tabs", &["separated by", "hint"], b"USUBJID\tCMDOSE\nS-01\t5\n"),
        wrong(56, "1e+400", &["adcm.csv:2", "CMDOSE", "finite"], b"USUBJID,CMDOSE\nS-01,1e+400\n"),
        wrong(60, "30 February", &["adcm.csv:2", "ASTDT", "2026-02-30"], b"USUBJID,ASTDT\nS-01,2026-02-30\n"),
        wrong(60, "hour 24", &["adcm.csv:2", "ADTM"], b"USUBJID,ADTM\nS-01,2026-02-03T24:00:00\n"),
        wrong(60, "a leap second", &["adcm.csv:2", "ADTM"], b"USUBJID,ADTM\nS-01,2026-06-30T23:59:60\n"),
        wrong(43, "the last line does not end", &["cut off"], b"USUBJID,CMDOSE\nS-01,5"),
    ];
    // What looks like a number and is none stays the text it is: a dose that a rule computes with is then refused.
    for (number, what, dose) in [
        (55, "leading zeros", "005"),
        (56, "NaN", "NaN"),
        (56, "infinity", "inf"),
        (57, "a whole number above 2⁵³", "90071992547409931"),
        (58, "thousands separators", "\"1,000\""),
        (58, "hexadecimal", "0x1F"),
        (58, "full-width digits", "\u{ff15}"),
        (64, "NA", "NA"),
        (64, "a full stop", "."),
        (64, "NULL", "NULL"),
        (64, "#N/A", "#N/A"),
        (64, "a hyphen", "-"),
    ] {
        all.push(bad(number, what, When::Saying, 5, &["CMDOSE", "ADCM"], move |desk| {
            edit(desk, "data/adcm.csv", "PREDNISONE,5,", &format!("PREDNISONE,{dose},"));
        }));
    }
    for (what, date) in [("ambiguous date", "02/03/2024"), ("two digits of a year", "24-01-01")] {
        all.push(bad(60, what, When::Saying, 5, &["ASTDT", "ADCM"], move |desk| {
            edit(desk, "data/adcm.csv", "ORAL,2024-01-01", &format!("ORAL,{date}"));
        }));
    }
    all.push(bad(54, "a decimal comma in quotes", When::Saying, 5, &["CMDOSE"], |desk| {
        edit(desk, "data/adcm.csv", "PREDNISONE,5,", "PREDNISONE,\"5,5\",");
    }));
    all.push(bad(43, "invalid UTF-8 in row 1,000,000", When::Locking, 4, &["adcm.csv:1000001", "UTF-8"], |desk| {
        let mut text = b"USUBJID,CMDOSE\n".to_vec();
        text.extend(b"S-01,5\n".repeat(999_999));
        text.extend(b"S-\xff,5\n");
        put(desk, FILE, &text);
    }));
    all.push(legal(59, "another type at row 1,000,000 makes the whole column text", |desk| {
        let mut text = b"USUBJID,CMDOSE\n".to_vec();
        text.extend(b"S-01,5\n".repeat(999_999));
        text.extend(b"S-01,five\n");
        put(desk, FILE, &text);
    }));
    all.push(legal(61, "one field of 100 MB", |desk| {
        let text = [&b"USUBJID,CMTRT\nS-01,"[..], &vec![b'x'; 100_000_000], b"\n"].concat();
        put(desk, FILE, &text);
    }));
    all.push(bad(62, "1,000,000 columns", When::Locking, 4, &[FILE, "more than can be read"], |desk| {
        let mut text = (0..1_000_000).map(|n| format!("V{n}")).collect::<Vec<_>>().join(",");
        text.push('\n');
        put(desk, FILE, text.as_bytes());
    }));
    all.push(bad(63, "100,000,000 empty lines", When::Locking, 4, &[FILE, "more findings"], |desk| {
        let text = [&b"USUBJID,CMDOSE\n"[..], &vec![b'\n'; 100_000_000]].concat();
        put(desk, FILE, &text);
    }));
    all.push(bad(46, "line ends of two sorts, one of them within a quoted field", When::Locking, 4, &[FILE], |desk| {
        put(desk, FILE, b"USUBJID,CMTRT\r\nS-01,A\r\rS-02,B\n");
    }));
    all.push(wrong(46, "lines that end in two ways", &["adcm.csv:2", "LF"], b"USUBJID,CMTRT\r\nS-01,A\nS-02,B\r\n"));
    all
}
