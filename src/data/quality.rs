//! What can be counted of a dataset as it was locked: values that are empty, partial or known only as a limit, records
//! without a date, records that repeat another.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::data::Dataset;
use crate::data::date::PartialDate;
use crate::data::sheet::Sheet;
use crate::data::vector::{Measure, Texts, Vector};

/// Counts of a dataset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quality {
    /// Subjects with a record.
    pub subjects: usize,
    /// Empty values of all variables.
    pub empty: usize,
    /// Records without any date; none in a dataset without variables of dates.
    pub undated: Option<usize>,
    /// Dates that lack day or month, in variables of dates as text.
    pub partial_dates: usize,
    /// Results that are a limit, such as "<0.5".
    pub limits: usize,
    /// Records that equal another one in every variable, the first of them not counted.
    pub repeated: usize,
}

/// Counts a dataset; `subject` is the variable that identifies the subject.
#[must_use]
pub fn of(dataset: &Dataset, subject: &str) -> Quality {
    let sheet = Sheet::of_dataset(&dataset.name, &dataset.frame);
    let columns: Vec<(&str, Arc<Vector>)> =
        sheet.types().iter().filter_map(|(name, _)| Some((name.as_str(), sheet.column(name)?))).collect();
    let records = sheet.rows();
    let mut dated = vec![false; records];
    let mut has_dates = false;
    let (mut partial_dates, mut limits, mut subjects) = (0, 0, 0);
    for (name, column) in &columns {
        match &**column {
            Vector::Date(days) => {
                has_dates = true;
                for (any, day) in dated.iter_mut().zip(days) {
                    *any |= day.is_some();
                }
            }
            Vector::Text(texts) => {
                let rows = || (0..records).filter_map(|row| Some((row, texts.get(row)?)));
                if *name == subject {
                    subjects = rows().map(|(_, text)| text).collect::<BTreeSet<_>>().len();
                }
                if of_dates(texts) {
                    has_dates = true;
                    for (row, text) in rows() {
                        dated[row] = true;
                        partial_dates += usize::from(is_partial(text));
                    }
                } else {
                    let limit = |text: &str| Measure::read(text).is_some_and(|own| own.value().is_none());
                    limits += rows().filter(|(_, text)| limit(text)).count();
                }
            }
            Vector::Number(_) | Vector::Truth(_) => {}
        }
    }
    Quality {
        subjects,
        empty: columns.iter().map(|(_, column)| column.nulls()).sum(),
        undated: has_dates.then(|| dated.iter().filter(|dated| !**dated).count()),
        partial_dates,
        limits,
        repeated: repeated(dataset).len(),
    }
}

/// The records that equal the one before in every variable.
#[must_use]
pub fn repeated(dataset: &Dataset) -> Vec<usize> {
    // Records are sorted by subject and content: equal ones stand together.
    // Values are compared as locked: a rule sees only the day of a date and time.
    let locked = dataset.frame.columns();
    let repeats = |row: &usize| locked.iter().all(|column| column.get(*row).ok() == column.get(*row - 1).ok());
    (1..dataset.frame.height()).filter(repeats).collect()
}

/// Whether a text variable holds dates: some, and nothing else. Years alone might be anything.
pub(super) fn of_dates(texts: &Texts) -> bool {
    let dates = || texts.words.iter().map(|word| PartialDate::parse(word));
    dates().all(|date| date.is_some()) && texts.words.iter().any(|word| word.len() > "2024".len())
}

/// Whether a date lacks its day or month.
fn is_partial(text: &str) -> bool {
    PartialDate::parse(text).is_some_and(|date| date.earliest() != date.latest())
}

#[cfg(test)]
mod tests {
    use super::{Texts, is_partial, of_dates};

    #[test]
    fn variables_of_dates_are_told_by_all_their_values() {
        let dates = |words: &[&str]| of_dates(&Texts::encode(words.iter().map(|word| Some(*word))));
        assert!(dates(&["2024-03-01", "2024-03", "2024"]));
        assert!(!dates(&["2024", "2023"]));
        assert!(!dates(&["2024-03-01", "UNK"]));
        assert!(!dates(&[]));
        assert_eq!(["2024", "2024-03", "2024-03-01"].map(is_partial), [true, true, false]);
    }
}
