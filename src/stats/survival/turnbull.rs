//! Survival when an event is only known to lie between two visits.

use super::super::symmetric::{Factors, Matrix};
use super::super::{Undefined, finite, size};

/// How far a derivative may be from its value at the maximum, relative.
const LEVEL: f64 = 1e-11;

const STEPS: usize = 2_000;
const HALVINGS: usize = 60;

/// A distribution of times to an event.
#[derive(Clone, Debug, PartialEq)]
pub struct Turnbull {
    /// Where the events are, rising, each with a mass above 0; within an interval the distribution is not known.
    pub intervals: Vec<TurnbullInterval>,
    /// The log-likelihood.
    pub log_likelihood: f64,
}

/// Times among which a share of the events is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TurnbullInterval {
    /// After this time, or at it if it is the upper one too.
    pub lower: f64,
    /// Until this time; infinite after the last visit.
    pub upper: f64,
    /// The share of all subjects.
    pub mass: f64,
}

/// The distribution of a time to an event of which only intervals are known.
///
/// # Method
/// The maximum-likelihood estimate of Turnbull 1976, Journal of the Royal Statistical Society B 38:290. Masses are on the
/// innermost intervals, from a lower limit to the next upper limit with none between (Peto 1973, Applied Statistics
/// 22:86). Newton's method on the intervals with mass, others entering while the likelihood rises; it ends where the
/// conditions of Gentleman and Geyer 1994, Biometrika 81:618, tell that it is the maximum. The masses are unique, as each
/// innermost interval is the first for some subject.
///
/// # Input
/// For each subject a lower and an upper limit from 0: the event came after the lower and not after the upper; equal if
/// the time is known, the upper infinite if it had not come by the lower.
///
/// # Not estimable
/// `NoData` without subjects; `NoEvents` when all upper limits are infinite; `OutOfRange` when lengths differ, a lower limit is negative, not finite or above its upper, or a limit is not a
/// number; `NotConverged` after too many steps.
///
/// # Agrees with
/// Cases by hand, and an own script of high precision that verifies the conditions; R `survfit`, where all times are known
/// or censored; cases in `fixtures/reference/turnbull`.
pub fn turnbull(lower: &[f64], upper: &[f64]) -> Result<Turnbull, Undefined> {
    let sound = |(lower, upper): (&f64, &f64)| lower.is_finite() && *lower >= 0.0 && lower <= upper;
    if lower.len() != upper.len() || !lower.iter().zip(upper).all(sound) {
        return Err(Undefined::OutOfRange);
    }
    if lower.is_empty() {
        return Err(Undefined::NoData);
    }
    if upper.iter().all(|upper| upper.is_infinite()) {
        return Err(Undefined::NoEvents);
    }
    let mut known: Vec<(f64, f64)> = lower.iter().zip(upper).map(|(lower, upper)| (lower + 0.0, upper + 0.0)).collect();
    known.sort_unstable_by(|one, two| one.0.total_cmp(&two.0).then(one.1.total_cmp(&two.1)));
    let places = innermost(&known);
    let possible = known.iter().map(|(lower, upper)| {
        let inside = |(from, until): &(f64, f64)| {
            // A known time is not in an interval that begins after it.
            let after = if same(*from, *until) {
                lower < from || (same(*lower, *from) && same(*lower, *upper))
            } else {
                lower <= from
            };
            after && until <= upper
        };
        places.iter().map(inside).collect()
    });
    let mut search = Search { possible: possible.collect(), mass: vec![1.0 / size(&places); places.len()] };
    search.run()?;
    let log_likelihood = finite(search.log_likelihood(&search.mass))?;
    let held = places.into_iter().zip(search.mass).filter(|(_, mass)| *mass > 0.0);
    let intervals = held.map(|((lower, upper), mass)| TurnbullInterval { lower, upper, mass }).collect();
    Ok(Turnbull { intervals, log_likelihood })
}

/// Whether times are equal; none is a negative zero.
fn same(one: f64, two: f64) -> bool {
    one.total_cmp(&two).is_eq()
}

/// A lower limit and the next upper limit, with no other lower limit between.
fn innermost(known: &[(f64, f64)]) -> Vec<(f64, f64)> {
    // At a time a known time begins first, then intervals end, then intervals begin.
    let mut ends: Vec<(f64, u8)> = Vec::new();
    for (lower, upper) in known {
        ends.push((*lower, if same(*lower, *upper) { 0 } else { 2 }));
        ends.push((*upper, 1));
    }
    ends.sort_unstable_by(|one, two| one.0.total_cmp(&two.0).then(one.1.cmp(&two.1)));
    let next = ends.windows(2).filter(|pair| pair[0].1 != 1 && pair[1].1 == 1);
    next.map(|pair| (pair[0].0, pair[1].0)).collect()
}

/// The search for the maximum: of the log-likelihood less the number of subjects times the sum of masses, which at its
/// maximum over all masses not below 0 is 1.
struct Search {
    /// For each subject whether its event may be in each of the intervals.
    possible: Vec<Vec<bool>>,
    mass: Vec<f64>,
}

impl Search {
    fn shares(&self, mass: &[f64]) -> Vec<f64> {
        let own = |row: &Vec<bool>| row.iter().zip(mass).filter(|(inside, _)| **inside).map(|(_, mass)| mass).sum();
        self.possible.iter().map(own).collect()
    }

    fn log_likelihood(&self, mass: &[f64]) -> f64 {
        self.shares(mass).into_iter().map(libm::log).sum()
    }

    fn value(&self, mass: &[f64]) -> f64 {
        self.log_likelihood(mass) - size(&self.possible) * mass.iter().sum::<f64>()
    }

