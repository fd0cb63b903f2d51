//! `scan`: whether words occur in files and folders. Here files are found and read; what is searched in them, and how, is
//! [`crate::scan`].

use std::fs;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use crate::error::{Error, Finding, Place, Stage};
use crate::scan::{self, Counts, Hit, Searched, Unread, Word, Words};

/// What is searched for, and how it is told.
#[derive(Clone, Debug, Default)]
pub struct ScanOrder {
    /// The words, each with where it was written.
    pub words: Vec<Word>,
    /// Words are found only where no letter or digit adjoins them, and may be short.
    pub exact: bool,
    /// Findings name a word by where it was written, and files by number where their names hold a word.
    pub redact: bool,
}

/// What came of a search.
#[derive(Clone, Debug, Default)]
pub struct Scan {
    /// The words that were found, and what could not be read, in the order of the files.
    pub findings: Vec<Finding>,
    /// Number of files searched.
    pub files: usize,
    /// Number of words found, counted once a file and channel.
    pub found: usize,
    /// Number of places that could not be read.
    pub unread: usize,
    /// How much was searched within the files.
    pub counts: Counts,
}

impl Scan {
    /// How much was searched and what came of it, in a line.
    #[must_use]
    pub fn summary(&self) -> String {
        let of = |count: usize, one: &str| format!("{count} {one}{}", if count == 1 { "" } else { "s" });
        let Counts { objects, streams, pictures } = self.counts;
        let mut told = vec![match self.found {
            0 => "nothing found".to_owned(),
            found => format!("{found} found"),
        }];
        if self.unread > 0 {
            told.push(format!("{} not read", self.unread));
        }
        if pictures > 0 {
            told.push(format!("the pixels of {} not read", of(pictures, "picture")));
        }
        let searched = [of(self.files, "file"), of(objects, "object"), of(streams, "stream")];
        format!("{} searched; {}", searched.join(", "), told.join("; "))
    }

    /// The stage that refuses, and with it the exit number; none if nothing was found and all was read.
    #[must_use]
    pub const fn refused(&self) -> Option<Stage> {
        match (self.found, self.unread) {
            (0, 0) => None,
            (0, _) => Some(Stage::Files),
            _ => Some(Stage::Found),
        }
    }
}

/// The words of a list: one a line; blank lines and lines that begin with `#` are none.
///
/// # Errors
/// The list cannot be read, or is not UTF-8.
pub fn word_list(path: &Path) -> Result<Vec<Word>, Error> {
    Ok(scan::of_list(&super::package::read_text(path)?, &path.display().to_string()))
}

/// Whether words occur in these files and folders, in any channel.
///
/// # Errors
/// There is no word, or one that is too short to be searched for. Files that cannot be read are findings.
pub fn scan(paths: &[PathBuf], words: &[String]) -> Result<Scan, Error> {
    let word = |(at, text): (usize, &String)| Word { text: text.clone(), origin: format!("word {}", at + 1) };
    let words = words.iter().enumerate().map(word).collect();
    scan_as(paths, &ScanOrder { words, ..ScanOrder::default() })
}

/// The same, ordered in full.
///
/// # Errors
/// See [`scan`].
pub fn scan_as(paths: &[PathBuf], order: &ScanOrder) -> Result<Scan, Error> {
    let words = Words::new(order.words.clone(), order.exact);
    let words = words.map_err(|findings| Error { stage: Stage::Usage, findings })?;
    let mut entries: Vec<Entry> = paths.iter().flat_map(|path| walk(path)).collect();
    entries.sort();
    entries.dedup();
    let searched: Vec<Searched> = entries.par_iter().map(|entry| entry.search(&words)).collect();
    let mut scan = Scan::default();
    for (number, (entry, searched)) in entries.iter().zip(&searched).enumerate() {
        let place = entry.place(number + 1, searched, order.redact);
        scan.files += usize::from(matches!(entry.kind, Kind::File));
        scan.found += searched.hits.len();
        scan.unread += searched.unread.len();
        scan.counts.objects += searched.counts.objects;
        scan.counts.streams += searched.counts.streams;
        scan.counts.pictures += searched.counts.pictures;
        scan.findings.extend(searched.hits.iter().map(|hit| told(hit, place.clone(), order)));
        scan.findings.extend(searched.unread.iter().map(|unread| not_read(unread, place.clone())));
    }
    Ok(scan)
}

