//! `lock`, `check` and `run`: what they print and what they write.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

use super::{FLAGSHIP, with_package, with_study};
use crate::awkward::{findings, package_faults, tree, tree_differences};
use crate::support::{fixture_study, program, read, succeed, trialpress, write};

#[test]
fn lock_gives_the_same_bytes_again_and_those_of_the_fixture() {
    let folder = with_study();
    let path = folder.path().join("study/data.lock");
    let committed = read(&path);
    let date = committed
        .lines()
        .find_map(|line| line.strip_prefix("locked = "))
        .expect("the lock has its date")
        .trim_matches('"');
    for round in ["first", "second"] {
        let outcome = succeed(folder.path(), &["lock", "study", "--date", date]);
        assert_eq!(outcome.stdout, "study/data.lock\n", "lock prints the path of the lock and nothing else");
        assert_eq!(read(&path), committed, "the {round} lock differs from the committed one");
        let datasets: Vec<&str> = outcome.stderr.lines().collect();
        assert_eq!(datasets.len(), 9, "lock tells one line a dataset: {}", outcome.stderr);
        for (line, dataset) in
            datasets.iter().zip(["ADAE", "ADCM", "ADDV", "ADEX", "ADLB", "ADMH", "ADQS", "ADSL", "ADVS"])
        {
            assert!(
                line.starts_with(dataset) && line.contains("records") && line.contains("variables"),
                "of {dataset}: {line}"
            );
        }
    }
    fs::remove_file(&path).expect("the lock is there");
    succeed(folder.path(), &["lock", "study/study.toml", "--date", date, "--threads", "1"]);
    assert_eq!(read(&path), committed, "locked by the name of the file, with one thread");
    succeed(folder.path(), &["lock", "study"]);
    let today = read(&path);
    let only_date: Vec<(&str, &str)> =
        committed.lines().zip(today.lines()).filter(|(before, after)| before != after).collect();
    assert!(!only_date.is_empty(), "without a date the lock is of today");
    assert_eq!(read(&folder.path().join("study/data.lock.1")), committed, "the lock before is kept");
    assert_eq!(
        succeed(folder.path(), &["lock", "study", "--date", date, "--quiet"]).stderr,
        "",
        "lock --quiet tells nothing"
    );
}

#[test]
fn check_tells_its_counts() {
    let folder = with_study();
    let outcome = succeed(folder.path(), &["check", "study"]);
    assert_eq!(outcome.stdout, "", "check prints nothing to standard output");
    let study: toml::Table = toml::from_str(&read(&folder.path().join("study/study.toml"))).expect("the study is TOML");
    // What only reports to the board show is no part of the final report; its names begin so.
    let is_boards =
        |own: &&toml::Value| own.get("id").and_then(toml::Value::as_str).is_some_and(|id| id.starts_with("board_"));
    let number = |key: &str| {
        study.get(key).and_then(toml::Value::as_array).map_or(0, |all| all.iter().filter(|own| !is_boards(own)).count())
    };
    let sections = study["section"].as_array().expect("there are sections").iter();
    let boards: Vec<&str> =
        sections.filter(|own| own.get("reports").is_some()).filter_map(|own| own["number"].as_str()).collect();
    let drawn_from_records = |display: &&toml::Value| {
        ["listing", "narratives", "individual", "scatter", "waterfall", "swimmer", "profile"]
            .iter()
            .any(|of| display.get(of).is_some())
    };
    let of_final = |display: &&toml::Value| !boards.contains(&display["section"].as_str().unwrap_or_default());
    let of_displays =
        study["display"].as_array().map_or(0, |all| all.iter().filter(of_final).filter(drawn_from_records).count());
    let analyses = number("endpoint")
        + number("summary")
        + number("export")
        + number("occurrence")
        + number("parameter-summary")
        + number("grade-shift")
        + number("attendance")
        + number("accrual")
        + number("status")
        + usize::from(study.contains_key("flow"))
        + of_displays;
    let last = outcome.stderr.lines().last().unwrap_or_default();
    let counts: Vec<usize> = last.split_whitespace().filter_map(|word| word.parse().ok()).collect();
    assert_eq!(last, format!("52 subjects, {analyses} analyses, {} rules: no errors", counts.last().unwrap_or(&0)));
    assert!(counts[2] > 100, "the flagship study has more than a hundred rules: {last}");
    let undecided = outcome.stderr.lines().filter(|line| line.contains("undecided for"));
    let mut told = 0;
    for line in undecided {
        told += 1;
        let place: Vec<&str> = line.splitn(4, ':').collect();
        assert!(
            place[0] == "study/study.toml" && place[1].parse::<usize>().is_ok(),
            "a rule is told without its place: {line}"
        );
    }
    assert!(told > 0, "check tells no rule that cannot be decided for some subjects:\n{}", outcome.stderr);
    let quiet = succeed(folder.path(), &["check", "study", "--quiet"]);
    assert_eq!((quiet.stdout.as_str(), quiet.stderr.as_str()), ("", ""), "check --quiet tells nothing");
    let silent = succeed(folder.path(), &["-q", "check", "study"]);
    assert_eq!((silent.stdout.as_str(), silent.stderr.as_str()), ("", ""), "-q before the verb is the same");
}

