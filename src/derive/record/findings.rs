//! Findings: values in the unit wanted with their reference range, baseline, visits, change and grades.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::data::sheet::{self, Sheet};
use crate::data::vector::{Measure, Texts, Truth, Vector};
use crate::derive::Notes;
use crate::derive::frame::Sources;
use crate::derive::record::dates::days;
use crate::derive::record::grades::{self, Graded};
use crate::derive::record::over::DATE;
use crate::derive::window::Choice;
use crate::error::{self, Finding};
use crate::plan::{BoundFinding, BoundFindings, Plan};

/// What findings are read from.
pub(super) struct Place<'a> {
    pub(super) plan: &'a Plan,
    pub(super) name: &'a str,
    pub(super) dataset: &'a str,
    pub(super) records: &'a Sheet,
    pub(super) of_subject: &'a [Vec<usize>],
}

/// The columns read.
pub(super) fn columns(findings: &BoundFindings) -> impl Iterator<Item = &str> {
    let always = [&findings.parameter, &findings.value, &findings.date];
    let maybe = [&findings.text, &findings.unit, &findings.low, &findings.high];
    always.into_iter().map(String::as_str).chain(maybe.into_iter().filter_map(Option::as_deref))
}

/// Leaves out the records of parameters that are not listed.
pub(super) fn only_listed(condition: &mut [Truth], sheet: &Sheet, findings: &BoundFindings) {
    let codes = sheet::texts(sheet, &findings.parameter).unwrap_or_default();
    let listed: Vec<bool> =
        codes.words.iter().map(|word| findings.parameters.iter().any(|own| *own.code == **word)).collect();
    for (truth, code) in condition.iter_mut().zip(&codes.codes) {
        if !listed.get(*code as usize).copied().unwrap_or(false) {
            *truth = Truth::False;
        }
    }
}

/// Adds the columns of findings. `subjects` has the subject of each row.
pub(super) fn insert(
    into: &mut Sheet,
    findings: &BoundFindings,
    place: &Place<'_>,
    subjects: &[Option<usize>],
    sources: &Sources<'_>,
    notes: &mut Notes<'_>,
) {
    let who = |row: usize| subjects.get(row).copied().flatten().map_or_else(String::new, |own| sources.index.id(own));
    let day_one: Vec<Option<i32>> = subjects.iter().map(|own| own.and_then(|own| sources.day_one[own])).collect();
    let codes = sheet::texts(place.records, &findings.parameter).unwrap_or_default();
    let of_word: Vec<Option<usize>> =
        codes.words.iter().map(|word| findings.parameters.iter().position(|own| *own.code == **word)).collect();
    let parameter: Vec<Option<usize>> =
        codes.codes.iter().map(|code| of_word.get(*code as usize).copied().flatten()).collect();
    let values = read(findings, place, &parameter, &who, notes);
    let dates = sheet::dates(place.records, &findings.date);

    let chosen = choose(findings, place, &values.value, &dates, &parameter, sources, notes);
    let rows = subjects.len();
    let base = |vector: &Vector| vector.gather(&chosen.baseline_of);
    let (value, low, high) =
        (Vector::Number(values.value.clone()), Vector::Number(values.low), Vector::Number(values.high));
    let range = range(&value, &low, &high);
    let bases = base(&value);
    let change: Vec<Measure> = match &bases {
        Vector::Number(bases) => {
            values.value.iter().zip(bases).map(|(value, base)| difference(*value, *base)).collect()
        }
        _ => vec![Measure::MISSING; rows],
    };
    let change = Vector::Number(change);
    let graded = Graded {
        value: &value,
        low: &low,
        high: &high,
        bases: &bases,
        change: &change,
        chosen: &chosen,
        parameter: &parameter,
        subjects,
    };
    grades::insert(into, findings, place, &graded, sources, notes);
    into.insert("base_low", base(&low));
    into.insert("base_high", base(&high));
    into.insert("base_range", base(&range));
    into.insert("base", bases);
    into.insert("change", change);
    into.insert("value", value);
    into.insert("low", low);
    into.insert("high", high);
    into.insert("range", range);
    into.insert("parameter", Vector::Text(codes));
    into.insert("day", days(&dates, &day_one));
    into.insert(DATE, Vector::Date(dates));
    into.insert("visit", Vector::Text(chosen.visit));
    into.insert("baseline", Vector::Truth(chosen.baseline));
    into.insert("after", Vector::Truth(chosen.after));
}

