//! Further descriptions of times to an event: cumulative hazard, what is known between visits, restricted means.

use crate::analysis::time::{DAYS, Timing};
use crate::analysis::times::{End, TimeOf};
use crate::analysis::{Work, value};
use crate::results::{Key, Method, Reason, Statistic, Value};
use crate::stats::Undefined;
use crate::stats::survival::{
    KaplanMeier, RestrictedMean, SurvivalContrast, Turnbull, kaplan_meier, milestone_test, nelson_aalen,
    restricted_mean, restricted_mean_difference, restricted_mean_ratio, survival_difference, turnbull,
};

/// The days of some times, and whether each is one of an event.
pub(super) fn days_and_events(times: &[TimeOf]) -> (Vec<f64>, Vec<bool>) {
    times.iter().map(|own| (f64::from(own.days), matches!(own.end, End::Event(_)))).unzip()
}

impl Work<'_> {
    /// The curves of an arm beside those of Aalen and Johansen and of Kaplan and Meier.
    pub(super) fn more_curves(&mut self, time: &Timing<'_>, arm: usize, times: &[TimeOf]) {
        for method in time.methods {
            match method {
                Method::NelsonAalen => self.nelson_aalen(time, arm, times),
                Method::Turnbull => self.turnbull(time, arm, times),
                Method::RestrictedMean => self.restricted_mean(time, arm, times),
                _ => {}
            }
        }
    }

    fn nelson_aalen(&mut self, time: &Timing<'_>, arm: usize, times: &[TimeOf]) {
        let id = self.plan.arms[arm].id.clone();
        let (days, event) = days_and_events(times);
        let curve = nelson_aalen(&days, &event, time.conf_level);
        for (name, day) in &time.readings {
            let key = |this: &Self, statistic| this.key(statistic).arm(&id).method(Method::NelsonAalen).at(name);
            let limit = |this: &Self, statistic| key(this, statistic).conf_level(time.conf_level);
            // Before the first time nobody has had the event; after the last nothing is known.
            let step = curve.as_ref().map_err(|own| *own).and_then(|curve| {
                let last = curve.steps.last().ok_or(Undefined::NoData)?;
                let step = curve.steps.iter().rev().find(|step| step.time <= *day);
                if last.time < *day { Err(Undefined::NotEstimable) } else { Ok(step) }
            });
            let limits = step.and_then(|step| step.map_or(Err(Undefined::NoEvents), |step| step.interval));
            self.push(key(self, Statistic::Hazard), value(step.map(|own| own.map_or(0.0, |own| own.hazard))), None);
            self.push(limit(self, Statistic::HazardLower), value(limits.map(|own| own.lower)), None);
            self.push(limit(self, Statistic::HazardUpper), value(limits.map(|own| own.upper)), None);
        }
    }

    /// Events lie after the last visit without and no later than the visit at which they were seen.
    fn turnbull(&mut self, time: &Timing<'_>, arm: usize, times: &[TimeOf]) {
        let id = self.plan.arms[arm].id.clone();
        // Visits of one week fall on different days. With these days an event would be placed after the visit of another
        // participant; by the schedule all have the same visits.
        let closing =
            |visits: usize| visits.checked_sub(1).and_then(|visit| time.readings.get(visit)).map_or(0.0, |own| own.1);
        let lower: Vec<f64> = times.iter().map(|own| closing(own.visits_without)).collect();
        let by = |own: &TimeOf| if matches!(own.end, End::Event(_)) { closing(own.visits) } else { f64::INFINITY };
        let upper: Vec<f64> = times.iter().map(by).collect();
        let estimate = turnbull(&lower, &upper);
        let key = |this: &Self, statistic| this.key(statistic).arm(&id).method(Method::Turnbull);
        let mut mass = 0.0;
        for interval in estimate.iter().flat_map(|estimate| &estimate.intervals) {
            let at = |this: &Self, statistic| key(this, statistic).level(&interval.lower.to_string());
            mass += interval.mass;
            let until = match interval.upper {
                upper if upper.is_finite() => Value::number(upper),
                _ => Value::NotEstimable(Reason::NotReached),
            };
            self.push(at(self, Statistic::Until), until, DAYS);
            self.push(at(self, Statistic::Incidence), Value::number(mass), None);
        }
        for (name, day) in &time.readings {
            let incidence = estimate.as_ref().map_err(|own| *own).and_then(|own| incidence_by(own, *day));
            self.push(key(self, Statistic::Incidence).at(name), value(incidence), None);
        }
    }

    fn restricted_mean(&mut self, time: &Timing<'_>, arm: usize, times: &[TimeOf]) {
        let id = self.plan.arms[arm].id.clone();
        let mean = mean_until(time, times);
        let key = |this: &Self, statistic| this.key(statistic).arm(&id).method(Method::RestrictedMean);
        let limit = |this: &Self, statistic| key(this, statistic).conf_level(time.conf_level);
        let interval = mean.as_ref().map_err(|own| *own).and_then(|mean| mean.interval);
        self.push(key(self, Statistic::Mean), value(mean.as_ref().map_err(|own| *own).map(|mean| mean.estimate)), DAYS);
        self.push(limit(self, Statistic::MeanLower), value(interval.map(|own| own.lower)), DAYS);
        self.push(limit(self, Statistic::MeanUpper), value(interval.map(|own| own.upper)), DAYS);
    }

    /// The difference and the ratio of restricted means.
    pub(super) fn compare_means(
        &mut self,
        time: &Timing<'_>,
        times: (&[TimeOf], &[TimeOf]),
        key: &dyn Fn(&Self, Statistic) -> Key,
    ) {
        let limit = |this: &Self, statistic| key(this, statistic).conf_level(time.conf_level);
        let means = mean_until(time, times.0).and_then(|first| Ok((first, mean_until(time, times.1)?)));
        let of = |compare: fn(&RestrictedMean, &RestrictedMean, f64) -> Result<SurvivalContrast, Undefined>| {
            means.as_ref().map_err(|own| *own).and_then(|(one, two)| compare(one, two, time.conf_level))
        };
        let (difference, ratio) = (of(restricted_mean_difference), of(restricted_mean_ratio));
        self.push(key(self, Statistic::Difference), value(difference.map(|own| own.estimate)), DAYS);
        self.push(limit(self, Statistic::DifferenceLower), value(difference.map(|own| own.interval.lower)), DAYS);
        self.push(limit(self, Statistic::DifferenceUpper), value(difference.map(|own| own.interval.upper)), DAYS);
        self.push(key(self, Statistic::Ratio), value(ratio.map(|own| own.estimate)), None);
        self.push(limit(self, Statistic::RatioLower), value(ratio.map(|own| own.interval.lower)), None);
        self.push(limit(self, Statistic::RatioUpper), value(ratio.map(|own| own.interval.upper)), None);
        self.push(key(self, Statistic::PValue), value(difference.map(|own| own.p)), None);
    }

    /// The estimates of Kaplan and Meier compared where the curve is read.
    pub(super) fn compare_curves(
        &mut self,
        time: &Timing<'_>,
        times: (&[TimeOf], &[TimeOf]),
        method: Method,
        key: &dyn Fn(&Self, Statistic) -> Key,
    ) {
        let curve = |times: &[TimeOf]| -> Result<KaplanMeier, Undefined> {
            let (days, event) = days_and_events(times);
            kaplan_meier(&days, &event, time.conf_level)
        };
        let curves = curve(times.0).and_then(|first| Ok((first, curve(times.1)?)));
        for (name, day) in &time.readings {
            let at = |this: &Self, statistic| key(this, statistic).at(name);
            let limit = |this: &Self, statistic| at(this, statistic).conf_level(time.conf_level);
            let compare = if method == Method::Milestone { milestone_test } else { survival_difference };
            let contrast =
                curves.as_ref().map_err(|own| *own).and_then(|(one, two)| compare(one, two, *day, time.conf_level));
            if method == Method::SurvivalDifference {
                let lower = contrast.map(|own| own.interval.lower);
                self.push(at(self, Statistic::Difference), value(contrast.map(|own| own.estimate)), None);
                self.push(limit(self, Statistic::DifferenceLower), value(lower), None);
                let upper = contrast.map(|own| own.interval.upper);
                self.push(limit(self, Statistic::DifferenceUpper), value(upper), None);
            }
            self.push(at(self, Statistic::PValue), value(contrast.map(|own| own.p)), None);
        }
    }
}

fn mean_until(time: &Timing<'_>, times: &[TimeOf]) -> Result<RestrictedMean, Undefined> {
    let (days, event) = days_and_events(times);
    restricted_mean(&days, &event, time.horizon, time.conf_level)
}

/// The share with the event by a day; not identified where events lie on both sides of it and it is not known how many.
fn incidence_by(estimate: &Turnbull, day: f64) -> Result<f64, Undefined> {
    if estimate.intervals.iter().any(|interval| interval.lower < day && day < interval.upper) {
        return Err(Undefined::NotEstimable);
    }
    Ok(estimate.intervals.iter().filter(|interval| interval.upper <= day).fold(0.0, |sum, own| sum + own.mass))
}
