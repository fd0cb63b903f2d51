//! The gamma function, its regularised incomplete forms and the chi-square distribution.

use super::super::{Undefined, finite};

/// ln √(2π).
const LN_SQRT_2PI: f64 = 0.918_938_533_204_672_8;

/// Terms of a series or continued fraction before it is given up. Both need a few times √a of them: this is reached
/// only when `a` is beyond any number of subjects (about 1e8).
const TERMS: u32 = 200_000;

/// Newton steps of the inverse before it is given up; a dozen is usual.
const STEPS: u32 = 200;

/// The logarithm beyond which a quantile leaves the range of a double.
const EDGE: f64 = 700.0;

/// Natural logarithm of the gamma function.
///
/// # Method
/// `lgamma` of `libm`.
///
/// # Input
/// A number above 0.
///
/// # Not estimable
/// `OutOfRange` for other numbers and when the result exceeds the range of a double.
///
/// # Agrees with
/// R `lgamma(x)`; cases in `fixtures/reference/distribution`.
pub fn ln_gamma(x: f64) -> Result<f64, Undefined> {
    if x > 0.0 { finite(libm::lgamma(x)) } else { Err(Undefined::OutOfRange) }
}

/// Lower regularised incomplete gamma function P(a, x): the share of the gamma integral below `x`.
///
/// # Method
/// Power series below x = a + 1, complement of the continued fraction above; prefactor by Loader 2000.
///
/// # Input
/// Shape `a` above 0; `x` at least 0, infinity included.
///
/// # Not estimable
/// `OutOfRange` outside these; `NotConverged` for shapes beyond about 1e8.
///
/// # Agrees with
/// R `pgamma(x, a)`; cases in `fixtures/reference/distribution`.
pub fn gamma_lower(a: f64, x: f64) -> Result<f64, Undefined> {
    sides(a, x).map(|(lower, _)| lower)
}

/// Upper regularised incomplete gamma function Q(a, x): the share of the gamma integral above `x`.
///
/// # Method
/// As `gamma_lower`, the sides exchanged.
///
/// # Input
/// As `gamma_lower`.
///
/// # Not estimable
/// As `gamma_lower`.
///
/// # Agrees with
/// R `pgamma(x, a, lower.tail = FALSE)`; cases in `fixtures/reference/distribution`.
pub fn gamma_upper(a: f64, x: f64) -> Result<f64, Undefined> {
    sides(a, x).map(|(_, upper)| upper)
}

/// Probability that a chi-square variable exceeds `x`.
///
/// # Method
/// Upper regularised incomplete gamma function with shape `df` / 2.
///
/// # Input
/// `x` of any sign, infinities included; `df` above 0, not necessarily whole.
///
/// # Not estimable
/// `OutOfRange` when `x` is not a number or `df` not above 0; `NotConverged` for `df` beyond about 1e8.
///
/// # Agrees with
/// R `pchisq(x, df, lower.tail = FALSE)`; cases in `fixtures/reference/distribution`.
pub fn chi_square_sf(x: f64, df: f64) -> Result<f64, Undefined> {
    // Anything below 0 has the probability of 0; written so that NaN stays what it is.
    let x = if x < 0.0 { 0.0 } else { x };
    gamma_upper(df / 2.0, x / 2.0)
}

/// The value that a gamma variable of scale 1 exceeds with probability 1 − `p`.
///
/// # Method
/// Newton's iteration for the logarithm of the smaller tail in the logarithm of the value. There both tails are
/// log-concave, so after one step the iteration approaches from one side and needs no bracket.
///
/// # Input
/// `p` strictly between 0 and 1; shape `a` above 0.
///
/// # Not estimable
/// `OutOfRange` outside these and where the quantile is below 1e-300; `NotConverged` for shapes beyond about 1e8.
///
/// # Agrees with
/// R `qgamma(p, a)`; cases in `fixtures/reference/distribution`.
pub fn gamma_quantile(p: f64, a: f64) -> Result<f64, Undefined> {
    quantile([p, 1.0 - p], a)
}

/// The value that a gamma variable of scale 1 exceeds with probability `q`; a tiny `q` keeps its digits.
pub(in super::super) fn gamma_upper_quantile(q: f64, a: f64) -> Result<f64, Undefined> {
    quantile([1.0 - q, q], a)
}

