//! A figure of accrual: participants day by day, the plan, and the projection with its limits; below, how many came in
//! each month.

use crate::display::assemble::{Assembly, note};
use crate::display::layout::response::level_text;
use crate::display::layout::{Laid, axis, interval, number};
use crate::display::number::Style;
use crate::display::report::{Axis, Body, Footnote, Mark, Panel, Plot, ReferenceLine, Series, SeriesStyle};
use crate::results::{Key, Method, Statistic};
use crate::spec::accrual::{Accrual, AccrualLayout};

/// At most so many months have a label.
const MOST_LABELS: usize = 9;
/// The names of months, as ticks have room for.
const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

pub(super) fn figure(layout: &AccrualLayout, assembly: &mut Assembly<'_>) -> Option<Laid> {
    let accrual = assembly.study.accrual.iter().find(|accrual| accrual.id == layout.of)?;
    let course = Course { accrual };
    let months = course.months(assembly);
    let x = axis_of(&months);
    let series = vec![course.so_far(x.to, assembly), course.planned(assembly), course.projected(assembly)];
    let all = series.iter().flat_map(|own| &own.marks);
    let values = all.flat_map(|mark| mark.y.into_iter().chain(mark.interval.map(|(_, upper)| upper)));
    #[expect(clippy::cast_precision_loss, reason = "a number of participants")]
    let planned = accrual.planned as f64;
    let values: Vec<f64> = values.chain([0.0, planned]).collect();
    let now = number(assembly, &course.key(Statistic::Day, "as-of"));
    let sentences = course.sentences(assembly);
    // Where accrual ended long before, the day of the data is no longer of interest.
    let upright = now.filter(|now| *now <= x.to).map(ReferenceLine::Vertical);
    let lines = if upright.is_some() { "the number planned, and the day of the data" } else { "the number planned" };
    let so_far = Plot {
        x: x.clone(),
        y: axis::counting("Participants in all", &values),
        lines: std::iter::once(ReferenceLine::Horizontal(planned)).chain(upright).collect(),
        series: series.into_iter().filter(|own| !own.marks.is_empty()).collect(),
        alt: format!("Step function of participants, line of the plan and projection. {}", sentences.join(" ")),
        ..Plot::default()
    };
    let (bars, words) = course.each_month(&months, assembly);
    let counts: Vec<f64> = bars.marks.iter().filter_map(|mark| mark.y).chain([0.0, 1.0]).collect();
    let monthly = Plot {
        x,
        y: axis::counting("Participants", &counts),
        series: vec![bars],
        alt: format!("Bars of the participants of each month: {words}."),
        ..Plot::default()
    };
    let mut footnotes: Vec<Footnote> = sentences.into_iter().map(note).collect();
    let fan = so_far.series.iter().any(|own| own.style == SeriesStyle::Fan);
    let projected =
        format!(" Projected: at the rate so far, with {} % prediction limits.", level_text(accrual.conf_level));
    footnotes.push(note(format!("Dashed lines: {lines}.{}", if fan { &projected } else { "" })));
    let panel = |title: &str, plot| Panel { title: title.to_owned(), plot };
    let panels = vec![panel(&accrual.label, so_far), panel("In each month", monthly)];
    Some(Laid { body: Body::Stack(panels), footnotes, analyses: vec![accrual.id.to_string()] })
}

/// A month: its name, where it begins and where it ends on the axis.
struct Month {
    name: String,
    begins: f64,
    ends: f64,
}

struct Course<'a> {
    accrual: &'a Accrual,
}

