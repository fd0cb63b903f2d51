//! What no program can decide of a masked report, put before a person: words that may name a treatment, and changes since
//! the report before that tell of a single participant.

use std::collections::BTreeMap;
use std::path::Path;

use super::package;
use super::report::{Earlier, earlier};
use crate::display::{Front, Report};
use crate::error::{Error, Finding, Place, Stage};
use crate::results::{Key, Provenance, Results, Row, Statistic, Value};
use crate::spec::Study;

/// Changes told one by one; the rest is counted.
const MOST_TOLD: usize = 40;

/// The displays and texts in which a word of `[masking]` stands, and the lines of the specification in
/// the package. The word is not repeated: who reads the log may not be
/// somebody who may know it.
pub(super) fn words(report: &Report, specification: &str, words: &[String]) -> Vec<Finding> {
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
    let lines = (1..)
        .zip(specification.lines())
        .filter(|(_, line)| !words.is_empty() && says(Ok(line.replace(&report.front.study, ""))));
    let lines: Vec<String> = lines.map(|(number, _): (usize, &str)| number.to_string()).collect();
    places.extend((!lines.is_empty()).then(|| format!("study.toml of the package, line {}", lines.join(", "))));
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
/// Either nobody was added and one more (or one fewer) is counted, or one was added, whose state is then the difference; or
/// all who were added are counted. The means of one more tell the value of that one, too.
///
/// # Errors
/// The package is not one of the same report of the same study, is of later data, or was changed since it was written.
pub(super) fn changes(folder: &Path, now: (&Study, &Results, &Provenance)) -> Result<Vec<Finding>, Error> {
    package::verify(folder)?;
    let (study, results, made) = now;
    let Earlier { study: study_before, results: before, provenance, .. } = earlier(folder)?;
    let refuse = |message: String| {
        let finding = Finding::error(Place::file(folder.display().to_string()), message);
        Err(Error::one(Stage::Usage, finding.hint("name the package of the report before of this series")))
    };
    let name = |provenance: &Provenance| provenance.edition.as_ref().map(|own| own.report.clone()).unwrap_or_default();
    if name(&provenance) != name(made) {
        return refuse(format!("this is no package of the report {}", name(made)));
    }
    if study_before.study.id != study.study.id {
        return refuse(format!("this is a package of the study {}", study_before.study.id));
    }
    let day = |provenance: &Provenance| provenance.cut.as_ref().map(|cut| cut.date.clone());
    if let (Some(then), Some(today)) = (day(&provenance), day(made))
        && then > today
    {
        return refuse(format!("its data are those of {then}, and those of this report of {today}"));
    }
    let told = revealing(&before.rows, &results.rows);
    let more = told.len().saturating_sub(MOST_TOLD);
    let mut findings: Vec<Finding> = told.into_iter().take(MOST_TOLD).map(|own| finding(&own)).collect();
    findings.extend(of_means(&before.rows, &results.rows));
    if more > 0 {
        let message = format!("{more} more changes since the report before tell of one participant");
        findings.push(Finding::warning(Place::default(), message));
    }
    Ok(findings)
}

/// For each analysis, how many means are now of one participant more or fewer.
fn of_means(before: &[Row], now: &[Row]) -> Vec<Finding> {
    let numbers = |rows: &[Row]| -> BTreeMap<Key, u64> {
        let number = |row: &Row| match (row.key.statistic, &row.value) {
            (Statistic::N, Value::Count(count)) => Some((row.key.clone(), *count)),
            _ => None,
        };
        rows.iter().filter_map(number).collect()
    };
    let (before, numbers_now) = (numbers(before), numbers(now));
    let mut told: BTreeMap<&str, usize> = BTreeMap::new();
    for row in now.iter().filter(|row| row.key.statistic == Statistic::Mean) {
        let key = Key { statistic: Statistic::N, ..row.key.clone() };
        let (Some(then), Some(today)) = (before.get(&key), numbers_now.get(&key)) else { continue };
        if then.abs_diff(*today) == 1 {
            *told.entry(&row.key.analysis).or_default() += 1;
        }
    }
    let finding = |(analysis, means): (&str, usize)| {
        let message =
            format!("{analysis}: {means} means are of one participant more or fewer than in the report before");
        Finding::warning(Place::default(), message).hint("with both reports the value of that one can be computed")
    };
    told.into_iter().map(finding).collect()
}

/// A count and its denominator, before and now.
struct Change<'a> {
    key: &'a Key,
    before: Option<(u64, u64)>,
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
        let then = before.get(&row.key).copied();
        let tells = match then {
            // What nobody had before, one has now.
            None => *part == 1,
            Some((part_before, whole_before)) => match whole.checked_sub(whole_before) {
                Some(0) => part.abs_diff(part_before) == 1,
                Some(added) => added == 1 || part.checked_sub(part_before) == Some(added),
                None => whole_before - whole == 1,
            },
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
    let then = before.map_or_else(
        || "not in the report before".to_owned(),
        |(part, whole)| format!("{part} of {whole} in the report before"),
    );
    let message = format!("{}: {then}, {} of {} now", what.join(", "), now.0, now.1);
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
        let fever = "ae, fever: 3 of 20 in the report before, 4 of 20 now";
        assert_eq!(told(&now), [fever, "ae, new: not in the report before, 1 of 20 now"]);
        // Of one participant who was added, every state is told; of two, that both have it.
        assert_eq!(
            told(&[share("fever", 5, 22), share("rash", 3, 22)]),
            ["ae, fever: 3 of 20 in the report before, 5 of 22 now"]
        );
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
