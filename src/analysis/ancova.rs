//! A number compared between arms by analysis of covariance, and the variables described beside it.

use std::collections::BTreeMap;

use crate::analysis::summary::Numbers;
use crate::analysis::{Work, count, value};
use crate::data::vector::Vector;
use crate::plan::{BoundAncova, RuleId};
use crate::results::{Method, Statistic, Value};
use crate::spec::endpoint::NUMBER_STATISTICS;
use crate::spec::method::Margins;
use crate::stats::Undefined;
use crate::stats::ancova::Ancova;

/// The complete cases of the model, in canonical order of subjects.
struct Cases {
    subjects: Vec<usize>,
    response: Vec<f64>,
    arm: Vec<usize>,
    factors: Vec<Vec<usize>>,
    covariates: Vec<Vec<f64>>,
}

impl Work<'_> {
    pub(super) fn ancova(&mut self, ancova: &BoundAncova) {
        self.denominators(self.job.set);
        for (id, _, rule) in &ancova.describe {
            self.described_variable(ancova, id, *rule);
        }
        // One arm alone is described, and compared with nothing.
        if self.plan.arms.len() == 1 {
            return;
        }
        let cases = self.cases(ancova);
        for arm in 0..self.plan.arms.len() {
            let here: Vec<usize> =
                (0..cases.arm.len()).filter(|case| cases.arm[*case] == arm).map(|case| cases.subjects[case]).collect();
            let key = self.key(Statistic::N).arm(&self.plan.arms[arm].id).method(Method::Ancova);
            self.push_count(key, Value::Count(count(&here)), &here);
        }
        let fit = Ancova::fit(&cases.response, &cases.arm, self.plan.arms.len(), &cases.factors, &cases.covariates);
        let fit = fit.as_ref().map_err(|undefined| *undefined);
        self.means(ancova, fit);
        self.differences(ancova, fit);
        if ancova.trend {
            let dose: Vec<f64> = self.plan.arms.iter().map(|arm| arm.dose.unwrap_or(0.0)).collect();
            let p = fit.and_then(|fit| fit.trend(&dose, ancova.conf_level)).map(|slope| slope.p);
            self.push(self.key(Statistic::PValue).method(Method::AncovaTrend), value(p), None);
        }
    }

    fn column(&self, rule: RuleId, name: &str) -> Option<&Vector> {
        self.frames.columns.get(&(self.job.analysis.clone(), rule, name.to_owned())).map(|vector| &**vector)
    }

    fn described_variable(&mut self, ancova: &BoundAncova, id: &str, rule: RuleId) {
        for group in self.groups() {
            let subjects = self.members(self.job.set, group);
            let numbers = Numbers::of(self.column(rule, ""), &subjects);
            for statistic in NUMBER_STATISTICS {
                let key = self.in_group(self.key(*statistic), group).variable(id);
                self.push(key, numbers.statistic(*statistic, self.plan.quantiles), ancova.unit.as_deref());
            }
        }
    }

    fn cases(&self, ancova: &BoundAncova) -> Cases {
        let exact = |vector: Option<&Vector>, subject: usize| match vector {
            Some(Vector::Number(values)) => values[subject].value(),
            _ => None,
        };
        let response = self.column(ancova.response, "");
        let mut cases = Cases {
            subjects: Vec::new(),
            response: Vec::new(),
            arm: Vec::new(),
            factors: vec![Vec::new(); ancova.factors.len()],
            covariates: vec![Vec::new(); ancova.covariates.len()],
        };
        let mut levels: Vec<BTreeMap<String, usize>> = vec![BTreeMap::new(); ancova.factors.len()];
        for arm in 0..self.plan.arms.len() {
            for subject in self.members(self.job.set, Some(arm)) {
                let covariates: Option<Vec<f64>> =
                    ancova.covariates.iter().map(|name| exact(self.column(ancova.response, name), subject)).collect();
                let factors: Option<Vec<String>> = ancova
                    .factors
                    .iter()
                    .map(|name| {
                        self.column(ancova.response, name)
                            .map(|column| column.show(subject))
                            .filter(|level| !level.is_empty())
                    })
                    .collect();
                let (Some(y), Some(covariates), Some(factors)) = (exact(response, subject), covariates, factors) else {
                    continue;
                };
                cases.subjects.push(subject);
                cases.response.push(y);
                cases.arm.push(arm);
                for (position, covariate) in covariates.into_iter().enumerate() {
                    cases.covariates[position].push(covariate);
                }
                for (position, level) in factors.into_iter().enumerate() {
                    let next = levels[position].len();
                    cases.factors[position].push(*levels[position].entry(level).or_insert(next));
                }
            }
        }
        cases
    }

    fn means(&mut self, ancova: &BoundAncova, fit: Result<&Ancova, Undefined>) {
        for arm in 0..self.plan.arms.len() {
            let mean = fit.and_then(|fit| match ancova.margins {
                Margins::Balanced => fit.least_squares_mean(arm, ancova.conf_level),
                Margins::Observed => fit.least_squares_mean_observed(arm, ancova.conf_level),
            });
            let key =
                |this: &Work<'_>, statistic| this.key(statistic).arm(&this.plan.arms[arm].id).method(Method::Ancova);
            self.least_squares_mean(mean, ancova.unit.as_deref(), ancova.conf_level, &key);
        }
    }

    /// Each arm against the reference, then the other arms among themselves, the later minus the earlier.
    fn differences(&mut self, ancova: &BoundAncova, fit: Result<&Ancova, Undefined>) {
        let reference = self.plan.reference_arm;
        let arms = self.plan.arms.len();
        let others: Vec<usize> = (0..arms).filter(|arm| *arm != reference).collect();
        let mut pairs: Vec<(usize, usize)> = others.iter().map(|arm| (*arm, reference)).collect();
        for (position, first) in others.iter().enumerate() {
            pairs.extend(others[position + 1..].iter().map(|second| (*second, *first)));
        }
        for pair in pairs {
            let [first, second] = self.arm_ids(pair);
            let contrast = fit.and_then(|fit| fit.difference(pair.0, pair.1, ancova.conf_level));
            let key = |this: &Work<'_>, statistic| this.key(statistic).contrast(&first, &second).method(Method::Ancova);
            self.contrast(contrast, ancova.unit.as_deref(), ancova.conf_level, &key);
        }
    }
}
