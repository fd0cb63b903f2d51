//! Golden cases of proportions and contingency tables beyond those the flagship uses.

use super::tables::ratio;
use super::{Found, Input, difference, limits, named};
use trialpress::stats::contingency::{
    ChiSquare, barnard, breslow_day, cmh_correlation, cmh_general_association, cmh_row_means, cochran_armitage,
    likelihood_ratio_chi_square, mcnemar, odds_ratio_score, odds_ratio_score_debiased,
};
use trialpress::stats::logistic::{
    firth_logistic, logistic, logistic_likelihood_ratio, logistic_profile_limits, standardised_risks,
};
use trialpress::stats::proportion::{
    AdjustedDifference, Difference, Needed, Ratio, Stratum, agresti_caffo_difference, agresti_coull,
    cmh_weighted_difference, farrington_manning, jeffreys, likelihood_proportion, mantel_haenszel_difference,
    mantel_haenszel_odds_ratio, mantel_haenszel_risk_ratio, mee_difference, mid_p_proportion, minimum_risk_difference,
    newcombe_corrected_difference, newcombe_difference, number_needed, stratified_miettinen_nurminen,
    stratified_newcombe, wald_difference, wald_proportion, wilson_corrected,
};
use trialpress::stats::{Interval, Undefined};

/// Public functions of `src/stats` whose cases this file runs.
pub(super) const STATISTICS: &[&str] = &[
    "agresti_caffo_difference",
    "agresti_coull",
    "barnard",
    "breslow_day",
    "cmh_correlation",
    "cmh_general_association",
    "cmh_row_means",
    "cmh_weighted_difference",
    "cochran_armitage",
    "farrington_manning",
    "firth_logistic",
    "jeffreys",
    "likelihood_proportion",
    "likelihood_ratio_chi_square",
    "logistic",
    "logistic_likelihood_ratio",
    "logistic_profile_limits",
    "mantel_haenszel_difference",
    "mantel_haenszel_odds_ratio",
    "mantel_haenszel_risk_ratio",
    "mcnemar",
    "mee_difference",
    "mid_p_proportion",
    "minimum_risk_difference",
    "newcombe_corrected_difference",
    "number_needed",
    "odds_ratio_score",
    "odds_ratio_score_debiased",
    "standardised_risks",
    "stratified_miettinen_nurminen",
    "stratified_newcombe",
    "wald_difference",
    "wald_proportion",
    "wilson_corrected",
];

/// Those of them that are logistic regressions.
const REGRESSIONS: [&str; 5] =
    ["firth_logistic", "logistic", "logistic_likelihood_ratio", "logistic_profile_limits", "standardised_risks"];

