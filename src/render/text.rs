//! Text as it goes on paper: cleaned, broken into lines, shortened. Measures with the fonts of the report.

use std::borrow::Cow;

use super::fonts::{Face, Fonts};

/// A place where a line may end, and nothing is seen.
pub const ZERO_WIDTH_SPACE: char = '\u{200B}';

/// A text of one line: whatever ends lines or tabulates becomes a space.
pub fn line(text: &str) -> Cow<'_, str> {
    if text.contains(ends_line) {
        Cow::Owned(text.replace("\r\n", " ").replace(ends_line, " "))
    } else {
        Cow::Borrowed(text)
    }
}

/// A text whose lines matter, such as a rule: line ends become one kind, tabs four spaces.
pub fn lines(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\t', "    ").replace(ends_line, "\n")
}

fn ends_line(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | '\u{B}' | '\u{C}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// The text with what must stay on one line glued: "n = 20", and a number to its unit.
pub fn glued(text: &str) -> Cow<'_, str> {
    if !text.contains(' ') {
        return Cow::Borrowed(text);
    }
    let words: Vec<&str> = text.split(' ').collect();
    let mut out = String::with_capacity(text.len() + 8);
    for (index, word) in words.iter().enumerate() {
        out.push_str(word);
        let Some(next) = words.get(index + 1) else { break };
        let equation = *word == "=" || *next == "=" && word.trim_start_matches('(').chars().count() == 1;
        let number =
            !word.is_empty() && word.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | ',' | '(' | '−' | '-'));
        let unit = next.starts_with(char::is_alphabetic) && next.chars().count() <= 6 || next.starts_with('%');
        out.push(if equation || number && unit { '\u{A0}' } else { ' ' });
    }
    Cow::Owned(out)
}

/// The widest word, in points.
pub fn longest_word(face: Face, size: f64, text: &str) -> f64 {
    text.split(' ').map(|word| Fonts::get().width(face, size, word)).fold(0.0, f64::max)
}

/// The text with a possible break between any two letters of the words that are wider than `width`.
pub fn breakable(face: Face, size: f64, text: &str, width: f64) -> Cow<'_, str> {
    if text.len() < 8 || longest_word(face, size, text) <= width {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() * 4);
    for (index, word) in text.split(' ').enumerate() {
        if index > 0 {
            out.push(' ');
        }
        if Fonts::get().width(face, size, word) <= width {
            out.push_str(word);
            continue;
        }
        for (place, c) in word.chars().enumerate() {
            // Not before an accent, which belongs to its letter.
            if place > 0 && Fonts::get().advance(face, c) > 0.0 {
                out.push(ZERO_WIDTH_SPACE);
            }
            out.push(c);
        }
    }
    Cow::Owned(out)
}

/// Lines no wider than `width`: broken at spaces, after hyphens and slashes, and inside a word only where it is wider
/// than the line. Never empty.
pub fn wrap(face: Face, size: f64, text: &str, width: f64) -> Vec<String> {
    let mut done: Vec<String> = Vec::new();
    let mut current = String::new();
    let mut used = 0.0;
    for piece in pieces(text) {
        let whole = Fonts::get().width(face, size, piece);
        let inked = Fonts::get().width(face, size, piece.trim_end());
        if used + inked <= width {
            current.push_str(piece);
            used += whole;
            continue;
        }
        if !current.trim_end().is_empty() {
            done.push(current.trim_end().to_owned());
        }
        current.clear();
        used = 0.0;
        if inked <= width {
            current.push_str(piece);
            used = whole;
            continue;
        }
        for c in piece.chars() {
            let step = Fonts::get().advance(face, c) * size;
            if used + step > width && !current.is_empty() && step > 0.0 {
                done.push(std::mem::take(&mut current));
                used = 0.0;
            }
            current.push(c);
            used += step;
        }
    }
    if !current.trim_end().is_empty() || done.is_empty() {
        done.push(current.trim_end().to_owned());
    }
    done
}

