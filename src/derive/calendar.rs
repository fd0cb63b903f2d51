//! The rows of a frame in time: study days, whether an event came before, and doses up to a visit.

use std::collections::BTreeSet;

use crate::data::vector::{Measure, Truth, Vector};
use crate::derive::dose::{Courses, Which};
use crate::derive::frame::Sources;
use crate::derive::{event, window};
use crate::plan::{BoundDose, Plan};

/// The rows of a frame in time.
pub(super) struct Calendar<'a, 'b> {
    pub(super) plan: &'a Plan,
    pub(super) sources: &'a Sources<'b>,
    /// Rows of a subject.
    pub(super) visits: usize,
    /// When each row was assessed.
    pub(super) assessed: Vec<Option<i32>>,
}

impl Calendar<'_, '_> {
    fn rows(&self) -> std::ops::Range<usize> {
        0..self.assessed.len()
    }

    fn is_baseline(&self, row: usize) -> bool {
        row % self.visits == self.visits - 1
    }

    fn day_one(&self, row: usize) -> Option<i32> {
        self.sources.day_one[row / self.visits]
    }

    pub(super) fn days(&self) -> Vector {
        let day = |row: usize| match (self.assessed[row], self.day_one(row)) {
            (Some(date), Some(day_one)) => Measure::exact(f64::from(window::study_day(date, day_one))),
            _ => Measure::MISSING,
        };
        Vector::Number(self.rows().map(day).collect())
    }

    pub(super) fn weeks(&self) -> Vector {
        let week = |row: usize| {
            let visit = self.plan.visits.get(row % self.visits);
            Measure::exact(visit.map_or(0.0, |visit| f64::from(visit.day - 1) / 7.0))
        };
        Vector::Number(self.rows().map(week).collect())
    }

    pub(super) fn before(&self, first: &[Option<i32>]) -> Vector {
        let before = |row: usize| {
            let event = first[row / self.visits];
            Truth::of(match self.plan.visits.get(row % self.visits) {
                Some(visit) => event::before(event, self.assessed[row], self.day_one(row), visit),
                None => event.zip(self.day_one(row)).is_some_and(|(event, day_one)| event <= day_one),
            })
        };
        Vector::Truth(self.rows().map(before).collect())
    }

    /// The baseline dose, in every row of the subject's.
    pub(super) fn dose_at_baseline(&self, bound: &BoundDose, courses: &Courses) -> Vector {
        Vector::Number(self.rows().map(|row| self.baseline_mean(bound, courses, row, Which::All)).collect())
    }

    fn baseline_mean(&self, bound: &BoundDose, courses: &Courses, row: usize, which: Which) -> Measure {
        let [first, last] = bound.baseline_days;
        // There is no day 0: day −1 is the day before day 1.
        let shift = |day: i32| if day > 0 { day - 1 } else { day };
        self.day_one(row).map_or(Measure::MISSING, |day_one| {
            courses.mean(row / self.visits, day_one + shift(last), shift(last) - shift(first) + 1, which)
        })
    }

    /// The columns of a dose at each row: the mean of the days that end there, and what was taken since study day 1.
    pub(super) fn dose(&self, bound: &BoundDose, courses: &Courses, named: &BTreeSet<String>) -> Vec<(String, Vector)> {
        let mut columns = Vec::new();
        let mut add = |column: String, value: &dyn Fn(usize) -> Measure| {
            if named.contains(&column) {
                columns.push((column, Vector::Number(self.rows().map(value).collect())));
            }
        };
        let mean = |row: usize, which: Which| {
            if self.is_baseline(row) {
                return self.baseline_mean(bound, courses, row, which);
            }
            self.assessed[row].map_or(Measure::MISSING, |last| courses.mean(row / self.visits, last, bound.days, which))
        };
        // From study day 1 to the day of the row; nothing yet at baseline.
        let since = |row: usize, sum: &dyn Fn(i32, i32) -> Measure| match (self.day_one(row), self.assessed[row]) {
            _ if self.is_baseline(row) => Measure::exact(0.0),
            (Some(day_one), Some(last)) => sum(day_one, last),
            _ => Measure::MISSING,
        };
        let subject = |row: usize| row / self.visits;
        let name = &bound.name;
        add(name.clone(), &|row| mean(row, Which::All));
        add(format!("{name}_cumulative"), &|row| {
            since(row, &|first, last| courses.total(subject(row), first, last, Which::All))
        });
        if bound.pulse.is_some() {
            add(format!("{name}_pulses"), &|row| {
                since(row, &|first, last| courses.pulse_days(subject(row), first, last))
            });
            add(format!("{name}_pulse_dose"), &|row| {
                since(row, &|first, last| courses.total(subject(row), first, last, Which::Pulses))
            });
            add(format!("{name}_without_pulses"), &|row| mean(row, Which::WithoutPulses));
        }
        columns
    }
}
