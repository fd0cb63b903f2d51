//! The package of a run: its files, written whole or not at all, and the sums that prove them.

#![expect(clippy::disallowed_methods, reason = "this is where the program reads its study and writes its package")]

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::error::{Error, Finding, Place, Stage};
use crate::pipeline::hex;
use crate::render::Pages;
use crate::results::{Dataset, Provenance, Results, store};
use crate::spec::Study;

/// The file that lists the SHA-256 of all others, in the form `sha256sum --check` reads.
const SUMS: &str = "SHA256SUMS";

/// Where a dataset of derived values lies within a package.
fn dataset_path(name: &str) -> String {
    format!("datasets/{}.csv", file_name(name))
}

/// A dataset of derived values of an earlier package.
pub(super) fn dataset(folder: &Path, name: &str) -> Result<Dataset, Error> {
    Ok(Dataset { name: name.to_owned(), csv: read_text(&folder.join(dataset_path(name)))? })
}

/// The files of a run, by path within the package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Package {
    /// Path and bytes, in order of path.
    pub files: Vec<(String, Vec<u8>)>,
    /// Path of the PDF.
    pub pdf: String,
}

impl Package {
    /// The package of a run.
    #[must_use]
    pub fn new(
        study: &Study,
        text: &str,
        lock: Option<&str>,
        results: &Results,
        provenance: &Provenance,
        pages: &Pages,
    ) -> Self {
        let pdf = format!("{}.pdf", file_name(&study.study.id));
        let mut files: Vec<(String, Vec<u8>)> = vec![
            (pdf.clone(), pages.pdf.clone()),
            ("study.toml".to_owned(), text.as_bytes().to_vec()),
            ("results.json".to_owned(), store::to_json(results).into_bytes()),
            ("results.csv".to_owned(), store::to_csv(results).into_bytes()),
            ("provenance.json".to_owned(), store::provenance_to_json(provenance).into_bytes()),
        ];
        files.extend(lock.map(|lock| ("data.lock".to_owned(), lock.as_bytes().to_vec())));
        for extract in &results.extracts {
            files.push((
                format!("listings/{}.csv", file_name(&extract.id)),
                store::extract_to_csv(extract).into_bytes(),
            ));
        }
        for dataset in &results.datasets {
            files.push((dataset_path(&dataset.name), dataset.csv.clone().into_bytes()));
        }
        files.extend(of_pages(pages));
        Self::of(files, pdf)
    }

    /// The package of shells: pages and figures, and the specification they show.
    #[must_use]
    pub fn shells(study: &Study, text: &str, pages: &Pages) -> Self {
        let pdf = format!("{}-shells.pdf", file_name(&study.study.id));
        let mut files = vec![(pdf.clone(), pages.pdf.clone()), ("study.toml".to_owned(), text.as_bytes().to_vec())];
        files.extend(of_pages(pages));
        Self::of(files, pdf)
    }

    /// Files in order, and their sums.
    fn of(mut files: Vec<(String, Vec<u8>)>, pdf: String) -> Self {
        files.sort();
        let sums: Vec<String> =
            files.iter().map(|(path, bytes)| format!("{}  {path}", hex(&Sha256::digest(bytes)))).collect();
        let sums = sums.join(
            "
",
        ) + "
";
        files.push((SUMS.to_owned(), sums.into_bytes()));
        Self { files, pdf }
    }

    /// Writes the package to a folder, which it replaces if it holds an earlier package.
    ///
    /// All is written to a folder beside it and flushed to disk first; until the very end the target is not touched.
    ///
    /// # Errors
    /// The target holds anything that an earlier run has not written, or writing fails; nothing is left behind then.
    pub fn write(&self, target: &Path) -> Result<(), Error> {
        let (parent, name) = home(target);
        sweep(&parent, &name);
        let exists = fs::symlink_metadata(target).is_ok();
        if exists && !is_replaceable(target) {
            let finding = Finding::error(
                shown(target),
                "the target exists and is not a package of an earlier run, or holds other files too",
            );
            return Err(Error::one(Stage::Files, finding.hint("choose another folder, or remove this one yourself")));
        }
        let fresh = parent.join(format!(".{name}.new-{}", std::process::id()));
        let old = parent.join(format!(".{name}.old-{}", std::process::id()));
        fs::create_dir_all(&parent).map_err(|error| failed(&parent, "create the folder", &error))?;
        let written = self.write_files(&fresh).and_then(|()| {
            if exists {
                fs::rename(target, &old).map_err(|error| failed(target, "replace", &error))?;
            }
            fs::rename(&fresh, target).map_err(|error| {
                // Put back what was there: the earlier package must survive.
                let _ = fs::rename(&old, target);
                failed(target, "write", &error)
            })
        });
        let _ = fs::remove_dir_all(&old);
        if written.is_err() {
            let _ = fs::remove_dir_all(&fresh);
        }
        written
    }

