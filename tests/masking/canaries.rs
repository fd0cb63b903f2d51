//! Words that stand nowhere else are put where something is masked, and looked for in everything that masked reports leave:
//! packages, logs, what is printed, and the files of runs that are killed.
//!
//! All these words begin with the same letters, and all these numbers with the same digits, so that one search finds any.

use std::collections::BTreeSet;
use std::io::Read as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use flate2::read::ZlibDecoder;
use toml::Value;

use crate::awkward::{digest, tree};
use crate::masking::made::{KEY, OUT, make};
use crate::masking::rename::Naming;
use crate::masking::rewrite::{Arm, FOLDER, Study};
use crate::masking::{STUDIES, cuts, no_differences};
use crate::support::{Outcome, Stream, program, scratch, succeed, trialpress};

/// How the words begin, how the numbers, and how the dates.
const WORD: &str = "qxcanary";
const NUMBER: &str = "7391824";
const YEAR: &str = "1931-";

/// How often a run is killed, and how often that is tried: on a busy machine a run may end before its time.
const KILLS: u32 = 10;
const TRIES: u32 = 40;

/// Words that stand for nothing, each another one.
struct Canaries {
    stream: Stream,
    words: Vec<String>,
}

impl Default for Canaries {
    fn default() -> Self {
        Self { stream: Stream(20_261_124), words: Vec::new() }
    }
}

impl Canaries {
    fn word(&mut self) -> String {
        let letters = (0..8).map(|_| char::from(b'a' + u8::try_from(self.stream.below(26)).unwrap_or(0)));
        let word: String = WORD.chars().chain(letters).collect();
        self.words.push(word.clone());
        word
    }

    /// What stands for a value: a date for a date, a number for a number, a word for a word. What is missing stays missing.
    fn of(&mut self, value: &str, kind: Kind) -> String {
        match kind {
            _ if value.is_empty() => String::new(),
            Kind::Date => format!("{YEAR}{:02}-{:02}", 1 + self.stream.below(12), 1 + self.stream.below(28)),
            Kind::Number => format!("{NUMBER}{}", self.stream.below(90)),
            Kind::Text => self.word(),
        }
    }
}

/// What the values of a variable look like.
#[derive(Clone, Copy)]
enum Kind {
    Date,
    Number,
    Text,
}

fn kind<'a>(values: impl Iterator<Item = &'a String> + Clone) -> Kind {
    let mut filled = values.filter(|value| !value.is_empty()).peekable();
    let digit = |place: (usize, u8)| if matches!(place.0, 4 | 7) { place.1 == b'-' } else { place.1.is_ascii_digit() };
    let is_date = |value: &&String| value.len() == 10 && value.bytes().enumerate().all(digit);
    if filled.peek().is_none() {
        Kind::Text
    } else if filled.clone().all(|value| is_date(&value)) {
        Kind::Date
    } else if filled.clone().all(|value| value.parse::<f64>().is_ok()) {
        Kind::Number
    } else {
        Kind::Text
    }
}

/// The study with canaries as names of its arms.
fn with_canaries_as_arms(study: &Study, canaries: &mut Canaries) -> Study {
    let arms = study.arms().1.len();
    let arms = (0..arms).map(|_| Arm { id: canaries.word(), label: canaries.word(), value: canaries.word() }).collect();
    study.renamed(&Naming { what: "canaries", arms })
}

/// The study with canaries where something is masked: arms, masked variables, datasets and records, and the title and the
/// facts of the final report. Such data contradict themselves, which only a report that sees them finds out.
fn with_canaries(study: &Study) -> (Study, Vec<String>) {
    let mut canaries = Canaries::default();
    let mut made = with_canaries_as_arms(study, &mut canaries);
    let (id, subjects) = study.subjects();
    let (arm_variables, datasets) = (study.arm_variables(), study.masked_datasets());
    let (variables, records) = (study.masked_variables(), study.masked_records());
    for (name, frame) in &mut made.frames {
        for at in 0..frame.header.len() {
            let variable = frame.header[at].clone();
            if variable == id || name == &subjects && arm_variables.contains(&variable) {
                continue;
            }
            let kind = kind(frame.rows.iter().map(|row| &row[at]));
            let whole = datasets.contains(name) || variables.contains(&variable);
            let rule = records.get(name).filter(|rule| rule.variable != variable);
            let rule = rule.map(|rule| (frame.at(&rule.variable).expect("the variable of the rule"), &rule.values));
            for row in &mut frame.rows {
                if whole || rule.is_some_and(|(at, values)| values.contains(&row[at])) {
                    row[at] = canaries.of(&row[at], kind);
                    frame.changed = true;
                }
            }
        }
    }
    let head = made.specification["study"].as_table_mut().expect("the study has a head");
    head.insert("title".to_owned(), canaries.word().into());
    for fact in head.get_mut("facts").and_then(Value::as_array_mut).into_iter().flatten() {
        fact.as_table_mut().expect("a fact is a table").insert("text".to_owned(), canaries.word().into());
    }
    (made, canaries.words)
}

