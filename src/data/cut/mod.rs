//! The data as of a day: records that came later are left out, and what became known later of the others is restated.
//!
//! A cut is made of what stands in the data; no variable is derived again. It cannot undo what was derived from later
//! records and says nothing of when: flags of the worst or last record, values carried forward, analysis sets that depend
//! on follow-up, states at the end of the study. The order names these, and they are blanked or set ([`Restatement`]).
//! Study days and baselines of kept records need nothing, for what they are counted from lies before them. A date after the
//! cut-off that is left in a kept record is a finding, so that a forgotten end date does not pass; a forgotten flag
//! without a date does.
//!
//! The lock is held against the whole files before anything is cut. The digest of a dataset that was cut is that of what
//! is left, in the canonical order of what is left, so that it equals the digest of data that were locked on that day.

mod corrections;
mod restate;
#[cfg(test)]
pub(super) mod tests;

use std::collections::{BTreeMap, BTreeSet};

use polars::prelude::IdxCa;
use rayon::prelude::*;

use crate::data::evaluate::{self, OptionValue, Options};
use crate::data::lock::{Canonical, canonical};
use crate::data::rule::Rule;
use crate::data::sheet::{self, Sheet};
use crate::data::table::{Table, Values};
use crate::data::vector::{Texts, Truth, Vector};
use crate::data::{Dataset, LockedData, SpecialMissing, date, quality};
use crate::error::{Finding, Place};
pub use corrections::{Correction, Difference, corrections};

/// The name of the day in rules, written `:cutoff`.
pub const OPTION: &str = "cutoff";

/// How data are cut. Its rules have passed `typing`, over the variables of their dataset, then those of the subjects'
/// dataset, and the option [`OPTION`].
#[derive(Clone, Debug)]
pub struct Order {
    /// The last day of the data, in days since 1970-01-01.
    pub day: i32,
    /// The dataset of the subjects.
    pub subjects: String,
    /// The variable that identifies the subject in every dataset.
    pub subject: String,
    /// What is done with each dataset; one that is not named stays whole, but for subjects that are excluded.
    pub datasets: BTreeMap<String, DatasetOrder>,
}

/// What is done with a dataset.
#[derive(Clone, Debug, Default)]
pub struct DatasetOrder {
    /// Variables of dates, days and times, or partial dates as text: a record of which one lies after the day is excluded.
    pub dates: Vec<String>,
    /// A record for which this holds is excluded as well.
    pub exclude: Option<Rule>,
    /// What is restated in records that are kept, in order; all see the values as locked.
    pub restate: Vec<Restatement>,
}

/// Values of kept records that became known after the day.
#[derive(Clone, Debug, Default)]
pub struct Restatement {
    /// Records where this date lies after the day; all if none.
    pub after: Option<String>,
    /// Records for which this holds as well; all if none.
    pub condition: Option<Rule>,
    /// Variables that lose their value.
    pub blank: Vec<String>,
    /// Variables that get another value.
    pub set: Vec<(String, Rule)>,
}

/// The cut-off that data were cut at, and what it took.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cut {
    /// The last day of the data, in days since 1970-01-01.
    pub day: i32,
    /// Subjects excluded as a whole.
    pub subjects: usize,
    /// What became of each dataset.
    pub datasets: BTreeMap<String, CutCounts>,
}

/// What a cut-off took of a dataset.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CutCounts {
    /// Records as locked.
    pub before: usize,
    /// Records excluded by each date and by the rule, in the order asked for; a record counts at the first of them.
    pub excluded: Vec<(String, usize)>,
    /// Records excluded for nothing of their own, but because their subject is.
    pub with_subject: usize,
    /// Records kept although none of their dates is known, and the rule, if there is one, cannot be decided.
    pub undated: usize,
    /// Values of kept records that were taken away.
    pub blanked: usize,
    /// Values of kept records that are others now.
    pub restated: usize,
}

/// What becomes of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Kept,
    Undated,
    /// Excluded by the date at this position, or by the rule, which comes after all dates.
    Excluded(usize),
    WithSubject,
}

/// The data as they stood at the end of a day, with warnings of later dates that are left in them.
///
/// A date as text lies after the day only if the first day it may be does; a day and time, if its day does. Records
/// whose dates are missing or unreadable are kept and counted.
///
/// # Panics
/// If a rule of the order has not passed `typing`.
#[must_use]
pub fn cut(data: &LockedData, order: &Order) -> (LockedData, Vec<Finding>) {
    let roster = data.datasets.get(&order.subjects).map(|own| Sheet::of_dataset(&own.name, &own.frame));
    let blade = Blade {
        order,
        options: [(OPTION.to_owned(), OptionValue::Date(order.day))].into(),
        roster: roster.unwrap_or_else(|| Sheet::new(&order.subjects, 0)),
        later: BTreeSet::new(),
    };
    let later = data.datasets.get(&order.subjects).map_or_else(BTreeSet::new, |own| blade.later_subjects(own));
    let blade = Blade { later, ..blade };
    let done: Vec<(Dataset, CutCounts, Vec<Finding>)> =
        data.datasets.par_iter().map(|(_, dataset)| blade.through(dataset)).collect();
    let mut cut = Cut { day: order.day, subjects: blade.later.len(), datasets: BTreeMap::new() };
    let mut findings = Vec::new();
    let mut datasets = BTreeMap::new();
    for (dataset, counts, told) in done {
        cut.datasets.insert(dataset.name.clone(), counts);
        findings.extend(told);
        datasets.insert(dataset.name.clone(), dataset);
    }
    (LockedData { datasets, cut: Some(cut), ..data.clone() }, findings)
}

