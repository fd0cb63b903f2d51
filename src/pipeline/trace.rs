//! Where a number came from: display, rows, analysis, rules with their places, datasets, subjects.

use std::collections::BTreeMap;
use std::fmt;

use crate::analysis::{self, Trace};
use crate::display;
use crate::display::report::{Body, Display, ForestRow, Plot};
use crate::error::{Error, Finding, Place, Stage, nearest};
use crate::pipeline::{Checked, Progress, StudyFile, check, looks, provenance};
use crate::plan::{BoundBinary, JobKind};
use crate::results::{AnalysisSource, Key, Results, Row, Statistic, Value};

/// The chain behind a display, an analysis, or some of its rows.
#[derive(Clone, Debug)]
pub struct Explanation {
    /// The display asked for, if it was one.
    display: Option<String>,
    /// The analyses behind it.
    analyses: Vec<AnalysisSource>,
    /// The monitoring plans behind it.
    plans: Vec<PlanSource>,
    /// The rows, with the subjects they count.
    rows: Vec<(Row, Counted)>,
}

/// Where the rows of a monitoring plan came from: looks that were taken are quoted from the ledger.
#[derive(Clone, Debug)]
struct PlanSource {
    id: String,
    place: String,
    endpoint: Option<String>,
    ledger: String,
}

/// The subjects of a row: those it counts, and for a response those it does not; each under the reason, where there is
/// one.
#[derive(Clone, Debug, Default)]
struct Counted {
    within: BTreeMap<String, Vec<String>>,
    without: BTreeMap<String, Vec<String>>,
}

/// Explains a display (`t-14-1-1`), a text, an analysis (`rr_w24`) or some of its rows (`rr_w24 arm=msc statistic=count`).
///
/// # Errors
/// The study does not pass its checks, or nothing has this name.
pub fn explain(
    file: &StudyFile,
    id: &str,
    conditions: &[String],
    progress: Progress<'_>,
) -> Result<Explanation, Error> {
    // Only what is asked for is computed.
    let file = &StudyFile { only: vec![id.to_owned()], ..file.clone() };
    let checked = check(file, progress)?;
    if checked.taken.is_a_look() {
        let message = "what a look shows is explained when it was taken, and this one is not in the ledger";
        let hint = "make its report first: run STUDY --report … --cutoff DATE";
        return Err(Error::one(Stage::Lock, Finding::error(Place::default(), message).hint(hint)));
    }
    progress("analyses");
    let results = analysis::run(&checked.plan, &checked.frames, Trace::On);
    let provenance = provenance::of(&checked);
    let report = display::arrange(&checked.study, &results, &provenance)?;
    let display = report.sections.iter().flat_map(|section| &section.displays).find(|display| display.id == id);
    let keys: Option<Vec<Key>> = match display {
        Some(display) => Some(shown_keys(display)),
        None => display::keys_of_text(&checked.study, &results, &provenance, id)?,
    };
    let wanted = |row: &&Row| match &keys {
        Some(keys) => keys.contains(&row.key) || (keys.is_empty() && row.key.analysis == id),
        None => row.key.analysis == id,
    };
    let conditions = conditions.iter().map(|text| Condition::parse(text)).collect::<Result<Vec<_>, _>>()?;
    let rows: Vec<(Row, Counted)> = results
        .rows
        .iter()
        .filter(wanted)
        .filter(|row| conditions.iter().all(|condition| condition.holds(&row.key)))
        .map(|row| (row.clone(), counted(&checked, &results, row)))
        .collect();
    let names: Vec<&str> = match &keys {
        Some(keys) => provenance
            .analyses
            .iter()
            .map(|source| source.analysis.as_str())
            .filter(|name| *name == id || keys.iter().any(|key| key.analysis == *name))
            .collect(),
        None => vec![id],
    };
    let folder = file.folder();
    let as_typed = |place: &str| folder.join(place).display().to_string();
    let mut analyses: Vec<AnalysisSource> =
        provenance.analyses.iter().filter(|source| names.contains(&source.analysis.as_str())).cloned().collect();
    for source in &mut analyses {
        // Here the file is named as the user named it, so that an editor finds it.
        source.place = as_typed(&source.place);
        source.rules.iter_mut().for_each(|rule| rule.place = as_typed(&rule.place));
    }
    if analyses.is_empty() && keys.is_none() {
        let known: Vec<&str> = report
            .sections
            .iter()
            .flat_map(|section| section.displays.iter().map(|display| display.id.as_str()))
            .chain(checked.study.text.iter().map(|text| &*text.id))
            .chain(provenance.analyses.iter().map(|source| source.analysis.as_str()))
            .collect();
        let mut finding = Finding::error(Place::default(), format!("there is no display or analysis {id}"));
        finding.hint = Some(match nearest(id, known.iter().copied()) {
            Some(near) => format!("did you mean {near}?"),
            None => format!("known: {}", known.join(", ")),
        });
        return Err(Error::one(Stage::Usage, finding));
    }
    if rows.is_empty() && !conditions.is_empty() {
        let candidates: Vec<&Key> = results.rows.iter().filter(wanted).map(|row| &row.key).collect();
        return Err(no_row(&conditions, &candidates));
    }
    let shown = checked.study.monitoring.iter().filter(|plan| rows.iter().any(|(row, _)| row.key.analysis == *plan.id));
    let plans = shown.map(|plan| PlanSource {
        id: plan.id.to_string(),
        place: as_typed(&checked.study.origin.place(plan.id.span.start).nearby().to_string()),
        endpoint: plan.monitored.as_ref().map(|monitored| monitored.endpoint.to_string()),
        ledger: ledger(&checked, file),
    });
    let plans = plans.collect();
    Ok(Explanation {
        plans,
        display: display.map(|display| format!("{} {} — {}", display.id, display.number, display.title)),
        analyses,
        rows,
    })
}

