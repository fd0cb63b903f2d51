//! Daily doses from medication records, in terms of one drug, averaged over the days that end on a visit.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::data::date::PartialDate;
use crate::data::sheet::{Sheet, texts};
use crate::data::vector::{Measure, Texts, Truth, Vector};
use crate::derive::Notes;
use crate::derive::frame::Sources;
use crate::derive::records::selected;
use crate::error::{Finding, Place};
use crate::plan::{BoundDose, Plan};
use crate::stats::describe;

/// One course of a drug.
struct Course {
    first: i32,
    /// The last day, itself included.
    last: i32,
    /// Dose a day; none where it is not recorded.
    daily: Option<f64>,
    /// Which drug, to tell an overlap of two records of one drug.
    drug: u32,
    /// Whether each of its days is a pulse.
    pulse: bool,
}

/// Which courses are added up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Which {
    /// All.
    All,
    /// Only pulses.
    Pulses,
    /// All but pulses.
    WithoutPulses,
}

impl Which {
    const fn has(self, course: &Course) -> bool {
        match self {
            Self::All => true,
            Self::Pulses => course.pulse,
            Self::WithoutPulses => !course.pulse,
        }
    }
}

/// Whether two courses of one drug share a day.
fn overlap(courses: &[Course]) -> bool {
    courses.iter().enumerate().any(|(at, one)| {
        courses[at + 1..]
            .iter()
            .any(|other| one.drug == other.drug && one.first <= other.last && other.first <= one.last)
    })
}

/// Subjects whose records leave a doubt, by what it is.
#[derive(Default)]
struct Doubts {
    undated: Vec<String>,
    unreadable: Vec<String>,
    reversed: Vec<String>,
    overlapping: Vec<String>,
    negative: Vec<String>,
}

impl Doubts {
    fn tell(self, dose: &BoundDose, notes: &mut Notes<'_>) {
        let all = [
            (self.undated, &dose.start.0, "a course without a first day counts from before the study"),
            (self.unreadable, &dose.end.0, "the last day of a course cannot be read, and the course counts as ongoing"),
            (
                self.reversed,
                &dose.end.0,
                "a course ends before it starts, and its dose counts as not recorded from its end on",
            ),
            (self.negative, &dose.amount, "a dose below zero counts as not recorded"),
            (self.overlapping, &dose.drug, "two records of one drug overlap, and their doses add"),
        ];
        for (mut subjects, variable, message) in all {
            subjects.sort();
            subjects.dedup();
            if !subjects.is_empty() {
                let place = Place::dataset(dose.dataset.clone()).variable(variable.clone()).subjects(subjects);
                notes.findings.push(Finding::warning(place, format!("{}: {message}", dose.name)));
            }
        }
    }
}

/// What a record says of the dose a day.
enum Daily {
    /// It does not reach the whole body and does not count.
    Local,
    /// It counts, but how much is not recorded.
    Unrecorded,
    /// So much.
    Dose(f64),
}

/// The courses of each subject.
pub(crate) struct Courses {
    of_subject: Vec<Vec<Course>>,
}

impl Courses {
    /// What was taken from a first to a last day; missing if a course of those days has no dose. Nobody who has no course
    /// in those days takes anything.
    pub(crate) fn total(&self, subject: usize, first: i32, last: i32, which: Which) -> Measure {
        let mut amounts = Vec::new();
        for course in self.of_subject[subject].iter().filter(|course| which.has(course)) {
            let overlap = course.last.min(last) - course.first.max(first) + 1;
            if overlap > 0 {
                match course.daily {
                    Some(daily) => amounts.push(daily * f64::from(overlap)),
                    None => return Measure::MISSING,
                }
            }
        }
        describe::sum(&amounts).map_or(Measure::MISSING, Measure::exact)
    }

    /// The mean daily dose over `days` days that end on `last`.
    pub(crate) fn mean(&self, subject: usize, last: i32, days: i32, which: Which) -> Measure {
        self.total(subject, last - days + 1, last, which).divided(f64::from(days))
    }

    /// On how many days from a first to a last one there was a pulse.
    pub(crate) fn pulse_days(&self, subject: usize, first: i32, last: i32) -> Measure {
        let pulses = self.of_subject[subject].iter().filter(|course| course.pulse);
        let days: BTreeSet<i32> = pulses.flat_map(|course| course.first.max(first)..=course.last.min(last)).collect();
        Measure::exact(f64::from(u32::try_from(days.len()).unwrap_or(u32::MAX)))
    }
}

