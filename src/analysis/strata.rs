//! Strata of subjects, and yes-or-no outcomes compared over them or by models.

use std::collections::BTreeMap;

use crate::analysis::{Work, value};
use crate::data::vector::Vector;
use crate::derive::FrameValues;
use crate::plan::{BoundBinary, RuleId};
use crate::results::{Family, Key, Method, Statistic};
use crate::stats::Undefined;
use crate::stats::contingency::{breslow_day, cmh_general_association, cochran_armitage};
use crate::stats::logistic::logistic;
use crate::stats::proportion::{
    AdjustedDifference, Difference, Stratum, mantel_haenszel_difference, minimum_risk_difference,
    stratified_miettinen_nurminen, stratified_newcombe,
};

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
            self.odds_model(&model, level, &of);
        }
    }

    fn over_strata(&mut self, method: Method, strata: &[Stratum], level: f64, of: &dyn Fn(Statistic) -> Key) {
        let wald =
            |adjusted: AdjustedDifference| Difference { estimate: adjusted.estimate, interval: adjusted.interval };
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
            Method::MantelHaenszel => {
                self.difference_rows(mantel_haenszel_difference(strata, level).map(wald), level, of);
            }
            Method::MinimumRisk => self.difference_rows(minimum_risk_difference(strata, level).map(wald), level, of),
            Method::StratifiedNewcombe => self.difference_rows(stratified_newcombe(strata, level), level, of),
            _ => self.difference_rows(stratified_miettinen_nurminen(strata, level), level, of),
        }
    }

    /// The odds ratio of the arm, adjusted for the covariates.
    fn odds_model(&mut self, model: &ModelData, level: f64, of: &dyn Fn(Statistic) -> Key) {
        let limit = |statistic: Statistic| of(statistic).conf_level(level);
        let effect = logistic(&model.columns, &model.outcomes, level)
            .and_then(|fit| fit.effects.get(1).copied().ok_or(Undefined::NotEstimable));
        let ratio = |logarithm: f64| libm::exp(logarithm);
        self.push(of(Statistic::Ratio), value(effect.map(|own| ratio(own.coefficient))), None);
        self.push(limit(Statistic::RatioLower), value(effect.map(|own| ratio(own.interval.lower))), None);
        self.push(limit(Statistic::RatioUpper), value(effect.map(|own| ratio(own.interval.upper))), None);
        self.push(of(Statistic::PValue), value(effect.map(|own| own.p)), None);
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
}
