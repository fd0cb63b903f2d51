//! Columns of values as rules see them: truths, measures, texts and dates, with what is missing and what is only bounded.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A truth value of three-valued (Kleene) logic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Truth {
    /// Known to be false.
    False,
    /// Known to be true.
    True,
    /// Cannot be decided from what is available.
    #[default]
    Unknown,
}

impl Truth {
    /// Of a known condition.
    #[must_use]
    pub const fn of(known: bool) -> Self {
        if known { Self::True } else { Self::False }
    }

    /// Whether it is known to be true: what "selected by a rule" means.
    #[must_use]
    pub const fn holds(self) -> bool {
        matches!(self, Self::True)
    }

    /// False if one is false, else unknown if one is unknown.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::False, _) | (_, Self::False) => Self::False,
            (Self::Unknown, _) | (_, Self::Unknown) => Self::Unknown,
            _ => Self::True,
        }
    }

    /// True if one is true, else unknown if one is unknown.
    #[must_use]
    pub const fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::True, _) | (_, Self::True) => Self::True,
            (Self::Unknown, _) | (_, Self::Unknown) => Self::Unknown,
            _ => Self::False,
        }
    }

    /// Unknown stays unknown.
    #[must_use]
    pub const fn negated(self) -> Self {
        match self {
            Self::True => Self::False,
            Self::False => Self::True,
            Self::Unknown => Self::Unknown,
        }
    }
}

/// A measured value: a number, or an interval where only a bound is known ("<0.5" is everything from 0 to below 0.5).
///
/// Missing is a value of its own, [`Measure::MISSING`]; no limit is ever NaN otherwise.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Measure {
    /// Lower limit.
    pub low: f64,
    /// Upper limit.
    pub high: f64,
    /// Whether the lower limit itself is excluded.
    pub low_open: bool,
    /// Whether the upper limit itself is excluded.
    pub high_open: bool,
}

impl Measure {
    /// No value.
    pub const MISSING: Self = Self { low: f64::NAN, high: f64::NAN, low_open: false, high_open: false };

    /// A value known exactly; missing where it is not finite.
    #[must_use]
    pub const fn exact(value: f64) -> Self {
        if value.is_finite() {
            Self { low: value, high: value, low_open: false, high_open: false }
        } else {
            Self::MISSING
        }
    }

    /// Below a limit of detection, of a quantity that cannot be negative.
    #[must_use]
    pub const fn below(limit: f64) -> Self {
        Self { low: 0.0, high: limit, low_open: false, high_open: true }
    }

    /// Above the range of an assay.
    #[must_use]
    pub const fn above(limit: f64) -> Self {
        Self { low: limit, high: f64::INFINITY, low_open: true, high_open: false }
    }

    /// Reads a result as laboratories write it: a number, or "<x", "<=x", ">x", ">=x". Anything else is none.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let text = text.trim();
        let number = |rest: &str| rest.trim().parse::<f64>().ok().filter(|value| value.is_finite());
        if let Some(rest) = text.strip_prefix("<=").or_else(|| text.strip_prefix('≤')) {
            number(rest).map(|limit| Self { high_open: false, ..Self::below(limit) })
        } else if let Some(rest) = text.strip_prefix(">=").or_else(|| text.strip_prefix('≥')) {
            number(rest).map(|limit| Self { low_open: false, ..Self::above(limit) })
        } else if let Some(rest) = text.strip_prefix('<') {
            number(rest).map(Self::below)
        } else if let Some(rest) = text.strip_prefix('>') {
            number(rest).map(Self::above)
        } else {
            number(text).map(Self::exact)
        }
    }

    /// Whether there is no value.
    #[must_use]
    pub const fn is_missing(&self) -> bool {
        self.low.is_nan()
    }

    /// The value, where it is known exactly.
    #[must_use]
    pub fn value(&self) -> Option<f64> {
        (self.low.to_bits() == self.high.to_bits() && self.low.is_finite()).then_some(self.low)
    }

    /// The value less another: the interval of all differences.
    #[must_use]
    pub fn less(self, other: Self) -> Self {
        Self {
            low: self.low - other.high,
            high: self.high - other.low,
            low_open: self.low_open || other.high_open,
            high_open: self.high_open || other.low_open,
        }
    }

    /// The value divided by a positive number.
    #[must_use]
    pub fn divided(self, by: f64) -> Self {
        Self { low: self.low / by, high: self.high / by, ..self }
    }

    /// The value times a positive factor: a change of unit.
    #[must_use]
    pub fn scaled(self, factor: f64) -> Self {
        Self { low: self.low * factor, high: self.high * factor, ..self }
    }
}

