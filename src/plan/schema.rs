//! What a rule may name in each place: the columns of a dataset, of the subjects, of a frame, and the options.

use crate::data::evaluate::{OptionValue, Options};
use crate::data::typing::Names;
use crate::data::vector::Type;
use crate::spec::derivation::Choice;

/// The columns and options that a rule may name.
#[derive(Clone, Debug)]
pub struct Schema {
    owner: String,
    columns: Vec<(String, Type)>,
    options: Vec<(String, Type)>,
    untyped: Vec<String>,
}

impl Schema {
    /// A schema of these columns; `owner` names it in messages.
    #[must_use]
    pub fn new(owner: impl Into<String>, columns: Vec<(String, Type)>) -> Self {
        Self { owner: owner.into(), columns, options: Vec::new(), untyped: Vec::new() }
    }

    /// With the options of the study.
    #[must_use]
    pub fn with_options(mut self, options: &Options) -> Self {
        self.options = options.iter().map(|(name, value)| (name.clone(), option_type(value))).collect();
        self
    }

    /// Adds a column.
    pub fn add(&mut self, name: impl Into<String>, kind: Type) {
        self.columns.push((name.into(), kind));
    }

    /// Adds a column that fits everywhere: its own definition is wrong, or it is empty.
    pub fn add_untyped(&mut self, name: impl Into<String>) {
        self.untyped.push(name.into());
    }

    /// Whether it has a column of this name.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.columns.iter().any(|(column, _)| column == name) || self.untyped.iter().any(|column| column == name)
    }
}

impl Names for Schema {
    fn column(&self, name: &str) -> Option<Type> {
        self.columns.iter().find(|(column, _)| column == name).map(|(_, kind)| *kind)
    }

    fn columns(&self) -> Vec<String> {
        self.columns.iter().map(|(column, _)| column.clone()).collect()
    }

    fn option(&self, name: &str) -> Option<Type> {
        self.options.iter().find(|(option, _)| option == name).map(|(_, kind)| *kind)
    }

    fn options(&self) -> Vec<String> {
        self.options.iter().map(|(option, _)| option.clone()).collect()
    }

    fn is_untyped(&self, name: &str) -> bool {
        self.untyped.iter().any(|column| column == name)
    }

    fn owner(&self) -> String {
        self.owner.clone()
    }
}

const fn option_type(value: &OptionValue) -> Type {
    match value {
        OptionValue::Truth(_) => Type::Truth,
        OptionValue::Number(_) => Type::Number,
        OptionValue::Text(_) => Type::Text,
        OptionValue::Date(_) => Type::Date,
    }
}

/// The value of an option as rules see it.
#[must_use]
pub fn option_value(choice: &Choice) -> OptionValue {
    match choice {
        Choice::Truth(value) => OptionValue::Truth(*value),
        Choice::Number(value) => OptionValue::Number(*value),
        Choice::Text(value) => OptionValue::Text(value.clone()),
    }
}
