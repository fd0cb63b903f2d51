//! The fonts of the report: how wide a text is, and whether it can be printed at all.
//!
//! They are embedded in the program; others are used only if they are given, by their bytes, for characters that the
//! embedded ones lack. Typst, the figures and all measuring here use the very same bytes; no font of the machine is ever
//! looked at.

use std::sync::OnceLock;

use plotters::style::{FontStyle, register_font};
use typst::foundations::Bytes;
use typst::layout::Abs;
use typst::text::{Font, FontInstance, FontStretch, FontVariant, FontVariations, FontWeight};
use typst_kit::fonts::FontStore;

use super::noto;
use crate::error::{Error, Finding, Place, Stage};

/// Family of tables, figures and running heads.
pub const SANS: &str = "Noto Sans";
/// Family of prose and headings.
pub const SERIF: &str = "Libertinus Serif";
/// Family of rules and hashes.
pub const MONO: &str = "DejaVu Sans Mono";

/// A face as text is set in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Face {
    /// Noto Sans.
    Sans,
    /// Noto Sans, bold.
    SansBold,
    /// Noto Sans, italic.
    SansItalic,
    /// Libertinus Serif.
    Serif,
    /// Libertinus Serif, bold.
    SerifBold,
    /// Libertinus Serif, italic.
    SerifItalic,
    /// The monospaced face.
    Mono,
}

impl Face {
    const ALL: [Self; 7] =
        [Self::Sans, Self::SansBold, Self::SansItalic, Self::Serif, Self::SerifBold, Self::SerifItalic, Self::Mono];

    /// Families in the order in which a glyph is looked for; the templates name the same.
    const fn families(self) -> [&'static str; 3] {
        match self {
            Self::Sans | Self::SansBold | Self::SansItalic => [SANS, SERIF, MONO],
            Self::Serif | Self::SerifBold | Self::SerifItalic => [SERIF, SANS, MONO],
            Self::Mono => [MONO, SANS, SERIF],
        }
    }

    const fn variant(self) -> FontVariant {
        let (style, weight) = match self {
            Self::Sans | Self::Serif | Self::Mono => (typst::text::FontStyle::Normal, FontWeight::REGULAR),
            Self::SansBold | Self::SerifBold => (typst::text::FontStyle::Normal, FontWeight::BOLD),
            Self::SansItalic | Self::SerifItalic => (typst::text::FontStyle::Italic, FontWeight::REGULAR),
        };
        FontVariant { style, weight, stretch: FontStretch::NORMAL }
    }
}

/// Fonts that were given, beside those of the program.
static ADDED: OnceLock<Vec<Font>> = OnceLock::new();

/// Adds the fonts of these files, named as findings name them, for characters that the fonts of the program lack: in the
/// order given, TrueType or OpenType, alone or several in a collection. To be called once, before anything is set.
///
/// # Errors
/// A file that holds no font, or one of a family that the program has itself; fonts that come too late.
pub fn add(files: Vec<(String, Vec<u8>)>) -> Result<(), Error> {
    let mut findings = Vec::new();
    let mut fonts = Vec::new();
    for (name, bytes) in files {
        let own: Vec<Font> = Font::iter(Bytes::new(bytes)).collect();
        if own.is_empty() {
            let message = "the file holds no font that can be used".to_owned();
            let hint = "give a TrueType or OpenType font: .ttf, .otf, .ttc or .otc";
            findings.push(Finding::error(Place::file(name.clone()), message).hint(hint));
        }
        if let Some(known) = own.iter().find(|font| [SANS, SERIF, MONO].contains(&font.info().family.as_str())) {
            let message = format!("{} is a font of the program and cannot be replaced", known.info().family);
            findings.push(Finding::error(Place::file(name), message).hint("leave it out"));
        }
        fonts.extend(own);
    }
    Error::unless_clean(Stage::Usage, findings)?;
    ADDED.set(fonts).map_err(|_| {
        Error::one(Stage::Usage, Finding::error(Place::default(), "fonts can be given only once, before any report"))
    })
}

/// The families that were added, each once, in order.
pub fn added() -> Vec<String> {
    families(ADDED.get().map_or(&[], Vec::as_slice))
}