/// A column of texts as a dictionary and codes; [`Texts::MISSING`] is no text.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Texts {
    /// One code a row, an index of `words`.
    pub codes: Vec<u32>,
    /// The distinct texts, in order of first appearance.
    pub words: Vec<Arc<str>>,
}

impl Texts {
    /// The code of a missing text.
    pub const MISSING: u32 = u32::MAX;

    /// Encodes a column.
    #[must_use]
    pub fn encode<'a>(values: impl Iterator<Item = Option<&'a str>>) -> Self {
        let mut builder = TextsBuilder::default();
        values.for_each(|value| builder.push(value));
        builder.finish()
    }

    /// The same text `rows` times.
    #[must_use]
    pub fn constant(text: &str, rows: usize) -> Self {
        Self { codes: vec![0; rows], words: vec![Arc::from(text)] }
    }

    /// The text of a row.
    #[must_use]
    pub fn get(&self, row: usize) -> Option<&str> {
        self.codes.get(row).and_then(|code| self.words.get(*code as usize)).map(|word| &**word)
    }
}

/// Collects texts into a dictionary and codes.
#[derive(Default)]
pub struct TextsBuilder {
    texts: Texts,
    known: BTreeMap<Arc<str>, u32>,
    last: Option<u32>,
}

impl TextsBuilder {
    /// Adds the text of the next row.
    pub fn push(&mut self, value: Option<&str>) {
        let Some(value) = value else {
            self.texts.codes.push(Texts::MISSING);
            return;
        };
        // Runs of one text are the common case in long datasets.
        if let Some(last) = self.last
            && &*self.texts.words[last as usize] == value
        {
            self.texts.codes.push(last);
            return;
        }
        let code = self.known.get(value).copied().unwrap_or_else(|| {
            let code = u32::try_from(self.texts.words.len()).unwrap_or(Texts::MISSING);
            let word: Arc<str> = Arc::from(value);
            self.texts.words.push(Arc::clone(&word));
            self.known.insert(word, code);
            code
        });
        self.last = Some(code);
        self.texts.codes.push(code);
    }

    /// The column.
    #[must_use]
    pub fn finish(self) -> Texts {
        self.texts
    }
}

/// The type of a column or rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Type {
    /// True, false or unknown.
    Truth,
    /// A number, perhaps only bounded.
    Number,
    /// A text.
    Text,
    /// A date.
    Date,
}

impl Type {
    /// As a person says it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Truth => "true or false",
            Self::Number => "a number",
            Self::Text => "a text",
            Self::Date => "a date",
        }
    }
}

/// A column of one type.
#[derive(Clone, Debug, PartialEq)]
pub enum Vector {
    /// Truths.
    Truth(Vec<Truth>),
    /// Measures.
    Number(Vec<Measure>),
    /// Texts.
    Text(Texts),
    /// Dates, days since 1970.
    Date(Vec<Option<i32>>),
}

impl Vector {
    /// Its type.
    #[must_use]
    pub const fn kind(&self) -> Type {
        match self {
            Self::Truth(_) => Type::Truth,
            Self::Number(_) => Type::Number,
            Self::Text(_) => Type::Text,
            Self::Date(_) => Type::Date,
        }
    }

