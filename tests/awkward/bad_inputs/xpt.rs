//! 21 to 39: SAS transport files.

use super::make::{
    COLUMNS, LENGTH_AT, NAME_AT, NAMESTR, NAMESTRS, POSITION_AT, first_record, ibm, record, transport, transport_of,
};
use super::{Bad, readable, unreadable};

/// The sound file with something done to it.
fn spoiled(harm: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
    let mut bytes = transport();
    harm(&mut bytes);
    bytes
}

fn set(bytes: &mut [u8], at: usize, new: &[u8]) {
    bytes[at..at + new.len()].copy_from_slice(new);
}

/// The sound file with the count of its variables written as these four characters.
fn announcing(count: &str) -> Vec<u8> {
    spoiled(|bytes| set(bytes, NAMESTRS - 80 + 54, count.as_bytes()))
}

/// The sound file with the dose of its second record in these bytes.
fn dosed(dose: [u8; 8]) -> Vec<u8> {
    spoiled(|bytes| set(bytes, first_record() + 24 + 8, &dose))
}

/// The sound file with the subject of its second record in these bytes.
fn named(subject: [u8; 8]) -> Vec<u8> {
    spoiled(|bytes| set(bytes, first_record() + 24, &subject))
}

/// The sound file with one field of the description of one variable changed.
fn described(variable: usize, at: usize, new: &[u8]) -> Vec<u8> {
    spoiled(|bytes| set(bytes, NAMESTRS + variable * NAMESTR + at, new))
}

