//! Plots side by side on the same axes: labels of the vertical axis at the left, one legend above all.

use super::draw::{under_head, under_rows, x_title, y_title};
use super::field::Field;
use super::legend::{self, Entry};
use super::{CAP, LABEL, PITCH, UNDER_TOP, Under, boxes, tick_width, titled, under, under_heading, under_height};
use crate::display::{Panel, Plot};
use crate::render::fonts::{Face, Fonts};
use crate::render::palette::{INK, arm};
use crate::render::pen::{Anchor, At, Lettering, Pen};
use crate::render::scale::Scale;
use crate::render::sheet::{Turn, small};
use crate::render::text;
use crate::render::ticks::{APART, Row, TICK, TICK_LEAST};

/// So many plots can stand side by side, at most three in a line.
pub const MOST: usize = 6;
/// From the axis to the outermost tick.
const INSET: f64 = 9.0;
/// Between panels of a line, and between lines.
const GAP: f64 = 14.0;
const LINE_GAP: f64 = 12.0;
/// A lower field shows no differences; a higher one than wide misleads about slopes.
const LOWEST: f64 = 64.0;
/// Fields should not be flatter than this share of their width.
const FLAT: f64 = 0.55;
/// No text on paper is smaller.
const LEAST_TYPE: f64 = 6.0;

/// Plots laid out side by side.
pub struct Sheet<'a> {
    /// Width and height of the canvas.
    pub canvas: At,
    legend: Vec<Entry<'a>>,
    lines: Vec<Line>,
    places: Vec<Place<'a>>,
    x_title: Vec<String>,
    y_title: Vec<String>,
    under_head: Vec<String>,
    /// Whether all panels have the same rows below, so that their labels stand once, at the left.
    shared: bool,
}

/// A panel in its place.
struct Place<'a> {
    plot: &'a Plot,
    title: Vec<String>,
    field: Field,
    ticks: Row,
    under: Vec<Under>,
}

/// What the panels of a line have in common: their number, and where what stands below them begins.
struct Line {
    count: usize,
    title_top: f64,
    x_title: f64,
    under: f64,
}

/// The panels in the way that shows them best, how the paper lies, and by how much they must be shrunk; none when no
/// text could be read then.
pub fn choose(panels: &[Panel], room: impl Fn(Turn) -> At) -> Option<(Sheet<'_>, Turn, f64)> {
    let (most, fewer) = columns(panels.len());
    let tried = [(Turn::Portrait, most), (Turn::Portrait, fewer), (Turn::Landscape, most)];
    let mut ways: Vec<_> = tried
        .into_iter()
        .map(|(turn, columns)| {
            let sheet = Sheet::lay_out(panels, columns, room(turn));
            let share = (room(turn).1 / sheet.canvas.1).min(1.0);
            (sheet, turn, share)
        })
        .filter(|(_, _, share)| share * TICK_LEAST >= LEAST_TYPE)
        .collect();
    let best = ways.iter().position(|(sheet, ..)| sheet.is_good());
    let best = best.or_else(|| ways.iter().position(|(sheet, ..)| !sheet.is_crowded())).unwrap_or(0);
    (best < ways.len()).then(|| ways.swap_remove(best))
}

/// How many panels stand in a line: at most, and where that is too many.
const fn columns(panels: usize) -> (usize, usize) {
    match panels {
        0 | 1 => (1, 1),
        2..=3 => (panels, panels),
        4 => (2, 2),
        _ => (3, 2),
    }
}

impl<'a> Sheet<'a> {
    /// Lays the panels out in this width and, if their fields can be so low, at most this height.
    pub fn lay_out(panels: &'a [Panel], columns: usize, room: At) -> Self {
        // How long the title of the vertical axis may be, and so how wide, is known when the height is.
        let once = Self::with(panels, columns, room, (1, f64::MAX));
        let height = once.places.first().map_or(LOWEST, |place| place.field.height);
        let plot = panels.first().map(|panel| &panel.plot);
        let lines = plot.map_or(0, |plot| titled(&text::line(&plot.y.title), height).len());
        Self::with(panels, columns, room, (lines, height))
    }

