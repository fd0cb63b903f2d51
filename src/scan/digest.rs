//! Digests of the words. An unsalted digest of a short word is the word: whoever has a list of candidates computes theirs.

use blake2::{Blake2b512, Blake2s256};
use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha224, Sha256, Sha384, Sha512};

/// Name of an algorithm and the digest of one form of a word.
pub(super) type Named = (&'static str, Vec<u8>);

/// The digests of a word in the forms in which programs hash words: as written, trimmed, in capitals, in small letters,
/// each with and without a line end, in UTF-8 and in UTF-16.
pub(super) fn digests(word: &str) -> Vec<Named> {
    let mut forms: Vec<Vec<u8>> = Vec::new();
    for form in [word.to_owned(), word.trim().to_owned(), word.to_uppercase(), word.to_lowercase(), capitalised(word)] {
        forms.push(form.clone().into_bytes());
        forms.push(format!("{form}\n").into_bytes());
        forms.push(format!("{form}\r\n").into_bytes());
        forms.push(form.encode_utf16().flat_map(u16::to_le_bytes).collect());
        forms.push(form.encode_utf16().flat_map(u16::to_be_bytes).collect());
    }
    forms.sort();
    forms.dedup();
    forms.iter().flat_map(|form| of_bytes(form)).collect()
}

fn capitalised(word: &str) -> String {
    let small = word.to_lowercase();
    let mut chars = small.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

fn of_bytes(bytes: &[u8]) -> Vec<Named> {
    vec![
        ("MD5", Md5::digest(bytes).to_vec()),
        ("SHA-1", Sha1::digest(bytes).to_vec()),
        ("SHA-224", Sha224::digest(bytes).to_vec()),
        ("SHA-256", Sha256::digest(bytes).to_vec()),
        ("SHA-384", Sha384::digest(bytes).to_vec()),
        ("SHA-512", Sha512::digest(bytes).to_vec()),
        ("BLAKE2b", Blake2b512::digest(bytes).to_vec()),
        ("BLAKE2s", Blake2s256::digest(bytes).to_vec()),
        ("BLAKE3", blake3::hash(bytes).as_bytes().to_vec()),
    ]
}
