//! What is said, and where: paths and texts to the standard output, all else to the standard error, progress only where
//! a person watches.

use std::io::{ErrorKind, Write};
use std::path::Path;

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use crate::error::{Error, Finding, Place, Stage, harmless};

/// Prints to the standard output. A reader that went away wants no more; a full disk is an error like any other. Words of
/// data and of file names stand in the text: what acts on a terminal is written in hexadecimal.
pub(super) fn print(text: &str) -> Result<(), Error> {
    let mut out = std::io::stdout().lock();
    match out.write_all(harmless(text).as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            let message = format!("failed to print: {error}");
            Err(Error::one(Stage::Files, Finding::error(Place::file("standard output"), message)))
        }
        _ => Ok(()),
    }
}

/// Prints the path of what was made.
pub(super) fn print_path(path: &Path) -> Result<(), Error> {
    print(&format!("{}\n", one_line(&path.display().to_string())))
}

/// Prints to the standard error; if that cannot be done there is nobody left to tell.
pub(super) fn tell(text: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{}", harmless(text));
}

/// A name or path that stands in a line with others: it shall not begin a line of its own.
pub(super) fn one_line(text: &str) -> String {
    text.replace('\n', "U+000A").replace('\t', "U+0009")
}

/// What a person sees while waiting: the stages on a terminal, nothing in a pipe.
pub(super) struct Terminal {
    quiet: bool,
    bar: ProgressBar,
}

/// The stages of a run, up to its package.
const STAGES: u64 = 8;

impl Terminal {
    pub(super) fn new(quiet: bool) -> Self {
        let bar = if quiet { ProgressBar::hidden() } else { ProgressBar::new(STAGES) };
        styled(&bar, "{bar:24} {msg}");
        Self { quiet, bar }
    }

    pub(super) fn stage(&self, name: &str) {
        step(&self.bar, name);
    }

    pub(super) fn say(&self, text: &str) {
        if !self.quiet {
            self.bar.suspend(|| tell(text));
        }
    }

    pub(super) fn done(&self) {
        self.bar.finish_and_clear();
    }

    /// A line for each of several studies, in their order.
    pub(super) fn lines(&self, names: &[&str]) -> Lines {
        let widest = names.iter().map(|name| name.chars().count()).max().unwrap_or(0);
        let all = MultiProgress::new();
        let line = |name: &&str| {
            if self.quiet {
                return ProgressBar::hidden();
            }
            let bar = all.add(ProgressBar::new(STAGES));
            styled(&bar, "{prefix} {bar:24} {msg}");
            bar.set_prefix(format!("{:<widest$}", harmless(&one_line(name))));
            bar.set_message("waiting");
            bar
        };
        let bars = names.iter().map(line).collect();
        Lines { bars, _all: all }
    }
}

/// The progress of several studies.
pub(super) struct Lines {
    bars: Vec<ProgressBar>,
    /// Holds the lines together on the screen.
    _all: MultiProgress,
}

impl Lines {
    /// A study begins a stage.
    pub(super) fn stage(&self, study: usize, name: &str) {
        if let Some(bar) = self.bars.get(study) {
            step(bar, name);
        }
    }

    pub(super) fn done(&self) {
        self.bars.iter().for_each(ProgressBar::finish_and_clear);
    }
}

fn styled(bar: &ProgressBar, template: &str) {
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
}

fn step(bar: &ProgressBar, name: &str) {
    bar.inc(1);
    bar.set_message(name.to_owned());
    bar.tick();
}
