//! What a subject takes from its records.

use std::cmp::Ordering;

use crate::data::sheet::{self};
use crate::data::vector::{Measure, Truth, Vector};
use crate::derive::record::RecordValues;
use crate::derive::record::over::DATE;
use crate::plan::RuleId;
use crate::spec::records::Take;

/// One value a subject. Without records there is no smallest, largest, first or last one; their number and sum are zero.
pub(crate) fn take(
    values: &RecordValues,
    subjects: usize,
    what: Take,
    variable: Option<&str>,
    select: Option<RuleId>,
) -> Vector {
    let rows = |subject: usize| values.of(subject).iter().copied().filter(move |row| values.holds(select, *row));
    let column = variable.and_then(|name| values.column(name));
    match (what, column.as_deref()) {
        (Take::Any, _) => {
            let truth = |subject| match select {
                None => Truth::of(!values.of(subject).is_empty()),
                Some(rule) => match values.rule(rule) {
                    Some(Vector::Truth(truths)) => {
                        values.of(subject).iter().map(|row| truths[*row]).fold(Truth::False, Truth::or)
                    }
                    _ => Truth::Unknown,
                },
            };
            Vector::Truth((0..subjects).map(truth).collect())
        }
        #[expect(clippy::cast_precision_loss, reason = "numbers of records are far below 2^53")]
        (Take::Count, _) => {
            Vector::Number((0..subjects).map(|subject| Measure::exact(rows(subject).count() as f64)).collect())
        }
        (Take::Sum, Some(Vector::Number(numbers))) => {
            let sum = |subject| {
                let known: Vec<f64> = rows(subject).filter_map(|row| numbers[row].value()).collect();
                Measure::exact(known.iter().sum())
            };
            Vector::Number((0..subjects).map(sum).collect())
        }
        (Take::Min | Take::Max, Some(vector)) => {
            let order = |a: &usize, b: &usize| {
                let order = match vector {
                    Vector::Number(numbers) => by_size(numbers[*a], numbers[*b]),
                    Vector::Date(dates) => dates[*a].cmp(&dates[*b]),
                    _ => Ordering::Equal,
                };
                if what == Take::Min { order.reverse() } else { order }
            };
            let known = |subject| rows(subject).filter(|row| !vector.is_null(*row));
            vector.gather(&(0..subjects).map(|subject| known(subject).max_by(order)).collect::<Vec<_>>())
        }
        (Take::First | Take::Last, Some(vector)) => {
            let dates = [DATE, "start"].into_iter().find(|name| values.sheet.type_of(name).is_some());
            let dates = dates.map_or_else(|| vec![None; values.len()], |name| sheet::dates(&values.sheet, name));
            // Of records of one day, and of those without a date, the order of the data decides.
            let known = |subject| rows(subject).filter(|row| !vector.is_null(*row));
            let chosen = |subject| match what {
                Take::First => known(subject).min_by_key(|row| (dates[*row].is_none(), dates[*row], *row)),
                _ => known(subject).max_by_key(|row| (dates[*row], *row)),
            };
            vector.gather(&(0..subjects).map(chosen).collect::<Vec<_>>())
        }
        (_, other) => Vector::missing(other.map_or(crate::data::vector::Type::Number, Vector::kind), subjects),
    }
}

/// By the lower limits, then the upper ones: a value known only as a limit is as large as it can be said to be.
fn by_size(a: Measure, b: Measure) -> Ordering {
    a.low.total_cmp(&b.low).then(a.high.total_cmp(&b.high))
}
