//! What no program can decide of a masked report, put before a person: words that may name a treatment, and changes since
//! the report before that tell of a single participant.

use std::collections::BTreeMap;
use std::path::Path;

use super::package;
use super::report::{Earlier, earlier};
use crate::display::{Front, Report};
use crate::error::{Error, Finding, Place, Stage};
use crate::results::{Key, Results, Row, Statistic, Value};
use crate::spec::report::Edition;

/// Changes told one by one; the rest is counted.
const MOST_TOLD: usize = 40;

/// The displays and texts in which a word of `[masking]` stands. The word is not repeated: who reads the log may not be
/// somebody who may know it.
pub(super) fn words(report: &Report, words: &[String]) -> Vec<Finding> {
    let words: Vec<String> = words.iter().map(|word| word.to_lowercase()).filter(|word| !word.is_empty()).collect();
    let says = |value: serde_json::Result<String>| {
        let text = value.unwrap_or_default().to_lowercase();
        words.iter().any(|word| begins_a_word(&text, word))
    };
    let mut places: Vec<String> = Vec::new();
    if says(Ok(report.front.study.clone())) {
        places.push("the identifier of the study, on every page".to_owned());
    }
    if says(serde_json::to_string(&Front { study: String::new(), ..report.front.clone() })) {
        places.push("the title page".to_owned());
    }
    for section in &report.sections {
        let texts = section.texts.iter().filter(|text| says(serde_json::to_string(text)));
        places.extend(texts.map(|text| format!("the text {}", text.id)));
        let displays = section.displays.iter().filter(|display| says(serde_json::to_string(display)));
        places.extend(displays.map(|display| format!("{} ({})", display.number, display.id)));
    }
    let paragraphs = report.methods.iter().filter(|paragraph| says(serde_json::to_string(paragraph)));
    places.extend(paragraphs.map(|paragraph| format!("the paragraph “{}” of the methods", paragraph.heading)));
    let finding = |place: String| {
        let message = format!("{place}: a word of [masking] stands here");
        Finding::warning(Place::default(), message).hint("look whether it tells who had which treatment")
    };
    places.into_iter().map(finding).collect()
}

/// Whether a word stands in a text, at the beginning of a word there.
fn begins_a_word(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, _)| !text[..at].chars().next_back().is_some_and(char::is_alphanumeric))
}

/// Counts that changed since the report before so that somebody who has both can tell what became of one participant.
///
/// Either nobody was added and one more (or one fewer) is counted, or one was added, whose state is then the difference.
///
/// # Errors
/// The package is not one of the same report, or was changed since it was written.
pub(super) fn changes(folder: &Path, results: &Results, edition: Edition) -> Result<Vec<Finding>, Error> {
    package::verify(folder)?;
    let Earlier { results: before, provenance, .. } = earlier(folder)?;
    let report = provenance.edition.map(|own| own.report);
    if report.as_deref() != Some(edition.name()) {
        let place = Place::file(folder.display().to_string());
        let finding = Finding::error(place, format!("this is no package of the report {}", edition.name()));
        return Err(Error::one(Stage::Usage, finding.hint("name the package of the report before of this series")));
    }
    let told = revealing(&before.rows, &results.rows);
    let more = told.len().saturating_sub(MOST_TOLD);
    let mut findings: Vec<Finding> = told.into_iter().take(MOST_TOLD).map(|own| finding(&own)).collect();
    if more > 0 {
        let message = format!("{more} more changes since the report before tell of one participant");
        findings.push(Finding::warning(Place::default(), message));
    }
    Ok(findings)
}

/// A count and its denominator, before and now.
struct Change<'a> {
    key: &'a Key,
    before: (u64, u64),
    now: (u64, u64),
}

fn revealing<'a>(before: &[Row], now: &'a [Row]) -> Vec<Change<'a>> {
    let shares = |rows: &[Row]| -> BTreeMap<Key, (u64, u64)> {
        let share = |row: &Row| match (row.key.statistic, &row.value) {
            (Statistic::Share, Value::Share { part, whole }) => Some((row.key.clone(), (*part, *whole))),
            _ => None,
        };
        rows.iter().filter_map(share).collect()
    };
    let before = shares(before);
    let change = |row: &'a Row| {
        let Value::Share { part, whole } = &row.value else { return None };
        let then = *before.get(&row.key)?;
        let tells = match whole.checked_sub(then.1) {
            Some(0) => part.abs_diff(then.0) == 1,
            Some(added) => added == 1,
            None => then.1 - whole == 1,
        };
        tells.then_some(Change { key: &row.key, before: then, now: (*part, *whole) })
    };
    now.iter().filter(|row| row.key.statistic == Statistic::Share).filter_map(change).collect()
}

fn finding(change: &Change<'_>) -> Finding {
    let Change { key, before, now } = change;
    let parts = [Some(&key.analysis), key.variable.as_ref(), key.at.as_ref()].into_iter().flatten();
    let levels = key.groups.iter().map(|(_, level)| level).filter(|level| *level != "all").chain(&key.levels);
    let what: Vec<&str> = parts.chain(levels).map(String::as_str).collect();
    let message =
        format!("{}: {} of {} in the report before, {} of {} now", what.join(", "), before.0, before.1, now.0, now.1);
    Finding::warning(Place::default(), message).hint("with both reports one participant’s state can be told")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn share(variable: &str, part: u64, whole: u64) -> Row {
        let key = Key::new("ae", Statistic::Share).variable(variable);
        Row { key, value: Value::Share { part, whole }, unit: None, subjects: None }
    }

    #[test]
    fn changes_that_tell_of_one_participant_are_told() {
        let before = [share("fever", 3, 20), share("rash", 2, 20), share("death", 0, 20), share("cough", 1, 20)];
        let now = [share("fever", 4, 20), share("rash", 2, 20), share("death", 2, 20), share("new", 1, 20)];
        let told =
            |now: &[Row]| revealing(&before, now).into_iter().map(|own| finding(&own).message).collect::<Vec<_>>();
        assert_eq!(told(&now), ["ae, fever: 3 of 20 in the report before, 4 of 20 now"]);
        // Of one participant who was added, every state is told; of two, none.
        assert_eq!(told(&[share("fever", 3, 21), share("rash", 3, 21)]).len(), 2);
        assert_eq!(told(&[share("fever", 4, 22)]).len(), 0);
        assert_eq!(told(&[share("fever", 3, 19)]).len(), 1);
    }

    #[test]
    fn a_word_is_found_where_a_word_begins() {
        assert!(begins_a_word("a tablet-related event", "tablet"));
        assert!(begins_a_word("(x-2)", "x-2"));
        assert!(!begins_a_word("outdated", "dated"));
    }
}
