//! A sheet: named columns over the same rows, on which rules are evaluated. Columns of a locked dataset are turned
//! into vectors when a rule first asks for them, and kept.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use polars::prelude::{DataFrame, DataType};

use crate::data::vector::{Measure, Texts, TextsBuilder, Type, Vector};

/// Named columns over the same rows.
#[derive(Debug)]
pub struct Sheet {
    owner: String,
    rows: usize,
    types: Vec<(String, Type)>,
    vectors: Mutex<BTreeMap<String, Arc<Vector>>>,
    frame: Option<DataFrame>,
}

impl Sheet {
    /// An empty sheet of so many rows; `owner` names it in messages.
    #[must_use]
    pub fn new(owner: impl Into<String>, rows: usize) -> Self {
        Self { owner: owner.into(), rows, types: Vec::new(), vectors: Mutex::default(), frame: None }
    }

    /// The sheet of a locked dataset.
    #[must_use]
    pub fn of_dataset(owner: impl Into<String>, frame: &DataFrame) -> Self {
        let types = frame.columns().iter().map(|column| (column.name().to_string(), type_of(column.dtype()))).collect();
        Self { owner: owner.into(), rows: frame.height(), types, vectors: Mutex::default(), frame: Some(frame.clone()) }
    }

    /// What it is called in messages.
    #[must_use]
    pub fn owner(&self) -> &str {
        &self.owner
    }

    /// Number of rows.
    #[must_use]
    pub const fn rows(&self) -> usize {
        self.rows
    }

    /// Names and types of the columns, in order.
    #[must_use]
    pub fn types(&self) -> &[(String, Type)] {
        &self.types
    }

    /// Text columns of a dataset without any text: a file that does not say types cannot say what they would hold.
    #[must_use]
    pub fn empty_texts(&self) -> Vec<String> {
        let columns = self.frame.iter().flat_map(DataFrame::columns);
        let empty = |column: &&polars::prelude::Column| {
            matches!(column.dtype(), DataType::String) && !column.is_empty() && column.null_count() == column.len()
        };
        columns.filter(empty).map(|column| column.name().to_string()).collect()
    }

    /// Type of a column.
    #[must_use]
    pub fn type_of(&self, name: &str) -> Option<Type> {
        self.types.iter().find(|(column, _)| column == name).map(|(_, kind)| *kind)
    }

    /// Adds a column, or replaces one of the same name.
    ///
    /// # Panics
    /// If its length is not that of the sheet.
    pub fn insert(&mut self, name: impl Into<String>, vector: Vector) {
        self.share(name, Arc::new(vector));
    }

    /// The same with a column that other sheets hold too.
    ///
    /// # Panics
    /// If its length is not that of the sheet.
    pub fn share(&mut self, name: impl Into<String>, vector: Arc<Vector>) {
        let name = name.into();
        assert_eq!(vector.len(), self.rows, "column {name} of {} has the length of its sheet", self.owner);
        self.types.retain(|(column, _)| *column != name);
        self.types.push((name.clone(), vector.kind()));
        self.vectors.get_mut().unwrap_or_else(PoisonError::into_inner).insert(name, vector);
    }

    /// A column by name.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<Arc<Vector>> {
        let mut vectors = self.vectors.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(vector) = vectors.get(name) {
            return Some(Arc::clone(vector));
        }
        let vector = Arc::new(read_column(self.frame.as_ref()?, name)?);
        vectors.insert(name.to_owned(), Arc::clone(&vector));
        Some(vector)
    }
}

const fn type_of(kind: &DataType) -> Type {
    match kind {
        DataType::String => Type::Text,
        // A date-time takes part in rules as its day.
        DataType::Date | DataType::Datetime(..) => Type::Date,
        DataType::Boolean => Type::Truth,
        _ => Type::Number,
    }
}

fn read_column(frame: &DataFrame, name: &str) -> Option<Vector> {
    const MILLISECONDS_A_DAY: i64 = 86_400_000;
    let column = frame.column(name).ok()?.as_materialized_series();
    Some(match column.dtype() {
        DataType::String => {
            let mut texts = TextsBuilder::default();
            column.str().ok()?.iter().for_each(|value| texts.push(value));
            Vector::Text(texts.finish())
        }
        DataType::Date => Vector::Date(column.date().ok()?.physical().iter().collect()),
        DataType::Datetime(..) => Vector::Date(
            column
                .datetime()
                .ok()?
                .physical()
                .iter()
                .map(|value| value.and_then(|ms| i32::try_from(ms.div_euclid(MILLISECONDS_A_DAY)).ok()))
                .collect(),
        ),
        _ => Vector::Number(
            column.f64().ok()?.iter().map(|value| value.map_or(Measure::MISSING, Measure::exact)).collect(),
        ),
    })
}

/// The dates of a column; none anywhere if it is a text column without any text.
#[must_use]
pub fn dates(sheet: &Sheet, name: &str) -> Vec<Option<i32>> {
    match sheet.column(name).as_deref() {
        Some(Vector::Date(dates)) => dates.clone(),
        _ => vec![None; sheet.rows()],
    }
}

/// The numbers of a column; all missing if it is a text column without any text.
#[must_use]
pub fn numbers(sheet: &Sheet, name: &str) -> Vec<Measure> {
    match sheet.column(name).as_deref() {
        Some(Vector::Number(numbers)) => numbers.clone(),
        _ => vec![Measure::MISSING; sheet.rows()],
    }
}

/// The texts of a column of a dataset, or none if it is not a text column.
#[must_use]
pub fn texts(sheet: &Sheet, name: &str) -> Option<Texts> {
    match &*sheet.column(name)? {
        Vector::Text(texts) => Some(texts.clone()),
        _ => None,
    }
}