/// The parts of a text between which a line may end.
fn pieces(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let mut end = rest.len();
        let mut chars = rest.char_indices().peekable();
        while let Some((at, c)) = chars.next() {
            let next = chars.peek().map(|&(_, next)| next);
            let breaks = match c {
                ' ' => next != Some(' '),
                // Not in "-1.2".
                '-' | '–' => at > 0 && next.is_some_and(char::is_alphabetic),
                // Between words, not in "mg/kg" or "n/N".
                '/' => letters(rest[..at].chars().rev()) > 3 && letters(rest[at + 1..].chars()) > 3,
                ZERO_WIDTH_SPACE => true,
                _ => false,
            };
            if breaks {
                end = at + c.len_utf8();
                break;
            }
        }
        let (piece, after) = rest.split_at(end);
        rest = after;
        Some(piece)
    })
}

fn letters(chars: impl Iterator<Item = char>) -> usize {
    chars.take_while(|c| c.is_alphabetic()).count()
}

/// As much of the text as fits in `width`, with an ellipsis where something is left out.
pub fn elide(face: Face, size: f64, text: &str, width: f64) -> Cow<'_, str> {
    if Fonts::get().width(face, size, text) <= width {
        return Cow::Borrowed(text);
    }
    let room = width - Fonts::get().advance(face, '…') * size;
    let mut used = 0.0;
    let mut kept = String::new();
    for c in text.chars() {
        used += Fonts::get().advance(face, c) * size;
        if used > room {
            break;
        }
        kept.push(c);
    }
    kept.truncate(kept.trim_end().len());
    kept.push('…');
    Cow::Owned(kept)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_fit_and_nothing_is_lost() {
        let text = "Did not receive the allocated intervention/treatment because of withdrawal-of-consent, Donaudampfschifffahrtsgesellschaft";
        for width in [30.0, 60.0, 120.0] {
            let broken = wrap(Face::Sans, 8.0, text, width);
            for one in &broken {
                assert!(Fonts::get().width(Face::Sans, 8.0, one) <= width + 1e-9, "{one:?} is wider than {width}");
            }
            let packed = |text: &str| text.replace(' ', "");
            assert_eq!(packed(&broken.concat()), packed(text));
        }
        assert_eq!(wrap(Face::Sans, 8.0, "", 50.0), [""]);
        assert_eq!(wrap(Face::Sans, 8.0, "-1.2 (-3.4, 0.5)", 500.0), ["-1.2 (-3.4, 0.5)"]);
    }

    #[test]
    fn only_words_too_wide_become_breakable() {
        let text = format!("short {}", "x".repeat(50));
        let broken = breakable(Face::Sans, 8.0, &text, 60.0);
        assert!(broken.starts_with("short x\u{200B}x"));
        assert_eq!(broken.replace(ZERO_WIDTH_SPACE, ""), text);
        assert!(matches!(breakable(Face::Sans, 8.0, "short words", 60.0), Cow::Borrowed(_)));
    }

    #[test]
    fn counts_and_doses_are_not_torn() {
        assert_eq!(glued("Compound 10 mg/kg (n = 20)"), "Compound 10\u{A0}mg/kg (n\u{A0}=\u{A0}20)");
        assert_eq!(glued("Excluded (n = 0) for 3 reasons"), "Excluded (n\u{A0}=\u{A0}0) for 3 reasons");
        assert_eq!(glued("95 % interval"), "95\u{A0}% interval");
    }

    #[test]
    fn line_ends_of_all_kinds_become_spaces() {
        assert_eq!(line("a\u{2028}b\r\nc\td"), "a b c d");
        assert_eq!(lines("a\r\nb\u{2028}\tc"), "a\nb\n    c");
    }

    #[test]
    fn shortened_text_says_so() {
        assert_eq!(elide(Face::Sans, 8.0, "short", 100.0), "short");
        assert!(elide(Face::Sans, 8.0, "a very long title indeed", 50.0).ends_with('…'));
    }
}
