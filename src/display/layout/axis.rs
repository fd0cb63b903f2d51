//! Scales: ranges and round ticks that hold what is shown. They arrange; no number of a report comes from here.

use crate::display::layout::Shown;
use crate::display::number::decimal;
use crate::display::report::Axis;
use crate::spec::design::Rounding;

/// At most so many steps from end to end of a scale.
const STEPS: f64 = 6.0;

/// Over more powers of ten a logarithmic scale has no ticks between them.
const MOST_POWERS: i32 = 3;

/// A value so near to a tick, in steps, lies on it: 0.6 in percent is a little more than 60.
const CLOSE: f64 = 1e-9;

/// A scale with round ticks that holds all of these values.
pub(super) fn holding(title: &str, values: &[f64]) -> Axis {
    let (low, high) = ends(values);
    let step = Step::between(low, high, STEPS);
    let (first, last) = step.around(low, high);
    // A value may lie beyond the last tick by its last digits.
    scale(title, (step.at(first).min(low), step.at(last).max(high)), step, (first, last))
}

/// A scale of numbers of something: its ticks are whole.
pub(super) fn counting(title: &str, values: &[f64]) -> Axis {
    let (low, high) = ends(values);
    let step = Step::between(low, high, STEPS);
    let step = if step.exponent < 0 { Step { mantissa: 1.0, exponent: 0 } } else { step };
    let (first, last) = step.around(low, high);
    scale(title, (step.at(first).min(low), step.at(last).max(high)), step, (first, last))
}

/// The values of a scale of measurements, with zero where that takes no more than half of it.
pub(super) fn with_zero_if_near(mut values: Vec<f64>) -> Vec<f64> {
    let (low, high) = ends(&values);
    if low >= 0.0 && low <= high / 2.0 {
        values.push(0.0);
    }
    values
}

/// A scale of percentages from 0 to 100.
pub(super) fn percentages(title: &str) -> Axis {
    let step = Step { mantissa: 2.0, exponent: 1 };
    scale(title, (0.0, 100.0), step, (0.0, 5.0))
}

/// A logarithmic scale that holds all of these values, which are above zero: ticks at one, two and five times powers of
/// ten, over many powers at the powers alone.
pub(super) fn logarithmic(title: &str, values: &[f64]) -> Axis {
    let positive = || values.iter().copied().filter(|value| *value > 0.0 && value.is_finite());
    let (low, high) = (positive().fold(f64::INFINITY, f64::min), positive().fold(0.0, f64::max));
    let (low, high) = if low > high { (1.0, 10.0) } else { (low, high) };
    let (mut bottom, mut top) = (0, 0);
    while power_of_ten(bottom) > low {
        bottom -= 1;
    }
    while power_of_ten(bottom + 1) <= low {
        bottom += 1;
    }
    while power_of_ten(top) < high {
        top += 1;
    }
    let mantissas: &[f64] = if top - bottom > MOST_POWERS { &[1.0] } else { &[1.0, 2.0, 5.0] };
    let steps = (bottom - 1..=top + 1)
        .flat_map(|exponent| mantissas.iter().map(move |mantissa| Step { mantissa: *mantissa, exponent }));
    let ticks: Vec<(f64, String)> =
        steps.map(|step| (step.at(1.0), decimal(step.at(1.0), step.places(), Rounding::default()))).collect();
    let first = ticks.iter().rposition(|(at, _)| *at <= low).unwrap_or(0);
    let last = ticks.iter().position(|(at, _)| *at >= high).unwrap_or(ticks.len() - 1);
    // A single value that is a tick stands between its neighbours.
    let (first, last) = if first == last { (first.saturating_sub(1), last + 1) } else { (first, last) };
    let ticks: Vec<_> = ticks.into_iter().take(last + 1).skip(first).collect();
    let ends = ticks.first().zip(ticks.last()).map(|(first, last)| (first.0.min(low), last.0.max(high)));
    let (from, to) = ends.unwrap_or((low, high));
    Axis { log: true, title: title.to_owned(), from, to, ticks }
}

