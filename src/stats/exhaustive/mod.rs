//! Every small table: no panic, a value or the reason the documentation names, and the laws that a method promises.
//!
//! Arms hold up to 15 subjects, in two strata up to 5. What a law is not true of is named where it is tested.

mod exact;
mod intervals;
mod regression;
mod strata;

use super::real;

/// Levels, in rising order.
const LEVELS: [f64; 4] = [0.5, 0.9, 0.95, 0.99];

/// How far rounding may carry a number of ordinary size.
const ROUNDING: f64 = 1e-12;

/// The groups of a table: successes and subjects of the first, then of the second.
type Groups = [u64; 4];

/// All tables of two groups with 1 to `most` subjects each.
fn tables(most: u64) -> impl Iterator<Item = Groups> {
    arms(most).flat_map(|[n1, n2]| of_arms(n1, n2))
}

/// Sizes of two groups.
fn arms(most: u64) -> impl Iterator<Item = [u64; 2]> {
    (1..=most).flat_map(move |n1| (1..=most).map(move |n2| [n1, n2]))
}

/// All tables of two groups of these sizes.
fn of_arms(n1: u64, n2: u64) -> impl Iterator<Item = Groups> {
    (0..=n1).flat_map(move |x1| (0..=n2).map(move |x2| [x1, n1, x2, n2]))
}

/// The same with the groups exchanged.
fn arms_exchanged([x1, n1, x2, n2]: Groups) -> Groups {
    [x2, n2, x1, n1]
}

/// The same with success and failure exchanged.
fn responses_exchanged([x1, n1, x2, n2]: Groups) -> Groups {
    [n1 - x1, n1, n2 - x2, n2]
}

/// The groups as rows, successes and failures as columns.
fn cells([x1, n1, x2, n2]: Groups) -> Vec<Vec<u64>> {
    vec![vec![x1, n1 - x1], vec![x2, n2 - x2]]
}

/// Whether two numbers agree but for rounding, relative to the larger and absolute below 1.
fn close(one: f64, two: f64) -> bool {
    libm::fabs(one - two) <= ROUNDING * libm::fabs(one).max(libm::fabs(two)).max(1.0)
}

/// The number of ways to choose `k` of `n`.
fn choose(n: u64, k: u64) -> u64 {
    (0..k).fold(1, |ways, place| ways * (n - place) / (place + 1))
}

/// Probabilities of 0 to `n` successes among `n`.
fn binomial(n: u64, p: f64) -> Vec<f64> {
    let power = |base: f64, count: u64| (0..count).map(|_| base).product::<f64>();
    (0..=n).map(|x| real(choose(n, x)) * power(p, x) * power(1.0 - p, n - x)).collect()
}
