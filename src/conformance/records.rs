//! Checks of one record at a time, alone or beside the record of its subject.

use std::collections::BTreeSet;

use crate::conformance::check::{Hit, Hits, Look, undecidable};
use crate::data::quality;
use crate::data::vector::{Measure, Truth, Vector};
use crate::spec::conformance::{Limits, PlausibleCheck, ValuesCheck};
use crate::spec::text::RuleText;

/// Subjects that the dataset of subjects has not, each with its first record.
pub(super) fn known_subject(look: &Look<'_>) -> Option<Vec<Hits>> {
    let name = &look.view.study.data.subject;
    let subjects = look.view.own(name)?;
    let mut told = BTreeSet::new();
    let unknown = |row: &usize| {
        let subject = subjects.show(*row);
        !subjects.is_null(*row) && !look.view.subjects.has(&subject) && told.insert(subject)
    };
    let hits = (0..look.view.rows()).filter(unknown).map(Hit::record).collect();
    Some(vec![Hits::own(name, hits)])
}

/// Variables without a value in a record that is looked at.
pub(super) fn filled(look: &Look<'_>, variables: &[String]) -> Option<Vec<Hits>> {
    let names = look.matching(variables);
    if names.is_empty() {
        return None;
    }
    let active = match look.active()? {
        Ok(active) => active,
        Err(why) => return Some(undecidable(None, &why)),
    };
    let found = names.into_iter().filter_map(|name| {
        let column = look.view.own(name)?;
        let empty = (0..look.view.rows()).filter(|row| active[*row] && column.is_null(*row));
        Some(Hits::of(name, Vec::new(), empty.map(Hit::record).collect()))
    });
    Some(found.collect())
}

/// Copies of variables of the subject that say something else.
pub(super) fn copied(look: &Look<'_>, variables: &[String]) -> Option<Vec<Hits>> {
    let names = look.matching(variables);
    let found: Vec<Hits> = names
        .into_iter()
        .filter_map(|name| {
            let (own, original) = (look.view.own(name)?, look.view.copy(name)?);
            let known = |row: &usize| look.view.subjects.has(&look.view.subject(*row));
            let hits = (0..look.view.rows())
                .filter(|row| !same(&own, *row, &original, *row))
                .filter(known)
                .map(|row| Hit::told(row, format!("the subject has {}", said(&original, row))));
            Some(Hits::own(name, hits.collect()))
        })
        .collect();
    (!found.is_empty()).then_some(found)
}

/// Whether two values are equal, or both missing.
pub(super) fn same(a: &Vector, row_a: usize, b: &Vector, row_b: usize) -> bool {
    match (a.is_null(row_a), b.is_null(row_b)) {
        (true, true) => true,
        (false, false) => match (a, b) {
            (Vector::Number(a), Vector::Number(b)) => equal(a[row_a], b[row_b]),
            (Vector::Text(a), Vector::Text(b)) => a.get(row_a) == b.get(row_b),
            (Vector::Date(a), Vector::Date(b)) => a[row_a] == b[row_b],
            _ => a.show(row_a) == b.show(row_b),
        },
        _ => false,
    }
}

/// Equality of numbers that were computed twice: to nine significant digits.
fn equal(a: Measure, b: Measure) -> bool {
    let near = |x: f64, y: f64| (x - y).abs() <= 1e-9 * x.abs().max(y.abs()).max(1.0);
    near(a.low, b.low) && near(a.high, b.high)
}

/// A value in words.
pub(super) fn said(vector: &Vector, row: usize) -> String {
    if vector.is_null(row) { "no value".to_owned() } else { super::outcome::shortened(&vector.show(row)) }
}

