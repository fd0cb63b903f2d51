//! Checks of records beside others: keys, pairs, and what must be one in a group.

use std::collections::{BTreeMap, BTreeSet};

use crate::conformance::check::{Hit, Hits, Look, undecidable};
use crate::conformance::groups;
use crate::conformance::pattern;
use crate::conformance::records::{said, same};
use crate::data::vector::{Truth, Vector};
use crate::spec::conformance::{ConstantCheck, EqualsCheck};
use crate::spec::instrument::Units;

/// Records that agree with an earlier one in the variables of a key.
pub(super) fn unique(look: &Look<'_>, by: &[String]) -> Option<Vec<Hits>> {
    let patterns: Vec<String> = by.iter().map(|name| look.name(name)).collect();
    let fixed: Vec<&str> = patterns.iter().map(String::as_str).filter(|name| !name.ends_with('?')).collect();
    let candidates = look.candidates();
    let stems = pattern::stems(&fixed, &candidates);
    let active = match look.active()? {
        Ok(active) => active,
        Err(why) => return Some(undecidable(None, &why)),
    };
    let found = stems.iter().filter_map(|stem| {
        let names: Vec<String> = patterns.iter().map(|pattern| pattern::filled(pattern, stem)).collect();
        let (names, columns) = look.columns(&names)?;
        let optional: BTreeSet<&str> = patterns.iter().filter_map(|name| name.strip_suffix('?')).collect();
        let lacks = |row: usize| {
            let fixed = names.iter().zip(&columns).filter(|(name, _)| !optional.contains(name.as_str()));
            fixed.into_iter().any(|(_, column)| column.is_null(row))
        };
        let mut seen = BTreeSet::new();
        let mut hits = Vec::new();
        for (row, group) in groups::of(&columns, look.view.rows(), true).into_iter().enumerate() {
            if active[row] && !lacks(row) && !seen.insert(group) {
                hits.push(Hit::record(row));
            }
        }
        // A key of several variables is told by its last one, which tells the records of a subject apart.
        let variable = look.rule.variable.as_ref().or(names.last())?.clone();
        Some(Hits::of(variable, names, hits))
    });
    let found: Vec<Hits> = found.collect();
    (!found.is_empty()).then_some(found)
}

/// Values of one variable that go with several of another.
pub(super) fn pairs(look: &Look<'_>, pair: &[String; 2]) -> Option<Vec<Hits>> {
    let candidates = look.candidates();
    let stems = pattern::stems(&[&pair[0], &pair[1]], &candidates);
    let (_, within) = look.groups()?;
    let mut found = Vec::new();
    for stem in stems {
        let names = [pattern::filled(&pair[0], stem), pattern::filled(&pair[1], stem)];
        let (first, second) = (look.view.own(&names[0])?, look.view.own(&names[1])?);
        let forth = strays(&within, &first, &second);
        // A record whose two values both go with others is told once.
        let told: BTreeSet<usize> = forth.iter().map(|(row, _)| *row).collect();
        let mut back = strays(&within, &second, &first);
        back.retain(|(row, _)| !told.contains(row));
        let hits: Vec<Hit> = forth
            .into_iter()
            .map(|(row, other)| (row, &names[0], &first, &names[1], &second, other))
            .chain(back.into_iter().map(|(row, other)| (row, &names[1], &second, &names[0], &first, other)))
            .map(|(row, name, value, partner, values, other)| {
                let (value, was, is) = (said(value, row), said(values, other), said(values, row));
                Hit::told(row, format!("{name} {value} goes with {partner} {was} and with {is}"))
            })
            .collect();
        found.push(Hits::of(names[0].clone(), Vec::new(), hits));
    }
    (!found.is_empty()).then_some(found)
}

