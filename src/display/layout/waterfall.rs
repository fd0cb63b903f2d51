//! A figure of one bar a participant, the arms mixed, by falling value.

use crate::display::assemble::Assembly;
use crate::display::layout::tally::{Bands, Part, figure, not_shown, number_in, of_arms};
use crate::display::layout::{Laid, axis};
use crate::display::report::{Axis, Body, Mark, Plot, ReferenceLine, Series, SeriesStyle};
use crate::results::Results;
use crate::spec::Study;
use crate::spec::safety_figure::WaterfallLayout;

/// Under more bars than this there are no names of participants.
const MOST_NAMED: usize = 60;

pub(super) fn plot(id: &str, layout: &WaterfallLayout, results: &Results, assembly: &Assembly<'_>) -> Option<Laid> {
    let study = assembly.study;
    let extract = results.extract(id)?;
    let mut missing = vec![Part::default(); study.arm.len()];
    let mut limited = missing.clone();
    let mut bars: Vec<(f64, usize, &str)> = Vec::new();
    for (arm, subject, fields) in of_arms(study, extract) {
        let value = number_in(fields, 0);
        let text = fields.first().map_or("", String::as_str);
        missing[arm].add(text.is_empty());
        limited[arm].add(value.is_none() && !text.is_empty());
        bars.extend(value.map(|value| (value, arm, subject)));
    }
    // Equal values stand in the order of the data.
    bars.sort_by(|one, other| other.0.total_cmp(&one.0));
    let values = bars.iter().map(|(value, ..)| *value).chain(layout.y_lines.iter().copied()).chain([0.0]);
    let y = axis::holding(&layout.y_title, &values.collect::<Vec<f64>>());
    let mut series: Vec<Series> = study
        .arm
        .iter()
        .enumerate()
        .map(|(arm, own)| Series { label: own.label.clone(), arm, style: SeriesStyle::Bars, ..Series::default() })
        .collect();
    let mut ticks = Vec::new();
    let mut place = 0.0;
    for (value, arm, subject) in &bars {
        place += 1.0;
        series[*arm].marks.push(Mark { x: place, y: Some(*value), ..Mark::default() });
        if bars.len() <= MOST_NAMED {
            ticks.push((place, (*subject).to_owned()));
        }
    }
    let alt = words(study, layout, &bars);
    let plot = Plot {
        x: Axis {
            title: "Participants, by falling value".to_owned(),
            from: 0.5,
            to: place.max(1.0) + 0.5,
            ticks,
            log: false,
        },
        y,
        series,
        lines: layout.y_lines.iter().map(|at| ReferenceLine::Horizontal(*at)).collect(),
        under: Vec::new(),
        under_head: String::new(),
        alt,
    };
    let mut footnotes = vec![not_shown(study, "without a value", &missing)];
    if limited.iter().any(|part| part.part > 0) {
        footnotes.push(not_shown(study, "whose value is known only as a limit", &limited));
    }
    Some(Laid { body: Body::Plot(plot), footnotes, analyses: vec![id.to_owned()] })
}

/// The figure in words: how many bars of each arm lie below, between and above zero and the lines.
fn words(study: &Study, layout: &WaterfallLayout, bars: &[(f64, usize, &str)]) -> String {
    let title = &layout.y_title;
    let mut text = format!("{title}. One bar a participant by falling value, {} in all", bars.len());
    if let (Some(first), Some(last)) = (bars.first(), bars.last()) {
        text.push_str(&format!(", from {} to {}", figure(first.0), figure(last.0)));
    }
    text.push('.');
    let lines: Vec<f64> = layout.y_lines.iter().copied().chain([0.0]).collect();
    let bands = Bands::between(&lines);
    for (position, arm) in study.arm.iter().enumerate() {
        let own: Vec<f64> = bars.iter().filter(|bar| bar.1 == position).map(|bar| bar.0).collect();
        let count = |band: usize| own.iter().filter(|value| bands.of(**value) == band).count();
        let parts: Vec<String> =
            (0..bands.count()).rev().map(|band| format!("{} {}", count(band), bands.words(band))).collect();
        text.push_str(&format!(" {}: {}, of these {}.", arm.label, own.len(), parts.join("; ")));
    }
    text
}
