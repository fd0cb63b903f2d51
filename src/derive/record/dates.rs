//! First and last days of records, where they may be partial.

use crate::data::date::PartialDate;
use crate::data::sheet::{self, Sheet};
use crate::data::vector::{Measure, Vector};
use crate::derive::window::study_day;

/// Adds `what`, `what_day`, `what_first` and `what_last`. A first day that is not known counts as the first it may be,
/// or study day 1 if that is later and still possible; a last day as the last it may be.
pub(super) fn insert(
    into: &mut Sheet,
    what: &str,
    records: &Sheet,
    (date, text): &(String, Option<String>),
    day_one: &[Option<i32>],
) {
    let complete = sheet::dates(records, date);
    let texts = text.as_deref().and_then(|text| sheet::texts(records, text)).unwrap_or_default();
    let spans: Vec<Option<(i32, i32)>> = complete
        .iter()
        .enumerate()
        .map(|(row, date)| match date {
            Some(date) => Some((*date, *date)),
            None => texts.get(row).and_then(PartialDate::parse).map(|partial| (partial.earliest(), partial.latest())),
        })
        .collect();
    let is_start = what == "start";
    let counted: Vec<Option<i32>> = spans
        .iter()
        .zip(day_one)
        .map(|(span, day_one)| match (span, day_one) {
            (Some((first, last)), Some(day_one)) if is_start && first < day_one && day_one <= last => Some(*day_one),
            (Some((first, last)), _) => Some(if is_start { *first } else { *last }),
            (None, _) => None,
        })
        .collect();
    into.insert(format!("{what}_day"), days(&counted, day_one));
    into.insert(what, Vector::Date(counted));
    into.insert(format!("{what}_first"), Vector::Date(spans.iter().map(|span| span.map(|(first, _)| first)).collect()));
    into.insert(format!("{what}_last"), Vector::Date(spans.iter().map(|span| span.map(|(_, last)| last)).collect()));
}

/// Study days of dates.
pub(super) fn days(dates: &[Option<i32>], day_one: &[Option<i32>]) -> Vector {
    let day = |(date, day_one): (&Option<i32>, &Option<i32>)| match (date, day_one) {
        (Some(date), Some(day_one)) => Measure::exact(f64::from(study_day(*date, *day_one))),
        _ => Measure::MISSING,
    };
    Vector::Number(dates.iter().zip(day_one).map(day).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::vector::Texts;

    #[test]
    fn a_partial_start_moves_to_day_one_where_that_is_possible() {
        let mut records = Sheet::new("events", 4);
        records.insert("D", Vector::Date(vec![Some(20_000), None, None, None]));
        let texts = [None, Some("2025-03"), Some("2025-02"), None];
        records.insert("T", Vector::Text(Texts::encode(texts.into_iter())));
        let day_one = crate::data::date::parse("2025-03-24");
        let mut sheet = Sheet::new("records", 4);
        insert(&mut sheet, "start", &records, &("D".to_owned(), Some("T".to_owned())), &[day_one; 4]);
        let show = |name: &str, row| sheet.column(name).map(|column| column.show(row)).unwrap_or_default();
        let shown = |name: &str| [0, 1, 2, 3].map(|row| show(name, row));
        assert_eq!(shown("start"), ["2024-10-04", "2025-03-24", "2025-02-01", ""]);
        assert_eq!(shown("start_last"), ["2024-10-04", "2025-03-31", "2025-02-28", ""]);
        assert_eq!(shown("start_day"), ["-171", "1", "-51", ""]);
    }
}
