//! The command line as an interface: what each verb prints where, its exit number, and that help tells the truth.

#![expect(clippy::disallowed_methods, reason = "these tests write studies and spoil packages")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

use crate::awkward::{call, copy_folder, digest, findings, package_faults, tree, tree_differences};
use crate::support::{Outcome, fixture_study, program, read, repository, scratch, succeed, trialpress, write};

/// The verbs, as `--help` lists them.
const VERBS: [&str; 6] = ["lock", "check", "run", "report", "explain", "spec"];
/// The flagship study.
const FLAGSHIP: &str = "ln-msc-il2";

/// A folder with a copy of the flagship study in `study`.
fn with_study() -> TempDir {
    let folder = scratch();
    let source = fixture_study(FLAGSHIP);
    copy_folder(&source.join("data"), &folder.path().join("study/data"));
    for name in ["study.toml", "data.lock"] {
        fs::copy(source.join(name), folder.path().join("study").join(name)).expect("the fixture has its files");
    }
    folder
}

/// A folder with the package of the flagship study in `out`, and nothing else.
fn with_package() -> TempDir {
    static PACKAGE: std::sync::OnceLock<TempDir> = std::sync::OnceLock::new();
    let made = PACKAGE.get_or_init(|| {
        let folder = with_study();
        succeed(folder.path(), &["run", "study", "--out", "out"]);
        folder
    });
    let folder = scratch();
    copy_folder(&made.path().join("out"), &folder.path().join("out"));
    folder
}

fn no_panic(outcome: &Outcome, what: &str) {
    assert!(!outcome.stderr.contains("panicked"), "{what} panics: {}", outcome.stderr);
}

// ---- help, version, usage ----------------------------------------------------------------------------------------

#[test]
fn help_lists_every_verb_and_every_exit_number() {
    let folder = scratch();
    let help = succeed(folder.path(), &["--help"]).stdout;
    for verb in VERBS {
        assert!(help.contains(&format!("\n  {verb} ")), "--help does not list {verb}:\n{help}");
    }
    let listed = help.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    let names: BTreeSet<&str> =
        listed.filter(|line| !line.starts_with("   ")).filter_map(|line| line.split_whitespace().next()).collect();
    let known: BTreeSet<&str> = VERBS.into_iter().chain(["help"]).collect();
    assert_eq!(names, known, "the verbs of this test are not those of --help");
    for number in 0..=7 {
        assert!(help.contains(&format!("\n  {number}  ")), "--help does not explain the exit number {number}:\n{help}");
    }
}

