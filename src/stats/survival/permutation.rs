//! The log-rank test by permutation: what it would have been had chance put the subjects into other arms.

use super::super::random::SplitMix64;
use super::super::{Undefined, real};
use super::weighted::{Pooled, Weight};
use super::{by_time, number, simultaneous};

/// Sums of half the subjects that are worth keeping.
const SUMS: usize = 1 << 20;

/// Statistics nearer than this, relative to the sum of all scores, are equal.
const EQUAL: f64 = 1e-12;

/// A permutation test of equal hazards in two arms.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PermutationTest {
    /// Weighted events of the second arm less those expected; below 0 if it has fewer.
    pub deviation: f64,
    /// Probability of a deviation at least as far from 0.
    pub p: f64,
    /// Probability of a deviation not above this one.
    pub p_fewer: f64,
    /// Probability of a deviation not below this one.
    pub p_more: f64,
    /// Standard error of `p`; 0 if it is exact.
    pub standard_error: f64,
}

/// The permutation test of a weighted log-rank statistic, exact.
///
/// # Method
/// The statistic is the sum of the scores of the second arm: the weight of its event less the weighted cumulative hazard
/// of all subjects until then (Peto and Peto 1972, Journal of the Royal Statistical Society A 135:185). Its distribution
/// over all allocations with the same numbers in the arms, by sums over two halves of the subjects (Streitberg and
/// Röhmel 1986, Statistical Software Newsletter 12:10); probabilities are counts over the number of allocations.
/// Censoring has to be independent of the arm, which the asymptotic test does not ask.
///
/// # Input
/// For each subject a time from 0, whether it ended in the event, and whether it is in the second arm.
///
/// # Not estimable
/// `NoData` without subjects; `ZeroMargin` with subjects of only one arm; `NoEvents` without events; `ZeroVariance` when
/// all scores are equal; `TooLarge` when half the subjects have more than 2^20 sums (about 40 subjects without ties);
/// `OutOfRange` when lengths differ, a time is negative or not finite, or a power is negative or not finite.
///
/// # Agrees with
/// Rational arithmetic over all allocations; cases in `fixtures/reference/permutation-log-rank`.
pub fn permutation_log_rank(
    time: &[f64],
    event: &[bool],
    second: &[bool],
    weight: Weight,
) -> Result<PermutationTest, Undefined> {
    let scores = Scores::new(time, event, second, weight)?;
    let far = libm::fabs(scores.observed);
    let (all, p_more) = at_least(&scores.all, scores.chosen, scores.observed - scores.equal)?;
    let mirrored: Vec<f64> = scores.all.iter().map(|score| -score).collect();
    let (_, p_fewer) = at_least(&mirrored, scores.chosen, -scores.observed - scores.equal)?;
    let other = if scores.observed < 0.0 { &scores.all } else { &mirrored };
    let (_, opposite) = at_least(other, scores.chosen, far - scores.equal)?;
    let nearer = if scores.observed < 0.0 { p_fewer } else { p_more };
    let p = if far <= scores.equal { 1.0 } else { (nearer + opposite) / all };
    Ok(PermutationTest {
        deviation: scores.observed,
        p,
        p_fewer: p_fewer / all,
        p_more: p_more / all,
        standard_error: 0.0,
    })
}

/// The permutation test of a weighted log-rank statistic, by a sample of the allocations.
///
/// # Method
/// As `permutation_log_rank`, over `allocations` drawn with the generator `SplitMix64` (Steele, Lea and Flood 2014, OOPSLA
/// 453) from a seed: the same seed gives the same numbers everywhere. The actual allocation counts as one more (Davison
/// and Hinkley 1997, Bootstrap Methods, 4.2), so that no probability is 0 and the test holds its size; the standard error
/// is that of a proportion of the drawn.
///
/// # Input
/// As `permutation_log_rank`, the number of allocations to draw, and a seed.
///
/// # Not estimable
/// As `permutation_log_rank`, but never `TooLarge`; `TooFew` without allocations to draw.
///
/// # Agrees with
/// An independent implementation of the generator and the draws, and the exact test within the standard error; cases in
/// `fixtures/reference/permutation-log-rank`.
pub fn sampled_permutation_log_rank(
    time: &[f64],
    event: &[bool],
    second: &[bool],
    weight: Weight,
    allocations: u32,
    seed: u64,
) -> Result<PermutationTest, Undefined> {
    let scores = Scores::new(time, event, second, weight)?;
    if allocations == 0 {
        return Err(Undefined::TooFew);
    }
    let mut generator = SplitMix64(seed);
    let mut order = scores.all.clone();
    let (mut far, mut fewer, mut more) = (1_u64, 1_u64, 1_u64);
    for _ in 0..allocations {
        for place in 0..scores.chosen {
            let other = below(&mut generator, order.len() - place)?;
            order.swap(place, place + other);
        }
        let sum: f64 = order[..scores.chosen].iter().sum();
        far += u64::from(libm::fabs(sum) >= libm::fabs(scores.observed) - scores.equal);
        fewer += u64::from(sum <= scores.observed + scores.equal);
        more += u64::from(sum >= scores.observed - scores.equal);
    }
    let drawn = f64::from(allocations);
    let share = |count: u64| real(count) / (drawn + 1.0);
    let p = share(far);
    Ok(PermutationTest {
        deviation: scores.observed,
        p,
        p_fewer: share(fewer),
        p_more: share(more),
        standard_error: (p * (1.0 - p) / drawn).sqrt(),
    })
}

