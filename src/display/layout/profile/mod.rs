//! Pages of single participants: facts, a narrative to be completed, what happened when, values over time, listings.

mod course;

use std::collections::BTreeMap;

use crate::display::assemble::{Assembly, aligned, data_row, note, plain};
use crate::display::layout::Laid;
use crate::display::layout::listing::{Kind, NONE, decimals_of, head_lines, is_number};
use crate::display::layout::tally::of_arms;
use crate::display::number::rounded;
use crate::display::report::{Align, Body, Column, Fact, Footnote, Lane, Profile, Table};
use crate::results::{Extract, Results};
use crate::spec::Study;
use crate::spec::design::Rounding;
use crate::spec::output::{ListingColumn, OrderBy};
use crate::spec::safety_figure::{ProfileFact, ProfileLayout, ProfileListing};
use crate::spec::template::name_of;

pub(super) fn pages(id: &str, layout: &ProfileLayout, results: &Results, assembly: &mut Assembly<'_>) -> Option<Laid> {
    let study = assembly.study;
    let facts = results.extract(id)?;
    let part = |name: &str| of_subjects(study, results.extract(&format!("{id}.{name}")));
    let (lanes, findings) = (part("lanes"), part("findings"));
    let listings: Vec<Listing<'_>> = layout
        .listings
        .iter()
        .enumerate()
        .map(|(position, listing)| Listing::new(listing, part(&format!("listing-{position}"))))
        .collect();
    let mut subjects = of_arms(study, facts);
    if layout.order_by == OrderBy::Arm {
        subjects.sort_by_key(|(arm, ..)| *arm);
    }
    let mut profiles = Vec::new();
    for (arm, subject, values) in &subjects {
        let of = (*arm, *subject);
        let label = &study.arm[*arm].label;
        let arm_of = if study.compares() { format!(": {label}") } else { String::new() };
        profiles.push(Profile {
            title: format!("Participant {subject}{arm_of}"),
            facts: shown_facts(layout, values),
            paragraphs: narrative(layout, values, assembly),
            lanes: course::lanes(layout, *arm, subject, own(&lanes, of)),
            plots: course::plots(study, layout, *arm, subject, own(&findings, of)),
            tables: listings.iter().map(|listing| listing.table(&of, assembly)).collect(),
        });
    }
    let footnotes = footnotes(layout, &profiles);
    Some(Laid { body: Body::Profiles(profiles), footnotes, analyses: vec![id.to_owned()] })
}

/// The fields of the records of each participant, arm and subject taken away.
type Records<'a> = BTreeMap<(usize, &'a str), Vec<&'a [String]>>;

fn of_subjects<'a>(study: &Study, extract: Option<&'a Extract>) -> Records<'a> {
    let mut records: Records<'a> = BTreeMap::new();
    for (arm, subject, fields) in extract.map(|extract| of_arms(study, extract)).unwrap_or_default() {
        records.entry((arm, subject)).or_default().push(fields);
    }
    records
}

fn own<'r>(records: &'r Records<'r>, of: (usize, &'r str)) -> &'r [&'r [String]] {
    records.get(&of).map_or(&[], Vec::as_slice)
}

/// What a narrative still needs.
pub(super) const PERSON: &str =
    "The narrative is filled in from the data; what stands in brackets has still to be written by a person.";

/// What an extract holds, in the words of a reader: a true minus sign, and answers as such.
pub(super) fn readable(text: &str) -> String {
    match text {
        "true" => "Yes".to_owned(),
        "false" => "No".to_owned(),
        // With all its decimals: there is nothing to round.
        number if is_number(number) => rounded(number, decimals_of(number), Rounding::default()),
        other => other.to_owned(),
    }
}

fn shown_facts(layout: &ProfileLayout, values: &[String]) -> Vec<Fact> {
    let fact = |(position, fact): (usize, &ProfileFact)| {
        let text = match (values.get(position).map_or("", String::as_str), &fact.unit) {
            ("", _) => NONE.to_owned(),
            (text, Some(unit)) => format!("{} {unit}", readable(text)),
            (text, None) => readable(text),
        };
        Fact { label: fact.label.clone(), text }
    };
    layout.facts.iter().enumerate().map(fact).collect()
}

