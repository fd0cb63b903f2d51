//! Golden cases of models of repeated measurements.

use std::collections::BTreeSet;

use super::{Found, Input, Sheet, contrast, named};
use trialpress::stats::Undefined;
use trialpress::stats::mixed::{Degrees, Likelihood, MixedModel, Observations, Sandwich, Structure};

/// Public functions of `src/stats` whose cases this file runs.
pub(super) const STATISTICS: &[&str] =
    &["fixed_effect", "joint_test", "log_likelihood", "robust_effect", "visit_covariance"];

/// The numbers of a row, or nothing if the statistic is not of this file.
pub(super) fn compute(statistic: &str, input: &Input) -> Option<Result<Found, Undefined>> {
    STATISTICS.contains(&statistic).then(|| {
        let model = model(input)?;
        let level = || input.number("level");
        match statistic {
            "fixed_effect" => model.fixed_effect(&weights(input), degrees(input), level()).map(contrast),
            "robust_effect" => model.robust_effect(&weights(input), sandwich(input), level()).map(contrast),
            "joint_test" => {
                let rows = input.get("rows").as_array().expect("rows of weights");
                let row = |row: &toml::Value| row.as_array().expect("weights").iter().map(super::number).collect();
                let test = model.joint_test(&rows.iter().map(row).collect::<Vec<Vec<f64>>>(), degrees(input))?;
                let (df1, df2) = (test.numerator_df, test.denominator_df);
                Ok(named(&[("f", test.f), ("df1", df1), ("df2", df2), ("p", test.p)]))
            }
            "visit_covariance" => {
                let entry = model.visit_covariance(input.place("group"))[input.place("a")][input.place("b")];
                Ok(named(&[("value", entry)]))
            }
            _ => Ok(named(&[("value", model.log_likelihood())])),
        }
    })
}

/// Terms are names joined by colons: `1`, a column of numbers, or `column=level` for the indicator of a level.
pub(super) fn term(sheet: &Sheet, term: &str) -> Vec<f64> {
    let factor = |factor: &str| match factor.split_once('=') {
        Some((column, level)) => {
            sheet.texts(column).iter().map(|text| if *text == level { 1.0 } else { 0.0 }).collect()
        }
        None if factor == "1" => vec![1.0; sheet.rows.len()],
        None => sheet.numbers(factor),
    };
    let product = |left: Vec<f64>, right: Vec<f64>| left.iter().zip(&right).map(|(one, two)| one * two).collect();
    term.split(':').map(factor).reduce(product).expect("a term has factors")
}

pub(super) fn codes(sheet: &Sheet, column: &str) -> Vec<usize> {
    let texts = sheet.texts(column);
    let levels: BTreeSet<&str> = texts.iter().copied().collect();
    texts.iter().map(|text| levels.iter().position(|level| level == text).expect("one of its levels")).collect()
}

fn model(input: &Input) -> Result<MixedModel, Undefined> {
    let response = input.text("response");
    let sheet = input.sheet().complete(&[response]);
    let columns: Vec<Vec<f64>> = input.texts("terms").iter().map(|name| term(&sheet, name)).collect();
    let groups = input.fields.get("groups").map(|_| codes(&sheet, input.text("groups")));
    let weights = input.fields.get("weighted").map(|_| sheet.numbers(input.text("weighted")));
    let observations = Observations {
        subjects: &codes(&sheet, input.text("subject")),
        visits: &codes(&sheet, input.text("visit")),
        groups: groups.as_deref(),
        response: &sheet.numbers(response),
        columns: &columns,
        weights: weights.as_deref(),
    };
    let likelihood = if input.fields.contains_key("full") { Likelihood::Full } else { Likelihood::Restricted };
    MixedModel::fit(&observations, structure(input.text("structure")), likelihood)
}

/// Weights by the place of the term: `weights = { 7 = 1.0, 13 = 1.0 }`, all others 0.
pub(super) fn weights(input: &Input) -> Vec<f64> {
    let mut weights = vec![0.0; input.texts("terms").len()];
    for (place, weight) in input.get("weights").as_table().expect("weights by their places") {
        weights[place.parse::<usize>().expect("a place")] = super::number(weight);
    }
    weights
}

fn structure(name: &str) -> Structure {
    match name {
        "us" => Structure::Unstructured,
        "toeph" => Structure::HeterogeneousToeplitz,
        "toep" => Structure::Toeplitz,
        "adh" => Structure::HeterogeneousAntedependence,
        "ad" => Structure::Antedependence,
        "ar1h" => Structure::HeterogeneousAutoregressive,
        "ar1" => Structure::Autoregressive,
        "csh" => Structure::HeterogeneousCompoundSymmetry,
        "cs" => Structure::CompoundSymmetry,
        unknown => panic!("there is no structure {unknown}"),
    }
}

fn degrees(input: &Input) -> Degrees {
    match input.text("degrees") {
        "satterthwaite" => Degrees::Satterthwaite,
        "kenward-roger" => Degrees::KenwardRoger,
        "kenward-roger-linear" => Degrees::KenwardRogerLinear,
        "between-within" => Degrees::BetweenWithin,
        "residual" => Degrees::Residual,
        unknown => panic!("there are no degrees of freedom {unknown}"),
    }
}

fn sandwich(input: &Input) -> Sandwich {
    match input.text("sandwich") {
        "empirical" => Sandwich::Empirical,
        "bias-reduced" => Sandwich::BiasReduced,
        "jackknife" => Sandwich::Jackknife,
        unknown => panic!("there is no sandwich {unknown}"),
    }
}
