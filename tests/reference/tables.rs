//! Golden cases of two-by-two tables beyond the difference, and of ranks.

use std::collections::BTreeSet;

use super::{Found, Input, limits, named};
use trialpress::stats::Undefined;
use trialpress::stats::contingency::{boschloo, kappa, odds_ratio_exact, odds_ratio_wald};
use trialpress::stats::proportion::{Ratio, risk_ratio, risk_ratio_wald};
use trialpress::stats::rank::{hodges_lehmann, rank_ancova, van_elteren, wilcoxon_exact, wilcoxon_rank_sum};

/// Public functions of `src/stats` whose cases this file runs.
pub(super) const STATISTICS: &[&str] = &[
    "boschloo",
    "hodges_lehmann",
    "kappa",
    "odds_ratio_exact",
    "odds_ratio_wald",
    "rank_ancova",
    "risk_ratio",
    "risk_ratio_wald",
    "van_elteren",
    "wilcoxon_exact",
    "wilcoxon_rank_sum",
];

/// The numbers of a row, or nothing if the statistic is not of this file.
pub(super) fn compute(statistic: &str, input: &Input) -> Option<Result<Found, Undefined>> {
    let samples = || (input.numbers("a"), input.numbers("b"));
    let found = match statistic {
        "boschloo" => boschloo(input.count("x1"), input.count("n1"), input.count("x2"), input.count("n2"))
            .map(|test| named(&[("p", test.p), ("p_greater", test.p_greater), ("p_less", test.p_less)])),
        "hodges_lehmann" => {
            let (a, b) = samples();
            hodges_lehmann(&a, &b, input.number("level")).map(|shift| {
                let mut found = shift.limits.map_or_else(Vec::new, |own| limits(own.interval));
                found.extend(shift.limits.map(|own| ("coverage".to_owned(), own.coverage)));
                found.extend(named(&[("estimate", shift.estimate), ("limits", flag(shift.limits.is_some()))]));
                found
            })
        }
        "kappa" => kappa(&input.table(), input.number("level")).map(|kappa| {
            let mut found = limits(kappa.interval);
            found.extend(named(&[("estimate", kappa.estimate), ("standard_error", kappa.standard_error)]));
            found
        }),
        "odds_ratio_exact" => two_groups(input, odds_ratio_exact),
        "odds_ratio_wald" => two_groups(input, odds_ratio_wald),
        "rank_ancova" => {
            let (response, covariate, group, groups) = ranked(input);
            rank_ancova(&response, &covariate, &group, groups)
                .map(|test| named(&[("f", test.f), ("df1", test.df1), ("df2", test.df2), ("p", test.p)]))
        }
        "risk_ratio" => two_groups(input, risk_ratio),
        "risk_ratio_wald" => two_groups(input, risk_ratio_wald),
        "van_elteren" => {
            let strata = strata(input);
            let strata: Vec<[&[f64]; 2]> = strata.iter().map(|[a, b]| [a.as_slice(), b.as_slice()]).collect();
            van_elteren(&strata).map(|test| named(&[("z", test.z), ("chi_square", test.chi_square), ("p", test.p)]))
        }
        "wilcoxon_exact" => {
            let (a, b) = samples();
            wilcoxon_exact(&a, &b)
                .map(|test| named(&[("p", test.p), ("p_greater", test.p_greater), ("p_less", test.p_less)]))
        }
        "wilcoxon_rank_sum" => {
            let (a, b) = samples();
            wilcoxon_rank_sum(&a, &b).map(|test| {
                named(&[
                    ("rank_sum", test.rank_sum),
                    ("u", test.u),
                    ("z", test.z),
                    ("p", test.p),
                    ("z_corrected", test.z_corrected),
                    ("p_corrected", test.p_corrected),
                ])
            })
        }
        _ => return None,
    };
    Some(found)
}

/// A ratio; what is infinite has no number but a mark of 1.
fn two_groups(input: &Input, of: fn(u64, u64, u64, u64, f64) -> Result<Ratio, Undefined>) -> Result<Found, Undefined> {
    let (x1, n1, x2, n2, level) = input.two_groups();
    of(x1, n1, x2, n2, level).map(ratio)
}

/// The numbers of a ratio.
pub(super) fn ratio(Ratio { estimate, interval }: Ratio) -> Found {
    let mut found = named(&[
        ("lower", interval.lower),
        ("estimate_infinite", flag(estimate.is_none())),
        ("upper_infinite", flag(interval.upper.is_none())),
    ]);
    found.extend(estimate.map(|value| ("estimate".to_owned(), value)));
    found.extend(interval.upper.map(|value| ("upper".to_owned(), value)));
    found
}

fn flag(holds: bool) -> f64 {
    if holds { 1.0 } else { 0.0 }
}

/// Response, covariate and group of the complete rows of a sheet, or of lists.
fn ranked(input: &Input) -> (Vec<f64>, Vec<f64>, Vec<usize>, usize) {
    if input.sheet.is_none() {
        let group = input.get("group").as_array().unwrap().iter();
        let group = group.map(|place| place.as_integer().unwrap().try_into().unwrap()).collect();
        return (input.numbers("response"), input.numbers("covariate"), group, input.place("groups"));
    }
    let (response, covariate, group) = (input.text("response"), input.text("covariate"), input.text("group"));
    let sheet = input.sheet().complete(&[response, covariate, group]);
    let labels = sheet.texts(group);
    let names: BTreeSet<&str> = labels.iter().copied().collect();
    let place = |label: &&str| names.iter().position(|own| own == label).unwrap();
    (sheet.numbers(response), sheet.numbers(covariate), labels.iter().map(place).collect(), names.len())
}

/// The values of two samples in each stratum: of a sheet, or as a list.
fn strata(input: &Input) -> Vec<[Vec<f64>; 2]> {
    if input.sheet.is_none() {
        let sample = |value: &toml::Value| value.as_array().unwrap().iter().map(super::number).collect();
        let strata = input.get("strata").as_array().unwrap().iter();
        return strata.map(|stratum| [sample(&stratum[0]), sample(&stratum[1])]).collect();
    }
    let sheet = input.sheet();
    let (values, samples) = (sheet.numbers(input.text("values")), sheet.texts(input.text("sample")));
    let labels = sheet.texts(input.text("stratum"));
    let names: BTreeSet<&str> = labels.iter().copied().collect();
    let pick = |stratum: &str, sample: &str| {
        let rows = values.iter().zip(&samples).zip(&labels);
        rows.filter(|((_, own), label)| **own == sample && **label == stratum).map(|((value, _), _)| *value).collect()
    };
    let both = input.texts("samples");
    names.into_iter().map(|stratum| [pick(stratum, both[0]), pick(stratum, both[1])]).collect()
}