/// What is needed to cut each dataset.
struct Blade<'a> {
    order: &'a Order,
    options: Options,
    /// The subjects' dataset as locked.
    roster: Sheet,
    /// Subjects that are excluded.
    later: BTreeSet<String>,
}

impl Blade<'_> {
    /// The subjects of excluded records of the subjects' dataset.
    fn later_subjects(&self, dataset: &Dataset) -> BTreeSet<String> {
        let none = DatasetOrder::default();
        let order = self.order.datasets.get(&dataset.name).unwrap_or(&none);
        let Some(names) = sheet::texts(&self.roster, &self.order.subject) else { return BTreeSet::new() };
        let fates = self.fates(&self.roster, order, &mut 0);
        let excluded = fates.iter().enumerate().filter(|(_, fate)| matches!(fate, Fate::Excluded(_)));
        excluded.filter_map(|(row, _)| names.get(row)).map(str::to_owned).collect()
    }

    /// One dataset.
    fn through(&self, dataset: &Dataset) -> (Dataset, CutCounts, Vec<Finding>) {
        let none = DatasetOrder::default();
        let order = self.order.datasets.get(&dataset.name).unwrap_or(&none);
        let sheet = self.joined(dataset, order);
        let mut troubles = 0;
        let fates = self.fates(&sheet, order, &mut troubles);
        let mut counts = counted(order, &fates);
        let kept: Vec<usize> =
            (0..fates.len()).filter(|row| matches!(fates[*row], Fate::Kept | Fate::Undated)).collect();
        let changes = restate::changes(self, order, &sheet, &kept, &mut troubles);
        let table = shortened(dataset, &kept, &changes, &mut counts);
        let mut findings = Vec::new();
        if troubles > 0 {
            let message = format!("rules of the cut-off have no finite result for {troubles} records");
            findings.push(Finding::warning(Place::dataset(&dataset.name), message).hint("look at what they divide by"));
        }
        let Canonical { frame, special_missing, content } = canonical(table, &self.order.subject, None);
        let left = Dataset { frame, special_missing, content, ..dataset.clone() };
        findings.extend(self.left_behind(&left));
        (left, counts, findings)
    }

    /// The dataset with those variables of the subjects that its rules name and it has not itself.
    fn joined(&self, dataset: &Dataset, order: &DatasetOrder) -> Sheet {
        let mut sheet = Sheet::of_dataset(&dataset.name, &dataset.frame);
        let rules = order.exclude.iter().chain(order.restate.iter().flat_map(Restatement::rules));
        let wanted: BTreeSet<String> = rules
            .flat_map(|rule| rule.columns().into_iter().map(|(name, _)| name.to_owned()).collect::<Vec<_>>())
            .filter(|name| sheet.type_of(name).is_none())
            .collect();
        let subjects = sheet::texts(&sheet, &self.order.subject).zip(sheet::texts(&self.roster, &self.order.subject));
        let (false, Some((own, known))) = (wanted.is_empty(), subjects) else { return sheet };
        let mut row_of: BTreeMap<&str, usize> = BTreeMap::new();
        for row in (0..self.roster.rows()).rev() {
            row_of.extend(known.get(row).map(|name| (name, row)));
        }
        let rows: Vec<Option<usize>> =
            (0..sheet.rows()).map(|row| own.get(row).and_then(|name| row_of.get(name)).copied()).collect();
        for name in wanted {
            if let Some(column) = self.roster.column(&name) {
                sheet.insert(name, column.gather(&rows));
            }
        }
        sheet
    }

    fn fates(&self, sheet: &Sheet, order: &DatasetOrder, troubles: &mut usize) -> Vec<Fate> {
        let dates: Vec<Vec<Option<i32>>> = order.dates.iter().map(|name| days(sheet, name)).collect();
        let rule = order.exclude.as_ref().map(|rule| {
            let mut found = Vec::new();
            let truths = evaluate::truths(rule, sheet, &self.options, &mut found);
            *troubles += found.len();
            truths
        });
        let names = sheet::texts(sheet, &self.order.subject);
        let fate = |row: usize| {
            let later = dates.iter().position(|days| days[row].is_some_and(|day| day > self.order.day));
            let truth = rule.as_ref().map_or(Truth::Unknown, |truths| truths[row]);
            let subject = names.as_ref().and_then(|names| names.get(row));
            let asked = !dates.is_empty() || rule.is_some();
            if let Some(position) = later {
                Fate::Excluded(position)
            } else if truth.holds() {
                Fate::Excluded(dates.len())
            } else if subject.is_some_and(|subject| self.later.contains(subject)) {
                Fate::WithSubject
            } else if asked && truth == Truth::Unknown && dates.iter().all(|days| days[row].is_none()) {
                Fate::Undated
            } else {
                Fate::Kept
            }
        };
        (0..sheet.rows()).map(fate).collect()
    }

    /// Dates after the day in records that were kept, whatever the order says of their variable.
    fn left_behind(&self, dataset: &Dataset) -> Vec<Finding> {
        let sheet = Sheet::of_dataset(&dataset.name, &dataset.frame);
        let names = sheet::texts(&sheet, &self.order.subject);
        let mut findings = Vec::new();
        for (variable, _) in sheet.types() {
            let days = days(&sheet, variable);
            let rows: Vec<usize> =
                (0..days.len()).filter(|row| days[*row].is_some_and(|day| day > self.order.day)).collect();
            if rows.is_empty() {
                continue;
            }
            let mut subjects: Vec<&str> =
                rows.iter().filter_map(|row| names.as_ref().and_then(|names| names.get(*row))).collect();
            subjects.dedup();
            let message =
                format!("{} records kept by the cut-off {} hold a later date", rows.len(), date::text(self.order.day));
            let hint = format!("exclude them by it in [data.cut-off.datasets.{}], or restate it there", dataset.name);
            let place = Place::dataset(&dataset.name).variable(variable).subjects(subjects);
            findings.push(Finding::warning(place, message).hint(hint));
        }
        findings
    }
}