/// The numbers of a row, or nothing if the statistic is not of this file.
pub(super) fn compute(statistic: &str, input: &Input) -> Option<Result<Found, Undefined>> {
    let one = || (input.count("x"), input.count("n"), input.number("level"));
    let found = match statistic {
        "agresti_caffo_difference" => two_groups(input, agresti_caffo_difference),
        "agresti_coull" => single(one(), agresti_coull),
        "barnard" => barnard(input.count("x1"), input.count("n1"), input.count("x2"), input.count("n2"))
            .map(|test| named(&[("p", test.p), ("p_greater", test.p_greater), ("p_less", test.p_less)])),
        "breslow_day" => breslow_day(&strata(input)).map(|found| {
            let mut numbers = chi_square(found.breslow_day);
            numbers.extend(named(&[
                ("odds_ratio", found.odds_ratio),
                ("statistic_tarone", found.tarone.statistic),
                ("p_tarone", found.tarone.p),
            ]));
            numbers
        }),
        "cmh_correlation" => {
            cmh_correlation(&tables(input), &input.numbers("row_scores"), &input.numbers("column_scores"))
                .map(chi_square)
        }
        "cmh_general_association" => cmh_general_association(&tables(input)).map(chi_square),
        "cmh_row_means" => cmh_row_means(&tables(input), &input.numbers("column_scores")).map(chi_square),
        "cochran_armitage" => {
            cochran_armitage(&counts(input.get("successes")), &counts(input.get("totals")), &input.numbers("scores"))
                .map(|test| {
                    named(&[("z", test.z), ("p", test.p), ("p_greater", test.p_greater), ("p_less", test.p_less)])
                })
        }
        "farrington_manning" => {
            let [x1, n1, x2, n2] = ["x1", "n1", "x2", "n2"].map(|name| input.count(name));
            farrington_manning(x1, n1, x2, n2, input.number("margin")).map(|test| {
                named(&[("z", test.z), ("p", test.p), ("p_greater", test.p_greater), ("p_less", test.p_less)])
            })
        }
        "jeffreys" => single(one(), jeffreys),
        "likelihood_proportion" => single(one(), likelihood_proportion),
        "likelihood_ratio_chi_square" => likelihood_ratio_chi_square(&input.table()).map(chi_square),
        "mantel_haenszel_odds_ratio" => mantel_haenszel_odds_ratio(&strata(input), input.number("level")).map(ratio),
        "mantel_haenszel_risk_ratio" => mantel_haenszel_risk_ratio(&strata(input), input.number("level")).map(ratio),
        "cmh_weighted_difference" => cmh_weighted_difference(&strata(input), input.number("level")).map(adjusted),
        "mantel_haenszel_difference" => mantel_haenszel_difference(&strata(input), input.number("level")).map(adjusted),
        "mcnemar" => mcnemar(input.count("first"), input.count("second"), input.number("level")).map(|test| {
            let mut numbers = ratio(test.odds_ratio);
            numbers.extend(named(&[
                ("statistic", test.statistic),
                ("p", test.p),
                ("statistic_corrected", test.statistic_corrected),
                ("p_corrected", test.p_corrected),
                ("p_exact", test.p_exact),
            ]));
            numbers
        }),
        "mee_difference" => two_groups(input, mee_difference),
        "mid_p_proportion" => single(one(), mid_p_proportion),
        "minimum_risk_difference" => minimum_risk_difference(&strata(input), input.number("level")).map(adjusted),
        "newcombe_corrected_difference" => two_groups(input, newcombe_corrected_difference),
        "number_needed" => {
            let (x1, n1, x2, n2, level) = input.two_groups();
            newcombe_difference(x1, n1, x2, n2, level).and_then(number_needed).map(|found| {
                let mut numbers = range("benefit", found.benefit);
                numbers.extend(range("harm", found.harm));
                numbers
                    .push(found.estimate.map_or(("no_difference".to_owned(), 1.0), |own| ("estimate".to_owned(), own)));
                numbers
            })
        }
        "odds_ratio_score" => two_ratio(input, odds_ratio_score),
        "odds_ratio_score_debiased" => two_ratio(input, odds_ratio_score_debiased),
        "stratified_miettinen_nurminen" => {
            stratified_miettinen_nurminen(&strata(input), input.number("level")).map(difference)
        }
        "stratified_newcombe" => stratified_newcombe(&strata(input), input.number("level")).map(difference),
        "wald_difference" => two_groups(input, wald_difference),
        "wald_proportion" => single(one(), wald_proportion),
        "wilson_corrected" => single(one(), wilson_corrected),
        other => return regressions(other, input),
    };
    Some(found)
}

/// Statistics of logistic regressions.
fn regressions(statistic: &str, input: &Input) -> Option<Result<Found, Undefined>> {
    let (columns, outcomes) = if REGRESSIONS.contains(&statistic) { regression(input, None) } else { return None };
    let level = || input.number("level");
    let found = match statistic {
        "firth_logistic" => firth_logistic(&columns, &outcomes, level()).map(|fit| {
            let effect = fit.effects[input.place("place")];
            let mut numbers = limits(effect.interval);
            numbers.extend(chi_square(effect.test));
            numbers.extend(named(&[
                ("coefficient", effect.coefficient),
                ("standard_error", effect.standard_error),
                ("log_likelihood", fit.log_likelihood),
            ]));
            numbers
        }),
        "logistic" => logistic(&columns, &outcomes, level()).map(|fit| {
            let effect = fit.effects[input.place("place")];
            let mut numbers = limits(effect.interval);
            numbers.extend(named(&[
                ("coefficient", effect.coefficient),
                ("standard_error", effect.standard_error),
                ("z", effect.z),
                ("p", effect.p),
                ("deviance", -2.0 * fit.log_likelihood),
            ]));
            numbers
        }),
        "logistic_likelihood_ratio" => {
            logistic_likelihood_ratio(&columns, &outcomes, input.place("kept")).map(chi_square)
        }
        "logistic_profile_limits" => {
            logistic_profile_limits(&columns, &outcomes, input.place("place"), level()).map(limits)
        }
        _ => {
            let designs = [0, 1].map(|place| regression(input, Some(place)).0);
            standardised_risks(&columns, &outcomes, [&designs[0], &designs[1]], level()).map(|found| {
                let mut numbers = adjusted(found.difference);
                numbers.extend(named(&[("first", found.first), ("second", found.second)]));
                numbers
            })
        }
    };
    Some(found)
}

