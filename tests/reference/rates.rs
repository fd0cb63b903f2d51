//! Golden cases of rates, of sample sizes and of whiskers.

use super::tables::ratio;
use super::{Found, Input, limits, named, rule, value};
use trialpress::stats::Undefined;
use trialpress::stats::describe::whiskers;
use trialpress::stats::distribution::gamma_quantile;
use trialpress::stats::rate::{
    ArmSize, Rate, further_events, poisson_rate, rate_ratio, two_proportion_size_pooled, two_proportion_size_unpooled,
    waiting_time,
};

/// Public functions of `src/stats` whose cases this file runs.
pub(super) const STATISTICS: &[&str] = &[
    "further_events",
    "gamma_quantile",
    "poisson_rate",
    "rate_ratio",
    "two_proportion_size_pooled",
    "two_proportion_size_unpooled",
    "waiting_time",
    "whiskers",
];

/// The numbers of a row, or nothing if the statistic is not of this file.
pub(super) fn compute(statistic: &str, input: &Input) -> Option<Result<Found, Undefined>> {
    let x = |name| input.number(name);
    let found = match statistic {
        "gamma_quantile" => value(gamma_quantile(x("p"), x("a"))),
        "further_events" => {
            let (events, most) = (input.count("events"), input.count("most"));
            further_events(events, x("time"), x("ahead"), most, x("level")).map(of_rate)
        }
        "poisson_rate" => poisson_rate(input.count("events"), x("time"), x("level")).map(of_rate),
        "rate_ratio" => rate_ratio(input.count("x1"), x("t1"), input.count("x2"), x("t2"), x("level")).map(|rates| {
            let mut found = ratio(rates.ratio);
            found.extend(named(&[("p", rates.p)]));
            found
        }),
        "two_proportion_size_pooled" => sizes(input, two_proportion_size_pooled),
        "two_proportion_size_unpooled" => sizes(input, two_proportion_size_unpooled),
        "waiting_time" => {
            waiting_time(input.count("events"), x("time"), input.count("further"), x("level")).map(of_rate)
        }
        "whiskers" => whiskers(&input.values(), rule(input.text("rule"))).map(limits),
        _ => return None,
    };
    Some(found)
}

fn of_rate(rate: Rate) -> Found {
    let mut found = limits(rate.interval);
    found.extend(named(&[("estimate", rate.estimate)]));
    found
}

fn sizes(input: &Input, of: fn(f64, f64, f64, f64) -> Result<ArmSize, Undefined>) -> Result<Found, Undefined> {
    let x = |name| input.number(name);
    of(x("p1"), x("p2"), x("alpha"), x("power"))
        .map(|size| named(&[("exact", size.exact), ("subjects", size.subjects)]))
}
