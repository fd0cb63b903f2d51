//! Golden cases of group-sequential methods.

use toml::Value;

use super::{Found, Input, named, number, value};
use trialpress::stats::sequential::{
    BinomialLook, Futility, Prior, Shape, Sides, Spending, beta_exceedance, binomial_boundary, binomial_crossing,
    conditional_power, conditional_power_bound, conditional_power_through, crossing, drift_limits, futility_bounds,
    futility_design, harm_bounds, last_bound, posterior_boundary, predictive_power, predictive_power_bound,
    repeated_interval, shaped_bounds, spending_bounds, stagewise_p, t_bound, toxicity_boundary,
};
use trialpress::stats::{Interval, Scale, Undefined, interval_error};

/// Public functions of `src/stats` whose cases this file runs.
pub(super) const STATISTICS: &[&str] = &[
    "beta_exceedance",
    "binomial_boundary",
    "binomial_crossing",
    "conditional_power",
    "conditional_power_bound",
    "conditional_power_through",
    "crossing",
    "drift_limits",
    "expected_information",
    "futility_bounds",
    "futility_design",
    "harm_bounds",
    "interval_error",
    "last_bound",
    "posterior_boundary",
    "predictive_power",
    "predictive_power_bound",
    "repeated_interval",
    "shaped_bounds",
    "spending_bounds",
    "spent",
    "stagewise_p",
    "t_bound",
    "toxicity_boundary",
];

/// The numbers of a row, or nothing if the statistic is not of this file.
pub(super) fn compute(statistic: &str, input: &Input) -> Option<Result<Found, Undefined>> {
    let x = |name| input.number(name);
    Some(match statistic {
        "beta_exceedance" => {
            value(beta_exceedance(input.count("events"), input.count("subjects"), x("threshold"), (x("a"), x("b"))))
        }
        "binomial_boundary" => binomial_boundary(input.count("subjects"), x("rate"), x("error")).map(stopping),
        "posterior_boundary" => {
            posterior_boundary(input.count("subjects"), x("rate"), x("above"), (x("a"), x("b"))).map(stopping)
        }
        "toxicity_boundary" => toxicity_boundary(input.count("subjects"), x("rate"), x("error")).map(|found| {
            let events: Vec<Option<f64>> = found.events.iter().map(|own| own.map(real)).collect();
            [present("events", &events), named(&[("error", found.error), ("level", found.level)])].concat()
        }),
        "conditional_power_bound" => {
            let drift = input.fields.get("drift").map(number);
            value(conditional_power_bound(x("power"), x("share"), x("critical"), drift))
        }
        "predictive_power_bound" => value(predictive_power_bound(x("power"), x("share"), x("critical"), prior(input))),
        "interval_error" => {
            let scale = if input.text("scale") == "ratio" { Scale::Ratio } else { Scale::Difference };
            let interval = Interval { lower: x("lower"), upper: x("upper") };
            value(interval_error(interval, x("level"), input.fields.get("df").map(number), scale))
        }
        "binomial_crossing" => binomial_crossing(&looks(input), x("p")).map(|looks| {
            let (upper, lower): (Vec<f64>, Vec<f64>) = looks.into_iter().unzip();
            [listed("upper", &upper), listed("lower", &lower)].concat()
        }),
        "conditional_power" => value(conditional_power(x("z"), x("share"), x("critical"), x("drift"))),
        "conditional_power_through" => {
            let (information, upper) = (input.numbers("information"), bounds(input, "upper"));
            conditional_power_through(&information, &upper, input.place("look"), x("z"), x("drift"))
                .map(|found| listed("upper", &found.upper))
        }
        "crossing" | "expected_information" => {
            let information = input.numbers("information");
            let found = crossing(&information, &bounds(input, "lower"), &bounds(input, "upper"), x("drift"));
            found.map(|found| {
                let sum = named(&[
                    ("expected", found.expected_information(&information)),
                    ("total_upper", found.upper.iter().sum()),
                    ("total", found.upper.iter().chain(&found.lower).sum()),
                ]);
                [listed("upper", &found.upper), listed("lower", &found.lower), sum].concat()
            })
        }
        "drift_limits" => drift_limits(&input.numbers("information"), &bounds(input, "before"), x("z"), x("level"))
            .map(|(median, limits)| named(&[("median", median), ("lower", limits.lower), ("upper", limits.upper)])),
        "futility_bounds" => {
            let (information, [alpha, beta]) = (input.numbers("information"), spent(input));
            futility_bounds(&information, (&alpha, &beta), x("drift"), futility(input))
                .map(|(upper, lower)| [present("upper", &upper), present("lower", &lower)].concat())
        }
        "futility_design" => {
            let (timing, [alpha, beta]) = (input.numbers("information"), spent(input));
            futility_design(&timing, (&alpha, &beta), x("drift"), futility(input)).map(|design| {
                let bounds = [present("upper", &design.upper), present("lower", &design.lower)].concat();
                [bounds, listed("information", &design.information)].concat()
            })
        }
        "harm_bounds" => {
            let information = input.numbers("information");
            harm_bounds(&information, &spending(input, "spending", x("alpha"))).map(|found| present("lower", &found))
        }
        "last_bound" => {
            value(last_bound(&input.numbers("information"), &bounds(input, "before"), x("alpha"), sides(input)))
        }
        "predictive_power" => value(predictive_power(x("z"), x("share"), x("critical"), prior(input))),
        "repeated_interval" => repeated_interval(x("estimate"), x("standard_error"), x("bound")).map(super::limits),
        "shaped_bounds" => {
            let shape = match input.text("shape") {
                "pocock" => Shape::Pocock,
                "obrien-fleming" => Shape::ObrienFleming,
                _ => Shape::WangTsiatis(x("delta")),
            };
            shaped_bounds(&input.numbers("information"), x("alpha"), shape, sides(input))
                .map(|found| listed("upper", &found))
        }
        "spending_bounds" => {
            let information = input.numbers("information");
            let spent = spending(input, "spending", x("alpha"));
            spending_bounds(&information, &spent, sides(input))
                .map(|found| [present("upper", &found), listed("spent", &spent)].concat())
        }
        "spent" => value(function(input, "spending").spent(x("alpha"), x("share"))),
        "stagewise_p" => {
            value(stagewise_p(&input.numbers("information"), &bounds(input, "before"), x("z"), x("drift")))
        }
        "t_bound" => value(t_bound(x("bound"), x("df"))),
        _ => return None,
    })
}

