//! Counts in two arms, tables and rates: exchange of arms and outcomes, order of rows and columns, units of time.

use proptest::collection::vec;
use proptest::prelude::*;

use super::super::Undefined;
use super::super::contingency::{boschloo, fisher_exact, kappa, odds_ratio_exact, odds_ratio_wald, pearson_chi_square};
use super::super::proportion::{
    Difference, Ratio, agresti_caffo_difference, clopper_pearson, mee_difference, miettinen_nurminen_difference,
    newcombe_corrected_difference, newcombe_difference, risk_ratio, risk_ratio_wald, wald_difference, wilson,
};
use super::super::rate::{poisson_rate, rate_ratio};
use super::{Named, Numbers, agree, close, config, order, sorted};

const LEVEL: f64 = 0.95;

fn difference(own: Difference) -> Numbers {
    let (lower, upper) = (own.interval.lower, own.interval.upper);
    Numbers { fixed: vec![upper - lower], turned: vec![own.estimate, lower + upper], ..Numbers::default() }
}

/// Events of the arms with their sizes.
fn comparisons(x1: u64, n1: u64, x2: u64, n2: u64) -> Named {
    let table = vec![vec![x1, n1 - x1], vec![x2, n2 - x2]];
    let fixed = |fixed: Vec<f64>| Numbers { fixed, ..Numbers::default() };
    vec![
        ("newcombe", newcombe_difference(x1, n1, x2, n2, LEVEL).map(difference)),
        ("miettinen-nurminen", miettinen_nurminen_difference(x1, n1, x2, n2, LEVEL).map(difference)),
        ("wald", wald_difference(x1, n1, x2, n2, LEVEL).map(difference)),
        ("agresti-caffo", agresti_caffo_difference(x1, n1, x2, n2, LEVEL).map(difference)),
        ("newcombe corrected", newcombe_corrected_difference(x1, n1, x2, n2, LEVEL).map(difference)),
        ("mee", mee_difference(x1, n1, x2, n2, LEVEL).map(difference)),
        ("chi square", pearson_chi_square(&table).map(|test| fixed(vec![test.statistic, test.df, test.p]))),
        ("fisher", fisher_exact(&table).map(|p| fixed(vec![p]))),
        (
            "boschloo",
            boschloo(x1, n1, x2, n2).map(|test| Numbers {
                fixed: vec![test.p, test.p_greater + test.p_less],
                turned: vec![test.p_greater - test.p_less],
                ..Numbers::default()
            }),
        ),
    ]
}

/// Whether a ratio is the reciprocal of another; without an upper limit the other's lower limit is 0.
fn reciprocal(name: &str, one: Result<Ratio, Undefined>, two: Result<Ratio, Undefined>) -> Result<(), TestCaseError> {
    match (one, two) {
        (Ok(one), Ok(two)) => {
            let over = |value: Option<f64>| value.map_or(0.0, |value| 1.0 / value);
            let other = |value: f64| if value == 0.0 { None } else { Some(1.0 / value) };
            close(name, &[one.interval.lower], &[over(two.interval.upper)], 1e-7)?;
            match (one.interval.upper, other(two.interval.lower)) {
                (Some(found), Some(expected)) => close(name, &[found / expected], &[1.0], 1e-7)?,
                (found, expected) => prop_assert_eq!(found, expected, "{}", name),
            }
            match (one.estimate, two.estimate) {
                (Some(one), Some(two)) if two > 0.0 => close(name, &[one * two], &[1.0], 1e-9)?,
                (one, two) => prop_assert!(one == Some(0.0) || two == Some(0.0), "{}: {:?} {:?}", name, one, two),
            }
        }
        (one, two) => prop_assert_eq!(one.err(), two.err(), "{}", name),
    }
    Ok(())
}

fn arm() -> impl Strategy<Value = (u64, u64)> {
    (1..13_u64).prop_flat_map(|n| (0..=n, Just(n)))
}

