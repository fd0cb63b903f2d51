//! One rate.

use super::super::distribution::{gamma_quantile, gamma_upper_quantile};
use super::super::{Interval, Undefined, finite, real, tail};
use super::at_risk;

/// A rate with its limits, in events per unit of time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rate {
    /// Events divided by time.
    pub estimate: f64,
    /// Its limits, the lower 0 or more.
    pub interval: Interval,
}

/// Exact interval for a rate of events.
///
/// # Method
/// Quantiles of the gamma distribution, Garwood 1936, Biometrika 28:437; each limit leaves half the error. Without
/// events the lower limit is 0, and the upper one still leaves half the error.
///
/// # Input
/// `events` in a total `time` at risk, above 0 in any unit; `level` strictly between 0 and 1.
///
/// # Not estimable
/// `NoData` when the time is 0; `OutOfRange` when it is negative or not finite, when the level is not a probability,
/// and when a limit exceeds the range of a double; `NotConverged` beyond about 1e8 events.
///
/// # Agrees with
/// R `poisson.test(events, time, conf.level = level)$conf.int`; cases in `fixtures/reference/rate`.
pub fn poisson_rate(events: u64, time: f64, level: f64) -> Result<Rate, Undefined> {
    let outside = tail(level)?;
    let time = at_risk(time)?;
    let count = real(events);
    let lower = if events == 0 { 0.0 } else { gamma_quantile(outside, count)? / time };
    let upper = gamma_upper_quantile(outside, count + 1.0)? / time;
    Ok(Rate { estimate: finite(count / time)?, interval: Interval { lower: finite(lower)?, upper: finite(upper)? } })
}

#[cfg(test)]
mod tests {
    use super::super::super::distribution::gamma_upper;
    use super::*;

    #[track_caller]
    fn assert_close(value: f64, expected: f64) {
        assert!(libm::fabs(value - expected) <= 1e-13 * expected, "{value:e} is not {expected:e}");
    }

    #[test]
    fn no_events_on_paper() {
        // exp(−upper · time) is the error of one side.
        let rate = poisson_rate(0, 4.0, 0.95).unwrap();
        assert_eq!((rate.estimate.to_bits(), rate.interval.lower.to_bits()), (0, 0));
        assert_close(rate.interval.upper, libm::log(40.0) / 4.0);
    }

    #[test]
    fn one_event_on_paper() {
        // At the lower limit an event is seen with probability 1 − exp(−lower · time), the error of one side.
        let rate = poisson_rate(1, 12.5, 0.9).unwrap();
        assert_close(rate.estimate, 0.08);
        assert_close(rate.interval.lower, -libm::log(0.95) / 12.5);
    }

    #[test]
    fn the_unit_of_time_scales_everything() {
        let (years, days) = (poisson_rate(5, 2.0, 0.95).unwrap(), poisson_rate(5, 730.5, 0.95).unwrap());
        for (year, day) in [
            (years.estimate, days.estimate),
            (years.interval.lower, days.interval.lower),
            (years.interval.upper, days.interval.upper),
        ] {
            assert_close(year, day * 365.25);
        }
    }

    #[test]
    fn each_limit_leaves_half_the_error() {
        for events in [1_u64, 2, 9, 40, 1000, 1_000_000] {
            let Rate { estimate, interval } = poisson_rate(events, 1.0, 0.95).unwrap();
            assert!(interval.lower < estimate && estimate < interval.upper);
            // The number of events is at most `events` with probability Q(events + 1, mean).
            let at_most = gamma_upper(real(events) + 1.0, interval.upper).unwrap();
            let fewer = gamma_upper(real(events), interval.lower).unwrap();
            assert!(libm::fabs(at_most - 0.025) < 1e-9 && libm::fabs(1.0 - fewer - 0.025) < 1e-9, "{events}");
        }
    }

    #[test]
    fn no_time_odd_times_and_odd_levels() {
        assert_eq!(poisson_rate(0, 0.0, 0.95), Err(Undefined::NoData));
        for time in [-1.0, f64::NAN, f64::INFINITY] {
            assert_eq!(poisson_rate(1, time, 0.95), Err(Undefined::OutOfRange));
        }
        for level in [0.0, 1.0, 95.0, f64::NAN] {
            assert_eq!(poisson_rate(1, 1.0, level), Err(Undefined::OutOfRange));
        }
        assert_eq!(poisson_rate(3, 1e-320, 0.95), Err(Undefined::OutOfRange));
        assert_eq!(poisson_rate(u64::MAX, 1.0, 0.95), Err(Undefined::NotConverged));
    }
}
