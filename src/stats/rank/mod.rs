//! Statistics of ranks.
//!
//! Values are tied only when they are equal as doubles: what differs by the rounding of a subtraction is not. Midranks
//! are kept doubled, as whole numbers, so that sums of ranks are exact in any order.

mod ancova;
mod exact;
mod hodges_lehmann;
mod jonckheere;
mod kruskal_wallis;
mod sign;
mod signed_rank;
mod van_elteren;
mod walsh;
mod wilcoxon;

pub use ancova::rank_ancova;
pub use exact::{ExactRankSum, wilcoxon_exact};
pub use hodges_lehmann::{Shift, ShiftLimits, hodges_lehmann};
pub use jonckheere::{Jonckheere, jonckheere_terpstra};
pub use kruskal_wallis::{KruskalWallis, kruskal_wallis};
pub use sign::{SignTest, sign_test};
pub use signed_rank::{ExactSignedRank, SignedRank, signed_rank, signed_rank_exact};
pub use van_elteren::{VanElteren, van_elteren};
pub use walsh::pseudomedian;
pub use wilcoxon::{RankSum, wilcoxon_rank_sum};

pub(super) use exact::divisions;

use super::{Undefined, real};

/// Observations whose cubed number is still a whole number of a machine word.
const LARGEST: u64 = 1 << 20;

/// Twice the midranks of finite values in their order, and Σ (t³ − t) over the groups of t equal values.
///
/// Twice the midranks of n values have the mean n + 1.
fn doubled_midranks(values: &[f64]) -> Result<(Vec<u64>, u64), Undefined> {
    if values.iter().any(|value| !value.is_finite()) {
        return Err(Undefined::OutOfRange);
    }
    if count(values) > LARGEST {
        return Err(Undefined::TooLarge);
    }
    // Adding zero makes a negative zero equal to zero.
    let mut ordered: Vec<(f64, usize)> = values.iter().enumerate().map(|(place, value)| (value + 0.0, place)).collect();
    ordered.sort_unstable_by(|one, two| one.0.total_cmp(&two.0));
    let mut ranks = vec![0; values.len()];
    let (mut before, mut ties) = (0, 0);
    for tied in ordered.chunk_by(|one, two| one.0.total_cmp(&two.0).is_eq()) {
        let size = count(tied);
        for (_, place) in tied {
            ranks[*place] = 2 * before + size + 1;
        }
        before += size;
        ties += size * size * size - size;
    }
    Ok((ranks, ties))
}

fn count<T>(sample: &[T]) -> u64 {
    sample.len() as u64
}

/// Two samples ranked together.
struct Ranked {
    /// Twice the midranks of the first sample, and of the second.
    first: Vec<u64>,
    second: Vec<u64>,
    ties: u64,
}

impl Ranked {
    fn new(a: &[f64], b: &[f64]) -> Result<Self, Undefined> {
        let (mut first, ties) = doubled_midranks(&[a, b].concat())?;
        if a.is_empty() || b.is_empty() {
            return Err(Undefined::NoData);
        }
        let second = first.split_off(a.len());
        Ok(Self { first, second, ties })
    }

    /// How far the sum of the first sample's midranks is above its expectation.
    fn excess(&self) -> f64 {
        let [n1, n2] = self.sizes();
        let sum: u64 = self.first.iter().sum();
        0.5 * (real(sum) - real(n1 * (n1 + n2 + 1)))
    }

    /// The variance of that sum when both samples have the same distribution, given the ties.
    fn variance(&self) -> f64 {
        let [n1, n2] = self.sizes();
        let n = n1 + n2;
        real(n1 * n2) * real(n * n * n - n - self.ties) / (12.0 * real(n * (n - 1)))
    }

    fn sizes(&self) -> [u64; 2] {
        [count(&self.first), count(&self.second)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_values_share_their_ranks() {
        let (ranks, ties) = doubled_midranks(&[3.0, 1.0, 3.0, 0.0, -0.0, 3.0]).unwrap();
        assert_eq!(ranks, [10, 6, 10, 3, 3, 10]);
        assert_eq!(ties, 24 + 6);
        assert_eq!(ranks.iter().sum::<u64>(), 6 * 7);
    }

    #[test]
    fn variance_without_and_with_ties_on_paper() {
        // n1 n2 (n + 1) / 12, and nothing when all are equal.
        let variance = |a: &[f64], b: &[f64]| Ranked::new(a, b).unwrap().variance();
        assert_eq!(variance(&[1.0, 2.0], &[3.0, 4.0, 5.0]).to_bits(), 3.0_f64.to_bits());
        assert_eq!(variance(&[7.0, 7.0], &[7.0, 7.0]).to_bits(), 0);
    }
}
