//! Attendance of visits by their windows, what has been received of what is expected, and the last record of each source.

use std::collections::BTreeMap;

use crate::analysis::comparison::{Asked, Pair};
use crate::analysis::summary::Numbers;
use crate::analysis::{Work, count};
use crate::data::vector::{Measure, Vector};
use crate::derive::FrameValues;
use crate::plan::{BoundAttendance, BoundForm, BoundRecordSource};
use crate::results::{Key, Reason, Statistic, Value};

/// The name of the visits themselves beside their forms, and of the day of the data.
const VISIT: &str = "visit";
const AS_OF: &str = "as-of";

/// How it stands with a visit of a participant, by the day of the data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Something was recorded in the window.
    InWindow,
    /// Something was recorded in the wider window that is looked at where the window is empty.
    Outside,
    /// The window has closed without anything.
    Missed,
    /// The window has not closed.
    NotDue,
    /// The participant had left before the window opened.
    NotExpected,
}

impl State {
    const fn is_done(self) -> bool {
        matches!(self, Self::InWindow | Self::Outside)
    }

    const fn is_due(self) -> bool {
        self.is_done() || matches!(self, Self::Missed)
    }
}

/// First and last day of a window, as dates.
#[derive(Clone, Copy, Debug)]
struct Window {
    opens: i32,
    closes: i32,
}

/// The state of a visit: the day recorded, its window (none without a study day 1), the last day in the study, and the day
/// of the data.
fn state(recorded: Option<i32>, window: Option<Window>, until: Option<i32>, as_of: i32) -> State {
    // Who was last seen on the day of the data may still be there.
    let left = until.filter(|day| *day < as_of);
    match (recorded, window) {
        (Some(day), Some(window)) if day < window.opens || day > window.closes => State::Outside,
        (Some(_), _) => State::InWindow,
        (None, None) if left.is_some() => State::NotExpected,
        (None, None) => State::NotDue,
        (None, Some(window)) if left.is_some_and(|day| day < window.opens) => State::NotExpected,
        (None, Some(window)) if window.closes > as_of => State::NotDue,
        (None, Some(_)) => State::Missed,
    }
}

/// What is known of a visit of a participant.
#[derive(Clone, Copy, Debug)]
struct Seen {
    state: State,
    /// The day from which on what belongs to the visit is awaited: the day it was done, else the last of its window.
    awaited: Option<i32>,
}

/// A date as a result.
fn told(day: i32) -> Value {
    Value::Text(Vector::Date(vec![Some(day)]).show(0))
}

