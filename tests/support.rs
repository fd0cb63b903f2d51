//! What the end-to-end tests share: the program as a process, scratch folders, and the files of a package.
//!
//! These tests see what a user sees: arguments in; exit number, text and files out.

#![expect(clippy::disallowed_methods, reason = "these tests write studies and read packages")]

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;
use toml::Table;

/// A record of a CSV file, by column.
pub type Record = BTreeMap<String, String>;

/// The folder of the repository.
pub fn repository() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The folder of a fixture study.
pub fn fixture_study(name: &str) -> PathBuf {
    repository().join("fixtures/studies").join(name)
}

/// A file of the material beside the repository; a copy under `fixtures` comes first. Where it is missing, a test says so
/// loudly and passes, but not in continuous integration.
pub fn shared(path: &str) -> Option<PathBuf> {
    let places = [repository().join("fixtures").join(path), repository().join("../shared").join(path)];
    let found = places.iter().find(|place| place.exists()).cloned();
    if found.is_none() {
        let [_, missing] = &places;
        assert!(env::var_os("CI").is_none(), "{} is missing", missing.display());
        eprintln!("**** SKIPPED, NOTHING TESTED: {} is missing ****", missing.display());
    }
    found
}

/// The specification of a fixture study as its final report has it, to be changed and written elsewhere. It has no cut-off,
/// which would name every dataset, and nothing of the reports to a board nor of looks before the end, which other data have not
/// had.
pub fn specification(name: &str) -> Table {
    let mut study = specification_of(name, "final");
    if let Some(data) = study.get_mut("data").and_then(toml::Value::as_table_mut) {
        data.remove("cut-off");
    }
    study.remove("report");
    without_looks(&mut study);
    // What is counted for a board alone begins with its name.
    for (_, elements) in &mut study {
        match elements {
            toml::Value::Array(list) => list.retain(|element| !text_of(element, "id").starts_with("board_")),
            toml::Value::Table(table) => table.retain(|id, _| !id.starts_with("board_")),
            _ => {}
        }
    }
    study
}

/// Takes the monitoring plan away, with what is monitored and what is shown of it.
fn without_looks(study: &mut Table) {
    let plans = study.remove("monitoring");
    let plans_of: Vec<&toml::Value> = plans.iter().filter_map(toml::Value::as_array).flatten().collect();
    let monitored =
        plans_of.iter().filter_map(|plan| plan.get("monitored").map(|own| text_of(own, "endpoint").to_owned()));
    let monitored: Vec<String> = monitored.collect();
    for key in ["endpoint", "analysis-set"] {
        if let Some(elements) = study.get_mut(key).and_then(toml::Value::as_array_mut) {
            // Those in whom an outcome is decided are a set for looks alone.
            let is_of_looks = |id: &str| monitored.iter().any(|own| own == id) || id.starts_with("decided");
            elements.retain(|element| !is_of_looks(text_of(element, "id")));
        }
    }
    let names: Vec<String> = plans_of.iter().map(|plan| text_of(plan, "id").to_owned()).collect();
    for display in study.get_mut("display").and_then(toml::Value::as_array_mut).into_iter().flatten() {
        let groups = display.get_mut("snapshot").and_then(|own| own.get_mut("groups"));
        for group in groups.and_then(toml::Value::as_array_mut).into_iter().flatten() {
            if let Some(cells) = group.get_mut("cells").and_then(toml::Value::as_array_mut) {
                cells.retain(|cell| !names.iter().any(|name| name == text_of(cell, "of")));
            }
        }
    }
    let is_said = |text: &toml::Value| text.as_str().is_some_and(|text| text.contains("looks(of"));
    let tells = |element: &toml::Value| {
        let layouts = ["looks", "boundary", "conditional-power", "what-if"];
        layouts.iter().any(|layout| element.get(layout).is_some()) || element.get("text").is_some_and(is_said)
    };
    for key in ["display", "text"] {
        if let Some(elements) = study.get_mut(key).and_then(toml::Value::as_array_mut) {
            elements.retain(|element| !tells(element));
        }
    }
    let items = study.get_mut("checklist").and_then(|own| own.get_mut("item")).and_then(toml::Value::as_table_mut);
    let telling = items.into_iter().flatten().map(|(_, item)| item).filter(|item| tells(item));
    for item in telling.filter_map(toml::Value::as_table_mut) {
        item.remove("text");
        item.remove("at");
    }
}

