//! Displays about the record: the rounding rule and what depends on it, statements to sign, the locked data.

use std::path::Path;

use serde_json::Value;

use crate::awkward::copy_folder;
use crate::support::{displays, field, read, repository, results_csv, scratch, succeed, write};

/// What is added to the small study.
const DISPLAYS: &str = r#"
[[statement]]
id = "D1"
list = "record"
what = "A gap."
handling = "It is closed."
in = ["limit", "resp", "t-who"]

[[display]]
id = "t-round"
number = "Table 9"
section = "1"
title = "Rounding"
[display.rounding]

[[display]]
id = "t-statements"
number = "Table 10"
section = "1"
title = "Statements"
[display.statements]
of = "record"
heads = ["Key", "Found", "Handling"]
sign = true

[[display]]
id = "t-data"
number = "Table 11"
section = "1"
title = "Data"
[display.data-quality]
"#;

/// Runs the small study with these displays, changed by `change`, in a folder of its own.
fn run(folder: &Path, name: &str, change: impl Fn(&str) -> String) -> Vec<Value> {
    let study = folder.join(name);
    copy_folder(&repository().join("tests/awkward/small"), &study);
    let text = read(&study.join("study.toml"));
    write(&study.join("study.toml"), &change(&format!("{text}{DISPLAYS}")));
    succeed(folder, &["lock", name, "--date", "2024-06-30"]);
    succeed(folder, &["run", name, "--out", &format!("{name}-out")]);
    displays(&folder.join(format!("{name}-out")))
}

/// The stub and cells of the rows of a display.
fn rows(displays: &[Value], number: &str) -> Vec<Vec<String>> {
    let display = displays.iter().find(|display| display["number"] == number).expect("the display is there");
    let bare = |text: &Value| {
        let text = text.as_str().or_else(|| text.get(0).and_then(Value::as_str)).unwrap_or_default();
        text.replace('\u{2007}', "")
    };
    let rows = display["body"]["rows"].as_array().into_iter().flatten();
    rows.map(|row| {
        let cells = row["cells"].as_array().into_iter().flatten();
        std::iter::once(bare(&row["stub"])).chain(cells.map(bare)).collect()
    })
    .collect()
}

/// Ages whose mean lies halfway: (34 + 41 + 29 + 53) / 4 is 39.25.
fn halfway(folder: &Path, name: &str, rounding: &str) -> Vec<Value> {
    let displays = run(folder, name, |text| {
        let text = text.replacen("simulated = true", &format!("simulated = true\nrounding = \"{rounding}\""), 1);
        // The data are there before they are locked.
        let path = folder.join(name).join("data/adsl.csv");
        let spoiled = read(&path).replacen("S-04,NEW,NEW,Y,Y,52", "S-04,NEW,NEW,Y,Y,53", 1);
        assert!(spoiled.contains(",53,"), "the data have another age");
        write(&path, &spoiled);
        text
    });
    let results = results_csv(&folder.join(format!("{name}-out")));
    let is_mean = |key: &str, wanted: &str, row: &crate::support::Record| field(row, key) == wanted;
    let mean = results
        .iter()
        .find(|row| is_mean("variable", "age", row) && is_mean("arm", "new", row) && is_mean("statistic", "mean", row));
    assert_eq!(mean.map(|row| field(row, "value")), Some("39.25"));
    displays
}

#[test]
fn the_rounding_rule_decides_what_lies_halfway_and_the_report_lists_it() {
    let folder = scratch();
    for (name, rule, own, other, said) in [
        ("away", "half-away-from-zero", "39.3", "39.2", "half away from zero"),
        ("even", "half-even", "39.2", "39.3", "half to even"),
    ] {
        let displays = halfway(folder.path(), name, rule);
        let who = rows(&displays, "Table 1");
        let mean = who.iter().find(|row| row[0] == "Mean (SD)").expect("the table has means");
        assert!(mean[1].starts_with(own), "{rule}: {mean:?}");
        let listed = rows(&displays, "Table 9");
        let row = listed.iter().find(|row| row.len() > 1 && row[0] == "Age (years), Mean (SD)" && row[1] == "New");
        let row = row.unwrap_or_else(|| panic!("the mean is not listed: {listed:?}"));
        assert_eq!(row[2], "39.25", "{listed:?}");
        assert!(row[3].starts_with(own) && row[4].starts_with(other), "{row:?}");
        let methods = read(&folder.path().join(format!("{name}-out/typst/data/methods.json")));
        assert!(
            methods.contains(said) && methods.contains("SAS definition 5"),
            "the methods do not name the rule {rule}"
        );
    }
}

#[test]
fn quantiles_follow_the_study() {
    let folder = scratch();
    let median = |name: &str, quantiles: &str| {
        let rows = |text: &str| {
            let text = text.replacen("simulated = true", &format!("simulated = true\nquantiles = \"{quantiles}\""), 1);
            text.replacen("of = \"who\"\n", "of = \"who\"\nnumber-rows = [{ label = \"Q1\", show = \"{q1:3}\" }]\n", 1)
        };
        run(folder.path(), name, rows);
        let results = results_csv(&folder.path().join(format!("{name}-out")));
        let q1 = results.iter().find(|row| {
            field(row, "variable") == "age" && field(row, "arm") == "new" && field(row, "statistic") == "q1"
        });
        q1.map(|row| field(row, "value").to_owned()).expect("there is a quartile")
    };
    // Ages 29, 34, 41, 52: the middle between 29 and 34, and three quarters of the way.
    assert_eq!(median("steps", "averaged-steps"), "31.5");
    assert_eq!(median("linear", "linear"), "32.75");
}

#[test]
fn statements_and_data_are_shown() {
    let folder = scratch();
    let displays = run(folder.path(), "study", str::to_owned);
    let line = "________________";
    assert_eq!(
        rows(&displays, "Table 10"),
        [[
            "D1",
            "A gap.",
            "It is closed. In force: Limit of a good size = 1; Response at week 8; Table 1.",
            line,
            line,
            line
        ]]
    );
    let data = rows(&displays, "Table 11");
    let of =
        |name: &str| data.iter().find(|row| row[0] == name).unwrap_or_else(|| panic!("no row of {name}: {data:?}"));
    let lines = read(&folder.path().join("study/data/adlb.csv")).lines().count() - 1;
    assert_eq!(of("ADLB")[1], lines.to_string());
    assert_eq!(of("ADLB")[2], "7");
    assert_eq!(of("ADQS")[5], "–", "a dataset without dates");
    assert_eq!(of("ADSL")[8], "0", "no record of a subject is repeated");
}
