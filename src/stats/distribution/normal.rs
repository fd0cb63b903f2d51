//! The standard normal distribution.

use super::super::Undefined;

/// Probability that a standard normal variable is at most `z`.
///
/// # Method
/// Half the complementary error function of −z/√2.
///
/// # Input
/// Any number, infinities included.
///
/// # Not estimable
/// `OutOfRange` when `z` is not a number.
///
/// # Agrees with
/// R `pnorm(z)`; cases in `fixtures/reference/distribution`.
pub fn normal_cdf(z: f64) -> Result<f64, Undefined> {
    normal_sf(-z)
}

/// Probability that a standard normal variable exceeds `z`.
///
/// # Method
/// Half the complementary error function of z/√2.
///
/// # Input
/// Any number, infinities included.
///
/// # Not estimable
/// `OutOfRange` when `z` is not a number.
///
/// # Agrees with
/// R `pnorm(z, lower.tail = FALSE)`; cases in `fixtures/reference/distribution`.
pub fn normal_sf(z: f64) -> Result<f64, Undefined> {
    if z.is_nan() { Err(Undefined::OutOfRange) } else { Ok(0.5 * libm::erfc(z * std::f64::consts::FRAC_1_SQRT_2)) }
}

/// The value that a standard normal variable exceeds with probability 1 − `p`.
///
/// # Method
/// Rational approximations, Wichura 1988, Applied Statistics 37:477 (algorithm AS 241, `PPND16`).
///
/// # Input
/// A probability strictly between 0 and 1.
///
/// # Not estimable
/// `OutOfRange` for any other `p`.
///
/// # Agrees with
/// R `qnorm(p)`; cases in `fixtures/reference/distribution`.
pub fn normal_quantile(p: f64) -> Result<f64, Undefined> {
    // An unordered comparison fails, so NaN is refused here too.
    if !(p > 0.0 && p < 1.0) {
        return Err(Undefined::OutOfRange);
    }
    let centred = p - 0.5;
    if libm::fabs(centred) <= 0.425 {
        let r = 0.180_625 - centred * centred;
        return Ok(centred * ratio(&CENTRE, r));
    }
    let outer = if centred < 0.0 { p } else { 1.0 - p };
    let r = (-libm::log(outer)).sqrt();
    let distance = if r <= 5.0 { ratio(&FLANK, r - 1.6) } else { ratio(&TAIL, r - 5.0) };
    Ok(if centred < 0.0 { -distance } else { distance })
}

/// Coefficients of numerator and denominator, the constant first.
type Rational = [[f64; 8]; 2];

const CENTRE: Rational = [
    [
        3.387_132_872_796_366_5,
        1.331_416_678_917_843_8e2,
        1.971_590_950_306_551_3e3,
        1.373_169_376_550_946e4,
        4.592_195_393_154_987e4,
        6.726_577_092_700_87e4,
        3.343_057_558_358_813e4,
        2.509_080_928_730_122_7e3,
    ],
    [
        1.0,
        4.231_333_070_160_091e1,
        6.871_870_074_920_579e2,
        5.394_196_021_424_751e3,
        2.121_379_430_158_659_7e4,
        3.930_789_580_009_271e4,
        2.872_908_573_572_194_3e4,
        5.226_495_278_852_854e3,
    ],
];

const FLANK: Rational = [
    [
        1.423_437_110_749_683_5,
        4.630_337_846_156_546,
        5.769_497_221_460_691,
        3.647_848_324_763_204_5,
        1.270_458_252_452_368_4,
        2.417_807_251_774_506e-1,
        2.272_384_498_926_918_4e-2,
        7.745_450_142_783_414e-4,
    ],
    [
        1.0,
        2.053_191_626_637_759,
        1.676_384_830_183_803_8,
        6.897_673_349_851e-1,
        1.481_039_764_274_800_8e-1,
        1.519_866_656_361_645_7e-2,
        5.475_938_084_995_345e-4,
        1.050_750_071_644_416_9e-9,
    ],
];

const TAIL: Rational = [
    [
        6.657_904_643_501_103,
        5.463_784_911_164_114,
        1.784_826_539_917_291_3,
        2.965_605_718_285_048_7e-1,
        2.653_218_952_657_612_4e-2,
        1.242_660_947_388_078_4e-3,
        2.711_555_568_743_487_6e-5,
        2.010_334_399_292_288_1e-7,
    ],
    [
        1.0,
        5.998_322_065_558_88e-1,
        1.369_298_809_227_358e-1,
        1.487_536_129_085_061_5e-2,
        7.868_691_311_456_133e-4,
        1.846_318_317_510_054_8e-5,
        1.421_511_758_316_446e-7,
        2.044_263_103_389_939_8e-15,
    ],
];

fn ratio(coefficients: &Rational, x: f64) -> f64 {
    let [numerator, denominator] = coefficients.map(|side| side.iter().rev().fold(0.0, |sum, c| sum * x + c));
    numerator / denominator
}

#[cfg(test)]
mod tests {
    use super::super::assert_close;
    use super::*;

    #[test]
    fn the_middle_is_one_half() {
        assert_close(normal_cdf(0.0).unwrap(), 0.5, 0.0);
        assert_close(normal_quantile(0.5).unwrap() + 1.0, 1.0, 0.0);
    }

    #[test]
    fn both_sides_make_one() {
        for z in [0.01, 0.7, 1.0, 1.96, 3.5] {
            assert_close(normal_cdf(z).unwrap() + normal_sf(z).unwrap(), 1.0, 1e-15);
            assert_close(normal_cdf(-z).unwrap(), normal_sf(z).unwrap(), 0.0);
        }
    }

    #[test]
    fn the_quantile_undoes_the_distribution_function_in_the_far_tail() {
        for p in [1e-300, 1e-80, 1e-10, 0.001, 0.074, 0.076, 0.3, 0.499] {
            let z = normal_quantile(p).unwrap();
            assert_close(normal_cdf(z).unwrap(), p, 1e-12);
            if p > 1e-3 {
                assert_close(-normal_quantile(1.0 - p).unwrap(), z, 1e-12);
            }
        }
    }

    #[test]
    fn infinities_have_a_probability_and_nonsense_has_none() {
        assert_close(normal_cdf(f64::INFINITY).unwrap(), 1.0, 0.0);
        assert_close(1.0 - normal_cdf(f64::NEG_INFINITY).unwrap(), 1.0, 0.0);
        assert_eq!(normal_cdf(f64::NAN), Err(Undefined::OutOfRange));
        for p in [0.0, 1.0, -0.5, 2.0, f64::NAN, f64::INFINITY] {
            assert_eq!(normal_quantile(p), Err(Undefined::OutOfRange));
        }
    }
}
