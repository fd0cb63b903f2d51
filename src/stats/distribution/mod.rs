//! Distribution functions and quantiles.
//!
//! One file for each special function behind them: `normal` (error function), `gamma` (chi-square), `beta` (t, F and
//! the exact limits of a proportion). Tails are computed as tails, never as one minus the other side, so a p-value of
//! 1e-200 keeps its digits. Prefactors use the saddle-point form of Loader (2000), because differences of log-gamma
//! functions lose digits in proportion to the sample size.
//!
//! A probability below the smallest double is returned as zero.

#![expect(clippy::many_single_char_names, reason = "the letters of the cited formulas, by which they can be checked")]

mod beta;
mod gamma;
mod normal;
mod variance;

pub use beta::{beta_lower, beta_quantile};
pub use gamma::{chi_square_sf, gamma_lower, gamma_quantile, gamma_upper, ln_gamma};
pub use normal::{normal_cdf, normal_quantile, normal_sf};
pub use variance::{f_sf, t_quantile, t_sf, t_two_sided_p};

pub(super) use beta::{beta_upper_quantile, ln_odds_quantile};
pub(super) use gamma::{deviance, gamma_upper_quantile, stirling_error};

#[cfg(test)]
#[track_caller]
fn assert_close(value: f64, expected: f64, relative: f64) {
    let error = libm::fabs(value - expected);
    assert!(
        error <= relative * libm::fabs(expected),
        "{value:e} is not {expected:e}: off by {:e} relative",
        error / libm::fabs(expected)
    );
}
