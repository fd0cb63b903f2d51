//! `run` with several studies: their progress side by side, findings under the name of each, and a table at the end.

use std::path::Path;

use crate::cli::terminal::{Terminal, one_line, print_path, tell};
use crate::error::Error;
use crate::pipeline::batch::{self, Outcome};
use crate::pipeline::{LogOf, StudyFile};

/// What a batch asks for.
pub(super) struct Order<'a> {
    /// The studies.
    pub(super) studies: Vec<StudyFile>,
    /// The folder of their packages.
    pub(super) out: &'a Path,
    /// The report template.
    pub(super) template: Option<&'a str>,
    /// Whether warnings are refused.
    pub(super) strict: bool,
}

/// Runs a batch; gives what the log shall hold, and the exit number: the largest of those of the studies.
///
/// # Errors
/// The batch as a whole is refused, or the paths cannot be printed.
pub(super) fn run(order: Order<'_>, terminal: &Terminal, quiet: bool, today: &str) -> Result<(Vec<LogOf>, u8), Error> {
    let members = batch::members(order.studies, order.out)?;
    let names: Vec<&str> = members.iter().map(|member| member.name.as_str()).collect();
    let lines = terminal.lines(&names);
    let outcomes = batch::run(&members, order.template, order.strict, today, &|study, stage| lines.stage(study, stage));
    lines.done();
    terminal.done();
    for outcome in &outcomes {
        let failed = outcome.exit_number() != 0;
        let findings = outcome.findings();
        if findings.is_empty() || quiet && !failed {
            continue;
        }
        tell(&format!("== {}", one_line(&outcome.name)));
        for finding in findings {
            tell(&finding.to_string());
        }
        if failed {
            tell(&super::refusal(findings.len()));
        }
    }
    for line in table(&outcomes) {
        terminal.say(&line);
    }
    let exit = outcomes.iter().map(Outcome::exit_number).max().unwrap_or(0);
    let made = outcomes.iter().filter_map(|outcome| outcome.made.as_ref().ok());
    for made in made {
        print_path(&made.pdf)?;
    }
    let log = |outcome: &Outcome| LogOf { study: Some(outcome.name.clone()), findings: outcome.findings().to_vec() };
    Ok((outcomes.iter().map(log).collect(), exit))
}

/// A line for each study: what became of it, how much there is, where it lies.
fn table(outcomes: &[Outcome]) -> Vec<String> {
    let heads = ["study", "status", "pages", "results", "not estimable", "warnings", "package"].map(str::to_owned);
    let row = |outcome: &Outcome| match &outcome.made {
        Ok(made) => [
            one_line(&outcome.name),
            "done".to_owned(),
            made.pages.to_string(),
            made.results.to_string(),
            made.not_estimable.to_string(),
            made.warnings.len().to_string(),
            one_line(&made.package.display().to_string()),
        ],
        Err(error) => {
            let none = || "–".to_owned();
            let status = format!("failed ({})", error.exit_number());
            [one_line(&outcome.name), status, none(), none(), none(), none(), none()]
        }
    };
    let rows: Vec<[String; 7]> = std::iter::once(heads).chain(outcomes.iter().map(row)).collect();
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: [usize; 7] = std::array::from_fn(width);
    let line = |row: &[String; 7]| {
        let cells = row.iter().zip(widths).enumerate().map(|(column, (text, width))| match column {
            2..=5 => format!("{text:>width$}"),
            _ => format!("{text:<width$}"),
        });
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    rows.iter().map(line).collect()
}