/// The prior of a drift; a flat one if none is given.
fn prior(input: &Input) -> Prior {
    input.fields.get("prior").map_or(Prior::Flat, |prior| {
        let [mean, deviation] = ["mean", "deviation"].map(|name| number(&prior[name]));
        Prior::Normal { mean, deviation }
    })
}

/// The number of events that stops, or that none does.
fn stopping(events: Option<u64>) -> Found {
    events.map_or_else(|| named(&[("none", 1.0)]), |events| named(&[("events", real(events))]))
}

#[expect(clippy::cast_precision_loss, reason = "a number of events")]
fn real(events: u64) -> f64 {
    events as f64
}

/// Numbers as `name1`, `name2`, ….
fn listed(name: &str, numbers: &[f64]) -> Found {
    (1..).zip(numbers).map(|(look, value): (usize, _)| (format!("{name}{look}"), *value)).collect()
}

/// The bounds that are there.
fn present(name: &str, bounds: &[Option<f64>]) -> Found {
    (1..)
        .zip(bounds)
        .filter_map(|(look, bound): (usize, _)| bound.map(|bound| (format!("{name}{look}"), bound)))
        .collect()
}

/// Bounds, of which a text is none.
fn bounds(input: &Input, name: &str) -> Vec<Option<f64>> {
    let list = input.get(name).as_array().expect("bounds");
    list.iter().map(|bound| if bound.is_str() { None } else { Some(number(bound)) }).collect()
}

fn function(input: &Input, name: &str) -> Spending {
    match input.text(name).split_once(' ').unwrap_or((input.text(name), "")) {
        ("obrien-fleming", _) => Spending::ObrienFleming,
        ("pocock", _) => Spending::Pocock,
        ("hsd", gamma) => Spending::HwangShihDeCani(gamma.parse().expect("a parameter")),
        ("power", rho) => Spending::Power(rho.parse().expect("a parameter")),
        (unknown, _) => panic!("there is no spending function {unknown}"),
    }
}

/// Errors spent by the looks; the shares are the information over the planned one.
fn spending(input: &Input, name: &str, error: f64) -> Vec<f64> {
    let planned = input.fields.get("planned").map_or(1.0, number);
    let all_at_last = input.fields.contains_key("all_at_last");
    let information = input.numbers("information");
    let mut spent: Vec<f64> = information
        .iter()
        .map(|own| function(input, name).spent(error, own / planned).expect("a share of the information"))
        .collect();
    if let Some(last) = spent.last_mut().filter(|_| all_at_last) {
        *last = error;
    }
    spent
}

fn spent(input: &Input) -> [Vec<f64>; 2] {
    [spending(input, "spending", input.number("alpha")), spending(input, "beta_spending", input.number("beta"))]
}

fn futility(input: &Input) -> Futility {
    if input.get("binding").as_bool() == Some(true) { Futility::Binding } else { Futility::NonBinding }
}

fn sides(input: &Input) -> Sides {
    if input.count("sides") == 2 { Sides::Two } else { Sides::One }
}

fn looks(input: &Input) -> Vec<BinomialLook> {
    let count = |value: &Value| u64::try_from(value.as_integer().expect("a count")).ok();
    let list = |name: &str| input.get(name).as_array().expect("counts").iter().map(count).collect::<Vec<Option<u64>>>();
    let (subjects, upper, lower) = (list("subjects"), list("upper"), list("lower"));
    let looks = subjects.into_iter().zip(upper.into_iter().zip(lower));
    looks
        .map(|(subjects, (upper, lower))| BinomialLook { subjects: subjects.expect("subjects"), upper, lower })
        .collect()
}
