//! The lock: the manifest of what the data were, the canonical order with its digests, and the gate that holds files
//! against the manifest.
//!
//! `folder` opens files without following links and lists what lies beside them; `canonical` puts records into an order
//! and digests a dataset, `digest` its variables and records; `manifest` is `data.lock` as a value and a text, `reading`
//! reads it without trust, `records` is the side file of the digests of records; `gate` holds files against the lock
//! and `differences` says how they differ; `diff` compares two locks; `signature` signs one.

use std::path::PathBuf;

use crate::data::DatasetFile;
use crate::error::Place;

mod canonical;
pub mod diff;
mod differences;
mod digest;
mod folder;
mod gate;
mod manifest;
mod reading;
pub mod records;
pub mod signature;
mod told;

pub(super) use canonical::{Canonical, canonical};
#[cfg(test)]
mod tests;

pub(super) use canonical::hexadecimal;
#[cfg(test)]
pub(super) use gate::digested;
pub use gate::{Locked, document, lock, open, verify};
pub use manifest::{Lock, LockEntry, LockHead, LockedFile, LockedVariable};

/// What a specification says lies in the data folder.
#[derive(Clone, Debug, Default)]
pub struct Delivery {
    /// The data folder. Links on the way to it are followed; links within it are not.
    pub root: PathBuf,
    /// The variable that names the subjects.
    pub subject: String,
    /// The datasets.
    pub datasets: Vec<DatasetFile>,
    /// The files beside them.
    pub files: Vec<PlainFile>,
    /// Paths relative to the folder that may be there without being locked; one that ends in `/` is a folder with all
    /// that is in it.
    pub extra: Vec<String>,
}

/// A file beside the datasets, such as `define.xml`: locked by its bytes.
#[derive(Clone, Debug)]
pub struct PlainFile {
    /// As the specification names it.
    pub name: String,
    /// The path as the specification wrote it, relative to the data folder.
    pub shown: String,
    /// Where the specification names it.
    pub place: Place,
}
