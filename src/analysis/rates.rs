//! Occurrences per time at risk: subjects by the time to their first record, records by all the time; and their comparison.

use std::collections::{BTreeMap, BTreeSet};

use crate::analysis::{Work, value};
use crate::data::vector::Vector;
use crate::derive::RecordValues;
use crate::plan::{BoundAtRisk, BoundOccurrence, RuleId};
use crate::results::{Family, Key, Method, Statistic, Value};
use crate::stats::count::{CountErrors, negative_binomial_regression, poisson_regression};
use crate::stats::rate::{
    RateStratum, StratifiedRate, poisson_rate, rate_difference, rate_mid_p, rate_ratio, rate_ratio_mid_p,
    rate_ratio_score, rate_score, stratified_rate_difference, stratified_rate_ratio,
};
use crate::stats::survival::{HazardRatio, Ties, andersen_gill};
use crate::stats::{Interval, LogEffect, Undefined, as_ratio};

/// Days of a year, in rates.
const YEAR: f64 = 365.25;
/// Rates are told for so many years.
const PER_YEARS: f64 = 100.0;

/// What a subject contributes.
pub(super) struct AtRisk {
    subject: usize,
    /// Days to its first record, or all.
    to_first: i64,
    /// All days.
    pub(super) days: i64,
    /// How many records it has.
    records: u64,
    /// The day of each of them, in order, the first day at risk counting as 1.
    pub(super) each: Vec<i32>,
}

impl AtRisk {
    fn occurred(&self) -> bool {
        self.records > 0
    }
}

/// Those with a record, and the time to it in hundreds of years.
fn first_ones<'a>(all: impl Iterator<Item = &'a AtRisk> + Clone) -> (u64, f64) {
    let with = all.clone().filter(|own| own.occurred()).count() as u64;
    (with, per_years(all.map(|own| own.to_first).sum()))
}

