//! Golden cases of adjusted p-values, of missing data and of further methods for rates.

use toml::Value;

use super::{Found, Input, named, number};
use trialpress::stats::missing::{
    ChainLength, Compared, Conditional, Covariances, Imputation, Normal, Pooled, ReferenceRule, Visits,
    baseline_carried, conditional_draw, delta_adjusted, delta_shifted, impute_chain, impute_monotone, impute_visits,
    imputed_ancova, last_carried, non_responder, pooled_ancova, reference_conditional, rubin, tipping_ancova,
    tipping_point, worst_best,
};
use trialpress::stats::multiplicity::{bonferroni, fallback, fixed_sequence, graphical, hochberg, holm, hommel};
use trialpress::stats::rate::{
    Rate, RateStratum, StratifiedRate, rate_difference, rate_mid_p, rate_score, stratified_rate_difference,
    stratified_rate_ratio,
};
use trialpress::stats::{Interval, Undefined, distribution::normal_sf};

/// Public functions of `src/stats` whose cases this file runs.
pub(super) const STATISTICS: &[&str] = &[
    "baseline_carried",
    "bonferroni",
    "conditional_draw",
    "delta_adjusted",
    "delta_shifted",
    "fallback",
    "fixed_sequence",
    "graphical",
    "hochberg",
    "holm",
    "hommel",
    "impute_chain",
    "impute_monotone",
    "impute_visits",
    "imputed_ancova",
    "last_carried",
    "non_responder",
    "pooled_ancova",
    "rate_difference",
    "rate_mid_p",
    "rate_score",
    "reference_conditional",
    "rubin",
    "stratified_rate_difference",
    "stratified_rate_ratio",
    "tipping_ancova",
    "tipping_point",
    "worst_best",
];

/// The numbers of a row, or nothing if the statistic is not of this file.
pub(super) fn compute(statistic: &str, input: &Input) -> Option<Result<Found, Undefined>> {
    let x = |name| input.number(name);
    let list = |name| input.numbers(name);
    let flags = |name| list(name).iter().map(|own| *own > 0.5).collect::<Vec<bool>>();
    Some(match statistic {
        "baseline_carried" => {
            baseline_carried(x("baseline"), &gaps(input.get("values"))).map(|found| listed("a", &found))
        }
        "bonferroni" => adjusted(bonferroni(&list("p"))),
        "conditional_draw" => draws(input),
        "delta_adjusted" => adjusted(delta_adjusted(&list("values"), &flags("imputed"), &list("shifts"))),
        "delta_shifted" | "impute_visits" | "imputed_ancova" | "pooled_ancova" | "tipping_ancova" => {
            trial(statistic, input)
        }
        "fallback" => adjusted(fallback(&list("p"), &list("weights"))),
        "fixed_sequence" => adjusted(fixed_sequence(&list("p"))),
        "graphical" => adjusted(graphical(&list("p"), &list("weights"), &rows(input, "transitions"))),
        "hochberg" => adjusted(hochberg(&list("p"))),
        "holm" => adjusted(holm(&list("p"))),
        "hommel" => adjusted(hommel(&list("p"))),
        "impute_chain" => {
            let cycles = |name| input.count(name).try_into().expect("cycles");
            let length = ChainLength { burn_in: cycles("burn_in"), between: cycles("between") };
            impute_chain(&table(input), cycles("imputations"), length, input.count("seed"))
                .map(|found| spread(&table(input), &found))
        }
        "impute_monotone" => {
            let imputations = input.count("imputations").try_into().expect("imputations");
            impute_monotone(&table(input), imputations, input.count("seed")).map(|found| spread(&table(input), &found))
        }
        "last_carried" => last_carried(&gaps(input.get("values"))).map(|found| {
            let there = (1..).zip(&found).filter_map(|(at, own): (usize, _)| own.map(|own| (format!("a{at}"), own)));
            let count = found.iter().flatten().map(|_| 1.0).sum();
            there.chain([("filled".to_owned(), count)]).collect()
        }),
        "non_responder" => {
            let responses: Vec<Option<bool>> =
                gaps(input.get("values")).iter().map(|own| own.map(|own| own > 0.5)).collect();
            let number = |own: &bool| if *own { 1.0 } else { 0.0 };
            non_responder(&responses).map(|found| listed("a", &found.iter().map(number).collect::<Vec<f64>>()))
        }
        "rate_difference" => {
            rate_difference(input.count("x1"), x("t1"), input.count("x2"), x("t2"), x("level")).map(super::difference)
        }
        "rate_mid_p" => rate_mid_p(input.count("events"), x("time"), x("level")).map(rate),
        "rate_score" => rate_score(input.count("events"), x("time"), x("level")).map(rate),
        "reference_conditional" => conditional(input).map(|found| moments(&found.mean, &found.covariance)),
        "rubin" => {
            let df = input.fields.get("df").map(number);
            rubin(&list("estimates"), &list("variances"), df, x("level")).map(pooled)
        }
        "stratified_rate_difference" => stratified_rate_difference(&strata(input), x("level")).map(stratified),
        "stratified_rate_ratio" => stratified_rate_ratio(&strata(input), x("level")).map(stratified),
        "tipping_point" => tipping(input),
        "worst_best" => {
            let values = gaps(input.get("values"));
            adjusted(worst_best(&values, &flags("treated"), x("worst"), x("best")))
        }
        _ => return None,
    })
}