/// The value with `[p, q]` below and above it.
fn quantile([p, q]: [f64; 2], a: f64) -> Result<f64, Undefined> {
    if !(p > 0.0 && q > 0.0 && a > 0.0 && a.is_finite()) {
        return Err(Undefined::OutOfRange);
    }
    let upper = q < p;
    let target = libm::log(p.min(q));
    let mut w = libm::log(a);
    // The lower tail is less than x^a / Γ(a + 1), so the quantile lies above this.
    let bound = (target + libm::lgamma(a + 1.0)) / a;
    for _ in 0..STEPS {
        if libm::fabs(w) > EDGE {
            return Err(Undefined::OutOfRange);
        }
        let x = libm::exp(w);
        // x^a e^-x / Γ(a), the density of the logarithm.
        let ln_density = 0.5 * libm::log(a) - stirling_error(a) - deviance(a, x, x - a) - LN_SQRT_2PI;
        let ln_tail = ln_tail(a, x, ln_density, upper)?;
        let step = (ln_tail - target) / libm::exp(ln_density - ln_tail);
        if !step.is_finite() {
            return Err(Undefined::OutOfRange);
        }
        // In small steps where the first one from the middle goes too far: there the tail has no digits left.
        w = if upper { w + step.min(1.0) } else { (w - step).max(bound) };
        // Newton squares the error, so a step this small leaves nothing but rounding.
        if libm::fabs(step) <= 1e-10 * (1.0 + libm::fabs(w)) {
            return Ok(libm::exp(w));
        }
    }
    Err(Undefined::NotConverged)
}

/// The logarithm of one side of the gamma integral, far below the range of a double too.
fn ln_tail(a: f64, x: f64, ln_density: f64, upper: bool) -> Result<f64, Undefined> {
    let below = x < a + 1.0;
    let factor = if below { series(a, x)? / a } else { fraction(a, x)? };
    let near = ln_density + libm::log(factor);
    Ok(if below == upper { libm::log1p(-libm::exp(near)) } else { near })
}

/// P(a, x) and Q(a, x). The smaller one is computed, the other is its complement.
fn sides(a: f64, x: f64) -> Result<(f64, f64), Undefined> {
    if !(a > 0.0 && a.is_finite() && x >= 0.0) {
        return Err(Undefined::OutOfRange);
    }
    if x == 0.0 {
        return Ok((0.0, 1.0));
    }
    if x.is_infinite() {
        return Ok((1.0, 0.0));
    }
    // x^a e^-x / Γ(a + 1), a Poisson probability at a real argument.
    let kernel = libm::exp(-stirling_error(a) - deviance(a, x, x - a) - LN_SQRT_2PI) / a.sqrt();
    if x < a + 1.0 {
        let lower = finite(kernel * series(a, x)?)?.min(1.0);
        Ok((lower, 1.0 - lower))
    } else {
        let upper = finite(kernel * a * fraction(a, x)?)?.min(1.0);
        Ok((1.0 - upper, upper))
    }
}

/// 1 + x/(a+1) + x²/((a+1)(a+2)) + …
fn series(a: f64, x: f64) -> Result<f64, Undefined> {
    let (mut term, mut sum) = (1.0, 1.0);
    for n in 1..=TERMS {
        term *= x / (a + f64::from(n));
        sum += term;
        if term <= sum * f64::EPSILON * 0.1 {
            return Ok(sum);
        }
    }
    Err(Undefined::NotConverged)
}

/// Legendre's continued fraction 1/(x+1−a− 1(1−a)/(x+3−a− 2(2−a)/(x+5−a− …))), by the method of Lentz.
fn fraction(a: f64, x: f64) -> Result<f64, Undefined> {
    // With x ≥ a + 1 all denominators are positive, so Lentz needs no guard against zero.
    let mut b = x + 1.0 - a;
    let mut c = f64::INFINITY;
    let mut d = 1.0 / b;
    let mut value = d;
    for n in 1..=TERMS {
        let numerator = f64::from(n) * (a - f64::from(n));
        b += 2.0;
        d = 1.0 / (numerator * d + b);
        c = b + numerator / c;
        let change = c * d;
        value *= change;
        if libm::fabs(change - 1.0) <= f64::EPSILON {
            return Ok(value);
        }
    }
    Err(Undefined::NotConverged)
}

/// What Stirling's formula leaves of ln Γ(x + 1): ln Γ(x+1) − (x + ½) ln x + x − ln √(2π), for `x` above 0.
pub(in super::super) fn stirling_error(x: f64) -> f64 {
    // The asymptotic series is exact to double precision above 16; below, the direct form cancels little.
    if x < 16.0 {
        return libm::lgamma(x + 1.0) - (x + 0.5) * libm::log(x) + x - LN_SQRT_2PI;
    }
    let square = x * x;
    let tail = 1.0 / 1680.0 - (1.0 / 1188.0 - 691.0 / (360_360.0 * square)) / square;
    (1.0 / 12.0 - (1.0 / 360.0 - (1.0 / 1260.0 - tail / square) / square) / square) / x
}

/// Half the Poisson deviance of an observed `x` against a `mean`: x ln(x / mean) + mean − x.
///
/// `excess` is mean − x. It is an argument of its own because callers know it to more digits than the difference of
/// the two would keep. `x` is above 0.
pub(in super::super) fn deviance(x: f64, mean: f64, excess: f64) -> f64 {
    let d = excess / x;
    if !(-0.5..=1.0).contains(&d) {
        // Far apart: nothing cancels.
        return excess - x * libm::log(mean / x);
    }
    // d − ln(1 + d) by the series of the inverse hyperbolic tangent, ln(1 + d) = 2 (r + r³/3 + r⁵/5 + …).
    let r = d / (2.0 + d);
    let square = r * r;
    let mut series = 0.0;
    let mut odd = 37.0;
    while odd >= 3.0 {
        series = series * square + 1.0 / odd;
        odd -= 2.0;
    }
    x * r * (d - 2.0 * square * series)
}

