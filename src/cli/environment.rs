//! The one variable of the environment that a report heeds.

use crate::error::{Error, Finding, Place, Stage};
use crate::pipeline;

/// The variable, as reproducible-builds.org specifies it: seconds since the beginning of 1970, UTC.
const SOURCE_DATE: &str = "SOURCE_DATE_EPOCH";

/// Heeds `SOURCE_DATE_EPOCH`, where it is set: the date of the PDF is that moment, and not the date of the lock. No other
/// variable is read, and the value of this one is told in the provenance.
///
/// # Errors
/// It is not a number of seconds, or lies after the year 9999.
pub(super) fn heed() -> Result<(), Error> {
    let Some(value) = std::env::var_os(SOURCE_DATE) else { return Ok(()) };
    let text = value.to_string_lossy();
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    match text.parse::<u64>() {
        Ok(seconds) if digits && seconds <= pipeline::LAST_SECOND => {
            pipeline::use_source_date(seconds);
            Ok(())
        }
        _ => {
            let finding = Finding::error(Place::default(), format!("{SOURCE_DATE} is “{text}”"));
            let hint = "set it to the seconds since the beginning of 1970, at most of the year 9999, or unset it";
            Err(Error::one(Stage::Usage, finding.hint(hint)))
        }
    }
}
