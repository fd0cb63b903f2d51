//! The command line: verbs become calls. The only place that reads arguments, the clock and the terminal, and that
//! prints.

mod batch;
mod convert;
mod environment;
mod findings;
mod ledger;
mod lock;
mod report;
mod reproduce;
mod scan;
mod terminal;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::SystemTime;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::data::date;
use crate::data::rule::Function;
use crate::error::{EXIT_NUMBERS, Error, Finding, Place, Stage};
use crate::pipeline::{self, Asked, LogOf, StudyFile, Target};
use crate::spec::reference;
use terminal::{Terminal, print, print_path, tell};

/// From a locked clinical-trial dataset to a CONSORT-style PDF report.
#[derive(Debug, Parser)]
#[command(name = "trialpress", version, after_help = format!("{EXAMPLES}\n\n{EXIT_NUMBERS}"), arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    verb: Verb,
    #[command(flatten)]
    common: Common,
}

const EXAMPLES: &str = "\
Examples:
  trialpress lock studies/abc/study.toml --date 2026-06-11
  trialpress verify studies/abc
  trialpress check studies/abc
  trialpress run studies/abc --out out/abc
  trialpress run studies/abc studies/def --out out
  trialpress shells studies/abc --out out/abc-shells
  trialpress report out/abc --out out/abc-again
  trialpress reproduce out/abc --study studies/abc
  trialpress explain studies/abc t-14-2-1
  trialpress scan out/abc --words arms.txt
  trialpress spec --format schema > study.schema.json";