#[cfg(test)]
mod tests {
    use super::super::assert_close;
    use super::*;

    #[test]
    fn the_gamma_function_continues_the_factorials() {
        assert_close(ln_gamma(6.0).unwrap(), libm::log(120.0), 1e-15);
        assert_close(ln_gamma(0.5).unwrap(), libm::log(std::f64::consts::PI) / 2.0, 1e-15);
    }

    #[test]
    fn shape_one_is_the_exponential_distribution() {
        for x in [0.001, 0.5, 1.9, 2.1, 30.0, 700.0] {
            assert_close(gamma_upper(1.0, x).unwrap(), libm::exp(-x), 1e-13);
            assert_close(gamma_lower(1.0, x).unwrap(), -libm::expm1(-x), 1e-13);
        }
    }

    #[test]
    fn chi_square_with_four_degrees_has_a_closed_form() {
        for x in [0.3, 4.0, 11.0, 90.0] {
            let exact = libm::exp(-x / 2.0) * (1.0 + x / 2.0);
            assert_close(chi_square_sf(x, 4.0).unwrap(), exact, 1e-13);
        }
    }

    #[test]
    fn the_shape_recurrence_holds() {
        // P(a, x) − P(a + 1, x) = x^a e^-x / Γ(a + 1), here with a = 4: 24 = Γ(5).
        let x: f64 = 3.7;
        let step = x * x * x * x * libm::exp(-x) / 24.0;
        let difference = gamma_lower(4.0, x).unwrap() - gamma_lower(5.0, x).unwrap();
        assert_close(difference, step, 1e-13);
    }

    #[test]
    fn the_deviance_is_smooth_where_its_formulas_meet() {
        for (d, next) in [(-0.5, -0.500_000_000_1), (1.0, 1.000_000_000_1)] {
            let [here, there] = [d, next].map(|d| deviance(7.0, 7.0 + 7.0 * d, 7.0 * d));
            assert_close(here, there, 1e-9);
        }
        assert_close(deviance(2.0, 4.0, 2.0), 2.0 * (1.0 - std::f64::consts::LN_2), 1e-15);
    }

    #[test]
    fn the_quantile_of_shape_one_is_a_logarithm() {
        for p in [1e-200, 1e-9, 0.025, 0.4, 0.5, 0.7, 0.975] {
            // Far in the tail the solution is exponentiated: half a unit in the last place of ln p, times ln p.
            let tolerance = 1e-14_f64.max(f64::EPSILON * libm::fabs(libm::log(p)));
            assert_close(gamma_quantile(p, 1.0).unwrap(), -libm::log1p(-p), tolerance);
            assert_close(gamma_upper_quantile(p, 1.0).unwrap(), -libm::log(p), 1e-14);
        }
    }

    #[test]
    fn the_quantile_undoes_the_distribution_function() {
        for a in [0.01, 0.5, 1.0, 7.0, 300.5, 1e6] {
            for p in [1e-12, 0.025, 0.3, 0.6, 0.975, 0.999] {
                let Ok(x) = gamma_quantile(p, a) else { continue };
                assert_close(gamma_lower(a, x).unwrap(), p, 1e-9);
            }
            assert!(gamma_quantile(0.6, a).is_ok(), "{a}");
        }
        assert_eq!(gamma_quantile(1e-12, 0.01), Err(Undefined::OutOfRange));
        for (p, a) in [(0.0, 1.0), (1.0, 1.0), (0.5, 0.0), (0.5, f64::INFINITY), (f64::NAN, 1.0), (0.5, f64::NAN)] {
            assert_eq!(gamma_quantile(p, a), Err(Undefined::OutOfRange));
        }
    }

    #[test]
    fn ends_and_nonsense() {
        assert_close(chi_square_sf(0.0, 3.0).unwrap(), 1.0, 0.0);
        assert_close(chi_square_sf(-1.0, 3.0).unwrap(), 1.0, 0.0);
        assert_eq!(chi_square_sf(f64::INFINITY, 3.0), Ok(0.0));
        assert_eq!(chi_square_sf(1e300, 3.0), Ok(0.0));
        assert_eq!(chi_square_sf(f64::NAN, 3.0), Err(Undefined::OutOfRange));
        assert_eq!(chi_square_sf(1.0, 0.0), Err(Undefined::OutOfRange));
        assert_eq!(gamma_lower(1e14, 1e14), Err(Undefined::NotConverged));
        assert_eq!(ln_gamma(0.0), Err(Undefined::OutOfRange));
        assert_eq!(ln_gamma(1e308), Err(Undefined::OutOfRange));
    }
}
