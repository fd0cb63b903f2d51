//! Exact totals: the same bits whatever the order of the values.

/// Bits of a limb; what is above them is carried.
const WIDTH: usize = 32;

/// A limb's own bits.
const OWN: u64 = (1 << WIDTH) - 1;

/// Limbs from the least part of a double, 2^-1074, to beyond the sum of 2^60 of the largest ones.
const LIMBS: usize = 68;

/// Additions that fit into a limb of 64 bits before it must be carried: each is below 2^33.
const ADDITIONS: u32 = 1 << 29;

/// A total of doubles as a whole number of units of 2^-1074, rounded once, when it is asked for.
#[derive(Clone, Debug)]
pub(super) struct Total {
    limbs: [i64; LIMBS],
    /// Additions since the last carrying.
    added: u32,
    /// The total of the values that are not finite, if there are any.
    other: f64,
}

impl Total {
    pub(super) fn new() -> Self {
        Self { limbs: [0; LIMBS], added: 0, other: 0.0 }
    }

    pub(super) fn add(&mut self, value: f64) {
        if !value.is_finite() {
            self.other += value;
            return;
        }
        let bits = value.to_bits();
        let exponent = usize::try_from((bits >> 52) & 0x7ff).expect("eleven bits");
        let fraction = bits & ((1 << 52) - 1);
        // A subnormal number has the unit of the least normal ones and no leading bit.
        let (place, mantissa) = if exponent == 0 { (0, fraction) } else { (exponent - 1, fraction | 1 << 52) };
        let (limb, shift) = (place / WIDTH, place % WIDTH);
        let (low, high) = ((mantissa & OWN) << shift, (mantissa >> WIDTH) << shift);
        let parts = [low & OWN, (low >> WIDTH) + (high & OWN), high >> WIDTH];
        for (own, part) in self.limbs[limb..].iter_mut().zip(parts) {
            *own += if value < 0.0 { -part.cast_signed() } else { part.cast_signed() };
        }
        self.added += 1;
        if self.added == ADDITIONS {
            self.carry();
        }
    }

    /// The double nearest to the total, of two equally near the even one; infinite beyond the range of doubles.
    pub(super) fn value(mut self) -> f64 {
        if self.other != 0.0 {
            return self.other;
        }
        self.carry();
        let negative = self.limbs[LIMBS - 1] < 0;
        if negative {
            self.limbs.iter_mut().for_each(|limb| *limb = -*limb);
            self.carry();
        }
        let limbs = self.limbs.map(i64::cast_unsigned);
        let magnitude = f64::from_bits(nearest(&limbs));
        if negative { -magnitude } else { magnitude }
    }

    /// Leaves each limb below the highest one with its own bits, none of them negative.
    fn carry(&mut self) {
        let mut carried = 0;
        for limb in &mut self.limbs[..LIMBS - 1] {
            let whole = *limb + carried;
            (*limb, carried) = (whole & OWN.cast_signed(), whole >> WIDTH);
        }
        self.limbs[LIMBS - 1] += carried;
        self.added = 0;
    }
}

/// The bits of the double nearest to a number in limbs.
fn nearest(limbs: &[u64; LIMBS]) -> u64 {
    let Some(highest) = limbs.iter().rposition(|limb| *limb != 0) else { return 0 };
    if highest < 2 && limbs[1] < 1 << 21 {
        // Below 2^53 units the number is its own bits.
        return limbs[0] | limbs[1] << WIDTH;
    }
    let at = |below: usize| highest.checked_sub(below).map_or(0, |place| u128::from(limbs[place]));
    let window = at(0) << 64 | at(1) << 32 | at(2);
    let cut = 75 - window.leading_zeros();
    let (kept, rest) = (window >> cut, window & ((1 << cut) - 1));
    let half = 1_u128 << (cut - 1);
    let lower = limbs[..highest.saturating_sub(2)].iter().any(|limb| *limb != 0);
    let up = rest > half || (rest == half && (lower || kept & 1 == 1));
    // The place of the last bit kept, in units of 2^-1074; the window begins two limbs below the highest.
    let place = u64::try_from(WIDTH * highest + usize::try_from(cut).expect("a few bits") - 2 * WIDTH).expect("small");
    let mantissa = u64::try_from(kept).expect("53 bits are kept") + u64::from(up);
    // The leading bit of the mantissa adds the one that is missing in the exponent, and so does a carry into it.
    ((place << 52) + mantissa).min(f64::INFINITY.to_bits())
}

/// The exact total of all values, rounded once.
pub(super) fn total(values: impl IntoIterator<Item = f64>) -> f64 {
    let mut sum = Total::new();
    values.into_iter().for_each(|value| sum.add(value));
    sum.value()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_lost_and_the_last_rounding_is_to_the_nearest() {
        let cases: [(&[f64], f64); 12] = [
            (&[], 0.0),
            (&[-0.0], 0.0),
            (&[1e100, 1.0, -1e100], 1.0),
            (&[f64::MAX, f64::MAX, -f64::MAX], f64::MAX),
            (&[f64::from_bits(1), f64::from_bits(2), -f64::MAX, f64::MAX], f64::from_bits(3)),
            (&[f64::MIN_POSITIVE, -f64::from_bits(1)], f64::from_bits((1 << 52) - 1)),
            // Halfway between two doubles: to the even one, unless the least bit decides.
            (&[9_007_199_254_740_992.0, 1.0], 9_007_199_254_740_992.0),
            (&[9_007_199_254_740_994.0, 1.0], 9_007_199_254_740_996.0),
            (&[9_007_199_254_740_992.0, 1.0, f64::from_bits(1)], 9_007_199_254_740_994.0),
            (&[-9_007_199_254_740_992.0, -1.0, -1e-300], -9_007_199_254_740_994.0),
            (&[9_007_199_254_740_991.0, 0.5], 9_007_199_254_740_992.0),
            (&[2e-308, 3e-308, -1e-308], 4e-308),
        ];
        for (values, expected) in cases {
            assert_eq!(total(values.iter().copied()).to_bits(), expected.to_bits(), "{values:?}");
            let turned = total(values.iter().rev().map(|value| -value));
            assert_eq!(turned.to_bits(), if expected == 0.0 { 0 } else { (-expected).to_bits() }, "{values:?}");
        }
        for exponent in 0..2046_u64 {
            let value = f64::from_bits(exponent << 52 | 0x5_1234_5678_9abd);
            assert_eq!(total([value]).to_bits(), value.to_bits());
            assert_eq!(total([value, value, -value]).to_bits(), value.to_bits());
        }
    }

    #[test]
    fn what_is_beyond_all_doubles() {
        assert_eq!(total([f64::MAX, f64::MAX]).to_bits(), f64::INFINITY.to_bits());
        assert_eq!(total([-f64::MAX, -1e292]).to_bits(), f64::NEG_INFINITY.to_bits());
        // Less than half of the last bit is rounded away.
        assert_eq!(total([f64::MAX, 9e291]).to_bits(), f64::MAX.to_bits());
        assert_eq!(total([1.0, f64::INFINITY]).to_bits(), f64::INFINITY.to_bits());
        assert!(total([f64::NEG_INFINITY, f64::INFINITY]).is_nan());
        assert!(total([f64::NAN, 1.0]).is_nan());
    }

    #[test]
    fn limbs_are_carried_in_time() {
        let mut sum = Total::new();
        for _ in 0..3 {
            sum.add(-1.5);
        }
        sum.added = ADDITIONS - 2;
        for _ in 0..5 {
            sum.add(0.75);
        }
        assert_eq!(sum.value().to_bits(), (-0.75_f64).to_bits());
    }
}
