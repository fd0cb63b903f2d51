//! A plot on paper: axes, light grid, marks with their intervals, legend above, rows of text below.
//!
//! All measures in points. The legend and the rows below lie outside the field of marks, so nothing can be hidden.

use super::fonts::{Face, Fonts};
use super::palette::{ArmStyle, GRID, INK, PAPER, RULE, SOFT, arm};
use super::pen::{Anchor, At, Lettering, Pen};
use super::sheet::small;
use super::text;
use crate::display::{Axis, Plot, Series, SeriesStyle};

/// Size of axis titles and the legend.
const LABEL: f64 = 8.2;
/// Size of tick labels and of the rows below.
const TICK: f64 = 7.8;
/// Smallest size to which crowded labels shrink before they are staggered.
const TICK_LEAST: f64 = 6.2;
/// From the end of a sample line to its label, and from entry to entry.
const SAMPLE: f64 = 26.0;
const ENTRY_GAP: f64 = 20.0;
/// From the axis to the outermost tick.
const INSET: f64 = 16.0;
/// Radius of a mark, half the width of the cap of an interval.
const RADIUS: f64 = 2.7;
const CAP: f64 = 2.6;
/// Labels beside each other are at least so far apart.
const APART: f64 = 5.0;

/// A plot laid out.
pub struct Sheet<'a> {
    plot: &'a Plot,
    /// Width and height of the canvas.
    pub canvas: At,
    field: Field,
    legend: Vec<(At, Vec<String>)>,
    ticks: Row,
    under: Vec<Under>,
    under_head: f64,
    x_title: (f64, Vec<String>),
    y_title: Vec<String>,
}

/// The field of marks and its two scales.
#[derive(Clone, Copy, Debug)]
struct Field {
    left: f64,
    top: f64,
    width: f64,
    height: f64,
    x: (f64, f64),
    y: (f64, f64),
}

impl Field {
    fn across(&self, x: f64) -> f64 {
        self.left + INSET + (x - self.x.0) / (self.x.1 - self.x.0) * (self.width - 2.0 * INSET)
    }

    fn down(&self, y: f64) -> f64 {
        self.top + self.height * (1.0 - (y - self.y.0) / (self.y.1 - self.y.0))
    }
}

/// Texts centred under ticks, in one size, on as many lines as keep them apart.
struct Row {
    size: f64,
    places: Vec<(f64, usize, String)>,
    lines: usize,
}

impl Row {
    fn set(entries: impl Iterator<Item = (f64, String)> + Clone) -> Self {
        let mut size = TICK;
        loop {
            let row = Self::level(entries.clone(), size);
            if row.lines <= 1 || size <= TICK_LEAST {
                return row;
            }
            size -= 0.4;
        }
    }

    fn level(entries: impl Iterator<Item = (f64, String)>, size: f64) -> Self {
        let mut ends: Vec<f64> = Vec::new();
        let places: Vec<_> = entries
            .map(|(at, words)| {
                let half = Fonts::get().width(Face::Sans, size, &words) / 2.0;
                let line = ends.iter().position(|end| at - half >= end + APART).unwrap_or(ends.len());
                if line == ends.len() {
                    ends.push(0.0);
                }
                ends[line] = at + half;
                (at, line, words)
            })
            .collect();
        Self { size, places, lines: ends.len().max(1) }
    }

    fn height(&self) -> f64 {
        small(self.lines) * self.size * 1.35
    }

    fn draw(&self, pen: &mut Pen, top: f64, look: impl Fn(f64) -> Lettering) {
        for (at, line, words) in &self.places {
            let baseline = top + self.size * (0.9 + 1.35 * small(*line));
            pen.text(words, (*at, baseline), Anchor::Middle, look(self.size));
        }
    }
}

/// A row below the plot.
struct Under {
    arm: usize,
    label: String,
    row: Row,
}

/// Width of the labels of the vertical axis.
fn tick_width(plot: &Plot) -> f64 {
    plot.y.ticks.iter().map(|(_, label)| Fonts::get().width(Face::Sans, TICK, label)).fold(0.0, f64::max)
}

