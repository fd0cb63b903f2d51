//! Rules for the safety of single arms: a table with how far each arm is from the boundary, one of the boundary alone, and
//! a figure.

use crate::display::assemble::{Assembly, aligned, data_row, heading, note, plain};
use crate::display::layout::{Laid, axis};
use crate::display::number::Style;
use crate::display::report::{
    Align, Body, Card, Cell, Column, Footnote, Mark, Plot, Series, SeriesStyle, Table, TableRow,
};
use crate::display::shell;
use crate::results::{Key, Statistic, Value};
use crate::spec::looks::{SafetyBoundaryLayout, SafetyRulesLayout};
use crate::spec::monitoring::{SafetyRule, StopRule};

pub(super) fn table(layout: &SafetyRulesLayout, assembly: &mut Assembly<'_>) -> Laid {
    let study = assembly.study;
    let rules = layout.of.iter().filter_map(|name| study.safety_rule.iter().find(|rule| rule.id == *name));
    let rules: Vec<&SafetyRule> = rules.collect();
    let mut rows = Vec::new();
    for rule in &rules {
        rows.push(heading(0, rule.label.clone()));
        if layout.rule_only {
            rows.extend(boundary_rows(rule, assembly));
        } else {
            rows.extend(arm_rows(rule, assembly));
        }
    }
    let head = |text: &str, align| Column { head: vec![text.to_owned()], align };
    let posterior = rules.iter().any(|rule| matches!(rule.stop, StopRule::Posterior { .. }));
    let (stub_head, columns) = if layout.rule_only {
        ("Participants of an arm", vec![head("Events that reach the boundary", Align::Decimal)])
    } else {
        let mut columns = vec![
            head("Participants", Align::Decimal),
            head("With event, n (%)", Align::Decimal),
            head("Boundary, events", Align::Decimal),
            head("Events until there", Align::Decimal),
        ];
        columns.extend(posterior.then(|| head("P(rate above), %", Align::Decimal)));
        columns.push(head("Status", Align::Left));
        (if study.compares() { "Arm" } else { "" }, columns)
    };
    let mut footnotes: Vec<Footnote> = rules.iter().map(|rule| words(rule, assembly)).collect();
    footnotes.push(note("A boundary is reached by so many participants with the event, or more, of one arm."));
    if layout.rule_only {
        footnotes.push(note("The rules and their boundaries follow from the plan; nothing here comes from the data."));
    }
    let table = Table { stub_head: stub_head.to_owned(), columns, spanners: Vec::new(), rows };
    let analyses = rules.iter().map(|rule| rule.id.to_string()).collect();
    Laid { body: Body::Table(aligned(table)), footnotes, analyses }
}

fn key(rule: &SafetyRule, statistic: Statistic) -> Key {
    Key::new(&*rule.id, statistic).method(rule.stop.method())
}

/// The arms with their events.
fn arm_rows(rule: &SafetyRule, assembly: &mut Assembly<'_>) -> Vec<TableRow> {
    let study = assembly.study;
    let style = Style::recorded(0);
    let any_posterior = study.safety_rule.iter().any(|own| matches!(own.stop, StopRule::Posterior { .. }));
    let mut rows = Vec::new();
    for arm in &study.arm {
        let of = |statistic| key(rule, statistic).arm(&arm.id);
        let mut cells = vec![
            assembly.cell("{n}", style, &of),
            assembly.cell("{count} ({share})", style, &of),
            none_or(assembly, of(Statistic::Boundary)),
            none_or(assembly, of(Statistic::Distance)),
        ];
        if any_posterior {
            let has = matches!(rule.stop, StopRule::Posterior { .. });
            cells.push(if has { assembly.cell("{posterior}", style, &of) } else { plain("") });
        }
        let status = of(Statistic::Status);
        let text = match assembly.row(&status).map(|row| &row.value) {
            Some(Value::Text(word)) if word == "reached" => "BOUNDARY REACHED",
            Some(_) => "below the boundary",
            None => shell::WORDS,
        };
        cells.push(Cell { text: text.to_owned(), keys: vec![status], ..Cell::default() });
        rows.push(data_row(1, arm.label.clone(), cells));
    }
    rows
}

/// How far the arms are from the boundary, at a glance.
pub(super) fn card(rule: &SafetyRule, label: &str, assembly: &mut Assembly<'_>) -> Card {
    let study = assembly.study;
    let (mut arms, mut keys, mut any) = (Vec::new(), Vec::new(), false);
    for (position, arm) in study.arm.iter().enumerate() {
        let of = |statistic| key(rule, statistic).arm(&arm.id);
        let counts = assembly.cell("{count}/{n}", Style::recorded(0), &of);
        let bound = none_or(assembly, of(Statistic::Boundary));
        let status = of(Statistic::Status);
        any |= matches!(assembly.row(&status).map(|row| &row.value), Some(Value::Text(word)) if word == "reached");
        arms.push((position, format!("{}, boundary {}", counts.text, bound.text)));
        keys.extend([counts.keys, bound.keys, vec![status]].concat());
    }
    let number = match (assembly.is_shell(), any) {
        (true, _) => shell::WORDS,
        (_, true) => "REACHED",
        _ => "not reached",
    };
    let alone = arms.len() == 1;
    let below = if alone { arms.pop().map(|(_, text)| text).unwrap_or_default() } else { String::new() };
    Card { label: label.to_owned(), number: number.to_owned(), below, arms, keys }
}

