//! Changes compared after multiple imputation of the values missing at visits: missing at random, from the reference arm,
//! and made worse by growing amounts.

use crate::analysis::continuous::{Of, change, number, tied};
use crate::analysis::{Work, value};
use crate::derive::FrameValues;
use crate::plan::BoundContinuous;
use crate::results::{Family, Method, Statistic, Value};
use crate::stats::Undefined;
use crate::stats::linear::Contrast;
use crate::stats::missing::{
    ChainLength, Compared, Covariances, Imputation, Pooled, ReferenceRule, Visits, delta_shifted, impute_visits,
    pooled_ancova,
};

/// Long enough that the draws have forgotten where they began, and far enough apart that they forget each other.
const CHAIN: ChainLength = ChainLength { burn_in: 200, between: 20 };

/// The subjects with a baseline: arm, baseline, and the change at each visit where it is known.
#[derive(Default)]
struct Subjects {
    arm: Vec<usize>,
    base: Vec<Vec<f64>>,
    change: Vec<Vec<Option<f64>>>,
}

impl Subjects {
    fn data(&self, arms: usize) -> Visits<'_> {
        Visits { arm: &self.arm, arms, factors: &[], covariates: &self.base, values: &self.change }
    }
}

/// Complete sets of changes.
type Sets = Result<Vec<Vec<Vec<f64>>>, Undefined>;

impl Work<'_> {
    /// The comparisons of an endpoint with imputed values, at the visits at which arms are compared.
    pub(super) fn imputed(&mut self, continuous: &BoundContinuous, frame: &FrameValues) {
        let subjects = self.subjects_with_base(continuous, frame);
        let data = subjects.data(self.plan.arms.len());
        for method in continuous.methods.iter().filter(|method| method.family() == Family::Imputed) {
            let rule = match method {
                Method::JumpToReference => ReferenceRule::JumpToReference,
                Method::CopyReference => ReferenceRule::CopyReference,
                Method::CopyIncrements => ReferenceRule::CopyIncrement,
                _ => ReferenceRule::MissingAtRandom,
            };
            let sets = impute_visits(data, self.imputation(rule));
            if *method != Method::DeltaAdjusted {
                self.pooled(continuous, data, &sets, (*method, None));
                continue;
            }
            for delta in &continuous.deltas {
                let shifts = self.shifts(continuous, *delta);
                let shifted = sets.as_ref().map_err(|own| *own).and_then(|sets| delta_shifted(data, sets, &shifts));
                self.pooled(continuous, data, &shifted, (*method, Some(delta.to_string())));
            }
        }
    }

    fn imputation(&self, rule: ReferenceRule) -> Imputation<'static> {
        Imputation {
            rule,
            reference: self.plan.reference_arm,
            covariances: Covariances::Common,
            shifts: &[],
            imputations: self.plan.random.imputations,
            length: CHAIN,
            seed: self.plan.random.seed,
        }
    }

    /// What is added to imputed changes: nothing in the reference arm, in the others an amount on the worse side.
    fn shifts(&self, continuous: &BoundContinuous, delta: f64) -> Vec<Vec<f64>> {
        let worse = if continuous.higher_is_worse { delta } else { -delta };
        let of = |arm: usize| if arm == self.plan.reference_arm { 0.0 } else { worse };
        (0..self.plan.arms.len()).map(|arm| vec![of(arm); continuous.visits.len()]).collect()
    }

    /// The differences of least-squares means of complete sets, pooled.
    fn pooled(
        &mut self,
        continuous: &BoundContinuous,
        data: Visits<'_>,
        sets: &Sets,
        (method, amount): (Method, Option<String>),
    ) {
        let (unit, level) = (continuous.unit.as_deref(), continuous.conf_level);
        for visit in &continuous.compare_at {
            let Some(place) = continuous.visits.iter().position(|own| own == visit) else { continue };
            for (arm, reference) in self.contrasts() {
                let [first, second] = self.arm_ids((arm, reference));
                let compared = Compared { visit: place, arm, against: reference };
                let sets = sets.as_ref().map_err(|own| *own);
                let pooled = sets.and_then(|sets| pooled_ancova(data, sets, compared, level));
                let contrast: Result<Contrast, Undefined> = pooled.map(|pooled: Pooled| pooled.contrast);
                let key = |this: &Work<'_>, statistic: Statistic| {
                    let key = this.outcome_key(Of::Change, *visit, statistic).contrast(&first, &second).method(method);
                    amount.iter().fold(key, |key, amount| key.level(amount))
                };
                let missing = (0..data.values.len())
                    .filter(|row| [arm, reference].contains(&data.arm[*row]) && data.values[*row][place].is_none())
                    .count();
                let imputed = key(self, Statistic::Imputed);
                self.push(imputed, Value::Count(missing as u64), None);
                self.contrast(contrast, unit, level, &key);
                let df = key(self, Statistic::Df);
                self.push(df, value(contrast.map(|contrast| contrast.df)), None);
            }
        }
    }

    fn subjects_with_base(&self, continuous: &BoundContinuous, frame: &FrameValues) -> Subjects {
        let mut subjects = Subjects { base: vec![Vec::new()], ..Subjects::default() };
        for arm in 0..self.plan.arms.len() {
            for subject in self.members(self.job.set, Some(arm)) {
                let base = |visit: &usize| number(frame, continuous.base, subject, *visit).value();
                let Some(base) = continuous.visits.iter().find_map(base) else { continue };
                let own = |visit: &usize| change(frame, continuous, subject, *visit).value().map(tied);
                subjects.arm.push(arm);
                subjects.base[0].push(base);
                subjects.change.push(continuous.visits.iter().map(own).collect());
            }
        }
        subjects
    }
}
