//! Which report is made, and the key of its codes.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use crate::cli::terminal::{Terminal, print_path};
use crate::error::{EXIT_NUMBERS, Error, Finding};
use crate::pipeline::{self, Asked, KeyOrder, StudyFile};
use crate::spec::report::Edition;

/// A report, as the command line names it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Report {
    /// The final report.
    #[default]
    Final,
    /// The interim study report: the closed content and efficacy, at a planned look.
    Interim,
    /// The open session of a board: all arms together, nothing that depends on treatment.
    DsmbOpen,
    /// Its closed session, with codes in place of the arms; needs --key.
    DsmbClosed,
    /// Its closed session, with the arms.
    DsmbClosedUnmasked,
}

impl Report {
    const fn edition(self) -> Edition {
        match self {
            Self::Final => Edition::Final,
            Self::Interim => Edition::Interim,
            Self::DsmbOpen => Edition::DsmbOpen,
            Self::DsmbClosed => Edition::DsmbClosed,
            Self::DsmbClosedUnmasked => Edition::DsmbClosedUnmasked,
        }
    }
}

/// One report.
#[derive(Args, Clone, Debug)]
pub(super) struct ReportArg {
    /// The report.
    #[arg(long, value_enum, default_value_t)]
    report: Report,
    /// The key of the codes, for a report with codes.
    #[arg(long, value_name = "KEYFILE")]
    key: Option<PathBuf>,
}

impl ReportArg {
    pub(super) fn asked(&self) -> Asked {
        Asked { edition: self.report.edition(), key: self.key.clone() }
    }
}

/// One report or more.
#[derive(Args, Clone, Debug)]
pub(super) struct ReportArgs {
    /// The report; may be given several times, and then each report has a package of its own.
    #[arg(long, value_enum)]
    report: Vec<Report>,
    /// The key of the codes, for a report with codes: see `trialpress key new`.
    #[arg(long, value_name = "KEYFILE")]
    key: Option<PathBuf>,
}

impl ReportArgs {
    /// The reports, each once; the final one if none is named.
    pub(super) fn reports(&self) -> Vec<Edition> {
        let mut reports: Vec<Edition> = Vec::new();
        for report in self.report.iter().map(|report| report.edition()) {
            if !reports.contains(&report) {
                reports.push(report);
            }
        }
        if reports.is_empty() { vec![Edition::Final] } else { reports }
    }

    /// What is asked of each.
    pub(super) fn asked(&self) -> Vec<Asked> {
        self.reports().into_iter().map(|edition| Asked { edition, key: self.key.clone() }).collect()
    }
}

#[derive(Debug, Subcommand)]
pub(super) enum KeyVerb {
    /// Draw a key at random and write it. Keep it apart from the reports; it is made once for a series of reports.
    ///
    /// With --dummy the codes are for a dry run: other letters, drawn for each participant without regard to the arms, and
    /// every page says so.
    #[command(after_help = format!(
        "{}\n\n{EXIT_NUMBERS}",
        "Examples:\n  trialpress key new studies/abc --out keys/abc.key\n  trialpress key new studies/abc --out keys/abc-dry-run.key --dummy"
    ))]
    New {
        /// The study file, or the folder of a study.toml.
        study: PathBuf,
        /// The file of the key; it must not exist.
        #[arg(long, value_name = "KEYFILE")]
        out: PathBuf,
        /// For a dry run.
        #[arg(long)]
        dummy: bool,
        /// The letters of the codes, if those of the program mean something in the study already.
        #[arg(long, value_name = "LETTERS")]
        letters: Option<String>,
    },
}

/// Makes a key.
pub(super) fn key(verb: &KeyVerb, terminal: &Terminal) -> Result<Vec<Finding>, Error> {
    let KeyVerb::New { study, out, dummy, letters } = verb;
    let order = KeyOrder { dummy: *dummy, letters: letters.clone() };
    let digest = pipeline::new_key(&StudyFile::at(study, None), &order, out)?;
    terminal.done();
    terminal.say(&format!("key {digest}"));
    print_path(out)?;
    Ok(Vec::new())
}