/// The scale of the nominal days of visits, which its ticks name.
pub(super) fn of_visits(visits: &[Shown<'_>]) -> Axis {
    let first = visits.first().map_or(0.0, |visit| visit.day);
    let last = visits.last().map_or(1.0, |visit| visit.day);
    let margin = ((last - first) / 12.0).max(1.0);
    let ticks = visits.iter().map(|visit| (visit.day, visit.label.to_owned())).collect();
    Axis { log: false, title: String::new(), from: first - margin, to: last + margin, ticks }
}

/// The smallest and the largest value, apart from each other.
fn ends(values: &[f64]) -> (f64, f64) {
    let finite = || values.iter().copied().filter(|value| value.is_finite());
    let (low, high) = (finite().fold(f64::INFINITY, f64::min), finite().fold(f64::NEG_INFINITY, f64::max));
    if low > high {
        (0.0, 1.0)
    } else if low < high {
        (low, high)
    } else {
        let around = (low.abs() / 10.0).max(1.0);
        (low - around, high + around)
    }
}

/// The scale whose ticks are these multiples of a step.
fn scale(title: &str, (from, to): (f64, f64), step: Step, (first, last): (f64, f64)) -> Axis {
    let mut ticks = Vec::new();
    let mut multiple = first;
    while multiple <= last {
        let at = step.at(multiple);
        ticks.push((at, decimal(at, step.places(), Rounding::default())));
        multiple += 1.0;
    }
    Axis { log: false, title: title.to_owned(), from, to, ticks }
}

/// One, two or five times a power of ten; kept apart, so that its multiples are the nearest numbers to their digits.
#[derive(Clone, Copy)]
struct Step {
    mantissa: f64,
    exponent: i32,
}

impl Step {
    /// The smallest with which so many steps suffice from low to high.
    fn between(low: f64, high: f64, most: f64) -> Self {
        let width = high - low;
        let mut exponent = 0;
        while width < power_of_ten(exponent) {
            exponent -= 1;
        }
        while width >= power_of_ten(exponent + 1) {
            exponent += 1;
        }
        let candidates = [exponent - 1, exponent]
            .into_iter()
            .flat_map(|exponent| [1.0, 2.0, 5.0].into_iter().map(move |mantissa| Self { mantissa, exponent }));
        let mut enough = candidates.filter(|step| {
            let (first, last) = step.around(low, high);
            last - first <= most
        });
        enough.next().unwrap_or(Self { mantissa: 1.0, exponent: exponent + 1 })
    }

    /// The multiples that enclose two values, but for their last digits.
    fn around(self, low: f64, high: f64) -> (f64, f64) {
        ((low / self.at(1.0) + CLOSE).floor(), (high / self.at(1.0) - CLOSE).ceil())
    }

    fn at(self, multiple: f64) -> f64 {
        let whole = multiple * self.mantissa;
        // Division by a power of ten rounds once; a product with its inverse would round twice.
        let at =
            if self.exponent < 0 { whole / power_of_ten(-self.exponent) } else { whole * power_of_ten(self.exponent) };
        // No negative zero.
        at + 0.0
    }

    /// Decimals its multiples need.
    fn places(self) -> u8 {
        u8::try_from(-self.exponent).unwrap_or(0)
    }
}

fn power_of_ten(exponent: i32) -> f64 {
    let power = (0..exponent.unsigned_abs()).fold(1.0, |power: f64, _| power * 10.0);
    if exponent < 0 { 1.0 / power } else { power }
}

#[cfg(test)]
mod tests {
    use super::{holding, logarithmic, of_visits, percentages, with_zero_if_near};
    use crate::display::layout::Shown;
    use crate::display::report::Axis;

    fn labels(axis: &Axis) -> String {
        axis.ticks.iter().map(|(_, label)| label.as_str()).collect::<Vec<_>>().join(" ")
    }

    /// Every tick and every value is on its axis.
    fn holds(axis: &Axis, values: &[f64]) -> bool {
        let ticks = axis.ticks.iter().map(|(at, _)| *at);
        axis.from < axis.to && ticks.chain(values.iter().copied()).all(|at| at >= axis.from && at <= axis.to)
    }

    #[test]
    fn ticks_are_round_and_hold_the_values() {
        for (values, expected) in [
            (&[0.13, 4.9][..], "0 1 2 3 4 5"),
            (&[0.02, 0.31], "0.0 0.1 0.2 0.3 0.4"),
            (&[-3.2, 1.1], "−4 −3 −2 −1 0 1 2"),
            (&[0.0, 0.3], "0.00 0.05 0.10 0.15 0.20 0.25 0.30"),
            (&[12.0, 1043.0], "0 200 400 600 800 1000 1200"),
            (&[7.0], "6.0 6.5 7.0 7.5 8.0"),
            (&[], "0.0 0.2 0.4 0.6 0.8 1.0"),
        ] {
            let axis = holding("", values);
            assert_eq!(labels(&axis), expected);
            assert!(holds(&axis, values), "{values:?}");
        }
        assert_eq!(labels(&percentages("")), "0 20 40 60 80 100");
    }

    #[test]
    fn what_is_counted_has_whole_ticks() {
        for (values, expected) in [
            (&[0.0, 1.0][..], "0 1"),
            (&[0.0, 2.0], "0 1 2"),
            (&[0.0, 7.0], "0 2 4 6 8"),
            (&[0.0, 40.0], "0 10 20 30 40"),
            (&[], "0 1"),
        ] {
            let axis = super::counting("", values);
            assert_eq!(labels(&axis), expected);
            assert!(holds(&axis, values), "{values:?}");
        }
    }

    #[test]
    fn few_ticks_at_any_size() {
        let mut low = -0.37e-6;
        while low > -1e9 {
            for high in [1e-6, 0.017, 3.3, 958.0, 7.1e8] {
                let axis = holding("", &[low, high]);
                assert!((2..=8).contains(&axis.ticks.len()), "{low} {high}: {}", labels(&axis));
                assert!(holds(&axis, &[low, high]), "{low} {high}");
            }
            low *= 7.3;
        }
    }

    #[test]
    fn logarithmic_ticks_hold_the_values() {
        for (values, expected) in [
            (&[0.3, 4.0][..], "0.2 0.5 1 2 5"),
            (&[1.0, 100.0], "1 2 5 10 20 50 100"),
            (&[0.013, 640.0], "0.01 0.1 1 10 100 1000"),
            (&[2.0], "1 2 5"),
            (&[0.7, 0.7], "0.5 1"),
            (&[-3.0, 0.0, f64::NAN], "1 2 5 10"),
        ] {
            let axis = logarithmic("", values);
            assert_eq!(labels(&axis), expected, "{values:?}");
            assert!(axis.log && axis.from > 0.0);
            let positive: Vec<f64> = values.iter().copied().filter(|value| *value > 0.0).collect();
            assert!(holds(&axis, &positive), "{values:?}");
        }
        for low in [3e-9, 1e-4, 0.9, 7e5] {
            for times in [1.0, 1.7, 40.0, 3e6] {
                let axis = logarithmic("", &[low, low * times]);
                assert!((2..=13).contains(&axis.ticks.len()), "{low} {times}: {}", labels(&axis));
                assert!(holds(&axis, &[low, low * times]), "{low} {times}");
            }
        }
    }

    #[test]
    fn zero_joins_measurements_that_come_near_it() {
        assert!(with_zero_if_near(vec![2.0, 9.0]).contains(&0.0));
        assert!(!with_zero_if_near(vec![110.0, 140.0]).contains(&0.0));
        assert!(!with_zero_if_near(vec![-2.0, 9.0]).contains(&0.0));
    }

    #[test]
    fn visits_stand_at_their_days_with_room_on_both_sides() {
        let visits = [Shown { id: "a", label: "A", day: 1.0 }, Shown { id: "b", label: "B", day: 169.0 }];
        let axis = of_visits(&visits);
        assert_eq!((axis.from, axis.to, labels(&axis).as_str()), (-13.0, 183.0, "A B"));
        assert!(holds(&of_visits(&[]), &[]));
    }
}
