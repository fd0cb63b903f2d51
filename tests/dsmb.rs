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

use crate::awkward::copy_folder;
use crate::populated::look_at;
use crate::support::{
    argument, displays, field, fixture_study, read, repository, results_csv, scratch, specification_of, succeed,
};

const STUDY: &str = "ln-msc-il2";
const REPORTS: [&str; 3] = ["dsmb-open", "dsmb-closed", "dsmb-closed-unmasked"];

/// The day of the cut, as the Makefile has it.
pub(crate) fn cut() -> String {
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
    let mut asked = vec!["run", argument(&study), "--cutoff", &cut, "--key", "board.key"];
    asked.extend(["--ledger", "monitoring.ledger", "--out", "out", "--quiet"]);
    for report in &REPORTS {
        asked.extend(["--report", report]);
    }
    succeed(folder.path(), &asked);
    folder
});

/// The package of a report.
fn package(report: &str) -> PathBuf {
    let name = format!("{STUDY}-{report}");
    MADE.path().join("out").join(name)
}

/// The displays that a report has on its pages: the cut is a planned look, so that those of efficacy are among them.
fn shown(report: &str) -> Vec<Value> {
    specification_of(STUDY, report)["display"].as_array().cloned().unwrap_or_default()
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

/// The value of each row of results, by its arm (empty: all together) and whatever else names it.
fn rows(report: &str) -> BTreeMap<String, BTreeMap<String, String>> {
    let mut found: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
    let study: Table = toml::from_str(&read(&package(report).join("study.toml"))).expect("the package has its study");
    let arms: Vec<&str> = study["arm"].as_array().expect("arms").iter().filter_map(|arm| arm["id"].as_str()).collect();
    for row in results_csv(&package(report)).iter().filter(|row| field(row, "contrast").is_empty()) {
        // A group is an arm, or an arm and a grade.
        let (arm, grade): (Vec<&str>, Vec<&str>) = field(row, "arm").split("; ").partition(|part| arms.contains(part));
        let key = ["analysis", "variant", "variable", "levels", "at", "method", "statistic", "conf_level"];
        let value = ["value", "of", "not_estimable"].map(|column| field(row, column)).join(" ");
        let key = format!("{}|{}", key.map(|column| field(row, column)).join("|"), grade.concat());
        found.entry(key).or_default().insert(arm.concat(), value);
    }
    found
}

/// What is counted in the open report is the sum of what is counted in the arms of the closed ones; whatever stands there
/// of all arms together is the same.
#[test]
fn the_open_report_adds_up_the_arms_of_the_closed_ones() {
    let open = rows("dsmb-open");
    for report in &REPORTS[1..] {
        let closed = rows(report);
        let (mut sums, mut same, mut faults) = (0, 0, Vec::new());
        for (key, of_open) in &open {
            let Some(of_closed) = closed.get(key) else { continue };
            if let (Some(one), Some(other)) = (of_open.get(""), of_closed.get("")) {
                same += 1;
                if one != other {
                    faults.push(format!("{key}: {one} in the open report, {other} of all arms in {report}"));
                }
            }
            let count = |value: &String| value.trim().parse::<u64>().ok();
            let counted = ["|count|", "|events|", "|n|"].iter().any(|statistic| key.contains(statistic));
            let Some(pooled) = of_open.get("all").and_then(count).filter(|_| counted) else { continue };
            let arms: Vec<u64> =
                of_closed.iter().filter(|(arm, _)| !arm.is_empty()).filter_map(|(_, value)| count(value)).collect();
            sums += 1;
            // A curve has a row at each day on which it changes, which may be a day of one arm alone.
            if arms.is_empty() || arms.iter().sum::<u64>() != pooled {
                faults.push(format!("{key}: {pooled} in the open report, {arms:?} by arm in {report}"));
            }
        }
        assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
        assert!(sums > 500 && same > 500, "{report}: only {sums} sums and {same} pooled rows were compared");
    }
}

/// The same display has the same number and title in each report, and no number of the open report belongs to another one in
/// a closed one.
#[test]
fn matching_displays_have_the_same_number() {
    let titles = |report: &str| -> BTreeMap<String, String> {
        let text = |display: &Json, part: &str| display[part].as_str().unwrap_or_default().to_owned();
        displays(&package(report)).iter().map(|own| (text(own, "number"), text(own, "title"))).collect()
    };
    let open = titles("dsmb-open");
    for report in &REPORTS[1..] {
        let closed = titles(report);
        let matching = open.iter().filter(|(number, _)| closed.contains_key(*number));
        let differing: Vec<(&String, &String)> =
            matching.clone().filter(|(number, title)| closed[*number] != **title).collect();
        assert!(differing.is_empty(), "{report}: {differing:?}");
        assert!(matching.count() >= 15, "{report} matches hardly any display of the open report");
        let kinds = |titles: &BTreeMap<String, String>| -> BTreeMap<String, u32> {
            let mut last = BTreeMap::new();
            for number in titles.keys() {
                let (kind, number) = number.split_once(' ').expect("a kind and a number");
                let last: &mut u32 = last.entry(kind.to_owned()).or_default();
                *last = (*last).max(number.parse().expect("a number"));
            }
            last
        };
        let last = kinds(&open);
        let own = closed.keys().filter(|number| !open.contains_key(*number));
        let early: Vec<&String> = own
            .filter(|number| {
                number.split_once(' ').is_some_and(|(kind, own)| own.parse::<u32>().unwrap_or(0) <= last[kind])
            })
            .collect();
        assert!(early.is_empty(), "{report}: {early:?} stand between the numbers of the open report");
    }
}

#[test]
fn every_display_says_the_day_of_the_cut() {
    for report in REPORTS {
        let all = displays(&package(report));
        assert!(all.len() > 15, "{report}");
        for display in &all {
            let source = display["source"].as_str().unwrap_or_default().replace('\n', " ");
            assert!(source.contains(&cut()), "{report}: {} ends with {source:?}", display["number"]);
        }
    }
}

/// Nothing of a masked package names an arm, a treatment or how it is given: neither a file nor its name. The name of the
/// study is public and holds both treatments.
#[test]
fn masked_packages_name_no_arm() {
    let study: Table = toml::from_str(&read(&fixture_study(STUDY).join("study.toml"))).expect("the study is TOML");
    let masking = study["masking"]["words"].as_array().expect("words").iter().filter_map(Value::as_str);
    let arms = study["arm"].as_array().expect("arms").iter().filter_map(|arm| arm["label"].as_str());
    let words: BTreeSet<String> = masking.chain(arms).map(str::to_lowercase).collect();
    assert!(words.len() > 10, "{words:?}");
    for report in &REPORTS[..2] {
        let package = package(report);
        let mut looked = 0;
        let mut faults = Vec::new();
        for path in files(&package) {
            let name = path.strip_prefix(&package).expect("below the package").to_string_lossy().to_lowercase();
            let text = fs::read(&path).expect("the package can be read");
            let text = String::from_utf8_lossy(&text).to_lowercase();
            let public = |text: &str| text.replace("ln-msc-il2", "");
            let is_page = path.extension().is_some_and(|extension| extension == "pdf");
            looked += 1;
            for word in &words {
                if public(&name).contains(word) || !is_page && public(&text).contains(word) {
                    faults.push(format!("{report}: {name} says {word}"));
                }
            }
        }
        assert!(looked > 20, "{report} has hardly any file");
        assert!(faults.is_empty(), "{}", faults.join("\n"));
    }
}

/// A dry run shows the pages of a look, with codes of nobody, and is none.
#[test]
fn a_dry_run_is_no_look() {
    let folder = scratch();
    let study = fixture_study(STUDY);
    succeed(folder.path(), &["key", "new", argument(&study), "--dummy", "--out", "dry.key", "--quiet"]);
    let cut = cut();
    let mut asked = vec!["run", argument(&study), "--report", "dsmb-closed", "--cutoff", &cut, "--key", "dry.key"];
    asked.extend(["--ledger", "monitoring.ledger", "--out", "out", "--quiet"]);
    succeed(folder.path(), &asked);
    let shown = displays(&folder.path().join("out"));
    assert!(
        shown.iter().any(|display| display["title"] == "Looks and what they say"),
        "the pages of the look are lost"
    );
    assert!(!folder.path().join("monitoring.ledger").exists(), "the dry run was written down as a look");
}

/// Data that were locked again after the look are other data: nothing of efficacy is shown of them, and that is said.
#[test]
fn a_look_is_not_taken_again_of_other_data() {
    let folder = scratch();
    copy_folder(&fixture_study(STUDY), &folder.path().join("study"));
    let before = read(&folder.path().join("study/monitoring.ledger"));
    succeed(folder.path(), &["key", "new", "study", "--out", "board.key", "--quiet"]);
    succeed(folder.path(), &["lock", "study", "--date", "2026-11-21", "--quiet"]);
    let cut = cut();
    let asked = ["run", "study", "--report", "dsmb-closed", "--cutoff", &cut, "--key", "board.key", "--out", "out"];
    let made = succeed(folder.path(), &asked);
    assert!(made.stderr.contains("the look of 2025-01-13 at this cut was taken of other data"), "{}", made.stderr);
    let shown = displays(&folder.path().join("out"));
    assert!(shown.len() > 15 && shown.iter().all(|display| display["title"] != "Looks and what they say"));
    assert_eq!(before, read(&folder.path().join("study/monitoring.ledger")), "the ledger was written");
}

/// The looks of a ledger, without their days and their places in the chain.
fn looks(ledger: &Path) -> Vec<Json> {
    let line = |line: &str| serde_json::from_str::<Json>(line).expect("a line of a ledger is JSON");
    let mut looks: Vec<Json> = read(ledger).lines().map(|text| line(text)["entry"]["look"].clone()).collect();
    looks.retain(Json::is_object);
    for look in &mut looks {
        look["date"] = Json::Null;
    }
    looks
}

/// The ledger beside the study has the look that this specification and these data give.
#[test]
fn the_ledger_of_the_fixture_is_that_of_the_cut() {
    let kept = looks(&fixture_study(STUDY).join("monitoring.ledger"));
    assert_eq!(kept.len(), 1);
    assert_eq!(kept, looks(&MADE.path().join("monitoring.ledger")), "see fixtures/README.md on how it is begun again");
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder").filter_map(Result::ok).map(|entry| entry.path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

/// What tells the arm is withheld from the coded report, and each time a line says so.
#[test]
fn what_identifies_an_arm_is_withheld_aloud() {
    let asked = specification_of(STUDY, "dsmb-closed");
    let displays = asked["display"].as_array().expect("displays");
    let withheld: Vec<&str> = displays
        .iter()
        .filter(|display| is_withheld("dsmb-closed", display))
        .filter_map(|display| display["identifies-arm"].as_str())
        .collect();
    assert!(withheld.len() >= 4, "{withheld:?}");
    let said: String = files(&package("dsmb-closed").join("typst/data"))
        .iter()
        .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
        .map(|path| read(path).replace("\\n", " "))
        .collect();
    let silent: Vec<&&str> = withheld.iter().filter(|reason| !said.contains(**reason)).collect();
    assert!(silent.is_empty(), "withheld without a line: {silent:?}");
}