/// What holds for every verb.
#[derive(Args, Debug)]
struct Common {
    /// Print nothing but errors and the path of what was made.
    #[arg(long, short, global = true)]
    quiet: bool,
    /// Write findings as JSON lines to this file as well.
    #[arg(long, global = true, value_name = "FILE")]
    log: Option<PathBuf>,
    /// Threads to use; all processors if absent. The output does not depend on it.
    #[arg(long, global = true, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    threads: Option<u16>,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Lock the data: read every file and write data.lock beside the study file.
    ///
    /// A lock that stands is kept as data.lock.1, data.lock.2 and on; `lock diff` compares two.
    #[command(after_help = format!("{}\n\n{EXIT_NUMBERS}", lock::EXAMPLES))]
    Lock(lock::LockArgs),
    /// Verify the lock: read every file again, compute every digest again, and say what differs.
    #[command(after_help = format!(
        "{}\n\n{EXIT_NUMBERS}",
        "Examples:\n  trialpress verify studies/abc\n  trialpress verify studies/abc --signers allowed_signers --identity a.person@example.org"
    ))]
    Verify(lock::VerifyArgs),
    /// Check specification and data: everything short of computing a number. Tells all findings at once.
    #[command(after_help = format!("{}\n\n{EXIT_NUMBERS}", "Example:\n  trialpress check studies/abc --strict"))]
    Check {
        #[command(flatten)]
        study: StudyArgs,
        #[command(flatten)]
        cutoff: CutoffArg,
        #[command(flatten)]
        report: report::ReportArg,
        /// Refuse warnings too.
        #[arg(long)]
        strict: bool,
        /// Print the findings on standard output as a document for other programs as well.
        #[arg(long, value_enum, default_value_t = findings::Form::Text)]
        format: findings::Form,
    },
    /// Run everything and write the package: PDF, figures, results, provenance, Typst source.
    ///
    /// Several studies run side by side, a package each; one that fails does not stop the others.
    #[command(after_help = format!(
        "{}\n\n{EXIT_NUMBERS}",
        "Examples:\n  trialpress run studies/abc --out out/abc\n  trialpress run studies/abc studies/def --out out"
    ))]
    Run {
        /// The study files, or the folders of their study.toml.
        #[arg(required = true, value_name = "STUDY")]
        studies: Vec<PathBuf>,
        /// The folder of the data of a single study, if not the one the specification names.
        #[arg(long, value_name = "DIR")]
        data: Option<PathBuf>,
        #[command(flatten)]
        cutoff: CutoffArg,
        #[command(flatten)]
        report: report::ReportArgs,
        /// The folder of the package; of several studies or reports, the folder of their packages, each named as its study
        /// and report are. An earlier package there is replaced, when the new one is complete.
        #[arg(long)]
        out: PathBuf,
        /// The report template, if not that of the report.
        #[arg(long)]
        template: Option<String>,
        /// A font for characters that those of the program lack, such as Chinese ones; may be given several times.
        #[arg(long, value_name = "FILE")]
        font: Vec<PathBuf>,
        /// Refuse warnings too.
        #[arg(long)]
        strict: bool,
    },
    /// Make the report before there are data: every display with placeholders. Needs the study file alone.
    #[command(after_help = format!("{}\n\n{EXIT_NUMBERS}", "Example:\n  trialpress shells studies/abc --out out/abc-shells"))]
    Shells {
        /// The study file, or the folder of a study.toml.
        study: PathBuf,
        /// The report.
        #[arg(long, value_enum, default_value_t)]
        report: report::Report,
        /// The folder of the shells.
        #[arg(long)]
        out: PathBuf,
        /// The report template, if not that of the report.
        #[arg(long)]
        template: Option<String>,
    },
    /// Make the report again from the results of a run, without the data.
    #[command(after_help = format!("{}\n\n{EXIT_NUMBERS}", "Example:\n  trialpress report out/abc --out out/abc-again"))]
    Report {
        /// The folder that `run` wrote.
        package: PathBuf,
        /// The folder of the new package.
        #[arg(long)]
        out: PathBuf,
        /// The report template, if not that of the package.
        #[arg(long)]
        template: Option<String>,
        /// A font for characters that those of the program lack, such as Chinese ones; may be given several times.
        #[arg(long, value_name = "FILE")]
        font: Vec<PathBuf>,
    },
    /// Make a package again from its study and data, and say whether it is identical, or where it first differs.
    ///
    /// Nothing is written. The date that `SOURCE_DATE_EPOCH` gave is that of the package, unless it is set anew. Two builds
    /// of the program may give identical packages; what they differ in is told in any case.
    #[command(after_help = format!(
        "{}\n\n{EXIT_NUMBERS}",
        "Example:\n  trialpress reproduce out/abc --study studies/abc"
    ))]
    Reproduce {
        /// The folder that `run` wrote.
        package: PathBuf,
        /// The study file it was made from, or the folder of its study.toml.
        #[arg(long, value_name = "STUDY")]
        study: PathBuf,
        /// The folder of the data, if not the one the specification names.
        #[arg(long, value_name = "DIR")]
        data: Option<PathBuf>,
        /// The key of its codes, for a report with codes.
        #[arg(long, value_name = "KEYFILE")]
        key: Option<PathBuf>,
        #[command(flatten)]
        ledger: report::LedgerArg,
        /// The fonts that were given when the package was made.
        #[arg(long, value_name = "FILE")]
        font: Vec<PathBuf>,
    },
    /// Explain where numbers came from: display or row, analysis, rules with file and line, datasets, subjects.
    #[command(after_help = format!(
        "{}\n\n{EXIT_NUMBERS}",
        "Examples:\n  trialpress explain studies/abc t-14-2-1\n  trialpress explain studies/abc rr_w24 arm=active statistic=count"
    ))]
    Explain {
        #[command(flatten)]
        study: StudyArgs,
        #[command(flatten)]
        cutoff: CutoffArg,
        #[command(flatten)]
        report: report::ReportArg,
        /// A display or an analysis.
        id: String,
        /// Only these rows: name=value, with arm, variant, variable, level, at, method, statistic or contrast.
        conditions: Vec<String>,
    },
    /// Explain how reports for a data and safety monitoring board are made, from the key to the meeting.
    #[command(long_about = report::PROCEDURE, after_help = format!("{}\n\n{EXIT_NUMBERS}", "Example:\n  trialpress dsmb"))]
    Dsmb,
    /// The ledger of looks: verify it, and write down what the board decided and when it met.
    #[command(subcommand, after_help = format!(
        "{}\n\n{EXIT_NUMBERS}",
        "Examples:\n  trialpress ledger verify studies/abc\n  trialpress ledger met studies/abc --date 2026-06-30"
    ))]
    Ledger(ledger::LedgerVerb),
    /// Make the key of a series of coded reports: which arm has which code.
    #[command(subcommand, after_help = format!(
        "{}\n\n{EXIT_NUMBERS}",
        "Examples:\n  trialpress key new studies/abc --out keys/abc.key\n  trialpress key letter studies/abc --key keys/abc.key --out letter.pdf"
    ))]
    Key(report::KeyVerb),
    /// Write a data file in another format: SAS transport, Parquet, CSV or Dataset-JSON, with nothing lost.
    #[command(after_help = format!(
        "{}\n\n{EXIT_NUMBERS}",
        "Examples:\n  trialpress convert adsl.xpt --out adsl.parquet\n  trialpress convert adsl.csv --out adsl.xpt --text SITEID"
    ))]
    Convert(convert::ConvertArgs),
    /// Search files and folders for words that may occur nowhere in them: arm names, doses, kit numbers.
    #[command(after_help = format!("{}\n\n{EXIT_NUMBERS}", scan::EXAMPLES))]
    Scan(scan::ScanArgs),
    /// Print the reference of study.toml, generated from the program itself.
    #[command(after_help = format!("{}\n\n{EXIT_NUMBERS}", "Examples:\n  trialpress spec\n  trialpress spec --format schema > study.schema.json"))]
    Spec {
        /// What to print.
        #[arg(long, value_enum, default_value_t = SpecFormat::Markdown)]
        format: SpecFormat,
    },
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum SpecFormat {
    /// Every key with its meaning.
    Markdown,
    /// JSON Schema, for editors.
    Schema,
}