pub(super) fn cases() -> Vec<Bad> {
    const FILE: &str = "adcm.xpt";
    let damaged = |number, what: &str, says: &[&str], bytes: Vec<u8>| unreadable(number, what, FILE, says, bytes);
    let sound = |number, what: &str, bytes: Vec<u8>| readable(number, what, FILE, bytes);
    let mut all = vec![
        damaged(21, "a length that is no multiple of 80", &["record"], spoiled(|bytes| _ = bytes.pop())),
        damaged(21, "half a line too long", &[], spoiled(|bytes| bytes.extend([b'x'; 40]))),
        damaged(22, "a wrong first header", &["not a SAS transport file"], spoiled(|bytes| bytes[20] = b'X')),
        damaged(22, "a file of PROC CPORT", &["CPORT"], b"**COMPRESSED** **COMPRESSED** **COMPRESSED**".to_vec()),
        damaged(23, "a header of version 8 over version 5", &[], spoiled(|bytes| set(bytes, 20, b"LIBV8  "))),
        damaged(25, "no count of variables", &[], announcing("    ")),
        damaged(25, "a negative count of variables", &[], announcing("-003")),
        damaged(25, "more variables than the file", &[], announcing("9999")),
        damaged(25, "fewer variables than the file", &[], announcing("0001")),
        damaged(26, "descriptions of 136 bytes announced", &[], spoiled(|bytes| set(bytes, 3 * 80 + 74, b"0136"))),
        damaged(26, "descriptions of no sane size", &["header"], spoiled(|bytes| set(bytes, 3 * 80 + 74, b"9999"))),
        damaged(27, "a cell beyond the record", &["CMDOSE"], described(1, POSITION_AT, &900_i32.to_be_bytes())),
        damaged(27, "cells that overlap", &["CMDOSE"], described(1, POSITION_AT, &4_i32.to_be_bytes())),
        damaged(27, "a negative position", &["CMDOSE"], described(1, POSITION_AT, &(-8_i32).to_be_bytes())),
        damaged(28, "text of no length", &["USUBJID"], described(0, LENGTH_AT, &0_i16.to_be_bytes())),
        damaged(28, "a number of nine bytes", &["CMDOSE"], described(1, LENGTH_AT, &9_i16.to_be_bytes())),
        damaged(28, "a number of one byte", &["CMDOSE"], described(1, LENGTH_AT, &1_i16.to_be_bytes())),
        damaged(29, "a name twice", &["USUBJID"], described(1, NAME_AT, b"USUBJID ")),
        damaged(29, "a name that differs in case only", &["letter case"], described(1, NAME_AT, b"usubjid ")),
        damaged(29, "an empty name", &["no name"], described(1, NAME_AT, b"        ")),
        damaged(29, "a name that is not ASCII", &[], described(1, NAME_AT, b"CM\xe9OSE  ")),
        damaged(29, "a name with a control character", &[], described(1, NAME_AT, b"CM\x1bOSE  ")),
        damaged(30, "two members in one file", &["2 datasets"], [transport(), transport()[240..].to_vec()].concat()),
        sound(31, "an unnormalised number", dosed([0x44, 0, 0, 0x50, 0, 0, 0, 0])),
        damaged(
            31,
            "the largest number, which stands for any beyond it",
            &["CMDOSE", "infinite"],
            dosed([0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]),
        ),
        sound(31, "a number below the smallest normal one", dosed([0x00, 0x10, 0, 0, 0, 0, 0, 0])),
        sound(31, "negative zero", dosed([0x80, 0, 0, 0, 0, 0, 0, 0])),
        damaged(33, "a missing value that is none", &["CMDOSE", "S-01"], dosed([0x2e, 0, 0, 0, 0, 0, 0, 1])),
        damaged(
            33,
            "a missing value with a digit for a letter",
            &["CMDOSE", "S-01"],
            dosed([b'7', 0, 0, 0, 0, 0, 0, 0]),
        ),
        sound(34, "no observations", transport_of(&COLUMNS, &[])),
        damaged(37, "Latin-1 without declaration", &["USUBJID", "UTF-8"], named(*b"S-\xe9     ")),
        damaged(37, "Shift-JIS without declaration", &["USUBJID", "UTF-8"], named(*b"S-\x83\x65    ")),
        damaged(38, "a date in the year 20000", &["ASTDT", "S-01"], {
            let mut bytes = transport();
            set(&mut bytes, first_record() + 24 + 16, &ibm(6_588_000));
            bytes
        }),
        damaged(38, "a moment with the format of a date", &["ASTDT", "S-01"], {
            let mut bytes = transport();
            set(&mut bytes, first_record() + 24 + 16, &[0x46, 0x12, 0x34, 0x56, 0x80, 0, 0, 0]);
            bytes
        }),
        damaged(39, "a header that claims 2³¹ variables", &[], announcing("\u{7f}\u{7f}\u{7f}\u{7f}")),
        damaged(21, "the headers alone, cut off", &[], transport()[..500].to_vec()),
        damaged(21, "one line", &[], transport()[..80].to_vec()),
    ];
    for letter in b"_ABZ.".iter().copied() {
        let mut missing = [0; 8];
        missing[0] = letter;
        all.push(sound(33, &format!("the missing value {}", char::from(letter)), dosed(missing)));
    }
    for length in 2..8_i16 {
        let columns = [("USUBJID", false, 8, ""), ("CMDOSE", true, length, ""), ("ASTDT", true, 8, "DATE")];
        let cut = usize::try_from(length).expect("a small number");
        let records: Vec<u8> =
            (0..12_u32).flat_map(|n| [&b"S-01    "[..], &ibm(n)[..cut], &ibm(23_376)[..]].concat()).collect();
        all.push(sound(32, &format!("numbers of {length} bytes"), transport_of(&columns, &records)));
    }
    all.push(sound(35, "blank observations at the end", {
        let records: Vec<u8> = [record("S-01", ibm(1), ibm(2)), vec![b' '; 24]].concat();
        transport_of(&COLUMNS, &records)
    }));
    all.push(sound(36, "NUL for blanks behind text", named(*b"S-01\0\0\0\0")));
    all.push(damaged(36, "NUL within text", &["USUBJID", "NUL"], named(*b"S-\x0001\0\0\0")));
    all.push(super::held_by(24, "counts of version 8", "src/data/tests/damage.rs", "a_cut_xpt_names_the_record"));
    all.push(damaged(37, "two encodings in one variable", &["USUBJID", "UTF-8"], {
        let mut bytes = named(*b"S-\xc3\xa9    ");
        set(&mut bytes, first_record() + 48, b"S-\xe9     ");
        bytes
    }));
    all
}
