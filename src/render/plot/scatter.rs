//! Single symbols, and their labels: beside them, or a little off with a thin line, out of each other's way.

use super::RADIUS;
use super::boxes::Slots;
use super::field::Field;
use crate::display::{Mark, Plot, Series, SeriesStyle};
use crate::render::fonts::{Face, Fonts};
use crate::render::palette::{INK, SOFT, arm};
use crate::render::pen::{Anchor, At, Lettering, Pen};
use crate::render::text;

/// Radius of a symbol beyond the whiskers of a box.
pub(super) const BEYOND: f64 = 1.9;
/// Size of labels; their height as a share of it.
const SIZE: f64 = 6.6;
const HEIGHT: f64 = 0.95;
/// How far labels stand from their symbol; from the third on with a line that leads there.
const FAR: [f64; 7] = [4.2, 6.5, 11.0, 17.0, 25.0, 36.0, 50.0];
const LED: f64 = 8.0;
/// Where they stand, best first.
const AROUND: [At; 8] =
    [(1.0, 0.0), (-1.0, 0.0), (1.0, -1.0), (1.0, 1.0), (-1.0, -1.0), (-1.0, 1.0), (0.0, -1.0), (0.0, 1.0)];

/// A rectangle: its corners.
#[derive(Clone, Copy, Debug)]
struct Area {
    from: At,
    to: At,
}

impl Area {
    const fn touches(&self, other: &Self) -> bool {
        self.from.0 < other.to.0 && other.from.0 < self.to.0 && self.from.1 < other.to.1 && other.from.1 < self.to.1
    }

    const fn holds(&self, other: &Self) -> bool {
        self.from.0 <= other.from.0 && other.to.0 <= self.to.0 && self.from.1 <= other.from.1 && other.to.1 <= self.to.1
    }

    const fn around((x, y): At, half: f64) -> Self {
        Self { from: (x - half, y - half), to: (x + half, y + half) }
    }
}

/// Draws the scattered symbols of a plot, then their labels.
pub(super) fn draw(field: &Field, pen: &mut Pen, plot: &Plot) {
    let scattered = || plot.series.iter().filter(|series| series.style == SeriesStyle::Scatter);
    if scattered().next().is_none() {
        return;
    }
    let boxes: Vec<&Series> = plot.series.iter().filter(|series| series.style == SeriesStyle::Boxes).collect();
    let slots = Slots::of(field, &plot.series, SeriesStyle::Boxes);
    let radius = if boxes.is_empty() { RADIUS } else { BEYOND };
    let mut labels: Vec<(At, String)> = Vec::new();
    let mut taken: Vec<Area> = Vec::new();
    for one in scattered() {
        // What lies beyond the whiskers stands above its box.
        let aside = boxes.iter().position(|other| other.arm == one.arm).map_or(0.0, |index| slots.aside(index));
        let style = arm(one.arm);
        for Mark { x, y, interval, label, .. } in &one.marks {
            let Some(y) = y else { continue };
            let at = (field.across(*x) + aside, field.down(*y));
            if let Some(ends) = interval {
                field.interval(pen, at.0, *ends, style.colour);
            }
            pen.mark(style.symbol, at, radius, style.colour);
            taken.push(Area::around(at, radius + 0.5));
            let words = text::line(label.as_deref().unwrap_or_default()).trim().to_owned();
            if !words.is_empty() {
                labels.push((at, words));
            }
        }
    }
    for (at, words, leads) in placed(field, plot, &labels, &taken) {
        if let Some([from, to]) = leads {
            pen.path(&[from, to], SOFT, 0.4);
        }
        pen.text(&words, at, Anchor::Start, Lettering { size: SIZE, bold: false, colour: INK });
    }
}

/// Where each label begins, its text, and the line that leads there.
fn placed(field: &Field, plot: &Plot, labels: &[(At, String)], symbols: &[Area]) -> Vec<(At, String, Option<[At; 2]>)> {
    let lines: Vec<Area> = plot.lines.iter().flat_map(|line| pieces(&field.course(*line))).collect();
    let all = Area { from: (field.left, field.top), to: (field.left + field.width, field.top + field.height) };
    let (mut taken, mut leaders): (Vec<Area>, Vec<Area>) = (Vec::new(), Vec::new());
    let mut out = Vec::new();
    for (at, words) in labels {
        let size = (Fonts::get().width(Face::Sans, SIZE, words), SIZE * HEIGHT);
        let candidates = || FAR.iter().flat_map(|far| AROUND.iter().map(move |way| beside(*at, *way, *far, size)));
        let free = |area: &Area, others: &[Area]| others.iter().all(|other| !area.touches(other));
        let inside = || candidates().filter(|area| all.holds(area));
        let clear = |area: &Area| {
            let led = leader(*at, area).is_none_or(|line| steps(line).iter().all(|step| free(step, &taken)));
            led && free(area, &taken) && free(area, symbols) && free(area, &leaders)
        };
        // Rather over a line or a symbol than over another label.
        let area = (inside().find(|area| clear(area) && free(area, &lines)))
            .or_else(|| inside().find(clear))
            .or_else(|| inside().find(|area| free(area, &taken) && free(area, symbols)))
            .or_else(|| inside().find(|area| free(area, &taken)))
            .or_else(|| inside().next())
            .unwrap_or_else(|| beside(*at, AROUND[0], FAR[0], size));
        let line = leader(*at, &area);
        leaders.extend(line.iter().flat_map(|line| steps(*line)));
        out.push(((area.from.0, area.to.1 - SIZE * 0.14), words.clone(), line));
        taken.push(area);
    }
    out
}

/// The line from a symbol to its label, if that is not beside it.
fn leader(at: At, area: &Area) -> Option<[At; 2]> {
    let near = (at.0.clamp(area.from.0, area.to.0), at.1.clamp(area.from.1, area.to.1));
    let far = (near.0 - at.0).abs().max((near.1 - at.1).abs()) > LED;
    far.then_some([at, near])
}

/// Small areas along a line, without its ends.
fn steps([from, to]: [At; 2]) -> Vec<Area> {
    const STEPS: u32 = 12;
    let at = |step: u32| {
        let share = f64::from(step) / f64::from(STEPS);
        Area::around((from.0 + (to.0 - from.0) * share, from.1 + (to.1 - from.1) * share), 0.5)
    };
    (1..STEPS).map(at).collect()
}

/// The area of a label so far from its symbol, this way.
fn beside(at: At, way: At, far: f64, size: At) -> Area {
    let middle = (at.0 + way.0 * (far + size.0 / 2.0), at.1 + way.1 * (far * 0.6 + size.1 / 2.0));
    Area {
        from: (middle.0 - size.0 / 2.0, middle.1 - size.1 / 2.0),
        to: (middle.0 + size.0 / 2.0, middle.1 + size.1 / 2.0),
    }
}

/// The areas that a line passes through.
fn pieces(points: &[At]) -> Vec<Area> {
    let piece = |pair: &[At]| Area {
        from: (pair[0].0.min(pair[1].0) - 0.5, pair[0].1.min(pair[1].1) - 0.5),
        to: (pair[0].0.max(pair[1].0) + 0.5, pair[0].1.max(pair[1].1) + 0.5),
    };
    points.windows(2).map(piece).collect()
}