/// The value less another; sharp only where both are.
fn difference(value: Measure, base: Measure) -> Measure {
    if value.is_missing() || base.is_missing() { Measure::MISSING } else { value.less(base) }
}

/// Where a value lies: below, in or above its reference range. Unknown where a limit that decides is missing.
fn range(value: &Vector, low: &Vector, high: &Vector) -> Vector {
    let (Vector::Number(values), Vector::Number(lows), Vector::Number(highs)) = (value, low, high) else {
        return value.clone();
    };
    let words = values.iter().zip(lows.iter().zip(highs)).map(|(value, (low, high))| {
        let (low, high) = (low.value(), high.value());
        if value.is_missing() {
            None
        } else if low.is_some_and(|low| value.high < low || (value.high <= low && value.high_open)) {
            Some("L")
        } else if high.is_some_and(|high| value.low > high || (value.low >= high && value.low_open)) {
            Some("H")
        } else if low.is_none_or(|low| value.low >= low) && high.is_none_or(|high| value.high <= high) {
            (low.is_some() || high.is_some()).then_some("N")
        } else {
            None
        }
    });
    Vector::Text(Texts::encode(words))
}

/// Values and ranges in the units wanted.
struct Values {
    value: Vec<Measure>,
    low: Vec<Measure>,
    high: Vec<Measure>,
}

fn read(
    findings: &BoundFindings,
    place: &Place<'_>,
    parameter: &[Option<usize>],
    who: &dyn Fn(usize) -> String,
    notes: &mut Notes<'_>,
) -> Values {
    let records = place.records;
    let numbers = sheet::numbers(records, &findings.value);
    let texts = findings.text.as_deref().and_then(|text| sheet::texts(records, text)).unwrap_or_default();
    let units = findings.unit.as_deref().and_then(|unit| sheet::texts(records, unit));
    let limit = |name: &Option<String>| {
        name.as_deref().map_or_else(|| vec![Measure::MISSING; records.rows()], |name| sheet::numbers(records, name))
    };
    let (lows, highs) = (limit(&findings.low), limit(&findings.high));
    let mut faults = Faults::default();
    let mut values = Values { value: Vec::new(), low: Vec::new(), high: Vec::new() };
    for (row, own) in parameter.iter().enumerate() {
        let Some(own) = own.and_then(|own| findings.parameters.get(own)) else {
            values.push(Measure::MISSING, Measure::MISSING, Measure::MISSING);
            continue;
        };
        let mut value = numbers[row];
        if let (true, Some(text)) = (value.is_missing(), texts.get(row)) {
            value = Measure::read(text).unwrap_or_else(|| {
                faults.unreadable.entry((own.code.clone(), text.to_owned())).or_default().push(who(row));
                Measure::MISSING
            });
        }
        let unit = units.as_ref().and_then(|units| units.get(row));
        let factor = if value.is_missing() { Some(1.0) } else { factor(own, unit, units.is_some()) };
        let Some(factor) = factor else {
            let unit = unit.unwrap_or("(none)").to_owned();
            faults.units.entry((own.code.clone(), unit)).or_default().push(who(row));
            values.push(Measure::MISSING, Measure::MISSING, Measure::MISSING);
            continue;
        };
        value = if value.is_missing() { value } else { value.scaled(factor) };
        if own.plausible.is_some_and(|[least, most]| value.high < least || value.low > most) {
            faults.implausible.entry(own.code.clone()).or_default().push(who(row));
            value = Measure::MISSING;
        }
        let scaled = |limit: Measure| if limit.is_missing() { limit } else { limit.scaled(factor) };
        values.push(value, scaled(lows[row]), scaled(highs[row]));
    }
    faults.tell(findings, place.dataset, notes);
    values
}

