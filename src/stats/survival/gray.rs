//! Gray's test of equal cumulative incidence.

use std::collections::BTreeSet;

use super::super::distribution::chi_square_sf;
use super::super::symmetric::{Factors, Matrix};
use super::super::{Undefined, finite, size};
use super::{by_time, simultaneous};

/// A pivot of the covariance below this share of its variance is rounding.
const ROUNDING: f64 = 1e-10;

/// Gray's test.
#[derive(Clone, Debug, PartialEq)]
pub struct GrayTest {
    /// Weighted events of each group less those expected if incidences were equal; above 0 for a group with more.
    pub deviations: Vec<f64>,
    /// Squared deviations in units of their covariance.
    pub statistic: f64,
    /// Degrees of freedom.
    pub df: f64,
    /// Probability of a statistic at least as large.
    pub p: f64,
}

/// Gray's test of equal cumulative incidence of a cause, in two or more groups, stratified or not.
///
/// # Method
/// Gray 1988, Annals of Statistics 16:1141, with rho = 0: subjects with another cause stay in the risk set of the
/// subdistribution, in which those still at risk stand for them (R = n (1 − F) / S). Variance as in section 2 of the paper,
/// with the corrections for ties of its author's program. Deviations and covariances sum over the strata.
///
/// # Input
/// For each subject a time from 0, its cause from 1, or 0 when censored, the number of its group below `groups`, and its
/// stratum, the same for all if there are none; the cause of interest, from 1. At the same time events come before
/// censorings.
///
/// # Not estimable
/// `NoData` without subjects; `ZeroMargin` with subjects of only one group; `NoEvents` without events of the cause;
/// `ZeroVariance` when no stratum tells the groups apart; `OutOfRange` when lengths differ, a time is negative or not
/// finite, a group is not below `groups`, or the cause of interest is 0.
///
/// # Agrees with
/// R `cmprsk::cuminc(time, cause, group, strata)$Tests`; cases in `fixtures/reference/gray`.
pub fn gray_test(
    time: &[f64],
    cause: &[usize],
    interest: usize,
    group: &[usize],
    groups: usize,
    stratum: &[usize],
) -> Result<GrayTest, Undefined> {
    let lengths = [cause.len(), group.len(), stratum.len()];
    let unknown = group.iter().any(|group| *group >= groups);
    if lengths.iter().any(|own| *own != time.len()) || unknown || interest == 0 {
        return Err(Undefined::OutOfRange);
    }
    let what = |cause: usize| if cause == interest { What::Interest } else { What::other(cause) };
    let happened: Vec<(usize, usize, What)> = stratum
        .iter()
        .zip(group)
        .zip(cause)
        .map(|((stratum, group), cause)| (*stratum, *group, what(*cause)))
        .collect();
    let subjects = by_time(time, &happened)?;
    if group.windows(2).all(|pair| pair[0] == pair[1]) {
        return Err(Undefined::ZeroMargin);
    }
    if !cause.contains(&interest) {
        return Err(Undefined::NoEvents);
    }
    let zeros = || vec![vec![0.0; groups]; groups];
    let (mut deviations, mut expected, mut covariance) = (vec![0.0; groups], vec![0.0; groups], zeros());
    for stratum in stratum.iter().collect::<BTreeSet<&usize>>() {
        let members = subjects.iter().filter(|(_, (own, _, _))| own == stratum);
        let members: Vec<(f64, (usize, What))> =
            members.map(|(time, (_, group, what))| (*time, (*group, *what))).collect();
        let mut scan = Scan::new(&members, groups);
        for moment in members.chunk_by(simultaneous) {
            scan.moment(moment);
        }
        let own = scan.covariance();
        for one in 0..groups {
            deviations[one] += scan.deviations[one];
            expected[one] += scan.expected[one];
            for two in 0..groups {
                covariance[one][two] += own[one][two];
            }
        }
    }
    test(deviations, &expected, &covariance)
}

fn test(deviations: Vec<f64>, expected: &[f64], covariance: &Matrix) -> Result<GrayTest, Undefined> {
    let compared: Vec<usize> = (0..expected.len()).filter(|group| expected[*group] > 0.0).collect();
    // Deviations sum to zero: one group says nothing new.
    let free = compared.get(1..).filter(|free| !free.is_empty()).ok_or(Undefined::ZeroVariance)?;
    let part: Matrix = free.iter().map(|one| free.iter().map(|two| covariance[*one][*two]).collect()).collect();
    let bounds: Vec<f64> = free.iter().map(|group| ROUNDING * expected[*group]).collect();
    let deviation: Vec<f64> = free.iter().map(|group| deviations[*group]).collect();
    let factors = Factors::new(&part, &bounds).ok_or(Undefined::ZeroVariance)?;
    let (statistic, df) = (finite(factors.quadratic(&deviation))?.max(0.0), size(free));
    Ok(GrayTest { deviations, statistic, df, p: chi_square_sf(statistic, df)? })
}

