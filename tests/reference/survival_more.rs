//! Golden cases of further statistics of times to an event.

use super::survival::{column, effects, events, limits, reached, survival, whole};
use super::{Found, Input, named};
use trialpress::stats::Undefined;
use trialpress::stats::survival::{
    KaplanMeier, PermutationTest, RestrictedMean, Scale, SurvivalContrast, Ties, Weight, firth_cox, gray_test,
    kaplan_meier, log_rank_trend, mean_cumulative_function, milestone_test, nelson_aalen, permutation_log_rank,
    restricted_mean, restricted_mean_difference, restricted_mean_ratio, sampled_permutation_log_rank,
    survival_difference, turnbull, weighted_log_rank,
};

/// Public functions of `src/stats` whose cases this file runs.
pub(super) const STATISTICS: &[&str] = &[
    "firth_cox",
    "gray_test",
    "limits_on",
    "log_rank_trend",
    "mean_cumulative_function",
    "milestone_test",
    "nelson_aalen",
    "permutation_log_rank",
    "restricted_mean",
    "restricted_mean_difference",
    "restricted_mean_ratio",
    "sampled_permutation_log_rank",
    "survival_difference",
    "time_quantile_on",
    "turnbull",
    "weighted_log_rank",
];

/// The numbers of a row, or nothing if the statistic is not of this file.
pub(super) fn compute(statistic: &str, input: &Input) -> Option<Result<Found, Undefined>> {
    Some(match statistic {
        "firth_cox" => firth(input),
        "gray_test" => gray(input),
        "limits_on" => survival(input)
            .and_then(|curve| curve.steps[input.place("step")].survival.limits_on(scale(input), input.number("level")))
            .map(limits),
        "log_rank_trend" => trend(input),
        "mean_cumulative_function" => recurrent(input),
        "milestone_test" => arms(input).and_then(|[one, two]| {
            milestone_test(&one, &two, input.number("at"), input.number("level")).map(|found| contrast(&found))
        }),
        "nelson_aalen" => hazard(input),
        "permutation_log_rank" => {
            permutation_log_rank(&column(input, "time"), &events(input, "status"), &second(input), weight(input))
                .map(|found| permutation(&found))
        }
        "restricted_mean" => mean(input, input.get("arm").as_integer()).and_then(|found| {
            let numbers = named(&[("estimate", found.estimate), ("standard_error", found.standard_error)]);
            let limits = if found.standard_error > 0.0 { limits(found.interval?) } else { Found::new() };
            Ok([numbers, limits].concat())
        }),
        "restricted_mean_difference" => means(input).and_then(|[one, two]| {
            restricted_mean_difference(&one, &two, input.number("level")).map(|found| contrast(&found))
        }),
        "restricted_mean_ratio" => means(input).and_then(|[one, two]| {
            restricted_mean_ratio(&one, &two, input.number("level")).map(|found| contrast(&found))
        }),
        "sampled_permutation_log_rank" => sampled_permutation_log_rank(
            &column(input, "time"),
            &events(input, "status"),
            &second(input),
            weight(input),
            input.count("allocations").try_into().unwrap(),
            input.count("seed"),
        )
        .map(|found| permutation(&found)),
        "survival_difference" => arms(input).and_then(|[one, two]| {
            survival_difference(&one, &two, input.number("at"), input.number("level")).map(|found| contrast(&found))
        }),
        "time_quantile_on" => survival(input)
            .and_then(|curve| curve.time_quantile_on(input.number("p"), scale(input), input.number("level")))
            .map(|found| reached(&[("estimate", found.estimate), ("lower", found.lower), ("upper", found.upper)])),
        "turnbull" => intervals(input),
        "weighted_log_rank" => weighted(input),
        _ => return None,
    })
}

