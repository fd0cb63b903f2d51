//! Parameters by visit: values and changes described; and shifts of grades from baseline to the worst one after it.

use std::collections::{BTreeMap, BTreeSet};

use crate::analysis::summary::Numbers;
use crate::analysis::{Work, count};
use crate::data::vector::Vector;
use crate::derive::RecordValues;
use crate::plan::{BoundGradeShift, BoundParameters};
use crate::results::{Extract, Key, MISSING_LEVEL, Statistic, Value};
use crate::spec::endpoint::NUMBER_STATISTICS;

/// A parameter at a visit.
type Cell<'a> = (&'a str, &'a str);

impl Work<'_> {
    /// The rows, and an extract for each figure that shows single points outside the whiskers.
    pub(super) fn parameters(&mut self, summary: &BoundParameters) -> Vec<Extract> {
        self.denominators(self.job.set);
        let frames = self.frames;
        let columns = ["arm", &self.plan.subject, "parameter", "visit", "value"].map(str::to_owned).to_vec();
        let empty =
            |(id, _, _): &(String, _, _)| Extract { id: id.clone(), columns: columns.clone(), lines: Vec::new() };
        let mut extracts: Vec<Extract> = summary.outliers.iter().map(empty).collect();
        let Some(values) = frames.records.get(&summary.records) else { return extracts };
        let at = placed(values, frames.subjects.len(), summary);
        for parameter in &summary.parameters {
            for visit in &summary.visits {
                for (what, rule) in [("value", summary.value), ("change", summary.change)] {
                    if what == "change" && *visit == self.plan.baseline {
                        continue;
                    }
                    let Some(Vector::Number(measures)) = values.rule(rule) else { continue };
                    let found = at.get(&(parameter.as_str(), visit.as_str()));
                    for group in self.groups() {
                        let members: BTreeSet<usize> = self.members(self.job.set, group).into_iter().collect();
                        let own: Vec<(usize, usize)> = found
                            .into_iter()
                            .flatten()
                            .copied()
                            .filter(|(subject, row)| members.contains(subject) && !measures[*row].is_missing())
                            .collect();
                        let numbers = Numbers::collect(own.iter().map(|(_, row)| measures[*row]));
                        let base = self.in_group(self.key(Statistic::N), group);
                        let base = base.variable(parameter).at(visit).level(what);
                        let subjects: Vec<usize> = own.iter().map(|(subject, _)| *subject).collect();
                        self.number_statistics(&base, &numbers, &subjects);
                        if let (Some(arm), Some((lower, upper))) = (group, numbers.whiskers(self.plan.quantiles)) {
                            let outside = own.iter().filter_map(|(subject, row)| {
                                let value = measures[*row].value()?;
                                (value < lower || value > upper).then_some((*subject, *row))
                            });
                            let outside: Vec<(usize, usize)> = outside.collect();
                            let shown = summary.outliers.iter().zip(&mut extracts).filter(|((_, codes, change), _)| {
                                codes.contains(parameter) && *change == (what == "change")
                            });
                            for (_, extract) in shown {
                                extract.lines.extend(outside.iter().map(|(subject, row)| {
                                    let value = values.rule(rule).map(|vector| vector.show(*row));
                                    vec![
                                        self.plan.arms[arm].id.clone(),
                                        self.frames.subjects[*subject].clone(),
                                        parameter.clone(),
                                        visit.clone(),
                                        value.unwrap_or_default(),
                                    ]
                                }));
                            }
                        }
                    }
                }
            }
        }
        extracts
    }

    fn number_statistics(&mut self, base: &Key, numbers: &Numbers, subjects: &[usize]) {
        let key = |statistic| Key { statistic, ..base.clone() };
        for statistic in NUMBER_STATISTICS {
            let value = numbers.statistic(*statistic, self.plan.quantiles);
            if matches!(statistic, Statistic::N) {
                self.push_count(key(*statistic), value, subjects);
            } else {
                self.push(key(*statistic), value, None);
            }
        }
        for statistic in [Statistic::WhiskerLower, Statistic::WhiskerUpper] {
            self.push(key(statistic), numbers.statistic(statistic, self.plan.quantiles), None);
        }
    }

    pub(super) fn grade_shift(&mut self, shift: &BoundGradeShift) {
        self.denominators(self.job.set);
        let frames = self.frames;
        let Some(values) = frames.records.get(&shift.records) else { return };
        let visits: Vec<Option<&String>> =
            if shift.visits.is_empty() { vec![None] } else { shift.visits.iter().map(Some).collect() };
        for parameter in &shift.parameters {
            for visit in &visits {
                let found = worst(values, frames.subjects.len(), shift, parameter, visit.map(String::as_str));
                for group in self.groups() {
                    let members = self.members(self.job.set, group);
                    let assessed: Vec<usize> =
                        members.iter().copied().filter(|subject| found.contains_key(subject)).collect();
                    let mut base = self.in_group(self.key(Statistic::N), group).variable(parameter);
                    base.at = visit.cloned();
                    self.push_count(base.clone(), Value::Count(count(&assessed)), &assessed);
                    let mut counted = |levels: Vec<String>, with: Vec<usize>| {
                        let key = |statistic| Key { statistic, levels: levels.clone(), ..base.clone() };
                        let (number, share) = (key(Statistic::Count), key(Statistic::Share));
                        self.push_count(number, Value::Count(count(&with)), &with);
                        self.push_count(share, Value::share(count(&with), count(&assessed)), &with);
                    };
                    let is = |number: Option<f64>, level: &str| {
                        number.map(f64::to_bits) == level.parse::<f64>().ok().map(f64::to_bits)
                    };
                    for to in &shift.levels {
                        let reached =
                            assessed.iter().copied().filter(|subject| is(found.get(subject).map(|own| own.1), to));
                        let reached: Vec<usize> = reached.collect();
                        counted(vec![to.clone()], reached.clone());
                        for from in shift.levels.iter().map(String::as_str).chain([MISSING_LEVEL]) {
                            let with = reached.iter().copied();
                            let with = with.filter(|subject| is(found.get(subject).and_then(|own| own.0), from));
                            counted(vec![from.to_owned(), to.clone()], with.collect());
                        }
                    }
                }
            }
        }
    }
}

