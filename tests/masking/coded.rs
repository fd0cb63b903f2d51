//! The closed report with codes is the same whatever the arms are called; the codes exchanged, it is the same with the arms
//! exchanged, and nothing else.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::Value as Json;
use tempfile::TempDir;
use toml::Table;

use crate::masking::made::{KEY, Made, OUT, make};
use crate::masking::rename::{Naming, namings};
use crate::masking::rewrite::{FOLDER, Study};
use crate::masking::{STUDIES, cuts, no_differences};
use crate::properties::{Key, key_of};
use crate::support::{displays, json, read, scratch, succeed, write};

const REPORT: &str = "dsmb-closed";

/// How close numbers must be: they are sums in another order, or found from the other side.
const CLOSE: f64 = 1e-9;

/// A key of a study: as text, and the code of each arm.
struct CodeKey {
    text: String,
    codes: BTreeMap<String, String>,
}

impl CodeKey {
    /// A key in which the arms have these codes, drawn until it is one.
    fn drawn(study: &Study, letters: &[&str]) -> Self {
        let folder = scratch();
        study.write(folder.path());
        let (_, arms) = study.arms();
        let wanted: BTreeMap<String, String> =
            arms.iter().map(|arm| arm.id.clone()).zip(letters.iter().map(ToString::to_string)).collect();
        for _ in 0..200 {
            succeed(folder.path(), &["key", "new", FOLDER, "--out", KEY, "--quiet"]);
            let path = folder.path().join(KEY);
            let text = read(&path);
            let key: Table = toml::from_str(&text).expect("a key is TOML");
            let code =
                |(arm, code): (&String, &toml::Value)| (arm.clone(), code.as_str().unwrap_or_default().to_owned());
            let codes: BTreeMap<String, String> = key["codes"].as_table().expect("codes").iter().map(code).collect();
            if codes == wanted {
                return Self { text, codes };
            }
            std::fs::remove_file(path).expect("the key can be removed");
        }
        panic!("200 keys, and none is {wanted:?}: they are not drawn at random");
    }

    /// The same key for a study whose arms have other names.
    fn renamed(&self, study: &Study, naming: &Naming) -> String {
        let mut key: Table = toml::from_str(&self.text).expect("a key is TOML");
        let (_, arms) = study.arms();
        let names = arms.iter().zip(&naming.arms);
        let codes: Table = names.map(|(old, new)| (new.id.clone(), self.codes[&old.id].clone().into())).collect();
        key.insert("codes".to_owned(), codes.into());
        toml::to_string(&key).expect("a table is TOML")
    }
}

/// A coded report, with the folder in which it was made.
fn coded(study: &Study, key: &str, cut: &str, what: &str) -> (TempDir, Made) {
    let folder = scratch();
    study.write(folder.path());
    write(&folder.path().join(KEY), key);
    let made = make(folder.path(), REPORT, &["--cutoff", cut, "--key", KEY]).succeeded(what);
    (folder, made)
}

fn letters(study: &Study) -> Vec<&'static str> {
    ["A", "B", "C"][..study.arms().1.len()].to_vec()
}

/// Makes the coded report under the fixed namings of the arms, and so many more.
fn prove(name: &str, cut: &str, random: usize) {
    let study = Study::of(name);
    let key = CodeKey::drawn(&study, &letters(&study));
    let (_folder, first) = coded(&study, &key.text, cut, name);
    let mut faults = Vec::new();
    for naming in namings(&study.arms().1, random) {
        let what = format!("{name}, arms {}", naming.what);
        let renamed = study.renamed(&naming);
        let (_, other) = coded(&renamed, &key.renamed(&study, &naming), cut, &what);
        let differences = first.differences(&other);
        if !differences.is_empty() {
            faults.push(format!("{what}:{differences}"));
        }
    }
    no_differences(&faults);
}

#[test]
fn the_coded_report_does_not_depend_on_the_names_of_the_arms() {
    for (name, cut) in STUDIES.into_iter().zip(cuts()) {
        prove(name, &cut, 0);
    }
}

