//! Log-rank tests that give some times more weight than others.

use std::collections::BTreeSet;

use super::super::distribution::{chi_square_sf, normal_sf};
use super::super::symmetric::{Factors, Matrix};
use super::super::{Undefined, finite, real, size};
use super::{by_time, number, simultaneous};

/// A pivot of the covariance below this share of its variance is rounding.
const ROUNDING: f64 = 1e-10;

/// What a time with events weighs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Weight {
    /// All the same.
    LogRank,
    /// The number at risk: Gehan 1965, Biometrika 52:203, in the form of Breslow 1970, Biometrika 57:579.
    Gehan,
    /// The square root of the number at risk: Tarone and Ware 1977, Biometrika 64:156.
    TaroneWare,
    /// The pooled survival then, each factor 1 − d / (n + 1): Peto and Peto 1972, Journal of the Royal Statistical
    /// Society A 135:185, as in Klein and Moeschberger 2003, Survival Analysis, 7.3, and SAS `PETO`. What R calls by
    /// that name is `FlemingHarrington` with 1 and 0.
    PetoPeto,
    /// Powers of the pooled survival just before and of its complement: Fleming and Harrington 1991, Counting Processes
    /// and Survival Analysis, 7.2.
    FlemingHarrington {
        /// Power of survival; large for weight on early times.
        rho: f64,
        /// Power of its complement; large for weight on late times.
        gamma: f64,
    },
}

impl Weight {
    /// Powers have to be finite and not negative.
    pub(super) fn check(self) -> Result<(), Undefined> {
        let bad = |power: f64| !(power.is_finite() && power >= 0.0);
        match self {
            Self::FlemingHarrington { rho, gamma } if bad(rho) || bad(gamma) => Err(Undefined::OutOfRange),
            _ => Ok(()),
        }
    }
}

/// Pooled survival, from which weights follow.
pub(super) struct Pooled {
    weight: Weight,
    survival: f64,
    peto: f64,
}

impl Pooled {
    pub(super) fn new(weight: Weight) -> Self {
        Self { weight, survival: 1.0, peto: 1.0 }
    }

    /// The weight of the next time with events.
    pub(super) fn next(&mut self, events: u64, at_risk: u64) -> f64 {
        let (events, risk) = (real(events), real(at_risk));
        let before = self.survival;
        self.survival *= (risk - events) / risk;
        self.peto *= (risk + 1.0 - events) / (risk + 1.0);
        match self.weight {
            Weight::LogRank => 1.0,
            Weight::Gehan => risk,
            Weight::TaroneWare => risk.sqrt(),
            Weight::PetoPeto => self.peto,
            Weight::FlemingHarrington { rho, gamma } => libm::pow(before, rho) * libm::pow(1.0 - before, gamma),
        }
    }
}

/// A weighted log-rank test of equal hazards.
#[derive(Clone, Debug, PartialEq)]
pub struct WeightedLogRank {
    /// Weighted events of each group less those expected if hazards were equal; above 0 for a group with more.
    pub deviations: Vec<f64>,
    /// Covariance of the deviations.
    pub covariance: Vec<Vec<f64>>,
    /// Squared deviations in units of their covariance.
    pub statistic: f64,
    /// Degrees of freedom.
    pub df: f64,
    /// Probability of a statistic at least as large.
    pub p: f64,
}

/// A test for a trend of hazards over groups.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LogRankTrend {
    /// Deviations weighted by the scores of their groups; above 0 if hazards rise with the scores.
    pub deviation: f64,
    /// Its variance.
    pub variance: f64,
    /// Deviation over standard error.
    pub z: f64,
    /// Two-sided p-value of no trend.
    pub p: f64,
}

