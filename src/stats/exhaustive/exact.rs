//! Exact tests and exact intervals: their size and coverage are computed, and Fisher's test against whole numbers.

use std::cmp::Ordering;

use super::super::contingency::{Barnard, Boschloo, barnard, boschloo, fisher_exact, mcnemar, odds_ratio_exact};
use super::super::proportion::clopper_pearson;
use super::super::{Undefined, real};
use super::{
    Groups, ROUNDING, arms, arms_exchanged, binomial, cells, choose, close, of_arms, responses_exchanged, tables,
};

/// The largest group.
const MOST: u64 = 15;

/// Common proportions at which the probability of rejecting is computed.
fn proportions() -> impl Iterator<Item = f64> {
    (1..64_u32).map(|step| f64::from(step) / 64.0)
}

/// The numbers of ways to the tables with the margins of this one, by the successes of the first group, from the least
/// possible up; and the place of this one.
fn ways([x1, n1, x2, n2]: Groups) -> (Vec<u64>, usize) {
    let total = x1 + x2;
    let least = total.saturating_sub(n2);
    let ways = (least..=total.min(n1)).map(|x| choose(n1, x) * choose(n2, total - x)).collect();
    (ways, usize::try_from(x1 - least).unwrap())
}

/// Asserts for tables with two groups of these sizes that p-values are at most `p` with probability at most `p`,
/// whatever the common proportion: at every level there is, not only at a usual one.
fn assert_size(n1: u64, n2: u64, p_values: &[f64], name: &str) {
    let mut order: Vec<(f64, Groups)> = p_values.iter().copied().zip(of_arms(n1, n2)).collect();
    order.sort_by(|one, two| one.0.total_cmp(&two.0));
    for proportion in proportions() {
        let (first, second) = (binomial(n1, proportion), binomial(n2, proportion));
        let mut sum = 0.0;
        for (place, (p, [x1, _, x2, _])) in order.iter().enumerate() {
            sum += first[usize::try_from(*x1).unwrap()] * second[usize::try_from(*x2).unwrap()];
            // Equal p-values are rejected together.
            let last = order.get(place + 1).is_none_or(|(next, _)| *next > p * (1.0 + ROUNDING));
            assert!(!last || sum <= p * (1.0 + 10.0 * ROUNDING), "{name} {n1} {n2} {proportion}: {sum} > {p}");
        }
    }
}

#[test]
fn fisher_in_whole_numbers_and_its_size() {
    for [n1, n2] in arms(MOST) {
        let p_values: Vec<f64> = of_arms(n1, n2).map(|table| fisher_exact(&cells(table)).unwrap()).collect();
        for (table, p) in of_arms(n1, n2).zip(&p_values) {
            let (ways, own) = ways(table);
            let extreme: u64 = ways.iter().filter(|other| **other <= ways[own]).sum();
            assert!(close(*p, real(extreme) / real(ways.iter().sum())), "{table:?} {p}");
        }
        assert_size(n1, n2, &p_values, "Fisher");
    }
}

#[test]
fn barnard_and_its_size() {
    for [n1, n2] in arms(MOST) {
        let found: Vec<_> = of_arms(n1, n2).map(|[x1, n1, x2, n2]| barnard(x1, n1, x2, n2).unwrap()).collect();
        let p = |of: fn(&Barnard) -> f64| found.iter().map(of).collect::<Vec<f64>>();
        assert_size(n1, n2, &p(|test| test.p), "Barnard");
        assert_size(n1, n2, &p(|test| test.p_greater), "Barnard, greater");
        assert_size(n1, n2, &p(|test| test.p_less), "Barnard, less");
        for (table, here) in of_arms(n1, n2).zip(&found) {
            assert!(0.0 < here.p && here.p <= 1.0);
            for [x1, n1, x2, n2] in [arms_exchanged(table), responses_exchanged(table)] {
                let there = barnard(x1, n1, x2, n2).unwrap();
                assert!(close(here.p, there.p) && close(here.p_greater, there.p_less), "{table:?}");
            }
        }
    }
}

#[test]
fn boschloo_its_size_and_its_power() {
    for [n1, n2] in arms(MOST) {
        let found: Vec<_> = of_arms(n1, n2).map(|[x1, n1, x2, n2]| boschloo(x1, n1, x2, n2).unwrap()).collect();
        let p = |of: fn(&Boschloo) -> f64| found.iter().map(of).collect::<Vec<f64>>();
        assert_size(n1, n2, &p(|test| test.p), "Boschloo");
        assert_size(n1, n2, &p(|test| test.p_greater), "Boschloo, greater");
        assert_size(n1, n2, &p(|test| test.p_less), "Boschloo, less");
        for (table, here) in of_arms(n1, n2).zip(&found) {
            // Never above the one-sided p-value of Fisher.
            let (ways, own) = ways(table);
            let all = real(ways.iter().sum());
            assert!(here.p_greater <= real(ways[own..].iter().sum()) / all * (1.0 + ROUNDING), "{table:?}");
            assert!(here.p_less <= real(ways[..=own].iter().sum()) / all * (1.0 + ROUNDING), "{table:?}");
            for [x1, n1, x2, n2] in [arms_exchanged(table), responses_exchanged(table)] {
                let there = boschloo(x1, n1, x2, n2).unwrap();
                assert!(close(here.p, there.p) && close(here.p_greater, there.p_less), "{table:?}");
            }
        }
    }
}

