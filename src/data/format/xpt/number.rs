//! IBM hexadecimal doubles, the numbers of transport files, and what SAS writes in place of a number.
//!
//! A sign, seven bits of an exponent of 16 with an excess of 64, and 56 bits of a fraction (SAS technical note TS-140,
//! “Numeric data fields”). A double has 53 bits, so that every double within the range has an exact IBM number, while
//! an IBM number of more than 53 bits is rounded to the nearest double, ties to even.

/// The bits of the fraction.
const FRACTION: u64 = (1 << 56) - 1;

/// What a numeric cell holds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Cell {
    Number(f64),
    /// The plain missing value, `.`.
    Missing,
    /// `.A` to `.Z` and `._`, by their letter.
    Special(char),
    /// The largest number of the format, of either sign: what writers put where a number was beyond it.
    Largest,
    /// No number and no missing value.
    Nonsense,
}

/// Reads a cell of 2 to 8 bytes; what a shorter cell leaves out were zeros.
///
/// A fraction of zero is the number zero, of either sign, only with an exponent of zero: the others are missing values
/// or nothing at all. Numbers that are not normalised are read as what they say, but for those that begin as the missing
/// values `.` and `._` do.
pub(super) fn decode(bytes: &[u8]) -> Cell {
    let mut cell = [0; 8];
    cell[..bytes.len()].copy_from_slice(bytes);
    let bits = u64::from_be_bytes(cell);
    let fraction = bits & FRACTION;
    if fraction == 0 {
        return match cell[0] {
            0 | 0x80 => Cell::Number(0.0),
            b'.' => Cell::Missing,
            letter @ (b'A'..=b'Z' | b'_') => Cell::Special(char::from(letter)),
            _ => Cell::Nonsense,
        };
    }
    // No writer leaves a number so far from normal; a missing value with something behind it is damage.
    if matches!(cell[0], b'.' | b'_') && cell[1] == 0 {
        return Cell::Nonsense;
    }
    if bits << 1 == u64::MAX << 1 {
        return Cell::Largest;
    }
    #[expect(clippy::cast_precision_loss, reason = "this is the rounding to the nearest double, ties to even")]
    let whole = fraction as f64;
    // From 2^-312 to 2^196: neither end is near the limits of a double, so that the product is exact.
    let power = 4 * u64::from(cell[0] & 0x7f) + 1023 - 312;
    let value = whole * f64::from_bits(power << 52);
    Cell::Number(if cell[0] & 0x80 == 0 { value } else { -value })
}

/// The normalised IBM number that is exactly this double; none beyond the range of IBM numbers, from 16^-65 (5.4e-79) to
/// 16^63 (7.2e75), and for what is no number. Zero loses its sign, since other readers take its negative for missing.
pub(super) fn encode(value: f64) -> Option<[u8; 8]> {
    let bits = value.to_bits();
    if bits << 1 == 0 {
        return Some([0; 8]);
    }
    let exponent = i64::try_from(bits >> 52 & 0x7ff).ok()?;
    // A binary exponent of all zeros or ones (subnormal, infinite, no number) lies beyond the range by far.
    let fraction = bits & ((1 << 52) - 1) | 1 << 52;
    // The value is fraction × 2^(exponent − 1075), and should be fraction × 2^shift × 16^(characteristic − 64 − 14).
    let power = exponent - 1075 + 56;
    let shift = power.rem_euclid(4);
    let characteristic = u64::try_from((power - shift) / 4 + 64).ok().filter(|it| *it < 128)?;
    let sign = bits >> 63 << 63;
    Some((sign | characteristic << 56 | fraction << shift).to_be_bytes())
}

/// The cell of a missing value: `.` without a letter.
pub(super) fn missing(letter: Option<char>) -> Option<[u8; 8]> {
    let first = match letter {
        None => b'.',
        Some(letter @ ('A'..='Z' | '_')) => u8::try_from(letter).ok()?,
        Some(_) => return None,
    };
    Some([first, 0, 0, 0, 0, 0, 0, 0])
}

