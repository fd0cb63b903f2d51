//! A measure at baseline and at each visit: units, results below detection, plausible values and words.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::data::sheet::{Sheet, dates};
use crate::data::vector::{Measure, Texts, Type, Vector};
use crate::derive::Notes;
use crate::derive::frame::Sources;
use crate::derive::records::selected;
use crate::derive::window::Choice;
use crate::error::{Finding, Place};
use crate::plan::{BoundMeasure, Plan};

/// A measure side by side with the rows of a frame.
pub(crate) struct Placed {
    /// The value at each subject and visit, and at baseline.
    pub(crate) value: Vector,
    /// The date of the value.
    pub(crate) date: Vec<Option<i32>>,
    /// Variables beside it.
    pub(crate) beside: Vec<(String, Vector)>,
}

/// Places the records of a measure at baseline and the visits.
pub(crate) fn place(plan: &Plan, measure: &BoundMeasure, sources: &Sources<'_>, notes: &mut Notes<'_>) -> Placed {
    let sheet = &sources.sheets[&measure.dataset];
    let frame = (sources.frame_of)(&measure.dataset).expect("the plan names datasets that exist");
    let of_row = sources.index.of_rows(sheet);
    let who = |row: usize| sources.index.id_of_row(&of_row, row);
    let mask = notes.selection(measure.select, sheet, &plan.options, &who);
    let mut columns: Vec<&str> = vec![&plan.subject, &measure.value, &measure.date];
    columns.extend(measure.text.as_deref());
    columns.extend(measure.unit.iter().map(|(variable, _, _)| variable.as_str()));
    columns.extend(measure.beside.iter().map(|(_, variable)| variable.as_str()));
    let rules: Vec<_> = measure.prefer.iter().map(|rule| plan.rule(*rule)).collect();
    columns.extend(rules.iter().flat_map(|rule| rule.rule.columns().into_iter().map(|(name, _)| name)));
    let records = selected(&measure.dataset, frame, &mask, &columns);
    let subject_of = sources.index.of_rows(&records);
    let who = |row: usize| sources.index.id_of_row(&subject_of, row);

    let factors = factors(measure, &records, &who, notes);
    let value = match measure.kind {
        Type::Number => Vector::Number(numbers(measure, &records, &factors, &who, notes)),
        _ => words(measure, &records, &who, notes),
    };
    let dates = dates(&records, &measure.date);
    let prefer: Vec<Vector> =
        measure.prefer.iter().map(|rule| notes.evaluate(*rule, &records, &plan.options, &who)).collect();
    let prefer: Vec<Arc<Vector>> = prefer.into_iter().map(Arc::new).collect();
    let choice = Choice { dates: &dates, prefer: &prefer, tie: plan.tie };

    // Records by subject, without those that have no value or no date: they can never be chosen.
    let mut of_subject: Vec<Vec<usize>> = vec![Vec::new(); sources.index.len()];
    for (row, subject) in subject_of.iter().enumerate() {
        if let (Some(subject), Some(_), false) = (subject, dates[row], value.is_null(row)) {
            of_subject[*subject].push(row);
        }
    }
    // For each subject the visits, and then baseline.
    let mut rows_of_frame = Vec::with_capacity(of_subject.len() * (plan.visits.len() + 1));
    for (subject, rows) in of_subject.iter().enumerate() {
        let day_one = sources.day_one[subject];
        rows_of_frame
            .extend(plan.visits.iter().map(|visit| day_one.and_then(|day_one| choice.at(rows, day_one, visit))));
        rows_of_frame.push(day_one.and_then(|day_one| choice.baseline(rows, day_one)));
    }
    let beside = measure
        .beside
        .iter()
        .map(|(name, variable)| {
            let values = crate::data::sheet::numbers(&records, variable);
            let vector =
                Vector::Number(values.iter().zip(&factors).map(|(value, factor)| value.scaled(*factor)).collect());
            (name.clone(), vector.gather(&rows_of_frame))
        })
        .collect();
    Placed {
        value: value.gather(&rows_of_frame),
        date: rows_of_frame.iter().map(|row| row.and_then(|row| dates[row])).collect(),
        beside,
    }
}

