//! The ledger of looks: `monitoring.ledger` beside `study.toml`, one JSON object a line, in which each line holds the
//! SHA-256 of the line before it. Text in, text out: nothing here reads a file or a clock.
//!
//! # What it does not hold
//!
//! No effect, no Z, no p-value and no count of an arm: when was looked at how much information, what error was spent,
//! which bounds follow from it, and what the board decided in one of four words. It can be shown to the sponsor. The only
//! free text is the reason of a look that was not planned, which its author must keep free of results.
//!
//! # What the chain finds
//!
//! An edited, inserted, removed or moved line breaks the chain at the line after it. The last line has none after it:
//! that it was edited, or that lines are missing at the end, is found by the head digest that each report prints.

mod due;
mod recheck;

pub use due::{Cut, Due, due};
pub use recheck::{recheck, taken};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::error::{Error, Finding, Place, Stage};
use crate::plan::{LookNumber, Looks, PastLook};
use crate::spec::monitoring::{InformationRule, Monitoring};

/// A ledger whose chain holds.
#[derive(Clone, Debug, PartialEq)]
pub struct Ledger {
    /// What it is of.
    pub opening: Opening,
    /// What was written since.
    pub entries: Vec<Entry>,
    /// The digest of its last line.
    pub head: String,
}

/// The first line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Opening {
    /// The study.
    pub study: String,
    /// The digests of its monitoring plans, by identifier: see [`plan_digest`].
    pub plans: Vec<(String, String)>,
    /// The series of reports.
    pub series: String,
}

/// What a line says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Entry {
    /// The first line, and only that.
    Opening(Opening),
    /// A look was taken.
    Look(Look),
    /// The board decided.
    Decision(Decided),
    /// The board met.
    Board(Board),
}

/// A look that was taken. No result of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Look {
    /// The monitoring plan.
    pub plan: String,
    /// The number of a planned look, counted from 1.
    pub number: Option<usize>,
    /// Why it was taken, where it was not planned.
    pub reason: Option<String>,
    /// The day of the run, as an ISO date.
    pub date: String,
    /// The day of the cut, likewise.
    pub cutoff: String,
    /// The information there was, in the unit of the plan.
    pub information: f64,
    /// As a share of the planned one.
    pub fraction: f64,
    /// The error of the first kind that may have been spent by it, of all sides together.
    pub spent: f64,
    /// The bound for efficacy on Z; none where there was no stop.
    pub efficacy: Option<f64>,
    /// The bound for futility on Z.
    pub futility: Option<f64>,
    /// The bound for harm on Z.
    pub harm: Option<f64>,
    /// The digest of the content of the data.
    pub data: String,
    /// The digest of the monitoring plan: see [`plan_digest`].
    pub specification: String,
}

/// What the board decided after a look: one word, and no text that could tell more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Decided {
    /// The monitoring plan.
    pub plan: String,
    /// The look, counted from 1 over all looks of the plan that are recorded.
    pub look: usize,
    /// The day, as an ISO date.
    pub date: String,
    /// The decision.
    pub decision: Decision,
}

/// The decisions there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Decision {
    /// Go on unchanged.
    Continue,
    /// Go on with changes.
    Modify,
    /// Pause recruitment or treatment.
    Suspend,
    /// End the trial.
    Stop,
}

impl Decision {
    /// Its word.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Continue => "continue",
            Self::Modify => "modify",
            Self::Suspend => "suspend",
            Self::Stop => "stop",
        }
    }
}

/// A meeting of the board.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Board {
    /// The day it met, as an ISO date.
    pub met: String,
    /// The day it reported, likewise.
    pub reported: Option<String>,
}

/// A line as written.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    before: String,
    entry: Entry,
}

