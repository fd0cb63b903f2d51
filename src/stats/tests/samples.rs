//! Two and more samples: order of rows, unit, origin, exchange.

use proptest::collection::vec;
use proptest::prelude::*;

use super::super::describe::{QuantileRule, maximum, mean, minimum, quantile, standard_deviation, sum, whiskers};
use super::super::linear::one_way_anova;
use super::super::rank::{
    Shift, hodges_lehmann, jonckheere_terpstra, kruskal_wallis, pseudomedian, sign_test, signed_rank,
    signed_rank_exact, van_elteren, wilcoxon_exact, wilcoxon_rank_sum,
};
use super::super::sample::{
    TTest, coefficient_of_variation, dunnett, geometric_cv, geometric_deviation, geometric_interval, geometric_mean,
    permutation_exact, standard_error, t_test_paired, t_test_pooled, t_test_single, t_test_welch,
};
use super::super::{Interval, Undefined, real};
use super::{Named, Numbers, agree, close, config, order, quarters, sorted};

const RULES: [QuantileRule; 9] = [
    QuantileRule::Steps,
    QuantileRule::AveragedSteps,
    QuantileRule::Nearest,
    QuantileRule::InterpolatedSteps,
    QuantileRule::Hazen,
    QuantileRule::Weibull,
    QuantileRule::Interpolated,
    QuantileRule::MedianUnbiased,
    QuantileRule::NormalUnbiased,
];

fn t_numbers(test: TTest) -> Numbers {
    let Interval { lower, upper } = test.interval;
    Numbers {
        fixed: vec![test.df, test.p],
        turned: vec![test.t, test.p_greater - test.p_less],
        wide: vec![test.standard_error, upper - lower],
        shift: vec![test.estimate, lower + upper],
    }
}

fn shift_numbers(shift: Shift) -> Numbers {
    let mut numbers = Numbers { shift: vec![shift.estimate], ..Numbers::default() };
    if let Some(limits) = shift.limits {
        let Interval { lower, upper } = limits.interval;
        numbers.fixed.push(limits.coverage);
        numbers.wide.push(upper - lower);
        numbers.shift.push(lower + upper);
    }
    numbers
}

fn tails(p: f64, p_greater: f64, p_less: f64) -> Numbers {
    Numbers { fixed: vec![p, p_greater + p_less], turned: vec![p_greater - p_less], ..Numbers::default() }
}

/// Statistics of two samples.
fn two(a: &[f64], b: &[f64]) -> Named {
    let normal = |z: f64, p: f64| Numbers { fixed: vec![p], turned: vec![z], ..Numbers::default() };
    vec![
        ("pooled", t_test_pooled(a, b, 0.95).map(t_numbers)),
        ("welch", t_test_welch(a, b, 0.9).map(t_numbers)),
        ("rank sum", wilcoxon_rank_sum(a, b).map(|test| normal(test.z, test.p))),
        ("corrected", wilcoxon_rank_sum(a, b).map(|test| normal(test.z_corrected, test.p_corrected))),
        ("exact", wilcoxon_exact(a, b).map(|test| tails(test.p, test.p_greater, test.p_less))),
        ("hodges-lehmann", hodges_lehmann(a, b, 0.9).map(shift_numbers)),
        ("permutation", permutation_exact(a, b).map(|test| tails(test.p, test.p_greater, test.p_less))),
        (
            "kruskal-wallis",
            kruskal_wallis(&[a, b])
                .map(|test| Numbers { fixed: vec![test.statistic, test.df, test.p], ..Numbers::default() }),
        ),
        ("jonckheere", jonckheere_terpstra(&[a, b]).map(|test| normal(test.z, test.p))),
        ("anova", one_way_anova(&[a, b]).map(|test| Numbers { fixed: vec![test.f, test.p], ..Numbers::default() })),
    ]
}

