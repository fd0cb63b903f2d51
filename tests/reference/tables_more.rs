//! Golden cases of proportions and contingency tables beyond those the flagship uses.

use super::{Found, Input, difference, limits, named};
use trialpress::stats::Undefined;
use trialpress::stats::proportion::{
    agresti_caffo_difference, agresti_coull, farrington_manning, jeffreys, likelihood_proportion, mee_difference,
    mid_p_proportion, newcombe_corrected_difference, wald_difference, wald_proportion, wilson_corrected,
};

/// Public functions of `src/stats` whose cases this file runs.
pub(super) const STATISTICS: &[&str] = &[
    "agresti_caffo_difference",
    "agresti_coull",
    "farrington_manning",
    "jeffreys",
    "likelihood_proportion",
    "mee_difference",
    "mid_p_proportion",
    "newcombe_corrected_difference",
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
        "farrington_manning" => {
            let [x1, n1, x2, n2] = ["x1", "n1", "x2", "n2"].map(|name| input.count(name));
            farrington_manning(x1, n1, x2, n2, input.number("margin")).map(|test| {
                named(&[("z", test.z), ("p", test.p), ("p_greater", test.p_greater), ("p_less", test.p_less)])
            })
        }
        "jeffreys" => single(one(), jeffreys),
        "likelihood_proportion" => single(one(), likelihood_proportion),
        "mee_difference" => two_groups(input, mee_difference),
        "mid_p_proportion" => single(one(), mid_p_proportion),
        "newcombe_corrected_difference" => two_groups(input, newcombe_corrected_difference),
        "wald_difference" => two_groups(input, wald_difference),
        "wald_proportion" => single(one(), wald_proportion),
        "wilson_corrected" => single(one(), wilson_corrected),
        _ => return None,
    };
    Some(found)
}

fn single(
    (x, n, level): (u64, u64, f64),
    of: fn(u64, u64, f64) -> Result<trialpress::stats::Interval, Undefined>,
) -> Result<Found, Undefined> {
    of(x, n, level).map(limits)
}

fn two_groups(
    input: &Input,
    of: fn(u64, u64, u64, u64, f64) -> Result<trialpress::stats::proportion::Difference, Undefined>,
) -> Result<Found, Undefined> {
    let (x1, n1, x2, n2, level) = input.two_groups();
    of(x1, n1, x2, n2, level).map(difference)
}
