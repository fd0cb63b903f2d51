//! Records and the subjects they belong to.

use std::collections::BTreeMap;

use polars::prelude::{BooleanChunked, DataFrame, NewChunkedArray};

use crate::data::sheet::{Sheet, texts};
use crate::data::vector::{Texts, Truth, Vector};
use crate::error::{Finding, Place};
use crate::plan::Plan;

/// The subjects and their positions.
pub(crate) struct SubjectIndex {
    variable: String,
    ids: Vec<String>,
    positions: BTreeMap<String, usize>,
}

impl SubjectIndex {
    /// The subjects of the subjects' dataset, in its canonical order. Findings: a subject without identifier or twice
    /// there, and subjects of other datasets that are not there.
    pub(crate) fn new(plan: &Plan, sheets: &BTreeMap<String, Sheet>, findings: &mut Vec<Finding>) -> Self {
        let own = sheets.get(&plan.subjects).and_then(|sheet| texts(sheet, &plan.subject)).unwrap_or_default();
        let mut index = Self { variable: plan.subject.clone(), ids: Vec::new(), positions: BTreeMap::new() };
        let place = || Place::dataset(plan.subjects.clone()).variable(plan.subject.clone());
        let mut twice = Vec::new();
        for row in 0..own.codes.len() {
            let id = own.get(row).unwrap_or("").to_owned();
            if id.is_empty() {
                findings.push(Finding::error(place(), format!("record {} has no subject identifier", row + 1)));
            }
            if index.positions.insert(id.clone(), row).is_some() {
                twice.push(id.clone());
            }
            index.ids.push(id);
        }
        if !twice.is_empty() {
            findings.push(Finding::error(place().subjects(twice), "a subject has more than one record"));
        }
        for (name, sheet) in sheets.iter().filter(|(name, _)| **name != plan.subjects) {
            let Some(theirs) = texts(sheet, &plan.subject) else { continue };
            let mut strangers: Vec<String> = theirs
                .words
                .iter()
                .filter(|word| !index.positions.contains_key(&***word))
                .map(ToString::to_string)
                .collect();
            strangers.sort();
            let nameless = theirs.codes.iter().filter(|code| **code == Texts::MISSING).count();
            let place = Place::dataset(name.clone()).variable(plan.subject.clone());
            if !strangers.is_empty() {
                let message = format!("records of subjects that are not in {}", plan.subjects);
                findings.push(Finding::error(place.clone().subjects(strangers), message));
            }
            if nameless > 0 {
                findings.push(Finding::error(place, format!("{nameless} records have no subject identifier")));
            }
        }
        index
    }

    pub(crate) fn len(&self) -> usize {
        self.ids.len()
    }

    pub(crate) fn ids(&self) -> &[String] {
        &self.ids
    }

    /// The identifier of a subject.
    pub(crate) fn id(&self, subject: usize) -> String {
        self.ids.get(subject).cloned().unwrap_or_default()
    }

    /// The identifier of the subject of a row, for messages; empty where the row has none.
    pub(crate) fn id_of_row(&self, of_rows: &[Option<usize>], row: usize) -> String {
        of_rows.get(row).copied().flatten().map_or_else(String::new, |subject| self.id(subject))
    }

    /// The subject of each row of a sheet.
    pub(crate) fn of_rows(&self, sheet: &Sheet) -> Vec<Option<usize>> {
        match sheet.column(&self.variable).as_deref() {
            Some(Vector::Text(texts)) => {
                let of_word: Vec<Option<usize>> =
                    texts.words.iter().map(|word| self.positions.get(&**word).copied()).collect();
                texts.codes.iter().map(|code| of_word.get(*code as usize).copied().flatten()).collect()
            }
            _ => vec![None; sheet.rows()],
        }
    }
}

/// The records for which a condition holds, with only the columns named: what polars is for.
pub(crate) fn selected(name: &str, frame: &DataFrame, condition: &[Truth], columns: &[&str]) -> Sheet {
    let mask = BooleanChunked::from_iter_values("selected".into(), condition.iter().map(|truth| truth.holds()));
    let mut wanted: Vec<&str> = columns.to_vec();
    wanted.sort_unstable();
    wanted.dedup();
    let filtered = frame
        .select(wanted.iter().copied())
        .and_then(|columns| columns.filter(&mask))
        .expect("the plan names columns that exist, and the condition has one value a record");
    Sheet::of_dataset(name, &filtered)
}
