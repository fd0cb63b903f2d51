//! The data folder: files are opened beneath it without following a link, read once, and listed.
//!
//! Whoever may write into the folder may exchange files while they are read. So a file is opened once, by a path of
//! which no part is a link (`openat2` where the kernel has it, else part by part), and looked at through what was opened:
//! it must be a regular file, and its size and times must be the same after reading as before. What is handed on are
//! bytes in memory; nothing after this module opens a data file.

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::os::fd::{AsFd, OwnedFd};
use std::path::{Component, Path, PathBuf};

use rustix::fs::{AtFlags, Dir, FileType, Mode, OFlags, Stat};
use rustix::io::Errno;

use crate::data::MAX_BYTES;
use crate::error::{Finding, Place};

/// Files and folders looked at before a folder is taken for something else than a data folder.
const MOST_NAMES: usize = 100_000;

/// The bytes of a file, and what a person should know of it.
#[derive(Debug, Default)]
pub(super) struct Contents {
    pub(super) bytes: Vec<u8>,
    pub(super) warnings: Vec<Finding>,
}

/// Why there are no bytes.
#[derive(Debug)]
pub(super) enum Unread {
    /// The operating system would not hand the file over.
    Refused(Box<Finding>),
    /// The file is missing, or is not one that can be data.
    Unfit(Box<Finding>),
}

/// What lies in a folder, and is not a folder on the way to what is wanted.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Found {
    /// Relative to the data folder, with `/` between.
    pub(super) path: String,
    /// What it is.
    pub(super) what: &'static str,
}

/// An open data folder.
#[derive(Debug)]
pub(super) struct Folder {
    root: PathBuf,
    opened: Result<OwnedFd, Errno>,
}

impl Folder {
    /// Opens a folder. That it cannot be opened is told of every file that is asked of it.
    pub(super) fn open(root: &Path) -> Self {
        let here = if root.as_os_str().is_empty() { Path::new(".") } else { root };
        let opened = rustix::fs::open(here, OFlags::DIRECTORY | OFlags::CLOEXEC | OFlags::RDONLY, Mode::empty());
        Self { root: root.to_path_buf(), opened }
    }

    /// Reads a file beneath the folder. `path` is relative to it, or begins with it; `shown` is the path in messages.
    pub(super) fn read(&self, path: &Path, shown: &str, place: &Place) -> Result<Contents, Unread> {
        let unfit = |message: String, hint: &str| {
            let finding = Finding::error(place.clone(), message);
            Unread::Unfit(Box::new(if hint.is_empty() { finding } else { finding.hint(hint) }))
        };
        let refused = |error: &dyn std::fmt::Display| {
            Unread::Refused(Box::new(Finding::error(place.clone(), format!("{shown} cannot be read: {error}"))))
        };
        let path = path.strip_prefix(&self.root).unwrap_or(path);
        if !is_beneath(path) {
            return Err(unfit(format!("{shown} does not lie in the data folder"), BENEATH));
        }
        let opened = self.opened.as_ref().map_or_else(|error| Err(*error), |folder| opened(folder, path));
        let opened = opened.map_err(|error| match error {
            Errno::NOENT | Errno::NOTDIR => unfit(format!("the data file {shown} is missing"), ""),
            Errno::LOOP => unfit(format!("{shown} is a link, or lies behind one"), "put the file itself there"),
            Errno::XDEV => unfit(format!("{shown} does not lie in the data folder"), BENEATH),
            Errno::NXIO => unfit(format!("{shown} is not a file: it is a socket or a device"), ""),
            error => refused(&std::io::Error::from(error)),
        })?;
        let before = rustix::fs::fstat(&opened).map_err(|error| refused(&std::io::Error::from(error)))?;
        let kind = FileType::from_raw_mode(before.st_mode);
        if kind != FileType::RegularFile {
            return Err(unfit(format!("{shown} is not a file: it is a {}", word(kind)), ""));
        }
        let size = u64::try_from(before.st_size).unwrap_or(0);
        if size > MAX_BYTES {
            return Err(unfit(format!("{shown} is too large: {size} bytes"), ""));
        }
        let mut bytes = Vec::new();
        // One more than there should be: the end of the file is then seen without a second buffer.
        bytes
            .try_reserve_exact(usize::try_from(size).unwrap_or(usize::MAX).saturating_add(1))
            .map_err(|_| unfit(format!("{shown} is too large for the memory of this machine: {size} bytes"), ""))?;
        let mut file = File::from(opened);
        match (&mut file).take(size + 1).read_to_end(&mut bytes) {
            Err(error) if error.kind() == ErrorKind::WouldBlock => return Err(unfit(changed(shown), CHANGED)),
            read => _ = read.map_err(|error| refused(&error))?,
        }
        let after = rustix::fs::fstat(&file).map_err(|error| refused(&std::io::Error::from(error)))?;
        if bytes.len() as u64 != size || marks(&before) != marks(&after) {
            return Err(unfit(changed(shown), CHANGED));
        }
        Ok(Contents { bytes, warnings: warnings(&before, shown, place) })
    }

