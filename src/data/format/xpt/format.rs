//! SAS formats: which of them make a number a date, and how a date is a number.
//!
//! Dates are days and date-times seconds since 1960-01-01 (SAS 9.4 Language Reference: Concepts, “About SAS Date, Time,
//! and Datetime Values”); what a number is stands only in its format. Times of day stay numbers of seconds.

use crate::data::{FIRST_DAY, Kind, LAST_DAY};

/// Days and milliseconds from the SAS epoch, 1960-01-01, to 1970-01-01.
const EPOCH_DAYS: f64 = 3_653.0;
const EPOCH_MILLISECONDS: f64 = 3_653.0 * 86_400_000.0;

/// Formats whose values are days, whatever part of the day they show; those in `SEPARATED` also with a letter for the
/// separator (`YYMMDDN8.`).
const DAYS: [&str; 38] = [
    "DATE", "DAY", "DOWNAME", "JULDAY", "JULIAN", "MONNAME", "MONTH", "MONYY", "PDJULG", "PDJULI", "QTR", "QTRR",
    "WEEKDATE", "WEEKDATX", "WEEKDAY", "WEEKU", "WEEKV", "WEEKW", "WORDDATE", "WORDDATX", "YEAR", "YYMON", "E8601DA",
    "B8601DA", "IS8601DA", "ND8601DA", "NENGO", "MINGUO", "EURDFDD", "EURDFDE", "EURDFDN", "EURDFDWN", "EURDFMN",
    "EURDFMY", "EURDFWDX", "EURDFWKX", "HDATE", "HEBDATE",
];
const SEPARATED: [&str; 7] = ["DDMMYY", "MMDDYY", "YYMMDD", "MMYY", "YYMM", "YYQ", "YYQR"];
/// Formats whose values are seconds since 1960.
const SECONDS: [&str; 14] = [
    "DATETIME", "DATEAMPM", "MDYAMPM", "DTDATE", "DTMONYY", "DTWKDATX", "DTYEAR", "DTYYQC", "E8601DT", "B8601DT",
    "IS8601DT", "ND8601DT", "E8601DN", "B8601DN",
];

/// What a numeric variable with this format holds.
pub(in crate::data) fn kind_of(format: &str) -> Kind {
    let name = format.split('.').next().unwrap_or_default();
    let name = name.trim_end_matches(|letter: char| letter.is_ascii_digit()).to_ascii_uppercase();
    let plain = name.strip_suffix(['B', 'C', 'D', 'N', 'P', 'S']).unwrap_or(&name);
    if SECONDS.contains(&name.as_str()) {
        Kind::DateTime
    } else if DAYS.contains(&name.as_str()) || SEPARATED.contains(&name.as_str()) || SEPARATED.contains(&plain) {
        Kind::Date
    } else {
        Kind::Number
    }
}

/// A format in its parts, as the descriptor of a variable holds them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Format {
    pub(super) name: String,
    pub(super) width: u16,
    pub(super) decimals: u16,
}

impl Format {
    /// `DATE9.`, `8.3`, `$20.` in their parts; none if it is no format. The point may lack.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (left, decimals) = text.split_once('.').unwrap_or((text, ""));
        let name = left.trim_end_matches(|letter: char| letter.is_ascii_digit());
        let number = |digits: &str| if digits.is_empty() { Some(0) } else { digits.parse().ok() };
        let format = Self { name: name.to_owned(), width: number(&left[name.len()..])?, decimals: number(decimals)? };
        let same = format.shown().is_some_and(|shown| shown.trim_end_matches('.') == text.trim_end_matches('.'));
        same.then_some(format)
    }

    /// The format as SAS writes it; none when no format is attached.
    pub(super) fn shown(&self) -> Option<String> {
        let number = |value: u16| if value == 0 { String::new() } else { value.to_string() };
        match (self.name.as_str(), self.width, self.decimals) {
            ("", 0, 0) => None,
            // Some writers put the whole format where its name belongs.
            (name, ..) if name.ends_with('.') => Some(name.to_owned()),
            (name, width, decimals) => Some(format!("{name}{}.{}", number(width), number(decimals))),
        }
    }
}

