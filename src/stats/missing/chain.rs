//! Multiple imputation of a normal vector with gaps anywhere.

use super::super::Undefined;
use super::augmentation::Augmentation;
use super::random::Stream;
use super::table::Standardised;

/// How long a chain runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChainLength {
    /// Cycles before the first imputation is taken.
    pub burn_in: u32,
    /// Cycles from one imputation to the next, at least 1.
    pub between: u32,
}

/// Complete data sets drawn for a multivariate normal vector, whatever is missing where.
///
/// # Method
/// Data augmentation, Schafer 1997, chapter 5: in turn the missing values are drawn given mean and covariance and what the
/// subject has, and mean and covariance given the completed data under the prior of Jeffreys: the covariance from an inverse
/// Wishart distribution with n − 1 degrees of freedom, the mean from its normal distribution given it. One chain, begun at
/// the observed means and no correlation. Missing at random.
///
/// # Input
/// A row for each subject, all of the same length; a subject may have nothing. Imputations are taken after `length.burn_in`
/// cycles and then every `length.between`.
///
/// # Not estimable
/// `NoData` without subjects or when a column was never observed; `TooFew` unless more subjects are complete than there are
/// columns; `ZeroVariance` for a constant column; `NotEstimable` when columns are combinations of one another;
/// `OutOfRange` for rows of different lengths, values that are not finite and no cycle between imputations.
///
/// # Agrees with
/// The closed forms of the predictive distribution where the pattern is monotone, and a sampler in `SciPy` where it is not,
/// within the error of simulation: cases in `fixtures/reference/missing`. The model is that of SAS `PROC MI; MCMC`.
pub fn impute_chain(
    rows: &[Vec<Option<f64>>],
    imputations: u32,
    length: ChainLength,
    seed: u64,
) -> Result<Vec<Vec<Vec<f64>>>, Undefined> {
    let table = Standardised::new(rows)?;
    if length.between == 0 {
        return Err(Undefined::OutOfRange);
    }
    let constant = vec![vec![1.0]; rows.len()];
    let mut chain = Augmentation::new(table.rows.iter().map(Vec::as_slice).collect(), constant)?;
    let mut stream = Stream::new(seed, 0);
    let mut found = Vec::new();
    let mut wait = u64::from(length.burn_in) + 1;
    while found.len() < imputations as usize {
        let completed = chain.filled(&mut stream)?;
        wait -= 1;
        if wait == 0 {
            found.push(table.restored(rows, &completed)?);
            wait = u64::from(length.between);
        }
        chain.renew(&completed, &mut stream)?;
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHORT: ChainLength = ChainLength { burn_in: 5, between: 2 };

    fn rows() -> Vec<Vec<Option<f64>>> {
        let row = |place: u32| {
            let x = f64::from(place * 7 % 11);
            vec![
                (!place.is_multiple_of(5)).then_some(x),
                (!place.is_multiple_of(4)).then(|| 2.0 * x + f64::from(place * 5 % 7)),
            ]
        };
        (0..24).map(row).collect()
    }

    #[test]
    fn what_was_observed_keeps_its_bits_and_a_longer_run_begins_with_the_shorter() {
        let (few, many) = (impute_chain(&rows(), 2, SHORT, 3).unwrap(), impute_chain(&rows(), 4, SHORT, 3).unwrap());
        assert_eq!(few, many[..2]);
        for completed in &many {
            for (own, filled) in rows().iter().zip(completed) {
                assert!(
                    own.iter().zip(filled).all(|(own, filled)| own.is_none_or(|own| own.to_bits() == filled.to_bits()))
                );
            }
        }
        assert_ne!(many[0], many[1]);
    }

    #[test]
    fn what_cannot_be_drawn() {
        let of = |rows: &[Vec<Option<f64>>], length| impute_chain(rows, 1, length, 0).map(|_| ());
        assert_eq!(of(&[], SHORT), Err(Undefined::NoData));
        assert_eq!(of(&rows(), ChainLength { burn_in: 5, between: 0 }), Err(Undefined::OutOfRange));
        assert_eq!(of(&[vec![Some(1.0), Some(3.0)], vec![Some(2.0), Some(1.0)]], SHORT), Err(Undefined::TooFew));
        let copied: Vec<Vec<Option<f64>>> = rows().iter().map(|row| vec![row[0], row[0]]).collect();
        assert_eq!(of(&copied, SHORT), Err(Undefined::NotEstimable));
        assert_eq!(of(&vec![vec![Some(4.0)]; 5], SHORT), Err(Undefined::ZeroVariance));
        let ragged = [vec![Some(4.0)], vec![Some(1.0), None]];
        assert_eq!(of(&ragged, SHORT), Err(Undefined::OutOfRange));
    }
}
