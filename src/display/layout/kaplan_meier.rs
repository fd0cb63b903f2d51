//! A figure of the curve of a time to an event: a step function an arm with its band, and below it who is at risk, who
//! was censored and who had the event so far (the table of the `KMunicate` proposal, Morris et al. 2019).

use crate::display::assemble::{Assembly, note, plain};
use crate::display::layout::response::level_text;
use crate::display::layout::time::CENSORED;
use crate::display::layout::timed::{Competes, Reading, Timed};
use crate::display::layout::{Laid, axis, contrasts, interval, number};
use crate::display::number::Style;
use crate::display::report::{Axis, Body, Cell, Footnote, Mark, Plot, Series, SeriesStyle, UnderRow};
use crate::results::{Key, Method, Statistic};
use crate::spec::Study;
use crate::spec::design::Arm;
use crate::spec::safety_figure::KaplanMeierLayout;

pub(super) fn plot(layout: &KaplanMeierLayout, assembly: &mut Assembly<'_>) -> Option<Laid> {
    let study = assembly.study;
    let time = Timed::new(study, study.endpoint(&layout.of)?)?;
    let curve = Curve { view: View::of(&time, layout.rising)?, time };
    let (mut series, mut under, mut sentences) = (Vec::new(), Vec::new(), Vec::new());
    for (position, arm) in study.arm.iter().enumerate() {
        series.push(curve.steps(position, arm, assembly));
        under.extend(curve.below(position, arm, assembly));
        sentences.push(format!("{}: {}.", arm.label, curve.words(&arm.id, assembly)));
    }
    let title = if curve.time.last_day.is_some() {
        "Days (the first day is 1); ticks: last day of the window of a visit"
    } else {
        "Days"
    };
    let start = curve.starts().then(|| (0.0, "0".to_owned()));
    let ticks = start.into_iter().chain(curve.readings().map(|own| (own.day, own.tick.clone()))).collect();
    let times = series.iter().flat_map(|series| &series.marks).map(|mark| mark.x);
    let to = times.fold(curve.last(), f64::max);
    let by = if study.compares() { " by arm" } else { "" };
    let alt = format!(
        "Step functions{by}. {}. {} at the ticks of the axis. {}",
        curve.time.endpoint.label,
        curve.view.what(),
        sentences.join(" ")
    );
    let plot = Plot {
        x: Axis { title: title.to_owned(), from: 0.0, to, ticks, log: false },
        y: axis::percentages(&layout.y_title),
        series,
        lines: Vec::new(),
        under,
        under_head: "Participants".to_owned(),
        alt,
    };
    let footnotes = curve.footnotes(study, assembly);
    Some(Laid { body: Body::Plot(plot), footnotes, analyses: vec![curve.time.endpoint.id.to_string()] })
}

/// Ticks that are no further from each other than this share of the axis stand on one another.
const NEAR: f64 = 0.03;

/// Which curve is drawn, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum View {
    /// The probability of being without event, from 100 %.
    Falling,
    /// The same curve upside down.
    Complement,
    /// The cumulative incidence, in the presence of competing events.
    Incidence,
}

impl View {
    /// A rising curve is the cumulative incidence where there is one: with competing events the complement would be too
    /// high.
    fn of(time: &Timed<'_>, rising: bool) -> Option<Self> {
        match (time.has(Method::KaplanMeier), time.has(Method::AalenJohansen)) {
            (true, _) if !rising => Some(Self::Falling),
            (_, true) => Some(Self::Incidence),
            (true, false) => Some(Self::Complement),
            (false, false) => None,
        }
    }

    const fn method(self) -> Method {
        match self {
            Self::Falling | Self::Complement => Method::KaplanMeier,
            Self::Incidence => Method::AalenJohansen,
        }
    }

    const fn statistics(self) -> [Statistic; 3] {
        match self {
            Self::Falling | Self::Complement => {
                [Statistic::Survival, Statistic::SurvivalLower, Statistic::SurvivalUpper]
            }
            Self::Incidence => [Statistic::Incidence, Statistic::IncidenceLower, Statistic::IncidenceUpper],
        }
    }

