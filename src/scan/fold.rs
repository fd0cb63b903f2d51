//! Texts brought to one form, so that a word is found however it was written: decomposed for compatibility (ligatures,
//! wide and styled letters), without accents, without letter case, one blank for any white space, one hyphen for any dash,
//! and without the characters that nobody sees. Words and texts pass through the same function; what it makes equal is
//! more than NFKC makes equal, never less.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// A text in the one form, and for each of its bytes where it came from.
#[derive(Debug, Default)]
pub(super) struct Folded {
    /// The text.
    pub(super) text: String,
    /// For each byte of the text, the byte of the source that it came from.
    pub(super) source: Vec<usize>,
}

impl Folded {
    /// Folds a text.
    pub(super) fn of(text: &str) -> Self {
        let mut folded = Self { text: String::with_capacity(text.len()), source: Vec::with_capacity(text.len()) };
        let mut blank = false;
        for (at, c) in text.char_indices() {
            // Nearly all of it is ASCII, and there may be much of it.
            if c.is_ascii() {
                let is_blank = c.is_ascii_whitespace();
                if !(is_blank && blank) {
                    folded.text.push(if is_blank { ' ' } else { c.to_ascii_lowercase() });
                    folded.source.push(at);
                }
                blank = is_blank;
            } else {
                folded.add(at, c);
                blank = folded.text.ends_with(' ');
            }
        }
        folded
    }

    /// Adds a character that is not of ASCII.
    fn add(&mut self, at: usize, c: char) {
        for part in std::iter::once(seen(c)).flatten().nfkd().filter(|part| !is_combining_mark(*part)) {
            for small in part.to_uppercase().flat_map(char::to_lowercase).filter(|c| !is_combining_mark(*c)) {
                let small = if small.is_whitespace() { ' ' } else { small };
                if small != ' ' || !self.text.ends_with(' ') {
                    self.text.push(small);
                    self.source.resize(self.text.len(), at);
                }
            }
        }
    }

    /// Letters and digits alone, each byte with its place in the folded text. Nothing is joined across a character of control.
    pub(super) fn squashed(&self) -> (String, Vec<usize>) {
        let mut text = String::with_capacity(self.text.len());
        let mut source = Vec::with_capacity(self.text.len());
        for (at, c) in self.text.char_indices().filter(|(_, c)| c.is_alphanumeric() || *c == '\0') {
            text.push(c);
            source.extend((0..c.len_utf8()).map(|byte| at + byte));
        }
        (text, source)
    }

    /// Whether no letter or digit adjoins this stretch of the folded text.
    pub(super) fn stands_alone(&self, start: usize, end: usize) -> bool {
        let before = self.text[..start].chars().next_back();
        let after = self.text[end..].chars().next();
        !before.is_some_and(char::is_alphanumeric) && !after.is_some_and(char::is_alphanumeric)
    }
}

/// What of a character matters: nothing of those that are not seen, ASCII for the tags that repeat it unseen, one hyphen.
fn seen(c: char) -> Option<char> {
    match c {
        '\u{ad}'
        | '\u{34f}'
        | '\u{61c}'
        | '\u{180e}'
        | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{feff}'
        | '\u{fe00}'..='\u{fe0f}'
        | '\u{e0100}'..='\u{e01ef}' => None,
        '\u{e0000}'..='\u{e007f}' => char::from_u32(u32::from(c) - 0xe_0000),
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}' | '\u{ff0d}' | '\u{2043}' => Some('-'),
        c => Some(c),
    }
}

/// The text with its lines joined to one, each byte with its place in the text: a hyphen at the end of a line and the white
/// space around it are gone. None if there is one line only.
pub(super) fn lines_joined(text: &str) -> Option<(String, Vec<usize>)> {
    text.contains('\n').then_some(())?;
    let (mut joined, mut source) = (String::with_capacity(text.len()), Vec::with_capacity(text.len()));
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let content = line.trim_start();
        let begins = start + line.len() - content.len();
        joined.push_str(content);
        source.extend(begins..begins + content.len());
        start += line.len();
        if start < text.len() {
            joined.truncate(joined.trim_end().trim_end_matches(['-', '\u{2010}', '\u{ad}']).len());
            source.truncate(joined.len());
        }
    }
    Some((joined, source))
}

/// Whether the text has letters that are written from right to left, whose glyphs may be stored in either order.
pub(super) fn is_right_to_left(text: &str) -> bool {
    text.chars().any(|c| matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{feff}'))
}
