//! Fonts given by path, for characters that those of the program lack.

use std::path::PathBuf;
use std::sync::OnceLock;

use sha2::{Digest, Sha256};

use super::{hex, package};
use crate::error::{Error, Stage};
use crate::render;

/// SHA-256 of each file that was given, in order.
static GIVEN: OnceLock<Vec<String>> = OnceLock::new();

/// Reads the fonts of these files and uses them in every report of this process. To be called once, before the first.
///
/// # Errors
/// Every file that cannot be read or holds no font.
pub fn use_fonts(paths: &[PathBuf]) -> Result<(), Error> {
    if paths.is_empty() {
        return Ok(());
    }
    let mut findings = Vec::new();
    let mut files = Vec::new();
    for path in paths {
        match package::read_bytes(path) {
            Ok(bytes) => files.push((path.display().to_string(), bytes)),
            Err(error) => findings.extend(error.findings),
        }
    }
    Error::unless_clean(Stage::Files, findings)?;
    let digests = files.iter().map(|(_, bytes)| hex(&Sha256::digest(bytes))).collect();
    render::add_fonts(files)?;
    let _ = GIVEN.set(digests);
    Ok(())
}

/// SHA-256 of each font that was given.
pub(super) fn given() -> &'static [String] {
    GIVEN.get().map_or(&[], Vec::as_slice)
}
