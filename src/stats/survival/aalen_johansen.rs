//! Cumulative incidence of events that exclude one another.

use super::super::{Undefined, real};
use super::curve::{Share, normal_limit, reached};
use super::{by_time, number, simultaneous};

/// Estimated cumulative incidence of each cause.
#[derive(Clone, Debug, PartialEq)]
pub struct CumulativeIncidence {
    /// One for each distinct time, censorings included, rising.
    pub steps: Vec<IncidenceStep>,
}

/// A time at which somebody had an event or was censored.
#[derive(Clone, Debug, PartialEq)]
pub struct IncidenceStep {
    /// The time.
    pub time: f64,
    /// Subjects at risk just before.
    pub at_risk: u64,
    /// Subjects with an event at this time, by cause.
    pub events: Vec<u64>,
    /// Subjects censored at this time, after the events.
    pub censored: u64,
    /// The share without any event from this time until the next.
    pub event_free: Share,
    /// The share that has had the event of each cause by this time; with `event_free` they sum to 1.
    pub incidence: Vec<Share>,
}

/// Cumulative incidence by the Aalen–Johansen estimate.
///
/// # Method
/// Aalen and Johansen 1978, Scandinavian Journal of Statistics 5:141. Variance of Greenwood type: increments of the
/// causes covary as a multinomial among those at risk, carried on by the delta method; Andersen, Borgan, Gill and
/// Keiding 1993, Statistical Models Based on Counting Processes, 4.4.1. Of the usual estimators it is the one that is
/// the binomial variance without censoring and Greenwood's with one cause; Allignol, Schumacher and Beyersmann 2010,
/// Biometrical Journal 52:126, recommend it. Limits symmetric for log(−log F), Choudhury 2002, Statistics in Medicine
/// 21:1129.
///
/// # Input
/// For each subject a time from 0 and its cause, from 1 to `causes`, or 0 when censored; `level` strictly between 0 and
/// 1. At the same time events come before censorings.
///
/// # Not estimable
/// `NoData` without subjects; `OutOfRange` when lengths differ, a time is negative or not finite, a cause is above
/// `causes` or the level is not a probability. A cause without events has incidence 0 throughout, without limits.
///
/// # Agrees with
/// Estimates and standard errors: R `survfit(Surv(time, factor(cause)) ~ 1)`, whose infinitesimal jackknife is the same
/// number here (influences at different times are uncorrelated). `cmprsk::cuminc` has the same estimates and the larger
/// variance of Aalen 1978, which is not binomial without censoring. Cases in `fixtures/reference/aalen-johansen`.
pub fn aalen_johansen(
    time: &[f64],
    cause: &[usize],
    causes: usize,
    level: f64,
) -> Result<CumulativeIncidence, Undefined> {
    let z = normal_limit(level)?;
    if cause.iter().any(|cause| *cause > causes) {
        return Err(Undefined::OutOfRange);
    }
    let subjects = by_time(time, cause)?;
    let mut at_risk = number(&subjects);
    let mut event_free = 1.0;
    let mut variance = 0.0;
    let mut incidence = vec![0.0; causes];
    // Only times with events add to the variance.
    let mut past: Vec<Moment> = Vec::new();
    let mut steps = Vec::new();
    for moment in subjects.chunk_by(simultaneous) {
        let mut events = vec![0; causes];
        for cause in moment.iter().filter_map(|(_, cause)| cause.checked_sub(1)) {
            events[cause] += 1;
        }
        let all: u64 = events.iter().sum();
        if all > 0 {
            let before = event_free;
            let risk = real(at_risk);
            let (hazard, remaining) = (real(all) / risk, real(at_risk - all) / risk);
            variance = remaining * remaining * variance + before * before * hazard * remaining / risk;
            event_free *= remaining;
            for (incidence, events) in incidence.iter_mut().zip(&events) {
                *incidence += before * real(*events) / risk;
            }
            only(&mut incidence, event_free);
            past.push(Moment { risk, before, event_free, events: events.clone(), incidence: incidence.clone() });
        }
        steps.push(IncidenceStep {
            time: moment[0].0,
            at_risk,
            censored: number(moment) - all,
            events,
            event_free: Share::new(event_free, variance, z),
            incidence: (0..causes)
                .map(|cause| {
                    let variance = past.iter().map(|moment| moment.variance(cause, incidence[cause])).sum();
                    Share::new(incidence[cause], variance, z)
                })
                .collect(),
        });
        at_risk -= number(moment);
    }
    Ok(CumulativeIncidence { steps })
}

