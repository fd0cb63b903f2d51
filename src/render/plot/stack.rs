//! Plots below each other on the same horizontal axis, under one legend: the first as high as two of the others.

use super::legend::{self, Entry};
use super::{Frame, LABEL, left_of, titled};
use crate::display::Panel;
use crate::render::fonts::Face;
use crate::render::palette::INK;
use crate::render::pen::{Anchor, At, Lettering, Pen};
use crate::render::sheet::small;
use crate::render::text;

/// From the legend to the first title, and between plots.
const GAP: f64 = 10.0;
/// From line to line of a title, as a share of the size; and below it.
const PITCH: f64 = 1.3;
const BELOW_TITLE: f64 = 4.0;
/// The first field is not higher than this share of its width; no field is lower than that.
const SHAPE: f64 = 0.62;
const LOWEST: f64 = 48.0;
/// The first field is so many times as high as each of the others.
const FIRST: f64 = 2.2;

/// Plots laid out.
pub struct Sheet<'a> {
    /// Width and height of the canvas.
    pub canvas: At,
    legend: Vec<Entry<'a>>,
    places: Vec<Place<'a>>,
}

/// A plot in its place.
struct Place<'a> {
    title: Vec<String>,
    corner: At,
    sheet: super::Sheet<'a>,
}

impl<'a> Sheet<'a> {
    /// Lays the plots out in this width and, if their fields can be so low, at most this height.
    pub fn lay_out(panels: &'a [Panel], room: At) -> Self {
        // What stands around the fields is known with a first guess of their height.
        let guess = Self::with(panels, room.0, LOWEST);
        let fields: f64 = guess.places.iter().map(|place| place.sheet.field.height).sum();
        let parts = FIRST + small(panels.len().max(1) - 1);
        let width = guess.places.first().map_or(room.0, |place| place.sheet.field.width);
        let low = ((room.1 - (guess.canvas.1 - fields)) / parts).min(width * SHAPE / FIRST).max(LOWEST);
        Self::with(panels, room.0, low)
    }

    /// With fields of this height, the first a higher one.
    fn with(panels: &'a [Panel], width: f64, low: f64) -> Self {
        let height = |index: usize| if index == 0 { low * FIRST } else { low };
        let left = |(index, panel): (usize, &Panel)| {
            left_of(&panel.plot, width, titled(&text::line(&panel.plot.y.title), height(index)).len()).0
        };
        let left = panels.iter().enumerate().map(left).fold(0.0, f64::max);
        let (legend, legend_height) =
            legend::lay_out(legend::named(panels.iter().flat_map(|panel| &panel.plot.series)), left, width - left);
        let mut top = legend_height;
        let mut places = Vec::new();
        for (index, panel) in panels.iter().enumerate() {
            let title = titled_bold(&panel.title, width - left);
            top += GAP + small(title.len()) * LABEL * PITCH + if title.is_empty() { 0.0 } else { BELOW_TITLE };
            let sheet = super::Sheet::framed(&panel.plot, (width, height(index)), Some(Frame { left }));
            let corner = (0.0, top);
            top += sheet.canvas.1;
            places.push(Place { title, corner, sheet });
        }
        // Bars that reach beyond their ends move the ends of the axis inward, and so those of all plots.
        let inset = places.iter().map(|place| place.sheet.field.inset).fold(0.0, f64::max);
        for place in &mut places {
            place.sheet.inset(inset);
        }
        Self { canvas: (width, top), legend, places }
    }

    /// Draws them.
    pub fn draw(&self, pen: &mut Pen) {
        for entry in &self.legend {
            entry.draw(pen);
        }
        for place in &self.places {
            for (line, words) in place.title.iter().enumerate() {
                let after = small(place.title.len() - 1 - line);
                let baseline = place.corner.1 - BELOW_TITLE - LABEL * (0.3 + PITCH * after);
                let look = Lettering { size: LABEL, bold: true, colour: INK };
                pen.text(words, (place.sheet.field.left, baseline), Anchor::Start, look);
            }
            pen.at_corner(place.corner, |pen| place.sheet.draw(pen));
        }
    }
}

fn titled_bold(title: &str, width: f64) -> Vec<String> {
    let title = text::line(title);
    if title.trim().is_empty() { Vec::new() } else { text::wrap(Face::SansBold, LABEL, &title, width) }
}