    /// With a title of the vertical axis of so many lines and that length.
    fn with(panels: &'a [Panel], columns: usize, room: At, (y_lines, y_length): (usize, f64)) -> Self {
        let label = |row: &crate::display::UnderRow| row.label.clone();
        let labels = |panel: &Panel| panel.plot.under.iter().map(label).collect::<Vec<_>>();
        let widest = panels.iter().flat_map(labels).map(|one| width(&text::line(&one))).fold(0.0, f64::max);
        let shared = panels.windows(2).all(|pair| labels(&pair[0]) == labels(&pair[1])) && widest <= room.0 * 0.2;

        let axis = panels.first().map_or(0.0, |panel| tick_width(&panel.plot)) + 12.0 + small(y_lines) * LABEL * PITCH;
        // Texts under the outermost ticks may reach over the edge of their field, as far as the gap allows.
        let reach = panels.iter().map(|panel| outermost(&panel.plot)).fold(0.0, f64::max) / 2.0 - INSET;
        let (reach, gap) = (reach.max(0.0), GAP.max(2.0 * reach + APART));
        let left = if shared { axis.max(widest + 8.0 + reach) } else { axis };
        let free = room.0 - left - reach - 2.0 - small(columns - 1) * gap;
        let field_width = free / small(columns);

        let named = legend::named(panels.iter().flat_map(|panel| &panel.plot.series));
        let (legend, legend_height) = legend::lay_out(named, left, room.0 - left);
        let mut sheet = Self {
            canvas: room,
            legend,
            lines: Vec::new(),
            places: panels
                .iter()
                .enumerate()
                .map(|(index, panel)| {
                    let across = left + small(index % columns) * (field_width + gap);
                    Place::of(panel, across, field_width)
                })
                .collect(),
            x_title: panels.first().map_or(Vec::new(), |one| titled(&text::line(&one.plot.x.title), room.0 - left)),
            y_title: panels.first().map_or(Vec::new(), |one| titled(&text::line(&one.plot.y.title), y_length)),
            under_head: panels.first().map_or(Vec::new(), |one| under_heading(&one.plot, room.0)),
            shared,
        };
        sheet.settle(columns, if legend_height > 0.0 { legend_height + 9.0 } else { 1.0 }, room.1, field_width);
        sheet
    }

    /// Gives all fields the same height and everything its place.
    fn settle(&mut self, columns: usize, top: f64, height: f64, field_width: f64) {
        let over = |line: &[Place], get: &dyn Fn(&Place) -> f64| line.iter().map(get).fold(0.0, f64::max);
        let title = |place: &Place| small(place.title.len()) * LABEL * 1.3 + 5.0;
        let ticks = |place: &Place| 6.0 + place.ticks.height() + 3.0;
        let (head, shared) = (self.under_head.len(), self.shared);
        let below = |place: &Place| under_height(&place.under, head, shared);
        let x_height = small(self.x_title.len()) * LABEL * PITCH;
        let count = self.places.chunks(columns).count();
        let needed = |line: &[Place]| over(line, &title) + over(line, &ticks) + x_height + over(line, &below);
        let fixed: f64 = self.places.chunks(columns).map(needed).sum::<f64>() + small(count.max(1) - 1) * LINE_GAP;
        let free = (height - top - fixed) / small(count.max(1));
        let field_height = free.min(field_width * 1.15).max(LOWEST);
        let mut at = top;
        for line in self.places.chunks_mut(columns) {
            let field_top = at + over(line, &title);
            let x_title = field_top + field_height + over(line, &ticks);
            let end = x_title + x_height + over(line, &below);
            self.lines.push(Line { count: line.len(), title_top: at, x_title, under: x_title + x_height + UNDER_TOP });
            for place in line {
                (place.field.top, place.field.height) = (field_top, field_height);
            }
            at = end + LINE_GAP;
        }
        self.canvas.1 = at - LINE_GAP;
    }

    /// Whether nothing is crowded and no field so flat that courses look alike.
    fn is_good(&self) -> bool {
        !self.is_crowded() && self.places.iter().all(|place| place.field.height >= FLAT * place.field.width)
    }

