//! Publishing: a folder of files takes the place of an earlier one in a single step, or not at all.
//!
//! The files are first written to a folder beside the target and flushed to the disk, every file and every folder. Then
//! the two folders exchange their names in one step of the kernel (`renameat2` with `RENAME_EXCHANGE`), the folder above
//! is flushed, and the earlier package is removed. So at every moment the whole old or the whole new package stands
//! under the name, whatever ends the run: a full disk, a kill, a power failure. No signal is handled: a run that is
//! interrupted (`SIGINT`, `SIGTERM`) or killed has published nothing or everything, and what it left beside the target
//! is removed by the next run to it.
//!
//! Where the file system has no exchange, as on some of networks, two renames stand for it. Between them there is no
//! package under the name for a moment; a run killed just then leaves the earlier one beside, and the next run puts it
//! back.
//!
//! Method: `reliability.md`, section 8.

mod disk;
mod run_lock;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::error::{Error, Finding, Place, Stage, harmless};
use disk::{Disk, System, reason};
pub(super) use disk::{failed, is_same, shown};
use run_lock::RunLock;

/// A folder that a run will write, and that no other run can write as long as this value lives.
#[derive(Debug)]
pub struct Target {
    names: Names,
    /// Whether what stands there may be replaced.
    replaceable: fn(&Path) -> bool,
    /// Folders that were made above it, the highest first.
    made: Vec<PathBuf>,
    /// Held until the value is dropped.
    lock: Option<RunLock>,
}

/// A target and the names beside it.
#[derive(Debug)]
struct Names {
    /// The folder in which all of them stand.
    parent: PathBuf,
    target: PathBuf,
    /// Where the new one is written first; after the exchange the earlier one is there.
    stage: PathBuf,
    /// Where the earlier one waits, if the file system has no exchange.
    aside: PathBuf,
}

impl Names {
    /// The names of a target; none for paths without a last name, such as `/` and `..`.
    fn of(target: &Path) -> Option<Self> {
        let name = target.file_name()?;
        let parent = target.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let beside = |what: &str| parent.join(hidden(name.to_os_string(), what));
        Some(Self {
            target: parent.join(name),
            stage: beside("new-package"),
            aside: beside("old-package"),
            parent: parent.to_path_buf(),
        })
    }
}

/// `.NAME.WHAT`.
fn hidden(name: OsString, what: &str) -> OsString {
    let mut hidden = OsString::from(".");
    hidden.push(name);
    hidden.push(".");
    hidden.push(what);
    hidden
}

impl Target {
    /// Claims a target before anything is computed: takes its run lock and removes what killed runs left beside it.
    ///
    /// `apart` are folders that the run reads, within which it must not write. `replaceable` says whether what stands
    /// under the name, a folder, may be replaced. Folders above the target are made, and removed again if it is not
    /// written.
    ///
    /// # Errors
    /// The name is not one for a folder, something stands there that is not replaceable, the target lies within a folder
    /// of `apart`, another run holds it, or the folder above cannot be written.
    pub fn claim(path: &Path, apart: &[PathBuf], replaceable: fn(&Path) -> bool) -> Result<Self, Error> {
        well_named(path)?;
        let names = Names::of(path);
        refuse_strangers(names.as_ref().map_or(path, |names| &names.target), replaceable)?;
        let Some(names) = names else {
            let finding = Finding::error(shown(path), "the target has no name of its own");
            return Err(Error::one(Stage::Files, finding.hint("name the folder itself, such as out/abc")));
        };
        if let Some(folder) = apart.iter().find(|folder| disk::lies_within(&names.target, folder)) {
            let message = format!("the target lies within {}, which this run reads", folder.display());
            let finding = Finding::error(shown(path), message);
            return Err(Error::one(Stage::Files, finding.hint("choose a folder outside of it")));
        }
        let mut claimed = Self { names, replaceable, made: Vec::new(), lock: None };
        claimed.made = disk::make_folders(&System, &claimed.names.parent)?;
        let mut taken = RunLock::take(&claimed.names.target);
        if taken.is_err() && disk::kind(&claimed.names.parent) == disk::Kind::Nothing {
            // Another run had made the folder above, and has just removed it because it ended without a package.
            claimed.made = disk::make_folders(&System, &claimed.names.parent)?;
            taken = RunLock::take(&claimed.names.target);
        }
        claimed.lock = Some(taken?);
        sweep(&System, &claimed.names)?;
        Ok(claimed)
    }

