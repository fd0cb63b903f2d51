//! A data file in another format.

use std::path::{Path, PathBuf};

use super::{package, publish};
use crate::data::{Columns, Converted, DatasetFile, Encoding, Format, Reading, Target, convert as converted};
use crate::error::{Error, Finding, Place, Stage};

/// What is to be converted into what.
#[derive(Clone, Debug, Default)]
pub struct Conversion {
    /// The data file.
    pub file: PathBuf,
    /// The new file; the ending of its name says the format.
    pub out: PathBuf,
    /// The name of the dataset; that of the file, in capitals, if absent.
    pub name: Option<String>,
    /// Whether a SAS transport file is to be of version 8.
    pub version_8: bool,
    /// The encoding of the file that is read: a word of [`Encoding`].
    pub from_encoding: Option<String>,
    /// The encoding of the file that is written.
    pub encoding: Option<String>,
    /// The columns file of a CSV file that is read; the one beside it if absent.
    pub columns: Option<PathBuf>,
    /// Columns of a CSV file that are text.
    pub text: Vec<String>,
    /// Words of a CSV file that stand for a missing value.
    pub missing: Vec<String>,
    /// Whether special missing values may become plain ones.
    pub drop_special_missing: bool,
}

/// The columns file beside a CSV file.
fn beside(csv: &Path) -> PathBuf {
    csv.with_extension("columns.json")
}

/// Converts a data file, and writes the new one, with a columns file beside it if it is CSV.
///
/// # Errors
/// A format cannot be told by its name, an encoding is unknown; the file is not sound, or the other format cannot hold it;
/// a file cannot be read or written.
pub fn convert(order: &Conversion) -> Result<Converted, Error> {
    let shown = |path: &Path| path.display().to_string();
    let format = |path: &Path| {
        Format::of(path).ok_or_else(|| {
            let finding =
                Finding::error(Place::file(shown(path)), "the format cannot be told by the ending of the name");
            Error::one(Stage::Usage, finding.hint("end it in .xpt, .parquet, .csv, .json, .ndjson or .dsjc"))
        })
    };
    let (from, to) = (format(&order.file)?, format(&order.out)?);
    if publish::is_same(&order.file, &order.out) {
        let finding = Finding::error(Place::file(shown(&order.out)), "a file is not written over itself");
        return Err(Error::one(Stage::Usage, finding.hint("choose another name for the new file")));
    }
    let columns = match &order.columns {
        Some(path) => Some(path.clone()),
        None => Some(beside(&order.file)).filter(|path| from == Format::Csv && path.exists()),
    };
    let columns = columns.map(|path| {
        Columns::read(&shown(&path), &package::read_bytes(&path)?)
            .map_err(|findings| Error { stage: Stage::Specification, findings })
    });
    let reading = Reading {
        text: order.text.clone(),
        missing: order.missing.clone(),
        encoding: encoding(order.from_encoding.as_deref())?,
        columns: columns.transpose()?,
        ..Reading::default()
    };
    let stem = order.file.file_stem().map(|stem| stem.to_string_lossy().to_uppercase()).unwrap_or_default();
    let name = order.name.clone().unwrap_or(stem);
    let file = DatasetFile {
        name: name.clone(),
        path: order.file.clone(),
        shown: shown(&order.file),
        format: from,
        reading,
        place: Place::file(shown(&order.file)),
    };
    let target = Target {
        format: to,
        name,
        version_8: order.version_8,
        encoding: encoding(order.encoding.as_deref())?,
        drop_special_missing: order.drop_special_missing,
    };
    let made = converted(&file, &target)?;
    if let Some(columns) = &made.columns {
        publish::write_file(&beside(&order.out), columns)?;
    }
    publish::write_file(&order.out, &made.bytes)?;
    Ok(made)
}

fn encoding(word: Option<&str>) -> Result<Encoding, Error> {
    let Some(word) = word else { return Ok(Encoding::default()) };
    let found = [Encoding::Utf8, Encoding::Windows1252, Encoding::Gb18030].into_iter().find(|own| own.word() == word);
    found.ok_or_else(|| {
        let finding = Finding::error(Place::default(), format!("there is no encoding {word}"));
        Error::one(Stage::Usage, finding.hint("utf-8, windows-1252 or gb18030"))
    })
}
