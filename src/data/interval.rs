//! Comparison and arithmetic of measures that may be known only as intervals.

use crate::data::rule::{Comparison, Operation};
use crate::data::vector::{Measure, Truth};

/// Relative tolerance of comparisons: `a <= b` means `a <= b + 1e-9 · max(1, |a|, |b|)`.
const TOLERANCE: f64 = 1e-9;

/// How much two limits may differ and still be equal.
fn slack(a: f64, b: f64) -> f64 {
    let largest = a.abs().max(b.abs()).max(1.0);
    if largest.is_finite() { TOLERANCE * largest } else { 0.0 }
}

/// A comparison, decided only if it holds or fails over both intervals as a whole.
#[must_use]
pub fn compare(comparison: Comparison, a: Measure, b: Measure) -> Truth {
    if a.is_missing() || b.is_missing() {
        return Truth::Unknown;
    }
    match comparison {
        Comparison::Less => less(a, b),
        Comparison::LessOrEqual => less(b, a).negated(),
        Comparison::Greater => less(b, a),
        Comparison::GreaterOrEqual => less(a, b).negated(),
        Comparison::Equal => equal(a, b),
        Comparison::Unequal => equal(a, b).negated(),
    }
}

/// Whether every value of `a` lies below every value of `b`.
fn less(a: Measure, b: Measure) -> Truth {
    let apart = if a.high_open || b.low_open {
        a.high <= b.low + slack(a.high, b.low)
    } else {
        a.high < b.low - slack(a.high, b.low)
    };
    if apart {
        Truth::True
    } else if a.low >= b.high - slack(a.low, b.high) {
        Truth::False
    } else {
        Truth::Unknown
    }
}

fn equal(a: Measure, b: Measure) -> Truth {
    match (a.value(), b.value()) {
        (Some(x), Some(y)) => Truth::of((x - y).abs() <= slack(x, y)),
        _ if less(a, b).holds() || less(b, a).holds() => Truth::False,
        _ => Truth::Unknown,
    }
}

/// Interval arithmetic; missing where an operand is, or where there is no finite result (a division by zero).
#[must_use]
pub fn compute(operation: Operation, a: Measure, b: Measure) -> Measure {
    if a.is_missing() || b.is_missing() {
        return Measure::MISSING;
    }
    if let (Some(x), Some(y)) = (a.value(), b.value()) {
        return Measure::exact(match operation {
            Operation::Add => x + y,
            Operation::Subtract => x - y,
            Operation::Multiply => x * y,
            Operation::Divide => x / y,
        });
    }
    match operation {
        Operation::Add => Measure {
            low: a.low + b.low,
            high: a.high + b.high,
            low_open: a.low_open || b.low_open,
            high_open: a.high_open || b.high_open,
        },
        Operation::Subtract => compute(Operation::Add, a, negated(b)),
        Operation::Multiply => multiply(a, b),
        Operation::Divide => reciprocal(b).map_or(Measure::MISSING, |b| multiply(a, b)),
    }
}

/// With the opposite sign.
#[must_use]
pub fn negated(a: Measure) -> Measure {
    Measure { low: -a.high, high: -a.low, low_open: a.high_open, high_open: a.low_open }
}

fn multiply(a: Measure, b: Measure) -> Measure {
    // Zero times an unbounded limit is zero: the limit stands for arbitrarily large finite values.
    let product = |(x, x_open): (f64, bool), (y, y_open): (f64, bool)| {
        if x == 0.0 || y == 0.0 {
            (0.0, (x == 0.0 && x_open) || (y == 0.0 && y_open))
        } else {
            (x * y, x_open || y_open)
        }
    };
    let (al, ah) = ((a.low, a.low_open), (a.high, a.high_open));
    let (bl, bh) = ((b.low, b.low_open), (b.high, b.high_open));
    let corners = [product(al, bl), product(al, bh), product(ah, bl), product(ah, bh)];
    let mut low = corners[0];
    let mut high = corners[0];
    for corner in &corners[1..] {
        if corner.0 < low.0 || (corner.0 <= low.0 && !corner.1) {
            low = *corner;
        }
        if corner.0 > high.0 || (corner.0 >= high.0 && !corner.1) {
            high = *corner;
        }
    }
    Measure { low: low.0, high: high.0, low_open: low.1, high_open: high.1 }
}