/// Values that are not among those allowed.
pub(super) fn values(look: &Look<'_>, check: &ValuesCheck) -> Option<Vec<Hits>> {
    let names = look.matching(&check.of);
    if names.is_empty() {
        return None;
    }
    let active = match look.active()? {
        Ok(active) => active,
        Err(why) => return Some(undecidable(None, &why)),
    };
    let found = names.into_iter().filter_map(|name| {
        let column = look.view.own(name)?;
        let hits: Vec<Hit> = if let Vector::Text(texts) = &*column {
            let strange: Vec<bool> =
                texts.words.iter().map(|word| !check.are.iter().any(|allowed| **allowed == **word)).collect();
            let rows = texts.codes.iter().enumerate();
            let rows =
                rows.filter(|(row, code)| active[*row] && strange.get(**code as usize).copied().unwrap_or(false));
            rows.map(|(row, _)| Hit::record(row)).collect()
        } else {
            let strange =
                |row: &usize| active[*row] && !column.is_null(*row) && !check.are.contains(&column.show(*row));
            (0..look.view.rows()).filter(strange).map(Hit::record).collect()
        };
        Some(Hits::own(name, hits))
    });
    Some(found.collect())
}

/// Records for which a condition fails.
pub(super) fn holds(look: &Look<'_>, text: &RuleText) -> Option<Vec<Hits>> {
    let variable = |names: &[String]| {
        let own = names.iter().find(|name| look.view.has_own(name)).cloned();
        look.rule.variable.as_ref().map(|name| look.name(name)).or_else(|| look.each().map(str::to_owned)).or(own)
    };
    let (truths, names) = match look.truths(&text.sql)? {
        Ok(decided) => decided,
        Err(why) => return Some(undecidable(variable(&[]), &why)),
    };
    // A rule about the subject alone is looked at where the subject is.
    if !names.iter().chain(&look.condition_variables()).any(|name| look.view.has_own(name)) {
        return None;
    }
    let active = match look.active()? {
        Ok(active) => active,
        Err(why) => return Some(undecidable(variable(&names), &why)),
    };
    let fails = |row: &usize| active[*row] && truths[*row] == Truth::False;
    let hits = (0..look.view.rows()).filter(fails).map(Hit::record).collect();
    Some(vec![Hits { variable: variable(&names), shown: names, list: hits }])
}

/// Records that repeat the one before in all variables.
pub(super) fn repeated(look: &Look<'_>) -> Vec<Hits> {
    let hits = quality::repeated(look.view.dataset).into_iter().map(Hit::record).collect();
    vec![Hits { variable: None, shown: Vec::new(), list: hits }]
}

/// Values of listed parameters that lie beyond limits that no living subject passes: mistakes of unit or decimal point. A value in a unit that the conversion does not know is left
/// to the rules about units.
pub(super) fn plausible(look: &Look<'_>, check: &PlausibleCheck) -> Option<Vec<Hits>> {
    let [parameter, value, unit] = [&check.parameter, &check.value, &check.unit].map(|name| look.name(name));
    let (codes, values, units) = (look.view.own(&parameter)?, look.view.own(&value)?, look.view.own(&unit)?);
    let Vector::Number(values) = &*values else { return None };
    let mut hits = Vec::new();
    for (row, measure) in values.iter().enumerate().filter(|(_, measure)| !measure.is_missing()) {
        let code = codes.show(row);
        let Some(limits) = check.limits.iter().find(|limits| limits.codes.contains(&code)) else { continue };
        let Some(factor) = factor(look, limits, &units.show(row)) else { continue };
        let below = limits.low.filter(|low| measure.high * factor < *low).map(|low| format!("below {low}"));
        let above = limits.high.filter(|high| measure.low * factor > *high).map(|high| format!("above {high}"));
        if let Some(beyond) = below.or(above) {
            hits.push(Hit::told(row, format!("{beyond} {}", limits.unit)));
        }
    }
    Some(vec![Hits::of(value.clone(), vec![parameter, value, unit], hits)])
}

fn factor(look: &Look<'_>, limits: &Limits, unit: &str) -> Option<f64> {
    if unit == limits.unit {
        return Some(1.0);
    }
    look.units.conversion.get(&limits.conversion)?.factor(unit, &limits.unit)
}
