//! The product-limit estimate of survival.

use super::super::{Interval, Undefined, real};
use super::curve::{Scale, Share, TimeQuantile, normal_limit, reached};
use super::{by_time, number, simultaneous};

/// Estimated survival.
#[derive(Clone, Debug, PartialEq)]
pub struct KaplanMeier {
    /// One for each distinct time, censorings included, rising.
    pub steps: Vec<Step>,
}

/// A time at which somebody had the event or was censored.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    /// The time.
    pub time: f64,
    /// Subjects at risk just before.
    pub at_risk: u64,
    /// Subjects with the event at this time.
    pub events: u64,
    /// Subjects censored at this time, after the events.
    pub censored: u64,
    /// The share without event from this time until the next.
    pub survival: Share,
}

/// Survival by the product-limit estimate.
///
/// # Method
/// Kaplan and Meier 1958, Journal of the American Statistical Association 53:457. Variance by Greenwood's formula, as a
/// recursion that has a value where all fail: 0. Limits symmetric for log(−log S), Kalbfleisch and Prentice 1980, The
/// Statistical Analysis of Failure Time Data, 1.3.
///
/// # Input
/// For each subject a time from 0 and whether it ended in the event; `level` strictly between 0 and 1. Subjects with
/// both an event and a censoring at the same time: events come first.
///
/// # Not estimable
/// `NoData` without subjects; `OutOfRange` when lengths differ, a time is negative or not finite, or the level is not a
/// probability. Without events survival is 1 throughout, without limits.
///
/// # Agrees with
/// R `survfit(Surv(time, event) ~ 1, conf.type = "log-log")`, except that R has no standard error at survival 0; cases
/// in `fixtures/reference/kaplan-meier`.
pub fn kaplan_meier(time: &[f64], event: &[bool], level: f64) -> Result<KaplanMeier, Undefined> {
    let z = normal_limit(level)?;
    let subjects = by_time(time, event)?;
    let mut at_risk = number(&subjects);
    let (mut survival, mut variance) = (1.0, 0.0);
    let steps = subjects.chunk_by(simultaneous).map(|moment| {
        let events = moment.iter().map(|(_, event)| u64::from(*event)).sum();
        let (risk, hazard) = (real(at_risk), real(events) / real(at_risk));
        let remaining = real(at_risk - events) / risk;
        variance = remaining * remaining * variance + survival * survival * hazard * remaining / risk;
        survival *= remaining;
        let step = Step {
            time: moment[0].0,
            at_risk,
            events,
            censored: number(moment) - events,
            survival: Share::new(survival, variance, z),
        };
        at_risk -= number(moment);
        step
    });
    Ok(KaplanMeier { steps: steps.collect() })
}

impl KaplanMeier {
    /// Survival at a time: that of the last step not after it.
    ///
    /// # Not estimable
    /// `NoData` after the last time, unless nobody survived it; `OutOfRange` when the time is not a number.
    ///
    /// # Agrees with
    /// R `summary(survfit, times = time)`; cases in `fixtures/reference/kaplan-meier`.
    pub fn survival_at(&self, time: f64) -> Result<Share, Undefined> {
        if time.is_nan() {
            return Err(Undefined::OutOfRange);
        }
        let passed = self.steps.partition_point(|step| step.time <= time);
        let Some(step) = self.steps[..passed].last() else {
            return Ok(Share::new(1.0, 0.0, 0.0));
        };
        let over = passed == self.steps.len() && step.time < time;
        if over && step.survival.estimate > 0.0 { Err(Undefined::NoData) } else { Ok(step.survival) }
    }

    /// How many have neither had the event nor been censored before a time.
    ///
    /// # Agrees with
    /// `n.risk` of R `summary(survfit, times = time)`; cases in `fixtures/reference/kaplan-meier`.
    #[must_use]
    pub fn number_at_risk(&self, time: f64) -> u64 {
        let passed = self.steps.partition_point(|step| step.time < time);
        self.steps.get(passed).map_or(0, |step| step.at_risk)
    }

