//! Which report is made, the key of its codes, and what a board's reports are made for.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use crate::cli::terminal::{Terminal, print_path};
use crate::error::{EXIT_NUMBERS, Error, Finding};
use crate::pipeline::{self, Asked, KeyOrder, StudyFile};
use crate::spec::report::Edition;

/// A report, as the command line names it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum Report {
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
    pub(super) const fn edition(self) -> Edition {
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
        Asked { edition: self.report.edition(), key: self.key.clone(), ..Asked::default() }
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
    #[command(flatten)]
    previous: PreviousArg,
    #[command(flatten)]
    ledger: LedgerArg,
    /// Why a look is taken that was not planned; it spends error as the plan says.
    #[arg(long, value_name = "REASON")]
    unplanned: Option<String>,
    /// The day on which a look is taken, YYYY-MM-DD, for the ledger; today if absent.
    #[arg(long, value_name = "DATE", value_parser = super::calendar_date)]
    date: Option<String>,
}

/// The ledger of looks.
#[derive(Args, Clone, Debug)]
pub(super) struct LedgerArg {
    /// The ledger of looks, if not monitoring.ledger beside the study file.
    #[arg(long, value_name = "FILE")]
    pub(super) ledger: Option<PathBuf>,
}

/// What an open report would tell together with the one before.
#[derive(Args, Clone, Debug)]
pub(super) struct PreviousArg {
    /// The package of the open report before: changes that tell of a single participant are listed.
    #[arg(long, value_name = "PACKAGE")]
    previous: Option<PathBuf>,
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

    /// The day on which a look is taken.
    pub(super) fn date(&self, today: fn() -> String) -> String {
        self.date.clone().unwrap_or_else(today)
    }

    /// What is asked of each.
    pub(super) fn asked(&self) -> Vec<Asked> {
        self.reports().into_iter().map(|edition| self.asked_for(edition)).collect()
    }

    fn asked_for(&self, edition: Edition) -> Asked {
        let previous = self.previous.previous.clone().filter(|_| edition == Edition::DsmbOpen);
        let (ledger, unplanned) = (self.ledger.ledger.clone(), self.unplanned.clone());
        Asked { edition, key: self.key.clone(), previous, ledger, unplanned }
    }
}

/// How reports for a board are made, from the key to the meeting.
pub(super) const PROCEDURE: &str = "\
A data and safety monitoring board meets in an open session, which the sponsor attends, and in a closed one. Each has its \
report; all are made from one study.toml and one cut of the data, by a statistician who is independent of the trial.

 1. The protocol, before the first look: write in study.toml what tells the arm ([masking]), how data are cut off \
([data.cut-off]), the monitoring plan ([[monitoring]], [[safety-rule]]), and which sections belong to which report \
([[section]] reports = [...], [report.dsmb-open], [report.dsmb-closed]).
 2. The key, once for the series of reports: `trialpress key new STUDY --out KEYFILE`. Keep the file apart from the reports. \
`trialpress key letter STUDY --key KEYFILE --out LETTER.pdf` makes the letter that may be opened; it says by whom it was.
 3. The dry run, by anybody: `trialpress key new STUDY --dummy --out DRYKEY` draws codes that have nothing to do with the \
arms; `trialpress run STUDY --report dsmb-closed --cutoff DATE --key DRYKEY --out DIR` shows every page, marked DUMMY CODES. It \
is no look, and the ledger remembers nothing of it.
 4. The data: lock them (`trialpress lock STUDY`), and look at what the checks say (`trialpress check STUDY --report \
dsmb-open --cutoff DATE`).
 5. The open report: `trialpress run STUDY --report dsmb-open --cutoff DATE --out open [--previous EARLIER]`. What depends on \
treatment is removed before anything is read. Look at the words and changes it warns of: no program can judge them.
 6. The closed report: `trialpress run STUDY --report dsmb-closed --cutoff DATE --key KEYFILE --out closed`; with real arms, \
where the charter says so, `--report dsmb-closed-unmasked`. Keep it in a folder that the sponsor cannot read. If the day is a \
look of the monitoring plan, with 90 % of the information it is planned at, efficacy is shown, and `monitoring.ledger` remembers \
the look: keep that file with the study. A report to a board takes the place of no other one.
 7. Before the open report leaves the house: `trialpress scan open --words LIST` with all names, doses and kit numbers.
 8. The meeting: the closed package holds recommendation-form.pdf, which has no data. Afterwards `trialpress ledger met STUDY` and \
`trialpress ledger decide STUDY --plan PLAN --look 1 --decision continue` write down that it met and what it decided; the \
final report quotes both.
 9. Years later: `trialpress reproduce closed --study STUDY --key KEYFILE` makes the report again and compares every byte.

An open report has the same bytes whoever had which treatment, and a coded one whatever the arms are called; `make test` \
proves both.";

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
    /// Write the letter that says which arm has which code, a PDF to be sealed.
    #[command(after_help = format!(
        "{}\n\n{EXIT_NUMBERS}",
        "Example:\n  trialpress key letter studies/abc --key keys/abc.key --out keys/abc-letter.pdf"
    ))]
    Letter {
        /// The study file, or the folder of a study.toml.
        study: PathBuf,
        /// The key.
        #[arg(long, value_name = "KEYFILE")]
        key: PathBuf,
        /// The file of the letter; it must not exist.
        #[arg(long, value_name = "PDF")]
        out: PathBuf,
    },
}

/// Makes a key, or its letter.
pub(super) fn key(verb: &KeyVerb, terminal: &Terminal) -> Result<Vec<Finding>, Error> {
    let out = match verb {
        KeyVerb::New { study, out, dummy, letters } => {
            let order = KeyOrder { dummy: *dummy, letters: letters.clone() };
            let digest = pipeline::new_key(&StudyFile::at(study, None), &order, out)?;
            terminal.done();
            terminal.say(&format!("key {digest}"));
            out
        }
        KeyVerb::Letter { study, key, out } => {
            pipeline::key_letter(&StudyFile::at(study, None), key, out)?;
            out
        }
    };
    print_path(out)?;
    Ok(Vec::new())
}
