//! Fixture studies with other data on disk: what is masked is given to other participants, the arms have other names, or
//! canaries stand where something is masked. Files keep their format and the order of their records, and the new data are
//! locked on the day of the old ones.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde_json::Value as Json;
use toml::{Table, Value};
use trialpress::pipeline::{Conversion, convert};

use crate::support::{Stream, fixture_study, read, scratch, succeed, write};

/// The folder of a study in a scratch folder.
pub(super) const FOLDER: &str = "study";

/// A dataset as text.
#[derive(Clone)]
pub(super) struct Frame {
    /// The file below the study.
    file: String,
    pub(super) header: Vec<String>,
    pub(super) rows: Vec<Vec<String>>,
    /// What a CSV file cannot say of its variables; none where the file is a CSV file in the study, too.
    columns: Option<Json>,
    /// Whether it is other than in the fixture.
    pub(super) changed: bool,
}

impl Frame {
    /// The position of a variable.
    pub(super) fn at(&self, variable: &str) -> Option<usize> {
        self.header.iter().position(|name| name == variable)
    }

    fn read(path: &Path, file: &str) -> Self {
        let folder = scratch();
        let is_csv = path.extension().is_some_and(|extension| extension == "csv");
        let text = if is_csv { path.to_owned() } else { folder.path().join("dataset.csv") };
        if !is_csv {
            converted(path, &text, false);
        }
        let mut reader = csv::Reader::from_path(&text).unwrap_or_else(|error| panic!("{file}: {error}"));
        let cells = |record: &csv::StringRecord| record.iter().map(str::to_owned).collect::<Vec<String>>();
        let header = cells(reader.headers().expect("the fixture has a header"));
        let rows = reader.records().map(|record| cells(&record.expect("the fixture is a CSV file"))).collect();
        let columns = (!is_csv).then(|| {
            let mut columns: Json = serde_json::from_str(&read(&text.with_extension("columns.json"))).expect("JSON");
            // The new values may be longer.
            for column in columns["columns"].as_array_mut().into_iter().flatten() {
                if let Some(column) = column.as_object_mut().filter(|column| column["dataType"] == "string") {
                    column.remove("length");
                }
            }
            columns
        });
        Self { file: file.to_owned(), header, rows, columns, changed: false }
    }

    fn write(&self, study: &Path) {
        let mut writer = csv::Writer::from_writer(Vec::new());
        for record in std::iter::once(&self.header).chain(&self.rows) {
            writer.write_record(record).expect("memory takes records");
        }
        let text = String::from_utf8(writer.into_inner().expect("memory takes bytes")).expect("the cells are UTF-8");
        let path = study.join(&self.file);
        std::fs::create_dir_all(path.parent().expect("a file has a folder")).expect("the scratch folder takes folders");
        let Some(columns) = &self.columns else { return write(&path, &text) };
        let folder = scratch();
        let name = path.with_extension("csv");
        let beside = folder.path().join(name.file_name().expect("a dataset is a file"));
        write(&beside, &text);
        write(&beside.with_extension("columns.json"), &columns.to_string());
        // Texts of more than 200 bytes need the later version of the transport format.
        converted(&beside, &path, self.rows.iter().flatten().any(|cell| cell.len() > 200));
    }
}

/// Converts a file with the reader and the writer of the program.
fn converted(from: &Path, to: &Path, version_8: bool) {
    let order = Conversion { file: from.to_owned(), out: to.to_owned(), version_8, ..Conversion::default() };
    convert(&order).unwrap_or_else(|error| panic!("{} as {}:\n{error}", from.display(), to.display()));
}

/// Records that `[masking]` removes: those with one of these values.
pub(super) struct Rule {
    pub(super) variable: String,
    pub(super) values: Vec<String>,
}

impl Rule {
    /// Reads `VARIABLE = 'value'` and `VARIABLE IN ('one', 'other')`; the fixtures need no others.
    fn read(text: &str) -> Self {
        let quoted: Vec<String> = text.split('\'').skip(1).step_by(2).map(str::to_owned).collect();
        let (variable, rest) =
            text.split_once(' ').unwrap_or_else(|| panic!("no rule that this test can read: {text}"));
        let is_known = quoted.len() == 1 && rest.starts_with("= '") || rest.starts_with("IN ('");
        assert!(
            is_known && !rest.contains(" OR ") && !rest.contains(" AND "),
            "no rule that this test can read: {text}"
        );
        Self { variable: variable.to_owned(), values: quoted }
    }
}

/// An arm as the specification has it.
#[derive(Clone, Debug)]
pub(super) struct Arm {
    pub(super) id: String,
    pub(super) label: String,
    /// The value of the variable of the arm as randomised.
    pub(super) value: String,
}

