//! The reporting checklist: item, what it asks, the answer, its page, who has answered, and the machine check; and the
//! list of what a person has still to write.

use crate::display::assemble::{data_row, heading, note, plain};
use crate::display::checklist::{Ground, Verdict};
use crate::display::layout::Laid;
use crate::display::report::{Align, Body, Cell, Column, Table, TableRow};
use crate::spec::instrument::{self, ChecklistInstrument, ChecklistItem};
use crate::spec::narrative::{Answer, ChecklistLayout};

/// Lays out the checklist, or the list of what is open. None if its instrument does not exist.
pub(in crate::display) fn table(layout: &ChecklistLayout, ground: &Ground<'_>) -> Option<Laid> {
    let instrument = instrument::checklist(&ground.answers.instrument)?;
    let heads: &[&str] = if layout.open {
        &["Subject", "What the author has still to write", "Page"]
    } else {
        &["What it asks", "Answer", "Page", "Status", "Machine check"]
    };
    let columns = heads.iter().map(|head| Column { head: vec![(*head).to_owned()], align: Align::Left }).collect();
    let mut rows: Vec<TableRow> = Vec::new();
    let mut section = "";
    for item in &instrument.item {
        let Some(answer) = ground.answers.item.get(&item.id) else { continue };
        if layout.open && answer.author.is_none() {
            continue;
        }
        if section != item.section {
            section = &item.section;
            rows.push(heading(0, section));
        }
        let cells = if layout.open {
            vec![plain(item.subject.clone()), plain(answer.author.clone().unwrap_or_default()), pages(answer)]
        } else {
            full(item, answer, &instrument, ground)
        };
        rows.push(data_row(1, stub(item), cells));
    }
    if rows.is_empty() {
        rows.push(data_row(0, "None", heads.iter().map(|_| plain("")).collect()));
    }
    let mut footnotes = vec![note(format!("{}.", instrument.source.trim_end_matches('.')))];
    if rows.iter().any(|row| row.stub.ends_with(HARMS)) {
        footnotes.push(note(format!("{}: {} adds to this item.", HARMS.trim(), instrument.extension)));
    }
    if !layout.open {
        footnotes.push(note(
            "Status: auto, answered by this report or its specification; author, a person has still to write; not \
             applicable, with the reason. A machine check that lacks a fact is not checkable, and does not pass.",
        ));
    }
    let table = Table { stub_head: "Item".to_owned(), columns, spanners: Vec::new(), rows };
    Some(Laid { body: Body::Table(table), footnotes, analyses: Vec::new() })
}

/// What marks an item that the extension on harms modifies.
const HARMS: &str = " (H)";

/// The number alone: the subject stands with what is asked, so that the columns of words are wide.
fn stub(item: &ChecklistItem) -> String {
    let mark = if item.harms.is_some() { HARMS } else { "" };
    format!("{}{mark}", item.id)
}

fn full(item: &ChecklistItem, answer: &Answer, instrument: &ChecklistInstrument, ground: &Ground<'_>) -> Vec<Cell> {
    let harms = item.harms.iter().map(|harms| format!(" {}: {harms}.", instrument.extension));
    let asks: String = std::iter::once(format!("{}: {}", item.subject, item.asks)).chain(harms).collect();
    let status = if answer.not_applicable.is_some() {
        "not applicable"
    } else if answer.author.is_some() {
        "author"
    } else {
        "auto"
    };
    let check = match ground.verdict(item) {
        None => "–".to_owned(),
        Some(Verdict::Pass(what)) => told("Pass", &what),
        Some(Verdict::Fail(what)) => told("Fail", &what),
        Some(Verdict::NotCheckable(what)) => told("Not checkable", &what),
    };
    vec![plain(asks), plain(words(item, answer, ground)), pages(answer), plain(status), plain(check)]
}

fn told(verdict: &str, what: &str) -> String {
    if what.is_empty() { verdict.to_owned() } else { format!("{verdict}: {what}") }
}

/// The answer in words: what the specification says, what is open, why it does not apply; else what of the report says it.
fn words(item: &ChecklistItem, answer: &Answer, ground: &Ground<'_>) -> String {
    let mut parts: Vec<String> = ground.narrative.answers.get(&item.id).cloned().into_iter().collect();
    if parts.is_empty() && !answer.at.is_empty() {
        let named: Vec<String> = answer.at.iter().map(|at| part(at, ground)).collect();
        parts.push(format!("{}.", named.join("; ")));
    }
    parts.extend(answer.author.iter().map(|author| format!("To be written by the author: {author}")));
    parts.extend(answer.not_applicable.iter().map(|why| format!("Not applicable: {why}")));
    parts.join(" ")
}

/// What a part of the report is called.
fn part(at: &str, ground: &Ground<'_>) -> String {
    let study = ground.study;
    let display = study.display.iter().find(|display| *display.id == *at).map(|display| display.number.clone());
    let text = || {
        let text = study.text.iter().find(|text| *text.id == *at)?;
        let section = study.section.iter().find(|section| section.number == text.section)?;
        let heading = if text.heading.is_empty() { "text" } else { &text.heading };
        Some(format!("{}: {heading}", section.title))
    };
    let page = || match at {
        "title" => Some("Title page".to_owned()),
        "methods" => Some("Statistical methods".to_owned()),
        "provenance" => Some("Provenance".to_owned()),
        _ => at.strip_prefix("section ").map(|number| format!("Section {number}")),
    };
    display.or_else(text).or_else(page).unwrap_or_else(|| at.to_owned())
}

fn pages(answer: &Answer) -> Cell {
    Cell { pages_of: answer.at.iter().map(ToString::to_string).collect(), ..Cell::default() }
}