/// Reads the courses. An unknown drug, unit, frequency or route is an error by subject; a course without a first day is
/// a warning, and counts from before the study.
pub(crate) fn courses(plan: &Plan, dose: &BoundDose, sources: &Sources<'_>, notes: &mut Notes<'_>) -> Courses {
    let sheet = &sources.sheets[&dose.dataset];
    let frame = (sources.frame_of)(&dose.dataset).expect("the plan names datasets that exist");
    let of_row = sources.index.of_rows(sheet);
    let who = |row: usize| sources.index.id_of_row(&of_row, row);
    let mask = notes.selection(dose.select, sheet, &plan.options, &who);
    let mut columns: Vec<&str> = vec![
        &plan.subject,
        &dose.drug,
        &dose.amount,
        &dose.unit,
        &dose.frequency,
        &dose.route,
        &dose.start.0,
        &dose.end.0,
    ];
    columns.extend(dose.start.1.as_deref());
    columns.extend(dose.end.1.as_deref());
    let ongoing_rule = dose.ongoing.map(|rule| plan.rule(rule));
    columns.extend(ongoing_rule.iter().flat_map(|rule| rule.rule.columns().into_iter().map(|(name, _)| name)));
    let records = selected(&dose.dataset, frame, &mask, &columns);
    let subject_of = sources.index.of_rows(&records);
    let who = |row: usize| sources.index.id_of_row(&subject_of, row);
    let ongoing = match dose.ongoing {
        Some(rule) => notes.truths(rule, &records, &plan.options, &who),
        None => vec![Truth::False; records.rows()],
    };

    let mut reading = Reading::new(dose, &records);
    let mut of_subject: Vec<Vec<Course>> = (0..sources.index.len()).map(|_| Vec::new()).collect();
    let mut doubts = Doubts::default();
    for (row, subject) in subject_of.iter().enumerate() {
        let Some(subject) = *subject else { continue };
        let daily = match reading.daily(row, &who) {
            Daily::Local => continue,
            Daily::Unrecorded => None,
            Daily::Dose(amount) if amount < 0.0 => {
                doubts.negative.push(who(row));
                None
            }
            Daily::Dose(amount) => Some(amount),
        };
        let day_one = sources.day_one[subject];
        let first = reading.start.span(row).map(|(earliest, latest)| match day_one {
            Some(day_one) if (earliest..=latest).contains(&day_one) => day_one,
            _ => earliest,
        });
        if first.is_none() {
            doubts.undated.push(who(row));
        }
        let first = first.unwrap_or(i32::MIN / 4);
        let end = reading.end.span(row);
        if end.is_none() && reading.end.is_unreadable(row) {
            doubts.unreadable.push(who(row));
        }
        let last = match end {
            _ if reading.is_once(row) => first,
            _ if ongoing[row].holds() => i32::MAX / 4,
            Some((_, latest)) => latest,
            None => i32::MAX / 4,
        };
        let pulse = reading.is_pulse(row, daily);
        let course = if last < first {
            doubts.reversed.push(who(row));
            Course { first: last, last: i32::MAX / 4, daily: None, drug: reading.drug_code(row), pulse: false }
        } else {
            Course { first, last, daily, drug: reading.drug_code(row), pulse }
        };
        of_subject[subject].push(course);
    }
    doubts.overlapping = (0..of_subject.len())
        .filter(|subject| overlap(&of_subject[*subject]))
        .map(|subject| sources.index.id(subject))
        .collect();
    doubts.tell(dose, notes);
    for ((variable, word), mut subjects) in reading.unknown {
        subjects.sort();
        subjects.dedup();
        let place = Place::dataset(dose.dataset.clone()).variable(variable).subjects(subjects);
        let message = format!("“{word}” is not known to the instrument of {}", dose.name);
        notes.findings.push(
            Finding::error(place, message)
                .hint("an unknown word is never taken as zero: correct it, or select other records"),
        );
    }
    Courses { of_subject }
}

/// The variables of the records, looked up once.
struct Reading<'a> {
    dose: &'a BoundDose,
    drug: Texts,
    unit: Texts,
    frequency: Texts,
    route: Texts,
    amount: Option<Arc<Vector>>,
    start: DateColumns,
    end: DateColumns,
    unknown: BTreeMap<(String, String), Vec<String>>,
}

/// A complete date, and its text for where it is partial.
struct DateColumns {
    date: Option<Arc<Vector>>,
    text: Texts,
}

impl DateColumns {
    fn new(records: &Sheet, (date, text): &(String, Option<String>)) -> Self {
        let text = text.as_deref().and_then(|text| texts(records, text)).unwrap_or_default();
        Self { date: records.column(date), text }
    }

    /// Whether something is written that is no date.
    fn is_unreadable(&self, row: usize) -> bool {
        self.text.get(row).is_some_and(|text| !text.trim().is_empty() && PartialDate::parse(text).is_none())
    }

    /// The first and last day it may be.
    fn span(&self, row: usize) -> Option<(i32, i32)> {
        if let Some(Vector::Date(dates)) = self.date.as_deref()
            && let Some(day) = dates[row]
        {
            return Some((day, day));
        }
        PartialDate::parse(self.text.get(row)?).map(|partial| (partial.earliest(), partial.latest()))
    }
}

/// A text of a record as the instrument is asked for it.
fn word(column: &Texts, row: usize) -> String {
    column.get(row).unwrap_or("").trim().to_uppercase()
}

impl<'a> Reading<'a> {
    fn new(dose: &'a BoundDose, records: &Sheet) -> Self {
        let column = |name: &str| texts(records, name).unwrap_or_default();
        Self {
            dose,
            drug: column(&dose.drug),
            unit: column(&dose.unit),
            frequency: column(&dose.frequency),
            route: column(&dose.route),
            amount: records.column(&dose.amount),
            start: DateColumns::new(records, &dose.start),
            end: DateColumns::new(records, &dose.end),
            unknown: BTreeMap::new(),
        }
    }

