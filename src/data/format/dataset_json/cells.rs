//! The values of one column on their way into the table, each held against the type of its column.

use std::collections::BTreeMap;

use polars::prelude::{
    ChunkedBuilder, Float64Type, Int32Type, Int64Type, PrimitiveChunkedBuilder, StringChunkedBuilder,
};

use super::column::{Column, Holds};
use super::{EXACT, iso};
use crate::data::table::{Problem, Values};
use crate::data::{Kind, Variable, date};

const FRACTION: &str = "the number has a fraction, though its column is declared integer (if the fractions are right, \
                        say in the specification that it is a number)";
const INEXACT: &str = "the whole number is too large to be held exactly";
const NOT_A_NUMBER: &str = "it is no number, though its column is declared one";
const NOT_A_TEXT: &str = "it is a number or a truth value, though its column is declared a text";
const NOT_A_DECIMAL_TEXT: &str = "it is no text, though its column is declared decimal, which stands as text";
const NOT_A_TRUTH_VALUE: &str = "it is neither true nor false, though its column is declared boolean";

/// One column while its rows are read.
pub(super) struct Cells {
    holds: Holds,
    /// The most characters of a text.
    longest: Option<usize>,
    variable: Variable,
    store: Store,
    /// Rows with a value that cannot be what its column says, by what is wrong.
    wrong: BTreeMap<&'static str, Vec<usize>>,
}

enum Store {
    Number(PrimitiveChunkedBuilder<Float64Type>),
    Text(StringChunkedBuilder),
    Date(PrimitiveChunkedBuilder<Int32Type>),
    DateTime(PrimitiveChunkedBuilder<Int64Type>),
    /// Of a column that nobody asked for.
    Nowhere,
}

impl Cells {
    pub(super) fn new(column: &Column) -> Self {
        let name = column.variable.name.as_str();
        let store = match column.holds.kind() {
            _ if !column.kept => Store::Nowhere,
            Kind::Number => Store::Number(PrimitiveChunkedBuilder::new(name.into(), 0)),
            Kind::Text => Store::Text(StringChunkedBuilder::new(name.into(), 0)),
            Kind::Date => Store::Date(PrimitiveChunkedBuilder::new(name.into(), 0)),
            Kind::DateTime => Store::DateTime(PrimitiveChunkedBuilder::new(name.into(), 0)),
        };
        Self {
            holds: column.holds,
            longest: column.variable.length.map(|length| length as usize),
            variable: column.variable.clone(),
            store,
            wrong: BTreeMap::new(),
        }
    }

    /// A missing value.
    pub(super) fn missing(&mut self) {
        match &mut self.store {
            Store::Number(store) => store.append_null(),
            Store::Text(store) => store.append_null(),
            Store::Date(store) => store.append_null(),
            Store::DateTime(store) => store.append_null(),
            Store::Nowhere => {}
        }
    }

    /// A value that stands as text. Nothing but blanks is a missing value: so decimals are missing in CDISC's own files.
    pub(super) fn text(&mut self, row: usize, text: &str) {
        if matches!(self.store, Store::Nowhere) {
            return;
        }
        let text = text.trim_end_matches(' ');
        let possible = match self.holds {
            Holds::Integer | Holds::Float => return self.refuse(row, NOT_A_NUMBER),
            Holds::Boolean => return self.refuse(row, NOT_A_TRUTH_VALUE),
            _ if text.is_empty() => return self.missing(),
            Holds::Decimal => return self.number_or(row, decimal(text)),
            Holds::Time => {
                let what = "the text is not a time hh:mm:ss of the clock, though its column is numeric times";
                return self.number_or(row, iso::seconds(text).ok_or(what));
            }
            Holds::Date => {
                let what = "the text is not a complete date of the calendar, though its column is numeric dates";
                return match (date::parse(text), &mut self.store) {
                    (Some(day), Store::Date(store)) => store.append_value(day),
                    _ => self.refuse(row, what),
                };
            }
            Holds::DateTime => {
                let what = "the text is not a complete date and time (to the millisecond, without time zone), \
                            though its column is numeric times";
                return match (iso::moment(text), &mut self.store) {
                    (Some(moment), Store::DateTime(store)) => store.append_value(moment),
                    _ => self.refuse(row, what),
                };
            }
            Holds::Text => Ok(()),
            Holds::DateText => iso::is_date(text).then_some(()).ok_or("the text is not an ISO 8601 date"),
            Holds::DateTimeText => {
                iso::is_datetime(text).then_some(()).ok_or("the text is not an ISO 8601 date and time")
            }
            Holds::TimeText => iso::is_time(text).then_some(()).ok_or("the text is not an ISO 8601 time"),
        };
        if let Err(what) = possible {
            self.wrong.entry(what).or_default().push(row);
        }
        if self.longest.is_some_and(|longest| text.len() > longest && text.chars().count() > longest) {
            self.wrong.entry("the text has more characters than the length of its column").or_default().push(row);
        }
        if text.as_bytes().contains(&0) {
            self.wrong.entry("the text holds a NUL character").or_default().push(row);
        }
        if let Store::Text(store) = &mut self.store {
            store.append_value(text);
        }
    }

