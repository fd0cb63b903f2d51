//! Descriptive summaries of subjects by arm, and tests between arms.

use std::collections::BTreeSet;

use crate::analysis::{Work, count, reason, value};
use crate::data::vector::{Measure, Vector};
use crate::plan::{BoundItem, ItemKind, RuleId};
use crate::results::{Method, Reason, Statistic, Value};
use crate::spec::design::Quantiles;
use crate::spec::endpoint::{LevelSpec, NUMBER_STATISTICS};
use crate::stats::Undefined;
use crate::stats::contingency::{cmh_correlation, cmh_row_means, fisher_exact, pearson_chi_square};
use crate::stats::describe::{self, QuantileRule};
use crate::stats::linear::one_way_anova;
use crate::stats::sample::{coefficient_of_variation, geometric_cv, geometric_mean, standard_error};

/// The numbers of a group: exact values, and how many are missing or only bounded.
#[derive(Default)]
pub(super) struct Numbers {
    pub(super) exact: Vec<f64>,
    missing: u64,
    bounded: u64,
}

impl Numbers {
    /// The numbers of some subjects, in their order.
    pub(super) fn of(vector: Option<&Vector>, subjects: &[usize]) -> Self {
        Self::collect(subjects.iter().map(|subject| match vector {
            Some(Vector::Number(values)) => values[*subject],
            _ => Measure::MISSING,
        }))
    }

    /// These numbers, in their order.
    pub(super) fn collect(measures: impl Iterator<Item = Measure>) -> Self {
        let mut numbers = Self::default();
        for measure in measures {
            match measure.value() {
                _ if measure.is_missing() => numbers.missing += 1,
                Some(exact) => numbers.exact.push(exact),
                None => numbers.bounded += 1,
            }
        }
        numbers
    }

    /// The ends of the whiskers, where there are some.
    pub(super) fn whiskers(&self, quantiles: Quantiles) -> Option<(f64, f64)> {
        let ends = describe::whiskers(&self.exact, rule_of(quantiles)).ok();
        ends.filter(|_| self.bounded == 0).map(|ends| (ends.lower, ends.upper))
    }

    /// One statistic of them.
    pub(super) fn statistic(&self, statistic: Statistic, quantiles: Quantiles) -> Value {
        let exact = &self.exact;
        let rule = rule_of(quantiles);
        let quantile = |p| describe::quantile(exact, p, rule);
        let moment = match statistic {
            Statistic::N => return Value::Count(exact.len() as u64 + self.bounded),
            Statistic::Missing => return Value::Count(self.missing),
            _ if self.bounded > 0 => return Value::NotEstimable(Reason::OnlyBounds),
            Statistic::Mean => describe::mean(exact),
            Statistic::Sd => describe::standard_deviation(exact),
            Statistic::Se => standard_error(exact),
            Statistic::Cv => coefficient_of_variation(exact),
            Statistic::GeometricMean => geometric_mean(exact),
            Statistic::GeometricCv => geometric_cv(exact),
            Statistic::Median => quantile(0.5),
            Statistic::Q1 => quantile(0.25),
            Statistic::Q3 => quantile(0.75),
            Statistic::Min => describe::minimum(exact),
            Statistic::Max => describe::maximum(exact),
            Statistic::WhiskerLower | Statistic::WhiskerUpper => {
                let ends = describe::whiskers(exact, rule);
                ends.map(|ends| if statistic == Statistic::WhiskerLower { ends.lower } else { ends.upper })
            }
            _ => Err(Undefined::NoData),
        };
        value(moment)
    }
}

/// The median by the rule of the study.
pub(super) fn median(values: &[f64], quantiles: Quantiles) -> Result<f64, Undefined> {
    describe::quantile(values, 0.5, rule_of(quantiles))
}

/// The quantile rule of the study, as the statistics name it.
const fn rule_of(quantiles: Quantiles) -> QuantileRule {
    match quantiles {
        Quantiles::AveragedSteps => QuantileRule::AveragedSteps,
        Quantiles::Linear => QuantileRule::Interpolated,
        Quantiles::Steps => QuantileRule::Steps,
        Quantiles::Nearest => QuantileRule::Nearest,
        Quantiles::InterpolatedSteps => QuantileRule::InterpolatedSteps,
        Quantiles::Hazen => QuantileRule::Hazen,
        Quantiles::Weibull => QuantileRule::Weibull,
        Quantiles::MedianUnbiased => QuantileRule::MedianUnbiased,
        Quantiles::NormalUnbiased => QuantileRule::NormalUnbiased,
    }
}

