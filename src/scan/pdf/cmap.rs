//! Character maps: how many bytes a code has, and what text it stands for.

use std::collections::BTreeMap;

use super::object::{Lexer, Token, Value};

/// A character map.
#[derive(Clone, Debug, Default)]
pub(super) struct Cmap {
    /// Length of codes, the first and the last code.
    spaces: Vec<(usize, u32, u32)>,
    /// Text of single codes.
    single: BTreeMap<(usize, u32), String>,
    /// Length, first and last code of a range, and the text of the first.
    ranges: Vec<(usize, u32, u32, Vec<u16>)>,
}

fn code(bytes: &[u8]) -> (usize, u32) {
    (bytes.len(), bytes.iter().fold(0, |code, byte| code << 8 | u32::from(*byte)))
}

fn units(bytes: &[u8]) -> Vec<u16> {
    // A text of one byte is not as the standard has it, and means that byte.
    let bytes = if bytes.len() == 1 { vec![0, bytes[0]] } else { bytes.to_vec() };
    bytes.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect()
}

impl Cmap {
    /// Reads a character map.
    pub(super) fn read(bytes: &[u8]) -> Self {
        let mut cmap = Self::default();
        let mut lexer = Lexer::new(bytes, 0);
        let mut values: Vec<Value> = Vec::new();
        while let Some(token) = lexer.token() {
            match token {
                Token::Value(value) => values.push(value),
                Token::Operator(operator) => {
                    cmap.section(operator, &values);
                    values.clear();
                }
            }
        }
        cmap
    }

    fn section(&mut self, operator: &[u8], values: &[Value]) {
        match operator {
            b"endcodespacerange" => {
                for pair in values.chunks_exact(2) {
                    if let [Value::String(first), Value::String(last)] = pair {
                        self.spaces.push((first.len(), code(first).1, code(last).1));
                    }
                }
            }
            b"endbfchar" => {
                for pair in values.chunks_exact(2) {
                    if let [Value::String(from), Value::String(to)] = pair {
                        self.single.insert(code(from), String::from_utf16_lossy(&units(to)));
                    }
                }
            }
            b"endbfrange" => {
                for three in values.chunks_exact(3) {
                    self.range(three);
                }
            }
            _ => {}
        }
    }

    fn range(&mut self, three: &[Value]) {
        match three {
            [Value::String(first), Value::String(last), Value::String(to)] => {
                self.ranges.push((first.len(), code(first).1, code(last).1, units(to)));
            }
            [Value::String(first), Value::String(_), Value::Array(texts)] => {
                let (length, first) = code(first);
                for (next, text) in (first..).zip(texts) {
                    if let Value::String(text) = text {
                        self.single.insert((length, next), String::from_utf16_lossy(&units(text)));
                    }
                }
            }
            _ => {}
        }
    }

    /// Length of the code that begins these bytes, if the map has code spaces.
    pub(super) fn length(&self, bytes: &[u8]) -> Option<usize> {
        let fits = |(length, first, last): &&(usize, u32, u32)| {
            bytes.get(..*length).is_some_and(|bytes| (*first..=*last).contains(&code(bytes).1))
        };
        let shortest = self.spaces.iter().map(|(length, ..)| *length).min();
        self.spaces.iter().find(fits).map(|(length, ..)| *length).or(shortest).filter(|length| *length > 0)
    }

    /// The text that a code stands for.
    pub(super) fn text(&self, bytes: &[u8]) -> Option<String> {
        let (length, code) = code(bytes);
        if let Some(text) = self.single.get(&(length, code)) {
            return Some(text.clone());
        }
        let within =
            |(of, first, last, _): &&(usize, u32, u32, Vec<u16>)| *of == length && (*first..=*last).contains(&code);
        let (_, first, _, to) = self.ranges.iter().find(within)?;
        let mut units = to.clone();
        let step = u16::try_from(code - first).ok()?;
        let last = units.last_mut()?;
        *last = last.wrapping_add(step);
        Some(String::from_utf16_lossy(&units))
    }
}
