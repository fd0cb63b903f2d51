//! Golden cases of one, two and several samples of continuous data.

use super::longitudinal::{codes, term, weights};
use super::{Found, Input, contrast, limits, named, value};
use trialpress::stats::Undefined;
use trialpress::stats::linear::{Contrast, Leverage, Predictor, SumOfSquares, TermTest, sandwich_contrast, term_test};
use trialpress::stats::rank::{
    ExactRankSum, jonckheere_terpstra, kruskal_wallis, pseudomedian, sign_test, signed_rank, signed_rank_exact,
};
use trialpress::stats::sample::{
    TTest, coefficient_of_variation, dunnett, dunnett_p, geometric_cv, geometric_deviation, geometric_interval,
    geometric_mean, permutation_exact, permutation_monte_carlo, standard_error, t_test_paired, t_test_pooled,
    t_test_single, t_test_welch,
};

/// Public functions of `src/stats` whose cases this file runs.
pub(super) const STATISTICS: &[&str] = &[
    "coefficient_of_variation",
    "dunnett",
    "dunnett_p",
    "geometric_cv",
    "geometric_deviation",
    "geometric_interval",
    "geometric_mean",
    "jonckheere_terpstra",
    "kruskal_wallis",
    "least_squares_mean_observed",
    "permutation_exact",
    "permutation_monte_carlo",
    "pseudomedian",
    "sandwich_contrast",
    "sign_test",
    "signed_rank",
    "signed_rank_exact",
    "standard_error",
    "t_test_paired",
    "t_test_pooled",
    "t_test_single",
    "t_test_welch",
    "term_test",
];

/// The numbers of a row, or nothing if the statistic is not of this file.
pub(super) fn compute(statistic: &str, input: &Input) -> Option<Result<Found, Undefined>> {
    let x = |name| input.number(name);
    let (a, b) = (|| input.numbers("a"), || input.numbers("b"));
    Some(match statistic {
        "coefficient_of_variation" => value(coefficient_of_variation(&input.values())),
        "dunnett" => {
            let samples = samples(input);
            dunnett(&a(), &slices(&samples)).map(|all| {
                let own = all[input.place("group")];
                let (error, df) = (own.standard_error, own.df);
                named(&[("estimate", own.estimate), ("standard_error", error), ("df", df), ("t", own.t), ("p", own.p)])
            })
        }
        "dunnett_p" => value(dunnett_p(x("t"), &input.numbers("loadings"), x("df"))),
        "geometric_cv" => value(geometric_cv(&input.values())),
        "geometric_deviation" => value(geometric_deviation(&input.values())),
        "geometric_interval" => geometric_interval(&input.values(), x("level")).map(limits),
        "geometric_mean" => value(geometric_mean(&input.values())),
        "jonckheere_terpstra" => jonckheere_terpstra(&slices(&samples(input))).map(|test| {
            named(&[
                ("statistic", test.statistic),
                ("z", test.z),
                ("p", test.p),
                ("p_greater", test.p_greater),
                ("p_less", test.p_less),
            ])
        }),
        "kruskal_wallis" => kruskal_wallis(&slices(&samples(input)))
            .map(|test| named(&[("statistic", test.statistic), ("df", test.df), ("p", test.p)])),
        "least_squares_mean_observed" => input
            .ancova()
            .and_then(|fit| fit.least_squares_mean_observed(input.place("mean"), x("level")))
            .map(contrast),
        "permutation_exact" => permutation_exact(&a(), &b()).map(tails),
        "permutation_monte_carlo" => {
            value(permutation_monte_carlo(&a(), &b(), input.count("divisions"), input.count("seed")))
        }
        "pseudomedian" => pseudomedian(&a(), x("level")).map(|centre| {
            let mut found = named(&[("estimate", centre.estimate)]);
            if let Some(own) = centre.limits {
                found.extend(limits(own.interval));
                found.extend(named(&[("coverage", own.coverage)]));
            }
            found
        }),
        "sandwich_contrast" => sandwich(input).map(contrast),
        "sign_test" => sign_test(&a()).and_then(|test| {
            let below = f64::from(u32::try_from(test.negative).map_err(|_| Undefined::TooLarge)?);
            let above = f64::from(u32::try_from(test.positive).map_err(|_| Undefined::TooLarge)?);
            Ok(named(&[
                ("positive", above),
                ("negative", below),
                ("p", test.p),
                ("p_greater", test.p_greater),
                ("p_less", test.p_less),
            ]))
        }),
        "signed_rank" => signed_rank(&a()).map(|test| {
            named(&[
                ("rank_sum", test.rank_sum),
                ("z", test.z),
                ("p", test.p),
                ("z_corrected", test.z_corrected),
                ("p_corrected", test.p_corrected),
            ])
        }),
        "signed_rank_exact" => signed_rank_exact(&a()).map(|test| {
            named(&[("rank_sum", test.rank_sum), ("p", test.p), ("p_greater", test.p_greater), ("p_less", test.p_less)])
        }),
        "standard_error" => value(standard_error(&input.values())),
        "t_test_paired" => t_test_paired(&a(), &b(), x("level")).map(t_test),
        "t_test_pooled" => t_test_pooled(&a(), &b(), x("level")).map(t_test),
        "t_test_single" => t_test_single(&a(), x("expected"), x("level")).map(t_test),
        "t_test_welch" => t_test_welch(&a(), &b(), x("level")).map(t_test),
        "term_test" => term_of(input).map(|test| {
            let (squares, df1, df2) = (test.sum_of_squares, test.df1, test.df2);
            named(&[("sum_of_squares", squares), ("df1", df1), ("df2", df2), ("f", test.f), ("p", test.p)])
        }),
        _ => return None,
    })
}

