//! A figure of the cumulative incidence of an event: a step function an arm with its band, the numbers at risk below.

use crate::display::assemble::{Assembly, note};
use crate::display::layout::response::level_text;
use crate::display::layout::time::{competing, observed};
use crate::display::layout::{Laid, axis, interval, number};
use crate::display::number::Style;
use crate::display::report::{Axis, Body, Cell, Footnote, Mark, Plot, Series, SeriesStyle, UnderRow};
use crate::results::{Key, Method, Statistic};
use crate::spec::Study;
use crate::spec::design::{Arm, Visit};
use crate::spec::endpoint::Endpoint;
use crate::spec::figure::IncidenceLayout;
use crate::spec::outcome::Time;

pub(super) fn plot(layout: &IncidenceLayout, assembly: &mut Assembly<'_>) -> Option<Laid> {
    let study = assembly.study;
    let endpoint = study.endpoint(&layout.of)?;
    let time = endpoint.time.as_ref()?;
    let curve = Curve { endpoint, time, visits: observed(study, time) };
    let mut series = Vec::new();
    let mut under = Vec::new();
    let mut sentences = Vec::new();
    for (position, arm) in study.arm.iter().enumerate() {
        series.push(curve.steps(position, arm, assembly));
        under.push(UnderRow { label: arm.label.clone(), arm: position, cells: curve.at_risk(&arm.id, assembly) });
        sentences.push(format!("{}: {}.", arm.label, curve.words(&arm.id, assembly)));
    }
    let days = curve.visits.iter().map(|(_, day)| f64::from(*day));
    let times = series.iter().flat_map(|series| &series.marks).map(|mark| mark.x);
    let x = Axis {
        log: false,
        title: "Days (the first day is 1); ticks: last day of the window of a visit".to_owned(),
        from: 0.0,
        to: days.chain(times).fold(1.0, f64::max),
        ticks: std::iter::once((0.0, "0".to_owned()))
            .chain(curve.visits.iter().map(|(visit, day)| (f64::from(*day), format!("{} ({day})", visit.label))))
            .collect(),
    };
    let footnotes = curve.footnotes(study, assembly);
    let by = if study.compares() { " by arm" } else { "" };
    let alt = format!(
        "Step functions of the cumulative incidence{by}. {}. Incidence by the end of the window of each visit. {}",
        endpoint.label,
        sentences.join(" ")
    );
    let y = axis::percentages(&layout.y_title);
    let plot = Plot { lines: Vec::new(), x, y, series, under, under_head: "At risk".to_owned(), alt };
    Some(Laid { body: Body::Plot(plot), footnotes, analyses: vec![endpoint.id.to_string()] })
}

struct Curve<'a> {
    endpoint: &'a Endpoint,
    time: &'a Time,
    /// The visits, with the last day of the window of each.
    visits: Vec<(&'a Visit, i32)>,
}

impl Curve<'_> {
    fn key(&self, arm: &str, statistic: Statistic) -> Key {
        let key = Key::new(&*self.endpoint.id, statistic).arm(arm).method(Method::AalenJohansen);
        key.limited(self.time.conf_level)
    }

    /// The times of an arm, as the results write them.
    fn times(&self, arm: &str, assembly: &Assembly<'_>) -> Vec<(f64, String)> {
        let of = self.key(arm, Statistic::Incidence);
        let keys = assembly.rows.keys().filter(|key| match key.levels.as_slice() {
            [_] => Key { levels: Vec::new(), ..(*key).clone() } == of,
            _ => false,
        });
        let levels = keys.filter_map(|key| key.levels.first());
        let mut times: Vec<(f64, String)> =
            levels.filter_map(|level| Some((level.parse::<f64>().ok()?, level.clone()))).collect();
        times.sort_by(|one, other| one.0.total_cmp(&other.0));
        times
    }

    /// The step function of an arm: zero at the start, then a mark at each time.
    fn steps(&self, position: usize, arm: &Arm, assembly: &mut Assembly<'_>) -> Series {
        let mut marks = vec![Mark { x: 0.0, y: Some(0.0), ..Mark::default() }];
        let mut censored = Vec::new();
        for (x, level) in self.times(&arm.id, assembly) {
            let key = |statistic| self.key(&arm.id, statistic).level(&level);
            let keys = [Statistic::Incidence, Statistic::IncidenceLower, Statistic::IncidenceUpper].map(key).to_vec();
            let y = number(assembly, &keys[0]).map(|incidence| incidence * 100.0);
            // Before the first event there is no interval, and that is no gap to be explained.
            let band = if y.is_some_and(|y| y > 0.0) { interval(assembly, &keys[1], &keys[2]) } else { None };
            let band = band.map(|(lower, upper)| (lower * 100.0, upper * 100.0));
            if let (Some(y), true) = (y, assembly.count(&key(Statistic::Censored)) > 0) {
                censored.push((x, y));
            }
            marks.push(Mark { x, y, interval: band, keys, ..Mark::default() });
        }
        Series { label: arm.label.clone(), arm: position, style: SeriesStyle::Steps, marks, censored }
    }

    /// Those at risk at the start and just before each visit.
    fn at_risk(&self, arm: &str, assembly: &mut Assembly<'_>) -> Vec<Cell> {
        let style = Style::recorded(0);
        let mut cells = vec![assembly.cell("{n}", style, &|s| Key::new(&*self.endpoint.id, s).arm(arm))];
        for (visit, _) in &self.visits {
            cells.push(assembly.cell("{at-risk}", style, &|s| self.key(arm, s).at(&visit.id)));
        }
        cells
    }

    fn words(&self, arm: &str, assembly: &mut Assembly<'_>) -> String {
        let mut words = Vec::new();
        for (visit, _) in &self.visits {
            let text = assembly.text(&self.key(arm, Statistic::Incidence).at(&visit.id), Style::recorded(0));
            words.push(format!("{} {text} %", visit.label));
        }
        words.join(", ")
    }

    fn footnotes(&self, study: &Study, assembly: &mut Assembly<'_>) -> Vec<Footnote> {
        let level = level_text(self.time.conf_level);
        let mut notes = vec![note(format!(
            "Steps: cumulative incidence ({}); bands: {level} % confidence intervals; small ticks: censored \
             participants. At risk: without event, competing event and censoring just before the day.",
            Method::AalenJohansen.label(),
        ))];
        if let (false, Some(last)) = (self.time.competing.is_empty(), self.visits.last().map(|(visit, _)| visit)) {
            let mut words = Vec::new();
            for arm in &study.arm {
                let key = self.key(&arm.id, Statistic::CompetingIncidence).at(&last.id);
                let text = match number(assembly, &key) {
                    Some(incidence) => format!("{} %", assembly.percent_of_number(incidence, 1)),
                    None => assembly.text(&key, Style::recorded(0)),
                };
                words.push(if study.compares() { format!("{} {text}", arm.label) } else { text });
            }
            notes.push(note(format!(
                "Competing events: {}. Probability of one of them first, by the end of {}: {}.",
                competing(study, self.time),
                last.label,
                words.join(", ")
            )));
        }
        notes
    }
}
