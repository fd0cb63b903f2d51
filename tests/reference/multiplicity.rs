//! Golden cases of adjusted p-values, of missing data and of further methods for rates.

use super::{Found, Input, number};
use trialpress::stats::Undefined;
use trialpress::stats::multiplicity::{bonferroni, fallback, fixed_sequence, graphical, hochberg, holm, hommel};

/// Public functions of `src/stats` whose cases this file runs.
pub(super) const STATISTICS: &[&str] =
    &["bonferroni", "fallback", "fixed_sequence", "graphical", "hochberg", "holm", "hommel"];

/// The numbers of a row, or nothing if the statistic is not of this file.
pub(super) fn compute(statistic: &str, input: &Input) -> Option<Result<Found, Undefined>> {
    let list = |name| input.numbers(name);
    Some(match statistic {
        "bonferroni" => adjusted(bonferroni(&list("p"))),
        "fallback" => adjusted(fallback(&list("p"), &list("weights"))),
        "fixed_sequence" => adjusted(fixed_sequence(&list("p"))),
        "graphical" => adjusted(graphical(&list("p"), &list("weights"), &rows(input, "transitions"))),
        "hochberg" => adjusted(hochberg(&list("p"))),
        "holm" => adjusted(holm(&list("p"))),
        "hommel" => adjusted(hommel(&list("p"))),
        _ => return None,
    })
}

/// Numbers as `a1`, `a2`, ….
fn adjusted(numbers: Result<Vec<f64>, Undefined>) -> Result<Found, Undefined> {
    let number = |(place, value): (usize, f64)| (format!("a{place}"), value);
    numbers.map(|numbers| (1..).zip(numbers).map(number).collect())
}

/// Lists of numbers.
fn rows(input: &Input, name: &str) -> Vec<Vec<f64>> {
    let row = |row: &toml::Value| row.as_array().expect("numbers").iter().map(number).collect();
    input.get(name).as_array().expect("lists of numbers").iter().map(row).collect()
}
