//! Looks of the monitoring plan: whether a run is one, and the ledger that remembers them.

use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::analysis;
use crate::data::date;
use crate::derive::Frames;
use crate::error::{Error, Finding, Place, Severity, Stage};
use crate::ledger::{self, Board, Cut, Decided, Due, Entry, Ledger, Opening, plan_digest};
use crate::pipeline::{StudyFile, hex, package, publish, read_study};
use crate::plan::{LookNumber, Looks, Plan};
use crate::results::Value;
use crate::spec::Study;
use crate::spec::monitoring::Monitoring;
use crate::spec::report::{Audience, Edition};

/// The ledger of a study, beside its study file.
const LEDGER: &str = "monitoring.ledger";

/// What of a run the ledger will remember: each look without its day, which is that of the writing.
#[derive(Clone, Debug, Default)]
pub struct Taken {
    looks: Vec<(Monitoring, LookNumber, f64)>,
    data: String,
    cut: String,
    unplanned: Option<String>,
}

impl Taken {
    /// Whether it will remember anything.
    pub(super) const fn is_a_look(&self) -> bool {
        !self.looks.is_empty()
    }
}

/// Whether a run is a look.
#[derive(Default)]
pub(super) struct Looking {
    /// The looks of each plan, for the plan of analysis.
    pub(super) looks: Vec<(String, Looks)>,
    /// Whether one of them is now.
    pub(super) is_look: bool,
    /// What is new in it.
    pub(super) taken: Taken,
    /// The digest of the last line of the ledger, for a final report.
    pub(super) head: Option<String>,
    /// What a person should know of it.
    pub(super) warnings: Vec<Finding>,
}

/// The file of the ledger.
pub(super) fn path(file: &StudyFile) -> PathBuf {
    file.asked.ledger.clone().unwrap_or_else(|| file.beside(LEDGER))
}

/// The ledger of a study; none where no look was recorded yet.
fn read(path: &Path) -> Result<Option<(String, Ledger)>, Error> {
    if !path.exists() {
        return Ok(None);
    }
    let text = package::read_text(path)?;
    let ledger = ledger::parse(&text, &path.display().to_string(), None)?;
    Ok(Some((text, ledger)))
}

/// An opened ledger without entries.
fn opened(study: &Study) -> String {
    let plans = study.monitoring.iter().map(|plan| (plan.id.to_string(), plan_digest(plan))).collect();
    ledger::open(Opening { study: study.study.id.clone(), plans, series: study.study.id.clone() })
}

