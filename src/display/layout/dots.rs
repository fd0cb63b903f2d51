//! A figure of occurrences: the share of each arm on one scale and the differences with their intervals on a second one,
//! a line each level or item.

use std::cmp::Reverse;

use crate::display::assemble::{Assembly, data_row, note, plain};
use crate::display::layout::occurrence::{Choice, GRADE, Node, compared, difference_method, nodes, real};
use crate::display::layout::response::level_text;
use crate::display::layout::{Laid, axis, contrasts, interval, number};
use crate::display::number::Style;
use crate::display::report::{Align, Body, Column, DotRow, Dots, Footnote, Table};
use crate::results::{Key, MISSING_LEVEL, Method, Statistic, Value};
use crate::spec::Study;
use crate::spec::occurrence::Occurrence;
use crate::spec::safety_figure::{DotsLayout, Sort};

pub(super) fn figure(layout: &DotsLayout, assembly: &mut Assembly<'_>) -> Option<Laid> {
    let study = assembly.study;
    let occurrence = study.occurrence.iter().find(|occurrence| occurrence.id == layout.of)?;
    let depth = layout.outermost.then_some(1);
    let choice = Choice { sort: Sort::Frequency, at_least: layout.at_least, depth };
    let method = difference_method(occurrence);
    let shown = lines(occurrence, choice, assembly);
    let analyses = vec![occurrence.id.to_string()];
    if shown.is_empty() {
        let footnotes = limit_note(layout, occurrence, study);
        return Some(Laid { body: Body::Table(nothing(occurrence, assembly)), footnotes, analyses });
    }
    let grades = if layout.grades { grades(occurrence, &shown, assembly) } else { Vec::new() };
    let mut rows = Vec::new();
    let mut words = Vec::new();
    for node in &shown {
        let (row, said) = row(node, occurrence, method, &grades, assembly);
        rows.push(row);
        words.push(said);
    }
    let zero = std::iter::once(0.0);
    let shares = rows.iter().flat_map(|row| row.shares.iter().flatten().copied());
    let shares: Vec<f64> = shares.chain(zero.clone()).collect();
    let differences = rows.iter().flat_map(|row| &row.differences);
    let differences: Vec<f64> =
        differences.flat_map(|(_, at, (lower, upper))| [*at, *lower, *upper]).chain(zero).collect();
    let arms = study.arm.iter().map(|arm| {
        let number = assembly.counted(&Key::new(&*occurrence.id, Statistic::N).arm(&arm.id));
        format!("{} (N = {number})", arm.label)
    });
    let arms: Vec<String> = arms.collect();
    let reference = &study.arm[study.reference_arm()].label;
    let other = match contrasts(study).as_slice() {
        [(arm, _)] => arm.label.clone(),
        _ => "the other arm".to_owned(),
    };
    let compares = method.is_some() && study.compares();
    let dots = Dots {
        stub_head: occurrence.label.clone(),
        alt: format!(
            "{}: percentage of participants{}{}, by falling number of participants. {}.",
            occurrence.label,
            if study.compares() { " in each arm" } else { "" },
            if compares { ", and difference with its interval in percentage points" } else { "" },
            words.join("; ")
        ),
        arms,
        grades: grades.iter().map(|(_, label)| label.clone()).collect(),
        shares: axis::holding("Participants, %", &shares),
        differences: compares.then(|| axis::holding("Difference, percentage points", &differences)),
        sides: compares.then(|| (format!("more in {reference}"), format!("more in {other}"))),
        rows,
    };
    let mut footnotes = vec![note(format!(
        "Percentage of the participants{} with at least one record; each counts once in a line.{}",
        if study.compares() { " of each arm" } else { "" },
        match method {
            Some(method) if compares => format!(
                " Difference from {reference} with its {} % confidence interval ({}), not adjusted for the number of lines.",
                level_text(occurrence.conf_level),
                method.label()
            ),
            _ => String::new(),
        }
    ))];
    footnotes.extend((!grades.is_empty()).then(|| {
        note("Bars are divided by the highest grade of each participant in the line, the highest at the left: the end of a \
              shade is the percentage with that grade or a higher one.")
    }));
    footnotes.extend(limit_note(layout, occurrence, study));
    Some(Laid { body: Body::Dots(dots), footnotes, analyses })
}

/// The innermost of the levels chosen, the most frequent first; or the items as listed.
fn lines(occurrence: &Occurrence, choice: Choice, assembly: &mut Assembly<'_>) -> Vec<Node> {
    let mut all = nodes(occurrence, choice, assembly);
    if occurrence.levels.is_empty() {
        if all.is_empty() && occurrence.items.is_empty() {
            all.push(Node::whole(&occurrence.label));
        }
        return all;
    }
    let depth = choice.depth.unwrap_or(occurrence.levels.len());
    all.retain(|node| node.levels.len() == depth);
    let mut ranked: Vec<(u64, Node)> = Vec::new();
    for node in all {
        let count = assembly.count(&node.key(occurrence, Statistic::Count));
        ranked.push((count, node));
    }
    let uncoded = |node: &Node| node.levels.last().is_some_and(|level| level == MISSING_LEVEL);
    ranked.sort_by_key(|(count, node)| (uncoded(node), Reverse(*count), node.label.clone()));
    // Lines without those above them stand at the edge.
    ranked.into_iter().map(|(_, node)| node.at_edge()).collect()
}