fn single(
    (x, n, level): (u64, u64, f64),
    of: fn(u64, u64, f64) -> Result<Interval, Undefined>,
) -> Result<Found, Undefined> {
    of(x, n, level).map(limits)
}

fn two_groups(
    input: &Input,
    of: fn(u64, u64, u64, u64, f64) -> Result<Difference, Undefined>,
) -> Result<Found, Undefined> {
    let (x1, n1, x2, n2, level) = input.two_groups();
    of(x1, n1, x2, n2, level).map(difference)
}

fn two_ratio(input: &Input, of: fn(u64, u64, u64, u64, f64) -> Result<Ratio, Undefined>) -> Result<Found, Undefined> {
    let (x1, n1, x2, n2, level) = input.two_groups();
    of(x1, n1, x2, n2, level).map(ratio)
}

fn adjusted(found: AdjustedDifference) -> Found {
    let mut numbers = limits(found.interval);
    numbers.extend(named(&[("estimate", found.estimate), ("standard_error", found.standard_error)]));
    numbers
}

fn chi_square(test: ChiSquare) -> Found {
    named(&[("statistic", test.statistic), ("df", test.df), ("p", test.p)])
}

/// A range of numbers needed; what is open or impossible has no number but a mark of 1.
fn range(side: &str, needed: Option<Needed>) -> Found {
    let Some(needed) = needed else {
        return vec![(format!("no_{side}"), 1.0)];
    };
    let end = needed.most.map_or((format!("{side}_open"), 1.0), |most| (format!("{side}_most"), most));
    vec![(format!("{side}_least"), needed.least), end]
}

fn counts(value: &toml::Value) -> Vec<u64> {
    value.as_array().unwrap().iter().map(|own| own.as_integer().unwrap().try_into().unwrap()).collect()
}

/// Strata as lists of x1, n1, x2, n2.
fn strata(input: &Input) -> Vec<Stratum> {
    let rows = input.get("strata").as_array().unwrap().iter().map(counts);
    rows.map(|row| Stratum { x1: row[0], n1: row[1], x2: row[2], n2: row[3] }).collect()
}

fn tables(input: &Input) -> Vec<Vec<Vec<u64>>> {
    let tables = input.get("tables").as_array().unwrap().iter();
    tables.map(|table| table.as_array().unwrap().iter().map(counts).collect()).collect()
}

/// Columns and outcomes of a logistic regression: as lists, or two groups of which the first is coded 1, or of a sheet
/// with terms that are `1`, a column, `column=level` or a product of such. `all` puts all in one group: the column `arm`
/// (or the second) has the value at that place of `values` (or 1 and 0).
fn regression(input: &Input, all: Option<usize>) -> (Vec<Vec<f64>>, Vec<bool>) {
    if let Some(columns) = input.fields.get("columns") {
        let column = |own: &toml::Value| own.as_array().unwrap().iter().map(super::number).collect();
        let outcomes = counts(input.get("outcomes")).iter().map(|own| *own == 1).collect();
        return (columns.as_array().unwrap().iter().map(column).collect(), outcomes);
    }
    if input.sheet.is_none() {
        let [x1, n1, x2, n2] = ["x1", "n1", "x2", "n2"].map(|name| input.place(name));
        let code = |own: usize| [1.0, 0.0][all.unwrap_or(own)];
        let group = (0..n1).map(|_| code(0)).chain((0..n2).map(|_| code(1))).collect();
        let outcomes = (0..n1).map(|own| own < x1).chain((0..n2).map(|own| own < x2)).collect();
        return (vec![vec![1.0; n1 + n2], group], outcomes);
    }
    let sheet = input.sheet();
    let outcomes: Vec<bool> = sheet.texts(input.text("response")).iter().map(|own| *own == "1").collect();
    let column = |term: &str| match term.split_once('=') {
        Some((name, level)) => sheet.texts(name).iter().map(|own| if *own == level { 1.0 } else { 0.0 }).collect(),
        None if term == "1" => vec![1.0; outcomes.len()],
        None => match all {
            Some(place) if input.text("arm") == term => vec![input.numbers("values")[place]; outcomes.len()],
            _ => sheet.numbers(term),
        },
    };
    let product = |term: &str| {
        let factors = term.split('*').map(column);
        factors.reduce(|one, two| one.iter().zip(&two).map(|(one, two)| one * two).collect()).unwrap()
    };
    (input.texts("terms").into_iter().map(product).collect(), outcomes)
}
