//! Fonts as far as text needs them: what the codes of a string mean, and how wide their glyphs are.

use std::collections::BTreeMap;

use super::cmap::Cmap;
use super::file::File;
use super::object::Value;
use super::text::{of_code, of_glyph};

/// What a code of a string shows.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Glyph {
    /// Its text as the font tells programs that copy it; none if the font does not tell.
    pub(super) text: Option<String>,
    /// Its text by the encoding of the font, which may differ.
    pub(super) encoded: Option<String>,
    /// Its width in parts of the font size; none if the font does not tell.
    pub(super) width: Option<f64>,
    /// Whether it is the code of the blank, to which the spacing of words is added.
    pub(super) blank: bool,
}

/// A font.
#[derive(Clone, Debug, Default)]
pub(super) struct Font {
    composite: bool,
    to_unicode: Option<Cmap>,
    /// Codes of a composite font.
    codes: Option<Cmap>,
    /// Codes are UTF-16.
    is_unicode: bool,
    encoding: Option<Vec<u8>>,
    differences: BTreeMap<u8, String>,
    /// Codes of symbols, which are no letters.
    symbols: bool,
    widths: BTreeMap<u32, f64>,
    default: Option<f64>,
    /// By what widths are given: thousandths, but for fonts that draw their glyphs.
    unit: f64,
}

/// A stream of a character map may hold so many bytes.
const CMAP: usize = 1 << 24;

impl Font {
    /// Reads a font.
    pub(super) fn of(file: &File<'_>, font: &Value) -> Self {
        let composite = font.is("Subtype", "Type0");
        let stream = |value: Option<&Value>| {
            let number = value?.reference()?;
            file.content(file.latest(number)?, CMAP).map(|content| Cmap::read(&content.bytes))
        };
        let mut read = Self { composite, to_unicode: stream(font.get("ToUnicode")), unit: 0.001, ..Self::default() };
        if composite {
            read.codes = stream(font.get("Encoding"));
            let name = file.lookup(font, "Encoding").and_then(Value::name).unwrap_or_default();
            read.is_unicode =
                [&b"UCS2"[..], b"UTF16"].iter().any(|part| name.windows(part.len()).any(|here| here == *part));
            let below = file.lookup(font, "DescendantFonts").and_then(|fonts| fonts.values().first());
            if let Some(below) = below.map(|below| file.resolve(below)) {
                read.composite_widths(file, below);
            }
        } else {
            read.simple(file, font);
        }
        read
    }

    fn simple(&mut self, file: &File<'_>, font: &Value) {
        let encoding = file.lookup(font, "Encoding");
        let base = encoding.and_then(|of| file.lookup(of, "BaseEncoding"));
        self.encoding = encoding.and_then(Value::name).or_else(|| base.and_then(Value::name)).map(<[u8]>::to_vec);
        let differences = encoding.and_then(|of| file.lookup(of, "Differences")).map(Value::values).unwrap_or_default();
        let mut code = 0;
        for one in differences {
            match one {
                Value::Name(name) => {
                    if let Ok(code) = u8::try_from(code) {
                        self.differences.insert(code, String::from_utf8_lossy(name).into_owned());
                    }
                    code += 1;
                }
                other => code = other.count().unwrap_or(code),
            }
        }
        let name = font.get("BaseFont").and_then(Value::name).unwrap_or_default();
        self.symbols = [&b"Symbol"[..], b"ZapfDingbats"].iter().any(|symbols| name.ends_with(symbols));
        if font.is("Subtype", "Type3") {
            let matrix = file.lookup(font, "FontMatrix").map(Value::values).unwrap_or_default();
            self.unit = matrix.first().and_then(Value::number).unwrap_or(0.001);
        }
        let first = file.lookup(font, "FirstChar").and_then(Value::count).and_then(|first| u32::try_from(first).ok());
        let widths = file.lookup(font, "Widths").map(Value::values).unwrap_or_default();
        for (code, width) in (first.unwrap_or(0)..).zip(widths) {
            self.widths.extend(file.resolve(width).number().map(|width| (code, width)));
        }
    }

    fn composite_widths(&mut self, file: &File<'_>, below: &Value) {
        self.default = Some(file.lookup(below, "DW").and_then(Value::number).unwrap_or(1000.0));
        let list = file.lookup(below, "W").map(Value::values).unwrap_or_default();
        let code = |value: &Value| file.resolve(value).count().and_then(|code| u32::try_from(code).ok());
        let mut at = 0;
        while let (Some(first), Some(second)) = (list.get(at).and_then(code), list.get(at + 1)) {
            if let Value::Array(widths) = file.resolve(second) {
                let widths = widths.iter().map(|width| file.resolve(width).number().unwrap_or_default());
                self.widths.extend((first..).zip(widths));
                at += 2;
            } else if let (Some(last), Some(width)) = (code(second), list.get(at + 2).and_then(Value::number)) {
                self.widths.extend((first..=last.min(first.saturating_add(0xffff))).map(|code| (code, width)));
                at += 3;
            } else {
                return;
            }
        }
    }

    /// The glyphs of a string.
    pub(super) fn glyphs(&self, string: &[u8]) -> Vec<Glyph> {
        let mut glyphs = Vec::new();
        let mut rest = string;
        while !rest.is_empty() {
            let length = if self.composite {
                let of = |cmap: &Option<Cmap>| cmap.as_ref().and_then(|cmap| cmap.length(rest));
                of(&self.codes).unwrap_or(2)
            } else {
                1
            };
            let (code, after) = rest.split_at(length.min(rest.len()));
            glyphs.push(self.glyph(code));
            rest = after;
        }
        glyphs
    }

    fn glyph(&self, bytes: &[u8]) -> Glyph {
        let code = bytes.iter().fold(0, |code, byte| code << 8 | u32::from(*byte));
        let told = self.to_unicode.as_ref().and_then(|cmap| cmap.text(bytes)).filter(|text| is_told(text));
        let encoded = match bytes {
            [code] if !self.composite => self.of_simple(*code),
            [high, low] if self.is_unicode => {
                char::from_u32(u32::from(u16::from_be_bytes([*high, *low]))).map(String::from)
            }
            _ => None,
        };
        let width = self.widths.get(&code).copied().or(self.default).map(|width| width * self.unit);
        Glyph { text: told.or_else(|| encoded.clone()), encoded, width, blank: bytes == b" " }
    }

    fn of_simple(&self, code: u8) -> Option<String> {
        match self.differences.get(&code) {
            Some(name) => of_glyph(name).filter(|text| is_told(text) || text.is_empty()),
            None if self.symbols => Some(" ".to_owned()),
            None => of_code(self.encoding.as_deref(), code).map(String::from),
        }
    }
}

/// Whether it is text: maps lead codes of unknown meaning to the replacement character or to nothing.
fn is_told(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c != '\u{fffd}' && c != '\0')
}