/// The grades from the lowest, with their labels; what has none is below them, if there is such a thing.
fn grades(occurrence: &Occurrence, shown: &[Node], assembly: &Assembly<'_>) -> Vec<(String, String)> {
    let arms = &assembly.study.arm;
    let unknown = |node: &Node| {
        let key = |arm: &str| graded(node.key(occurrence, Statistic::Count).arm(arm), MISSING_LEVEL);
        let has = |value: &Value| matches!(value, Value::Count(count) if *count > 0);
        arms.iter().any(|arm| assembly.rows.get(&key(&arm.id)).is_some_and(|row| has(&row.value)))
    };
    let unknown = shown.iter().any(unknown).then(|| (MISSING_LEVEL.to_owned(), "Grade missing".to_owned()));
    let own = occurrence.grades.iter().map(|grade| (grade.value.clone(), grade.label.clone()));
    unknown.into_iter().chain(own).collect()
}

/// The key of those with this highest grade.
fn graded(mut key: Key, grade: &str) -> Key {
    key.groups.push((GRADE.to_owned(), grade.to_owned()));
    key
}

/// A line, and what it says in words.
fn row(
    node: &Node,
    occurrence: &Occurrence,
    method: Option<Method>,
    grades: &[(String, String)],
    assembly: &mut Assembly<'_>,
) -> (DotRow, String) {
    let study = assembly.study;
    let style = Style { points: true, ..Style::recorded(0) };
    let mut row = DotRow { indent: node.indent, stub: node.label.clone(), ..DotRow::default() };
    let mut words = Vec::new();
    for arm in &study.arm {
        let key = node.key(occurrence, Statistic::Share).arm(&arm.id);
        let mut said = format!("{} {} %", arm.label, assembly.text(&key, style));
        row.shares.push(percent(&key, assembly));
        let (mut of_grades, mut parts) = (Vec::new(), Vec::new());
        for (grade, label) in grades {
            let key = graded(key.clone(), grade);
            let share = percent(&key, assembly).unwrap_or(0.0);
            if share > 0.0 {
                parts.push(format!("{label} {} %", assembly.text(&key, style)));
            }
            of_grades.push(share);
            row.keys.push(key);
        }
        if !grades.is_empty() {
            row.grades.push(of_grades);
        }
        if !parts.is_empty() {
            said = format!("{said} ({})", parts.join(", "));
        }
        words.push(said);
        row.keys.push(key);
    }
    let position = |id: &str| study.arm.iter().position(|arm| *arm.id == *id);
    for (arm, reference) in contrasts(study) {
        let (Some(method), Some(position)) = (method, position(&arm.id)) else { continue };
        let of = |statistic| {
            compared(node.key(occurrence, statistic).contrast(&arm.id, &reference.id), method, occurrence.conf_level)
        };
        let cell = assembly.cell("{difference} ({difference-lower}, {difference-upper})", style, &of);
        words.push(format!("difference {}", cell.text));
        let keys = [Statistic::Difference, Statistic::DifferenceLower, Statistic::DifferenceUpper].map(of);
        let found = number(assembly, &keys[0]).zip(interval(assembly, &keys[1], &keys[2]));
        if let Some((at, (lower, upper))) = found {
            row.differences.push((position, at * 100.0, (lower * 100.0, upper * 100.0)));
        }
        row.keys.extend(keys);
    }
    (row, format!("{}: {}", node.label, words.join(", ")))
}

/// A share, in percent; none of nobody.
fn percent(key: &Key, assembly: &mut Assembly<'_>) -> Option<f64> {
    match assembly.row(key).map(|row| &row.value) {
        Some(Value::Share { part, whole }) => Some(real(*part) * 100.0 / real(*whole)),
        _ => None,
    }
}

fn limit_note(layout: &DotsLayout, occurrence: &Occurrence, study: &Study) -> Vec<Footnote> {
    let what = if occurrence.levels.is_empty() { "Lines" } else { "Levels" };
    let of = if study.compares() { " of some arm" } else { "" };
    let text = |limit: &f64| note(format!("{what} that {limit} % or more of the participants{of} have."));
    layout.at_least.iter().map(text).collect()
}

/// What stands in the place of the figure where there is no line.
fn nothing(occurrence: &Occurrence, assembly: &mut Assembly<'_>) -> Table {
    let study = assembly.study;
    let head = |label: &str, assembly: &mut Assembly<'_>, id: &str| {
        let column = assembly.head(label, &Key::new(&*occurrence.id, Statistic::N).arm(id));
        Column { align: Align::Left, ..column }
    };
    let columns: Vec<Column> = study.arm.iter().map(|arm| head(&arm.label, assembly, &arm.id)).collect();
    let rows = vec![data_row(0, "None", columns.iter().map(|_| plain("")).collect())];
    Table { stub_head: occurrence.label.clone(), columns, spanners: Vec::new(), rows }
}
