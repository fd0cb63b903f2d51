//! What a rate seen so far says of the time still to come.

use super::super::distribution::{beta_lower, beta_quantile};
use super::super::{Interval, Undefined, finite, real, tail};
use super::Rate;
use super::at_risk;

/// The time until further events, by the rate so far.
///
/// # Method
/// Events come at a constant but unknown rate. Of the events in the time seen and in any time after it together, the
/// share that falls after is binomial whatever the rate, so the limits are exact: with the beta quantiles b of shapes
/// (further, events + 1) below and (further, events) above, the time is time · b / (1 − b). Each limit leaves at most half
/// the error. Without prior opinion, and a little wider than with one: Nelson 1982, Applied Life Data Analysis, section
/// 6.1; Hahn and Meeker 1991, Statistical Intervals, section 7.6. The estimate is the time that so many events took.
///
/// # Input
/// `events` in `time`, above 0 in any unit; so many `further` events, at least 1; `level` strictly between 0 and 1.
///
/// # Not estimable
/// `NoEvents` without events; `NoData` when the time is 0; `OutOfRange` when it is negative or not finite, when no
/// further event is asked for, when the level is not a probability, and when a limit exceeds the range of a double.
///
/// # Agrees with
/// Binomial sums with sixty digits, and R's `qf` and `pnbinom`; cases in `fixtures/reference/rate`.
pub fn waiting_time(events: u64, time: f64, further: u64, level: f64) -> Result<Rate, Undefined> {
    let outside = tail(level)?;
    let time = at_risk(time)?;
    if further == 0 {
        return Err(Undefined::OutOfRange);
    }
    if events == 0 {
        return Err(Undefined::NoEvents);
    }
    let (seen, wanted) = (real(events), real(further));
    let lower = beta_quantile(outside, wanted, seen + 1.0)?;
    // The upper tail of one is the lower tail of the other: the difference from 1 keeps its digits.
    let upper = beta_quantile(outside, seen, wanted)?;
    Ok(Rate {
        estimate: finite(time * wanted / seen)?,
        interval: Interval {
            lower: finite(time * lower / (1.0 - lower))?,
            upper: finite(time * (1.0 - upper) / upper)?,
        },
    })
}

/// The number of events in a time to come, by the rate so far.
///
/// # Method
/// The numbers whose `waiting_time` agrees with the time ahead: the largest that may have happened by then, and the
/// largest that must have. Exact in the same sense. The estimate is the rate so far times the time ahead.
///
/// # Input
/// As `waiting_time`; the time `ahead`, 0 or more, in the same unit. Limits are cut at `most` events, above which no
/// number is of interest.
///
/// # Not estimable
/// As `waiting_time`.
///
/// # Agrees with
/// Binomial sums with sixty digits, and R's `qf` and `pnbinom`; cases in `fixtures/reference/rate`.
pub fn further_events(events: u64, time: f64, ahead: f64, most: u64, level: f64) -> Result<Rate, Undefined> {
    let outside = tail(level)?;
    let time = at_risk(time)?;
    if events == 0 {
        return Err(Undefined::NoEvents);
    }
    if !(ahead >= 0.0 && ahead.is_finite()) {
        return Err(Undefined::OutOfRange);
    }
    let seen = real(events);
    let share = ahead / (time + ahead);
    let possible = |further: u64| Ok(beta_lower(share, real(further), seen + 1.0)? >= outside);
    // With fewer than half the error of not having come by then.
    let certain = |further: u64| Ok(beta_lower(1.0 - share, seen, real(further))? <= outside);
    Ok(Rate {
        estimate: finite(seen * ahead / time)?.min(real(most)),
        interval: Interval { lower: real(largest(most, certain)?), upper: real(largest(most, possible)?) },
    })
}

/// The largest number from 1 to `most` for which something holds that holds of all smaller ones; 0 if it holds of none.
fn largest(most: u64, holds: impl Fn(u64) -> Result<bool, Undefined>) -> Result<u64, Undefined> {
    let (mut yes, mut no) = (0, most + 1);
    while no - yes > 1 {
        let middle = u64::midpoint(yes, no);
        if holds(middle)? {
            yes = middle;
        } else {
            no = middle;
        }
    }
    Ok(yes)
}

#[cfg(test)]
mod tests {
    use super::super::super::distribution::gamma_lower;
    use super::*;

