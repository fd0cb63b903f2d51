//! A data file in another format, with nothing lost: what was written is read again and must say the same.

use std::path::Path;

use super::format::dataset_json::{self, Edition, Options};
use super::format::{csv, parquet, parse, xpt};
use super::lock::{canonical, document};
use super::table::Table;
use super::{Columns, DatasetFile, Encoding, Format, Reading};
use crate::error::{Error, Finding, Place, Stage};

/// What a file is to become.
#[derive(Clone, Debug)]
pub struct Target {
    /// The format.
    pub format: Format,
    /// The name of the dataset in formats that have one.
    pub name: String,
    /// Version 8 of a SAS transport file, with names of 32 and texts of 32,767 bytes, instead of version 5.
    pub version_8: bool,
    /// The encoding of text in a SAS transport file.
    pub encoding: Encoding,
    /// Whether special missing values may become plain ones where the format has no others.
    pub drop_special_missing: bool,
}

/// A file in another format.
#[derive(Clone, Debug)]
pub struct Converted {
    /// The bytes of the file.
    pub bytes: Vec<u8>,
    /// The columns file that belongs beside a CSV file.
    pub columns: Option<Vec<u8>>,
    /// Number of records.
    pub records: usize,
    /// Number of variables.
    pub variables: usize,
    /// What a person should know of the new file.
    pub warnings: Vec<Finding>,
}

/// Converts a data file. Records keep their order.
///
/// # Errors
/// [`Stage::Files`] if the file would not be handed over; [`Stage::Lock`] with everything that is wrong in it, or that the
/// other format cannot hold; what is written must read back as the same data, special missing values included.
pub fn convert(file: &DatasetFile, target: &Target) -> Result<Converted, Error> {
    let root = file.path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let name = file.path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let bytes = document(root, &name, &file.place)?;
    let refused = |findings| Error { stage: Stage::Lock, findings };
    let read = |file: &DatasetFile, bytes: &[u8]| {
        let table = parse(file, bytes).map_err(refused)?;
        let findings = table.findings(file, "");
        if findings.is_empty() { Ok(table) } else { Err(refused(findings)) }
    };
    let mut table = read(file, &bytes)?;
    drop(bytes);
    if target.drop_special_missing && edition(target.format).is_some() {
        table.special_missing.clear();
    }
    let columns = (target.format == Format::Csv).then(|| Columns::of(&target.name, &table));
    let written = write(&table, target).map_err(refused)?;
    let again = DatasetFile {
        shown: format!("{}.{}", target.name, target.format.word()),
        format: target.format,
        reading: Reading { encoding: target.encoding, columns: columns.clone(), ..Reading::default() },
        ..file.clone()
    };
    let (records, variables) = (table.records, table.variables.len());
    let warnings = if target.format == Format::Csv { csv::formulas(&table, &again.shown) } else { Vec::new() };
    let same = canonical(table, "", None).content == canonical(read(&again, &written)?, "", None).content;
    assert!(same, "what was written as {} reads back as the same data", target.format.word());
    Ok(Converted { bytes: written, columns: columns.map(|columns| columns.write()), records, variables, warnings })
}

fn write(table: &Table, target: &Target) -> Result<Vec<u8>, Vec<Finding>> {
    let lost = || {
        let names: Vec<&str> = table.special_missing.keys().map(String::as_str).collect();
        Finding::error(Place::default(), format!("special missing values would be lost: {}", names.join(", ")))
    };
    match (target.format, edition(target.format)) {
        (format, Some(edition)) => {
            let options = Options { drop_special_missing: target.drop_special_missing, ..Options::default() };
            dataset_json::write(table, &target.name, edition, &options).map_err(|mut findings| {
                if !table.special_missing.is_empty() && !target.drop_special_missing {
                    findings.push(lost().hint(format!("{} has none: give --drop-special-missing", format.word())));
                }
                findings
            })
        }
        (Format::Parquet, _) => parquet::write(table),
        (Format::Csv, _) => csv::write(table),
        (_, _) => {
            let version = if target.version_8 { xpt::Version::Eight } else { xpt::Version::Five };
            xpt::write(table, &target.name, version, target.encoding)
        }
    }
}

const fn edition(format: Format) -> Option<Edition> {
    match format {
        Format::DatasetJson => Some(Edition::Json),
        Format::DatasetNdjson => Some(Edition::Ndjson),
        Format::CompressedDatasetJson => Some(Edition::Compressed),
        Format::Xpt | Format::Parquet | Format::Csv => None,
    }
}