/// Where the plot ends at the left: room for tick labels, the title of the axis, or the labels of the rows below.
fn left_of(plot: &Plot, width: f64, titles: usize) -> (f64, bool) {
    let widest = |size: f64, words: &mut dyn Iterator<Item = &String>| {
        words.map(|word| Fonts::get().width(Face::Sans, size, word)).fold(0.0, f64::max)
    };
    let axis = tick_width(plot) + 12.0 + small(titles) * LABEL * 1.35;
    let first = widest(TICK, &mut plot.under.iter().filter_map(|row| row.cells.first()).map(|cell| &cell.text));
    let rows = widest(TICK, &mut plot.under.iter().map(|row| &row.label)) + 8.0 + first / 2.0 - INSET;
    // Long labels of rows stand above their rows instead.
    let beside = rows <= width * 0.26;
    (if beside { axis.max(rows) } else { axis }, beside)
}

/// The legend: where each entry stands, with the lines of its label; and its height. Entries follow each other, or
/// stand in columns where one line does not hold them.
fn legend(plot: &Plot, left: f64, width: f64) -> (Vec<(At, Vec<String>)>, f64) {
    let labels: Vec<Vec<String>> = plot
        .series
        .iter()
        .map(|series| text::wrap(Face::Sans, LABEL, &text::glued(&text::line(&series.label)), width - SAMPLE - 6.0))
        .collect();
    let wide = |lines: &Vec<String>| {
        SAMPLE + 6.0 + lines.iter().map(|one| Fonts::get().width(Face::Sans, LABEL, one)).fold(0.0, f64::max)
    };
    let widest = labels.iter().map(wide).fold(1.0, f64::max);
    let one_line = labels.iter().map(wide).sum::<f64>() + small(labels.len().saturating_sub(1)) * ENTRY_GAP <= width;
    let columns = (1..=labels.len()).rev().find(|n| small(*n) * (widest + ENTRY_GAP) - ENTRY_GAP <= width).unwrap_or(1);
    let mut entries = Vec::new();
    let mut pen = (left, 0.0);
    for row in labels.chunks(if one_line { labels.len().max(1) } else { columns }) {
        let lines = row.iter().map(Vec::len).max().unwrap_or(1);
        for label in row {
            entries.push((pen, label.clone()));
            pen.0 += if one_line { wide(label) } else { widest } + ENTRY_GAP;
        }
        pen = (left, pen.1 + LABEL * (1.5 + 1.25 * small(lines - 1)));
    }
    (entries, pen.1)
}

impl<'a> Sheet<'a> {
    /// Lays the plot out in this width and at most this height.
    pub fn lay_out(plot: &'a Plot, room: At) -> Self {
        let (width, _) = room;
        let fonts = Fonts::get();

        // The title of the vertical axis may take two lines; its length decides before the height is known.
        let y_words = text::line(&plot.y.title);
        let y_title = text::wrap(Face::Sans, LABEL, &y_words, (room.1 * 0.6).max(90.0));
        let (left, beside) = left_of(plot, width, y_title.len());
        let last_label = plot.x.ticks.last().map_or(0.0, |(_, label)| fonts.width(Face::Sans, TICK, label) / 2.0);
        let right = (last_label - INSET).max(0.0) + 2.0;
        let mut field = Field {
            left,
            top: 0.0,
            width: width - left - right,
            height: 0.0,
            x: (plot.x.from, plot.x.to),
            y: (plot.y.from, plot.y.to),
        };

        let (legend, legend_height) = legend(plot, left, width - left);
        field.top = legend_height + 8.0;

        let centred = |texts: Vec<String>| {
            let at: Vec<f64> = plot.x.ticks.iter().map(|(x, _)| field.across(*x)).collect();
            Row::set(at.into_iter().zip(texts).collect::<Vec<_>>().into_iter())
        };
        let ticks = centred(plot.x.ticks.iter().map(|(_, label)| text::line(label).into_owned()).collect());
        let under: Vec<Under> = plot
            .under
            .iter()
            .map(|row| Under {
                arm: row.arm,
                label: text::line(&row.label).into_owned(),
                row: centred(row.cells.iter().map(|cell| text::line(&cell.text).into_owned()).collect()),
            })
            .collect();
        let x_title = text::wrap(Face::Sans, LABEL, &text::line(&plot.x.title), field.width);

        let x_title_top = 6.0 + ticks.height() + 3.0;
        let x_title_height = small(x_title.len()) * LABEL * 1.35;
        let under_height = if under.is_empty() {
            0.0
        } else {
            let labels = if beside { 0.0 } else { small(under.len()) * TICK * 1.35 };
            14.0 + TICK * 0.85 + under.iter().map(|row| row.row.height() + 2.5).sum::<f64>() + labels
        };
        let below = x_title_top + x_title_height + under_height;
        // As high as differences need to be read, never higher than two thirds of the width.
        field.height = (room.1 - field.top - below).min(width * 0.66).max(110.0);
        let under_head = field.top + field.height + x_title_top + x_title_height + 14.0;
        Self {
            plot,
            canvas: (width, field.top + field.height + below),
            field,
            legend,
            ticks,
            under,
            under_head,
            x_title: (field.top + field.height + x_title_top, x_title),
            y_title,
        }
    }

