//! The ledger of looks: verified and shown, and what a person adds to it.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use crate::cli::report::LedgerArg;
use crate::cli::terminal::print;
use crate::error::{EXIT_NUMBERS, Error, Finding};
use crate::ledger::{Board, Decided, Decision, Entry};
use crate::pipeline::{self, Asked, Remark, StudyFile};

/// What is asked of the ledger. Looks are written by the runs that take them.
#[derive(Debug, Subcommand)]
pub(super) enum LedgerVerb {
    /// Verify the chain, compute the bounds of every look again, and print what the ledger says. It holds no result.
    #[command(after_help = format!("{}\n\n{EXIT_NUMBERS}", "Example:\n  trialpress ledger verify studies/abc"))]
    Verify {
        #[command(flatten)]
        of: Of,
        /// The digest of the last line, as it was known: lines missing at the end are found by it alone.
        #[arg(long, value_name = "SHA256")]
        head: Option<String>,
    },
    /// Write down what the board decided after a look.
    #[command(after_help = format!(
        "{}\n\n{EXIT_NUMBERS}",
        "Example:\n  trialpress ledger decide studies/abc --plan interim --look 1 --decision continue --date 2026-06-30"
    ))]
    Decide {
        #[command(flatten)]
        of: Of,
        /// The monitoring plan.
        #[arg(long)]
        plan: String,
        /// The look, counted from 1 over all that are recorded.
        #[arg(long)]
        look: usize,
        /// The decision: one word, no text.
        #[arg(long, value_enum)]
        decision: Word,
        /// Its day, YYYY-MM-DD; today if absent.
        #[arg(long, value_parser = super::calendar_date)]
        date: Option<String>,
    },
    /// Write down that the board met.
    #[command(after_help = format!("{}\n\n{EXIT_NUMBERS}", "Example:\n  trialpress ledger met studies/abc --date 2026-06-30"))]
    Met {
        #[command(flatten)]
        of: Of,
        /// The day, YYYY-MM-DD; today if absent.
        #[arg(long, value_parser = super::calendar_date)]
        date: Option<String>,
        /// The day it reported.
        #[arg(long, value_parser = super::calendar_date)]
        reported: Option<String>,
    },
}

/// Whose ledger.
#[derive(Args, Debug)]
pub(super) struct Of {
    /// The study file, or the folder of a study.toml.
    study: PathBuf,
    #[command(flatten)]
    ledger: LedgerArg,
}

impl Of {
    fn file(&self) -> StudyFile {
        StudyFile::at(&self.study, None).asked(Asked { ledger: self.ledger.ledger.clone(), ..Asked::default() })
    }
}

/// A decision of a board.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum Word {
    /// The trial goes on unchanged.
    Continue,
    /// It goes on with changes.
    Modify,
    /// It is interrupted.
    Suspend,
    /// It ends.
    Stop,
}

impl Word {
    const fn decision(self) -> Decision {
        match self {
            Self::Continue => Decision::Continue,
            Self::Modify => Decision::Modify,
            Self::Suspend => Decision::Suspend,
            Self::Stop => Decision::Stop,
        }
    }
}

/// Does what is asked.
pub(super) fn ledger(verb: &LedgerVerb, today: fn() -> String) -> Result<Vec<Finding>, Error> {
    let day = |date: &Option<String>| date.clone().unwrap_or_else(today);
    match verb {
        LedgerVerb::Verify { of, head } => {
            let ledger = pipeline::verify_ledger(&of.file(), head.as_deref())?;
            let lines: Vec<String> = ledger.entries.iter().map(line).collect();
            let head = format!("{} lines, the last with the digest {}\n", ledger.entries.len() + 1, ledger.head);
            print(&(lines.join("") + &head))?;
        }
        LedgerVerb::Decide { of, plan, look, decision, date } => {
            let decided = Decided { plan: plan.clone(), look: *look, date: day(date), decision: decision.decision() };
            pipeline::remark(&of.file(), Remark::Decision(decided))?;
        }
        LedgerVerb::Met { of, date, reported } => {
            let board = Board { met: day(date), reported: reported.clone() };
            pipeline::remark(&of.file(), Remark::Board(board))?;
        }
    }
    Ok(Vec::new())
}

/// An entry as a person reads it.
fn line(entry: &Entry) -> String {
    match entry {
        Entry::Opening(_) => String::new(),
        Entry::Look(look) => {
            let which = match (look.number, &look.reason) {
                (Some(number), _) => format!("look {number}"),
                (None, reason) => format!("look not planned ({})", reason.as_deref().unwrap_or("no reason")),
            };
            format!(
                "{}  {which} of {}, data as of {}: information {} ({:.1} %), error spent {:.6}\n",
                look.date,
                look.plan,
                look.cutoff,
                look.information,
                100.0 * look.fraction,
                look.spent
            )
        }
        Entry::Decision(own) => format!("{}  look {} of {}: {}\n", own.date, own.look, own.plan, own.decision.name()),
        Entry::Board(board) => {
            let reported = board.reported.as_ref().map_or_else(String::new, |day| format!(", reported {day}"));
            format!("{}  the board met{reported}\n", board.met)
        }
    }
}