#[derive(Args, Debug)]
struct StudyArgs {
    /// The study file, or the folder of a study.toml.
    study: PathBuf,
    /// The folder of the data, if not the one the specification names.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

impl StudyArgs {
    fn file(&self) -> StudyFile {
        StudyFile::at(&self.study, self.data.clone())
    }
}

/// The day of a data cut-off.
#[derive(Args, Clone, Copy, Debug)]
struct CutoffArg {
    /// The data as of this day, YYYY-MM-DD, cut as [data.cut-off] of the specification says; its own day if absent.
    #[arg(long = "cutoff", value_name = "DATE", value_parser = calendar_day)]
    day: Option<i32>,
}

/// A day of the command line, in days since 1970-01-01.
fn calendar_day(text: &str) -> Result<i32, String> {
    date::parse(text).ok_or_else(|| "not a day of the calendar, YYYY-MM-DD".to_owned())
}

/// A date of the command line.
fn calendar_date(text: &str) -> Result<String, String> {
    calendar_day(text).map(|_| text.to_owned())
}

/// Parses the arguments, does what they ask, and gives the exit number.
#[must_use]
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    if let Some(threads) = cli.common.threads {
        // Only fails if the pool exists already, and nothing has run yet.
        let _ = rayon::ThreadPoolBuilder::new().num_threads(usize::from(threads)).build_global();
    }
    let terminal = Terminal::new(cli.common.quiet);
    let (log, exit) = batch_or_one(&cli, &terminal);
    if let Some(path) = &cli.common.log
        && let Err(error) = pipeline::write_log(path, &log)
    {
        tell(&error.to_string());
        return ExitCode::from(error.exit_number());
    }
    ExitCode::from(exit)
}

