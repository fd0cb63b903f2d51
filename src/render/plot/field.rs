//! The field of a plot: its two scales, and the series drawn on them.

use super::{CAP, RADIUS, boxes, scatter};
use crate::display::{Axis, Mark, Plot, ReferenceLine, Series, SeriesStyle};
use crate::render::palette::{Colour, GRID, INK, SOFT, Symbol, arm, pale};
use crate::render::pen::{Anchor, At, Lettering, Pen};
use crate::render::scale::Scale;
use crate::render::sheet::small;
use crate::render::text;
use crate::render::ticks::{Row, TICK};

/// Width of the lines of arms, of a line among many, and of the edges of a band.
pub(super) const LINE: f64 = 1.3;
pub(super) const THIN: f64 = 0.6;
pub(super) const EDGE: f64 = 0.4;
/// Width of the line of what was planned.
pub(super) const PLANNED: f64 = 0.9;
/// The lines across a plot: dashes, and width.
pub(super) const REFERENCE: [f64; 2] = [3.0, 2.0];
pub(super) const REFERENCE_LINE: f64 = 0.7;
/// How far the tick of censored subjects reaches up and down.
const CENSORED: f64 = 3.0;

/// The field of marks and its two scales.
#[derive(Clone, Copy, Debug)]
pub(super) struct Field {
    pub(super) left: f64,
    pub(super) top: f64,
    pub(super) width: f64,
    pub(super) height: f64,
    /// From the edge to the ends of the horizontal axis.
    pub(super) inset: f64,
    pub(super) x: Scale,
    pub(super) y: Scale,
}

impl Field {
    pub(super) fn across(&self, x: f64) -> f64 {
        self.left + self.inset + self.x.share(x) * (self.width - 2.0 * self.inset)
    }

    pub(super) fn down(&self, y: f64) -> f64 {
        self.top + self.height * (1.0 - self.y.share(y))
    }

    pub(super) fn at(&self, (x, y): At) -> At {
        (self.across(x), self.down(y))
    }

