//! Ink: a [`Report`] becomes a PDF, its figures and the source of its pages.
//!
//! Bytes in, bytes out: no file, clock, environment or font of the machine. Nothing is computed here but geometry; every
//! text was written by `display`. Uses `display` and `error`, plotters for figures, tera for the structure of a document
//! and Typst for its pages. How a page comes about:
//!
//! ```text
//! check ─▶ document (table · plot · forest · dots · lanes · grid · flow · snapshot) ─▶ template ─▶ compile ─▶ PDF and text
//!          measured with fonts
//! ```

mod check;
mod compile;
mod document;
mod dots;
mod flow;
mod fonts;
mod forest;
mod grid;
mod lanes;
mod legend;
mod notes;
mod noto;
mod page_text;
mod palette;
mod pen;
mod plot;
mod profile;
mod prose;
mod rows;
mod scale;
mod shapes;
mod sheet;
mod sides;
mod snapshot;
mod table;
mod targets;
mod template;
mod text;
mod ticks;
mod world;

use typst::foundations::Datetime;

pub use self::fonts::{add as add_fonts, added as added_fonts};
pub use self::template::Templates;
use crate::display::Report;
use crate::error::{Error, Finding, Place, Stage};

/// What identifies the document, beside its content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// What it was made from: a hash of all inputs. The identifier of the PDF follows from it.
    pub ident: String,
    /// What made it: "trialpress 0.1.0".
    pub creator: String,
    /// When it says it was made; at the beginning of the day of the lock if absent.
    pub moment: Option<Moment>,
}

/// A day and a time of day, UTC.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moment {
    /// The day, `YYYY-MM-DD`.
    pub day: String,
    /// The hour.
    pub hour: u8,
    /// The minute.
    pub minute: u8,
    /// The second.
    pub second: u8,
}

/// The report on paper.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pages {
    /// The PDF: PDF/A-2a and PDF/UA-1, tagged.
    pub pdf: Vec<u8>,
    /// Identifier of the display and its SVG, in the order of the report. A figure over several pages has several: the
    /// identifiers of the later ones end in their number.
    pub figures: Vec<(String, String)>,
    /// Path and text of all that Typst compiled, sources first; enough to compile again with its command line.
    pub sources: Vec<(String, String)>,
    /// The text of each page, as a reader or a screen reader gets it.
    pub text: Vec<String>,
}

/// Sets the report on pages.
///
/// The same report, templates and stamp give the same bytes wherever and whenever this runs.
///
/// # Errors
/// Of stage [`Stage::Typesetting`]: every text that no font can print, every display that does not hold together,
/// every diagnostic of tera and Typst with its place in the template.
pub fn typeset(report: &Report, templates: &Templates, stamp: &Stamp) -> Result<Pages, Error> {
    check::report(report)?;
    let locked = date(&report.front.lock_date, [0; 3])?;
    let made = stamp
        .moment
        .as_ref()
        .map_or(Ok(locked), |Moment { day, hour, minute, second }| date(day, [*hour, *minute, *second]))?;
    language(&report.front.language)?;
    let document = document::arrange(report)?;
    let mut sources = vec![(world::MAIN.to_owned(), templates.fill(&document.outline)?)];
    sources.extend_from_slice(templates.library());
    sources.extend(document.files);
    let output = compile::compile(&world::Shelf::new(&sources, locked), made, templates, stamp);
    // Typst remembers every part it has set; the next report must not carry the memory of this one.
    comemo::evict(0);
    let compile::Output { pdf, text } = output?;
    Ok(Pages { pdf, figures: document.figures, sources, text })
}

/// The day that a document without data bears: archival PDF wants one, and there is no clock here.
const NO_DAY: &str = "2000-01-01";

fn date(text: &str, [hour, minute, second]: [u8; 3]) -> Result<Datetime, Error> {
    let text = if text.is_empty() { NO_DAY } else { text };
    let parts: Vec<&str> = text.split('-').collect();
    let date = match parts.as_slice() {
        [year, month, day] if year.len() == 4 && month.len() == 2 && day.len() == 2 => {
            (year.parse().ok()).zip(month.parse().ok()).zip(day.parse().ok())
        }
        _ => None,
    };
    date.and_then(|((year, month), day)| Datetime::from_ymd_hms(year, month, day, hour, minute, second)).ok_or_else(
        || {
            let message = format!("the date of the lock is “{text}”, which is not a date YYYY-MM-DD");
            Error::one(Stage::Typesetting, Finding::error(Place::default(), message))
        },
    )
}

/// Refuses what is not a language tag such as "en" or "en-GB".
fn language(tag: &str) -> Result<(), Error> {
    let letters = |part: &str, lengths: std::ops::RangeInclusive<usize>| {
        lengths.contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphabetic())
    };
    let fine = match tag.split_once('-') {
        Some((language, region)) => letters(language, 2..=3) && letters(region, 2..=2),
        None => letters(tag, 2..=3),
    };
    if fine {
        return Ok(());
    }
    let message = format!("“{tag}” is not a language tag");
    let hint = "write it like en or en-GB in study.toml";
    Err(Error::one(Stage::Typesetting, Finding::error(Place::default(), message).hint(hint)))
}

#[cfg(test)]
mod tests;