/// Does what is asked and tells its findings; gives them for the log, with the exit number.
fn batch_or_one(cli: &Cli, terminal: &Terminal) -> (Vec<LogOf>, u8) {
    let quiet = cli.common.quiet;
    let outcome = match &cli.verb {
        Verb::Run { studies, data, cutoff, report, out, template, font, strict }
            if studies.len() > 1 || report.reports().len() > 1 =>
        {
            let of_one = |path: &PathBuf| {
                let file = StudyFile::at(path, data.clone()).as_of(cutoff.day);
                report.asked().into_iter().map(move |asked| file.clone().asked(asked))
            };
            let files: Vec<StudyFile> = studies.iter().flat_map(of_one).collect();
            let ready = if studies.len() > 1 { of_one_study(data.as_ref()) } else { Ok(()) };
            let ready = ready.and_then(|()| environment::heed());
            let ordered = ready.and_then(|()| pipeline::use_fonts(font)).and_then(|()| {
                let order = batch::Order { studies: files, out, template: template.as_deref(), strict: *strict };
                batch::run(order, terminal, quiet, &report.date(today))
            });
            match ordered {
                Ok(done) => return done,
                Err(error) => Err(error),
            }
        }
        verb => perform(verb, terminal),
    };
    terminal.done();
    let (findings, exit) = match outcome {
        Ok(findings) => (findings, 0),
        Err(error) => {
            let exit = error.exit_number();
            (error.findings, exit)
        }
    };
    for finding in &findings {
        if exit != 0 || !quiet {
            tell(&finding.to_string());
        }
    }
    // A search writes nothing in any case.
    if exit != 0 && !matches!(cli.verb, Verb::Scan(_)) {
        tell(&refusal(findings.len()));
    }
    if let Verb::Check { format, .. } = &cli.verb
        && let Some(document) = findings::document(*format, &findings, &findings::rules(), exit)
        && let Err(error) = print(&document)
    {
        tell(&error.to_string());
        return (vec![LogOf { study: None, findings }], error.exit_number());
    }
    (vec![LogOf { study: None, findings }], exit)
}

/// The last line of what failed.
fn refusal(findings: usize) -> String {
    format!("{findings} finding{}; nothing was written", if findings == 1 { "" } else { "s" })
}

/// A folder of data belongs to a single study.
fn of_one_study(data: Option<&PathBuf>) -> Result<(), Error> {
    data.map_or(Ok(()), |folder| {
        let place = Place::file(folder.display().to_string());
        let finding = Finding::error(place, "--data names the folder of a single study, and there are several");
        Err(Error::one(Stage::Usage, finding.hint("say in each study.toml where its data lie, or run them apart")))
    })
}

