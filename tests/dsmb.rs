//! The reports to the board of the flagship study at its first look: every display is filled, those that match in open and
//! closed reports tell the same, and nothing of the open package names an arm.

#![expect(clippy::disallowed_methods, reason = "these tests look into every file of a package")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use serde_json::Value as Json;
use tempfile::TempDir;
use toml::{Table, Value};

use crate::awkward::tree;
use crate::populated::look_at;
use crate::support::{
    Record, argument, displays, field, fixture_study, read, repository, results_csv, scratch, specification_of, succeed,
};

const STUDY: &str = "ln-msc-il2";
const REPORTS: [&str; 3] = ["dsmb-open", "dsmb-closed", "dsmb-closed-unmasked"];

/// The day of the cut, as the Makefile has it.
fn cut() -> String {
    let makefile = read(&repository().join("Makefile"));
    let line = makefile.lines().find_map(|line| line.strip_prefix("CUTOFF :="));
    line.expect("the Makefile names the day of the cut").trim().to_owned()
}

/// The packages, made once for all tests.
static MADE: LazyLock<TempDir> = LazyLock::new(|| {
    let folder = scratch();
    let study = fixture_study(STUDY);
    succeed(folder.path(), &["key", "new", argument(&study), "--out", "board.key", "--quiet"]);
    let cut = cut();
    let mut asked = vec!["run", argument(&study), "--cutoff", &cut, "--key", "board.key", "--out", "out", "--quiet"];
    REPORTS.iter().for_each(|report| asked.extend(["--report", report]));
    succeed(folder.path(), &asked);
    folder
});

/// The package of a report.
fn package(report: &str) -> PathBuf {
    let name = format!("{STUDY}-{report}");
    MADE.path().join("out").join(name)
}

/// The displays that a report has on its pages: withheld and efficacy are not among them.
fn shown(report: &str) -> Vec<Value> {
    let study = specification_of(STUDY, report);
    let mut own = study["display"].as_array().cloned().unwrap_or_default();
    own.retain(|display| display.get("at-look").is_none() && !is_withheld(report, display));
    own
}

fn is_withheld(report: &str, display: &Value) -> bool {
    report == "dsmb-closed" && display.get("identifies-arm").is_some()
}

#[test]
fn every_display_of_each_report_is_filled() {
    let mut all = Vec::new();
    for (report, arms, least) in
        [("dsmb-open", (1, 0), (12, 4, 3)), (REPORTS[1], (2, 1), (16, 8, 3)), (REPORTS[2], (2, 1), (20, 8, 4))]
    {
        let (faults, seen) = look_at(STUDY, &package(report), &shown(report), arms);
        assert!(
            seen.tables >= least.0 && seen.figures >= least.1 && seen.listings >= least.2,
            "{report}: displays were lost: {} tables, {} figures, {} listings",
            seen.tables,
            seen.figures,
            seen.listings
        );
        all.extend(faults.into_iter().map(|fault| format!("{report}: {fault}")));
    }
    assert!(all.is_empty(), "{} faults:\n{}", all.len(), all.join("\n"));
}

/// Rows of results by everything but the arm: what each arm has.
fn by_arm(report: &str, wanted: &dyn Fn(&Record) -> bool) -> BTreeMap<String, BTreeMap<String, String>> {
    let mut found: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
    for row in results_csv(&package(report)).into_iter().filter(|row| wanted(row)) {
        let key = ["analysis", "variable", "levels", "at", "statistic"].map(|column| field(&row, column)).join("|");
        found.entry(key).or_default().insert(field(&row, "groups").to_owned(), field(&row, "value").to_owned());
    }
    found
}