impl Work<'_> {
    /// Days at risk of a subject, both ends included; none without both dates.
    fn days_at_risk(&self, at_risk: &BoundAtRisk, subject: usize) -> Option<(i32, i32)> {
        let date = |rule: RuleId| match self.frames.rules.get(&rule).map(|vector| &**vector) {
            Some(Vector::Date(dates)) => dates[subject],
            _ => None,
        };
        date(at_risk.from).zip(date(at_risk.to)).filter(|(from, to)| from <= to)
    }

    /// Years at risk of all, whatever happened.
    pub(super) fn person_years(&mut self, at_risk: &BoundAtRisk) {
        for group in self.groups() {
            let members = self.members(self.job.set, group);
            let days = members.iter().filter_map(|subject| self.days_at_risk(at_risk, *subject));
            let days = days.map(|(from, to)| i64::from(to - from + 1)).sum();
            let key = self.in_group(self.key(Statistic::PersonYears), group);
            self.push(key, Value::number(years(days)), Some("years"));
        }
    }

    /// The rates of a row in a group, and what each of its subjects contributes.
    pub(super) fn rates(
        &mut self,
        occurrence: &BoundOccurrence,
        at_risk: &BoundAtRisk,
        values: &RecordValues,
        (at, members): (&Key, &[usize]),
        records: &[usize],
        subject_of: &[usize],
    ) -> Vec<AtRisk> {
        let date_of = |record: usize| match values.rule(at_risk.date) {
            Some(Vector::Date(dates)) => dates[record],
            _ => None,
        };
        let mut own_records: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for record in records {
            own_records.entry(subject_of[*record]).or_default().push(*record);
        }
        let contribution = |subject: &usize| {
            let (from, to) = self.days_at_risk(at_risk, *subject)?;
            let own = own_records.get(subject).map_or(&[][..], Vec::as_slice);
            // A record without date, or one before the first day, ends the time at risk on its first day.
            let day = |record: &usize| date_of(*record).unwrap_or(from).clamp(from, to) - from + 1;
            let dated: Vec<i32> = own.iter().filter_map(|record| date_of(*record)).collect();
            let first = own.first().map(|_| dated.iter().min().map_or(1, |date| (*date).clamp(from, to) - from + 1));
            let days = to - from + 1;
            let mut each: Vec<i32> = own.iter().map(day).collect();
            each.sort_unstable();
            Some(AtRisk {
                subject: *subject,
                to_first: i64::from(first.unwrap_or(days)),
                days: i64::from(days),
                records: own.len() as u64,
                each,
            })
        };
        let all: Vec<AtRisk> = members.iter().filter_map(contribution).collect();
        // Who has no time at risk is in neither number of a rate.
        let with = all.iter().filter(|own| own.occurred()).count() as u64;
        let whole_records = all.iter().map(|own| own.records).sum();
        let (to_first, whole) = (all.iter().map(|own| own.to_first).sum(), all.iter().map(|own| own.days).sum());
        let key = |statistic, method| Key { statistic, method: Some(method), ..at.clone() };
        self.push(key(Statistic::PersonYears, Method::SubjectRate), Value::number(years(to_first)), Some("years"));
        for (method, events, days) in
            [(Method::SubjectRate, with, to_first), (Method::RecordRate, whole_records, whole)]
        {
            let rate = poisson_rate(events, per_years(days), occurrence.conf_level);
            self.push(key(Statistic::Rate, method), value(rate.map(|rate| rate.estimate)), None);
            self.rate_limits(rate.map(|rate| rate.interval), occurrence, &|statistic| key(statistic, method));
        }
        for method in occurrence.methods.iter().filter(|method| method.family() == Family::Rate) {
            let rate = match method {
                Method::RateScore => rate_score(with, per_years(to_first), occurrence.conf_level),
                Method::RateMidP => rate_mid_p(with, per_years(to_first), occurrence.conf_level),
                // Told above, of every row.
                _ => continue,
            };
            self.rate_limits(rate.map(|rate| rate.interval), occurrence, &|statistic| key(statistic, *method));
        }
        all
    }

    fn rate_limits(
        &mut self,
        interval: Result<Interval, Undefined>,
        occurrence: &BoundOccurrence,
        key: &dyn Fn(Statistic) -> Key,
    ) {
        let limit = |statistic| key(statistic).conf_level(occurrence.conf_level);
        self.push(limit(Statistic::RateLower), value(interval.map(|own| own.lower)), None);
        self.push(limit(Statistic::RateUpper), value(interval.map(|own| own.upper)), None);
    }

    /// The comparison of two arms by each method for rates.
    pub(super) fn compare_rates(
        &mut self,
        occurrence: &BoundOccurrence,
        arms: [&[AtRisk]; 2],
        key: &dyn Fn(Statistic) -> Key,
    ) {
        let level = occurrence.conf_level;
        let [(x1, t1), (x2, t2)] = arms.map(|arm| first_ones(arm.iter()));
        for method in occurrence.methods.iter().filter(|method| method.family() == Family::RateContrast) {
            let of = |statistic: Statistic| key(statistic).method(*method);
            match method {
                Method::RateDifference => self.difference_rows(rate_difference(x1, t1, x2, t2, level), level, &of),
                Method::RateRatio | Method::RateRatioScore | Method::RateRatioMidP => {
                    let test = match method {
                        Method::RateRatioScore => rate_ratio_score(x1, t1, x2, t2, level),
                        Method::RateRatioMidP => rate_ratio_mid_p(x1, t1, x2, t2, level),
                        _ => rate_ratio(x1, t1, x2, t2, level),
                    };
                    self.ratio_rows(test.map(|test| test.ratio), level, &of);
                    self.push(of(Statistic::PValue), value(test.map(|test| test.p)), None);
                }
                Method::StratifiedRateRatio | Method::StratifiedRateDifference => {
                    let strata = self.rate_strata(occurrence, arms);
                    self.over_rate_strata(*method, &strata, level, &of);
                }
                Method::RecurrentRatio => {
                    let effect = recurrent_ratio(arms, level);
                    let ratio = effect.map(|own| (own.hazard_ratio, own.interval));
                    self.effect_rows(ratio, effect.map(|own| own.p), level, &of);
                }
                _ => {
                    let effect = count_ratio(*method, arms, level);
                    let ratio = effect.and_then(|own| as_ratio(own.coefficient, own.interval));
                    self.effect_rows(ratio, effect.map(|own| own.p), level, &of);
                }
            }
        }
    }

    /// First records and the time to them, in each stratum with time in both arms.
    fn rate_strata(&self, occurrence: &BoundOccurrence, [first, second]: [&[AtRisk]; 2]) -> Vec<RateStratum> {
        let stratum_of = self.stratum_of(&occurrence.strata);
        let strata = stratum_of.iter().max().map_or(0, |last| last + 1);
        let within = |arm: &[AtRisk], stratum: usize| {
            let own: Vec<&AtRisk> = arm.iter().filter(|own| stratum_of[own.subject] == stratum).collect();
            first_ones(own.into_iter())
        };
        let strata = (0..strata).map(|stratum| (within(first, stratum), within(second, stratum)));
        let timed = strata.filter(|((_, t1), (_, t2))| *t1 > 0.0 && *t2 > 0.0);
        timed.map(|((x1, t1), (x2, t2))| RateStratum { x1, t1, x2, t2 }).collect()
    }

    fn over_rate_strata(&mut self, method: Method, strata: &[RateStratum], level: f64, of: &dyn Fn(Statistic) -> Key) {
        if method == Method::StratifiedRateRatio {
            let found = stratified_rate_ratio(strata, level);
            // The function gives the logarithm.
            let ratio = found.and_then(|own: StratifiedRate| as_ratio(own.estimate, own.interval));
            return self.effect_rows(ratio, found.map(|own| own.p), level, of);
        }
        let limit = |statistic: Statistic| of(statistic).conf_level(level);
        let found = stratified_rate_difference(strata, level);
        self.push(of(Statistic::Difference), value(found.map(|own| own.estimate)), None);
        self.push(limit(Statistic::DifferenceLower), value(found.map(|own| own.interval.lower)), None);
        self.push(limit(Statistic::DifferenceUpper), value(found.map(|own| own.interval.upper)), None);
        self.push(of(Statistic::PValue), value(found.map(|own| own.p)), None);
    }
}

