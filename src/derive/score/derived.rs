//! What follows from the assessments in the rows of a frame: items, totals with bounds, counts, moves, contradictions.

use std::collections::BTreeSet;

use super::Assessment;
use crate::data::vector::{Measure, Texts, Vector};
use crate::derive::Notes;
use crate::derive::frame::Sources;
use crate::error::{Finding, Place};
use crate::plan::BoundScore;
use crate::spec::instrument::{Against, Move, ScoreInstrument};

/// The assessments in the rows of a frame, and what follows from them.
pub(super) struct Derived<'a> {
    instrument: &'a ScoreInstrument,
    name: &'a str,
    /// Rows of a subject: the visits, and then baseline.
    visits: usize,
    placed: Vec<Assessment>,
    pub(super) date: Vec<Option<i32>>,
    /// The values of the instrument, and what each is worth.
    words: Vec<&'a String>,
    points: Vec<f64>,
}

impl<'a> Derived<'a> {
    pub(super) fn new(
        instrument: &'a ScoreInstrument,
        name: &'a str,
        visits: usize,
        placed: Vec<Assessment>,
        date: Vec<Option<i32>>,
    ) -> Self {
        let (words, points) = instrument.values.iter().map(|(word, points)| (word, *points)).unzip();
        Self { instrument, name, visits, placed, date, words, points }
    }

    /// A total with its bounds: missing if an item is, the bounds as if each missing item had its least or most.
    fn total(&self, row: usize, position: usize) -> (Measure, f64, f64) {
        let (total, points) = (&self.instrument.total[position], &self.points);
        let least = points.iter().copied().fold(f64::INFINITY, f64::min);
        let most = points.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let (mut sum, mut low, mut high, mut missing, mut any) = (0.0, 0.0, 0.0, false, false);
        for (item, value) in self.instrument.item.iter().zip(&self.placed[row].items) {
            if !total.has(item) {
                continue;
            }
            if let Some(value) = value {
                let own = points[*value] * item.weight;
                sum += own;
                low += own;
                high += own;
                any = true;
            } else {
                low += least * item.weight;
                high += most * item.weight;
                missing = true;
            }
        }
        match self.placed[row].recorded[position] {
            Some(recorded) if !any => (Measure::exact(recorded), recorded, recorded),
            _ if missing => (Measure::MISSING, low, high),
            _ => (Measure::exact(sum), low, high),
        }
    }

    /// The row whose value is the earlier one of a move; none at baseline.
    fn earlier(&self, row: usize, item: usize, against: Against) -> Option<usize> {
        let visit = row % self.visits;
        let baseline = row - visit + self.visits - 1;
        if row == baseline {
            return None;
        }
        let has = |row: &usize| self.placed[*row].items[item].is_some();
        match against {
            Against::Baseline => Some(baseline),
            Against::Previous => (row - visit..row).rev().find(has).or(Some(baseline)),
        }
    }

    /// How many items made a move, and of how many it cannot be told.
    fn moved(&self, row: usize, own: &Move) -> (u32, u32) {
        let words = &self.words;
        let (mut moved, mut open) = (0, 0);
        for (item, value) in self.placed[row].items.iter().enumerate() {
            let Some(earlier) = self.earlier(row, item, own.against) else { continue };
            let Some(now) = value.map(|value| words[value]) else {
                open += 1;
                continue;
            };
            let arrived = own.steps.iter().filter(|step| step.to.contains(now));
            let mut arrived = arrived.peekable();
            if arrived.peek().is_none() {
                continue;
            }
            match self.placed[earlier].items[item].map(|value| words[value]) {
                None => open += 1,
                Some(before) => moved += u32::from(arrived.any(|step| step.from.contains(before))),
            }
        }
        (moved, open)
    }

    fn assessed(&self, row: usize) -> bool {
        self.date[row].is_some()
    }

