//! Strata of subjects, and yes-or-no outcomes compared over them or by models.

use std::collections::BTreeMap;

use crate::analysis::{Work, value};
use crate::data::vector::Vector;
use crate::derive::FrameValues;
use crate::plan::{BoundBinary, RuleId};
use crate::results::{Family, Key, Method, Statistic, Value};
use crate::stats::contingency::{breslow_day, cmh_general_association, cochran_armitage};
use crate::stats::gee::{BinaryGee, GeeErrors, WorkingCorrelation, gee_binary};
use crate::stats::logistic::{
    firth_logistic, logistic, logistic_likelihood_ratio, logistic_profile_limits, standardised_risks,
};
use crate::stats::proportion::{
    AdjustedDifference, Difference, Stratum, cmh_weighted_difference, mantel_haenszel_difference,
    mantel_haenszel_odds_ratio, mantel_haenszel_risk_ratio, minimum_risk_difference, stratified_miettinen_nurminen,
    stratified_newcombe,
};
use crate::stats::{Undefined, as_ratio};

/// Who of an arm is compared, and who of them responds.
pub(super) struct Responders<'a> {
    pub(super) members: &'a [usize],
    pub(super) with: &'a [usize],
}

impl Responders<'_> {
    fn responds(&self, subject: usize) -> bool {
        self.with.binary_search(&subject).is_ok()
    }
}

