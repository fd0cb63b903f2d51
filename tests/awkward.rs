//! Bad input: whatever is wrong is told, all of it, with the exit number that was promised, and nothing is changed.
//!
//! A case spoils a copy of a study and says what must be found. The harness then holds for every case what no case
//! should have to say: no panic and no signal; the exit number of `check` and `run` alike; as many findings as the last
//! line counts; nothing on standard output; no control character that data could send to a terminal; and the whole
//! desk, an earlier package included, byte for byte as it was before.
//!
//! Two studies are spoiled: the flagship fixture, and `awkward/small`, whose data are CSV files that a case can edit.
//! Standard output and files of the program are read, never its internals.

#![expect(clippy::disallowed_methods, reason = "these tests write studies and spoil files")]

mod bad_inputs;
mod contradictions;
mod crash;
mod damage;
mod mutations;
mod rules;
mod specification;
mod targets;
mod texts;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use sha2::{Digest, Sha256};
use tempfile::TempDir;

use crate::support::{Outcome, fixture_study, program, repository, scratch};

/// Stands in an edit before the character that a finding must point at.
const MARK: char = '¦';
/// The day on which spoiled data are locked again.
const LOCK_DATE: &str = "2024-06-30";
/// Nothing that is refused may take longer than this, on a machine that is busy with the other tests.
const PATIENCE: Duration = Duration::from_secs(45);

/// Everything below a folder: files with their bytes, links with their targets, folders.
pub(crate) type Tree = BTreeMap<String, Vec<u8>>;

/// A study that cases spoil.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Original {
    /// The flagship study of the fixtures.
    Flagship,
    /// The small study beside these tests.
    Small,
}

/// A folder with a copy of a study in `study` and an earlier package in `out`.
struct Desk {
    folder: TempDir,
}

impl Desk {
    fn with(original: Original) -> Self {
        let desk = Self { folder: scratch() };
        match original {
            Original::Flagship => {
                let source = fixture_study("ln-msc-il2");
                for name in ["study.toml", "data.lock", "monitoring.ledger"] {
                    copy(&source.join(name), &desk.study(name));
                }
                copy_folder(&source.join("data"), &desk.study("data"));
            }
            Original::Small => {
                copy_folder(&repository().join("tests/awkward/small"), &desk.study(""));
                desk.lock();
            }
        }
        desk
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    /// A file of the study.
    fn study(&self, file: &str) -> PathBuf {
        self.path().join("study").join(file)
    }

    fn call(&self, arguments: &[&str]) -> Outcome {
        call(Command::new(program()).args(arguments).current_dir(self.path()))
    }

    /// Locks the data as they are now.
    fn lock(&self) {
        let outcome = self.call(&["lock", "study", "--date", LOCK_DATE]);
        assert_eq!(outcome.exit, 0, "the spoiled data cannot be locked:\n{}", outcome.stderr);
    }

    /// Puts an earlier package into `out`.
    fn put_package(&self) {
        for (path, bytes) in earlier_package() {
            let path = self.path().join("out").join(path);
            fs::create_dir_all(path.parent().expect("a file has a folder")).expect("the scratch folder takes folders");
            fs::write(path, bytes).expect("the scratch folder takes files");
        }
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to.parent().expect("a file has a folder")).expect("the scratch folder takes folders");
    fs::copy(from, to).unwrap_or_else(|error| panic!("{} cannot be copied: {error}", from.display()));
}

pub(crate) fn copy_folder(from: &Path, to: &Path) {
    for (path, bytes) in tree(from) {
        let path = to.join(path);
        fs::create_dir_all(path.parent().expect("a file has a folder")).expect("the scratch folder takes folders");
        fs::write(path, bytes).expect("the scratch folder takes files");
    }
}

/// Everything below a folder.
pub(crate) fn tree(folder: &Path) -> Tree {
    fn walk(folder: &Path, below: &str, found: &mut Tree) {
        let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
        for entry in entries.map(|entry| entry.expect("the folder can be listed")) {
            let path = entry.path();
            let name = format!("{below}{}", entry.file_name().to_string_lossy());
            let kind = entry.file_type().expect("the file system knows its files");
            if kind.is_dir() {
                walk(&path, &format!("{name}/"), found);
            } else if kind.is_symlink() {
                let target = fs::read_link(&path).expect("a link has a target");
                found.insert(name, format!("-> {}", target.display()).into_bytes());
            } else if kind.is_file() {
                let bytes = fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
                found.insert(name, bytes);
            } else {
                found.insert(name, b"a special file".to_vec());
            }
        }
        if below.is_empty() || fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_none()) {
            found.entry(format!("{below}.")).or_default();
        }
    }
    let mut found = Tree::new();
    walk(folder, "", &mut found);
    found.remove(".");
    found
}

