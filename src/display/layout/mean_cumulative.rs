//! A figure of the mean number of records of a participant: a step function an arm with its band, and below it who is
//! followed and how many records there were so far.

use crate::display::assemble::{Assembly, note};
use crate::display::layout::response::level_text;
use crate::display::layout::{Laid, axis, contrasts, interval, number};
use crate::display::number::Style;
use crate::display::report::{Axis, Body, Footnote, Mark, Plot, Series, SeriesStyle, UnderRow};
use crate::results::{Key, Method, Statistic, Value};
use crate::spec::design::Arm;
use crate::spec::occurrence::Occurrence;
use crate::spec::safety_figure::MeanCumulativeLayout;

pub(super) fn plot(layout: &MeanCumulativeLayout, assembly: &mut Assembly<'_>) -> Option<Laid> {
    let study = assembly.study;
    let occurrence = study.occurrence.iter().find(|occurrence| occurrence.id == layout.of)?;
    let course = Course { occurrence, item: layout.item.as_deref() };
    let (mut series, mut under, mut sentences) = (Vec::new(), Vec::new(), Vec::new());
    for (position, arm) in study.arm.iter().enumerate() {
        series.push(course.steps(position, arm, assembly));
        under.extend(course.below(position, arm, assembly));
        sentences.push(format!("{}: {}.", arm.label, course.words(arm, assembly)));
    }
    let all = || series.iter().flat_map(|series: &Series| &series.marks);
    let heights = all().flat_map(|mark| mark.y.into_iter().chain(mark.interval.map(|(_, upper)| upper)));
    let mut heights: Vec<f64> = heights.chain([0.0]).collect();
    // Where nobody had a record the line lies on the axis.
    if heights.iter().all(|height| *height <= 0.0) {
        heights.push(1.0);
    }
    let days = || occurrence.at.iter().map(|day| f64::from(*day));
    let to = all().map(|mark| mark.x).chain(days()).fold(1.0, f64::max);
    let label = course.label();
    let by = if study.compares() { " by arm" } else { "" };
    let plot = Plot {
        x: Axis {
            title: "Days at risk (the first day is 1)".to_owned(),
            from: 0.0,
            to,
            ticks: days().zip(&occurrence.at).map(|(at, day)| (at, day.to_string())).collect(),
            log: false,
        },
        y: axis::holding(&layout.y_title, &heights),
        series,
        lines: Vec::new(),
        under,
        under_head: "Participants followed, and records by then".to_owned(),
        alt: format!("Step functions{by}. {label}: mean number a participant. {}", sentences.join(" ")),
    };
    let footnotes = course.footnotes(assembly);
    Some(Laid { body: Body::Plot(plot), footnotes, analyses: vec![occurrence.id.to_string()] })
}

struct Course<'a> {
    occurrence: &'a Occurrence,
    item: Option<&'a str>,
}

impl Course<'_> {
    fn label(&self) -> &str {
        let item = self.item.and_then(|id| self.occurrence.items.iter().find(|item| *item.id == *id));
        item.map_or(&self.occurrence.label, |item| &item.label)
    }

    fn bare(&self, statistic: Statistic) -> Key {
        let key = Key::new(&*self.occurrence.id, statistic);
        self.item.map_or_else(|| key.clone(), |item| key.clone().variable(item))
    }

    fn key(&self, arm: &str, statistic: Statistic) -> Key {
        self.bare(statistic).arm(arm).method(Method::MeanCumulative).limited(self.occurrence.conf_level)
    }

    /// The step function of an arm: none at the start, a mark on each day with records, and its end.
    fn steps(&self, position: usize, arm: &Arm, assembly: &mut Assembly<'_>) -> Series {
        let of = self.key(&arm.id, Statistic::Mean);
        let steps = assembly.rows.keys().filter_map(|key| match key.levels.as_slice() {
            [level] if key.statistic == of.statistic && Key { levels: Vec::new(), ..key.clone() } == of => Some(level),
            _ => None,
        });
        let mut times: Vec<(f64, String)> =
            steps.filter_map(|level| Some((level.parse::<f64>().ok()?, level.clone()))).collect();
        times.sort_by(|one, other| one.0.total_cmp(&other.0));
        let last = number(assembly, &self.key(&arm.id, Statistic::Day));
        let mut marks: Vec<Mark> = last.map(|_| Mark { x: 0.0, y: Some(0.0), ..Mark::default() }).into_iter().collect();
        for (x, level) in times {
            let key = |statistic| self.key(&arm.id, statistic).level(&level);
            let keys = [Statistic::Mean, Statistic::MeanLower, Statistic::MeanUpper].map(key).to_vec();
            let y = number(assembly, &keys[0]);
            // Where all have had as many there is no interval, and that is no gap to be explained.
            let known = |key| matches!(assembly.rows.get(key).map(|row| &row.value), Some(Value::Number(_)));
            let ends = keys[1..].iter().all(known);
            let band = if ends { interval(assembly, &keys[1], &keys[2]) } else { None };
            marks.push(Mark { x, y, interval: band, keys, ..Mark::default() });
        }
        marks.extend(last.map(|x| Mark { x, y: None, ..Mark::default() }));
        Series { label: arm.label.clone(), arm: position, style: SeriesStyle::Steps, marks, censored: Vec::new() }
    }

    fn below(&self, position: usize, arm: &Arm, assembly: &mut Assembly<'_>) -> Vec<UnderRow> {
        let mut row = |label: String, format: &str| {
            let cells = self.occurrence.at.iter();
            let cells = cells
                .map(|day| assembly.cell(format, Style::recorded(0), &|s| self.key(&arm.id, s).at(&day.to_string())));
            UnderRow { label, arm: position, cells: cells.collect() }
        };
        vec![row(format!("{}: followed", arm.label), "{at-risk}"), row("records".to_owned(), "{events}")]
    }

    fn words(&self, arm: &Arm, assembly: &mut Assembly<'_>) -> String {
        let of_day = |day: &i32| {
            let key = |statistic| self.key(&arm.id, statistic).at(&day.to_string());
            format!("day {day} {}", assembly.cell("{mean:2}", Style::recorded(0), &key).text)
        };
        self.occurrence.at.iter().map(of_day).collect::<Vec<_>>().join(", ")
    }

    fn footnotes(&self, assembly: &mut Assembly<'_>) -> Vec<Footnote> {
        let study = assembly.study;
        let level = level_text(self.occurrence.conf_level);
        let mut notes = vec![note(format!(
            "Steps: mean number of records of a participant ({}), to the longest time of each arm; bands: {level} % confidence \
             intervals. Followed: at risk on the day or longer.",
            Method::MeanCumulative.label(),
        ))];
        let ratio = Method::RecurrentRatio;
        if self.occurrence.methods.contains(&ratio) && study.arm.len() > 1 {
            let mut words = Vec::new();
            for (arm, reference) in contrasts(study) {
                let key = |statistic| {
                    let key = self.bare(statistic).contrast(&arm.id, &reference.id);
                    key.method(ratio).limited(self.occurrence.conf_level)
                };
                let cell = assembly.cell("{ratio} ({ratio-lower}, {ratio-upper})", Style::recorded(0), &key);
                words.push(format!("{} {}", arm.label, cell.text));
            }
            let reference = &study.arm[study.reference_arm()].label;
            let what =
                format!("Ratio of mean numbers to {reference} ({level} % confidence interval; {})", ratio.label());
            notes.push(note(format!("{what}: {}.", words.join("; "))));
        }
        notes
    }
}
