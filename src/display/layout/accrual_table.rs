//! A table of accrual by site, those with most participants first, and of all sites together.

use std::cmp::Reverse;

use crate::display::assemble::{Assembly, aligned, data_row, note};
use crate::display::layout::Laid;
use crate::display::number::Style;
use crate::display::report::{Align, Body, Column, Table, TableRow};
use crate::results::{Key, MISSING_LEVEL, Statistic};
use crate::spec::accrual::{Accrual, AccrualTableLayout};

pub(super) fn table(layout: &AccrualTableLayout, assembly: &mut Assembly<'_>) -> Option<Laid> {
    let accrual = assembly.study.accrual.iter().find(|accrual| accrual.id == layout.of)?;
    let mut columns = vec![
        (vec![accrual.label.clone()], "{count}"),
        (vec!["Months active".to_owned()], "{months}"),
        (vec!["Participants".to_owned(), "a month".to_owned()], "{monthly-rate}"),
    ];
    if let Some(since) = &accrual.since {
        columns.push((vec![since.label.clone(), "median (min, max)".to_owned()], "{median} ({min}, {max})"));
    }
    let mut rows: Vec<TableRow> = Vec::new();
    for site in sites(accrual, assembly) {
        let label = if site == MISSING_LEVEL { "Site not known" } else { &site };
        rows.push(row(label, Some(&site), accrual, &columns, assembly));
    }
    let all = if accrual.site.is_some() { "All sites" } else { "All" };
    rows.push(TableRow { opens_group: true, ..row(all, None, accrual, &columns, assembly) });
    let mut footnotes = vec![note(match (&accrual.site, &accrual.since) {
        (None, _) => "Months since accrual opened.".to_owned(),
        (Some(_), None) => "A site is active from the day of its first participant.".to_owned(),
        (Some(_), Some(_)) => "A site is active from the first date of anybody there, screened or counted.".to_owned(),
    })];
    if accrual.site.is_some() {
        footnotes.push(note("All sites: their months together, and participants for each of these months."));
    }
    let heads = columns.into_iter().map(|(head, _)| Column { head, align: Align::Decimal }).collect();
    let stub_head = if accrual.site.is_some() { "Site" } else { "" };
    let table = Table { stub_head: stub_head.to_owned(), columns: heads, spanners: Vec::new(), rows };
    Some(Laid { body: Body::Table(aligned(table)), footnotes, analyses: vec![accrual.id.to_string()] })
}

/// The sites, by falling number of participants, then by name.
fn sites(accrual: &Accrual, assembly: &mut Assembly<'_>) -> Vec<String> {
    let of = Key::new(&*accrual.id, Statistic::Count).variable("site");
    let is_meant = |key: &&Key| key.levels.len() == 1 && Key { levels: Vec::new(), ..(*key).clone() } == of;
    let names: Vec<String> = assembly.rows.keys().filter(is_meant).map(|key| key.levels[0].clone()).collect();
    let mut ranked: Vec<(Reverse<u64>, String)> =
        names.into_iter().map(|name| (Reverse(assembly.count(&of.clone().level(&name))), name)).collect();
    ranked.sort();
    ranked.into_iter().map(|(_, name)| name).collect()
}

fn row(
    label: &str,
    site: Option<&str>,
    accrual: &Accrual,
    columns: &[(Vec<String>, &str)],
    assembly: &mut Assembly<'_>,
) -> TableRow {
    let key = |statistic| {
        let key = Key::new(&*accrual.id, statistic).variable("site");
        site.map_or_else(|| key.clone(), |site| key.clone().level(site))
    };
    let cells = columns.iter().map(|(_, format)| assembly.cell(format, Style::recorded(0), &key)).collect();
    data_row(0, label, cells)
}