/// The full number of the proof. About three minutes.
#[test]
#[ignore = "the sample above runs in continuous integration"]
fn the_coded_report_does_not_depend_on_24_sets_of_names_of_the_arms() {
    for (name, cut) in STUDIES.into_iter().zip(cuts()) {
        prove(name, &cut, 18);
    }
}

/// Names that are shown are noticed: with a label that holds one, the names differ.
#[test]
fn a_name_that_is_shown_is_noticed() {
    let study = Study::of(STUDIES[0]);
    let key = CodeKey::drawn(&study, &letters(&study));
    let naming = namings(&study.arms().1, 0).swap_remove(1);
    let named = [(study.clone(), key.text.clone()), (study.renamed(&naming), key.renamed(&study, &naming))];
    let [first, other] = named.map(|(mut study, key)| {
        let value = study.arms().1[0].value.clone();
        study.show(REPORT, &format!("{{ id = \"leak\", label = \"Leak of {value}\", count = \"TRUE\" }}"));
        coded(&study, &key, &cuts()[0], "a leak").1
    });
    assert!(first.differences(&other).contains(" study.toml has other bytes"), "nobody notices that a name is shown");
}

/// The order of `[[arm]]` in the specification is another key, and so another digest of the key on the pages; nothing else
/// tells it.
#[test]
fn the_order_of_the_arms_in_the_specification_leaves_no_trace() {
    for (name, cut) in STUDIES.into_iter().zip(cuts()) {
        let study = Study::of(name);
        let key = CodeKey::drawn(&study, &letters(&study));
        let (one_folder, _) = coded(&study, &key.text, &cut, name);
        let mut reversed = study.clone();
        reversed.reverse_arms();
        let codes: Vec<&str> = letters(&study).into_iter().rev().collect();
        let other_key = CodeKey::drawn(&reversed, &codes);
        let (other_folder, _) = coded(&reversed, &other_key.text, &cut, name);
        let [one, other] = [&one_folder, &other_folder].map(|folder| folder.path().join(OUT));
        assert_eq!(json(&one, "results.json"), json(&other, "results.json"), "{name}: results");
        let rest = |package: &Path, key: &CodeKey| {
            let digest = toml::from_str::<Table>(&key.text).expect("a key is TOML")["digest"].to_string();
            let fingerprint = json(package, "provenance.json")["fingerprint"].to_string();
            let known = [digest, fingerprint].map(|text| text.trim_matches('"').to_owned());
            let shown = displays(package).iter().map(ToString::to_string).collect::<Vec<String>>().join("\n");
            known.iter().fold(shown, |text, known| text.replace(known, "…"))
        };
        assert!(rest(&one, &key) == rest(&other, &other_key), "{name}: a display tells the order of the arms");
    }
}

// ---- the codes exchanged -------------------------------------------------------------------------------------------------

/// The key of the same row with the two codes exchanged.
fn exchanged(key: &Key) -> Key {
    let mut exchanged = key.clone();
    let other = |code: &str| match code {
        "A" => "B".to_owned(),
        "B" => "A".to_owned(),
        other => other.to_owned(),
    };
    if let Some(arm) = key.get("arm") {
        exchanged.insert("arm".to_owned(), other(arm));
    }
    if key.contains_key("contrast") {
        let statistic = &key["statistic"];
        let turned = match statistic.rsplit_once('-') {
            Some((of, "lower")) => format!("{of}-upper"),
            Some((of, "upper")) => format!("{of}-lower"),
            _ => statistic.clone(),
        };
        exchanged.insert("statistic".to_owned(), turned);
    }
    // What a look says of the reading that the first code is tested, it says of the other one in a row of its own.
    let (place, is_read) = match (&*key["analysis"], &*key["statistic"]) {
        ("look_plan", "z" | "one-sided-p" | "status") => ("variable", !key.contains_key("level")),
        ("look_plan", "conditional-power" | "predictive-power") => ("level", true),
        _ => ("", false),
    };
    match key.get(place).map(String::as_str) {
        Some("reversed") => _ = exchanged.remove(place),
        None if is_read => _ = exchanged.insert(place.to_owned(), "reversed".to_owned()),
        _ => {}
    }
    exchanged
}