/// Whether the run is a look, by what the plans, the ledger and the information say. Earlier looks are computed again and
/// must come out as they were recorded. The plans are those of the whole study: the ledger knows them as the study file has
/// them, whatever of them a report may show.
///
/// # Errors
/// The ledger does not hold together or is not that of these plans; a look is asked for that is not due, or would spend
/// what is spent.
pub(super) fn looking(
    (study, narrowed): (&Study, &Study),
    file: &StudyFile,
    (plan, frames): (&Plan, &Frames),
    lock: &str,
    (day, is_dry): (Option<i32>, bool),
) -> Result<Looking, Error> {
    let edition = file.asked.edition;
    let mut looking = Looking::default();
    let path = path(file);
    let kept = read(&path)?;
    let none = narrowed.monitoring.is_empty() && edition != Edition::Interim;
    if edition == Edition::Final && kept.is_none() && study.monitoring.iter().any(|plan| plan.information.is_some()) {
        let message = format!("there is no ledger of looks at {}: the report says that none was taken", path.display());
        let hint = "if there were looks, name their ledger: --ledger FILE";
        looking.warnings.push(Finding::warning(Place::default(), message).hint(hint));
    }
    if edition.audience() == Audience::Open || none || edition == Edition::Final && kept.is_none() {
        return Ok(looking);
    }
    let shown = path.display().to_string();
    let text = kept.map_or_else(|| opened(study), |(text, _)| text);
    let ledger = ledger::parse(&text, &shown, None)?;
    let mut findings = of_study(study, &ledger, &shown);
    let day = day.map_or_else(String::new, date::text);
    let data = hex(&Sha256::new().chain_update(lock).chain_update(&day).finalize());
    let unplanned = file.asked.unplanned.as_deref();
    let cut = Cut { content: &data, day: &day, complete: edition == Edition::Final, unplanned };
    for (id, information) in analysis::information(plan, frames) {
        let Some(design) = study.monitoring.iter().find(|own| *own.id == *id) else { continue };
        findings.extend(ledger::recheck(design, &ledger));
        let Value::Number(information) = information else { continue };
        let mut looks = ledger.looks(&id);
        let refuse = |why: String| {
            let place = study.origin.place(design.id.span.start);
            Finding::error(place, format!("{}: {why}", design.label))
        };
        match ledger::due(design, &ledger, information, &cut) {
            Due::Planned(number) => {
                let needless = "the look is planned: the reason of --unplanned is not written down";
                looking.warnings.extend(unplanned.map(|_| Finding::warning(Place::default(), needless)));
                looks.now = Some(LookNumber::Planned(number));
                looking.taken.looks.push((design.clone(), LookNumber::Planned(number), information));
            }
            Due::Unplanned => {
                looks.now = Some(LookNumber::Unplanned);
                looking.taken.looks.push((design.clone(), LookNumber::Unplanned, information));
            }
            Due::Already(before) => {
                let place = ledger.looks_of(&id).position(|own| *own == *before).unwrap_or(0);
                looks.now = Some(before.number.map_or(LookNumber::Unplanned, LookNumber::Planned));
                looks.past.truncate(place);
            }
            Due::NotYet { number, needed, available } if edition == Edition::Interim || unplanned.is_some() => {
                let why = format!("look {number} is not due: it is planned at {needed} and there are {available}");
                let hint = "wait for the look, or give the reason of one that was not planned: --unplanned REASON";
                findings.push(refuse(why).hint(hint));
            }
            Due::Respend(why) if edition == Edition::Interim || unplanned.is_some() => {
                findings.push(refuse(why).hint("this run is no look; the report dsmb-closed can be made without one"));
            }
            Due::Respend(_) => looking.warnings.extend(of_other_data(&ledger, &id, cut.day)),
            Due::NotYet { .. } => {}
        }
        looks.coded = edition.audience() == Audience::Coded;
        looking.is_look |= looks.now.is_some();
        looking.looks.push((id, looks));
    }
    if edition == Edition::Interim && !looking.is_look && findings.is_empty() {
        let place = Place::file(study.origin.file.clone());
        let finding = Finding::error(
            place,
            "an interim report needs a look of a monitoring plan, and no plan counts information",
        );
        findings.push(finding.hint("write [[monitoring]] with `monitored`, `information` and `planned`"));
    }
    if findings.iter().any(|finding| finding.severity == Severity::Error) {
        return Err(Error { stage: Stage::Lock, findings });
    }
    // A final report is no report to a board: it quotes looks and takes none.
    if edition == Edition::Final {
        looking.taken = Taken::default();
        looking.head = (!looking.looks.is_empty()).then_some(ledger.head);
    }
    // A dry run with codes of nobody tells nothing of the arms: it is no look.
    if is_dry {
        looking.taken = Taken::default();
    }
    if day.is_empty() && !looking.taken.looks.is_empty() {
        let message = "this report is a look of the monitoring plan, and the ledger needs the day of its data";
        let finding = Finding::error(Place::default(), message).hint("give it: --cutoff DATE");
        return Err(Error::one(Stage::Usage, finding));
    }
    looking.taken.data = data;
    looking.taken.cut = day;
    looking.taken.unplanned.clone_from(&file.asked.unplanned);
    Ok(looking)
}

/// A look was taken at this cut, of other data: what was corrected since then is no look, and shows no efficacy.
fn of_other_data(ledger: &Ledger, plan: &str, day: &str) -> Option<Finding> {
    let last = ledger.looks_of(plan).last().filter(|look| look.cutoff == day)?;
    let message = format!(
        "the look of {} at this cut was taken of other data: this run is no look of {plan}, and shows nothing of it",
        last.date
    );
    let hint = "make the report from the data of the look; whether a look is taken again of corrected data, with a new ledger, \
                the board decides";
    Some(Finding::warning(Place::default(), message).hint(hint))
}

