//! What makes lanes impossible to draw, or would leave something of them unseen.

use crate::display::{Lane, Lanes};
use crate::render::plot;

/// What makes lanes impossible to draw; empty when they can be.
pub fn faults(lanes: &Lanes) -> Vec<String> {
    let mut out = plot::axis_faults("time", &lanes.x);
    if lanes.groups.iter().all(|group| group.lanes.is_empty()) {
        out.push("there are no lanes".to_owned());
    }
    for group in &lanes.groups {
        if group.lanes.is_empty() && !group.title.trim().is_empty() {
            out.push(format!("the group “{}” has no lanes", group.title));
        }
        for one in &group.lanes {
            lane(lanes, one, &mut out);
        }
    }
    out
}

fn lane(lanes: &Lanes, lane: &Lane, out: &mut Vec<String>) {
    let axis = &lanes.x;
    let within = |at: f64| at >= axis.from && at <= axis.to;
    let name = &lane.label;
    for segment in &lane.segments {
        let (from, to) = (segment.from, segment.to);
        if !within(from) || !within(to) || from > to {
            out.push(format!("a stretch of the lane “{name}” runs from {from} to {to}, which is not on the axis"));
        }
        if segment.kind >= lanes.segments.len() {
            let (kind, kinds) = (segment.kind + 1, lanes.segments.len());
            out.push(format!("a stretch of the lane “{name}” is of kind {kind} of {kinds}"));
        }
    }
    for (at, kind) in &lane.marks {
        if !within(*at) {
            out.push(format!("a mark of the lane “{name}” at {at} is off the axis"));
        }
        if *kind >= lanes.marks.len() {
            out.push(format!("a mark of the lane “{name}” is of kind {} of {}", kind + 1, lanes.marks.len()));
        }
    }
}