/// A weighted log-rank test of two or more groups, stratified or not.
///
/// # Method
/// Sums over the times, and over the strata, of weighted deviations from the events expected under equal hazards, with
/// the hypergeometric covariance; `Weight` cites the weights. Those that depend on survival or on numbers at risk take
/// them from the stratum. Groups without weighted expectation have no degree of freedom.
///
/// # Input
/// For each subject a time from 0, whether it ended in the event, the number of its group below `groups`, and its
/// stratum, the same for all if there are none. Powers of `FlemingHarrington` from 0.
///
/// # Not estimable
/// `NoData` without subjects; `ZeroMargin` with subjects of only one group; `NoEvents` without events; `ZeroVariance`
/// when no stratum tells the groups apart at a time of weight; `OutOfRange` when lengths differ, a time is negative or
/// not finite, a group is not below `groups`, or a power is negative or not finite.
///
/// # Agrees with
/// R `survdiff(Surv(time, event) ~ group + strata(stratum), rho)`, and the sums of the reference set for the other
/// weights; cases in `fixtures/reference/weighted-log-rank`.
pub fn weighted_log_rank(
    time: &[f64],
    event: &[bool],
    group: &[usize],
    groups: usize,
    stratum: &[usize],
    weight: Weight,
) -> Result<WeightedLogRank, Undefined> {
    Sums::over(time, event, group, groups, stratum, weight)?.test()
}

/// A test for a trend of hazards over ordered groups, stratified or not.
///
/// # Method
/// Tarone 1975, Biometrika 62:679: the sum of the deviations of `weighted_log_rank` times the scores of their groups,
/// against the normal distribution.
///
/// # Input
/// As `weighted_log_rank`, with a score for each group in the place of their number.
///
/// # Not estimable
/// As `weighted_log_rank`; `ZeroVariance` too when all groups at risk have the same score, `OutOfRange` when a score is
/// not finite.
///
/// # Agrees with
/// SAS `proc lifetest; strata group / trend`; cases, in rational arithmetic, in `fixtures/reference/weighted-log-rank`.
pub fn log_rank_trend(
    time: &[f64],
    event: &[bool],
    group: &[usize],
    scores: &[f64],
    stratum: &[usize],
    weight: Weight,
) -> Result<LogRankTrend, Undefined> {
    if scores.iter().any(|score| !score.is_finite()) {
        return Err(Undefined::OutOfRange);
    }
    let sums = Sums::over(time, event, group, scores.len(), stratum, weight)?;
    // Deviations sum to zero: only distances of scores matter.
    let away: Vec<f64> = scores.iter().map(|score| score - scores[group[0]]).collect();
    let deviation = away.iter().zip(&sums.deviations).map(|(score, own)| score * own).sum();
    let (mut variance, mut scale) = (0.0, 0.0);
    for (one, row) in away.iter().zip(&sums.covariance) {
        for (two, covariance) in away.iter().zip(row) {
            let term = one * two * covariance;
            variance += term;
            scale += libm::fabs(term);
        }
    }
    if scale == 0.0 || variance <= ROUNDING * scale {
        return Err(Undefined::ZeroVariance);
    }
    let z = finite(deviation / variance.sqrt())?;
    Ok(LogRankTrend { deviation, variance, z, p: (2.0 * normal_sf(libm::fabs(z))?).min(1.0) })
}

/// Sums over times and strata.
struct Sums {
    expected: Vec<f64>,
    deviations: Vec<f64>,
    covariance: Matrix,
}

impl Sums {
    fn over(
        time: &[f64],
        event: &[bool],
        group: &[usize],
        groups: usize,
        stratum: &[usize],
        weight: Weight,
    ) -> Result<Self, Undefined> {
        weight.check()?;
        let lengths = [event.len(), group.len(), stratum.len()];
        if lengths.iter().any(|own| *own != time.len()) || group.iter().any(|group| *group >= groups) {
            return Err(Undefined::OutOfRange);
        }
        let happened: Vec<(usize, usize, bool)> =
            stratum.iter().zip(group).zip(event).map(|((stratum, group), event)| (*stratum, *group, *event)).collect();
        let subjects = by_time(time, &happened)?;
        if group.windows(2).all(|pair| pair[0] == pair[1]) {
            return Err(Undefined::ZeroMargin);
        }
        if !event.contains(&true) {
            return Err(Undefined::NoEvents);
        }
        let mut sums = Self {
            expected: vec![0.0; groups],
            deviations: vec![0.0; groups],
            covariance: vec![vec![0.0; groups]; groups],
        };
        for stratum in stratum.iter().collect::<BTreeSet<&usize>>() {
            let members = subjects.iter().filter(|(_, (own, _, _))| own == stratum);
            let members: Vec<(f64, (usize, bool))> = members.map(|(time, (_, g, e))| (*time, (*g, *e))).collect();
            sums.add(&members, weight);
        }
        Ok(sums)
    }

