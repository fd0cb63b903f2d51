//! The files that a specification names: datasets with how they are to be read, and the documents beside them.
//!
//! Documents that say how datasets are to be read (`define.xml`, columns files) must be read before those. They are read
//! once more with everything that is locked, and must have the same bytes then.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::{StudyFile, define};
use crate::data::define::Define;
use crate::data::{Columns, DatasetFile, Delivery, Encoding, Format, Kind, LockedData, PlainFile, Reading, document};
use crate::error::{Error, Finding, Place, Stage};
use crate::spec::Study;
use crate::spec::design::{DatasetEntry, FileFormat, TextEncoding, ValueType};
use crate::spec::text::Name;

/// The name under which the lock has define.xml.
const DEFINE: &str = "define.xml";

/// What a specification says lies in the data folder, and what the documents there say.
#[derive(Debug)]
pub(super) struct Files {
    /// What is to be locked or opened.
    pub(super) delivery: Delivery,
    /// What define.xml says, if there is one.
    pub(super) define: Option<Define>,
    /// The names and bytes of the documents that were read already.
    read: Vec<(String, Vec<u8>)>,
}

/// A document beside the datasets, by the name that the lock gives it.
struct Document<'a> {
    name: String,
    file: &'a Name,
    place: Place,
}

impl Files {
    /// Reads the documents, and says how the datasets are to be read. `ours` are the names of files of this program that
    /// may lie in the same folder.
    ///
    /// # Errors
    /// A file lies outside the data folder or is of no known format; a document cannot be read or is not sound.
    pub(super) fn of(study: &Study, file: &StudyFile, ours: Vec<String>) -> Result<Self, Error> {
        let root = file.data_folder(study);
        let data = &study.data;
        let named = |name: String, file: &'_ Name| (name, study.origin.place(file.span.start));
        let mut findings = Vec::new();
        let plain = data.files.iter().map(|(name, file)| (named(name.clone(), file), file));
        let columns = data.datasets.iter().filter_map(|(dataset, entry)| {
            entry.columns.as_ref().map(|file| (named(format!("columns of {dataset}"), file), file))
        });
        let define = data.define.iter().map(|file| (named(DEFINE.to_owned(), file), file));
        let documents: Vec<Document<'_>> =
            define.chain(columns).chain(plain).map(|((name, place), file)| Document { name, file, place }).collect();
        let paths = documents.iter().map(|document| (&document.place, document.file));
        let datasets = data.datasets.values().map(|entry| &entry.file);
        for (place, path) in paths {
            outside(place, path, &mut findings);
        }
        for path in datasets {
            outside(&study.origin.place(path.span.start), path, &mut findings);
        }
        Error::unless_clean(Stage::Specification, findings)?;

        let mut read = Vec::new();
        let is_read_first = |document: &&Document<'_>| !data.files.contains_key(&document.name);
        for document in documents.iter().filter(is_read_first) {
            read.push((document.name.clone(), self::document(&root, document.file, &document.place)?));
        }
        let bytes = |name: &str| read.iter().find(|(own, _)| own == name).map(|(_, bytes)| bytes.as_slice());
        let define = match (&data.define, bytes(DEFINE)) {
            (Some(name), Some(bytes)) => Some(define::parsed(bytes, name)?),
            _ => None,
        };
        let mut findings = Vec::new();
        let mut files = Vec::new();
        for (name, entry) in &data.datasets {
            let place = study.origin.place(entry.file.span.start);
            let columns = match (&entry.columns, bytes(&format!("columns of {name}"))) {
                (Some(shown), Some(bytes)) => match Columns::read(shown, bytes) {
                    Ok(columns) => Some(columns),
                    Err(found) => {
                        findings.extend(found);
                        None
                    }
                },
                _ => None,
            };
            let Some(format) = format(entry) else {
                let finding = Finding::error(place, format!("the format of {} cannot be told by its name", entry.file));
                let hint = "write format = \"xpt\", \"parquet\", \"csv\", \"json\", \"ndjson\" or \"dsjc\" beside it";
                findings.push(finding.hint(hint));
                continue;
            };
            findings.extend(idle(entry, format, &place));
            let reading = Reading { columns, ..reading(entry, &data.subject) };
            let reading = define::declare(define.as_ref(), name, format, reading);
            let path = root.join(&*entry.file);
            files.push(DatasetFile { name: name.clone(), path, shown: entry.file.to_string(), format, reading, place });
        }
        Error::unless_clean(Stage::Specification, findings)?;
        let plain = |document: Document<'_>| PlainFile {
            shown: document.file.to_string(),
            name: document.name,
            place: document.place,
        };
        let delivery = Delivery {
            root,
            subject: data.subject.clone(),
            datasets: files,
            files: documents.into_iter().map(plain).collect(),
            extra: data.extra.iter().cloned().chain(ours).collect(),
        };
        Ok(Self { delivery, define, read })
    }

    /// That the documents which said how to read the datasets are those that were locked, to the byte.
    ///
    /// # Errors
    /// One has changed in between.
    pub(super) fn unchanged(&self, data: &LockedData) -> Result<(), Error> {
        let changed = self.read.iter().filter(|(name, bytes)| data.files.get(name) != Some(bytes));
        let findings = changed.map(|(name, _)| {
            Finding::error(Place::file(name), "the file changed while the data were read").hint("run again")
        });
        Error::unless_clean(Stage::Lock, findings.collect()).map(|_| ())
    }
}