/// What ended the time of a subject.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum What {
    Censored,
    Interest,
    Other,
}

impl What {
    fn other(cause: usize) -> Self {
        if cause == 0 { Self::Censored } else { Self::Other }
    }
}

/// A group in the course of time.
#[derive(Clone)]
struct Group {
    at_risk: f64,
    /// The share without any event.
    free: f64,
    /// The share with the event of interest.
    incidence: f64,
    /// Events of interest, and of other causes, at the time in question.
    interest: f64,
    other: f64,
    /// The variance of the martingale of the group, and its covariance with the deviation of each.
    own: f64,
    with: Vec<f64>,
}

/// Sums over the times of a stratum.
struct Scan {
    groups: Vec<Group>,
    /// Incidence of all groups together.
    incidence: f64,
    deviations: Vec<f64>,
    expected: Vec<f64>,
    /// The sums of the weights of each pair of groups.
    weights: Matrix,
    direct: Matrix,
}

impl Scan {
    fn new(members: &[(f64, (usize, What))], groups: usize) -> Self {
        let none = vec![0.0; groups];
        let zeros = vec![none.clone(); groups];
        let empty =
            Group { at_risk: 0.0, free: 1.0, incidence: 0.0, interest: 0.0, other: 0.0, own: 0.0, with: none.clone() };
        let mut scan = Self {
            groups: vec![empty; groups],
            incidence: 0.0,
            deviations: none.clone(),
            expected: none,
            weights: zeros.clone(),
            direct: zeros,
        };
        for (_, (group, _)) in members {
            scan.groups[*group].at_risk += 1.0;
        }
        scan
    }

    fn moment(&mut self, moment: &[(f64, (usize, What))]) {
        for group in &mut self.groups {
            (group.interest, group.other) = (0.0, 0.0);
        }
        for (_, (group, what)) in moment {
            let group = &mut self.groups[*group];
            match what {
                What::Censored => {}
                What::Interest => group.interest += 1.0,
                What::Other => group.other += 1.0,
            }
        }
        if moment.iter().any(|(_, (_, what))| *what != What::Censored) {
            self.events();
        }
        for (_, (group, _)) in moment {
            self.groups[*group].at_risk -= 1.0;
        }
    }

    fn events(&mut self) {
        let at_risk: Vec<usize> = (0..self.groups.len()).filter(|group| self.groups[*group].at_risk > 0.0).collect();
        let of = |group: usize| &self.groups[group];
        let events: f64 = at_risk.iter().map(|group| of(*group).interest).sum();
        // What the subjects at risk stand for: all whom nothing censored, and those of them without the event of interest.
        let stand: Vec<f64> = self.groups.iter().map(|group| group.at_risk / group.free).collect();
        let share = |group: usize| stand[group] * (1.0 - of(group).incidence);
        let all: f64 = at_risk.iter().map(|group| stand[*group]).sum();
        let without: f64 = at_risk.iter().map(|group| share(*group)).sum();
        let before = self.incidence;
        let after = before + events / all;
        let mut weight = vec![vec![0.0; self.groups.len()]; self.groups.len()];
        for one in &at_risk {
            let expected = events * share(*one) / without;
            self.expected[*one] += expected;
            self.deviations[*one] += of(*one).interest - expected;
            for two in &at_risk {
                let others = if one == two { 1.0 - stand[*two] / all } else { -stand[*two] / all };
                weight[*one][*two] = stand[*one] * others;
                self.weights[*one][*two] += weight[*one][*two] * events / (all * (1.0 - before));
            }
        }
        for place in at_risk {
            let free = self.groups[place].free;
            let group = &mut self.groups[place];
            let hazard = (group.interest + group.other) / group.at_risk;
            let left = if hazard < 1.0 { free * (1.0 - hazard) } else { 0.0 };
            if events > 0.0 {
                let beyond = if left > 0.0 { 1.0 - (1.0 - after) / left } else { 1.0 };
                let ties = if events > 1.0 { 1.0 - (events - 1.0) / (all * free - 1.0) } else { 1.0 };
                let variance = ties * free * events / (all * group.at_risk);
                let parts: Vec<f64> =
                    weight.iter().zip(&self.weights).map(|(own, sum)| own[place] - beyond * sum[place]).collect();
                add(&mut self.direct, group, &parts, beyond, variance);
            }
            if group.other > 0.0 && left > 0.0 {
                let beyond = (1.0 - after) / left;
                let ties = if group.other > 1.0 { 1.0 - (group.other - 1.0) / (group.at_risk - 1.0) } else { 1.0 };
                let variance = ties * free * free * group.other / (group.at_risk * group.at_risk);
                let parts: Vec<f64> = self.weights.iter().map(|sum| -beyond * sum[place]).collect();
                add(&mut self.direct, group, &parts, beyond, variance);
            }
            group.incidence += free * group.interest / group.at_risk;
            group.free = left;
        }
        self.incidence = after;
    }