/// A study to be written elsewhere.
#[derive(Clone)]
pub(super) struct Study {
    source: PathBuf,
    pub(super) specification: Table,
    /// Whether the specification is other than in the fixture.
    pub(super) specified: bool,
    pub(super) frames: BTreeMap<String, Frame>,
}

/// A list of names in `[masking]`.
fn names(masking: &Table, key: &str) -> BTreeSet<String> {
    let list = masking.get(key).and_then(Value::as_array).into_iter().flatten();
    list.filter_map(Value::as_str).map(str::to_owned).collect()
}

impl Study {
    /// A study of the fixtures.
    pub(super) fn of(name: &str) -> Self {
        let source = fixture_study(name);
        let specification: Table = toml::from_str(&read(&source.join("study.toml"))).expect("the fixture is TOML");
        let folder = specification["data"]["folder"].as_str().expect("the data have a folder");
        let datasets = specification["data"]["datasets"].as_table().expect("datasets");
        let frames = datasets.iter().map(|(name, dataset)| {
            let file = format!("{folder}/{}", dataset["file"].as_str().expect("a dataset has a file"));
            (name.clone(), Frame::read(&source.join(&file), &file))
        });
        Self { frames: frames.collect(), source, specification, specified: false }
    }

    /// Writes the study to `study` in a folder, and locks it on the day of the fixture.
    pub(super) fn write(&self, folder: &Path) {
        let study = folder.join(FOLDER);
        let specification = study.join("study.toml");
        if self.specified {
            write(&specification, &toml::to_string(&self.specification).expect("a table is TOML"));
        } else {
            write(&specification, &read(&self.source.join("study.toml")));
        }
        for frame in self.frames.values() {
            if frame.changed {
                frame.write(&study);
            } else {
                let to = study.join(&frame.file);
                std::fs::create_dir_all(to.parent().expect("a file has a folder"))
                    .expect("the scratch folder takes folders");
                std::fs::copy(self.source.join(&frame.file), to).expect("the fixture has its files");
            }
        }
        let lock = read(&self.source.join("data.lock"));
        let date = lock.lines().find_map(|line| line.strip_prefix("locked = ")).expect("the lock has its date");
        succeed(folder, &["lock", FOLDER, "--date", date.trim_matches('"'), "--quiet"]);
    }

    /// What `[masking]` says.
    pub(super) fn masking(&self) -> &Table {
        self.specification["masking"].as_table().expect("the fixture masks")
    }

    pub(super) fn masked_variables(&self) -> BTreeSet<String> {
        names(self.masking(), "variables")
    }

    pub(super) fn masked_datasets(&self) -> BTreeSet<String> {
        names(self.masking(), "datasets")
    }

    pub(super) fn masked_records(&self) -> BTreeMap<String, Rule> {
        let rules = self.masking().get("records").and_then(Value::as_table).into_iter().flatten();
        rules.map(|(name, rule)| (name.clone(), Rule::read(rule.as_str().expect("a rule is text")))).collect()
    }

    /// The variable that identifies participants, and the dataset of them.
    pub(super) fn subjects(&self) -> (String, String) {
        let text = |key: &str| self.specification["data"][key].as_str().expect("the data name it").to_owned();
        (text("subject"), text("subjects"))
    }

    /// The variables of the arms as randomised and as treated.
    pub(super) fn arm_variables(&self) -> BTreeSet<String> {
        let arm = &self.specification["arm"][0];
        ["planned", "actual"].map(|key| Rule::read(arm[key].as_str().expect("a rule is text")).variable).into()
    }

    /// The arms, and the variable of the arm as randomised.
    pub(super) fn arms(&self) -> (String, Vec<Arm>) {
        let mut variable = String::new();
        let arms = self.specification["arm"].as_array().expect("arms").iter().map(|arm| {
            let text = |key: &str| arm[key].as_str().expect("text").to_owned();
            let rule = Rule::read(&text("planned"));
            variable = rule.variable;
            Arm { id: text("id"), label: text("label"), value: rule.values[0].clone() }
        });
        let arms = arms.collect();
        (variable, arms)
    }
}

/// A way in which what is masked is given to others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reassignment {
    /// Each participant gets what was masked of one of the next arm.
    Exchanged,
    /// Everybody gets what was masked of participants of the first arm.
    OneArm,
    /// What is masked of a participant is that of another one.
    Blocks,
    /// Each variable by itself comes from another participant; so do the records and the values of masked datasets.
    Apart,
    /// Records that are masked are dropped, doubled and filled with each other’s values.
    Records,
    /// All of that, whoever was randomised or not; half of the participants have nothing masked.
    Anyone,
}

impl Reassignment {
    pub(super) const ALL: [Self; 6] =
        [Self::Exchanged, Self::OneArm, Self::Blocks, Self::Apart, Self::Records, Self::Anyone];
}