/// Where the looks that were taken are written down.
fn ledger(checked: &Checked, file: &StudyFile) -> String {
    let path = looks::path(file);
    match &checked.ledger {
        Some(head) => format!("{}, the last line with the digest {head}", path.display()),
        None if path.exists() => path.display().to_string(),
        None => "none was taken".to_owned(),
    }
}

/// No row meets the conditions: the first that none meets, with what it could have been.
fn no_row(conditions: &[Condition], keys: &[&Key]) -> Error {
    let refused = conditions.iter().find(|condition| !keys.iter().any(|key| condition.holds(key)));
    let mut finding = Finding::error(Place::default(), "no row meets all the conditions together");
    if let Some(condition) = refused {
        let mut values: Vec<String> = keys.iter().filter_map(|key| condition.value_of(key)).collect();
        values.sort();
        values.dedup();
        let message = format!("no row has {}={}", condition.name, condition.value);
        finding = Finding::error(Place::default(), message);
        finding.hint = Some(match nearest(&condition.value, values.iter().map(String::as_str)) {
            Some(near) => format!("did you mean {}={near}?", condition.name),
            None if values.is_empty() => format!("its rows have no {}", condition.name),
            None => format!("{} is one of {}", condition.name, values.join(", ")),
        });
    }
    Error::one(Stage::Usage, finding)
}

/// The subjects of a row. Those not counted are the others of the row with the number of the same group.
fn counted(checked: &Checked, results: &Results, row: &Row) -> Counted {
    let name = |position: u32| checked.frames.subjects.get(position as usize).cloned().unwrap_or_default();
    let reason = |position: u32| reason(checked, &row.key, position as usize);
    let mut all = Counted::default();
    for position in row.subjects.iter().flatten() {
        all.within.entry(reason(*position)).or_default().push(name(*position));
    }
    let is_response = row.key.statistic == Statistic::Count && binary(checked, &row.key).is_some();
    let number = Key { statistic: Statistic::N, ..row.key.clone() };
    if let (true, Some(number)) = (is_response, results.rows.iter().find(|other| other.key == number)) {
        let others = number
            .subjects
            .iter()
            .flatten()
            .filter(|position| !row.subjects.iter().flatten().any(|own| own == *position));
        for position in others {
            all.without.entry(reason(*position)).or_default().push(name(*position));
        }
    }
    all
}

