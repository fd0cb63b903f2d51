//! The log-rank test.

use super::super::distribution::chi_square_sf;
use super::super::symmetric::{Factors, Matrix};
use super::super::{Undefined, finite, real, size};
use super::{by_time, number, simultaneous};

/// The log-rank test of equal hazards.
#[derive(Clone, Debug, PartialEq)]
pub struct LogRank {
    /// Events of each group.
    pub observed: Vec<u64>,
    /// Events of each group expected if hazards were equal.
    pub expected: Vec<f64>,
    /// Squared deviations in units of their covariance.
    pub statistic: f64,
    /// Degrees of freedom.
    pub df: f64,
    /// Probability of a statistic at least as large.
    pub p: f64,
}

/// The log-rank test of two or more groups.
///
/// # Method
/// Mantel 1966, Chemotherapy Reports 50:163, with the hypergeometric covariance at each time, ties included.
/// Groups of which nobody is left at the first event have no expectation and no degree of freedom.
///
/// # Input
/// For each subject a time from 0, whether it ended in the event, and the number of its group below `groups`.
///
/// # Not estimable
/// `NoData` without subjects; `ZeroMargin` with subjects of only one group; `NoEvents` without events; `ZeroVariance`
/// when only one group is at risk at the first event, or all who are then at risk have it; `OutOfRange` when lengths
/// differ, a time is negative or not finite, or a group is not below `groups`.
///
/// # Agrees with
/// R `survdiff(Surv(time, event) ~ group)`; cases in `fixtures/reference/log-rank`.
pub fn log_rank(time: &[f64], event: &[bool], group: &[usize], groups: usize) -> Result<LogRank, Undefined> {
    if event.len() != time.len() || group.len() != time.len() || group.iter().any(|group| *group >= groups) {
        return Err(Undefined::OutOfRange);
    }
    let happened: Vec<(usize, bool)> = group.iter().copied().zip(event.iter().copied()).collect();
    let subjects = by_time(time, &happened)?;
    if group.windows(2).all(|pair| pair[0] == pair[1]) {
        return Err(Undefined::ZeroMargin);
    }
    let mut at_risk = vec![0; groups];
    for group in group {
        at_risk[*group] += 1;
    }
    let mut found = Sums { observed: vec![0; groups], expected: vec![0.0; groups], covariance: Vec::new() };
    found.covariance = vec![vec![0.0; groups]; groups];
    for moment in subjects.chunk_by(simultaneous) {
        found.add(&at_risk, moment);
        for (_, (group, _)) in moment {
            at_risk[*group] -= 1;
        }
    }
    found.test()
}

/// Sums over the times.
struct Sums {
    observed: Vec<u64>,
    expected: Vec<f64>,
    covariance: Matrix,
}

impl Sums {
    fn add(&mut self, at_risk: &[u64], moment: &[(f64, (usize, bool))]) {
        let happened = moment.iter().filter(|(_, (_, event))| *event);
        let groups: Vec<usize> = happened.map(|(_, (group, _))| *group).collect();
        let (events, all) = (number(&groups), at_risk.iter().sum::<u64>());
        if events == 0 {
            return;
        }
        for group in groups {
            self.observed[group] += 1;
        }
        let share = |group: usize| real(at_risk[group]) / real(all);
        // With a single subject at risk there is no variation, and nothing to divide by.
        let factor = real(events) * real(all - events) / real(all - 1).max(1.0);
        for one in 0..at_risk.len() {
            self.expected[one] += real(events) * share(one);
            for two in 0..at_risk.len() {
                let others = if one == two { real(all - at_risk[one]) / real(all) } else { -share(two) };
                self.covariance[one][two] += factor * share(one) * others;
            }
        }
    }