fn families(fonts: &[Font]) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for font in fonts {
        let family = font.info().family.as_str();
        if !out.iter().any(|known| known == family) {
            out.push(family.to_owned());
        }
    }
    out
}

/// All fonts, loaded once a process.
pub struct Fonts {
    store: FontStore,
    faces: Vec<Chain>,
}

/// A face with those that stand in for its missing glyphs.
struct Chain {
    fonts: Vec<FontInstance>,
    /// Advances of the characters that nearly all text consists of, in em.
    common: Vec<Option<f64>>,
}

/// Characters below this are looked up once.
const COMMON: u32 = 0x0400;

impl Chain {
    fn find(&self, c: char) -> Option<(usize, f64)> {
        self.fonts.iter().enumerate().find_map(|(index, font)| {
            let glyph = font.ttf().glyph_index(c)?;
            Some((index, font.x_advance(glyph.0)?.get()))
        })
    }

    fn advance(&self, c: char) -> Option<f64> {
        match self.common.get(c as usize) {
            Some(known) => *known,
            None => self.find(c).map(|(_, advance)| advance),
        }
    }
}

impl Fonts {
    /// The fonts of this process.
    ///
    /// # Panics
    /// When an embedded font is damaged, which no input can cause.
    pub fn get() -> &'static Self {
        static FONTS: OnceLock<Fonts> = OnceLock::new();
        // Fonts that are given after this come too late.
        FONTS.get_or_init(|| Self::load(ADDED.get_or_init(Vec::new)))
    }

    fn load(added: &[Font]) -> Self {
        let mut store = FontStore::new();
        store.extend(typst_kit::fonts::embedded().filter(|(_, info)| info.family == SERIF || info.family == MONO));
        let sans = noto::faces();
        for (style, bytes) in [FontStyle::Normal, FontStyle::Bold, FontStyle::Italic].into_iter().zip(sans) {
            assert!(register_font(SANS, style, bytes).is_ok(), "the embedded Noto Sans is damaged");
        }
        store.extend(sans.into_iter().flat_map(|bytes| Font::iter(Bytes::new(bytes))).map(|font| {
            let info = font.info().clone();
            (font, info)
        }));
        store.extend(added.iter().map(|font| (font.clone(), font.info().clone())));
        let families = families(added);
        let faces = Face::ALL.into_iter().map(|face| Self::chain(&store, face, &families)).collect();
        Self { store, faces }
    }

    fn chain(store: &FontStore, face: Face, added: &[String]) -> Chain {
        let fonts = face
            .families()
            .into_iter()
            .chain(added.iter().map(String::as_str))
            .map(|family| {
                let index = store.book().select(&family.to_lowercase(), face.variant());
                let font = index.and_then(|index| store.font(index)).expect("the family is embedded or was added");
                font.instantiate(face.variant(), Abs::pt(10.0), &FontVariations::default())
            })
            .collect();
        let mut chain = Chain { fonts, common: Vec::new() };
        let common =
            (0..COMMON).map(|code| char::from_u32(code).and_then(|c| chain.find(c)).map(|(_, advance)| advance));
        chain.common = common.collect();
        chain
    }

    /// What Typst chooses from.
    pub const fn store(&self) -> &FontStore {
        &self.store
    }

    /// Height of capitals, in em: how high a line of text is, from which Typst counts the leading.
    pub fn capitals(&self, face: Face) -> f64 {
        self.faces[face as usize].fonts[0].metrics().cap_height.get()
    }

    /// How far the pen moves for this character, in em; half an em for what cannot be printed.
    pub fn advance(&self, face: Face, c: char) -> f64 {
        self.faces[face as usize].advance(c).unwrap_or(0.5)
    }

    /// Width of a text in points, without kerning (which only draws letters together).
    pub fn width(&self, face: Face, size: f64, text: &str) -> f64 {
        text.chars().map(|c| self.advance(face, c)).sum::<f64>() * size
    }

    /// The first character that cannot be printed in every face of the report, as the reader sees it.
    pub fn unprintable(&self, text: &str) -> Option<char> {
        let mut base = None;
        for c in text.chars() {
            if is_refused(c) {
                return Some(c);
            }
            let joined = base.filter(|_| is_combining(c));
            let printable = self.faces.iter().all(|chain| match joined {
                // An accent must come from the font of its letter: shaping does not mix fonts within a cluster.
                Some(letter) => chain
                    .fonts
                    .iter()
                    .any(|font| font.ttf().glyph_index(letter).is_some() && font.ttf().glyph_index(c).is_some()),
                None => chain.advance(c).is_some(),
            });
            if !printable {
                return Some(c);
            }
            if joined.is_none() {
                base = Some(c);
            }
        }
        None
    }
}

