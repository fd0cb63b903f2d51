//! Checks of the data against the design that the specification states: its visits and its arms.

use std::collections::BTreeSet;

use crate::conformance::check::{Decided, Hit, Hits, Look, undecidable};
use crate::data::vector::Vector;
use crate::spec::conformance::{ArmCheck, WhichArm};

/// Records of visits that the specification does not name. A study without visits asks nothing.
pub(super) fn visits(look: &Look<'_>, variables: &[String]) -> Option<Vec<Hits>> {
    let visits = look.view.study.visits.as_ref()?;
    let names = look.matching(variables);
    if names.is_empty() {
        return None;
    }
    let active = match look.active()? {
        Ok(active) => active,
        Err(why) => return Some(undecidable(None, &why)),
    };
    let baseline = [visits.baseline.id.to_lowercase(), visits.baseline.label.to_lowercase()];
    let others = visits.schedule.iter().flat_map(|visit| [visit.id.to_lowercase(), visit.label.to_lowercase()]);
    let known: BTreeSet<String> = baseline.into_iter().chain(others).collect();
    let found = names.into_iter().filter_map(|name| {
        let column = look.view.own(name)?;
        let Vector::Text(texts) = &*column else { return None };
        let unknown: Vec<bool> = texts.words.iter().map(|word| !known.contains(&word.to_lowercase())).collect();
        let rows = texts.codes.iter().enumerate();
        let rows = rows.filter(|(row, code)| active[*row] && unknown.get(**code as usize).copied().unwrap_or(false));
        Some(Hits::own(name, rows.map(|(row, _)| Hit::record(row)).collect()))
    });
    Some(found.collect())
}

/// Subjects whose treatment is in no arm of the specification, or in several.
pub(super) fn arm(look: &Look<'_>, check: &ArmCheck) -> Option<Vec<Hits>> {
    let study = look.view.study;
    let texts = study.arm.iter().map(|arm| match check.of {
        WhichArm::Planned => &arm.planned.sql,
        WhichArm::Actual => &arm.actual.sql,
    });
    let decided: Option<Vec<_>> = texts.map(|text| look.truths(text)).collect();
    let decided: Result<Vec<Decided>, String> = decided?.into_iter().collect();
    let arms = match decided {
        Ok(arms) => arms,
        Err(why) => return Some(undecidable(None, &why)),
    };
    let mut names: Vec<String> = Vec::new();
    for name in arms.iter().flat_map(|(_, names)| names) {
        if !names.contains(name) {
            names.push(name.clone());
        }
    }
    let columns: Vec<_> = names.iter().filter_map(|name| look.view.column(name)).collect();
    let mut hits = Vec::new();
    for row in 0..look.view.rows() {
        // A subject without a treatment was not assigned one; some data have a word for that.
        let treated = |column: &Vector| !column.is_null(row) && !check.none.contains(&column.show(row).to_uppercase());
        if columns.is_empty() || !columns.iter().all(|column| treated(column)) {
            continue;
        }
        match arms.iter().filter(|(truths, _)| truths[row].holds()).count() {
            0 => hits.push(Hit::told(row, "it is in no arm of the specification")),
            1 => {}
            several => hits.push(Hit::told(row, format!("it is in {several} arms of the specification"))),
        }
    }
    Some(vec![Hits { variable: names.first().cloned(), shown: names, list: hits }])
}
