//! How many records a subject has had on average, over the days at risk.

use crate::analysis::rates::AtRisk;
use crate::analysis::{Work, value};
use crate::plan::BoundOccurrence;
use crate::results::{Key, Method, Statistic, Value};
use crate::stats::Undefined;
use crate::stats::survival::{MeanCumulativeStep, mean_cumulative_function};

impl Work<'_> {
    /// The mean cumulative function of an arm: a step on each day with records, how far it is known, and its readings.
    pub(super) fn mean_cumulative(&mut self, occurrence: &BoundOccurrence, at: &Key, subjects: &[AtRisk]) {
        let level = occurrence.conf_level;
        let key = |statistic| Key { statistic, ..at.clone() }.method(Method::MeanCumulative).limited(level);
        let days = |own: &AtRisk| u32::try_from(own.days).map_or(f64::INFINITY, f64::from);
        let ends: Vec<f64> = subjects.iter().map(days).collect();
        let records: Vec<Vec<f64>> =
            subjects.iter().map(|own| own.each.iter().copied().map(f64::from).collect()).collect();
        let last = ends.iter().copied().reduce(f64::max);
        self.push(key(Statistic::Day), value(last.ok_or(Undefined::NoData)), None);
        let steps = mean_cumulative_function(&ends, &records, level);
        for step in steps.iter().flatten() {
            let on = |statistic| key(statistic).level(&step.time.to_string());
            self.mean_rows(Ok(Some(step)), &on);
        }
        for day in &occurrence.at {
            let on = |statistic| key(statistic).at(&day.to_string());
            let day = f64::from(*day);
            let followed = ends.iter().filter(|end| **end >= day).count() as u64;
            let seen = records.iter().flatten().filter(|own| **own <= day).count() as u64;
            self.push(on(Statistic::AtRisk), Value::Count(followed), None);
            self.push(on(Statistic::Events), Value::Count(seen), None);
            // After the last day that anybody is followed to nothing is known; before the first record the mean is zero.
            let known = if last.is_some_and(|last| last >= day) { Ok(()) } else { Err(Undefined::NotEstimable) };
            let until = match &steps {
                Ok(steps) => Ok(steps.iter().rev().find(|step| step.time <= day)),
                Err(Undefined::NoEvents) => Ok(None),
                Err(other) => Err(*other),
            };
            self.mean_rows(until.and_then(|step| known.map(|()| step)), &on);
        }
    }

    fn mean_rows(&mut self, step: Result<Option<&MeanCumulativeStep>, Undefined>, key: &dyn Fn(Statistic) -> Key) {
        let limits = step.and_then(|step| step.map_or(Err(Undefined::NoEvents), |step| step.interval));
        self.push(key(Statistic::Mean), value(step.map(|step| step.map_or(0.0, |step| step.mean))), None);
        self.push(key(Statistic::MeanLower), value(limits.map(|own| own.lower)), None);
        self.push(key(Statistic::MeanUpper), value(limits.map(|own| own.upper)), None);
    }
}