/// The specification of a fixture study with the sections, displays and texts of one of its reports.
pub fn specification_of(name: &str, report: &str) -> Table {
    let path = fixture_study(name).join("study.toml");
    let mut study: Table = toml::from_str(&read(&path)).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let reports = |element: &toml::Value| -> Option<Vec<String>> {
        let list = element.get("reports")?.as_array()?;
        Some(list.iter().filter_map(toml::Value::as_str).map(str::to_owned).collect())
    };
    // What is for the closed session is for it with real arms, too.
    let shows = |reports: &[String]| {
        let closed = report == "dsmb-closed-unmasked" && reports.iter().any(|own| own == "dsmb-closed");
        closed || reports.iter().any(|own| own == report)
    };
    let list = |study: &Table, key: &str| study.get(key).and_then(toml::Value::as_array).cloned().unwrap_or_default();
    let sections = list(&study, "section");
    let (sections, _): (Vec<toml::Value>, Vec<toml::Value>) =
        sections.into_iter().partition(|section| shows(&reports(section).unwrap_or_else(|| vec!["final".to_owned()])));
    let numbers: Vec<&str> = sections.iter().map(|section| text_of(section, "number")).collect();
    for key in ["display", "text"] {
        let mut own = list(&study, key);
        own.retain(|one| numbers.contains(&text_of(one, "section")) && reports(one).is_none_or(|own| shows(&own)));
        if study.contains_key(key) {
            study.insert(key.to_owned(), toml::Value::Array(own));
        }
    }
    study.insert("section".to_owned(), toml::Value::Array(sections.clone()));
    study
}

fn text_of<'a>(element: &'a toml::Value, key: &str) -> &'a str {
    element.get(key).and_then(toml::Value::as_str).unwrap_or_default()
}

/// Writes a specification.
pub fn write_specification(path: &Path, study: &Table) {
    write(path, &toml::to_string(study).unwrap_or_else(|error| panic!("{}: {error}", path.display())));
}

/// The program: the one cargo built for these tests, else the release build of the repository.
pub fn program() -> PathBuf {
    option_env!("CARGO_BIN_EXE_trialpress")
        .map_or_else(|| repository().join("target/release/trialpress"), PathBuf::from)
}

/// An empty folder that disappears with the value.
pub fn scratch() -> TempDir {
    TempDir::new().unwrap_or_else(|error| panic!("no scratch folder: {error}"))
}

/// What a call of the program gave.
#[derive(Debug)]
pub struct Outcome {
    /// The exit number; −1 if a signal ended it.
    pub exit: i32,
    /// What it printed.
    pub stdout: String,
    /// What it said about it.
    pub stderr: String,
}

