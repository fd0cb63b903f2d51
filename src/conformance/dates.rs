//! Dates against the texts they were collected as (`ADaM` Implementation Guide 1.3, section 3.1.4: date imputation flags).

use crate::conformance::check::{Hit, Hits, Look};
use crate::conformance::pattern;
use crate::data::date::{self, PartialDate};
use crate::data::vector::Vector;
use crate::spec::conformance::DateTextCheck;

/// Dates that their text or their flag contradicts.
pub(super) fn date_text(look: &Look<'_>, check: &DateTextCheck) -> Option<Vec<Hits>> {
    let candidates = look.candidates();
    let stems = pattern::stems(&[&check.text, &check.date], &candidates);
    let found: Vec<Hits> = stems.into_iter().filter_map(|stem| one(look, check, stem)).collect();
    (!found.is_empty()).then_some(found)
}

/// One date; none where the variables are of other kinds.
fn one(look: &Look<'_>, check: &DateTextCheck, stem: &str) -> Option<Hits> {
    let [text, day] = [&check.text, &check.date].map(|pattern| pattern::filled(pattern, stem));
    let flag = check.flag.as_ref().map(|pattern| pattern::filled(pattern, stem)).filter(|name| look.view.has_own(name));
    let (texts, days) = (look.view.own(&text)?, look.view.own(&day)?);
    let flags = flag.as_ref().and_then(|name| look.view.own(name));
    let mut shown = vec![text, day.clone()];
    shown.extend(flag);
    let mut hits = Vec::new();
    for row in 0..look.view.rows() {
        let Some((first, last, lacks)) = span(&texts, row) else { continue };
        let flagged = flags.as_ref().filter(|flags| !flags.is_null(row)).map(|flags| flags.show(row));
        let detail = match &*days {
            Vector::Date(days) => match days[row] {
                Some(day) if day < first || day > last => Some(format!("{} is outside the text", date::text(day))),
                Some(_) => wrong_flag(flags.is_some(), flagged.as_deref(), lacks),
                None if lacks.is_none() => Some("the text is complete, the date missing".to_owned()),
                None => None,
            },
            // Without any date the variable has no type.
            Vector::Text(texts) if texts.words.is_empty() => {
                lacks.is_none().then(|| "the text is complete, the date missing".to_owned())
            }
            _ => return None,
        };
        hits.extend(detail.map(|detail| Hit::told(row, detail)));
    }
    Some(Hits::of(day, shown, hits))
}

/// The first and last day a collected date may be, and the flag of what it lacks.
fn span(texts: &Vector, row: usize) -> Option<(i32, i32, Option<&'static str>)> {
    match texts {
        Vector::Text(texts) => {
            let date = PartialDate::parse(texts.get(row)?)?;
            let lacks = match (date.month, date.day) {
                (None, _) => Some("M"),
                (_, None) => Some("D"),
                _ => None,
            };
            Some((date.earliest(), date.latest(), lacks))
        }
        // A file that does not say types makes dates of complete texts.
        Vector::Date(days) => days[row].map(|day| (day, day, None)),
        _ => None,
    }
}

/// What is wrong with the flag of a date: it says what was imputed, and nothing where nothing was.
fn wrong_flag(has_flags: bool, flag: Option<&str>, lacks: Option<&str>) -> Option<String> {
    match (flag, lacks) {
        _ if !has_flags => None,
        (None, None) => None,
        (Some(flag), None) => Some(format!("the text is complete, the flag is {flag}")),
        (None, Some(lacks)) => Some(format!("the text is partial, the flag should be {lacks}")),
        (Some(flag), Some(lacks)) => {
            // A date of which only the year is known is flagged M; one wholly imputed has no text.
            (flag != lacks).then(|| format!("the flag should be {lacks}"))
        }
    }
}