/// Characters that no archival PDF may hold, that change the order in which others are read, or that are written from
/// right to left: a stray glyph of such a script does not make a page that can be read.
fn is_refused(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{590}'..='\u{8FF}' | '\u{FB1D}'..='\u{FDFF}' | '\u{FE70}'..='\u{FEFE}' | '\u{10800}'..='\u{10FFF}'
            | '\u{1E800}'..='\u{1EFFF}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{206A}'..='\u{206F}'
            | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFC}' | '\u{FFFE}' | '\u{FFFF}'
            | '\u{E000}'..='\u{F8FF}' | '\u{F0000}'..='\u{10FFFF}')
}

const fn is_combining(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36F}' | '\u{483}'..='\u{489}' | '\u{1AB0}'..='\u{1AFF}' | '\u{1DC0}'..='\u{1DFF}'
        | '\u{20D0}'..='\u{20FF}' | '\u{FE20}'..='\u{FE2F}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_and_the_figure_space_are_equally_wide() {
        let fonts = Fonts::get();
        for face in [Face::Sans, Face::SansBold] {
            let zero = fonts.advance(face, '0');
            for c in "123456789\u{2007}".chars() {
                assert!((fonts.advance(face, c) - zero).abs() < 1e-9, "{c:?} in {face:?}");
            }
        }
    }

    #[test]
    fn what_reports_are_written_in_can_be_printed() {
        let text = "Größe ≥ 1.5 × ULN ± 0.3 µg/mL – “quoted” — α β Δ ≤ ≠ ≈ ∞ √ † ‡ § ¶ … · • ° ² ³ ¹ ½ → é ñ ø ł ż Ж я № € \u{2007}\u{2011}−";
        assert_eq!(Fonts::get().unprintable(text), None);
        assert_eq!(Fonts::get().unprintable("e\u{301}tude"), None);
    }

    #[test]
    fn fonts_that_are_given_have_what_the_others_lack() {
        // Double-struck A, of a font that Typst brings and reports do not use.
        let letter = '\u{1D538}';
        assert_eq!(Fonts::get().unprintable(&letter.to_string()), Some(letter));
        let mathematics = typst_kit::fonts::embedded().find(|(_, info)| info.family == "New Computer Modern Math");
        let (font, _) = mathematics.expect("Typst brings it");
        let fonts = Fonts::load(&[font]);
        assert_eq!(fonts.unprintable(&format!("x {letter}")), None);
        assert!(fonts.width(Face::SansBold, 10.0, "\u{1D538}") > 3.0);
        assert_eq!(fonts.unprintable("\u{5D0}"), Some('\u{5D0}'));
    }

    #[test]
    fn files_without_fonts_and_fonts_of_the_program_are_refused() {
        let files = vec![("a.ttf".to_owned(), b"no font".to_vec()), ("b.ttf".to_owned(), noto::faces()[0].to_vec())];
        let text = add(files).map_or_else(|error| error.to_string(), |()| "not refused".to_owned());
        assert!(text.contains("a.ttf: error: the file holds no font"), "{text}");
        assert!(text.contains("Noto Sans is a font of the program"), "{text}");
    }

    #[test]
    fn what_no_font_has_is_found() {
        for (text, expected) in [
            ("caf\u{5D0}", '\u{5D0}'),
            ("عربي", 'ع'),
            ("中", '中'),
            ("a\u{0}b", '\u{0}'),
            ("a\u{202E}b", '\u{202E}'),
            ("\u{E000}", '\u{E000}'),
            ("☃ 🙂", '🙂'),
        ] {
            let found = Fonts::get().unprintable(text);
            assert!(found == Some(expected) || text.contains('☃') && found.is_some(), "{text:?} gave {found:?}");
        }
    }
}
