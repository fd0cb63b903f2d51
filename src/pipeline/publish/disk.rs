//! The operations on files of which publishing is made, each of them one step that happens or fails. Behind a trait, so
//! that tests can let any of them fail.

#![expect(clippy::disallowed_methods, reason = "packages are written here, and nowhere else")]

use std::fs;
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use rustix::fs::{CWD, RenameFlags, renameat_with};
use rustix::io::Errno;

use crate::error::{Error, Finding, Place, Stage};

/// Writes a file that must not exist and that nobody but its owner may read.
pub(super) fn write_secret(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// A disk to publish on.
pub(super) trait Disk {
    /// Makes one folder, in a folder that exists.
    fn make_folder(&self, path: &Path) -> io::Result<()>;
    /// Writes a file that must not exist, and waits until its bytes are on the disk.
    fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()>;
    /// Waits until the names within a folder are on the disk.
    fn flush_folder(&self, path: &Path) -> io::Result<()>;
    /// Lets two names change their places in one step; [`is_without_exchange`] tells the error of a file system that
    /// cannot.
    fn exchange(&self, one: &Path, other: &Path) -> io::Result<()>;
    /// Gives a file or folder another name; a file of that name is replaced in the same step.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;
    /// Removes a folder with all that is in it, or a file; a link is removed and not followed. What does not exist is
    /// no error.
    fn remove(&self, path: &Path) -> io::Result<()>;
}

/// The disk of the operating system.
pub(super) struct System;

impl Disk for System {
    fn make_folder(&self, path: &Path) -> io::Result<()> {
        fs::create_dir(path)
    }

    fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let mut file = fs::OpenOptions::new().write(true).create_new(true).open(path)?;
        file.write_all(bytes)?;
        file.sync_all()
    }

    fn flush_folder(&self, path: &Path) -> io::Result<()> {
        match fs::File::open(path)?.sync_all() {
            // Some file systems of a network flush no folders: then its names are as safe as they can be there.
            Err(error) if matches!(error.kind(), ErrorKind::InvalidInput | ErrorKind::Unsupported) => Ok(()),
            flushed => flushed,
        }
    }

    fn exchange(&self, one: &Path, other: &Path) -> io::Result<()> {
        Ok(renameat_with(CWD, one, CWD, other, RenameFlags::EXCHANGE)?)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        let removed = match fs::symlink_metadata(path) {
            Ok(known) if known.is_dir() => fs::remove_dir_all(path),
            Ok(_) => fs::remove_file(path),
            Err(error) => Err(error),
        };
        match removed {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
            removed => removed,
        }
    }
}

/// Whether an exchange failed because kernel or file system have none, as some of networks do.
pub(super) fn is_without_exchange(error: &io::Error) -> bool {
    Errno::from_io_error(error)
        .is_some_and(|errno| [Errno::INVAL, Errno::NOSYS, Errno::NOTSUP, Errno::OPNOTSUPP].contains(&errno))
}

/// What stands under a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Nothing,
    Folder,
    Link,
    /// A file, or something that is none of these.
    Other,
}

/// What stands under a name; what cannot be looked at is taken for nothing, and refused when it is written to.
pub(super) fn kind(path: &Path) -> Kind {
    match fs::symlink_metadata(path) {
        Ok(known) if known.is_dir() => Kind::Folder,
        Ok(known) if known.is_symlink() => Kind::Link,
        Ok(_) => Kind::Other,
        Err(_) => Kind::Nothing,
    }
}

