//! Models: order of rows, units of responses, covariates and time at risk, names of arms and subjects.

use proptest::collection::vec;
use proptest::prelude::*;

use super::super::ancova::Ancova;
use super::super::count::{CountErrors, CountRegression, negative_binomial_regression, poisson_regression};
use super::super::gee::{GeeErrors, WorkingCorrelation, gee_binary};
use super::super::linear::{Contrast, LeastSquares, Leverage, sandwich_contrast};
use super::super::logistic::logistic;
use super::super::mixed::{Degrees, Likelihood, MixedModel, Observations, Structure};
use super::super::rank::rank_ancova;
use super::super::{LogEffect, Undefined};
use super::{Named, Numbers, agree, config, order, sorted};

const LEVEL: f64 = 0.95;

/// An observation.
#[derive(Clone, Copy, Debug)]
struct Row {
    arm: usize,
    covariate: f64,
    response: f64,
    count: u64,
    time: f64,
    subject: usize,
    visit: usize,
}

/// Halves of the response, a count, quarters of time and what makes one visit in eight missing.
type Visit = (i32, u64, u32, u32);

/// Three visits of some subjects, complete but for a few.
fn rows() -> impl Strategy<Value = Vec<Row>> {
    let visit = (-9..=9_i32, 0..5_u64, 1..8_u32, 0..8_u32);
    vec((-5..=5_i32, vec(visit, 3)), 8..13).prop_map(|subjects| {
        let subject = |(subject, (covariate, visits)): (usize, &(i32, Vec<Visit>))| {
            let row = |(visit, (response, count, time, missing)): (usize, &Visit)| Row {
                arm: subject % 2,
                covariate: f64::from(*covariate),
                response: 0.5 * f64::from(*response + covariate),
                count: *count,
                time: 0.25 * f64::from(*time),
                subject,
                visit: if *missing == 0 { 3 } else { visit },
            };
            visits.iter().enumerate().map(row).collect::<Vec<Row>>()
        };
        subjects.iter().enumerate().flat_map(subject).filter(|row| row.visit < 3).collect()
    })
}

fn real(condition: bool) -> f64 {
    if condition { 1.0 } else { 0.0 }
}

/// Intercept, covariate and arm.
fn columns(rows: &[Row]) -> Vec<Vec<f64>> {
    let of = |value: fn(&Row) -> f64| rows.iter().map(value).collect::<Vec<f64>>();
    vec![of(|_| 1.0), of(|row| row.covariate), of(|row| real(row.arm == 1))]
}

/// The effect of the arm in the unit of the response.
fn contrast(own: Contrast) -> Numbers {
    let (lower, upper) = (own.interval.lower, own.interval.upper);
    Numbers {
        fixed: vec![own.df, own.p],
        turned: vec![own.t],
        wide: vec![own.standard_error, upper - lower],
        shift: vec![own.estimate, lower + upper],
    }
}

/// Responses on a scale.
fn responses(rows: &[Row]) -> Named {
    let response: Vec<f64> = rows.iter().map(|row| row.response).collect();
    let arm: Vec<usize> = rows.iter().map(|row| row.arm).collect();
    let visit: Vec<usize> = rows.iter().map(|row| row.visit).collect();
    let subjects: Vec<usize> = rows.iter().map(|row| row.subject).collect();
    let (columns, weights) = (columns(rows), [0.0, 0.0, 1.0]);
    let covariate = columns[1].clone();
    let mixed = |structure| {
        let data = Observations {
            subjects: &subjects,
            visits: &visit,
            groups: None,
            response: &response,
            columns: &columns,
            weights: None,
        };
        MixedModel::fit(&data, structure, Likelihood::Restricted)?
            .fixed_effect(&weights, Degrees::Satterthwaite, LEVEL)
            .map(contrast)
    };
    let ancova = Ancova::fit(&response, &arm, 2, std::slice::from_ref(&visit), std::slice::from_ref(&covariate));
    let first: Vec<usize> = (0..rows.len()).filter(|row| visit[*row] == 0).collect();
    let ranked = rank_ancova(&sorted(&response, &first), &sorted(&covariate, &first), &sorted(&arm, &first), 2);
    vec![
        (
            "least squares",
            LeastSquares::fit(&columns, &response).and_then(|fit| fit.contrast(&weights, LEVEL)).map(contrast),
        ),
        ("ancova", ancova.and_then(|fit| fit.difference(1, 0, LEVEL)).map(contrast)),
        ("hc0", sandwich_contrast(&columns, &response, &weights, Leverage::None, LEVEL).map(contrast)),
        ("hc3", sandwich_contrast(&columns, &response, &weights, Leverage::Twice, LEVEL).map(contrast)),
        ("rank ancova", ranked.map(|test| Numbers { fixed: vec![test.f, test.p], ..Numbers::default() })),
        ("compound symmetry", mixed(Structure::CompoundSymmetry)),
        ("autoregressive", mixed(Structure::Autoregressive)),
    ]
}

