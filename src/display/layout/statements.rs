//! A table of statements: what a person must know of or decide, how it is handled, and room to sign.

use crate::display::assemble::{data_row, plain};
use crate::display::layout::Laid;
use crate::display::report::{Align, Body, Column, Table};
use crate::spec::Study;
use crate::spec::narrative::{Statement, StatementsLayout};

/// Where somebody writes by hand.
const LINE: &str = "________________";

pub(super) fn table(layout: &StatementsLayout, study: &Study) -> Laid {
    let [key, what, handling] = &layout.heads;
    let mut heads = vec![what.as_str(), handling.as_str()];
    if layout.sign {
        heads.extend(["Name", "Date", "Signature"]);
    }
    let columns = heads.iter().map(|head| Column { head: vec![(*head).to_owned()], align: Align::Left }).collect();
    let mut rows = Vec::new();
    for statement in study.statement.iter().filter(|statement| *statement.list == *layout.of) {
        let mut cells = vec![plain(statement.what.as_str()), plain(handled(statement, study))];
        cells.resize(heads.len(), plain(LINE));
        let mut row = data_row(0, &*statement.id, cells);
        row.opens_group = true;
        rows.push(row);
    }
    let table = Table { stub_head: key.clone(), columns, spanners: Vec::new(), rows };
    Laid { body: Body::Table(table), footnotes: Vec::new(), analyses: Vec::new() }
}

/// How a statement is handled, and where that is in force.
fn handled(statement: &Statement, study: &Study) -> String {
    if statement.r#in.is_empty() {
        return statement.handling.clone();
    }
    let places: Vec<String> = statement.r#in.iter().map(|name| place(name, study)).collect();
    format!("{} In force: {}.", statement.handling, places.join("; "))
}

/// What a name of the specification is called in the report; an option with its value.
fn place(name: &str, study: &Study) -> String {
    let option = study.option.get(name).map(|option| format!("{} = {}", option.label, option.default));
    option
        .or_else(|| study.display.iter().find(|display| *display.id == *name).map(|display| display.number.clone()))
        .or_else(|| study.endpoint(name).map(|endpoint| endpoint.label.clone()))
        .or_else(|| study.derivation.iter().find(|own| *own.id == *name).map(|own| own.label.clone()))
        .or_else(|| study.set(name).map(|set| set.label.clone()))
        .unwrap_or_else(|| name.to_owned())
}