/// While only one cause has occurred, its incidence is exactly what is no longer free of events.
fn only(incidence: &mut [f64], event_free: f64) {
    let mut occurred = incidence.iter_mut().filter(|incidence| **incidence > 0.0);
    if let (Some(only), None) = (occurred.next(), occurred.next()) {
        *only = 1.0 - event_free;
    }
}

/// A time with events, as far as the variance of later estimates needs it.
struct Moment {
    risk: f64,
    /// The share without event just before, and then.
    before: f64,
    event_free: f64,
    events: Vec<u64>,
    incidence: Vec<f64>,
}

impl Moment {
    /// The part of this time in the variance of the incidence of a cause at a later time, or at this one.
    fn variance(&self, cause: usize, incidence: f64) -> f64 {
        // What an event now costs: the share of survivors who have the event of this cause later.
        let later = if self.event_free > 0.0 { (incidence - self.incidence[cause]) / self.event_free } else { 0.0 };
        let weight = |own: usize| if own == cause { 1.0 - later } else { -later };
        let share = |events: &u64| real(*events) / self.risk;
        let terms = || self.events.iter().enumerate().map(|(own, events)| (weight(own), share(events)));
        let mean: f64 = terms().map(|(weight, share)| weight * share).sum();
        let spread: f64 = terms().map(|(weight, share)| share * (weight - mean) * (weight - mean)).sum();
        let remaining = 1.0 - share(&self.events.iter().sum());
        self.before * self.before * (spread + remaining * mean * mean) / self.risk
    }
}

impl CumulativeIncidence {
    /// The share that has had the event of a cause, from 1, by a time.
    ///
    /// # Not estimable
    /// `NoData` after the last time, unless nobody was left without event; `OutOfRange` when there is no such cause or
    /// the time is not a number.
    ///
    /// # Agrees with
    /// `pstate` of R `summary(survfit, times = time)`; cases in `fixtures/reference/aalen-johansen`.
    pub fn incidence_at(&self, cause: usize, time: f64) -> Result<Share, Undefined> {
        let cause = self.place(cause)?;
        Ok(self.last(time)?.map_or(Share::new(0.0, 0.0, 0.0), |step| step.incidence[cause]))
    }

    /// The share without any event at a time.
    ///
    /// # Not estimable
    /// As `incidence_at`.
    ///
    /// # Agrees with
    /// `pstate` of R `summary(survfit, times = time)`; cases in `fixtures/reference/aalen-johansen`.
    pub fn event_free_at(&self, time: f64) -> Result<Share, Undefined> {
        Ok(self.last(time)?.map_or(Share::new(1.0, 0.0, 0.0), |step| step.event_free))
    }

    /// How many have neither had an event nor been censored before a time.
    ///
    /// # Agrees with
    /// `n.risk` of R `summary(survfit, times = time)`; cases in `fixtures/reference/kaplan-meier`.
    #[must_use]
    pub fn number_at_risk(&self, time: f64) -> u64 {
        let passed = self.steps.partition_point(|step| step.time < time);
        self.steps.get(passed).map_or(0, |step| step.at_risk)
    }

