//! Occurrences of records: subjects with a record, and records, in all, for each condition, or at each level of a
//! hierarchy; their rates, and differences from the reference arm.

use std::collections::{BTreeMap, BTreeSet};

use crate::analysis::comparison::{Asked, Pair};
use crate::analysis::{Work, count};
use crate::data::vector::Vector;
use crate::derive::RecordValues;
use crate::plan::{BoundOccurrence, Node, RuleId};
use crate::results::{Key, MISSING_LEVEL, Method, Statistic, Value};

/// What is counted in one row: where its results stand, which records, and who could have one.
struct Counted<'a> {
    /// The condition, or none.
    item: Option<&'a str>,
    /// The path of levels.
    path: Vec<String>,
    /// The records, in order.
    records: Vec<usize>,
    /// Instead of records, the subjects.
    subjects: Option<RuleId>,
    /// Only these subjects could have one; everybody if none.
    assessed: Option<BTreeSet<usize>>,
}

impl Work<'_> {
    pub(super) fn occurrence(&mut self, occurrence: &BoundOccurrence) {
        self.denominators(self.job.set);
        let frames = self.frames;
        let Some(values) = frames.records.get(&occurrence.records) else { return };
        let members: BTreeSet<usize> = self.members(self.job.set, None).into_iter().collect();
        let in_set: Vec<(usize, usize)> =
            members.iter().flat_map(|subject| values.of(*subject).iter().map(|record| (*subject, *record))).collect();
        let counts = in_set.iter().filter(|(_, record)| values.holds(occurrence.select, *record));
        let counts: Vec<(usize, usize)> = counts.copied().collect();
        let mut subject_of = vec![usize::MAX; values.len()];
        for (subject, record) in &in_set {
            subject_of[*record] = *subject;
        }

        let mut rows = Vec::new();
        let all: Vec<usize> = counts.iter().map(|(_, record)| *record).collect();
        if occurrence.items.is_empty() {
            rows.push(Self::counted_at(occurrence, values, &in_set, None, Vec::new(), all.clone()));
            let mut by_path: BTreeMap<Vec<String>, Vec<usize>> = BTreeMap::new();
            // What was assessed and never occurred is a zero, not a silence.
            let assessed = in_set.iter().filter(|_| occurrence.assessed.is_some());
            for (_, record) in assessed.filter(|(_, record)| values.holds(occurrence.assessed, *record)) {
                let path = path_of(values, &occurrence.levels, *record);
                for depth in 1..=path.len() {
                    by_path.entry(path[..depth].to_vec()).or_default();
                }
            }
            for record in &all {
                let path = path_of(values, &occurrence.levels, *record);
                for depth in 1..=path.len() {
                    by_path.entry(path[..depth].to_vec()).or_default().push(*record);
                }
            }
            for (path, records) in by_path {
                rows.push(Self::counted_at(occurrence, values, &in_set, None, path, records));
            }
        }
        for item in &occurrence.items {
            let (records, subjects) = match item.node {
                Node::Records(rule) => {
                    (all.iter().copied().filter(|record| values.holds(rule, *record)).collect(), None)
                }
                Node::Subjects(rule) => (Vec::new(), Some(rule)),
            };
            let mut row = Self::counted_at(occurrence, values, &in_set, Some(&item.id), Vec::new(), records);
            row.subjects = subjects;
            rows.push(row);
        }
        if let Some(at_risk) = &occurrence.at_risk {
            self.person_years(at_risk);
        }
        for row in &rows {
            self.row(occurrence, values, &subject_of, row);
        }
    }

    fn counted_at<'i>(
        occurrence: &BoundOccurrence,
        values: &RecordValues,
        in_set: &[(usize, usize)],
        item: Option<&'i str>,
        path: Vec<String>,
        records: Vec<usize>,
    ) -> Counted<'i> {
        let assessed = occurrence.assessed.map(|rule| {
            let here = |record: usize| {
                values.holds(Some(rule), record) && path_of(values, &occurrence.levels[..path.len()], record) == path
            };
            in_set.iter().filter(|(_, record)| here(*record)).map(|(subject, _)| *subject).collect()
        });
        Counted { item, path, records, subjects: None, assessed }
    }

    /// All results of one row.
    fn row(&mut self, occurrence: &BoundOccurrence, values: &RecordValues, subject_of: &[usize], row: &Counted<'_>) {
        let mut arms = Vec::new();
        let mut rates = Vec::new();
        for group in self.groups() {
            let members = self.at_risk_of(row, group);
            let with = self.with(row, subject_of, &members);
            let at = self.in_group(self.at(row), group);
            self.shares_of(row, &at, &members, &with, true);
            let here: BTreeSet<usize> = members.iter().copied().collect();
            let records: Vec<usize> =
                row.records.iter().copied().filter(|record| here.contains(&subject_of[*record])).collect();
            if row.subjects.is_none() {
                let key = Key { statistic: Statistic::Events, ..at.clone() };
                self.push_count(key, Value::Count(records.len() as u64), &with);
            }
            if let Some((grade, listed)) = &occurrence.grade {
                self.grades(values, *grade, listed, (&at, &members), &records, subject_of);
            }
            if let (Some(at_risk), None) = (&occurrence.at_risk, row.subjects) {
                let rate = self.rates(occurrence, at_risk, values, (&at, &members), &records, subject_of);
                // Of all records or of a condition, not of each level of a hierarchy; and of arms.
                if group.is_some() && row.path.is_empty() && occurrence.methods.contains(&Method::MeanCumulative) {
                    self.mean_cumulative(occurrence, &at, &rate);
                }
                rates.extend(group.map(|_| rate));
            }
            for subgroup in &occurrence.subgroups {
                let texts = match self.frames.rules.get(&subgroup.category).map(|vector| &**vector) {
                    Some(Vector::Text(texts)) => texts.clone(),
                    _ => continue,
                };
                for level in &subgroup.levels {
                    let within = |all: &[usize]| -> Vec<usize> {
                        all.iter().copied().filter(|subject| texts.get(*subject) == Some(level)).collect()
                    };
                    let mut at = at.clone();
                    at.groups.push((subgroup.id.clone(), level.clone()));
                    let (members, with) = (within(&members), within(&with));
                    let n = Key { statistic: Statistic::N, ..at.clone() };
                    self.push_count(n, Value::Count(count(&members)), &members);
                    self.shares_of(row, &at, &members, &with, false);
                }
            }
            if group.is_some() {
                arms.push((count(&with), count(&members)));
            }
        }
        for (arm, reference) in self.contrasts() {
            let [first, second] = self.arm_ids((arm, reference));
            let at = self.at(row).contrast(&first, &second);
            let key = |statistic| Key { statistic, ..at.clone() };
            let pair = Pair { first: arms[arm], second: arms[reference] };
            let asked = Asked { methods: &occurrence.methods, level: occurrence.conf_level, margin: None };
            self.compare_proportions(pair, asked, &key);
            if let (Some(first), Some(second)) = (rates.get(arm), rates.get(reference)) {
                self.compare_rates(occurrence, [first, second], &key);
            }
        }
    }

    /// The key of a row, without statistic of its own yet.
    fn at(&self, row: &Counted<'_>) -> Key {
        let mut key = self.key(Statistic::Count);
        key.variable = row.item.map(str::to_owned);
        key.levels.clone_from(&row.path);
        key
    }

    /// Who of a group could have a record of a row.
    fn at_risk_of(&self, row: &Counted<'_>, group: Option<usize>) -> Vec<usize> {
        let mut members = self.members(self.job.set, group);
        if let Some(assessed) = &row.assessed {
            members.retain(|subject| assessed.contains(subject));
        }
        members
    }

    /// Who of them has one.
    fn with(&self, row: &Counted<'_>, subject_of: &[usize], members: &[usize]) -> Vec<usize> {
        if let Some(rule) = row.subjects {
            let Some(Vector::Truth(truths)) = self.frames.rules.get(&rule).map(|vector| &**vector) else {
                return Vec::new();
            };
            members.iter().copied().filter(|subject| truths[*subject].holds()).collect()
        } else {
            let having: BTreeSet<usize> = row.records.iter().map(|record| subject_of[*record]).collect();
            members.iter().copied().filter(|subject| having.contains(subject)).collect()
        }
    }

    /// Number and share of the subjects of a row; where only those assessed count, also how many they are.
    fn shares_of(&mut self, row: &Counted<'_>, at: &Key, members: &[usize], with: &[usize], tell_n: bool) {
        let key = |statistic| Key { statistic, ..at.clone() };
        let whole_of_all = row.item.is_none() && row.path.is_empty();
        if tell_n && row.assessed.is_some() && !whole_of_all {
            self.push_count(key(Statistic::N), Value::Count(count(members)), members);
        }
        self.push_count(key(Statistic::Count), Value::Count(count(with)), with);
        self.push_count(key(Statistic::Share), Value::share(count(with), count(members)), with);
    }

    /// The subjects by the highest grade of their records; those without any known grade by themselves.
    fn grades(
        &mut self,
        values: &RecordValues,
        grade: RuleId,
        listed: &[String],
        (at, members): (&Key, &[usize]),
        records: &[usize],
        subject_of: &[usize],
    ) {
        let mut highest: BTreeMap<usize, Option<f64>> = BTreeMap::new();
        for record in records {
            let own = match values.rule(grade) {
                Some(Vector::Number(numbers)) => numbers[*record].value(),
                _ => None,
            };
            let known = highest.entry(subject_of[*record]).or_default();
            *known = match (*known, own) {
                (Some(known), Some(own)) => Some(known.max(own)),
                (known, own) => known.or(own),
            };
        }
        for level in listed.iter().map(String::as_str).chain([MISSING_LEVEL]) {
            let wanted: Option<f64> = level.parse().ok();
            let with: Vec<usize> = highest
                .iter()
                .filter(|(_, grade)| grade.map(f64::to_bits) == wanted.map(f64::to_bits))
                .map(|(subject, _)| *subject)
                .collect();
            let mut at = at.clone();
            at.groups.push(("grade".to_owned(), level.to_owned()));
            let key = |statistic| Key { statistic, ..at.clone() };
            let (counted, share) = (key(Statistic::Count), key(Statistic::Share));
            self.push_count(counted, Value::Count(count(&with)), &with);
            self.push_count(share, Value::share(count(&with), count(members)), &with);
        }
    }
}

/// The texts of a record at some levels.
fn path_of(values: &RecordValues, levels: &[RuleId], record: usize) -> Vec<String> {
    let text = |rule: &RuleId| match values.rule(*rule) {
        Some(Vector::Text(texts)) => texts.get(record).unwrap_or(MISSING_LEVEL).to_owned(),
        _ => MISSING_LEVEL.to_owned(),
    };
    levels.iter().map(text).collect()
}