/// What a value of a contrast becomes.
fn turned(statistic: &str, value: f64) -> f64 {
    if statistic.starts_with("difference") && !statistic.ends_with("-se") {
        -value
    } else if statistic.starts_with("ratio") {
        1.0 / value
    } else {
        value
    }
}

/// The rows of the results.
fn rows(package: &Path) -> BTreeMap<Key, Json> {
    let results = json(package, "results.json");
    let rows = results["rows"].as_array().expect("rows");
    rows.iter().map(|row| (key_of(&row["key"]), row["value"].clone())).collect()
}

/// What is not exchanged as it must be, and how many rows of arms and of contrasts were compared.
fn compare(one: &BTreeMap<Key, Json>, other: &BTreeMap<Key, Json>) -> (Vec<String>, [usize; 2]) {
    let (mut faults, mut compared) = (Vec::new(), [0; 2]);
    if one.len() != other.len() {
        faults.push(format!("{} rows and {} rows", one.len(), other.len()));
    }
    for (key, value) in one {
        let Some(found) = other.get(&exchanged(key)) else {
            faults.push(format!("no row {:?}", exchanged(key)));
            continue;
        };
        let of_contrast = key.contains_key("contrast");
        compared[usize::from(of_contrast)] += usize::from(of_contrast || key.contains_key("arm"));
        let agrees = match (value["number"].as_f64(), found["number"].as_f64()) {
            (Some(value), Some(found)) => {
                let is_signed =
                    key["analysis"] == "look_plan" && key["statistic"] == "b-value" && !key.contains_key("level");
                let expected = match (of_contrast, is_signed) {
                    (true, _) => turned(&key["statistic"], value),
                    (_, true) => -value,
                    _ => value,
                };
                (found - expected).abs() <= CLOSE * expected.abs().max(1.0)
            }
            // The inverse of nothing is not estimable.
            (Some(ratio), None) | (None, Some(ratio)) => ratio == 0.0 && key["statistic"].starts_with("ratio"),
            (None, None) => value == found,
        };
        if !agrees {
            faults.push(format!("{key:?} is {value}, and with the codes exchanged {found}"));
        }
    }
    (faults, compared)
}

/// The columns of a table by their heads, where each column has a head of its own: the head, then its cells.
fn columns(display: &Json) -> Option<Vec<(String, Vec<String>)>> {
    let heads = display["body"]["head"].as_array().filter(|heads| heads.len() == 1)?[0].as_array()?;
    let text = |cell: &Json| cell.as_str().or_else(|| cell["text"].as_str()).unwrap_or_default().trim().to_owned();
    let head = |cell: &Json| {
        let lines = cell["lines"].as_array().into_iter().flatten().map(text).collect::<Vec<String>>();
        lines.join(" ")
    };
    let mut columns: Vec<(String, Vec<String>)> =
        heads.iter().filter(|head| head["stub"] != true).map(|cell| (head(cell), Vec::new())).collect();
    for row in display["body"]["rows"].as_array()? {
        let cells = row["cells"].as_array().cloned().unwrap_or_default();
        for (position, (_, column)) in columns.iter_mut().enumerate() {
            column.push(cells.get(position).map(text).unwrap_or_default().replace('\u{2007}', ""));
        }
    }
    Some(columns)
}

/// The words of notes in the order of the alphabet: those that name both arms say the same of the other one.
fn words(notes: &Json) -> Vec<String> {
    let text = notes.to_string();
    let of = text.split(|c: char| !c.is_alphanumeric() && !matches!(c, '.' | '-' | '−'));
    let mut words: Vec<String> = of.map(|word| word.trim_end_matches('.').to_owned()).collect();
    words.sort();
    words
}