fn binary<'a>(checked: &'a Checked, key: &Key) -> Option<&'a BoundBinary> {
    checked.plan.jobs.iter().find_map(|job| match &job.kind {
        JobKind::Binary(binary) if job.analysis == key.analysis => Some(binary),
        _ => None,
    })
}

/// Why a subject is counted or not, in the words of the specification; empty where it has none.
fn reason(checked: &Checked, key: &Key, subject: usize) -> String {
    let of = || {
        let binary = binary(checked, key)?;
        let at = key.at.as_ref()?;
        let visit = checked.plan.visits.iter().position(|visit| visit.id == *at)?;
        let variant = key.variant.as_ref();
        let variant = variant.and_then(|id| checked.plan.variants.iter().position(|variant| variant.id == *id));
        let set = checked.plan.derivation_set(variant);
        let frame = checked.frames.frames.get(&binary.frame)?;
        let (vector, row) = frame.value_in(binary.reason?, set, subject, visit)?;
        Some(vector.show(row))
    };
    of().unwrap_or_default()
}

/// The keys of all results a display shows.
pub(super) fn shown_keys(display: &Display) -> Vec<Key> {
    match &display.body {
        Body::Table(table) => {
            table.rows.iter().flat_map(|row| &row.cells).flat_map(|cell| cell.keys.iter().cloned()).collect()
        }
        Body::Plot(plot) => plot_keys(plot),
        Body::Panels(panels) | Body::Stack(panels) => panels.iter().flat_map(|panel| plot_keys(&panel.plot)).collect(),
        Body::Forest(forest) => {
            let of_row = |row: &ForestRow| {
                let cells = row.cells.iter().flat_map(|cell| cell.keys.iter().cloned());
                cells.chain(row.keys.iter().cloned()).collect::<Vec<_>>()
            };
            forest.rows.iter().flat_map(of_row).collect()
        }
        Body::Grid(grid) => {
            let rows = grid.panels.iter().flat_map(|panel| &panel.rows);
            rows.flat_map(|row| &row.cells).flat_map(|cell| cell.keys.iter().cloned()).collect()
        }
        Body::Snapshot(snapshot) => {
            let cards = snapshot.groups.iter().flat_map(|group| &group.cards);
            cards.flat_map(|card| card.keys.iter().cloned()).collect()
        }
        Body::Dots(dots) => dots.rows.iter().flat_map(|row| row.keys.iter().cloned()).collect(),
        // They show records, not results.
        Body::Lanes(_) | Body::Profiles(_) => Vec::new(),
        Body::Flow(flow) => {
            flow.boxes().flat_map(|(_, flow_box)| &flow_box.lines).flat_map(|line| line.keys.iter().cloned()).collect()
        }
    }
}

fn plot_keys(plot: &Plot) -> Vec<Key> {
    let marks = plot.series.iter().flat_map(|series| &series.marks).flat_map(|mark| mark.keys.iter().cloned());
    let cells = plot.under.iter().flat_map(|row| &row.cells).flat_map(|cell| cell.keys.iter().cloned());
    marks.chain(cells).collect()
}

/// A condition on rows, `arm=msc`.
struct Condition {
    name: String,
    value: String,
}

impl Condition {
    const NAMES: [&str; 8] = ["arm", "variant", "variable", "level", "at", "method", "statistic", "contrast"];

    fn parse(text: &str) -> Result<Self, Error> {
        let refuse = || {
            let message = format!("“{text}” is not a condition on rows");
            let hint = format!("write name=value with one of {}", Self::NAMES.join(", "));
            Error::one(Stage::Usage, Finding::error(Place::default(), message).hint(hint))
        };
        let (name, value) = text.split_once('=').ok_or_else(refuse)?;
        if Self::NAMES.contains(&name) {
            Ok(Self { name: name.to_owned(), value: value.to_owned() })
        } else {
            Err(refuse())
        }
    }

    fn holds(&self, key: &Key) -> bool {
        self.value_of(key).is_some_and(|value| value == self.value)
    }

