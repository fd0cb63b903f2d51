//! The fields of one column, what sort of values they are, and the values.

use polars::prelude::{Float64Chunked, Int32Chunked, Int64Chunked, NewChunkedArray, StringChunkedBuilder};

use super::field::{day, is_day, is_moment, is_number, moment, number, special};
use crate::data::Kind;
use crate::data::table::Values;

/// The fields of one column one after the other, without trailing blanks; the missing ones are empty.
pub(super) struct Cells {
    text: String,
    lengths: Vec<u32>,
    /// The declared kind; without one, it is told by the fields.
    pub(super) declared: Option<Kind>,
    seen: Seen,
}

/// What the fields so far allow a column to be, those of records that are not kept among them: a column does not change
/// its kind with the records that are asked for.
struct Seen {
    any: bool,
    numbers: bool,
    days: bool,
    moments: bool,
}

impl Cells {
    /// A column without fields. Names in `DTC` are the dates of CDISC that may be partial: unless declared otherwise, they
    /// are text even where all are complete.
    pub(super) fn new(name: &str, declared: Option<Kind>) -> Self {
        let dates = !name.to_ascii_uppercase().ends_with("DTC");
        let seen = Seen { any: false, numbers: true, days: dates, moments: dates };
        Self { text: String::new(), lengths: Vec::new(), declared, seen }
    }

    /// Looks at a field; empty if it is missing.
    pub(super) fn see(&mut self, field: &str) {
        if self.declared.is_some() || field.is_empty() {
            return;
        }
        let seen = &mut self.seen;
        seen.any = true;
        seen.numbers = seen.numbers && is_number(field);
        seen.days = seen.days && is_day(field.as_bytes());
        seen.moments = seen.moments && is_moment(field.as_bytes(), b'T');
    }

    /// Adds a field, which is shorter than 4 GiB; empty if it is missing.
    pub(super) fn push(&mut self, field: &str) {
        self.text.push_str(field);
        self.lengths.push(u32::try_from(field.len()).expect("the reader refuses larger fields"));
    }

    /// What the column holds: what is declared, or numbers, days or moments if every field is one, otherwise text.
    pub(super) fn kind(&self) -> Kind {
        match (self.declared, &self.seen) {
            (Some(kind), _) => kind,
            (None, Seen { any: true, numbers: true, .. }) => Kind::Number,
            (None, Seen { any: true, days: true, .. }) => Kind::Date,
            (None, Seen { any: true, moments: true, .. }) => Kind::DateTime,
            (None, _) => Kind::Text,
        }
    }

    /// All fields in order; none for the missing ones.
    fn iter(&self) -> impl Iterator<Item = Option<&str>> {
        let mut start = 0;
        self.lengths.iter().map(move |length| {
            let end = start + *length as usize;
            let field = &self.text[std::mem::replace(&mut start, end)..end];
            (!field.is_empty()).then_some(field)
        })
    }

    /// The values, and the rows of the special missing ones; `flaw` is told the row and the field of what is not of the
    /// kind of the column, and what it is not.
    pub(super) fn values(&self, name: &str, flaw: &mut dyn FnMut(usize, &str, &str)) -> (Values, Vec<(u32, char)>) {
        let mut specials = Vec::new();
        let values = match self.kind() {
            Kind::Text => {
                let mut builder = StringChunkedBuilder::new(name.into(), self.lengths.len());
                self.iter().for_each(|field| builder.append_option(field));
                Values::Text(builder.finish())
            }
            Kind::Number => {
                let declared = self.declared.is_some();
                let numbers = (0_u32..).zip(self.iter()).map(|(row, field)| {
                    let field = field?;
                    match number(field) {
                        Ok(number) => Some(number),
                        Err(what) => {
                            match special(field).filter(|_| declared) {
                                Some(letter) => specials.push((row, letter)),
                                None => flaw(row as usize, field, what),
                            }
                            None
                        }
                    }
                });
                Values::Number(Float64Chunked::from_iter_options(name.into(), numbers))
            }
            Kind::Date => {
                let days = self.parsed(day, "a day of the calendar", flaw);
                Values::Date(Int32Chunked::from_iter_options(name.into(), days))
            }
            Kind::DateTime => {
                let moments = self.parsed(moment, "a time of the calendar and the clock", flaw);
                Values::DateTime(Int64Chunked::from_iter_options(name.into(), moments))
            }
        };
        (values, specials)
    }

    fn parsed<'a, T>(
        &'a self,
        parse: impl Fn(&str) -> Option<T> + 'a,
        what: &'a str,
        flaw: &'a mut dyn FnMut(usize, &str, &str),
    ) -> impl Iterator<Item = Option<T>> + 'a {
        self.iter().enumerate().map(move |(row, field)| {
            let value = parse(field?);
            if value.is_none() {
                flaw(row, field.unwrap_or_default(), what);
            }
            value
        })
    }
}