/// Makes a folder and those above it, each flushed to the disk; gives those that were made, the highest first. If that
/// fails, those that were made are removed again.
pub(super) fn make_folders(disk: &dyn Disk, folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let missing: Vec<&Path> =
        folder.ancestors().take_while(|above| !above.as_os_str().is_empty() && fs::metadata(above).is_err()).collect();
    let mut made: Vec<PathBuf> = Vec::new();
    for folder in missing.into_iter().rev() {
        let above = folder.parent().filter(|above| !above.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let done = match disk.make_folder(folder) {
            // Another run may have made it just now, for a target of its own.
            Err(error) if error.kind() == ErrorKind::AlreadyExists && folder.is_dir() => continue,
            done => done,
        };
        if done.is_ok() {
            made.push(folder.to_path_buf());
        }
        if let Err(error) = done.and_then(|()| disk.flush_folder(above)) {
            made.iter().rev().for_each(|folder| remove_if_empty(folder));
            return Err(failed(folder, "create the folder", &error));
        }
    }
    if !folder.is_dir() {
        return Err(failed(folder, "create the folder", &ErrorKind::NotADirectory.into()));
    }
    Ok(made)
}

/// Removes a folder if nothing is in it.
pub(super) fn remove_if_empty(folder: &Path) {
    let _ = fs::remove_dir(folder);
}

/// Whether a path lies below a folder, links resolved as far as the path exists. The folder itself does not.
pub(super) fn lies_within(path: &Path, folder: &Path) -> bool {
    let whole = |path: &Path| std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
    let (path, Ok(folder)) = (whole(path), fs::canonicalize(folder)) else { return false };
    let resolved = path.ancestors().find_map(|above| {
        let rest = path.strip_prefix(above).ok()?;
        fs::canonicalize(above).ok().map(|above| above.join(rest))
    });
    resolved.is_some_and(|path| path != folder && path.starts_with(&folder))
}

/// Whether two paths lead to the same folder.
pub(in crate::pipeline) fn is_same(one: &Path, other: &Path) -> bool {
    let resolved = |path: &Path| fs::canonicalize(if path.as_os_str().is_empty() { Path::new(".") } else { path }).ok();
    resolved(one).is_some_and(|one| resolved(other) == Some(one))
}

/// Where the bytes of a single file go.
pub(super) enum Destination {
    /// To a file of this name, which may exist.
    File(PathBuf),
    /// To what cannot be replaced: a terminal, a pipe, a device.
    Stream,
}

/// Where the bytes of a single file go, links followed.
pub(super) fn destination(path: &Path) -> io::Result<Destination> {
    match fs::metadata(path) {
        Ok(known) if known.is_dir() => Err(ErrorKind::IsADirectory.into()),
        Ok(known) if known.is_file() && kind(path) == Kind::Link => Ok(Destination::File(fs::canonicalize(path)?)),
        Ok(known) if !known.is_file() => Ok(Destination::Stream),
        _ => Ok(Destination::File(path.to_path_buf())),
    }
}

/// Writes to what cannot be replaced.
pub(super) fn pour(path: &Path, bytes: &[u8]) -> io::Result<()> {
    fs::OpenOptions::new().write(true).open(path)?.write_all(bytes)
}

/// The place of a file or folder.
pub(in crate::pipeline) fn shown(path: &Path) -> Place {
    Place::file(path.display().to_string())
}

/// An operation on a file that failed, with what to do about it where the reason says so.
pub(in crate::pipeline) fn failed(path: &Path, what: &str, error: &io::Error) -> Error {
    let mut finding = Finding::error(shown(path), format!("failed to {what}: {}", reason(error)));
    finding.hint = hint(error.kind()).map(str::to_owned);
    Error::one(Stage::Files, finding)
}

/// What to do about the failures that people meet.
const fn hint(kind: ErrorKind) -> Option<&'static str> {
    match kind {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => {
            Some("make room there, or choose a folder on another disk")
        }
        ErrorKind::ReadOnlyFilesystem | ErrorKind::PermissionDenied => {
            Some("choose a folder that you may read and write")
        }
        ErrorKind::NotADirectory => Some("a part of the path is a file: choose another folder"),
        ErrorKind::ResourceBusy | ErrorKind::CrossesDevices => {
            Some("it cannot be replaced as a whole, as where a disk is mounted: choose a folder within it")
        }
        ErrorKind::Unsupported => {
            Some("its file system lacks what is needed: choose a folder on a disk of this machine")
        }
        ErrorKind::InvalidFilename => Some("choose a shorter name"),
        _ => None,
    }
}

/// The reason of an I/O error, without the number of the operating system.
pub(super) fn reason(error: &io::Error) -> String {
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or(&text);
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| first.to_lowercase().chain(characters).collect())
}