/// What differs between two trees, for a message; empty if nothing does.
pub(crate) fn tree_differences(before: &Tree, after: &Tree) -> String {
    let mut text = String::new();
    for (path, bytes) in before {
        match after.get(path) {
            None => _ = write!(text, " {path} is gone;"),
            Some(now) if now != bytes => _ = write!(text, " {path} has other bytes;"),
            Some(_) => {}
        }
    }
    for path in after.keys().filter(|path| !before.contains_key(*path)) {
        _ = write!(text, " {path} is new;");
    }
    text
}

/// SHA-256 in hexadecimal.
pub(crate) fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::new(), |mut text, byte| {
        _ = write!(text, "{byte:02x}");
        text
    })
}

/// What is wrong with the folder of a package: files that its sums do not name, or sums that are wrong.
pub(crate) fn package_faults(package: &Tree) -> Vec<String> {
    let Some(sums) = package.get("SHA256SUMS") else { return vec!["there is no SHA256SUMS".to_owned()] };
    let mut listed = Vec::new();
    let mut faults = Vec::new();
    for line in String::from_utf8_lossy(sums).lines() {
        let (sum, path) = line.split_once("  ").unwrap_or(("", line));
        listed.push(path.to_owned());
        match package.get(path) {
            None => faults.push(format!("{path} is missing")),
            Some(bytes) => {
                if digest(bytes) != sum {
                    faults.push(format!("{path} is not what SHA256SUMS says"));
                }
            }
        }
    }
    faults.extend(
        package
            .keys()
            .filter(|path| *path != "SHA256SUMS" && !listed.contains(path))
            .map(|path| format!("{path} is not in SHA256SUMS")),
    );
    faults
}

/// A package of the small study, made once.
fn earlier_package() -> &'static Tree {
    static PACKAGE: OnceLock<Tree> = OnceLock::new();
    PACKAGE.get_or_init(|| {
        let desk = Desk::with(Original::Small);
        let outcome = desk.call(&["run", "study", "--out", "out"]);
        assert_eq!(outcome.exit, 0, "the small study does not run unspoiled:\n{}", outcome.stderr);
        tree(&desk.path().join("out"))
    })
}

/// Runs a command that must end by itself in time.
pub(crate) fn call(command: &mut Command) -> Outcome {
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("{} does not start: {error}", command.get_program().display()));
    let mut outlet = child.stdout.take().expect("standard output is piped");
    let mut errors = child.stderr.take().expect("standard error is piped");
    let reader = std::thread::spawn(move || {
        let mut bytes = Vec::new();
        outlet.read_to_end(&mut bytes).map(|_| bytes).unwrap_or_default()
    });
    let error_reader = std::thread::spawn(move || {
        let mut bytes = Vec::new();
        errors.read_to_end(&mut bytes).map(|_| bytes).unwrap_or_default()
    });
    let started = Instant::now();
    let exit = loop {
        match child.try_wait().expect("the program can be waited for") {
            Some(status) => break status.code().unwrap_or(-1),
            None if started.elapsed() > PATIENCE => {
                let _ = child.kill();
                let _ = child.wait();
                break TOO_LATE;
            }
            None => std::thread::sleep(Duration::from_millis(2)),
        }
    };
    let text = |bytes: std::thread::Result<Vec<u8>>| String::from_utf8_lossy(&bytes.unwrap_or_default()).into_owned();
    Outcome { exit, stdout: text(reader.join()), stderr: text(error_reader.join()) }
}

/// The exit number this harness gives to a program that had to be stopped.
pub(crate) const TOO_LATE: i32 = -2;

/// The findings in what the program said: every line that names an error or a warning.
pub(crate) fn findings(stderr: &str) -> Vec<&str> {
    let is_finding = |line: &&str| {
        !line.starts_with(' ')
            && ["error: ", "warning: ", "error [", "warning ["]
                .iter()
                .any(|word| line.starts_with(word) || line.contains(&format!(": {word}")))
    };
    stderr.lines().filter(is_finding).collect()
}

/// One way to spoil a study, and what must come of it.
struct Case {
    breaks: String,
    original: Original,
    edits: Vec<(String, String, String)>,
    whole: Option<Vec<u8>>,
    unlocked: bool,
    exit: i32,
    says: Vec<String>,
    never: Vec<String>,
    count: Option<usize>,
}

