//! The course of one participant: lanes of what happened when, and small plots of values over time.

use crate::display::layout::axis;
use crate::display::layout::swimmer::some;
use crate::display::layout::tally::{figure, number_in};
use crate::display::number::decimal;
use crate::display::report::{
    Axis, Lane, LaneGroup, Lanes, Mark, Panel, Plot, ReferenceLine, Segment, Series, SeriesStyle,
};
use crate::spec::Study;
use crate::spec::safety_figure::{LaneItem, ProfileLayout};

/// The days of a profile, which all its figures share.
fn days(layout: &ProfileLayout) -> (Axis, (f64, f64)) {
    let [first, last] = layout.days.map(f64::from);
    let mut axis = axis::holding("Study day", &[first, last]);
    axis.ticks.retain(|(at, _)| *at >= first && *at <= last);
    (axis.from, axis.to) = (first, last);
    (axis, (first, last))
}

/// The lanes of a participant, those of an item under its label; records of one text share a lane. None where the
/// layout has no lanes.
///
/// The fields of a record are item, first day, last day, text.
pub(super) fn lanes(layout: &ProfileLayout, arm: usize, subject: &str, records: &[&[String]]) -> Option<Lanes> {
    if layout.lanes.is_empty() {
        return None;
    }
    let (x, ends) = days(layout);
    let mut groups = Vec::new();
    let mut sentences = Vec::new();
    for (position, item) in layout.lanes.iter().enumerate() {
        let own = records.iter().filter(|fields| fields.first().and_then(|own| own.parse().ok()) == Some(position));
        let mut group = LaneGroup { title: item.label.clone(), lanes: Vec::new() };
        let mut words = Vec::new();
        for fields in own {
            let text = fields.get(3).map_or("", String::as_str);
            let (from, to) = (number_in(fields, 1), number_in(fields, 2));
            let lane = if let Some(lane) = group.lanes.iter().position(|lane| lane.label == text) {
                lane
            } else {
                group.lanes.push(Lane { label: text.to_owned(), ..Lane::default() });
                group.lanes.len() - 1
            };
            place(item, &mut group.lanes[lane], (from, to), ends);
            words.push(told(item, text, from, to));
        }
        let words = if words.is_empty() { "none".to_owned() } else { words.join("; ") };
        sentences.push(format!("{}: {words}.", item.label));
        group.lanes = some(group.lanes);
        groups.push(group);
    }
    // One kind of stretch, in the colour of the arm, and one kind of symbol: the headings say what they are.
    let alt = format!("What happened to participant {subject} on which study day. {}", sentences.join(" "));
    Some(Lanes { x, groups, segments: vec![(String::new(), Some(arm))], marks: vec![String::new()], alt })
}

/// Puts a record into its lane: a stretch, or a symbol where the item has no end. What lies beyond the days drawn is an
/// arrow at their edge.
fn place(item: &LaneItem, lane: &mut Lane, (from, to): (Option<f64>, Option<f64>), (first, last): (f64, f64)) {
    let inside = |day: f64| (first..=last).contains(&day);
    match (item.to.is_some(), from) {
        (false, Some(day)) if inside(day) => lane.marks.push((day, 0)),
        (false, None) => {}
        (stretch, _) => {
            // A symbol beyond the edge has the same day at both ends.
            let to = if stretch { to } else { from };
            lane.segments.push(Segment {
                from: from.unwrap_or(first).clamp(first, last),
                to: to.unwrap_or(last).max(from.unwrap_or(first)).clamp(first, last),
                kind: 0,
                open_start: from.is_none_or(|day| day < first),
                open_end: to.is_none_or(|day| day > last),
            });
        }
    }
}

fn told(item: &LaneItem, text: &str, from: Option<f64>, to: Option<f64>) -> String {
    let day = |day: Option<f64>| day.map_or_else(|| "not known".to_owned(), figure);
    let text = if text.is_empty() { String::new() } else { format!("{text}, ") };
    if item.to.is_some() {
        format!("{text}first day {}, last day {}", day(from), day(to))
    } else {
        format!("{text}day {}", day(from))
    }
}

/// The values of a participant over time, a small plot each parameter that has one; the limits of the reference range
/// are lines.
///
/// The fields of a value are records, parameter, day, value, lower and upper limit.
pub(super) fn plots(
    study: &Study,
    layout: &ProfileLayout,
    arm: usize,
    subject: &str,
    values: &[&[String]],
) -> Vec<Panel> {
    let (x, (first, last)) = days(layout);
    let mut panels = Vec::new();
    for findings in &layout.findings {
        let known = study.records.get(&*findings.records).and_then(|records| records.findings.as_ref());
        for code in &findings.parameters {
            let is_own = |fields: &&&[String]| {
                fields.first().is_some_and(|own| **own == *findings.records)
                    && fields.get(1).is_some_and(|own| **own == **code)
            };
            let own: Vec<&&[String]> = values.iter().filter(is_own).collect();
            let point = |fields: &&&[String]| {
                let (day, value) = number_in(fields, 2).zip(number_in(fields, 3))?;
                (first..=last).contains(&day).then_some((day, value))
            };
            let mut points: Vec<(f64, f64)> = own.iter().filter_map(point).collect();
            points.sort_by(|one, other| one.0.total_cmp(&other.0));
            if points.is_empty() {
                continue;
            }
            let mut limits: Vec<f64> =
                own.iter().flat_map(|fields| [number_in(fields, 4), number_in(fields, 5)]).flatten().collect();
            limits.sort_by(f64::total_cmp);
            limits.dedup();
            let parameter = known.and_then(|known| known.parameters.iter().find(|own| own.code == *code));
            let label = parameter.map_or(&**code, |parameter| &*parameter.label);
            let unit = parameter.and_then(|parameter| parameter.unit.as_deref());
            let title = unit.map_or_else(|| label.to_owned(), |unit| format!("{label} ({unit})"));
            let held: Vec<f64> = points.iter().map(|(_, value)| *value).chain(limits.iter().copied()).collect();
            let places = parameter.map_or(0, |parameter| parameter.decimals);
            let rule = study.study.rounding;
            let told: Vec<String> = points
                .iter()
                .map(|(day, value)| format!("day {} {}", figure(*day), decimal(*value, places, rule)))
                .collect();
            let range: Vec<String> = limits.iter().map(|limit| decimal(*limit, places, rule)).collect();
            let range = if range.is_empty() { "none".to_owned() } else { range.join(", ") };
            let alt = format!(
                "{title} of participant {subject}: {}. Limits of the reference range: {range}.",
                told.join(", ")
            );
            let marks =
                points.iter().map(|(day, value)| Mark { x: *day, y: Some(*value), ..Mark::default() }).collect();
            let plot = Plot {
                x: x.clone(),
                y: axis::holding("", &held),
                series: vec![Series { arm, style: SeriesStyle::Points, marks, ..Series::default() }],
                lines: limits.iter().map(|limit| ReferenceLine::Horizontal(*limit)).collect(),
                alt,
                ..Plot::default()
            };
            panels.push(Panel { title, plot });
        }
    }
    panels
}
