//! Profiles: a page or more for each of some subjects, with facts, lanes over time, small plots and listings.

use serde_json::{Value, json};

use super::document::{Document, alt_of_part, facts, long, too_large};
use super::fonts::Face;
use super::pen::At;
use super::sheet::{self, Turn, small};
use super::targets::{self, Targets};
use super::{lanes, plot, prose, table, text};
use crate::display::{Display, Fact, Lanes, Panel, Profile};
use crate::error::Error;

/// Between the two columns of facts and of plots, as the templates have it.
const GUTTER: f64 = 16.0;
/// Labels of facts with what separates them from the text, size of the text, and from one fact to the next.
const FACT: (f64, f64, f64) = (94.0, 9.0, 15.0);
/// Heading of a subject, with what follows it.
const HEADING: f64 = 34.0;
/// Height of a small plot.
const PLOT: f64 = 168.0;
/// Lanes are not pressed into less than this, but begin a page.
const LANES_LEAST: f64 = 150.0;
/// Kept free, because heights of texts are estimates.
const KEPT_BACK: f64 = 24.0;

impl Document {
    /// What the templates read of the profiles of one display.
    ///
    /// # Errors
    /// A figure that cannot be drawn, or not in type that can be read.
    pub fn profiles(
        &mut self,
        index: usize,
        display: &Display,
        profiles: &[Profile],
        (section, targets): (Option<&str>, &Targets),
    ) -> Result<Value, Error> {
        let width = Turn::Portrait.width();
        let mut drawn = 0;
        let mut out = Vec::new();
        for (position, profile) in profiles.iter().enumerate() {
            let above = if position == 0 { sheet::height_above(display, section, Turn::Portrait) } else { 0.0 };
            let above = above + HEADING + facts_height(&profile.facts);
            let mut draw = |canvas: At, alt: &str, strokes: &dyn Fn(&mut super::pen::Pen)| {
                let path = self.part((index, drawn), display, canvas, alt, strokes)?;
                drawn += 1;
                Ok(json!({ "path": path, "width": canvas.0, "alt": text::line(alt) }))
            };
            let lanes = match &profile.lanes {
                Some(lanes) => lanes_of(lanes, above, &mut draw).unwrap_or_else(|| Err(too_large(display)))?,
                None => Vec::new(),
            };
            let plots = profile.plots.iter().map(|panel| plot_of(panel, &mut draw)).collect::<Result<Vec<_>, _>>()?;
            let tables = profile.tables.iter().map(|(title, table)| {
                json!({ "title": long(Face::SansBold, 8.2, title, width), "table": table::flowing(table, targets) })
            });
            out.push(json!({
                "label": targets::profile(index, position),
                "title": long(Face::SerifBold, 12.5, &profile.title, width),
                "facts": facts(&profile.facts, Face::Serif, FACT.1, fact_width()),
                "lanes": lanes,
                "plots": plots,
                "tables": tables.collect::<Vec<_>>(),
                "paragraphs": prose::paragraphs(&profile.paragraphs),
            }));
        }
        Ok(json!(out))
    }
}

type Draw<'a> = dyn FnMut(At, &str, &dyn Fn(&mut super::pen::Pen)) -> Result<Value, Error> + 'a;

/// The lanes below what is `above` high; none when one is higher than a page.
fn lanes_of(lanes: &Lanes, above: f64, draw: &mut Draw<'_>) -> Option<Result<Vec<Value>, Error>> {
    let turn = Turn::Portrait;
    let whole = turn.height() - KEPT_BACK;
    let left = whole - above;
    let first = (turn.width(), if left < LANES_LEAST { whole } else { left });
    let laid = lanes::Sheet::lay_out(lanes, first, whole)?;
    let pages = laid.pages.iter().enumerate().map(|(number, page)| {
        let alt = alt_of_part(&lanes.alt, number, laid.pages.len());
        draw(page.canvas, &alt, &|pen| laid.draw(page, pen))
    });
    Some(pages.collect())
}

fn plot_of(panel: &Panel, draw: &mut Draw<'_>) -> Result<Value, Error> {
    let width = (Turn::Portrait.width() - GUTTER) / 2.0;
    let laid = plot::Sheet::lay_out(&panel.plot, (width, PLOT));
    let mut value = draw(laid.canvas, &panel.plot.alt, &|pen| laid.draw(pen))?;
    value["title"] = json!(long(Face::SansBold, 8.2, &panel.title, width));
    Ok(value)
}

fn fact_width() -> f64 {
    (Turn::Portrait.width() - GUTTER) / 2.0 - FACT.0
}

/// Height of the facts in two columns.
fn facts_height(facts: &[Fact]) -> f64 {
    let lines = |facts: &[Fact]| {
        let of = |fact: &Fact| small(text::wrap(Face::Serif, FACT.1, &fact.text, fact_width()).len()) * FACT.2;
        facts.iter().map(of).sum::<f64>()
    };
    let (left, right) = facts.split_at(facts.len().div_ceil(2));
    lines(left).max(lines(right))
}
