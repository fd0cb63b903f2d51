//! Shells: the report before there are data, from the specification alone.

#![expect(clippy::disallowed_methods, reason = "these tests copy specifications")]

use std::fs;

use serde_json::Value;
use trialpress::pipeline::{self, Shells, StudyFile};

use crate::awkward::{package_faults, tree, tree_differences};
use crate::support::{
    displays, fixture_study, read, repository, scratch, specification_of, succeed, trialpress, write,
};

const STUDIES: [&str; 3] = ["ln-msc-il2", "sle-three-arm", "cdisc-pilot01"];

fn shells(study: &str) -> Shells {
    let file = StudyFile::at(&fixture_study(study), None);
    let made = pipeline::shells(&file, "final", &|_| {});
    made.unwrap_or_else(|error| panic!("the shells of {study} cannot be made:\n{error}"))
}

#[test]
fn the_shells_of_every_fixture_study_have_each_display() {
    for study in STUDIES {
        let shells = shells(study);
        for (page, text) in (1..).zip(&shells.pages.text) {
            assert!(text.contains("SHELL"), "page {page} of the shells of {study} does not say what it is:\n{text}");
            assert!(!text.contains("SIMULATED"), "page {page} of {study}: nothing is simulated yet");
        }
        // Words of a title may stand on several lines.
        let text: Vec<&str> = shells.pages.text.iter().flat_map(|page| page.split_whitespace()).collect();
        let text = text.join(" ");
        for display in specification_of(study, "final")["display"].as_array().into_iter().flatten() {
            for part in ["number", "title"] {
                let words = display[part].as_str().unwrap_or_default();
                assert!(text.contains(words), "the shells of {study} do not say “{words}”");
            }
        }
    }
}

/// What a cell shows of results is a placeholder: it has no digit.
#[test]
fn no_number_stands_in_a_shell() {
    let folder = scratch();
    for study in STUDIES {
        let source = fixture_study(study).join("study.toml");
        fs::create_dir_all(folder.path().join(study)).expect("the scratch folder takes folders");
        fs::copy(&source, folder.path().join(study).join("study.toml")).expect("the study can be copied");
        // Neither data nor lock are there.
        succeed(folder.path(), &["shells", study, "--out", "out"]);
        let specified = specification_of(study, "final");
        let asked = specified["display"].as_array().expect("the study has displays");
        let arms = specified["arm"].as_array().into_iter().flatten();
        let labels: Vec<&str> = arms.filter_map(|arm| arm["label"].as_str()).collect();
        let mut faults = Vec::new();
        let all = displays(&folder.path().join("out"));
        assert_eq!(all.len(), asked.len(), "{study}: displays");
        for asked in asked {
            let display = all.iter().find(|display| display["number"].as_str() == asked["number"].as_str());
            let display = display.unwrap_or_else(|| panic!("{study}: {} is missing", asked["id"]));
            // Statements are words of the specification.
            if display["kind"] != "table" || asked.get("statements").is_some() || asked.get("checklist").is_some() {
                continue;
            }
            for row in display["body"]["rows"].as_array().into_iter().flatten() {
                for cell in row["cells"].as_array().into_iter().flatten() {
                    let text = cell.as_str().or_else(|| cell.get(0).and_then(Value::as_str)).unwrap_or_default();
                    // Labels of visits, arms and confidence levels are words of the specification.
                    let visit = asked.get("listing").is_some() && text.starts_with("Week");
                    let label = labels.contains(&text) || text.ends_with(" CI");
                    if text.contains(|c: char| c.is_ascii_digit()) && !visit && !label {
                        faults.push(format!("{study}, {}: {} {text}", asked["id"], row["stub"]));
                    }
                }
            }
            let heads = display["body"]["head"].to_string();
            if heads.contains("(N = ") && !heads.contains("(N = xx)") {
                faults.push(format!("{study}, {}: {heads}", asked["id"]));
            }
        }
        assert!(faults.is_empty(), "numbers stand in shells:\n{}", faults.join("\n"));
    }
}

#[test]
fn shells_are_a_package_and_always_the_same() {
    let folder = scratch();
    let text = read(&repository().join("tests/awkward/small/study.toml"));
    write(&folder.path().join("study/study.toml"), &text);
    let outcome = succeed(folder.path(), &["shells", "study", "--out", "out"]);
    assert_eq!(outcome.stdout, "out/SMALL-shells.pdf\n");
    let package = tree(&folder.path().join("out"));
    assert!(package_faults(&package).is_empty(), "{:?}", package_faults(&package));
    succeed(folder.path(), &["shells", "study/study.toml", "--out", "again", "--threads", "1"]);
    let differences = tree_differences(&package, &tree(&folder.path().join("again")));
    assert!(differences.is_empty(), "shells made again differ:{differences}");
    succeed(folder.path(), &["shells", "study", "--out", "out"]);
    // They hold no results, so no report can be made of them.
    let outcome = trialpress(folder.path(), &["report", "out", "--out", "report"]);
    assert_eq!(outcome.exit, 7, "{}", outcome.stderr);
    write(&folder.path().join("study/study.toml"), &text.replacen("label = ", "labl = ", 1));
    let outcome = trialpress(folder.path(), &["shells", "study", "--out", "third"]);
    assert_eq!(outcome.exit, 3, "{}", outcome.stderr);
}