/// Numbers as `name1`, `name2`, ….
fn listed(name: &str, numbers: &[f64]) -> Found {
    (1..).zip(numbers).map(|(place, value): (usize, _)| (format!("{name}{place}"), *value)).collect()
}

fn adjusted(numbers: Result<Vec<f64>, Undefined>) -> Result<Found, Undefined> {
    numbers.map(|numbers| listed("a", &numbers))
}

fn moments(mean: &[f64], covariance: &[Vec<f64>]) -> Found {
    let rows = (1..).zip(covariance).flat_map(|(row, entries): (usize, _)| listed(&format!("c{row}"), entries));
    listed("mean", mean).into_iter().chain(rows).collect()
}

/// Lists of numbers.
fn rows(input: &Input, name: &str) -> Vec<Vec<f64>> {
    input.get(name).as_array().expect("lists of numbers").iter().map(numbers).collect()
}

fn numbers(list: &Value) -> Vec<f64> {
    list.as_array().expect("numbers").iter().map(number).collect()
}

/// Numbers, of which a text is missing.
fn gaps(list: &Value) -> Vec<Option<f64>> {
    let own = |value: &Value| if value.is_str() { None } else { Some(number(value)) };
    list.as_array().expect("numbers").iter().map(own).collect()
}

/// Rows of the subjects, from columns.
fn table(input: &Input) -> Vec<Vec<Option<f64>>> {
    let columns: Vec<Vec<Option<f64>>> = input.get("columns").as_array().expect("columns").iter().map(gaps).collect();
    (0..columns[0].len()).map(|row| columns.iter().map(|column| column[row]).collect()).collect()
}

/// Mean and standard deviation of each imputed value, by its row and column.
fn spread(rows: &[Vec<Option<f64>>], imputed: &[Vec<Vec<f64>>]) -> Found {
    let count: f64 = imputed.iter().map(|_| 1.0).sum();
    let mut found = Vec::new();
    for (row, cells) in rows.iter().enumerate() {
        for (column, _) in cells.iter().enumerate().filter(|(_, own)| own.is_none()) {
            let values = || imputed.iter().map(|table| table[row][column]);
            let mean = values().sum::<f64>() / count;
            let squares: f64 = values().map(|own| (own - mean) * (own - mean)).sum();
            found.push((format!("mean_{row}_{column}"), mean));
            found.push((format!("sd_{row}_{column}"), (squares / (count - 1.0)).sqrt()));
        }
    }
    found
}

fn pooled(pooled: Pooled) -> Found {
    let own = named(&[
        ("within", pooled.within),
        ("between", pooled.between),
        ("increase", pooled.increase),
        ("missing_information", pooled.missing_information),
    ]);
    [super::contrast(pooled.contrast), own].concat()
}

/// What is asked of a trial with visits.
fn trial(statistic: &str, input: &Input) -> Result<Found, Undefined> {
    let places = |list: &Value| -> Vec<usize> {
        let place = |value: &Value| value.as_integer().and_then(|own| own.try_into().ok()).expect("a number below");
        list.as_array().expect("numbers").iter().map(place).collect()
    };
    let factors: Vec<Vec<usize>> = input.get("factors").as_array().expect("factors").iter().map(places).collect();
    let (arm, covariates, values) = (places(input.get("arm")), rows(input, "covariates"), table(input));
    let data =
        Visits { arm: &arm, arms: input.place("arms"), factors: &factors, covariates: &covariates, values: &values };
    let compared =
        || Compared { visit: input.place("visit"), arm: input.place("first"), against: input.place("second") };
    let set = |set: &Value| set.as_array().expect("subjects").iter().map(numbers).collect();
    let sets = || input.get("sets").as_array().expect("sets").iter().map(set).collect::<Vec<Vec<Vec<f64>>>>();
    match statistic {
        "delta_shifted" => {
            let found = delta_shifted(data, &sets(), &rows(input, "shifts"))?;
            let row = |name: String, row: &[f64]| {
                row.iter().enumerate().map(|(at, own)| (format!("{name}_{at}"), *own)).collect::<Found>()
            };
            let of = |(k, set): (usize, &Vec<Vec<f64>>)| {
                set.iter().enumerate().flat_map(|(at, own)| row(format!("s{k}_{at}"), own)).collect::<Found>()
            };
            Ok(found.iter().enumerate().flat_map(of).collect())
        }
        "impute_visits" => impute_visits(data, imputation(input)).map(|found| spread(&values, &found)),
        "imputed_ancova" => imputed_ancova(data, imputation(input), compared(), input.number("level")).map(pooled),
        "pooled_ancova" => pooled_ancova(data, &sets(), compared(), input.number("level")).map(pooled),
        _ => {
            let range = Interval { lower: input.number("lower"), upper: input.number("upper") };
            let steps = input.count("steps").try_into().expect("steps");
            let direction = rows(input, "direction");
            tipping_ancova(data, &sets(), compared(), &direction, (range, steps), input.number("alpha")).map(tipped)
        }
    }
}

