//! A figure of one symbol a participant, by two numbers; several panels stand on the same axes.

use crate::display::assemble::Assembly;
use crate::display::layout::tally::{Bands, Part, not_shown, number_in, of_arms};
use crate::display::layout::{Laid, axis};
use crate::display::report::{Axis, Body, Footnote, Mark, Panel, Plot, ReferenceLine, Series, SeriesStyle};
use crate::results::{Extract, Results};
use crate::spec::Study;
use crate::spec::safety_figure::ScatterLayout;

pub(super) fn figure(id: &str, layout: &ScatterLayout, results: &Results, assembly: &Assembly<'_>) -> Option<Laid> {
    let study = assembly.study;
    let points = points(study, results.extract(id)?);
    let shown: Vec<(f64, f64)> = points.iter().filter_map(|point| point.on(layout)).collect();
    let (x, y) = axes(layout, &shown);
    let mut panels = Vec::new();
    for (position, panel) in layout.panels.iter().enumerate() {
        let own: Vec<&Point<'_>> = points.iter().filter(|point| point.panel == position).collect();
        let mut series: Vec<Series> = Vec::new();
        for (arm, of) in study.arm.iter().enumerate() {
            let of_arm = own.iter().filter(|point| point.arm == arm);
            let mut marks: Vec<Mark> = of_arm.filter_map(|point| point.mark(layout)).collect();
            marks.sort_by(|one, other| one.x.total_cmp(&other.x));
            let style = SeriesStyle::Scatter;
            series.push(Series { label: of.label.clone(), arm, style, marks, censored: Vec::new() });
        }
        let alt = words(study, layout, &panel.title, &series);
        let plot = Plot {
            x: x.clone(),
            y: y.clone(),
            series,
            lines: lines(layout),
            under: Vec::new(),
            under_head: String::new(),
            alt,
        };
        panels.push(Panel { title: panel.title.clone(), plot });
    }
    let footnotes = left_out(study, layout, &points);
    let only = if panels.len() == 1 { panels.pop() } else { None };
    let body = only.map_or_else(|| Body::Panels(panels), |panel| Body::Plot(panel.plot));
    Some(Laid { body, footnotes, analyses: vec![id.to_owned()] })
}

/// A participant in a panel.
struct Point<'a> {
    arm: usize,
    subject: &'a str,
    panel: usize,
    /// None where one of the numbers is missing.
    at: Option<(f64, f64)>,
    named: bool,
}

fn points<'a>(study: &Study, extract: &'a Extract) -> Vec<Point<'a>> {
    let point = |(arm, subject, fields): (usize, &'a str, &'a [String])| {
        let panel = fields.first()?.parse().ok()?;
        let at = number_in(fields, 1).zip(number_in(fields, 2));
        Some(Point { arm, subject, panel, at, named: fields.get(3).is_some_and(|named| named == "true") })
    };
    of_arms(study, extract).into_iter().filter_map(point).collect()
}

impl Point<'_> {
    /// Where it stands, if it has a place on the axes.
    fn on(&self, layout: &ScatterLayout) -> Option<(f64, f64)> {
        self.at.filter(|(x, y)| !layout.log || *x > 0.0 && *y > 0.0)
    }

    fn mark(&self, layout: &ScatterLayout) -> Option<Mark> {
        let (x, y) = self.on(layout)?;
        let label = self.named.then(|| self.subject.to_owned());
        Some(Mark { x, y: Some(y), label, ..Mark::default() })
    }
}

/// Axes that hold all symbols and all lines; with the line of equal values both hold the same.
fn axes(layout: &ScatterLayout, shown: &[(f64, f64)]) -> (Axis, Axis) {
    let mut x: Vec<f64> = shown.iter().map(|(x, _)| *x).chain(layout.x_lines.iter().copied()).collect();
    let mut y: Vec<f64> = shown.iter().map(|(_, y)| *y).chain(layout.y_lines.iter().copied()).collect();
    if layout.diagonal {
        x.extend(&y);
        y.clone_from(&x);
    }
    if layout.log {
        (axis::logarithmic(&layout.x_title, &x), axis::logarithmic(&layout.y_title, &y))
    } else {
        (axis::holding(&layout.x_title, &x), axis::holding(&layout.y_title, &y))
    }
}

