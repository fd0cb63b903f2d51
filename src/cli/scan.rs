//! `scan`: whether words occur in files and folders.

use std::path::PathBuf;

use clap::Args;

use super::terminal::{Terminal, print};
use crate::error::{Error, Finding, Place, Stage};
use crate::pipeline::{self, ScanOrder};
use crate::scan::Word;

pub(super) const EXAMPLES: &str = "\
A list has a word or phrase a line; lines that begin with # are notes. Letter case, accents, line ends, soft hyphens and
ligatures do not matter, and a word is found within longer ones. Searched are names, bytes, packed streams, all objects of
all revisions of a PDF with what is invisible in it, encodings (UTF-16, base64, hexadecimal, escapes) and digests.
Pixels are not read, nor letters that are drawn as outlines.

Examples:
  trialpress scan out/open --words arms.txt
  trialpress scan report.pdf tables.xlsx --word Verum --word KIT-0417
  trialpress scan out/open --words arms.txt --redact --log scan.jsonl
  trialpress scan report.pdf --word A --exact";

/// What `scan` is told.
#[derive(Args, Debug)]
pub(super) struct ScanArgs {
    /// Files, and folders with all that lies in them.
    #[arg(required = true, value_name = "FILE")]
    paths: Vec<PathBuf>,
    /// A text file with a word or phrase a line; may be given several times.
    #[arg(long, value_name = "LIST")]
    words: Vec<PathBuf>,
    /// A word or phrase; may be given several times.
    #[arg(long, value_name = "WORD")]
    word: Vec<String>,
    /// Find whole words only, short ones too.
    #[arg(long)]
    exact: bool,
    /// Name words by their line in the list, so that the findings can be shown to all.
    #[arg(long)]
    redact: bool,
}

/// Searches, and says how much was searched.
///
/// # Errors
/// A word was found, something could not be read, or there is no word to search for.
pub(super) fn scan(args: &ScanArgs, terminal: &Terminal) -> Result<Vec<Finding>, Error> {
    let mut words = Vec::new();
    for list in &args.words {
        words.extend(pipeline::word_list(list)?);
    }
    let given = |(at, text): (usize, &String)| Word { text: text.clone(), origin: format!("--word {}", at + 1) };
    words.extend(args.word.iter().enumerate().map(given));
    if words.is_empty() {
        let finding = Finding::error(Place::default(), "there is no word to search for");
        return Err(Error::one(Stage::Usage, finding.hint("give a list with --words, or words with --word")));
    }
    let scan = pipeline::scan_as(&args.paths, &ScanOrder { words, exact: args.exact, redact: args.redact })?;
    terminal.done();
    print(&format!("{}\n", scan.summary()))?;
    match scan.refused() {
        None => Ok(Vec::new()),
        Some(stage) => Err(Error { stage, findings: scan.findings }),
    }
}