/// A case over the small study.
fn small(breaks: &str) -> Case {
    Case {
        breaks: breaks.to_owned(),
        original: Original::Small,
        edits: Vec::new(),
        whole: None,
        unlocked: false,
        exit: 0,
        says: Vec::new(),
        never: Vec::new(),
        count: None,
    }
}

/// A case over the flagship study.
fn flagship(breaks: &str) -> Case {
    Case { original: Original::Flagship, ..small(breaks) }
}

impl Case {
    /// Replaces a piece of `study.toml`, its first occurrence. Each `¦` in the new text is a place that a finding must
    /// name, to line and column.
    fn study(self, from: &str, to: &str) -> Self {
        self.file("study.toml", from, to)
    }

    /// Replaces a piece of a data file, its first occurrence; the data are locked again.
    fn data(self, file: &str, from: &str, to: &str) -> Self {
        self.file(&format!("data/{file}"), from, to)
    }

    fn file(mut self, file: &str, from: &str, to: &str) -> Self {
        self.edits.push((file.to_owned(), from.to_owned(), to.to_owned()));
        self
    }

    /// Replaces all of `study.toml`.
    fn whole(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.whole = Some(bytes.into());
        self
    }

    /// The data are not locked again after an edit.
    fn unlocked(mut self) -> Self {
        self.unlocked = true;
        self
    }

    /// The exit number promised for this.
    fn exit(mut self, exit: i32) -> Self {
        self.exit = exit;
        self
    }

    /// What must occur in what the program says.
    fn says<'a>(mut self, words: impl IntoIterator<Item = &'a str>) -> Self {
        self.says.extend(words.into_iter().map(str::to_owned));
        self
    }

    /// What must not occur there.
    fn never(mut self, words: &str) -> Self {
        self.never.push(words.to_owned());
        self
    }

    /// How many findings there must be.
    fn findings(mut self, count: usize) -> Self {
        self.count = Some(count);
        self
    }

    /// Spoils a study; gives the places that were marked, as `line:column` of a file.
    fn spoil(&self, desk: &Desk) -> Vec<String> {
        let mut marked: BTreeMap<String, String> = BTreeMap::new();
        if let Some(bytes) = &self.whole {
            match std::str::from_utf8(bytes) {
                Ok(text) if text.contains(MARK) => _ = marked.insert("study.toml".to_owned(), text.to_owned()),
                _ => fs::write(desk.study("study.toml"), bytes).expect("the scratch folder takes files"),
            }
        }
        for (file, from, to) in &self.edits {
            let text = marked.remove(file).unwrap_or_else(|| {
                fs::read_to_string(desk.study(file)).unwrap_or_else(|error| panic!("{}: {file}: {error}", self.breaks))
            });
            assert!(text.contains(from), "the case “{}” replaces what {file} does not have: {from}", self.breaks);
            marked.insert(file.clone(), text.replacen(from, to, 1));
        }
        let mut places = Vec::new();
        for (file, text) in &marked {
            for (line, content) in text.split('\n').enumerate() {
                for (at, _) in content.match_indices(MARK) {
                    let column = content[..at].chars().filter(|c| *c != MARK).count() + 1;
                    places.push(format!("study/{file}:{}:{column}", line + 1));
                }
            }
            fs::write(desk.study(file), text.replace(MARK, "")).expect("the scratch folder takes files");
        }
        if !self.unlocked && self.edits.iter().any(|(file, ..)| file.starts_with("data/")) {
            desk.lock();
        }
        places
    }

    /// What is wrong with the program in this case; empty if nothing is.
    fn faults(&self) -> Vec<String> {
        let desk = Desk::with(self.original);
        let places = self.spoil(&desk);
        let mut faults = desk.refusal(&["run", "study", "--out", "out"], self.exit);
        let Some(outcome) = faults.outcome.take() else { return faults.list };
        for word in places.iter().chain(&self.says) {
            if !outcome.stderr.contains(word) {
                faults.add(format!("does not say “{word}”"));
            }
        }
        for word in self.never.iter().filter(|word| outcome.stderr.contains(*word)) {
            faults.add(format!("says “{word}”"));
        }
        let found = findings(&outcome.stderr);
        if let Some(count) = self.count.filter(|count| *count != found.len()) {
            faults.add(format!("has {} findings instead of {count}", found.len()));
        }
        // Up to the variables, `check` must find what `run` finds; what is printable is known only when it is printed.
        if (3..=5).contains(&self.exit) {
            let check = desk.call(&["check", "study"]);
            if check.exit != self.exit || findings(&check.stderr) != found {
                faults.add(format!("`check` says something else (exit {}): {}", check.exit, shortened(&check.stderr)));
            }
        }
        if !faults.list.is_empty() {
            faults.add(format!("it said: {}", shortened(&outcome.stderr)));
        }
        faults.list
    }
}