/// The paragraphs of a participant. Templates know the facts and nothing else, so that they can say nothing that the
/// data do not.
fn narrative(layout: &ProfileLayout, values: &[String], assembly: &mut Assembly<'_>) -> Vec<String> {
    let value = |position: usize| values.get(position).map_or_else(String::new, |text| readable(text));
    let named = layout.facts.iter().enumerate().map(|(position, fact)| (name_of(&fact.id), value(position)));
    let facts: BTreeMap<String, String> = named.collect();
    let mut paragraphs = Vec::new();
    for template in &layout.narrative {
        match template.fill(&facts, &assembly.study.origin) {
            Ok(text) if text.is_empty() => {}
            Ok(text) => paragraphs.push(text),
            Err(finding) => assembly.refuse(finding),
        }
    }
    paragraphs
}

/// A listing of records, whose columns are shown alike on the pages of all participants.
struct Listing<'a> {
    layout: &'a ProfileListing,
    records: Records<'a>,
    kinds: Vec<Kind>,
}

impl<'a> Listing<'a> {
    fn new(layout: &'a ProfileListing, records: Records<'a>) -> Self {
        let kind = |(position, column): (usize, &ListingColumn)| {
            let fields = records.values().flatten().filter_map(|fields| fields.get(position));
            let texts: Vec<&str> = fields.map(String::as_str).filter(|text| !text.is_empty()).collect();
            Kind::of(&texts, column.decimals)
        };
        let kinds = layout.columns.iter().enumerate().map(kind).collect();
        Self { layout, records, kinds }
    }

    /// The records of a participant; the first column is the stub.
    fn table(&self, of: &(usize, &str), assembly: &Assembly<'_>) -> (String, Table) {
        let rounded = |digits: &str, places: u8| assembly.rounded(digits, places);
        let columns = self.layout.columns.iter().zip(&self.kinds).skip(1).map(|(column, kind)| {
            let align = if matches!(kind, Kind::Number(_)) { Align::Decimal } else { Align::Left };
            Column { head: head_lines(&column.label), align }
        });
        let columns: Vec<Column> = columns.collect();
        let mut rows = Vec::new();
        for fields in self.records.get(of).into_iter().flatten() {
            let mut texts = self.kinds.iter().zip(*fields).map(|(kind, text)| kind.show(text, &rounded));
            let stub = texts.next().unwrap_or_default();
            rows.push(data_row(0, stub, texts.map(plain).collect()));
        }
        if rows.is_empty() {
            rows.push(data_row(0, "None", columns.iter().map(|_| plain("")).collect()));
        }
        let stub_head = self.layout.columns.first().map(|column| column.label.clone()).unwrap_or_default();
        (self.layout.title.clone(), aligned(Table { stub_head, columns, spanners: Vec::new(), rows }))
    }
}

fn footnotes(layout: &ProfileLayout, profiles: &[Profile]) -> Vec<Footnote> {
    let mut notes = Vec::new();
    if !layout.narrative.is_empty() {
        notes.push(note(PERSON));
    }
    let facts = profiles.iter().flat_map(|profile| &profile.facts).map(|fact| fact.text.as_str());
    let rows = profiles.iter().flat_map(|profile| &profile.tables).flat_map(|(_, table)| &table.rows);
    let cells = rows.flat_map(|row| row.cells.iter().map(|cell| cell.text.trim()).chain([row.stub.as_str()]));
    if facts.chain(cells).any(|text| text == NONE) {
        notes.push(note("–: no value."));
    }
    let mut lanes = profiles.iter().filter_map(|profile| profile.lanes.as_ref()).flat_map(|lanes| &lanes.groups);
    let open = |lane: &Lane| lane.segments.iter().any(|own| own.open_start || own.open_end);
    if lanes.any(|group| group.lanes.iter().any(open)) {
        let [first, last] = layout.days.map(|day| rounded(&day.to_string(), 0, Rounding::default()));
        notes.push(note(format!(
            "Study days {first} to {last} are drawn. Arrows: the first or last day is not known, or lies beyond them."
        )));
    }
    if profiles.iter().flat_map(|profile| &profile.plots).any(|panel| !panel.plot.lines.is_empty()) {
        notes.push(note("Dashed lines: limits of the reference range."));
    }
    notes
}
