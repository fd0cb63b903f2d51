//! Complete data sets of a trial with visits.

use super::super::Undefined;
use super::super::mixed::square::{Square, dot};
use super::augmentation::Augmentation;
use super::chain::ChainLength;
use super::delta::delta_adjusted;
use super::design::Design;
use super::random::Stream;
use super::reference::{ReferenceRule, expected};
use super::table::Standardised;

/// The subjects of a trial, each list in the order of the subjects.
#[derive(Clone, Copy, Debug)]
pub struct Visits<'a> {
    /// The number of the arm of each subject, below `arms`.
    pub arm: &'a [usize],
    /// How many arms there are; not all need occur.
    pub arms: usize,
    /// For each factor, such as a stratum, the number of its level for each subject.
    pub factors: &'a [Vec<usize>],
    /// For each covariate, such as the value at baseline, its value for each subject.
    pub covariates: &'a [Vec<f64>],
    /// For each subject its values in the order of the visits, of which some are missing.
    pub values: &'a [Vec<Option<f64>>],
}

/// Which arms share a covariance of the visits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Covariances {
    /// All: one regression with a mean for each arm and visit.
    Common,
    /// None: a regression for each arm.
    EachArm,
}

/// How complete data sets are drawn.
#[derive(Clone, Copy, Debug)]
pub struct Imputation<'a> {
    /// What is taken to happen after the last visit observed.
    pub rule: ReferenceRule,
    /// The arm that the rule refers to.
    pub reference: usize,
    /// Which arms share a covariance.
    pub covariances: Covariances,
    /// Added to imputed values, by arm and visit; empty for nothing.
    pub shifts: &'a [Vec<f64>],
    /// How many complete data sets.
    pub imputations: u32,
    /// How long the chain runs.
    pub length: ChainLength,
    /// From which all random numbers are counted.
    pub seed: u64,
}

/// Complete data sets of a trial: missing at random, from a reference arm, and shifted.
///
/// # Method
/// The visits are regressed together on arm, factors and covariates, each with a coefficient of its own at each visit and
/// with an unstructured covariance; parameters and missing values are drawn in turn under the prior of Jeffreys as in
/// [`impute_chain`](super::impute_chain). Values after the last visit observed are then drawn from the distribution of
/// [`reference_conditional`](super::reference_conditional) for the same draw of the parameters: Carpenter, Roger and Kenward
/// 2013, Journal of Biopharmaceutical Statistics 23:1352. Gaps before it are missing at random in the own arm. All rules and
/// shifts use the same draws of the parameters.
///
/// # Input
/// A subject may have no value at all. Factors and covariates without missing values. Imputations are taken after
/// `length.burn_in` cycles and then every `length.between`; a longer run begins with the shorter.
///
/// # Not estimable
/// `NoData` without subjects, when a visit was never observed, and when nobody is in the reference arm of a rule that needs
/// it; `TooFew` unless the subjects observed at all visits (in each arm, unless covariances are common) are at least as
/// many as visits and regressors together; `ZeroVariance` for a visit or covariate that does not vary; `NotEstimable` when
/// visits or regressors are combinations of one another among those subjects, as when an arm has none of them;
/// `OutOfRange` for lengths that differ, a number of an arm not below `arms`, shifts of another shape, what is not finite
/// and no cycle between imputations.
///
/// # Agrees with
/// Independent draws by the closed form of the posterior distribution where the pattern is monotone, and a sampler in
/// `SciPy` where it is not, within the error of simulation: cases in `fixtures/reference/missing`.
pub fn impute_visits(data: Visits<'_>, how: Imputation<'_>) -> Result<Vec<Vec<Vec<f64>>>, Undefined> {
    let table = Standardised::new(data.values)?;
    let width = table.width();
    let subjects = data.values.len();
    let lengths = data.factors.iter().map(Vec::len).chain(data.covariates.iter().map(Vec::len));
    let matched = lengths.chain([data.arm.len()]).all(|length| length == subjects);
    let shaped = how.shifts.is_empty()
        || (how.shifts.len() == data.arms && how.shifts.iter().all(|shifts| shifts.len() == width));
    let known_arms = data.arm.iter().chain([&how.reference]).all(|arm| *arm < data.arms);
    if !matched || !shaped || !known_arms || how.length.between == 0 {
        return Err(Undefined::OutOfRange);
    }
    let occurs: Vec<usize> = (0..data.arms).filter(|arm| data.arm.contains(arm)).collect();
    if how.rule != ReferenceRule::MissingAtRandom && !occurs.contains(&how.reference) {
        return Err(Undefined::NoData);
    }
    let design = Design::new(data, &occurs, how.covariances)?;
    let mut chains: Vec<Chain<'_>> = design
        .groups(data.arm, &occurs)
        .into_iter()
        .zip(0..)
        .map(|(subjects, number)| Chain::new(subjects, &table, &design, data.arm, Stream::new(how.seed, number)))
        .collect::<Result<_, _>>()?;
    let mut found = Vec::new();
    let mut wait = u64::from(how.length.burn_in) + 1;
    while found.len() < how.imputations as usize {
        wait -= 1;
        let mut completed = vec![Vec::new(); subjects];
        for chain in &mut chains {
            chain.cycle(&mut completed)?;
        }
        if wait == 0 {
            let mut set = table.restored(data.values, &completed)?;
            if how.rule != ReferenceRule::MissingAtRandom {
                let number = u64::MAX - found.len() as u64;
                continued(&mut set, data, how, (&table, &design, &chains), &mut Stream::new(how.seed, number))?;
            }
            for (subject, values) in set.iter_mut().enumerate().filter(|_| !how.shifts.is_empty()) {
                let imputed: Vec<bool> = data.values[subject].iter().map(Option::is_none).collect();
                *values = delta_adjusted(values, &imputed, &how.shifts[data.arm[subject]])?;
            }
            found.push(set);
            wait = u64::from(how.length.between);
        }
        for chain in &mut chains {
            chain.renew(&completed)?;
        }
    }
    Ok(found)
}

