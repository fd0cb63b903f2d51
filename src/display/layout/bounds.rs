//! A table of the bounds of group-sequential designs.

use crate::display::assemble::{Assembly, aligned, data_row, heading, note, plain};
use crate::display::layout::Laid;
use crate::display::number::Style;
use crate::display::report::{Align, Body, Column, Footnote, Table};
use crate::results::{Key, Method, Statistic};
use crate::spec::figure::BoundsLayout;
use crate::spec::monitoring::{Monitoring, TestSides};

pub(super) fn table(layout: &BoundsLayout, assembly: &mut Assembly<'_>) -> Laid {
    let study = assembly.study;
    let plans = layout.of.iter().filter_map(|name| study.monitoring.iter().find(|plan| plan.id == *name));
    let plans: Vec<&Monitoring> = plans.collect();
    let stops = plans.iter().any(|plan| plan.futility.is_some());
    let assumed = plans.iter().any(|plan| plan.drift.is_some());
    let style = Style { p_decimals: 4, ..Style::recorded(0) };
    let mut formats = vec![("Information, %", "{information}"), ("Bound on Z", "{bound}"), ("Nominal p", "{p-value}")];
    formats.extend(stops.then_some(("Futility bound on Z", "{futility-bound}")));
    formats.push(("Error spent", "{spent}"));
    formats.extend(assumed.then_some(("Stopped for efficacy, %", "{power-by}")));
    let mut rows = Vec::new();
    for plan in &plans {
        rows.push(heading(0, plan.label.clone()));
        // With looks that were taken there may be more or fewer than planned.
        let told = Key::new(&*plan.id, Statistic::Information).method(Method::GroupSequential);
        let is_look = |key: &&Key| key.levels.len() == 1 && Key { levels: Vec::new(), ..(*key).clone() } == told;
        let looks = if assembly.is_shell() { plan.looks.len() } else { assembly.rows.keys().filter(is_look).count() };
        for look in 1..=looks {
            let key = |s| Key::new(&*plan.id, s).method(Method::GroupSequential).level(&look.to_string());
            let has = |format: &str| match format {
                "{futility-bound}" => plan.futility.is_some(),
                "{power-by}" => plan.drift.is_some(),
                _ => true,
            };
            let cells = formats
                .iter()
                .map(|(_, format)| if has(format) { assembly.cell(format, style, &key) } else { plain("") });
            let cells = cells.collect();
            rows.push(data_row(1, format!("Look {look}"), cells));
        }
    }
    let column = |head: &&str| Column { head: vec![(*head).to_owned()], align: Align::Decimal };
    let columns = formats.iter().map(|(head, _)| column(head)).collect();
    let mut footnotes: Vec<Footnote> = plans.iter().map(|plan| words(plan, assembly)).collect();
    if assumed {
        footnotes.push(note("Stopped for efficacy: probability to have done so by the look, with the effect assumed."));
    }
    let table = Table { stub_head: String::new(), columns, spanners: Vec::new(), rows };
    let analyses = plans.iter().map(|plan| plan.id.to_string()).collect();
    Laid { body: Body::Table(aligned(table)), footnotes, analyses }
}

/// What a plan is, in words.
fn words(plan: &Monitoring, assembly: &mut Assembly<'_>) -> Footnote {
    let sides = if plan.sides == TestSides::Two { "two-sided" } else { "one-sided" };
    let futility = plan.futility.as_ref().map_or("", |futility| {
        if futility.binding { "; binding bounds for futility" } else { "; bounds for futility do not bind" }
    });
    let expected = plan.drift.map(|drift| {
        let key = Key::new(&*plan.id, Statistic::ExpectedInformation).method(Method::GroupSequential);
        let share = assembly.text(&key, Style::recorded(0));
        format!("; with an expectation of Z of {drift} at the full information, the expected information is {share} %")
    });
    note(format!("{}: error {} {sides}{futility}{}.", plan.label, plan.alpha, expected.unwrap_or_default()))
}
