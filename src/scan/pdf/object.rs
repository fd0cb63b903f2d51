//! The objects of PDF as they are written, read from any place on: strings, names, arrays, dictionaries, references, and
//! the operators of content streams.

use crate::scan::encoded::nibble;

/// A value as it is written.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    /// `null`, `true`, `false`.
    Word,
    /// A number.
    Number(f64),
    /// A string, its escapes undone.
    String(Vec<u8>),
    /// A name, its escapes undone.
    Name(Vec<u8>),
    /// An array.
    Array(Vec<Value>),
    /// A dictionary in the order in which it is written, keys that are repeated included.
    Dictionary(Vec<(Vec<u8>, Value)>),
    /// A reference to the object of this number.
    Reference(u32),
}

impl Value {
    /// The value of a key, if this is a dictionary that has it.
    pub(super) fn get(&self, key: &str) -> Option<&Self> {
        self.entries().iter().find(|(name, _)| name == key.as_bytes()).map(|(_, value)| value)
    }

    /// The keys and values of a dictionary; none of another value.
    pub(super) fn entries(&self) -> &[(Vec<u8>, Self)] {
        if let Self::Dictionary(entries) = self { entries } else { &[] }
    }

    /// The values of an array; a single value is one of itself.
    pub(super) fn values(&self) -> &[Self] {
        if let Self::Array(values) = self { values } else { std::slice::from_ref(self) }
    }

    pub(super) fn number(&self) -> Option<f64> {
        if let Self::Number(number) = self { Some(*number) } else { None }
    }

    /// A whole number that counts something.
    pub(super) fn count(&self) -> Option<usize> {
        self.number().filter(|number| number.fract() == 0.0).and_then(whole)
    }

    pub(super) fn reference(&self) -> Option<u32> {
        if let Self::Reference(number) = self { Some(*number) } else { None }
    }

    pub(super) fn string(&self) -> Option<&[u8]> {
        if let Self::String(string) = self { Some(string) } else { None }
    }

    pub(super) fn name(&self) -> Option<&[u8]> {
        if let Self::Name(name) = self { Some(name) } else { None }
    }

    /// Whether the key has this name as its value.
    pub(super) fn is(&self, key: &str, name: &str) -> bool {
        self.get(key).and_then(Self::name) == Some(name.as_bytes())
    }
}

/// A number that is not negative, cut to a whole one.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "in range, and cut on purpose")]
pub(super) fn whole(number: f64) -> Option<usize> {
    (0.0..4e9).contains(&number).then_some(number as usize)
}

/// What stands next.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token<'a> {
    /// A value.
    Value(Value),
    /// An operator or keyword.
    Operator(&'a [u8]),
}

/// Values within values are read so deep.
const DEPTH: usize = 64;

/// Reads values from a place on.
#[derive(Debug)]
pub(super) struct Lexer<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) at: usize,
}

const fn is_blank(byte: u8) -> bool {
    matches!(byte, 0 | b'\t' | b'\n' | 0x0c | b'\r' | b' ')
}

const fn is_delimiter(byte: u8) -> bool {
    matches!(byte, b'(' | b')' | b'<' | b'>' | b'[' | b']' | b'{' | b'}' | b'/' | b'%')
}

impl<'a> Lexer<'a> {
    pub(super) fn new(bytes: &'a [u8], at: usize) -> Self {
        Self { bytes, at }
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn next(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.at += 1;
        Some(byte)
    }

    /// The bytes from here on.
    pub(super) fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    /// Skips white space and comments.
    pub(super) fn skip_blank(&mut self) {
        while let Some(byte) = self.peek() {
            if byte == b'%' {
                while self.peek().is_some_and(|byte| !matches!(byte, b'\n' | b'\r')) {
                    self.at += 1;
                }
            } else if is_blank(byte) {
                self.at += 1;
            } else {
                return;
            }
        }
    }

    /// The run of ordinary characters that stands here.
    fn regular(&mut self) -> &'a [u8] {
        let start = self.at;
        while self.peek().is_some_and(|byte| !is_blank(byte) && !is_delimiter(byte)) {
            self.at += 1;
        }
        &self.bytes[start..self.at]
    }

