//! Times to an event, subject by subject: when it was first seen, what came before it, or how long nothing was seen.

use crate::analysis::Work;
use crate::data::vector::Vector;
use crate::plan::{BoundSurvival, BoundTime};

/// How the time of a subject ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// At the first visit at which the condition held: its row in the frame.
    Event(usize),
    /// By a competing event: its position in the specification.
    Competing(usize),
    /// Nothing had happened at the last assessment, if there was one.
    Censored,
}

/// The time of a subject.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct TimeOf {
    pub(super) subject: usize,
    /// Days from the start, the first day counting as 1.
    pub(super) days: i32,
    /// Its last date.
    pub(super) date: i32,
    /// Its first date.
    pub(super) start: i32,
    pub(super) end: End,
    /// The last day on which the condition was known not to hold, before the event; none if there is no such day.
    pub(super) last_without: Option<i32>,
    /// How many visits of the schedule are part of it: up to that of the event, or the last one assessed.
    pub(super) visits: usize,
    /// The number of the last visit of the schedule without the event, counted from 1; 0 if there is none.
    pub(super) visits_without: usize,
}

impl Work<'_> {
    /// The times of some subjects that are known in days; a subject without has none.
    pub(super) fn known_times(&self, survival: &BoundSurvival, subjects: &[usize]) -> Vec<TimeOf> {
        let vector = |rule| self.frames.rules.get(&rule).map(|vector| &**vector);
        let Some(Vector::Number(days)) = vector(survival.days) else { return Vec::new() };
        let holds =
            |rule, subject: usize| matches!(vector(rule), Some(Vector::Truth(truths)) if truths[subject].holds());
        let time_of = |subject: &usize| {
            #[expect(clippy::cast_possible_truncation, reason = "a number of days")]
            let days = days[*subject].value()?.round() as i32;
            let end = if holds(survival.event, *subject) {
                End::Event(0)
            } else if survival.competing.is_some_and(|rule| holds(rule, *subject)) {
                End::Competing(0)
            } else {
                End::Censored
            };
            Some(TimeOf {
                subject: *subject,
                days,
                date: 0,
                start: 0,
                end,
                last_without: None,
                visits: 0,
                visits_without: 0,
            })
        };
        let mut times: Vec<TimeOf> = subjects.iter().filter_map(time_of).collect();
        if let Some(landmark) = survival.landmark {
            times.retain(|own| own.days > landmark);
            for own in &mut times {
                own.days -= landmark;
            }
        }
        times
    }

    /// The times of some subjects, in their order; a subject without start date has none.
    pub(super) fn times(&self, time: &BoundTime, subjects: &[usize]) -> Vec<TimeOf> {
        subjects.iter().filter_map(|subject| self.time_of(time, *subject)).collect()
    }

    fn time_of(&self, time: &BoundTime, subject: usize) -> Option<TimeOf> {
        let frame = self.frames.frames.get(&time.frame)?;
        let start = match self.frames.rules.get(&time.start).map(|vector| &**vector) {
            Some(Vector::Date(dates)) => dates[subject]?,
            _ => return None,
        };
        // The first day counts as 1; what is dated before it counts on it.
        let day = |date: i32| (date - start + 1).max(1);
        let competing = time.competing.iter().enumerate().filter_map(|(position, event)| {
            let date = frame.date(&format!("{event}_date"), subject, 0)?;
            (day(date) <= time.last_day).then_some((date, position))
        });
        let competing = competing.min();
        let mut last = TimeOf {
            subject,
            days: 1,
            date: start,
            start,
            end: End::Censored,
            last_without: None,
            visits: 0,
            visits_without: 0,
        };
        for visit in 0..self.plan.visits.len() {
            let Some(date) = frame.date("visit_date", subject, visit) else { continue };
            let passed = competing.is_some_and(|(earlier, _)| earlier <= date);
            if day(date) > time.last_day || passed {
                break;
            }
            if frame.truth(time.event, None, subject, visit).holds() {
                return Some(TimeOf { days: day(date), date, end: End::Event(visit), visits: visit + 1, ..last });
            }
            if frame.truth(time.assessed, None, subject, visit).holds() {
                last = TimeOf {
                    days: day(date),
                    date,
                    last_without: Some(day(date)),
                    visits: visit + 1,
                    visits_without: visit + 1,
                    ..last
                };
            }
        }
        Some(match competing {
            Some((date, position)) => TimeOf { days: day(date), date, end: End::Competing(position), ..last },
            // Who was assessed at the last visit was observed to the end. Visits of one week fall on different days: with
            // the day of the visit instead, the first to come would be censored before the others could respond.
            None if last.visits == time.closing_days.len() && last.visits > 0 => {
                TimeOf { days: time.last_day, date: start + time.last_day - 1, ..last }
            }
            None => last,
        })
    }
}