impl Course<'_> {
    fn key(&self, statistic: Statistic, what: &str) -> Key {
        Key::new(&*self.accrual.id, statistic).variable(what)
    }

    /// A key of the projection, of one day where there is one.
    fn projection(&self, statistic: Statistic, what: &str) -> Key {
        self.key(statistic, what).method(Method::Projection).limited(self.accrual.conf_level)
    }

    /// The levels of a statistic, in order of the days they are.
    fn days(&self, of: &Key, assembly: &Assembly<'_>) -> Vec<(f64, String)> {
        let is_meant =
            |key: &&Key| key.statistic == of.statistic && Key { levels: Vec::new(), ..(*key).clone() } == *of;
        let keys = assembly.rows.keys().filter(|key| key.analysis == *self.accrual.id && key.levels.len() == 1);
        let levels = keys.filter(is_meant).filter_map(|key| key.levels.first());
        let mut days: Vec<(f64, String)> =
            levels.filter_map(|level| Some((level.parse().ok()?, level.clone()))).collect();
        days.sort_by(|one, other| one.0.total_cmp(&other.0));
        days
    }

    fn months(&self, assembly: &mut Assembly<'_>) -> Vec<Month> {
        let of = self.key(Statistic::Day, "begins");
        let is_meant = |key: &&Key| key.levels.len() == 1 && Key { levels: Vec::new(), ..(*key).clone() } == of;
        let names: Vec<String> = assembly.rows.keys().filter(is_meant).map(|key| key.levels[0].clone()).collect();
        let mut months = Vec::new();
        for name in names {
            let at = |what: &str| self.key(Statistic::Day, what).level(&name);
            let ends = (number(assembly, &at("begins")), number(assembly, &at("ends")));
            if let (Some(begins), Some(ends)) = ends {
                months.push(Month { name, begins, ends });
            }
        }
        months.sort_by(|one, other| one.begins.total_cmp(&other.begins));
        months
    }

    /// The participants so far, to the day of the data or the end of the axis.
    fn so_far(&self, end: f64, assembly: &mut Assembly<'_>) -> Series {
        let opened = number(assembly, &self.key(Statistic::Day, "opened"));
        let now = number(assembly, &self.key(Statistic::Day, "as-of"));
        let mut marks: Vec<Mark> =
            opened.map(|opened| Mark { x: opened - 1.0, y: Some(0.0), ..Mark::default() }).into_iter().collect();
        let of = self.key(Statistic::Count, "course");
        for (x, level) in self.days(&of, assembly) {
            let key = of.clone().level(&level);
            #[expect(clippy::cast_precision_loss, reason = "a number of participants")]
            let y = assembly.count(&key) as f64;
            marks.push(Mark { x, y: Some(y), keys: vec![key], ..Mark::default() });
        }
        // After the day of the data nothing is known.
        marks.extend(now.map(|now| Mark { x: now.min(end), y: None, ..Mark::default() }));
        let label = self.accrual.label.clone();
        Series { label, arm: 0, style: SeriesStyle::Steps, marks, censored: Vec::new() }
    }

    fn planned(&self, assembly: &mut Assembly<'_>) -> Series {
        let of = self.key(Statistic::Expected, "plan");
        let mut marks = Vec::new();
        for (x, level) in self.days(&of, assembly) {
            let key = of.clone().level(&level);
            marks.push(Mark { x, y: number(assembly, &key), keys: vec![key], ..Mark::default() });
        }
        Series { label: "Planned".to_owned(), arm: 0, style: SeriesStyle::Planned, marks, censored: Vec::new() }
    }

    fn projected(&self, assembly: &mut Assembly<'_>) -> Series {
        let of = self.projection(Statistic::Expected, "projection");
        let mut marks = Vec::new();
        for (x, level) in self.days(&of, assembly) {
            let key = |statistic| self.projection(statistic, "projection").level(&level);
            let keys = [Statistic::Expected, Statistic::ExpectedLower, Statistic::ExpectedUpper].map(key).to_vec();
            let y = number(assembly, &keys[0]);
            let band = interval(assembly, &keys[1], &keys[2]);
            // Without anybody there is nothing to project.
            if y.is_some() {
                marks.push(Mark { x, y, interval: band, keys, ..Mark::default() });
            }
        }
        Series { label: "Projected".to_owned(), arm: 0, style: SeriesStyle::Fan, marks, censored: Vec::new() }
    }

    /// The bars of months, and what they say in words.
    fn each_month(&self, months: &[Month], assembly: &mut Assembly<'_>) -> (Series, String) {
        let (mut marks, mut words) = (Vec::new(), Vec::new());
        let of = self.key(Statistic::Count, "month");
        for month in months {
            let key = of.clone().level(&month.name);
            if assembly.rows.get(&key).is_none() {
                continue;
            }
            words.push(format!("{} {}", label(&month.name), assembly.counted(&key)));
            #[expect(clippy::cast_precision_loss, reason = "a number of participants")]
            let y = assembly.count(&key) as f64;
            let x = f64::midpoint(month.begins, month.ends);
            marks.push(Mark { x, y: Some(y), keys: vec![key], ..Mark::default() });
        }
        let bars = Series { label: String::new(), arm: 0, style: SeriesStyle::Bars, marks, censored: Vec::new() };
        (bars, words.join(", "))
    }

    /// What a reader must know of it.
    fn sentences(&self, assembly: &mut Assembly<'_>) -> Vec<String> {
        let style = Style::recorded(0);
        let planned = self.accrual.planned;
        let of = |statistic| Key::new(&*self.accrual.id, statistic);
        let n = assembly.counted(&of(Statistic::N));
        let now = assembly.text(&self.key(Statistic::Date, "as-of"), style);
        let opened = assembly.text(&self.key(Statistic::Date, "opened"), style);
        let mut all = vec![format!("As of {now}: {n} of {planned} planned.")];
        if !self.accrual.target.is_empty() {
            let expected = assembly.text(&of(Statistic::Expected), style);
            let (deficit, fewer) = sided(&of(Statistic::Deficit), ["fewer", "more"], assembly);
            let (delay, behind) = sided(&of(Statistic::Delay), ["behind", "ahead of"], assembly);
            all.push(format!(
                "{expected} were planned by then: {deficit} {fewer} than planned, {delay} days {behind} the plan."
            ));
        }
        let rate = |what: &str| self.key(Statistic::MonthlyRate, what);
        let (whole, late) = (assembly.text(&rate("all"), style), assembly.text(&rate("late"), style));
        all.push(format!("Participants a month: {whole} since {opened}, {late} in the last 91 days."));
        if assembly.count(&self.key(Statistic::Count, "remaining")) > 0 {
            let mut of_rate = |what: &str| {
                let key = |statistic| self.projection(statistic, what);
                assembly.cell("{date} ({date-lower} to {date-upper})", style, &key).text
            };
            let (whole, late) = (of_rate("all"), of_rate("late"));
            all.push(format!(
                "Day of the last of {planned} ({} % prediction limits): at the rate so far {whole}; at the rate of the last 91 \
                 days {late}.",
                level_text(self.accrual.conf_level)
            ));
        } else {
            let day = assembly.text(&self.key(Statistic::Date, "reached"), style);
            all.push(format!("The number planned was reached on {day}."));
        }
        if !assembly.is_shell() && assembly.count(&of(Statistic::Missing)) > 0 {
            let missing = assembly.counted(&of(Statistic::Missing));
            all.push(format!("Not counted for want of a date: {missing}."));
        }
        all
    }
}

/// A number without its sign, and which of two words its sign means.
fn sided<'w>(key: &Key, [above, below]: [&'w str; 2], assembly: &mut Assembly<'_>) -> (String, &'w str) {
    let text = assembly.text(key, Style::recorded(0));
    text.strip_prefix('−').map_or_else(|| (text.clone(), above), |text| (text.to_owned(), below))
}

/// The axis of months: as many have a label as there is room for.
fn axis_of(months: &[Month]) -> Axis {
    let every = months.len().div_ceil(MOST_LABELS).max(1);
    let ticks = months.iter().step_by(every).map(|month| (month.begins, label(&month.name))).collect();
    let ends = months.first().zip(months.last()).map(|(first, last)| (first.begins, last.ends));
    // Without data there are no months yet.
    let (from, to) = ends.unwrap_or((0.0, 1.0));
    Axis { title: String::new(), from, to, ticks, log: false }
}

/// "2025-02" as ticks name it.
fn label(month: &str) -> String {
    let parts = month.split_once('-');
    let name = parts.and_then(|(_, month)| MONTHS.get(month.parse::<usize>().ok()?.checked_sub(1)?));
    parts.zip(name).map_or_else(|| month.to_owned(), |((year, _), name)| format!("{name} {year}"))
}