impl Study {
    /// The study with what is masked given to others.
    pub(super) fn reassigned(&self, way: Reassignment, seed: u64) -> Self {
        let mut study = self.clone();
        let mut stream = Stream(seed);
        let (donors, everybody) = self.donors(way, &mut stream);
        if way != Reassignment::Records {
            study.give(&donors, way == Reassignment::Apart, &mut stream);
        }
        if matches!(way, Reassignment::Apart | Reassignment::Records | Reassignment::Anyone) {
            study.stir_records(&mut stream);
            study.stir_datasets(&everybody, &mut stream);
        }
        study
    }

    /// From whom each participant gets what is masked, and all who take part in that.
    fn donors(&self, way: Reassignment, stream: &mut Stream) -> (BTreeMap<String, Option<String>>, Vec<String>) {
        let (id, subjects) = self.subjects();
        let (variable, arms) = self.arms();
        let frame = &self.frames[&subjects];
        let (id, arm) = (frame.at(&id).expect("the identifier"), frame.at(&variable).expect("the arm"));
        let all = |wanted: &dyn Fn(&str) -> bool| -> Vec<String> {
            frame.rows.iter().filter(|row| wanted(&row[arm])).map(|row| row[id].clone()).collect()
        };
        let by_arm: Vec<Vec<String>> = arms.iter().map(|own| all(&|value| value == own.value)).collect();
        let randomised = all(&|value| !value.is_empty());
        let everybody = if way == Reassignment::Anyone { all(&|_| true) } else { randomised };
        let mut from = everybody.clone();
        shuffle(&mut from, stream);
        let donors = everybody.iter().zip(from).map(|(subject, other)| {
            let position = by_arm.iter().position(|arm| arm.contains(subject)).unwrap_or(0);
            let next = &by_arm[(position + 1) % by_arm.len()];
            let donor = match way {
                Reassignment::Exchanged => Some(next[stream.below(next.len())].clone()),
                Reassignment::OneArm => Some(by_arm[0][stream.below(by_arm[0].len())].clone()),
                Reassignment::Anyone if stream.below(2) == 0 => None,
                _ => Some(other),
            };
            (subject.clone(), donor)
        });
        (donors.collect(), everybody)
    }

    /// Gives what is masked of one participant to another; `apart` gives each variable to someone else.
    fn give(&mut self, donors: &BTreeMap<String, Option<String>>, apart: bool, stream: &mut Stream) {
        let (id, subjects) = self.subjects();
        let variables = self.masked_variables();
        let frame = self.frames.get_mut(&subjects).expect("the dataset of participants");
        let id_at = frame.at(&id).expect("the identifier");
        let before = frame.rows.clone();
        let of = |subject: &String| before.iter().find(|row| &row[id_at] == subject).expect("a participant");
        for (at, name) in frame.header.clone().iter().enumerate().filter(|(_, name)| variables.contains(*name)) {
            let mut from: Vec<String> = donors
                .values()
                .map(|donor| donor.as_ref().map_or_else(String::new, |donor| of(donor)[at].clone()))
                .collect();
            if apart {
                shuffle(&mut from, stream);
            }
            for (subject, value) in donors.keys().zip(from) {
                let row = frame.rows.iter_mut().find(|row| &row[id_at] == subject);
                row.unwrap_or_else(|| panic!("{subject} has no {name}"))[at] = value;
            }
        }
        frame.changed = true;
        for name in self.masked_datasets() {
            let frame = self.frames.get_mut(&name).expect("a masked dataset");
            let id_at = frame.at(&id).expect("the identifier");
            let mut rows = Vec::new();
            for (subject, donor) in donors {
                for row in frame.rows.iter().filter(|row| Some(&row[id_at]) == donor.as_ref()) {
                    let mut row = row.clone();
                    row[id_at].clone_from(subject);
                    rows.push(row);
                }
            }
            // A file without records would be refused, whatever is masked.
            if !rows.is_empty() {
                frame.rows = rows;
                frame.changed = true;
            }
        }
        // Masked variables of records that are not masked.
        let rest = self.frames.iter_mut().filter(|(name, _)| **name != subjects);
        for (_, frame) in rest {
            for at in (0..frame.header.len()).filter(|at| variables.contains(&frame.header[*at])) {
                stir(&mut frame.rows, at, stream);
                frame.changed = true;
            }
        }
    }