#[test]
fn the_help_of_each_verb_has_an_example_and_the_exit_numbers() {
    let folder = scratch();
    let mut faults = Vec::new();
    for verb in VERBS {
        let help = succeed(folder.path(), &[verb, "--help"]).stdout;
        if !help.lines().any(|line| line.starts_with(&format!("  trialpress {verb}"))) {
            faults.push(format!("{verb} --help has no example"));
        }
        let missing: Vec<String> = (0..=7)
            .filter(|number| !help.contains(&format!("\n  {number}  ")))
            .map(|number| number.to_string())
            .collect();
        if !missing.is_empty() {
            faults.push(format!("{verb} --help does not explain the exit numbers {}", missing.join(", ")));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// An example that the program itself does not understand helps nobody.
#[test]
fn the_examples_of_help_are_understood() {
    let folder = scratch();
    let mut number = 0;
    for page in VERBS.map(Some).into_iter().chain([None]) {
        let arguments: Vec<&str> = page.into_iter().chain(["--help"]).collect();
        for line in succeed(folder.path(), &arguments).stdout.lines() {
            let Some(example) = line.strip_prefix("  trialpress ") else { continue };
            let example = example.split(" > ").next().unwrap_or(example);
            let words: Vec<&str> = example.split_whitespace().collect();
            let outcome = trialpress(folder.path(), &words);
            number += 1;
            // The studies of the examples do not exist here: 7 is as far as they get.
            assert!([0, 7].contains(&outcome.exit), "the example “{example}” is not understood: {}", outcome.stderr);
        }
    }
    assert!(number >= 2 * VERBS.len(), "only {number} examples were found in the help");
}

#[test]
fn the_version_is_that_of_the_manifest() {
    let folder = scratch();
    let manifest: toml::Table = toml::from_str(&read(&repository().join("Cargo.toml"))).expect("Cargo.toml is TOML");
    let version = manifest["package"]["version"].as_str().expect("the package has a version");
    assert_eq!(succeed(folder.path(), &["--version"]).stdout, format!("trialpress {version}\n"));
    assert_eq!(succeed(folder.path(), &["-V"]).stdout, format!("trialpress {version}\n"));
}

#[test]
fn mistakes_of_the_command_line_exit_with_2() {
    let folder = with_study();
    let mut faults = Vec::new();
    for arguments in [
        &[] as &[&str],
        &["rnu"],
        &["run"],
        &["run", "study"],
        &["run", "--out", "out"],
        &["run", "study", "--out"],
        &["run", "study", "--out", "out", "--out", "again"],
        &["run", "study", "more", "--out", "out"],
        &["run", "study", "--out", "out", "--fast"],
        &["run", "study", "--out", "out", "--template", "letter"],
        &["check"],
        &["check", "study", "--threads", "many"],
        &["check", "study", "--threads", "-1"],
        &["check", "study", "--log"],
        &["lock", "study", "--date"],
        &["lock", "study", "--date", "2026-02-30"],
        &["lock", "study", "--date", "11.06.2026"],
        &["report", "out"],
        &["explain", "study"],
        &["explain", "study", "nothing-of-this-name"],
        &["explain", "study", "t-14-2-1", "arm"],
        &["explain", "study", "t-14-2-1", "colour=red"],
        &["spec", "--format", "html"],
    ] {
        let before = tree(folder.path());
        let outcome = trialpress(folder.path(), arguments);
        no_panic(&outcome, &arguments.join(" "));
        if outcome.exit != 2 || !outcome.stdout.is_empty() || outcome.stderr.is_empty() {
            faults.push(format!(
                "“{}”: exit {}, standard output “{}”: {}",
                arguments.join(" "),
                outcome.exit,
                outcome.stdout,
                outcome.stderr
            ));
        }
        let changed = tree_differences(&before, &tree(folder.path()));
        if !changed.is_empty() {
            faults.push(format!("“{}” changes files:{changed}", arguments.join(" ")));
        }
    }
    assert!(faults.is_empty(), "these do not exit with 2:\n{}", faults.join("\n"));
}

// ---- lock, check, run --------------------------------------------------------------------------------------------

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
        assert_eq!(datasets.len(), 8, "lock tells one line a dataset: {}", outcome.stderr);
        for (line, dataset) in datasets.iter().zip(["ADAE", "ADCM", "ADDV", "ADEX", "ADLB", "ADQS", "ADSL", "ADVS"]) {
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
    assert_eq!(committed.lines().count(), today.lines().count(), "without a date the lock has other lines");
    assert!(
        only_date.iter().all(|(before, _)| before.starts_with("locked = ")),
        "without a date more than the date differs: {only_date:?}"
    );
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
    let number = |key: &str| study.get(key).and_then(toml::Value::as_array).map_or(0, Vec::len);
    let listings = study["display"]
        .as_array()
        .map_or(0, |all| all.iter().filter(|display| display.get("listing").is_some()).count());
    let analyses = number("endpoint") + number("summary") + usize::from(study.contains_key("flow")) + listings;
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
        "rule = \"pred <= 10\"",
        "rule = \"pred <= 10 ADN TRUE\"",
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

// ---- report ------------------------------------------------------------------------------------------------------

#[test]
fn report_gives_the_same_bytes_without_the_data() {
    let folder = with_package();
    let outcome = succeed(folder.path(), &["report", "out", "--out", "again"]);
    assert_eq!(outcome.stdout, "again/LN-MSC-IL2.pdf\n");
    let differences = tree_differences(&tree(&folder.path().join("out")), &tree(&folder.path().join("again")));
    assert!(differences.is_empty(), "the report made again differs:{differences}");
    // Onto itself, and from elsewhere.
    succeed(folder.path(), &["report", "out", "--out", "out"]);
    succeed(&folder.path().join("again"), &["report", ".", "--out", "../third"]);
    for other in ["out", "third"] {
        let differences = tree_differences(&tree(&folder.path().join("again")), &tree(&folder.path().join(other)));
        assert!(differences.is_empty(), "the report made again in {other} differs:{differences}");
    }
}

/// Packages that were changed, and what `report` makes of them.
struct Changed {
    original: TempDir,
    faults: Vec<String>,
}

impl Changed {
    fn new() -> Self {
        Self { original: with_package(), faults: Vec::new() }
    }

    /// A file of the unchanged package.
    fn text(&self, file: &str) -> String {
        read(&self.original.path().join("out").join(file))
    }

    /// Changes a copy of the package; `report` must refuse it with one of these exit numbers.
    fn refuse(&mut self, name: &str, says: &str, exits: &[i32], change: impl FnOnce(&Path)) {
        let folder = scratch();
        copy_folder(&self.original.path().join("out"), &folder.path().join("out"));
        change(&folder.path().join("out"));
        let before = tree(folder.path());
        let outcome =
            call(Command::new(program()).args(["report", "out", "--out", "again"]).current_dir(folder.path()));
        let changed = tree_differences(&before, &tree(folder.path()));
        let panicked = outcome.stderr.contains("panicked");
        if outcome.exit == 0 {
            self.faults.push(format!("{name}: is accepted"));
        } else if panicked || !exits.contains(&outcome.exit) || !outcome.stderr.contains(says) || !changed.is_empty() {
            let said: String = outcome.stderr.chars().take(300).collect();
            self.faults.push(format!(
                "{name}: exit {}, which must be of {exits:?}, and must say “{says}”:{changed}\n    {said}",
                outcome.exit
            ));
        }
    }

    fn told(&self) {
        let faults = &self.faults;
        assert!(
            faults.is_empty(),
            "{} changes are not refused as they should be:\n{}",
            faults.len(),
            faults.join("\n")
        );
    }
}

#[test]
fn report_refuses_a_package_that_was_changed() {
    let mut changed = Changed::new();
    let package = tree(&changed.original.path().join("out"));
    for (file, bytes) in package.iter().filter(|(file, _)| *file != "SHA256SUMS") {
        let says = format!("out/{file}: error: the file has changed");
        changed.refuse(&format!("a byte of {file} is changed"), &says, &[7], |out| {
            let mut spoiled = bytes.clone();
            let middle = spoiled.len() / 2;
            spoiled[middle] ^= 1;
            fs::write(out.join(file), spoiled).expect("the scratch folder takes files");
        });
    }
    let remove = |path: &Path| fs::remove_file(path).expect("the file is there");
    changed.refuse("a file is missing", "out/results.csv", &[7], |out| remove(&out.join("results.csv")));
    changed.refuse("two files are missing", "2 findings", &[7], |out| {
        remove(&out.join("results.csv"));
        remove(&out.join("listings/l-16-2-6.csv"));
    });
    changed.refuse("the sums are missing", "SHA256SUMS", &[7], |out| remove(&out.join("SHA256SUMS")));
    changed.refuse("the sums are empty", "SHA256SUMS", &[7], |out| write(&out.join("SHA256SUMS"), ""));
    changed.refuse("the sums do not name the results, which were changed", "results.json", &[7], |out| {
        let sums = read(&out.join("SHA256SUMS"));
        let kept: Vec<&str> = sums.lines().filter(|line| !line.ends_with("results.json")).collect();
        write(&out.join("SHA256SUMS"), &format!("{}\n", kept.join("\n")));
        let results = read(&out.join("results.json"));
        write(&out.join("results.json"), &results.replace("{\"count\":15}", "{\"count\":19}"));
    });
    changed.refuse("a file was added", "stranger.csv", &[7], |out| write(&out.join("listings/stranger.csv"), "a\n"));
    changed.told();
}

/// A change by somebody who knows the sums: no proof against it, but no bug of ours either.
#[test]
fn report_survives_a_package_that_was_changed_with_its_sums() {
    fn put(out: &Path, file: &str, text: &str) {
        write(&out.join(file), text);
        let sum = |(path, bytes): (&String, &Vec<u8>)| format!("{}  {path}\n", digest(bytes));
        let lines: Vec<String> = tree(out).iter().filter(|(path, _)| *path != "SHA256SUMS").map(sum).collect();
        write(&out.join("SHA256SUMS"), &lines.concat());
    }
    let mut changed = Changed::new();
    let results = changed.text("results.json");
    let first = results.lines().nth(1).unwrap_or_default();
    let others: Vec<&str> = results.lines().filter(|line| !line.contains("\"rr_w24\"")).collect();
    for (name, text) in [
        ("the results are cut off", results[..results.len() / 2].to_owned()),
        ("the results have a row twice", results.replacen(first, &format!("{first}\n{first}"), 1)),
        ("the results lack rows", others.join("\n")),
        (
            "the results have a statistic nobody knows",
            results.replacen("\"statistic\":\"count\"", "\"statistic\":\"kount\"", 1),
        ),
        ("the results have a count below zero", results.replacen("{\"count\":52}", "{\"count\":-52}", 1)),
        ("the results are of another thing", "[]".to_owned()),
        ("the results are empty", String::new()),
    ] {
        changed.refuse(name, "error: ", &[3, 7], |out| put(out, "results.json", &text));
    }
    let small = read(&repository().join("tests/awkward/small/study.toml"));
    changed.refuse("the study is another one", "error: ", &[3, 7], |out| put(out, "study.toml", &small));
    let spoiled = changed.text("study.toml").replacen("label = ", "labl = ", 1);
    changed.refuse("the study is spoiled", "study.toml:", &[3, 7], |out| put(out, "study.toml", &spoiled));
    let empty = "{}";
    changed.refuse("the provenance is empty", "provenance.json", &[3, 7], |out| put(out, "provenance.json", empty));
    changed.told();
}

#[test]
fn report_of_what_is_no_package_says_so() {
    let folder = with_study();
    for argument in ["study", "study/study.toml", "nowhere"] {
        let outcome = trialpress(folder.path(), &["report", argument, "--out", "out"]);
        assert_eq!(outcome.exit, 7, "report {argument}: {}", outcome.stderr);
        assert!(
            outcome.stderr.contains("hint: name the folder that `run` wrote"),
            "report {argument}: {}",
            outcome.stderr
        );
        assert!(!folder.path().join("out").exists(), "report {argument} writes a package");
    }
}

// ---- explain -----------------------------------------------------------------------------------------------------

#[test]
fn explain_names_rules_datasets_and_subjects() {
    let folder = with_study();
    let text =
        succeed(folder.path(), &["explain", "study", "rr_w24", "arm=msc", "statistic=count", "variant=main"]).stdout;
    let study = read(&folder.path().join("study/study.toml"));
    let lines: Vec<&str> = study.lines().collect();
    assert!(text.contains("\nanalysis rr_w24 (study/study.toml:"), "the analysis and its place:\n{text}");
    assert!(text.contains("  datasets: ADCM, ADLB, ADQS, ADSL\n"), "the datasets:\n{text}");
    let rules: Vec<&str> = text.lines().filter(|line| line.starts_with("    study/study.toml:")).collect();
    assert!(rules.len() > 20, "only {} rules are named:\n{text}", rules.len());
    for rule in &rules {
        let (place, rest) = rule.trim_start().split_once("  ").unwrap_or((rule, ""));
        let numbers: Vec<usize> = place.split(':').skip(1).filter_map(|number| number.parse().ok()).collect();
        let [line, column] = numbers[..] else { panic!("a rule without line and column: {rule}") };
        let here: String = lines[line - 1].chars().skip(column - 1).collect();
        let first = here.split_whitespace().next().unwrap_or_default().trim_end_matches(['"', ',', ']', '}']);
        assert!(
            rest.contains(&format!(": {first}")),
            "the rule of {place} does not begin there with “{first}”: {rule}"
        );
    }
    for wanted in ["RANDFL = 'Y'", "renal_response IN ('CR', 'PR')", "TRT01P = 'MSC'", "pred <= 10"] {
        assert!(
            rules.iter().any(|rule| rule.contains(&format!(": {wanted}"))),
            "the rule “{wanted}” is not named:\n{text}"
        );
    }
    counted(&text, 1);
}

/// As many subjects are named as a row counts; gives how many rows were looked at.
fn counted(text: &str, least: usize) {
    let lines: Vec<&str> = text.lines().collect();
    let mut rows = 0;
    for (at, line) in lines.iter().enumerate() {
        let Some(count) = line.split_once("statistic=count = ").and_then(|(_, count)| count.parse::<usize>().ok())
        else {
            continue;
        };
        let subjects: Vec<&str> = lines
            .get(at + 1)
            .and_then(|next| next.trim_start().strip_prefix("subjects: "))
            .map(|names| names.split(' ').collect())
            .unwrap_or_default();
        let distinct: BTreeSet<&&str> = subjects.iter().collect();
        assert!(subjects.len() == count && distinct.len() == count, "{} subjects are named: {line}", subjects.len());
        assert!(subjects.iter().all(|name| name.starts_with("LN01-")), "a subject has an odd name: {subjects:?}");
        rows += 1;
    }
    assert!(rows >= least, "{rows} rows of counts were explained, and {least} are there:\n{text}");
}

#[test]
fn every_count_of_every_analysis_names_its_subjects() {
    let folder = with_study();
    let text = read(&folder.path().join("study/study.toml"));
    let study: toml::Table = toml::from_str(&text).expect("the study is TOML");
    let ids = |key: &str| {
        study[key].as_array().into_iter().flatten().filter_map(|one| one["id"].as_str()).collect::<Vec<_>>()
    };
    for id in ids("endpoint").into_iter().chain(ids("summary")).chain(["flow"]) {
        counted(&succeed(folder.path(), &["explain", "study", id, "statistic=count"]).stdout, 2);
    }
    for id in ids("display") {
        let text = succeed(folder.path(), &["explain", "study", id]).stdout;
        assert!(text.starts_with(&format!("display {id} ")), "explain {id} begins with the display:\n{text}");
        assert!(text.contains("\nanalysis "), "explain {id} names no analysis:\n{text}");
        counted(&text, 0);
    }
}

#[test]
fn explain_of_what_is_not_there_suggests() {
    let folder = with_study();
    let mut faults = Vec::new();
    for (arguments, says) in [
        (["t-14-2-11"].as_slice(), "did you mean t-14-2-1?"),
        (&["rr_w23"], "did you mean rr_w24?"),
        (&["completely-different"], "known: f-10-1-1"),
        (&["rr_w24", "arms=msc"], "one of arm, variant"),
        (&["t-14-2-1", "arm=mcs"], "arm"),
        (&["rr_w24", "arm=mcs"], "arm"),
        (&["rr_w24", "statistic=cuont"], "count"),
    ] {
        let all: Vec<&str> = ["explain", "study"].into_iter().chain(arguments.iter().copied()).collect();
        let outcome = trialpress(folder.path(), &all);
        no_panic(&outcome, &all.join(" "));
        let lies = arguments[0] == "t-14-2-1" && outcome.stderr.contains("no display or analysis t-14-2-1");
        if outcome.exit != 2 || !outcome.stderr.contains(says) || lies || !outcome.stdout.is_empty() {
            faults.push(format!(
                "explain {}: exit {}, and it must suggest “{says}”: {}",
                arguments.join(" "),
                outcome.exit,
                outcome.stderr
            ));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

// ---- spec --------------------------------------------------------------------------------------------------------

/// The keys of a TOML table that the schema knows, by walking both; whatever it does not know is a fault.
struct Walk<'a> {
    schema: &'a Value,
    keys: BTreeSet<String>,
    faults: Vec<String>,
}

impl<'a> Walk<'a> {
    /// The definition behind references.
    fn resolved(&self, mut node: &'a Value) -> &'a Value {
        loop {
            let choice = node
                .get("anyOf")
                .and_then(Value::as_array)
                .and_then(|all| all.iter().find(|one| one.get("$ref").is_some()));
            let target = node.get("$ref").or_else(|| choice.and_then(|one| one.get("$ref"))).and_then(Value::as_str);
            let Some(name) = target.and_then(|path| path.rsplit('/').next()) else { return node };
            node = &self.schema["$defs"][name];
        }
    }

    fn walk(&mut self, value: &toml::Value, node: &'a Value, path: &str) {
        let node = self.resolved(node);
        match value {
            toml::Value::Table(table) => {
                for (key, value) in table {
                    let below = format!("{path}.{key}");
                    if let Some(property) = node.get("properties").and_then(|all| all.get(key)) {
                        self.keys.insert(key.clone());
                        self.walk(value, property, &below);
                    } else if let Some(any) = node.get("additionalProperties").filter(|any| any.is_object()) {
                        self.walk(value, any, &below);
                    } else {
                        self.faults.push(format!("the schema does not know {below}"));
                    }
                }
            }
            toml::Value::Array(array) => {
                let items = node.get("items").or_else(|| node.get("prefixItems").and_then(|items| items.get(0)));
                match items {
                    Some(items) => array.iter().for_each(|value| self.walk(value, items, path)),
                    None => self.faults.push(format!("the schema does not know {path} as a list")),
                }
            }
            _ => {}
        }
    }
}

#[test]
fn spec_knows_every_key_of_every_fixture_study() {
    let folder = scratch();
    let text = succeed(folder.path(), &["spec", "--format", "schema"]).stdout;
    let schema: Value = serde_json::from_str(&text).unwrap_or_else(|error| panic!("the schema is no JSON: {error}"));
    assert!(schema.get("$schema").is_some(), "the schema says of which kind it is");
    let reference = succeed(folder.path(), &["spec"]).stdout;
    assert_eq!(reference, succeed(folder.path(), &["spec", "--format", "markdown"]).stdout, "Markdown is the default");
    let mut walk = Walk { schema: &schema, keys: BTreeSet::new(), faults: Vec::new() };
    let mut tops = BTreeSet::new();
    let studies = [fixture_study(FLAGSHIP), fixture_study("cdisc-pilot01"), repository().join("tests/awkward/small")];
    for study in &studies {
        let table: toml::Table = toml::from_str(&read(&study.join("study.toml"))).expect("the study is TOML");
        tops.extend(table.keys().cloned());
        walk.walk(&toml::Value::Table(table), &schema, "study.toml");
    }
    let mut faults = walk.faults;
    for key in &tops {
        if schema["properties"].get(key).is_none() {
            faults.push(format!("the properties of the schema lack {key}"));
        }
        let headings = [format!("\n## [{key}]"), format!("\n## [[{key}]]"), format!("\n## [{key}.NAME]")];
        if !headings.iter().any(|heading| reference.contains(heading.as_str())) {
            faults.push(format!("the reference has no section for {key}"));
        }
    }
    for key in walk.keys.iter().filter(|key| !tops.contains(*key)) {
        if !reference.contains(&format!("\n- `{key}`")) {
            faults.push(format!("the reference does not list the key {key}"));
        }
    }
    assert!(walk.keys.len() > 80, "only {} keys were met in the fixture studies", walk.keys.len());
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    // What a rule may call is part of the reference, too.
    for function in ["COALESCE", "ANY_AVAILABLE", "RELATIVE_FALL"] {
        assert!(
            reference.contains(&format!("\n- `{function}`: ")),
            "the reference does not list the function {function}"
        );
    }
}

/// A key without a meaning is no reference.
#[test]
fn every_key_of_the_reference_has_a_meaning() {
    let folder = scratch();
    let reference = succeed(folder.path(), &["spec"]).stdout;
    let bare: Vec<&str> = reference
        .lines()
        .filter(|line| line.starts_with("- `"))
        .filter(|line| {
            line.rsplit_once("): ")
                .or_else(|| line.rsplit_once("`: "))
                .is_none_or(|(_, meaning)| meaning.trim().len() < 4)
        })
        .collect();
    assert!(bare.is_empty(), "these keys of the reference have no meaning:\n{}", bare.join("\n"));
}

// ---- what is linked in -------------------------------------------------------------------------------------------

/// The data stay where they are: nothing that speaks HTTP or TLS is linked into the program. (polars brings tokio, and
/// with it sockets that nobody opens.)
#[test]
fn no_http_client_is_linked_in() {
    let cargo = option_env!("CARGO").unwrap_or("cargo");
    let output = Command::new(cargo)
        .args(["tree", "--offline", "--locked", "--edges", "normal", "--prefix", "none", "--format", "{p}"])
        .current_dir(repository())
        .output()
        .unwrap_or_else(|error| panic!("{cargo} does not start: {error}"));
    assert!(output.status.success(), "cargo tree fails: {}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let names: BTreeSet<&str> = text.lines().filter_map(|line| line.split_whitespace().next()).collect();
    assert!(names.contains("typst") && names.contains("polars"), "cargo tree lists the dependencies: {names:?}");
    let banned = [
        "reqwest",
        "hyper",
        "ureq",
        "isahc",
        "curl",
        "curl-sys",
        "attohttpc",
        "minreq",
        "surf",
        "object_store",
        "rustls",
        "native-tls",
        "openssl",
        "openssl-sys",
        "h2",
        "quinn",
        "tungstenite",
        "trust-dns-resolver",
        "hickory-resolver",
    ];
    let found: Vec<&str> = banned.into_iter().filter(|name| names.contains(name)).collect();
    assert!(found.is_empty(), "these are linked in, and speak HTTP or TLS: {found:?}");
}
