//! The verb that writes a data file in another format.

use std::path::PathBuf;

use clap::Args;

use crate::cli::terminal::{Terminal, print_path};
use crate::error::{Error, Finding};
use crate::pipeline::{self, Conversion};

/// Arguments of `convert`.
#[derive(Args, Debug)]
pub(super) struct ConvertArgs {
    /// The data file: .xpt, .parquet, .csv, .json, .ndjson or .dsjc.
    file: PathBuf,
    /// The new file; the ending of its name says the format. Beside a CSV file a columns file is written.
    #[arg(long)]
    out: PathBuf,
    /// The name of the dataset; that of the file, in capitals, if absent.
    #[arg(long)]
    name: Option<String>,
    /// Write a SAS transport file of version 8 instead of 5.
    #[arg(long)]
    v8: bool,
    /// The encoding of text in the SAS transport file that is read: utf-8, windows-1252 or gb18030.
    #[arg(long, value_name = "ENCODING")]
    from_encoding: Option<String>,
    /// The encoding of text in the SAS transport file that is written.
    #[arg(long, value_name = "ENCODING")]
    encoding: Option<String>,
    /// The columns file of the CSV file that is read, if not the one beside it.
    #[arg(long, value_name = "FILE")]
    columns: Option<PathBuf>,
    /// A column of the CSV file that is text whatever it looks like; may be given several times.
    #[arg(long, value_name = "COLUMN")]
    text: Vec<String>,
    /// A word of the CSV file that stands for a missing value; may be given several times.
    #[arg(long, value_name = "WORD")]
    missing: Vec<String>,
    /// Let special missing values become plain ones where the format has no others (Dataset-JSON).
    #[arg(long)]
    drop_special_missing: bool,
}

/// Converts a data file.
pub(super) fn convert(args: &ConvertArgs, terminal: &Terminal) -> Result<Vec<Finding>, Error> {
    let made = pipeline::convert(&Conversion {
        file: args.file.clone(),
        out: args.out.clone(),
        name: args.name.clone(),
        version_8: args.v8,
        from_encoding: args.from_encoding.clone(),
        encoding: args.encoding.clone(),
        columns: args.columns.clone(),
        text: args.text.clone(),
        missing: args.missing.clone(),
        drop_special_missing: args.drop_special_missing,
    })?;
    terminal.done();
    terminal.say(&format!("{} records of {} variables", made.records, made.variables));
    print_path(&args.out)?;
    Ok(made.warnings)
}