    fn is_crowded(&self) -> bool {
        let crowded = |place: &Place| {
            place.ticks.lines > 1
                || place.under.iter().any(|under| under.row.lines > 1)
                || place.field.step(&place.plot.series) < 1.5 * CAP
                || boxes::are_crowded(&place.field, &place.plot.series)
        };
        self.places.iter().any(crowded)
    }

    /// Draws them.
    pub fn draw(&self, pen: &mut Pen) {
        for entry in &self.legend {
            entry.draw(pen);
        }
        let mut rest = self.places.as_slice();
        for line in &self.lines {
            let (places, after) = rest.split_at(line.count);
            rest = after;
            self.line(pen, line, places);
        }
    }

    fn line(&self, pen: &mut Pen, line: &Line, places: &[Place]) {
        let ([first, ..], [.., last]) = (places, places) else { return };
        y_title(pen, &self.y_title, first.plot, &first.field);
        let middle = f64::midpoint(first.field.left, last.field.left + last.field.width);
        x_title(pen, &self.x_title, (middle, line.x_title));
        let most = places.iter().map(|place| place.title.len()).max().unwrap_or(0);
        for (index, place) in places.iter().enumerate() {
            // Short titles stand as near to their field as long ones.
            let top = line.title_top + small(most - place.title.len()) * LABEL * 1.3;
            for (turn, words) in place.title.iter().enumerate() {
                let baseline = top + LABEL * (0.95 + 1.3 * small(turn));
                let look = Lettering { size: LABEL, bold: true, colour: INK };
                pen.text(words, (place.field.left, baseline), Anchor::Start, look);
            }
            place.field.grid(pen, place.plot, index == 0);
            place.ticks.draw(pen, place.field.top + place.field.height + 5.0, INK);
            place.field.series(pen, &place.plot.series);
            place.field.scattered(pen, place.plot);
        }
        if places.iter().all(|place| place.under.is_empty()) {
            return;
        }
        let top = under_head(pen, &self.under_head, (0.0, line.under), self.canvas.0);
        for (index, place) in places.iter().enumerate() {
            if !self.shared {
                under_rows(pen, &place.under, (place.field.left, top), false, |of| arm(of).colour);
                continue;
            }
            // A label that stands for all panels has the colour of an arm only if all mean that arm.
            let same = |at: usize| {
                places.iter().all(|other| other.under.get(at).map(|one| one.arm) == Some(place.under[at].arm))
            };
            let whole = (0..place.under.len()).all(same);
            let colour = |of: usize| if whole { arm(of).colour } else { INK };
            if index == 0 {
                under_rows(pen, &place.under, (0.0, top), true, colour);
            } else {
                let bare = |one: &Under| Under { arm: one.arm, label: String::new(), row: one.row.clone() };
                under_rows(pen, &place.under.iter().map(bare).collect::<Vec<_>>(), (0.0, top), true, colour);
            }
        }
    }
}

impl<'a> Place<'a> {
    fn of(panel: &'a Panel, left: f64, width: f64) -> Self {
        let plot = &panel.plot;
        let (x, y) = (Scale::of(&plot.x), Scale::of(&plot.y));
        let inset = boxes::inset(plot, INSET, width);
        let field = Field { left, top: 0.0, width, height: 0.0, inset, x, y };
        let title = text::line(&panel.title);
        let title = if title.trim().is_empty() { Vec::new() } else { text::wrap(Face::SansBold, LABEL, &title, width) };
        let ticks = field.under_ticks(&plot.x, plot.x.ticks.iter().map(|(_, label)| label.as_str()));
        Self { plot, title, under: under(plot, &field), field, ticks }
    }
}

fn width(words: &str) -> f64 {
    Fonts::get().width(Face::Sans, TICK, words)
}

/// The widest text under the first or the last tick.
fn outermost(plot: &Plot) -> f64 {
    let labels = [plot.x.ticks.first(), plot.x.ticks.last()].into_iter().flatten().map(|(_, label)| label);
    let cells =
        plot.under.iter().flat_map(|row| [row.cells.first(), row.cells.last()]).flatten().map(|cell| &cell.text);
    labels.chain(cells).map(|words| width(&text::line(words))).fold(0.0, f64::max)
}