/// Under a key with the codes exchanged, what was of A is of B; differences change their sign and ratios turn over; all else
/// stays, and no display comes or goes.
#[test]
fn the_codes_exchanged_exchange_the_arms_and_nothing_else() {
    let study = Study::of(STUDIES[0]);
    let made = [["A", "B"], ["B", "A"]].map(|letters| {
        let key = CodeKey::drawn(&study, &letters);
        coded(&study, &key.text, &cuts()[0], "exchanged")
    });
    let [one, other] = [&made[0], &made[1]].map(|(folder, _)| folder.path().join(OUT));
    let (mut faults, compared) = compare(&rows(&one), &rows(&other));
    assert!(compared[0] > 500 && compared[1] > 20, "compared rows of arms and of contrasts: {compared:?}");
    let names = |made: &Made| made.files.keys().cloned().collect::<BTreeSet<String>>();
    assert_eq!(names(&made[0].1), names(&made[1].1), "files");
    let (one, other) = (displays(&one), displays(&other));
    assert_eq!(one.len(), other.len(), "displays");
    let mut tables = 0;
    for (one, other) in one.iter().zip(&other) {
        assert_eq!(one["title"], other["title"], "order of displays");
        for name in ["number", "subtitle", "kind"] {
            if one[name] != other[name] {
                faults.push(format!("{name} of {}: {} and {}", one["title"], one[name], other[name]));
            }
        }
        if words(&one["notes"]) != words(&other["notes"]) {
            faults.push(format!("notes of {}: {} and {}", one["title"], one["notes"], other["notes"]));
        }
        let (Some(one), Some(other)) = (columns(one), columns(other)) else { continue };
        for (head, cells) in one.iter().filter(|(head, _)| head.starts_with("Arm ")) {
            let letter = if head.starts_with("Arm A") { "Arm B" } else { "Arm A" };
            let found = other.iter().find(|(other, _)| *other == head.replace(&head[..5], letter));
            match found {
                Some((_, found)) if are_exchanged(cells, found) => tables += 1,
                Some((_, found)) => faults.push(format!("{head}: {cells:?} and {found:?}")),
                None => faults.push(format!("{head}: no such column")),
            }
        }
    }
    assert!(tables > 6, "columns of arms compared: {tables}");
    faults.truncate(40);
    no_differences(&faults);
}

/// Whether two columns say the same of an arm. What compares arms stands in the column of the first code alone.
fn are_exchanged(one: &[String], other: &[String]) -> bool {
    let same = |(one, other): (&String, &String)| one == other || one.is_empty() || other.is_empty();
    one.len() == other.len() && one.iter().zip(other).all(same)
}

/// Whoever counts pages learns nothing: they are as many whatever the coding. What stands in the open and in the closed
/// report has the same number there.
#[test]
fn pages_and_numbers_do_not_depend_on_the_codes() {
    for (name, cut) in STUDIES.into_iter().zip(cuts()) {
        let study = Study::of(name);
        let letters = letters(&study);
        let turned: Vec<&str> = letters.iter().rev().copied().collect();
        let [one, other] = [letters, turned].map(|letters| {
            let key = CodeKey::drawn(&study, &letters);
            coded(&study, &key.text, &cut, name)
        });
        let pages = |made: &Made| crate::masking::pages(made.pdf());
        assert!(pages(&one.1) > 3, "{name}: the closed report has {} pages", pages(&one.1));
        assert_eq!(pages(&one.1), pages(&other.1), "{name}: pages");
        let folder = scratch();
        study.write(folder.path());
        make(folder.path(), "dsmb-open", &["--cutoff", &cut]).succeeded(name);
        let numbers = |package: &Path| -> BTreeMap<String, String> {
            let text = |value: &Json| value.as_str().unwrap_or_default().to_owned();
            // A table and a listing may have one title.
            let kind = |number: &str| number.split(' ').next().unwrap_or_default().to_owned();
            let named = |display: &Json| {
                let number = text(&display["number"]);
                (format!("{} {}", kind(&number), text(&display["title"])), number)
            };
            displays(package).iter().map(named).collect()
        };
        let (closed, open) = (numbers(&one.0.path().join(OUT)), numbers(&folder.path().join(OUT)));
        let matching: Vec<&String> = open.keys().filter(|title| closed.contains_key(*title)).collect();
        assert!(matching.len() > 2, "{name}: displays of both reports: {matching:?}");
        for title in matching {
            assert_eq!(open[title], closed[title], "{name}: number of {title}");
        }
    }
}