    fn covariance(&self) -> Matrix {
        let mut covariance = self.direct.clone();
        for (place, group) in self.groups.iter().enumerate() {
            for (one, row) in covariance.iter_mut().enumerate() {
                for (two, entry) in row.iter_mut().enumerate() {
                    let (first, second) = (self.weights[one][place], self.weights[two][place]);
                    *entry += first * second * group.own + first * group.with[two] + second * group.with[one];
                }
            }
        }
        covariance
    }
}

/// Adds what a time and a group contribute to the covariance.
fn add(direct: &mut Matrix, group: &mut Group, parts: &[f64], beyond: f64, variance: f64) {
    for (row, one) in direct.iter_mut().zip(parts) {
        for (entry, two) in row.iter_mut().zip(parts) {
            *entry += one * two * variance;
        }
    }
    for (entry, part) in group.with.iter_mut().zip(parts) {
        *entry += part * beyond * variance;
    }
    group.own += beyond * beyond * variance;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trial() -> (Vec<f64>, Vec<usize>, Vec<usize>) {
        let time = (0..60).map(|i| f64::from(i * i % 23)).collect();
        (time, (0..60).map(|i| (i * 7 + i / 5) % 3).collect(), (0..60).map(|i| (i * 5 + i / 7) % 3).collect())
    }

    #[test]
    fn deviations_sum_to_zero_and_names_do_not_matter() {
        let (time, cause, group) = trial();
        let found = gray_test(&time, &cause, 1, &group, 3, &[0; 60]).unwrap();
        assert!(libm::fabs(found.deviations.iter().sum()) < 1e-13);
        assert!(libm::fabs(found.df - 2.0) < 1e-15);
        let renamed: Vec<usize> = group.iter().map(|group| (group + 2) % 3).collect();
        let other = gray_test(&time, &cause, 1, &renamed, 3, &[4; 60]).unwrap();
        assert!(libm::fabs(found.statistic - other.statistic) < 1e-12);
        let absent = gray_test(&time, &cause, 1, &group, 5, &[0; 60]).unwrap();
        assert!(libm::fabs(found.statistic - absent.statistic) < 1e-12);
        // Causes that are not of interest are all the same.
        let more: Vec<usize> =
            cause.iter().zip(0..60).map(|(own, i)| if *own == 2 { 2 + i % 4 } else { *own }).collect();
        assert_eq!(gray_test(&time, &more, 1, &group, 3, &[0; 60]).unwrap(), found);
        // Two copies in two strata.
        let strata: Vec<usize> = (0..120).map(|i| i / 60).collect();
        let twice = |values: &[usize]| [values, values].concat();
        let both = gray_test(&[time.clone(), time].concat(), &twice(&cause), 1, &twice(&group), 3, &strata).unwrap();
        assert!(libm::fabs(both.statistic - 2.0 * found.statistic) < 1e-11);
    }

    #[test]
    fn nothing_to_compare() {
        let reason = |time: &[f64], cause: &[usize], group: &[usize]| {
            gray_test(time, cause, 1, group, 2, &vec![0; time.len()]).err()
        };
        assert_eq!(reason(&[], &[], &[]), Some(Undefined::NoData));
        assert_eq!(reason(&[1.0, 2.0], &[1; 2], &[1; 2]), Some(Undefined::ZeroMargin));
        assert_eq!(reason(&[1.0, 2.0], &[0, 2], &[0, 1]), Some(Undefined::NoEvents));
        assert_eq!(reason(&[1.0, 2.0], &[0, 1], &[0, 1]), Some(Undefined::ZeroVariance));
        assert_eq!(reason(&[1.0, 1.0], &[1; 2], &[0, 1]), Some(Undefined::ZeroVariance));
        assert_eq!(reason(&[1.0, 2.0], &[1; 2], &[0, 2]), Some(Undefined::OutOfRange));
        assert_eq!(reason(&[1.0], &[1; 2], &[0, 1]), Some(Undefined::OutOfRange));
        assert_eq!(reason(&[f64::NAN, 1.0], &[1; 2], &[0, 1]), Some(Undefined::OutOfRange));
        assert_eq!(gray_test(&[1.0; 2], &[1; 2], 0, &[0, 1], 2, &[0; 2]), Err(Undefined::OutOfRange));
        assert_eq!(gray_test(&[1.0; 2], &[1; 2], 1, &[0, 1], 2, &[0]), Err(Undefined::OutOfRange));
    }
}
