//! Descriptive summaries of a frame at its visits, and shifts from baseline.

use std::collections::BTreeSet;

use crate::analysis::summary::Numbers;
use crate::analysis::{Work, count};
use crate::data::vector::{Measure, Vector};
use crate::derive::FrameValues;
use crate::plan::{BoundFrameSummary, BoundItem, ItemKind, RuleId};
use crate::results::{Key, MISSING_LEVEL, Statistic, Value};
use crate::spec::endpoint::{LevelSpec, NUMBER_STATISTICS};

/// An item at a visit, for a group.
struct Cell<'a> {
    frame: &'a FrameValues,
    item: &'a BoundItem,
    visit: usize,
    group: Option<usize>,
    subjects: Vec<usize>,
}

impl Cell<'_> {
    fn text(&self, rule: RuleId, subject: usize) -> Option<&str> {
        match self.frame.value(rule, subject, self.visit) {
            Some((Vector::Text(texts), row)) => texts.get(row),
            _ => None,
        }
    }

    fn number(&self, rule: RuleId, subject: usize) -> Measure {
        match self.frame.value(rule, subject, self.visit) {
            Some((Vector::Number(values), row)) => values[row],
            _ => Measure::MISSING,
        }
    }

    fn holding(&self, holds: impl Fn(usize) -> bool) -> Vec<usize> {
        self.subjects.iter().copied().filter(|subject| holds(*subject)).collect()
    }
}

impl Work<'_> {
    pub(super) fn frame_summary(&mut self, summary: &BoundFrameSummary) {
        self.denominators(self.job.set);
        let Some(frame) = self.frames.frames.get(&summary.frame) else { return };
        for item in &summary.items {
            for visit in &summary.visits {
                for group in self.groups() {
                    let mut subjects = self.members(self.job.set, group);
                    if let Some(among) = item.among {
                        subjects.retain(|subject| frame.truth(among, None, *subject, *visit).holds());
                    }
                    let cell = Cell { frame, item, visit: *visit, group, subjects };
                    match &item.kind {
                        ItemKind::Number(rule) => self.number_at(&cell, *rule),
                        ItemKind::Count(rule) => self.condition_at(&cell, *rule),
                        ItemKind::Category(rule, levels, from) => self.category_at(&cell, *rule, levels, *from),
                        ItemKind::Heading => {}
                    }
                }
            }
        }
    }

    fn cell_key(&self, cell: &Cell<'_>, statistic: Statistic) -> Key {
        self.in_group(self.key(statistic), cell.group).variable(&cell.item.id).at(self.visit_id(cell.visit))
    }

    fn number_at(&mut self, cell: &Cell<'_>, rule: RuleId) {
        let numbers = Numbers::collect(cell.subjects.iter().map(|subject| cell.number(rule, *subject)));
        for statistic in NUMBER_STATISTICS {
            let (key, value) = (self.cell_key(cell, *statistic), numbers.statistic(*statistic));
            if matches!(statistic, Statistic::N) {
                let with = cell.holding(|subject| !cell.number(rule, subject).is_missing());
                self.push_count(key, value, &with);
            } else {
                self.push(key, value, cell.item.unit.as_deref());
            }
        }
    }

    fn condition_at(&mut self, cell: &Cell<'_>, rule: RuleId) {
        let with = cell.holding(|subject| cell.frame.truth(rule, None, subject, cell.visit).holds());
        let (part, whole) = (count(&with), count(&cell.subjects));
        self.push_count(self.cell_key(cell, Statistic::N), Value::Count(whole), &cell.subjects);
        self.push_count(self.cell_key(cell, Statistic::Count), Value::Count(part), &with);
        self.push_count(self.cell_key(cell, Statistic::Share), Value::share(part, whole), &with);
    }

    fn category_at(&mut self, cell: &Cell<'_>, rule: RuleId, listed: &[LevelSpec], from: Option<RuleId>) {
        let levels: Vec<String> = if listed.is_empty() {
            let everybody = self.members(self.job.set, None);
            let found: BTreeSet<&str> = everybody.iter().filter_map(|subject| cell.text(rule, *subject)).collect();
            found.into_iter().map(str::to_owned).collect()
        } else {
            listed.iter().map(|level| level.value.clone()).collect()
        };
        let whole = count(&cell.subjects);
        self.push_count(self.cell_key(cell, Statistic::N), Value::Count(whole), &cell.subjects);
        for level in &levels {
            let with = cell.holding(|subject| cell.text(rule, subject) == Some(level));
            let key = |statistic| self.cell_key(cell, statistic).level(level);
            let (counted, share) = (key(Statistic::Count), key(Statistic::Share));
            self.push_count(counted, Value::Count(count(&with)), &with);
            self.push_count(share, Value::share(count(&with), whole), &with);
        }
        let without = cell.holding(|subject| cell.text(rule, subject).is_none());
        self.push_count(self.cell_key(cell, Statistic::Missing), Value::Count(count(&without)), &without);
        if let Some(from) = from {
            self.shift_at(cell, rule, from, &levels);
        }
    }

    /// How many subjects moved from each level at baseline to each level at the visit, missing ones included.
    fn shift_at(&mut self, cell: &Cell<'_>, rule: RuleId, from: RuleId, levels: &[String]) {
        let all: Vec<Option<&str>> = levels.iter().map(|level| Some(level.as_str())).chain([None]).collect();
        for before in &all {
            for after in &all {
                let with =
                    cell.holding(|subject| cell.text(from, subject) == *before && cell.text(rule, subject) == *after);
                let key = self.cell_key(cell, Statistic::Count);
                let key = key.level(before.unwrap_or(MISSING_LEVEL)).level(after.unwrap_or(MISSING_LEVEL));
                self.push_count(key, Value::Count(count(&with)), &with);
            }
        }
    }
}
