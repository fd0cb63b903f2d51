//! Events that may come again: how many a subject has had on average.

use super::super::{Interval, Undefined, real};
use super::curve::normal_limit;
use super::number;

/// The mean number of events from a time until the next.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MeanCumulativeStep {
    /// A time with events.
    pub time: f64,
    /// Subjects still followed then.
    pub at_risk: u64,
    /// Events at this time, of all subjects.
    pub events: u64,
    /// The mean number of events of a subject until then.
    pub mean: f64,
    /// Its standard error.
    pub standard_error: f64,
    /// Its limits; `ZeroVariance` when the standard error is 0.
    pub interval: Result<Interval, Undefined>,
}

/// The mean cumulative function of recurrent events: one step for each time with events, rising.
///
/// # Method
/// Nelson 1988, Journal of Quality Technology 20:24: the sum of events over those still followed. Variance of Lawless and
/// Nadeau 1995, Technometrics 37:158, equation 2.6: the squared sums of what each subject had more than its share, without
/// assumptions on how the events of a subject hang together. Limits symmetric for the logarithm.
///
/// # Input
/// For each subject the end of its follow-up, from 0, and the times of its events, from 0 and not after the end, in any
/// order; `level` strictly between 0 and 1. Who is last seen at a time is at risk then.
///
/// # Not estimable
/// `NoData` without subjects; `NoEvents` without events; `OutOfRange` when lengths differ, a time is negative, not finite
/// or after the end of follow-up, or the level is not a probability.
///
/// # Agrees with
/// Rational arithmetic from the definition; cases in `fixtures/reference/mean-cumulative`. With at most one event, each
/// the end of its follow-up, the mean is that of `nelson_aalen`.
pub fn mean_cumulative_function(
    end: &[f64],
    events: &[Vec<f64>],
    level: f64,
) -> Result<Vec<MeanCumulativeStep>, Undefined> {
    let z = normal_limit(level)?;
    let sound = |time: &f64| time.is_finite() && *time >= 0.0;
    let within = |(end, events): (&f64, &Vec<f64>)| sound(end) && events.iter().all(|time| sound(time) && time <= end);
    if end.len() != events.len() || !end.iter().zip(events).all(within) {
        return Err(Undefined::OutOfRange);
    }
    if end.is_empty() {
        return Err(Undefined::NoData);
    }
    // In an order of their own, so that the order of the input leaves no trace in the sums.
    let mut subjects: Vec<Subject> = end
        .iter()
        .zip(events)
        .map(|(end, events)| Subject { end: *end, events: sorted(events), excess: 0.0 })
        .collect();
    subjects.sort_by(|one, two| one.end.total_cmp(&two.end).then_with(|| order(&one.events, &two.events)));
    let mut times = sorted(&events.concat());
    times.dedup();
    if times.is_empty() {
        return Err(Undefined::NoEvents);
    }
    let mut mean = 0.0;
    let steps = times.into_iter().map(|time| {
        let followed = subjects.partition_point(|subject| subject.end < time);
        let followed = &mut subjects[followed..];
        let at_risk = number(followed);
        let events = followed.iter().map(|subject| subject.at(time)).sum();
        let increment = real(events) / real(at_risk);
        mean += increment;
        for subject in followed {
            subject.excess += (real(subject.at(time)) - increment) / real(at_risk);
        }
        let standard_error = subjects.iter().map(|subject| subject.excess * subject.excess).sum::<f64>().sqrt();
        let interval = if standard_error > 0.0 {
            let factor = libm::exp(z * standard_error / mean);
            Ok(Interval { lower: mean / factor, upper: mean * factor })
        } else {
            Err(Undefined::ZeroVariance)
        };
        MeanCumulativeStep { time, at_risk, events, mean, standard_error, interval }
    });
    Ok(steps.collect())
}

/// A subject in the course of time.
struct Subject {
    end: f64,
    events: Vec<f64>,
    /// What it had more than its share until now, over those at risk.
    excess: f64,
}

impl Subject {
    /// How many events it has at a time.
    fn at(&self, time: f64) -> u64 {
        let from = self.events.partition_point(|own| *own < time);
        let until = self.events.partition_point(|own| *own <= time);
        number(&self.events[from..until])
    }
}

/// Adding zero makes a negative zero positive, so that equal times have equal bits.
fn sorted(times: &[f64]) -> Vec<f64> {
    let mut times: Vec<f64> = times.iter().map(|time| time + 0.0).collect();
    times.sort_unstable_by(f64::total_cmp);
    times
}

fn order(one: &[f64], two: &[f64]) -> std::cmp::Ordering {
    let mut pairs = one.iter().zip(two).map(|(one, two)| one.total_cmp(two));
    pairs.find(|order| order.is_ne()).unwrap_or(one.len().cmp(&two.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_subjects_on_paper() {
        let found = mean_cumulative_function(&[4.0, 2.0], &[vec![3.0, 1.0], vec![1.0]], 0.95).unwrap();
        assert_eq!(
            found.iter().map(|step| (step.at_risk, step.events, step.mean)).collect::<Vec<_>>(),
            [(2, 2, 1.0), (1, 1, 2.0)]
        );
        assert_eq!(found[1].interval, Err(Undefined::ZeroVariance));
        let uneven = mean_cumulative_function(&[4.0, 4.0], &[vec![1.0, 1.0], vec![]], 0.95).unwrap();
        // Each is one event from the mean of 1, over two subjects.
        assert_eq!((uneven[0].mean, uneven[0].standard_error), (1.0, 0.5_f64.sqrt()));
    }

    #[test]
    fn nothing_to_estimate() {
        let reason = |end: &[f64], events: &[Vec<f64>]| mean_cumulative_function(end, events, 0.95).err();
        assert_eq!(reason(&[], &[]), Some(Undefined::NoData));
        assert_eq!(reason(&[1.0], &[vec![]]), Some(Undefined::NoEvents));
        assert_eq!(reason(&[1.0], &[vec![2.0]]), Some(Undefined::OutOfRange));
        assert_eq!(reason(&[1.0], &[vec![-1.0]]), Some(Undefined::OutOfRange));
        assert_eq!(reason(&[f64::NAN], &[vec![]]), Some(Undefined::OutOfRange));
        assert_eq!(reason(&[1.0], &[]), Some(Undefined::OutOfRange));
        assert_eq!(mean_cumulative_function(&[1.0], &[vec![1.0]], 1.0), Err(Undefined::OutOfRange));
    }
}
