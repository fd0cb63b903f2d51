//! The data as of a day, through the command line. How data are cut is tested beside the code.

use serde_json::json;

use crate::support::{
    argument, displays, fixture_study, json, scratch, specification, succeed, trialpress, write_specification,
};

const STUDY: &str = "sle-three-arm";
const DAY: &str = "2025-07-28";

#[test]
fn a_run_as_of_a_day_says_so_everywhere() {
    let folder = scratch();
    let study = fixture_study(STUDY);
    succeed(folder.path(), &["run", argument(&study), "--cutoff", DAY, "--out", "package", "--quiet"]);
    let package = folder.path().join("package");
    let provenance = json(&package, "provenance.json");
    assert_eq!(provenance["cut"], json!({ "date": DAY, "given": "command-line", "subjects": 0 }));
    let datasets = provenance["data"].as_array().expect("the datasets");
    assert_eq!(datasets.len(), 5);
    for dataset in datasets {
        let cut = &dataset["cut"];
        let excluded = cut["excluded"].as_array().expect("dates and rules").iter().filter_map(|by| by[1].as_u64());
        let left = excluded.sum::<u64>()
            + cut["with_subject"].as_u64().unwrap_or(0)
            + dataset["records"].as_u64().unwrap_or(0);
        assert_eq!(Some(left), cut["before"].as_u64(), "{}", dataset["name"]);
    }
    let told = format!("Data cut-off {DAY}.");
    for display in displays(&package) {
        let source = display["source"].as_str().unwrap_or_default();
        assert!(source.ends_with(&told), "{} does not say as of when it is: {source}", display["id"]);
    }
    // The pages again, without the data, are those pages.
    succeed(folder.path(), &["report", "package", "--out", "again", "--quiet"]);
    let pdf = |name: &str| std::fs::read(folder.path().join(name).join("EXA-SLE-2.pdf")).expect("the report");
    assert!(pdf("package") == pdf("again"), "the report made again is another one");
}

#[test]
fn the_flagship_study_can_be_looked_at_in_its_middle() {
    let folder = scratch();
    let study = fixture_study("ln-msc-il2");
    let whole = succeed(folder.path(), &["check", argument(&study)]).stderr;
    let cut = succeed(folder.path(), &["check", argument(&study), "--cutoff", "2024-06-30", "--strict"]).stderr;
    assert!(whole.contains("52 subjects"), "{whole}");
    assert!(cut.contains("34 subjects"), "18 of 52 subjects gave their consent later:\n{cut}");
}

#[test]
fn a_day_that_is_none_and_a_study_that_cannot_be_cut_are_refused() {
    let folder = scratch();
    let flagship = fixture_study("ln-msc-il2");
    assert_eq!(trialpress(folder.path(), &["check", argument(&flagship), "--cutoff", "2025-02-30"]).exit, 2);
    write_specification(&folder.path().join("study.toml"), &specification(STUDY));
    let data = fixture_study(STUDY).join("data");
    succeed(folder.path(), &["lock", ".", "--data", argument(&data), "--date", "2026-11-23"]);
    let refused = trialpress(folder.path(), &["check", ".", "--data", argument(&data), "--cutoff", DAY]);
    assert_eq!(refused.exit, 3, "{}", refused.stderr);
    assert!(refused.stderr.contains("does not say how its data are cut off"), "{}", refused.stderr);
}
