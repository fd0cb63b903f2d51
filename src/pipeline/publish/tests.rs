//! Publishing on a disk that fails at every operation in turn: the target is the earlier package or the new one, whole,
//! and the next run succeeds and leaves nothing beside it.

#![expect(clippy::disallowed_methods, reason = "tests look at what was written")]

use std::cell::Cell;
use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use rustix::io::Errno;
use tempfile::TempDir;

use super::disk::{Disk, System, lies_within};
use super::{Names, Target, publish, replace_file, sweep, write_file};

type Tree = BTreeMap<String, Vec<u8>>;

/// How a disk fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    /// One operation fails, as on a disk that is full for a moment; half of it may have happened.
    Once(Errno),
    /// From this operation on nothing happens any more, as when the process is killed or the disk is gone; of the first
    /// one half may have happened.
    Ever(Errno),
}

/// A disk on which the operation of a number fails.
struct Failing {
    at: usize,
    fault: Fault,
    /// Whether half of the operation happens before it fails.
    by_half: bool,
    with_exchange: bool,
    done: Cell<usize>,
}

impl Failing {
    fn step(&self, half: impl FnOnce()) -> io::Result<()> {
        let step = self.done.get();
        self.done.set(step + 1);
        let (Fault::Once(errno) | Fault::Ever(errno)) = self.fault;
        if step == self.at && self.by_half {
            half();
        }
        let fails = step == self.at || step > self.at && matches!(self.fault, Fault::Ever(_));
        if fails { Err(errno.into()) } else { Ok(()) }
    }
}

impl Disk for Failing {
    fn make_folder(&self, path: &Path) -> io::Result<()> {
        self.step(|| System.make_folder(path).unwrap_or_default())?;
        System.make_folder(path)
    }

    fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        self.step(|| System.write(path, &bytes[..bytes.len() / 2]).unwrap_or_default())?;
        System.write(path, bytes)
    }

    fn flush_folder(&self, path: &Path) -> io::Result<()> {
        self.step(|| ())?;
        System.flush_folder(path)
    }

    fn exchange(&self, one: &Path, other: &Path) -> io::Result<()> {
        self.step(|| ())?;
        if self.with_exchange { System.exchange(one, other) } else { Err(Errno::INVAL.into()) }
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.step(|| ())?;
        System.rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        // Half of a folder is any file of it.
        self.step(|| _ = first_file(path).map(fs::remove_file))?;
        System.remove(path)
    }
}

fn first_file(folder: &Path) -> Option<PathBuf> {
    let mut paths: Vec<PathBuf> = fs::read_dir(folder).ok()?.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    paths.into_iter().find(|path| path.is_file())
}

fn tree(folder: &Path) -> Tree {
    fn walk(folder: &Path, below: &str, found: &mut Tree) {
        for entry in fs::read_dir(folder).unwrap().flatten() {
            let name = format!("{below}{}", entry.file_name().to_string_lossy());
            if entry.file_type().unwrap().is_dir() {
                walk(&entry.path(), &format!("{name}/"), found);
            } else {
                found.insert(name, fs::read(entry.path()).unwrap_or_default());
            }
        }
    }
    let mut found = Tree::new();
    walk(folder, "", &mut found);
    found
}

fn package(version: &str) -> Vec<(String, Vec<u8>)> {
    ["SHA256SUMS", "report.pdf", "typst/data/display-1.json", "typst/main.typ"]
        .map(|path| (path.to_owned(), format!("{path} of {version}").into_bytes()))
        .to_vec()
}

fn names(folder: &TempDir) -> Names {
    Names::of(&folder.path().join("out")).unwrap()
}

/// Names beside the target.
fn beside(folder: &Path) -> Vec<String> {
    let names = fs::read_dir(folder).unwrap().flatten().map(|entry| entry.file_name().to_string_lossy().into_owned());
    names.filter(|name| name != "out").collect()
}

