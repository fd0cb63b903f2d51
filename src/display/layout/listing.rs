//! A listing: records of an extract under the arms, a line a participant, or a line a participant and visit.

use crate::display::assemble::{Assembly, data_row, heading, note, plain};
use crate::display::layout::Laid;
use crate::display::layout::summary::sentence_case;
use crate::display::number::rounded;
use crate::display::report::{Align, Body, Column, Table};
use crate::results::Results;
use crate::spec::output::ListingLayout;

pub(super) fn table(id: &str, layout: &ListingLayout, results: &Results, assembly: &Assembly<'_>) -> Option<Laid> {
    let extract = results.extract(id)?;
    let study = assembly.study;
    // With several visits the extract has the visit behind the participant.
    let by_visit = layout.at.len() > 1;
    let first = if by_visit { 3 } else { 2 };
    let mut columns = Vec::new();
    if by_visit {
        columns.push(Column { head: vec!["Visit".to_owned()], align: Align::Left });
    }
    for column in &layout.columns {
        let numeric = column.decimals.is_some();
        columns.push(Column {
            head: head_lines(&column.label),
            align: if numeric { Align::Decimal } else { Align::Left },
        });
    }
    let mut rows = Vec::new();
    for arm in &study.arm {
        rows.push(heading(0, arm.label.clone()));
        let heads = rows.len();
        let mut latest = "";
        for line in extract.lines.iter().filter(|line| line.first().is_some_and(|id| **id == *arm.id)) {
            let mut cells = Vec::new();
            if by_visit {
                let visit = line.get(2).map_or("", String::as_str);
                cells.push(plain(study.visit_label(visit).unwrap_or(visit)));
            }
            for (column, text) in layout.columns.iter().zip(line.iter().skip(first)) {
                let text = column.decimals.map_or_else(|| text.clone(), |places| at_places(text, places));
                cells.push(plain(if text.is_empty() { "–".to_owned() } else { text }));
            }
            let participant = line.get(1).map_or("", String::as_str);
            let mut row = data_row(1, participant, cells);
            row.opens_group = by_visit && !latest.is_empty() && latest != participant;
            latest = participant;
            rows.push(row);
        }
        if rows.len() == heads {
            rows.push(data_row(1, "None", columns.iter().map(|_| plain("")).collect()));
        }
    }
    let table = Table { stub_head: sentence_case("Participant"), columns, spanners: Vec::new(), rows };
    Some(Laid {
        body: Body::Table(crate::display::assemble::aligned(table)),
        footnotes: vec![note("–: no value. Values known only as a limit are shown with < or >.")],
        analyses: vec![id.to_owned()],
    })
}

/// A heading on several lines: broken behind a comma and before a unit.
fn head_lines(label: &str) -> Vec<String> {
    let (words, unit) = label.split_once(" (").map_or((label, None), |(words, unit)| (words, Some(format!("({unit}"))));
    words.split(", ").map(str::to_owned).chain(unit).collect()
}

/// A number of an extract with so many decimals; a limit stays as it was reported.
fn at_places(text: &str, places: u8) -> String {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.' || byte == b'-');
    if plain && !text.is_empty() { rounded(text, places) } else { text.to_owned() }
}