fn scale(input: &Input) -> Scale {
    match input.text("scale") {
        "plain" => Scale::Plain,
        "log" => Scale::Log,
        "loglog" => Scale::LogLog,
        "logit" => Scale::Logit,
        "arcsin" => Scale::ArcSine,
        unknown => panic!("there is no scale {unknown}"),
    }
}

fn weight(input: &Input) -> Weight {
    let words: Vec<&str> = input.text("weight").split(' ').collect();
    match words[..] {
        ["log-rank"] => Weight::LogRank,
        ["gehan"] => Weight::Gehan,
        ["tarone-ware"] => Weight::TaroneWare,
        ["peto-peto"] => Weight::PetoPeto,
        ["fh", rho, gamma] => Weight::FlemingHarrington { rho: rho.parse().unwrap(), gamma: gamma.parse().unwrap() },
        _ => panic!("there is no weight {words:?}"),
    }
}

/// Numbers of the groups from 0, in the opposite order if they are exchanged.
fn groups(input: &Input) -> (Vec<usize>, usize) {
    let first = input.fields.get("first").map_or(0.0, super::number);
    let own = column(input, input.text("group")).iter().map(|own| own - first).collect::<Vec<f64>>();
    let (own, groups) = (whole(&own), input.place("groups"));
    let exchanged = input.fields.contains_key("exchanged");
    (if exchanged { own.iter().map(|group| groups - 1 - group).collect() } else { own }, groups)
}

fn second(input: &Input) -> Vec<bool> {
    groups(input).0.iter().map(|group| *group == 1).collect()
}

fn strata(input: &Input) -> Vec<usize> {
    if input.fields.contains_key("strata") {
        whole(&column(input, input.text("strata")))
    } else {
        vec![0; column(input, "time").len()]
    }
}

fn weighted(input: &Input) -> Result<Found, Undefined> {
    let ((group, groups), event) = (groups(input), events(input, "status"));
    let test = weighted_log_rank(&column(input, "time"), &event, &group, groups, &strata(input), weight(input))?;
    let last = groups - 1;
    Ok(named(&[
        ("statistic", test.statistic),
        ("df", test.df),
        ("p", test.p),
        ("deviation", test.deviations[last]),
        ("variance", test.covariance[last][last]),
    ]))
}

fn trend(input: &Input) -> Result<Found, Undefined> {
    let (group, event, scores) = (groups(input).0, events(input, "status"), input.numbers("scores"));
    let test = log_rank_trend(&column(input, "time"), &event, &group, &scores, &strata(input), weight(input))?;
    Ok(named(&[("deviation", test.deviation), ("variance", test.variance), ("z", test.z), ("p", test.p)]))
}

fn gray(input: &Input) -> Result<Found, Undefined> {
    let ((group, groups), cause) = (groups(input), whole(&column(input, "status")));
    let test = gray_test(&column(input, "time"), &cause, input.place("cause"), &group, groups, &strata(input))?;
    Ok(named(&[("statistic", test.statistic), ("df", test.df), ("p", test.p)]))
}

fn hazard(input: &Input) -> Result<Found, Undefined> {
    let found = nelson_aalen(&column(input, "time"), &events(input, "status"), input.number("level"))?;
    let step = &found.steps[input.place("step")];
    let numbers = named(&[("time", step.time), ("hazard", step.hazard), ("standard_error", step.standard_error)]);
    let limits = if input.fields.contains_key("limits") { limits(step.interval?) } else { Found::new() };
    Ok([numbers, limits].concat())
}

/// Times and events of an arm, or of all.
fn of_arm(input: &Input, arm: Option<i64>) -> (Vec<f64>, Vec<bool>) {
    let (time, event) = (column(input, "time"), events(input, "status"));
    if input.fields.contains_key("arm") {
        return (time, event);
    }
    let group = whole(&column(input, input.text("group")));
    let own = |place: &usize| arm.is_none_or(|arm| usize::try_from(arm) == Ok(group[*place]));
    let places: Vec<usize> = (0..time.len()).filter(own).collect();
    (places.iter().map(|place| time[*place]).collect(), places.iter().map(|place| event[*place]).collect())
}