impl Values {
    fn push(&mut self, value: Measure, low: Measure, high: Measure) {
        self.value.push(value);
        self.low.push(low);
        self.high.push(high);
    }
}

/// The factor to the unit wanted.
fn factor(own: &BoundFinding, unit: Option<&str>, recorded: bool) -> Option<f64> {
    match (&own.unit, unit) {
        (None, _) => Some(1.0),
        (Some(wanted), Some(unit)) if wanted == unit => Some(1.0),
        (Some(wanted), Some(unit)) => own.conversion.as_ref()?.factor(unit, wanted),
        // Without a variable for it, the unit wanted is that of the data.
        (Some(_), None) => (!recorded).then_some(1.0),
    }
}

/// What cannot be read, by code and text or unit, with the subjects.
#[derive(Default)]
struct Faults {
    unreadable: BTreeMap<(String, String), Vec<String>>,
    units: BTreeMap<(String, String), Vec<String>>,
    implausible: BTreeMap<String, Vec<String>>,
}

impl Faults {
    fn tell(self, findings: &BoundFindings, dataset: &str, notes: &mut Notes<'_>) {
        let place = |variable: &str, mut subjects: Vec<String>| {
            subjects.sort();
            subjects.dedup();
            error::Place::dataset(dataset.to_owned()).variable(variable.to_owned()).subjects(subjects)
        };
        for ((code, unit), subjects) in self.units {
            let own = findings.parameters.iter().find(|own| own.code == code);
            let known = own.and_then(|own| own.conversion.as_ref()).map(|own| own.units.keys().cloned().collect());
            let known: Vec<String> = known.unwrap_or_default();
            let wanted = own.and_then(|own| own.unit.clone()).unwrap_or_default();
            let message = format!("the unit {unit} of {code} cannot be converted to {wanted}");
            let finding = Finding::error(place(findings.unit.as_deref().unwrap_or_default(), subjects), message);
            notes.findings.push(finding.hint(format!("units known: {}", known.join(", "))));
        }
        for ((code, text), subjects) in self.unreadable {
            let message =
                format!("the result “{text}” of {code} is neither a number nor a limit, and counts as missing");
            let variable = findings.text.as_deref().unwrap_or_default();
            notes.findings.push(Finding::warning(place(variable, subjects), message));
        }
        for (code, subjects) in self.implausible {
            let message = format!("a value of {code} is not plausible, and counts as missing");
            notes.findings.push(Finding::warning(place(&findings.value, subjects), message));
        }
    }
}

/// Which records are baselines and stand for visits.
pub(super) struct Chosen {
    /// The baseline record of the same subject and parameter, for each record.
    pub(super) baseline_of: Vec<Option<usize>>,
    baseline: Vec<Truth>,
    pub(super) after: Vec<Truth>,
    visit: Texts,
}