fn lines(layout: &ScatterLayout) -> Vec<ReferenceLine> {
    let vertical = layout.x_lines.iter().map(|at| ReferenceLine::Vertical(*at));
    let horizontal = layout.y_lines.iter().map(|at| ReferenceLine::Horizontal(*at));
    let diagonal = layout.diagonal.then_some(ReferenceLine::Diagonal);
    vertical.chain(horizontal).chain(diagonal).collect()
}

/// Whom a footnote counts.
type Counts<'a> = &'a dyn Fn(&Point<'_>) -> bool;

/// Who is not shown, arm by arm; panels of which the same can be said share a footnote.
fn left_out(study: &Study, layout: &ScatterLayout, points: &[Point<'_>]) -> Vec<Footnote> {
    let missing = |point: &Point<'_>| point.at.is_none();
    let beyond = |point: &Point<'_>| point.at.is_some() && point.on(layout).is_none();
    let nowhere = "with a value of 0 or below, which has no place on a logarithmic axis";
    let reasons: [(&str, Counts<'_>, bool); 2] =
        [("without one of the two values", &missing, true), (nowhere, &beyond, false)];
    let mut notes = Vec::new();
    for (why, counts, always) in reasons {
        let mut alike: Vec<(Vec<Part>, Vec<&str>)> = Vec::new();
        for (position, panel) in layout.panels.iter().enumerate() {
            let mut parts = vec![Part::default(); study.arm.len()];
            let own = points.iter().filter(|point| point.panel == position);
            for point in own {
                parts[point.arm].add(counts(point));
            }
            match alike.iter_mut().find(|(known, _)| *known == parts) {
                Some((_, titles)) => titles.push(&panel.title),
                None => alike.push((parts, vec![&panel.title])),
            }
        }
        let several = alike.len() > 1;
        for (parts, titles) in alike {
            if always || parts.iter().any(|part| part.part > 0) {
                let of = if several { format!(" ({})", titles.join(", ")) } else { String::new() };
                notes.push(not_shown(study, &format!("{why}{of}"), &parts));
            }
        }
    }
    notes
}

/// A panel in words: how many symbols of each arm lie between the lines.
fn words(study: &Study, layout: &ScatterLayout, title: &str, series: &[Series]) -> String {
    let (x, y) = (Bands::between(&layout.x_lines), Bands::between(&layout.y_lines));
    let mut text = if title.is_empty() { String::new() } else { format!("{title}. ") };
    let (across, up) = (&layout.x_title, &layout.y_title);
    text.push_str(&format!("One symbol a participant: {up} (vertical) against {across} (horizontal)."));
    for (arm, series) in study.arm.iter().zip(series) {
        let mut counts = vec![vec![0_u64; y.count()]; x.count()];
        for mark in &series.marks {
            if let Some(at) = mark.y {
                counts[x.of(mark.x)][y.of(at)] += 1;
            }
        }
        text.push_str(&format!(" {}: {}", arm.label, series.marks.len()));
        let mut parts = Vec::new();
        for (column, counts) in counts.iter().enumerate() {
            for (row, count) in counts.iter().enumerate() {
                let place = match (x.words(column), y.words(row)) {
                    (x, y) if x.is_empty() && y.is_empty() => continue,
                    (x, y) if y.is_empty() => format!("horizontally {x}"),
                    (x, y) if x.is_empty() => format!("vertically {y}"),
                    (x, y) => format!("horizontally {x} and vertically {y}"),
                };
                parts.push(format!("{count} {place}"));
            }
        }
        text.push_str(&if parts.is_empty() { ".".to_owned() } else { format!(", of these {}.", parts.join("; ")) });
    }
    text
}
