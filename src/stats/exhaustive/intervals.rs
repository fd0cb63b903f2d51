//! Intervals of one and of two groups.

use super::super::contingency::{
    cochran_armitage, kappa, likelihood_ratio_chi_square, odds_ratio_exact, odds_ratio_score,
    odds_ratio_score_debiased, odds_ratio_wald, pearson_chi_square,
};
use super::super::proportion::{
    Difference, Needed, Ratio, agresti_caffo_difference, agresti_coull, clopper_pearson, farrington_manning, jeffreys,
    likelihood_proportion, mee_difference, mid_p_proportion, miettinen_nurminen_difference,
    newcombe_corrected_difference, newcombe_difference, number_needed, risk_ratio, risk_ratio_wald, wald_difference,
    wald_proportion, wilson, wilson_corrected,
};
use super::super::{Interval, Undefined, real};
use super::{Groups, LEVELS, ROUNDING, arms_exchanged, cells, close, responses_exchanged, tables};

/// The largest group.
const MOST: u64 = 15;

type OfOne = fn(u64, u64, f64) -> Result<Interval, Undefined>;
type Difference4 = fn(u64, u64, u64, u64, f64) -> Result<Difference, Undefined>;
type Ratio4 = fn(u64, u64, u64, u64, f64) -> Result<Ratio, Undefined>;

/// Why a method has no value for a table, as its documentation says.
type Reason = fn(Groups) -> Option<Undefined>;

#[test]
fn one_proportion() {
    let methods: [OfOne; 8] = [
        wald_proportion,
        agresti_coull,
        clopper_pearson,
        jeffreys,
        likelihood_proportion,
        mid_p_proportion,
        wilson,
        wilson_corrected,
    ];
    for (n, x) in (1..=MOST).flat_map(|n| (0..=n).map(move |x| (n, x))) {
        let share = real(x) / real(n);
        for (place, of) in methods.into_iter().enumerate() {
            let mut inner = Interval { lower: share, upper: share };
            for level in LEVELS {
                if place == 0 && (x == 0 || x == n) {
                    assert_eq!(of(x, n, level), Err(Undefined::ZeroVariance));
                    continue;
                }
                let own = of(x, n, level).unwrap();
                // The first comparison is with the proportion itself, the others are with the next lower level.
                assert!(0.0 <= own.lower && own.lower <= inner.lower, "{place} {x}/{n} {level}");
                assert!(inner.upper <= own.upper && own.upper <= 1.0, "{place} {x}/{n} {level}");
                let other = of(n - x, n, level).unwrap();
                assert!(close(other.lower, 1.0 - own.upper) && close(other.upper, 1.0 - own.lower));
                inner = own;
            }
        }
    }
}

#[test]
fn differences() {
    let methods: [(Difference4, Reason); 6] = [
        (wald_difference, |[x1, n1, x2, n2]| {
            ((x1 == 0 || x1 == n1) && (x2 == 0 || x2 == n2)).then_some(Undefined::ZeroVariance)
        }),
        (miettinen_nurminen_difference, |_| None),
        (mee_difference, |_| None),
        (newcombe_difference, |_| None),
        (newcombe_corrected_difference, |_| None),
        // About the difference of altered counts, so it need not hold that of the observed ones.
        (agresti_caffo_difference, |_| None),
    ];
    for table in tables(MOST) {
        for (place, (of, reason)) in methods.into_iter().enumerate() {
            let at = |[x1, n1, x2, n2]: Groups, level| of(x1, n1, x2, n2, level);
            let mut inner: Option<Interval> = None;
            for level in LEVELS {
                if let Some(reason) = reason(table) {
                    assert_eq!(at(table, level), Err(reason));
                    continue;
                }
                let Difference { estimate, interval } = at(table, level).unwrap();
                let Interval { lower, upper } = interval;
                assert!(-1.0 <= lower && lower <= upper && upper <= 1.0);
                assert!(place == 5 || (lower <= estimate && estimate <= upper), "{place} {table:?} {level}");
                let nested =
                    inner.is_none_or(|inner| lower <= inner.lower + ROUNDING && inner.upper <= upper + ROUNDING);
                assert!(nested, "{place} {table:?} {level}");
                inner = Some(interval);
            }
            if let Some(Interval { lower, upper }) = inner {
                for turned in [arms_exchanged(table), responses_exchanged(table)] {
                    let other = at(turned, LEVELS[LEVELS.len() - 1]).unwrap().interval;
                    assert!(close(other.lower, -upper) && close(other.upper, -lower), "{place} {table:?}");
                }
            }
        }
    }
}

/// Without successes, or without failures, there are no odds to compare.
fn one_outcome([x1, n1, x2, n2]: Groups) -> Option<Undefined> {
    (x1 + x2 == 0 || x1 + x2 == n1 + n2).then_some(Undefined::ZeroMargin)
}