/// Reads a ledger. `file` is its name in messages; `head` is the digest of its last line, where a report or a person
/// knows it.
///
/// # Errors
/// All findings: lines that cannot be read, a broken chain with the number of the line, entries that contradict those
/// before them, a head that is another one (stage lock).
pub fn parse(text: &str, file: &str, head: Option<&str>) -> Result<Ledger, Error> {
    let mut findings = Vec::new();
    let mut told = |line: usize, message: String| findings.push(Finding::error(Place::at(file, line, 1), message));
    if !text.ends_with('\n') {
        told(text.lines().count().max(1), "the ledger ends within a line: its end is missing".to_owned());
    }
    let (mut opening, mut entries, mut before) = (None, Vec::new(), String::new());
    for (place, text) in text.lines().enumerate() {
        let number = place + 1;
        match serde_json::from_str::<Line>(text) {
            Err(error) => told(number, format!("this is no line of a ledger: {error}")),
            Ok(line) => {
                if line.before != before {
                    let message = if place == 0 {
                        "the first line follows another one: lines before it are missing".to_owned()
                    } else {
                        format!(
                            "this line does not follow line {place}: one of them was edited, inserted or moved, or a line \
                             between them removed"
                        )
                    };
                    told(number, message);
                }
                match (place, line.entry) {
                    (0, Entry::Opening(own)) => opening = Some(own),
                    (0, _) => told(number, "the first line of a ledger says what it is of".to_owned()),
                    (_, Entry::Opening(_)) => told(number, "a ledger is opened once".to_owned()),
                    (_, entry) => {
                        if let Err(message) = fits(&entries, &entry) {
                            told(number, message);
                        }
                        entries.push(entry);
                    }
                }
            }
        }
        before = digest(text.as_bytes());
    }
    if let Some(known) = head.filter(|known| **known != *before) {
        let message = format!(
            "the last line has the digest {before}, and the ledger was known with {known}: its end was edited or removed, or \
             it was continued elsewhere"
        );
        told(text.lines().count().max(1), message);
    }
    let opening = opening.ok_or_else(|| Finding::error(Place::file(file), "the ledger has no first line"));
    match opening {
        Ok(opening) if findings.is_empty() => Ok(Ledger { opening, entries, head: before }),
        Ok(_) => Err(Error { stage: Stage::Lock, findings }),
        Err(finding) => {
            if findings.is_empty() {
                findings.push(finding);
            }
            Err(Error { stage: Stage::Lock, findings })
        }
    }
}

/// Opens a ledger: its first line.
#[must_use]
pub fn open(opening: Opening) -> String {
    written(String::new(), Entry::Opening(opening))
}

/// The ledger with one more line.
///
/// # Errors
/// As [`parse`]; an entry that contradicts those before it.
pub fn append(text: &str, file: &str, entry: Entry) -> Result<String, Error> {
    let ledger = parse(text, file, None)?;
    let refused = |message: String| {
        let place = Place::at(file, text.lines().count() + 1, 1);
        Err(Error::one(Stage::Lock, Finding::error(place, message)))
    };
    if matches!(entry, Entry::Opening(_)) {
        return refused("a ledger is opened once".to_owned());
    }
    match fits(&ledger.entries, &entry) {
        Ok(()) => Ok(format!("{text}{}", written(ledger.head, entry))),
        Err(message) => refused(message),
    }
}

fn written(before: String, entry: Entry) -> String {
    let line = Line { before, entry };
    let text = serde_json::to_string(&line).expect("a line is texts and finite numbers");
    format!("{text}\n")
}

impl Ledger {
    /// The looks of a plan, in their order.
    pub fn looks_of<'a>(&'a self, plan: &'a str) -> impl Iterator<Item = &'a Look> {
        looks_of(&self.entries, plan)
    }

    /// The last decision after a look of a plan, counted from 1.
    #[must_use]
    pub fn decision(&self, plan: &str, look: usize) -> Option<&Decided> {
        let of_look = |entry: &Entry| matches!(entry, Entry::Decision(own) if own.plan == plan && own.look == look);
        match self.entries.iter().rfind(|entry| of_look(entry)) {
            Some(Entry::Decision(own)) => Some(own),
            _ => None,
        }
    }

    /// The looks of a plan as an analysis wants them; none is now.
    #[must_use]
    pub fn looks(&self, plan: &str) -> Looks {
        let past = self.looks_of(plan).enumerate().map(|(place, own)| PastLook {
            number: own.number.map_or(LookNumber::Unplanned, LookNumber::Planned),
            information: own.information,
            date: own.date.clone(),
            cutoff: own.cutoff.clone(),
            decision: self.decision(plan, place + 1).map(|own| own.decision.name().to_owned()),
        });
        Looks { past: past.collect(), ..Looks::default() }
    }
}

fn looks_of<'a>(entries: &'a [Entry], plan: &'a str) -> impl Iterator<Item = &'a Look> {
    entries.iter().filter_map(move |entry| match entry {
        Entry::Look(look) if look.plan == plan => Some(look),
        _ => None,
    })
}

