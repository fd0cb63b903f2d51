//! Golden cases of the family of Cox regression.

use super::survival::{column, effects, events, limits, whole};
use super::{Found, Input, named};
use trialpress::stats::Undefined;
use trialpress::stats::contingency::ChiSquare;
use trialpress::stats::survival::{
    Clock, ClusteredEffects, HazardRatio, ProportionalHazards, Ties, andersen_gill, counting_process_cox, discrete_cox,
    stratified_cox,
};

/// Public functions of `src/stats` whose cases this file runs.
pub(super) const STATISTICS: &[&str] = &[
    "andersen_gill",
    "clustered_effects",
    "counting_process_cox",
    "discrete_cox",
    "proportionality_test",
    "schoenfeld_residuals",
    "stratified_cox",
];

/// The numbers of a row, or nothing if the statistic is not of this file.
pub(super) fn compute(statistic: &str, input: &Input) -> Option<Result<Found, Undefined>> {
    Some(match statistic {
        "andersen_gill" => recurrent(input),
        "clustered_effects" => model(input)
            .and_then(|fit| fit.clustered_effects(&clusters(input), input.number("level")))
            .and_then(|found| clustered(&found, input)),
        "counting_process_cox" | "stratified_cox" => model(input).and_then(|fit| effects(&fit, input)),
        "discrete_cox" => discrete_cox(
            &column(input, "time"),
            &events(input, "status"),
            &covariates(input),
            &strata(input),
            input.number("level"),
        )
        .and_then(|fit| effects(&fit, input)),
        "proportionality_test" => proportionality(input),
        "schoenfeld_residuals" => residual(input),
        _ => return None,
    })
}

fn covariates(input: &Input) -> Vec<Vec<f64>> {
    input.texts("covariates").iter().map(|name| column(input, name)).collect()
}

fn ties(input: &Input) -> Ties {
    match input.text("ties") {
        "efron" => Ties::Efron,
        "breslow" => Ties::Breslow,
        unknown => panic!("there is no treatment of ties {unknown}"),
    }
}

fn strata(input: &Input) -> Vec<usize> {
    if input.fields.contains_key("strata") {
        whole(&column(input, input.text("strata")))
    } else {
        vec![0; column(input, "time").len()]
    }
}

fn clusters(input: &Input) -> Vec<usize> {
    if input.fields.contains_key("clusters") {
        whole(&column(input, input.text("clusters")))
    } else {
        (0..column(input, "time").len()).collect()
    }
}

/// With late entries when there is a column of starts.
fn model(input: &Input) -> Result<ProportionalHazards, Undefined> {
    let (time, event, level) = (column(input, "time"), events(input, "status"), input.number("level"));
    let (covariates, strata, ties) = (covariates(input), strata(input), ties(input));
    if input.fields.contains_key("start") {
        let start = column(input, input.text("start"));
        counting_process_cox(&start, &time, &event, &covariates, &strata, ties, level)
    } else {
        stratified_cox(&time, &event, &covariates, &strata, ties, level)
    }
}

fn hazard_ratio(effect: &HazardRatio) -> Found {
    let numbers = [
        ("coefficient", effect.coefficient),
        ("standard_error", effect.standard_error),
        ("hazard_ratio", effect.hazard_ratio),
        ("z", effect.z),
        ("p", effect.p),
    ];
    [named(&numbers), limits(effect.interval)].concat()
}

fn test(found: ChiSquare) -> Found {
    named(&[("statistic", found.statistic), ("df", found.df), ("p", found.p)])
}

fn clustered(found: &ClusteredEffects, input: &Input) -> Result<Found, Undefined> {
    let wald = found.wald.map(|wald| named(&[("wald_statistic", wald.statistic), ("wald_p", wald.p)]));
    Ok([hazard_ratio(&found.effects[input.place("covariate")]?), wald.unwrap_or_default()].concat())
}

fn proportionality(input: &Input) -> Result<Found, Undefined> {
    let clock = match input.text("clock") {
        "identity" => Clock::Identity,
        "log" => Clock::Logarithm,
        "rank" => Clock::Rank,
        "km" => Clock::Share,
        unknown => panic!("there is no clock {unknown}"),
    };
    model(input)?.proportionality_test(&whole(&input.numbers("columns")), clock).map(test)
}

/// The residuals of the row asked for.
fn residual(input: &Input) -> Result<Found, Undefined> {
    let found = model(input)?.schoenfeld_residuals()?;
    let own = found.iter().find(|residual| residual.place == input.place("place")).unwrap();
    let residuals = own.residual.iter().enumerate().map(|(place, value)| (format!("residual{place}"), *value));
    Ok(residuals.chain([("time".to_owned(), own.time)]).collect())
}

/// Rows are subjects: the end of follow-up, the times of events, and covariates inline.
fn recurrent(input: &Input) -> Result<Found, Undefined> {
    let rows = input.get("events").as_array().unwrap().iter();
    let events: Vec<Vec<f64>> = rows.map(|row| row.as_array().unwrap().iter().map(super::number).collect()).collect();
    let fit = andersen_gill(&input.numbers("end"), &events, &covariates(input), ties(input), input.number("level"))?;
    if input.text("errors") == "model" {
        return effects(&fit.model, input);
    }
    clustered(&fit.rates?, input)
}
