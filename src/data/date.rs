//! Calendar dates as days since 1970-01-01, in the proleptic Gregorian calendar, and their ISO 8601 text.
//!
//! Complete dates, and the partial ones of clinical data (`2024`, `2024-03`). No clock, no time zone.

/// A date of which the day, or the month and day, may be unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PartialDate {
    /// Year, 1 to 9999.
    pub year: i32,
    /// Month, 1 to 12.
    pub month: Option<u32>,
    /// Day of the month; only with a month.
    pub day: Option<u32>,
}

impl PartialDate {
    /// Reads `YYYY`, `YYYY-MM` or `YYYY-MM-DD`, with anything behind a `T` ignored. Impossible dates give none.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let date = text.trim().split('T').next()?;
        let mut parts = date.split('-');
        let year = digits(parts.next()?, 4)?;
        let month = parts.next().map(|part| digits(part, 2)).map_or(Some(None), |month| month.map(Some))?;
        let day = parts.next().map(|part| digits(part, 2)).map_or(Some(None), |day| day.map(Some))?;
        if parts.next().is_some() {
            return None;
        }
        let year = i32::try_from(year).ok().filter(|year| (1..=9999).contains(year))?;
        if let Some(month) = month {
            let last = last_day(year, month)?;
            if day.is_some_and(|day| day == 0 || day > last) {
                return None;
            }
        }
        Some(Self { year, month, day })
    }

    /// The first day it may be.
    #[must_use]
    pub fn earliest(self) -> i32 {
        days(self.year, self.month.unwrap_or(1), self.day.unwrap_or(1))
    }

    /// The last day it may be.
    #[must_use]
    pub fn latest(self) -> i32 {
        let month = self.month.unwrap_or(12);
        let day = self.day.or_else(|| last_day(self.year, month)).unwrap_or(28);
        days(self.year, month, day)
    }
}

/// A complete date `YYYY-MM-DD` as days since 1970-01-01.
#[must_use]
pub fn parse(text: &str) -> Option<i32> {
    if text.len() != 10 {
        return None;
    }
    let date = PartialDate::parse(text)?;
    date.day.map(|_| date.earliest())
}

/// `YYYY-MM-DD` of days since 1970-01-01.
#[must_use]
pub fn text(day: i32) -> String {
    let (year, month, day) = civil(day);
    format!("{year:04}-{month:02}-{day:02}")
}

/// The month of a day: its name `YYYY-MM`, its first and its last day.
#[must_use]
pub fn month(day: i32) -> (String, i32, i32) {
    let (year, month, number) = civil(day);
    let first = day - number + 1;
    // The 31st day after the first lies in the next month, whatever its number.
    let (_, _, beyond) = civil(first + 31);
    (format!("{year:04}-{month:02}"), first, first + 31 - beyond)
}

fn digits(text: &str, width: usize) -> Option<u32> {
    (text.len() == width && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok()).flatten()
}

fn last_day(year: i32, month: u32) -> Option<u32> {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => Some(31),
        4 | 6 | 9 | 11 => Some(30),
        2 => Some(if leap { 29 } else { 28 }),
        _ => None,
    }
}

/// Days since 1970-01-01, counting in eras of 400 years that begin on the first of March (a leap day then comes last).
fn days(year: i32, month: u32, day: u32) -> i32 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let month_from_march = (i32::try_from(month).unwrap_or(1) + 9) % 12;
    let day_of_year = (153 * month_from_march + 2) / 5 + i32::try_from(day).unwrap_or(1) - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// The inverse of [`days`].
fn civil(day: i32) -> (i32, i32, i32) {
    let shifted = day + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    (year_of_era + era * 400 + i32::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_count_from_1970_and_back() {
        assert_eq!(parse("1970-01-01"), Some(0));
        assert_eq!(parse("1960-01-01"), Some(-3653));
        assert_eq!(parse("2000-03-01"), Some(11_017));
        for day in (-800_000..800_000).step_by(97) {
            let written = text(day);
            if (1..=9999).contains(&civil(day).0) {
                assert_eq!(parse(&written), Some(day), "{written}");
            }
        }
    }

    #[test]
    fn a_month_has_its_days() {
        for (day, name, first, last) in [
            ("2024-02-10", "2024-02", "2024-02-01", "2024-02-29"),
            ("2025-12-31", "2025-12", "2025-12-01", "2025-12-31"),
            ("1969-04-01", "1969-04", "1969-04-01", "1969-04-30"),
        ] {
            let found = parse(day).map(month).map(|(name, first, last)| (name, text(first), text(last)));
            assert_eq!(found, Some((name.to_owned(), first.to_owned(), last.to_owned())));
        }
    }

    #[test]
    fn impossible_dates_are_none() {
        for text in ["2023-02-29", "2024-13-01", "2024-00-10", "2024-1-01", "24-01-01", "2024-01-32", "x"] {
            assert_eq!(parse(text), None, "{text}");
        }
        assert!(parse("2024-02-29").is_some());
    }

    #[test]
    fn partial_dates_span_what_they_may_be() {
        let month = PartialDate::parse("2024-02");
        assert_eq!(
            month.map(|m| (text(m.earliest()), text(m.latest()))),
            Some(("2024-02-01".into(), "2024-02-29".into()))
        );
        let year = PartialDate::parse("2023");
        assert_eq!(
            year.map(|y| (text(y.earliest()), text(y.latest()))),
            Some(("2023-01-01".into(), "2023-12-31".into()))
        );
    }
}