    /// The time by which a share `p` of the subjects has had the event: its estimate and limits, each without a value
    /// where follow-up ends before.
    ///
    /// # Method
    /// Brookmeyer and Crowley 1982, Biometrics 38:29, on the scale of the limits of survival: the times at which the
    /// curve and its limits fall to 1 − `p`. Where one of them runs level at just that height, the middle between the
    /// first time there and the first time below, or between the first time there and the last time of all.
    ///
    /// # Input
    /// A probability strictly between 0 and 1; 1/2 for the median.
    ///
    /// # Not estimable
    /// `OutOfRange` for any other `p`.
    ///
    /// # Agrees with
    /// R `quantile(survfit, p)`; cases in `fixtures/reference/kaplan-meier`.
    pub fn time_quantile(&self, p: f64) -> Result<TimeQuantile, Undefined> {
        if !(p > 0.0 && p < 1.0) {
            return Err(Undefined::OutOfRange);
        }
        Ok(self.quantile_by(p, |step| step.survival.interval))
    }

    /// The time by which a share `p` of the subjects has had the event, with limits of survival on any scale.
    ///
    /// # Method
    /// As `time_quantile`, from the limits of `limits_on`.
    ///
    /// # Input
    /// A probability `p` and a `level`, both strictly between 0 and 1.
    ///
    /// # Not estimable
    /// `OutOfRange` for any other `p` or level.
    ///
    /// # Agrees with
    /// R `quantile(survfit(…, conf.type), p)`; cases in `fixtures/reference/survival-limits`.
    pub fn time_quantile_on(&self, p: f64, scale: Scale, level: f64) -> Result<TimeQuantile, Undefined> {
        normal_limit(level)?;
        if !(p > 0.0 && p < 1.0) {
            return Err(Undefined::OutOfRange);
        }
        Ok(self.quantile_by(p, |step| step.survival.limits_on(scale, level)))
    }

