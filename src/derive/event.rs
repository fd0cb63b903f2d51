//! The first date of an event, for each subject.

use crate::data::date::PartialDate;
use crate::derive::Notes;
use crate::derive::frame::Sources;
use crate::error::{Finding, Place};
use crate::plan::{BoundEvent, BoundVisit, Plan};

/// The first date of the event of each subject. A selected record without a date is a warning: it cannot count.
pub(crate) fn first_dates(
    plan: &Plan,
    event: &BoundEvent,
    sources: &Sources<'_>,
    notes: &mut Notes<'_>,
) -> Vec<Option<i32>> {
    let sheet = &sources.sheets[&event.dataset];
    let of_row = sources.index.of_rows(sheet);
    let who = |row: usize| sources.index.id_of_row(&of_row, row);
    let chosen = event.select.map(|rule| notes.truths(rule, sheet, &plan.options, &who));
    let dates = crate::data::sheet::dates(sheet, &event.date);
    let texts = event.text.as_deref().and_then(|text| crate::data::sheet::texts(sheet, text)).unwrap_or_default();
    let mut first: Vec<Option<i32>> = vec![None; sources.index.len()];
    let mut undated = Vec::new();
    for (row, subject) in of_row.iter().enumerate() {
        let Some(subject) = *subject else { continue };
        if chosen.as_ref().is_some_and(|chosen| !chosen[row].holds()) {
            continue;
        }
        // A partial date counts as the first day it may be: an event is not overlooked for want of its day.
        let date = dates[row].or_else(|| PartialDate::parse(texts.get(row)?).map(PartialDate::earliest));
        match date {
            Some(date) => first[subject] = Some(first[subject].map_or(date, |earlier| earlier.min(date))),
            None if chosen.is_some() => undated.push(who(row)),
            None => {}
        }
    }
    undated.sort();
    undated.dedup();
    if !undated.is_empty() {
        let place = Place::dataset(event.dataset.clone()).variable(event.date.clone()).subjects(undated);
        let message = format!("a record of the event {} has no date and does not count", event.name);
        notes.findings.push(Finding::warning(place, message));
    }
    first
}

/// Whether an event comes before the assessment of a visit: on or before its date, or before its window began. A visit
/// without assessment ends with its window.
pub(crate) fn before(event: Option<i32>, assessed: Option<i32>, day_one: Option<i32>, visit: &BoundVisit) -> bool {
    let (Some(event), Some(day_one)) = (event, day_one) else { return false };
    let nominal = day_one + visit.day - 1;
    match assessed {
        Some(assessed) => event <= assessed || event < nominal - visit.within,
        None => event <= nominal + visit.within,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_before_the_assessment_it_precedes() {
        let visit = BoundVisit { id: "W24".into(), day: 169, within: 7, when_empty: Some(14) };
        // Day one is date 0: the nominal day is date 168 and the window runs from 161 to 175.
        assert!(before(Some(150), Some(170), Some(0), &visit));
        assert!(before(Some(170), Some(170), Some(0), &visit));
        assert!(!before(Some(171), Some(170), Some(0), &visit));
        // A value from the wider window does not outlive an event before the window proper.
        assert!(before(Some(158), Some(156), Some(0), &visit));
        assert!(!before(Some(162), Some(156), Some(0), &visit));
        // Without assessment the window's last day counts.
        assert!(before(Some(175), None, Some(0), &visit));
        assert!(!before(Some(176), None, Some(0), &visit));
        assert!(!before(None, None, Some(0), &visit));
    }
}