impl Work<'_> {
    pub(super) fn summary(&mut self, items: &[BoundItem]) {
        self.denominators(self.job.set);
        for item in items {
            match &item.kind {
                ItemKind::Number(rule) => self.number(item, *rule),
                ItemKind::Category(rule, levels, _) => self.category(item, *rule, levels),
                ItemKind::Count(rule) => self.condition(item, *rule),
                ItemKind::Heading => {}
            }
        }
    }

    fn vector(&self, rule: RuleId) -> Option<&Vector> {
        self.frames.rules.get(&rule).map(|vector| &**vector)
    }

    fn holds(&self, rule: RuleId, subject: usize) -> bool {
        match self.vector(rule) {
            Some(Vector::Truth(truths)) => truths[subject].holds(),
            _ => false,
        }
    }

    /// Whom an item is about, in an arm or in all.
    fn described(&self, item: &BoundItem, group: Option<usize>) -> Vec<usize> {
        let mut members = self.members(item.set.unwrap_or(self.job.set), group);
        if let Some(among) = item.among {
            members.retain(|subject| self.holds(among, *subject));
        }
        members
    }

    fn number(&mut self, item: &BoundItem, rule: RuleId) {
        let mut by_arm = Vec::new();
        for group in self.groups() {
            let subjects = self.described(item, group);
            let numbers = Numbers::of(self.vector(rule), &subjects);
            for statistic in NUMBER_STATISTICS.iter().chain(&item.more) {
                let key = self.in_group(self.key(*statistic), group).variable(&item.id);
                let value = numbers.statistic(*statistic, self.plan.quantiles);
                if matches!(statistic, Statistic::N) {
                    self.push_count(key, value, &subjects);
                } else {
                    self.push(key, value, unit_of(*statistic, item.unit.as_deref()));
                }
            }
            if group.is_some() {
                by_arm.push(numbers.exact);
            }
        }
        if item.test == Some(Method::Anova) {
            let groups: Vec<&[f64]> = by_arm.iter().map(Vec::as_slice).collect();
            let p = one_way_anova(&groups).map(|test| test.p);
            self.push(self.key(Statistic::PValue).variable(&item.id).method(Method::Anova), value(p), None);
        }
    }

    fn condition(&mut self, item: &BoundItem, rule: RuleId) {
        let mut table = Vec::new();
        for group in self.groups() {
            let subjects = self.described(item, group);
            let with: Vec<usize> = subjects.iter().copied().filter(|subject| self.holds(rule, *subject)).collect();
            let (part, whole) = (count(&with), count(&subjects));
            let key = |statistic| self.in_group(self.key(statistic), group).variable(&item.id);
            let (counted, share) = (key(Statistic::Count), key(Statistic::Share));
            self.push_count(counted, Value::Count(part), &with);
            self.push_count(share, Value::share(part, whole), &with);
            if group.is_some() {
                table.push(vec![part, whole - part]);
            }
        }
        self.test(item, &table);
    }

    fn category(&mut self, item: &BoundItem, rule: RuleId, listed: &[LevelSpec]) {
        let Some(Vector::Text(texts)) = self.frames.rules.get(&rule).map(|vector| (**vector).clone()) else { return };
        let everybody = self.described(item, None);
        let levels: Vec<String> = if listed.is_empty() {
            let found: BTreeSet<&str> = everybody.iter().filter_map(|subject| texts.get(*subject)).collect();
            found.into_iter().map(str::to_owned).collect()
        } else {
            listed.iter().map(|level| level.value.clone()).collect()
        };
        let mut table = Vec::new();
        for group in self.groups() {
            let subjects = self.described(item, group);
            let mut line = Vec::new();
            for level in &levels {
                let with: Vec<usize> =
                    subjects.iter().copied().filter(|subject| texts.get(*subject) == Some(level)).collect();
                let key = |statistic| self.in_group(self.key(statistic), group).variable(&item.id).level(level);
                let (counted, share) = (key(Statistic::Count), key(Statistic::Share));
                self.push_count(counted, Value::Count(count(&with)), &with);
                self.push_count(share, Value::share(count(&with), count(&subjects)), &with);
                line.push(count(&with));
            }
            let without: Vec<usize> =
                subjects.iter().copied().filter(|subject| texts.get(*subject).is_none()).collect();
            let key = self.in_group(self.key(Statistic::Missing), group).variable(&item.id);
            self.push_count(key, Value::Count(count(&without)), &without);
            if group.is_some() {
                table.push(line);
            }
        }
        self.test(item, &table);
    }

    fn test(&mut self, item: &BoundItem, table: &[Vec<u64>]) {
        let p = match item.test {
            Some(Method::ChiSquare) => pearson_chi_square(table).map(|test| test.p),
            Some(Method::Fisher) => fisher_exact(table),
            Some(Method::CmhRowMeans) => cmh_row_means(&[table.to_vec()], &scores(table)).map(|test| test.p),
            Some(Method::CmhCorrelation) => {
                let dose: Vec<f64> = self.plan.arms.iter().map(|arm| arm.dose.unwrap_or(0.0)).collect();
                cmh_correlation(&[table.to_vec()], &dose, &scores(table)).map(|test| test.p)
            }
            _ => return,
        };
        let key = self.key(Statistic::PValue).variable(&item.id);
        let key = item.test.map_or_else(|| key.clone(), |method| key.clone().method(method));
        let value = p.map_or_else(|undefined| Value::NotEstimable(reason(undefined)), Value::number);
        self.push(key, value, None);
    }
}

/// The levels of a category as scores: 1, 2, 3 ….
fn scores(table: &[Vec<u64>]) -> Vec<f64> {
    let levels = table.first().map_or(0, Vec::len);
    (1..=u32::try_from(levels).unwrap_or(u32::MAX)).map(f64::from).collect()
}

/// The unit of a statistic of a number: none of a ratio.
pub(super) fn unit_of(statistic: Statistic, unit: Option<&str>) -> Option<&str> {
    unit.filter(|_| !matches!(statistic, Statistic::Cv | Statistic::GeometricCv))
}
