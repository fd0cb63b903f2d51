//! Groups of records that agree in some variables.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::data::vector::{Texts, Vector};

/// The group of each record, numbered in the order of first appearance; none for a record that lacks one of the
/// variables, unless `missing` makes a missing value one like others.
pub(super) fn of(columns: &[Arc<Vector>], rows: usize, missing: bool) -> Vec<Option<u32>> {
    let mut groups = vec![Some(0); rows];
    for column in columns {
        let codes = codes(column, missing);
        let mut known: BTreeMap<(u32, u32), u32> = BTreeMap::new();
        for (group, code) in groups.iter_mut().zip(codes) {
            *group = group.zip(code).map(|pair| {
                let next = u32::try_from(known.len()).unwrap_or(u32::MAX);
                *known.entry(pair).or_insert(next)
            });
        }
    }
    groups
}

/// A number for each distinct value of a variable.
pub(super) fn codes(column: &Vector, missing: bool) -> Vec<Option<u32>> {
    let none = missing.then_some(u32::MAX);
    let mut known: BTreeMap<(u64, u64), u32> = BTreeMap::new();
    let mut code = |value: (u64, u64)| {
        let next = u32::try_from(known.len()).unwrap_or(u32::MAX);
        *known.entry(value).or_insert(next)
    };
    // Zero and minus zero are one number.
    let bits = |value: f64| (value + 0.0).to_bits();
    match column {
        Vector::Text(texts) => texts.codes.iter().map(|c| if *c == Texts::MISSING { none } else { Some(*c) }).collect(),
        Vector::Number(numbers) => {
            let value = |n: &crate::data::vector::Measure| (bits(n.low), bits(n.high));
            numbers.iter().map(|n| if n.is_missing() { none } else { Some(code(value(n))) }).collect()
        }
        Vector::Date(days) => {
            days.iter().map(|day| day.map_or(none, |day| Some(code((u64::from(day.cast_unsigned()), 0))))).collect()
        }
        Vector::Truth(truths) => {
            (0..truths.len()).map(|row| if column.is_null(row) { none } else { Some(truths[row] as u32) }).collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Arc, Texts, Vector, of};
    use crate::data::vector::Measure;

    #[test]
    fn records_agree_in_all_variables_or_are_apart() {
        let texts = Arc::new(Vector::Text(Texts::encode([Some("a"), Some("a"), None, Some("b")].into_iter())));
        let numbers = Arc::new(Vector::Number([1.0, 1.0, 1.0, 1.0].map(Measure::exact).to_vec()));
        let columns = [texts, numbers];
        assert_eq!(of(&columns, 4, false), [Some(0), Some(0), None, Some(1)]);
        assert_eq!(of(&columns, 4, true), [Some(0), Some(0), Some(1), Some(2)]);
    }
}
