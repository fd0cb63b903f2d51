//! No false alarm in what is random: packed and encrypted data, identifiers, digests.

use super::files::{gzip, zip};
use super::paper::{packed, stream, with_content, with_object};
use super::words;
use crate::scan::bytes;
use crate::scan::encoded::{to_base64, to_hexadecimal};

/// Random bytes that are the same each time.
fn random(count: usize, seed: u64) -> Vec<u8> {
    let mut state = seed;
    (0..count)
        .map(|_| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state.to_be_bytes()[3]
        })
        .collect()
}

/// Words that occur in random bytes and in random letters by chance, if nothing else is looked at.
const SHORT: [&str; 12] = ["msc", "il2", "qxv", "arm", "17a", "dxa", "plb", "act", "abcd", "kit7", "b-12", "x9z"];

#[test]
fn random_bytes_hold_no_word() {
    let words = words(&SHORT);
    let noise = random(60_000, 0x9e37_79b9_7f4a_7c15);
    let archive = zip(&[("a.bin", &noise, true)], 0, "");
    for (what, file) in [
        ("bytes", noise.clone()),
        ("gzip", gzip(&noise)),
        ("an archive", archive),
        ("a stream of a PDF", with_object(packed(&noise))),
        ("a plain stream of a PDF", with_object(stream("", &noise))),
    ] {
        let searched = bytes(&file, &words);
        assert_eq!(searched.hits, [], "random bytes as {what}");
        assert_eq!(searched.unread, [], "random bytes as {what}");
    }
}

#[test]
fn random_identifiers_stand_for_no_word() {
    // Letters of an encoding may spell a short word; what they stand for is not taken for one.
    let words = words(&["m/c", "i:2", "q.v", "k,7", "p-l"]);
    let noise = random(24_000, 0x2545_f491_4f6c_dd1d);
    let digests: Vec<String> = noise.chunks(32).map(to_hexadecimal).collect();
    let tokens: Vec<String> = noise.chunks(18).map(to_base64).collect();
    for (what, text) in [
        ("base64", to_base64(&noise)),
        ("hexadecimal", to_hexadecimal(&noise)),
        ("sums", digests.join("  file\n")),
        ("tokens", tokens.join(", ")),
    ] {
        let hits = bytes(text.as_bytes(), &words).hits;
        let disguised: Vec<_> = hits.iter().filter(|hit| hit.channel.contains(", as ")).collect();
        assert!(disguised.is_empty(), "random {what}: {disguised:?}");
    }
}

#[test]
fn neighbouring_cells_are_no_word() {
    let cells =
        with_content("BT /F1 9 Tf 72 600 Td (forms) Tj 60 0 Td (can) Tj 0 -11 Td (act) Tj -60 0 Td (alarm) Tj ET");
    assert_eq!(bytes(&cells, &words(&["msc", "mscan", "nact"])).hits, []);
}