    /// Draws it.
    pub fn draw(&self, pen: &mut Pen) {
        self.grid(pen);
        self.titles(pen);
        for (series, (at, lines)) in self.plot.series.iter().zip(&self.legend) {
            let style = arm(series.arm);
            let middle = at.1 + LABEL * 0.75;
            pen.dashed(&[(at.0, middle), (at.0 + SAMPLE, middle)], style.dashes, style.colour, 1.3);
            pen.symbol(style.symbol, (at.0 + SAMPLE / 2.0, middle), RADIUS, style.colour);
            for (index, line) in lines.iter().enumerate() {
                let baseline = middle + LABEL * (0.36 + 1.25 * small(index));
                let look = Lettering { size: LABEL, bold: false, colour: INK };
                pen.text(line, (at.0 + SAMPLE + 6.0, baseline), Anchor::Start, look);
            }
        }
        let count = self.plot.series.len();
        // Lines first, marks above them.
        for (index, series) in self.plot.series.iter().enumerate() {
            self.lines(pen, series, self.dodge(index, count));
        }
        for (index, series) in self.plot.series.iter().enumerate() {
            self.marks(pen, series, self.dodge(index, count));
        }
        self.rows(pen);
    }

    /// Whether the intervals of neighbouring arms run into each other in this width.
    pub fn is_crowded(&self) -> bool {
        self.step(self.plot.series.len()) < 1.5 * CAP
    }

    /// How far the marks of a series stand from their tick, so that intervals lie beside each other.
    fn dodge(&self, index: usize, count: usize) -> f64 {
        (small(index) - small(count.saturating_sub(1)) / 2.0) * self.step(count)
    }

    fn step(&self, count: usize) -> f64 {
        let mut at: Vec<f64> = self.plot.series.iter().flat_map(|series| &series.marks).map(|mark| mark.x).collect();
        at.sort_by(f64::total_cmp);
        at.dedup_by(|a, b| a.to_bits() == b.to_bits());
        let nearest = at
            .windows(2)
            .map(|pair| self.field.across(pair[1]) - self.field.across(pair[0]))
            .fold(self.field.width, f64::min);
        (nearest * 0.72 / small(count.max(1))).min(2.4 * CAP)
    }

    fn grid(&self, pen: &mut Pen) {
        let field = &self.field;
        let (right, foot) = (field.left + field.width, field.top + field.height);
        for (y, label) in &self.plot.y.ticks {
            let at = field.down(*y);
            let zero = *y == 0.0 && field.y.0 < 0.0 && field.y.1 > 0.0;
            pen.path(&[(field.left, at), (right, at)], if zero { SOFT } else { GRID }, if zero { 0.8 } else { 0.6 });
            let look = Lettering { size: TICK, bold: false, colour: INK };
            pen.text(&text::line(label), (field.left - 5.0, at + TICK * 0.36), Anchor::End, look);
        }
        pen.path(&[(field.left, foot), (right, foot)], INK, 0.9);
        for (x, _) in &self.plot.x.ticks {
            let at = field.across(*x);
            pen.path(&[(at, foot), (at, foot + 3.5)], INK, 0.8);
        }
        self.ticks.draw(pen, foot + 5.0, |size| Lettering { size, bold: false, colour: INK });
    }