    /// Drops masked records, doubles them, and gives them each other’s values.
    fn stir_records(&mut self, stream: &mut Stream) {
        let (id, _) = self.subjects();
        for (name, rule) in self.masked_records() {
            let frame = self.frames.get_mut(&name).expect("a dataset with masked records");
            let (rule_at, id_at) = (frame.at(&rule.variable).expect("the variable of the rule"), frame.at(&id));
            let (mut masked, mut rows): (Vec<Vec<String>>, Vec<Option<Vec<String>>>) = (Vec::new(), Vec::new());
            for row in &frame.rows {
                let is_masked = rule.values.contains(&row[rule_at]);
                rows.push((!is_masked).then(|| row.clone()));
                masked.extend(is_masked.then(|| row.clone()));
            }
            assert!(!masked.is_empty(), "no record of {name} is masked");
            (0..frame.header.len()).for_each(|at| stir(&mut masked, at, stream));
            let everybody: Vec<String> = frame.rows.iter().filter_map(|row| id_at.map(|at| row[at].clone())).collect();
            let mut masked = masked.into_iter();
            frame.rows = rows
                .into_iter()
                .flat_map(|row| {
                    if let Some(row) = row {
                        return vec![row];
                    }
                    let row = masked.next().expect("as many as there were");
                    let mut again = row.clone();
                    if let Some(at) = id_at {
                        again[at].clone_from(&everybody[stream.below(everybody.len())]);
                    }
                    vec![row, again].split_off(stream.below(3))
                })
                .collect();
            frame.changed = true;
        }
    }

    /// Gives records of masked datasets to anyone, and each value to any of them.
    fn stir_datasets(&mut self, everybody: &[String], stream: &mut Stream) {
        let (id, _) = self.subjects();
        for name in self.masked_datasets() {
            let frame = self.frames.get_mut(&name).expect("a masked dataset");
            (0..frame.header.len()).for_each(|at| stir(&mut frame.rows, at, stream));
            if let Some(at) = frame.at(&id) {
                for row in &mut frame.rows {
                    row[at].clone_from(&everybody[stream.below(everybody.len())]);
                }
            }
            frame.changed = true;
        }
    }
}

/// Puts a list in any order.
pub(super) fn shuffle<T>(list: &mut [T], stream: &mut Stream) {
    for last in (1..list.len()).rev() {
        list.swap(last, stream.below(last + 1));
    }
}

/// Gives the values of a variable to other records.
fn stir(rows: &mut [Vec<String>], at: usize, stream: &mut Stream) {
    let mut values: Vec<String> = rows.iter_mut().map(|row| std::mem::take(&mut row[at])).collect();
    shuffle(&mut values, stream);
    rows.iter_mut().zip(values).for_each(|(row, value)| row[at] = value);
}

impl Study {
    /// Takes an entry out of a list, or a rule out of the table of records, of `[masking]`.
    pub(super) fn unmask(&mut self, list: &str, entry: &str) {
        let masking = self.specification.get_mut("masking").and_then(Value::as_table_mut).expect("the fixture masks");
        let found = match masking.get_mut(list).unwrap_or_else(|| panic!("[masking] has no {list}")) {
            Value::Array(names) => {
                let before = names.len();
                names.retain(|name| name.as_str() != Some(entry));
                names.len() < before
            }
            Value::Table(rules) => rules.remove(entry).is_some(),
            other => panic!("{list} of [masking] is {other}"),
        };
        assert!(found, "{list} of [masking] does not name {entry}");
        self.specified = true;
    }

    /// Drops the masked records of a dataset.
    pub(super) fn drop_records(&mut self, dataset: &str) {
        let rule = self.masked_records().remove(dataset).expect("the dataset has masked records");
        let frame = self.frames.get_mut(dataset).expect("the dataset");
        let at = frame.at(&rule.variable).expect("the variable of the rule");
        frame.rows.retain(|row| !rule.values.contains(&row[at]));
        frame.changed = true;
    }

    /// Adds a table with one item of a summary to a report.
    pub(super) fn show(&mut self, report: &str, item: &str) {
        let in_report = |section: &&Value| {
            let reports = section.get("reports").and_then(Value::as_array);
            reports.is_some_and(|reports| reports.iter().any(|own| own.as_str() == Some(report)))
        };
        let sections = self.specification["section"].as_array().expect("sections");
        let section = sections.iter().find(in_report).unwrap_or_else(|| panic!("no section stands in {report}"));
        let number = section["number"].as_str().expect("a section has a number");
        let set = self.specification["analysis-set"][0]["id"].as_str().expect("an analysis set has a name");
        let text = format!(
            "[[summary]]\nid = \"shown_by_a_test\"\nanalysis-set = \"{set}\"\nitems = [{item}]\n\n[[display]]\nid = \"shown-by-a-test\"\n\
             number = \"Table 99.9\"\nsection = \"{number}\"\ntitle = \"Shown by a test\"\nsummary = {{ of = \"shown_by_a_test\" }}\n"
        );
        let more: Table = toml::from_str(&text).unwrap_or_else(|error| panic!("{text}\n{error}"));
        for (section, elements) in more {
            let list =
                self.specification.get_mut(&section).and_then(Value::as_array_mut).expect("the fixture has some");
            list.extend(elements.as_array().cloned().unwrap_or_default());
        }
        self.specified = true;
    }
}
