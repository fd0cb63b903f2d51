//! A time to an event: how it ended, its cumulative incidence, its quantiles, and the comparison of arms.

use std::cell::LazyCell;

use crate::analysis::comparison::bounded;
use crate::analysis::times::{End, TimeOf};
use crate::analysis::{Work, count, value};
use crate::plan::{BoundSurvival, BoundTime};
use crate::results::{Key, Method, Reason, Statistic, Value};
use crate::stats::Undefined;
use crate::stats::survival::{
    ProportionalHazards, Share, Ties, aalen_johansen, cox, grouped_proportional_hazards, kaplan_meier, log_rank,
};

/// What becomes of subjects with a competing event in a comparison.
#[derive(Clone, Copy, PartialEq)]
enum Competing {
    /// They are censored on its day.
    Censored,
    /// They stay at risk to the last day, as people without the event.
    AtRisk,
}

impl Competing {
    const ALL: [Self; 2] = [Self::Censored, Self::AtRisk];

    const fn name(self) -> &'static str {
        match self {
            Self::Censored => "competing-censored",
            Self::AtRisk => "competing-at-risk",
        }
    }
}

/// How an end is told in results.
const fn end_name(end: End) -> &'static str {
    match end {
        End::Event(_) => "event",
        End::Competing(_) => "competing",
        End::Censored => "censored",
    }
}

const DAYS: Option<&str> = Some("days");

/// How times are analysed, wherever they come from.
struct Timing<'a> {
    methods: &'a [Method],
    conf_level: f64,
    /// Where curves are read: name and day.
    readings: Vec<(String, f64)>,
    /// To which day those with a competing event stay at risk.
    last_day: i32,
}

