//! A time to an event: how it ended, its cumulative incidence and its quantiles.

use crate::analysis::times::{End, TimeOf};
use crate::analysis::{Work, count, value};
use crate::plan::{BoundSurvival, BoundTime};
use crate::results::{Key, Method, Reason, Statistic, Value};
use crate::spec::method::Limits;
use crate::stats::Undefined;
use crate::stats::survival::{Scale, Share, aalen_johansen, kaplan_meier};

/// How an end is told in results.
const fn end_name(end: End) -> &'static str {
    match end {
        End::Event(_) => "event",
        End::Competing(_) => "competing",
        End::Censored => "censored",
    }
}

pub(super) const DAYS: Option<&str> = Some("days");

/// How times are analysed, wherever they come from.
pub(super) struct Timing<'a> {
    pub(super) methods: &'a [Method],
    pub(super) conf_level: f64,
    /// Where curves are read: name and day.
    pub(super) readings: Vec<(String, f64)>,
    /// To which day those with a competing event stay at risk.
    pub(super) last_day: i32,
    /// The stratum of each subject.
    pub(super) stratum_of: Vec<usize>,
    /// The scale on which limits of Kaplan and Meier's estimate are symmetric.
    pub(super) scale: Scale,
    /// To which day the curves of all arms are known: the horizon of restricted means.
    pub(super) horizon: f64,
}

impl Work<'_> {
    pub(super) fn time(&mut self, time: &BoundTime) {
        let readings = time.closing_days.iter();
        let readings = readings.map(|(visit, day)| (self.visit_id(*visit).to_owned(), f64::from(*day))).collect();
        let timing = Timing {
            methods: &time.methods,
            conf_level: time.conf_level,
            readings,
            last_day: time.last_day,
            stratum_of: self.stratum_of(&time.strata),
            scale: scale_of(time.limits),
            horizon: 0.0,
        };
        self.timed(timing, &|this, members| this.times(time, members));
    }

    pub(super) fn survival(&mut self, survival: &BoundSurvival) {
        let readings = survival.at.iter().map(|day| (day.to_string(), f64::from(*day))).collect();
        let everybody = self.known_times(survival, &self.members(self.job.set, None));
        let last_day = everybody.iter().map(|own| own.days).max().unwrap_or(1);
        let timing = Timing {
            methods: &survival.methods,
            conf_level: survival.conf_level,
            readings,
            last_day,
            stratum_of: self.stratum_of(&survival.strata),
            scale: scale_of(survival.limits),
            horizon: 0.0,
        };
        self.timed(timing, &|this, members| this.known_times(survival, members));
    }

    fn timed(&mut self, time: Timing<'_>, times_of: &dyn Fn(&Self, &[usize]) -> Vec<TimeOf>) {
        let mut arms: Vec<Vec<TimeOf>> = Vec::new();
        let each = (0..self.plan.arms.len()).map(|arm| times_of(self, &self.members(self.job.set, Some(arm))));
        let horizon = each.filter_map(|times| known_until(&times)).fold(f64::from(time.last_day), f64::min);
        let time = &Timing { horizon, ..time };
        if time.methods.contains(&Method::RestrictedMean) {
            let key = self.key(Statistic::Until).method(Method::RestrictedMean);
            self.push(key, Value::number(horizon), DAYS);
        }
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
            self.compare_times(time, (arm, reference), (&arms[arm], &arms[reference]));
        }
        if time.methods.contains(&Method::LogRankTrend) {
            self.hazard_trend(&arms);
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
        self.more_curves(time, arm, times);
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
            let share = on_scale(step.survival, time);
            self.shares(SURVIVAL, Ok(&share), time.conf_level, &at);
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
            let read = read.map(|share| on_scale(share, time));
            self.shares(SURVIVAL, read.as_ref().map_err(|own| *own), time.conf_level, &at);
        }
        let quantile = |p| {
            curve.as_ref().map_err(|own| *own).and_then(|curve| curve.time_quantile_on(p, time.scale, time.conf_level))
        };
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
}

const INCIDENCE: [Statistic; 3] = [Statistic::Incidence, Statistic::IncidenceLower, Statistic::IncidenceUpper];
const SURVIVAL: [Statistic; 3] = [Statistic::Survival, Statistic::SurvivalLower, Statistic::SurvivalUpper];

/// The last day on which the curve of an arm is known: that of its last participant, or any if the last had the event.
fn known_until(times: &[TimeOf]) -> Option<f64> {
    let last = times.iter().map(|own| own.days).max()?;
    let ends = times.iter().any(|own| own.days == last && matches!(own.end, End::Event(_)));
    (!ends).then_some(f64::from(last))
}

/// A share with its limits on the scale asked for; where it has none (0, 1) the reason stays.
fn on_scale(share: Share, time: &Timing<'_>) -> Share {
    Share { interval: share.interval.and_then(|_| share.limits_on(time.scale, time.conf_level)), ..share }
}

const fn scale_of(limits: Limits) -> Scale {
    match limits {
        Limits::LogLog => Scale::LogLog,
        Limits::Plain => Scale::Plain,
        Limits::Log => Scale::Log,
        Limits::Logit => Scale::Logit,
        Limits::ArcSine => Scale::ArcSine,
    }
}

/// A time that may not be reached.
fn reached(result: Result<Option<f64>, Undefined>) -> Value {
    match result {
        Ok(None) => Value::NotEstimable(Reason::NotReached),
        other => value(other.map(Option::unwrap_or_default)),
    }
}