    pub(super) fn columns(&self, named: &BTreeSet<String>) -> Vec<(String, Vector)> {
        let mut columns = Vec::new();
        let mut add = |column: String, has_base: bool, value: &dyn Fn(usize) -> Measure| {
            let base = format!("{column}_base");
            let wanted = named.contains(&column) || (has_base && named.contains(&base));
            if wanted {
                let values: Vec<Measure> = (0..self.placed.len()).map(value).collect();
                self.with_base(column, base, Vector::Number(values), has_base, named, &mut columns);
            }
        };
        let name = self.name;
        for (position, total) in self.instrument.total.iter().enumerate() {
            let column = ScoreInstrument::total_column(name, position, total);
            add(column, true, &|row| self.total(row, position).0);
        }
        let if_assessed =
            |row: usize, value: f64| if self.assessed(row) { Measure::exact(value) } else { Measure::MISSING };
        let missing = |row: usize| small(self.placed[row].items.iter().filter(|value| value.is_none()).count());
        add(format!("{name}_low"), true, &|row| if_assessed(row, self.total(row, 0).1));
        add(format!("{name}_high"), true, &|row| if_assessed(row, self.total(row, 0).2));
        add(format!("{name}_missing"), true, &|row| if_assessed(row, missing(row)));
        let (words, points) = (&self.words, &self.points);
        for count in &self.instrument.count {
            let counted = |row: usize| {
                let items = self.placed[row].items.iter().flatten();
                small(items.filter(|value| count.values.contains(words[**value])).count())
            };
            add(format!("{name}_{}", count.id), true, &|row| if_assessed(row, counted(row)));
        }
        for own in &self.instrument.r#move {
            let at_baseline = |row: usize| row % self.visits == self.visits - 1;
            let value = |row: usize, value: u32| {
                if at_baseline(row) { Measure::exact(0.0) } else { Measure::exact(f64::from(value)) }
            };
            add(format!("{name}_{}", own.id), false, &|row| value(row, self.moved(row, own).0));
            add(format!("{name}_{}_open", own.id), false, &|row| value(row, self.moved(row, own).1));
        }
        if !self.instrument.words {
            for (item, own) in self.instrument.item.iter().enumerate() {
                add(format!("{name}_{}", own.id), true, &|row| {
                    self.placed[row].items[item].map_or(Measure::MISSING, |value| Measure::exact(points[value]))
                });
            }
            return columns;
        }
        for (item, own) in self.instrument.item.iter().enumerate() {
            let column = format!("{name}_{}", own.id);
            let base = format!("{column}_base");
            if named.contains(&column) || named.contains(&base) {
                let values = self.placed.iter().map(|row| row.items[item].map(|value| words[value].as_str()));
                self.with_base(column, base, Vector::Text(Texts::encode(values)), true, named, &mut columns);
            }
        }
        columns
    }

    /// Keeps a column and its baseline, where they are named.
    fn with_base(
        &self,
        column: String,
        base: String,
        vector: Vector,
        has_base: bool,
        named: &BTreeSet<String>,
        columns: &mut Vec<(String, Vector)>,
    ) {
        if has_base && named.contains(&base) {
            let rows: Vec<Option<usize>> =
                (0..vector.len()).map(|row| Some(row - row % self.visits + self.visits - 1)).collect();
            columns.push((base, vector.gather(&rows)));
        }
        if named.contains(&column) {
            columns.push((column, vector));
        }
    }

    /// Moves that contradict the instrument, and recorded totals that differ from their items: warnings by subject.
    pub(super) fn contradictions(&self, score: &BoundScore, sources: &Sources<'_>, notes: &mut Notes<'_>) {
        let who = |rows: &[usize]| {
            let mut subjects: Vec<String> = rows.iter().map(|row| sources.index.id(row / self.visits)).collect();
            subjects.dedup();
            subjects
        };
        let place = |variable: &str| Place::dataset(score.dataset.clone()).variable(variable);
        for own in self.instrument.r#move.iter().filter(|own| own.query) {
            let rows: Vec<usize> = (0..self.placed.len()).filter(|row| self.moved(*row, own).0 > 0).collect();
            if !rows.is_empty() {
                let message = format!("{}: {}", score.name, own.label);
                notes.findings.push(Finding::warning(place(&score.value).subjects(who(&rows)), message));
            }
        }
        for (position, total) in self.instrument.total.iter().enumerate() {
            let differs = |row: &usize| {
                let recorded = self.placed[*row].recorded[position];
                let derived = self.total(*row, position).0.value();
                recorded.zip(derived).is_some_and(|(recorded, derived)| (recorded - derived).abs() > 1e-9)
            };
            let rows: Vec<usize> = (0..self.placed.len()).filter(differs).collect();
            if !rows.is_empty() {
                let message =
                    format!("{}: the recorded {} differs from its items, which count", score.name, total.label);
                notes.findings.push(Finding::warning(place(&score.value).subjects(who(&rows)), message));
            }
        }
    }
}

