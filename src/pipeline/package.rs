//! The package of a run: its files, and the sums that prove them.

#![expect(clippy::disallowed_methods, reason = "this is where the program reads its study and its packages")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::error::{Error, Finding, Stage};
use crate::pipeline::publish::{Target, failed, shown};
use crate::pipeline::{hex, papers};
use crate::render::Pages;
use crate::results::{Dataset, Provenance, Results, store};
use crate::spec::Study;
use crate::spec::report::Edition;

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
    /// The package of a run. `beside` are files that are not made of the study: the lock, papers of a board.
    #[must_use]
    pub fn new(
        study: &Study,
        text: &str,
        beside: Vec<(String, Vec<u8>)>,
        results: &Results,
        provenance: &Provenance,
        pages: &Pages,
    ) -> Self {
        let pdf = match &provenance.edition {
            Some(edition) => format!("{}-{}.pdf", file_name(&study.study.id), file_name(&edition.report)),
            None => format!("{}.pdf", file_name(&study.study.id)),
        };
        let mut files: Vec<(String, Vec<u8>)> = vec![
            (pdf.clone(), pages.pdf.clone()),
            ("study.toml".to_owned(), text.as_bytes().to_vec()),
            ("results.json".to_owned(), store::to_json(results).into_bytes()),
            ("results.csv".to_owned(), store::to_csv(results).into_bytes()),
            ("provenance.json".to_owned(), store::provenance_to_json(provenance).into_bytes()),
        ];
        files.extend(beside);
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
        let sums = sums.join("\n") + "\n";
        files.push((SUMS.to_owned(), sums.into_bytes()));
        Self { files, pdf }
    }
}

/// Figures and the source of the pages.
fn of_pages(pages: &Pages) -> impl Iterator<Item = (String, Vec<u8>)> {
    let figures = pages.figures.iter().map(|(id, svg)| (format!("figures/{}.svg", file_name(id)), svg));
    let sources = pages.sources.iter().map(|(path, text)| (format!("typst/{}", path.trim_start_matches('/')), text));
    figures.chain(sources).map(|(path, text)| (path, text.clone().into_bytes()))
}

/// Claims the target of a package. `apart` are folders that the run reads, `names` those that its PDF may have: a report to a
/// board takes the place of the same report alone, and nothing else takes its place, so that nobody finds a closed report where
/// the open one was.
///
/// # Errors
/// See [`Target::claim`]; what stands there is neither empty nor a package of an earlier run, holds other files too, or is of
/// another report.
pub(super) fn claim(target: &Path, apart: &[PathBuf], names: &[String]) -> Result<Target, Error> {
    let claimed = Target::claim(target, apart, is_replaceable)?;
    let is_of_board = |name: &String| {
        let others = Edition::ALL.into_iter().filter(|edition| *edition != Edition::Final);
        others.map(|edition| format!("-{}.pdf", edition.name())).any(|end| name.ends_with(&end))
    };
    let is_kept = |earlier: &String| is_of_board(earlier) || names.iter().any(is_of_board);
    match main_pdf(target).filter(|earlier| !names.contains(earlier) && is_kept(earlier)) {
        None => Ok(claimed),
        Some(earlier) => {
            let finding =
                Finding::error(shown(target), format!("the package of another report stands here: {earlier}"));
            Err(Error::one(Stage::Files, finding.hint("choose another folder, or remove that package")))
        }
    }
}

/// The names that the PDF of a report of a study may have: as a run writes it, and as shells.
pub(super) fn pdf_names(study: &str, edition: Edition) -> Vec<String> {
    let id = file_name(study);
    let of_run = if edition == Edition::Final { format!("{id}.pdf") } else { format!("{id}-{}.pdf", edition.name()) };
    vec![of_run, format!("{id}-shells.pdf")]
}

/// The PDF of the report in a package, if there is a package.
pub(super) fn main_pdf(folder: &Path) -> Option<String> {
    let sums = read_text(&folder.join(SUMS)).ok()?;
    let mut paths = sums.lines().filter_map(|line| Some(line.split_once("  ")?.1));
    let is_report = |path: &&str| {
        Path::new(path).extension().is_some_and(|own| own == "pdf") && !path.contains('/') && *path != papers::FORM
    };
    paths.find(is_report).map(str::to_owned)
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

/// Files without which a folder is no package.
const ESSENTIAL: [&str; 3] = ["study.toml", "results.json", "provenance.json"];

/// Compares every file of a package with its sums; gives the bytes that were compared, by path.
///
/// # Errors
/// There is no package, or files have changed, are missing, or were added.
pub(super) fn verify(folder: &Path) -> Result<BTreeMap<String, Vec<u8>>, Error> {
    let sums = read_text(&folder.join(SUMS)).map_err(|mut error| {
        error
            .findings
            .iter_mut()
            .for_each(|finding| finding.hint = Some("name the folder that `run` wrote".to_owned()));
        error
    })?;
    let mut findings = Vec::new();
    let mut listed: BTreeSet<&str> = BTreeSet::from([SUMS]);
    let mut files = BTreeMap::from([(SUMS.to_owned(), sums.clone().into_bytes())]);
    for line in sums.lines() {
        let Some((sum, path)) = line.split_once("  ") else {
            findings.push(Finding::error(shown(&folder.join(SUMS)), format!("this line is not a sum: {line}")));
            continue;
        };
        listed.insert(path);
        match fs::read(folder.join(path)) {
            Ok(bytes) if hex(&Sha256::digest(&bytes)) == sum => _ = files.insert(path.to_owned(), bytes),
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
    Error::unless_clean(Stage::Files, findings).map(|_| files)
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

/// An identifier as part of a file name.
pub(super) fn file_name(id: &str) -> String {
    id.chars().map(|c| if c.is_ascii_alphanumeric() || c == '-' || c == '_' { c } else { '_' }).collect()
}