fn told(hit: &Hit, place: Place, order: &ScanOrder) -> Finding {
    let Word { text, origin } = &order.words[hit.word];
    let word = if order.redact { format!("the word of {origin}") } else { format!("“{text}” ({origin})") };
    let at = if hit.place.is_empty() { String::new() } else { format!(" ({})", hit.place) };
    let times = if hit.times > 1 { format!(", {} times", hit.times) } else { String::new() };
    Finding::error(place, format!("{word}: {}{at}{times}", hit.channel))
}

fn not_read(unread: &Unread, place: Place) -> Finding {
    Finding::error(place, format!("not read: {}: {}", unread.channel, unread.why))
}

/// What lies under a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Folder,
    File,
    Link,
    Other,
}

/// A file or folder: where it lies, and its path from what the user named on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Entry {
    path: PathBuf,
    name: PathBuf,
    kind: Kind,
    /// Why it could not be looked at.
    fault: Option<String>,
}

/// Everything under a path; links are not followed.
fn walk(path: &Path) -> Vec<Entry> {
    let name = path.file_name().map_or_else(PathBuf::new, PathBuf::from);
    let mut open = vec![(path.to_path_buf(), name)];
    let mut entries = Vec::new();
    while let Some((path, name)) = open.pop() {
        // What the user named is followed, as the user sees a folder there.
        let about = if entries.is_empty() { fs::metadata(&path) } else { fs::symlink_metadata(&path) };
        let (kind, mut fault) = match about {
            Ok(about) if about.is_dir() => (Kind::Folder, None),
            Ok(about) if about.is_file() => (Kind::File, None),
            Ok(about) if about.is_symlink() => (Kind::Link, None),
            Ok(_) => (Kind::Other, Some("it is neither file nor folder".to_owned())),
            Err(error) => (Kind::Other, Some(error.to_string())),
        };
        if kind == Kind::Folder {
            match children(&path) {
                Ok(names) => open.extend(names.into_iter().map(|child| (path.join(&child), name.join(&child)))),
                Err(error) => fault = Some(error.to_string()),
            }
        }
        entries.push(Entry { path, name, kind, fault });
    }
    entries
}

#[expect(clippy::disallowed_methods, reason = "the files of users are read here, to be searched")]
fn children(path: &Path) -> std::io::Result<Vec<PathBuf>> {
    fs::read_dir(path)?.map(|child| child.map(|child| PathBuf::from(child.file_name()))).collect()
}

impl Entry {
    /// Searches name and content.
    #[expect(clippy::disallowed_methods, reason = "the files of users are read here, to be searched")]
    fn search(&self, words: &Words) -> Searched {
        let what = if self.kind == Kind::Folder { "name of the folder" } else { "name of the file" };
        let last = self.name.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        let mut searched = scan::text(what, &last, words);
        let fault = match self.kind {
            Kind::File => match fs::read(&self.path) {
                Ok(bytes) => {
                    let within = scan::bytes(&bytes, words);
                    searched.hits.extend(within.hits);
                    searched.unread.extend(within.unread);
                    searched.counts = within.counts;
                    None
                }
                Err(error) => Some(error.to_string()),
            },
            Kind::Link => {
                let target = fs::read_link(&self.path).map(|target| target.to_string_lossy().into_owned());
                searched.hits.extend(scan::text("target of the link", &target.unwrap_or_default(), words).hits);
                Some("it is a link, which is not followed".to_owned())
            }
            Kind::Folder | Kind::Other => self.fault.clone(),
        };
        searched.unread.extend(fault.map(|why| Unread { channel: "the file".to_owned(), why }));
        searched
    }

    /// The place that findings name: in a redacted log by number, where the path holds a word.
    fn place(&self, number: usize, searched: &Searched, redact: bool) -> Place {
        let path = self.path.display().to_string();
        let tells = redact && searched.hits.iter().any(|hit| hit.channel.starts_with("name of the "));
        Place::file(if tells { format!("file {number}") } else { path })
    }
}