/// The factor that turns each record's value into the unit wanted. A unit without conversion is an error by subject.
fn factors(measure: &BoundMeasure, records: &Sheet, who: &dyn Fn(usize) -> String, notes: &mut Notes<'_>) -> Vec<f64> {
    let Some((variable, to, conversion)) = &measure.unit else { return vec![1.0; records.rows()] };
    let units = crate::data::sheet::texts(records, variable).unwrap_or_default();
    let of_word: Vec<Option<f64>> = units.words.iter().map(|unit| conversion.factor(unit, to)).collect();
    let mut unknown: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    let has_value = |row: usize| {
        let filled = |name: &str| records.column(name).is_some_and(|column| !column.is_null(row));
        filled(&measure.value) || measure.text.as_deref().is_some_and(filled)
    };
    let factors: Vec<f64> = (0..records.rows())
        .map(|row| match units.codes[row] {
            Texts::MISSING if has_value(row) => {
                unknown.entry("(none)").or_default().push(who(row));
                f64::NAN
            }
            Texts::MISSING => f64::NAN,
            code => of_word[code as usize].unwrap_or_else(|| {
                unknown.entry(&units.words[code as usize]).or_default().push(who(row));
                f64::NAN
            }),
        })
        .collect();
    for (unit, mut subjects) in unknown {
        subjects.sort();
        subjects.dedup();
        let known: Vec<&str> = conversion.units.keys().map(String::as_str).collect();
        let place = Place::dataset(measure.dataset.clone()).variable(variable.clone()).subjects(subjects);
        let message = format!("the unit {unit} of {} cannot be converted to {to}", measure.name);
        notes.findings.push(Finding::error(place, message).hint(format!("units known: {}", known.join(", "))));
    }
    factors
}

/// The values in the unit wanted; where the number is missing, the result as text.
fn numbers(
    measure: &BoundMeasure,
    records: &Sheet,
    factors: &[f64],
    who: &dyn Fn(usize) -> String,
    notes: &mut Notes<'_>,
) -> Vec<Measure> {
    let values = crate::data::sheet::numbers(records, &measure.value);
    let texts = measure.text.as_deref().and_then(|text| crate::data::sheet::texts(records, text));
    let mut unreadable: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut implausible: Vec<String> = Vec::new();
    let converted = values
        .iter()
        .enumerate()
        .map(|(row, value)| {
            let mut value = *value;
            if value.is_missing()
                && let Some(text) = texts.as_ref().and_then(|texts| texts.get(row))
            {
                value = Measure::read(text).unwrap_or_else(|| {
                    unreadable.entry(text.to_owned()).or_default().push(who(row));
                    Measure::MISSING
                });
            }
            let factor = factors[row];
            if value.is_missing() || factor.is_nan() {
                return Measure::MISSING;
            }
            let value = value.scaled(factor);
            if measure.plausible.is_some_and(|[low, high]| value.high < low || value.low > high) {
                implausible.push(who(row));
                return Measure::MISSING;
            }
            value
        })
        .collect();
    if let (false, Some([low, high])) = (implausible.is_empty(), measure.plausible) {
        let place = Place::dataset(measure.dataset.clone()).variable(measure.value.clone()).subjects(implausible);
        let message = format!("a value of {} lies outside {low} to {high}, and counts as missing", measure.name);
        notes.findings.push(Finding::warning(place, message));
    }
    for (text, subjects) in unreadable {
        let place = Place::dataset(measure.dataset.clone())
            .variable(measure.text.clone().unwrap_or_default())
            .subjects(subjects);
        let message =
            format!("the result “{text}” of {} is neither a number nor a limit, and counts as missing", measure.name);
        notes.findings.push(Finding::warning(place, message));
    }
    converted
}

/// The texts, without those that are not among the words listed.
fn words(measure: &BoundMeasure, records: &Sheet, who: &dyn Fn(usize) -> String, notes: &mut Notes<'_>) -> Vector {
    let texts = crate::data::sheet::texts(records, &measure.value).unwrap_or_default();
    if measure.words.is_empty() {
        return Vector::Text(texts);
    }
    let mut others: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    let kept = (0..records.rows()).map(|row| {
        let word = texts.get(row)?;
        if measure.words.iter().any(|known| known == word) {
            return Some(word);
        }
        others.entry(word).or_default().push(who(row));
        None
    });
    let kept = Texts::encode(kept.collect::<Vec<_>>().into_iter());
    for (word, subjects) in others {
        let place = Place::dataset(measure.dataset.clone()).variable(measure.value.clone()).subjects(subjects);
        let message = format!("“{word}” is not one of the words of {}, and counts as missing", measure.name);
        notes.findings.push(Finding::warning(place, message));
    }
    Vector::Text(kept)
}