    /// The time by which a share `p` of all subjects has had the event of a cause, from 1; none where follow-up ends
    /// before.
    ///
    /// # Method
    /// The first time at which the estimate reaches `p`, with the rule of the Kaplan–Meier quantiles where the estimate
    /// runs level at just that height.
    ///
    /// # Input
    /// A cause; a probability strictly between 0 and 1.
    ///
    /// # Not estimable
    /// `OutOfRange` when there is no such cause, or for any other `p`.
    ///
    /// # Agrees with
    /// The curves of R `cmprsk::cuminc`, read off; cases in `fixtures/reference/aalen-johansen`.
    pub fn incidence_quantile(&self, cause: usize, p: f64) -> Result<Option<f64>, Undefined> {
        let cause = self.place(cause)?;
        if !(p > 0.0 && p < 1.0) {
            return Err(Undefined::OutOfRange);
        }
        Ok(reached(self.steps.iter().map(|step| (step.time, Some(step.incidence[cause].estimate))), p))
    }

    /// The place of a cause, if there is one.
    fn place(&self, cause: usize) -> Result<usize, Undefined> {
        let causes = self.steps.first().map_or(0, |step| step.incidence.len());
        cause.checked_sub(1).filter(|place| *place < causes).ok_or(Undefined::OutOfRange)
    }

    /// The last step not after a time; none before the first.
    fn last(&self, time: f64) -> Result<Option<&IncidenceStep>, Undefined> {
        if time.is_nan() {
            return Err(Undefined::OutOfRange);
        }
        let passed = self.steps.partition_point(|step| step.time <= time);
        let last = self.steps[..passed].last();
        let over = passed == self.steps.len() && last.is_some_and(|step| step.time < time);
        if over && last.is_some_and(|step| step.event_free.estimate > 0.0) { Err(Undefined::NoData) } else { Ok(last) }
    }
}

#[cfg(test)]
mod tests {
    use super::super::kaplan_meier;
    use super::*;

    #[track_caller]
    fn assert_close(value: f64, expected: f64) {
        assert!(libm::fabs(value - expected) < 1e-14, "{value:e} is not {expected:e}");
    }

    /// Scattered times with ties, and causes 0 to 3.
    fn scattered(subjects: i32, moduli: (i32, usize)) -> (Vec<f64>, Vec<usize>) {
        let time = (0..subjects).map(|i| f64::from(i * i * 7 % moduli.0)).collect();
        (time, (0..subjects).map(|i| usize::try_from(i * i + 3 * i).unwrap() % 11 % moduli.1).collect())
    }

    #[test]
    fn five_subjects_on_paper() {
        // Cause 1 at 1 and 3, cause 2 at 2, censored at 2 and 4.
        let found = aalen_johansen(&[1.0, 2.0, 2.0, 3.0, 4.0], &[1, 2, 0, 1, 0], 2, 0.95).unwrap();
        let expected = [(0.8, 0.2, 0.0), (0.6, 0.2, 0.2), (0.3, 0.5, 0.2), (0.3, 0.5, 0.2)];
        for (step, (free, one, two)) in found.steps.iter().zip(expected) {
            assert_close(step.event_free.estimate, free);
            assert_close(step.incidence[0].estimate, one);
            assert_close(step.incidence[1].estimate, two);
        }
        assert_eq!(found.steps.iter().map(|s| s.at_risk).collect::<Vec<u64>>(), [5, 4, 2, 1]);
        assert_eq!(found.steps[1].events, [0, 1]);
        assert_eq!(found.steps[1].censored, 1);
        // At 3: (1 − 3/8)² 4/25/5 from time 1, (4/5)² (1/2)² (3/16)/4 from time 2, (3/5)² (1/4)/2 from time 3.
        let variance = 25.0 / 64.0 * 0.032 + 0.64 * 0.25 * 3.0 / 64.0 + 0.36 / 8.0;
        assert_close(found.steps[2].incidence[0].standard_error, libm::sqrt(variance));
    }

    #[test]
    fn all_shares_sum_to_one() {
        for moduli in [(13, 4), (29, 4), (97, 3), (5, 4)] {
            let (time, cause) = scattered(60, moduli);
            for step in aalen_johansen(&time, &cause, 3, 0.95).unwrap().steps {
                let all: f64 = step.incidence.iter().map(|share| share.estimate).sum();
                assert_close(all + step.event_free.estimate, 1.0);
            }
        }
    }