/// The records that stand for a visit, by parameter and visit: subject and record.
fn placed<'a>(
    values: &'a RecordValues,
    subjects: usize,
    summary: &BoundParameters,
) -> BTreeMap<Cell<'a>, Vec<(usize, usize)>> {
    let mut at: BTreeMap<Cell<'a>, Vec<(usize, usize)>> = BTreeMap::new();
    let (Some(Vector::Text(parameters)), Some(Vector::Text(visits))) =
        (values.rule(summary.placed.0), values.rule(summary.placed.1))
    else {
        return at;
    };
    for subject in 0..subjects {
        for record in values.of(subject) {
            if let (Some(parameter), Some(visit), true) =
                (parameters.get(*record), visits.get(*record), values.holds(summary.select, *record))
            {
                at.entry((parameter, visit)).or_default().push((subject, *record));
            }
        }
    }
    at
}

/// For each subject with a known number after baseline: the number at baseline, and the largest one after it.
fn worst(
    values: &RecordValues,
    subjects: usize,
    shift: &BoundGradeShift,
    parameter: &str,
    visit: Option<&str>,
) -> BTreeMap<usize, (Option<f64>, f64)> {
    let mut found = BTreeMap::new();
    let number = |rule, record: usize| match values.rule(rule) {
        Some(Vector::Number(numbers)) => numbers[record].value(),
        _ => None,
    };
    let (Some(Vector::Text(parameters)), Some(Vector::Text(visits))) =
        (values.rule(shift.placed.0), values.rule(shift.placed.1))
    else {
        return found;
    };
    for subject in 0..subjects {
        let own = values.of(subject).iter().copied().filter(|record| parameters.get(*record) == Some(parameter));
        let mut from = None;
        let mut to: Option<f64> = None;
        for record in own {
            from = from.or_else(|| number(shift.from, record));
            let counts =
                values.holds(Some(shift.select), record) && visit.is_none_or(|visit| visits.get(record) == Some(visit));
            if let (true, Some(grade)) = (counts, number(shift.to, record)) {
                to = Some(to.map_or(grade, |known| known.max(grade)));
            }
        }
        if let Some(to) = to {
            found.insert(subject, (from, to));
        }
    }
    found
}
