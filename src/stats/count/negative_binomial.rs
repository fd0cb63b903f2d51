//! Negative binomial regression.

use super::super::describe::compensated;
use super::super::{Undefined, real, size};
use super::fit::Counts;
use super::{CountErrors, CountRegression};

/// A larger count is refused: sums run over all whole numbers below the counts.
const LARGEST: u64 = 1_000_000;

/// Beyond this factor of the first guess no dispersion is looked for.
const RANGE: u32 = 60;

/// Halvings of the bracket in the logarithm of the dispersion; its width is then below the rounding of a double.
const HALVINGS: u32 = 70;

/// Below this argument the terms of the derivative are summed as a series.
const SMALL: f64 = 0.03;

/// Negative binomial regression of counts by maximum likelihood: rates per unit of the times at risk, with more variation
/// between subjects than Poisson's.
///
/// # Method
/// The variance is the mean plus the dispersion times its square (Lawless 1987, Canadian Journal of Statistics 15:209;
/// Cameron and Trivedi's second kind). For each dispersion the effects are those of highest likelihood, by Newton's
/// method; the dispersion is where the derivative of that likelihood is 0, by halving. When that derivative is not above
/// 0 at a dispersion of 0, the counts vary no more than Poisson's: the dispersion is 0 and the effects are those of the
/// Poisson regression. Standard errors are by the expected information with the dispersion taken as known, or robust
/// with it (HC0); that of the dispersion is with the effects taken as known.
///
/// # Input
/// As `poisson_regression`; no count above a million.
///
/// # Not estimable
/// As `poisson_regression`; `TooLarge` when a count is above a million; `NotConverged` also when the likelihood rises
/// with the dispersion as far as it is followed.
///
/// # Agrees with
/// R `MASS::glm.nb`, whose `theta` is 1 over the dispersion; SAS `PROC GENMOD` with `DIST=NEGBIN` in dispersion and
/// estimates, while its standard errors do not take the dispersion as known; cases in `fixtures/reference/count`.
pub fn negative_binomial_regression(
    columns: &[Vec<f64>],
    counts: &[u64],
    exposure: &[f64],
    errors: CountErrors,
    level: f64,
) -> Result<CountRegression, Undefined> {
    let data = Counts::new(columns, counts, exposure)?;
    if counts.iter().any(|count| *count > LARGEST) {
        return Err(Undefined::TooLarge);
    }
    let poisson = data.maximise(0.0, data.start()?)?;
    let means = data.means(&poisson);
    let excess = compensated(data.observed.iter().zip(&means).flat_map(|(count, mean)| {
        let distance = count - mean;
        [distance * distance, -count]
    }));
    let (mut dispersion, mut estimates, mut dispersion_error) = (0.0, poisson, None);
    if excess > 0.0 {
        let more = above(counts);
        let guess = excess / compensated(means.iter().map(|mean| mean * mean));
        (dispersion, estimates) = most_likely(&data, &more, guess, estimates)?;
        let curvature = curvature(&data, &more, dispersion, &data.means(&estimates));
        dispersion_error = (curvature > 0.0).then(|| 1.0 / curvature.sqrt());
    }
    Ok(CountRegression {
        effects: data.effects(dispersion, &estimates, errors, level)?,
        log_likelihood: data.likelihood(dispersion, &estimates)?,
        dispersion,
        dispersion_error,
    })
}

/// For each whole number from 0 how many counts are above it.
fn above(counts: &[u64]) -> Vec<f64> {
    let mut sorted = counts.to_vec();
    sorted.sort_unstable();
    let mut more = Vec::new();
    let mut left = size(&sorted);
    for (place, count) in sorted.iter().enumerate() {
        while size(&more) < real(*count) {
            more.push(left);
        }
        left = size(&sorted[place + 1..]);
    }
    more
}

/// The dispersion of highest likelihood, with its effects. At 0 the likelihood rises with it.
fn most_likely(data: &Counts<'_>, more: &[f64], guess: f64, start: Vec<f64>) -> Result<(f64, Vec<f64>), Undefined> {
    let mut estimates = start;
    let mut rises = |dispersion: f64| {
        let there = data.maximise(dispersion, estimates.clone())?;
        let slope = slope(data, more, dispersion, &data.means(&there));
        estimates = there;
        Ok(slope > 0.0)
    };
    let (mut low, mut high) = (guess, guess);
    let mut strides = 0..RANGE;
    while rises(high)? {
        (low, high) = (high, 4.0 * high);
        strides.next().ok_or(Undefined::NotConverged)?;
    }
    while low >= high || !rises(low)? {
        (low, high) = (low / 4.0, low);
        strides.next().ok_or(Undefined::NotConverged)?;
    }
    for _ in 0..HALVINGS {
        let middle = (low * high).sqrt();
        if middle <= low || middle >= high {
            break;
        }
        if rises(middle)? {
            low = middle;
        } else {
            high = middle;
        }
    }
    let dispersion = (low * high).sqrt();
    let estimates = data.maximise(dispersion, estimates)?;
    Ok((dispersion, estimates))
}

/// The derivative of the log-likelihood by the dispersion.
fn slope(data: &Counts<'_>, more: &[f64], dispersion: f64, means: &[f64]) -> f64 {
    let whole = numbers(more).map(|(own, subjects)| subjects * own / (1.0 + dispersion * own));
    let of_means = means.iter().zip(&data.observed).flat_map(|(mean, count)| {
        let product = dispersion * mean;
        [rest(product) * mean * mean, -count * mean / (1.0 + product)]
    });
    compensated(whole.chain(of_means))
}

