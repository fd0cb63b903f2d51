//! A cut-off bound to data: its variables exist and are dates, its rules are parsed and typed.

use crate::data::cut::{DatasetOrder, OPTION, Order, Restatement};
use crate::data::evaluate::OptionValue;
use crate::data::rule::Rule;
use crate::data::typing::Names;
use crate::data::vector::Type;
use crate::data::{LockedData, date};
use crate::error::{Error, Finding, Stage};
use crate::plan::Scope;
use crate::plan::bind::Binding;
use crate::spec::Study;
use crate::spec::cut::{DatasetCut, Restate};
use crate::spec::text::{Name, RuleText};

/// What may be restated.
const ANY: [Type; 4] = [Type::Text, Type::Number, Type::Date, Type::Truth];
/// What says when a record was.
const DATED: [Type; 2] = [Type::Date, Type::Text];

/// Binds the cut-off of a specification to locked data, as of a day (in days since 1970-01-01).
///
/// # Errors
/// The specification says nothing of a cut-off, or the day lies after that of the lock; all findings about variables and
/// rules of the section (stage binding).
pub fn cut(study: &Study, data: &LockedData, day: i32) -> Result<Order, Error> {
    let place = || study.origin.place(study.data.subjects.span.start);
    let Some(cut) = &study.data.cut_off else {
        let finding = Finding::error(place(), "the specification does not say how its data are cut off");
        return Err(Error::one(Stage::Specification, finding.hint("write the section [data.cut-off]")));
    };
    let mut binding = Binding::new(study, data);
    if date::parse(&data.lock.head.locked).is_some_and(|locked| day > locked) {
        let message = format!("the cut-off {} lies after the lock of {}", date::text(day), data.lock.head.locked);
        let place = cut.date.as_ref().map_or_else(place, |date| study.origin.place(date.span.start));
        binding.findings.push(Finding::error(place, message).hint("cut at the day of the lock or before it"));
    }
    let mut datasets: Vec<(&String, DatasetOrder)> = Vec::new();
    // Variables first: afterwards a dataset has those of the subjects too.
    for (name, own) in &cut.datasets {
        datasets.push((name, variables(&mut binding, name, own)));
    }
    let roster = binding.subjects.clone();
    let options = [(OPTION.to_owned(), OptionValue::Date(day))].into();
    for schema in binding.datasets.values_mut() {
        for column in roster.columns().into_iter().filter(|column| !schema.has(column)).collect::<Vec<_>>() {
            match roster.column(&column) {
                Some(kind) if !roster.is_untyped(&column) => schema.add(column, kind),
                _ => schema.add_untyped(column),
            }
        }
        *schema = schema.clone().with_options(&options);
    }
    for (name, order) in &mut datasets {
        if let Some(own) = cut.datasets.get(*name) {
            rules(&mut binding, name, own, order);
        }
    }
    let order = Order {
        day,
        subjects: study.data.subjects.to_string(),
        subject: study.data.subject.clone(),
        datasets: datasets.into_iter().map(|(name, order)| (name.clone(), order)).collect(),
    };
    Error::unless_clean(Stage::Binding, binding.findings).map(|_| order)
}

/// What an entry says of variables; those that do not exist or are of the wrong type are findings.
fn variables(binding: &mut Binding<'_>, name: &str, own: &DatasetCut) -> DatasetOrder {
    let dataset = Name::new(name, 0..0);
    for date in own.date.iter().chain(own.restate.iter().filter_map(|restate| restate.after.as_ref())) {
        binding.variable(&dataset, date, &DATED);
    }
    let restatement = |restate: &Restate| Restatement {
        after: restate.after.as_ref().map(ToString::to_string),
        blank: restate.blank.iter().map(ToString::to_string).collect(),
        ..Restatement::default()
    };
    for restate in &own.restate {
        let set = restate.set.iter().map(|(variable, rule)| Name::new(variable.as_str(), rule.span.clone()));
        for variable in restate.blank.iter().cloned().chain(set) {
            binding.variable(&dataset, &variable, &ANY);
            if *variable == *binding.study.data.subject {
                let place = binding.study.origin.place(variable.span.start);
                binding.findings.push(Finding::error(place, format!("{variable} says whose the record is")));
            }
        }
    }
    DatasetOrder {
        dates: own.date.iter().map(ToString::to_string).collect(),
        exclude: None,
        restate: own.restate.iter().map(restatement).collect(),
    }
}

/// The rules of an entry, each over the variables of its dataset and those of the subjects.
fn rules(binding: &mut Binding<'_>, name: &str, own: &DatasetCut, order: &mut DatasetOrder) {
    let kinds = binding.datasets.get(name).cloned();
    let mut bound = |text: &RuleText, wanted: Option<Type>| -> Option<Rule> {
        let id = binding.compile(text, Scope::Dataset(name.to_owned()), wanted, &format!("cut-off of {name}"))?;
        binding.rules.get(id.0).map(|rule| rule.rule.clone())
    };
    order.exclude = own.exclude.as_ref().and_then(|rule| bound(rule, Some(Type::Truth)));
    for (restate, order) in own.restate.iter().zip(&mut order.restate) {
        order.condition = restate.r#where.as_ref().and_then(|rule| bound(rule, Some(Type::Truth)));
        for (variable, text) in &restate.set {
            // A variable without any value takes what it is given.
            let wanted = kinds.as_ref().filter(|own| !own.is_untyped(variable)).and_then(|own| own.column(variable));
            order.set.extend(bound(text, wanted).map(|rule| (variable.clone(), rule)));
        }
    }
}

#[cfg(test)]
mod tests;
