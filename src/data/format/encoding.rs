//! Text of data files in the encodings that can be declared for them, strictly: a byte that is no character is told,
//! never replaced.

use std::borrow::Cow;

use encoding_rs::{GB18030, WINDOWS_1252};

use super::Encoding;

impl Encoding {
    /// The word for it, as `study.toml` has it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Utf8 => "utf-8",
            Self::Windows1252 => "windows-1252",
            Self::Gb18030 => "gb18030",
        }
    }

    /// These bytes as text; none if any of them is no character of the encoding.
    ///
    /// The tables are those of the WHATWG Encoding Standard. Where it is lenient for the sake of old web pages, the code
    /// pages themselves hold: the five bytes that Windows-1252 leaves open are no control characters here, and a lone
    /// `0x80` is no euro sign in GB18030.
    pub(super) fn decode(self, bytes: &[u8]) -> Option<Cow<'_, str>> {
        let table = match self {
            Self::Utf8 => return std::str::from_utf8(bytes).ok().map(Cow::Borrowed),
            Self::Windows1252 if bytes.iter().any(|byte| is_open(*byte)) => return None,
            Self::Gb18030 if leads(bytes).any(|lead| lead == 0x80) => return None,
            Self::Windows1252 => WINDOWS_1252,
            Self::Gb18030 => GB18030,
        };
        table.decode_without_bom_handling_and_without_replacement(bytes)
    }

    /// This text in bytes; none if it has a character that the encoding lacks, or that would be read back as another.
    pub(super) fn encode(self, text: &str) -> Option<Cow<'_, [u8]>> {
        let table = match self {
            Self::Utf8 => return Some(Cow::Borrowed(text.as_bytes())),
            Self::Windows1252 => WINDOWS_1252,
            Self::Gb18030 => GB18030,
        };
        let (bytes, _, lacking) = table.encode(text);
        let faithful = !lacking && self.decode(&bytes).is_some_and(|read| read == text);
        faithful.then_some(bytes)
    }

    /// What to say of text that does not decode, and what may be done about it.
    pub(super) const fn refusal(self) -> &'static str {
        match self {
            Self::Utf8 => {
                "the text is not UTF-8 (declare the encoding of the file: encoding = \"windows-1252\" or \"gb18030\")"
            }
            Self::Windows1252 => "the text holds a byte that is no character of Windows-1252, the declared encoding",
            Self::Gb18030 => "the text holds a byte that is no character of GB18030, the declared encoding",
        }
    }
}

/// The bytes to which Windows-1252 gives no character.
const fn is_open(byte: u8) -> bool {
    matches!(byte, 0x81 | 0x8d | 0x8f | 0x90 | 0x9d)
}

/// The first byte of each character: one byte below `0x81`, two, or four if the second is a digit (GB 18030-2005, 5).
fn leads(bytes: &[u8]) -> impl Iterator<Item = u8> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        let lead = *rest.first()?;
        let size = match rest.get(1) {
            Some(b'0'..=b'9') if lead > 0x80 => 4,
            _ if lead > 0x80 => 2,
            _ => 1,
        };
        rest = rest.get(size..).unwrap_or_default();
        Some(lead)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_that_are_no_character_are_none() {
        for (encoding, bytes) in [
            (Encoding::Utf8, &b"5 \xb5g"[..]),
            (Encoding::Utf8, b"\xc3"),
            (Encoding::Utf8, b"\xed\xa0\x80"),
            (Encoding::Windows1252, b"a\x81"),
            (Encoding::Windows1252, b"\x9d"),
            (Encoding::Gb18030, b"a\x80"),
            (Encoding::Gb18030, b"\xff\xff"),
            (Encoding::Gb18030, b"\xd6"),
            (Encoding::Gb18030, b"\x81\x30\x81"),
        ] {
            assert_eq!(encoding.decode(bytes), None, "{} {bytes:?}", encoding.word());
        }
    }

    #[test]
    fn characters_come_back_as_they_went() {
        for (encoding, text, bytes) in [
            (Encoding::Utf8, "5 µg", &b"5 \xc2\xb5g"[..]),
            (Encoding::Windows1252, "5 µg – “x” €", b"5 \xb5g \x96 \x93x\x94 \x80"),
            (Encoding::Gb18030, "中文 €", b"\xd6\xd0\xce\xc4 \xa2\xe3"),
            (Encoding::Gb18030, "é\u{1f600}", b"\xa8\xa6\x94\x39\xfc\x36"),
        ] {
            assert_eq!(encoding.encode(text).as_deref(), Some(bytes), "{text}");
            assert_eq!(encoding.decode(bytes).as_deref(), Some(text));
        }
        assert_eq!(Encoding::Windows1252.encode("中"), None);
        assert_eq!(Encoding::Windows1252.encode("\u{81}"), None);
        // The second byte of a pair may be 0x80.
        assert!(Encoding::Gb18030.decode(b"\x81\x80").is_some());
    }
}
