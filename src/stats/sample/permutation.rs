//! Permutation tests of a difference of two means.

use super::super::describe::{compensated, mean};
use super::super::random::SplitMix64;
use super::super::rank::{ExactRankSum, divisions};
use super::super::{Undefined, real, size};

/// Decimals of values that are still taken as whole numbers of their last decimal.
const DECIMALS: i32 = 9;

/// Sums that differ by less than this share of all deviations differ by rounding only.
const ROUNDING: f64 = 1e-12;

/// Draws of values, about a second of them.
const DRAWS: u64 = 100_000_000;

/// Permutation test of equal means by all divisions of the values into samples of the observed sizes.
///
/// # Method
/// Fisher 1935, The Design of Experiments, section 21; Pitman 1937, JRSS Supplement 4:119. Values are taken as whole
/// numbers of their last decimal and divisions counted by their sum, as for `wilcoxon_exact`. Two-sided by the distance
/// of the means. `p_greater` is against a larger mean of the first sample.
///
/// # Input
/// Finite values with at most nine decimals: round computed ones before, otherwise they are not whole numbers of any
/// unit. When all values are equal the p-values are 1.
///
/// # Not estimable
/// `NoData` when a sample is empty; `TooLarge` when values have more than nine decimals or the calculation would take
/// longer than about half a second; `OutOfRange` when a value is not finite.
///
/// # Agrees with
/// R `coin::oneway_test(y ~ g, distribution = "exact")`; cases in `fixtures/reference/permutation`.
pub fn permutation_exact(a: &[f64], b: &[f64]) -> Result<ExactRankSum, Undefined> {
    let all = [a, b].concat();
    if all.iter().any(|value| !value.is_finite()) {
        return Err(Undefined::OutOfRange);
    }
    if a.is_empty() || b.is_empty() {
        return Err(Undefined::NoData);
    }
    let mut first = units(&all).ok_or(Undefined::TooLarge)?;
    let second = first.split_off(a.len());
    divisions(&first, &second)
}

/// Permutation test of equal means by random divisions of the values, reproducible by its seed.
///
/// # Method
/// The share of the divisions, the observed one among them, whose means are at least as far apart: two-sided, (1 +
/// extreme) / (1 + `divisions`) (Davison and Hinkley 1997, Bootstrap Methods, 4.2), never 0 and not below the nominal
/// size. Divisions by the shuffle of Fisher and Yates with the generator `SplitMix64` (Steele, Lea and Flood 2014).
///
/// # Input
/// Finite values in any order within the samples; at least one division; any seed. When all values are equal the
/// p-value is 1.
///
/// # Not estimable
/// `NoData` when a sample is empty; `TooLarge` when it would take longer than about a second; `OutOfRange` when a value
/// or the sum of distances is not finite, or without divisions.
///
/// # Agrees with
/// R `coin::oneway_test(y ~ g, distribution = approximate(nresample))` up to the error of the draws; cases in
/// `fixtures/reference/permutation`.
pub fn permutation_monte_carlo(a: &[f64], b: &[f64], divisions: u64, seed: u64) -> Result<f64, Undefined> {
    let mut all = [a, b].concat();
    let centre = mean(&all)?;
    if a.is_empty() || b.is_empty() {
        return Err(Undefined::NoData);
    }
    if divisions == 0 {
        return Err(Undefined::OutOfRange);
    }
    if divisions.saturating_mul(all.len() as u64) > DRAWS {
        return Err(Undefined::TooLarge);
    }
    for value in &mut all {
        *value -= centre;
    }
    let sum = |values: &[f64]| libm::fabs(compensated(values[..a.len()].iter().copied()));
    let total = compensated(all.iter().map(|value| libm::fabs(*value)));
    if !total.is_finite() {
        return Err(Undefined::OutOfRange);
    }
    let observed = sum(&all) - ROUNDING * total;
    // The same bits in whatever order the values of the samples come.
    all.sort_unstable_by(f64::total_cmp);
    let mut generator = SplitMix64(seed);
    let mut extreme = 0;
    for _ in 0..divisions {
        for place in 0..a.len() {
            let other = below(&mut generator, all.len() - place);
            all.swap(place, place + other);
        }
        extreme += u64::from(sum(&all) >= observed);
    }
    Ok(real(1 + extreme) / real(1 + divisions))
}

