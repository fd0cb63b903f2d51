//! A figure of a binary endpoint by visit: the proportion in each arm with its interval, and the counts below.

use crate::display::assemble::{Assembly, note};
use crate::display::layout::Laid;
use crate::display::layout::response::level_text;
use crate::display::number::Style;
use crate::display::report::{Axis, Body, Mark, Plot, Series, SeriesStyle, UnderRow};
use crate::results::{Key, Method, Statistic, Value};
use crate::spec::output::ResponseByVisitLayout;

pub(super) fn plot(layout: &ResponseByVisitLayout, assembly: &mut Assembly<'_>) -> Option<Laid> {
    let study = assembly.study;
    let endpoint = study.endpoint(&layout.of)?;
    let binary = endpoint.binary.as_ref()?;
    let visits = &study.visits.as_ref()?.schedule;
    let shown: Vec<_> = binary.at.iter().filter_map(|name| visits.iter().find(|visit| visit.id == *name)).collect();
    let method = binary.methods.iter().copied().find(|m| matches!(m, Method::ClopperPearson | Method::Wilson));
    let mut series = Vec::new();
    let mut under = Vec::new();
    let mut sentences = Vec::new();
    for (arm_position, arm) in study.arm.iter().enumerate() {
        let mut marks = Vec::new();
        let mut cells = Vec::new();
        let mut words = Vec::new();
        for visit in &shown {
            let key = |statistic| Key::new(&*endpoint.id, statistic).at(&visit.id).arm(&arm.id);
            let limit = |statistic| method.map(|method| key(statistic).method(method).conf_level(binary.conf_level));
            let share = assembly.row(&key(Statistic::Share)).map(|row| row.value.clone());
            let y = match share {
                Some(Value::Share { part, whole }) => {
                    words.push(format!("{} {part} of {whole} ({} %)", visit.label, assembly.percent(part, whole, 0)));
                    Some(as_percent(part, whole))
                }
                _ if assembly.is_shell() => {
                    words.push(format!(
                        "{} {} %",
                        visit.label,
                        assembly.text(&key(Statistic::Share), Style::recorded(0))
                    ));
                    None
                }
                _ => None,
            };
            let mut limit_of = |statistic| {
                let key = limit(statistic)?;
                match assembly.row(&key).map(|row| &row.value) {
                    Some(Value::Number(value)) => Some((value * 100.0, key)),
                    _ => None,
                }
            };
            let (lower, upper) = (limit_of(Statistic::ShareLower), limit_of(Statistic::ShareUpper));
            let mut keys = vec![key(Statistic::Share)];
            let interval = lower.zip(upper).map(|((lower, lower_key), (upper, upper_key))| {
                keys.extend([lower_key, upper_key]);
                (lower, upper)
            });
            marks.push(Mark { x: f64::from(visit.day), y, interval, keys, ..Mark::default() });
            cells.push(assembly.cell("{count}/{n}", Style::recorded(0), &key));
        }
        sentences.push(format!("{}: {}.", arm.label, words.join(", ")));
        series.push(Series {
            label: arm.label.clone(),
            arm: arm_position,
            style: SeriesStyle::Points,
            marks,
            censored: Vec::new(),
        });
        under.push(UnderRow { label: arm.label.clone(), arm: arm_position, cells });
    }
    let first = shown.first().map_or(0.0, |visit| f64::from(visit.day));
    let last = shown.last().map_or(1.0, |visit| f64::from(visit.day));
    let margin = ((last - first) / 12.0).max(1.0);
    let x = Axis {
        log: false,
        title: String::new(),
        from: first - margin,
        to: last + margin,
        ticks: shown.iter().map(|visit| (f64::from(visit.day), visit.label.clone())).collect(),
    };
    let y = Axis {
        log: false,
        title: layout.y_title.clone(),
        from: 0.0,
        to: 100.0,
        ticks: (0..=5_u8).map(|step| (f64::from(step) * 20.0, (u16::from(step) * 20).to_string())).collect(),
    };
    let mut footnotes = Vec::new();
    if let Some(method) = method {
        let level = level_text(binary.conf_level);
        footnotes.push(note(format!(
            "Bars: {level} % confidence intervals ({}). n/N: responders of all{}.",
            method.label(),
            if study.compares() { " in the arm" } else { "" }
        )));
    }
    let by = if study.compares() { "visit and arm" } else { "visit" };
    let alt = format!("Points with intervals by {by}. {}. {}", endpoint.label, sentences.join(" "));
    let plot = Plot { lines: Vec::new(), x, y, series, under, under_head: "n/N".to_owned(), alt };
    Some(Laid { body: Body::Plot(plot), footnotes, analyses: vec![endpoint.id.to_string()] })
}

/// Where a mark stands on an axis of percent.
#[expect(clippy::cast_precision_loss, reason = "a position on paper")]
fn as_percent(part: u64, whole: u64) -> f64 {
    part as f64 * 100.0 / whole as f64
}