    /// What a row has under the name of the condition.
    fn value_of(&self, key: &Key) -> Option<String> {
        match self.name.as_str() {
            "arm" => arm_of(key).map(str::to_owned),
            "variant" => Some(key.variant.clone().unwrap_or_else(|| "main".to_owned())),
            "variable" => key.variable.clone(),
            "level" => key.levels.first().cloned(),
            "at" => key.at.clone(),
            "method" => key.method.map(|method| method.name().to_owned()),
            "statistic" => Some(key.statistic.name().to_owned()),
            _ => key.contrast.as_ref().map(|(first, second)| format!("{first}-{second}")),
        }
    }
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(display) = &self.display {
            writeln!(f, "display {display}")?;
        }
        if self.analyses.is_empty() && self.plans.is_empty() {
            writeln!(
                f,
                "\nno analysis: what it shows stands in the specification, or is counted from the locked data"
            )?;
        }
        for source in &self.analyses {
            writeln!(f, "\nanalysis {} ({})", source.analysis, source.place)?;
            writeln!(f, "  datasets: {}", source.datasets.join(", "))?;
            writeln!(f, "  rules:")?;
            for rule in &source.rules {
                let nulls = match rule.nulls {
                    Some(nulls) if nulls > 0 => format!("  [undecided for {nulls} rows]"),
                    _ => String::new(),
                };
                writeln!(f, "    {}  {}: {}{nulls}", rule.place, rule.defines, rule.text)?;
            }
            self.rows_of(&source.analysis, f)?;
        }
        for plan in &self.plans {
            writeln!(f, "\nplan {} ({})", plan.id, plan.place)?;
            if let Some(endpoint) = &plan.endpoint {
                writeln!(f, "  monitors: {endpoint}")?;
            }
            writeln!(f, "  looks: {}", plan.ledger)?;
            self.rows_of(&plan.id, f)?;
        }
        Ok(())
    }
}

impl Explanation {
    /// The rows of an analysis with the subjects they count.
    fn rows_of(&self, analysis: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "  rows:")?;
        for (row, counted) in self.rows.iter().filter(|(row, _)| row.key.analysis == analysis) {
            writeln!(f, "    {} = {}", key_text(&row.key), value_text(row))?;
            let within = if counted.without.is_empty() { "subjects" } else { "counted" };
            for (what, subjects) in [(within, &counted.within), ("not counted", &counted.without)] {
                for (reason, subjects) in subjects {
                    let reason = if reason.is_empty() { String::new() } else { format!(", {reason}") };
                    writeln!(f, "      {what}{reason}: {}", subjects.join(" "))?;
                }
            }
        }
        Ok(())
    }
}

fn arm_of(key: &Key) -> Option<&str> {
    key.groups.iter().find(|(group, _)| group == "arm").map(|(_, level)| level.as_str())
}

pub(super) fn key_text(key: &Key) -> String {
    let mut parts = Vec::new();
    let mut part = |name: &str, value: Option<&str>| parts.extend(value.map(|value| format!("{name}={value}")));
    part("variant", key.variant.as_deref());
    part("arm", arm_of(key));
    for (group, level) in key.groups.iter().filter(|(group, _)| group != "arm") {
        part(group, Some(level));
    }
    let contrast = key.contrast.as_ref().map(|(first, second)| format!("{first}-{second}"));
    part("contrast", contrast.as_deref());
    part("variable", key.variable.as_deref());
    let levels = key.levels.join("→");
    part("level", (!key.levels.is_empty()).then_some(levels.as_str()));
    part("at", key.at.as_deref());
    part("method", key.method.map(crate::results::Method::name));
    part("statistic", Some(key.statistic.name()));
    parts.join(" ")
}

pub(super) fn value_text(row: &Row) -> String {
    let unit = row.unit.as_ref().map(|unit| format!(" {unit}")).unwrap_or_default();
    match &row.value {
        Value::Count(count) => count.to_string(),
        Value::Share { part, whole } => format!("{part}/{whole}"),
        Value::Number(number) => format!("{number}{unit}"),
        Value::Text(text) => text.clone(),
        Value::NotEstimable(reason) => format!("not estimable ({})", reason.name()),
    }
}
