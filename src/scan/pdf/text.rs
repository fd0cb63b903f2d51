//! Bytes that stand for text: the strings of PDF, the encodings of simple fonts, and the names of glyphs.

use crate::scan::encoded::{marked_utf16, western};

/// A text string: UTF-16 or UTF-8 with a mark, else the encoding of PDF documents.
pub(super) fn of_string(bytes: &[u8]) -> String {
    if let Some(text) = marked_utf16(bytes) {
        return text;
    }
    if let Some(text) = bytes.strip_prefix(b"\xef\xbb\xbf") {
        return String::from_utf8_lossy(text).into_owned();
    }
    bytes.iter().map(|byte| document(*byte)).collect()
}

/// A byte of the encoding of PDF documents.
fn document(byte: u8) -> char {
    const LOW: [char; 8] = ['˘', 'ˇ', 'ˆ', '˙', '˝', '˛', '˚', '˜'];
    const HIGH: [char; 33] = [
        '•', '†', '‡', '…', '—', '–', 'ƒ', '⁄', '‹', '›', '−', '‰', '„', '“', '”', '‘', '’', '‚', '™', 'ﬁ', 'ﬂ', 'Ł',
        'Œ', 'Š', 'Ÿ', 'Ž', 'ı', 'ł', 'œ', 'š', 'ž', '\0', '€',
    ];
    match byte {
        0x18..=0x1f => LOW[usize::from(byte - 0x18)],
        0x80..=0xa0 => HIGH[usize::from(byte - 0x80)],
        _ => char::from(byte),
    }
}

/// The upper half of the encoding of the Macintosh.
const MACINTOSH: &str = "ÄÅÇÉÑÖÜáàâäãåçéèêëíìîïñóòôöõúùûü†°¢£§•¶ß®©™´¨≠ÆØ∞±≤≥¥µ∂∑∏π∫ªºΩæø¿¡¬√ƒ≈∆«»…\u{a0}ÀÃÕŒœ–—“”‘’÷◊ÿŸ⁄€‹›ﬁﬂ‡·‚„‰ÂÊÁËÈÍÎÏÌÓÔ\u{f8ff}ÒÚÛÙıˆ˜¯˘˙˚¸˝˛ˇ";

/// A code of a simple font by the name of its encoding.
pub(super) fn of_code(encoding: Option<&[u8]>, code: u8) -> Option<char> {
    let c = match (encoding, code) {
        (_, 0..=0x1f) => '\0',
        (_, 0x20..=0x7f) => char::from(code),
        (Some(b"MacRomanEncoding"), _) => MACINTOSH.chars().nth(usize::from(code - 0x80))?,
        (None | Some(b"StandardEncoding"), 0xae) => 'ﬁ',
        (None | Some(b"StandardEncoding"), 0xaf) => 'ﬂ',
        (None | Some(b"StandardEncoding"), 0xb1) => '–',
        (None | Some(b"StandardEncoding"), 0xd0) => '—',
        _ => western(code),
    };
    (c != '\0').then_some(c)
}

