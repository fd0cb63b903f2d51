//! Decoded columns as values of our four kinds, with what is wrong in them.

use polars::prelude::{
    ChunkFullNull, ChunkedArray, Column, DataType, Float64Chunked, NewChunkedArray, PolarsNumericType, PolarsResult,
    Series, StringChunked, StringChunkedBuilder, TimeUnit,
};

use crate::data::table::{Problem, Values};
use crate::data::{FIRST_DAY, LAST_DAY};

/// Whole numbers up to here are exact in a `Float64`.
const EXACT: u64 = 1 << 53;

/// A decoded column as values of one of our kinds, with what is wrong in them.
/// `scale` is that of a decimal: how many of its digits stand behind the point.
pub(super) fn values(column: Column, scale: Option<u32>) -> PolarsResult<(String, Values, Vec<Problem>)> {
    let name = column.name().to_string();
    let mut problems = Problems { variable: &name, found: Vec::new() };
    let series = column.take_materialized_series();
    let values = match series.dtype() {
        DataType::Int32 | DataType::Int64 | DataType::Binary if scale.is_some() => {
            Values::Number(decimals(&series, scale.unwrap_or_default(), &mut problems)?)
        }
        DataType::String => Values::Text(text(series.str()?, &mut problems)),
        DataType::Null => Values::Text(StringChunked::full_null(name.as_str().into(), series.len())),
        DataType::Date => {
            let days = series.date()?.physical();
            Values::Date(converted(days, &mut problems, OUTSIDE, |day| calendar(i64::from(day)).then_some(day)))
        }
        DataType::Datetime(unit, _) => {
            let per_millisecond = match unit {
                TimeUnit::Milliseconds => 1,
                TimeUnit::Microseconds => 1_000,
                TimeUnit::Nanoseconds => 1_000_000,
            };
            let times = series.datetime()?.physical();
            let fraction = "the time has a part of a millisecond";
            let whole = converted(times, &mut problems, fraction, |time| {
                (time % per_millisecond == 0).then(|| time / per_millisecond)
            });
            Values::DateTime(converted(&whole, &mut problems, OUTSIDE, |time| {
                calendar(time.div_euclid(86_400_000)).then_some(time)
            }))
        }
        whole @ (DataType::Int64 | DataType::UInt64) => {
            if *whole == DataType::Int64 {
                note_inexact(series.i64()?, &mut problems, |value| value.unsigned_abs() <= EXACT);
            } else {
                note_inexact(series.u64()?, &mut problems, |value| value <= EXACT);
            }
            Values::Number(numbers(series.cast(&DataType::Float64)?.f64()?, &mut problems))
        }
        _ => Values::Number(numbers(series.cast(&DataType::Float64)?.f64()?, &mut problems)),
    };
    let found = problems.found;
    Ok((name, values, found))
}

const OUTSIDE: &str = "the date is not in the years 1 to 9999";

fn calendar(day: i64) -> bool {
    (i64::from(FIRST_DAY)..=i64::from(LAST_DAY)).contains(&day)
}

/// The problems of one variable.
pub(super) struct Problems<'a> {
    pub(super) variable: &'a str,
    pub(super) found: Vec<Problem>,
}

impl Problems<'_> {
    fn add(&mut self, message: &'static str, rows: Vec<usize>) {
        if !rows.is_empty() {
            self.found.push(Problem { variable: self.variable.to_owned(), message, rows });
        }
    }
}

/// Text without trailing blanks. Most files have none, and then the column is taken as it is.
pub(super) fn text(values: &StringChunked, problems: &mut Problems) -> StringChunked {
    let plain = |text: &str| !text.is_empty() && !text.ends_with(' ') && !text.as_bytes().contains(&0);
    if values.downcast_iter().all(|chunk| chunk.iter().flatten().all(plain)) {
        return values.clone();
    }
    let mut nul = Vec::new();
    let mut builder = StringChunkedBuilder::new(values.name().clone(), values.len());
    for (row, value) in values.iter().enumerate() {
        match value.map(|text| text.trim_end_matches(' ')) {
            None | Some("") => builder.append_null(),
            Some(text) => {
                if text.as_bytes().contains(&0) {
                    nul.push(row);
                }
                builder.append_value(text);
            }
        }
    }
    problems.add("the text holds a NUL character", nul);
    builder.finish()
}