/// Whether an entry can follow those before it.
fn fits(before: &[Entry], entry: &Entry) -> Result<(), String> {
    match entry {
        Entry::Opening(_) => Ok(()),
        Entry::Look(look) => {
            dated(&look.date)?;
            dated(&look.cutoff)?;
            if look.number.is_some() == look.reason.is_some() {
                return Err("a look is either planned, with its number, or not, with its reason".to_owned());
            }
            if look.date < look.cutoff {
                return Err(format!("a look on {} cannot have data as of {}", look.date, look.cutoff));
            }
            let earlier: Vec<&Look> = looks_of(before, &look.plan).collect();
            if let Some(last) = earlier.last() {
                if look.date < last.date || look.cutoff < last.cutoff {
                    return Err(format!("this look is before the one of {}", last.date));
                }
                if look.information <= last.information || look.spent < last.spent {
                    return Err("a later look has more information, and the error spent does not fall".to_owned());
                }
            }
            let done = earlier.iter().filter_map(|own| own.number).max().unwrap_or(0);
            if look.number.is_some_and(|number| number <= done) {
                return Err(format!("look {} of {} was taken already", look.number.unwrap_or(0), look.plan));
            }
            Ok(())
        }
        Entry::Decision(own) => {
            dated(&own.date)?;
            match own.look.checked_sub(1).and_then(|place| looks_of(before, &own.plan).nth(place)) {
                None => Err(format!("{} has no look {}", own.plan, own.look)),
                Some(look) if own.date < look.date => Err("a decision follows its look".to_owned()),
                Some(_) => follows(before, own),
            }
        }
        Entry::Board(board) => {
            dated(&board.met)?;
            let Some(reported) = board.reported.as_deref() else { return Ok(()) };
            dated(reported)?;
            if *reported < *board.met { Err("a board reports after it met".to_owned()) } else { Ok(()) }
        }
    }
}

/// Whether a decision can follow those after the same look: it may be changed later, but a trial that was stopped is over.
fn follows(before: &[Entry], own: &Decided) -> Result<(), String> {
    let of_look =
        |entry: &&Entry| matches!(entry, Entry::Decision(other) if other.plan == own.plan && other.look == own.look);
    match before.iter().rfind(of_look) {
        Some(Entry::Decision(last)) if last.decision == Decision::Stop => {
            Err(format!("the board stopped the trial on {}", last.date))
        }
        Some(Entry::Decision(last)) if own.date <= last.date => {
            Err(format!("the board decided “{}” on {} already", last.decision.name(), last.date))
        }
        _ => Ok(()),
    }
}

/// Whether a text is an ISO date, by its form: dates are compared as texts.
fn dated(text: &str) -> Result<(), String> {
    let shape = text.len() == 10
        && text.bytes().enumerate().all(|(place, byte)| match place {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        });
    if shape { Ok(()) } else { Err(format!("“{text}” is no date such as 2026-11-23")) }
}

/// The digest of a monitoring plan: of everything that its bounds, its information and what it monitors follow from,
/// not of its label or of its place in the file.
#[must_use]
pub fn plan_digest(plan: &Monitoring) -> String {
    let information = plan.information.as_ref().map(|own| match own {
        InformationRule::Subjects(rule) => {
            format!("subjects {}", rule.sql.split_whitespace().collect::<Vec<_>>().join(" "))
        }
        InformationRule::Events | InformationRule::Statistical => own.unit().to_owned(),
    });
    let monitored = plan.monitored.as_ref().map(|own| {
        let names = [Some(&own.endpoint), own.at.as_ref(), own.arm.as_ref()].map(|name| name.map(ToString::to_string));
        (names, own.method.name(), own.effect().name(), own.favours)
    });
    let design = (&plan.looks, plan.sides, plan.alpha, &plan.bounds, &plan.skip, &plan.spending_time);
    let more = (&plan.futility, &plan.harm, plan.drift, plan.planned, plan.t);
    digest(format!("{:?} {design:?} {more:?} {information:?} {monitored:?}", &*plan.id).as_bytes())
}

/// SHA-256, in hexadecimal.
fn digest(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(64);
    for byte in Sha256::digest(bytes) {
        for digit in [byte >> 4, byte & 15] {
            text.extend(char::from_digit(u32::from(digit), 16));
        }
    }
    text
}

#[cfg(test)]
mod tests;