impl Restatement {
    fn rules(&self) -> impl Iterator<Item = &Rule> {
        self.condition.iter().chain(self.set.iter().map(|(_, rule)| rule))
    }
}

/// The days of a variable; of partial dates as text, the first they may be. None for other numbers and texts: a number of
/// four digits is a year only among dates.
fn days(sheet: &Sheet, name: &str) -> Vec<Option<i32>> {
    match sheet.column(name).as_deref() {
        Some(Vector::Date(days)) => days.clone(),
        Some(Vector::Text(texts)) => {
            let years = quality::of_dates(texts);
            let day = |word: &str| {
                let date = date::PartialDate::parse(word).filter(|date| years || date.month.is_some());
                date.map(date::PartialDate::earliest)
            };
            let of_words: Vec<Option<i32>> = texts.words.iter().map(|word| day(word)).collect();
            let day_of = |code: &u32| if *code == Texts::MISSING { None } else { of_words[*code as usize] };
            texts.codes.iter().map(day_of).collect()
        }
        _ => vec![None; sheet.rows()],
    }
}

fn counted(order: &DatasetOrder, fates: &[Fate]) -> CutCounts {
    let of = |fate: Fate| fates.iter().filter(|own| **own == fate).count();
    let what = order.dates.iter().chain(order.exclude.iter().map(|rule| &rule.text));
    CutCounts {
        before: fates.len(),
        excluded: what.enumerate().map(|(at, what)| (what.clone(), of(Fate::Excluded(at)))).collect(),
        with_subject: of(Fate::WithSubject),
        undated: of(Fate::Undated),
        ..CutCounts::default()
    }
}

/// The kept records with what is restated in them, in the order in which they stood.
fn shortened(dataset: &Dataset, kept: &[usize], restated: &restate::Changes, counts: &mut CutCounts) -> Table {
    let index: Vec<u32> = kept.iter().filter_map(|row| u32::try_from(*row).ok()).collect();
    let frame = dataset.frame.take(&IdxCa::from_vec("kept".into(), index)).expect("rows of the dataset itself");
    let mut values = Vec::with_capacity(dataset.variables.len());
    let mut special_missing = SpecialMissing::new();
    for (variable, column) in dataset.variables.iter().zip(frame.columns()) {
        let own = Values::of(column).expect("datasets hold the kinds that readers hand over");
        let changed = restated.of(&variable.name);
        values.push(match changed {
            Some(changed) => changed.applied(own, kept, counts),
            None => own,
        });
        let marks = dataset.special_missing.get(&variable.name).into_iter().flatten();
        let stays = marks.filter_map(|(row, letter)| {
            let place = kept.binary_search(&(*row as usize)).ok()?;
            let untouched = changed.is_none_or(|changed| !changed.touches(place));
            untouched.then(|| u32::try_from(place).ok().map(|place| (place, *letter))).flatten()
        });
        let stays: Vec<(u32, char)> = stays.collect();
        if !stays.is_empty() {
            special_missing.insert(variable.name.clone(), stays);
        }
    }
    Table {
        label: dataset.label.clone(),
        records: kept.len(),
        variables: dataset.variables.clone(),
        values,
        special_missing,
        ..Table::default()
    }
}
