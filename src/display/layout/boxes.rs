//! Box plots of parameters by visit, the arms beside each other at each visit; a panel each parameter.

use crate::display::assemble::{Assembly, note};
use crate::display::layout::parameters::{chosen, is_baseline, key, label};
use crate::display::layout::{Laid, axis, interval, number};
use crate::display::number::Style;
use crate::display::report::{Axis, Body, Mark, Panel, Plot, Series, SeriesStyle, UnderRow};
use crate::results::{Extract, Key, Results, Statistic};
use crate::spec::Study;
use crate::spec::occurrence::ParameterSummary;
use crate::spec::records::FindingParameter;
use crate::spec::safety_figure::BoxesLayout;

/// Share of the room of a visit that its boxes take.
const TAKEN: f64 = 0.8;

pub(super) fn figure(id: &str, layout: &BoxesLayout, results: &Results, assembly: &mut Assembly<'_>) -> Option<Laid> {
    let study = assembly.study;
    let summary = study.parameter_summary.iter().find(|summary| summary.id == layout.of)?;
    let extract = results.extract(id)?;
    let level = if layout.change { "change" } else { "value" };
    let visits = summary.at.iter().filter(|visit| !(layout.change && is_baseline(study, visit)));
    let visits: Vec<(&str, &str)> = visits.map(|visit| (&**visit, study.visit_label(visit).unwrap_or(visit))).collect();
    let of = Boxes { summary, extract, level, visits };
    let parameters = chosen(study, &summary.records, [&summary.parameters, &layout.parameters]);
    let mut panels: Vec<Panel> = parameters.into_iter().map(|parameter| of.panel(parameter, assembly)).collect();
    let what = if layout.change { "change from baseline" } else { "value" };
    let footnotes = vec![note(format!(
        "Boxes: median and quartiles of the {what}; whiskers reach to the last value within 1.5 box lengths of the box; \
         symbols are the values beyond ({}). n: participants with a value{}. Visits stand at equal distances.",
        of.extract.lines.len(),
        if layout.change { " at the visit and at baseline" } else { "" },
    ))];
    let body = match panels.len() {
        0 => return None,
        1 => Body::Plot(panels.remove(0).plot),
        _ => {
            // The title of the panel says what its scale is.
            for panel in &mut panels {
                panel.plot.y.title.clear();
            }
            Body::Panels(panels)
        }
    };
    Some(Laid { body, footnotes, analyses: vec![summary.id.to_string()] })
}

struct Boxes<'a> {
    summary: &'a ParameterSummary,
    extract: &'a Extract,
    level: &'static str,
    /// Identifiers and labels.
    visits: Vec<(&'a str, &'a str)>,
}

