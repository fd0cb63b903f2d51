//! The same study gives the same bytes, wherever, whenever and by whomever it is run.
//!
//! Separate processes differ in one thing each: time zone, locale, threads, folder, environment, the order of records
//! and of variables. The PDF and `results.json` must not. What they are is written down in `digests.toml`, so that a
//! change of the numbers or of the pages is seen in a review and not by chance.

#![expect(clippy::disallowed_methods, reason = "these tests write studies and read packages")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use crate::awkward::{Tree, call, copy_folder, digest, tree, tree_differences};
use crate::support::{argument, fixture_study, program, read, repository, scratch, succeed, write};

/// The study that is run, and its PDF.
const STUDY: &str = "ln-msc-il2";
const PDF: &str = "LN-MSC-IL2.pdf";
/// Where the digests are written down, and the variable that writes them anew.
const DIGESTS: &str = "tests/digests.toml";
const RENEW: &str = "TRIALPRESS_RENEW_DIGESTS";

/// A copy of the study in this folder.
fn copy_study(to: &Path) {
    let source = fixture_study(STUDY);
    copy_folder(&source.join("data"), &to.join("data"));
    for name in ["study.toml", "data.lock", "monitoring.ledger"] {
        fs::copy(source.join(name), to.join(name)).expect("the fixture has its files");
    }
}

/// The package of the study as it lies in the fixtures, made once.
fn package() -> &'static Tree {
    static PACKAGE: OnceLock<Tree> = OnceLock::new();
    PACKAGE.get_or_init(|| {
        let folder = scratch();
        let study = fixture_study(STUDY);
        succeed(folder.path(), &["run", argument(&study), "--out", "out", "--quiet"]);
        tree(&folder.path().join("out"))
    })
}

/// Runs a command that writes a package to `out` in this folder; gives the package.
fn run(folder: &Path, what: &str, configure: impl FnOnce(&mut Command)) -> Tree {
    let mut command = Command::new(program());
    command.args(["run", "study", "--out", "out", "--quiet"]).current_dir(folder);
    configure(&mut command);
    let outcome = call(&mut command);
    assert_eq!(outcome.exit, 0, "{what}: {}", outcome.stderr);
    tree(&folder.join("out"))
}

/// What of the PDF and the results differs from the package of the fixtures.
fn same_report(what: &str, other: &Tree) -> Option<String> {
    let differ: Vec<&str> = [PDF, "results.json", "results.csv", "listings/l-16-2-6.csv"]
        .into_iter()
        .filter(|file| package().get(*file) != other.get(*file))
        .collect();
    (!differ.is_empty()).then(|| format!("{what}: {} differ", differ.join(", ")))
}