    /// Everything in the folder that is no folder, sorted; a folder is only looked into if `descend` says so of its path,
    /// which ends in `/`, and else stands in the list itself.
    ///
    /// # Errors
    /// The folder that the operating system would not list, or the one in which there was too much.
    pub(super) fn list(&self, descend: &dyn Fn(&str) -> bool) -> Result<Vec<Found>, String> {
        let mut found = Vec::new();
        // A folder that cannot be opened is told of every file in it.
        let Ok(root) = &self.opened else { return Ok(found) };
        let mut open = vec![String::new()];
        let mut seen = 0_usize;
        while let Some(prefix) = open.pop() {
            let shown = if prefix.is_empty() { "the data folder".to_owned() } else { prefix.clone() };
            let refused = |error: Errno| format!("{shown} cannot be listed: {}", std::io::Error::from(error));
            let at = if prefix.is_empty() { Path::new(".") } else { Path::new(prefix.trim_end_matches('/')) };
            let folder = opened(root, at).map_err(refused)?;
            for entry in Dir::read_from(&folder).map_err(refused)? {
                let entry = entry.map_err(refused)?;
                let name = entry.file_name().to_string_lossy();
                if name == "." || name == ".." {
                    continue;
                }
                seen += 1;
                if seen > MOST_NAMES {
                    return Err(format!("there are more than {MOST_NAMES} files in the data folder"));
                }
                let kind = match entry.file_type() {
                    FileType::Unknown => rustix::fs::statat(&folder, entry.file_name(), AtFlags::SYMLINK_NOFOLLOW)
                        .map_or(FileType::Unknown, |stat| FileType::from_raw_mode(stat.st_mode)),
                    kind => kind,
                };
                let path = format!("{prefix}{name}");
                let inner = format!("{path}/");
                if kind == FileType::Directory && descend(&inner) {
                    open.push(inner);
                } else {
                    let path = if kind == FileType::Directory { inner } else { path };
                    found.push(Found { path, what: word(kind) });
                }
            }
        }
        found.sort();
        Ok(found)
    }
}

const BENEATH: &str = "name it relative to the data folder, without . and ..";
const CHANGED: &str = "wait until nothing writes to it any more";

fn changed(shown: &str) -> String {
    format!("{shown} changed while it was read")
}

/// Whether a path leads from a folder into it and never out.
pub(super) fn is_beneath(path: &Path) -> bool {
    path.components().next().is_some() && path.components().all(|part| matches!(part, Component::Normal(_)))
}

/// Never waits for a writer of a pipe, never becomes a terminal of ours.
const READING: OFlags =
    OFlags::RDONLY.union(OFlags::CLOEXEC).union(OFlags::NONBLOCK).union(OFlags::NOCTTY).union(OFlags::NOFOLLOW);

/// Opens a path beneath a folder; a link anywhere in it is [`Errno::LOOP`].
fn opened(folder: &OwnedFd, path: &Path) -> Result<OwnedFd, Errno> {
    #[cfg(target_os = "linux")]
    {
        use rustix::fs::ResolveFlags;
        let beneath = ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS | ResolveFlags::NO_MAGICLINKS;
        match rustix::fs::openat2(folder, path, READING, Mode::empty(), beneath) {
            // An old kernel, or a sandbox that does not know the call.
            Err(Errno::NOSYS | Errno::PERM | Errno::INVAL | Errno::TOOBIG) => {}
            opened => return opened,
        }
    }
    opened_in_steps(folder, path)
}