#[test]
fn exact_odds_ratios_have_tails_in_whole_numbers_and_cover() {
    const LEVEL: f64 = 0.9;
    let odds_ratios = [0.125, 0.5, 1.0, 2.0, 8.0];
    let mut equal = 0;
    for [n1, n2] in arms(MOST) {
        let found: Vec<_> = of_arms(n1, n2).map(|[x1, n1, x2, n2]| odds_ratio_exact(x1, n1, x2, n2, LEVEL)).collect();
        // Without successes or failures every odds ratio is possible.
        let holds: Vec<[bool; 5]> = found
            .iter()
            .map(|own| {
                odds_ratios.map(|odds| match own {
                    Ok(own) => own.interval.lower <= odds && own.interval.upper.is_none_or(|upper| odds <= upper),
                    Err(reason) => {
                        assert_eq!(*reason, Undefined::ZeroMargin);
                        true
                    }
                })
            })
            .collect();
        for ((table, holds), found) in of_arms(n1, n2).zip(&holds).zip(&found) {
            let (ways, own) = ways(table);
            let all: u64 = ways.iter().sum();
            let smaller = ways[own..].iter().sum::<u64>().min(ways[..=own].iter().sum());
            // One is within the limits unless a tail is below 1/20; at 1/20 it is the limit itself, which is rounded.
            match (20 * smaller).cmp(&all) {
                Ordering::Greater => assert!(holds[2], "{table:?}"),
                Ordering::Less => assert!(!holds[2], "{table:?}"),
                Ordering::Equal => {
                    let interval = found.unwrap().interval;
                    let near = |limit: f64| libm::fabs(limit - 1.0) < ROUNDING;
                    assert!(near(interval.lower) || interval.upper.is_some_and(near), "{table:?}");
                    equal += 1;
                }
            }
        }
        for (place, odds) in odds_ratios.iter().enumerate() {
            for p2 in [0.05, 0.2, 0.5, 0.7, 0.95] {
                let p1 = odds * p2 / (1.0 - p2 + odds * p2);
                let (first, second) = (binomial(n1, p1), binomial(n2, p2));
                let covered: f64 = of_arms(n1, n2)
                    .zip(&holds)
                    .filter(|(_, holds)| holds[place])
                    .map(|([x1, _, x2, _], _)| {
                        first[usize::try_from(x1).unwrap()] * second[usize::try_from(x2).unwrap()]
                    })
                    .sum();
                assert!(covered >= LEVEL - ROUNDING, "{n1} {n2} {odds} {p2}: {covered}");
            }
        }
    }
    assert!(equal > 0);
}

#[test]
fn exact_proportions_cover() {
    for n in 1..=50 {
        let found: Vec<_> = (0..=n).map(|x| clopper_pearson(x, n, 0.9).unwrap()).collect();
        for p in proportions() {
            let of = binomial(n, p);
            let covered: f64 =
                found.iter().zip(&of).filter(|(own, _)| own.lower <= p && p <= own.upper).map(|own| own.1).sum();
            assert!(covered >= 0.9 - ROUNDING, "{n} {p}: {covered}");
        }
    }
}

#[test]
fn mcnemar_in_whole_numbers() {
    for (first, second) in (0..=MOST).flat_map(|first| (0..=MOST).map(move |second| (first, second))).skip(1) {
        let found = mcnemar(first, second, 0.95).unwrap();
        let pairs = first + second;
        let tail: u64 = (0..=first.min(second)).map(|x| choose(pairs, x)).sum();
        assert!(close(found.p_exact, (real(2 * tail) / real(1 << pairs)).min(1.0)));
        assert!(
            found.statistic_corrected <= found.statistic && found.p <= found.p_corrected && found.p_corrected <= 1.0
        );
        let there = mcnemar(second, first, 0.95).unwrap();
        assert!(close(there.p_exact, found.p_exact) && close(there.p, found.p));
        let interval = found.odds_ratio.interval;
        let (infinite, estimate) = (f64::INFINITY, found.odds_ratio.estimate.unwrap_or(f64::INFINITY));
        assert!(interval.lower <= estimate && estimate <= interval.upper.unwrap_or(infinite));
    }
}

#[test]
fn a_test_of_all_tables_is_a_test_of_all() {
    // The tables are what they are said to be.
    assert_eq!(tables(2).count(), 25);
    assert_eq!(tables(MOST).count(), 135 * 135);
}