    /// Adds a stratum.
    fn add(&mut self, subjects: &[(f64, (usize, bool))], weight: Weight) {
        let mut at_risk = vec![0_u64; self.expected.len()];
        for (_, (group, _)) in subjects {
            at_risk[*group] += 1;
        }
        let mut pooled = Pooled::new(weight);
        for moment in subjects.chunk_by(simultaneous) {
            let happened = moment.iter().filter(|(_, (_, event))| *event);
            let of: Vec<usize> = happened.map(|(_, (group, _))| *group).collect();
            if !of.is_empty() {
                let weight = pooled.next(number(&of), at_risk.iter().sum());
                self.moment(&at_risk, &of, weight);
            }
            for (_, (group, _)) in moment {
                at_risk[*group] -= 1;
            }
        }
    }

    /// Adds a time; `of` are the groups of its events.
    fn moment(&mut self, at_risk: &[u64], of: &[usize], weight: f64) {
        let (events, all) = (number(of), at_risk.iter().sum::<u64>());
        let share = |group: usize| real(at_risk[group]) / real(all);
        // With a single subject at risk there is no variation, and nothing to divide by.
        let factor = weight * weight * real(events) * real(all - events) / real(all - 1).max(1.0);
        for one in 0..at_risk.len() {
            let own: u64 = of.iter().map(|group| u64::from(*group == one)).sum();
            let expected = real(events) * share(one);
            self.expected[one] += weight * expected;
            self.deviations[one] += weight * (real(own) - expected);
            for two in 0..at_risk.len() {
                let others = if one == two { real(all - at_risk[one]) / real(all) } else { -share(two) };
                self.covariance[one][two] += factor * share(one) * others;
            }
        }
    }

    fn test(self) -> Result<WeightedLogRank, Undefined> {
        let compared: Vec<usize> = (0..self.expected.len()).filter(|group| self.expected[*group] > 0.0).collect();
        // Deviations sum to zero: one group says nothing new.
        let free = compared.get(1..).filter(|free| !free.is_empty()).ok_or(Undefined::ZeroVariance)?;
        let part: Matrix =
            free.iter().map(|one| free.iter().map(|two| self.covariance[*one][*two]).collect()).collect();
        let bounds: Vec<f64> = free.iter().map(|group| ROUNDING * self.covariance[*group][*group]).collect();
        let deviation: Vec<f64> = free.iter().map(|group| self.deviations[*group]).collect();
        let df = size(free);
        let factors = Factors::new(&part, &bounds).ok_or(Undefined::ZeroVariance)?;
        let statistic = finite(factors.quadratic(&deviation))?.max(0.0);
        let p = chi_square_sf(statistic, df)?;
        Ok(WeightedLogRank { deviations: self.deviations, covariance: self.covariance, statistic, df, p })
    }
}

#[cfg(test)]
mod tests {
    use super::super::log_rank;
    use super::*;

    #[track_caller]
    fn assert_close(value: f64, expected: f64) {
        assert!(libm::fabs(value - expected) < 1e-13 * (1.0 + libm::fabs(expected)), "{value:e} is not {expected:e}");
    }

    const LATE: Weight = Weight::FlemingHarrington { rho: 0.0, gamma: 1.0 };

    #[test]
    fn without_weights_and_strata_it_is_the_log_rank_test() {
        let time: Vec<f64> = (0..30).map(|i| f64::from(i * i % 17)).collect();
        let event: Vec<bool> = (0..30).map(|i| i % 4 != 0).collect();
        let group: Vec<usize> = (0..30).map(|i| (i * 5 + i / 7) % 3).collect();
        let one = log_rank(&time, &event, &group, 3).unwrap();
        let found = weighted_log_rank(&time, &event, &group, 3, &[7; 30], Weight::LogRank).unwrap();
        assert_close(found.statistic, one.statistic);
        let flat = Weight::FlemingHarrington { rho: 0.0, gamma: 0.0 };
        assert_close(weighted_log_rank(&time, &event, &group, 3, &[0; 30], flat).unwrap().statistic, one.statistic);
        // A doubled trial in two strata has twice the statistic.
        let twice = |values: &[usize]| [values, values].concat();
        let strata: Vec<usize> = (0..60).map(|i| i / 30).collect();
        let both = weighted_log_rank(
            &[time.clone(), time].concat(),
            &[event.clone(), event].concat(),
            &twice(&group),
            3,
            &strata,
            Weight::LogRank,
        );
        assert_close(both.unwrap().statistic, 2.0 * one.statistic);
    }