/// Statistics of differences within pairs, and of one sample whose sign may turn.
fn differences(values: &[f64]) -> Named {
    vec![
        ("single", t_test_single(values, 0.0, 0.95).map(t_numbers)),
        ("paired", t_test_paired(values, &vec![0.0; values.len()], 0.95).map(t_numbers)),
        ("pseudomedian", pseudomedian(values, 0.9).map(shift_numbers)),
        (
            "signed rank",
            signed_rank(values).map(|test| Numbers {
                fixed: vec![test.p, test.p_corrected],
                turned: vec![test.z, test.z_corrected],
                ..Numbers::default()
            }),
        ),
        ("signed rank exact", signed_rank_exact(values).map(|test| tails(test.p, test.p_greater, test.p_less))),
        (
            "sign test",
            sign_test(values).map(|test| {
                let mut numbers = tails(test.p, test.p_greater, test.p_less);
                numbers.turned.push(real(test.positive) - real(test.negative));
                numbers
            }),
        ),
        ("moments", moments(values)),
    ]
}

fn moments(values: &[f64]) -> Result<Numbers, Undefined> {
    let middle = |rule| quantile(values, 0.5, rule);
    let fences = whiskers(values, QuantileRule::Interpolated)?;
    Ok(Numbers {
        wide: vec![
            standard_deviation(values)?,
            standard_error(values)?,
            maximum(values)? - minimum(values)?,
            fences.upper - fences.lower,
        ],
        shift: vec![
            sum(values)?,
            mean(values)?,
            maximum(values)? + minimum(values)?,
            middle(QuantileRule::AveragedSteps)?,
            middle(QuantileRule::Interpolated)?,
            fences.upper + fences.lower,
        ],
        ..Numbers::default()
    })
}

/// Statistics of positive values.
fn positive(values: &[f64]) -> Named {
    let fixed = |value| Numbers { fixed: vec![value], ..Numbers::default() };
    let wide = |value| Numbers { wide: vec![value], ..Numbers::default() };
    let mut all = vec![
        ("variation", coefficient_of_variation(values).map(fixed)),
        ("geometric deviation", geometric_deviation(values).map(fixed)),
        ("geometric variation", geometric_cv(values).map(fixed)),
        ("geometric mean", geometric_mean(values).map(wide)),
        (
            "geometric limits",
            geometric_interval(values, 0.95)
                .map(|limits| Numbers { wide: vec![limits.lower, limits.upper], ..Numbers::default() }),
        ),
    ];
    all.extend(RULES.map(|rule| ("quantile", quantile(values, 0.3, rule).map(wide))));
    all
}

fn scaled(values: &[f64], factor: f64) -> Vec<f64> {
    values.iter().map(|value| value * factor).collect()
}

fn moved(values: &[f64], by: f64) -> Vec<f64> {
    values.iter().map(|value| value + by).collect()
}

