//! Golden cases of proportions and contingency tables beyond those the flagship uses.

use super::tables::ratio;
use super::{Found, Input, difference, limits, named};
use trialpress::stats::contingency::{
    ChiSquare, barnard, breslow_day, cmh_correlation, cmh_general_association, cmh_row_means, cochran_armitage, mcnemar,
};
use trialpress::stats::logistic::{logistic, logistic_likelihood_ratio};
use trialpress::stats::proportion::{
    AdjustedDifference, Difference, Needed, Stratum, agresti_caffo_difference, agresti_coull, farrington_manning,
    jeffreys, likelihood_proportion, mantel_haenszel_difference, mee_difference, mid_p_proportion,
    minimum_risk_difference, newcombe_corrected_difference, newcombe_difference, number_needed,
    stratified_miettinen_nurminen, stratified_newcombe, wald_difference, wald_proportion, wilson_corrected,
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
    "cochran_armitage",
    "farrington_manning",
    "jeffreys",
    "likelihood_proportion",
    "logistic",
    "logistic_likelihood_ratio",
    "mantel_haenszel_difference",
    "mcnemar",
    "mee_difference",
    "mid_p_proportion",
    "minimum_risk_difference",
    "newcombe_corrected_difference",
    "number_needed",
    "stratified_miettinen_nurminen",
    "stratified_newcombe",
    "wald_difference",
    "wald_proportion",
    "wilson_corrected",
];

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
        "logistic" => {
            let (columns, outcomes) = regression(input);
            logistic(&columns, &outcomes, input.number("level")).map(|fit| {
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
            })
        }
        "logistic_likelihood_ratio" => {
            let (columns, outcomes) = regression(input);
            logistic_likelihood_ratio(&columns, &outcomes, input.place("kept")).map(chi_square)
        }
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
        "stratified_miettinen_nurminen" => {
            stratified_miettinen_nurminen(&strata(input), input.number("level")).map(difference)
        }
        "stratified_newcombe" => stratified_newcombe(&strata(input), input.number("level")).map(difference),
        "wald_difference" => two_groups(input, wald_difference),
        "wald_proportion" => single(one(), wald_proportion),
        "wilson_corrected" => single(one(), wilson_corrected),
        _ => return None,
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

/// Columns and outcomes of a logistic regression: terms are `1`, a column of the sheet or `column=level`; without a
/// sheet the outcomes of two groups, the first coded 1.
fn regression(input: &Input) -> (Vec<Vec<f64>>, Vec<bool>) {
    if input.sheet.is_none() {
        let [x1, n1, x2, n2] = ["x1", "n1", "x2", "n2"].map(|name| input.place(name));
        let group = (0..n1).map(|_| 1.0).chain((0..n2).map(|_| 0.0)).collect();
        let outcomes = (0..n1).map(|own| own < x1).chain((0..n2).map(|own| own < x2)).collect();
        return (vec![vec![1.0; n1 + n2], group], outcomes);
    }
    let sheet = input.sheet();
    let outcomes: Vec<bool> = sheet.texts(input.text("response")).iter().map(|own| *own == "1").collect();
    let column = |term: &str| match term.split_once('=') {
        Some((name, level)) => sheet.texts(name).iter().map(|own| if *own == level { 1.0 } else { 0.0 }).collect(),
        None if term == "1" => vec![1.0; outcomes.len()],
        None => sheet.numbers(term),
    };
    (input.texts("terms").into_iter().map(column).collect(), outcomes)
}