/// Publishes on a failing disk, over an earlier package or not; gives whether the operation that fails was reached, and
/// what was wrong.
fn publish_failing(disk: &Failing, earlier: bool) -> (bool, Vec<String>) {
    // In memory where there is such a disk: thousands of flushes take long on a real one.
    let folder = TempDir::new_in("/dev/shm").or_else(|_| TempDir::new()).unwrap();
    let names = names(&folder);
    if earlier {
        publish(&System, &names, &package("old")).unwrap();
    }
    let (old, new): (Tree, Tree) = (package("old").into_iter().collect(), package("new").into_iter().collect());
    let outcome = publish(disk, &names, &package("new"));
    let mut faults = Vec::new();
    // A kill between the two renames of a file system without exchange is the one moment without a package.
    let between = !disk.with_exchange && !names.target.exists() && names.aside.exists();
    let mut found = if names.target.exists() { Some(tree(&names.target)) } else { None };
    if between && matches!(disk.fault, Fault::Ever(_)) {
        sweep(&System, &names).unwrap();
        found = Some(tree(&names.target));
    }
    let is_old = if earlier { found.as_ref() == Some(&old) } else { found.is_none() };
    let is_new = found.as_ref() == Some(&new);
    if !is_old && !is_new {
        faults.push(format!("the target is torn: {:?}", found.map(Tree::into_keys)));
    }
    if outcome.is_ok() && !is_new {
        faults.push("a success left the earlier package".to_owned());
    }
    if outcome.is_err() && matches!(disk.fault, Fault::Once(_)) && !is_old {
        faults.push("a refusal left the new package".to_owned());
    }
    if let Err(error) = &outcome
        && (error.exit_number() != 7 || error.findings.iter().any(|finding| finding.place.file.is_none()))
    {
        faults.push(format!("the refusal is {error}"));
    }
    // The next run.
    sweep(&System, &names).unwrap();
    publish(&System, &names, &package("next")).unwrap();
    if tree(&names.target) != package("next").into_iter().collect::<Tree>() || !beside(folder.path()).is_empty() {
        faults.push(format!("the next run leaves {:?}", beside(folder.path())));
    }
    (disk.done.get() > disk.at, faults)
}

#[test]
fn every_failing_operation_leaves_the_old_or_the_new_package() {
    let mut faults = Vec::new();
    let mut cases = 0;
    for errno in [Errno::NOSPC, Errno::IO, Errno::ACCESS] {
        for fault in [Fault::Once(errno), Fault::Ever(errno)] {
            for (earlier, with_exchange) in [(true, true), (true, false), (false, true)] {
                for by_half in [false, true] {
                    for at in 0.. {
                        let disk = Failing { at, fault, by_half, with_exchange, done: Cell::new(0) };
                        let (reached, wrong) = publish_failing(&disk, earlier);
                        if !reached {
                            assert!(at > 10, "publishing takes more than {at} operations");
                            break;
                        }
                        cases += 1;
                        let what =
                            format!("{fault:?} at {at}, by half: {by_half}, exchange: {with_exchange}, {earlier}");
                        faults.extend(wrong.into_iter().map(|wrong| format!("{what}: {wrong}")));
                    }
                }
            }
        }
    }
    assert!(faults.is_empty(), "{} of {cases} cases:\n{}", faults.len(), faults.join("\n"));
    assert!(cases > 400, "only {cases} faults were tried");
}

/// The earlier package that cannot be removed is told, and stays out of the way.
#[test]
fn an_earlier_package_that_cannot_be_removed_is_a_warning() {
    let folder = TempDir::new().unwrap();
    let names = names(&folder);
    publish(&System, &names, &package("old")).unwrap();
    let counted = Failing {
        at: usize::MAX,
        fault: Fault::Once(Errno::IO),
        by_half: false,
        with_exchange: true,
        done: Cell::new(0),
    };
    publish(&counted, &names, &package("old")).unwrap();
    let last = Failing { at: counted.done.get() - 1, done: Cell::new(0), ..counted };
    let warnings = publish(&last, &names, &package("new")).unwrap();
    assert_eq!(warnings.len(), 1, "{warnings:?}");
    assert!(warnings[0].to_string().contains("warning: the earlier package was replaced"), "{}", warnings[0]);
    assert_eq!(tree(&names.target), package("new").into_iter().collect::<Tree>());
}

#[test]
fn a_file_is_replaced_whole_or_not_at_all() {
    for at in 0..4 {
        for by_half in [false, true] {
            let folder = TempDir::new().unwrap();
            let (path, stage) = (folder.path().join("out"), folder.path().join(".out.new-file"));
            fs::write(&path, "old").unwrap();
            let fault = Fault::Ever(Errno::NOSPC);
            let disk = Failing { at, fault, by_half, with_exchange: true, done: Cell::new(0) };
            replace_file(&disk, &path, &stage, b"new of it").unwrap_err();
            let found = fs::read_to_string(&path).unwrap();
            // The last operation flushes what is in place already.
            assert_eq!(found, if at < 3 { "old" } else { "new of it" }, "a fault at {at}");
            write_file(&path, b"next").unwrap();
            assert_eq!((fs::read_to_string(&path).unwrap().as_str(), beside(folder.path())), ("next", Vec::new()));
        }
    }
}

