//! The verbs of the lock: `lock`, `lock diff`, `verify`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use crate::cli::terminal::{Terminal, print, print_path};
use crate::cli::{EXIT_NUMBERS, StudyArgs, calendar_date};
use crate::error::{Error, Finding, Place, Stage};
use crate::pipeline::{self, LockMade, LockOrder};

pub(super) const EXAMPLES: &str = "\
Examples:
  trialpress lock studies/abc --date 2026-06-11
  trialpress lock studies/abc --kind interim --cutoff 2026-05-31
  trialpress lock diff studies/abc/data.lock.1 studies/abc";

#[derive(Args, Debug)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(super) struct LockArgs {
    #[command(subcommand)]
    verb: Option<LockVerb>,
    #[command(flatten)]
    study: Option<StudyArgs>,
    /// The date of the lock, YYYY-MM-DD; today if absent.
    #[arg(long, value_parser = calendar_date)]
    date: Option<String>,
    /// What the lock is called; study, kind and date if absent.
    #[arg(long)]
    id: Option<String>,
    /// What the lock is for: final, interim, dsmb or another word; final if absent.
    #[arg(long)]
    kind: Option<String>,
    /// The cut-off date, the last day of which the data tell, YYYY-MM-DD.
    #[arg(long, value_parser = calendar_date)]
    cutoff: Option<String>,
    /// Who locks.
    #[arg(long, value_name = "WHO")]
    by: Option<String>,
    /// Why.
    #[arg(long)]
    reason: Option<String>,
    /// A coding dictionary and its version, as MedDRA=27.0; may be given several times.
    #[arg(long, value_name = "NAME=VERSION", value_parser = dictionary)]
    dictionary: Vec<(String, String)>,
    /// Sign the lock with this OpenSSH key (ssh-ed25519, without passphrase): writes data.lock.sig.
    #[arg(long, value_name = "KEYFILE")]
    sign: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum LockVerb {
    /// Compare two locks: what was added, removed and changed, by key and variable.
    ///
    /// Each is a data.lock, the folder of a study, or a package. Where the data of both are there, their values are
    /// compared; else the digests of the records, else those of the variables.
    #[command(after_help = format!("{}\n\n{EXIT_NUMBERS}", "Example:\n  trialpress lock diff studies/abc/data.lock.1 studies/abc --format json"))]
    Diff {
        /// The earlier lock.
        old: PathBuf,
        /// The later lock.
        new: PathBuf,
        /// How to print it.
        #[arg(long, value_enum, default_value_t = DiffFormat::Text)]
        format: DiffFormat,
    },
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum DiffFormat {
    /// For a person, with long lists cut.
    Text,
    /// Everything, for programs.
    Json,
}

#[derive(Args, Debug)]
pub(super) struct VerifyArgs {
    #[command(flatten)]
    study: StudyArgs,
    /// The OpenSSH file of allowed signers, if not the one the specification names.
    #[arg(long, value_name = "FILE", requires = "identity")]
    signers: Option<PathBuf>,
    /// Who must have signed, as the file of allowed signers names the person.
    #[arg(long, value_name = "WHO", requires = "signers")]
    identity: Option<String>,
}

/// A coding dictionary of the command line.
fn dictionary(text: &str) -> Result<(String, String), String> {
    let (name, version) = text.split_once('=').unwrap_or((text, ""));
    if name.is_empty() || version.is_empty() {
        return Err("not a name and a version with = between".to_owned());
    }
    Ok((name.to_owned(), version.to_owned()))
}

/// Makes a lock, or compares two.
pub(super) fn lock(args: &LockArgs, terminal: &Terminal, today: fn() -> String) -> Result<Vec<Finding>, Error> {
    if let Some(LockVerb::Diff { old, new, format }) = &args.verb {
        let (diff, warnings) = pipeline::lock_diff(old, new)?;
        terminal.done();
        print(&match format {
            DiffFormat::Text => diff.to_string(),
            DiffFormat::Json => serde_json::to_string_pretty(&diff).unwrap_or_default() + "\n",
        })?;
        return Ok(warnings);
    }
    let Some(study) = &args.study else {
        return Err(Error::one(Stage::Usage, Finding::error(Place::default(), "name the study to lock")));
    };
    let file = study.file();
    let order = LockOrder {
        date: args.date.clone().unwrap_or_else(today),
        id: args.id.clone(),
        kind: args.kind.clone(),
        cutoff: args.cutoff.clone(),
        by: args.by.clone(),
        reason: args.reason.clone(),
        dictionaries: args.dictionary.clone(),
        key: args.sign.clone(),
    };
    let LockMade { lock, warnings, .. } = pipeline::lock(&file, &order)?;
    for entry in &lock.dataset {
        let variables = entry.variables.len();
        let line =
            format!("{:<10} {:>9} records {variables:>4} variables  {}", entry.name, entry.records, entry.sha256);
        terminal.say(&line);
    }
    for entry in &lock.file {
        terminal.say(&format!("{:<10} {:>9} bytes                    {}", entry.name, entry.bytes, entry.sha256));
    }
    print_path(&file.lock_path())?;
    Ok(warnings)
}

/// Verifies a lock.
pub(super) fn verify(args: &VerifyArgs, terminal: &Terminal) -> Result<Vec<Finding>, Error> {
    let signer = args.signers.as_deref().zip(args.identity.as_deref());
    let verified = pipeline::verify(&args.study.file(), signer)?;
    terminal.done();
    let head = &verified.lock.head;
    let by = verified.signed_by.map_or_else(String::new, |who| format!(", signed by {who}"));
    terminal.say(&format!("{}, locked {}{by}: as locked", head.id, head.locked));
    print(&format!("{}\n", verified.sha256))?;
    Ok(verified.warnings)
}