/// What a subject adds to the statistic if it is in the second arm.
struct Scores {
    /// By time.
    all: Vec<f64>,
    /// Subjects of the second arm.
    chosen: usize,
    observed: f64,
    /// The distance within which sums are equal.
    equal: f64,
}

impl Scores {
    fn new(time: &[f64], event: &[bool], second: &[bool], weight: Weight) -> Result<Self, Undefined> {
        weight.check()?;
        if event.len() != time.len() || second.len() != time.len() {
            return Err(Undefined::OutOfRange);
        }
        let happened: Vec<(bool, bool)> = event.iter().copied().zip(second.iter().copied()).collect();
        let subjects = by_time(time, &happened)?;
        let chosen = second.iter().filter(|second| **second).count();
        if chosen == 0 || chosen == second.len() {
            return Err(Undefined::ZeroMargin);
        }
        if !event.contains(&true) {
            return Err(Undefined::NoEvents);
        }
        let mut pooled = Pooled::new(weight);
        let mut at_risk = number(&subjects);
        let mut hazard = 0.0;
        let mut all = Vec::new();
        for moment in subjects.chunk_by(simultaneous) {
            let events: u64 = moment.iter().map(|(_, (event, _))| u64::from(*event)).sum();
            let weight = if events > 0 { pooled.next(events, at_risk) } else { 0.0 };
            hazard += weight * real(events) / real(at_risk);
            all.extend(moment.iter().map(|(_, (event, _))| if *event { weight - hazard } else { -hazard }));
            at_risk -= number(moment);
        }
        let scale: f64 = all.iter().map(|score| libm::fabs(*score)).sum();
        let equal = EQUAL * scale;
        if all.iter().all(|score| libm::fabs(score - all[0]) <= equal) {
            return Err(Undefined::ZeroVariance);
        }
        let own = subjects.iter().zip(&all).filter(|((_, (_, second)), _)| *second);
        let observed = own.map(|(_, score)| score).sum();
        Ok(Self { all, chosen, observed, equal })
    }
}

/// The sum of some subjects: how many, the sum, and in how many ways.
type Sum = (usize, f64, f64);

/// How many allocations there are, and how many have a sum of the scores of `chosen` subjects not below a bound.
fn at_least(scores: &[f64], chosen: usize, bound: f64) -> Result<(f64, f64), Undefined> {
    let [mut one, mut two] = halves(scores)?;
    let by_sum = |a: &Sum, b: &Sum| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1));
    one.sort_unstable_by(by_sum);
    two.sort_unstable_by(by_sum);
    let (mut all, mut found) = (0.0, 0.0);
    for part in one.chunk_by(|a, b| a.0 == b.0) {
        let Some(others) = chosen.checked_sub(part[0].0) else { continue };
        let rest = &two[two.partition_point(|sum| sum.0 < others)..two.partition_point(|sum| sum.0 <= others)];
        all += part.iter().map(|sum| sum.2).sum::<f64>() * rest.iter().map(|sum| sum.2).sum::<f64>();
        // The larger the sum of the one half, the more sums of the other suffice.
        let mut remaining = rest.iter().rev().peekable();
        let mut ways = 0.0;
        for own in part {
            while let Some(sum) = remaining.next_if(|sum| own.1 + sum.1 >= bound) {
                ways += sum.2;
            }
            found += own.2 * ways;
        }
    }
    if all.is_finite() { Ok((all, found)) } else { Err(Undefined::TooLarge) }
}

