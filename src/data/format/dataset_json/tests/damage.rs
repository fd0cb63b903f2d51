//! Files that were cut off, changed or made to hurt.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::ZlibEncoder;

use super::*;

#[test]
fn a_file_cut_off_anywhere_is_refused() {
    let whole = held(&sample());
    for edition in EDITIONS {
        let bytes = written(&sample(), edition);
        // The last line end of a text says nothing.
        let last = bytes.len() - usize::from(edition != Edition::Compressed);
        for length in 0..last {
            assert!(read(&file(), &bytes[..length], edition).is_err(), "{edition:?} cut to {length} bytes");
        }
        assert_eq!(held(&read(&file(), &bytes[..last], edition).expect("a sound file")), whole);
        let longer = [bytes, b"{".to_vec()].concat();
        assert!(read(&file(), &longer, edition).is_err(), "{edition:?} with a byte more");
    }
}

#[test]
fn a_flipped_bit_of_a_compressed_file_is_seen_or_changes_nothing() {
    let bytes = written(&sample(), Edition::Compressed);
    let whole = held(&sample());
    let mut harmless = 0;
    for at in 0..bytes.len() * 8 {
        let mut flipped = bytes.clone();
        flipped[at / 8] ^= 1 << (at % 8);
        // The level in the header and the bits that fill up the last byte are remarks only.
        if let Ok(table) = read(&file(), &flipped, Edition::Compressed) {
            assert_eq!(held(&table), whole, "bit {at}");
            harmless += 1;
        }
    }
    assert!(harmless < 16, "{harmless} bits say nothing");
}

#[test]
fn what_expands_beyond_measure_is_refused_without_being_held() {
    let head = String::from_utf8(written(&sample(), Edition::Ndjson)).expect("UTF-8");
    let head = head.lines().next().expect("a line").replace("\"records\":3", "\"records\":90000000");
    let mut stream = ZlibEncoder::new(Vec::new(), Compression::best());
    stream.write_all(format!("{head}\n").as_bytes()).expect("a sound stream");
    let rows = "[null,null,null,null,null,null,null,null,null,null]\n".repeat(10_000);
    for _ in 0..600 {
        stream.write_all(rows.as_bytes()).expect("a sound stream");
    }
    let refused = told(&stream.finish().expect("a sound stream"), Edition::Compressed);
    assert!(refused.contains("the file expands to more than 200 times its size"), "{refused}");
}

/// A stream of numbers that is the same each time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or(0) % limit
    }
}

/// Pieces of JSON where they hurt.
const PIECES: [&str; 16] = [
    "null",
    "\"",
    "[",
    "]",
    "{",
    "}",
    ",",
    ":",
    "1e400",
    "NaN",
    "\\ud800",
    "\n",
    "-",
    "\u{feff}",
    "\"rows\":[",
    "99999999999999999999",
];

/// The bytes after a few blows: bits, pieces put in, parts taken out, doubled or exchanged.
fn struck(mut bytes: Vec<u8>, dice: &mut Dice) -> Vec<u8> {
    for _ in 0..=dice.below(4) {
        let at = dice.below(bytes.len());
        let size = 1 + dice.below(24.min(bytes.len() - at));
        match dice.below(6) {
            0 => bytes[at] ^= 1 << dice.below(8),
            1 => bytes[at] = dice.below(256).to_le_bytes()[0],
            2 => _ = bytes.splice(at..at, PIECES[dice.below(PIECES.len())].bytes()),
            3 => _ = bytes.splice(at..(at + size).min(bytes.len() - 1), []),
            4 => {
                let part = bytes[at..at + size].to_vec();
                bytes.splice(at..at, part);
            }
            _ => {
                let other = dice.below(bytes.len());
                bytes.swap(at, other);
            }
        }
        if bytes.len() < 2 {
            break;
        }
    }
    bytes
}

#[test]
fn twenty_thousand_mutants_are_refused_or_sound_and_never_a_panic() {
    let sound: Vec<(Edition, Vec<u8>)> = EDITIONS.map(|edition| (edition, written(&sample(), edition))).into();
    let mut dice = Dice(20_261_123);
    let mut refused = 0;
    for _ in 0..20_000 {
        let (edition, bytes) = &sound[dice.below(sound.len())];
        match read(&file(), &struck(bytes.clone(), &mut dice), *edition) {
            Ok(table) => {
                _ = table.findings(&file(), "USUBJID");
                assert!(table.values.iter().all(|values| values.clone().into_column().len() == table.records));
            }
            Err(findings) => {
                assert!(!findings.is_empty());
                refused += 1;
            }
        }
    }
    assert!(refused > 10_000, "{refused} refused");
}
