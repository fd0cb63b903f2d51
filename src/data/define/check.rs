//! A dataset held against what define.xml says of it.

use std::collections::BTreeSet;

use rayon::prelude::*;

use super::cells::{Cells, selected, words};
use super::elements::short;
use super::rules::{ABSENT, DATASET, DATASET_LABEL, EXTRA, KEY, KIND, LABEL, ORDER, Rule, VALUE_LEVEL};
use super::values::{Breach, breaches, fits};
use super::{Define, DefinedDataset, DefinedVariable, key};
use crate::data::{Dataset, Variable};
use crate::error::{Finding, Place, nearest};

/// Every way in which a dataset is not what define.xml says, in the order of its variables; `subject` is the variable
/// that names the subjects. Labels are compared where the format of the data has any.
#[must_use]
pub fn check(define: &Define, dataset: &Dataset, subject: &str) -> Vec<Finding> {
    let Some(defined) = define.dataset(&dataset.name) else {
        let message = format!("{} does not describe the dataset", define.file);
        let finding = DATASET.finding(Place::dataset(&dataset.name), message);
        let near = nearest(&dataset.name, define.datasets.keys().map(String::as_str));
        return vec![near.map_or(finding.clone(), |near| finding.hint(format!("it describes {near}")))];
    };
    let holder = Holder { define, dataset, defined, subject };
    let mut findings = holder.shape();
    let variables: Vec<Vec<Finding>> = defined.variables.par_iter().map(|variable| holder.variable(variable)).collect();
    findings.extend(variables.into_iter().flatten());
    findings.extend(holder.keys());
    findings
}

struct Holder<'a> {
    define: &'a Define,
    dataset: &'a Dataset,
    defined: &'a DefinedDataset,
    subject: &'a str,
}

impl Holder<'_> {
    fn place(&self) -> Place {
        Place::dataset(&self.dataset.name)
    }

    /// Which variables there are, in which order, and the label of the dataset.
    fn shape(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        let file = &self.define.file;
        let differs = !self.dataset.label.is_empty() && self.dataset.label != self.defined.label;
        if differs {
            let message = labels(&self.dataset.label, &self.defined.label, file);
            findings.push(DATASET_LABEL.finding(self.place(), message));
        }
        for Variable { name, .. } in &self.dataset.variables {
            if self.defined.variable(name).is_none() {
                let message = format!("{file} does not describe the variable");
                findings.push(EXTRA.finding(self.place().variable(name), message));
            }
        }
        let wanted: Vec<&str> = self.defined.variables.iter().map(|variable| variable.item.name.as_str()).collect();
        for name in wanted.iter().filter(|name| self.dataset.variable(name).is_none()) {
            let message = format!("{file} describes the variable, and the data do not have it");
            findings.push(ABSENT.finding(self.place().variable(*name), message));
        }
        let wanted = wanted.into_iter().filter(|name| self.dataset.variable(name).is_some());
        let found = self.dataset.variables.iter().map(|variable| variable.name.as_str());
        let found = found.filter(|name| self.defined.variable(name).is_some());
        if let Some((is, should)) = found.zip(wanted).find(|(is, should)| is != should) {
            let message = format!("{is} stands where {file} has {should}");
            findings.push(ORDER.finding(self.place(), message));
        }
        findings
    }

    fn variable(&self, defined: &DefinedVariable) -> Vec<Finding> {
        let item = &defined.item;
        let (Some(variable), Some(cells)) = (self.dataset.variable(&item.name), Cells::of(self.dataset, &item.name))
        else {
            return Vec::new();
        };
        let mut findings = Vec::new();
        let labelled = self.dataset.variables.iter().any(|variable| !variable.label.is_empty());
        if labelled && variable.label != item.label {
            let message = labels(&variable.label, &item.label, &self.define.file);
            findings.push(LABEL.finding(self.place().variable(&item.name), message));
        }
        if !fits(item, variable.kind) {
            let message = format!("the values are {}, declared as {}", variable.kind.word(), item.kind().word());
            findings.push(KIND.finding(self.place().variable(&item.name), message));
            return findings;
        }
        let all: Vec<usize> = (0..self.dataset.frame.height()).collect();
        let broken = breaches(self.define, item, defined.mandatory, cells, &all);
        findings.extend(broken.into_iter().map(|breach| {
            let Breach { rule, message, rows } = breach;
            self.finding(rule, &item.name, message, &rows)
        }));
        for value in &defined.values {
            let Some(rows) = selected(self.dataset, &value.clauses) else { continue };
            let records = words(&value.clauses);
            for Breach { message, rows, .. } in breaches(self.define, &value.item, value.mandatory, cells, &rows) {
                let message = format!("{message}, where {}", short(&records));
                findings.push(self.finding(&VALUE_LEVEL, &item.name, message, &rows));
            }
        }
        findings
    }

    fn keys(&self) -> Option<Finding> {
        let groups = key::repeated(self.dataset, &self.defined.keys).filter(|groups| !groups.is_empty())?;
        let rows: Vec<usize> = groups.iter().flatten().map(|row| *row as usize).collect();
        let shown = |name: &String| {
            let first = rows.first().copied().unwrap_or_default();
            let value = Cells::of(self.dataset, name).and_then(|cells| cells.shown(first));
            format!("{name} {}", value.map_or_else(|| "missing".into(), |value| short(&value)))
        };
        let example: Vec<String> = self.defined.keys.iter().map(shown).collect();
        let message = format!("{} records share {} keys, such as {}", rows.len(), groups.len(), example.join(", "));
        let places = Place { subjects: self.subjects(&rows), ..self.place() };
        Some(KEY.finding(places, message))
    }

    fn finding(&self, rule: &Rule, variable: &str, message: String, rows: &[usize]) -> Finding {
        rule.finding(Place { subjects: self.subjects(rows), ..self.place().variable(variable) }, message)
    }

    /// The subjects of these records, the first few by name.
    fn subjects(&self, rows: &[usize]) -> Vec<String> {
        let Some(cells) = Cells::of(self.dataset, self.subject) else { return Vec::new() };
        let who: BTreeSet<_> = rows.iter().filter_map(|row| cells.shown(*row)).collect();
        Place::default().subjects(who).subjects
    }
}

fn labels(is: &str, should: &str, file: &str) -> String {
    format!("the label is {}, in {file} {}", short(is), short(should))
}