impl Boxes<'_> {
    /// Where the boxes of an arm stand: visits are at whole numbers, from 0.
    fn place(visit: usize, arm: usize, arms: usize) -> f64 {
        let [visit, arm, arms] = [visit, arm, arms].map(real);
        visit + (arm - (arms - 1.0) / 2.0) * TAKEN / arms
    }

    /// Half a visit is free at either end.
    fn axis(&self) -> Axis {
        let ticks = self.visits.iter().enumerate().map(|(at, (_, label))| (real(at), (*label).to_owned()));
        let ticks: Vec<(f64, String)> = ticks.collect();
        Axis { from: -0.5, to: real(ticks.len()) - 0.5, ticks, ..Axis::default() }
    }

    fn panel(&self, parameter: &FindingParameter, assembly: &mut Assembly<'_>) -> Panel {
        let study = assembly.study;
        let title = label(parameter);
        let (mut boxes, mut beyond, mut under) = (Vec::new(), Vec::new(), Vec::new());
        let mut sentences = Vec::new();
        for (position, arm) in study.arm.iter().enumerate() {
            let of = |visit: &str, s| key(self.summary, &parameter.code, visit, self.level, s).arm(&arm.id);
            let (marks, words) = self.marks(parameter, position, &of, assembly);
            let cells =
                self.visits.iter().map(|(visit, _)| assembly.cell("{n}", Style::recorded(0), &|s| of(visit, s)));
            under.push(UnderRow { label: arm.label.clone(), arm: position, cells: cells.collect() });
            sentences.push(format!("{}: {words}.", arm.label));
            let (label, style) = (arm.label.clone(), SeriesStyle::Boxes);
            boxes.push(Series { label, arm: position, style, marks, ..Series::default() });
            let (marks, style) = (self.outliers(parameter, position, study), SeriesStyle::Scatter);
            if !marks.is_empty() {
                beyond.push(Series { arm: position, style, marks, ..Series::default() });
            }
        }
        boxes.extend(beyond);
        let mut values: Vec<f64> = boxes.iter().flat_map(|series| &series.marks).flat_map(ends).collect();
        let change = if self.level == "change" {
            values.push(0.0);
            ", change from baseline"
        } else {
            values = axis::with_zero_if_near(values);
            ""
        };
        let by = if study.compares() { "visit and arm" } else { "visit" };
        let alt = format!("{title}{change}: box plots by {by}, median (quartiles). {}", sentences.join(" "));
        let plot = Plot {
            x: self.axis(),
            y: axis::holding(&format!("{title}{change}"), &values),
            series: boxes,
            lines: Vec::new(),
            under,
            under_head: "n".to_owned(),
            alt,
        };
        Panel { title, plot }
    }

    /// The boxes of an arm, and in words.
    fn marks(
        &self,
        parameter: &FindingParameter,
        arm: usize,
        of: &dyn Fn(&str, Statistic) -> Key,
        assembly: &mut Assembly<'_>,
    ) -> (Vec<Mark>, String) {
        let arms = assembly.study.arm.len();
        let style = Style::recorded(parameter.decimals);
        let mut marks = Vec::new();
        let mut words = Vec::new();
        for (at, (visit, name)) in self.visits.iter().enumerate() {
            let keys = BOX.map(|statistic| of(visit, statistic));
            let cell = assembly.cell("{median} ({q1}, {q3})", style, &|s| of(visit, s));
            words.push(format!("{name} {}", cell.text));
            let [median, q1, q3, lower, upper] = &keys;
            let y = number(assembly, median);
            let quartiles = interval(assembly, q1, q3);
            let interval = interval(assembly, lower, upper);
            let x = Self::place(at, arm, arms);
            marks.push(Mark { x, y, interval, quartiles, keys: keys.to_vec(), label: None });
        }
        (marks, words.join(", "))
    }

    /// The values beyond the whiskers in an arm, from left to right.
    fn outliers(&self, parameter: &FindingParameter, arm: usize, study: &Study) -> Vec<Mark> {
        let mut marks = Vec::new();
        for (at, (visit, _)) in self.visits.iter().enumerate() {
            for line in &self.extract.lines {
                let [of, _, code, own, value] = line.as_slice() else { continue };
                let here = *of == *study.arm[arm].id && *code == *parameter.code && own == visit;
                if let (true, Ok(value)) = (here, value.parse::<f64>()) {
                    let x = Self::place(at, arm, study.arm.len());
                    marks.push(Mark { x, y: Some(value), ..Mark::default() });
                }
            }
        }
        marks
    }
}

/// The statistics of a box.
const BOX: [Statistic; 5] =
    [Statistic::Median, Statistic::Q1, Statistic::Q3, Statistic::WhiskerLower, Statistic::WhiskerUpper];

/// A position in a list as a place on a scale.
fn real(position: usize) -> f64 {
    u32::try_from(position).map_or(0.0, f64::from)
}

/// What a mark reaches on the vertical axis.
fn ends(mark: &Mark) -> Vec<f64> {
    let pairs = mark.interval.into_iter().chain(mark.quartiles).flat_map(|(lower, upper)| [lower, upper]);
    mark.y.into_iter().chain(pairs).collect()
}

#[cfg(test)]
mod tests {
    use super::{Boxes, ends};
    use crate::display::report::Mark;

    #[test]
    fn boxes_of_a_visit_stand_around_it_and_apart_from_the_next() {
        let near = |one: f64, other: f64| (one - other).abs() < 1e-12;
        assert!(near(Boxes::place(3, 0, 1), 3.0));
        assert!(near(Boxes::place(1, 0, 2), 0.8) && near(Boxes::place(1, 1, 2), 1.2));
        let (last, next) = (Boxes::place(0, 3, 4), Boxes::place(1, 0, 4));
        assert!(last < 0.5 && next > 0.5);
    }

    #[test]
    fn the_axis_holds_whiskers_and_boxes() {
        let mark = Mark { y: Some(2.0), interval: Some((0.5, 4.0)), quartiles: Some((1.0, 3.0)), ..Mark::default() };
        assert_eq!(ends(&mark), [2.0, 0.5, 4.0, 1.0, 3.0]);
    }
}
