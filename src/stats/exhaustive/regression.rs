//! Logistic regressions of every outcome of a few subjects.

use super::super::Undefined;
use super::super::logistic::{firth_logistic, logistic, logistic_profile_limits, standardised_risks};

/// Subjects of two groups with a dose far from 0.
const GROUPS: [f64; 8] = [0.0, 1.0, 0.0, 1.0, 1.0, 0.0, 1.0, 0.0];
const DOSES: [f64; 8] = [2001.0, 2002.0, 2003.0, 2004.0, 2005.0, 2006.0, 2007.0, 2009.0];

/// Whether two numbers agree to what the search for limits leaves of their digits.
fn near(one: f64, two: f64) -> bool {
    libm::fabs(one - two) <= 1e-8 * libm::fabs(one).max(libm::fabs(two)).max(1.0)
}

fn designs() -> [Vec<Vec<f64>>; 2] {
    let ones = vec![1.0; 8];
    [vec![ones.clone(), GROUPS.to_vec()], vec![ones, GROUPS.to_vec(), DOSES.to_vec()]]
}

/// All outcomes, each with its opposite.
fn outcomes() -> impl Iterator<Item = [Vec<bool>; 2]> {
    (0..256_u32).map(|bits| [false, true].map(|turned| (0..8).map(|own| ((bits >> own) & 1 == 1) != turned).collect()))
}

#[test]
fn a_likelihood_has_a_maximum_or_is_separated() {
    for columns in designs() {
        let mut separated = 0;
        for [here, there] in outcomes() {
            let fit = match logistic(&columns, &here, 0.95) {
                Ok(fit) => fit,
                Err(reason) => {
                    assert_eq!(reason, Undefined::Separated, "{here:?}");
                    assert_eq!(logistic(&columns, &there, 0.95), Err(reason));
                    assert_eq!(logistic_profile_limits(&columns, &here, 1, 0.95), Err(reason));
                    separated += 1;
                    continue;
                }
            };
            let turned = logistic(&columns, &there, 0.95).unwrap();
            for (place, effect) in fit.effects.iter().enumerate() {
                assert!(near(effect.coefficient, -turned.effects[place].coefficient), "{here:?}");
                let limits = logistic_profile_limits(&columns, &here, place, 0.95).unwrap();
                let other = logistic_profile_limits(&columns, &there, place, 0.95).unwrap();
                assert!(limits.lower < effect.coefficient && effect.coefficient < limits.upper, "{here:?}");
                assert!(near(limits.lower, -other.upper) && near(limits.upper, -other.lower), "{here:?}");
            }
            let [first, second] = [1.0, 0.0].map(|group| {
                let mut all = columns.clone();
                all[1] = vec![group; 8];
                all
            });
            let risks = standardised_risks(&columns, &here, [&first, &second], 0.95).unwrap();
            assert!(risks.difference.interval.lower <= risks.difference.estimate);
            assert!((0.0..=1.0).contains(&risks.first) && (0.0..=1.0).contains(&risks.second));
        }
        assert!(0 < separated && separated < 256);
    }
}

#[test]
fn a_penalised_likelihood_always_has_one() {
    for columns in designs() {
        for [here, there] in outcomes() {
            let fit = firth_logistic(&columns, &here, 0.95).unwrap_or_else(|reason| panic!("{here:?}: {reason:?}"));
            let turned = firth_logistic(&columns, &there, 0.95).unwrap();
            for (effect, other) in fit.effects.iter().zip(&turned.effects) {
                assert!(near(effect.coefficient, -other.coefficient), "{here:?} {effect:?} {other:?}");
                assert!(near(effect.standard_error, other.standard_error), "{here:?}");
                assert!(near(effect.test.statistic, other.test.statistic), "{here:?}");
                assert!(effect.interval.lower < effect.coefficient && effect.coefficient < effect.interval.upper);
                assert!(near(effect.interval.lower, -other.interval.upper), "{here:?} {effect:?} {other:?}");
                // Limits and test are of the same likelihood.
                let holds = effect.interval.lower <= 0.0 && 0.0 <= effect.interval.upper;
                assert!(holds == (effect.test.p >= 0.05), "{here:?} {effect:?}");
            }
        }
    }
}
