//! Where the package goes: the target is replaced by a complete package, or it is as it was, whatever happens.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;

use super::{Desk, Original, call, earlier_package, package_faults, report, tree, tree_differences};
use crate::support::{program, read, write};

/// Runs the small study to a target that must be refused with exit 7.
fn refused_target(name: &str, target: &str, says: &[&str], prepare: impl FnOnce(&Path)) -> (String, Vec<String>) {
    let desk = Desk::with(Original::Small);
    prepare(desk.path());
    let mut faults = desk.refusal(&["run", "study", "--out", target], 7);
    if let Some(outcome) = faults.outcome.take() {
        for word in says.iter().filter(|word| !outcome.stderr.contains(**word)) {
            faults.add(format!("does not say “{word}”: {}", super::shortened(&outcome.stderr)));
        }
    }
    (name.to_owned(), faults.list)
}

#[test]
fn what_is_no_package_is_not_replaced() {
    let nothing = |_: &Path| {};
    report([
        refused_target(
            "a file",
            "target",
            &["target: error: the target exists and is not a package", "hint: choose another folder"],
            |desk| {
                write(&desk.join("target"), "mine");
            },
        ),
        refused_target("a folder of something else", "target", &["is not a package of an earlier run"], |desk| {
            write(&desk.join("target/thesis.txt"), "mine");
        }),
        refused_target("the folder of the study", "study", &["is not a package of an earlier run"], nothing),
        refused_target("the folder of the data", "study/data", &["is not a package of an earlier run"], nothing),
        refused_target("the folder above", "..", &["is not a package of an earlier run"], nothing),
        refused_target("this folder", ".", &["is not a package of an earlier run"], nothing),
        refused_target("the root", "/", &["is not a package of an earlier run"], nothing),
        refused_target(
            "a folder below the data",
            "study/data/out",
            &["within study/data, which this run reads", "hint: "],
            nothing,
        ),
        refused_target("a link to a package", "target", &["it is a link", "hint: name the folder"], |desk| {
            fs::create_dir(desk.join("folder")).expect("the scratch folder takes folders");
            symlink("folder", desk.join("target")).expect("the scratch folder takes links");
        }),
        refused_target("half a package", "target", &["is not a package of an earlier run"], |desk| {
            write(&desk.join("target/results.json"), "{}");
        }),
        refused_target("a link to nowhere", "target", &["is not a package of an earlier run"], |desk| {
            symlink("nowhere", desk.join("target")).expect("the scratch folder takes links");
        }),
        refused_target(
            "a link to a folder of something else",
            "target",
            &["is not a package of an earlier run"],
            |desk| {
                write(&desk.join("folder/thesis.txt"), "mine");
                symlink("folder", desk.join("target")).expect("the scratch folder takes links");
            },
        ),
        refused_target(
            "a package with a file of somebody in it",
            "target",
            &["is not a package of an earlier run"],
            |desk| {
                for (path, bytes) in earlier_package() {
                    let path = desk.join("target").join(path);
                    fs::create_dir_all(path.parent().expect("a file has a folder"))
                        .expect("the scratch folder takes folders");
                    fs::write(path, bytes).expect("the scratch folder takes files");
                }
                write(&desk.join("target/notes of the reviewer.txt"), "mine");
            },
        ),
    ]);
}

#[test]
fn names_that_others_take_for_something_else_are_refused() {
    let desk = Desk::with(Original::Small);
    let before = tree(desk.path());
    for target in ["--out=-rf", "--out=a\u{1b}[31mb", "--out=a\nb"] {
        let outcome = desk.call(&["run", "study", target]);
        assert_eq!(outcome.exit, 2, "{target:?}: {}", outcome.stderr);
        assert!(outcome.stderr.contains("hint: ") && !outcome.stderr.contains('\u{1b}'), "{:?}", outcome.stderr);
        assert_eq!(tree_differences(&before, &tree(desk.path())), "", "{target:?}");
    }
}

#[test]
fn where_nothing_can_be_written_nothing_is() {
    report([
        refused_target("below a file", "file/target", &["file", "error: failed to create the folder"], |desk| {
            write(&desk.join("file"), "mine");
        }),
        refused_target("deep below a file", "file/a/b/target", &["error: failed to create the folder"], |desk| {
            write(&desk.join("file"), "mine");
        }),
        refused_target("in a file system of the kernel", "/proc/target", &["/proc", "error: failed to"], |_| {}),
        refused_target(
            "deep in a file system of the kernel",
            "/proc/self/a/target",
            &["/proc", "error: failed to"],
            |_| {},
        ),
        refused_target("under a name that is too long", &"n".repeat(300), &["error: failed to"], |_| {}),
        refused_target("below a link to nowhere", "link/target", &["link", "error: failed to"], |desk| {
            symlink("nowhere/at/all", desk.join("link")).expect("the scratch folder takes links");
        }),
    ]);
}

/// A disk that fills up while the package is written: the limit of the size of a file stands for it everywhere, and a
/// small file system of its own where one can be mounted.
#[test]
fn a_full_disk_leaves_the_earlier_package() {
    let mut cases = Vec::new();
    for (name, blocks) in [("the first byte", 0), ("8 KB of a file", 16), ("100 KB of a file", 200)] {
        for earlier in [true, false] {
            let desk = Desk::with(Original::Small);
            if earlier {
                desk.put_package();
            }
            let before = tree(desk.path());
            // Ignored, the signal of the limit becomes an error of the call, as on a full disk.
            let line = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\"");
            let outcome = call(
                Command::new("sh")
                    .args(["-c", &line])
                    .arg(program())
                    .args(["run", "study", "--out", "out"])
                    .current_dir(desk.path()),
            );
            let mut faults = Vec::new();
            if outcome.exit != 7 || outcome.stderr.contains("panicked") || !outcome.stderr.contains("failed to write") {
                faults.push(format!("exit {}: {}", outcome.exit, outcome.stderr));
            }
            let changed = tree_differences(&before, &tree(desk.path()));
            if !changed.is_empty() {
                faults.push(format!("files changed:{changed}"));
            }
            cases.push((
                format!("writing fails after {name}, {} an earlier package", if earlier { "over" } else { "without" }),
                faults,
            ));
        }
    }
    cases.extend(mounted());
    report(cases);
}