/// A boundary, or that there is none yet.
fn none_or(assembly: &mut Assembly<'_>, key: Key) -> Cell {
    let text = match assembly.rows.get(&key).map(|row| &row.value) {
        Some(Value::Count(count)) => count.to_string(),
        Some(_) => "none yet".to_owned(),
        None => assembly.counted(&key),
    };
    Cell { text, keys: vec![key], ..Cell::default() }
}

/// The boundary after each number of subjects.
fn boundary(rule: &SafetyRule, assembly: &Assembly<'_>) -> Vec<(u64, Option<u64>)> {
    let at = |n: u64| match assembly.rows.get(&key(rule, Statistic::Boundary).level(&n.to_string())) {
        Some(row) => match row.value {
            Value::Count(events) => (n, Some(events)),
            _ => (n, None),
        },
        None => (n, None),
    };
    (1..=rule.planned).map(at).collect()
}

/// The numbers of subjects over which the boundary is the same, a line each.
fn boundary_rows(rule: &SafetyRule, assembly: &mut Assembly<'_>) -> Vec<TableRow> {
    if assembly.is_shell() {
        return vec![data_row(1, shell::COUNT.to_owned(), vec![plain(shell::COUNT)])];
    }
    let steps = boundary(rule, assembly);
    let mut rows = Vec::new();
    for run in steps.chunk_by(|one, other| one.1 == other.1) {
        let (first, last) = (run[0], run[run.len() - 1]);
        let stub = if first.0 == last.0 { first.0.to_string() } else { format!("{} to {}", first.0, last.0) };
        let keys = run.iter().map(|(n, _)| key(rule, Statistic::Boundary).level(&n.to_string())).collect();
        let text = first.1.map_or_else(|| "none".to_owned(), |events| events.to_string());
        rows.push(data_row(1, stub, vec![Cell { text, keys, ..Cell::default() }]));
    }
    rows
}

/// What a rule is.
fn words(rule: &SafetyRule, assembly: &mut Assembly<'_>) -> Footnote {
    let set = assembly.study.set(&rule.analysis_set).map_or_else(String::new, |set| format!("; {}", set.label));
    let kept = match rule.stop {
        StopRule::Pocock { .. } => {
            let error = assembly.text(&key(rule, Statistic::TailProbability), Style::recorded(0));
            format!("; the probability is {error}")
        }
        StopRule::ExactBinomial { .. } => "; repeated looks add up".to_owned(),
        StopRule::Posterior { .. } => String::new(),
    };
    note(format!("{}: {}{kept}; {} participants of an arm planned{set}.", rule.label, rule.stop.label(), rule.planned))
}

/// Events over participants, with the boundary as steps.
pub(super) fn figure(layout: &SafetyBoundaryLayout, assembly: &mut Assembly<'_>) -> Option<Laid> {
    let study = assembly.study;
    let rule = study.safety_rule.iter().find(|rule| rule.id == layout.of)?;
    let (mut series, mut sentences) = (Vec::new(), Vec::new());
    let mut farthest = real(rule.planned);
    for (position, arm) in study.arm.iter().enumerate() {
        let of = |statistic| key(rule, statistic).arm(&arm.id);
        let keys = [of(Statistic::N), of(Statistic::Count)];
        let [n, events] = keys.each_ref().map(|key| assembly.count(key));
        farthest = farthest.max(real(n));
        sentences.push(format!("{}: {events} of {n}.", arm.label));
        let mark = Mark { x: real(n), y: Some(real(events)), keys: keys.to_vec(), ..Mark::default() };
        let (label, style) = (arm.label.clone(), SeriesStyle::Scatter);
        series.push(Series { label, arm: position, style, marks: vec![mark], censored: Vec::new() });
    }
    let steps = boundary(rule, assembly);
    let marks: Vec<Mark> = steps
        .iter()
        .filter_map(|(n, events)| {
            let keys = vec![key(rule, Statistic::Boundary).level(&n.to_string())];
            Some(Mark { x: real(*n), y: Some(real((*events)?)), keys, ..Mark::default() })
        })
        .collect();
    let reached = steps.iter().find_map(|(n, events)| Some((n, (*events)?)));
    sentences.extend(reached.map(|(n, events)| format!("Boundary from {n} participants on, there {events} events.")));
    let label = "Boundary".to_owned();
    let boundary = Series { label, arm: study.arm.len(), style: SeriesStyle::Steps, marks, censored: Vec::new() };
    series.push(boundary);
    let heights: Vec<f64> = series.iter().flat_map(|own| &own.marks).filter_map(|mark| mark.y).chain([0.0]).collect();
    let by_arm = if study.compares() { " by arm" } else { "" };
    let plot = Plot {
        x: axis::holding("Participants of the arm", &[0.0, farthest]),
        y: axis::holding("Participants with the event", &heights),
        series,
        alt: format!("Events over participants{by_arm}, with the boundary. {}", sentences.join(" ")),
        ..Plot::default()
    };
    let footnotes = vec![words(rule, assembly)];
    Some(Laid { body: Body::Plot(plot), footnotes, analyses: vec![rule.id.to_string()] })
}

#[expect(clippy::cast_precision_loss, reason = "a number of subjects")]
fn real(count: u64) -> f64 {
    count as f64
}