/// One over an interval that lies on one side of zero (which it may touch unless it is zero itself).
fn reciprocal(b: Measure) -> Option<Measure> {
    if b.low >= 0.0 && b.high > 0.0 {
        let high = if b.low > 0.0 { 1.0 / b.low } else { f64::INFINITY };
        Some(Measure { low: 1.0 / b.high, high, low_open: b.high_open, high_open: b.low_open })
    } else if b.high <= 0.0 && b.low < 0.0 {
        reciprocal(negated(b)).map(negated)
    } else {
        None
    }
}

/// (first − second) / first. For quantities that cannot be negative it is sharp where one is only bounded: it rises
/// with the first and falls with the second.
#[must_use]
pub fn relative_fall(first: Measure, second: Measure) -> Measure {
    if first.is_missing() || second.is_missing() {
        return Measure::MISSING;
    }
    if first.value().is_some() && second.value().is_some() || first.low < 0.0 || second.low < 0.0 {
        return compute(Operation::Divide, compute(Operation::Subtract, first, second), first);
    }
    if first.high <= 0.0 {
        return Measure::MISSING;
    }
    let quotient = |second: f64, first: f64| match (second, first) {
        (0.0, _) => 0.0,
        (_, 0.0) => f64::INFINITY,
        (s, f) if s.is_infinite() && f.is_infinite() => f64::INFINITY,
        (s, f) => s / f,
    };
    Measure {
        low: 1.0 - quotient(second.high, first.low),
        high: 1.0 - quotient(second.low, first.high),
        low_open: second.high_open || first.low_open,
        high_open: second.low_open || first.high_open,
    }
}

/// The first to the power of the second. With a bound as first value and an exact exponent it is monotone; otherwise
/// nothing is known.
#[must_use]
pub fn power(base: Measure, exponent: Measure) -> Measure {
    let Some(exponent) = exponent.value() else { return Measure::MISSING };
    if base.is_missing() || base.low < 0.0 {
        return Measure::MISSING;
    }
    if let Some(base) = base.value() {
        return Measure::exact(libm::pow(base, exponent));
    }
    let (low, high) = (libm::pow(base.low, exponent), libm::pow(base.high, exponent));
    if exponent >= 0.0 {
        Measure { low, high, ..base }
    } else {
        Measure { low: high, high: low, low_open: base.high_open, high_open: base.low_open }
    }
}

/// The smaller (or larger) of two.
#[must_use]
pub fn extreme(least: bool, a: Measure, b: Measure) -> Measure {
    if a.is_missing() || b.is_missing() {
        return Measure::MISSING;
    }
    let first = |x: f64, y: f64| if least { x <= y } else { x >= y };
    let (low, low_open) = if first(a.low, b.low) { (a.low, a.low_open) } else { (b.low, b.low_open) };
    let (high, high_open) = if first(a.high, b.high) { (a.high, a.high_open) } else { (b.high, b.high_open) };
    Measure { low, high, low_open, high_open }
}

/// A function of an exactly known value; of a bound it is not known.
#[must_use]
pub fn mapped(a: Measure, change: impl Fn(f64) -> f64) -> Measure {
    a.value().map_or(Measure::MISSING, |value| Measure::exact(change(value)))
}