    /// Writes these files, by path within the target, in place of all that stands there. Gives a warning if the earlier
    /// package was replaced but could not be removed.
    ///
    /// # Errors
    /// Writing fails, or what stands there is not replaceable any more; then it stands there as before.
    pub fn publish(&self, files: &[(String, Vec<u8>)]) -> Result<Vec<Finding>, Error> {
        refuse_strangers(&self.names.target, self.replaceable)?;
        publish(&System, &self.names, files)
    }
}

impl Drop for Target {
    fn drop(&mut self) {
        self.lock = None;
        for folder in self.made.iter().rev() {
            disk::remove_if_empty(folder);
        }
    }
}

/// Names that other programs would take for something else, or that act on a terminal.
fn well_named(path: &Path) -> Result<(), Error> {
    let text = path.to_string_lossy();
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let finding = if text.is_empty() {
        Finding::error(Place::default(), "the target has no name").hint("name a folder, such as out/abc")
    } else if text.chars().any(char::is_control) || harmless(&text) != text {
        let shown = text.replace(|c: char| c.is_control(), "\u{fffd}");
        let finding =
            Finding::error(Place::file(shown), "the name of the target holds characters that are not printed");
        finding.hint("choose a name of letters, digits and the like")
    } else if text.starts_with('-') || name.starts_with('-') {
        let finding = Finding::error(shown(path), "the name of the target begins with a hyphen, as options do");
        finding.hint("choose another name: other programs would take it for an option")
    } else {
        return Ok(());
    };
    Err(Error::one(Stage::Usage, finding))
}

/// Refuses a target under whose name something stands that no run has written.
fn refuse_strangers(target: &Path, replaceable: fn(&Path) -> bool) -> Result<(), Error> {
    const REFUSAL: &str = "the target exists and is not a package of an earlier run";
    let choose = "choose another folder, or remove this one yourself";
    let (message, hint) = match disk::kind(target) {
        disk::Kind::Nothing => return Ok(()),
        disk::Kind::Folder if replaceable(target) => return Ok(()),
        disk::Kind::Folder => (format!("{REFUSAL}, or holds other files too"), choose),
        disk::Kind::Link => (format!("{REFUSAL}: it is a link"), "name the folder that it leads to, or another one"),
        disk::Kind::Other => (format!("{REFUSAL}: it is a file"), choose),
    };
    Err(Error::one(Stage::Files, Finding::error(shown(target), message).hint(hint)))
}

/// Removes what killed runs left beside a target; if the kill came between the two renames of a file system without
/// exchange, puts the earlier package back. To be called under the run lock.
fn sweep(disk: &dyn Disk, names: &Names) -> Result<(), Error> {
    let left = |path: &Path, error: &std::io::Error| failed(path, "remove what a killed run left", error);
    if disk::kind(&names.aside) != disk::Kind::Nothing {
        if disk::kind(&names.target) == disk::Kind::Nothing {
            disk.rename(&names.aside, &names.target)
                .and_then(|()| disk.flush_folder(&names.parent))
                .map_err(|error| failed(&names.target, "put the earlier package back", &error))?;
        } else {
            disk.remove(&names.aside).map_err(|error| left(&names.aside, &error))?;
        }
    }
    disk.remove(&names.stage).map_err(|error| left(&names.stage, &error))
}

/// Writes, flushes, exchanges, flushes, and removes the earlier package.
fn publish(disk: &dyn Disk, names: &Names, files: &[(String, Vec<u8>)]) -> Result<Vec<Finding>, Error> {
    let placed = stage(disk, names, files).and_then(|()| put_in_place(disk, names));
    let earlier = match placed {
        Ok(earlier) => earlier,
        Err(error) => {
            // If that fails too, the next run does it.
            let _ = disk.remove(&names.stage);
            return Err(error);
        }
    };
    let mut warnings = Vec::new();
    if let Some(earlier) = earlier
        && let Err(error) = disk.remove(&earlier)
    {
        let message = format!("the earlier package was replaced, and could not be removed: {}", reason(&error));
        warnings.push(Finding::warning(shown(&earlier), message).hint("the next run to this target removes it"));
    }
    Ok(warnings)
}

