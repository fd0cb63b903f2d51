//! What of kept records is restated: values that are taken away, and values that are others as of the day.

use std::collections::BTreeMap;
use std::sync::Arc;

use polars::prelude::{Float64Chunked, Int32Chunked, Int64Chunked, NewChunkedArray, StringChunked};

use crate::data::cut::{Blade, CutCounts, DatasetOrder, days};
use crate::data::evaluate;
use crate::data::sheet::Sheet;
use crate::data::table::Values;
use crate::data::vector::Vector;
use crate::data::{FIRST_DAY, LAST_DAY};

const MILLISECONDS_A_DAY: i64 = 86_400_000;

/// What becomes of variables, by name.
pub(super) struct Changes(BTreeMap<String, Changed>);

impl Changes {
    pub(super) fn of(&self, variable: &str) -> Option<&Changed> {
        self.0.get(variable)
    }
}

/// What becomes of a variable: for each kept record nothing, or the value in the same row of a vector.
pub(super) struct Changed(Vec<Option<New>>);

/// The new value of a record; none takes the old one away.
type New = Option<Arc<Vector>>;

/// What the order restates in kept records. `kept` are their rows in the sheet.
pub(super) fn changes(
    blade: &Blade<'_>,
    order: &DatasetOrder,
    sheet: &Sheet,
    kept: &[usize],
    troubles: &mut usize,
) -> Changes {
    let mut changes: BTreeMap<String, Changed> = BTreeMap::new();
    let mut found = Vec::new();
    for restatement in &order.restate {
        let mut chosen = vec![false; sheet.rows()];
        for row in kept {
            chosen[*row] = true;
        }
        if let Some(after) = &restatement.after {
            for (chosen, day) in chosen.iter_mut().zip(days(sheet, after)) {
                *chosen &= day.is_some_and(|day| day > blade.order.day);
            }
        }
        if let Some(rule) = &restatement.condition
            && let Vector::Truth(truths) = evaluate::evaluate_where(rule, sheet, &blade.options, &chosen, &mut found)
        {
            for (chosen, truth) in chosen.iter_mut().zip(truths) {
                *chosen &= truth.holds();
            }
        }
        let mut put = |variable: &String, new: New| {
            let own = changes.entry(variable.clone()).or_insert_with(|| Changed(vec![None; kept.len()]));
            for (value, row) in own.0.iter_mut().zip(kept) {
                if chosen[*row] {
                    *value = Some(new.clone());
                }
            }
        };
        for variable in &restatement.blank {
            put(variable, None);
        }
        for (variable, rule) in &restatement.set {
            let value = evaluate::evaluate_where(rule, sheet, &blade.options, &chosen, &mut found);
            put(variable, Some(Arc::new(value)));
        }
    }
    *troubles += found.len();
    Changes(changes)
}

impl Changed {
    /// Whether the record at this place of the kept ones is restated.
    pub(super) fn touches(&self, place: usize) -> bool {
        self.0.get(place).is_some_and(Option::is_some)
    }

    /// The values of the kept records, restated; `kept` are their rows as locked.
    pub(super) fn applied(&self, values: Values, kept: &[usize], counts: &mut CutCounts) -> Values {
        match values {
            Values::Number(own) => {
                let value = |vector: &Vector, row: usize| match vector {
                    Vector::Number(numbers) => numbers[row].value(),
                    _ => None,
                };
                let new = self.restated(own.iter(), kept, value, counts);
                Values::Number(Float64Chunked::from_iter_options(own.name().clone(), new.into_iter()))
            }
            Values::Text(own) => {
                // A text variable without any text may be of any type in rules; it gets the value as a person writes it.
                let value = |vector: &Vector, row: usize| {
                    Some(vector.show(row).trim_end().to_owned()).filter(|text| !text.is_empty())
                };
                let old = own.iter().map(|text| text.map(str::to_owned));
                let new = self.restated(old, kept, value, counts);
                Values::Text(StringChunked::from_iter_options(own.name().clone(), new.into_iter()))
            }
            Values::Date(own) => {
                let new = self.restated(own.iter(), kept, day_in, counts);
                Values::Date(Int32Chunked::from_iter_options(own.name().clone(), new.into_iter()))
            }
            Values::DateTime(own) => {
                let value = |vector: &Vector, row| day_in(vector, row).map(|day| i64::from(day) * MILLISECONDS_A_DAY);
                let new = self.restated(own.iter(), kept, value, counts);
                Values::DateTime(Int64Chunked::from_iter_options(own.name().clone(), new.into_iter()))
            }
        }
    }

    fn restated<T: PartialEq>(
        &self,
        old: impl Iterator<Item = Option<T>>,
        kept: &[usize],
        value: impl Fn(&Vector, usize) -> Option<T>,
        counts: &mut CutCounts,
    ) -> Vec<Option<T>> {
        let one = |((old, change), row): ((Option<T>, &Option<New>), &usize)| {
            let Some(new) = change else { return old };
            let new = new.as_ref().and_then(|vector| value(vector, *row));
            if new.is_none() && old.is_some() {
                counts.blanked += 1;
            } else if new != old {
                counts.restated += 1;
            }
            new
        };
        old.zip(&self.0).zip(kept).map(one).collect()
    }
}

/// The day in a row of a rule's value, of the years that four digits can say.
fn day_in(vector: &Vector, row: usize) -> Option<i32> {
    match vector {
        Vector::Date(days) => days[row].filter(|day| (FIRST_DAY..=LAST_DAY).contains(day)),
        _ => None,
    }
}
