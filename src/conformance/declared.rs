//! Checks of what a file says of its variables: names, labels, lengths, types (FDA Study Data Technical Conformance Guide;
//! SAS transport files of version 5).

use crate::conformance::check::{Hit, Hits, Look};
use crate::data::Variable;
use crate::data::date::PartialDate;
use crate::data::vector::{Measure, Vector};
use crate::spec::conformance::DeclaredCheck;

/// The longest name of a variable or dataset, in characters.
const NAME: usize = 8;
/// The longest label, in characters.
const LABEL: usize = 40;
/// The longest text, in bytes.
const TEXT: usize = 200;

/// Variables that the dataset has not.
pub(super) fn required(look: &Look<'_>, variables: &[String]) -> Vec<Hits> {
    let lacking = variables.iter().map(|name| look.name(name)).filter(|name| !look.view.has_own(name));
    lacking.map(|name| Hits::of(name, Vec::new(), vec![Hit::whole("")])).collect()
}

/// Variables that are not declared as they should be; none if the check does not apply.
pub(super) fn declared(look: &Look<'_>, check: DeclaredCheck) -> Option<Vec<Hits>> {
    let dataset = look.view.dataset;
    match check {
        DeclaredCheck::NameLength => Some(named(look, |name| {
            let length = name.chars().count();
            (length > NAME).then(|| format!("{length} characters"))
        })),
        DeclaredCheck::NameForm => Some(named(look, |name| {
            let plain = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
            let good = name.starts_with(|c: char| c.is_ascii_uppercase()) && name.chars().all(plain);
            (!good).then(String::new)
        })),
        // A format without labels cannot have any.
        DeclaredCheck::Labelled | DeclaredCheck::LabelLength
            if dataset.variables.iter().all(|variable| variable.label.is_empty()) =>
        {
            None
        }
        DeclaredCheck::Labelled => Some(variables(look, |v| v.label.is_empty().then(String::new))),
        DeclaredCheck::LabelLength => Some(variables(look, |variable| {
            let length = variable.label.chars().count();
            (length > LABEL).then(|| format!("{length} characters"))
        })),
        DeclaredCheck::TextLength => Some(variables(look, |variable| {
            let column = look.view.own(&variable.name)?;
            let Vector::Text(texts) = &*column else { return None };
            let longest = texts.words.iter().map(|word| word.len()).max().unwrap_or(0);
            (longest > TEXT).then(|| format!("up to {longest} bytes"))
        })),
        DeclaredCheck::Empty if look.view.rows() == 0 => None,
        DeclaredCheck::Empty => Some(variables(look, |variable| {
            let column = look.view.own(&variable.name)?;
            (column.nulls() == column.len()).then(String::new)
        })),
        DeclaredCheck::Records => {
            let hits = if look.view.rows() == 0 { vec![Hit::whole("")] } else { Vec::new() };
            Some(vec![Hits { variable: None, shown: Vec::new(), list: hits }])
        }
        DeclaredCheck::Dates => each(look, |column| !matches!(column, Vector::Date(_))),
        DeclaredCheck::Numbers => each(look, |column| !matches!(column, Vector::Number(_)) && !reads_as_text(column)),
        DeclaredCheck::IsoDates => iso_dates(look),
    }
}

/// What is wrong with the names of the dataset and of its variables.
fn named(look: &Look<'_>, wrong: impl Fn(&str) -> Option<String>) -> Vec<Hits> {
    let dataset = wrong(&look.view.dataset.name).map(|detail| Hits {
        variable: None,
        shown: Vec::new(),
        list: vec![Hit::whole(format!("the name of the dataset: {detail}"))],
    });
    dataset.into_iter().chain(variables(look, |variable| wrong(&variable.name))).collect()
}

/// What is wrong with each variable.
fn variables(look: &Look<'_>, wrong: impl Fn(&Variable) -> Option<String>) -> Vec<Hits> {
    let found = look.view.dataset.variables.iter().filter_map(|variable| Some((variable, wrong(variable)?)));
    found.map(|(variable, detail)| Hits::of(&variable.name, Vec::new(), vec![Hit::whole(detail)])).collect()
}

/// Whether the variable named by `each` is of another type; one without any value has none.
fn each(look: &Look<'_>, wrong: impl Fn(&Vector) -> bool) -> Option<Vec<Hits>> {
    let name = look.each()?;
    let column = look.view.own(name)?;
    let empty = column.nulls() == column.len();
    let detail = format!("it holds {}", held(&column));
    let hits = if !empty && wrong(&column) { vec![Hit::whole(detail)] } else { Vec::new() };
    Some(vec![Hits::of(name, Vec::new(), hits)])
}

const fn held(column: &Vector) -> &'static str {
    match column {
        Vector::Text(_) => "texts",
        Vector::Number(_) => "numbers",
        Vector::Date(_) => "dates",
        Vector::Truth(_) => "truths",
    }
}

/// Whether a variable of texts has one that is no number: then it is text by right.
fn reads_as_text(column: &Vector) -> bool {
    let number = |word: &std::sync::Arc<str>| Measure::read(word).is_some_and(|own| own.value().is_some());
    matches!(column, Vector::Text(texts) if !texts.words.iter().all(number))
}

/// Texts that are no date, complete or partial.
fn iso_dates(look: &Look<'_>) -> Option<Vec<Hits>> {
    let name = look.each()?;
    let column = look.view.own(name)?;
    let hits = match &*column {
        Vector::Text(texts) => {
            let strange: Vec<bool> = texts.words.iter().map(|word| PartialDate::parse(word).is_none()).collect();
            let rows = texts.codes.iter().enumerate();
            let rows = rows.filter(|(_, code)| strange.get(**code as usize).copied().unwrap_or(false));
            rows.map(|(row, _)| Hit::record(row)).collect()
        }
        Vector::Date(_) => Vec::new(),
        other => vec![Hit::whole(format!("it holds {}", held(other)))],
    };
    Some(vec![Hits::own(name, hits)])
}
