//! A document without what a report does not need. What stays keeps its place in the file, so that later findings can name
//! it.

use std::collections::BTreeSet;

use serde::Deserialize;
use toml::de::{DeArray, DeTable, DeValue};
use toml::{Spanned, Table};

use super::mentions::{Element, naming_key};

/// What of a document stays.
pub(super) struct Filter<'a> {
    pub(super) kept: &'a BTreeSet<Element>,
    pub(super) sections: BTreeSet<String>,
    pub(super) withheld: &'a dyn Fn(&str) -> bool,
}

/// What stays of a display that is withheld.
const OF_WITHHELD: &[&str] = &["id", "number", "section", "title", "identifies-arm"];

impl Filter<'_> {
    pub(super) fn document<'i>(&self, document: DeTable<'i>) -> DeTable<'i> {
        let keep = |section: &str, name: Option<&str>| {
            name.is_none_or(|name| {
                let element = Element { section: section.to_owned(), name: name.to_owned() };
                self.kept.contains(&element)
            })
        };
        let whole = |section: &str| keep(section, Some(section));
        let entries = document.into_iter().filter_map(|(key, value)| {
            let section = key.get_ref().to_string();
            let span = value.span();
            let value = match section.as_str() {
                "study" | "data" | "conformance" | "masking" | "report" | "arm" | "visits" | "random" => value,
                "flow" | "checklist" => return whole(&section).then_some((key, value)),
                "section" => Spanned::new(
                    span,
                    self.array(value.into_inner(), &|element| {
                        element
                            .get("number")
                            .is_none_or(|number| number.get_ref().as_str().is_none_or(|n| self.sections.contains(n)))
                    }),
                ),
                _ => {
                    let inner = match value.into_inner() {
                        DeValue::Table(table) => DeValue::Table(
                            table.into_iter().filter(|(name, _)| keep(&section, Some(name.get_ref()))).collect(),
                        ),
                        other => self.array(other, &|element| {
                            keep(&section, element.get(naming_key(&section)).and_then(|name| name.get_ref().as_str()))
                        }),
                    };
                    Spanned::new(span, inner)
                }
            };
            Some((key, value))
        });
        entries.collect()
    }

    fn array<'i>(&self, value: DeValue<'i>, keep: &dyn Fn(&DeTable<'i>) -> bool) -> DeValue<'i> {
        let DeValue::Array(array) = value else { return value };
        let of = array.into_iter().filter(|element| element.get_ref().as_table().is_none_or(keep));
        let array: DeArray<'i> = of.map(|element| self.element(element)).collect();
        DeValue::Array(array)
    }

    /// An element without what it says of others that are gone.
    fn element<'i>(&self, element: Spanned<DeValue<'i>>) -> Spanned<DeValue<'i>> {
        let span = element.span();
        let DeValue::Table(mut table) = element.into_inner() else {
            unreachable!("the elements of a section are tables")
        };
        let id = table.get("id").and_then(|id| id.get_ref().as_str()).unwrap_or_default().to_owned();
        if table.contains_key("section") && (self.withheld)(&id) {
            table = table.into_iter().filter(|(key, _)| OF_WITHHELD.contains(&&**key.get_ref())).collect();
        }
        // A variant is of endpoints of which some may not be needed.
        let is_variant = self.kept.contains(&Element { section: "variant".to_owned(), name: id });
        let table = table.into_iter().map(|(key, value)| {
            let span = value.span();
            let value = match (&**key.get_ref(), value.into_inner()) {
                ("of", DeValue::Array(names)) if is_variant => {
                    let here = |name: &str| {
                        self.kept.contains(&Element { section: "endpoint".to_owned(), name: name.to_owned() })
                    };
                    DeValue::Array(names.into_iter().filter(|name| name.get_ref().as_str().is_none_or(here)).collect())
                }
                (_, value) => value,
            };
            (key, Spanned::new(span, value))
        });
        Spanned::new(span, DeValue::Table(table.collect()))
    }
}

/// Takes those numbers out of snapshots that are not to be shown, and headings that are left without.
pub(super) fn keep_cells<'i>(document: &mut DeTable<'i>, shown: &dyn Fn(&DeTable<'i>) -> bool) {
    let Some(DeValue::Array(displays)) = document.get_mut("display").map(Spanned::get_mut) else { return };
    for display in displays.iter_mut() {
        let DeValue::Table(display) = display.get_mut() else { continue };
        let Some(DeValue::Table(snapshot)) = display.get_mut("snapshot").map(Spanned::get_mut) else { continue };
        let Some(DeValue::Array(groups)) = snapshot.get_mut("groups").map(Spanned::get_mut) else { continue };
        for group in groups.iter_mut() {
            let DeValue::Table(group) = group.get_mut() else { continue };
            let Some(DeValue::Array(cells)) = group.get_mut("cells").map(Spanned::get_mut) else { continue };
            let own = std::mem::replace(cells, DeArray::new()).into_iter();
            *cells = own.filter(|cell| cell.get_ref().as_table().is_none_or(shown)).collect();
        }
        let has_cells = |group: &Spanned<DeValue<'i>>| {
            let cells = group.get_ref().as_table().and_then(|group| group.get("cells"));
            cells.and_then(|cells| cells.get_ref().as_array()).is_none_or(|cells| !cells.is_empty())
        };
        *groups = std::mem::replace(groups, DeArray::new()).into_iter().filter(has_cells).collect();
    }
}

/// A document as plain values; of one that could be read, nothing is lost.
pub(super) fn as_table(document: &DeTable<'_>) -> Table {
    let deserializer = toml::de::ValueDeserializer::from(Spanned::new(0..0, DeValue::Table(document.clone())));
    Table::deserialize(deserializer).unwrap_or_default()
}
