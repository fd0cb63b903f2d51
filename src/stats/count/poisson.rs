//! Poisson regression.

use super::super::Undefined;
use super::fit::Counts;
use super::{CountErrors, CountRegression};

/// Poisson regression of counts by maximum likelihood: rates per unit of the times at risk.
///
/// # Method
/// Log-linear model with the logarithm of the time at risk as offset (Nelder and Wedderburn 1972, JRSS A 135:370), by
/// Newton's method, a step halved while the likelihood falls. Standard errors are those of the model, or of White's
/// sandwich without correction (HC0), which hold when counts vary more than Poisson's. Wald tests and limits by the
/// normal distribution.
///
/// # Input
/// `columns` of the design, an intercept included as a column of ones; `counts`; `exposure`, the time at risk of each
/// subject, above 0; `level` strictly between 0 and 1.
///
/// # Not estimable
/// `Separated` when the likelihood has no maximum, as when an arm has no event; `NoEvents` when nobody has one;
/// `NotEstimable` when columns depend on each other; `NoData` without columns or subjects; `ZeroVariance` when robust
/// and every count that tells of an effect is exactly as fitted; `OutOfRange` when columns differ in length, a value is
/// not finite, a time not above 0 or the level is not a probability; `NotConverged` if the search does not end.
///
/// # Agrees with
/// R `glm(y ~ x + offset(log(time)), poisson)` with `confint.default`, robust with `sandwich::vcovHC(type = "HC0")`; SAS
/// `PROC GENMOD`; cases in `fixtures/reference/count`.
pub fn poisson_regression(
    columns: &[Vec<f64>],
    counts: &[u64],
    exposure: &[f64],
    errors: CountErrors,
    level: f64,
) -> Result<CountRegression, Undefined> {
    let data = Counts::new(columns, counts, exposure)?;
    let estimates = data.maximise(0.0, data.start()?)?;
    Ok(CountRegression {
        effects: data.effects(0.0, &estimates, errors, level)?,
        log_likelihood: data.likelihood(0.0, &estimates)?,
        dispersion: 0.0,
        dispersion_error: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arms(first: usize, second: usize) -> Vec<Vec<f64>> {
        let arm = (0..first).map(|_| 1.0).chain((0..second).map(|_| 0.0)).collect();
        vec![vec![1.0; first + second], arm]
    }

    #[track_caller]
    fn assert_close(value: f64, expected: f64) {
        assert!(libm::fabs(value - expected) <= 1e-14 * (1.0 + libm::fabs(expected)), "{value} is not {expected}");
    }

    #[test]
    fn two_arms_on_paper() {
        // 6 events in 4 years against 3 in 6: ratio 3, variance of its logarithm 1/6 + 1/3.
        let (counts, time) = ([3, 1, 2, 0, 3], [1.0, 1.0, 2.0, 2.5, 3.5]);
        let fit = |errors| poisson_regression(&arms(3, 2), &counts, &time, errors, 0.95).unwrap();
        let found = fit(CountErrors::Model);
        assert_close(found.effects[0].coefficient, -libm::log(2.0));
        assert_close(found.effects[1].coefficient, libm::log(3.0));
        assert_close(found.effects[1].standard_error, libm::sqrt(0.5));
        // Robust: sums of squared residuals over squared events, 1.5² + 0.5² + 1 over 36 and 2 · 1.25² over 9.
        assert_close(fit(CountErrors::Robust).effects[1].standard_error, libm::sqrt(3.5 / 36.0 + 3.125 / 9.0));
        let turned = vec![vec![1.0; 5], arms(3, 2)[1].iter().map(|arm| 1.0 - arm).collect()];
        let turned = poisson_regression(&turned, &counts, &time, CountErrors::Model, 0.95).unwrap();
        assert_close(turned.effects[1].coefficient, -libm::log(3.0));
        assert_close(turned.effects[1].interval.upper, -found.effects[1].interval.lower);
    }

    #[test]
    fn an_arm_without_events_is_separated_whichever_it_is() {
        for counts in [[0, 0, 0, 2, 1, 4], [1, 3, 0, 0, 0, 0]] {
            let found = poisson_regression(&arms(3, 3), &counts, &[1.0; 6], CountErrors::Model, 0.95);
            assert_eq!(found, Err(Undefined::Separated));
        }
        // A measurement above which nobody has an event is none: the rate may fall with it.
        let dose = vec![vec![1.0; 6], vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0]];
        assert!(poisson_regression(&dose, &[3, 1, 1, 0, 0, 0], &[1.0; 6], CountErrors::Model, 0.95).is_ok());
        let found = poisson_regression(&dose, &[3, 0, 0, 0, 0, 0], &[1.0; 6], CountErrors::Model, 0.95);
        assert_eq!(found, Err(Undefined::Separated));
    }

    #[test]
    fn every_small_pair_of_arms_has_a_value_or_a_reason() {
        for (x, y) in (0..=4).flat_map(|x| (0..=4).map(move |y| (x, y))) {
            let found = poisson_regression(&arms(1, 1), &[x, y], &[2.0, 1.0], CountErrors::Model, 0.95);
            match (x, y) {
                (0, 0) => assert_eq!(found, Err(Undefined::NoEvents)),
                (0, _) | (_, 0) => assert_eq!(found, Err(Undefined::Separated), "{x} {y}"),
                _ => assert!(found.is_ok()),
            }
        }
    }

    #[test]
    fn large_counts_and_long_times() {
        let found =
            poisson_regression(&arms(1, 1), &[4_000_000, 1_000_000], &[1e-6, 1e9], CountErrors::Model, 0.95).unwrap();
        assert_close(found.effects[1].coefficient, libm::log(4e15));
        assert_close(found.effects[1].standard_error, libm::sqrt(1.25e-6));
    }

    #[test]
    fn what_cannot_be_fitted() {
        let fit = |columns: &[Vec<f64>], counts: &[u64], time: &[f64], errors, level| {
            poisson_regression(columns, counts, time, errors, level).err()
        };
        let (columns, counts, time) = (arms(2, 2), [1, 2, 3, 4], [1.0; 4]);
        let by_model = CountErrors::Model;
        assert_eq!(fit(&[], &counts, &time, by_model, 0.95), Some(Undefined::NoData));
        assert_eq!(fit(&[vec![]], &[], &[], by_model, 0.95), Some(Undefined::NoData));
        assert_eq!(fit(&columns, &counts, &time, by_model, 1.0), Some(Undefined::OutOfRange));
        assert_eq!(fit(&columns, &counts, &time[1..], by_model, 0.95), Some(Undefined::OutOfRange));
        assert_eq!(fit(&columns, &counts[1..], &time[1..], by_model, 0.95), Some(Undefined::OutOfRange));
        for odd in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            assert_eq!(fit(&columns, &counts, &[1.0, 1.0, odd, 1.0], by_model, 0.95), Some(Undefined::OutOfRange));
        }
        assert_eq!(fit(&columns, &[0; 4], &time, by_model, 0.95), Some(Undefined::NoEvents));
        assert_eq!(fit(&columns, &[2, 2, 3, 3], &time, CountErrors::Robust, 0.95), Some(Undefined::ZeroVariance));
        let twice = vec![columns[0].clone(), columns[1].clone(), columns[1].iter().map(|arm| 1.0 - arm).collect()];
        assert_eq!(fit(&twice, &counts, &time, by_model, 0.95), Some(Undefined::NotEstimable));
        let odd = vec![vec![1.0, f64::NAN, 1.0, 1.0]];
        assert_eq!(fit(&odd, &counts, &time, by_model, 0.95), Some(Undefined::OutOfRange));
    }
}