    fn drug_code(&self, row: usize) -> u32 {
        self.drug.codes.get(row).copied().unwrap_or(Texts::MISSING)
    }

    fn is_pulse(&self, row: usize, daily: Option<f64>) -> bool {
        let (Some(pulse), Some(daily)) = (&self.dose.pulse, daily) else { return false };
        let route = word(&self.route, row);
        let by_route = pulse.routes.is_empty() || pulse.routes.iter().any(|known| known.to_uppercase() == route);
        by_route && daily >= pulse.from * (1.0 - 1e-9)
    }

    fn is_once(&self, row: usize) -> bool {
        let frequency = word(&self.frequency, row);
        self.dose.instrument.once.iter().any(|once| once.to_uppercase() == frequency)
    }

    /// The dose a day of a course: one by a local route counts as none, one whose dose is not recorded is missing.
    fn daily(&mut self, row: usize, who: &dyn Fn(usize) -> String) -> Daily {
        let instrument = &self.dose.instrument;
        let route = word(&self.route, row);
        if instrument.local.iter().any(|local| local.to_uppercase() == route) {
            return Daily::Local;
        }
        let drug = word(&self.drug, row);
        let unit = word(&self.unit, row);
        let frequency = word(&self.frequency, row);
        let systemic = instrument.systemic.iter().any(|systemic| systemic.to_uppercase() == route);
        let find = |table: &BTreeMap<String, f64>, word: &str| {
            table.iter().find(|(key, _)| key.to_uppercase() == word).map(|(_, value)| *value)
        };
        let equal = find(&instrument.drugs, &drug);
        let per = find(&instrument.amount_units, &unit);
        let times = find(&instrument.frequencies, &frequency).or_else(|| self.is_once(row).then_some(1.0));
        let equals = instrument.equals;
        let mut note = |variable: &str, word: String, known: bool| {
            if !known {
                let word = if word.is_empty() { "(none)".to_owned() } else { word };
                self.unknown.entry((variable.to_owned(), word)).or_default().push(who(row));
            }
        };
        note(&self.dose.route, route, systemic);
        note(&self.dose.drug, drug, equal.is_some());
        note(&self.dose.unit, unit, per.is_some());
        note(&self.dose.frequency, frequency, times.is_some());
        let amount = match self.amount.as_deref() {
            Some(Vector::Number(values)) => values[row].value(),
            _ => None,
        };
        let (Some(equal), Some(per), Some(times), Some(amount)) = (equal, per, times, amount) else {
            return Daily::Unrecorded;
        };
        Daily::Dose(amount / per * times * equals / equal)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn courses(list: &[(i32, i32, Option<f64>)]) -> Courses {
        let course = |(first, last, daily): &(i32, i32, Option<f64>)| Course {
            first: *first,
            last: *last,
            daily: *daily,
            drug: 0,
            pulse: daily.is_some_and(|daily| daily >= 250.0),
        };
        Courses { of_subject: vec![list.iter().map(course).collect()] }
    }

    #[test]
    fn the_mean_is_over_the_days_that_end_on_the_visit() {
        // 15 until day 166, then 10: of the seven days to day 169, four at 15 and three at 10.
        let taper = courses(&[(1, 166, Some(15.0)), (167, 400, Some(10.0))]);
        assert_eq!(taper.mean(0, 169, 7, Which::All).value(), Some((4.0 * 15.0 + 3.0 * 10.0) / 7.0));
        assert_eq!(taper.mean(0, 500, 7, Which::All).value(), Some(0.0));
        assert_eq!(courses(&[]).mean(0, 169, 7, Which::All).value(), Some(0.0));
    }

    #[test]
    fn overlapping_courses_add_and_an_unrecorded_dose_is_missing() {
        assert_eq!(
            courses(&[(1, 400, Some(5.0)), (1, 400, Some(5.0))]).mean(0, 169, 7, Which::All).value(),
            Some(10.0)
        );
        assert!(courses(&[(1, 400, None)]).mean(0, 169, 7, Which::All).is_missing());
        assert_eq!(courses(&[(1, 100, None)]).mean(0, 169, 7, Which::All).value(), Some(0.0));
    }

    #[test]
    fn pulses_are_told_apart_and_their_days_counted_once() {
        let taper = courses(&[(1, 10, Some(20.0)), (2, 4, Some(625.0)), (4, 5, Some(500.0))]);
        assert_eq!(taper.total(0, 1, 10, Which::All).value(), Some(200.0 + 1875.0 + 1000.0));
        assert_eq!(taper.total(0, 1, 10, Which::Pulses).value(), Some(2875.0));
        assert_eq!(taper.mean(0, 7, 7, Which::WithoutPulses).value(), Some(20.0));
        assert_eq!(taper.pulse_days(0, 1, 10).value(), Some(4.0));
        assert_eq!(taper.pulse_days(0, 5, 10).value(), Some(1.0));
    }
}