/// Writes the files beside the target, and waits until all of them and all their folders are on the disk.
fn stage(disk: &dyn Disk, names: &Names, files: &[(String, Vec<u8>)]) -> Result<(), Error> {
    // A finding names the file where it was to be.
    let target = &names.target;
    disk.make_folder(&names.stage).map_err(|error| failed(target, "write a folder beside", &error))?;
    let mut folders = BTreeSet::from([PathBuf::new()]);
    for (path, bytes) in files {
        let above: Vec<&Path> = Path::new(path).ancestors().skip(1).collect();
        for folder in above.into_iter().rev() {
            if folders.insert(folder.to_path_buf()) {
                disk.make_folder(&names.stage.join(folder))
                    .map_err(|error| failed(&target.join(folder), "write the folder", &error))?;
            }
        }
        disk.write(&names.stage.join(path), bytes).map_err(|error| failed(&target.join(path), "write", &error))?;
    }
    for folder in folders.iter().rev() {
        disk.flush_folder(&names.stage.join(folder))
            .map_err(|error| failed(&target.join(folder), "write the folder", &error))?;
    }
    Ok(())
}

/// Gives the new package its name; says where the earlier one is now, if there was one.
fn put_in_place(disk: &dyn Disk, names: &Names) -> Result<Option<PathBuf>, Error> {
    let Names { parent, target, stage, aside } = names;
    let replace = |error: &std::io::Error| failed(target, "replace", error);
    let earlier = if disk::kind(target) == disk::Kind::Nothing {
        disk.rename(stage, target).map_err(|error| failed(target, "write", &error))?;
        None
    } else {
        match disk.exchange(stage, target) {
            Ok(()) => Some(stage),
            Err(error) if disk::is_without_exchange(&error) => {
                disk.rename(target, aside).map_err(|error| replace(&error))?;
                if let Err(error) = disk.rename(stage, target) {
                    // If that fails too, the next run does it.
                    let _ = disk.rename(aside, target);
                    return Err(replace(&error));
                }
                Some(aside)
            }
            Err(error) => return Err(replace(&error)),
        }
    };
    if let Err(error) = disk.flush_folder(parent) {
        let taken_back = match earlier {
            None => disk.rename(target, stage),
            Some(earlier) if earlier == stage => disk.exchange(stage, target),
            Some(aside) => disk.rename(target, stage).and_then(|()| disk.rename(aside, target)),
        };
        let mut error = failed(target, "make sure that it is on the disk", &error);
        if taken_back.is_err() {
            let hint = "the new package stands there and is whole, but a power failure may undo it: run again";
            error.findings.iter_mut().for_each(|finding| finding.hint = Some(hint.to_owned()));
        }
        return Err(error);
    }
    Ok(earlier.cloned())
}

/// Keeps others from reading a file and writing it anew until the value is gone; waits for whoever does so now.
///
/// # Errors
/// Nothing can be written beside it.
pub(super) fn wait_for(path: &Path) -> Result<impl Drop + use<>, Error> {
    let mut name = path.file_name().unwrap_or_default().to_os_string();
    name.push(".entry");
    RunLock::wait(&path.with_file_name(name))
}

/// Writes a single file in place of an earlier one, whole or not at all, as a package is written. A link is followed;
/// what is no file, as a terminal or a pipe, is written to directly.
///
/// # Errors
/// Writing fails, or another run is writing this file.
pub(super) fn write_file(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let path = match disk::destination(path).map_err(|error| failed(path, "write", &error))? {
        disk::Destination::File(path) => path,
        disk::Destination::Stream => return disk::pour(path, bytes).map_err(|error| failed(path, "write", &error)),
    };
    let _lock = RunLock::take(&path)?;
    let name = path.file_name().unwrap_or_default().to_os_string();
    replace_file(&System, &path, &path.with_file_name(hidden(name, "new-file")), bytes)
}

/// Writes a file that must not exist and that nobody but its owner may read.
///
/// # Errors
/// It exists, or writing fails.
pub(super) fn write_new_secret(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    disk::write_secret(path, bytes).map_err(|error| failed(path, "write", &error))
}

/// Gives a file another name in its folder.
///
/// # Errors
/// Renaming fails.
pub(super) fn move_file(from: &Path, to: &Path) -> Result<(), Error> {
    System.rename(from, to).map_err(|error| failed(from, "rename", &error))
}

fn replace_file(disk: &dyn Disk, path: &Path, stage: &Path, bytes: &[u8]) -> Result<(), Error> {
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let written = disk
        .remove(stage)
        .and_then(|()| disk.write(stage, bytes))
        .and_then(|()| disk.rename(stage, path))
        .and_then(|()| disk.flush_folder(parent));
    written.map_err(|error| {
        let _ = disk.remove(stage);
        failed(path, "write", &error)
    })
}
