//! The table of results that the next look may have: what the bounds would say of each.

use super::{Shown, analyses, key, maybe, verdict_cell};
use crate::display::assemble::{Assembly, aligned, data_row, heading, note, plain};
use crate::display::layout::Laid;
use crate::display::number::decimal;
use crate::display::report::{Align, Body, Cell, Column, Footnote, Table, TableRow};
use crate::results::{Key, Method, Statistic, Value};
use crate::spec::looks::WhatIfLayout;
use crate::spec::monitoring::{Assumed, Favours};

pub(in super::super) fn table(layout: &WhatIfLayout, assembly: &mut Assembly<'_>) -> Option<Laid> {
    let shown = Shown::of(&layout.of, assembly)?;
    let plan = shown.plan;
    let supposed = assembly.rows.keys().filter_map(|key| match (key.variable.as_deref(), key.levels.as_slice()) {
        (Some("what-if"), [look, z]) if key.analysis == *plan.id && key.statistic == Statistic::Status => {
            Some((look.clone(), z.parse::<f64>().ok()?, z.clone()))
        }
        _ => None,
    });
    let mut supposed: Vec<(String, f64, String)> = supposed.collect();
    if assembly.is_shell() {
        supposed.push(("1".to_owned(), 1.0, "1".to_owned()));
    }
    supposed.sort_by(|one, other| one.1.total_cmp(&other.1));
    let next = supposed.first().map(|(look, ..)| look.clone());
    let mut rows = Vec::new();
    for (look, z, level) in &supposed {
        let of = |statistic, method| Key::new(&*plan.id, statistic).method(method);
        let at = |key: Key| key.level(look).level(level);
        let own = |statistic| at(of(statistic, Method::GroupSequential).variable("what-if"));
        let p = maybe(assembly, shown.style, own(Statistic::OneSidedP));
        let says = verdict_cell(assembly, own(Statistic::Status));
        let trend = of(Statistic::ConditionalPower, Method::ConditionalPower).variable(Assumed::Trend.name());
        let trend = maybe(assembly, shown.style, at(trend));
        let predictive = of(Statistic::PredictivePower, Method::PredictivePower);
        let predictive = maybe(assembly, shown.style, at(predictive));
        let stub = format!("Z = {}", decimal(*z, 1, assembly.study.study.rounding));
        rows.push(data_row(0, stub, vec![p, says, trend, predictive]));
    }
    let head = |text: &str, unit: &str, align| Column { head: vec![text.to_owned(), unit.to_owned()], align };
    let mut columns = vec![
        head("One-sided p", "", Align::Decimal),
        head("What the bounds would say", "", Align::Left),
        head("CP, current trend", "%", Align::Decimal),
        head("Predictive power", "%", Align::Decimal),
    ];
    let mut footnotes = vec![foot(&shown, next.as_deref(), assembly)];
    if let Some(next) = &next {
        let more = responders(&shown, next, assembly);
        if !more.is_empty() {
            footnotes.push(note(
                "Responders: the arms share the information of the look as they share those randomised; by the test of the \
                 plan.",
            ));
        }
        rows.extend(more);
    }
    // After the last look there is no power.
    let has_powers =
        assembly.is_shell() || rows.iter().any(|row| row.cells.iter().skip(2).any(|own| !own.text.is_empty()));
    if !has_powers {
        columns.truncate(2);
        for row in &mut rows {
            row.cells.truncate(2);
        }
    }
    let table = Table { stub_head: "Result of the next look".to_owned(), columns, spanners: Vec::new(), rows };
    Some(Laid { body: Body::Table(aligned(table)), footnotes, analyses: analyses(plan) })
}

fn foot(shown: &Shown<'_>, next: Option<&str>, assembly: &mut Assembly<'_>) -> Footnote {
    let plan = shown.plan;
    let Some((number, look)) = next.and_then(|look| Some((look.parse::<usize>().ok()?, look))) else {
        return note("No look is left: what-if results are those of a look to come.");
    };
    let information = assembly.text(&key(plan, Statistic::Information, number), shown.style);
    let critical = Key::new(&*plan.id, Statistic::CriticalValue).method(Method::GroupSequential);
    let critical = assembly.text(&critical, shown.style);
    note(format!(
        "Results that look {look} may have, at {information} % of the information. Critical value at the end: {critical}.{}",
        if number < shown.looks {
            format!(" CP: conditional power; predictive power: {}.", plan.prior().label())
        } else {
            String::new()
        }
    ))
}

/// For proportions: with how many responders of the arm tested a bound would be crossed.
fn responders(shown: &Shown<'_>, next: &str, assembly: &mut Assembly<'_>) -> Vec<TableRow> {
    let study = assembly.study;
    let plan = shown.plan;
    let Some(of) = &plan.monitored else { return Vec::new() };
    let at = |statistic| Key::new(&*plan.id, statistic).method(Method::GroupSequential).variable("what-if");
    let reference = &study.arm[study.reference_arm()];
    let tested = match &of.arm {
        Some(name) => study.arm.iter().find(|arm| arm.id == *name),
        None => study.arm.iter().find(|arm| arm.id != reference.id),
    };
    let Some(tested) = tested else { return Vec::new() };
    let sizes = [tested, reference].map(|arm| {
        let key = at(Statistic::N).arm(&arm.id).level(next);
        (assembly.rows.get(&key).map(|row| row.value.clone()), key)
    });
    let [(Some(Value::Count(n)), tested_n), (Some(Value::Count(others)), others_n)] = sizes else { return Vec::new() };
    let supposed = assembly.rows.keys().filter_map(|key| match key.levels.as_slice() {
        [look, responders, word]
            if key.analysis == *plan.id
                && key.statistic == Statistic::Boundary
                && look == next
                && word == "efficacy" =>
        {
            responders.parse::<u64>().ok()
        }
        _ => None,
    });
    let mut supposed: Vec<u64> = supposed.collect();
    supposed.sort_unstable();
    let mut rows =
        vec![heading(0, format!("Responders in {}, of {n}, at which a bound would be crossed", tested.label))];
    let higher = of.favours == Favours::Higher;
    for responders in supposed {
        let mut texts = Vec::new();
        let mut keys = vec![tested_n.clone(), others_n.clone()];
        for (word, words, rising) in
            [("efficacy", "efficacy", higher), ("futility", "futility", !higher), ("harm", "harm", !higher)]
        {
            let key = at(Statistic::Boundary).level(next).level(&responders.to_string()).level(word);
            let there = match word {
                "futility" => plan.futility.is_some(),
                "harm" => plan.harm.is_some(),
                _ => true,
            };
            if let (Some(Value::Count(edge)), true) = (assembly.rows.get(&key).map(|row| &row.value), there) {
                texts.push(format!("{words}: {edge} or {}", if rising { "more" } else { "fewer" }));
                keys.push(key);
            }
        }
        let text = if texts.is_empty() { "with no number".to_owned() } else { texts.join("; ") };
        let cell = Cell { text, keys, ..Cell::default() };
        let stub = format!("if {responders} of {others} respond in {}", reference.label);
        rows.push(data_row(1, stub, vec![plain(""), cell, plain(""), plain("")]));
    }
    rows
}