proptest! {
    #![proptest_config(config(100))]

    #[test]
    fn arms_exchanged((x1, n1) in arm(), (x2, n2) in arm()) {
        agree(&comparisons(x1, n1, x2, n2), &comparisons(x2, n2, x1, n1), Numbers::exchanged, 1e-9)?;
        for (name, ratio) in
            [("odds wald", odds_ratio_wald as fn(_, _, _, _, _) -> _), ("risk wald", risk_ratio_wald), ("risk", risk_ratio)]
        {
            reciprocal(name, ratio(x1, n1, x2, n2, LEVEL), ratio(x2, n2, x1, n1, LEVEL))?;
        }
        reciprocal("odds", odds_ratio_exact(x1, n1, x2, n2, LEVEL), odds_ratio_exact(x2, n2, x1, n1, LEVEL))?;
    }

    #[test]
    fn outcomes_exchanged((x1, n1) in arm(), (x2, n2) in arm()) {
        let other = comparisons(n1 - x1, n1, n2 - x2, n2);
        agree(&comparisons(x1, n1, x2, n2), &other, Numbers::exchanged, 1e-9)?;
        reciprocal("odds", odds_ratio_exact(x1, n1, x2, n2, LEVEL), odds_ratio_exact(n1 - x1, n1, n2 - x2, n2, LEVEL))?;
        for interval in [clopper_pearson, wilson] {
            let (one, two) = (interval(x1, n1, LEVEL).unwrap(), interval(n1 - x1, n1, LEVEL).unwrap());
            close("one proportion", &[one.lower, one.upper], &[1.0 - two.upper, 1.0 - two.lower], 1e-12)?;
        }
    }

    #[test]
    fn order_of_rows_and_columns(cells in vec(vec(0..6_u64, 3), 3), rows in order(3), columns in order(3)) {
        let other: Vec<Vec<u64>> = sorted(&cells, &rows).iter().map(|row| sorted(row, &columns)).collect();
        let across: Vec<Vec<u64>> = (0..3).map(|at| cells.iter().map(|row| row[at]).collect()).collect();
        let tests = |table: &[Vec<u64>]| -> Named {
            vec![
                ("chi square", pearson_chi_square(table).map(|test| Numbers {
                    fixed: vec![test.statistic, test.df, test.p],
                    ..Numbers::default()
                })),
                ("fisher", fisher_exact(table).map(|p| Numbers { fixed: vec![p], ..Numbers::default() })),
            ]
        };
        agree(&tests(&cells), &tests(&other), Numbers::all, 1e-12)?;
        agree(&tests(&cells), &tests(&across), Numbers::all, 1e-12)?;
        // Agreement does not depend on the names of the categories, nor on who is the first rater.
        let renamed: Vec<Vec<u64>> = sorted(&cells, &rows).iter().map(|row| sorted(row, &rows)).collect();
        let agreement = |table: &[Vec<u64>]| -> Named {
            vec![("kappa", kappa(table, LEVEL).map(|own| Numbers {
                fixed: vec![own.estimate, own.standard_error, own.interval.lower],
                ..Numbers::default()
            }))]
        };
        agree(&agreement(&cells), &agreement(&renamed), Numbers::all, 1e-12)?;
        agree(&agreement(&cells), &agreement(&across), Numbers::all, 1e-12)?;
    }

    #[test]
    fn units_of_time_at_risk(x1 in 0..9_u64, x2 in 0..9_u64, t1 in 1..40_u32, t2 in 1..40_u32, power in -9..9) {
        let factor = libm::scalbn(1.0, power);
        let (t1, t2) = (0.25 * f64::from(t1), 0.25 * f64::from(t2));
        let (one, two) = (poisson_rate(x1, t1, LEVEL).unwrap(), poisson_rate(x1, t1 * factor, LEVEL).unwrap());
        let numbers = |own: super::super::rate::Rate| [own.estimate, own.interval.lower, own.interval.upper];
        close("rate", &numbers(two).map(|value| value * factor), &numbers(one), 1e-13)?;
        let here = rate_ratio(x1, t1, x2, t2, LEVEL);
        prop_assert_eq!(&here, &rate_ratio(x1, t1 * factor, x2, t2 * factor, LEVEL));
        let there = rate_ratio(x2, t2, x1, t1, LEVEL);
        prop_assert_eq!(here.as_ref().err(), there.as_ref().err());
        if let (Ok(here), Ok(there)) = (here, there) {
            close("p", &[here.p], &[there.p], 1e-12)?;
            reciprocal("rate ratio", Ok(here.ratio), Ok(there.ratio))?;
        }
    }
}
