//! Content streams: all text that they show, with its place, whether it can be seen or not, and every string and name that
//! stands in them.

use std::collections::BTreeMap;

use super::font::Font;
use super::layout::Piece;
use super::object::{Lexer, Token, Value};
use super::text::of_string;

/// A matrix of six numbers, as PDF has it.
type Matrix = [f64; 6];

const UNMOVED: Matrix = [1.0, 0.0, 0.0, 1.0, 0.0, 0.0];

/// The matrix that does one and then the other.
fn then(one: &Matrix, other: &Matrix) -> Matrix {
    let row = |x: f64, y: f64| (x * other[0] + y * other[2], x * other[1] + y * other[3]);
    let (across, up, moved) = (row(one[0], one[1]), row(one[2], one[3]), row(one[4], one[5]));
    [across.0, across.1, up.0, up.1, moved.0 + other[4], moved.1 + other[5]]
}

/// What a content stream holds.
#[derive(Debug, Default)]
pub(super) struct Shown {
    /// The text in the order in which it is shown.
    pub(super) pieces: Vec<Piece>,
    /// Strings and names that are no text of the page: of marked content, of layers, of resources.
    pub(super) values: Vec<Value>,
    /// Number of glyphs of which no text is known.
    pub(super) unknown: usize,
}

#[derive(Clone)]
struct State {
    matrix: Matrix,
    font: Option<usize>,
    size: f64,
    letters: f64,
    words: f64,
    stretch: f64,
    leading: f64,
    rise: f64,
}

struct Interpreter<'f> {
    fonts: Vec<&'f Font>,
    names: BTreeMap<&'f [u8], usize>,
    state: State,
    saved: Vec<State>,
    /// The matrix of text, and that of the beginning of the line.
    text: Matrix,
    line: Matrix,
    /// The marked content that is open, with the text that replaces its glyphs, if it has one.
    marked: Vec<Option<String>>,
    shown: Shown,
}

/// Reads a content stream with the fonts of its resources.
pub(super) fn show(bytes: &[u8], fonts: &BTreeMap<Vec<u8>, Font>) -> Shown {
    let state = State {
        matrix: UNMOVED,
        font: None,
        size: 1.0,
        letters: 0.0,
        words: 0.0,
        stretch: 1.0,
        leading: 0.0,
        rise: 0.0,
    };
    let mut interpreter = Interpreter {
        fonts: fonts.values().collect(),
        names: fonts.keys().enumerate().map(|(at, name)| (name.as_slice(), at)).collect(),
        state,
        saved: Vec::new(),
        text: UNMOVED,
        line: UNMOVED,
        marked: Vec::new(),
        shown: Shown::default(),
    };
    let mut lexer = Lexer::new(bytes, 0);
    let mut operands = Vec::new();
    while let Some(token) = lexer.token() {
        match token {
            Token::Value(value) => operands.push(value),
            Token::Operator(b"BI") => skip_picture(&mut lexer),
            Token::Operator(operator) => {
                interpreter.operate(operator, &operands);
                operands.clear();
            }
        }
    }
    // What stands after the last operator is not shown, and is there.
    interpreter.shown.values.extend(operands);
    interpreter.shown
}

/// Leaves out the samples of a picture within the stream; they are searched as bytes.
fn skip_picture(lexer: &mut Lexer<'_>) {
    while let Some(token) = lexer.token() {
        if token == Token::Operator(b"ID") {
            break;
        }
    }
    let ends = |four: &[u8]| four[0].is_ascii_whitespace() && &four[1..3] == b"EI" && four[3].is_ascii_whitespace();
    let rest = lexer.rest();
    lexer.at += rest.windows(4).position(ends).map_or(rest.len(), |at| at + 3);
}