    fn titles(&self, pen: &mut Pen) {
        let field = &self.field;
        let look = Lettering { size: LABEL, bold: false, colour: SOFT };
        for (index, line) in self.x_title.1.iter().enumerate() {
            let baseline = self.x_title.0 + LABEL * (1.0 + 1.35 * small(index));
            pen.text(line, (field.left + field.width / 2.0, baseline), Anchor::Middle, look);
        }
        for (index, line) in self.y_title.iter().enumerate() {
            let lines_after = small(self.y_title.len() - 1 - index);
            let baseline = field.left - tick_width(self.plot) - 12.0 - lines_after * LABEL * 1.35;
            pen.text_upward(line, (baseline, field.top + field.height / 2.0), Anchor::Middle, look);
        }
    }

    fn lines(&self, pen: &mut Pen, series: &Series, dodge: f64) {
        let SeriesStyle::Points = series.style;
        let style = arm(series.arm);
        // A statistic that cannot be estimated leaves a gap.
        for run in series.marks.split(|mark| mark.y.is_none()) {
            let points: Vec<At> = run
                .iter()
                .filter_map(|mark| Some((self.field.across(mark.x) + dodge, self.field.down(mark.y?))))
                .collect();
            if points.len() > 1 {
                pen.dashed(&points, style.dashes, style.colour, 1.3);
            }
        }
    }

    fn marks(&self, pen: &mut Pen, series: &Series, dodge: f64) {
        let style: ArmStyle = arm(series.arm);
        for mark in &series.marks {
            let Some(y) = mark.y else { continue };
            let across = self.field.across(mark.x) + dodge;
            if let Some((lower, upper)) = mark.interval {
                let (foot, head) = (self.field.down(lower), self.field.down(upper));
                pen.path(&[(across, foot), (across, head)], style.colour, 0.9);
                for end in [foot, head] {
                    pen.path(&[(across - CAP, end), (across + CAP, end)], style.colour, 0.9);
                }
            }
            // Paper around the mark keeps it apart from lines that pass behind it.
            pen.symbol(style.symbol, (across, self.field.down(y)), RADIUS + 0.7, PAPER);
            pen.symbol(style.symbol, (across, self.field.down(y)), RADIUS, style.colour);
        }
    }

    fn rows(&self, pen: &mut Pen) {
        if self.under.is_empty() {
            return;
        }
        let beside = left_of(self.plot, self.canvas.0, self.y_title.len()).1;
        let head = Lettering { size: TICK, bold: true, colour: INK };
        let mut top = self.under_head;
        pen.text(&text::line(&self.plot.under_head), (0.0, top), Anchor::Start, head);
        pen.path(&[(0.0, top + 4.0), (self.canvas.0, top + 4.0)], RULE, 0.5);
        top += TICK * 0.85;
        for under in &self.under {
            let colour = arm(under.arm).colour;
            let look = Lettering { size: TICK, bold: false, colour };
            pen.text(&under.label, (0.0, top + TICK * 0.9), Anchor::Start, look);
            if !beside {
                top += TICK * 1.35;
            }
            under.row.draw(pen, top, |size| Lettering { size, bold: false, colour: INK });
            top += under.row.height() + 2.5;
        }
    }
}