impl Work<'_> {
    pub(super) fn time(&mut self, time: &BoundTime) {
        let readings = time.closing_days.iter();
        let readings = readings.map(|(visit, day)| (self.visit_id(*visit).to_owned(), f64::from(*day))).collect();
        let timing = Timing { methods: &time.methods, conf_level: time.conf_level, readings, last_day: time.last_day };
        self.timed(&timing, &|this, members| this.times(time, members));
    }

    pub(super) fn survival(&mut self, survival: &BoundSurvival) {
        let readings = survival.at.iter().map(|day| (day.to_string(), f64::from(*day))).collect();
        let everybody = self.known_times(survival, &self.members(self.job.set, None));
        let last_day = everybody.iter().map(|own| own.days).max().unwrap_or(1);
        let timing = Timing { methods: &survival.methods, conf_level: survival.conf_level, readings, last_day };
        self.timed(&timing, &|this, members| this.known_times(survival, members));
    }

    fn timed(&mut self, time: &Timing<'_>, times_of: &dyn Fn(&Self, &[usize]) -> Vec<TimeOf>) {
        let mut arms: Vec<Vec<TimeOf>> = Vec::new();
        for group in self.groups() {
            let members = self.members(self.job.set, group);
            let times = times_of(self, &members);
            let key = |statistic| self.in_group(self.key(statistic), group);
            let all: Vec<usize> = times.iter().map(|own| own.subject).collect();
            let n = key(Statistic::N);
            self.push_count(n, Value::Count(count(&all)), &all);
            for end in ["event", "competing", "censored"] {
                let ended = times.iter().filter(|own| end_name(own.end) == end);
                let with: Vec<usize> = ended.map(|own| own.subject).collect();
                let key = |statistic| self.in_group(self.key(statistic), group).variable(end);
                let (counted, share) = (key(Statistic::Count), key(Statistic::Share));
                self.push_count(counted, Value::Count(count(&with)), &with);
                self.push_count(share, Value::share(count(&with), count(&all)), &with);
            }
            if let Some(arm) = group {
                self.curves(time, arm, &times);
                arms.push(times);
            }
        }
        for (arm, reference) in self.contrasts() {
            for competing in Competing::ALL {
                self.compare_times(time, (arm, reference), (&arms[arm], &arms[reference]), competing);
            }
        }
    }

    fn curves(&mut self, time: &Timing<'_>, arm: usize, times: &[TimeOf]) {
        let days: Vec<f64> = times.iter().map(|own| f64::from(own.days)).collect();
        if time.methods.contains(&Method::AalenJohansen) {
            self.incidence(time, arm, times, &days);
        }
        if time.methods.contains(&Method::KaplanMeier) {
            let event: Vec<bool> = times.iter().map(|own| matches!(own.end, End::Event(_))).collect();
            self.kaplan_meier(time, arm, times, (&days, &event));
        }
    }

    fn incidence(&mut self, time: &Timing<'_>, arm: usize, times: &[TimeOf], days: &[f64]) {
        let cause: Vec<usize> = times
            .iter()
            .map(|own| match own.end {
                End::Censored => 0,
                End::Event(_) => 1,
                End::Competing(_) => 2,
            })
            .collect();
        let id = self.plan.arms[arm].id.clone();
        let key = |this: &Self, statistic| this.key(statistic).arm(&id).method(Method::AalenJohansen);
        let curve = aalen_johansen(days, &cause, 2, time.conf_level);
        for step in curve.iter().flat_map(|curve| &curve.steps) {
            let day = step.time.to_string();
            let at = |this: &Self, statistic| key(this, statistic).level(&day);
            self.push(at(self, Statistic::AtRisk), Value::Count(step.at_risk), None);
            self.push(at(self, Statistic::Censored), Value::Count(step.censored), None);
            let then = times.iter().filter(|own| matches!(own.end, End::Event(_)) && f64::from(own.days) >= step.time);
            let then = then.filter(|own| f64::from(own.days) <= step.time);
            let with: Vec<usize> = then.map(|own| own.subject).collect();
            self.push_count(at(self, Statistic::Count), Value::Count(step.events[0]), &with);
            self.shares(INCIDENCE, Ok(&step.incidence[0]), time.conf_level, &at);
            self.push(at(self, Statistic::CompetingIncidence), Value::number(step.incidence[1].estimate), None);
        }
        for (name, day) in &time.readings {
            let day = *day;
            let at = |this: &Self, statistic| key(this, statistic).at(name);
            let at_risk = curve.as_ref().map_or(0, |curve| curve.number_at_risk(day));
            self.push(at(self, Statistic::AtRisk), Value::Count(at_risk), None);
            let of = |cause| curve.as_ref().map_err(|own| *own).and_then(|curve| curve.incidence_at(cause, day));
            self.shares(INCIDENCE, of(1).as_ref().map_err(|own| *own), time.conf_level, &at);
            self.push(at(self, Statistic::CompetingIncidence), value(of(2).map(|share| share.estimate)), None);
        }
    }

    fn kaplan_meier(&mut self, time: &Timing<'_>, arm: usize, times: &[TimeOf], (days, event): (&[f64], &[bool])) {
        let id = self.plan.arms[arm].id.clone();
        let key = |this: &Self, statistic| this.key(statistic).arm(&id).method(Method::KaplanMeier);
        let curve = kaplan_meier(days, event, time.conf_level);
        for step in curve.iter().flat_map(|curve| &curve.steps) {
            let day = step.time.to_string();
            let at = |this: &Self, statistic| key(this, statistic).level(&day);
            self.push(at(self, Statistic::AtRisk), Value::Count(step.at_risk), None);
            self.push(at(self, Statistic::Censored), Value::Count(step.censored), None);
            let then = times.iter().filter(|own| matches!(own.end, End::Event(_)));
            let then = then.filter(|own| f64::from(own.days).to_bits() == step.time.to_bits());
            let with: Vec<usize> = then.map(|own| own.subject).collect();
            let counted = at(self, Statistic::Count);
            self.push_count(counted, Value::Count(step.events), &with);
            self.shares(SURVIVAL, Ok(&step.survival), time.conf_level, &at);
        }
        for (name, day) in &time.readings {
            let at = |this: &Self, statistic| key(this, statistic).at(name);
            let by = |wanted: bool| {
                let ended = times.iter().filter(|own| f64::from(own.days) <= *day);
                ended
                    .filter(|own| matches!(own.end, End::Event(_)) == wanted)
                    .map(|own| own.subject)
                    .collect::<Vec<_>>()
            };
            let at_risk = curve.as_ref().map_or(0, |curve| curve.number_at_risk(*day));
            self.push(at(self, Statistic::AtRisk), Value::Count(at_risk), None);
            let (with, without) = (by(true), by(false));
            let counted = at(self, Statistic::Count);
            self.push_count(counted, Value::Count(count(&with)), &with);
            let censored = at(self, Statistic::Censored);
            self.push_count(censored, Value::Count(count(&without)), &without);
            let read = curve.as_ref().map_err(|own| *own).and_then(|curve| curve.survival_at(*day));
            self.shares(SURVIVAL, read.as_ref().map_err(|own| *own), time.conf_level, &at);
        }
        let quantile = |p| curve.as_ref().map_err(|own| *own).and_then(|curve| curve.time_quantile(p));
        for (statistic, p) in [(Statistic::Q1, 0.25), (Statistic::Median, 0.5), (Statistic::Q3, 0.75)] {
            self.push(key(self, statistic), reached(quantile(p).map(|own| own.estimate)), DAYS);
        }
        let limit = |this: &Self, statistic| key(this, statistic).conf_level(time.conf_level);
        let median = quantile(0.5);
        self.push(limit(self, Statistic::MedianLower), reached(median.map(|own| own.lower)), DAYS);
        self.push(limit(self, Statistic::MedianUpper), reached(median.map(|own| own.upper)), DAYS);
    }

    /// A share with its limits.
    fn shares(
        &mut self,
        [estimate, lower, upper]: [Statistic; 3],
        share: Result<&Share, Undefined>,
        level: f64,
        at: &dyn Fn(&Self, Statistic) -> Key,
    ) {
        self.push(at(self, estimate), value(share.map(|share| share.estimate)), None);
        let interval = share.and_then(|share| share.interval);
        let limit = |statistic| at(self, statistic).conf_level(level);
        let (low, high) = (limit(lower), limit(upper));
        self.push(low, value(interval.map(|interval| interval.lower)), None);
        self.push(high, value(interval.map(|interval| interval.upper)), None);
    }

    fn compare_times(
        &mut self,
        time: &Timing<'_>,
        arms: (usize, usize),
        times: (&[TimeOf], &[TimeOf]),
        competing: Competing,
    ) {
        let [first, second] = self.arm_ids(arms);
        let both = || times.0.iter().map(|own| (own, 1_usize)).chain(times.1.iter().map(|own| (own, 0)));
        let stays = |own: &TimeOf| competing == Competing::AtRisk && matches!(own.end, End::Competing(_));
        let days: Vec<f64> =
            both().map(|(own, _)| f64::from(if stays(own) { time.last_day } else { own.days })).collect();
        let event: Vec<bool> = both().map(|(own, _)| matches!(own.end, End::Event(_))).collect();
        let group: Vec<usize> = both().map(|(_, group)| group).collect();
        let indicator: Vec<f64> = group.iter().map(|group| if *group == 1 { 1.0 } else { 0.0 }).collect();
        let level = time.conf_level;
        let key = |this: &Self, statistic, method| {
            this.key(statistic).variable(competing.name()).contrast(&first, &second).method(method)
        };
        let cox = LazyCell::new(|| cox(&days, &event, std::slice::from_ref(&indicator), Ties::Efron, level));
        for method in time.methods {
            match method {
                Method::LogRank => {
                    let test = log_rank(&days, &event, &group, 2);
                    let test = test.as_ref().map_err(|own| *own);
                    let statistic = test.map(|test| test.statistic);
                    self.push(key(self, Statistic::TestStatistic, *method), value(statistic), None);
                    self.push(key(self, Statistic::PValue, *method), value(test.map(|test| test.p)), None);
                }
                Method::Cox => {
                    self.hazards(cox.as_ref().map_err(|own| *own), level, &|this, s| key(this, s, *method));
                }
                Method::CoxProfile => {
                    let limits = cox.as_ref().map_err(|own| *own).and_then(|fit| fit.profile_limits(0, level));
                    let limit = |this: &Self, statistic| key(this, statistic, *method).conf_level(level);
                    let (lower, upper) = (limit(self, Statistic::RatioLower), limit(self, Statistic::RatioUpper));
                    self.push(lower, bounded(limits.map(|limits| limits.lower)), None);
                    self.push(upper, bounded(limits.map(|limits| limits.upper)), None);
                }
                Method::GroupedHazards => {
                    let rows: Vec<(usize, bool, f64)> = both()
                        .flat_map(|(own, group)| {
                            let visits = if stays(own) { time.readings.len() } else { own.visits };
                            let last = matches!(own.end, End::Event(_)).then(|| visits - 1);
                            let x = if group == 1 { 1.0 } else { 0.0 };
                            (0..visits).map(move |visit| (visit, last == Some(visit), x))
                        })
                        .collect();
                    let interval: Vec<usize> = rows.iter().map(|row| row.0).collect();
                    let happened: Vec<bool> = rows.iter().map(|row| row.1).collect();
                    let x: Vec<f64> = rows.iter().map(|row| row.2).collect();
                    let fit = grouped_proportional_hazards(&interval, &happened, &[x], level);
                    self.hazards(fit.as_ref().map_err(|own| *own), level, &|this, s| key(this, s, *method));
                }
                _ => {}
            }
        }
    }

    /// A hazard ratio with its limits and p-value.
    fn hazards(
        &mut self,
        fit: Result<&ProportionalHazards, Undefined>,
        level: f64,
        key: &dyn Fn(&Self, Statistic) -> Key,
    ) {
        let effect = fit.and_then(|fit| fit.effects.first().map_or(Err(Undefined::NotEstimable), Clone::clone));
        let limit = |statistic| key(self, statistic).conf_level(level);
        let (lower, upper) = (limit(Statistic::RatioLower), limit(Statistic::RatioUpper));
        self.push(key(self, Statistic::Ratio), value(effect.map(|own| own.hazard_ratio)), None);
        self.push(lower, value(effect.map(|own| own.interval.lower)), None);
        self.push(upper, value(effect.map(|own| own.interval.upper)), None);
        self.push(key(self, Statistic::PValue), value(effect.map(|own| own.p)), None);
    }
}

const INCIDENCE: [Statistic; 3] = [Statistic::Incidence, Statistic::IncidenceLower, Statistic::IncidenceUpper];
const SURVIVAL: [Statistic; 3] = [Statistic::Survival, Statistic::SurvivalLower, Statistic::SurvivalUpper];

/// A time that may not be reached.
fn reached(result: Result<Option<f64>, Undefined>) -> Value {
    match result {
        Ok(None) => Value::NotEstimable(Reason::NotReached),
        other => value(other.map(Option::unwrap_or_default)),
    }
}