    #[test]
    fn a_trend_over_two_groups_is_the_signed_test() {
        let (time, event, group) = ([1.0, 2.0, 3.0, 4.0], [true, true, true, false], [0, 1, 0, 1]);
        // Gehan: weights 4, 3, 2; deviations of group 0: 4/2 − 3/3 + 2/2.
        let found = weighted_log_rank(&time, &event, &group, 2, &[0; 4], Weight::Gehan).unwrap();
        assert_close(found.deviations[0], 2.0);
        assert_close(found.covariance[0][0], 16.0 / 4.0 + 9.0 * 2.0 / 9.0 + 4.0 / 4.0);
        let trend = log_rank_trend(&time, &event, &group, &[5.0, 7.0], &[0; 4], Weight::Gehan).unwrap();
        assert_close(trend.z * trend.z, found.statistic);
        assert_close(trend.p, found.p);
        assert!(trend.z < 0.0);
        let back = log_rank_trend(&time, &event, &group, &[7.0, 5.0], &[0; 4], Weight::Gehan).unwrap();
        assert_close(back.z, -trend.z);
    }

    #[test]
    fn nothing_to_compare() {
        let with = |time: &[f64], event: &[bool], group: &[usize], weight| {
            let strata = vec![0; time.len()];
            let test = weighted_log_rank(time, event, group, 2, &strata, weight).err();
            assert_eq!(log_rank_trend(time, event, group, &[0.0, 1.0], &strata, weight).err(), test);
            test
        };
        let reason = |time: &[f64], event: &[bool], group: &[usize]| with(time, event, group, Weight::Gehan);
        assert_eq!(reason(&[], &[], &[]), Some(Undefined::NoData));
        assert_eq!(reason(&[1.0, 2.0], &[true; 2], &[1; 2]), Some(Undefined::ZeroMargin));
        assert_eq!(reason(&[1.0, 2.0], &[false; 2], &[0, 1]), Some(Undefined::NoEvents));
        assert_eq!(reason(&[1.0, 2.0], &[false, true], &[0, 1]), Some(Undefined::ZeroVariance));
        assert_eq!(reason(&[1.0, 1.0], &[true; 2], &[0, 1]), Some(Undefined::ZeroVariance));
        assert_eq!(reason(&[1.0, 2.0], &[true; 2], &[0, 2]), Some(Undefined::OutOfRange));
        assert_eq!(reason(&[1.0], &[true; 2], &[0, 1]), Some(Undefined::OutOfRange));
        assert_eq!(reason(&[f64::NAN, 1.0], &[true; 2], &[0, 1]), Some(Undefined::OutOfRange));
        // At the only time with both groups the weight is 0.
        assert_eq!(with(&[1.0, 2.0], &[true; 2], &[0, 1], LATE), Some(Undefined::ZeroVariance));
        for rho in [-1.0, f64::NAN, f64::INFINITY] {
            let weight = Weight::FlemingHarrington { rho, gamma: 0.0 };
            assert_eq!(with(&[1.0, 2.0], &[true; 2], &[0, 1], weight), Some(Undefined::OutOfRange));
        }
        let four = ([1.0, 2.0, 3.0, 4.0], [true; 4]);
        // Each stratum has one group.
        let alone = weighted_log_rank(&four.0, &four.1, &[0, 0, 1, 1], 2, &[0, 0, 1, 1], Weight::LogRank);
        assert_eq!(alone, Err(Undefined::ZeroVariance));
        // Two pairs of groups that never meet.
        let pairs = weighted_log_rank(&four.0, &four.1, &[0, 1, 2, 3], 4, &[0, 0, 1, 1], Weight::LogRank);
        assert_eq!(pairs, Err(Undefined::ZeroVariance));
        let trend = |scores: &[f64]| log_rank_trend(&four.0, &four.1, &[0, 1, 0, 1], scores, &[0; 4], Weight::LogRank);
        assert_eq!(trend(&[3.0, 3.0]), Err(Undefined::ZeroVariance));
        assert_eq!(trend(&[3.0, f64::NAN]), Err(Undefined::OutOfRange));
    }
}
