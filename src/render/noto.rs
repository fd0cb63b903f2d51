//! Noto Sans with a figure space as wide as its digits.
//!
//! The files of 2015 make U+2007 a fortieth narrower than a digit, which is enough to see that columns of numbers do
//! not align. The advance of that one glyph is corrected in memory, once, before Typst, plotters or our measuring see
//! the bytes.

use std::sync::OnceLock;

use typst::foundations::Bytes;
use typst::text::Font;

/// The character that stands for a digit not printed.
const FIGURE_SPACE: char = '\u{2007}';

/// Regular, bold, italic and bold italic.
pub fn faces() -> [&'static [u8]; 4] {
    static FACES: OnceLock<[Vec<u8>; 4]> = OnceLock::new();
    let faces = FACES.get_or_init(|| {
        [ttf_noto_sans::REGULAR, ttf_noto_sans::BOLD, ttf_noto_sans::ITALIC, ttf_noto_sans::BOLD_ITALIC].map(corrected)
    });
    [&faces[0], &faces[1], &faces[2], &faces[3]]
}

fn corrected(bytes: &'static [u8]) -> Vec<u8> {
    correct(bytes).expect("the embedded Noto Sans has digits, a figure space and horizontal metrics")
}

fn correct(bytes: &'static [u8]) -> Option<Vec<u8>> {
    let font = Font::new(Bytes::new(bytes), 0)?;
    let font = font.instantiate(
        typst::text::FontVariant::default(),
        typst::layout::Abs::pt(10.0),
        &typst::text::FontVariations::default(),
    );
    let digit = font.ttf().glyph_index('0')?;
    let space = font.ttf().glyph_index(FIGURE_SPACE)?;
    let metrics = table(bytes, *b"hmtx")?;
    // Four bytes a glyph: its advance, then its left bearing.
    let advance = |glyph: u16| metrics + 4 * usize::from(glyph);
    let wide = <[u8; 2]>::try_from(bytes.get(advance(digit.0)..advance(digit.0) + 2)?).ok()?;
    let mut out = bytes.to_vec();
    out.get_mut(advance(space.0)..advance(space.0) + 2)?.copy_from_slice(&wide);
    Some(out)
}

/// Where a table of a TrueType file begins.
fn table(bytes: &[u8], name: [u8; 4]) -> Option<usize> {
    let count = u16::from_be_bytes(bytes.get(4..6)?.try_into().ok()?);
    let records = bytes.get(12..)?.chunks_exact(16).take(usize::from(count));
    let record = records.into_iter().find(|record| record.starts_with(&name))?;
    usize::try_from(u32::from_be_bytes(record.get(8..12)?.try_into().ok()?)).ok()
}
