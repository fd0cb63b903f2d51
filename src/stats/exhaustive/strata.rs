//! Two strata.

use super::super::contingency::{breslow_day, cmh_correlation, cmh_general_association, cmh_row_means};
use super::super::proportion::{
    AdjustedDifference, Difference, Ratio, Stratum, cmh_weighted_difference, mantel_haenszel_difference,
    mantel_haenszel_odds_ratio, mantel_haenszel_risk_ratio, minimum_risk_difference, stratified_miettinen_nurminen,
    stratified_newcombe,
};
use super::super::{Interval, Undefined};
use super::{Groups, ROUNDING, arms_exchanged, cells, close, responses_exchanged, tables};

/// The largest group of a stratum.
const MOST: u64 = 5;

type Method = fn(&[Stratum], f64) -> Result<Difference, Undefined>;
type OfStrata = fn(&[Stratum], f64) -> Result<Ratio, Undefined>;

fn stratum([x1, n1, x2, n2]: Groups) -> Stratum {
    Stratum { x1, n1, x2, n2 }
}

/// All pairs of tables, and each table with a stratum of nobody and with one that lacks a group.
fn pairs() -> Vec<[Groups; 2]> {
    let all: Vec<Groups> = [[0, 0, 0, 0], [1, 2, 0, 0]].into_iter().chain(tables(MOST)).collect();
    let places = (2..all.len()).flat_map(|one| (0..=one).map(move |other| [one, other]));
    places.map(|pair| pair.map(|place| all[place])).collect()
}

fn plain(found: AdjustedDifference) -> Difference {
    Difference { estimate: found.estimate, interval: found.interval }
}

/// Whether each group of a table has only successes or only failures.
fn without_variance([x1, n1, x2, n2]: Groups) -> bool {
    (x1 == 0 || x1 == n1) && (x2 == 0 || x2 == n2)
}

/// All laws of a method, for all pairs of tables.
fn assert_laws(method: Method, reason: fn([Groups; 2]) -> Option<Undefined>) {
    for pair in pairs() {
        let at = |pair: [Groups; 2], level: f64| method(&pair.map(stratum), level);
        let found = at(pair, 0.95);
        if let Some(reason) = reason(pair) {
            assert_eq!(found, Err(reason), "{pair:?}");
            continue;
        }
        let Difference { estimate, interval } = found.unwrap_or_else(|reason| panic!("{pair:?}: {reason:?}"));
        let Interval { lower, upper } = interval;
        assert!(-1.0 <= lower && lower <= estimate && estimate <= upper && upper <= 1.0, "{pair:?} {found:?}");
        let inner = at(pair, 0.8).unwrap().interval;
        assert!(lower <= inner.lower + ROUNDING && inner.upper <= upper + ROUNDING, "{pair:?}");
        // The order of the strata is turned with the groups: neither matters but for the sign.
        for (turned, level, own) in
            [([pair[1], pair[0]].map(arms_exchanged), 0.95, interval), (pair.map(responses_exchanged), 0.8, inner)]
        {
            let other = at(turned, level).unwrap();
            assert!(close(other.estimate, -estimate), "{pair:?}");
            assert!(close(other.interval.lower, -own.upper) && close(other.interval.upper, -own.lower), "{pair:?}");
        }
    }
}

#[test]
fn mantel_haenszel() {
    assert_laws(
        |strata, level| mantel_haenszel_difference(strata, level).map(plain),
        |pair| {
            // The variance of Sato is 0 when nothing differs within strata, or all successes are in one and the same
            // group; it is never below 0.
            let all = |of: fn(Groups) -> bool| pair.into_iter().filter(|own| own[3] > 0).all(of);
            let one_outcome = all(|[x1, n1, x2, n2]| x1 + x2 == 0 || x1 + x2 == n1 + n2);
            let one_group = all(|[x1, n1, x2, _]| x1 == n1 && x2 == 0) || all(|[x1, _, x2, n2]| x1 == 0 && x2 == n2);
            (one_outcome || one_group).then_some(Undefined::ZeroVariance)
        },
    );
}

#[test]
fn weights_of_mantel_and_haenszel() {
    assert_laws(
        |strata, level| cmh_weighted_difference(strata, level).map(plain),
        |pair| {
            let fixed = pair.into_iter().filter(|own| own[3] > 0).all(without_variance);
            fixed.then_some(Undefined::ZeroVariance)
        },
    );
}

#[test]
fn minimum_risk() {
    assert_laws(
        |strata, level| minimum_risk_difference(strata, level).map(plain),
        |[first, second]| {
            let lacking = second[1] > 0 && second[3] == 0;
            let fixed = without_variance(first) || (second[3] > 0 && without_variance(second));
            if lacking { Some(Undefined::NotEstimable) } else { fixed.then_some(Undefined::ZeroVariance) }
        },
    );
}

#[test]
fn miettinen_and_nurminen() {
    assert_laws(stratified_miettinen_nurminen, |_| None);
}

#[test]
fn newcombe() {
    assert_laws(stratified_newcombe, |pair| {
        let both = || pair.into_iter().filter(|own| own[3] > 0);
        let first = both().all(|[x1, n1, _, _]| x1 == 0 || x1 == n1);
        let second = both().all(|[_, _, x2, n2]| x2 == 0 || x2 == n2);
        (first || second).then_some(Undefined::ZeroVariance)
    });
}