#[test]
fn run_prints_the_path_of_the_pdf_and_nothing_else() {
    let folder = with_study();
    let outcome = succeed(folder.path(), &["run", "study", "--out", "a/out"]);
    assert_eq!(outcome.stdout, "a/out/LN-MSC-IL2.pdf\n");
    let bytes = fs::read(folder.path().join("a/out/LN-MSC-IL2.pdf")).expect("the path printed is that of a file");
    assert!(bytes.starts_with(b"%PDF-") && bytes.len() > 100_000, "the PDF is none: {} bytes", bytes.len());
    let rows = crate::support::results_csv(&folder.path().join("a/out")).len();
    let last = outcome.stderr.lines().last().unwrap_or_default();
    assert!(
        last.starts_with(&format!("{rows} results, ")) && last.contains(" not estimable, ") && last.ends_with(" pages"),
        "run ends with: {last}"
    );
    let told: Vec<&str> = outcome.stderr.lines().collect();
    assert_eq!(
        told.len(),
        1 + findings(&outcome.stderr).len(),
        "run tells findings and one line of counts: {}",
        outcome.stderr
    );
    let quiet = succeed(folder.path(), &["run", "study", "--out", "b", "--quiet"]);
    assert_eq!((quiet.stdout.as_str(), quiet.stderr.as_str()), ("b/LN-MSC-IL2.pdf\n", ""), "run --quiet");
    let differences = tree_differences(&tree(&folder.path().join("a/out")), &tree(&folder.path().join("b")));
    assert!(differences.is_empty(), "two runs give two packages:{differences}");
}

#[test]
fn the_sums_cover_the_package() {
    let folder = with_package();
    let package = tree(&folder.path().join("out"));
    let faults = package_faults(&package);
    assert!(faults.is_empty(), "{faults:?}");
    for file in [
        "LN-MSC-IL2.pdf",
        "study.toml",
        "data.lock",
        "results.json",
        "results.csv",
        "provenance.json",
        "listings/l-16-2-6.csv",
        "figures/f-10-1-1.svg",
        "typst/main.typ",
    ] {
        assert!(package.contains_key(file), "{file} is not in the package: {:?}", package.keys());
    }
    assert_eq!(
        package["study.toml"],
        fs::read(fixture_study(FLAGSHIP).join("study.toml")).expect("the fixture has its study"),
        "the study of the package"
    );
    assert_eq!(
        package["data.lock"],
        fs::read(fixture_study(FLAGSHIP).join("data.lock")).expect("the fixture has its lock"),
        "the lock of the package"
    );
}

#[test]
fn the_log_holds_one_finding_a_line() {
    let folder = with_study();
    let path = folder.path().join("study/study.toml");
    let spoiled = read(&path).replacen("rule = \"RANDFL = 'Y'\"", "rule = \"RANDFLL = 'Y'\"", 1).replacen(
        "ELSE pred <= 10 END\"",
        "ELSE pred <= 10 ADN TRUE END\"",
        1,
    );
    write(&path, &spoiled);
    for arguments in
        [["check", "study", "--log", "log.jsonl"].as_slice(), &["run", "study", "--out", "out", "--log", "log.jsonl"]]
    {
        let outcome = trialpress(folder.path(), arguments);
        assert_eq!(outcome.exit, 5, "{}", outcome.stderr);
        let told = findings(&outcome.stderr);
        let log = read(&folder.path().join("log.jsonl"));
        let lines: Vec<Value> = log
            .lines()
            .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{line}: {error}")))
            .collect();
        assert_eq!(lines.len(), told.len(), "as many lines as findings:\n{log}");
        for (line, told) in lines.iter().zip(told) {
            let place = &line["place"];
            let shown = format!(
                "{}:{}:{}: {}: {}",
                place["file"].as_str().unwrap_or_default(),
                place["line"],
                place["column"],
                line["severity"].as_str().unwrap_or_default(),
                line["message"].as_str().unwrap_or_default()
            );
            assert_eq!(shown, told, "the log says what the terminal says");
        }
        assert_eq!(lines[0]["hint"], "did you mean RANDFL?", "{log}");
        fs::remove_file(folder.path().join("log.jsonl")).expect("the log is there");
    }
    write(&path, &read(&fixture_study(FLAGSHIP).join("study.toml")));
    let outcome = succeed(folder.path(), &["check", "study", "--log", "log.jsonl"]);
    let log = read(&folder.path().join("log.jsonl"));
    assert_eq!(
        log.lines().count(),
        findings(&outcome.stderr).len(),
        "a clean check leaves a log without findings: {log}"
    );
    let outcome = trialpress(folder.path(), &["check", "study", "--log", "study/data/adsl.xpt/log"]);
    assert_eq!(outcome.exit, 7, "a log that cannot be written is told: {}", outcome.stderr);
}

/// What is printed may go nowhere: a reader that went away, a full disk.
#[test]
fn output_that_cannot_be_printed_is_no_bug() {
    let folder = with_study();
    let mut faults = Vec::new();
    for arguments in [
        ["spec"].as_slice(),
        &["--help"],
        &["explain", "study", "t-14-2-1"],
        &["lock", "study"],
        &["run", "study", "--out", "out"],
    ] {
        if Path::new("/dev/full").exists() {
            let full = fs::OpenOptions::new().write(true).open("/dev/full").expect("/dev/full can be written to");
            let output = Command::new(program())
                .args(arguments)
                .current_dir(folder.path())
                .stdout(full)
                .output()
                .expect("the program starts");
            let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
            if stderr.contains("panicked") || !matches!(output.status.code(), Some(0 | 7)) {
                faults.push(format!("“{}” to a full disk: exit {:?}", arguments.join(" "), output.status.code()));
            }
        }
        let mut child = Command::new(program())
            .args(arguments)
            .current_dir(folder.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        drop(child.stdout.take());
        let output = child.wait_with_output().expect("the program ends");
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        if stderr.contains("panicked") || !matches!(output.status.code(), Some(0 | 7)) {
            faults.push(format!(
                "“{}” to a reader that went away: exit {:?}",
                arguments.join(" "),
                output.status.code()
            ));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