    /// A whole number, of which a double may not hold all digits.
    pub(super) fn whole(&mut self, row: usize, magnitude: u64, value: f64) {
        if magnitude > EXACT && matches!(self.holds, Holds::Integer | Holds::Float) {
            self.refuse(row, INEXACT);
        } else {
            self.number(row, value);
        }
    }

    /// A number as JSON has it.
    #[expect(clippy::cast_precision_loss, reason = "a power of two")]
    pub(super) fn number(&mut self, row: usize, value: f64) {
        match self.holds {
            Holds::Integer if value.fract() != 0.0 => self.refuse(row, FRACTION),
            Holds::Integer if value.abs() > EXACT as f64 => self.refuse(row, INEXACT),
            Holds::Integer | Holds::Float => self.number_or(row, Ok(value)),
            Holds::Decimal => self.refuse(row, NOT_A_DECIMAL_TEXT),
            Holds::Boolean => self.refuse(row, NOT_A_TRUTH_VALUE),
            _ => self.refuse(row, NOT_A_TEXT),
        }
    }

    /// `true` or `false`.
    pub(super) fn truth(&mut self, row: usize, value: bool) {
        match self.holds {
            Holds::Boolean => self.number_or(row, Ok(f64::from(u8::from(value)))),
            Holds::Integer | Holds::Float => self.refuse(row, NOT_A_NUMBER),
            Holds::Decimal => self.refuse(row, NOT_A_DECIMAL_TEXT),
            _ => self.refuse(row, NOT_A_TEXT),
        }
    }

    fn number_or(&mut self, row: usize, value: Result<f64, &'static str>) {
        match (value, &mut self.store) {
            (Ok(value), Store::Number(store)) => store.append_value(value + 0.0),
            (Err(what), _) => self.refuse(row, what),
            (Ok(_), _) => {}
        }
    }

    fn refuse(&mut self, row: usize, what: &'static str) {
        if !matches!(self.store, Store::Nowhere) {
            self.wrong.entry(what).or_default().push(row);
            self.missing();
        }
    }

    /// The variable with its values and what is wrong with them; none of a column that nobody asked for.
    pub(super) fn finish(self) -> Option<(Variable, Values, Vec<Problem>)> {
        let values = match self.store {
            Store::Number(store) => Values::Number(store.finish()),
            Store::Text(store) => Values::Text(store.finish()),
            Store::Date(store) => Values::Date(store.finish()),
            Store::DateTime(store) => Values::DateTime(store.finish()),
            Store::Nowhere => return None,
        };
        let variable = &self.variable.name;
        let problem = |(message, rows)| Problem { variable: variable.clone(), message, rows };
        let problems = self.wrong.into_iter().map(problem).collect();
        Some((self.variable, values, problems))
    }
}

/// The number that a decimal text says, as long as a double can tell it from every other text of as many digits.
fn decimal(text: &str) -> Result<f64, &'static str> {
    let numeric = |byte: u8| byte.is_ascii_digit() || matches!(byte, b'.' | b'-' | b'+' | b'e' | b'E');
    let number = text.bytes().all(numeric).then(|| text.parse::<f64>().ok()).flatten();
    let number = number.ok_or("the text is not a decimal number with a point")?;
    if number.is_infinite() {
        return Err("the value is infinite");
    }
    if loses_digits(text, number) { Err("the decimal has more digits than a double holds") } else { Ok(number) }
}

/// Whether the double, written with as many digits as the text has, is another number than the text.
fn loses_digits(text: &str, number: f64) -> bool {
    /// Every decimal of so many digits is told from its neighbours by a double.
    const SAFE: usize = 15;
    /// No double has more.
    const MOST: usize = 767;
    let mantissa = text.split(['e', 'E']).next().unwrap_or_default();
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    let digits = digits.trim_start_matches('0').trim_end_matches('0');
    if digits.len() <= SAFE && (number != 0.0 || digits.is_empty()) {
        return false;
    }
    if digits.len() > MOST {
        return true;
    }
    let shown = format!("{:.*e}", digits.len().saturating_sub(1), number.abs());
    let held: String = shown.split('e').next().unwrap_or_default().chars().filter(char::is_ascii_digit).collect();
    held != digits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decimal_is_exact_as_written_or_refused() {
        for (text, number) in [
            ("0.1", 0.1_f64),
            ("-.5", -0.5),
            ("1.50", 1.5),
            ("0.10000000000000001", 0.1),
            ("0.1000000000000000055511151231257827", 0.1),
            ("9007199254740992", 9_007_199_254_740_992.0),
            ("0.000", 0.0),
            ("5E-324", 5e-324),
        ] {
            assert_eq!(decimal(text).map(f64::to_bits), Ok(number.to_bits()), "{text}");
        }
        for text in ["9007199254740993", "0.12345678901234567891", "1e-999", "12345678901234567.5"] {
            assert_eq!(decimal(text), Err("the decimal has more digits than a double holds"), "{text}");
        }
        for text in ["1,5", "1 000", "NaN", "inf", "-", "1e", "0x1"] {
            assert_eq!(decimal(text), Err("the text is not a decimal number with a point"), "{text}");
        }
        assert_eq!(decimal("1e400"), Err("the value is infinite"));
    }
}