/// Rounds half away from zero at so many decimals, as the value is written in decimal digits (so 2.675 becomes 2.68).
#[must_use]
pub fn round_half_away(value: f64, decimals: f64) -> f64 {
    #[expect(clippy::cast_possible_truncation, reason = "clamped to a handful of decimals")]
    let places = decimals.clamp(0.0, 15.0) as i32;
    let mut scale = 1.0_f64;
    for _ in 0..places {
        scale *= 10.0;
    }
    let scaled = value * scale;
    let nudged = scaled.abs() * (1.0 + 4.0 * f64::EPSILON);
    if nudged.is_finite() { (nudged + 0.5).floor().copysign(value) / scale } else { value }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bound_decides_only_what_it_decides() {
        let half = Measure::exact(0.5);
        assert_eq!(compare(Comparison::Less, Measure::below(0.5), half), Truth::True);
        assert_eq!(compare(Comparison::Less, Measure::below(0.6), half), Truth::Unknown);
        assert_eq!(compare(Comparison::Greater, Measure::above(0.5), half), Truth::True);
        assert_eq!(compare(Comparison::LessOrEqual, Measure::above(0.5), half), Truth::False);
        assert_eq!(compare(Comparison::GreaterOrEqual, Measure::below(0.5), half), Truth::False);
        assert_eq!(compare(Comparison::Equal, Measure::below(0.5), half), Truth::False);
    }

    #[test]
    fn a_fall_to_below_detection_is_at_least_so_much() {
        let fall = relative_fall(Measure::exact(2.0), Measure::below(0.5));
        assert_eq!(compare(Comparison::Greater, fall, Measure::exact(0.75)), Truth::True);
        assert_eq!(compare(Comparison::Greater, fall, Measure::exact(0.8)), Truth::Unknown);
        let unknown = relative_fall(Measure::above(2.0), Measure::exact(1.0));
        assert_eq!(compare(Comparison::Greater, unknown, Measure::exact(0.5)), Truth::True);
        assert_eq!(compare(Comparison::Greater, unknown, Measure::exact(0.6)), Truth::Unknown);
        let either = relative_fall(Measure::below(2.0), Measure::exact(1.0));
        assert_eq!(compare(Comparison::Greater, either, Measure::exact(0.4)), Truth::Unknown);
        assert_eq!(compare(Comparison::Greater, either, Measure::exact(0.5)), Truth::False);
    }

    #[test]
    fn powers_of_bounds_are_monotone() {
        assert_eq!(power(Measure::exact(4.0), Measure::exact(0.5)).value(), Some(2.0));
        let falling = power(Measure::below(0.5), Measure::exact(-1.0));
        assert_eq!(compare(Comparison::Greater, falling, Measure::exact(2.0)), Truth::True);
        assert!(power(Measure::exact(-1.0), Measure::exact(2.0)).is_missing());
        assert!(power(Measure::exact(2.0), Measure::below(2.0)).is_missing());
    }

    #[test]
    fn exactly_as_written_in_decimals() {
        for (limit, factor) in [(1.1, 0.88), (1.4, 1.12)] {
            let product = compute(Operation::Multiply, Measure::exact(factor), Measure::exact(1.25));
            assert_eq!(compare(Comparison::LessOrEqual, Measure::exact(limit), product), Truth::True);
            assert_eq!(compare(Comparison::Greater, Measure::exact(limit), product), Truth::False);
        }
        let fall = relative_fall(Measure::exact(1.1), Measure::exact(0.55));
        assert_eq!(compare(Comparison::Greater, fall, Measure::exact(0.5)), Truth::False);
    }

    #[test]
    fn division_by_an_interval_that_holds_zero_has_no_value() {
        let one = Measure::exact(1.0);
        let around = compute(Operation::Subtract, Measure::below(2.0), one);
        assert!(compute(Operation::Divide, one, around).is_missing());
        let over = compute(Operation::Divide, one, Measure::below(0.5));
        assert_eq!(compare(Comparison::Greater, over, Measure::exact(2.0)), Truth::True);
    }

    #[test]
    fn rounding_is_half_away_from_zero_in_decimal_digits() {
        for (value, decimals, rounded) in [(0.25, 1.0, 0.3), (2.675, 2.0, 2.68), (-0.5, 0.0, -1.0), (1.005, 2.0, 1.01)]
        {
            assert!((round_half_away(value, decimals) - rounded).abs() < 1e-12, "{value}");
        }
    }
}
