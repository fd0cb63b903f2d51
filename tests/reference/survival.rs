//! Golden cases of the statistics of times to an event.

use super::{Found, Input, named, number};
use trialpress::stats::contingency::ChiSquare;
use trialpress::stats::survival::{
    CumulativeIncidence, KaplanMeier, ProportionalHazards, Share, Ties, aalen_johansen, cox,
    grouped_proportional_hazards, kaplan_meier, log_rank,
};
use trialpress::stats::{Interval, Undefined};

/// Public functions of `src/stats` whose cases this file runs.
pub(super) const STATISTICS: &[&str] = &[
    "aalen_johansen",
    "cox",
    "event_free_at",
    "grouped_proportional_hazards",
    "incidence_at",
    "incidence_quantile",
    "kaplan_meier",
    "log_rank",
    "number_at_risk",
    "profile_limits",
    "survival_at",
    "time_quantile",
];

/// The numbers of a row, or nothing if the statistic is not of this file.
pub(super) fn compute(statistic: &str, input: &Input) -> Option<Result<Found, Undefined>> {
    Some(match statistic {
        "aalen_johansen" => incidence(input).and_then(|curve| incidence_step(&curve, input)),
        "cox" | "grouped_proportional_hazards" => model(statistic, input).and_then(|fit| effects(&fit, input)),
        "event_free_at" => incidence(input)
            .and_then(|curve| curve.event_free_at(input.number("at")))
            .and_then(|share| share_of(share, input)),
        "incidence_at" => incidence(input)
            .and_then(|curve| curve.incidence_at(input.place("cause"), input.number("at")))
            .and_then(|share| share_of(share, input)),
        "incidence_quantile" => incidence(input)
            .and_then(|curve| curve.incidence_quantile(input.place("cause"), input.number("p")))
            .map(|time| reached(&[("estimate", time)])),
        "kaplan_meier" => survival(input).and_then(|curve| survival_step(&curve, input)),
        "log_rank" => log_rank_test(input),
        "number_at_risk" => at_risk(input),
        "profile_limits" => profile_limits(input),
        "survival_at" => survival(input)
            .and_then(|curve| curve.survival_at(input.number("at")))
            .and_then(|share| share_of(share, input)),
        "time_quantile" => survival(input)
            .and_then(|curve| curve.time_quantile(input.number("p")))
            .map(|found| reached(&[("estimate", found.estimate), ("lower", found.lower), ("upper", found.upper)])),
        _ => return None,
    })
}

/// A column of the sheet or an inline list, of the rows in question: those of the arm given, if one is, without those
/// that lack a value in a column that is used.
pub(super) fn column(input: &Input, name: &str) -> Vec<f64> {
    let Some(sheet) = &input.sheet else {
        return input.numbers(name);
    };
    let used: Vec<&str> = input.texts("used");
    let sheet = sheet.complete(&used);
    let arm = input.fields.get("arm").map(|arm| (sheet.column("arm"), number(arm).to_string()));
    let rows = sheet.rows.iter().filter(|row| arm.as_ref().is_none_or(|(place, arm)| row[*place] == *arm));
    // `site=2` is the indicator of a level.
    if let Some((name, level)) = name.split_once('=') {
        let place = sheet.column(name);
        return rows.map(|row| if row[place] == level { 1.0 } else { 0.0 }).collect();
    }
    let place = sheet.column(name);
    rows.map(|row| row[place].parse().unwrap()).collect()
}

pub(super) fn whole(values: &[f64]) -> Vec<usize> {
    values.iter().map(|value| value.to_string().parse().unwrap()).collect()
}

pub(super) fn events(input: &Input, name: &str) -> Vec<bool> {
    column(input, name).iter().map(|value| *value > 0.5).collect()
}

pub(super) fn survival(input: &Input) -> Result<KaplanMeier, Undefined> {
    kaplan_meier(&column(input, "time"), &events(input, "status"), input.number("level"))
}

fn incidence(input: &Input) -> Result<CumulativeIncidence, Undefined> {
    let cause = whole(&column(input, "status"));
    aalen_johansen(&column(input, "time"), &cause, input.place("causes"), input.number("level"))
}

fn log_rank_test(input: &Input) -> Result<Found, Undefined> {
    let group: Vec<f64> = column(input, input.text("group")).iter().map(|own| own - input.number("first")).collect();
    let groups = input.place("groups");
    let group = whole(&group);
    let exchanged = input.fields.contains_key("exchanged");
    let group: Vec<usize> = if exchanged { group.iter().map(|own| groups - 1 - own).collect() } else { group };
    let test = log_rank(&column(input, "time"), &events(input, "status"), &group, groups)?;
    let mut found = named(&[("statistic", test.statistic), ("df", test.df), ("p", test.p)]);
    for (place, (observed, expected)) in test.observed.iter().zip(&test.expected).enumerate() {
        found.push((format!("observed{place}"), count(*observed)));
        found.push((format!("expected{place}"), *expected));
    }
    Ok(found)
}