/// Runs to file systems of a few sizes; says so where none can be mounted.
fn mounted() -> Vec<(String, Vec<String>)> {
    let mut cases = Vec::new();
    for kilobytes in [100_u32, 300, 700] {
        let desk = Desk::with(Original::Small);
        let small_disk = desk.path().join("disk");
        fs::create_dir(&small_disk).expect("the scratch folder takes folders");
        let made = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &format!("size={kilobytes}k"), "none"])
            .arg(&small_disk)
            .output();
        if !made.is_ok_and(|output| output.status.success()) {
            eprintln!("SKIPPED: no file system can be mounted here, so that a full disk is only played by a limit");
            return cases;
        }
        let outcome =
            call(Command::new(program()).args(["run", "study", "--out", "disk/out"]).current_dir(desk.path()));
        let left = tree(&small_disk);
        let unmounted = Command::new("umount").arg(&small_disk).status();
        let mut faults = Vec::new();
        if !unmounted.is_ok_and(|status| status.success()) {
            faults.push("the file system could not be unmounted".to_owned());
        }
        let fits = earlier_package().values().map(|bytes| bytes.len().next_multiple_of(4096)).sum::<usize>() + 100_000
            < kilobytes as usize * 1024;
        let promised = if fits { 0 } else { 7 };
        if outcome.exit != promised {
            faults.push(format!("exit {} instead of {promised}: {}", outcome.exit, outcome.stderr));
        }
        if outcome.exit != 0 && left.keys().any(|path| path != ".") {
            faults.push(format!("{:?} was left on it", left.keys()));
        }
        cases.push((format!("a disk of {kilobytes} KB"), faults));
    }
    cases
}

#[test]
fn a_package_is_replaced_by_a_package() {
    for target in ["out", "out/", "./out", "a/b/c/out", "study/out", "ö ß/out", "empty"] {
        let desk = Desk::with(Original::Small);
        fs::create_dir(desk.path().join("empty")).expect("the scratch folder takes folders");
        for round in ["first", "second"] {
            let outcome = desk.call(&["run", "study", "--out", target]);
            assert_eq!(outcome.exit, 0, "the {round} run to {target} fails: {}", outcome.stderr);
            let faults = package_faults(&tree(&desk.path().join(target)));
            assert!(faults.is_empty(), "the package of the {round} run to {target}: {faults:?}");
        }
        let above = desk.path().join(target);
        let above = above.parent().expect("the target has a folder");
        let hidden: Vec<String> = tree(above).into_keys().filter(|path| path.starts_with('.') && path != ".").collect();
        assert!(hidden.is_empty(), "beside {target} these are left: {hidden:?}");
    }
}

/// The bytes of a package do not depend on what stood there, and an earlier file does not survive in it.
#[test]
fn nothing_of_the_earlier_package_survives() {
    let desk = Desk::with(Original::Small);
    desk.put_package();
    let text = read(&desk.study("study.toml"))
        .replace("id = \"SMALL\"", "id = \"OTHER\"")
        .replace("id = \"f-flow\"", "id = \"f-other\"");
    write(&desk.study("study.toml"), &text);
    let over = desk.call(&["run", "study", "--out", "out"]);
    let beside = desk.call(&["run", "study", "--out", "fresh"]);
    assert_eq!((over.exit, beside.exit), (0, 0), "{}{}", over.stderr, beside.stderr);
    let differences = tree_differences(&tree(&desk.path().join("fresh")), &tree(&desk.path().join("out")));
    assert!(differences.is_empty(), "the package over an earlier one is not that of a fresh folder:{differences}");
}

/// The lock is written whole or not at all, too.
#[test]
fn a_lock_that_cannot_be_written_leaves_the_earlier_one() {
    let desk = Desk::with(Original::Small);
    let before = tree(desk.path());
    let line = "trap '' XFSZ; ulimit -f 1; exec \"$0\" \"$@\"";
    let outcome = call(
        Command::new("sh")
            .args(["-c", line])
            .arg(program())
            .args(["lock", "study", "--date", "2025-01-01"])
            .current_dir(desk.path()),
    );
    assert_eq!(outcome.exit, 7, "{}", outcome.stderr);
    let changed = tree_differences(&before, &tree(desk.path()));
    assert!(changed.is_empty(), "files changed:{changed}");
}

#[test]
fn a_study_that_is_not_there_is_named() {
    for (argument, says) in
        [("nowhere", "nowhere"), ("study/data", "study/data/study.toml"), ("study/study.tml", "study/study.tml")]
    {
        let desk = Desk::with(Original::Small);
        let mut faults = desk.refusal(&["run", argument, "--out", "out"], 7);
        let outcome = faults.outcome.take().expect("the program ended");
        assert!(outcome.stderr.contains(says), "{argument}: does not name {says}: {}", outcome.stderr);
        assert!(faults.list.is_empty(), "{argument}: {:?}", faults.list);
    }
}
