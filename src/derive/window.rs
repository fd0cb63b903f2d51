//! Which record stands for baseline and for each visit: windows, their ties, and the order of records of one day.

use std::cmp::Ordering;
use std::sync::Arc;

use crate::data::vector::Vector;
use crate::plan::BoundVisit;
use crate::spec::design::Tie;

/// Study day of a date: the reference day is day 1, the day before it day −1.
pub(super) fn study_day(date: i32, day_one: i32) -> i32 {
    if date >= day_one { date - day_one + 1 } else { date - day_one }
}

/// The choice among records, by their dates and the order of preference within a day.
pub(super) struct Choice<'a> {
    pub(super) dates: &'a [Option<i32>],
    pub(super) prefer: &'a [Arc<Vector>],
    pub(super) tie: Tie,
}

impl Choice<'_> {
    fn date(&self, row: usize) -> i32 {
        self.dates[row].unwrap_or(i32::MIN)
    }

    /// The last value on or before study day 1.
    pub(super) fn baseline(&self, rows: &[usize], day_one: i32) -> Option<usize> {
        rows.iter()
            .copied()
            .filter(|row| self.date(*row) <= day_one)
            .max_by(|a, b| self.date(*a).cmp(&self.date(*b)).then_with(|| self.preferred(*a, *b)))
    }

    /// The value nearest to the nominal day within the window, or within the wider one if there is none.
    pub(super) fn at(&self, rows: &[usize], day_one: i32, visit: &BoundVisit) -> Option<usize> {
        let within = |reach: i32| {
            rows.iter()
                .copied()
                .filter(|row| {
                    let day = study_day(self.date(*row), day_one);
                    day > 1 && (day - visit.day).abs() <= reach
                })
                .max_by(|a, b| self.nearer(*a, *b, day_one, visit.day))
        };
        within(visit.within).or_else(|| visit.when_empty.and_then(within))
    }

    /// The nearer of two is the greater; then by the tie rule, then by the order of preference.
    fn nearer(&self, a: usize, b: usize, day_one: i32, nominal: i32) -> Ordering {
        let distance = |row: usize| (study_day(self.date(row), day_one) - nominal).abs();
        let by_date = match self.tie {
            Tie::Later => self.date(a).cmp(&self.date(b)),
            Tie::Earlier => self.date(b).cmp(&self.date(a)),
        };
        distance(b).cmp(&distance(a)).then(by_date).then_with(|| self.preferred(a, b))
    }

    /// Of two records of a day the preferred one is the greater; identical ones fall back on canonical order.
    pub(super) fn preferred(&self, a: usize, b: usize) -> Ordering {
        self.prefer.iter().map(|vector| vector.compare(a, b)).find(|order| order.is_ne()).unwrap_or_else(|| a.cmp(&b))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn visit(when_empty: Option<i32>) -> BoundVisit {
        BoundVisit { id: "W".into(), day: 29, within: 7, when_empty }
    }

    fn choose(days: &[i32], tie: Tie, when_empty: Option<i32>) -> Option<usize> {
        // Day one is date 0, so that study day d is date d − 1.
        let dates: Vec<Option<i32>> = days.iter().map(|day| Some(if *day > 0 { day - 1 } else { *day })).collect();
        let rows: Vec<usize> = (0..days.len()).collect();
        Choice { dates: &dates, prefer: &[], tie }.at(&rows, 0, &visit(when_empty))
    }

    #[test]
    fn the_nearest_record_wins_and_the_tie_goes_to_the_later() {
        assert_eq!(choose(&[22, 28, 31, 36], Tie::Later, None), Some(1));
        assert_eq!(choose(&[27, 31], Tie::Later, None), Some(1));
        assert_eq!(choose(&[27, 31], Tie::Earlier, None), Some(0));
    }

    #[test]
    fn the_window_has_edges_and_widens_only_when_empty() {
        assert_eq!(choose(&[21, 37], Tie::Later, None), None);
        assert_eq!(choose(&[22], Tie::Later, None), Some(0));
        assert_eq!(choose(&[36], Tie::Later, None), Some(0));
        assert_eq!(choose(&[17, 42], Tie::Later, Some(14)), Some(0));
        assert_eq!(choose(&[43], Tie::Later, Some(14)), Some(0));
        assert_eq!(choose(&[44], Tie::Later, Some(14)), None);
        assert_eq!(choose(&[16, 36], Tie::Later, Some(14)), Some(1));
    }

    #[test]
    fn baseline_is_the_last_value_on_or_before_day_one() {
        let dates = [Some(-3), Some(0), Some(1)];
        let choice = Choice { dates: &dates, prefer: &[], tie: Tie::Later };
        assert_eq!(choice.baseline(&[0, 1, 2], 0), Some(1));
        assert_eq!(choice.baseline(&[2], 0), None);
        assert_eq!(study_day(-1, 0), -1);
        assert_eq!(study_day(0, 0), 1);
    }
}
