//! What a reader hands over and a writer is given: the variables of one file with their values, in its order.

use std::collections::BTreeSet;

use polars::prelude::{
    ChunkTake, Column, DataType, Float64Chunked, IdxCa, Int32Chunked, Int64Chunked, IntoColumn, StringChunked, TimeUnit,
};

use super::format::DatasetFile;
use super::{Kind, SpecialMissing, Variable, date};
use crate::error::{Finding, Place};

/// The values of one variable as a reader hands them over.
#[derive(Clone, Debug)]
pub(super) enum Values {
    Number(Float64Chunked),
    Text(StringChunked),
    /// Days since 1970-01-01.
    Date(Int32Chunked),
    /// Milliseconds since 1970-01-01 00:00.
    DateTime(Int64Chunked),
}

impl Values {
    pub(super) const fn kind(&self) -> Kind {
        match self {
            Self::Number(_) => Kind::Number,
            Self::Text(_) => Kind::Text,
            Self::Date(_) => Kind::Date,
            Self::DateTime(_) => Kind::DateTime,
        }
    }

    /// The values of a column of a dataset; none if it is of no kind that readers hand over.
    pub(super) fn of(column: &Column) -> Option<Self> {
        let series = column.as_materialized_series();
        Some(match column.dtype() {
            DataType::Float64 => Self::Number(series.f64().ok()?.clone()),
            DataType::String => Self::Text(series.str().ok()?.clone()),
            DataType::Date => Self::Date(series.date().ok()?.physical().clone()),
            DataType::Datetime(..) => Self::DateTime(series.datetime().ok()?.physical().clone()),
            _ => return None,
        })
    }

    pub(super) fn into_column(self) -> Column {
        match self {
            Self::Number(values) => values.into_column(),
            Self::Text(values) => values.into_column(),
            Self::Date(values) => values.into_date().into_column(),
            Self::DateTime(values) => values.into_datetime(TimeUnit::Milliseconds, None).into_column(),
        }
    }

    /// The values of these rows, which exist, in this order.
    pub(super) fn taken(self, rows: &IdxCa) -> Self {
        const BOUNDS: &str = "only rows of the table are asked for";
        match self {
            Self::Number(values) => Self::Number(values.rechunk().take(rows).expect(BOUNDS)),
            Self::Text(values) => Self::Text(values.rechunk().take(rows).expect(BOUNDS)),
            Self::Date(values) => Self::Date(values.rechunk().take(rows).expect(BOUNDS)),
            Self::DateTime(values) => Self::DateTime(values.rechunk().take(rows).expect(BOUNDS)),
        }
    }

    /// The value as a person names it; none when it is null.
    pub(super) fn shown(&self, row: usize) -> Option<String> {
        match self {
            Self::Number(values) => values.get(row).map(|value| value.to_string()),
            Self::Text(values) => values.get(row).map(str::to_owned),
            Self::Date(values) => values.get(row).map(date::text),
            Self::DateTime(values) => values.get(row).map(instant),
        }
    }
}

/// `YYYY-MM-DDThh:mm:ss.sss` of milliseconds since 1970-01-01 00:00.
fn instant(time: i64) -> String {
    const DAY: i64 = 86_400_000;
    let (day, rest) = (time.div_euclid(DAY), time.rem_euclid(DAY));
    let (hour, minute, second) = (rest / 3_600_000, rest / 60_000 % 60, rest / 1000 % 60);
    let day = date::text(i32::try_from(day).unwrap_or(i32::MAX));
    format!("{day}T{hour:02}:{minute:02}:{second:02}.{:03}", rest % 1000)
}

/// Values of one variable that cannot be what they should, in the rows where they stand.
#[derive(Debug)]
pub(super) struct Problem {
    pub(super) variable: String,
    pub(super) message: &'static str,
    pub(super) rows: Vec<usize>,
}

/// What a reader makes of a file: columns in the order of the file, records in the order of the file.
#[derive(Debug, Default)]
pub(super) struct Table {
    /// What the file says the dataset is; empty if nothing.
    pub(super) label: String,
    /// The variables whose values together identify a record, where the file says so.
    pub(super) keys: Vec<String>,
    pub(super) records: usize,
    pub(super) variables: Vec<Variable>,
    pub(super) values: Vec<Values>,
    pub(super) special_missing: SpecialMissing,
    pub(super) problems: Vec<Problem>,
    /// Whether the reader has left out already what the reading of the file does not keep.
    pub(super) selected: bool,
}

impl Table {
    /// The problems as findings, with the subjects concerned.
    pub(super) fn findings(&self, file: &DatasetFile, subject: &str) -> Vec<Finding> {
        let subjects = self.variables.iter().position(|variable| variable.name == subject).map(|at| &self.values[at]);
        let named = |row: usize| {
            subjects.and_then(|values| values.shown(row)).unwrap_or_else(|| format!("unknown in record {}", row + 1))
        };
        self.problems
            .iter()
            .map(|problem| {
                let mut seen = BTreeSet::new();
                let who = problem.rows.iter().map(|row| named(*row)).filter(|who| seen.insert(who.clone()));
                let place = Place::dataset(&file.name).variable(&problem.variable).subjects(who);
                let records = problem.rows.len();
                let count = if records == 1 { String::new() } else { format!(" ({records} records)") };
                Finding::error(Place { file: Some(file.shown.clone()), ..place }, format!("{}{count}", problem.message))
            })
            .collect()
    }
}