/// The first record of each further partner that a value has, with the first record of the value.
fn strays(within: &[Option<u32>], value: &Vector, partner: &Vector) -> Vec<(usize, usize)> {
    let (codes, partners) = (groups::codes(value, false), groups::codes(partner, false));
    let mut first: BTreeMap<(u32, u32), (u32, usize)> = BTreeMap::new();
    let mut told = BTreeSet::new();
    let mut strays = Vec::new();
    for (row, group) in within.iter().enumerate() {
        let (Some(group), Some(code), Some(partner)) = (*group, codes[row], partners[row]) else { continue };
        let (known, at) = *first.entry((group, code)).or_insert((partner, row));
        if known != partner && told.insert((group, code, partner)) {
            strays.push((row, at));
        }
    }
    strays
}

/// Records whose value differs from that of the first of their group.
pub(super) fn constant(look: &Look<'_>, check: &ConstantCheck) -> Option<Vec<Hits>> {
    let name = look.name(&check.of);
    let column = look.view.own(&name)?;
    let (names, groups) = look.groups()?;
    let active = match look.active()? {
        Ok(active) => active,
        Err(why) => return Some(undecidable(Some(name), &why)),
    };
    let mut first: BTreeMap<u32, usize> = BTreeMap::new();
    let mut hits = Vec::new();
    for (row, group) in groups.iter().enumerate() {
        let Some(group) = group.filter(|_| active[row] && !column.is_null(row)) else { continue };
        let at = *first.entry(group).or_insert(row);
        let as_one = || check.convertible && convertible(look.units, &column.show(at), &column.show(row));
        if !same(&column, row, &column, at) && !as_one() {
            hits.push(Hit::told(row, format!("another record has {}", said(&column, at))));
        }
    }
    let shown = names.into_iter().chain([name.clone()]).collect();
    Some(vec![Hits::of(name, shown, hits)])
}

/// Whether a shipped conversion leads from one unit to the other.
fn convertible(units: &Units, from: &str, to: &str) -> bool {
    units.conversion.values().any(|conversion| conversion.factor(from, to).is_some())
}

/// Records after the first that is looked at in a group.
pub(super) fn at_most_one(look: &Look<'_>) -> Option<Vec<Hits>> {
    let (names, groups) = look.groups()?;
    let variable = look.rule.variable.as_ref().map(|name| look.name(name));
    let active = match look.active()? {
        Ok(active) => active,
        Err(why) => return Some(undecidable(variable, &why)),
    };
    let mut seen = BTreeSet::new();
    let again = |(row, group): &(usize, &Option<u32>)| active[*row] && !seen.insert(**group);
    let hits = groups.iter().enumerate().filter(again).map(|(row, _)| Hit::record(row)).collect();
    Some(vec![Hits { variable, shown: names, list: hits }])
}

/// Records that do not repeat what the one record of their group says.
pub(super) fn equals(look: &Look<'_>, check: &EqualsCheck) -> Option<Vec<Hits>> {
    let (of, to) = (look.name(&check.of), look.name(&check.to));
    let (own, other) = (look.view.own(&of)?, look.view.own(&to)?);
    let (names, groups) = look.groups()?;
    let (at, active) = match (look.truths(&check.at.sql)?, look.active()?) {
        (Ok((at, _)), Ok(active)) => (at, active),
        (Err(why), _) | (_, Err(why)) => return Some(undecidable(Some(of), &why)),
    };
    // Of several such records none can be told to be the one; another rule says that there are several.
    let mut one: BTreeMap<u32, Option<usize>> = BTreeMap::new();
    for (row, group) in groups.iter().enumerate() {
        if let Some(group) = group.filter(|_| at[row] == Truth::True) {
            one.entry(group).and_modify(|only| *only = None).or_insert(Some(row));
        }
    }
    let mut hits = Vec::new();
    for (row, group) in groups.iter().enumerate() {
        let source = group.filter(|_| active[row] && !own.is_null(row)).and_then(|group| *one.get(&group)?);
        if let Some(source) = source.filter(|source| !same(&own, row, &other, *source)) {
            hits.push(Hit::told(row, format!("the record it repeats has {}", said(&other, source))));
        }
    }
    let shown = names.into_iter().chain([of.clone()]).collect();
    Some(vec![Hits::of(of, shown, hits)])
}