/// Draws the values after the last visit observed again, by the rule.
fn continued(
    set: &mut [Vec<f64>],
    data: Visits<'_>,
    how: Imputation<'_>,
    (table, design, chains): (&Standardised, &Design, &[Chain<'_>]),
    stream: &mut Stream,
) -> Result<(), Undefined> {
    let units = || table.centre.iter().zip(&table.scale);
    let original = |means: Vec<f64>| -> Vec<f64> {
        units().zip(means).map(|((centre, scale), mean)| centre + scale * mean).collect()
    };
    let of = |arm: usize| chains.iter().find(|chain| chain.arms.contains(&arm)).ok_or(Undefined::NoData);
    let reference = &of(how.reference)?.model;
    let mut triangle: Square = reference.covariance.cholesky().ok_or(Undefined::NotEstimable)?;
    for (row, scale) in triangle.entries.chunks_mut(table.width()).zip(&table.scale) {
        for entry in row {
            *entry *= scale;
        }
    }
    for (subject, values) in set.iter_mut().enumerate() {
        let known = data.values[subject].iter().rposition(Option::is_some).map_or(0, |last| last + 1);
        let arm = data.arm[subject];
        if known == values.len() || arm == how.reference {
            continue;
        }
        let own = original(of(arm)?.model.means(&design.point(subject, arm)));
        let other = original(reference.means(&design.point(subject, how.reference)));
        let mean = expected(&own, &other, known, how.rule);
        // Values are mean + triangle z: the observed ones determine the first z, the others are drawn.
        let mut z: Vec<f64> = Vec::with_capacity(values.len());
        for (visit, value) in values.iter_mut().enumerate() {
            let explained = mean[visit] + dot(&triangle.row(visit)[..visit], &z);
            let own = triangle.at(visit, visit);
            if visit < known {
                z.push((*value - explained) / own);
            } else {
                let drawn = stream.normal();
                z.push(drawn);
                *value = super::super::finite(explained + own * drawn)?;
            }
        }
    }
    Ok(())
}

/// The regression of some arms, with its own random numbers.
struct Chain<'a> {
    arms: Vec<usize>,
    subjects: Vec<usize>,
    model: Augmentation<'a>,
    stream: Stream,
}

impl<'a> Chain<'a> {
    fn new(
        arms: Vec<usize>,
        table: &'a Standardised,
        design: &Design,
        arm: &[usize],
        stream: Stream,
    ) -> Result<Self, Undefined> {
        let subjects: Vec<usize> = (0..arm.len()).filter(|subject| arms.contains(&arm[*subject])).collect();
        let rows = subjects.iter().map(|subject| table.rows[*subject].as_slice()).collect();
        let regressors = subjects.iter().map(|subject| design.point(*subject, arm[*subject])).collect();
        Ok(Self { arms, model: Augmentation::new(rows, regressors)?, subjects, stream })
    }

    fn cycle(&mut self, completed: &mut [Vec<f64>]) -> Result<(), Undefined> {
        for (subject, values) in self.subjects.iter().zip(self.model.filled(&mut self.stream)?) {
            completed[*subject] = values;
        }
        Ok(())
    }

    fn renew(&mut self, completed: &[Vec<f64>]) -> Result<(), Undefined> {
        let own: Vec<Vec<f64>> = self.subjects.iter().map(|subject| completed[*subject].clone()).collect();
        self.model.renew(&own, &mut self.stream)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHORT: ChainLength = ChainLength { burn_in: 5, between: 2 };
    const RULES: [ReferenceRule; 4] = [
        ReferenceRule::MissingAtRandom,
        ReferenceRule::JumpToReference,
        ReferenceRule::CopyReference,
        ReferenceRule::CopyIncrement,
    ];

    fn arms() -> Vec<usize> {
        (0..30).map(|place| place % 2).collect()
    }

    fn baseline() -> Vec<Vec<f64>> {
        vec![(0..30_u32).map(|place| f64::from(place * 7 % 11)).collect()]
    }

    /// Three visits: some subjects leave, one has a gap between, one has nothing.
    fn values() -> Vec<Vec<Option<f64>>> {
        let row = |place: u32| {
            let x = f64::from(place * 7 % 11);
            let visit = |at: u32| x + f64::from(place * (3 + at) % (5 + at)) + f64::from((place % 2) * at);
            let stays = if place % 5 == 4 { place / 5 % 3 } else { 3 };
            (0..3).map(|at| (at < stays && (place, at) != (7, 1)).then(|| visit(at))).collect()
        };
        (0..30).map(row).collect()
    }

    fn how(rule: ReferenceRule, covariances: Covariances) -> Imputation<'static> {
        Imputation { rule, reference: 0, covariances, shifts: &[], imputations: 3, length: SHORT, seed: 9 }
    }

    fn found(rule: ReferenceRule, covariances: Covariances) -> Vec<Vec<Vec<f64>>> {
        let (arm, covariates, values) = (arms(), baseline(), values());
        let data = Visits { arm: &arm, arms: 2, factors: &[], covariates: &covariates, values: &values };
        impute_visits(data, how(rule, covariances)).unwrap()
    }

    #[test]
    fn what_was_observed_keeps_its_bits_and_rules_concern_later_visits_of_other_arms_only() {
        for covariances in [Covariances::Common, Covariances::EachArm] {
            let random = found(ReferenceRule::MissingAtRandom, covariances);
            for rule in RULES {
                for (set, beside) in found(rule, covariances).iter().zip(&random) {
                    for (subject, own) in values().iter().enumerate() {
                        let last = own.iter().rposition(Option::is_some).map_or(0, |last| last + 1);
                        for visit in 0..3 {
                            let value = set[subject][visit];
                            assert!(own[visit].is_none_or(|own| own.to_bits() == value.to_bits()));
                            let same = visit < last || subject % 2 == 0 || rule == ReferenceRule::MissingAtRandom;
                            assert_eq!(same, value.to_bits() == beside[subject][visit].to_bits());
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn shifts_are_added_to_what_was_imputed() {
        let (arm, covariates, values) = (arms(), baseline(), values());
        let data = Visits { arm: &arm, arms: 2, factors: &[], covariates: &covariates, values: &values };
        let plain = how(ReferenceRule::JumpToReference, Covariances::Common);
        let shifts = [vec![0.0; 3], vec![1.0, 2.0, 4.0]];
        let moved = impute_visits(data, Imputation { shifts: &shifts, ..plain }).unwrap();
        let still = impute_visits(data, plain).unwrap();
        for (subject, own) in values.iter().enumerate() {
            for (visit, value) in own.iter().enumerate() {
                let shift = if value.is_none() { shifts[arm[subject]][visit] } else { 0.0 };
                let (moved, still) = (moved[1][subject][visit], still[1][subject][visit]);
                assert_eq!((still + shift).to_bits(), moved.to_bits());
            }
        }
    }

    #[test]
    fn a_longer_run_begins_with_the_shorter_and_units_do_not_matter() {
        let (arm, covariates, values) = (arms(), baseline(), values());
        let scaled: Vec<Vec<Option<f64>>> =
            values.iter().map(|row| row.iter().map(|own| own.map(|own| 0.01 * own + 5.0)).collect()).collect();
        let factors = [(0..30).map(|place| place / 7 % 2).collect::<Vec<usize>>()];
        let data = Visits { arm: &arm, arms: 2, factors: &factors, covariates: &covariates, values: &values };
        for rule in RULES {
            let how = how(rule, Covariances::EachArm);
            let few = impute_visits(data, how).unwrap();
            assert_eq!(few, impute_visits(data, Imputation { imputations: 5, ..how }).unwrap()[..3]);
            let other = impute_visits(Visits { values: &scaled, ..data }, how).unwrap();
            for (one, two) in few.iter().flatten().flatten().zip(other.iter().flatten().flatten()) {
                assert!(libm::fabs(0.01 * one + 5.0 - two) < 1e-11);
            }
        }
    }

    #[test]
    fn what_cannot_be_drawn() {
        let (arm, covariates, values) = (arms(), baseline(), values());
        let data = Visits { arm: &arm, arms: 2, factors: &[], covariates: &covariates, values: &values };
        let plain = how(ReferenceRule::JumpToReference, Covariances::Common);
        let reason = |data: Visits<'_>, how: Imputation<'_>| impute_visits(data, how).err();
        assert_eq!(reason(Visits { values: &[], ..data }, plain), Some(Undefined::NoData));
        assert_eq!(reason(Visits { arm: &arm[1..], ..data }, plain), Some(Undefined::OutOfRange));
        assert_eq!(reason(Visits { arms: 1, ..data }, plain), Some(Undefined::OutOfRange));
        assert_eq!(reason(data, Imputation { reference: 2, ..plain }), Some(Undefined::OutOfRange));
        assert_eq!(reason(data, Imputation { shifts: &[vec![1.0]], ..plain }), Some(Undefined::OutOfRange));
        let stuck = ChainLength { burn_in: 1, between: 0 };
        assert_eq!(reason(data, Imputation { length: stuck, ..plain }), Some(Undefined::OutOfRange));
        assert_eq!(reason(Visits { arms: 3, ..data }, Imputation { reference: 2, ..plain }), Some(Undefined::NoData));
        let level = [vec![3.0; 30]];
        assert_eq!(reason(Visits { covariates: &level, ..data }, plain), Some(Undefined::ZeroVariance));
        let infinite = [vec![f64::INFINITY; 30]];
        assert_eq!(reason(Visits { covariates: &infinite, ..data }, plain), Some(Undefined::OutOfRange));
        let twice = [covariates[0].clone(), covariates[0].clone()];
        assert_eq!(reason(Visits { covariates: &twice, ..data }, plain), Some(Undefined::NotEstimable));
        // An arm in which nobody stays: its last mean drifts.
        let mut left = values.clone();
        left.iter_mut().skip(1).step_by(2).for_each(|row| row[2] = None);
        assert_eq!(reason(Visits { values: &left, ..data }, plain), Some(Undefined::NotEstimable));
        let each = Imputation { covariances: Covariances::EachArm, ..plain };
        assert_eq!(reason(Visits { values: &left, ..data }, each), Some(Undefined::TooFew));
        let same: Vec<Vec<Option<f64>>> = values.iter().map(|row| vec![row[0].or(Some(1.0)); 2]).collect();
        assert_eq!(reason(Visits { values: &same, ..data }, plain), Some(Undefined::NotEstimable));
    }
}