/// The same without the help of the kernel: every part of the path is opened in the one before.
fn opened_in_steps(folder: &OwnedFd, path: &Path) -> Result<OwnedFd, Errno> {
    let mut parts: Vec<&std::ffi::OsStr> = path.components().map(Component::as_os_str).collect();
    let last = parts.pop().ok_or(Errno::NOENT)?;
    let mut inner: Option<OwnedFd> = None;
    for part in parts {
        let outer = inner.as_ref().unwrap_or(folder);
        let flags = OFlags::DIRECTORY | OFlags::CLOEXEC | OFlags::NOFOLLOW;
        let next = rustix::fs::openat(outer.as_fd(), part, flags, Mode::empty()).map_err(|error| {
            let stat = rustix::fs::statat(outer.as_fd(), part, AtFlags::SYMLINK_NOFOLLOW);
            let linked = stat.is_ok_and(|stat| FileType::from_raw_mode(stat.st_mode) == FileType::Symlink);
            if linked { Errno::LOOP } else { error }
        })?;
        inner = Some(next);
    }
    rustix::fs::openat(inner.as_ref().unwrap_or(folder).as_fd(), last, READING, Mode::empty())
}

const fn word(kind: FileType) -> &'static str {
    match kind {
        FileType::RegularFile => "file",
        FileType::Directory => "folder",
        FileType::Symlink => "link",
        FileType::Fifo => "pipe",
        FileType::Socket => "socket",
        FileType::CharacterDevice | FileType::BlockDevice => "device",
        FileType::Unknown => "thing of an unknown kind",
    }
}

/// What changes when a file is written to.
fn marks(stat: &Stat) -> (i64, i64, u64, u64, u64) {
    #[expect(clippy::useless_conversion, clippy::unnecessary_cast, reason = "the fields have other types elsewhere")]
    (i64::from(stat.st_size), stat.st_mtime as i64, stat.st_mtime_nsec as u64, stat.st_ino as u64, stat.st_dev as u64)
}

/// By what others could change the file without the lock being broken.
fn warnings(stat: &Stat, shown: &str, place: &Place) -> Vec<Finding> {
    let mut warnings = Vec::new();
    if stat.st_nlink > 1 {
        let message = format!("{shown} has {} names: it can be changed through another one", stat.st_nlink);
        warnings.push(Finding::warning(place.clone(), message).hint("copy the file into the data folder"));
    }
    if Mode::from_raw_mode(stat.st_mode).contains(Mode::WOTH) {
        let message = format!("{shown} can be written by everybody on this machine");
        warnings.push(Finding::warning(place.clone(), message).hint("take the right to write from others: chmod o-w"));
    }
    warnings
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "the tests make the files that are opened")]
mod tests {
    use super::*;

    #[test]
    fn both_ways_of_opening_refuse_links_and_open_files() {
        let scratch = tempfile::tempdir().expect("a scratch folder");
        let root = scratch.path();
        std::fs::create_dir_all(root.join("a/b")).expect("scratch folders");
        std::fs::write(root.join("a/b/file"), "x").expect("a scratch file");
        std::os::unix::fs::symlink("b", root.join("a/linked")).expect("a link");
        std::os::unix::fs::symlink("b/file", root.join("a/short")).expect("a link");
        let folder = rustix::fs::open(root, OFlags::DIRECTORY, Mode::empty()).expect("the scratch folder");
        for way in [opened, opened_in_steps] {
            assert!(way(&folder, Path::new("a/b/file")).is_ok());
            assert_eq!(way(&folder, Path::new("a/linked/file")).err(), Some(Errno::LOOP));
            assert_eq!(way(&folder, Path::new("a/short")).err(), Some(Errno::LOOP));
            assert_eq!(way(&folder, Path::new("a/c/file")).err(), Some(Errno::NOENT));
        }
        #[cfg(target_os = "linux")]
        assert_eq!(opened(&folder, Path::new("../x")).err(), Some(Errno::XDEV));
    }

    #[test]
    fn a_path_that_leads_out_is_none_of_the_folder() {
        for (path, beneath) in
            [("a", true), ("a/b", true), ("./a", false), ("../a", false), ("a/../b", false), ("/a", false), ("", false)]
        {
            assert_eq!(is_beneath(Path::new(path)), beneath, "{path}");
        }
    }
}