/// Writes the looks of a run into the ledger, on that day, before the package is published: results of a look are never shown
/// without it. What another run of the same data has written stands.
///
/// # Errors
/// The ledger does not hold together or cannot be written; another look was taken since the run began.
pub fn record(file: &StudyFile, taken: &Taken, today: &str) -> Result<(), Error> {
    if taken.looks.is_empty() {
        return Ok(());
    }
    let (study, _) = read_study(file)?;
    let path = path(file);
    let shown = path.display().to_string();
    let _held = publish::wait_for(&path)?;
    let mut text = read(&path)?.map_or_else(|| opened(&study), |(text, _)| text);
    for (design, number, information) in &taken.looks {
        let ledger = ledger::parse(&text, &shown, None)?;
        if ledger.looks_of(&design.id).any(|look| look.data == taken.data) {
            continue;
        }
        let cut = Cut { content: &taken.data, day: &taken.cut, complete: false, unplanned: taken.unplanned.as_deref() };
        let due = ledger::due(design, &ledger, *information, &cut);
        let is_same = match number {
            LookNumber::Planned(number) => due == Due::Planned(*number),
            LookNumber::Unplanned => due == Due::Unplanned,
        };
        if !is_same {
            let message = format!("{}: another look was taken while this report was made", design.label);
            let finding = Finding::error(Place::file(shown), message);
            return Err(Error::one(Stage::Lock, finding.hint("make it again, knowing of that look")));
        }
        let look = ledger::taken(design, &ledger, *number, *information, (today, &cut))?;
        text = ledger::append(&text, &shown, Entry::Look(look))?;
    }
    publish::write_file(&path, text.as_bytes())
}

/// What a person adds to a ledger.
#[derive(Clone, Debug)]
pub enum Remark {
    /// What the board decided after a look.
    Decision(Decided),
    /// That it met.
    Board(Board),
}

/// Adds what a person says to the ledger of a study.
///
/// # Errors
/// There is no ledger, it does not hold together, or the remark contradicts it.
pub fn remark(file: &StudyFile, remark: Remark) -> Result<(), Error> {
    let (study, _) = read_study(file)?;
    let path = path(file);
    let _held = publish::wait_for(&path)?;
    let text = package::read_text(&path).map_err(|mut error| {
        let hint = "a ledger is begun by the first look: run STUDY --report dsmb-closed --cutoff DATE";
        let absent = !path.exists();
        error.findings.iter_mut().filter(|_| absent).for_each(|finding| finding.hint = Some(hint.to_owned()));
        error
    })?;
    let shown = path.display().to_string();
    Error::unless_clean(Stage::Lock, of_study(&study, &ledger::parse(&text, &shown, None)?, &shown))?;
    let entry = match remark {
        Remark::Decision(decided) => Entry::Decision(decided),
        Remark::Board(board) => Entry::Board(board),
    };
    let text = ledger::append(&text, &shown, entry)?;
    publish::write_file(&path, text.as_bytes())
}

/// A ledger belongs to one study.
fn of_study(study: &Study, ledger: &Ledger, shown: &str) -> Vec<Finding> {
    if ledger.opening.study == study.study.id {
        return Vec::new();
    }
    let message = format!("the ledger is of the study {}", ledger.opening.study);
    vec![Finding::error(Place::file(shown), message).hint("name the one of this study: --ledger FILE")]
}

/// Verifies the ledger of a study: its chain, and every look computed again. Gives it, and the digest of its last line.
///
/// # Errors
/// There is no ledger, its chain is broken, or a look comes out otherwise than it is recorded.
pub fn verify_ledger(file: &StudyFile, head: Option<&str>) -> Result<Ledger, Error> {
    let (study, _) = read_study(file)?;
    let path = path(file);
    let ledger = ledger::parse(&package::read_text(&path)?, &path.display().to_string(), head)?;
    let mut findings = of_study(&study, &ledger, &path.display().to_string());
    findings.extend(study.monitoring.iter().flat_map(|design| ledger::recheck(design, &ledger)));
    Error::unless_clean(Stage::Lock, findings).map(|_| ledger)
}