    fn test(self) -> Result<LogRank, Undefined> {
        if self.observed.iter().sum::<u64>() == 0 {
            return Err(Undefined::NoEvents);
        }
        let compared: Vec<usize> = (0..self.expected.len()).filter(|group| self.expected[*group] > 0.0).collect();
        // Deviations sum to zero: one group says nothing new.
        let free = &compared[1..];
        let part: Matrix =
            free.iter().map(|one| free.iter().map(|two| self.covariance[*one][*two]).collect()).collect();
        let deviation: Vec<f64> =
            free.iter().map(|group| real(self.observed[*group]) - self.expected[*group]).collect();
        let df = size(free);
        if df == 0.0 {
            return Err(Undefined::ZeroVariance);
        }
        let factors = Factors::new(&part, &vec![0.0; free.len()]).ok_or(Undefined::ZeroVariance)?;
        let statistic = finite(factors.quadratic(&deviation))?.max(0.0);
        let p = chi_square_sf(statistic, df)?;
        Ok(LogRank { observed: self.observed, expected: self.expected, statistic, df, p })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn assert_close(value: f64, expected: f64) {
        assert!(libm::fabs(value - expected) < 1e-14 * (1.0 + expected), "{value:e} is not {expected:e}");
    }

    #[test]
    fn four_subjects_on_paper() {
        // Group 0 fails at 1 and 3, group 1 at 2 and is censored at 4: expectations 1/2 + 1/3 + 1/2 for group 0.
        let found = log_rank(&[1.0, 2.0, 3.0, 4.0], &[true, true, true, false], &[0, 1, 0, 1], 2).unwrap();
        assert_eq!(found.observed, [2, 1]);
        assert_close(found.expected[0], 4.0 / 3.0);
        assert_close(found.expected[1], 5.0 / 3.0);
        // Variance 1/4 + 2/9 + 1/4.
        assert_close(found.statistic, 4.0 / 9.0 / (13.0 / 18.0));
        assert_close(found.df, 1.0);
    }

    /// Three groups with ties.
    fn three_groups() -> (Vec<f64>, Vec<bool>, Vec<usize>) {
        let time = (0..30).map(|i| f64::from(i * i % 17)).collect();
        (time, (0..30).map(|i| i % 4 != 0).collect(), (0..30).map(|i| (i * 5 + i / 7) % 3).collect())
    }

    #[test]
    fn deviations_sum_to_zero_and_names_of_groups_do_not_matter() {
        let (time, event, group) = three_groups();
        let found = log_rank(&time, &event, &group, 3).unwrap();
        assert_close(found.expected.iter().sum(), real(found.observed.iter().sum()));
        let renamed: Vec<usize> = group.iter().map(|group| (group + 2) % 3).collect();
        let other = log_rank(&time, &event, &renamed, 3).unwrap();
        assert_close(other.statistic, found.statistic);
        assert_eq!(other.observed[2], found.observed[0]);
        let reversed = |values: &[usize]| values.iter().rev().copied().collect::<Vec<usize>>();
        let back = log_rank(
            &time.iter().rev().copied().collect::<Vec<f64>>(),
            &event.iter().rev().copied().collect::<Vec<bool>>(),
            &reversed(&group),
            3,
        );
        assert_eq!(back, Ok(found));
    }

    #[test]
    fn groups_that_do_not_take_part_count_for_nothing() {
        let (mut time, mut event, mut group) = three_groups();
        let two = log_rank(&time, &event, &group, 3).unwrap();
        let absent = log_rank(&time, &event, &group, 5).unwrap();
        assert_eq!((absent.statistic, absent.df), (two.statistic, two.df));
        // A group censored before the first event.
        for time in &mut time {
            *time += 1.0;
        }
        time.push(0.5);
        event.push(false);
        group.push(3);
        let early = log_rank(&time, &event, &group, 4).unwrap();
        assert_close(early.statistic, two.statistic);
        assert_close(early.df, two.df);
        assert_close(early.expected[3], 0.0);
    }

    #[test]
    fn nothing_to_compare() {
        let reason = |time: &[f64], event: &[bool], group: &[usize]| log_rank(time, event, group, 2).err();
        assert_eq!(reason(&[], &[], &[]), Some(Undefined::NoData));
        assert_eq!(reason(&[1.0, 2.0], &[true; 2], &[1; 2]), Some(Undefined::ZeroMargin));
        assert_eq!(reason(&[1.0, 2.0], &[false; 2], &[0, 1]), Some(Undefined::NoEvents));
        assert_eq!(reason(&[1.0, 2.0], &[false, true], &[0, 1]), Some(Undefined::ZeroVariance));
        assert_eq!(reason(&[1.0, 1.0], &[true; 2], &[0, 1]), Some(Undefined::ZeroVariance));
        assert_eq!(reason(&[1.0, 2.0], &[true; 2], &[0, 2]), Some(Undefined::OutOfRange));
        assert_eq!(reason(&[1.0], &[true; 2], &[0, 1]), Some(Undefined::OutOfRange));
        assert_eq!(reason(&[f64::NAN, 1.0], &[true; 2], &[0, 1]), Some(Undefined::OutOfRange));
    }
}
