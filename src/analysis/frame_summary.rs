//! Descriptive summaries of a frame at its visits, and shifts from baseline.

use std::collections::BTreeSet;

use crate::analysis::summary::{Numbers, unit_of};
use crate::analysis::{Work, count, value};
use crate::data::vector::{Measure, Vector};
use crate::derive::FrameValues;
use crate::plan::{BoundFrameSummary, BoundItem, ItemKind, RuleId};
use crate::results::{Key, MISSING_LEVEL, Method, Statistic, Value};
use crate::spec::endpoint::{LevelSpec, NUMBER_STATISTICS};
use crate::stats::Undefined;
use crate::stats::contingency::{kappa, mcnemar};

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

    /// The subjects at each level.
    fn by_level(&self, rule: RuleId, levels: &[String]) -> Vec<Vec<usize>> {
        let mut at = vec![Vec::new(); levels.len()];
        for subject in &self.subjects {
            let text = self.text(rule, *subject);
            if let Some(position) = text.and_then(|text| levels.iter().position(|level| level == text)) {
                at[position].push(*subject);
            }
        }
        at
    }

    fn holding(&self, holds: impl Fn(usize) -> bool) -> Vec<usize> {
        self.subjects.iter().copied().filter(|subject| holds(*subject)).collect()
    }
}

impl Work<'_> {
    pub(super) fn frame_summary(&mut self, summary: &BoundFrameSummary) {
        self.denominators(self.job.set);
        let Some(frame) = self.frames.frames.get(&summary.frame) else { return };
        let groups: Vec<(Option<usize>, Vec<usize>)> =
            self.groups().into_iter().map(|group| (group, self.members(self.job.set, group))).collect();
        for item in &summary.items {
            for visit in &summary.visits {
                for (group, members) in &groups {
                    let mut subjects = members.clone();
                    if let Some(among) = item.among {
                        subjects.retain(|subject| frame.truth(among, None, *subject, *visit).holds());
                    }
                    let cell = Cell { frame, item, visit: *visit, group: *group, subjects };
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
        for statistic in NUMBER_STATISTICS.iter().chain(&cell.item.more) {
            let (key, value) = (self.cell_key(cell, *statistic), numbers.statistic(*statistic, self.plan.quantiles));
            if matches!(statistic, Statistic::N) {
                let with = cell.holding(|subject| !cell.number(rule, subject).is_missing());
                self.push_count(key, value, &with);
            } else {
                self.push(key, value, unit_of(*statistic, cell.item.unit.as_deref()));
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
        let at = cell.by_level(rule, &levels);
        for (level, with) in levels.iter().zip(&at) {
            let key = |statistic| self.cell_key(cell, statistic).level(level);
            let (counted, share) = (key(Statistic::Count), key(Statistic::Share));
            self.push_count(counted, Value::Count(count(with)), with);
            self.push_count(share, Value::share(count(with), whole), with);
        }
        let without = cell.holding(|subject| cell.text(rule, subject).is_none());
        self.push_count(self.cell_key(cell, Statistic::Missing), Value::Count(count(&without)), &without);
        if let Some(from) = from {
            self.shift_at(cell, rule, from, &levels);
        }
    }

    /// How many subjects moved from each level at baseline to each level at the visit, missing ones included.
    fn shift_at(&mut self, cell: &Cell<'_>, rule: RuleId, from: RuleId, levels: &[String]) {
        let names: Vec<&str> = levels.iter().map(String::as_str).chain([MISSING_LEVEL]).collect();
        let place = |rule: RuleId, subject: usize| match cell.text(rule, subject) {
            None => Some(levels.len()),
            Some(text) => levels.iter().position(|level| level == text),
        };
        let mut moved: Vec<Vec<usize>> = vec![Vec::new(); names.len() * names.len()];
        for subject in &cell.subjects {
            if let (Some(before), Some(after)) = (place(from, *subject), place(rule, *subject)) {
                moved[before * names.len() + after].push(*subject);
            }
        }
        for (position, with) in moved.iter().enumerate() {
            let (before, after) = (names[position / names.len()], names[position % names.len()]);
            let key = self.cell_key(cell, Statistic::Count).level(before).level(after);
            self.push_count(key, Value::Count(count(with)), with);
        }
        if cell.group.is_some() {
            let known = |before: usize, after: usize| count(&moved[before * names.len() + after]);
            let table = |before: usize| (0..levels.len()).map(|after| known(before, after)).collect();
            self.agreement(cell, &(0..levels.len()).map(table).collect::<Vec<Vec<u64>>>());
        }
    }

    /// The test of a shift in an arm: rows are levels at baseline, columns those at the visit, missing ones left out.
    fn agreement(&mut self, cell: &Cell<'_>, table: &[Vec<u64>]) {
        let Some(method) = cell.item.test else { return };
        let key = |this: &Self, statistic| this.cell_key(cell, statistic).method(method);
        if method == Method::Mcnemar {
            let p = match table {
                [first, second] => mcnemar(first[1], second[0], LEVEL).map(|test| test.p_exact),
                _ => Err(Undefined::OutOfRange),
            };
            self.push(key(self, Statistic::PValue), value(p), None);
            return;
        }
        let found = kappa(table, LEVEL);
        let limit = |this: &Self, statistic| key(this, statistic).conf_level(LEVEL);
        self.push(key(self, Statistic::Kappa), value(found.map(|own| own.estimate)), None);
        self.push(limit(self, Statistic::KappaLower), value(found.map(|own| own.interval.lower)), None);
        self.push(limit(self, Statistic::KappaUpper), value(found.map(|own| own.interval.upper)), None);
    }
}

/// Confidence level of the agreement.
const LEVEL: f64 = 0.95;