#[test]
fn ratios() {
    let methods: [(Ratio4, Reason); 6] = [
        (odds_ratio_exact, one_outcome),
        (odds_ratio_score, one_outcome),
        (odds_ratio_score_debiased, one_outcome),
        (odds_ratio_wald, |table| {
            one_outcome(table).or_else(|| cells(table).concat().contains(&0).then_some(Undefined::Separated))
        }),
        (risk_ratio, |[x1, _, x2, _]| (x1 + x2 == 0).then_some(Undefined::ZeroMargin)),
        (risk_ratio_wald, |[x1, n1, x2, n2]| match (x1, x2) {
            (0, 0) => Some(Undefined::ZeroMargin),
            (0, _) | (_, 0) => Some(Undefined::Separated),
            _ => (x1 == n1 && x2 == n2).then_some(Undefined::ZeroVariance),
        }),
    ];
    let number = |own: Option<f64>| own.unwrap_or(f64::INFINITY);
    for table in tables(MOST) {
        for (place, (of, reason)) in methods.into_iter().enumerate() {
            let at = |[x1, n1, x2, n2]: Groups, level| of(x1, n1, x2, n2, level);
            let mut inner: Option<[f64; 2]> = None;
            for level in LEVELS {
                if let Some(reason) = reason(table) {
                    assert_eq!(at(table, level), Err(reason));
                    continue;
                }
                let Ratio { estimate, interval } = at(table, level).unwrap();
                let (lower, upper) = (interval.lower, number(interval.upper));
                assert!(estimate.is_none_or(f64::is_finite) && interval.upper.is_none_or(f64::is_finite));
                assert!(0.0 <= lower && lower <= number(estimate) && number(estimate) <= upper, "{place} {table:?}");
                let [least, most] = inner.unwrap_or([lower, upper]);
                assert!(lower <= least * (1.0 + ROUNDING) && most * (1.0 - ROUNDING) <= upper, "{place} {table:?}");
                inner = Some([lower, upper]);
            }
            // The ratio of failures is not the reciprocal of the ratio of successes.
            let turns = if place < 4 { 2 } else { 1 };
            for turned in [arms_exchanged(table), responses_exchanged(table)].into_iter().take(turns) {
                if let Some([lower, upper]) = inner {
                    let other = at(turned, LEVELS[LEVELS.len() - 1]).unwrap().interval;
                    assert!(close(other.lower * upper, 1.0) || (other.lower == 0.0 && upper == f64::INFINITY));
                    assert!(close(lower * number(other.upper), 1.0) || (lower == 0.0 && other.upper.is_none()));
                }
            }
        }
    }
}

#[test]
fn limits_are_where_the_test_of_a_margin_has_its_level() {
    for table in tables(MOST) {
        let [x1, n1, x2, n2] = table;
        let Interval { lower, upper } = mee_difference(x1, n1, x2, n2, 0.9).unwrap().interval;
        let p = |margin: f64| farrington_manning(x1, n1, x2, n2, margin);
        assert!(lower <= -1.0 || libm::fabs(p(lower).unwrap().p_greater - 0.05) < 1e-7, "{table:?}");
        assert!(upper >= 1.0 || libm::fabs(p(upper).unwrap().p_less - 0.05) < 1e-7, "{table:?}");
    }
}

#[test]
fn numbers_needed() {
    for table in tables(MOST) {
        let of = |[x1, n1, x2, n2]: Groups| number_needed(newcombe_difference(x1, n1, x2, n2, 0.95).unwrap()).unwrap();
        let (here, there) = (of(table), of(arms_exchanged(table)));
        assert!(here.benefit.is_some() || here.harm.is_some());
        assert_eq!(here.estimate, there.estimate.map(|own| -own));
        for (one, two) in [(here.benefit, there.harm), (here.harm, there.benefit)] {
            assert_eq!(one.is_some(), two.is_some());
            if let (Some(one), Some(two)) = (one, two) {
                assert!(one.least >= 1.0 - ROUNDING && one.most.is_none_or(|most| most >= one.least));
                assert!(close(1.0 / one.least, 1.0 / two.least));
                assert!(close(1.0 / one.most.unwrap_or(f64::INFINITY), 1.0 / two.most.unwrap_or(f64::INFINITY)));
            }
        }
        // The two ranges are open together, where the difference may be 0.
        let open = |own: Option<Needed>| own.is_some_and(|own| own.most.is_none());
        assert!(here.benefit.is_none() || here.harm.is_none() || (open(here.benefit) && open(here.harm)));
    }
}

#[test]
fn chi_square_trend_and_agreement() {
    for table in tables(MOST) {
        let [x1, n1, x2, n2] = table;
        let cells = cells(table);
        let trend = cochran_armitage(&[x1, x2], &[n1, n2], &[1.0, 0.0]);
        match pearson_chi_square(&cells) {
            Ok(test) => {
                assert!(test.statistic >= 0.0 && (0.0..=1.0).contains(&test.p));
                // Of two groups the trend is the difference.
                let trend = trend.unwrap();
                assert!(close(trend.z * trend.z, test.statistic) && close(trend.p, test.p), "{table:?}");
                let turned = pearson_chi_square(&[cells[1].clone(), cells[0].clone()]).unwrap();
                assert!(close(turned.statistic, test.statistic));
                let ratio = likelihood_ratio_chi_square(&cells).unwrap();
                assert!(ratio.statistic >= 0.0 && (0.0..=1.0).contains(&ratio.p));
                assert_eq!(ratio.statistic > ROUNDING, test.statistic > ROUNDING, "{table:?}");
            }
            Err(reason) => assert!(reason == Undefined::ZeroMargin && trend == Err(reason), "{table:?}"),
        }
        // Here rows are a rating: raters exchanged and categories exchanged.
        let [a, b, c, d] = [x1, n1 - x1, x2, n2 - x2];
        let one_rating = a + c == 0 || b + d == 0;
        match kappa(&cells, 0.95) {
            Ok(here) => {
                assert!(!one_rating && here.estimate.abs() <= 1.0 && here.standard_error.is_finite(), "{table:?}");
                assert!(here.interval.lower <= here.estimate && here.estimate <= here.interval.upper);
                for turned in [[vec![a, c], vec![b, d]], [vec![d, c], vec![b, a]]] {
                    let there = kappa(&turned, 0.95).unwrap();
                    assert!(close(here.estimate, there.estimate) && close(here.standard_error, there.standard_error));
                }
            }
            Err(reason) => assert!(one_rating && reason == Undefined::ZeroMargin, "{table:?}"),
        }
    }
}
