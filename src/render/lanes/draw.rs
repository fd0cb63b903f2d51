//! The lanes on paper: draws what was laid out.

use super::{LABEL, Line, PITCH, Page, STRETCH, Sheet, shape};
use crate::display::{Lane, Segment};
use crate::render::palette::{Colour, GRID, INK, SOFT, TINT, stretch};
use crate::render::pen::{Anchor, Lettering, Pen};
use crate::render::sheet::small;

/// Height of a stretch that lies over none, as a share of its lane; and by how much one that lies over another is
/// narrower.
const THICK: f64 = 0.62;
const NARROWER: f64 = 0.5;
/// A stretch is at least so long, an arrow reaches so far, and marks are so large, in points.
const SHORTEST: f64 = 1.6;
const ARROW: f64 = 6.5;
const RADIUS: f64 = 2.5;
/// Marks that would touch stand above each other, at most so far apart.
const APART: f64 = 2.3 * RADIUS;

impl Sheet<'_> {
    /// Draws one page.
    pub fn draw(&self, page: &Page, pen: &mut Pen) {
        let head = self.head_height();
        let foot = page.canvas.1 - self.foot_height();
        self.legend.draw(pen, |pen, index, at| {
            if let Some((_, of)) = self.lanes.segments.get(index) {
                let (fill, colour) = stretch(index, *of);
                pen.filled((at.0 - STRETCH / 2.0, at.1 - 3.4), (STRETCH, 6.8), fill, colour);
            } else {
                pen.symbol(shape(index - self.lanes.segments.len()), at, RADIUS, INK);
            }
        });
        let places = self.rows.places(&page.rows, head);
        let lane_places = || places.iter().filter(|(row, _)| self.lines[*row].lane.is_some());
        // Every second lane has a ground, which leads the eye from the label to the marks.
        for (row, top) in lane_places().skip(1).step_by(2) {
            pen.block((0.0, *top), (page.canvas.0, self.rows.height_of(*row)), TINT);
        }
        self.grid(pen, head, foot);
        for (row, top) in &places {
            let line = &self.lines[*row];
            self.label(pen, line, *top, self.rows.height_of(*row));
        }
        for (row, top) in lane_places() {
            if let Some(lane) = self.lines[*row].lane {
                self.lane(pen, lane, *top, self.rows.height_of(*row));
            }
        }
        self.foot(pen, foot);
    }

    fn grid(&self, pen: &mut Pen, head: f64, foot: f64) {
        for (at, _) in &self.lanes.x.ticks {
            let across = self.across(*at);
            pen.path(&[(across, head), (across, foot)], GRID, 0.5);
        }
        if !self.lanes.x.log && self.lanes.x.from < 0.0 && self.lanes.x.to > 0.0 {
            let across = self.across(0.0);
            pen.path(&[(across, head), (across, foot)], SOFT, 0.7);
        }
    }

    fn label(&self, pen: &mut Pen, line: &Line, top: f64, height: f64) {
        let look = Lettering { size: self.size, bold: line.lane.is_none(), colour: INK };
        let first = top + height / 2.0 - self.size * PITCH * small(line.words.len() - 1) / 2.0;
        for (index, words) in line.words.iter().enumerate() {
            let baseline = first + self.size * (0.357 + PITCH * small(index));
            pen.text(words, (line.indent, baseline), Anchor::Start, look);
        }
    }

    fn lane(&self, pen: &mut Pen, lane: &Lane, top: f64, height: f64) {
        let middle = top + height / 2.0;
        // As high as in a lane of one line, however many its label has.
        let thick = THICK * height.min(self.size * 2.0);
        for kind in 0..self.lanes.segments.len() {
            let level = self.levels[kind];
            let thick = (0..level).fold(thick, |thick, _| thick * NARROWER);
            for segment in lane.segments.iter().filter(|segment| segment.kind == kind) {
                self.segment(pen, segment, middle, thick);
            }
        }
        self.marks(pen, lane, middle, height);
    }

    fn segment(&self, pen: &mut Pen, segment: &Segment, middle: f64, thick: f64) {
        let (fill, colour): (_, Colour) = stretch(segment.kind, self.lanes.segments[segment.kind].1);
        let (mut from, mut to) = (self.across(segment.from), self.across(segment.to));
        if to - from < SHORTEST {
            (from, to) = (f64::midpoint(from, to) - SHORTEST / 2.0, f64::midpoint(from, to) + SHORTEST / 2.0);
        }
        pen.filled((from, middle - thick / 2.0), (to - from, thick), fill, colour);
        if segment.open_start {
            pen.arrow_head((from - ARROW, middle), (-1.0, 0.0), colour);
            pen.path(&[(from - ARROW + 3.0, middle), (from, middle)], colour, 1.0);
        }
        if segment.open_end {
            pen.arrow_head((to + ARROW, middle), (1.0, 0.0), colour);
            pen.path(&[(to + ARROW - 3.0, middle), (to, middle)], colour, 1.0);
        }
    }

    /// The marks of a lane; those that would cover each other stand above each other.
    fn marks(&self, pen: &mut Pen, lane: &Lane, middle: f64, height: f64) {
        let mut marks: Vec<(f64, usize)> = lane.marks.iter().map(|(at, kind)| (self.across(*at), *kind)).collect();
        marks.sort_by(|one, other| one.0.total_cmp(&other.0).then(one.1.cmp(&other.1)));
        let mut rest = marks.as_slice();
        while let [(first, _), ..] = rest {
            // Marks of which each touches the next belong together.
            let mut reach = *first;
            let count = rest.iter().take_while(|(at, _)| {
                let near = at - reach < APART;
                reach = at.max(reach);
                near
            });
            let (together, after) = rest.split_at(count.count());
            rest = after;
            let mut ends: Vec<f64> = Vec::new();
            let tiers: Vec<usize> = together
                .iter()
                .map(|(at, _)| {
                    let tier = ends.iter().position(|end| at - end >= APART).unwrap_or(ends.len());
                    if tier == ends.len() {
                        ends.push(*at);
                    }
                    ends[tier] = *at;
                    tier
                })
                .collect();
            let most = ends.len().max(1) - 1;
            let step = APART.min((height - 2.0 * RADIUS).max(0.0) / small(most.max(1)));
            for ((at, kind), tier) in together.iter().zip(tiers) {
                let down = middle + (small(tier) - small(most) / 2.0) * step;
                pen.mark(shape(*kind), (*at, down), RADIUS, INK);
            }
        }
    }

    fn foot(&self, pen: &mut Pen, top: f64) {
        let (left, width) = self.field;
        pen.path(&[(left, top), (left + width, top)], INK, 0.9);
        for (at, _) in &self.lanes.x.ticks {
            let across = self.across(*at);
            pen.path(&[(across, top), (across, top + 3.5)], INK, 0.8);
        }
        self.ticks.draw(pen, top + 5.0, INK);
        let below = top + 7.0 + self.ticks.height();
        for (index, words) in self.title.iter().enumerate() {
            let look = Lettering { size: LABEL, bold: false, colour: SOFT };
            let baseline = below + LABEL * (1.0 + 1.35 * small(index));
            pen.text(words, (left + width / 2.0, baseline), Anchor::Middle, look);
        }
    }
}