/// Calls the program with these arguments, in this folder.
pub fn trialpress(folder: &Path, arguments: &[&str]) -> Outcome {
    let program = program();
    let output = Command::new(&program)
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap_or_else(|error| panic!("{} does not start: {error}", program.display()));
    Outcome {
        exit: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// Calls the program where it must succeed.
pub fn succeed(folder: &Path, arguments: &[&str]) -> Outcome {
    let outcome = trialpress(folder, arguments);
    assert_eq!(outcome.exit, 0, "trialpress {} failed:\n{}", arguments.join(" "), outcome.stderr);
    outcome
}

/// A path as an argument.
pub fn argument(path: &Path) -> &str {
    path.to_str().unwrap_or_else(|| panic!("{} is not UTF-8", path.display()))
}

/// The text of a file.
pub fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{} cannot be read: {error}", path.display()))
}

/// Writes a file, with the folders above it.
pub fn write(path: &Path, text: &str) {
    let parent = path.parent().unwrap_or_else(|| panic!("{} has no folder", path.display()));
    fs::create_dir_all(parent)
        .and_then(|()| fs::write(path, text))
        .unwrap_or_else(|error| panic!("{} cannot be written: {error}", path.display()));
}

/// The records of a CSV file.
pub fn records(path: &Path) -> Vec<Record> {
    let mut reader = csv::Reader::from_path(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let read: Result<Vec<Record>, csv::Error> = reader.deserialize().collect();
    read.unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The lines of a listing of a package.
pub fn listing(package: &Path, display: &str) -> Vec<Record> {
    records(&package.join("listings").join(format!("{display}.csv")))
}

/// The rows of `results.csv` of a package.
pub fn results_csv(package: &Path) -> Vec<Record> {
    records(&package.join("results.csv"))
}

/// A JSON file of a package, such as `results.json` or `typst/data/display-1.json`.
pub fn json(package: &Path, file: &str) -> Value {
    let path = package.join(file);
    serde_json::from_str(&read(&path)).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The displays of a package as the page shows them, in order.
pub fn displays(package: &Path) -> Vec<Value> {
    let files = (1..1000).map(|position| format!("typst/data/display-{position}.json"));
    files.take_while(|file| package.join(file).exists()).map(|file| whole(json(package, &file))).collect()
}

/// A display whose table is one again: the page has it in parts side by side and over pages, with what is repeated there.
pub fn whole(mut display: Value) -> Value {
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    if display["kind"] != "table" {
        return display;
    }
    let (mut heads, mut rows): (Vec<Value>, Vec<Value>) = (Vec::new(), Vec::new());
    for (part, body) in list(&display["body"]["parts"]).iter().enumerate() {
        for (line, cells) in list(&body["head"]).into_iter().enumerate() {
            match heads.get_mut(line).and_then(Value::as_array_mut) {
                None => heads.push(cells),
                Some(all) => all.extend(list(&cells).into_iter().filter(|cell| cell["stub"] != true)),
            }
        }
        let mut own: Vec<Value> = Vec::new();
        for mut row in list(&body["pages"]).iter().flat_map(|page| list(&page["rows"])) {
            if let Some(cells) = row["cells"].as_array_mut() {
                for cell in cells {
                    let text = cell.as_str().or_else(|| cell["text"].as_str()).unwrap_or_default();
                    *cell = Value::String(text.replace('\n', " "));
                }
            }
            if let Some(stub) = row["stub"].as_str().map(|stub| stub.replace('\n', " ")) {
                row["stub"] = Value::String(stub);
            }
            match own.last_mut() {
                _ if row.get("continued").is_some() => {}
                Some(open) if row["rest"] == true => {
                    append(&mut open["stub"], &row["stub"]);
                    let cells = open["cells"].as_array_mut().into_iter().flatten();
                    cells.zip(&list(&row["cells"])).for_each(|(cell, rest)| append(cell, rest));
                }
                _ => own.push(row),
            }
        }
        if part == 0 {
            rows = own;
        } else {
            assert_eq!(rows.len(), own.len(), "the parts of {} have the same rows", display["number"]);
            for (row, more) in rows.iter_mut().zip(own) {
                if let Some(cells) = row["cells"].as_array_mut() {
                    cells.extend(list(&more["cells"]));
                }
            }
        }
    }
    display["body"]["head"] = Value::Array(heads);
    display["body"]["rows"] = Value::Array(rows);
    display
}

/// Adds the rest of a text that goes on over the page.
fn append(text: &mut Value, rest: &Value) {
    let (first, rest) = (text.as_str().unwrap_or_default(), rest.as_str().unwrap_or_default());
    *text = Value::String([first, rest].iter().filter(|part| !part.is_empty()).copied().collect::<Vec<_>>().join(" "));
}

/// What a specification says in words, about displays and results that a changed copy may not have.
pub const WORDS: [&str; 3] = ["text", "statement", "checklist"];

/// What a specification says over records, for a copy without them.
pub const OVER_RECORDS: [&str; 5] = ["records", "occurrence", "parameter-summary", "grade-shift", "attendance"];

/// Removes the words of a specification, and the displays that show them.
pub fn remove_words(study: &mut Table) {
    for part in WORDS {
        study.remove(part);
    }
    if let Some(displays) = study.get_mut("display").and_then(toml::Value::as_array_mut) {
        displays.retain(|display| ["statements", "checklist"].iter().all(|layout| display.get(layout).is_none()));
    }
}

/// The field of a record.
pub fn field<'a>(record: &'a Record, column: &str) -> &'a str {
    record.get(column).unwrap_or_else(|| panic!("there is no column {column}, only {:?}", record.keys()))
}

/// A stream of numbers that is the same everywhere (`SplitMix64`).
pub struct Stream(pub u64);

impl Stream {
    /// The next number.
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `end`.
    pub fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(end.max(1)).unwrap_or(1)).unwrap_or(0)
    }
}
