//! What must hold of the statistics whatever the data are.
//!
//! - `shuffles`: exact sums do not depend on the order of rows.
//! - `samples`: order, unit, origin and exchange of two or more samples.
//! - `tables`: exchange of arms and of outcomes, units of time at risk.
//! - `times`: order, unit and names of groups of times to an event; follow-up after the last event.
//! - `models`: order of rows, units of covariates and responses, names of arms and subjects.

mod models;
mod samples;
mod shuffles;
mod tables;
mod times;

use proptest::prelude::*;
use proptest::test_runner::{RngSeed, TestCaseError};

use super::Undefined;

/// Random data, the same in each run.
fn config(cases: u32) -> ProptestConfig {
    let rng_seed = RngSeed::Fixed(20_261_123);
    ProptestConfig { failure_persistence: None, rng_seed, ..ProptestConfig::with_cases(cases) }
}

/// Numbers of a statistic by how they behave.
#[derive(Clone, Debug, Default)]
struct Numbers {
    /// Neither the unit nor an exchange of the arms changes them.
    fixed: Vec<f64>,
    /// An exchange of the arms turns their sign.
    turned: Vec<f64>,
    /// In the unit of the data.
    wide: Vec<f64>,
    /// In the unit of the data, and an exchange of the arms turns their sign.
    shift: Vec<f64>,
}

impl Numbers {
    fn all(&self) -> Vec<f64> {
        [&self.fixed, &self.turned, &self.wide, &self.shift].into_iter().flatten().copied().collect()
    }

    /// What an exchange of the arms must make of them.
    fn exchanged(&self) -> Vec<f64> {
        let turn = |own: &Vec<f64>| own.iter().map(|value| -value).collect::<Vec<f64>>();
        [self.fixed.clone(), turn(&self.turned), self.wide.clone(), turn(&self.shift)].concat()
    }

    /// What a change of the unit must make of them.
    fn in_unit(&self, factor: f64) -> Vec<f64> {
        let scale = |own: &Vec<f64>| own.iter().map(|value| value * factor).collect::<Vec<f64>>();
        [self.fixed.clone(), self.turned.clone(), scale(&self.wide), scale(&self.shift)].concat()
    }
}

/// A statistic by name, or why it has no value.
type Named = Vec<(&'static str, Result<Numbers, Undefined>)>;

/// Whether each statistic of the second list is what `expected` makes of the first, as closely as asked.
fn agree(
    first: &Named,
    second: &Named,
    expected: impl Fn(&Numbers) -> Vec<f64>,
    tolerance: f64,
) -> Result<(), TestCaseError> {
    for ((name, one), (_, two)) in first.iter().zip(second) {
        match (one, two) {
            (Ok(one), Ok(two)) => close(name, &two.all(), &expected(one), tolerance)?,
            (Err(one), Err(two)) => prop_assert_eq!(one, two, "{}", name),
            _ => prop_assert!(false, "{}: {:?} and {:?}", name, one, two),
        }
    }
    prop_assert_eq!(first.len(), second.len());
    Ok(())
}

/// Whether numbers agree, relative to themselves or 1; none may be NaN or infinite.
fn close(name: &str, found: &[f64], expected: &[f64], tolerance: f64) -> Result<(), TestCaseError> {
    prop_assert_eq!(found.len(), expected.len());
    for (found, expected) in found.iter().zip(expected) {
        let near = libm::fabs(found - expected) <= tolerance * (1.0 + libm::fabs(*expected));
        prop_assert!(near && found.is_finite(), "{}: {} is not {}", name, found, expected);
    }
    Ok(())
}

/// An order of so many rows.
fn order(rows: usize) -> impl Strategy<Value = Vec<usize>> {
    Just((0..rows).collect::<Vec<usize>>()).prop_shuffle()
}

/// Rows in another order.
fn sorted<T: Clone>(rows: &[T], order: &[usize]) -> Vec<T> {
    order.iter().map(|place| rows[*place].clone()).collect()
}

/// Values with many ties, exact in binary.
fn quarters() -> impl Strategy<Value = f64> {
    (-16..=16).prop_map(|value| 0.25 * f64::from(value))
}