    /// What the numbers of the curve are.
    const fn what(self) -> &'static str {
        match self {
            Self::Falling => "Probability of being without event",
            Self::Complement => "Probability of being without event, of which the figure shows the complement,",
            Self::Incidence => "Cumulative incidence",
        }
    }

    /// The height of a probability on the axis, in percent.
    const fn height(self, probability: f64) -> f64 {
        match self {
            Self::Falling | Self::Incidence => probability * 100.0,
            Self::Complement => (1.0 - probability) * 100.0,
        }
    }
}

struct Curve<'a> {
    view: View,
    time: Timed<'a>,
}

impl Curve<'_> {
    /// The readings after the start.
    fn readings(&self) -> impl Iterator<Item = &Reading> {
        self.time.readings.iter().filter(|reading| reading.day > 0.0)
    }

    fn last(&self) -> f64 {
        self.readings().map(|reading| reading.day).fold(1.0, f64::max)
    }

    /// Whether the start has a tick of its own: not where a reading is so near that both would stand on one another.
    fn starts(&self) -> bool {
        self.readings().all(|reading| reading.day > self.last() * NEAR)
    }

    fn key(&self, arm: &str, statistic: Statistic) -> Key {
        self.time.key(arm, self.view.method(), statistic)
    }

    /// The times of an arm at which the curve has a step or a participant was censored, as the results write them.
    fn times(&self, arm: &str, assembly: &Assembly<'_>) -> Vec<(f64, String)> {
        let [estimate, ..] = self.view.statistics();
        let of = self.key(arm, estimate);
        let steps = assembly.rows.keys().filter_map(|key| match key.levels.as_slice() {
            [level] if key.statistic == estimate && Key { levels: Vec::new(), ..key.clone() } == of => Some(level),
            _ => None,
        });
        let mut times: Vec<(f64, String)> =
            steps.filter_map(|level| Some((level.parse::<f64>().ok()?, level.clone()))).collect();
        times.sort_by(|one, other| one.0.total_cmp(&other.0));
        times
    }

    /// The step function of an arm: nobody has had the event at the start, then a mark at each time.
    fn steps(&self, position: usize, arm: &Arm, assembly: &mut Assembly<'_>) -> Series {
        let start = if self.view == View::Falling { 100.0 } else { 0.0 };
        let mut marks = vec![Mark { x: 0.0, y: Some(start), ..Mark::default() }];
        let mut censored = Vec::new();
        for (x, level) in self.times(&arm.id, assembly) {
            let key = |statistic| self.key(&arm.id, statistic).level(&level);
            let keys = self.view.statistics().map(key);
            let probability = number(assembly, &keys[0]);
            // At none and at all there is no interval, and that is no gap to be explained.
            let between = probability.is_some_and(|own| own > 0.0 && own < 1.0);
            let band = if between { interval(assembly, &keys[1], &keys[2]) } else { None };
            let band = band.map(|(lower, upper)| (self.view.height(lower), self.view.height(upper)));
            let band = band.map(|(one, other)| (one.min(other), one.max(other)));
            let y = probability.map(|own| self.view.height(own));
            if let (Some(y), true) = (y, assembly.count(&key(Statistic::Censored)) > 0) {
                censored.push((x, y));
            }
            marks.push(Mark { x, y, interval: band, keys: keys.to_vec(), ..Mark::default() });
        }
        Series { label: arm.label.clone(), arm: position, style: SeriesStyle::Steps, marks, censored }
    }

    /// The rows below the curve of an arm. The incidence of Aalen and Johansen is read with the number at risk alone.
    fn below(&self, position: usize, arm: &Arm, assembly: &mut Assembly<'_>) -> Vec<UnderRow> {
        let (style, compares) = (Style::recorded(0), assembly.study.compares());
        let n = assembly.cell("{n}", style, &|s| Key::new(&*self.time.endpoint.id, s).arm(&arm.id));
        let mut row = |label: String, start: Cell, format: &str, method: Method| {
            let mut cells: Vec<Cell> = self.starts().then_some(start).into_iter().collect();
            for reading in self.readings() {
                cells.push(assembly.cell(format, style, &|s| self.time.key(&arm.id, method, s).at(&reading.at)));
            }
            UnderRow { label, arm: position, cells }
        };
        let at_risk = if compares { format!("{}: at risk", arm.label) } else { "at risk".to_owned() };
        let mut rows = vec![row(at_risk, n, "{at-risk}", self.view.method())];
        if self.time.has(Method::KaplanMeier) {
            rows.push(row("censored".to_owned(), plain("0"), "{censored}", Method::KaplanMeier));
            rows.push(row("with event".to_owned(), plain("0"), "{count}", Method::KaplanMeier));
        }
        rows
    }

    fn words(&self, arm: &str, assembly: &mut Assembly<'_>) -> String {
        let [estimate, ..] = self.view.statistics();
        let mut words = Vec::new();
        for reading in &self.time.readings {
            let key = |s| self.key(arm, s).at(&reading.at);
            let cell = assembly.cell(&format!("{{{}}} %", estimate.name()), Style::recorded(0), &key);
            words.push(format!("{} {}", reading.label, cell.text));
        }
        words.join(", ")
    }

    fn footnotes(&self, study: &Study, assembly: &mut Assembly<'_>) -> Vec<Footnote> {
        let time = &self.time;
        let level = level_text(time.conf_level);
        let what = match self.view {
            View::Falling => "probability of being without event",
            View::Complement => "1 − probability of being without event",
            View::Incidence => "cumulative incidence",
        };
        let below = if time.has(Method::KaplanMeier) {
            "At risk: with neither event nor censoring before the day; censored, with event: by the end of the day."
        } else {
            "At risk: with neither event nor censoring before the day."
        };
        let mut notes = vec![note(format!(
            "Steps: {what} ({}); bands: {level} % confidence intervals; small ticks: censored participants. {below}",
            self.view.method().label(),
        ))];
        notes.extend(self.competing());
        notes.extend(self.medians(study, &level, assembly));
        notes.extend(self.comparison(study, &level, assembly));
        notes
    }

    fn competing(&self) -> Option<Footnote> {
        let handled = match self.view {
            View::Incidence if self.time.has(Method::KaplanMeier) => {
                "the curve takes them into account; below they are counted as censored"
            }
            View::Incidence => "the curve takes them into account",
            View::Falling | View::Complement => "they are taken as censored",
        };
        match &self.time.competes {
            Competes::Nothing => None,
            Competes::Unnamed => Some(note(format!("Competing events: {handled}."))),
            Competes::Named(events) => Some(note(format!("Competing events ({events}): {handled}."))),
        }
    }

    fn medians(&self, study: &Study, level: &str, assembly: &mut Assembly<'_>) -> Option<Footnote> {
        if !self.time.has(Method::KaplanMeier) {
            return None;
        }
        let places = self.time.decimals(assembly);
        let format = format!("{{median:{places}}} ({{median-lower:{places}}}, {{median-upper:{places}}})");
        let mut words = Vec::new();
        for arm in &study.arm {
            let key = |s| self.time.key(&arm.id, Method::KaplanMeier, s);
            let median = assembly.cell(&format, Style::recorded(0), &key).text;
            words.push(if study.compares() { format!("{} {median}", arm.label) } else { median });
        }
        Some(note(format!("Median time, days ({level} % confidence interval): {}.", words.join("; "))))
    }

    /// What compares the arms, where it was asked for.
    fn comparison(&self, study: &Study, level: &str, assembly: &mut Assembly<'_>) -> Vec<Footnote> {
        let reference = &study.arm[study.reference_arm()].label;
        let among = if self.time.competes == Competes::Nothing { "" } else { ", competing events censored" };
        let hazards = format!("Hazard ratio to {reference} ({level} % confidence interval; Cox model{among}): ");
        let tested = format!("p-value against {reference} (log-rank test, two-sided{among}): ");
        let forms =
            [(Method::Cox, hazards, "{ratio} ({ratio-lower}, {ratio-upper})"), (Method::LogRank, tested, "{p-value}")];
        let mut notes = Vec::new();
        for (method, what, format) in forms.into_iter().filter(|(method, ..)| self.time.has(*method)) {
            let mut words = Vec::new();
            for (arm, reference) in contrasts(study) {
                let key = |s| self.time.compared(CENSORED.0, (&arm.id, &reference.id), method, s);
                words.push(format!("{} {}", arm.label, assembly.cell(format, Style::recorded(0), &key).text));
            }
            if !words.is_empty() {
                notes.push(note(format!("{what}{}.", words.join("; "))));
            }
        }
        notes
    }
}