/// The fitted model of a row.
fn model(statistic: &str, input: &Input) -> Result<ProportionalHazards, Undefined> {
    let covariates: Vec<Vec<f64>> = input.texts("covariates").iter().map(|name| column(input, name)).collect();
    let (event, level) = (events(input, "status"), input.number("level"));
    if statistic == "grouped_proportional_hazards" {
        return grouped_proportional_hazards(&whole(&column(input, "interval")), &event, &covariates, level);
    }
    let ties = match input.text("ties") {
        "efron" => Ties::Efron,
        "breslow" => Ties::Breslow,
        unknown => panic!("there is no treatment of ties {unknown}"),
    };
    cox(&column(input, "time"), &event, &covariates, ties, level)
}

/// The effect of the covariate asked for, and the tests of the model.
pub(super) fn effects(fit: &ProportionalHazards, input: &Input) -> Result<Found, Undefined> {
    let mut found = named(&[
        ("log_likelihood_null", fit.log_likelihood_null),
        ("log_likelihood", fit.log_likelihood),
        ("deviance", -2.0 * fit.log_likelihood),
    ]);
    let mut test = |name: &str, test: ChiSquare| {
        let numbers = [("statistic", test.statistic), ("df", test.df), ("p", test.p)];
        found.extend(numbers.map(|(number, value)| (format!("{name}_{number}"), value)));
    };
    test("likelihood_ratio", fit.likelihood_ratio);
    test("score", fit.score);
    if input.fields.contains_key("covariate") {
        test("wald", fit.wald?);
        let effect = fit.effects[input.place("covariate")]?;
        found.extend(limits(effect.interval));
        found.extend(named(&[
            ("coefficient", effect.coefficient),
            ("standard_error", effect.standard_error),
            ("hazard_ratio", effect.hazard_ratio),
            ("z", effect.z),
            ("p", effect.p),
        ]));
    }
    Ok(found)
}

fn profile_limits(input: &Input) -> Result<Found, Undefined> {
    let statistic = if input.fields.contains_key("ties") { "cox" } else { "grouped_proportional_hazards" };
    let found = model(statistic, input)?.profile_limits(input.place("covariate"), input.number("level"))?;
    Ok(reached(&[("lower", found.lower), ("upper", found.upper)]))
}

fn at_risk(input: &Input) -> Result<Found, Undefined> {
    let time = input.number("at");
    let value = if input.fields.contains_key("causes") {
        incidence(input)?.number_at_risk(time)
    } else {
        survival(input)?.number_at_risk(time)
    };
    Ok(named(&[("value", count(value))]))
}

fn survival_step(curve: &KaplanMeier, input: &Input) -> Result<Found, Undefined> {
    let step = &curve.steps[input.place("step")];
    let mut found = share_of(step.survival, input)?;
    found.extend(named(&[
        ("time", step.time),
        ("at_risk", count(step.at_risk)),
        ("events", count(step.events)),
        ("censored", count(step.censored)),
        ("steps", curve.steps.iter().map(|_| 1.0).sum()),
    ]));
    Ok(found)
}

fn incidence_step(curve: &CumulativeIncidence, input: &Input) -> Result<Found, Undefined> {
    let step = &curve.steps[input.place("step")];
    let cause = input.place("cause") - 1;
    let mut found = share_of(step.incidence[cause], input)?;
    found.extend(named(&[
        ("time", step.time),
        ("at_risk", count(step.at_risk)),
        ("events", count(step.events[cause])),
        ("censored", count(step.censored)),
        ("event_free", step.event_free.estimate),
    ]));
    Ok(found)
}

/// A share; with the input `limits` the reason why it has none, if it has none.
fn share_of(share: Share, input: &Input) -> Result<Found, Undefined> {
    let mut found = named(&[("estimate", share.estimate), ("standard_error", share.standard_error)]);
    if input.fields.contains_key("limits") {
        found.extend(limits(share.interval?));
    } else if let Ok(interval) = share.interval {
        found.extend(limits(interval));
    }
    Ok(found)
}

pub(super) fn limits(interval: Interval) -> Found {
    named(&[("lower", interval.lower), ("upper", interval.upper)])
}

/// The values there are, and how many.
pub(super) fn reached(values: &[(&str, Option<f64>)]) -> Found {
    let there: Vec<(&str, f64)> = values.iter().filter_map(|(name, value)| value.map(|value| (*name, value))).collect();
    let mut found = named(&there);
    found.push(("reached".to_owned(), there.iter().map(|_| 1.0).sum()));
    found
}

fn count(count: u64) -> f64 {
    count.to_string().parse().unwrap()
}
