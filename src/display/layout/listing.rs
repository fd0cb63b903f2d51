//! A listing: records of an extract, a line a participant, under the arms.

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
    let mut columns = Vec::new();
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
        for line in extract.lines.iter().filter(|line| line.first().is_some_and(|id| **id == *arm.id)) {
            let cells = layout
                .columns
                .iter()
                .zip(line.iter().skip(2))
                .map(|(column, text)| {
                    plain(column.decimals.map_or_else(|| text.clone(), |places| at_places(text, places)))
                })
                .map(|mut cell| {
                    if cell.text.is_empty() {
                        "–".clone_into(&mut cell.text);
                    }
                    cell
                })
                .collect();
            rows.push(data_row(1, line.get(1).map_or("", String::as_str), cells));
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
