//! The run lock: who writes to a target says so beside it, and whoever comes second is refused.

#![expect(clippy::disallowed_methods, reason = "the lock is a file")]

use std::fs::{self, File, TryLockError};
use std::io::{Read, Seek, Write};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::disk::{failed, shown};
use super::hidden;
use crate::error::{Error, Finding, Stage};

/// How often a lock is taken anew because its file was removed between opening and locking it: each time another run
/// has ended, so that a few suffice.
const ATTEMPTS: usize = 1000;
/// How often the number of the process that holds a lock is looked for: well over a tenth of a second.
const LOOKS: usize = 200_000;

/// The lock of one target, `.NAME.lock` beside it, which holds the number of the process.
///
/// The lock is one of the kernel (`flock`): it ends with the process, however that ends. The file is only where it lies;
/// one that a killed run left is taken over. On file systems of a network the lock holds as far as they carry it.
#[derive(Debug)]
pub(super) struct RunLock {
    path: PathBuf,
    /// Open as long as the lock is held.
    file: File,
}

impl RunLock {
    /// Takes the lock of a target, or says at once who holds it.
    ///
    /// # Errors
    /// Another run holds it, or its file cannot be made.
    pub(super) fn take(target: &Path) -> Result<Self, Error> {
        Self::of(target, false)
    }

    /// Takes the lock of a file that is written in a moment, when whoever holds it is done.
    ///
    /// # Errors
    /// Its file cannot be made.
    pub(super) fn wait(target: &Path) -> Result<Self, Error> {
        Self::of(target, true)
    }

    fn of(target: &Path, waits: bool) -> Result<Self, Error> {
        let name = target.file_name().unwrap_or_default().to_os_string();
        let path = target.with_file_name(hidden(name, "lock"));
        for _ in 0..ATTEMPTS {
            let open = File::options().read(true).write(true).create(true).truncate(false).open(&path);
            let file = open.map_err(|error| failed(target, "open the run lock beside", &error))?;
            let locked = if waits { file.lock().map_err(TryLockError::Error) } else { file.try_lock() };
            match locked {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => return Err(held(target, file)),
                Err(TryLockError::Error(error)) => return Err(failed(target, "take the run lock beside", &error)),
            }
            // The run that held it may have removed the file meanwhile: then this is the lock of nothing.
            if is_at(&file, &path) {
                let mut taken = Self { path, file };
                taken.sign().map_err(|error| failed(target, "write the run lock beside", &error))?;
                return Ok(taken);
            }
        }
        let finding = Finding::error(shown(target), "runs that begin and end all the time hold the run lock");
        Err(Error::one(Stage::Files, finding.hint("try again when they are done")))
    }

    /// Writes the number of this process into the lock.
    fn sign(&mut self) -> std::io::Result<()> {
        self.file.set_len(0)?;
        self.file.rewind()?;
        self.file.write_all(format!("{}\n", std::process::id()).as_bytes())
    }
}

impl Drop for RunLock {
    fn drop(&mut self) {
        // Removed while it is still held, so that it is never the file of another run.
        let _ = fs::remove_file(&self.path);
    }
}

/// Whether an open file is still the one that lies at a path.
fn is_at(file: &File, path: &Path) -> bool {
    match (file.metadata(), fs::symlink_metadata(path)) {
        (Ok(open), Ok(named)) => (open.dev(), open.ino()) == (named.dev(), named.ino()),
        _ => false,
    }
}

/// Another run holds the lock.
fn held(target: &Path, mut file: File) -> Error {
    let mut by = String::new();
    // Who has just taken it needs a moment to write its number.
    for _ in 0..LOOKS {
        let mut text = String::new();
        let read = file.rewind().and_then(|()| (&mut file).take(32).read_to_string(&mut text));
        if read.is_ok() && text.ends_with('\n') && text.trim().parse::<u32>().is_ok() {
            by = format!(", process {}", text.trim());
            break;
        }
    }
    let finding = Finding::error(shown(target), format!("another run is writing to this target{by}"));
    Error::one(Stage::Files, finding.hint("wait until it has ended, or choose another folder"))
}
