//! Endpoints that are times to an event, seen alike: those of the visits of a frame, and those known in days.

use crate::display::assemble::Assembly;
use crate::display::layout::time::{competing, observed};
use crate::display::number::needs_no_more;
use crate::results::{Key, Method, Statistic, Value};
use crate::spec::Study;
use crate::spec::endpoint::Endpoint;

/// A time to an event.
pub(super) struct Timed<'a> {
    pub(super) endpoint: &'a Endpoint,
    pub(super) methods: &'a [Method],
    pub(super) conf_level: f64,
    /// Where its curve is read.
    pub(super) readings: Vec<Reading>,
    pub(super) competes: Competes,
    /// The last day observed, where the time is one of visits.
    pub(super) last_day: Option<i32>,
}

/// What may end the time before the event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Competes {
    Nothing,
    /// Events that the specification does not name.
    Unnamed,
    /// These events.
    Named(String),
}

/// A place at which a curve is read.
pub(super) struct Reading {
    /// As the results write it.
    pub(super) at: String,
    pub(super) day: f64,
    /// "Week 24 (by day 182)", "Day 56".
    pub(super) label: String,
    /// The same for a tick of an axis of days.
    pub(super) tick: String,
}

impl<'a> Timed<'a> {
    pub(super) fn new(study: &'a Study, endpoint: &'a Endpoint) -> Option<Self> {
        if let Some(time) = &endpoint.time {
            let reading = |(visit, day): (&crate::spec::design::Visit, i32)| Reading {
                at: visit.id.to_string(),
                day: f64::from(day),
                label: format!("{} (by day {day})", visit.label),
                tick: format!("{} ({day})", visit.label),
            };
            let named = !time.competing.is_empty();
            return Some(Self {
                endpoint,
                methods: &time.methods,
                conf_level: time.conf_level,
                readings: observed(study, time).into_iter().map(reading).collect(),
                competes: if named { Competes::Named(competing(study, time)) } else { Competes::Nothing },
                last_day: Some(time.last_day),
            });
        }
        let survival = endpoint.survival.as_ref()?;
        let after = survival.landmark.map(|landmark| format!(" after day {landmark}")).unwrap_or_default();
        let reading = |day: &i32| Reading {
            at: day.to_string(),
            day: f64::from(*day),
            label: format!("Day {day}{after}"),
            tick: day.to_string(),
        };
        Some(Self {
            endpoint,
            methods: &survival.methods,
            conf_level: survival.conf_level,
            readings: survival.at.iter().map(reading).collect(),
            competes: if survival.competing.is_some() { Competes::Unnamed } else { Competes::Nothing },
            last_day: None,
        })
    }

    pub(super) fn has(&self, method: Method) -> bool {
        self.methods.contains(&method)
    }

    /// The key of a statistic of an arm by a method, with the confidence level where it is a limit.
    pub(super) fn key(&self, arm: &str, method: Method, statistic: Statistic) -> Key {
        Key::new(&*self.endpoint.id, statistic).arm(arm).method(method).limited(self.conf_level)
    }

    /// The key of a comparison of two arms, by what becomes of competing events.
    pub(super) fn compared(&self, item: &str, arms: (&str, &str), method: Method, statistic: Statistic) -> Key {
        let key = Key::new(&*self.endpoint.id, statistic).variable(item).contrast(arms.0, arms.1).method(method);
        key.limited(self.conf_level)
    }

    /// Decimals of medians and quartiles: times are whole days, but a quantile may lie between two of them.
    pub(super) fn decimals(&self, assembly: &Assembly<'_>) -> u8 {
        let of_times =
            [Statistic::Median, Statistic::MedianLower, Statistic::MedianUpper, Statistic::Q1, Statistic::Q3];
        let mut keys = assembly.rows.keys().filter(|key| {
            key.analysis == *self.endpoint.id
                && key.method == Some(Method::KaplanMeier)
                && of_times.contains(&key.statistic)
        });
        u8::from(!keys.all(|key| match assembly.rows.get(key).map(|row| &row.value) {
            Some(Value::Number(days)) => needs_no_more(*days, 0),
            _ => true,
        }))
    }
}