/// Names of glyphs that are not the letter itself.
const GLYPHS: &[(&str, &str)] = &[
    ("space", " "),
    ("nbspace", " "),
    ("nonbreakingspace", " "),
    ("exclam", "!"),
    ("quotedbl", "\""),
    ("numbersign", "#"),
    ("dollar", "$"),
    ("percent", "%"),
    ("ampersand", "&"),
    ("quotesingle", "'"),
    ("quoteright", "’"),
    ("quoteleft", "‘"),
    ("quotedblleft", "“"),
    ("quotedblright", "”"),
    ("quotesinglbase", "‚"),
    ("quotedblbase", "„"),
    ("guilsinglleft", "‹"),
    ("guilsinglright", "›"),
    ("guillemotleft", "«"),
    ("guillemotright", "»"),
    ("parenleft", "("),
    ("parenright", ")"),
    ("asterisk", "*"),
    ("plus", "+"),
    ("comma", ","),
    ("hyphen", "-"),
    ("sfthyphen", ""),
    ("softhyphen", ""),
    ("minus", "-"),
    ("endash", "-"),
    ("emdash", "-"),
    ("period", "."),
    ("periodcentered", "·"),
    ("ellipsis", "…"),
    ("slash", "/"),
    ("fraction", "⁄"),
    ("zero", "0"),
    ("one", "1"),
    ("two", "2"),
    ("three", "3"),
    ("four", "4"),
    ("five", "5"),
    ("six", "6"),
    ("seven", "7"),
    ("eight", "8"),
    ("nine", "9"),
    ("colon", ":"),
    ("semicolon", ";"),
    ("less", "<"),
    ("equal", "="),
    ("greater", ">"),
    ("lessequal", "≤"),
    ("greaterequal", "≥"),
    ("notequal", "≠"),
    ("question", "?"),
    ("at", "@"),
    ("bracketleft", "["),
    ("backslash", "\\"),
    ("bracketright", "]"),
    ("asciicircum", "^"),
    ("circumflex", "^"),
    ("underscore", "_"),
    ("grave", "`"),
    ("acute", "´"),
    ("dieresis", "¨"),
    ("tilde", "~"),
    ("asciitilde", "~"),
    ("braceleft", "{"),
    ("bar", "|"),
    ("brokenbar", "¦"),
    ("braceright", "}"),
    ("bullet", "•"),
    ("dagger", "†"),
    ("daggerdbl", "‡"),
    ("section", "§"),
    ("paragraph", "¶"),
    ("degree", "°"),
    ("plusminus", "±"),
    ("multiply", "×"),
    ("divide", "÷"),
    ("copyright", "©"),
    ("registered", "®"),
    ("trademark", "™"),
    ("Euro", "€"),
    ("sterling", "£"),
    ("cent", "¢"),
    ("yen", "¥"),
    ("onehalf", "½"),
    ("onequarter", "¼"),
    ("threequarters", "¾"),
    ("germandbls", "ß"),
    ("dotlessi", "i"),
    ("ae", "æ"),
    ("AE", "Æ"),
    ("oe", "œ"),
    ("OE", "Œ"),
    ("eth", "ð"),
    ("Eth", "Ð"),
    ("thorn", "þ"),
    ("Thorn", "Þ"),
    ("ff", "ff"),
    ("fi", "fi"),
    ("fl", "fl"),
    ("ffi", "ffi"),
    ("ffl", "ffl"),
    ("alpha", "α"),
    ("beta", "β"),
    ("gamma", "γ"),
    ("delta", "δ"),
    ("epsilon", "ε"),
    ("kappa", "κ"),
    ("lambda", "λ"),
    ("mu", "μ"),
    ("pi", "π"),
    ("sigma", "σ"),
    ("omega", "ω"),
];

/// What follows the letter in names of its variants; accents do not matter here.
const VARIANTS: [&str; 26] = [
    "acute",
    "grave",
    "circumflex",
    "dieresis",
    "tilde",
    "ring",
    "cedilla",
    "caron",
    "slash",
    "macron",
    "breve",
    "ogonek",
    "dotaccent",
    "hungarumlaut",
    "commaaccent",
    "small",
    "oldstyle",
    "taboldstyle",
    "fitted",
    "inferior",
    "superior",
    "croat",
    "bar",
    "dot",
    "horn",
    "hook",
];

/// The text of a glyph by its name, if the name says it.
pub(super) fn of_glyph(name: &str) -> Option<String> {
    let name = name.split('.').next().filter(|base| !base.is_empty())?;
    if name.contains('_') {
        return name.split('_').map(of_glyph).collect();
    }
    if let Some((_, text)) = GLYPHS.iter().find(|(glyph, _)| *glyph == name) {
        return Some((*text).to_owned());
    }
    let mut letters = name.chars();
    if let (Some(letter), None) = (letters.next(), letters.next()) {
        return Some(letter.to_string());
    }
    if let Some(codes) =
        name.strip_prefix("uni").filter(|codes| codes.len() >= 4 && codes.len() % 4 == 0 && codes.is_ascii())
    {
        let units: Option<Vec<u16>> =
            (0..codes.len()).step_by(4).map(|at| u16::from_str_radix(&codes[at..at + 4], 16).ok()).collect();
        return units.map(|units| String::from_utf16_lossy(&units));
    }
    if let Some(code) =
        name.strip_prefix('u').and_then(|code| u32::from_str_radix(code, 16).ok().filter(|_| code.len() > 3))
    {
        return char::from_u32(code).map(|c| c.to_string());
    }
    VARIANTS.iter().find_map(|variant| name.strip_suffix(variant)).filter(|base| !base.is_empty()).and_then(of_glyph)
}