    /// Number of rows.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Truth(values) => values.len(),
            Self::Number(values) => values.len(),
            Self::Text(texts) => texts.codes.len(),
            Self::Date(values) => values.len(),
        }
    }

    /// Whether it has no rows.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether the value of a row is missing or unknown.
    #[must_use]
    pub fn is_null(&self, row: usize) -> bool {
        match self {
            Self::Truth(values) => values.get(row).is_none_or(|truth| *truth == Truth::Unknown),
            Self::Number(values) => values.get(row).is_none_or(Measure::is_missing),
            Self::Text(texts) => texts.get(row).is_none(),
            Self::Date(values) => values.get(row).is_none_or(Option::is_none),
        }
    }

    /// So many missing values.
    #[must_use]
    pub fn missing(kind: Type, rows: usize) -> Self {
        match kind {
            Type::Truth => Self::Truth(vec![Truth::Unknown; rows]),
            Type::Number => Self::Number(vec![Measure::MISSING; rows]),
            Type::Text => Self::Text(Texts { codes: vec![Texts::MISSING; rows], words: Vec::new() }),
            Type::Date => Self::Date(vec![None; rows]),
        }
    }

    /// Number of rows without a value.
    #[must_use]
    pub fn nulls(&self) -> usize {
        (0..self.len()).filter(|row| self.is_null(*row)).count()
    }

    /// The order of two rows: false, the smaller and the earlier text come first, and missing before all.
    #[must_use]
    pub fn compare(&self, a: usize, b: usize) -> Ordering {
        match (self.is_null(a), self.is_null(b)) {
            (true, true) => return Ordering::Equal,
            (true, false) => return Ordering::Less,
            (false, true) => return Ordering::Greater,
            (false, false) => {}
        }
        match self {
            Self::Truth(values) => values[a].cmp(&values[b]),
            Self::Number(values) => values[a].low.total_cmp(&values[b].low),
            Self::Text(texts) => texts.get(a).cmp(&texts.get(b)),
            Self::Date(values) => values[a].cmp(&values[b]),
        }
    }

    /// The rows of these positions; none gives a missing value.
    #[must_use]
    pub fn gather(&self, rows: &[Option<usize>]) -> Self {
        match self {
            Self::Truth(values) => {
                Self::Truth(rows.iter().map(|row| row.map_or(Truth::Unknown, |row| values[row])).collect())
            }
            Self::Number(values) => {
                Self::Number(rows.iter().map(|row| row.map_or(Measure::MISSING, |row| values[row])).collect())
            }
            Self::Text(texts) => Self::Text(Texts {
                codes: rows.iter().map(|row| row.map_or(Texts::MISSING, |row| texts.codes[row])).collect(),
                words: texts.words.clone(),
            }),
            Self::Date(values) => Self::Date(rows.iter().map(|row| row.and_then(|row| values[row])).collect()),
        }
    }

    /// The value of a row as plain text, for listings and exports: shortest form of a number, ISO date, "" for none.
    #[must_use]
    pub fn show(&self, row: usize) -> String {
        match self {
            Self::Truth(values) => match values.get(row) {
                Some(Truth::True) => "true".to_owned(),
                Some(Truth::False) => "false".to_owned(),
                _ => String::new(),
            },
            Self::Number(values) => values.get(row).map_or_else(String::new, |measure| show_measure(*measure)),
            Self::Text(texts) => texts.get(row).unwrap_or("").to_owned(),
            Self::Date(values) => values.get(row).copied().flatten().map_or_else(String::new, crate::data::date::text),
        }
    }
}

fn show_measure(measure: Measure) -> String {
    match measure.value() {
        _ if measure.is_missing() => String::new(),
        Some(value) => value.to_string(),
        None if measure.high.is_infinite() => format!("{}{}", if measure.low_open { ">" } else { ">=" }, measure.low),
        None if measure.low == 0.0 => format!("{}{}", if measure.high_open { "<" } else { "<=" }, measure.high),
        None => format!("{} to {}", measure.low, measure.high),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kleene_tables() {
        use Truth::{False as F, True as T, Unknown as U};
        let all = [F, T, U];
        let and = [[F, F, F], [F, T, U], [F, U, U]];
        let or = [[F, T, U], [T, T, T], [U, T, U]];
        for (i, a) in all.iter().enumerate() {
            for (j, b) in all.iter().enumerate() {
                assert_eq!(a.and(*b), and[i][j]);
                assert_eq!(a.or(*b), or[i][j]);
                assert_eq!(a.and(*b).negated(), a.negated().or(b.negated()));
            }
        }
    }

    #[test]
    fn results_are_read_as_laboratories_write_them() {
        assert_eq!(Measure::read("0.5"), Some(Measure::exact(0.5)));
        assert_eq!(Measure::read(" <0.10"), Some(Measure::below(0.10)));
        assert_eq!(Measure::read(">400"), Some(Measure::above(400.0)));
        assert_eq!(Measure::read("trace"), None);
        assert_eq!(Measure::read("NaN"), None);
        assert_eq!(Measure::read("<="), None);
    }

    #[test]
    fn texts_are_encoded_once() {
        let texts = Texts::encode([Some("a"), Some("a"), None, Some("b"), Some("a")].into_iter());
        assert_eq!(texts.codes, [0, 0, Texts::MISSING, 1, 0]);
        assert_eq!(texts.get(3), Some("b"));
        assert_eq!(texts.get(2), None);
    }
}
