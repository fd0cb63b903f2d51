//! The values of a variable, as define.xml speaks of them.

use std::borrow::Cow;
use std::cmp::Ordering;

use polars::prelude::{Column, Float64Chunked, Int32Chunked, Int64Chunked, StringChunked};

use super::{Comparator, RangeCheck, WhereClause};
use crate::data::{Dataset, Kind, date};

/// The values of a variable, one for each record.
#[derive(Clone, Copy)]
pub(super) enum Cells<'a> {
    Number(&'a Float64Chunked),
    Text(&'a StringChunked),
    /// Days since 1970-01-01.
    Date(&'a Int32Chunked),
    /// Milliseconds since 1970-01-01 00:00.
    DateTime(&'a Int64Chunked),
}

impl<'a> Cells<'a> {
    /// The values of that variable; none if the dataset has none of the name.
    pub(super) fn of(dataset: &'a Dataset, name: &str) -> Option<Self> {
        let column: &Column = dataset.frame.column(name).ok()?;
        match dataset.variable(name)?.kind {
            Kind::Number => column.f64().ok().map(Self::Number),
            Kind::Text => column.str().ok().map(Self::Text),
            Kind::Date => column.date().ok().map(|days| Self::Date(days.physical())),
            Kind::DateTime => column.datetime().ok().map(|times| Self::DateTime(times.physical())),
        }
    }

    pub(super) fn is_missing(self, row: usize) -> bool {
        match self {
            Self::Number(values) => values.get(row).is_none(),
            Self::Text(values) => values.get(row).is_none(),
            Self::Date(values) => values.get(row).is_none(),
            Self::DateTime(values) => values.get(row).is_none(),
        }
    }

    /// The value in words, as define.xml would write it.
    pub(super) fn shown(self, row: usize) -> Option<Cow<'a, str>> {
        match self {
            Self::Number(values) => values.get(row).map(|value| value.to_string().into()),
            Self::Text(values) => values.get(row).map(Cow::Borrowed),
            Self::Date(values) => values.get(row).map(|day| date::text(day).into()),
            Self::DateTime(values) => values.get(row).and_then(moment).map(Into::into),
        }
    }

    /// Two records by this variable; missing values come first and are equal.
    pub(super) fn compare(self, a: usize, b: usize) -> Ordering {
        match self {
            Self::Number(values) => match (values.get(a), values.get(b)) {
                (Some(a), Some(b)) => a.partial_cmp(&b).unwrap_or(Ordering::Equal),
                (a, b) => a.is_some().cmp(&b.is_some()),
            },
            Self::Text(values) => values.get(a).cmp(&values.get(b)),
            Self::Date(values) => values.get(a).cmp(&values.get(b)),
            Self::DateTime(values) => values.get(a).cmp(&values.get(b)),
        }
    }

    /// How the value of a record stands to one of define.xml: numbers as numbers, all else as text, of which ISO 8601 has
    /// the order of time. None if either is no value of the type.
    fn against(self, row: usize, value: &str) -> Option<Ordering> {
        match self {
            Self::Number(values) => values.get(row)?.partial_cmp(&value.parse().ok()?),
            _ => Some(self.shown(row)?.as_ref().cmp(value)),
        }
    }
}

/// `YYYY-MM-DDThh:mm:ss` of milliseconds since 1970; parts of a second are left out.
fn moment(milliseconds: i64) -> Option<String> {
    let day = i32::try_from(milliseconds.div_euclid(86_400_000)).ok()?;
    let second = milliseconds.rem_euclid(86_400_000) / 1000;
    Some(format!("{}T{:02}:{:02}:{:02}", date::text(day), second / 3600, second / 60 % 60, second % 60))
}

/// Whether a record fulfils a check. A missing value equals an empty text only; it is neither less nor greater than any
/// value, and therefore fulfils `NE` and `NOTIN`.
fn fulfils(check: &RangeCheck, cells: Cells, row: usize) -> bool {
    let missing = cells.is_missing(row);
    let equal = |value: &String| {
        if value.is_empty() { missing } else { cells.against(row, value) == Some(Ordering::Equal) }
    };
    let ordering = || check.values.first().and_then(|value| cells.against(row, value));
    match check.comparator {
        Comparator::Eq | Comparator::In => check.values.iter().any(equal),
        Comparator::Ne | Comparator::NotIn => !check.values.iter().any(equal),
        Comparator::Lt => ordering().is_some_and(Ordering::is_lt),
        Comparator::Le => ordering().is_some_and(Ordering::is_le),
        Comparator::Gt => ordering().is_some_and(Ordering::is_gt),
        Comparator::Ge => ordering().is_some_and(Ordering::is_ge),
    }
}

/// The records that fulfil one of the clauses; none if a clause speaks of a variable that the dataset has not, so that
/// its records cannot be told.
pub(super) fn selected(dataset: &Dataset, clauses: &[WhereClause]) -> Option<Vec<usize>> {
    let mut bound: Vec<Vec<(&RangeCheck, Cells)>> = Vec::with_capacity(clauses.len());
    for clause in clauses {
        let checks = clause.checks.iter().map(|check| Some((check, Cells::of(dataset, check.variable.as_deref()?)?)));
        bound.push(checks.collect::<Option<_>>()?);
    }
    let holds =
        |row: &usize| bound.iter().any(|checks| checks.iter().all(|(check, cells)| fulfils(check, *cells, *row)));
    Some((0..dataset.frame.height()).filter(holds).collect())
}

/// The clauses in words.
pub(super) fn words(clauses: &[WhereClause]) -> String {
    let check = |check: &RangeCheck| {
        let variable = check.variable.as_deref().unwrap_or("a variable of another dataset");
        format!("{variable} {} {}", check.comparator.word(), check.values.join(", "))
    };
    let clause = |clause: &WhereClause| clause.checks.iter().map(check).collect::<Vec<_>>().join(" and ");
    clauses.iter().map(clause).collect::<Vec<_>>().join(" or ")
}
