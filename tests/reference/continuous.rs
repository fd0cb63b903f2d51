//! Golden cases of one, two and several samples of continuous data.

use super::{Found, Input, limits, named, value};
use trialpress::stats::Undefined;
use trialpress::stats::rank::{
    ExactRankSum, jonckheere_terpstra, kruskal_wallis, pseudomedian, sign_test, signed_rank, signed_rank_exact,
};
use trialpress::stats::sample::{
    TTest, coefficient_of_variation, geometric_cv, geometric_deviation, geometric_interval, geometric_mean,
    permutation_exact, permutation_monte_carlo, standard_error, t_test_paired, t_test_pooled, t_test_single,
    t_test_welch,
};

/// Public functions of `src/stats` whose cases this file runs.
pub(super) const STATISTICS: &[&str] = &[
    "coefficient_of_variation",
    "geometric_cv",
    "geometric_deviation",
    "geometric_interval",
    "geometric_mean",
    "jonckheere_terpstra",
    "kruskal_wallis",
    "permutation_exact",
    "permutation_monte_carlo",
    "pseudomedian",
    "sign_test",
    "signed_rank",
    "signed_rank_exact",
    "standard_error",
    "t_test_paired",
    "t_test_pooled",
    "t_test_single",
    "t_test_welch",
];

/// The numbers of a row, or nothing if the statistic is not of this file.
pub(super) fn compute(statistic: &str, input: &Input) -> Option<Result<Found, Undefined>> {
    let x = |name| input.number(name);
    let (a, b) = (|| input.numbers("a"), || input.numbers("b"));
    Some(match statistic {
        "coefficient_of_variation" => value(coefficient_of_variation(&input.values())),
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
