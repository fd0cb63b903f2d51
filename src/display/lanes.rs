//! Displays of lanes over time as values: one a subject or an event.

use serde::Serialize;

use crate::display::report::Axis;

/// Lanes over time: a swimmer plot, or the events of one subject.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Lanes {
    /// The time axis.
    pub x: Axis,
    /// Groups of lanes, each under its heading.
    pub groups: Vec<LaneGroup>,
    /// The kinds of stretches: label in the legend, and the arm whose colour they have, if it is one's.
    pub segments: Vec<(String, Option<usize>)>,
    /// The kinds of symbols: label in the legend. Shape follows the position.
    pub marks: Vec<String>,
    /// The figure in words and numbers.
    pub alt: String,
}

/// Lanes under one heading.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct LaneGroup {
    /// The heading; none if empty.
    pub title: String,
    /// The lanes.
    pub lanes: Vec<Lane>,
}

/// A lane.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Lane {
    /// Its label.
    pub label: String,
    /// Stretches; those of a later kind lie over those of an earlier one.
    pub segments: Vec<Segment>,
    /// Symbols: position on the axis, and kind.
    pub marks: Vec<(f64, usize)>,
}

/// A stretch of a lane.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Segment {
    /// First position.
    pub from: f64,
    /// Last position.
    pub to: f64,
    /// Position of its kind.
    pub kind: usize,
    /// It began before: an arrow points left.
    pub open_start: bool,
    /// It goes on: an arrow points right.
    pub open_end: bool,
}
