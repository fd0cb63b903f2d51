//! What must hold whatever the data are, through locked data and `run`: many random participants in few runs.
//!
//! - `categories`: worse week-24 values never give a better renal response; units do not matter.
//! - `scores`: ranges and sums of the two activity scores, bounds around every completion.
//! - `counts`: categories, shifts, subgroups and completions of the missing add up.
//! - `times`: cumulative incidences, competing events and what is left are everybody.
//! - `arms`: the other arm as reference turns every contrast round.
//! - `order`: variables and records of every format in another order.

mod arms;
mod categories;
mod counts;
mod order;
mod scores;
mod times;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::OnceLock;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use serde_json::Value as Json;
use toml::Value;

use crate::simulation::simulate::{Profile, Settings, encode, simulate};
use crate::support::{
    Record, argument, fixture_study, json, records, remove_words, scratch, specification, succeed, write_specification,
};

/// The larger study: participants and seed.
const PARTICIPANTS: usize = 200;
const SEED: u64 = 20_261_123;

// ---- random choices -----------------------------------------------------------------------------------------------------

/// A stream of random numbers that is the same everywhere.
struct Stream(ChaCha8Rng);

impl Stream {
    fn new(seed: u64) -> Self {
        Self(ChaCha8Rng::seed_from_u64(seed))
    }

    /// One of `0..below`.
    fn below(&mut self, below: usize) -> usize {
        let below = u64::try_from(below).expect("a small number");
        usize::try_from(self.0.next_u64() % below).expect("a small number")
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }

    /// Whether it happens that happens so many times of a hundred.
    fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }
}

// ---- packages -----------------------------------------------------------------------------------------------------------

/// A key of the results in words: `analysis`, `variant`, `arm`, `subgroup` as `sex=F`, `contrast` as `msc-il2`,
/// `variable`, `level` with `/` between several, `at`, `method`, `statistic`, `conf_level`.
pub(crate) type Key = BTreeMap<String, String>;

fn key(words: &[(&str, &str)]) -> Key {
    words.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

pub(crate) fn key_of(key: &Json) -> Key {
    let mut words = Key::new();
    for (name, value) in key.as_object().expect("a key is an object") {
        let text = |value: &Json| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let list = || value.as_array().expect("a list").iter().map(text).collect::<Vec<String>>();
        match name.as_str() {
            "groups" => {
                for group in value.as_array().expect("groups are a list") {
                    let (group, level) = (text(&group[0]), text(&group[1]));
                    if group == "arm" {
                        words.insert(group, level);
                    } else {
                        words.insert("subgroup".to_owned(), format!("{group}={level}"));
                    }
                }
            }
            "levels" => drop(words.insert("level".to_owned(), list().join("/"))),
            "contrast" => drop(words.insert(name.clone(), list().join("-"))),
            _ => drop(words.insert(name.clone(), text(value))),
        }
    }
    words
}

/// What a run gave.
struct Package {
    rows: BTreeMap<Key, Json>,
    /// The exported responses and times to an event.
    responses: Vec<Record>,
    times: Vec<Record>,
}

impl Package {
    fn of(package: &Path) -> Self {
        let results = json(package, "results.json");
        let listed = results["rows"].as_array().expect("the results have rows");
        let rows: BTreeMap<Key, Json> = listed.iter().map(|row| (key_of(&row["key"]), row["value"].clone())).collect();
        assert_eq!(rows.len(), listed.len(), "every row has a key of its own");
        let [responses, times] = ["ADRS", "ADTTE"].map(|name| records(&package.join(format!("datasets/{name}.csv"))));
        Self { rows, responses, times }
    }

    fn value(&self, words: &[(&str, &str)]) -> &Json {
        self.rows.get(&key(words)).unwrap_or_else(|| panic!("there is no row {words:?}"))
    }

    fn count(&self, words: &[(&str, &str)]) -> u64 {
        self.value(words)["count"].as_u64().unwrap_or_else(|| panic!("{words:?} is no count"))
    }

    /// A number, if it is estimable.
    fn number(&self, words: &[(&str, &str)]) -> Option<f64> {
        self.value(words)["number"].as_f64()
    }

    /// The rows whose keys hold these words.
    fn having<'a>(&'a self, words: &'a [(&str, &str)]) -> impl Iterator<Item = (&'a Key, &'a Json)> {
        let holds = |key: &Key| words.iter().all(|(name, value)| key.get(*name).is_some_and(|own| own == value));
        self.rows.iter().filter(move |(key, _)| holds(key))
    }
}

/// The arms of both studies.
const ARMS: [&str; 2] = ["msc", "il2"];

/// The flagship study as it is committed.
fn flagship() -> &'static Package {
    static PACKAGE: OnceLock<Package> = OnceLock::new();
    PACKAGE.get_or_init(|| {
        let folder = scratch();
        succeed(folder.path(), &["run", argument(&fixture_study("ln-msc-il2")), "--out", "out", "--quiet"]);
        Package::of(&folder.path().join("out"))
    })
}

/// The same study with five times as many participants.
fn simulated() -> &'static Package {
    static PACKAGE: OnceLock<Package> = OnceLock::new();
    PACKAGE.get_or_init(|| run_simulated(None))
}

/// Both.
fn packages() -> [(&'static str, &'static Package); 2] {
    [("flagship", flagship()), ("simulated", simulated())]
}

/// Runs the larger study, with this arm as reference.
fn run_simulated(reference: Option<&str>) -> Package {
    let folder = scratch();
    let study = simulate(&Settings { subjects: PARTICIPANTS, seed: SEED, profile: Profile::Flagship });
    fs::create_dir(folder.path().join("data")).expect("the scratch folder takes folders");
    for table in &study.datasets {
        let bytes = encode(table).unwrap_or_else(|error| panic!("{}: {error}", table.file_name()));
        fs::write(folder.path().join("data").join(table.file_name()), bytes).expect("the scratch folder takes files");
    }
    run_with_reference(folder.path(), &folder.path().join("data"), reference)
}

/// Runs the flagship specification over data, with this arm as reference.
fn run_with_reference(folder: &Path, data: &Path, reference: Option<&str>) -> Package {
    let mut study = specification("ln-msc-il2");
    if let Some(reference) = reference {
        // Its texts name the arms compared.
        remove_words(&mut study);
        for arm in study["arm"].as_array_mut().expect("the study has arms") {
            let is = arm["id"].as_str() == Some(reference);
            let arm = arm.as_table_mut().expect("an arm is a table");
            arm.remove("reference");
            if is {
                arm.insert("reference".to_owned(), Value::Boolean(true));
            }
        }
    }
    write_specification(&folder.join("study.toml"), &study);
    succeed(folder, &["lock", ".", "--data", argument(data), "--date", "2026-01-31", "--quiet"]);
    succeed(folder, &["run", ".", "--data", argument(data), "--out", "out", "--quiet"]);
    Package::of(&folder.join("out"))
}
