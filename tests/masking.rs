//! The proof of masking: a report that must not know of treatment is the same report, byte by byte, whatever the treatment
//! was; one that knows the arms by codes is the same whatever they are called.
//!
//! Nothing is searched for here but in `canaries`. The locked data of a fixture study are rewritten on disk and locked
//! again, the report is made of them by the program as a process, and everything it left is compared: the package with all
//! its files and their names, the log, what it printed, and its exit number.

mod canaries;
mod coded;
mod made;
mod open;
mod rename;
mod rewrite;

use rewrite::Study;

use crate::support::{fixture_study, read, scratch};

/// The fixture studies whose masking is proven.
const STUDIES: [&str; 2] = ["ln-msc-il2", "sle-three-arm"];

/// The day on which the data of each are cut: of the flagship that of its first look.
fn cuts() -> [String; 2] {
    [crate::dsmb::cut(), "2025-09-06".to_owned()]
}

/// Fails with what differs.
fn no_differences(faults: &[String]) {
    assert!(faults.is_empty(), "{} differences:\n{}", faults.len(), faults.join("\n"));
}

/// What is written anew without a change is the same data: whatever else differs was changed on purpose.
#[test]
fn rewriting_alone_changes_nothing() {
    for name in STUDIES {
        let mut study = Study::of(name);
        study.frames.values_mut().for_each(|frame| frame.changed = true);
        let folder = scratch();
        study.write(folder.path());
        let content = |lock: &str| -> Vec<String> {
            lock.lines().filter(|line| line.starts_with("content = ")).map(str::to_owned).collect()
        };
        let before = content(&read(&fixture_study(name).join("data.lock")));
        assert_eq!(before, content(&read(&folder.path().join("study/data.lock"))), "{name}");
        assert_eq!(before.len(), study.frames.len(), "{name}: a digest of the content of each dataset");
    }
}

/// The number of pages of a PDF.
fn pages(pdf: &[u8]) -> usize {
    let text = [pdf, &canaries::inflated(pdf)].concat();
    let text = String::from_utf8_lossy(&text);
    let of_page = |rest: &&str| rest.trim_start().strip_prefix("/Page").is_some_and(|rest| !rest.starts_with('s'));
    text.split("/Type").skip(1).filter(of_page).count()
}