fn imputation(input: &Input) -> Imputation<'static> {
    let cycles = |name| input.count(name).try_into().expect("cycles");
    Imputation {
        rule: rule(input),
        reference: input.place("reference"),
        covariances: match input.text("covariances") {
            "common" => Covariances::Common,
            "each-arm" => Covariances::EachArm,
            unknown => panic!("{unknown} covariances"),
        },
        shifts: &[],
        imputations: cycles("imputations"),
        length: ChainLength { burn_in: cycles("burn_in"), between: cycles("between") },
        seed: input.count("seed"),
    }
}

fn rule(input: &Input) -> ReferenceRule {
    match input.text("rule") {
        "mar" => ReferenceRule::MissingAtRandom,
        "j2r" => ReferenceRule::JumpToReference,
        "cr" => ReferenceRule::CopyReference,
        "cir" => ReferenceRule::CopyIncrement,
        unknown => panic!("there is no rule {unknown}"),
    }
}

fn tipped(found: Option<f64>) -> Found {
    found.map_or_else(|| named(&[("none", 1.0)]), |value| named(&[("value", value)]))
}

fn conditional(input: &Input) -> Result<Conditional, Undefined> {
    let (mean, covariance) = (input.numbers("mean"), rows(input, "covariance"));
    let (reference_mean, reference_covariance) = (input.numbers("reference_mean"), rows(input, "reference_covariance"));
    let own = Normal { mean: &mean, covariance: &covariance };
    let reference = Normal { mean: &reference_mean, covariance: &reference_covariance };
    reference_conditional(own, reference, &input.numbers("observed"), rule(input))
}

/// Mean and covariance of many draws.
fn draws(input: &Input) -> Result<Found, Undefined> {
    let conditional = Conditional { mean: input.numbers("mean"), covariance: rows(input, "covariance") };
    let draw = |number| conditional_draw(&conditional, input.count("seed"), number);
    let draws: Vec<Vec<f64>> = (0..input.count("draws")).map(draw).collect::<Result<_, _>>()?;
    let count = input.number("draws");
    let places = 0..conditional.mean.len();
    let mean: Vec<f64> = places.clone().map(|at| draws.iter().map(|own| own[at]).sum::<f64>() / count).collect();
    let product = |one: usize, two: usize| {
        draws.iter().map(|own| (own[one] - mean[one]) * (own[two] - mean[two])).sum::<f64>() / (count - 1.0)
    };
    let covariance: Vec<Vec<f64>> =
        places.clone().map(|one| places.clone().map(|two| product(one, two)).collect()).collect();
    Ok(moments(&mean, &covariance))
}

/// One estimate with a z test, or several pooled, that move with the shift by a slope.
fn tipping(input: &Input) -> Result<Found, Undefined> {
    let (estimates, variances, slope) = (input.numbers("estimate"), input.numbers("variance"), input.number("slope"));
    let range = Interval { lower: input.number("lower"), upper: input.number("upper") };
    let steps = input.count("steps").try_into().expect("steps");
    let found = tipping_point(range, steps, input.number("alpha"), |shift| {
        let moved: Vec<f64> = estimates.iter().map(|own| own + slope * shift).collect();
        match input.fields.get("df").map(number) {
            Some(df) => rubin(&moved, &variances, Some(df), 0.95).map(|pooled| pooled.contrast.p),
            None => normal_sf(moved[0].abs() / variances[0].sqrt()).map(|tail| 2.0 * tail),
        }
    })?;
    Ok(tipped(found))
}

fn rate(rate: Rate) -> Found {
    [super::limits(rate.interval), named(&[("estimate", rate.estimate)])].concat()
}

fn stratified(found: StratifiedRate) -> Found {
    let own = [("estimate", found.estimate), ("standard_error", found.standard_error), ("p", found.p)];
    [super::limits(found.interval), named(&own)].concat()
}

fn strata(input: &Input) -> Vec<RateStratum> {
    let count = |value: &Value| value.as_integer().and_then(|own| u64::try_from(own).ok()).expect("a count");
    let counts = |name| input.get(name).as_array().expect("counts").iter().map(count).collect::<Vec<u64>>();
    let first = counts("x1").into_iter().zip(input.numbers("t1"));
    let second = counts("x2").into_iter().zip(input.numbers("t2"));
    first.zip(second).map(|((x1, t1), (x2, t2))| RateStratum { x1, t1, x2, t2 }).collect()
}