/// The second derivative, with the sign changed.
fn curvature(data: &Counts<'_>, more: &[f64], dispersion: f64, means: &[f64]) -> f64 {
    let whole = numbers(more).map(|(own, subjects)| {
        let share = own / (1.0 + dispersion * own);
        subjects * share * share
    });
    let of_means = means.iter().zip(&data.observed).flat_map(|(mean, count)| {
        let product = dispersion * mean;
        let share = mean / (1.0 + product);
        [(2.0 * rest(product) * mean * mean - share * share) / dispersion, -count * share * share]
    });
    compensated(whole.chain(of_means))
}

/// Whole numbers with the subjects whose counts are above them.
fn numbers(more: &[f64]) -> impl Iterator<Item = (f64, f64)> {
    let mut own = -1.0;
    more.iter().map(move |subjects| {
        own += 1.0;
        (own, *subjects)
    })
}

/// (log(1 + x) − x / (1 + x)) / x², of which little would be left for a small x.
fn rest(x: f64) -> f64 {
    if x > SMALL {
        return (libm::log1p(x) - x / (1.0 + x)) / (x * x);
    }
    // Σ (−x)^(k−2) (k − 1) / k from k = 2; twelve terms leave 1e-18.
    let mut total = 0.0;
    let mut k = 14.0;
    while k > 1.0 {
        total = (k - 1.0) / k - x * total;
        k -= 1.0;
    }
    total
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ones(n: usize) -> Vec<Vec<f64>> {
        vec![vec![1.0; n]]
    }

    fn fit(columns: &[Vec<f64>], counts: &[u64], exposure: &[f64]) -> Result<CountRegression, Undefined> {
        negative_binomial_regression(columns, counts, exposure, CountErrors::Model, 0.95)
    }

    #[test]
    fn counts_that_vary_less_than_poisson_are_poisson() {
        let counts = [2, 3, 2, 3, 2];
        let found = fit(&ones(5), &counts, &[1.0; 5]).unwrap();
        assert_eq!(found.dispersion.to_bits(), 0);
        assert_eq!(
            found,
            super::super::poisson_regression(&ones(5), &counts, &[1.0; 5], CountErrors::Model, 0.95).unwrap()
        );
    }

    #[test]
    fn the_mean_of_one_sample_is_its_mean() {
        // With a common time the estimate of the mean does not depend on the dispersion.
        let counts = [0, 9, 1, 0, 4, 2, 13, 0];
        let found = fit(&ones(8), &counts, &[2.0; 8]).unwrap();
        assert!(libm::fabs(found.effects[0].coefficient - libm::log(29.0 / 16.0)) < 1e-13);
        let (mean, k) = (29.0 / 8.0, found.dispersion);
        let error = libm::sqrt((1.0 + k * mean) / 29.0);
        assert!(libm::fabs(found.effects[0].standard_error - error) < 1e-13);
        // The likelihood is lower on both sides, of which the largest dispersion is far.
        let data = [counts.as_slice(), &[0, 0, 0]].concat();
        assert!(fit(&ones(11), &data, &[1.0; 11]).unwrap().dispersion > k);
    }

    #[test]
    fn time_is_a_unit() {
        let columns = vec![vec![1.0; 6], vec![0.0, 0.0, 0.0, 1.0, 1.0, 1.0]];
        let counts = [0, 5, 1, 3, 12, 2];
        let (years, days) = ([1.0, 2.0, 0.5, 1.0, 1.5, 1.0], [365.0, 730.0, 182.5, 365.0, 547.5, 365.0]);
        let (one, two) = (fit(&columns, &counts, &years).unwrap(), fit(&columns, &counts, &days).unwrap());
        assert!(libm::fabs(one.dispersion - two.dispersion) < 1e-12 * one.dispersion);
        assert!(libm::fabs(one.effects[1].coefficient - two.effects[1].coefficient) < 1e-12);
        assert!(libm::fabs(one.effects[0].coefficient - two.effects[0].coefficient - libm::log(365.0)) < 1e-11);
    }

    #[test]
    fn the_series_meets_the_formula() {
        for x in [0.02, 0.03] {
            let formula = (libm::log1p(x) - x / (1.0 + x)) / (x * x);
            assert!(libm::fabs(rest(x) - formula) < 1e-12);
        }
        assert!(libm::fabs(rest(0.0) - 0.5) < 1e-15);
    }

    #[test]
    fn what_cannot_be_fitted() {
        assert_eq!(fit(&ones(2), &[0, 0], &[1.0; 2]), Err(Undefined::NoEvents));
        assert_eq!(fit(&ones(2), &[0, 1_000_001], &[1.0; 2]), Err(Undefined::TooLarge));
        let columns = vec![vec![1.0; 6], vec![0.0, 0.0, 0.0, 1.0, 1.0, 1.0]];
        assert_eq!(fit(&columns, &[0, 0, 0, 1, 12, 2], &[1.0; 6]), Err(Undefined::Separated));
        // One subject has all events: the likelihood is highest at some dispersion all the same.
        assert!(fit(&ones(6), &[0, 0, 0, 0, 0, 50], &[1.0; 6]).unwrap().dispersion > 1.0);
        assert_eq!(fit(&ones(6), &[0, 0, 1], &[1.0; 6]), Err(Undefined::OutOfRange));
    }
}