    fn quantile_by(&self, p: f64, limits: impl Fn(&Step) -> Result<Interval, Undefined>) -> TimeQuantile {
        let limit = |pick: fn(Interval) -> f64| {
            let fallen = |step: &Step| limits(step).ok().map(|interval| 1.0 - pick(interval));
            reached(self.steps.iter().map(|step| (step.time, fallen(step))), p)
        };
        TimeQuantile {
            estimate: reached(self.steps.iter().map(|step| (step.time, Some(1.0 - step.survival.estimate))), p),
            lower: limit(|interval| interval.lower),
            upper: limit(|interval| interval.upper),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::distribution::normal_sf;
    use super::*;

    #[track_caller]
    fn assert_close(value: f64, expected: f64) {
        assert!(libm::fabs(value - expected) < 1e-15, "{value:e} is not {expected:e}");
    }

    /// Events at 1, 2 and 4; censored at 2 and 3.
    fn five() -> KaplanMeier {
        kaplan_meier(&[4.0, 2.0, 1.0, 2.0, 3.0], &[true, true, true, false, false], 0.95).unwrap()
    }

    #[test]
    fn five_subjects_on_paper() {
        let km = five();
        let counts: Vec<(u64, u64, u64)> = km.steps.iter().map(|s| (s.at_risk, s.events, s.censored)).collect();
        assert_eq!(counts, [(5, 1, 0), (4, 1, 1), (2, 0, 1), (1, 1, 0)]);
        for (step, expected) in km.steps.iter().zip([0.8, 0.6, 0.6, 0.0]) {
            assert_close(step.survival.estimate, expected);
        }
        // Greenwood: 0.6² (1/20 + 1/12).
        assert_close(km.steps[2].survival.standard_error, libm::sqrt(0.36 * (1.0 / 20.0 + 1.0 / 12.0)));
        assert_close(km.steps[3].survival.standard_error, 0.0);
        assert_eq!(km.steps[3].survival.interval, Err(Undefined::ZeroVariance));
    }

    #[test]
    fn limits_on_paper() {
        // Half of two survive: variance 1/8, log(−log 1/2) ± √2 / (2 log 2) at one standard error.
        let level = 1.0 - 2.0 * normal_sf(1.0).unwrap();
        let km = kaplan_meier(&[1.0, 2.0], &[true, false], level).unwrap();
        let interval = km.steps[0].survival.interval.unwrap();
        let distance = libm::sqrt(0.5) / libm::log(2.0);
        assert_close(interval.lower, libm::pow(0.5, libm::exp(distance)));
        assert_close(interval.upper, libm::pow(0.5, libm::exp(-distance)));
    }

    #[test]
    fn without_censoring_survival_is_a_proportion() {
        let time: Vec<f64> = (0..40).map(|i| f64::from(i * 7 % 13)).collect();
        let km = kaplan_meier(&time, &[true; 40], 0.95).unwrap();
        for step in &km.steps {
            let share = real(step.at_risk - step.events) / 40.0;
            assert_close(step.survival.estimate, share);
            assert_close(step.survival.standard_error, libm::sqrt(share * (1.0 - share) / 40.0));
        }
    }

    #[test]
    fn between_before_and_after_the_steps() {
        let km = five();
        let at = |time| km.survival_at(time).map(|share| share.estimate);
        assert_eq!(at(0.5), Ok(1.0));
        assert_close(at(1.0).unwrap(), 0.8);
        assert_close(at(1.9).unwrap(), 0.8);
        assert_close(at(3.5).unwrap(), 0.6);
        assert_eq!(at(9.0), Ok(0.0));
        assert_eq!(at(f64::NAN), Err(Undefined::OutOfRange));
        let censored = kaplan_meier(&[1.0, 2.0], &[true, false], 0.95).unwrap();
        assert_eq!(censored.survival_at(2.1), Err(Undefined::NoData));
        assert_eq!([0.0, 1.0, 1.5, 2.0, 3.0, 4.0, 4.5].map(|time| km.number_at_risk(time)), [5, 5, 4, 4, 2, 1, 0]);
    }

    #[test]
    fn a_median_on_a_level_stretch_is_its_middle() {
        let km = kaplan_meier(&[1.0, 2.0, 5.0, 7.0], &[true; 4], 0.95).unwrap();
        assert_eq!(km.time_quantile(0.5).unwrap().estimate, Some(3.5));
        let stays = kaplan_meier(&[1.0, 2.0, 5.0, 7.0], &[true, true, false, false], 0.95).unwrap();
        assert_eq!(stays.time_quantile(0.5).unwrap().estimate, Some(4.5));
        assert_eq!(stays.time_quantile(0.6).unwrap().estimate, None);
        assert_eq!(five().time_quantile(1.0), Err(Undefined::OutOfRange));
        assert_eq!(five().time_quantile_on(1.0, Scale::Log, 0.95), Err(Undefined::OutOfRange));
        assert_eq!(five().time_quantile_on(0.5, Scale::Log, 1.0), Err(Undefined::OutOfRange));
        assert_eq!(five().time_quantile_on(0.5, Scale::LogLog, 0.95), five().time_quantile(0.5));
    }

    #[test]
    fn no_events_no_subjects_and_nonsense() {
        let none = kaplan_meier(&[1.0, 2.0], &[false; 2], 0.95).unwrap();
        assert_eq!(none.steps[1].survival, Share::new(1.0, 0.0, 0.0));
        assert_eq!(none.time_quantile(0.5), Ok(TimeQuantile { estimate: None, lower: None, upper: None }));
        assert_eq!(kaplan_meier(&[], &[], 0.95), Err(Undefined::NoData));
        assert_eq!(kaplan_meier(&[1.0], &[], 0.95), Err(Undefined::OutOfRange));
        assert_eq!(kaplan_meier(&[-1.0], &[true], 0.95), Err(Undefined::OutOfRange));
        assert_eq!(kaplan_meier(&[f64::NAN], &[true], 0.95), Err(Undefined::OutOfRange));
        assert_eq!(kaplan_meier(&[1.0], &[true], 1.0), Err(Undefined::OutOfRange));
        assert_eq!(kaplan_meier(&[0.0, -0.0], &[true; 2], 0.95).unwrap().steps.len(), 1);
    }
}