proptest! {
    #![proptest_config(config(120))]

    #[test]
    fn the_order_of_rows_leaves_no_trace(
        (a, turn) in vec(quarters(), 2..11).prop_flat_map(|a| { let n = a.len(); (Just(a), order(n)) }),
        b in vec(quarters(), 1..9),
    ) {
        let other = sorted(&a, &turn);
        let last: Vec<f64> = b.iter().rev().copied().collect();
        agree(&two(&a, &b), &two(&other, &last), Numbers::all, 0.0)?;
        agree(&differences(&a), &differences(&other), Numbers::all, 0.0)?;
        let (high, there) = (moved(&a, 5.0), moved(&other, 5.0));
        agree(&positive(&high), &positive(&there), Numbers::all, 0.0)?;
    }

    #[test]
    fn the_unit_is_a_factor_of_what_is_in_it(a in vec(quarters(), 2..11), b in vec(quarters(), 1..9), power in -2..9) {
        let factor = libm::scalbn(1.0, power);
        let (there, other) = (scaled(&a, factor), scaled(&b, factor));
        let in_unit = |own: &Numbers| own.in_unit(factor);
        agree(&two(&a, &b), &two(&there, &other), in_unit, 1e-12)?;
        agree(&differences(&a), &differences(&there), in_unit, 1e-12)?;
        agree(&positive(&moved(&a, 5.0)), &positive(&scaled(&moved(&a, 5.0), factor)), in_unit, 1e-12)?;
    }

    #[test]
    fn the_origin_does_not_matter_to_a_comparison(a in vec(quarters(), 2..11), b in vec(quarters(), 1..9), by in quarters()) {
        agree(&two(&a, &b), &two(&moved(&a, by), &moved(&b, by)), Numbers::all, 1e-12)?;
        agree(&two(&a, &b), &two(&moved(&a, 2_097_152.0), &moved(&b, 2_097_152.0)), Numbers::all, 1e-7)?;
    }

    #[test]
    fn an_exchange_turns_the_sign(a in vec(quarters(), 2..9), b in vec(quarters(), 2..9)) {
        agree(&two(&a, &b), &two(&b, &a), Numbers::exchanged, 1e-12)?;
        agree(&differences(&a), &differences(&scaled(&a, -1.0)), Numbers::exchanged, 1e-12)?;
        let one = van_elteren(&[[&a, &b], [&b[..1], &a[..2]]]);
        let other = van_elteren(&[[&b, &a], [&a[..2], &b[..1]]]);
        prop_assert_eq!(one.map(|test| test.p.to_bits()), other.map(|test| test.p.to_bits()));
        if let (Ok(one), Ok(other)) = (one, other) {
            close("van elteren", &[one.z], &[-other.z], 1e-14)?;
        }
    }

    #[test]
    fn names_of_groups_do_not_matter(groups in vec(vec(quarters(), 1..6), 3..5), turn in order(3)) {
        let slices: Vec<&[f64]> = groups.iter().take(3).map(Vec::as_slice).collect();
        let other = sorted(&slices, &turn);
        let one = one_way_anova(&slices).map(|test| test.f.to_bits());
        prop_assert_eq!(one, one_way_anova(&other).map(|test| test.f.to_bits()));
        match (kruskal_wallis(&slices), kruskal_wallis(&other)) {
            (Ok(one), Ok(two)) => close("kruskal-wallis", &[one.p], &[two.p], 1e-13)?,
            (one, two) => prop_assert_eq!(one.err(), two.err()),
        }
        // A trend read backwards is the opposite trend.
        let backwards: Vec<&[f64]> = slices.iter().rev().copied().collect();
        match (jonckheere_terpstra(&slices), jonckheere_terpstra(&backwards)) {
            (Ok(one), Ok(two)) => close("jonckheere", &[one.z, one.p_less], &[-two.z, two.p_greater], 1e-13)?,
            (one, two) => prop_assert_eq!(one.err(), two.err()),
        }
    }
}

proptest! {
    #![proptest_config(config(12))]

    #[test]
    fn comparisons_with_a_control_follow_their_groups(
        control in vec(quarters(), 2..6),
        one in vec(quarters(), 2..6),
        two in vec(quarters(), 2..6),
        power in -9..9,
    ) {
        let here = dunnett(&control, &[&one, &two]);
        let there = dunnett(&control, &[&two, &one]);
        let factor = libm::scalbn(1.0, power);
        let unit = dunnett(&scaled(&control, factor), &[&scaled(&one, factor), &scaled(&two, factor)]);
        match (here, there, unit) {
            (Ok(here), Ok(there), Ok(unit)) => {
                close("estimate", &[here[0].estimate, here[1].t], &[there[1].estimate, there[0].t], 1e-13)?;
                close("p", &[here[0].p, here[1].p], &[there[1].p, there[0].p], 1e-9)?;
                close("unit", &[unit[0].estimate, unit[0].p], &[here[0].estimate * factor, here[0].p], 1e-9)?;
            }
            (here, there, unit) => {
                prop_assert_eq!(here.as_ref().err(), there.as_ref().err());
                prop_assert_eq!(here.err(), unit.err());
            }
        }
    }
}
