//! What makes a plot impossible to draw, or would leave something of it unseen.

use crate::display::{Axis, Mark, Panel, Plot, ReferenceLine, Series, SeriesStyle};

/// What makes a plot impossible to draw; empty when it can be.
pub fn faults(plot: &Plot) -> Vec<String> {
    let mut out = Vec::new();
    for (name, one) in [("horizontal", &plot.x), ("vertical", &plot.y)] {
        out.extend(axis(name, one));
    }
    for one in &plot.series {
        out.extend(series(plot, one));
    }
    out.extend(plot.lines.iter().filter_map(|line| off(plot, *line)));
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
    if axis.log && (from.is_nan() || from <= 0.0) {
        out.push(format!("the {name} axis is logarithmic and begins at {from}"));
    }
    let off = axis.ticks.iter().filter(|(at, _)| !(*at >= from && *at <= to));
    out.extend(off.map(|(at, label)| format!("the tick “{label}” at {at} is off the {name} axis ({from} to {to})")));
    out
}

fn within(axis: &Axis, at: f64) -> bool {
    at >= axis.from && at <= axis.to
}

/// What is wrong with a line across the plot.
fn off(plot: &Plot, line: ReferenceLine) -> Option<String> {
    let (x, y) = (&plot.x, &plot.y);
    let (on, what) = match line {
        ReferenceLine::Vertical(at) => (within(x, at), format!("the upright line at {at}")),
        ReferenceLine::Horizontal(at) => (within(y, at), format!("the level line at {at}")),
        ReferenceLine::Diagonal => (x.from.max(y.from) < x.to.min(y.to), "the line of equal values".to_owned()),
    };
    (!on).then(|| format!("{what} is off the axes"))
}

/// What is wrong with a mark for the style of its series.
fn mark(plot: &Plot, series: &Series, mark: &Mark) -> Vec<&'static str> {
    let mut out = Vec::new();
    let ends = [mark.interval, mark.quartiles].into_iter().flatten().flat_map(|(lower, upper)| [lower, upper]);
    if !within(&plot.x, mark.x) || mark.y.into_iter().chain(ends).any(|at| !within(&plot.y, at)) {
        out.push("is off the axes");
    }
    if mark.interval.is_some_and(|(lower, upper)| lower > upper) {
        out.push("has an interval that runs backwards");
    }
    if let Some((lower, upper)) = mark.quartiles {
        let (least, most) = mark.interval.unwrap_or((lower, upper));
        if series.style != SeriesStyle::Boxes {
            out.push("has quartiles and is no box, so that they would not be seen");
        } else if mark.y.is_some_and(|y| lower > y || y > upper) || least > lower || upper > most {
            out.push("has a median, quartiles and whiskers that do not enclose each other");
        }
    }
    if mark.label.is_some() && series.style != SeriesStyle::Scatter {
        out.push("has a label, which would not be seen");
    }
    out
}

fn series(plot: &Plot, series: &Series) -> Vec<String> {
    let mut out = Vec::new();
    let label = &series.label;
    for one in &series.marks {
        out.extend(mark(plot, series, one).into_iter().map(|what| format!("a mark of “{label}” at {} {what}", one.x)));
    }
    let joined = !matches!(series.style, SeriesStyle::Scatter | SeriesStyle::Boxes | SeriesStyle::Bars);
    if joined && series.marks.windows(2).any(|pair| pair[0].x > pair[1].x) {
        out.push(format!("the marks of “{label}” do not run from left to right"));
    }
    if series.style == SeriesStyle::Bars && (plot.y.log || !within(&plot.y, 0.0)) {
        out.push(format!("the bars of “{label}” begin at 0, which is not on the vertical axis"));
    }
    for (x, y) in &series.censored {
        if !within(&plot.x, *x) || !within(&plot.y, *y) {
            out.push(format!("censored subjects of “{label}” at {x} are off the axes"));
        }
    }
    if series.style != SeriesStyle::Steps && !series.censored.is_empty() {
        out.push(format!("“{label}” has censored subjects and is not a step function"));
    }
    if matches!(series.style, SeriesStyle::Thin | SeriesStyle::Planned)
        && series.marks.iter().any(|mark| mark.interval.is_some())
    {
        out.push(format!("the line “{label}” has intervals, which would not be seen"));
    }
    out
}

/// What makes plots below each other on one axis impossible to draw.
pub fn of_stack(panels: &[Panel]) -> Vec<String> {
    let mut out = of_panels(panels);
    if panels
        .windows(2)
        .any(|pair| (pair[0].plot.x.from, pair[0].plot.x.to) != (pair[1].plot.x.from, pair[1].plot.x.to))
    {
        out.push("the plots have different horizontal axes".to_owned());
    }
    out
}

/// What makes several plots impossible to draw.
pub fn of_panels(panels: &[Panel]) -> Vec<String> {
    let mut out: Vec<String> = panels.iter().flat_map(|panel| faults(&panel.plot)).collect();
    if panels.is_empty() {
        out.push("there are no plots".to_owned());
    }
    out
}