    #[test]
    fn one_cause_is_one_minus_kaplan_meier() {
        let (time, cause) = scattered(60, (23, 2));
        let event: Vec<bool> = cause.iter().map(|cause| *cause == 1).collect();
        let km = kaplan_meier(&time, &event, 0.95).unwrap();
        let found = aalen_johansen(&time, &cause, 2, 0.95).unwrap();
        for (one, two) in found.steps.iter().zip(&km.steps) {
            assert_eq!(one.event_free, two.survival);
            assert_close(one.incidence[0].estimate, 1.0 - two.survival.estimate);
            assert_close(one.incidence[0].standard_error, two.survival.standard_error);
            assert_eq!(one.incidence[1], Share::new(0.0, 0.0, 1.0));
        }
        for p in [0.1, 0.25, 0.5] {
            assert_eq!(found.incidence_quantile(1, p).unwrap(), km.time_quantile(p).unwrap().estimate);
        }
    }

    #[test]
    fn without_censoring_the_variance_is_binomial() {
        let (time, cause) = scattered(50, (23, 3));
        let cause: Vec<usize> = cause.iter().map(|cause| cause + 1).collect();
        for step in aalen_johansen(&time, &cause, 3, 0.95).unwrap().steps {
            for share in step.incidence {
                let binomial = share.estimate * (1.0 - share.estimate) / 50.0;
                assert_close(share.standard_error * share.standard_error, binomial);
            }
        }
    }

    #[test]
    fn everybody_has_the_same_event() {
        let found = aalen_johansen(&[1.0, 2.0, 3.0], &[2; 3], 2, 0.95).unwrap();
        let last = found.steps[2].incidence[1];
        assert_eq!((last.estimate, last.interval), (1.0, Err(Undefined::ZeroVariance)));
        assert_close(last.standard_error, 0.0);
        assert_eq!(found.incidence_at(2, 9.0), Ok(last));
    }

    #[test]
    fn between_before_and_after_the_steps() {
        let found = aalen_johansen(&[1.0, 2.0, 4.0], &[1, 2, 0], 2, 0.95).unwrap();
        assert_eq!(found.incidence_at(1, 0.5), Ok(Share::new(0.0, 0.0, 0.0)));
        assert_eq!(found.event_free_at(0.5), Ok(Share::new(1.0, 0.0, 0.0)));
        assert_eq!(found.incidence_at(1, 3.0), Ok(found.steps[1].incidence[0]));
        assert_eq!(found.event_free_at(4.0), Ok(found.steps[2].event_free));
        assert_eq!(found.incidence_at(1, 4.5), Err(Undefined::NoData));
        assert_eq!([0.0, 1.5, 4.0, 5.0].map(|time| found.number_at_risk(time)), [3, 2, 1, 0]);
        assert_eq!(found.incidence_at(3, 1.0), Err(Undefined::OutOfRange));
        assert_eq!(found.incidence_at(0, 1.0), Err(Undefined::OutOfRange));
        assert_eq!(found.incidence_at(1, f64::NAN), Err(Undefined::OutOfRange));
        assert_eq!(found.incidence_quantile(1, 0.5), Ok(None));
        assert_eq!(found.incidence_quantile(1, 0.0), Err(Undefined::OutOfRange));
    }

    #[test]
    fn no_subjects_and_nonsense() {
        let reason = |time: &[f64], cause: &[usize], level| aalen_johansen(time, cause, 2, level).err();
        assert_eq!(reason(&[], &[], 0.95), Some(Undefined::NoData));
        assert_eq!(reason(&[1.0], &[3], 0.95), Some(Undefined::OutOfRange));
        assert_eq!(reason(&[1.0], &[1, 2], 0.95), Some(Undefined::OutOfRange));
        assert_eq!(reason(&[f64::INFINITY], &[1], 0.95), Some(Undefined::OutOfRange));
        assert_eq!(reason(&[1.0], &[1], 0.0), Some(Undefined::OutOfRange));
    }
}
