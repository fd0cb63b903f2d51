//! A dataset as a rule sees it: its variables, under standard names too, and those of the record of the subject.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use crate::data::sheet::Sheet;
use crate::data::typing::Names;
use crate::data::vector::{Type, Vector};
use crate::data::{Dataset, LockedData};
use crate::spec::Study;

/// The dataset of subjects, ready to be joined.
pub(super) struct Subjects {
    pub(super) sheet: Sheet,
    /// The record of each subject, the first if there are several.
    rows: BTreeMap<String, usize>,
}

impl Subjects {
    pub(super) fn of(study: &Study, data: &LockedData) -> Self {
        let name = &*study.data.subjects;
        let sheet = data
            .datasets
            .get(name)
            .map_or_else(|| Sheet::new(name, 0), |dataset| Sheet::of_dataset(name, &dataset.frame));
        let mut rows = BTreeMap::new();
        if let Some(subjects) = sheet.column(&study.data.subject) {
            for row in (0..sheet.rows()).filter(|row| !subjects.is_null(*row)) {
                rows.entry(subjects.show(row)).or_insert(row);
            }
        }
        Self { sheet, rows }
    }

    /// Whether there is a subject of this name.
    pub(super) fn has(&self, subject: &str) -> bool {
        self.rows.contains_key(subject)
    }
}

/// A dataset with what a rule may name.
pub(super) struct View<'a> {
    pub(super) dataset: &'a Dataset,
    pub(super) study: &'a Study,
    pub(super) subjects: &'a Subjects,
    /// Whether it is the dataset of subjects.
    pub(super) is_subjects: bool,
    sheet: Sheet,
    /// The names of its variables: a file can have tens of thousands of them.
    own: BTreeSet<&'a str>,
    empty: Vec<String>,
    /// The row of the subject of each record.
    joined_rows: Vec<Option<usize>>,
    joined: Mutex<BTreeMap<String, Arc<Vector>>>,
    /// The name that the dataset gives a variable of a standard name.
    names: BTreeMap<String, String>,
}

impl<'a> View<'a> {
    pub(super) fn new(dataset: &'a Dataset, study: &'a Study, subjects: &'a Subjects) -> Self {
        let sheet = Sheet::of_dataset(&dataset.name, &dataset.frame);
        let mut joined_rows = vec![None; sheet.rows()];
        if let Some(names) = sheet.column(&study.data.subject) {
            for (row, joined) in joined_rows.iter_mut().enumerate() {
                *joined = subjects.rows.get(&names.show(row)).copied();
            }
        }
        let own: BTreeSet<&str> = dataset.variables.iter().map(|variable| variable.name.as_str()).collect();
        let has = |name: &str| own.contains(name);
        let renamed = study.conformance.names.iter().filter(|(standard, _)| !has(standard));
        let names = renamed
            .filter_map(|(standard, own)| Some((standard.clone(), own.iter().find(|name| has(name))?.clone())))
            .collect();
        Self {
            dataset,
            study,
            subjects,
            is_subjects: dataset.name == *study.data.subjects,
            own,
            empty: sheet.empty_texts(),
            sheet,
            joined_rows,
            joined: Mutex::default(),
            names,
        }
    }

    pub(super) const fn rows(&self) -> usize {
        self.sheet.rows()
    }

    /// The names of its variables, those under standard names too.
    pub(super) fn variables(&self) -> impl Iterator<Item = &str> {
        self.dataset
            .variables
            .iter()
            .map(|variable| variable.name.as_str())
            .chain(self.names.keys().map(String::as_str))
    }

    /// The name in the dataset.
    fn own_name<'n>(&'n self, name: &'n str) -> Option<&'n str> {
        if self.own.contains(name) { Some(name) } else { self.names.get(name).map(String::as_str) }
    }

    /// A variable of the dataset itself.
    pub(super) fn own(&self, name: &str) -> Option<Arc<Vector>> {
        self.sheet.column(self.own_name(name)?)
    }

    pub(super) fn has_own(&self, name: &str) -> bool {
        self.own_name(name).is_some()
    }

    /// A variable of the dataset, or else of the record of the subject.
    pub(super) fn column(&self, name: &str) -> Option<Arc<Vector>> {
        if self.has_own(name) {
            return self.own(name);
        }
        if self.is_subjects {
            return None;
        }
        let mut joined = self.joined.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(vector) = joined.get(name) {
            return Some(Arc::clone(vector));
        }
        let vector = Arc::new(self.of_subject(name)?.gather(&self.joined_rows));
        joined.insert(name.to_owned(), Arc::clone(&vector));
        Some(vector)
    }

    /// A variable of the dataset of subjects, by standard name too.
    fn of_subject(&self, name: &str) -> Option<Arc<Vector>> {
        let renamed = || self.study.conformance.names.get(name)?.iter().find_map(|own| self.subjects.sheet.column(own));
        self.subjects.sheet.column(name).or_else(renamed)
    }

    /// The same variable in the record of the subject, for each record.
    pub(super) fn copy(&self, name: &str) -> Option<Vector> {
        Some(self.of_subject(name)?.gather(&self.joined_rows))
    }

    /// The subject of a record; a hyphen if it has none.
    pub(super) fn subject(&self, row: usize) -> String {
        let names = self.sheet.column(&self.study.data.subject);
        names.filter(|names| !names.is_null(row)).map_or_else(|| "–".to_owned(), |names| names.show(row))
    }

    /// A sheet of these variables.
    pub(super) fn sheet_of<'n>(&self, names: impl Iterator<Item = &'n str>) -> Sheet {
        let mut sheet = Sheet::new(&self.dataset.name, self.rows());
        for name in names {
            if let Some(vector) = self.column(name) {
                sheet.share(name, vector);
            }
        }
        sheet
    }
}

impl Names for View<'_> {
    fn column(&self, name: &str) -> Option<Type> {
        View::column(self, name).map(|vector| vector.kind())
    }

    fn columns(&self) -> Vec<String> {
        let of_subjects = self.subjects.sheet.types().iter().map(|(name, _)| name.clone());
        self.variables().map(str::to_owned).chain(of_subjects).collect()
    }

    fn option(&self, _: &str) -> Option<Type> {
        None
    }

    fn options(&self) -> Vec<String> {
        Vec::new()
    }

    fn is_untyped(&self, name: &str) -> bool {
        let empty = |vector: Arc<Vector>| matches!(&*vector, Vector::Text(texts) if texts.words.is_empty());
        match self.own_name(name) {
            Some(own) => self.empty.iter().any(|empty| empty == own),
            None => !self.is_subjects && self.of_subject(name).is_some_and(empty),
        }
    }

    fn owner(&self) -> String {
        self.dataset.name.clone()
    }
}