    /// A value or operator; none at the end, or where nothing of either kind stands.
    pub(super) fn token(&mut self) -> Option<Token<'a>> {
        self.token_at(0)
    }

    /// A value; none if an operator stands there.
    pub(super) fn value(&mut self) -> Option<Value> {
        match self.token()? {
            Token::Value(value) => Some(value),
            Token::Operator(_) => None,
        }
    }

    fn token_at(&mut self, depth: usize) -> Option<Token<'a>> {
        self.skip_blank();
        if depth > DEPTH {
            return None;
        }
        let value = match self.peek()? {
            b'(' => Value::String(self.literal()),
            b'/' => {
                self.at += 1;
                Value::Name(unescaped(self.regular()))
            }
            b'<' if self.rest().starts_with(b"<<") => self.dictionary(depth)?,
            b'<' => Value::String(self.hexadecimal()),
            b'[' => {
                self.at += 1;
                let mut values = Vec::new();
                loop {
                    self.skip_blank();
                    if self.peek()? == b']' {
                        self.at += 1;
                        break Value::Array(values);
                    }
                    match self.token_at(depth + 1)? {
                        Token::Value(value) => values.push(value),
                        // Damage within an array: what follows may still be read.
                        Token::Operator(_) => {}
                    }
                }
            }
            b'+' | b'-' | b'.' | b'0'..=b'9' => self.number_or_reference(),
            b'{' | b'}' | b')' | b'>' | b']' => {
                self.at += 1;
                return Some(Token::Operator(&self.bytes[self.at - 1..self.at]));
            }
            _ => match self.regular() {
                b"null" | b"true" | b"false" => Value::Word,
                word => return Some(Token::Operator(word)),
            },
        };
        Some(Token::Value(value))
    }

    fn number_or_reference(&mut self) -> Value {
        let number = number(self.regular());
        let (after, digits) = (self.at, |word: &[u8]| !word.is_empty() && word.iter().all(u8::is_ascii_digit));
        self.skip_blank();
        let generation = self.regular();
        if number.fract() == 0.0 && digits(generation) {
            self.skip_blank();
            if self.regular() == b"R"
                && let Some(number) = whole(number).and_then(|number| u32::try_from(number).ok())
            {
                return Value::Reference(number);
            }
        }
        self.at = after;
        Value::Number(number)
    }

    fn dictionary(&mut self, depth: usize) -> Option<Value> {
        self.at += 2;
        let mut entries = Vec::new();
        loop {
            self.skip_blank();
            if self.rest().starts_with(b">>") {
                self.at += 2;
                return Some(Value::Dictionary(entries));
            }
            // What is no key is damage, or a value without one: it is kept, so that it is searched.
            let key = match self.token_at(depth + 1)? {
                Token::Value(Value::Name(key)) => key,
                Token::Value(value) => {
                    entries.push((Vec::new(), value));
                    continue;
                }
                Token::Operator(b"endobj" | b"stream") => return None,
                Token::Operator(_) => continue,
            };
            self.skip_blank();
            if self.rest().starts_with(b">>") {
                entries.push((key, Value::Word));
            } else if let Token::Value(value) = self.token_at(depth + 1)? {
                entries.push((key, value));
            }
        }
    }

    fn literal(&mut self) -> Vec<u8> {
        self.at += 1;
        let mut string = Vec::new();
        let mut open = 1;
        while let Some(byte) = self.next() {
            match byte {
                b'(' => open += 1,
                b')' => {
                    open -= 1;
                    if open == 0 {
                        break;
                    }
                }
                b'\\' => {
                    self.escape(&mut string);
                    continue;
                }
                _ => {}
            }
            string.push(byte);
        }
        string
    }

    fn escape(&mut self, string: &mut Vec<u8>) {
        match self.next() {
            Some(b'n') => string.push(b'\n'),
            Some(b'r') => string.push(b'\r'),
            Some(b't') => string.push(b'\t'),
            Some(b'b') => string.push(8),
            Some(b'f') => string.push(12),
            Some(b'\r') => self.at += usize::from(self.peek() == Some(b'\n')),
            Some(b'\n') | None => {}
            Some(digit @ b'0'..=b'7') => {
                let mut code = u32::from(digit - b'0');
                for _ in 0..2 {
                    let Some(digit @ b'0'..=b'7') = self.peek() else { break };
                    code = code * 8 + u32::from(digit - b'0');
                    self.at += 1;
                }
                string.extend(u8::try_from(code & 0xff));
            }
            Some(other) => string.push(other),
        }
    }

    fn hexadecimal(&mut self) -> Vec<u8> {
        self.at += 1;
        let mut digits = Vec::new();
        while let Some(byte) = self.next().filter(|byte| *byte != b'>') {
            digits.extend(nibble(byte));
        }
        digits.chunks(2).map(|pair| pair[0] << 4 | pair.get(1).copied().unwrap_or(0)).collect()
    }
}

/// A number as PDF writes it; what is none is nought, as viewers have it.
fn number(word: &[u8]) -> f64 {
    std::str::from_utf8(word).ok().and_then(|text| text.parse().ok()).unwrap_or_default()
}

/// A name without its escapes.
fn unescaped(name: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(name.len());
    let mut at = 0;
    while let Some(byte) = name.get(at) {
        let pair = name.get(at + 1).copied().and_then(nibble).zip(name.get(at + 2).copied().and_then(nibble));
        let escape = pair.filter(|_| *byte == b'#').map(|(high, low)| high << 4 | low);
        out.push(escape.unwrap_or(*byte));
        at += if escape.is_some() { 3 } else { 1 };
    }
    out
}
