//! What makes a plot impossible to draw, or would leave something of it unseen.

use crate::display::{Axis, Panel, Plot, Series, SeriesStyle};

/// What makes a plot impossible to draw; empty when it can be.
pub fn faults(plot: &Plot) -> Vec<String> {
    let mut out = Vec::new();
    for (name, one) in [("horizontal", &plot.x), ("vertical", &plot.y)] {
        out.extend(axis(name, one));
    }
    for one in &plot.series {
        out.extend(series(plot, one));
    }
    for row in &plot.under {
        if row.cells.len() != plot.x.ticks.len() {
            let (cells, ticks) = (row.cells.len(), plot.x.ticks.len());
            out.push(format!("the row “{}” below the plot has {cells} entries for {ticks} ticks", row.label));
        }
    }
    out
}

/// What is wrong with an axis.
pub fn axis(name: &str, axis: &Axis) -> Vec<String> {
    let Axis { from, to, .. } = *axis;
    let mut out = Vec::new();
    if !(from.is_finite() && to.is_finite() && from < to) {
        out.push(format!("the {name} axis runs from {from} to {to}"));
    }
    let off = axis.ticks.iter().filter(|(at, _)| !(*at >= from && *at <= to));
    out.extend(off.map(|(at, label)| format!("the tick “{label}” at {at} is off the {name} axis ({from} to {to})")));
    out
}

fn series(plot: &Plot, series: &Series) -> Vec<String> {
    let mut out = Vec::new();
    let within = |axis: &Axis, at: f64| at >= axis.from && at <= axis.to;
    let label = &series.label;
    for mark in &series.marks {
        let ends = mark.interval.map_or([None, None], |(lower, upper)| [Some(lower), Some(upper)]);
        if !within(&plot.x, mark.x) || [mark.y, ends[0], ends[1]].into_iter().flatten().any(|at| !within(&plot.y, at)) {
            out.push(format!("a mark of “{label}” at {} is off the axes", mark.x));
        }
    }
    if series.marks.windows(2).any(|pair| pair[0].x > pair[1].x) {
        out.push(format!("the marks of “{label}” do not run from left to right"));
    }
    for (x, y) in &series.censored {
        if !within(&plot.x, *x) || !within(&plot.y, *y) {
            out.push(format!("censored subjects of “{label}” at {x} are off the axes"));
        }
    }
    if series.style != SeriesStyle::Steps && !series.censored.is_empty() {
        out.push(format!("“{label}” has censored subjects and is not a step function"));
    }
    if series.style == SeriesStyle::Thin && series.marks.iter().any(|mark| mark.interval.is_some()) {
        out.push(format!("the thin line “{label}” has intervals, which would not be seen"));
    }
    out
}

/// What makes plots side by side impossible to draw: what is wrong with one of them, or does not agree.
pub fn of_panels(panels: &[Panel]) -> Vec<String> {
    let mut out: Vec<String> = panels.iter().flat_map(|panel| faults(&panel.plot)).collect();
    if panels.is_empty() || panels.len() > super::panels::MOST {
        out.push(format!("{} plots stand side by side; there can be 1 to {}", panels.len(), super::panels::MOST));
    }
    for pair in panels.windows(2) {
        let (one, other) = (&pair[0].plot, &pair[1].plot);
        let names = [("horizontal axis", one.x == other.x), ("vertical axis", one.y == other.y)];
        let under = ("heading of the rows below", one.under_head == other.under_head);
        for (what, _) in names.into_iter().chain([under]).filter(|(_, same)| !same) {
            out.push(format!("the plots “{}” and “{}” differ in their {what}", pair[0].title, pair[1].title));
        }
    }
    out
}
