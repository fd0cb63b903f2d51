//! What the footer says of the values of a column against the values.
//!
//! Other programs skip records by these words, so a file in which they contradict the values means one thing to them and
//! another to us. They are never used to skip anything here.

use polars::prelude::{ChunkedArray, Column, DataType, PolarsNumericType};
use polars_io::parquet::read::FileMetadata;

/// What is wrong with the statistics of these columns, which are those of one part of the file; none if nothing.
pub(super) fn contradiction(metadata: &FileMetadata, group: usize, columns: &[Column]) -> Option<String> {
    for column in columns {
        let Some(mut chunks) = metadata.row_groups[group].columns_under_root_iter(column.name()) else { continue };
        let Some(chunk) = chunks.next() else { continue };
        let Some(Ok(told)) = chunk.statistics(&metadata.footer_buf) else { continue };
        let nulls = told.null_count().is_none_or(|nulls| usize::try_from(nulls) == Ok(column.null_count()));
        let series = column.as_materialized_series();
        let within = match series.dtype() {
            DataType::Int32 => told.as_int32().is_none_or(|t| within(series.i32().ok(), t.min_value, t.max_value)),
            DataType::Date => told.as_int32().is_none_or(|t| {
                within(series.date().ok().map(polars::prelude::Logical::physical), t.min_value, t.max_value)
            }),
            DataType::Int64 => told.as_int64().is_none_or(|t| within(series.i64().ok(), t.min_value, t.max_value)),
            DataType::Float64 => told.as_double().is_none_or(|t| within(series.f64().ok(), t.min_value, t.max_value)),
            DataType::Float32 => told.as_float().is_none_or(|t| within(series.f32().ok(), t.min_value, t.max_value)),
            DataType::String => told.as_binary().is_none_or(|told| {
                let (least, most) = (told.min_value.as_deref(), told.max_value.as_deref());
                let fits = |text: &str| {
                    least.is_none_or(|least| least <= text.as_bytes())
                        && most.is_none_or(|most| text.as_bytes() <= most)
                };
                series.str().is_ok_and(|texts| texts.iter().flatten().all(fits))
            }),
            _ => true,
        };
        if !nulls || !within {
            let what = if nulls { "least and greatest value" } else { "number of missing values" };
            let name = column.name();
            return Some(format!("the {what} that its footer names for column {name} are not those of it"));
        }
    }
    None
}

/// Whether all values lie between these; NaN lies nowhere and is not judged.
fn within<T: PolarsNumericType>(
    values: Option<&ChunkedArray<T>>,
    least: Option<T::Native>,
    most: Option<T::Native>,
) -> bool
where
    T::Native: PartialOrd,
{
    let outside = |value: T::Native| least.is_some_and(|least| value < least) || most.is_some_and(|most| value > most);
    values.is_none_or(|values| !values.iter().flatten().any(outside))
}
