//! What one field can be: a number, a day, a moment.
//!
//! Undeclared columns are judged strictly, so that an identifier is not taken for a number; in a declared one, whatever
//! has one plain meaning is read.

use crate::data::date;

/// A decimal number as programs write it: no leading zeros, which make an identifier, no thousands separators, and an
/// exponent only with a sign of it or a decimal point before it, so that a code such as `12E4` is none. Whole numbers
/// that a `Float64` cannot hold are identifiers too.
pub(super) fn is_number(field: &str) -> bool {
    let (mantissa, exponent) = field.split_once(['e', 'E']).map_or((field, None), |(m, e)| (m, Some(e)));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let unsigned = mantissa.strip_prefix('-').unwrap_or(mantissa);
    let (whole, fraction) = unsigned.split_once('.').map_or((unsigned, None), |(w, f)| (w, Some(f)));
    digits(whole)
        && (whole == "0" || !whole.starts_with('0'))
        && fraction.is_none_or(digits)
        && exponent.is_none_or(|exponent| match exponent.strip_prefix(['+', '-']) {
            Some(exponent) => digits(exponent),
            None => fraction.is_some() && digits(exponent),
        })
        && (fraction.is_some() || exponent.is_some() || whole.parse::<u64>().is_ok_and(|whole| whole <= 1 << 53))
}

/// The number that a field of a declared column says, or what it is not. Leading zeros, a plus and a bare decimal point
/// are read; words such as `inf` are not.
pub(super) fn number(field: &str) -> Result<f64, &'static str> {
    let plain = field.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E'));
    let number = field.parse::<f64>().ok().filter(|_| plain).ok_or("a number")?;
    if number.is_infinite() {
        return Err("a finite number");
    }
    // Whole numbers beyond 2^53 are exact only by chance; 2^127 is beyond any identifier.
    let whole = field.strip_prefix(['+', '-']).unwrap_or(field);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "compared with what it came from")]
    let inexact = whole.len() > 15 && whole.parse::<u128>().is_ok_and(|whole| number.abs() as u128 != whole);
    if inexact { Err("a number that can be held exactly") } else { Ok(number + 0.0) }
}

/// The shape `YYYY-MM-DD`.
pub(super) fn is_day(field: &[u8]) -> bool {
    field.len() == 10
        && field
            .iter()
            .enumerate()
            .all(|(at, byte)| if matches!(at, 4 | 7) { *byte == b'-' } else { byte.is_ascii_digit() })
}

/// The day that a field says; none if it is not of the calendar.
pub(super) fn day(field: &str) -> Option<i32> {
    date::parse(field).filter(|_| is_day(field.as_bytes()))
}

/// The shape `YYYY-MM-DDThh:mm:ss`, perhaps with decimals of the second, of which those behind the third are zeros.
/// `separator` stands between day and time.
pub(super) fn is_moment(field: &[u8], separator: u8) -> bool {
    let Some((day, time)) = field.split_at_checked(10) else { return false };
    let Some((clock, decimals)) = time.split_at_checked(9) else { return false };
    is_day(day)
        && clock[0] == separator
        && clock[1..]
            .iter()
            .zip(b"00:00:00")
            .all(|(byte, like)| if *like == b'0' { byte.is_ascii_digit() } else { byte == like })
        && match decimals {
            [] => true,
            [b'.', decimals @ ..] => {
                !decimals.is_empty()
                    && decimals.iter().all(u8::is_ascii_digit)
                    && decimals.iter().skip(3).all(|byte| *byte == b'0')
            }
            _ => false,
        }
}

/// Milliseconds since 1970 of a moment, with `T` or a blank between day and time; none if it is not of that shape, or has
/// an hour 24 or a second 60.
pub(super) fn moment(field: &str) -> Option<i64> {
    if !is_moment(field.as_bytes(), b'T') && !is_moment(field.as_bytes(), b' ') {
        return None;
    }
    let day = date::parse(field.get(..10)?)?;
    let number = |at: std::ops::Range<usize>| field.get(at).and_then(|text| text.parse::<i64>().ok());
    let (hour, minute, second) = (number(11..13)?, number(14..16)?, number(17..19)?);
    let decimals = format!("{:0<3.3}", field.get(20..).unwrap_or_default()).parse::<i64>().ok()?;
    let real = hour < 24 && minute < 60 && second < 60;
    real.then(|| (((i64::from(day) * 24 + hour) * 60 + minute) * 60 + second) * 1000 + decimals)
}

/// The letter of a special missing value of SAS, which is written `.A` to `.Z` or `._`.
pub(super) fn special(field: &str) -> Option<char> {
    match field.as_bytes() {
        [b'.', letter @ (b'A'..=b'Z' | b'_')] => Some(char::from(*letter)),
        _ => None,
    }
}