    fn write_files(&self, folder: &Path) -> Result<(), Error> {
        for (path, bytes) in &self.files {
            let path = folder.join(path);
            if let Some(parent) = path.parent() {
                fs::create_dir_all(parent).map_err(|error| failed(parent, "create the folder", &error))?;
            }
            let mut file = fs::File::create(&path).map_err(|error| failed(&path, "write", &error))?;
            file.write_all(bytes).and_then(|()| file.sync_all()).map_err(|error| failed(&path, "write", &error))?;
        }
        Ok(())
    }
}

/// Figures and the source of the pages.
fn of_pages(pages: &Pages) -> impl Iterator<Item = (String, Vec<u8>)> {
    let figures = pages.figures.iter().map(|(id, svg)| (format!("figures/{}.svg", file_name(id)), svg));
    let sources = pages.sources.iter().map(|(path, text)| (format!("typst/{}", path.trim_start_matches('/')), text));
    figures.chain(sources).map(|(path, text)| (path, text.clone().into_bytes()))
}

/// The folder in which a target stands, and its name there.
fn home(target: &Path) -> (PathBuf, String) {
    let parent = target.parent().filter(|parent| !parent.as_os_str().is_empty());
    let name = target.file_name().map_or_else(|| "out".to_owned(), |name| name.to_string_lossy().into_owned());
    (parent.map_or_else(|| PathBuf::from("."), Path::to_path_buf), name)
}

/// Whether a folder holds a package.
pub(super) fn is_package(folder: &Path) -> bool {
    folder.join(SUMS).exists()
}

/// An empty folder, or the package of an earlier run with nothing of anybody else in it.
fn is_replaceable(target: &Path) -> bool {
    let sums = read_text(&target.join(SUMS)).unwrap_or_default();
    let mut listed: BTreeSet<&str> = sums.lines().filter_map(|line| Some(line.split_once("  ")?.1)).collect();
    // Results and shells both have the source of their pages.
    if listed.contains("typst/main.typ") && listed.contains("study.toml") {
        listed.insert(SUMS);
    } else {
        listed.clear();
    }
    // The first file of somebody else ends the search: what is named by mistake may be a whole disk.
    walk(target, &mut |path| listed.contains(path)) == Some(true)
}

/// Paths of all files below a folder, relative to it, with `/` between; none if it is no folder or cannot be read.
fn files_below(folder: &Path) -> Option<Vec<String>> {
    let mut found = Vec::new();
    walk(folder, &mut |path| {
        found.push(path.to_owned());
        true
    })?;
    found.sort();
    Some(found)
}

/// Shows the path of every file below a folder until one is refused, and says whether all were accepted; nothing if it is
/// no folder or cannot be read.
fn walk(folder: &Path, accept: &mut dyn FnMut(&str) -> bool) -> Option<bool> {
    let mut open = vec![(folder.to_path_buf(), String::new())];
    while let Some((folder, prefix)) = open.pop() {
        for entry in fs::read_dir(&folder).ok()? {
            let entry = entry.ok()?;
            let path = format!("{prefix}{}", entry.file_name().to_string_lossy());
            // A link is a file here, whatever it leads to: it is never followed.
            if entry.file_type().ok()?.is_dir() {
                open.push((entry.path(), format!("{path}/")));
            } else if !accept(&path) {
                return Some(false);
            }
        }
    }
    Some(true)
}