/// The values less the smallest as multiples of their last decimal.
fn units(values: &[f64]) -> Option<Vec<u64>> {
    // Beyond this sums would not be exact.
    let limit = real(1 << 53) / size(values);
    let power = |decimals: i32| (0..decimals).fold(1.0, |power, _| power * 10.0);
    let whole = |scale: f64| {
        let scaled = values.iter().map(|value| (value * scale).round()).collect::<Vec<f64>>();
        let exact = |(value, scaled): (&f64, &f64)| {
            libm::fabs(*scaled) < limit && (scaled / scale).total_cmp(&(value + 0.0)).is_eq()
        };
        let zero = |scaled: &f64| scaled + 0.0;
        let scaled: Vec<f64> = scaled.iter().map(zero).collect();
        values.iter().zip(&scaled).all(exact).then_some(scaled)
    };
    let scaled = (0..=DECIMALS).find_map(|decimals| whole(power(decimals)))?;
    let least = scaled.iter().copied().fold(f64::INFINITY, f64::min);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "whole numbers from 0 to below twice the limit"
    )]
    let counted = |value: &f64| (value - least) as u64;
    Some(scaled.iter().map(counted).collect())
}

/// A number from 0 to below the bound: the high half of the product, which misses equal probability by 2^-64.
#[expect(clippy::cast_possible_truncation, reason = "below the bound, which is a length")]
fn below(generator: &mut SplitMix64, bound: usize) -> usize {
    ((u128::from(generator.next()) * bound as u128) >> 64) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn assert_close(value: f64, expected: f64, tolerance: f64) {
        assert!(libm::fabs(value - expected) <= tolerance, "{value} is not {expected}");
    }

    #[test]
    fn four_values_on_paper() {
        // Pairs of 0.1, 0.2, 0.4, 0.9 have the sums 0.3, 0.5, 1.0, 0.6, 1.1, 1.3 about 0.8: two are as far as 1.3.
        let test = permutation_exact(&[0.9, 0.4], &[0.1, 0.2]).unwrap();
        assert_close(test.p, 2.0 / 6.0, 1e-15);
        assert_close(test.p_greater, 1.0 / 6.0, 1e-15);
        assert_close(test.p_less, 1.0, 1e-15);
        let random = permutation_monte_carlo(&[0.9, 0.4], &[0.1, 0.2], 100_000, 7).unwrap();
        assert_close(random, 1.0 / 3.0, 0.006);
    }

    #[test]
    fn order_unit_and_exchange_do_not_matter() {
        let (a, b) = ([1.5, -2.25, 0.0, 7.0], [3.0, 2.5, 9.75]);
        let here = permutation_exact(&a, &b).unwrap();
        let there = permutation_exact(&b, &a).unwrap();
        assert_close(here.p, there.p, 0.0);
        assert_close(here.p_greater, there.p_less, 0.0);
        assert_eq!(permutation_exact(&[7.0, 1.5, -0.0, -2.25], &b), Ok(here));
        assert_eq!(permutation_exact(&a.map(|value| 4.0 * value), &b.map(|value| 4.0 * value)), Ok(here));
        let random = permutation_monte_carlo(&a, &b, 20_000, 1).unwrap();
        assert_eq!(permutation_monte_carlo(&[7.0, 0.0, -2.25, 1.5], &b, 20_000, 1), Ok(random));
        assert_close(random, here.p, 0.02);
        assert_close(permutation_monte_carlo(&b, &a, 20_000, 2).unwrap(), here.p, 0.02);
    }

    #[test]
    fn equal_values_have_no_alternative() {
        assert_close(permutation_exact(&[0.3; 3], &[0.3; 4]).unwrap().p, 1.0, 0.0);
        assert_eq!(permutation_monte_carlo(&[0.1; 3], &[0.1; 4], 10, 0), Ok(1.0));
    }

    #[test]
    fn the_first_numbers_of_the_published_generator() {
        let mut generator = SplitMix64(1_234_567);
        assert_eq!(generator.next(), 6_457_827_717_110_365_317);
        assert_eq!(generator.next(), 3_203_168_211_198_807_973);
    }

    #[test]
    fn what_cannot_be_compared() {
        assert_eq!(permutation_exact(&[], &[1.0]), Err(Undefined::NoData));
        assert_eq!(permutation_exact(&[1.0], &[f64::NAN]), Err(Undefined::OutOfRange));
        assert_eq!(permutation_exact(&[1.0 / 3.0], &[1.0]), Err(Undefined::TooLarge));
        assert_eq!(permutation_exact(&[1e300], &[1.0]), Err(Undefined::TooLarge));
        assert_eq!(permutation_monte_carlo(&[], &[1.0], 9, 0), Err(Undefined::NoData));
        assert_eq!(permutation_monte_carlo(&[], &[], 9, 0), Err(Undefined::NoData));
        assert_eq!(permutation_monte_carlo(&[2.0], &[1.0], 0, 0), Err(Undefined::OutOfRange));
        assert_eq!(permutation_monte_carlo(&[2.0], &[f64::INFINITY], 9, 0), Err(Undefined::OutOfRange));
        assert_eq!(permutation_monte_carlo(&[2.0], &[1.0], u64::MAX, 0), Err(Undefined::TooLarge));
    }
}