#[test]
fn environment_and_folder_leave_no_trace() {
    let folder = scratch();
    copy_study(&folder.path().join("study"));
    let environments: [(&str, &[(&str, &str)]); 3] = [
        (
            "in Kathmandu, in Turkish, with threads of polars and rayon",
            &[
                ("TZ", "Asia/Kathmandu"),
                ("LANG", "tr_TR.UTF-8"),
                ("LC_ALL", "tr_TR.UTF-8"),
                ("RAYON_NUM_THREADS", "3"),
                ("POLARS_MAX_THREADS", "3"),
            ],
        ),
        (
            "west of the date line, in German, with decimal commas",
            &[("TZ", "Etc/GMT+12"), ("LANG", "de_DE.UTF-8"), ("LC_NUMERIC", "de_DE.UTF-8")],
        ),
        (
            "in no language, with colours and a narrow terminal",
            &[("LC_ALL", "C"), ("CLICOLOR_FORCE", "1"), ("COLUMNS", "20"), ("TERM", "xterm-256color")],
        ),
    ];
    let mut faults = Vec::new();
    let mut whole: Option<Tree> = None;
    for (what, variables) in environments {
        let other = run(folder.path(), what, |command| {
            command.envs(variables.iter().copied());
        });
        faults.extend(same_report(what, &other));
        let differences = whole.as_ref().map_or_else(String::new, |first| tree_differences(first, &other));
        if !differences.is_empty() {
            faults.push(format!("{what}, against {}:{differences}", environments[0].0));
        }
        whole.get_or_insert(other);
    }
    let bare = run(folder.path(), "with an empty environment", |command| {
        command.env_clear();
    });
    faults.extend(same_report("with an empty environment", &bare));
    let homeless = run(folder.path(), "without a home", |command| {
        command.env_remove("HOME").env_remove("USER").env("TMPDIR", "/nonexistent");
    });
    faults.extend(same_report("without a home", &homeless));
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn the_number_of_threads_leaves_no_trace() {
    let folder = scratch();
    copy_study(&folder.path().join("study"));
    let mut faults = Vec::new();
    for threads in ["1", "2", "3", "8"] {
        let what = format!("with {threads} threads");
        let other = run(folder.path(), &what, |command| {
            command.args(["--threads", threads]);
        });
        faults.extend(same_report(&what, &other));
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// The study and the package may lie anywhere, and be named in any way. All of the package is compared: a reader of a
/// package need not know in whose folder it was made.
#[test]
fn the_place_of_the_study_leaves_no_trace() {
    let mut faults = Vec::new();
    let mut first: Option<Tree> = None;
    for (what, study, inside, named) in [
        ("named by its folder", "study", "", "study"),
        ("named by its file", "study", "", "study/study.toml"),
        ("named with a detour", "study", "", "./study/../study/"),
        ("from within", "study", "study", "."),
        ("deep down, with blanks and letters of many bytes", "a b/ü/студия/study", "", "a b/ü/студия/study"),
    ] {
        let folder = scratch();
        copy_study(&folder.path().join(study));
        let out = folder.path().join("out");
        let outcome = call(
            Command::new(program())
                .args(["run", named, "--quiet", "--out"])
                .arg(&out)
                .current_dir(folder.path().join(inside)),
        );
        assert_eq!(outcome.exit, 0, "{what}: {}", outcome.stderr);
        let other = tree(&out);
        faults.extend(same_report(what, &other));
        let differences = first.as_ref().map_or_else(String::new, |first| tree_differences(first, &other));
        if !differences.is_empty() {
            faults.push(format!("{what}, against a study named by its folder:{differences}"));
        }
        first.get_or_insert(other);
    }
    // The data elsewhere.
    let folder = scratch();
    copy_study(&folder.path().join("study"));
    fs::rename(folder.path().join("study/data"), folder.path().join("elsewhere"))
        .expect("the scratch folder takes folders");
    let other = run(folder.path(), "with the data elsewhere", |command| {
        command.args(["--data", "elsewhere"]);
    });
    faults.extend(same_report("with the data elsewhere", &other));
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

// ---- the order of records and of variables ------------------------------------------------------------------------

/// A permutation that is the same everywhere.
fn shuffled(length: usize, seed: u64) -> Vec<usize> {
    let mut order: Vec<usize> = (0..length).collect();
    let mut state = seed;
    for last in (1..length).rev() {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let other = usize::try_from((state >> 33) % (u64::try_from(last).unwrap_or(0) + 1)).unwrap_or(0);
        order.swap(last, other);
    }
    order
}

/// Writes a CSV file with its records and its columns in another order.
fn shuffle_csv(path: &Path, seed: u64, records: bool, columns: bool) {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .from_path(path)
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let table: Vec<csv::StringRecord> =
        reader.records().map(|record| record.expect("the fixture is a CSV file")).collect();
    let rows = if records { shuffled(table.len() - 1, seed) } else { (0..table.len() - 1).collect() };
    let fields = if columns { shuffled(table[0].len(), seed + 1) } else { (0..table[0].len()).collect() };
    let mut text = String::new();
    for row in std::iter::once(0).chain(rows.into_iter().map(|row| row + 1)) {
        let line: Vec<String> = fields
            .iter()
            .map(|field| {
                let value = &table[row][*field];
                if value.contains([',', '"', '\n']) {
                    format!("\"{}\"", value.replace('"', "\"\""))
                } else {
                    value.to_owned()
                }
            })
            .collect();
        text.push_str(&line.join(","));
        text.push('\n');
    }
    write(path, &text);
}

/// Writes a transport file with its records in another order. Records are of fixed length and follow the card that
/// announces them; the file is filled up with blanks to whole cards of 80 bytes.
fn shuffle_xpt(path: &Path, seed: u64) {
    const CARD: usize = 80;
    const DESCRIPTION: usize = 140;
    let bytes = fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let card = |word: &[u8]| {
        bytes
            .chunks(CARD)
            .position(|card| card.windows(word.len()).any(|window| window == word))
            .expect("a card of the format")
    };
    let descriptions = (card(b"NAMESTR HEADER RECORD") + 1) * CARD;
    let header = &bytes[descriptions - CARD..descriptions];
    let variables: usize = String::from_utf8_lossy(&header[54..58]).trim().parse().expect("the number of variables");
    let length: usize = (0..variables)
        .map(|variable| {
            let at = descriptions + variable * DESCRIPTION + 4;
            usize::from(u16::from_be_bytes([bytes[at], bytes[at + 1]]))
        })
        .sum();
    let start = (card(b"OBS     HEADER RECORD") + 1) * CARD;
    let records: Vec<&[u8]> =
        bytes[start..].chunks_exact(length).take_while(|record| record.iter().any(|byte| *byte != b' ')).collect();
    assert!(records.len() > 30, "{} has only {} records of {length} bytes", path.display(), records.len());
    let mut written = bytes[..start].to_vec();
    for row in shuffled(records.len(), seed) {
        written.extend_from_slice(records[row]);
    }
    written.resize(bytes.len(), b' ');
    fs::write(path, written).expect("the scratch folder takes files");
}

#[test]
fn the_order_of_records_and_variables_leaves_no_trace() {
    let mut faults = Vec::new();
    let original = scratch();
    copy_study(&original.path().join("study"));
    let original = run(original.path(), "with everything as it is", |_| {});
    for (what, seed, records, columns, transport) in [
        ("with the records of the CSV files in another order", 11, true, false, false),
        ("with the variables of the CSV files in another order", 12, false, true, false),
        ("with the records of the transport files in another order", 13, false, false, true),
        ("with everything in another order", 14, true, true, true),
    ] {
        let folder = scratch();
        let study = folder.path().join("study");
        copy_study(&study);
        let before = tree(&study);
        for file in ["adqs.csv", "adex.csv", "addv.csv"] {
            if records || columns {
                shuffle_csv(&study.join("data").join(file), seed, records, columns);
            }
        }
        for file in ["adsl.xpt", "adcm.xpt", "adae.xpt"] {
            if transport {
                shuffle_xpt(&study.join("data").join(file), seed);
            }
        }
        assert!(!tree_differences(&before, &tree(&study)).is_empty(), "{what}: nothing was shuffled");
        let lock = read(&study.join("data.lock"));
        let date = lock
            .lines()
            .find_map(|line| line.strip_prefix("locked = "))
            .expect("the lock has its date")
            .trim_matches('"');
        succeed(folder.path(), &["lock", "study", "--date", date, "--quiet"]);
        let content = |text: &str| {
            text.lines().filter(|line| line.starts_with("content = ")).map(str::to_owned).collect::<Vec<_>>()
        };
        if content(&lock) != content(&read(&study.join("data.lock"))) {
            faults.push(format!("{what}: the lock says that the content differs"));
        }
        let other = run(folder.path(), what, |_| {});
        faults.extend(same_report(what, &other));
        // Only the lock, which holds the bytes of the files, may know of their order.
        let mut expected = original.clone();
        let mut found = other;
        for file in ["data.lock", "provenance.json", "SHA256SUMS"] {
            expected.remove(file);
            found.remove(file);
        }
        let differences = tree_differences(&expected, &found);
        if !differences.is_empty() {
            faults.push(format!("{what}:{differences}"));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn two_runs_in_a_row_are_equal_and_so_is_the_report_made_again() {
    let folder = scratch();
    copy_study(&folder.path().join("study"));
    let first = run(folder.path(), "the first run", |_| {});
    let second = run(folder.path(), "the second run", |_| {});
    let differences = tree_differences(&first, &second);
    assert!(differences.is_empty(), "the second of two runs differs:{differences}");
    succeed(folder.path(), &["report", "out", "--out", "again", "--quiet"]);
    let differences = tree_differences(&first, &tree(&folder.path().join("again")));
    assert!(differences.is_empty(), "the report made again differs:{differences}");
}

// ---- what the bytes are ------------------------------------------------------------------------------------------

/// The digests of the package are those of `digests.toml`, which a person has looked at.
#[test]
fn the_digests_are_those_written_down() {
    let found: BTreeMap<&str, String> = [("pdf", PDF), ("results", "results.json")]
        .into_iter()
        .map(|(key, file)| (key, digest(&package()[file])))
        .collect();
    let path: PathBuf = repository().join(DIGESTS);
    if std::env::var_os(RENEW).is_some_and(|value| value == "1") {
        let text = format!(
            "# SHA-256 of what the flagship study gives. A change of `results` is a change of numbers, a change of `pdf` one of\n\
             # pages: look at both before they are written down anew, with\n\
             #\n\
             #     {RENEW}=1 cargo test --release --locked determinism\n\
             #\n\
             # and say in the notes of the change which numbers moved and why.\n\n\
             [{STUDY}]\npdf = \"{}\"\nresults = \"{}\"\n",
            found["pdf"], found["results"]
        );
        write(&path, &text);
        return;
    }
    let written: toml::Table =
        toml::from_str(&read(&path)).unwrap_or_else(|error| panic!("{DIGESTS} is no TOML: {error}"));
    let mut faults = Vec::new();
    for (key, digest) in &found {
        let known =
            written.get(STUDY).and_then(|study| study.get(*key)).and_then(toml::Value::as_str).unwrap_or("nothing");
        if known != digest {
            faults.push(format!("{key} of {STUDY} is {digest}, and written down is {known}"));
        }
    }
    assert!(
        faults.is_empty(),
        "{}\nif the change is meant, look at the pages and the numbers and renew {DIGESTS} with {RENEW}=1",
        faults.join("\n")
    );
}