fn t_test(test: TTest) -> Found {
    let mut found = limits(test.interval);
    found.extend(named(&[
        ("estimate", test.estimate),
        ("standard_error", test.standard_error),
        ("df", test.df),
        ("t", test.t),
        ("p", test.p),
        ("p_greater", test.p_greater),
        ("p_less", test.p_less),
    ]));
    found
}

fn tails(test: ExactRankSum) -> Found {
    named(&[("p", test.p), ("p_greater", test.p_greater), ("p_less", test.p_less)])
}

/// Samples inline, or a column by the levels of another in their alphabetical order.
fn samples(input: &Input) -> Vec<Vec<f64>> {
    if input.fields.contains_key("column") {
        return input.groups();
    }
    let lists = input.get("samples").as_array().expect("samples").iter();
    lists.map(|list| list.as_array().expect("a sample").iter().map(super::number).collect()).collect()
}

fn slices(samples: &[Vec<f64>]) -> Vec<&[f64]> {
    samples.iter().map(Vec::as_slice).collect()
}

fn sandwich(input: &Input) -> Result<Contrast, Undefined> {
    let sheet = input.sheet().complete(&[input.text("response")]);
    let columns: Vec<Vec<f64>> = input.texts("terms").iter().map(|name| term(&sheet, name)).collect();
    let leverage = match input.text("leverage") {
        "hc0" => Leverage::None,
        "hc1" => Leverage::Overall,
        "hc2" => Leverage::Once,
        "hc3" => Leverage::Twice,
        unknown => panic!("there is no {unknown}"),
    };
    let response = sheet.numbers(input.text("response"));
    sandwich_contrast(&columns, &response, &weights(input), leverage, input.number("level"))
}

/// Terms are names of columns joined by colons; those not among the covariates are factors.
fn term_of(input: &Input) -> Result<TermTest, Undefined> {
    let sheet = input.sheet().complete(&[input.text("response")]);
    let (terms, covariates) = (input.texts("terms"), input.texts("covariates"));
    let mut names: Vec<&str> = terms.iter().flat_map(|term| term.split(':')).collect();
    names.sort_unstable();
    names.dedup();
    let predictor = |name: &&str| {
        if covariates.contains(name) {
            Predictor::Covariate(sheet.numbers(name))
        } else {
            Predictor::Factor(codes(&sheet, name))
        }
    };
    let predictors: Vec<Predictor> = names.iter().map(predictor).collect();
    let place = |name: &str| names.iter().position(|own| *own == name).expect("a name among them");
    let places: Vec<Vec<usize>> = terms.iter().map(|term| term.split(':').map(place).collect()).collect();
    let kind = match input.count("type") {
        1 => SumOfSquares::Sequential,
        2 => SumOfSquares::Hierarchical,
        _ => SumOfSquares::Partial,
    };
    let tested = terms.iter().position(|own| *own == input.text("tested")).expect("one of the terms");
    term_test(&sheet.numbers(input.text("response")), &predictors, &places, tested, kind)
}