    fn gradient(&self) -> Vec<f64> {
        let shares = self.shares(&self.mass);
        let slope = |place: usize| -> f64 {
            let inside = self.possible.iter().zip(&shares).filter(|(row, _)| row[place]);
            inside.map(|(_, share)| 1.0 / share).sum()
        };
        (0..self.mass.len()).map(|place| slope(place) - size(&self.possible)).collect()
    }

    fn information(&self, places: &[usize]) -> Matrix {
        let shares = self.shares(&self.mass);
        let entry = |one: usize, two: usize| -> f64 {
            let inside = self.possible.iter().zip(&shares).filter(|(row, _)| row[one] && row[two]);
            inside.map(|(_, share)| 1.0 / (share * share)).sum()
        };
        places.iter().map(|one| places.iter().map(|two| entry(*one, *two)).collect()).collect()
    }

    fn run(&mut self) -> Result<(), Undefined> {
        let level = LEVEL * size(&self.possible);
        for _ in 0..STEPS {
            let gradient = self.gradient();
            let held: Vec<usize> = (0..self.mass.len()).filter(|place| self.mass[*place] > 0.0).collect();
            if held.iter().all(|place| libm::fabs(gradient[*place]) <= level) {
                let Some(steepest) = (0..self.mass.len()).max_by(|a, b| gradient[*a].total_cmp(&gradient[*b])) else {
                    return Err(Undefined::NoData);
                };
                if gradient[steepest] <= level {
                    return Ok(());
                }
                // As far as the derivative along this mass leads.
                let slope = self.information(&[steepest])[0][0];
                self.move_by(&[steepest], &[gradient[steepest] / slope])?;
            } else {
                let information = self.information(&held);
                let factors = Factors::new(&information, &vec![0.0; held.len()]).ok_or(Undefined::NotConverged)?;
                let step = factors.solve(&held.iter().map(|place| gradient[*place]).collect::<Vec<f64>>());
                self.move_by(&held, &step)?;
            }
        }
        Err(Undefined::NotConverged)
    }

    /// Moves some masses, no further than to 0 and no further than the likelihood rises.
    fn move_by(&mut self, places: &[usize], step: &[f64]) -> Result<(), Undefined> {
        let mut share = 1.0_f64;
        let mut first = None;
        for (place, step) in places.iter().zip(step).filter(|(_, step)| **step < 0.0) {
            let most = self.mass[*place] / -step;
            if most < share {
                (share, first) = (most, Some(*place));
            }
        }
        let here = self.value(&self.mass);
        for _ in 0..HALVINGS {
            let mut moved = self.mass.clone();
            for (place, step) in places.iter().zip(step) {
                moved[*place] = (moved[*place] + share * step).max(0.0);
            }
            if let Some(gone) = first {
                moved[gone] = 0.0;
            }
            let there = self.value(&moved);
            if there.is_finite() && there >= here - 1e-13 * (1.0 + libm::fabs(here)) {
                self.mass = moved;
                return Ok(());
            }
            share /= 2.0;
            first = None;
        }
        Err(Undefined::NotConverged)
    }
}

#[cfg(test)]
mod tests {
    use super::super::kaplan_meier;
    use super::*;

    #[test]
    fn known_and_censored_times_give_the_product_limit_estimate() {
        let time: Vec<f64> = (0..40).map(|i| f64::from(i * 7 % 13)).collect();
        let event: Vec<bool> = (0..40).map(|i| i % 3 != 0).collect();
        let upper: Vec<f64> =
            time.iter().zip(&event).map(|(time, event)| if *event { *time } else { f64::INFINITY }).collect();
        let found = turnbull(&time, &upper).unwrap();
        let km = kaplan_meier(&time, &event, 0.95).unwrap();
        for step in km.steps.iter().filter(|step| step.events > 0) {
            let passed: f64 = found
                .intervals
                .iter()
                .filter(|interval| interval.upper <= step.time)
                .map(|interval| interval.mass)
                .sum();
            assert!(libm::fabs(1.0 - passed - step.survival.estimate) < 1e-10);
        }
    }

    #[test]
    fn an_interval_begins_after_its_lower_limit() {
        // The event known at 1 is not in (1, 2], but in (0, 1].
        let found = turnbull(&[1.0, 1.0, 0.0], &[1.0, 2.0, 1.0]).unwrap();
        let places: Vec<(f64, f64)> = found.intervals.iter().map(|own| (own.lower, own.upper)).collect();
        assert_eq!(places, [(1.0, 1.0), (1.0, 2.0)]);
        assert!(libm::fabs(found.intervals[0].mass - 2.0 / 3.0) < 1e-11);
    }

    #[test]
    fn nothing_to_estimate() {
        let infinite = f64::INFINITY;
        assert_eq!(turnbull(&[], &[]), Err(Undefined::NoData));
        assert_eq!(turnbull(&[1.0], &[infinite]), Err(Undefined::NoEvents));
        assert_eq!(turnbull(&[2.0], &[1.0]), Err(Undefined::OutOfRange));
        assert_eq!(turnbull(&[-1.0], &[1.0]), Err(Undefined::OutOfRange));
        assert_eq!(turnbull(&[1.0], &[f64::NAN]), Err(Undefined::OutOfRange));
        assert_eq!(turnbull(&[infinite], &[infinite]), Err(Undefined::OutOfRange));
        assert_eq!(turnbull(&[1.0], &[]), Err(Undefined::OutOfRange));
        // One subject, all at once.
        assert_eq!(turnbull(&[1.0], &[3.0]).unwrap().intervals.len(), 1);
    }
}