impl Work<'_> {
    /// The stratum of each subject, from 0 in the order of their names; a subject without a text is in the stratum of the
    /// empty text.
    pub(super) fn stratum_of(&self, rules: &[RuleId]) -> Vec<usize> {
        let texts: Vec<_> = rules.iter().map(|rule| self.frames.rules.get(rule).map(|vector| &**vector)).collect();
        let name = |subject: usize| -> Vec<String> {
            let text = |vector: Option<&Vector>| match vector {
                Some(Vector::Text(texts)) => texts.get(subject).unwrap_or_default().to_owned(),
                _ => String::new(),
            };
            texts.iter().map(|vector| text(*vector)).collect()
        };
        let names: Vec<Vec<String>> = (0..self.frames.subjects.len()).map(name).collect();
        let mut places: BTreeMap<&Vec<String>, usize> = names.iter().map(|name| (name, 0)).collect();
        for (place, own) in places.values_mut().enumerate() {
            *own = place;
        }
        names.iter().map(|name| places[name]).collect()
    }

    /// The rows of two arms by the methods over strata and by models.
    pub(super) fn compare_adjusted(
        &mut self,
        binary: &BoundBinary,
        (frame, derivation_set, visit): (&FrameValues, Option<usize>, usize),
        arms: &[Responders<'_>; 2],
        key: &dyn Fn(Statistic) -> Key,
    ) {
        let level = binary.conf_level;
        if binary.methods.iter().any(|method| method.family() == Family::ShareStrata) {
            let strata = tables(&self.stratum_of(&binary.strata), arms);
            for method in binary.methods.iter().filter(|method| method.family() == Family::ShareStrata) {
                self.over_strata(*method, &strata, level, &|statistic| key(statistic).method(*method));
            }
        }
        for method in binary.methods.iter().filter(|method| method.family() == Family::ShareModel) {
            let of = |statistic| key(statistic).method(*method);
            let model = ModelData::new(binary, (frame, derivation_set, visit), arms);
            self.push(of(Statistic::N), Value::Count(model.outcomes.len() as u64), None);
            self.modelled(*method, &model, level, &of);
        }
    }

    fn over_strata(&mut self, method: Method, strata: &[Stratum], level: f64, of: &dyn Fn(Statistic) -> Key) {
        match method {
            Method::CochranMantelHaenszel => {
                let tables: Vec<Vec<Vec<u64>>> = strata
                    .iter()
                    .map(|own| vec![vec![own.x1, own.n1 - own.x1], vec![own.x2, own.n2 - own.x2]])
                    .collect();
                let test = cmh_general_association(&tables);
                self.push(of(Statistic::TestStatistic), value(test.map(|test| test.statistic)), None);
                self.push(of(Statistic::PValue), value(test.map(|test| test.p)), None);
            }
            Method::BreslowDay => {
                let test = breslow_day(strata).map(|test| test.tarone);
                self.push(of(Statistic::TestStatistic), value(test.map(|test| test.statistic)), None);
                self.push(of(Statistic::PValue), value(test.map(|test| test.p)), None);
            }
            Method::MantelHaenszelOddsRatio => self.ratio_rows(mantel_haenszel_odds_ratio(strata, level), level, of),
            Method::MantelHaenszelRiskRatio => self.ratio_rows(mantel_haenszel_risk_ratio(strata, level), level, of),
            Method::MantelHaenszel => {
                self.difference_rows(mantel_haenszel_difference(strata, level).map(wald), level, of);
            }
            Method::CmhDifference => self.difference_rows(cmh_weighted_difference(strata, level).map(wald), level, of),
            Method::MinimumRisk => self.difference_rows(minimum_risk_difference(strata, level).map(wald), level, of),
            Method::StratifiedNewcombe => self.difference_rows(stratified_newcombe(strata, level), level, of),
            _ => self.difference_rows(stratified_miettinen_nurminen(strata, level), level, of),
        }
    }

    /// The effect of the arm, adjusted for the covariates.
    fn modelled(&mut self, method: Method, model: &ModelData, level: f64, of: &dyn Fn(Statistic) -> Key) {
        let (columns, outcomes) = (&model.columns, &model.outcomes);
        let (effect, p) = match method {
            Method::StandardisedDifference => {
                let [first, second] = [1.0, 0.0].map(|arm| model.with_all_in(arm));
                let risks = standardised_risks(columns, outcomes, [&first, &second], level);
                let difference = risks.map(|risks| wald(risks.difference));
                return self.difference_rows(difference, level, of);
            }
            Method::FirthLogistic => {
                let fit = firth_logistic(columns, outcomes, level);
                let effect = fit.and_then(|fit| fit.effects.get(ARM).copied().ok_or(Undefined::NotEstimable));
                (effect.map(|own| (own.coefficient, own.interval)), effect.map(|own| own.test.p))
            }
            _ => {
                let fit = logistic(columns, outcomes, level);
                let effect = fit.and_then(|fit| fit.effects.get(ARM).copied().ok_or(Undefined::NotEstimable));
                if method == Method::LogisticProfile {
                    let limits = logistic_profile_limits(columns, outcomes, ARM, level);
                    let estimate = effect.and_then(|own| Ok((own.coefficient, limits?)));
                    (estimate, model.likelihood_ratio())
                } else {
                    (effect.map(|own| (own.coefficient, own.interval)), effect.map(|own| own.p))
                }
            }
        };
        self.effect_rows(effect.and_then(|own| as_ratio(own.0, own.1)), p, level, of);
    }

    /// The odds ratios of each arm to the reference at all visits together. `visits` has the arms of each visit, `at` its key.
    pub(super) fn repeated_responses(&mut self, visits: &[Vec<Responders<'_>>], at: &[Key], level: f64) {
        for (arm, reference) in self.contrasts() {
            let [first, second] = self.arm_ids((arm, reference));
            // A visit at which an arm has no or only responders has no odds ratio, and would take those of the others along.
            let telling = |own: &Responders<'_>| !own.with.is_empty() && own.with.len() < own.members.len();
            let tell = |arms: &[Responders<'_>]| telling(&arms[arm]) && telling(&arms[reference]);
            let kept: Vec<usize> = (0..visits.len()).filter(|visit| tell(&visits[*visit])).collect();
            let of_kept: Vec<[&Responders<'_>; 2]> =
                kept.iter().map(|visit| [&visits[*visit][arm], &visits[*visit][reference]]).collect();
            let fit = gee_of(&of_kept, level);
            for (visit, at) in at.iter().enumerate() {
                let at = at.clone().contrast(&first, &second);
                let of = |statistic| Key { statistic, ..at.clone() };
                // Intercepts of the visits come first, then the arm at each of them.
                let place = kept.iter().position(|own| *own == visit).ok_or(Undefined::Separated);
                let effect = place.and_then(|place| {
                    let fit = fit.as_ref().map_err(|own| *own)?;
                    fit.effects.get(kept.len() + place).copied().ok_or(Undefined::NotEstimable)
                });
                let ratio = effect.and_then(|own| as_ratio(own.coefficient, own.interval));
                self.effect_rows(ratio, effect.map(|own| own.p), level, &of);
            }
        }
    }

    /// The trend of proportions over the doses of all arms.
    pub(super) fn proportion_trend(&mut self, methods: &[Method], arms: &[(u64, u64)], key: &dyn Fn(Statistic) -> Key) {
        let dose: Vec<f64> = self.plan.arms.iter().map(|arm| arm.dose.unwrap_or(0.0)).collect();
        for method in methods.iter().filter(|method| method.family() == Family::ShareTrend) {
            let (with, all): (Vec<u64>, Vec<u64>) = arms.iter().copied().unzip();
            let test = cochran_armitage(&with, &all, &dose);
            let of = |statistic| key(statistic).method(*method);
            self.push(of(Statistic::TestStatistic), value(test.map(|test| test.z)), None);
            self.push(of(Statistic::PValue), value(test.map(|test| test.p)), None);
        }
    }
}

/// A table for each stratum in which somebody is.
fn tables(stratum_of: &[usize], [first, second]: &[Responders<'_>; 2]) -> Vec<Stratum> {
    let strata = stratum_of.iter().max().map_or(0, |last| last + 1);
    let mut tables = vec![Stratum { x1: 0, n1: 0, x2: 0, n2: 0 }; strata];
    for subject in first.members {
        let table = &mut tables[stratum_of[*subject]];
        table.n1 += 1;
        table.x1 += u64::from(first.responds(*subject));
    }
    for subject in second.members {
        let table = &mut tables[stratum_of[*subject]];
        table.n2 += 1;
        table.x2 += u64::from(second.responds(*subject));
    }
    tables.retain(|table| table.n1 + table.n2 > 0);
    tables
}

/// The equations of two arms: an intercept for each visit, and the arm at each visit.
fn gee_of(visits: &[[&Responders<'_>; 2]], level: f64) -> Result<BinaryGee, Undefined> {
    let mut columns = vec![Vec::new(); 2 * visits.len()];
    let (mut outcomes, mut subjects) = (Vec::new(), Vec::new());
    for (place, [arm, reference]) in visits.iter().enumerate() {
        for (own, indicator) in [(arm, 1.0), (reference, 0.0)] {
            for subject in own.members {
                outcomes.push(own.responds(*subject));
                subjects.push(*subject);
                for (column, entries) in columns.iter_mut().enumerate() {
                    let here = column % visits.len() == place;
                    let entry = if column < visits.len() { 1.0 } else { indicator };
                    entries.push(if here { entry } else { 0.0 });
                }
            }
        }
    }
    gee_binary(&columns, &outcomes, &subjects, WorkingCorrelation::Exchangeable, GeeErrors::Robust, level)
}

/// The place of the arm in the columns of a model, after the intercept.
const ARM: usize = 1;

/// A difference without its standard error.
const fn wald(adjusted: AdjustedDifference) -> Difference {
    Difference { estimate: adjusted.estimate, interval: adjusted.interval }
}

/// The design of a model of a yes-or-no outcome: an intercept, the arm, the covariates; who lacks a covariate is left out.
struct ModelData {
    columns: Vec<Vec<f64>>,
    outcomes: Vec<bool>,
}

impl ModelData {
    fn new(
        binary: &BoundBinary,
        (frame, derivation_set, visit): (&FrameValues, Option<usize>, usize),
        [first, second]: &[Responders<'_>; 2],
    ) -> Self {
        let mut columns = vec![Vec::new(); 2 + binary.covariates.len()];
        let mut outcomes = Vec::new();
        let members = |arm: &'_ Responders<'_>| arm.members.to_vec();
        let both = members(first).into_iter().map(|own| (own, first, 1.0));
        let both = both.chain(members(second).into_iter().map(|own| (own, second, 0.0)));
        for (subject, arm, indicator) in both {
            let covariate = |rule: &RuleId| match frame.value_in(*rule, derivation_set, subject, visit) {
                Some((Vector::Number(values), row)) => values[row].value(),
                _ => None,
            };
            let Some(covariates) = binary.covariates.iter().map(covariate).collect::<Option<Vec<f64>>>() else {
                continue;
            };
            outcomes.push(arm.responds(subject));
            let row = [1.0, indicator].into_iter().chain(covariates);
            columns.iter_mut().zip(row).for_each(|(column, entry)| column.push(entry));
        }
        Self { columns, outcomes }
    }

    /// The columns with everybody in one arm.
    fn with_all_in(&self, arm: f64) -> Vec<Vec<f64>> {
        let mut columns = self.columns.clone();
        columns[ARM].fill(arm);
        columns
    }

    /// The likelihood-ratio test of the arm: against the model of the other columns.
    fn likelihood_ratio(&self) -> Result<f64, Undefined> {
        let mut columns = self.columns.clone();
        let arm = columns.remove(ARM);
        let kept = columns.len();
        columns.push(arm);
        logistic_likelihood_ratio(&columns, &self.outcomes, kept).map(|test| test.p)
    }
}