#[test]
fn a_file_behind_a_link_is_replaced_and_the_link_stays() {
    let folder = TempDir::new().unwrap();
    let (file, link) = (folder.path().join("file"), folder.path().join("link"));
    fs::write(&file, "old").unwrap();
    std::os::unix::fs::symlink("file", &link).unwrap();
    write_file(&link, b"new").unwrap();
    assert!(link.is_symlink());
    assert_eq!(fs::read_to_string(&file).unwrap(), "new");
    write_file(Path::new("/dev/null"), b"nothing").unwrap();
    assert!(!Path::new("/dev/null").is_file(), "the device was replaced by a file");
    let refused = write_file(folder.path(), b"x").unwrap_err().to_string();
    assert!(refused.contains("failed to write: is a directory"), "{refused}");
}

#[test]
fn who_comes_second_is_refused_and_told_by_whom() {
    let folder = TempDir::new().unwrap();
    let out = folder.path().join("deep/down/out");
    let first = Target::claim(&out, &[], |_| true).unwrap();
    let refused = Target::claim(&out, &[], |_| true).unwrap_err();
    assert_eq!(refused.exit_number(), 7);
    let says = format!("error: another run is writing to this target, process {}", std::process::id());
    assert!(refused.to_string().contains(&says), "{refused}");
    // What was made for a target that is not written goes with it.
    drop(first);
    assert_eq!(beside(folder.path()), Vec::<String>::new());
    let third = Target::claim(&out, &[], |_| true).unwrap();
    assert_eq!(third.publish(&package("new")), Ok(Vec::new()));
    drop(third);
    assert_eq!(tree(folder.path()).into_keys().filter(|path| path.contains("/.")).count(), 0);
    assert_eq!(tree(&out), package("new").into_iter().collect::<Tree>());
}

/// The lock of a killed run is a file that nobody holds.
#[test]
fn what_killed_runs_left_is_removed_under_the_lock() {
    let folder = TempDir::new().unwrap();
    for left in [".out.lock", ".out.new-package/typst/half", ".out.old-package/SHA256SUMS", "out/SHA256SUMS"] {
        let path = folder.path().join(left);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "4194304\n").unwrap();
    }
    let target = Target::claim(&folder.path().join("out"), &[], |_| true).unwrap();
    assert_eq!(beside(folder.path()), [".out.lock"]);
    drop(target);
    assert_eq!(beside(folder.path()), Vec::<String>::new());
}

#[test]
fn strange_targets_are_refused_with_a_hint() {
    let folder = TempDir::new().unwrap();
    let path = |name: &str| folder.path().join(name);
    fs::write(path("file"), "mine").unwrap();
    fs::create_dir_all(path("data/below")).unwrap();
    fs::create_dir_all(path("thesis")).unwrap();
    std::os::unix::fs::symlink("data", path("link")).unwrap();
    let before = tree(folder.path());
    let mine: fn(&Path) -> bool = |path| !path.ends_with("thesis");
    for (name, exit, says) in [
        ("file", 7, "it is a file"),
        ("link", 7, "it is a link"),
        ("link/", 7, "it is a link"),
        ("thesis", 7, "holds other files too"),
        ("-rf", 2, "begins with a hyphen"),
        ("a\u{1b}[31mb", 2, "characters that are not printed"),
        ("a\nb", 2, "characters that are not printed"),
        ("\u{202e}b", 2, "characters that are not printed"),
        ("data/below/out", 7, "which this run reads"),
        ("link/below/out", 7, "which this run reads"),
        ("data/new/out", 7, "which this run reads"),
        ("data/..", 7, "no name of its own"),
        ("file/out", 7, "failed to create the folder"),
        (&"n".repeat(300), 7, "failed to open the run lock beside"),
    ] {
        let refused = Target::claim(&path(name), &[path("data")], mine).map(|_| ()).unwrap_err();
        let text = refused.to_string();
        assert!(refused.exit_number() == exit && text.contains(says) && text.contains("hint: "), "{name}: {text}");
        assert!(!text.contains('\u{1b}') && !text.contains('\u{202e}'), "{name}: {text}");
        assert_eq!(tree(folder.path()), before, "{name}");
    }
    assert!(!lies_within(&path("data"), &path("data")) && !lies_within(&path("dataset"), &path("data")));
}