/// What was wrong with a refusal, and what the program said.
struct Faults {
    list: Vec<String>,
    outcome: Option<Outcome>,
}

impl Faults {
    fn add(&mut self, fault: impl Into<String>) {
        self.list.push(fault.into());
    }
}

impl Desk {
    /// Calls the program where it must refuse, and holds what holds for every refusal.
    fn refusal(&self, arguments: &[&str], exit: i32) -> Faults {
        if !self.path().join("out").exists() && arguments.contains(&"out") {
            self.put_package();
        }
        let before = tree(self.path());
        let outcome = self.call(arguments);
        let changed = tree_differences(&before, &tree(self.path()));
        let mut faults = Faults { list: Vec::new(), outcome: None };
        if outcome.exit == TOO_LATE {
            faults.add(format!("did not end within {} s", PATIENCE.as_secs()));
            return faults;
        }
        if let Some(at) = outcome.stderr.find("panicked") {
            let told: Vec<&str> = outcome.stderr[at..].lines().take(2).collect();
            faults.add(format!("{} (exit {})", shortened(&told.join(" ")), outcome.exit));
            return faults;
        }
        if outcome.exit == 0 {
            let before = if changed.is_empty() { "" } else { " and wrote over the earlier package" };
            faults.add(format!("was accepted{before}"));
            return faults;
        }
        if outcome.exit != exit {
            faults.add(format!("exit {} instead of {exit}", outcome.exit));
        }
        if !changed.is_empty() {
            faults.add(format!("files changed:{changed}"));
        }
        if !outcome.stdout.is_empty() {
            faults.add(format!("prints to standard output: {}", shortened(&outcome.stdout)));
        }
        let acts = |c: &char| {
            c.is_control() && !matches!(c, '\n' | '\t')
                || matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
        };
        if let Some(c) = outcome.stderr.chars().find(acts) {
            faults.add(format!("sends the character U+{:04X} to the terminal, which acts there", c as u32));
        }
        let count = findings(&outcome.stderr).len();
        let last = outcome.stderr.lines().last().unwrap_or_default();
        let counted = format!("{count} finding{}; nothing was written", if count == 1 { "" } else { "s" });
        if last != counted {
            faults.add(format!("ends with “{}” instead of “{counted}”", shortened(last)));
        }
        faults.outcome = Some(outcome);
        faults
    }
}

/// What the program said, for a message: without the rules that cannot be decided for some rows, which `check` lists.
fn shortened(text: &str) -> String {
    let told: Vec<&str> = text.lines().filter(|line| !line.contains(": undecided for ")).collect();
    let text: String = told.join("\n").chars().take(1500).collect();
    text.trim_end().escape_debug().to_string().replace("\\n", "\n        ")
}

/// Holds every case; tells all that fail.
fn all_refused(cases: &[Case]) {
    report(cases.iter().map(|case| (case.breaks.clone(), case.faults())));
}

/// Fails with everything that is wrong, one paragraph a case.
fn report(cases: impl IntoIterator<Item = (String, Vec<String>)>) {
    let mut number = 0;
    let mut text = String::new();
    let mut failed = 0;
    for (name, faults) in cases {
        number += 1;
        if !faults.is_empty() {
            failed += 1;
            _ = write!(text, "\n- {name}:");
            for fault in faults {
                _ = write!(text, "\n    {fault}");
            }
        }
    }
    assert!(number > 0, "a table without cases tests nothing");
    assert!(failed == 0, "{failed} of {number} cases are not as promised:{text}");
}

/// The studies must run unspoiled, else every refusal is empty.
#[test]
fn the_studies_are_accepted_as_they_are() {
    for original in [Original::Flagship, Original::Small] {
        let desk = Desk::with(original);
        let outcome = desk.call(&["check", "study", "--strict"]);
        assert_eq!(outcome.exit, 0, "{original:?} is refused unspoiled:\n{}", outcome.stderr);
        assert!(findings(&outcome.stderr).is_empty(), "{original:?} has findings unspoiled:\n{}", outcome.stderr);
    }
}