#[test]
fn tests_of_association() {
    for pair in pairs() {
        let strata = pair.map(cells);
        let general = cmh_general_association(&strata);
        let informative = |[x1, n1, x2, n2]: Groups| n2 > 0 && x1 + x2 > 0 && x1 + x2 < n1 + n2;
        let telling = pair.into_iter().any(informative);
        // Of two groups and two outcomes the three tests are one.
        let means = cmh_row_means(&strata, &[1.0, 0.0]);
        let correlation = cmh_correlation(&strata, &[1.0, 0.0], &[3.0, 5.0]);
        match general {
            Ok(test) => {
                assert!(telling && test.statistic >= 0.0 && (0.0..=1.0).contains(&test.p), "{pair:?}");
                for other in [means, correlation] {
                    let other = other.unwrap();
                    assert!(close(other.statistic, test.statistic) && close(other.p, test.p), "{pair:?}");
                }
                for turn in [arms_exchanged, responses_exchanged] {
                    let turned = cmh_general_association(&pair.map(turn).map(cells)).unwrap();
                    assert!(close(turned.statistic, test.statistic));
                }
            }
            Err(reason) => {
                let known = matches!(reason, Undefined::ZeroMargin | Undefined::ZeroVariance);
                assert!(!telling && known && means == Err(reason) && correlation == Err(reason), "{pair:?}");
            }
        }
    }
}

#[test]
fn equal_odds_ratios() {
    for pair in pairs() {
        let informative = |[x1, n1, x2, n2]: &Groups| *n2 > 0 && x1 + x2 > 0 && x1 + x2 < n1 + n2;
        let telling = pair.iter().filter(|own| informative(own)).count();
        match breslow_day(&pair.map(stratum)) {
            Ok(test) => {
                assert!(telling == 2 && test.odds_ratio > 0.0 && test.odds_ratio.is_finite(), "{pair:?}");
                assert!(0.0 <= test.tarone.statistic && test.tarone.statistic <= test.breslow_day.statistic + ROUNDING);
                for turn in [arms_exchanged, responses_exchanged] {
                    let turned = breslow_day(&pair.map(turn).map(stratum)).unwrap();
                    assert!(close(turned.odds_ratio * test.odds_ratio, 1.0), "{pair:?}");
                    assert!(libm::fabs(turned.breslow_day.statistic - test.breslow_day.statistic) < 1e-9, "{pair:?}");
                }
            }
            Err(Undefined::TooFew) => assert!(telling < 2, "{pair:?}"),
            Err(reason) => {
                let none = |of: fn(&Groups) -> u64| pair.iter().all(|own| of(own) == 0);
                let above = none(|[x1, _, x2, n2]| x1 * (n2 - x2));
                let below = none(|[x1, n1, x2, _]| x2 * (n1 - x1));
                assert!(reason == Undefined::ZeroMargin && (above || below), "{pair:?}");
            }
        }
    }
}

#[test]
fn ratios_of_mantel_and_haenszel() {
    let none =
        |pair: [Groups; 2], of: fn(Groups) -> u64| pair.into_iter().filter(|own| own[3] > 0).all(|own| of(own) == 0);
    let reason = |above: bool, below: bool| match (above, below) {
        (true, true) => Some(Undefined::ZeroMargin),
        (false, false) => None,
        _ => Some(Undefined::Separated),
    };
    for pair in pairs() {
        let odds = reason(none(pair, |[x1, _, x2, n2]| x1 * (n2 - x2)), none(pair, |[x1, n1, x2, _]| x2 * (n1 - x1)));
        let risks = reason(none(pair, |[x1, ..]| x1), none(pair, |[_, _, x2, _]| x2));
        let fixed = none(pair, |[x1, n1, x2, n2]| if x1 + x2 == 0 { 0 } else { n1 + n2 - x1 - x2 });
        let risks = risks.or_else(|| fixed.then_some(Undefined::ZeroVariance));
        let methods: [(OfStrata, _); 2] = [(mantel_haenszel_odds_ratio, odds), (mantel_haenszel_risk_ratio, risks)];
        for (of, reason) in methods {
            let found = of(&pair.map(stratum), 0.95);
            if let Some(reason) = reason {
                assert_eq!(found, Err(reason), "{pair:?}");
                continue;
            }
            let Ratio { estimate, interval } = found.unwrap_or_else(|reason| panic!("{pair:?}: {reason:?}"));
            let (lower, upper) = (interval.lower, interval.upper.unwrap());
            assert!(0.0 < lower && lower <= estimate.unwrap() && estimate.unwrap() <= upper, "{pair:?}");
            let inner = of(&pair.map(stratum), 0.8).unwrap().interval;
            assert!(lower <= inner.lower && inner.upper.unwrap() <= upper);
            let turned = of(&[pair[1], pair[0]].map(arms_exchanged).map(stratum), 0.95).unwrap().interval;
            assert!(close(turned.lower * upper, 1.0) && close(turned.upper.unwrap() * lower, 1.0), "{pair:?}");
        }
    }
}