fn choose(
    findings: &BoundFindings,
    place: &Place<'_>,
    values: &[Measure],
    dates: &[Option<i32>],
    parameter: &[Option<usize>],
    sources: &Sources<'_>,
    notes: &mut Notes<'_>,
) -> Chosen {
    let (plan, records) = (place.plan, place.records);
    let of_row = sources.index.of_rows(records);
    let who = |row: usize| sources.index.id_of_row(&of_row, row);
    let mut mask = |rule: Option<crate::plan::RuleId>| match rule {
        Some(rule) => notes.truths(rule, records, &plan.options, &who),
        None => vec![Truth::True; records.rows()],
    };
    let (may_be_baseline, may_stand) = (mask(findings.baseline), mask(findings.visits));
    let at = findings.at.map(|rule| notes.evaluate(rule, records, &plan.options, &who));
    let prefer: Vec<Arc<Vector>> =
        findings.prefer.iter().map(|rule| Arc::new(notes.evaluate(*rule, records, &plan.options, &who))).collect();
    let choice = Choice { dates, prefer: &prefer, tie: plan.tie };
    let rows = records.rows();
    let mut chosen = Chosen {
        baseline_of: vec![None; rows],
        baseline: vec![Truth::False; rows],
        after: vec![Truth::False; rows],
        visit: Texts::default(),
    };
    let mut visit: Vec<Option<&str>> = vec![None; rows];
    for (subject, own) in place.of_subject.iter().enumerate() {
        let Some(day_one) = sources.day_one[subject] else { continue };
        let mut by_parameter: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for row in own.iter().copied().filter(|row| dates[*row].is_some() && !values[*row].is_missing()) {
            if let Some(parameter) = parameter[row] {
                by_parameter.entry(parameter).or_default().push(row);
            }
        }
        for rows in by_parameter.values() {
            let said = |id: &str| -> Vec<usize> {
                let Some(Vector::Text(texts)) = &at else { return Vec::new() };
                rows.iter().copied().filter(|row| texts.get(*row) == Some(id) && may_stand[*row].holds()).collect()
            };
            let latest = |rows: Vec<usize>| {
                rows.into_iter().max_by(|a, b| dates[*a].cmp(&dates[*b]).then_with(|| choice.preferred(*a, *b)))
            };
            let baseline = if at.is_some() {
                latest(said(&plan.baseline))
            } else {
                let eligible: Vec<usize> = rows.iter().copied().filter(|row| may_be_baseline[*row].holds()).collect();
                choice.baseline(&eligible, day_one)
            };
            for row in rows {
                chosen.baseline_of[*row] = baseline;
                let date = dates[*row].unwrap_or(i32::MIN);
                // Where the data say which record is the baseline, what comes later comes after it, whatever its study day.
                let said = baseline.filter(|_| at.is_some()).and_then(|own| dates[own]);
                let later = match said {
                    Some(said) => date > said,
                    None => date > day_one || date == day_one && !may_be_baseline[*row].holds(),
                };
                chosen.after[*row] = Truth::of(later);
            }
            if let Some(baseline) = baseline {
                chosen.baseline[baseline] = Truth::True;
                visit[baseline] = Some(&plan.baseline);
            }
            for scheduled in &plan.visits {
                let stands = if at.is_some() {
                    latest(said(&scheduled.id))
                } else {
                    let eligible: Vec<usize> = rows.iter().copied().filter(|row| may_stand[*row].holds()).collect();
                    choice.at(&eligible, day_one, scheduled)
                };
                if let Some(row) = stands {
                    visit[row] = Some(&scheduled.id);
                }
            }
        }
    }
    chosen.visit = Texts::encode(visit.into_iter());
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_lies_below_in_or_above_its_range() {
        let number = |values: &[Option<f64>]| {
            Vector::Number(values.iter().map(|own| own.map_or(Measure::MISSING, Measure::exact)).collect())
        };
        let mut value = number(&[Some(1.0), Some(3.0), Some(9.0), None, Some(3.0), Some(9.0)]);
        if let Vector::Number(values) = &mut value {
            values.push(Measure::below(2.0));
            values.push(Measure::below(4.0));
        }
        let low = number(&[Some(2.0), Some(2.0), Some(2.0), Some(2.0), None, None, Some(2.0), Some(2.0)]);
        let high = number(&[Some(5.0), Some(5.0), Some(5.0), Some(5.0), Some(5.0), None, Some(5.0), Some(5.0)]);
        let Vector::Text(words) = range(&value, &low, &high) else { panic!("words") };
        let words: Vec<Option<&str>> = (0..8).map(|row| words.get(row)).collect();
        assert_eq!(words, [Some("L"), Some("N"), Some("H"), None, Some("N"), None, Some("L"), None]);
    }
}
