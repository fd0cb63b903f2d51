//! A report made by the program as a process, with everything it left behind, and how two of them differ.

use std::path::Path;

use crate::awkward::{Tree, tree, tree_differences};
use crate::masking::rewrite::FOLDER;
use crate::support::{Outcome, trialpress};

/// The package, the log and the key, in the folder of the study.
pub(super) const OUT: &str = "out";
const LOG: &str = "log.jsonl";
pub(super) const KEY: &str = "key.toml";

/// What a run left.
pub(super) struct Made {
    pub(super) outcome: Outcome,
    /// The package with its log; nothing if the run failed.
    pub(super) files: Tree,
}

/// Makes a report of the study that was written to a folder.
pub(super) fn make(folder: &Path, report: &str, more: &[&str]) -> Made {
    let out = folder.join(OUT);
    if out.exists() {
        std::fs::remove_dir_all(&out).expect("an earlier package can be removed");
    }
    let mut arguments = vec!["run", FOLDER, "--report", report, "--out", OUT, "--log", LOG];
    arguments.extend(more);
    let outcome = trialpress(folder, &arguments);
    let mut files = if out.exists() { tree(&out) } else { Tree::new() };
    let log = std::fs::read(folder.join(LOG)).unwrap_or_default();
    files.insert(LOG.to_owned(), log);
    Made { outcome, files }
}

impl Made {
    /// The same, which must have succeeded.
    pub(super) fn succeeded(self, what: &str) -> Self {
        assert_eq!(self.outcome.exit, 0, "{what}: {}", self.outcome.stderr);
        assert!(self.files.keys().any(|file| is_pdf(file)), "{what}: there is no PDF");
        self
    }

    /// The PDF.
    pub(super) fn pdf(&self) -> &[u8] {
        self.files.iter().find(|(file, _)| is_pdf(file)).map_or(&[], |(_, bytes)| bytes)
    }

    /// In what two reports differ; empty if in nothing.
    pub(super) fn differences(&self, other: &Self) -> String {
        let mut text = tree_differences(&self.files, &other.files);
        for (what, one, other) in [
            ("standard output", &self.outcome.stdout, &other.outcome.stdout),
            ("standard error", &self.outcome.stderr, &other.outcome.stderr),
        ] {
            if one != other {
                text += &format!(" {what} was\n{one}and is\n{other};");
            }
        }
        if self.outcome.exit != other.outcome.exit {
            text += &format!(" the exit number was {} and is {};", self.outcome.exit, other.outcome.exit);
        }
        text
    }
}

fn is_pdf(file: &str) -> bool {
    Path::new(file).extension().is_some_and(|extension| extension == "pdf")
}
