//! Regression of events that may come again.

use super::super::Undefined;
use super::cox::{Ties, counting_process_cox};
use super::regression::ProportionalHazards;
use super::sandwich::ClusteredEffects;

/// Effects on events that may come again, with both kinds of standard errors.
#[derive(Clone, Debug)]
pub struct RecurrentEvents {
    /// Andersen and Gill's: standard errors hold when events of a subject depend on nothing but the covariates.
    pub model: ProportionalHazards,
    /// Lin, Wei, Yang and Ying's: ratios of the mean number of events, however those of a subject hang together.
    pub rates: Result<ClusteredEffects, Undefined>,
}

/// Cox regression of events that may come again.
///
/// # Method
/// The follow-up of a subject is cut at its events into rows that start at 0 or after an event, as `counting_process_cox`
/// needs them: Andersen and Gill 1982, The Annals of Statistics 10:1100. Robust standard errors by subject (LWYY): Lin,
/// Wei, Yang and Ying 2000, Journal of the Royal Statistical Society B 62:711; the hazard ratio is then the ratio of mean
/// cumulative functions, assumed to be the same at all times.
///
/// # Input
/// For each subject the end of its follow-up, from 0, and the times of its events in any order, each after 0, not after
/// the end, and no two at the same time; for each covariate a finite value for each subject. Who is followed for no time
/// contributes nothing.
///
/// # Not estimable
/// As `cox`; `OutOfRange` also when a subject has two events at the same time, one at 0 or one after its end. The robust
/// effects are `Separated` when the likelihood has no maximum, `TooFew` with one subject.
///
/// # Agrees with
/// R `coxph(Surv(start, stop, event) ~ covariates + cluster(id), ties = ties)` by its definition; cases in
/// `fixtures/reference/andersen-gill`.
pub fn andersen_gill(
    end: &[f64],
    events: &[Vec<f64>],
    covariates: &[Vec<f64>],
    ties: Ties,
    level: f64,
) -> Result<RecurrentEvents, Undefined> {
    let sound = end.iter().all(|end| end.is_finite() && *end >= 0.0);
    if !sound || events.len() != end.len() || covariates.iter().any(|column| column.len() != end.len()) {
        return Err(Undefined::OutOfRange);
    }
    let (mut start, mut stop, mut event, mut subject) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for (place, (end, events)) in end.iter().zip(events).enumerate() {
        let mut sorted = events.clone();
        sorted.sort_unstable_by(f64::total_cmp);
        let mut last = 0.0;
        for time in sorted {
            // An unordered comparison fails, so what is not a number is refused too.
            if !(time > last && time <= *end) {
                return Err(Undefined::OutOfRange);
            }
            start.push(last);
            stop.push(time);
            event.push(true);
            subject.push(place);
            last = time;
        }
        if last < *end {
            start.push(last);
            stop.push(*end);
            event.push(false);
            subject.push(place);
        }
    }
    let column = |column: &Vec<f64>| subject.iter().map(|place| column[*place]).collect();
    let columns: Vec<Vec<f64>> = covariates.iter().map(column).collect();
    let model = counting_process_cox(&start, &stop, &event, &columns, &vec![0; stop.len()], ties, level)?;
    let rates = model.clustered_effects(&subject, level);
    Ok(RecurrentEvents { model, rates })
}

#[cfg(test)]
mod tests {
    use super::super::cox::cox;
    use super::*;

    #[test]
    fn with_one_event_each_it_is_cox() {
        let end: Vec<f64> = (0..24).map(|i| f64::from(i * 7 % 11 + 1)).collect();
        let event: Vec<bool> = (0..24).map(|i| i % 3 != 0).collect();
        let columns = [(0..24).map(|i| f64::from(i % 2)).collect(), (0..24).map(|i| f64::from(i * i % 13)).collect()];
        let events: Vec<Vec<f64>> =
            end.iter().zip(&event).map(|(end, event)| if *event { vec![*end] } else { Vec::new() }).collect();
        for ties in [Ties::Efron, Ties::Breslow] {
            let found = andersen_gill(&end, &events, &columns, ties, 0.95).unwrap();
            let other = cox(&end, &event, &columns, ties, 0.95).unwrap();
            let rates = other.clustered_effects(&(0..24).collect::<Vec<usize>>(), 0.95).unwrap();
            for (one, two) in found.model.effects.iter().zip(&other.effects) {
                assert!(libm::fabs(one.unwrap().coefficient - two.unwrap().coefficient) < 1e-12);
                assert!(libm::fabs(one.unwrap().standard_error - two.unwrap().standard_error) < 1e-12);
            }
            for (one, two) in found.rates.unwrap().effects.iter().zip(&rates.effects) {
                assert!(libm::fabs(one.unwrap().standard_error - two.unwrap().standard_error) < 1e-12);
            }
        }
    }

    #[test]
    fn nothing_to_compare_and_nonsense() {
        let reason = |end: &[f64], events: &[&[f64]], arm: &[f64]| {
            let events: Vec<Vec<f64>> = events.iter().map(|events| events.to_vec()).collect();
            andersen_gill(end, &events, &[arm.to_vec()], Ties::Efron, 0.95).err()
        };
        assert_eq!(reason(&[], &[], &[]), Some(Undefined::NoData));
        assert_eq!(reason(&[0.0; 2], &[&[], &[]], &[0.0, 1.0]), Some(Undefined::NoData));
        assert_eq!(reason(&[3.0; 2], &[&[], &[]], &[0.0, 1.0]), Some(Undefined::NoEvents));
        assert_eq!(reason(&[3.0; 2], &[&[1.0], &[2.0]], &[1.0, 1.0]), Some(Undefined::NotEstimable));
        assert_eq!(reason(&[3.0; 2], &[&[1.0, 1.0], &[2.0]], &[0.0, 1.0]), Some(Undefined::OutOfRange));
        assert_eq!(reason(&[3.0; 2], &[&[0.0], &[2.0]], &[0.0, 1.0]), Some(Undefined::OutOfRange));
        assert_eq!(reason(&[3.0; 2], &[&[4.0], &[2.0]], &[0.0, 1.0]), Some(Undefined::OutOfRange));
        assert_eq!(reason(&[3.0; 2], &[&[f64::NAN], &[2.0]], &[0.0, 1.0]), Some(Undefined::OutOfRange));
        assert_eq!(reason(&[3.0; 2], &[&[1.0]], &[0.0, 1.0]), Some(Undefined::OutOfRange));
        assert_eq!(reason(&[-1.0, 3.0], &[&[], &[2.0]], &[0.0, 1.0]), Some(Undefined::OutOfRange));
        let one_arm =
            andersen_gill(&[3.0; 2], &[vec![1.0, 2.0], vec![]], &[vec![0.0, 1.0]], Ties::Efron, 0.95).unwrap();
        assert_eq!(one_arm.model.effects, [Err(Undefined::Separated)]);
        assert_eq!(one_arm.rates, Err(Undefined::Separated));
    }
}
