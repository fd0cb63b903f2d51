//! Narratives of events: a page for each record, with its facts and paragraphs that a person completes.

use std::collections::BTreeMap;

use crate::display::assemble::{Assembly, note};
use crate::display::layout::Laid;
use crate::display::layout::listing::NONE;
use crate::display::layout::profile::{PERSON, readable};
use crate::display::layout::tally::of_arms;
use crate::display::report::{Body, Fact, Profile};
use crate::results::Results;
use crate::spec::event_narrative::{NarrativeFact, NarrativesLayout};
use crate::spec::output::OrderBy;
use crate::spec::template::{Template, name_of};

pub(super) fn pages(
    id: &str,
    layout: &NarrativesLayout,
    results: &Results,
    assembly: &mut Assembly<'_>,
) -> Option<Laid> {
    let study = assembly.study;
    let mut events = of_arms(study, results.extract(id)?);
    if layout.order_by == OrderBy::Arm {
        events.sort_by_key(|(arm, ..)| *arm);
    }
    let mut profiles = Vec::new();
    for (arm, subject, values) in &events {
        let value = |position: usize| values.get(position).map_or_else(String::new, |text| readable(text));
        let named = layout.facts.iter().enumerate().map(|(position, fact)| (name_of(&fact.id), value(position)));
        let named: BTreeMap<String, String> = named.collect();
        let mut filled = |template: &Template| match template.fill(&named, &study.origin) {
            Ok(text) => Some(text).filter(|text| !text.is_empty()),
            Err(finding) => {
                assembly.refuse(finding);
                None
            }
        };
        let title = filled(&layout.title).map_or_else(String::new, |title| format!(": {title}"));
        let paragraphs = layout.narrative.iter().filter_map(&mut filled).collect();
        let mut facts: Vec<Fact> =
            layout.facts.iter().enumerate().map(|(position, fact)| shown(fact, &value(position))).collect();
        if study.compares() {
            facts.push(Fact { label: "Arm".to_owned(), text: study.arm[*arm].label.clone() });
        }
        let title = format!("Participant {subject}{title}");
        profiles.push(Profile { title, facts, paragraphs, ..Profile::default() });
    }
    let mut footnotes = Vec::new();
    if profiles.is_empty() {
        footnotes.push(note("There is no such record."));
    } else if !layout.narrative.is_empty() {
        footnotes.push(note(PERSON));
    }
    if profiles.iter().flat_map(|profile| &profile.facts).any(|fact| fact.text == NONE) {
        footnotes.push(note("–: no value."));
    }
    Some(Laid { body: Body::Profiles(profiles), footnotes, analyses: vec![id.to_owned()] })
}

fn shown(fact: &NarrativeFact, text: &str) -> Fact {
    let text = match (text, &fact.unit) {
        ("", _) => NONE.to_owned(),
        (text, Some(unit)) => format!("{text} {unit}"),
        (text, None) => text.to_owned(),
    };
    Fact { label: fact.label.clone(), text }
}