fn perform(verb: &Verb, terminal: &Terminal) -> Result<Vec<Finding>, Error> {
    environment::heed()?;
    let progress = |stage: &str| terminal.stage(stage);
    match verb {
        Verb::Lock(args) => lock::lock(args, terminal, today),
        Verb::Verify(args) => lock::verify(args, terminal),
        Verb::Convert(args) => convert::convert(args, terminal),
        Verb::Scan(args) => scan::scan(args, terminal),
        Verb::Key(verb) => report::key(verb, terminal),
        Verb::Ledger(verb) => ledger::ledger(verb, today),
        Verb::Dsmb => print(&format!("{}\n", report::PROCEDURE)).map(|()| Vec::new()),
        Verb::Check { study, cutoff, report, strict, .. } => {
            let checked = pipeline::check(&study.file().as_of(cutoff.day).asked(report.asked()), &progress)?;
            terminal.done();
            for line in pipeline::undecided(&checked) {
                terminal.say(&line);
            }
            if *strict && !checked.warnings.is_empty() {
                return Err(Error { stage: Stage::Binding, findings: checked.warnings });
            }
            terminal.say(&pipeline::conformance_summary(&checked));
            let subjects = checked.frames.subjects.len();
            terminal.say(&format!(
                "{} subjects, {} analyses, {} rules: no errors",
                subjects,
                checked.plan.jobs.len(),
                checked.plan.rules.len()
            ));
            Ok(checked.warnings)
        }
        Verb::Run { studies, data, cutoff, report, out, template, font, strict } => {
            pipeline::use_fonts(font)?;
            let study = studies.first().cloned().unwrap_or_default();
            let asked = report.asked().into_iter().next().unwrap_or_default();
            let template = template.as_deref().unwrap_or_else(|| asked.edition.template());
            let file = StudyFile::at(&study, data.clone()).as_of(cutoff.day).asked(asked.clone());
            let target = pipeline::claim(&file, out)?;
            let run = pipeline::run(&file, template, *strict, &progress)?;
            // What shows the results of a look is never there without the look being remembered.
            pipeline::record(&file, &run.taken, &report.date(today))?;
            finish(run, out, &target, terminal)
        }
        Verb::Shells { study, report, out, template } => {
            let asked = Asked { edition: report.edition(), ..Asked::default() };
            let template = template.as_deref().unwrap_or_else(|| asked.edition.template());
            let file = StudyFile::at(study, None).asked(asked.clone());
            let target = pipeline::claim(&file, out)?;
            let shells = pipeline::shells(&file, template, &progress)?;
            terminal.stage("package");
            let warnings = target.publish(&shells.package.files)?;
            terminal.done();
            terminal.say(&format!("{} displays, {} pages", shells.displays, shells.pages.text.len()));
            print_path(&out.join(&shells.package.pdf))?;
            Ok(warnings)
        }
        Verb::Report { package, out, template, font } => {
            pipeline::use_fonts(font)?;
            let target = pipeline::claim_again(package, out)?;
            let run = pipeline::report(package, template.as_deref(), &progress)?;
            finish(run, out, &target, terminal)
        }
        Verb::Reproduce { package, study, data, key, ledger, font } => {
            pipeline::use_fonts(font)?;
            let file = StudyFile::at(study, data.clone()).asked(Asked {
                key: key.clone(),
                ledger: ledger.ledger.clone(),
                ..Asked::default()
            });
            reproduce::reproduce(package, &file, terminal)
        }
        Verb::Explain { study, cutoff, report, id, conditions } => {
            let file = study.file().as_of(cutoff.day).asked(report.asked());
            let explanation = pipeline::explain(&file, id, conditions, &progress)?;
            terminal.done();
            print(&explanation.to_string())?;
            Ok(Vec::new())
        }
        Verb::Spec { format } => {
            match format {
                SpecFormat::Markdown => {
                    let functions: Vec<(&str, &str)> =
                        Function::ALL.iter().map(|(_, name, meaning)| (*name, *meaning)).collect();
                    print(&reference::markdown(&functions))?;
                }
                SpecFormat::Schema => {
                    print(&(serde_json::to_string_pretty(&reference::schema()).unwrap_or_default() + "\n"))?;
                }
            }
            Ok(Vec::new())
        }
    }
}

/// Publishes the package of a run; gives its warnings.
fn finish(run: pipeline::Run, out: &Path, target: &Target, terminal: &Terminal) -> Result<Vec<Finding>, Error> {
    terminal.stage("package");
    let left = target.publish(&run.package.files)?;
    terminal.done();
    let not_estimable = run.results.not_estimable();
    terminal.say(&format!(
        "{} results, {not_estimable} not estimable, {} pages",
        run.results.rows.len(),
        run.pages.text.len()
    ));
    print_path(&out.join(&run.package.pdf))?;
    Ok(run.warnings.into_iter().chain(left).collect())
}

/// Today's date, for a lock whose date is not given, and for looks as the ledger remembers them.
#[expect(clippy::disallowed_methods, reason = "the only use of the clock: the default date of a lock, and of a look")]
fn today() -> String {
    let seconds = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |elapsed| elapsed.as_secs());
    date::text(i32::try_from(seconds / 86_400).unwrap_or(0))
}