    /// Texts under the ticks of the horizontal axis.
    pub(super) fn under_ticks<'t>(&self, axis: &Axis, texts: impl Iterator<Item = &'t str>) -> Row {
        let places = axis.ticks.iter().map(|(x, _)| self.across(*x));
        Row::set(&places.zip(texts.map(|words| text::line(words).into_owned())).collect::<Vec<_>>())
    }

    /// How far neighbouring series of points are apart, so that their intervals lie beside each other.
    pub(super) fn step(&self, series: &[Series]) -> f64 {
        let points = || series.iter().filter(|series| series.style == SeriesStyle::Points);
        let mut at: Vec<f64> = points().flat_map(|series| &series.marks).map(|mark| mark.x).collect();
        at.sort_by(f64::total_cmp);
        at.dedup_by(|a, b| a.to_bits() == b.to_bits());
        let nearest = at.windows(2).map(|pair| self.across(pair[1]) - self.across(pair[0])).fold(self.width, f64::min);
        (nearest * 0.72 / small(points().count().max(1))).min(2.4 * CAP)
    }

    /// The grid and the axes; `labels` says whether the vertical axis has any here.
    pub(super) fn grid(&self, pen: &mut Pen, plot: &Plot, labels: bool) {
        let (right, foot) = (self.left + self.width, self.top + self.height);
        for (y, label) in &plot.y.ticks {
            let at = self.down(*y);
            let zero = *y == 0.0 && self.y.from < 0.0 && self.y.to > 0.0;
            pen.path(&[(self.left, at), (right, at)], if zero { SOFT } else { GRID }, if zero { 0.8 } else { 0.6 });
            if labels {
                let look = Lettering { size: TICK, bold: false, colour: INK };
                pen.text(&text::line(label), (self.left - 5.0, at + TICK * 0.36), Anchor::End, look);
            }
        }
        // Single symbols are read along both axes.
        let scattered = plot.series.iter().any(|series| series.style == SeriesStyle::Scatter)
            && !plot.series.iter().any(|series| series.style == SeriesStyle::Boxes);
        for (x, _) in plot.x.ticks.iter().filter(|_| scattered) {
            let at = self.across(*x);
            pen.path(&[(at, self.top), (at, foot)], GRID, 0.6);
        }
        self.reference_lines(pen, &plot.lines);
        pen.path(&[(self.left, foot), (right, foot)], INK, 0.9);
        for (x, _) in &plot.x.ticks {
            let at = self.across(*x);
            pen.path(&[(at, foot), (at, foot + 3.5)], INK, 0.8);
        }
    }

    /// The lines across the plot, below everything else.
    fn reference_lines(&self, pen: &mut Pen, lines: &[ReferenceLine]) {
        for line in lines {
            pen.dashed(&self.course(*line), &REFERENCE, SOFT, REFERENCE_LINE);
        }
    }

    /// The points of a line across the plot.
    pub(super) fn course(&self, line: ReferenceLine) -> Vec<At> {
        const PARTS: usize = 64;
        match line {
            ReferenceLine::Vertical(x) => vec![(self.across(x), self.top), (self.across(x), self.top + self.height)],
            ReferenceLine::Horizontal(y) => vec![(self.left, self.down(y)), (self.left + self.width, self.down(y))],
            ReferenceLine::Diagonal => {
                let (from, to) = (self.x.from.max(self.y.from), self.x.to.min(self.y.to));
                let part = Scale { from, to, ..self.x };
                // Where one axis is logarithmic and the other is not, equal values do not lie on a straight line.
                let at = |index: usize| part.value(small(index) / small(PARTS));
                let inner = (1..PARTS).map(at);
                std::iter::once(from).chain(inner).chain([to]).map(|at| self.at((at, at))).collect()
            }
        }
    }

    /// The series: what covers most comes first, so that nothing is hidden.
    pub(super) fn series(&self, pen: &mut Pen, series: &[Series]) {
        let of = |style: SeriesStyle| series.iter().filter(move |series| series.style == style);
        for style in [SeriesStyle::Bars, SeriesStyle::Boxes] {
            boxes::draw(self, pen, series, style);
        }
        for one in of(SeriesStyle::Thin) {
            self.thin(pen, one);
        }
        for one in of(SeriesStyle::Steps) {
            self.band(pen, one);
        }
        for one in of(SeriesStyle::Fan) {
            self.fan(pen, one);
        }
        for one in of(SeriesStyle::Planned) {
            self.planned(pen, one);
        }
        for one in of(SeriesStyle::Steps) {
            self.steps(pen, one);
        }
        for one in of(SeriesStyle::Joined) {
            self.lines(pen, one, 0.0);
        }
        for one in of(SeriesStyle::Joined) {
            self.marks(pen, one, 0.0);
        }
        let (step, count) = (self.step(series), of(SeriesStyle::Points).count());
        let dodge = |index: usize| (small(index) - small(count.saturating_sub(1)) / 2.0) * step;
        // Lines first, marks above them.
        for (index, one) in of(SeriesStyle::Points).enumerate() {
            self.lines(pen, one, dodge(index));
        }
        for (index, one) in of(SeriesStyle::Points).enumerate() {
            self.marks(pen, one, dodge(index));
        }
    }

    /// What is drawn over the series: single symbols, which keep out of each other's way with their labels.
    pub(super) fn scattered(&self, pen: &mut Pen, plot: &Plot) {
        scatter::draw(self, pen, plot);
    }

    fn thin(&self, pen: &mut Pen, series: &Series) {
        let colour = pale(arm(series.arm).colour);
        for points in self.runs(series) {
            match points.as_slice() {
                // A value between two missing ones has no line; a dot shows it.
                [alone] => pen.symbol(Symbol::Disc, *alone, 1.0, colour),
                points => pen.path(points, colour, THIN),
            }
        }
    }

    /// The points of a series that are joined: a statistic that cannot be estimated leaves a gap.
    fn runs(&self, series: &Series) -> Vec<Vec<At>> {
        let runs = series.marks.split(|mark| mark.y.is_none());
        let points = |run: &[Mark]| run.iter().filter_map(|mark| Some(self.at((mark.x, mark.y?)))).collect();
        runs.filter(|run| !run.is_empty()).map(points).collect()
    }

    /// The corners of a step function of the marks: each value holds until the next mark, the last to the end of the
    /// axis; a mark without value ends a run.
    fn stairs(&self, series: &Series, value: impl Fn(&Mark) -> Option<f64>) -> Vec<Vec<At>> {
        let mut runs = Vec::new();
        let mut run: Vec<At> = Vec::new();
        for (index, mark) in series.marks.iter().enumerate() {
            let until = series.marks.get(index + 1).map_or(self.x.to, |next| next.x);
            if let Some(y) = value(mark) {
                run.extend([self.at((mark.x, y)), self.at((until, y))]);
            } else {
                runs.push(std::mem::take(&mut run));
            }
        }
        runs.push(run);
        runs.retain(|run| !run.is_empty());
        runs
    }

    fn band(&self, pen: &mut Pen, series: &Series) {
        let colour = arm(series.arm).colour;
        let shown = |mark: &Mark| mark.y.and(mark.interval);
        let lower = self.stairs(series, |mark| shown(mark).map(|interval| interval.0));
        let upper = self.stairs(series, |mark| shown(mark).map(|interval| interval.1));
        for (lower, upper) in lower.iter().zip(&upper) {
            let around: Vec<At> = lower.iter().chain(upper.iter().rev()).copied().collect();
            pen.veil(&around, colour);
        }
        for edge in lower.iter().chain(&upper) {
            pen.path(edge, pale(colour), EDGE);
        }
    }

    /// A band with straight edges, and the dashed line in it.
    fn fan(&self, pen: &mut Pen, series: &Series) {
        let colour = arm(series.arm).colour;
        let edge = |end: fn((f64, f64)) -> f64| -> Vec<At> {
            let at = |mark: &Mark| Some(self.at((mark.x, end(mark.interval?))));
            series.marks.iter().filter_map(at).collect()
        };
        let (lower, upper) = (edge(|own| own.0), edge(|own| own.1));
        pen.veil(&lower.iter().chain(upper.iter().rev()).copied().collect::<Vec<_>>(), colour);
        for edge in [&lower, &upper] {
            pen.path(edge, pale(colour), EDGE);
        }
        for run in self.runs(series) {
            pen.dashed(&run, &REFERENCE, colour, LINE);
        }
    }

    fn planned(&self, pen: &mut Pen, series: &Series) {
        for run in self.runs(series) {
            pen.path(&run, SOFT, PLANNED);
            for at in run {
                pen.mark(Symbol::OpenDiamond, at, RADIUS, SOFT);
            }
        }
    }

    fn steps(&self, pen: &mut Pen, series: &Series) {
        let style = arm(series.arm);
        for run in self.stairs(series, |mark| mark.y) {
            pen.dashed(&run, style.dashes, style.colour, LINE);
        }
        for place in &series.censored {
            censored(pen, self.at(*place), style.colour);
        }
    }

    fn lines(&self, pen: &mut Pen, series: &Series, dodge: f64) {
        let style = arm(series.arm);
        for run in self.runs(series).iter_mut().filter(|run| run.len() > 1) {
            for at in run.iter_mut() {
                at.0 += dodge;
            }
            pen.dashed(run, style.dashes, style.colour, LINE);
        }
    }

    fn marks(&self, pen: &mut Pen, series: &Series, dodge: f64) {
        let style = arm(series.arm);
        for mark in &series.marks {
            let Some(y) = mark.y else { continue };
            let across = self.across(mark.x) + dodge;
            if let Some(ends) = mark.interval {
                self.interval(pen, across, ends, style.colour);
            }
            pen.mark(style.symbol, (across, self.down(y)), RADIUS, style.colour);
        }
    }

    /// An interval with its caps.
    pub(super) fn interval(&self, pen: &mut Pen, across: f64, (lower, upper): (f64, f64), colour: Colour) {
        let (foot, head) = (self.down(lower), self.down(upper));
        pen.path(&[(across, foot), (across, head)], colour, 0.9);
        for end in [foot, head] {
            pen.path(&[(across - CAP, end), (across + CAP, end)], colour, 0.9);
        }
    }
}

/// The tick of censored subjects.
pub(super) fn censored(pen: &mut Pen, at: At, colour: Colour) {
    pen.path(&[(at.0, at.1 - CENSORED), (at.0, at.1 + CENSORED)], colour, 0.9);
}
