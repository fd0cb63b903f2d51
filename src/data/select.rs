//! The part of a file that a study keeps: some of its variables, some of its records.
//!
//! A condition is an equality of texts and no more, so that it means the same in every format and a reader can apply it
//! record by record. May use the tables and nothing else.

use std::collections::BTreeSet;

use polars::prelude::{IdxCa, StringChunked, StringChunkedBuilder};

use super::format::unfit_selection;
use super::table::{Table, Values};
use super::{DatasetFile, SpecialMissing};
use crate::error::Finding;

/// What the reading of a file keeps of a table. Readers that leave out by themselves leave nothing to do here.
///
/// # Errors
/// A variable to be kept or to choose by is not there, or the latter is not text.
pub(super) fn selected(mut table: Table, file: &DatasetFile) -> Result<Table, Vec<Finding>> {
    let reading = &file.reading;
    if reading.is_whole() || table.selected {
        return Ok(table);
    }
    let names: Vec<&str> = table.variables.iter().map(|variable| variable.name.as_str()).collect();
    let mut findings = unfit_selection(file, &names);
    let mut kept = vec![true; table.records];
    for (name, admitted) in &reading.rows {
        match names.iter().position(|other| other == name).map(|at| &table.values[at]) {
            Some(Values::Text(values)) => choose(values, admitted, &mut kept),
            Some(_) => findings.push(not_text(file, name)),
            None => {}
        }
    }
    if !findings.is_empty() {
        return Err(findings);
    }
    let keeps: Vec<bool> =
        names.iter().map(|name| reading.keep.as_ref().is_none_or(|keep| keep.contains(*name))).collect();
    for keep in keeps.iter().enumerate().rev().filter(|(_, keep)| !**keep).map(|(at, _)| at).collect::<Vec<_>>() {
        table.special_missing.remove(&table.variables.remove(keep).name);
        table.values.remove(keep);
    }
    if kept.contains(&false) {
        table.special_missing = chosen_marks(table.special_missing, &kept);
        let rows: Vec<u32> = (0_u32..).zip(&kept).filter(|(_, kept)| **kept).map(|(row, _)| row).collect();
        let rows = IdxCa::from_vec("rows".into(), rows);
        table.records = rows.len();
        table.values = table.values.into_iter().map(|values| compact(values.taken(&rows))).collect();
    }
    Ok(table)
}

/// The finding about a variable by which records cannot be chosen.
pub(super) fn not_text(file: &DatasetFile, name: &str) -> Finding {
    let message = "records can be chosen by text only, and this variable is not text";
    Finding::error(file.here().variable(name), message)
        .hint("choose by the variable with the words of the same meaning")
}

/// Takes the mark from every record whose text is not admitted.
pub(super) fn choose(values: &StringChunked, admitted: &BTreeSet<String>, kept: &mut [bool]) {
    // Records of one value mostly stand together.
    let mut last: Option<(&str, bool)> = None;
    for (value, kept) in values.iter().zip(kept) {
        *kept &= value.is_some_and(|value| match last {
            Some((before, admitted)) if before == value => admitted,
            _ => last.insert((value, admitted.contains(value))).1,
        });
    }
}

/// The texts in memory of their own: those taken from a column hold on to the whole of it.
pub(super) fn compact(values: Values) -> Values {
    match values {
        Values::Text(values) => {
            let mut builder = StringChunkedBuilder::new(values.name().clone(), values.len());
            values.iter().for_each(|value| builder.append_option(value));
            Values::Text(builder.finish())
        }
        other => other,
    }
}

/// The special missing values of the records that are kept, where those stand then.
pub(super) fn chosen_marks(marks: SpecialMissing, kept: &[bool]) -> SpecialMissing {
    let mut places = Vec::with_capacity(kept.len());
    let mut next = 0_u32;
    for kept in kept {
        places.push(kept.then_some(next));
        next += u32::from(*kept);
    }
    let moved = marks.into_iter().map(|(variable, marks)| {
        let marks = marks.into_iter().filter_map(|(row, letter)| places[row as usize].map(|row| (row, letter)));
        (variable, marks.collect::<Vec<_>>())
    });
    moved.filter(|(_, marks)| !marks.is_empty()).collect()
}