impl Work<'_> {
    pub(super) fn attendance(&mut self, own: &BoundAttendance) {
        self.denominators(self.job.set);
        let as_of = self.plan.as_of.unwrap_or(i32::MAX);
        let day = self.plan.as_of.map_or(Value::NotEstimable(Reason::NoData), told);
        self.push(self.key(Statistic::Until).variable(AS_OF), day, None);
        let seen: BTreeMap<usize, Vec<Seen>> =
            own.visits.iter().map(|visit| (*visit, self.seen(own, *visit, as_of))).collect();
        for visit in &own.visits {
            self.states_at(own, *visit, &seen[visit]);
        }
        for form in &own.forms {
            let Some(frame) = self.frames.frames.get(&form.frame) else { continue };
            for visit in &own.visits {
                self.form_at(own, (form, frame), std::slice::from_ref(visit), &seen, as_of);
            }
            if own.visits.len() > 1 {
                self.form_at(own, (form, frame), &own.visits, &seen, as_of);
            }
        }
        for source in &own.sources {
            self.source(source);
        }
    }

    /// The window of a visit of a participant. That of baseline has no first day.
    fn window(&self, visit: usize, subject: usize) -> Option<Window> {
        let day_one = self.frames.day_one[subject]?;
        Some(self.plan.visits.get(visit).map_or(Window { opens: i32::MIN, closes: day_one }, |visit| {
            let nominal = day_one + visit.day - 1;
            Window { opens: nominal - visit.within, closes: nominal + visit.within }
        }))
    }

    /// Each participant at a visit.
    fn seen(&self, own: &BoundAttendance, visit: usize, as_of: i32) -> Vec<Seen> {
        let frame = self.frames.frames.get(&own.frame);
        let until = own.until.and_then(|rule| self.frames.rules.get(&rule)).map(|vector| &**vector);
        let of_subject = |subject: usize| {
            let recorded = frame.and_then(|frame| frame.date("visit_date", subject, visit));
            let until = match until {
                Some(Vector::Date(dates)) => dates[subject],
                _ => None,
            };
            let window = self.window(visit, subject);
            Seen { state: state(recorded, window, until, as_of), awaited: recorded.or(window.map(|own| own.closes)) }
        };
        (0..self.frames.subjects.len()).map(of_subject).collect()
    }

    /// How many participants are in which state at a visit, in each arm and in all.
    fn states_at(&mut self, own: &BoundAttendance, visit: usize, seen: &[Seen]) {
        let id = self.visit_id(visit).to_owned();
        let key = |this: &Self, statistic| this.key(statistic).variable(VISIT).at(&id);
        let mut missed = Vec::new();
        for group in self.groups() {
            let members = self.members(self.job.set, group);
            let with = |is: &dyn Fn(State) -> bool| -> Vec<usize> {
                members.iter().copied().filter(|subject| is(seen[*subject].state)).collect()
            };
            let due = with(&State::is_due);
            let parts: [(&str, Vec<usize>); 6] = [
                ("due", due.clone()),
                ("done", with(&State::is_done)),
                ("in-window", with(&|state| state == State::InWindow)),
                ("outside", with(&|state| state == State::Outside)),
                ("missed", with(&|state| state == State::Missed)),
                ("not-due", with(&|state| state == State::NotDue)),
            ];
            let left = ("not-expected", with(&|state| state == State::NotExpected));
            for (level, subjects) in parts.into_iter().chain([left]) {
                let counted = self.in_group(key(self, Statistic::Count), group).level(level);
                self.push_count(counted, Value::Count(count(&subjects)), &subjects);
                if ["done", "in-window", "outside", "missed"].contains(&level) {
                    let share = self.in_group(key(self, Statistic::Share), group).level(level);
                    self.push_count(share, Value::share(count(&subjects), count(&due)), &subjects);
                }
                if level == "missed" && group.is_some() {
                    missed.push((count(&subjects), count(&due)));
                }
            }
        }
        self.differ(own, &missed, &|this, statistic| key(this, statistic).level("missed"));
    }

    /// What is expected, received and overdue of a form, at a visit or at all of them together.
    fn form_at(
        &mut self,
        own: &BoundAttendance,
        (form, frame): (&BoundForm, &FrameValues),
        visits: &[usize],
        seen: &BTreeMap<usize, Vec<Seen>>,
        as_of: i32,
    ) {
        let at = match visits {
            [only] => Some(self.visit_id(*only).to_owned()),
            _ => None,
        };
        let key = |this: &Self, statistic| Key { at: at.clone(), ..this.key(statistic).variable(&form.id) };
        let mut missing = Vec::new();
        for group in self.groups() {
            let members = self.members(self.job.set, group);
            let (mut expected, mut received, mut overdue, mut days) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
            for visit in visits {
                for subject in &members {
                    let Seen { state, awaited } = seen[visit][*subject];
                    let is_here = frame.truth(form.received, None, *subject, *visit).holds();
                    if !is_here && !state.is_due() {
                        continue;
                    }
                    expected.push(*subject);
                    if is_here {
                        received.push(*subject);
                    } else {
                        overdue.push(*subject);
                        days.extend(awaited.map(|day| as_of.saturating_sub(day)));
                    }
                }
            }
            let whole = count(&expected);
            for (level, subjects) in [("expected", &expected), ("received", &received), ("overdue", &overdue)] {
                let of = |this: &Self, statistic| this.in_group(key(this, statistic), group).level(level);
                self.push_count(of(self, Statistic::Count), Value::Count(count(subjects)), subjects);
                if level != "expected" {
                    self.push_count(of(self, Statistic::Share), Value::share(count(subjects), whole), subjects);
                }
            }
            let numbers = Numbers::collect(days.iter().map(|day| Measure::exact(f64::from(*day))));
            for statistic in [Statistic::Median, Statistic::Max] {
                let key = self.in_group(key(self, statistic), group).level("overdue");
                self.push(key, numbers.statistic(statistic, self.plan.quantiles), Some("days"));
            }
            if group.is_some() {
                missing.push((count(&overdue), whole));
            }
        }
        // Visits of one participant are no independent observations: the visits together have no interval.
        if at.is_some() {
            self.differ(own, &missing, &|this, statistic| key(this, statistic).level("overdue"));
        }
    }

    /// What is missing of what is due, each arm against the reference.
    fn differ(&mut self, own: &BoundAttendance, arms: &[(u64, u64)], key: &dyn Fn(&Self, Statistic) -> Key) {
        let asked = Asked { methods: &own.methods, level: own.conf_level, margin: None };
        for (arm, reference) in self.contrasts() {
            let [first, second] = self.arm_ids((arm, reference));
            let pair = Pair { first: arms[arm], second: arms[reference] };
            let bare = key(self, Statistic::N).contrast(&first, &second);
            self.compare_proportions(pair, asked, &|statistic| Key { statistic, ..bare.clone() });
        }
    }

    /// The records of a source: their number, the date of the last, and the lag of their entry.
    fn source(&mut self, source: &BoundRecordSource) {
        let Some(values) = self.frames.records.get(&source.records) else { return };
        let dates = |rule| match values.rule(rule) {
            Some(Vector::Date(dates)) => dates.as_slice(),
            _ => &[],
        };
        let (recorded, entered) = (dates(source.date), source.entered.map(dates));
        let members = self.members(self.job.set, None);
        let records: Vec<usize> = members.iter().flat_map(|subject| values.of(*subject)).copied().collect();
        let last = records.iter().filter_map(|record| recorded.get(*record).copied().flatten()).max();
        let lag = |record: &usize| {
            Some(entered?.get(*record).copied().flatten()? - recorded.get(*record).copied().flatten()?)
        };
        let lags = Numbers::collect(records.iter().filter_map(lag).map(|days| Measure::exact(f64::from(days))));
        let key = |this: &Self, statistic| this.key(statistic).variable(&source.id);
        self.push(key(self, Statistic::Events), Value::Count(records.len() as u64), None);
        let last = last.map_or(Value::NotEstimable(Reason::NoData), told);
        self.push(key(self, Statistic::Max).level("last"), last, None);
        if source.entered.is_some() {
            for statistic in [Statistic::Median, Statistic::Max] {
                let value = lags.statistic(statistic, self.plan.quantiles);
                self.push(key(self, statistic).level("lag"), value, Some("days"));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Day 29 ± 7 after a day 1 that is date 0, so that study day d is date d − 1: open from 21 to 35.
    const WINDOW: Option<Window> = Some(Window { opens: 21, closes: 35 });

    #[test]
    fn a_visit_that_took_place_is_done_whatever_else() {
        for (day, expected) in
            [(20, State::Outside), (21, State::InWindow), (35, State::InWindow), (36, State::Outside)]
        {
            for (until, as_of) in [(None, 0), (Some(10), 100), (Some(10), 5)] {
                assert_eq!(state(Some(day), WINDOW, until, as_of), expected, "{day}");
            }
        }
    }

    #[test]
    fn a_visit_is_missed_from_the_last_day_of_its_window_on() {
        assert_eq!(
            [34, 35, 36].map(|as_of| state(None, WINDOW, None, as_of)),
            [State::NotDue, State::Missed, State::Missed]
        );
    }

    #[test]
    fn who_left_before_the_window_opened_is_not_expected() {
        let at = |until: i32, as_of: i32| state(None, WINDOW, Some(until), as_of);
        assert_eq!([at(20, 100), at(21, 100), at(40, 100)], [State::NotExpected, State::Missed, State::Missed]);
        // Before the window closes as well, and not if the day is that of the data.
        assert_eq!([at(10, 15), at(15, 15), at(16, 15)], [State::NotExpected, State::NotDue, State::NotDue]);
    }

    #[test]
    fn without_day_one_nothing_is_due() {
        assert_eq!(state(None, None, None, 100), State::NotDue);
        assert_eq!(state(None, None, Some(50), 100), State::NotExpected);
    }
}
