//! Checks of texts: characters that are not what they look like, or that act on who opens them.

use crate::conformance::check::{Hit, Hits, Look};
use crate::data::vector::{Measure, Vector};
use crate::spec::conformance::TextCheck;

/// Texts that hold what they should not; none if the dataset has no text.
pub(super) fn text(look: &Look<'_>, check: TextCheck) -> Option<Vec<Hits>> {
    let mut found = Vec::new();
    let mut any = false;
    for variable in &look.view.dataset.variables {
        let Some(column) = look.view.own(&variable.name) else { continue };
        let Vector::Text(texts) = &*column else { continue };
        any = true;
        let wrong: Vec<Option<String>> = texts.words.iter().map(|word| wrong(check, word)).collect();
        let hit = |(row, code): (usize, &u32)| Some(Hit::told(row, wrong.get(*code as usize)?.clone()?));
        let hits: Vec<Hit> = texts.codes.iter().enumerate().filter_map(hit).collect();
        if !hits.is_empty() {
            found.push(Hits::own(&variable.name, hits));
        }
    }
    any.then_some(found)
}

/// What is wrong with a text.
fn wrong(check: TextCheck, text: &str) -> Option<String> {
    let first = |found: &dyn Fn(char) -> bool| {
        text.chars().find(|c| found(*c)).map(|c| format!("it holds U+{:04X}", u32::from(c)))
    };
    match check {
        TextCheck::Control => first(&char::is_control),
        TextCheck::Bidirectional => first(&unseen),
        TextCheck::Misread => first(&|c| c == '\u{fffd}').or_else(|| {
            // What UTF-8 becomes when it is read as Windows-1252 or Latin-1: a lead byte and a continuation byte.
            let mut pairs = text.chars().zip(text.chars().skip(1));
            let misread = |(a, b): (char, char)| matches!(a, 'Â' | 'Ã' | 'â') && misread_tail(b);
            pairs.any(misread).then(|| "it looks like UTF-8 read in another encoding".to_owned())
        }),
        TextCheck::NonAscii => first(&|c| !c.is_ascii()),
        TextCheck::Blanks => text.starts_with(char::is_whitespace).then(String::new),
        TextCheck::Formula => {
            let begins = text.starts_with(['=', '+', '-', '@']) && text.chars().count() > 1;
            (begins && Measure::read(text).is_none() && !text.starts_with("- ")).then(String::new)
        }
    }
}

/// Characters that turn the direction of writing or take no room.
fn unseen(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// What a continuation byte of UTF-8 becomes in Windows-1252 or Latin-1.
fn misread_tail(c: char) -> bool {
    matches!(
        c,
        '\u{80}'
            ..='\u{bf}'
                | '€'
                | '‚'
                | 'ƒ'
                | '„'
                | '…'
                | '†'
                | '‡'
                | '‰'
                | '‹'
                | '‘'
                | '’'
                | '“'
                | '”'
                | '™'
                | '›'
    )
}

#[cfg(test)]
mod tests {
    use super::{TextCheck, wrong};

    #[test]
    fn what_is_told_is_the_character() {
        assert_eq!(wrong(TextCheck::Control, "a\u{1b}[0m").as_deref(), Some("it holds U+001B"));
        assert_eq!(wrong(TextCheck::Bidirectional, "a\u{202e}b").as_deref(), Some("it holds U+202E"));
        assert!(wrong(TextCheck::Misread, "MÃ¼ller").is_some() && wrong(TextCheck::Misread, "Müller").is_none());
        assert!(wrong(TextCheck::Formula, "=1+2").is_some() && wrong(TextCheck::Formula, "-1.5").is_none());
        assert!(wrong(TextCheck::Blanks, " a").is_some() && wrong(TextCheck::Blanks, "a").is_none());
    }
}
