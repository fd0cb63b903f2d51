//! Rust source as tokens, as far as the laws need it.

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Word,
    /// A text, a character, a number.
    Literal,
    Mark(char),
}

#[derive(Clone, Debug)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) text: String,
    pub(super) line: usize,
}

impl Token {
    pub(super) fn is(&self, mark: char) -> bool {
        self.kind == Kind::Mark(mark)
    }

    pub(super) fn is_word(&self, word: &str) -> bool {
        self.kind == Kind::Word && self.text == word
    }
}

/// The tokens of a Rust file, without its comments.
pub(super) fn tokens(source: &str) -> Vec<Token> {
    let text: Vec<char> = source.chars().collect();
    let mut found = Vec::new();
    let (mut at, mut line) = (0, 1);
    while at < text.len() {
        let c = text[at];
        let next = text.get(at + 1).copied();
        let start = at;
        match c {
            '\n' => at += 1,
            c if c.is_whitespace() => at += 1,
            '/' if next == Some('/') => at = end_of_line(&text, at),
            '/' if next == Some('*') => at = end_of_comment(&text, at),
            '"' => at = end_of_text(&text, at),
            'r' | 'b' | 'c' if begins_text(&text, at).is_some() => at = begins_text(&text, at).unwrap_or(at + 1),
            '\'' => at = end_of_character(&text, at),
            c if c.is_alphabetic() || c == '_' => {
                at += text[at..].iter().take_while(|c| c.is_alphanumeric() || **c == '_').count();
                found.push(Token { kind: Kind::Word, text: text[start..at].iter().collect(), line });
            }
            c if c.is_ascii_digit() => {
                at += text[at..].iter().take_while(|c| c.is_alphanumeric() || **c == '_').count();
            }
            c => {
                at += 1;
                found.push(Token { kind: Kind::Mark(c), text: c.to_string(), line });
            }
        }
        if matches!(c, '"' | 'r' | 'b' | 'c' | '\'')
            && found.last().is_none_or(|token| token.line != line || token.kind != Kind::Word)
        {
            found.push(Token { kind: Kind::Literal, text: text[start..at].iter().collect(), line });
        }
        line += text[start..at].iter().filter(|c| **c == '\n').count();
    }
    found
}

pub(super) fn end_of_line(text: &[char], at: usize) -> usize {
    at + text[at..].iter().take_while(|c| **c != '\n').count()
}

pub(super) fn end_of_comment(text: &[char], mut at: usize) -> usize {
    let mut depth = 0;
    loop {
        match (text.get(at), text.get(at + 1)) {
            (Some('/'), Some('*')) => {
                depth += 1;
                at += 2;
            }
            (Some('*'), Some('/')) => {
                depth -= 1;
                at += 2;
                if depth == 0 {
                    return at;
                }
            }
            (Some(_), _) => at += 1,
            (None, _) => return at,
        }
    }
}

pub(super) fn end_of_text(text: &[char], mut at: usize) -> usize {
    at += 1;
    while at < text.len() && text[at] != '"' {
        at += if text[at] == '\\' { 2 } else { 1 };
    }
    (at + 1).min(text.len())
}

/// The end of `r"…"`, `r#"…"#`, `b"…"`, `br"…"`, `b'…'`, `c"…"` that begins here; none if it is a word.
pub(super) fn begins_text(text: &[char], start: usize) -> Option<usize> {
    let mut at = start;
    let mut raw = false;
    while at - start < 2 && matches!(text.get(at), Some('r' | 'b' | 'c')) {
        raw |= text[at] == 'r';
        at += 1;
    }
    let hashes = text[at..].iter().take_while(|c| **c == '#').count();
    if raw && text.get(at + hashes) == Some(&'"') {
        let mut end = at + hashes + 1;
        while end < text.len()
            && !(text[end] == '"' && text[end + 1..].iter().take(hashes).filter(|c| **c == '#').count() == hashes)
        {
            end += 1;
        }
        return Some((end + 1 + hashes).min(text.len()));
    }
    match text.get(at) {
        Some('"') if !raw => Some(end_of_text(text, at)),
        Some('\'') if !raw && text[start] == 'b' => Some(end_of_character(text, at)),
        _ => None,
    }
}

/// The end of a character, or of the quote of a lifetime.
pub(super) fn end_of_character(text: &[char], at: usize) -> usize {
    match (text.get(at + 1), text.get(at + 2)) {
        (Some('\\'), _) => {
            (at + 3 + text[(at + 3).min(text.len())..].iter().take_while(|c| **c != '\'').count() + 1).min(text.len())
        }
        (Some(_), Some('\'')) => at + 3,
        _ => at + 1,
    }
}

/// The tokens outside of what is compiled for tests only.
pub(super) fn without_tests(tokens: &[Token]) -> Vec<Token> {
    let mut kept = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let words: Vec<&str> = tokens[at..].iter().take(7).map(|token| token.text.as_str()).collect();
        if words == ["#", "[", "cfg", "(", "test", ")", "]"] {
            at = end_of_item(tokens, at + 7);
        } else {
            kept.push(tokens[at].clone());
            at += 1;
        }
    }
    kept
}

/// Behind the item, field or statement that begins here.
pub(super) fn end_of_item(tokens: &[Token], mut at: usize) -> usize {
    const ITEMS: [&str; 11] = ["pub", "fn", "mod", "impl", "struct", "enum", "use", "const", "static", "trait", "type"];
    while tokens.get(at).is_some_and(|token| token.is('#')) {
        at = end_of_group(tokens, at + 1);
    }
    let is_item = tokens.get(at).is_some_and(|token| ITEMS.contains(&token.text.as_str()));
    while at < tokens.len() {
        match tokens[at].kind {
            Kind::Mark(';') => return at + 1,
            Kind::Mark(',') if !is_item => return at + 1,
            Kind::Mark('{') => return end_of_group(tokens, at),
            Kind::Mark('(' | '[') => at = end_of_group(tokens, at),
            _ => at += 1,
        }
    }
    at
}

/// Behind the bracket that closes the one here.
pub(super) fn end_of_group(tokens: &[Token], mut at: usize) -> usize {
    let mut depth = 0;
    while at < tokens.len() {
        match tokens[at].kind {
            Kind::Mark('(' | '[' | '{') => depth += 1,
            Kind::Mark(')' | ']' | '}') => depth -= 1,
            _ => {}
        }
        at += 1;
        if depth == 0 {
            break;
        }
    }
    at
}