impl Interpreter<'_> {
    fn operate(&mut self, operator: &[u8], operands: &[Value]) {
        let number = |at: usize| operands.get(at).and_then(Value::number).unwrap_or_default();
        let matrix = || [number(0), number(1), number(2), number(3), number(4), number(5)];
        match operator {
            b"q" => self.saved.push(self.state.clone()),
            b"Q" => self.state = self.saved.pop().unwrap_or_else(|| self.state.clone()),
            b"cm" => self.state.matrix = then(&matrix(), &self.state.matrix),
            b"BT" => (self.text, self.line) = (UNMOVED, UNMOVED),
            b"Tf" => {
                self.state.font = operands.first().and_then(Value::name).and_then(|name| self.names.get(name)).copied();
                self.state.size = number(1);
                self.shown.values.extend(operands.first().cloned());
            }
            b"Tc" => self.state.letters = number(0),
            b"Tw" => self.state.words = number(0),
            b"Tz" => self.state.stretch = number(0) / 100.0,
            b"TL" => self.state.leading = number(0),
            b"Ts" => self.state.rise = number(0),
            b"Td" => self.next_line(number(0), number(1)),
            b"TD" => {
                self.state.leading = -number(1);
                self.next_line(number(0), number(1));
            }
            b"Tm" => (self.text, self.line) = (matrix(), matrix()),
            b"T*" => self.next_line(0.0, -self.state.leading),
            b"Tj" => self.strings(operands),
            b"'" => {
                self.next_line(0.0, -self.state.leading);
                self.strings(operands);
            }
            b"\"" => {
                (self.state.words, self.state.letters) = (number(0), number(1));
                self.next_line(0.0, -self.state.leading);
                self.strings(operands);
            }
            b"TJ" => self.strings(operands.first().map(Value::values).unwrap_or_default()),
            b"BMC" | b"BDC" => {
                let replacement = operands.get(1).and_then(|properties| properties.get("ActualText"));
                self.marked.push(replacement.and_then(Value::string).map(of_string));
                self.shown.values.extend(operands.iter().cloned());
            }
            b"EMC" => _ = self.marked.pop(),
            _ => self.shown.values.extend(operands.iter().filter(|one| one.number().is_none()).cloned()),
        }
    }

    fn next_line(&mut self, x: f64, y: f64) {
        self.line = then(&[1.0, 0.0, 0.0, 1.0, x, y], &self.line);
        self.text = self.line;
    }

    /// Shows strings, with the distances between them.
    fn strings(&mut self, values: &[Value]) {
        for value in values {
            match value {
                Value::String(string) => self.string(string),
                other => {
                    let back = other.number().unwrap_or_default() / 1000.0 * self.state.size * self.state.stretch;
                    self.forward(-back);
                }
            }
        }
    }

    fn forward(&mut self, by: f64) {
        self.text = then(&[1.0, 0.0, 0.0, 1.0, by, 0.0], &self.text);
    }

    /// Where the pen is on the page.
    fn pen(&self) -> (f64, f64) {
        let [.., x, y] = then(&then(&[1.0, 0.0, 0.0, 1.0, 0.0, self.state.rise], &self.text), &self.state.matrix);
        (x, y)
    }

    fn string(&mut self, string: &[u8]) {
        let plain = Font::default();
        let font = self.state.font.and_then(|at| self.fonts.get(at)).copied().unwrap_or(&plain);
        let start = self.pen();
        let whole = then(&self.text, &self.state.matrix);
        let (mut text, mut encoded, mut sure) = (String::new(), String::new(), true);
        let mut unknown = 0;
        for glyph in font.glyphs(string) {
            unknown += usize::from(glyph.text.is_none());
            text.push_str(glyph.text.as_deref().unwrap_or("\u{fffd}"));
            encoded.push_str(glyph.encoded.as_deref().unwrap_or("\u{fffd}"));
            sure &= glyph.width.is_some();
            let words = if glyph.blank { self.state.words } else { 0.0 };
            let width = glyph.width.unwrap_or(0.5) * self.state.size + self.state.letters + words;
            self.forward(width * self.state.stretch);
        }
        // Glyphs without a text of their own may have one together, in the words of which they are a part.
        if let Some(replacement) = self.marked.iter_mut().flatten().next() {
            text = std::mem::take(replacement);
        } else {
            self.shown.unknown += unknown;
        }
        let end = self.pen();
        let direction = (whole[0], whole[1]);
        let em = self.state.size.abs() * (whole[2] * whole[2] + whole[3] * whole[3]).sqrt();
        self.shown.pieces.push(Piece { text, encoded, start, end, direction, em, sure });
    }
}