/// The effect of the arm; times one covariate is in the unit of its reciprocal.
fn rates(fit: Result<CountRegression, Undefined>) -> Result<Numbers, Undefined> {
    let fit = fit?;
    let LogEffect { coefficient, standard_error, z, p, .. } = fit.effects[2];
    let fixed = vec![standard_error, p, fit.dispersion, fit.log_likelihood, fit.effects[1].z];
    Ok(Numbers { fixed, turned: vec![coefficient, z], ..Numbers::default() })
}

/// Counts and repeated outcomes.
fn outcomes(rows: &[Row]) -> Named {
    let columns = columns(rows);
    let counts: Vec<u64> = rows.iter().map(|row| row.count).collect();
    let time: Vec<f64> = rows.iter().map(|row| row.time).collect();
    let subjects: Vec<usize> = rows.iter().map(|row| row.subject).collect();
    let responded: Vec<bool> = rows.iter().map(|row| row.response > 0.0).collect();
    let gee = |working, errors| {
        let fit = gee_binary(&columns, &responded, &subjects, working, errors, LEVEL)?;
        let effect = fit.effects[2];
        let fixed = vec![effect.standard_error, effect.p, fit.correlation, fit.scale, fit.effects[1].z];
        Ok(Numbers { fixed, turned: vec![effect.coefficient, effect.z], ..Numbers::default() })
    };
    vec![
        ("poisson", rates(poisson_regression(&columns, &counts, &time, CountErrors::Model, LEVEL))),
        ("robust", rates(poisson_regression(&columns, &counts, &time, CountErrors::Robust, LEVEL))),
        ("negative binomial", rates(negative_binomial_regression(&columns, &counts, &time, CountErrors::Model, LEVEL))),
        (
            "logistic",
            logistic(&columns, &responded, LEVEL).map(|fit| Numbers {
                fixed: vec![fit.log_likelihood, fit.effects[2].standard_error, fit.effects[2].p, fit.effects[1].z],
                turned: vec![fit.effects[2].coefficient, fit.effects[2].z],
                ..Numbers::default()
            }),
        ),
        ("independence", gee(WorkingCorrelation::Independence, GeeErrors::Robust)),
        ("exchangeable", gee(WorkingCorrelation::Exchangeable, GeeErrors::BiasReduced)),
    ]
}

fn change(rows: &[Row], how: impl Fn(Row) -> Row) -> Vec<Row> {
    rows.iter().map(|row| how(*row)).collect()
}

/// Without this the properties below could hold because nothing had a value.
#[test]
fn ordinary_data_have_values() {
    let row = |place: u32| {
        let subject = place / 3;
        let level = f64::from(subject * subject % 7);
        Row {
            arm: usize::from(subject % 2 == 1),
            covariate: level,
            response: 0.25 * f64::from(place * place % 11) + 0.5 * level - 2.0,
            count: u64::from(place * place % 5),
            time: 0.5 + f64::from(place % 4),
            subject: usize::try_from(subject).unwrap(),
            visit: usize::try_from(place % 3).unwrap(),
        }
    };
    let rows: Vec<Row> = (0..36).map(row).collect();
    for (name, found) in responses(&rows).into_iter().chain(outcomes(&rows)) {
        assert!(found.is_ok(), "{name}: {found:?}");
    }
}

proptest! {
    #![proptest_config(config(40))]

    #[test]
    fn order_of_rows_and_names_of_subjects(
        (rows, turn) in rows().prop_flat_map(|rows| { let n = rows.len(); (Just(rows), order(n)) }),
    ) {
        let there = change(&sorted(&rows, &turn), |row| Row { subject: 90 - 7 * row.subject, ..row });
        agree(&responses(&rows), &responses(&there), Numbers::all, 1e-6)?;
        agree(&outcomes(&rows), &outcomes(&there), Numbers::all, 1e-7)?;
    }

    #[test]
    fn names_of_arms(rows in rows()) {
        let there = change(&rows, |row| Row { arm: 1 - row.arm, ..row });
        agree(&responses(&rows), &responses(&there), Numbers::exchanged, 1e-6)?;
        agree(&outcomes(&rows), &outcomes(&there), Numbers::exchanged, 1e-7)?;
    }

    #[test]
    fn units_of_response_covariate_and_time(rows in rows(), power in -9..9, other in -9..9) {
        let (unit, factor) = (libm::scalbn(1.0, power), libm::scalbn(1.0, other));
        let there = change(&rows, |row| Row { response: row.response * unit, ..row });
        agree(&responses(&rows), &responses(&there), |own| own.in_unit(unit), 1e-6)?;
        let there = change(&rows, |row| Row { covariate: row.covariate * factor, time: row.time * unit, ..row });
        agree(&responses(&rows), &responses(&there), Numbers::all, 1e-6)?;
        agree(&outcomes(&rows), &outcomes(&there), Numbers::all, 1e-7)?;
    }

    #[test]
    fn origin_of_response_and_covariate(rows in rows(), by in -9..9, other in -9..9) {
        let (by, other) = (f64::from(by), f64::from(other));
        let there = change(&rows, |row| Row { response: row.response + by, covariate: row.covariate + other, ..row });
        agree(&responses(&rows), &responses(&there), Numbers::all, 1e-6)?;
        let there = change(&rows, |row| Row { covariate: row.covariate + other, ..row });
        agree(&outcomes(&rows), &outcomes(&there), Numbers::all, 1e-7)?;
    }
}