/// Numbers without NaN (null), infinity (a problem) and negative zero (zero).
fn numbers(values: &Float64Chunked, problems: &mut Problems) -> Float64Chunked {
    let plain = |value: &f64| value.is_finite() && value.to_bits() != 1 << 63;
    if values.downcast_iter().all(|chunk| chunk.values().iter().all(plain)) {
        return values.clone();
    }
    let numbers: Vec<Option<f64>> = values.iter().map(|value| value.filter(|value| !value.is_nan())).collect();
    let infinite = |value: &Option<f64>| value.is_some_and(f64::is_infinite);
    problems.add("the value is infinite", rows_where(numbers.iter().map(infinite)));
    let finite = numbers.into_iter().map(|value| value.filter(|value| value.is_finite()).map(|value| value + 0.0));
    Float64Chunked::from_iter_options(values.name().clone(), finite)
}

fn rows_where(wrong: impl Iterator<Item = bool>) -> Vec<usize> {
    wrong.enumerate().filter(|(_, wrong)| *wrong).map(|(row, _)| row).collect()
}

fn note_inexact<T: PolarsNumericType>(
    values: &ChunkedArray<T>,
    problems: &mut Problems,
    exact: impl Fn(T::Native) -> bool,
) {
    let wrong = values.iter().map(|value| value.is_some_and(|value| !exact(value)));
    problems.add("the whole number is too large to be held exactly", rows_where(wrong));
}

/// Each value as the closure has it; a problem where it gives none. The column itself when nothing changes.
fn converted<T: PolarsNumericType>(
    values: &ChunkedArray<T>,
    problems: &mut Problems,
    message: &'static str,
    convert: impl Fn(T::Native) -> Option<T::Native>,
) -> ChunkedArray<T>
where
    ChunkedArray<T>: NewChunkedArray<T, T::Native>,
{
    let same = |value: &T::Native| convert(*value) == Some(*value);
    if values.downcast_iter().all(|chunk| chunk.values().iter().all(same)) {
        return values.clone();
    }
    let wrong = values.iter().map(|value| value.is_some_and(|value| convert(value).is_none()));
    problems.add(message, rows_where(wrong));
    ChunkedArray::from_iter_options(values.name().clone(), values.iter().map(|value| value.and_then(&convert)))
}

/// Decimals as numbers; a problem where the number would not give back the digits of the decimal.
fn decimals(series: &Series, scale: u32, problems: &mut Problems) -> PolarsResult<Float64Chunked> {
    let unscaled: Vec<Option<i128>> = match series.dtype() {
        DataType::Binary => series.binary()?.iter().map(|bytes| bytes.and_then(big_endian)).collect(),
        _ => series.cast(&DataType::Int64)?.i64()?.iter().map(|value| value.map(i128::from)).collect(),
    };
    let numbers: Vec<Option<Result<f64, ()>>> =
        unscaled.into_iter().map(|value| value.map(|value| decimal(value, scale).ok_or(()))).collect();
    let wrong = numbers.iter().map(|number| matches!(number, Some(Err(()))));
    problems.add("the decimal has more digits than a number can hold", rows_where(wrong));
    let numbers = numbers.into_iter().map(|number| number.and_then(Result::ok));
    Ok(Float64Chunked::from_iter_options(series.name().clone(), numbers))
}

/// The number nearest to a decimal, if the decimal is the nearest of its digits to that number.
fn decimal(unscaled: i128, scale: u32) -> Option<f64> {
    let digits = format!("{:0>width$}", unscaled.unsigned_abs(), width = scale as usize + 1);
    let (whole, fraction) = digits.split_at(digits.len() - scale as usize);
    let sign = if unscaled < 0 { "-" } else { "" };
    let written = format!("{sign}{whole}{}{fraction}", if scale > 0 { "." } else { "" });
    let number = written.parse::<f64>().ok()?;
    (format!("{number:.*}", scale as usize) == written).then_some(number + 0.0)
}

/// A whole number of up to 16 bytes in two's complement.
fn big_endian(bytes: &[u8]) -> Option<i128> {
    let (first, rest) = bytes.split_first().filter(|(_, rest)| rest.len() < 16)?;
    let start = i128::from(first.cast_signed());
    Some(rest.iter().fold(start, |value, byte| value << 8 | i128::from(*byte)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decimal_is_a_number_or_too_long() {
        assert_eq!(decimal(-12_345, 2), Some(-123.45));
        assert_eq!(decimal(5, 3), Some(0.005));
        assert_eq!(decimal(0, 4), Some(0.0));
        assert_eq!(decimal(9_007_199_254_740_993, 0), None);
        assert_eq!(decimal(123_456_789_012_345_678, 10), None);
        assert_eq!(big_endian(&[0xff, 0x00]), Some(-256));
        assert_eq!(big_endian(&[0x00, 0xff]), Some(255));
        assert_eq!(big_endian(&[]), None);
    }
}
