//! The same values in any order give the same bits.

use super::super::describe::{QuantileRule, maximum, mean, minimum, quantile, standard_deviation, sum};
use super::super::linear::one_way_anova;
use super::super::sample::{geometric_mean, t_test_welch};

/// Values of very different sizes, so that any sum that is not exact depends on its order.
fn values(count: u32) -> Vec<f64> {
    let value = |n: u32| {
        let step = f64::from(n * n % 31 + 1) * 0.1;
        if n.is_multiple_of(5) { step * 1e9 } else { step * 1e-3 }
    };
    (1..=count).map(value).collect()
}

/// A stream of numbers that is the same everywhere (Marsaglia 2003, Journal of Statistical Software 8:14).
struct Stream(u64);

impl Stream {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(bound).unwrap()).unwrap()
    }

    fn shuffle(&mut self, values: &mut [f64]) {
        for place in (1..values.len()).rev() {
            values.swap(place, self.below(place + 1));
        }
    }
}

fn all(values: &[f64], others: &[f64]) -> Vec<u64> {
    let welch = t_test_welch(values, others, 0.95).unwrap();
    let anova = one_way_anova(&[values, others, &[1.5, 2.0]]).unwrap();
    [
        sum(values).unwrap(),
        mean(values).unwrap(),
        standard_deviation(values).unwrap(),
        minimum(values).unwrap(),
        maximum(values).unwrap(),
        quantile(values, 0.3, QuantileRule::Interpolated).unwrap(),
        geometric_mean(values).unwrap(),
        welch.t,
        welch.p,
        welch.interval.lower,
        anova.f,
        anova.p,
    ]
    .map(f64::to_bits)
    .to_vec()
}

#[test]
fn a_hundred_thousand_shuffles_change_no_bit() {
    let mut others: Vec<f64> = values(12).iter().map(|value| value + 0.7).collect();
    let mut values = values(23);
    let expected = all(&values, &others);
    let mut stream = Stream(20_261_123);
    for round in 0..100_000 {
        stream.shuffle(&mut values);
        stream.shuffle(&mut others);
        assert_eq!(all(&values, &others), expected, "round {round}: {values:?}");
    }
}

#[test]
fn the_order_of_the_groups_changes_no_bit() {
    let (a, b, c) = (values(9), values(14), values(5));
    let expected = one_way_anova(&[&a, &b, &c]).unwrap().f.to_bits();
    for groups in [[&a, &c, &b], [&b, &a, &c], [&c, &b, &a]] {
        let groups = groups.map(Vec::as_slice);
        assert_eq!(one_way_anova(&groups).unwrap().f.to_bits(), expected);
    }
}

#[test]
fn sums_in_order_would_not_have_passed() {
    let mut values = values(23);
    let mut stream = Stream(20_261_123);
    let mut sums: Vec<u64> = Vec::new();
    for _ in 0..100 {
        stream.shuffle(&mut values);
        sums.push(values.iter().sum::<f64>().to_bits());
    }
    assert!(sums.iter().any(|own| *own != sums[0]));
}