/// The arm of each subject as a number: 1 in the first.
fn indicator([first, second]: [&[AtRisk]; 2]) -> Vec<f64> {
    first.iter().map(|_| 1.0).chain(second.iter().map(|_| 0.0)).collect()
}

/// The ratio of the mean numbers of events of two arms, however those of a subject hang together.
fn recurrent_ratio(arms: [&[AtRisk]; 2], level: f64) -> Result<HazardRatio, Undefined> {
    let both = || arms[0].iter().chain(arms[1]);
    #[expect(clippy::cast_precision_loss, reason = "days at risk are far below 2^53")]
    let ends: Vec<f64> = both().map(|own| own.days as f64).collect();
    let events: Vec<Vec<f64>> = both().map(on_days).collect();
    let fit = andersen_gill(&ends, &events, &[indicator(arms)], Ties::Efron, level)?;
    fit.rates?.effects.first().map_or(Err(Undefined::NotEstimable), Clone::clone)
}

/// The days on which a subject has a record.
fn on_days(own: &AtRisk) -> Vec<f64> {
    let days: BTreeSet<i32> = own.each.iter().copied().collect();
    days.into_iter().map(f64::from).collect()
}

/// The logarithm of the ratio of event rates, by a regression of the number of records.
fn count_ratio(method: Method, arms: [&[AtRisk]; 2], level: f64) -> Result<LogEffect, Undefined> {
    let both = || arms[0].iter().chain(arms[1]);
    let counts: Vec<u64> = both().map(|own| own.records).collect();
    let exposure: Vec<f64> = both().map(|own| years(own.days)).collect();
    let columns = [vec![1.0; counts.len()], indicator(arms)];
    let fit = match method {
        Method::NegativeBinomial => {
            negative_binomial_regression(&columns, &counts, &exposure, CountErrors::Model, level)?
        }
        _ => poisson_regression(&columns, &counts, &exposure, CountErrors::Robust, level)?,
    };
    fit.effects.get(1).copied().ok_or(Undefined::NotEstimable)
}

#[expect(clippy::cast_precision_loss, reason = "days at risk are far below 2^53")]
fn years(days: i64) -> f64 {
    days as f64 / YEAR
}

fn per_years(days: i64) -> f64 {
    years(days) / PER_YEARS
}
