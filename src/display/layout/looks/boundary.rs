//! The figure of the bounds on Z over the information, with the result of the look that is now.

use super::{Shown, analyses, key, word};
use crate::display::assemble::{Assembly, note};
use crate::display::layout::{Laid, axis, number};
use crate::display::report::{Axis, Body, Mark, Plot, ReferenceLine, Series, SeriesStyle};
use crate::results::{Key, Method, Statistic};
use crate::spec::looks::BoundaryLayout;
use crate::spec::monitoring::TestSides;

pub(in super::super) fn figure(layout: &BoundaryLayout, assembly: &mut Assembly<'_>) -> Option<Laid> {
    let shown = Shown::of(&layout.of, assembly)?;
    let plan = shown.plan;
    let coded = Key::new(&*plan.id, Statistic::Status).method(Method::GroupSequential).variable("coded");
    // Where arms are coded nobody may see from a figure which side is hoped for.
    let coded = word(assembly, &coded).is_some();
    let both = plan.sides == TestSides::Two || coded;
    let shares: Vec<f64> = (1..=shown.looks)
        .map(|look| {
            // Before there are data, that of the plan; it may have fewer looks than were taken.
            let planned = || plan.shares().get(look - 1).copied().unwrap_or(1.0);
            number(assembly, &key(plan, Statistic::Information, look)).unwrap_or_else(planned)
        })
        .map(|share| share * 100.0)
        .collect();
    let mut series: Vec<Series> = Vec::new();
    // At the end two bounds may be one: that for efficacy is drawn last, over the other.
    for (place, label, statistic, there, mirrored) in [
        (1, "Bound for futility", Statistic::FutilityBound, plan.futility.is_some(), coded),
        (2, "Bound for harm", Statistic::HarmBound, plan.harm.is_some(), coded),
        (0, "Bound for efficacy", Statistic::Bound, true, both),
    ] {
        if !there {
            continue;
        }
        let mut marks = Vec::new();
        for (look, x) in (1..).zip(&shares) {
            let key = key(plan, statistic, look);
            // A look without bound has no mark.
            if let Some(y) = assembly.rows.get(&key).and_then(|_| bound(assembly, &key)) {
                marks.push(Mark { x: *x, y: Some(y), keys: vec![key], ..Mark::default() });
            }
        }
        let style = SeriesStyle::Joined;
        if mirrored {
            let marks = marks.iter().map(|mark| Mark { y: mark.y.map(|y| -y), ..mark.clone() }).collect();
            series.push(Series { label: String::new(), arm: place, style, marks, censored: Vec::new() });
        }
        series.push(Series { label: label.to_owned(), arm: place, style, marks, censored: Vec::new() });
    }
    let z = Key::new(&*plan.id, Statistic::Z).method(Method::GroupSequential);
    let seen = shown.now.filter(|_| assembly.rows.get(&z).is_some()).and_then(|now| Some((now, number(assembly, &z)?)));
    if let Some((now, z_now)) = seen {
        let mark = Mark { x: shares[now - 1], y: Some(z_now), keys: vec![z], ..Mark::default() };
        let (style, label) = (SeriesStyle::Scatter, "Z at this look".to_owned());
        series.push(Series { label, arm: 3, style, marks: vec![mark], censored: Vec::new() });
    }
    let heights: Vec<f64> = series.iter().flat_map(|own| &own.marks).filter_map(|mark| mark.y).chain([0.0]).collect();
    let words = series.iter().filter(|own| !own.label.is_empty()).map(|own| {
        let points = own.marks.iter().filter_map(|mark| Some(format!("{:.4} at {:.1} %", mark.y?, mark.x)));
        format!("{}: {}.", own.label, points.collect::<Vec<_>>().join(", "))
    });
    let alt = format!(
        "Bounds on Z over the share of the information, {} looks. {}",
        shown.looks,
        words.collect::<Vec<_>>().join(" ")
    );
    let last = shares.iter().copied().fold(100.0, f64::max);
    let mut lines = vec![ReferenceLine::Horizontal(0.0)];
    lines.extend(shown.now.map(|now| ReferenceLine::Vertical(shares[now - 1])));
    let ticks = [0.0, 20.0, 40.0, 60.0, 80.0, 100.0].map(|at: f64| (at, format!("{at:.0}"))).to_vec();
    let plot = Plot {
        x: Axis { title: "Information, % of the planned".to_owned(), from: 0.0, to: last, ticks, log: false },
        y: axis::holding("Z", &heights),
        series,
        lines,
        alt,
        ..Plot::default()
    };
    let mut footnotes = vec![note(
        "Symbols: bounds at the looks; lines between them only join them. Results of earlier looks are not kept by the \
         ledger and not shown.",
    )];
    if coded {
        footnotes.push(note("Arms are coded: all bounds are drawn for both signs of Z."));
    }
    Some(Laid { body: Body::Plot(plot), footnotes, analyses: analyses(plan) })
}

/// The number of a bound; none where there is none at the look.
fn bound(assembly: &Assembly<'_>, key: &Key) -> Option<f64> {
    match assembly.rows.get(key).map(|row| &row.value) {
        Some(crate::results::Value::Number(number)) => Some(*number),
        _ => None,
    }
}