/// A number of items as a number.
fn small(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two items of one group worth 3 and one of another worth 1; grades "0" and "1".
    fn instrument() -> ScoreInstrument {
        let text = r#"
            label = "two groups"
            source = "by hand"
            values = { "0" = 0, "1" = 1 }
            item = [
              { id = "a", code = "A", label = "a", group = "x", weight = 3 },
              { id = "b", code = "B", label = "b", group = "x", weight = 3 },
              { id = "c", code = "C", label = "c", group = "y" },
            ]
            total = [
              { id = "all", code = "ALL", label = "all" },
              { id = "x", code = "X", label = "x", groups = ["x"] },
              { id = "rest", code = "REST", label = "rest", without = ["x"] },
            ]
            count = [{ id = "present", code = "N", label = "present", values = ["1"] }]
            move = [{ id = "new", label = "new", against = "baseline", steps = [{ from = ["0"], to = ["1"] }] }]
        "#;
        toml::from_str(text).unwrap()
    }

    /// One subject: the items at its only visit, and at baseline.
    fn column(visit: [Option<usize>; 3], base: [Option<usize>; 3], name: &str) -> String {
        let instrument = instrument();
        let row = |items: [Option<usize>; 3]| Assessment { items: items.to_vec(), recorded: vec![None; 3] };
        let derived = Derived::new(&instrument, "s", 2, vec![row(visit), row(base)], vec![Some(10), Some(0)]);
        let columns = derived.columns(&BTreeSet::from([name.to_owned()]));
        assert_eq!(columns.len(), 1);
        columns[0].1.show(0)
    }

    const BASE: [Option<usize>; 3] = [Some(0), Some(1), Some(0)];

    #[test]
    fn totals_are_weighted_sums_and_missing_with_an_item() {
        let visit = [Some(1), None, Some(1)];
        let names = ["s", "s_x", "s_rest", "s_low", "s_high", "s_missing", "s_present", "s_a", "s_base"];
        let found = names.map(|name| column(visit, BASE, name));
        assert_eq!(found, ["", "", "1", "4", "7", "1", "2", "1", "3"]);
        assert_eq!(column([Some(1); 3], BASE, "s"), "7");
    }

    #[test]
    fn moves_are_counted_and_those_that_cannot_be_told_apart() {
        assert_eq!(column([Some(1), Some(1), None], BASE, "s_new"), "1");
        assert_eq!(column([Some(1), Some(1), None], BASE, "s_new_open"), "1");
        // Absent at the visit can be no move, whatever baseline was; present may be one.
        assert_eq!(column([Some(0), Some(1), Some(1)], [None, None, Some(1)], "s_new_open"), "1");
        assert_eq!(column([Some(0), Some(1), Some(1)], [None, None, Some(1)], "s_new"), "0");
    }
}
