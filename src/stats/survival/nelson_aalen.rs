//! The cumulative hazard.

use super::super::{Interval, Undefined, real};
use super::curve::normal_limit;
use super::{by_time, number, simultaneous};

/// Estimated cumulative hazard.
#[derive(Clone, Debug, PartialEq)]
pub struct CumulativeHazard {
    /// One for each distinct time, censorings included, rising.
    pub steps: Vec<HazardStep>,
}

/// A time at which somebody had the event or was censored.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HazardStep {
    /// The time.
    pub time: f64,
    /// Subjects at risk just before.
    pub at_risk: u64,
    /// Subjects with the event at this time.
    pub events: u64,
    /// The cumulative hazard from this time until the next.
    pub hazard: f64,
    /// Its standard error.
    pub standard_error: f64,
    /// Its limits; `NoEvents` before the first event.
    pub interval: Result<Interval, Undefined>,
}

/// The cumulative hazard by the estimate of Nelson and Aalen.
///
/// # Method
/// The sum of events over those at risk: Nelson 1972, Technometrics 14:945; Aalen 1978, Annals of Statistics 6:701, whose
/// variance is the sum of events over the squares of those at risk. Limits symmetric for the logarithm.
///
/// # Input
/// For each subject a time from 0 and whether it ended in the event; `level` strictly between 0 and 1. At the same time
/// events come before censorings.
///
/// # Not estimable
/// `NoData` without subjects; `OutOfRange` when lengths differ, a time is negative or not finite, or the level is not a
/// probability. Without events the hazard is 0 throughout, without limits.
///
/// # Agrees with
/// R `survfit(Surv(time, event) ~ 1)$cumhaz`; cases in `fixtures/reference/nelson-aalen`.
pub fn nelson_aalen(time: &[f64], event: &[bool], level: f64) -> Result<CumulativeHazard, Undefined> {
    let z = normal_limit(level)?;
    let subjects = by_time(time, event)?;
    let mut at_risk = number(&subjects);
    let (mut hazard, mut variance) = (0.0, 0.0);
    let steps = subjects.chunk_by(simultaneous).map(|moment| {
        let events = moment.iter().map(|(_, event)| u64::from(*event)).sum();
        let risk = real(at_risk);
        hazard += real(events) / risk;
        variance += real(events) / (risk * risk);
        let standard_error = variance.sqrt();
        let interval = if hazard > 0.0 {
            let factor = libm::exp(z * standard_error / hazard);
            Ok(Interval { lower: hazard / factor, upper: hazard * factor })
        } else {
            Err(Undefined::NoEvents)
        };
        let step = HazardStep { time: moment[0].0, at_risk, events, hazard, standard_error, interval };
        at_risk -= number(moment);
        step
    });
    Ok(CumulativeHazard { steps: steps.collect() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_subjects_on_paper() {
        let found = nelson_aalen(&[3.0, 1.0, 2.0, 2.0], &[true, true, true, false], 0.95).unwrap();
        let hazards: Vec<f64> = found.steps.iter().map(|step| step.hazard).collect();
        assert_eq!(hazards, [0.25, 0.25 + 1.0 / 3.0, 0.25 + 1.0 / 3.0 + 1.0]);
        assert!(libm::fabs(found.steps[1].standard_error - libm::sqrt(1.0 / 16.0 + 1.0 / 9.0)) < 1e-15);
        let interval = found.steps[0].interval.unwrap();
        assert!(libm::fabs(interval.lower * interval.upper - 1.0 / 16.0) < 1e-15);
    }

    #[test]
    fn no_events_no_subjects_and_nonsense() {
        let none = nelson_aalen(&[1.0, 2.0], &[false; 2], 0.95).unwrap();
        assert_eq!((none.steps[1].hazard, none.steps[1].interval), (0.0, Err(Undefined::NoEvents)));
        assert_eq!(nelson_aalen(&[], &[], 0.95), Err(Undefined::NoData));
        assert_eq!(nelson_aalen(&[1.0], &[], 0.95), Err(Undefined::OutOfRange));
        assert_eq!(nelson_aalen(&[f64::NAN], &[true], 0.95), Err(Undefined::OutOfRange));
        assert_eq!(nelson_aalen(&[-1.0], &[true], 0.95), Err(Undefined::OutOfRange));
        assert_eq!(nelson_aalen(&[1.0], &[true], 0.0), Err(Undefined::OutOfRange));
    }
}