/// The sums of two halves; equal scores are counted, not told apart.
fn halves(scores: &[f64]) -> Result<[Vec<Sum>; 2], Undefined> {
    let mut sorted = scores.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let mut halves = [vec![(0, 0.0, 1.0)], vec![(0, 0.0, 1.0)]];
    for equal in sorted.chunk_by(|a, b| a.total_cmp(b).is_eq()) {
        let smaller = usize::from(halves[1].len() < halves[0].len());
        let half = &halves[smaller];
        if half.len().saturating_mul(equal.len() + 1) > SUMS {
            return Err(Undefined::TooLarge);
        }
        let mut extended = Vec::new();
        // Of m equal scores none, one, …, all; in 1, m, …, 1 ways.
        let (mut sum, mut ways) = (0.0, 1.0);
        for taken in 0..=equal.len() {
            extended.extend(half.iter().map(|own| (own.0 + taken, own.1 + sum, own.2 * ways)));
            let left = real(number(&equal[taken..]));
            sum += equal[0];
            ways = ways * left / real(number(&equal[..taken]) + 1);
        }
        halves[smaller] = extended;
    }
    Ok(halves)
}

/// A number below another, each equally often: what would favour some is drawn again.
fn below(generator: &mut SplitMix64, count: usize) -> Result<usize, Undefined> {
    let count = u64::try_from(count).map_err(|_| Undefined::TooLarge)?;
    loop {
        let drawn = generator.next();
        let rest = drawn % count;
        if drawn - rest <= u64::MAX - (count - 1) {
            return usize::try_from(rest).map_err(|_| Undefined::TooLarge);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_generator_is_the_published_one() {
        let mut generator = SplitMix64(1_234_567);
        let first = [(); 3].map(|()| generator.next());
        assert_eq!(first, [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423]);
    }

    #[test]
    fn four_subjects_on_paper() {
        // Scores 3/4, 5/12, −1/12, −13/12 (twelfths 9, 5, −1, −13): pairs sum to 14, 8, −4, 4, −8, −14.
        let (time, event) = ([1.0, 2.0, 3.0, 4.0], [true, true, true, false]);
        let test = |second: [bool; 4]| permutation_log_rank(&time, &event, &second, Weight::LogRank).unwrap();
        let first = test([true, true, false, false]);
        assert!(libm::fabs(first.deviation - 14.0 / 12.0) < 1e-15);
        assert_eq!((first.p, first.p_more, first.p_fewer), (2.0 / 6.0, 1.0 / 6.0, 1.0));
        let middle = test([true, false, true, false]);
        assert_eq!((middle.p, middle.p_more, middle.p_fewer), (4.0 / 6.0, 2.0 / 6.0, 5.0 / 6.0));
        let back = test([false, true, false, true]);
        assert_eq!((back.p, back.p_more, back.p_fewer), (middle.p, middle.p_fewer, middle.p_more));
    }

    #[test]
    fn nothing_to_compare() {
        let reason = |time: &[f64], event: &[bool], second: &[bool]| {
            let sampled = sampled_permutation_log_rank(time, event, second, Weight::LogRank, 9, 1).err();
            let exact = permutation_log_rank(time, event, second, Weight::LogRank).err();
            assert_eq!(sampled, exact);
            exact
        };
        assert_eq!(reason(&[], &[], &[]), Some(Undefined::NoData));
        assert_eq!(reason(&[1.0, 2.0], &[true; 2], &[true; 2]), Some(Undefined::ZeroMargin));
        assert_eq!(reason(&[1.0, 2.0], &[true; 2], &[false; 2]), Some(Undefined::ZeroMargin));
        assert_eq!(reason(&[1.0, 2.0], &[false; 2], &[true, false]), Some(Undefined::NoEvents));
        assert_eq!(reason(&[1.0, 1.0], &[true; 2], &[true, false]), Some(Undefined::ZeroVariance));
        assert_eq!(reason(&[1.0], &[true; 2], &[true, false]), Some(Undefined::OutOfRange));
        assert_eq!(reason(&[f64::NAN, 1.0], &[true; 2], &[true, false]), Some(Undefined::OutOfRange));
        let many: Vec<f64> = (0..60).map(f64::from).collect();
        let second: Vec<bool> = (0..60).map(|i| i % 2 == 0).collect();
        let exact = permutation_log_rank(&many, &[true; 60], &second, Weight::LogRank);
        assert_eq!(exact, Err(Undefined::TooLarge));
        let none = sampled_permutation_log_rank(&many, &[true; 60], &second, Weight::LogRank, 0, 1);
        assert_eq!(none, Err(Undefined::TooFew));
    }
}