/// Removes what killed runs left beside a target: folders of processes that are no more. If the kill came between the
/// two renames, the earlier package is put back.
fn sweep(parent: &Path, name: &str) {
    let Ok(entries) = fs::read_dir(parent) else { return };
    for entry in entries.flatten() {
        let found = entry.file_name().to_string_lossy().into_owned();
        let of = |kind: &str| found.strip_prefix(&format!(".{name}.{kind}-")).and_then(|pid| pid.parse::<u32>().ok());
        let (Some(pid), is_old) = (of("new").or_else(|| of("old")), of("old").is_some()) else { continue };
        if pid == std::process::id() || Path::new(&format!("/proc/{pid}")).exists() {
            continue;
        }
        let target = parent.join(name);
        if is_old && fs::symlink_metadata(&target).is_err() {
            let _ = fs::rename(entry.path(), &target);
        } else {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

/// Files without which a folder is no package.
const ESSENTIAL: [&str; 4] = ["study.toml", "results.json", "provenance.json", "data.lock"];

/// Compares every file of a package with its sums.
///
/// # Errors
/// There is no package, or files have changed, are missing, or were added.
pub(super) fn verify(folder: &Path) -> Result<(), Error> {
    let sums = read_text(&folder.join(SUMS)).map_err(|mut error| {
        error
            .findings
            .iter_mut()
            .for_each(|finding| finding.hint = Some("name the folder that `run` wrote".to_owned()));
        error
    })?;
    let mut findings = Vec::new();
    let mut listed: BTreeSet<&str> = BTreeSet::from([SUMS]);
    for line in sums.lines() {
        let Some((sum, path)) = line.split_once("  ") else {
            findings.push(Finding::error(shown(&folder.join(SUMS)), format!("this line is not a sum: {line}")));
            continue;
        };
        listed.insert(path);
        match fs::read(folder.join(path)) {
            Ok(bytes) if hex(&Sha256::digest(&bytes)) == sum => {}
            Ok(_) => findings.push(Finding::error(shown(&folder.join(path)), "the file has changed since the run")),
            Err(error) => findings.extend(failed(&folder.join(path), "read", &error).findings),
        }
    }
    for path in ESSENTIAL.iter().filter(|path| !listed.contains(**path)) {
        findings.push(Finding::error(shown(&folder.join(SUMS)), format!("there is no sum of {path}")));
    }
    for path in files_below(folder).unwrap_or_default() {
        if !listed.contains(path.as_str()) {
            findings
                .push(Finding::error(shown(&folder.join(&path)), "the file is not of the run that wrote this package"));
        }
    }
    Error::unless_clean(Stage::Files, findings).map(|_| ())
}

/// Reads a text file.
///
/// # Errors
/// It cannot be read, or is not UTF-8.
pub(super) fn read_text(path: &Path) -> Result<String, Error> {
    String::from_utf8(read_bytes(path)?).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        Error::one(Stage::Files, Finding::error(shown(path), format!("the file is not UTF-8 text (byte {at})")))
    })
}

/// Reads a file.
///
/// # Errors
/// It cannot be read.
pub(super) fn read_bytes(path: &Path) -> Result<Vec<u8>, Error> {
    fs::read(path).map_err(|error| failed(path, "read", &error))
}

/// Writes a single file, whole or not at all.
///
/// # Errors
/// Writing fails.
pub(super) fn write_file(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let name = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let fresh = path.with_file_name(format!(".{name}.new-{}", std::process::id()));
    let written = fs::File::create(&fresh)
        .and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()))
        .and_then(|()| fs::rename(&fresh, path));
    written.map_err(|error| {
        let _ = fs::remove_file(&fresh);
        failed(path, "write", &error)
    })
}

/// Gives a file another name in its folder.
///
/// # Errors
/// Renaming fails.
pub(super) fn move_file(from: &Path, to: &Path) -> Result<(), Error> {
    fs::rename(from, to).map_err(|error| failed(from, "rename", &error))
}

fn shown(path: &Path) -> Place {
    Place::file(path.display().to_string())
}

fn failed(path: &Path, what: &str, error: &std::io::Error) -> Error {
    Error::one(Stage::Files, Finding::error(shown(path), format!("failed to {what}: {}", reason(error))))
}

/// The reason of an I/O error, without the number of the operating system.
fn reason(error: &std::io::Error) -> String {
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or(&text);
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| first.to_lowercase().chain(characters).collect())
}

/// An identifier as part of a file name.
pub(super) fn file_name(id: &str) -> String {
    id.chars().map(|c| if c.is_ascii_alphanumeric() || c == '-' || c == '_' { c } else { '_' }).collect()
}
