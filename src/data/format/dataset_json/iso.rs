//! ISO 8601 as CDISC writes it: complete dates and times as numbers, and the texts in which parts may be unknown.
//!
//! A text may stop early (`2024-03`), have a hyphen where a part is unknown (`2024---15`, `T-:30`), name a time zone,
//! or be an interval of two such texts; see “Date/Time Variables” of the standard and section 4.4 of the SDTM
//! implementation guide. What is not possible in any calendar or on any clock is none of these.

use crate::data::date;

/// Milliseconds since 1970 of `YYYY-MM-DDThh:mm:ss`, perhaps with decimals of the second, of which those behind the
/// third are zeros; none for anything else, and for a time zone, which a date and time here does not have.
pub(super) fn moment(text: &str) -> Option<i64> {
    let (day, time) = text.split_once('T')?;
    let (clock, decimals) = clock(time)?;
    let shown = decimals.trim_end_matches('0');
    if shown.len() > 3 {
        return None;
    }
    let milliseconds = format!("{shown:0<3}").parse::<i64>().ok()?;
    Some((i64::from(date::parse(day)?) * 86_400 + clock) * 1000 + milliseconds)
}

/// Seconds since midnight of `hh:mm:ss`, perhaps with decimals; none for anything else.
pub(super) fn seconds(text: &str) -> Option<f64> {
    let (clock, decimals) = clock(text)?;
    // Read as one number, so that decimals are rounded once.
    format!("{clock}.{decimals}0").parse().ok()
}

/// Whole seconds of `hh:mm:ss`, and the digits behind its point.
fn clock(text: &str) -> Option<(i64, &str)> {
    let (clock, decimals) = match text.split_once('.') {
        Some((clock, decimals)) if digits(decimals) => (clock, decimals),
        Some(_) => return None,
        None => (text, ""),
    };
    let mut parts = clock.split(':');
    let mut part = |limit: i64| {
        let text = parts.next().filter(|text| text.len() == 2 && digits(text))?;
        text.parse::<i64>().ok().filter(|part| *part < limit)
    };
    let seconds = (part(24)? * 60 + part(60)?) * 60 + part(60)?;
    parts.next().is_none().then_some((seconds, decimals))
}

fn digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether a text is a date, perhaps with unknown parts, or an interval of two.
pub(super) fn is_date(text: &str) -> bool {
    text.split('/').count() <= 2 && text.split('/').all(is_day)
}

/// Whether a text is a date with or without a time, perhaps with unknown parts, or an interval of two.
pub(super) fn is_datetime(text: &str) -> bool {
    let point = |text: &str| match text.split_once('T') {
        Some((day, time)) => is_day(day) && is_time(time),
        None => is_day(text),
    };
    text.split('/').count() <= 2 && text.split('/').all(point)
}

/// Whether a text is a time of day, perhaps with unknown parts.
pub(super) fn is_time(text: &str) -> bool {
    let text = without_zone(text);
    let (clock, decimals) = text.split_once('.').map_or((text, None), |(clock, decimals)| (clock, Some(decimals)));
    let parts: Vec<&str> = clock.split(':').collect();
    let possible = parts.iter().zip([24, 60, 60]).all(|(part, limit)| {
        *part == "-" || part.len() == 2 && digits(part) && part.parse::<u32>().is_ok_and(|part| part < limit)
    });
    possible && parts.len() <= 3 && decimals.is_none_or(|decimals| parts.len() == 3 && digits(decimals))
}

/// The text without `Z` or an offset such as `+01:00` behind it.
fn without_zone(text: &str) -> &str {
    let offset = |at: usize| {
        let zone = text.get(at..)?.strip_prefix(['+', '-'])?;
        let (hours, minutes) = zone.split_once(':')?;
        (hours.len() == 2 && minutes.len() == 2 && digits(hours) && digits(minutes)).then(|| &text[..at])
    };
    text.strip_suffix('Z').or_else(|| text.len().checked_sub(6).and_then(offset)).unwrap_or(text)
}

/// Whether a text is a day, of which the end may be missing and any part a hyphen.
fn is_day(text: &str) -> bool {
    let (Some(year), rest) = part(text, 4) else { return false };
    let mut parts = [year, "-", "-"];
    let mut rest = rest;
    for place in &mut parts[1..] {
        if rest.is_empty() {
            break;
        }
        let Some((Some(found), behind)) = rest.strip_prefix('-').map(|rest| part(rest, 2)) else { return false };
        (*place, rest) = (found, behind);
    }
    // A leap year and a long month stand for what is unknown.
    let known = |at: usize, else_: &'static str| if parts[at] == "-" { else_ } else { parts[at] };
    let day = format!("{}-{}-{}", known(0, "2000"), known(1, "01"), known(2, "01"));
    rest.is_empty() && parts != ["-"; 3] && date::parse(&day).is_some()
}

/// The next part of a day: a hyphen or so many digits, and what follows it.
fn part(text: &str, width: usize) -> (Option<&str>, &str) {
    match text.split_at_checked(width) {
        Some((part, rest)) if digits(part) => (Some(part), rest),
        _ => text.split_at_checked(1).map_or((None, text), |(part, rest)| ((part == "-").then_some(part), rest)),
    }
}