/// Days since 1970 of a SAS date; none for a part of a day and beyond the years 1 to 9999.
#[expect(clippy::cast_possible_truncation, clippy::float_cmp, reason = "whole and within the calendar, as checked")]
pub(super) fn days(value: f64) -> Option<i32> {
    let days = value - EPOCH_DAYS;
    let calendar = f64::from(FIRST_DAY)..=f64::from(LAST_DAY);
    (days.trunc() == days && calendar.contains(&days)).then_some(days as i32)
}

/// The SAS date of days since 1970.
pub(super) fn sas_days(days: i32) -> f64 {
    f64::from(days) + EPOCH_DAYS
}

/// Milliseconds since 1970 of a SAS date and time, a binary number of seconds that decimals of a second only approach.
#[expect(clippy::cast_possible_truncation, clippy::float_cmp, reason = "whole and within the calendar, as checked")]
pub(super) fn milliseconds(value: f64) -> Option<i64> {
    let exact = value * 1000.0;
    let whole = exact.round();
    let milliseconds = whole - EPOCH_MILLISECONDS;
    let day = (milliseconds / 86_400_000.0).floor();
    let calendar = f64::from(FIRST_DAY)..=f64::from(LAST_DAY);
    // Thousands of years from 1960 the doubles lie further apart than the tolerance; there the nearest one will do.
    let near = (exact - whole).abs() < 0.01 || whole / 1000.0 == value;
    (near && calendar.contains(&day)).then_some(milliseconds as i64)
}

/// The SAS date and time of milliseconds since 1970: the double nearest to it.
#[expect(clippy::cast_precision_loss, reason = "milliseconds of the calendar are exact in a double")]
pub(super) fn sas_seconds(milliseconds: i64) -> f64 {
    (milliseconds as f64 + EPOCH_MILLISECONDS) / 1000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_tell_dates_from_numbers() {
        for (format, kind) in [
            ("DATE9.", Kind::Date),
            ("date9.", Kind::Date),
            ("YYMMDDN8.", Kind::Date),
            ("E8601DA.", Kind::Date),
            ("DATETIME20.", Kind::DateTime),
            ("E8601DT23.3", Kind::DateTime),
            ("TIME8.", Kind::Number),
            ("8.2", Kind::Number),
            ("BEST12.", Kind::Number),
        ] {
            assert_eq!(kind_of(format), kind, "{format}");
        }
    }

    #[test]
    fn a_format_is_taken_apart_and_put_together() {
        for text in ["DATE9.", "8.3", "$20.", "E8601DT23.3", "BEST.", "$", "F.2", "LONGFORMATNAME8.2"] {
            let format = Format::parse(text).expect("a format");
            let shown = format.shown().expect("it is not empty");
            assert_eq!(shown.trim_end_matches('.'), text.trim_end_matches('.'));
        }
        assert_eq!(Format::parse("DATE9"), Format::parse("DATE9."));
        for text in ["DATE09.", "8.3.1", "8.x", "99999999.", "DATE9.0"] {
            assert_eq!(Format::parse(text), None, "{text}");
        }
    }

    #[test]
    fn times_to_the_millisecond_come_back_over_the_whole_calendar() {
        let day = 86_400_000_i64;
        let (first, last) = (i64::from(FIRST_DAY) * day, (i64::from(LAST_DAY) + 1) * day - 1);
        let step = (last - first) / 99_991;
        for time in (0..=99_991).map(|at| first + at * step).chain([first, last, 0, -1, last - 999]) {
            assert_eq!(milliseconds(sas_seconds(time)), Some(time));
        }
        assert_eq!(milliseconds(sas_seconds(last + 1)), None);
        assert_eq!(milliseconds(1_000_000_000.123_4), None);
        assert_eq!(milliseconds(2_000_000_000.1 + 0.2), Some(1_684_380_800_300));
        assert_eq!((days(0.0), days(0.5), days(sas_days(LAST_DAY + 1))), (Some(-3653), None, None));
    }
}
