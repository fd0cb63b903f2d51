//! The date of `SOURCE_DATE_EPOCH`, given once for the process: the PDF bears it in place of the date of the lock.

use std::sync::OnceLock;

use crate::data::date;
use crate::render::Moment;

/// Seconds since the beginning of 1970, UTC.
static GIVEN: OnceLock<u64> = OnceLock::new();

/// The end of the year 9999, the last that a PDF can bear.
pub const LAST_SECOND: u64 = 253_402_300_799;

/// Uses this moment in every report of this process, in seconds since the beginning of 1970, at most [`LAST_SECOND`]. To
/// be called once, before the first.
pub fn use_source_date(seconds: u64) {
    let _ = GIVEN.set(seconds.min(LAST_SECOND));
}

/// The moment that was given.
pub(super) fn given() -> Option<u64> {
    GIVEN.get().copied()
}

/// Seconds since the beginning of 1970 as day and time of day.
pub(super) fn moment(seconds: u64) -> Moment {
    let within = |number: u64| u8::try_from(number).unwrap_or(0);
    let day = i32::try_from(seconds / 86_400).unwrap_or(0);
    Moment {
        day: date::text(day),
        hour: within(seconds / 3600 % 24),
        minute: within(seconds / 60 % 60),
        second: within(seconds % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_become_day_and_time() {
        let moment = |seconds| {
            let Moment { day, hour, minute, second } = super::moment(seconds);
            format!("{day} {hour}:{minute}:{second}")
        };
        assert_eq!(moment(0), "1970-01-01 0:0:0");
        assert_eq!(moment(1_700_000_000), "2023-11-14 22:13:20");
        assert_eq!(moment(LAST_SECOND), "9999-12-31 23:59:59");
    }
}