/// The arms in the order of the comparison: the second against the first, unless they are exchanged.
fn order(input: &Input) -> [i64; 2] {
    if input.fields.contains_key("exchanged") { [0, 1] } else { [1, 0] }
}

fn arms(input: &Input) -> Result<[KaplanMeier; 2], Undefined> {
    let curve = |arm| {
        let (time, event) = of_arm(input, Some(arm));
        kaplan_meier(&time, &event, input.number("level"))
    };
    let [one, two] = order(input).map(curve);
    Ok([one?, two?])
}

fn mean(input: &Input, arm: Option<i64>) -> Result<RestrictedMean, Undefined> {
    let (time, event) = of_arm(input, arm);
    restricted_mean(&time, &event, input.number("horizon"), input.number("level"))
}

fn means(input: &Input) -> Result<[RestrictedMean; 2], Undefined> {
    let [one, two] = order(input).map(|arm| mean(input, Some(arm)));
    Ok([one?, two?])
}

fn contrast(found: &SurvivalContrast) -> Found {
    let numbers =
        [("estimate", found.estimate), ("standard_error", found.standard_error), ("z", found.z), ("p", found.p)];
    [named(&numbers), limits(found.interval)].concat()
}

fn permutation(found: &PermutationTest) -> Found {
    named(&[
        ("deviation", found.deviation),
        ("p", found.p),
        ("p_fewer", found.p_fewer),
        ("p_more", found.p_more),
        ("standard_error", found.standard_error),
    ])
}

/// Rows are subjects: the end of follow-up, and the times of events.
fn recurrent(input: &Input) -> Result<Found, Undefined> {
    let rows = input.get("events").as_array().unwrap().iter();
    let events: Vec<Vec<f64>> = rows.map(|row| row.as_array().unwrap().iter().map(super::number).collect()).collect();
    let steps = mean_cumulative_function(&input.numbers("end"), &events, input.number("level"))?;
    let step = &steps[input.place("step")];
    let numbers = named(&[("time", step.time), ("mean", step.mean), ("standard_error", step.standard_error)]);
    let limits = if input.fields.contains_key("limits") { limits(step.interval?) } else { Found::new() };
    Ok([numbers, limits].concat())
}

/// Masses by number; an upper limit below 0 stands for none.
fn intervals(input: &Input) -> Result<Found, Undefined> {
    let upper = input.numbers("upper").into_iter().map(|upper| if upper < 0.0 { f64::INFINITY } else { upper });
    let found = turnbull(&input.numbers("lower"), &upper.collect::<Vec<f64>>())?;
    let mut numbers = named(&[("log_likelihood", found.log_likelihood)]);
    numbers.push(("intervals".to_owned(), found.intervals.iter().map(|_| 1.0).sum()));
    for (place, interval) in found.intervals.iter().enumerate() {
        let upper = if interval.upper.is_finite() { interval.upper } else { -1.0 };
        let own = [("lower", interval.lower), ("upper", upper), ("mass", interval.mass)];
        numbers.extend(own.map(|(name, value)| (format!("{name}{place}"), value)));
    }
    Ok(numbers)
}

/// Effects and tests, with limits of the penalised profile.
fn firth(input: &Input) -> Result<Found, Undefined> {
    let covariates: Vec<Vec<f64>> = input.texts("covariates").iter().map(|name| column(input, name)).collect();
    let ties = if input.text("ties") == "efron" { Ties::Efron } else { Ties::Breslow };
    let fit = firth_cox(&column(input, "time"), &events(input, "status"), &covariates, ties, input.number("level"))?;
    let profile = fit.profile_limits(input.place("covariate"), input.number("level"))?;
    let profile = reached(&[("profile_lower", profile.lower), ("profile_upper", profile.upper)]);
    Ok([effects(&fit, input)?, profile].concat())
}