/// All compressed parts of a file that can be told by their first byte, one after the other.
pub(super) fn inflated(bytes: &[u8]) -> Vec<u8> {
    let mut all = Vec::new();
    let mut at = 0;
    while at + 1 < bytes.len() {
        let is_zlib = bytes[at] == 0x78 && (u16::from(bytes[at]) << 8 | u16::from(bytes[at + 1])) % 31 == 0;
        let mut decoder = ZlibDecoder::new(&bytes[at..]);
        let before = all.len();
        if is_zlib && decoder.read_to_end(&mut all).is_ok() && all.len() > before {
            at += usize::try_from(decoder.total_in()).unwrap_or(1).max(1);
            all.push(b'\n');
        } else {
            all.truncate(before);
            at += 1;
        }
    }
    all
}

/// The forms in which a text may stand in bytes: as it is and in capitals, in one byte a letter and in two, as digits.
fn forms(text: &str) -> Vec<Vec<u8>> {
    let [first, rest] = [&text[..1], &text[1..]];
    let cases = [text.to_owned(), text.to_uppercase(), first.to_uppercase() + rest];
    let mut all: Vec<Vec<u8>> = Vec::new();
    for text in cases {
        let wide = |order: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(order).collect::<Vec<u8>>();
        for bytes in [text.as_bytes().to_vec(), wide(u16::to_be_bytes), wide(u16::to_le_bytes)] {
            let hex = bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat();
            all.extend([hex.to_uppercase().into_bytes(), hex.into_bytes(), bytes]);
        }
    }
    all.sort();
    all.dedup();
    all
}

/// What is looked for: how canaries begin, and the digests of them.
struct Wanted {
    /// By first byte.
    forms: Vec<Vec<Vec<u8>>>,
    digests: BTreeSet<String>,
}

impl Wanted {
    fn of(words: &[String]) -> Self {
        let mut by_first = vec![Vec::new(); 256];
        for form in [WORD, NUMBER, YEAR].into_iter().flat_map(forms) {
            by_first[usize::from(form[0])].push(form);
        }
        Self { forms: by_first, digests: words.iter().map(|word| digest(word.as_bytes())).collect() }
    }

    /// What of it is in a file, by name or in its bytes; the first place of each.
    fn found(&self, name: &str, bytes: &[u8]) -> Vec<String> {
        let searched = [name.as_bytes(), b"\n", bytes, b"\n", &inflated(bytes)].concat();
        let mut faults = Vec::new();
        let mut known: BTreeSet<&[u8]> = BTreeSet::new();
        let (mut hexadecimal, mut at) = (0, 0);
        for byte in &searched {
            for form in &self.forms[usize::from(*byte)] {
                if searched[at..].starts_with(form) && known.insert(form) {
                    let around = &searched[at.saturating_sub(60)..searched.len().min(at + 60)];
                    faults.push(format!("{name}: …{}…", String::from_utf8_lossy(around)));
                }
            }
            at += 1;
            hexadecimal = if byte.is_ascii_hexdigit() { hexadecimal + 1 } else { 0 };
            if hexadecimal >= 64
                && self.digests.contains(&*String::from_utf8_lossy(&searched[at - 64..at]).to_lowercase())
            {
                faults.push(format!("{name}: the digest of a canary"));
            }
        }
        faults
    }
}

/// What `trialpress scan` says of the package: it reads the text of pages, too, as a reader sees it. It looks for letters and
/// digits alone, of which a year has too few.
fn scanned(folder: &Path) -> Outcome {
    std::fs::write(folder.join("words.txt"), format!("{WORD}\n{NUMBER}\n")).expect("a list of words");
    trialpress(folder, &["scan", OUT, "--words", "words.txt"])
}

