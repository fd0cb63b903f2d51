//! A figure of one lane a participant: how long each was observed, and what happened when.

use std::collections::BTreeMap;

use crate::display::assemble::{Assembly, note};
use crate::display::layout::tally::{Part, figure, not_shown, number_in, of_arms};
use crate::display::layout::{Laid, axis};
use crate::display::report::{Body, Lane, LaneGroup, Lanes, Segment};
use crate::display::shell;
use crate::results::{Extract, Results};
use crate::spec::Study;
use crate::spec::safety_figure::SwimmerLayout;

pub(super) fn lanes(id: &str, layout: &SwimmerLayout, results: &Results, assembly: &Assembly<'_>) -> Option<Laid> {
    let study = assembly.study;
    let swimmers = swimmers(study, layout, results.extract(id)?);
    let mut missing = vec![Part::default(); study.arm.len()];
    for own in &swimmers {
        missing[own.arm].add(own.days.is_none());
    }
    let (mut groups, mut sentences) = (Vec::new(), Vec::new());
    for (position, arm) in study.arm.iter().enumerate() {
        let mut own: Vec<&Swimmer<'_>> = swimmers.iter().filter(|own| own.arm == position).collect();
        // Those of one length stand in the order of the data.
        own.sort_by(|one, other| other.length().total_cmp(&one.length()));
        let drawn: Vec<Lane> = own.iter().filter_map(|own| own.lane(study.arm.len())).collect();
        sentences.push(format!("{}: {}.", arm.label, words(layout, study.arm.len(), &drawn)));
        let number = if assembly.is_shell() { shell::COUNT.to_owned() } else { own.len().to_string() };
        groups.push(LaneGroup { title: format!("{} (N = {number})", arm.label), lanes: some(drawn) });
    }
    let drawn = || groups.iter().flat_map(|group| &group.lanes);
    let ends = drawn().flat_map(|lane| &lane.segments).flat_map(|segment| [segment.from, segment.to]);
    let days: Vec<f64> = ends.chain(drawn().flat_map(|lane| &lane.marks).map(|(at, _)| *at)).collect();
    let of_arms = study.arm.iter().enumerate().map(|(position, arm)| (arm.label.clone(), Some(position)));
    let segments = of_arms.chain(layout.segments.iter().map(|item| (item.label.clone(), None))).collect();
    let mut footnotes = vec![not_shown(study, "without a first or last day", &missing)];
    if drawn().flat_map(|lane| &lane.segments).any(|segment| segment.open_start || segment.open_end) {
        footnotes.push(note("Arrows: began before or goes on after the days that are known."));
    }
    let lanes = Lanes {
        x: axis::holding("Study day", &axis::with_zero_if_near(days)),
        segments,
        marks: layout.marks.iter().map(|item| item.label.clone()).collect(),
        alt: format!("One lane a participant, the longest first. {}", sentences.join(" ")),
        groups,
    };
    Some(Laid { body: Body::Lanes(lanes), footnotes, analyses: vec![id.to_owned()] })
}

/// The lanes, or one that says that there are none.
pub(super) fn some(lanes: Vec<Lane>) -> Vec<Lane> {
    if lanes.is_empty() { vec![Lane { label: "None".to_owned(), ..Lane::default() }] } else { lanes }
}

/// A participant with what the extract says.
struct Swimmer<'a> {
    arm: usize,
    subject: &'a str,
    /// First and last day; none where one of them is missing.
    days: Option<(f64, f64)>,
    /// Stretches: item, first and last day.
    segments: Vec<(usize, Option<f64>, Option<f64>)>,
    /// Symbols: day and item.
    marks: Vec<(f64, usize)>,
}

fn swimmers<'a>(study: &Study, layout: &SwimmerLayout, extract: &'a Extract) -> Vec<Swimmer<'a>> {
    let mut all: Vec<Swimmer<'_>> = Vec::new();
    let mut places = BTreeMap::new();
    for (arm, subject, fields) in of_arms(study, extract) {
        let place = *places.entry((arm, subject)).or_insert(all.len());
        if place == all.len() {
            all.push(Swimmer { arm, subject, days: None, segments: Vec::new(), marks: Vec::new() });
        }
        let own = &mut all[place];
        let item = fields.get(1).and_then(|item| item.parse().ok());
        let (from, to) = (number_in(fields, 2), number_in(fields, 3));
        match (fields.first().map_or("", String::as_str), item) {
            ("lane", _) => own.days = from.zip(to),
            ("segment", Some(item)) if item < layout.segments.len() => own.segments.push((item, from, to)),
            ("mark", Some(item)) if item < layout.marks.len() => own.marks.extend(from.map(|day| (day, item))),
            _ => {}
        }
    }
    all
}

impl Swimmer<'_> {
    fn length(&self) -> f64 {
        self.days.map_or(-1.0, |(from, to)| to - from)
    }

    /// The lane: first the time observed, in the colour of the arm, and over it what the items are. A stretch whose end
    /// is not known reaches to that of the lane.
    fn lane(&self, arms: usize) -> Option<Lane> {
        let (first, last) = self.days?;
        let mut segments = vec![Segment { from: first, to: last, kind: self.arm, ..Segment::default() }];
        for (item, from, to) in &self.segments {
            let start = from.unwrap_or(first);
            segments.push(Segment {
                from: start,
                to: to.unwrap_or(last).max(start),
                kind: arms + item,
                open_start: from.is_none(),
                open_end: to.is_none(),
            });
        }
        Some(Lane { label: self.subject.to_owned(), segments, marks: self.marks.clone() })
    }
}

/// The lanes of an arm in words: how many, how long, and how many lanes have what.
fn words(layout: &SwimmerLayout, arms: usize, lanes: &[Lane]) -> String {
    let mut parts = vec![format!("{} lanes", lanes.len())];
    let ends = |lane: &Lane| lane.segments.first().map(|lane| lane.to);
    let last = lanes.iter().filter_map(ends).fold(f64::NEG_INFINITY, f64::max);
    if last.is_finite() {
        parts.push(format!("the last to day {}", figure(last)));
    }
    for (position, item) in layout.segments.iter().enumerate() {
        let of = |lane: &&Lane| lane.segments.iter().any(|segment| segment.kind == arms + position);
        parts.push(format!("{} in {}", item.label, lanes.iter().filter(of).count()));
    }
    for (position, item) in layout.marks.iter().enumerate() {
        let of = |lane: &&Lane| lane.marks.iter().any(|(_, kind)| *kind == position);
        parts.push(format!("{} in {}", item.label, lanes.iter().filter(of).count()));
    }
    parts.join(", ")
}