/// What makes a plot impossible to draw; empty when it can be.
pub fn faults(plot: &Plot) -> Vec<String> {
    let mut out = Vec::new();
    let axes = [("horizontal", &plot.x), ("vertical", &plot.y)];
    for (name, axis) in axes {
        let Axis { from, to, .. } = *axis;
        if !(from.is_finite() && to.is_finite() && from < to) {
            out.push(format!("the {name} axis runs from {from} to {to}"));
        }
        out.extend(
            axis.ticks
                .iter()
                .filter(|(at, _)| !(*at >= from && *at <= to))
                .map(|(at, label)| format!("the tick “{label}” at {at} is off the {name} axis ({from} to {to})")),
        );
    }
    for series in &plot.series {
        for mark in &series.marks {
            let ends = mark.interval.map_or([None, None], |(lower, upper)| [Some(lower), Some(upper)]);
            let within = |axis: &Axis, at: f64| at >= axis.from && at <= axis.to;
            if !within(&plot.x, mark.x)
                || [mark.y, ends[0], ends[1]].into_iter().flatten().any(|at| !within(&plot.y, at))
            {
                out.push(format!("a mark of “{}” at {} is off the axes", series.label, mark.x));
            }
        }
    }
    for row in &plot.under {
        if row.cells.len() != plot.x.ticks.len() {
            let (cells, ticks) = (row.cells.len(), plot.x.ticks.len());
            out.push(format!("the row “{}” below the plot has {cells} entries for {ticks} ticks", row.label));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::display::{Cell, Mark, UnderRow};

    fn plot(arms: usize) -> Plot {
        let weeks = [0.0, 1.0, 2.0, 4.0, 8.0, 12.0, 24.0, 52.0];
        let axis = |title: &str, ticks: &[f64]| Axis {
            title: title.to_owned(),
            from: ticks[0],
            to: ticks[ticks.len() - 1],
            ticks: ticks.iter().map(|at| (*at, format!("Week {at}"))).collect(),
        };
        let series = (0..arms).map(|arm| Series {
            label: format!("Arm number {arm} with a name of some length"),
            arm,
            style: SeriesStyle::Points,
            marks: weeks
                .iter()
                .map(|x| Mark { x: *x, y: (*x != 8.0).then_some(40.0), interval: Some((20.0, 60.0)), keys: Vec::new() })
                .collect(),
        });
        let cell = |_| Cell { text: "18/20".to_owned(), ..Cell::default() };
        Plot {
            x: axis("Visit", &weeks),
            y: axis("Response (%)", &[0.0, 20.0, 40.0, 60.0, 80.0, 100.0]),
            series: series.collect(),
            under: (0..arms)
                .map(|arm| UnderRow { label: format!("Arm {arm}"), arm, cells: weeks.iter().map(cell).collect() })
                .collect(),
            under_head: "Participants with response/with data".to_owned(),
            alt: "Alt".to_owned(),
        }
    }

    #[test]
    fn the_plot_keeps_to_its_room() {
        for arms in [1, 2, 6] {
            for room in [(470.0, 520.0), (717.0, 350.0)] {
                let plot = plot(arms);
                let sheet = Sheet::lay_out(&plot, room);
                assert!(sheet.canvas.1 <= room.1 + 1e-6, "{arms} arms need {:?} of {room:?}", sheet.canvas);
                for (at, lines) in &sheet.legend {
                    let wide = lines.iter().map(|line| Fonts::get().width(Face::Sans, LABEL, line)).fold(0.0, f64::max);
                    assert!(at.0 + SAMPLE + 6.0 + wide <= room.0 && at.1 < sheet.field.top);
                }
            }
        }
    }

    #[test]
    fn crowded_labels_are_staggered() {
        let plot = plot(2);
        let sheet = Sheet::lay_out(&plot, (470.0, 520.0));
        for line in 0..sheet.ticks.lines {
            let ends: Vec<(f64, f64)> = sheet
                .ticks
                .places
                .iter()
                .filter(|place| place.1 == line)
                .map(|(at, _, words)| {
                    let half = Fonts::get().width(Face::Sans, sheet.ticks.size, words) / 2.0;
                    (at - half, at + half)
                })
                .collect();
            assert!(ends.windows(2).all(|pair| pair[1].0 > pair[0].1));
        }
    }

    #[test]
    fn what_cannot_be_drawn_is_said() {
        let mut plot = plot(1);
        assert_eq!(faults(&plot), Vec::<String>::new());
        plot.y.to = f64::NAN;
        plot.series[0].marks[0].x = -4.0;
        plot.under[0].cells.pop();
        let said = faults(&plot).join("; ");
        assert!(
            said.contains("vertical axis") && said.contains("off the axes") && said.contains("7 entries for 8 ticks"),
            "{said}"
        );
    }
}