#[test]
fn no_canary_is_found() {
    let mut faults = Vec::new();
    for (name, cut) in STUDIES.into_iter().zip(cuts()) {
        let (study, words) = with_canaries(&Study::of(name));
        assert!(words.len() > 8, "{name}: {} canaries", words.len());
        let wanted = Wanted::of(&words);
        let folder = scratch();
        study.write(folder.path());
        succeed(folder.path(), &["key", "new", FOLDER, "--out", KEY, "--quiet"]);
        for (report, key) in [("dsmb-open", None), ("dsmb-closed", Some(KEY))] {
            let mut more = vec!["--cutoff", &cut];
            more.extend(key.iter().flat_map(|key| ["--key", key]));
            let made = make(folder.path(), report, &more).succeeded(name);
            assert!(made.files.len() > 5, "{name}, {report}: {:?}", made.files.keys());
            for (file, bytes) in &made.files {
                faults.extend(wanted.found(file, bytes).into_iter().map(|fault| format!("{name}, {report}: {fault}")));
            }
            let scan = scanned(folder.path());
            if scan.exit != 0 {
                faults.push(format!("{name}, {report}, scanned: {}{}", scan.stdout, scan.stderr));
            }
            let printed = [made.outcome.stdout, made.outcome.stderr].concat();
            faults.extend(wanted.found("what it printed", printed.as_bytes()));
        }
    }
    no_differences(&faults);
}

/// The search finds what there is: in the specification, in the key, and in the report with real arms.
#[test]
fn canaries_are_found_where_they_are() {
    let mut canaries = Canaries::default();
    let study = with_canaries_as_arms(&Study::of(STUDIES[0]), &mut canaries);
    let wanted = Wanted::of(&canaries.words);
    let folder = scratch();
    study.write(folder.path());
    succeed(folder.path(), &["key", "new", FOLDER, "--out", KEY, "--quiet"]);
    let places = tree(folder.path()).into_iter().filter(|(file, _)| file.ends_with("study.toml") || file == KEY);
    for (file, bytes) in places {
        assert!(!wanted.found(&file, &bytes).is_empty(), "no canary is found in {file}");
    }
    let made = make(folder.path(), "dsmb-closed-unmasked", &["--cutoff", &cuts()[0]]).succeeded("unmasked");
    let found: BTreeSet<&String> =
        made.files.iter().filter(|(file, bytes)| !wanted.found(file, bytes).is_empty()).map(|(file, _)| file).collect();
    for expected in ["results.json", "study.toml"] {
        assert!(found.iter().any(|file| *file == expected), "no canary is found in {expected}, only in {found:?}");
    }
    assert!(!wanted.found("the PDF", made.pdf()).is_empty(), "no canary is found in the PDF");
    let scan = scanned(folder.path());
    assert!(scan.exit == 9 && scan.stderr.contains(".pdf"), "{} {}", scan.exit, scan.stderr);
}

/// Runs of masked reports that are killed leave no canary: neither beside the package nor where temporary files lie.
#[test]
fn killed_runs_leave_no_canary() {
    let (study, words) = with_canaries(&Study::of(STUDIES[0]));
    let wanted = Wanted::of(&words);
    let folder = scratch();
    study.write(folder.path());
    succeed(folder.path(), &["key", "new", FOLDER, "--out", KEY, "--quiet"]);
    let temporary = folder.path().join("temporary");
    std::fs::create_dir(&temporary).expect("the scratch folder takes folders");
    let (mut faults, mut killed, mut whole) = (Vec::new(), 0, Duration::ZERO);
    for number in 0..=TRIES {
        if killed == KILLS {
            break;
        }
        let started = Instant::now();
        let mut child = start(folder.path(), &temporary);
        // The first one shows how long a run takes. Half of the others are killed in its last part, where it publishes.
        if number > 0 {
            let of = f64::from(killed);
            let part = if number % 2 == 0 { of / f64::from(KILLS) } else { 0.8 + 0.02 * of };
            std::thread::sleep(whole.mul_f64(part));
            _ = child.kill();
        }
        let ended = child.wait().expect("a child ends");
        killed += u32::from(ended.code().is_none());
        // Each run that was not killed shows anew how long one takes.
        if ended.code().is_some() {
            assert_eq!(ended.code(), Some(0), "a run that is not killed");
            whole = if number == 0 { started.elapsed() } else { whole.mul_f64(0.8) };
        }
        for (file, bytes) in tree(folder.path()) {
            if !file.starts_with(&format!("{FOLDER}/")) && file != KEY {
                faults.extend(wanted.found(&file, &bytes));
            }
        }
    }
    assert_eq!(killed, KILLS, "of {TRIES} runs so few could be killed");
    faults.dedup();
    no_differences(&faults);
}

/// A run of the coded report that goes on by itself.
fn start(folder: &Path, temporary: &Path) -> std::process::Child {
    Command::new(program())
        .args([
            "run",
            FOLDER,
            "--report",
            "dsmb-closed",
            "--cutoff",
            &cuts()[0],
            "--key",
            KEY,
            "--out",
            "out",
            "--log",
            "log.jsonl",
        ])
        .current_dir(folder)
        .env("TMPDIR", temporary)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program starts")
}
