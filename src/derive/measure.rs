//! A measure at baseline and at each visit: units, results below detection, visit windows and their ties.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::sync::Arc;

use crate::data::sheet::{Sheet, dates};
use crate::data::vector::{Measure, Texts, Type, Vector};
use crate::derive::Notes;
use crate::derive::frame::Sources;
use crate::derive::records::selected;
use crate::error::{Finding, Place};
use crate::plan::{BoundMeasure, BoundVisit, Plan};
use crate::spec::design::Tie;

/// A measure side by side with the visits.
pub(crate) struct Placed {
    /// The value at each subject and visit.
    pub(crate) value: Vector,
    /// The baseline, for each subject.
    pub(crate) base: Vector,
    /// The date of the value at each subject and visit.
    pub(crate) date: Vec<Option<i32>>,
    /// Variables beside it: name, at the visit, at baseline.
    pub(crate) beside: Vec<(String, Vector, Vector)>,
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
    let mut base_rows = Vec::with_capacity(of_subject.len());
    let mut visit_rows = Vec::with_capacity(of_subject.len() * plan.visits.len());
    for (subject, rows) in of_subject.iter().enumerate() {
        let day_one = sources.day_one[subject];
        base_rows.push(day_one.and_then(|day_one| choice.baseline(rows, day_one)));
        visit_rows.extend(plan.visits.iter().map(|visit| day_one.and_then(|day_one| choice.at(rows, day_one, visit))));
    }
    let beside = measure
        .beside
        .iter()
        .map(|(name, variable)| {
            let values = crate::data::sheet::numbers(&records, variable);
            let vector =
                Vector::Number(values.iter().zip(&factors).map(|(value, factor)| value.scaled(*factor)).collect());
            (name.clone(), vector.gather(&visit_rows), vector.gather(&base_rows))
        })
        .collect();
    Placed {
        value: value.gather(&visit_rows),
        base: value.gather(&base_rows),
        date: visit_rows.iter().map(|row| row.and_then(|row| dates[row])).collect(),
        beside,
    }
}

/// Study day of a date: the reference day is day 1, the day before it day −1.
fn study_day(date: i32, day_one: i32) -> i32 {
    if date >= day_one { date - day_one + 1 } else { date - day_one }
}

struct Choice<'a> {
    dates: &'a [Option<i32>],
    prefer: &'a [Arc<Vector>],
    tie: Tie,
}

impl Choice<'_> {
    fn date(&self, row: usize) -> i32 {
        self.dates[row].unwrap_or(i32::MIN)
    }

    /// The last value on or before study day 1.
    fn baseline(&self, rows: &[usize], day_one: i32) -> Option<usize> {
        rows.iter()
            .copied()
            .filter(|row| self.date(*row) <= day_one)
            .max_by(|a, b| self.date(*a).cmp(&self.date(*b)).then_with(|| self.preferred(*a, *b)))
    }

    /// The value nearest to the nominal day within the window, or within the wider one if there is none.
    fn at(&self, rows: &[usize], day_one: i32, visit: &BoundVisit) -> Option<usize> {
        let within = |reach: i32| {
            rows.iter()
                .copied()
                .filter(|row| {
                    let day = study_day(self.date(*row), day_one);
                    day > 1 && (day - visit.day).abs() <= reach
                })
                .max_by(|a, b| self.nearer(*a, *b, day_one, visit.day))
        };
        within(visit.within).or_else(|| visit.when_empty.and_then(within))
    }

    /// The nearer of two is the greater; then by the tie rule, then by the order of preference.
    fn nearer(&self, a: usize, b: usize, day_one: i32, nominal: i32) -> Ordering {
        let distance = |row: usize| (study_day(self.date(row), day_one) - nominal).abs();
        let by_date = match self.tie {
            Tie::Later => self.date(a).cmp(&self.date(b)),
            Tie::Earlier => self.date(b).cmp(&self.date(a)),
        };
        distance(b).cmp(&distance(a)).then(by_date).then_with(|| self.preferred(a, b))
    }

    /// Of two records of a day the preferred one is the greater; identical ones fall back on canonical order.
    fn preferred(&self, a: usize, b: usize) -> Ordering {
        self.prefer.iter().map(|vector| compare(vector, a, b)).find(|order| order.is_ne()).unwrap_or_else(|| a.cmp(&b))
    }
}

/// True before false, the larger before the smaller, the later text before the earlier; missing comes last.
fn compare(vector: &Vector, a: usize, b: usize) -> Ordering {
    match (vector.is_null(a), vector.is_null(b)) {
        (true, true) => return Ordering::Equal,
        (true, false) => return Ordering::Less,
        (false, true) => return Ordering::Greater,
        (false, false) => {}
    }
    match vector {
        Vector::Truth(values) => values[a].cmp(&values[b]),
        Vector::Number(values) => values[a].low.total_cmp(&values[b].low),
        Vector::Text(texts) => texts.get(a).cmp(&texts.get(b)),
        Vector::Date(values) => values[a].cmp(&values[b]),
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

#[cfg(test)]
mod tests {
    use super::*;

    fn visit(when_empty: Option<i32>) -> BoundVisit {
        BoundVisit { id: "W".into(), day: 29, within: 7, when_empty }
    }

    fn choose(days: &[i32], tie: Tie, when_empty: Option<i32>) -> Option<usize> {
        // Day one is date 0, so that study day d is date d − 1.
        let dates: Vec<Option<i32>> = days.iter().map(|day| Some(if *day > 0 { day - 1 } else { *day })).collect();
        let rows: Vec<usize> = (0..days.len()).collect();
        Choice { dates: &dates, prefer: &[], tie }.at(&rows, 0, &visit(when_empty))
    }

    #[test]
    fn the_nearest_record_wins_and_the_tie_goes_to_the_later() {
        assert_eq!(choose(&[22, 28, 31, 36], Tie::Later, None), Some(1));
        assert_eq!(choose(&[27, 31], Tie::Later, None), Some(1));
        assert_eq!(choose(&[27, 31], Tie::Earlier, None), Some(0));
    }

    #[test]
    fn the_window_has_edges_and_widens_only_when_empty() {
        assert_eq!(choose(&[21, 37], Tie::Later, None), None);
        assert_eq!(choose(&[22], Tie::Later, None), Some(0));
        assert_eq!(choose(&[36], Tie::Later, None), Some(0));
        assert_eq!(choose(&[17, 42], Tie::Later, Some(14)), Some(0));
        assert_eq!(choose(&[43], Tie::Later, Some(14)), Some(0));
        assert_eq!(choose(&[44], Tie::Later, Some(14)), None);
        assert_eq!(choose(&[16, 36], Tie::Later, Some(14)), Some(1));
    }

    #[test]
    fn baseline_is_the_last_value_on_or_before_day_one() {
        let dates = [Some(-3), Some(0), Some(1)];
        let choice = Choice { dates: &dates, prefer: &[], tie: Tie::Later };
        assert_eq!(choice.baseline(&[0, 1, 2], 0), Some(1));
        assert_eq!(choice.baseline(&[2], 0), None);
        assert_eq!(study_day(-1, 0), -1);
        assert_eq!(study_day(0, 0), 1);
    }
}