/// How many bytes of a cell are not zeros at its end; a numeric variable has at least 2.
pub(super) fn sufficient(cell: [u8; 8]) -> usize {
    cell.iter().rposition(|byte| *byte != 0).map_or(2, |last| (last + 1).max(2))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Values and cells of TS-140, “Numeric data fields”, and of IBM's Principles of Operation, chapter 9.
    #[test]
    fn known_numbers_are_read_and_written() {
        for (cell, value) in [
            ([0x41, 0x10, 0, 0, 0, 0, 0, 0], 1.0),
            ([0xc1, 0x10, 0, 0, 0, 0, 0, 0], -1.0),
            ([0x41, 0x20, 0, 0, 0, 0, 0, 0], 2.0),
            ([0xc2, 0x76, 0xa0, 0, 0, 0, 0, 0], -118.625),
            ([0x40, 0x19, 0x99, 0x99, 0x99, 0x99, 0x99, 0x9a], 0.1),
            ([0x00, 0x10, 0, 0, 0, 0, 0, 0], 2_f64.powi_exact(-260)),
            ([0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xf8], 2_f64.powi_exact(252) * (1.0 - f64::EPSILON / 2.0)),
            ([0x2e, 0x10, 0, 0, 0, 0, 0, 0], 2_f64.powi_exact(-76)),
        ] {
            assert_eq!(decode(&cell), Cell::Number(value), "{cell:02x?}");
            assert_eq!(encode(value), Some(cell), "{value}");
        }
    }

    trait PowiExact {
        fn powi_exact(self, power: i32) -> f64;
    }

    impl PowiExact for f64 {
        fn powi_exact(self, power: i32) -> f64 {
            (0..power.abs()).fold(1.0, |product, _| if power < 0 { product / self } else { product * self })
        }
    }

    #[test]
    fn numbers_not_normalised_and_of_more_bits_than_a_double_are_read() {
        assert_eq!(decode(&[0x43, 0x00, 0x10, 0, 0, 0, 0, 0]), Cell::Number(1.0));
        assert_eq!(decode(&[0x00, 0, 0, 0, 0, 0, 0, 1]), Cell::Number(2_f64.powi_exact(-312)));
        // 16 − 2^-52 lies half-way between two doubles; 16 is the even one. A fraction of ones is a number as any other.
        assert_eq!(decode(&[0x41, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]), Cell::Number(16.0));
        assert_eq!(decode(&[0x41, 0x80, 0, 0, 0, 0, 0, 4]), Cell::Number(8.0));
        assert_eq!(decode(&[0x41, 0x80, 0, 0, 0, 0, 0, 5]), Cell::Number(8.0 + f64::EPSILON * 8.0));
        assert_eq!(decode(&[0x41, 0x80, 0, 0, 0, 0, 0, 12]), Cell::Number(8.0 + f64::EPSILON * 16.0));
        assert_eq!(decode(&[0x42, 0x64]), Cell::Number(100.0));
    }

    #[test]
    fn missing_values_and_nonsense_are_told_apart() {
        assert_eq!(decode(&[b'.', 0, 0, 0, 0, 0, 0, 0]), Cell::Missing);
        assert_eq!(decode(&[b'_', 0, 0]), Cell::Special('_'));
        assert_eq!(decode(&[b'Z', 0, 0, 0, 0, 0, 0, 0]), Cell::Special('Z'));
        assert_eq!(decode(&[0x80, 0, 0, 0, 0, 0, 0, 0]), Cell::Number(0.0));
        assert_eq!(decode(&[b'a', 0, 0, 0, 0, 0, 0, 0]), Cell::Nonsense);
        assert_eq!(decode(&[0xae, 0, 0, 0, 0, 0, 0, 0]), Cell::Nonsense);
        assert_eq!(decode(&[0xff; 8]), Cell::Largest);
        assert_eq!(missing(Some('A')).map(|cell| decode(&cell)), Some(Cell::Special('A')));
        assert_eq!(missing(Some('a')), None);
    }

    #[test]
    fn what_is_beyond_the_range_is_none() {
        let least = 2_f64.powi_exact(-260);
        for value in [7.3e75, -1e300, f64::INFINITY, f64::NAN, 5e-324, least * (1.0 - f64::EPSILON), -1e-80] {
            assert_eq!(encode(value), None, "{value}");
        }
        assert_eq!(encode(-0.0), Some([0; 8]));
        assert!(encode(-least).is_some());
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(20_000) })]

        #[test]
        fn every_double_within_the_range_comes_back_bit_by_bit(bits in any::<u64>(), exponent in 763_u64..1275) {
            let value = f64::from_bits(bits & !(0x7ff << 52) | exponent << 52);
            let cell = encode(value).expect("within the range");
            prop_assert!(cell[1] >= 0x10, "normalised");
            prop_assert_eq!(decode(&cell), Cell::Number(value));
            prop_assert_eq!(decode(&cell[..sufficient(cell)]), Cell::Number(value));
        }

        /// The definition, digit by digit in 128 bits: the fraction is a whole number of 2^-56.
        #[test]
        fn any_cell_is_the_double_nearest_to_what_it_says(bits in any::<u64>()) {
            let Cell::Number(value) = decode(&bits.to_be_bytes()) else { return Ok(()) };
            let fraction = bits & FRACTION;
            let power = i32::try_from(bits >> 56 & 0x7f).expect("seven bits") * 4 - 256 - 56;
            let back = value.abs() / 2_f64.powi_exact(power);
            prop_assert!(back.fract() == 0.0 && back <= 2_f64.powi_exact(56));
            #[expect(clippy::cast_possible_truncation, reason = "whole and below 2^57")]
            let distance = (back as i128 - i128::from(fraction)).unsigned_abs();
            prop_assert!(distance <= 4, "at most half a unit of the 53rd bit");
            prop_assert_eq!(value.is_sign_negative(), bits >> 63 == 1);
        }
    }
}