/// A path that leads out of the data folder.
fn outside(place: &Place, path: &str, findings: &mut Vec<Finding>) {
    let up = |part: std::path::Component<'_>| matches!(part, std::path::Component::ParentDir);
    let unusable = path.contains('\0') || path.is_empty();
    if unusable || Path::new(path).is_absolute() || Path::new(path).components().any(up) {
        let finding = Finding::error(place.clone(), format!("{path} does not lie in the data folder"));
        findings.push(finding.hint("name it relative to the data folder, without .."));
    }
}

/// The format that is declared, else that of the name.
fn format(entry: &DatasetEntry) -> Option<Format> {
    entry.format.map_or_else(
        || Format::of(Path::new(&*entry.file)),
        |declared| {
            Some(match declared {
                FileFormat::Xpt => Format::Xpt,
                FileFormat::Parquet => Format::Parquet,
                FileFormat::Csv => Format::Csv,
                FileFormat::Json => Format::DatasetJson,
                FileFormat::Ndjson => Format::DatasetNdjson,
                FileFormat::Dsjc => Format::CompressedDatasetJson,
            })
        },
    )
}

/// What must be known to read a file. The variable of the subject is kept whatever else is.
fn reading(entry: &DatasetEntry, subject: &str) -> Reading {
    let kind = |of: ValueType| match of {
        ValueType::Number => Kind::Number,
        ValueType::Text => Kind::Text,
        ValueType::Date => Kind::Date,
        ValueType::DateTime => Kind::DateTime,
    };
    let encoding = |declared: TextEncoding| match declared {
        TextEncoding::Utf8 => Encoding::Utf8,
        TextEncoding::Windows1252 => Encoding::Windows1252,
        TextEncoding::Gb18030 => Encoding::Gb18030,
    };
    let subject = std::iter::once(subject.to_owned());
    Reading {
        text: entry.text.clone(),
        kinds: entry.types.iter().map(|(name, of)| (name.clone(), kind(*of))).collect(),
        missing: entry.missing.clone(),
        encoding: entry.encoding.map(encoding).unwrap_or_default(),
        keys: entry.keys.clone(),
        keep: entry.keep.as_ref().map(|keep| keep.iter().cloned().chain(subject).collect::<BTreeSet<_>>()),
        rows: entry.rows.iter().map(|(name, values)| (name.clone(), values.iter().cloned().collect())).collect(),
        described: BTreeMap::new(),
        columns: None,
    }
}

/// What the entry of a file says that has no effect on its format.
fn idle(entry: &DatasetEntry, format: Format, place: &Place) -> Vec<Finding> {
    let of_csv = [
        ("types", !entry.types.is_empty()),
        ("missing", !entry.missing.is_empty()),
        ("columns", entry.columns.is_some()),
    ];
    let said = of_csv.into_iter().filter(|(_, said)| *said && format != Format::Csv);
    let idle = said.map(|(key, _)| {
        let finding = Finding::error(place.clone(), format!("{key} is for CSV files only"));
        finding.hint("take it out: the file itself says of what types its variables are")
    });
    idle.collect()
}