    #[test]
    fn one_further_event_on_paper() {
        // After one event in the time t, the next waits longer than w with probability t / (t + w) at most.
        let found = waiting_time(1, 10.0, 1, 0.9).unwrap();
        assert!((found.estimate - 10.0).abs() < 1e-12);
        assert!((found.interval.upper - 190.0).abs() < 1e-9, "{found:?}");
        // Below: 1 − (1 − b)² = 0.05.
        let b = 1.0 - 0.95_f64.sqrt();
        assert!((found.interval.lower - 10.0 * b / (1.0 - b)).abs() < 1e-9, "{found:?}");
    }

    /// Whatever the rate, each limit errs in at most half of what is allowed: summed over all numbers of events seen.
    #[test]
    fn limits_hold_for_every_rate() {
        for mean in [0.3, 1.0, 4.0, 17.0, 60.0] {
            for further in [1_u64, 3, 20] {
                let (mut below, mut above) = (0.0, 0.0);
                let mut chance = libm::exp(-mean);
                for events in 0..200_u64 {
                    if events > 0 {
                        chance *= mean / real(events);
                        let found = waiting_time(events, 1.0, further, 0.95).unwrap().interval;
                        // The time until so many events is a gamma variable.
                        below += chance * gamma_lower(real(further), mean * found.lower).unwrap();
                        above += chance * (1.0 - gamma_lower(real(further), mean * found.upper).unwrap());
                    }
                }
                assert!(below <= 0.025 + 1e-9 && above <= 0.025 + 1e-9, "{mean} {further}: {below} {above}");
                assert!(mean < 10.0 || below > 0.012 && above > 0.012, "{mean} {further}: {below} {above}");
            }
        }
    }

    #[test]
    fn numbers_and_times_say_the_same() {
        for (events, most) in [(3_u64, 40_u64), (25, 60)] {
            for ahead in [0.0, 2.0, 11.5, 90.0] {
                let counts = further_events(events, 30.0, ahead, most, 0.95).unwrap().interval;
                let limits = (1..=most).map(|further| waiting_time(events, 30.0, further, 0.95).unwrap().interval);
                let limits: Vec<Interval> = limits.collect();
                let number =
                    |holds: &dyn Fn(&Interval) -> bool| real(limits.iter().filter(|own| holds(own)).count() as u64);
                assert_eq!(counts.upper.to_bits(), number(&|own| own.lower <= ahead).to_bits(), "{events} {ahead}");
                assert_eq!(counts.lower.to_bits(), number(&|own| own.upper <= ahead).to_bits(), "{events} {ahead}");
            }
        }
    }

    #[test]
    fn the_unit_of_time_scales_everything() {
        let (weeks, days) = (waiting_time(7, 4.0, 9, 0.8).unwrap(), waiting_time(7, 28.0, 9, 0.8).unwrap());
        for (week, day) in [
            (weeks.estimate, days.estimate),
            (weeks.interval.lower, days.interval.lower),
            (weeks.interval.upper, days.interval.upper),
        ] {
            assert!((week * 7.0 - day).abs() <= 1e-12 * day);
        }
    }

    #[test]
    fn nothing_to_go_by() {
        assert_eq!(waiting_time(0, 3.0, 1, 0.95), Err(Undefined::NoEvents));
        assert_eq!(further_events(0, 3.0, 1.0, 9, 0.95), Err(Undefined::NoEvents));
        assert_eq!(waiting_time(1, 0.0, 1, 0.95), Err(Undefined::NoData));
        for (time, further, level) in [(-1.0, 1, 0.95), (f64::NAN, 1, 0.95), (1.0, 0, 0.95), (1.0, 1, 1.0)] {
            assert_eq!(waiting_time(1, time, further, level), Err(Undefined::OutOfRange));
        }
        for ahead in [-1.0, f64::INFINITY, f64::NAN] {
            assert_eq!(further_events(1, 1.0, ahead, 9, 0.95), Err(Undefined::OutOfRange));
        }
        // Nothing can come in no time; and nothing is asked for.
        let none = further_events(4, 1.0, 0.0, 9, 0.95).unwrap();
        assert_eq!((none.estimate.to_bits(), none.interval.upper.to_bits()), (0, 0));
        assert_eq!(further_events(4, 1.0, 5.0, 0, 0.95).unwrap().interval.upper.to_bits(), 0);
    }
}
